//! The embedded endpoint, over real sockets.

mod agreement;
mod call;
mod control;
mod envelope;
mod operation;
mod orders;
mod others;
mod product;
mod queue;
