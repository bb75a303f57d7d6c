//! What the fuzz targets do with bytes. Each function takes any bytes, says whether they were accepted,
//! and panics where something is wrong with what was made of them.
//!
//! ```text
//! cargo +nightly fuzz run specs
//! ```
//!
//! Ordinary tests run the same functions over the corpus and changes of it: `tests/corpus.rs`.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use alicloud_codegen::{
    Options,
    check::load_from_memory,
    diagnostic::{Colour, Source, render},
    import::{self, Hints},
    page::{self, Messages},
};
use alicloud_runtime::{
    client::judged,
    credentials::{ConfigFile, Context, CredentialsFile, Environment, ProvideCredentials},
};
use alicloud_schema::{
    compare::equal,
    decode::{decode, decode_any, decode_strict},
    dynamic::DynRecord,
    encode::{Parameters, encode},
    json::to_json,
    operation::{Access, ErrorRow, Errors, Operation, SchemaRef, ServiceInfo},
    record::{Field, Fields, Format, Limits, Location, Predicate, Rule, RuleKind, Schema, Style},
    validate::check,
};

const SHOP: &str = r#"{ "product": "Shop", "version": "2024-01-01", "signatures": ["hmac-sha1"] }"#;

/// A spec of an operation: a client, or findings that can be shown.
pub fn specs(bytes: &[u8]) -> bool {
    let files: BTreeMap<PathBuf, &[u8]> = BTreeMap::from([
        ("shop/product.json".into(), SHOP.as_bytes()),
        ("shop/operations/BuyGoods.json".into(), bytes),
    ]);
    match load_from_memory(&files) {
        Err(findings) => {
            assert!(!findings.is_empty());
            assert!(render(&findings, Colour::Never).contains("error"));
            false
        }
        Ok(catalogue) => {
            let options = Options::for_crate("alicloud");
            let rendered = alicloud_codegen::render(&catalogue, "api-spec".as_ref(), &options);
            assert!(rendered.is_ok(), "{rendered:?}");
            true
        }
    }
}

/// A help page: read, compared and taken over, or refused.
pub fn pages(bytes: &[u8]) -> bool {
    let source = Source {
        path: "page".into(),
        text: Some(String::from_utf8_lossy(bytes).into_owned()),
    };
    let Ok(page) = page::read(&Arc::new(source)) else {
        return false;
    };
    let spec = page::empty("BuyGoods", "BuyGoods.json".into());
    let _ = page::compare(&page, &spec, &Messages::new());
    page::write(&page, &spec, true, SHOP, &Messages::new()).is_ok()
}

/// A metadata document: specs that the checker accepts, or refused.
pub fn metadata(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let hints = Hints {
        product: Some("Shop"),
        version: Some("2024-01-01"),
        operation: Some("BuyGoods"),
        as_of: None,
        source: None,
    };
    let Ok(source) = import::read(&text, &hints, true, true) else {
        return false;
    };
    let options = import::Options::default();
    let Ok(imported) = import::import(&import::Specs::default(), &source, &options) else {
        return false;
    };
    let files = imported.files.iter();
    let files: BTreeMap<PathBuf, &[u8]> = files
        .map(|(path, text)| (PathBuf::from("shop").join(path), text.as_bytes()))
        .collect();
    if let Err(findings) = load_from_memory(&files) {
        panic!("{}", render(&findings, Colour::Never));
    }
    true
}

/// A response: what was read of it is written and read again as the same.
pub fn responses(bytes: &[u8]) -> bool {
    let mut response = DynRecord::new(&RESPONSE);
    let accepted = decode(bytes, &mut response).is_ok();
    if accepted {
        let text = to_json(&response).to_string();
        let mut again = DynRecord::new(&RESPONSE);
        let skipped = decode(text.as_bytes(), &mut again);
        assert_eq!(skipped, Ok(Vec::new()), "{text}");
        assert!(equal(&response, &again), "{text}");
        assert!(decode_strict(text.as_bytes(), &mut again).is_ok(), "{text}");
    }
    let _ = decode_any(bytes);
    let _ = decode_strict(bytes, &mut DynRecord::new(&RESPONSE));
    accepted
}

/// The body of an answer, with every kind of status.
pub fn errors(bytes: &[u8]) -> bool {
    let mut found = false;
    for status in [200, 302, 400, 403, 429, 500, 503] {
        if let Err(error) = judged(&PRODUCT, &BUY, status, bytes) {
            let _ = format!("{error:?} {error:#?}");
            let acts = |c: char| c.is_control() && c != '\n';
            assert!(!error.to_string().contains(acts), "{error}");
            found |= error.code_text().is_some();
        }
    }
    found
}

/// A credentials file, in both forms: an access key, or an error that shows nothing of it.
pub fn credential_files(bytes: &[u8]) -> bool {
    let (Ok(folder), Ok(runtime)) = (
        tempfile::tempdir(),
        tokio::runtime::Builder::new_current_thread().build(),
    ) else {
        return false;
    };
    let context = Context::new().with_environment(Environment::from_vars::<String, String>([]));
    let path = folder.path().join("file");
    if fs::write(&path, bytes).is_err() || is_active(bytes) {
        return false;
    }
    let providers: [Box<dyn ProvideCredentials>; 2] = [
        Box::new(ConfigFile::new(&context).path(&path)),
        Box::new(CredentialsFile::new(&context).path(&path)),
    ];
    let mut found = false;
    for provider in providers {
        let provided = runtime.block_on(provider.provide());
        found |= provided.is_ok();
        let shown = match provided {
            Ok(key) => format!("{key:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        assert!(!shown.contains("marksecret"), "{shown}");
    }
    found
}

/// Would a profile run a command or ask a server? Those are not to be made up.
fn is_active(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let active = [
        "external", "process", "command", "uri", "role", "oidc", "ecs", "sso", "oauth", "\\u",
    ];
    active.iter().any(|word| text.contains(word))
}

/// Wire parameters, as a query: what is read of them is written and read again as the same, and is
/// valid or not.
pub fn wire_parameters(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let pairs = text
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let Ok(request) = DynRecord::from_wire(&REQUEST, pairs) else {
        return false;
    };
    let valid = check(&request).is_ok();
    let mut written = Parameters::default();
    encode(&request, &mut written);
    let pairs = written.iter().map(|(_, name, value)| (name, value));
    let again = DynRecord::from_wire(&REQUEST, pairs);
    let Ok(again) = again else {
        panic!("{text}: {again:?}");
    };
    let mut twice = Parameters::default();
    encode(&again, &mut twice);
    assert!(written.iter().eq(twice.iter()), "{text}");
    assert_eq!(check(&again).is_ok(), valid, "{text}");
    valid
}

static PRODUCT: ServiceInfo = ServiceInfo {
    code: "Shop",
    version: "2024-01-01",
    signatures: &[],
    success_codes: ServiceInfo::SUCCESS_CODES,
    in_progress_codes: &[],
    endpoints: &[],
    endpoint_rule: None,
    vpc_endpoint_rule: None,
    errors: Errors::NONE,
};

static ERRORS: Errors =
    Errors::of(&[ErrorRow::new(409, "SoldOut.%s", "%s is sold out.", "").retryable()]);

static BUY: Operation = Operation {
    errors: &ERRORS,
    ..Operation::new(
        "BuyGoods",
        Access::Write,
        SchemaRef::of(&REQUEST),
        SchemaRef::of(&RESPONSE),
    )
};

static TEXT: Field = Field::string("");
static NUMBER: Field = Field::int64("");
static LINE: Field = Field::object("", &LINE_SCHEMA);
static ANY: Field = Field::any("");

static LINE_SCHEMA: Schema = Schema {
    name: "Line",
    fields: Fields::of(&[
        Field::string("Name").required(),
        Field::int32("Count").limits(&Limits::NONE.minimum(1).maximum(9)),
        Field::list("Tag", &TEXT),
    ]),
    rules: &[],
};

static REQUEST: Schema = Schema {
    name: "BuyGoods",
    fields: Fields::of(&[
        Field::string("Name"),
        Field::string("System.Name").limits(&Limits::NONE.max_length(8)),
        Field::int64("Size"),
        Field::float("Price"),
        Field::boolean("Gift"),
        Field::list("Line", &LINE),
        Field::list("Number", &NUMBER).style(Style::Comma),
        Field::list("Address", &TEXT).style(Style::Json),
        Field::map("Label", &TEXT).style(Style::Json),
        Field::object("First", &LINE_SCHEMA).location(Location::Form),
        Field::string("From").limits(&Limits::NONE.format(Format::Ipv6Cidr)),
    ]),
    rules: &[
        Rule::new(
            RuleKind::AtMostOneOf,
            &[Predicate::given(&["Name"]), Predicate::given(&["Line"])],
            "",
        ),
        Rule::requires(
            &[Predicate::is(&["Gift"], &["true"])],
            &[Predicate::given(&["Price"])],
            "",
        ),
    ],
};

static RESPONSE: Schema = Schema {
    name: "BuyGoodsResponse",
    fields: Fields::of(&[
        Field::string("RequestId"),
        Field::int64("Total"),
        Field::float("Price"),
        Field::boolean("Done"),
        Field::list("Lines", &LINE).wrapped("Line"),
        Field::map("Labels", &TEXT),
        Field::any("Extra"),
        Field::bytes("Content"),
        Field::rest(&ANY),
    ]),
    rules: &[],
};
