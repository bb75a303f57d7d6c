//! The client over real sockets, and over a stub: one module for each part of it.

mod blocking;
mod credentials;
mod endpoint;
mod field;
mod flood;
mod http;
mod http2;
mod mending;
mod pages;
mod proxies;
mod retry;
mod send;
mod stub;
#[path = "../support/mod.rs"]
mod support;
mod untyped;
mod wait;
