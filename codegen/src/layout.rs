//! The layout of a folder of specs: which files are specs, and where they are.
//!
//! ```text
//! api-spec/
//!   schema/                       the JSON Schemas, for editors
//!   ecs/product.json              one product
//!   ecs/codes.json                what the error codes of the product mean
//!   ecs/operations/X.json         one operation each
//!   ecs/types/X.json              one type each that operations share
//! ```
//!
//! Hidden files, Markdown files and what editors and file managers leave may lie anywhere; they are no specs.

use std::io;
use std::path::{Path, PathBuf};

use crate::names::is_file_name;

/// The folder of the JSON Schemas, beside those of the products.
pub const SCHEMA_FOLDER: &str = "schema";

/// The path of the product's file within its folder.
pub const PRODUCT_FILE: &str = "product.json";

/// The path of the glossary of error codes within the product's folder.
pub const CODES_FILE: &str = "codes.json";

/// The folder of the operations within that of the product.
pub(crate) const OPERATIONS_FOLDER: &str = "operations";

/// The folder of the types that operations share within that of the product.
pub(crate) const TYPES_FOLDER: &str = "types";

/// The path of a type's file within the product's folder.
#[must_use]
pub fn type_file(name: &str) -> String {
    format!("{TYPES_FOLDER}/{name}.json")
}

/// The path of an operation's file within the product's folder.
#[must_use]
pub fn operation_file(operation: &str) -> String {
    format!("{OPERATIONS_FOLDER}/{operation}.json")
}

/// Whether a file of this name, beside the operations or types, is one.
pub(crate) fn is_operation(name: &str) -> bool {
    !ignored(name)
        && name
            .strip_suffix(".json")
            .is_some_and(|stem| !stem.is_empty())
}

/// Whether the folder of a product can have this name, on every system: it is not that of the JSON Schemas,
/// nor one that is not looked into.
#[must_use]
pub fn is_product(name: &str) -> bool {
    let is_one_name = !name.is_empty() && !name.contains(['/', '\\', ':']);
    is_one_name && name != SCHEMA_FOLDER && !ignored(name) && is_file_name(name)
}

/// Whether a file or folder of this name is nobody's concern, wherever it lies: such as `.DS_Store`, the
/// `._X.json` in archives from macOS, `X.json~`, and `README.md`.
pub(crate) fn ignored(name: &str) -> bool {
    is_litter(name) || name.strip_suffix(".md").is_some()
}

/// Whether a file of this name is what editors, file managers, network file systems and version control
/// leave anywhere: hidden files, copies of editors, `Thumbs.db` and the like.
#[must_use]
pub fn is_litter(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || name.strip_suffix(".swp").is_some()
        || name.contains("___jb_")
        || ["4913", "Thumbs.db", "desktop.ini", "Icon\r", "__MACOSX"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
}

/// The files of the operations of a product, in the order of their names; none where there is no folder.
///
/// # Errors
///
/// What the file system said, with the path.
pub fn operation_files(product: &Path) -> io::Result<Vec<PathBuf>> {
    files(&product.join(OPERATIONS_FOLDER))
}

/// The files of the types of a product, in the order of their names; none where there is no folder.
///
/// # Errors
///
/// What the file system said, with the path.
pub fn type_files(product: &Path) -> io::Result<Vec<PathBuf>> {
    files(&product.join(TYPES_FOLDER))
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let list = || -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_str();
            if name.is_some_and(is_operation) && !path.is_dir() {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    };
    match list() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(io::Error::new(
            error.kind(),
            format!("{}: {error}", folder.display()),
        )),
        files => files,
    }
}
