//! The scripts of the workflows, with a metadata service on this machine and a `gh` that writes down what it is asked.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
};

const PRODUCT: &str = "{\n  \"product\": \"Library\",\n  \"version\": \"2020-01-01\",\n  \"signatures\": [\"acs3-hmac-sha256\", \"hmac-sha1\"]\n}\n";
const METADATA: &str = r#"{
  "info": { "style": "RPC", "product": "Library", "version": "2020-01-01" },
  "apis": { "BorrowBook": { "methods": ["post"], "parameters": [
    { "name": "Title", "in": "query", "schema": { "type": "string", "required": true } } ], "responses": {} } }
}"#;

const GH: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo "$*" >>"$here/asked"
for word; do
    [ "$previous" = --body-file ] && cp "$word" "$here/body"
    previous=$word
done
if [ "$1 $2" = "issue list" ]; then cat "$here/open"; fi
"#;

struct Place {
    dir: tempfile::TempDir,
    service: String,
}

impl Place {
    /// A repository with the specs of the metadata, a service that answers with `metadata`, and `gh`.
    fn new(metadata: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir_all(root.join("api-spec/library/operations")).unwrap();
        fs::write(root.join("api-spec/library/product.json"), PRODUCT).unwrap();
        fs::write(root.join("first.json"), METADATA).unwrap();
        fs::create_dir(root.join("bin")).unwrap();
        fs::write(root.join("bin/gh"), GH).unwrap();
        fs::set_permissions(root.join("bin/gh"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(root.join("bin/open"), "").unwrap();
        let imported = crate::support::xtask(root, &["import", "first.json"]);
        assert!(imported.status.success(), "{imported:?}");
        let place = Self {
            service: serve(metadata.to_owned()),
            dir,
        };
        place.git(&["init", "--quiet"]);
        place.git(&["add", "api-spec"]);
        place.git(&["commit", "--quiet", "--message", "specs"]);
        place
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=ada",
                "-c",
                "user.email=ada@example.com",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .current_dir(self.root())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn script(&self, name: &str) -> Output {
        let path = std::env::var("PATH").unwrap_or_default();
        Command::new(scripts().join(name))
            .arg("drift")
            .current_dir(self.root())
            .env(
                "PATH",
                format!("{}:{path}", self.root().join("bin").display()),
            )
            .env("XTASK", env!("CARGO_BIN_EXE_xtask"))
            .env("METADATA_URL", &self.service)
            .env("PATCH_URL", "https://example.com/patch")
            .output()
            .unwrap()
    }

    fn asked(&self) -> String {
        let asked = fs::read_to_string(self.root().join("bin/asked")).unwrap();
        let lines = asked.lines().filter(|line| !line.starts_with("issue list"));
        lines.map(|line| format!("{line}\n")).collect()
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/scripts")
}

fn serve(metadata: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 2048];
            let length = stream.read(&mut request).unwrap();
            let wanted = b"GET /products/Library/versions/2020-01-01/api-docs.json ";
            let answer = if request[..length].starts_with(wanted) {
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{metadata}",
                    metadata.len()
                )
            } else {
                "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned()
            };
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

fn text(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    format!("{}{error}", String::from_utf8_lossy(&output.stdout))
}

fn newer() -> String {
    let added =
        r#""BurnBook": { "methods": ["post"], "parameters": [], "responses": {} }, "BorrowBook""#;
    METADATA.replace(r#""BorrowBook""#, added)
}

#[test]
fn a_difference_opens_an_issue_and_then_keeps_it() {
    let place = Place::new(&newer());
    let output = place.script("drift.sh");
    assert_eq!(
        (output.status.code(), text(&output).as_str()),
        (Some(0), "differences: drift/report.md\n")
    );
    let report = fs::read_to_string(place.root().join("drift/report.md")).unwrap();
    assert!(
        report.starts_with("## Library 2020-01-01\n\nNothing breaks users."),
        "{report}"
    );
    assert!(
        report.contains("- **1 new operation**: BurnBook\n"),
        "{report}"
    );
    // The specs are as they were, and the patch makes them what the metadata says.
    assert_eq!(place.git(&["status", "--short", "--", "api-spec"]), "");
    assert!(
        !place
            .root()
            .join("api-spec/library/operations/BurnBook.json")
            .exists()
    );
    place.git(&["apply", "--check", "drift/specs.patch"]);
    let patch = fs::read_to_string(place.root().join("drift/specs.patch")).unwrap();
    assert!(
        patch.contains("+++ b/api-spec/library/operations/BurnBook.json"),
        "{patch}"
    );

    let output = place.script("issue.sh");
    assert!(output.status.success(), "{}", text(&output));
    let asked = place.asked();
    let lines: Vec<&str> = asked.lines().collect();
    assert!(
        lines[0].starts_with("label create metadata-drift --description "),
        "{asked}"
    );
    let create = "issue create --label metadata-drift --title The vendor's metadata has moved on --body-file ";
    assert!(lines[1].starts_with(create), "{asked}");
    let body = fs::read_to_string(place.root().join("bin/body")).unwrap();
    assert!(
        body.contains("[the patch](https://example.com/patch)"),
        "{body}"
    );
    assert!(body.ends_with(&report), "{body}");

    fs::write(place.root().join("bin/open"), "7\n").unwrap();
    fs::remove_file(place.root().join("bin/asked")).unwrap();
    let output = place.script("issue.sh");
    assert!(output.status.success(), "{}", text(&output));
    let edit = "issue edit 7 --title The vendor's metadata has moved on --body-file ";
    assert!(place.asked().starts_with(edit), "{}", place.asked());
}

#[test]
fn agreement_closes_the_issue() {
    let place = Place::new(METADATA);
    // What an earlier run left behind counts for nothing.
    fs::create_dir(place.root().join("drift")).unwrap();
    fs::write(place.root().join("drift/report.md"), "old").unwrap();
    let output = place.script("drift.sh");
    assert_eq!(
        (output.status.code(), text(&output).as_str()),
        (Some(0), "no differences\n")
    );
    assert!(!place.root().join("drift").exists());
    let output = place.script("issue.sh");
    assert_eq!(
        (output.status.code(), text(&output).as_str()),
        (Some(0), "nothing differs, and no issue is open\n")
    );
    fs::write(place.root().join("bin/open"), "7\n").unwrap();
    assert!(place.script("issue.sh").status.success());
    assert_eq!(
        place.asked(),
        "issue close 7 --comment The specs and the metadata agree again.\n"
    );
}

#[test]
fn what_cannot_be_compared_fails() {
    let place = Place::new("no metadata");
    let output = place.script("drift.sh");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(
        text(&output).contains("this is not API metadata"),
        "{}",
        text(&output)
    );

    let place = Place::new(&newer());
    fs::write(
        place.root().join("api-spec/library/operations/New.json"),
        "{}",
    )
    .unwrap();
    let output = place.script("drift.sh");
    let expected = "error: api-spec/ has changes that are not committed\n";
    assert_eq!(
        (output.status.code(), text(&output).as_str()),
        (Some(2), expected)
    );
    assert!(
        place
            .root()
            .join("api-spec/library/operations/New.json")
            .exists()
    );
}

#[test]
fn a_long_report_is_cut_at_a_line() {
    let place = Place::new(METADATA);
    fs::create_dir(place.root().join("drift")).unwrap();
    fs::write(
        place.root().join("drift/report.md"),
        "a line of the report\n".repeat(10_000),
    )
    .unwrap();
    let output = place.script("issue.sh");
    assert!(output.status.success(), "{}", text(&output));
    let body = fs::read_to_string(place.root().join("bin/body")).unwrap();
    assert!(body.len() < 65_536, "{}", body.len());
    let end = "a line of the report\n\n*The rest is in `report.md` beside the patch.*\n";
    assert!(body.ends_with(end), "{}", &body[body.len() - 200..]);
}

/// What the workflows call is there and can be run, and their tests are the README's.
#[test]
fn the_workflows_call_what_is_there() {
    let folder = scripts().join("../workflows");
    let mut scripts_called = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines() {
            let Some((_, command)) = line.split_once("run: ") else {
                continue;
            };
            let program = command.split(' ').next().unwrap_or_default();
            if program.starts_with('.') {
                let path = scripts().join("../..").join(program);
                let mode = fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o111, 0o111, "{program}");
                scripts_called += 1;
            }
        }
    }
    assert_eq!(scripts_called, 3);
    let ci = fs::read_to_string(folder.join("ci.yml")).unwrap();
    let readme = fs::read_to_string(scripts().join("../../README.md")).unwrap();
    let (_, rest) = readme.split_once("Run all tests:\n\n```sh\n").unwrap();
    let tests = rest.lines().next().unwrap();
    assert!(ci.contains(&format!("- run: {tests}\n")), "{tests}");
}
