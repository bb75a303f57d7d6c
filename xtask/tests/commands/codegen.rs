//! `codegen` and `codegen --check` as commands: what they print, what they write, their exit status.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::support::run;

const PRODUCT: &str =
    r#"{ "product": "Shop", "version": "2020-01-01", "signatures": ["hmac-sha1"] }"#;
const BUY: &str = r#"{ "operation": "BuyGoods", "parameters": [{ "name": "Id", "type": "string", "maxLength": 8 }] }"#;
const LIST: &str = r#"{ "operation": "ListGoods", "access": "read" }"#;

fn generate(dir: &Path) -> (Option<i32>, String) {
    let (status, printed) = run(
        dir,
        &["codegen", "--spec", "specs", "--out", "src/generated"],
    );
    // The time is another each time.
    let end = printed.rfind(", in ").unwrap_or(printed.len());
    (status, printed[..end].to_owned())
}

fn check(dir: &Path) -> (Option<i32>, String) {
    run(
        dir,
        &[
            "codegen",
            "--check",
            "--spec",
            "specs",
            "--out",
            "src/generated",
        ],
    )
}

fn workplace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let operations = dir.path().join("specs/shop/operations");
    fs::create_dir_all(&operations).unwrap();
    fs::write(dir.path().join("specs/shop/product.json"), PRODUCT).unwrap();
    fs::write(operations.join("BuyGoods.json"), BUY).unwrap();
    fs::write(operations.join("ListGoods.json"), LIST).unwrap();
    dir
}

#[test]
fn one_line_tells_what_was_done() {
    let dir = workplace();
    let dir = dir.path();
    let line = "1 product, 2 operations: 8 files written, 0 unchanged, 0 removed";
    assert_eq!(generate(dir), (Some(0), line.to_owned()));
    let line = "1 product, 2 operations: 0 files written, 8 unchanged, 0 removed";
    assert_eq!(generate(dir), (Some(0), line.to_owned()));
    assert_eq!(check(dir), (Some(0), "up to date: 8 files\n".to_owned()));
    fs::remove_file(dir.join("specs/shop/operations/ListGoods.json")).unwrap();
    let line = "1 product, 1 operation: 1 file written, 6 unchanged, 1 removed";
    assert_eq!(generate(dir), (Some(0), line.to_owned()));
}

#[test]
fn check_lists_everything_and_names_the_remedy() {
    let dir = workplace();
    let dir = dir.path();
    generate(dir);
    let at = |path: &str| dir.join("src/generated").join(path);
    fs::write(
        dir.join("specs/shop/operations/BuyGoods.json"),
        BUY.replace('8', "9"),
    )
    .unwrap();
    fs::remove_file(at("shop/list_goods.rs")).unwrap();
    fs::write(at("shop/left_over.rs"), "// @generated\n").unwrap();
    fs::write(dir.join("specs/schema/product.schema.json"), "{}\n").unwrap();
    let before = fs::read(at("shop/buy_goods.rs")).unwrap();

    let (status, printed) = check(dir);
    assert_eq!(status, Some(1));
    let diff = printed.split("product.schema.json").next().unwrap();
    insta::assert_snapshot!(diff, @r#"
    stale: src/generated/shop/buy_goods.rs
    @@ -11,3 +11,3 @@
         ///
    -    /// At most 8 characters.
    +    /// At most 9 characters.
         pub id: Option<String>,
    @@ -52,3 +52,3 @@
             BuyGoods
    -            Id string chars=..8
    +            Id string chars=..9
             BuyGoodsResponse

    unexpected: src/generated/shop/left_over.rs
    missing: src/generated/shop/list_goods.rs
    stale: specs/schema/
    "#);
    assert!(
        printed.ends_with(
            "\n4 files not up to date; `cargo xtask codegen --spec specs --out src/generated` mends it\n"
        ),
        "{printed}"
    );
    assert_eq!(
        fs::read(at("shop/buy_goods.rs")).unwrap(),
        before,
        "nothing is written"
    );
    assert!(!at("shop/list_goods.rs").exists());

    generate(dir);
    assert_eq!(check(dir), (Some(0), "up to date: 8 files\n".to_owned()));
}

#[test]
fn nothing_is_written_where_anything_is_wrong() {
    let dir = workplace();
    let dir = dir.path();
    fs::write(
        dir.join("specs/shop/operations/BuyGoods.json"),
        r#"{ "operation": "BuyGoods", "parameters": [{ "name": "Id", "type": "text" }] }"#,
    )
    .unwrap();
    for command in [generate(dir), check(dir)] {
        let (status, printed) = command;
        assert_eq!(status, Some(1));
        insta::allow_duplicates! { insta::assert_snapshot!(printed, @r#"
        error[E0014]: unknown type `text`
         --> specs/shop/operations/BuyGoods.json:1:67
          |
        1 | { "operation": "BuyGoods", "parameters": [{ "name": "Id", "type": "text" }] }
          |                                                                   ^^^^^^ no such type
          |
          = help: the types are `string`, `integer`, `number`, `boolean`, `array`, `object`, `any`

        1 error in the specs; nothing was written
        "#) };
    }
    assert!(!dir.join("src").exists());
    assert!(!dir.join("specs/schema").exists());
}

#[test]
fn a_file_of_somebody_else_is_told() {
    let dir = workplace();
    let dir = dir.path();
    fs::create_dir_all(dir.join("src/generated")).unwrap();
    fs::write(dir.join("src/generated/mine.rs"), "fn mine() {}\n").unwrap();
    let expected = "error: src/generated/mine.rs was not generated, but the folder is the generator's own; move it elsewhere\n";
    assert_eq!(generate(dir), (Some(1), expected.to_owned()));
    let (status, printed) = check(dir);
    assert_eq!(status, Some(1));
    assert!(
        printed.contains("unexpected: src/generated/mine.rs\n"),
        "{printed}"
    );
    assert_eq!(fs::read_dir(dir.join("src/generated")).unwrap().count(), 1);
}

/// Without `--out`: the client of this repository, whose operations are a crate of their own.
#[test]
fn both_folders_of_the_own_client_are_written_or_neither() {
    let dir = workplace();
    let dir = dir.path();
    let codegen = |more: &[&str]| {
        let (status, printed) = run(dir, &[&["codegen", "--spec", "specs"], more].concat());
        let end = printed.rfind(", in ").unwrap_or(printed.len());
        (status, printed[..end].to_owned())
    };
    let operations = dir.join("generated-client/products/src/generated");
    let clients = dir.join("generated-client/src/generated");
    for (folder, other) in [(&operations, &clients), (&clients, &operations)] {
        let mine = folder.join("mine.rs");
        fs::create_dir_all(folder).unwrap();
        fs::write(&mine, "fn mine() {}\n").unwrap();
        let name = mine.strip_prefix(dir).unwrap().display();
        let expected = format!(
            "error: {name} was not generated, but the folder is the generator's own; move it elsewhere\n"
        );
        assert_eq!(codegen(&[]), (Some(1), expected));
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
        assert!(!other.exists());
        let (status, printed) = codegen(&["--check"]);
        assert_eq!(status, Some(1));
        assert!(
            printed.contains(&format!("unexpected: {name}\n")),
            "{printed}"
        );
        fs::remove_dir_all(dir.join("generated-client")).unwrap();
    }
    let line = "1 product, 2 operations: 10 files written, 0 unchanged, 0 removed";
    assert_eq!(codegen(&[]), (Some(0), line.to_owned()));
    let check = || codegen(&["--check"]);
    assert_eq!(check(), (Some(0), "up to date: 10 files\n".to_owned()));
    for path in [
        operations.join("shop/buy_goods.rs"),
        clients.join("shop.rs"),
    ] {
        fs::remove_file(&path).unwrap();
        let expected = format!(
            "missing: {}\n\n1 file not up to date; `cargo xtask codegen --spec specs` mends it\n",
            path.strip_prefix(dir).unwrap().display()
        );
        assert_eq!(check(), (Some(1), expected));
        let line = "1 product, 2 operations: 1 file written, 9 unchanged, 0 removed";
        assert_eq!(codegen(&[]), (Some(0), line.to_owned()));
    }
    let (status, printed) = codegen(&["--runtime", "mine"]);
    assert_eq!(status, Some(2), "{printed}");
    assert!(printed.contains("--out <DIR>"), "{printed}");
}

#[test]
fn warnings_are_told_and_keep_nothing_from_being_written() {
    let dir = workplace();
    let dir = dir.path();
    let described = BUY.replace(
        r#""maxLength": 8"#,
        r#""maxLength": 8, "description": "1 to 9 characters.""#,
    );
    fs::write(dir.join("specs/shop/operations/BuyGoods.json"), &described).unwrap();
    let (status, printed) = generate(dir);
    assert_eq!(status, Some(0));
    insta::assert_snapshot!(printed, @r#"
    warning[W0501]: the description says 1 to 9, the limits say at most 8
     --> specs/shop/operations/BuyGoods.json:1:109
      |
    1 | { "operation": "BuyGoods", "parameters": [{ "name": "Id", "type": "string", "maxLength": 8, "description": "1 to 9 characters." }] }
      |                                                                                          - this is checked  ^^^^^^ the description says this
      |
      = help: correct either, or leave the range out of the description: the documentation states the limits

    1 warning in the specs
    1 product, 2 operations: 8 files written, 0 unchanged, 0 removed
    "#);
    assert!(
        check(dir)
            .1
            .ends_with("1 warning in the specs\nup to date: 8 files\n")
    );

    // Beside errors they are counted for themselves.
    let wrong = described.replace(r#""operation""#, r#""reviewed": "today", "operation""#);
    fs::write(dir.join("specs/shop/operations/BuyGoods.json"), wrong).unwrap();
    let (status, printed) = generate(dir);
    assert_eq!(status, Some(1));
    let end = "\n1 error and 1 warning in the specs; nothing was written\n";
    assert!(printed.ends_with(end), "{printed}");
}

#[test]
fn a_folder_that_was_not_meant_is_told_with_the_one_that_was() {
    let dir = workplace();
    let dir = dir.path();
    let inner = dir.join("specs/shop/operations");
    let found = |at: &Path, spec: &str| {
        let (status, printed) = run(at, &["codegen", "--check", "--spec", spec]);
        assert_eq!(status, Some(1), "{printed}");
        printed
    };
    let one_product = |given: &str, meant: &str| {
        format!(
            "error[E0005]: this is one product or a part of it, not the folder of all specs\n--> {given}\n \
             = help: did you mean `{meant}`?\n\n1 error in the specs; nothing was written\n"
        )
    };
    for (at, given, meant) in [
        (dir, "specs/shop", "specs"),
        (dir, "specs/shop/", "specs"),
        (dir, "specs/shop/operations", "specs"),
        (&dir.join("specs"), "shop", "."),
        (&dir.join("specs/shop"), ".", ".."),
        (&inner, ".", "../.."),
        (&inner, "..", "../.."),
    ] {
        assert_eq!(found(at, given), one_product(given, meant));
    }
    assert_eq!(
        found(dir, "."),
        "error[E0005]: this folder holds no product\n--> .\n = help: did you mean `./specs`?\n\n\
         1 error in the specs; nothing was written\n"
    );
    assert_eq!(
        found(dir, "spec"),
        "error[E0001]: cannot read `spec`: there is no such folder\n--> spec\n \
         = help: did you mean `specs`?\n\n1 error in the specs; nothing was written\n"
    );
    let metadata =
        r#"{ "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" }, "apis": {} }"#;
    fs::write(dir.join("api-docs.json"), metadata).unwrap();
    for command in ["import", "drift"] {
        assert_eq!(
            run(dir, &[command, "api-docs.json", "--spec", "specs/shop"]),
            (
                Some(2),
                "error: `specs/shop` is one product, not the folder of all specs; did you mean `--spec specs`?\n"
                    .to_owned()
            )
        );
    }
}

/// The defaults are those of the workspace, wherever a command is called in it.
#[test]
fn every_command_works_from_a_folder_within() {
    let dir = workplace();
    let dir = dir.path();
    fs::rename(dir.join("specs"), dir.join("api-spec")).unwrap();
    fs::create_dir_all(dir.join("generated-client/src/deep")).unwrap();
    let within = dir.join("generated-client/src/deep");
    assert_eq!(run(dir, &["codegen"]).0, Some(0));
    assert_eq!(
        run(&within, &["codegen", "--check"]),
        (Some(0), "up to date: 10 files\n".to_owned())
    );
    let at = dir.join("api-spec/shop/operations");
    assert_eq!(
        run(&at, &["codegen", "--check", "--spec", "../.."]),
        (Some(0), "up to date: 10 files\n".to_owned())
    );
    let metadata = r#"{ "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
      "apis": { "BuyGoods": { "methods": ["post"], "parameters": [], "responses": {} } } }"#;
    fs::write(within.join("api-docs.json"), metadata).unwrap();
    let (status, printed) = run(&within, &["import", "api-docs.json", "--dry-run"]);
    assert_eq!(status, Some(0));
    assert!(
        printed.contains(" in ../../../api-spec/shop\n"),
        "{printed}"
    );
    assert_eq!(run(&within, &["drift", "api-docs.json"]).0, Some(1));
    fs::write(
        at.join("BuyGoods.json"),
        BUY.replace("Id\"", "Id\", \"in\": 1"),
    )
    .unwrap();
    let (_, printed) = run(&within, &["codegen"]);
    assert!(
        printed.contains("--> ../../../api-spec/shop/operations/BuyGoods.json:1:"),
        "{printed}"
    );
}

#[test]
fn a_policy_is_printed_whole_or_not_at_all() {
    let dir = workplace();
    let dir = dir.path();
    let permission =
        r#""permissions": [{ "action": "shop:BuyGoods", "access": "create" }], "operation""#;
    fs::write(
        dir.join("specs/shop/operations/BuyGoods.json"),
        BUY.replace(r#""operation""#, permission),
    )
    .unwrap();
    let policy = |operations: &[&str], folder: &str| {
        let args = [
            &["policy", "--spec", "specs", "--folder", folder],
            operations,
        ]
        .concat();
        run(dir, &args)
    };
    let (status, printed) = policy(&["BuyGoods"], "shop");
    assert_eq!(status, Some(0));
    assert!(printed.contains(r#""Action": ["#), "{printed}");
    for (operations, folder, status, expected) in [
        (
            &["BuyGoods", "BuyGods", "Weather"][..],
            "shop",
            1,
            "error: `shop` has no operation `BuyGods`; did you mean `BuyGoods`?\n\
             error: `shop` has no operation `Weather`\n",
        ),
        (
            &["BuyGoods", "ListGoods"],
            "shop",
            1,
            "error: the spec of `ListGoods` lists no permission\n",
        ),
        (
            &["BuyGoods"],
            "shopp",
            2,
            "error: there is no product `shopp` in the specs; did you mean `shop`?\n",
        ),
    ] {
        assert_eq!(
            policy(operations, folder),
            (Some(status), expected.to_owned())
        );
    }
}

#[test]
fn the_runtime_may_have_another_name() {
    let dir = workplace();
    let dir = dir.path();
    let args = ["codegen", "--spec", "specs", "--out", "out", "--runtime"];
    let (status, printed) = run(dir, &[&args[..], &["my::cloud"]].concat());
    assert_eq!(status, Some(0), "{printed}");
    let text = fs::read_to_string(dir.join("out/shop/buy_goods.rs")).unwrap();
    assert!(text.contains("\nuse my::cloud::rt::*;\n"), "{text}");
    let (status, printed) = run(dir, &[&args[..], &["my cloud"]].concat());
    let expected =
        "error: `my cloud` is not a path to the runtime crate; expected one such as `alicloud`\n";
    assert_eq!((status, printed.as_str()), (Some(1), expected));
}

#[test]
fn products_addressed_by_paths_are_declined_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let metadata = r#"{ "version": "1.0", "info": { "style": "ROA", "product": "CS", "version": "2015-12-15" },
      "apis": { "DescribeClusters": { "path": "/clusters", "methods": ["get"], "parameters": [] } } }"#;
    fs::write(dir.join("api-docs.json"), metadata).unwrap();
    let expected = "error: api-docs.json: CS 2015-12-15 is in the ROA style (REST paths); only products in the RPC style can be generated\n";
    let (status, printed) = run(dir, &["import", "api-docs.json"]);
    assert_eq!((status, printed.as_str()), (Some(2), expected));
    // Without the style, the paths tell.
    fs::write(
        dir.join("api-docs.json"),
        metadata.replace(r#""style": "ROA", "#, ""),
    )
    .unwrap();
    let (status, printed) = run(dir, &["import", "api-docs.json"]);
    assert_eq!((status, printed.as_str()), (Some(2), expected));
    assert!(!dir.join("api-spec").exists());
}

#[test]
fn a_reader_that_has_gone_is_no_panic() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("explain")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

/// A checkout with CRLF is told in one line.
#[test]
fn line_ends_of_a_checkout_are_one_line() {
    let dir = workplace();
    let dir = dir.path();
    generate(dir);
    let all = [
        "mod.rs",
        "shop/mod.rs",
        "shop/client.rs",
        "shop/buy_goods.rs",
    ];
    for path in all
        .into_iter()
        .filter(|path| dir.join("src/generated").join(path).exists())
    {
        let path = dir.join("src/generated").join(path);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace('\n', "\r\n")).unwrap();
    }
    let (status, printed) = check(dir);
    assert_eq!(status, Some(1));
    assert_eq!(
        printed,
        "line endings: 3 files with CRLF where LF is generated, and no other difference; `* text eol=lf` in `.gitattributes` keeps them\n\n\
         3 files not up to date; `cargo xtask codegen --spec specs --out src/generated` mends it\n"
    );
    // The same in a spec is nothing to speak of.
    let spec = dir.join("specs/shop/operations/BuyGoods.json");
    fs::write(&spec, BUY.replace(", ", ",\r\n")).unwrap();
    generate(dir);
    assert_eq!(check(dir), (Some(0), "up to date: 8 files\n".to_owned()));
}

/// The remedy is printed only where it is one, and can be pasted.
#[test]
fn what_mends_it_does() {
    let dir = workplace();
    let dir = dir.path();
    fs::rename(dir.join("specs"), dir.join("my specs")).unwrap();
    let run = |arguments: &[&str]| {
        let first = ["codegen", "--spec", "my specs", "--out", "it's/gen"];
        run(dir, &[&first, arguments].concat())
    };
    assert_eq!(run(&[]).0, Some(0));
    fs::remove_file(dir.join("it's/gen/shop/list_goods.rs")).unwrap();
    let command = r"`cargo xtask codegen --spec 'my specs' --out 'it'\''s/gen'`";
    assert_eq!(
        run(&["--check"]),
        (
            Some(1),
            format!("missing: it's/gen/shop/list_goods.rs\n\n1 file not up to date; {command} mends it\n").replace(r"\", "/")
        )
    );
    fs::write(dir.join("it's/gen/mine.rs"), "fn mine() {}\n").unwrap();
    let (status, printed) = run(&["--check"]);
    assert_eq!(status, Some(1));
    let expected = format!(
        "\n2 files not up to date; move elsewhere what was not generated (it's/gen/mine.rs), then {command} mends the rest\n"
    );
    assert!(printed.ends_with(&expected.replace(r"\", "/")), "{printed}");
    fs::rename(dir.join("it's/gen/mine.rs"), dir.join("mine.rs")).unwrap();
    run(&[]);
    fs::rename(dir.join("mine.rs"), dir.join("it's/gen/mine.rs")).unwrap();
    assert_eq!(
        run(&["--check"]).1,
        "unexpected: it's/gen/mine.rs\n\n1 file not up to date; move elsewhere what was not generated (it's/gen/mine.rs)\n"
    );
}

/// However the folder of specs is addressed, the files are the same.
#[test]
fn the_folder_of_specs_has_one_name() {
    let dir = workplace();
    let dir = dir.path();
    let specs = dir.join("specs");
    let absolute = specs.to_str().unwrap();
    run(dir, &["codegen", "--spec", "specs", "--out", "out"]);
    let expected = fs::read(dir.join("out/shop/buy_goods.rs")).unwrap();
    for (here, spec) in [
        (specs.as_path(), "."),
        (&specs, "./"),
        (&specs, "../specs"),
        (&specs.join("shop"), ".."),
        (dir, absolute),
        (dir, "specs/shop/.."),
    ] {
        let out = tempfile::tempdir().unwrap();
        let to = out.path().to_str().unwrap();
        let (status, printed) = run(here, &["codegen", "--spec", spec, "--out", to]);
        assert_eq!(status, Some(0), "{spec}: {printed}");
        assert_eq!(
            fs::read(out.path().join("shop/buy_goods.rs")).unwrap(),
            expected,
            "{spec}"
        );
    }
}

/// Specs that cannot be written to can be generated from.
#[cfg(unix)]
#[test]
fn read_only_specs_are_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = workplace();
    let dir = dir.path();
    let mode = |mode| fs::set_permissions(dir.join("specs"), fs::Permissions::from_mode(mode));
    mode(0o555).unwrap();
    let (status, printed) = generate(dir);
    mode(0o755).unwrap();
    assert_eq!(status, Some(0), "{printed}");
    assert!(dir.join("src/generated/shop/buy_goods.rs").exists());

    // What cannot be written there is not asked for either.
    let schemas = dir.join("specs/schema");
    let _ = fs::remove_dir_all(&schemas);
    mode(0o555).unwrap();
    let (status, printed) = check(dir);
    mode(0o755).unwrap();
    assert_eq!(status, Some(0), "{printed}");
    let note = "note: 4 JSON Schemas for editors not up to date; the folder of the specs cannot be written to\n\
                up to date: 4 files\n";
    assert_eq!(printed, note);
    // Where they can be written, they are.
    let (status, printed) = check(dir);
    assert_eq!(status, Some(1), "{printed}");
    assert!(printed.contains("missing: "), "{printed}");
}

/// A user who may not write, where the mode says that the owner may.
#[cfg(unix)]
#[test]
fn specs_of_another_user_are_read() {
    use std::os::unix::{fs::PermissionsExt as _, process::CommandExt as _};

    let dir = workplace();
    let path = dir.path();
    let own = path.join("own");
    fs::create_dir(&own).unwrap();
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
    open(&own);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    for check in [None, Some("--check")] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.current_dir(path);
        command.args(["codegen", "--spec", "specs", "--out", "own/generated"]);
        command.args(check);
        // Only the superuser can become another one, or write in spite of every mode.
        command.uid(65_534);
        let Ok(output) = command.output() else {
            return;
        };
        let printed = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{printed}");
        assert!(printed.starts_with("note: "), "{printed}");
    }
}

/// Two commands at once both succeed, and what a killed one left goes.
#[test]
fn commands_at_once_both_succeed() {
    for _ in 0..5 {
        let dir = workplace();
        let dir = dir.path();
        fs::create_dir_all(dir.join("src/generated/shop")).unwrap();
        fs::write(
            dir.join("src/generated/shop/.buy_goods.rs.4242.tmp"),
            "// @gen",
        )
        .unwrap();
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| generate(dir))).collect();
            for run in runs {
                let (status, printed) = run.join().unwrap();
                assert_eq!(status, Some(0), "{printed}");
            }
        });
        assert_eq!(check(dir), (Some(0), "up to date: 8 files\n".to_owned()));
        let names: Vec<_> = fs::read_dir(dir.join("src/generated/shop"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with('.'))
            .collect();
        assert_eq!(names, [""; 0]);
    }
}

#[test]
fn findings_are_annotations_of_a_pull_request() {
    let dir = workplace();
    let dir = dir.path();
    let github = |more: &[&str]| {
        let arguments = [
            "codegen",
            "--spec",
            "specs",
            "--out",
            "src/generated",
            "--format",
            "github",
        ];
        let output = crate::support::xtask(dir, &[&arguments, more].concat());
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    // What is not generated yet is said file by file.
    let (status, printed) = github(&["--check"]);
    assert_eq!(status, Some(1));
    let line = "::error file=src/generated/shop/buy_goods.rs,title=not up to date::the file is missing; \
                `cargo xtask codegen --spec specs --out src/generated` mends it\n";
    assert!(printed.contains(line), "{printed}");
    // A mistake is said at its place; what would end the message or the place is escaped.
    let wrong = "{\n  \"operation\": \"BuyGoods\",\n  \"parameters\": [{ \"name\": \"Id\", \"type\": \"strnig\" }]\n}";
    fs::write(dir.join("specs/shop/operations/BuyGoods.json"), wrong).unwrap();
    let (status, printed) = github(&[]);
    assert_eq!(status, Some(1));
    let start = "::error file=specs/shop/operations/BuyGoods.json,line=3,endLine=3,col=42,endColumn=50,title=E0014::unknown type `strnig`%0Adid you mean `string`?%0A";
    assert!(printed.starts_with(start), "{printed}");
    assert_eq!(printed.lines().count(), 1, "{printed}");
}
