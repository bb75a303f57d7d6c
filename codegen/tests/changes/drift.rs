//! The drift report, on two small snapshots of one product.

use alicloud_codegen::drift::{self, Drift, Effect};
use alicloud_codegen::import::{Hints, Options, Source, Specs, import, read};
use serde_json::{Value, json};

fn product(apis: &Value, endpoints: &Value) -> String {
    json!({ "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" }, "apis": apis, "endpoints": endpoints }).to_string()
}

fn parameter(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "schema": schema })
}

fn source(metadata: &str) -> Source {
    read(metadata, &Hints::default(), false, false).unwrap()
}

fn between(older: &str, newer: &str) -> Drift {
    drift::compare_metadata(&source(older), &source(newer)).unwrap()
}

/// The drift between two states of one operation.
fn of_operation(older: &Value, newer: &Value) -> Vec<(Effect, String)> {
    let document = |operation: &Value| product(&json!({ "BuyGoods": operation }), &Value::Null);
    let drift = between(&document(older), &document(newer));
    drift
        .entries
        .into_iter()
        .map(|entry| (entry.effect, entry.text))
        .collect()
}

/// The drift between two states of one parameter.
fn of_parameter(older: &Value, newer: &Value) -> Vec<(Effect, String)> {
    // A document that speaks of all kinds of facts, so that what is not there is stated not to be.
    let witness = json!({ "type": "string", "maxLength": 9, "pattern": "^w", "enum": ["w"], "default": "w", "format": "ipv4", "deprecated": true });
    let operation = |schema: &Value| json!({ "methods": ["post"], "responses": {}, "parameters": [parameter("P", schema), parameter("Witness", &witness)] });
    of_operation(&operation(older), &operation(newer))
}

fn snapshots() -> (String, String) {
    let tag = json!({ "type": "array", "items": { "type": "object", "properties": { "Key": { "type": "string" } } } });
    let wide = json!({ "type": "array", "items": { "type": "object", "properties": { "Key": { "type": "string", "required": true }, "Value": { "type": "string" } } } });
    let list = |extra: Value| json!({ "methods": ["get"], "parameters": extra, "responses": {} });
    let older = json!({
        "BuyGoods": {
            "methods": ["post"],
            "parameters": [
                parameter("Id", &json!({ "type": "string", "required": true })),
                parameter("Amount", &json!({ "type": "integer", "format": "int32", "minimum": "1", "maximum": "10" })),
                parameter("Colour", &json!({ "type": "string", "enum": ["red", "blue"] })),
                parameter("Old", &json!({ "type": "string" })),
                parameter("Older", &json!({ "type": "string" })),
                parameter("Tag", &tag)
            ],
            "responses": { "200": { "schema": { "type": "object", "properties": { "OrderId": { "type": "string" }, "Price": { "type": "string" } } } } },
            "errorCodes": { "400": [{ "errorCode": "Gone" }, { "errorCode": "Both" }], "403": [{ "errorCode": "Both" }] }
        },
        "SellGoods": { "methods": ["post"], "parameters": [], "responses": {} },
        "ListGoods": list(json!([])), "ListOrders": list(json!([])), "ListLabels": list(json!([])),
    });
    let newer = json!({
        "BuyGoods": {
            "methods": ["post"],
            "parameters": [
                parameter("Id", &json!({ "type": "string" })),
                parameter("Amount", &json!({ "type": "integer", "format": "int64", "minimum": "1", "maximum": "5" })),
                parameter("Colour", &json!({ "type": "string", "enum": ["red", "green"] })),
                parameter("Note", &json!({ "type": "string" })),
                parameter("Gift", &json!({ "type": "boolean", "required": true })),
                parameter("Tag", &wide)
            ],
            "responses": { "200": { "schema": { "type": "object", "properties": { "OrderId": { "type": "integer" }, "Total": { "type": "number" } } } } },
            "errorCodes": { "400": [{ "errorCode": "Both" }, { "errorCode": "New" }], "404": [{ "errorCode": "Both" }] }
        },
        "ListGoods": list(json!([parameter("PageSize", &json!({ "type": "integer" }))])),
        "ListOrders": list(json!([parameter("PageSize", &json!({ "type": "integer" }))])),
        "ListLabels": { "methods": ["get"], "deprecated": true, "parameters": [parameter("PageSize", &json!({ "type": "integer" }))], "responses": {} },
        "GiveGoods": { "methods": ["post"], "parameters": [], "responses": {} },
    });
    let host = |region: &str, host: &str| json!({ "regionId": region, "endpoint": host });
    let hosts = |extra: Value| {
        json!([
            host("cn-a", "shop.cn-a.aliyuncs.com"),
            host("cn-b", "shop.cn-b.aliyuncs.com"),
            extra
        ])
    };
    (
        product(&older, &hosts(host("cn-c", "shop.aliyuncs.com"))),
        product(&newer, &hosts(host("cn-d", "shop.cn-d.aliyuncs.com"))),
    )
}

#[test]
fn it_reads_like_a_release_note() {
    let (older, newer) = snapshots();
    insta::assert_snapshot!(between(&older, &newer).to_text());
}

#[test]
fn in_a_pull_request() {
    let (older, newer) = snapshots();
    let drift = between(&older, &newer);
    insta::assert_snapshot!(drift.to_markdown());
    // For tools: what a release must raise, beside the changes.
    let bump = |drift: &Drift| serde_json::to_value(drift).unwrap()["bump"].clone();
    assert_eq!(bump(&drift), "major");
    assert_eq!(bump(&between(&newer, &newer)), "none");
}

#[test]
fn specs_and_the_metadata_they_were_made_of_drift_alike() {
    let (older, newer) = snapshots();
    let specs = import(&Specs::default(), &source(&older), &Options::default())
        .unwrap()
        .specs;
    assert_eq!(
        drift::compare(&specs, &source(&newer)).unwrap(),
        between(&older, &newer)
    );
    assert!(between(&older, &older).is_empty());
    assert_eq!(
        between(&older, &older).to_text(),
        "Shop 2020-01-01\nNo drift in 5 operations.\n"
    );
    // After the import there is none left, but for what an import does not take away by itself.
    let options = Options {
        prune: true,
        ..Options::default()
    };
    let updated = import(&specs, &source(&newer), &options).unwrap().specs;
    assert!(
        drift::compare(&updated, &source(&newer))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn requests_alone_are_compared_where_one_side_has_no_more() {
    let (full, _) = snapshots();
    let mut requests: Value = serde_json::from_str(&full).unwrap();
    for api in requests["apis"].as_object_mut().unwrap().values_mut() {
        api.as_object_mut()
            .unwrap()
            .retain(|key, _| matches!(key.as_str(), "methods" | "parameters"));
    }
    let requests = requests.to_string();
    for drift in [between(&full, &requests), between(&requests, &full)] {
        assert_eq!(drift.entries, []);
        assert!(drift.requests_only);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_effect_of_each_fact_of_a_parameter() {
    use Effect::{Additive, Breaking, Documentation, Loosened, Tightened};
    let cases = [
        (
            json!({ "type": "string" }),
            json!({ "type": "integer" }),
            Breaking,
            "parameter `P` is integer (was string)",
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "required": true }),
            Breaking,
            "parameter `P` is required (was optional)",
        ),
        (
            json!({ "type": "string", "required": true }),
            json!({ "type": "string" }),
            Breaking,
            "parameter `P` is optional (was required)",
        ),
        (
            json!({ "type": "integer", "format": "int32" }),
            json!({ "type": "integer" }),
            Breaking,
            "parameter `P` has no format any more (was `int32`)",
        ),
        (
            json!({ "type": "integer", "format": "int64" }),
            json!({ "type": "integer" }),
            Documentation,
            "parameter `P` has no format any more (was `int64`)",
        ),
        (
            json!({ "type": "number", "format": "float" }),
            json!({ "type": "number", "format": "double" }),
            Documentation,
            "parameter `P` has the format `double` (was `float`)",
        ),
        (
            json!({ "type": "integer", "maximum": 9 }),
            json!({ "type": "integer", "maximum": 8 }),
            Tightened,
            "parameter `P` has the maximum 8 (was 9)",
        ),
        (
            json!({ "type": "integer", "maximum": 9 }),
            json!({ "type": "integer", "maximum": 10 }),
            Loosened,
            "parameter `P` has the maximum 10 (was 9)",
        ),
        (
            json!({ "type": "integer", "minimum": 1 }),
            json!({ "type": "integer", "minimum": 0 }),
            Loosened,
            "parameter `P` has the minimum 0 (was 1)",
        ),
        (
            json!({ "type": "integer" }),
            json!({ "type": "integer", "minimum": 2 }),
            Tightened,
            "parameter `P` has the minimum 2",
        ),
        (
            json!({ "type": "string", "maxLength": 3 }),
            json!({ "type": "string" }),
            Loosened,
            "parameter `P` has no maximum length any more (was 3)",
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "pattern": "^a" }),
            Tightened,
            "parameter `P` has the pattern `^a`",
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "enum": ["a", "b"] }),
            Tightened,
            "parameter `P` takes only `a`, `b`",
        ),
        (
            json!({ "type": "string", "enum": ["a"] }),
            json!({ "type": "string", "enum": ["a", "b"] }),
            Loosened,
            "parameter `P` also takes `b`",
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "default": "x" }),
            Documentation,
            "parameter `P` has the default `x`",
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "deprecated": true }),
            Documentation,
            "parameter `P` is deprecated",
        ),
        (
            json!({ "type": "object", "properties": { "A": { "type": "string" } } }),
            json!({ "type": "object", "properties": { "A": { "type": "string" }, "items": { "type": "array", "items": { "type": "array", "items": { "type": "string" } } } } }),
            Additive,
            "new optional field `P.items` (list of lists of strings)",
        ),
        (
            json!({ "type": "array", "items": { "type": "object", "properties": { "A": { "type": "string" }, "B": { "type": "string" } } } }),
            json!({ "type": "array", "items": { "type": "object", "properties": { "A": { "type": "string" } } } }),
            Breaking,
            "field `P.N.B` is gone",
        ),
    ];
    for (older, newer, effect, text) in cases {
        assert_eq!(
            of_parameter(&older, &newer),
            [(effect, text.to_owned())],
            "{older} -> {newer}"
        );
    }
    // With a list of values, the constants for them are gone.
    assert_eq!(
        of_parameter(
            &json!({ "type": "string", "enum": ["a"] }),
            &json!({ "type": "string" })
        ),
        [
            (Breaking, "the constant `values::p::A` is gone".to_owned()),
            (
                Loosened,
                "parameter `P` takes any value (was `a`)".to_owned()
            ),
        ]
    );
    assert_eq!(
        of_parameter(
            &json!({ "type": "object" }),
            &json!({ "type": "object", "additionalProperties": { "type": "string" } })
        ),
        [
            (
                Breaking,
                "parameter `P` is `Option<BTreeMap<String, String>>` (was `Option<Value>`)"
                    .to_owned()
            ),
            (
                Additive,
                "parameter `P` has fields of any name (string)".to_owned()
            ),
        ]
    );
    // The order of the values of an enumeration means nothing.
    assert_eq!(
        of_parameter(
            &json!({ "type": "string", "enum": ["a", "b"] }),
            &json!({ "type": "string", "enum": ["b", "a"] })
        ),
        []
    );
}

#[test]
fn the_effect_of_facts_of_an_operation() {
    let operation = |key: &str, value: Value| {
        let mut operation = json!({ "methods": ["post"], "responses": {}, "parameters": [parameter("P", &json!({ "type": "array", "items": { "type": "string" } }))] });
        operation[key] = value;
        operation
    };
    let case = |key: &str, older: Value, newer: Value| {
        of_operation(&operation(key, older), &operation(key, newer))
    };
    let behaviour = |text: &str| vec![(Effect::Behaviour, text.to_owned())];
    assert_eq!(
        case("methods", json!(["post"]), json!(["get"])),
        behaviour("it is sent with GET (was POST)")
    );
    assert_eq!(
        case(
            "security",
            json!([{ "AK": [] }]),
            json!([{ "Anonymous": [] }])
        ),
        behaviour("it takes no signature (was signed)")
    );
    assert_eq!(
        case(
            "systemTags",
            json!({ "operationType": "get" }),
            json!({ "operationType": "update" })
        ),
        behaviour("it may write (was: only reads), so it is not repeated after an unclear failure")
    );
    let list = |place: &str, style: &str| json!([{ "name": "P", "in": place, "style": style, "schema": { "type": "array", "items": { "type": "string" } } }]);
    assert_eq!(
        case(
            "parameters",
            list("query", "repeatList"),
            list("formData", "json")
        ),
        [
            (
                Effect::Behaviour,
                "parameter `P` travels in formData (was query)".to_owned()
            ),
            (
                Effect::Behaviour,
                "parameter `P` is written in the style json (was flat)".to_owned()
            ),
        ]
    );
    let permission =
        |action: &str| json!([{ "operationType": "get", "ramAction": { "action": action } }]);
    assert_eq!(
        case(
            "ramActions",
            permission("shop:Buy"),
            permission("shop:BuyGoods")
        ),
        [(
            Effect::Documentation,
            "permissions: shop:BuyGoods (were shop:Buy)".to_owned()
        )]
    );
    assert_eq!(
        of_operation(&operation("x", json!(1)), &json!({ "methods": ["get"], "parameters": [{ "name": "id", "in": "path", "schema": {} }] })),
        [(Effect::Breaking, "cannot be expressed any more: its parameter `id` travels in `path`, which the RPC style has not".to_owned())]
    );
}

/// A rule may be about a parameter that newer metadata no longer has: no code can be made of that operation,
/// and what facts say of it, and of all others, counts all the same.
#[test]
fn an_operation_that_does_not_resolve_is_told() {
    let metadata = |names: &[&str]| {
        let named = |names: &[&str]| -> Value {
            names
                .iter()
                .map(|name| parameter(name, &json!({ "type": "string" })))
                .collect()
        };
        let apis = json!({
            "BuyGoods": { "methods": ["post"], "parameters": named(names) },
            "GetGoods": { "methods": ["post"], "parameters": named(names) },
        });
        product(&apis, &json!([]))
    };
    let older = metadata(&["Id", "Name", "Zone"]);
    let newer = source(&metadata(&["Id"]));
    let mut specs = import(&Specs::default(), &source(&older), &Options::default())
        .unwrap()
        .specs;
    let rule = json!({ "rule": "at-most-one-of", "parameters": ["Id", "Name"], "reason": "as documented" });
    let buy = specs.operations.get_mut("BuyGoods").unwrap();
    buy.constraints = vec![serde_json::from_value(rule).unwrap()];
    let found = drift::compare(&specs, &newer).unwrap();
    let told = "What else breaks in 1 operation cannot be told, because its spec refers to what is not there: \
                `BuyGoods` (`Name`).";
    let text = found.to_text();
    let text: Vec<_> = text.split_whitespace().collect();
    let text = text.join(" ");
    assert!(
        text.starts_with(&format!(
            "Shop 2020-01-01 4 breaking changes for users, in 2 operations. 2 operations before, 2 now: 0 new, \
             0 gone, 2 changed. Only requests were compared: this metadata has no responses and errors. {told} \
             Breaking (4)"
        )),
        "{text}"
    );
    assert!(found.to_markdown().contains(told));
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(
        json["unresolved"],
        json!([{ "operation": "BuyGoods", "path": "Name" }])
    );
}
