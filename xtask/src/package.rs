//! `cargo xtask package`: the packages that can be published, and a program that depends on nothing else.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use clap::Args;
use serde_json::Value;

use crate::output::print_line;
use crate::temporary::Temporary;
use crate::workspace::{self, cargo};

/// The packages, each behind those that it depends on.
const PACKAGES: [&str; 5] = [
    "alicloud-schema",
    "alicloud-products",
    "alicloud-runtime",
    "alicloud",
    "alicloud-codegen",
];

/// The first guide, for somebody who depends on the client.
const GUIDE: &str = "generated-client/src/guide/first_call.md";

/// The most that a package may weigh: people download it with every clean build.
const LARGEST: u64 = 3_000_000;

/// Pack the crates that can be published, and test the packages.
///
/// Each package is checked by itself, outside the workspace and with no more than the other packages: with its default
/// features and with all of them. Publishing is tried without uploading anything. Two programs are run in a crate that
/// depends on the packages: the first program of the README, and that of the first guide, unchanged, against the endpoint
/// as a process.
///
/// Needs Cargo 1.90 or newer, and access to the registry.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Also pack uncommitted changes.
    #[arg(long)]
    allow_dirty: bool,
    /// Do not check each package by itself; the two programs are still built and run.
    #[arg(long)]
    no_verify: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match package(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn package(arguments: &Arguments) -> Result<(), String> {
    let root = workspace::root()?;
    let target = root.join("target/outside");
    // What earlier runs built was of packages in other folders, and is of no use any more.
    let mut clean = cargo(&root, &target);
    clean.args(["clean", "--quiet"]);
    clean.args(PACKAGES.iter().flat_map(|name| ["--package", name]));
    finish(clean, "what was built before cannot be removed")?;

    let mut pack = cargo(&root, &target);
    pack.arg("package");
    pack.args(PACKAGES.iter().flat_map(|name| ["--package", name]));
    pack.args(arguments.allow_dirty.then_some("--allow-dirty"));
    // Cargo takes what it once unpacked of a version for the same for ever, across runs and folders: it would verify a
    // package beside those of an earlier state. They are checked below.
    pack.arg("--no-verify");
    finish(pack, "the crates cannot be packed")?;

    // What publishing asks for beyond packing. It needs no token and uploads nothing.
    let mut publish = cargo(&root, &target);
    publish.args(["publish", "--dry-run", "--no-verify", "--quiet"]);
    publish.args(PACKAGES.iter().flat_map(|name| ["--package", name]));
    publish.args(arguments.allow_dirty.then_some("--allow-dirty"));
    finish(publish, "the crates cannot be published")?;

    let place = Temporary::new("package")?;
    let version = env!("CARGO_PKG_VERSION");
    for name in PACKAGES {
        let file = target.join(format!("package/{name}-{version}.crate"));
        let size = fs::metadata(&file)
            .map_err(|error| format!("{}: {error}", file.display()))?
            .len();
        print_line(format_args!("{name} {version}: {} KB", size / 1000));
        if size > LARGEST {
            return Err(format!(
                "the package `{name}` has {size} bytes, more than {LARGEST}; `cargo package --list --package {name}` lists its files"
            ));
        }
        let mut tar = Command::new("tar");
        // Files in a package are as old as its format says, and those of an earlier run would count as the same.
        tar.arg("-xzmf").arg(&file).arg("-C").arg(place.path());
        finish(tar, "the package cannot be unpacked")?;
    }
    lay_out(&root, place.path())?;
    if !arguments.no_verify {
        for name in PACKAGES {
            check(place.path(), &target, name)?;
        }
    }
    run_programs(place.path(), &target)
}

/// Checks an unpacked package by itself: what it needs is in it, or in the packages that it depends on.
fn check(place: &Path, target: &Path, name: &str) -> Result<(), String> {
    for features in [None, Some("--all-features")] {
        let mut check = cargo(place, target);
        check.args(["check", "--quiet", "--package", name]);
        check.args(features);
        finish(check, &format!("the package `{name}` cannot be checked"))?;
    }
    print_line(format_args!("{name}: checked by itself"));
    Ok(())
}

/// A workspace of the unpacked packages and of a crate that depends on them, with the README's first program and the
/// first guide's.
fn lay_out(root: &Path, place: &Path) -> Result<(), String> {
    let read = |file: &str| {
        let path = root.join(file);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let readme = read("README.md")?;
    let program = first_program(&readme, "rust").ok_or("README.md has no Rust program")?;
    let guide = read(GUIDE)?;
    let guides =
        first_program(&guide, "no_run").ok_or_else(|| format!("{GUIDE} has no program"))?;
    let version = env!("CARGO_PKG_VERSION");
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\ndefault-run = \"user\"\n\n[dependencies]\n\
         alicloud = {{ version = \"{version}\", features = [\"fake\"] }}\n\
         # For the endpoint's `--spec`.\n\
         alicloud-codegen = \"{version}\"\n\
         serde_json = \"1\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\", \"signal\"] }}\n"
    );
    let mut workspace = String::from(
        "[workspace]\nmembers = [\"*\"]\nresolver = \"3\"\n\n[profile.dev]\ndebug = false\n\n[patch.crates-io]\n",
    );
    for name in PACKAGES {
        let _ = writeln!(workspace, "{name} = {{ path = \"{name}-{version}\" }}");
    }
    for (file, text) in [
        ("Cargo.toml", workspace.as_str()),
        ("Cargo.lock", &read("Cargo.lock")?),
        ("user/Cargo.toml", &manifest),
        ("user/src/main.rs", program),
        ("user/src/bin/guide.rs", guides),
        (
            "user/src/bin/endpoint.rs",
            &read("generated-client/examples/endpoint.rs")?,
        ),
    ] {
        let path = place.join(file);
        let folder = path.parent().unwrap_or(place);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, text));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Builds the crate that depends on the packages, and runs its programs.
fn run_programs(place: &Path, target: &Path) -> Result<(), String> {
    let mut build = cargo(place, target);
    build.args(["build", "--package", "user", "--bins"]);
    finish(
        build,
        "a crate that depends on the packages cannot be built",
    )?;
    let program = |name: &str| -> PathBuf {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        target.join("debug").join(name)
    };
    answers(
        Command::new(program("user")),
        "README's first program, with the endpoint embedded",
    )?;
    let endpoint = Endpoint::start(&program("endpoint"))?;
    let mut guides = Command::new(program("guide"));
    guides.env_remove("ALIBABA_CLOUD_SECURITY_TOKEN");
    for (name, key) in [
        ("ALIBABA_CLOUD_ECS_ENDPOINT", "url"),
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "accessKeyId"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "accessKeySecret"),
    ] {
        guides.env(name, endpoint.first[key].as_str().unwrap_or_default());
    }
    answers(
        guides,
        "the first guide's program, against the endpoint as a process",
    )
}

fn finish(mut command: Command, wrong: &str) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("{wrong}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(wrong.to_owned())
    }
}

/// The program prints the addresses that were assigned: two, as its request asks for.
fn answers(mut program: Command, which: &str) -> Result<(), String> {
    let output = program
        .output()
        .map_err(|error| format!("the program cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && said.matches("\", \"").count() == 1 {
        print_line(format_args!("{which}: {}", said.trim_end()));
        return Ok(());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{which}, did not print two addresses:\n{said}{error}"
    ))
}

/// The first block of a kind; `None` where it is no whole program.
fn first_program<'t>(text: &'t str, kind: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("```{kind}\n"))?;
    let (program, _) = rest.split_once("```")?;
    program.contains("fn main()").then_some(program)
}

/// The endpoint as a process, which ends with the value.
struct Endpoint {
    process: Child,
    /// What it says first: where it is, and the key to sign with.
    first: Value,
}

impl Endpoint {
    /// Every request is answered from its schema: the program names an ENI that nobody made.
    fn start(program: &Path) -> Result<Self, String> {
        let mut process = Command::new(program)
            .args(["--product", "ecs", "--log", "none", "--no-state"])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the endpoint cannot be run: {error}"))?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(|error| format!("the endpoint cannot be read: {error}"))?;
        }
        let first = serde_json::from_str(&line);
        let endpoint = Self {
            process,
            first: first.unwrap_or_default(),
        };
        if endpoint.first["url"].is_string() {
            return Ok(endpoint);
        }
        Err(format!("the endpoint did not say where it is: {line:?}"))
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_programs_are_found() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let program = |file: &str, kind: &str| {
            let text = fs::read_to_string(root.join(file)).unwrap();
            first_program(&text, kind).unwrap().to_owned()
        };
        assert!(program("README.md", "rust").contains("fake::Endpoint::start"));
        // As people write it: where the endpoint is and what to sign with are in the environment.
        assert!(program(GUIDE, "no_run").contains("from_env"));
    }
}
