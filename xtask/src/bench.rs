//! `cargo xtask bench`: what whole processes cost, beside a peer that does the same.
//!
//! Each measurement is made as a program outside of the workspace sees it: a crate of its own under
//! `target/bench` with the client as a dependency, so that the profiles of the workspace say nothing.
//! What a call costs is measured by the benchmarks of the client (`cargo bench -p alicloud-benches`).

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use crate::{output::print_line, workspace};

/// The arguments of `bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The number of times that each measurement is made; the median is shown.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// Measure the peer too, the crate `ali-acs`.
    #[arg(long)]
    peer: bool,
    /// Only measurements with this text in their name.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Also measure what takes minutes: the first `cargo xtask codegen` on a fresh machine, once.
    #[arg(long)]
    slow: bool,
}

/// One run of a process.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    /// User and system time of it and its children; none where `time` of GNU is not installed.
    cpu: Option<f64>,
    /// The largest process, in kilobytes.
    memory: Option<u64>,
}

/// A program outside of the workspace, and the crates that are built again for each run.
struct Outside {
    name: &'static str,
    dependency: String,
    main: &'static str,
    clean: &'static [&'static str],
}

const THREE_CALLS: &str = r#"use alicloud::ecs::{AssignIpv6Addresses, Client, CreateDisk, DescribeRegions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), alicloud::error::Error> {
    let client = Client::from_env("cn-hangzhou")?;
    client.send(DescribeRegions::new()).await?;
    client.send(CreateDisk::new()).await?;
    client.send(AssignIpv6Addresses::new("eni-1")).await?;
    Ok(())
}
"#;

const BARE_CALL: &str = r#"#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), reqwest::Error> {
    let client = reqwest::Client::builder().user_agent("bare").build()?;
    let answer = client.post("https://ecs.cn-hangzhou.aliyuncs.com/").send().await?;
    println!("{}", answer.text().await?);
    Ok(())
}
"#;

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match measure(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), String> {
    let root = workspace::root()?;
    let bench = root.join("target/bench");
    let client = root.join("generated-client");
    let ours = Outside {
        name: "alicloud",
        dependency: format!(
            "alicloud = {{ path = '{}' }}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}",
            client.display()
        ),
        main: THREE_CALLS,
        clean: &[
            "alicloud",
            "alicloud-products",
            "alicloud-runtime",
            "alicloud-schema",
        ],
    };
    let peer = Outside {
        name: "ali-acs",
        dependency:
            "ali-acs = { version = \"0.8\", default-features = false, features = [\"ecs\"] }"
                .to_owned(),
        main: "fn main() {}\n",
        clean: &["ali-acs"],
    };
    let bare = Outside {
        name: "bare",
        dependency: "reqwest = { version = \"0.13\", default-features = false, features = [\"rustls\", \"gzip\", \"http2\"] }\n\
            tokio = { version = \"1\", features = [\"macros\", \"rt\"] }"
            .to_owned(),
        main: BARE_CALL,
        clean: &[],
    };
    let wanted = |name: &str| {
        let only = arguments.only.as_deref();
        only.is_none_or(|only| name.contains(only))
    };
    print_line("| what | wall | CPU | memory | runs |\n|---|---|---|---|---|");
    let outside = [&ours].into_iter().chain(arguments.peer.then_some(&peer));
    for program in outside {
        for command in ["check", "build", "build --release"] {
            let name = format!("cargo {command}, {}", program.name);
            if !wanted(&name) {
                continue;
            }
            let folder = program.written(&bench)?;
            let cargo = |line: &str| cargo(&folder, line);
            // The crates of others are built before.
            timed(&mut cargo(command))?;
            let mut costs = Vec::new();
            for _ in 0..arguments.runs {
                let profile = if command.ends_with("release") {
                    " --release"
                } else {
                    ""
                };
                let packages = program.clean.join(" -p ");
                timed(&mut cargo(&format!("clean -p {packages}{profile}")))?;
                costs.push(timed(cargo(command).env("CARGO_INCREMENTAL", "0"))?);
            }
            report(&name, &costs);
        }
    }
    let name = "one limit changed: codegen and check, incremental";
    if wanted(name) {
        report(name, &one_change(&root, &bench, &ours, arguments.runs)?);
    }
    let name = "codegen --check, whole process, release";
    if wanted(name) {
        generation(&root, name, arguments.runs)?;
    }
    let name = "program with three operations, release, stripped";
    if wanted(name) {
        let ours = ours.stripped(&bench)?;
        let bare = bare.stripped(&bench)?;
        print_line(format_args!(
            "| {name} | {:.2} MB, the HTTP client alone {:.2} MB | | | 1 |",
            megabytes(ours),
            megabytes(bare)
        ));
    }
    let name = "the first `cargo xtask codegen`, nothing built";
    if arguments.slow && wanted(name) {
        let target = bench.join("first");
        let _ = fs::remove_dir_all(&target);
        let mut command = cargo(&root, "xtask codegen --check");
        report(name, &[timed(command.env("CARGO_TARGET_DIR", &target))?]);
        let _ = fs::remove_dir_all(&target);
    }
    Ok(())
}

impl Outside {
    /// Its folder, with everything in it but what is built.
    fn written(&self, bench: &Path) -> Result<PathBuf, String> {
        let folder = bench.join(self.name);
        let manifest = format!(
            "[package]\nname = \"{}-bench\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n\n\
             [profile.release]\nstrip = true\n\n[workspace]\n",
            self.name, self.dependency
        );
        let write = || {
            fs::create_dir_all(folder.join("src"))?;
            fs::write(folder.join("Cargo.toml"), manifest)?;
            fs::write(folder.join("src/main.rs"), self.main)
        };
        write().map_err(|error: std::io::Error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// The size of the program.
    fn stripped(&self, bench: &Path) -> Result<u64, String> {
        let folder = self.written(bench)?;
        timed(&mut cargo(&folder, "build --release"))?;
        let program = folder.join(format!("target/release/{}-bench", self.name));
        let size = fs::metadata(&program).map(|metadata| metadata.len());
        size.map_err(|error| format!("{}: {error}", program.display()))
    }
}

/// A limit of one operation is changed back and forth in a copy of the workspace; each time the client is
/// generated and checked.
fn one_change(root: &Path, bench: &Path, ours: &Outside, runs: u16) -> Result<Vec<Cost>, String> {
    const SPEC: &str = "api-spec/ecs/operations/AssignIpv6Addresses.json";
    const LIMIT: [&str; 2] = ["\"maximum\": 10", "\"maximum\": 11"];
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let copy = bench.join("copy");
    let _ = fs::remove_dir_all(&copy);
    for part in ["api-spec", "generated-client", "codegen", "xtask", ".cargo"] {
        copied(&root.join(part), &copy.join(part)).map_err(|error| failed(&copy, error))?;
    }
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(root.join(file), copy.join(file)).map_err(|error| failed(&copy, error))?;
    }
    let program = Outside {
        name: "incremental",
        dependency: ours.dependency.replace(
            &root.join("generated-client").display().to_string(),
            &copy.join("generated-client").display().to_string(),
        ),
        ..*ours
    };
    let folder = program.written(bench)?;
    timed(&mut cargo(root, "build --package xtask"))?;
    let spec = copy.join(SPEC);
    let text = fs::read_to_string(&spec).map_err(|error| failed(&spec, error))?;
    let generate = || {
        let mut command = Command::new(root.join("target/debug/xtask"));
        command.arg("codegen").current_dir(&copy);
        timed(&mut command)
    };
    generate()?;
    timed(&mut cargo(&folder, "check"))?;
    let mut costs = Vec::new();
    for run in 0..runs {
        let [from, to] = LIMIT;
        let text = if run % 2 == 0 {
            text.replace(from, to)
        } else {
            text.clone()
        };
        fs::write(&spec, text).map_err(|error| failed(&spec, error))?;
        let generated = generate()?;
        let checked = timed(&mut cargo(&folder, "check"))?;
        costs.push(Cost {
            seconds: generated.seconds + checked.seconds,
            cpu: generated.cpu.zip(checked.cpu).map(|(one, two)| one + two),
            memory: generated.memory.max(checked.memory),
        });
    }
    Ok(costs)
}

fn copied(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.exists() {
        return Ok(());
    }
    if from.is_file() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name() != "target" {
            copied(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Cargo with a target folder beside the manifest.
fn cargo(folder: &Path, line: &str) -> Command {
    let mut command = workspace::cargo(folder, &folder.join("target"));
    command.arg("--quiet").args(line.split(' '));
    command
}

/// Runs it, and fails where it does.
fn timed(command: &mut Command) -> Result<Cost, String> {
    const TIME: &str = "/usr/bin/time";
    let mut timed = Command::new(TIME);
    let measured = Path::new(TIME).exists();
    if measured {
        timed.args(["-f", "\n%U %S %M"]).arg(command.get_program());
    } else {
        timed = Command::new(command.get_program());
    }
    timed.args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            timed.env(name, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        timed.current_dir(folder);
    }
    let start = Instant::now();
    let output = timed.stdout(Stdio::null()).output();
    let seconds = start.elapsed().as_secs_f64();
    let output = output.map_err(|error| format!("{command:?}: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{command:?} failed:\n{told}"));
    }
    let mut numbers = told.lines().last().unwrap_or_default().split(' ');
    let mut number = || numbers.next().and_then(|word| word.parse::<f64>().ok());
    let (user, system, memory) = (number(), number(), number());
    Ok(Cost {
        seconds,
        cpu: user
            .zip(system)
            .filter(|_| measured)
            .map(|(user, system)| user + system),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        memory: memory
            .filter(|_| measured)
            .map(|kilobytes| kilobytes as u64),
    })
}

/// The generator as it is installed: time, and where valgrind is there instructions, which hardly differ from run to run
/// and from machine to machine.
fn generation(root: &Path, name: &str, runs: u16) -> Result<(), String> {
    timed(&mut cargo(root, "build --release --package xtask"))?;
    let mut costs = Vec::new();
    for _ in 0..runs {
        let mut command = Command::new(root.join("target/release/xtask"));
        costs.push(timed(
            command.args(["codegen", "--check"]).current_dir(root),
        )?);
    }
    report(name, &costs);
    if let Some(count) = instructions(root) {
        let millions = count / 1_000_000;
        print_line(format_args!(
            "| {name}, on one thread | {millions} million instructions | | | 1 |"
        ));
    }
    Ok(())
}

/// The instructions of `codegen --check` on one thread, where valgrind is installed.
fn instructions(root: &Path) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg("--cachegrind-out-file=/dev/null")
        .arg(root.join("target/release/xtask"))
        .args(["codegen", "--check"])
        .env("RAYON_NUM_THREADS", "1")
        .current_dir(root)
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let (_, count) = told
        .split_once("I refs:")
        .or_else(|| told.split_once("I   refs:"))?;
    let count = count.lines().next()?.replace(',', "");
    count.trim().parse().ok()
}

fn report(name: &str, costs: &[Cost]) {
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let runs = costs.len();
    let wall = median(costs.iter().map(|cost| cost.seconds).collect());
    let cpu: Vec<_> = costs.iter().filter_map(|cost| cost.cpu).collect();
    let memory: Vec<_> = costs.iter().filter_map(|cost| cost.memory).collect();
    let cpu = if cpu.is_empty() {
        String::new()
    } else {
        format!("{:.2} s", median(cpu))
    };
    let memory = memory.iter().max();
    let memory = memory.map_or_else(String::new, |kilobytes| format!("{} MB", kilobytes / 1024));
    print_line(format_args!(
        "| {name} | {wall:.2} s | {cpu} | {memory} | {runs} |"
    ));
}

#[expect(clippy::cast_precision_loss)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
