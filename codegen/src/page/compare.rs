//! The comparison of a page with the spec of its operation.
//!
//! What a page does not speak of it does not deny, with two exceptions. Its tables are complete: a
//! parameter, field or error that a table has not is missing there. And a spec that a person has
//! compared with the page (`reviewed`) held what the page said then: what the page states no more is
//! told.

mod departures;
mod errors;
mod examples;
mod limits;
mod permissions;
mod rows;
mod rules;
mod sections;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::align::{self, Aligned, Place as Field, Target};
use super::facts::{self, Fact};
use super::model::{Page, Row};
use super::shift::{self, Shift};
use super::tables::short;
use crate::check;
use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::spec::{Constraint, ErrorRow, Operation, Permission, Schema, Type};
use crate::tree::{self, Node, Span};

use limits::typed;
use rows::Table;
pub(super) use rows::{same_type, wraps_list};

/// The spec of an operation as it stands in its file.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The file.
    pub source: Arc<Source>,
    /// The operation that it describes.
    pub operation: Operation,
}

/// Messages of errors that are known, by code.
pub type Messages = BTreeMap<String, BTreeSet<String>>;

/// One difference between a page and a spec, or one defect of the page.
#[derive(Clone, Debug)]
pub struct Difference {
    /// For people.
    pub diagnostic: Diagnostic,
    /// The place in the spec, as [`crate::spec::Departure::at`] writes it.
    pub at: String,
    /// The value on the page, as [`crate::spec::Departure::source`] records it.
    pub says: Value,
    /// What would make the spec say the same.
    pub(super) edit: Option<Edit>,
}

/// A change of a spec.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    /// A key of a schema.
    Keyword {
        at: String,
        key: &'static str,
        value: Value,
    },
    /// A field of an object, or a parameter.
    Field {
        collection: String,
        name: String,
        /// The field that it stands after on the page.
        after: Option<String>,
        schema: Box<Schema>,
    },
    Error(ErrorRow),
    /// The status of the only row with a code.
    Status {
        code: String,
        from: Option<u32>,
        to: u32,
    },
    Message {
        row: usize,
        message: String,
    },
    Rule(Constraint),
    Permission(Permission),
}

/// A departure from the page that is recorded in the spec and holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its place in the spec.
    pub at: String,
    /// The value that it records for the page.
    pub says: Value,
    /// The place on the page.
    pub place: Place,
}

/// The result of comparing one page with one spec.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The differences, in the order of the page.
    pub differences: Vec<Difference>,
    /// The recorded departures that hold.
    pub held: Vec<Held>,
}

/// Compares a page with the spec of its operation.
#[must_use]
pub fn compare(page: &Page, spec: &Spec, messages: &Messages) -> Comparison {
    let text = spec.source.text.as_deref().unwrap_or_default();
    let tree = tree::parse(text).ok();
    let mut compare = Compare {
        page,
        spec,
        tree: tree.as_ref(),
        messages,
        reviewed: spec.operation.reviewed.is_some(),
        found: Vec::new(),
    };
    for (span, what) in &page.unreadable {
        compare.defect(Code::PageUnreadable, *span, what.clone(), "");
    }
    compare.sections();
    compare.description();
    compare.request();
    compare.response();
    compare.success_example();
    compare.errors();
    compare.permissions();
    compare.departures()
}

struct Compare<'c> {
    page: &'c Page,
    spec: &'c Spec,
    tree: Option<&'c Node<'c>>,
    messages: &'c Messages,
    reviewed: bool,
    found: Vec<Difference>,
}

impl Compare<'_> {
    /// The place in the spec of what is at `at`, or of the nearest thing around it.
    fn place(&self, at: &str) -> Place {
        let mut at = at;
        let node = self.tree.and_then(|tree| {
            loop {
                if let Some(node) = check::find(tree, at) {
                    return Some(node);
                }
                at = &at[..at.rfind('/')?];
            }
        });
        // Of a whole object its name, or where it opens.
        let span = node.map_or(Span::default(), |node| {
            let name = ["name", "code", "operation", "rule", "action"]
                .iter()
                .find_map(|key| node.get(key));
            name.map_or_else(|| node.opening(), |name| name.span)
        });
        Place {
            source: Arc::clone(&self.spec.source),
            span,
        }
    }

    /// A difference, which is not kept yet.
    fn difference(
        &self,
        code: Code,
        span: Span,
        at: &str,
        says: Value,
        message: String,
    ) -> Difference {
        Difference {
            diagnostic: Diagnostic::new(code, self.page.place(span), message),
            at: at.to_owned(),
            says,
            edit: None,
        }
    }

    fn push(&mut self, difference: Difference) {
        self.found.push(difference);
    }

    /// A defect of the page.
    fn defect(&mut self, code: Code, span: Span, message: String, at: &str) {
        let says = Value::from(message.clone());
        let difference = self.difference(code, span, at, says, message);
        self.push(difference);
    }

    fn request(&mut self) {
        let page = self.page;
        let Some(table) = &page.request else { return };
        let operation = &self.spec.operation;
        let stated: Vec<Vec<Fact>> = table
            .rows
            .iter()
            .map(|row| facts::facts(&row.description))
            .collect();
        let shift = shift::find(&table.rows, &stated);
        if let Some(shift) = &shift {
            self.shifted(&table.rows, shift);
        }
        let alignment = align::request(&table.rows, operation);
        self.rows(&Table {
            fields: table,
            alignment: &alignment,
            example: None,
            request: true,
        });
        self.facts(table, &alignment, shift.as_ref(), &stated);
        self.rules(table, &alignment, shift.as_ref());
    }

    fn shifted(&mut self, rows: &[Row], shift: &Shift) {
        let span = rows[shift.first].span();
        let (side, where_to) = if shift.down {
            ("low", "below")
        } else {
            ("high", "above")
        };
        let says = format!("descriptions one row {side} on the page");
        let name = |row: usize| rows[row].name.as_ref().map_or("", |name| name.as_str());
        let message = format!(
            "the descriptions of the rows `{}` to `{}` are about the rows {where_to} them",
            short(name(shift.first)),
            short(name(shift.last))
        );
        let mut difference =
            self.difference(Code::PageShifted, span, "/parameters", says.into(), message);
        difference.diagnostic = difference
            .diagnostic
            .help("what they state is compared with the parameters that they are about");
        self.push(difference);
    }

    fn response(&mut self) {
        let page = self.page;
        let Some(table) = &page.response else { return };
        let empty = Schema {
            kind: Type::Object,
            ..Schema::default()
        };
        let response = match &self.spec.operation.response {
            Some(response) => response,
            None if table.rows.iter().any(|row| row.name.is_some()) => &empty,
            None => return,
        };
        let example = page
            .example
            .as_ref()
            .map(|example| tree::parse(example.as_str()));
        let example = example.as_ref().and_then(|example| example.as_ref().ok());
        let alignment = align::response(&table.rows, response, example);
        self.rows(&Table {
            fields: table,
            alignment: &alignment,
            example,
            request: false,
        });
        self.response_examples(table, &alignment);
    }
}

fn same_name(a: &Row, b: &Row) -> bool {
    match (&a.name, &b.name) {
        (Some(a), Some(b)) => a.as_str() == b.as_str(),
        _ => false,
    }
}

/// The field that a row is about.
fn field_of<'a, 's>(aligned: &'a Aligned<'s>) -> Option<&'a Field<'s>> {
    match &aligned.target {
        Target::Known(field) | Target::Items(field) => Some(field),
        Target::Again {
            place: field_place, ..
        } => Some(field_place),
        _ => None,
    }
}

/// The schema at a place of the request or the response.
pub(super) fn schema_at<'s>(operation: &'s Operation, at: &str) -> Option<&'s Schema> {
    let (mut schema, mut rest) = if let Some(rest) = at.strip_prefix("/parameters/") {
        let parameter = operation.parameters.iter().filter(|parameter| {
            let after = rest.strip_prefix(parameter.name.as_str());
            after.is_some_and(|after| after.is_empty() || after.starts_with('/'))
        });
        let parameter = parameter.max_by_key(|parameter| parameter.name.len())?;
        (&parameter.schema, &rest[parameter.name.len()..])
    } else {
        (operation.response.as_ref()?, at.strip_prefix("/response")?)
    };
    while let Some(below) = rest.strip_prefix('/').filter(|below| !below.is_empty()) {
        if let Some(after) = below.strip_prefix("items") {
            schema = schema.items.as_deref()?;
            rest = after;
        } else {
            let below = below.strip_prefix("properties/")?;
            let (name, inner) = schema.properties.iter().find(|(name, _)| {
                let after = below.strip_prefix(name.as_str());
                after.is_some_and(|after| after.is_empty() || after.starts_with('/'))
            })?;
            schema = inner;
            rest = &below[name.len()..];
        }
    }
    Some(schema)
}

/// A place in the notation of rules: `Tag.N.Key`.
fn wire(at: &str) -> String {
    let rest = at
        .strip_prefix("/parameters/")
        .or_else(|| at.strip_prefix("/response/properties/"))
        .unwrap_or(at);
    rest.replace("/properties/", ".").replace("/items", ".N")
}

/// A value in a message.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => format!("`{}`", short(text)),
        value => format!("`{}`", short(&crate::format::value_to_line(value))),
    }
}
