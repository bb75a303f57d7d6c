//! A server that says "not yet" without a pause.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    time::Duration,
};

use alicloud_runtime::{
    blocking, client,
    credentials::{Context, Credentials, InstanceRole},
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
        let context = Context::new().with_metadata_endpoint(flood(interim));
        let client = Client::builder()
            .region("cn-hangzhou")
            .endpoint("http://127.0.0.1:1")
            .credentials(InstanceRole::new().context(&context))
            .retry(RetrySettings::off())
            .deadline(DEADLINE)
            .build()
            .unwrap();
        let error = client.send(assign()).await.unwrap_err();
        let words = "the deadline of the call passed before an access key was there";
        assert!(error.to_string().contains(words), "{error}");
    }
}
