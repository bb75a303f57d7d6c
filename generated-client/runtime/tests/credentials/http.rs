//! Providers that ask over HTTP: STS, metadata service, credentials URI.

use std::{
    error::Error as _,
    fs,
    time::{Duration, UNIX_EPOCH},
};

use alicloud_runtime::{
    credentials::{
        AssumeRole, Cached, Clock, Context, Credentials, CredentialsUri, InstanceRole, Oidc,
        ProvideCredentials as _,
    },
    sign::acs3,
};

use crate::{
    chain::Told,
    context, key,
    server::{NOBODY, Request, Server, key_json, sts_json},
    triple, why,
};

const ROLE: &str = "acs:ram::1:role/r";
const LIST: &str = "GET /latest/meta-data/ram/security-credentials/";

fn source() -> Credentials {
    Credentials::new("source-id", "source-secret").with_security_token("source-token")
}

/// Signs what arrived once more, with the secret that the server knows.
fn expected_authorization(request: &Request, id: &str, secret: &str) -> String {
    let signed: Vec<(&str, &str)> = request
        .headers
        .iter()
        .filter(|(name, _)| {
            name.starts_with("x-acs-") || matches!(name.as_str(), "host" | "content-type")
        })
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let parts = acs3::Parts {
        method: &request.method,
        path: "/",
        query: "",
        headers: &signed,
        content_sha256: &acs3::sha256_hex(request.body.as_bytes()),
    };
    acs3::authorization(id, secret, &parts)
}

#[tokio::test]
async fn assume_role_sends_what_was_asked_for_and_signs_it() {
    let sts = Server::always(200, sts_json("role")).await;
    let role = AssumeRole::new(source(), ROLE)
        .session_name("nightly")
        .duration(Duration::from_secs(1800))
        .policy(r#"{"Version": "1"}"#)
        .external_id("agreed")
        .sts_endpoint(&sts.url);

    let credentials = alicloud_runtime::credentials::ProvideCredentials::provide(&role)
        .await
        .unwrap();
    assert_eq!(
        crate::parts(&credentials),
        triple("role-id", "role-secret", "role-token")
    );
    let end = humantime_2099();
    assert_eq!(credentials.expiration, Some(end));

    let request = sts.requests().remove(0);
    assert_eq!(request.line(), "POST /");
    assert_eq!(request.header("x-acs-action"), Some("AssumeRole"));
    assert_eq!(request.header("x-acs-version"), Some("2015-04-01"));
    assert_eq!(request.header("x-acs-security-token"), Some("source-token"));
    assert_eq!(
        request.header("authorization"),
        Some(expected_authorization(&request, "source-id", "source-secret").as_str())
    );
    let sent = [
        "RoleArn",
        "RoleSessionName",
        "DurationSeconds",
        "Policy",
        "ExternalId",
    ]
    .map(|name| request.form(name).unwrap());
    assert_eq!(
        sent,
        [ROLE, "nightly", "1800", r#"{"Version": "1"}"#, "agreed"]
    );
}

fn humantime_2099() -> std::time::SystemTime {
    // 2099-01-01T00:00:00Z
    std::time::UNIX_EPOCH + Duration::from_secs(4_070_908_800)
}

#[tokio::test]
async fn a_role_is_assumed_with_the_key_of_another_role() {
    let sts = Server::start(|request| {
        let role = request.form("RoleArn").unwrap();
        (200, sts_json(role.rsplit('/').next().unwrap()))
    })
    .await;
    let context = context(&[("ALIBABA_CLOUD_ROLE_SESSION_NAME", "from-variable")])
        .with_sts_endpoint(&sts.url);
    let first = AssumeRole::new(source(), "acs:ram::1:role/first").context(&context);
    let second = AssumeRole::new(first, "acs:ram::2:role/second").context(&context);

    assert_eq!(
        key(&second).await,
        triple("second-id", "second-secret", "second-token")
    );
    let requests = sts.requests();
    let signers = requests
        .iter()
        .map(|request| request.header("x-acs-security-token").unwrap())
        .collect::<Vec<_>>();
    assert_eq!(signers, ["source-token", "first-token"]);
    assert_eq!(
        requests[0].form("RoleSessionName").unwrap(),
        "from-variable"
    );
}

#[tokio::test]
async fn refusals_of_sts_are_told_with_code_and_request_id() {
    let cases = [
        (
            403,
            r#"{"Code": "NoPermission", "Message": "You are not authorized.", "RequestId": "R-1"}"#,
            "Refused: STS at HOST answered AssumeRole with HTTP 403, NoPermission: You are not authorized. (request R-1)",
        ),
        (
            400,
            r#"{"Code": "Throttling.User", "Message": "slow down", "RequestId": "R-2"}"#,
            "Unavailable: STS at HOST answered AssumeRole with HTTP 400, Throttling.User: slow down (request R-2)",
        ),
        (
            400,
            r#"{"Code": "ServiceUnavailable"}"#,
            "Unavailable: STS at HOST answered AssumeRole with HTTP 400, ServiceUnavailable",
        ),
        (
            403,
            r#"{"Code": "InternalError"}"#,
            "Unavailable: STS at HOST answered AssumeRole with HTTP 403, InternalError",
        ),
        (
            403,
            r#"{"Code": "Rejected.Throttling"}"#,
            "Unavailable: STS at HOST answered AssumeRole with HTTP 403, Rejected.Throttling",
        ),
        (
            400,
            r#"{"Code": "SignatureDoesNotMatch", "Message": "server string to sign is: a%26source-token", "RequestId": "R-3"}"#,
            "Refused: STS at HOST answered AssumeRole with HTTP 400, SignatureDoesNotMatch: server string to sign is: a%26*** (request R-3)",
        ),
        (
            400,
            r#"{"Code": "X", "Message": "the token source-token is bad"}"#,
            "Refused: STS at HOST answered AssumeRole with HTTP 400, X: the token *** is bad",
        ),
        (
            502,
            "<html>bad gateway source-secret</html>",
            "Unavailable: STS at HOST answered HTTP 502",
        ),
        (302, "", "Refused: STS at HOST answered HTTP 302"),
        (
            200,
            r#"{"RequestId": "R"}"#,
            "Invalid: the answer of STS at HOST lacks `Credentials`",
        ),
        (
            200,
            r#"{"Credentials": {"AccessKeySecret": "s"}}"#,
            "Invalid: `Credentials` in the answer of STS at HOST lacks `AccessKeyId`",
        ),
        (
            200,
            "{\"Credentials\":\n {\"AccessKeyId\": secret",
            "Invalid: the answer of STS at HOST is not JSON: syntax error at line 2, column 18",
        ),
    ];
    for (status, body, expected) in cases {
        let sts = Server::always(status, body).await;
        let role = AssumeRole::new(source(), ROLE).sts_endpoint(&sts.url);
        let host = sts.url.trim_start_matches("http://");
        assert_eq!(why(&role).await.replace(host, "HOST"), expected);
    }
}

/// An STS that takes the time of 2026-01-01 only.
async fn sts_of_2026() -> Server {
    Server::start(|request| {
        let time = request.header("x-acs-date").unwrap();
        if time.starts_with("2026-01-01T00:00:00") {
            return (200, sts_json("role"));
        }
        (400, r#"{"Code": "InvalidTimeStamp.Expired"}"#.to_owned())
    })
    .await
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_corrected_once_by_the_answer_of_sts() {
    let clock = Clock::from_fn(|| UNIX_EPOCH + Duration::from_secs(1_600_000_000));
    let context = context(&[]).with_clock(clock);
    let provider = |sts: &Server| {
        AssumeRole::new(source(), ROLE)
            .context(&context)
            .sts_endpoint(&sts.url)
    };
    let sts = sts_of_2026().await;
    let host = sts.url.trim_start_matches("http://");
    let refused =
        "Refused: STS at HOST answered AssumeRole with HTTP 400, InvalidTimeStamp.Expired";

    // Nothing to correct it by.
    assert_eq!(why(&provider(&sts)).await.replace(host, "HOST"), refused);
    assert_eq!(sts.requests().len(), 1);

    sts.set_date("Thu, 01 Jan 2026 00:00:00 GMT");
    assert_eq!(key(&provider(&sts)).await.0, "role-id");
    let requests = sts.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(
        requests[2].header("authorization"),
        Some(expected_authorization(&requests[2], "source-id", "source-secret").as_str())
    );
    let nonce = |index: usize| requests[index].header("x-acs-signature-nonce");
    assert!(nonce(1).is_some() && nonce(1) != nonce(2));

    sts.set_date("Fri, 02 Jan 2026 00:00:00 GMT");
    assert_eq!(why(&provider(&sts)).await.replace(host, "HOST"), refused);
    assert_eq!(sts.requests().len(), 5, "corrected once, not for ever");
}

#[tokio::test]
async fn a_source_forgets_the_access_key_that_sts_refuses() {
    for code in [
        "InvalidSecurityToken.Expired",
        "InvalidAccessKeyId.Inactive",
    ] {
        let sts = Server::start(move |request| {
            let signer = request.header("authorization").unwrap();
            if signer.contains("Credential=new,") {
                return (200, sts_json("role"));
            }
            (403, format!(r#"{{"Code": "{code}"}}"#))
        })
        .await;
        let told = Told::new(Ok(Credentials::new("old", "secret")));
        let role = AssumeRole::new(Cached::new(told.clone()), ROLE).sts_endpoint(&sts.url);
        let host = sts.url.trim_start_matches("http://");
        assert_eq!(
            why(&role).await.replace(host, "HOST"),
            format!("Refused: STS at HOST answered AssumeRole with HTTP 403, {code}")
        );
        told.tell(Ok(Credentials::new("new", "secret")));
        assert_eq!(key(&role).await.0, "role-id");
        assert_eq!(told.asked(), 2);
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let sts = Server::always(200, sts_json("role")).await;
    let role = AssumeRole::new(source(), ROLE)
        .duration(Duration::from_secs(899))
        .sts_endpoint(&sts.url);
    assert_eq!(
        why(&role).await,
        "Invalid: a session of 899 s is asked for; the shortest is 900 s"
    );

    let broken = Credentials::new("id", "secret").with_security_token("two\nlines");
    let role = AssumeRole::new(broken, ROLE).sts_endpoint(&sts.url);
    let error = role.provide().await.unwrap_err();
    assert_eq!(
        (error.to_string(), error.source().unwrap().to_string()),
        (
            "no access key to assume the role with".to_owned(),
            "the security token has a character that none can have: a space, a line break or one \
             beyond ASCII"
                .to_owned()
        )
    );
    assert!(sts.requests().is_empty());
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let uri = Server::always(200, " ".repeat(1 << 20)).await;
    let provider = CredentialsUri::new(&uri.url).unwrap();
    assert_eq!(
        why(&provider).await.replace(&uri.url, "HOST"),
        "Invalid: the answer of the credentials URI at HOST is longer than 65536 bytes"
    );
}

#[tokio::test]
async fn the_oidc_token_is_read_again_each_time_and_sent_unsigned() {
    let sts = Server::start(|request| (200, sts_json(&request.form("OIDCToken").unwrap()))).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let context = context(&[
        ("ALIBABA_CLOUD_ROLE_ARN", ROLE),
        (
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
            "acs:ram::1:oidc-provider/p",
        ),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", file.to_str().unwrap()),
    ])
    .with_sts_endpoint(&sts.url);
    let provider = Oidc::from_environment(&context)
        .unwrap()
        .session_name("pod")
        .duration(Duration::from_secs(900));

    fs::write(&file, "first\n").unwrap();
    assert_eq!(key(&provider).await.0, "first-id");
    fs::write(&file, "second").unwrap();
    assert_eq!(key(&provider).await.0, "second-id");

    let request = sts.requests().remove(0);
    assert_eq!(request.header("x-acs-action"), Some("AssumeRoleWithOIDC"));
    assert_eq!(request.header("authorization"), None);
    let sent = [
        "RoleArn",
        "OIDCProviderArn",
        "RoleSessionName",
        "DurationSeconds",
    ]
    .map(|name| request.form(name).unwrap());
    assert_eq!(sent, [ROLE, "acs:ram::1:oidc-provider/p", "pod", "900"]);

    let place = file.display().to_string();
    fs::write(&file, " \n").unwrap();
    assert_eq!(
        why(&provider).await.replace(&place, "FILE"),
        "Invalid: the OIDC token file FILE is empty"
    );
    fs::remove_file(&file).unwrap();
    assert_eq!(
        why(&provider).await.replace(&place, "FILE"),
        "Invalid: the OIDC token file FILE cannot be used"
    );
    assert_eq!(sts.requests().len(), 2);
}

/// A metadata service: which forms it knows decides what it answers.
async fn metadata(tokens: bool, plain: bool) -> (Server, Context) {
    let server = Server::start(move |request| {
        let admitted = match request.header("x-aliyun-ecs-metadata-token") {
            Some(token) => token == "metadata-token",
            None => plain,
        };
        match request.line().as_str() {
            "PUT /latest/api/token" if tokens => {
                let ttl = request.header("x-aliyun-ecs-metadata-token-ttl-seconds");
                assert_eq!(ttl, Some("21600"));
                (200, "metadata-token\n".to_owned())
            }
            "PUT /latest/api/token" => (404, String::new()),
            _ if !admitted => (403, "Forbidden".to_owned()),
            LIST => (200, "app-role\n".to_owned()),
            "GET /latest/meta-data/ram/security-credentials/app-role" => (200, key_json("ecs")),
            _ => (404, String::new()),
        }
    })
    .await;
    let context = context(&[]).with_metadata_endpoint(&server.url);
    (server, context)
}

#[tokio::test]
async fn the_instance_role_is_asked_for_with_a_token() {
    let (server, context) = metadata(true, false).await;
    let provider = InstanceRole::new().context(&context);
    assert_eq!(
        key(&provider).await,
        triple("ecs-id", "ecs-secret", "ecs-token")
    );
    assert_eq!(
        server.lines(),
        [
            "PUT /latest/api/token",
            LIST,
            "GET /latest/meta-data/ram/security-credentials/app-role",
        ]
    );

    let named = InstanceRole::new().role_name("app-role").context(&context);
    assert_eq!(key(&named).await.0, "ecs-id");
    assert_eq!(server.lines().len(), 5, "the name saves a request");
}

#[tokio::test]
async fn a_service_without_tokens_is_asked_plainly_unless_that_is_switched_off() {
    let (server, context) = metadata(false, true).await;
    let provider = InstanceRole::new().context(&context);
    assert_eq!(key(&provider).await.0, "ecs-id");
    assert_eq!(server.lines().len(), 3);

    let off = "Refused: no token from the metadata service, and asking without one (IMDSv1) is switched off";
    let provider = InstanceRole::new().v1_fallback(false).context(&context);
    assert_eq!(why(&provider).await, off);

    let switched_off = crate::context(&[("ALIBABA_CLOUD_IMDSV1_DISABLED", "TRUE")])
        .with_metadata_endpoint(&server.url);
    let provider = InstanceRole::from_environment(&switched_off).unwrap();
    assert_eq!(why(&provider).await, off);
    let plain = server.requests().into_iter().skip(3);
    assert!(plain.map(|request| request.method).eq(["PUT", "PUT"]));
}

#[tokio::test]
async fn only_a_service_that_knows_no_tokens_is_asked_plainly() {
    let cases = [
        // Statuses that say so; 0 is an answer that got lost.
        (403, "app-id"),
        (404, "app-id"),
        (405, "app-id"),
        (0, "app-id"),
        // Faults of a service that may well know them.
        (
            500,
            "Unavailable: the metadata service at HOST answered HTTP 500",
        ),
        (
            503,
            "Unavailable: the metadata service at HOST answered HTTP 503",
        ),
        (
            429,
            "Unavailable: the metadata service at HOST answered HTTP 429",
        ),
        (
            400,
            "Refused: the metadata service at HOST answered HTTP 400",
        ),
    ];
    for (status, expected) in cases {
        let server = Server::start(move |request| match request.method.as_str() {
            "PUT" => (status, String::new()),
            _ => (200, key_json("app")),
        })
        .await;
        let context = context(&[]).with_metadata_endpoint(&server.url);
        let provider = InstanceRole::new().role_name("app").context(&context);
        if expected == "app-id" {
            assert_eq!(key(&provider).await.0, expected, "{status}");
            continue;
        }
        assert_eq!(why(&provider).await.replace(&server.url, "HOST"), expected);
        assert_eq!(server.lines(), ["PUT /latest/api/token"]);
    }
}

#[tokio::test]
async fn the_metadata_service_can_say_no() {
    let (server, context) = metadata(true, false).await;
    let provider = InstanceRole::new().role_name("other").context(&context);
    assert_eq!(
        why(&provider).await,
        "Invalid: the instance has no role of the given name"
    );
    let provider = InstanceRole::new().role_name("../x").context(&context);
    assert_eq!(
        why(&provider).await,
        "Invalid: the name of the instance role may have letters, digits and `-_.` only"
    );
    drop(server);

    let server = Server::start(|request| match request.method.as_str() {
        "PUT" => (200, "t".to_owned()),
        _ => (404, "<html>".to_owned()),
    })
    .await;
    let provider =
        InstanceRole::new().context(&context.clone().with_metadata_endpoint(&server.url));
    assert_eq!(why(&provider).await, "Missing: the instance has no role");

    let server = Server::always(200, r#"{"Code": "Failed", "AccessKeyId": "x"}"#).await;
    let provider = InstanceRole::new()
        .role_name("app-role")
        .context(&context.clone().with_metadata_endpoint(&server.url));
    assert_eq!(
        why(&provider).await.replace(&server.url, "HOST"),
        "Refused: the answer of the metadata service at HOST has a `Code` other than `Success`"
    );

    let server = Server::always(500, "").await;
    let provider =
        InstanceRole::new().context(&context.clone().with_metadata_endpoint(&server.url));
    assert_eq!(
        why(&provider).await.replace(&server.url, "HOST"),
        "Unavailable: the metadata service at HOST answered HTTP 500"
    );
}

#[tokio::test]
async fn where_nobody_answers_there_is_no_instance() {
    let context = context(&[]);
    assert_eq!(
        why(&InstanceRole::new().context(&context)).await,
        "Missing: no metadata service here, so this is no ECS instance"
    );
    // Who names a role expects the service to be there.
    assert_eq!(
        why(&InstanceRole::new().role_name("app").context(&context)).await,
        format!("Unavailable: no answer from the metadata service at {NOBODY}")
    );
    let disabled = crate::context(&[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")]);
    assert_eq!(
        InstanceRole::from_environment(&disabled)
            .unwrap_err()
            .to_string(),
        "switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED"
    );
}

#[tokio::test]
async fn a_credentials_uri_is_fetched() {
    let server = Server::start(|request| match request.line().as_str() {
        "GET /key?who=me" => (200, key_json("uri")),
        _ => (404, "nothing".to_owned()),
    })
    .await;
    let uri = format!("{}/key?who=me", server.url);
    let context = context(&[("ALIBABA_CLOUD_CREDENTIALS_URI", uri.as_str())]);
    let provider = CredentialsUri::from_environment(&context).unwrap();
    assert_eq!(
        key(&provider).await,
        triple("uri-id", "uri-secret", "uri-token")
    );

    let provider =
        CredentialsUri::new(&format!("{}/hidden-path?secret=hidden", server.url)).unwrap();
    assert_eq!(
        why(&provider).await.replace(&server.url, "HOST"),
        "Refused: the credentials URI at HOST answered HTTP 404"
    );
    assert!(!format!("{provider:?}").contains("hidden"));

    let gone = CredentialsUri::new(&format!("{NOBODY}/hidden")).unwrap();
    let error = alicloud_runtime::credentials::ProvideCredentials::provide(&gone)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no answer from the credentials URI at http://127.0.0.1:1"
    );
    assert!(error.is_retryable());
    assert!(!crate::all_texts(&error).contains("hidden"));

    for (uri, expected) in [
        ("key", "the credentials URI is not a URI"),
        (
            "file:///etc/passwd",
            "the credentials URI is neither http nor https",
        ),
    ] {
        assert_eq!(CredentialsUri::new(uri).unwrap_err().to_string(), expected);
    }
}
