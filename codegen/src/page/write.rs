//! The transfer of facts from a page into the spec of its operation.
//!
//! Facts are taken over; texts that people wrote stay, and nothing is removed. A fact that the
//! vendor's metadata states otherwise is recorded as a departure from it, so that the next import
//! keeps it. Sentences are never copied: items without a description are listed, so that a person
//! can write one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::compare::{Comparison, Difference, Edit, Messages, Spec, compare, schema_at};
use super::model::Page;
use crate::check;
use crate::diagnostic::{Code, Diagnostic, Source};
use crate::import::{self, derive, merge, names, path, secrets};
use crate::spec::{Departure, Location, Operation, Origin, Parameter, Schema, Type};
use crate::types;
use crate::web;

/// Facts of new parameters can be compared only once they are there, and rules between them after that.
const ROUNDS: usize = 4;

/// A spec with what a page says.
#[derive(Clone, Debug)]
pub struct Written {
    /// The spec as it is now.
    pub spec: Spec,
    /// The differences that were taken over.
    pub taken: Vec<Difference>,
    /// The comparison with the new spec: what a person still has to decide.
    pub left: Comparison,
    /// The items without a description, by place.
    pub undescribed: Vec<String>,
    /// Descriptions that say otherwise than the spec does now, in words.
    pub stale: Vec<String>,
}

/// The reason why nothing was written.
#[derive(Clone, Debug)]
pub enum Refused {
    /// The page has a name that no operation can have.
    Name(String),
    /// The spec would be wrong: what is wrong with it.
    Invalid(Vec<Diagnostic>),
}

/// The spec of an operation that has none yet.
#[must_use]
pub fn empty(name: &str, file: PathBuf) -> Spec {
    let operation = Operation::new(name);
    Spec {
        source: Arc::new(Source {
            path: file,
            text: Some(types::plain_to_text(&operation)),
        }),
        operation,
    }
}

/// Whether a text of a page can be the name of an operation, and so of a file.
#[must_use]
pub fn is_operation(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= 100
        && bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric())
}

/// Takes over what a page says. `product` is the text of the product's file.
///
/// # Errors
///
/// The result would be no valid spec.
pub fn write(
    page: &Page,
    spec: &Spec,
    is_new: bool,
    product: &str,
    messages: &Messages,
) -> Result<Written, Refused> {
    let name = spec.operation.operation.clone();
    if !is_operation(&name) {
        return Err(Refused::Name(name));
    }
    let before = spec.operation.clone();
    let reviewed = before.reviewed.is_some();
    let mut now = spec.clone();
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        let found = compare(page, &now, messages).differences;
        let edits: Vec<Difference> = found
            .into_iter()
            .filter(|found| found.edit.is_some())
            .collect();
        if edits.is_empty() {
            break;
        }
        let mut operation = now.operation.clone();
        for difference in edits {
            if let Some(edit) = &difference.edit
                && apply(&mut operation, edit)
            {
                if !is_new {
                    record(&mut operation, &before, edit, page);
                }
                taken.push(difference);
            }
        }
        if operation == now.operation {
            break;
        }
        now = with(&now, operation);
    }
    let mut operation = now.operation.clone();
    complete(&mut operation, &before, page, is_new);
    now = with(&now, operation);
    if !reviewed && now.operation.reviewed.is_some() {
        now = own(page, &now, messages);
    }
    let stale = check(&now, product)?;
    let left = compare(page, &now, messages);
    Ok(Written {
        undescribed: undescribed(&now.operation),
        stale,
        spec: now,
        taken,
        left,
    })
}

fn with(spec: &Spec, operation: Operation) -> Spec {
    Spec {
        source: Arc::new(Source {
            path: spec.source.path.clone(),
            text: Some(types::plain_to_text(&operation)),
        }),
        operation,
    }
}

/// Idempotency, dry runs, pages and names in Rust, as an import has them; and the date.
fn complete(operation: &mut Operation, before: &Operation, page: &Page, is_new: bool) {
    let name = operation.operation.clone();
    for parameter in &mut operation.parameters {
        if !before
            .parameters
            .iter()
            .any(|known| known.name == parameter.name)
        {
            secrets::mark_request(std::slice::from_mut(parameter));
        }
    }
    let departures = operation.departures.clone();
    let same = import::Sourced {
        spec: operation.clone(),
        known: import::Known::default(),
        remarks: Vec::new(),
        topics: Vec::new(),
    };
    let mut merge = merge::operation(operation, &same, &departures, &name, false);
    derive::complete(operation, &mut merge);
    names::settle(operation, Some(before), &mut Vec::new());
    if is_new
        && operation.docs.is_none()
        && let Some((product, version)) = &page.product
    {
        operation.docs = web::documentation(product, version, &name);
    }
    if let Some(date) = &page.date {
        operation.reviewed = Some(date.clone());
    }
}

/// Makes a change, where its place is there.
fn apply(operation: &mut Operation, edit: &Edit) -> bool {
    match edit {
        Edit::Keyword { at, key, value } => {
            let Some(schema) = schema_at_mut(operation, at) else {
                return false;
            };
            set(schema, key, value)
        }
        Edit::Field {
            collection,
            name,
            after,
            schema,
        } => {
            if collection == "/parameters" {
                if operation.parameters.iter().any(|known| known.name == *name) {
                    return false;
                }
                let known = &operation.parameters;
                let place = after
                    .as_ref()
                    .and_then(|after| known.iter().position(|it| it.name == *after));
                let place = place.map_or(known.len(), |place| place + 1);
                let parameter = Parameter {
                    name: name.clone(),
                    location: Location::default(),
                    style: None,
                    schema: (**schema).clone(),
                };
                operation.parameters.insert(place, parameter);
                return true;
            }
            if operation.response.is_none() && collection.starts_with("/response") {
                operation.response = Some(Schema {
                    kind: Type::Object,
                    ..Schema::default()
                });
            }
            let Some(owner) = collection.strip_suffix("/properties") else {
                return false;
            };
            let Some(owner) = schema_at_mut(operation, owner) else {
                return false;
            };
            if owner.properties.contains_key(name) {
                return false;
            }
            let place = after
                .as_ref()
                .and_then(|after| owner.properties.get_index_of(after));
            let place = place.map_or(owner.properties.len(), |place| place + 1);
            owner
                .properties
                .shift_insert(place, name.clone(), (**schema).clone());
            true
        }
        Edit::Error(row) => {
            let place = operation
                .errors
                .iter()
                .rposition(|known| known.status == row.status)
                .map_or(operation.errors.len(), |last| last + 1);
            operation.errors.insert(place, row.clone());
            true
        }
        Edit::Status { code, from, to } => {
            let row = operation
                .errors
                .iter_mut()
                .find(|row| row.code == *code && row.status == *from);
            row.map(|row| row.status = Some(*to)).is_some()
        }
        Edit::Message { row, message } => {
            let row = operation.errors.get_mut(*row);
            row.map(|row| row.message = Some(message.clone())).is_some()
        }
        Edit::Rule(rule) => {
            operation.constraints.push(rule.clone());
            true
        }
        Edit::Permission(permission) => {
            match operation
                .permissions
                .iter_mut()
                .find(|known| known.action == permission.action)
            {
                Some(known) if known == permission => return false,
                Some(known) => known.clone_from(permission),
                None => operation.permissions.push(permission.clone()),
            }
            true
        }
    }
}

/// Sets a key of a schema; through JSON, where all keys are alike. An example that the new limits
/// refuse goes.
fn set(schema: &mut Schema, key: &str, value: &Value) -> bool {
    let Ok(Value::Object(mut map)) = serde_json::to_value(&*schema) else {
        return false;
    };
    map.insert(key.to_owned(), value.clone());
    if key == "type" {
        // Formats and limits of the old type mean nothing for the new one.
        map.retain(|key, _| {
            matches!(
                key.as_str(),
                "type" | "required" | "description" | "rust" | "deprecated"
            )
        });
    }
    match serde_json::from_value(Value::Object(map)) {
        Ok(new) => {
            *schema = new;
            true
        }
        Err(_) => false,
    }
}

fn schema_at_mut<'s>(operation: &'s mut Operation, at: &str) -> Option<&'s mut Schema> {
    // Where it leads is looked up once for reading; the way there is the same.
    schema_at(operation, at).or_else(|| {
        (at == "/response")
            .then_some(operation.response.as_ref())
            .flatten()
    })?;
    let (mut schema, mut rest) = if let Some(rest) = at.strip_prefix("/parameters/") {
        let parameter = operation
            .parameters
            .iter_mut()
            .filter(|parameter| below(rest, &parameter.name).is_some())
            .max_by_key(|parameter| parameter.name.len())?;
        let length = parameter.name.len();
        (&mut parameter.schema, &rest[length..])
    } else {
        (operation.response.as_mut()?, at.strip_prefix("/response")?)
    };
    while let Some(next) = rest.strip_prefix('/').filter(|next| !next.is_empty()) {
        if let Some(after) = next.strip_prefix("items") {
            schema = schema.items.as_deref_mut()?;
            rest = after;
        } else {
            let next = next.strip_prefix("properties/")?;
            let (name, inner) = schema
                .properties
                .iter_mut()
                .find(|(name, _)| below(next, name).is_some())?;
            rest = &next[name.len()..];
            schema = inner;
        }
    }
    Some(schema)
}

fn below<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    path.strip_prefix(name)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Records that the spec departs from the metadata, which an import would otherwise follow.
fn record(operation: &mut Operation, before: &Operation, edit: &Edit, page: &Page) {
    let on = page
        .date
        .as_deref()
        .map_or(String::new(), |date| format!(" of {date}"));
    let mut note = |at: String, source: Value, now: Option<&Value>| {
        let known = operation
            .departures
            .iter()
            .position(|departure| departure.from == Origin::Metadata && departure.at == at);
        match known {
            // The page says what the metadata says.
            Some(index)
                if now
                    .is_some_and(|now| merge::equal(&operation.departures[index].source, now)) =>
            {
                operation.departures.remove(index);
            }
            Some(_) => {}
            None => operation.departures.push(Departure {
                at,
                from: Origin::Metadata,
                source,
                reason: format!("The vendor's page{on} says so; the metadata does not."),
            }),
        }
    };
    match edit {
        Edit::Keyword { at, key, value } => {
            // Of what is new as a whole, the whole is recorded.
            let Some(schema) = schema_at(before, at) else {
                return;
            };
            let old = serde_json::to_value(schema).ok();
            let old = old
                .and_then(|old| old.get(*key).cloned())
                .unwrap_or_default();
            note(path::join(at, key), old, Some(value));
        }
        Edit::Field {
            collection, name, ..
        } => {
            let owner = collection.strip_suffix("/properties");
            match owner {
                Some("/response") if before.response.is_none() => {
                    note("/response".to_owned(), Value::Null, None);
                }
                // Of what is new as a whole, the whole is recorded.
                Some(owner) if owner != "/response" && schema_at(before, owner).is_none() => {}
                _ => note(path::join(collection, name), Value::Null, None),
            }
        }
        Edit::Error(row) => note(path::row(row.status, &row.code), Value::Null, None),
        Edit::Status { code, from, to } => {
            note(path::row(Some(*to), code), Value::Null, None);
            note(path::row(*from, code), Value::Bool(true), None);
        }
        Edit::Permission(_) if !before.permissions.is_empty() => {
            note("/permissions".to_owned(), json!(before.permissions), None);
        }
        Edit::Permission(_) | Edit::Message { .. } | Edit::Rule(_) => {}
    }
}

/// What a spec that no one had compared before states and the page does not: it comes from the
/// metadata or from a person, and is recorded as such.
fn own(page: &Page, spec: &Spec, messages: &Messages) -> Spec {
    let mut operation = spec.operation.clone();
    for found in compare(page, spec, messages).differences {
        let silent = found.says.is_null()
            && matches!(
                found.diagnostic.code,
                Code::PageLimit | Code::PageRule | Code::PageValues | Code::PageDefault
            );
        let example = matches!(found.diagnostic.code, Code::PageExample)
            || (found.diagnostic.code == Code::PageResponseExample
                && found.at.starts_with("/responseExample"));
        let known = operation
            .departures
            .iter()
            .any(|known| known.from == Origin::Page && known.at == found.at);
        if known || !(silent || example) {
            continue;
        }
        operation.departures.push(Departure {
            at: found.at,
            from: Origin::Page,
            source: found.says,
            reason: if silent {
                "Not stated on the vendor's page; it was in the spec before the two were compared."
                    .to_owned()
            } else {
                "The example was in the spec before it was compared with the vendor's page."
                    .to_owned()
            },
        });
    }
    with(spec, operation)
}

/// Checks the new spec as `codegen` will; what it warns of are descriptions to look at.
fn check(spec: &Spec, product: &str) -> Result<Vec<String>, Refused> {
    let text = spec.source.text.clone().unwrap_or_default();
    let file = format!("p/operations/{}.json", spec.operation.operation);
    let files: BTreeMap<PathBuf, String> = [
        ("p/product.json".into(), product.to_owned()),
        (file.into(), text),
    ]
    .into();
    match check::load_from_memory(&files) {
        Ok(catalogue) => Ok(catalogue
            .warnings
            .into_iter()
            .filter(|warning| warning.code == Code::StaleRange)
            .map(|warning| {
                let (line, column) = warning.place.line_and_column();
                let file = spec.source.path.display();
                format!("{file}:{line}:{column}: {}", warning.message)
            })
            .collect()),
        Err(findings) => Err(Refused::Invalid(findings)),
    }
}

/// What has no description, by its place in the spec.
fn undescribed(operation: &Operation) -> Vec<String> {
    fn within(at: &str, schema: &Schema, places: &mut Vec<String>) {
        if schema.description.is_none() {
            places.push(at.to_owned());
        }
        let mut at = at.to_owned();
        let mut schema = schema;
        while let Some(items) = &schema.items {
            at = path::join(&at, "items");
            schema = items;
        }
        for (name, property) in &schema.properties {
            within(&path::property(&at, name), property, places);
        }
    }
    let mut places = Vec::new();
    if operation.summary.is_none() {
        places.push("/summary".to_owned());
    }
    for parameter in &operation.parameters {
        within(
            &path::join("/parameters", &parameter.name),
            &parameter.schema,
            &mut places,
        );
    }
    for (name, property) in operation
        .response
        .iter()
        .flat_map(|response| &response.properties)
    {
        within(&path::property("/response", name), property, &mut places);
    }
    for row in operation
        .errors
        .iter()
        .filter(|row| row.description.is_none())
    {
        places.push(path::row(row.status, &row.code));
    }
    places
}
