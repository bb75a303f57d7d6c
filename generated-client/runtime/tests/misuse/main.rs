//! What the compiler says of a program that uses the client in a way that cannot work: the messages of
//! our traits, whole, without what the compiler adds on its own.

// Set by the test.
#![allow(unexpected_cfgs)]

#[path = "../../../../xtask/tests/support/cargo.rs"]
mod cargo;
#[cfg(with_mistakes)]
mod mistakes;

use std::fmt::Write as _;

use cargo::cargo;
use serde_json::Value;

#[test]
fn the_compiler_says_what_to_write_instead() {
    // This very program, whose dependencies are built already.
    let output = cargo()
        .args(["rustc", "--package", env!("CARGO_PKG_NAME"), "--offline"])
        .args(["--test", "misuse", "--message-format", "json", "--quiet"])
        .args(["--", "--cfg", "with_mistakes"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let mut said = String::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let message = &line["message"];
        if message["level"] == "error" && message["code"].is_object() {
            let text = text(message);
            // What a method takes and what it gives are checked apart.
            if !said.ends_with(&text) {
                said += &text;
            }
        }
    }
    insta::assert_snapshot!(said, @r#"
assign().addresses("::1");
    `&str` is not a list of texts
    here: expected a list of texts, such as `["a", "b"]`
    note: put brackets around a single text

assign().addresses([1, 2]);
    `[{integer}; 2]` is not a list of texts
    here: expected a list of texts, such as `["a", "b"]`
    note: put brackets around a single text

drop(client.items(assign()));
    the result of `Assign` does not come in pages
    here: this operation has no pages
    note: use `send`, which gives the whole result

for _item in client.items(List::default()) {}
    the result of `support::List` is an asynchronous stream, not an iterator
    here: `for` cannot read a stream
    note: use `while let Some(item) = stream.next().await`, or the blocking client

drop(client.request(Change::default()).dry_run());
    `support::Change` has no dry run
    here: this operation cannot be checked without being carried out
    note: the documentation of a request says whether it has a dry run

drop(client.wait(assign(), ITEM_READY));
    `Assign` has no waiter `ItemReady`
    here: this waiter is for another operation
    note: the waiters of a product are constants in its module `waiters`; the documentation of a request lists those that it has
"#);
}

fn text(message: &Value) -> String {
    let mut said = String::new();
    let spans = message["spans"].as_array().unwrap();
    let span = spans
        .iter()
        .find(|span| span["is_primary"] == true)
        .unwrap();
    let code = span["text"][0]["text"].as_str().unwrap().trim();
    writeln!(said, "{code}").unwrap();
    writeln!(said, "    {}", message["message"].as_str().unwrap()).unwrap();
    writeln!(
        said,
        "    here: {}",
        span["label"].as_str().unwrap_or_default()
    )
    .unwrap();
    for child in message["children"].as_array().unwrap() {
        // What has a place or tells of types is the compiler's own.
        let text = child["message"].as_str().unwrap();
        if child["level"] == "note"
            && child["spans"].as_array().unwrap().is_empty()
            && !text.starts_with("required for ")
        {
            writeln!(said, "    note: {text}").unwrap();
        }
    }
    said + "\n"
}
