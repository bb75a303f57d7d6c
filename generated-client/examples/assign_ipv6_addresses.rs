//! Assigns two IPv6 addresses to an elastic network interface.
//!
//! Without arguments it needs no account: it talks to an endpoint of its own on this machine, which
//! checks requests as the service does. With an ENI it talks to the service, with credentials from
//! the standard chain (the environment, `~/.aliyun/config.json`, …):
//!
//! ```text
//! cargo run --example assign_ipv6_addresses
//! cargo run --example assign_ipv6_addresses -- cn-hangzhou eni-bp1iqejowblx6h8j
//! ```

use std::{
    io::{self, Write},
    process::ExitCode,
};

use alicloud::{
    ecs::{self, AssignIpv6Addresses, AssignIpv6AddressesErrorCode as Code},
    error::Error,
    fake,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = run(&mut io::stdout()).await else {
        return ExitCode::SUCCESS;
    };
    // Who reads may have seen enough: `… | head -1`.
    if let Some(error) = error.downcast_ref::<io::Error>()
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        return ExitCode::SUCCESS;
    }
    // An error says what failed, its causes say why.
    let mut text = format!("Error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!("\n  because: {error}");
        cause = error.source();
    }
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::FAILURE
}

async fn run(out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => with_embedded_endpoint(out).await,
        [region, eni] => {
            writeln!(out, "Sending to the service in {region}.\n")?;
            assign(out, &ecs::Client::from_env(region)?, eni).await
        }
        _ => Err("give a region and an ENI, or nothing to try it without an account".into()),
    }
}

async fn with_embedded_endpoint(out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = fake::Endpoint::start(&[&ecs::PRODUCT]).await?;
    writeln!(
        out,
        "Sending to an embedded endpoint at {}.\n",
        endpoint.url()
    )?;
    let client = ecs::Client::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()?;
    let eni = "eni-bp1iqejowblx6h8j";

    assign(out, &client, eni).await?;

    writeln!(
        out,
        "\nA request that breaks the rules does not leave the program:"
    )?;
    let wrong = AssignIpv6Addresses::new(eni)
        .ipv6_address(["2001:db8::1", "not an address"])
        .ipv6_address_count(11);
    if let Err(violations) = wrong.validate() {
        writeln!(out, "{violations}")?;
    }

    writeln!(out, "\nErrors of the service are values to match on:")?;
    for (status, code) in [
        (404, "InvalidEniId.NotFound"),
        (403, "InvalidIp.IpAssigned"),
    ] {
        endpoint.fail_next("AssignIpv6Addresses", (status, code, "as told"));
        assign(out, &client, eni).await?;
    }
    Ok(())
}

async fn assign(
    out: &mut impl Write,
    client: &ecs::Client,
    eni: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let request = AssignIpv6Addresses::new(eni).ipv6_address_count(2);
    match client.send(request).await {
        Ok(assigned) => {
            writeln!(out, "Assigned to {eni}:")?;
            for address in &assigned.ipv6_sets {
                writeln!(out, "  {address}")?;
            }
        }
        Err(Error::Service(error)) => match error.code() {
            Code::InvalidEniIdNotFound => writeln!(out, "  There is no ENI {eni}.")?,
            Code::InvalidIpIpAssigned => writeln!(out, "  An address is taken: {error}")?,
            _ => return Err(error.into()),
        },
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
