//! The error table.

use indexmap::IndexMap;
use serde_json::Value;

use super::super::facts::sentences;
use super::super::model::ErrorLine;
use super::super::tables::short;
use super::super::text::Text;
use super::{Compare, Edit};
use crate::diagnostic::Code;
use crate::import::path;
use crate::spec::ErrorRow;

impl Compare<'_> {
    pub(super) fn errors(&mut self) {
        let page = self.page;
        let Some(table) = &page.errors else { return };
        let mine = &self.spec.operation.errors;
        let mut met = vec![false; mine.len()];
        let mut unknown: Vec<&ErrorLine> = Vec::new();
        // The same code may come with several messages; a spec holds one of them.
        let mut groups: IndexMap<(Option<u32>, &str), Vec<&ErrorLine>> = IndexMap::new();
        for line in &table.rows {
            let key = (line.status, line.code.as_str());
            groups.entry(key).or_default().push(line);
        }
        for ((status, code), lines) in groups {
            let at = path::row(status, code);
            let [line, rest @ ..] = lines.as_slice() else {
                continue;
            };
            for again in rest.iter().filter(|again| says_same(line, again)) {
                let message = format!(
                    "`{}` is listed twice on the page",
                    short(at.trim_start_matches("/errors/"))
                );
                let place = page.place(line.code.span());
                let mut difference = self.difference(
                    Code::PageRowTwice,
                    again.code.span(),
                    &at,
                    "listed twice".into(),
                    message,
                );
                difference.diagnostic = difference.diagnostic.also(place, "here already");
                self.push(difference);
            }
            let row = mine
                .iter()
                .position(|row| row.status == status && row.code == code);
            match row {
                Some(row) => {
                    met[row] = true;
                    self.message(&lines, row);
                }
                None => unknown.push(line),
            }
        }
        for line in unknown {
            self.new_error(line, &mut met);
        }
        for (row, _) in mine.iter().zip(met).filter(|(_, met)| !met) {
            let at = path::row(row.status, &row.code);
            let message = format!(
                "the page has no error row `{}`",
                at.trim_start_matches("/errors/")
            );
            let place = self.place(&at);
            let mut difference =
                self.difference(Code::PageError, table.title, &at, Value::Null, message);
            difference.diagnostic = difference
                .diagnostic
                .label("not in this table")
                .also(place, "the spec has it");
            self.push(difference);
        }
    }

    fn new_error(&mut self, line: &ErrorLine, met: &mut [bool]) {
        let mine = &self.spec.operation.errors;
        let code = line.code.as_str();
        let at = path::row(line.status, code);
        let shown = short(at.trim_start_matches("/errors/"));
        // The same code under another status, that the page has no more: the status has changed.
        let moved: Vec<usize> = (0..mine.len())
            .filter(|row| mine[*row].code == code && !met[*row])
            .collect();
        if let ([row], Some(status)) = (moved.as_slice(), line.status) {
            met[*row] = true;
            let from = mine[*row].status;
            let before = from.map_or("no".to_owned(), |status| status.to_string());
            let at = path::join(&path::row(from, code), "status");
            let message = format!(
                "`{}` has the status {status} on the page, {before} in the spec",
                short(code)
            );
            let place = self.place(&at);
            let mut difference = self.difference(
                Code::PageError,
                line.status_text.span(),
                &at,
                status.into(),
                message,
            );
            difference.diagnostic = difference.diagnostic.also(place, format!("{before} here"));
            difference.edit = Some(Edit::Status {
                code: code.to_owned(),
                from,
                to: status,
            });
            self.push(difference);
            self.message(&[line], *row);
            return;
        }
        let Some(status) = line.status.filter(|status| (100..=599).contains(status)) else {
            let message = format!("the error row of `{}` has no status", short(code));
            self.defect(Code::PageUnreadable, line.code.span(), message, &at);
            return;
        };
        let (said, sure) = self.split(line, None);
        let message = format!("the spec has no error row `{shown}`");
        let near = crate::check::nearest(code, mine.iter().map(|row| row.code.as_str()));
        let place = self.place("/errors");
        let mut difference = self.difference(
            Code::PageError,
            line.code.span(),
            &at,
            Value::Bool(true),
            message,
        );
        difference.diagnostic = difference.diagnostic.also(place, "not among these");
        if let Some(near) = near {
            difference.diagnostic = difference
                .diagnostic
                .label(format!("the spec has `{near}`"));
        } else if !sure {
            difference.diagnostic = difference.diagnostic.label(
                "message and description run together; the first sentence is taken for the message",
            );
        }
        difference.edit = Some(Edit::Error(ErrorRow {
            status: Some(status),
            code: code.to_owned(),
            rust: None,
            message: said.map(|text| text.as_str().to_owned()),
            description: None,
            retryable: false,
        }));
        self.push(difference);
    }

    /// The message of a row that both have; a spec without messages says nothing of them.
    fn message(&mut self, lines: &[&ErrorLine], row: usize) {
        let mine = &self.spec.operation.errors[row];
        let Some(expected) = &mine.message else {
            return;
        };
        let said: Vec<Text> = lines
            .iter()
            .filter_map(|line| self.split(line, Some(expected)).0)
            .collect();
        let Some(first) = said.first() else {
            if self.reviewed
                && let Some(line) = lines.first()
            {
                let at = path::join(&path::row(mine.status, &mine.code), "message");
                let message = format!("the page gives no message for `{}`", short(&mine.code));
                let place = self.place(&at);
                let mut difference = self.difference(
                    Code::PageMessage,
                    line.code.span(),
                    &at,
                    Value::Null,
                    message,
                );
                difference.diagnostic = difference.diagnostic.also(place, "the spec does");
                self.push(difference);
            }
            return;
        };
        if said.iter().any(|said| said.as_str() == expected) {
            return;
        }
        let said = first;
        let at = path::join(&path::row(mine.status, &mine.code), "message");
        let message = format!(
            "the message of `{}` is `{}` on the page, `{}` in the spec",
            short(&mine.code),
            short(said.as_str()),
            short(expected)
        );
        let place = self.place(&at);
        let mut difference = self.difference(
            Code::PageMessage,
            said.span(),
            &at,
            said.as_str().into(),
            message,
        );
        difference.diagnostic = difference.diagnostic.also(place, "another message here");
        difference.edit = Some(Edit::Message {
            row,
            message: said.as_str().to_owned(),
        });
        self.push(difference);
    }

    /// The message of a row, and whether it is certain where it ends.
    fn split(&self, line: &ErrorLine, expected: Option<&str>) -> (Option<Text>, bool) {
        let Some(joined) = &line.joined else {
            return (line.message.clone(), true);
        };
        let text = joined.as_str();
        let begins = |message: &str| {
            text.strip_prefix(message)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        };
        if let Some(expected) = expected.filter(|expected| begins(expected)) {
            return (Some(joined.slice(0..expected.len())), true);
        }
        if begins("%s") {
            return (Some(joined.slice(0..2)), true);
        }
        let known = self.messages.get(line.code.as_str());
        let known = known
            .into_iter()
            .flatten()
            .filter(|message| begins(message));
        if let Some(longest) = known.max_by_key(|message| message.len()) {
            return (Some(joined.slice(0..longest.len())), true);
        }
        let sentences = sentences(text);
        let end = sentences.first().map_or(text.len(), |first| first.end);
        (Some(joined.slice(0..end).trim()), sentences.len() <= 1)
    }
}

/// Whether two rows have the same words.
fn says_same(a: &ErrorLine, b: &ErrorLine) -> bool {
    let words = |line: &ErrorLine| {
        let text = line.joined.as_ref().or(line.message.as_ref());
        text.map(|text| text.as_str().to_owned())
    };
    words(a) == words(b)
}
