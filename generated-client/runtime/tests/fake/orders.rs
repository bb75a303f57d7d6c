//! Orders by name, and responses that satisfy waiters.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe, catch_unwind},
};

use alicloud_runtime::fake::{Endpoint, Misbehaviour};
use serde_json::{Value, json};

use crate::call::{Call, start};

async fn list(endpoint: &Endpoint, parameters: &[(&str, &str)]) -> Value {
    Call::new(endpoint, "List", parameters).send().await.json()
}

/// What a panic says.
fn panics(act: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(act)).expect_err("a panic");
    *panic.downcast::<String>().expect("text")
}

thread_local! {
    static PLACE: Cell<(String, u32)> = Cell::default();
}

#[tokio::test]
async fn a_panic_points_at_the_line_of_the_test() {
    let endpoint = start().await;
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let place = info.location().unwrap();
        PLACE.set((place.file().to_owned(), place.line()));
        usual(info);
    }));
    let here = |line| (file!().to_owned(), line);
    panics(|| endpoint.pass_next("Asign"));
    assert_eq!(PLACE.take(), here(line!() - 1));
    panics(|| endpoint.satisfy("Describe", "ItemRead"));
    assert_eq!(PLACE.take(), here(line!() - 1));
}

#[tokio::test]
async fn a_misspelled_name_is_no_order() {
    let endpoint = start().await;
    let said = "Shop 2020-01-01 has no operation `Asign`; did you mean `Assign`?";
    let fault = (400, "Throttling", "m");
    assert_eq!(panics(|| endpoint.fail_next("Asign", fault)), said);
    assert_eq!(panics(|| endpoint.pass_next("Asign")), said);
    assert_eq!(panics(|| endpoint.respond_next("Asign", json!({}))), said);
    let close = Misbehaviour::Close;
    assert_eq!(panics(|| endpoint.misbehave_next("Asign", close)), said);
    assert_eq!(panics(|| _ = endpoint.queued("Asign")), said);
    assert_eq!(panics(|| endpoint.satisfy("Asign", "Done")), said);
    assert_eq!(
        panics(|| endpoint.satisfy("List", "ItemOpened")),
        "List has no waiter `ItemOpened`; it has `ItemGone`, `ItemOpen`, `ItemShut`, `ItemFree`"
    );
    assert_eq!(
        panics(|| endpoint.satisfy("Ping", "Done")),
        "Ping has no waiter `Done`; it has none"
    );
}

#[tokio::test]
async fn the_second_call_can_fail_after_a_usual_first() {
    let endpoint = start().await;
    endpoint.pass_next("Ping");
    endpoint.fail_next("Ping", (503, "ServiceUnavailable", "m"));
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(Call::new(&endpoint, "Ping", &[]).send().await.status);
    }
    assert_eq!(answers, [200, 503, 200]);
    let log = endpoint.requests();
    let told: Vec<_> = log
        .iter()
        .map(|it| (it.status, it.code.as_deref(), it.carried_out))
        .collect();
    let failed = (Some(503), Some("ServiceUnavailable"), false);
    assert_eq!(
        told,
        [(Some(200), None, true), failed, (Some(200), None, true)]
    );
}

#[tokio::test]
async fn responses_satisfy_the_first_waiter_for_a_state() {
    let endpoint = start().await;
    let body = list(&endpoint, &[]).await;
    let item = &body["Items"]["Item"][0];
    assert_eq!(item["State"], "Open");
    assert_eq!(item["Open"], true, "a field of another waiter");
    let body = list(&endpoint, &[("State", "Odd")]).await;
    assert_eq!(
        body["Items"]["Item"][0]["State"], "Odd",
        "as it was asked for"
    );
}

#[tokio::test]
async fn all_that_is_waited_for_is_in_the_response() {
    let endpoint = start().await;
    let body = list(&endpoint, &[("Name.1", "a"), ("Name.2", "b")]).await;
    let items = body["Items"]["Item"].as_array().unwrap();
    let told: Vec<_> = items.iter().map(|it| [&it["Name"], &it["State"]]).collect();
    assert_eq!(json!(told), json!([["a", "Open"], ["b", "Open"]]));
    assert_eq!(body["TotalCount"], 2);
}

#[tokio::test]
async fn responses_satisfy_the_waiter_that_was_chosen() {
    let endpoint = start().await;
    endpoint.satisfy("List", "ItemShut");
    for parameters in [&[][..], &[("State", "Odd")]] {
        let body = list(&endpoint, parameters).await;
        assert_eq!(body["Items"]["Item"][0]["State"], "Shut");
    }
    endpoint.satisfy("List", "ItemFree");
    let body = list(&endpoint, &[]).await;
    assert_eq!(body["Items"]["Item"][0]["Open"], false);
    endpoint.satisfy("List", "ItemGone");
    let body = list(&endpoint, &[]).await;
    assert_eq!(body["Items"]["Item"], json!([]));
    assert_eq!(body["TotalCount"], 0);
}

#[tokio::test]
async fn an_empty_text_for_a_required_parameter_is_refused() {
    let endpoint = start().await;
    let parameters = [
        ("RegionId", "cn-hangzhou"),
        ("InterfaceId", ""),
        ("AddressCount", "1"),
    ];
    let answer = Call::new(&endpoint, "Assign", &parameters).send().await;
    let (status, code, message) = answer.error();
    assert_eq!((status, code.as_str()), (403, "MissingParameter"));
    assert_eq!(message, "InterfaceId is required and must not be empty");
    let filter = [("Filter", r#"[{"Key": "a"}, {"Key": ""}]"#)];
    let answer = Call::new(&endpoint, "List", &filter).send().await;
    assert_eq!(
        answer.error().2,
        "Filter.2.Key is required and must not be empty"
    );
    let value = [("Filter", r#"[{"Key": "a", "Value": ""}]"#)];
    let answer = Call::new(&endpoint, "List", &value).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}
