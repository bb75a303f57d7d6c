//! What the validator says of typed requests.

use std::collections::BTreeMap;

use crate::support::{Disk, NetworkInterface, RunInstances, Tag, full};
use alicloud_schema::{
    record::{
        Bound, Field, Fields, Kind, Limits, Predicate, Record, Rule, RuleKind, Schema, Style,
        ValueMut, ValueRef,
    },
    validate::{ViolationKind, check, is_present},
};

fn said(request: &dyn Record) -> String {
    check(request).map_or_else(
        |violations| violations.to_string(),
        |()| "nothing".to_owned(),
    )
}

#[test]
fn a_right_request_passes() {
    assert_eq!(said(&full()), "nothing");
    let smallest = RunInstances {
        instance_type: "ecs.t6".into(),
        ..RunInstances::default()
    };
    assert_eq!(said(&smallest), "nothing");
}

#[test]
fn everything_is_reported_at_once_and_reads_well() {
    let request = RunInstances {
        instance_type: "g7".into(),
        amount: Some(101),
        client_token: Some("é".repeat(65)),
        password: Some("short".into()),
        charge_type: Some("PrePaid".into()),
        spot_price: Some(0.0),
        system_disk: Some(Disk {
            size: Some(1),
            ..Disk::default()
        }),
        system_disk_size: Some(19),
        data_disk: Some(vec![
            Disk {
                category: Some("cloud_essd".into()),
                ..Disk::default()
            };
            17
        ]),
        tag: Some(vec![
            Tag {
                key: "a:b".into(),
                value: None,
            },
            Tag {
                key: String::new(),
                value: None,
            },
        ]),
        ipv6_address: Some(vec!["****".into(), "::1".into(), "::2".into()]),
        ipv6_address_count: Some(1),
        network_interface: Some(vec![
            NetworkInterface {
                v_switch_id: Some("v".into()),
                ..NetworkInterface::default()
            },
            NetworkInterface {
                v_switch_id: Some("v".into()),
                network_interface_id: Some("e".into()),
                ..NetworkInterface::default()
            },
            NetworkInterface {
                security_group_ids: Some(vec!["s".into()]),
                ..NetworkInterface::default()
            },
        ]),
        options: Some(BTreeMap::new()),
        zones: Some(vec![]),
        period: None,
        ..RunInstances::default()
    };
    insta::assert_snapshot!(said(&request), @r#"
    InstanceType: "g7" does not match; allowed: text that matches `^ecs\.`
    Amount: 101 is too large; at most 100 is allowed
    ClientToken: "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"… (65 characters) is too long; at most 64 characters are allowed
    ClientToken: "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"… is not ASCII text
    Password: the value is too short; at least 8 characters are required
    SpotPrice: 0 is too small; at least 0.01 is required
    SystemDisk.Size: 19 is too small; at least 20 is required
    DataDisk: 17 elements is too many; at most 16 elements are allowed
    Tag.1.Key: "a:b" does not match; allowed: text that matches `^[^:]*$`
    Tag.2.Key is required and must not be empty
    Ipv6Address: 3 elements is too many; at most 2 elements are allowed
    Ipv6Address.1: "****" is not an IPv6 address such as 2001:db8::1
    Options: an empty map cannot be sent; leave it unset, or give it something to hold
    Zones: an empty list cannot be sent; leave it unset, or give it something to hold
    Ipv6Address and Ipv6AddressCount were given; at most one of them is allowed. Addresses are either chosen or made.
    ChargeType = "PrePaid" was given; it requires Period. A subscription has a term.
    NetworkInterface.2.VSwitchId and NetworkInterface.2.NetworkInterfaceId were given; exactly one of them is required. An interface is made or is there already.
    none of NetworkInterface.3.VSwitchId, NetworkInterface.3.NetworkInterfaceId was given; exactly one of them is required. An interface is made or is there already.
    SystemDisk.Size and SystemDisk.Size (its other form) were given; at most one of them is allowed. They are one and the same.
    "#);
}

/// Four texts, of which the rules of a test are about some.
#[derive(Default)]
struct Four {
    a: Option<String>,
    b: Option<String>,
    c: Option<String>,
    d: Option<String>,
}

static FOUR: Schema = Schema {
    name: "Four",
    fields: Fields::of(&[
        Field::string("A"),
        Field::string("B"),
        Field::string("C"),
        Field::string("D"),
    ]),
    rules: &[
        Rule::new(
            RuleKind::AtMostOneOf,
            &[
                Predicate::given(&["A"]),
                Predicate::any(&[
                    Predicate::given(&["B"]),
                    Predicate::given(&["C"]),
                    Predicate::is(&["D"], &["x", "y"]),
                ]),
            ],
            "The new form or the old.",
        ),
        Rule::requires(
            &[Predicate::is(&["D"], &["z"])],
            &[Predicate::any(&[
                Predicate::given(&["B"]),
                Predicate::given(&["C"]),
            ])],
            "One of the two.",
        ),
        Rule::requires(
            &[Predicate::given(&["C"])],
            &[
                Predicate::given(&["D"]),
                Predicate::any(&[Predicate::given(&["A"]), Predicate::given(&["B"])]),
            ],
            "",
        ),
    ],
};
alicloud_schema::record! {
    request Four = FOUR {
        a,
        b,
        c,
        d,
    }
}

fn four([a, b, c, d]: [&str; 4]) -> String {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    said(&Four {
        a: text(a),
        b: text(b),
        c: text(c),
        d: text(d),
    })
}

#[test]
fn a_group_counts_as_one_member() {
    for right in [
        ["", "", "", ""],
        ["1", "", "", ""],
        ["", "1", "", ""],
        // Two of a group are not two members.
        ["", "1", "", "x"],
        ["1", "", "", "other"],
        ["", "1", "", "z"],
        ["", "1", "1", "z"],
    ] {
        assert_eq!(four(right), "nothing", "{right:?}");
    }
}

#[derive(Default)]
struct Amounts {
    address: Option<String>,
    amount: Option<i64>,
    password: Option<String>,
}

static AMOUNTS: Schema = Schema {
    name: "Amounts",
    fields: Fields::of(&[
        Field::string("Address"),
        Field::new("Amount", Kind::Int64),
        Field::string("Password").sensitive(),
    ]),
    rules: &[
        Rule::requires(
            &[
                Predicate::given(&["Address"]),
                Predicate::given(&["Amount"]),
            ],
            &[Predicate::is(&["Amount"], &["1"])],
            "An address is for one.",
        ),
        Rule::requires(
            &[Predicate::given(&["Password"])],
            &[Predicate::is(&["Amount"], &["1", "2"])],
            "",
        ),
        Rule::new(
            RuleKind::AtMostOneOf,
            &[
                Predicate::is(&["Password"], &["secret"]),
                Predicate::given(&["Address"]),
            ],
            "",
        ),
    ],
};
alicloud_schema::record! {
    request Amounts = AMOUNTS {
        address,
        amount,
        password,
    }
}

#[test]
fn a_violated_rule_tells_the_value_that_it_found() {
    let both = Amounts {
        address: Some("a".to_owned()),
        amount: Some(2),
        password: None,
    };
    let violations = check(&both).unwrap_err();
    let first = violations.iter().next().unwrap();
    assert_eq!(
        violations.to_string(),
        "Address and Amount = 2 were given; together they require Amount = 1. \
         An address is for one."
    );
    assert_eq!(first.parameter, "Address, Amount");
    assert_eq!(first.given.as_deref(), Some("Address and Amount = 2"));
    let other = Amounts {
        amount: Some(3),
        password: Some("hidden".to_owned()),
        address: None,
    };
    assert_eq!(
        said(&other),
        "Password and Amount = 3 were given; Password requires Amount = 1 or 2"
    );
}

#[test]
fn a_violated_rule_keeps_a_secret() {
    let secret = Amounts {
        address: Some("a".to_owned()),
        amount: None,
        password: Some("secret".to_owned()),
    };
    assert_eq!(
        check(&secret)
            .unwrap_err()
            .iter()
            .last()
            .unwrap()
            .to_string(),
        "Password and Address were given; at most one of them is allowed"
    );
}

#[test]
fn a_violated_rule_names_those_of_a_group_that_are_given() {
    assert_eq!(
        four(["1", "1", "", ""]),
        "A and B were given; at most one of them is allowed. The new form or the old."
    );
    assert_eq!(
        four(["1", "1", "", "y"]),
        "A, B and D = \"y\" were given; at most one of A and (B or D = \"y\") is allowed. \
         The new form or the old."
    );
    // Where none is given, all of the group would do.
    assert_eq!(
        four(["", "", "", "z"]),
        "D = \"z\" was given; it requires B or C. One of the two."
    );
    assert_eq!(
        four(["", "", "1", ""]),
        "C was given; it requires D and (A or B)"
    );
}

#[test]
fn an_empty_list_is_not_a_short_one_too() {
    static SHORT: Schema = Schema {
        name: "Short",
        fields: Fields::of(&[Field::list("L", &Field::string("")).limits(&Limits {
            min_items: Some(2),
            ..Limits::NONE
        })]),
        rules: &[],
    };
    #[derive(Default)]
    struct Short {
        l: Option<Vec<String>>,
    }
    alicloud_schema::record! {
        request Short = SHORT {
            l,
        }
    }
    assert_eq!(
        said(&Short { l: Some(vec![]) }),
        "L: an empty list cannot be sent; leave it unset, or give it something to hold"
    );
    assert_eq!(
        said(&Short {
            l: Some(vec![String::new()])
        }),
        "L: 1 element is too few; at least 2 elements are required"
    );
    assert_eq!(said(&Short { l: None }), "nothing");
}

static EMPTY: Schema = Schema {
    name: "Empty",
    fields: Fields::of(&[
        Field::string("Id")
            .required()
            .limits(&Limits::NONE.min_length(2).values(&["ab", "cd"])),
        Field::string("Region").required().region(),
        Field::string("Secret").required().sensitive(),
        Field::any("Any").required(),
        Field::list("Ids", &Field::string("")).required(),
        Field::string("Note")
            .required()
            .limits(&Limits::NONE.min_length(0).max_length(4)),
        Field::string("Mode")
            .required()
            .limits(&Limits::NONE.values(&["", "on"])),
        Field::list(
            "Notes",
            &Field::string("").limits(&Limits::NONE.min_length(0)),
        )
        .required(),
        Field::string("Description"),
        Field::list("Others", &Field::string("")),
    ]),
    rules: &[],
};

#[derive(Default)]
struct Empty {
    id: String,
    region: Option<String>,
    secret: String,
    any: serde_json::Value,
    ids: Vec<String>,
    note: String,
    mode: String,
    notes: Vec<String>,
    description: Option<String>,
    others: Option<Vec<String>>,
}

alicloud_schema::record! {
    request Empty = EMPTY {
        id,
        region,
        secret,
        any,
        ids,
        note,
        mode,
        notes,
        description,
        others,
    }
}

#[test]
fn an_empty_text_for_a_required_parameter_is_a_violation_unless_it_means_something() {
    let empty = || String::new();
    let request = Empty {
        region: Some(empty()),
        any: serde_json::json!(""),
        ids: vec!["a".into(), empty()],
        notes: vec![empty()],
        description: Some(empty()),
        others: Some(vec![empty()]),
        ..Empty::default()
    };
    insta::assert_snapshot!(said(&request), @r"
    Id is required and must not be empty
    Region is required and must not be empty
    Secret is required and must not be empty
    Any is required and must not be empty
    Ids.2 is required and must not be empty
    ");
    let kinds = check(&request).unwrap_err();
    assert!(kinds.iter().all(|it| it.kind == ViolationKind::Required));
    assert!(
        kinds
            .iter()
            .all(|it| it.given.as_deref() == Some("an empty text"))
    );
}

#[test]
fn secrets_are_not_told() {
    let request = RunInstances {
        instance_type: "ecs.t6".into(),
        password: Some("hunter2".into()),
        ..RunInstances::default()
    };
    let violations = check(&request).unwrap_err();
    let first = violations.iter().next().unwrap();
    assert_eq!(first.given, None);
    assert_eq!(
        violations.to_string(),
        "Password: the value is too short; at least 8 characters are required"
    );
    assert!(!format!("{violations:?}").contains("hunter2"));
}

#[test]
fn an_empty_list_is_sent_as_json_only() {
    let empty = RunInstances {
        instance_type: "ecs.t6".into(),
        filter: Some(vec![]),
        settings: Some(Disk::default()),
        // An object with nothing in it is absent.
        system_disk: Some(Disk::default()),
        ..RunInstances::default()
    };
    assert_eq!(said(&empty), "nothing");
    // Within a JSON text everything is JSON.
    let plan = RunInstances {
        plan: Some(vec![
            NetworkInterface::default(),
            NetworkInterface {
                security_group_ids: Some(vec![]),
                tag: Some(vec![Tag::default()]),
                ..NetworkInterface::default()
            },
        ]),
        ..empty.clone()
    };
    assert_eq!(
        said(&plan),
        "Plan.2.Tag.1.Key is required and must not be empty"
    );
    let empty = RunInstances {
        data_disk: Some(vec![]),
        tag: Some(vec![]),
        matrix: Some(vec![vec![], vec![1]]),
        ..empty
    };
    assert_eq!(
        said(&empty),
        "DataDisk: an empty list cannot be sent; leave it unset, or give it something to hold\n\
         Tag: an empty list cannot be sent; leave it unset, or give it something to hold\n\
         Matrix.1: an element with nothing in it cannot be sent; leave it out, or give it something to hold"
    );
}

#[test]
fn presence_is_what_is_written() {
    let empty: Vec<String> = vec![];
    let disks = vec![Disk::default()];
    let some = Disk {
        key: Some(String::new()),
        ..Disk::default()
    };
    let null = serde_json::json!({"a": [null, {}]});
    for (value, flat, json) in [
        (ValueRef::Absent, false, false),
        (ValueRef::String(""), true, true),
        (ValueRef::List(&empty), false, true),
        (ValueRef::List(&disks), false, true),
        (ValueRef::Object(&disks[0]), false, true),
        (ValueRef::Object(&some), true, true),
        (ValueRef::Any(&null), false, true),
        (ValueRef::Any(&serde_json::Value::Null), false, false),
    ] {
        assert_eq!(is_present(value, Style::Flat), flat);
        assert_eq!(is_present(value, Style::Json), json);
    }
    assert!(!is_present(ValueRef::List(&empty), Style::Comma));
    assert!(is_present(
        ValueRef::List(&vec![String::new()]),
        Style::Comma
    ));
}

#[test]
fn long_values_are_cut_between_characters() {
    let request = RunInstances {
        instance_type: "ü\n".repeat(100),
        ..RunInstances::default()
    };
    let violations = check(&request).unwrap_err();
    let first = violations.iter().next().unwrap();
    let shown = format!("\"{}\"…", "ü\\n".repeat(30));
    assert_eq!(first.given.as_deref(), Some(shown.as_str()));
    assert_eq!(violations.to_string().lines().count(), 1);
}

#[test]
fn integers_are_compared_exactly() {
    static LIMITED: Schema = Schema {
        name: "Limited",
        fields: Fields::of(&[Field::int64("N").limits(&Limits {
            minimum: Some(Bound::Float(1.5)),
            // 2⁵³; 2⁵³ + 1 is the same as a float
            maximum: Some(Bound::Float(9_007_199_254_740_992.0)),
            ..Limits::NONE
        })]),
        rules: &[],
    };
    #[derive(Default)]
    struct Limited {
        n: Option<i64>,
    }
    alicloud_schema::record! {
        request Limited = LIMITED {
            n,
        }
    }
    let said = |n| said(&Limited { n: Some(n) });
    assert_eq!(said(9_007_199_254_740_992), "nothing");
    assert_eq!(
        said(9_007_199_254_740_993),
        "N: 9007199254740993 is too large; at most 9007199254740992 is allowed"
    );
    assert_eq!(said(1), "N: 1 is too small; at least 1.5 is required");
    assert_eq!(said(2), "nothing");
}

#[test]
fn formats() {
    use alicloud_schema::record::Format;
    #[derive(Debug)]
    struct One(&'static Schema, String);
    impl Record for One {
        fn schema(&self) -> &'static Schema {
            self.0
        }
        fn get(&self, _: usize) -> ValueRef<'_> {
            ValueRef::String(&self.1)
        }
        fn value_mut(&mut self, _: usize) -> Option<ValueMut<'_>> {
            None
        }
    }
    let passes = |format, text: &str| {
        let limits = Box::leak(Box::new(Limits {
            format: Some(format),
            ..Limits::NONE
        }));
        let fields = Box::leak(Box::new([Field::string("A").limits(limits)]));
        let schema = Box::leak(Box::new(Schema {
            name: "One",
            fields: Fields::of(fields),
            rules: &[],
        }));
        check(&One(schema, text.to_owned())).is_ok()
    };
    for (format, good, bad) in [
        (Format::Ascii, &["", "a~"][..], &["é"][..]),
        (
            Format::Ipv4,
            &["10.0.0.1"],
            &["10.0.0", "10.0.0.256", "::1", "10.0.0.1/8"],
        ),
        (
            Format::Ipv6,
            &["::", "2001:db8::1"],
            &["2001:db8:1:1::****", "10.0.0.1", ""],
        ),
        (
            Format::Ipv4Cidr,
            &["10.0.0.0/8", "0.0.0.0/0", "1.2.3.4/32"],
            &["10.0.0.0/33", "10.0.0.0", "10.0.0.0/", "10.0.0.0/+8"],
        ),
        (
            Format::Ipv6Cidr,
            &["2001:db8::/80", "::/0", "::1/128"],
            &["::/129", "::", "10.0.0.0/8", "::/1000"],
        ),
    ] {
        for text in good {
            assert!(passes(format, text), "{format:?} {text}");
        }
        for text in bad {
            assert!(!passes(format, text), "{format:?} {text}");
        }
    }
}

/// An independent reading of the rules, over JSON, against requests drawn at random.
mod against_brute_force {
    use alicloud_schema::dynamic::DynRecord;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    const NAMES: [&str; 4] = ["A", "B", "L", "O"];

    #[derive(Clone, Debug)]
    struct RuleSpec {
        kind: RuleKind,
        each: bool,
        members: Vec<GroupSpec>,
        then: Vec<GroupSpec>,
    }

    /// One of these is enough; one alone is a member that is no group.
    type GroupSpec = Vec<MemberSpec>;

    /// Top-level field, a field within where it is `L` or `O`, and values.
    #[derive(Clone, Debug)]
    struct MemberSpec {
        path: Vec<&'static str>,
        values: Vec<&'static str>,
    }

    fn member() -> impl Strategy<Value = MemberSpec> + Clone {
        let path = prop_oneof![
            prop::sample::select(&NAMES[..]).prop_map(|name| vec![name]),
            (
                prop::sample::select(&["L", "O"][..]),
                prop::sample::select(&["A", "B"][..])
            )
                .prop_map(|(outer, inner)| vec![outer, inner]),
        ];
        (path, prop::sample::subsequence(vec!["x", "y", "1"], 0..=2))
            .prop_map(|(path, values)| MemberSpec { path, values })
    }

    fn inner_member() -> impl Strategy<Value = MemberSpec> + Clone {
        (
            prop::sample::select(&["A", "B"][..]),
            prop::sample::subsequence(vec!["x", "y", "1"], 0..=2),
        )
            .prop_map(|(name, values)| MemberSpec {
                path: vec![name],
                values,
            })
    }

    fn group(
        member: impl Strategy<Value = MemberSpec> + Clone,
    ) -> impl Strategy<Value = GroupSpec> {
        let alone = member.clone().prop_map(|member| vec![member]);
        prop_oneof![2 => alone, 1 => prop::collection::vec(member, 2..4)]
    }

    fn rule() -> impl Strategy<Value = RuleSpec> {
        let kind = prop::sample::select(
            &[
                RuleKind::ExactlyOneOf,
                RuleKind::AtMostOneOf,
                RuleKind::AtLeastOneOf,
                RuleKind::AllOrNone,
                RuleKind::Requires,
            ][..],
        );
        let outer = (
            prop::collection::vec(group(member()), 1..5),
            prop::collection::vec(group(member()), 1..3),
        );
        let inner = (
            prop::collection::vec(group(inner_member()), 1..4),
            prop::collection::vec(group(inner_member()), 1..3),
        );
        (kind, any::<bool>(), outer, inner).prop_map(|(kind, each, outer, inner)| {
            let (members, then) = if each { inner } else { outer };
            RuleSpec {
                kind,
                each,
                members,
                then,
            }
        })
    }

    fn object() -> impl Strategy<Value = Value> {
        let text = prop::option::of(prop::sample::select(&["", "x", "y"][..]));
        (text, prop::option::of(0..3_i64)).prop_map(|(a, b)| {
            let mut object = Map::new();
            a.map(|a| object.insert("A".into(), a.into()));
            b.map(|b| object.insert("B".into(), b.into()));
            Value::Object(object)
        })
    }

    fn request() -> impl Strategy<Value = Value> {
        (
            object(),
            prop::option::of(prop::collection::vec(object(), 0..3)),
            prop::option::of(object()),
        )
            .prop_map(|(mut request, list, inner)| {
                if let Some(list) = list {
                    request["L"] = json!(list);
                }
                if let Some(inner) = inner {
                    request["O"] = inner;
                }
                request
            })
    }

    /// Written on the wire: some leaf is left when everything empty is taken away.
    fn written(value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::Array(list) => list.iter().any(written),
            Value::Object(map) => map.values().any(written),
            _ => true,
        }
    }

    /// Every value that a path leads to.
    fn reached<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a Value> {
        if let Value::Array(list) = value {
            return list.iter().flat_map(|value| reached(value, path)).collect();
        }
        match path {
            [] => vec![value],
            [name, rest @ ..] => value
                .get(*name)
                .map_or(vec![], |value| reached(value, rest)),
        }
    }

    fn holds(request: &Value, member: &MemberSpec) -> bool {
        reached(request, &member.path).into_iter().any(|value| {
            written(value)
                && (member.values.is_empty()
                    || match value {
                        Value::String(text) => member.values.contains(&text.as_str()),
                        other => member.values.contains(&other.to_string().as_str()),
                    })
        })
    }

    fn some_holds(request: &Value, group: &GroupSpec) -> bool {
        !group.iter().all(|member| !holds(request, member))
    }

    fn broken(request: &Value, rule: &RuleSpec) -> usize {
        let subjects: Vec<&Value> = match (rule.each, request.get("L")) {
            (false, _) => vec![request],
            (true, None) => vec![],
            (true, Some(list)) => list
                .as_array()
                .unwrap()
                .iter()
                .filter(|element| written(element))
                .collect(),
        };
        subjects
            .into_iter()
            .filter(|subject| {
                let truth: Vec<bool> = rule
                    .members
                    .iter()
                    .map(|group| some_holds(subject, group))
                    .collect();
                let number = truth.iter().filter(|holds| **holds).count();
                let kept = match rule.kind {
                    RuleKind::ExactlyOneOf => number == 1,
                    RuleKind::AtMostOneOf => number < 2,
                    RuleKind::AtLeastOneOf => number > 0,
                    RuleKind::AllOrNone => number == 0 || !truth.contains(&false),
                    RuleKind::Requires => {
                        truth.contains(&false)
                            || rule.then.iter().all(|group| some_holds(subject, group))
                    }
                };
                !kept
            })
            .count()
    }

    fn leak<T>(values: Vec<T>) -> &'static [T] {
        Box::leak(values.into_boxed_slice())
    }

    fn members(groups: &[GroupSpec]) -> &'static [Predicate] {
        let one = |member: &MemberSpec| {
            Predicate::is(leak(member.path.clone()), leak(member.values.clone()))
        };
        let group = |group: &GroupSpec| match group.as_slice() {
            [alone] => one(alone),
            several => Predicate::any(leak(several.iter().map(one).collect())),
        };
        leak(groups.iter().map(group).collect())
    }

    fn schema(rules: &[RuleSpec], required: bool) -> &'static Schema {
        let a = if required {
            Field::string("A").required()
        } else {
            Field::string("A")
        };
        let b = Field::int64("B");
        let inner: &'static Schema = Box::leak(Box::new(Schema {
            name: "Inner",
            fields: Fields::of(leak(vec![a, b])),
            rules: &[],
        }));
        let element: &'static Field = Box::leak(Box::new(Field::object("", inner)));
        let rules = rules
            .iter()
            .map(|rule| Rule {
                kind: rule.kind,
                each: if rule.each { &["L"] } else { &[] },
                members: members(&rule.members),
                then: if rule.kind == RuleKind::Requires {
                    members(&rule.then)
                } else {
                    &[]
                },
                reason: "",
            })
            .collect();
        let fields = vec![
            a,
            b,
            Field::new("L", Kind::List(element)),
            Field::object("O", inner),
        ];
        Box::leak(Box::new(Schema {
            name: "Outer",
            fields: Fields::of(leak(fields)),
            rules: leak(rules),
        }))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_validator_agrees(
            rules in prop::collection::vec(rule(), 1..4),
            required: bool,
            request in request(),
        ) {
            let record = DynRecord::from_json(schema(&rules, required), &request).unwrap();
            let found = check(&record).err().map_or(vec![], |violations| violations.into_iter().collect());
            let number = |kind: &dyn Fn(ViolationKind) -> bool| {
                found.iter().filter(|violation| kind(violation.kind)).count()
            };

            let broken: usize = rules.iter().map(|rule| broken(&request, rule)).sum();
            prop_assert_eq!(number(&|kind| matches!(kind, ViolationKind::Rule(_))), broken);

            let list = request.get("L").and_then(Value::as_array);
            let elements = list.into_iter().flatten();
            let objects = [&request].into_iter()
                .chain(request.get("O").filter(|inner| written(inner)))
                .chain(elements.clone().filter(|_| list.is_some_and(|list| list.iter().any(written)))
                    .filter(|element| written(element)));
            let says_nothing = |object: &&Value| object.get("A").is_none_or(|text| text == "");
            let missing = objects.filter(says_nothing).count();
            prop_assert_eq!(
                number(&|kind| kind == ViolationKind::Required),
                if required { missing } else { 0 }
            );

            let empty = match list {
                None => 0,
                Some(list) if !list.iter().any(written) => 1,
                Some(list) => list.iter().filter(|element| !written(element)).count(),
            };
            prop_assert_eq!(number(&|kind| kind == ViolationKind::Empty), empty);
            prop_assert_eq!(found.len(), number(&|kind| matches!(
                kind,
                ViolationKind::Rule(_) | ViolationKind::Required | ViolationKind::Empty
            )));
        }
    }
}

#[test]
fn every_whole_number_of_64_bits_can_be_a_limit() {
    static LIMITED: Schema = Schema {
        name: "Limited",
        fields: Fields::of(&[
            Field::int64("N").limits(&Limits::NONE.minimum(i64::MIN + 1).maximum(i64::MAX - 1)),
            Field::float("X").limits(&Limits::NONE.float_minimum(-0.5).float_maximum(99.5)),
            Field::any("Y").limits(&Limits::NONE.minimum(i64::MIN).maximum(i64::MAX - 1)),
        ]),
        rules: &[],
    };
    #[derive(Default)]
    struct Limited {
        n: Option<i64>,
        x: Option<f64>,
        y: Option<serde_json::Value>,
    }
    alicloud_schema::record! {
        request Limited = LIMITED {
            n,
            x,
            y,
        }
    }
    let mut limited = Limited::default();
    for (n, expected) in [
        (i64::MAX - 1, "nothing"),
        (i64::MIN + 1, "nothing"),
        (
            i64::MAX,
            "N: 9223372036854775807 is too large; at most 9223372036854775806 is allowed",
        ),
        (
            i64::MIN,
            "N: -9223372036854775808 is too small; at least -9223372036854775807 is required",
        ),
    ] {
        limited.n = Some(n);
        assert_eq!(said(&limited), expected);
    }
    limited.n = None;
    for (x, expected) in [
        (99.5, "nothing"),
        (-0.5, "nothing"),
        (99.6, "X: 99.6 is too large; at most 99.5 is allowed"),
        (-1.0, "X: -1 is too small; at least -0.5 is required"),
    ] {
        limited.x = Some(x);
        assert_eq!(said(&limited), expected);
    }
    limited.x = None;
    for (y, expected) in [
        (serde_json::json!(i64::MAX - 1), "nothing"),
        (
            serde_json::json!(i64::MAX),
            "Y: 9223372036854775807 is too large; at most 9223372036854775806 is allowed",
        ),
        (
            serde_json::json!(9_223_372_036_854_775_808_u64),
            "Y: 9223372036854775808 is too large; at most 9223372036854775806 is allowed",
        ),
        (
            serde_json::json!(-1e19),
            "Y: -10000000000000000000 is too small; at least -9223372036854775808 is required",
        ),
    ] {
        limited.y = Some(y);
        assert_eq!(said(&limited), expected);
    }
}

#[test]
fn bounds_compare_exactly_whatever_their_type() {
    use std::cmp::Ordering::{Equal, Greater, Less};
    for (bound, number, expected) in [
        (Bound::Float(1.5), 1_i128, Less),
        (Bound::Float(1.5), 2, Greater),
        (Bound::Float(-1.5), -2, Less),
        (Bound::Float(-1.5), -1, Greater),
        (Bound::Float(2.0), 2, Equal),
        (
            Bound::Float(9_007_199_254_740_992.0),
            9_007_199_254_740_993,
            Greater,
        ),
        (Bound::Integer(i64::MAX), i128::from(i64::MAX) + 1, Greater),
    ] {
        assert_eq!(bound.of_integer(number), expected, "{number} {bound}");
    }
    for (bound, number, expected) in [
        (Bound::Integer(1), 1.5, Greater),
        (Bound::Integer(2), 1.5, Less),
        (Bound::Integer(-1), -1.5, Less),
        (Bound::Integer(2), 2.0, Equal),
        (
            Bound::Integer(9_007_199_254_740_993),
            9_007_199_254_740_992.0,
            Less,
        ),
        (Bound::Integer(i64::MAX), 9.3e18, Greater),
        (Bound::Integer(i64::MIN), f64::MIN, Less),
        (Bound::Float(0.5), 0.5, Equal),
    ] {
        assert_eq!(bound.of_float(number), expected, "{number} {bound}");
    }
}

#[test]
fn violations_can_be_counted_and_walked_through() {
    let violations = check(&RunInstances::default()).unwrap_err();
    assert_eq!(violations.len(), violations.iter().count());
    let by_reference: Vec<_> = (&violations).into_iter().map(ToString::to_string).collect();
    let by_value: Vec<_> = violations.clone().into_iter().collect();
    assert_eq!(by_reference.join("\n"), violations.to_string());
    assert_eq!(by_value.len(), violations.len());
}
