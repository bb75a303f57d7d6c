//! The error table of an operation.

use serde_json::Value;

use super::super::path;
use super::super::report::{Fact, RepairKind, Side};
use super::super::schema::{noun, shown};
use super::operation::Reader;
use crate::spec::ErrorRow;

impl<'a> Reader<'a> {
    /// The rows as they are written, with their statuses.
    fn written_errors(&mut self) -> Vec<(Option<&'a str>, &'a Value)> {
        let mut written: Vec<(Option<&str>, &Value)> = Vec::new();
        match self.api.get("errorCodes") {
            None | Some(Value::Null) => {}
            Some(Value::Object(by_status)) => {
                for (status, rows) in by_status {
                    match rows {
                        Value::Array(rows) => {
                            written.extend(rows.iter().map(|row| (Some(status.as_str()), row)));
                        }
                        Value::Object(_) => written.push((Some(status.as_str()), rows)),
                        other => self.lower.repair(
                            &path::join("/errors", status),
                            RepairKind::Malformed,
                            format!("the rows are {}", noun(other)),
                            "dropped",
                        ),
                    }
                }
            }
            Some(Value::Array(rows)) => written.extend(rows.iter().map(|row| {
                (
                    ["status", "httpCode", "statusCode"]
                        .iter()
                        .find_map(|key| row.get(*key))
                        .and_then(Value::as_str),
                    row,
                )
            })),
            Some(other) => {
                self.known.forget(Side::Errors, Fact::Error);
                self.lower.repair(
                    "/errors",
                    RepairKind::Malformed,
                    format!("`errorCodes` is {}", noun(other)),
                    "taken as none",
                );
            }
        }
        written
    }

    pub(super) fn errors(&mut self) -> Vec<ErrorRow> {
        let written = self.written_errors();
        let mut rows: Vec<ErrorRow> = Vec::new();
        let mut messages: Vec<Option<String>> = Vec::new();
        for (status, entry) in written {
            let code = match entry.get("errorCode").or_else(|| entry.get("code")) {
                Some(Value::String(code)) => code.trim().to_owned(),
                Some(Value::Number(code)) => code.to_string(),
                _ => String::new(),
            };
            if code.is_empty() {
                self.lower
                    .repair("/errors", RepairKind::CodeEmpty, shown(entry), "dropped");
                continue;
            }
            let known = status
                .and_then(|status| status.trim().parse().ok())
                .filter(|status| (100..=599).contains(status));
            let at = path::row(known, &code);
            if known.is_none() {
                self.lower.repair(
                    &at,
                    RepairKind::StatusInvalid,
                    format!("status {:?}", status.unwrap_or_default()),
                    "row kept without a status",
                );
            }
            let message = ["errorMessage", "message"]
                .iter()
                .find_map(|key| entry.get(*key))
                .and_then(Value::as_str)
                .map(|message| message.trim().to_owned())
                .filter(|message| !message.is_empty());
            if let Some(first) = rows
                .iter()
                .position(|row| row.status == known && row.code == code)
            {
                let same = messages.get(first) == Some(&message);
                self.lower.repair(
                    &at,
                    RepairKind::RowDuplicate,
                    if same {
                        "listed twice"
                    } else {
                        "listed twice, with two messages"
                    },
                    if same {
                        "merged"
                    } else {
                        "merged, the first message kept"
                    },
                );
                continue;
            }
            rows.push(ErrorRow {
                status: known,
                code,
                rust: None,
                message: message.clone().filter(|_| self.messages),
                description: None,
                retryable: false,
            });
            messages.push(message);
        }
        rows
    }
}
