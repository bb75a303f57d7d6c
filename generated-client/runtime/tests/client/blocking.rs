//! The blocking client, from threads with and without an async runtime.

use std::time::Duration;

use crate::support::*;
use alicloud_runtime::{blocking, credentials::Credentials, error::Error};
use serde_json::json;

/// A server on a runtime of its own, and a blocking client of it.
fn serve(
    answers: impl IntoIterator<Item = Answer>,
) -> (tokio::runtime::Runtime, Server, blocking::Client<Net>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Server::start(answers));
    let client = blocking::Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(server.url())
        .credentials(Credentials::new("key-id", "key-secret"))
        .retry(hasty())
        .build()
        .unwrap();
    (runtime, server, client)
}

#[test]
fn calls_block_and_give_the_same() {
    let (_runtime, server, client) = serve([
        error(400, "Throttling", "m"),
        ok(r#"{"RequestId":"REQ-1"}"#),
        error(404, "InvalidEniId.NotFound", "m"),
        error(400, "DryRunOperation", "m"),
        ok("{}"),
        ok(r#"{"a":1}"#),
    ]);
    let reply = client
        .request(assign())
        .parameter("New", "1")
        .send_with_meta()
        .unwrap();
    assert_eq!((reply.attempts(), reply.request_id()), (2, Some("REQ-1")));
    let error = client.send(assign()).unwrap_err();
    let Error::Service(service) = &error else {
        panic!("{error}")
    };
    assert_eq!(service.code(), &AssignErrorCode::InvalidEniIdNotFound);
    client.request(assign()).dry_run().unwrap();
    assert_eq!(client.request(assign()).send_raw().unwrap().value, "{}");
    let answer = client
        .untyped()
        .call("Assign", json!({ "Eni": "e" }))
        .unwrap();
    assert_eq!(answer, json!({ "a": 1 }));
    assert_eq!(server.received().len(), 6);
}

#[test]
fn pages_and_items_are_iterators() {
    let page =
        |names: &[&str], next: &str| ok(&json!({ "Names": names, "NextToken": next }).to_string());
    let answers = || [page(&["a", "b"], "t1"), page(&["c"], "")];
    let (_runtime, _server, client) = serve(answers());
    let items: Result<Vec<_>, _> = client.items(List::default()).collect();
    assert_eq!(items.unwrap(), ["a", "b", "c"]);

    let (_runtime, _server, client) = serve(answers());
    assert_eq!(client.pages(List::default()).count(), 2);

    let (_runtime, _server, client) = serve(answers());
    let call = client.untyped().request("List", json!({})).unwrap();
    let pages: Result<Vec<_>, _> = call.pages().collect();
    assert_eq!(pages.unwrap()[1]["Names"], json!(["c"]));

    let (_runtime, server, client) = serve([error(400, "X", "m")]);
    let mut items = client.items(List::default());
    assert!(items.next().unwrap().is_err());
    assert!(items.next().is_none());
    assert_eq!(server.received().len(), 1);
}

#[test]
fn waits_block() {
    let (_runtime, server, client) = serve([
        ok(r#"{"Items":{"Item":[{"Status":"Pending"}]}}"#),
        ok(r#"{"Items":{"Item":[{"Status":"Ready"}]}}"#),
    ]);
    let wait = client.request(Describe::default()).wait(ITEM_READY);
    assert!(wait.delay(Duration::ZERO).run().unwrap().is_some());
    assert_eq!(server.received().len(), 2);
}

#[test]
fn many_threads_share_a_client() {
    let (_runtime, server, client) = serve([ok("{}")]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.clone().send(assign()).unwrap());
        }
    });
    assert_eq!(server.received().len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn within_an_async_runtime_it_does_not_panic() {
    let server = Server::start([ok("{}")]).await;
    let client = blocking::Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(server.url())
        .credentials(Credentials::new("key-id", "key-secret"))
        .build()
        .unwrap();
    client.send(assign()).unwrap();
    drop(client);
    assert_eq!(server.received().len(), 1);
}

#[test]
fn a_panic_of_an_observer_is_an_error() {
    struct Panics;
    impl alicloud_runtime::observe::Observer for Panics {
        fn call(&self, _event: &alicloud_runtime::observe::CallEvent<'_>) {
            panic!("as the test wants it");
        }
    }
    let (_runtime, server, _) = serve([ok("{}")]);
    let client = blocking::Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(server.url())
        .credentials(Credentials::new("key-id", "key-secret"))
        .observer(Panics)
        .build()
        .unwrap();
    for _ in 0..2 {
        let error = client.send(assign()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the call ended without a result: it panicked"
        );
    }
}
