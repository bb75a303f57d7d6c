//! What the HTTP client underneath is set up to do.

use std::{process::Command, time::Duration};

use crate::support::*;
use alicloud_runtime::{
    client::{Client, http_client_builder},
    credentials::Credentials,
    error::{Error, TransportKind},
};

/// `{"RequestId":"zz…z"}`, two thousand of them.
const COMPRESSED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x0a, 0x4a, 0x2d, 0x2c,
    0x4d, 0x2d, 0x2e, 0xf1, 0x4c, 0x51, 0xb2, 0x52, 0xaa, 0x1a, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x82,
    0x51, 0x30, 0x0a, 0x46, 0xc1, 0x90, 0x07, 0x4a, 0xb5, 0x00, 0x99, 0xa7, 0x65, 0xf9, 0xe0, 0x07,
    0x00, 0x00,
];

#[tokio::test]
async fn compressed_answers_are_read_and_limited_by_their_full_size() {
    let server = Server::start([Answer::Gzip(COMPRESSED.to_vec())]).await;
    let response = server.client().send(assign()).await.unwrap();
    assert_eq!(response.request_id.unwrap().len(), 2000);
    assert_eq!(server.received()[0].header("accept-encoding"), "gzip");

    let limited = server.builder().max_response_size(1000).build().unwrap();
    let error = limited.send(assign()).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
}

#[tokio::test]
async fn an_http_client_of_ones_own_is_used() {
    let server = Server::start([ok("{}")]).await;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-own", "1".parse().unwrap());
    let own = http_client_builder()
        .default_headers(headers)
        .build()
        .unwrap();
    let client = server
        .builder()
        .http_client(own)
        .user_agent("program/1.0")
        .build()
        .unwrap();
    client.send(assign()).await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.header("x-own"), "1");
    assert!(request.header("user-agent").ends_with(") program/1.0"));
}

#[tokio::test]
async fn connections_are_used_again() {
    assert_eq!(connections_of_three_calls(Duration::from_secs(60)).await, 1);
}

/// A server closes connections that nobody uses, and a request on its way then is lost: they must be
/// let go before.
#[tokio::test]
async fn a_connection_that_was_idle_for_too_long_is_not_used_again() {
    assert_eq!(connections_of_three_calls(Duration::from_nanos(1)).await, 3);
}

async fn connections_of_three_calls(idle: Duration) -> usize {
    let server = Server::start([ok("{}")]).await;
    let client = server.builder().pool_idle_timeout(idle).build().unwrap();
    for _ in 0..3 {
        client.send(assign()).await.unwrap();
    }
    assert_eq!(server.received().len(), 3);
    server.connections()
}

/// The proxy is taken from the environment of the process, so another process must be started.
#[tokio::test]
async fn a_proxy_from_the_environment_is_used() {
    let proxy = Server::start([ok(r#"{"RequestId":"FROM-PROXY"}"#)]).await;
    let program = std::env::current_exe().unwrap();
    let url = proxy.url();
    let output = tokio::task::spawn_blocking(move || {
        Command::new(program)
            .args(["--exact", "http::behind_a_proxy", "--ignored"])
            .env("http_proxy", url)
            .env_remove("no_proxy")
            .env_remove("NO_PROXY")
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let target = &proxy.received()[0].target;
    assert!(
        target.starts_with("http://net.example.invalid/?"),
        "{target}"
    );
}

#[tokio::test]
#[ignore = "run by `a_proxy_from_the_environment_is_used`, in its environment"]
async fn behind_a_proxy() {
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint("http://net.example.invalid")
        .credentials(Credentials::new("key-id", "key-secret"))
        .build()
        .unwrap();
    let response = client.send(assign()).await.unwrap();
    assert_eq!(response.request_id.as_deref(), Some("FROM-PROXY"));
}

/// The environment of a process can only be set from outside, so the call is made by a child.
#[tokio::test]
async fn a_proxy_of_the_environment_is_not_asked_for_this_machine() {
    const CHILD: &str = "ALICLOUD_TEST_LOOPBACK";
    if std::env::var_os(CHILD).is_some() {
        let server = Server::start([ok("{}")]).await;
        for host in ["127.0.0.1", "localhost"] {
            let endpoint = format!("http://{host}:{}", server.address.port());
            let client = server.builder().endpoint(endpoint).build().unwrap();
            client.send(assign()).await.unwrap();
        }
        assert_eq!(server.received().len(), 2);
        return;
    }
    // Nothing answers at port 1.
    let mut child = Command::new(std::env::current_exe().unwrap());
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(variable, "http://127.0.0.1:1");
    }
    let output = child
        .args([
            "--exact",
            "http::a_proxy_of_the_environment_is_not_asked_for_this_machine",
        ])
        .env(CHILD, "1")
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("1 passed"), "{shown}");
}

/// What is wrong with compressed answers: the connection holds in all of these cases, and the body
/// is as long as announced.
#[tokio::test]
async fn a_compressed_answer_that_cannot_be_read_is_told_as_that() {
    let end = COMPRESSED.len();
    let damaged = |index: usize| {
        let mut bytes = COMPRESSED.to_vec();
        bytes[index] ^= 0xff;
        bytes
    };
    let cases = [
        (
            "no gzip",
            b"no gzip at all, whatever the header says".to_vec(),
        ),
        ("cut off in the header", COMPRESSED[..5].to_vec()),
        ("cut off in the middle", COMPRESSED[..end / 2].to_vec()),
        (
            "cut off before the checksum",
            COMPRESSED[..end - 8].to_vec(),
        ),
        ("cut off in the checksum", COMPRESSED[..end - 6].to_vec()),
        ("damaged in the middle", damaged(end / 2)),
        ("a wrong checksum", damaged(end - 8)),
        ("a wrong length", damaged(end - 1)),
    ];
    for (case, body) in cases {
        let server = Server::start([Answer::Gzip(body)]).await;
        let client = server
            .builder()
            .retry(alicloud_runtime::retry::RetrySettings::off())
            .build()
            .unwrap();
        let error = client.send(assign()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "Assign: the answer of `{}` cannot be decompressed, status 200",
                server.address
            ),
            "{case}"
        );
        let Error::Transport(details) = &error else {
            panic!("{case}: {error:?}");
        };
        assert_eq!(details.kind(), TransportKind::Compression, "{case}");
        assert!(error.is_ambiguous() && error.is_retryable(), "{case}");
    }
}

/// The same bytes, but more were announced: it is the connection that broke.
#[tokio::test]
async fn a_connection_that_breaks_within_a_compressed_answer_is_told_as_that() {
    for sent in [0, 5, COMPRESSED.len() / 2, COMPRESSED.len() - 6] {
        let server = Server::start([Answer::CutGzip(COMPRESSED[..sent].to_vec())]).await;
        let client = server
            .builder()
            .retry(alicloud_runtime::retry::RetrySettings::off())
            .build()
            .unwrap();
        let error = client.send(assign()).await.unwrap_err();
        let Error::Transport(details) = &error else {
            panic!("{sent}: {error:?}");
        };
        assert_eq!(details.kind(), TransportKind::Interrupted, "{sent}");
    }
}
