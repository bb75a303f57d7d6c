//! The files in a folder of specs, and the catalogue that is made of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::json;

use super::catalogue::{Catalogue, OperationSpec, ProductSpec, TypeSpec};
use super::findings::Findings;
use super::near::nearest;
use super::shared::{Root, Trees};
use super::{
    collisions, deprecations, head, product, rules, schemas, shared, stale, structure, together,
};
use crate::diagnostic::{Code, Diagnostic, Place, Severity, Source, shown, sort};
use crate::layout::{
    CODES_FILE, OPERATIONS_FOLDER, PRODUCT_FILE, SCHEMA_FOLDER, TYPES_FOLDER, ignored, is_operation,
};
use crate::names::is_file_name;
use crate::spec;
use crate::tree::Span;

/// Reads and checks all specs of a folder.
///
/// # Errors
///
/// Everything that is wrong with any file, in the order of the files; files that cannot be read included.
pub fn load(specs_dir: &Path) -> Result<Catalogue, Vec<Diagnostic>> {
    if let Some(finding) = misplaced(specs_dir) {
        return Err(vec![finding]);
    }
    let mut listing = Listing::default();
    listing.root(specs_dir);
    listing.check(specs_dir, &|path| std::fs::read(path).map(Cow::Owned))
}

/// Reads and checks specs that are in memory, by their paths from the folder of specs, such as
/// `ecs/operations/DescribeRegions.json`.
///
/// # Errors
///
/// Everything that is wrong with any file, in the order of the files.
pub fn load_from_memory<T: AsRef<[u8]> + Sync>(
    files: &BTreeMap<PathBuf, T>,
) -> Result<Catalogue, Vec<Diagnostic>> {
    let mut listing = Listing::default();
    for path in files.keys() {
        let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
        match parts.as_deref() {
            Some([SCHEMA_FOLDER, ..]) => {}
            Some(parts) if parts.iter().any(|part| ignored(part)) => {}
            Some([product, PRODUCT_FILE]) => {
                listing.product(product).product = Some(path.clone());
            }
            Some([product, CODES_FILE]) => {
                listing.product(product).codes = Some(path.clone());
            }
            Some([product, OPERATIONS_FOLDER, file]) if is_operation(file) => {
                listing.product(product).operations.push(path.clone());
            }
            Some([product, TYPES_FOLDER, file]) if is_operation(file) => {
                listing.product(product).types.push(path.clone());
            }
            _ => listing.unexpected(path),
        }
    }
    let read = |path: &Path| {
        let bytes = files.get(path).map(|bytes| Cow::Borrowed(bytes.as_ref()));
        bytes.ok_or_else(|| io::ErrorKind::NotFound.into())
    };
    listing.check(Path::new(""), &read)
}

type Read<'r> = &'r (dyn Fn(&Path) -> io::Result<Cow<'r, [u8]>> + Sync);

/// The files that there are to read, and what is wrong with the others.
#[derive(Default)]
struct Listing {
    products: BTreeMap<String, Files>,
    findings: Vec<Diagnostic>,
}

#[derive(Default)]
struct Files {
    folder: PathBuf,
    product: Option<PathBuf>,
    codes: Option<PathBuf>,
    types: Vec<PathBuf>,
    operations: Vec<PathBuf>,
}

impl Listing {
    fn product(&mut self, name: &str) -> &mut Files {
        let files = self.products.entry(name.to_owned()).or_default();
        if files.folder.as_os_str().is_empty() {
            files.folder = PathBuf::from(name);
        }
        files
    }

    fn root(&mut self, folder: &Path) {
        for (name, path, is_folder) in self.entries(folder) {
            match name.as_str() {
                SCHEMA_FOLDER if is_folder => {}
                _ if is_folder => self.product_folder(&name, &path),
                _ => self.unexpected(&path),
            }
        }
    }

    fn product_folder(&mut self, product: &str, folder: &Path) {
        let mut files = Files {
            folder: folder.to_owned(),
            ..Files::default()
        };
        for (name, path, is_folder) in self.entries(folder) {
            match (name.as_str(), is_folder) {
                (PRODUCT_FILE, false) => files.product = Some(path),
                (CODES_FILE, false) => files.codes = Some(path),
                (OPERATIONS_FOLDER | TYPES_FOLDER, true) => {
                    let list = match name.as_str() {
                        OPERATIONS_FOLDER => &mut files.operations,
                        _ => &mut files.types,
                    };
                    for (name, path, is_folder) in self.entries(&path) {
                        if is_operation(&name) && !is_folder {
                            list.push(path);
                        } else {
                            self.unexpected(&path);
                        }
                    }
                }
                _ => self.unexpected(&path),
            }
        }
        self.products.insert(product.to_owned(), files);
    }

    /// What a folder holds, in the order of the names: name, path, whether it is a folder.
    fn entries(&mut self, folder: &Path) -> Vec<(String, PathBuf, bool)> {
        let read = || -> io::Result<Vec<_>> {
            let mut entries = Vec::new();
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default();
                // A name that is not Unicode has no place here; it is reported under its path.
                let name = name.to_str().unwrap_or("?").to_owned();
                if !ignored(&name) {
                    let is_folder = path.is_dir();
                    entries.push((name, path, is_folder));
                }
            }
            entries.sort();
            Ok(entries)
        };
        read().unwrap_or_else(|error| {
            self.findings.push(unreadable(folder, &error));
            Vec::new()
        })
    }

    fn unexpected(&mut self, path: &Path) {
        let finding = at_path(Code::UnexpectedFile, path, "unexpected file");
        self.findings.push(finding.help(
            "a product is `<product>/product.json` with `<product>/operations/<Operation>.json`, \
             `<product>/types/<Name>.json` for types that operations share, \
             and `<product>/codes.json` where its error codes are explained",
        ));
    }

    /// Reads and checks every file, on all cores.
    fn check(mut self, root: &Path, read: Read<'_>) -> Result<Catalogue, Vec<Diagnostic>> {
        if self.products.is_empty() && self.findings.is_empty() {
            let finding = at_path(Code::NoProduct, root, "there is no product in this folder");
            self.findings
                .push(finding.help("a product is a folder with a file `product.json`"));
        }
        let mut jobs = Vec::new();
        for (name, files) in &self.products {
            if let Some(path) = &files.product {
                jobs.push((name, path, FileKind::Product));
            } else {
                let path = files.folder.join(PRODUCT_FILE);
                self.findings.push(
                    at_path(Code::NoProduct, &path, "this product file is missing").help(
                        "every product has one; it says the product's code, version and signatures",
                    ),
                );
            }
            jobs.extend(files.codes.iter().map(|path| (name, path, FileKind::Codes)));
            jobs.extend(files.types.iter().map(|path| (name, path, FileKind::Type)));
            let operations = files.operations.iter();
            jobs.extend(operations.map(|path| (name, path, FileKind::Operation)));
        }
        self.findings.extend(unportable(&self.products));
        let texts: BTreeMap<&String, BTreeMap<String, String>> = self
            .products
            .iter()
            .map(|(name, files)| (name, type_texts(&files.types, read)))
            .collect();
        let types: BTreeMap<&String, Trees<'_>> = texts
            .iter()
            .map(|(name, texts)| (*name, Trees::of(texts)))
            .collect();
        let checked: Vec<(&String, Checked)> = jobs
            .into_par_iter()
            .map(|(product, path, kind)| (product, check_file(path, kind, &types[product], read)))
            .collect();

        let mut products = BTreeMap::<&String, Parts>::new();
        for (product, checked) in checked {
            let parts = products.entry(product).or_default();
            let fine = !checked.findings.iter().any(is_error);
            parts.complete &= fine;
            parts.names.extend(checked.name);
            parts.topics.extend(checked.topic);
            parts.replacements.extend(checked.replacement);
            self.findings.extend(checked.findings);
            match checked.file {
                Some(File::Product(path, product, place)) => {
                    parts.topics_known = fine;
                    parts.product = Some((path, product));
                    parts.place = place;
                }
                Some(File::Operation(operation)) => parts.operations.push(operation),
                Some(File::Codes(codes)) => parts.codes = codes,
                Some(File::Type(shared, place)) => parts.types.push((shared, place)),
                None => parts.complete = false,
            }
        }
        compare(&mut products, &mut self.findings);
        sort(&mut self.findings);
        if self.findings.iter().any(is_error) {
            return Err(self.findings);
        }
        let products = products.into_iter().filter_map(|(name, parts)| {
            let (path, product) = parts.product?;
            Some(ProductSpec {
                dir_name: name.clone(),
                path,
                product,
                types: parts.types.into_iter().map(|(shared, _)| shared).collect(),
                operations: parts.operations,
            })
        });
        Ok(Catalogue {
            products: products.collect(),
            warnings: self.findings,
        })
    }
}

/// Checks what only several files together can show.
fn compare(products: &mut BTreeMap<&String, Parts>, findings: &mut Vec<Diagnostic>) {
    findings.extend(together::modules(products.iter().filter_map(
        |(name, parts)| Some((name.as_str(), parts.place.clone()?)),
    )));
    for parts in products.values() {
        let names = parts.names.iter();
        findings.extend(together::modules(
            names.map(|(name, place)| (name.as_str(), place.clone())),
        ));
        if let (Some((_, product)), true) = (&parts.product, parts.topics_known) {
            findings.extend(together::topics(product, &parts.topics));
        }
        // An operation whose name could not be read may be the one that is meant.
        if parts.complete {
            let replaced = together::replacements(&parts.names, &parts.replacements);
            findings.extend(replaced);
            let named = parts.types.iter();
            let named: Vec<_> = named
                .map(|(shared, place)| (shared.name.clone(), place.clone()))
                .collect();
            findings.extend(shared::uses(&named, &parts.operations));
        }
        if let (Some((_, product)), Some(place), true) =
            (&parts.product, &parts.place, parts.complete)
        {
            let region = together::region_parameter(product, place, &parts.operations);
            findings.extend(region);
        }
    }
    for parts in products.values_mut().filter(|parts| parts.complete) {
        let product = parts.product.as_mut().map(|(_, product)| product);
        let unlisted = together::meanings(&parts.codes, product, &mut parts.operations);
        findings.extend(unlisted);
    }
}

/// What has been read of one product.
struct Parts {
    product: Option<(PathBuf, spec::Product)>,
    /// Where the product says its code.
    place: Option<Place>,
    types: Vec<(TypeSpec, Place)>,
    operations: Vec<OperationSpec>,
    /// The meanings of error codes, with the places of the codes.
    codes: Vec<(String, String, Place)>,
    /// The names of all operations that could be read, those with findings included.
    names: Vec<(String, Place)>,
    /// The topics that the operations name.
    topics: Vec<(String, Place)>,
    /// The topics of the product could be read.
    topics_known: bool,
    /// The operations that deprecated ones name.
    replacements: Vec<(String, Place)>,
    /// Nothing is wrong with any file so far.
    complete: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            product: None,
            place: None,
            types: Vec::new(),
            operations: Vec::new(),
            codes: Vec::new(),
            names: Vec::new(),
            topics: Vec::new(),
            topics_known: false,
            replacements: Vec::new(),
            complete: true,
        }
    }
}

#[derive(Clone, Copy)]
enum FileKind {
    Product,
    Codes,
    Type,
    Operation,
}

// Boxes would cost more than the few moves of a large value.
#[allow(clippy::large_enum_variant)]
enum File {
    Product(PathBuf, spec::Product, Option<Place>),
    Codes(Vec<(String, String, Place)>),
    Type(TypeSpec, Place),
    Operation(OperationSpec),
}

/// What has been read of one file, and what is wrong with it.
#[derive(Default)]
struct Checked {
    file: Option<File>,
    name: Option<(String, Place)>,
    topic: Option<(String, Place)>,
    replacement: Option<(String, Place)>,
    findings: Vec<Diagnostic>,
}

impl From<Diagnostic> for Checked {
    fn from(finding: Diagnostic) -> Self {
        Self {
            findings: vec![finding],
            ..Self::default()
        }
    }
}

/// The texts of types, by name; those that cannot be read are told of where they are checked.
fn type_texts(paths: &[PathBuf], read: Read<'_>) -> BTreeMap<String, String> {
    let texts = paths.iter().filter_map(|path| {
        let text = String::from_utf8(read(path).ok()?.into_owned()).ok()?;
        Some((stem(path), text))
    });
    texts.collect()
}

/// The name of a file without its ending.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn check_file(path: &Path, kind: FileKind, types: &Trees<'_>, read: Read<'_>) -> Checked {
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(path, &error).into(),
    };
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) => return not_utf8(path, &bytes, error.valid_up_to()).into(),
    };
    let source = Arc::new(Source {
        path: path.to_owned(),
        text: Some(text.to_owned()),
    });
    let mut findings = Findings::about(source);
    let mut checked = Checked::default();
    match kind {
        FileKind::Product => check_product(path, text, types, &mut findings, &mut checked),
        FileKind::Codes => check_codes(text, types, &mut findings, &mut checked),
        FileKind::Type => check_type(path, text, types, &mut findings, &mut checked),
        FileKind::Operation => check_operation(path, text, types, &mut findings, &mut checked),
    }
    checked.findings = findings.into_vec();
    checked
}

fn check_product(
    path: &Path,
    text: &str,
    types: &Trees<'_>,
    findings: &mut Findings,
    checked: &mut Checked,
) {
    let missing = json!({
        "product": "Product", "version": "2000-01-01", "signatures": ["acs3-hmac-sha256"]
    });
    let read = super::read(
        text,
        &structure::PRODUCT,
        &missing,
        (Root::Other, types),
        findings,
    );
    if let Some(super::Read {
        model: product,
        tree,
        lost,
        ..
    }) = read
    {
        let product: spec::Product = product;
        product::check(&product, &tree, findings);
        let place = product
            .region_parameter
            .as_ref()
            .map_or("product", |_| "regionParameter");
        let place = findings.place(tree.span_of(place));
        findings.retain(|finding| !lost.explains(finding));
        checked.file = Some(File::Product(path.to_owned(), product, Some(place)));
    }
}

fn check_codes(text: &str, types: &Trees<'_>, findings: &mut Findings, checked: &mut Checked) {
    let missing = json!({ "codes": {} });
    let read = super::read(
        text,
        &structure::CODES,
        &missing,
        (Root::Other, types),
        findings,
    );
    if let Some(super::Read { model, tree, .. }) = read {
        let codes: spec::Codes = model;
        let codes = codes.codes.into_iter().map(|(code, meaning)| {
            let place = tree.get("codes").map(|codes| codes.span_of(&code));
            (code, meaning, findings.place(place.unwrap_or_default()))
        });
        checked.file = Some(File::Codes(codes.collect()));
    }
}

fn check_type(
    path: &Path,
    text: &str,
    types: &Trees<'_>,
    findings: &mut Findings,
    checked: &mut Checked,
) {
    let name = stem(path);
    let missing = json!({ "type": "object" });
    let read = super::read(
        text,
        &structure::TYPE,
        &missing,
        (Root::Type(&name), types),
        findings,
    );
    if let Some(super::Read { model, tree, .. }) = read {
        let spec::SharedType {
            json_schema,
            schema,
        } = model;
        head::schema_path(
            json_schema.as_deref(),
            "../../schema/type.schema.json",
            &tree,
            findings,
        );
        shared::check(&name, &schema, &tree, findings);
        schemas::check_shared(&schema, &tree, &name, findings);
        collisions::inner(&schema, &tree, findings);
        stale::check_shared(&schema, &tree, findings);
        let place = findings.place(tree.opening());
        let path = path.to_owned();
        checked.file = Some(File::Type(TypeSpec { path, name, schema }, place));
    }
}

fn check_operation(
    path: &Path,
    text: &str,
    types: &Trees<'_>,
    findings: &mut Findings,
    checked: &mut Checked,
) {
    let missing = json!({ "operation": stem(path) });
    let read = super::read(
        text,
        &structure::OPERATION,
        &missing,
        (Root::Operation, types),
        findings,
    );
    if let Some(super::Read {
        model: operation,
        tree,
        lost,
        left_out,
    }) = read
    {
        let operation: spec::Operation = operation;
        super::operation::check(path, &operation, &tree, findings);
        rules::check_left_out(&operation, &left_out, findings);
        findings.retain(|finding| !lost.explains(finding));
        for finding in findings.iter_mut() {
            lost.suggest(finding);
        }
        let name = tree.get("rust").or_else(|| tree.get("operation"));
        if let Some(name) = name {
            let place = findings.place(name.span);
            checked.name = Some((operation.rust_name().to_owned(), place));
        }
        checked.topic = operation.topic.clone().map(|topic| {
            let place = findings.place(tree.span_of("topic"));
            (topic, place)
        });
        checked.replacement = operation.deprecated.replacement().map(|name| {
            let place = findings.place(deprecations::place(&tree));
            (name.to_owned(), place)
        });
        checked.file = Some(File::Operation(OperationSpec {
            path: path.to_owned(),
            operation,
        }));
    }
}

fn not_utf8(path: &Path, bytes: &[u8], at: usize) -> Diagnostic {
    let source = Arc::new(Source {
        path: path.to_owned(),
        text: Some(String::from_utf8_lossy(bytes).into_owned()),
    });
    // The first wrong byte has become a replacement character, at the same place.
    let span = Span {
        start: at,
        end: at + char::REPLACEMENT_CHARACTER.len_utf8(),
    };
    Diagnostic::new(
        Code::NotUtf8,
        Place { source, span },
        "this file is not UTF-8",
    )
    .label("the first byte that is not")
    .help("save it as UTF-8")
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("cannot read `{}`: {error}", shown(path));
    at_path(Code::Unreadable, path, &message)
}

/// A folder that holds no products although a folder near it does.
fn misplaced(folder: &Path) -> Option<Diagnostic> {
    let meant = |code, message: &str, meant: &Path| {
        at_path(code, folder, message).help(format!("did you mean `{}`?", shown(meant)))
    };
    if !folder.exists() {
        let siblings: Vec<_> = folders(&above(folder))
            .filter(|it| holds_products(it))
            .collect();
        let names = siblings.iter().filter_map(|it| it.file_name()?.to_str());
        let near = nearest(folder.file_name()?.to_str()?, names)?;
        let message = format!("cannot read `{}`: there is no such folder", shown(folder));
        return Some(meant(
            Code::Unreadable,
            &message,
            &folder.with_file_name(near),
        ));
    }
    if holds_products(folder) {
        return None;
    }
    let message = "this is one product or a part of it, not the folder of all specs";
    let mut product = folder.to_owned();
    for _ in ["itself", "its operations"] {
        let all = above(&product);
        if product.join(PRODUCT_FILE).exists() {
            return Some(meant(Code::NoProduct, message, &all));
        }
        product = all;
    }
    let inner = folders(folder).find(|inner| holds_products(inner))?;
    Some(meant(
        Code::NoProduct,
        "this folder holds no product",
        &inner,
    ))
}

/// The folder that a folder is in.
#[must_use]
pub fn above(folder: &Path) -> PathBuf {
    match folder.components().next_back() {
        Some(Component::Normal(_)) => match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        },
        Some(Component::CurDir) => PathBuf::from(".."),
        _ => folder.join(".."),
    }
}

fn holds_products(folder: &Path) -> bool {
    folders(folder).any(|inner| inner.join(PRODUCT_FILE).exists())
}

/// The folders in a folder, in the order of their names; none where it cannot be read.
fn folders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.into_iter()
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.code.severity() == Severity::Error
}

/// Finds the folders of products, and the files of operations and types, that not every system can hold.
fn unportable(products: &BTreeMap<String, Files>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut check = |path: &Path, name: &str, help: &str| {
        if !is_file_name(name) {
            let message = format!("not every system can hold a file or folder `{name}`");
            findings.push(at_path(Code::UnportableName, path, &message).help(help));
        }
    };
    for (product, files) in products {
        check(
            &files.folder,
            product,
            "give the folder of the product another name",
        );
        let named = [
            (
                &files.operations,
                "give the operation another name in Rust with `rust`, and the file that name",
            ),
            (&files.types, "give the type another name, and its file too"),
        ];
        for (paths, help) in named {
            for path in paths {
                let stem = path.file_stem().and_then(|stem| stem.to_str());
                check(path, stem.unwrap_or_default(), help);
            }
        }
    }
    findings
}

fn at_path(code: Code, path: &Path, message: &str) -> Diagnostic {
    let source = Arc::new(Source {
        path: path.to_owned(),
        text: None,
    });
    let span = Span::default();
    Diagnostic::new(code, Place { source, span }, message)
}
