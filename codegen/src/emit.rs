//! The model written down as Rust: one file an operation, one a product, one for all.
//!
//! Each emitter builds the tokens of one kind of item; prettyplease lays them out. Nothing is
//! decided here that another emitter would have to know: names and types come from [`crate::model`].

mod docs;
mod error_code;
mod operation;
mod permissions;
mod product;
mod record;
mod rules;
mod values;

use std::{collections::BTreeMap, path::PathBuf};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use rayon::prelude::*;

use crate::{
    Options,
    model::{Operation, Product},
};

/// Renders all products: file contents by path below the output folder.
///
/// # Errors
///
/// A path to the runtime crate that is none; the path of a file whose tokens are no Rust, with the
/// parser's words: a fault of the generator.
pub fn render(
    products: &[Product<'_>],
    options: &Options,
) -> Result<BTreeMap<PathBuf, String>, String> {
    if syn::parse_str::<syn::Path>(&options.runtime).is_err() {
        return Err(format!(
            "`{}` is no path to the runtime crate; expected one such as `alicloud`",
            options.runtime
        ));
    }
    // The module of a product is long: begun last, it would be waited for alone.
    let mut jobs: Vec<_> = products.iter().map(Job::Product).collect();
    jobs.push(Job::Root);
    for product in products {
        let operations = product.operations.iter();
        jobs.extend(operations.map(|operation| Job::Operation(product, operation)));
    }
    jobs.into_par_iter()
        .with_max_len(1)
        .map(|job| job.render(products, options))
        .collect()
}

/// A file to be rendered.
#[derive(Clone, Copy)]
enum Job<'a> {
    Root,
    Product(&'a Product<'a>),
    Operation(&'a Product<'a>, &'a Operation<'a>),
}

impl Job<'_> {
    fn render(
        self,
        products: &[Product<'_>],
        options: &Options,
    ) -> Result<(PathBuf, String), String> {
        let (path, source, tokens) = match self {
            Self::Root => (
                PathBuf::from("mod.rs"),
                "the products of the spec folder",
                root(products, options),
            ),
            Self::Product(product) => (
                PathBuf::from(&product.module).join("mod.rs"),
                product.source.as_str(),
                product::emit(product, options),
            ),
            Self::Operation(product, operation) => (
                PathBuf::from(&product.module).join(format!("{}.rs", operation.module)),
                operation.source.as_str(),
                operation::emit(product, operation, options),
            ),
        };
        let text = file(&path, source, options, tokens)?;
        Ok((path, text))
    }
}

/// The module of modules. It has no inner attributes, so that a build script's output can be
/// brought in by `include!`.
fn root(products: &[Product<'_>], options: &Options) -> TokenStream {
    let runtime = runtime(options);
    let feature = |product: &Product<'_>| {
        options.product_features.then(|| {
            let feature = product.module.as_str();
            quote!(#[cfg(feature = #feature)])
        })
    };
    // A crate that keeps them to itself need not use all of it; the others are lints about what the
    // vendor's names, types and words happen to be.
    let allowed: Vec<syn::Path> = [
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
    ]
    .iter()
    .filter_map(|lint| syn::parse_str(lint).ok())
    .collect();
    let modules = products.iter().map(|product| {
        let module = ident(&product.module);
        let feature = feature(product);
        quote! {
            #feature
            #[allow(#(#allowed),*)]
            #[rustfmt::skip]
            pub mod #module;
        }
    });
    let infos = products.iter().map(|product| {
        let module = ident(&product.module);
        let feature = feature(product);
        quote!(#feature &#module::PRODUCT)
    });
    quote! {
        #(#modules)*

        #[doc = " The products of this crate."]
        #[allow(dead_code, unreachable_pub)]
        pub static PRODUCTS: &[&#runtime::operation::ProductInfo] = &[#(#infos),*];
    }
}

fn file(
    path: &std::path::Path,
    source: &str,
    options: &Options,
    tokens: TokenStream,
) -> Result<String, String> {
    let syn::File { attrs, items, .. } = syn::parse2(tokens).map_err(|error| {
        format!(
            "{}: the generator wrote what is no Rust: {error}",
            path.display()
        )
    })?;
    let command = &options.command;
    let mut text = format!("// @generated by `{command}` from {source}. Do not edit.\n");
    let mut last_was_line = false;
    // Laid out item by item: prettyplease sets nothing between them.
    let mut layout = |attrs, items: Vec<syn::Item>| {
        let dense = items.first().is_some_and(is_line);
        let file = syn::File {
            shebang: None,
            frontmatter: None,
            attrs,
            items,
        };
        let laid_out = prettyplease::unparse(&file);
        if !(dense && last_was_line) {
            text.push('\n');
        }
        last_was_line = dense;
        text.push_str(&laid_out);
    };
    if !attrs.is_empty() {
        layout(attrs, Vec::new());
    }
    for item in items {
        layout(Vec::new(), vec![item]);
    }
    Ok(text)
}

/// Imports and modules stand line under line.
fn is_line(item: &syn::Item) -> bool {
    matches!(item, syn::Item::Use(_) | syn::Item::Mod(_))
}

/// An identifier, raw where the name says so.
fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// The path to the runtime crate. A crate's name gets `::` before it: a product or an operation may
/// have the same name.
fn runtime(options: &Options) -> TokenStream {
    let name = options.runtime.as_str();
    let within = ["crate", "self", "super"].contains(&name);
    let path = if within || name.contains("::") {
        name.to_owned()
    } else {
        format!("::{name}")
    };
    // `render` has made sure that it is a path.
    path.parse().unwrap_or_default()
}
