//! Fields as text: what is written is read back the same, and what is not of the form is refused.

use alicloud_schema::{
    fields::{read, write},
    format::Format,
    pattern::Pattern,
    record::{Bound, Field, Kind, Limits, Location, Predicate, Rule, RuleKind, Style},
    schemas::Schemas,
};
use proptest::{option, prelude::*};

static INNER: Schemas = Schemas::text("Inner\nKey string required chars=1..64").patterns();

/// Refers to itself, as descriptions of trees do, and to a schema elsewhere.
static TREES: Schemas = Schemas::text(
    r#"
    Tree
        Children [Tree]
        Leaf Leaf

        Inner Inner
    Leaf
    "#,
)
.with(&[&INNER])
.rules(&[Rule::new(
    RuleKind::AtLeastOneOf,
    &[Predicate::given(&["Leaf"]), Predicate::given(&["Inner"])],
    "It is one of them.",
)]);

#[test]
fn records_are_found_in_the_text_and_in_those_it_refers_to() {
    let tree = TREES.get(0);
    assert_eq!(tree.name, "Tree");
    let Kind::List(element) = tree.fields[0].kind else {
        panic!("{:?}", tree.fields[0].kind);
    };
    assert!(matches!(element.kind, Kind::Object(schema) if std::ptr::eq(schema, tree)));
    let at = |index: usize| match tree.fields[index].kind {
        Kind::Object(schema) => schema,
        kind => panic!("{kind:?}"),
    };
    assert!(std::ptr::eq(at(1), TREES.get(1)));
    assert!(std::ptr::eq(at(2), INNER.get(0)));
    assert!(std::ptr::eq(TREES.at(1).get(), TREES.get(1)));
}

#[test]
fn a_schema_may_have_no_fields_and_only_the_first_has_rules() {
    assert_eq!(TREES.get(1).name, "Leaf");
    assert!(TREES.get(1).fields.is_empty());
    assert_eq!(
        [0, 1].map(|position| TREES.get(position).rules.len()),
        [1, 0]
    );
}

#[test]
fn everything_that_a_line_can_say() {
    let limits = leak(Limits::NONE.min_length(2).values(&["a b", "\"c\""]));
    let element = leak(Field::string("").sensitive().limits(limits));
    let field = Field::list("Names", element)
        .required()
        .limits(leak(Limits::NONE.min_items(1).max_items(20)))
        .location(Location::Form)
        .style(Style::Json);
    let line = r#"Names [string sensitive chars=2.. values="a b","\"c\""] required items=1..20 in=Form style=Json"#;
    assert_eq!(write(&field, ""), line);

    let numbers = leak(Limits::NONE.minimum(-1).float_maximum(2.0));
    let element = leak(Field::float("").limits(numbers));
    let field = Field::map("", element).wrapped("Two words");
    let line = r#""" {float min=-1 max=2.0} wrapper="Two words""#;
    assert_eq!(write(&field, ""), line);
}

#[test]
fn blank_lines_and_indentation_count_for_nothing() {
    let fields = read("\n    A string\n\n    B int32 region\r\n    ", &INNER).unwrap();
    assert_eq!(
        format!("{fields:?}"),
        format!("{:?}", [Field::string("A"), Field::int32("B").region()])
    );
    assert!(read(" \n", &INNER).unwrap().is_empty());
}

#[test]
fn what_is_not_of_the_form_is_refused() {
    for (line, column, expected) in [
        ("=", 1, "a name, or a text in quotes"),
        ("Name", 5, "a blank and the kind of the field"),
        (
            "Name text",
            10,
            "a kind, or the name of a record that is given",
        ),
        ("Name [string", 13, "the bracket that ends the element"),
        ("Name string]", 12, "the end of the line"),
        (
            "Name string optional",
            21,
            "what there is to say of a field",
        ),
        ("Name string wrapper", 20, "`=` and a value"),
        ("Name string chars=1-2", 20, "a range of counts"),
        ("Name int32 min=x", 17, "a number"),
        ("Name string format=Ipv5", 24, "`=` and a format"),
        ("Name string in=Header", 22, "`=` and a location"),
        ("Name string style=Csv", 22, "`=` and a style"),
        (
            r#"Name string values="a"#,
            21,
            "a quote at the end of the text",
        ),
        (
            r#"Name string values="\u{110000}""#,
            21,
            r"the number of a character, as in `\u{a}`",
        ),
        (r"Name string pattern=^a", 21, "a name, or a text in quotes"),
    ] {
        let error = read(line, &INNER).unwrap_err();
        assert_eq!(
            error,
            format!("column {column} of `{line}`: expected {expected}")
        );
    }
}

#[test]
fn a_pattern_must_be_allowed() {
    assert_eq!(
        read(r#"Name string pattern="^a""#, &TREES).unwrap_err(),
        "column 20 of `Name string pattern=\"^a\"`: expected no pattern, without `patterns` of the schemas"
    );
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn text() -> impl Strategy<Value = &'static str> {
    let text = prop_oneof![
        "[A-Za-z0-9._-]{0,8}",
        any::<String>(),
        r#"["\\\n\r\t,\]} a]{0,6}"#
    ];
    text.prop_map(|text| &**leak(text))
}

fn bound() -> impl Strategy<Value = Option<Bound>> {
    let float = prop::num::f64::NORMAL | prop::num::f64::ZERO;
    option::of(prop_oneof![
        any::<i64>().prop_map(Bound::Integer),
        float.prop_map(Bound::Float)
    ])
}

fn limits() -> impl Strategy<Value = &'static Limits> {
    let count = || option::of(any::<u32>());
    let lengths = (count(), count(), count(), count());
    let values = prop::collection::vec(text(), 0..4);
    let format = option::of(prop::sample::select(Format::ALL.to_vec()));
    (
        bound(),
        bound(),
        lengths,
        values,
        format,
        option::of(text()),
    )
        .prop_map(
            |(
                minimum,
                maximum,
                (min_length, max_length, min_items, max_items),
                values,
                format,
                pattern,
            )| {
                leak(Limits {
                    minimum,
                    maximum,
                    min_length,
                    max_length,
                    min_items,
                    max_items,
                    values: leak(values),
                    format,
                    pattern: pattern.map(|pattern| leak(Pattern::new(pattern))),
                })
            },
        )
}

fn kind() -> impl Strategy<Value = Kind> {
    use Kind::{Any, Boolean, Bytes, Float, Int32, Int64, Object, String};
    let leaves = vec![
        String,
        Int32,
        Int64,
        Float,
        Boolean,
        Bytes,
        Any,
        Object(INNER.get(0)),
    ];
    prop::sample::select(leaves).prop_recursive(3, 6, 1, |kind| {
        (kind, limits(), any::<bool>(), any::<bool>()).prop_map(
            |(kind, limits, sensitive, list)| {
                let element = leak(Field {
                    limits,
                    sensitive,
                    ..Field::new("", kind)
                });
                if list {
                    Kind::List(element)
                } else {
                    Kind::Map(element)
                }
            },
        )
    })
}

fn field() -> impl Strategy<Value = Field> {
    use {
        Location::{Body, Form, Host, Query},
        Style::{Comma, Flat, Json, Pipe, Space},
    };
    let location = prop::sample::select(vec![Query, Form, Body, Host]);
    let style = prop::sample::select(vec![Flat, Json, Comma, Space, Pipe]);
    let flags = any::<(bool, bool, bool)>();
    (
        text(),
        kind(),
        flags,
        location,
        style,
        limits(),
        option::of(text()),
    )
        .prop_map(
            |(name, kind, (required, region, sensitive), location, style, limits, wrapper)| Field {
                name,
                kind,
                required,
                region,
                location,
                style,
                sensitive,
                limits,
                wrapper,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_written_is_read(fields in prop::collection::vec(field(), 0..4)) {
        let lines: Vec<String> = fields.iter().map(|field| write(field, "Inner")).collect();
        let read = read(lines.join("\n").leak(), &INNER).unwrap();
        prop_assert_eq!(format!("{read:?}"), format!("{fields:?}"));
    }

    #[test]
    fn nothing_panics(line in r#"[A-Za-z0-9=.,"\\\[\]{} -]{0,40}"#) {
        _ = read(line.leak(), &INNER);
    }
}
