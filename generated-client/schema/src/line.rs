//! The lines of which tables are made where they are text: names, words and quoted texts, written and
//! read from left to right.
//!
//! In quotes, `\"`, `\\` and `\u{a}` stand for a quote, a backslash and the character of this number. A
//! name stands in quotes where it is not made of letters, digits and `.-_:`. What the words of a line
//! mean is said where they are used, in `fields`, `errors` and `permissions`.

use std::fmt::Write as _;

const UNENDED: &str = "a quote at the end of the text";
const ESCAPE: &str = "the number of a character, as in `\\u{a}`";

/// Appends a name, in quotes where it needs them.
pub(crate) fn write_name(line: &mut String, name: &str) {
    if !name.is_empty() && name.chars().all(is_plain) {
        return line.push_str(name);
    }
    write_quoted(line, name);
}

/// Appends names with commas between them.
pub(crate) fn write_names(line: &mut String, names: &[&str]) {
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        write_name(line, name);
    }
}

/// Appends a text in quotes.
pub(crate) fn write_quoted(line: &mut String, text: &str) {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            // What a source file cannot show, or not on one line.
            c if c.escape_debug().len() > 1 && c != '\'' => {
                _ = write!(line, "\\u{{{:x}}}", c as u32)
            }
            c => line.push(c),
        }
    }
    line.push('"');
}

/// A name of such characters needs no quotes.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_:".contains(c)
}

/// The rows of a text, a line each; lines without anything in them count for nothing.
///
/// # Errors
///
/// The first line that is not of the form, and what was expected in it.
pub(crate) fn rows<T>(
    text: &'static str,
    mut row: impl FnMut(&mut Line) -> Result<T, &'static str>,
) -> Result<Vec<T>, String> {
    let lines = text.split('\n').map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(|text| {
            let mut line = Line { rest: text };
            let row = row(&mut line).and_then(|row| match line.rest {
                "" => Ok(row),
                _ => Err("the end of the line"),
            });
            row.map_err(|expected| {
                let at = text.len() - line.rest.len() + 1;
                format!("column {at} of `{text}`: expected {expected}")
            })
        })
        .collect()
}

/// What is left of a line. An error is what was expected instead.
pub(crate) struct Line {
    pub(crate) rest: &'static str,
}

impl Line {
    /// Whether the line goes on with this text, which is then read.
    pub(crate) fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The characters before the first that is none of these.
    pub(crate) fn span(&mut self, of: impl Fn(char) -> bool) -> &'static str {
        let end = self.rest.find(|c| !of(c)).unwrap_or(self.rest.len());
        let (span, rest) = self.rest.split_at(end);
        self.rest = rest;
        span
    }

    /// The characters of a name that come next, if any.
    pub(crate) fn word(&mut self) -> &'static str {
        self.span(is_plain)
    }

    /// The value of a word, after `=`.
    pub(crate) fn value(&mut self) -> Result<(), &'static str> {
        if self.take("=") {
            Ok(())
        } else {
            Err("`=` and a value")
        }
    }

    /// Names, or what is in quotes, with commas between them.
    pub(crate) fn texts(&mut self) -> Result<&'static [&'static str], &'static str> {
        let mut texts = vec![self.text()?];
        while self.take(",") {
            texts.push(self.text()?);
        }
        Ok(texts.leak())
    }

    /// A name, or what is in quotes.
    pub(crate) fn text(&mut self) -> Result<&'static str, &'static str> {
        if !self.take("\"") {
            return match self.word() {
                "" => Err("a name, or a text in quotes"),
                word => Ok(word),
            };
        }
        let plain = self.rest.find(['"', '\\']).unwrap_or(self.rest.len());
        let (start, rest) = self.rest.split_at(plain);
        if let Some(rest) = rest.strip_prefix('"') {
            self.rest = rest;
            return Ok(start);
        }
        let mut text = start.to_owned();
        let mut rest = rest.chars();
        loop {
            match rest.next() {
                Some('"') => break,
                Some('\\') => match rest.next() {
                    Some('u') => {
                        let code = rest
                            .as_str()
                            .strip_prefix('{')
                            .and_then(|it| it.split_once('}'));
                        let (code, after) = code.ok_or(ESCAPE)?;
                        let code = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
                        text.push(code.ok_or(ESCAPE)?);
                        rest = after.chars();
                    }
                    Some(c) => text.push(c),
                    None => return Err(UNENDED),
                },
                Some(c) => text.push(c),
                None => return Err(UNENDED),
            }
        }
        self.rest = rest.as_str();
        Ok(text.leak())
    }
}
