//! The command as a program.

#![allow(dead_code)]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn xtask(dir: &Path, args: &[impl AsRef<OsStr>]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap()
}

/// Exit status and what was printed, errors first.
pub(crate) fn run(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = xtask(dir, args);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace('\\', "/");
    (
        output.status.code(),
        text(output.stderr) + &text(output.stdout),
    )
}

/// Runs Cargo in a crate of its own, which is outside the workspace and has these dependencies. What it shares with the
/// workspace is not built again: the versions, the profile and the target folder are the same.
pub(crate) fn cargo_outside(
    crate_root: &Path,
    name: &str,
    dependencies: &str,
    command: &str,
) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let workspace = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let profile = workspace.find("[profile.dev]").unwrap();
    let profile = &workspace[profile..];
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n{dependencies}\n{profile}"
    );
    fs::write(crate_root.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), crate_root.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    cargo()
        .args([command, "--quiet", "--offline"])
        .current_dir(crate_root)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap()
}

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
