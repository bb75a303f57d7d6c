//! The module of a product: its client, its operations, what they have in common.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    Options,
    model::{Operation, Product},
    spec::{SignatureKind, Source},
};

use super::{docs, error_code, ident, runtime};

pub(super) fn emit(product: &Product<'_>, options: &Options) -> TokenStream {
    let runtime = runtime(options);
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
    let exports = [false, true].map(|deprecated| exports(product, deprecated));
    let info = info(product);
    let endpoint = (!product.spec.endpoints.is_empty()).then(|| quote!(Endpoint,));
    let blocking = options.product_features.then(|| {
        quote! {
            #[doc = " A client of this product for programs without an async runtime."]
            #[cfg(feature = "blocking")]
            pub type BlockingClient = #runtime::blocking::Client<#marker>;
        }
    });
    let index = docs::inner(&index(product));
    quote! {
        #index
        #(#modules)*
        #(#exports)*

        use #runtime::operation::{#endpoint ErrorRow, ProductInfo, SignatureKind};

        #[doc = " A client of this product."]
        pub type Client = #runtime::client::Client<#marker>;

        #blocking

        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #marker;

        impl #runtime::operation::Product for #marker {
            const INFO: &'static ProductInfo = &PRODUCT;
        }

        #info
    }
}

/// The types of the operations, of those that are deprecated or of the others. Nobody need use them all.
fn exports(product: &Product<'_>, deprecated: bool) -> Option<TokenStream> {
    let operations = product.operations.iter();
    let mut exports = operations
        .filter(|operation| operation.spec.deprecated == deprecated)
        .map(|operation| {
            let module = ident(&operation.module);
            let names = [
                &operation.request,
                &operation.response,
                &operation.error_code,
            ];
            let names = names.map(|name| ident(name));
            quote!(#module::{#(#names),*})
        })
        .peekable();
    exports.peek()?;
    let allow = deprecated.then(|| quote!(deprecated,));
    Some(quote! {
        #[allow(#allow unused_imports)]
        pub use self::{#(#exports),*};
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

fn info(product: &Product<'_>) -> TokenStream {
    let spec = product.spec;
    let code = &spec.product;
    let version = &spec.version;
    let signatures = spec.signatures.iter().map(|kind| match kind {
        SignatureKind::Acs3HmacSha256 => quote!(SignatureKind::Acs3),
        SignatureKind::HmacSha1 => quote!(SignatureKind::Rpc),
    });
    let endpoints = spec.endpoints.iter().map(|endpoint| {
        let region = &endpoint.region;
        let host = &endpoint.host;
        let vpc = option(endpoint.vpc_host.as_deref());
        quote!(Endpoint { region: #region, host: #host, vpc_host: #vpc })
    });
    let rule = option(spec.endpoint_rule.as_deref());
    let vpc_rule = option(spec.vpc_endpoint_rule.as_deref());
    let errors = error_code::table(&spec.errors);
    let operations = product.operations.iter().map(|operation| {
        let module = ident(&operation.module);
        quote!(&#module::OPERATION)
    });
    quote! {
        #[doc = " What the operations have in common, and a list of them."]
        pub static PRODUCT: ProductInfo = ProductInfo {
            code: #code,
            version: #version,
            signatures: &[#(#signatures),*],
            endpoints: &[#(#endpoints),*],
            endpoint_rule: #rule,
            vpc_endpoint_rule: #vpc_rule,
            errors: ERRORS,
            operations: &[#(#operations),*],
        };

        #[doc = " Errors that every operation can answer."]
        static ERRORS: &[ErrorRow] = #errors;
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

/// The operations by topic, with what each does.
fn index(product: &Product<'_>) -> Vec<String> {
    let mut topics: BTreeMap<&str, Vec<&Operation<'_>>> = BTreeMap::new();
    for operation in &product.operations {
        let topic = operation
            .spec
            .topic
            .as_deref()
            .unwrap_or("Other operations");
        topics.entry(topic).or_default().push(operation);
    }
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
            let mark = if operation.spec.deprecated {
                " (deprecated)"
            } else {
                ""
            };
            lines.push(format!(
                "- [`{}`]{mark}{separator}{summary}",
                operation.request
            ));
        }
    }
    lines
}
