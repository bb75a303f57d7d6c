//! Records written by hand, for tests of what works on any record.

#![allow(dead_code, missing_docs, unreachable_pub)]

use std::collections::BTreeMap;

use alicloud_schema::record::{Bytes, Field, Location, Schema, Style};
use serde_json::Value;

/// A struct and its schema, side by side.
macro_rules! sample {
    ($name:ident: $schema:ident { $($index:literal => $field:ident: $type:ty = $describe:expr),* $(,)? }) => {
        #[derive(Default)]
        pub struct $name {
            $(pub $field: $type),*
        }
        pub static $schema: Schema = Schema {
            name: stringify!($name),
            fields: &[$($describe),*],
            rules: &[],
        };
        alicloud_schema::record!(request $name, $schema $(, $index => $field)*);
    };
}

static TEXT: Field = Field::string("");
static NUMBER: Field = Field::int64("");
static TEXTS: Field = Field::list("", &TEXT);
static TAG: Field = Field::object("", &TAG_SHAPE);

sample!(Tag: TAG_SHAPE {
    0 => key: Option<String> = Field::string("Key"),
    1 => value: Option<String> = Field::string("Value"),
});

sample!(Disk: DISK_SHAPE {
    0 => size: Option<i32> = Field::int32("Size"),
    1 => tags: Option<Vec<Tag>> = Field::list("Tag", &TAG),
    2 => options: Option<Vec<String>> = Field::list("Options", &TEXT).style(Style::Json),
});

// One field of every kind, style and location.
sample!(Everything: EVERYTHING {
    0 => id: String = Field::string("Id").required(),
    1 => count: Option<i64> = Field::int64("Count"),
    2 => ratio: Option<f64> = Field::float("Ratio"),
    3 => flag: Option<bool> = Field::boolean("Flag"),
    4 => addresses: Option<Vec<String>> = Field::list("Ipv6Address", &TEXT),
    5 => tags: Option<Vec<Tag>> = Field::list("Tag", &TAG),
    6 => disk: Option<Disk> = Field::object("SystemDisk", &DISK_SHAPE),
    7 => matrix: Option<Vec<Vec<String>>> = Field::list("Filters", &TEXTS),
    8 => labels: Option<BTreeMap<String, i64>> = Field::map("Labels", &NUMBER),
    9 => extra: Option<Value> = Field::any("Extra"),
    10 => json_list: Option<Vec<String>> = Field::list("JsonList", &TEXT).style(Style::Json),
    11 => json_disk: Option<Disk> = Field::object("JsonDisk", &DISK_SHAPE).style(Style::Json),
    12 => json_map: Option<BTreeMap<String, i64>> = Field::map("JsonMap", &NUMBER).style(Style::Json),
    13 => comma: Option<Vec<String>> = Field::list("Comma", &TEXT).style(Style::Comma),
    14 => space: Option<Vec<i64>> = Field::list("Space", &NUMBER).style(Style::Space),
    15 => pipe: Option<Vec<String>> = Field::list("Pipe", &TEXT).style(Style::Pipe),
    16 => form: Option<String> = Field::string("Form").location(Location::Form),
    17 => host: Option<String> = Field::string("Host").location(Location::Host),
    18 => dotted: Option<String> = Field::string("DataDisk.Category"),
    19 => bytes: Option<Bytes> = Field::bytes("Bytes"),
});

// The request that is measured and signed in tests.
sample!(Assign: ASSIGN {
    0 => region_id: Option<String> = Field::string("RegionId").required(),
    1 => network_interface_id: String = Field::string("NetworkInterfaceId").required(),
    2 => ipv6_address_count: Option<i32> = Field::int32("Ipv6AddressCount"),
    3 => ipv6_address: Option<Vec<String>> = Field::list("Ipv6Address", &TEXT),
    4 => client_token: Option<String> = Field::string("ClientToken"),
});

// A request with a form and one with a body.
sample!(Moderate: MODERATE {
    0 => service: Option<String> = Field::string("Service").location(Location::Form),
    1 => region_id: Option<String> = Field::string("RegionId"),
});
sample!(Upload: UPLOAD {
    0 => name: Option<String> = Field::string("Name"),
    1 => form: Option<String> = Field::string("Form").location(Location::Form),
    2 => content: Option<Bytes> = Field::bytes("Content").location(Location::Body),
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
