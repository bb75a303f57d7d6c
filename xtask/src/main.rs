//! The maintainers' command line.

mod fetch;
mod folder;
mod import;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", arg_required_else_help = true)]
enum Command {
    Import(import::ImportArgs),
}

fn main() -> ExitCode {
    match Command::parse() {
        Command::Import(args) => import::run(&args),
    }
}
