//! Types that several operations of a product share.
//!
//! Each is a file of the product's folder `types/`, and holds a schema. A spec refers to it where the
//! schema would stand: `{ "$ref": "../types/Tag.json", "description": "…" }`; another type of the folder
//! by `{ "$ref": "Tag.json" }`. What stands beside the reference is about the place, all else about the type.
//!
//! Everything but this module sees the schema in the place of the reference, which is still told by
//! [`Schema::reference`](crate::spec::Schema::reference): [`expand`] puts it there, `collapse` takes it back.

mod find;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::format;
use crate::layout::TYPES_FOLDER;
use crate::spec::{Operation, Schema};

pub use find::find;

/// The key of a reference.
pub(crate) const REFERENCE: &str = "$ref";

/// The keys that are about the place where a schema stands rather than about what it is.
pub(crate) const PLACE: &[&str] = &[
    REFERENCE,
    "name",
    "in",
    "style",
    "required",
    "deprecated",
    "sensitive",
    "rust",
    "description",
    "example",
    "default",
];

/// The shared types of a product by name: their schemas as JSON, references within them expanded.
pub type Types = BTreeMap<String, Value>;

/// The name of the type that a reference leads to; none where it leads elsewhere.
#[must_use]
pub fn name_of(reference: &str) -> Option<&str> {
    let file = reference.strip_suffix(".json")?;
    let name = file.strip_prefix("../types/").unwrap_or(file);
    (!name.is_empty() && !name.contains(['/', '\\', '.'])).then_some(name)
}

/// The reference to a type from an operation, or from another type.
fn reference_to(name: &str, from: From) -> String {
    match from {
        From::Operation => format!("../{TYPES_FOLDER}/{name}.json"),
        From::Type => format!("{name}.json"),
    }
}

/// Where a reference stands.
#[derive(Clone, Copy)]
enum From {
    Operation,
    Type,
}

/// Reads types from their texts, by name, and expands the references between them.
///
/// # Errors
///
/// For each type that cannot be read: its name, and why.
pub fn read(texts: &BTreeMap<String, String>) -> Result<Types, Vec<(String, String)>> {
    let mut errors = Vec::new();
    let mut types = Types::new();
    for (name, text) in texts {
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(mut schema)) => {
                schema.shift_remove("$schema");
                types.insert(name.clone(), Value::Object(schema));
            }
            Ok(_) => errors.push((name.clone(), "expected an object".to_owned())),
            Err(error) => errors.push((name.clone(), error.to_string())),
        }
    }
    let plain = types.clone();
    for (name, schema) in &mut types {
        if let Err(error) = expand_schema(schema, &plain, &mut vec![name]) {
            errors.push((name.clone(), error));
        } else if let Err(error) = serde_json::from_value::<Schema>(schema.clone()) {
            errors.push((name.clone(), error.to_string()));
        }
    }
    if errors.is_empty() {
        return Ok(types);
    }
    Err(errors)
}

/// Puts the schemas of types in the place of the references of an operation, and says whether it has any.
///
/// # Errors
///
/// A reference leads to no type.
pub fn expand(operation: &mut Value, types: &Types) -> Result<bool, String> {
    let mut any = false;
    for schema in schemas(operation) {
        any |= expand_schema(schema, types, &mut Vec::new())?;
    }
    Ok(any)
}

/// The outermost schemas of an operation.
fn schemas(operation: &mut Value) -> Vec<&mut Value> {
    let Value::Object(operation) = operation else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in operation {
        match (key.as_str(), value) {
            ("parameters", Value::Array(parameters)) => found.extend(parameters),
            ("response", response) => found.push(response),
            _ => {}
        }
    }
    found
}

/// The schemas that are directly within a schema, with their places in it.
fn within(schema: &mut Map<String, Value>) -> Vec<(String, &mut Value)> {
    let mut found = Vec::new();
    for (key, value) in schema {
        match (key.as_str(), value) {
            ("items" | "additionalProperties", value) => found.push((key.clone(), value)),
            ("properties", Value::Object(properties)) => {
                let properties = properties.iter_mut();
                found.extend(properties.map(|(name, value)| (format!("properties/{name}"), value)));
            }
            _ => {}
        }
    }
    found
}

fn expand_schema<'t>(
    schema: &mut Value,
    types: &'t Types,
    around: &mut Vec<&'t str>,
) -> Result<bool, String> {
    let Value::Object(object) = schema else {
        return Ok(false);
    };
    let mut any = object.contains_key(REFERENCE);
    let depth = around.len();
    if let Some(Value::String(reference)) = object.get(REFERENCE) {
        let known = name_of(reference).and_then(|name| types.get_key_value(name));
        let (name, Value::Object(shared)) =
            known.ok_or_else(|| format!("`{reference}` is not a type of the product"))?
        else {
            return Err(format!("`{reference}` is not a type of the product"));
        };
        if around.contains(&name.as_str()) {
            return Err(format!("the type `{name}` contains itself"));
        }
        around.push(name);
        for (key, value) in shared {
            object.entry(key).or_insert_with(|| value.clone());
        }
    }
    for (_, schema) in within(object) {
        any |= expand_schema(schema, types, around)?;
    }
    around.truncate(depth);
    Ok(any)
}

/// A reference whose schema is not that of the type any more, so that the type is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenOut {
    /// The place, in the notation of [`crate::spec::Departure::at`].
    pub at: String,
    /// The type.
    pub name: String,
}

/// Puts references in the place of schemas that are still those of the types; the others become schemas
/// of their own.
fn collapse_schema(
    schema: &mut Value,
    types: &Types,
    from: From,
    at: &str,
    written_out: &mut Vec<WrittenOut>,
) {
    let Value::Object(object) = schema else {
        return;
    };
    let reference = object.get(REFERENCE).and_then(Value::as_str);
    let name = reference.and_then(name_of).map(str::to_owned);
    if let Some(name) = name {
        let shared = types.get(&name).and_then(Value::as_object);
        if let Some(shared) = shared.filter(|shared| same(object, shared)) {
            object.retain(|key, value| {
                PLACE.contains(&key.as_str()) && shared.get(key) != Some(value)
            });
            object.insert(REFERENCE.to_owned(), reference_to(&name, from).into());
            return;
        }
        object.shift_remove(REFERENCE);
        written_out.push(WrittenOut {
            at: at.to_owned(),
            name,
        });
    }
    for (place, schema) in within(object) {
        collapse_schema(schema, types, from, &format!("{at}/{place}"), written_out);
    }
}

/// Both are the same but for what is about their places.
fn same(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let of = |schema: &Map<String, Value>| -> BTreeMap<String, Value> {
        let own = schema
            .iter()
            .filter(|(key, _)| !PLACE.contains(&key.as_str()));
        own.map(|(key, value)| (key.clone(), plain(value)))
            .collect()
    };
    of(one) == of(other)
}

/// How a reference is spelled depends on where it stands.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut object: Map<String, Value> = object
                .iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect();
            if let Some(Value::String(reference)) = object.get_mut(REFERENCE)
                && let Some(name) = name_of(reference)
            {
                *reference = reference_to(name, From::Type);
            }
            Value::Object(object)
        }
        Value::Array(values) => values.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// The text of an operation's file, with references where the types say the same; and which say so no more.
#[must_use]
pub fn operation_to_text(operation: &Operation, types: &Types) -> (String, Vec<WrittenOut>) {
    let mut value = serde_json::to_value(operation).unwrap_or_default();
    let written_out = collapse(&mut value, types);
    (format::value_to_text(&value), written_out)
}

/// The text of an operation without references, as it is where no type is shared.
pub(crate) fn plain_to_text(operation: &Operation) -> String {
    operation_to_text(operation, &Types::new()).0
}

/// Puts references in the place of the schemas of an operation that are still those of the types.
fn collapse(operation: &mut Value, types: &Types) -> Vec<WrittenOut> {
    let mut written_out = Vec::new();
    for schema in schemas(operation) {
        let at = match schema.get("name").and_then(Value::as_str) {
            Some(name) => format!("/parameters/{name}"),
            None => "/response".to_owned(),
        };
        collapse_schema(schema, types, From::Operation, &at, &mut written_out);
    }
    written_out
}

/// The text of a type's file.
#[must_use]
pub fn type_to_text(schema: &Value, types: &Types) -> String {
    let mut schema = schema.clone();
    if let Value::Object(object) = &mut schema {
        for (place, schema) in within(object) {
            collapse_schema(schema, types, From::Type, &place, &mut Vec::new());
        }
    }
    let mut file = Map::new();
    file.insert("$schema".to_owned(), "../../schema/type.schema.json".into());
    if let Value::Object(object) = schema {
        file.extend(object);
    }
    format::value_to_text(&Value::Object(file))
}

/// The state of the types after operations have changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settled {
    /// The types as they are now: one of which every use has changed in the same way has changed with them.
    pub types: Types,
    /// The names of those.
    pub changed: Vec<String>,
    /// The places that do not refer to a type any more, by operation.
    pub written_out: BTreeMap<String, Vec<WrittenOut>>,
}

/// Compares the operations of a product with its types.
#[must_use]
pub fn settle<'o>(operations: impl Iterator<Item = &'o Operation>, types: &Types) -> Settled {
    let mut settled = Settled {
        types: types.clone(),
        ..Settled::default()
    };
    if types.is_empty() {
        return settled;
    }
    let mut values: Vec<(&str, Value)> = operations
        .map(|operation| {
            let value = serde_json::to_value(operation).unwrap_or_default();
            (operation.operation.as_str(), value)
        })
        .collect();
    let mut uses: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
    for (_, operation) in &mut values {
        for schema in schemas(operation) {
            collect_uses(schema, &mut uses);
        }
    }
    for (name, uses) in &uses {
        let Some(Value::Object(shared)) = types.get(name) else {
            continue;
        };
        let [first, others @ ..] = uses.as_slice() else {
            continue;
        };
        if !same(first, shared) && others.iter().all(|other| same(first, other)) {
            let mut new = first.clone();
            new.retain(|key, _| !PLACE.contains(&key.as_str()));
            for (key, value) in shared {
                if PLACE.contains(&key.as_str()) {
                    new.insert(key.clone(), value.clone());
                }
            }
            settled.types.insert(name.clone(), Value::Object(new));
            settled.changed.push(name.clone());
        }
    }
    for (name, mut operation) in values {
        let written_out = collapse(&mut operation, &settled.types);
        if !written_out.is_empty() {
            settled.written_out.insert(name.to_owned(), written_out);
        }
    }
    settled
}

/// Takes the types away that no operation refers to any more, and says which.
pub(crate) fn take_unused<'o>(
    operations: impl Iterator<Item = &'o Operation>,
    types: &mut Types,
) -> Vec<String> {
    let mut uses = BTreeMap::new();
    for operation in operations {
        let mut value = serde_json::to_value(operation).unwrap_or_default();
        for schema in schemas(&mut value) {
            collect_uses(schema, &mut uses);
        }
    }
    let names = types.keys().filter(|name| !uses.contains_key(*name));
    let unused: Vec<String> = names.cloned().collect();
    types.retain(|name, _| uses.contains_key(name));
    unused
}

/// Makes the schemas at these places their own.
pub(crate) fn forget(operation: &mut Operation, places: &[WrittenOut]) {
    for parameter in &mut operation.parameters {
        let at = format!("/parameters/{}", parameter.name);
        forget_schema(&mut parameter.schema, &at, places);
    }
    if let Some(response) = &mut operation.response {
        forget_schema(response, "/response", places);
    }
}

fn forget_schema(schema: &mut Schema, at: &str, places: &[WrittenOut]) {
    if places.iter().any(|place| place.at == at) {
        schema.reference = None;
    }
    for (schema, key) in [
        (&mut schema.items, "items"),
        (&mut schema.additional_properties, "additionalProperties"),
    ] {
        if let Some(schema) = schema {
            forget_schema(schema, &format!("{at}/{key}"), places);
        }
    }
    for (name, schema) in &mut schema.properties {
        forget_schema(schema, &format!("{at}/properties/{name}"), places);
    }
}

/// The schemas that refer to each type.
fn collect_uses(schema: &mut Value, uses: &mut BTreeMap<String, Vec<Map<String, Value>>>) {
    let Value::Object(object) = schema else {
        return;
    };
    let reference = object.get(REFERENCE).and_then(Value::as_str);
    if let Some(name) = reference.and_then(name_of) {
        uses.entry(name.to_owned())
            .or_default()
            .push(object.clone());
    }
    for (_, schema) in within(object) {
        collect_uses(schema, uses);
    }
}
