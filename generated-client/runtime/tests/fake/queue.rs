//! Answers that were asked for, and the end of the endpoint.

use std::time::Duration;

use alicloud_runtime::{
    fake::{Endpoint, Fault, Misbehaviour},
    operation::Method,
};
use serde_json::json;

use crate::{
    call::{Answer, Call, send, start},
    product::PRODUCT,
};

async fn ask(endpoint: &Endpoint) -> reqwest::Result<Answer> {
    let parameters = [
        ("RegionId", "cn-hangzhou"),
        ("InterfaceId", "eni-1"),
        ("AddressCount", "1"),
    ];
    Call::new(endpoint, "Assign", &parameters).try_send().await
}

#[tokio::test]
async fn queued_answers_come_in_their_order_and_then_no_more() {
    let endpoint = start().await;
    let row = PRODUCT.operations[0].errors[2];
    endpoint.fail_next("Assign", row);
    endpoint.fail_next(
        "Assign",
        Fault::new(400, "Throttling.User", "slow down").header("x-acs-retry-after", "20"),
    );
    endpoint.respond_next("Assign", json!({ "anything": [1] }));
    endpoint.fail_next("List", (500, "InternalError", "not asked for here"));
    assert_eq!(endpoint.queued("Assign"), 3);

    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(
        answer.error(),
        (
            400,
            "InvalidSample.Busy".to_owned(),
            "The Sample is busy.".to_owned()
        )
    );
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(answer.code(), (400, "Throttling.User".to_owned()));
    assert_eq!(answer.header("x-acs-retry-after"), "20");
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(answer.json(), json!({ "anything": [1] }));
    assert_eq!(answer.status, 200);
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(answer.json()["InterfaceId"], "eni-1");
    assert_eq!(endpoint.queued("Assign"), 0);
    assert_eq!(endpoint.queued("List"), 1);
    assert_eq!(endpoint.requests().len(), 4);
}

#[tokio::test]
async fn a_queued_answer_waits_for_a_request_with_a_good_signature() {
    let endpoint = start().await;
    endpoint.respond_next("Assign", json!({}));
    let mut signed = Call::new(&endpoint, "Assign", &[]).signed();
    signed.path_and_query.push_str("?Added=1");
    let answer = send(Method::Post, &endpoint.host(), &signed)
        .await
        .expect("an answer");
    assert_eq!(answer.code(), (400, "SignatureDoesNotMatch".to_owned()));
    assert_eq!(endpoint.queued("Assign"), 1);
    let answer = Call::new(&endpoint, "Assign", &[("New", "1")]).send().await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (200, "{}"),
        "it stands in for the check of the parameters"
    );
}

#[tokio::test]
async fn a_status_that_is_none_becomes_400() {
    let endpoint = start().await;
    for status in [0, 100, 600] {
        endpoint.fail_next("Assign", (status, "Odd", ""));
        assert_eq!(ask(&endpoint).await.expect("an answer").status, 400);
    }
}

#[tokio::test]
async fn a_gateway_page() {
    let endpoint = start().await;
    endpoint.misbehave_next("Assign", Misbehaviour::Html { status: 502 });
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(answer.status, 502);
    assert_eq!(answer.header("content-type"), "text/html");
    assert!(answer.text.starts_with("<html>"));
    assert!(!answer.header("x-acs-request-id").is_empty());
}

#[tokio::test]
async fn an_error_with_status_200() {
    let endpoint = start().await;
    endpoint.misbehave_next(
        "Assign",
        Misbehaviour::ErrorWithStatus200(Fault::new(500, "InternalError", "m")),
    );
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(
        answer.error(),
        (200, "InternalError".to_owned(), "m".to_owned())
    );
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    let endpoint = start().await;
    endpoint.misbehave_next("Assign", Misbehaviour::Truncated);
    let error = ask(&endpoint).await.expect_err("half an answer");
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(ask(&endpoint).await.expect("an answer").status, 200);
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer() {
    let endpoint = start().await;
    endpoint.misbehave_next("Assign", Misbehaviour::Close);
    let error = ask(&endpoint).await.expect_err("no answer");
    assert!(error.is_request(), "{error:?}");
    assert_eq!(ask(&endpoint).await.expect("an answer").status, 200);
    assert_eq!(endpoint.requests().len(), 2, "the first one did arrive");
}

#[tokio::test]
async fn a_huge_answer_has_the_size_that_was_asked_for() {
    let endpoint = start().await;
    endpoint.misbehave_next("Assign", Misbehaviour::Huge { bytes: 3_000_000 });
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text.len(), 3_000_000);
    assert!(answer.text.starts_with("{\"RequestId\":\"xxx"));
}

#[tokio::test]
async fn a_late_answer_can_be_too_late() {
    let endpoint = start().await;
    endpoint.misbehave_next("Assign", Misbehaviour::Delay(Duration::from_secs(3600)));
    let taken = async {
        while endpoint.queued("Assign") > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = ask(&endpoint) => panic!("it came at once: {answer:?}"),
        () = taken => {}
    }
    endpoint.misbehave_next("Assign", Misbehaviour::Delay(Duration::from_millis(1)));
    assert_eq!(ask(&endpoint).await.expect("an answer").status, 200);
}

#[tokio::test]
async fn headers_of_an_answer_can_be_set() {
    let endpoint = start().await;
    endpoint.misbehave_next(
        "Assign",
        Misbehaviour::Headers(vec![
            ("Retry-After".to_owned(), "7".to_owned()),
            (
                "Date".to_owned(),
                "Thu, 01 Jan 1970 00:00:00 GMT".to_owned(),
            ),
            ("not a header".to_owned(), "left out".to_owned()),
        ]),
    );
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("retry-after"), "7");
    assert_eq!(answer.header("date"), "Thu, 01 Jan 1970 00:00:00 GMT");
}

#[tokio::test]
async fn it_ends_when_it_is_dropped() {
    let endpoint = start().await;
    let call = Call::new(&endpoint, "Ping", &[]);
    assert_eq!(call.send().await.status, 200);
    drop(endpoint);
    // The port is closed as soon as the endpoint's thread has noticed.
    while tokio::net::TcpStream::connect(&call.host).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[test]
fn it_serves_programs_without_a_runtime() {
    let endpoint = Endpoint::start_blocking(&[&PRODUCT]).expect("a port");
    let mut stream = std::net::TcpStream::connect(endpoint.host()).expect("a connection");
    std::io::Write::write_all(
        &mut stream,
        b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .expect("sent");
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
    assert_eq!(endpoint.url(), format!("http://{}", endpoint.host()));
}

#[tokio::test]
async fn connections_that_are_reset() {
    let endpoint = start().await;
    for (misbehaviour, carried_out) in [
        (Misbehaviour::ResetBeforeReading, false),
        (Misbehaviour::ResetAfterReading, true),
    ] {
        endpoint.misbehave_next("Assign", misbehaviour);
        let error = ask(&endpoint).await.expect_err("no answer");
        assert!(error.is_request(), "{error:?}");
        let last = endpoint.requests().pop().expect("a request");
        assert_eq!((last.status, last.carried_out), (None, carried_out));
    }
}

#[tokio::test]
async fn answers_that_are_no_http() {
    let endpoint = start().await;
    for misbehaviour in [Misbehaviour::Garbage, Misbehaviour::EndlessHeaders] {
        endpoint.misbehave_next("Assign", misbehaviour);
        let error = ask(&endpoint).await.expect_err("no answer");
        assert!(error.is_request(), "{error:?}");
    }
}

#[tokio::test]
async fn a_body_that_drips_arrives_whole() {
    let endpoint = start().await;
    let whole = ask(&endpoint).await.expect("an answer").text.len();
    let (bytes, pause) = (7, Duration::from_millis(1));
    endpoint.misbehave_next("Assign", Misbehaviour::Drip { bytes, pause });
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!((answer.status, answer.text.len()), (200, whole));
}

#[tokio::test]
async fn a_redirect_and_a_document_of_a_gateway() {
    let endpoint = start().await;
    let location = "http://127.0.0.1:9/".to_owned();
    endpoint.misbehave_next(
        "Assign",
        Misbehaviour::Redirect {
            status: 307,
            location,
        },
    );
    let error = ask(&endpoint).await.expect_err("nobody listens there");
    assert!(error.is_connect(), "{error:?}");
    endpoint.misbehave_next("Assign", Misbehaviour::Xml { status: 503 });
    let answer = ask(&endpoint).await.expect("an answer");
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (503, "application/xml")
    );
}

/// `reqwest` unpacks it; the end that is missing shows after all of the text.
#[tokio::test]
async fn a_gzip_bomb_unpacks_to_what_was_asked_for() {
    let endpoint = start().await;
    let bytes = 10_000_000;
    endpoint.misbehave_next("Assign", Misbehaviour::GzipBomb { bytes });
    let parameters = [
        ("RegionId", "r"),
        ("InterfaceId", "i"),
        ("AddressCount", "1"),
    ];
    let signed = Call::new(&endpoint, "Assign", &parameters).signed();
    let url = format!("{}{}", endpoint.url(), signed.path_and_query);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(url);
    for (name, value) in &signed.headers {
        request = request.header(*name, value);
    }
    let mut response = request.send().await.unwrap();
    let mut unpacked = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await {
        unpacked.extend_from_slice(&piece);
    }
    assert!(unpacked.starts_with(b"{\"RequestId\":\"xxx"));
    let length = u64::try_from(unpacked.len()).unwrap();
    assert!((bytes..bytes + 4_000_000).contains(&length), "{length}");
    assert!(unpacked[14..].iter().all(|byte| *byte == b'x'));
}
