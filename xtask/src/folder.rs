//! Reading a product's folder of specs.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use alicloud_codegen::check;
use alicloud_codegen::import::{Source, Specs};
use alicloud_codegen::layout::{self, PRODUCT_FILE};
use alicloud_codegen::spec::{Operation, Product};
use alicloud_codegen::types::{self, Types};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{output, workspace};

/// The folder of a product within that of all specs: of this name, or of the product's code in lower case.
pub(crate) fn of(specs: &Path, name: Option<&str>, source: &Source) -> Result<PathBuf, String> {
    let name = if let Some(name) = name {
        name.to_owned()
    } else {
        let code = source.product.as_deref().map(str::to_lowercase).ok_or(
            "the metadata does not name its product; say `--product`, `--version` or `--folder`",
        )?;
        if layout::is_product(&code) {
            code
        } else {
            code.replace('.', "_") + "_"
        }
    };
    if !layout::is_product(&name) {
        return Err(format!("`{name}` cannot be the name of a product's folder"));
    }
    let specs = workspace::rooted(specs);
    if specs.join(PRODUCT_FILE).exists() {
        return Err(format!(
            "`{}` is one product, not the folder of all specs; did you mean `--spec {}`?",
            specs.display(),
            output::quoted(&check::above(&specs).to_string_lossy())
        ));
    }
    Ok(specs.join(name))
}

/// What says more about specs that cannot be read.
pub(crate) const SHOWN_BY: &str = "shows these places";

/// The specs in a folder; none where there is no folder. All files that cannot be read are named.
pub(crate) fn read(folder: &Path) -> Result<Specs, String> {
    let mut specs = Specs::default();
    let mut errors = Vec::new();
    match parse::<Product>(&folder.join(PRODUCT_FILE)) {
        Ok(product) => specs.product = product,
        Err(error) => errors.push(error),
    }
    let mut texts = BTreeMap::new();
    for path in layout::type_files(folder).map_err(|error| error.to_string())? {
        let name = path.file_stem().unwrap_or_default();
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                texts.insert(name.to_string_lossy().into_owned(), text);
            }
            Err(error) => errors.push(format!("{}: {error}", path.display())),
        }
    }
    match types::read(&texts) {
        Ok(types) => specs.types = types,
        Err(wrong) => errors.extend(wrong.into_iter().map(|(name, error)| {
            let path = folder.join(layout::type_file(&name));
            format!("{}: {error}", path.display())
        })),
    }
    for path in layout::operation_files(folder).map_err(|error| error.to_string())? {
        match operation(&path, &specs.types) {
            Ok(Some(operation)) => {
                specs
                    .operations
                    .insert(operation.operation.clone(), operation);
            }
            Ok(None) => {}
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        return Ok(specs);
    }
    let specs = folder.parent().unwrap_or(folder);
    errors.push(format!("`{}` {SHOWN_BY}", output::codegen(specs)));
    Err(errors.join("\n"))
}

/// The operation of a file, with the types that it refers to in the place of the references.
fn operation(path: &Path, types: &Types) -> Result<Option<Operation>, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let Some(mut value) = parse::<Value>(path)? else {
        return Ok(None);
    };
    if types::expand(&mut value, types).map_err(|error| told(&error))? {
        let operation = serde_json::from_value(value);
        return operation.map(Some).map_err(|error| told(&error));
    }
    // Read again, because errors then have a place.
    parse(path)
}

fn parse<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        format!(
            "{}:{}:{}: {error}",
            path.display(),
            error.line(),
            error.column()
        )
    })
}
