//! Prints the RAM policy that allows the operations of a program and nothing else, and lets the embedded
//! endpoint show what a program without it would get.
//!
//! ```text
//! cargo run --example policy
//! ```

use alicloud::{
    ecs::{self, AssignIpv6Addresses, DescribeNetworkInterfaces, UnassignIpv6Addresses},
    fake::Endpoint,
    operation::Request as _,
    policy::{Need, Scope, build},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let operations = [
        AssignIpv6Addresses::OPERATION,
        UnassignIpv6Addresses::OPERATION,
        DescribeNetworkInterfaces::OPERATION,
    ];
    let scope = Scope {
        region: Some("cn-hangzhou"),
        account: Some("123456789012"),
        ..Scope::default()
    };
    let policy = build(&operations.map(Need::of), &scope);
    println!("{:#}", policy.document);
    // The vendor does not document the permissions of every operation.
    assert!(policy.undocumented.is_empty(), "{:?}", policy.undocumented);

    let endpoint = Endpoint::start(&[&ecs::PRODUCT]).await?;
    let client = ecs::Client::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()?;
    endpoint.fail_next(
        "AssignIpv6Addresses",
        (
            403,
            "Forbidden.RAM",
            "User not authorized to operate on the specified resource.",
        ),
    );
    let request = AssignIpv6Addresses::new("eni-1").ipv6_address_count(1);
    match client.send(request).await {
        Err(error) if error.status() == Some(403) => println!("without it: {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("it was allowed".into()),
    }
    Ok(())
}
