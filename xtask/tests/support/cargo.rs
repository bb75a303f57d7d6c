//! Cargo, started by tests. Whatever it builds anew, everyone who runs the tests waits for; the tests of other packages
//! include this file, too.

#![allow(dead_code)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Cargo, without what `cargo test` tells of this package: some build scripts would take it for theirs, and all that depends
/// on them would be built anew, now and by the next caller.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Cargo for a crate of its own, outside the workspace, whose manifest this writes. Third parties, which the workspace has,
/// too, are not built again: their versions and features, the profile and the target folder are the same. The crates of the
/// workspace are built, once for all who ask for the same features.
pub(crate) fn cargo_outside(crate_root: &Path, name: &str, dependencies: &str) -> Command {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let root = folders.find(|it| it.join("Cargo.lock").is_file()).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let workspace = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let (_, profile) = workspace.split_once("[profile.dev]\n").unwrap();
    let package = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
        )
    };
    let manifest = |more: &str| {
        let package = package(name, &format!("{dependencies}\n{more}"));
        format!("{package}\n[workspace]\n\n[profile.dev]\nincremental = false\n{profile}")
    };
    let features = crate_root.join("features");
    fs::create_dir_all(features.join("src")).unwrap();
    fs::copy(root.join("Cargo.lock"), crate_root.join("Cargo.lock")).unwrap();
    fs::write(crate_root.join("Cargo.toml"), manifest("")).unwrap();

    let own = third_parties(crate_root, &["--edges", "normal"]);
    let mut as_in_workspace = String::new();
    for (package, turned_on) in third_parties(root, &["--workspace"]) {
        // With other features, or else nothing needs to be said.
        let is_other = own.iter().any(|(other, _)| *other == package)
            && !own.contains(&(package.clone(), turned_on.clone()));
        if let Some((name, version)) = package.split_once(" v").filter(|_| is_other) {
            let turned_on: Vec<&str> = turned_on.split_terminator(',').collect();
            writeln!(
                as_in_workspace,
                "{name} = {{ version = \"={version}\", default-features = false, features = {turned_on:?} }}"
            )
            .unwrap();
        }
    }
    let text = package("features", &as_in_workspace);
    fs::write(features.join("Cargo.toml"), text).unwrap();
    fs::write(features.join("src/lib.rs"), "").unwrap();
    let manifest = manifest("features = { path = \"features\" }");
    fs::write(crate_root.join("Cargo.toml"), manifest).unwrap();

    let mut command = cargo();
    command
        .current_dir(crate_root)
        .env("CARGO_TARGET_DIR", target);
    command
}

/// The third parties that are built for programs, each with its version and its features.
fn third_parties(folder: &Path, arguments: &[&str]) -> BTreeSet<(String, String)> {
    let output = cargo()
        .args(["tree", "--offline", "--prefix", "none"])
        .args(["--format", "{p}|{f}"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let lines = shown.lines().map(|line| line.trim_end_matches(" (*)"));
    // Derive macros say what they are, packages of the workspace where they are.
    let lines = lines.filter(|line| !line.contains(" ("));
    let parted = lines.filter_map(|line| line.split_once('|'));
    parted
        .map(|(package, features)| (package.to_owned(), features.to_owned()))
        .collect()
}
