//! What the embedded endpoint answers beside what follows from the schemas.
//!
//! ```text
//! pub(super) static EXAMPLES: &[Example] = &[
//!     Example { operation: "DescribeRegions", response: Some(r#"{…}"#), echoes: &[] },
//! ];
//! ```

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    Options,
    model::{Echo, Operation, Product},
};

use super::{runtime, text};

/// The product has such data.
pub(super) fn any(product: &Product<'_>) -> bool {
    let mut operations = product.operations.iter();
    operations.any(has_example)
}

fn has_example(operation: &Operation<'_>) -> bool {
    operation.spec.response_example.is_some() || !operation.echoes.is_empty()
}

pub(super) fn emit(product: &Product<'_>, options: &Options) -> TokenStream {
    let runtime = runtime(options);
    let operations = product.operations.iter();
    let examples = operations
        .filter(|operation| has_example(operation))
        .map(example);
    quote! {
        #![doc = " What the embedded endpoint answers."]

        use #runtime::rt::*;

        pub(super) static EXAMPLES: &[Example] = &[#(#examples),*];
    }
}

fn example(operation: &Operation<'_>) -> TokenStream {
    let name = &operation.spec.operation;
    let response = match &operation.spec.response_example {
        Some(example) => {
            let example = text(&example.to_string());
            quote!(Some(#example))
        }
        None => quote!(None),
    };
    let echoes = operation.echoes.iter().map(|Echo { list, spec }| {
        let values = &spec.values;
        let count = match &spec.count {
            Some(count) => quote!(Some(#count)),
            None => quote!(None),
        };
        quote!(Echo { list: &[#(#list),*], values: #values, count: #count })
    });
    quote!(Example { operation: #name, response: #response, echoes: &[#(#echoes),*] })
}
