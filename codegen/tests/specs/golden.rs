//! What is generated from a small product that uses all of the format (`shop`), and from one with shapes that real
//! operations have (`cloud`), as files that people read and
//! that `generated-client/tests/golden` compiles; and what each change of a spec changes in them.
//!
//! `UPDATE_GOLDEN=1 cargo test -p alicloud-codegen --test specs golden` writes them anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use alicloud_codegen::{
    Options, Split, check,
    write::{self, DifferenceKind},
};

type Files = BTreeMap<PathBuf, String>;

fn golden(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(folder)
}

fn specs() -> Files {
    let mut files = Files::new();
    let products = fs::read_dir(golden("spec")).unwrap();
    for product in products.map(|entry| entry.unwrap().path()) {
        let operations = fs::read_dir(product.join("operations")).unwrap();
        let operations = operations.map(|entry| entry.unwrap().path());
        let types = fs::read_dir(product.join("types")).into_iter().flatten();
        let types = types.map(|entry| entry.unwrap().path());
        for path in operations
            .chain(types)
            .chain([product.join("product.json")])
        {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(golden("spec")).unwrap();
            files.insert(path.to_owned(), text);
        }
    }
    files
}

fn generate(specs: &Files) -> Files {
    let catalogue = check::load_from_memory(specs)
        .map_err(|found| alicloud_codegen::Failure::Specs(found).to_string())
        .unwrap_or_else(|found| panic!("{found}"));
    let options = Options::for_crate("alicloud");
    alicloud_codegen::render(&catalogue, Path::new("spec"), &options)
        .unwrap()
        .files
}

#[test]
fn the_files_are_as_they_were_read() {
    let generated =
        alicloud_codegen::generate(&golden("spec"), &Options::for_crate("alicloud")).unwrap();
    let files = specs();
    let files = files
        .keys()
        .filter(|path| !path.components().any(|part| part.as_os_str() == "types"));
    assert_eq!(
        (
            generated.products,
            generated.products + generated.operations
        ),
        (2, files.count())
    );
    as_they_were_read("generated", &generated.files);
}

/// Records refer to their schemas by position, which the compiler does not check.
#[test]
fn records_have_the_schemas_of_their_names() {
    let mut seen = 0;
    for (path, text) in generate(&specs()) {
        let Some((_, schemas)) = text.split_once("static SCHEMAS: Schemas") else {
            continue;
        };
        let lines = schemas
            .lines()
            .skip_while(|line| !line.contains("r#\""))
            .skip(1);
        let lines = lines
            .map(str::trim)
            .take_while(|line| !line.starts_with("\"#"));
        let named: Vec<&str> = lines.filter(|line| !line.contains(' ')).collect();
        let records = text.lines().filter_map(|line| {
            let (record, position) = line.strip_suffix(" of SCHEMAS {")?.split_once(" = ")?;
            let (_, name) = record.trim().split_once(' ')?;
            Some((name, position.parse::<usize>().unwrap()))
        });
        let records: Vec<_> = records.collect();
        let expected: Vec<_> = named.into_iter().zip(0..).collect();
        let ordered: BTreeSet<_> = records.iter().collect();
        assert_eq!(ordered, expected.iter().collect(), "{}", path.display());
        seen += records.len();
    }
    assert!(seen > 20, "{seen}");
}

fn as_they_were_read(folder: &str, files: &Files) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        write::write(&golden(folder), files).unwrap();
    }
    let differences = write::compare(&golden(folder), files).unwrap();
    let shown: Vec<String> = differences
        .iter()
        .map(|difference| match &difference.kind {
            DifferenceKind::Stale(diff) => format!("{}\n{diff}", difference.path.display()),
            kind => format!("{}: {kind:?}", difference.path.display()),
        })
        .collect();
    assert!(
        shown.is_empty(),
        "`UPDATE_GOLDEN=1` writes these anew:\n{}",
        shown.join("\n")
    );
}

/// The operations in a crate of their own: nothing is lost, and nothing is said twice.
#[test]
fn the_operations_may_be_apart_from_the_clients() {
    let options = Options {
        // As the test that compiles the clients has them: it takes the operations from the golden files.
        split: Some(Split {
            operations: "crate::golden".to_owned(),
            schema: "tables".to_owned(),
        }),
        example_crate: Some("facade".to_owned()),
        ..Options::for_crate("alicloud")
    };
    let apart = alicloud_codegen::generate(&golden("spec"), &options).unwrap();
    as_they_were_read("clients", &apart.clients);
    let whole = Options {
        example_crate: options.example_crate.clone(),
        ..Options::for_crate("tables")
    };
    let whole = alicloud_codegen::generate(&golden("spec"), &whole).unwrap();
    assert_eq!(whole.clients, Files::new());
    let products = ["cloud", "shop"];
    let modules = products.map(|product| Path::new(product).join("mod.rs"));
    let mut operations = apart.files.clone();
    for (product, module) in products.into_iter().zip(&modules) {
        let client = &apart.clients[&PathBuf::from(format!("{product}.rs"))];
        let client = client.replace("::alicloud::", "::tables::");
        let text = operations.remove(module).unwrap();
        let lines: BTreeSet<&str> = client.lines().chain(text.lines()).collect();
        let lost: Vec<_> = whole.files[module]
            .lines()
            .filter(|line| !lines.contains(line))
            .collect();
        assert_eq!(lost, [""; 0], "{product}");
        let instead = format!(
            "//! `facade::{product}` has all of this, the client, and the list of operations by topic."
        );
        let whole: BTreeSet<&str> = whole.files[module].lines().collect();
        let added: Vec<_> = text.lines().filter(|line| !whole.contains(line)).collect();
        assert_eq!(added, [instead.as_str()], "{product}");
        assert!(!text.contains("type Client"), "{text}");
    }
    let mut others = whole.files;
    others.retain(|path, _| !modules.contains(path));
    assert_eq!(operations, others);
}

#[test]
fn a_crate_that_is_none_is_told() {
    let split = |operations: &str, schema: &str| {
        let options = Options {
            split: Some(Split {
                operations: operations.to_owned(),
                schema: schema.to_owned(),
            }),
            ..Options::for_crate("alicloud")
        };
        let failure = alicloud_codegen::generate(&golden("spec"), &options).unwrap_err();
        failure.to_string()
    };
    assert_eq!(
        split("my operations", "tables"),
        "`my operations` is not a path to the crate of the operations; expected one such as `operations`"
    );
    assert_eq!(
        split("operations", "my-tables"),
        "`my-tables` is not a path to the schema crate; expected one such as `alicloud_schema`"
    );
}

#[test]
fn in_memory_and_from_disk_the_bytes_are_the_same() {
    let from_disk =
        alicloud_codegen::generate(&golden("spec"), &Options::for_crate("alicloud")).unwrap();
    assert_eq!(from_disk.files, generate(&specs()));
}

#[test]
fn neither_the_order_of_the_folder_nor_the_threads_change_a_byte() {
    let specs = specs();
    let reference = alicloud_codegen::generate(&golden("spec"), &Options::for_crate("alicloud"))
        .unwrap()
        .files;
    for (threads, reversed) in [(1, false), (1, true), (2, true), (8, false)] {
        // Files that are made in another order are mostly listed in another order.
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("spec");
        let mut files: Vec<_> = specs.iter().collect();
        if reversed {
            files.reverse();
        }
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let generated = pool.install(|| {
            alicloud_codegen::generate(&root, &Options::for_crate("alicloud")).unwrap()
        });
        assert_eq!(
            generated.files, reference,
            "{threads} threads, reversed: {reversed}"
        );
    }
}

/// The files that differ after one text in one spec was replaced, and the lines that do.
fn changed(spec: &str, from: &str, to: &str) -> BTreeMap<String, Vec<String>> {
    let before = specs();
    let mut after = before.clone();
    let text = after.get_mut(Path::new(spec)).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from}");
    *text = text.replace(from, to);
    let (before, after) = (generate(&before), generate(&after));
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    let differ = before.iter().filter(|(path, text)| after[*path] != **text);
    differ
        .map(|(path, old)| {
            let new = &after[path];
            let old_lines: BTreeSet<&str> = old.lines().collect();
            let added = new.lines().filter(|line| !old_lines.contains(line));
            let added = added.map(|line| line.trim().to_owned()).collect();
            (path.to_string_lossy().replace('\\', "/"), added)
        })
        .collect()
}

fn only(path: &str, lines: &[&str]) -> BTreeMap<String, Vec<String>> {
    BTreeMap::from([(
        path.to_owned(),
        lines.iter().map(|line| (*line).to_owned()).collect(),
    )])
}

#[test]
fn a_limit_changes_its_sentence_and_its_descriptor() {
    assert_eq!(
        changed(
            "shop/operations/BuyGoods.json",
            r#""maxLength": 32"#,
            r#""maxLength": 33"#
        ),
        only(
            "shop/buy_goods.rs",
            &[
                "/// 2 to 33 characters. Matches `^[a-z]+$`. Example: `ada`.",
                "Customer string required chars=2..33 pattern=\"^[a-z]+$\""
            ],
        )
    );
}

#[test]
fn an_error_row_changes_table_enum_and_descriptor() {
    assert_eq!(
        changed(
            "shop/operations/BuyGoods.json",
            r#"{ "status": 409, "code": "Format" }"#,
            r#"{ "status": 409, "code": "Format" }, { "status": 410, "code": "SoldOut", "retryable": true }"#
        ),
        only(
            "shop/buy_goods.rs",
            &[
                "/// | 410 | `SoldOut` |  | Retryable. |",
                "/// `SoldOut` (410)",
                "SoldOut,",
                "410 SoldOut retryable",
            ],
        )
    );
}

#[test]
fn a_member_of_a_rule_changes_with_its_parameter() {
    let before = specs();
    let mut after = before.clone();
    let text = after
        .get_mut(Path::new("shop/operations/BuyGoods.json"))
        .unwrap();
    *text = text.replace("CodeCount", "Lots");
    let (before, after) = (generate(&before), generate(&after));
    let differ: Vec<_> = before
        .keys()
        .filter(|path| after[*path] != before[*path])
        .collect();
    // The endpoint's table has the parameter too.
    assert_eq!(
        differ,
        [
            Path::new("shop/buy_goods.rs"),
            Path::new("shop/examples.rs")
        ]
    );
    let count = |files: &Files, word: &str| {
        let text = &files[Path::new("shop/buy_goods.rs")];
        text.matches(word).count()
    };
    assert_eq!(count(&after, "Lots"), count(&before, "CodeCount"));
    assert_eq!(count(&after, "lots"), count(&before, "code_count"));
    assert_eq!(count(&after, "CodeCount") + count(&after, "code_count"), 0);
    assert_eq!(count(&after, "Predicate::given(&[\"Lots\"])"), 1);
}

#[test]
fn a_parameter_at_the_top_changes_nothing_but_its_own_lines() {
    assert_eq!(
        changed(
            "shop/operations/BuyGoods.json",
            r#"  "parameters": ["#,
            r#"  "parameters": [{ "name": "Counter", "type": "string" },"#
        ),
        only(
            "shop/buy_goods.rs",
            &[
                "/// `Counter`.",
                "pub counter: Option<String>,",
                "/// Sets `Counter`.",
                "pub fn counter(mut self, counter: impl Into<String>) -> Self {",
                "self.counter = Some(counter.into());",
                "counter,",
                "Counter string",
            ],
        )
    );
}

#[test]
fn a_field_of_a_shared_type_changes_its_module_only() {
    assert_eq!(
        changed(
            "shop/types/Tag.json",
            r#""maxLength": 64"#,
            r#""maxLength": 65"#
        ),
        only(
            "shop/types.rs",
            &[
                "/// At most 65 characters. Matches `^[a-z]`.",
                "Key string chars=..65 pattern=\"^[a-z]\"",
            ],
        )
    );
}

#[test]
fn an_operation_more_is_a_file_more_and_a_line_in_the_index() {
    let before = specs();
    let mut after = before.clone();
    let path = PathBuf::from("shop/operations/Open.json");
    after.insert(path, r#"{ "operation": "Open" }"#.to_owned());
    let (before, after) = (generate(&before), generate(&after));
    let differ: Vec<_> = after
        .keys()
        .filter(|path| before.get(*path) != Some(&after[*path]))
        .collect();
    assert_eq!(
        differ,
        [Path::new("shop/mod.rs"), Path::new("shop/open.rs")]
    );
}

/// What is generated with examples in the documentation.
fn documented(specs: &Files) -> Files {
    let catalogue = check::load_from_memory(specs).unwrap();
    let options = Options {
        example_crate: Some("alicloud".to_owned()),
        ..Options::for_crate("alicloud")
    };
    let rendered = alicloud_codegen::render(&catalogue, Path::new("spec"), &options);
    rendered.unwrap().files
}

/// The program in the documentation of an operation, up to the request.
fn program(specs: &Files, module: &str) -> Vec<String> {
    let files = documented(specs);
    let text = &files[&PathBuf::from(format!("shop/{module}.rs"))];
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with("/// use "));
    let lines = lines.take_while(|line| !line.starts_with("/// let response"));
    let lines = lines.map(|line| line.strip_prefix("///").unwrap().trim_start_matches(' '));
    lines.map(str::to_owned).collect()
}

#[test]
fn objects_of_an_example_are_built_by_their_setters() {
    let mut specs = specs();
    let operation = r#"{
      "operation": "Open",
      "parameters": [
        { "name": "Old", "type": "string", "deprecated": true },
        { "name": "Plan", "type": "array", "example": [{ "Day": "Monday", "From": 8, "Tags": [{ "Key": "a" }] }],
          "items": { "type": "object", "properties": {
            "From": { "type": "integer" },
            "Day": { "type": "string", "required": true },
            "Tags": { "type": "array", "items": { "$ref": "../types/Tag.json" } } } } },
        { "name": "Door", "type": "object", "required": true, "properties": {
            "Width": { "type": "integer", "required": true, "example": 90 },
            "Color": { "type": "string" } } }
      ],
      "constraints": [
        { "rule": "at-least-one-of", "parameters": ["Old", "Plan"], "reason": "Something must be planned." }
      ]
    }"#;
    specs.insert("shop/operations/Open.json".into(), operation.to_owned());
    assert_eq!(
        program(&specs, "open"),
        [
            "use alicloud::shop::{",
            "Client, Open, open::{Door, Plan},",
            "types::Tag,",
            "};",
            "",
            "let client = Client::from_env(\"cn-hangzhou\")?;",
            "let request = Open::new(Door::new(90))",
            ".plan([Plan::new(\"Monday\").from(8).tags([Tag::new().key(\"a\")])]);",
        ]
    );
}

/// The documentation of the fields of a request with one operation.
fn of_fields(parameters: &str) -> Vec<String> {
    let mut specs = specs();
    let operation = format!(r#"{{ "operation": "Open", "parameters": [{parameters}] }}"#);
    specs.insert("shop/operations/Open.json".into(), operation);
    let files = generate(&specs);
    let (_, text) = files[Path::new("shop/open.rs")]
        .split_once("pub struct Open {")
        .unwrap();
    let (text, _) = text.split_once("\n}").unwrap();
    let fields = text.split("pub ").map(|field| {
        let lines = field
            .lines()
            .filter_map(|line| line.trim().strip_prefix("///"));
        let lines: Vec<&str> = lines
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        lines.join(" ")
    });
    fields.filter(|doc| !doc.is_empty()).collect()
}

#[test]
fn what_a_description_states_is_not_repeated() {
    for (stated, facts) in [
        (
            "The IDs of up to 20 goods.",
            r#""type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 20"#,
        ),
        (
            "The goods, 1 to 20.",
            r#""type": "array", "items": { "type": "string" }, "maxItems": 20"#,
        ),
        (
            "The name: 2 to 128 letters.",
            r#""type": "string", "minLength": 2, "maxLength": 128"#,
        ),
        (
            "The page, starting at 1. Default: 1.",
            r#""type": "integer", "minimum": 1, "default": 1"#,
        ),
        (
            "The size, at most 50. Defaults to `10`.",
            r#""type": "integer", "maximum": 50, "default": 10"#,
        ),
        (
            "`wide` (as far as it goes; default) or `ajar`.",
            r#""type": "string", "enum": ["wide", "ajar"], "default": "wide""#,
        ),
        (
            "Months: 1 to 9, or 12.",
            r#""type": "integer", "knownValues": [{ "value": 2 }, { "value": 9 }, { "value": 12 }]"#,
        ),
        ("May be empty.", r#""type": "string", "minLength": 0"#),
    ] {
        let parameter = format!(r#"{{ "name": "A", "description": "{stated}", {facts} }}"#);
        assert_eq!(of_fields(&parameter), [stated]);
    }
}

#[test]
fn what_a_description_says_otherwise_is_added() {
    for (words, facts, added) in [
        (
            "The IDs of up to 20 goods.",
            r#""type": "array", "items": { "type": "string" }, "maxItems": 200"#,
            "At most 200 elements.",
        ),
        (
            "The IDs of the goods.",
            r#""type": "array", "items": { "type": "string" }, "maxItems": 1"#,
            "At most 1 element.",
        ),
        (
            "The price, up to 20.5.",
            r#""type": "integer", "maximum": 20"#,
            "At most 20.",
        ),
        (
            "From -1 to 20.",
            r#""type": "integer", "minimum": 1, "maximum": 20"#,
            "1 to 20.",
        ),
        (
            "At least 2 letters.",
            r#""type": "string", "minLength": 2, "maxLength": 128"#,
            "2 to 128 characters.",
        ),
        (
            "Default: 10 of them.",
            r#""type": "integer", "default": 1"#,
            "The server's default is `1`.",
        ),
        (
            "The default is `true`.",
            r#""type": "boolean", "default": false"#,
            "The server's default is `false`.",
        ),
        (
            "How `wide` it is.",
            r#""type": "string", "enum": ["wide", "ajar"]"#,
            "One of `wide`, `ajar`.",
        ),
        (
            "Months: 1 to 9.",
            r#""type": "integer", "knownValues": [{ "value": 9 }, { "value": 12 }]"#,
            "Documented values: `9`, `12`.",
        ),
    ] {
        let parameter = format!(r#"{{ "name": "A", "description": "{words}", {facts} }}"#);
        assert_eq!(of_fields(&parameter), [format!("{words} {added}")]);
    }
}

#[test]
fn a_parameter_without_an_example_is_shown_with_a_value_that_stands_for_one() {
    let mut specs = specs();
    let operation = r#"{
      "operation": "Open",
      "parameters": [
        { "name": "ShopId", "type": "string", "required": true },
        { "name": "Doors", "type": "integer", "required": true, "minimum": 2 },
        { "name": "Mode", "type": "string", "required": true, "enum": ["wide", "ajar"] },
        { "name": "Staff", "type": "array", "items": { "type": "string" } },
        { "name": "Everyone", "type": "boolean" },
        { "name": "Reason", "type": "string" }
      ],
      "constraints": [
        { "rule": "exactly-one-of", "parameters": ["Staff", "Everyone"], "reason": "Somebody must be there." }
      ]
    }"#;
    specs.insert("shop/operations/Open.json".into(), operation.to_owned());
    assert_eq!(
        program(&specs, "open"),
        [
            "use alicloud::shop::{Client, Open};",
            "",
            "let client = Client::from_env(\"cn-hangzhou\")?;",
            "let request = Open::new(\"<ShopId>\", 2, \"wide\").staff([\"<Staff>\"]);",
        ]
    );
    // Nobody but a person could tell which fields to set.
    specs.insert(
        "shop/operations/Open.json".into(),
        r#"{ "operation": "Open", "parameters": [
            { "name": "Plan", "type": "object", "required": true, "properties": { "Day": { "type": "string" } } }
        ] }"#
        .to_owned(),
    );
    assert!(!documented(&specs)[Path::new("shop/open.rs")].contains("# Example"));
}

#[test]
fn an_error_table_has_the_columns_that_a_row_fills() {
    let table = |rows: &str| {
        let mut specs = specs();
        let operation = format!(r#"{{ "operation": "Open", "errors": [{rows}] }}"#);
        specs.insert("shop/operations/Open.json".into(), operation);
        let files = generate(&specs);
        let lines = files[Path::new("shop/open.rs")].lines();
        let lines = lines.filter(|line| line.starts_with("/// |"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        table(r#"{ "status": 400, "code": "Shut" }"#),
        [
            "/// | Status | Code |",
            "/// |---|---|",
            "/// | 400 | `Shut` |"
        ]
    );
    assert_eq!(
        table(r#"{ "status": 400, "code": "Shut", "retryable": true }"#),
        [
            "/// | Status | Code | Meaning |",
            "/// |---|---|---|",
            "/// | 400 | `Shut` | Retryable. |",
        ]
    );
    assert_eq!(
        table(r#"{ "status": 400, "code": "Shut", "message": "It is shut." }"#),
        [
            "/// | Status | Code | Message |",
            "/// |---|---|---|",
            "/// | 400 | `Shut` | `It is shut.` |",
        ]
    );
}
