//! Facts of an operation that follow from the names of its parameters with certainty: tokens, dry runs, pages.

use serde_json::Value;

use super::merge::Merge;
use super::report::{Fact, Side};
use crate::check::path;
use crate::spec::{Access, DryRun, Idempotency, Operation, PAGE_NUMBERS, Pagination, Schema, Type};

/// Fills `idempotency`, `dryRun` and `pagination` where the spec has none, and takes away what
/// names a parameter that is gone.
pub(crate) fn complete(spec: &mut Operation, merge: &mut Merge<'_>) {
    let old = spec.idempotency.clone();
    if old
        .as_ref()
        .is_some_and(|it| parameter(spec, &it.token).is_none_or(|p| p.kind != Type::String))
    {
        spec.idempotency = None;
    }
    if spec.idempotency.is_none()
        && parameter(spec, "ClientToken").is_some_and(|p| p.kind == Type::String)
        && !merge.departs("/idempotency")
    {
        spec.idempotency = Some(Idempotency {
            token: "ClientToken".to_owned(),
        });
    }
    note(
        merge,
        "/idempotency",
        old.as_ref(),
        spec.idempotency.as_ref(),
    );

    let old = spec.dry_run.clone();
    if old
        .as_ref()
        .is_some_and(|it| parameter(spec, &it.parameter).is_none_or(|p| p.kind != Type::Boolean))
    {
        spec.dry_run = None;
    }
    if spec.dry_run.is_none()
        && parameter(spec, "DryRun").is_some_and(|p| p.kind == Type::Boolean)
        && !merge.departs("/dryRun")
    {
        spec.dry_run = Some(DryRun {
            parameter: "DryRun".to_owned(),
        });
    }
    note(merge, "/dryRun", old.as_ref(), spec.dry_run.as_ref());

    let old = spec.pagination.clone();
    if old.as_ref().is_some_and(|it| !holds(it, spec)) {
        spec.pagination = None;
    }
    if spec.pagination.is_none() && !merge.departs("/pagination") {
        spec.pagination = pagination(spec);
    }
    note(merge, "/pagination", old.as_ref(), spec.pagination.as_ref());
}

/// Lists what changed; what was empty before is not news.
fn note<T: serde::Serialize + PartialEq>(
    merge: &mut Merge<'_>,
    at: &str,
    old: Option<&T>,
    new: Option<&T>,
) {
    if old.is_some() && old != new {
        let value = |it: Option<&T>| serde_json::to_value(it).unwrap_or(Value::Null);
        merge.change(at, Side::Operation, Fact::Derived, value(old), value(new));
    }
}

fn parameter<'a>(spec: &'a Operation, name: &str) -> Option<&'a Schema> {
    spec.parameters
        .iter()
        .find(|p| p.name == name)
        .map(|p| &p.schema)
}

/// The operation only reads, and everything that the pagination names is there, and of its type.
fn holds(pagination: &Pagination, spec: &Operation) -> bool {
    if spec.access != Access::Read {
        return false;
    }
    let takes = |name: &Option<String>, kinds: &[Type]| {
        name.as_ref()
            .is_none_or(|name| parameter(spec, name).is_some_and(|p| kinds.contains(&p.kind)))
    };
    let answers = |at: &str, kinds: &[Type]| {
        let fields: Vec<_> = spec.response.iter().flat_map(path::fields).collect();
        let target = path::resolve(fields.iter().copied(), at);
        let schema = target.and_then(|target| target.schema());
        schema.is_some_and(|schema| kinds.contains(&schema.kind))
    };
    takes(&pagination.page_number, PAGE_NUMBERS)
        && takes(&pagination.token, &[Type::String])
        && takes(&pagination.page_size, PAGE_NUMBERS)
        && pagination
            .total
            .as_deref()
            .is_none_or(|at| answers(at, PAGE_NUMBERS))
        && pagination
            .next_token
            .as_deref()
            .is_none_or(|at| answers(at, &[Type::String]))
        && answers(&pagination.items, &[Type::Array])
}

/// By token where there is one, else by page number; only over a response with one obvious list.
fn pagination(spec: &Operation) -> Option<Pagination> {
    if spec.access != Access::Read {
        return None;
    }
    let response = spec.response.as_ref()?;
    let takes = |name: &str, kinds: &[Type]| {
        parameter(spec, name)
            .filter(|p| kinds.contains(&p.kind))
            .map(|_| name.to_owned())
    };
    let answers = |name: &str, kinds: &[Type]| {
        response
            .properties
            .get(name)
            .filter(|p| kinds.contains(&p.kind))
            .map(|_| name.to_owned())
    };
    let items = only_list(response)?;
    let token = takes("NextToken", &[Type::String]).zip(answers("NextToken", &[Type::String]));
    if let Some((token, next_token)) = token {
        return Some(Pagination {
            token: Some(token),
            next_token: Some(next_token),
            page_size: takes("MaxResults", PAGE_NUMBERS),
            items,
            ..Pagination::default()
        });
    }
    Some(Pagination {
        page_number: Some(takes("PageNumber", PAGE_NUMBERS)?),
        page_size: Some(takes("PageSize", PAGE_NUMBERS)?),
        total: Some(
            answers("TotalCount", PAGE_NUMBERS)
                .or_else(|| answers("TotalRecordCount", PAGE_NUMBERS))?,
        ),
        items,
        ..Pagination::default()
    })
}

/// The one list of the response, or the one list of objects; by its path.
fn only_list(response: &Schema) -> Option<String> {
    fn collect(schema: &Schema, at: &str, lists: &mut Vec<(String, bool)>) {
        for (name, property) in &schema.properties {
            let at = if at.is_empty() {
                name.clone()
            } else {
                format!("{at}.{name}")
            };
            match property.kind {
                Type::Array => {
                    let objects = property
                        .items
                        .as_ref()
                        .is_some_and(|items| items.kind == Type::Object);
                    lists.push((at, objects));
                }
                Type::Object => collect(property, &at, lists),
                _ => {}
            }
        }
    }
    let mut lists = Vec::new();
    collect(response, "", &mut lists);
    if lists.len() > 1 {
        lists.retain(|(_, objects)| *objects);
    }
    match lists.as_slice() {
        [(only, _)] => Some(only.clone()),
        _ => None,
    }
}
