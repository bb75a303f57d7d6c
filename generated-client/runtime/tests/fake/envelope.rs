//! Who sent a request, and when.

use std::time::{Duration, SystemTime};

use alicloud_runtime::{
    credentials::Credentials,
    operation::{Method, SignatureKind},
    record::Location,
    sign::nonce,
};

use crate::call::{Call, KINDS, send, start};

const GOOD: &[(&str, &str)] = &[
    ("RegionId", "cn-hangzhou"),
    ("InterfaceId", "eni-1 ä*+~"),
    ("AddressCount", "2"),
];

#[tokio::test]
async fn both_signatures_are_accepted_by_get_and_post() {
    let endpoint = start().await;
    for kind in KINDS {
        for method in [Method::Get, Method::Post] {
            let call = Call {
                method,
                ..Call::new(&endpoint, "Assign", GOOD).signed_by(kind)
            };
            let answer = call.send().await;
            assert_eq!(answer.status, 200, "{kind:?} {method:?}: {}", answer.text);
            let received = endpoint.requests().pop().expect("logged");
            assert_eq!(received.signature, kind);
            assert_eq!(received.operation, "Assign");
            assert_eq!(received.version, "2020-01-01");
            assert_eq!(received.access_key_id.as_deref(), Some("testid"));
            assert_eq!(received.nonce, call.nonce);
            assert_eq!(received.parameter("InterfaceId"), Some("eni-1 ä*+~"));
            assert_eq!(received.parameters.len(), GOOD.len());
        }
    }
}

#[tokio::test]
async fn a_form_and_a_body_are_signed() {
    let endpoint = start().await;
    for kind in KINDS {
        let mut call = Call::new(&endpoint, "Assign", &GOOD[..2]).signed_by(kind);
        call.parameters.push(Location::Form, "AddressCount", "2");
        assert_eq!(call.send().await.status, 200);

        let mut signed = Call {
            nonce: nonce(),
            ..call
        }
        .signed();
        signed.body = b"AddressCount=3".to_vec();
        let answer = send(Method::Post, &endpoint.host(), &signed)
            .await
            .expect("an answer");
        assert_eq!(answer.code(), (400, "SignatureDoesNotMatch".to_owned()));
    }

    let mut call = Call::new(&endpoint, "Put", &[("Name", "n")]);
    call.parameters.push(Location::Body, "Content", "bytes");
    let answer = call.send().await;
    let request_id = answer.header("x-acs-request-id");
    assert_eq!(
        answer.json(),
        serde_json::json!({ "RequestId": request_id })
    );
    let without = Call::new(&endpoint, "Put", &[("Name", "n")]).send().await;
    assert_eq!(
        without.error(),
        (
            400,
            "MissingParameter".to_owned(),
            "Content is required".to_owned()
        ),
        "what is in the host name is not asked for"
    );
}

#[tokio::test]
async fn a_wrong_secret_does_not_match() {
    let endpoint = start().await;
    for kind in KINDS {
        let call = Call {
            credentials: Some(Credentials::new("testid", "wrong")),
            ..Call::new(&endpoint, "Assign", GOOD).signed_by(kind)
        };
        let answer = call.send().await;
        assert_eq!(answer.code(), (400, "SignatureDoesNotMatch".to_owned()));
        let (_, _, message) = answer.error();
        let told = message
            .strip_prefix(
                "Specified signature is not matched with our calculation. \
                 server string to sign is:",
            )
            .expect(&message);
        match kind {
            // The vendor's older clients compare what is between the first and the second colon with
            // what they signed.
            SignatureKind::Rpc => {
                let begin = "POST&%2F&AccessKeyId%3Dtestid%26Action%3DAssign%26AddressCount%3D2%26";
                assert!(told.starts_with(begin), "{told}");
                assert!(told.ends_with("%26Version%3D2020-01-01"), "{told}");
                assert!(!told.contains(':'), "{told}");
            }
            SignatureKind::Acs3 => {
                let lines: Vec<_> = told.lines().collect();
                assert_eq!(lines[0], "ACS3-HMAC-SHA256");
                assert_eq!(lines[1].len(), 64, "a hash");
                assert_eq!(lines[2], "server canonical request is:POST");
                assert_eq!(lines[3], "/");
                assert!(lines[4].starts_with("AddressCount=2&"), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn a_media_type_is_the_same_in_any_case() {
    let endpoint = start().await;
    let call = Call::new(&endpoint, "Assign", &[]).signed_by(SignatureKind::Rpc);
    let mut signed = call.signed();
    // The signature is of the parameters, wherever they are.
    let (path, query) = signed.path_and_query.split_once('?').expect("a query");
    signed.body = query.as_bytes().to_vec();
    signed.path_and_query = path.to_owned();
    signed.headers.retain(|(name, _)| *name != "content-type");
    let kind = "Application/X-WWW-Form-URLEncoded; charset=UTF-8";
    signed.headers.push(("content-type", kind.to_owned()));
    let answer = send(Method::Post, &endpoint.host(), &signed).await;
    let (_, code, message) = answer.expect("an answer").error();
    assert_eq!(code, "MissingParameter");
    assert!(message.starts_with("RegionId is required"), "{message}");
}

#[tokio::test]
async fn what_was_changed_on_the_way_does_not_match() {
    let endpoint = start().await;
    for kind in KINDS {
        let mut signed = Call::new(&endpoint, "Assign", GOOD)
            .signed_by(kind)
            .signed();
        signed.path_and_query = signed.path_and_query.replace("cn-hangzhou", "cn-beijing");
        let answer = send(Method::Post, &endpoint.host(), &signed)
            .await
            .expect("an answer");
        assert_eq!(answer.code(), (400, "SignatureDoesNotMatch".to_owned()));
    }
}

#[tokio::test]
async fn an_unknown_or_revoked_key_is_not_found() {
    let endpoint = start().await;
    for kind in KINDS {
        let call = Call {
            credentials: Some(Credentials::new("nobody", "testsecret")),
            ..Call::new(&endpoint, "Assign", GOOD).signed_by(kind)
        };
        assert_eq!(
            call.send().await.code(),
            (404, "InvalidAccessKeyId.NotFound".to_owned())
        );
    }
    endpoint.revoke("testid");
    assert_eq!(
        Call::new(&endpoint, "Assign", GOOD).send().await.code(),
        (404, "InvalidAccessKeyId.NotFound".to_owned())
    );
}

#[tokio::test]
async fn a_temporary_key_needs_its_own_token() {
    let endpoint = start().await;
    let good = Credentials::new("STS.id", "secret").with_security_token("to/ken+");
    endpoint.accept(good.clone());
    for kind in KINDS {
        let code = async |credentials: Credentials| {
            Call {
                credentials: Some(credentials),
                ..Call::new(&endpoint, "Assign", GOOD).signed_by(kind)
            }
            .send()
            .await
            .code()
        };
        assert_eq!(code(good.clone()).await, (200, String::new()));
        assert_eq!(
            code(Credentials::new("STS.id", "secret")).await,
            (400, "MissingSecurityToken".to_owned())
        );
        assert_eq!(
            code(good.clone().with_security_token("other")).await,
            (400, "InvalidSecurityToken.MismatchWithAccessKey".to_owned())
        );
        assert_eq!(
            code(endpoint.credentials().with_security_token("superfluous")).await,
            (400, "InvalidSecurityToken.MismatchWithAccessKey".to_owned())
        );
    }
    endpoint.accept(good.clone().with_expiration(SystemTime::UNIX_EPOCH));
    let call = Call {
        credentials: Some(good),
        ..Call::new(&endpoint, "Assign", GOOD)
    };
    assert_eq!(
        call.send().await.code(),
        (403, "InvalidSecurityToken.Expired".to_owned())
    );
}

#[tokio::test]
async fn times_are_held_against_the_endpoints_clock() {
    let endpoint = start().await;
    for kind in KINDS {
        let code = async |time| {
            Call {
                time,
                ..Call::new(&endpoint, "Assign", GOOD).signed_by(kind)
            }
            .send()
            .await
            .code()
        };
        let minutes = |count: u64| Duration::from_secs(60 * count);
        let expired = (400, "InvalidTimeStamp.Expired".to_owned());
        endpoint.set_clock(0);
        assert_eq!(code(SystemTime::now() + minutes(14)).await.0, 200);
        assert_eq!(code(SystemTime::now() - minutes(14)).await.0, 200);
        assert_eq!(code(SystemTime::now() + minutes(17)).await, expired);
        assert_eq!(code(SystemTime::now() - minutes(17)).await, expired);

        endpoint.set_clock(3600);
        let call = Call::new(&endpoint, "Assign", GOOD).signed_by(kind);
        let answer = call.send().await;
        assert_eq!(answer.code(), expired);
        let server = httpdate::parse_http_date(answer.header("date")).expect("a date");
        assert!(server > SystemTime::now() + minutes(59));
        assert_eq!(code(server).await.0, 200, "the date of the answer helps");
    }
}

#[tokio::test]
async fn a_nonce_serves_once() {
    let endpoint = start().await;
    for kind in KINDS {
        let call = Call::new(&endpoint, "Assign", GOOD).signed_by(kind);
        assert_eq!(call.send().await.status, 200);
        assert_eq!(
            call.send().await.code(),
            (400, "SignatureNonceUsed".to_owned())
        );
    }
    // Even when the first request was answered from the queue.
    endpoint.fail_next("Assign", (503, "ServiceUnavailable", "later"));
    let call = Call::new(&endpoint, "Assign", GOOD);
    assert_eq!(call.send().await.status, 503);
    assert_eq!(
        call.send().await.code(),
        (400, "SignatureNonceUsed".to_owned())
    );
}

#[tokio::test]
async fn actions_and_versions_must_exist() {
    let endpoint = start().await;
    for kind in KINDS {
        let code = async |action: &str, version: &str| {
            Call {
                version: version.to_owned(),
                ..Call::new(&endpoint, action, GOOD).signed_by(kind)
            }
            .send()
            .await
            .code()
        };
        assert_eq!(
            code("assign", "2020-01-01").await,
            (404, "InvalidAction.NotFound".to_owned())
        );
        assert_eq!(
            code("Assign", "2019-01-01").await,
            (400, "NoSuchVersion".to_owned())
        );
        assert_eq!(
            code("", "2020-01-01").await,
            (400, "MissingParameter".to_owned())
        );
        assert_eq!(
            code("Assign", "").await,
            (400, "MissingParameter".to_owned())
        );
    }
}

#[tokio::test]
async fn missing_parts_of_a_signature_are_named() {
    let endpoint = start().await;
    let without = async |kind: SignatureKind, part: &str| {
        let mut signed = Call::new(&endpoint, "Assign", GOOD)
            .signed_by(kind)
            .signed();
        let (path, query) = signed.path_and_query.split_once('?').expect("a query");
        let kept: Vec<_> = query
            .split('&')
            .filter(|pair| pair.split('=').next() != Some(part))
            .collect();
        signed.path_and_query = format!("{path}?{}", kept.join("&"));
        signed.headers.retain(|(name, _)| *name != part);
        send(Method::Post, &endpoint.host(), &signed)
            .await
            .expect("an answer")
            .error()
    };
    let missing = |name: &str| {
        let message = format!("{name} is mandatory and was not given.");
        (400, "MissingParameter".to_owned(), message)
    };
    let incomplete = |what: &str| {
        let message = format!("The request signature does not conform to the standard: {what}.");
        (400, "IncompleteSignature".to_owned(), message)
    };
    for name in [
        "AccessKeyId",
        "SignatureNonce",
        "Timestamp",
        "SignatureMethod",
        "SignatureVersion",
    ] {
        assert_eq!(without(SignatureKind::Rpc, name).await, missing(name));
    }
    assert_eq!(
        without(SignatureKind::Rpc, "Signature").await,
        incomplete("there is no Signature")
    );
    for name in [
        "x-acs-signature-nonce",
        "x-acs-date",
        "x-acs-content-sha256",
    ] {
        assert_eq!(without(SignatureKind::Acs3, name).await, missing(name));
    }
    assert_eq!(
        without(SignatureKind::Acs3, "authorization").await,
        incomplete("the header authorization is missing or not readable")
    );

    let mut signed = Call::new(&endpoint, "Assign", GOOD).signed();
    signed.headers.push(("x-acs-extra", "unsigned".to_owned()));
    let answer = send(Method::Post, &endpoint.host(), &signed)
        .await
        .expect("an answer");
    assert_eq!(
        answer.error(),
        incomplete("the header x-acs-extra is not signed")
    );
}

#[tokio::test]
async fn an_anonymous_operation_takes_no_signature_but_checks_one() {
    let endpoint = start().await;
    for kind in KINDS {
        let mut call = Call {
            credentials: None,
            ..Call::new(&endpoint, "Ping", &[]).signed_by(kind)
        };
        assert_eq!(call.send().await.status, 200);
        call.credentials = Some(Credentials::new("testid", "wrong"));
        assert_eq!(
            call.send().await.code(),
            (400, "SignatureDoesNotMatch".to_owned())
        );
        let unsigned = Call {
            credentials: None,
            ..Call::new(&endpoint, "Assign", GOOD).signed_by(kind)
        };
        assert_eq!(
            unsigned.send().await.code(),
            (400, "IncompleteSignature".to_owned())
        );
    }
}

#[tokio::test]
async fn there_is_nothing_beside_the_root() {
    let endpoint = start().await;
    let mut signed = Call::new(&endpoint, "Assign", GOOD).signed();
    signed.path_and_query = signed.path_and_query.replacen('/', "/other", 1);
    let answer = send(Method::Post, &endpoint.host(), &signed)
        .await
        .expect("an answer");
    assert_eq!(answer.code(), (404, "InvalidAction.NotFound".to_owned()));
}

#[tokio::test]
async fn nothing_that_arrives_makes_it_fall() {
    let endpoint = start().await;
    for path_and_query in [
        "/",
        "/?",
        "/?&&=&%&%g0=%ff%&Action=%00",
        "/?Action=Assign&Version=2020-01-01&Signature=%2B&AccessKeyId=%F0%9F",
    ] {
        let signed = alicloud_runtime::sign::Signed {
            path_and_query: path_and_query.to_owned(),
            headers: vec![(
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            )],
            body: b"\xff=%%%&==".to_vec(),
        };
        let answer = send(Method::Post, &endpoint.host(), &signed)
            .await
            .expect("an answer");
        assert!(answer.text.contains("<Code>MissingParameter</Code>"));
    }
    assert_eq!(
        Call::new(&endpoint, "Assign", GOOD).send().await.status,
        200
    );
}

#[tokio::test]
async fn debug_shows_no_value() {
    let endpoint = start().await;
    Call::new(&endpoint, "Assign", GOOD)
        .signed_by(SignatureKind::Rpc)
        .send()
        .await;
    let received = endpoint.requests().remove(0);
    let shown = format!("{received:?} {endpoint:?}");
    assert!(shown.contains("InterfaceId"));
    assert!(!shown.contains("eni-1"));
    assert!(!shown.contains("testid"));
    assert!(!shown.contains("testsecret"));
}
