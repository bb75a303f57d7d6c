//! The rules between parameters. Each is looked at on its own, whatever the others say.

use serde_json::Value;

use super::{Violation, ViolationKind, as_text, is_present, style_within};
use crate::{
    path::Path,
    record::{Kind, Member, Record, Ref, Rule, RuleKind, Shape, Style},
};

/// Checks one rule of a record, for every element where it is a rule of elements.
pub(super) fn check(
    rule: &Rule,
    record: &dyn Record,
    style: Style,
    path: &Path<'_>,
    found: &mut Vec<Violation>,
) {
    each(rule, rule.each, record, style, path, found);
}

fn each(
    rule: &Rule,
    steps: &[&str],
    record: &dyn Record,
    style: Style,
    path: &Path<'_>,
    found: &mut Vec<Violation>,
) {
    let Some((name, rest)) = steps.split_first() else {
        if !is_kept(rule, record, style) {
            found.push(violation(rule, record, style, path));
        }
        return;
    };
    let shape = record.shape();
    let Some(index) = shape.index_of(name) else {
        return;
    };
    let style = style_within(style, &shape.fields[index]);
    each_within(
        rule,
        rest,
        record.get(index),
        style,
        &path.name(name),
        found,
    );
}

/// Goes into lists and maps until it comes to records. What is not sent, no rule is about.
fn each_within(
    rule: &Rule,
    rest: &[&str],
    value: Ref<'_>,
    style: Style,
    path: &Path<'_>,
    found: &mut Vec<Violation>,
) {
    match value {
        Ref::Object(record) if is_present(value, style) => {
            each(rule, rest, record, style, path, found);
        }
        Ref::List(list) => {
            for index in 0..list.len() {
                let element = list.get(index);
                each_within(rule, rest, element, style, &path.index(index), found);
            }
        }
        Ref::Map(map) => map.visit(&mut |key, value| {
            each_within(rule, rest, value, style, &path.name(key), found);
        }),
        _ => {}
    }
}

fn is_kept(rule: &Rule, record: &dyn Record, style: Style) -> bool {
    let holding = |members: &[Member]| {
        members
            .iter()
            .filter(|member| holds(record, style, member))
            .count()
    };
    let members = rule.members.len();
    match rule.kind {
        RuleKind::ExactlyOneOf => holding(rule.members) == 1,
        RuleKind::AtMostOneOf => holding(rule.members) <= 1,
        RuleKind::AtLeastOneOf => holding(rule.members) >= 1,
        RuleKind::AllOrNone => [0, members].contains(&holding(rule.members)),
        RuleKind::Requires => {
            holding(rule.members) < members || holding(rule.then) == rule.then.len()
        }
    }
}

/// The member is present, with one of its values where it names some.
fn holds(record: &dyn Record, style: Style, member: &Member) -> bool {
    match member.path {
        [] => false,
        [name, rest @ ..] => holds_in(record, style, name, rest, member.values),
    }
}

fn holds_in(record: &dyn Record, style: Style, name: &str, rest: &[&str], values: &[&str]) -> bool {
    let shape = record.shape();
    let Some(index) = shape.index_of(name) else {
        return false;
    };
    let style = style_within(style, &shape.fields[index]);
    holds_at(record.get(index), style, rest, values)
}

fn holds_at(value: Ref<'_>, style: Style, rest: &[&str], values: &[&str]) -> bool {
    let Some((name, inner)) = rest.split_first() else {
        return is_present(value, style) && (values.is_empty() || has_value(value, values));
    };
    match value {
        Ref::Object(record) => holds_in(record, style, name, inner, values),
        Ref::List(list) => {
            (0..list.len()).any(|index| holds_at(list.get(index), style, rest, values))
        }
        Ref::Map(map) => {
            let mut holds = false;
            map.visit(&mut |key, value| {
                holds = holds || (key == *name && holds_at(value, style, inner, values));
            });
            holds
        }
        Ref::Any(Value::Object(map)) => map
            .get(*name)
            .is_some_and(|value| holds_at(Ref::Any(value), style, inner, values)),
        Ref::Any(Value::Array(list)) => list
            .iter()
            .any(|value| holds_at(Ref::Any(value), style, rest, values)),
        _ => false,
    }
}

/// The value is one of those; of a list, some element is.
// A value is meant where it is written the same.
#[allow(clippy::float_cmp)]
fn has_value(value: Ref<'_>, values: &[&str]) -> bool {
    match value {
        Ref::String(text) => values.contains(&text),
        Ref::Integer(number) => values.iter().any(|value| value.parse() == Ok(number)),
        Ref::Float(number) => values.iter().any(|value| value.parse() == Ok(number)),
        Ref::Boolean(flag) => values.contains(&as_text(flag)),
        Ref::List(list) => (0..list.len()).any(|index| has_value(list.get(index), values)),
        Ref::Any(value) => match value {
            Value::String(text) => has_value(Ref::String(text), values),
            Value::Bool(flag) => has_value(Ref::Boolean(*flag), values),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) => has_value(Ref::Integer(number), values),
                (None, Some(number)) => has_value(Ref::Float(number), values),
                (None, None) => false,
            },
            Value::Array(list) => list.iter().any(|value| has_value(Ref::Any(value), values)),
            Value::Null | Value::Object(_) => false,
        },
        Ref::Absent | Ref::Bytes(_) | Ref::Object(_) | Ref::Map(_) => false,
    }
}

fn violation(rule: &Rule, record: &dyn Record, style: Style, path: &Path<'_>) -> Violation {
    let shape = record.shape();
    let members = || rule.members.iter().chain(rule.then);
    let names: Vec<_> = members().map(|member| name(member, shape, path)).collect();
    let holding: Vec<_> = members()
        .filter(|member| holds(record, style, member))
        .map(|member| predicate(member, shape, path))
        .collect();
    let all = |members: &[Member]| {
        let all: Vec<_> = members
            .iter()
            .map(|member| predicate(member, shape, path))
            .collect();
        all.join(" and ")
    };
    let predicates = || {
        // Without values, the parameters that the line begins with say it already.
        match rule.members.iter().any(|member| !member.values.is_empty()) {
            false => "them".to_owned(),
            true => {
                let all: Vec<_> = rule
                    .members
                    .iter()
                    .map(|member| predicate(member, shape, path))
                    .collect();
                all.join(", ")
            }
        }
    };
    let allowed = match rule.kind {
        RuleKind::ExactlyOneOf => format!("exactly one of {}", predicates()),
        RuleKind::AtMostOneOf => format!("at most one of {}", predicates()),
        RuleKind::AtLeastOneOf => format!("at least one of {}", predicates()),
        RuleKind::AllOrNone => format!("all of {} or none", predicates()),
        RuleKind::Requires => {
            format!("{} only with {}", all(rule.members), all(rule.then))
        }
    };
    Violation {
        parameter: names.join(", "),
        kind: ViolationKind::Rule(rule.kind),
        given: (!holding.is_empty()).then(|| holding.join(", ")),
        allowed,
        reason: Some(rule.reason),
    }
}

/// The name of a member on the wire, `N` standing for the number of some element.
fn name(member: &Member, shape: &Shape, path: &Path<'_>) -> String {
    let mut name = path.to_wire();
    let mut shape = Some(shape);
    for (index, step) in member.path.iter().enumerate() {
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(step);
        let Some(field) = shape.and_then(|shape| Some(&shape.fields[shape.index_of(step)?])) else {
            continue;
        };
        let mut kind = field.kind;
        while let Kind::List(element) = kind {
            if index + 1 < member.path.len() {
                name.push_str(".N");
            }
            kind = element.kind;
        }
        shape = match kind {
            Kind::Object(shape) => Some(shape),
            _ => None,
        };
    }
    name
}

/// A member as one would say it: `Category=cloud|cloud_ssd`.
fn predicate(member: &Member, shape: &Shape, path: &Path<'_>) -> String {
    let mut text = name(member, shape, path);
    if !member.values.is_empty() {
        text.push('=');
        text.push_str(&member.values.join("|"));
    }
    text
}
