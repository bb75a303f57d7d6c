//! `cargo xtask drift`: what newer metadata changes, and whether it breaks users.

use std::path::PathBuf;
use std::process::ExitCode;

use alicloud_codegen::drift::{self, Drift};
use alicloud_codegen::import;
use clap::Args;

use crate::folder;
use crate::import::{SourceArgs, json};
use crate::{output, root};

/// Compare specs, or older metadata, with newer metadata.
///
/// The exit status is 0 without drift, 1 with drift, 2 where nothing could be compared.
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
    #[arg(long, value_name = "DIR", default_value = root::SPEC)]
    spec: PathBuf,
    /// The product's folder within it; the product's code in lower case unless stated.
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
    let newer = args.source.text(args.file.as_deref())?;
    let hints = args.source.hints();
    if let Some(older) = &args.from {
        let older = std::fs::read_to_string(older)
            .map_err(|error| format!("{}: {error}", older.display()))?;
        return drift::compare_metadata(&older, &newer, &hints).map_err(|error| error.to_string());
    }
    let name = match &args.folder {
        Some(name) => name.clone(),
        None => import::read(&newer, &hints, false, false)
            .map_err(|error| error.to_string())?
            .product
            .map(|product| product.to_lowercase())
            .ok_or_else(|| {
                "the metadata does not name its product; say `--product`, `--version` or `--folder`"
                    .to_owned()
            })?,
    };
    let folder = root::product(&args.spec, &name)?;
    let specs = folder::read(&folder)?;
    if specs.product.is_none() {
        return Err(format!(
            "{}: there are no specs of this product; `cargo xtask import` makes them, `--from` compares with older metadata",
            folder.display()
        ));
    }
    drift::compare(&specs, &newer, &hints).map_err(|error| error.to_string())
}
