//! The check that a value in a spec (an example, a default, a value of a list) fits its schema.
//!
//! It is read and checked by what programs run ([`alicloud_schema`]), with tables made from the schema;
//! here it is only found where in the file that is.

use std::cmp::Ordering;

use alicloud_schema::{
    dynamic::DynRecord,
    path::OwnedStep,
    record,
    validate::{self, Violation, ViolationKind},
};
use serde_json::{Map, Value};

use super::structure::describe;
use crate::number::compare_written;
use crate::spec::{Schema, Type};
use crate::tables::{self, Role};
use crate::tree::{Kind, Node, Span};

/// What is wrong with a value.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// The value, or the part of it that is wrong.
    pub(super) span: Span,
    /// What was expected, in a few words.
    pub(super) label: String,
    /// The limit that is broken, where it is one.
    pub(super) limit: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    Type,
    Limit,
}

/// Everything that is wrong with a value of a request, or of a response, in which any field may be missing.
/// `place` is the schema in the tree.
pub(super) fn faults(
    schema: &Schema,
    role: Role,
    place: &Node<'_>,
    value: &Node<'_>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    whole(schema, value, &mut faults);
    if !faults.is_empty() {
        return faults;
    }
    let violations = violations(tables::value(schema, role), value);
    let violations = violations.iter().filter(|violation| {
        // An empty list cannot be sent, but it can be documented; an element with nothing in it would
        // shift those behind it.
        let is_element = matches!(violation.steps().last(), Some(OwnedStep::Index(_)));
        violation.kind != ViolationKind::Empty || role == Role::Request && is_element
    });
    violations
        .map(|violation| fault(violation, place, value))
        .collect()
}

/// What is no part of the tables: `null`, and what stands where any object may.
fn whole(schema: &Schema, value: &Node<'_>, faults: &mut Vec<Fault>) {
    let any_object = schema.properties.is_empty() && schema.additional_properties.is_none();
    let is_right = match value.kind {
        Kind::Null => schema.kind == Type::Any,
        Kind::Object(_) => true,
        _ => schema.kind != Type::Object || !any_object,
    };
    if !is_right {
        let expected = words(schema.kind);
        faults.push(Fault {
            kind: FaultKind::Type,
            span: value.span,
            label: format!("expected {expected}, found {}", describe(value)),
            limit: None,
        });
        return;
    }
    let values = schema.additional_properties.as_deref();
    for entry in value.entries() {
        if let Some(schema) = schema.properties.get(entry.key.as_ref()).or(values) {
            whole(schema, &entry.value, faults);
        }
    }
    if let Some(schema) = &schema.items {
        for item in value.items() {
            whole(schema, item, faults);
        }
    }
}

fn violations(field: record::Field, value: &Node<'_>) -> Vec<Violation> {
    // Without a name, so that places are told from the value inward.
    let fields: &[record::Field] = Box::leak(Box::new([field]));
    let schema = Box::leak(Box::new(record::Schema {
        name: "Value",
        fields: record::Fields::of(fields),
        rules: &[],
    }));
    let whole = Map::from_iter([(String::new(), json(value))]);
    let found = DynRecord::from_json(schema, &Value::Object(whole))
        .and_then(|record| validate::check(&record));
    found.map_or_else(|found| found.into_iter().collect(), |()| Vec::new())
}

/// The value as it is read.
fn json(value: &Node<'_>) -> Value {
    match &value.kind {
        Kind::Null => Value::Null,
        Kind::Bool(flag) => Value::Bool(*flag),
        Kind::Number(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        Kind::String(text) => Value::String(text.clone().into_owned()),
        Kind::Array(items) => items.iter().map(json).collect(),
        Kind::Object(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|entry| (entry.key.clone().into_owned(), json(&entry.value)));
            Value::Object(entries.collect())
        }
    }
}

/// Finds what is wrong in the tree.
fn fault(violation: &Violation, place: &Node<'_>, value: &Node<'_>) -> Fault {
    let (mut place, mut node, mut span) = (Some(place), value, value.span);
    // The first step is to the value itself.
    for step in violation.steps().iter().skip(1) {
        place = place.and_then(|place| schema_within(place, step));
        match step {
            OwnedStep::Name(name) => match node.entry(name) {
                Some(entry) if violation.kind == ViolationKind::Unknown => span = entry.key_span,
                Some(entry) => (node, span) = (&entry.value, entry.value.span),
                // It is missing: the object around it is what is wrong.
                None => span = node.opening(),
            },
            OwnedStep::Index(index) => {
                // The object around a list of a response is no step.
                let list = match node.entries() {
                    [entry] => &entry.value,
                    _ => node,
                };
                if let Some(item) = list.items().get(*index) {
                    (node, span) = (item, item.span);
                }
            }
        }
    }
    let key = keyword(violation.kind);
    let limit = place.zip(key).map(|(place, key)| place.span_of(key));
    let label = match (violation.kind, violation.steps().last()) {
        (ViolationKind::Required, Some(OwnedStep::Name(name))) => {
            format!("`{name}` {}", violation.words())
        }
        (ViolationKind::Unknown, _) => format!("unknown field; {}", violation.allowed),
        _ => violation.words(),
    };
    let kind = match violation.kind {
        ViolationKind::Type | ViolationKind::Unknown => FaultKind::Type,
        _ => FaultKind::Limit,
    };
    Fault {
        kind,
        span,
        label,
        limit,
    }
}

/// The schema of what is one step inward, in the tree.
fn schema_within<'n, 't>(place: &'n Node<'t>, step: &OwnedStep) -> Option<&'n Node<'t>> {
    let property = |name: &str| place.get("properties")?.get(name);
    match step {
        OwnedStep::Name(name) => property(name).or_else(|| place.get("additionalProperties")),
        OwnedStep::Index(_) => place.get("items").or_else(|| {
            let [list] = place.get("properties")?.entries() else {
                return None;
            };
            list.value.get("items")
        }),
    }
}

/// The key of a schema that states what is violated.
fn keyword(kind: ViolationKind) -> Option<&'static str> {
    Some(match kind {
        ViolationKind::Required => "required",
        ViolationKind::Minimum => "minimum",
        ViolationKind::Maximum => "maximum",
        ViolationKind::MinLength => "minLength",
        ViolationKind::MaxLength => "maxLength",
        ViolationKind::MinItems => "minItems",
        ViolationKind::MaxItems => "maxItems",
        ViolationKind::Enum => "enum",
        ViolationKind::Format => "format",
        ViolationKind::Pattern => "pattern",
        _ => return None,
    })
}

/// Whether a value of a list and a value in a tree are the same.
pub(super) fn equal(known: &Value, value: &Node<'_>) -> bool {
    match (known, &value.kind) {
        (Value::String(known), Kind::String(text)) => known == text,
        (Value::Bool(known), Kind::Bool(value)) => known == value,
        (Value::Number(known), Kind::Number(text)) => {
            compare_written(&known.to_string(), text) == Ordering::Equal
        }
        _ => false,
    }
}

/// A type in words.
pub(super) fn words(kind: Type) -> &'static str {
    match kind {
        Type::String => "text",
        Type::Integer => "a whole number",
        Type::Number => "a number",
        Type::Boolean => "`true` or `false`",
        Type::Array => "an array",
        Type::Object => "an object",
        Type::Any => "anything",
    }
}
