//! The maintainers' command line. Each command is a module; this is the table of contents.

#![warn(clippy::pedantic)]

mod bench;
mod codegen;
mod dates;
mod drift;
mod explain;
mod fetch;
mod folder;
mod import;
mod interop;
mod output;
mod package;
mod page;
mod policy;
mod release_notes;
mod status;
mod temporary;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

// Generation makes and drops small pieces of trees all the time, which is a third of its work with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Maintain the specs and the generated client.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the client from the specs, or check that it is up to date.
    Codegen(codegen::Arguments),
    /// Explain what a diagnostic code means and how to mend it.
    Explain(explain::Arguments),
    Import(import::ImportArgs),
    Drift(drift::DriftArgs),
    Page(page::PageArgs),
    Package(package::Arguments),
    /// Run the vendor's Python and Node clients against the embedded endpoint.
    Interop(interop::Arguments),
    /// Print the least-privilege RAM policy for some operations.
    Policy(policy::Arguments),
    ReleaseNotes(release_notes::Arguments),
    Status(status::Arguments),
    /// Measure the cost of builds and of generation, next to a peer.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Codegen(arguments) => codegen::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Drift(arguments) => drift::run(&arguments),
        Command::Package(arguments) => package::run(&arguments),
        Command::Page(arguments) => page::run(&arguments),
        Command::Interop(arguments) => interop::run(&arguments),
        Command::Policy(arguments) => policy::run(&arguments),
        Command::ReleaseNotes(arguments) => release_notes::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    }
}
