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

/// The field is present, with one of its values where it names some; of a group, some member holds.
fn holds(record: &dyn Record, style: Style, member: &Member) -> bool {
    match *member {
        Member::Field { path: [], .. } => false,
        Member::Field {
            path: [name, rest @ ..],
            values,
        } => holds_in(record, style, name, rest, values),
        Member::Any(group) => group.iter().any(|member| holds(record, style, member)),
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

/// One field that a member is about, in words.
struct Said {
    /// Its name on the wire, `N` standing for the number of some element.
    name: String,
    /// The same with the values: `Category=cloud|cloud_ssd`.
    predicate: String,
    holds: bool,
}

fn violation(rule: &Rule, record: &dyn Record, style: Style, path: &Path<'_>) -> Violation {
    let say = |members: &[Member]| -> Vec<Vec<Said>> {
        members
            .iter()
            .map(|member| fields(member, record, style, path))
            .collect()
    };
    let (members, then) = (say(rule.members), say(rule.then));
    let said = || members.iter().chain(&then).flatten();
    let names: Vec<_> = said().map(|field| field.name.as_str()).collect();
    let holding: Vec<_> = said()
        .filter(|field| field.holds)
        .map(|field| field.predicate.as_str())
        .collect();
    let predicates = || {
        // One name for each member: the line begins with those.
        let plain = members.iter().flatten().count() == members.len()
            && members.iter().flatten().all(|f| f.name == f.predicate);
        match plain {
            true => "them".to_owned(),
            false => joined(&members, ", "),
        }
    };
    let allowed = match rule.kind {
        RuleKind::ExactlyOneOf => format!("exactly one of {}", predicates()),
        RuleKind::AtMostOneOf => format!("at most one of {}", predicates()),
        RuleKind::AtLeastOneOf => format!("at least one of {}", predicates()),
        RuleKind::AllOrNone => format!("all of {} or none", predicates()),
        RuleKind::Requires => format!(
            "{} only with {}",
            joined(&members, " and "),
            joined(&then, " and ")
        ),
    };
    Violation {
        parameter: names.join(", "),
        kind: ViolationKind::Rule(rule.kind),
        given: (!holding.is_empty()).then(|| holding.join(", ")),
        allowed,
        reason: Some(rule.reason),
    }
}

/// Members as one would say them, a group as `(A or B)`.
fn joined(members: &[Vec<Said>], separator: &str) -> String {
    let member = |fields: &Vec<Said>| {
        let predicates: Vec<_> = fields.iter().map(|f| f.predicate.as_str()).collect();
        let text = predicates.join(" or ");
        match predicates.len() > 1 && members.len() > 1 {
            true => format!("({text})"),
            false => text,
        }
    };
    members
        .iter()
        .map(member)
        .collect::<Vec<_>>()
        .join(separator)
}

/// The fields that a member is about. Of a group, those that hold where some do: the others, of
/// which there may be many, have no part in what is wrong.
fn fields(member: &Member, record: &dyn Record, style: Style, path: &Path<'_>) -> Vec<Said> {
    let group = match *member {
        Member::Field {
            path: steps,
            values,
        } => {
            let name = name(steps, record.shape(), path);
            let mut predicate = name.clone();
            if !values.is_empty() {
                predicate.push('=');
                predicate.push_str(&values.join("|"));
            }
            return vec![Said {
                name,
                predicate,
                holds: holds(record, style, member),
            }];
        }
        Member::Any(group) => group,
    };
    let mut fields: Vec<Said> = group
        .iter()
        .flat_map(|member| self::fields(member, record, style, path))
        .collect();
    if fields.iter().any(|field| field.holds) {
        fields.retain(|field| field.holds);
    }
    fields
}

/// The name of a field on the wire, `N` standing for the number of some element.
fn name(steps: &[&str], shape: &Shape, path: &Path<'_>) -> String {
    let mut name = path.to_wire();
    let mut shape = Some(shape);
    for (index, step) in steps.iter().enumerate() {
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(step);
        let Some(field) = shape.and_then(|shape| Some(&shape.fields[shape.index_of(step)?])) else {
            continue;
        };
        let mut kind = field.kind;
        while let Kind::List(element) = kind {
            if index + 1 < steps.len() {
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
