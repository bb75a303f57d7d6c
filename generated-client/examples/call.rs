//! A small command line over calls by name:
//!
//! ```text
//! cargo run --example call -- ecs AssignIpv6Addresses '{"NetworkInterfaceId": "eni-1", "Ipv6AddressCount": 2}' \
//!     --region cn-hangzhou
//! ```
//!
//! Credentials come from the standard chain, and so does the region unless it is given. The answer goes to
//! standard output as JSON, or as a table of some fields; everything else to standard error; the exit status is 1 where the call failed and 2 where it was not
//! understood. Whoever reads may stop at any time: `… | head -1`.

use std::{
    fmt,
    io::{self, Write as _},
    process::ExitCode,
};

use alicloud::{
    client::{DynCall, DynClient},
    error::Error,
    operation::{Pagination, ProductInfo},
};
use serde_json::Value;

const HELP: &str = "\
usage: call <product> <operation> [<request as JSON>] [options]

  --region <region>    such as cn-hangzhou; that of the environment or the profile by default
  --endpoint <host>    a host or URL to send to
  --all                read all pages, and print their items as one list
  --wait <waiter>      repeat the call until a state is reached, such as InstanceStopped
  --columns <fields>   a table of the items with these fields, such as InstanceId,Tags.Tag.TagKey
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
    all: bool,
    wait: Option<String>,
    columns: Option<String>,
    print_request: bool,
    dry_run: bool,
    skip_validation: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut positional = Vec::new();
        let (mut region, mut endpoint, mut wait, mut columns) = (None, None, None, None);
        let (mut all, mut print_request, mut dry_run, mut skip_validation) = Default::default();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--region" => region = Some(value()?),
                "--endpoint" => endpoint = Some(value()?),
                "--all" => all = true,
                "--wait" => wait = Some(value()?),
                "--columns" => columns = Some(value()?),
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
        if [all, wait.is_some(), dry_run, print_request]
            .iter()
            .filter(|it| **it)
            .count()
            > 1
        {
            return Err(
                "one of --all, --wait, --dry-run and --print-request is possible".to_owned(),
            );
        }
        Ok(Self {
            product,
            operation: operation.clone(),
            request: serde_json::from_str(request)
                .map_err(|error| format!("the request is not JSON: {error}"))?,
            region,
            endpoint,
            all,
            wait,
            columns,
            print_request,
            dry_run,
            skip_validation,
        })
    }

    async fn run(self) -> Result<String, Error> {
        let mut builder = DynClient::builder(self.product);
        builder = match self.region {
            Some(region) => builder.region(region),
            None => builder.default_region(),
        };
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
        let items = self
            .product
            .operation(&self.operation)?
            .pagination
            .map(path_of_items);
        let columns = self.columns.as_deref();
        if self.all {
            let (mut found, mut pages) = (Vec::new(), call.pages());
            while let Some(page) = pages.next().await {
                found.extend(rows(page?, items));
            }
            return Ok(shown(found.into(), None, columns));
        }
        if let Some(waiter) = self.wait {
            let answer = call.wait(&waiter)?.run().await?;
            return Ok(answer.map_or("gone".to_owned(), |answer| shown(answer, items, columns)));
        }
        let reply = call.send_with_meta().await?;
        if let Some(token) = reply.idempotency_token() {
            let attempts = reply.attempts();
            tell(format_args!(
                "idempotency token: {token}, attempts: {attempts}"
            ));
        }
        Ok(shown(reply.value, items, columns))
    }
}

fn path_of_items(pagination: Pagination) -> &'static [&'static str] {
    match pagination {
        Pagination::Numbered { items, .. } | Pagination::Token { items, .. } => items,
    }
}

/// The items of an answer; the answer as a whole where it has none.
fn rows(answer: Value, items: Option<&[&str]>) -> Vec<Value> {
    match items.map_or(&answer, |path| {
        path.iter().fold(&answer, |value, step| &value[*step])
    }) {
        Value::Array(items) => items.clone(),
        Value::Null if items.is_some() => Vec::new(),
        _ => vec![answer],
    }
}

/// JSON, or a table with a column for each field that is named.
fn shown(answer: Value, items: Option<&[&str]>, columns: Option<&str>) -> String {
    let Some(columns) = columns else {
        return format!("{answer:#}");
    };
    let columns: Vec<&str> = columns.split(',').map(str::trim).collect();
    let mut lines: Vec<Vec<String>> = vec![columns.iter().map(|it| (*it).to_owned()).collect()];
    for row in rows(answer, items) {
        let cells = columns.iter().map(|column| {
            let steps: Vec<&str> = column.split('.').collect();
            let mut texts = Vec::new();
            collect(&row, &steps, &mut texts);
            texts.join(",")
        });
        lines.push(cells.collect());
    }
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let lines = lines.iter().map(|line| {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The values at the end of a path; a step through a list takes every element.
fn collect(value: &Value, path: &[&str], texts: &mut Vec<String>) {
    match (value, path) {
        (Value::Array(list), _) => list.iter().for_each(|it| collect(it, path, texts)),
        (Value::Null, _) => {}
        (value, [step, rest @ ..]) => collect(&value[*step], rest, texts),
        (Value::String(text), []) => texts.push(text.clone()),
        (other, []) => texts.push(other.to_string()),
    }
}
