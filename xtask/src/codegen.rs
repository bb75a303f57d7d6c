//! `cargo xtask codegen`: specs to client, or a report of what is not up to date.

use std::{
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use alicloud_codegen::{
    Failure, Files, Generated, Options, check,
    diagnostic::{self, Colour, Diagnostic, Severity},
    layout::{PRODUCT_FILE, SCHEMA_FOLDER},
    write::{self, Difference, DifferenceKind, Written},
};

use crate::{output, workspace};

/// The folder for the operations of this repository's products, a crate of their own.
const OPERATIONS: &str = "generated-client/products/src/generated";

/// The folder for the clients of these products.
const CLIENTS: &str = "generated-client/src/generated";

/// A folder that belongs to the generator, and what is to be in it.
type Folder<'g> = (PathBuf, &'g Files);

/// The arguments of `codegen`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; list what is stale, missing or unexpected, and fail if anything is.
    #[arg(long)]
    check: bool,
    /// The folder with the specs.
    #[arg(long, value_name = "DIR", default_value = "api-spec")]
    spec: PathBuf,
    /// The folder for a client in a crate of your own; it belongs to the generator. Without it, the
    /// client of this repository is generated.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The name under which the generated code finds the runtime crate; by default `alicloud`.
    #[arg(long, value_name = "CRATE", requires = "out")]
    runtime: Option<String>,
    /// The form of findings.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Print how long each stage took, to standard error.
    #[arg(long)]
    timings: bool,
}

/// Forms of findings.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// Also as annotations of a pull request on GitHub.
    Github,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let started = Instant::now();
    let options = match &arguments.out {
        Some(_) => Options::for_crate(arguments.runtime.as_deref().unwrap_or("alicloud")),
        None => Options::for_own_client(),
    };
    let spec = workspace::rooted(&arguments.spec);
    let generated = match alicloud_codegen::generate(&spec, &options) {
        Ok(generated) => generated,
        Err(Failure::Specs(found)) => {
            show(&found, arguments.format);
            let warnings = found.iter().filter(|it| is_warning(it)).count();
            let errors = count(found.len() - warnings, "error");
            let warnings = match warnings {
                0 => String::new(),
                some => format!(" and {}", count(some, "warning")),
            };
            eprintln!("\n{errors}{warnings} in the specs; nothing was written");
            return ExitCode::FAILURE;
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            return ExitCode::FAILURE;
        }
    };
    if !generated.warnings.is_empty() {
        show(&generated.warnings, arguments.format);
        eprintln!(
            "\n{} in the specs",
            count(generated.warnings.len(), "warning")
        );
    }
    let folders = match &arguments.out {
        Some(out) => vec![(out.as_path(), &generated.files)],
        None => vec![
            (Path::new(OPERATIONS), &generated.files),
            (Path::new(CLIENTS), &generated.clients),
        ],
    };
    let folders: Vec<Folder<'_>> = folders
        .into_iter()
        .map(|(out, files)| (workspace::rooted(out), files))
        .collect();
    let schemas = schemas(&spec);
    let rendered = Instant::now();
    let result = if arguments.check {
        check_all(&spec, &folders, &schemas, arguments)
    } else {
        write_all(&folders, &schemas).map(|written| {
            output::print_line(summary(&generated, written, started));
            ExitCode::SUCCESS
        })
    };
    if arguments.timings {
        let last = if arguments.check { "compare" } else { "write" };
        let stages = generated.timings.iter().copied();
        for (stage, time) in stages.chain([(last, rendered.elapsed())]) {
            eprintln!("{stage:<14} {:>8.1} ms", time.as_secs_f64() * 1000.0);
        }
    }
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// Prints findings as the terminal can show them.
fn show(found: &[Diagnostic], format: Format) {
    if format == Format::Github {
        output::print(diagnostic::render_github(found));
    }
    let colour = if io::stderr().is_terminal() {
        Colour::Always
    } else {
        Colour::Never
    };
    eprint!("{}", diagnostic::render(found, colour));
}

fn is_warning(found: &Diagnostic) -> bool {
    found.code.severity() == Severity::Warning
}

/// The JSON Schemas that the spec files name, with their contents.
fn schemas(spec: &Path) -> Vec<(PathBuf, String)> {
    check::json_schemas()
        .into_iter()
        .map(|(name, text)| (spec.join(SCHEMA_FOLDER).join(name), text))
        .collect()
}

fn write_all(folders: &[Folder<'_>], schemas: &[(PathBuf, String)]) -> io::Result<Written> {
    let folders: Vec<(&Path, &Files)> = folders
        .iter()
        .map(|(out, files)| (out.as_path(), *files))
        .collect();
    let mut written = write::write_folders(&folders)?;
    let files = schemas
        .iter()
        .map(|(path, text)| (path.clone(), text.as_str()));
    match write::write_files(files, []) {
        Ok(more) => {
            written.written += more.written;
            written.unchanged += more.unchanged;
        }
        // The client does not depend on them; editors do, where the specs can be edited.
        Err(error) if is_refusal(error.kind()) => {
            eprintln!("note: the JSON Schemas for editors were not written: {error}");
        }
        Err(error) => return Err(error),
    }
    Ok(written)
}

fn is_refusal(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// Whether a folder with specs cannot be written to, as far as can be told without writing: by its mode,
/// and by what the system says where a file in it is opened for that.
fn is_read_only(spec: &Path) -> io::Result<bool> {
    if spec.metadata()?.permissions().readonly() {
        return Ok(true);
    }
    let opened = |path: &Path| fs::OpenOptions::new().append(true).open(path);
    for product in fs::read_dir(spec)? {
        let file = product?.path().join(PRODUCT_FILE);
        if let Err(error) = opened(&file)
            && is_refusal(error.kind())
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn summary(generated: &Generated, written: Written, started: Instant) -> String {
    let Written {
        written,
        unchanged,
        removed,
    } = written;
    format!(
        "{}, {}: {} written, {unchanged} unchanged, {removed} removed, in {:.2} s",
        count(generated.products, "product"),
        count(generated.operations, "operation"),
        count(written, "file"),
        started.elapsed().as_secs_f64(),
    )
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn check_all(
    spec: &Path,
    folders: &[Folder<'_>],
    schemas: &[(PathBuf, String)],
    arguments: &Arguments,
) -> io::Result<ExitCode> {
    let mut files = schemas.len();
    let mut differences: Vec<Difference> = Vec::new();
    for (out, generated) in folders {
        files += generated.len();
        let found = write::compare(out, generated)?.into_iter();
        differences.extend(found.map(|difference| Difference {
            path: out.join(&difference.path),
            ..difference
        }));
    }
    let mut stale_schemas = Vec::new();
    for (path, text) in schemas {
        let kind = write::compare_file(path, text)?;
        stale_schemas.extend(kind.map(|kind| Difference {
            path: path.clone(),
            kind,
        }));
    }
    // Nothing could be done about them here, and the client does not depend on them.
    if !stale_schemas.is_empty() && is_read_only(spec)? {
        eprintln!(
            "note: {} for editors not up to date; the folder of the specs cannot be written to",
            count(stale_schemas.len(), "JSON Schema")
        );
        files -= stale_schemas.len();
    } else {
        differences.append(&mut stale_schemas);
    }
    if differences.is_empty() {
        output::print_line(format_args!("up to date: {}", count(files, "file")));
        return Ok(ExitCode::SUCCESS);
    }
    let mut endings = 0;
    let mut foreign = Vec::new();
    for Difference { path, kind } in &differences {
        let path = path.display();
        if arguments.format == Format::Github {
            output::print_line(annotation(&path.to_string(), kind, arguments));
        }
        match kind {
            DifferenceKind::Missing => output::print_line(format_args!("missing: {path}")),
            DifferenceKind::Unexpected => output::print_line(format_args!("unexpected: {path}")),
            DifferenceKind::Foreign => {
                output::print_line(format_args!("unexpected: {path}"));
                foreign.push(path.to_string());
            }
            DifferenceKind::Stale(diff) => {
                output::print_line(format_args!("stale: {path}\n{diff}\n"));
            }
            DifferenceKind::LineEndings => endings += 1,
        }
    }
    if endings > 0 {
        output::print_line(format_args!(
            "line endings: {} with CRLF where LF is generated, and no other difference; \
             `* text eol=lf` in `.gitattributes` keeps them",
            count(endings, "file")
        ));
    }
    let command = command(arguments);
    let remedy = match foreign.as_slice() {
        [] => format!("`{command}` mends it"),
        foreign => {
            let them = format!(
                "move elsewhere what was not generated ({})",
                foreign.join(", ")
            );
            if foreign.len() == differences.len() {
                them
            } else {
                format!("{them}, then `{command}` mends the rest")
            }
        }
    };
    output::print_line(format_args!(
        "\n{} not up to date; {remedy}",
        count(differences.len(), "file")
    ));
    Ok(ExitCode::FAILURE)
}

/// What is not up to date, as an annotation of a pull request.
fn annotation(path: &str, kind: &DifferenceKind, arguments: &Arguments) -> String {
    let state = match kind {
        DifferenceKind::Missing => "missing",
        DifferenceKind::Unexpected | DifferenceKind::Foreign => "unexpected",
        DifferenceKind::Stale(_) => "stale",
        DifferenceKind::LineEndings => "not with LF at the ends of its lines",
    };
    let remedy = match kind {
        DifferenceKind::Foreign => "move it elsewhere".to_owned(),
        _ => format!("`{}` mends it", command(arguments)),
    };
    let path = diagnostic::github_value(&path.replace('\\', "/"));
    let message = diagnostic::github_message(&format!("the file is {state}; {remedy}"));
    format!("::error file={path},title=not up to date::{message}")
}

/// The command that brings everything up to date.
fn command(arguments: &Arguments) -> String {
    let mut command = vec![output::codegen(&arguments.spec)];
    let mut option = |name: &str, value: &str| {
        command.push(format!("{name} {}", output::quoted(value)));
    };
    if let Some(out) = &arguments.out {
        option("--out", &out.to_string_lossy());
    }
    if let Some(runtime) = &arguments.runtime {
        option("--runtime", runtime);
    }
    command.join(" ")
}
