//! Calls by name, and the policy for operations.

use std::time::Duration;

use crate::support::*;
use alicloud_runtime::{
    client::DynClient,
    credentials::Credentials,
    error::Error,
    operation::{Access, Operation, SignatureKind},
    policy::{self, Condition, Need, Scope},
};
use serde_json::json;

#[tokio::test]
async fn a_call_by_name_sends_what_the_typed_one_sends() {
    let server = Server::start([ok(r#"{"RequestId":"REQ-1","New":[1,2]}"#)]).await;
    let client = server.client();
    let request = Assign {
        client_token: Some("token".to_owned()),
        ..assign()
    };
    client.send(request).await.unwrap();
    let json = json!({ "Eni": "eni-1", "Count": 2, "ClientToken": "token" });
    let answer = client.untyped().call("Assign", json).await.unwrap();
    assert_eq!(answer, json!({ "RequestId": "REQ-1", "New": [1, 2] }));
    let received = server.received();
    assert_eq!(received[0].target, received[1].target);
    assert_eq!(received[1].header("x-acs-action"), "Assign");
}

#[tokio::test]
async fn a_call_by_name_is_checked_completed_and_repeated() {
    let server = Server::start([error(400, "Throttling", "m"), ok("{}")]).await;
    let client = DynClient::builder(&NET)
        .region("cn-hangzhou")
        .endpoint(server.url())
        .signature(SignatureKind::Rpc)
        .credentials(Credentials::new("key-id", "key-secret"))
        .retry(hasty())
        .build()
        .unwrap();
    let wrong = json!({ "Enii": "eni-1", "Count": 11, "Address": ["a"] });
    let error = client.call("Assign", wrong).await.unwrap_err();
    assert!(matches!(error, Error::Validation(_)), "{error}");
    insta::assert_snapshot!(error, @r#"
    Enii: no such parameter; did you mean `Eni`?
    Eni is required
    Count: 11 is too large; at most 10 is allowed
    Count and Address were given; at most one of them is allowed. Give a number or addresses.
    "#);
    let empty = json!({ "Eni": "", "Count": 1 });
    let error = client.call("Assign", empty).await.unwrap_err();
    assert_eq!(error.to_string(), "Eni is required and must not be empty");
    let error = client.call("asign", json!({})).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Net 2014-05-26 has no operation `asign`; did you mean `Assign`?"
    );
    assert!(server.received().is_empty());

    let call = client.request("Assign", json!({ "Eni": "eni-1" })).unwrap();
    assert_eq!(format!("{call:?}"), "DynCall(Assign { Eni: \"eni-1\" })");
    let secret = json!({ "Eni": "eni-1", "Password": "hush" });
    let secret = format!("{:?}", client.request("Assign", secret).unwrap());
    assert!(!secret.contains("hush"), "{secret}");
    let reply = call.send_with_meta().await.unwrap();
    assert_eq!(reply.attempts(), 2);
    let received = server.received();
    assert_eq!(
        received[1].parameter("RegionId").as_deref(),
        Some("cn-hangzhou")
    );
    assert_eq!(
        received[1].parameter("ClientToken").as_deref(),
        reply.idempotency_token()
    );
}

#[tokio::test]
async fn errors_and_dry_runs_by_name() {
    let server = Server::start([
        error(404, "InvalidEniId.NotFound", "m"),
        error(400, "DryRunOperation", "m"),
        ok("<html>"),
    ])
    .await;
    let client = server.client().untyped();
    let request = || client.request("Assign", json!({ "Eni": "eni-1" })).unwrap();
    let error = request().send().await.unwrap_err();
    let Error::Service(service) = &error else {
        panic!("{error}")
    };
    assert_eq!(service.code(), "InvalidEniId.NotFound");
    assert!(service.documented().is_some());
    request().dry_run().await.unwrap();
    let error = request().send().await.unwrap_err();
    assert!(matches!(error, Error::Response(_)), "{error}");
}

#[test]
fn a_preview_by_name_needs_no_credentials() {
    let client = DynClient::builder(&NET)
        .region("cn-hangzhou")
        .build()
        .unwrap();
    let request = json!({ "Eni": "eni-1", "Address": ["a", "b"], "ClientToken": "t", "Password": "pass+word" });
    let preview = client
        .request("Assign", request)
        .unwrap()
        .preview()
        .unwrap();
    insta::assert_snapshot!(preview, @r#"
    POST https://net.cn-hangzhou.example.com/
    operation: Assign of 2014-05-26
    signature: ACS3-HMAC-SHA256
    RegionId = cn-hangzhou
    Eni = eni-1
    Address.1 = a
    Address.2 = b
    ClientToken = t
    Password = ***
    "#);
}

#[test]
fn the_policy_for_operations_is_the_least() {
    let operations = [&ASSIGN, &CHANGE, &DESCRIBE, &LIST, &ASSIGN];
    let policy = policy::for_operations(&operations);
    insta::assert_snapshot!(format!("{policy:#}"), @r#"
    {
      "Version": "1",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": [
            "net:Change",
            "ram:PassRole"
          ],
          "Resource": [
            "*"
          ]
        },
        {
          "Effect": "Allow",
          "Action": [
            "net:Describe"
          ],
          "Resource": [
            "acs:net:*:*:eni/*"
          ]
        },
        {
          "Effect": "Allow",
          "Action": [
            "net:Assign"
          ],
          "Resource": [
            "acs:net:*:*:eni/*",
            "acs:ram:*:*:role/*"
          ]
        }
      ]
    }
    "#);
    assert_eq!(policy::for_operations(&[])["Statement"], json!([]));
}

/// The policy for the operations, within a scope.
fn policy_for(operations: &[&'static Operation], scope: &Scope<'_>) -> policy::Policy {
    let needs: Vec<_> = operations.iter().map(|it| Need::of(it)).collect();
    policy::build(&needs, scope)
}

#[test]
fn a_policy_is_narrowed_to_its_scope() {
    let conditions = [
        "net:tag/team=core",
        "acs:SourceIp=10.0.0.0/8",
        "net:tag/team=edge",
    ];
    let conditions = conditions.map(|text| text.parse().unwrap());
    let scope = Scope {
        region: Some("cn-hangzhou"),
        account: Some("123"),
        conditions: &conditions,
    };
    let policy = policy_for(&[&ASSIGN, &LIST, &DESCRIBE, &LIST], &scope);
    insta::assert_snapshot!(format!("{:#}", policy.document), @r#"
    {
      "Version": "1",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": [
            "ram:PassRole"
          ],
          "Resource": [
            "*"
          ],
          "Condition": {
            "IpAddress": {
              "acs:SourceIp": [
                "10.0.0.0/8"
              ]
            }
          }
        },
        {
          "Effect": "Allow",
          "Action": [
            "net:Describe"
          ],
          "Resource": [
            "acs:net:cn-hangzhou:123:eni/*"
          ],
          "Condition": {
            "IpAddress": {
              "acs:SourceIp": [
                "10.0.0.0/8"
              ]
            }
          }
        },
        {
          "Effect": "Allow",
          "Action": [
            "net:Assign"
          ],
          "Resource": [
            "acs:net:cn-hangzhou:123:eni/*",
            "acs:ram:*:123:role/*"
          ],
          "Condition": {
            "IpAddress": {
              "acs:SourceIp": [
                "10.0.0.0/8"
              ]
            },
            "StringEquals": {
              "net:tag/team": [
                "core",
                "edge"
              ]
            }
          }
        }
      ]
    }
    "#);
    assert_eq!(policy.undocumented, ["List"]);
    let wide = |action: &str| ("net:tag/team".to_owned(), action.to_owned());
    assert_eq!(
        policy.unconditional,
        [wide("net:Describe"), wide("ram:PassRole")]
    );
    let anonymous = Operation {
        anonymous: true,
        ..Operation::new("Open", Access::Read, ASSIGN.request, ASSIGN.response)
    };
    let policy = policy::build(&[Need::of(&anonymous)], &Scope::default());
    assert_eq!(policy.undocumented, Vec::<String>::new());
}

#[test]
fn conditions_are_read_from_text() {
    let read = |text: &str| {
        let condition: Condition = text.parse().unwrap();
        (condition.operator, condition.key, condition.value)
    };
    let condition = |operator: &str, key: &str, value: &str| {
        (operator.to_owned(), key.to_owned(), value.to_owned())
    };
    assert_eq!(
        read("ecs:tag/a:b=c=d"),
        condition("StringEquals", "ecs:tag/a:b", "c=d")
    );
    assert_eq!(
        read("StringLike:ecs:tag/a=c*"),
        condition("StringLike", "ecs:tag/a", "c*")
    );
    assert_eq!(
        read("ecs:PasswordInherit=true"),
        condition("Bool", "ecs:PasswordInherit", "true")
    );
    for text in [
        "",
        "ecs:tag",
        "ecs:tag=",
        "tag=a",
        "StringLike:tag=a",
        ":tag=a",
        "ecs:=a",
    ] {
        let error = text.parse::<Condition>().unwrap_err().to_string();
        let expected = format!(
            "`{text}` is not a condition; expected `KEY=VALUE` or `OPERATOR:KEY=VALUE`, such as `ecs:tag/team=core` or `StringLike:ecs:tag/team=core-*`"
        );
        assert_eq!(error, expected);
    }
}

/// What the schema does not know is in the pages all the same.
#[tokio::test]
async fn pages_by_name_are_those_of_typed_calls() {
    let page = |names: &[&str]| {
        let items: Vec<_> = names.iter().map(|name| json!({ "Name": name })).collect();
        ok(&json!({ "TotalCount": 3, "Items": { "Item": items }, "New": 1 }).to_string())
    };
    let server = Server::start([page(&["a", "b"]), page(&["c"]), ok("{}"), page(&["a"])]).await;
    let client = server.client().untyped();
    let call = client
        .request("Describe", json!({ "PageSize": 2 }))
        .unwrap();
    let mut pages = call.pages();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert_eq!(page["New"], 1);
        let items = page["Items"]["Item"].as_array().unwrap().iter();
        names.extend(items.map(|item| item["Name"].clone()));
    }
    assert_eq!(names, ["a", "b", "c"]);
    let received = server.received();
    let numbers: Vec<_> = received
        .iter()
        .map(|it| it.parameter("PageNumber"))
        .collect();
    assert_eq!(numbers, [None, Some("2".to_owned())]);

    // A result without pages is one.
    let call = client.request("Change", json!({})).unwrap();
    let mut pages = call.pages();
    assert_eq!(pages.next().await.unwrap().unwrap(), json!({}));
    assert!(pages.next().await.is_none());

    // It ends with the page that repeats the one before it.
    let server = Server::start([page(&["a"]), page(&["a"])]).await;
    let call = server.client().untyped().request("Describe", json!({}));
    let mut pages = call.unwrap().pages();
    assert!(pages.next().await.unwrap().is_ok());
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Pagination(_)), "{error}");
    assert!(pages.next().await.is_none());
}

/// Who stops waiting for a page asks for the same one again.
#[tokio::test]
async fn a_page_by_name_that_nobody_waited_for_is_read_again() {
    let page = r#"{"TotalCount":1,"Items":{"Item":[{"Name":"a"}]}}"#;
    let server = Server::start([ok(page), ok(page)]).await;
    let call = server.client().untyped().request("Describe", json!({}));
    let mut pages = call.unwrap().pages();
    drop(Box::pin(pages.next()));
    let mut abandoned = Box::pin(pages.next());
    let waker = &mut std::task::Context::from_waker(std::task::Waker::noop());
    assert!(abandoned.as_mut().poll(waker).is_pending());
    drop(abandoned);
    assert!(pages.next().await.unwrap().is_ok());
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_wait_by_name_is_that_of_a_typed_call() {
    let item = |state: &str| {
        ok(&json!({ "TotalCount": 1, "Items": { "Item": [{ "Status": state }] } }).to_string())
    };
    let server = Server::start([item("Pending"), item("Ready"), item("Failed")]).await;
    let client = server.client().untyped();
    let wait = |waiter: &str| {
        let call = client.request("Describe", json!({})).unwrap();
        call.wait(waiter).map(|wait| wait.delay(Duration::ZERO))
    };
    let shown = wait("ItemReady").unwrap().run().await.unwrap().unwrap();
    assert_eq!(shown["Items"]["Item"][0]["Status"], "Ready");
    // The name of the constant, too.
    let error = wait("ITEM_READY").unwrap().run().await.unwrap_err();
    assert!(matches!(error, Error::Wait(_)), "{error}");
    assert_eq!(server.received().len(), 3);

    let error = wait("ItemGon").unwrap_err();
    let known = "Describe has no waiter `ItemGon`; it has `ItemReady`, `ItemGone`";
    assert_eq!(error.to_string(), known);
    let call = client.request("Change", json!({})).unwrap();
    let error = call.wait("ItemReady").unwrap_err();
    assert_eq!(
        error.to_string(),
        "Change has no waiter `ItemReady`; it has none"
    );
    let wait = wait("ItemReady").unwrap().deadline(Duration::from_secs(9));
    assert_eq!(
        format!("{wait:?}"),
        "DynWait { waiter: \"ItemReady\", delay: 10ms, deadline: 9s, .. }"
    );
}
