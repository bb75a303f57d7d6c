//! `cargo xtask page`: the vendor's help pages beside the specs.

use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use alicloud_codegen::diagnostic::{Colour, Source, render};
use alicloud_codegen::import::{PRODUCT_FILE, Specs, operation_file};
use alicloud_codegen::layout;
use alicloud_codegen::page::{
    self, FEW, LARGEST, Messages, Page, Refused, Report, Spec, is_operation,
};
use alicloud_codegen::spec::Codes;
use alicloud_codegen::types;
use clap::Args;
use serde_json::json;

use crate::drift::Format;
use crate::{fetch, folder, import, output, workspace};

/// Compare the vendor's help pages with the specs, or take over their facts.
///
/// A page is text copied from a browser, Markdown, or saved HTML, in English or Chinese; about one operation, or
/// about the permissions of a whole product. Every difference is shown with its place on the page and in the spec;
/// `cargo xtask explain` tells what its code means. What a spec says otherwise for a reason is a departure,
/// recorded with `"from": "page"` and told once the page no longer needs it.
///
/// `--write` takes facts over, never sentences: what needs a description is listed. What people wrote stays, nothing is
/// removed, and `reviewed` becomes the date of the page.
///
/// The exit status is 0 without differences, 1 with some (after `--write`: with some left), 2 where a page could not
/// be compared.
#[derive(Args, Clone, Debug)]
pub(crate) struct PageArgs {
    /// Saved pages.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Take the facts over into the specs.
    #[arg(long)]
    write: bool,
    /// The operation, if the page does not name it.
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// The date of the page, if the page does not state it.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<String>,
    /// The folder of all specs.
    #[arg(long, value_name = "DIR", default_value = "api-spec")]
    spec: PathBuf,
    /// The product's folder within it, if it does not follow from the page.
    #[arg(long, value_name = "NAME")]
    folder: Option<String>,
    /// The form of what is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show every difference, not only the first ones.
    #[arg(long, short)]
    verbose: bool,
}

/// Runs the command.
pub(crate) fn run(args: &PageArgs) -> ExitCode {
    let args = &PageArgs {
        spec: workspace::rooted(&args.spec),
        ..args.clone()
    };
    let mut reports = Vec::new();
    let mut failures = 0;
    for file in &args.files {
        match compare(args, file) {
            Ok(mut done) => reports.append(&mut done),
            Err(error) => {
                eprintln!("error: {}: {error}", file.display());
                failures += 1;
            }
        }
    }
    output::print(print(args, &reports));
    let differences = reports
        .iter()
        .any(|report| !report.comparison.differences.is_empty());
    ExitCode::from(match (failures, differences) {
        (0, false) => 0,
        (0, true) => 1,
        _ => 2,
    })
}

fn print(args: &PageArgs, reports: &[Report]) -> String {
    let most = if args.verbose { usize::MAX } else { FEW };
    match args.format {
        Format::Text => {
            let colour = if std::io::stdout().is_terminal() {
                Colour::Always
            } else {
                Colour::Never
            };
            // What is the same is worth no lines among many.
            let many = reports.len() > args.files.len();
            let told = |report: &&Report| {
                !many
                    || !report.comparison.differences.is_empty()
                    || report.taken.as_ref().is_some_and(|taken| !taken.is_empty())
            };
            let shown: Vec<&Report> = reports.iter().filter(told).collect();
            let mut text = String::new();
            for report in shown.iter().take(most) {
                text.push_str(&report.to_text(most, colour));
            }
            if let Some(more) = shown.len().checked_sub(most).filter(|more| *more > 0) {
                let _ = writeln!(text, "… and {more} more operations; `--verbose` shows all");
            }
            if many {
                let differing = reports
                    .iter()
                    .filter(|report| !report.comparison.differences.is_empty())
                    .count();
                let _ = writeln!(
                    text,
                    "{} operations compared, {differing} differ",
                    reports.len()
                );
            }
            text
        }
        Format::Markdown => reports
            .iter()
            .map(|report| report.to_markdown(most))
            .collect(),
        Format::Json => {
            let reports: Vec<_> = reports.iter().map(Report::to_json).collect();
            import::json(&json!({ "pages": reports })).unwrap_or_else(|error| error + "\n")
        }
    }
}

/// The product that a file is compared with.
struct Product {
    folder: PathBuf,
    specs: Specs,
    messages: Messages,
}

fn compare(args: &PageArgs, file: &Path) -> Result<Vec<Report>, String> {
    let size = std::fs::metadata(file)
        .map_err(|error| error.to_string())?
        .len();
    if usize::try_from(size).map_or(true, |size| size > LARGEST) {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let text = fetch::decoded(bytes)?;
    let source = Arc::new(Source {
        path: file.to_owned(),
        text: Some(text),
    });
    let mut page = page::read(&source)
        .map_err(|error| format!("this is not one of the vendor's pages: {error}"))?;
    if args.date.is_some() {
        page.date.clone_from(&args.date);
    }
    let name = match (&args.operation, &page.operation) {
        (Some(name), _) => Some(name.clone()),
        (None, Some(name)) => Some(name.as_str().to_owned()),
        (None, None) => None,
    };
    let product = product(args, &page, name.as_deref())?;
    if let Some(name) = name {
        return Ok(vec![one(args, &product, &page, &name)?]);
    }
    if page.request.is_some() || page.errors.is_some() || page.permissions.is_none() {
        return Err("the page does not name its operation; say `--operation`".to_owned());
    }
    let mut reports = Vec::new();
    for (name, page) in page.by_operation() {
        // Operations without a spec are many, and their permissions are no spec.
        if product.specs.operations.contains_key(&name) {
            reports.push(one(args, &product, &page, &name)?);
        }
    }
    if reports.is_empty() {
        return Err(format!(
            "{} has none of the operations of this page",
            product.folder.display()
        ));
    }
    Ok(reports)
}

/// The product that a page is about: its specs.
fn product(args: &PageArgs, page: &Page, operation: Option<&str>) -> Result<Product, String> {
    let folder = folder_of(args, page, operation)?;
    let specs = folder::read(&folder)?;
    if specs.product.is_none() {
        return Err(format!(
            "{}: there are no specs of this product; `cargo xtask import` makes them",
            folder.display()
        ));
    }
    let messages = page::messages(&specs);
    Ok(Product {
        folder,
        specs,
        messages,
    })
}

fn folder_of(args: &PageArgs, page: &Page, operation: Option<&str>) -> Result<PathBuf, String> {
    if let Some(name) = &args.folder {
        if !layout::is_product(name) {
            return Err(format!("`{name}` cannot be the name of a product's folder"));
        }
        return Ok(args.spec.join(name));
    }
    let linked = page
        .product
        .as_ref()
        .map(|(product, _)| product.to_lowercase());
    let actions = page.permissions.iter().flat_map(|table| &table.rows);
    let acting = actions.filter_map(|row| row.action.as_str().split(':').next().map(str::to_owned));
    let named = linked
        .into_iter()
        .chain(acting)
        .filter(|name| layout::is_product(name))
        .map(|name| args.spec.join(name))
        .find(|folder| folder.join(PRODUCT_FILE).is_file());
    if let Some(folder) = named {
        return Ok(folder);
    }
    if let Some((product, _)) = &page.product {
        // Operations of many products have the same name: `TagResources`.
        return Err(format!(
            "{} has no specs of `{product}`, the product of this page; `cargo xtask import` makes them, `--folder` names them",
            args.spec.display()
        ));
    }
    let holds = |folder: &PathBuf| {
        let file = operation
            .filter(|name| is_operation(name))
            .map(operation_file);
        file.is_some_and(|file| folder.join(file).is_file())
    };
    let entries = std::fs::read_dir(&args.spec)
        .map_err(|error| format!("{}: {error}", args.spec.display()))?;
    let folders: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(holds)
        .collect();
    match folders.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(format!(
            "{} has no specs of the product of this page; `cargo xtask import` makes them, `--folder` names them",
            args.spec.display()
        )),
        _ => Err("several products have an operation of this name; say `--folder`".to_owned()),
    }
}

/// Compares with the spec of one operation, or writes it.
fn one(args: &PageArgs, product: &Product, page: &Page, name: &str) -> Result<Report, String> {
    if !is_operation(name) {
        return Err(format!(
            "`{}` cannot be the name of an operation; say `--operation`",
            name.chars().take(60).collect::<String>().escape_debug()
        ));
    }
    let file = operation_file(name);
    let path = product.folder.join(&file);
    let is_new = !product.specs.operations.contains_key(name);
    let spec = match product.specs.operations.get(name) {
        Some(operation) => Spec {
            source: Arc::new(Source {
                path: path.clone(),
                text: Some(
                    std::fs::read_to_string(&path)
                        .map_err(|error| format!("{}: {error}", path.display()))?,
                ),
            }),
            operation: operation.clone(),
        },
        None if args.write => page::empty(name, path.clone()),
        None => {
            return Err(format!(
                "{} has no spec of `{name}`; `--write` makes one",
                product.folder.display()
            ));
        }
    };
    let report = |comparison| Report {
        operation: name.to_owned(),
        page: page.source.path.display().to_string(),
        date: page.date.clone(),
        spec: path.display().to_string(),
        reviewed: spec.operation.reviewed.clone(),
        is_new,
        comparison,
        taken: None,
        undescribed: Vec::new(),
        stale: Vec::new(),
    };
    if !args.write {
        let comparison = page::compare(page, &spec, &product.messages);
        return Ok(report(comparison));
    }
    let product_file = product.folder.join(PRODUCT_FILE);
    let product_text = std::fs::read_to_string(&product_file)
        .map_err(|error| format!("{}: {error}", product_file.display()))?;
    let written = page::write(page, &spec, is_new, &product_text, &product.messages);
    let written = written.map_err(|refused| match refused {
        Refused::Name(name) => format!("`{name}` cannot be the name of an operation"),
        Refused::Invalid(findings) => format!(
            "the spec would be wrong, and was not written:\n{}",
            render(&findings, Colour::Never)
        ),
    })?;
    if written.spec.operation != spec.operation || is_new {
        let operation = &written.spec.operation;
        let (text, written_out) = types::operation_to_text(operation, &product.specs.types);
        for place in written_out {
            eprintln!(
                "note: {name} {}: not of the shared type `{}` any more, written out",
                place.at, place.name
            );
        }
        let files = [(product.folder.join(&file), text.as_str())];
        alicloud_codegen::write::write_files(files, []).map_err(|error| error.to_string())?;
    }
    // What the product explains once for all operations needs no words here.
    let explained = glossary(&product.folder)?;
    let mut undescribed = written.undescribed;
    undescribed.retain(|at| {
        let code = at
            .strip_prefix("/errors/")
            .and_then(|row| row.split(' ').next_back());
        code.is_none_or(|code| !explained.codes.contains_key(code))
    });
    Ok(Report {
        taken: Some(written.taken),
        undescribed,
        stale: written.stale,
        ..report(written.left)
    })
}

/// What the error codes of a product mean; nothing where that is not written down.
fn glossary(folder: &Path) -> Result<Codes, String> {
    let path = folder.join(layout::CODES_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Codes::default()),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn date(text: &str) -> Result<String, String> {
    if page::is_date(text) {
        Ok(text.to_owned())
    } else {
        Err("expected a date, such as `2026-06-25`".to_owned())
    }
}
