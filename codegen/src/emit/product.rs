//! The module of a product: its client, its operations, what they have in common. Where the operations are a crate of
//! their own, the client has a module of the same name apart from them.

use alicloud_schema::operation::{ServiceInfo, SignatureKind};
use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    Options, Split,
    model::{Operation, Product},
    spec::Source,
};

use super::{docs, error_code, examples, ident, path_to, schema, waiters};

/// Lints about what the vendor's names, types and words happen to be; and a crate that keeps the
/// module to itself need not use all of it.
const ALLOWED: &[&str] = &[
    "dead_code",
    "unreachable_pub",
    "clippy::disallowed_names",
    "clippy::doc_lazy_continuation",
    "clippy::doc_overindented_list_items",
    "clippy::enum_variant_names",
    "clippy::module_inception",
    "clippy::self_named_constructors",
    "clippy::should_implement_trait",
    "clippy::tabs_in_doc_comments",
    "clippy::type_complexity",
    "clippy::upper_case_acronyms",
];

pub(super) fn emit(product: &Product<'_>, options: &Options) -> TokenStream {
    let schema = schema(options);
    let marker = ident(&product.marker);
    let doc = docs::lines(&[title(product)]);
    let modules = product.operations.iter().map(|operation| {
        let module = ident(&operation.module);
        // Inside, the deprecated is used to make it what it is.
        let allow = operation
            .uses_deprecated()
            .then(|| quote!(#[allow(deprecated)]));
        quote!(#allow pub mod #module;)
    });
    let allow = product
        .types
        .uses_deprecated()
        .then(|| quote!(#[allow(deprecated)]));
    let has_types = !product.types.records.is_empty();
    let more = [
        examples::any(product).then(|| quote! { mod examples; }),
        has_types.then(|| quote! { #allow pub mod types; }),
        waiters::any(product).then(|| quote! { pub mod waiters; }),
    ];
    let more = more.into_iter().flatten();
    let exports = exports(product);
    let descriptors = descriptors(product);
    let (head, client) = match &options.split {
        None => (index(product), Some(client(product, options))),
        Some(_) => (without_client(product, options), None),
    };
    let head = docs::inner(&head);
    let allowed = allowed();
    quote! {
        #head
        #allowed

        #(#modules)*
        #(#more)*
        #exports

        use #schema::rt::*;

        #client

        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #marker;

        impl #schema::operation::Product for #marker {
            const SERVICE: &'static ServiceInfo = &SERVICE;
            const INFO: &'static ProductInfo = &PRODUCT;
        }

        #descriptors
    }
}

/// The module of the client, where the operations are a crate of their own: all that the product has
/// there is here too.
pub(super) fn emit_client(product: &Product<'_>, split: &Split, options: &Options) -> TokenStream {
    let index = docs::inner(&index(product));
    let allowed = allowed();
    let operations = path_to(&split.operations);
    let module = ident(&product.module);
    let client = client(product, options);
    quote! {
        #index
        #allowed

        #[doc(inline)]
        pub use #operations::#module::*;

        #client
    }
}

fn client(product: &Product<'_>, options: &Options) -> TokenStream {
    let runtime = path_to(&options.runtime);
    let marker = ident(&product.marker);
    let blocking = options.product_features.then(|| {
        quote! {
            #[doc = " A client of this product for programs without an async runtime."]
            #[cfg(feature = "blocking")]
            pub type BlockingClient = #runtime::blocking::Client<#marker>;
        }
    });
    quote! {
        #[doc = " A client of this product."]
        pub type Client = #runtime::client::Client<#marker>;

        #blocking
    }
}

fn allowed() -> TokenStream {
    let allowed = ALLOWED
        .iter()
        .map(|lint| syn::parse_str::<syn::Path>(lint).ok());
    quote!(#![allow(#(#allowed),*)])
}

/// The types of the operations. Nobody need use them all, and to export what is deprecated is not to use it.
fn exports(product: &Product<'_>) -> Option<TokenStream> {
    let exports = product.operations.iter().map(|operation| {
        let module = ident(&operation.module);
        let names = [
            &operation.request.ident,
            operation.response.ident(),
            &operation.error_code,
        ];
        let names = names.map(ident);
        quote!(#module::{#(#names),*})
    });
    let types = product.types.records.iter();
    let types = types.map(|(record, _)| ident(&record.ident));
    let types = (!product.types.records.is_empty()).then(|| quote!(, types::{#(#types),*}));
    (!product.operations.is_empty()).then(|| {
        quote! {
            #[allow(deprecated, unused_imports)]
            pub use self::{#(#exports),* #types};
        }
    })
}

/// `Elastic Compute Service, version 2014-05-26.`
pub(super) fn title(product: &Product<'_>) -> String {
    let spec = product.spec;
    let title = spec
        .title
        .as_deref()
        .filter(|title| !title.trim().is_empty());
    let title = title.unwrap_or(&spec.product);
    format!(
        "{}, version {}.",
        docs::line(title),
        docs::line(&spec.version)
    )
}

/// The descriptors, apart from each other: what a static refers to is linked with it.
fn descriptors(product: &Product<'_>) -> TokenStream {
    let service = &product.service;
    let ServiceInfo { code, version, .. } = service;
    let signatures = service.signatures.iter().map(|kind| match kind {
        SignatureKind::Acs3 => quote!(SignatureKind::Acs3),
        SignatureKind::Rpc => quote!(SignatureKind::Rpc),
    });
    let success_codes = match service.success_codes {
        ServiceInfo::SUCCESS_CODES => quote!(ServiceInfo::SUCCESS_CODES),
        codes => quote!(&[#(#codes),*]),
    };
    let in_progress_codes = service.in_progress_codes;
    let endpoints = service.endpoints.iter().map(|endpoint| {
        let (region, host) = (endpoint.region, endpoint.host);
        let vpc = option(endpoint.vpc_host);
        quote!(Endpoint { region: #region, host: #host, vpc_host: #vpc })
    });
    let rule = option(service.endpoint_rule);
    let vpc_rule = option(service.vpc_endpoint_rule);
    let errors = error_code::table("Errors that every operation can answer.", service.errors);
    let rows = match errors {
        Some(_) => quote!(&ERRORS),
        None => quote!(Errors::NONE),
    };
    let operations = product.operations.iter().map(|operation| {
        let module = ident(&operation.module);
        quote!(&#module::OPERATION)
    });
    let examples = if examples::any(product) {
        quote!(examples!(examples::EXAMPLES))
    } else {
        quote!(&[])
    };
    quote! {
        #[doc = " The descriptor of the product: hosts, signatures, common errors, operations."]
        pub static PRODUCT: ProductInfo = ProductInfo {
            service: &SERVICE,
            operations: &[#(#operations),*],
            examples: #examples,
        };

        static SERVICE: ServiceInfo = ServiceInfo {
            code: #code,
            version: #version,
            signatures: &[#(#signatures),*],
            success_codes: #success_codes,
            in_progress_codes: &[#(#in_progress_codes),*],
            endpoints: &[#(#endpoints),*],
            endpoint_rule: #rule,
            vpc_endpoint_rule: #vpc_rule,
            errors: #rows,
        };

        #errors
    }
}

fn option(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

/// Where the facts come from, and as of when.
fn sources(sources: &[Source]) -> Vec<String> {
    if sources.is_empty() {
        return Vec::new();
    }
    let line = |source: &Source| {
        let facts: Vec<&str> = source.facts.iter().map(|kind| kind.words()).collect();
        let date = source.as_of.as_deref().map(docs::line);
        let date = date.map_or_else(String::new, |date| format!(", as of {date}"));
        format!("- {}: {}{date}", facts.join(", "), docs::line(&source.name))
    };
    let head = ["", "Where the facts come from:", ""].map(str::to_owned);
    head.into_iter().chain(sources.iter().map(line)).collect()
}

/// What is said of a product apart from its client.
fn without_client(product: &Product<'_>, options: &Options) -> Vec<String> {
    let mut lines = vec![title(product)];
    if let Some(krate) = &options.example_crate {
        let module = &product.module;
        lines.push(String::new());
        lines.push(format!(
            "`{krate}::{module}` has all of this, the client, and the list of operations by topic."
        ));
    }
    lines
}

/// The operations by topic, in the order of the product's topics, with what each does.
fn index(product: &Product<'_>) -> Vec<String> {
    let of_topic = |topic: Option<&str>| -> Vec<&Operation<'_>> {
        let operations = product.operations.iter();
        operations
            .filter(|operation| operation.spec.topic.as_deref() == topic)
            .collect()
    };
    let topics = product.spec.topics.iter();
    let topics: Vec<(&str, Vec<&Operation<'_>>)> = topics
        .map(|topic| (topic.as_str(), of_topic(Some(topic))))
        .chain([("Other operations", of_topic(None))])
        .filter(|(_, operations)| !operations.is_empty())
        .collect();
    let mut lines = vec![title(product)];
    lines.extend(sources(&product.spec.sources));
    let many = topics.len() > 1;
    for (topic, operations) in topics {
        lines.push(String::new());
        if many {
            lines.push(format!("# {}", docs::line(topic)));
            lines.push(String::new());
        }
        for operation in operations {
            let summary = docs::line(operation.spec.summary.as_deref().unwrap_or_default());
            // A colon might make it the definition of a link.
            let separator = if summary.is_empty() { "" } else { " – " };
            let mark = if operation.spec.deprecated.is_some() {
                " (deprecated)"
            } else {
                ""
            };
            lines.push(format!(
                "- [`{}`]{mark}{separator}{summary}",
                operation.request.ident
            ));
        }
    }
    lines
}
