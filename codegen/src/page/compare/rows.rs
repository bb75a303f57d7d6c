//! Rows of parameters and fields: names, types, marks.

use serde_json::{Value, json};

use super::super::align::{self, Aligned, Alignment, Place as Field, Target};
use super::super::model::{Fields, Row};
use super::super::tables::short;
use super::super::text::Text;
use super::super::words::{self, Kind};
use super::{Compare, Edit, same_name, schema_at, shown, typed, wire};
use crate::diagnostic::Code;
use crate::import::path;
use crate::spec::{Format, Schema, Style, Type};
use crate::tree::{self, Node};

/// A table of the page beside the fields of the spec.
pub(super) struct Table<'t, 's> {
    pub fields: &'t Fields,
    pub alignment: &'t Alignment<'s>,
    /// A success response.
    pub example: Option<&'t Node<'t>>,
    pub request: bool,
}

impl Table<'_, '_> {
    fn noun(&self) -> &'static str {
        if self.request { "parameter" } else { "field" }
    }

    fn code(&self) -> Code {
        if self.request {
            Code::PageParameter
        } else {
            Code::PageField
        }
    }
}

impl Compare<'_> {
    /// Names, types and marks.
    pub(super) fn rows(&mut self, table: &Table<'_, '_>) {
        for aligned in &table.alignment.rows {
            let row = &table.fields.rows[aligned.row];
            match &aligned.target {
                Target::Known(field) => self.known(row, field, table.request),
                Target::Items(field) => self.kind(row, field),
                Target::Again { place, first } => {
                    self.known(row, place, table.request);
                    self.again(table, row, &place.at, *first);
                }
                Target::New { collection, name } => {
                    self.new_field(table, aligned, collection, name);
                }
                Target::Uncertain { collections } => self.uncertain(row, collections),
                Target::Ignored => {}
            }
        }
        for at in &table.alignment.missing {
            let name = at.rsplit('/').next().unwrap_or(at);
            let message = format!("the page has no {} `{name}`", table.noun());
            let title = table.fields.title;
            let mut difference = self.difference(table.code(), title, at, Value::Null, message);
            let place = self.place(at);
            difference.diagnostic = difference
                .diagnostic
                .label("not in this table")
                .also(place, "the spec has it");
            self.push(difference);
        }
    }

    fn again(&mut self, table: &Table<'_, '_>, row: &Row, at: &str, first: usize) {
        let rows = &table.fields.rows;
        let times = rows.iter().filter(|other| same_name(other, row)).count();
        let says = if times == 2 {
            "listed twice".to_owned()
        } else {
            format!("listed {times} times")
        };
        let name = row.name.as_ref().map_or("", Text::as_str);
        let message = format!("`{}` is {says} on the page", short(name));
        let first = self.page.place(rows[first].span());
        let mut difference =
            self.difference(Code::PageRowTwice, row.span(), at, says.into(), message);
        difference.diagnostic = difference.diagnostic.also(first, "here already");
        self.push(difference);
    }

    fn new_field(
        &mut self,
        table: &Table<'_, '_>,
        aligned: &Aligned<'_>,
        collection: &str,
        name: &str,
    ) {
        let row = &table.fields.rows[aligned.row];
        let at = path::join(collection, name);
        if let Some(known) = self.found.iter().find(|found| found.at == at) {
            let first = known.diagnostic.place.clone();
            let message = format!("`{}` is listed twice on the page", short(name));
            let says = "listed twice".into();
            let mut difference =
                self.difference(Code::PageRowTwice, row.span(), &at, says, message);
            difference.diagnostic = difference.diagnostic.also(first, "here already");
            self.push(difference);
            return;
        }
        let described = described(row, table.request);
        let message = format!(
            "the spec has no {} `{}`{described}",
            table.noun(),
            short(name)
        );
        let mut difference =
            self.difference(table.code(), row.span(), &at, Value::Bool(true), message);
        let place = self.place(collection);
        difference.diagnostic = difference.diagnostic.also(place, "not among these");
        let owner = collection.strip_suffix("/properties");
        let owner = owner.and_then(|owner| schema_at(&self.spec.operation, owner));
        // The list of such an object has another name on the page. What it holds is known, and which
        // name is right a person has to see.
        if let Some((list, _)) = owner
            .filter(|owner| wraps_list(Kind::Array, owner))
            .and_then(|owner| owner.properties.first())
        {
            difference.diagnostic = difference
                .diagnostic
                .label(format!("the spec calls this list `{list}`"));
            self.push(difference);
            return;
        }
        let shown = table
            .example
            .and_then(|example| align::example_at(example, &at));
        difference.edit = Some(Edit::Field {
            collection: collection.to_owned(),
            name: name.to_owned(),
            after: before(table.alignment, aligned.row, collection),
            schema: Box::new(new_schema(table.fields, aligned, table.request, shown)),
        });
        self.push(difference);
    }

    fn uncertain(&mut self, row: &Row, collections: &[String]) {
        let name = row.name.as_ref().map_or("", Text::as_str);
        let list: Vec<String> = collections.iter().map(|it| format!("`{it}`")).collect();
        let message = format!(
            "it is not certain where `{}` belongs: {}",
            short(name),
            list.join(" or ")
        );
        let at = path::join(collections.first().map_or("", String::as_str), name);
        let says = Value::Bool(true);
        let mut difference = self.difference(Code::PageUncertain, row.span(), &at, says, message);
        difference.diagnostic = difference.diagnostic.help(
            "the page lists the fields of an object and what comes after it alike; see the vendor's site, and add it by hand",
        );
        self.push(difference);
    }

    pub(super) fn known(&mut self, row: &Row, field: &Field<'_>, request: bool) {
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

    /// Whether a list or an object is sent as one text, which is what pages call it.
    fn is_one_text(&self, at: &str) -> bool {
        let name = at.strip_prefix("/parameters/");
        let parameters = &self.spec.operation.parameters;
        parameters.iter().any(|parameter| {
            Some(parameter.name.as_str()) == name
                && matches!(
                    parameter.style,
                    Some(
                        Style::Json | Style::Simple | Style::SpaceDelimited | Style::PipeDelimited
                    )
                )
        })
    }

    /// The type, and how wide a number is.
    pub(super) fn kind(&mut self, row: &Row, field: &Field<'_>) {
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
        if same_type(*kind, schema)
            || wraps_list(*kind, schema)
            || (*kind == Kind::String && self.is_one_text(&at))
        {
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
}

pub(super) fn spec_type(kind: Kind) -> Option<Type> {
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
pub(in crate::page) fn same_type(kind: Kind, schema: &Schema) -> bool {
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
pub(in crate::page) fn wraps_list(kind: Kind, schema: &Schema) -> bool {
    kind == Kind::Array
        && schema.kind == Type::Object
        && schema.properties.len() == 1
        && schema
            .properties
            .values()
            .all(|only| only.kind == Type::Array)
}

pub(super) fn described(row: &Row, request: bool) -> String {
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
pub(super) fn before(alignment: &Alignment<'_>, row: usize, collection: &str) -> Option<String> {
    alignment.rows[..row].iter().rev().find_map(|aligned| {
        let Target::Known(field) = &aligned.target else {
            return None;
        };
        let name = field.at.strip_prefix(collection)?.strip_prefix('/')?;
        (!name.contains('/')).then(|| name.to_owned())
    })
}

/// What a new field is, as far as the page says it for certain.
pub(super) fn new_schema(
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
    if let Some(example) = row.example.as_ref().map(Text::as_str)
        && !example.contains(['*', ' ', '\n'])
        && example.len() <= 100
    {
        schema.example = typed(example, &schema);
    }
    schema
}

pub(super) fn of_kind(kind: Kind, text: &str) -> Schema {
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
                .and_then(|inner| words::kind(&inner))
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
