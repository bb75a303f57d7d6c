//! The types that operations share.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    Options,
    model::{Product, Record, Role},
};

use super::{docs, record, schema};

pub(super) fn emit(product: &Product<'_>, options: &Options) -> TokenStream {
    let schema = schema(options);
    let types = &product.types;
    let all = types.records.iter().map(|(record, _)| record);
    let all: Vec<_> = all.chain(&types.parts).collect();
    let schemas = record::schemas(types.scope(), &all, false);
    let records = types.records.iter().zip(0..);
    let records = records.map(|((record, words), position)| {
        let doc = docs::paragraphs(&[
            words.map_or_else(|| plain(record), docs::prose),
            used_by(product, record),
        ]);
        record::emit(types.scope(), record, position, &doc, &[])
    });
    let parts = types.parts.iter().zip(types.records.len()..);
    let parts = parts.map(|(part, position)| {
        let doc = docs::lines(&[format!("{}.", docs::code(&part.path))]);
        record::emit(types.scope(), part, position, &doc, &[])
    });
    quote! {
        #![doc = " The types that operations share."]

        use #schema::rt::*;

        #(#records)*
        #(#parts)*
        #schemas
    }
}

/// What is said of a type without a word of its own.
fn plain(record: &Record<'_>) -> String {
    let place = match record.role {
        Role::Request => "requests",
        Role::Response => "responses",
    };
    format!("{} in {place}.", docs::code(&record.ident))
}

/// The requests or responses that have the type, a few of them where there are many.
fn used_by(product: &Product<'_>, record: &Record<'_>) -> String {
    const FEW: usize = 3;
    let users = product.operations.iter();
    let users = users.filter(|operation| operation.shared().contains(record.ident.as_str()));
    let users: Vec<_> = users
        .map(|operation| match record.role {
            Role::Request => operation.request.ident.as_str(),
            Role::Response => operation.response.ident(),
        })
        .map(|name| format!("[`{name}`](super::{name})"))
        .collect();
    match users.len() {
        // Only other types of this module have it.
        0 => String::new(),
        1..=FEW => format!("Used by {}.", users.join(", ")),
        count => format!(
            "Used by {} and {} more.",
            users[..FEW].join(", "),
            count - FEW
        ),
    }
}
