//! `import` and `drift` as commands: files, exit statuses, and metadata fetched from a server.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use crate::support::run;

const OLDER: &str = r#"{
  "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
  "apis": {
    "BuyGoods": { "methods": ["post"], "parameters": [
      { "name": "Id", "in": "query", "schema": { "type": "string", "required": true } }
    ], "responses": {} }
  },
  "endpoints": [{ "regionId": "cn-a", "endpoint": "shop.cn-a.aliyuncs.com" }]
}"#;

fn workplace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("older.json"), OLDER).unwrap();
    std::fs::write(
        dir.path().join("newer.json"),
        OLDER.replace(", \"required\": true", ""),
    )
    .unwrap();
    dir
}

#[test]
fn import_then_import_again_then_drift() {
    let dir = workplace();
    let dir = dir.path();
    let (status, printed) = run(dir, &["import", "older.json"]);
    assert_eq!(
        printed,
        "Shop 2020-01-01: 1 operation in the metadata; 1 new, 0 changed, 0 unchanged\n\n\
         wrote 2 files in api-spec/shop\nnext: `cargo xtask codegen`\n"
    );
    assert_eq!(status, Some(0));
    let spec = dir.join("api-spec/shop/operations/BuyGoods.json");
    // The layout of a file is its author's: one that says the same is left byte for byte.
    let text = std::fs::read_to_string(&spec)
        .unwrap()
        .replace(",\n", " ,\n");
    std::fs::write(&spec, &text).unwrap();
    let (_, printed) = run(dir, &["import", "older.json"]);
    assert!(
        printed.ends_with("\nwrote 0 files in api-spec/shop\n"),
        "{printed}"
    );
    assert_eq!(std::fs::read_to_string(&spec).unwrap(), text);

    assert_eq!(
        run(dir, &["drift", "older.json"]),
        (
            Some(0),
            "Shop 2020-01-01\nNo drift in 1 operation.\n".to_owned()
        )
    );
    let (status, printed) = run(dir, &["drift", "newer.json"]);
    assert_eq!(
        printed,
        "Shop 2020-01-01\n\
         1 breaking change for users, in 1 operation. 1 operation before, 1 now: 0 new, 0 gone, 1 changed.\n\n\
         Breaking (1) - code that compiled may not compile\n  BuyGoods: parameter `Id` is optional (was required)\n"
    );
    assert_eq!(status, Some(1));
    assert_eq!(
        run(dir, &["drift", "newer.json", "--from", "older.json"]),
        (status, printed)
    );
    let (_, printed) = run(dir, &["drift", "newer.json", "--format", "json"]);
    let drift: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(drift["entries"][0]["effect"], "breaking");
    assert_eq!(drift["entries"][0]["at"], "/parameters/Id/required");

    // Nothing is written where it was not asked for.
    run(dir, &["import", "newer.json", "--dry-run"]);
    assert_eq!(std::fs::read_to_string(&spec).unwrap(), text);
    run(dir, &["import", "newer.json"]);
    assert_ne!(std::fs::read_to_string(&spec).unwrap(), text);
    let files: Vec<_> = std::fs::read_dir(spec.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(files, ["BuyGoods.json"], "no temporary file is left");
}

#[test]
fn what_cannot_be_done_is_said_with_status_2() {
    let dir = workplace();
    let dir = dir.path();
    let cases: [(&[&str], &str); 9] = [
        (
            &["import"],
            "error: name a metadata file, or `--product` and `--version` to fetch it\n",
        ),
        (
            &["import", "nowhere.json"],
            "error: nowhere.json: No such file or directory (os error 2)\n",
        ),
        (
            &["import", "older.json", "--folder", "../up"],
            "error: `../up` cannot be the name of a product's folder\n",
        ),
        // Those of the JSON Schemas, and of devices on some systems.
        (
            &["import", "older.json", "--folder", "schema"],
            "error: `schema` cannot be the name of a product's folder\n",
        ),
        (
            &["drift", "older.json", "--folder", "NUL.x"],
            "error: `NUL.x` cannot be the name of a product's folder\n",
        ),
        (
            &["drift", "older.json"],
            "error: api-spec/shop: there are no specs of this product; `cargo xtask import` makes them, `--from` compares with older metadata\n",
        ),
        (
            &["import", "roa.json"],
            "error: roa.json: CS 2015-12-15 is in the ROA style (REST paths); only products in the RPC style can be generated\n",
        ),
        (
            &["import", "broken.json"],
            "error: broken.json: this is not API metadata: not JSON: EOF while parsing an object at line 1 column 1\n",
        ),
        (
            &["import", "older.json", "--folder", "bad"],
            "error: api-spec/bad/product.json:1:2: EOF while parsing an object at line 1 column 2\n`cargo xtask codegen` shows these places\n",
        ),
    ];
    std::fs::write(dir.join("broken.json"), "{").unwrap();
    std::fs::write(
        dir.join("roa.json"),
        r#"{ "info": { "style": "ROA", "product": "CS", "version": "2015-12-15" }, "apis": {} }"#,
    )
    .unwrap();
    std::fs::create_dir_all(dir.join("api-spec/bad")).unwrap();
    std::fs::write(dir.join("api-spec/bad/product.json"), "{ ").unwrap();
    for (args, message) in cases {
        assert_eq!(run(dir, args), (Some(2), message.to_owned()), "{args:?}");
    }
}

/// Answers one request and returns the first line of it.
fn serve(status: &str, body: impl AsRef<[u8]>) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/meta", listener.local_addr().unwrap());
    let body = body.as_ref();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let answer = [head.as_bytes(), body].concat();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        stream.write_all(&answer).unwrap();
        first
    });
    (base, server)
}

#[test]
fn metadata_is_fetched_from_the_service() {
    let (base, server) = serve("200 OK", OLDER);
    let dir = workplace();
    let (status, printed) = run(
        dir.path(),
        &[
            "import",
            "--product",
            "Shop",
            "--version",
            "2020-01-01",
            "--base-url",
            &base,
            "--spec",
            "mine",
        ],
    );
    assert!(
        printed.ends_with("wrote 2 files in mine/shop\nnext: `cargo xtask codegen --spec mine`\n"),
        "{printed}"
    );
    assert_eq!(status, Some(0));
    assert_eq!(
        server.join().unwrap(),
        "GET /meta/products/Shop/versions/2020-01-01/api-docs.json HTTP/1.1"
    );
    assert!(
        dir.path()
            .join("mine/shop/operations/BuyGoods.json")
            .exists()
    );
}

#[test]
fn what_cannot_be_fetched_is_said_with_status_2() {
    let answers: [(&str, &[u8], &str); 3] = [
        (
            "404 Not Found",
            b"gone",
            "not found; are product and version spelled as the vendor does (`Ecs`, `2014-05-26`)?",
        ),
        ("200 OK", b"\xff", "this is not UTF-8 text"),
        (
            "200 OK",
            b"\x1f\x8b",
            "this is compressed with gzip; unpack it first (`gzip -dc`)",
        ),
    ];
    let dir = workplace();
    let fetched = |base: &str| {
        let source = ["--product", "Shop", "--version", "1"];
        let asked = [&["drift"], source.as_slice(), &["--base-url", base]].concat();
        run(dir.path(), &asked)
    };
    let path = "products/Shop/versions/1/api-docs.json";
    for (status, body, why) in answers {
        let (base, server) = serve(status, body);
        let message = format!("error: {base}/{path}: {why}\n");
        assert_eq!(fetched(&base), (Some(2), message));
        server.join().unwrap();
    }
    let message = format!("error: http://example.com/{path}: only https is fetched\n");
    assert_eq!(fetched("http://example.com"), (Some(2), message));
}

/// Archives from macOS hold a file `._X` beside each X, and editors leave others.
#[test]
fn every_command_has_the_same_notion_of_a_spec_file() {
    let dir = workplace();
    let dir = dir.path();
    run(dir, &["import", "older.json"]);
    let operations = dir.join("api-spec/shop/operations");
    for (path, contents) in [
        ("._BuyGoods.json", &b"\0\x05\x16\x07 not a spec"[..]),
        (".BuyGoods.json.swp", b"b0VIM"),
        (".json", b"{"),
        ("README.md", b"Ours."),
        ("BuyGoods.json~", b"{"),
        ("#BuyGoods.json#", b"{"),
        ("Thumbs.db", b"\xd0\xcf"),
        ("desktop.ini", b"[.ShellClassInfo]"),
    ] {
        std::fs::write(operations.join(path), contents).unwrap();
    }
    std::fs::create_dir(dir.join("api-spec/__MACOSX")).unwrap();
    std::fs::write(dir.join("api-spec/__MACOSX/._product.json"), b"\0").unwrap();
    std::fs::write(dir.join("api-spec/shop/._product.json"), b"\0").unwrap();
    let (status, printed) = run(dir, &["import", "older.json"]);
    assert!(
        printed.ends_with("\nwrote 0 files in api-spec/shop\n"),
        "{printed}"
    );
    assert_eq!(status, Some(0));
    let none = (
        Some(0),
        "Shop 2020-01-01\nNo drift in 1 operation.\n".to_owned(),
    );
    assert_eq!(run(dir, &["drift", "older.json"]), none);
    let (status, printed) = run(dir, &["codegen", "--out", "out"]);
    assert_eq!(status, Some(0), "{printed}");
    let (_, printed) = run(dir, &["policy", "--folder", "shop", "BuyGoods"]);
    assert!(
        printed.contains("the spec of `BuyGoods` lists no permission"),
        "{printed}"
    );
}

#[test]
fn the_workspace_is_found_from_a_folder_within() {
    let dir = workplace();
    let dir = dir.path();
    run(dir, &["import", "older.json"]);
    let within = dir.join("generated-client/src");
    std::fs::create_dir_all(&within).unwrap();
    let none = (
        Some(0),
        "Shop 2020-01-01\nNo drift in 1 operation.\n".to_owned(),
    );
    assert_eq!(run(&within, &["drift", "../../older.json"]), none);
    let (status, printed) = run(&within, &["import", "../../newer.json"]);
    assert!(
        printed.contains("\nwrote 1 file in ../../api-spec/shop\n"),
        "{printed}"
    );
    assert_eq!(status, Some(0));
    let (_, printed) = run(&within, &["import", "../../newer.json", "--suggest-rules"]);
    assert_eq!(printed, "0 sentences in 0 operations\n");
    let (status, printed) = run(&within, &["codegen"]);
    assert_eq!(status, Some(0), "{printed}");
    let operations = dir.join("generated-client/products/src/generated");
    assert!(operations.join("shop/buy_goods.rs").exists());
    assert!(within.join("generated/shop.rs").exists());
    assert_eq!(run(&within, &["codegen", "--check"]).0, Some(0));
    let names: Vec<_> = std::fs::read_dir(&within)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["generated"], "nothing else was written here");
}

/// Every error of `drift` names the file that it is about, and what the file is instead.
#[test]
fn files_that_are_no_metadata_are_named() {
    let dir = workplace();
    let dir = dir.path();
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let files: [(&str, Vec<u8>, &str); 12] = [
        (
            "gzip",
            vec![0x1f, 0x8b, 8, 0, 0],
            "this is compressed with gzip; unpack it first (`gzip -dc`)",
        ),
        (
            "zstd",
            vec![0x28, 0xb5, 0x2f, 0xfd],
            "this is compressed with zstd; unpack it first (`zstd -dc`)",
        ),
        (
            "zip",
            b"PK\x03\x04".to_vec(),
            "this is a zip archive; unpack it first (`unzip`)",
        ),
        (
            "utf16",
            utf16("\u{feff}{}", false),
            "this is UTF-16; save it as UTF-8 first (`iconv -f UTF-16 -t UTF-8`)",
        ),
        (
            "utf16be",
            utf16("{ }", true),
            "this is UTF-16; save it as UTF-8 first (`iconv -f UTF-16BE -t UTF-8`)",
        ),
        (
            "utf16le",
            utf16("{ }", false),
            "this is UTF-16; save it as UTF-8 first (`iconv -f UTF-16LE -t UTF-8`)",
        ),
        (
            "utf32",
            b"\xff\xfe\0\0{\0\0\0".to_vec(),
            "this is UTF-32; save it as UTF-8 first (`iconv -f UTF-32 -t UTF-8`)",
        ),
        (
            "utf32be",
            b"\0\0\0{\0\0\0}".to_vec(),
            "this is UTF-32; save it as UTF-8 first (`iconv -f UTF-32BE -t UTF-8`)",
        ),
        (
            "xz",
            b"\xfd7zXZ\0".to_vec(),
            "this is compressed with xz; unpack it first (`xz -dc`)",
        ),
        (
            "bzip2",
            b"BZh91AY".to_vec(),
            "this is compressed with bzip2; unpack it first (`bzip2 -dc`)",
        ),
        (
            "latin",
            b"{\"a\": \"\xe9\"}".to_vec(),
            "this is not UTF-8 text",
        ),
        (
            "broken",
            b"{".to_vec(),
            "this is not API metadata: not JSON: EOF while parsing an object at line 1 column 1",
        ),
    ];
    for (name, contents, why) in files {
        std::fs::write(dir.join(name), contents).unwrap();
        let told = (Some(2), format!("error: {name}: {why}\n"));
        assert_eq!(run(dir, &["drift", name]), told);
        assert_eq!(run(dir, &["drift", "older.json", "--from", name]), told);
        assert_eq!(run(dir, &["drift", name, "--from", "older.json"]), told);
        assert_eq!(run(dir, &["import", name]), told);
    }
    let other = OLDER.replace("2020-01-01", "2021-01-01");
    std::fs::write(dir.join("other.json"), other).unwrap();
    let why = "the specs are of Shop 2020-01-01, the metadata is of Shop 2021-01-01; use a folder for each";
    let told = (Some(2), format!("error: other.json: {why}\n"));
    let both = "error: older.json is of Shop 2020-01-01, other.json is of Shop 2021-01-01; \
                one product and version is compared at a time\n";
    assert_eq!(
        run(dir, &["drift", "other.json", "--from", "older.json"]),
        (Some(2), both.to_owned())
    );
    run(dir, &["import", "older.json"]);
    assert_eq!(run(dir, &["drift", "other.json"]), told);
}

#[test]
fn versions_that_are_no_days_go_all_the_way() {
    let dir = workplace();
    let dir = dir.path();
    std::fs::write(
        dir.join("real.json"),
        OLDER.replace("2020-01-01", "2021-09-31"),
    )
    .unwrap();
    let (status, printed) = run(dir, &["import", "real.json"]);
    assert_eq!(status, Some(0), "{printed}");
    assert!(
        printed.starts_with("Shop 2021-09-31: 1 operation"),
        "{printed}"
    );
    let (status, printed) = run(dir, &["codegen", "--out", "out"]);
    assert_eq!(status, Some(0), "{printed}");
}

/// Object storage is addressed by paths and answers in XML, whatever its metadata says of parameters.
#[test]
fn products_of_another_style_are_declined_by_name() {
    let dir = workplace();
    let dir = dir.path();
    std::fs::write(dir.join("oss.json"), OLDER.replace("\"RPC\"", "\"OSS\"")).unwrap();
    let expected = "error: oss.json: Shop 2020-01-01 is in the style `OSS`; only products in the RPC style can be generated\n";
    for command in ["import", "drift"] {
        assert_eq!(
            run(dir, &[command, "oss.json"]),
            (Some(2), expected.to_owned())
        );
    }
    assert!(!dir.join("api-spec").exists());
}
