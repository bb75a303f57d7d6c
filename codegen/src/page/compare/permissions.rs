//! The permission table.

use serde_json::{Value, json};

use super::super::model::Permission;
use super::super::tables::short;
use super::super::text::Text;
use super::{Compare, Edit, shown};
use crate::diagnostic::Code;
use crate::import::kind_of;
use crate::import::path;
use crate::spec::{self, AccessLevel, ResourceType};

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
        let Some(stated) = stated else { return };
        let flat = |resources: &[ResourceType]| -> Vec<String> {
            let arns = resources.iter().flat_map(|it| it.arns.clone());
            arns.filter(|arn| arn != "*").collect()
        };
        let arns = row.resources.iter().flat_map(|resource| &resource.arns);
        let arns: Vec<&Text> = arns.filter(|arn| arn.as_str() != "*").collect();
        let own = flat(&mine.resources);
        self.list(row, &stated, ("resources", "resource"), &arns, &own, true);
        let keys: Vec<&Text> = row.conditions.iter().collect();
        let own = &mine.condition_keys;
        self.list(
            row,
            &stated,
            ("conditionKeys", "condition key"),
            &keys,
            own,
            !keys.is_empty(),
        );
        let actions: Vec<&Text> = row.dependent.iter().collect();
        let own = &mine.dependent_actions;
        let names = ("dependentActions", "dependent action");
        self.list(row, &stated, names, &actions, own, !actions.is_empty());
        for theirs in &stated.resources {
            self.resource_type(row, &stated, theirs, mine);
        }
    }

    /// A resource type with an ARN that the spec has too: what it is called, and whether it is required.
    fn resource_type(
        &mut self,
        row: &Permission,
        stated: &spec::Permission,
        theirs: &ResourceType,
        mine: &spec::Permission,
    ) {
        let shares = |own: &&ResourceType| own.arns.iter().any(|arn| theirs.arns.contains(arn));
        let called = |own: &&ResourceType| shares(own) && own.kind == theirs.kind;
        let Some(own) =
            (mine.resources.iter().find(called)).or_else(|| mine.resources.iter().find(shares))
        else {
            return;
        };
        let action = row.action.as_str();
        let at = format!(
            "{}/resources/{}",
            path::join("/permissions", action),
            own.kind
        );
        let kind = row.resources.iter().find_map(|resource| {
            let kind = resource.kind.as_ref()?;
            (kind.as_str() == theirs.kind).then_some(kind)
        });
        let mark = |required: bool| if required { "required" } else { "not required" };
        let mut found = Vec::new();
        if kind.is_some() && !own.kind.eq_ignore_ascii_case(&theirs.kind) {
            let message = format!(
                "the resource type of `{}` is called `{}` on the page, `{}` in the spec",
                short(action),
                short(&theirs.kind),
                own.kind
            );
            found.push(("type", json!(theirs.kind), message));
        }
        if own.required != theirs.required {
            let message = format!(
                "the resource type `{}` of `{}` is {} on the page, {} in the spec",
                own.kind,
                short(action),
                mark(theirs.required),
                mark(own.required)
            );
            found.push(("required", json!(theirs.required), message));
        }
        for (key, source, message) in found {
            let place = self.place(&at);
            let span = kind.unwrap_or(&row.action).span();
            let here = path::join(&at, key);
            let mut difference =
                self.difference(Code::PagePermission, span, &here, source, message);
            difference.diagnostic = difference
                .diagnostic
                .also(place, "the resource type of the spec");
            difference.edit = Some(Edit::Permission(stated.clone()));
            self.push(difference);
        }
    }

    /// A list of a permission. That the page has less counts where it is `complete`: older pages have
    /// no column for all of it.
    fn list(
        &mut self,
        row: &Permission,
        stated: &spec::Permission,
        (key, what): (&str, &str),
        theirs: &[&Text],
        own: &[String],
        complete: bool,
    ) {
        let action = row.action.as_str();
        let at = path::join("/permissions", action);
        let here = path::join(&at, key);
        let source = serde_json::to_value(stated).unwrap_or_default()[key].clone();
        let only_theirs = theirs
            .iter()
            .filter(|text| !own.iter().any(|own| own == text.as_str()));
        let only_theirs = only_theirs.map(|text| {
            let (name, action) = (short(text.as_str()), short(action));
            let message =
                format!("`{name}` is a {what} of `{action}` on the page, not in the spec");
            (text.span(), message)
        });
        let only_own = own
            .iter()
            .filter(|own| !theirs.iter().any(|text| text.as_str() == own.as_str()));
        let only_own = only_own.filter(|_| complete).map(|name| {
            let message = format!(
                "`{name}` is a {what} of `{}` in the spec, not on the page",
                short(action)
            );
            (row.action.span(), message)
        });
        let found: Vec<_> = only_theirs.chain(only_own).collect();
        for (span, message) in found {
            let place = self.place(&here);
            let mut difference =
                self.difference(Code::PagePermission, span, &here, source.clone(), message);
            difference.diagnostic = difference
                .diagnostic
                .also(place, format!("each {what} of the spec"));
            difference.edit = Some(Edit::Permission(stated.clone()));
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
    let mut resources: Vec<ResourceType> = Vec::new();
    for resource in &row.resources {
        let arns = resource.arns.iter().map(|arn| arn.as_str().to_owned());
        let arns: Vec<String> = arns.filter(|arn| arn != "*").collect();
        let Some(first) = arns.first() else { continue };
        let kind = resource
            .kind
            .as_ref()
            .map_or_else(|| kind_of(first), Text::as_str);
        match resources.iter_mut().find(|known| known.kind == kind) {
            Some(known) => {
                known.required |= resource.required;
                let new: Vec<String> = arns
                    .into_iter()
                    .filter(|arn| !known.arns.contains(arn))
                    .collect();
                known.arns.extend(new);
            }
            None => resources.push(ResourceType {
                kind: kind.to_owned(),
                required: resource.required,
                arns,
            }),
        }
    }
    let texts = |texts: &[Text]| texts.iter().map(|text| text.as_str().to_owned()).collect();
    Some(spec::Permission {
        action: row.action.as_str().to_owned(),
        access,
        resources,
        condition_keys: texts(&row.conditions),
        dependent_actions: texts(&row.dependent),
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
