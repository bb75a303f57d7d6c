//! Whether a value in a spec (an example, a default, a value of a list) is what its schema says.

use std::cmp::Ordering;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use regex_lite::Regex;
use serde_json::Value;

use super::near::{list, nearest};
use super::structure::describe;
use crate::number::compare_written;
use crate::spec::{Format, Schema, Type};
use crate::tree::{Kind, Node, Span};

/// What is wrong with a value.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// The value, or the part of it that is wrong.
    pub(super) span: Span,
    /// What was expected, in a few words.
    pub(super) label: String,
    /// The limit that is broken, where it is one.
    pub(super) limit: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    Type,
    Limit,
}

/// Everything that is wrong with a value of a request. `place` is the schema in the tree.
pub(super) fn faults(schema: &Schema, place: &Node<'_>, value: &Node<'_>) -> Vec<Fault> {
    let mut faults = Faults {
        found: Vec::new(),
        in_response: false,
    };
    faults.value(schema, place, value);
    faults.found
}

/// The same of a value of a response, in which any field may be missing.
pub(super) fn response_faults(schema: &Schema, place: &Node<'_>, value: &Node<'_>) -> Vec<Fault> {
    let mut faults = Faults {
        found: Vec::new(),
        in_response: true,
    };
    faults.value(schema, place, value);
    faults.found
}

struct Faults {
    found: Vec<Fault>,
    in_response: bool,
}

impl Faults {
    fn value(&mut self, schema: &Schema, place: &Node<'_>, value: &Node<'_>) {
        match (schema.kind, &value.kind) {
            (Type::Any, _) | (Type::Boolean, Kind::Bool(_)) => {}
            (Type::String, Kind::String(text)) => self.text(schema, place, value, text),
            (Type::Integer, Kind::Number(text)) => {
                let narrow = schema.format == Some(Format::Int32);
                match text.parse::<i64>() {
                    Err(_) => return self.wrong_type("a whole number of 64 bits", value),
                    Ok(number) if narrow && i32::try_from(number).is_err() => {
                        return self.wrong_type("a whole number of 32 bits", value);
                    }
                    Ok(_) => self.number(schema, place, value, text),
                }
            }
            (Type::Number, Kind::Number(text)) => self.number(schema, place, value, text),
            (Type::Array, Kind::Array(items)) => self.array(schema, place, value, items),
            (Type::Object, Kind::Object(_)) => self.object(schema, place, value),
            _ => return self.wrong_type(words(schema.kind), value),
        }
        if !schema.values.is_empty() && !schema.values.iter().any(|known| equal(known, value)) {
            let known = schema.values.iter().map(ToString::to_string);
            let label = format!("not one of {}", list(known));
            self.limit(label, place, "enum", value);
        }
    }

    fn text(&mut self, schema: &Schema, place: &Node<'_>, value: &Node<'_>, text: &str) {
        let length = text.chars().count() as u64;
        if let Some(least) = schema.min_length
            && length < u64::from(least)
        {
            self.limit(too("short", length, least), place, "minLength", value);
        }
        if let Some(greatest) = schema.max_length
            && length > u64::from(greatest)
        {
            self.limit(too("long", length, greatest), place, "maxLength", value);
        }
        if let Some(expected) = schema.format.and_then(|format| misfit(format, text)) {
            self.limit(format!("not {expected}"), place, "format", value);
        }
        let pattern = schema.pattern.as_deref().map(Regex::new);
        if let Some(Ok(pattern)) = pattern
            && !pattern.is_match(text)
        {
            self.limit("it does not match the pattern", place, "pattern", value);
        }
    }

    fn number(&mut self, schema: &Schema, place: &Node<'_>, value: &Node<'_>, text: &str) {
        if let Some(least) = &schema.minimum
            && compare_written(text, &least.to_string()) == Ordering::Less
        {
            let label = format!("less than the minimum, {least}");
            self.limit(label, place, "minimum", value);
        }
        if let Some(greatest) = &schema.maximum
            && compare_written(text, &greatest.to_string()) == Ordering::Greater
        {
            let label = format!("greater than the maximum, {greatest}");
            self.limit(label, place, "maximum", value);
        }
    }

    fn array(&mut self, schema: &Schema, place: &Node<'_>, value: &Node<'_>, items: &[Node<'_>]) {
        let length = items.len() as u64;
        if let Some(least) = schema.min_items
            && length < u64::from(least)
        {
            let label = format!("{length} elements, at least {least} are needed");
            self.limit(label, place, "minItems", value);
        }
        if let Some(greatest) = schema.max_items
            && length > u64::from(greatest)
        {
            let label = format!("{length} elements, at most {greatest} are allowed");
            self.limit(label, place, "maxItems", value);
        }
        if let (Some(schema), Some(place)) = (&schema.items, place.get("items")) {
            for item in items {
                self.value(schema, place, item);
            }
        }
    }

    fn object(&mut self, schema: &Schema, place: &Node<'_>, value: &Node<'_>) {
        if let (Some(schema), Some(place)) = (
            &schema.additional_properties,
            place.get("additionalProperties"),
        ) {
            for entry in value.entries() {
                self.value(schema, place, &entry.value);
            }
            return;
        }
        if schema.properties.is_empty() {
            return;
        }
        let properties = place.get("properties").unwrap_or(place);
        for entry in value.entries() {
            let known = schema.properties.get(entry.key.as_ref());
            if let (Some(schema), Some(place)) = (known, properties.get(&entry.key)) {
                self.value(schema, place, &entry.value);
                continue;
            }
            let names = schema.properties.keys().map(String::as_str);
            let label = match nearest(&entry.key, names) {
                Some(near) => format!("unknown field, did you mean `{near}`?"),
                None => "unknown field".to_owned(),
            };
            self.fault(FaultKind::Type, entry.key_span, label, None);
        }
        for (name, schema) in &schema.properties {
            if schema.required && !self.in_response && value.get(name).is_none() {
                let limit = properties.get(name).map(|place| place.span_of("required"));
                let label = format!("the required field `{name}` is missing");
                self.fault(FaultKind::Limit, value.opening(), label, limit);
            }
        }
    }

    fn wrong_type(&mut self, expected: &str, value: &Node<'_>) {
        let label = format!("expected {expected}, found {}", describe(value));
        self.fault(FaultKind::Type, value.span, label, None);
    }

    fn limit(&mut self, label: impl Into<String>, place: &Node<'_>, key: &str, value: &Node<'_>) {
        let limit = Some(place.span_of(key));
        self.fault(FaultKind::Limit, value.span, label.into(), limit);
    }

    fn fault(&mut self, kind: FaultKind, span: Span, label: String, limit: Option<Span>) {
        self.found.push(Fault {
            kind,
            span,
            label,
            limit,
        });
    }
}

fn too(what: &str, length: u64, limit: u32) -> String {
    let plural = if length == 1 { "" } else { "s" };
    let bound = if what == "short" { "least" } else { "most" };
    format!("too {what}: {length} character{plural}, at {bound} {limit}")
}

/// What a text should have been and is not.
fn misfit(format: Format, text: &str) -> Option<&'static str> {
    let (expected, fits) = match format {
        Format::Ascii => ("ASCII", text.is_ascii()),
        Format::Ipv4 => ("an IPv4 address", Ipv4Addr::from_str(text).is_ok()),
        Format::Ipv6 => ("an IPv6 address", Ipv6Addr::from_str(text).is_ok()),
        Format::Ipv4Cidr => ("an IPv4 prefix", is_cidr::<Ipv4Addr>(text, 32)),
        Format::Ipv6Cidr => ("an IPv6 prefix", is_cidr::<Ipv6Addr>(text, 128)),
        Format::Int32 | Format::Int64 | Format::Float | Format::Double | Format::Binary => {
            return None;
        }
    };
    (!fits).then_some(expected)
}

fn is_cidr<A: FromStr>(text: &str, bits: u8) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        address.parse::<A>().is_ok() && digits && length.parse().is_ok_and(|n: u8| n <= bits)
    })
}

/// Whether a value of a list and a value in a tree are the same.
pub(super) fn equal(known: &Value, value: &Node<'_>) -> bool {
    match (known, &value.kind) {
        (Value::String(known), Kind::String(text)) => known == text,
        (Value::Bool(known), Kind::Bool(value)) => known == value,
        (Value::Number(known), Kind::Number(text)) => {
            compare_written(&known.to_string(), text) == Ordering::Equal
        }
        _ => false,
    }
}

/// A type in words.
pub(super) fn words(kind: Type) -> &'static str {
    match kind {
        Type::String => "text",
        Type::Integer => "a whole number",
        Type::Number => "a number",
        Type::Boolean => "`true` or `false`",
        Type::Array => "an array",
        Type::Object => "an object",
        Type::Any => "anything",
    }
}
