//! Tables made at run time are those that the generator writes.

mod endpoint;
mod secrets;

use std::{fmt::Debug, path::Path};

use alicloud::operation::ProductInfo;

fn specs() -> Vec<&'static ProductInfo> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-spec");
    alicloud_codegen::tables::load(&folder).unwrap()
}

fn assert_same(what: &str, made: &dyn Debug, generated: &dyn Debug) {
    let (made, generated) = (format!("{made:#?}"), format!("{generated:#?}"));
    // Objects without a type in Rust have no name of their own, and a request has that of the operation,
    // which in Rust has another case.
    let nameless = |line: &str| ["name: \"Object\",", "name: \"Response\","].contains(&line.trim());
    let different = made
        .lines()
        .zip(generated.lines())
        .find(|(made, generated)| {
            let named = nameless(made) && generated.trim().starts_with("name: ");
            !made.eq_ignore_ascii_case(generated) && !named
        });
    assert_eq!(different, None, "{what}");
    assert_eq!(made.lines().count(), generated.lines().count(), "{what}");
}

#[test]
fn they_are_those_of_the_generated_products() {
    let made = specs();
    assert_eq!(made.len(), alicloud::PRODUCTS.len());
    for (made, generated) in made.iter().zip(alicloud::PRODUCTS) {
        assert_eq!(made.operations.len(), generated.operations.len());
        let operations = made.operations.iter().zip(generated.operations);
        for (made, generated) in operations {
            assert_same(generated.name, made, generated);
        }
        assert_same(generated.code, made, generated);
    }
}
