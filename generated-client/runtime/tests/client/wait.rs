//! Waiting for a state, and dry runs.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::support::*;
use alicloud_runtime::{
    error::{Error, WaitErrorKind},
    observe::{AttemptEvent, CallEvent, Observer},
    operation::WaiterFor,
};

fn states(states: &[&str]) -> Answer {
    let items: Vec<_> = states
        .iter()
        .map(|state| serde_json::json!({ "Status": state }))
        .collect();
    page(items.len(), &items)
}

/// One page of so many items in all.
fn page(total: usize, items: &[serde_json::Value]) -> Answer {
    let body = serde_json::json!({ "TotalCount": total, "Items": { "Item": items } });
    ok(&body.to_string())
}

async fn wait(server: &Server) -> Result<Option<DescribeResponse>, Error<AssignErrorCode>> {
    let call = server.client().request(Describe::default());
    call.wait(ITEM_READY).delay(Duration::ZERO).run().await
}

#[tokio::test]
async fn a_wait_ends_when_every_element_is_there() {
    let server = Server::start([
        error(404, "InvalidItem.NotFound", "not yet"),
        states(&[]),
        states(&["Pending"]),
        states(&["Ready", "Pending"]),
        states(&["Ready", "Ready"]),
    ])
    .await;
    let response = wait(&server).await.unwrap().unwrap();
    assert_eq!(response.items.len(), 2);
    assert_eq!(server.received().len(), 5);
}

#[tokio::test]
async fn a_look_has_the_parameters_of_the_waiter_unless_the_request_says_otherwise() {
    let server = Server::start([states(&["Pending"]), states(&[]), states(&[])]).await;
    let client = server.client();
    let wait = |request: Describe| {
        let wait = client.request(request).wait(ITEM_GONE);
        wait.delay(Duration::ZERO).run()
    };
    wait(Describe::default()).await.unwrap().unwrap();
    let own = Describe {
        status: Some("Broken".to_owned()),
        with_hidden: Some(false),
        ..Describe::default()
    };
    wait(own).await.unwrap().unwrap();
    let sent: Vec<_> = server
        .received()
        .iter()
        .map(|request| ["Status", "WithHidden", "Depth"].map(|name| request.parameter(name)))
        .collect();
    let texts = |texts: [&str; 3]| texts.map(|text| Some(text.to_owned()));
    assert_eq!(
        sent,
        [
            texts(["ALL", "true", "2"]),
            texts(["ALL", "true", "2"]),
            texts(["Broken", "false", "2"]),
        ]
    );
}

#[tokio::test]
async fn a_state_without_a_way_back_ends_it() {
    let server = Server::start([states(&["Pending"]), states(&["Ready", "Failed"])]).await;
    let error = wait(&server).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "ItemReady: the state became `Failed`, from which it cannot be reached"
    );
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn errors_that_pass_do_not_end_it_and_others_do() {
    let server = Server::start([
        error(503, "ServiceUnavailable", "m"),
        error(503, "ServiceUnavailable", "m"),
        error(503, "ServiceUnavailable", "m"),
        error(503, "ServiceUnavailable", "m"),
        error(503, "ServiceUnavailable", "m"),
        error(403, "Forbidden.RAM", "m"),
    ])
    .await;
    let error = wait(&server).await.unwrap_err();
    assert_eq!(error.code_text(), Some("Forbidden.RAM"));
    assert_eq!(server.received().len(), 6);
}

#[tokio::test]
async fn the_deadline_tells_the_last_states() {
    let server = Server::start([states(&["Pending", "Pending", "Ready"])]).await;
    let call = server.client().request(Describe::default());
    let wait = call.wait(ITEM_READY).deadline(Duration::from_millis(500));
    let error = wait.run().await.unwrap_err();
    let Error::Wait(wait) = &error else {
        panic!("{error}")
    };
    let WaitErrorKind::TimedOut { states, checks, .. } = wait.kind() else {
        panic!("{error}")
    };
    assert_eq!((states.join(","), *checks), ("Pending,Ready".to_owned(), 1));
    assert_eq!(
        error.to_string(),
        "ItemReady: not reached before the deadline, after 1 check; the state was `Pending`, `Ready`"
    );
}

#[tokio::test]
async fn a_passed_dry_run_is_a_success() {
    let server = Server::start([
        error(
            400,
            "DryRunOperation",
            "Request validation has been passed with DryRun flag set.",
        ),
        ok("{}"),
        error(404, "InvalidEniId.NotFound", "m"),
    ])
    .await;
    let client = server.client();
    let passed = client.request(assign()).dry_run().await.unwrap();
    assert_eq!(
        (passed.request_id(), passed.attempts(), passed.status()),
        (Some("REQ-1"), 1, Some(400))
    );
    assert_eq!(
        server.received()[0].parameter("DryRun").as_deref(),
        Some("true")
    );

    client.request(assign()).dry_run().await.unwrap();
    let failed = client.request(assign()).dry_run().await.unwrap_err();
    assert_eq!(failed.code_text(), Some("InvalidEniId.NotFound"));

    let call = client
        .untyped()
        .request("Change", serde_json::json!({}))
        .unwrap();
    let error = call.dry_run().await.unwrap_err();
    assert_eq!(error.to_string(), "Change has no dry run");
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_dry_run_asked_for_in_the_request_is_told_by_the_error() {
    let server = Server::start([error(400, "DryRunOperation", "m")]).await;
    let request = Assign {
        dry_run: Some(true),
        ..assign()
    };
    let error = server.client().send(request).await.unwrap_err();
    assert!(error.is_dry_run_passed() && !error.is_retryable());
    assert_eq!(server.received().len(), 1);
}

#[derive(Default)]
struct Outcomes(Mutex<Vec<String>>);

impl Observer for Outcomes {
    fn attempt(&self, event: &AttemptEvent<'_>) {
        let shown = format!("attempt {:?} {:?}", event.outcome.failure, event.next);
        self.0.lock().unwrap().push(shown);
    }
    fn call(&self, event: &CallEvent<'_>) {
        let shown = format!("call {:?}", event.outcome.failure);
        self.0.lock().unwrap().push(shown);
    }
}

#[tokio::test]
async fn a_passed_dry_run_is_no_failure_to_observers() {
    let server = Server::start([error(400, "DryRunOperation", "m")]).await;
    let outcomes = Arc::new(Outcomes::default());
    let client = server
        .builder()
        .observer(Arc::clone(&outcomes))
        .build()
        .unwrap();
    client.request(assign()).dry_run().await.unwrap();
    let request = Assign {
        dry_run: Some(true),
        ..assign()
    };
    client.send(request).await.unwrap_err();
    let seen = outcomes.0.lock().unwrap();
    assert_eq!(*seen, ["attempt None None", "call None"].repeat(2));
}

#[tokio::test]
async fn every_page_is_looked_at_before_a_success() {
    let item = |status: &str| serde_json::json!({ "Name": "n", "Status": status });
    let server = Server::start([
        page(2, &[item("Ready")]),
        page(2, &[item("Pending")]),
        page(2, &[item("Ready")]),
        page(2, &[item("Failed")]),
    ])
    .await;
    let error = wait(&server).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "ItemReady: the state became `Failed`, from which it cannot be reached"
    );
    let asked = |name: &str| -> Vec<_> {
        let received = server.received();
        received.iter().map(|r| r.parameter(name)).collect()
    };
    let numbers = [None, Some("2"), None, Some("2")].map(|n| n.map(str::to_owned));
    assert_eq!(asked("PageNumber"), numbers);
    assert_eq!(asked("PageSize"), vec![Some("50".to_owned()); 4]);
}

#[tokio::test]
async fn a_deadline_tells_the_error_that_stood_in_the_way() {
    let server = Server::start([error(503, "ServiceUnavailable", "m")]).await;
    let call = server.client().request(Describe::default());
    let wait = call.wait(ITEM_READY);
    let error = wait
        .deadline(Duration::from_millis(500))
        .run()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "ItemReady: not reached before the deadline, after 1 check; no state was seen; \
         the last check failed: Describe: 503 ServiceUnavailable: m (request REQ-1, 4 attempts)"
    );
}

#[tokio::test]
async fn looks_keep_a_distance() {
    let server = Server::start([]).await;
    let call = server.client().request(Describe::default());
    let wait = call.wait(ITEM_READY).delay(Duration::ZERO);
    assert!(format!("{wait:?}").contains("delay: 10ms"), "{wait:?}");
}

fn named(items: &[(&str, &str)]) -> Answer {
    let items: Vec<_> = items
        .iter()
        .map(|(name, state)| serde_json::json!({ "Name": name, "Status": state }))
        .collect();
    page(items.len(), &items)
}

/// Waits for what has these names.
async fn wait_for<W: WaiterFor<Describe>>(
    server: &Server,
    names: &[&str],
    waiter: W,
) -> Result<(), Error<AssignErrorCode>> {
    let request = Describe {
        names: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        page_size: Some(2),
        ..Describe::default()
    };
    let call = server.client().request(request);
    let wait = call.wait(waiter).delay(Duration::ZERO);
    wait.deadline(Duration::from_secs(2))
        .run()
        .await
        .map(|_| ())
}

#[tokio::test]
async fn all_that_was_asked_for_is_waited_for() {
    let server = Server::start([
        named(&[]),
        named(&[("a", "Ready")]),
        named(&[("a", "Ready"), ("c", "Ready")]),
        // Another one's state is none of ours.
        named(&[("a", "Ready"), ("b", "Pending"), ("c", "Failed")]),
        named(&[("a", "Ready"), ("b", "Ready"), ("c", "Failed")]),
    ])
    .await;
    wait_for(&server, &["a", "b"], ITEM_READY).await.unwrap();
    assert_eq!(server.received().len(), 5);

    // A list in one text, as a parameter that is no list has it.
    for names in [r#"["a","b"]"#, "a, b"] {
        let server = Server::start([
            named(&[("a", "Ready")]),
            named(&[("a", "Ready"), ("b", "Ready")]),
        ])
        .await;
        wait_for(&server, &[names], ITEM_READY).await.unwrap();
        assert_eq!(server.received().len(), 2, "{names}");
    }
}

#[tokio::test]
async fn what_is_not_listed_may_be_on_the_next_page() {
    let item = |name: &str| serde_json::json!({ "Name": name, "Status": "Ready" });
    let server = Server::start([page(3, &[item("a"), item("b")]), page(3, &[item("c")])]).await;
    wait_for(&server, &["a", "b", "c"], ITEM_READY)
        .await
        .unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_wait_that_times_out_names_what_is_missing() {
    let server = Server::start([named(&[("a", "Ready")])]).await;
    let error = wait_for(&server, &["a", "b"], ITEM_READY)
        .await
        .unwrap_err();
    let text = error.to_string();
    let (_, end) = text.split_once(" checks; ").unwrap();
    // On a busy machine, the last check is cut off by the end of the wait.
    let (end, _) = end
        .split_once("; the last check failed: ")
        .unwrap_or((end, ""));
    assert_eq!(end, "the state was `Ready`; `b` is not listed");
}

#[tokio::test]
async fn what_is_gone_may_be_told_by_any_of_its_names() {
    let gone = || error(404, "InvalidItemId.NotFound", "gone");
    // Just after a creation that is not yet; the waiter lists a name of its own, too.
    let server = Server::start([
        gone(),
        error(404, "InvalidThing.NotFound", "m"),
        error(400, "InvalidItem.NotExist", "m"),
        named(&[("a", "Ready")]),
    ])
    .await;
    wait_for(&server, &["a"], ITEM_READY).await.unwrap();
    assert_eq!(server.received().len(), 4);

    let server = Server::start([named(&[("a", "Ready"), ("b", "Ready")]), gone()]).await;
    wait_for(&server, &["a"], ITEM_GONE).await.unwrap();
    assert_eq!(server.received().len(), 2);
    let server = Server::start([named(&[("a", "Ready")]), named(&[("b", "Ready")])]).await;
    wait_for(&server, &["a"], ITEM_GONE).await.unwrap();
    assert_eq!(server.received().len(), 2);

    // Something else that is not found ends the wait.
    for code in [
        "InvalidRegionId.NotFound",
        "InvalidItemType.NotFound",
        "Invalid.NotFound",
    ] {
        let server = Server::start([error(404, code, "m")]).await;
        let ready = wait_for(&server, &["a"], ITEM_READY).await.unwrap_err();
        assert_eq!(ready.code_text(), Some(code));
        let gone = wait_for(&server, &["a"], ITEM_GONE).await.unwrap_err();
        assert_eq!(gone.code_text(), Some(code));
    }
}
