//! From what the vendor publishes to specs.

mod dirty;
mod import;
mod kinds;
mod page;
mod permissions;
mod sources;
mod suggest;
mod suggest_limits;
