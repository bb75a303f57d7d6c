//! The check of a request's parameters, and the vendor's error codes for what is wrong with them.

use super::{
    Fault,
    state::{Received, State, Target, find},
};
use crate::{
    dynamic::DynRecord,
    operation::Operation,
    record::{Location, Schema},
    validate::{Violation, ViolationKind, Violations, check},
};

/// Parameters that every operation takes, whether its spec lists them or not. Clients send them with
/// every request.
const EVERYWHERE: [&str; 5] = [
    "OwnerAccount",
    "OwnerId",
    "RegionId",
    "ResourceOwnerAccount",
    "ResourceOwnerId",
];

/// The parameters of a request, read and checked.
pub(super) fn read(state: &State, target: Target, request: &Received) -> Result<DynRecord, Fault> {
    let operation = target.operation;
    let schema = operation.request.get();
    let mut pairs = pairs(schema, request);
    let mut read = from_wire(schema, &pairs);
    if state.settings.allow_unknown_parameters
        && let Err(violations) = &read
    {
        let unknown = |name: &String| {
            let mut unknown = violations.iter();
            unknown.any(|it| it.kind == ViolationKind::Unknown && it.parameter == *name)
        };
        pairs.retain(|(name, _)| !unknown(name));
        read = from_wire(schema, &pairs);
    }
    let mut violations = match &read {
        Ok(record) => check(record).err(),
        Err(violations) => Some(violations.clone()),
    }
    .map_or_else(Vec::new, |violations| violations.into_iter().collect());
    // What is in the host name is not in the request.
    violations.retain(|violation| !travels_in_host(schema, &violation.parameter));

    if let Some(name) = missing_region(schema, &pairs) {
        return Err(Fault::of(
            operation,
            "MissingParameter",
            format!("{name} is required"),
        ));
    }
    match (Violations::unless_none(violations), read) {
        (Ok(()), Ok(record)) => Ok(record),
        (Err(violations), _) | (Ok(()), Err(violations)) => Err(fault(operation, &violations)),
    }
}

fn from_wire(schema: &'static Schema, pairs: &[(String, String)]) -> Result<DynRecord, Violations> {
    let pairs = pairs.iter();
    DynRecord::from_wire(
        schema,
        pairs.map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

/// The parameters by name, the body among them.
fn pairs(schema: &Schema, request: &Received) -> Vec<(String, String)> {
    let mut pairs = request.parameters.clone();
    pairs.retain(|(name, _)| {
        !EVERYWHERE.contains(&name.as_str()) || schema.index_of(name).is_some()
    });
    for field in &schema.fields {
        match (field.location, find(&request.common, field.name)) {
            (Location::Body, _) if !request.body.is_empty() => {
                let text = String::from_utf8_lossy(&request.body).into_owned();
                pairs.push((field.name.to_owned(), text));
            }
            // A parameter that shares its name with a common one.
            (_, Some(value)) if field.required => {
                pairs.push((field.name.to_owned(), value.to_owned()));
            }
            _ => {}
        }
    }
    pairs
}

fn travels_in_host(schema: &Schema, name: &str) -> bool {
    let field = schema.fields.iter().find(|field| field.name == name);
    field.is_some_and(|field| field.location == Location::Host)
}

/// The region that the client ought to have filled in.
fn missing_region(schema: &Schema, pairs: &[(String, String)]) -> Option<&'static str> {
    schema
        .fields
        .iter()
        .find(|field| {
            field.region && field.location != Location::Host && find(pairs, field.name).is_none()
        })
        .map(|field| field.name)
}

/// The server names one code at a time: that of the first violation. The message tells of all.
fn fault(operation: &Operation, violations: &Violations) -> Fault {
    let code = violations
        .iter()
        .next()
        .map_or("InvalidParameter", |first| code(operation, first));
    Fault::of(operation, code, violations.to_string())
}

fn code(operation: &Operation, violation: &Violation) -> &'static str {
    match violation.kind {
        ViolationKind::Required => "MissingParameter",
        ViolationKind::Unknown => "UnsupportedParameter",
        // Too much was given, not too little.
        ViolationKind::Rule(kind) if kind.is_choice() && violation.given.is_some() => {
            let conflict = "InvalidParameter.Conflict";
            let lists = |code| operation.errors.iter().any(|row| row.code == code);
            if lists(conflict) {
                conflict
            } else {
                "InvalidParameter"
            }
        }
        ViolationKind::Rule(_) => "MissingParameter",
        _ => "InvalidParameter",
    }
}
