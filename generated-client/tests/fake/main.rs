//! The embedded endpoint with real operations: typed orders, waits, state.

#![cfg(feature = "ecs")]

mod endpoint;
mod roles;
mod state;
mod success;
mod workflow;
