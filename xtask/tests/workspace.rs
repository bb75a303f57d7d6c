//! What the manifests of the workspace promise each other.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A target with `test = false` would not run tests that stand in it.
#[test]
fn where_tests_are_switched_off_there_are_none() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, members) = manifest.split_once("members = [").unwrap();
    let (members, _) = members.split_once(']').unwrap();
    let mut switched_off = 0;
    for member in members.split('"').skip(1).step_by(2) {
        let package = root().join(member);
        let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap();
        if !package.join("src").is_dir() || !manifest.contains("\ntest = false\n") {
            continue;
        }
        switched_off += 1;
        let mut sources = Vec::new();
        files(&package.join("src"), &mut sources);
        for source in sources {
            let text = fs::read_to_string(&source).unwrap();
            let line = text.lines().find(|line| line.trim() == "#[test]");
            assert_eq!(line, None, "{}", source.display());
        }
    }
    assert_eq!(switched_off, 3);
}

/// What is built for derive macros and build scripts, for tests, and by tests that start Cargo, is the same: each `syn` with
/// other features would have a generator of its own, and each costs half a minute.
#[test]
fn the_workspace_and_the_package_that_is_built_on_its_own_have_one_syn() {
    let mut kinds = BTreeSet::new();
    for packages in [
        &["--workspace"][..],
        &[],
        &["--package", "alicloud-runtime-tests"],
    ] {
        let output = support::cargo()
            .args([
                "tree",
                "--offline",
                "--prefix",
                "none",
                "--format",
                "{p} {f}",
            ])
            .args(packages)
            .current_dir(root())
            .output()
            .unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        let syn = shown.lines().filter(|line| line.starts_with("syn v3."));
        kinds.extend(syn.map(|line| line.trim_end_matches(" (*)").to_owned()));
    }
    assert_eq!(kinds.len(), 1, "{kinds:#?}");
}
