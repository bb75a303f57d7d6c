//! Guides: one page for each task, each with a program that is compiled and run as a test.
//!
//! | page | when to read it |
//! |---|---|
//! | [`first_call`] | you have never used this crate |
//! | [`credentials`] | your program leaves your laptop: clusters, instances, roles |
//! | [`errors_and_retry`] | something can fail, and you want to do the right thing |
//! | [`pages_and_waiters`] | results are long, or take their time |
//! | [`testing`] | your tests must not need an account |
//! | [`checking`] | a request is refused before it is sent, or should be |
//! | [`own_product`] | the product that you need is not in this crate |
//! | [`migration`] | you come from `ali-acs` or `aliyun-openapi-core-rust-sdk` |
//!
//! Longer programs are among the examples of the repository; each runs without an account. This module holds documentation only, and is not compiled into programs.

#[doc = include_str!("guide/checking.md")]
pub mod checking {}

#[doc = include_str!("guide/credentials.md")]
pub mod credentials {}

#[doc = include_str!("guide/errors_and_retry.md")]
pub mod errors_and_retry {}

#[doc = include_str!("guide/first_call.md")]
pub mod first_call {}

#[doc = include_str!("guide/migration.md")]
pub mod migration {}

#[doc = include_str!("guide/own_product.md")]
pub mod own_product {}

#[doc = include_str!("guide/pages_and_waiters.md")]
pub mod pages_and_waiters {}

#[doc = include_str!("guide/testing.md")]
pub mod testing {}
