//! The control path, `/_control/…`: orders and recorded requests for programs in any language.
//!
//! | request | does |
//! |---|---|
//! | `GET /_control` | lists the products |
//! | `GET /_control/requests` | the requests that arrived, oldest first |
//! | `DELETE /_control/requests` | forgets them |
//! | `POST /_control/orders` | takes an order, or a list of them, see [`Order`] |
//! | `GET /_control/orders` | the number of queued answers of each operation |
//! | `DELETE /_control/orders` | forgets queued answers and chosen waiters |
//! | `POST /_control/keys` | accepts an access key, see [`Key`] |
//! | `DELETE /_control/keys/<id>` | accepts it no longer |
//! | `GET /_control/state` | what exists, in the form of a scenario |
//! | `PUT /_control/state` | begins anew with a scenario |
//! | `PUT /_control/clock` | `{"secondsAhead": 3600}` sets the clock |

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{
    Fault, Misbehaviour, Scenario, orders,
    state::{Next, Received, State, Target},
};
use crate::{credentials::Credentials, operation::SignatureKind};

/// How one operation answers. Exactly one of `fail`, `respond`, `pass`, `misbehave` and `satisfy` is
/// given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Order {
    /// The code of the product, where several have an operation of the name.
    product: Option<String>,
    operation: String,
    /// A listed code, or a [`WholeFault`].
    fail: Option<Value>,
    respond: Option<Value>,
    pass: Option<bool>,
    misbehave: Option<Misbehave>,
    /// The name of a waiter.
    satisfy: Option<String>,
    /// How often; once without it.
    times: Option<u32>,
}

/// The HTTP status of a final answer.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "u16")]
struct Status(u16);

impl TryFrom<u16> for Status {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        match status {
            200..600 => Ok(Self(status)),
            _ => Err(format!("the status {status} is not one of 200 to 599")),
        }
    }
}

/// An error of any kind.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WholeFault {
    status: Status,
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// [`Misbehaviour`] as JSON.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Misbehave {
    Html { status: Status },
    Xml { status: Status },
    Redirect { status: Status, location: String },
    Truncated,
    Huge { bytes: u64 },
    GzipBomb { bytes: u64 },
    Garbage,
    EndlessHeaders,
    ErrorWithStatus200(WholeFault),
    Delay { milliseconds: u64 },
    Drip { bytes: usize, milliseconds: u64 },
    Close,
    ResetBeforeReading,
    ResetAfterReading,
    Headers(BTreeMap<String, String>),
}

/// An access key to accept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Key {
    access_key_id: String,
    access_key_secret: String,
    security_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Clock {
    seconds_ahead: i64,
}

/// The most answers that one order queues.
const MOST_TIMES: u32 = 10_000;

/// Status and body of the response to a request of the control path.
pub(super) fn answer(state: &State, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
    let result = match (method, path.trim_matches('/')) {
        ("GET", "") => Ok(products(state)),
        ("GET", "requests") => Ok(state.log().iter().map(request).collect()),
        ("DELETE", "requests") => {
            state.forget_log();
            Ok(json!({}))
        }
        ("POST", "orders") => take_orders(state, body),
        ("GET", "orders") => Ok(queued(state)),
        ("DELETE", "orders") => {
            state.forget_orders();
            Ok(json!({}))
        }
        ("POST", "keys") => read::<Key>(body).map(|key| {
            let Key {
                access_key_id: id,
                access_key_secret: secret,
                security_token,
            } = key;
            state.accept(match security_token {
                Some(token) => Credentials::new(id, secret).with_security_token(token),
                None => Credentials::new(id, secret),
            });
            json!({})
        }),
        ("DELETE", path) if path.starts_with("keys/") => {
            state.revoke(&path["keys/".len()..]);
            Ok(json!({}))
        }
        ("GET", "state") => state.cloud_json().ok_or_else(|| NO_STATE.to_owned()),
        ("PUT", "state") => set_state(state, body),
        ("PUT", "clock") => read::<Clock>(body).map(|clock| {
            state.set_clock(clock.seconds_ahead);
            json!({})
        }),
        (method, path) => {
            let error =
                format!("there is no {method} /_control/{path}; GET /_control lists what there is");
            return (404, json!({ "error": error }));
        }
    };
    match result {
        Ok(body) => (200, body),
        Err(error) => (400, json!({ "error": error })),
    }
}

const NO_STATE: &str = "this endpoint keeps no state";

fn set_state(state: &State, body: &[u8]) -> Result<Value, String> {
    let old = state.scenario().ok_or(NO_STATE)?;
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let new = Scenario::from_json(text).map_err(|error| error.to_string())?;
    let new = new.with_settings_of(&old);
    state.set_scenario(new).map_err(|error| error.to_string())?;
    Ok(json!({}))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn products(state: &State) -> Value {
    let products = state.settings.products.iter().map(|product| {
        json!({
            "code": product.code,
            "version": product.version,
            "operations": product.operations.len(),
        })
    });
    json!({
        "products": products.collect::<Value>(),
        "paths": [
            "GET, DELETE /_control/requests",
            "GET, POST, DELETE /_control/orders",
            "POST /_control/keys",
            "DELETE /_control/keys/<accessKeyId>",
            "GET, PUT /_control/state",
            "PUT /_control/clock",
        ],
    })
}

/// A request as the control path shows it: without what is secret of its signature.
fn request(request: &Received) -> Value {
    let pairs = request.parameters.iter();
    let parameters: Map<_, _> = pairs
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    json!({
        "operation": request.operation,
        "version": request.version,
        "method": request.method,
        "signature": signature(request.signature),
        "accessKeyId": request.access_key_id,
        "parameters": parameters,
        "status": request.status,
        "code": request.code,
        "carriedOut": request.carried_out,
    })
}

fn signature(kind: SignatureKind) -> &'static str {
    match kind {
        SignatureKind::Acs3 => "ACS3-HMAC-SHA256",
        SignatureKind::Rpc => "HMAC-SHA1",
    }
}

fn queued(state: &State) -> Value {
    json!(state.all_queued())
}

/// Takes all orders, or none where one of them cannot be.
fn take_orders(state: &State, body: &[u8]) -> Result<Value, String> {
    let body: Value = read(body)?;
    let orders = match body {
        Value::Array(orders) => orders,
        order => vec![order],
    };
    let mut taken = Vec::with_capacity(orders.len());
    for (index, order) in orders.into_iter().enumerate() {
        let order = match order {
            Value::Object(_) => serde_json::from_value(order).map_err(|error| error.to_string()),
            _ => Err("an order is an object such as {\"operation\": …, \"pass\": true}".to_owned()),
        };
        let order = order.and_then(|order| understand(state, order));
        taken.push(order.map_err(|error| format!("order {}: {error}", index + 1))?);
    }
    for taken in taken {
        match taken {
            Taken::Next(target, next, times) => {
                for _ in 0..times {
                    state.queue(target, next.clone());
                }
            }
            Taken::Satisfy(target, waiter) => orders::satisfy(state, target, &waiter)?,
        }
    }
    Ok(json!({}))
}

enum Taken {
    Next(Target, Next, u32),
    Satisfy(Target, String),
}

fn understand(state: &State, order: Order) -> Result<Taken, String> {
    let target = orders::target(state, order.product.as_deref(), &order.operation)?;
    let times = order.times.unwrap_or(1);
    if !(1..=MOST_TIMES).contains(&times) {
        return Err(format!("`times` is {times}; it must be 1 to {MOST_TIMES}"));
    }
    let given = [
        order.fail.is_some(),
        order.respond.is_some(),
        order.pass == Some(true),
        order.misbehave.is_some(),
        order.satisfy.is_some(),
    ];
    if given.into_iter().filter(|given| *given).count() != 1 {
        return Err(
            "exactly one of `fail`, `respond`, `pass`, `misbehave`, `satisfy` must be given"
                .to_owned(),
        );
    }
    let next = match (order.fail, order.respond, order.misbehave, order.satisfy) {
        (Some(fail), ..) => Next::Fail(fault(target, fail)?),
        (_, Some(body), ..) => Next::Respond(body),
        (_, _, Some(misbehave), _) => Next::Misbehave(misbehave.into()),
        (.., Some(waiter)) => {
            let known = target.operation.waiters.iter().any(|it| it.name == waiter);
            if !known {
                orders::satisfy(state, target, &waiter)?;
            }
            return Ok(Taken::Satisfy(target, waiter));
        }
        _ => Next::Pass,
    };
    Ok(Taken::Next(target, next, times))
}

fn fault(target: Target, fail: Value) -> Result<Fault, String> {
    const WHOLE: &str = "{\"status\": 400, \"code\": …, \"message\": …}";
    match fail {
        Value::String(code) => target.row(&code).map(Fault::from).ok_or_else(|| {
            let (operation, code) = (target.operation.name, code.escape_debug());
            format!("{operation} does not list the code `{code}`; {WHOLE} orders any")
        }),
        Value::Object(_) => serde_json::from_value::<WholeFault>(fail)
            .map(Fault::from)
            .map_err(|error| format!("`fail`: {error}")),
        _ => Err(format!("`fail` is a code that is listed, or {WHOLE}")),
    }
}

impl From<WholeFault> for Fault {
    fn from(whole: WholeFault) -> Self {
        let fault = Fault::new(whole.status.0, whole.code, whole.message);
        let headers = whole.headers.into_iter();
        headers.fold(fault, |fault, (name, value)| fault.header(name, value))
    }
}

impl From<Misbehave> for Misbehaviour {
    fn from(misbehave: Misbehave) -> Self {
        let time = Duration::from_millis;
        match misbehave {
            Misbehave::Html { status } => Self::Html { status: status.0 },
            Misbehave::Xml { status } => Self::Xml { status: status.0 },
            Misbehave::Redirect { status, location } => Self::Redirect {
                status: status.0,
                location,
            },
            Misbehave::Truncated => Self::Truncated,
            Misbehave::Huge { bytes } => Self::Huge { bytes },
            Misbehave::GzipBomb { bytes } => Self::GzipBomb { bytes },
            Misbehave::Garbage => Self::Garbage,
            Misbehave::EndlessHeaders => Self::EndlessHeaders,
            Misbehave::ErrorWithStatus200(fault) => Self::ErrorWithStatus200(fault.into()),
            Misbehave::Delay { milliseconds } => Self::Delay(time(milliseconds)),
            Misbehave::Drip {
                bytes,
                milliseconds,
            } => Self::Drip {
                bytes,
                pause: time(milliseconds),
            },
            Misbehave::Close => Self::Close,
            Misbehave::ResetBeforeReading => Self::ResetBeforeReading,
            Misbehave::ResetAfterReading => Self::ResetAfterReading,
            Misbehave::Headers(headers) => Self::Headers(headers.into_iter().collect()),
        }
    }
}
