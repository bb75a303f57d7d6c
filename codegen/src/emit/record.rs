//! Structs, the static with their schemas, and what the two have in common.
//!
//! ```text
//! pub struct Tag { pub key: Option<String>, pub value: Option<String> }
//!
//! record! {
//!     request Tag = 0 of SCHEMAS {
//!         key,
//!         value,
//!     }
//! }
//!
//! static SCHEMAS: Schemas = Schemas::text(r#"
//!     Tag
//!         Key string required chars=1..64
//!         Value string
//! "#);
//! ```

use std::fmt::Write as _;

use alicloud_schema::{
    fields,
    record::{self, Kind},
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use crate::model::{Field, OPEN_FIELD, Operation, Presence, Record, Role, RustType, Scope};

use super::{docs, facts, ident, raw, rules, values};

/// The struct with its documentation; `position` is that of its schema, `more` are methods beside the
/// setters.
pub(super) fn emit(
    scope: Scope<'_, '_>,
    record: &Record<'_>,
    position: usize,
    doc: &TokenStream,
    more: &[TokenStream],
) -> TokenStream {
    let name = ident(&record.ident);
    let position = Literal::usize_unsuffixed(position);
    let fields = record.fields.iter().map(|field| {
        let doc = field_doc(field);
        let name = ident(&field.ident);
        let ty = field_type(scope, field);
        let deprecated = deprecated(scope, record, field);
        quote!(#doc #deprecated pub #name: #ty)
    });
    let open = record.open.then(|| {
        let name = ident(OPEN_FIELD);
        quote! {
            #[doc = " The fields of the answer, which the spec does not describe."]
            pub #name: BTreeMap<String, Value>,
        }
    });
    let names = record.fields.iter().map(|field| field.ident.as_str());
    let names = names.chain(record.open.then_some(OPEN_FIELD)).map(ident);
    let (role, non_exhaustive, methods) = match record.role {
        Role::Request => (quote!(request), None, Some(methods(scope, record, more))),
        Role::Response => (quote!(response), Some(quote!(#[non_exhaustive])), None),
    };
    quote! {
        #doc
        #[derive(Default)]
        #non_exhaustive
        pub struct #name {
            #(#fields,)*
            #open
        }

        #methods

        record! {
            #role #name = #position of SCHEMAS {
                #(#names,)*
            }
        }
    }
}

fn deprecated(scope: Scope<'_, '_>, record: &Record<'_>, field: &Field<'_>) -> Option<TokenStream> {
    let note = scope.field_deprecation(field, record.role)?;
    Some(quote!(#[deprecated = #note]))
}

/// The static with the schemas of these records, in their order.
pub(super) fn schemas(
    scope: Scope<'_, '_>,
    records: &[&Record<'_>],
    refers_to_types: bool,
) -> TokenStream {
    let mut lines = String::from("\n");
    for record in records {
        _ = writeln!(lines, "        {}", record.ident);
        for field in &record.fields {
            let line = fields::write(&field.table, nested(scope, &field.ty));
            _ = writeln!(lines, "            {line}");
        }
        if record.open {
            _ = writeln!(lines, "            {}", fields::write(&OPEN, ""));
        }
    }
    lines += "    ";
    let lines = raw(&lines);
    let with = refers_to_types.then(|| quote!(.with(&[&super::types::SCHEMAS])));
    // Only requests have rules.
    let rules = records.first().map_or(&[][..], |first| first.schema.rules);
    let rules = (!rules.is_empty()).then(|| {
        let rules = rules.iter().map(rules::emit);
        quote!(.rules(&[#(#rules),*]))
    });
    let fields = records.iter().flat_map(|record| &record.fields);
    let patterns = fields.map(|field| &field.table).any(has_pattern);
    let patterns = patterns.then(|| quote!(.patterns()));
    // Operations refer to the schemas of the types that they share.
    let visibility = scope.operation.is_none().then(|| quote!(pub(super)));
    quote! {
        #visibility static SCHEMAS: Schemas = Schemas::text(#lines) #with #rules #patterns;
    }
}

/// Does a text of the field, or of an element of it, have to match a pattern?
fn has_pattern(field: &record::Field) -> bool {
    let in_element = match field.kind {
        Kind::List(element) | Kind::Map(element) => has_pattern(element),
        _ => false,
    };
    in_element || field.limits.pattern.is_some()
}

/// A reference to a schema of the file.
pub(super) fn schema_at(position: usize) -> TokenStream {
    let position = Literal::usize_unsuffixed(position);
    quote!(SCHEMAS.at(#position))
}

/// What keeps the fields of an answer that the spec does not describe.
static OPEN: record::Field = record::Field::rest(&record::Field::any(""));

/// The name of the record that is in a field, if any.
fn nested<'a>(scope: Scope<'a, '_>, ty: &'a RustType) -> &'a str {
    match ty {
        RustType::Part(index) => &scope.parts[*index].ident,
        RustType::Shared(name) => name,
        RustType::List(inner) | RustType::Map(inner) => nested(scope, inner),
        _ => "",
    }
}

/// The type of a field, absence included.
fn field_type(scope: Scope<'_, '_>, field: &Field<'_>) -> TokenStream {
    let ty = rust_type(scope, &field.ty);
    match field.presence {
        Presence::Optional => quote!(Option<#ty>),
        Presence::Required | Presence::Empty => ty,
    }
}

pub(super) fn rust_type(scope: Scope<'_, '_>, ty: &RustType) -> TokenStream {
    match ty {
        RustType::String => quote!(String),
        RustType::I32 => quote!(i32),
        RustType::I64 => quote!(i64),
        RustType::F64 => quote!(f64),
        RustType::Bool => quote!(bool),
        RustType::Bytes => quote!(Bytes),
        RustType::Any => quote!(Value),
        RustType::Part(index) => {
            let name = ident(&scope.parts[*index].ident);
            quote!(#name)
        }
        RustType::Shared(name) => {
            let name = ident(name);
            quote!(#name)
        }
        RustType::List(inner) => {
            let inner = rust_type(scope, inner);
            quote!(Vec<#inner>)
        }
        RustType::Map(inner) => {
            let inner = rust_type(scope, inner);
            quote!(BTreeMap<String, #inner>)
        }
    }
}

/// What a caller hands over for a value, and how it becomes one where it is not one already.
fn argument(
    scope: Scope<'_, '_>,
    ty: &RustType,
    name: &Ident,
) -> (TokenStream, Option<TokenStream>) {
    let full = rust_type(scope, ty);
    match ty {
        RustType::String | RustType::Bytes | RustType::Any => {
            (quote!(impl Into<#full>), Some(quote!(#name.into())))
        }
        RustType::List(inner) => match **inner {
            RustType::String => (quote!(impl IntoStrings), Some(quote!(#name.into_strings()))),
            _ => {
                let inner = rust_type(scope, inner);
                (
                    quote!(impl IntoIterator<Item = #inner>),
                    Some(quote!(#name.into_iter().collect())),
                )
            }
        },
        _ => (full, None),
    }
}

/// The attribute of a short function that takes values of these types: one that is generic is compiled
/// where it is used anyway.
fn inline<'a>(types: impl IntoIterator<Item = &'a RustType>) -> Option<TokenStream> {
    let is_generic = |ty: &RustType| {
        matches!(
            ty,
            RustType::String | RustType::Bytes | RustType::Any | RustType::List(_)
        )
    };
    let generic = types.into_iter().any(is_generic);
    (!generic).then(|| quote!(#[inline]))
}

/// `new` with the required fields, a setter for each other, and more.
fn methods(scope: Scope<'_, '_>, record: &Record<'_>, more: &[TokenStream]) -> TokenStream {
    let name = ident(&record.ident);
    let new = constructor(scope, record);
    let fields = record.fields.iter();
    let setters = fields
        .filter(|field| field.presence == Presence::Optional)
        .map(|field| setter(scope, record, field));
    quote! {
        impl #name {
            #new
            #(#setters)*
            #(#more)*
        }
    }
}

fn constructor(scope: Scope<'_, '_>, record: &Record<'_>) -> TokenStream {
    let fields = record.fields.iter();
    let required: Vec<_> = fields
        .filter(|field| field.presence == Presence::Required)
        .collect();
    let arguments = required.iter().map(|field| {
        let name = ident(&field.ident);
        let (ty, _) = argument(scope, &field.ty, &name);
        quote!(#name: #ty)
    });
    let values = required.iter().map(|field| {
        let name = ident(&field.ident);
        match argument(scope, &field.ty, &name) {
            (_, Some(value)) => quote!(#name: #value),
            (_, None) => quote!(#name),
        }
    });
    let (what, fields) = match record.path.as_str() {
        "" => ("a request".to_owned(), "parameter"),
        _ => (format!("a [`{}`]", record.ident), "field"),
    };
    let doc = match required.len() {
        0 => format!("Creates {what} without any {fields}."),
        1 => format!("Creates {what} with its required {fields}."),
        _ => format!("Creates {what} with its required {fields}s."),
    };
    let doc = docs::lines(&[doc]);
    let many = (required.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let rest = (required.len() < record.fields.len()).then(|| quote!(..Self::default()));
    let inline = inline(required.iter().map(|field| &field.ty));
    let body = match required.len() {
        0 => quote!(Self::default()),
        _ => quote!(Self { #(#values,)* #rest }),
    };
    quote! {
        #doc
        #many
        #inline
        pub fn new(#(#arguments),*) -> Self {
            #body
        }
    }
}

fn setter(scope: Scope<'_, '_>, record: &Record<'_>, field: &Field<'_>) -> TokenStream {
    let name = ident(&field.ident);
    let setter = ident(&field.setter);
    let doc = docs::lines(&[format!("Sets {}.", docs::code(field.wire))]);
    let deprecated = deprecated(scope, record, field);
    let (ty, value) = argument(scope, &field.ty, &name);
    let value = value.unwrap_or_else(|| quote!(#name));
    let inline = inline([&field.ty]);
    quote! {
        #doc
        #deprecated
        #inline
        pub fn #setter(mut self, #name: #ty) -> Self {
            self.#name = Some(#value);
            self
        }
    }
}

/// The setter of a choice.
pub(super) fn choice_setter(request: &Record<'_>, choice: &crate::model::Choice) -> TokenStream {
    let setter = ident(&choice.setter);
    let ty = ident(&choice.ident);
    let members = choice_members(request, choice);
    let doc = docs::lines(&[format!("Sets one of {members}, and clears the others.")]);
    let clears = choice.members.iter().map(|(index, _)| {
        let field = ident(&request.fields[*index].ident);
        quote!(self.#field = None;)
    });
    let sets = choice.members.iter().map(|(index, variant)| {
        let field = ident(&request.fields[*index].ident);
        let variant = ident(variant);
        quote!(#ty::#variant(value) => self.#field = Some(value),)
    });
    quote! {
        #doc
        pub fn #setter(mut self, choice: #ty) -> Self {
            #(#clears)*
            match choice { #(#sets)* }
            self
        }
    }
}

/// The enum of a choice.
pub(super) fn choice(operation: &Operation<'_>, choice: &crate::model::Choice) -> TokenStream {
    let request = &operation.request;
    let ty = ident(&choice.ident);
    let doc = docs::paragraphs(&[
        format!("One of {}.", choice_members(request, choice)),
        docs::prose(&choice.reason),
    ]);
    let variants = choice.members.iter().map(|(index, variant)| {
        let field = &request.fields[*index];
        let doc = docs::lines(&[format!("{}.", docs::code(field.wire))]);
        let variant = ident(variant);
        let ty = rust_type(operation.scope(), &field.ty);
        quote!(#doc #variant(#ty))
    });
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        pub enum #ty {
            #(#variants,)*
        }
    }
}

fn choice_members(request: &Record<'_>, choice: &crate::model::Choice) -> String {
    let members = choice.members.iter();
    let members = members.map(|(index, _)| docs::code(request.fields[*index].wire));
    members.collect::<Vec<_>>().join(", ")
}

/// What the field is, its limits in words, an example.
fn field_doc(field: &Field<'_>) -> TokenStream {
    let schema = field.schema;
    let mut paragraphs = Vec::new();
    // What a list holds says more than what the object around it does.
    let wrapper = field.wrapper.map(|(object, _)| object);
    let described = [Some(schema), wrapper].into_iter().flatten();
    let described = described.filter_map(|schema| schema.description.as_deref());
    let description = described
        .map(docs::prose)
        .find(|words| !words.trim().is_empty());
    let wire = field.full_wire();
    let mut words = Vec::new();
    if description.is_some() && field.hides_wire_name() {
        words.push(format!("On the wire {}.", docs::code(&wire)));
    }
    if field.table.region {
        words.push("The client fills in its region.".to_owned());
    }
    let description = description.unwrap_or_else(|| format!("{}.", docs::code(&wire)));
    words.extend(facts::words(schema, &description));
    let values = values::prose(schema, &description);
    paragraphs.push(description);
    if !words.is_empty() {
        paragraphs.push(words.join(" "));
    }
    paragraphs.extend(values);
    docs::paragraphs(&paragraphs)
}
