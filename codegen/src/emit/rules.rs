//! Rules between parameters: as static data, and as sentences of the documentation.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    model::{PathRoot, resolve_path, wire_text},
    spec::{Constraint, Member, Members, Operation, RuleKind},
};

use super::docs;

/// `Rule::new(RuleKind::AtMostOneOf, &[Member::given(&["A"]), …], "why")`, for each rule.
pub(super) fn emit(spec: &Operation) -> Vec<TokenStream> {
    spec.constraints
        .iter()
        .map(|rule| one(spec, rule))
        .collect()
}

fn one(spec: &Operation, constraint: &Constraint) -> TokenStream {
    let root = PathRoot::Parameters(&spec.parameters);
    let each = constraint
        .each
        .as_deref()
        .and_then(|list| resolve_path(root, list));
    let (root, each) = match each {
        Some((steps, list)) => (
            PathRoot::Schema(list.items.as_deref().unwrap_or(list)),
            quote!(.each(&[#(#steps),*])),
        ),
        None => (root, TokenStream::new()),
    };
    let reason = &constraint.reason;
    let kind = match constraint.rule {
        RuleKind::Requires => {
            let members = members(root, slice(constraint.condition.as_ref()));
            let then = self::members(root, slice(constraint.then.as_ref()));
            return quote!(Rule::requires(&[#(#members),*], &[#(#then),*], #reason) #each);
        }
        RuleKind::ExactlyOneOf => quote!(ExactlyOneOf),
        RuleKind::AtMostOneOf => quote!(AtMostOneOf),
        RuleKind::AtLeastOneOf => quote!(AtLeastOneOf),
        RuleKind::AllOrNone => quote!(AllOrNone),
    };
    let members = members(root, &constraint.parameters);
    quote!(Rule::new(RuleKind::#kind, &[#(#members),*], #reason) #each)
}

fn slice(members: Option<&Members>) -> &[Member] {
    members.map_or(&[], Members::as_slice)
}

fn members(root: PathRoot<'_>, members: &[Member]) -> Vec<TokenStream> {
    members
        .iter()
        .map(|member| {
            let steps = resolve_path(root, member.path())
                .map_or_else(|| vec![member.path()], |(steps, _)| steps);
            let values = member.values().iter().map(wire_text);
            if member.values().is_empty() {
                quote!(Member::given(&[#(#steps),*]))
            } else {
                quote!(Member::is(&[#(#steps),*], &[#(#values),*]))
            }
        })
        .collect()
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

fn sentence(constraint: &Constraint) -> String {
    let each = constraint
        .each
        .as_ref()
        .map(|list| format!(" in each element of {}", docs::code(list)))
        .unwrap_or_default();
    let of = |members: &[Member]| {
        let names: Vec<_> = members.iter().map(member).collect();
        names.join(", ")
    };
    let members = of(&constraint.parameters);
    match constraint.rule {
        RuleKind::ExactlyOneOf => format!("Exactly one of {members}{each}"),
        RuleKind::AtMostOneOf => format!("At most one of {members}{each}"),
        RuleKind::AtLeastOneOf => format!("At least one of {members}{each}"),
        RuleKind::AllOrNone => format!("All or none of {members}{each}"),
        RuleKind::Requires => format!(
            "{} requires {}{each}",
            of(slice(constraint.condition.as_ref())),
            of(slice(constraint.then.as_ref())),
        ),
    }
}

fn member(member: &Member) -> String {
    let values: Vec<_> = member.values().iter().map(docs::value).collect();
    match values.as_slice() {
        [] => docs::code(member.path()),
        values => format!("{} = {}", docs::code(member.path()), values.join(" or ")),
    }
}
