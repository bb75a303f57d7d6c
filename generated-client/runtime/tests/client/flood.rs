//! A server that says "not yet" without a pause.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    time::Duration,
};

use alicloud_runtime::{
    blocking, client,
    credentials::{Context, Credentials, CredentialsUri},
    error::{Error, TransportKind},
    retry::RetrySettings,
};

use crate::support::*;

/// Answers with interim responses, a good second's work for a client that was not optimised, and then
/// with silence.
fn flood(interim: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(interim.repeat((8 << 20) / interim.len()).as_bytes());
                let _ = stream.read(&mut [0; 1]);
            });
        }
    });
    url
}

const INTERIM: [&str; 2] = [
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n",
];

/// The read time-out is longer, so it would not be told where the deadline is kept.
const DEADLINE: Duration = Duration::from_millis(100);
const READ: Duration = Duration::from_millis(500);

/// A client of a server that floods it. The builders are of one type with parameters that have no name here.
macro_rules! flooded {
    ($client:ty, $interim:expr) => {
        <$client>::builder()
            .region("cn-hangzhou")
            .endpoint(flood($interim))
            .credentials(Credentials::new("i", "s"))
            .retry(RetrySettings::off())
            .read_timeout(READ)
            .deadline(DEADLINE)
            .build()
            .unwrap()
    };
}

fn the_deadline_holds(fail: impl Fn(&'static str) -> Error<AssignErrorCode>) {
    for interim in INTERIM {
        match fail(interim) {
            Error::Transport(error) => assert_eq!(error.kind(), TransportKind::Deadline),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn interim_responses_do_not_delay_the_deadline() {
    let runtimes = [
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build(),
        threads(1).enable_all().build(),
        threads(2).enable_all().build(),
    ];
    for runtime in runtimes.map(Result::unwrap) {
        the_deadline_holds(|interim| {
            let client = flooded!(client::Client<Net>, interim);
            runtime.block_on(client.send(assign())).unwrap_err()
        });
        // On a thread of the runtime's own, if it has one.
        the_deadline_holds(|interim| {
            let client = flooded!(client::Client<Net>, interim);
            let call = runtime.spawn(async move { client.send(assign()).await });
            runtime.block_on(call).unwrap().unwrap_err()
        });
        the_deadline_holds(|interim| {
            let http = client::http_client_builder().read_timeout(READ).build();
            let client = Client::builder()
                .endpoint(flood(interim))
                .http_client(http.unwrap());
            let client = client
                .region("cn-hangzhou")
                .credentials(Credentials::new("i", "s"));
            let client = client
                .retry(RetrySettings::off())
                .deadline(DEADLINE)
                .build();
            runtime
                .block_on(client.unwrap().send(assign()))
                .unwrap_err()
        });
    }
}

type Client = client::Client<Net>;

fn threads(number: usize) -> tokio::runtime::Builder {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(number);
    runtime
}

#[test]
fn nor_do_they_for_the_blocking_client() {
    the_deadline_holds(|interim| {
        let client = flooded!(blocking::Client<Net>, interim);
        client.send(assign()).unwrap_err()
    });
}

/// A call waits for an access key of a server that floods.
#[tokio::test]
async fn nor_do_they_where_an_access_key_is_asked_for() {
    for interim in INTERIM {
        let http = reqwest::Client::builder().read_timeout(READ).build();
        let context = Context::new().with_http_client(http.unwrap());
        let uri = CredentialsUri::new(&flood(interim)).unwrap();
        let client = Client::builder()
            .region("cn-hangzhou")
            .endpoint("http://127.0.0.1:1")
            .credentials(uri.context(&context))
            .retry(RetrySettings::off())
            .deadline(DEADLINE)
            .build()
            .unwrap();
        let error = client.send(assign()).await.unwrap_err();
        let words = "the deadline of the call passed before an access key was there";
        assert!(error.to_string().contains(words), "{error}");
    }
}

/// The thread of the call is busy while the connection breaks and the deadline passes.
#[tokio::test]
async fn a_connection_that_broke_after_the_deadline_is_told_as_that() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let (received, is_received) = tokio::sync::oneshot::channel();
    let (close, is_to_close) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        received.send(()).unwrap();
        is_to_close.recv().unwrap();
    });
    let client = Client::builder()
        .region("cn-hangzhou")
        .endpoint(format!("http://{host}"))
        .credentials(Credentials::new("i", "s"))
        .retry(RetrySettings::off())
        .deadline(DEADLINE)
        .build()
        .unwrap();
    let busy = async {
        is_received.await.unwrap();
        close.send(()).unwrap();
        std::thread::sleep(2 * DEADLINE);
    };
    let (error, ()) = tokio::join!(biased; client.send(assign()), busy);
    let error = error.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("Assign: the deadline of the call passed before `{host}` answered")
    );
    assert!(error.is_ambiguous());
    assert!(std::error::Error::source(&error).is_some());
}

/// A server that falls silent in the midst of a body.
fn silence(encoding: &'static str, body: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: 1000\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(body);
                let _ = stream.read(&mut [0; 1]);
            });
        }
    });
    url
}

#[tokio::test]
async fn silence_in_the_midst_of_a_body_is_told_as_such() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&[b' '; 100_000]).unwrap();
    let gzip: &[u8] = gzip.finish().unwrap().leak();
    for (encoding, body) in [
        ("identity", &b"{ "[..]),
        ("gzip", &[]),
        ("gzip", &gzip[..5]),
        ("gzip", &gzip[..gzip.len() / 2]),
        ("gzip", gzip),
        ("GZIP", &gzip[..gzip.len() / 2]),
    ] {
        let client = |read, deadline: Duration| {
            let builder = Client::builder()
                .region("cn-hangzhou")
                .endpoint(silence(encoding, body))
                .credentials(Credentials::new("i", "s"))
                .retry(RetrySettings::off())
                .read_timeout(read)
                .deadline(deadline);
            builder.build().unwrap()
        };
        let (short, long) = (Duration::from_millis(200), Duration::from_secs(60));
        for (client, attempt, kind) in [
            (client(short, long), long, TransportKind::Timeout),
            (client(long, long), short, TransportKind::Timeout),
            (client(long, short), long, TransportKind::Deadline),
        ] {
            let call = client.request(assign()).attempt_timeout(attempt);
            match call.send().await.unwrap_err() {
                Error::Transport(error) => {
                    assert_eq!(error.kind(), kind, "{encoding} {}: {error:?}", body.len());
                }
                other => panic!("{other}"),
            }
        }
    }
}
