//! Every kind of finding, triggered by a fixture, with the whole text that a person sees.
//!
//! `fixtures/diagnostics/E0107.json` is an operation, `E0303.product.json` a product, and a folder such as `E0004/`
//! a whole folder of specs, or `E0404.files.json` such a folder with names that not every system can hold. The text is in the snapshot of the same name beside it. A fixture triggers
//! its own code and no other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use alicloud_codegen::check::{load, load_from_memory};
use alicloud_codegen::diagnostic::{Code, Colour, Diagnostic, explain, render};

const PRODUCT: &str =
    r#"{ "product": "Ecs", "version": "2014-05-26", "signatures": ["acs3-hmac-sha256"] }"#;

fn fixtures() -> Vec<(String, PathBuf)> {
    fixtures_in("diagnostics")
}

fn fixtures_in(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder);
    let mut fixtures: Vec<(String, PathBuf)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "snap"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            (name.split('.').next().unwrap().to_owned(), path.clone())
        })
        .collect();
    fixtures.sort();
    fixtures
}

/// The findings about a fixture, at paths as from the folder of specs.
fn findings(fixture: &Path) -> Vec<Diagnostic> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    if fixture.is_dir() {
        collect(fixture, fixture, &mut files);
    } else {
        let contents = fs::read(fixture).unwrap();
        if fixture.to_str().unwrap().ends_with(".files.json") {
            let specs: BTreeMap<PathBuf, serde_json::Value> =
                serde_json::from_slice(&contents).unwrap();
            let specs = specs.into_iter();
            files.extend(specs.map(|(path, spec)| (path, spec.to_string().into_bytes())));
            return found(&files);
        }
        let is_product = fixture.to_str().unwrap().ends_with(".product.json");
        files.insert("ecs/product.json".into(), PRODUCT.into());
        if is_product {
            files.insert("ecs/product.json".into(), contents);
        } else {
            files.insert("ecs/operations/Example.json".into(), contents);
        }
    }
    found(&files)
}

fn found(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<Diagnostic> {
    let findings = load_from_memory(files).map_or_else(|errors| errors, |specs| specs.warnings);
    assert!(!findings.is_empty(), "the fixture has no finding");
    findings
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let contents = fs::read(&path).unwrap();
            files.insert(path.strip_prefix(root).unwrap().to_owned(), contents);
        }
    }
}

fn show(folder: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../fixtures/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _settings = settings.bind_to_scope();
    for (name, path) in fixtures_in(folder) {
        let findings = findings(&path);
        insta::assert_snapshot!(name.as_str(), render(&findings, Colour::Never));
    }
}

#[test]
fn every_fixture_shows_its_text() {
    show("diagnostics");
}

/// What is wrong in its structure hides nothing else that is wrong, and nothing is reported that would
/// be right if the structure were.
#[test]
fn mistakes_of_several_kinds_show_in_one_run() {
    show("together");
}

#[test]
fn every_fixture_triggers_its_code_and_no_other() {
    let mut others = Vec::new();
    for (name, path) in fixtures() {
        for finding in findings(&path) {
            if !name.starts_with(finding.code.id()) {
                others.push(format!("{name}: {} at {}", finding.code, finding.place));
            }
        }
    }
    assert_eq!(others, Vec::<String>::new());
}

#[test]
fn every_code_has_a_fixture() {
    let fixtures = fixtures();
    for code in Code::ALL {
        // What cannot be read is no file that could lie here.
        // Codes of pages have theirs beside the pages.
        let found = *code == Code::Unreadable
            || code.id().starts_with("E05")
            || fixtures.iter().any(|(name, _)| name.starts_with(code.id()));
        assert!(found, "no fixture for {code}");
    }
}

#[test]
fn every_code_is_explained() {
    for code in Code::ALL {
        let text = explain(code.id()).unwrap();
        let title = format!("# {code}: {}\n\n", code.title());
        assert!(text.starts_with(&title), "{code}:\n{text}");
        assert!(text.contains("```"), "{code} has no example");
        assert!(text.contains("\n\nTo mend it, "), "{code} has no remedy");
    }
    assert_eq!(explain("e0107"), explain("E0107"));
    assert_eq!(explain("E9999"), None);
    assert_eq!(explain(""), None);
}

#[test]
fn codes_are_in_order_and_differ() {
    let ids: Vec<&str> = Code::ALL.iter().map(|code| code.id()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[test]
fn what_cannot_be_read_is_a_finding() {
    let findings = load(Path::new("no/such/folder")).unwrap_err();
    insta::assert_snapshot!(render(&findings, Colour::Never), @r"
    error[E0001]: cannot read `no/such/folder`: No such file or directory (os error 2)
    --> no/such/folder
    ");
}

#[test]
fn a_folder_on_disk_gives_the_same_findings_as_memory() {
    for (_, path) in fixtures().iter().filter(|(_, path)| path.is_dir()) {
        let on_disk = load(path).map_or_else(|errors| errors, |specs| specs.warnings);
        assert!(!on_disk.is_empty(), "the fixture has no finding");
        let strip = |text: String| text.replace(&format!("{}/", path.display()), "");
        let on_disk: Vec<String> = on_disk
            .iter()
            .map(|finding| {
                strip(format!(
                    "{} {} {}",
                    finding.code, finding.place, finding.message
                ))
            })
            .collect();
        let in_memory: Vec<String> = findings(path)
            .iter()
            .map(|finding| format!("{} {} {}", finding.code, finding.place, finding.message))
            .collect();
        if path.ends_with("E0004") {
            // A folder that is not looked into is one finding, in memory its files are.
            assert_eq!(on_disk.len(), in_memory.len());
            continue;
        }
        assert_eq!(on_disk, in_memory);
    }
}

#[test]
fn colours_are_those_of_the_compiler() {
    let fixture = fixtures()
        .into_iter()
        .find(|(name, _)| name == "E0018")
        .unwrap();
    let text = render(&findings(&fixture.1), Colour::Always);
    assert!(
        text.starts_with("\u{1b}[1m\u{1b}[91merror[E0018]"),
        "{text:?}"
    );
}

/// The findings about one operation, as a person sees them.
fn shown(operation: &str) -> String {
    let files = BTreeMap::from([
        (PathBuf::from("ecs/product.json"), PRODUCT.to_owned()),
        (
            PathBuf::from("ecs/operations/Example.json"),
            operation.to_owned(),
        ),
    ]);
    render(&load_from_memory(&files).unwrap_err(), Colour::Never)
}

#[test]
fn line_ends_of_windows_are_not_shown() {
    let text = "{\n  \"operation\": \"Example\",\n  \"acces\": \"read\",\n\n  \"method\": \"GIT\",\n  \"acces\": 1\n}\n";
    assert_eq!(shown(&text.replace('\n', "\r\n")), shown(text));
    // Where the text ends too early, the mark is behind the last character.
    let cut = "{\n  \"operation\": \"Example\",\n  \"access\":\n";
    assert_eq!(shown(&cut.replace('\n', "\r\n")), shown(cut));
}

#[test]
fn long_lines_are_cut_to_what_is_around_the_marks() {
    let fill = format!("\"description\": \"{}\"", "é".repeat(150_000));
    let text = format!(
        "{{ \"operation\": \"Example\", \"access\": \"read\", {fill}, \"access\": \"write\", \"summary\": \"{}\" }}",
        "x".repeat(1000)
    );
    insta::assert_snapshot!(shown(&text), @r#"
    error[E0011]: duplicate key `access`
     --> ecs/operations/Example.json:1:150064
      |
    1 | ...Example", "access": "read", "description": "ééééééééééééééééé…ééééééééééééééééééééééééééééé", "access": "write", "summary": "xxxxx...
      |              -------- first here                                                                 ^^^^^^^^ it is here again
    "#);
    // A mark is cut too.
    let text = format!(
        "{{ \"operation\": \"Example\", \"access\": \"{}\" }}",
        "read".repeat(50_000)
    );
    let shown = shown(&text);
    assert!(shown.len() < 10_000, "{}", shown.len());
}

/// Thousands of findings on one line are as many short texts.
#[test]
fn many_findings_on_one_line_stay_short() {
    let parameters: Vec<String> = (0..3_000)
        .map(|n| format!(r#"{{"name":"P{n}","type":"text"}}"#))
        .collect();
    let text = format!(
        r#"{{"operation":"Example","parameters":[{}]}}"#,
        parameters.join(",")
    );
    assert!(text.len() > 90_000);
    let shown = shown(&text);
    assert_eq!(shown.matches("error[E0014]").count(), 3_000);
    assert!(shown.len() < 3_000 * 800, "{}", shown.len());
    let column = text.rfind("\"text\"").unwrap() + 1;
    let place = format!(" --> ecs/operations/Example.json:1:{column}\n");
    assert!(shown.contains(&place), "{place}");
}

/// Long lines between two marks are cut too.
#[test]
fn long_lines_between_two_marks() {
    let text = format!(
        "{{\n\"operation\": \"Example\",\n\"access\": \"read\",\n\"description\": \"{}\",\n\"access\": \"write\"\n}}\n",
        "x".repeat(10_000)
    );
    insta::assert_snapshot!(shown(&text), @r#"
    error[E0011]: duplicate key `access`
     --> ecs/operations/Example.json:5:1
      |
    3 | "access": "read",
      | -------- first here
    4 | "description":...
    5 | "access": "write"
      | ^^^^^^^^ it is here again
    "#);
}

/// A parameter that is left out because of its own mistakes is still what was meant.
#[test]
fn suggestions_know_parameters_with_mistakes() {
    insta::assert_snapshot!(shown(r#"{ "operation": "Example",
  "parameters": [{ "name": "Ipv6Address", "type": "text" }, { "name": "Other", "type": "string" }],
  "constraints": [{ "rule": "all-or-none", "parameters": ["Ipv6Addres", "Other"], "reason": "The page." }],
  "idempotency": { "token": "Ipv6Adress" }
}"#), @r#"
    error[E0014]: unknown type `text`
     --> ecs/operations/Example.json:2:51
      |
    2 |   "parameters": [{ "name": "Ipv6Address", "type": "text" }, { "name": "Other", "type": "string" }],
      |                                                   ^^^^^^ no such type
      |
      = help: the types are `string`, `integer`, `number`, `boolean`, `array`, `object`, `any`

    error[E0107]: `Ipv6Addres` is not a parameter of this operation
     --> ecs/operations/Example.json:3:59
      |
    3 |   "constraints": [{ "rule": "all-or-none", "parameters": ["Ipv6Addres", "Other"], "reason": "The page." }],
      |                                                           ^^^^^^^^^^^^ did you mean `Ipv6Address`?

    error[E0107]: `Ipv6Adress` is not a parameter of this operation
     --> ecs/operations/Example.json:4:29
      |
    4 |   "idempotency": { "token": "Ipv6Adress" }
      |                             ^^^^^^^^^^^^ did you mean `Ipv6Address`?
    "#);
}

/// So are fields within parameters and of responses, wherever they are referred to.
#[test]
fn suggestions_know_fields_with_mistakes() {
    let labels = |type_name: &str| -> Vec<String> {
        let spec = r#"{ "operation": "Example", "access": "read",
  "parameters": [
    { "name": "Zone", "type": "TYPE" },
    { "name": "PageNumber", "type": "integer" },
    { "name": "Disk", "type": "object", "properties": { "Size": { "type": "TYPE" } } },
    { "name": "Tag", "type": "array", "items": { "type": "object", "properties": { "Value": { "type": "TYPE" } } } }
  ],
  "response": { "type": "object", "properties": {
    "TotalCount": { "type": "integer" },
    "Items": { "type": "array", "items": { "type": "object", "properties": { "Status": { "type": "TYPE" } } } }
  } },
  "constraints": [
    { "rule": "all-or-none", "parameters": ["Disk.Sise", "Zone"], "reason": "The page." },
    { "rule": "all-or-none", "each": "Tag", "parameters": ["Valu", "Vlaue"], "reason": "The page." }
  ],
  "waiters": [{ "name": "Running", "path": "Items.N.Statsu", "success": ["Running"], "delay": 1, "deadline": 9 }],
  "departures": [{ "at": "/parameters/Zome/type", "reason": "Tried." }]
}"#;
        let text = shown(&spec.replace("TYPE", type_name));
        let labels = text
            .lines()
            .filter_map(|line| line.split_once("did you mean "));
        labels.map(|(_, meant)| meant.to_owned()).collect()
    };
    let meant = [
        "`Zone`?",
        "`Disk.Size`?",
        "`Value`?",
        "`Value`?",
        "`Items.N.Status`?",
    ];
    let mut fine = labels("string");
    fine.sort();
    let mut faulty = labels("text");
    faulty.sort();
    let mut meant = meant.map(str::to_owned);
    meant.sort();
    assert_eq!(fine, meant);
    assert_eq!(faulty, meant);
}

/// Operations whose names leave no room for a type, a module or a file of their own.
#[test]
fn names_of_operations_in_rust() {
    let check = |files: &[(&str, &str)]| {
        let files: BTreeMap<PathBuf, String> = files
            .iter()
            .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
            .chain([(PathBuf::from("ecs/product.json"), PRODUCT.to_owned())])
            .collect();
        load_from_memory(&files).map_err(|found| render(&found, Colour::Never))
    };
    let fine = check(&[
        ("ecs/operations/GetABC.json", r#"{ "operation": "GetABC" }"#),
        (
            "ecs/operations/GetAbc2.json",
            r#"{ "operation": "GetAbc", "rust": "GetAbc2" }"#,
        ),
        (
            "ecs/operations/Con2.json",
            r#"{ "operation": "Con", "rust": "Con2" }"#,
        ),
    ]);
    assert_eq!(
        fine.map(|catalogue| catalogue.products[0].operations.len()),
        Ok(3)
    );
    let wrong = check(&[
        (
            "ecs/operations/A.json",
            r#"{ "operation": "A", "rust": "a_b" }"#,
        ),
        (
            "ecs/operations/B.json",
            r#"{ "operation": "B", "rust": "B2" }"#,
        ),
        ("ecs/operations/GetABC.json", r#"{ "operation": "GetABC" }"#),
        ("ecs/operations/GetAbc.json", r#"{ "operation": "GetAbc" }"#),
        ("ecs/operations/Getabc.json", r#"{ "operation": "Getabc" }"#),
    ]);
    insta::assert_snapshot!(wrong.unwrap_err(), @r#"
    error[E0402]: `a_b` cannot be the name of a type
     --> ecs/operations/A.json:1:29
      |
    1 | { "operation": "A", "rust": "a_b" }
      |                             ^^^^^ expected a name in `UpperCamelCase`

    error[E0403]: the operation `B` is in a file of another name
     --> ecs/operations/B.json:1:29
      |
    1 | { "operation": "B", "rust": "B2" }
      |                             ^^^^ the file is called `B`
      |
      = help: rename the file to `B2.json`, or the operation

    error[E0401]: `GetABC` and `GetAbc` are both in the module `get_abc` in Rust
     --> ecs/operations/GetAbc.json:1:16
      |
    1 | { "operation": "GetAbc" }
      |                ^^^^^^^^ the same module again
      |
     ::: ecs/operations/GetABC.json:1:16
      |
    1 | { "operation": "GetABC" }
      |                -------- first here
      |
      = help: leave one of them out, or give it another name: an operation with `rust`, a product by its folder

    error[E0401]: `GetABC` and `Getabc` differ only in the case of their letters
     --> ecs/operations/Getabc.json:1:16
      |
    1 | { "operation": "Getabc" }
      |                ^^^^^^^^ not every system can hold both
      |
     ::: ecs/operations/GetABC.json:1:16
      |
    1 | { "operation": "GetABC" }
      |                -------- first here
      |
      = help: leave one of them out, or give it another name: an operation with `rust`, a product by its folder
    "#);
}
