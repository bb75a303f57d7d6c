//! The check that statements about an operation as a whole refer to parameters and fields that
//! exist: idempotency, dry run, pagination, waiters, and how a response follows its request.

use super::findings::Findings;
use super::near::{list, nearest};
use super::path;
use super::rules::{unknown, wrong_kind};
use super::values::words;
use crate::diagnostic::{Among, Code};
use crate::names;
use crate::spec::{Access, Operation, PAGE_NUMBERS, Schema, Type, Waiter};
use crate::tree::{Node, Span};

/// Checks the references of an operation.
pub(super) fn check(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    let mut references = References {
        operation,
        fields: path::parameters(operation).collect(),
        findings,
    };
    if let (Some(idempotency), Some(node)) = (&operation.idempotency, tree.get("idempotency")) {
        references.parameter(
            &idempotency.token,
            node.span_of("token"),
            "an idempotency token is",
            &[Type::String],
        );
    }
    if let (Some(dry_run), Some(node)) = (&operation.dry_run, tree.get("dryRun")) {
        let span = node.span_of("parameter");
        references.parameter(
            &dry_run.parameter,
            span,
            "a dry run switch is",
            &[Type::Boolean],
        );
    }
    references.pagination(tree);
    for (waiter, node) in operation.waiters.iter().zip(tree.list("waiters")) {
        references.waiter(waiter, node);
    }
    if let (Some(response), Some(node)) = (&operation.response, tree.get("response")) {
        references.echoes(response, node);
    }
}

/// Types in words.
fn either(types: &[Type]) -> String {
    let words: Vec<&str> = types.iter().map(|kind| words(*kind)).collect();
    words.join(" or ")
}

struct References<'a> {
    operation: &'a Operation,
    fields: Vec<(&'a str, &'a Schema)>,
    findings: &'a mut Findings,
}

impl References<'_> {
    /// A parameter by its wire name, of the type that its role needs.
    fn parameter(&mut self, name: &str, span: Span, role: &str, types: &[Type]) {
        let Some((_, schema)) = self.fields.iter().find(|(known, _)| *known == name) else {
            let finding = unknown(self.findings, name, span, &self.fields);
            self.findings.push(finding);
            return;
        };
        if !types.contains(&schema.kind) {
            let expected = either(types);
            let finding = wrong_kind(self.findings, name, span, (role, &expected), schema);
            self.findings.push(finding);
        }
    }

    /// A path in the response, to a field of one of some types.
    fn response_path(&mut self, path: &str, span: Span, role: &str, types: &[Type]) {
        let response = self.operation.response.as_ref();
        let fields: Vec<_> = response.into_iter().flat_map(path::fields).collect();
        let Some(target) = path::resolve(fields.iter().copied(), path) else {
            let finding = self.findings.finding(
                Code::UnknownResponseField,
                span,
                format!("`{path}` is not a field of the response"),
            );
            let finding = finding.wanted(path, Among::Fields);
            let known = path::all(fields.iter().copied());
            self.findings
                .push(match nearest(path, known.iter().map(String::as_str)) {
                    Some(near) => finding.label(format!("did you mean `{near}`?")),
                    None if fields.is_empty() => finding.label("no field of the response is known"),
                    None => finding
                        .label("no such field")
                        .help(format!("the fields are {}", list(&known))),
                });
            return;
        };
        if let Some(schema) = target.schema()
            && !types.contains(&schema.kind)
        {
            let expected = either(types);
            let finding = wrong_kind(self.findings, path, span, (role, &expected), schema);
            self.findings.push(finding);
        }
    }

    fn pagination(&mut self, tree: &Node<'_>) {
        let (Some(pagination), Some(node)) = (&self.operation.pagination, tree.get("pagination"))
        else {
            return;
        };
        for (name, key, role, types) in [
            (
                &pagination.page_number,
                "pageNumber",
                "a page number is",
                PAGE_NUMBERS,
            ),
            (
                &pagination.token,
                "token",
                "a page token is",
                &[Type::String][..],
            ),
            (
                &pagination.page_size,
                "pageSize",
                "a page size is",
                PAGE_NUMBERS,
            ),
        ] {
            if let Some(name) = name {
                self.parameter(name, node.span_of(key), role, types);
            }
        }
        for (path, key, role, types) in [
            (&pagination.total, "total", "a total is", PAGE_NUMBERS),
            (
                &pagination.next_token,
                "nextToken",
                "a page token is",
                &[Type::String][..],
            ),
        ] {
            if let Some(path) = path {
                self.response_path(path, node.span_of(key), role, types);
            }
        }
        if self.operation.access != Access::Read {
            self.findings.push(
                self.findings
                    .finding(
                        Code::PagesOfAWrite,
                        node.opening(),
                        "pagination of an operation that may write",
                    )
                    .label("each page would repeat the write")
                    .help("state `\"access\": \"read\"` if it changes nothing, or remove `pagination`"),
            );
        }
        let items = node.span_of("items");
        self.response_path(
            &pagination.items,
            items,
            "the items of a page are",
            &[Type::Array],
        );

        let half = |key: &str, other: &str| node.get(key).is_some() && node.get(other).is_none();
        for (key, other) in [
            ("pageNumber", "total"),
            ("token", "nextToken"),
            ("nextToken", "token"),
        ] {
            if half(key, other) {
                self.findings.push(
                    self.findings
                        .finding(
                            Code::IncompletePagination,
                            node.entry(key)
                                .map_or(node.opening(), |entry| entry.key_span),
                            format!("pagination with `{key}` needs `{other}`"),
                        )
                        .label("nothing else tells which page is the last"),
                );
            }
        }
        if ["pageNumber", "token", "nextToken"]
            .iter()
            .all(|key| node.get(key).is_none())
        {
            self.findings.push(
                self.findings
                    .finding(
                        Code::IncompletePagination,
                        node.opening(),
                        "pagination without a way to the next page",
                    )
                    .label("expected `pageNumber` and `total`, or `token` and `nextToken`"),
            );
        }
    }

    /// The parameters that a waiter sets.
    fn set_by_waiter(
        &mut self,
        waiter: &Waiter,
        node: &Node<'_>,
        problems: &mut Vec<(Span, String)>,
    ) {
        if let Some(node) = node.get("parameters") {
            for (name, value) in &waiter.parameters {
                let Some(place) = node.get(name) else {
                    continue;
                };
                self.parameter(
                    name,
                    place.span,
                    "what a waiter sets is",
                    &[Type::String, Type::Integer, Type::Boolean],
                );
                let known = self.operation.parameters.iter();
                let kind = known
                    .filter(|known| known.name == *name)
                    .map(|known| known.schema.kind)
                    .next();
                let fits = match kind {
                    Some(Type::Integer) => value.parse::<i64>().is_ok(),
                    Some(Type::Boolean) => value.parse::<bool>().is_ok(),
                    _ => true,
                };
                if !fits {
                    problems.push((place.span, format!("`{name}` cannot be that")));
                }
            }
        }
    }

    fn waiter(&mut self, waiter: &Waiter, node: &Node<'_>) {
        let states = [Type::String, Type::Integer, Type::Boolean];
        self.response_path(
            &waiter.path,
            node.span_of("path"),
            "the state of a waiter is",
            &states,
        );
        if !names::is_type_name(&waiter.name) {
            self.findings.push(
                self.findings
                    .finding(
                        Code::InvalidRustName,
                        node.span_of("name"),
                        format!("`{}` cannot be the name of a waiter", waiter.name),
                    )
                    .label("expected a name in `UpperCamelCase`"),
            );
        }
        let mut problems = Vec::new();
        if let (Some(ids), Some(node)) = (&waiter.ids, node.get("ids")) {
            self.parameter(
                &ids.parameter,
                node.span_of("parameter"),
                "what a waiter is asked for is",
                &[Type::String, Type::Array],
            );
            self.response_path(
                &ids.path,
                node.span_of("path"),
                "the name beside the state of a waiter is",
                &[Type::String],
            );
            let lists = |path: &str| path.rsplit_once(".N.").map(|(list, _)| list.to_owned());
            if lists(&ids.path) != lists(&waiter.path) {
                problems.push((
                    node.span_of("path"),
                    format!("it does not stand beside the state `{}`", waiter.path),
                ));
            }
        }
        self.set_by_waiter(waiter, node, &mut problems);
        if self.operation.access != Access::Read {
            problems.push((
                node.span_of("name"),
                "the operation may change something, so it must not be repeated".to_owned(),
            ));
        }
        if waiter.success.is_empty()
            && waiter.success_errors.is_empty()
            && !waiter.success_when_empty
        {
            problems.push((
                node.span_of("name"),
                "nothing ends it with success".to_owned(),
            ));
        }
        if waiter.delay == 0 {
            problems.push((node.span_of("delay"), "it would not wait at all".to_owned()));
        }
        if waiter.deadline < waiter.delay {
            problems.push((
                node.span_of("deadline"),
                "it ends before the second look".to_owned(),
            ));
        }
        for (list, other, key) in [
            (&waiter.failure, &waiter.success, "failure"),
            (
                &waiter.success_errors,
                &waiter.retry_errors,
                "successErrors",
            ),
        ] {
            for (value, place) in list.iter().zip(node.list(key)) {
                if other.contains(value) {
                    problems.push((place.span, format!("`{value}` means two things")));
                }
            }
        }
        for (span, label) in problems {
            self.findings.push(
                self.findings
                    .finding(
                        Code::EndlessWaiter,
                        span,
                        format!("the waiter `{}` cannot work", waiter.name),
                    )
                    .label(label),
            );
        }
    }

    fn echoes(&mut self, schema: &Schema, node: &Node<'_>) {
        if let (Some(echo), Some(node)) = (&schema.echo, node.get("echo")) {
            self.parameter(
                &echo.values,
                node.span_of("values"),
                "the values of an echo are",
                &[Type::Array],
            );
            if let Some(count) = &echo.count {
                self.parameter(
                    count,
                    node.span_of("count"),
                    "the count of an echo is",
                    &[Type::Integer],
                );
            }
        }
        if let (Some(items), Some(node)) = (&schema.items, node.get("items")) {
            self.echoes(items, node);
        }
        if let (Some(values), Some(node)) = (
            &schema.additional_properties,
            node.get("additionalProperties"),
        ) {
            self.echoes(values, node);
        }
        if let Some(node) = node.get("properties") {
            for (schema, entry) in schema.properties.values().zip(node.entries()) {
                self.echoes(schema, &entry.value);
            }
        }
    }
}
