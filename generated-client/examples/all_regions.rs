//! Lists the instances of all regions, one task a region. It runs against an embedded endpoint with
//! instances in two regions.
//!
//! ```text
//! cargo run --example all_regions
//! ```

use std::collections::BTreeMap;

use alicloud::{
    ecs::{
        self, DescribeInstances, DescribeRegions, DescribeRegionsResponse,
        describe_regions::ResponseRegion,
    },
    error::Error,
    fake::{Endpoint, Scenario},
};
use tokio::task::JoinSet;

const SCENARIO: &str = r#"{
    "instances": [
        { "InstanceId": "i-1", "RegionId": "cn-hangzhou" },
        { "InstanceId": "i-2", "RegionId": "cn-hangzhou" },
        { "InstanceId": "i-3", "RegionId": "eu-central-1" }
    ]
}"#;

/// The regions that are open to the account. `ecs::PRODUCT.regions()` has those that are listed in this
/// crate, without a call.
async fn regions(client: &ecs::Client) -> Result<Vec<String>, Error> {
    let response = client.send(DescribeRegions::new()).await?;
    let regions = response.regions.into_iter();
    Ok(regions.filter_map(|region| region.region_id).collect())
}

/// The instances of a client's region, page after page.
async fn instances(client: ecs::Client) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut instances = client.items(DescribeInstances::new().max_results(100));
    while let Some(instance) = instances.next().await {
        found.extend(instance?.instance_id);
    }
    Ok(found)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::builder(&[&ecs::PRODUCT])
        .scenario(Scenario::from_json(SCENARIO)?)
        .start()?;
    endpoint
        .on::<DescribeRegions>()
        .respond_next(&open_regions(["cn-hangzhou", "eu-central-1"]));
    // A region has a host of its own, so it needs a client of its own; here all go to one endpoint.
    let client_for = |region: &str| {
        ecs::Client::builder()
            .region(region)
            .endpoint(endpoint.url())
            .credentials(endpoint.credentials())
            .build()
    };

    let mut tasks = JoinSet::new();
    for region in regions(&client_for("cn-hangzhou")?).await? {
        let client = client_for(&region)?;
        tasks.spawn(async move { (region, instances(client).await) });
    }
    let mut listed = BTreeMap::new();
    while let Some(task) = tasks.join_next().await {
        let (region, found) = task?;
        match found {
            Ok(found) => drop(listed.insert(region, found)),
            // One region that does not answer is no reason to hide the others.
            Err(error) => eprintln!("{region}: {error}"),
        }
    }
    for (region, found) in &listed {
        println!("{region}: {}", found.join(", "));
    }
    assert_eq!(listed["cn-hangzhou"].len(), 2);
    assert_eq!(listed["eu-central-1"], ["i-3"]);
    Ok(())
}

fn open_regions<const N: usize>(ids: [&str; N]) -> DescribeRegionsResponse {
    let mut response = DescribeRegionsResponse::default();
    response.regions = ids
        .map(|id| {
            let mut region = ResponseRegion::default();
            region.region_id = Some(id.to_owned());
            region
        })
        .into();
    response
}
