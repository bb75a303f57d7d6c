//! What is checked of an operation: a table of contents.

use std::path::Path;

use super::findings::Findings;
use super::{collisions, departures, errors, permissions, references, rules, schemas};
use crate::diagnostic::Code;
use crate::spec::Operation;
use crate::tree::Node;

/// Finds everything in an operation that makes no sense.
pub(super) fn check(path: &Path, operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    file_name(path, operation, tree, findings);
    reviewed(operation, tree, findings);
    schemas::duplicates(operation, tree, findings);
    schemas::check(operation, tree, findings);
    schemas::response_example(operation, tree, findings);
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
    let stem = path.file_stem().unwrap_or_default();
    if stem.to_str() == Some(name) {
        return;
    }
    findings.push(
        findings
            .finding(
                Code::FileName,
                span,
                format!("the operation `{name}` is in a file of another name"),
            )
            .label(format!("the file is called `{}`", stem.display()))
            .help(format!(
                "rename the file to `{name}.json`, or the operation"
            )),
    );
}

fn reviewed(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    let Some(date) = &operation.reviewed else {
        return;
    };
    if !is_date(date) {
        findings.push(
            findings
                .finding(
                    Code::InvalidDate,
                    tree.span_of("reviewed"),
                    format!("`{date}` is not a date"),
                )
                .label("expected `YYYY-MM-DD`"),
        );
    }
}

/// Whether a text is a date, `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let digits =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return false;
    }
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
