//! Records written by hand, for tests of what works on any record.

#![allow(dead_code, missing_docs, unreachable_pub)]

use std::collections::BTreeMap;

use alicloud_schema::record::{Bytes, Field, Fields, Location, Schema, Style};
use serde_json::Value;

/// A struct and its schema, side by side.
macro_rules! sample {
    ($name:ident: $schema:ident { $($field:ident: $type:ty = $describe:expr),* $(,)? }) => {
        #[derive(Default)]
        pub struct $name {
            $(pub $field: $type),*
        }
        pub static $schema: Schema = Schema {
            name: stringify!($name),
            fields: Fields::of(&[$($describe),*]),
            rules: &[],
        };
        alicloud_schema::record! { request $name = $schema { $($field),* } }
    };
}

static TEXT: Field = Field::string("");
static NUMBER: Field = Field::int64("");
static TEXTS: Field = Field::list("", &TEXT);
static TAG: Field = Field::object("", &TAG_SHAPE);

sample!(Tag: TAG_SHAPE {
    key: Option<String> = Field::string("Key"),
    value: Option<String> = Field::string("Value"),
});

sample!(Disk: DISK_SHAPE {
    size: Option<i32> = Field::int32("Size"),
    tags: Option<Vec<Tag>> = Field::list("Tag", &TAG),
    options: Option<Vec<String>> = Field::list("Options", &TEXT).style(Style::Json),
});

// One field of every kind, style and location.
sample!(Everything: EVERYTHING {
    id: String = Field::string("Id").required(),
    count: Option<i64> = Field::int64("Count"),
    ratio: Option<f64> = Field::float("Ratio"),
    flag: Option<bool> = Field::boolean("Flag"),
    addresses: Option<Vec<String>> = Field::list("Ipv6Address", &TEXT),
    tags: Option<Vec<Tag>> = Field::list("Tag", &TAG),
    disk: Option<Disk> = Field::object("SystemDisk", &DISK_SHAPE),
    matrix: Option<Vec<Vec<String>>> = Field::list("Filters", &TEXTS),
    labels: Option<BTreeMap<String, i64>> = Field::map("Labels", &NUMBER),
    extra: Option<Value> = Field::any("Extra"),
    json_list: Option<Vec<String>> = Field::list("JsonList", &TEXT).style(Style::Json),
    json_disk: Option<Disk> = Field::object("JsonDisk", &DISK_SHAPE).style(Style::Json),
    json_map: Option<BTreeMap<String, i64>> = Field::map("JsonMap", &NUMBER).style(Style::Json),
    comma: Option<Vec<String>> = Field::list("Comma", &TEXT).style(Style::Comma),
    space: Option<Vec<i64>> = Field::list("Space", &NUMBER).style(Style::Space),
    pipe: Option<Vec<String>> = Field::list("Pipe", &TEXT).style(Style::Pipe),
    form: Option<String> = Field::string("Form").location(Location::Form),
    host: Option<String> = Field::string("Host").location(Location::Host),
    dotted: Option<String> = Field::string("DataDisk.Category"),
    bytes: Option<Bytes> = Field::bytes("Bytes"),
});

// The request that is measured and signed in tests.
sample!(Assign: ASSIGN {
    region_id: Option<String> = Field::string("RegionId").required(),
    network_interface_id: String = Field::string("NetworkInterfaceId").required(),
    ipv6_address_count: Option<i32> = Field::int32("Ipv6AddressCount"),
    ipv6_address: Option<Vec<String>> = Field::list("Ipv6Address", &TEXT),
    client_token: Option<String> = Field::string("ClientToken"),
});

// A request with a form and one with a body.
sample!(Moderate: MODERATE {
    service: Option<String> = Field::string("Service").location(Location::Form),
    region_id: Option<String> = Field::string("RegionId"),
});
sample!(Upload: UPLOAD {
    name: Option<String> = Field::string("Name"),
    form: Option<String> = Field::string("Form").location(Location::Form),
    content: Option<Bytes> = Field::bytes("Content").location(Location::Body),
});

/// A request with ten addresses.
pub fn ten_addresses() -> Assign {
    Assign {
        region_id: Some("cn-hangzhou".to_owned()),
        network_interface_id: "eni-bp1iqejowblx6h8j0001".to_owned(),
        ipv6_address: Some(
            (1..=10)
                .map(|index| format!("2001:db8:1234:1a00:9691:51ae:9fca:{index:x}"))
                .collect(),
        ),
        client_token: Some("123e4567-e89b-12d3-a456-426655440000".to_owned()),
        ..Assign::default()
    }
}
