//! Keeps a number of IPv6 prefixes assigned to a network interface: the loop of a controller that gives
//! addresses to containers. It runs against an embedded endpoint that keeps state.
//!
//! ```text
//! cargo run --example eni_prefixes
//! ```

use alicloud::{
    ecs::{
        self, AssignIpv6Addresses, AssignIpv6AddressesErrorCode as Code, DescribeNetworkInterfaces,
        UnassignIpv6Addresses,
    },
    error::Error,
    fake::{Endpoint, Scenario},
};

const SCENARIO: &str = r#"{
    "vpcs": [{ "VpcId": "vpc-1" }],
    "vSwitches": [{ "VSwitchId": "vsw-1", "VpcId": "vpc-1", "CidrBlock": "172.16.1.0/24" }],
    "networkInterfaces": [{ "NetworkInterfaceId": "eni-1", "VSwitchId": "vsw-1" }]
}"#;

/// The service takes no more prefixes in a call.
const MOST_IN_A_CALL: usize = 10;

/// The outcome of one round.
#[derive(Debug, PartialEq, Eq)]
enum Round {
    Settled,
    Assigned(usize),
    Unassigned(usize),
    /// The interface is gone, or holds as many as it can.
    Stopped(Code),
}

/// The prefixes that the interface has.
async fn prefixes(client: &ecs::Client, eni: &str) -> Result<Vec<String>, Error> {
    let request = DescribeNetworkInterfaces::new().network_interface_id([eni]);
    let mut found = client.items(request);
    let Some(interface) = found.next().await else {
        return Ok(Vec::new());
    };
    let sets = interface?.ipv6_prefix_sets.into_iter();
    Ok(sets.filter_map(|set| set.ipv6_prefix).collect())
}

/// Looks at what there is, and takes one step towards what is wanted. Looking anew in every round is what
/// makes it safe to stop at any point, and to run while others change the interface.
async fn reconcile(
    client: &ecs::Client,
    eni: &str,
    wanted: usize,
    in_use: &[String],
) -> Result<Round, Error> {
    let mut present = prefixes(client, eni).await?;
    if present.len() < wanted {
        let count = (wanted - present.len()).min(MOST_IN_A_CALL);
        let request =
            AssignIpv6Addresses::new(eni).ipv6_prefix_count(i32::try_from(count).unwrap_or(1));
        // The request carries a token: a repetition by the client cannot assign twice.
        return match client.send(request).await {
            Ok(response) => Ok(Round::Assigned(response.ipv6_prefix_sets.len())),
            Err(Error::Service(error)) => match error.code() {
                Code::InvalidEniIdNotFound | Code::MaxEniIpv6IpsCountExceeded => {
                    Ok(Round::Stopped(*error.code()))
                }
                _ => Err(Error::Service(error).into()),
            },
            Err(error) => Err(error.into()),
        };
    }
    let surplus = (present.len() - wanted).min(MOST_IN_A_CALL);
    present.retain(|prefix| !in_use.contains(prefix));
    present.truncate(surplus);
    if present.is_empty() {
        return Ok(Round::Settled);
    }
    let count = present.len();
    let request = UnassignIpv6Addresses::new(eni).ipv6_prefix(present);
    client.send(request).await?;
    Ok(Round::Unassigned(count))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::builder(&[&ecs::PRODUCT])
        .scenario(Scenario::from_json(SCENARIO)?)
        .start()?;
    let client = ecs::Client::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()?;

    // A controller would wait between rounds; here something happens between them.
    let round = reconcile(&client, "eni-1", 3, &[]).await?;
    println!("three are wanted: {round:?}");
    assert_eq!(round, Round::Assigned(3));
    assert_eq!(reconcile(&client, "eni-1", 3, &[]).await?, Round::Settled);

    let present = prefixes(&client, "eni-1").await?;
    let taken = UnassignIpv6Addresses::new("eni-1").ipv6_prefix([&present[0]]);
    client.send(taken).await?;
    let round = reconcile(&client, "eni-1", 3, &[]).await?;
    println!("one was taken away: {round:?}");
    assert_eq!(round, Round::Assigned(1));

    let in_use = [present[1].clone()];
    let round = reconcile(&client, "eni-1", 0, &in_use).await?;
    println!("none is wanted, one is in use: {round:?}");
    assert_eq!(round, Round::Unassigned(2));
    assert_eq!(prefixes(&client, "eni-1").await?, in_use);

    // Trouble that passes is the client's business, and refusals are values.
    endpoint.fail_next(
        "AssignIpv6Addresses",
        (404, "InvalidEniId.NotFound", "gone"),
    );
    let round = reconcile(&client, "eni-1", 3, &[]).await?;
    println!("the interface is gone: {round:?}");
    assert_eq!(round, Round::Stopped(Code::InvalidEniIdNotFound));
    Ok(())
}
