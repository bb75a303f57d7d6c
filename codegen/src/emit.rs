//! The emitters, which write the model as Rust: one file per operation, a few per product, one for
//! all.
//!
//! Each emitter builds the tokens of one kind of item; `pretty` and prettyplease lay them out. Nothing is
//! decided here that another emitter would have to know: names and types come from [`crate::model`].

mod docs;
mod error_code;
mod examples;
mod facts;
mod operation;
mod permissions;
mod pretty;
mod product;
mod program;
mod record;
mod rules;
mod types;
mod values;
mod waiters;

pub(crate) use rules::MARKUP;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use rayon::prelude::*;

use crate::{
    Files, Options, Split,
    model::{Operation, Product, Record},
};

/// The files that were rendered, for a folder each.
#[derive(Debug)]
pub struct Rendered {
    /// See [`Generated::files`](crate::Generated::files).
    pub files: Files,
    /// See [`Generated::clients`](crate::Generated::clients).
    pub clients: Files,
}

/// Renders all products.
///
/// # Errors
///
/// A path to a crate that is none; the path of a file whose tokens are no Rust, with the
/// parser's words: a fault of the generator.
pub fn render(products: &[Product<'_>], options: &Options) -> Result<Rendered, String> {
    let split = options.split.as_ref();
    let crates = [
        Some(("the runtime crate", &options.runtime, "alicloud")),
        split.map(|it| ("the schema crate", &it.schema, "alicloud_schema")),
        split.map(|it| ("the crate of the operations", &it.operations, "operations")),
    ];
    for (what, name, such_as) in crates.into_iter().flatten() {
        if syn::parse_str::<syn::Path>(name).is_err() {
            return Err(format!(
                "`{name}` is not a path to {what}; expected one such as `{such_as}`"
            ));
        }
    }
    // The module of a product is long: begun last, it would be waited for alone.
    let mut jobs: Vec<_> = products.iter().map(Job::Product).collect();
    jobs.push(Job::Root);
    for product in products {
        let has_types = !product.types.records.is_empty();
        jobs.extend(has_types.then_some(Job::Types(product)));
        jobs.extend(waiters::any(product).then_some(Job::Waiters(product)));
        jobs.extend(examples::any(product).then_some(Job::Examples(product)));
        let operations = product.operations.iter();
        jobs.extend(operations.map(|operation| Job::Operation(product, operation)));
    }
    let links: Links<'_> = products
        .iter()
        .map(|product| (product.module.as_str(), types_of_operations(product)))
        .collect();
    let clients = split.map(|split| {
        let clients = products.iter().map(|product| Job::Client(product, split));
        clients.chain([Job::ClientsRoot(split)]).collect()
    });
    let render = |jobs: Vec<Job<'_>>| {
        jobs.into_par_iter()
            .with_max_len(1)
            .map(|job| job.render(products, &links, options))
            .collect::<Result<Files, String>>()
    };
    Ok(Rendered {
        files: render(jobs)?,
        clients: render(clients.unwrap_or_default())?,
    })
}

/// The types of the operations of each product, by module and the name of the operation.
type Links<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>;

fn types_of_operations<'a>(product: &'a Product<'_>) -> BTreeMap<&'a str, &'a str> {
    let operations = product.operations.iter();
    operations
        .map(|it| (it.spec.operation.as_str(), it.request.ident.as_str()))
        .collect()
}

/// A file to be rendered.
#[derive(Clone, Copy)]
enum Job<'a> {
    Root,
    Product(&'a Product<'a>),
    ClientsRoot(&'a Split),
    Client(&'a Product<'a>, &'a Split),
    Types(&'a Product<'a>),
    Waiters(&'a Product<'a>),
    Examples(&'a Product<'a>),
    Operation(&'a Product<'a>, &'a Operation<'a>),
}

impl Job<'_> {
    fn render(
        self,
        products: &[Product<'_>],
        links: &Links<'_>,
        options: &Options,
    ) -> Result<(PathBuf, String), String> {
        let (path, source, tokens) = match self {
            Self::Root => (
                PathBuf::from("mod.rs"),
                "the products of the spec folder",
                root(products, options),
            ),
            Self::ClientsRoot(split) => (
                PathBuf::from("mod.rs"),
                "the products of the spec folder",
                clients_root(products, split, options),
            ),
            Self::Client(product, split) => (
                PathBuf::from(format!("{}.rs", product.module)),
                product.source.as_str(),
                product::emit_client(product, split, options),
            ),
            Self::Product(product) => (
                PathBuf::from(&product.module).join("mod.rs"),
                product.source.as_str(),
                product::emit(product, options),
            ),
            Self::Types(product) => (
                PathBuf::from(&product.module).join("types.rs"),
                product.source.as_str(),
                types::emit(product, options),
            ),
            Self::Waiters(product) => (
                PathBuf::from(&product.module).join("waiters.rs"),
                product.source.as_str(),
                waiters::emit(product),
            ),
            Self::Examples(product) => (
                PathBuf::from(&product.module).join("examples.rs"),
                product.source.as_str(),
                examples::emit(product, options),
            ),
            Self::Operation(product, operation) => (
                PathBuf::from(&product.module).join(format!("{}.rs", operation.module)),
                operation.source.as_str(),
                operation::emit(product, operation, options),
            ),
        };
        let operations = self
            .linked()
            .and_then(|product| links.get(&*product.module));
        let own = self.own_names();
        let link = |name: &str| {
            operations?
                .get(name)
                .copied()
                .filter(|_| !own.contains(name))
        };
        let text = file(&path, source, options, tokens, link)?;
        Ok((path, text))
    }
}

impl<'a> Job<'a> {
    /// The product in whose module the types of operations are, where the documentation of the file
    /// links to them.
    fn linked(self) -> Option<&'a Product<'a>> {
        match self {
            Self::Operation(product, _) | Self::Types(product) => Some(product),
            _ => None,
        }
    }

    /// The names that mean something of the file itself: its operation, and the fields of its structs.
    fn own_names(self) -> BTreeSet<&'a str> {
        match self {
            Self::Operation(_, operation) => {
                let own = operation.spec.operation.as_str();
                let fields = operation.records().flat_map(wire_names);
                fields.chain([own]).collect()
            }
            Self::Types(product) => {
                let records = product.types.records.iter().map(|(record, _)| record);
                let records = records.chain(&product.types.parts);
                records.flat_map(wire_names).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}

fn wire_names<'a>(record: &Record<'a>) -> impl Iterator<Item = &'a str> {
    record.fields.iter().map(|field| field.wire)
}

/// The module of modules. It has no inner attributes, so that a build script's output can be
/// brought in by `include!`.
fn root(products: &[Product<'_>], options: &Options) -> TokenStream {
    let schema = schema(options);
    let modules = modules(products, options);
    let infos = products.iter().map(|product| {
        let module = ident(&product.module);
        let feature = feature(product, options);
        quote!(#feature &#module::PRODUCT)
    });
    quote! {
        #modules

        #[doc = " The products of this crate."]
        #[allow(dead_code, unreachable_pub)]
        pub static PRODUCTS: &[&#schema::operation::ProductInfo] = &[#(#infos),*];
    }
}

/// The same of the clients, where the operations are a crate of their own.
fn clients_root(products: &[Product<'_>], split: &Split, options: &Options) -> TokenStream {
    let modules = modules(products, options);
    let operations = path_to(&split.operations);
    quote! {
        #modules

        #[doc(inline)]
        #[allow(unreachable_pub, unused_imports)]
        pub use #operations::PRODUCTS;
    }
}

fn modules(products: &[Product<'_>], options: &Options) -> TokenStream {
    let modules = products.iter().map(|product| {
        let module = ident(&product.module);
        let feature = feature(product, options);
        quote! {
            #feature
            #[rustfmt::skip]
            pub mod #module;
        }
    });
    quote!(#(#modules)*)
}

fn feature(product: &Product<'_>, options: &Options) -> Option<TokenStream> {
    options.product_features.then(|| {
        let feature = product.module.as_str();
        quote!(#[cfg(feature = #feature)])
    })
}

fn file<'l>(
    path: &std::path::Path,
    source: &str,
    options: &Options,
    tokens: TokenStream,
    link: impl Fn(&str) -> Option<&'l str>,
) -> Result<String, String> {
    let file: syn::File = syn::parse2(tokens).map_err(|error| {
        format!(
            "{}: the generator wrote what is no Rust: {error}",
            path.display()
        )
    })?;
    let command = &options.command;
    let text = docs::in_lines(&pretty::file(file), link);
    // On a merge conflict either side will do, because the command writes the file anew.
    Ok(format!(
        "// @generated by `{command}` from {source}. Do not edit; after a merge conflict, generate it again.\n\n{text}"
    ))
}

/// A text as a literal: raw where it would need escapes otherwise.
fn text(text: &str) -> Literal {
    let plain = |c: char| matches!(c, ' '..='~') || c.escape_debug().len() == 1;
    // One character at a time is found faster than any of several.
    if (text.contains('"') || text.contains('\\')) && text.chars().all(plain) {
        raw(text)
    } else {
        Literal::string(text)
    }
}

/// A text as a raw literal, over as many lines as it has.
fn raw(text: &str) -> Literal {
    let hashes = (1..8)
        .map(|count| "#".repeat(count))
        .find(|hashes| !text.contains(&format!("\"{hashes}")));
    hashes
        .and_then(|hashes| format!("r{hashes}\"{text}\"{hashes}").parse().ok())
        .unwrap_or_else(|| Literal::string(text))
}

/// A static of rows as text, each of one line or more; nothing where there are no rows.
fn rows(
    doc: &str,
    name: &str,
    ty: &str,
    rows: impl Iterator<Item = String>,
) -> Option<TokenStream> {
    let mut lines = String::new();
    for row in rows {
        for line in row.lines() {
            _ = writeln!(lines, "        {line}");
        }
    }
    if lines.is_empty() {
        return None;
    }
    let (doc, name, ty) = (docs::lines(&[doc.to_owned()]), ident(name), ident(ty));
    let text = raw(&format!("\n{lines}    "));
    Some(quote! {
        #doc
        static #name: #ty = #ty::text(#text);
    })
}

/// The variant of an enum of the runtime that has no data.
fn variant(value: impl std::fmt::Debug) -> Ident {
    ident(&format!("{value:?}"))
}

/// An identifier, raw where the name says so.
fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// The path to the crate that operations take the tables from.
fn schema(options: &Options) -> TokenStream {
    let split = options.split.as_ref();
    path_to(split.map_or(&options.runtime, |split| &split.schema))
}

/// A path to a crate. A crate's name gets `::` before it: a product or an operation may
/// have the same name.
fn path_to(name: &str) -> TokenStream {
    let within = ["crate", "self", "super"].contains(&name);
    let path = if within || name.contains("::") {
        name.to_owned()
    } else {
        format!("::{name}")
    };
    // `render` has made sure that it is a path.
    path.parse().unwrap_or_default()
}
