//! What changes of specs are called.

#[path = "../../../xtask/tests/support/cargo.rs"]
mod cargo;
mod drift;
mod release;
