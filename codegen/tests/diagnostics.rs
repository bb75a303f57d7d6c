//! Every kind of finding, triggered by a fixture, with the whole text that a person sees.
//!
//! `fixtures/diagnostics/E0107.json` is an operation, `E0303.product.json` a product, and a folder such as `E0004/`
//! a whole folder of specs. The text is in the snapshot of the same name beside it. A fixture triggers
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
        let is_product = fixture.to_str().unwrap().ends_with(".product.json");
        files.insert("ecs/product.json".into(), PRODUCT.into());
        if is_product {
            files.insert("ecs/product.json".into(), contents);
        } else {
            files.insert("ecs/operations/Example.json".into(), contents);
        }
    }
    let findings = load_from_memory(&files).map_or_else(|errors| errors, |specs| specs.warnings);
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
    settings.set_snapshot_path(format!("fixtures/{folder}"));
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
            || *code >= Code::PageUnreadable
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
