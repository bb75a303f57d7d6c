//! What other clients than ours send.

use alicloud_runtime::{
    fake::Endpoint,
    operation::{Method, SignatureKind},
};

use crate::{
    call::{Call, KINDS, send, start},
    product::PRODUCT,
};

/// The official clients send the headers of ACS3 with an RPC signature too.
#[tokio::test]
async fn what_carries_the_signature_tells_its_kind() {
    let endpoint = start().await;
    let call = Call::new(&endpoint, "List", &[]).signed_by(SignatureKind::Rpc);
    let mut signed = call.signed();
    for (name, value) in [
        ("x-acs-action", "List"),
        ("x-acs-version", "2020-01-01"),
        ("x-acs-date", "2020-01-01T00:00:00Z"),
        ("x-acs-signature-nonce", "another"),
    ] {
        signed.headers.push((name, value.to_owned()));
    }
    let answer = send(Method::Post, &endpoint.host(), &signed).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(endpoint.requests()[0].signature, SignatureKind::Rpc);
}

#[tokio::test]
async fn an_unsigned_request_may_name_its_operation_in_headers() {
    let endpoint = start().await;
    let mut signed = Call::new(&endpoint, "Ping", &[]).signed();
    signed.headers.retain(|(name, _)| *name != "authorization");
    let answer = send(Method::Post, &endpoint.host(), &signed).await;
    assert_eq!(answer.expect("an answer").status, 200);
}

#[tokio::test]
async fn booleans_are_read_in_any_case() {
    let endpoint = start().await;
    for flag in ["true", "True", "TRUE"] {
        let parameters = [
            ("RegionId", "cn-hangzhou"),
            ("InterfaceId", "eni-1"),
            ("AddressCount", "1"),
            ("DryRun", flag),
        ];
        let answer = Call::new(&endpoint, "Assign", &parameters).send().await;
        assert_eq!(answer.code(), (400, "DryRunOperation".to_owned()));
    }
    let parameters = [("RegionId", "cn-hangzhou"), ("DryRun", "yes")];
    let answer = Call::new(&endpoint, "Assign", &parameters).send().await;
    let said = answer.error().2;
    assert!(said.starts_with("DryRun: "), "{said}");
}

#[tokio::test]
async fn some_parameters_are_known_everywhere() {
    let endpoint = start().await;
    let everywhere = [
        ("RegionId", "cn-hangzhou"),
        ("OwnerId", "1"),
        ("OwnerAccount", "a"),
        ("ResourceOwnerId", "1"),
        ("ResourceOwnerAccount", "a"),
    ];
    for kind in KINDS {
        let call = Call::new(&endpoint, "List", &everywhere).signed_by(kind);
        let answer = call.send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let answer = Call::new(&endpoint, "List", &[("Owner", "1")]).send().await;
    assert_eq!(answer.code(), (400, "UnsupportedParameter".to_owned()));
}

#[tokio::test]
async fn a_setting_lets_unknown_parameters_pass() {
    let endpoint = Endpoint::builder(&[&PRODUCT])
        .allow_unknown_parameters()
        .start()
        .expect("a port");
    let new = [("NewOne", "1"), ("New.1.Two", "2"), ("Kind", "A")];
    let answer = Call::new(&endpoint, "List", &new).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let wrong = [("NewOne", "1"), ("Kind", "C")];
    let answer = Call::new(&endpoint, "List", &wrong).send().await;
    let (_, code, message) = answer.error();
    assert_eq!(code, "InvalidParameter");
    assert_eq!(message, "Kind: \"C\" is not allowed; allowed: A, B");
}
