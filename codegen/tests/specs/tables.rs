//! The tables of the runtime that are made from specs while a program runs.

use std::{collections::BTreeMap, path::PathBuf};

use alicloud_codegen::{check, tables};
use alicloud_schema::{
    decode::decode,
    dynamic::DynRecord,
    json::to_json,
    operation::{Operation, Pagination, ProductInfo},
    record::{Kind, Predicate, RuleKind},
    validate,
};
use serde_json::{Value, json};

fn golden(folder: &str) -> &'static ProductInfo {
    let specs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/spec");
    let catalogue = check::load(specs.as_ref()).unwrap();
    let mut products = catalogue.products.iter();
    let product = products.find(|product| product.dir_name == folder).unwrap();
    tables::product(product).unwrap()
}

/// The only operation of a product, given its parameters and rules.
fn operation(parameters: &Value, constraints: &Value) -> &'static Operation {
    let product =
        json!({ "product": "Tiny", "version": "2020-01-01", "signatures": ["hmac-sha1"] });
    let operation =
        json!({ "operation": "Do", "parameters": parameters, "constraints": constraints });
    let files: BTreeMap<PathBuf, String> = [
        ("tiny/product.json", product),
        ("tiny/operations/Do.json", operation),
    ]
    .map(|(path, spec)| (path.into(), spec.to_string()))
    .into();
    let catalogue = check::load_from_memory(&files)
        .map_err(|found| alicloud_codegen::Failure::Specs(found).to_string())
        .unwrap_or_else(|found| panic!("{found}"));
    tables::product(&catalogue.products[0]).unwrap().operations[0]
}

/// What the tables find wrong with a request.
fn violations(operation: &Operation, request: &Value) -> Vec<String> {
    let checked = DynRecord::from_json(operation.request.get(), request)
        .and_then(|record| validate::check(&record));
    let found = checked.map_or_else(|found| found.into_iter().collect(), |()| Vec::new());
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn requests_are_checked_without_generated_code() {
    let operation = golden("shop").operation("BuyGoods").unwrap();
    let right = json!({ "RegionId": "cn-hangzhou", "Customer": "ada", "Code": ["tea"] });
    assert_eq!(violations(operation, &right), [""; 0]);
    let wrong = json!({
        "Customer": "A", "CodeCount": 4, "Voucher": "v", "Type": "Gift",
        "Line": [{ "Goods": "tea", "Voucher": "v" }], "Delivery.Door": "here",
    });
    let expected = [
        "Customer: \"A\" (1 character) is too short; at least 2 characters are required",
        "Customer: \"A\" does not match; allowed: text that matches `^[a-z]+$`",
        "CodeCount: 4 is too large; at most 3 is allowed",
        "Line.1.Amount is required",
        "Delivery.Door: \"here\" is not an IPv6 address such as 2001:db8::1",
        "CodeCount and Voucher were given; exactly one of Code, CodeCount, Voucher is required. An order is for one kind of thing.",
        "Line.1.Goods and Line.1.Voucher were given; at most one of them is allowed. A line holds one thing.",
        "Type = \"Gift\" was given; it requires Delivery.Address. A gift is delivered.",
    ];
    assert_eq!(violations(operation, &wrong), expected);
}

#[test]
fn responses_are_read_without_generated_code() {
    let operation = golden("shop").operation("BuyGoods").unwrap();
    let mut response = DynRecord::new(operation.response.get());
    let text = r#"{ "OrderId": "7", "Lines": { "Line": [{ "Goods": "tea" }] }, "Clone": ["a"] }"#;
    assert_eq!(decode(text.as_bytes(), &mut response).unwrap(), []);
    let expected = json!({
        "OrderId": 7, "Lines": { "Line": [{ "Goods": "tea" }] }, "Clone": { "Clone": ["a"] },
    });
    assert_eq!(to_json(&response), expected);
}

#[test]
fn paths_are_steps() {
    let shop = golden("shop");
    let operation = shop.operation("BuyGoods").unwrap();
    let rule = operation.request.rules.last().unwrap();
    assert_eq!(rule.kind, RuleKind::Requires);
    let [Predicate::Field { path, .. }] = rule.members else {
        panic!("{rule:?}");
    };
    assert_eq!(*path, ["Line", "Wrapping", "Paper"]);
    let [example] = shop.examples else {
        panic!("{:?}", shop.examples);
    };
    assert_eq!(example.echoes[0].list, ["Codes"]);
    let pages = golden("cloud").operations.iter();
    let pages = pages.filter_map(|operation| operation.pagination);
    for page in pages.chain(shop.operations.iter().filter_map(|it| it.pagination)) {
        let (Pagination::Numbered { items, .. } | Pagination::Token { items, .. }) = page;
        assert_ne!(items, [""; 0], "{page:?}");
    }
}

#[test]
fn a_type_that_operations_share_is_one_table() {
    let shop = golden("shop");
    let kind = |operation: &str, parameter: &str| {
        let request = shop.operation(operation).unwrap().request;
        request.fields[request.index_of(parameter).unwrap()].kind
    };
    let (Kind::Object(one), Kind::List(list)) =
        (kind("ListOrders", "MainTag"), kind("ListGoods", "Tag"))
    else {
        panic!("other kinds");
    };
    let Kind::Object(other) = list.kind else {
        panic!("{list:?}");
    };
    assert!(std::ptr::eq(one, other));
    assert_eq!(one.name, "Tag");
}

#[test]
fn a_path_leads_to_the_same_field_for_checks_and_tables() {
    let parameters = json!([
        { "name": "A", "style": "json", "type": "object", "properties": {
            "B.C": { "type": "string" }, "D": { "type": "string" } } },
        { "name": "A.B", "type": "string" },
        { "name": "Other", "type": "string" },
    ]);
    let constraints = json!([
        { "rule": "requires", "if": "A.B.C", "then": "Other", "reason": "It does." },
        { "rule": "requires", "if": "A.B", "then": "Other", "reason": "It does too." },
    ]);
    let operation = operation(&parameters, &constraints);
    let paths: Vec<_> = operation
        .request
        .rules
        .iter()
        .map(|rule| rule.members[0])
        .collect();
    let [
        Predicate::Field { path: inner, .. },
        Predicate::Field { path: plain, .. },
    ] = paths[..]
    else {
        panic!("{paths:?}");
    };
    assert_eq!((inner, plain), (&["A", "B.C"][..], &["A.B"][..]));
    let given = json!({ "A": { "B.C": "x" } });
    let expected = ["A.B.C was given; it requires Other. It does."];
    assert_eq!(violations(operation, &given), expected);
    let given = json!({ "A.B": "x" });
    let expected = ["A.B was given; it requires Other. It does too."];
    assert_eq!(violations(operation, &given), expected);
}

#[test]
fn a_path_that_leads_nowhere_is_an_error() {
    let spec = serde_json::from_value(json!({
        "operation": "Do",
        "parameters": [{ "name": "A", "type": "string" }],
        "constraints": [{ "rule": "requires", "if": "A", "then": "B.C", "reason": "It does." }],
    }));
    let product = serde_json::from_value(json!({
        "product": "Tiny", "version": "2020-01-01", "signatures": ["hmac-sha1"],
    }));
    let made = tables::operation(
        &spec.unwrap(),
        &product.unwrap(),
        &tables::SharedTables::default(),
    );
    let error = made.unwrap_err().to_string();
    assert_eq!(error, "`B.C` leads to nothing in the operation `Do`");
}
