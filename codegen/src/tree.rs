//! JSON text as a tree in which every value and every key has its place in the text.
//!
//! The tree keeps what `serde_json` loses: the place of each value, and duplicate keys. It knows
//! nothing about specs; [`crate::check`] checks whether a tree is one.

use std::borrow::Cow;
use std::fmt;

use jsonc_parser::ast;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A range of bytes of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl From<jsonc_parser::common::Range> for Span {
    fn from(range: jsonc_parser::common::Range) -> Self {
        Self {
            start: range.start,
            end: range.end,
        }
    }
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// The kind of value.
    pub kind: Kind<'t>,
    /// The place of the value.
    pub span: Span,
}

/// The kinds of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(&'t str),
    /// A text.
    String(Cow<'t, str>),
    /// An array.
    Array(Vec<Node<'t>>),
    /// An object: its entries in the order of the text, equal keys included.
    Object(Vec<Entry<'t>>),
}

/// A key of an object with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'t> {
    /// The key.
    pub key: Cow<'t, str>,
    /// The place of the key, including its quotes.
    pub key_span: Span,
    /// The value.
    pub value: Node<'t>,
}

impl<'t> Node<'t> {
    /// The value under a key; the first of several.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node<'t>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry with a key; the first of several.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of an object; none of anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'t>] {
        match &self.kind {
            Kind::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of an array; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Node<'t>] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The elements of an array under a key; none where there is no such array.
    #[must_use]
    pub fn list(&self, key: &str) -> &[Node<'t>] {
        self.get(key).map_or(&[], Node::items)
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The place of the value under a key, or its own where there is none.
    #[must_use]
    pub fn span_of(&self, key: &str) -> Span {
        self.get(key).map_or(self.opening(), |node| node.span)
    }

    /// The bracket that opens an array or an object; the whole of anything else.
    #[must_use]
    pub fn opening(&self) -> Span {
        match self.kind {
            Kind::Array(_) | Kind::Object(_) => Span {
                start: self.span.start,
                end: self.span.start + 1,
            },
            _ => self.span,
        }
    }
}

/// The error of a text that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The reason, for people.
    pub reason: String,
    /// The remedy, if there is more to say.
    pub help: Option<&'static str>,
    /// The place where it was found.
    pub span: Span,
}

/// Reads a text as JSON (RFC 8259): no comments, no trailing commas, at most 128 levels deep.
///
/// # Errors
///
/// The first place at which the text is not JSON.
pub fn parse(text: &str) -> Result<Node<'_>, SyntaxError> {
    if text.starts_with('\u{feff}') {
        return Err(SyntaxError {
            reason: "the file begins with a byte order mark".to_owned(),
            help: Some("save it as UTF-8 without one"),
            span: Span { start: 0, end: 3 },
        });
    }
    // Every reader of JSON is lenient somewhere. serde_json is the strictest and limits the depth,
    // so what it lets through is safe for the other one, which gives places.
    serde_json::from_str::<Strict>(text).map_err(|error| syntax_error(text, &error))?;
    let options = jsonc_parser::ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed =
        jsonc_parser::parse_to_ast(text, &jsonc_parser::CollectOptions::default(), &options)
            .map_err(|error| SyntaxError {
                reason: error.kind().to_string(),
                help: None,
                span: error.range().into(),
            })?;
    parsed.value.map(node).ok_or_else(|| SyntaxError {
        reason: "the file is empty".to_owned(),
        help: None,
        span: Span::default(),
    })
}

fn node(value: ast::Value<'_>) -> Node<'_> {
    match value {
        ast::Value::NullKeyword(null) => Node {
            kind: Kind::Null,
            span: null.range.into(),
        },
        ast::Value::BooleanLit(boolean) => Node {
            kind: Kind::Bool(boolean.value),
            span: boolean.range.into(),
        },
        ast::Value::NumberLit(number) => Node {
            kind: Kind::Number(number.value),
            span: number.range.into(),
        },
        ast::Value::StringLit(text) => Node {
            kind: Kind::String(text.value),
            span: text.range.into(),
        },
        ast::Value::Array(array) => Node {
            kind: Kind::Array(array.elements.into_iter().map(node).collect()),
            span: array.range.into(),
        },
        ast::Value::Object(object) => Node {
            kind: Kind::Object(object.properties.into_iter().map(entry).collect()),
            span: object.range.into(),
        },
    }
}

fn entry(property: ast::ObjectProp<'_>) -> Entry<'_> {
    let (key, key_span) = match property.name {
        ast::ObjectPropName::String(text) => (text.value, text.range.into()),
        ast::ObjectPropName::Word(word) => (Cow::Borrowed(word.value), word.range.into()),
    };
    Entry {
        key,
        key_span,
        value: node(property.value),
    }
}

/// The reason and the place of an error of `serde_json`, which counts lines and bytes from 1.
fn syntax_error(text: &str, error: &serde_json::Error) -> SyntaxError {
    let full = error.to_string();
    let reason = full
        .rsplit_once(" at line ")
        .map_or(full.as_str(), |(reason, _)| reason);
    let end_of_text = text.trim_end().len();
    if text.trim().is_empty() {
        return SyntaxError {
            reason: "the file is empty".to_owned(),
            help: None,
            span: Span::default(),
        };
    }
    let line_start = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let start = (line_start + error.column().saturating_sub(1)).min(text.len());
    let start = match reason {
        _ if error.is_eof() => end_of_text.saturating_sub(1),
        // Found at the bracket after it.
        "trailing comma" => text[..floor_char_boundary(text, start)]
            .rfind(',')
            .unwrap_or(start),
        _ => start,
    };
    let start = floor_char_boundary(text, start);
    let length = text[start..]
        .chars()
        .next()
        .filter(|next| *next != '\n')
        .map_or(0, char::len_utf8);
    SyntaxError {
        help: match reason {
            "trailing comma" => Some("remove the comma after the last element"),
            "recursion limit exceeded" => Some("at most 128 levels are read"),
            _ => None,
        },
        reason: match reason {
            "recursion limit exceeded" => "nested too deeply".to_owned(),
            _ if text[start..].starts_with("//") || text[start..].starts_with("/*") => {
                "JSON has no comments".to_owned()
            }
            reason => reason.replace("EOF while parsing", "the file ends within"),
        },
        span: Span {
            start,
            end: start + length,
        },
    }
}

/// The last boundary between characters at or before `index`.
pub(crate) fn floor_char_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// Any JSON, looked at in full and thrown away.
struct Strict;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Strict, E> {
        Ok(Strict)
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Strict, E> {
        Ok(Strict)
    }
    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Strict, E> {
        Ok(Strict)
    }
    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Strict, E> {
        Ok(Strict)
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Strict, E> {
        Ok(Strict)
    }
    fn visit_str<E: de::Error>(self, _: &str) -> Result<Strict, E> {
        Ok(Strict)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Strict, A::Error> {
        while seq.next_element::<Strict>()?.is_some() {}
        Ok(Strict)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Strict, A::Error> {
        while map.next_entry::<Strict, Strict>()?.is_some() {}
        Ok(Strict)
    }
}
