//! A small command line over calls by name:
//!
//! ```text
//! cargo run --example call -- ecs AssignIpv6Addresses '{"NetworkInterfaceId": "eni-1", "Ipv6AddressCount": 2}' \
//!     --region cn-hangzhou
//! ```
//!
//! Credentials come from the standard chain. The answer goes to standard output as JSON, everything
//! else to standard error; the exit status is 1 where the call failed and 2 where it was not
//! understood. Who reads may stop at any time: `… | head -1`.

use std::{
    fmt,
    io::{self, Write as _},
    process::ExitCode,
};

use alicloud::{
    client::{DynCall, DynClient},
    error::Error,
    operation::ProductInfo,
};
use serde_json::Value;

const HELP: &str = "\
usage: call <product> <operation> [<request as JSON>] [options]

  --region <region>    such as cn-hangzhou; needed unless an endpoint is given
  --endpoint <host>    a host or URL to send to
  --print-request      show what would be sent, without sending it
  --dry-run            let the service check the request without carrying it out
  --skip-validation    send it even where it breaks what the spec states";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            tell(format_args!("{wrong}\n\n{HELP}"));
            return ExitCode::from(2);
        }
    };
    match arguments.run().await {
        Ok(text) => print(&text),
        Err(error) => {
            tell(&error);
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                tell(format_args!("  because: {error}"));
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard output. That nobody reads any more is no failure, and not worth the panic of
/// `println!`.
fn print(text: &str) -> ExitCode {
    match writeln!(io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            tell(format_args!("the answer cannot be written: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard error; where that fails there is nobody left to tell.
fn tell(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

struct Arguments {
    product: &'static ProductInfo,
    operation: String,
    request: Value,
    region: Option<String>,
    endpoint: Option<String>,
    print_request: bool,
    dry_run: bool,
    skip_validation: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut positional = Vec::new();
        let (mut region, mut endpoint) = (None, None);
        let (mut print_request, mut dry_run, mut skip_validation) = (false, false, false);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--region" => region = Some(value()?),
                "--endpoint" => endpoint = Some(value()?),
                "--print-request" => print_request = true,
                "--dry-run" => dry_run = true,
                "--skip-validation" => skip_validation = true,
                option if option.starts_with('-') => {
                    return Err(format!("unknown option `{option}`"));
                }
                _ => positional.push(word),
            }
        }
        let (product, operation, request) = match positional.as_slice() {
            [product, operation] => (product, operation, "{}"),
            [product, operation, request] => (product, operation, request.as_str()),
            _ => return Err("a product and an operation are wanted".to_owned()),
        };
        let found = alicloud::PRODUCTS
            .iter()
            .find(|known| known.code.eq_ignore_ascii_case(product));
        let Some(&product) = found else {
            let known: Vec<_> = alicloud::PRODUCTS.iter().map(|known| known.code).collect();
            return Err(format!(
                "unknown product `{product}`; known: {}",
                known.join(", ")
            ));
        };
        Ok(Self {
            product,
            operation: operation.clone(),
            request: serde_json::from_str(request)
                .map_err(|error| format!("the request is not JSON: {error}"))?,
            region,
            endpoint,
            print_request,
            dry_run,
            skip_validation,
        })
    }

    async fn run(self) -> Result<String, Error> {
        let mut builder = DynClient::builder(self.product);
        if let Some(region) = self.region {
            builder = builder.region(region);
        }
        if let Some(endpoint) = self.endpoint {
            builder = builder.endpoint(endpoint);
        }
        let mut call = builder.build()?.request(&self.operation, self.request)?;
        if self.skip_validation {
            call = DynCall::skip_validation(call);
        }
        if self.print_request {
            return call
                .preview()
                .map(|preview| preview.to_string().trim_end().to_owned());
        }
        if self.dry_run {
            let passed = call.dry_run().await?;
            let id = passed.request_id().unwrap_or("unknown");
            return Ok(format!("the request would be carried out (request {id})"));
        }
        let reply = call.send_with_meta().await?;
        if let Some(token) = reply.idempotency_token() {
            let attempts = reply.attempts();
            tell(format_args!(
                "idempotency token: {token}, attempts: {attempts}"
            ));
        }
        Ok(format!("{:#}", reply.value))
    }
}
