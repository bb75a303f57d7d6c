//! Records as JSON and back, as `Debug` and `==` show them.

use crate::support::{DESCRIBED, Described, Disk, Ipv6Sets, RUN_INSTANCES, RunInstances, full};
use alicloud_schema::{
    decode::{DecodeError, decode, decode_strict},
    dynamic::DynRecord,
    json::{json_text, to_json},
    record::ValueRef,
    repair::repair,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn described(text: &str) -> Described {
    let mut response = Described::default();
    let skipped =
        decode(text.as_bytes(), &mut response).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(skipped, [], "{text}");
    response
}

/// The response, and what was not read of it.
fn in_part(text: &[u8]) -> (Described, Vec<String>) {
    let mut response = Described::default();
    let skipped = decode(text, &mut response).unwrap();
    (response, skipped.iter().map(ToString::to_string).collect())
}

fn refused(text: &str) -> String {
    decode(text.as_bytes(), &mut Described::default())
        .unwrap_err()
        .to_string()
}

fn texts(values: &[&str]) -> Option<Ipv6Sets> {
    let values = values.iter().map(|text| (*text).to_owned()).collect();
    Some(Ipv6Sets {
        ipv6_address: Some(values),
    })
}

#[test]
fn a_response_as_documented() {
    let response = described(
        r#"{"RequestId":"1","Total":2,"Ipv6Sets":{"Ipv6Address":["::1","::2"]},"Ready":true,
           "Price":1.5,"Labels":{"a":1},"Disks":[{"Size":20,"Key":"U","key":"l"}],
           "Extra":{"b":[1,null]},"Content":"aGk="}"#,
    );
    let expected = Described {
        request_id: Some("1".into()),
        total: Some(2),
        ipv6_sets: texts(&["::1", "::2"]),
        disks: Some(vec![Disk {
            size: Some(20),
            key: Some("U".into()),
            lower_key: Some("l".into()),
            category: None,
        }]),
        ready: Some(true),
        price: Some(1.5),
        labels: Some([("a".to_owned(), 1)].into()),
        extra: Some(json!({"b": [1, null]})),
        secret: None,
        content: Some("hi".into()),
    };
    assert_eq!(response, expected);
}

#[test]
fn a_response_as_it_may_come() {
    let strings = r#"{"Total":"2","Ready":"True","Price":"1.50","Disks":{"Size":"20"},"New":{"x":[{}]},
        "RequestId":7,"Labels":{"a":"1","b":null},"Ipv6Sets":{"Ipv6Address":"::1"}}"#;
    let expected = Described {
        total: Some(2),
        ready: Some(true),
        price: Some(1.5),
        disks: Some(vec![Disk {
            size: Some(20),
            ..Disk::default()
        }]),
        request_id: Some("7".into()),
        labels: Some([("a".to_owned(), 1)].into()),
        ipv6_sets: texts(&["::1"]),
        ..Described::default()
    };
    assert_eq!(described(strings), expected);

    let empty = r#"{"Total":"","Ready":"","Price":"","Disks":"","Ipv6Sets":"","Labels":"","RequestId":null}"#;
    for text in [empty, "{}"] {
        assert_eq!(described(text), Described::default(), "{text}");
    }

    assert_eq!(described(r#"{"Total":2.0,"Ready":0}"#).total, Some(2));
    assert_eq!(described(r#"{"Total":2.0,"Ready":0}"#).ready, Some(false));
    assert_eq!(described(r#"{"Price":3}"#).price, Some(3.0));
    assert_eq!(
        described(r#"{"RequestId":1.0}"#).request_id.as_deref(),
        Some("1.0")
    );
    assert_eq!(
        described(r#"{"RequestId":true}"#).request_id.as_deref(),
        Some("true")
    );
    assert_eq!(
        described(r#"{"RequestId":""}"#).request_id.as_deref(),
        Some("")
    );
    // No call is lost for a text that is more than one.
    assert_eq!(
        described(r#"{"RequestId": {"a": [1, "x"]}, "Total": 1}"#),
        Described {
            request_id: Some(r#"{"a":[1,"x"]}"#.into()),
            total: Some(1),
            ..Described::default()
        }
    );
    assert_eq!(
        described(r#"{"RequestId":[1, 2]}"#).request_id.as_deref(),
        Some("[1,2]")
    );
    // Elements that are nothing take no place.
    assert_eq!(
        described(r#"{"Ipv6Sets":{"Ipv6Address":[null,"::1"]},"Disks":["",{"Size":1}]}"#),
        Described {
            ipv6_sets: texts(&["::1"]),
            disks: Some(vec![Disk {
                size: Some(1),
                ..Disk::default()
            }]),
            ..Described::default()
        }
    );
    // Of equal names the last counts, in any order.
    let twice = r#"{"Total":1,"Disks":[{},{}],"RequestId":"a","Total":2,"Disks":[{"Size":1}]}"#;
    assert_eq!(described(twice).total, Some(2));
    assert_eq!(described(twice).disks.map(|disks| disks.len()), Some(1));
}

#[test]
fn an_empty_list_in_the_place_of_an_object_is_none() {
    for text in [
        r#"{"Ipv6Sets":[],"Labels":[],"Total":1}"#,
        r#"{"Ipv6Sets":[ ],"Total":1}"#,
    ] {
        let expected = Described {
            total: Some(1),
            ..Described::default()
        };
        assert_eq!(described(text), expected);
    }
}

#[test]
fn a_name_may_begin_in_the_other_case() {
    let response = described(r#"{"requestId":"1","total":2,"disks":[{"size":3}],"lABELS":{}}"#);
    let expected = Described {
        request_id: Some("1".into()),
        total: Some(2),
        disks: Some(vec![Disk {
            size: Some(3),
            ..Disk::default()
        }]),
        ..Described::default()
    };
    assert_eq!(response, expected);
    // What is spelled as documented counts, in any order.
    for text in [
        r#"{"total":1,"Total":2}"#,
        r#"{"Total":2,"total":1}"#,
        r#"{"Total":2,"total":"-"}"#,
    ] {
        assert_eq!(described(text).total, Some(2), "{text}");
    }
}

#[test]
fn damage_to_the_json_costs_the_damaged_text_only() {
    let (response, skipped) = in_part(br#"{"RequestId":"a\ud83db","Total":2}"#);
    assert_eq!(response.request_id.as_deref(), Some("a\u{fffd}b"));
    assert_eq!(response.total, Some(2));
    assert_eq!(
        skipped,
        ["the whole: expected undamaged JSON, found half of a surrogate pair at byte 15"]
    );
    let (response, _) = in_part(
        b"\xef\xbb\xbf{\"RequestId\":\"a\xff\nb\",\"Total\":NaN,\"Price\":1e999,\"Ready\":True,}\0",
    );
    assert_eq!(response.request_id.as_deref(), Some("a\u{fffd}\nb"));
    assert_eq!((response.total, response.price), (None, None));
    assert_eq!(response.ready, Some(true));
}

#[test]
fn what_cannot_be_costs_its_field_and_is_told_with_its_place() {
    for (text, message) in [
        (
            r#"{"Total":"two"}"#,
            r#"Total: expected a whole number of 32 bits, found the text "two""#,
        ),
        (
            r#"{"Total":1.5}"#,
            "Total: expected a whole number of 32 bits, found the number 1.5",
        ),
        (
            r#"{"Total":3000000000}"#,
            "Total: expected a whole number of 32 bits, found the number 3000000000",
        ),
        (
            r#"{"Total":[1]}"#,
            "Total: expected a whole number of 32 bits, found a list",
        ),
        (
            r#"{"Disks":[{},{"Size":{}}]}"#,
            "Disks[1].Size: expected a whole number, found an object",
        ),
        (
            r#"{"Disks":[{},true]}"#,
            "Disks[1]: expected an object, found true",
        ),
        (
            r#"{"Ipv6Sets":"x"}"#,
            r#"Ipv6Sets: expected an object, found the text "x""#,
        ),
        (
            r#"{"Labels":{"a b":18446744073709551615}}"#,
            "Labels.a b: expected a whole number, found the number 18446744073709551615",
        ),
        (r#"{"Labels":[1]}"#, "Labels: expected a map, found a list"),
        (
            r#"{"Ready":2}"#,
            "Ready: expected true or false, found the number 2",
        ),
        (
            r#"{"Price":"NaN"}"#,
            r#"Price: expected a number, found the text "NaN""#,
        ),
        (
            r#"{"Secret":"hunter2"}"#,
            "Secret: expected a whole number, found text",
        ),
    ] {
        let text = text.strip_suffix('}').unwrap();
        let text = format!(r#"{text},"RequestId":"R"}}"#);
        let (response, skipped) = in_part(text.as_bytes());
        assert_eq!(skipped, [message], "{text}");
        assert_eq!(response.request_id.as_deref(), Some("R"), "{text}");
    }
    // An element takes no place, and all that is skipped is told.
    let text = br#"{"Ipv6Sets":{"Ipv6Address":["a",{}]},"Disks":[1,{"Size":2}],"Labels":{"a":1,"b":{},"\u001b":[]}}"#;
    let (response, skipped) = in_part(text);
    assert_eq!(response.disks.map(|disks| disks.len()), Some(1));
    assert_eq!(response.labels, Some([("a".to_owned(), 1)].into()));
    assert_eq!(
        skipped,
        [
            "Disks[0]: expected an object, found the number 1",
            "Labels.b: expected a whole number, found an object",
            r"Labels.\u{1b}: expected a whole number, found a list",
        ]
    );
    let many = format!(r#"{{"Disks":[{}{{}}]}}"#, "1,".repeat(5000));
    let (response, skipped) = in_part(many.as_bytes());
    assert_eq!((response.disks.unwrap().len(), skipped.len()), (1, 100));
}

#[test]
fn a_whole_that_is_no_object_is_refused() {
    for (text, message) in [
        ("[]", "the whole: expected an object, found a list"),
        ("1", "the whole: expected an object, found the number 1"),
        ("null", "the whole: expected an object, found null"),
        (
            r#""""#,
            r#"the whole: expected an object, found the text """#,
        ),
        (
            r#""ok""#,
            r#"the whole: expected an object, found the text "ok""#,
        ),
    ] {
        assert_eq!(refused(text), message);
        let strict = decode_strict(text.as_bytes(), &mut Described::default());
        assert!(matches!(strict, Err(DecodeError::Violations(_))), "{text}");
    }
}

#[test]
fn what_is_no_json_is_told() {
    assert_eq!(
        refused(""),
        "not valid JSON: EOF while parsing a value at line 1 column 0"
    );
    assert_eq!(
        refused("{} x"),
        "not valid JSON: trailing characters at line 1 column 4"
    );
    assert_eq!(
        refused(r#"{"RequestId":"#),
        "not valid JSON: EOF while parsing a value at line 1 column 13"
    );
    assert_eq!(
        refused("<html>"),
        "not valid JSON: expected value at line 1 column 1"
    );
    let deep = format!(r#"{{"Extra":{}"#, "[".repeat(100_000));
    assert!(refused(&deep).starts_with("not valid JSON: recursion limit exceeded"));
    // What is skipped may be as deep as it likes.
    let deep = format!(
        r#"{{"New":{}{},"Total":1}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(described(&deep).total, Some(1));
}

#[test]
fn a_request_is_read_strictly() {
    let read = |text: &str| {
        let mut request = RunInstances::default();
        match decode_strict(text.as_bytes(), &mut request) {
            Ok(()) => format!("{request:?}"),
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(
        read(r#"{"InstanceType":"ecs.t6","Amount":null,"Tag":[{"Key":"a"}]}"#),
        r#"RunInstances { instance_type: "ecs.t6", tag: [Tag { key: "a" }] }"#
    );
    insta::assert_snapshot!(
        read(r#"{"InstanceTyp":"a","Amount":"2","Tag":{"Key":"a"},"tag":[],"DataDisk":[{"Sise":1},null,{"Size":2.0}],
                "DryRun":1,"Password":5,"Zones":"a,b","SystemDisk":"","Zzz":{"a":[]},"SystemDisk.Size":{},"Ipv6AddressCount":3000000000}"#),
        @r#"
    InstanceTyp: no such parameter; did you mean `InstanceType`?
    Amount: the text "2" was given; allowed: a whole number of 32 bits
    Tag: an object was given; allowed: a list
    tag: no such parameter; did you mean `Tag`?
    DataDisk.1.Sise: no such parameter; did you mean `DataDisk.1.Size`?
    DataDisk.2: null was given; allowed: an object
    DataDisk.3.Size: the number 2.0 was given; allowed: a whole number
    DryRun: the number 1 was given; allowed: true or false
    Password: a number was given; allowed: text
    Zones: the text "a,b" was given; allowed: a list
    SystemDisk: the text "" was given; allowed: an object
    Zzz: no such parameter; the spec has none like it
    SystemDisk.Size: an object was given; allowed: a whole number
    Ipv6AddressCount: the number 3000000000 was given; allowed: a whole number of 32 bits
    InstanceType is required
    "#
    );
}

/// A type that cannot say "absent" would hold an empty text, and send it.
#[test]
fn what_a_request_must_have_is_missed_when_it_is_read() {
    let read = |text: &str| {
        let mut request = RunInstances::default();
        match decode_strict(text.as_bytes(), &mut request) {
            Ok(()) => format!("{request:?}"),
            Err(error) => error.to_string(),
        }
    };
    for text in [
        "{}",
        r#"{"InstanceType":null}"#,
        r#"{"InstanceType":null,"Tag":[]}"#,
        r#"{"Tag":[{"Key":"a","Value":null}]}"#,
    ] {
        assert_eq!(read(text), "InstanceType is required", "{text}");
    }
    insta::assert_snapshot!(
        read(r#"{"InstanceType":5,"Tag":[{"Value":"a"},{"Key":"b"},{"Key":null}]}"#),
        @r"
    InstanceType: the number 5 was given; allowed: text
    Tag.1.Key is required
    Tag.3.Key is required
    "
    );
    assert_eq!(
        read(r#"{"InstanceType":""}"#),
        r#"RunInstances { instance_type: "" }"#
    );

    // What is known by its schema alone can say so: it is missed when it is checked.
    let empty = DynRecord::from_json(&RUN_INSTANCES, &json!({})).unwrap();
    assert_eq!(
        alicloud_schema::validate::check(&empty)
            .unwrap_err()
            .to_string(),
        "InstanceType is required"
    );

    // Nothing that a response lacks is missed.
    assert_eq!(described("{}"), Described::default());
}

#[test]
fn json_holds_what_is_not_absent() {
    assert_eq!(
        to_json(&full()),
        json!({
            "RegionId": "cn-hangzhou", "InstanceType": "ecs.g7.large", "Amount": 2,
            "ClientToken": "a1", "Password": "correct horse", "ChargeType": "PrePaid",
            "SpotPrice": 0.5, "DryRun": false, "SystemDisk": {"Category": "cloud"},
            "SystemDisk.Size": 40,
            "DataDisk": [{"Size": 1, "Key": "upper", "key": "lower"}, {"Category": ""}],
            "Tag": [{"Key": "é", "Value": "v"}], "Ipv6Address": ["2001:db8::1", "2001:db8::2"],
            "NetworkInterface": [{"VSwitchId": "vsw-1", "SecurityGroupIds": ["sg-1", "sg-2"], "Tag": [{"Key": "k"}]}],
            "Options": {"a.b": "1", "c": ""}, "Filter": [], "Settings": {}, "Zones": ["a", "b"],
            "Numbers": [1, -2], "Words": ["x y"], "Extra": "text", "Matrix": [[1, 2], [3]],
            "Period": 12,
        })
    );
    let request = full();
    assert_eq!(
        json_text(ValueRef::List(request.data_disk.as_ref().unwrap())),
        r#"[{"Size":1,"Key":"upper","key":"lower"},{"Category":""}]"#
    );
}

#[test]
fn debug_shows_what_is_given_and_no_secret() {
    insta::assert_snapshot!(format!("{:#?}", RunInstances {
        body: Some("bytes".into()),
        extra: Some(json!({"a": [1]})),
        data_disk: None,
        network_interface: None,
        ..full()
    }), @r#"
    RunInstances {
        region_id: "cn-hangzhou",
        instance_type: "ecs.g7.large",
        amount: 2,
        client_token: "a1",
        password: ***,
        charge_type: "PrePaid",
        spot_price: 0.5,
        dry_run: false,
        system_disk: Disk {
            category: "cloud",
        },
        system_disk_size: 40,
        tag: [
            Tag {
                key: "é",
                value: "v",
            },
        ],
        ipv6_address: [
            "2001:db8::1",
            "2001:db8::2",
        ],
        options: {
            "a.b": "1",
            "c": "",
        },
        filter: [],
        settings: Disk,
        zones: [
            "a",
            "b",
        ],
        numbers: [
            1,
            -2,
        ],
        words: [
            "x y",
        ],
        extra: {
          "a": [
            1
          ]
        },
        matrix: [
            [
                1,
                2,
            ],
            [
                3,
            ],
        ],
        period: 12,
        body: <5 bytes>,
    }
    "#);
    assert_eq!(
        format!(
            "{:?}",
            described(r#"{"Secret":1,"Labels":{"a":1},"Disks":[{"Size":2},{}]}"#)
        ),
        r#"Described { disks: [Disk { size: 2 }, Disk], labels: {"a": 1}, secret: *** }"#
    );
}

#[test]
fn equality_sees_every_difference() {
    assert_eq!(full(), full());
    let changes: [fn(&mut RunInstances); 9] = [
        |request| request.instance_type.push('x'),
        |request| request.amount = None,
        |request| request.spot_price = Some(0.25),
        |request| request.filter = None,
        |request| request.matrix.as_mut().unwrap()[1].push(0),
        |request| {
            request
                .options
                .as_mut()
                .unwrap()
                .insert("c".into(), "x".into())
                .map_or((), drop)
        },
        |request| {
            request
                .options
                .as_mut()
                .unwrap()
                .insert("d".into(), "x".into())
                .map_or((), drop)
        },
        |request| request.data_disk.as_mut().unwrap()[0].lower_key = Some("upper".into()),
        |request| request.settings = None,
    ];
    for change in changes {
        let mut other = full();
        change(&mut other);
        assert_ne!(other, full());
        assert_ne!(full(), other);
    }
    let nan = RunInstances {
        spot_price: Some(f64::NAN),
        ..full()
    };
    assert_ne!(nan, nan.clone());
}

#[test]
fn serde_reads_requests_strictly_and_responses_tolerantly() {
    let text = serde_json::to_string(&full()).unwrap();
    assert!(
        text.starts_with(r#"{"RegionId":"cn-hangzhou","InstanceType":"ecs.g7.large","Amount":2"#)
    );
    assert_eq!(serde_json::from_str::<RunInstances>(&text).unwrap(), full());
    assert_eq!(
        serde_json::from_str::<RunInstances>(r#"{"Amout":1,"Tag":1}"#)
            .unwrap_err()
            .to_string(),
        "Amout: no such parameter; did you mean `Amount`?\n\
         Tag: the number 1 was given; allowed: a list\n\
         InstanceType is required"
    );
    assert_eq!(
        serde_json::from_str::<Described>(r#"{"New":1,"Total":"5"}"#)
            .unwrap()
            .total,
        Some(5)
    );
    assert_eq!(
        serde_json::from_str::<Vec<Described>>(r#"[{"Total":"x","Ready":true}]"#).unwrap(),
        [Described {
            ready: Some(true),
            ..Described::default()
        }]
    );
    assert_eq!(
        serde_json::from_str::<Vec<Described>>("[null]")
            .unwrap_err()
            .to_string(),
        "the whole: expected an object, found null at line 1 column 6"
    );

    let yaml = serde_yaml_ng::to_string(&full()).unwrap();
    assert_eq!(
        serde_yaml_ng::from_str::<RunInstances>(&yaml).unwrap(),
        full()
    );
    let yaml = "InstanceType: ecs.t6\nTag:\n- Key: a\nDryRun: true\nOptions: {1: x}\nAmount: ~\n";
    assert_eq!(
        format!(
            "{:?}",
            serde_yaml_ng::from_str::<RunInstances>(yaml).unwrap()
        ),
        r#"RunInstances { instance_type: "ecs.t6", dry_run: true, tag: [Tag { key: "a" }], options: {"1": "x"} }"#
    );
    assert_eq!(
        serde_yaml_ng::from_str::<RunInstances>("InstanceType: 12")
            .unwrap_err()
            .to_string(),
        "InstanceType: the number 12 was given; allowed: text"
    );
}

/// Any JSON that a field of kind any gives back as it took it.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".*", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn disk() -> impl Strategy<Value = Disk> {
    let text = || prop::option::of(".{0,6}");
    (text(), prop::option::of(any::<i64>()), text(), text()).prop_map(
        |(category, size, key, lower_key)| Disk {
            category,
            size,
            key,
            lower_key,
        },
    )
}

fn response() -> impl Strategy<Value = Described> {
    let left = (
        prop::option::of(".*"),
        prop::option::of(any::<i32>()),
        prop::option::of(prop::option::of(prop::collection::vec(".*", 0..3))),
        prop::option::of(prop::collection::vec(disk(), 0..3)),
        prop::option::of(any::<bool>()),
    );
    let right = (
        prop::option::of(prop::num::f64::NORMAL | prop::num::f64::ZERO),
        prop::option::of(prop::collection::btree_map(".*", any::<i64>(), 0..3)),
        prop::option::of(any_json()),
        prop::option::of(any::<i64>()),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..9)),
    );
    (left, right).prop_map(|(left, right)| Described {
        request_id: left.0,
        total: left.1,
        ipv6_sets: left.2.map(|ipv6_address| Ipv6Sets { ipv6_address }),
        disks: left.3,
        ready: left.4,
        price: right.0,
        labels: right.1,
        extra: right.2,
        secret: right.3,
        content: right.4.map(Into::into),
    })
}

proptest! {
    // Failures are shown in full and mended; there is no file of them.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(response in response()) {
        let json = to_json(&response);
        let text = json.to_string();
        let mut again = Described::default();
        prop_assert_eq!(decode(text.as_bytes(), &mut again), Ok(vec![]));
        prop_assert_eq!(&again, &response);
        let mut again = Described::default();
        decode_strict(text.as_bytes(), &mut again).unwrap();
        prop_assert_eq!(&again, &response);
        let dynamic = DynRecord::from_json(&DESCRIBED, &json).unwrap();
        prop_assert_eq!(to_json(&dynamic), json);
        prop_assert!(alicloud_schema::compare::equal(&dynamic, &response));
    }

    #[test]
    fn no_json_makes_the_reader_panic(
        value in any_json(),
        name in prop::sample::select(DESCRIBED.fields.iter().map(|field| field.name).collect::<Vec<_>>()),
    ) {
        let text = json!({ name: value, "Disks": value, "Total": 1 }).to_string();
        let mut response = Described::default();
        decode(text.as_bytes(), &mut response).unwrap();
        if name != "Total" {
            prop_assert_eq!(response.total, Some(1));
        }
        let _ = decode_strict(text.as_bytes(), &mut response);
        let _ = DynRecord::from_json(&RUN_INSTANCES, &value);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        let _ = decode(&bytes, &mut Described::default());
    }

    /// A cut or spoiled answer is read as far as it can be, or refused.
    #[test]
    fn no_damage_makes_the_reader_panic(response in response(), cut: usize, at: usize, byte: u8) {
        let mut text = to_json(&response).to_string().into_bytes();
        text.truncate(cut % (text.len() + 1));
        if !text.is_empty() {
            let at = at % text.len();
            text[at] = byte;
        }
        let _ = decode(&text, &mut Described::default());
        if let Some(repaired) = repair(&text) {
            let again = repair(&repaired.json);
            prop_assert!(again.is_none(), "{:?}", String::from_utf8_lossy(&repaired.json));
        }
    }
}
