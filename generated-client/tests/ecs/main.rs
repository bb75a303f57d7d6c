//! Operations of ECS: what they put on the wire, which rules they have, how their pages go on.

#![cfg(feature = "ecs")]

mod pages;
mod rules;
mod wire;
