//! What a change of a spec is called, held to what becomes of code that uses the generated crate.

mod api;
mod cases;
mod notes;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use alicloud_codegen::{
    Options, check,
    drift::{
        Drift, Effect, between,
        release::{self, Release},
    },
    import::Specs,
    spec::{Operation, Product},
    types, write,
};
use cases::{CASES, Case};
use serde_json::Value;

/// The files of a product by their paths within its folder.
type Files = BTreeMap<String, Value>;

fn after(case: &Case) -> Files {
    let mut files = cases::shop();
    (case.change)(&mut files);
    files
}

/// The specs as the command line reads them.
fn specs(files: &Files) -> Specs {
    let texts = files
        .iter()
        .filter_map(|(path, value)| {
            let name = path.strip_prefix("types/")?.strip_suffix(".json")?;
            Some((name.to_owned(), value.to_string()))
        })
        .collect();
    let types = types::read(&texts).unwrap();
    let operations = files
        .iter()
        .filter(|(path, _)| path.starts_with("operations/"));
    let operations = operations.map(|(_, value)| {
        let mut value = value.clone();
        types::expand(&mut value, &types).unwrap();
        let operation: Operation = serde_json::from_value(value).unwrap();
        (operation.operation.clone(), operation)
    });
    let operations = operations.collect();
    let product: Product = serde_json::from_value(files["product.json"].clone()).unwrap();
    Specs {
        product: Some(product),
        operations,
        types,
    }
}

fn drift(case: &Case) -> Drift {
    between(&specs(&cases::shop()), &specs(&after(case)), "shop")
}

fn notes(case: &Case) -> Release {
    let state = |files: &Files| BTreeMap::from([("shop".to_owned(), specs(files))]);
    release::compare(&state(&cases::shop()), &state(&after(case)))
}

#[test]
fn each_change_is_told_for_what_it_is() {
    for case in CASES {
        let drift = drift(case);
        let told: Vec<(Effect, String)> = drift
            .entries
            .iter()
            .map(|entry| {
                let advice = entry.instead.as_ref();
                let advice = advice.map_or_else(String::new, |advice| format!("; {advice}"));
                (entry.effect, format!("{}{advice}", entry.text))
            })
            .collect();
        let expected: Vec<(Effect, String)> = case
            .told
            .iter()
            .map(|(effect, text)| (*effect, (*text).to_owned()))
            .collect();
        assert_eq!(told, expected, "{}", case.name);
    }
}

/// Code that compiled compiles afterwards unless a change is called breaking.
#[test]
fn the_compiler_says_the_same() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release");
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-client/runtime");
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    generate(&root, "before", &cases::shop());
    let mut before = String::from("#[path = \"../../generated/before/mod.rs\"]\nmod generated;\n");
    for case in CASES {
        let Case { name, program, .. } = case;
        generate(&root, name, &after(case));
        let head = "#![allow(dead_code, deprecated, unused_imports)]\n";
        let imports = "use alicloud_runtime::{operation::*, waiter::*, pagination::*};\nuse crate::generated::shop;\n";
        let text = format!(
            "{head}#[path = \"../../generated/{name}/mod.rs\"]\nmod generated;\n{imports}{program}\nfn main() {{}}\n"
        );
        files.insert(root.join(format!("src/bin/{name}.rs")), text);
        let _ = writeln!(before, "mod {name} {{ {imports}{program} }}");
    }
    before.insert_str(0, "#![allow(dead_code, deprecated, unused_imports)]\n");
    before.push_str("fn main() {}\n");
    files.insert(root.join("src/bin/before.rs"), before);
    // What it shares with the workspace is not built again: the profile and the target folder are the same.
    let workspace = fs::read_to_string(runtime.join("../../Cargo.toml")).unwrap();
    let profile = &workspace[workspace.find("[profile.dev]").unwrap()..];
    let manifest = format!(
        "[package]\nname = \"release-fixtures\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nalicloud-runtime = {{ path = {runtime:?} }}\n\n[workspace]\n\n{profile}"
    );
    files.insert(root.join("Cargo.toml"), manifest);
    // Programs of cases that are no more.
    let _ = fs::remove_dir_all(root.join("src/bin"));
    write::write_files(
        files
            .iter()
            .map(|(path, text)| (path.clone(), text.as_str())),
        [],
    )
    .unwrap();
    fs::copy(runtime.join("../../Cargo.lock"), root.join("Cargo.lock")).unwrap();

    let mut command = Command::new(env!("CARGO"));
    // What `cargo test` tells of this package some build scripts would take for theirs, and all that depends on them would
    // be built anew, now and by the next caller.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let output = command
        .args([
            "check",
            "--offline",
            "--bins",
            "--keep-going",
            "--message-format=json",
        ])
        .current_dir(&root)
        .env("CARGO_TARGET_DIR", root.ancestors().nth(2).unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut checked = BTreeSet::new();
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    for message in said.lines() {
        let message: Value = serde_json::from_str(message).unwrap();
        let target = message["target"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                checked.insert(target);
            }
            Some("compiler-message") if message["message"]["level"] == "error" => {
                let text = message["message"]["rendered"].as_str().unwrap_or_default();
                errors.entry(target).or_default().push_str(text);
            }
            _ => {}
        }
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(checked.contains("before"), "{errors:?}\n{stderr}");
    let mut wrong = String::new();
    for case in CASES {
        let breaking = drift(case).of(Effect::Breaking).next().is_some();
        let compiles = checked.contains(case.name);
        let error = errors.get(case.name).map_or("", String::as_str);
        if compiles == breaking && !case.compiles_to_something_else {
            let _ = writeln!(
                wrong,
                "{}: breaking: {breaking}, compiles: {compiles}\n{error}",
                case.name
            );
        }
        assert!(
            compiles || !case.compiles_to_something_else,
            "{}\n{error}",
            case.name
        );
    }
    assert_eq!(wrong, "");
}

fn generate(root: &Path, name: &str, files: &Files) {
    let files = files.iter().map(|(path, value)| {
        let path = Path::new("shop").join(path);
        (path, value.to_string())
    });
    let catalogue = check::load_from_memory(&files.collect()).unwrap_or_else(|found| {
        panic!("{name}: {}", alicloud_codegen::Failure::Specs(found));
    });
    let options = Options::for_crate("alicloud_runtime");
    let generated = alicloud_codegen::render(&catalogue, Path::new("api-spec"), &options).unwrap();
    write::write(&root.join("generated").join(name), &generated.files).unwrap();
}
