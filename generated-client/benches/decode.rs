//! The cost of decoding a response with 100 network interfaces, next to serde_json into structs
//! written by hand that hold the same fields.
//!
//! Aim: no more than twice as much. Decoding looks fields up in tables, and keeps what is whole where
//! a part is damaged.

use std::hint::black_box;

use alicloud::{decode::decode, ecs::DescribeNetworkInterfacesResponse};
use criterion::{Criterion, criterion_group, criterion_main};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "what counts is that it is read")]
struct Answer {
    request_id: String,
    total_count: i32,
    page_number: i32,
    page_size: i32,
    network_interface_sets: Interfaces,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "what counts is that it is read")]
struct Interfaces {
    network_interface_set: Vec<Interface>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "what counts is that it is read")]
struct Interface {
    network_interface_id: String,
    network_interface_name: String,
    status: String,
    r#type: String,
    vpc_id: String,
    v_switch_id: String,
    zone_id: String,
    private_ip_address: String,
    mac_address: String,
    instance_id: String,
    creation_time: String,
    queue_number: i32,
    delete_on_release: bool,
    ipv6_sets: Ipv6Sets,
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "what counts is that it is read")]
struct Ipv6Sets {
    ipv6_set: Vec<Ipv6Set>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "what counts is that it is read")]
struct Ipv6Set {
    ipv6_address: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "what counts is that it is read")]
struct Tags {
    tag: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code, reason = "what counts is that it is read")]
struct Tag {
    tag_key: String,
    tag_value: String,
}

fn interface(number: u32) -> Value {
    json!({
        "NetworkInterfaceId": format!("eni-bp{number:018}"),
        "NetworkInterfaceName": format!("node-{number}"),
        "Status": "InUse",
        "Type": "Secondary",
        "VpcId": "vpc-bp67acfmxazb4phdqfgh2",
        "VSwitchId": "vsw-bp67acfmxazb4phdqfgh2",
        "ZoneId": "cn-hangzhou-k",
        "PrivateIpAddress": format!("10.0.{}.{}", number / 256, number % 256),
        "MacAddress": "00:16:3e:12:34:56",
        "InstanceId": format!("i-bp{number:018}"),
        "CreationTime": "2026-01-02T03:04:05Z",
        "QueueNumber": 8,
        "DeleteOnRelease": true,
        "Ipv6Sets": {"Ipv6Set": [
            {"Ipv6Address": format!("2001:db8::{number:x}:1")},
            {"Ipv6Address": format!("2001:db8::{number:x}:2")},
        ]},
        "Tags": {"Tag": [{"TagKey": "cluster", "TagValue": "c-1"}, {"TagKey": "owner", "TagValue": "cni"}]},
    })
}

fn benches(criterion: &mut Criterion) {
    let interfaces: Vec<_> = (0..100).map(interface).collect();
    let answer = json!({
        "RequestId": "4B450CA1-36E8-4AA2-8461-86B42BF4CC4E",
        "TotalCount": 100,
        "PageNumber": 1,
        "PageSize": 100,
        "NetworkInterfaceSets": {"NetworkInterfaceSet": interfaces},
    });
    let bytes = answer.to_string().into_bytes();
    criterion.bench_function("100 interfaces, serde_json into structs", |bencher| {
        bencher.iter(|| serde_json::from_slice::<Answer>(black_box(&bytes)).unwrap());
    });
    criterion.bench_function("100 interfaces, decode", |bencher| {
        bencher.iter(|| {
            let mut response = DescribeNetworkInterfacesResponse::default();
            let skipped = decode(black_box(&bytes), &mut response).unwrap();
            assert!(skipped.is_empty() && response.network_interface_sets.len() == 100);
            response
        });
    });
}

criterion_group!(decoding, benches);
criterion_main!(decoding);
