//! Decoding: records from JSON, and through serde from similar formats.
//!
//! Responses are read tolerantly, because a call that has taken effect must not fail for a single
//! field. Fields may be missing or unknown, and `null` counts as missing. Numbers and booleans may
//! be written as text, texts as any value, an empty object or list as `""`, a list of one element
//! as the element, and the first letter of a name may be in the other case. A value that does not
//! fit leaves only its own field empty, and is listed as [`Skipped`]; so is damage to the JSON
//! itself, such as half of a surrogate pair. Requests are read strictly: every misspelled name and
//! every value of a wrong kind is reported.

// There is one reader, `Seed`, over slots; no code of it is compiled again for a new type.

use std::{
    borrow::Cow,
    fmt::{self, Display},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{
    Deserialize as _, Deserializer,
    de::{
        DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;

use crate::{
    json,
    near::nearest,
    number,
    path::Path,
    record::{Field, Kind, ListMut, MapMut, Record, Schema, ValueMut, ValueRef},
    repair::{Repaired, repair},
    validate::{A_VALUE, Violation, ViolationKind, Violations, kind_name, quote},
};

/// The error of a text that cannot be read into a record.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The text is not JSON, is cut off, or is nested deeper than 128 levels.
    Syntax {
        /// The error message, with line and column.
        message: String,
    },
    /// The text is not an object (responses).
    Incompatible {
        /// The place, such as `Ipv6Sets.Ipv6Address[0]`; empty for the whole.
        path: String,
        /// The expected kind of value, in words.
        expected: String,
        /// The kind of value that was found, in words. Contents of sensitive fields are not shown.
        found: String,
    },
    /// Unknown names or values of a wrong kind (requests).
    Violations(Violations),
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message } => write!(f, "not valid JSON: {message}"),
            Self::Incompatible {
                path,
                expected,
                found,
            } => mismatch(f, path, expected, found),
            Self::Violations(violations) => violations.fmt(f),
        }
    }
}

impl std::error::Error for DecodeError {}

/// A part of a response that was skipped because it contradicts the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The place, such as `Ipv6Sets.Ipv6Address[0]`; empty for damage to the JSON itself.
    pub path: String,
    /// The expected kind of value, in words.
    pub expected: String,
    /// The kind of value that was found, in words. Contents of sensitive fields are not shown.
    pub found: String,
}

impl Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        mismatch(f, &self.path, &self.expected, &self.found)
    }
}

fn mismatch(f: &mut fmt::Formatter<'_>, path: &str, expected: &str, found: &str) -> fmt::Result {
    let place = if path.is_empty() { "the whole" } else { path };
    write!(f, "{place}: expected {expected}, found {found}")
}

/// How many skipped parts are listed at most.
const LISTED: usize = 100;

/// Fills a record from the JSON of a response, tolerantly. The record should be new, because fields
/// that the response does not have stay as they are. Returns the parts that could not be read, at
/// most a hundred of them.
///
/// # Errors
///
/// The bytes are not a JSON text, apart from damage that can be repaired, or the text is not an
/// object.
pub fn decode(bytes: &[u8], into: &mut dyn Record) -> Result<Vec<Skipped>, DecodeError> {
    let error = match read_tolerantly(bytes, into) {
        Err(error @ DecodeError::Syntax { .. }) => error,
        other => return other,
    };
    let Some(repaired) = repair(bytes).filter(|repaired| repaired.complete) else {
        return Err(error);
    };
    let Ok(mut skipped) = read_tolerantly(&repaired.json, into) else {
        return Err(error);
    };
    skipped.insert(0, damage(&repaired));
    Ok(skipped)
}

/// Reads any JSON, with damage to it repaired as [`decode`] does.
///
/// # Errors
///
/// The bytes are not a JSON text, apart from damage that can be repaired.
pub fn decode_any(bytes: &[u8]) -> Result<(Value, Vec<Skipped>), DecodeError> {
    let error = match json::parse(bytes) {
        Ok(value) => return Ok((value, Vec::new())),
        Err(error) => syntax(&error),
    };
    let Some(repaired) = repair(bytes).filter(|repaired| repaired.complete) else {
        return Err(error);
    };
    match json::parse(&repaired.json) {
        Ok(value) => Ok((value, vec![damage(&repaired)])),
        Err(_) => Err(error),
    }
}

fn damage(repaired: &Repaired) -> Skipped {
    let (at, what) = repaired.first;
    Skipped {
        path: String::new(),
        expected: "undamaged JSON".to_owned(),
        found: format!("{what} at byte {at}"),
    }
}

fn read_tolerantly(bytes: &[u8], into: &mut dyn Record) -> Result<Vec<Skipped>, DecodeError> {
    decode_in(bytes, into, Mode::Tolerant).map(|findings| findings.skipped)
}

/// Fills a record from the JSON of a request, strictly. Limits and rules are not checked.
///
/// # Errors
///
/// The bytes are not one JSON text, or names are unknown or values of a wrong kind: all of them.
pub fn decode_strict(bytes: &[u8], into: &mut dyn Record) -> Result<(), DecodeError> {
    Violations::unless_none(decode_in(bytes, into, Mode::Strict)?.faults)
        .map_err(DecodeError::Violations)
}

fn decode_in(bytes: &[u8], into: &mut dyn Record, mode: Mode) -> Result<Findings, DecodeError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let findings = read(&mut deserializer, into, mode)
        .map_err(|Failure(error, known)| known.unwrap_or_else(|| syntax(&error)))?;
    deserializer.end().map_err(|error| syntax(&error))?;
    Ok(findings)
}

fn syntax(error: &serde_json::Error) -> DecodeError {
    DecodeError::Syntax {
        message: error.to_string(),
    }
}

/// How to take what is not as it should be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As for responses: make the best of it.
    Tolerant,
    /// As for requests: note it and go on.
    Strict,
}

/// The error of a deserializer, and what was known of it before it became one.
pub(crate) struct Failure<E>(pub(crate) E, pub(crate) Option<DecodeError>);

/// What was not as it should be.
#[derive(Default)]
pub(crate) struct Findings {
    /// In strict mode.
    pub(crate) faults: Vec<Violation>,
    /// In tolerant mode.
    pub(crate) skipped: Vec<Skipped>,
}

/// Fills a record.
pub(crate) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    into: &mut dyn Record,
    mode: Mode,
) -> Result<Findings, Failure<D::Error>> {
    let root = Field::object("", into.schema());
    let mut context = Context::new(mode, into.schema());
    let seed = Seed {
        target: Target::Record(into),
        field: &root,
        path: &Path::ROOT,
        sensitive: false,
        context: &mut context,
    };
    match seed.deserialize(deserializer) {
        Ok(()) => Ok(Findings {
            faults: context.faults,
            skipped: context.skipped,
        }),
        Err(error) => Err(Failure(error, context.error)),
    }
}

/// What the reader knows beside the place where it is.
pub(crate) struct Context {
    mode: Mode,
    /// The schema of the whole.
    root: &'static Schema,
    /// The value that was read last was `null`, and left its field as it is.
    was_null: bool,
    /// What was wrong so far, in strict mode.
    pub(crate) faults: Vec<Violation>,
    /// What could not be read so far, in tolerant mode.
    skipped: Vec<Skipped>,
    /// What ended the reading, in tolerant mode.
    error: Option<DecodeError>,
}

impl Context {
    pub(crate) fn new(mode: Mode, root: &'static Schema) -> Self {
        Self {
            mode,
            root,
            was_null: false,
            faults: Vec::new(),
            skipped: Vec::new(),
            error: None,
        }
    }
}

/// The end of the reading; [`Context::error`] says why.
#[derive(Debug)]
pub(crate) struct Stop;

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the whole is not an object")
    }
}

/// Where a value goes. A place in a list is only made once there is a value for it.
pub(crate) enum Target<'a> {
    Record(&'a mut dyn Record),
    ValueMut(ValueMut<'a>),
    Element(&'a mut dyn ListMut),
    Entry(&'a mut dyn MapMut, String),
}

/// Reads one value.
pub(crate) struct Seed<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) field: &'a Field,
    pub(crate) path: &'a Path<'a>,
    pub(crate) sensitive: bool,
    pub(crate) context: &'a mut Context,
}

/// A value that is neither a list nor an object.
pub(crate) enum Scalar<'a> {
    Boolean(bool),
    Signed(i64),
    /// Beyond the signed ones.
    Unsigned(u64),
    Float(f64),
    Text(Cow<'a, str>),
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(kind_name(self.field.kind))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.scalar(Scalar::Boolean(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.scalar(Scalar::Signed(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.scalar(i64::try_from(value).map_or(Scalar::Unsigned(value), Scalar::Signed))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.scalar(Scalar::Float(value))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.scalar(Scalar::Text(Cow::Borrowed(value)))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<(), E> {
        self.scalar(Scalar::Text(Cow::Owned(value)))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        let refused = match self.target {
            // As an element, `null` would take a place; a field it only leaves unset.
            Target::Element(_) | Target::Entry(..) => self.context.mode == Mode::Strict,
            // A whole that is nothing says nothing of any field.
            Target::Record(_) => true,
            Target::ValueMut(_) => false,
        };
        if refused {
            return self.incompatible("null").map_err(E::custom);
        }
        self.context.was_null = true;
        Ok(())
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let tolerant = self.context.mode == Mode::Tolerant;
        match self.field.kind {
            Kind::List(element) => {
                let Some(ValueMut::List(list)) = self.target.open() else {
                    return drain_list(values);
                };
                list.start();
                for index in 0.. {
                    let seed = Seed {
                        target: Target::Element(&mut *list),
                        field: element,
                        path: &self.path.index(index),
                        sensitive: self.sensitive || element.sensitive,
                        context: &mut *self.context,
                    };
                    if values.next_element_seed(seed)?.is_none() {
                        break;
                    }
                }
                Ok(())
            }
            Kind::Any => {
                let value = Value::deserialize(SeqAccessDeserializer::new(values))?;
                self.json(value).map_err(A::Error::custom)
            }
            Kind::String if tolerant => {
                let value = Value::deserialize(SeqAccessDeserializer::new(values))?;
                self.scalar(Scalar::Text(value.to_string().into()))
            }
            // Some back ends write an empty object so; a whole answer they do not.
            Kind::Object(_) | Kind::Map(_)
                if tolerant && !matches!(self.target, Target::Record(_)) =>
            {
                if values.next_element::<IgnoredAny>()?.is_none() {
                    return Ok(());
                }
                self.incompatible("a list").map_err(A::Error::custom)?;
                while values.next_element::<IgnoredAny>()?.is_some() {}
                Ok(())
            }
            _ => {
                self.incompatible("a list").map_err(A::Error::custom)?;
                while values.next_element::<IgnoredAny>()?.is_some() {}
                Ok(())
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let tolerant = self.context.mode == Mode::Tolerant;
        match self.field.kind {
            Kind::Object(_) => match self.target {
                Target::Record(record) => {
                    fill(record, self.path, self.sensitive, self.context, values)
                }
                target => {
                    let Some(ValueMut::Object(object)) = target.open() else {
                        return drain_map(values);
                    };
                    fill(
                        object.object(),
                        self.path,
                        self.sensitive,
                        self.context,
                        values,
                    )
                }
            },
            Kind::Map(element) => {
                let Some(ValueMut::Map(map)) = self.target.open() else {
                    return drain_map(values);
                };
                map.start();
                while let Some(key) = values.next_key::<String>()? {
                    let seed = Seed {
                        target: Target::Entry(&mut *map, key.clone()),
                        field: element,
                        path: &self.path.name(&key),
                        sensitive: self.sensitive || element.sensitive,
                        context: &mut *self.context,
                    };
                    values.next_value_seed(seed)?;
                }
                Ok(())
            }
            Kind::Any => {
                let value = Value::deserialize(MapAccessDeserializer::new(values))?;
                self.json(value).map_err(A::Error::custom)
            }
            Kind::String if tolerant => {
                let value = Value::deserialize(MapAccessDeserializer::new(values))?;
                self.scalar(Scalar::Text(value.to_string().into()))
            }
            Kind::List(_) if self.field.wrapper.is_some() => self.unwrap(values),
            Kind::List(element) if tolerant => {
                let Some(ValueMut::List(list)) = self.target.open() else {
                    return drain_map(values);
                };
                list.start();
                Seed {
                    target: Target::Element(list),
                    field: element,
                    path: &self.path.index(0),
                    sensitive: self.sensitive || element.sensitive,
                    context: self.context,
                }
                .visit_map(values)
            }
            _ => {
                self.incompatible("an object").map_err(A::Error::custom)?;
                drain_map(values)
            }
        }
    }
}

/// Fills the fields of a record. Fields mostly come in the order of the spec, so the one after the
/// last is tried first.
fn fill<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    path: &Path<'_>,
    sensitive: bool,
    context: &mut Context,
    mut values: A,
) -> Result<(), A::Error> {
    let schema = record.schema();
    let mut expected = 0;
    // The fields that came as they are spelled, one bit each; no response has more than that many.
    let mut spelled = 0_u128;
    let bit = |index: usize| {
        let shift = u32::try_from(index).unwrap_or(u32::MAX);
        1_u128.checked_shl(shift).unwrap_or_default()
    };
    let mut awaited = awaited(schema, context.mode);
    loop {
        let key = Key {
            schema,
            expected,
            path,
            context: &mut *context,
        };
        let Some(found) = values.next_key_seed(key)? else {
            note_missing(record, &awaited, path, context);
            return Ok(());
        };
        let (index, entry) = match found {
            Found::Field(index) => {
                spelled |= bit(index);
                (index, None)
            }
            Found::Similar(index) if spelled & bit(index) == 0 => (index, None),
            Found::Similar(_) => {
                values.next_value::<IgnoredAny>()?;
                continue;
            }
            Found::Rest(index, name) => (index, Some(name)),
            Found::Nowhere => {
                values.next_value::<IgnoredAny>()?;
                continue;
            }
        };
        let Some(mut value_mut) = record.value_mut(index) else {
            values.next_value::<IgnoredAny>()?;
            continue;
        };
        if let (Some(name), ValueMut::Map(map)) = (entry, &mut value_mut) {
            let value: serde_json::Value = values.next_value()?;
            if let ValueMut::Any(entry) = map.insert(name) {
                // Any JSON fits where any JSON is taken.
                let _ = entry.put(value);
            }
            continue;
        }
        expected = index + 1;
        let field = &schema.fields[index];
        context.was_null = false;
        values.next_value_seed(Seed {
            target: Target::ValueMut(value_mut),
            field,
            path: &path.name(field.name),
            sensitive: sensitive || field.sensitive,
            context: &mut *context,
        })?;
        if !context.was_null {
            awaited.retain(|awaited| *awaited != index);
        }
    }
}

/// The fields that a request must have, by their position; none in a response.
fn awaited(schema: &Schema, mode: Mode) -> Vec<usize> {
    if mode == Mode::Tolerant {
        return Vec::new();
    }
    let fields = schema.fields.iter().enumerate();
    let awaited = fields.filter(|(_, field)| field.required && !field.region);
    awaited.map(|(index, _)| index).collect()
}

/// Notes the fields that were not given although their type cannot say so: they hold an empty text
/// or a zero by now, which nothing that comes later could tell from one that was meant. What can be
/// absent is left to validation.
fn note_missing(record: &dyn Record, awaited: &[usize], path: &Path<'_>, context: &mut Context) {
    context.was_null = false;
    for &index in awaited {
        if matches!(record.get(index), ValueRef::Absent) {
            continue;
        }
        let parameter = path.name(record.schema().fields[index].name).to_wire();
        let kind = ViolationKind::Required;
        let fault = Violation::new(parameter, kind, None, A_VALUE);
        context.faults.push(fault);
    }
}

/// Reads a name: gives the position of its field, or notes in strict mode that there is none.
struct Key<'a> {
    schema: &'static Schema,
    expected: usize,
    path: &'a Path<'a>,
    context: &'a mut Context,
}

/// The position of the field whose name differs in the case of its first letter only.
fn similar(schema: &Schema, name: &str) -> Option<usize> {
    let mut fields = schema.fields.iter();
    fields.position(|field| differs_in_first_case(name, field.name))
}

fn differs_in_first_case(name: &str, right: &str) -> bool {
    let (name, right) = (name.as_bytes(), right.as_bytes());
    match (name.split_first(), right.split_first()) {
        (Some((first, rest)), Some((other, others))) => {
            first != other && first.eq_ignore_ascii_case(other) && rest == others
        }
        _ => false,
    }
}

/// Where the value of a name goes.
enum Found {
    /// To the field at this position.
    Field(usize),
    /// To the field at this position, whose name begins in the other case, unless it has a value.
    Similar(usize),
    /// To the field at this position, which keeps what the schema does not list, under this name.
    Rest(usize, String),
    /// Nowhere.
    Nowhere,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        let next = self.schema.fields.get(self.expected);
        if next.is_some_and(|field| field.is_named(name)) {
            return Ok(Found::Field(self.expected));
        }
        if let Some(index) = self.schema.index_of(name) {
            return Ok(Found::Field(index));
        }
        if self.context.mode == Mode::Tolerant
            && let Some(index) = similar(self.schema, name)
        {
            return Ok(Found::Similar(index));
        }
        if let Some(index) = self.schema.rest() {
            return Ok(Found::Rest(index, name.to_owned()));
        }
        if self.context.mode == Mode::Strict {
            let fault = unknown(self.path, name, self.schema, self.context.root);
            self.context.faults.push(fault);
        }
        Ok(Found::Nowhere)
    }
}

/// The violation of a name that the schema does not have.
fn unknown(path: &Path<'_>, name: &str, schema: &Schema, root: &Schema) -> Violation {
    let names = schema.fields.iter().map(|field| field.name);
    unknown_among(path, name, names, root)
}

/// The violation of a name that is not among those at its place.
fn unknown_among<'n>(
    path: &Path<'_>,
    name: &str,
    names: impl Iterator<Item = &'n str>,
    root: &Schema,
) -> Violation {
    let parameter = path.name(name).to_wire();
    let near = nearest(name, names);
    // Some parameters have a dot in their names and are in no object, whatever it looks like.
    let allowed = if root.index_of(&parameter).is_some() {
        let within = path.to_wire();
        format!("give it under the name `{parameter}` beside `{within}`, not within it")
    } else if let Some(near) = near {
        format!("did you mean `{}`?", path.name(near).to_wire())
    } else {
        NO_NEAR_NAME.to_owned()
    };
    Violation::new(parameter, ViolationKind::Unknown, None, allowed).at(&path.name(name))
}

/// The hint if no name is near enough to suggest.
pub(crate) const NO_NEAR_NAME: &str = "the spec has none like it";

fn drain_list<'de, A: SeqAccess<'de>>(mut values: A) -> Result<(), A::Error> {
    while values.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn drain_map<'de, A: MapAccess<'de>>(mut values: A) -> Result<(), A::Error> {
    while values.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

impl<'a> Target<'a> {
    /// The value_mut of the value; none for a whole record, which is filled field by field.
    pub(crate) fn open(self) -> Option<ValueMut<'a>> {
        match self {
            Self::Record(_) => None,
            Self::ValueMut(value_mut) => Some(value_mut),
            Self::Element(list) => Some(list.push()),
            Self::Entry(map, key) => Some(map.insert(key)),
        }
    }
}

impl Seed<'_> {
    /// Reads a list out of the object that is around it on the wire.
    fn unwrap<'de, A: MapAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let list = Field {
            name: self.field.wrapper.unwrap_or_default(),
            wrapper: None,
            ..*self.field
        };
        let Some(ValueMut::List(target)) = self.target.open() else {
            return drain_map(values);
        };
        target.start();
        let mut found = false;
        while let Some(key) = values.next_key::<Cow<'_, str>>()? {
            let tolerant = self.context.mode == Mode::Tolerant;
            let similar = tolerant && !found && differs_in_first_case(&key, list.name);
            if key != list.name && !similar {
                if !tolerant {
                    let names = [list.name].into_iter();
                    let fault = unknown_among(self.path, &key, names, self.context.root);
                    self.context.faults.push(fault);
                }
                values.next_value::<IgnoredAny>()?;
                continue;
            }
            found |= key == list.name;
            values.next_value_seed(Seed {
                target: Target::ValueMut(ValueMut::List(&mut *target)),
                field: &list,
                path: &self.path.name(list.name),
                sensitive: self.sensitive,
                context: &mut *self.context,
            })?;
        }
        Ok(())
    }

    fn scalar<E: serde::de::Error>(self, value: Scalar<'_>) -> Result<(), E> {
        self.put(value).map_err(E::custom)
    }

    /// Puts a value where it belongs, made fit as far as the mode allows.
    pub(crate) fn put(self, value: Scalar<'_>) -> Result<(), Stop> {
        let tolerant = self.context.mode == Mode::Tolerant;
        if tolerant && !matches!(self.target, Target::Record(_)) {
            let empty = matches!(&value, Scalar::Text(text) if text.is_empty());
            if empty && !matches!(self.field.kind, Kind::String | Kind::Bytes | Kind::Any) {
                return Ok(());
            }
            if let Kind::List(element) = self.field.kind {
                let Some(ValueMut::List(list)) = self.target.open() else {
                    return Ok(());
                };
                list.start();
                let only = Seed {
                    target: Target::Element(list),
                    field: element,
                    path: &self.path.index(0),
                    sensitive: self.sensitive || element.sensitive,
                    context: self.context,
                };
                return only.put(value);
            }
        }
        let found = match fit(self.field.kind, value, tolerant) {
            // Told before there is a place in a list for it.
            Ok(Fitting::Integer(number)) if too_wide(self.field, number) => {
                describe(&Scalar::Signed(number), self.sensitive)
            }
            Ok(fitting) => return self.keep(fitting),
            Err(value) => describe(&value, self.sensitive),
        };
        self.incompatible(&found)
    }

    fn keep(self, value: Fitting) -> Result<(), Stop> {
        let Some(value_mut) = self.target.open() else {
            return Ok(());
        };
        let kept = match (value_mut, value) {
            (ValueMut::String(value_mut), Fitting::String(text)) => value_mut.put(text),
            (ValueMut::Integer(value_mut), Fitting::Integer(number)) => value_mut.put(number),
            (ValueMut::Float(value_mut), Fitting::Float(number)) => value_mut.put(number),
            (ValueMut::Boolean(value_mut), Fitting::Boolean(flag)) => value_mut.put(flag),
            (ValueMut::Bytes(value_mut), Fitting::Bytes(bytes)) => value_mut.put(bytes),
            (ValueMut::Any(value_mut), Fitting::Any(value)) => value_mut.put(value),
            _ => false,
        };
        if kept {
            return Ok(());
        }
        // The schema says another kind than the type of the field.
        let found = "a value that does not fit";
        incompatible(self.context, self.path, self.field, found)
    }

    fn json(self, value: Value) -> Result<(), Stop> {
        self.keep(Fitting::Any(value))
    }

    pub(crate) fn incompatible(self, found: &str) -> Result<(), Stop> {
        incompatible(self.context, self.path, self.field, found)
    }
}

/// A number that fits the kind of the field and yet not the field.
fn too_wide(field: &Field, number: i64) -> bool {
    matches!(field.kind, Kind::Int32) && i32::try_from(number).is_err()
}

/// Notes what does not fit and goes on; ends the reading of a response that is none as a whole.
fn incompatible(
    context: &mut Context,
    path: &Path<'_>,
    field: &Field,
    found: &str,
) -> Result<(), Stop> {
    let expected = kind_name(field.kind);
    if context.mode == Mode::Strict {
        let given = Some(found.to_owned());
        let fault = Violation::new(path.to_wire(), ViolationKind::Type, given, expected).at(path);
        context.faults.push(fault);
        return Ok(());
    }
    let path = path.to_json();
    let expected = expected.to_owned();
    let found = found.to_owned();
    if !path.is_empty() {
        if context.skipped.len() < LISTED {
            // Names of entries come from the service.
            let path = path.escape_debug().to_string();
            let skipped = Skipped {
                path,
                expected,
                found,
            };
            context.skipped.push(skipped);
        }
        return Ok(());
    }
    context.error = Some(DecodeError::Incompatible {
        path,
        expected,
        found,
    });
    Err(Stop)
}

/// A value of the kind of its field.
enum Fitting {
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Bytes(Vec<u8>),
    Any(Value),
}

/// Makes a value fit a field of the kind, or gives it back.
fn fit(kind: Kind, value: Scalar<'_>, tolerant: bool) -> Result<Fitting, Scalar<'_>> {
    let fitting = match (kind, &value) {
        (Kind::String, Scalar::Text(_)) => None,
        // It has lost digits: an ID that is too long for a number.
        (Kind::String, Scalar::Float(float)) if float.abs() >= number::EXACT => None,
        (Kind::String, other) if tolerant => Some(Fitting::String(other.to_json().to_string())),
        (Kind::Int32 | Kind::Int64, _) => integer(&value, tolerant).map(Fitting::Integer),
        (Kind::Float, _) => float(&value, tolerant).map(Fitting::Float),
        (Kind::Boolean, _) => boolean(&value, tolerant).map(Fitting::Boolean),
        (Kind::Bytes, Scalar::Text(text)) => match STANDARD.decode(text.as_bytes()) {
            Ok(bytes) => Some(Fitting::Bytes(bytes)),
            Err(_) => tolerant.then(|| Fitting::Bytes(text.as_bytes().to_vec())),
        },
        (Kind::Any, _) => Some(Fitting::Any(value.to_json())),
        _ => None,
    };
    match (fitting, kind, value) {
        (Some(fitting), ..) => Ok(fitting),
        // Moved rather than copied: texts are most of what there is.
        (None, Kind::String, Scalar::Text(text)) => Ok(Fitting::String(text.into_owned())),
        (None, _, value) => Err(value),
    }
}

fn integer(value: &Scalar<'_>, tolerant: bool) -> Option<i64> {
    match value {
        Scalar::Signed(number) => Some(*number),
        Scalar::Float(number) if tolerant => whole(*number),
        Scalar::Text(text) if tolerant => number::whole(text.trim())?.try_into().ok(),
        _ => None,
    }
}

/// `2.0` as 2, where the float is exact.
fn whole(number: f64) -> Option<i64> {
    // Within ±2⁵³, so the cast is exact.
    #[allow(clippy::cast_possible_truncation)]
    (number.fract() == 0.0 && number.abs() < number::EXACT).then_some(number as i64)
}

// A number for which a float is expected may lose its last digits.
#[allow(clippy::cast_precision_loss)]
fn float(value: &Scalar<'_>, tolerant: bool) -> Option<f64> {
    match value {
        Scalar::Signed(number) => Some(*number as f64),
        Scalar::Unsigned(number) => Some(*number as f64),
        Scalar::Float(number) => Some(*number),
        Scalar::Text(text) if tolerant => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn boolean(value: &Scalar<'_>, tolerant: bool) -> Option<bool> {
    match value {
        Scalar::Boolean(flag) => Some(*flag),
        Scalar::Signed(0) if tolerant => Some(false),
        Scalar::Signed(1) if tolerant => Some(true),
        Scalar::Text(text) if tolerant => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

impl Scalar<'_> {
    fn to_json(&self) -> Value {
        match self {
            Self::Boolean(flag) => Value::from(*flag),
            Self::Signed(number) => Value::from(*number),
            Self::Unsigned(number) => Value::from(*number),
            Self::Float(number) => Value::from(*number),
            Self::Text(text) => Value::from(text.as_ref()),
        }
    }
}

fn describe(value: &Scalar<'_>, sensitive: bool) -> String {
    match value {
        Scalar::Boolean(_) if sensitive => "true or false".to_owned(),
        Scalar::Text(_) if sensitive => "text".to_owned(),
        _ if sensitive => "a number".to_owned(),
        Scalar::Boolean(flag) => flag.to_string(),
        Scalar::Text(text) => format!("the text {}", quote(text)),
        number => format!("the number {}", number.to_json()),
    }
}
