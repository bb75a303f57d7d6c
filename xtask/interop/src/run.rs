//! Runs scripts of the vendor's clients against the endpoint.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use alicloud::fake::Endpoint;
use serde::Deserialize;
use serde_json::Value;

use crate::TEMPORARY;

/// How one call of a script went, as the script says in a line of JSON.
#[derive(Debug, Deserialize)]
pub(crate) struct Outcome {
    /// What is called.
    pub(crate) name: String,
    /// What went wrong; empty where nothing did.
    #[serde(default)]
    pub(crate) error: String,
    /// The request, where the script chose it.
    #[serde(default)]
    pub(crate) request: Value,
}

/// How the calls of a script went.
pub(crate) struct Calls(pub(crate) Vec<Outcome>);

impl Calls {
    pub(crate) fn sent(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn failed(&self) -> impl Iterator<Item = &Outcome> {
        self.0.iter().filter(|outcome| !outcome.error.is_empty())
    }
}

/// Runs a script of calls; it is told of an endpoint that keeps state too.
pub(crate) fn calls(
    mut command: Command,
    endpoint: &Endpoint,
    stateful: &Endpoint,
) -> Result<Calls, String> {
    command.env("STATEFUL", stateful.host());
    script(command, endpoint, "")
}

/// Shows a workflow against an endpoint that keeps state.
pub(crate) fn workflow(mut command: Command, stateful: &Endpoint) -> Result<(), String> {
    command.env("STATEFUL", stateful.host());
    let status = with_settings(&mut command, stateful)
        .status()
        .map_err(|error| format!("{command:?} cannot be run: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("the workflow failed: {status}")),
    }
}

/// Tells a script where the endpoint is, and its keys.
fn with_settings<'a>(command: &'a mut Command, endpoint: &Endpoint) -> &'a mut Command {
    let credentials = endpoint.credentials();
    let [id, secret, token] = TEMPORARY;
    command
        .env("ENDPOINT", endpoint.host())
        .env("KEY_ID", &credentials.access_key_id)
        .env("KEY_SECRET", credentials.access_key_secret.expose())
        .env("STS_ID", id)
        .env("STS_SECRET", secret)
        .env("STS_TOKEN", token)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
}

/// Runs a script with this text as its input.
pub(crate) fn script(
    mut command: Command,
    endpoint: &Endpoint,
    input: &str,
) -> Result<Calls, String> {
    let name = format!("{command:?}");
    let mut child = with_settings(&mut command, endpoint)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name} cannot be run: {error}"))?;
    // The scripts read all of their input before they write.
    if let Some(mut stdin) = child.stdin.take() {
        stdin
            .write_all(input.as_bytes())
            .map_err(|error| format!("{name} does not read: {error}"))?;
    }
    let output = child
        .wait_with_output()
        .map_err(|error| format!("{name} failed: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} failed: {}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let outcomes = lines.map(|line| {
        serde_json::from_str(line).map_err(|error| format!("{name} wrote `{line}`: {error}"))
    });
    outcomes.collect::<Result<_, _>>().map(Calls)
}
