//! The vendor's help pages, compared with specs.
//!
//! [`read`] makes a [`Page`] of a file, whatever its form (text copied from a browser, Markdown, HTML),
//! its language and its template. [`compare`] sets it beside the spec of its operation and tells what
//! differs, with the place on the page and the place in the spec. [`write`](write()) takes the facts
//! over into the spec.
//!
//! A page is text that no one checked. Nothing in it makes the reader fail: what cannot be read is
//! told, and what is not certain is told instead of guessed.

mod align;
mod compare;
mod facts;
mod form;
mod html;
mod markdown;
mod model;
mod read;
mod report;
mod shift;
mod tables;
mod text;
mod words;
mod write;

pub use compare::{Comparison, Difference, Held, Messages, Spec, compare};
pub use form::Form;
pub use model::{ErrorLine, Errors, Fields, Line, Page, Permission, Permissions, Resource, Row};
pub use read::{LARGEST, page as read};
pub use report::{FEW, Report};
pub use text::Text;
pub use words::{Kind, Language};
pub use write::{Refused, Written, empty, is_operation, write};

pub use crate::check::is_date;
use crate::import::Specs;

/// The messages of all errors of a product, by code: where a page runs message and description
/// together, they tell where the message ends.
#[must_use]
pub fn messages(specs: &Specs) -> Messages {
    let common = specs.product.iter().flat_map(|product| &product.errors);
    let own = specs
        .operations
        .values()
        .flat_map(|operation| &operation.errors);
    let mut messages = Messages::new();
    for row in common.chain(own) {
        if let Some(message) = row.message.as_ref().filter(|message| !message.is_empty()) {
            messages
                .entry(row.code.clone())
                .or_default()
                .insert(message.clone());
        }
    }
    messages
}
