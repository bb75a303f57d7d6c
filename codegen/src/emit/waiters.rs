//! Waiters: a constant for each state, for every operation that shows it.
//!
//! ```text
//! pub const INSTANCE_RUNNING: InstanceRunning = InstanceRunning;
//!
//! pub struct InstanceRunning;
//! ```
//!
//! What makes it a waiter of an operation stands in the module of that operation.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Operation, Product, Waiter};

use super::{docs, ident, operation};

/// The product has such states.
pub(super) fn any(product: &Product<'_>) -> bool {
    let mut operations = product.operations.iter();
    operations.any(|operation| !operation.waiters.is_empty())
}

pub(super) fn emit(product: &Product<'_>) -> TokenStream {
    let mut states: BTreeMap<&str, Vec<(&Operation<'_>, &Waiter<'_>)>> = BTreeMap::new();
    for operation in &product.operations {
        for waiter in &operation.waiters {
            let shown_by = states.entry(&waiter.ident).or_default();
            shown_by.push((operation, waiter));
        }
    }
    let states = states.iter().map(|(name, shown_by)| {
        let constant = &shown_by[0].1.value;
        let lines = shown_by.iter().map(|(operation, waiter)| {
            let request = &operation.request.ident;
            let until = operation::until(waiter.spec);
            format!("- with [`{request}`](super::{request}) until {until}.")
        });
        let mut words = vec!["Waits".to_owned(), String::new()];
        words.extend(lines);
        let words = docs::lines(&words);
        let type_doc = docs::lines(&[format!("The type of [`{constant}`].")]);
        let constant = ident(constant);
        let name = ident(name);
        quote! {
            #words
            pub const #constant: #name = #name;

            #type_doc
            #[derive(Clone, Copy, Debug)]
            pub struct #name;
        }
    });
    quote! {
        #![doc = " The states that can be waited for, to be given to `Client::wait`."]

        #(#states)*
    }
}
