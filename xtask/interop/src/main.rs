//! The vendor's clients for Python and Node against the embedded endpoint.
//!
//! Three things are counted: calls written by hand, with what clients differ in (nested lists, JSON
//! styles, booleans, 64-bit numbers, all of Unicode, kinds of keys and signatures); a valid request
//! of every operation, which must be accepted; and of each of these, and of one with all parameters,
//! the parameters that arrived, compared with those that our own client sends, name by name.

#![warn(clippy::pedantic)]

mod compare;
mod install;
mod run;
mod sample;

use std::process::ExitCode;

use alicloud::{
    credentials::Credentials,
    fake::{Endpoint, Scenario},
};

use self::{
    compare::Comparison,
    install::Tools,
    run::{Calls, Outcome},
};

/// The key with a security token that the endpoint accepts beside its own.
const TEMPORARY: [&str; 3] = ["STS.testid", "sts-secret", "sts-token"];

#[tokio::main]
async fn main() -> ExitCode {
    let asked = |option: &str| std::env::args().any(|word| word == option);
    let require = asked("--require");
    match interop(asked("--workflow")).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(Failure::Unreachable(what)) => {
            eprintln!("skipped: {what}");
            ExitCode::from(u8::from(require))
        }
        Err(Failure::Other(what)) => {
            eprintln!("{what}");
            ExitCode::from(2)
        }
    }
}

/// Why nothing could be counted.
enum Failure {
    /// A tool or a registry is not there; that says nothing of the endpoint.
    Unreachable(String),
    Other(String),
}

/// `true` where everything went as the service would have it.
async fn interop(workflow: bool) -> Result<bool, Failure> {
    let tools = install::tools().map_err(Failure::Unreachable)?;
    let stateful = Endpoint::builder(alicloud::PRODUCTS)
        .scenario(Scenario::default())
        .start()
        .map_err(|error| Failure::Other(format!("the endpoint cannot start: {error}")))?;
    if workflow {
        let script = tools.python("workflow.py");
        return run::workflow(script, &stateful)
            .map(|()| true)
            .map_err(Failure::Other);
    }
    let endpoint = Endpoint::start(alicloud::PRODUCTS)
        .await
        .map_err(|error| Failure::Other(format!("the endpoint cannot start: {error}")))?;
    let [id, secret, token] = TEMPORARY;
    endpoint.accept(Credentials::new(id, secret).with_security_token(token));

    let calls = hand_written(&tools, &endpoint, &stateful).map_err(Failure::Other)?;
    let comparisons = compare::all(&tools, &endpoint)
        .await
        .map_err(Failure::Other)?;
    Ok(report(&calls, &comparisons))
}

fn hand_written(
    tools: &Tools,
    endpoint: &Endpoint,
    stateful: &Endpoint,
) -> Result<Vec<(&'static str, Calls)>, String> {
    let python = run::calls(tools.python("calls.py"), endpoint, stateful)?;
    let node = run::calls(tools.node("calls.js"), endpoint, stateful)?;
    Ok(vec![("Python", python), ("Node", node)])
}

/// Prints the tables; `true` where they are without fault.
fn report(calls: &[(&str, Calls)], comparisons: &[Comparison]) -> bool {
    let mut good = true;
    println!(
        "{:<28} {:>6} {:>8} {:>7}",
        "calls", "sent", "answered", "failed"
    );
    for (client, calls) in calls {
        let failed: Vec<&Outcome> = calls.failed().collect();
        let (sent, failures) = (calls.sent(), failed.len());
        println!(
            "{client:<28} {sent:>6} {:>8} {failures:>7}",
            sent - failures
        );
        for outcome in failed {
            println!("  {}: {}", outcome.name, outcome.error);
        }
        good &= failures == 0;
    }
    let sent: usize = calls.iter().map(|(_, calls)| calls.sent()).sum();
    good &= expect(sent >= 60, "at least 60 calls are wanted");

    println!(
        "\n{:<28} {:>6} {:>8} {:>7} {:>10} {:>9}",
        "operations (Python)", "sent", "accepted", "refused", "parameters", "different"
    );
    for comparison in comparisons {
        let Comparison {
            name,
            sent,
            accepted,
            parameters,
            ..
        } = comparison;
        let (refused, different) = (&comparison.refused, &comparison.different);
        println!(
            "{name:<28} {sent:>6} {accepted:>8} {:>7} {parameters:>10} {:>9}",
            refused.len(),
            different.len()
        );
        for line in different
            .iter()
            .chain(refused.iter().filter(|_| comparison.valid))
        {
            println!("  {line}");
        }
        good &= different.is_empty() && (refused.is_empty() || !comparison.valid);
        good &= expect(*sent >= 300, "at least 300 operations are wanted");
    }
    for (name, unknown) in compare::unknown_to_sdk(comparisons) {
        println!("{name}: {unknown} parameters of the specs are not in the Python client");
    }
    good
}

fn expect(is: bool, wanted: &str) -> bool {
    if !is {
        println!("  {wanted}");
    }
    is
}
