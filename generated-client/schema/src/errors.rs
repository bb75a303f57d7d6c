//! Error tables: the errors that operations document, a row each.
//!
//! Generated code has them as text, for the reason that [`fields`](crate::fields) gives:
//!
//! ```
//! use alicloud_schema::errors::Errors;
//!
//! static ERRORS: Errors = Errors::text(
//!     r#"
//!     404 InvalidGoods.NotFound message="%s" meaning="There are no such goods."
//!     503 ServiceUnavailable retryable
//!     "#,
//! );
//!
//! assert_eq!(ERRORS[0].code, "InvalidGoods.NotFound");
//! assert!(!ERRORS[0].retryable && ERRORS[1].retryable);
//! ```
//!
//! A line has the status, 0 for none, and the code; then, in any order, [`ErrorRow::message`],
//! [`ErrorRow::description`] as `meaning`, and `retryable`. [`read`] and [`write`] are the two directions.

use std::fmt::Write as _;

use crate::{
    line::{self, Line, write_name, write_quoted},
    rows::{Row, Rows},
};

/// One row of an error table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    /// The HTTP status; 0 if the vendor gives no valid one.
    pub status: u16,
    /// The code, spelled as on the wire. `%s` stands for any text.
    pub code: &'static str,
    /// The message; `%s` stands for any text.
    pub message: &'static str,
    /// The meaning; empty if the spec does not describe it.
    pub description: &'static str,
    /// Whether the same call may succeed later.
    pub retryable: bool,
}

impl ErrorRow {
    /// A row that is not worth a retry.
    pub const fn new(
        status: u16,
        code: &'static str,
        message: &'static str,
        description: &'static str,
    ) -> Self {
        Self {
            status,
            code,
            message,
            description,
            retryable: false,
        }
    }

    /// The same row, marked as worth a retry.
    pub const fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }
}

/// An error table: a slice of [`ErrorRow`].
pub type Errors = Rows<ErrorRow>;

impl Row for ErrorRow {
    type Context = ();

    fn read(text: &'static str, (): ()) -> Result<Vec<Self>, String> {
        read(text)
    }
}

pub(crate) static NO_ERRORS: Errors = Errors::of(&[]);

impl Errors {
    /// A table without rows.
    pub const NONE: &'static Errors = &NO_ERRORS;

    /// The rows of a text. It is read when they are first needed.
    pub const fn text(text: &'static str) -> Self {
        Self::of_text(text, ())
    }

    /// The position of the code that the server sent among the [`codes`](Self::codes).
    pub(crate) fn position(&self, code: &str) -> Option<usize> {
        let mut codes = self.codes();
        let found = codes.clone().position(|listed| listed == code);
        found.or_else(|| {
            codes.position(|listed| listed.contains("%s") && matches_template(listed, code))
        })
    }

    /// The code at a position among the [`codes`](Self::codes).
    pub(crate) fn code(&self, position: usize) -> Option<&'static str> {
        self.codes().nth(position)
    }

    /// The codes, each once, in the order in which they first appear.
    fn codes(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        let rows = self.as_slice();
        let first = |at: usize| rows[..at].iter().all(|row| row.code != rows[at].code);
        let first = (0..rows.len()).filter(move |at| first(*at));
        first.map(|at| rows[at].code)
    }
}

/// A text matches a template in which `%s` stands for any text.
pub fn matches_template(template: &str, text: &str) -> bool {
    let mut parts = template.split("%s");
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// The line of a row.
#[inline]
pub fn write(row: &ErrorRow) -> String {
    let mut line = String::new();
    _ = write!(line, "{} ", row.status);
    write_name(&mut line, row.code);
    if row.retryable {
        line.push_str(" retryable");
    }
    for (word, text) in [("message", row.message), ("meaning", row.description)] {
        if !text.is_empty() {
            _ = write!(line, " {word}=");
            write_quoted(&mut line, text);
        }
    }
    line
}

/// The rows of a text, a line each.
///
/// # Errors
///
/// The first line that is not of the form, and what was expected in it.
pub fn read(text: &'static str) -> Result<Vec<ErrorRow>, String> {
    line::rows(text, row)
}

fn row(line: &mut Line) -> Result<ErrorRow, &'static str> {
    let status = line.span(|c| c.is_ascii_digit()).parse();
    let status = status.map_err(|_| "an HTTP status, or 0")?;
    if !line.take(" ") {
        return Err("a blank and the code");
    }
    let mut row = ErrorRow::new(status, line.text()?, "", "");
    while line.take(" ") {
        match line.word() {
            "retryable" => row.retryable = true,
            "message" => {
                line.value()?;
                row.message = line.text()?;
            }
            "meaning" => {
                line.value()?;
                row.description = line.text()?;
            }
            _ => return Err("what there is to say of an error"),
        }
    }
    Ok(row)
}
