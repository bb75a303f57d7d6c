//! Takes connections and gives answers.

use std::{io, net::TcpListener as StdListener, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{
    Request, Response,
    body::Incoming,
    header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time,
};

use super::{
    Fault, Misbehaviour,
    body::AnswerBody,
    envelope::{self, Raw, Target},
    fault::Context,
    parameters, respond,
    state::{Answered, Next, Received, State, find},
};
use crate::{operation::SignatureKind, sign::nonce};

/// How long requests may take to end when the endpoint does.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until the other half of `ended` is dropped.
pub(super) async fn run(listener: StdListener, state: Arc<State>, mut ended: watch::Receiver<()>) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that failed before it was one concerns its client alone.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, Arc::clone(&state), ended.clone()));
                }
            }
            // Nothing is ever sent: this is the end.
            _ = ended.changed() => break,
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = time::timeout(GRACE, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

async fn connection(stream: TcpStream, state: Arc<State>, mut ended: watch::Receiver<()>) {
    let service = service_fn(|request| {
        let state = Arc::clone(&state);
        async move { answer(request, &state).await }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service)
    );
    // What goes wrong with a connection, its client sees.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ended.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// What is sent: status, content type, body, headers in addition.
struct Answer {
    status: u16,
    content_type: &'static str,
    body: AnswerBody,
    headers: Vec<(String, String)>,
}

impl Answer {
    fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            content_type: "application/json;charset=utf-8",
            body: AnswerBody::whole(body.to_string()),
            headers: Vec::new(),
        }
    }
}

/// Answers a request; an error ends the connection without an answer.
async fn answer(
    request: Request<Incoming>,
    state: &State,
) -> Result<Response<AnswerBody>, io::Error> {
    let raw = receive(request).await?;
    let path = raw.path.clone();
    let (received, all) = envelope::read(raw);
    state.record(received.clone());
    let request_id = request_id();

    let mut answer = match envelope::check(state, &path, &all, &received) {
        Ok(target) => operate(state, target, &received, &request_id).await?,
        Err(fault) => refuse(&fault, None, &received, &request_id),
    };
    answer
        .headers
        .push(("x-acs-request-id".to_owned(), request_id));
    Ok(response(state, answer))
}

async fn receive(request: Request<Incoming>) -> Result<Raw, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?;
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    Ok(Raw {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.to_bytes().to_vec(),
    })
}

/// Gives the queued answer, or does what the operation does.
async fn operate(
    state: &State,
    target: Target,
    request: &Received,
    request_id: &str,
) -> Result<Answer, io::Error> {
    let refuse = |fault: &Fault| refuse(fault, Some(target), request, request_id);
    let usual = || match succeed(state, target, request, request_id) {
        Ok(body) => Answer::json(200, &body),
        Err(fault) => refuse(&fault),
    };
    let misbehaviour = match state.next(target.operation.name) {
        None => return Ok(usual()),
        Some(Next::Fail(fault)) => return Ok(refuse(&fault)),
        Some(Next::Respond(body)) => return Ok(Answer::json(200, &body)),
        Some(Next::Misbehave(misbehaviour)) => misbehaviour,
    };
    Ok(match misbehaviour {
        Misbehaviour::Html { status } => Answer {
            status,
            content_type: "text/html",
            body: AnswerBody::whole(
                "<html><head><title>Bad gateway</title></head><body>Bad gateway</body></html>",
            ),
            headers: Vec::new(),
        },
        Misbehaviour::Truncated => match succeed(state, target, request, request_id) {
            Ok(body) => Answer {
                body: AnswerBody::first_half(body.to_string()),
                ..Answer::json(200, &Value::Null)
            },
            Err(fault) => refuse(&fault),
        },
        Misbehaviour::Huge { bytes } => Answer {
            body: AnswerBody::huge(bytes),
            ..Answer::json(200, &Value::Null)
        },
        Misbehaviour::ErrorWithStatus200(fault) => Answer {
            status: 200,
            ..refuse(&fault)
        },
        Misbehaviour::Delay(delay) => {
            time::sleep(delay).await;
            usual()
        }
        Misbehaviour::Close => return Err(io::Error::other("closed on purpose")),
        Misbehaviour::Headers(headers) => Answer { headers, ..usual() },
    })
}

/// The body of a success, if the request deserves one.
fn succeed(
    state: &State,
    target: Target,
    request: &Received,
    request_id: &str,
) -> Result<Value, Fault> {
    let operation = target.operation;
    let record = parameters::read(target, request)?;
    let given = |name: Option<&str>| name.and_then(|name| request.parameter(name));

    let mut parameters = request.parameters.clone();
    parameters.sort();
    let token = given(operation.idempotency_token)
        .filter(|token| !token.is_empty())
        .map(|token| {
            (
                request.access_key_id.clone(),
                operation.name,
                token.to_owned(),
            )
        });
    if let Some(first) = token.as_ref().and_then(|token| state.answered(token)) {
        if first.parameters == parameters {
            return Ok(first.body);
        }
        return Err(Fault::of(
            operation,
            "IdempotentParameterMismatch",
            "The request uses a client token of an earlier request with other parameters.",
        ));
    }
    if given(operation.dry_run) == Some("true") {
        return Err(Fault::of(
            operation,
            "DryRunOperation",
            "The request would have been carried out if it were not a dry run.",
        ));
    }
    let mut examples = target.product.examples.iter();
    let example = examples.find(|example| example.operation == operation.name);
    let body = respond::body(operation, example, &record, request_id, &mut || {
        state.make()
    });
    if let Some(token) = token {
        let answered = Answered {
            parameters,
            body: body.clone(),
        };
        state.remember(token, answered);
    }
    Ok(body)
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
        Answer {
            status: fault.status,
            content_type: "text/xml;charset=utf-8",
            body: AnswerBody::whole(Bytes::from(fault.xml(&context))),
            headers: Vec::new(),
        }
    };
    Answer {
        headers: fault.headers.clone(),
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
fn request_id() -> String {
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
