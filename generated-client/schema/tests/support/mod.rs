//! A request and a response as generated code would define them, with everything that specs can
//! hold: dotted names, names that differ by case, nested lists, objects and maps, every style.

#![allow(dead_code, missing_docs, unreachable_pub)]

use std::collections::BTreeMap;

use alicloud_schema::{
    pattern::Pattern,
    record,
    record::{
        Bound, Bytes, Field, Fields, Format, Limits, Predicate, Rule, RuleKind, Schema, Style,
    },
};
use serde_json::Value;

#[derive(Default)]
pub(crate) struct RunInstances {
    pub(crate) region_id: Option<String>,
    pub(crate) instance_type: String,
    pub(crate) amount: Option<i32>,
    pub(crate) client_token: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) charge_type: Option<String>,
    pub(crate) spot_price: Option<f64>,
    pub(crate) dry_run: Option<bool>,
    pub(crate) system_disk: Option<Disk>,
    pub(crate) system_disk_size: Option<i64>,
    pub(crate) data_disk: Option<Vec<Disk>>,
    pub(crate) tag: Option<Vec<Tag>>,
    pub(crate) ipv6_address: Option<Vec<String>>,
    pub(crate) ipv6_address_count: Option<i32>,
    pub(crate) network_interface: Option<Vec<NetworkInterface>>,
    pub(crate) options: Option<BTreeMap<String, String>>,
    pub(crate) filter: Option<Vec<Disk>>,
    pub(crate) settings: Option<Disk>,
    pub(crate) zones: Option<Vec<String>>,
    pub(crate) numbers: Option<Vec<i64>>,
    pub(crate) words: Option<Vec<String>>,
    pub(crate) extra: Option<Value>,
    pub(crate) matrix: Option<Vec<Vec<i64>>>,
    pub(crate) period: Option<i32>,
    pub(crate) body: Option<Bytes>,
    pub(crate) plan: Option<Vec<NetworkInterface>>,
}

record! {
    request RunInstances = RUN_INSTANCES {
        region_id,
        instance_type,
        amount,
        client_token,
        password,
        charge_type,
        spot_price,
        dry_run,
        system_disk,
        system_disk_size,
        data_disk,
        tag,
        ipv6_address,
        ipv6_address_count,
        network_interface,
        options,
        filter,
        settings,
        zones,
        numbers,
        words,
        extra,
        matrix,
        period,
        body,
        plan,
    }
}

static INSTANCE_TYPE: Pattern = Pattern::new(r"^ecs\.");
static TAG_KEY: Pattern = Pattern::new(r"^[^:]*$");

pub(crate) static RUN_INSTANCES: Schema = Schema {
    name: "RunInstances",
    fields: Fields::of(&[
        Field::string("RegionId").required().region(),
        Field::string("InstanceType").required().limits(&Limits {
            pattern: Some(&INSTANCE_TYPE),
            ..Limits::NONE
        }),
        Field::int32("Amount").limits(&Limits {
            minimum: Some(Bound::Integer(1)),
            maximum: Some(Bound::Integer(100)),
            ..Limits::NONE
        }),
        Field::string("ClientToken").limits(&Limits {
            max_length: Some(64),
            format: Some(Format::Ascii),
            ..Limits::NONE
        }),
        Field::string("Password").sensitive().limits(&Limits {
            min_length: Some(8),
            max_length: Some(30),
            ..Limits::NONE
        }),
        Field::string("ChargeType").limits(&Limits {
            values: &["PrePaid", "PostPaid"],
            ..Limits::NONE
        }),
        Field::float("SpotPrice").limits(&Limits {
            minimum: Some(Bound::Float(0.01)),
            ..Limits::NONE
        }),
        Field::boolean("DryRun"),
        Field::object("SystemDisk", &DISK),
        Field::int64("SystemDisk.Size").limits(&Limits {
            minimum: Some(Bound::Integer(20)),
            ..Limits::NONE
        }),
        Field::list("DataDisk", &Field::object("", &DISK)).limits(&Limits {
            max_items: Some(16),
            ..Limits::NONE
        }),
        Field::list("Tag", &Field::object("", &TAG)),
        Field::list(
            "Ipv6Address",
            &Field::string("").limits(&Limits {
                format: Some(Format::Ipv6),
                ..Limits::NONE
            }),
        )
        .limits(&Limits {
            min_items: Some(1),
            max_items: Some(2),
            ..Limits::NONE
        }),
        Field::int32("Ipv6AddressCount"),
        Field::list("NetworkInterface", &Field::object("", &NETWORK_INTERFACE)),
        Field::map("Options", &Field::string("")),
        Field::list("Filter", &Field::object("", &DISK)).style(Style::Json),
        Field::object("Settings", &DISK).style(Style::Json),
        Field::list("Zones", &Field::string("")).style(Style::Comma),
        Field::list("Numbers", &Field::int64("")).style(Style::Space),
        Field::list("Words", &Field::string("")).style(Style::Pipe),
        Field::any("Extra"),
        Field::list("Matrix", &Field::list("", &Field::int64(""))),
        Field::int32("Period").limits(&Limits {
            values: &["1", "2", "12"],
            ..Limits::NONE
        }),
        Field::bytes("Body"),
        Field::list("Plan", &Field::object("", &NETWORK_INTERFACE)).style(Style::Json),
    ]),
    rules: &[
        Rule {
            kind: RuleKind::AtMostOneOf,
            each: &[],
            members: &[
                Predicate::given(&["Ipv6Address"]),
                Predicate::given(&["Ipv6AddressCount"]),
            ],
            then: &[],
            reason: "Addresses are either chosen or made.",
        },
        Rule {
            kind: RuleKind::Requires,
            each: &[],
            members: &[Predicate::is(&["ChargeType"], &["PrePaid"])],
            then: &[Predicate::given(&["Period"])],
            reason: "A subscription has a term.",
        },
        Rule {
            kind: RuleKind::ExactlyOneOf,
            each: &["NetworkInterface"],
            members: &[
                Predicate::given(&["VSwitchId"]),
                Predicate::given(&["NetworkInterfaceId"]),
            ],
            then: &[],
            reason: "An interface is made or is there already.",
        },
        Rule {
            kind: RuleKind::AtMostOneOf,
            each: &[],
            members: &[
                Predicate::given(&["SystemDisk", "Size"]),
                Predicate::given(&["SystemDisk.Size"]),
            ],
            then: &[],
            reason: "They are one and the same.",
        },
        Rule {
            kind: RuleKind::Requires,
            each: &[],
            members: &[Predicate::is(&["DataDisk", "Category"], &["cloud_essd"])],
            then: &[Predicate::given(&["SpotPrice"])],
            reason: "Made up.",
        },
    ],
};

#[derive(Default)]
pub(crate) struct Disk {
    pub(crate) category: Option<String>,
    pub(crate) size: Option<i64>,
    pub(crate) key: Option<String>,
    pub(crate) lower_key: Option<String>,
}

record! {
    request Disk = DISK {
        category,
        size,
        key,
        lower_key,
    }
}

pub(crate) static DISK: Schema = Schema {
    name: "Disk",
    fields: Fields::of(&[
        Field::string("Category"),
        Field::int64("Size"),
        Field::string("Key"),
        Field::string("key"),
    ]),
    rules: &[],
};

#[derive(Default)]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: Option<String>,
}

record! {
    request Tag = TAG {
        key,
        value,
    }
}

pub(crate) static TAG: Schema = Schema {
    name: "Tag",
    fields: Fields::of(&[
        Field::string("Key").required().limits(&Limits {
            min_length: Some(1),
            max_length: Some(8),
            pattern: Some(&TAG_KEY),
            ..Limits::NONE
        }),
        Field::string("Value"),
    ]),
    rules: &[],
};

#[derive(Default)]
pub(crate) struct NetworkInterface {
    pub(crate) v_switch_id: Option<String>,
    pub(crate) network_interface_id: Option<String>,
    pub(crate) security_group_ids: Option<Vec<String>>,
    pub(crate) tag: Option<Vec<Tag>>,
}

record! {
    request NetworkInterface = NETWORK_INTERFACE {
        v_switch_id,
        network_interface_id,
        security_group_ids,
        tag,
    }
}

pub(crate) static NETWORK_INTERFACE: Schema = Schema {
    name: "NetworkInterface",
    fields: Fields::of(&[
        Field::string("VSwitchId"),
        Field::string("NetworkInterfaceId"),
        Field::list("SecurityGroupIds", &Field::string("")),
        Field::list("Tag", &Field::object("", &TAG)),
    ]),
    rules: &[],
};

/// A response.
#[derive(Default)]
pub(crate) struct Described {
    pub(crate) request_id: Option<String>,
    pub(crate) total: Option<i32>,
    pub(crate) ipv6_sets: Option<Ipv6Sets>,
    pub(crate) disks: Option<Vec<Disk>>,
    pub(crate) ready: Option<bool>,
    pub(crate) price: Option<f64>,
    pub(crate) labels: Option<BTreeMap<String, i64>>,
    pub(crate) extra: Option<Value>,
    pub(crate) secret: Option<i64>,
    pub(crate) content: Option<Bytes>,
}

record! {
    response Described = DESCRIBED {
        request_id,
        total,
        ipv6_sets,
        disks,
        ready,
        price,
        labels,
        extra,
        secret,
        content,
    }
}

pub(crate) static DESCRIBED: Schema = Schema {
    name: "Described",
    fields: Fields::of(&[
        Field::string("RequestId"),
        Field::int32("Total"),
        Field::object("Ipv6Sets", &IPV6_SETS),
        Field::list("Disks", &Field::object("", &DISK)),
        Field::boolean("Ready"),
        Field::float("Price"),
        Field::map("Labels", &Field::int64("")),
        Field::any("Extra"),
        Field::int64("Secret").sensitive(),
        Field::bytes("Content"),
    ]),
    rules: &[],
};

#[derive(Default)]
pub(crate) struct Ipv6Sets {
    pub(crate) ipv6_address: Option<Vec<String>>,
}

record! {
    response Ipv6Sets = IPV6_SETS {
        ipv6_address,
    }
}

pub(crate) static IPV6_SETS: Schema = Schema {
    name: "Ipv6Sets",
    fields: Fields::of(&[Field::list("Ipv6Address", &Field::string(""))]),
    rules: &[],
};

/// A request that is right, with as much in it as can be.
pub(crate) fn full() -> RunInstances {
    RunInstances {
        region_id: Some("cn-hangzhou".into()),
        instance_type: "ecs.g7.large".into(),
        amount: Some(2),
        client_token: Some("a1".into()),
        password: Some("correct horse".into()),
        charge_type: Some("PrePaid".into()),
        spot_price: Some(0.5),
        dry_run: Some(false),
        system_disk: Some(Disk {
            category: Some("cloud".into()),
            ..Disk::default()
        }),
        system_disk_size: Some(40),
        data_disk: Some(vec![
            Disk {
                size: Some(1),
                key: Some("upper".into()),
                lower_key: Some("lower".into()),
                ..Disk::default()
            },
            Disk {
                category: Some(String::new()),
                ..Disk::default()
            },
        ]),
        tag: Some(vec![Tag {
            key: "é".into(),
            value: Some("v".into()),
        }]),
        ipv6_address: Some(vec!["2001:db8::1".into(), "2001:db8::2".into()]),
        ipv6_address_count: None,
        network_interface: Some(vec![NetworkInterface {
            v_switch_id: Some("vsw-1".into()),
            network_interface_id: None,
            security_group_ids: Some(vec!["sg-1".into(), "sg-2".into()]),
            tag: Some(vec![Tag {
                key: "k".into(),
                value: None,
            }]),
        }]),
        options: Some(BTreeMap::from([
            ("a.b".into(), "1".into()),
            ("c".into(), String::new()),
        ])),
        filter: Some(vec![]),
        settings: Some(Disk::default()),
        zones: Some(vec!["a".into(), "b".into()]),
        numbers: Some(vec![1, -2]),
        words: Some(vec!["x y".into()]),
        extra: Some(Value::from("text")),
        matrix: Some(vec![vec![1, 2], vec![3]]),
        period: Some(12),
        body: None,
        plan: None,
    }
}
