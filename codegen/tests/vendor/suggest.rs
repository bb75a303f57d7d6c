//! Sentences that smell of rules, in the ways that the vendor writes them.

use alicloud_codegen::import::suggest::{self, Suggestion};
use alicloud_codegen::import::{Hints, Source, Specs, read};
use serde_json::{Value, json};

fn source(metadata: &Value) -> Source {
    read(&metadata.to_string(), &Hints::default(), true, true).unwrap()
}

/// What is suggested for an operation that says `text` at its parameter `at`, or by itself.
fn suggested(at: &str, text: &str) -> Vec<Suggestion> {
    let plain = |name: &str, kind: &str| (name.to_owned(), json!({ "type": kind }));
    let fields = |names: &[&str]| -> Value {
        names
            .iter()
            .map(|name| plain(name, "string"))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let mut parameters: Vec<(String, Value)> = vec![
        plain("Alpha", "string"),
        plain("BetaId", "string"),
        plain("GammaCount", "integer"),
        plain("Auto", "boolean"),
        (
            "Mode".to_owned(),
            json!({ "type": "string", "enum": ["Fast", "Slow", "Off"] }),
        ),
        (
            "Address".to_owned(),
            json!({ "type": "array", "items": { "type": "string" } }),
        ),
        (
            "Disk".to_owned(),
            json!({ "type": "array", "items": { "type": "object", "properties": fields(&["Size", "Source", "BetaId"]) } }),
        ),
    ];
    let mut description = String::new();
    match at {
        "" => description.push_str(text),
        "Disk.N.Size" => {
            parameters[6].1["items"]["properties"]["Size"]["description"] = text.into();
        }
        at => {
            parameters
                .iter_mut()
                .find(|(name, _)| name == at)
                .unwrap()
                .1["description"] = text.into();
        }
    }
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|(name, schema)| json!({ "name": name, "in": "query", "schema": schema }))
        .collect();
    let metadata = json!({
        "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
        "apis": { "BuyGoods": { "methods": ["post"], "description": description, "parameters": parameters } },
    });
    suggest::rules(&Specs::default(), &source(&metadata))
}

#[track_caller]
fn means(at: &str, text: &str, rule: &Value) {
    let suggestions = suggested(at, text);
    let rules: Vec<Value> = suggestions
        .iter()
        .map(|suggestion| {
            let mut rule = serde_json::to_value(suggestion.rule.as_ref().unwrap()).unwrap();
            rule.as_object_mut().unwrap().shift_remove("reason");
            rule
        })
        .collect();
    assert_eq!(
        rules,
        std::slice::from_ref(rule),
        "{text}: {suggestions:#?}"
    );
}

#[test]
fn choices() {
    let both = json!(["Alpha", "BetaId"]);
    let not_both = json!({ "rule": "at-most-one-of", "parameters": both });
    means("", "Alpha和BetaId不能同时指定。", &not_both);
    means("Alpha", "该参数与`BetaId`互斥。", &not_both);
    means("Alpha", "若指定了BetaId，则该参数会被忽略。", &not_both);
    means(
        "Alpha",
        "如果您需要为它设置值，则必须设置Alpha或者BetaId的其中一个。",
        &not_both,
    );
    means(
        "",
        "`Alpha` and `BetaId` cannot be specified at the same time.",
        &not_both,
    );
    means(
        "",
        "The parameters `Alpha` and `BetaId` are mutually exclusive.",
        &not_both,
    );
    means(
        "Alpha",
        "You can specify this parameter or `BetaId`, but not both.",
        &not_both,
    );
    let either = json!({ "rule": "exactly-one-of", "parameters": both });
    means("", "必须指定Alpha或BetaId其中一个参数。", &either);
    means("Alpha", "与BetaId二选一。", &either);
    means("", "You must specify either `Alpha` or `BetaId`.", &either);
    let some = json!({ "rule": "at-least-one-of", "parameters": both });
    means("", "Alpha与BetaId不能同时为空。", &some);
    means("BetaId", "Alpha、BetaId至少指定一个。", &some);
    means("BetaId", "如果未指定Alpha，则该参数必填。", &some);
    means(
        "",
        "You must specify at least one of `Alpha` and `BetaId`.",
        &some,
    );
    means(
        "",
        "The parameters `Alpha` and `BetaId` cannot be both blank.",
        &some,
    );
}

#[test]
fn conditions() {
    let fast = json!({ "parameter": "Mode", "is": ["Fast"] });
    let required = json!({ "rule": "requires", "if": fast, "then": "BetaId" });
    means("BetaId", "当`Mode`取值为`Fast`时，该参数必填。", &required);
    means(
        "Mode",
        "当该参数取值为`Fast`时，必须同时指定`BetaId`参数。",
        &required,
    );
    means(
        "",
        "参数`Mode=Fast`时，您必须同时指定参数`BetaId`。",
        &required,
    );
    means(
        "BetaId",
        "This parameter is required if `Mode` is set to `Fast`.",
        &required,
    );
    means(
        "BetaId",
        "If `Mode` is set to Fast, you must specify this parameter.",
        &required,
    );
    let only = json!({ "rule": "requires", "if": "BetaId", "then": fast });
    means("BetaId", "仅当`Mode=Fast`时，该参数生效。", &only);
    means("BetaId", "当Mode取值Fast时才支持设置该参数。", &only);
    means(
        "BetaId",
        "This parameter takes effect only when `Mode` is set to `Fast`.",
        &only,
    );
    means(
        "BetaId",
        "当Mode为Fast或Slow时该参数生效。",
        &json!({ "rule": "requires", "if": "BetaId", "then": { "parameter": "Mode", "is": ["Fast", "Slow"] } }),
    );
    means(
        "BetaId",
        "当Auto为True且GammaCount取值为3时，该参数必填。",
        &json!({ "rule": "requires", "if": [{ "parameter": "GammaCount", "is": [3] }, { "parameter": "Auto", "is": [true] }], "then": "BetaId" }),
    );
    means(
        "Alpha",
        "指定该参数时，必须同时指定`BetaId`。",
        &json!({ "rule": "requires", "if": "Alpha", "then": "BetaId" }),
    );
    means(
        "Alpha",
        "EventId只在未指定BetaId参数时有效。",
        &json!({ "rule": "at-most-one-of", "parameters": ["Alpha", "BetaId"] }),
    );
}

#[test]
fn nested_parameters() {
    means(
        "Disk.N.Size",
        "指定参数`Disk.N.Source`后，参数`Disk.N.Size`会被忽略。",
        &json!({ "rule": "at-most-one-of", "each": "Disk", "parameters": ["Size", "Source"] }),
    );
    // A short name means the field beside, unless whole paths are used there.
    means(
        "Disk.N.Size",
        "该参数与`BetaId`不能同时设置。",
        &json!({ "rule": "at-most-one-of", "each": "Disk", "parameters": ["Size", "BetaId"] }),
    );
    means(
        "Disk.N.Size",
        "设置`Disk.N.Size`后，不能再设置`BetaId`。",
        &json!({ "rule": "at-most-one-of", "parameters": ["BetaId", "Disk.N.Size"] }),
    );
    // Positions and plurals are written in many ways.
    means(
        "",
        "`Addresses.N`和`GammaCount`不能同时设置。",
        &json!({ "rule": "at-most-one-of", "parameters": ["GammaCount", "Address"] }),
    );
}

#[test]
fn what_is_no_rule() {
    for (at, text) in [
        ("Alpha", "The name of the goods."),
        ("Alpha", "该参数必须与BetaId保持一致。"),
        ("Alpha", "The mode. Valid values: Fast, Slow."),
        ("", "Alpha不能同时指定。"),
        ("Mode", "如果Mode必须指定。"),
        ("", "Auto and Mode cannot both win: this is prose."),
    ] {
        assert_eq!(suggested(at, text), [], "{text}");
    }
}

#[test]
fn one_rule_told_twice_is_one() {
    let metadata = json!({
        "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
        "apis": { "BuyGoods": { "methods": ["post"], "parameters": [
            { "name": "A1", "in": "query", "schema": { "type": "string", "description": "Goods.\n> You cannot specify both `A1` and [B1](~~1~~).\n" } },
            { "name": "B1", "in": "query", "schema": { "type": "string", "description": "Cannot be used together with **A1**!" } }
        ], "errorCodes": { "400": [{ "errorCode": "X", "errorMessage": "A1 and B1 cannot be specified at the same time." }] } } },
    });
    let suggestions = suggest::rules(&Specs::default(), &source(&metadata));
    insta::assert_snapshot!(suggest::to_text(&suggestions), @r#"
    BuyGoods
      A1: You cannot specify both `A1` and B1.
        { "rule": "at-most-one-of", "parameters": ["A1", "B1"], "reason": "" }
    1 sentence in 1 operation
    "#);
}

#[test]
fn what_a_rule_of_the_spec_ties_already_is_marked() {
    let metadata = json!({
        "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
        "apis": { "BuyGoods": { "methods": ["post"], "parameters": [
            { "name": "A1", "in": "query", "schema": { "type": "string", "description": "You cannot specify both `A1` and `B1`. You cannot specify both `A1` and `C1`." } },
            { "name": "B1", "in": "query", "schema": { "type": "string" } },
            { "name": "C1", "in": "query", "schema": { "type": "string" } },
            { "name": "Disk", "in": "query", "schema": { "type": "array", "items": { "type": "object", "properties": {
                "D1": { "type": "string", "description": "You cannot specify both `D1` and `D2`." }, "D2": { "type": "string" }
            } } } }
        ] } },
    });
    let operation = serde_json::from_value(json!({
        "operation": "BuyGoods",
        "constraints": [
            { "rule": "requires", "if": "A1", "then": { "parameter": "B1", "is": ["x"] }, "reason": "…" },
            { "rule": "at-most-one-of", "each": "Disk", "parameters": ["D2", "D1"], "reason": "…" },
        ],
    }));
    let specs = Specs {
        operations: [("BuyGoods".to_owned(), operation.unwrap())].into(),
        ..Specs::default()
    };
    let suggestions = suggest::rules(&specs, &source(&metadata));
    insta::assert_snapshot!(suggest::to_text(&suggestions), @r#"
    BuyGoods
      A1: You cannot specify both `A1` and `B1`.
        (the spec has a rule on these) { "rule": "at-most-one-of", "parameters": ["A1", "B1"], "reason": "" }
      A1: You cannot specify both `A1` and `C1`.
        { "rule": "at-most-one-of", "parameters": ["A1", "C1"], "reason": "" }
      Disk.N.D1: You cannot specify both `D1` and `D2`.
        (the spec has a rule on these) { "rule": "at-most-one-of", "each": "Disk", "parameters": ["D1", "D2"], "reason": "" }
    3 sentences in 1 operation; the spec has rules on the parameters of 2
    "#);
}
