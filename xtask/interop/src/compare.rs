//! The same requests from the vendor's Python client and from ours, and what arrived.

use std::collections::BTreeMap;

use alicloud::{
    client::DynClient,
    error::Error,
    fake::{Endpoint, Received},
    operation::{Operation, ProductInfo, SignatureKind},
};
use serde_json::{Value, json};

use crate::{install::Tools, run, sample};

/// One run over all operations.
pub(crate) struct Comparison {
    pub(crate) name: String,
    /// The requests are valid: none may be refused.
    pub(crate) valid: bool,
    pub(crate) sent: usize,
    pub(crate) accepted: usize,
    /// The parameters that were compared.
    pub(crate) parameters: usize,
    pub(crate) refused: Vec<String>,
    pub(crate) different: Vec<String>,
    /// Parameters of the specs that the Python client does not have.
    unknown: usize,
}

/// The parameters of the specs that the Python client lacks, told once for each run that lost any.
pub(crate) fn unknown_to_sdk(comparisons: &[Comparison]) -> Vec<(&str, usize)> {
    let losing = comparisons.iter().filter(|it| it.unknown > 0);
    losing.map(|it| (it.name.as_str(), it.unknown)).collect()
}

/// Runs over all operations: valid requests with both signatures, requests with all parameters.
pub(crate) async fn all(tools: &Tools, endpoint: &Endpoint) -> Result<Vec<Comparison>, String> {
    let (acs3, rpc) = (SignatureKind::Acs3, SignatureKind::Rpc);
    endpoint.forget_requests();
    let mut comparisons = Vec::new();
    for (name, kind, valid) in [
        ("valid, ACS3-HMAC-SHA256", acs3, true),
        ("valid, HMAC-SHA1", rpc, true),
        ("all, ACS3-HMAC-SHA256", acs3, false),
        ("all, HMAC-SHA1", rpc, false),
    ] {
        let comparison = compare(tools, endpoint, name, kind, valid).await?;
        comparisons.push(comparison);
    }
    Ok(comparisons)
}

async fn compare(
    tools: &Tools,
    endpoint: &Endpoint,
    name: &str,
    kind: SignatureKind,
    valid: bool,
) -> Result<Comparison, String> {
    let mut comparison = Comparison {
        name: name.to_owned(),
        valid,
        sent: 0,
        accepted: 0,
        parameters: 0,
        refused: Vec::new(),
        different: Vec::new(),
        unknown: 0,
    };
    let samples: Vec<_> = operations()
        .map(|(product, operation)| {
            let request = if valid {
                sample::valid(operation)
            } else {
                sample::full(operation)
            };
            json!({
                "product": product.code,
                "operation": operation.name,
                "request": sample::nested(&request),
                "rpc": kind == SignatureKind::Rpc,
            })
        })
        .collect();
    let input = Value::from(samples.clone()).to_string();
    let sent = run::script(tools.python("samples.py"), endpoint, &input)?;
    // What the Python client made of each request is what ours is given.
    let requests: BTreeMap<_, _> = sent
        .0
        .iter()
        .map(|outcome| (outcome.name.as_str(), outcome))
        .collect();
    let theirs = arrived(endpoint);
    for (sample, (product, operation)) in samples.iter().zip(operations()) {
        let key = format!("{} {}", product.code, operation.name);
        let Some(outcome) = requests.get(key.as_str()) else {
            continue;
        };
        let Some(their) = theirs.get(operation.name) else {
            let error = &outcome.error;
            comparison
                .different
                .push(format!("{key}: nothing arrived: {error}"));
            continue;
        };
        comparison.sent += 1;
        comparison.unknown += leaves(&sample["request"]).saturating_sub(leaves(&outcome.request));
        let request = sample::flattened(operation.request.get(), outcome.request.clone());
        let our = match ours(endpoint, product, operation, kind, request).await {
            Ok(our) => our,
            Err(error) => {
                comparison.different.push(format!("{key}: ours: {error}"));
                continue;
            }
        };
        comparison.parameters += their.parameters.len();
        comparison.different.extend(differences(&key, their, &our));
        match their.status {
            Some(200) => comparison.accepted += 1,
            _ => comparison.refused.push(format!("{key}: {}", outcome.error)),
        }
    }
    Ok(comparison)
}

fn operations() -> impl Iterator<Item = (&'static ProductInfo, &'static Operation)> {
    alicloud::PRODUCTS.iter().flat_map(|product| {
        product
            .operations
            .iter()
            .map(|operation| (*product, *operation))
    })
}

/// The requests since the last look, by operation.
fn arrived(endpoint: &Endpoint) -> BTreeMap<String, Received> {
    let requests = endpoint.requests().into_iter();
    let requests = requests.map(|request| (request.operation.clone(), request));
    let requests = requests.collect();
    endpoint.forget_requests();
    requests
}

async fn ours(
    endpoint: &Endpoint,
    product: &'static ProductInfo,
    operation: &Operation,
    kind: SignatureKind,
    request: Value,
) -> Result<Received, String> {
    let failed = |error: Error| error.to_string();
    let client = DynClient::builder(product)
        .endpoint(endpoint.url())
        .region("cn-hangzhou")
        .credentials(endpoint.credentials())
        .signature(kind)
        .build()
        .map_err(failed)?;
    let call = client
        .request(operation.name, request.clone())
        .map_err(failed)?;
    // Whether it was accepted is told by what arrived.
    let _ = call.skip_validation().send().await;
    arrived(endpoint)
        .remove(operation.name)
        .ok_or_else(|| "nothing arrived".to_owned())
}

/// Parameters that one of the two has, or has otherwise; and another outcome.
fn differences(key: &str, theirs: &Received, ours: &Received) -> Vec<String> {
    let by_name = |received: &Received| -> BTreeMap<String, String> {
        received.parameters.iter().cloned().collect()
    };
    let (mut theirs_left, ours_left) = (by_name(theirs), by_name(ours));
    let mut found = Vec::new();
    for (name, our) in ours_left {
        match theirs_left.remove(&name) {
            Some(their) if same(&their, &our) => {}
            Some(their) => found.push(format!("{key}: {name}: theirs {their:?}, ours {our:?}")),
            None if name == "ClientToken" => {}
            None => found.push(format!("{key}: {name}: only ours, {our:?}")),
        }
    }
    for (name, their) in theirs_left {
        found.push(format!("{key}: {name}: only theirs, {their:?}"));
    }
    if (theirs.status, &theirs.code) != (ours.status, &ours.code) {
        let outcome = |it: &Received| format!("{:?} {:?}", it.status, it.code);
        found.push(format!(
            "{key}: theirs {}, ours {}",
            outcome(theirs),
            outcome(ours)
        ));
    }
    found
}

/// Equal texts, booleans in any case, `0.0` and `0`, and JSON texts that mean the same.
fn same(their: &str, our: &str) -> bool {
    let boolean = |text: &str| text.to_ascii_lowercase().parse::<bool>().ok();
    let json = |text: &str| -> Option<Value> {
        let value: Value = serde_json::from_str(text).ok()?;
        (value.is_object() || value.is_array()).then_some(value)
    };
    let float = |text: &str| text.parse::<f64>().ok();
    their == our
        || their.contains('.') && float(their).is_some() && float(their) == float(our)
        || boolean(their).is_some() && boolean(their) == boolean(our)
        || json(their).is_some() && json(their) == json(our)
}

/// The scalars in a value.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(elements) => elements.iter().map(leaves).sum(),
        Value::Object(fields) => fields.values().map(leaves).sum(),
        _ => 1,
    }
}
