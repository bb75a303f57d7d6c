//! The module of an operation: request, response, error codes, and the table that connects them.

use alicloud_schema::operation::{self, Method, Pagination, WaiterIds};
use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    Options,
    model::{Operation, Pages, Product, Record, Response, Role, Waiter},
    spec,
};

use super::{
    docs, error_code, ident, permissions, program, record, rules, schema, text, values, variant,
};

pub(super) fn emit(
    product: &Product<'_>,
    operation: &Operation<'_>,
    options: &Options,
) -> TokenStream {
    let schema = schema(options);
    let title = docs::line(operation.spec.summary.as_deref().unwrap_or_default());
    let title = match title.as_str() {
        "" => format!(" `{}`.", operation.spec.operation),
        title => format!(" `{}`: {title}", operation.spec.operation),
    };
    let shared_names = operation.shared();
    let shared = (!shared_names.is_empty()).then(|| {
        let names = shared_names.iter().map(|name| ident(name));
        quote!(use super::types::{#(#names),*};)
    });
    let scope = operation.scope();
    let records: Vec<_> = operation.records().collect();
    let request = request(product, operation, options);
    let response = response(operation);
    let own = records.len() - operation.parts.len();
    let parts = operation.parts.iter().zip(own..).map(|(part, position)| {
        let doc = part_doc(operation, part);
        record::emit(scope, part, position, &doc, &[])
    });
    let schemas = record::schemas(scope, &records, !shared_names.is_empty());
    let choices = operation
        .choices
        .iter()
        .map(|choice| record::choice(operation, choice));
    let error_codes = error_code::emit(operation);
    let errors = error_code::table("The error table.", operation.descriptor.errors);
    let permissions = permissions::table(operation.descriptor.permissions);
    let table = table(operation);
    let values = values::constants(&operation.values);
    let request_type = ident(&operation.request.ident);
    let response_type = ident(operation.response.ident());
    let code = ident(&operation.error_code);
    let marker = ident(&product.marker);
    let pages = paginated(operation);
    let dry_run = operation
        .descriptor
        .dry_run
        .map(|_| quote!(impl SupportsDryRun for #request_type {}));
    let waiters = operation
        .waiters
        .iter()
        .map(|waiter| self::waiter(operation, waiter));
    quote! {
        #![doc = #title]

        use #schema::rt::*;
        #shared

        #request
        #response
        #(#parts)*
        #(#choices)*
        #schemas
        #error_codes
        #errors
        #permissions
        #table

        impl Request for #request_type {
            type Product = super::#marker;
            type Response = #response_type;
            type ErrorCode = #code;
            const OPERATION: &'static Operation = &OPERATION;
        }

        #dry_run
        #pages
        #(#waiters)*
        #values
    }
}

/// The positions of the schemas of request and response in those of the operation.
const REQUEST: usize = 0;
const RESPONSE: usize = 1;

fn request(product: &Product<'_>, operation: &Operation<'_>, options: &Options) -> TokenStream {
    let doc = request_doc(product, operation, options);
    let deprecated = operation
        .deprecation()
        .map(|note| quote!(#[deprecated = #note]));
    let request = &operation.request;
    let choices = operation.choices.iter();
    let choices: Vec<_> = choices
        .map(|choice| record::choice_setter(request, choice))
        .collect();
    record::emit(
        operation.scope(),
        request,
        REQUEST,
        &quote!(#doc #deprecated),
        &choices,
    )
}

fn response(operation: &Operation<'_>) -> TokenStream {
    let request = &operation.request.ident;
    match &operation.response {
        Response::Own(record) => {
            let doc = docs::lines(&[format!("The response to [`{request}`].")]);
            record::emit(operation.scope(), record, RESPONSE, &doc, &[])
        }
        Response::RequestId(name) => {
            let doc = docs::lines(&[format!(
                "The response to [`{request}`]: the ID of the request, and nothing else."
            )]);
            let name = ident(name);
            quote! {
                #doc
                pub type #name = RequestIdResponse;
            }
        }
    }
}

fn table(operation: &Operation<'_>) -> TokenStream {
    let descriptor = operation.descriptor;
    let name = descriptor.name;
    let request = record::schema_at(REQUEST);
    let response = match &operation.response {
        Response::Own(_) => record::schema_at(RESPONSE),
        Response::RequestId(_) => quote!(RequestIdResponse::SCHEMA),
    };
    let access = variant(descriptor.access);
    let mut known = Vec::new();
    if !descriptor.summary.is_empty() {
        let summary = text(descriptor.summary);
        known.push(quote!(summary: #summary));
    }
    if let Some(docs) = descriptor.docs {
        known.push(quote!(docs: Some(#docs)));
    }
    if descriptor.deprecated {
        known.push(quote!(deprecated: true));
    }
    if descriptor.method == Method::Get {
        known.push(quote!(method: Method::Get));
    }
    if descriptor.anonymous {
        known.push(quote!(anonymous: true));
    }
    if !descriptor.errors.is_empty() {
        known.push(quote!(errors: &ERRORS));
    }
    if let Some(token) = descriptor.idempotency_token {
        known.push(quote!(idempotency_token: Some(#token)));
    }
    if let Some(parameter) = descriptor.dry_run {
        known.push(quote!(dry_run: Some(#parameter)));
    }
    if let Some(pagination) = descriptor.pagination {
        let pagination = self::pagination(pagination);
        known.push(quote!(pagination: Some(#pagination)));
    }
    if !descriptor.waiters.is_empty() {
        let waiters = operation.waiters.iter();
        let waiters = waiters.map(|waiter| ident(&waiter.constant));
        known.push(quote!(waiters: &[#(#waiters),*]));
    }
    if !descriptor.permissions.is_empty() {
        known.push(quote!(permissions: &PERMISSIONS));
    }
    let doc = docs::lines(&[format!(
        "The descriptor of [`{}`].",
        operation.request.ident
    )]);
    let new = quote!(Operation::new(#name, Access::#access, #request, #response));
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

/// The way from a response to the items of its page.
fn paginated(operation: &Operation<'_>) -> Option<TokenStream> {
    let Pages { fields, item } = operation.pages.as_ref()?;
    let names: Vec<_> = fields.iter().map(|name| ident(name)).collect();
    let value = match names.as_slice() {
        [list] => quote!(response.#list),
        [first, objects @ .., list] => quote! {
            response.#first
                #(.and_then(|outer| outer.#objects))*
                .map(|outer| outer.#list)
                .unwrap_or_default()
        },
        [] => return None,
    };
    let item = record::rust_type(operation.scope(), item);
    let request = ident(&operation.request.ident);
    let response = ident(operation.response.ident());
    Some(quote! {
        impl Paginated for #request {
            type Item = #item;

            #[inline]
            fn items(response: #response) -> Vec<#item> {
                #value
            }
        }
    })
}

fn pagination(pagination: Pagination) -> TokenStream {
    match pagination {
        Pagination::Numbered {
            page_number,
            page_size,
            total,
            items,
        } => quote!(Pagination::Numbered {
            page_number: #page_number,
            page_size: #page_size,
            total: &[#(#total),*],
            items: &[#(#items),*],
        }),
        Pagination::Token {
            token,
            page_size,
            next_token,
            items,
        } => {
            let page_size = match page_size {
                Some(size) => quote!(Some(#size)),
                None => quote!(None),
            };
            quote!(Pagination::Token {
                token: #token,
                page_size: #page_size,
                next_token: &[#(#next_token),*],
                items: &[#(#items),*],
            })
        }
    }
}

fn waiter(operation: &Operation<'_>, waiter: &Waiter<'_>) -> TokenStream {
    let constant = ident(&waiter.constant);
    let state = ident(&waiter.ident);
    let request = ident(&operation.request.ident);
    let operation::Waiter {
        name,
        path,
        ids,
        parameters,
        success,
        failure,
        retry_errors,
        success_errors,
        success_when_empty,
        delay,
        deadline,
    } = waiter.descriptor;
    let ids = match ids {
        Some(WaiterIds { parameter, path }) => {
            quote!(Some(WaiterIds { parameter: #parameter, path: &[#(#path),*] }))
        }
        None => quote!(None),
    };
    let parameters = parameters
        .iter()
        .map(|(name, value)| quote!((#name, #value)));
    let delay = proc_macro2::Literal::u32_unsuffixed(*delay);
    let deadline = proc_macro2::Literal::u32_unsuffixed(*deadline);
    quote! {
        const #constant: Waiter = Waiter {
            name: #name,
            path: &[#(#path),*],
            ids: #ids,
            parameters: &[#(#parameters),*],
            success: &[#(#success),*],
            failure: &[#(#failure),*],
            retry_errors: &[#(#retry_errors),*],
            success_errors: &[#(#success_errors),*],
            success_when_empty: #success_when_empty,
            delay: #delay,
            deadline: #deadline,
        };

        impl WaiterFor<#request> for super::waiters::#state {
            const WAITER: &'static Waiter = &#constant;
        }
    }
}

fn part_doc(operation: &Operation<'_>, record: &Record<'_>) -> TokenStream {
    let whole = match record.role {
        Role::Request => &operation.request.ident,
        Role::Response => operation.response.ident(),
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
    if let Some(description) = &spec.description {
        paragraphs.push(docs::prose(description));
    }
    if let Some(page) = &spec.docs {
        paragraphs.push(format!("The vendor's page: {}.", docs::page(page)));
    }
    paragraphs.extend(conduct(operation));
    // Before the tables, which can be long.
    paragraphs.extend(program::emit(product, operation, options));
    paragraphs.extend(rules::prose(operation.descriptor.request.get()));
    paragraphs.extend(permissions::prose(&spec.permissions));
    paragraphs.extend(error_code::prose(&spec.errors));
    docs::paragraphs(&paragraphs)
}

/// What a client can do with calls of the operation beside making one.
fn conduct(operation: &Operation<'_>) -> Option<String> {
    let spec = operation.spec;
    let mut lines = Vec::new();
    if let Some(spec::Idempotency { token }) = &spec.idempotency {
        let token = docs::code(token);
        lines.push(format!(
            "- Safe to retry: the client fills in {token}, and keeps it for all attempts."
        ));
    }
    if let Some(spec::DryRun { parameter }) = &spec.dry_run {
        let parameter = docs::code(parameter);
        lines.push(format!(
            "- Has a dry run (`Call::dry_run`, parameter {parameter})."
        ));
    }
    if spec.pagination.is_some() {
        lines.push(
            "- Comes in pages: `Client::items` and `Client::pages` read all of them.".to_owned(),
        );
    }
    for waiter in &operation.waiters {
        let constant = &waiter.value;
        let until = until(waiter.spec);
        lines.push(format!(
            "- Has a waiter: `Client::wait` with [`{constant}`](super::waiters::{constant}) waits until {until}."
        ));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What a waiter waits for, in words.
pub(super) fn until(waiter: &spec::Waiter) -> String {
    let states = waiter.success.iter().map(|state| docs::code(state));
    let until = match states.collect::<Vec<_>>().join(" or ") {
        states if states.is_empty() => "the response lists none".to_owned(),
        states => format!("{} is {states}", docs::code(&waiter.path)),
    };
    let until = match &waiter.ids {
        Some(ids) => format!(
            "{until}, for all resources in {}",
            docs::code(&ids.parameter)
        ),
        None => until,
    };
    let set = waiter
        .parameters
        .iter()
        .map(|(name, value)| docs::code(&format!("{name}={value}")));
    match set.collect::<Vec<_>>().join(" and ") {
        set if set.is_empty() => until,
        set => format!("{until}; it sets {set} unless the request does"),
    }
}
