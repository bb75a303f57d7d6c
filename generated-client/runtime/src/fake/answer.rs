//! Answers requests.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{
    Request, Response,
    body::Incoming,
    header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue},
    http::request::Parts,
};
use serde_json::Value;
use tokio::time;

use super::{
    Fault, Misbehaviour,
    body::AnswerBody,
    control,
    ending::Ending,
    envelope::{self, Raw},
    fault::Context,
    parameters, respond,
    state::{Answered, Next, Outcome, Received, State, Target, find},
    waiters,
};
use crate::{json::to_json, operation::SignatureKind, sign::nonce};

/// What is sent.
pub(super) struct Answer {
    status: u16,
    content_type: &'static str,
    body: AnswerBody,
    /// Headers in addition.
    headers: Vec<(String, String)>,
    /// The error code that it tells.
    code: Option<String>,
    carried_out: bool,
    /// The connection ends in this way, and nothing of the answer is sent.
    ending: Option<Ending>,
}

impl Answer {
    pub(super) fn new(status: u16, content_type: &'static str, body: AnswerBody) -> Self {
        Self {
            status,
            content_type,
            body,
            headers: Vec::new(),
            code: None,
            carried_out: false,
            ending: None,
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, body.to_string())
    }

    fn text(status: u16, json: String) -> Self {
        let kind = "application/json;charset=utf-8";
        Self::new(status, kind, AnswerBody::whole(json))
    }

    fn ending(ending: Ending) -> Self {
        Self {
            ending: Some(ending),
            ..Self::json(200, &Value::Null)
        }
    }

    fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Answers a request, or says how the connection ends.
pub(super) async fn answer(
    request: Request<Incoming>,
    state: &State,
) -> Result<Response<AnswerBody>, Ending> {
    let (head, body) = request.into_parts();
    let mut raw = raw(&head);
    if resets_before_reading(state, &raw) {
        let (received, _) = envelope::read(raw);
        let number = state.record(received);
        state.finish(number, &Outcome::default());
        return Err(Ending::Reset);
    }
    // A request of which only a part arrives is none.
    let body = body.collect().await.map_err(|_| Ending::Close)?;
    raw.body = body.to_bytes().to_vec();
    if let Some(path) = raw.path.strip_prefix("/_control") {
        let (status, body) = control::answer(state, &raw.method, path, &raw.body);
        return Ok(response(state, Answer::json(status, &body)));
    }

    let path = raw.path.clone();
    let (received, all) = envelope::read(raw);
    let number = state.record(received.clone());
    let request_id = request_id();
    let answer = match envelope::check(state, &path, &all, &received) {
        Ok(target) => operate(state, target, &received, &request_id).await,
        Err(fault) => refuse(&fault, None, &received, &request_id),
    };
    let outcome = Outcome {
        status: answer.ending.is_none().then_some(answer.status),
        code: answer.code.clone(),
        carried_out: answer.carried_out,
    };
    state.finish(number, &outcome);
    match answer.ending {
        Some(ending) => Err(ending),
        None => Ok(response(
            state,
            answer.header("x-acs-request-id", request_id),
        )),
    }
}

fn raw(head: &Parts) -> Raw {
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    Raw {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: Vec::new(),
    }
}

/// The head names an operation whose next request is to be reset before its body is read.
fn resets_before_reading(state: &State, raw: &Raw) -> bool {
    let (received, _) = envelope::read(raw.clone());
    envelope::target(state, &received).is_ok_and(|target| {
        let reset = |next: &Next| matches!(next, Next::Misbehave(Misbehaviour::ResetBeforeReading));
        state.next_if(target, reset).is_some()
    })
}

/// Gives the queued answer, or does what the operation does.
async fn operate(state: &State, target: Target, request: &Received, request_id: &str) -> Answer {
    let usual = || match succeed(state, target, request, request_id) {
        Ok((body, carried_out)) => Answer {
            carried_out,
            ..Answer::json(200, &body)
        },
        Err(fault) => refuse(&fault, Some(target), request, request_id),
    };
    let refuse = |fault: &Fault| refuse(fault, Some(target), request, request_id);
    let misbehaviour = match state.next(target) {
        None | Some(Next::Pass) => return usual(),
        Some(Next::Fail(fault)) => return refuse(&fault),
        Some(Next::Respond(body)) => return Answer::json(200, &body),
        Some(Next::Misbehave(misbehaviour)) => misbehaviour,
    };
    match misbehaviour {
        Misbehaviour::Html { status } => Answer::new(
            status,
            "text/html",
            AnswerBody::whole(
                "<html><head><title>Bad gateway</title></head><body>Bad gateway</body></html>",
            ),
        ),
        Misbehaviour::Xml { status } => Answer::new(
            status,
            "application/xml",
            AnswerBody::whole("<?xml version=\"1.0\"?><gateway><reason>down</reason></gateway>"),
        ),
        Misbehaviour::Redirect { status, location } => {
            Answer::new(status, "text/plain", AnswerBody::whole("moved"))
                .header("location", location)
        }
        Misbehaviour::Truncated => {
            let usual = usual();
            Answer {
                body: usual.body.cut_in_half(),
                ..usual
            }
        }
        Misbehaviour::Huge { bytes } => Answer {
            body: AnswerBody::huge(bytes),
            ..Answer::json(200, &Value::Null)
        },
        Misbehaviour::GzipBomb { bytes } => Answer {
            body: AnswerBody::gzip_bomb(bytes),
            ..Answer::json(200, &Value::Null)
        }
        .header("content-encoding", "gzip"),
        Misbehaviour::Garbage => Answer::ending(Ending::Garbage),
        Misbehaviour::EndlessHeaders => Answer::ending(Ending::EndlessHeaders),
        Misbehaviour::ErrorWithStatus200(fault) => Answer {
            status: 200,
            ..refuse(&fault)
        },
        Misbehaviour::Delay(delay) => {
            time::sleep(delay).await;
            usual()
        }
        Misbehaviour::Drip { bytes, pause } => {
            let usual = usual();
            Answer {
                body: usual.body.drip(bytes, pause),
                ..usual
            }
        }
        Misbehaviour::Close => Answer::ending(Ending::Close),
        // Where the operation was named in the body it is too late for not reading it.
        Misbehaviour::ResetBeforeReading => Answer::ending(Ending::Reset),
        Misbehaviour::ResetAfterReading => Answer {
            ending: Some(Ending::Reset),
            ..usual()
        },
        Misbehaviour::Headers(headers) => {
            let mut usual = usual();
            usual.headers.extend(headers);
            usual
        }
    }
}

/// The body of a success if the request deserves one, and whether the operation was carried out.
fn succeed(
    state: &State,
    target: Target,
    request: &Received,
    request_id: &str,
) -> Result<(Value, bool), Fault> {
    let operation = target.operation;
    let record = parameters::read(state, target, request)?;
    let given = |name: Option<&str>| name.and_then(|name| request.parameter(name));

    // What was meant, not how it was written: `True` and `true` are the same.
    let parameters = to_json(&record);
    let token = given(operation.idempotency_token)
        .filter(|token| !token.is_empty())
        .map(|token| {
            (
                request.access_key_id.clone(),
                target.key(),
                token.to_owned(),
            )
        });
    if let Some(first) = token.as_ref().and_then(|token| state.answered(token)) {
        if first.parameters == parameters {
            return Ok((first.body, false));
        }
        return Err(Fault::of(
            operation,
            "IdempotentParameterMismatch",
            "The request uses a client token of an earlier request with other parameters.",
        ));
    }
    let dry_run = given(operation.dry_run).is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let kept = state.carry_out(target, &parameters, dry_run).transpose()?;
    if dry_run {
        return Err(Fault::of(
            operation,
            "DryRunOperation",
            "The request would have been carried out if it were not a dry run.",
        ));
    }
    let body = match kept {
        Some(mut body) => {
            body["RequestId"] = Value::from(request_id);
            body
        }
        None => {
            let example = state.example(target);
            let mut make = || state.make();
            let mut body = respond::body(operation, example, &record, request_id, &mut make);
            let waiter = state.waiter(target).or_else(|| {
                let user_agent = request.header("user-agent")?;
                waiters::waited_for(operation, user_agent)
            });
            waiters::satisfy(operation, waiter, &record, &mut body)?;
            respond::end_pages(operation, &record, &mut body);
            respond::succeed(target.product, operation, &mut body);
            state.act(target, &parameters, request, &mut body);
            body
        }
    };
    if let Some(token) = token {
        let answered = Answered {
            parameters,
            body: body.clone(),
        };
        state.remember(token, answered);
    }
    Ok((body, true))
}

fn refuse(fault: &Fault, target: Option<Target>, request: &Received, request_id: &str) -> Answer {
    let context = Context {
        request_id,
        host: request.header("host").unwrap_or_default(),
        product: target.map(|target| target.product),
    };
    let wants_json = request.signature == SignatureKind::Acs3
        || find(&request.common, "Format").is_some_and(|it| it.eq_ignore_ascii_case("json"));
    let answer = if wants_json {
        Answer::json(fault.status, &fault.json(&context))
    } else {
        let xml = AnswerBody::whole(Bytes::from(fault.xml(&context)));
        Answer::new(fault.status, "text/xml;charset=utf-8", xml)
    };
    Answer {
        headers: fault.headers.clone(),
        code: Some(fault.code.clone()),
        ..answer
    }
}

fn response(state: &State, answer: Answer) -> Response<AnswerBody> {
    let mut response = Response::new(answer.body);
    if let Ok(status) = answer.status.try_into() {
        *response.status_mut() = status;
    }
    let date = httpdate::fmt_http_date(state.now());
    let usual = [
        (CONTENT_TYPE.as_str(), answer.content_type),
        (DATE.as_str(), date.as_str()),
    ];
    let own = answer
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    // The later ones replace the earlier; what cannot be a header is left out.
    for (name, value) in usual.into_iter().chain(own) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A request id in the vendor's form, `8-4-4-4-12` hex digits.
pub(crate) fn request_id() -> String {
    let digits = nonce().to_uppercase();
    let part = |range| digits.get(range).unwrap_or_default();
    [
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32),
    ]
    .join("-")
}
