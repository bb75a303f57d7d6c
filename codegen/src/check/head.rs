//! The head of a file, with what it states about itself: its JSON Schema, the vendor's page, the
//! day of its last review.

use std::time::{Duration, SystemTime};

use super::findings::Findings;
use crate::diagnostic::Code;
use crate::tree::Node;
use crate::web;

/// Whether `$schema` leads to the schema: the one in the folder of specs, or one on the web.
pub(super) fn schema_path(
    schema: Option<&str>,
    expected: &str,
    tree: &Node<'_>,
    findings: &mut Findings,
) {
    let Some(schema) = schema else { return };
    if schema == expected || web::is_address(schema) {
        return;
    }
    findings.push(
        findings
            .finding(
                Code::SchemaPath,
                tree.span_of("$schema"),
                format!("`{schema}` is not the schema of this file"),
            )
            .label(format!("expected `{expected}`"))
            .help("without it, editors neither complete nor check this file"),
    );
}

/// Whether the vendor's page has an address that can be opened.
pub(super) fn docs(docs: Option<&str>, tree: &Node<'_>, findings: &mut Findings) {
    let Some(docs) = docs.filter(|docs| !web::is_address(docs)) else {
        return;
    };
    findings.push(
        findings
            .finding(
                Code::InvalidAddress,
                tree.span_of("docs"),
                format!("`{docs}` is not a web address"),
            )
            .label("expected one such as `https://www.alibabacloud.com/help/…`"),
    );
}

/// Whether the day of the last review is a day, and one that has been.
pub(super) fn reviewed(reviewed: Option<&str>, tree: &Node<'_>, findings: &mut Findings) {
    let Some(date) = reviewed else { return };
    let span = tree.span_of("reviewed");
    if !is_date(date) {
        findings.push(
            findings
                .finding(Code::InvalidDate, span, format!("`{date}` is not a date"))
                .label("expected `YYYY-MM-DD`"),
        );
    } else if date > tomorrow().as_str() {
        findings.push(
            findings
                .finding(Code::FutureDate, span, format!("`{date}` is in the future"))
                .label("expected the day on which a person compared this file with the page"),
        );
    }
}

/// The last day that it may be anywhere in the world.
fn tomorrow() -> String {
    let day = SystemTime::now() + Duration::from_secs(24 * 60 * 60);
    let mut date = humantime::format_rfc3339_seconds(day).to_string();
    date.truncate("YYYY-MM-DD".len());
    date
}

/// Whether a text is a date, `YYYY-MM-DD`.
#[must_use]
pub fn is_date(text: &str) -> bool {
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
