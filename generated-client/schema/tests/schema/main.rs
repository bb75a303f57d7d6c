//! Encoding, decoding, validation and reflection over schemas written by hand, as the generator
//! writes them.

mod dynamic;
mod encode;
mod errors;
mod fields;
mod json;
mod permissions;
mod record;
mod rule;
#[path = "../sample/mod.rs"]
mod sample;
#[path = "../support/mod.rs"]
mod support;
mod validate;
mod wrapped;
