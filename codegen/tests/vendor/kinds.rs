//! Snapshots of three kinds, imported in every order: only what a snapshot states changes a spec.

use std::collections::BTreeMap;
use std::path::PathBuf;

use alicloud_codegen::import::{
    DepartureState, Hints, Imported, Options, Source, Specs, import, operation_file, read,
};
use alicloud_codegen::{check, drift, format, spec};
use serde_json::{Value, json};

/// The source of a snapshot, by the kind it is of.
fn source(name: &str) -> Source {
    let text = match name {
        // Everything but permissions.
        "full" => include_str!("../fixtures/kinds/full.json"),
        // Requests only, with limits, without defaults.
        "requests" => include_str!("../fixtures/kinds/requests.json"),
        // What an SDK shows: structure without error codes, limits, enumerations, defaults, tags.
        "structure" => include_str!("../fixtures/kinds/structure.json"),
        other => panic!("no snapshot `{other}`"),
    };
    read(text, &Hints::default(), false, false).unwrap()
}

const ORDERS: [[&str; 3]; 6] = [
    ["full", "requests", "structure"],
    ["full", "structure", "requests"],
    ["requests", "full", "structure"],
    ["requests", "structure", "full"],
    ["structure", "full", "requests"],
    ["structure", "requests", "full"],
];

fn over(specs: &Specs, name: &str) -> Imported {
    let imported = import(specs, &source(name), &Options::default()).unwrap();
    let files: BTreeMap<PathBuf, String> = imported
        .specs
        .operations
        .iter()
        .map(|(name, spec)| (operation_file(name), format::to_text(spec)))
        .chain(
            imported
                .specs
                .product
                .iter()
                .map(|product| ("product.json".to_owned(), format::product_to_text(product))),
        )
        .map(|(path, text)| (PathBuf::from("shop").join(path), text))
        .collect();
    if let Err(found) = check::load_from_memory(&files) {
        let colour = alicloud_codegen::diagnostic::Colour::Never;
        panic!("{}", alicloud_codegen::diagnostic::render(&found, colour));
    }
    let again = import(&imported.specs, &source(name), &Options::default()).unwrap();
    assert_eq!(again.files, BTreeMap::new(), "{name} twice");
    imported
}

fn buy(specs: &Specs) -> &spec::Operation {
    &specs.operations["BuyGoods"]
}

fn parameter(specs: &Specs, name: &str) -> Value {
    let parameters = &buy(specs).parameters;
    let found = parameters.iter().find(|parameter| parameter.name == name);
    serde_json::to_value(found.unwrap()).unwrap()
}

/// Whatever the order, each fact is that of the last snapshot which states it.
#[test]
fn the_last_statement_counts() {
    for order in ORDERS {
        let last = |kinds: &[&str]| *order.iter().rfind(|name| kinds.contains(name)).unwrap();
        let mut specs = Specs::default();
        for name in order {
            specs = over(&specs, name).specs;
        }
        let operation = buy(&specs);

        // Only `full` speaks of these, so they are always there in the end.
        let codes: Vec<_> = operation
            .errors
            .iter()
            .map(|row| row.code.as_str())
            .collect();
        assert_eq!(codes, ["Throttling", "Goods.Gone"], "{order:?}");
        assert_eq!(parameter(&specs, "Colour")["default"], "red", "{order:?}");
        assert_eq!(operation.access, spec::Access::Write, "{order:?}");
        let list = &specs.operations["CountGoods"];
        assert_eq!(list.access, spec::Access::Read, "{order:?}");

        // `full` and `requests` have limits; there are no other patterns than those of `full`.
        let most = if last(&["full", "requests"]) == "full" {
            20
        } else {
            10
        };
        assert_eq!(parameter(&specs, "Id")["maxItems"], most, "{order:?}");
        let values = match last(&["full", "requests"]) {
            "full" => json!(["red", "blue"]),
            _ => json!(["red", "blue", "green"]),
        };
        assert_eq!(parameter(&specs, "Colour")["enum"], values, "{order:?}");
        assert_eq!(
            parameter(&specs, "Note")["pattern"],
            "^[a-z]+$",
            "{order:?}"
        );
        // That `requests` has no limit here says nothing: vendors state most limits in prose.
        assert_eq!(parameter(&specs, "Note")["maxLength"], 64, "{order:?}");

        // All state parameters, so the last one decides what there is.
        let mut names: Vec<_> = operation
            .parameters
            .iter()
            .map(|p| p.name.as_str())
            .collect();
        names.sort_unstable();
        let expected: &[&str] = match order[2] {
            "full" => &["Colour", "Id", "Note", "Old"],
            "requests" => &["Colour", "Id", "Note"],
            _ => &["Colour", "Gift", "Id", "Note"],
        };
        assert_eq!(names, expected, "{order:?}");

        // Responses are in `full` and `structure`.
        let response = operation.response.as_ref().unwrap();
        let total = response.properties.contains_key("Total");
        assert_eq!(
            total,
            last(&["full", "structure"]) == "structure",
            "{order:?}"
        );
        // A field without a word on what is in it keeps what is known.
        let fields = specs.operations["CountGoods"].response.as_ref().unwrap();
        assert!(
            fields.properties["Counts"].properties.contains_key("Red"),
            "{order:?}"
        );

        // An operation says that it is deprecated, or that it is not, or nothing.
        assert_eq!(
            operation.deprecated.is_some(),
            last(&["requests", "structure"]) == "structure"
        );
        // Operations that one has not stay.
        assert!(specs.operations.contains_key("GiveGoods"), "{order:?}");
    }
}

/// Over every other one, a snapshot takes nothing away that it is silent about.
#[test]
fn nothing_is_taken_away_in_silence() {
    for order in ORDERS {
        let before = over(&Specs::default(), order[0]).specs;
        let imported = over(&before, order[1]);
        for change in &imported.report.changes {
            let known = &source(order[1]).operations["BuyGoods"].known;
            assert!(known.speaks_of(&change.at), "{order:?}: {change:?}");
        }
        // What an import changes is the drift, and after it there is none but for operations that are gone.
        let drift = drift::compare(&imported.specs, &source(order[1])).unwrap();
        assert!(
            drift.entries.iter().all(|entry| entry.text == "is gone"),
            "{drift:?}"
        );
    }
}

#[test]
fn the_report_says_what_it_did_not_compare() {
    let full = over(&Specs::default(), "full").specs;
    let report = over(&full, "structure").report;
    insta::assert_snapshot!(report.to_text(99));
    let drift = drift::compare(&full, &source("structure")).unwrap();
    insta::assert_snapshot!(drift.to_text());
    // Older metadata against newer one, whichever of them is the silent one.
    let older = drift::compare_metadata(&source("structure"), &source("full")).unwrap();
    insta::assert_snapshot!(older.to_text());
}

/// Departures about what a snapshot is silent about need no attention.
#[test]
fn silence_says_nothing_about_departures() {
    let mut specs = over(&Specs::default(), "full").specs;
    let operation = specs.operations.get_mut("BuyGoods").unwrap();
    let departure = |at: &str, source: Value| spec::Departure {
        from: spec::Origin::Metadata,
        at: at.to_owned(),
        source,
        reason: "the page says so".to_owned(),
    };
    operation.departures = vec![
        departure("/parameters/Id/maxItems", json!(20)),
        departure("/parameters/Note/pattern", json!("^[a-z]+$")),
        departure("/errors/400 Extra", Value::Null),
        departure("/parameters/Gift", json!(true)),
    ];
    let id = operation.parameters.iter_mut().find(|p| p.name == "Id");
    id.unwrap().schema.max_items = Some(5);
    let note = operation.parameters.iter_mut().find(|p| p.name == "Note");
    note.unwrap().schema.pattern = None;
    let extra = json!({ "status": 400, "code": "Extra" });
    operation
        .errors
        .push(serde_json::from_value(extra).unwrap());

    let structure = over(&specs, "structure");
    assert_eq!(structure.report.departures, []);
    assert_eq!(parameter(&structure.specs, "Id")["maxItems"], 5);
    let requests = over(&specs, "requests");
    let notes: Vec<_> = requests
        .report
        .departures
        .iter()
        .map(|note| (note.at.as_str(), note.state))
        .collect();
    assert_eq!(
        notes,
        [
            ("/parameters/Id/maxItems", DepartureState::SourceMoved),
            ("/parameters/Gift", DepartureState::NoLongerNeeded)
        ]
    );
}

/// What was kept in silence gives way where it contradicts what is stated.
#[test]
fn what_is_stated_wins_over_what_is_kept() {
    let document = |schema: &Value| {
        let text = json!({
            "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
            "apis": { "BuyGoods": { "methods": ["post"], "parameters": [{ "name": "P", "in": "query", "schema": schema }] } }
        })
        .to_string();
        read(&text, &Hints::default(), false, false).unwrap()
    };
    let merged = |older: &Value, newer: &Value| {
        let specs = import(&Specs::default(), &document(older), &Options::default())
            .unwrap()
            .specs;
        let specs = import(&specs, &document(newer), &Options::default())
            .unwrap()
            .specs;
        let mut parameter = parameter(&specs, "P");
        parameter.as_object_mut().unwrap().shift_remove("name");
        parameter
    };
    for (older, newer, expected) in [
        // The default is not among the values any more.
        (
            json!({ "type": "string", "enum": ["a", "b"], "default": "a" }),
            json!({ "type": "string", "enum": ["b", "c"] }),
            json!({ "type": "string", "enum": ["b", "c"] }),
        ),
        // The values are not within the limit any more, and the default is not one of them.
        (
            json!({ "type": "integer", "enum": [1, 200], "default": 200 }),
            json!({ "type": "integer", "maximum": 100 }),
            json!({ "type": "integer", "maximum": 100 }),
        ),
        (
            json!({ "type": "string", "maxLength": 2, "default": "a" }),
            json!({ "type": "string", "enum": ["a", "long"] }),
            json!({ "type": "string", "default": "a", "enum": ["a", "long"] }),
        ),
        (
            json!({ "type": "string", "pattern": "^a" }),
            json!({ "type": "string", "default": "b" }),
            json!({ "type": "string", "default": "b" }),
        ),
        // What goes together stays together.
        (
            json!({ "type": "integer", "minimum": 1, "maximum": 9, "default": 3 }),
            json!({ "type": "number", "format": "double" }),
            json!({ "type": "number", "format": "double", "default": 3, "minimum": 1, "maximum": 9 }),
        ),
        // A limit that is none says nothing.
        (
            json!({ "type": "integer", "maximum": 9 }),
            json!({ "type": "integer", "maximum": "many", "minimum": 1 }),
            json!({ "type": "integer", "minimum": 1, "maximum": 9 }),
        ),
        (
            json!({ "type": "object", "properties": { "A": { "type": "string" } } }),
            json!({ "type": "object" }),
            json!({ "type": "object", "properties": { "A": { "type": "string" } } }),
        ),
        (
            json!({ "type": "array", "items": { "type": "integer" } }),
            json!({ "type": "array" }),
            json!({ "type": "array", "items": { "type": "integer" } }),
        ),
        (
            json!({ "type": "integer", "format": "int64" }),
            json!({ "description": "no type" }),
            json!({ "type": "integer", "format": "int64" }),
        ),
        (
            json!({ "type": "integer", "maximum": "9223372036854775806" }),
            json!({ "type": "integer", "maximum": 9_223_372_036_854_775_805_u64 }),
            json!({ "type": "integer", "maximum": 9_223_372_036_854_775_805_u64 }),
        ),
    ] {
        let merged = merged(&older, &newer);
        assert_eq!(sorted(&merged), sorted(&expected), "{older} then {newer}");
    }
}

/// The order of keys means nothing.
fn sorted(value: &Value) -> BTreeMap<String, Value> {
    let map = value.as_object().unwrap().clone();
    map.into_iter().collect()
}

/// An operation without a list of error codes is silent about them; one with an empty list has none.
#[test]
fn absent_is_not_empty() {
    let document = |operation: Value| {
        let text = json!({
            "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
            "apis": {
                "BuyGoods": operation,
                "Other": { "methods": ["post"], "parameters": [], "errorCodes": { "400": [{ "errorCode": "E" }] } }
            }
        })
        .to_string();
        read(&text, &Hints::default(), false, false).unwrap()
    };
    let plain = json!({ "type": "string" });
    let full = document(json!({
        "methods": ["get"], "security": [{ "Anonymous": [] }], "deprecated": true,
        "parameters": [{ "name": "OwnerId", "in": "query", "schema": { "type": "integer" } }, { "name": "P", "in": "query", "schema": plain }],
        "errorCodes": { "404": [{ "errorCode": "Gone" }] },
        "ramActions": [{ "operationType": "get", "ramAction": { "action": "shop:Buy" } }],
        "responses": { "200": { "schema": { "type": "object", "properties": { "A": plain } } } }
    }));
    let specs = import(&Specs::default(), &full, &Options::default())
        .unwrap()
        .specs;
    for silent in [
        json!({}),
        json!({ "methods": null, "security": null, "deprecated": null, "parameters": null, "errorCodes": null, "ramActions": null, "responses": null }),
        json!({ "parameters": "?", "errorCodes": "?", "responses": "?" }),
    ] {
        let merged = import(&specs, &document(silent.clone()), &Options::default()).unwrap();
        assert_eq!(buy(&merged.specs), buy(&specs), "{silent}");
    }
    // The owner parameters are left out by whole snapshots.
    let empty = document(json!({
        "methods": ["post"], "security": [{ "AK": [] }], "deprecated": false, "parameters": [],
        "errorCodes": {}, "ramActions": [], "responses": {}
    }));
    let merged = import(&specs, &empty, &Options::default()).unwrap().specs;
    let operation = buy(&merged);
    let names: Vec<_> = operation
        .parameters
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(names, ["OwnerId"]);
    assert_eq!(operation.errors, []);
    assert_eq!(operation.permissions, []);
    assert_eq!(operation.response, None);
    assert!(operation.deprecated.is_none() && !operation.anonymous);
    assert_eq!(operation.method, spec::Method::Post);
}
