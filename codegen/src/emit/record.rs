//! A struct, the static that describes it, and what the two have in common.
//!
//! ```text
//! pub struct Tag { pub key: Option<String>, pub value: Option<String> }
//! record!(request Tag, TAG, 0 => key, 1 => value);
//! static TAG: Schema = Schema { name: "Tag", fields: &[Field::string("Key"), …], rules: &[] };
//! ```

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::{
    model::{Field, OPEN_FIELD, Operation, Presence, Record, Role, RustType, wire_text},
    names,
    spec::{Echo, Format, Location, Style, Type},
};

use super::{docs, ident, values};

/// The struct with its documentation; `rules` are those of the shape.
pub(super) fn emit(
    operation: &Operation<'_>,
    record: &Record<'_>,
    doc: &TokenStream,
    rules: &[TokenStream],
) -> TokenStream {
    let name = ident(&record.ident);
    let shape = ident(&record.shape);
    let fields = record.fields.iter().map(|field| {
        let doc = field_doc(field);
        let name = ident(&field.ident);
        let ty = field_type(operation, field);
        let deprecated = deprecated(field);
        quote!(#doc #deprecated pub #name: #ty)
    });
    let open = record.open.then(|| {
        let name = ident(OPEN_FIELD);
        quote! {
            #[doc = " What the server answered; the spec does not describe it."]
            pub #name: BTreeMap<String, Value>,
        }
    });
    let non_exhaustive = (record.role == Role::Response).then(|| quote!(#[non_exhaustive]));
    let names = record.fields.iter().map(|field| field.ident.as_str());
    let names = names.chain(record.open.then_some(OPEN_FIELD));
    let positions = names.enumerate().map(|(index, name)| {
        let index = Literal::usize_unsuffixed(index);
        let name = ident(name);
        quote!(, #index => #name)
    });
    let (role, methods) = match record.role {
        Role::Request => (quote!(request), setters(operation, record)),
        Role::Response => (quote!(response), accessors(operation, record)),
    };
    let described = descriptor(operation, record, rules);
    quote! {
        #doc
        #[derive(Default)]
        #non_exhaustive
        pub struct #name {
            #(#fields,)*
            #open
        }

        #methods
        record!(#role #name, #shape #(#positions)*);
        #described
    }
}

fn deprecated(field: &Field<'_>) -> Option<TokenStream> {
    field
        .schema
        .deprecated
        .then(|| quote!(#[deprecated = "the vendor advises against new uses"]))
}

fn descriptor(
    operation: &Operation<'_>,
    record: &Record<'_>,
    rules: &[TokenStream],
) -> TokenStream {
    let shape = ident(&record.shape);
    let name = &record.ident;
    let fields = record
        .fields
        .iter()
        .map(|field| described(operation, field));
    let fields = fields.chain(record.open.then(|| quote!(Field::rest(&Field::any("")))));
    quote! {
        static #shape: Schema = Schema {
            name: #name,
            fields: &[#(#fields),*],
            rules: &[#(#rules),*],
        };
    }
}

/// `Field::int32("Ipv6AddressCount").limits(&Limits::NONE.minimum(1.0))`
fn described(operation: &Operation<'_>, field: &Field<'_>) -> TokenStream {
    let schema = field.schema;
    let mut tokens = value(operation, &field.ty, field.wire, schema);
    if field.region {
        tokens = quote!(#tokens.region());
    } else if schema.required && field.presence == Presence::Required {
        tokens = quote!(#tokens.required());
    }
    if let Some(location) = location(field.location) {
        tokens = quote!(#tokens.location(Location::#location));
    }
    if let Some(style) = field.style.and_then(style) {
        tokens = quote!(#tokens.style(Style::#style));
    }
    if let Some(Echo { values, count }) = &schema.echo {
        let count = count
            .as_ref()
            .map_or_else(|| quote!(None), |count| quote!(Some(#count)));
        tokens = quote!(#tokens.echo(#values, #count));
    }
    tokens
}

fn value(
    operation: &Operation<'_>,
    ty: &RustType,
    wire: &str,
    schema: &crate::spec::Schema,
) -> TokenStream {
    let element = |ty: &RustType, schema: Option<&crate::spec::Schema>| match schema {
        Some(schema) => value(operation, ty, "", schema),
        None => quote!(Field::any("")),
    };
    let mut tokens = match ty {
        RustType::String => quote!(Field::string(#wire)),
        RustType::I32 => quote!(Field::int32(#wire)),
        RustType::I64 => quote!(Field::int64(#wire)),
        RustType::F64 => quote!(Field::float(#wire)),
        RustType::Bool => quote!(Field::boolean(#wire)),
        RustType::Bytes => quote!(Field::bytes(#wire)),
        RustType::Any => quote!(Field::any(#wire)),
        RustType::Record(index) => {
            let shape = ident(&operation.records[*index].shape);
            quote!(Field::object(#wire, &#shape))
        }
        RustType::List(inner) => {
            let element = element(inner, schema.items.as_deref());
            quote!(Field::list(#wire, &#element))
        }
        RustType::Map(inner) => {
            let element = element(inner, schema.additional_properties.as_deref());
            quote!(Field::map(#wire, &#element))
        }
    };
    if let Some(limits) = limits(ty, schema) {
        tokens = quote!(#tokens.limits(&Limits::NONE #limits));
    }
    if schema.sensitive {
        tokens = quote!(#tokens.sensitive());
    }
    tokens
}

fn limits(ty: &RustType, schema: &crate::spec::Schema) -> Option<TokenStream> {
    let mut tokens = TokenStream::new();
    let number =
        |number: &serde_json::Number| Literal::f64_unsuffixed(number.as_f64().unwrap_or(0.0));
    if let Some(minimum) = &schema.minimum {
        let minimum = number(minimum);
        tokens.extend(quote!(.minimum(#minimum)));
    }
    if let Some(maximum) = &schema.maximum {
        let maximum = number(maximum);
        tokens.extend(quote!(.maximum(#maximum)));
    }
    let counts = [
        ("min_length", schema.min_length),
        ("max_length", schema.max_length),
        ("min_items", schema.min_items),
        ("max_items", schema.max_items),
    ];
    for (name, count) in counts {
        if let Some(count) = count {
            let name = ident(name);
            let count = Literal::u32_unsuffixed(count);
            tokens.extend(quote!(.#name(#count)));
        }
    }
    if !schema.values.is_empty() {
        let values = schema.values.iter().map(wire_text);
        tokens.extend(quote!(.values(&[#(#values),*])));
    }
    if let Some(format) = schema.format.and_then(format) {
        tokens.extend(quote!(.format(Format::#format)));
    }
    if let Some(pattern) = &schema.pattern {
        let name = pattern_static(pattern);
        tokens.extend(quote!(.pattern(&#name)));
    }
    if tokens.is_empty() {
        return None;
    }
    // `Field::int32` says the width in its own limits, which these replace.
    if *ty == RustType::I32 {
        tokens.extend(quote!(.format(Format::Int32)));
    }
    Some(tokens)
}

fn format(format: Format) -> Option<TokenStream> {
    Some(match format {
        Format::Ascii => quote!(Ascii),
        Format::Ipv4 => quote!(Ipv4),
        Format::Ipv6 => quote!(Ipv6),
        Format::Ipv4Cidr => quote!(Ipv4Cidr),
        Format::Ipv6Cidr => quote!(Ipv6Cidr),
        Format::Int32 | Format::Int64 | Format::Float | Format::Double | Format::Binary => {
            return None;
        }
    })
}

fn location(location: Location) -> Option<TokenStream> {
    match location {
        Location::Query => None,
        Location::FormData => Some(quote!(Form)),
        Location::Body => Some(quote!(Body)),
        Location::Host => Some(quote!(Host)),
    }
}

fn style(style: Style) -> Option<TokenStream> {
    match style {
        Style::RepeatList | Style::Flat => None,
        Style::Json => Some(quote!(Json)),
        Style::Simple => Some(quote!(Comma)),
        Style::SpaceDelimited => Some(quote!(Space)),
        Style::PipeDelimited => Some(quote!(Pipe)),
    }
}

/// Patterns are compiled at first use, so each needs a static of its own; equal ones share it.
pub(super) fn patterns(operation: &Operation<'_>) -> TokenStream {
    fn collect<'a>(schema: &'a crate::spec::Schema, into: &mut Vec<&'a str>) {
        into.extend(schema.pattern.as_deref());
        let inner = schema.items.as_deref().into_iter();
        inner
            .chain(schema.additional_properties.as_deref())
            .for_each(|schema| collect(schema, into));
    }
    let mut found = Vec::new();
    for field in operation.records.iter().flat_map(|record| &record.fields) {
        collect(field.schema, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    let statics = found.into_iter().map(|pattern| {
        let name = pattern_static(pattern);
        quote!(static #name: Pattern = Pattern::new(#pattern);)
    });
    quote!(#(#statics)*)
}

/// A name from the expression itself: it changes when and only when the expression does.
fn pattern_static(pattern: &str) -> proc_macro2::Ident {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in pattern.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    ident(&format!("PATTERN_{hash:016X}"))
}

/// The type of a field, absence included.
fn field_type(operation: &Operation<'_>, field: &Field<'_>) -> TokenStream {
    let ty = rust_type(operation, &field.ty);
    match field.presence {
        Presence::Optional => quote!(Option<#ty>),
        Presence::Required | Presence::Empty => ty,
    }
}

pub(super) fn rust_type(operation: &Operation<'_>, ty: &RustType) -> TokenStream {
    match ty {
        RustType::String => quote!(String),
        RustType::I32 => quote!(i32),
        RustType::I64 => quote!(i64),
        RustType::F64 => quote!(f64),
        RustType::Bool => quote!(bool),
        RustType::Bytes => quote!(Bytes),
        RustType::Any => quote!(Value),
        RustType::Record(index) => {
            let name = ident(&operation.records[*index].ident);
            quote!(#name)
        }
        RustType::List(inner) => {
            let inner = rust_type(operation, inner);
            quote!(Vec<#inner>)
        }
        RustType::Map(inner) => {
            let inner = rust_type(operation, inner);
            quote!(BTreeMap<String, #inner>)
        }
    }
}

/// What a caller hands over for a value, and how it becomes one.
fn argument(
    operation: &Operation<'_>,
    ty: &RustType,
    name: &TokenStream,
) -> (TokenStream, TokenStream) {
    let full = rust_type(operation, ty);
    match ty {
        RustType::String | RustType::Bytes | RustType::Any => {
            (quote!(impl Into<#full>), quote!(#name.into()))
        }
        RustType::List(inner) => match **inner {
            RustType::String => (
                quote!(impl IntoIterator<Item = impl Into<String>>),
                quote!(#name.into_iter().map(Into::into).collect()),
            ),
            _ => {
                let inner = rust_type(operation, inner);
                (
                    quote!(impl IntoIterator<Item = #inner>),
                    quote!(#name.into_iter().collect()),
                )
            }
        },
        _ => (full, name.clone()),
    }
}

/// `new` with the required fields, a setter for each other.
fn setters(operation: &Operation<'_>, record: &Record<'_>) -> TokenStream {
    let name = ident(&record.ident);
    let required: Vec<_> = record
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Required)
        .collect();
    let new = {
        let arguments = required.iter().map(|field| {
            let name = ident(&field.ident);
            let (ty, _) = argument(operation, &field.ty, &quote!(#name));
            quote!(#name: #ty)
        });
        let values = required.iter().map(|field| {
            let name = ident(&field.ident);
            let (_, value) = argument(operation, &field.ty, &quote!(#name));
            // `x: x` is written `x`
            if name == value.to_string() {
                quote!(#name)
            } else {
                quote!(#name: #value)
            }
        });
        let doc = docs::lines(&[match required.len() {
            0 => "A request without any parameter.".to_owned(),
            _ => "With what is required.".to_owned(),
        }]);
        let many = (required.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        let rest = (required.len() < record.fields.len()).then(|| quote!(..Self::default()));
        let body = match required.len() {
            0 => quote!(Self::default()),
            _ => quote!(Self { #(#values,)* #rest }),
        };
        quote! {
            #doc
            #many
            pub fn new(#(#arguments),*) -> Self {
                #body
            }
        }
    };
    let setters = record
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Optional)
        .map(|field| {
            let field_name = ident(&field.ident);
            let setter = ident(&names::setter_name(&field.ident));
            let doc = docs::lines(&[format!("Sets {}.", docs::code(field.wire))]);
            let deprecated = deprecated(field);
            let (ty, value) = argument(operation, &field.ty, &quote!(#field_name));
            quote! {
                #doc
                #deprecated
                pub fn #setter(mut self, #field_name: #ty) -> Self {
                    self.#field_name = Some(#value);
                    self
                }
            }
        });
    let choices: Vec<_> = if std::ptr::eq(record, &raw const operation.records[0]) {
        operation
            .choices
            .iter()
            .map(|choice| choice_setter(record, choice))
            .collect()
    } else {
        Vec::new()
    };
    quote! {
        impl #name {
            #new
            #(#setters)*
            #(#choices)*
        }
    }
}

fn choice_setter(record: &Record<'_>, choice: &crate::model::Choice) -> TokenStream {
    let setter = ident(&choice.setter);
    let ty = ident(&choice.ident);
    let doc = docs::lines(&["Sets one and clears the others.".to_owned()]);
    let clears = choice.members.iter().map(|(index, _)| {
        let field = ident(&record.fields[*index].ident);
        quote!(self.#field = None;)
    });
    let sets = choice.members.iter().map(|(index, variant)| {
        let field = ident(&record.fields[*index].ident);
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
    let request = &operation.records[0];
    let ty = ident(&choice.ident);
    let members: Vec<_> = choice
        .members
        .iter()
        .map(|(index, _)| docs::code(request.fields[*index].wire))
        .collect();
    let doc = docs::paragraphs(&[
        format!("One of {}.", members.join(", ")),
        docs::prose(&choice.reason),
    ]);
    let variants = choice.members.iter().map(|(index, variant)| {
        let field = &request.fields[*index];
        let doc = docs::lines(&[format!("{}.", docs::code(field.wire))]);
        let variant = ident(variant);
        let ty = rust_type(operation, &field.ty);
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

/// The vendor wraps lists in objects that hold nothing else; a method gives the list.
fn accessors(operation: &Operation<'_>, record: &Record<'_>) -> TokenStream {
    let accessors: Vec<_> = record
        .fields
        .iter()
        .filter_map(|field| {
            let RustType::Record(index) = field.ty else {
                return None;
            };
            let [list] = operation.records[index].fields.as_slice() else {
                return None;
            };
            let RustType::List(inner) = &list.ty else {
                return None;
            };
            let name = ident(&field.ident);
            let accessor = ident(&names::setter_name(&field.ident));
            let inner_name = ident(&list.ident);
            let inner = rust_type(operation, inner);
            let doc = docs::lines(&[format!(
                "The list in {}; empty where the response has none.",
                docs::code(&format!("{}.{}", field.wire, list.wire))
            )]);
            let deprecated = deprecated(field);
            Some(quote! {
                #doc
                #deprecated
                pub fn #accessor(&self) -> &[#inner] {
                    self.#name.as_ref().map_or(&[], |wrapper| &wrapper.#inner_name)
                }
            })
        })
        .collect();
    if accessors.is_empty() {
        return TokenStream::new();
    }
    let name = ident(&record.ident);
    quote!(impl #name { #(#accessors)* })
}

/// What the field is, its limits in words, an example.
fn field_doc(field: &Field<'_>) -> TokenStream {
    let schema = field.schema;
    let mut paragraphs = Vec::new();
    let words = schema.description.as_deref().map(docs::prose);
    let words = words.filter(|words| !words.trim().is_empty());
    let named = words.is_none();
    paragraphs.push(words.unwrap_or_else(|| format!("{}.", docs::code(field.wire))));
    let mut facts = Vec::new();
    if !named && crate::names::type_name(field.wire) != field.wire {
        facts.push(format!("On the wire {}.", docs::code(field.wire)));
    }
    if field.region {
        facts.push("The client fills it with its region.".to_owned());
    }
    facts.extend(limits_in_words(schema));
    if let Some(default) = &schema.default {
        facts.push(format!(
            "The server takes {} where nothing is given.",
            docs::value(default)
        ));
    }
    if let Some(example) = &schema.example {
        facts.push(format!("Example: {}.", docs::value(example)));
    }
    if !facts.is_empty() {
        paragraphs.push(facts.join(" "));
    }
    paragraphs.extend(values::prose(schema));
    docs::paragraphs(&paragraphs)
}

fn limits_in_words(schema: &crate::spec::Schema) -> Vec<String> {
    let mut words = Vec::new();
    let range = |least: Option<String>, most: Option<String>, what: &str| match (least, most) {
        (Some(least), Some(most)) if least == most => Some(format!("{least}{what}.")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}{what}.")),
        (Some(least), None) => Some(format!("At least {least}{what}.")),
        (None, Some(most)) => Some(format!("At most {most}{what}.")),
        (None, None) => None,
    };
    let count = |count: Option<u32>| count.map(|count| count.to_string());
    let number = |number: &Option<serde_json::Number>| number.as_ref().map(ToString::to_string);
    words.extend(range(number(&schema.minimum), number(&schema.maximum), ""));
    words.extend(range(
        count(schema.min_length),
        count(schema.max_length),
        " characters",
    ));
    words.extend(range(
        count(schema.min_items),
        count(schema.max_items),
        " elements",
    ));
    if !schema.values.is_empty() {
        let values: Vec<_> = schema.values.iter().map(docs::value).collect();
        words.push(format!("One of {}.", values.join(", ")));
    }
    if let Some(pattern) = &schema.pattern {
        words.push(format!("Matches {}.", docs::code(pattern)));
    }
    if let (Type::Array, Some(items)) = (schema.kind, &schema.items)
        && items.properties.is_empty()
    {
        let each = limits_in_words(items);
        if !each.is_empty() {
            words.push(format!("Each element: {}", each.join(" ")));
        }
    }
    words
}
