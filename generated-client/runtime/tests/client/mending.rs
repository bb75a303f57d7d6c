//! What a repetition can mend and what it cannot, as it was met in the field: hints, ended keys, wrong
//! clocks, settings without an end, runtimes that stand still, proxies.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use alicloud_runtime::{
    client::Client,
    credentials::{BoxFuture, Cached, Credentials, CredentialsError, ProvideCredentials},
    error::{Error, TransportKind},
    operation::SignatureKind,
    rate_limit::RateLimit,
    retry::{RetrySettings, hint},
};
use reqwest::header::{HeaderMap, HeaderValue};

use crate::support::*;

const ENDED: &str = r#"The specified parameter "SecurityToken.Expired" is not valid."#;

/// Gives temporary access keys, another one each time.
#[derive(Debug, Default)]
struct Sts(Arc<AtomicUsize>);

impl ProvideCredentials for Sts {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            Ok(Credentials::new(format!("key-{number}"), "secret").with_security_token("token"))
        })
    }
}

fn fixed() -> Credentials {
    Credentials::new("key", "secret").with_security_token("token")
}

#[tokio::test]
async fn a_hint_is_throttling_whatever_the_code() {
    let refused = || error(400, "FlowLimit.User", "m");
    for hinted in [
        refused().header("x-acs-retry-after", "1"),
        refused().header("x-ratelimit-user-api", "Limit:1,Remain:0,TimeLeft:1"),
        refused().header("retry-after", "0"),
        error(503, "FlowLimit.User", "m").header("x-acs-retry-after", "0.5"),
        error(200, "FlowLimit.User", "m").header("x-acs-retry-after", "1"),
        Answer::Http(403, vec![], "<html>".to_owned()).header("retry-after", "0"),
    ] {
        // What is not safe to repeat is repeated too: nothing was done.
        let server = Server::start([hinted, ok("{}")]).await;
        server.client().send(Change::default()).await.unwrap();
        assert_eq!(server.received().len(), 2);
    }
    for final_ in [
        refused(),
        refused().header("x-ratelimit-user-api", "Limit:9,Remain:5,TimeLeft:1"),
        error(400, "IdempotentParameterMismatch", "m").header("x-acs-retry-after", "1"),
    ] {
        let server = Server::start([final_, ok("{}")]).await;
        let error = server.client().send(assign()).await.unwrap_err();
        assert!(!error.is_retryable());
        assert_eq!(server.received().len(), 1);
    }
    // The server failed: it may have done it, whatever it asks for.
    let failed = error(500, "InternalError", "m").header("x-acs-retry-after", "1");
    let server = Server::start([failed, ok("{}")]).await;
    let error = server.client().send(Change::default()).await.unwrap_err();
    assert!(error.is_ambiguous());
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_hint_without_bounds_is_the_longest_wait() {
    for text in [
        "99999999999999999999999",
        "18446744073709551616",
        "9".repeat(400).as_str(),
    ] {
        for name in ["x-acs-retry-after", "retry-after"] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_str(text).unwrap());
            let wait = hint(&headers, SystemTime::now()).unwrap();
            assert!(wait > Duration::from_secs(1 << 32), "{name}: {text}");
        }
        let throttled = error(400, "Throttling", "m").header("x-acs-retry-after", text);
        let server = Server::start([throttled, ok("{}")]).await;
        let error = server.client().send(assign()).await.unwrap_err();
        assert!(error.is_retryable());
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn an_ended_key_is_replaced_however_that_is_told() {
    let told = [
        error(400, "InvalidParameter", ENDED),
        error(403, "SecurityTokenExpired", "m"),
        error(400, "InvalidSecurityToken.Expired", "m"),
        error(403, "Forbidden", "The security token has expired"),
        error(
            400,
            "InvalidParameter",
            "The specified \"SecurityToken\" is expired.",
        ),
        error(
            401,
            "Unauthorized",
            "The security token you provided has expired",
        ),
        error(403, "InvalidStsToken", "STS token expired"),
        // The outcome of products that answer everything with status 200.
        error(200, "InvalidSecurityToken.Expired", "m"),
        error(200, "InvalidParameter", ENDED),
    ];
    for told in told {
        for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
            let server = Server::start([told.clone(), ok("{}"), ok("{}")]).await;
            let asked = Arc::new(AtomicUsize::new(0));
            let client = server
                .builder()
                .signature(kind)
                .credentials(Cached::new(Sts(Arc::clone(&asked))))
                .build()
                .unwrap();
            // Not even a write without a token was carried out.
            client.send(Change::default()).await.unwrap();
            client.send(Change::default()).await.unwrap();
            assert_eq!(server.received().len(), 3);
            assert_eq!(asked.load(Ordering::SeqCst), 2);
        }
    }
    // Again and again: once is enough.
    let server = Server::start([error(400, "InvalidParameter", ENDED)]).await;
    let client = server.builder().credentials(Sts::default()).build();
    let error_ = client.unwrap().send(assign()).await.unwrap_err();
    assert!(!error_.is_retryable());
    assert_eq!(server.received().len(), 2);
    // A lasting key has no token that could end.
    let server = Server::start([error(400, "InvalidParameter", ENDED)]).await;
    let error_ = server.client().send(assign()).await.unwrap_err();
    assert!(!error_.is_retryable());
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn an_error_that_no_repetition_mends_is_not_retryable() {
    let ended = || error(400, "InvalidSecurityToken.Expired", "m");
    let wrong_time = || error(400, "InvalidTimeStamp.Expired", "m");
    let now = httpdate::fmt_http_date(SystemTime::now());
    for settings in [hasty(), RetrySettings::off()] {
        for answer in [
            ended(),
            wrong_time(),
            // The server's own clock is no other than ours.
            wrong_time().header("date", now.clone()),
        ] {
            let server = Server::start([answer]).await;
            let client = server.builder().credentials(fixed()).retry(settings);
            let client = client.build().unwrap();
            let mut calls = 0;
            loop {
                let error = client.send(assign()).await.unwrap_err();
                calls += 1;
                if !error.is_retryable() {
                    break;
                }
                assert!(calls < 10, "{error}");
            }
        }
    }
    // With another key or the server's time the next call succeeds.
    let later = SystemTime::now() + Duration::from_secs(7200);
    let wrong = wrong_time().header("date", httpdate::fmt_http_date(later));
    for answer in [ended(), wrong] {
        let server = Server::start([answer, ok("{}")]).await;
        let client = server
            .builder()
            .credentials(Sts::default())
            .retry(RetrySettings::off())
            .build()
            .unwrap();
        let error = client.send(assign()).await.unwrap_err();
        assert!(error.is_retryable(), "{error}");
        client.send(assign()).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_refused_before_it_is_sent() {
    let server = Server::start([ok("{}")]).await;
    for credentials in [
        Credentials::new("", "secret"),
        Credentials::new("key", " "),
        Credentials::new("key\nother", "secret"),
        fixed().with_expiration(SystemTime::now() - Duration::from_secs(1)),
    ] {
        for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
            let builder = server.builder().signature(kind);
            let client = builder.credentials(credentials.clone()).build().unwrap();
            let error = client.send(assign()).await.unwrap_err();
            assert!(matches!(error, Error::Credentials(_)), "{error}");
            assert!(!error.is_retryable());
        }
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn no_setting_panics() {
    let edges = [Duration::ZERO, Duration::from_nanos(1), Duration::MAX];
    let retries = |time| {
        RetrySettings::default()
            .max_attempts(u32::MAX)
            .base_delay(time)
            .slow_base_delay(time)
            .max_delay(time)
            .max_hint(time)
            .budget(10)
    };
    let builders = |time: Duration| {
        move |builder: alicloud_runtime::client::ClientBuilder<Client<Net>>, which| match which {
            0 => builder.connect_timeout(time),
            1 => builder.read_timeout(time),
            2 => builder.pool_idle_timeout(time),
            3 => builder.deadline(time),
            4 => builder
                .retry(retries(time))
                .deadline(Duration::from_millis(50)),
            5 => builder
                .rate_limit("Assign", RateLimit::per_second(time.as_secs_f64()))
                .deadline(Duration::from_millis(50)),
            _ => builder.max_response_size(usize::MAX),
        }
    };
    for time in edges {
        for which in 0..7 {
            let server = Server::start([error(503, "ServiceUnavailable", "m"), ok("{}")]).await;
            let client = builders(time)(server.builder(), which).build().unwrap();
            for _ in 0..2 {
                let call = client.request(assign());
                let result = call.send().await;
                if time == Duration::MAX && which < 4 {
                    result.unwrap();
                }
            }
        }
        let server = Server::start([ok("{}")]).await;
        let client = server.client();
        let call = || client.request(assign()).deadline(Duration::from_secs(5));
        let _ = call().attempt_timeout(time).send().await;
        let _ = client.request(assign()).deadline(time).send().await;
        let wait = client.request(Describe::default()).wait(ITEM_GONE);
        let _ = wait.delay(time).deadline(time).run().await;
    }
}

#[test]
fn runtimes_do_not_wait_for_each_others_connections() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let servers = runtime();
    let server = servers.block_on(Server::start([ok("{}")]));
    let address = server.url();
    // The server goes on while the clients' runtimes stand still.
    std::thread::spawn(move || servers.block_on(std::future::pending::<()>()));
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(address)
        .credentials(Credentials::new("i", "s"))
        .read_timeout(Duration::from_secs(60))
        .retry(RetrySettings::off())
        .build()
        .unwrap();
    let idle: Vec<_> = (0..20).map(|_| runtime()).collect();
    for runtime in idle.iter().chain(&idle) {
        runtime.block_on(client.send(assign())).unwrap();
    }
    // Within one runtime, connections are used again.
    let before = server.connections();
    for _ in 0..3 {
        idle[19].block_on(client.send(assign())).unwrap();
    }
    assert_eq!(server.connections(), before);
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint("http://127.0.0.1:1")
        .credentials(Credentials::new("i", "s"))
        .deadline(None)
        .build()
        .unwrap();
    let request = assign();
    let mut future = Box::pin(client.send(request));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = future.as_mut().poll(&mut context) else {
        panic!("it cannot go on")
    };
    assert_eq!(
        error.to_string(),
        "there is no tokio runtime here, without which nothing can be sent; use the blocking \
         client (feature `blocking`), or call within a runtime"
    );
}

/// Runs one of the ignored tests below in an environment of its own.
async fn in_environment(test: &str, vars: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("mending::{test}"), "--ignored"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.envs(vars.iter().copied());
    let run = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = run.await.unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("1 passed"), "{shown}");
}

async fn told_of(endpoint: &str) -> String {
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint)
        .credentials(Credentials::new("i", "s"))
        .retry(RetrySettings::off())
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    let Error::Transport(transport) = &error else {
        panic!("{error}")
    };
    assert!(matches!(
        transport.kind(),
        TransportKind::Connect | TransportKind::Dns
    ));
    error.to_string()
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_is_named() {
    let nobody = "http://me:hunter2@127.0.0.1:1";
    let vars = [("http_proxy", nobody), ("https_proxy", nobody)];
    in_environment("behind_a_proxy_that_is_not_there", &vars).await;
    let refusing = Server::start([Answer::Http(403, vec![], String::new())]).await;
    let vars = [("https_proxy", &*refusing.url())];
    in_environment("behind_a_proxy_that_refuses", &vars).await;
    assert_eq!(refusing.received()[0].method, "CONNECT");
}

#[tokio::test]
#[ignore = "run by `a_proxy_that_cannot_be_reached_is_named`, in its environment"]
async fn behind_a_proxy_that_is_not_there() {
    for scheme in ["http", "https"] {
        assert_eq!(
            told_of(&format!("{scheme}://net.example.invalid")).await,
            "Assign: no connection to the proxy `http://127.0.0.1:1`, which the environment names"
        );
    }
}

#[tokio::test]
#[ignore = "run by `a_proxy_that_cannot_be_reached_is_named`, in its environment"]
async fn behind_a_proxy_that_refuses() {
    let proxy = std::env::var("https_proxy").unwrap();
    assert_eq!(
        told_of("https://net.example.invalid").await,
        format!(
            "Assign: the proxy `{proxy}`, which the environment names, makes no connection to \
             `net.example.invalid`"
        )
    );
}
