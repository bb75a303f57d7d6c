//! Tests a function that calls the service, without HTTP, an account or a network: a stub answers.
//!
//! ```text
//! cargo run --example stub
//! ```

use alicloud::{
    ecs::{
        self, AssignIpv6Addresses, AssignIpv6AddressesErrorCode as Code,
        AssignIpv6AddressesResponse,
    },
    error::Error,
    stub::Stub,
};

/// The code to be tested: gives an interface two addresses, and none where it is full.
async fn addresses(client: &ecs::Client, eni: &str) -> Result<Vec<String>, Error<Code>> {
    let request = AssignIpv6Addresses::new(eni).ipv6_address_count(2);
    match client.send(request).await {
        Ok(response) => Ok(response.ipv6_sets),
        Err(Error::Service(error)) if error.code() == &Code::MaxEniIpv6IpsCountExceeded => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stub = Stub::new();
    // The first request finds the interface busy, the second succeeds, all others find it full.
    stub.once::<AssignIpv6Addresses>(|_| Err(Code::InvalidOperationEniOperationConflict.into()))
        .once::<AssignIpv6Addresses>(|request| {
            let count = request.ipv6_address_count.unwrap_or_default();
            let mut response = AssignIpv6AddressesResponse::default();
            response.ipv6_sets = (1..=count).map(|it| format!("2001:db8::{it}")).collect();
            Ok(response)
        })
        .on::<AssignIpv6Addresses>(|_| Err(Code::MaxEniIpv6IpsCountExceeded.into()));
    let client = ecs::Client::builder()
        .region("cn-hangzhou")
        .stub(&stub)
        .build()?;

    let assigned = addresses(&client, "eni-1").await?;
    assert_eq!(assigned, ["2001:db8::1", "2001:db8::2"]);
    assert_eq!(addresses(&client, "eni-1").await?, [""; 0]);

    let sent = stub.requests::<AssignIpv6Addresses>();
    assert_eq!(sent.len(), 3, "one repetition");
    assert_eq!(sent[0].client_token, sent[1].client_token);
    println!("{} requests were answered, and none was sent", sent.len());
    Ok(())
}
