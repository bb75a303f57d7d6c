//! `cargo xtask explain E0107`

use std::process::ExitCode;

use alicloud_codegen::diagnostic;

/// What to explain.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The code, such as `E0107`; all are listed without one.
    code: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Some(code) = &arguments.code else {
        for code in diagnostic::Code::ALL {
            println!("{}  {}", code.id(), code.title());
        }
        return ExitCode::SUCCESS;
    };
    if let Some(text) = diagnostic::explain(code) {
        println!("{}", text.trim_end());
        return ExitCode::SUCCESS;
    }
    eprintln!("there is no code `{code}`; `cargo xtask explain` lists them all");
    ExitCode::from(2)
}
