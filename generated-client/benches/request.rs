//! The cost of a call before a byte is sent: encode a request with ten addresses, sign it, make the
//! URL.
//!
//! Aim: under 3 µs with either signature.

#[path = "../schema/tests/sample/mod.rs"]
mod sample;

use std::{hint::black_box, time::SystemTime};

use alicloud::{
    credentials::Credentials,
    encode::{Parameters, encode},
    operation::{Method, SignatureKind},
    sign::{Signed, Unsigned, nonce, sign},
};
use criterion::{Criterion, criterion_group, criterion_main};

const HOST: &str = "ecs.cn-hangzhou.aliyuncs.com";

/// The whole request, and its URL as the HTTP client takes it.
fn whole(
    kind: SignatureKind,
    request: &sample::Assign,
    credentials: &Credentials,
    nonce: &str,
) -> (String, Signed) {
    let mut parameters = Parameters::default();
    encode(request, &mut parameters);
    let signed = sign(
        kind,
        &Unsigned {
            method: Method::Post,
            host: HOST,
            action: "AssignIpv6Addresses",
            version: "2014-05-26",
            parameters: &parameters,
            credentials: Some(credentials),
            nonce,
            time: SystemTime::UNIX_EPOCH,
        },
    );
    let mut url = String::with_capacity(8 + HOST.len() + signed.path_and_query.len());
    url.push_str("https://");
    url.push_str(HOST);
    url.push_str(&signed.path_and_query);
    (url, signed)
}

fn benches(criterion: &mut Criterion) {
    let request = sample::ten_addresses();
    let credentials = Credentials::new("testid", "testsecret");
    criterion.bench_function("encode", |bencher| {
        bencher.iter(|| {
            let mut parameters = Parameters::default();
            encode(black_box(&request), &mut parameters);
            parameters
        });
    });
    for (name, kind) in [
        ("whole request, RPC", SignatureKind::Rpc),
        ("whole request, ACS3", SignatureKind::Acs3),
    ] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| whole(kind, black_box(&request), &credentials, "aia-nonce-1"));
        });
    }
    criterion.bench_function("nonce", |bencher| bencher.iter(nonce));
}

criterion_group!(request, benches);
criterion_main!(request);
