//! The cost of a call, next to the same request made with nothing but the HTTP client: both over
//! one connection to a server on 127.0.0.1 that gives the same answer at once.
//!
//! "32 in flight" is the time that 32 calls take together, which all wait at the same time.
//!
//! Aim: at most 1.35 times as much for one call, for validation, encoding, signature, spans and
//! decoding; at least 0.8 times as many calls a second with 32 in flight.

use std::{convert::Infallible, time::SystemTime};

use alicloud::{
    client::http_client_builder,
    credentials::Credentials,
    ecs::{self, AssignIpv6Addresses},
    encode::{Parameters, encode},
    operation::{Method, SignatureKind},
    sign::{Unsigned, nonce, sign},
};
use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::Full;
use hyper::{Request, Response, body::Bytes, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, runtime};

const ANSWER: &str = r#"{"RequestId":"4B450CA1-36E8-4AA2-8461-86B42BF4CC4E","NetworkInterfaceId":"eni-bp1iqejowblx6h8j","Ipv6Sets":{"Ipv6Address":["2001:db8::1","2001:db8::2","2001:db8::3"]}}"#;

/// Answers every request, in a thread of its own; returns the host.
fn server() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(async {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let answer = service_fn(|_: Request<hyper::body::Incoming>| async {
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(
                        ANSWER.as_bytes(),
                    ))))
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(connection);
            }
        });
    });
    host
}

fn request() -> AssignIpv6Addresses {
    let addresses = (1..=10).map(|n| format!("2001:db8::{n}"));
    AssignIpv6Addresses::new("eni-bp1iqejowblx6h8j")
        .region_id("cn-hangzhou")
        .client_token("e3b0c44298fc1c149afbf4c8996fb924")
        .ipv6_address(addresses)
}

/// Makes 32 calls at once, and waits for all.
async fn in_flight<C, T>(call: impl Fn() -> C)
where
    C: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let calls: Vec<_> = (0..32).map(|_| tokio::spawn(call())).collect();
    for call in calls {
        call.await.unwrap();
    }
}

fn benches(criterion: &mut Criterion) {
    let host = server();
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap();
    let credentials = Credentials::new("testid", "testsecret");

    let mut parameters = Parameters::default();
    encode(&request(), &mut parameters);
    let signed = sign(
        SignatureKind::Rpc,
        &Unsigned {
            method: Method::Post,
            host: &host,
            action: "AssignIpv6Addresses",
            version: "2014-05-26",
            parameters: &parameters,
            credentials: Some(&credentials),
            nonce: &nonce(),
            time: SystemTime::now(),
        },
    );
    let url = format!("http://{host}{}", signed.path_and_query);
    let http = http_client_builder().no_proxy().build().unwrap();
    criterion.bench_function("the HTTP client alone", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let response = http.post(&url).send().await.unwrap();
                response.bytes().await.unwrap()
            })
        });
    });

    criterion.bench_function("the HTTP client alone, 32 in flight", |bencher| {
        let post = || {
            let request = http.post(&url);
            async { request.send().await.unwrap().bytes().await.unwrap() }
        };
        bencher.iter(|| runtime.block_on(in_flight(post)));
    });

    for (name, kind) in [
        ("a call, RPC", SignatureKind::Rpc),
        ("a call, ACS3", SignatureKind::Acs3),
    ] {
        let client = ecs::Client::builder()
            .region("cn-hangzhou")
            .endpoint(format!("http://{host}"))
            .credentials(credentials.clone())
            .signature(kind)
            .http_client(http_client_builder().no_proxy().build().unwrap())
            .build()
            .unwrap();
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(client.send(request())).unwrap());
        });
        criterion.bench_function(&format!("{name}, 32 in flight"), |bencher| {
            let send = || {
                let client = client.clone();
                async move { client.send(request()).await.unwrap() }
            };
            bencher.iter(|| runtime.block_on(in_flight(send)));
        });
    }
}

criterion_group!(call, benches);
criterion_main!(call);
