//! The comparison of stated limits with those that the specs have.

use serde::Serialize;
use serde_json::{Map, Value};

use super::StatedKind;
use crate::number;
use crate::spec::{Operation, Schema};

/// The state of a spec with respect to a limit that a sentence states.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum State {
    /// Nothing.
    New,
    /// The same.
    There,
    /// Something else.
    Differs {
        /// What it says.
        spec: Value,
    },
    /// The spec has not what the sentence is about.
    Nowhere,
}

/// What the spec says at a place.
pub(super) fn of(
    operation: Option<&Operation>,
    at: &str,
    kind: StatedKind,
    add: &Map<String, Value>,
) -> State {
    let Some(schema) = operation.and_then(|operation| find(operation, at)) else {
        return State::Nowhere;
    };
    if kind == StatedKind::Values {
        return values(schema, add);
    }
    let said = serde_json::to_value(schema).unwrap_or_default();
    let same = |key: &str, value: &Value| said[key] == *value || number::same(&said[key], value);
    // Zero is the least length and number there is: nobody has to say it.
    let needless = |key: &str, value: &Value| {
        matches!(key, "minLength" | "minItems")
            && value.as_f64() == Some(0.0)
            && said[key].is_null()
    };
    if add
        .iter()
        .all(|(key, value)| same(key, value) || needless(key, value))
    {
        return State::There;
    }
    let own: Map<String, Value> = add
        .keys()
        .filter(|key| !said[key.as_str()].is_null())
        .map(|key| (key.clone(), said[key.as_str()].clone()))
        .collect();
    if own.is_empty() {
        State::New
    } else {
        State::Differs { spec: own.into() }
    }
}

/// A list is there where the spec's has all of its values, closed or open.
fn values(schema: &Schema, add: &Map<String, Value>) -> State {
    let known = schema.known_values.iter().map(|known| &known.value);
    let known: Vec<&Value> = schema.values.iter().chain(known).collect();
    if known.is_empty() {
        return State::New;
    }
    let stated = add["knownValues"].as_array().into_iter().flatten();
    let mut stated = stated.map(|stated| &stated["value"]);
    if stated.all(|value| known.contains(&value)) {
        return State::There;
    }
    State::Differs {
        spec: known.into_iter().cloned().collect(),
    }
}

/// The schema at a place, in the notation of departures.
fn find<'a>(operation: &'a Operation, at: &str) -> Option<&'a Schema> {
    if let Some(rest) = at.strip_prefix("/response") {
        return within(operation.response.as_ref()?, rest);
    }
    let rest = at.strip_prefix("/parameters/")?;
    // Names may hold slashes, but those of ancestors hardly do: the longest that fits.
    let mut parameters: Vec<_> = operation.parameters.iter().collect();
    parameters.sort_by_key(|parameter| std::cmp::Reverse(parameter.name.len()));
    parameters.into_iter().find_map(|parameter| {
        let rest = rest.strip_prefix(parameter.name.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(())?;
        within(&parameter.schema, rest)
    })
}

fn within<'a>(schema: &'a Schema, rest: &str) -> Option<&'a Schema> {
    if rest.is_empty() {
        return Some(schema);
    }
    if let Some(rest) = rest.strip_prefix("/items") {
        return within(schema.items.as_deref()?, rest);
    }
    let rest = rest.strip_prefix("/properties/")?;
    let mut names: Vec<&String> = schema.properties.keys().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.into_iter().find_map(|name| {
        let rest = rest.strip_prefix(name.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(())?;
        within(&schema.properties[name], rest)
    })
}
