//! The maintainers' command line.

mod drift;
mod fetch;
mod folder;
mod import;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", arg_required_else_help = true)]
enum Command {
    Import(import::ImportArgs),
    Drift(drift::DriftArgs),
}

fn main() -> ExitCode {
    match Command::parse() {
        Command::Import(args) => import::run(&args),
        Command::Drift(args) => drift::run(&args),
    }
}
