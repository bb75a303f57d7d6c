//! The blocking client, for programs without an async runtime. It runs against an embedded endpoint.
//!
//! ```text
//! cargo run --example blocking
//! ```

use alicloud::{
    ecs::{self, AssignIpv6Addresses, DescribeInstances},
    fake::{Endpoint, Scenario},
};

const SCENARIO: &str = r#"{
    "vpcs": [{ "VpcId": "vpc-1" }],
    "vSwitches": [{ "VSwitchId": "vsw-1", "VpcId": "vpc-1", "CidrBlock": "172.16.1.0/24" }],
    "networkInterfaces": [{ "NetworkInterfaceId": "eni-1", "VSwitchId": "vsw-1" }],
    "instances": [{ "InstanceId": "i-1" }, { "InstanceId": "i-2" }]
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::builder(&[&ecs::PRODUCT])
        .scenario(Scenario::from_json(SCENARIO)?)
        .start()?;
    let client = ecs::BlockingClient::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()?;

    let request = AssignIpv6Addresses::new("eni-1").ipv6_address_count(2);
    println!("{}", client.send(request)?.ipv6_sets.join(" and "));

    // Pages are an iterator.
    let mut count = 0;
    for instance in client.items(DescribeInstances::new().max_results(1)) {
        println!("{}", instance?.instance_id.unwrap_or_default());
        count += 1;
    }
    assert_eq!(count, 2);

    // Clients can be shared by threads, and cloned.
    let results: Vec<_> = std::thread::scope(|scope| {
        let call = || client.send(AssignIpv6Addresses::new("eni-1").ipv6_address_count(1));
        let threads = [scope.spawn(call), scope.spawn(call)];
        threads.map(|thread| thread.join()).into()
    });
    assert!(results.iter().all(|result| matches!(result, Ok(Ok(_)))));
    Ok(())
}
