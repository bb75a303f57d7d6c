//! Operations of ECS: what they put on the wire, which rules they have, how their pages go on.

#![cfg(feature = "ecs")]

mod pages;
mod rules;
mod specs;
mod wire;

#[test]
fn the_tables_are_those_of_the_specs() {
    let specs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-spec");
    specs::assert_generated_from(&specs.join("ecs"), &alicloud::ecs::PRODUCT);
    specs::assert_generated_from(&specs.join("sts"), &alicloud::sts::PRODUCT);
}
