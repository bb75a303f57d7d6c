//! The embedded endpoint as a process of its own, for programs in any language:
//!
//! ```text
//! cargo run --example endpoint -- --port 0 --product ecs --product sts
//! cargo run --example endpoint -- --spec my-specs
//! ```
//!
//! The first line of standard output is JSON: `{"url": …, "accessKeyId": …, "accessKeySecret": …}`.
//! Then comes a line for each request. It runs until it is interrupted (SIGINT, SIGTERM).

use std::{
    fmt,
    io::{self, Write as _},
    process::ExitCode,
    sync::mpsc,
    time::Duration,
};

use alicloud::{
    fake::{Builder, Endpoint, Received, Scenario},
    operation::{ProductInfo, SignatureKind},
};
use serde_json::json;

const HELP: &str = "\
usage: endpoint [options]

  --port <number>         the port on 127.0.0.1; 0, the default, takes a free one
  --product <name>        a product to serve, such as ecs; repeat it for more; without it, all
  --spec <folder>         serve the products of these specs, of which no generated code is needed
  --log json|text|none    the line for each request; text without it
  --no-state              answer every request from its schema alone, and keep nothing
  --scenario <file>       what exists in the beginning, as JSON
  --seed <number>         what IDs and addresses are made from; 0 without it
  --settle <seconds>      how long states such as Starting last; 1 without it
  --allow-unknown         ignore parameters that an operation does not list
  --help                  print this text";

fn main() -> ExitCode {
    if std::env::args().any(|word| word == "--help" || word == "-h") {
        return match write(&HELP) {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        };
    }
    let started = Arguments::parse(std::env::args().skip(1))
        .map_err(|wrong| format!("{wrong}\n\n{HELP}"))
        .and_then(|arguments| {
            let endpoint = arguments.start()?;
            Ok((endpoint, arguments.log))
        });
    match started {
        Ok((endpoint, log)) => serve(&endpoint, log),
        Err(wrong) => {
            // Where this fails there is nobody left to tell.
            let _ = writeln!(io::stderr(), "{wrong}");
            ExitCode::from(2)
        }
    }
}

/// The line for each request.
#[derive(Clone, Copy)]
enum Log {
    Json,
    Text,
    None,
}

struct Arguments {
    port: u16,
    products: Vec<&'static ProductInfo>,
    log: Log,
    state: bool,
    scenario: Option<String>,
    seed: u64,
    settle: Duration,
    allow_unknown: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            port: 0,
            products: alicloud::PRODUCTS.to_vec(),
            log: Log::Text,
            state: true,
            scenario: None,
            seed: 0,
            settle: Duration::from_secs(1),
            allow_unknown: false,
        };
        let mut wanted = Vec::new();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--port" => arguments.port = number(&word, &value()?)?,
                "--product" => wanted.push(value()?),
                "--spec" => arguments.products = specified(&value()?)?,
                "--log" => arguments.log = log(&value()?)?,
                "--no-state" => arguments.state = false,
                "--scenario" => arguments.scenario = Some(value()?),
                "--seed" => arguments.seed = number(&word, &value()?)?,
                "--settle" => {
                    let seconds = number(&word, &value()?)?;
                    arguments.settle = Duration::try_from_secs_f64(seconds)
                        .map_err(|error| format!("`--settle {seconds}`: {error}"))?;
                }
                "--allow-unknown" => arguments.allow_unknown = true,
                word => return Err(format!("unknown argument `{word}`")),
            }
        }
        if !wanted.is_empty() {
            let products = wanted.iter().map(|name| product(&arguments.products, name));
            arguments.products = products.collect::<Result<_, _>>()?;
        }
        Ok(arguments)
    }

    fn start(&self) -> Result<Endpoint, String> {
        let mut builder: Builder = Endpoint::builder(&self.products).port(self.port);
        if self.allow_unknown {
            builder = builder.allow_unknown_parameters();
        }
        if self.state {
            let mut scenario = match &self.scenario {
                Some(file) => Scenario::from_file(file).map_err(|error| error.to_string())?,
                None => Scenario::default(),
            };
            scenario = scenario.seed(self.seed).settle_after(self.settle);
            builder = builder.scenario(scenario);
        }
        builder
            .start()
            .map_err(|error| match (&self.scenario, error.kind()) {
                // Its objects are not as a product describes them.
                (Some(file), io::ErrorKind::InvalidInput) => format!("{file}: {error}"),
                _ => format!("the endpoint cannot listen on port {}: {error}", self.port),
            })
    }
}

fn number<N: std::str::FromStr>(option: &str, text: &str) -> Result<N, String> {
    let number = text.parse().ok();
    number.ok_or_else(|| format!("`{option} {text}`: a number is wanted"))
}

/// The product of this code.
fn product(all: &[&'static ProductInfo], name: &str) -> Result<&'static ProductInfo, String> {
    let found = all
        .iter()
        .find(|known| known.code.eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|known| known.code).collect();
        format!("unknown product `{name}`; known: {}", known.join(", "))
    })
}

/// The products of a folder of specs.
fn specified(folder: &str) -> Result<Vec<&'static ProductInfo>, String> {
    let products =
        alicloud_codegen::tables::load(folder.as_ref()).map_err(|error| error.to_string())?;
    if products.is_empty() {
        return Err(format!(
            "`--spec {folder}`: there is no product in this folder"
        ));
    }
    Ok(products)
}

fn log(name: &str) -> Result<Log, String> {
    match name {
        "json" => Ok(Log::Json),
        "text" => Ok(Log::Text),
        "none" => Ok(Log::None),
        _ => Err(format!("`--log {name}`: json, text or none is wanted")),
    }
}

/// What shells say of a process that SIGINT has ended.
const INTERRUPTED: i32 = 130;

/// Ends the process on SIGINT, also where it was started in the background of a shell, which lets it
/// ignore that signal.
fn end_when_interrupted() {
    let (ready, is_ready) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        // Where it cannot be noticed, the signal does what it did before.
        let Ok(runtime) = runtime else { return };
        let interrupted = runtime.block_on(async {
            tokio::join!(tokio::signal::ctrl_c(), async move { drop(ready) }).0
        });
        if interrupted.is_ok() {
            std::process::exit(INTERRUPTED);
        }
    });
    // Whoever reads the first line may interrupt at once.
    let _: Result<(), _> = is_ready.recv();
}

/// Writes a line for each request until the process is ended.
fn serve(endpoint: &Endpoint, log: Log) -> ExitCode {
    end_when_interrupted();
    let requests = endpoint.subscribe();
    let credentials = endpoint.credentials();
    let first = json!({
        "url": endpoint.url(),
        "accessKeyId": credentials.access_key_id,
        "accessKeySecret": credentials.access_key_secret.expose(),
    });
    let mut read = write(&first);
    for request in requests {
        // It goes on serving where nobody reads.
        read = read
            && match log {
                Log::Json => write(&as_json(&request)),
                Log::Text => write(&as_text(&request)),
                Log::None => true,
            };
    }
    ExitCode::SUCCESS
}

/// Writes a line; `false` where nobody reads it.
fn write(line: &dyn fmt::Display) -> bool {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}

/// A request without the values of its parameters, which may be secrets.
fn as_json(request: &Received) -> serde_json::Value {
    let names = request.parameters.iter().map(|(name, _)| name.as_str());
    json!({
        "operation": request.operation,
        "version": request.version,
        "signature": signature(request.signature),
        "parameters": names.collect::<Vec<_>>(),
        "status": request.status,
        "code": request.code,
        "carriedOut": request.carried_out,
    })
}

fn as_text(request: &Received) -> String {
    let status = request.status.map_or("---".to_owned(), |it| it.to_string());
    let code = request.code.as_deref().unwrap_or_default();
    let signature = signature(request.signature);
    let line = format!("{status} {} {signature} {code}", request.operation);
    // What arrives may hold anything.
    line.trim_end().escape_debug().to_string()
}

fn signature(kind: SignatureKind) -> &'static str {
    match kind {
        SignatureKind::Acs3 => "ACS3-HMAC-SHA256",
        SignatureKind::Rpc => "HMAC-SHA1",
    }
}
