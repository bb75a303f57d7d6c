//! The folders of the workspace, wherever the command is called.

use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// The path as it is meant: relative ones from the nearest folder, from this one upwards, that has what
/// they begin with. Where none has, they are meant from this one.
pub(crate) fn rooted(path: &Path) -> PathBuf {
    let Some(Component::Normal(first)) = path.components().next() else {
        return path.to_owned();
    };
    let Ok(here) = std::env::current_dir() else {
        return path.to_owned();
    };
    let above = here
        .ancestors()
        .position(|folder| folder.join(first).exists());
    let up = std::iter::repeat_n(Path::new(".."), above.unwrap_or(0));
    up.chain([path]).collect()
}

/// The root of the workspace, as an absolute path.
pub(crate) fn root() -> Result<PathBuf, String> {
    let inside = rooted(Path::new("generated-client/Cargo.toml"));
    let inside =
        std::fs::canonicalize(&inside).map_err(|error| format!("{}: {error}", inside.display()))?;
    Ok(inside.ancestors().nth(2).unwrap_or(&inside).to_owned())
}

/// Cargo in a folder, with a target folder of its own whatever the caller's environment says.
pub(crate) fn cargo(folder: &Path, target: &Path) -> Command {
    let mut command = program();
    command.current_dir(folder).env("CARGO_TARGET_DIR", target);
    command
}

/// A package of this workspace as a program. Cargo builds it when it is first run, so that commands which do without
/// need not wait for it, or work while it does not compile.
pub(crate) fn run(package: &str) -> Command {
    let mut command = program();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    command.args(["run", "--quiet", "--manifest-path", manifest]);
    command.args(["--package", package, "--"]);
    command
}

/// Cargo, without what it tells this program about its own package: some build scripts would take it for theirs, and all
/// that depends on them would be built anew.
fn program() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}
