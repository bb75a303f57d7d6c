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

pub(super) fn emit(product: &Product<'_>, options: &Options) -> TokenStream {
    let runtime = runtime(options);
    let examples = product.operations.iter().filter_map(example);
    quote! {
        #![doc = " What the embedded endpoint answers."]

        use #runtime::rt::*;

        pub(super) static EXAMPLES: &[Example] = &[#(#examples),*];
    }
}

fn example(operation: &Operation<'_>) -> Option<TokenStream> {
    let response = operation.spec.response_example.as_ref();
    if response.is_none() && operation.echoes.is_empty() {
        return None;
    }
    let name = &operation.spec.operation;
    let response = match response {
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
    Some(quote!(Example { operation: #name, response: #response, echoes: &[#(#echoes),*] }))
}
