//! Answers as they were met in the field: damaged, mistyped, escaped, compressed under another name.

use std::{error::Error as _, io::Write as _, time::Duration};

use alicloud_runtime::{
    blocking, client::DynClient, credentials::Credentials, error::Error, operation::SignatureKind,
    retry::RetrySettings,
};

use crate::support::*;

/// The texts of an error and its causes.
fn chain(error: &dyn std::error::Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts
}

async fn assigned(answer: Answer) -> Result<AssignResponse, Error<AssignErrorCode>> {
    let server = Server::start([answer]).await;
    let client = server.builder().retry(RetrySettings::off()).build();
    client.unwrap().send(assign()).await
}

async fn failed(answer: Answer) -> Error<AssignErrorCode> {
    assigned(answer).await.unwrap_err()
}

#[tokio::test]
async fn a_damaged_text_costs_nothing_but_itself() {
    let body = r#"{"RequestId":"a\ud83db","Addresses":["x"],"New":"\udead"}"#;
    let server = Server::start([ok(body)]).await;
    let reply = server.client().request(assign()).send_with_meta().await;
    let reply = reply.unwrap();
    assert_eq!(reply.value.request_id.as_deref(), Some("a\u{fffd}b"));
    assert_eq!(reply.value.addresses, Some(vec!["x".to_owned()]));
    let skipped: Vec<_> = reply.skipped().iter().map(ToString::to_string).collect();
    assert_eq!(
        skipped,
        ["the whole: expected undamaged JSON, found half of a surrogate pair at byte 15"]
    );

    let untyped = server.client().untyped();
    let call = untyped.request("Assign", serde_json::json!({"Eni": "e"}));
    let reply = call.unwrap().send_with_meta().await.unwrap();
    assert_eq!(reply.value["RequestId"], "a\u{fffd}b");
    assert_eq!(reply.skipped().len(), 1);

    let strict = server.builder().strict_responses(true).build().unwrap();
    for error in [
        strict.send(assign()).await.unwrap_err().into(),
        strict
            .untyped()
            .call("Assign", serde_json::json!({"Eni": "e"}))
            .await
            .unwrap_err(),
    ] {
        let error: Error = error;
        assert!(matches!(error, Error::Response(_)), "{error}");
        assert!(error.is_ambiguous());
    }

    let blocking = {
        let url = server.url();
        tokio::task::spawn_blocking(move || {
            blocking::Client::<Net>::builder()
                .region("cn-hangzhou")
                .endpoint(url)
                .credentials(Credentials::new("i", "s"))
                .build()
                .unwrap()
                .request(assign())
                .send_with_meta()
                .unwrap()
                .skipped()
                .len()
        })
    };
    assert_eq!(blocking.await.unwrap(), 1);
}

#[tokio::test]
async fn a_mistyped_field_costs_itself_and_is_told() {
    let body = r#"{"TotalCount":"-","pageSize":20,"Items":{"item":[{"name":"a"},"-"]}}"#;
    let server = Server::start([ok(body)]).await;
    let reply = server.client().request(Describe::default());
    let reply = reply.send_with_meta().await.unwrap();
    let items = reply.value.items.clone();
    assert_eq!(items[0].name.as_deref(), Some("a"));
    assert_eq!((items.len(), reply.value.page_size), (1, Some(20)));
    assert_eq!(reply.value.total_count, None);
    let skipped: Vec<_> = reply.skipped().iter().map(ToString::to_string).collect();
    assert_eq!(
        skipped,
        [
            r#"TotalCount: expected a whole number, found the text "-""#,
            r#"Items.Item[1]: expected an object, found the text "-""#,
        ]
    );
    let strict = server.builder().strict_responses(true).build().unwrap();
    let error = strict.send(Describe::default()).await.unwrap_err();
    let Error::Response(response) = &error else {
        panic!("{error}")
    };
    assert_eq!(response.path(), Some("TotalCount"));
}

/// A number in another dress is that number or is left out, and never its neighbour.
#[tokio::test]
async fn whole_numbers_are_exact_or_skipped() {
    for (written, expected) in [
        (r#""9007199254740993.0""#, Some(9_007_199_254_740_993)),
        (r#""9.223372036854775806e18""#, Some(i64::MAX - 1)),
        (r#""-9223372036854775808""#, Some(i64::MIN)),
        ("42.0", Some(42)),
        ("9007199254740993.0", None),
        ("9223372036854775808", None),
        (r#""9223372036854775808""#, None),
        (r#""4.5""#, None),
    ] {
        let body = format!(r#"{{"TotalCount":{written}}}"#);
        let server = Server::start([ok(&body)]).await;
        let reply = server.client().request(Describe::default());
        let reply = reply.send_with_meta().await.unwrap();
        assert_eq!(reply.value.total_count, expected, "{written}");
        assert_eq!(reply.skipped().is_empty(), expected.is_some(), "{written}");
    }
    // A text is that number too, or nothing.
    let body =
        r#"{"Items":{"Item":[{"Name":18446744073709551615},{"Name":18446744073709551616}]}}"#;
    let server = Server::start([ok(body)]).await;
    let reply = server.client().request(Describe::default());
    let reply = reply.send_with_meta().await.unwrap();
    let names: Vec<_> = reply
        .value
        .items
        .iter()
        .map(|item| item.name.as_deref())
        .collect();
    assert_eq!(names, [Some("18446744073709551615"), None]);
    assert_eq!(
        reply.skipped()[0].to_string(),
        "Items.Item[1].Name: expected text, found the number 1.8446744073709552e+19"
    );
}

#[tokio::test]
async fn null_is_no_response() {
    for body in ["null", r#""""#, " null\n", "[]", "1", "\u{feff}null"] {
        let error = failed(ok(body)).await;
        assert!(matches!(error, Error::Response(_)), "{error}");
        assert!(error.is_ambiguous() && !error.is_retryable());

        let server = Server::start([ok(body)]).await;
        let untyped = server.client().untyped();
        let by_name = untyped
            .call("Assign", serde_json::json!({"Eni": "e"}))
            .await;
        assert_eq!(
            by_name.unwrap_err().to_string(),
            error.to_string(),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_code_is_found_behind_a_message_of_any_length() {
    let long = "POST&%2F&x%253D".repeat(20_000);
    assert!(long.len() > 256 * 1024);
    let last = format!(r#"{{"RequestId":"R","Message":"{long}","Code":"SignatureDoesNotMatch"}}"#);
    let first = format!(r#"{{"Code":"SignatureDoesNotMatch","Message":"{long}","RequestId":"R"}}"#);
    let xml = format!(
        "<Error><Message>{long}</Message><RequestId>R</RequestId><Code>SignatureDoesNotMatch</Code></Error>"
    );
    for body in [last, first, xml] {
        let error = failed(Answer::Http(400, vec![], body)).await;
        assert_eq!(error.code_text(), Some("SignatureDoesNotMatch"));
        assert_eq!(error.request_id(), Some("R"));
        let Error::Service(service) = &error else {
            panic!("{error}")
        };
        assert!(service.message().starts_with("POST&%2F&x"));
        assert!(service.message().len() < 20_000);
    }
    // Longer than anything that is read: what stands before the cut counts.
    let endless = format!(
        r#"{{"Code":"SignatureDoesNotMatch","Message":"{}"#,
        "x".repeat(9 << 20)
    );
    let error = failed(Answer::Http(400, vec![], endless)).await;
    assert_eq!(error.code_text(), Some("SignatureDoesNotMatch"));
}

#[tokio::test]
async fn a_code_beside_damage_is_repeated() {
    for body in [
        r#"{"Code":"Throttling","Message":"\ud83d","RequestId":"R"}"#,
        "{\"Message\":\"a\nb\",\"Code\":\"Throttling\"}",
        "\u{feff}{\"Code\":\"Throttling\",}",
        "\u{feff}<Error><Code>Throttling</Code></Error>",
        r#"{"Error":{"Code":"Throttling","Message":"m"},"RequestId":"R"}"#,
        r#"{"error":{"code":"Throttling"},"message":"m"}"#,
    ] {
        let throttled = Answer::Http(400, vec![], body.to_owned());
        let server = Server::start([throttled, ok("{}")]).await;
        server.client().send(assign()).await.unwrap();
        assert_eq!(server.received().len(), 2, "{body}");
    }
}

#[tokio::test]
async fn outcomes_are_told_in_many_ways() {
    let failures = [
        (
            r#"{"Success":false,"Code":"iot.x","ErrorMessage":"no"}"#,
            "iot.x: no",
        ),
        (r#"{"Success":false,"ErrorCode":"x"}"#, "x"),
        (
            r#"{"success":"false","errorCode":7,"errorMsg":"no"}"#,
            "7: no",
        ),
        (r#"{"ErrorCode":"x","ErrorMessage":"no"}"#, "x: no"),
        (r#"{"Success":false,"Code":"200","ErrorCode":"x"}"#, "x"),
        (
            r#"{"Success":false,"ErrorMessage":"no"}"#,
            "without a code: no",
        ),
        (r#"{"error_code":"x","err_msg":"no"}"#, "x: no"),
        (
            r#"{"Code":"x","Message":"plain","ErrorMessage":"other"}"#,
            "x: plain",
        ),
        (
            "<R><Success>false</Success><errorCode>x</errorCode></R>",
            "x",
        ),
    ];
    for (body, told) in failures {
        let error = failed(ok(body)).await;
        assert_eq!(error.to_string(), format!("Assign: 200 {told}"), "{body}");
        assert!(error.is_ambiguous() && !error.is_retryable(), "{body}");
    }
    for body in [
        r#"{"Success":true,"ErrorCode":"x","ErrorMessage":"no"}"#,
        r#"{"ErrorCode":"0"}"#,
        r#"{"ErrorCode":0,"ErrorMessage":""}"#,
        r#"{"ErrorCode":"","Success":null}"#,
        r#"{"Deep":{"Success":false,"ErrorCode":"x"}}"#,
    ] {
        assigned(ok(body)).await.unwrap();
    }
}

#[tokio::test]
async fn codes_of_success_are_data_that_a_caller_can_widen() {
    let server = Server::start([ok(r#"{"Code":"1","RequestId":"R"}"#)]).await;
    let error = server.client().send(assign()).await.unwrap_err();
    assert_eq!(error.to_string(), "Assign: 200 1 (request R)");
    assert!(error.is_ambiguous() && !error.is_retryable());
    let wide = server.builder().success_codes(["1", "Done"]).build();
    let wide = wide.unwrap();
    wide.send(assign()).await.unwrap();
    let untyped = wide.untyped();
    let request = serde_json::json!({ "Eni": "e" });
    untyped.call("Assign", request.clone()).await.unwrap();
    let client = DynClient::builder(&NET)
        .region("cn-hangzhou")
        .endpoint(server.url())
        .credentials(Credentials::new("i", "s"))
        .signature(SignatureKind::Rpc)
        .success_codes(["1"])
        .build()
        .unwrap();
    client.call("Assign", request).await.unwrap();
}

#[tokio::test]
async fn errors_in_xml_are_read_whatever_their_dress() {
    for body in [
        "<Error><Code lang=\"en\">A.B</Code><Message>m</Message><RequestId>R</RequestId></Error>",
        "<ERROR><CODE>A.B</CODE><MESSAGE>m</MESSAGE><REQUESTID>R</REQUESTID></ERROR>",
        "<?xml version='1.0'?><e:Error xmlns:e='x'><e:code>\n A.B </e:code><e:message/>\
         <e:Message><![CDATA[m]]></e:Message><e:requestId>R</e:requestId></e:Error>",
        "<Error><ErrorCode>A.B</ErrorCode><ErrorMessage>&#109;</ErrorMessage><RequestId>R</RequestId></Error>",
    ] {
        let error = failed(Answer::Http(400, vec![], body.to_owned())).await;
        assert_eq!(
            error.to_string(),
            "Assign: 400 A.B: m (request R)",
            "{body}"
        );
    }
    for body in [
        r#"{"errorCode":"A.B","errorMessage":"m","requestId":"R"}"#,
        r#"{"ErrorCode":"A.B","ErrorMessage":"m","RequestId":"R"}"#,
        r#"{"error_code":"A.B","error_message":"m","request_id":"R"}"#,
    ] {
        let error = failed(Answer::Http(400, vec![], body.to_owned())).await;
        assert_eq!(
            error.to_string(),
            "Assign: 400 A.B: m (request R)",
            "{body}"
        );
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(body).unwrap();
    writer.finish().unwrap()
}

#[tokio::test]
async fn compression_is_recognised_in_any_case() {
    let body = gzip(br#"{"RequestId":"R"}"#);
    for name in ["gzip", "GZIP", "Gzip", "x-gzip"] {
        let response = assigned(Answer::Encoded(200, name, body.clone())).await;
        assert_eq!(response.unwrap().request_id.as_deref(), Some("R"), "{name}");
    }
    let body = gzip(br#"{"Code":"A.B","Message":"m"}"#);
    let error = failed(Answer::Encoded(400, "GZIP", body.clone())).await;
    assert_eq!(error.code_text(), Some("A.B"));
    let error = failed(Answer::Encoded(200, "br", body.clone())).await;
    assert_eq!(
        chain(&error)[1],
        "it is compressed as `br`, which was not asked for"
    );
    let error = failed(Answer::Encoded(200, "GZIP", body[..20].to_vec())).await;
    assert!(
        error.to_string().contains("cannot be decompressed"),
        "{error}"
    );
    // The limit holds for what comes out of it.
    let server = Server::start([Answer::Encoded(200, "GZIP", gzip(&[b' '; 100_000]))]).await;
    let client = server.builder().max_response_size(50_000).build().unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
}

#[tokio::test]
async fn the_deadline_holds_while_much_is_decompressed() {
    // A gigabyte of white space, in members of 64 MiB.
    let member = gzip(&vec![b' '; 64 << 20]);
    let body = member.repeat(16);
    for name in ["gzip", "GZIP"] {
        let server = Server::start([Answer::Encoded(200, name, body.clone())]).await;
        let client = server
            .builder()
            .max_response_size(usize::MAX)
            .deadline(Duration::from_millis(300))
            .build()
            .unwrap();
        let error = client.send(assign()).await.unwrap_err();
        let Error::Transport(transport) = &error else {
            panic!("{error}")
        };
        let kind = alicloud_runtime::error::TransportKind::Deadline;
        assert_eq!(transport.kind(), kind, "{name}: {error:?}");
    }
}

#[tokio::test]
async fn every_reason_is_told_once() {
    let unreached = Client::unreachable();
    let errors: [Error; 5] = [
        failed(ok("<html>")).await.into(),
        failed(ok("[]")).await.into(),
        failed(Answer::Close).await.into(),
        failed(Answer::Encoded(200, "GZIP", vec![1, 2, 3]))
            .await
            .into(),
        unreached.send(assign()).await.unwrap_err().into(),
    ];
    for error in errors {
        let texts = chain(&error);
        for (index, text) in texts.iter().enumerate() {
            let again = texts
                .iter()
                .skip(index + 1)
                .any(|other| text.contains(other.as_str()) || other.contains(text.as_str()));
            assert!(!again, "{texts:#?}");
        }
    }
}

struct Client;

impl Client {
    /// A client of a host where nobody listens.
    fn unreachable() -> alicloud_runtime::client::Client<Net> {
        alicloud_runtime::client::Client::<Net>::builder()
            .region("cn-hangzhou")
            .endpoint("http://127.0.0.1:1")
            .credentials(Credentials::new("i", "s"))
            .retry(RetrySettings::off())
            .build()
            .unwrap()
    }
}

#[tokio::test]
async fn control_characters_never_reach_a_terminal() {
    let nasty = "\u{1b}[2J\u{9b}31m\u{7}\r\u{202e}x";
    let body = serde_json::json!({
        "Code": format!("A{nasty}"), "Message": format!("line\none {nasty}"), "RequestId": nasty,
        "HostId": nasty, "Recommend": nasty, "AccessDeniedDetail": { nasty: nasty },
    });
    let error = failed(Answer::Http(400, vec![], body.to_string())).await;
    let Error::Service(service) = &error else {
        panic!("{error}")
    };
    let detail = service.access_denied_detail().unwrap().to_string();
    let texts = [
        error.to_string(),
        service.code_text().to_owned(),
        service.message().replace('\n', ""),
        service.request_id().unwrap().to_owned(),
        service.host_id().unwrap().to_owned(),
        service.recommend().unwrap().to_owned(),
        detail,
    ];
    let page = failed(Answer::Http(502, vec![], format!("<b>{nasty}"))).await;
    let mistyped = format!(r#"{{"Items":{}}}"#, serde_json::json!(nasty));
    let server = Server::start([ok(&mistyped)]).await;
    let strict = server.builder().strict_responses(true).build().unwrap();
    let mistyped = strict.send(Describe::default()).await.unwrap_err();
    for text in texts
        .iter()
        .chain([&page.to_string(), &mistyped.to_string()])
    {
        let acts = |c: char| c.is_control() || c == '\u{202e}';
        assert!(!text.contains(acts), "{text:?}");
    }
    assert!(error.to_string().contains("line one "), "{error}");
}

#[tokio::test]
async fn echoes_are_found_wherever_they_stand() {
    let secret = "p&ss+w/rd=\"";
    let form = "p%26ss%2bw%2frd%3d%22";
    let html = "p&amp;ss+w/rd=&quot;";
    let json = r#"p\u0026ss\u002Bw\/rd\u003d\""#;
    let body = serde_json::json!({
        "Code": format!("A.{form}"), "Message": format!("{form} {html} {json} {secret}"),
        "RequestId": form, "HostId": html,
        "AccessDeniedDetail": { "Text": [json, { form: html }] },
    });
    let answer = Answer::Http(
        400,
        vec![("content-type", format!("text/{form}"))],
        body.to_string(),
    );
    let page = Answer::Http(
        502,
        vec![("content-type", format!("text/{form}"))],
        html.to_owned(),
    );
    let page = page.header("x-acs-request-id", form);
    let server = Server::start([answer, page.clone(), page]).await;
    let client = server.builder().retry(RetrySettings::off());
    let client = client.build().unwrap();
    let call = || client.request(assign()).parameter("LoginPassword", secret);
    assert!(
        call()
            .preview()
            .unwrap()
            .to_string()
            .contains("LoginPassword = ***")
    );
    let error = call().send().await.unwrap_err();
    let Error::Service(service) = &error else {
        panic!("{error}")
    };
    assert_eq!(service.message(), "*** *** *** ***");
    assert_eq!(service.request_id(), Some("***"));
    assert_eq!(service.host_id(), Some("***"));
    assert_eq!(
        service.access_denied_detail().unwrap().to_string(),
        r#"{"Text":["***",{"***":"***"}]}"#
    );
    assert_eq!(service.code_text(), "A.***");
    let error = call().send().await.unwrap_err();
    let Error::Response(response) = &error else {
        panic!("{error}")
    };
    assert_eq!(response.content_type(), Some("text/***"));
    assert_eq!(response.excerpt(), "***");
    assert_eq!(error.request_id(), Some("***"));
    assert!(error.source().is_none());
}

#[tokio::test]
async fn a_dry_run_answered_with_success_keeps_the_answer() {
    let server = Server::start([ok(r#"{"RequestId":"R","Addresses":["a"]}"#)]).await;
    let passed = server.client().request(assign()).dry_run().await.unwrap();
    assert_eq!(
        passed.answer().unwrap(),
        r#"{"RequestId":"R","Addresses":["a"]}"#
    );
    let server = Server::start([error(400, "DryRunOperation", "ok")]).await;
    let passed = server.client().request(assign()).dry_run().await.unwrap();
    assert_eq!(passed.answer(), None);
    assert_eq!(passed.request_id(), Some("REQ-1"));
}

#[tokio::test]
async fn a_url_that_is_too_long_is_told_with_its_limit() {
    let server = Server::start([ok("{}")]).await;
    let long = "x".repeat(65_000);
    for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
        let client = server.builder().signature(kind).build().unwrap();
        client
            .request(assign())
            .parameter("Data", &long)
            .send()
            .await
            .unwrap();
        let error = client
            .request(assign())
            .parameter("Data", format!("{long}{}", "y".repeat(600)))
            .send()
            .await
            .unwrap_err();
        let text = error.to_string();
        let (start, rest) = text.split_once(" bytes, ").unwrap();
        let length = start.strip_prefix("Assign: the URL would have ").unwrap();
        assert!(length.parse::<usize>().unwrap() > 65_534);
        assert_eq!(
            rest,
            "at most 65534 can be sent; the longest parameter is `Data` with 65600 bytes: send \
             less in one request, such as fewer or shorter values"
        );
        // A list is long as a whole.
        let names = Describe {
            names: Some(vec!["x".repeat(100); 700]),
            status: Some("y".repeat(1000)),
            ..Describe::default()
        };
        let error = client.send(names).await.unwrap_err().to_string();
        let which = "; the longest parameter is `Names` with 70000 bytes in 700 values: send less";
        assert!(error.contains(which), "{error}");
    }
    assert_eq!(server.received().len(), 2);
    let error = failed(Answer::Http(414, vec![], "<html>".to_owned())).await;
    assert!(
        error
            .to_string()
            .starts_with("Assign: status 414: the URL is longer than the server takes; "),
        "{error}"
    );
}
