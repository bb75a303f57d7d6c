//! Proxies of the environment that do not do what they should.
//!
//! They are told by the variables of a process, so each case is another process: this one, run once more.

use std::{
    error::Error as StdError,
    io::{Read as _, Write as _},
    net::TcpListener,
    process::Command,
    time::Duration,
};

use alicloud_runtime::{client::Client, credentials::Credentials, retry::RetrySettings};

use crate::support::*;

const ENDPOINT: &str = "ALICLOUD_TEST_ENDPOINT";
const CONNECT_TIMEOUT: &str = "ALICLOUD_TEST_CONNECT_TIMEOUT_MS";

/// What a client says that calls an endpoint in an environment: the error with all of its causes, and
/// their `Debug`.
fn told(endpoint: &str, vars: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "proxies::call", "--ignored", "--nocapture"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.envs(vars.iter().copied()).env(ENDPOINT, endpoint);
    let output = command.output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{shown}");
    let (_, told) = shown.split_once("<<").unwrap();
    told.split_once(">>").unwrap().0.to_owned()
}

#[tokio::test]
#[ignore = "run by the tests below, in environments of their own"]
async fn call() {
    let connect_timeout = std::env::var(CONNECT_TIMEOUT).unwrap_or("500".to_owned());
    let client = Client::<Net>::builder()
        .region("cn-hangzhou")
        .endpoint(std::env::var(ENDPOINT).unwrap())
        .credentials(Credentials::new("i", "s"))
        .connect_timeout(Duration::from_millis(connect_timeout.parse().unwrap()))
        .read_timeout(Duration::from_secs(5))
        .retry(RetrySettings::off())
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
    print!("<<");
    while let Some(error) = cause {
        println!("{error}");
        cause = error.source();
    }
    println!("{error:#?}>>");
}

/// A proxy that answers every connection with a text, and then waits.
fn proxy(answer: &'static str, close: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://me:hunter2@{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer.as_bytes());
                if !close {
                    let _ = stream.read(&mut [0; 4096]);
                }
            });
        }
    });
    url
}

/// The error without its causes, with `%` for the address of the proxy; that user and password of the
/// proxy are nowhere.
fn error_through(proxy: &str, endpoint: &str, more: &[(&str, &str)]) -> String {
    let vars = ["http_proxy", "HTTPS_PROXY"].map(|name| (name, proxy));
    let told = told(endpoint, &[&vars, more].concat());
    // The last one is the beginning of `me:hunter2` in Base64.
    for secret in ["hunter2", "hunter%32", "bWU6"] {
        assert!(!told.contains(secret), "{proxy}: {told}");
    }
    let shown = proxy
        .replace("me:hunter2@", "")
        .replace("me:hunter%32@", "");
    told.lines().next().unwrap().replace(&shown, "%")
}

const PLAIN: &str = "http://net.example.invalid";
const TLS: &str = "https://net.example.invalid";

#[test]
fn a_proxy_that_is_not_reached_is_named_without_its_password() {
    let none = "Assign: no connection to the proxy `%`, which the environment names";
    let unknown = "Assign: the proxy `%`, which the environment names, was not found";
    // A busy machine may look up a name for longer than the others of these tests wait.
    let through =
        |proxy: &str, endpoint: &str| error_through(proxy, endpoint, &[(CONNECT_TIMEOUT, "30000")]);
    for endpoint in [PLAIN, TLS] {
        for (proxy, said) in [
            ("http://me:hunter2@127.0.0.1:1", none),
            ("https://me:hunter%32@127.0.0.1:1", none),
            ("http://me:hunter2@proxy.invalid:8080", unknown),
        ] {
            assert_eq!(through(proxy, endpoint), said, "{proxy} {endpoint}");
        }
        for scheme in ["socks4", "socks4a", "socks5", "socks5h"] {
            assert_eq!(
                through(&format!("{scheme}://me:hunter2@127.0.0.1:1"), endpoint),
                "Assign: the proxy `%`, which the environment names, is of a kind that this HTTP \
                 client does not have; with the feature `socks` of `reqwest`, it has SOCKS proxies"
            );
        }
    }
}

#[test]
fn a_proxy_that_does_not_do_its_work_is_named() {
    const REFUSED: &str =
        "HTTP/1.1 407 X\r\nproxy-authenticate: Basic\r\ncontent-length: 2\r\n\r\nno";
    const FORBIDDEN: &str = "HTTP/1.1 403 X\r\ncontent-length: 2\r\n\r\nno";
    let no_connection = "Assign: no connection to the proxy `%`, which the environment names";
    let broken = "Assign: the connection to `net.example.invalid` broke before the answer was \
                  complete, through the proxy `%`, which the environment names";
    let refuses = "Assign: the proxy `%`, which the environment names, makes no connection to \
                   `net.example.invalid`";
    let asks = "it asks for a user and a password, which stand in its URL as `user:password@`";
    let asks = format!("{refuses}; {asks}");
    for (answer, close, plain, tls) in [
        (
            REFUSED,
            false,
            "Assign: status 407: the proxy asks for a user and a password, which stand in its URL \
             as `user:password@`: `no`",
            asks.as_str(),
        ),
        (
            FORBIDDEN,
            false,
            "Assign: status 403: an error that is not the service's, probably of a gateway: `no`",
            refuses,
        ),
        ("garbage\r\n\r\n", false, broken, refuses),
        ("", true, broken, no_connection),
        (
            "",
            false,
            "Assign: `net.example.invalid` did not answer in time, through the proxy `%`, which the \
             environment names",
            no_connection,
        ),
    ] {
        let proxy = proxy(answer, close);
        assert_eq!(error_through(&proxy, PLAIN, &[]), plain, "{answer:?}");
        assert_eq!(error_through(&proxy, TLS, &[]), tls, "{answer:?}");
    }
}

/// What is excepted is not found; anything else reaches the proxy.
#[test]
fn exceptions_from_the_proxy_may_be_written_in_many_ways() {
    let proxy = "http://me:hunter2@127.0.0.1:1";
    let names = [["HTTP_PROXY", "NO_PROXY"], ["all_proxy", "no_proxy"]];
    for [all, no] in names {
        for excepted in [
            "*.example.invalid",
            ".example.invalid",
            "EXAMPLE.Invalid",
            "net.example.invalid:80",
            "other.com net.example.invalid.",
            "other.com, *.invalid:80",
            "*",
        ] {
            let told = told(PLAIN, &[(all, proxy), (no, excepted)]);
            let said = "Assign: the host `net.example.invalid` was not found\n";
            assert!(told.starts_with(said), "{excepted}: {told}");
        }
        for other in [
            "example.com",
            "ample.invalid",
            "example.invalid:443",
            "",
            "net.*.invalid",
        ] {
            let told = told(PLAIN, &[(all, proxy), (no, other)]);
            let said = "Assign: no connection to the proxy `http://127.0.0.1:1`";
            assert!(told.starts_with(said), "{other}: {told}");
        }
    }
}
