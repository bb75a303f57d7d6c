//! A typed client for Alibaba Cloud: requests that are checked before they are sent, responses and
//! error codes as Rust types.
//!
//! ```no_run
//! # #[cfg(feature = "ecs")]
//! # async fn example() -> Result<(), alicloud::error::Error> {
//! use alicloud::ecs::{self, AssignIpv6Addresses};
//!
//! let client = ecs::Client::from_env("cn-hangzhou")?;
//! let request = AssignIpv6Addresses::new("eni-bp1iqejowblx6h8j").ipv6_address_count(2);
//! println!("{:?}", client.send(request).await?.ipv6_sets);
//! # Ok(())
//! # }
//! ```
//!
//! Guides for the common tasks are in [`guide`]. Each of these modules has an example of its own:
//!
//! | for | see |
//! |---|---|
//! | one call, its options, a dry run; an HTTP client of your own | [`client`] |
//! | where access keys come from | [`credentials`] |
//! | what a failure is, and whether to try again | [`error`], [`retry`] |
//! | regions, VPC networks, hosts of your own | [`endpoint`] |
//! | results in pages | [`pagination`] |
//! | waiting for a state | [`waiter`] |
//! | programs without an async runtime | `blocking` (feature `blocking`) |
//! | calls by name | [`DynClient`](client::DynClient) |
//! | requests and responses as JSON or YAML | [`json`] |
//! | metrics and `tracing` spans | [`observe`] |
//! | not being throttled | [`rate_limit`] |
//! | the permissions that operations need | [`policy`] |
//! | tests without HTTP, answered by typed stubs | `stub` (feature `fake`) |
//! | tests without the cloud, over HTTP | `fake` (feature `fake`) |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[rustfmt::skip]
mod generated;

// For readers only: programs are built without it.
#[cfg(any(doc, doctest))]
pub mod guide;

pub use alicloud_runtime::*;
pub use generated::*;

/// The programs of the README are compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Those of the repository's, too; it is not in the package.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct RepositoryReadme;
