//! The rules between parameters. Each is looked at on its own, whatever the others say.

use serde_json::Value;

use super::{Violation, ViolationKind, as_text, is_present, quote, style_within};
use crate::{
    path::Path,
    record::{Field, Kind, Predicate, Record, Rule, Style, ValueRef},
    rule::{Tally, group_in_words, name},
};

/// Checks one rule of a record, for every element where it is a rule of elements. Of what is
/// sensitive, no value is shown.
pub(super) fn check(
    rule: &Rule,
    record: &dyn Record,
    style: Style,
    path: &Path<'_>,
    sensitive: bool,
    found: &mut Vec<Violation>,
) {
    let at = Leaf { style, sensitive };
    each(rule, rule.each, record, at, path, found);
}

fn each(
    rule: &Rule,
    steps: &[&str],
    record: &dyn Record,
    at: Leaf,
    path: &Path<'_>,
    found: &mut Vec<Violation>,
) {
    let Some((name, rest)) = steps.split_first() else {
        if !is_kept(rule, record, at.style) {
            found.push(violation(rule, record, at, path));
        }
        return;
    };
    let schema = record.schema();
    let Some(index) = schema.index_of(name) else {
        return;
    };
    let at = at.within(&schema.fields[index]);
    each_within(rule, rest, record.get(index), at, &path.name(name), found);
}

/// Goes into lists and maps until it comes to records. What is not sent, no rule is about.
fn each_within(
    rule: &Rule,
    rest: &[&str],
    value: ValueRef<'_>,
    at: Leaf,
    path: &Path<'_>,
    found: &mut Vec<Violation>,
) {
    match value {
        ValueRef::Object(record) if is_present(value, at.style) => {
            each(rule, rest, record, at, path, found);
        }
        ValueRef::List(list) => {
            for index in 0..list.len() {
                let element = list.get(index);
                each_within(rule, rest, element, at, &path.index(index), found);
            }
        }
        ValueRef::Map(map) => map.visit(&mut |key, value| {
            each_within(rule, rest, value, at, &path.name(key), found);
        }),
        _ => {}
    }
}

fn is_kept(rule: &Rule, record: &dyn Record, style: Style) -> bool {
    let tally = |members: &[Predicate]| {
        let members = members.iter();
        Tally::new(members.map(|member| Some(holds(record, style, member))))
    };
    let members = tally(rule.members);
    !rule.kind.is_broken(members, || tally(rule.then))
}

/// The field is present, with one of its values where it names some; of a group, some member holds.
fn holds(record: &dyn Record, style: Style, member: &Predicate) -> bool {
    match *member {
        Predicate::Field { path, values } => {
            let mut holds = false;
            let at = Leaf {
                style,
                sensitive: false,
            };
            leaves(record, at, path, &mut |value, at| {
                holds = holds || is_met(value, at.style, values);
            });
            holds
        }
        Predicate::Any(group) => group.iter().any(|member| holds(record, style, member)),
    }
}

fn is_met(value: ValueRef<'_>, style: Style, values: &[&str]) -> bool {
    is_present(value, style) && (values.is_empty() || has_value(value, values))
}

/// How a value is written, and whether it may be shown.
#[derive(Clone, Copy)]
struct Leaf {
    style: Style,
    sensitive: bool,
}

impl Leaf {
    fn within(self, field: &Field) -> Self {
        Self {
            style: style_within(self.style, field),
            sensitive: self.sensitive || is_sensitive(field),
        }
    }
}

/// The field or what it holds elements of is a secret.
fn is_sensitive(field: &Field) -> bool {
    match field.kind {
        Kind::List(element) | Kind::Map(element) => field.sensitive || is_sensitive(element),
        _ => field.sensitive,
    }
}

/// Looks at every value that the path leads to; through a list there may be several.
fn leaves(record: &dyn Record, at: Leaf, path: &[&str], look: &mut dyn FnMut(ValueRef<'_>, Leaf)) {
    let Some((name, rest)) = path.split_first() else {
        return;
    };
    let schema = record.schema();
    let Some(index) = schema.index_of(name) else {
        return;
    };
    leaves_at(
        record.get(index),
        at.within(&schema.fields[index]),
        rest,
        look,
    );
}

fn leaves_at(
    value: ValueRef<'_>,
    at: Leaf,
    rest: &[&str],
    look: &mut dyn FnMut(ValueRef<'_>, Leaf),
) {
    let Some((name, inner)) = rest.split_first() else {
        return look(value, at);
    };
    match value {
        ValueRef::Object(record) => leaves(record, at, rest, look),
        ValueRef::List(list) => {
            for index in 0..list.len() {
                leaves_at(list.get(index), at, rest, look);
            }
        }
        ValueRef::Map(map) => map.visit(&mut |key, value| {
            if key == *name {
                leaves_at(value, at, inner, look);
            }
        }),
        ValueRef::Any(Value::Object(map)) => {
            if let Some(value) = map.get(*name) {
                leaves_at(ValueRef::Any(value), at, inner, look);
            }
        }
        ValueRef::Any(Value::Array(list)) => {
            for value in list {
                leaves_at(ValueRef::Any(value), at, rest, look);
            }
        }
        _ => {}
    }
}

/// The value is one of those; of a list, some element is.
// A value is meant where it is written the same.
#[allow(clippy::float_cmp)]
fn has_value(value: ValueRef<'_>, values: &[&str]) -> bool {
    match value {
        ValueRef::String(text) => values.contains(&text),
        ValueRef::Integer(number) => values.iter().any(|value| value.parse() == Ok(number)),
        ValueRef::Float(number) => values.iter().any(|value| value.parse() == Ok(number)),
        ValueRef::Boolean(flag) => values.contains(&as_text(flag)),
        ValueRef::List(list) => (0..list.len()).any(|index| has_value(list.get(index), values)),
        ValueRef::Any(value) => match value {
            Value::String(text) => has_value(ValueRef::String(text), values),
            Value::Bool(flag) => has_value(ValueRef::Boolean(*flag), values),
            Value::Number(number) => match (number.as_i128(), number.as_f64()) {
                (Some(number), _) => values.iter().any(|value| value.parse() == Ok(number)),
                (None, Some(number)) => has_value(ValueRef::Float(number), values),
                (None, None) => false,
            },
            Value::Array(list) => list
                .iter()
                .any(|value| has_value(ValueRef::Any(value), values)),
            Value::Null | Value::Object(_) => false,
        },
        ValueRef::Absent | ValueRef::Bytes(_) | ValueRef::Object(_) | ValueRef::Map(_) => false,
    }
}

/// One field that a member is about, in words.
struct Said {
    path: &'static [&'static str],
    /// Its name on the wire, `N` standing for the number of some element.
    name: String,
    /// What the member wants: the name, and the values where it names some, as in `Amount = 1`.
    wanted: String,
    /// There is an "or" in that.
    has_or: bool,
    present: bool,
    holds: bool,
    /// Where the member names values: the one found, unless it is a secret.
    found: Option<String>,
}

/// What a request has of the fields of some members, each once: the name, with the value found
/// where a member names values.
struct Given<'a> {
    fields: Vec<(&'a Said, Option<&'a str>)>,
}

impl<'a> Given<'a> {
    fn new(said: impl Iterator<Item = &'a Said>) -> Self {
        let mut fields: Vec<(&Said, Option<&str>)> = Vec::new();
        for field in said {
            let found = field.found.as_deref();
            match fields.iter_mut().find(|(same, _)| same.path == field.path) {
                Some((_, value)) => *value = value.or(found),
                None => fields.push((field, found)),
            }
        }
        Self { fields }
    }

    fn words(&self) -> Vec<String> {
        let named_before = |index: usize, name: &str| {
            let before = &self.fields[..index];
            before.iter().any(|(field, _)| field.name == name)
        };
        let word = |(index, (field, value)): (usize, &(&Said, Option<&str>))| {
            let name = &field.name;
            match value {
                Some(value) => format!("{name} = {value}"),
                // An object's field, and a parameter with a dot in its name.
                None if named_before(index, name) => format!("{name} (its other form)"),
                None => name.clone(),
            }
        };
        self.fields.iter().enumerate().map(word).collect()
    }

    fn holds_path(&self, path: &[&str]) -> bool {
        self.fields.iter().any(|(field, _)| field.path == path)
    }
}

fn violation(rule: &Rule, record: &dyn Record, at: Leaf, path: &Path<'_>) -> Violation {
    let say = |members: &'static [Predicate]| -> Vec<Vec<Said>> {
        members
            .iter()
            .map(|member| fields(member, record, at, path))
            .collect()
    };
    let (members, mut then) = (say(rule.members), say(rule.then));
    let mut names: Vec<&str> = Vec::new();
    for field in members.iter().chain(&then).flatten() {
        if !names.contains(&field.name.as_str()) {
            names.push(&field.name);
        }
    }
    let parameter = names.join(", ");
    // What holds of the demands is not what is wrong.
    then.retain(|fields| !fields.iter().any(|field| field.holds));
    let holding = || members.iter().flatten().filter(|field| field.holds);
    let present = || members.iter().chain(&then).flatten().filter(|f| f.present);
    let excess = rule.kind.is_choice() && holding().next().is_some();
    let given = match excess {
        true => Given::new(holding()),
        false => Given::new(present()),
    };
    let words = given.words();
    let subject = match rule.kind.has_conditions() {
        true => requiring(&members, &given),
        // Of a rule that is kept without any of them, only those are meant that were given.
        false if excess && !rule.kind.needs_one() => excluding(&members),
        false => choice(&members, &given),
    };
    let allowed = rule.kind.words(subject, joined(&then, " and "));
    Violation {
        parameter,
        kind: ViolationKind::Rule(rule.kind),
        given: (!words.is_empty()).then(|| listed(&words, "and")),
        several: words.len() > 1,
        steps: path.to_steps(),
        allowed,
        reason: Some(rule.reason),
    }
}

/// Those of which only one may be: `them` where they are just what is said to be given.
fn excluding(members: &[Vec<Said>]) -> String {
    let holding = |fields: &'_ Vec<Said>| {
        let words = Given::new(fields.iter().filter(|field| field.holds)).words();
        (!words.is_empty()).then_some(words)
    };
    let groups: Vec<_> = members.iter().filter_map(holding).collect();
    if groups.iter().all(|words| words.len() == 1) {
        return "them".to_owned();
    }
    let groups: Vec<_> = groups
        .iter()
        .map(|words| match words.len() {
            1 => words.concat(),
            _ => format!("({})", listed(words, "or")),
        })
        .collect();
    listed(&groups, "and")
}

/// Those of which one must be: `them` where their names are just what the sentence begins with.
fn choice(members: &[Vec<Said>], given: &Given<'_>) -> String {
    let plain = |fields: &Vec<Said>| match fields.as_slice() {
        [field] => {
            field.name == field.wanted && (given.fields.is_empty() || given.holds_path(field.path))
        }
        _ => false,
    };
    if members.iter().all(plain) {
        return "them".to_owned();
    }
    joined(members, ", ")
}

/// `it requires`, or with the names where more is said to be given than the conditions.
fn requiring(members: &[Vec<Said>], given: &Given<'_>) -> String {
    let conditions = Given::new(members.iter().flatten().filter(|field| field.holds));
    match (conditions.fields.len(), members.len()) {
        (count, _) if count < given.fields.len() => {
            format!("{} requires", conditions.words().join(" together with "))
        }
        (1, _) => "it requires".to_owned(),
        (_, 1) => "they require".to_owned(),
        _ => "together they require".to_owned(),
    }
}

/// Members as one would say them, a group as `(A or B)`.
fn joined(members: &[Vec<Said>], separator: &str) -> String {
    let member = |fields: &Vec<Said>| {
        let wanted: Vec<_> = fields.iter().map(|field| field.wanted.clone()).collect();
        let has_or = fields.iter().any(|field| field.has_or);
        group_in_words(&wanted, has_or, members.len() > 1)
    };
    members
        .iter()
        .map(member)
        .collect::<Vec<_>>()
        .join(separator)
}

/// `A, B and C`.
fn listed(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [words @ .., word] => format!("{} {last} {word}", words.join(", ")),
    }
}

/// The fields that a member is about. Of a group, those that hold where some do: the others, of
/// which there may be many, have no part in what is wrong.
fn fields(member: &'static Predicate, record: &dyn Record, at: Leaf, path: &Path<'_>) -> Vec<Said> {
    let group = match *member {
        Predicate::Field {
            path: steps,
            values,
        } => return vec![field(steps, values, record, at, path)],
        Predicate::Any(group) => group,
    };
    let mut fields: Vec<Said> = group
        .iter()
        .flat_map(|member| self::fields(member, record, at, path))
        .collect();
    if fields.iter().any(|field| field.holds) {
        fields.retain(|field| field.holds);
    }
    fields
}

fn field(
    steps: &'static [&'static str],
    values: &[&str],
    record: &dyn Record,
    at: Leaf,
    path: &Path<'_>,
) -> Said {
    let name = name(steps, Some(record.schema()), path.to_wire());
    let wanted = match values {
        [] => name.clone(),
        values => format!("{name} = {}", values.join(" or ")),
    };
    let (mut present, mut holds, mut found) = (false, false, None);
    leaves(record, at, steps, &mut |value, at| {
        let met = is_met(value, at.style, values);
        // The first value, or rather the first that the member means.
        if !values.is_empty() && !at.sensitive && (found.is_none() || met && !holds) {
            found = shown(value, values).or(found.take());
        }
        present = present || is_present(value, at.style);
        holds = holds || met;
    });
    Said {
        path: steps,
        name,
        wanted,
        has_or: values.len() > 1,
        present,
        holds,
        found,
    }
}

/// A value as it is shown; of a list, an element that is meant or else the first.
fn shown(value: ValueRef<'_>, values: &[&str]) -> Option<String> {
    match value {
        ValueRef::String(text) => Some(quote(text)),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Float(number) => Some(number.to_string()),
        ValueRef::Boolean(flag) => Some(flag.to_string()),
        ValueRef::List(list) => {
            let meant = (0..list.len()).find(|index| has_value(list.get(*index), values));
            let index = meant.unwrap_or(0);
            (index < list.len()).then(|| shown(list.get(index), values))?
        }
        ValueRef::Any(Value::String(text)) => Some(quote(text)),
        ValueRef::Any(Value::Array(list)) => {
            let meant = list
                .iter()
                .find(|value| has_value(ValueRef::Any(value), values));
            shown(ValueRef::Any(meant.or(list.first())?), values)
        }
        ValueRef::Any(value @ (Value::Bool(_) | Value::Number(_))) => Some(value.to_string()),
        ValueRef::Any(Value::Null | Value::Object(_))
        | ValueRef::Absent
        | ValueRef::Bytes(_)
        | ValueRef::Object(_)
        | ValueRef::Map(_) => None,
    }
}
