//! What the manifests of the workspace promise each other.

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
    assert_eq!(switched_off, 4);
}

/// The dependencies of packages, each with its features, as often as it is built with others.
fn dependencies(packages: &[&str]) -> BTreeSet<String> {
    // Packages of the workspace follow from the others.
    tree(packages).1
}

/// The names of the packages of the workspace in a tree of dependencies, and the others with their features.
fn tree(arguments: &[&str]) -> (BTreeSet<String>, BTreeSet<String>) {
    let output = crate::support::cargo::cargo()
        .args([
            "tree",
            "--offline",
            "--prefix",
            "none",
            "--format",
            "{p} {f}",
        ])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let shown = String::from_utf8(output.stdout).unwrap();
    let lines = shown.lines().map(|line| line.trim_end_matches(" (*)"));
    let lines = lines.map(|line| line.replace(" (proc-macro)", ""));
    let lines = lines.filter(|line| !line.is_empty());
    // Packages of the workspace stand with their folders.
    let (own, others): (Vec<_>, Vec<_>) = lines.partition(|line| line.contains(" ("));
    let name = |line: String| line.split(' ').next().unwrap().to_owned();
    let others = others.into_iter().map(|line| line.trim_end().to_owned());
    (own.into_iter().map(name).collect(), others.collect())
}

/// What a crate does not depend on, it does not know: `ARCHITECTURE.md` has the layers.
#[test]
fn the_inner_crates_depend_on_the_layers_below_them_only() {
    let layers = [
        ("alicloud-schema", &[][..]),
        ("alicloud-products", &["alicloud-schema"]),
        ("alicloud-runtime", &["alicloud-schema"]),
    ];
    for (package, below) in layers {
        let (own, _) = tree(&["--package", package, "--edges", "normal", "--all-features"]);
        let mut expected = below.to_vec();
        expected.push(package);
        expected.sort_unstable();
        assert_eq!(
            own,
            expected.into_iter().map(str::to_owned).collect(),
            "{package}"
        );
    }
    let network = ["hyper", "reqwest", "tokio", "rustls"];
    let (_, others) = tree(&[
        "--package",
        "alicloud-products",
        "--edges",
        "normal",
        "--all-features",
    ]);
    let found = others
        .iter()
        .filter(|line| network.contains(&line.split(' ').next().unwrap()));
    assert_eq!(found.collect::<Vec<_>>(), [""; 0]);
}

/// Tests start Cargo for the default members and for the package of the runtime's tests. What another feature of a
/// dependency has them build anew costs minutes; `generated-client/runtime/tests/Cargo.toml` evens the features out.
#[test]
fn what_tests_build_has_the_features_of_the_workspace() {
    let all = dependencies(&["--workspace"]);
    for packages in [&[][..], &["--package", "alicloud-runtime-tests"]] {
        let others: Vec<_> = dependencies(packages).difference(&all).cloned().collect();
        assert_eq!(others, [""; 0], "{packages:?}");
    }
    // For derive macros, build scripts and programs: one, and so one generator.
    let syn = all.iter().filter(|line| line.starts_with("syn v3."));
    assert_eq!(syn.count(), 1, "{all:#?}");
}
