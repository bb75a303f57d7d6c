//! The canonical text of a spec file: the same model always gives the same bytes.
//!
//! Keys come in the order of the structs of [`crate::spec`]; an object or array that fits on its
//! line stays there, any other has one entry per line. Lines end with LF, the last one too.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::spec;

/// The column that a line does not pass if it can be divided.
const WIDTH: usize = 120;
const INDENT: usize = 2;

/// The text of an operation's file.
#[must_use]
pub fn to_text(operation: &spec::Operation) -> String {
    text(operation)
}

/// The text of a product's file.
#[must_use]
pub fn product_to_text(product: &spec::Product) -> String {
    text(product)
}

/// The text of any JSON value, laid out as spec files are.
#[must_use]
pub fn value_to_text(value: &Value) -> String {
    let mut out = String::new();
    broken(&mut out, value, 0);
    out.push('\n');
    out
}

/// A value on one line, laid out as in spec files.
#[must_use]
pub fn value_to_line(value: &Value) -> String {
    let mut out = String::new();
    inline(&mut out, value);
    out
}

fn text(model: &impl Serialize) -> String {
    // The models of specs have text keys only, so they can always be serialized.
    value_to_text(&serde_json::to_value(model).unwrap_or_default())
}

/// Writes a value where `used` columns of the line are taken and `after` more follow it.
fn place(out: &mut String, value: &Value, depth: usize, used: usize, after: usize) {
    let mut line = String::new();
    inline(&mut line, value);
    if used + line.chars().count() + after <= WIDTH {
        out.push_str(&line);
    } else {
        broken(out, value, depth);
    }
}

fn broken(out: &mut String, value: &Value, depth: usize) {
    let inner = depth + 1;
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('{');
            let last = map.len() - 1;
            for (index, (key, value)) in map.iter().enumerate() {
                let key = quoted(key);
                let _ = write!(out, "\n{:width$}{key}: ", "", width = inner * INDENT);
                let used = inner * INDENT + key.chars().count() + 2;
                place(out, value, inner, used, usize::from(index < last));
                if index < last {
                    out.push(',');
                }
            }
            let _ = write!(out, "\n{:width$}}}", "", width = depth * INDENT);
        }
        Value::Array(values) if !values.is_empty() => {
            out.push('[');
            let last = values.len() - 1;
            for (index, value) in values.iter().enumerate() {
                let _ = write!(out, "\n{:width$}", "", width = inner * INDENT);
                place(out, value, inner, inner * INDENT, usize::from(index < last));
                if index < last {
                    out.push(',');
                }
            }
            let _ = write!(out, "\n{:width$}]", "", width = depth * INDENT);
        }
        _ => inline(out, value),
    }
}

fn inline(out: &mut String, value: &Value) {
    match value {
        Value::Object(map) if map.is_empty() => out.push_str("{}"),
        Value::Object(map) => {
            out.push_str("{ ");
            for (index, (key, value)) in map.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&quoted(key));
                out.push_str(": ");
                inline(out, value);
            }
            out.push_str(" }");
        }
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                inline(out, value);
            }
            out.push(']');
        }
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_on_its_line() {
        let value = serde_json::json!({
            "operation": "X",
            "parameters": [
                { "name": "RegionId", "type": "string", "required": true },
                { "name": "Long", "type": "string", "description": "a".repeat(100) },
            ],
            "none": {},
            "tags": ["a", "b"],
        });
        assert_eq!(
            value_to_text(&value),
            format!(
                r#"{{
  "operation": "X",
  "parameters": [
    {{ "name": "RegionId", "type": "string", "required": true }},
    {{
      "name": "Long",
      "type": "string",
      "description": "{}"
    }}
  ],
  "none": {{}},
  "tags": ["a", "b"]
}}
"#,
                "a".repeat(100)
            )
        );
    }

    #[test]
    fn a_line_may_reach_the_width_but_not_pass_it() {
        // Two of indentation, six of key and colon, two quotes, one comma.
        let fits = serde_json::json!({ "k": ["a".repeat(WIDTH - 2 - 5 - 4 - 1)], "z": 1 });
        let text = value_to_text(&fits);
        assert_eq!(text.lines().nth(1).map(str::len), Some(WIDTH), "{text}");
        let wide = serde_json::json!({ "k": ["a".repeat(WIDTH - 2 - 5 - 4)], "z": 1 });
        assert_eq!(value_to_text(&wide).lines().nth(1), Some("  \"k\": ["));
    }

    proptest::proptest! {
        #[test]
        fn the_text_reads_back_as_it_was(keys in proptest::collection::vec(".{0,40}", 0..12), n in proptest::num::i64::ANY) {
            let value = keys.iter().fold(Value::from(n), |inner, key| {
                serde_json::json!({ key.as_str(): [inner, key], "n": n })
            });
            let text = value_to_text(&value);
            proptest::prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
    }
}
