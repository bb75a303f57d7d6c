//! A sweep for secrets: marked ones are sent, a server echoes them in every escape and at every place
//! of an answer, and every text that the client makes of it is searched for them.
//!
//! Alone in its program, because it listens to all spans and events.

mod support;

use std::{
    error::Error as StdError,
    fmt::{Debug, Write as _},
    sync::{Arc, Mutex},
};

use alicloud_runtime::{
    blocking,
    client::{Client, DynClient, http_client_builder},
    credentials::{
        AssumeRole, Context, Credentials, CredentialsUri, Environment, InstanceRole,
        ProvideCredentials,
    },
    error::{Error, TransportKind},
    fake::{Endpoint, Misbehaviour},
    observe::{AttemptEvent, CallEvent, Observer},
    operation::{Access, Errors, Operation, ProductInfo, SchemaRef, ServiceInfo, SignatureKind},
    record::{Field as Shape, Fields, Schema, Style},
    retry::RetrySettings,
    stub::{Fault, Stub},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::json;
use support::*;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// An access key has no space and nothing beyond ASCII.
const SECRET: &str = "markSecr\"&<k>+/=%41;\\'s";
const TOKEN: &str = "markToke\"&<t>+/=%41;\\'t";
/// A parameter that the spec calls sensitive.
const PASSWORD: &str = "markPass \"&<p>+/=%41;\\'é\u{1f511}p";
/// A parameter that the spec does not know, and whose name says it.
const LOGIN: &str = "markLogi \"&<l>+/=%41;\\'l";

const ALL: [&str; 4] = [SECRET, TOKEN, PASSWORD, LOGIN];

type Escape = (&'static str, fn(&str) -> String);

/// The ways in which a server may write what it got.
const ESCAPES: [Escape; 23] = [
    ("raw", str::to_owned),
    ("JSON", |text| {
        let quoted = json!(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    }),
    ("JSON, all of it", |text| {
        text.encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect()
    }),
    ("percent, upper case", |text| {
        percent(text, false, "%20", true)
    }),
    ("percent, lower case", |text| {
        percent(text, false, "%20", false)
    }),
    ("percent, all of it", |text| {
        percent(text, true, "%20", true)
    }),
    ("percent, twice", |text| {
        percent(&percent(text, false, "%20", true), false, "%20", true)
    }),
    ("form", |text| percent(text, false, "+", true)),
    ("HTML", |text| {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&#39;")
    }),
    ("HTML, by numbers", |text| {
        text.chars()
            .map(|c| format!("&#{};", u32::from(c)))
            .collect()
    }),
    ("HTML, by hex numbers", |text| {
        text.chars()
            .map(|c| format!("&#x{:X};", u32::from(c)))
            .collect()
    }),
    ("XML", |text| {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&apos;")
    }),
    ("HTML, twice", |text| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        text.replace('&', "&amp;").replace('"', "&quot;")
    }),
    ("HTML, padded", |text| {
        text.chars()
            .map(|c| format!("&#{:07};", u32::from(c)))
            .collect()
    }),
    ("JSON, twice", |text| {
        let once = json!(text).to_string();
        let twice = json!(once[1..once.len() - 1]).to_string();
        twice[1..twice.len() - 1].to_owned()
    }),
    ("the escapes of old JavaScript", |text| {
        text.encode_utf16()
            .map(|unit| format!("%u{unit:04X}"))
            .collect()
    }),
    ("Rust", |text| text.escape_unicode().to_string()),
    ("octal", |text| {
        text.bytes().map(|byte| format!("\\{byte:03o}")).collect()
    }),
    ("Base64", |text| STANDARD.encode(text)),
    ("Base64 of URLs", |text| URL_SAFE_NO_PAD.encode(text)),
    ("lines", |text| {
        let lines = text.chars().enumerate();
        lines
            .map(|(at, c)| format!("{c}{}", if at % 5 == 4 { "\n  " } else { "" }))
            .collect()
    }),
    ("form, in lines", |text| {
        percent(text, false, "+", true).replace('%', "\r\n%")
    }),
    ("JSON in HTML", |text| {
        let quoted = json!(text).to_string();
        quoted[1..quoted.len() - 1]
            .replace('&', "&amp;")
            .replace('"', "&quot;")
    }),
];

fn percent(text: &str, all: bool, space: &str, upper: bool) -> String {
    let escape = |byte: u8| match byte {
        b' ' => space.to_owned(),
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' if !all => {
            char::from(byte).to_string()
        }
        byte if upper => format!("%{byte:02X}"),
        byte => format!("%{byte:02x}"),
    };
    text.bytes().map(escape).collect()
}

/// All of the secrets, as a server would write them.
fn echo(escape: Escape) -> String {
    ALL.map(escape.1).join(" and ")
}

/// The answers of a server that echoes.
fn answers(echo: &str) -> Vec<(&'static str, Answer)> {
    let json = |body: serde_json::Value| body.to_string();
    let http = |status, body: String| Answer::Http(status, vec![], body);
    // Headers are of one line; a colon in them is no matter.
    let fields = json!({
        "Code": format!("Odd.{echo}"), "Message": echo, "RequestId": echo, "HostId": echo,
        "Recommend": echo,
        "AccessDeniedDetail": { "Policy": [echo, { echo: echo }] },
    });
    let xml_text = echo
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let xml = format!(
        "<?xml version=\"1.0\"?><Error><RequestId>{xml_text}</RequestId><Code>Odd</Code>\
         <Message>{xml_text}</Message><HostId>{xml_text}</HostId></Error>"
    );
    let page = format!("<html><body>{echo}</body></html>");
    let cut = json(fields.clone());
    let cut = cut[..cut.len() * 3 / 4].to_owned();
    vec![
        ("an error", http(400, json(fields.clone()))),
        (
            "a wrong signature",
            error(400, "SignatureDoesNotMatch", echo),
        ),
        ("throttling", error(429, "Throttling.User", echo)),
        (
            "an ended token",
            error(403, "InvalidSecurityToken.Expired", echo),
        ),
        (
            "an unlisted code with status 200",
            http(200, json(fields.clone())),
        ),
        (
            "a broken error",
            http(500, json(fields).replace(",\"", ",,\"")),
        ),
        ("an error that is cut off", http(500, cut.clone())),
        ("an error in XML", http(400, xml)),
        ("a page", http(502, page.clone())),
        ("a page with status 200", http(200, page.clone())),
        ("a text with status 200", http(200, json(json!(echo)))),
        (
            "fields of a wrong kind",
            http(
                200,
                json(json!({ "RequestId": { echo: echo }, "Addresses": { echo: echo } })),
            ),
        ),
        (
            "texts for numbers",
            http(
                200,
                json(json!({ "RequestId": echo, "TotalCount": echo, "PageSize": [echo] })),
            ),
        ),
        (
            "a broken success",
            http(200, format!("{{\"RequestId\":\"{echo}\" {echo}")),
        ),
        (
            "headers",
            http(400, "{}".to_owned())
                .header("x-acs-request-id", echo)
                .header("content-type", format!("text/{echo}"))
                .header("x-acs-retry-after", echo)
                .header("date", echo)
                .header("server", echo),
        ),
        (
            "a reason",
            Answer::Raw(format!(
                "HTTP/1.1 400 {}\r\ncontent-length: 2\r\n\r\n{{}}",
                echo.replace(['\r', '\n'], " ")
            )),
        ),
        (
            "no status line",
            Answer::Raw(format!("HTTP/1.1 {echo}\r\n\r\n")),
        ),
        (
            "headers of a success",
            ok("[]")
                .header("x-acs-request-id", echo)
                .header("content-type", echo),
        ),
        (
            "a redirect",
            http(307, page.clone()).header("location", format!("http://127.0.0.1:9/{echo}")),
        ),
        (
            "an unknown compression",
            ok("{}").header("content-encoding", echo),
        ),
        ("half an answer", Answer::Cut(200, page.clone())),
        ("half an error", Answer::Cut(400, cut)),
        (
            "what is no compression",
            Answer::Encoded(200, "gzip", page.into_bytes()),
        ),
        ("no answer", Answer::Close),
    ]
}

/// Everything that was shown.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<String>>);

impl Shown {
    fn add(&self, text: impl AsRef<str>) {
        let mut all = self.0.lock().unwrap();
        all.push_str(text.as_ref());
        all.push('\n');
    }

    fn debug(&self, value: &dyn Debug) {
        self.add(format!("{value:?} {value:#?}"));
    }

    fn error(&self, error: &(dyn StdError + 'static)) {
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.add(format!("{error} {error:#}"));
            self.debug(&error);
            cause = error.source();
        }
    }

    /// Gives and forgets what was shown.
    fn take(&self) -> String {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

// Of all crates: what the HTTP client says is no less seen.
impl Subscriber for Shown {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        attributes.record(&mut Line(&mut self.0.lock().unwrap()));
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().unwrap()));
    }
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Line(&mut self.0.lock().unwrap()));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Observer for Shown {
    fn attempt(&self, event: &AttemptEvent<'_>) {
        self.debug(event);
    }
    fn call(&self, event: &CallEvent<'_>) {
        self.debug(event);
    }
}

fn key() -> Credentials {
    Credentials::new("key-id", SECRET).with_security_token(TOKEN)
}

fn request() -> Assign {
    Assign {
        password: Some(PASSWORD.to_owned()),
        ..assign()
    }
}

/// Nothing of the secrets is in what was shown, in this escape or plainly.
fn assert_none(shown: &str, escape: Escape, place: &str) {
    let (name, escape) = escape;
    // Where a text is cut off, less of a secret than this is not told from other words.
    let beginnings = ALL.map(|secret| &secret[..8]);
    for begin in beginnings {
        for trace in [begin.to_owned(), escape(begin)] {
            let Some(at) = shown.find(&trace) else {
                continue;
            };
            let around = shown[..at].char_indices().rev().nth(200);
            let start = around.map_or(0, |(start, _)| start);
            let around: String = shown[start..].chars().take(500).collect();
            panic!("{place}, {name}: `{trace}` in: {around}");
        }
    }
}

async fn sweep(client: &Client<Net>, shown: &Shown) {
    let call = || client.request(request()).parameter("LoginPassword", LOGIN);
    shown.debug(&call());
    match call().send_with_meta().await {
        Ok(reply) => {
            // The response itself is data of the caller's.
            for part in reply.skipped() {
                shown.add(part.to_string());
                shown.debug(part);
            }
            shown.debug(&reply.request_id());
        }
        Err(error) => {
            shown.error(&error);
            if let Error::Service(service) = &error {
                shown.add(service.message());
                shown.debug(&(
                    service.host_id(),
                    service.recommend(),
                    service.access_denied_detail(),
                ));
            }
            let mixed: Error = error.into();
            shown.error(&mixed);
        }
    }
    if let Err(error) = call().dry_run().await {
        shown.error(&error);
    }
    if let Err(error) = client
        .untyped()
        .request(
            "Assign",
            json!({ "Eni": "e", "Count": 1, "Password": PASSWORD }),
        )
        .unwrap()
        .parameter("LoginPassword", LOGIN)
        .send()
        .await
    {
        shown.error(&error);
    }
}

#[tokio::test]
async fn what_a_server_echoes_is_in_no_text_of_acs3() {
    assert_no_echo(SignatureKind::Acs3, false).await;
}

#[tokio::test]
async fn what_a_server_echoes_is_in_no_text_of_rpc() {
    assert_no_echo(SignatureKind::Rpc, true).await;
}

async fn assert_no_echo(kind: SignatureKind, strict: bool) {
    let shown = Shown::default();
    let _guard = tracing::subscriber::set_default(shown.clone());
    let http = http_client_builder().no_proxy().build().unwrap();
    let mut swept = 0;
    for escape in ESCAPES {
        for (place, answer) in answers(&echo(escape)) {
            let server = Server::start([answer.clone()]).await;
            let client = server
                .builder()
                .credentials(key())
                .signature(kind)
                .strict_responses(strict)
                .http_client(http.clone())
                .retry(hasty().max_attempts(2))
                .observer(shown.clone())
                .build()
                .unwrap();
            shown.debug(&client);
            sweep(&client, &shown).await;
            assert!(!server.received().is_empty());
            assert_none(&shown.take(), escape, place);
            swept += 1;
        }
    }
    assert_eq!(swept, ESCAPES.len() * answers("").len());
}

#[tokio::test]
async fn what_never_reaches_a_server_is_in_no_text() {
    let shown = Shown::default();
    let _guard = tracing::subscriber::set_default(shown.clone());
    let raw = ESCAPES[0];

    // Refused before it is sent: each parameter that can be wrong, beside the secrets.
    let server = Server::start([ok("{}")]).await;
    let client = server.builder().credentials(key()).build().unwrap();
    let wrong = Assign {
        eni: String::new(),
        count: Some(99),
        addresses: Some(vec!["a".to_owned()]),
        client_token: Some("t".to_owned()),
        ..request()
    };
    shown.debug(&wrong);
    shown.error(&client.send(wrong).await.unwrap_err());
    for name in ["SecurityToken", "Password"] {
        let call = client.request(request()).parameter(name, LOGIN);
        shown.error(&call.send().await.unwrap_err());
    }
    let named =
        json!({ "Eni": { "Password": PASSWORD }, "Password": [PASSWORD], "Passwort": PASSWORD });
    shown.error(&client.untyped().call("Assign", named).await.unwrap_err());
    let call = client.request(request()).parameter("LoginPassword", LOGIN);
    shown.debug(&call);
    let preview = call.preview().unwrap();
    shown.add(preview.to_string());
    shown.debug(&preview);
    // Too long to be sent, by a secret.
    let long = Assign {
        password: Some(PASSWORD.repeat(3000)),
        ..assign()
    };
    shown.error(&client.send(long).await.unwrap_err());
    // A key that cannot be one.
    for (id, secret, token) in [
        ("id", format!("{SECRET} x"), TOKEN.to_owned()),
        ("id", SECRET.to_owned(), format!("{TOKEN}\n{TOKEN}")),
        ("", SECRET.to_owned(), TOKEN.to_owned()),
    ] {
        let key = Credentials::new(id, secret).with_security_token(token);
        shown.debug(&key);
        let client = server.builder().credentials(key).build().unwrap();
        shown.error(&client.send(request()).await.unwrap_err());
    }
    // Nobody listens.
    let nobody = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint("http://127.0.0.1:9")
        .signature(SignatureKind::Rpc)
        .credentials(key())
        .retry(hasty().max_attempts(2))
        .build()
        .unwrap();
    sweep(&nobody, &shown).await;
    assert_none(&shown.take(), raw, "before a server");
}

#[tokio::test]
async fn recorded_requests_show_no_value() {
    let shown = Shown::default();
    let _guard = tracing::subscriber::set_default(shown.clone());
    let endpoint = Endpoint::start(&[&NET]).await.unwrap();
    endpoint.accept(key());
    for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
        let client = Client::<Net>::builder()
            .region("cn-hangzhou")
            .endpoint(endpoint.url())
            .credentials(key())
            .signature(kind)
            .retry(hasty().max_attempts(2))
            .build()
            .unwrap();
        client.send(request()).await.unwrap();
        // The endpoint refuses what it does not know, and names it.
        sweep(&client, &shown).await;
        endpoint.misbehave_next("Assign", Misbehaviour::Garbage);
        sweep(&client, &shown).await;
    }
    shown.debug(&endpoint);
    shown.debug(&endpoint.requests());
    assert!(
        endpoint
            .requests()
            .iter()
            .any(|it| it.parameter("Password") == Some(PASSWORD))
    );

    let stub = Stub::new();
    stub.once::<Assign>(|request| {
        Err(Fault::new(400, "Odd", request.password.unwrap_or_default()).into())
    })
    .on::<Assign>(|_| Err(TransportKind::Interrupted.into()));
    let builder = Client::<Net>::builder()
        .region("cn-hangzhou")
        .credentials(key());
    let client = builder.retry(hasty()).stub(&stub).build().unwrap();
    sweep(&client, &shown).await;
    shown.debug(&stub);
    shown.debug(&(stub.received(), stub.requests::<Assign>()));
    assert_none(&shown.take(), ESCAPES[0], "recorded");
}

#[tokio::test]
async fn providers_of_access_keys_show_no_secret_that_is_echoed() {
    let shown = Shown::default();
    let _guard = tracing::subscriber::set_default(shown.clone());
    let http = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0);
    let http = http.build().unwrap();
    for escape in ESCAPES {
        for (place, answer) in answers(&echo(escape)) {
            let server = Server::start([answer]).await;
            let context = Context::new()
                .with_environment(Environment::from_vars::<String, String>([]))
                .with_sts_endpoint(server.url())
                .with_metadata_endpoint(server.url())
                .with_http_client(http.clone());
            let role = AssumeRole::new(key(), "acs:ram::1:role/r")
                .policy(PASSWORD)
                .external_id(LOGIN)
                .context(&context)
                .sts_endpoint(server.url());
            let uri = CredentialsUri::new(&format!(
                "{}/{}",
                server.url(),
                percent(SECRET, false, "%20", true)
            ));
            let uri = uri.unwrap().context(&context);
            let instance = InstanceRole::new().context(&context);
            let providers: [&dyn ProvideCredentials; 3] = [&role, &uri, &instance];
            for provider in providers {
                shown.debug(&provider);
                match provider.provide().await {
                    Ok(key) => shown.debug(&key),
                    Err(error) => shown.error(&error),
                }
            }
            assert_none(&shown.take(), escape, place);
        }
    }
}

static LOGIN_SHAPE: Schema = Schema {
    name: "Login",
    fields: Fields::of(&[Shape::string("User"), Shape::string("Password").sensitive()]),
    rules: &[],
};
static LOGIN_OBJECT: Shape = Shape::object("", &LOGIN_SHAPE);
static DEEP_SHAPE: Schema = Schema {
    name: "Deep",
    fields: Fields::of(&[Shape::list("Logins", &LOGIN_OBJECT).wrapped("Login")]),
    rules: &[],
};
static SECRET_TEXT: Shape = Shape::string("").sensitive();

/// Secrets within lists, objects, maps and texts.
static CONFIGURE_SHAPE: Schema = Schema {
    name: "Configure",
    fields: Fields::of(&[
        Shape::list("Flat", &LOGIN_OBJECT),
        Shape::list("Json", &LOGIN_OBJECT).style(Style::Json),
        Shape::object("Deep", &DEEP_SHAPE).style(Style::Json),
        Shape::list("Whole", &LOGIN_OBJECT)
            .style(Style::Json)
            .sensitive(),
        Shape::map("Map", &SECRET_TEXT).style(Style::Json),
        Shape::list("Texts", &SECRET_TEXT).style(Style::Comma),
        Shape::any("Any").sensitive(),
    ]),
    rules: &[],
};
static CONFIGURE_RESPONSE: Schema = Schema {
    name: "ConfigureResponse",
    fields: Fields::of(&[Shape::string("RequestId")]),
    rules: &[],
};
static CONFIGURE: Operation = Operation::new(
    "Configure",
    Access::Write,
    SchemaRef::of(&CONFIGURE_SHAPE),
    SchemaRef::of(&CONFIGURE_RESPONSE),
);
static OTHER: ProductInfo = ProductInfo {
    service: &ServiceInfo {
        code: "Other",
        errors: Errors::NONE,
        ..NET_SERVICE
    },
    operations: &[&CONFIGURE],
    ..NET
};

#[tokio::test]
async fn secrets_within_parameters_are_found_too() {
    let shown = Shown::default();
    let _guard = tracing::subscriber::set_default(shown.clone());
    let http = http_client_builder().no_proxy().build().unwrap();
    let login = json!({ "User": "u", "Password": PASSWORD });
    let requests = [
        json!({ "Flat": [{ "User": "u" }, login] }),
        json!({ "Json": [login] }),
        json!({ "Deep": { "Logins": { "Login": [login] } } }),
        json!({ "Whole": [{ "User": PASSWORD }] }),
        json!({ "Map": { "k": PASSWORD } }),
        json!({ "Texts": [PASSWORD] }),
        json!({ "Any": [{ "Text": [PASSWORD] }] }),
        json!({ "Any": PASSWORD }),
    ];
    let places = ["an error", "a page", "headers", "fields of a wrong kind"];
    for escape in ESCAPES {
        for (place, answer) in answers(&escape.1(PASSWORD)) {
            if !places.contains(&place) {
                continue;
            }
            for (index, request) in requests.iter().enumerate() {
                let kind = [SignatureKind::Acs3, SignatureKind::Rpc][index % 2];
                let server = Server::start([answer.clone()]).await;
                let client = DynClient::builder(&OTHER)
                    .region("cn-hangzhou")
                    .endpoint(server.url())
                    .credentials(key())
                    .signature(kind)
                    .strict_responses(true)
                    .http_client(http.clone())
                    .retry(RetrySettings::off())
                    .observer(shown.clone())
                    .build()
                    .unwrap();
                let call = client.request("Configure", request.clone()).unwrap();
                shown.debug(&call);
                // What arrives as JSON is data of the caller's.
                if let Err(error) = call.send().await {
                    shown.error(&error);
                }
                assert_eq!(server.received().len(), 1);
                assert_none(&shown.take(), escape, &format!("{place}, {request}"));
            }
        }
    }
}

#[test]
fn the_blocking_client_shows_no_more() {
    let shown = Shown::default();
    let _guard = tracing::subscriber::set_default(shown.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(1).enable_all().build().unwrap();
    for escape in [ESCAPES[0], ESCAPES[3], ESCAPES[8]] {
        for (place, answer) in answers(&echo(escape)) {
            let server = runtime.block_on(Server::start([answer]));
            let client = blocking::Client::<Net>::builder()
                .region("cn-hangzhou")
                .endpoint(server.url())
                .credentials(key())
                .strict_responses(true)
                .retry(RetrySettings::off())
                .observer(shown.clone())
                .build()
                .unwrap();
            let call = || client.request(request()).parameter("LoginPassword", LOGIN);
            shown.debug(&client);
            shown.debug(&call());
            if let Err(error) = call().send() {
                shown.error(&error);
            }
            let named = json!({ "Eni": "e", "Count": 1, "Password": PASSWORD });
            let named = client.untyped().request("Assign", named).unwrap();
            if let Err(error) = named.parameter("LoginPassword", LOGIN).send() {
                shown.error(&error);
            }
            assert_none(&shown.take(), escape, place);
        }
    }
}
