//! The schemas of operations as tables, and what can be done with a request or a response by its
//! schema alone: encode, decode, validate, read and write by name.
//!
//! Nothing in this crate knows a network; the client that sends requests is `alicloud`, which
//! re-exports these modules.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod compare;
#[doc(hidden)]
pub mod copy;
pub mod decode;
#[doc(hidden)]
pub mod dynamic;
#[doc(hidden)]
pub mod encode;
#[doc(hidden)]
pub mod errors;
#[doc(hidden)]
pub mod fields;
#[doc(hidden)]
pub mod format;
pub mod json;
mod line;
#[doc(hidden)]
pub mod near;
#[doc(hidden)]
pub mod number;
pub mod operation;
#[doc(hidden)]
pub mod path;
#[doc(hidden)]
pub mod pattern;
#[doc(hidden)]
pub mod permissions;
pub mod policy;
#[doc(hidden)]
pub mod print;
pub mod record;
#[doc(hidden)]
pub mod repair;
#[doc(hidden)]
pub mod rows;
#[doc(hidden)]
pub mod rule;
#[doc(hidden)]
pub mod schemas;
pub mod validate;

/// The names that generated code uses. It brings them in by `use …::rt::*`, so its own types must
/// have others (`RESERVED` in the generator's `model`).
#[doc(hidden)]
pub mod rt {
    pub use std::collections::BTreeMap;

    pub use crate::{
        error_codes, examples,
        operation::{
            Access, Echo, Endpoint, Errors, Example, Method, Operation, Paginated, Pagination,
            ProductInfo, Request, RequestIdResponse, RequiredPermissions, ServiceInfo,
            SignatureKind, SupportsDryRun, UnlistedErrorCode, Waiter, WaiterFor, WaiterIds,
        },
        record,
        record::{Bytes, IntoStrings, Predicate, Rule, RuleKind, Value},
        schemas::Schemas,
    };
}
