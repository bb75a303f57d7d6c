//! Finds the types that operations share, for a product that has none yet.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{From, PLACE, REFERENCE, Types, expand, reference_to, schemas, within};
use crate::names;
use crate::spec::{Operation, Schema, Type};
use crate::tables::wrapped_list;

/// The place of a schema in an operation.
#[derive(Clone, Copy)]
struct Place<'o> {
    operation: &'o str,
    /// The last name on the way to it.
    name: &'o str,
    schema: &'o Schema,
}

/// Objects that are the same, of requests or of responses.
struct Group<'o> {
    in_response: bool,
    facts: String,
    places: Vec<Place<'o>>,
}

/// Finds the objects that several operations have: of the same name, with the same fields, limits and all.
/// Objects of requests and of responses are different types, because responses may grow.
#[must_use]
pub fn find(operations: &mut BTreeMap<String, Operation>) -> Types {
    let found = names_of(operations);
    let mut types = Types::new();
    if found.is_empty() {
        return types;
    }
    for operation in operations.values_mut() {
        for parameter in &mut operation.parameters {
            mark(&mut parameter.schema, false, &found, &mut types, true);
        }
        if let Some(response) = &mut operation.response {
            for schema in within_mut(response) {
                mark(schema, true, &found, &mut types, true);
            }
        }
    }
    // Their words are those of the types now.
    for operation in operations.values_mut() {
        let mut value = serde_json::to_value(&*operation).unwrap_or_default();
        for schema in schemas(&mut value) {
            strip(schema);
        }
        let expanded = expand(&mut value, &types).ok();
        if let Some(new) = expanded.and_then(|_| serde_json::from_value(value).ok()) {
            *operation = new;
        }
    }
    types
}

/// Leaves nothing beside references but what is about their places.
fn strip(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    if object.contains_key(REFERENCE) {
        object.retain(|key, _| PLACE.contains(&key.as_str()));
    }
    for (_, schema) in within(object) {
        strip(schema);
    }
}

/// The names of the types, by where they are used and what they are.
fn names_of(operations: &BTreeMap<String, Operation>) -> BTreeMap<(bool, String), String> {
    let mut groups: BTreeMap<(bool, String), Vec<Place<'_>>> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for operation in operations.values() {
        let name = names::type_name(&operation.operation);
        taken.extend([format!("{name}Response"), format!("{name}ErrorCode"), name]);
        for parameter in &operation.parameters {
            let place = Place {
                operation: &operation.operation,
                name: &parameter.name,
                schema: &parameter.schema,
            };
            collect(place, false, &mut groups);
        }
        for (name, schema) in operation.response.iter().flat_map(|it| &it.properties) {
            let place = Place {
                operation: &operation.operation,
                name,
                schema,
            };
            collect(place, true, &mut groups);
        }
    }
    let mut groups: Vec<Group<'_>> = groups
        .into_iter()
        .map(|((in_response, facts), places)| Group {
            in_response,
            facts,
            places,
        })
        .filter(|group| {
            let operations: BTreeSet<&str> =
                group.places.iter().map(|place| place.operation).collect();
            operations.len() > 1
        })
        .collect();
    // The most used has the plain name; requests before responses, which callers name less.
    groups.sort_by_key(|group| {
        let uses = std::cmp::Reverse(group.places.len());
        (group.in_response, uses, group.facts.clone())
    });
    groups
        .into_iter()
        .map(|group| {
            let plain = names::type_name(common_name(&group.places));
            let second = if group.in_response {
                format!("Response{plain}")
            } else {
                format!("{plain}2")
            };
            let name = [plain.clone(), second]
                .into_iter()
                .chain((2..).map(|number| format!("{plain}{number}")))
                .find(|name| !taken.contains(name))
                .unwrap_or(plain);
            taken.insert(name.clone());
            ((group.in_response, group.facts), name)
        })
        .collect()
}

/// The name that most of the places have; of several, the first.
fn common_name<'o>(places: &[Place<'o>]) -> &'o str {
    let count = |name: &str| places.iter().filter(|place| place.name == name).count();
    let names = places.iter().map(|place| place.name);
    names
        .rev()
        .max_by_key(|name| count(name))
        .unwrap_or_default()
}

fn collect<'o>(
    place: Place<'o>,
    in_response: bool,
    groups: &mut BTreeMap<(bool, String), Vec<Place<'o>>>,
) {
    let schema = place.schema;
    if can_be_shared(schema, in_response) {
        let group = groups.entry((in_response, facts(schema))).or_default();
        group.push(place);
    }
    let inner = schema.items.as_deref().into_iter();
    for schema in inner.chain(schema.additional_properties.as_deref()) {
        collect(Place { schema, ..place }, in_response, groups);
    }
    for (name, schema) in &schema.properties {
        let operation = place.operation;
        collect(
            Place {
                operation,
                name,
                schema,
            },
            in_response,
            groups,
        );
    }
}

/// An object that becomes a type of its own, without anything in it that is about the operation.
fn can_be_shared(schema: &Schema, in_response: bool) -> bool {
    let wrapper = in_response && wrapped_list(schema).is_some();
    schema.kind == Type::Object && !schema.properties.is_empty() && !wrapper && !echoes(schema)
}

fn echoes(schema: &Schema) -> bool {
    let inner = schema.items.as_deref().into_iter();
    let mut inner = inner.chain(schema.additional_properties.as_deref());
    schema.echo.is_some() || inner.any(echoes) || schema.properties.values().any(echoes)
}

/// What a schema is, without words, and without what is about its place.
fn facts(schema: &Schema) -> String {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    if let Value::Object(object) = &mut value {
        object.retain(|key, _| !PLACE.contains(&key.as_str()));
    }
    let mut text = String::new();
    canonical(&value, false, &mut text);
    text
}

/// Writes a schema without words, its keys in order.
fn canonical(value: &Value, names: bool, text: &mut String) {
    match value {
        Value::Object(object) => {
            let words = |key: &str| !names && ["description", "example"].contains(&key);
            let mut entries: Vec<_> = object.iter().filter(|(key, _)| !words(key)).collect();
            entries.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in entries {
                text.push_str(&Value::from(key.as_str()).to_string());
                canonical(value, !names && key == "properties", text);
            }
            text.push('}');
        }
        other => text.push_str(&other.to_string()),
    }
}

fn within_mut(schema: &mut Schema) -> impl Iterator<Item = &mut Schema> {
    let inner = schema.items.as_deref_mut().into_iter();
    inner
        .chain(schema.additional_properties.as_deref_mut())
        .chain(schema.properties.values_mut())
}

/// Makes schemas refer to the types that they are, and takes up the types. Words of the fields are those of
/// the first place that has any.
fn mark(
    schema: &mut Schema,
    in_response: bool,
    found: &BTreeMap<(bool, String), String>,
    types: &mut Types,
    outermost: bool,
) {
    let name = can_be_shared(schema, in_response)
        .then(|| found.get(&(in_response, facts(schema))))
        .flatten();
    for inner in within_mut(schema) {
        mark(
            inner,
            in_response,
            found,
            types,
            outermost && name.is_none(),
        );
    }
    let Some(name) = name else { return };
    let from = if outermost {
        From::Operation
    } else {
        From::Type
    };
    schema.reference = Some(reference_to(name, from));
    let mut value = serde_json::to_value(&*schema).unwrap_or_default();
    if let Value::Object(object) = &mut value {
        object.retain(|key, _| !PLACE.contains(&key.as_str()));
    }
    match types.get_mut(name) {
        Some(known) => fill_words(known, &value),
        None => {
            types.insert(name.clone(), value);
        }
    }
}

/// Takes over the words that a type lacks; of two descriptions the longer.
fn fill_words(known: &mut Value, other: &Value) {
    let (Value::Object(known), Value::Object(other)) = (known, other) else {
        return;
    };
    for (key, value) in other {
        match known.get_mut(key) {
            Some(Value::String(known)) if key == "description" => {
                if let Some(other) = value.as_str().filter(|other| other.len() > known.len()) {
                    other.clone_into(known);
                }
            }
            Some(known) => fill_words(known, value),
            None => {
                known.insert(key.clone(), value.clone());
            }
        }
    }
}
