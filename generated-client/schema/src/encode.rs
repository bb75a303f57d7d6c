//! Encoding: records as parameters on the wire.
//!
//! What is here: flattening (`Tag.1.Key`), joined lists (`a,b`), JSON texts in one parameter, and
//! the buffer that holds the outcome. Percent-encoding and the division into query and body belong
//! to the runtime, because the signature is made in the same pass.
//!
//! | value | flat | JSON | joined |
//! |---|---|---|---|
//! | text, number, flag | `Name=a` | `Name=a` | `Name=a` |
//! | text `""` | `Name=` | `Name=` | `Name=` |
//! | list `[a, b]` | `Name.1=a`, `Name.2=b` | `Name=["a","b"]` | `Name=a,b` |
//! | list in a list | `Name.1.1=a` | `Name=[["a"]]` | `Name=["a"]` |
//! | record | `Name.Field=a` | `Name={"Field":"a"}` | as flat |
//! | map | `Name.key=a` | `Name={"key":"a"}` | as flat |
//! | absent, JSON `null` | – | – | – |
//! | empty list or map | – | `Name=[]`, `Name={}` | – |
//! | record with nothing in it | – | `Name={}` | – |
//!
//! So what is written is what [`is_present`](crate::validate::is_present). Integers are decimal.
//! Numbers are the shortest decimal text that reads back as the same number, never with an exponent.
//! Bytes are Base64 wherever they are not the body itself.

use std::fmt::{self, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::record::{Field, Kind, List, Location, Record, Style, ValueRef};

/// Wire parameters: names and values as they are before percent-encoding, in one buffer.
///
/// Its `Debug` shows names, never values.
#[derive(Clone, Default)]
pub struct Parameters {
    text: String,
    entries: Vec<Entry>,
    body: Option<Vec<u8>>,
}

/// One parameter: `text[start..split]` is its name, `text[split..end]` its value.
#[derive(Clone, Copy)]
struct Entry {
    location: Location,
    sensitive: bool,
    start: usize,
    split: usize,
    end: usize,
}

impl Parameters {
    /// Appends a parameter. One that travels as the body replaces the body; its name is not sent.
    pub fn push(&mut self, location: Location, name: &str, value: &str) {
        self.push_as(location, false, name, value);
    }

    /// The same for a value that may have to be masked.
    #[doc(hidden)]
    pub fn push_as(&mut self, location: Location, sensitive: bool, name: &str, value: &str) {
        if location == Location::Body {
            self.body = Some(value.as_bytes().to_vec());
            return;
        }
        self.push_with(location, sensitive, name, |text| text.push_str(value));
    }

    /// Is there a parameter of this name? The body has none.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|(_, known, _)| known == name)
    }

    /// The parameters in the order in which they were written, without the body.
    pub fn iter(&self) -> impl Iterator<Item = (Location, &str, &str)> {
        self.entries.iter().map(|entry| {
            (
                entry.location,
                &self.text[entry.start..entry.split],
                &self.text[entry.split..entry.end],
            )
        })
    }

    /// The same with `***` in the place of values that must not be shown.
    #[doc(hidden)]
    pub fn masked(&self) -> impl Iterator<Item = (Location, &str, &str)> {
        let entries = self.iter().zip(&self.entries);
        entries.map(|((location, name, value), entry)| {
            let value = if entry.sensitive { "***" } else { value };
            (location, name, value)
        })
    }

    /// The bytes of the body parameter, if there is one.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// The number of parameters, without the body.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// There is neither a parameter nor a body.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.body.is_none()
    }

    fn push_with(
        &mut self,
        location: Location,
        sensitive: bool,
        name: &str,
        write: impl FnOnce(&mut String),
    ) {
        let start = self.text.len();
        self.text.push_str(name);
        let split = self.text.len();
        write(&mut self.text);
        let end = self.text.len();
        self.entries.push(Entry {
            location,
            sensitive,
            start,
            split,
            end,
        });
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(|(_, name, _)| name).collect();
        f.debug_struct("Parameters")
            .field("names", &names)
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

/// Appends what a request carries on the wire.
///
/// Parameters of the host ([`Location::Host`]) are appended too, for the one who resolves the
/// endpoint; signing leaves them out of query and body.
pub fn encode(request: &dyn Record, parameters: &mut Parameters) {
    // Room for a dozen parameters of usual length, so that a typical request grows nothing.
    parameters.text.reserve(512);
    parameters.entries.reserve(16);
    let mut writer = Writer {
        out: parameters,
        name: String::with_capacity(64),
        location: Location::Query,
        sensitive: false,
    };
    for (index, field) in request.schema().fields.iter().enumerate() {
        let value = request.get(index);
        if field.location == Location::Body {
            if let Some(bytes) = body_bytes(value) {
                writer.out.body = Some(bytes);
            }
            continue;
        }
        writer.location = field.location;
        writer.step(field.name, |writer| writer.field(field, value));
    }
}

/// Appends to the parameters, under a name that grows and shrinks with the depth.
struct Writer<'a> {
    out: &'a mut Parameters,
    name: String,
    location: Location,
    /// What is written now must not be shown.
    sensitive: bool,
}

impl Writer<'_> {
    /// Does `write` under the current name extended by `.segment`.
    fn step(&mut self, segment: &str, write: impl FnOnce(&mut Self)) {
        let outer = self.name.len();
        if outer > 0 {
            self.name.push('.');
        }
        self.name.push_str(segment);
        write(self);
        self.name.truncate(outer);
    }

    /// The same for the element at `index`, which is counted from 1 on the wire.
    fn step_to(&mut self, index: usize, write: impl FnOnce(&mut Self)) {
        const SHORT: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
        match SHORT.get(index) {
            Some(number) => self.step(number, write),
            None => self.step(&(index + 1).to_string(), write),
        }
    }

    fn field(&mut self, field: &Field, value: ValueRef<'_>) {
        let outer = self.sensitive;
        // Written as one text, it hides as much as the most secret of its parts.
        self.sensitive =
            outer || field.sensitive || field.style != Style::Flat && hides(field, value);
        self.styled(field, value);
        self.sensitive = outer;
    }

    fn styled(&mut self, field: &Field, value: ValueRef<'_>) {
        match (field.style, value) {
            (_, ValueRef::Absent | ValueRef::Any(Value::Null)) => {}
            (
                Style::Json,
                value @ (ValueRef::Object(_)
                | ValueRef::List(_)
                | ValueRef::Map(_)
                | ValueRef::Any(_)),
            ) => self.leaf(|text| json_text(value, text)),
            (Style::Comma, ValueRef::List(list)) => self.joined(list, ','),
            (Style::Space, ValueRef::List(list)) => self.joined(list, ' '),
            (Style::Pipe, ValueRef::List(list)) => self.joined(list, '|'),
            (_, value) => self.flat(&field.kind, value),
        }
    }

    fn flat(&mut self, kind: &Kind, value: ValueRef<'_>) {
        match value {
            ValueRef::Object(record) => self.record(record),
            ValueRef::List(list) => {
                for index in 0..list.len() {
                    self.step_to(index, |writer| writer.element(kind, list.get(index)));
                }
            }
            ValueRef::Map(map) => map.visit(&mut |key, value| {
                self.step(key, |writer| writer.element(kind, value));
            }),
            ValueRef::Any(value) => self.any(value),
            ValueRef::Absent => {}
            scalar => self.leaf(|text| scalar_text(scalar, text)),
        }
    }

    fn record(&mut self, record: &dyn Record) {
        for (index, field) in record.schema().fields.iter().enumerate() {
            let value = record.get(index);
            if !matches!(value, ValueRef::Absent) {
                self.step(field.name, |writer| writer.field(field, value));
            }
        }
    }

    /// An element of a list or map of this kind.
    fn element(&mut self, kind: &Kind, value: ValueRef<'_>) {
        match kind {
            // A style is one of a whole parameter: its elements have no other.
            Kind::List(element) | Kind::Map(element) => {
                let outer = self.sensitive;
                self.sensitive |= element.sensitive;
                self.flat(&element.kind, value);
                self.sensitive = outer;
            }
            other => self.flat(other, value),
        }
    }

    fn any(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.leaf(|text| any_text(value, text));
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    self.step_to(index, |writer| writer.any(value));
                }
            }
            Value::Object(map) => {
                for (key, value) in map {
                    self.step(key, |writer| writer.any(value));
                }
            }
        }
    }

    fn joined(&mut self, list: &dyn List, separator: char) {
        if list.is_empty() {
            return;
        }
        self.leaf(|text| {
            for index in 0..list.len() {
                if index > 0 {
                    text.push(separator);
                }
                scalar_text(list.get(index), text);
            }
        });
    }

    fn leaf(&mut self, write: impl FnOnce(&mut String)) {
        self.out
            .push_with(self.location, self.sensitive, &self.name, write);
    }
}

/// Is there a part in it that must not be shown?
fn hides(field: &Field, value: ValueRef<'_>) -> bool {
    match (field.kind, value) {
        (_, ValueRef::Absent) => false,
        _ if field.sensitive => true,
        (Kind::List(element), ValueRef::List(list)) => {
            (0..list.len()).any(|index| hides(element, list.get(index)))
        }
        (Kind::Map(element), ValueRef::Map(map)) => {
            let mut found = false;
            map.visit(&mut |_, value| found |= hides(element, value));
            found
        }
        (Kind::Object(_), ValueRef::Object(record)) => {
            let mut fields = record.schema().fields.iter().enumerate();
            fields.any(|(index, field)| hides(field, record.get(index)))
        }
        _ => false,
    }
}

/// The body that a value makes: bytes and text as they are, everything else as JSON text.
fn body_bytes(value: ValueRef<'_>) -> Option<Vec<u8>> {
    match value {
        ValueRef::Absent => None,
        ValueRef::Bytes(bytes) => Some(bytes.to_vec()),
        ValueRef::String(text) => Some(text.as_bytes().to_vec()),
        other => {
            let mut text = String::new();
            json_text(other, &mut text);
            Some(text.into_bytes())
        }
    }
}

/// A scalar as plain text; what is not scalar, as JSON text.
fn scalar_text(value: ValueRef<'_>, out: &mut String) {
    // Writing into a `String` cannot fail.
    let _ = match value {
        ValueRef::Absent => Ok(()),
        ValueRef::String(text) => out.write_str(text),
        ValueRef::Integer(number) => write!(out, "{number}"),
        ValueRef::Float(number) => write!(out, "{number}"),
        ValueRef::Boolean(flag) => out.write_str(if flag { "true" } else { "false" }),
        ValueRef::Bytes(bytes) => {
            STANDARD.encode_string(bytes, out);
            Ok(())
        }
        ValueRef::Any(value) => {
            any_text(value, out);
            Ok(())
        }
        ValueRef::Object(_) | ValueRef::List(_) | ValueRef::Map(_) => {
            json_text(value, out);
            Ok(())
        }
    };
}

/// A JSON value as plain text: text without quotes, all else as JSON.
fn any_text(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => out.push_str(text),
        Value::Null => {}
        Value::Number(number) if number.is_f64() => {
            scalar_text(ValueRef::Float(number.as_f64().unwrap_or_default()), out);
        }
        other => any_json(other, out),
    }
}

/// A value as JSON text with wire names. Absent fields are left out; an absent element is `null`.
#[doc(hidden)]
pub fn json_text(value: ValueRef<'_>, out: &mut String) {
    match value {
        ValueRef::Absent => out.push_str("null"),
        ValueRef::String(text) => json_string(text, out),
        // JSON has no word for what is not a finite number.
        ValueRef::Float(number) if !number.is_finite() => out.push_str("null"),
        ValueRef::Integer(_) | ValueRef::Float(_) | ValueRef::Boolean(_) => scalar_text(value, out),
        ValueRef::Bytes(bytes) => {
            out.push('"');
            STANDARD.encode_string(bytes, out);
            out.push('"');
        }
        ValueRef::Any(value) => any_json(value, out),
        ValueRef::Object(record) => {
            let fields = record.schema().fields.iter().enumerate();
            let given = fields
                .map(|(index, field)| (field, record.get(index)))
                .filter(|(_, value)| !matches!(value, ValueRef::Absent));
            delimited('{', '}', given, out, |(field, value), out| {
                match (field.wrapper, value) {
                    (Some(wrapper), ValueRef::List(_)) => {
                        json_string(field.name, out);
                        out.push_str(":{");
                        json_entry(wrapper, value, out);
                        out.push('}');
                    }
                    _ => json_entry(field.name, value, out),
                }
            });
        }
        ValueRef::List(list) => {
            let elements = (0..list.len()).map(|index| list.get(index));
            delimited('[', ']', elements, out, json_text);
        }
        ValueRef::Map(map) => {
            out.push('{');
            let mut first = true;
            map.visit(&mut |key, value| {
                if !std::mem::take(&mut first) {
                    out.push(',');
                }
                json_entry(key, value, out);
            });
            out.push('}');
        }
    }
}

fn json_entry(name: &str, value: ValueRef<'_>, out: &mut String) {
    json_string(name, out);
    out.push(':');
    json_text(value, out);
}

fn delimited<T>(
    open: char,
    close: char,
    items: impl Iterator<Item = T>,
    out: &mut String,
    mut write: impl FnMut(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

fn json_string(text: &str, out: &mut String) {
    // Text always has a JSON form.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

fn any_json(value: &Value, out: &mut String) {
    let _ = write!(out, "{value}");
}
