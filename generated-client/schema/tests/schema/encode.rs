//! What a record is on the wire.

#[allow(dead_code, unreachable_pub, missing_docs)]
use std::collections::BTreeMap;

use crate::sample::{Assign, Disk, EVERYTHING, Everything, Tag, Upload};
use alicloud_schema::{
    dynamic::DynRecord,
    encode::{Parameters, encode},
    record::{Bytes, Location, Record},
    validate::is_present,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The parameters as `Name=value` lines, in the order in which they were written.
fn lines(request: &dyn Record) -> Vec<String> {
    let mut parameters = Parameters::default();
    encode(request, &mut parameters);
    parameters
        .iter()
        .map(|(_, name, value)| format!("{name}={value}"))
        .collect()
}

fn texts(values: &[&str]) -> Option<Vec<String>> {
    Some(values.iter().map(ToString::to_string).collect())
}

fn tag(key: &str, value: Option<&str>) -> Tag {
    Tag {
        key: Some(key.to_owned()),
        value: value.map(str::to_owned),
    }
}

#[test]
fn only_what_was_given_is_written() {
    assert_eq!(lines(&Everything::default()), ["Id="]);
}

#[test]
fn what_is_empty_is_not_written_when_flat() {
    let request = Everything {
        addresses: Some(vec![]),
        tags: Some(vec![Tag::default()]),
        disk: Some(Disk {
            tags: Some(vec![]),
            ..Disk::default()
        }),
        matrix: Some(vec![vec![], vec!["a".to_owned()]]),
        labels: Some(BTreeMap::new()),
        extra: Some(json!({ "a": null, "b": [], "c": {} })),
        comma: Some(vec![]),
        space: Some(vec![]),
        pipe: Some(vec![]),
        ..Everything::default()
    };
    assert_eq!(lines(&request), ["Id=", "Filters.2.1=a"]);
}

#[test]
fn lists_and_objects_are_flattened_from_one() {
    let request = Everything {
        id: "eni-1".to_owned(),
        count: Some(i64::MIN),
        flag: Some(false),
        addresses: Some((1..=11).map(|n| format!("a{n}")).collect()),
        tags: Some(vec![tag("k", Some("")), tag("l", None)]),
        disk: Some(Disk {
            size: Some(40),
            tags: Some(vec![tag("m", Some("v"))]),
            options: texts(&["x", "y"]),
        }),
        matrix: Some(vec![
            vec!["a".to_owned(), "b".to_owned()],
            vec!["c".to_owned()],
        ]),
        labels: Some(BTreeMap::from([("x".to_owned(), 1), ("y".to_owned(), 2)])),
        extra: Some(json!({ "list": [1, null, { "deep": true }], "text": "t", "big": u64::MAX })),
        dotted: Some("cloud".to_owned()),
        ..Everything::default()
    };
    assert_eq!(
        lines(&request),
        [
            "Id=eni-1",
            "Count=-9223372036854775808",
            "Flag=false",
            "Ipv6Address.1=a1",
            "Ipv6Address.2=a2",
            "Ipv6Address.3=a3",
            "Ipv6Address.4=a4",
            "Ipv6Address.5=a5",
            "Ipv6Address.6=a6",
            "Ipv6Address.7=a7",
            "Ipv6Address.8=a8",
            "Ipv6Address.9=a9",
            "Ipv6Address.10=a10",
            "Ipv6Address.11=a11",
            "Tag.1.Key=k",
            "Tag.1.Value=",
            "Tag.2.Key=l",
            "SystemDisk.Size=40",
            "SystemDisk.Tag.1.Key=m",
            "SystemDisk.Tag.1.Value=v",
            r#"SystemDisk.Options=["x","y"]"#,
            "Filters.1.1=a",
            "Filters.1.2=b",
            "Filters.2.1=c",
            "Labels.x=1",
            "Labels.y=2",
            "Extra.list.1=1",
            "Extra.list.3.deep=true",
            "Extra.text=t",
            "Extra.big=18446744073709551615",
            "DataDisk.Category=cloud",
        ]
    );
}

#[test]
fn json_style_writes_one_text_with_wire_names() {
    let request = Everything {
        json_list: texts(&["a\"b", "c\\\n", "é"]),
        json_disk: Some(Disk {
            size: Some(1),
            tags: Some(vec![tag("k", None), Tag::default()]),
            options: Some(vec![]),
        }),
        json_map: Some(BTreeMap::from([("x\"".to_owned(), 1)])),
        ..Everything::default()
    };
    assert_eq!(
        lines(&request),
        [
            "Id=",
            r#"JsonList=["a\"b","c\\\n","é"]"#,
            r#"JsonDisk={"Size":1,"Tag":[{"Key":"k"},{}],"Options":[]}"#,
            r#"JsonMap={"x\"":1}"#,
        ]
    );
}

#[test]
fn json_style_tells_empty_from_absent() {
    let request = Everything {
        json_list: Some(vec![]),
        json_map: Some(BTreeMap::new()),
        ..Everything::default()
    };
    assert_eq!(lines(&request), ["Id=", "JsonList=[]", "JsonMap={}"]);
}

#[test]
fn joined_styles_put_one_sign_between_elements() {
    let request = Everything {
        comma: texts(&["a", "", "c"]),
        space: Some(vec![1, -2]),
        pipe: texts(&["a"]),
        ..Everything::default()
    };
    assert_eq!(
        lines(&request),
        ["Id=", "Comma=a,,c", "Space=1 -2", "Pipe=a"]
    );
}

#[test]
fn floats_are_short_and_have_no_exponent() {
    let written = |ratio| {
        lines(&Everything {
            ratio: Some(ratio),
            ..Everything::default()
        })
        .remove(1)
    };
    assert_eq!(written(0.1), "Ratio=0.1");
    assert_eq!(written(5.0), "Ratio=5");
    assert_eq!(written(-0.000_000_1), "Ratio=-0.0000001");
    assert_eq!(written(1e21), "Ratio=1000000000000000000000");
    let any = Everything {
        extra: Some(json!({ "small": 1e-7, "whole": 2.0 })),
        ..Everything::default()
    };
    assert_eq!(
        lines(&any),
        ["Id=", "Extra.small=0.0000001", "Extra.whole=2"]
    );
}

#[test]
fn parameters_know_where_they_travel() {
    let mut parameters = Parameters::default();
    let request = Everything {
        form: Some("f".to_owned()),
        host: Some("h".to_owned()),
        bytes: Some(Bytes::from([0, 255])),
        ..Everything::default()
    };
    encode(&request, &mut parameters);
    parameters.push(Location::Query, "New.Parameter", "as it is");
    let all: Vec<_> = parameters.iter().collect();
    assert_eq!(
        all,
        [
            (Location::Query, "Id", ""),
            (Location::Form, "Form", "f"),
            (Location::Host, "Host", "h"),
            (Location::Query, "Bytes", "AP8="),
            (Location::Query, "New.Parameter", "as it is"),
        ]
    );
    assert!(parameters.contains("New.Parameter"));
    assert!(!parameters.contains("New"));
    assert_eq!(parameters.body(), None);
}

#[test]
fn a_body_is_bytes_as_they_are() {
    let mut parameters = Parameters::default();
    let request = Upload {
        name: Some("n".to_owned()),
        content: Some(Bytes::from([0, 159, 146, 150])),
        ..Upload::default()
    };
    encode(&request, &mut parameters);
    assert_eq!(parameters.body(), Some(&[0, 159, 146, 150][..]));
    assert_eq!(parameters.len(), 1);
    parameters.push(Location::Body, "ignored", "text");
    assert_eq!(parameters.body(), Some(&b"text"[..]));
}

#[test]
fn debug_of_parameters_shows_names_only() {
    let mut parameters = Parameters::default();
    let request = Assign {
        region_id: Some("secret-value".to_owned()),
        ..Assign::default()
    };
    encode(&request, &mut parameters);
    assert_eq!(
        format!("{parameters:?}"),
        r#"Parameters { names: ["RegionId", "NetworkInterfaceId"], body_bytes: None, .. }"#
    );
}

/// Puts flat parameters back together: numbers from 1 without a gap make a list.
fn unflatten(parameters: &BTreeMap<String, String>) -> Value {
    let mut groups: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    for (name, value) in parameters {
        if name.is_empty() {
            return Value::String(value.clone());
        }
        let (head, tail) = name.split_once('.').unwrap_or((name, ""));
        groups
            .entry(head)
            .or_default()
            .insert(tail.to_owned(), value.clone());
    }
    let in_order: Option<Vec<_>> = (1..=groups.len())
        .map(|number| groups.get(number.to_string().as_str()))
        .collect();
    match in_order {
        Some(elements) => elements.into_iter().map(unflatten).collect(),
        None => groups
            .iter()
            .map(|(head, group)| ((*head).to_owned(), unflatten(group)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// A JSON value whose every leaf is written, and whose keys do not look like positions.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        ".*".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..12).prop_map(Value::from),
            prop::collection::btree_map("[A-Z][A-Za-z0-9 é]{0,6}", inner, 1..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// The same value with every leaf as text.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(as_text).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), as_text(value)))
            .collect(),
        Value::String(text) => Value::from(text.clone()),
        other => Value::from(other.to_string()),
    }
}

/// Any request of the kinds that are read back as they were written.
fn everything() -> impl Strategy<Value = Everything> {
    let text = || ".{0,5}";
    let some_texts = move || prop::option::of(prop::collection::vec(text(), 0..3));
    let tags = move || {
        let tag = (prop::option::of(text()), prop::option::of(text()))
            .prop_map(|(key, value)| Tag { key, value });
        prop::option::of(prop::collection::vec(tag, 0..3))
    };
    let disk = move || {
        let disk = (prop::option::of(any::<i32>()), tags(), some_texts());
        prop::option::of(disk.prop_map(|(size, tags, options)| Disk {
            size,
            tags,
            options,
        }))
    };
    let map = || {
        prop::option::of(prop::collection::btree_map(
            "[a-z]{1,3}",
            any::<i64>(),
            0..3,
        ))
    };
    let scalars = (
        text(),
        prop::option::of(any::<i64>()),
        prop::option::of(-1e9..1e9),
        prop::option::of(any::<bool>()),
    );
    let nested = (some_texts(), tags(), disk(), map(), map());
    let matrix = prop::collection::vec(prop::collection::vec(text(), 0..3), 0..3);
    let styled = (
        some_texts(),
        disk(),
        some_texts(),
        prop::option::of(prop::collection::vec(any::<i64>(), 0..3)),
        prop::option::of(matrix),
    );
    (scalars, nested, styled).prop_map(|(scalars, nested, styled)| Everything {
        id: scalars.0,
        count: scalars.1,
        ratio: scalars.2,
        flag: scalars.3,
        addresses: nested.0,
        tags: nested.1,
        disk: nested.2,
        labels: nested.3,
        json_map: nested.4,
        json_list: styled.0,
        json_disk: styled.1,
        comma: styled.2,
        space: styled.3,
        matrix: styled.4,
        ..Everything::default()
    })
}

proptest! {
    #[test]
    fn what_is_written_is_what_is_present(request in everything()) {
        let mut parameters = Parameters::default();
        encode(&request, &mut parameters);
        for (index, field) in EVERYTHING.fields.iter().enumerate() {
            let written = parameters.iter().any(|(_, name, _)| {
                name.strip_prefix(field.name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            });
            prop_assert_eq!(written, is_present(request.get(index), field.style), "{}", field.name);
        }
    }

    #[test]
    fn flattening_can_be_undone(
        extra in tree(),
        addresses in prop::collection::vec(".*", 1..14),
        tags in prop::collection::vec((".*", prop::option::of(".*")), 1..5),
        matrix in prop::collection::vec(prop::collection::vec(".*", 1..4), 1..4),
        labels in prop::collection::btree_map("[a-z]{1,4}", any::<i64>(), 1..4),
    ) {
        let expected = json!({
            "Id": "",
            "Extra": as_text(&extra),
            "Ipv6Address": addresses,
            "Tag": tags.iter().map(|(key, value)| match value {
                Some(value) => json!({ "Key": key, "Value": value }),
                None => json!({ "Key": key }),
            }).collect::<Vec<_>>(),
            "Filters": matrix,
            "Labels": labels.iter()
                .map(|(key, value)| (key.clone(), Value::from(value.to_string())))
                .collect::<serde_json::Map<_, _>>(),
        });
        let request = Everything {
            extra: Some(extra),
            addresses: Some(addresses),
            tags: Some(tags.iter().map(|(key, value)| tag(key, value.as_deref())).collect()),
            matrix: Some(matrix),
            labels: Some(labels),
            ..Everything::default()
        };
        let mut parameters = Parameters::default();
        encode(&request, &mut parameters);
        let flat: BTreeMap<_, _> = parameters
            .iter()
            .map(|(_, name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        prop_assert_eq!(flat.len(), parameters.len(), "no name is written twice");
        prop_assert_eq!(unflatten(&flat), expected);
    }

    #[test]
    fn the_endpoint_reads_what_the_client_writes(request in everything()) {
        let mut written = Parameters::default();
        encode(&request, &mut written);
        let pairs = written.iter().map(|(_, name, value)| (name, value));
        // A list that is not written from its first element on cannot be read back.
        if let Ok(read) = DynRecord::from_wire(&EVERYTHING, pairs) {
            let mut again = Parameters::default();
            encode(&read, &mut again);
            let sorted = |parameters: &Parameters| {
                let mut all: Vec<_> = parameters
                    .iter()
                    .map(|(_, name, value)| (name.to_owned(), value.to_owned()))
                    .collect();
                all.sort();
                all
            };
            prop_assert_eq!(sorted(&again), sorted(&written));
        } else {
            let has = |name: &str, number: i32| {
                let element = format!("{name}.{number}.");
                written.iter().any(|(_, name, _)| name.starts_with(&element))
            };
            let gap = |name: &str| {
                (2..4).any(|number| {
                    has(name, number) && !has(name, number - 1)
                })
            };
            prop_assert!(["Tag", "SystemDisk.Tag", "Filters"].iter().any(|name| gap(name)));
        }
    }

    #[test]
    fn json_texts_read_back(
        list in prop::option::of(prop::collection::vec(".*", 0..4)),
        map in prop::option::of(prop::collection::btree_map(".*", any::<i64>(), 0..4)),
        size in prop::option::of(any::<i32>()),
    ) {
        let request = Everything {
            json_list: list.clone(),
            json_map: map.clone(),
            json_disk: size.map(|size| Disk { size: Some(size), ..Disk::default() }),
            ..Everything::default()
        };
        let mut parameters = Parameters::default();
        encode(&request, &mut parameters);
        let read = |name: &str| {
            let text = parameters.iter().find(|(_, known, _)| *known == name)?.2;
            Some(serde_json::from_str::<Value>(text).expect("JSON"))
        };
        prop_assert_eq!(read("JsonList"), list.map(Value::from));
        prop_assert_eq!(read("JsonMap"), map.map(|map| json!(map)));
        prop_assert_eq!(read("JsonDisk"), size.map(|size| json!({ "Size": size })));
    }

    #[test]
    fn floats_read_back(ratio in any::<f64>().prop_filter("finite", |ratio| ratio.is_finite())) {
        let written = lines(&Everything { ratio: Some(ratio), ..Everything::default() }).remove(1);
        let text = written.strip_prefix("Ratio=").expect("the parameter");
        prop_assert!(!text.contains(['e', 'E']));
        prop_assert_eq!(text.parse::<f64>().expect("a number").to_bits(), ratio.to_bits());
    }
}
