//! Products that nobody has seen yet: whatever the metadata, the import ends, what it writes passes
//! the checks, and what is generated from that is Rust.

mod compiles;
mod metadata;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use alicloud_codegen::{
    check,
    diagnostic::{self, Colour},
    drift,
    import::{self, Hints, Options, Specs},
    types,
};
use proptest::prelude::*;
use serde_json::Value;

/// The specs in the files that an import wrote, all of them.
fn files(specs: &Specs) -> BTreeMap<PathBuf, String> {
    let operations = specs.operations.values().map(|spec| {
        let path = format!("shop/{}", import::operation_file(spec.rust_name()));
        let (text, _) = types::operation_to_text(spec, &specs.types);
        (PathBuf::from(path), text)
    });
    let types = specs.types.iter().map(|(name, schema)| {
        let text = types::type_to_text(schema, &specs.types);
        (PathBuf::from(format!("shop/types/{name}.json")), text)
    });
    let product = specs.product.iter().map(|product| {
        let text = alicloud_codegen::format::product_to_text(product);
        (PathBuf::from("shop/product.json"), text)
    });
    operations.chain(types).chain(product).collect()
}

/// Imports on top of what is there, checks, renders, imports again.
fn imports(existing: &Specs, document: &Value, options: &Options) -> Result<Specs, TestCaseError> {
    let text = document.to_string();
    let hints = Hints::default();
    let source = match import::read(&text, &hints, options.descriptions, options.messages) {
        Ok(source) => source,
        Err(error) => return Err(TestCaseError::reject(error.to_string())),
    };
    let imported = match import::import(existing, &source, options) {
        Ok(imported) => imported,
        Err(error) => return Err(TestCaseError::reject(error.to_string())),
    };

    let apis = document["apis"]
        .as_object()
        .map(|apis| apis.keys().collect::<BTreeSet<_>>());
    for name in apis.into_iter().flatten() {
        let declined = imported
            .report
            .declined
            .iter()
            .any(|declined| declined.operation == *name);
        prop_assert!(
            declined != imported.specs.operations.contains_key(name.trim())
                || existing.operations.contains_key(name.trim()),
            "{name}"
        );
    }

    let files = files(&imported.specs);
    for (path, text) in &imported.files {
        prop_assert_eq!(Some(text), files.get(&Path::new("shop").join(path)));
    }
    let catalogue = check::load_from_memory(&files).map_err(|found| {
        let shown: Vec<&String> = found
            .iter()
            .filter_map(|f| files.get(Path::new(&f.place.source.path)))
            .take(1)
            .collect();
        TestCaseError::fail(format!(
            "{}\n{shown:?}",
            diagnostic::render(&found, Colour::Never)
        ))
    })?;
    let to = alicloud_codegen::Options::for_crate("alicloud");
    let generated = alicloud_codegen::render(&catalogue, Path::new("api-spec"), &to)
        .map_err(TestCaseError::fail)?;
    prop_assert_eq!(generated.operations, imported.specs.operations.len());
    // The modules of the crate and the product, and that of the types where there are some.
    let modules = 2 + usize::from(!imported.specs.types.is_empty());
    prop_assert_eq!(generated.files.len(), generated.operations + modules);

    let again = import::import(&imported.specs, &source, options)
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&again.files, &BTreeMap::new());
    prop_assert!(again.report.is_unchanged(), "{}", again.report.to_text(9));
    let drift = drift::compare(&imported.specs, &source)
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    // A spec that the metadata has no more, or not so that it could be expressed, is drift.
    let report = &imported.report;
    let described = report.added.len() + report.updated.len() + report.unchanged;
    prop_assert_eq!(
        drift.is_empty(),
        imported.specs.operations.len() == described,
        "{:?}",
        drift
    );
    Ok(imported.specs)
}

const VERBATIM: Options = Options {
    descriptions: true,
    messages: true,
    prune: false,
};

/// `DIRTY_CASES=20000 cargo test --release --test vendor dirty` looks farther.
fn cases() -> u32 {
    let asked = std::env::var("DIRTY_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn a_dirty_product_is_generated(document in metadata::document(1..6)) {
        imports(&Specs::default(), &document, &Options::default())?;
        imports(&Specs::default(), &document, &VERBATIM)?;
    }

    #[test]
    fn so_is_another_version_of_it(first in metadata::document(1..4), mut second in metadata::document(1..4)) {
        second["info"] = first["info"].clone();
        let specs = imports(&Specs::default(), &first, &VERBATIM)?;
        imports(&specs, &second, &Options { prune: true, ..VERBATIM })?;
        imports(&specs, &second, &Options::default())?;
    }

    #[test]
    fn a_broken_document_is_refused_or_generated(document in metadata::broken()) {
        if let Err(TestCaseError::Fail(why)) = imports(&Specs::default(), &document, &VERBATIM) {
            return Err(TestCaseError::Fail(why));
        }
    }
}
