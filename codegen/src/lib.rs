//! Generates typed, checked Rust clients for Alibaba Cloud's RPC-style OpenAPI from JSON specs.

pub mod check;
pub mod diagnostic;
pub mod drift;
pub mod emit;
pub mod format;
pub mod import;
pub mod model;
pub mod names;
pub mod spec;
pub mod tree;
pub mod write;
