//! Limits, defaults and documented values in prose, in the ways that the vendor writes them.

use alicloud_codegen::import::suggest::{self, Stated};
use alicloud_codegen::import::{Hints, Options, Source, Specs, import, read};
use serde_json::{Value, json};

/// Metadata of an operation with a parameter `P` of this schema, described by the text.
fn metadata(schema: &Value, text: &str) -> String {
    let mut schema = schema.clone();
    schema["description"] = text.into();
    json!({
        "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
        "apis": { "BuyGoods": { "methods": ["post"], "parameters": [{ "name": "P", "in": "query", "schema": schema }] } },
    })
    .to_string()
}

fn source(metadata: &str) -> Source {
    read(metadata, &Hints::default(), true, false).unwrap()
}

fn stated(schema: &Value, text: &str) -> Vec<Stated> {
    suggest::limits(&Specs::default(), &source(&metadata(schema, text)))
}

/// What is to be added for a text, each with its place; in braces what holds under a condition.
#[track_caller]
fn says(kind: &str, text: &str, expected: &[&str]) {
    let schema = match kind {
        "strings" => json!({ "type": "array", "items": { "type": "string" } }),
        kind => json!({ "type": kind }),
    };
    let found: Vec<String> = stated(&schema, text)
        .iter()
        .map(|found| {
            let place = found.at.strip_prefix("/parameters/P").unwrap();
            let mut add = Value::Object(found.add.clone());
            if let Some(known) = add.get_mut("knownValues") {
                let values = known.as_array().unwrap().iter();
                *known = values.map(|known| known["value"].clone()).collect();
            }
            if found.conditional {
                format!("({place}{add})")
            } else {
                format!("{place}{add}")
            }
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn values_in_items() {
    let tea = r#"{"knownValues":["tea","PL1"]}"#;
    for text in [
        "What. Valid values:\n\n- tea: it is brewed.\n- PL1 (default): it is not.",
        "What. Valid values:\n- `tea`: brewed; hot.\n    - deeper: no value\n- **PL1**",
        "What. Valid values:\n> A note.\n\n*   tea\n*   PL1.\n\nMore about it.",
        "什么。取值范围：\n\n- tea：茶。\n- PL1（默认）：不是茶。\n\n更多。",
        "什么，可能值：<ul><li>tea：茶</li><li>PL1：不是茶</li></ul>",
        "What. Possible values: tea and PL1.",
        "什么。取值：tea、PL1。",
    ] {
        says("string", text, &[tea]);
    }
    says(
        "strings",
        "What. Valid values: tea, PL1.",
        &[r#"/items{"knownValues":["tea","PL1"]}"#],
    );
    says(
        "string",
        "Valid values:\n- Big data: x\n- No Upfront: y",
        &[r#"{"knownValues":["Big data","No Upfront"]}"#],
    );
    says(
        "integer",
        "Months. Valid values: 1, 2, and 1,200.",
        &[r#"{"knownValues":[1,2,1200]}"#],
    );
    says(
        "integer",
        "Valid values: {20, 40}.",
        &[r#"{"knownValues":[20,40]}"#],
    );
    says(
        "integer",
        "Valid values:\n- If the unit is week: 1 and 2.\n- If the unit is month: 1, 3.",
        &[r#"({"knownValues":[1,2,3]})"#],
    );
}

#[test]
fn what_is_no_clear_list_gives_none() {
    for text in [
        "For the valid values, see the list.",
        "Valid values: see the page.",
        "Valid values:\n- If it is empty, nothing is done.\n- If it is set, all is.",
        "Default value: tea-less things.",
        "Valid values: ",
        "Valid values:\n- \n-",
    ] {
        says("string", text, &[]);
    }
    says("boolean", "Valid values:\n- true\n- false", &[]);
}

#[test]
fn ranges() {
    let range = r#"{"minimum":1,"maximum":1000}"#;
    for text in [
        "How many. Valid values: 1 to 1,000.",
        "How many. The value ranges from 1 to 1000.",
        "It must be between 1 and 1000.",
        "取值范围：1~1000。",
        "取值范围：[1, 1000]。",
        "数量，取值范围为1-1000。",
    ] {
        says("integer", text, &[range]);
    }
    says("integer", "最大值：100。", &[r#"{"maximum":100}"#]);
    says(
        "integer",
        "Maximum value: 100. Default value: 10.",
        &[r#"{"maximum":100}"#, r#"{"default":10}"#],
    );
    says(
        "number",
        "Valid values: 0.5 to 1.5",
        &[r#"{"minimum":0.5,"maximum":1.5}"#],
    );
    let two = [
        r#"({"minimum":1,"maximum":9})"#,
        r#"({"minimum":20,"maximum":90})"#,
    ];
    says(
        "integer",
        "Valid values:\n- small: 1 to 9\n- large: 20 to 90",
        &two,
    );
    says(
        "integer",
        "When it is small, valid values: 1 to 9.",
        &two[..1],
    );
    says("integer", "Valid values: 9 to 1.", &[]);
    for reckoned in [
        "Specify both. The difference between the two values must be at least 4 hours.",
        "The value of (EndTime - StartTime) / Period must be less than or equal to 400.",
        "两者的差值不能小于 4。",
    ] {
        says("integer", reckoned, &[]);
    }
}

#[test]
fn lengths_counts_patterns_and_defaults() {
    let length = r#"{"minLength":2,"maxLength":128}"#;
    says(
        "string",
        "The name must be 2 to 128 characters in length.",
        &[length],
    );
    says("string", "名称。长度为2~128个英文或中文字符。", &[length]);
    says(
        "string",
        "It can be up to 64 characters in length.",
        &[r#"{"maxLength":64}"#],
    );
    says("string", "不能超过64个字符。", &[r#"{"maxLength":64}"#]);
    says(
        "strings",
        "The IDs. Valid values of N: 1 to 20.",
        &[r#"{"maxItems":20}"#],
    );
    says(
        "strings",
        "ID。N的取值范围：1~20。",
        &[r#"{"maxItems":20}"#],
    );
    says(
        "string",
        "If it is hot, the default value: `tea`.",
        &[r#"({"default":"tea"})"#],
    );
    says(
        "boolean",
        "是否加急。默认值：false。",
        &[r#"{"default":false}"#],
    );
    says("string", "Default value: empty.", &[]);
    let time = r#"{"pattern":"^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}Z$"}"#;
    says(
        "string",
        "The time in the `yyyy-MM-ddTHH:mmZ` format.",
        &[time],
    );
    says(
        "string",
        "It can contain only letters, digits, and hyphens (-).",
        &[r#"{"pattern":"^[A-Za-z0-9-]*$"}"#],
    );
}

#[test]
fn what_specs_have_already_is_marked() {
    let text = "Valid values:\n- tea\n- milk\n\nDefault value: tea. It can be up to 8 characters in length.";
    let metadata = metadata(&json!({ "type": "string" }), text);
    let mut specs = import(&Specs::default(), &source(&metadata), &Options::default())
        .unwrap()
        .specs;
    let shown = |specs: &Specs| {
        let stated = suggest::limits(specs, &source(&metadata));
        suggest::limits_to_text(&stated)
    };
    insta::assert_snapshot!(shown(&specs), @r#"
    BuyGoods
      /parameters/P: Valid values:
        { "knownValues": [{ "value": "tea" }, { "value": "milk" }] }
      /parameters/P: It can be up to 8 characters in length.
        { "maxLength": 8 }
      /parameters/P: Default value: tea.
        { "default": "tea" }
    lengths: the specs have 0 of 1
    defaults: the specs have 0 of 1
    values: the specs have 0 of 1
    "#);
    let spec = specs.operations.get_mut("BuyGoods").unwrap();
    let schema = json!({ "name": "P", "type": "string", "maxLength": 9, "default": "tea", "knownValues": [{ "value": "milk" }, { "value": "tea" }, { "value": "oil" }] });
    spec.parameters[0] = serde_json::from_value(schema).unwrap();
    insta::assert_snapshot!(shown(&specs), @r#"
    BuyGoods
      /parameters/P: Valid values:
        (the spec has it) { "knownValues": [{ "value": "tea" }, { "value": "milk" }] }
      /parameters/P: It can be up to 8 characters in length.
        (the spec says { "maxLength": 9 }) { "maxLength": 8 }
      /parameters/P: Default value: tea.
        (the spec has it) { "default": "tea" }
    lengths: the specs have 0 of 1
    defaults: the specs have 1 of 1
    values: the specs have 1 of 1
    "#);
    let spec = specs.operations.get_mut("BuyGoods").unwrap();
    spec.parameters[0].schema.known_values.remove(0);
    spec.parameters[0].name = "Q".to_owned();
    insta::assert_snapshot!(shown(&specs), @r#"
    BuyGoods
      /parameters/P: Valid values:
        (the spec has no such place) { "knownValues": [{ "value": "tea" }, { "value": "milk" }] }
      /parameters/P: It can be up to 8 characters in length.
        (the spec has no such place) { "maxLength": 8 }
      /parameters/P: Default value: tea.
        (the spec has no such place) { "default": "tea" }
    lengths: the specs have 0 of 1
    defaults: the specs have 0 of 1
    values: the specs have 0 of 1
    "#);
}

/// What stands in a text makes the reader neither panic nor hang.
#[test]
fn any_text_is_read() {
    for text in [
        "默认值：",
        "Valid values:",
        "- - -",
        "N：1~99999999999999999999",
        "长度1~",
        "[](",
        "<li>",
        "Valid values: 1 to 99999999999999999999999",
        "取值范围：1~2，3~4、五",
    ] {
        for kind in ["string", "integer", "number", "boolean", "array", "object"] {
            stated(&json!({ "type": kind }), text);
            stated(&json!({ "type": kind }), &text.repeat(50));
        }
    }
}
