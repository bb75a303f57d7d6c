//! The runtime of the client: credentials, signing, sending, retry, pages, waiters, and the embedded
//! endpoint for tests.
//!
//! Programs depend on the crate `alicloud`, which re-exports everything here next to the generated
//! operations.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod client;
pub mod credentials;
pub mod endpoint;
pub mod error;
#[cfg(feature = "fake")]
pub mod fake;
pub mod observe;
mod proxy;
pub mod rate_limit;
pub mod retry;
pub mod sign;
#[cfg(feature = "fake")]
pub mod stub;
mod threads;

#[doc(inline)]
pub use client::{pagination, waiter};

pub use alicloud_schema::{
    decode, error_codes, examples, json, operation, policy, record, record_serde, validate,
};
// Hidden in the documentation.
pub use alicloud_schema::{compare, copy, dynamic, encode, path, pattern, print, repair, rt};
