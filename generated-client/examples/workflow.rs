//! Ten calls that build on each other, against an embedded endpoint that keeps state: from a VPC to an
//! IPv6 address and back.
//!
//! ```text
//! cargo run --example workflow
//! ```

// ECS has the operations of VPCs in an outdated form; they are what makes a workflow whole.
#![allow(deprecated)]

use std::time::Duration;

use alicloud::{
    ecs::{
        self, AssignIpv6Addresses, CreateNetworkInterface, CreateSecurityGroup, CreateVSwitch,
        CreateVpc, DeleteNetworkInterface, DeleteSecurityGroup, DeleteVSwitch, DeleteVpc,
        DescribeNetworkInterfaces, UnassignIpv6Addresses,
        waiters::{NETWORK_INTERFACE_AVAILABLE, NETWORK_INTERFACE_DELETED},
    },
    fake::{Endpoint, Scenario},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A new interface takes a moment to become available, as it does at the service.
    let scenario = Scenario::default().settle_after(Duration::from_millis(50));
    let endpoint = Endpoint::builder(&[&ecs::PRODUCT])
        .scenario(scenario)
        .start()?;
    let client = ecs::Client::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()?;

    let vpc = client.send(CreateVpc::new()).await?.vpc_id;
    let vpc = vpc.unwrap_or_default();
    let request = CreateVSwitch::new("cn-hangzhou-h", "172.16.1.0/24", &vpc);
    let v_switch = client.send(request).await?.v_switch_id.unwrap_or_default();
    let request = CreateSecurityGroup::new().vpc_id(&vpc);
    let group = client.send(request).await?.security_group_id;
    let group = group.unwrap_or_default();
    println!("{vpc} with {v_switch} and {group}");

    let request = CreateNetworkInterface::new(&v_switch).security_group_id(&group);
    let eni = client.send(request).await?.network_interface_id;
    let eni = eni.unwrap_or_default();
    let described = || DescribeNetworkInterfaces::new().network_interface_id([&eni]);
    let wait = client
        .request(described())
        .wait(NETWORK_INTERFACE_AVAILABLE);
    wait.delay(Duration::from_millis(10)).run().await?;

    let request = AssignIpv6Addresses::new(&eni).ipv6_address_count(2);
    let assigned = client.send(request).await?.ipv6_sets;
    println!("{eni} with {}", assigned.join(" and "));
    let request = UnassignIpv6Addresses::new(&eni).ipv6_address(assigned);
    client.send(request).await?;

    client.send(DeleteNetworkInterface::new(&eni)).await?;
    let wait = client.request(described()).wait(NETWORK_INTERFACE_DELETED);
    wait.delay(Duration::from_millis(10)).run().await?;
    client.send(DeleteSecurityGroup::new(&group)).await?;
    client.send(DeleteVSwitch::new(&v_switch)).await?;
    client.send(DeleteVpc::new(&vpc)).await?;
    println!("and all of it is gone again");
    println!("{} requests arrived", endpoint.requests().len());
    Ok(())
}
