//! `cargo xtask status`: where the specs stand.

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use alicloud_codegen::{
    check::{self, ProductSpec},
    diagnostic::{self, Colour},
    import::{self, Hints},
    spec::Source,
    status::{self, Count, Status},
};

use crate::{dates, import::json, output, output::did_you_mean};

/// Show the state of the specs: what is described, permitted and reviewed, and the dates of the sources.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Metadata to compare the specs with, the newest of each product first.
    #[arg(value_name = "METADATA")]
    files: Vec<PathBuf>,
    /// Only this product: its folder within the specs. May be repeated.
    #[arg(long = "folder", value_name = "NAME")]
    folders: Vec<String>,
    /// The folder of all specs.
    #[arg(long, value_name = "DIR", default_value = "api-spec")]
    spec: PathBuf,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t)]
    format: crate::import::Format,
}

/// Runs the command. The exit status is 0, or 2 where nothing could be said.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match status(arguments) {
        Ok(printed) => {
            output::print(printed);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", error.trim_end());
            ExitCode::from(2)
        }
    }
}

fn status(arguments: &Arguments) -> Result<String, String> {
    let catalogue = check::load(&crate::workspace::rooted(&arguments.spec))
        .map_err(|found| diagnostic::render(&found, Colour::Never))?;
    let products = &catalogue.products;
    for folder in &arguments.folders {
        if !products.iter().any(|product| product.dir_name == *folder) {
            let known = products.iter().map(|product| product.dir_name.as_str());
            let near = did_you_mean(folder, known);
            return Err(format!(
                "error: there is no product `{folder}` in the specs{near}"
            ));
        }
    }
    let asked = |product: &&ProductSpec| {
        arguments.folders.is_empty() || arguments.folders.contains(&product.dir_name)
    };
    let mut all: Vec<(&ProductSpec, Status)> = products
        .iter()
        .filter(asked)
        .map(|product| {
            let operations = product.operations.iter().map(|spec| &spec.operation);
            (product, status::of(&product.product, operations))
        })
        .collect();
    for file in &arguments.files {
        let name = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
        let hints = Hints::default();
        let metadata =
            import::read(&text, &hints, true, false).map_err(|error| format!("{name}: {error}"))?;
        let of = |product: &ProductSpec| {
            let code = metadata.product.as_deref().unwrap_or_default();
            code.eq_ignore_ascii_case(&product.product.product)
                && metadata.version.as_ref() == Some(&product.product.version)
        };
        match all.iter_mut().find(|(product, _)| of(product)) {
            Some((product, status)) => {
                let operations = product.operations.iter().map(|spec| {
                    let operation = spec.operation.clone();
                    (operation.operation.clone(), operation)
                });
                status.compare(&operations.collect(), &metadata);
            }
            None if products.iter().any(of) => {}
            None => return Err(format!("{name}: there are no specs of this product")),
        }
    }
    let all: Vec<Status> = all.into_iter().map(|(_, status)| status).collect();
    match arguments.format {
        crate::import::Format::Json => json(&all),
        crate::import::Format::Text => {
            let today = dates::today();
            let texts: Vec<String> = all.iter().map(|status| text(status, &today)).collect();
            Ok(texts.join("\n"))
        }
    }
}

fn text(status: &Status, today: &str) -> String {
    let mut out = format!("{} {}\n", status.product, status.version);
    let mut line = |name: &str, words: &str| {
        let _ = writeln!(out, "  {name:<13}{words}");
    };
    for (index, source) in status.sources.iter().enumerate() {
        line(
            if index == 0 { "sources" } else { "" },
            &self::source(source),
        );
    }
    if status.sources.is_empty() {
        line("sources", "not recorded");
    }
    line("operations", &operations(&status.operations));
    line("summaries", &bar(status.summaries));
    line("fields", &bar(status.fields));
    line("error rows", &bar(status.errors));
    line("permissions", &bar(status.permissions));
    line("pages", &bar(status.pages.count));
    if let Some(oldest) = &status.pages.oldest {
        let age = dates::age(oldest, today);
        let age = age.map_or_else(String::new, |days| format!(", {days} days ago"));
        line("", &format!("the oldest review is of {oldest}{age}"));
    }
    let status::Rules { rules, operations } = status.rules;
    let plural = if operations == 1 { "" } else { "s" };
    line(
        "rules",
        &format!("{rules} in {operations} operation{plural}"),
    );
    line("waiters", &status.waiters.to_string());
    line("limits", &limits(&status.limits));
    if !status.stated.is_empty() {
        line(
            "in prose",
            "and in the specs, without what holds under a condition:",
        );
    }
    for (kind, count) in &status.stated {
        line(&format!("  {}", kind.words()), &bar(*count));
    }
    out
}

/// `operations, parameters: SDK packages, as of 2026-10`
fn source(source: &Source) -> String {
    let facts: Vec<&str> = source.facts.iter().map(|kind| kind.words()).collect();
    let date = source.as_of.as_ref();
    let date = date.map_or_else(String::new, |date| format!(", as of {date}"));
    format!("{}: {}{date}", facts.join(", "), source.name)
}

fn operations(operations: &status::Operations) -> String {
    let Some(metadata) = operations.metadata else {
        return operations.specs.to_string();
    };
    let mut text = format!("{}, {metadata} in the newest metadata", operations.specs);
    for (what, names) in [("missing", &operations.missing), ("gone", &operations.gone)] {
        if !names.is_empty() {
            let _ = write!(text, "; {} {what}: {}", names.len(), few(names));
        }
    }
    text
}

/// `137 ranges, 12 lengths of text, …`, by how many schemas have them.
fn limits(limits: &status::Limits) -> String {
    let parts = [
        (limits.ranges, "ranges"),
        (limits.lengths, "lengths"),
        (limits.counts, "counts"),
        (limits.patterns, "patterns"),
        (limits.enumerations, "closed lists of values"),
        (limits.values, "open lists of values"),
        (limits.defaults, "defaults"),
    ];
    let parts = parts.map(|(count, what)| format!("{count} {what}"));
    parts.join(", ")
}

fn few(names: &[String]) -> String {
    const FEW: usize = 5;
    let shown = names.iter().take(FEW).map(String::as_str);
    let more = if names.len() > FEW { ", …" } else { "" };
    shown.collect::<Vec<_>>().join(", ") + more
}

/// `██████░░░░░░░░░░░░░░   105 of   360   29 %`
fn bar(Count { have, of }: Count) -> String {
    const WIDTH: usize = 20;
    // What is begun shows, and only what is done is full.
    let part = |whole: usize| match have {
        0 => 0,
        _ if have >= of => whole,
        _ => (have * whole / of).clamp(1, whole - 1),
    };
    if of == 0 {
        return "none known".to_owned();
    }
    let (full, percent) = (part(WIDTH), part(100));
    let (full, rest) = ("█".repeat(full), "░".repeat(WIDTH - full));
    format!("{full}{rest} {have:>6} of {of:>6} {percent:>4} %")
}
