//! The import, on small documents that are as dirty as the vendor's.

use alicloud_codegen::import::{
    self, DepartureState, Hints, ImportError, Imported, Options, RepairKind, Specs, operation_file,
};
use alicloud_codegen::{check, drift, spec};
use serde_json::{Value, json};

const DIRTY: &str = include_str!("../fixtures/import/dirty.json");

fn import(
    specs: &Specs,
    metadata: &str,
    hints: &Hints<'_>,
    options: &Options,
) -> Result<Imported, ImportError> {
    let source = import::read(metadata, hints, options.descriptions, options.messages)?;
    import::import(specs, &source, options)
}

fn drift(specs: &Specs, metadata: &str) -> drift::Drift {
    let source = import::read(metadata, &Hints::default(), false, false).unwrap();
    drift::compare(specs, &source).unwrap()
}

fn imported(specs: &Specs, metadata: &str) -> Imported {
    import(specs, metadata, &Hints::default(), &Options::default()).unwrap()
}

/// A product with the operations given, and no dirt.
fn product(apis: &Value) -> String {
    json!({ "version": "1.0", "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" }, "apis": apis }).to_string()
}

fn parameters(parameters: &Value) -> String {
    product(
        &json!({ "BuyGoods": { "methods": ["post"], "security": [{ "AK": [] }], "parameters": parameters } }),
    )
}

fn query(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "schema": schema })
}

fn first(imported: &Imported) -> &spec::Parameter {
    &imported.specs.operations["BuyGoods"].parameters[0]
}

#[test]
fn every_repair_is_reported() {
    let report = imported(&Specs::default(), DIRTY)
        .report
        .to_text(usize::MAX);
    insta::assert_snapshot!(report);
}

#[test]
fn the_specs_of_dirty_metadata() {
    let files = imported(&Specs::default(), DIRTY).files;
    let texts: Vec<String> = files
        .iter()
        .map(|(path, text)| {
            format!(
                "==> {path}
{text}"
            )
        })
        .collect();
    let text = texts.concat();
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_imported_passes_the_checks() {
    let files = imported(&Specs::default(), DIRTY).files;
    let files = files
        .into_iter()
        .map(|(path, text)| (std::path::PathBuf::from(format!("shop/{path}")), text))
        .collect();
    if let Err(findings) = check::load_from_memory(&files) {
        panic!(
            "{}",
            alicloud_codegen::diagnostic::render(
                &findings,
                alicloud_codegen::diagnostic::Colour::Never
            )
        );
    }
}

#[test]
fn importing_twice_changes_nothing() {
    let once = imported(&Specs::default(), DIRTY);
    let twice = imported(&once.specs, DIRTY);
    assert_eq!(twice.files, std::collections::BTreeMap::new());
    assert!(twice.report.is_unchanged(), "{}", twice.report.to_text(99));
    assert_eq!(twice.report.unchanged, 3);
    assert_eq!(twice.specs, once.specs);
    assert!(drift(&once.specs, DIRTY).is_empty());
}

/// A person's spec over these parameters, after a first import.
fn written(metadata: &str, edit: impl Fn(&mut spec::Operation)) -> Specs {
    let mut specs = imported(&Specs::default(), metadata).specs;
    edit(specs.operations.get_mut("BuyGoods").unwrap());
    specs
}

fn departure(at: &str, source: Value) -> spec::Departure {
    spec::Departure {
        from: spec::Origin::Metadata,
        at: at.to_owned(),
        source,
        reason: "the page says so".to_owned(),
    }
}

#[test]
fn what_people_wrote_stays() {
    let old = parameters(&json!([
        query("Id", &json!({ "type": "string" })),
        query("Ip", &json!({ "type": "string" }))
    ]));
    let specs = written(&old, |spec| {
        *spec = serde_json::from_value(json!({
            "operation": "BuyGoods", "summary": "Buys.", "description": "Long.", "docs": "https://example.com", "reviewed": "2026-01-01",
            "topic": "Trade",
            "parameters": [
                { "name": "Ip", "type": "string", "format": "ipv6", "description": "Where.", "example": "::1", "sensitive": true, "rust": "address" },
                { "name": "Id", "type": "string" }
            ],
            "constraints": [{ "rule": "at-least-one-of", "parameters": ["Id", "Ip"], "reason": "The page." }],
            "waiters": [{ "name": "Bought", "path": "State", "success": ["Done"], "delay": 1, "deadline": 9 }],
            "responseExample": { "State": "Done" },
            "permissions": [{ "action": "shop:Buy", "access": "create" }],
            "errors": [{ "status": 400, "code": "Gone", "message": "Gone.", "description": "Sold.", "retryable": true }]
        })).unwrap();
    });
    let newer = parameters(&json!([
        query(
            "Id",
            &json!({ "type": "string", "required": true, "maxLength": 9, "description": "theirs", "example": "x" })
        ),
        query("Ip", &json!({ "type": "string" })),
        query("Port", &json!({ "type": "integer" })),
    ]));
    let merged = imported(&specs, &newer);
    let mut expected = specs.operations["BuyGoods"].clone();
    expected.parameters[1].schema.required = true;
    expected.parameters[1].schema.max_length = Some(9);
    expected
        .parameters
        .push(serde_json::from_value(json!({ "name": "Port", "type": "integer" })).unwrap());
    assert_eq!(merged.specs.operations["BuyGoods"], expected);
    let changes: Vec<_> = merged
        .report
        .changes
        .iter()
        .map(|c| (c.at.as_str(), c.old.clone(), c.new.clone()))
        .collect();
    assert_eq!(
        changes,
        [
            ("/parameters/Id/required", Value::Null, json!(true)),
            ("/parameters/Id/maxLength", Value::Null, json!(9)),
            (
                "/parameters/Port",
                Value::Null,
                json!({ "name": "Port", "type": "integer" })
            ),
        ]
    );
}

#[test]
fn a_departure_holds_until_the_source_agrees() {
    let metadata = |most: u32| {
        parameters(&json!([query(
            "Ids",
            &json!({ "type": "array", "items": { "type": "string" }, "maxItems": most })
        )]))
    };
    let specs = written(&metadata(20), |spec| {
        spec.parameters[0].schema.max_items = Some(10);
        spec.departures = vec![departure("/parameters/Ids/maxItems", json!(20))];
    });
    let state = |metadata: &str| {
        let imported = imported(&specs, metadata);
        assert_eq!(imported.specs.operations, specs.operations);
        assert_eq!(imported.files.len(), 0);
        let drift = drift(&specs, metadata);
        assert_eq!(drift.entries, []);
        assert_eq!(drift.departures, imported.report.departures);
        imported
            .report
            .departures
            .first()
            .map(|note| (note.state, note.now.clone()))
    };
    assert_eq!(state(&metadata(20)), None);
    assert_eq!(
        state(&metadata(10)),
        Some((DepartureState::NoLongerNeeded, json!(10)))
    );
    assert_eq!(
        state(&metadata(30)),
        Some((DepartureState::SourceMoved, json!(30)))
    );
}

/// Most limits stand in prose only, so metadata without one does not deny it.
#[test]
fn limits_and_defaults_stay_where_the_metadata_states_none() {
    let bare = parameters(&json!([
        query("Count", &json!({ "type": "integer", "format": "int32" })),
        query("Name", &json!({ "type": "string" })),
        query(
            "Ids",
            &json!({ "type": "array", "items": { "type": "string" } })
        ),
        // Something has a default, so the document knows defaults.
        query("Size", &json!({ "type": "integer", "default": 1 })),
    ]));
    let specs = written(&bare, |spec| {
        let [count, name, ids, _] = spec.parameters.as_mut_slice() else {
            panic!("{:?}", spec.parameters);
        };
        count.schema.minimum = Some(1.into());
        count.schema.maximum = Some(100.into());
        count.schema.default = Some(json!(10));
        name.schema.min_length = Some(2);
        name.schema.max_length = Some(128);
        name.schema.pattern = Some("^[a-z]".to_owned());
        ids.schema.min_items = Some(2);
        ids.schema.max_items = Some(20);
        // A departure from what the metadata does not say (any more) needs no attention either.
        spec.departures = vec![
            departure("/parameters/Ids/maxItems", json!(21)),
            departure("/parameters/Ids/minItems", Value::Null),
            departure("/parameters/Size/maximum", json!(5)),
        ];
    });
    let merged = imported(&specs, &bare);
    assert_eq!(merged.specs.operations, specs.operations);
    assert_eq!(merged.files.len(), 0);
    assert_eq!(merged.report.departures, []);
    let drift = drift(&specs, &bare);
    assert!(drift.is_empty(), "{drift:?}");
    // What it does state counts.
    let stated = bare.replace("\"int32\"", "\"int32\",\"maximum\":50");
    let merged = imported(&specs, &stated);
    let count = &merged.specs.operations["BuyGoods"].parameters[0].schema;
    assert_eq!(count.minimum, Some(1.into()));
    assert_eq!(count.maximum, Some(50.into()));
}

/// The checks and the import agree on how places are written.
#[test]
fn departures_of_nested_facts_pass_the_checks() {
    let tag = |most: u32| {
        parameters(&json!([query(
            "Tag",
            &json!({ "type": "array", "items": { "type": "object", "properties": { "type": { "type": "string", "maxLength": most }, "Old": { "type": "string" } } } })
        )]))
    };
    let specs = written(&tag(64), |spec| {
        let items = spec.parameters[0].schema.items.as_mut().unwrap();
        items.properties["type"].max_length = None;
        items.properties.shift_remove("Old");
        items
            .properties
            .insert("New".to_owned(), spec::Schema::default());
        spec.departures = vec![
            departure("/parameters/Tag/items/properties/type/maxLength", json!(64)),
            departure("/parameters/Tag/items/properties/Old", json!(true)),
            departure("/parameters/Tag/items/properties", Value::Null),
        ];
    });
    let files = [
        (
            "shop/product.json",
            alicloud_codegen::format::product_to_text(specs.product.as_ref().unwrap()),
        ),
        (
            "shop/operations/BuyGoods.json",
            alicloud_codegen::format::to_text(&specs.operations["BuyGoods"]),
        ),
    ];
    let files = files
        .into_iter()
        .map(|(path, text)| (std::path::PathBuf::from(path), text))
        .collect();
    assert_eq!(check::load_from_memory(&files).map(|_| ()), Ok(()));
    let kept = imported(&specs, &tag(64));
    assert_eq!(kept.specs, specs);
    assert_eq!(kept.report.departures, []);
    let moved = imported(&specs, &tag(32));
    assert_eq!(moved.specs, specs);
    let states: Vec<_> = moved
        .report
        .departures
        .iter()
        .map(|note| (note.state, note.now.clone()))
        .collect();
    assert_eq!(states, [(DepartureState::SourceMoved, json!(32))]);
}

#[test]
fn departures_about_whole_items() {
    let api = |parameters: Value, errors: Value| {
        product(
            &json!({ "BuyGoods": { "methods": ["post"], "parameters": parameters, "errorCodes": errors, "responses": {} } }),
        )
    };
    let plain = |name: &str| query(name, &json!({ "type": "string" }));
    let row = |code: &str| json!({ "errorCode": code, "errorMessage": "m" });
    let old = api(
        json!([plain("A"), plain("Bad")]),
        json!({ "400": [row("X")] }),
    );
    let specs = written(&old, |spec| {
        spec.parameters.retain(|p| p.name != "Bad");
        spec.parameters
            .push(serde_json::from_value(json!({ "name": "New", "type": "string" })).unwrap());
        spec.errors
            .push(serde_json::from_value(json!({ "status": 404, "code": "Y" })).unwrap());
        spec.errors
            .push(serde_json::from_value(json!({ "status": 409, "code": "Z" })).unwrap());
        spec.departures = vec![
            departure("/parameters/Bad", json!(true)),
            departure("/parameters/New", Value::Null),
            departure("/errors", Value::Null),
            departure("/parameters/Ghost/maximum", json!(1)),
        ];
    });
    let kept = imported(&specs, &old);
    assert_eq!(kept.specs.operations, specs.operations);
    let notes = |imported: &Imported| -> Vec<(String, DepartureState)> {
        imported
            .report
            .departures
            .iter()
            .map(|n| (n.at.clone(), n.state))
            .collect()
    };
    assert_eq!(
        notes(&kept),
        [(
            "/parameters/Ghost/maximum".to_owned(),
            DepartureState::NamesNothing
        )]
    );

    // The metadata comes round: nothing of it is needed any more.
    let newer = api(
        json!([plain("A"), plain("New")]),
        json!({ "400": [row("X")], "404": [row("Y")], "409": [row("Z")] }),
    );
    let agreed = imported(&specs, &newer);
    assert_eq!(agreed.specs.operations, specs.operations);
    let needless = |at: &str| (at.to_owned(), DepartureState::NoLongerNeeded);
    assert_eq!(
        notes(&agreed)[..3],
        [
            needless("/parameters/Bad"),
            needless("/parameters/New"),
            needless("/errors")
        ]
    );
}

#[test]
fn metadata_of_requests_leaves_the_rest_alone() {
    let full = product(&json!({ "BuyGoods": {
        "methods": ["post"], "systemTags": { "operationType": "get" },
        "parameters": [query("Id", &json!({ "type": "string", "default": "7" })), query("Old", &json!({ "type": "string" }))],
        "responses": { "200": { "schema": { "type": "object", "properties": { "A": { "type": "string" } } } } },
        "errorCodes": { "400": [{ "errorCode": "X", "errorMessage": "m" }] }
    } }));
    let requests = parameters(&json!([query(
        "Id",
        &json!({ "type": "string", "required": true })
    )]));
    let specs = imported(&Specs::default(), &full).specs;
    let merged = imported(&specs, &requests).specs;
    let (before, after) = (
        &specs.operations["BuyGoods"],
        &merged.operations["BuyGoods"],
    );
    assert_eq!(after.parameters.len(), 1);
    assert!(after.parameters[0].schema.required);
    assert_eq!(after.parameters[0].schema.default, Some(json!("7")));
    assert_eq!(
        (&after.response, &after.errors, after.access),
        (&before.response, &before.errors, before.access)
    );
}

#[test]
fn operations_that_went_are_reported_and_removed_on_request() {
    let specs = imported(&Specs::default(), DIRTY).specs;
    let newer = product(&json!({ "ListGoods": { "methods": ["get"], "parameters": [] } }));
    let kept = imported(&specs, &newer);
    assert_eq!(kept.report.missing, ["CreateOrder", "LabelGoods"]);
    assert_eq!(kept.specs.operations.len(), 3);
    let options = Options {
        prune: true,
        ..Options::default()
    };
    let pruned = import(&specs, &newer, &Hints::default(), &options).unwrap();
    assert_eq!(
        pruned.removed,
        [operation_file("CreateOrder"), operation_file("LabelGoods")]
    );
    assert_eq!(pruned.specs.operations.len(), 1);
}

#[test]
fn words_only_where_asked_for_and_empty() {
    let metadata = product(&json!({ "BuyGoods": {
        "methods": ["post"], "summary": "Theirs.", "parameters": [query("Id", &json!({ "type": "string", "description": "Theirs too." }))],
        "responses": {}, "errorCodes": { "400": [{ "errorCode": "X", "errorMessage": "Their message." }] }
    } }));
    let bare = imported(&Specs::default(), &metadata);
    assert!(
        !bare.files.values().any(|text| text.contains("Their")),
        "{:?}",
        bare.files
    );
    let options = Options {
        descriptions: true,
        messages: true,
        prune: false,
    };
    let worded = import(&bare.specs, &metadata, &Hints::default(), &options).unwrap();
    let spec = &worded.specs.operations["BuyGoods"];
    assert_eq!(spec.summary.as_deref(), Some("Theirs."));
    assert_eq!(
        spec.parameters[0].schema.description.as_deref(),
        Some("Theirs too.")
    );
    assert_eq!(spec.errors[0].message.as_deref(), Some("Their message."));
    // They stay when a later import does not ask for them.
    assert_eq!(imported(&worded.specs, &metadata).files.len(), 0);
}

#[test]
fn names_in_rust_stay_what_they_were() {
    let tag = |names: &[&str]| {
        let fields: serde_json::Map<String, Value> = names
            .iter()
            .map(|name| ((*name).to_owned(), json!({ "type": "string" })))
            .collect();
        parameters(&json!([query(
            "Tag",
            &json!({ "type": "array", "items": { "type": "object", "properties": fields } })
        )]))
    };
    let overrides = |imported: &Imported| -> Vec<(String, Option<String>)> {
        let items = first(imported).schema.items.as_ref().unwrap();
        items
            .properties
            .iter()
            .map(|(name, field)| (name.clone(), field.rust.clone()))
            .collect()
    };
    let fresh = imported(&Specs::default(), &tag(&["key", "Key", "KEY"]));
    let name = |wire: &str, rust: Option<&str>| (wire.to_owned(), rust.map(str::to_owned));
    assert_eq!(
        overrides(&fresh),
        [
            name("key", Some("key_3")),
            name("Key", None),
            name("KEY", Some("key_2"))
        ]
    );
    // A name that comes later does not take the plain one, however it is written.
    let old = imported(&Specs::default(), &tag(&["key"]));
    let grown = imported(&old.specs, &tag(&["Key", "key"]));
    assert_eq!(
        overrides(&grown),
        [name("key", None), name("Key", Some("key_2"))]
    );
}

#[test]
fn one_operation_alone() {
    let api =
        json!({ "methods": ["post"], "parameters": [query("Id", &json!({ "type": "string" }))] })
            .to_string();
    let options = Options::default();
    let error = |hints: &Hints<'_>| import(&Specs::default(), &api, hints, &options).unwrap_err();
    assert_eq!(error(&Hints::default()), ImportError::OperationUnnamed);
    let named = Hints {
        operation: Some("BuyGoods"),
        ..Hints::default()
    };
    assert_eq!(error(&named), ImportError::ProductUnnamed);
    let mut specs = imported(&Specs::default(), DIRTY).specs;
    let merged = import(&specs, &api, &named, &options).unwrap();
    // Nothing but this operation is concerned: not the others, not the product.
    assert_eq!(
        merged.files.keys().collect::<Vec<_>>(),
        ["operations/BuyGoods.json"]
    );
    assert_eq!(merged.report.missing, [""; 0]);
    specs.operations.insert(
        "BuyGoods".to_owned(),
        merged.specs.operations["BuyGoods"].clone(),
    );
    assert_eq!(merged.specs, specs);
}

#[test]
fn products_that_cannot_be_imported() {
    let error = |metadata: &Value| {
        import(
            &Specs::default(),
            &metadata.to_string(),
            &Hints::default(),
            &Options::default(),
        )
        .unwrap_err()
        .to_string()
    };
    let info = |style: &str| json!({ "style": style, "product": "CS", "version": "2015-12-15" });
    let rest = json!({ "X": { "path": "/clusters/{id}", "methods": ["get"], "parameters": [] } });
    let roa = "CS 2015-12-15 is in the ROA style (REST paths); only products in the RPC style can be generated";
    assert_eq!(error(&json!({ "info": info("ROA"), "apis": {} })), roa);
    assert_eq!(error(&json!({ "info": info("V3"), "apis": rest })), roa);
    assert_eq!(
        error(&json!({ "info": { "product": "CS", "version": "2015-12-15" }, "apis": rest })),
        roa
    );
    for style in ["OSS", "oss", "Mixed", "RPC2"] {
        assert_eq!(
            error(
                &json!({ "info": info(style), "apis": { "X": { "methods": ["delete"], "parameters": [] } } })
            ),
            format!(
                "CS 2015-12-15 is in the style `{style}`; only products in the RPC style can be generated"
            )
        );
    }
    // The newer RPC style takes the newer signature only.
    let v3 =
        json!({ "info": info("V3"), "apis": { "X": { "methods": ["post"], "parameters": [] } } });
    assert_eq!(
        imported(&Specs::default(), &v3.to_string())
            .specs
            .product
            .unwrap()
            .signatures,
        [spec::SignatureKind::Acs3HmacSha256]
    );
    assert_eq!(
        error(&json!([])),
        "this is not API metadata: the file is an array, not an object"
    );
    assert_eq!(
        error(&json!({ "apis": [] })),
        "this is not API metadata: `apis` is an array, not an object"
    );
    assert_eq!(
        error(&json!({ "hello": 1 })),
        "this is not API metadata: neither `apis` nor `parameters` is there"
    );
    let other = product(&json!({})).replace("Shop", "Mall");
    let specs = imported(&Specs::default(), DIRTY).specs;
    assert_eq!(
        import(&specs, &other, &Hints::default(), &Options::default())
            .unwrap_err()
            .to_string(),
        "the specs are of Shop 2020-01-01, the metadata is of Mall 2020-01-01; use a folder for each"
    );
    // An RPC product whose operations merely mention a path is one.
    let rpc = json!({ "info": info("RPC"), "apis": { "X": { "path": "/V2/X", "methods": ["get"], "parameters": [] } } });
    assert_eq!(
        imported(&Specs::default(), &rpc.to_string())
            .specs
            .operations
            .len(),
        1
    );
}

/// A version is the vendor's text, of which only the form is checked.
#[test]
fn versions_that_are_no_days() {
    let version = |version: &str| {
        let text = product(&json!({})).replace("2020-01-01", version);
        import(
            &Specs::default(),
            &text,
            &Hints::default(),
            &Options::default(),
        )
    };
    for real in ["2021-09-31", "2019-02-29", "2018-00-00"] {
        let specs = version(real).unwrap().specs;
        assert_eq!(specs.product.as_ref().unwrap().version, real);
        let files = files(&specs);
        assert_eq!(
            check::load_from_memory(&files).map(|_| ()),
            Ok(()),
            "{real}"
        );
    }
    for none in [
        "yesterday",
        "v1",
        "2021-9-31",
        "2021/09/31",
        "20210931",
        "2021-09-31 ",
    ] {
        let trimmed = none.trim();
        let expected = match trimmed == none {
            true => Err(format!(
                "this is not API metadata: `{none}` is not an API version; expected one such as `2014-05-26`"
            )),
            false => Ok(()),
        };
        assert_eq!(
            version(none).map(|_| ()).map_err(|error| error.to_string()),
            expected
        );
    }
}

/// The specs as files of a folder `shop`.
fn files(specs: &Specs) -> std::collections::BTreeMap<std::path::PathBuf, String> {
    let operations = specs.operations.iter().map(|(name, spec)| {
        let text = alicloud_codegen::format::to_text(spec);
        (format!("shop/{}", operation_file(name)), text)
    });
    let product = specs.product.iter().map(|product| {
        let text = alicloud_codegen::format::product_to_text(product);
        ("shop/product.json".to_owned(), text)
    });
    let files = operations.chain(product);
    files.map(|(path, text)| (path.into(), text)).collect()
}

/// `f64` cannot hold every whole number of 64 bits; a limit that is one less is another limit.
#[test]
fn whole_numbers_are_exact() {
    for (written, expected, repaired) in [
        (
            json!("9223372036854775806"),
            Some("9223372036854775806"),
            "taken as a number",
        ),
        (
            json!(9_223_372_036_854_775_806_i64),
            Some("9223372036854775806"),
            "",
        ),
        (
            json!(9_007_199_254_740_993_i64),
            Some("9007199254740993"),
            "",
        ),
        (
            json!("9007199254740993"),
            Some("9007199254740993"),
            "taken as a number",
        ),
        (
            json!("9007199254740993.0"),
            Some("9007199254740993"),
            "taken as a number",
        ),
        (
            json!("9.223372036854775806e18"),
            Some("9223372036854775806"),
            "taken as a number",
        ),
        // What no value reaches is no limit.
        (json!(9_223_372_036_854_775_808_u64), None, "dropped"),
        (json!("18446744073709551616"), None, "dropped"),
        (json!(1e19), None, "dropped"),
    ] {
        let metadata = |limit: &Value| {
            parameters(&json!([query(
                "Id",
                &json!({ "type": "integer", "format": "int64", "maximum": limit, "default": limit, "enum": [limit] })
            )]))
        };
        let once = imported(&Specs::default(), &metadata(&written));
        let schema = &first(&once).schema;
        let number = expected.map(|text| serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(
            schema.maximum.as_ref().map(ToString::to_string).as_deref(),
            expected
        );
        assert_eq!(schema.default, number, "{written}");
        assert_eq!(schema.values, number.iter().cloned().collect::<Vec<_>>());
        let made = once
            .report
            .repairs
            .first()
            .map_or("", |repair| repair.made.as_str());
        assert!(made.starts_with(repaired), "{written}: {made}");
        let text = &once.files["operations/BuyGoods.json"];
        if let Some(expected) = expected {
            assert!(text.contains(&format!("\"maximum\": {expected}")), "{text}");
        }
        assert_eq!(
            check::load_from_memory(&files(&once.specs)).map(|_| ()),
            Ok(())
        );
        assert!(drift(&once.specs, &metadata(&written)).is_empty());
    }
    // Limits that are one apart are two.
    let metadata = |limit: i64| {
        parameters(&json!([query(
            "Id",
            &json!({ "type": "integer", "maximum": limit })
        )]))
    };
    let specs = imported(&Specs::default(), &metadata(i64::MAX - 1)).specs;
    let drift = drift(&specs, &metadata(i64::MAX));
    let texts: Vec<_> = drift
        .entries
        .iter()
        .map(|entry| (entry.effect, entry.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [(
            drift::Effect::Loosened,
            "parameter `Id` has the maximum 9223372036854775807 (was 9223372036854775806)"
        )]
    );
    let merged = imported(&specs, &metadata(i64::MAX));
    assert_eq!(first(&merged).schema.maximum, Some(i64::MAX.into()));
    // Beyond a limit that is excluded.
    let excluded = parameters(&json!([query(
        "Id",
        &json!({ "type": "integer", "exclusiveMaximum": 9_223_372_036_854_775_807_i64 })
    )]));
    let excluded = imported(&Specs::default(), &excluded);
    assert_eq!(first(&excluded).schema.maximum, Some((i64::MAX - 1).into()));
}

#[test]
fn deep_and_wide_schemas_are_cut() {
    let deep = (0..100).fold(
        json!({ "type": "string" }),
        |inner, _| json!({ "type": "object", "properties": { "A": inner } }),
    );
    let cut = imported(
        &Specs::default(),
        &parameters(&json!([query("Deep", &deep)])),
    );
    assert_eq!(cut.report.repairs.len(), 1);
    assert_eq!(cut.report.repairs[0].kind, RepairKind::TooDeep);
    // The text can be read by everything that reads specs.
    let text = &cut.files["operations/BuyGoods.json"];
    assert_eq!(
        &serde_json::from_str::<spec::Operation>(text).unwrap(),
        &cut.specs.operations["BuyGoods"]
    );

    // References that double twenty times would be a million schemas.
    let mut metadata: Value = serde_json::from_str(&parameters(&json!([query(
        "Wide",
        &json!({ "$ref": "#/components/schemas/S0" })
    )])))
    .unwrap();
    for n in 0..20 {
        let next = json!({ "$ref": format!("#/components/schemas/S{}", n + 1) });
        metadata["components"]["schemas"][format!("S{n}")] =
            json!({ "type": "object", "properties": { "L": next, "R": next } });
    }
    let wide = imported(&Specs::default(), &metadata.to_string());
    assert!(
        wide.report
            .repairs
            .iter()
            .any(|repair| repair.kind == RepairKind::TooDeep
                && repair.found == "more than 20000 schemas")
    );
}

/// Names of which some systems cannot hold a file, or not two of them side by side.
#[test]
fn names_that_every_system_can_hold() {
    let long = format!("Get{}", "Thing".repeat(49));
    assert_eq!(long.len(), 248);
    let empty = json!({ "methods": ["post"], "parameters": [] });
    let metadata = |names: &[&str]| {
        let apis = names.iter().map(|name| ((*name).to_owned(), empty.clone()));
        product(&apis.collect::<serde_json::Map<_, _>>().into())
    };
    let names = [
        "GetABC",
        "GetAbc",
        "Getabc",
        "getABC",
        "Aux",
        "COM1",
        "nul",
        "Com2Thing",
        &long,
    ];
    let once = imported(&Specs::default(), &metadata(&names));
    let files: Vec<&String> = once.files.keys().collect();
    let long_file = operation_file(&long);
    assert_eq!(
        files,
        [
            "operations/Aux2.json",
            "operations/Com12.json",
            "operations/Com2Thing.json",
            "operations/GetABC.json",
            "operations/GetAbc2.json",
            "operations/GetAbc4.json",
            &long_file,
            "operations/Getabc3.json",
            "operations/Nul2.json",
            "product.json",
        ]
    );
    assert_eq!(once.report.declined, []);
    assert_eq!(once.specs.operations["COM1"].rust.as_deref(), Some("Com12"));
    let texts = once
        .files
        .iter()
        .map(|(path, text)| {
            (
                std::path::PathBuf::from(format!("shop/{path}")),
                text.clone(),
            )
        })
        .collect();
    let catalogue = check::load_from_memory(&texts).unwrap();
    let options = alicloud_codegen::Options::for_crate("alicloud");
    let generated =
        alicloud_codegen::render(&catalogue, std::path::Path::new("api-spec"), &options).unwrap();
    let mut modules = std::collections::BTreeSet::new();
    for path in generated.files.keys() {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.len() <= 255, "{name}");
        let stem = name.strip_suffix(".rs").unwrap();
        assert!(alicloud_codegen::names::is_file_name(stem), "{name}");
        assert!(
            modules.insert(path.to_str().unwrap().to_lowercase()),
            "{name}"
        );
    }
    // Names stay what they are, whatever comes later and in whatever order.
    let mut others = names;
    others.reverse();
    let again = imported(&once.specs, &metadata(&others));
    assert_eq!(again.files, std::collections::BTreeMap::new());
    // Nobody can hold these.
    let longer = "G".repeat(251);
    let declined = imported(&Specs::default(), &metadata(&[&longer]))
        .report
        .declined;
    assert_eq!(
        declined[0].why,
        "its name cannot be the name of a file and of a type"
    );
    // What goes leaves its file.
    let options = Options {
        prune: true,
        ..Options::default()
    };
    let pruned = import(
        &once.specs,
        &metadata(&["GetABC"]),
        &Hints::default(),
        &options,
    )
    .unwrap();
    assert!(
        pruned
            .removed
            .contains(&"operations/GetAbc2.json".to_owned()),
        "{:?}",
        pruned.removed
    );
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Schemas with any keyword holding anything.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e6..1e6).prop_map(Value::from),
            prop_oneof![
                "[a-zA-Z.%$ ]{0,8}",
                "-?[0-9]{1,4}",
                Just("object".to_owned()),
                Just("array".to_owned()),
                Just("integer".to_owned()),
                Just("string".to_owned()),
                Just("int32".to_owned())
            ]
            .prop_map(Value::from),
        ];
        let keyword = prop::sample::select(vec![
            "type",
            "format",
            "required",
            "deprecated",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "pattern",
            "enum",
            "default",
            "items",
            "properties",
            "additionalProperties",
            "$ref",
            "name",
            "in",
            "style",
            "schema",
            "Key",
            "key",
        ]);
        leaf.prop_recursive(5, 60, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((keyword.clone().prop_map(str::to_owned), inner), 0..7)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever the metadata holds: no panic, specs that pass the checks, and a second import that changes nothing.
        #[test]
        fn any_metadata_gives_good_specs(schemas in prop::collection::vec(anything(), 0..5), response in anything(), errors in anything(), tail in anything()) {
            let mut list: Vec<Value> = schemas.iter().enumerate().map(|(n, schema)| query(["A", "a", "B", "A.B", "Type"][n], schema)).collect();
            list.push(tail.clone());
            let metadata = json!({
                "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
                "components": { "schemas": { "key": tail } },
                "apis": { "BuyGoods": { "methods": tail, "parameters": list, "responses": { "200": { "schema": response } }, "errorCodes": { "400": errors, "x": [{ "errorCode": errors }] } } },
                "endpoints": errors,
            }).to_string();
            let once = imported(&Specs::default(), &metadata);
            let twice = imported(&once.specs, &metadata);
            prop_assert_eq!(&twice.files, &std::collections::BTreeMap::new());
            prop_assert!(drift(&once.specs, &metadata).is_empty());
            for (name, spec) in &once.specs.operations {
                prop_assert_eq!(&serde_json::from_str::<spec::Operation>(&once.files[&operation_file(name)]).unwrap(), spec);
            }
            let files = once.files.into_iter().map(|(path, text)| (std::path::PathBuf::from(format!("shop/{path}")), text)).collect();
            if let Err(findings) = check::load_from_memory(&files) {
                prop_assert!(false, "{}", alicloud_codegen::diagnostic::render(&findings, alicloud_codegen::diagnostic::Colour::Never));
            }
        }

        #[test]
        fn any_text_is_refused_or_imported(text in ".{0,60}") {
            let _ = import(&Specs::default(), &text, &Hints::default(), &Options::default());
        }
    }
}

/// A product whose operations have a tag; the limits of its key in the second.
fn tagged(second: &Value) -> String {
    let tag = |key: &Value| {
        let items = json!({ "type": "object", "properties": { "Key": key, "Value": { "type": "string" } } });
        json!([query("Tag", &json!({ "type": "array", "items": items }))])
    };
    let answer = json!({ "200": { "schema": { "type": "object", "properties": {
        "RequestId": { "type": "string" },
        "Tags": { "type": "object", "properties": { "Tag": { "type": "array", "items": {
            "type": "object", "properties": { "Key": { "type": "string" }, "Value": { "type": "string" } } } } } } } } } });
    let operation = |key: &Value| json!({ "methods": ["post"], "security": [{ "AK": [] }], "parameters": tag(key), "responses": answer });
    let first = json!({ "type": "string", "maxLength": 64, "minLength": 1 });
    product(&json!({ "BuyGoods": operation(&first), "SellGoods": operation(second) }))
}

fn key(max_length: u32) -> Value {
    json!({ "type": "string", "maxLength": max_length, "minLength": 1 })
}

#[test]
fn the_types_that_operations_share_are_found_for_a_new_product() {
    let imported = imported(&Specs::default(), &tagged(&key(64)));
    assert_eq!(imported.report.types, ["ResponseTag", "Tag"]);
    let file = |name: &str| imported.files[name].as_str();
    insta::assert_snapshot!(file("types/Tag.json"), @r#"
    {
      "$schema": "../../schema/type.schema.json",
      "type": "object",
      "properties": { "Key": { "type": "string", "minLength": 1, "maxLength": 64 }, "Value": { "type": "string" } }
    }
    "#);
    for operation in ["BuyGoods", "SellGoods"] {
        let text = file(&operation_file(operation));
        assert!(
            text.contains(r#""items": { "$ref": "../types/Tag.json" }"#),
            "{text}"
        );
        assert!(
            text.contains(r#""items": { "$ref": "../types/ResponseTag.json" }"#),
            "{text}"
        );
    }
    let again = self::imported(&imported.specs, &tagged(&key(64)));
    assert_eq!((again.files.len(), again.report.unchanged), (0, 2));

    // What differs in a limit is not shared: the type is that of the responses, and no other takes its name.
    let other = self::imported(&Specs::default(), &tagged(&key(128)));
    assert_eq!(other.report.types, ["Tag"]);
    assert!(!other.files["types/Tag.json"].contains("maxLength"));

    let files = imported.files.iter();
    let files = files.map(|(path, text)| (format!("shop/{path}").into(), text.as_bytes()));
    if let Err(findings) = check::load_from_memory(&files.collect()) {
        panic!("{findings:#?}");
    }
}

#[test]
fn a_reference_stays_while_the_metadata_agrees_and_is_written_out_where_it_does_not() {
    let before = imported(&Specs::default(), &tagged(&key(64)));
    let after = imported(&before.specs, &tagged(&key(128)));
    assert_eq!(after.report.types, [] as [String; 0]);
    let written_out: Vec<_> = after.report.written_out.iter().collect();
    assert_eq!(written_out.len(), 1);
    assert_eq!(
        (
            written_out[0].operation.as_str(),
            written_out[0].at.as_str(),
            written_out[0].name.as_str()
        ),
        ("SellGoods", "/parameters/Tag/items", "Tag")
    );
    assert_eq!(
        after.files.keys().collect::<Vec<_>>(),
        ["operations/SellGoods.json"]
    );
    let text = &after.files["operations/SellGoods.json"];
    assert!(
        text.contains(r#""maxLength": 128"#) && !text.contains("types/Tag.json"),
        "{text}"
    );
    assert!(text.contains("../types/ResponseTag.json"), "{text}");
    let told = after.report.to_text(9);
    let told_of = "not of the shared type any more, written out (1):\n  SellGoods /parameters/Tag/items: was `Tag`\n";
    assert!(told.contains(told_of), "{told}");

    let entries = drift(&before.specs, &tagged(&key(128))).entries;
    let texts: Vec<_> = entries
        .iter()
        .map(|it| (it.effect, it.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (
                drift::Effect::Breaking,
                "`shop::Tag` is called `shop::sell_goods::TagValue`"
            ),
            (
                drift::Effect::Behaviour,
                "field `Tag.N` is not of the shared type `Tag` any more"
            ),
            (
                drift::Effect::Loosened,
                "field `Tag.N.Key` has the maximum length 128 (was 64)"
            ),
        ]
    );
}

#[test]
fn a_type_that_nothing_is_like_any_more_is_removed() {
    let before = imported(&Specs::default(), &tagged(&key(64)));
    let apart = tagged(&key(128)).replace("\"maxLength\":64", "\"maxLength\":32");
    let after = imported(&before.specs, &apart);
    assert_eq!(after.report.unused_types, ["Tag"]);
    assert_eq!(after.removed, ["types/Tag.json"]);
    let told = after.report.to_text(9);
    let told_of = "types that no operation has any more, removed (1):\n  Tag\n";
    assert!(told.contains(told_of), "{told}");
    let kept: Vec<_> = after.specs.types.keys().collect();
    assert_eq!(kept, ["ResponseTag"]);
}

#[test]
fn a_type_changes_when_all_of_its_uses_do() {
    let before = imported(&Specs::default(), &tagged(&key(64)));
    let both = tagged(&key(128)).replace("\"maxLength\":64", "\"maxLength\":128");
    let after = imported(&before.specs, &both);
    assert_eq!(after.report.types, ["Tag"]);
    assert!(after.report.written_out.is_empty());
    assert!(after.files["types/Tag.json"].contains(r#""maxLength": 128"#));
    for name in ["BuyGoods", "SellGoods"] {
        assert!(
            after.files[&operation_file(name)].contains("../types/Tag.json"),
            "{name}"
        );
    }
    let effects: Vec<_> = drift(&before.specs, &both)
        .entries
        .iter()
        .map(|it| it.effect)
        .collect();
    assert_eq!(effects, [drift::Effect::Loosened; 2]);
}
