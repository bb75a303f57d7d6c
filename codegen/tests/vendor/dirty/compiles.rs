//! The compiler's word on what dirty metadata becomes. Too slow for every day:
//! `cargo test -p alicloud-codegen --test vendor dirty -- --ignored`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use alicloud_codegen::{
    check, format,
    import::{self, Hints, Specs},
    write,
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::{VERBATIM, metadata};

/// How many products go into the crate; each has up to 40 operations.
const PRODUCTS: usize = 12;

#[test]
#[ignore = "compiles for minutes"]
fn dirty_products_compile_without_a_warning() {
    // `DIRTY_SEED=7` is another crate.
    let seed = std::env::var("DIRTY_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(0_u8);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = metadata::document(20..40);
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for number in 0..PRODUCTS {
        let document = strategy.new_tree(&mut runner).unwrap().current();
        let text = document.to_string();
        let source = import::read(&text, &Hints::default(), true, true).unwrap();
        let imported = import::import(&Specs::default(), &source, &VERBATIM).unwrap();
        let folder = PathBuf::from(format!("product-{number}"));
        files.extend(
            imported
                .files
                .into_iter()
                .map(|(path, text)| (folder.join(path), text)),
        );
    }
    let catalogue = check::load_from_memory(&files).unwrap();
    let options = alicloud_codegen::Options::for_crate("alicloud");
    let generated = alicloud_codegen::render(&catalogue, Path::new("api-spec"), &options).unwrap();
    assert!(
        generated.operations > PRODUCTS * 10,
        "{}",
        generated.operations
    );

    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dirty");
    write::write(&root.join("src/generated"), &generated.files).unwrap();
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-client");
    let manifest = format!(
        "[package]\nname = \"dirty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nalicloud = {{ path = {runtime:?}, default-features = false, features = [\"rustls\"] }}\n\n[workspace]\n"
    );
    let library = "//! Generated.\n#![deny(warnings, missing_docs, rustdoc::all, clippy::all)]\nmod generated;\npub use generated::*;\n";
    let specs = format::value_to_text(&serde_json::json!(files));
    let others = [
        ("specs.json", specs.as_str()),
        ("Cargo.toml", &manifest),
        ("src/lib.rs", library),
    ];
    write::write_files(others.map(|(path, text)| (root.join(path), text)), []).unwrap();
    fs::copy(runtime.join("../Cargo.lock"), root.join("Cargo.lock")).unwrap();

    for command in [&["clippy"][..], &["doc", "--no-deps"], &["test", "--doc"]] {
        let output = Command::new(env!("CARGO"))
            .args(command)
            .current_dir(&root)
            .env("CARGO_TARGET_DIR", root.join("target"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {command:?}\n{said}");
        if command[0] == "test" {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(said.contains("running 0 tests"), "{said}");
        }
    }
}
