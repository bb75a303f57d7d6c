//! Rules between parameters: as static data, and as sentences of the documentation.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    check::path::{self, Target},
    model::wire_text,
    spec::{Constraint, Fact, Member, Members, Operation, RuleKind, Schema},
};

use super::{docs, text};

/// `Rule::new(RuleKind::AtMostOneOf, &[Predicate::given(&["A"]), …], "why")`, for each rule.
pub(super) fn emit(spec: &Operation) -> Vec<TokenStream> {
    spec.constraints
        .iter()
        .map(|rule| one(spec, rule))
        .collect()
}

fn one(spec: &Operation, constraint: &Constraint) -> TokenStream {
    let Some(list) = &constraint.each else {
        return rule(&path::parameters(spec), constraint, &TokenStream::new());
    };
    // The checker has resolved every path before.
    let Some(target) = path::resolve(path::parameters(spec), list) else {
        return TokenStream::new();
    };
    let steps = target.names();
    let each = quote!(.each(&[#(#steps),*]));
    match target.schema() {
        Some(list) => rule(&path::fields(list), constraint, &each),
        None => TokenStream::new(),
    }
}

/// A rule over the given fields.
fn rule<'s>(
    fields: &(impl Iterator<Item = (&'s str, &'s Schema)> + Clone),
    constraint: &Constraint,
    each: &TokenStream,
) -> TokenStream {
    let resolve = |path: &str| path::resolve(fields.clone(), path);
    let reason = text(&constraint.reason);
    let kind = match constraint.rule {
        RuleKind::Requires => {
            let members = members(&resolve, slice(constraint.condition.as_ref()));
            let then = self::members(&resolve, slice(constraint.then.as_ref()));
            return quote!(Rule::requires(&[#(#members),*], &[#(#then),*], #reason) #each);
        }
        RuleKind::ExactlyOneOf => quote!(ExactlyOneOf),
        RuleKind::AtMostOneOf => quote!(AtMostOneOf),
        RuleKind::AtLeastOneOf => quote!(AtLeastOneOf),
        RuleKind::AllOrNone => quote!(AllOrNone),
    };
    let members = members(&resolve, &constraint.parameters);
    quote!(Rule::new(RuleKind::#kind, &[#(#members),*], #reason) #each)
}

fn slice(members: Option<&Members>) -> &[Member] {
    members.map_or(&[], Members::as_slice)
}

fn members<'s>(
    resolve: &impl Fn(&str) -> Option<Target<'s>>,
    members: &[Member],
) -> Vec<TokenStream> {
    members
        .iter()
        .map(|member| {
            let facts = member.facts().iter().map(|fact| self::fact(resolve, fact));
            match member {
                Member::One(_) => quote!(#(#facts)*),
                Member::AnyOf(_) => quote!(Predicate::any(&[#(#facts),*])),
            }
        })
        .collect()
}

fn fact<'s>(resolve: &impl Fn(&str) -> Option<Target<'s>>, fact: &Fact) -> TokenStream {
    let steps = resolve(fact.path()).map_or_else(Vec::new, |target| target.names());
    let values = fact.values().iter().map(|value| text(&wire_text(value)));
    if fact.values().is_empty() {
        quote!(Predicate::given(&[#(#steps),*]))
    } else {
        quote!(Predicate::is(&[#(#steps),*], &[#(#values),*]))
    }
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
        let spec: Operation = serde_json::from_str(
            r#"{ "operation": "X",
                "parameters": [{ "name": "A", "type": "string" }, { "name": "B", "type": "array", "items": {
                    "type": "object", "properties": { "C": { "type": "string" } } } }],
                "constraints": [{ "rule": "requires", "if": "A",
                    "then": { "anyOf": ["B.N.C", { "parameter": "A", "is": ["x"] }] }, "reason": "r" }] }"#,
        )
        .unwrap();
        let expected = quote!(Rule::requires(
            &[Predicate::given(&["A"])],
            &[Predicate::any(&[
                Predicate::given(&["B", "C"]),
                Predicate::is(&["A"], &["x"])
            ])],
            "r"
        ));
        let emitted: Vec<_> = emit(&spec).iter().map(ToString::to_string).collect();
        assert_eq!(emitted, [expected.to_string()]);
    }
}
