//! A page beside the spec of its operation.
//!
//! What a page does not speak of it does not deny, with two exceptions. Its tables are complete: a
//! parameter, field or error that a table has not is missing there. And a spec that a person has
//! compared with the page (`reviewed`) held what the page said then: what the page states no more is
//! told.

mod errors;
mod examples;
mod permissions;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Number, Value, json};

use super::align::{self, Aligned, Alignment, Place as Field, Target};
use super::facts::{self, Fact, Of, What};
use super::model::{Fields, Page, Row};
use super::shift::{self, Shift};
use super::tables::short;
use super::words::Kind;
use crate::check;
use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::import::merge::equal;
use crate::import::path;
use crate::spec::{Constraint, ErrorRow, Format, Operation, Origin, Permission, Schema, Type};
use crate::tree::{self, Node, Span};

/// The spec of an operation as it stands in its file.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The file.
    pub source: Arc<Source>,
    /// What it says.
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
    /// What the page says, as [`crate::spec::Departure::source`] records it.
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
    /// What it says that the page says.
    pub says: Value,
    /// Where the page says it.
    pub place: Place,
}

/// What came of comparing one page with one spec.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// What differs, in the order of the page.
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

/// A fact and the row and field that it is about.
struct Stated<'c, 's> {
    field: &'c Field<'s>,
    fact: Fact,
}

impl<'c> Compare<'c> {
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
        self.rows(table, &alignment, None);
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
        self.rows(table, &alignment, example);
    }

    /// Names, types and marks.
    fn rows(&mut self, table: &Fields, alignment: &Alignment<'_>, example: Option<&Node<'_>>) {
        let request = self
            .page
            .request
            .as_ref()
            .is_some_and(|request| request.title == table.title);
        let what = if request { "parameter" } else { "field" };
        let code = if request {
            Code::PageParameter
        } else {
            Code::PageField
        };
        for aligned in &alignment.rows {
            let row = &table.rows[aligned.row];
            match &aligned.target {
                Target::Known(field) => self.known(row, field, request),
                Target::Items(field) => self.kind(row, field),
                Target::Again {
                    place: field_place,
                    first,
                } => {
                    self.known(row, field_place, request);
                    let twice = table
                        .rows
                        .iter()
                        .filter(|other| same_name(other, row))
                        .count();
                    let says = if twice == 2 {
                        "listed twice".to_owned()
                    } else {
                        format!("listed {twice} times")
                    };
                    let name = row.name.as_ref().map_or("", |name| name.as_str());
                    let message = format!("`{}` is {says} on the page", short(name));
                    let first = self.page.place(table.rows[*first].span());
                    let mut difference = self.difference(
                        Code::PageRowTwice,
                        row.span(),
                        &field_place.at,
                        says.into(),
                        message,
                    );
                    difference.diagnostic = difference.diagnostic.also(first, "here already");
                    self.push(difference);
                }
                Target::New { collection, name } => {
                    let at = path::join(collection, name);
                    let again = self.found.iter().any(|found| found.at == at);
                    let described = described(row, request);
                    let message = format!("the spec has no {what} `{}`{described}", short(name));
                    let mut difference = self.difference(
                        if again { Code::PageRowTwice } else { code },
                        row.span(),
                        &at,
                        Value::Bool(true),
                        if again {
                            format!("`{}` is listed twice on the page", short(name))
                        } else {
                            message
                        },
                    );
                    let place = self.place(collection);
                    difference.diagnostic = difference.diagnostic.also(place, "not among these");
                    if !again {
                        difference.edit = Some(Edit::Field {
                            collection: collection.clone(),
                            name: name.clone(),
                            after: before(alignment, aligned.row, collection),
                            schema: Box::new(new_schema(
                                table,
                                aligned,
                                request,
                                example.and_then(|example| align::example_at(example, &at)),
                            )),
                        });
                    }
                    self.push(difference);
                }
                Target::Uncertain { collections } => {
                    let name = row.name.as_ref().map_or("", |name| name.as_str());
                    let message = format!(
                        "it is not certain where `{}` belongs: {}",
                        short(name),
                        collections
                            .iter()
                            .map(|collection| format!("`{collection}`"))
                            .collect::<Vec<_>>()
                            .join(" or ")
                    );
                    let at = collections.first().map_or("", String::as_str);
                    let at = path::join(at, name);
                    let mut difference = self.difference(
                        Code::PageUncertain,
                        row.span(),
                        &at,
                        Value::Bool(true),
                        message,
                    );
                    difference.diagnostic = difference.diagnostic.help(
                        "the page lists the fields of an object and what comes after it alike; see the vendor's site, and add it by hand",
                    );
                    self.push(difference);
                }
                Target::Ignored => {}
            }
        }
        for at in &alignment.missing {
            let name = at.rsplit('/').next().unwrap_or(at);
            let message = format!("the page has no {what} `{name}`");
            let mut difference = self.difference(code, table.title, at, Value::Null, message);
            let place = self.place(at);
            difference.diagnostic = difference
                .diagnostic
                .label("not in this table")
                .also(place, "the spec has it");
            self.push(difference);
        }
    }

    fn known(&mut self, row: &Row, field: &Field<'_>, request: bool) {
        self.kind(row, field);
        let Some((required, mark)) = &row.required else {
            return;
        };
        if !request || *required == field.schema.required {
            return;
        }
        let at = path::join(&field.at, "required");
        let (page, spec) = if *required {
            ("required", "optional")
        } else {
            ("optional", "required")
        };
        let message = format!(
            "`{}` is {page} on the page, {spec} in the spec",
            wire(&field.at)
        );
        let place = self.place(&field.at);
        let mut difference = self.difference(
            Code::PageRequired,
            mark.span(),
            &at,
            Value::Bool(*required),
            message,
        );
        difference.diagnostic = difference.diagnostic.also(place, format!("{spec} here"));
        difference.edit = Some(Edit::Keyword {
            at: field.at.clone(),
            key: "required",
            value: Value::Bool(*required),
        });
        self.push(difference);
    }

    /// The type, and how wide a number is.
    fn kind(&mut self, row: &Row, field: &Field<'_>) {
        let Some((kind, text)) = &row.kind else {
            return;
        };
        let mut at = field.at.clone();
        let mut schema = field.schema;
        if field.as_items
            && let Some(items) = schema.items.as_deref()
        {
            at = path::join(&at, "items");
            schema = items;
        }
        if same_type(*kind, schema) || wraps_list(*kind, schema) {
            return;
        }
        let own = spec_type(*kind);
        let width = own == Some(schema.kind) && schema.kind == Type::Integer;
        let (key, says) = if width {
            let format = if *kind == Kind::Long {
                Format::Int64
            } else {
                Format::Int32
            };
            ("format", json!(format))
        } else {
            ("type", json!(own))
        };
        let mine = if width {
            json!(schema.format)
        } else {
            json!(schema.kind)
        };
        let message = format!(
            "`{}` is of the type `{}` on the page, {} in the spec",
            wire(&field.at),
            short(text.as_str()),
            shown(&mine)
        );
        let here = path::join(&at, key);
        let place = self.place(&here);
        let mut difference =
            self.difference(Code::PageType, text.span(), &here, says.clone(), message);
        difference.diagnostic = difference
            .diagnostic
            .also(place, format!("{} here", shown(&mine)));
        // Nothing is known of the elements of a list or the fields of an object that were none before.
        if !says.is_null() && !matches!(own, Some(Type::Array | Type::Object | Type::Any)) {
            difference.edit = Some(Edit::Keyword {
                at,
                key,
                value: says,
            });
        }
        self.push(difference);
    }

    /// What descriptions state, at the rows that they are about.
    fn facts(
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
            for fact in &all[aligned.row] {
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
            if self.reviewed
                && let Target::Known(field) = &aligned.target
            {
                self.silent(&table.rows[aligned.row], field, &stated);
            }
        }
    }

    fn fact(&mut self, stated: &Stated<'_, '_>) {
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
                    Value::Null,
                );
            }
            What::Deprecated if schema.deprecated.is_none() => {
                self.keyword(
                    Code::PageLimit,
                    stated.fact.span,
                    at,
                    "deprecated",
                    Value::Bool(true),
                    Value::Null,
                );
            }
            What::Ascii | What::Deprecated => {}
        }
    }

    fn limit(
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
        if mine.as_f64() == Value::from(says).as_f64() {
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
        self.keyword(Code::PageLimit, span, at, key, Value::from(says), mine);
    }

    fn values(&mut self, values: &[(String, Span)], at: &str, schema: &Schema, span: Span) {
        let (at, schema) = match schema.items.as_deref() {
            Some(items) if schema.kind == Type::Array => (path::join(at, "items"), items),
            _ => (at.to_owned(), schema),
        };
        if schema.values.is_empty() || schema.kind == Type::Boolean {
            return;
        }
        let here = path::join(&at, "enum");
        let typed: Vec<Value> = values
            .iter()
            .filter_map(|(value, _)| typed(value, schema))
            .collect();
        for (value, span) in values {
            let Some(typed_value) = typed_in(value, schema) else {
                continue;
            };
            if schema.values.contains(&typed_value) {
                continue;
            }
            let message = format!(
                "`{}` takes `{}` on the page, the spec refuses it",
                wire(&at),
                short(value)
            );
            let place = self.place(&here);
            let mut difference =
                self.difference(Code::PageValues, *span, &here, json!(typed), message);
            difference.diagnostic = difference.diagnostic.also(place, "not among these values");
            let mut all = schema.values.clone();
            all.extend(
                typed
                    .iter()
                    .filter(|value| !schema.values.contains(value))
                    .cloned(),
            );
            difference.edit = Some(Edit::Keyword {
                at: at.clone(),
                key: "enum",
                value: Value::Array(all),
            });
            self.push(difference);
        }
        if self.reviewed {
            for mine in schema.values.iter().filter(|mine| !typed.contains(mine)) {
                let message = format!(
                    "the page does not list the value {} of `{}`",
                    shown(mine),
                    wire(&at)
                );
                let place = self.place(&here);
                let mut difference =
                    self.difference(Code::PageValues, span, &here, json!(typed), message);
                difference.diagnostic = difference.diagnostic.also(place, "among these values");
                self.push(difference);
            }
        }
    }

    fn default(&mut self, text: &str, at: &str, schema: &Schema, span: Span) {
        let Some(says) = typed(text, schema) else {
            return;
        };
        let same = schema.default.as_ref().is_some_and(|mine| {
            let texts = mine.as_str().zip(says.as_str());
            equal(mine, &says) || texts.is_some_and(|(mine, says)| mine.eq_ignore_ascii_case(says))
        });
        if !same {
            let mine = schema.default.clone().unwrap_or_default();
            self.keyword(Code::PageDefault, span, at, "default", says, mine);
        }
    }

    /// A key of a schema that the page gives another value.
    fn keyword(
        &mut self,
        code: Code,
        span: Span,
        at: &str,
        key: &'static str,
        says: Value,
        mine: Value,
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
            shown(&mine)
        );
        let place = self.place(&here);
        let mut difference = self.difference(code, span, &here, says.clone(), message);
        let label = if mine.is_null() {
            "the spec says nothing of it".to_owned()
        } else {
            format!("{} here", shown(&mine))
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
    fn silent(&mut self, row: &Row, field: &Field<'_>, stated: &[Stated<'_, '_>]) {
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
                    states.insert("enum");
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

    /// Sets the recorded departures against what was found.
    fn departures(mut self) -> Comparison {
        let spec = self.spec;
        let mut held = Vec::new();
        let departures: Vec<_> = spec
            .operation
            .departures
            .iter()
            .enumerate()
            .filter(|(_, departure)| departure.from == Origin::Page)
            .collect();
        for (index, departure) in departures {
            let recorded = self.place(&format!("/departures/{index}"));
            let collection = matches!(
                departure.at.as_str(),
                "/errors" | "/parameters" | "/constraints" | "/permissions"
            ) || departure.at.ends_with("/properties");
            let mut met = false;
            let mut first: Option<Place> = None;
            self.found.retain_mut(|found| {
                let below = collection
                    && departure.source.is_null()
                    && found.says.is_null()
                    && found.at.strip_prefix(&departure.at).is_some_and(|rest| {
                        rest.starts_with('/') && !rest[1..].contains("/properties")
                    });
                if found.at != departure.at && !below {
                    return true;
                }
                if below || equal(&departure.source, &found.says) {
                    met = true;
                    first.get_or_insert_with(|| found.diagnostic.place.clone());
                    return false;
                }
                if !collection {
                    met = true;
                    let label = format!("recorded: the page says {}", shown(&departure.source));
                    found.diagnostic.secondary.push((recorded.clone(), label));
                    found.diagnostic.help = Some(format!(
                        "the page says {} now; see whether the departure still stands, and correct its `source`",
                        shown(&found.says)
                    ));
                }
                true
            });
            if let Some(place) = first {
                held.push(Held {
                    at: departure.at.clone(),
                    says: departure.source.clone(),
                    place,
                });
                continue;
            }
            if met {
                continue;
            }
            match self.quoted(&departure.at, &departure.source) {
                Quoted::At(span) => held.push(Held {
                    at: departure.at.clone(),
                    says: departure.source.clone(),
                    place: self.page.place(span),
                }),
                Quoted::Silent => {}
                Quoted::No(span) => {
                    let message = format!(
                        "the page does not say what the departure at `{}` records: {}",
                        departure.at,
                        shown(&departure.source)
                    );
                    let mut difference = self.difference(
                        Code::PageDeparture,
                        span,
                        &departure.at,
                        Value::Null,
                        message,
                    );
                    difference.diagnostic = difference
                        .diagnostic
                        .also(recorded, "this departure")
                        .help("remove the departure, and what the spec says for its sake");
                    self.push(difference);
                }
            }
        }
        self.found.sort_by_key(|found| found.diagnostic.place.span);
        for found in &mut self.found {
            if found.diagnostic.help.is_none() && !found.at.is_empty() {
                found.diagnostic.help = Some(remedy(found));
            }
        }
        Comparison {
            differences: self.found,
            held,
        }
    }

    /// Whether the page has the words that a departure quotes, where it is about words; and the place
    /// on the page of what it is about.
    fn quoted(&self, at: &str, source: &Value) -> Quoted {
        let page = self.page;
        let (span, texts) = match at.split('/').nth(1) {
            Some("errors") => {
                let Some(table) = &page.errors else {
                    return Quoted::Silent;
                };
                let found = table.rows.iter().find(|row| {
                    let place = path::row(row.status, row.code.as_str());
                    at == place
                        || at
                            .strip_prefix(&place)
                            .is_some_and(|rest| rest.starts_with('/'))
                });
                match found {
                    Some(row) => {
                        let texts = [&row.message, &row.description, &row.joined];
                        (row.code.span(), texts.into_iter().flatten().collect())
                    }
                    None => (table.title, Vec::new()),
                }
            }
            Some("response") => {
                let Some(table) = &page.response else {
                    return Quoted::Silent;
                };
                row_at(table, at)
            }
            Some("responseExample") => match &page.example {
                Some(example) => (example.slice(0..1).span(), Vec::new()),
                None => return Quoted::Silent,
            },
            Some("permissions") => match &page.permissions {
                Some(table) => (table.title, Vec::new()),
                None => return Quoted::Silent,
            },
            Some("description" | "summary") => {
                let texts: Vec<_> = page.description.iter().map(|line| &line.text).collect();
                (
                    texts.first().map_or(Span::default(), |text| text.span()),
                    texts,
                )
            }
            _ => {
                let Some(table) = &page.request else {
                    return Quoted::Silent;
                };
                row_at(table, at)
            }
        };
        if at.ends_with("/description")
            && let Some(words) = source.as_str()
        {
            let found = texts.iter().find_map(|text| {
                let start = text.as_str().find(words)?;
                Some(text.span_of(start..start + words.len()))
            });
            if let Some(span) = found {
                return Quoted::At(span);
            }
        }
        Quoted::No(span)
    }
}

/// The row of a table that a place is about, and what its description says; else the title.
fn row_at<'t>(table: &'t Fields, at: &str) -> (Span, Vec<&'t super::text::Text>) {
    let mut names: Vec<&str> = at.split('/').collect();
    names.reverse();
    let found = names
        .iter()
        .find_map(|name| table.rows.iter().find(|row| row.is_called(name)));
    found.map_or((table.title, Vec::new()), |row| {
        (
            row.span(),
            row.description.iter().map(|line| &line.text).collect(),
        )
    })
}

enum Quoted {
    At(Span),
    No(Span),
    /// The page has no such part.
    Silent,
}

/// What a person can do about a difference.
fn remedy(found: &Difference) -> String {
    let departure = json!({ "at": found.at, "from": "page", "source": found.says, "reason": "…" });
    let line = crate::format::value_to_line(&departure);
    let keep = format!("to keep the spec as it is, record {line}");
    match &found.edit {
        Some(_) => format!("`--write` takes it over; {keep}"),
        None => keep,
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

fn limits_list(fact: &Fact) -> bool {
    matches!(
        fact.what,
        What::Limit {
            of: Of::Number | Of::Count,
            ..
        }
    )
}

/// The keys that a limit is about: of which schema, the least and the greatest.
fn limit_keys<'s>(
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

fn keyword(schema: &Schema, key: &str) -> Value {
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
fn typed(text: &str, schema: &Schema) -> Option<Value> {
    typed_in(text, schema)
}

fn typed_in(text: &str, schema: &Schema) -> Option<Value> {
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

fn spec_type(kind: Kind) -> Option<Type> {
    Some(match kind {
        Kind::String => Type::String,
        Kind::Integer | Kind::Long => Type::Integer,
        Kind::Number => Type::Number,
        Kind::Boolean => Type::Boolean,
        Kind::Array => Type::Array,
        Kind::Object => Type::Object,
        Kind::Any => return None,
    })
}

/// Whether a type of the page is that of a schema.
pub(super) fn same_type(kind: Kind, schema: &Schema) -> bool {
    let Some(own) = spec_type(kind) else {
        return true;
    };
    if schema.kind == Type::Any {
        return true;
    }
    match kind {
        Kind::Integer => schema.kind == own && schema.format != Some(Format::Int64),
        Kind::Long => schema.kind == own && schema.format != Some(Format::Int32),
        _ => schema.kind == own,
    }
}

/// The page calls an object a list that holds nothing but the list.
pub(super) fn wraps_list(kind: Kind, schema: &Schema) -> bool {
    kind == Kind::Array
        && schema.kind == Type::Object
        && schema.properties.len() == 1
        && schema
            .properties
            .values()
            .all(|only| only.kind == Type::Array)
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

fn described(row: &Row, request: bool) -> String {
    let kind = row.kind.as_ref().map(|(_, text)| short(text.as_str()));
    let mark = row
        .required
        .as_ref()
        .filter(|_| request)
        .map(
            |(required, _)| {
                if *required { "required" } else { "optional" }
            },
        );
    match (kind, mark) {
        (Some(kind), Some(mark)) => format!(" ({kind}, {mark})"),
        (Some(kind), None) => format!(" ({kind})"),
        (None, _) => String::new(),
    }
}

/// The name of the last field of a collection before a row.
fn before(alignment: &Alignment<'_>, row: usize, collection: &str) -> Option<String> {
    alignment.rows[..row].iter().rev().find_map(|aligned| {
        let Target::Known(field) = &aligned.target else {
            return None;
        };
        let name = field.at.strip_prefix(collection)?.strip_prefix('/')?;
        (!name.contains('/')).then(|| name.to_owned())
    })
}

/// What a new field is, as far as the page says it for certain.
fn new_schema(
    table: &Fields,
    aligned: &Aligned<'_>,
    request: bool,
    shown: Option<&Node<'_>>,
) -> Schema {
    let row = &table.rows[aligned.row];
    let mut schema = row
        .kind
        .as_ref()
        .map_or_else(Schema::default, |(kind, text)| {
            of_kind(*kind, text.as_str())
        });
    schema.required = request && row.required.as_ref().is_some_and(|(required, _)| *required);
    if schema.kind == Type::Array {
        let next = table.rows.get(aligned.row + 1);
        let element = next.filter(|next| next.name.is_none() || next.doubtful);
        if let Some((kind, text)) = element.and_then(|next| next.kind.as_ref()) {
            schema.items = Some(Box::new(of_kind(*kind, text.as_str())));
        }
    }
    // The page calls an object that holds nothing but a list a list, and the list by its elements.
    match shown.map(|node| &node.kind) {
        Some(tree::Kind::Object(entries)) if schema.kind == Type::Array => {
            let mut wrapper = Schema {
                kind: Type::Object,
                ..Schema::default()
            };
            if let [entry] = entries.as_slice()
                && matches!(entry.value.kind, tree::Kind::Array(_))
            {
                schema.required = false;
                wrapper.properties.insert(entry.key.to_string(), schema);
            }
            schema = wrapper;
        }
        Some(tree::Kind::Array(_)) if schema.kind != Type::Array => {
            schema = Schema {
                kind: Type::Array,
                items: Some(Box::new(schema)),
                ..Schema::default()
            };
        }
        _ => {}
    }
    if let Some(example) = row.example.as_ref().map(|example| example.as_str())
        && !example.contains(['*', ' ', '\n'])
        && example.len() <= 100
    {
        schema.example = typed(example, &schema);
    }
    schema
}

fn of_kind(kind: Kind, text: &str) -> Schema {
    let mut schema = Schema {
        kind: spec_type(kind).unwrap_or(Type::Any),
        ..Schema::default()
    };
    match kind {
        Kind::Integer => schema.format = Some(Format::Int32),
        Kind::Long => schema.format = Some(Format::Int64),
        Kind::Number => {
            schema.format = match text.trim().to_lowercase().as_str() {
                "float" => Some(Format::Float),
                "double" => Some(Format::Double),
                _ => None,
            }
        }
        Kind::Array => {
            // `array<object>` says what the elements are.
            let lower = text.to_lowercase();
            let inner = lower
                .split_once('<')
                .map(|(_, inner)| inner.trim_end_matches('>').trim().to_owned());
            let inner = inner
                .and_then(|inner| super::words::kind(&inner))
                .unwrap_or(Kind::String);
            let inner = if inner == Kind::Array {
                Kind::Any
            } else {
                inner
            };
            schema.items = Some(Box::new(of_kind(inner, "")));
        }
        _ => {}
    }
    schema
}
