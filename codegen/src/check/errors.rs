//! The checks of an error table.

use std::collections::HashMap;

use super::findings::Findings;
use crate::diagnostic::Code;
use crate::names;
use crate::spec::ErrorRow;
use crate::tree::{Node, Span};

/// Checks the rows of an error table.
///
/// A status and a code may come again with another message: the vendor has such rows. A row is a
/// duplicate where all three are the same.
pub(super) fn check(rows: &[ErrorRow], tree: &Node<'_>, findings: &mut Findings) {
    let places = tree.list("errors");
    let mut seen = HashMap::new();
    for (row, node) in rows.iter().zip(places) {
        if let Some(status) = row.status
            && !(100..=599).contains(&status)
        {
            findings.push(
                findings
                    .finding(
                        Code::StatusOutOfRange,
                        node.span_of("status"),
                        format!("`{status}` is not an HTTP status"),
                    )
                    .label("expected 100 to 599")
                    .help("leave `status` out if the vendor gives no valid HTTP status"),
            );
        }
        if row.code.is_empty() {
            findings.push(
                findings
                    .finding(
                        Code::EmptyText,
                        node.span_of("code"),
                        "an error without a code",
                    )
                    .label("it needs its code on the wire"),
            );
        }
        let key = (row.status, &row.code, &row.message);
        let span = node.span_of("code");
        if let Some(first) = seen.insert(key, span) {
            let status = row
                .status
                .map(|status| format!("{status} "))
                .unwrap_or_default();
            findings.push(
                findings
                    .finding(
                        Code::DuplicateError,
                        span,
                        format!("duplicate error `{status}{}`", row.code),
                    )
                    .label("the same status, code and message again")
                    .also(findings.place(first), "first here")
                    .help("remove one of them, or give each its own message"),
            );
        }
    }
}

/// Whether every code has a variant of its own. Only operations have variants.
pub(super) fn check_variants(rows: &[ErrorRow], tree: &Node<'_>, findings: &mut Findings) {
    let places = tree.list("errors");
    let mut by_code: HashMap<&str, (&str, Span)> = HashMap::new();
    for (row, node) in rows.iter().zip(places) {
        let Some(rust) = &row.rust else { continue };
        let span = node.span_of("rust");
        if !names::is_type_name(rust) {
            findings.push(
                findings
                    .finding(
                        Code::InvalidRustName,
                        span,
                        format!("`{rust}` cannot be the name of a variant"),
                    )
                    .label("expected a name in `UpperCamelCase`"),
            );
        }
        match by_code.get(row.code.as_str()) {
            Some((other, first)) if other != rust => findings.push(
                findings
                    .finding(
                        Code::NameCollision,
                        span,
                        format!("`{}` has two names in Rust", row.code),
                    )
                    .label("another name")
                    .also(findings.place(*first), "the first name"),
            ),
            Some(_) => {}
            None => {
                by_code.insert(&row.code, (rust, span));
            }
        }
    }
    let mut by_variant: HashMap<String, (&str, Span)> = HashMap::new();
    for (row, node) in rows.iter().zip(places) {
        let variant = match by_code.get(row.code.as_str()) {
            Some((rust, _)) => (*rust).to_owned(),
            None => names::variant_name(&row.code),
        };
        let span = node.span_of("code");
        if variant == names::UNKNOWN_VARIANT {
            findings.push(
                findings
                    .finding(
                        Code::NameCollision,
                        node.span_of("rust"),
                        format!("`{variant}` is the variant for codes that the spec does not list"),
                    )
                    .label("this name is taken"),
            );
        }
        match by_variant.get(&variant) {
            Some((other, first)) if *other != row.code => findings.push(
                findings
                    .finding(
                        Code::NameCollision,
                        span,
                        format!("`{other}` and `{}` are both `{variant}` in Rust", row.code),
                    )
                    .label("the same name again")
                    .also(findings.place(*first), "first here")
                    .help("give one of them another name with `rust`"),
            ),
            Some(_) => {}
            None => {
                by_variant.insert(variant, (&row.code, span));
            }
        }
    }
}
