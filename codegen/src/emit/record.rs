//! A struct, the static that describes it, and what the two have in common.
//!
//! ```text
//! pub struct Tag { pub key: Option<String>, pub value: Option<String> }
//!
//! record! {
//!     request Tag = TAG {
//!         key,
//!         value,
//!     }
//! }
//!
//! static TAG: Schema = Schema { name: "Tag", fields: &[Field::string("Key"), …], rules: &[] };
//! ```

use alicloud_schema::record::{self, Bound, Kind, Limits, Location, Style};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use crate::model::{Field, OPEN_FIELD, Operation, Presence, Record, Role, RustType, Scope};

use super::{docs, facts, ident, rules, text, values, variant};

/// The struct with its documentation; `more` are methods beside the setters.
pub(super) fn emit(
    scope: Scope<'_, '_>,
    record: &Record<'_>,
    doc: &TokenStream,
    more: &[TokenStream],
) -> TokenStream {
    let name = ident(&record.ident);
    let table = ident(&record.table);
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
    let patterns = record.fields.iter().filter_map(|field| {
        let (name, pattern) = field.pattern.as_ref()?;
        let (name, pattern) = (ident(name), text(pattern.as_str()));
        Some(quote!(static #name: Pattern = Pattern::new(#pattern);))
    });
    let described = descriptor(scope, record);
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
            #role #name = #table {
                #(#names,)*
            }
        }

        #described
        #(#patterns)*
    }
}

fn deprecated(scope: Scope<'_, '_>, record: &Record<'_>, field: &Field<'_>) -> Option<TokenStream> {
    let note = scope.field_deprecation(field, record.role)?;
    Some(quote!(#[deprecated = #note]))
}

fn descriptor(scope: Scope<'_, '_>, record: &Record<'_>) -> TokenStream {
    let table = ident(&record.table);
    let name = &record.ident;
    let fields = record.fields.iter();
    let fields = fields.map(|field| described(scope, field, &field.ty, &field.table));
    let fields = fields.chain(record.open.then(|| quote!(Field::rest(&Field::any("")))));
    let rules = record.schema.rules.iter().map(rules::emit);
    // Operations refer to the tables of the types that they share.
    let visibility = scope.operation.is_none().then(|| quote!(pub(super)));
    quote! {
        #visibility static #table: Schema = Schema {
            name: #name,
            fields: &[#(#fields),*],
            rules: &[#(#rules),*],
        };
    }
}

/// A field or an element of one: `Field::int32("Count").limits(&Limits::NONE.minimum(1).maximum(10))`
fn described(
    scope: Scope<'_, '_>,
    field: &Field<'_>,
    ty: &RustType,
    described: &record::Field,
) -> TokenStream {
    let element = |ty: &RustType| match described.kind {
        Kind::List(element) | Kind::Map(element) => self::described(scope, field, ty, element),
        _ => TokenStream::new(),
    };
    let wire = described.name;
    let mut tokens = match ty {
        RustType::String => quote!(Field::string(#wire)),
        RustType::I32 => quote!(Field::int32(#wire)),
        RustType::I64 => quote!(Field::int64(#wire)),
        RustType::F64 => quote!(Field::float(#wire)),
        RustType::Bool => quote!(Field::boolean(#wire)),
        RustType::Bytes => quote!(Field::bytes(#wire)),
        RustType::Any => quote!(Field::any(#wire)),
        RustType::Part(index) => {
            let table = ident(&scope.parts[*index].table);
            quote!(Field::object(#wire, &#table))
        }
        RustType::Shared(shared) => {
            let table = ident(&shared.table);
            quote!(Field::object(#wire, &#table))
        }
        RustType::List(inner) => {
            let element = element(inner);
            quote!(Field::list(#wire, &#element))
        }
        RustType::Map(inner) => {
            let element = element(inner);
            quote!(Field::map(#wire, &#element))
        }
    };
    if let Some(limits) = limits(field, described.limits) {
        tokens.extend(quote!(.limits(&Limits::NONE #limits)));
    }
    if described.sensitive {
        tokens.extend(quote!(.sensitive()));
    }
    if let Some(wrapper) = described.wrapper {
        tokens.extend(quote!(.wrapped(#wrapper)));
    }
    if described.region {
        tokens.extend(quote!(.region()));
    }
    if described.required {
        tokens.extend(quote!(.required()));
    }
    if described.location != Location::Query {
        let location = variant(described.location);
        tokens.extend(quote!(.location(Location::#location)));
    }
    if described.style != Style::Flat {
        let style = variant(described.style);
        tokens.extend(quote!(.style(Style::#style)));
    }
    tokens
}

fn limits(field: &Field<'_>, limits: &Limits) -> Option<TokenStream> {
    let mut tokens = TokenStream::new();
    for (name, bound) in [("minimum", limits.minimum), ("maximum", limits.maximum)] {
        let (name, bound) = match bound {
            None => continue,
            Some(Bound::Integer(bound)) => (name.to_owned(), Literal::i64_unsuffixed(bound)),
            Some(Bound::Float(bound)) => (format!("float_{name}"), Literal::f64_unsuffixed(bound)),
        };
        let name = ident(&name);
        tokens.extend(quote!(.#name(#bound)));
    }
    let counts = [
        ("min_length", limits.min_length),
        ("max_length", limits.max_length),
        ("min_items", limits.min_items),
        ("max_items", limits.max_items),
    ];
    for (name, count) in counts {
        if let Some(count) = count {
            let name = ident(name);
            let count = Literal::u32_unsuffixed(count);
            tokens.extend(quote!(.#name(#count)));
        }
    }
    if !limits.values.is_empty() {
        let values = limits.values.iter().map(|value| text(value));
        tokens.extend(quote!(.values(&[#(#values),*])));
    }
    if let Some(format) = limits.format {
        let format = variant(format);
        tokens.extend(quote!(.format(Format::#format)));
    }
    if let (Some(_), Some((name, _))) = (limits.pattern, &field.pattern) {
        let name = ident(name);
        tokens.extend(quote!(.pattern(&#name)));
    }
    (!tokens.is_empty()).then_some(tokens)
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
        RustType::Shared(shared) => {
            let name = ident(&shared.ident);
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
