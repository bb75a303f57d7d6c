//! The permissions of an operation: `ramActions`.

use serde_json::{Map, Value};

use super::super::path;
use super::super::report::{Fact, RepairKind, Side};
use super::super::schema::shown;
use super::operation::Reader;
use crate::check::permissions::{arn_problem, is_action, is_condition_key};
use crate::spec::{AccessLevel, Permission, ResourceType};

impl Reader<'_> {
    /// The permissions that a caller needs. An action that is listed twice is one with the resources of both.
    pub(super) fn permissions(&mut self) -> Vec<Permission> {
        let entries = self.api.get("ramActions").and_then(Value::as_array);
        let mut permissions: Vec<Permission> = Vec::new();
        for entry in entries.into_iter().flatten().filter_map(Value::as_object) {
            let Some(permission) = self.permission(entry) else {
                continue;
            };
            let same = |known: &&mut Permission| known.action == permission.action;
            match permissions.iter_mut().find(same) {
                Some(known) => join(known, permission),
                None => permissions.push(permission),
            }
        }
        if permissions.is_empty() && !entries.is_some_and(Vec::is_empty) {
            self.known.forget(Side::Operation, Fact::Permissions);
        }
        permissions
    }

    fn permission(&mut self, entry: &Map<String, Value>) -> Option<Permission> {
        let inner = entry.get("ramAction").and_then(Value::as_object);
        let inner = inner.unwrap_or(entry);
        let get = |key: &str| inner.get(key).or_else(|| entry.get(key));
        let action = inner
            .get("action")
            .and_then(Value::as_str)?
            .trim()
            .to_owned();
        if !is_action(&action) {
            self.drop("/permissions", &action);
            return None;
        }
        let access = get("operationType")
            .and_then(Value::as_str)
            .and_then(access_level);
        let resources = get("resources").and_then(Value::as_array);
        let keys = ["actionConditions", "conditions", "conditionKeys"];
        let keys = keys.into_iter().find_map(get).and_then(Value::as_array);
        let actions = get("dependentActions").and_then(Value::as_array);
        let at = path::join("/permissions", &action);
        for (key, silent) in [
            ("access", access.is_none()),
            ("resources", resources.is_none()),
            ("conditionKeys", keys.is_none()),
            ("dependentActions", actions.is_none()),
        ] {
            if silent {
                self.known.is_silent_at([path::join(&at, key)]);
            }
        }
        Some(Permission {
            action,
            access: access.unwrap_or(AccessLevel::None),
            resources: self.resource_types(resources, &at),
            condition_keys: self.names(
                keys,
                &["conditionKey", "key", "name"],
                is_condition_key,
                &at,
            ),
            dependent_actions: self.names(actions, &["action", "name"], is_action, &at),
        })
    }

    /// The types of resources; none where the action is about all.
    fn resource_types(&mut self, resources: Option<&Vec<Value>>, at: &str) -> Vec<ResourceType> {
        let mut types: Vec<ResourceType> = Vec::new();
        for resource in resources.into_iter().flatten() {
            let object = resource.as_object();
            let text = |key: &str| object?.get(key)?.as_str().map(str::trim);
            let arn = resource.as_str().or(text("arn")).unwrap_or_default().trim();
            if arn.is_empty() {
                continue;
            }
            if arn_problem(arn).is_some() {
                self.drop(at, arn);
                continue;
            }
            let kind = text("resourceType").filter(|kind| !kind.is_empty());
            let required = match object.and_then(|object| object.get("required")) {
                Some(flag) => *flag == true,
                None => text("validationType") == Some("always"),
            };
            let found = ResourceType {
                kind: kind.unwrap_or_else(|| kind_of(arn)).to_owned(),
                required,
                arns: vec![arn.to_owned()],
            };
            add(&mut types, found);
        }
        if types
            .iter()
            .flat_map(|known| &known.arns)
            .all(|arn| arn == "*")
        {
            types.clear();
        }
        types
    }

    /// The names in a list of texts, or of objects that have them under one of the keys.
    fn names(
        &mut self,
        list: Option<&Vec<Value>>,
        keys: &[&str],
        fits: fn(&str) -> bool,
        at: &str,
    ) -> Vec<String> {
        let mut names = Vec::new();
        for item in list.into_iter().flatten() {
            let inner = |key: &&str| item.get(*key)?.as_str();
            let Some(name) = item.as_str().or_else(|| keys.iter().find_map(inner)) else {
                continue;
            };
            let name = name.trim();
            if fits(name) {
                extend(&mut names, vec![name.to_owned()]);
            } else if !name.is_empty() {
                self.drop(at, name);
            }
        }
        names
    }

    fn drop(&mut self, at: &str, found: &str) {
        let found = shown(&Value::from(found));
        self.lower
            .repair(at, RepairKind::PermissionInvalid, found, "dropped");
    }
}

fn join(known: &mut Permission, other: Permission) {
    for resource in other.resources {
        add(&mut known.resources, resource);
    }
    extend(&mut known.condition_keys, other.condition_keys);
    extend(&mut known.dependent_actions, other.dependent_actions);
}

/// Adds a type of resources, to the same type where that is there.
fn add(types: &mut Vec<ResourceType>, found: ResourceType) {
    match types.iter_mut().find(|known| known.kind == found.kind) {
        Some(known) => {
            known.required |= found.required;
            extend(&mut known.arns, found.arns);
        }
        None => types.push(found),
    }
}

fn extend(known: &mut Vec<String>, others: Vec<String>) {
    for other in others {
        if !known.contains(&other) {
            known.push(other);
        }
    }
}

fn access_level(word: &str) -> Option<AccessLevel> {
    Some(match word {
        "create" => AccessLevel::Create,
        "list" => AccessLevel::List,
        "get" | "read" => AccessLevel::Get,
        "update" | "write" => AccessLevel::Update,
        "delete" => AccessLevel::Delete,
        "none" => AccessLevel::None,
        _ => return None,
    })
}

/// What an ARN calls the type of its resource: `disk` of `acs:ecs:…:disk/{#diskId}`.
pub(crate) fn kind_of(arn: &str) -> &str {
    let resource = arn.rsplit(':').next().unwrap_or(arn);
    let kind = resource.split('/').next().unwrap_or(resource);
    if kind.is_empty() { arn } else { kind }
}
