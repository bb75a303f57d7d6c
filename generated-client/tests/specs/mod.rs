//! The generated tables say what the specs say. Nothing here states a fact of any spec, so that an edit of one needs
//! no edit here; this file is also compiled with a product that has every kind of edit
//! (`xtask/tests/repository/maintenance.rs`).

use std::{collections::BTreeSet, fs, path::Path};

use alicloud::{
    dynamic::DynRecord,
    operation::{Access, Operation, ProductInfo},
    validate::check,
};
use serde_json::{Value, json};

/// Asserts that a product's tables are what the specs in a folder say.
pub(crate) fn assert_generated_from(folder: &Path, product: &'static ProductInfo) {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("operations")).unwrap() {
        let path = entry.unwrap().path();
        let spec: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let name = spec["operation"].as_str().unwrap().to_owned();
        let operation = product.operation(&name).unwrap();
        assert_operation(&spec, operation);
        names.push(name);
    }
    names.sort();
    let listed: Vec<&str> = product.operations.iter().map(|it| it.name).collect();
    assert_eq!(listed, names);
}

fn assert_operation(spec: &Value, operation: &Operation) {
    let name = operation.name;
    let list = |key: &str| spec[key].as_array().map_or(&[][..], Vec::as_slice);
    let texts = |key: &str, part: &str| -> Vec<String> {
        let items = list(key).iter();
        items
            .map(|it| it[part].as_str().unwrap().to_owned())
            .collect()
    };
    let is_read = spec["access"] == "read";
    assert_eq!(operation.access == Access::Read, is_read, "{name}");
    assert_eq!(
        operation.deprecated,
        spec.get("deprecated").is_some(),
        "{name}"
    );
    assert_eq!(
        operation.idempotency_token,
        spec["idempotency"]["token"].as_str()
    );
    assert_eq!(operation.dry_run, spec["dryRun"]["parameter"].as_str());
    assert_eq!(
        operation.pagination.is_some(),
        spec.get("pagination").is_some()
    );
    let waiters: Vec<&str> = operation.waiters.iter().map(|it| it.name).collect();
    assert_eq!(waiters, texts("waiters", "name"));
    let codes: Vec<&str> = operation.errors.iter().map(|it| it.code).collect();
    assert_eq!(codes, texts("errors", "code"));
    let actions: BTreeSet<&str> = operation.permissions.iter().map(|it| it.action).collect();
    let stated = texts("permissions", "action");
    assert_eq!(actions, stated.iter().map(String::as_str).collect());
    for parameter in list("parameters") {
        assert_parameter(parameter, operation);
    }
    let properties = spec["response"]["properties"].as_object();
    for field in properties.into_iter().flat_map(|it| it.keys()) {
        assert!(
            operation.response.index_of(field).is_some(),
            "{name}: {field}"
        );
    }
}

/// A value at a limit is taken, one beyond it is not.
fn assert_parameter(spec: &Value, operation: &Operation) {
    let name = spec["name"].as_str().unwrap();
    let place = format!("{}: {name}", operation.name);
    assert!(operation.request.index_of(name).is_some(), "{place}");
    let refused = |value: Value| {
        let request =
            DynRecord::from_json(operation.request.get(), &json!({ name: value })).unwrap();
        let told = check(&request).map_or_else(|found| found.to_string(), |()| String::new());
        // What is said of a value begins with its parameter; rules name several, or other words first.
        told.lines()
            .any(|line| line.starts_with(&format!("{name}: ")))
    };
    if spec["type"] == "integer" {
        if let Some(most) = spec["maximum"]
            .as_i64()
            .filter(|most| *most < i64::from(i32::MAX))
        {
            assert!(!refused(json!(most)), "{place}: {most}");
            assert!(refused(json!(most + 1)), "{place}: {}", most + 1);
        }
        if let Some(least) = spec["minimum"]
            .as_i64()
            .filter(|least| *least > i64::from(i32::MIN))
        {
            assert!(!refused(json!(least)), "{place}: {least}");
            assert!(refused(json!(least - 1)), "{place}: {}", least - 1);
        }
    }
    if spec["type"] == "string" {
        for value in spec["enum"].as_array().into_iter().flatten() {
            assert!(!refused(value.clone()), "{place}: {value}");
        }
        if spec.get("enum").is_some() {
            assert!(refused(json!("not a value of the list")), "{place}");
        }
    }
}
