//! The examples as command-line tools: what they do when nobody reads what they write. (What they
//! write is tested where the README's commands are run.)

#[path = "../../xtask/tests/support/cargo.rs"]
mod cargo;

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

use alicloud::{dynamic::DynRecord, validate::check};
use cargo::cargo;
use serde_json::{Value, json};

/// All examples by their names and where they are, as the compiler's messages say: built once.
static EXAMPLES: LazyLock<BTreeMap<String, PathBuf>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = cargo()
        .args(["build", "--message-format", "json", "--examples"])
        // That of the tests: for another, all operations would be built again.
        .args(["--profile", "test"])
        .current_dir(root)
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}");
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|message| message["target"]["kind"] == json!(["example"]));
    messages
        .filter_map(|message| {
            let name = message["target"]["name"].as_str()?.to_owned();
            Some((name, message["executable"].as_str()?.into()))
        })
        .collect()
});

fn example(name: &str) -> &'static Path {
    &EXAMPLES[name]
}

/// Those that need no arguments check what they do; here it is that each runs to its end.
#[test]
fn each_runs() {
    // One is a server that runs until it is ended, one wants to be told what to call.
    let others = ["call", "endpoint"];
    let mut said = BTreeMap::new();
    for (name, program) in &*EXAMPLES {
        if others.contains(&name.as_str()) {
            continue;
        }
        let output = Command::new(program).output().unwrap();
        assert_eq!(told(&output), (Some(0), ""), "{name}");
        said.insert(name.as_str(), String::from_utf8(output.stdout).unwrap());
    }
    let lines = |name: &str| said[name].lines().collect::<Vec<_>>();
    assert_eq!(
        lines("all_regions"),
        ["cn-hangzhou: i-1, i-2", "eu-central-1: i-3"]
    );
    assert_eq!(
        lines("eni_prefixes"),
        [
            "three are wanted: Assigned(3)",
            "one was taken away: Assigned(1)",
            "none is wanted, one is in use: Unassigned(2)",
            "the interface is gone: Stopped(InvalidEniIdNotFound)",
        ]
    );
    assert_eq!(said.len(), EXAMPLES.len() - others.len());
}

/// The permission of an operation is text that nothing but its tables has.
#[test]
fn a_program_has_the_tables_of_what_it_uses_only() {
    let program = std::fs::read(example("stub")).unwrap();
    let actions = program.windows(4).enumerate();
    let actions = actions.filter(|(_, bytes)| *bytes == b"ecs:");
    let actions: Vec<_> = actions.map(|(at, _)| &program[at..]).collect();
    let operations = alicloud::ecs::PRODUCT.operations.iter();
    let linked = operations.filter(|operation| {
        let mut own = operation.permissions.iter();
        own.any(|own| {
            actions
                .iter()
                .any(|at| at.starts_with(own.action.as_bytes()))
        })
    });
    let linked: Vec<_> = linked.map(|operation| operation.name).collect();
    assert_eq!(linked, ["AssignIpv6Addresses"]);
}

#[test]
fn each_says_how_to_run_it() {
    for name in EXAMPLES.keys() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{name}.rs"));
        let source = std::fs::read_to_string(source).unwrap();
        assert!(source.starts_with("//! "), "{name}");
        let command = format!("//! cargo run --example {name}");
        assert!(source.contains(&command), "{name}");
    }
}

/// An operation that needs no parameter, whichever that is.
fn operation() -> &'static str {
    let operations = alicloud::ecs::PRODUCT.operations.iter();
    let mut plain = operations.filter(|operation| {
        DynRecord::from_json(operation.request.get(), &json!({})).is_ok_and(|it| check(&it).is_ok())
    });
    plain.next().unwrap().name
}

fn preview() -> Command {
    let mut command = Command::new(example("call"));
    command.args(["ecs", operation(), "--region", "cn-hangzhou"]);
    command.arg("--print-request");
    command
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn told(output: &Output) -> (Option<i32>, &str) {
    let told = std::str::from_utf8(&output.stderr).unwrap();
    (output.status.code(), told)
}

#[test]
fn that_nobody_reads_the_answer_is_no_failure() {
    for mut command in [preview(), Command::new(example("assign_ipv6_addresses"))] {
        let read = command.output().unwrap();
        assert!(!read.stdout.is_empty());
        assert_eq!(told(&read), (Some(0), ""));

        let unread = command.stdout(closed()).output().unwrap();
        assert_eq!(told(&unread), (Some(0), ""));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn that_an_answer_cannot_be_written_is_a_failure() {
    for (mut command, expected) in [
        (
            preview(),
            "the answer cannot be written: No space left on device (os error 28)\n",
        ),
        (
            Command::new(example("assign_ipv6_addresses")),
            "Error: No space left on device (os error 28)\n",
        ),
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command.stdout(full).output().unwrap();
        assert_eq!(told(&output), (Some(1), expected));
    }
}

#[test]
fn that_nobody_reads_an_error_does_not_change_the_status() {
    let call = example("call");
    for (arguments, status) in [
        (&["nonsense", operation()][..], 2),
        (&["ecs", "Nonsense", "--region", "cn-hangzhou"], 1),
    ] {
        let output = Command::new(call)
            .args(arguments)
            .stderr(closed())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
    }
}

/// Pages, waits and tables, against an endpoint with two instances.
#[cfg(feature = "ecs")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_reads_pages_and_waits() {
    use alicloud::{
        credentials::Credentials,
        ecs,
        fake::{Endpoint, Scenario},
    };

    let scenario = r#"{ "instances": [{ "InstanceId": "i-1" }, { "InstanceId": "i-2" }] }"#;
    let endpoint = Endpoint::builder(&[&ecs::PRODUCT])
        .scenario(Scenario::from_json(scenario).unwrap())
        .start()
        .unwrap();
    endpoint.accept(Credentials::new("LTAI-example", "example"));
    let home = tempfile::tempdir().unwrap();
    let call = |arguments: &[&str]| {
        let output = Command::new(example("call"))
            .args(["ecs", "DescribeInstances", r#"{ "MaxResults": 1 }"#])
            .args(arguments)
            .args(["--endpoint", endpoint.url().as_ref()])
            .env_clear()
            .env("HOME", home.path())
            .env("ALIBABA_CLOUD_REGION_ID", "cn-hangzhou")
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-example")
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "example")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let told = told(&output);
        (told.0, text, told.1.to_owned())
    };
    let fine = |text: &str| (Some(0), text.to_owned(), String::new());
    let running = "InstanceId  Status\ni-1         Running\n";
    let columns = ["--columns", "InstanceId,Status"];
    assert_eq!(call(&columns), fine(running));
    let (status, text, _) = call(&["--all"]);
    let all: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, all.as_array().unwrap().len()), (Some(0), 2));
    assert_eq!(
        call(&["--all", "--columns", "InstanceId, Nothing"]),
        fine("InstanceId  Nothing\ni-1\ni-2\n")
    );
    assert_eq!(
        call(&[&columns[..], &["--wait", "InstanceRunning"]].concat()),
        fine(running)
    );
    let (status, _, said) = call(&["--wait", "InstanceRuning"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(
        said.contains("no waiter `InstanceRuning`; it has `InstanceRunning`"),
        "{said}"
    );
    let (status, _, said) = call(&["--all", "--dry-run"]);
    let first = "one of --all, --wait, --dry-run and --print-request is possible";
    assert_eq!((status, said.lines().next()), (Some(2), Some(first)));
}

/// A program in any language starts it, reads where it is, and ends it.
#[cfg(all(unix, feature = "ecs"))]
#[test]
fn the_endpoint_is_a_process() {
    use std::os::unix::process::ExitStatusExt as _;

    use alicloud::{credentials::Credentials, ecs};

    let mut child = Command::new(example("endpoint"))
        .args(["--product", "ecs", "--log", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let at = line();
    let text = |name: &str| at[name].as_str().unwrap();
    let key = Credentials::new(text("accessKeyId"), text("accessKeySecret"));
    let client = ecs::BlockingClient::builder()
        .region("cn-hangzhou")
        .endpoint(text("url"))
        .credentials(key)
        .build()
        .unwrap();
    client.untyped().call("DescribeRegions", json!({})).unwrap();
    let told = line();
    assert_eq!(told["operation"], "DescribeRegions");
    assert_eq!(told["status"], 200);
    assert_eq!(told["carriedOut"], true);

    let id = child.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

/// The guide's commands for a shell, with the examples as they were built, on a port that is free.
#[cfg(all(unix, feature = "ecs"))]
#[test]
fn the_guides_commands_for_a_shell_work() {
    let guide = include_str!("../runtime/docs/endpoint.md");
    let (_, rest) = guide.split_once("## From a shell\n\n```sh\n").unwrap();
    let (commands, _) = rest.split_once("```").unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = port.local_addr().unwrap().port().to_string();
    drop(port);
    let mut commands = commands.replace("8080", &free);
    for name in ["endpoint", "call"] {
        let program = example(name).display().to_string();
        commands = commands.replace(&format!("cargo run --quiet --example {name} --"), &program);
    }
    let output = Command::new("sh").args(["-e", "-c", &commands]).output();
    let output = output.unwrap();
    assert_eq!(told(&output), (Some(0), ""));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let url = format!("http://127.0.0.1:{free}");
    let first: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(first["url"], url);
    let requests: Value = serde_json::from_str(lines.next_back().unwrap()).unwrap();
    assert_eq!(requests[0]["operation"], "DescribeRegions");
    assert_eq!(requests[0]["status"], 200);
}

/// A product of which there are only specs.
#[cfg(unix)]
/// A shell without job control starts what is in the background with SIGINT ignored.
#[cfg(unix)]
#[test]
fn the_endpoint_ends_on_sigint_in_the_background_too() {
    use std::os::unix::process::ExitStatusExt as _;

    for (trap, signal) in [
        ("trap '' INT", "INT"),
        ("trap - INT", "INT"),
        ("trap - INT", "TERM"),
    ] {
        let mut child = Command::new("sh")
            .args([
                "-c",
                &format!("{trap}; exec \"$0\""),
                example("endpoint").to_str().unwrap(),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut String::new()).unwrap();
        let kill = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(child.id().to_string())
            .status();
        assert!(kill.unwrap().success());
        let status = child.wait().unwrap();
        assert!(
            status.code() == Some(130) || status.signal().is_some(),
            "{trap}, {signal}: {status}"
        );
    }
}

#[test]
fn the_endpoint_serves_specs() {
    use alicloud::{blocking::DynClient, credentials::Credentials};

    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/specs");
    let mut child = Command::new(example("endpoint"))
        .args(["--product", "shop", "--log", "none", "--spec"])
        .arg(&specs)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let at: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let text = |name: &str| at[name].as_str().unwrap();
    let client = DynClient::builder(alicloud_codegen::tables::load(&specs).unwrap()[0])
        .region("cn-hangzhou")
        .endpoint(text("url"))
        .credentials(Credentials::new(
            text("accessKeyId"),
            text("accessKeySecret"),
        ))
        .build()
        .unwrap();
    let bought = client
        .call("BuyGoods", json!({ "GoodsId": ["g-7"] }))
        .unwrap();
    assert_eq!(bought["Goods"], json!({ "GoodsId": ["g-7"] }));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_endpoint_lists_its_options() {
    let output = Command::new(example("endpoint")).arg("--help").output();
    let output = output.unwrap();
    assert_eq!(told(&output), (Some(0), ""));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().next(), Some("usage: endpoint [options]"));
}

#[test]
fn what_is_wrong_with_the_endpoints_arguments_is_said() {
    let products = alicloud::PRODUCTS.iter().map(|product| product.code);
    let products: Vec<_> = products.collect();
    let unknown = format!("unknown product `esc`; known: {}", products.join(", "));
    for (arguments, said) in [
        (&["--port", "x"][..], "`--port x`: a number is wanted"),
        (&["--product", "esc"], unknown.as_str()),
        (
            &["--log", "xml"],
            "`--log xml`: json, text or none is wanted",
        ),
        (
            &["--spec", "/dev/null"],
            "error[E0001]: cannot read `/dev/null`: Not a directory (os error 20)",
        ),
        (&["--seed"], "`--seed` needs a value"),
        (&["--now"], "unknown argument `--now`"),
    ] {
        let output = Command::new(example("endpoint")).args(arguments).output();
        let output = output.unwrap();
        let (status, told) = told(&output);
        assert_eq!((status, told.lines().next()), (Some(2), Some(said)));
    }
}
