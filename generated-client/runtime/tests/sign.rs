//! Both signatures, against known ones and against a second implementation.

#[allow(dead_code, unreachable_pub, missing_docs)]
#[path = "../../schema/tests/sample/mod.rs"]
mod sample;

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use alicloud_runtime::{
    credentials::{Credentials, Secret},
    encode::{Parameters, encode},
    operation::{Method, SignatureKind},
    record::{Bytes, Location, Record},
    sign::{Signed, Unsigned, acs3, canonical_query, nonce, rpc, sign, timestamp},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use serde::Deserialize;
use sha1::Sha1;

#[derive(Deserialize)]
struct Signatures {
    rpc: Vec<RpcCase>,
    acs3: Vec<Acs3Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RpcCase {
    title: String,
    method: String,
    access_key_secret: String,
    parameters: Vec<String>,
    canonical_query: String,
    string_to_sign: String,
    signature: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Acs3Case {
    title: String,
    method: String,
    path: String,
    access_key_id: String,
    access_key_secret: String,
    query: Vec<String>,
    headers: Vec<String>,
    body: String,
    canonical_request: Vec<String>,
    string_to_sign: Vec<String>,
    authorization: String,
}

fn signatures() -> Signatures {
    serde_json::from_str(include_str!("fixtures/signatures.json")).expect("the fixture is valid")
}

fn split<'a>(lines: &'a [String], by: &str) -> Vec<(&'a str, &'a str)> {
    lines
        .iter()
        .map(|line| line.split_once(by).expect("name and value"))
        .collect()
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "POST" => Method::Post,
        other => panic!("no method {other}"),
    }
}

/// The time that is written so.
fn time(text: &str) -> SystemTime {
    humantime::parse_rfc3339(text).expect("a time")
}

fn header<'a>(signed: &'a Signed, name: &str) -> Option<&'a str> {
    let found = signed.headers.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str())
}

/// The parameters of a query or form, decoded, in the order in which they stand.
fn decode(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').expect("every parameter has a `=`");
            (percent_decode(name), percent_decode(value))
        })
        .collect()
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        assert!(
            first == '%' || first.is_ascii_alphanumeric() || "-_.~".contains(first),
            "{first:?} is not encoded in {text}"
        );
        if first == '%' {
            let digits = &rest[1..3];
            assert_eq!(digits, digits.to_uppercase());
            bytes.push(u8::from_str_radix(digits, 16).expect("hex"));
            rest = &rest[3..];
        } else {
            bytes.push(first as u8);
            rest = &rest[1..];
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn query(signed: &Signed) -> &str {
    let path_and_query = signed.path_and_query.as_str();
    path_and_query.strip_prefix("/?").unwrap_or_else(|| {
        assert_eq!(path_and_query, "/");
        ""
    })
}

fn encoded(request: &dyn Record) -> Parameters {
    let mut parameters = Parameters::default();
    encode(request, &mut parameters);
    parameters
}

fn unsigned<'a>(parameters: &'a Parameters, credentials: Option<&'a Credentials>) -> Unsigned<'a> {
    Unsigned {
        method: Method::Post,
        host: "ecs.cn-hangzhou.aliyuncs.com",
        action: "AssignIpv6Addresses",
        version: "2014-05-26",
        parameters,
        credentials,
        nonce: "aia-nonce-1",
        time: time("2024-01-02T03:04:05Z"),
    }
}

fn temporary() -> Credentials {
    let mut credentials = Credentials::new("STS.id", "the-secret");
    credentials.security_token = Some(Secret::new("token/+="));
    credentials
}

#[test]
fn known_rpc_signatures() {
    let cases = signatures().rpc;
    assert_eq!(cases.len(), 5);
    for case in cases {
        let parameters = split(&case.parameters, "=");
        let string_to_sign = rpc::string_to_sign(method(&case.method), &parameters);
        assert_eq!(
            canonical_query(&parameters),
            case.canonical_query,
            "{}",
            case.title
        );
        assert_eq!(string_to_sign, case.string_to_sign, "{}", case.title);
        assert_eq!(
            rpc::signature(&case.access_key_secret, &string_to_sign),
            case.signature,
            "{}",
            case.title
        );
    }
}

#[test]
fn known_acs3_signatures() {
    let cases = signatures().acs3;
    assert_eq!(cases.len(), 3);
    for case in cases {
        let query = canonical_query(&split(&case.query, "="));
        let mut headers = split(&case.headers, ": ");
        headers.sort_unstable();
        let content_sha256 = acs3::sha256_hex(case.body.as_bytes());
        let parts = acs3::Parts {
            method: &case.method,
            path: &case.path,
            query: &query,
            headers: &headers,
            content_sha256: &content_sha256,
        };
        let canonical = parts.canonical_request();
        assert_eq!(
            canonical,
            case.canonical_request.join("\n"),
            "{}",
            case.title
        );
        assert_eq!(
            acs3::string_to_sign(&canonical),
            case.string_to_sign.join("\n"),
            "{}",
            case.title
        );
        assert_eq!(
            acs3::authorization(&case.access_key_id, &case.access_key_secret, &parts),
            case.authorization,
            "{}",
            case.title
        );
    }
}

/// The known signatures of complete requests come out of `sign` too.
#[test]
fn whole_requests_get_the_known_signatures() {
    let common = [
        "AccessKeyId",
        "Action",
        "Format",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureVersion",
        "Timestamp",
        "Version",
    ];
    let mut tried = 0;
    for case in signatures().rpc {
        let all: BTreeMap<_, _> = split(&case.parameters, "=").into_iter().collect();
        if all["Format"] != "JSON" || humantime::parse_rfc3339(all["Timestamp"]).is_err() {
            continue;
        }
        let mut parameters = Parameters::default();
        for (name, value) in all.iter().filter(|(name, _)| !common.contains(name)) {
            parameters.push(Location::Query, name, value);
        }
        let credentials = Credentials::new(all["AccessKeyId"], case.access_key_secret);
        let signed = sign(
            SignatureKind::Rpc,
            &Unsigned {
                method: method(&case.method),
                action: all["Action"],
                version: all["Version"],
                nonce: all["SignatureNonce"],
                time: time(all["Timestamp"]),
                ..unsigned(&parameters, Some(&credentials))
            },
        );
        let (canonical, signature) = query(&signed)
            .rsplit_once("&Signature=")
            .expect("a signature");
        assert_eq!(canonical, case.canonical_query);
        assert_eq!(percent_decode(signature), case.signature);
        tried += 1;
    }
    for case in signatures().acs3 {
        let headers: BTreeMap<_, _> = split(&case.headers, ": ").into_iter().collect();
        let mut parameters = Parameters::default();
        for (name, value) in split(&case.query, "=") {
            parameters.push(Location::Query, name, value);
        }
        let form = [case.body.clone()];
        for (name, value) in split(&form[..usize::from(!case.body.is_empty())], "=") {
            parameters.push(Location::Form, name, value);
        }
        let credentials = Credentials::new(case.access_key_id, case.access_key_secret);
        let signed = sign(
            SignatureKind::Acs3,
            &Unsigned {
                method: method(&case.method),
                host: headers["host"],
                action: headers["x-acs-action"],
                version: headers["x-acs-version"],
                nonce: headers["x-acs-signature-nonce"],
                time: time(headers["x-acs-date"]),
                ..unsigned(&parameters, Some(&credentials))
            },
        );
        assert_eq!(
            header(&signed, "authorization"),
            Some(case.authorization.as_str())
        );
        assert_eq!(signed.body, case.body.as_bytes());
        tried += 1;
    }
    assert_eq!(tried, 5);
}

#[test]
fn an_rpc_request_in_full() {
    let parameters = encoded(&sample::Moderate {
        service: Some("a text*".to_owned()),
        region_id: Some("cn-hangzhou".to_owned()),
    });
    let credentials = temporary();
    let signed = sign(
        SignatureKind::Rpc,
        &unsigned(&parameters, Some(&credentials)),
    );
    let (rest, signature) = signed
        .path_and_query
        .rsplit_once("&Signature=")
        .expect("a signature");
    assert_eq!(
        rest,
        "/?AccessKeyId=STS.id&Action=AssignIpv6Addresses&Format=JSON&RegionId=cn-hangzhou\
         &SecurityToken=token%2F%2B%3D&SignatureMethod=HMAC-SHA1&SignatureNonce=aia-nonce-1\
         &SignatureVersion=1.0&Timestamp=2024-01-02T03%3A04%3A05Z&Version=2014-05-26"
    );
    assert_eq!(signed.body, b"Service=a%20text%2A");
    assert_eq!(
        signed.headers,
        [
            ("accept", "application/json".to_owned()),
            (
                "content-type",
                "application/x-www-form-urlencoded".to_owned()
            ),
        ]
    );
    // Query and form are signed together.
    let mut all = decode(query(&signed));
    all.extend(decode("Service=a%20text%2A"));
    assert_eq!(
        percent_decode(signature),
        naive_rpc("POST", "the-secret", &all).1
    );
}

#[test]
fn an_acs3_request_in_full() {
    let parameters = encoded(&sample::Moderate {
        service: Some("a text*".to_owned()),
        region_id: Some("cn-hangzhou".to_owned()),
    });
    let credentials = temporary();
    let signed = sign(
        SignatureKind::Acs3,
        &unsigned(&parameters, Some(&credentials)),
    );
    assert_eq!(signed.path_and_query, "/?RegionId=cn-hangzhou");
    assert_eq!(signed.body, b"Service=a%20text%2A");
    let names: Vec<_> = signed.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "accept",
            "authorization",
            "content-type",
            "x-acs-action",
            "x-acs-content-sha256",
            "x-acs-date",
            "x-acs-security-token",
            "x-acs-signature-nonce",
            "x-acs-version",
        ]
    );
    assert_eq!(header(&signed, "x-acs-security-token"), Some("token/+="));
    assert!(
        header(&signed, "authorization")
            .expect("signed")
            .starts_with(
                "ACS3-HMAC-SHA256 Credential=STS.id,SignedHeaders=content-type;host;x-acs-action;\
                 x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;\
                 x-acs-version,Signature="
            )
    );
}

#[test]
fn a_body_parameter_leaves_no_room_for_a_form() {
    let parameters = encoded(&sample::Upload {
        name: Some("n".to_owned()),
        form: Some("f".to_owned()),
        content: Some(Bytes::from(*b"\0\xff")),
    });
    let credentials = Credentials::new("id", "secret");
    for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
        let signed = sign(kind, &unsigned(&parameters, Some(&credentials)));
        assert_eq!(signed.body, b"\0\xff");
        assert_eq!(
            header(&signed, "content-type"),
            Some("application/octet-stream")
        );
        let sent = decode(query(&signed));
        assert!(sent.contains(&("Form".to_owned(), "f".to_owned())));
        assert!(sent.contains(&("Name".to_owned(), "n".to_owned())));
    }
}

#[test]
fn a_get_has_no_form() {
    let parameters = encoded(&sample::Moderate {
        service: Some("s".to_owned()),
        region_id: None,
    });
    for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
        let signed = sign(
            kind,
            &Unsigned {
                method: Method::Get,
                ..unsigned(&parameters, None)
            },
        );
        assert!(signed.body.is_empty());
        assert!(decode(query(&signed)).contains(&("Service".to_owned(), "s".to_owned())));
    }
}

#[test]
fn an_anonymous_request_has_no_part_of_a_signature() {
    let parameters = encoded(&sample::Assign::default());
    let signed = sign(SignatureKind::Rpc, &unsigned(&parameters, None));
    assert_eq!(
        signed.path_and_query,
        "/?Action=AssignIpv6Addresses&Format=JSON&NetworkInterfaceId=&SignatureNonce=aia-nonce-1\
         &Timestamp=2024-01-02T03%3A04%3A05Z&Version=2014-05-26"
    );
    let signed = sign(SignatureKind::Acs3, &unsigned(&parameters, None));
    assert_eq!(header(&signed, "authorization"), None);
    assert_eq!(header(&signed, "x-acs-action"), Some("AssignIpv6Addresses"));
}

#[test]
fn parameters_of_the_host_stay_out() {
    let parameters = encoded(&sample::Everything {
        host: Some("bucket".to_owned()),
        ..sample::Everything::default()
    });
    for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
        let signed = sign(kind, &unsigned(&parameters, None));
        assert!(!signed.path_and_query.contains("bucket"));
        assert!(signed.path_and_query.contains("Id="));
    }
}

#[test]
fn a_parameter_takes_the_place_of_a_common_one() {
    let mut parameters = Parameters::default();
    parameters.push(Location::Query, "Format", "XML");
    parameters.push(Location::Query, "Signature", "forged");
    let credentials = Credentials::new("id", "secret");
    let signed = sign(
        SignatureKind::Rpc,
        &unsigned(&parameters, Some(&credentials)),
    );
    let sent = decode(query(&signed));
    let formats: Vec<_> = sent.iter().filter(|(name, _)| name == "Format").collect();
    assert_eq!(formats, [&("Format".to_owned(), "XML".to_owned())]);
    let signatures: Vec<_> = sent
        .iter()
        .filter(|(name, _)| name == "Signature")
        .collect();
    assert_eq!(signatures.len(), 1);
    assert_ne!(signatures[0].1, "forged");
}

#[test]
fn debug_shows_no_secret_and_no_value() {
    let parameters = encoded(&sample::Moderate {
        service: Some("hush-form".to_owned()),
        region_id: Some("hush-query".to_owned()),
    });
    let mut credentials = Credentials::new("hush-id", "hush-secret");
    credentials.security_token = Some(Secret::new("hush-token"));
    let shown = |kind| {
        format!(
            "{:?}",
            sign(kind, &unsigned(&parameters, Some(&credentials)))
        )
    };
    assert_eq!(
        shown(SignatureKind::Rpc),
        "Signed { parameters: [\"AccessKeyId\", \"Action\", \"Format\", \"RegionId\", \
         \"SecurityToken\", \"SignatureMethod\", \"SignatureNonce\", \"SignatureVersion\", \
         \"Timestamp\", \"Version\", \"Signature\"], headers: [\"accept\", \"content-type\"], \
         body_bytes: 17, .. }"
    );
    assert!(!shown(SignatureKind::Acs3).contains("hush"));
}

#[test]
fn times_are_whole_seconds_and_never_panic() {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(timestamp(at(0)), "1970-01-01T00:00:00Z");
    assert_eq!(
        timestamp(at(1_700_000_000) + Duration::from_millis(999)),
        "2023-11-14T22:13:20Z"
    );
    assert_eq!(
        timestamp(SystemTime::UNIX_EPOCH - Duration::from_secs(1)),
        "1970-01-01T00:00:00Z"
    );
    assert_eq!(timestamp(at(300_000_000_000)), "9999-12-31T23:59:59Z");
}

#[test]
fn nonces_are_32_hex_digits_and_differ() {
    let all: std::collections::HashSet<_> = (0..1000).map(|_| nonce()).collect();
    assert_eq!(all.len(), 1000);
    for nonce in all {
        assert_eq!(nonce.len(), 32);
        assert!(
            nonce
                .bytes()
                .all(|byte| b"0123456789abcdef".contains(&byte))
        );
    }
}

/// RFC 3986, byte by byte, by the letter.
fn naive_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

/// The canonical query and the signature, step by step as the protocol tells it.
fn naive_rpc(method: &str, secret: &str, all: &[(String, String)]) -> (String, String) {
    let mut sorted: Vec<_> = all.iter().filter(|(name, _)| name != "Signature").collect();
    sorted.sort_by(|one, other| one.0.as_bytes().cmp(other.0.as_bytes()));
    let canonical = sorted
        .iter()
        .map(|(name, value)| format!("{}={}", naive_encode(name), naive_encode(value)))
        .collect::<Vec<_>>()
        .join("&");
    let string_to_sign = format!("{method}&%2F&{}", naive_encode(&canonical));
    let mut mac = Hmac::<Sha1>::new_from_slice(format!("{secret}&").as_bytes()).expect("a key");
    mac.update(string_to_sign.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    (canonical, signature)
}

proptest! {
    #[test]
    fn rpc_agrees_with_a_second_implementation(
        given in prop::collection::btree_map("[^=&]{1,12}|[A-Za-z.0-9]{1,20}", ".{0,40}|[0-9a-f:]{0,40}", 0..30),
        in_form in any::<bool>(),
        secret in "[^\\s](.{0,78}[^\\s])?",
        get in any::<bool>(),
    ) {
        let mut parameters = Parameters::default();
        let location = if in_form { Location::Form } else { Location::Query };
        for (name, value) in &given {
            parameters.push(location, name, value);
        }
        let credentials = Credentials::new("id", secret.clone());
        let signed = sign(SignatureKind::Rpc, &Unsigned {
            method: if get { Method::Get } else { Method::Post },
            ..unsigned(&parameters, Some(&credentials))
        });

        let body = std::str::from_utf8(&signed.body).expect("a form is text");
        let mut sent = decode(query(&signed));
        sent.extend(decode(body));
        let signature = sent.iter().find(|(name, _)| name == "Signature").expect("a signature").1.clone();
        let (canonical, expected) = naive_rpc(if get { "GET" } else { "POST" }, &secret, &sent);
        prop_assert_eq!(signature, expected);
        if body.is_empty() {
            prop_assert_eq!(query(&signed).rsplit_once("&Signature=").expect("a signature").0, canonical);
        }
        for (name, value) in &given {
            prop_assert_eq!(sent.iter().filter(|(known, _)| known == name).count(), 1);
            if name != "Signature" {
                prop_assert!(sent.contains(&(name.clone(), value.clone())));
            }
        }
    }

    #[test]
    fn acs3_sends_and_signs_what_was_given(
        given in prop::collection::btree_map(".{1,12}|[A-Za-z.0-9]{1,20}", ".{0,40}", 0..30),
        in_form in any::<bool>(),
    ) {
        let mut parameters = Parameters::default();
        let location = if in_form { Location::Form } else { Location::Query };
        for (name, value) in &given {
            parameters.push(location, name, value);
        }
        let credentials = Credentials::new("id", "secret");
        let signed = sign(SignatureKind::Acs3, &unsigned(&parameters, Some(&credentials)));
        let body = std::str::from_utf8(&signed.body).expect("a form is text");
        let wire = if in_form { body } else { query(&signed) };
        let expected: Vec<_> = given.clone().into_iter().collect();
        prop_assert_eq!(decode(wire), expected, "in the order of the names");

        let host = [("host", "ecs.cn-hangzhou.aliyuncs.com")];
        let mut headers: Vec<_> = signed.headers.iter()
            .map(|(name, value)| (*name, value.as_str()))
            .filter(|(name, _)| name.starts_with("x-acs-") || *name == "content-type")
            .chain(host)
            .collect();
        headers.sort_unstable();
        let parts = acs3::Parts {
            method: "POST",
            path: "/",
            query: query(&signed),
            headers: &headers,
            content_sha256: &acs3::sha256_hex(&signed.body),
        };
        let expected = acs3::authorization("id", "secret", &parts);
        prop_assert_eq!(header(&signed, "authorization"), Some(expected.as_str()));
    }
}
