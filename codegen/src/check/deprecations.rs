//! The check that the replacement of a deprecated item exists.

use super::findings::Findings;
use super::near::nearest;
use super::path;
use super::schemas;
use crate::diagnostic::{Code, Diagnostic};
use crate::spec::{Deprecation, Operation, Schema};
use crate::tree::{Node, Span};

/// Checks the deprecated parameters and response fields of an operation. That of the operation itself
/// names another operation, which [`super::together`] looks for.
pub(super) fn check(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    note(&operation.deprecated, tree, findings);
    let fields: Vec<(&str, &Schema)> = path::parameters(operation).collect();
    for (parameter, node) in operation.parameters.iter().zip(tree.list("parameters")) {
        schemas::walk(&parameter.schema, node, &mut |schema, node| {
            field(
                schema,
                node,
                (&fields, "a parameter of this operation"),
                findings,
            );
        });
    }
    if let (Some(response), Some(node)) = (&operation.response, tree.get("response")) {
        let fields: Vec<(&str, &Schema)> = path::fields(response).collect();
        schemas::walk(response, node, &mut |schema, node| {
            field(schema, node, (&fields, "a field of the response"), findings);
        });
    }
}

/// Where a deprecated thing names its replacement.
pub(super) fn place(node: &Node<'_>) -> Span {
    node.get("deprecated").unwrap_or(node).span_of("use")
}

fn note(deprecated: &Deprecation, node: &Node<'_>, findings: &mut Findings) {
    let Deprecation::Note(note) = deprecated else {
        return;
    };
    if let word @ ("true" | "false") = note.as_str() {
        findings.push(
            findings
                .finding(
                    Code::WrongType,
                    node.span_of("deprecated"),
                    format!("expected `{word}`, found text"),
                )
                .label("remove the quotes"),
        );
    }
    if note.trim().is_empty() {
        findings.push(
            findings
                .finding(
                    Code::EmptyText,
                    node.span_of("deprecated"),
                    "an empty note on a deprecation",
                )
                .label("say what to do instead, or write `true`"),
        );
    }
}

fn field(
    schema: &Schema,
    node: &Node<'_>,
    (fields, what): (&[(&str, &Schema)], &str),
    findings: &mut Findings,
) {
    note(&schema.deprecated, node, findings);
    let Some(instead) = schema.deprecated.replacement() else {
        return;
    };
    let finding = |message| findings.finding(Code::UnknownReplacement, place(node), message);
    let target = path::resolve(fields.iter().copied(), instead);
    let finding: Diagnostic = match target.and_then(|target| target.schema()) {
        None => {
            let finding = finding(format!("`{instead}` is not {what}"));
            let known = path::all(fields.iter().copied());
            match nearest(instead, known.iter().map(String::as_str)) {
                Some(near) => finding.label(format!("did you mean `{near}`?")),
                None => finding.label("there is none of this name"),
            }
        }
        Some(target) if target.deprecated.is_some() => {
            finding(format!("`{instead}` is deprecated itself"))
                .label("name a replacement that is not deprecated")
        }
        Some(_) => return,
    };
    findings.push(finding);
}
