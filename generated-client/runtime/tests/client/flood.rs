//! A server that says "not yet" without a pause.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    time::Duration,
};

use alicloud_runtime::{
    blocking, client,
    credentials::Credentials,
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

fn kind(error: Error<AssignErrorCode>) -> TransportKind {
    match error {
        Error::Transport(error) => error.kind(),
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interim_responses_do_not_delay_the_deadline() {
    for interim in INTERIM {
        let client = client::Client::<Net>::builder()
            .region("cn-hangzhou")
            .endpoint(flood(interim))
            .credentials(Credentials::new("i", "s"))
            .retry(RetrySettings::off())
            .read_timeout(READ)
            .deadline(DEADLINE)
            .build()
            .unwrap();
        let error = client.send(assign()).await.unwrap_err();
        assert_eq!(kind(error), TransportKind::Deadline);
    }
}

#[test]
fn nor_do_they_for_the_blocking_client() {
    for interim in INTERIM {
        let client = blocking::Client::<Net>::builder()
            .region("cn-hangzhou")
            .endpoint(flood(interim))
            .credentials(Credentials::new("i", "s"))
            .retry(RetrySettings::off())
            .read_timeout(READ)
            .deadline(DEADLINE)
            .build()
            .unwrap();
        let error = client.send(assign()).unwrap_err();
        assert_eq!(kind(error), TransportKind::Deadline);
    }
}
