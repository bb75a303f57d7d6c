//! `cargo xtask interop`: the vendor's clients against the embedded endpoint.
//!
//! The work is done by the package `alicloud-interop`, which needs the generated client; this
//! command line must work while that does not compile.

use std::process::ExitCode;

use crate::workspace;

/// The arguments of `interop`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fail if the package registries cannot be reached, instead of reporting it.
    #[arg(long)]
    require: bool,
    /// Only show ten calls from Python that build on each other.
    #[arg(long)]
    workflow: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut command = workspace::run("alicloud-interop");
    if arguments.require {
        command.arg("--require");
    }
    if arguments.workflow {
        command.arg("--workflow");
    }
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cargo cannot be run: {error}");
            ExitCode::from(2)
        }
    }
}
