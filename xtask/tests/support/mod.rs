//! The command as a program.

#![allow(dead_code)]

pub(crate) mod cargo;

use std::ffi::OsStr;
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
