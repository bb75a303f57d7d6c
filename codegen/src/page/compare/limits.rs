//! Limits, values and defaults that descriptions state.

use std::collections::BTreeSet;

use serde_json::{Number, Value, json};

use super::super::align::{Alignment, Place as Field, Target};
use super::super::facts::{self, Fact, Of, What};
use super::super::model::{Fields, Row};
use super::super::shift::Shift;
use super::super::tables::short;
use super::{Compare, Edit, field_of, schema_at, shown, wire};
use crate::diagnostic::Code;
use crate::import::merge::equal;
use crate::import::path;
use crate::number;
use crate::spec::{Format, Operation, Schema, Type};
use crate::tree::Span;

/// A fact and the field that it is about.
pub(super) struct Stated<'c, 's> {
    field: &'c Field<'s>,
    fact: Fact,
}

impl Compare<'_> {
    /// What descriptions state, at the rows that they are about.
    pub(super) fn facts(
        &mut self,
        table: &Fields,
        alignment: &Alignment<'_>,
        shift: Option<&Shift>,
        all: &[Vec<Fact>],
    ) {
        let mut stated: Vec<Stated<'_, '_>> = Vec::new();
        for aligned in &alignment.rows {
            let owner = shift.map_or(aligned.row, |shift| shift.owner[aligned.row]);
            let Some(field) = alignment.rows.get(owner).and_then(field_of) else {
                continue;
            };
            // On a shifted page it is not certain enough whose a list of values is to begin one.
            let values = field.schema.items.as_deref().unwrap_or(field.schema);
            let doubtful =
                shift.is_some() && values.values.is_empty() && values.known_values.is_empty();
            for fact in &all[aligned.row] {
                if doubtful && let What::Values(values) = &fact.what {
                    self.doubtful_values(values, fact.span);
                    continue;
                }
                stated.push(Stated {
                    field,
                    fact: fact.clone(),
                });
            }
        }
        for one in &stated {
            self.fact(one);
        }
        for aligned in &alignment.rows {
            if let (Some(field), Target::Known(_) | Target::Again { .. }) =
                (field_of(aligned), &aligned.target)
            {
                let row = &table.rows[aligned.row];
                let example = alignment
                    .rows
                    .get(aligned.row + 1)
                    .and_then(|next| next.example_before.as_ref())
                    .or(row.example.as_ref());
                let limits = stated
                    .iter()
                    .filter(|one| one.field.at == field.at && !limits_list(&one.fact));
                self.example(example, field, limits.map(|one| &one.fact));
            }
            self.element_example(table, alignment, aligned);
            if self.reviewed
                && let Target::Known(field) = &aligned.target
            {
                self.silent(&table.rows[aligned.row], field, &stated);
            }
        }
    }

    /// Values on a shifted page, of a parameter that has none in the spec: unless another one has them
    /// all, it is not certain whose they are.
    fn doubtful_values(&mut self, values: &[(String, Span)], span: Span) {
        let mut schemas: Vec<&Schema> = self
            .spec
            .operation
            .parameters
            .iter()
            .map(|parameter| &parameter.schema)
            .collect();
        while let Some(schema) = schemas.pop() {
            let known = schema.known_values.iter().map(|known| &known.value);
            let mine: Vec<&Value> = schema.values.iter().chain(known).collect();
            let has = |value: &str| {
                let same = |mine: &&Value| match mine.as_str() {
                    Some(mine) => mine.eq_ignore_ascii_case(value),
                    None => typed(value, schema).as_ref() == Some(*mine),
                };
                schema.kind == Type::Boolean || mine.iter().any(same)
            };
            let is_list = schema.kind == Type::Boolean || !mine.is_empty();
            if is_list && values.iter().all(|(value, _)| has(value)) {
                return;
            }
            schemas.extend(schema.properties.values());
            schemas.extend(schema.items.as_deref());
        }
        let names: Vec<String> = values
            .iter()
            .map(|(value, _)| format!("`{}`", short(value)))
            .collect();
        let message = format!(
            "it is not certain which parameter takes {}",
            names.join(", ")
        );
        let listed = values.iter().map(|(value, _)| value.as_str());
        let says = json!(listed.collect::<Vec<_>>());
        let mut difference =
            self.difference(Code::PageUncertain, span, "/parameters", says, message);
        difference.diagnostic = difference.diagnostic.help(
            "descriptions are shifted on this page; see the vendor's site, and add them by hand",
        );
        self.push(difference);
    }

    pub(super) fn fact(&mut self, stated: &Stated<'_, '_>) {
        let field = stated.field;
        let (at, schema) = (field.at.as_str(), field.schema);
        match &stated.fact.what {
            What::Limit {
                of,
                minimum,
                maximum,
            } => {
                if let Some((list_at, list, least, most)) =
                    limit_keys(*of, at, schema, &self.spec.operation)
                {
                    let span = stated.fact.span;
                    self.limit(span, &list_at, list, least, *minimum, *of == Of::Number);
                    self.limit(span, &list_at, list, most, *maximum, false);
                }
            }
            What::Values(values) => self.values(values, at, schema, stated.fact.span),
            What::Default(text) => self.default(text, at, schema, stated.fact.span),
            What::Ascii if schema.kind == Type::String && schema.format.is_none() => {
                self.keyword(
                    Code::PageLimit,
                    stated.fact.span,
                    at,
                    "format",
                    json!(Format::Ascii),
                    &Value::Null,
                );
            }
            What::Deprecated if schema.deprecated.is_none() => {
                self.keyword(
                    Code::PageLimit,
                    stated.fact.span,
                    at,
                    "deprecated",
                    Value::Bool(true),
                    &Value::Null,
                );
            }
            What::Ascii | What::Deprecated => {}
        }
    }

    pub(super) fn limit(
        &mut self,
        span: Span,
        at: &str,
        schema: &Schema,
        key: &'static str,
        says: Option<i64>,
        counted_from_one: bool,
    ) {
        let Some(says) = says else { return };
        let mine = keyword(schema, key);
        if number::same(&mine, &Value::from(says)) {
            return;
        }
        // Elements are numbered from 1; that says nothing about how many there must be.
        if counted_from_one && mine.is_null() && says <= 1 {
            return;
        }
        // Every text and every list has that.
        if mine.is_null() && says == 0 && matches!(key, "minLength" | "minItems") {
            return;
        }
        self.keyword(Code::PageLimit, span, at, key, Value::from(says), &mine);
    }

    pub(super) fn values(
        &mut self,
        values: &[(String, Span)],
        at: &str,
        schema: &Schema,
        span: Span,
    ) {
        let (at, schema) = match schema.items.as_deref() {
            Some(items) if schema.kind == Type::Array => (path::join(at, "items"), items),
            _ => (at.to_owned(), schema),
        };
        if schema.kind == Type::Boolean {
            return;
        }
        let closed = !schema.values.is_empty();
        let key = if closed { "enum" } else { "knownValues" };
        let known = schema.known_values.iter().map(|known| &known.value);
        let mine: Vec<&Value> = schema.values.iter().chain(known).collect();
        let here = path::join(&at, key);
        let listed: Vec<Value> = values
            .iter()
            .filter_map(|(value, _)| typed(value, schema))
            .collect();
        let same = |a: &Value, b: &Value| match (closed, a.as_str(), b.as_str()) {
            (false, Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => a == b,
        };
        for (value, span) in values {
            let Some(value_here) = typed(value, schema) else {
                continue;
            };
            if mine.iter().any(|mine| same(mine, &value_here)) {
                continue;
            }
            let wrong = if closed {
                "the spec refuses it"
            } else {
                "the spec does not know it"
            };
            let message = format!(
                "`{}` takes `{}` on the page, {wrong}",
                wire(&at),
                short(value)
            );
            let place = self.place(&here);
            let mut difference =
                self.difference(Code::PageValues, *span, &here, json!(listed), message);
            difference.diagnostic = difference.diagnostic.also(place, "not among these values");
            let new = listed
                .iter()
                .filter(|value| !mine.iter().any(|mine| same(mine, value)));
            let all = if closed {
                schema.values.iter().chain(new).cloned().collect()
            } else {
                let known = schema.known_values.iter().map(|known| json!(known));
                known
                    .chain(new.map(|value| json!({ "value": value })))
                    .collect()
            };
            difference.edit = Some(Edit::Keyword {
                at: at.clone(),
                key,
                value: Value::Array(all),
            });
            self.push(difference);
        }
        if self.reviewed {
            for mine in mine
                .iter()
                .filter(|mine| !listed.iter().any(|value| same(mine, value)))
            {
                let message = format!(
                    "the page does not list the value {} of `{}`",
                    shown(mine),
                    wire(&at)
                );
                let place = self.place(&here);
                let mut difference =
                    self.difference(Code::PageValues, span, &here, json!(listed), message);
                difference.diagnostic = difference.diagnostic.also(place, "among these values");
                self.push(difference);
            }
        }
    }

    pub(super) fn default(&mut self, text: &str, at: &str, schema: &Schema, span: Span) {
        let Some(says) = typed(text, schema) else {
            return;
        };
        let same = schema.default.as_ref().is_some_and(|mine| {
            let texts = mine.as_str().zip(says.as_str());
            equal(mine, &says) || texts.is_some_and(|(mine, says)| mine.eq_ignore_ascii_case(says))
        });
        if !same {
            let mine = schema.default.clone().unwrap_or_default();
            self.keyword(Code::PageDefault, span, at, "default", says, &mine);
        }
    }

    /// A key of a schema that the page gives another value.
    pub(super) fn keyword(
        &mut self,
        code: Code,
        span: Span,
        at: &str,
        key: &'static str,
        says: Value,
        mine: &Value,
    ) {
        let here = path::join(at, key);
        if self
            .found
            .iter()
            .any(|found| found.at == here && found.diagnostic.place.span == span)
        {
            return;
        }
        let message = format!(
            "`{key}` of `{}` is {} on the page, {} in the spec",
            wire(at),
            shown(&says),
            shown(mine)
        );
        let place = self.place(&here);
        let mut difference = self.difference(code, span, &here, says.clone(), message);
        let label = if mine.is_null() {
            "the spec says nothing of it".to_owned()
        } else {
            format!("{} here", shown(mine))
        };
        difference.diagnostic = difference.diagnostic.also(place, label);
        difference.edit = Some(Edit::Keyword {
            at: at.to_owned(),
            key,
            value: says,
        });
        self.push(difference);
    }

    /// What a reviewed spec states of a parameter and the page does not.
    pub(super) fn silent(&mut self, row: &Row, field: &Field<'_>, stated: &[Stated<'_, '_>]) {
        let schema = field.schema;
        let keys = [
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "default",
            "enum",
            "knownValues",
        ];
        let mut states: BTreeSet<&str> = BTreeSet::new();
        for one in stated {
            let same = one.field.at == field.at || one.field.at == path::join(&field.at, "items");
            if !same {
                continue;
            }
            match &one.fact.what {
                What::Limit {
                    of,
                    minimum,
                    maximum,
                } => {
                    if let Some((_, _, least, most)) =
                        limit_keys(*of, &one.field.at, one.field.schema, &self.spec.operation)
                    {
                        if minimum.is_some() {
                            states.insert(least);
                        }
                        if maximum.is_some() {
                            states.insert(most);
                        }
                    }
                }
                What::Values(_) => {
                    states.extend(["enum", "knownValues"]);
                }
                What::Default(_) => {
                    states.insert("default");
                }
                What::Ascii => {
                    states.insert("format");
                }
                What::Deprecated => {}
            }
        }
        let ascii = (schema.format == Some(Format::Ascii)).then_some("format");
        for key in keys.into_iter().chain(ascii) {
            let mine = keyword(schema, key);
            let empty = mine.is_null() || mine.as_array().is_some_and(Vec::is_empty);
            // A list that is sent has an element.
            if empty || states.contains(key) || (key == "minItems" && mine == 1) {
                continue;
            }
            let here = path::join(&field.at, key);
            let message = format!(
                "the page does not state the `{key}` of `{}`, the spec says {}",
                wire(&field.at),
                shown(&mine)
            );
            let place = self.place(&here);
            let mut difference =
                self.difference(Code::PageLimit, row.span(), &here, Value::Null, message);
            difference.diagnostic = difference
                .diagnostic
                .label("nothing of it here")
                .also(place, "here it is");
            self.push(difference);
        }
    }

    /// Limits that the text of the page speaks of, which the description of a reviewed spec does not.
    pub(super) fn description(&mut self) {
        self.deprecation();
        let Some(mine) = &self.spec.operation.description else {
            return;
        };
        if !self.reviewed {
            return;
        }
        let page = self.page;
        for (number, span) in facts::spoken(&page.description) {
            let mut numbers = mine.split(|c: char| !c.is_ascii_digit());
            if numbers.any(|known| known == number) {
                continue;
            }
            let message = format!(
                "the page speaks of a limit of {number}, the description of the spec does not"
            );
            let place = self.place("/description");
            let says = Value::from(number);
            let mut difference =
                self.difference(Code::PageLimit, span, "/description", says, message);
            difference.diagnostic = difference.diagnostic.also(place, "not in this text");
            self.push(difference);
        }
    }
}

impl Compare<'_> {
    /// The page says of the operation that it is deprecated.
    fn deprecation(&mut self) {
        let at = "/deprecated";
        if self.spec.operation.deprecated.is_some() {
            return;
        }
        let page = self.page;
        if let Some(span) = page.description.iter().find_map(facts::retires) {
            let message = "the operation is deprecated on the page, not in the spec".to_owned();
            let place = self.place("/operation");
            let mut difference =
                self.difference(Code::PageLimit, span, at, Value::Bool(true), message);
            difference.diagnostic = difference
                .diagnostic
                .also(place, "the spec says nothing of it");
            self.push(difference);
        }
    }
}

pub(super) fn limits_list(fact: &Fact) -> bool {
    matches!(
        fact.what,
        What::Limit {
            of: Of::Number | Of::Count,
            ..
        }
    )
}

/// The keys that a limit is about: of which schema, the least and the greatest.
pub(super) fn limit_keys<'s>(
    of: Of,
    at: &str,
    schema: &'s Schema,
    operation: &'s Operation,
) -> Option<(String, &'s Schema, &'static str, &'static str)> {
    let here = |least, most| Some((at.to_owned(), schema, least, most));
    match (of, schema.kind) {
        (Of::Number | Of::Count, Type::Array) => here("minItems", "maxItems"),
        // At the elements of a list, N counts the list.
        (Of::Number, _) => {
            let list = at.strip_suffix("/items")?;
            let schema = schema_at(operation, list)?;
            Some((list.to_owned(), schema, "minItems", "maxItems"))
        }
        (Of::Value, Type::Integer | Type::Number) => here("minimum", "maximum"),
        (Of::Length, Type::String) => here("minLength", "maxLength"),
        (Of::Length, Type::Array) => {
            let items = schema
                .items
                .as_deref()
                .filter(|items| items.kind == Type::String)?;
            Some((path::join(at, "items"), items, "minLength", "maxLength"))
        }
        _ => None,
    }
}

pub(super) fn keyword(schema: &Schema, key: &str) -> Value {
    let number = |number: &Option<Number>| number.clone().map_or(Value::Null, Value::Number);
    match key {
        "minimum" => number(&schema.minimum),
        "maximum" => number(&schema.maximum),
        "minLength" => json!(schema.min_length),
        "maxLength" => json!(schema.max_length),
        "minItems" => json!(schema.min_items),
        "maxItems" => json!(schema.max_items),
        "default" => json!(schema.default),
        "format" => json!(schema.format),
        _ => json!(schema.values),
    }
}

/// The value that a text of the page stands for, in the type of a schema.
pub(in crate::page) fn typed(text: &str, schema: &Schema) -> Option<Value> {
    match schema.kind {
        Type::String => Some(text.into()),
        Type::Integer => text.parse::<i64>().ok().map(Value::from),
        Type::Number => text.parse::<f64>().ok().map(Value::from),
        Type::Boolean => text
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(Value::from),
        _ => None,
    }
}
