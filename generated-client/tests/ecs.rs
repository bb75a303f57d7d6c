//! What is generated for the products of this crate. Only what can be derived from the specs is tested here: facts
//! that an edit of a spec may change are tested with products made for tests (`golden`).

#![cfg(feature = "ecs")]

mod specs;

#[test]
fn the_tables_are_those_of_the_specs() {
    let specs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-spec");
    specs::assert_generated_from(&specs.join("ecs"), &alicloud::ecs::PRODUCT);
    specs::assert_generated_from(&specs.join("sts"), &alicloud::sts::PRODUCT);
}
