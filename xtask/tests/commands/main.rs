//! What the commands do, and what they say.

#[path = "../support/mod.rs"]
mod support;

mod codegen;
mod metadata;
mod page;
mod policy;
mod release_notes;
mod status;
