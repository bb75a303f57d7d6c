//! Requests by schema alone: from JSON, and from wire parameters.

use crate::support::{DISK, RUN_INSTANCES, full};
use alicloud_schema::{
    compare::equal,
    dynamic::DynRecord,
    json::to_json,
    record::{Kind, Record, Style, ValueRef},
    validate::{check, is_present, style_within},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn from_wire(parameters: &[(&str, &str)]) -> Result<DynRecord, String> {
    DynRecord::from_wire(&RUN_INSTANCES, parameters.iter().copied())
        .map_err(|violations| violations.to_string())
}

#[test]
fn a_call_by_name_is_the_typed_call() {
    let record = DynRecord::from_json(&RUN_INSTANCES, &to_json(&full())).unwrap();
    assert!(equal(&record, &full()));
    assert_eq!(check(&record), Ok(()));
    assert!(equal(&record, &full()), "{record:?}");
    let other = DynRecord::from_json(&RUN_INSTANCES, &json!({"InstanceType": "ecs.a"})).unwrap();
    assert_ne!(record, other);
}

#[test]
fn a_call_by_name_tells_everything_at_once() {
    let request = json!({
        "Amount": "2",
        "Ipv6AddresCount": 1,
        "Ipv6Address": ["nonsense"],
        "Tag": [{"Key": 1}, {"Value": ""}],
        "NetworkInterface": [{"VSwitchId": 1}],
    });
    let error = DynRecord::from_json(&RUN_INSTANCES, &request).unwrap_err();
    insta::assert_snapshot!(error, @r#"
    Amount: the text "2" was given; allowed: a whole number of 32 bits
    Ipv6AddresCount: no such parameter; did you mean `Ipv6AddressCount`?
    Tag.1.Key: the number 1 was given; allowed: text
    NetworkInterface.1.VSwitchId: the number 1 was given; allowed: text
    InstanceType is required
    Tag.2.Key is required
    Ipv6Address.1: "nonsense" is not an IPv6 address such as 2001:db8::1
    "#);
    let error = DynRecord::from_json(&DISK, &json!(["a"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a list was given; allowed: an object with the parameters"
    );
}

#[test]
fn wire_parameters_are_read_in_every_style() {
    let parameters = [
        ("InstanceType", "ecs.g7"),
        ("Amount", "2"),
        ("DryRun", "true"),
        ("SpotPrice", "0.5"),
        ("SystemDisk.Size", "40"),
        ("SystemDisk.Category", ""),
        ("Tag.2.Key", "b"),
        ("Tag.1.Key", "a"),
        ("Tag.1.Value", "1.2=3"),
        ("DataDisk.1.key", "lower"),
        ("DataDisk.1.Key", "upper"),
        ("Options.a.b", "c"),
        ("Options.1", "d"),
        ("Filter", r#"[{"Size":1},{}]"#),
        ("Settings", "{}"),
        ("Plan", r#"[{"SecurityGroupIds":[]}]"#),
        ("Zones", "a,b"),
        ("Numbers", "1 -2"),
        ("Words", "x y|"),
        ("Extra.k.2", "second"),
        ("Extra.k.1", "first"),
        ("Extra.m.x", "y"),
        ("Matrix.1.1", "1"),
        ("Matrix.1.2", "2"),
        ("Matrix.2.1", "3"),
        ("NetworkInterface.1.SecurityGroupIds.1", "sg"),
        ("NetworkInterface.1.Tag.1.Key", "k"),
        ("Body", "raw"),
    ];
    assert_eq!(
        to_json(&from_wire(&parameters).unwrap()),
        json!({
            "InstanceType": "ecs.g7", "Amount": 2, "DryRun": true, "SpotPrice": 0.5,
            // The flat name wins over the field of the object.
            "SystemDisk.Size": 40, "SystemDisk": {"Category": ""},
            "Tag": [{"Key": "a", "Value": "1.2=3"}, {"Key": "b"}],
            "DataDisk": [{"key": "lower", "Key": "upper"}],
            "Options": {"a.b": "c", "1": "d"}, "Filter": [{"Size": 1}, {}], "Settings": {},
            "Plan": [{"SecurityGroupIds": []}],
            "Zones": ["a", "b"], "Numbers": [1, -2], "Words": ["x y", ""],
            "Extra": {"k": ["first", "second"], "m": {"x": "y"}}, "Matrix": [[1, 2], [3]],
            "NetworkInterface": [{"SecurityGroupIds": ["sg"], "Tag": [{"Key": "k"}]}],
            "Body": "cmF3",
        })
    );
}

#[test]
fn wire_parameters_are_read_in_order_beyond_nine() {
    let names: Vec<String> = (1..=12)
        .map(|number| format!("Matrix.1.{number}"))
        .collect();
    let values: Vec<String> = (1..=12).map(|number: u32| number.to_string()).collect();
    let record = DynRecord::from_wire(
        &RUN_INSTANCES,
        names
            .iter()
            .zip(&values)
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    assert_eq!(
        to_json(&record.unwrap()),
        json!({"Matrix": [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]})
    );
}

#[test]
fn wire_parameters_that_mean_nothing_are_told() {
    let error = from_wire(&[
        ("InstanceType", "ecs.g7"),
        ("InstanceType.1", "x"),
        ("InstanceTypo", "x"),
        ("Amount", "two"),
        ("Amount", "2"),
        ("Amount2", "2"),
        ("Password", "hunter2"),
        ("Password", "hunter3"),
        ("Tag", "x"),
        ("Tag.0.Key", "x"),
        ("Tag.01.Key", "x"),
        ("Tag.1.Kye", "x"),
        ("Tag.1.Key", "x"),
        ("Tga.2.Key", "x"),
        ("Tag.4.Key", "x"),
        ("Tag.9.Key", "x"),
        ("SystemDisk", "x"),
        ("SystemDisk.Sise", "x"),
        ("SystemDisk.key.1", "x"),
        ("Filter", "[1,"),
        ("Settings", r#"{"Size":"1"}"#),
        ("Settings.Size", "1"),
        ("Numbers", "1 x"),
        ("DryRun", "yes"),
        ("Qqqqqq", ""),
        ("", ""),
        ("..", ""),
    ])
    .unwrap_err();
    insta::assert_snapshot!(error, @r#"
    InstanceType.1: no such parameter; did you mean `InstanceType`?
    InstanceTypo: no such parameter; did you mean `InstanceType`?
    Amount: more than one value was given; allowed: one value
    Amount2: no such parameter; did you mean `Amount`?
    Password: more than one value was given; allowed: one value
    Tag: one value was given; allowed: one parameter for each element, from `Tag.1` on
    Tag.0.Key: no such parameter; one parameter for each element, from `Tag.1` on
    Tag.01.Key: no such parameter; one parameter for each element, from `Tag.1` on
    Tag.1.Kye: no such parameter; did you mean `Tag.1.Key`?
    Tga.2.Key: no such parameter; did you mean `Tag.2.Key`?
    SystemDisk: one value was given; allowed: one parameter for each value in it, `SystemDisk.…`
    SystemDisk.Sise: no such parameter; did you mean `SystemDisk.Size`?
    SystemDisk.key.1: no such parameter; did you mean `SystemDisk.Key`?
    Settings.Size: no such parameter; the spec has none like it
    Qqqqqq: no such parameter; the spec has none like it
    no such parameter; the spec has none like it
    ..: no such parameter; the spec has none like it
    DryRun: the text "yes" was given; allowed: true or false
    Tag: element 4 without element 2 was given; allowed: elements numbered from 1 on, none left out
    Filter: text that is not JSON (EOF while parsing a value at line 1 column 3) was given; allowed: a list
    Settings.Size: the text "1" was given; allowed: a whole number
    Numbers.2: the text "x" was given; allowed: a whole number
    "#);
}

#[test]
fn what_is_wrong_with_the_request_is_told_by_the_check() {
    let record = from_wire(&[("Amount", "101"), ("Tag.1.Value", "x")]).unwrap();
    assert_eq!(
        check(&record).unwrap_err().to_string(),
        "InstanceType is required\n\
         Amount: 101 is too large; at most 100 is allowed\n\
         Tag.1.Key is required"
    );
}

/// The wire rules, written down a second time and in the simplest way.
fn flatten(
    value: ValueRef<'_>,
    kind: Kind,
    style: Style,
    name: &str,
    out: &mut Vec<(String, String)>,
) {
    if !is_present(value, style) {
        return;
    }
    let json = match value {
        ValueRef::Object(record) => to_json(record),
        ValueRef::List(list) => (0..list.len())
            .map(|index| scalar(list.get(index)))
            .collect(),
        other => scalar(other),
    };
    let delimiter = match style {
        Style::Comma => ",",
        Style::Space => " ",
        Style::Pipe => "|",
        Style::Flat | Style::Json => "",
    };
    match (value, kind) {
        (ValueRef::Object(_) | ValueRef::List(_) | ValueRef::Map(_), _) if style == Style::Json => {
            out.push((name.to_owned(), json.to_string()));
        }
        (ValueRef::List(list), _) if style != Style::Flat => {
            let parts: Vec<String> = (0..list.len())
                .map(|index| text(&scalar(list.get(index))))
                .collect();
            out.push((name.to_owned(), parts.join(delimiter)));
        }
        (ValueRef::Object(record), _) => flatten_fields(record, style, &format!("{name}."), out),
        (ValueRef::List(list), Kind::List(element)) => {
            for index in 0..list.len() {
                flatten(
                    list.get(index),
                    element.kind,
                    style,
                    &format!("{name}.{}", index + 1),
                    out,
                );
            }
        }
        (ValueRef::Map(map), Kind::Map(element)) => {
            for (key, value) in (0..map.len()).filter_map(|index| map.entry(index)) {
                flatten(value, element.kind, style, &format!("{name}.{key}"), out);
            }
        }
        _ => out.push((name.to_owned(), text(&json))),
    }
}

fn flatten_fields(
    record: &dyn Record,
    style: Style,
    prefix: &str,
    out: &mut Vec<(String, String)>,
) {
    for (index, field) in record.schema().fields.iter().enumerate() {
        let name = format!("{prefix}{}", field.name);
        flatten(
            record.get(index),
            field.kind,
            style_within(style, field),
            &name,
            out,
        );
    }
}

fn scalar(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::String(text) => text.into(),
        ValueRef::Integer(number) => number.into(),
        ValueRef::Float(number) => number.into(),
        ValueRef::Boolean(flag) => flag.into(),
        ValueRef::Any(value) => value.clone(),
        ValueRef::Object(record) => to_json(record),
        _ => Value::Null,
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn a_full_request_survives_the_wire() {
    let mut sent = Vec::new();
    flatten_fields(&full(), Style::Flat, "", &mut sent);
    let read = DynRecord::from_wire(
        &RUN_INSTANCES,
        sent.iter().map(|(n, v)| (n.as_str(), v.as_str())),
    );
    assert!(equal(&read.unwrap(), &full()));
}

fn texts(pattern: &'static str) -> impl Strategy<Value = Value> {
    prop::collection::vec(pattern, 1..4).prop_map(Value::from)
}

fn disks() -> impl Strategy<Value = Value> {
    let disk = (".*", any::<i64>(), any::<bool>()).prop_map(|(text, size, lower)| {
        json!({"Category": text, "Size": size, if lower { "key" } else { "Key" }: text})
    });
    prop::collection::vec(disk, 1..12).prop_map(Value::from)
}

fn request() -> impl Strategy<Value = Value> {
    let fields = [
        ("InstanceType", ".*".prop_map(Value::from).boxed()),
        ("Amount", any::<i32>().prop_map(Value::from).boxed()),
        (
            "SpotPrice",
            prop::num::f64::NORMAL.prop_map(Value::from).boxed(),
        ),
        ("DryRun", any::<bool>().prop_map(Value::from).boxed()),
        (
            "SystemDisk.Size",
            any::<i64>().prop_map(Value::from).boxed(),
        ),
        ("SystemDisk", Just(json!({"key": ""})).boxed()),
        ("DataDisk", disks().boxed()),
        ("Filter", disks().boxed()),
        ("Ipv6Address", texts(".*").boxed()),
        ("Zones", texts("[^,]*").boxed()),
        ("Words", texts("[^|]*").boxed()),
        (
            "Options",
            prop::collection::btree_map(".*", ".*", 1..4)
                .prop_map(|map| json!(map))
                .boxed(),
        ),
        (
            "Matrix",
            prop::collection::vec(prop::collection::vec(any::<i64>(), 1..3), 1..3)
                .prop_map(Value::from)
                .boxed(),
        ),
    ];
    let names = fields.each_ref().map(|(name, _)| *name);
    let values = fields.map(|(_, value)| prop::option::of(value).boxed());
    Vec::from(values).prop_map(move |values| {
        let fields = names.iter().zip(values);
        fields
            .filter_map(|(name, value)| Some(((*name).to_owned(), value?)))
            .collect()
    })
}

proptest! {
    // Failures are shown in full and mended; there is no file of them.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_survives_the_wire(request in request()) {
        let given = DynRecord::from_json(&RUN_INSTANCES, &request).unwrap();
        let mut sent = Vec::new();
        flatten_fields(&given, Style::Flat, "", &mut sent);
        let read = DynRecord::from_wire(&RUN_INSTANCES, sent.iter().map(|(n, v)| (n.as_str(), v.as_str())));
        prop_assert_eq!(read.unwrap(), given);
    }

    #[test]
    fn no_names_make_the_reader_panic(
        parameters in prop::collection::vec(("(Tag|DataDisk|Matrix|Options|Extra|SystemDisk|[.é])?([.](1|2|3|99999999999|Key|Size|é))*[.]?", ".*"), 0..8),
    ) {
        let _ = DynRecord::from_wire(&RUN_INSTANCES, parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    }
}
