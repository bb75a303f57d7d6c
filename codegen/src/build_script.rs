//! Generation in build scripts: into `OUT_DIR`, so that no generated code is committed.
//!
//! ```toml
//! [dependencies]
//! alicloud = { version = "0.1", default-features = false, features = ["rustls"] }
//! [build-dependencies]
//! alicloud-codegen = "0.1"
//! ```
//!
//! ```no_run
//! // build.rs
//! fn main() {
//!     alicloud_codegen::build("api-spec");
//! }
//! ```
//!
//! ```text
//! // src/main.rs
//! mod generated {
//!     include!(concat!(env!("OUT_DIR"), "/alicloud/mod.rs"));
//! }
//! use generated::library::{BorrowBook, Client};
//! ```

use std::{
    io,
    path::{Path, PathBuf},
    process,
};

use crate::{Failure, Options, diagnostic::Diagnostic, write};

/// The folder in `OUT_DIR`.
const FOLDER: &str = "alicloud";

/// Generates all products of a folder of specs, for a crate that depends on the runtime as
/// `alicloud`. The result is `$OUT_DIR/alicloud/mod.rs` with what it needs beside it. Cargo is told to
/// run the script again when anything in the folder changes.
///
/// What is wrong with the specs is printed as the command line prints it, and ends the script with
/// status 1: a build script has nobody to return an error to. [`generate_to`] returns it.
pub fn build(specs: impl AsRef<Path>) {
    let specs = specs.as_ref();
    println!("cargo::rerun-if-changed={}", specs.display());
    let done = std::env::var_os("OUT_DIR")
        .ok_or(Failed::NotABuildScript)
        .map(|out| PathBuf::from(out).join(FOLDER))
        .and_then(|out| {
            let generated = crate::generate(specs, &Options::for_build_script());
            let generated = generated.map_err(Failed::Generate)?;
            for warning in &generated.warnings {
                let Diagnostic {
                    code,
                    place,
                    message,
                    ..
                } = warning;
                println!("cargo::warning={place}: {message} [{code}]");
            }
            write::write(&out, &generated.files).map_err(Failed::Write)
        });
    if let Err(failed) = done {
        eprintln!("{failed}");
        process::exit(1);
    }
}

/// Generates all products of a folder of specs into a folder, which belongs to the generator.
///
/// # Errors
///
/// Everything that is wrong with the specs, or what the file system said. Nothing is written then.
pub fn generate_to(out: &Path, specs: &Path, options: &Options) -> Result<write::Written, Failed> {
    let generated = crate::generate(specs, options).map_err(Failed::Generate)?;
    write::write(out, &generated.files).map_err(Failed::Write)
}

/// The reason why a build script wrote nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failed {
    /// Cargo has not set `OUT_DIR`.
    NotABuildScript,
    /// Something is wrong with the specs.
    Generate(Failure),
    /// The files could not be written.
    Write(io::Error),
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotABuildScript => f.write_str(
                "error: `OUT_DIR` is not set; this is for build scripts, which Cargo runs",
            ),
            Self::Generate(failure @ Failure::Specs(_)) => failure.fmt(f),
            Self::Generate(failure) => write!(f, "error: {failure}"),
            Self::Write(error) => write!(f, "error: {error}"),
        }
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotABuildScript => None,
            Self::Generate(failure) => Some(failure),
            Self::Write(error) => Some(error),
        }
    }
}
