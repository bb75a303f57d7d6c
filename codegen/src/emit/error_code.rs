//! The error codes of an operation, and error tables.
//!
//! ```text
//! error_codes! {
//!     /// The error codes of [`AssignIpv6Addresses`].
//!     AssignIpv6AddressesErrorCode of ERRORS {
//!         /// `InvalidEniId.NotFound` (404): There is no ENI with this ID.
//!         InvalidEniIdNotFound,
//!     }
//! }
//!
//! /// The error codes of [`DeleteKey`], for which the spec lists none.
//! pub type DeleteKeyErrorCode = UnlistedErrorCode;
//!
//! /// The error table of the operation.
//! static ERRORS: Errors = Errors::text(r#"
//!     404 InvalidEniId.NotFound message="%s" meaning="There is no ENI with this ID."
//! "#);
//! ```

use alicloud_schema::errors::{self, ErrorRow};
use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    model::{Operation, Variant},
    spec,
};

use super::{docs, ident, rows};

pub(super) fn emit(operation: &Operation<'_>) -> TokenStream {
    let name = ident(&operation.error_code);
    let doc = docs::lines(&[format!(
        "The error codes of [`{}`].",
        operation.request.ident
    )]);
    if operation.variants.is_empty() {
        return quote!(#doc pub type #name = UnlistedErrorCode;);
    }
    let codes = operation.variants.iter().map(|variant| {
        let doc = docs::lines(&[describe(variant)]);
        let name = ident(&variant.ident);
        quote!(#doc #name,)
    });
    quote! {
        error_codes! {
            #doc
            #name of ERRORS {
                #(#codes)*
            }
        }
    }
}

fn describe(variant: &Variant) -> String {
    let statuses: Vec<_> = variant.statuses.iter().map(u32::to_string).collect();
    let statuses = match statuses.as_slice() {
        [] => String::new(),
        statuses => format!(" ({})", statuses.join(", ")),
    };
    let code = docs::code(&variant.code);
    match &variant.description {
        Some(text) => format!("{code}{statuses}: {}", docs::line(text)),
        None => format!("{code}{statuses}"),
    }
}

/// The static `ERRORS`, a line a row; nothing where there are no rows.
pub(super) fn table(doc: &str, errors: &[ErrorRow]) -> Option<TokenStream> {
    rows(doc, "ERRORS", "Errors", errors.iter().map(errors::write))
}

/// The error table as Markdown.
pub(super) fn prose(rows: &[spec::ErrorRow]) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    // Columns that no row fills are left out.
    let messages = rows.iter().any(|row| row.message.is_some());
    let meanings = rows
        .iter()
        .any(|row| row.description.is_some() || row.retryable);
    let columns = ["Status", "Code"].into_iter();
    let columns = columns.chain(messages.then_some("Message"));
    let columns: Vec<&str> = columns.chain(meanings.then_some("Meaning")).collect();
    let mut out = format!(
        "# Errors\n\n| {} |\n|{}\n",
        columns.join(" | "),
        "---|".repeat(columns.len())
    );
    for row in rows {
        let status = row
            .status
            .map_or_else(|| "any".to_owned(), |status| status.to_string());
        let mut cells = vec![status, docs::breakable_code(&row.code)];
        if messages {
            cells.push(docs::code(row.message.as_deref().unwrap_or_default()));
        }
        if meanings {
            let meaning = docs::line(row.description.as_deref().unwrap_or_default());
            let retry = row.retryable.then_some("Retryable.");
            let words = [Some(meaning.as_str()), retry].into_iter().flatten();
            let words: Vec<&str> = words.filter(|words| !words.is_empty()).collect();
            cells.push(words.join(" "));
        }
        for cell in cells {
            out += &format!("| {} ", docs::cell(&cell));
        }
        out += "|\n";
    }
    Some(out)
}
