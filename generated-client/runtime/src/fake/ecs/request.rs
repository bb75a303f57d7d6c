//! Parameters of a request, and fields of objects.

use serde_json::Value;

use super::Fail;

/// A text that is not empty.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str().filter(|text| !text.is_empty())
}

/// The texts of a list.
pub(super) fn texts<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    let elements = value[name].as_array().into_iter().flatten();
    elements.filter_map(Value::as_str).collect()
}

/// A whole number, written as one or as text.
pub(super) fn number(value: &Value, name: &str) -> Option<i64> {
    let value = &value[name];
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

pub(super) fn flag(value: &Value, name: &str) -> bool {
    value[name].as_bool().unwrap_or(false)
}

/// The texts of a JSON list that is one parameter, such as `["i-1", "i-2"]`.
pub(super) fn json_texts(
    value: &Value,
    name: &'static str,
    codes: &'static [&'static str],
) -> Result<Vec<String>, Fail> {
    let Some(text) = text(value, name) else {
        return Ok(Vec::new());
    };
    serde_json::from_str(text)
        .map_err(|_| Fail::new(codes, format!("{name}: a JSON list of texts is expected")))
}

/// The elements of the list at the end of a path such as `["Tags", "Tag"]`.
pub(super) fn elements<'a>(value: &'a Value, path: [&str; 2]) -> &'a [Value] {
    value[path[0]][path[1]]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

/// The list at the end of a path, which is made where there is none.
pub(super) fn elements_mut<'a>(value: &'a mut Value, path: [&str; 2]) -> &'a mut Vec<Value> {
    let list = &mut value[path[0]][path[1]];
    if !list.is_array() {
        *list = Value::Array(Vec::new());
    }
    match list {
        Value::Array(elements) => elements,
        _ => unreachable!("it was made a list"),
    }
}
