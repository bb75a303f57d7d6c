//! Sample requests, made of the schema of an operation.

use alicloud::{
    dynamic::DynRecord,
    operation::Operation,
    record::{Bound, Field, Kind, Limits, Location, Schema},
    validate::check,
};
use serde_json::{Map, Value, json};

/// How deep objects are filled; schemas may contain themselves.
const DEPTH: usize = 5;

/// Letters that encoders differ in.
const ODD: &str = "ä例🦀 +&=%~*'()!/";

/// A request with every parameter.
pub(crate) fn full(operation: &Operation) -> Value {
    object(operation.request.get(), 0)
}

/// A request with as many parameters as go together.
pub(crate) fn valid(operation: &Operation) -> Value {
    let schema = operation.request.get();
    let mut request = Map::new();
    for field in schema.fields.iter().filter(|field| field.required) {
        request.insert(field.name.to_owned(), value(field, 0));
    }
    let mut faults = count_faults(schema, &request);
    // Twice: what a parameter requires may come after it.
    for field in schema.fields.iter().chain(&schema.fields) {
        if request.contains_key(field.name) || operation.dry_run == Some(field.name) {
            continue;
        }
        request.insert(field.name.to_owned(), value(field, 0));
        let now = count_faults(schema, &request);
        if now > faults {
            request.remove(field.name);
        } else {
            faults = now;
        }
    }
    Value::Object(request)
}

fn count_faults(schema: &'static Schema, request: &Map<String, Value>) -> usize {
    let request = Value::Object(request.clone());
    let read = DynRecord::from_json(schema, &request);
    let checked = read.and_then(|record| check(&record));
    checked.map_or_else(|violations| violations.len(), |()| 0)
}

fn object(schema: &Schema, depth: usize) -> Value {
    let fields = schema.fields.iter().filter(|field| {
        !field.is_rest() && matches!(field.location, Location::Query | Location::Form)
    });
    let fields: Map<_, _> = fields
        .filter(|field| depth < DEPTH || is_scalar(field.kind))
        .map(|field| (field.name.to_owned(), value(field, depth)))
        .collect();
    Value::Object(fields)
}

fn is_scalar(kind: Kind) -> bool {
    !matches!(kind, Kind::Object(_) | Kind::List(_) | Kind::Map(_))
}

fn value(field: &Field, depth: usize) -> Value {
    match field.kind {
        Kind::String if field.region || field.name == "RegionId" => json!("cn-hangzhou"),
        Kind::String => Value::from(text(field)),
        Kind::Int32 => integer(field.limits, 7),
        Kind::Int64 => integer(field.limits, 9_007_199_254_740_993),
        Kind::Float => match field.limits.minimum {
            Some(Bound::Float(minimum)) => json!(minimum),
            Some(Bound::Integer(minimum)) => json!(minimum),
            None => json!(1.5),
        },
        // Half of them, by name.
        Kind::Boolean => json!(field.name.len().is_multiple_of(2)),
        Kind::Bytes => json!("AAEC"),
        Kind::Any => json!({ "a": "1" }),
        Kind::Object(schema) => object(schema, depth + 1),
        Kind::List(element) => (0..count(field.limits, element))
            .map(|_| value(element, depth + 1))
            .collect(),
        Kind::Map(element) => {
            json!({ "key": value(element, depth + 1), "ключ": value(element, depth + 1) })
        }
    }
}

/// Eleven where that is allowed, because `.10` is sorted before `.2`.
fn count(limits: &Limits, element: &Field) -> u32 {
    let wanted = if is_scalar(element.kind) { 11 } else { 2 };
    let most = limits.max_items.unwrap_or(wanted);
    wanted.min(most).max(limits.min_items.unwrap_or(1))
}

fn text(field: &Field) -> String {
    let limits = field.limits;
    if let Some(listed) = limits.values.first() {
        return (*listed).to_owned();
    }
    if let Some(format) = limits.format {
        return format.example(0);
    }
    let texts = [format!("{} {ODD}", field.name), field.name.to_owned()];
    let texts = texts.map(|text| fitted(&text, limits));
    let fits = |text: &&String| limits.pattern.is_none_or(|it| it.is_match(text));
    texts.iter().find(fits).unwrap_or(&texts[0]).clone()
}

/// The text, cut and filled up to the length that is allowed.
fn fitted(text: &str, limits: &Limits) -> String {
    let most = limits.max_length.unwrap_or(u32::MAX) as usize;
    let least = limits.min_length.unwrap_or(0) as usize;
    let text: String = text.chars().take(most).collect();
    let missing = least.saturating_sub(text.chars().count());
    text + &"x".repeat(missing)
}

/// The number that is wanted, or the nearest that is allowed.
fn integer(limits: &Limits, wanted: i64) -> Value {
    if let Some(listed) = limits.values.first() {
        return serde_json::from_str(listed).unwrap_or_default();
    }
    // What limits there are, are those of whole numbers.
    let bound = |bound: Option<Bound>| match bound {
        Some(Bound::Integer(bound)) => Some(bound),
        _ => None,
    };
    let wanted = wanted.min(bound(limits.maximum).unwrap_or(i64::MAX));
    Value::from(wanted.max(bound(limits.minimum).unwrap_or(i64::MIN)))
}

/// The request as the vendor's models have it: `SystemDisk.Size` is a field of `SystemDisk`.
pub(crate) fn nested(request: &Value) -> Value {
    let mut all = json!({});
    for (name, value) in request.as_object().into_iter().flatten() {
        let mut place = &mut all;
        for step in name.split('.') {
            if !place.is_object() {
                *place = json!({});
            }
            place = &mut place[step];
        }
        *place = value.clone();
    }
    number(&mut all);
    all
}

/// Makes lists of what is numbered from 1 on.
fn number(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    fields.values_mut().for_each(number);
    let numbers = (1..).map(|number: usize| number.to_string());
    if !fields.is_empty()
        && fields
            .keys()
            .zip(numbers)
            .all(|(key, number)| *key == number)
    {
        *value = fields.values().cloned().collect();
    }
}

/// The value under a name, or at a number from 1 on.
fn within<'a>(value: &'a mut Value, step: &str) -> Option<&'a mut Value> {
    match value {
        Value::Array(elements) => elements.get_mut(step.parse::<usize>().ok()?.checked_sub(1)?),
        value => value.get_mut(step),
    }
}

/// The counterpart of [`nested`]: what the schema lists under a name with dots is taken out.
pub(crate) fn flattened(schema: &Schema, mut request: Value) -> Value {
    let dotted = schema.fields.iter().map(|field| field.name);
    for name in dotted.filter(|name| name.contains('.')) {
        let value = name
            .split('.')
            .try_fold(&mut request, |value, step| within(value, step))
            .map(Value::take);
        if let Some(value) = value.filter(|value| !value.is_null()) {
            request[name] = value;
        }
    }
    // What is left of them is empty; and the models write empty lists where nothing was given.
    prune(&mut request);
    request
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, value| !is_empty(value));
        }
        Value::Array(elements) => {
            elements.iter_mut().for_each(prune);
            elements.retain(|element| !is_empty(element));
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || *value == json!({}) || *value == json!([])
}
