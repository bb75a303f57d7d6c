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

/// The names that generated code uses. It brings them in by `use …::rt::*`, so its own types must
/// have others (`RESERVED` in the generator's `model`).
#[doc(hidden)]
pub mod rt {
    pub use std::collections::BTreeMap;

    pub use crate::{
        error_codes, error_rows, examples,
        operation::{
            Access, Echo, Endpoint, Example, Method, Operation, Paginated, Pagination, Permission,
            ProductInfo, REQUEST_ID_RESPONSE, Request, RequestIdResponse, ResourceType,
            SignatureKind, SupportsDryRun, UnlistedErrorCode, Waiter, WaiterFor, WaiterIds,
        },
        pattern::Pattern,
        record,
        record::{Bytes, Fields, IntoStrings, Predicate, Rule, RuleKind, Schema, Value},
    };
}

pub use alicloud_schema::{
    decode, error_codes, error_rows, examples, json, operation, policy, record, record_serde,
    validate,
};
// Hidden in the documentation.
pub use alicloud_schema::{compare, copy, dynamic, encode, path, pattern, print, repair};
