//! A typed client for Alibaba Cloud: requests that are checked before they are sent, responses and
//! error codes as Rust types.

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod client;
pub mod compare;
pub mod copy;
pub mod credentials;
pub mod decode;
pub mod dynamic;
pub mod encode;
pub mod endpoint;
pub mod error;
#[cfg(feature = "fake")]
pub mod fake;
#[rustfmt::skip]
mod generated;
pub mod interop;
pub mod observe;
pub mod operation;
pub mod pagination;
mod path;
pub mod pattern;
pub mod policy;
pub mod print;
pub mod rate_limit;
pub mod record;
pub mod retry;
pub mod sign;
pub mod tls;
pub mod validate;
pub mod waiter;

pub use generated::*;

/// The programs of the README are compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
