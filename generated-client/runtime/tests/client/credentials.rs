//! A client and the access keys that its provider keeps.

use std::sync::Arc;

use crate::support::*;
use alicloud_runtime::credentials::{Cached, Chain, CredentialsError, ProvideCredentials};

const OK: &str = r#"{"RequestId":"REQ-OK"}"#;

fn signers(server: &Server) -> Vec<String> {
    let received = server.received();
    let signer = |request: &Received| {
        let authorization = request.header("authorization");
        let (_, rest) = authorization.split_once("Credential=").unwrap();
        rest.split(',').next().unwrap().to_owned()
    };
    received.iter().map(signer).collect()
}

/// What wraps a provider passes the news on.
fn wrapped() -> impl ProvideCredentials + 'static {
    let cached: Box<dyn ProvideCredentials> = Box::new(Cached::new(Rotating::default()));
    Arc::new(Chain::new().or("kept", Ok::<_, CredentialsError>(cached)))
}

#[tokio::test]
async fn an_ended_access_key_that_was_kept_is_replaced() {
    let stale = error(403, "InvalidSecurityToken.Expired", "m");
    let server = Server::start([ok(OK), stale, ok(OK)]).await;
    let client = server.builder().credentials(wrapped()).build().unwrap();
    client.send(assign()).await.unwrap();
    client.send(assign()).await.unwrap();
    client.send(assign()).await.unwrap();
    assert_eq!(signers(&server), ["key-0", "key-0", "key-1", "key-1"]);
}

#[tokio::test]
async fn a_withdrawn_access_key_is_not_kept_for_the_next_call() {
    for code in ["InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive"] {
        let server = Server::start([error(404, code, "m"), ok(OK)]).await;
        let client = server.builder().credentials(wrapped()).build().unwrap();
        let refused = client.send(assign()).await.unwrap_err();
        assert_eq!(refused.code_text(), Some(code));
        client.send(assign()).await.unwrap();
        assert_eq!(signers(&server), ["key-0", "key-1"]);
    }
}

#[tokio::test]
async fn other_refusals_leave_the_access_key_alone() {
    let server = Server::start([error(403, "Forbidden.RAM", "m"), ok(OK)]).await;
    let client = server.builder().credentials(wrapped()).build().unwrap();
    client.send(assign()).await.unwrap_err();
    client.send(assign()).await.unwrap();
    assert_eq!(signers(&server), ["key-0", "key-0"]);
}
