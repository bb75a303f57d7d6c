//! The smallest call that an operation accepts, for its documentation.

use serde_json::Value;

use crate::{
    spec::{Constraint, Fact, Member, Members, Operation, RuleKind},
    tables::wire_text,
};

/// How many optional parameters an example may need.
const MOST: usize = 3;

/// The wire names of the parameters, with examples, that make up the smallest call that keeps the
/// rules: the required ones, and as few others as will do, the earliest first.
#[must_use]
pub(crate) fn parameters(spec: &Operation) -> Option<Vec<&str>> {
    let (required, optional): (Vec<_>, Vec<_>) = spec
        .parameters
        .iter()
        .filter(|parameter| parameter.schema.required || parameter.schema.example.is_some())
        .map(|parameter| parameter.name.as_str())
        .partition(|name| {
            let mut parameters = spec.parameters.iter();
            parameters.any(|parameter| parameter.name == **name && parameter.schema.required)
        });
    (0..=MOST.min(optional.len())).find_map(|size| {
        let mut chosen = required.clone();
        choose(spec, &optional, size, &mut chosen).then_some(chosen)
    })
}

/// Adds `size` of the candidates so that the rules hold.
fn choose<'a>(spec: &Operation, from: &[&'a str], size: usize, chosen: &mut Vec<&'a str>) -> bool {
    if size == 0 {
        return spec
            .constraints
            .iter()
            .all(|rule| holds(spec, rule, chosen));
    }
    from.iter().enumerate().any(|(at, name)| {
        chosen.push(name);
        let found = choose(spec, &from[at + 1..], size - 1, chosen);
        if !found {
            chosen.pop();
        }
        found
    })
}

fn holds(spec: &Operation, rule: &Constraint, chosen: &[&str]) -> bool {
    // A rule about elements is kept by examples that have none.
    if rule
        .each
        .as_ref()
        .is_some_and(|list| !chosen.contains(&list.as_str()))
    {
        return true;
    }
    let holding = |members: &[Member]| {
        let members = members.iter();
        members.filter(|member| has(spec, member, chosen)).count()
    };
    let count = holding(&rule.parameters);
    let all = |members: Option<&Members>| {
        let members = members.map_or(&[][..], Members::as_slice);
        holding(members) == members.len()
    };
    match rule.rule {
        RuleKind::ExactlyOneOf => count == 1,
        RuleKind::AtMostOneOf => count <= 1,
        RuleKind::AtLeastOneOf => count >= 1,
        RuleKind::AllOrNone => count == 0 || count == rule.parameters.len(),
        RuleKind::Requires => !all(rule.condition.as_ref()) || all(rule.then.as_ref()),
    }
}

/// The member holds of the examples of the chosen parameters.
fn has(spec: &Operation, member: &Member, chosen: &[&str]) -> bool {
    let mut facts = member.facts().iter();
    facts.any(|fact| is_so(spec, fact, chosen))
}

fn is_so(spec: &Operation, fact: &Fact, chosen: &[&str]) -> bool {
    if !chosen.contains(&fact.path()) {
        return false;
    }
    let parameter = spec
        .parameters
        .iter()
        .find(|parameter| parameter.name == fact.path());
    let example = parameter.and_then(|parameter| parameter.schema.example.as_ref());
    let is = |value: &Value| example.is_some_and(|example| wire_text(example) == wire_text(value));
    fact.values().is_empty() || fact.values().iter().any(is)
}
