//! `status` as a command.

use std::fs;

use crate::support::run;

const PRODUCT: &str = r#"{ "product": "Shop", "version": "2020-01-01",
    "sources": [
        { "name": "SDK packages", "asOf": "2026-10", "facts": ["operations", "parameters"] },
        { "name": "RAM page", "facts": ["permissions"] }
    ],
    "signatures": ["hmac-sha1"] }"#;

const OPERATIONS: [(&str, &str); 3] = [
    (
        "BuyGoods",
        r#"{ "operation": "BuyGoods", "summary": "Buys.", "reviewed": "2026-01-31",
            "parameters": [
                { "name": "Lines", "type": "array", "maxItems": 5, "items": { "type": "object", "properties": {
                    "Count": { "type": "integer", "minimum": 1, "description": "How many." },
                    "Id": { "type": "string", "default": "tea" } } } },
                { "name": "Other", "type": "string" }
            ],
            "constraints": [{ "rule": "at-least-one-of", "parameters": ["Lines", "Other"], "reason": "The page." }],
            "response": { "type": "object", "properties": { "Order": { "type": "string", "description": "Its number." } } },
            "errors": [{ "status": 400, "code": "Sold", "description": "Somebody was faster." }, { "status": 500, "code": "Down" }],
            "permissions": [{ "action": "shop:BuyGoods", "access": "create" }] }"#,
    ),
    (
        "ListGoods",
        r#"{ "operation": "ListGoods", "reviewed": "2026-03-01", "deprecated": true }"#,
    ),
    ("Open", r#"{ "operation": "Open", "anonymous": true }"#),
];

const METADATA: &str = r#"{
    "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
    "apis": { "BuyGoods": { "methods": ["post"], "parameters": [
        { "name": "Lines", "in": "query", "schema": { "type": "array", "description": "The lines. You can specify up to 5 items.", "items": { "type": "object", "properties": {
            "Count": { "type": "integer", "description": "How many. Valid values: 1 to 9." },
            "Id": { "type": "string", "description": "What. Valid values:\n\n- tea: tea\n- milk: milk\n\nDefault value: tea." } } } } }
    ] }, "ListGoods": {}, "SellGoods": {} }
}"#;

fn workplace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let shop = dir.path().join("api-spec/shop");
    fs::create_dir_all(shop.join("operations")).unwrap();
    fs::write(shop.join("product.json"), PRODUCT).unwrap();
    for (name, text) in OPERATIONS {
        fs::write(shop.join(format!("operations/{name}.json")), text).unwrap();
    }
    fs::write(dir.path().join("metadata.json"), METADATA).unwrap();
    dir
}

#[test]
fn it_says_where_the_specs_stand() {
    let dir = workplace();
    let (status, printed) = run(
        dir.path(),
        &["status", "metadata.json", "--spec", "api-spec"],
    );
    assert_eq!(status, Some(0), "{printed}");
    let (before, after) = printed.split_once("is of 2026-01-31, ").unwrap();
    let (days, after) = after.split_once(' ').unwrap();
    assert!(days.parse::<u64>().unwrap() > 290, "{days}");
    insta::assert_snapshot!(format!("{before}is of 2026-01-31, N {after}"), @r"
    Shop 2020-01-01
      sources      operations, parameters: SDK packages, as of 2026-10
                   permissions: RAM page
      operations   3, 3 in the newest metadata; 1 missing: SellGoods; 1 gone: Open
      summaries    ██████░░░░░░░░░░░░░░      1 of      3   33 %
      fields       ████████░░░░░░░░░░░░      2 of      5   40 %
      error rows   ██████████░░░░░░░░░░      1 of      2   50 %
      permissions  ██████████░░░░░░░░░░      1 of      2   50 %
      pages        █████████████░░░░░░░      2 of      3   66 %
                   the oldest review is of 2026-01-31, N days ago
      rules        1 in 1 operation
      waiters      0
      limits       1 ranges, 0 lengths, 1 counts, 0 patterns, 0 closed lists of values, 0 open lists of values, 1 defaults
      in prose     and in the specs, without what holds under a condition:
        ranges     ░░░░░░░░░░░░░░░░░░░░      0 of      1    0 %
        counts     ████████████████████      1 of      1  100 %
        defaults   ████████████████████      1 of      1  100 %
        values     ░░░░░░░░░░░░░░░░░░░░      0 of      1    0 %
    ");
}

#[test]
fn it_says_so_to_tools() {
    let dir = workplace();
    let (status, printed) = run(
        dir.path(),
        &["status", "--format", "json", "--folder", "shop"],
    );
    assert_eq!(status, Some(0), "{printed}");
    insta::assert_snapshot!(printed, @r#"
    [
      {
        "product": "Shop",
        "version": "2020-01-01",
        "sources": [
          {
            "name": "SDK packages",
            "asOf": "2026-10",
            "facts": [
              "operations",
              "parameters"
            ]
          },
          {
            "name": "RAM page",
            "facts": [
              "permissions"
            ]
          }
        ],
        "operations": {
          "specs": 3,
          "metadata": null,
          "missing": [],
          "gone": [],
          "deprecated": 1
        },
        "summaries": {
          "have": 1,
          "of": 3
        },
        "fields": {
          "have": 2,
          "of": 5
        },
        "errors": {
          "have": 1,
          "of": 2
        },
        "permissions": {
          "have": 1,
          "of": 2
        },
        "pages": {
          "have": 2,
          "of": 3,
          "oldest": "2026-01-31",
          "newest": "2026-03-01"
        },
        "rules": {
          "rules": 1,
          "operations": 1
        },
        "waiters": 0,
        "limits": {
          "ranges": 1,
          "lengths": 0,
          "counts": 1,
          "patterns": 0,
          "enumerations": 0,
          "values": 0,
          "defaults": 1
        },
        "stated": {}
      }
    ]
    "#);
}

#[test]
fn what_it_cannot_say_is_refused() {
    let dir = workplace();
    fs::write(
        dir.path().join("other.json"),
        METADATA.replace("Shop", "Other"),
    )
    .unwrap();
    let cases: [(&[&str], &str); 4] = [
        (
            &["--folder", "ecs"],
            "error: there is no product `ecs` in the specs\n",
        ),
        (
            &["--folder", "shopp"],
            "error: there is no product `shopp` in the specs; did you mean `shop`?\n",
        ),
        (
            &["nowhere.json"],
            "nowhere.json: No such file or directory (os error 2)\n",
        ),
        (
            &["other.json"],
            "other.json: there are no specs of this product\n",
        ),
    ];
    for (arguments, expected) in cases {
        let command = [&["status"], arguments].concat();
        assert_eq!(run(dir.path(), &command), (Some(2), expected.to_owned()));
    }
}
