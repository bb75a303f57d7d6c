//! Generates typed, checked Rust clients for Alibaba Cloud's RPC-style `OpenAPI` from JSON specs.
//!
//! Data flows one way: [`check::load`] reads a folder of specs and tells everything that is wrong
//! with it; [`model`] decides every Rust name and type; [`emit`] writes them down; [`write`](mod@write)
//! brings the files to disk, or compares. [`generate`] is all of that but the last.
//!
//! In a build script, [`build`] is all there is to call; [`build_script`] shows how the code is used.

#![warn(clippy::pedantic)]
// Two arms side by side read better than an `if let` with an `else`; text is built of pieces here.
#![allow(
    clippy::format_push_string,
    clippy::match_same_arms,
    clippy::needless_doctest_main,
    clippy::maybe_infinite_iter,
    clippy::similar_names,
    clippy::single_match_else,
    clippy::trivially_copy_pass_by_ref
)]

pub mod build_script;
pub mod check;
pub mod diagnostic;
pub mod drift;
pub mod emit;
mod example;
pub mod format;
pub mod import;
pub mod layout;
pub mod model;
pub mod names;
mod number;
pub mod page;
pub mod spec;
pub mod status;
pub mod tables;
pub mod tree;
pub mod types;
mod web;
pub mod write;

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub use build_script::build;
use diagnostic::{Colour, Diagnostic};

/// The options of generated code that the specs do not decide.
#[derive(Clone, Debug)]
pub struct Options {
    /// The name of the runtime crate in generated code: `alicloud`, or `crate` within it.
    pub runtime: String,
    /// Each product module stands behind a Cargo feature of its name.
    pub product_features: bool,
    /// The crate that examples in the documentation use; none are written without it.
    pub example_crate: Option<String>,
    /// The command that generates, for the header of every file.
    pub command: String,
    /// The operations go into a crate of their own; without it, each product is one module with its client.
    pub split: Option<Split>,
}

/// The operations in a crate of their own. It needs the tables of the runtime only, so that both are
/// built at the same time; the client of each product re-exports it.
#[derive(Clone, Debug)]
pub struct Split {
    /// The name of that crate.
    pub operations: String,
    /// The crate that it takes the tables from: the part of the runtime that knows no network.
    pub schema: String,
}

impl Options {
    /// For a crate that depends on the runtime under the given name.
    #[must_use]
    pub fn for_crate(runtime: &str) -> Self {
        Self {
            runtime: runtime.to_owned(),
            product_features: false,
            example_crate: None,
            command: "alicloud-codegen".to_owned(),
            split: None,
        }
    }

    /// For the build script of a crate that depends on the runtime as `alicloud`.
    #[must_use]
    pub fn for_build_script() -> Self {
        Self {
            command: "build.rs".to_owned(),
            ..Self::for_crate("alicloud")
        }
    }

    /// For the client of this repository, whose operations are a crate of their own.
    #[must_use]
    pub fn for_own_client() -> Self {
        Self {
            runtime: "crate".to_owned(),
            product_features: true,
            example_crate: Some("alicloud".to_owned()),
            command: "cargo xtask codegen".to_owned(),
            split: Some(Split {
                operations: "alicloud_products".to_owned(),
                schema: "alicloud_schema".to_owned(),
            }),
        }
    }
}

/// Files with their contents, by path below an output folder.
pub type Files = BTreeMap<PathBuf, String>;

/// The result of a run.
#[derive(Debug)]
pub struct Generated {
    /// The operations, with the client of each product unless these are apart.
    pub files: Files,
    /// The clients, for a folder of their own; none without [`Options::split`].
    pub clients: Files,
    /// The number of products.
    pub products: usize,
    /// The number of operations.
    pub operations: usize,
    /// The warnings: probable mistakes in the specs.
    pub warnings: Vec<Diagnostic>,
    /// How long each stage took, in their order.
    pub timings: Vec<(&'static str, Duration)>,
}

/// The reason why nothing was generated.
#[non_exhaustive]
pub enum Failure {
    /// Something is wrong with the specs: all that was found.
    Specs(Vec<Diagnostic>),
    /// The generator is at fault.
    Generator(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Specs(diagnostics) => {
                f.write_str(&diagnostic::render(diagnostics, Colour::Never))
            }
            Self::Generator(message) => f.write_str(message),
        }
    }
}

/// The same: a build script that gives up on it is read by people.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}

/// Reads a folder of specs and renders all of it. Touches nothing.
///
/// # Errors
///
/// Everything that is wrong with the specs.
pub fn generate(specs: &Path, options: &Options) -> Result<Generated, Failure> {
    let started = Instant::now();
    let catalogue = check::load(specs).map_err(Failure::Specs)?;
    let loaded = started.elapsed();
    let mut generated = render(&catalogue, specs, options).map_err(Failure::Generator)?;
    generated.timings.insert(0, ("read and check", loaded));
    Ok(generated)
}

/// Renders specs that have been checked, which came from the folder `specs`.
///
/// # Errors
///
/// A fault of the generator, in words.
pub fn render(
    catalogue: &check::Catalogue,
    specs: &Path,
    options: &Options,
) -> Result<Generated, String> {
    let started = Instant::now();
    let folder = name_of(specs);
    let source = |path: &Path| source(specs, &folder, path);
    let products = catalogue.products.iter();
    let products: Vec<_> = products
        .map(|product| model::product(product, source))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    let modelled = started.elapsed();
    let started = Instant::now();
    let emit::Rendered { files, clients } = emit::render(&products, options)?;
    let emitted = started.elapsed();
    Ok(Generated {
        files,
        clients,
        timings: vec![("model", modelled), ("emit", emitted)],
        products: products.len(),
        warnings: catalogue.warnings.clone(),
        operations: products
            .iter()
            .map(|product| product.operations.len())
            .sum(),
    })
}

/// How a generated file names its spec: from the spec folder on, the same on every machine.
fn source(specs: &Path, folder: &OsStr, path: &Path) -> String {
    let below = path.strip_prefix(specs).unwrap_or(path);
    let parts = Path::new(folder).join(below);
    let parts: Vec<_> = parts
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// What the folder of specs is called, however it is addressed: `.` has a name too.
fn name_of(specs: &Path) -> OsString {
    let name = |path: &Path| path.file_name().map(OsStr::to_owned);
    name(specs)
        .or_else(|| name(&specs.canonicalize().ok()?))
        .unwrap_or_else(|| specs.as_os_str().to_owned())
}
