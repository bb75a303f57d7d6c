//! The operations of products: requests, responses, error codes, and the tables that describe them.
//!
//! Programs depend on the crate `alicloud`, which re-exports everything here with a client for each
//! product.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[rustfmt::skip]
mod generated;

pub use generated::*;
