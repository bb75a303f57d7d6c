//! The module of an operation: request, response, error codes, and the table that ties them.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::{
    Options,
    model::{Operation, PathRoot, Product, Record, Role, RustType, resolve_path},
    names,
    spec::{self, Access, Method},
};

use super::{docs, error_code, ident, permissions, record, rules, runtime, values};

pub(super) fn emit(
    product: &Product<'_>,
    operation: &Operation<'_>,
    options: &Options,
) -> TokenStream {
    let rules = rules::emit(operation.spec);
    let records = operation.records.iter().enumerate().map(|(index, record)| {
        let doc = match index {
            0 => request_doc(product, operation, options),
            1 => docs::lines(&[format!("What [`{}`] answers.", operation.request)]),
            _ => part_doc(operation, record),
        };
        let deprecated = (index == 0 && operation.spec.deprecated)
            .then(|| quote!(#[deprecated = "the vendor advises against new uses"]));
        let doc = quote!(#doc #deprecated);
        let rules: &[TokenStream] = if index == 0 { &rules } else { &[] };
        record::emit(operation, record, &doc, rules)
    });
    let choices = operation
        .choices
        .iter()
        .map(|choice| record::choice(operation, choice));
    let error_code = error_code::emit(operation);
    let patterns = record::patterns(operation);
    let table = table(operation);
    let pages = paginated(operation);
    let values = values::constants(&operation.values);
    let request = ident(&operation.request);
    let response = ident(&operation.response);
    let code = ident(&operation.error_code);
    let marker = ident(&product.marker);
    let body = quote! {
        #(#records)*
        #(#choices)*
        #error_code
        #patterns
        #table

        impl Request for #request {
            type Product = super::#marker;
            type Response = #response;
            type ErrorCode = #code;
            const OPERATION: &'static Operation = &OPERATION;
        }

        #pages

        #values
    };
    let imports = imports(&body, options);
    let title = docs::line(operation.spec.summary.as_deref().unwrap_or_default());
    let title = if title.is_empty() {
        format!("`{}`.", operation.spec.operation)
    } else {
        format!("`{}`: {title}", operation.spec.operation)
    };
    let title = format!(" {title}");
    quote! {
        #![doc = #title]
        #imports
        #body
    }
}

/// The names of the runtime that the module uses, each once.
fn imports(body: &TokenStream, options: &Options) -> TokenStream {
    const OPERATION: &[&str] = &[
        "Access",
        "ErrorCode",
        "ErrorRow",
        "Method",
        "Operation",
        "Pagination",
        "Permission",
        "Request",
        "ResourceType",
        "Waiter",
    ];
    const RECORD: &[&str] = &[
        "Bytes",
        "Field",
        "Format",
        "Limits",
        "Location",
        "Predicate",
        "Rule",
        "RuleKind",
        "Schema",
        "Style",
    ];
    let mut used = BTreeSet::new();
    collect(body.clone(), &mut used);
    let used = |names: &[&str]| -> Vec<proc_macro2::Ident> {
        let names = names.iter().filter(|name| used.contains(**name));
        names.map(|name| ident(name)).collect()
    };
    let runtime = runtime(options);
    let operation = used(OPERATION);
    let record = used(RECORD);
    let pattern = used(&["Pattern"])
        .into_iter()
        .map(|name| quote!(use #runtime::pattern::#name;));
    let paginated = used(&["Paginated"])
        .into_iter()
        .map(|name| quote!(use #runtime::pagination::#name;));
    let map = used(&["BTreeMap"])
        .into_iter()
        .map(|name| quote!(use std::collections::#name;));
    let value = used(&["Value"])
        .into_iter()
        .map(|name| quote!(use #runtime::record::#name;));
    quote! {
        #(#map)*
        #(#paginated)*
        #(#pattern)*
        #(#value)*
        use #runtime::operation::{#(#operation),*};
        use #runtime::record;
        use #runtime::record::{#(#record),*};
    }
}

/// The names that tokens begin paths with. The variants of an enum are no such names, but what they
/// hold is.
fn collect(tokens: TokenStream, into: &mut BTreeSet<String>) {
    let mut colons = 0;
    let mut in_enum = false;
    for token in tokens {
        let within_path = colons == 2;
        colons = match &token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons + 1,
            _ => 0,
        };
        match token {
            TokenTree::Ident(name) if name == "enum" => in_enum = true,
            TokenTree::Ident(name) if !within_path => {
                into.insert(name.to_string());
            }
            TokenTree::Group(group) if in_enum => {
                in_enum = false;
                for token in group.stream() {
                    if let TokenTree::Group(held) = token {
                        collect(held.stream(), into);
                    }
                }
            }
            TokenTree::Group(group) => collect(group.stream(), into),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn table(operation: &Operation<'_>) -> TokenStream {
    let spec = operation.spec;
    let name = &spec.operation;
    let request = ident(&operation.records[0].shape);
    let response = ident(&operation.records[1].shape);
    let access = match spec.access {
        Access::Read => quote!(Read),
        Access::Write => quote!(Write),
    };
    let mut known = Vec::new();
    if let Some(summary) = &spec.summary {
        known.push(quote!(summary: #summary));
    }
    if let Some(docs) = &spec.docs {
        known.push(quote!(docs: Some(#docs)));
    }
    if spec.deprecated {
        known.push(quote!(deprecated: true));
    }
    if spec.method == Method::Get {
        known.push(quote!(method: Method::Get));
    }
    if spec.anonymous {
        known.push(quote!(anonymous: true));
    }
    if !spec.errors.is_empty() {
        let rows = error_code::table(&spec.errors);
        known.push(quote!(errors: #rows));
    }
    if let Some(spec::Idempotency { token }) = &spec.idempotency {
        known.push(quote!(idempotency_token: Some(#token)));
    }
    if let Some(spec::DryRun { parameter }) = &spec.dry_run {
        known.push(quote!(dry_run: Some(#parameter)));
    }
    if let Some(pagination) = &spec.pagination
        && let Some(pagination) = self::pagination(spec, pagination)
    {
        known.push(quote!(pagination: Some(#pagination)));
    }
    if !spec.waiters.is_empty() {
        let waiters = spec.waiters.iter().map(|waiter| self::waiter(spec, waiter));
        known.push(quote!(waiters: &[#(#waiters),*]));
    }
    if !spec.permissions.is_empty() {
        let permissions = permissions::table(&spec.permissions);
        known.push(quote!(permissions: #permissions));
    }
    if let Some(example) = &spec.response_example {
        let example = example.to_string();
        known.push(quote!(response_example: Some(#example)));
    }
    let doc = docs::lines(&[format!("What is known of `{name}`.")]);
    let new = quote!(Operation::new(#name, Access::#access, &#request, &#response));
    let value = if known.is_empty() {
        new
    } else {
        quote!(Operation { #(#known,)* ..#new })
    };
    quote! {
        #doc
        pub static OPERATION: Operation = #value;
    }
}

/// What lets a client walk the pages: where the typed response has its items.
fn paginated(operation: &Operation<'_>) -> Option<TokenStream> {
    let pagination = operation.spec.pagination.as_ref()?;
    self::pagination(operation.spec, pagination)?;
    let steps = resolved(operation.spec, &pagination.items);
    let mut record = &operation.records[1];
    let mut value = quote!(response);
    let mut optional = false;
    let (last, outer) = steps.split_last()?;
    for step in outer {
        let field = record.fields.iter().find(|field| field.wire == *step)?;
        let RustType::Record(index) = field.ty else {
            return None;
        };
        let name = ident(&field.ident);
        value = if optional {
            quote!(#value.and_then(|outer| outer.#name))
        } else {
            quote!(#value.#name)
        };
        optional = true;
        record = &operation.records[index];
    }
    let list = record.fields.iter().find(|field| field.wire == *last)?;
    let RustType::List(item) = &list.ty else {
        return None;
    };
    let name = ident(&list.ident);
    let value = if optional {
        quote!(#value.map(|outer| outer.#name).unwrap_or_default())
    } else {
        quote!(#value.#name)
    };
    let item = record::rust_type(operation, item);
    let request = ident(&operation.request);
    let response = ident(&operation.response);
    Some(quote! {
        impl Paginated for #request {
            type Item = #item;

            fn items(response: #response) -> Vec<#item> {
                #value
            }
        }
    })
}

fn pagination(spec: &spec::Operation, pagination: &spec::Pagination) -> Option<TokenStream> {
    let items = steps(spec, &pagination.items);
    if let (Some(number), Some(size), Some(total)) = (
        &pagination.page_number,
        &pagination.page_size,
        &pagination.total,
    ) {
        let total = steps(spec, total);
        return Some(quote!(Pagination::Numbered {
            page_number: #number,
            page_size: #size,
            total: #total,
            items: #items,
        }));
    }
    let (token, next) = (pagination.token.as_ref()?, pagination.next_token.as_ref()?);
    let next = steps(spec, next);
    let size = match &pagination.page_size {
        Some(size) => quote!(Some(#size)),
        None => quote!(None),
    };
    Some(quote!(Pagination::Token {
        token: #token,
        page_size: #size,
        next_token: #next,
        items: #items,
    }))
}

fn waiter(spec: &spec::Operation, waiter: &spec::Waiter) -> TokenStream {
    let spec::Waiter {
        name,
        path,
        success,
        failure,
        retry_errors,
        success_errors,
        success_when_empty,
        delay,
        deadline,
    } = waiter;
    let path = steps(spec, path);
    let delay = proc_macro2::Literal::u32_unsuffixed(*delay);
    let deadline = proc_macro2::Literal::u32_unsuffixed(*deadline);
    quote!(Waiter {
        name: #name,
        path: #path,
        success: &[#(#success),*],
        failure: &[#(#failure),*],
        retry_errors: &[#(#retry_errors),*],
        success_errors: &[#(#success_errors),*],
        success_when_empty: #success_when_empty,
        delay: #delay,
        deadline: #deadline,
    })
}

/// A path in the response, as steps.
fn steps(spec: &spec::Operation, path: &str) -> TokenStream {
    let steps = resolved(spec, path);
    quote!(&[#(#steps),*])
}

fn resolved<'a>(spec: &'a spec::Operation, path: &'a str) -> Vec<&'a str> {
    let response = spec.response.as_ref();
    response
        .and_then(|response| resolve_path(PathRoot::Schema(response), path))
        .map_or_else(|| path.split('.').collect(), |(steps, _)| steps)
}

fn part_doc(operation: &Operation<'_>, record: &Record<'_>) -> TokenStream {
    let whole = match record.role {
        Role::Request => &operation.request,
        Role::Response => &operation.response,
    };
    docs::lines(&[format!("{} of [`{whole}`].", docs::code(&record.path))])
}

fn request_doc(product: &Product<'_>, operation: &Operation<'_>, options: &Options) -> TokenStream {
    let spec = operation.spec;
    let mut paragraphs = Vec::new();
    let summary = docs::line(spec.summary.as_deref().unwrap_or_default());
    if summary.is_empty() {
        paragraphs.push(format!("A request of `{}`.", spec.operation));
    } else {
        paragraphs.push(summary);
    }
    if spec.deprecated {
        paragraphs.push("**Deprecated:** the vendor advises against new uses.".to_owned());
    }
    if let Some(description) = &spec.description {
        paragraphs.push(docs::prose(description));
    }
    if let Some(page) = &spec.docs {
        paragraphs.push(format!("The vendor's page: {}.", docs::page(page)));
    }
    paragraphs.extend(conduct(spec));
    paragraphs.extend(rules::prose(spec));
    paragraphs.extend(error_code::prose(&spec.errors));
    paragraphs.extend(permissions::prose(&spec.permissions));
    paragraphs.extend(example(product, operation, options));
    docs::paragraphs(&paragraphs)
}

/// What a client can do with calls of the operation beside making one.
fn conduct(spec: &spec::Operation) -> Option<String> {
    let mut lines = Vec::new();
    if let Some(spec::Idempotency { token }) = &spec.idempotency {
        let token = docs::code(token);
        lines.push(format!(
            "- Repeated safely: the client fills {token} in and keeps it."
        ));
    }
    if let Some(spec::DryRun { parameter }) = &spec.dry_run {
        let parameter = docs::code(parameter);
        lines.push(format!(
            "- Checked without effect by a dry run ({parameter})."
        ));
    }
    if spec.pagination.is_some() {
        lines
            .push("- Answered in pages: `Client::items` and `Client::pages` walk them.".to_owned());
    }
    for waiter in &spec.waiters {
        let states = waiter.success.iter().map(|state| docs::code(state));
        let until = match states.collect::<Vec<_>>().join(" or ") {
            until if until.is_empty() => "nothing is left".to_owned(),
            until => format!("{} is {until}", docs::code(&waiter.path)),
        };
        let name = docs::code(&waiter.name);
        lines.push(format!(
            "- Waited for: {name} (`Client::wait`) until {until}."
        ));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A program that makes the call, where the spec has an example for each required parameter.
fn example(product: &Product<'_>, operation: &Operation<'_>, options: &Options) -> Option<String> {
    let krate = options.example_crate.as_deref()?;
    let request = &operation.records[0];
    let required: Vec<String> = request
        .fields
        .iter()
        .filter(|field| field.presence == crate::model::Presence::Required)
        .map(|field| literal(&field.ty, field.schema.example.as_ref()?))
        .collect::<Option<_>>()?;
    if operation.spec.deprecated {
        return None;
    }
    let chosen = crate::example::parameters(operation.spec)?;
    let setters: String = request
        .fields
        .iter()
        .filter(|field| field.presence == crate::model::Presence::Optional && !field.region)
        .filter(|field| chosen.contains(&field.wire))
        .filter_map(|field| {
            let value = literal(&field.ty, field.schema.example.as_ref()?)?;
            Some(format!(
                "\n    .{}({value})",
                names::setter_name(&field.ident)
            ))
        })
        .collect();
    let module = &product.module;
    let name = &operation.request;
    let required = required.join(", ");
    Some(format!(
        "# Example\n\n```no_run\n# async fn example() -> Result<(), Box<dyn std::error::Error>> {{\n\
         use {krate}::{module}::{{Client, {name}}};\n\n\
         let client = Client::from_env(\"cn-hangzhou\")?;\n\
         let request = {name}::new({required}){setters};\n\
         let response = client.send(request).await?;\n\
         println!(\"{{response:#?}}\");\n# Ok(())\n# }}\n```"
    ))
}

/// An example as a Rust expression that the setter takes.
fn literal(ty: &RustType, example: &serde_json::Value) -> Option<String> {
    match ty {
        RustType::String => Some(format!("{:?}", example.as_str()?)),
        RustType::I32 | RustType::I64 => Some(example.as_i64()?.to_string()),
        RustType::F64 => Some(format!("{:?}", example.as_f64()?)),
        RustType::Bool => Some(example.as_bool()?.to_string()),
        RustType::List(inner) => {
            let elements = example
                .as_array()?
                .iter()
                .map(|value| literal(inner, value));
            let elements: Vec<_> = elements.collect::<Option<_>>()?;
            Some(format!("[{}]", elements.join(", ")))
        }
        RustType::Bytes | RustType::Any | RustType::Record(_) | RustType::Map(_) => None,
    }
}
