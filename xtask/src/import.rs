//! `cargo xtask import`: vendor metadata into specs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use alicloud_codegen::import::{self, Hints, Imported, Options, Report, Source, Specs, suggest};
use alicloud_codegen::write;
use clap::Args;

use crate::{dates, fetch, folder, output};

/// Write or update specs from the vendor's metadata.
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
    /// The product's folder within it; the product's code in lower case by default.
    #[arg(long, value_name = "NAME")]
    folder: Option<String>,
    /// Also take the vendor's summaries and descriptions where a spec has none. They are the vendor's: for your own use.
    #[arg(long)]
    descriptions: bool,
    /// Also take the vendor's error messages, likewise for your own use.
    #[arg(long)]
    messages: bool,
    /// Remove the specs of operations that the metadata no longer has.
    #[arg(long)]
    prune: bool,
    /// Write nothing: list sentences of the metadata that hint at a rule between parameters.
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

/// The metadata to read or fetch.
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
    /// The date of the metadata, `YYYY-MM-DD` or `YYYY-MM`; today if it is fetched.
    #[arg(long, value_name = "DATE", value_parser = dates::parse)]
    pub as_of: Option<String>,
    /// A short description of the metadata; `API metadata` by default.
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

    /// The metadata of the file, or fetched; with the vendor's sentences where they are asked for.
    pub(crate) fn read(
        &self,
        file: Option<&Path>,
        descriptions: bool,
        messages: bool,
    ) -> Result<Source, String> {
        let text = match file {
            Some(file) => metadata_text(file)?,
            None => self.fetch()?,
        };
        let today = file.is_none().then(dates::today);
        let hints = self.hints();
        let hints = Hints {
            as_of: hints.as_of.or(today.as_deref()),
            ..hints
        };
        import::read(&text, &hints, descriptions, messages)
            .map_err(|error| format!("{}: {error}", self.name(file)))
    }

    /// What to call the metadata in messages.
    pub(crate) fn name(&self, file: Option<&Path>) -> String {
        match file {
            Some(file) => file.display().to_string(),
            None => self.url().unwrap_or_default(),
        }
    }

    fn url(&self) -> Option<String> {
        let (product, version) = self.product.as_deref().zip(self.version.as_deref())?;
        Some(fetch::url(
            &self.base_url,
            product,
            version,
            self.operation.as_deref(),
        ))
    }

    fn fetch(&self) -> Result<String, String> {
        let url = self
            .url()
            .ok_or("name a metadata file, or `--product` and `--version` to fetch it")?;
        fetch::text(&url, fetch::LARGEST)
    }
}

/// The text of a metadata file.
fn metadata_text(file: &Path) -> Result<String, String> {
    let told = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let bytes = std::fs::read(file).map_err(|error| told(&error))?;
    fetch::decoded(bytes).map_err(|why| told(&why))
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
    let suggests = args.suggest_rules || args.suggest_limits;
    let words = args.descriptions || suggests;
    let messages = args.messages || args.suggest_rules;
    let source = args.source.read(args.file.as_deref(), words, messages)?;
    if suggests {
        return suggest(args, &source);
    }
    let folder = folder::of(&args.spec, args.folder.as_deref(), &source)?;
    let existing = folder::read(&folder)?;
    let options = Options {
        descriptions: args.descriptions,
        messages: args.messages,
        prune: args.prune,
    };
    let imported = import::import(&existing, &source, &options)
        .map_err(|error| format!("{}: {error}", args.source.name(args.file.as_deref())))?;
    if !args.dry_run {
        let files = imported
            .files
            .iter()
            .map(|(name, text)| (folder.join(name), text.as_str()));
        let removed = imported.removed.iter().map(|name| folder.join(name));
        write::write_files(files, removed).map_err(|error| error.to_string())?;
    }
    match args.format {
        Format::Text => Ok(summary(args, &folder, &imported)),
        Format::Json => json(&imported.report),
    }
}

/// What the metadata says in prose; what the specs say already, where there are specs, is marked.
fn suggest(args: &ImportArgs, source: &Source) -> Result<String, String> {
    let existing = match folder::of(&args.spec, args.folder.as_deref(), source) {
        Ok(folder) => folder::read(&folder)?,
        Err(error) if args.folder.is_some() => return Err(error),
        Err(_) => Specs::default(),
    };
    if args.suggest_limits {
        let stated = suggest::limits(&existing, source);
        return match args.format {
            Format::Text => Ok(suggest::limits_to_text(&stated)),
            Format::Json => json(&stated),
        };
    }
    let suggestions = suggest::rules(&existing, source);
    match args.format {
        Format::Text => Ok(suggest::to_text(&suggestions)),
        Format::Json => json(&suggestions),
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
        let _ = writeln!(text, "next: `{}`", output::codegen(&args.spec));
    }
    text
}

/// A report for tools.
pub(crate) fn json(report: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| error.to_string())
}
