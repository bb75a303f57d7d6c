//! Text of a page without its markup, in which every byte has its place in the file.

use std::ops::Range;

use crate::tree::{Span, floor_char_boundary};

/// A character of a page as it is read: a space that does not break is a space, and full-width digits,
/// which Chinese input methods write, are digits.
pub(super) fn plain(c: char) -> char {
    match c {
        '\u{a0}' => ' ',
        '\u{ff10}'..='\u{ff19}' => char::from_digit(c as u32 - 0xff10, 10).unwrap_or(c),
        c => c,
    }
}

/// Text without markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    text: String,
    /// Where each byte of `text` comes from.
    at: Vec<u32>,
}

impl Text {
    pub(super) fn push(&mut self, c: char, at: usize) {
        self.text.push(c);
        let first = u32::try_from(at).unwrap_or(u32::MAX);
        let bytes = 0..u32::try_from(c.len_utf8()).unwrap_or(1);
        self.at.extend(bytes.map(|byte| first.saturating_add(byte)));
    }

    /// Appends a slice of the file as it stands.
    pub(super) fn push_str(&mut self, text: &str, at: usize) {
        for (index, c) in text.char_indices() {
            self.push(c, at + index);
        }
    }

    pub(super) fn append(&mut self, other: &Text) {
        self.text.push_str(&other.text);
        self.at.extend_from_slice(&other.at);
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Its place in the file.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span_of(0..self.text.len())
    }

    /// The place of a part.
    #[must_use]
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let first = self.at.get(range.start).or(self.at.last());
        let last = range.end.checked_sub(1).and_then(|end| self.at.get(end));
        let start = first.map_or(0, |at| *at as usize);
        let end = last.map_or(start, |at| *at as usize + 1);
        Span {
            start,
            end: end.max(start),
        }
    }

    /// A part.
    pub(super) fn slice(&self, range: Range<usize>) -> Text {
        let start = floor_char_boundary(&self.text, range.start);
        let end = floor_char_boundary(&self.text, range.end).max(start);
        Text {
            text: self.text[start..end].to_owned(),
            at: self.at[start..end].to_vec(),
        }
    }

    /// Without white space around it.
    pub(super) fn trim(&self) -> Text {
        let start = self.text.len() - self.text.trim_start().len();
        let end = self.text.trim_end().len();
        self.slice(start..end.max(start))
    }

    /// Its lines, without white space around them and without empty ones.
    pub(super) fn lines(&self) -> Vec<Text> {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let text = self.slice(start..start + line.len()).trim();
            start += line.len();
            if !text.is_empty() {
                lines.push(text);
            }
        }
        lines
    }
}
