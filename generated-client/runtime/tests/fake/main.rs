//! The embedded endpoint, over real sockets.

mod call;
mod envelope;
mod operation;
mod product;
mod queue;
