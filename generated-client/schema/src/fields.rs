//! The fields of a schema as text: a line per field, read when the fields are first needed.
//!
//! Generated code has the fields of all requests and responses in this form. The compiler takes a
//! text as it is, where a table of expressions would have it check and evaluate each of them:
//!
//! ```
//! use alicloud_schema::{fields::Fields, record::{Kind, Schema}};
//!
//! static TAG: Schema = Schema {
//!     name: "Tag",
//!     fields: Fields::text("Key string required\nValue string", &[]),
//!     rules: &[],
//! };
//! static BUY_GOODS: Schema = Schema {
//!     name: "BuyGoods",
//!     fields: Fields::text(
//!         r#"
//!         RegionId string region
//!         Amount int32 required min=1 max=10
//!         Size string values="large","small"
//!         Address [string format=Ipv6] items=1..10
//!         Tag [Tag] items=..20
//!         "#,
//!         &[&TAG],
//!     ),
//!     rules: &[],
//! };
//!
//! assert_eq!(BUY_GOODS.fields.len(), 5);
//! assert!(matches!(BUY_GOODS.fields[0].kind, Kind::String));
//! assert!(BUY_GOODS.fields[1].required);
//! ```
//!
//! A line has the name on the wire, the kind and, in any order, what else there is to say:
//!
//! | word | of the field |
//! |---|---|
//! | `string`, `int32`, `int64`, `float`, `boolean`, `bytes`, `any` | the kind |
//! | `Tag` | the kind: a record, whose schema has this name and is given beside the text |
//! | `[…]`, `{…}` | the kind: a list or a map; within, the kind of an element and its limits |
//! | `required`, `region`, `sensitive` | [`Field::required`], [`Field::region`], [`Field::sensitive`] |
//! | `min=1`, `max=2.5` | [`Limits::minimum`], [`Limits::maximum`] |
//! | `chars=2..64`, `items=..20` | the least and the greatest length of a text or a list; each may be left out |
//! | `values="a","b"` | [`Limits::values`] |
//! | `format=Ipv6` | [`Limits::format`], as the variant is called |
//! | `pattern="^a"` | [`Limits::pattern`] |
//! | `in=Form` | [`Field::location`], as the variant is called |
//! | `style=Json` | [`Field::style`], as the variant is called |
//! | `wrapper=Tag` | [`Field::wrapper`] |
//!
//! In quotes, `\"`, `\\` and `\u{a}` stand for a quote, a backslash and the character of this number. A
//! name stands in quotes where it is not made of letters, digits and `.-_`.
//!
//! [`read`] and [`write`] are the two directions. What a table means is not said here, but in
//! [`record`](crate::record).

use std::{fmt, fmt::Write as _, ops::Deref, sync::OnceLock};

use crate::{
    format::Format,
    pattern::Pattern,
    record::{Bound, Field, Kind, Limits, Location, Schema, Style},
};

/// The fields of a [`Schema`]: a slice of [`Field`].
pub struct Fields {
    source: Source,
    read: OnceLock<&'static [Field]>,
}

enum Source {
    Table(&'static [Field]),
    Text(&'static str, &'static [&'static Schema]),
}

impl Fields {
    /// The fields of a table.
    pub const fn of(fields: &'static [Field]) -> Self {
        Self::new(Source::Table(fields))
    }

    /// The fields of a text, which names the schemas of nested records. It is read when the fields are
    /// first needed.
    ///
    /// # Panics
    ///
    /// When the fields are read, where the text is not of the form: the generator writes none such.
    pub const fn text(text: &'static str, records: &'static [&'static Schema]) -> Self {
        Self::new(Source::Text(text, records))
    }

    const fn new(source: Source) -> Self {
        Self {
            source,
            read: OnceLock::new(),
        }
    }

    /// The fields, in the order of the spec.
    #[inline]
    pub fn as_slice(&self) -> &'static [Field] {
        match self.source {
            Source::Table(fields) => fields,
            Source::Text(text, records) => self.read.get_or_init(|| match read(text, records) {
                Ok(fields) => fields.leak(),
                Err(error) => panic!("{error}"),
            }),
        }
    }
}

impl Deref for Fields {
    type Target = [Field];

    #[inline]
    fn deref(&self) -> &[Field] {
        self.as_slice()
    }
}

impl<'f> IntoIterator for &'f Fields {
    type Item = &'f Field;
    type IntoIter = std::slice::Iter<'f, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

const LOCATIONS: [Location; 4] = [
    Location::Query,
    Location::Form,
    Location::Body,
    Location::Host,
];
const STYLES: [Style; 5] = [
    Style::Flat,
    Style::Json,
    Style::Comma,
    Style::Space,
    Style::Pipe,
];

/// The line of a field; a nested record is called `record` in it.
pub fn write(field: &Field, record: &str) -> String {
    let mut line = String::new();
    write_text(&mut line, field.name);
    line.push(' ');
    write_kind(&mut line, field.kind, record);
    for (word, holds) in [
        ("required", field.required),
        ("region", field.region),
        ("sensitive", field.sensitive),
    ] {
        if holds {
            line.push(' ');
            line.push_str(word);
        }
    }
    write_limits(&mut line, field.limits);
    if field.location != Location::Query {
        _ = write!(line, " in={:?}", field.location);
    }
    if field.style != Style::Flat {
        _ = write!(line, " style={:?}", field.style);
    }
    if let Some(wrapper) = field.wrapper {
        line.push_str(" wrapper=");
        write_text(&mut line, wrapper);
    }
    line
}

fn write_kind(line: &mut String, kind: Kind, record: &str) {
    let (open, element, close) = match kind {
        Kind::String => return line.push_str("string"),
        Kind::Int32 => return line.push_str("int32"),
        Kind::Int64 => return line.push_str("int64"),
        Kind::Float => return line.push_str("float"),
        Kind::Boolean => return line.push_str("boolean"),
        Kind::Bytes => return line.push_str("bytes"),
        Kind::Any => return line.push_str("any"),
        Kind::Object(_) => return line.push_str(record),
        Kind::List(element) => ('[', element, ']'),
        Kind::Map(element) => ('{', element, '}'),
    };
    line.push(open);
    write_kind(line, element.kind, record);
    if element.sensitive {
        line.push_str(" sensitive");
    }
    write_limits(line, element.limits);
    line.push(close);
}

fn write_limits(line: &mut String, limits: &Limits) {
    for (word, bound) in [("min", limits.minimum), ("max", limits.maximum)] {
        _ = match bound {
            None => Ok(()),
            Some(Bound::Integer(bound)) => write!(line, " {word}={bound}"),
            // With a point, so that it is read as what it is.
            Some(Bound::Float(bound)) => write!(line, " {word}={bound:?}"),
        };
    }
    for (word, least, most) in [
        ("chars", limits.min_length, limits.max_length),
        ("items", limits.min_items, limits.max_items),
    ] {
        if least.is_some() || most.is_some() {
            let [least, most] =
                [least, most].map(|it| it.map_or_else(String::new, |it| it.to_string()));
            _ = write!(line, " {word}={least}..{most}");
        }
    }
    for (index, value) in limits.values.iter().enumerate() {
        line.push_str(if index == 0 { " values=" } else { "," });
        write_quoted(line, value);
    }
    if let Some(format) = limits.format {
        _ = write!(line, " format={format:?}");
    }
    if let Some(pattern) = limits.pattern {
        line.push_str(" pattern=");
        write_quoted(line, pattern.as_str());
    }
}

fn write_text(line: &mut String, text: &str) {
    if !text.is_empty() && text.chars().all(is_plain) {
        return line.push_str(text);
    }
    write_quoted(line, text);
}

fn write_quoted(line: &mut String, text: &str) {
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
    c.is_ascii_alphanumeric() || ".-_".contains(c)
}

/// The fields of a text; lines without anything in them count for nothing.
///
/// # Errors
///
/// The first line that is not of the form, and what was expected in it.
pub fn read(text: &str, records: &[&'static Schema]) -> Result<Vec<Field>, String> {
    let lines = text.split('\n').map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut reader = Reader {
                rest: line,
                records,
            };
            let field = reader.field();
            field.map_err(|expected| {
                let at = line.len() - reader.rest.len() + 1;
                format!("column {at} of `{line}`: expected {expected}")
            })
        })
        .collect()
}

const UNENDED: &str = "a quote at the end of the text";
const ESCAPE: &str = "the number of a character, as in `\\u{a}`";

/// Reads a line from left to right; an error is what was expected.
struct Reader<'t, 'r> {
    rest: &'t str,
    records: &'r [&'static Schema],
}

impl Reader<'_, '_> {
    fn field(&mut self) -> Result<Field, &'static str> {
        let name = self.text()?;
        if !self.take(" ") {
            return Err("a blank and the kind of the field");
        }
        let mut field = Field::new(leaked(name), self.kind()?);
        self.attributes(&mut field)?;
        if self.rest.is_empty() {
            Ok(field)
        } else {
            Err("the end of the line")
        }
    }

    fn kind(&mut self) -> Result<Kind, &'static str> {
        if self.take("[") {
            return Ok(Kind::List(self.element("]")?));
        }
        if self.take("{") {
            return Ok(Kind::Map(self.element("}")?));
        }
        Ok(match self.word() {
            "string" => Kind::String,
            "int32" => Kind::Int32,
            "int64" => Kind::Int64,
            "float" => Kind::Float,
            "boolean" => Kind::Boolean,
            "bytes" => Kind::Bytes,
            "any" => Kind::Any,
            name => {
                let mut records = self.records.iter();
                let schema = records.find(|schema| schema.name == name);
                Kind::Object(schema.ok_or("a kind, or the name of a record that is given")?)
            }
        })
    }

    fn element(&mut self, close: &str) -> Result<&'static Field, &'static str> {
        let mut element = Field::new("", self.kind()?);
        self.attributes(&mut element)?;
        if !self.take(close) {
            return Err("the bracket that ends the element");
        }
        Ok(Box::leak(Box::new(element)))
    }

    /// What follows the kind, as far as it goes.
    fn attributes(&mut self, field: &mut Field) -> Result<(), &'static str> {
        let mut limits = None;
        while self.take(" ") {
            match self.word() {
                "required" => field.required = true,
                "region" => field.region = true,
                "sensitive" => field.sensitive = true,
                "in" => field.location = self.variant(&LOCATIONS, "`=` and a location")?,
                "style" => field.style = self.variant(&STYLES, "`=` and a style")?,
                "wrapper" => {
                    self.value()?;
                    field.wrapper = Some(leaked(self.text()?));
                }
                word => self.limit(word, limits.get_or_insert(Limits::NONE))?,
            }
        }
        if let Some(limits) = limits {
            field.limits = Box::leak(Box::new(limits));
        }
        Ok(())
    }

    fn limit(&mut self, word: &str, limits: &mut Limits) -> Result<(), &'static str> {
        match word {
            "min" => limits.minimum = Some(self.bound()?),
            "max" => limits.maximum = Some(self.bound()?),
            "chars" => (limits.min_length, limits.max_length) = self.range()?,
            "items" => (limits.min_items, limits.max_items) = self.range()?,
            "format" => limits.format = Some(self.variant(&Format::ALL, "`=` and a format")?),
            "values" => {
                self.value()?;
                let mut values = vec![leaked(self.text()?)];
                while self.take(",") {
                    values.push(leaked(self.text()?));
                }
                limits.values = values.leak();
            }
            "pattern" => {
                self.value()?;
                let pattern = Pattern::new(leaked(self.text()?));
                limits.pattern = Some(Box::leak(Box::new(pattern)));
            }
            _ => return Err("what there is to say of a field"),
        }
        Ok(())
    }

    fn value(&mut self) -> Result<(), &'static str> {
        if self.take("=") {
            Ok(())
        } else {
            Err("`=` and a value")
        }
    }

    /// The value of this name.
    fn variant<T: Copy + fmt::Debug>(
        &mut self,
        variants: &[T],
        expected: &'static str,
    ) -> Result<T, &'static str> {
        self.value()?;
        let name = self.word();
        let mut variants = variants.iter().copied();
        variants
            .find(|variant| format!("{variant:?}") == name)
            .ok_or(expected)
    }

    fn bound(&mut self) -> Result<Bound, &'static str> {
        self.value()?;
        let end = self.rest.find([' ', ']', '}']).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        let integer = number.parse().map(Bound::Integer);
        integer
            .or_else(|_| number.parse().map(Bound::Float))
            .map_err(|_| "a number")
    }

    /// `2..64`, where either end can be left out.
    fn range(&mut self) -> Result<(Option<u32>, Option<u32>), &'static str> {
        self.value()?;
        let least = self.count();
        if self.take("..") {
            Ok((least, self.count()))
        } else {
            Err("a range of counts")
        }
    }

    fn count(&mut self) -> Option<u32> {
        let digits = |c: char| !c.is_ascii_digit();
        let end = self.rest.find(digits).unwrap_or(self.rest.len());
        let count = self.rest[..end].parse().ok()?;
        self.rest = &self.rest[end..];
        Some(count)
    }

    /// A name, or what is in quotes.
    fn text(&mut self) -> Result<String, &'static str> {
        if !self.take("\"") {
            return match self.word() {
                "" => Err("a name, or a text in quotes"),
                word => Ok(word.to_owned()),
            };
        }
        let mut text = String::new();
        let mut rest = self.rest.chars();
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
        Ok(text)
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

impl<'t> Reader<'t, '_> {
    /// The characters of a name that come next, if any.
    fn word(&mut self) -> &'t str {
        let end = self.rest.find(|c| !is_plain(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

fn leaked(text: String) -> &'static str {
    match text.as_str() {
        "" => "",
        _ => text.leak(),
    }
}
