//! The control path: what it orders is done, what is wrong with an order is said.

use alicloud_runtime::{fake::Endpoint, operation::SignatureKind};
use serde_json::{Value, json};

use crate::{
    call::{Call, start},
    product::{BRANCH, PRODUCT},
};

/// Status and body of a response of the control path.
async fn control(endpoint: &Endpoint, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/_control{path}", endpoint.url());
    let request = client.request(method.parse().unwrap(), url);
    let response = request.body(body.to_string()).send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

async fn order(endpoint: &Endpoint, order: Value) -> Result<(), String> {
    let (status, body) = control(endpoint, "POST", "/orders", &order).await;
    match status {
        200 => Ok(()),
        _ => Err(body["error"].as_str().unwrap().to_owned()),
    }
}

#[tokio::test]
async fn orders_are_carried_out() {
    let endpoint = start().await;
    let orders = json!([
        { "operation": "Assign", "fail": "MissingParameter" },
        { "operation": "Assign", "fail": { "status": 400, "code": "Odd", "message": "m", "headers": { "x-acs-retry-after": "20" } } },
        { "operation": "Assign", "respond": { "A": 1 }, "times": 2 },
        { "operation": "Assign", "misbehave": { "html": { "status": 502 } } },
        { "operation": "Assign", "misbehave": { "headers": { "x-more": "1" } } },
        { "operation": "List", "satisfy": "ItemShut" },
        { "operation": "List", "pass": true },
        { "operation": "List", "fail": { "status": 500, "code": "InternalError" } },
    ]);
    order(&endpoint, orders).await.unwrap();
    let queued = control(&endpoint, "GET", "/orders", &Value::Null).await;
    assert_eq!(queued, (200, json!({ "Shop": { "Assign": 6, "List": 2 } })));

    let ask = async |action| Call::new(&endpoint, action, &[]).send().await;
    assert_eq!(
        ask("Assign").await.code(),
        (403, "MissingParameter".to_owned())
    );
    let odd = ask("Assign").await;
    assert_eq!(odd.error(), (400, "Odd".to_owned(), "m".to_owned()));
    assert_eq!(odd.header("x-acs-retry-after"), "20");
    assert_eq!(ask("Assign").await.json(), json!({ "A": 1 }));
    assert_eq!(ask("Assign").await.json(), json!({ "A": 1 }));
    assert_eq!(ask("Assign").await.status, 502);
    assert_eq!(ask("Assign").await.header("x-more"), "1");
    assert_eq!(
        ask("List").await.json()["Items"]["Item"][0]["State"],
        "Shut"
    );
    assert_eq!(ask("List").await.status, 500);

    order(&endpoint, json!({ "operation": "List", "pass": true }))
        .await
        .unwrap();
    control(&endpoint, "DELETE", "/orders", &Value::Null).await;
    assert_eq!(endpoint.queued("List"), 0);
    assert_eq!(
        ask("List").await.json()["Items"]["Item"][0]["State"],
        "Open"
    );
}

#[tokio::test]
async fn every_misbehaviour_can_be_ordered() {
    let endpoint = start().await;
    let all = [
        json!({ "html": { "status": 502 } }),
        json!({ "xml": { "status": 503 } }),
        json!({ "redirect": { "status": 307, "location": "/" } }),
        json!("truncated"),
        json!({ "huge": { "bytes": 10 } }),
        json!({ "gzipBomb": { "bytes": 10 } }),
        json!("garbage"),
        json!("endlessHeaders"),
        json!({ "errorWithStatus200": { "status": 400, "code": "Odd" } }),
        json!({ "delay": { "milliseconds": 1 } }),
        json!({ "drip": { "bytes": 1, "milliseconds": 1 } }),
        json!("close"),
        json!("resetBeforeReading"),
        json!("resetAfterReading"),
        json!({ "headers": {} }),
    ];
    let count = all.len();
    let orders = all.map(|it| json!({ "operation": "Ping", "misbehave": it }));
    order(&endpoint, Value::from(orders.to_vec()))
        .await
        .unwrap();
    assert_eq!(endpoint.queued("Ping"), count);
}

#[tokio::test]
async fn what_is_wrong_with_an_order_is_said_and_none_is_taken() {
    let endpoint = start().await;
    let wrong = [
        (
            json!([{ "operation": "Ping", "pass": true }, { "operation": "Pong", "pass": true }]),
            "order 2: Shop 2020-01-01 has no operation `Pong`; did you mean `Ping`?",
        ),
        (
            json!({ "operation": "Ping" }),
            "order 1: exactly one of `fail`, `respond`, `pass`, `misbehave`, `satisfy` must be given",
        ),
        (
            json!({ "operation": "Ping", "pass": true, "respond": {} }),
            "order 1: exactly one of `fail`, `respond`, `pass`, `misbehave`, `satisfy` must be given",
        ),
        (
            json!({ "operation": "Assign", "fail": "MissingParametr" }),
            "order 1: Assign does not list the code `MissingParametr`; \
             {\"status\": 400, \"code\": …, \"message\": …} orders any",
        ),
        (
            json!({ "operation": "Ping", "satisfy": "Done" }),
            "order 1: Ping has no waiter `Done`; it has none",
        ),
        (
            json!({ "operation": "Ping", "pass": true, "times": 10_001 }),
            "order 1: `times` is 10001; it must be 1 to 10000",
        ),
        (
            json!({ "operation": "Ping", "pass": true, "times": 0 }),
            "order 1: `times` is 0; it must be 1 to 10000",
        ),
        (
            json!({ "operation": "Ping", "fail": { "status": 1000, "code": "Odd" } }),
            "order 1: `fail`: the status 1000 is not one of 200 to 599",
        ),
        (
            json!({ "operation": "Ping", "fail": { "status": 400 } }),
            "order 1: `fail`: missing field `code`",
        ),
        (
            json!({ "operation": "Ping", "fail": 400 }),
            "order 1: `fail` is a code that is listed, or \
             {\"status\": 400, \"code\": …, \"message\": …}",
        ),
        (
            json!({ "operation": "Ping", "misbehave": { "html": { "status": 99 } } }),
            "order 1: the status 99 is not one of 200 to 599",
        ),
        (
            json!("Ping"),
            "order 1: an order is an object such as {\"operation\": …, \"pass\": true}",
        ),
        (
            json!({ "product": "shop", "operation": "Pong", "pass": true }),
            "order 1: Shop 2020-01-01 has no operation `Pong`; did you mean `Ping`?",
        ),
        (
            json!({ "product": "Stop", "operation": "Ping", "pass": true }),
            "order 1: this endpoint serves Shop, not `Stop`",
        ),
        (
            json!({ "operation": "Ping", "fial": "x" }),
            "order 1: unknown field `fial`, expected one of `product`, `operation`, `fail`, `respond`, `pass`, \
             `misbehave`, `satisfy`, `times`",
        ),
    ];
    for (orders, said) in wrong {
        assert_eq!(order(&endpoint, orders).await.unwrap_err(), said);
    }
    assert_eq!(endpoint.queued("Ping"), 0);
    let nowhere = control(&endpoint, "GET", "/nowhere", &Value::Null).await;
    let said = "there is no GET /_control/nowhere; GET /_control lists what there is";
    assert_eq!(nowhere, (404, json!({ "error": said })));
}

/// An order that went to another product than was meant would make a test that tests nothing.
#[tokio::test]
async fn an_order_for_an_operation_of_several_products_names_its_product() {
    let endpoint = Endpoint::start(&[&PRODUCT, &BRANCH]).await.unwrap();
    let said = "order 1: `Ping` is an operation of Shop, Branch; name the product, such as \
                \"product\": \"Shop\" in an order, or use `on`";
    let unclear = json!({ "operation": "Ping", "pass": true });
    assert_eq!(order(&endpoint, unclear).await.unwrap_err(), said);
    let clear = json!({ "product": "branch", "operation": "Ping", "fail": { "status": 500, "code": "Odd" } });
    order(&endpoint, clear).await.unwrap();
    let queued = control(&endpoint, "GET", "/orders", &Value::Null).await;
    assert_eq!(queued, (200, json!({ "Branch": { "Ping": 1 } })));

    let mut call = Call::new(&endpoint, "Ping", &[]);
    assert_eq!(call.send().await.status, 200, "of the shop");
    call.version = BRANCH.version.to_owned();
    call.nonce = "another".to_owned();
    assert_eq!(call.send().await.code(), (500, "Odd".to_owned()));
}

#[tokio::test]
async fn requests_are_shown_without_their_signature() {
    let endpoint = start().await;
    let call = Call::new(&endpoint, "List", &[("Kind", "C"), ("PageSize", "2")]);
    call.signed_by(SignatureKind::Rpc).send().await;
    let (_, requests) = control(&endpoint, "GET", "/requests", &Value::Null).await;
    assert_eq!(
        requests,
        json!([{
            "operation": "List",
            "version": "2020-01-01",
            "method": "POST",
            "signature": "HMAC-SHA1",
            "accessKeyId": "testid",
            "parameters": { "Kind": "C", "PageSize": "2" },
            "status": 400,
            "code": "InvalidParameter",
            "carriedOut": false,
        }])
    );
    control(&endpoint, "DELETE", "/requests", &Value::Null).await;
    let (_, requests) = control(&endpoint, "GET", "/requests", &Value::Null).await;
    assert_eq!(requests, json!([]));
}

#[tokio::test]
async fn keys_and_the_clock_can_be_set() {
    let endpoint = start().await;
    let mut call = Call::new(&endpoint, "List", &[]);
    call.credentials =
        Some(alicloud_runtime::credentials::Credentials::new("sts", "s").with_security_token("t"));
    assert_eq!(call.send().await.code().1, "InvalidAccessKeyId.NotFound");
    let key = json!({ "accessKeyId": "sts", "accessKeySecret": "s", "securityToken": "t" });
    control(&endpoint, "POST", "/keys", &key).await;
    assert_eq!(call.send().await.status, 200);
    control(&endpoint, "DELETE", "/keys/sts", &Value::Null).await;
    assert_eq!(call.send().await.code().1, "InvalidAccessKeyId.NotFound");
    control(&endpoint, "PUT", "/clock", &json!({ "secondsAhead": 3600 })).await;
    let late = Call::new(&endpoint, "List", &[]).send().await;
    assert_eq!(late.code().1, "InvalidTimeStamp.Expired");
}

/// There are times that no header can say.
#[tokio::test]
async fn the_clock_ends_where_dates_do() {
    let endpoint = start().await;
    for (ahead, date) in [
        (i64::MAX, "Thu, 31 Dec 9998 23:59:59 GMT"),
        (i64::MIN, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ] {
        control(
            &endpoint,
            "PUT",
            "/clock",
            &json!({ "secondsAhead": ahead }),
        )
        .await;
        let answer = Call::new(&endpoint, "List", &[]).send().await;
        assert_eq!(answer.code().1, "InvalidTimeStamp.Expired");
        assert_eq!(answer.header("date"), date);
    }
}

#[tokio::test]
async fn a_channel_tells_of_each_request_when_it_has_been_answered() {
    let endpoint = start().await;
    let told = endpoint.subscribe();
    Call::new(&endpoint, "Ping", &[]).send().await;
    Call::new(&endpoint, "Pong", &[]).send().await;
    let told: Vec<_> = told.try_iter().map(|it| (it.operation, it.code)).collect();
    let unknown = Some("InvalidAction.NotFound".to_owned());
    assert_eq!(
        told,
        [("Ping".to_owned(), None), ("Pong".to_owned(), unknown)]
    );
}
