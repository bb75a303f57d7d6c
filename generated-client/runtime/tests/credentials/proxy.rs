//! Which addresses are reached through the proxy that the environment names.

use alicloud_runtime::credentials::{
    AssumeRole, Context, Credentials, CredentialsUri, InstanceRole,
};

use crate::{
    key,
    server::{NOBODY, Server, key_json, sts_json},
    why,
};

/// Proxies are told by the variables of a process, so this needs one of its own: the test itself,
/// run once more.
#[test]
fn a_loopback_address_is_reached_past_the_proxy() {
    const NAME: &str = "proxy::a_loopback_address_is_reached_past_the_proxy";
    const INNER: &str = "ALICLOUD_TEST_BEHIND_PROXY";

    if std::env::var_os(INNER).is_some() {
        return past_the_proxy();
    }
    let mut test = std::process::Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", NAME, "--nocapture"]).env(INNER, "1");
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        test.env(name, NOBODY.replace("//", "//me:hunter2@"));
    }
    test.env_remove("no_proxy");
    test.env("NO_PROXY", "*.excepted.invalid:80");
    let output = test.output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::main(flavor = "current_thread")]
async fn past_the_proxy() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => (200, sts_json("role")),
        _ => (200, key_json("uri")),
    })
    .await;
    for host in ["127.0.0.1", "localhost"] {
        let url = server.url.replace("127.0.0.1", host);
        let uri = CredentialsUri::new(&url).unwrap();
        assert_eq!(key(&uri).await.0, "uri-id", "{host}");
        let role = AssumeRole::new(Credentials::new("id", "secret"), "acs:ram::1:role/r")
            .sts_endpoint(&url);
        assert_eq!(key(&role).await.0, "role-id", "{host}");
    }
    // Anything else goes through the proxy, where nobody listens.
    let uri = CredentialsUri::new("http://credentials.invalid/key").unwrap();
    let proxy = format!(", through the proxy `{NOBODY}`, which the environment names");
    assert_eq!(
        why(&uri).await,
        format!(
            "Unavailable: no answer from the credentials URI at http://credentials.invalid{proxy}"
        )
    );
    let key = || Credentials::new("id", "secret");
    let assume = |sts: &str| AssumeRole::new(key(), "acs:ram::1:role/r").sts_endpoint(sts);
    assert_eq!(
        why(&assume("http://sts.invalid")).await,
        format!("Unavailable: no answer from STS at sts.invalid{proxy}")
    );
    // Unless it is excepted.
    let uri = CredentialsUri::new("http://key.excepted.invalid/key").unwrap();
    assert_eq!(
        why(&uri).await,
        "Unavailable: no answer from the credentials URI at http://key.excepted.invalid"
    );
    assert_eq!(
        why(&assume("http://sts.excepted.invalid")).await,
        "Unavailable: no answer from STS at sts.excepted.invalid"
    );
    // The metadata service is asked without any.
    let context = Context::new().with_metadata_endpoint("http://metadata.invalid");
    let said = why(&InstanceRole::new().role_name("r").context(&context)).await;
    assert!(!said.contains("proxy"), "{said}");
}
