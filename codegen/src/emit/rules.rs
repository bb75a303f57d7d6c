//! Rules between parameters: as static data, and as sentences of the documentation.

use alicloud_schema::record::{self, Predicate};
use proc_macro2::TokenStream;
use quote::quote;

use crate::spec::{Constraint, Fact, Member, Members, Operation, RuleKind};

use super::{docs, text, variant};

/// `Rule::new(RuleKind::AtMostOneOf, &[Predicate::given(&["A"]), …], "why")`.
pub(super) fn emit(rule: &record::Rule) -> TokenStream {
    let members = predicates(rule.members);
    let reason = text(rule.reason);
    let each = rule.each;
    let each = (!each.is_empty()).then(|| quote!(.each(&[#(#each),*])));
    if rule.kind == record::RuleKind::Requires {
        let then = predicates(rule.then);
        return quote!(Rule::requires(#members, #then, #reason) #each);
    }
    let kind = variant(rule.kind);
    quote!(Rule::new(RuleKind::#kind, #members, #reason) #each)
}

fn predicates(predicates: &[Predicate]) -> TokenStream {
    let predicates = predicates.iter().map(|predicate| match *predicate {
        Predicate::Field { path, values: [] } => quote!(Predicate::given(&[#(#path),*])),
        Predicate::Field { path, values } => {
            let values = values.iter().map(|value| text(value));
            quote!(Predicate::is(&[#(#path),*], &[#(#values),*]))
        }
        Predicate::Any(group) => {
            let group = self::predicates(group);
            quote!(Predicate::any(#group))
        }
    });
    quote!(&[#(#predicates),*])
}

fn slice(members: Option<&Members>) -> &[Member] {
    members.map_or(&[], Members::as_slice)
}

/// The rules of an operation as a list, for its documentation.
pub(super) fn prose(spec: &Operation) -> Option<String> {
    if spec.constraints.is_empty() {
        return None;
    }
    let rules: Vec<_> = spec
        .constraints
        .iter()
        .map(|rule| format!("- {}. {}", sentence(rule), docs::line(&rule.reason)))
        .collect();
    Some(format!("# Rules\n\n{}", rules.join("\n")))
}

/// What a rule demands.
pub(crate) fn sentence(constraint: &Constraint) -> String {
    let each = constraint
        .each
        .as_ref()
        .map(|list| format!(" in each element of {}", docs::code(list)))
        .unwrap_or_default();
    let with = |members: &[Member], separator: &str| {
        let names: Vec<_> = members
            .iter()
            .map(|member| self::member(member, members.len()))
            .collect();
        names.join(separator)
    };
    let members = with(&constraint.parameters, ", ");
    match constraint.rule {
        RuleKind::ExactlyOneOf => format!("Exactly one of {members}{each}"),
        RuleKind::AtMostOneOf => format!("At most one of {members}{each}"),
        RuleKind::AtLeastOneOf => format!("At least one of {members}{each}"),
        RuleKind::AllOrNone => format!("All or none of {members}{each}"),
        RuleKind::Requires => format!(
            "{} requires {}{each}",
            with(slice(constraint.condition.as_ref()), " together with "),
            with(slice(constraint.then.as_ref()), " and "),
        ),
    }
}

/// `A`, or of a group `A, B or C`, in parentheses where other members stand beside it.
fn member(member: &Member, members: usize) -> String {
    let facts = member.facts();
    let words: Vec<_> = facts.iter().map(words).collect();
    let [others @ .., last] = words.as_slice() else {
        return String::new();
    };
    if others.is_empty() {
        return last.clone();
    }
    // Where values have an "or" of their own, the one between facts needs a comma.
    let text = if facts.iter().any(|fact| fact.values().len() > 1) {
        words.join(", or ")
    } else {
        format!("{} or {last}", others.join(", "))
    };
    if members > 1 {
        return format!("({text})");
    }
    text
}

fn words(fact: &Fact) -> String {
    let values: Vec<_> = fact.values().iter().map(docs::value).collect();
    match values.as_slice() {
        [] => docs::code(fact.path()),
        values => format!("{} = {}", docs::code(fact.path()), values.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(rule: &str) -> String {
        sentence(&serde_json::from_str(rule).unwrap())
    }

    #[test]
    fn groups_are_said_with_or() {
        for (rule, sentence) in [
            (
                r#"{ "rule": "at-most-one-of", "parameters": ["A", { "anyOf": ["B", "C", "D"] }], "reason": "" }"#,
                "At most one of `A`, (`B`, `C` or `D`)",
            ),
            (
                r#"{ "rule": "requires", "if": { "parameter": "A", "is": ["x", "y"] }, "then": { "anyOf": ["B", "C"] }, "reason": "" }"#,
                "`A` = `x` or `y` requires `B` or `C`",
            ),
            (
                r#"{ "rule": "requires", "if": { "anyOf": [{ "parameter": "A", "is": ["x", "y"] }, "B"] }, "then": ["C", { "anyOf": ["D", "E"] }], "reason": "" }"#,
                "`A` = `x` or `y`, or `B` requires `C` and (`D` or `E`)",
            ),
        ] {
            assert_eq!(said(rule), sentence);
        }
    }

    #[test]
    fn conditions_that_must_all_hold_are_said_to_stand_together() {
        for (rule, sentence) in [
            (
                r#"{ "rule": "requires", "if": ["A", "B"], "then": { "parameter": "B", "is": [1] }, "reason": "" }"#,
                "`A` together with `B` requires `B` = `1`",
            ),
            (
                r#"{ "rule": "requires", "if": ["A", { "anyOf": ["B", "C"] }, "D"], "then": ["E", "F"], "reason": "" }"#,
                "`A` together with (`B` or `C`) together with `D` requires `E` and `F`",
            ),
        ] {
            assert_eq!(said(rule), sentence);
        }
    }

    #[test]
    fn groups_are_data_of_their_own() {
        static RULE: record::Rule = record::Rule::requires(
            &[Predicate::given(&["A"])],
            &[Predicate::any(&[
                Predicate::given(&["B", "C"]),
                Predicate::is(&["A"], &["x"]),
            ])],
            "r",
        );
        let expected = quote!(Rule::requires(
            &[Predicate::given(&["A"])],
            &[Predicate::any(&[
                Predicate::given(&["B", "C"]),
                Predicate::is(&["A"], &["x"])
            ])],
            "r"
        ));
        assert_eq!(emit(&RULE).to_string(), expected.to_string());
    }
}
