//! Documented values: what people read of them, and constants.
//!
//! ```text
//! pub mod values {
//!     pub mod system_disk_category {
//!         pub const CLOUD_ESSD: &str = "cloud_essd";
//!     }
//! }
//! ```

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    model::ValueList,
    spec::{KnownValue, Schema, Type},
    tables::wire_text,
};

use super::{docs, facts, ident};

/// The open list of values of a field or of its elements, as Markdown; none where the description names
/// all of them.
pub(super) fn prose(schema: &Schema, description: &str) -> Option<String> {
    let (known, head) = match (schema.kind, schema.items.as_deref()) {
        (Type::Array, Some(items)) if items.properties.is_empty() => {
            (&items.known_values, "Documented values of an element:")
        }
        _ => (&schema.known_values, "Documented values:"),
    };
    let values = known.iter().map(|known| &known.value);
    if known.is_empty() || facts::states_values(description, values) {
        return None;
    }
    let line = |known: &KnownValue| {
        let value = docs::value(&wire_text(&known.value));
        match &known.description {
            Some(words) => format!("- {value}: {}", docs::line(words)),
            None => format!("- {value}"),
        }
    };
    let lines: Vec<String> = known.iter().map(line).collect();
    // Values that say all themselves need no line each.
    if known.iter().all(|known| known.description.is_none()) {
        let values: Vec<String> = known
            .iter()
            .map(|known| docs::value(&wire_text(&known.value)))
            .collect();
        return Some(format!("{head} {}.", values.join(", ")));
    }
    Some(format!("{head}\n\n{}", lines.join("\n")))
}

/// The module with the constants of an operation; none where no parameter has any.
pub(super) fn constants(lists: &[ValueList<'_>]) -> Option<TokenStream> {
    if lists.is_empty() {
        return None;
    }
    let modules = lists.iter().map(|list| {
        let module = ident(&list.module);
        let doc = docs::lines(&[format!("{}.", docs::code(&list.path))]);
        let constants = list.constants.iter().map(|constant| {
            let name = ident(&constant.ident);
            let value = constant.value;
            quote!(pub const #name: &str = #value;)
        });
        quote! {
            #doc
            pub mod #module {
                #(#constants)*
            }
        }
    });
    Some(quote! {
        #[doc = " Documented values of parameters. Where the spec does not close a list, others are sent as well."]
        #[allow(missing_docs)]
        pub mod values {
            #(#modules)*
        }
    })
}
