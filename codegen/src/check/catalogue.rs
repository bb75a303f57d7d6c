//! The result of reading a folder of specs that has no mistakes.

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::spec;

/// Everything that the specs say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// The products, in the order of their folders.
    pub products: Vec<ProductSpec>,
    /// Probable mistakes, which do not prevent the generation of code.
    pub warnings: Vec<Diagnostic>,
}

/// One product with its operations.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductSpec {
    /// The name of the folder, such as `ecs`.
    pub dir_name: String,
    /// The path of the product file, as it was given.
    pub path: PathBuf,
    /// The contents of the product file.
    pub product: spec::Product,
    /// The types that operations share, in the order of their names.
    pub types: Vec<TypeSpec>,
    /// The operations, in the order of their files.
    pub operations: Vec<OperationSpec>,
}

/// One type that operations share.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeSpec {
    /// The path of the file, as it was given.
    pub path: PathBuf,
    /// The name.
    pub name: String,
    /// Its schema, with references to other types expanded.
    pub schema: spec::Schema,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationSpec {
    /// The path of the file, as it was given.
    pub path: PathBuf,
    /// The contents.
    pub operation: spec::Operation,
}
