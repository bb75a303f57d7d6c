//! `cargo xtask import`: vendor metadata into specs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use alicloud_codegen::import::{self, Hints, Imported, Options, Report, Specs, suggest};
use clap::Args;

use crate::{dates, fetch, folder, output};

/// Writes or updates specs from the vendor's metadata.
///
/// Facts come from the metadata; what people wrote stays. A spec that already says what the metadata says is left
/// as it is.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command")]
pub(crate) struct ImportArgs {
    /// Metadata: an `api-docs.json`, or the `api.json` of one operation. Without it, it is fetched.
    file: Option<PathBuf>,
    #[command(flatten)]
    source: SourceArgs,
    /// The folder of all specs.
    #[arg(long, value_name = "DIR", default_value = "api-spec")]
    spec: PathBuf,
    /// The product's folder within it; the product's code in lower case unless stated.
    #[arg(long, value_name = "NAME")]
    folder: Option<String>,
    /// Also take the vendor's summaries and descriptions where a spec has none. They are the vendor's: for your own use.
    #[arg(long)]
    descriptions: bool,
    /// Also take the vendor's error messages; likewise.
    #[arg(long)]
    messages: bool,
    /// Remove specs of operations that the metadata has no more.
    #[arg(long)]
    prune: bool,
    /// Write nothing: list sentences of the metadata that smell of a rule between parameters.
    #[arg(long)]
    suggest_rules: bool,
    /// Write nothing: list limits, defaults and values that the metadata states in prose.
    #[arg(long, conflicts_with = "suggest_rules")]
    suggest_limits: bool,
    /// Write nothing: only report what would happen.
    #[arg(long)]
    dry_run: bool,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show every finding, not only the first ones of each kind.
    #[arg(long, short)]
    verbose: bool,
}

/// What to fetch, and from where.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SourceArgs {
    /// The vendor's code of the product, such as `Ecs`.
    #[arg(long)]
    pub product: Option<String>,
    /// The API version, such as `2014-05-26`.
    #[arg(long)]
    pub version: Option<String>,
    /// One operation only.
    #[arg(long)]
    pub operation: Option<String>,
    /// As of when the metadata is, `YYYY-MM-DD` or `YYYY-MM`; today where it is fetched.
    #[arg(long, value_name = "DATE", value_parser = dates::parse)]
    pub as_of: Option<String>,
    /// What the metadata is, in a few words; `API metadata` unless said.
    #[arg(long, value_name = "WORDS")]
    pub source: Option<String>,
    /// The metadata service.
    #[arg(long, value_name = "URL", default_value = fetch::BASE_URL)]
    pub base_url: String,
}

/// Forms of what is printed.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For tools.
    Json,
}

impl SourceArgs {
    /// What the metadata may leave unsaid.
    pub(crate) fn hints(&self) -> Hints<'_> {
        Hints {
            product: self.product.as_deref(),
            version: self.version.as_deref(),
            operation: self.operation.as_deref(),
            as_of: self.as_of.as_deref(),
            source: self.source.as_deref(),
        }
    }

    /// The text of the metadata: of the file, or fetched.
    pub(crate) fn text(&self, file: Option<&Path>) -> Result<String, String> {
        if let Some(file) = file {
            return std::fs::read_to_string(file)
                .map_err(|error| format!("{}: {error}", file.display()));
        }
        let (Some(product), Some(version)) = (&self.product, &self.version) else {
            return Err(
                "name a metadata file, or `--product` and `--version` to fetch it".to_owned(),
            );
        };
        let url = fetch::url(&self.base_url, product, version, self.operation.as_deref());
        fetch::text(&url, fetch::LARGEST)
    }
}

/// Runs the command. The exit status is 0, or 2 where nothing could be done.
pub(crate) fn run(args: &ImportArgs) -> ExitCode {
    match import(args) {
        Ok(printed) => {
            output::print(printed);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Does it, and returns what is to be printed.
fn import(args: &ImportArgs) -> Result<String, String> {
    let text = args.source.text(args.file.as_deref())?;
    if args.suggest_rules || args.suggest_limits {
        return suggest(args, &text);
    }
    let name = match &args.folder {
        Some(name) => name.clone(),
        None => folder_name(&text, args)?,
    };
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
        return Err(format!("`{name}` cannot be the name of a folder"));
    }
    let folder = args.spec.join(name);
    let existing = folder::read(&folder)?;
    let options = Options {
        descriptions: args.descriptions,
        messages: args.messages,
        prune: args.prune,
    };
    let today = args.file.is_none().then(dates::today);
    let hints = args.source.hints();
    let hints = Hints {
        as_of: hints.as_of.or(today.as_deref()),
        ..hints
    };
    let imported = import::import(&existing, &text, &hints, &options)
        .map_err(|error| format!("{}: {error}", source_name(args)))?;
    if !args.dry_run {
        folder::write(&folder, &imported.files, &imported.removed)?;
    }
    match args.format {
        Format::Text => Ok(summary(args, &folder, &imported)),
        Format::Json => json(&imported.report),
    }
}

/// What the metadata says in prose; what the specs say already, where there are specs, is marked.
fn suggest(args: &ImportArgs, text: &str) -> Result<String, String> {
    let name = args.folder.clone().or_else(|| folder_name(text, args).ok());
    let existing = match name {
        Some(name) => folder::read(&args.spec.join(name))?,
        None => Specs::default(),
    };
    let hints = args.source.hints();
    let failed = |error| format!("{}: {error}", source_name(args));
    if args.suggest_limits {
        let stated = suggest::limits(&existing, text, &hints).map_err(failed)?;
        return match args.format {
            Format::Text => Ok(suggest::limits_to_text(&stated)),
            Format::Json => json(&stated),
        };
    }
    let suggestions = suggest::rules(&existing, text, &hints).map_err(failed)?;
    match args.format {
        Format::Text => Ok(suggest::to_text(&suggestions)),
        Format::Json => json(&suggestions),
    }
}

/// The product's code in lower case.
fn folder_name(text: &str, args: &ImportArgs) -> Result<String, String> {
    let source = import::read(text, &args.source.hints(), false, false)
        .map_err(|error| format!("{}: {error}", source_name(args)))?;
    source
        .product
        .map(|product| product.to_lowercase())
        .ok_or_else(|| {
            "the metadata does not name its product; say `--product`, `--version` or `--folder`"
                .to_owned()
        })
}

fn source_name(args: &ImportArgs) -> String {
    match &args.file {
        Some(file) => file.display().to_string(),
        None => "the metadata fetched".to_owned(),
    }
}

fn summary(args: &ImportArgs, folder: &Path, imported: &Imported) -> String {
    const FEW: usize = 8;
    let Report {
        added,
        updated,
        declined,
        ..
    } = &imported.report;
    let mut text = imported
        .report
        .to_text(if args.verbose { usize::MAX } else { FEW });
    let files = imported.files.len();
    let done = if args.dry_run { "would write" } else { "wrote" };
    let plural = if files == 1 { "" } else { "s" };
    let _ = write!(
        text,
        "\n{done} {files} file{plural} in {}",
        folder.display()
    );
    if !declined.is_empty() {
        let _ = write!(text, ", skipped {}", declined.len());
    }
    text.push('\n');
    if !added.is_empty() || !updated.is_empty() {
        text.push_str("next: `cargo xtask codegen`\n");
    }
    text
}

/// A report for tools.
pub(crate) fn json(report: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}
