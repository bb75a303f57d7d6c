//! What a call sends, and what becomes of what the server answers. All over real connections.

use std::{error::Error as _, time::Duration};

use crate::support::*;
use alicloud_runtime::{
    client::{Client, DynClient},
    credentials::{Credentials, Environment},
    error::{Error, TransportKind},
    operation::{Access, Method, Operation, ProductInfo, SchemaRef, SignatureKind},
    record::{Field, Fields, Location, Schema, Style},
    retry::RetrySettings,
};
use tokio::{io::AsyncReadExt as _, net::TcpListener};

const OK: &str = r#"{"RequestId":"REQ-1","Addresses":["a","b"],"New":{"x":1}}"#;

#[tokio::test]
async fn a_call_is_signed_completed_and_read() {
    let server = Server::start([ok(OK)]).await;
    let response = server.client().send(assign()).await.unwrap();
    assert_eq!(
        response,
        AssignResponse {
            request_id: Some("REQ-1".to_owned()),
            addresses: Some(vec!["a".to_owned(), "b".to_owned()]),
        }
    );
    let request = &server.received()[0];
    assert_eq!(request.method, "POST");
    assert_eq!(
        request.parameter("RegionId").as_deref(),
        Some("cn-hangzhou")
    );
    assert_eq!(request.parameter("Eni").as_deref(), Some("eni-1"));
    assert_eq!(request.parameter("Count").as_deref(), Some("2"));
    assert_eq!(request.parameter("ClientToken").unwrap().len(), 32);
    assert_eq!(request.parameter("DryRun"), None);
    assert_eq!(request.header("x-acs-action"), "Assign");
    assert_eq!(request.header("x-acs-version"), "2014-05-26");
    assert_eq!(request.header("host"), server.address.to_string());
    assert_eq!(request.header("accept"), "application/json");
    assert!(request.header("user-agent").starts_with("alicloud-rust/"));
    let start = "ACS3-HMAC-SHA256 Credential=key-id,SignedHeaders=";
    assert!(request.header("authorization").starts_with(start));
}

#[tokio::test]
async fn the_other_signature_travels_in_the_query() {
    let server = Server::start([ok(OK)]).await;
    let client = server
        .builder()
        .signature(SignatureKind::Rpc)
        .build()
        .unwrap();
    client.send(assign()).await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.parameter("Action").as_deref(), Some("Assign"));
    assert_eq!(
        request.parameter("SignatureMethod").as_deref(),
        Some("HMAC-SHA1")
    );
    assert!(request.parameter("Signature").is_some());
    assert_eq!(request.header("authorization"), "");
}

#[tokio::test]
async fn what_breaks_the_spec_is_not_sent_unless_one_insists() {
    let server = Server::start([ok(OK)]).await;
    let client = server.client();
    let wrong = Assign {
        addresses: Some(vec!["a".to_owned()]),
        count: Some(11),
        ..assign()
    };
    let error = client.send(wrong.clone()).await.unwrap_err();
    let Error::Validation(violations) = &error else {
        panic!("{error}");
    };
    assert_eq!(violations.len(), 2);
    assert_eq!((error.attempts(), error.is_retryable()), (0, false));
    let nameless = Assign {
        eni: String::new(),
        ..assign()
    };
    let error = client.send(nameless).await.unwrap_err();
    assert_eq!(error.to_string(), "Eni is required and must not be empty");
    assert!(server.received().is_empty());

    client
        .request(wrong.clone())
        .skip_validation()
        .send()
        .await
        .unwrap();
    assert_eq!(
        server.received()[0].parameter("Count").as_deref(),
        Some("11")
    );

    let lax = server.builder().validation(false).build().unwrap();
    lax.send(wrong).await.unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn unknown_parameters_travel_along() {
    let server = Server::start([ok(OK)]).await;
    let client = server.client();
    let call = client.request(assign()).parameter("Brand New", "1&2");
    call.send().await.unwrap();
    assert_eq!(
        server.received()[0].parameter("Brand New").as_deref(),
        Some("1&2")
    );

    for (name, text) in [
        ("Eni", "the request already carries the parameter `Eni`"),
        ("Signature", "the parameter `Signature` is the client's own"),
    ] {
        let error = client
            .request(assign())
            .parameter(name, "x")
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), text);
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn the_callers_region_and_token_stay() {
    let server = Server::start([ok(OK)]).await;
    let client = server.client();
    let request = Assign {
        region_id: Some("cn-beijing".to_owned()),
        client_token: Some("mine".to_owned()),
        ..assign()
    };
    let reply = client.request(request).send_with_meta().await.unwrap();
    assert_eq!(reply.idempotency_token(), Some("mine"));
    assert_eq!(
        (reply.request_id(), reply.attempts(), reply.status()),
        (Some("REQ-1"), 1, Some(200))
    );
    let request = &server.received()[0];
    assert_eq!(request.parameter("RegionId").as_deref(), Some("cn-beijing"));
    assert_eq!(request.parameter("ClientToken").as_deref(), Some("mine"));

    let reply = client
        .request(assign())
        .idempotency_token("again")
        .send_with_meta()
        .await
        .unwrap();
    assert_eq!(reply.idempotency_token(), Some("again"));
    assert_eq!(
        server.received()[1].parameter("ClientToken").as_deref(),
        Some("again")
    );

    let both = Assign {
        client_token: Some("mine".to_owned()),
        ..assign()
    };
    let error = client
        .request(both)
        .idempotency_token("other")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request has another `ClientToken` than the call's idempotency token"
    );
}

#[tokio::test]
async fn the_body_can_be_had_as_it_came() {
    let server = Server::start([ok(OK)]).await;
    let reply = server.client().request(assign()).send_raw().await.unwrap();
    assert_eq!(reply.value, OK);
    assert_eq!(reply.request_id(), Some("REQ-1"));
}

#[tokio::test]
async fn errors_of_the_service_are_values() {
    let server =
        Server::start([error(404, "InvalidEniId.NotFound", "No eni-1.")
            .header("x-acs-request-id", "HEADER-ID")])
        .await;
    let error = server.client().send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Assign: 404 InvalidEniId.NotFound: No eni-1. (request HEADER-ID)"
    );
    assert!(!error.is_retryable() && !error.is_ambiguous());
    assert_eq!(error.status(), Some(404));
    assert_eq!(error.attempts(), 1);
    let Error::Service(service) = &error else {
        panic!()
    };
    assert_eq!(service.code(), &AssignErrorCode::InvalidEniIdNotFound);
    assert_eq!(
        service.documented().unwrap().description,
        "There is no such interface."
    );
    let untyped: Error = error.into();
    assert_eq!(untyped.code_text(), Some("InvalidEniId.NotFound"));
}

#[tokio::test]
async fn unlisted_codes_arrive_intact() {
    let server = Server::start([error(418, "Brand.New", "Hm.")]).await;
    let error = server.client().send(assign()).await.unwrap_err();
    let Error::Service(service) = &error else {
        panic!()
    };
    assert_eq!(service.code(), &AssignErrorCode::Unknown);
    assert!(service.documented().is_none());
}

/// The answer, the code, and what the table says of it.
#[tokio::test]
async fn the_table_tells_rows_of_equal_code_apart() {
    let cases = [
        (
            400,
            "InvalidParameter",
            "The parameter is invalid.",
            Some("Plain."),
        ),
        (
            400,
            "InvalidParameter",
            "The parameter Eni is too long.",
            Some("Too long."),
        ),
        (400, "InvalidParameter", "Something new.", Some("Plain.")),
        (
            400,
            "InvalidParameter.Eni",
            "x",
            Some("Any other parameter."),
        ),
        (400, "InvalidParameters", "x", None),
        (403, "Forbidden.RAM", "x", Some("No permission.")),
        (404, "Forbidden.RAM", "x", None),
    ];
    for (status, code, message, description) in cases {
        let server = Server::start([error(status, code, message)]).await;
        let error = server.client().send(assign()).await.unwrap_err();
        let Error::Service(service) = error else {
            panic!()
        };
        let row = service.documented().map(|row| row.description);
        assert_eq!(row, description, "{status} {code} {message}");
    }
}

#[tokio::test]
async fn error_bodies_of_every_kind_are_read() {
    let cases = [
        (
            r#"{"code":"A.B","message":"m","requestId":"R","hostId":"h"}"#,
            "Assign: 400 A.B: m (request R)",
        ),
        (
            r#"{"Code":17,"Message":null,"Request_Id":"R","Deep":[{"a":[1]}]}"#,
            "Assign: 400 17 (request R)",
        ),
        (
            "<?xml version=\"1.0\"?><Error><RequestId>R</RequestId><Code>A.B</Code>\
             <Message><![CDATA[a <b> & c]]></Message></Error>",
            "Assign: 400 A.B: a <b> & c (request R)",
        ),
        (
            "<Error><Code>A.B</Code><Message>1 &lt; 2</Message></Error>",
            "Assign: 400 A.B: 1 < 2",
        ),
    ];
    for (body, text) in cases {
        let server = Server::start([Answer::Http(400, vec![], body.to_owned())]).await;
        let error = server.client().send(assign()).await.unwrap_err();
        assert_eq!(error.to_string(), text);
    }
}

#[tokio::test]
async fn what_a_gateway_says_survives() {
    let page = format!(
        "<html>\r\n<h1>502 Bad\tGateway</h1>{}</html>",
        "x".repeat(100_000)
    );
    let answer = Answer::Http(502, vec![], page)
        .header("content-type", "text/html")
        .header("x-acs-request-id", "REQ-GW");
    let server = Server::start([answer]).await;
    let error = server
        .builder()
        .retry(RetrySettings::off())
        .build()
        .unwrap()
        .send(assign())
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(502));
    assert_eq!(error.request_id(), Some("REQ-GW"));
    assert!(error.is_retryable() && error.is_ambiguous());
    let Error::Response(answer) = &error else {
        panic!("{error}")
    };
    assert_eq!(answer.content_type(), Some("text/html"));
    assert!(
        answer
            .excerpt()
            .starts_with("<html> <h1>502 Bad Gateway</h1>xxx")
    );
    assert_eq!(answer.excerpt().chars().count(), 1025);
    let start =
        "Assign: status 502: an error that is not the service's, probably of a gateway: `<html>";
    assert!(error.to_string().starts_with(start), "{error}");
}

#[tokio::test]
async fn redirections_are_not_followed() {
    let other = Server::start([ok(OK)]).await;
    let answer = Answer::Http(302, vec![("location", other.url())], String::new());
    let server = Server::start([answer]).await;
    let error = server.client().send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Assign: status 302: a redirection, which is not followed"
    );
    assert!(other.received().is_empty());
}

#[tokio::test]
async fn an_error_with_status_200_is_an_error() {
    let failures = [
        r#"{"Code":"Broken","Message":"m","RequestId":"R"}"#,
        r#"{"RequestId":"R","code":"Broken","message":"m","success":false}"#,
        r#"{"RequestId":"R","Code":"Broken","Message":"m","Success":"false"}"#,
    ];
    for body in failures {
        let server = Server::start([ok(body)]).await;
        let error = server.client().send(assign()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "Assign: 200 Broken: m (request R)",
            "{body}"
        );
    }
    let successes = [
        r#"{"Code":"OK"}"#,
        r#"{"Code":200,"Message":"m"}"#,
        r#"{"Code":"success"}"#,
        r#"{"Code":"","Message":"m"}"#,
        r#"{"Code":null}"#,
        r#"{"Code":"Whatever","Success":true}"#,
        r#"{"Addresses":[],"Deep":{"Code":"Broken","Message":"m"}}"#,
    ];
    for body in successes {
        let server = Server::start([ok(body)]).await;
        let result = server.client().send(assign()).await;
        assert!(result.is_ok(), "{body}: {result:?}");
    }
}

#[tokio::test]
async fn a_field_code_of_the_operation_is_data() {
    let server = Server::start([ok(r#"{"Code":"hra0yc-597"}"#)]).await;
    let response = server.client().send(Change::default()).await.unwrap();
    assert_eq!(response.code.as_deref(), Some("hra0yc-597"));

    let server = Server::start([ok(r#"{"Code":"Broken","Message":"m"}"#)]).await;
    let error = server.client().send(Change::default()).await.unwrap_err();
    assert_eq!(error.code_text(), Some("Broken"));
}

#[tokio::test]
async fn answers_that_are_not_understood_say_where() {
    let server = Server::start([
        ok(r#"{"RequestId":"REQ-7","Addresses":["a"#),
        ok("<html>hello</html>"),
        ok(""),
        ok(r#"{"RequestId":"REQ-8","Items":{"Item":[{}]},"TotalCount":[1]}"#),
    ])
    .await;
    let client = server.builder().strict_responses(true).build().unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(
        (error.status(), error.request_id()),
        (Some(200), Some("REQ-7"))
    );
    assert!(error.is_ambiguous() && !error.is_retryable());
    // The reason is told once.
    assert!(error.source().is_none());
    insta::assert_snapshot!(error, @r#"Assign: status 200: not valid JSON: EOF while parsing a string at line 1 column 36: `{"RequestId":"REQ-7","Addresses":["a` (request REQ-7)"#);
    let error = client.send(assign()).await.unwrap_err();
    insta::assert_snapshot!(error, @r#"Assign: status 200: not valid JSON: expected value at line 1 column 1: `<html>hello</html>`"#);
    let error = client.send(assign()).await.unwrap_err();
    insta::assert_snapshot!(error, @r#"Assign: status 200: the answer is empty"#);
    let error = client.send(Describe::default()).await.unwrap_err();
    insta::assert_snapshot!(error, @r#"Describe: status 200: TotalCount: expected a whole number, found a list: `{"RequestId":"REQ-8","Items":{"Item":[{}]},"TotalCount":[1]}` (request REQ-8)"#);
    let Error::Response(answer) = &error else {
        panic!()
    };
    assert_eq!(answer.path(), Some("TotalCount"));
}

#[tokio::test]
async fn answers_that_may_hold_secrets_are_not_shown() {
    let server = Server::start([ok(r#"{"Secret":"very-secret","Size":{}}"#)]).await;
    let client = server.builder().strict_responses(true).build().unwrap();
    let error = client.send(Change::default()).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", error.source());
    assert!(matches!(error, Error::Response(_)), "{shown}");
    assert!(!shown.contains("very-secret"), "{shown}");
}

#[tokio::test]
async fn a_body_cut_off_keeps_status_and_request_id() {
    let server = Server::start([Answer::Cut(200, "{\"RequestId\"".to_owned())]).await;
    let client = server
        .builder()
        .retry(RetrySettings::off())
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "Assign: the connection to `{}` broke before the answer was complete, status 200 \
             (request REQ-CUT)",
            server.address
        )
    );
    assert!(error.is_retryable() && error.is_ambiguous());
    assert!(error.idempotency_token().is_some());
    assert!(error.source().is_some());
}

#[tokio::test]
async fn a_huge_body_is_given_up() {
    let server = Server::start([ok(OK).header("x-acs-request-id", "REQ-BIG")]).await;
    let client = server
        .builder()
        .max_response_size(OK.len() - 1)
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Assign: the answer is longer than the client's limit of 56 bytes; raise \
         `max_response_size` or ask for less, status 200 (request REQ-BIG)"
    );
    assert!(!error.is_retryable() && error.is_ambiguous());
    let client = server
        .builder()
        .max_response_size(OK.len())
        .build()
        .unwrap();
    client.send(assign()).await.unwrap();
}

#[tokio::test]
async fn secrets_that_a_server_echoes_are_taken_out() {
    let server = Server::start([ok("{}")]).await;
    // The server signs what it got and shows it, as the vendor's does.
    let echo = "string to sign is:POST&%2F&SecurityToken%3Dsts-token%252Fx%26Password%3Dpass%252Bword \
                or sts-token/x or pass+word or key-secret";
    let echoing = Server::start([error(400, "SignatureDoesNotMatch", echo)]).await;
    drop(server);
    let client = echoing
        .builder()
        .credentials(Credentials::new("key-id", "key-secret").with_security_token("sts-token/x"))
        .build()
        .unwrap();
    let request = Assign {
        password: Some("pass+word".to_owned()),
        ..assign()
    };
    let error = client.send(request).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Assign: 400 SignatureDoesNotMatch: string to sign is:POST&%2F&SecurityToken%3D***%26\
         Password%3D*** or *** or *** or *** (request REQ-1)"
    );
    let shown = format!("{error:?}");
    assert!(
        !shown.contains("sts-token") && !shown.contains("pass") && !shown.contains("key-secret")
    );
}

#[tokio::test]
async fn transport_errors_hold_no_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(format!("http://{address}"))
        .signature(SignatureKind::Rpc)
        .credentials(Credentials::new("key-id", "key-secret").with_security_token("sts-token"))
        .retry(hasty().max_attempts(2))
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("Assign: no connection to `{address}` (2 attempts)")
    );
    assert!(error.is_retryable() && !error.is_ambiguous());
    let mut shown = format!("{error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown += &format!(" / {cause} / {cause:?}");
        source = cause.source();
    }
    assert!(shown.contains("refused"), "{shown}");
    for secret in ["Signature", "sts-token", "key-secret", "Eni"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn silence_ends_with_a_time_out() {
    let server = Server::start([Answer::Silence]).await;
    let client = server
        .builder()
        .read_timeout(Duration::from_millis(50))
        .retry(RetrySettings::off())
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    let Error::Transport(transport) = &error else {
        panic!("{error}")
    };
    assert_eq!(transport.kind(), TransportKind::Timeout);
    assert_eq!(
        error.to_string(),
        format!("Assign: `{}` did not answer in time", server.address)
    );

    let call = server
        .client()
        .request(assign())
        .deadline(Duration::from_millis(500));
    let error = call.send().await.unwrap_err();
    let Error::Transport(transport) = &error else {
        panic!("{error}")
    };
    assert_eq!(transport.kind(), TransportKind::Deadline);
    assert!(error.is_ambiguous());
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let server = Server::start([ok(OK)]).await;
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(server.url())
        .environment(Environment::from_vars([(
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
            "true",
        )]))
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert!(matches!(error, Error::Credentials(_)), "{error}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_preview_sends_nothing_and_masks_secrets() {
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .environment(Environment::from_vars::<String, String>([]))
        .build()
        .unwrap();
    let request = Assign {
        password: Some("pass+word".to_owned()),
        client_token: Some("token".to_owned()),
        ..assign()
    };
    let preview = client
        .request(request)
        .parameter("New", "1")
        .preview()
        .unwrap();
    insta::assert_snapshot!(preview, @r#"
    POST https://net.cn-hangzhou.example.com/
    operation: Assign of 2014-05-26
    signature: ACS3-HMAC-SHA256
    RegionId = cn-hangzhou
    Eni = eni-1
    Count = 2
    ClientToken = token
    Password = ***
    New = 1
    "#);
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let builder = || Client::<Net>::builder().region("cn-hangzhou");
    let texts = [
        builder().user_agent("line\nbreak").build(),
        builder()
            .rate_limit(
                "Asign",
                alicloud_runtime::rate_limit::RateLimit::per_second(1.0),
            )
            .build(),
        builder().endpoint("ftp://x").build(),
        Client::<Net>::builder().build(),
    ]
    .map(|result| result.unwrap_err().to_string());
    insta::assert_snapshot!(texts.join("\n"), @r"
    the user agent holds a character that a header cannot; use printable ASCII
    Net 2014-05-26 has no operation `Asign`; did you mean `Assign`?
    endpoint `ftp://x`: a host, host and port, or `http(s)://` URL without path, user and query is wanted
    neither a region nor an endpoint is given for Net
    ");
}

#[test]
fn clients_show_no_secret() {
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .credentials(Credentials::new("key-id", "key-secret"))
        .build()
        .unwrap();
    let shown = format!("{client:?}");
    assert!(
        shown.contains("net.cn-hangzhou.example.com") && !shown.contains("key-secret"),
        "{shown}"
    );
}

#[test]
fn futures_and_clients_can_move_between_threads() {
    fn sendable<T: Send>(_: &T) {}
    fn shareable<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .build()
        .unwrap();
    shareable(&client);
    sendable(&client.send(assign()));
    sendable(&client.request(assign()).dry_run());
}

#[tokio::test]
async fn an_empty_token_makes_nothing_safe_and_is_refused() {
    let server = Server::start([ok(OK)]).await;
    let client = server.client();
    let text = "Assign: an empty idempotency token makes no repetition safe; \
                leave it out, and the client makes one";
    let call = client.request(assign()).parameter("ClientToken", "");
    assert_eq!(call.send().await.unwrap_err().to_string(), text);
    let call = client.request(assign()).idempotency_token("");
    assert_eq!(call.send().await.unwrap_err().to_string(), text);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn two_tokens_of_one_call_must_agree() {
    let server = Server::start([ok(OK)]).await;
    let client = server.client();
    let both = |parameter: &str, token: &str| {
        let call = client.request(assign()).parameter("ClientToken", parameter);
        call.idempotency_token(token).send_with_meta()
    };
    let error = both("a", "b").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the parameter `ClientToken` is another than the call's idempotency token"
    );
    let reply = both("a", "a").await.unwrap();
    assert_eq!(reply.idempotency_token(), Some("a"));
    let sent = server.received();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].parameter("ClientToken").as_deref(), Some("a"));
}

/// A client of a product that is known at run time only.
fn untyped(product: &'static ProductInfo, server: &Server) -> DynClient {
    DynClient::builder(product)
        .endpoint(server.url())
        .credentials(Credentials::new("key-id", "key-secret"))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_token_that_has_no_place_is_not_lost() {
    static MISPLACED: Operation = Operation {
        idempotency_token: Some("ClientToken"),
        ..Operation::new("Change", Access::Write, CHANGE.request, CHANGE.response)
    };
    static PRODUCT: ProductInfo = ProductInfo {
        operations: &[&MISPLACED],
        ..NET
    };
    let server = Server::start([ok("{}")]).await;
    let client = untyped(&PRODUCT, &server);
    let call = || client.request("Change", serde_json::json!({})).unwrap();
    let error = call().idempotency_token("a").send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request of Change has no text parameter `ClientToken` for the idempotency token"
    );
    call().send().await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_body_does_not_travel_with_get() {
    static SHAPE: Schema = Schema {
        name: "Upload",
        fields: Fields::of(&[Field::string("Content").location(Location::Body)]),
        rules: &[],
    };
    static UPLOAD: Operation = Operation {
        method: Method::Get,
        ..Operation::new(
            "Upload",
            Access::Write,
            SchemaRef::of(&SHAPE),
            CHANGE.response,
        )
    };
    static PRODUCT: ProductInfo = ProductInfo {
        operations: &[&UPLOAD],
        ..NET
    };
    let server = Server::start([ok("{}")]).await;
    let client = untyped(&PRODUCT, &server);
    let error = client
        .call("Upload", serde_json::json!({ "Content": "c" }))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Upload is sent with GET, which has no body, but the request has one"
    );
    client.call("Upload", serde_json::json!({})).await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[test]
fn a_preview_masks_by_what_a_parameter_is() {
    static TEXT: Field = Field::string("");
    static KEY: Field = Field::object("", &KEY_SHAPE);
    static KEY_SHAPE: Schema = Schema {
        name: "Key",
        fields: Fields::of(&[Field::string("Name"), Field::string("Value").sensitive()]),
        rules: &[],
    };
    static SHAPE: Schema = Schema {
        name: "Secretive",
        fields: Fields::of(&[
            Field::string("Pin").sensitive(),
            Field::int32("Number").sensitive(),
            Field::list("Words", &TEXT).sensitive(),
            Field::list("Keys", &KEY),
            Field::object("Key", &KEY_SHAPE).style(Style::Json),
            Field::string("Open"),
        ]),
        rules: &[],
    };
    static SECRETIVE: Operation = Operation::new(
        "Secretive",
        Access::Write,
        SchemaRef::of(&SHAPE),
        CHANGE.response,
    );
    static PRODUCT: ProductInfo = ProductInfo {
        operations: &[&SECRETIVE],
        ..NET
    };
    let client = DynClient::builder(&PRODUCT)
        .endpoint("net.example.com")
        .build()
        .unwrap();
    let request = serde_json::json!({
        "Pin": "123", "Number": 7, "Words": ["a", "b"],
        "Keys": [{ "Name": "n", "Value": "\"v\n" }],
        "Key": { "Name": "n", "Value": "\"v\n" },
        "Open": "the 123 of all",
    });
    let preview = client
        .request("Secretive", request)
        .unwrap()
        .preview()
        .unwrap();
    insta::assert_snapshot!(preview, @r"
    POST https://net.example.com/
    operation: Secretive of 2014-05-26
    signature: ACS3-HMAC-SHA256
    Pin = ***
    Number = ***
    Words.1 = ***
    Words.2 = ***
    Keys.1.Name = n
    Keys.1.Value = ***
    Key = ***
    Open = the 123 of all
    ");
}

/// On a runtime with a single thread, the exchange is made by another one, which nobody waits for any longer.
#[tokio::test]
async fn the_connection_of_an_abandoned_call_is_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(format!("http://{}", listener.local_addr().unwrap()))
        .credentials(Credentials::new("key-id", "key-secret"))
        .read_timeout(Duration::MAX)
        .deadline(None)
        .build()
        .unwrap();
    let received = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap();
        stream
    };
    let mut stream = tokio::select! {
        answered = client.send(assign()) => panic!("{answered:?}"),
        stream = received => stream,
    };
    // What is left of the request, and the end.
    stream.read_to_end(&mut Vec::new()).await.unwrap();
}
