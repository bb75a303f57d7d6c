//! The permission table.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::model::Permission;
use super::super::tables::short;
use super::{Compare, Edit, shown};
use crate::diagnostic::Code;
use crate::import::path;
use crate::spec::{self, AccessLevel};

impl Compare<'_> {
    pub(super) fn permissions(&mut self) {
        let page = self.page;
        let Some(table) = &page.permissions else {
            return;
        };
        for row in &table.rows {
            self.permission(row);
        }
        for mine in &self.spec.operation.permissions {
            if table
                .rows
                .iter()
                .any(|row| row.action.as_str() == mine.action)
            {
                continue;
            }
            let at = path::join("/permissions", &mine.action);
            let message = format!("the page does not ask for the permission `{}`", mine.action);
            let place = self.place(&at);
            let mut difference =
                self.difference(Code::PagePermission, table.title, &at, Value::Null, message);
            difference.diagnostic = difference
                .diagnostic
                .label("not in this table")
                .also(place, "the spec has it");
            self.push(difference);
        }
    }

    /// Compares what the format of specs can hold. What it cannot (resource types, their marks,
    /// condition keys, dependent actions) is in the row.
    fn permission(&mut self, row: &Permission) {
        let action = row.action.as_str();
        let at = path::join("/permissions", action);
        let stated = as_spec(row);
        let operation = &self.spec.operation;
        let Some(mine) = operation
            .permissions
            .iter()
            .find(|mine| mine.action == action)
        else {
            let message = format!("the spec does not have the permission `{}`", short(action));
            let place = self.place("/permissions");
            let mut difference = self.difference(
                Code::PagePermission,
                row.action.span(),
                &at,
                Value::Bool(true),
                message,
            );
            difference.diagnostic = difference.diagnostic.also(place, "the spec has none such");
            difference.edit = stated.map(Edit::Permission);
            self.push(difference);
            return;
        };
        if let Some((level, text)) = &row.access
            && !same_level(level, mine.access)
        {
            let here = path::join(&at, "access");
            let own = json!(mine.access);
            let message = format!(
                "`{}` has the access level `{level}` on the page, {} in the spec",
                short(action),
                shown(&own)
            );
            let place = self.place(&here);
            let mut difference = self.difference(
                Code::PagePermission,
                text.span(),
                &here,
                (*level).into(),
                message,
            );
            difference.diagnostic = difference
                .diagnostic
                .also(place, format!("{} here", shown(&own)));
            difference.edit = stated.clone().map(Edit::Permission);
            self.push(difference);
        }
        let here = path::join(&at, "resources");
        let theirs = stated
            .as_ref()
            .map(|stated| stated.resources.clone())
            .unwrap_or_default();
        let own: BTreeSet<&str> = mine.resources.iter().map(String::as_str).collect();
        for resource in &row.resources {
            for arn in &resource.arns {
                if own.contains(arn.as_str()) || (arn.as_str() == "*" && own.is_empty()) {
                    continue;
                }
                let message = format!(
                    "`{}` is a resource of `{}` on the page, not in the spec",
                    short(arn.as_str()),
                    short(action)
                );
                let place = self.place(&here);
                let mut difference = self.difference(
                    Code::PagePermission,
                    arn.span(),
                    &here,
                    json!(theirs),
                    message,
                );
                difference.diagnostic = difference
                    .diagnostic
                    .also(place, "the resources of the spec");
                difference.edit = stated.clone().map(Edit::Permission);
                self.push(difference);
            }
        }
        for arn in &mine.resources {
            if theirs.contains(arn) {
                continue;
            }
            let message = format!(
                "`{arn}` is a resource of `{}` in the spec, not on the page",
                short(action)
            );
            let place = self.place(&here);
            let mut difference = self.difference(
                Code::PagePermission,
                row.action.span(),
                &here,
                json!(theirs),
                message,
            );
            difference.diagnostic = difference
                .diagnostic
                .also(place, "the resources of the spec");
            difference.edit = stated.clone().map(Edit::Permission);
            self.push(difference);
        }
    }
}

/// A row as specs hold it; none where the page gives no access level that specs know.
fn as_spec(row: &Permission) -> Option<spec::Permission> {
    let (level, _) = row.access.as_ref()?;
    let access = match *level {
        "create" => AccessLevel::Create,
        "list" => AccessLevel::List,
        "get" | "read" => AccessLevel::Get,
        "update" | "write" => AccessLevel::Update,
        "delete" => AccessLevel::Delete,
        _ => AccessLevel::None,
    };
    let mut resources: Vec<String> = Vec::new();
    for arn in row.resources.iter().flat_map(|resource| &resource.arns) {
        if arn.as_str() != "*" && !resources.iter().any(|known| known == arn.as_str()) {
            resources.push(arn.as_str().to_owned());
        }
    }
    Some(spec::Permission {
        action: row.action.as_str().to_owned(),
        access,
        resources,
    })
}

/// Older pages know three classes of access only.
fn same_level(level: &str, mine: AccessLevel) -> bool {
    match level {
        "write" => matches!(
            mine,
            AccessLevel::Create | AccessLevel::Update | AccessLevel::Delete
        ),
        "read" => matches!(mine, AccessLevel::Get | AccessLevel::List),
        level => json!(mine) == level,
    }
}
