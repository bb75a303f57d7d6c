//! The example responses of the embedded endpoint, beyond what follows from the schemas.
//!
//! ```text
//! pub(super) static EXAMPLES: &[Example] = &[
//!     Example { operation: "DescribeRegions", response: Some(r#"{…}"#), echoes: &[] },
//! ];
//! ```

use alicloud_schema::operation::{Echo, Example};
use proc_macro2::TokenStream;
use quote::quote;

use crate::{Options, model::Product};

use super::{schema, text};

/// The product has such data.
pub(super) fn any(product: &Product<'_>) -> bool {
    let mut operations = product.operations.iter();
    operations.any(|operation| operation.example.is_some())
}

pub(super) fn emit(product: &Product<'_>, options: &Options) -> TokenStream {
    let schema = schema(options);
    let operations = product.operations.iter();
    let examples = operations
        .filter_map(|operation| operation.example.as_ref())
        .map(example);
    quote! {
        #![doc = " The example responses of the embedded endpoint."]

        use #schema::rt::*;

        pub(super) static EXAMPLES: &[Example] = &[#(#examples),*];
    }
}

fn example(example: &Example) -> TokenStream {
    let name = example.operation;
    let response = match example.response {
        Some(example) => {
            let example = text(example);
            quote!(Some(#example))
        }
        None => quote!(None),
    };
    let echoes = example.echoes.iter().map(|echo| {
        let Echo {
            list,
            values,
            count,
        } = echo;
        let count = match count {
            Some(count) => quote!(Some(#count)),
            None => quote!(None),
        };
        quote!(Echo { list: &[#(#list),*], values: #values, count: #count })
    });
    quote!(Example { operation: #name, response: #response, echoes: &[#(#echoes),*] })
}
