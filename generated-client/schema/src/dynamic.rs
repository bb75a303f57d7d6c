//! Dynamic records, known by their schema alone: for calls by name, and for the embedded endpoint,
//! which has only the wire parameters of a request ([`from_wire`](DynRecord::from_wire)).

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use crate::{
    decode::{Mode, read},
    record::{
        Bytes, Field, FieldType, Kind, ListMut, MapMut, ObjectMut, Record, Schema, ValueMut,
        ValueRef,
    },
    validate::{Violation, ViolationKind, Violations, check},
};

mod wire;

/// A record that is known by its schema alone. It behaves as the generated type of the schema does.
#[derive(Clone)]
pub struct DynRecord {
    schema: &'static Schema,
    fields: Vec<DynValue>,
}

impl DynRecord {
    /// A record with nothing in it.
    #[must_use]
    pub fn new(schema: &'static Schema) -> Self {
        let fields = schema.fields.iter().map(DynValue::new).collect();
        Self { schema, fields }
    }

    /// Reads a request from a JSON object with wire names.
    ///
    /// # Errors
    ///
    /// Unknown names and values of a wrong kind, and then also what else is wrong with the
    /// request: everything that a caller has to mend. Where it can be read, it is not yet checked.
    pub fn from_json(schema: &'static Schema, value: &Value) -> Result<Self, Violations> {
        let mut record = Self::new(schema);
        let faults = match value {
            Value::Object(_) => {
                read(value, &mut record, Mode::Strict)
                    .unwrap_or_default()
                    .faults
            }
            _ => vec![Violation::new(
                String::new(),
                ViolationKind::Type,
                Some(kind_of_json(value).to_owned()),
                "an object with the parameters",
            )],
        };
        record.finish(faults)
    }

    /// Reads a request from wire parameters, names and values without percent-encoding:
    /// `("Tag.1.Key", "owner")`. Common parameters such as `Action` are not part of a request.
    ///
    /// # Errors
    ///
    /// Unknown names, gaps in lists, texts that are not of the kind of their field, and then also
    /// what else is wrong with the request. Where it can be read, it is not yet checked.
    #[inline]
    pub fn from_wire<'a>(
        schema: &'static Schema,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Violations> {
        let mut record = Self::new(schema);
        let parameters: Vec<_> = parameters.into_iter().collect();
        let faults = wire::fill(&mut record, &parameters);
        record.finish(faults)
    }

    /// Joins what could not be read with what is wrong with the rest.
    fn finish(self, mut faults: Vec<Violation>) -> Result<Self, Violations> {
        if faults.is_empty() {
            return Ok(self);
        }
        if let Err(violations) = check(&self) {
            // What could not be read is only missing here because of that.
            let unread: Vec<_> = faults
                .iter()
                .filter(|fault| fault.kind != ViolationKind::Unknown)
                .map(|fault| fault.parameter.clone())
                .collect();
            let others = violations.into_iter().filter(|violation| {
                !violation
                    .parameter
                    .split(", ")
                    .any(|name| unread.iter().any(|unread| touches(unread, name)))
            });
            faults.extend(others);
        }
        Violations::unless_none(faults).map(|()| self)
    }
}

/// Fills a record with wire parameters, as [`DynRecord::from_wire`] does; gives what could not be read.
#[doc(hidden)]
#[inline]
pub fn fill_from_wire(record: &mut dyn Record, parameters: &[(&str, &str)]) -> Vec<Violation> {
    wire::fill(record, parameters)
}

/// One of the parameters is the other or is within it.
fn touches(left: &str, right: &str) -> bool {
    let (short, long) = match left.len() < right.len() {
        true => (left, right),
        false => (right, left),
    };
    long.strip_prefix(short)
        .is_some_and(|rest| short.is_empty() || rest.is_empty() || rest.starts_with('.'))
}

fn kind_of_json(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Record for DynRecord {
    fn schema(&self) -> &'static Schema {
        self.schema
    }
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.fields
            .get(index)
            .map_or(ValueRef::Absent, DynValue::get)
    }
    fn value_mut(&mut self, index: usize) -> Option<ValueMut<'_>> {
        self.fields.get_mut(index).map(DynValue::value_mut)
    }
}

impl fmt::Debug for DynRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::print::debug(self, "", f)
    }
}

impl PartialEq for DynRecord {
    fn eq(&self, other: &Self) -> bool {
        crate::compare::equal(self, other)
    }
}

/// The value of a field, if it has one.
#[derive(Clone)]
enum DynValue {
    String(Option<String>),
    Int32(Option<i32>),
    Int64(Option<i64>),
    Float(Option<f64>),
    Boolean(Option<bool>),
    Bytes(Option<Bytes>),
    Any(Option<Value>),
    Object(DynObject),
    List(DynList),
    Map(DynMap),
}

#[derive(Clone)]
struct DynObject {
    schema: &'static Schema,
    record: Option<DynRecord>,
}

#[derive(Clone)]
struct DynList {
    element: &'static Field,
    elements: Option<Vec<DynValue>>,
}

#[derive(Clone)]
struct DynMap {
    element: &'static Field,
    entries: Option<BTreeMap<String, DynValue>>,
}

impl DynValue {
    fn new(field: &'static Field) -> Self {
        match field.kind {
            Kind::String => Self::String(None),
            Kind::Int32 => Self::Int32(None),
            Kind::Int64 => Self::Int64(None),
            Kind::Float => Self::Float(None),
            Kind::Boolean => Self::Boolean(None),
            Kind::Bytes => Self::Bytes(None),
            Kind::Any => Self::Any(None),
            Kind::Object(schema) => Self::Object(DynObject {
                schema,
                record: None,
            }),
            Kind::List(element) => Self::List(DynList {
                element,
                elements: None,
            }),
            Kind::Map(element) => Self::Map(DynMap {
                element,
                entries: None,
            }),
        }
    }
}

impl FieldType for DynValue {
    fn get(&self) -> ValueRef<'_> {
        match self {
            Self::String(value) => value.get(),
            Self::Int32(value) => value.get(),
            Self::Int64(value) => value.get(),
            Self::Float(value) => value.get(),
            Self::Boolean(value) => value.get(),
            Self::Bytes(value) => value.get(),
            Self::Any(value) => value.get(),
            Self::Object(object) => match &object.record {
                Some(record) => ValueRef::Object(record),
                None => ValueRef::Absent,
            },
            Self::List(list) => match &list.elements {
                Some(elements) => ValueRef::List(elements),
                None => ValueRef::Absent,
            },
            Self::Map(map) => match &map.entries {
                Some(entries) => ValueRef::Map(entries),
                None => ValueRef::Absent,
            },
        }
    }

    fn value_mut(&mut self) -> ValueMut<'_> {
        match self {
            Self::String(value) => value.value_mut(),
            Self::Int32(value) => value.value_mut(),
            Self::Int64(value) => value.value_mut(),
            Self::Float(value) => value.value_mut(),
            Self::Boolean(value) => value.value_mut(),
            Self::Bytes(value) => value.value_mut(),
            Self::Any(value) => value.value_mut(),
            Self::Object(object) => ValueMut::Object(object),
            Self::List(list) => ValueMut::List(list),
            Self::Map(map) => ValueMut::Map(map),
        }
    }
}

impl ObjectMut for DynObject {
    fn object(&mut self) -> &mut dyn Record {
        self.record
            .get_or_insert_with(|| DynRecord::new(self.schema))
    }
}

impl ListMut for DynList {
    fn start(&mut self) {
        self.elements = Some(Vec::new());
    }
    fn push(&mut self) -> ValueMut<'_> {
        let elements = self.elements.get_or_insert_default();
        let last = elements.len();
        elements.push(DynValue::new(self.element));
        elements[last].value_mut()
    }
}

impl MapMut for DynMap {
    fn start(&mut self) {
        self.entries = Some(BTreeMap::new());
    }
    fn insert(&mut self, key: String) -> ValueMut<'_> {
        self.entries
            .get_or_insert_default()
            .entry(key)
            .or_insert_with(|| DynValue::new(self.element))
            .value_mut()
    }
}
