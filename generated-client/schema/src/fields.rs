//! The fields of a schema as text: a line per field, read when the fields are first needed.
//!
//! Generated code has the fields of all requests and responses in this form, in
//! [`Schemas`]. The compiler takes a text as it is, where a table of expressions would have it check and
//! evaluate each of them.
//!
//! ```text
//! RegionId string region
//! Amount int32 required min=1 max=10
//! Size string values="large","small"
//! Address [string format=Ipv6] items=1..10
//! Tag [Tag] items=..20
//! ```
//!
//! A line has the name on the wire, the kind and, in any order, what else there is to say:
//!
//! | word | of the field |
//! |---|---|
//! | `string`, `int32`, `int64`, `float`, `boolean`, `bytes`, `any` | the kind |
//! | `Tag` | the kind: a record, whose schema has this name and is beside this one or in what is referred to |
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
//! name stands in quotes where it is not made of letters, digits and `.-_:`.
//!
//! [`read`] and [`write`] are the two directions. What a table means is not said here, but in
//! [`record`](crate::record).

use std::{fmt, fmt::Write as _};

use crate::{
    format::Format,
    line::{self, Line, write_name, write_quoted},
    pattern::Pattern,
    record::{Bound, Field, Kind, Limits, Location, Style},
    rows::{Row, Rows},
    schemas::Schemas,
};

/// The fields of a [`Schema`](crate::record::Schema): a slice of [`Field`].
pub type Fields = Rows<Field>;

impl Row for Field {
    /// The schemas of nested records, which lines name.
    type Context = &'static Schemas;

    fn read(text: &'static str, schemas: &'static Schemas) -> Result<Vec<Self>, String> {
        read(text, schemas)
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
    write_name(&mut line, field.name);
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
        write_name(&mut line, wrapper);
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

/// The fields of a text, a line each, which name the schemas of nested records.
///
/// # Errors
///
/// The first line that is not of the form, and what was expected in it.
pub fn read(text: &'static str, schemas: &'static Schemas) -> Result<Vec<Field>, String> {
    line::rows(text, |line| field(line, schemas))
}

fn field(line: &mut Line, schemas: &'static Schemas) -> Result<Field, &'static str> {
    let name = line.text()?;
    if !line.take(" ") {
        return Err("a blank and the kind of the field");
    }
    let mut field = Field::new(name, kind(line, schemas)?);
    attributes(line, &mut field)?;
    Ok(field)
}

fn kind(line: &mut Line, schemas: &'static Schemas) -> Result<Kind, &'static str> {
    if line.take("[") {
        return Ok(Kind::List(element(line, "]", schemas)?));
    }
    if line.take("{") {
        return Ok(Kind::Map(element(line, "}", schemas)?));
    }
    Ok(match line.word() {
        "string" => Kind::String,
        "int32" => Kind::Int32,
        "int64" => Kind::Int64,
        "float" => Kind::Float,
        "boolean" => Kind::Boolean,
        "bytes" => Kind::Bytes,
        "any" => Kind::Any,
        name => Kind::Object(
            schemas
                .find(name)
                .ok_or("a kind, or the name of a record that is given")?,
        ),
    })
}

fn element(
    line: &mut Line,
    close: &str,
    schemas: &'static Schemas,
) -> Result<&'static Field, &'static str> {
    let mut element = Field::new("", kind(line, schemas)?);
    attributes(line, &mut element)?;
    if !line.take(close) {
        return Err("the bracket that ends the element");
    }
    Ok(Box::leak(Box::new(element)))
}

/// What follows the kind, as far as it goes.
fn attributes(line: &mut Line, field: &mut Field) -> Result<(), &'static str> {
    let mut limits = None;
    while line.take(" ") {
        match line.word() {
            "required" => field.required = true,
            "region" => field.region = true,
            "sensitive" => field.sensitive = true,
            "in" => field.location = variant(line, &LOCATIONS, "`=` and a location")?,
            "style" => field.style = variant(line, &STYLES, "`=` and a style")?,
            "wrapper" => {
                line.value()?;
                field.wrapper = Some(line.text()?);
            }
            word => limit(line, word, limits.get_or_insert(Limits::NONE))?,
        }
    }
    if let Some(limits) = limits {
        field.limits = Box::leak(Box::new(limits));
    }
    Ok(())
}

fn limit(line: &mut Line, word: &str, limits: &mut Limits) -> Result<(), &'static str> {
    match word {
        "min" => limits.minimum = Some(bound(line)?),
        "max" => limits.maximum = Some(bound(line)?),
        "chars" => (limits.min_length, limits.max_length) = range(line)?,
        "items" => (limits.min_items, limits.max_items) = range(line)?,
        "format" => limits.format = Some(variant(line, &Format::ALL, "`=` and a format")?),
        "values" => {
            line.value()?;
            limits.values = line.texts()?;
        }
        "pattern" => {
            line.value()?;
            let pattern = Pattern::new(line.text()?);
            limits.pattern = Some(Box::leak(Box::new(pattern)));
        }
        _ => return Err("what there is to say of a field"),
    }
    Ok(())
}

/// The value of this name.
fn variant<T: Copy + fmt::Debug>(
    line: &mut Line,
    variants: &[T],
    expected: &'static str,
) -> Result<T, &'static str> {
    line.value()?;
    let name = line.word();
    let mut variants = variants.iter().copied();
    variants
        .find(|variant| format!("{variant:?}") == name)
        .ok_or(expected)
}

fn bound(line: &mut Line) -> Result<Bound, &'static str> {
    line.value()?;
    let number = line.span(|c| !" ]}".contains(c));
    let integer = number.parse().map(Bound::Integer);
    integer
        .or_else(|_| number.parse().map(Bound::Float))
        .map_err(|_| "a number")
}

/// `2..64`, where either end can be left out.
fn range(line: &mut Line) -> Result<(Option<u32>, Option<u32>), &'static str> {
    line.value()?;
    let least = count(line);
    if line.take("..") {
        Ok((least, count(line)))
    } else {
        Err("a range of counts")
    }
}

fn count(line: &mut Line) -> Option<u32> {
    line.span(|c| c.is_ascii_digit()).parse().ok()
}
