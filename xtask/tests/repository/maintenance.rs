//! An update of the vendor's documentation is an edit and a regeneration: a small product gets every kind of edit, is
//! generated anew, compiles without a warning, and passes the tests that the products of this repository have. Those
//! tests state nothing that a spec decides; they read it there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::{cargo::cargo_outside, run};

const PRODUCT: &str = r#"{
  "product": "Library", "version": "2020-01-01", "signatures": ["acs3-hmac-sha256"],
  "topics": ["Books"]
}"#;

const BORROW: &str = r#"{
  "operation": "BorrowBook",
  "topic": "Books",
  "parameters": [
    { "name": "Title", "type": "string", "required": true, "pattern": "^[A-Z]", "example": "Emma" },
    { "name": "Days", "type": "integer", "minimum": 1, "maximum": 10, "example": 3 },
    { "name": "Cover", "type": "string", "enum": ["Hard", "Soft"] }
  ],
  "response": { "type": "object", "properties": { "RequestId": { "type": "string" }, "Due": { "type": "string" } } },
  "errors": [{ "status": 404, "code": "Book.NotFound" }]
}"#;

const LIST: &str = r#"{
  "operation": "ListBooks",
  "topic": "Books",
  "access": "read",
  "parameters": [{ "name": "Page", "type": "string" }, { "name": "NextToken", "type": "string" }],
  "pagination": { "token": "NextToken", "nextToken": "NextToken", "items": "Books" },
  "response": { "type": "object", "properties": {
    "NextToken": { "type": "string" },
    "Books": { "type": "array", "items": { "type": "string" } } } }
}"#;

const BURN: &str = r#"{ "operation": "BurnBook", "topic": "Books" }"#;

const RETURN: &str = r#"{
  "operation": "ReturnBook",
  "parameters": [{ "name": "Title", "type": "string", "required": true, "example": "Emma" }]
}"#;

/// File, what it says, what it says then; each kind of edit once.
const EDITS: &[(&str, &str, &str)] = &[
    // a limit
    ("BorrowBook", r#""maximum": 10"#, r#""maximum": 20"#),
    // a row of the error table
    (
        "BorrowBook",
        r#""Book.NotFound" }"#,
        r#""Book.NotFound" }, { "status": 409, "code": "Book.Lent" }"#,
    ),
    // a parameter, and a rule
    (
        "BorrowBook",
        r#"["Hard", "Soft"] }
  ],"#,
        r#"["Hard", "Soft"] }, { "name": "Until", "type": "string" }
  ],
  "constraints": [
    { "rule": "at-most-one-of", "name": "term", "parameters": ["Days", "Until"], "reason": "Two ways to say when." }
  ],"#,
    ),
    // a value of an enumeration
    ("BorrowBook", r#""Soft"]"#, r#""Soft", "None"]"#),
    // a pattern
    ("BorrowBook", r#""^[A-Z]""#, r#""^[A-Za-z]""#),
    // the name of a field
    ("BorrowBook", r#""Due""#, r#""DueDate""#),
    // the deprecation of a parameter, and of an operation
    (
        "ListBooks",
        r#""Page", "type": "string""#,
        r#""Page", "type": "string", "deprecated": { "use": "NextToken" }"#,
    ),
    (
        "BorrowBook",
        r#""topic""#,
        r#""deprecated": { "use": "ReturnBook" }, "topic""#,
    ),
];

struct Library {
    place: PathBuf,
}

impl Library {
    fn new() -> Self {
        // Always the same, so that what is built takes the place of what was.
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library");
        let _ = fs::remove_dir_all(&place);
        let library = Self { place };
        library.write(
            "src/lib.rs",
            "#![deny(warnings)]\n#[rustfmt::skip]\nmod generated;\npub use generated::*;\n",
        );
        library.write("api-spec/library/product.json", PRODUCT);
        library.write(&operation("BorrowBook"), BORROW);
        library.write(&operation("ListBooks"), LIST);
        library.write(&operation("BurnBook"), BURN);
        library
    }

    fn path(&self) -> &Path {
        &self.place
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path().join(path)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{path}: {from}");
        self.write(path, &text.replace(from, to));
    }

    fn generate(&self) {
        let (status, printed) = run(self.path(), &["codegen", "--out", "src/generated"]);
        assert_eq!(status, Some(0), "{printed}");
        assert!(!printed.contains("warning"), "{printed}");
    }

    fn module(&self, name: &str) -> PathBuf {
        self.path().join("src/generated/library").join(name)
    }
}

fn operation(name: &str) -> String {
    format!("api-spec/library/operations/{name}.json")
}

fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap().to_owned()
}

#[test]
fn a_product_with_every_kind_of_edit_passes_its_tests() {
    let library = Library::new();
    library.generate();
    // An operation comes, another goes.
    library.write(&operation("ReturnBook"), RETURN);
    library.generate();
    fs::remove_file(library.path().join(operation("BurnBook"))).unwrap();
    library.generate();
    assert!(library.module("return_book.rs").exists());
    assert!(!library.module("burn_book.rs").exists());
    for (name, from, to) in EDITS {
        library.edit(&operation(name), from, to);
        library.generate();
    }

    let client = root().join("generated-client");
    let specs = fs::read_to_string(client.join("tests/specs/mod.rs")).unwrap();
    library.write("tests/specs/mod.rs", &specs);
    library.write(
        "tests/library.rs",
        "mod specs;\n\n#[test]\nfn the_tables_are_those_of_the_specs() {\n    \
         specs::assert_generated_from(\"api-spec/library\".as_ref(), &library::library::PRODUCT);\n}\n",
    );
    // The features of the README's program, so that both have the same build of the client.
    let dependencies =
        format!("alicloud = {{ path = {client:?}, features = [\"fake\"] }}\nserde_json = \"1\"\n");
    let output = cargo_outside(library.path(), "library", &dependencies)
        .args(["test", "--quiet", "--offline"])
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}");
}

/// The tests of the runtime and of the schema crate cannot see the products of this repository. Those of the client
/// can; they name nothing but the tables, to compare them with the specs.
#[test]
fn no_test_states_what_a_spec_of_this_repository_decides() {
    let mut folders = vec![root().join("generated-client/tests")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
            if path.is_dir() {
                // The endpoint's state is written by hand for operations of ECS, by their names.
                if path.file_name().is_some_and(|name| name != "fake") {
                    folders.push(path);
                }
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let words: Vec<&str> = text
                .split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
                .collect();
            for product in ["ecs", "sts"] {
                let names = words.iter().filter(|word| {
                    let mut parts = word.split("::").skip_while(|part| *part != product);
                    parts.next().is_some()
                        && parts
                            .next()
                            .is_some_and(|next| !["PRODUCT", "BlockingClient"].contains(&next))
                });
                let names: Vec<_> = names.collect();
                assert!(names.is_empty(), "{}: {names:?}", path.display());
            }
        }
    }
}
