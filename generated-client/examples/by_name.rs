//! Calls operations that are known at run time only, by name and with JSON, with the same checks as
//! typed requests. It runs against an embedded endpoint.
//!
//! ```text
//! cargo run --example by_name
//! ```

use alicloud::{client::DynClient, error::Error, fake::Endpoint};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The products of this build; each knows its operations, parameters, errors and regions.
    let product = alicloud::PRODUCTS
        .iter()
        .find(|product| product.code == "Ecs");
    let product = *product.ok_or("built without ECS")?;
    println!(
        "{} {} has {} operations in {} regions",
        product.code,
        product.version,
        product.operations.len(),
        product.regions().count(),
    );

    let endpoint = Endpoint::start(&[product]).await?;
    let client = DynClient::builder(product)
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()?;
    let request = json!({ "NetworkInterfaceId": "eni-1", "Ipv6AddressCount": 2 });
    let answer = client.call("AssignIpv6Addresses", request).await?;
    println!("{:#}", answer["Ipv6Sets"]);

    // Mistakes are found before anything is sent.
    for (operation, request) in [
        ("AssignIpv6Address", json!({})),
        (
            "AssignIpv6Addresses",
            json!({ "NetworkInterfaceId": "eni-1", "Ipv6AddresCount": 2 }),
        ),
        (
            "AssignIpv6Addresses",
            json!({ "NetworkInterfaceId": "eni-1", "Ipv6AddressCount": 11 }),
        ),
    ] {
        match client.call(operation, request).await {
            Err(error @ (Error::Validation(_) | Error::Configuration(_))) => println!("{error}"),
            Err(error) => return Err(error.into()),
            Ok(answer) => return Err(answer.to_string().into()),
        }
    }
    assert_eq!(endpoint.requests().len(), 1);
    Ok(())
}
