//! `cargo xtask release-notes`: what has changed for users since an older state of the specs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use alicloud_codegen::drift::release;
use alicloud_codegen::import::Specs;
use alicloud_codegen::layout::{PRODUCT_FILE, SCHEMA_FOLDER};
use clap::Args;

use crate::import::json;
use crate::temporary::Temporary;
use crate::{folder, output, workspace};

/// Print the changelog section and the version number that follow from the changes of the specs since an older state.
///
/// It covers the specs only; add changes of the runtime by hand.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The older state: a git revision, or a folder of all specs.
    old: String,
    /// The folder of all specs as they are now.
    #[arg(long, value_name = "DIR", default_value = "api-spec")]
    spec: PathBuf,
    /// The version of the older state; by default that of the workspace.
    #[arg(long, value_name = "VERSION", default_value = env!("CARGO_PKG_VERSION"))]
    version: String,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Forms of what is printed.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    /// For the changelog.
    #[default]
    Markdown,
    /// For tools.
    Json,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match notes(arguments) {
        Ok(text) => {
            output::print(text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn notes(arguments: &Arguments) -> Result<String, String> {
    let spec = workspace::rooted(&arguments.spec);
    let new = products(&spec)?;
    if new.is_empty() {
        return Err(format!("{}: there are no specs", spec.display()));
    }
    let folder = Path::new(&arguments.old);
    let old = if folder.is_dir() {
        let old = products(folder)?;
        if old.is_empty() {
            return Err(format!("{}: there are no specs", folder.display()));
        }
        old
    } else {
        of_revision(&arguments.old, &spec)?
    };
    let release = release::compare(&old, &new);
    match arguments.format {
        Format::Markdown => Ok(release.to_markdown(&arguments.version)),
        Format::Json => json(&serde_json::json!({
            "version": arguments.version,
            "next": release.bump.next(&arguments.version),
            "release": release,
        })),
    }
}

/// The products in a folder of specs, by the names of their folders.
fn products(specs: &Path) -> Result<BTreeMap<String, Specs>, String> {
    let told = |error: std::io::Error| format!("{}: {error}", specs.display());
    let mut products = BTreeMap::new();
    for entry in std::fs::read_dir(specs).map_err(told)? {
        let path = entry.map_err(told)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name != SCHEMA_FOLDER && path.join(PRODUCT_FILE).is_file() {
            products.insert(name, folder::read(&path)?);
        }
    }
    Ok(products)
}

/// The products as they were in a revision: git writes its files beside an index of their own, so that
/// neither the work tree nor the index of the repository changes.
fn of_revision(revision: &str, spec: &Path) -> Result<BTreeMap<String, Specs>, String> {
    let temporary = Temporary::new("release-notes")?;
    let git = |arguments: &[&str]| -> Result<String, String> {
        let run = Command::new("git")
            .arg("-C")
            .arg(spec)
            .args(arguments)
            .env("GIT_INDEX_FILE", temporary.path().join("index"))
            .output()
            .map_err(|error| format!("git cannot be run: {error}"))?;
        if run.status.success() {
            return Ok(String::from_utf8_lossy(&run.stdout).trim_end().to_owned());
        }
        let said = String::from_utf8_lossy(&run.stderr);
        Err(said.trim_end().to_owned())
    };
    let unknown = |why: String| {
        format!("`{revision}` is neither a folder nor a git revision with specs\n{why}")
    };
    // Not an option of git's, whatever it looks like.
    let commit = git(&[
        "rev-parse",
        "--verify",
        "--end-of-options",
        &format!("{revision}^{{commit}}"),
    ])
    .map_err(unknown)?;
    let below = git(&["rev-parse", "--show-prefix"])?;
    let tree = git(&["rev-parse", "--verify", &format!("{commit}:{below}")]).map_err(unknown)?;
    git(&["read-tree", &tree])?;
    let files = temporary.path().join("specs");
    // `checkout-index` writes below the root of the work tree, so the prefix is an absolute path.
    let prefix = format!("--prefix={}/", files.display());
    let root = git(&["rev-parse", "--show-toplevel"])?;
    git(&["-C", &root, "checkout-index", "--all", &prefix])?;
    let products = products(&files).map_err(|error| {
        // The files are gone when this is read.
        let places = error.replace(&format!("{}/", files.display()), "");
        let places = places
            .lines()
            .filter(|line| !line.ends_with(folder::SHOWN_BY));
        let places: Vec<&str> = places.collect();
        let places = places.join("\n");
        format!(
            "the specs of `{revision}` cannot be read as specs of today; name a later revision, or a folder with them \
             in today's form\n{places}"
        )
    })?;
    if products.is_empty() {
        return Err(unknown("there are no specs in it".to_owned()));
    }
    Ok(products)
}
