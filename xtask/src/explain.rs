//! `cargo xtask explain E0107`

use std::process::ExitCode;

use alicloud_codegen::diagnostic;

use crate::output;

/// The arguments of `explain`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The code, such as `E0107`; all are listed without one.
    code: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Some(code) = &arguments.code else {
        for code in diagnostic::Code::ALL {
            output::print_line(format_args!("{}  {}", code.id(), code.title()));
        }
        return ExitCode::SUCCESS;
    };
    if let Some(text) = diagnostic::explain(code) {
        output::print_line(text.trim_end());
        return ExitCode::SUCCESS;
    }
    eprintln!("error: there is no code `{code}`; `cargo xtask explain` lists them all");
    ExitCode::from(2)
}
