//! What an operation makes of its parameters.

use std::{collections::HashSet, net::Ipv6Addr};

use alicloud_runtime::{operation::SignatureKind, record::Location};
use serde_json::{Value, json};

use crate::call::{Answer, Call, KINDS, start};

const BASE: [(&str, &str); 2] = [("RegionId", "cn-hangzhou"), ("InterfaceId", "eni-1")];

async fn assign(endpoint: &alicloud_runtime::fake::Endpoint, more: &[(&str, &str)]) -> Answer {
    let parameters = [&BASE[..], more].concat();
    Call::new(endpoint, "Assign", &parameters).send().await
}

fn texts(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).expect("texts")
}

#[tokio::test]
async fn values_asked_for_come_back() {
    let endpoint = start().await;
    let answer = assign(
        &endpoint,
        &[
            ("Address.1", "2001:db8::1"),
            ("Address.2", "2001:db8::2"),
            ("Prefix.1", "2001:db8:1::/80"),
        ],
    )
    .await;
    let mut body = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!(body["RequestId"], answer.header("x-acs-request-id"));
    body["RequestId"] = Value::Null;
    assert_eq!(
        body,
        json!({
            "RequestId": null,
            "InterfaceId": "eni-1",
            "Addresses": { "Address": ["2001:db8::1", "2001:db8::2"] },
            "Prefixes": ["2001:db8:1::/80"],
            "Note": "as in the example",
            "Size": 1,
            "Lines": { "Line": ["one", "two"] },
        })
    );
}

#[tokio::test]
async fn as_many_values_are_made_as_were_asked_for() {
    let endpoint = start().await;
    let mut all = HashSet::new();
    for _ in 0..2 {
        let body = assign(&endpoint, &[("AddressCount", "3"), ("PrefixCount", "2")])
            .await
            .json();
        let addresses = texts(&body["Addresses"]["Address"]);
        assert_eq!(addresses.len(), 3);
        for address in &addresses {
            let parsed: Ipv6Addr = address.parse().expect("an address");
            assert_eq!(parsed.segments()[..2], [0x2001, 0xdb8]);
        }
        let prefixes = texts(&body["Prefixes"]);
        assert_eq!(prefixes.len(), 2);
        for prefix in &prefixes {
            let (address, length) = prefix.split_once('/').expect("a prefix");
            let parsed: Ipv6Addr = address.parse().expect("an address");
            assert_eq!(length, "80");
            assert_eq!(parsed.segments()[5..], [0, 0, 0], "nothing behind 80 bits");
        }
        all.extend(addresses);
        all.extend(prefixes);
    }
    assert_eq!(all.len(), 10, "no value is made twice");
    let body = assign(&endpoint, &[("PrefixCount", "1")]).await.json();
    assert_eq!(
        body["Addresses"]["Address"],
        json!([]),
        "none asked, none given"
    );
}

#[tokio::test]
async fn what_was_made_passes_the_checks_of_requests() {
    let endpoint = start().await;
    let body = assign(&endpoint, &[("AddressCount", "1"), ("PrefixCount", "1")])
        .await
        .json();
    let address = &texts(&body["Addresses"]["Address"])[0];
    let prefix = &texts(&body["Prefixes"])[0];
    let again = assign(&endpoint, &[("Address.1", address), ("Prefix.1", prefix)]).await;
    assert_eq!(again.status, 200, "{}", again.text);
}

#[tokio::test]
async fn faults_get_the_vendors_codes() {
    let endpoint = start().await;
    let error = async |more: &[(&str, &str)]| assign(&endpoint, more).await.error();
    let fault =
        |status: u16, code: &str, message: &str| (status, code.to_owned(), message.to_owned());
    assert_eq!(
        error(&[("AddressCount", "11")]).await,
        fault(
            400,
            "InvalidParameter",
            "AddressCount: 11 is too large; at most 10 is allowed"
        )
    );
    assert_eq!(
        error(&[("Address.1", "x")]).await.1,
        "InvalidParameter",
        "format"
    );
    assert_eq!(
        error(&[("AddressCount", "two")]).await.1,
        "InvalidParameter",
        "type"
    );
    assert_eq!(
        error(&[("AddressCount", "1"), ("AdressCount", "1")]).await,
        fault(
            400,
            "UnsupportedParameter",
            "AdressCount: no such parameter; did you mean `AddressCount`?"
        )
    );
    assert_eq!(
        error(&[("AddressCount", "1"), ("Address.1", "2001:db8::1")])
            .await
            .1,
        "InvalidParameter.Conflict",
        "the operation lists it"
    );
    assert_eq!(error(&[]).await.1, "MissingParameter", "at least one");
    assert_eq!(
        error(&[]).await.0,
        403,
        "with the status of the error table"
    );

    let call = Call::new(
        &endpoint,
        "Assign",
        &[("RegionId", "r"), ("AddressCount", "1")],
    );
    assert_eq!(
        call.send().await.error(),
        fault(403, "MissingParameter", "InterfaceId is required")
    );
    let call = Call::new(
        &endpoint,
        "Assign",
        &[("InterfaceId", "i"), ("AddressCount", "1")],
    );
    assert_eq!(
        call.send().await.error(),
        fault(403, "MissingParameter", "RegionId is required"),
        "the client ought to fill it in"
    );
}

#[tokio::test]
async fn error_bodies_are_the_vendors() {
    let endpoint = start().await;
    for kind in KINDS {
        let answer = Call::new(&endpoint, "Assign", &BASE)
            .signed_by(kind)
            .send()
            .await;
        let body = answer.json();
        assert_eq!(
            body,
            json!({
                "RequestId": answer.header("x-acs-request-id"),
                "HostId": endpoint.host(),
                "Code": "MissingParameter",
                "Message": body["Message"],
                "Recommend":
                    "https://api.aliyun.com/troubleshoot?q=MissingParameter&product=Shop",
            })
        );
        assert_eq!(
            answer.header("content-type"),
            "application/json;charset=utf-8"
        );
    }
}

#[tokio::test]
async fn without_format_json_errors_are_xml() {
    let endpoint = start().await;
    let mut call = Call::new(&endpoint, "Assign", &BASE).signed_by(SignatureKind::Rpc);
    call.parameters.push(Location::Query, "Format", "XML");
    call.parameters.push(Location::Query, "<&>", "");
    let answer = call.send().await;
    assert_eq!(answer.header("content-type"), "text/xml;charset=utf-8");
    let (request_id, host) = (answer.header("x-acs-request-id"), endpoint.host());
    assert!(answer.text.starts_with(&format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><RequestId>{request_id}</RequestId>\
         <HostId>{host}</HostId><Code>UnsupportedParameter</Code><Message>&lt;&amp;&gt;: no such"
    )));
}

#[tokio::test]
async fn a_token_gets_the_first_answer_again() {
    let endpoint = start().await;
    let with = |count| [("AddressCount", count), ("ClientToken", "t-1")];
    let first = assign(&endpoint, &with("2")).await.json();
    let again = assign(&endpoint, &with("2")).await.json();
    assert_eq!(first, again, "the same addresses");
    assert_eq!(
        assign(&endpoint, &with("3")).await.error(),
        (
            400,
            "IdempotentParameterMismatch".to_owned(),
            "The request uses a client token of an earlier request with other parameters."
                .to_owned()
        )
    );
    let other = assign(&endpoint, &[("AddressCount", "2"), ("ClientToken", "T-1")])
        .await
        .json();
    assert_ne!(first, other, "tokens are case-sensitive");
    let empty = [("AddressCount", "2"), ("ClientToken", "")];
    assert_ne!(
        assign(&endpoint, &empty).await.json(),
        assign(&endpoint, &empty).await.json(),
        "an empty token is none"
    );
}

#[tokio::test]
async fn a_failure_does_not_use_up_a_token() {
    let endpoint = start().await;
    endpoint.fail_next("Assign", (500, "InternalError", "try again"));
    let with = [("AddressCount", "1"), ("ClientToken", "t-2")];
    assert_eq!(assign(&endpoint, &with).await.status, 500);
    assert_eq!(assign(&endpoint, &with).await.status, 200);
    let tokens: Vec<_> = endpoint
        .requests()
        .iter()
        .map(|request| request.parameter("ClientToken").map(str::to_owned))
        .collect();
    assert_eq!(tokens, [Some("t-2".to_owned()), Some("t-2".to_owned())]);
}

#[tokio::test]
async fn a_dry_run_that_passes_is_an_error() {
    let endpoint = start().await;
    let dry = assign(
        &endpoint,
        &[
            ("AddressCount", "1"),
            ("DryRun", "true"),
            ("ClientToken", "t"),
        ],
    )
    .await;
    assert_eq!(dry.code(), (400, "DryRunOperation".to_owned()));
    let faulty = assign(&endpoint, &[("DryRun", "true")]).await;
    assert_eq!(faulty.code(), (403, "MissingParameter".to_owned()));
    let wet = assign(
        &endpoint,
        &[
            ("AddressCount", "1"),
            ("DryRun", "false"),
            ("ClientToken", "t"),
        ],
    )
    .await;
    assert_eq!(wet.status, 200, "a dry run does not use up a token");
}

#[tokio::test]
async fn a_response_without_example_is_plausible_and_ends() {
    let endpoint = start().await;
    let list = async |parameters: &[(&str, &str)]| {
        let answer = Call::new(&endpoint, "List", parameters).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    };
    let body = list(&[
        ("PageSize", "50"),
        ("Kind", "B"),
        ("Filter", r#"[{"Key":"k"}]"#),
    ])
    .await;
    assert_eq!(body["PageNumber"], 1);
    assert_eq!(body["TotalCount"], 1);
    let item = &body["Items"]["Item"][0];
    assert_eq!(item["Kind"], "B", "as in the request");
    assert_eq!(item["PageSize"], "50", "as text, as the response has it");
    assert_eq!(item["Price"], 1.0);
    assert_eq!(item["Open"], true);
    assert_eq!(item["Labels"], json!({ "example": "example" }));
    assert!(item["Parts"][0]["Parts"].is_array(), "nested in itself");

    let second = list(&[("PageNumber", "2")]).await;
    assert_eq!(second["PageNumber"], 2);
    assert_eq!(second["TotalCount"], 1);
    assert_eq!(second["Items"]["Item"], json!([]));

    let scan = Call::new(&endpoint, "Scan", &[("NextToken", "t")])
        .send()
        .await
        .json();
    assert_eq!(scan["NextToken"], "", "there is no next page");
    assert_eq!(scan["Items"], json!(["example"]));

    let bad = Call::new(&endpoint, "List", &[("Filter", r#"[{"Value":"v"}]"#)]);
    assert_eq!(
        bad.send().await.code(),
        (400, "MissingParameter".to_owned())
    );
}
