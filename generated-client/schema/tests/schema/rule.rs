//! What rules mean and how they are said, apart from any request.

use alicloud_schema::{
    record::{Field, Fields, Predicate, Rule, RuleKind, Schema},
    rule::{Markup, Tally, sentence},
};

static ELEMENT: Schema = Schema {
    name: "Element",
    fields: Fields::of(&[Field::string("B"), Field::string("C")]),
    rules: &[],
};

static SCHEMA: Schema = Schema {
    name: "Request",
    fields: Fields::of(&[
        Field::string("A"),
        Field::list("L", &Field::object("", &ELEMENT)),
    ]),
    rules: &[],
};

const A: Predicate = Predicate::given(&["A"]);
const B: Predicate = Predicate::given(&["L", "B"]);
const C: Predicate = Predicate::given(&["L", "C"]);
const A_IS: Predicate = Predicate::is(&["A"], &["x", "y"]);

static RULES: &[(Rule, &str)] = &[
    (
        Rule::new(RuleKind::ExactlyOneOf, &[A, B], ""),
        "Exactly one of `A`, `L.N.B`",
    ),
    (
        Rule::new(RuleKind::AtMostOneOf, &[A, Predicate::any(&[B, C])], ""),
        "At most one of `A`, (`L.N.B` or `L.N.C`)",
    ),
    (
        Rule::new(RuleKind::AtLeastOneOf, &[A, B], ""),
        "At least one of `A`, `L.N.B`",
    ),
    (
        Rule::new(RuleKind::AllOrNone, &[A, B], ""),
        "All or none of `A`, `L.N.B`",
    ),
    (
        Rule::requires(&[A_IS], &[Predicate::any(&[B, C])], ""),
        "`A` = `x` or `y` requires `L.N.B` or `L.N.C`",
    ),
    (
        Rule::requires(
            &[Predicate::any(&[A_IS, B])],
            &[C, Predicate::any(&[A, B])],
            "",
        ),
        "`A` = `x` or `y`, or `L.N.B` requires `L.N.C` and (`A` or `L.N.B`)",
    ),
    (
        Rule::requires(&[A, B], &[Predicate::is(&["L", "B"], &["1"])], ""),
        "`A` together with `L.N.B` requires `L.N.B` = `1`",
    ),
    (
        Rule::requires(&[A, Predicate::any(&[B, C]), A_IS], &[B, C], ""),
        "`A` together with (`L.N.B` or `L.N.C`) together with `A` = `x` or `y` requires \
                 `L.N.B` and `L.N.C`",
    ),
    (
        Rule::new(
            RuleKind::AtMostOneOf,
            &[Predicate::given(&["B"]), Predicate::given(&["C"])],
            "",
        )
        .each(&["L"]),
        "At most one of `B`, `C` in each element of `L`",
    ),
];

#[test]
fn rules_are_sentences() {
    fn code(text: &str) -> String {
        format!("`{text}`")
    }
    let markup = Markup {
        name: code,
        value: code,
    };
    for (rule, expected) in RULES {
        assert_eq!(sentence(rule, &SCHEMA, markup), *expected);
    }
}

#[test]
fn what_is_not_known_yet_breaks_no_rule() {
    let of = |members: &[Option<bool>]| Tally::new(members.iter().copied());
    let (yes, no, open) = (Some(true), Some(false), None);
    for (kind, members, broken) in [
        (RuleKind::ExactlyOneOf, [yes, open, open], false),
        (RuleKind::ExactlyOneOf, [yes, yes, open], true),
        (RuleKind::ExactlyOneOf, [no, no, open], false),
        (RuleKind::ExactlyOneOf, [no, no, no], true),
        (RuleKind::AtMostOneOf, [no, no, no], false),
        (RuleKind::AtMostOneOf, [yes, open, yes], true),
        (RuleKind::AtLeastOneOf, [no, no, open], false),
        (RuleKind::AtLeastOneOf, [no, no, no], true),
        (RuleKind::AllOrNone, [yes, open, open], false),
        (RuleKind::AllOrNone, [yes, open, no], true),
        (RuleKind::AllOrNone, [no, no, no], false),
    ] {
        let found = kind.is_broken(of(&members), Tally::default);
        assert_eq!(found, broken, "{kind:?} {members:?}");
    }
    for (conditions, then, broken) in [
        ([yes, yes], [no, open], true),
        ([yes, open], [no, no], false),
        ([yes, yes], [open, yes], false),
        ([yes, no], [no, no], false),
    ] {
        let found = RuleKind::Requires.is_broken(of(&conditions), || of(&then));
        assert_eq!(found, broken, "{conditions:?} {then:?}");
    }
}
