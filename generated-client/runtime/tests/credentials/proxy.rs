//! Which addresses are reached through the proxy that the environment names.

use alicloud_runtime::credentials::{AssumeRole, Credentials, CredentialsUri};

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
        test.env(name, NOBODY);
    }
    test.env_remove("no_proxy").env_remove("NO_PROXY");
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
    assert_eq!(
        why(&uri).await,
        "Unavailable: no answer from the credentials URI at http://credentials.invalid"
    );
}
