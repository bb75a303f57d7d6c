//! The checks of an operation, in their order.

use std::path::Path;

use super::findings::Findings;
use super::{
    collisions, departures, deprecations, errors, head, permissions, references, rules, schemas,
    stale,
};
use crate::diagnostic::Code;
use crate::names;
use crate::spec::Operation;
use crate::tree::Node;

/// Finds everything in an operation that makes no sense.
pub(super) fn check(path: &Path, operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    file_name(path, operation, tree, findings);
    head::schema_path(
        operation.schema.as_deref(),
        "../../schema/operation.schema.json",
        tree,
        findings,
    );
    head::docs(operation.docs.as_deref(), tree, findings);
    head::reviewed(operation.reviewed.as_deref(), tree, findings);
    schemas::duplicates(operation, tree, findings);
    schemas::check(operation, tree, findings);
    schemas::response_example(operation, tree, findings);
    stale::check(operation, tree, findings);
    deprecations::check(operation, tree, findings);
    rules::check(operation, tree, findings);
    references::check(operation, tree, findings);
    errors::check(&operation.errors, tree, findings);
    errors::check_variants(&operation.errors, tree, findings);
    permissions::check(&operation.permissions, tree, findings);
    collisions::check(operation, tree, findings);
    departures::check(operation, tree, findings);
}

fn file_name(path: &Path, operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    let name = &operation.operation;
    let span = tree.span_of("operation");
    if name.is_empty() {
        findings.push(
            findings
                .finding(Code::EmptyText, span, "an operation without a name")
                .label("it needs its name on the wire"),
        );
        return;
    }
    if let Some(rust) = &operation.rust
        && !names::is_type_name(rust)
    {
        findings.push(
            findings
                .finding(
                    Code::InvalidRustName,
                    tree.span_of("rust"),
                    format!("`{rust}` cannot be the name of a type"),
                )
                .label("expected a name in `UpperCamelCase`"),
        );
        return;
    }
    let stem = path.file_stem().unwrap_or_default();
    let called = operation.rust_name();
    if stem.to_str() == Some(called) {
        return;
    }
    let span = if operation.rust.is_some() {
        tree.span_of("rust")
    } else {
        span
    };
    findings.push(
        findings
            .finding(
                Code::FileName,
                span,
                format!("the operation `{name}` is in a file of another name"),
            )
            .label(format!("the file is called `{}`", stem.display()))
            .help(format!(
                "rename the file to `{called}.json`, or the operation"
            )),
    );
}
