//! Makes the body of a success out of the schema of the response, the request, and the example that
//! the spec has.

use serde_json::{Map, Value, json};

use crate::{
    client::answer,
    encode::json_text,
    operation::{Echo, Example, Operation, Pagination, ServiceInfo},
    record::{Field, Format, Kind, Record, Schema, ValueRef},
};

/// How deep nested values are made; schemas may contain themselves.
const DEPTH: usize = 12;

/// How many values are made where no limit keeps the count low.
const MOST: i64 = 1000;

/// The body of a success. `make` gives numbers that are never the same.
pub(super) fn body(
    operation: &Operation,
    example: Option<&Example>,
    request: &dyn Record,
    request_id: &str,
    make: &mut dyn FnMut() -> u32,
) -> Value {
    let mut maker = Maker {
        request,
        echoes: example.map_or(&[], |example| example.echoes),
        make,
        path: Vec::new(),
        depth: 0,
    };
    let example = example
        .and_then(|example| example.response)
        .and_then(|text| serde_json::from_str(text).ok());
    let mut body = maker.object(operation.response.get(), example.as_ref());
    if let Value::Object(fields) = &mut body {
        fields.insert("RequestId".to_owned(), Value::from(request_id));
    }
    body
}

/// Says success in the fields that a client reads the outcome from, where they are no data.
pub(super) fn succeed(product: &ServiceInfo, operation: &Operation, body: &mut Value) {
    let text = body.to_string();
    let (true, Value::Object(fields)) = (
        answer::tells_failure(product, operation, text.as_bytes()),
        body,
    ) else {
        return;
    };
    let good = product.success_codes.first().copied().unwrap_or_default();
    for (name, value) in fields {
        match (name.to_ascii_lowercase().as_str(), &value) {
            ("code", Value::Number(_)) => *value = Value::from(200),
            ("code", _) => *value = Value::from(good),
            ("errorcode" | "errormessage" | "message", Value::String(_)) => {
                *value = Value::from("");
            }
            ("errorcode", _) => *value = Value::from(0),
            ("success", Value::String(_)) => *value = Value::from("true"),
            ("success", _) => *value = Value::from(true),
            _ => {}
        }
    }
}

struct Maker<'a> {
    request: &'a dyn Record,
    echoes: &'a [Echo],
    make: &'a mut dyn FnMut() -> u32,
    /// The names of the fields that are being made, from the response inward.
    path: Vec<&'static str>,
    depth: usize,
}

impl Maker<'_> {
    fn object(&mut self, schema: &Schema, example: Option<&Value>) -> Value {
        let mut fields = Map::new();
        self.depth += 1;
        for field in &schema.fields {
            let example = example.and_then(|example| example.get(field.name));
            self.path.push(field.name);
            let value = match field.wrapper {
                None => self.field(field, example),
                Some(wrapper) => {
                    self.path.push(wrapper);
                    let example = example.and_then(|example| example.get(wrapper));
                    let list = self.field(field, example);
                    self.path.pop();
                    json!({ wrapper: list })
                }
            };
            self.path.pop();
            fields.insert(field.name.to_owned(), value);
        }
        self.depth -= 1;
        Value::Object(fields)
    }

    fn field(&mut self, field: &Field, example: Option<&Value>) -> Value {
        let echo = self.echoes.iter().find(|echo| *echo.list == *self.path);
        if let Some(echo) = echo {
            return self.echoed(field, *echo);
        }
        match parameter(self.request, field.name) {
            Some((_, value)) if is_scalar(&field.kind) && is_scalar_value(value) => {
                as_kind(&field.kind, value)
            }
            _ => self.value(field, example),
        }
    }

    /// The values that were asked for, or as many as were asked for, or none.
    fn echoed(&mut self, field: &Field, echo: Echo) -> Value {
        let Kind::List(element) = field.kind else {
            return Value::Array(Vec::new());
        };
        let given = parameter(self.request, echo.values);
        let asked = match given {
            Some((_, ValueRef::List(list))) => list.len(),
            _ => 0,
        };
        if let Some((_, ValueRef::List(list))) = given
            && asked > 0
        {
            return (0..asked)
                .map(|index| as_kind(&element.kind, list.get(index)))
                .collect();
        }
        let count = echo
            .count
            .and_then(|name| parameter(self.request, name))
            .map_or(0, |(_, value)| match value {
                ValueRef::Integer(count) => count.clamp(0, MOST),
                _ => 0,
            });
        // The response may say less of its elements than the request does.
        let format = element
            .limits
            .format
            .or_else(|| format_of(self.request.schema(), echo.values));
        (0..count)
            .map(|_| match format {
                Some(format) if matches!(element.kind, Kind::String) => {
                    Value::from(format.example((self.make)()))
                }
                _ => self.value(element, None),
            })
            .collect()
    }

    /// The example where there is one, else something plausible.
    fn value(&mut self, field: &Field, example: Option<&Value>) -> Value {
        match (field.kind, example) {
            (Kind::Object(schema), example) if self.depth < DEPTH => {
                self.object(schema, example.filter(|example| example.is_object()))
            }
            (Kind::Object(_), _) => json!({}),
            (Kind::List(element), Some(Value::Array(examples))) => examples
                .iter()
                .map(|example| self.value(element, Some(example)))
                .collect(),
            (Kind::List(element), _) if self.depth < DEPTH => {
                self.depth += 1;
                let value = self.value(element, None);
                self.depth -= 1;
                Value::Array(vec![value])
            }
            (Kind::List(_), _) => json!([]),
            (_, Some(example)) => example.clone(),
            (Kind::Map(element), None) if self.depth < DEPTH => {
                self.depth += 1;
                let value = self.value(element, None);
                self.depth -= 1;
                json!({ "example": value })
            }
            (Kind::Map(_), None) => json!({}),
            (Kind::String, None) => match field.limits.format {
                Some(format) => Value::from(format.example((self.make)())),
                None => Value::from(field.limits.values.first().copied().unwrap_or("example")),
            },
            (Kind::Int32 | Kind::Int64, None) => {
                let listed = field.limits.values.first();
                let listed = listed.and_then(|value| value.parse::<i64>().ok());
                Value::from(listed.unwrap_or(1))
            }
            (Kind::Float, None) => json!(1.0),
            (Kind::Boolean, None) => json!(true),
            (Kind::Bytes, None) => json!("ZXhhbXBsZQ=="),
            (Kind::Any, None) => json!("example"),
        }
    }
}

/// The field and value of a parameter that was given.
fn parameter<'a>(request: &'a dyn Record, name: &str) -> Option<(&'static Field, ValueRef<'a>)> {
    let schema = request.schema();
    let index = schema.index_of(name)?;
    match request.get(index) {
        ValueRef::Absent => None,
        value => Some((&schema.fields[index], value)),
    }
}

fn is_scalar(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::String | Kind::Int32 | Kind::Int64 | Kind::Float | Kind::Boolean
    )
}

fn is_scalar_value(value: ValueRef<'_>) -> bool {
    matches!(
        value,
        ValueRef::String(_) | ValueRef::Integer(_) | ValueRef::Float(_) | ValueRef::Boolean(_)
    )
}

/// A value of the request as the response has it.
fn as_kind(kind: &Kind, value: ValueRef<'_>) -> Value {
    let mut text = String::new();
    json_text(value, &mut text);
    match (kind, serde_json::from_str(&text).unwrap_or_default()) {
        (Kind::String, Value::String(text)) => Value::String(text),
        (Kind::String, other @ (Value::Number(_) | Value::Bool(_))) => {
            Value::from(other.to_string())
        }
        (Kind::Int32 | Kind::Int64 | Kind::Float | Kind::Boolean, Value::String(text)) => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        (_, other) => other,
    }
}

/// The format of the elements of a list parameter.
fn format_of(schema: &Schema, name: &str) -> Option<Format> {
    match schema.fields[schema.index_of(name)?].kind {
        Kind::List(element) => element.limits.format,
        _ => None,
    }
}

/// What is made is one page: there is no next one, and behind the first there is nothing.
pub(super) fn end_pages(operation: &Operation, request: &dyn Record, body: &mut Value) {
    let Some(pagination) = operation.pagination else {
        return;
    };
    match pagination {
        Pagination::Token { next_token, .. } => {
            if let Some(token) = at(body, next_token) {
                *token = Value::from("");
            }
        }
        Pagination::Numbered {
            page_number,
            total,
            items,
            ..
        } => {
            let count = at(body, items)
                .and_then(|items| items.as_array().map(Vec::len))
                .unwrap_or_default();
            if let Some(total) = at(body, total) {
                *total = Value::from(count);
            }
            let later = matches!(
                parameter(request, page_number),
                Some((_, ValueRef::Integer(2..)))
            );
            if let (true, Some(items)) = (later, at(body, items)) {
                *items = json!([]);
            }
        }
    }
}

fn at<'a>(body: &'a mut Value, path: &[&str]) -> Option<&'a mut Value> {
    path.iter()
        .try_fold(body, |value, name| value.get_mut(*name))
}
