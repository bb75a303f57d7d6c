//! Operations of ECS: what they put on the wire, which rules they have, how their pages go on.

#![cfg(feature = "ecs")]

mod endpoint;
mod pages;
mod rules;
mod state;
mod wire;
mod workflow;
