//! Makes a response satisfy a waiter, so that a wait for it ends.

use serde_json::{Value, json};

use super::Fault;
use crate::{
    operation::{Operation, Waiter},
    record::{Record, ValueRef},
    waiter::asked,
};

/// The waiter that a client names in its `User-Agent` while it waits.
pub(super) fn waited_for(operation: &Operation, user_agent: &str) -> Option<&'static Waiter> {
    let mut words = user_agent.split(' ');
    let name = words.find_map(|word| word.strip_prefix("waiter/"))?;
    operation.waiters.iter().find(|waiter| waiter.name == name)
}

/// Changes the states in a body to those that the waiter waits for: the one that was chosen, or the
/// first of the operation that waits for a state. A state that the request asks for is left.
pub(super) fn satisfy(
    operation: &Operation,
    chosen: Option<&Waiter>,
    request: &dyn Record,
    body: &mut Value,
) -> Result<(), Fault> {
    let first = || {
        let mut waiters = operation.waiters.iter();
        waiters.find(|waiter| !waiter.success.is_empty())
    };
    let Some(waiter) = chosen.or_else(first) else {
        return Ok(());
    };
    if let Some(state) = waiter.success.first() {
        if let Some(ids) = waiter.ids {
            name_elements(body, ids.path, &asked(waiter, request));
        }
        let asked_for = waiter.path.last().is_some_and(|name| {
            // What the waiter asks for itself is no wish for one state.
            let own = waiter
                .parameters
                .iter()
                .any(|(known, value)| known == name && is(request, name, value));
            given(request, name) && !own
        });
        if chosen.is_some() || !asked_for {
            set_states(body, waiter.path, waiter.success, state);
        }
        return Ok(());
    }
    if waiter.success_when_empty {
        clear_first_list(body, waiter.path);
        return Ok(());
    }
    match waiter.success_errors.first() {
        Some(code) => Err(Fault::of(operation, code, "There is no such thing.")),
        None => Ok(()),
    }
}

fn given(request: &dyn Record, name: &str) -> bool {
    let index = request.schema().index_of(name);
    index.is_some_and(|index| !matches!(request.get(index), ValueRef::Absent))
}

fn is(request: &dyn Record, name: &str, value: &str) -> bool {
    let index = request.schema().index_of(name);
    index.is_some_and(|index| matches!(request.get(index), ValueRef::String(text) if text == value))
}

/// Makes an element for each name that was asked for, after the example of the first one: a wait is
/// for all of them.
fn name_elements(value: &mut Value, path: &[&str], names: &[String]) {
    match (value, path) {
        (Value::Array(elements), _) if !names.is_empty() => {
            let Some(first) = elements.first().cloned() else {
                return;
            };
            let named = names.iter().map(|name| {
                let mut element = first.clone();
                let place = path
                    .iter()
                    .try_fold(&mut element, |value, name| value.get_mut(*name));
                if let Some(place) = place {
                    *place = json!(name);
                }
                element
            });
            *elements = named.collect();
        }
        (value, [name, rest @ ..]) => {
            if let Some(value) = value.get_mut(*name) {
                name_elements(value, rest, names);
            }
        }
        _ => {}
    }
}

/// Sets the values at the end of a path that are not among the good ones; a step through a list
/// takes every element.
fn set_states(value: &mut Value, path: &[&str], good: &[&str], state: &str) {
    match (value, path) {
        (Value::Array(elements), _) => {
            for element in elements {
                set_states(element, path, good, state);
            }
        }
        (Value::Object(fields), [name, rest @ ..]) => {
            if let Some(field) = fields.get_mut(*name) {
                set_states(field, rest, good, state);
            }
        }
        (value, []) if !good.iter().any(|good| *value == like(value, good)) => {
            *value = like(value, state)
        }
        _ => {}
    }
}

/// The state as a value of the same kind.
fn like(value: &Value, state: &str) -> Value {
    match value {
        Value::Number(_) | Value::Bool(_) => {
            serde_json::from_str(state).unwrap_or_else(|_| Value::from(state))
        }
        _ => Value::from(state),
    }
}

fn clear_first_list(body: &mut Value, path: &[&str]) {
    let mut value = body;
    for name in path {
        match value.get_mut(*name) {
            Some(list @ Value::Array(_)) => {
                *list = json!([]);
                return;
            }
            Some(inner) => value = inner,
            None => return,
        }
    }
}
