//! `cargo xtask release-notes`, between folders and between revisions of a repository.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::support::run;

const PRODUCT: &str =
    r#"{ "product": "Library", "version": "2020-01-01", "signatures": ["acs3-hmac-sha256"] }"#;
const BORROW: &str = r#"{
  "operation": "BorrowBook",
  "parameters": [
    { "name": "Title", "type": "string", "required": true },
    { "name": "Author", "$ref": "../types/Author.json" }
  ]
}"#;
const AUTHOR: &str = r#"{ "type": "object", "properties": { "Name": { "type": "string", "maxLength": 9 }, "Born": { "type": "integer" } } }"#;

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join("library").join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn library(root: &Path) {
    write(root, "product.json", PRODUCT);
    write(root, "operations/BorrowBook.json", BORROW);
    write(root, "types/Author.json", AUTHOR);
}

/// A shared type changes, and with it the operation that refers to it.
fn change(root: &Path) {
    write(root, "types/Author.json", &AUTHOR.replace("Born", "Year"));
    let borrow = BORROW.replace(
        r#""type": "string""#,
        r#""type": "string", "maxLength": 40"#,
    );
    write(root, "operations/BorrowBook.json", &borrow);
}

const NOTES: &str = "\
## [0.2.0]

From 0.1.0 to 0.2.0: 1 breaking change, each with what to write instead.

### Breaking

#### `library`

- **BorrowBook**: field `Author.Born` is gone; drop `.born(…)`

### Added

#### `library`

- **BorrowBook**: new optional field `Author.Year` (integer)

### Changed: stricter checks

*Such requests are refused before they are sent, as the vendor documents it; `skip_validation` sends them anyway.*

#### `library`

- **BorrowBook**: parameter `Title` has the maximum length 40
";

fn git(root: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=ada", "-c", "user.email=ada@example.com"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(root)
        .stdout(Stdio::null())
        .status();
    assert!(done.unwrap().success(), "git {arguments:?}");
}

#[test]
fn between_folders() {
    let place = tempfile::tempdir().unwrap();
    for folder in ["old", "api-spec"] {
        library(&place.path().join(folder));
    }
    let nothing = (Some(0), "Nothing changed: 0.1.0 stays.\n".to_owned());
    assert_eq!(
        run(
            place.path(),
            &["release-notes", "old", "--version", "0.1.0"]
        ),
        nothing
    );
    change(&place.path().join("api-spec"));
    let notes = (Some(0), NOTES.to_owned());
    assert_eq!(
        run(
            place.path(),
            &["release-notes", "old", "--version", "0.1.0"]
        ),
        notes
    );
    // The same, for tools.
    let arguments = [
        "release-notes",
        "old",
        "--version",
        "1.4.0",
        "--format",
        "json",
    ];
    let (status, text) = run(place.path(), &arguments);
    assert_eq!(status, Some(0), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["version"], "1.4.0");
    assert_eq!(json["next"], "2.0.0");
    assert_eq!(json["release"]["bump"], "major");
    let entry = &json["release"]["changed"]["library"]["entries"][0];
    let keys: Vec<&String> = entry.as_object().unwrap().keys().collect();
    let all = [
        "effect",
        "operation",
        "at",
        "side",
        "fact",
        "text",
        "instead",
        "old",
        "new",
    ];
    assert_eq!(keys, all);
    assert_eq!(entry["effect"], "breaking");
    assert_eq!(entry["instead"], "drop `.born(…)`");
}

#[test]
fn since_a_revision() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    // The specs need not be at the top.
    let specs = root.join("inner/api-spec");
    library(&specs);
    git(root, &["init", "--quiet"]);
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "the old state"]);
    git(root, &["tag", "v1"]);
    change(&specs);
    let inner = root.join("inner");
    let notes = (Some(0), NOTES.to_owned());
    for revision in ["v1", "HEAD"] {
        let arguments = ["release-notes", revision, "--version", "0.1.0"];
        assert_eq!(run(&inner, &arguments), notes);
    }
    // Nothing was staged on the way.
    let status = Command::new("git")
        .args(["status", "--short"])
        .current_dir(root)
        .output();
    let status = String::from_utf8(status.unwrap().stdout).unwrap();
    assert_eq!(
        status,
        " M inner/api-spec/library/operations/BorrowBook.json\n M inner/api-spec/library/types/Author.json\n"
    );
}

#[test]
fn what_is_no_older_state() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    library(&root.join("api-spec"));
    fs::create_dir(root.join("empty")).unwrap();
    git(root, &["init", "--quiet"]);
    git(
        root,
        &[
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "no specs",
        ],
    );
    let (status, text) = run(root, &["release-notes", "empty"]);
    assert_eq!(
        (status, text.as_str()),
        (Some(1), "error: empty: there are no specs\n")
    );
    for revision in ["v9", "HEAD", "--output=x"] {
        let (status, text) = run(root, &["release-notes", "--", revision]);
        assert_eq!(status, Some(1), "{text}");
        let expected = format!(
            "error: `{revision}` is neither a folder nor a git revision with specs\nfatal: "
        );
        assert!(text.starts_with(&expected), "{text}");
    }
    let (status, text) = run(root, &["release-notes", "HEAD", "--spec", "empty"]);
    assert_eq!(
        (status, text.as_str()),
        (Some(1), "error: empty: there are no specs\n")
    );
    // A state that cannot be read is told with its places.
    write(&root.join("old"), "product.json", PRODUCT);
    write(
        &root.join("old"),
        "operations/BorrowBook.json",
        "{ \"operation\": 7 }",
    );
    let (status, text) = run(root, &["release-notes", "old"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.starts_with("error: old/library/operations/BorrowBook.json:1:"),
        "{text}"
    );
    let specs = root.join("api-spec");
    write(&specs, "operations/BorrowBook.json", "{ \"operation\": 7 }");
    git(root, &["add", "api-spec"]);
    git(
        root,
        &["commit", "--quiet", "--message", "specs of another form"],
    );
    library(&specs);
    let (status, text) = run(root, &["release-notes", "HEAD"]);
    let expected = "error: the specs of `HEAD` cannot be read as specs of today; name a later revision, \
                    or a folder with them in today's form\n\
                    library/operations/BorrowBook.json:1:16: invalid type: integer `7`, expected a string at line 1 column 16\n";
    assert_eq!((status, text.as_str()), (Some(1), expected));
}
