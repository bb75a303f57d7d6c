//! Lists that the wire wraps in an object with nothing else in it.

use crate::support::Tag;
use alicloud_schema::{
    decode::decode,
    dynamic::DynRecord,
    encode,
    json::{json_text, to_json},
    record::{Field, Fields, Record, Schema, ValueRef, step},
};
use serde_json::json;

#[derive(Default)]
struct Listed {
    names: Vec<String>,
    tags: Vec<Tag>,
    inner: Option<Inner>,
}

#[derive(Default)]
struct Inner {
    ports: Vec<i64>,
}

alicloud_schema::record! {
    response Listed = LISTED {
        names,
        tags,
        inner,
    }
}

alicloud_schema::record! {
    response Inner = INNER {
        ports,
    }
}

static LISTED: Schema = Schema {
    name: "Listed",
    fields: Fields::of(&[
        Field::list("Names", &Field::string("")).wrapped("Name"),
        Field::list("Tags", &Field::object("", &crate::support::TAG)).wrapped("Tag"),
        Field::object("Inner", &INNER),
    ]),
    rules: &[],
};

static INNER: Schema = Schema {
    name: "Inner",
    fields: Fields::of(&[Field::list("Ports", &Field::int64("")).wrapped("Port")]),
    rules: &[],
};

fn listed(text: &str) -> Listed {
    let mut listed = Listed::default();
    decode(text.as_bytes(), &mut listed).unwrap_or_else(|error| panic!("{text}: {error}"));
    listed
}

#[test]
fn they_are_read_however_they_come() {
    for (text, names) in [
        (r#"{"Names":{"Name":["a","b"]}}"#, &["a", "b"][..]),
        (r#"{"Names":["a","b"]}"#, &["a", "b"]),
        (r#"{"Names":{"Name":"a"}}"#, &["a"]),
        (r#"{"Names":{"More":{},"Name":["a"],"Other":[1]}}"#, &["a"]),
        (r#"{"Names":{"Na\u006de":["a"]}}"#, &["a"]),
        (r#"{"Names":{"Name":[]}}"#, &[]),
        (r#"{"Names":{"Name":""}}"#, &[]),
        (r#"{"Names":{"Name":null}}"#, &[]),
        (r#"{"Names":{}}"#, &[]),
        (r#"{"Names":[]}"#, &[]),
        (r#"{"Names":""}"#, &[]),
        (r#"{"Names":null}"#, &[]),
        ("{}", &[]),
    ] {
        assert_eq!(listed(text).names, names, "{text}");
        let mut by_name = DynRecord::new(&LISTED);
        decode(text.as_bytes(), &mut by_name).unwrap();
        let count = match by_name.get(0) {
            ValueRef::List(list) => list.len(),
            _ => 0,
        };
        assert_eq!(count, names.len(), "{text}");
    }
    for text in [
        r#"{"Tags":{"Tag":[{"Key":"k"}]}}"#,
        r#"{"Tags":[{"Key":"k"}]}"#,
        r#"{"Tags":{"Tag":{"Key":"k"}}}"#,
    ] {
        assert_eq!(listed(text).tags[0].key, "k", "{text}");
    }
}

#[test]
fn places_are_told_as_on_the_wire() {
    let wrong = r#"{"Inner":{"Ports":{"Port":[1,[]]}}}"#;
    let mut response = Listed::default();
    let skipped = decode(wrong.as_bytes(), &mut response).unwrap();
    assert_eq!(
        skipped[0].to_string(),
        "Inner.Ports.Port[1]: expected a whole number, found a list"
    );
}

#[test]
fn what_is_around_a_list_may_begin_in_the_other_case() {
    for text in [
        r#"{"tags":{"tag":[{"key":"k"}]}}"#,
        r#"{"Tags":{"tag":[{"Key":"other"}],"Tag":[{"Key":"k"}]}}"#,
        r#"{"Tags":{"Tag":[{"Key":"k"}],"tag":[{"Key":"other"}]}}"#,
    ] {
        let listed = listed(text);
        assert_eq!(
            (listed.tags.len(), &*listed.tags[0].key),
            (1, "k"),
            "{text}"
        );
    }
}

#[test]
fn they_are_written_as_on_the_wire() {
    let text =
        r#"{"Names":{"Name":["a"]},"Tags":{"Tag":[{"Key":"k"}]},"Inner":{"Ports":{"Port":[80]}}}"#;
    let listed = listed(text);
    assert_eq!(json_text(ValueRef::Object(&listed)), text);
    let mut encoded = String::new();
    encode::json_text(ValueRef::Object(&listed), &mut encoded);
    assert_eq!(encoded, text);
    assert_eq!(
        to_json(&Listed::default()),
        json!({ "Names": { "Name": [] }, "Tags": { "Tag": [] } })
    );
    assert_eq!(listed, self::listed(text));
    assert_eq!(format!("{:?}", listed.inner), "Some(Inner { ports: [80] })");
}

#[test]
fn a_path_names_the_object_or_not() {
    let listed = listed(r#"{"Names":["a"],"Inner":{"Ports":[80]}}"#);
    for (path, rest) in [
        (&["Names", "Name"][..], &[][..]),
        (&["Names"], &[]),
        (&["Tags", "Tag", "Key"], &["Key"]),
        (&["Tags", "Key"], &["Key"]),
        (&["Inner", "Ports", "Port"], &["Ports", "Port"]),
    ] {
        let (_, left) = step(&listed, path).unwrap();
        assert_eq!(left, rest, "{path:?}");
    }
    assert!(step(&listed, &["Name"]).is_none());
    assert!(step(&listed, &[]).is_none());
}
