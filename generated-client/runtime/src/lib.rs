//! The runtime of the client: credentials, signing, sending, retry, pages, waiters, and the embedded
//! endpoint for tests.
//!
//! Programs depend on the crate `alicloud`, which re-exports everything here beside the generated
//! operations.

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod client;
pub mod credentials;
pub mod endpoint;
pub mod error;
#[cfg(feature = "fake")]
pub mod fake;
pub mod observe;
pub mod pagination;
mod proxy;
pub mod rate_limit;
pub mod retry;
pub mod sign;
#[doc(hidden)]
pub mod tls;
pub mod waiter;

#[doc(hidden)]
pub use alicloud_schema::{compare, copy, path, print, repair};
pub use alicloud_schema::{
    decode, dynamic, encode, json, operation, pattern, policy, record, record_serde, validate,
};
