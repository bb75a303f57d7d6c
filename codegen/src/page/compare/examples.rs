//! Examples: of parameters, and of a successful response.

use serde_json::{Number, Value, json};

use super::super::align::{Aligned, Alignment, Place as Field, Target};
use super::super::facts::{Fact, Of, What};
use super::super::model::Fields;
use super::super::tables::short;
use super::super::text::Text;
use super::{Compare, field_of, shown, typed, wire};
use crate::diagnostic::Code;
use crate::import::path;
use crate::spec::{Schema, Type};
use crate::tree::{self, Kind as NodeKind, Node, Span};

/// What the vendor writes over parts of examples.
const MASK: &str = "****";

impl Compare<'_> {
    /// The example of a parameter: whether it keeps the limits beside it, and is that of the spec.
    pub(super) fn example<'f>(
        &mut self,
        example: Option<&Text>,
        field: &Field<'_>,
        facts: impl Iterator<Item = &'f Fact>,
    ) {
        let Some(example) = example else { return };
        let text = example.as_str();
        let at = path::join(&field.at, "example");
        let masked = text.contains("**");
        for fact in facts {
            if !masked && let Some(broken) = breaks(text, fact, field.schema) {
                let message = format!(
                    "the example `{}` of `{}` breaks what the page states: {broken}",
                    short(text),
                    wire(&field.at)
                );
                let place = self.page.place(fact.span);
                let mut difference = self.difference(
                    Code::PageExampleLimit,
                    example.span(),
                    &at,
                    text.into(),
                    message,
                );
                difference.diagnostic = difference.diagnostic.also(place, "stated here");
                self.push(difference);
                return;
            }
        }
        if let Some(mine) = &field.schema.example
            && !is_example(text, mine, field.schema)
        {
            self.other_example(example, field, &field.at, mine);
        }
    }

    /// The example of an element, which the spec may have at the list.
    pub(super) fn element_example(
        &mut self,
        table: &Fields,
        alignment: &Alignment<'_>,
        aligned: &Aligned<'_>,
    ) {
        let (Some(example), Target::Items(field)) =
            (&table.rows[aligned.row].example, &aligned.target)
        else {
            return;
        };
        let before = aligned.row.checked_sub(1);
        let list = before.and_then(|row| field_of(alignment.rows.get(row)?));
        let holders = std::iter::once(field).chain(list);
        let mut examples =
            holders.filter_map(|holder| Some((holder, holder.schema.example.as_ref()?)));
        if let Some((holder, mine)) = examples.next()
            && !is_example(example.as_str(), mine, holder.schema)
        {
            self.other_example(example, field, &holder.at, mine);
        }
    }

    /// The examples in the table of the response.
    pub(super) fn response_examples(&mut self, table: &Fields, alignment: &Alignment<'_>) {
        for aligned in &alignment.rows {
            if let Target::Known(field) = &aligned.target {
                let row = &table.rows[aligned.row];
                self.example(row.example.as_ref(), field, std::iter::empty());
            }
            self.element_example(table, alignment, aligned);
        }
    }

    fn other_example(&mut self, example: &Text, field: &Field<'_>, at: &str, mine: &Value) {
        if !self.reviewed {
            return;
        }
        let text = example.as_str();
        let at = path::join(at, "example");
        let message = format!(
            "the example of `{}` is `{}` on the page, {} in the spec",
            wire(&field.at),
            short(text),
            shown(mine)
        );
        let place = self.place(&at);
        let mut difference =
            self.difference(Code::PageExample, example.span(), &at, text.into(), message);
        difference.diagnostic = difference.diagnostic.also(place, "another example here");
        self.push(difference);
    }

    pub(super) fn success_example(&mut self) {
        let page = self.page;
        let Some(example) = &page.example else { return };
        let at = "/responseExample";
        let tree = match tree::parse(example.as_str()) {
            Ok(tree) => tree,
            // Pages shorten examples with dots; what is no JSON cannot be compared.
            Err(error) => {
                let shortened = ["...", "…"]
                    .iter()
                    .any(|dots| example.as_str().contains(dots));
                if self.reviewed && self.spec.operation.response_example.is_some() && !shortened {
                    let span = example.span_of(error.span.start..error.span.end);
                    let message = format!("the success example is no JSON: {}", error.reason);
                    self.defect(Code::PageUnreadable, span, message, at);
                }
                return;
            }
        };
        if let Some(mask) = example.as_str().find(MASK) {
            let says = format!("parts masked with `{MASK}`");
            // Where the spec has an example, it departs from one that is masked.
            if self.reviewed && self.spec.operation.response_example.is_some() {
                let span = example.span_of(mask..mask + MASK.len());
                let message = "parts of the success example are masked on the page".to_owned();
                let difference =
                    self.difference(Code::PageResponseExample, span, at, says.into(), message);
                self.push(difference);
            }
        }
        if let Some(response) = &self.spec.operation.response {
            self.shape(&tree, response, "/response", example);
        }
        if self.reviewed
            && let Some(mine) = &self.spec.operation.response_example
        {
            self.same(&tree, mine, at, example);
        }
    }

    /// Whether the response has the fields of the example.
    fn shape(&mut self, node: &Node<'_>, schema: &Schema, at: &str, example: &Text) {
        match (&node.kind, schema.kind) {
            (NodeKind::Object(entries), Type::Object) => {
                for entry in entries {
                    let here = path::property(at, &entry.key);
                    match schema.properties.get(entry.key.as_ref()) {
                        Some(property) => self.shape(&entry.value, property, &here, example),
                        None if schema.properties.is_empty()
                            || schema.additional_properties.is_some() => {}
                        None => {
                            let message = format!(
                                "the success example has a field `{}` that the spec has not",
                                short(&entry.key)
                            );
                            self.in_example(
                                Code::PageField,
                                entry.key_span,
                                &here,
                                Value::Bool(true),
                                message,
                                example,
                            );
                        }
                    }
                }
            }
            (NodeKind::Array(items), Type::Array) => {
                if let (Some(item), Some(schema)) = (items.first(), schema.items.as_deref()) {
                    self.shape(item, schema, &path::join(at, "items"), example);
                }
            }
            // The vendor's examples hold numbers as texts and the other way round.
            (
                NodeKind::Object(_) | NodeKind::Array(_),
                Type::String | Type::Integer | Type::Number | Type::Boolean,
            )
            | (NodeKind::Object(_), Type::Array)
            | (NodeKind::Array(_), Type::Object) => {
                let found = if matches!(node.kind, NodeKind::Object(_)) {
                    "object"
                } else {
                    "array"
                };
                let message = format!(
                    "`{}` is an {found} in the success example, {} in the spec",
                    wire(at),
                    shown(&json!(schema.kind))
                );
                let here = path::join(at, "type");
                self.in_example(
                    Code::PageResponseExample,
                    node.opening(),
                    &here,
                    found.into(),
                    message,
                    example,
                );
            }
            _ => {}
        }
    }

    /// Whether the example is that of the spec, but for what is masked.
    fn same(&mut self, node: &Node<'_>, mine: &Value, at: &str, example: &Text) {
        let differs = |compare: &mut Self, span: Span, says: Value| {
            let message = format!(
                "the success example has {} at `{}`, that of the spec has {}",
                shown(&says),
                at.trim_start_matches("/responseExample"),
                shown(mine)
            );
            compare.in_example(Code::PageResponseExample, span, at, says, message, example);
        };
        match (&node.kind, mine) {
            (NodeKind::Object(entries), Value::Object(map)) => {
                for entry in entries {
                    let here = path::join(at, &entry.key);
                    match map.get(entry.key.as_ref()) {
                        Some(mine) => self.same(&entry.value, mine, &here, example),
                        None => {
                            let message = format!(
                                "the success example has `{}`, that of the spec has not",
                                short(&entry.key)
                            );
                            self.in_example(
                                Code::PageResponseExample,
                                entry.key_span,
                                &here,
                                Value::Bool(true),
                                message,
                                example,
                            );
                        }
                    }
                }
                for key in map.keys().filter(|key| node.get(key).is_none()) {
                    let message =
                        format!("the success example has no `{key}`, that of the spec has");
                    let here = path::join(at, key);
                    self.in_example(
                        Code::PageResponseExample,
                        node.opening(),
                        &here,
                        Value::Null,
                        message,
                        example,
                    );
                }
            }
            (NodeKind::Array(items), Value::Array(values)) if items.len() == values.len() => {
                for (index, (item, value)) in items.iter().zip(values).enumerate() {
                    self.same(item, value, &path::join(at, &index.to_string()), example);
                }
            }
            (NodeKind::String(text), Value::String(mine)) if matches_mask(text, mine) => {}
            (NodeKind::Number(number), Value::Number(mine))
                if number.parse().is_ok_and(|number: Number| number == *mine) => {}
            (NodeKind::Bool(own), Value::Bool(mine)) if own == mine => {}
            (NodeKind::Null, Value::Null) => {}
            (NodeKind::String(text), _) => differs(self, node.span, text.as_ref().into()),
            (NodeKind::Number(number), _) => differs(self, node.span, (*number).into()),
            (NodeKind::Bool(own), _) => differs(self, node.span, (*own).into()),
            (NodeKind::Null, _) => differs(self, node.span, Value::Null),
            (NodeKind::Array(_), _) => differs(self, node.opening(), "another array".into()),
            (NodeKind::Object(_), _) => differs(self, node.opening(), "an object".into()),
        }
    }

    fn in_example(
        &mut self,
        code: Code,
        span: Span,
        at: &str,
        says: Value,
        message: String,
        example: &Text,
    ) {
        let span = example.span_of(span.start..span.end);
        let place = self.place(at);
        let mut difference = self.difference(code, span, at, says, message);
        difference.diagnostic = difference.diagnostic.also(place, "the spec here");
        self.push(difference);
    }
}

/// Why an example breaks a fact.
fn breaks(text: &str, fact: &Fact, schema: &Schema) -> Option<String> {
    match &fact.what {
        What::Limit {
            of: Of::Value,
            minimum,
            maximum,
        } if matches!(schema.kind, Type::Integer | Type::Number) => {
            let value: f64 = text.parse().ok()?;
            let beyond = |limit: &Option<i64>, below: bool| {
                let limit = limit.as_ref()?;
                #[expect(clippy::cast_precision_loss, reason = "limits are small")]
                let number = *limit as f64;
                (if below {
                    value < number
                } else {
                    value > number
                })
                .then(|| limit.to_string())
            };
            beyond(minimum, true)
                .map(|least| format!("at least {least}"))
                .or_else(|| beyond(maximum, false).map(|most| format!("at most {most}")))
        }
        What::Limit {
            of: Of::Length,
            maximum: Some(most),
            ..
        } if schema.kind == Type::String => {
            let long = i64::try_from(text.chars().count()).ok()?;
            (long > *most).then(|| format!("at most {most} characters"))
        }
        What::Values(values) if schema.kind == Type::String => {
            let known = values
                .iter()
                .any(|(value, _)| value.eq_ignore_ascii_case(text));
            (!known && !text.contains([',', '[', ' ']))
                .then(|| "it is none of the values".to_owned())
        }
        _ => None,
    }
}

/// Whether the example of a page is that of a spec.
fn is_example(text: &str, mine: &Value, schema: &Schema) -> bool {
    let one = |text: &str, mine: &Value, schema: &Schema| match mine {
        Value::String(mine) => matches_mask(text, mine),
        mine => typed(text, schema).is_some_and(|value| value == *mine),
    };
    match (mine, schema.items.as_deref()) {
        (Value::Array(values), Some(items)) => {
            let listed = serde_json::from_str::<Vec<Value>>(text).ok();
            match listed {
                Some(listed) => {
                    listed.len() == values.len()
                        && listed.iter().zip(values).all(|(text, mine)| {
                            let text = text
                                .as_str()
                                .map_or_else(|| text.to_string(), str::to_owned);
                            one(&text, mine, items)
                        })
                }
                None => values.first().is_some_and(|first| one(text, first, items)),
            }
        }
        (Value::Object(_), _) => {
            serde_json::from_str::<Value>(text).map_or(true, |value| value == *mine)
        }
        _ => one(text, mine, schema),
    }
}

/// Whether a text is another one, parts of which the first masks with asterisks.
fn matches_mask(text: &str, mine: &str) -> bool {
    if !text.contains("**") {
        return text == mine;
    }
    let parts: Vec<&str> = text.split('*').filter(|part| !part.is_empty()).collect();
    let mut rest = mine;
    for (index, part) in parts.iter().enumerate() {
        let first = index == 0 && !text.starts_with('*');
        let found = if first {
            rest.starts_with(part).then_some(0)
        } else {
            rest.find(part)
        };
        let Some(found) = found else { return false };
        rest = &rest[found + part.len()..];
    }
    text.ends_with('*') || rest.is_empty() || parts.last().is_some_and(|last| mine.ends_with(last))
}
