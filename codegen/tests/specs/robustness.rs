//! Whatever the bytes of a spec, the answer is a catalogue or findings that can be shown.

use std::collections::BTreeMap;
use std::path::PathBuf;

use alicloud_codegen::check::{Catalogue, json_schemas, load_from_memory};
use alicloud_codegen::diagnostic::{Code, Colour, Diagnostic, render};
use alicloud_codegen::spec;
use proptest::prelude::*;

const PRODUCT: &str = include_str!("../fixtures/valid/product.json");
const PLAIN_PRODUCT: &str =
    r#"{ "product": "Ecs", "version": "2014-05-26", "signatures": ["hmac-sha1"] }"#;
const OPERATION: &str = include_str!("../fixtures/valid/Example.json");

fn check(product: &[u8], operation: &[u8]) -> Result<Catalogue, Vec<Diagnostic>> {
    let files: BTreeMap<PathBuf, &[u8]> = BTreeMap::from([
        ("ecs/product.json".into(), product),
        ("ecs/operations/Example.json".into(), operation),
    ]);
    load_from_memory(&files)
}

/// Checks bytes, and shows what is found.
fn survives(product: &[u8], operation: &[u8]) {
    let Err(findings) = check(product, operation) else {
        return;
    };
    assert!(!findings.is_empty());
    for colour in [Colour::Never, Colour::Always] {
        let text = render(&findings, colour);
        assert!(text.contains("error"), "{findings:?}");
    }
    let places: Vec<String> = findings
        .iter()
        .map(|found| found.place.to_string())
        .collect();
    assert_eq!(places.len(), findings.len());
}

#[test]
fn a_spec_with_every_key_has_no_finding() {
    let catalogue = check(PRODUCT.as_bytes(), OPERATION.as_bytes())
        .map_err(|findings| render(&findings, Colour::Never))
        .unwrap_or_else(|text| panic!("{text}"));
    let expected: spec::Operation = serde_json::from_str(OPERATION).unwrap();
    assert_eq!(catalogue.products[0].dir_name, "ecs");
    assert_eq!(catalogue.products[0].operations[0].operation, expected);
    assert_eq!(
        catalogue.products[0].product,
        serde_json::from_str::<spec::Product>(PRODUCT).unwrap()
    );
    // The fixture is to use all of the format.
    let schemas = json_schemas();
    for (schema, text) in [
        ("operation.schema.json", OPERATION),
        ("product.schema.json", PRODUCT),
    ] {
        let schema: serde_json::Value = serde_json::from_str(&schemas[schema]).unwrap();
        let inner = schema["$defs"]
            .as_object()
            .unwrap()
            .values()
            .chain([&schema]);
        for key in inner
            .filter_map(|schema| schema["properties"].as_object())
            .flat_map(|p| p.keys())
            // Which leads to another file.
            .filter(|key| *key != "$ref")
        {
            assert!(
                text.contains(&format!("\"{key}\":")),
                "{key} is not in the fixture"
            );
        }
    }
}

#[test]
fn writing_a_model_and_reading_it_changes_nothing() {
    let operation: spec::Operation = serde_json::from_str(OPERATION).unwrap();
    let text = serde_json::to_vec_pretty(&operation).unwrap();
    let catalogue = check(PRODUCT.as_bytes(), &text).unwrap();
    assert_eq!(catalogue.products[0].operations[0].operation, operation);
}

#[test]
fn deep_nesting_ends_with_a_finding() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"items\":", "}")] {
        for closed in [false, true] {
            let depth = 100_000;
            let mut text = format!(
                "{{\"operation\":\"Example\",\"responseExample\":{}",
                open.repeat(depth)
            );
            if closed {
                text = text + "1" + &close.repeat(depth) + "}";
            }
            let findings = check(PRODUCT.as_bytes(), text.as_bytes()).unwrap_err();
            assert_eq!(findings[0].code, Code::Malformed);
            survives(PRODUCT.as_bytes(), text.as_bytes());
        }
    }
}

#[test]
fn schemas_may_be_forty_levels_deep() {
    let levels = spec::DEEPEST;
    let text = format!(
        "{{ \"operation\": \"Example\", \"response\": {}{{ \"type\": \"string\" }}{} }}",
        "{ \"type\": \"object\", \"properties\": { \"A\": ".repeat(levels),
        " } }".repeat(levels),
    );
    assert!(check(PLAIN_PRODUCT.as_bytes(), text.as_bytes()).is_ok());
}

#[test]
fn many_findings_are_found_and_shown_in_time() {
    let keys: Vec<String> = (0..5_000).map(|at| format!("\"key{at}\": {at}")).collect();
    let text = format!("{{ \"operation\": \"Example\",\n{} }}", keys.join(",\n"));
    let findings = check(PLAIN_PRODUCT.as_bytes(), text.as_bytes()).unwrap_err();
    assert_eq!(findings.len(), 5_000);
    let one_line = text.replace('\n', " ");
    let findings = check(PLAIN_PRODUCT.as_bytes(), one_line.as_bytes()).unwrap_err();
    assert_eq!(findings.len(), 5_000);
    assert!(!render(&findings[..20], Colour::Never).is_empty());
}

#[test]
fn rules_made_to_be_hard_end() {
    // Pigeons and holes again, as rules between parameters: no search settles this in time.
    let (pigeons, holes) = (12, 11);
    let name = |p: usize, h: usize| format!("P{p}H{h}");
    let mut operation =
        serde_json::json!({ "operation": "Example", "parameters": [], "constraints": [] });
    let mut parameters = Vec::new();
    let mut constraints = Vec::new();
    for p in 0..pigeons {
        let members: Vec<String> = (0..holes).map(|h| name(p, h)).collect();
        parameters.extend(
            members
                .iter()
                .map(|name| serde_json::json!({ "name": name, "type": "string" })),
        );
        constraints.push(
            serde_json::json!({ "rule": "at-least-one-of", "parameters": members, "reason": "…" }),
        );
    }
    for h in 0..holes {
        let members: Vec<String> = (0..pigeons).map(|p| name(p, h)).collect();
        constraints.push(
            serde_json::json!({ "rule": "at-most-one-of", "parameters": members, "reason": "…" }),
        );
    }
    operation["parameters"] = parameters.into();
    operation["constraints"] = constraints.into();
    // Unsatisfiable in truth; but nobody claims it who cannot prove it.
    assert!(check(PLAIN_PRODUCT.as_bytes(), operation.to_string().as_bytes()).is_ok());
}

#[test]
fn odd_texts_are_shown() {
    for text in [
        "\u{0}",
        "\u{feff}",
        "\"",
        "\\",
        "1",
        "null",
        "[]",
        "{}",
        "{\"\":1}",
        "\u{2028}{}",
        "\t\r\n",
        "{\"operation\":\"\u{202e}abc\",\"\u{7}\":1}",
        "{\"operation\":\"Example\u{0}\"}",
        "{\"operation\":\"Example\"}\u{b}",
        "{\"operation\":\"Example\"}{",
        "-",
        "01",
        "1e",
        "\"\\u12\"",
        "{\"operation\":\"家家家家\",\"家\":\"家\",\"家\":{}}",
        "{\r\"operation\":1,\r\"a\":2}",
        "{\"operation\": 123456789012345678901234567890123456789012345678901234567890}",
    ] {
        survives(text.as_bytes(), text.as_bytes());
        survives(PRODUCT.as_bytes(), text.as_bytes());
    }
}

#[test]
fn findings_are_the_same_whatever_the_order_of_work() {
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    files.insert("ecs/product.json".into(), PRODUCT.to_owned());
    for at in 0..200 {
        let text = format!("{{ \"operation\": \"Operation{at}\", \"a\": 1, \"b\": 2 }}");
        files.insert(format!("ecs/operations/Other{at}.json").into(), text);
    }
    let first = load_from_memory(&files).unwrap_err();
    // Two unknown keys a file, and a name that is not its file's.
    assert_eq!(first.len(), 600);
    for _ in 0..5 {
        assert_eq!(load_from_memory(&files).unwrap_err(), first);
    }
}

/// A change of a text at one place: bytes taken out, put in, or repeated.
fn mutate(text: &str, at: usize, length: usize, with: &[u8], repeat: bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let at = at % (bytes.len() + 1);
    let end = (at + length).min(bytes.len());
    let kept = if repeat { &bytes[at..end] } else { &[] };
    [
        &bytes[..at],
        kept,
        with,
        &bytes[if repeat { at } else { end }..],
    ]
    .concat()
}

/// Pieces of specs, so that what is put in has a meaning now and then.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "-1",
        "1e308",
        "\"N\"",
        "\"A.N.B\"",
        "{\"type\":\"any\"}",
        "\"type\":\"array\",",
        "\"enum\":[1],",
        "\"required\":true,",
        "\"rule\":\"requires\",",
        ",",
        ":",
        "\"",
        "\"A\",\"A\",",
        "\"is\":[true]",
        "\"anyOf\":[\"A\"]",
        "\"pattern\":\"(\",",
    ]);
    prop_oneof![
        known.prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..8),
    ]
}

/// A value of the spec at one place, replaced by another: still JSON, with another meaning.
fn replace_value(root: &mut serde_json::Value, mut at: usize, with: &serde_json::Value) -> bool {
    fn walk(value: &mut serde_json::Value, at: &mut usize, with: &serde_json::Value) -> bool {
        if *at == 0 {
            *value = with.clone();
            return true;
        }
        *at -= 1;
        match value {
            serde_json::Value::Array(items) => items.iter_mut().any(|item| walk(item, at, with)),
            serde_json::Value::Object(fields) => {
                fields.values_mut().any(|field| walk(field, at, with))
            }
            _ => false,
        }
    }
    walk(root, &mut at, with)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&bytes, &bytes);
    }

    #[test]
    fn any_text(text: String) {
        survives(text.as_bytes(), text.as_bytes());
    }

    #[test]
    fn a_spec_that_is_cut_off(at in 0..OPERATION.len()) {
        survives(&PRODUCT.as_bytes()[..at % PRODUCT.len()], &OPERATION.as_bytes()[..at]);
    }

    #[test]
    fn a_spec_with_changes(
        changes in prop::collection::vec((any::<usize>(), 0..40_usize, piece(), any::<bool>()), 1..4)
    ) {
        let mut operation = OPERATION.to_owned();
        for (at, length, with, repeat) in &changes {
            let bytes = mutate(&operation, *at, *length, with, *repeat);
            survives(&mutate(PRODUCT, *at, *length, with, *repeat), &bytes);
            operation = String::from_utf8_lossy(&bytes).into_owned();
        }
    }

    #[test]
    fn a_spec_with_another_value(
        places in prop::collection::vec((0..600_usize, prop::sample::select(vec![
            "null", "0", "-1", "1.5", "true", "\"\"", "\"A\"", "\"integer\"", "\"array\"", "\"object\"",
            "\"requires\"", "\"Disk.N.Size\"", "[]", "[\"A\"]", "[1, 1]", "{}", "{ \"type\": \"array\" }",
            "{ \"parameter\": \"Disk\", \"is\": [1] }", "{ \"anyOf\": [\"Address\", \"PageSize\"] }", "\"int32\"", "18446744073709551615", "99999999999",
        ])), 1..4)
    ) {
        let mut operation: serde_json::Value = serde_json::from_str(OPERATION).unwrap();
        for (at, with) in &places {
            replace_value(&mut operation, *at, &serde_json::from_str(with).unwrap());
            survives(PRODUCT.as_bytes(), operation.to_string().as_bytes());
        }
        let mut product: serde_json::Value = serde_json::from_str(PRODUCT).unwrap();
        for (at, with) in &places {
            replace_value(&mut product, at % 40, &serde_json::from_str(with).unwrap());
            survives(product.to_string().as_bytes(), OPERATION.as_bytes());
        }
    }
}
