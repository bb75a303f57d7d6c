//! `cargo xtask drift`: what newer metadata changes, and whether it breaks users.

use std::path::PathBuf;
use std::process::ExitCode;

use alicloud_codegen::drift::{self, Drift};
use alicloud_codegen::import::ImportError;
use clap::Args;

use crate::folder;
use crate::import::{SourceArgs, json};
use crate::output;

/// Compare specs, or older metadata, with newer metadata.
///
/// The exit status is 0 without drift, 1 with drift, 2 if nothing could be compared.
#[derive(Args, Debug)]
pub(crate) struct DriftArgs {
    /// The newer metadata: an `api-docs.json`, or the `api.json` of one operation. Without it, it is fetched.
    file: Option<PathBuf>,
    #[command(flatten)]
    source: SourceArgs,
    /// Older metadata to compare with, in place of the specs.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The folder of all specs.
    #[arg(long, value_name = "DIR", default_value = "api-spec")]
    spec: PathBuf,
    /// The product's folder within it; the product's code in lower case by default.
    #[arg(long, value_name = "NAME")]
    folder: Option<String>,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Forms of what is printed.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For tools.
    Json,
    /// For a pull request.
    Markdown,
}

/// Runs the command.
pub(crate) fn run(args: &DriftArgs) -> ExitCode {
    let printed = drift(args).and_then(|drift| {
        let text = match args.format {
            Format::Text => drift.to_text(),
            Format::Markdown => drift.to_markdown(),
            Format::Json => json(&drift)?,
        };
        Ok((text, drift.is_empty()))
    });
    match printed {
        Ok((text, none)) => {
            output::print(text);
            ExitCode::from(u8::from(!none))
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn drift(args: &DriftArgs) -> Result<Drift, String> {
    let newer = args.source.read(args.file.as_deref(), false, false)?;
    let told = |error: ImportError| format!("{}: {error}", args.source.name(args.file.as_deref()));
    if let Some(file) = &args.from {
        let older = args.source.read(Some(file), false, false)?;
        return drift::compare_metadata(&older, &newer).map_err(|error| match error {
            ImportError::OtherProduct { specs, metadata } => format!(
                "{} is of {specs}, {} is of {metadata}; one product and version is compared at a time",
                file.display(),
                args.source.name(args.file.as_deref()),
            ),
            error => told(error),
        });
    }
    let folder = folder::of(&args.spec, args.folder.as_deref(), &newer)?;
    let specs = folder::read(&folder)?;
    if specs.product.is_none() {
        return Err(format!(
            "{}: there are no specs of this product; `cargo xtask import` makes them, `--from` compares with older metadata",
            folder.display()
        ));
    }
    drift::compare(&specs, &newer).map_err(told)
}
