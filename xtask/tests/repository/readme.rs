//! Every command and every block of the README, run. (Its Rust programs are doctests of `alicloud`.)

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use crate::support::{cargo::cargo_outside, xtask};

/// A fenced block: its language and its text.
struct Block {
    language: String,
    text: String,
}

fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap().to_owned()
}

fn blocks() -> Vec<Block> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut blocks = Vec::new();
    let mut pieces = readme.split("```");
    pieces.next();
    while let (Some(inside), _) = (pieces.next(), pieces.next()) {
        let (language, text) = inside.split_once('\n').unwrap();
        blocks.push(Block {
            language: language.to_owned(),
            text: text.to_owned(),
        });
    }
    blocks
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A folder like the root of the repository, as far as the command line looks at it, with the product that the commands
/// are about.
fn workplace() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for folder in [
        "api-spec/ecs",
        "generated-client/products/src/generated/ecs",
        "generated-client/src/generated",
    ] {
        copy(&root().join(folder), &place.path().join(folder));
    }
    let metadata = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/api-docs.json");
    fs::copy(metadata, place.path().join("api-docs.json")).unwrap();
    fs::create_dir_all(place.path().join("my-client/src")).unwrap();
    place
}

fn cargo(arguments: &[String]) -> Output {
    crate::support::cargo::cargo()
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    format!("{}{error}", String::from_utf8_lossy(&output.stdout))
}

/// The words of a command, as a shell takes them: single quotes keep what is in them.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words
}

#[test]
fn every_command_does_what_it_says() {
    let place = workplace();
    let profile = ["--profile", "test"].map(str::to_owned);
    let mut seen = Vec::new();
    for block in blocks().iter().filter(|block| block.language == "sh") {
        for line in block.text.lines() {
            let words = words(line);
            let output = match (words[1].as_str(), words[2].as_str()) {
                // Needs a page and a spec that say the same: `commands/page.rs` has them.
                ("xtask", "page") => continue,
                // It needs the registries of Python and Node; CI runs it after the tests.
                ("xtask", "interop") => continue,
                ("xtask", _) => xtask(place.path(), &words[2..]),
                // With the profile of the tests: for another, all operations would be built again.
                ("run", _) => cargo(&[&words[1..2], &profile, &words[2..]].concat()),
                // What runs this test; that it is what CI runs is tested below.
                ("test", _) => continue,
                _ => panic!("no test knows how to run `{line}`"),
            };
            let shown = text(&output);
            assert_eq!(output.status.code(), Some(0), "`{line}`:\n{shown}");
            let promised = match words[2].as_str() {
                "codegen" if words.contains(&"--check".to_owned()) => "up to date: ",
                "codegen" if words.contains(&"--out".to_owned()) => "1 product, 1 operation: ",
                "codegen" => " files written, ",
                "policy" => "\"ecs:AssignIpv6Addresses\"",
                "explain" => "E0107",
                "status" => "Ecs 2014-05-26",
                "import" => "wrote 2 files in ",
                "drift" => "No drift in 1 operation",
                "--example" if words[3] == "call" => "NetworkInterfaceId = eni-bp1iqejowblx6h8j",
                "--example" if words[3] == "workflow" => "and all of it is gone again",
                "--example" => "Assigned to eni-bp1iqejowblx6h8j:",
                other => panic!("what does `{other}` promise?"),
            };
            assert!(shown.contains(promised), "`{line}`:\n{shown}");
            seen.push(words[2].clone());
        }
    }
    for command in ["codegen", "import", "drift", "policy", "explain", "status"] {
        assert!(
            seen.iter().any(|seen| seen == command),
            "{command} is not in the README"
        );
    }
    let generated = place
        .path()
        .join("my-client/src/generated/demo/describe_things.rs");
    assert!(generated.exists());
}

/// The diagnostic is what is said of a spec that has the line it shows, at the place it shows. That spec is made
/// here: the one of the repository changes with the vendor's documentation.
#[test]
fn the_diagnostic_is_a_real_one() {
    let shown = blocks()
        .into_iter()
        .find(|block| block.text.starts_with("error["))
        .unwrap()
        .text;
    let (_, place) = shown.split_once("--> ").unwrap();
    let (path, place) = place.lines().next().unwrap().split_once(':').unwrap();
    let (number, _) = place.split_once(':').unwrap();
    let line = shown
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{number} | ")))
        .unwrap();

    let place = tempfile::tempdir().unwrap();
    let spec = place.path().join(path);
    fs::create_dir_all(spec.parent().unwrap()).unwrap();
    fs::write(
        spec.parent().unwrap().with_file_name("product.json"),
        r#"{ "product": "Ecs", "version": "2014-05-26", "signatures": ["hmac-sha1"] }"#,
    )
    .unwrap();
    let before = format!(
        r#"{{ "operation": {:?}, "parameters": [
          {{ "name": "Ipv6Address", "type": "array", "items": {{ "type": "string" }} }},
          {{ "name": "Ipv6AddressCount", "type": "integer" }}
        ], "constraints": [{{ "rule": "at-most-one-of","#,
        spec.file_stem().unwrap().to_str().unwrap()
    );
    let number: usize = number.parse().unwrap();
    let empty = "\n".repeat(number - before.lines().count());
    fs::write(
        &spec,
        format!("{before}{empty}{line}\n\"reason\": \"…\" }}] }}\n"),
    )
    .unwrap();

    let output = xtask(place.path(), &["codegen"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = format!("{shown}\n1 error in the specs; nothing was written\n");
    assert_eq!(text(&output), expected);
}

/// The README quotes the command as it was at some time: every edit of a spec changes its figures, so only the words
/// around them are those of today. `UPDATE_README=1 cargo test -p xtask --test repository readme` quotes it anew.
#[test]
fn the_status_has_the_form_that_is_quoted() {
    let said = text(&xtask(&root(), &["status", "--folder", "ecs"]));
    let undated = |line: &str| match line.strip_suffix(" days ago") {
        Some(line) => line.rsplit_once(", ").unwrap().0.to_owned(),
        None => line.to_owned(),
    };
    let said = said.lines().map(undated).collect::<Vec<_>>().join("\n");
    let quoted = blocks()
        .into_iter()
        .find(|block| block.text.starts_with("Ecs 2014-05-26\n"))
        .unwrap();
    let quoted = quoted.text.trim_end();
    if std::env::var_os("UPDATE_README").is_some() {
        let path = root().join("README.md");
        let readme = fs::read_to_string(&path).unwrap();
        fs::write(path, readme.replace(quoted, &said)).unwrap();
        return;
    }
    assert_eq!(form(quoted), form(&said));
}

/// The words of each line, without figures.
fn form(status: &str) -> Vec<Vec<&str>> {
    status
        .lines()
        .map(|line| {
            let words = line.split_whitespace();
            words
                .filter(|word| word.starts_with(char::is_alphabetic))
                .collect()
        })
        .collect()
}

/// The map names what is there, and nothing else is.
#[test]
fn the_map_is_the_repository() {
    let map = blocks()
        .into_iter()
        .find(|block| block.text.starts_with("api-spec/"))
        .unwrap();
    let mut named: Vec<&str> = map
        .text
        .lines()
        .map(|line| line.split('/').next().unwrap())
        .collect();
    named.sort_unstable();
    let mut present: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && name != "target")
        .collect();
    present.sort();
    // The client's inner crates have lines of their own.
    named.dedup();
    assert_eq!(named, present);
}

/// Each product is a feature, and both READMEs list it.
#[test]
fn the_tables_of_products_are_complete() {
    let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let client = read("generated-client/Cargo.toml");
    let operations = read("generated-client/products/Cargo.toml");
    let readmes = ["README.md", "generated-client/README.md"].map(read);
    let mut products = 0;
    for entry in fs::read_dir(root().join("api-spec")).unwrap() {
        let path = entry.unwrap().path();
        if path.join("product.json").is_file() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            for (manifest, feature) in [
                (&client, format!("[\"alicloud-products/{name}\"]")),
                (&operations, "[]".to_owned()),
            ] {
                assert!(
                    manifest.contains(&format!("\n{name} = {feature}\n")),
                    "{name}"
                );
            }
            for readme in &readmes {
                assert!(readme.contains(&format!("\n| `{name}` ")), "{name}");
            }
            products += 1;
        }
    }
    assert!(products > 1);
}

/// `.ci/run` takes its test command from the README, by the same words as this.
#[test]
fn ci_runs_the_test_command() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, after) = readme.split_once("\nRun all tests:\n\n```sh\n").unwrap();
    let (command, _) = after.split_once("\n```").unwrap();
    assert_eq!(command, "cargo test --workspace");
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(ci.contains("/^Run all tests:/"));
    assert!(ci.contains("eval \"$tests\""));
}

/// The README's program in a crate of its own, outside the workspace, with the README's dependencies.
#[test]
fn the_program_runs_in_a_crate_of_its_own() {
    let blocks = blocks();
    let program = blocks
        .iter()
        .find(|block| block.language == "rust" && block.text.contains("fn main"))
        .unwrap();
    let dependencies = blocks
        .iter()
        .find(|block| block.language == "toml")
        .unwrap();
    let dependencies = dependencies.text.strip_prefix("[dependencies]\n").unwrap();
    let client = root().join("generated-client");
    let dependencies = dependencies.replace("\"generated-client\"", &format!("{client:?}"));
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    fs::create_dir_all(place.join("src")).unwrap();
    fs::write(place.join("src/main.rs"), &program.text).unwrap();
    let output = cargo_outside(&place, "outside", &dependencies)
        .args(["run", "--quiet", "--offline"])
        .output()
        .unwrap();
    let shown = text(&output);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("[\"2001:db8:"), "{shown}");
}
