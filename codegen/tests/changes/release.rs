//! What a change of a spec is called, held to what becomes of code that uses the generated crate.

mod api;
mod cases;
mod notes;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
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

use crate::cargo::cargo_outside;

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
///
/// Each case is a module of one crate. What the compiler finds in a module takes it out, until it finds nothing: some
/// mistakes keep it from looking for others.
#[test]
fn the_compiler_says_the_same() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release");
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-client/runtime");
    // With the features that the client has by default and in the README, so that one build is for all tests.
    let features = ["fake", "gzip", "http2", "rustls"];
    let runtime = format!("alicloud-runtime = {{ path = {runtime:?}, features = {features:?} }}");
    // Modules of cases that are no more.
    let _ = fs::remove_dir_all(root.join("src"));
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    let module = |name: &str| format!("#[path = \"../generated/{name}/mod.rs\"]\nmod generated;\n");
    let imports = "use alicloud_runtime::{operation::*, waiter::*, pagination::*};\n";
    generate(&root, "before", &cases::shop());
    let mut before = module("before");
    for Case { name, program, .. } in CASES {
        let _ = writeln!(
            before,
            "mod {name} {{ {imports}use super::generated::shop;\n{program} }}"
        );
    }
    files.insert(root.join("src/before.rs"), before);
    for case in CASES {
        let Case { name, program, .. } = case;
        generate(&root, name, &after(case));
        let text = format!("{}{imports}use generated::shop;\n{program}", module(name));
        files.insert(root.join(format!("src/{name}.rs")), text);
    }
    let mut errors = BTreeMap::new();
    loop {
        let names = CASES.iter().map(|case| case.name);
        let names = names.filter(|name| !errors.contains_key(*name));
        let mut library = String::from("#![allow(dead_code, deprecated, unused_imports)]\n");
        for name in ["before"].into_iter().chain(names) {
            let _ = writeln!(library, "mod {name};");
        }
        files.insert(root.join("src/lib.rs"), library);
        let texts = files
            .iter()
            .map(|(path, text)| (path.clone(), text.as_str()));
        write::write_files(texts, []).unwrap();
        let found = compile(&root, &runtime);
        if found.is_empty() {
            break;
        }
        assert!(found.keys().all(|name| !errors.contains_key(name)));
        errors.extend(found);
        assert_eq!(errors.get("before"), None);
    }
    let mut wrong = String::new();
    for case in CASES {
        let breaking = drift(case).of(Effect::Breaking).next().is_some();
        let error = errors.get(case.name);
        let compiles = error.is_none();
        let error = error.map_or("", String::as_str);
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

/// What the compiler finds in the modules of a crate.
fn compile(root: &Path, dependencies: &str) -> BTreeMap<String, String> {
    let output = cargo_outside(root, "release-fixtures", dependencies)
        .args(["build", "--offline", "--message-format=json"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    for message in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(message).unwrap();
        let message = &message["message"];
        let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
        // What counts the errors has no place.
        if message["level"] != "error" || spans.is_empty() {
            continue;
        }
        let text = message["rendered"].as_str().unwrap();
        let mut primary = spans.iter().filter(|span| span["is_primary"] == true);
        let module = primary.find_map(module_of);
        let module = module.unwrap_or_else(|| panic!("no module of ours:\n{text}"));
        errors.entry(module).or_default().push_str(text);
    }
    assert_eq!(output.status.success(), errors.is_empty(), "{stderr}");
    errors
}

/// The module in which something stands, or in which the macro is called that it comes from.
fn module_of(span: &Value) -> Option<String> {
    let path = span["file_name"].as_str()?.replace('\\', "/");
    let generated = path.split_once("generated/").map(|(_, inside)| inside);
    let inside = generated.or_else(|| path.strip_prefix("src/"));
    match inside.filter(|_| !Path::new(&path).is_absolute()) {
        Some(inside) => Some(inside.split(['/', '.']).next()?.to_owned()),
        None => module_of(&span["expansion"]["span"]),
    }
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
