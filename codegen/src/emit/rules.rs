//! Rules between parameters: as static data, and as sentences of the documentation.

use alicloud_schema::{
    record::{self, Predicate},
    rule::{self, Markup},
};
use proc_macro2::TokenStream;
use quote::quote;

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

/// Markdown: names and values as code.
pub(crate) const MARKUP: Markup = Markup {
    name: docs::code,
    value: docs::value,
};

/// The rules of a request as a list, for its documentation.
pub(super) fn prose(schema: &record::Schema) -> Option<String> {
    if schema.rules.is_empty() {
        return None;
    }
    let rules: Vec<_> = schema
        .rules
        .iter()
        .map(|rule| {
            let sentence = rule::sentence(rule, schema, MARKUP);
            format!("- {sentence}. {}", docs::line(rule.reason))
        })
        .collect();
    Some(format!("# Rules\n\n{}", rules.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

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
