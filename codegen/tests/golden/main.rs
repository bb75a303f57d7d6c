//! What is generated from a small product that uses all of the format (`shop`), and from one with shapes that real
//! operations have (`cloud`), as files that people read and
//! that `generated-client/tests/golden.rs` compiles; and what each change of a spec changes in them.
//!
//! `UPDATE_GOLDEN=1 cargo test -p alicloud-codegen --test golden` writes them anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use alicloud_codegen::{
    Options, check,
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
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        write::write(&golden("generated"), &generated.files).unwrap();
    }
    let differences = write::compare(&golden("generated"), &generated.files).unwrap();
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
                "&Limits::NONE.min_length(2).max_length(33).pattern(&PATTERN_CUSTOMER),"
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
                "SoldOut = \"SoldOut\",",
                "410 \"SoldOut\" \"\" \"\" retryable,",
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
                "Field::string(\"Counter\"),",
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
                ".limits(&Limits::NONE.max_length(65).pattern(&PATTERN_TAG_KEY)),",
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
    let files = documented(&specs);
    let text = &files[Path::new("shop/open.rs")];
    let (_, example) = text.split_once("/// let request = ").unwrap();
    let (example, _) = example.split_once(';').unwrap();
    assert_eq!(
        example,
        "Open::new(\"<ShopId>\", 2, \"wide\")\n///     .staff([\"<Staff>\"])"
    );
    // Nobody but a person could write an object.
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
