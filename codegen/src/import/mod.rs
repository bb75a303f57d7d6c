//! Import: turns the vendor's metadata into specs.
//!
//! [`read`] takes the text of a metadata file, of a product version (`api-docs.json`) or of one
//! operation (`api.json`), and returns its facts as a [`Source`]. [`import`] is pure: specs and a
//! source in, new texts of spec files and a [`Report`] out.
//!
//! # Who decides what
//!
//! The metadata decides the facts: parameters with their types, formats, limits, enumerations,
//! whether they are required or deprecated, where and in which style they are sent; the structure
//! of the response; statuses and codes of errors; methods; permissions where given; hosts by
//! region. People decide summaries, descriptions, examples, rules, retryability, waiters, names in
//! Rust, what is sensitive. An import never touches those. It fills in what is empty and follows
//! from names with certainty: idempotency token, dry run, pagination, secrets of new parameters,
//! the link to the vendor's page, the topic if the metadata has it in ASCII.
//!
//! Where a person knows that the metadata is wrong, the spec has the right fact and records it in
//! `departures`, with the value of the metadata (`source`) and a reason. As long as the metadata
//! has that value, the spec keeps its own. If the metadata changes to the value of the spec, the
//! departure is reported as no longer needed; if it changes to a third value, the spec keeps its
//! own and the departure is reported for a decision. A departure about a whole parameter, property
//! or error row has the `source` `null` if the metadata does not have it, and `true` if the
//! metadata has it and the spec leaves it out. One about a collection (`/errors`, `/parameters`,
//! `…/properties`) with `source` `null` keeps everything in it that the metadata does not have.
//! Without a departure the metadata takes precedence, and the report lists the change.
//!
//! Only facts that the metadata *states* change a spec. Facts of a kind that it does not state (see
//! [`Known`]) or cannot express (formats such as `ipv6`) stay as they are. Operations that the
//! metadata does not have are reported, and removed only with [`Options::prune`]. A spec that
//! already agrees with the metadata is not rewritten.
//!
//! An operation may be repeated freely if it only reads. The vendor has two tags for that: `get`
//! and `list` read; `create`, `update` and `delete` write. If the two contradict each other, or
//! neither is set, the name decides (`Describe…`, `List…`, `Get…`, `Query…`, `Check…` read); in
//! doubt the operation writes.
//!
//! # Dirty data
//!
//! Every repair is in the report.
//!
//! | found | done |
//! |---|---|
//! | a parameter, property or key listed twice | identical: merged; different: the first kept |
//! | a name with dots (`SystemDisk.Size`) | kept as it is: it is the name on the wire |
//! | a name with spaces around it | spaces removed |
//! | a parameter, property or error without a name | dropped |
//! | names that are the same in Rust (`key`, `Key`) | one of them called `key_2` in Rust, on the wire as before |
//! | operations that differ in case only, or are called as no file can be everywhere (`Con`) | one of them, or it, called `GetThing2` in Rust, and so its file |
//! | `$ref` | replaced by what it refers to; in a circle or to nothing: `any` |
//! | more than 40 schemas within each other, or 20,000 in one operation | cut to `any` |
//! | a number or truth value given as text | taken as what it says |
//! | no type | from `properties`, `items`, limits or format; else text in a request, `any` in a response |
//! | an unknown type | other words for the known types understood; else as without a type |
//! | `properties` or `items` on another type | the type believed |
//! | an array without `items` | elements of `any` type |
//! | a format or limit on the wrong type, an unknown format | dropped |
//! | a limit that is no number or does not fit the format | dropped |
//! | a minimum above its maximum | both dropped |
//! | an exclusive limit | the next whole number, included; of numbers that are not whole, included |
//! | a pattern that is no (supported) regular expression | dropped; `\uXXXX` and `/^…$/` translated |
//! | values of an enumeration in another type | converted; else dropped |
//! | values of an enumeration beyond a limit | the limit dropped |
//! | a default that the schema forbids, or in prose | dropped |
//! | an unknown style, or one on a single value | dropped |
//! | `in` unknown | optional: the parameter dropped; required, or `path`: the operation is not expressible |
//! | a status that is none (`4003`) | the row kept without a status |
//! | a code with `%s` | kept; it matches any text there |
//! | an error without code | dropped |
//! | a code twice under one status | merged, the first message kept |
//! | an action twice | one permission, with the resources of both |
//! | an action, ARN or condition key that is none | dropped |
//! | several responses | that for 200, or the first described |
//! | a response that is not an object | taken as any answer |
//! | only a method other than GET and POST | POST |
//! | an optional file behind a URL | the URL as text |
//! | `allOf`, `oneOf`, `anyOf` and the like | ignored |
//!
//! # As of when
//!
//! The product's file records, for each kind of facts, the source that it was last taken from and
//! its date ([`Hints::as_of`]). Metadata without a date does not change an existing record.
//!
//! Limits in responses are not imported, because responses are not validated. Neither is a
//! `minItems` of 0, which every list meets, nor a `minLength` of 0, which vendors write without
//! intent: in a spec it means that the empty text has a meaning. Products in the ROA style (REST
//! paths), or in a style of their own, are refused; an operation that the RPC style cannot express
//! is skipped and reported.

pub(crate) mod derive;
mod document;
mod known;
pub(crate) mod merge;
pub(crate) mod names;
pub(crate) mod path;
pub(crate) mod product;
mod report;
mod schema;
pub(crate) mod secrets;
mod source;
mod sources;
pub mod suggest;

use std::collections::BTreeMap;
use std::fmt;

pub use known::Known;
pub(crate) use report::shown;
pub use report::{
    Change, Declined, DepartureNote, DepartureState, Fact, Kept, Repair, RepairKind, Report, Side,
    WrittenOut,
};
pub(crate) use source::permissions::kind_of;
pub use source::{Source, Sourced, read};

use crate::check::is_version;
use crate::format;
pub use crate::layout::{PRODUCT_FILE, operation_file, type_file};
use crate::spec::{Operation, Product};
use crate::types::{self, Types};
use crate::web;

/// The specs of one product, as they are now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Specs {
    /// The product's file.
    pub product: Option<Product>,
    /// The operations by name, with the types that they share in the place of references.
    pub operations: BTreeMap<String, Operation>,
    /// The types that operations share.
    pub types: Types,
}

/// The options of an import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Take the vendor's sentences where a spec has none: for private use, they are the vendor's.
    pub descriptions: bool,
    /// Take the vendor's error messages; likewise.
    pub messages: bool,
    /// Remove specs of operations that the metadata of a whole product has no more.
    pub prune: bool,
}

/// Facts about a metadata file that it may not state itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// The vendor's code of the product.
    pub product: Option<&'a str>,
    /// The API version.
    pub version: Option<&'a str>,
    /// The operation, for the file of one.
    pub operation: Option<&'a str>,
    /// As of when it is, `YYYY-MM-DD` or `YYYY-MM`.
    pub as_of: Option<&'a str>,
    /// A short description of the file; `API metadata` by default.
    pub source: Option<&'a str>,
}

/// The outcome of an import.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// New texts of files by their path within the product's folder; of changed files only.
    pub files: BTreeMap<String, String>,
    /// Files to remove.
    pub removed: Vec<String>,
    /// The specs as they are after the import.
    pub specs: Specs,
    /// The report of what was found and done.
    pub report: Report,
}

/// The reason why nothing was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// The text is not metadata; why.
    NotMetadata(String),
    /// The product is addressed by REST paths.
    Roa(String),
    /// The product is in a style of its own, such as that of object storage.
    OtherStyle {
        /// The product and its version.
        product: String,
        /// The style, as the metadata calls it.
        style: String,
    },
    /// Neither the file nor the caller names the product and its version.
    ProductUnnamed,
    /// Neither the file nor the caller names the operation.
    OperationUnnamed,
    /// The metadata is about another product or version than the specs.
    OtherProduct {
        /// That of the specs.
        specs: String,
        /// That of the metadata.
        metadata: String,
    },
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMetadata(why) => write!(f, "this is not API metadata: {why}"),
            Self::Roa(product) => write!(
                f,
                "{product} is in the ROA style (REST paths); only products in the RPC style can be generated"
            ),
            Self::OtherStyle { product, style } => write!(
                f,
                "{product} is in the style `{style}`; only products in the RPC style can be generated"
            ),
            Self::ProductUnnamed => f.write_str("the metadata does not name its product and version; say `--product` and `--version`"),
            Self::OperationUnnamed => f.write_str("the metadata does not name its operation; say `--operation`"),
            Self::OtherProduct { specs, metadata } => {
                write!(f, "the specs are of {specs}, the metadata is of {metadata}; use a folder for each")
            }
        }
    }
}

impl std::error::Error for ImportError {}

/// Merges metadata into the specs of one product.
///
/// The vendor's sentences are there for the options that ask for them only where [`read`] was asked
/// for them too.
///
/// # Errors
///
/// The source is of another product than the specs, or does not name its product and version.
pub fn import(
    existing: &Specs,
    source: &Source,
    options: &Options,
) -> Result<Imported, ImportError> {
    let (product, version) = identity(existing.product.as_ref(), source)?;
    let mut report = Report {
        product: product.clone(),
        version: version.clone(),
        described: source.operations.len() + source.declined.len(),
        declined: source.declined.clone(),
        repairs: source.repairs.clone(),
        ..Report::default()
    };
    let mut imported = Imported::default();
    let mut written = Vec::new();
    let mut names = names::Files::of(existing.operations.values().filter(|spec| {
        let gone = options.prune && !source.single && !describes(source, &spec.operation);
        !gone
    }));
    for (name, theirs) in &source.operations {
        let old = existing.operations.get(name);
        let mut new = operation(
            name,
            old,
            theirs,
            (&product, &version),
            *options,
            &mut report,
        );
        if old.is_none() {
            names.give(&mut new, &mut report.repairs);
        }
        if old == Some(&new) {
            report.unchanged += 1;
        } else {
            let list = if old.is_some() {
                &mut report.updated
            } else {
                &mut report.added
            };
            list.push(name.clone());
            written.push(name.clone());
        }
        imported.specs.operations.insert(name.clone(), new);
    }
    for (name, spec) in &existing.operations {
        if imported.specs.operations.contains_key(name) {
            continue;
        }
        let gone = !source.single && !describes(source, name);
        if gone {
            report.missing.push(name.clone());
        }
        if options.prune && gone {
            report.removed.push(name.clone());
            imported.removed.push(operation_file(spec.rust_name()));
        } else {
            imported.specs.operations.insert(name.clone(), spec.clone());
        }
    }
    settle_types(existing, &mut imported, &mut written, &mut report);
    for name in written {
        let Some(operation) = imported.specs.operations.get(&name) else {
            continue;
        };
        let (text, _) = types::operation_to_text(operation, &imported.specs.types);
        imported
            .files
            .insert(operation_file(operation.rust_name()), text);
    }
    let mut merged = product::merge(
        existing.product.as_ref(),
        source,
        &product,
        &version,
        &imported.specs.operations,
        &mut report.changes,
    );
    sources::record(&mut merged.sources, source);
    if existing.product.as_ref() != Some(&merged) {
        imported
            .files
            .insert(PRODUCT_FILE.to_owned(), format::product_to_text(&merged));
    }
    imported.specs.product = Some(merged);
    report
        .repairs
        .sort_by(|a, b| (a.kind, &a.operation).cmp(&(b.kind, &b.operation)));
    imported.report = report;
    Ok(imported)
}

/// Finds the types that operations share for a product that is new, and otherwise what has become of them.
fn settle_types(
    existing: &Specs,
    imported: &mut Imported,
    written: &mut Vec<String>,
    report: &mut Report,
) {
    let changed: Vec<String> = if existing.operations.is_empty() {
        imported.specs.types = types::find(&mut imported.specs.operations);
        imported.specs.types.keys().cloned().collect()
    } else {
        let settled = types::settle(imported.specs.operations.values(), &existing.types);
        imported.specs.types = settled.types;
        for (operation, places) in settled.written_out {
            // A spec that keeps a type as it was has to be written too, if all others have changed it.
            if !written.contains(&operation) {
                written.push(operation.clone());
            }
            if let Some(spec) = imported.specs.operations.get_mut(&operation) {
                types::forget(spec, &places);
            }
            let places = places.into_iter();
            report.written_out.extend(places.map(|place| WrittenOut {
                operation: operation.clone(),
                at: place.at,
                name: place.name,
            }));
        }
        let operations = imported.specs.operations.values();
        for name in types::take_unused(operations, &mut imported.specs.types) {
            imported.removed.push(type_file(&name));
            report.unused_types.push(name);
        }
        settled.changed
    };
    let types = &imported.specs.types;
    let changed = changed.into_iter().filter(|name| types.contains_key(name));
    let changed: Vec<_> = changed.collect();
    for name in &changed {
        let types = &imported.specs.types;
        let text = types::type_to_text(&types[name], types);
        imported.files.insert(type_file(name), text);
    }
    report.types = changed;
}

/// The operation is in the metadata, if only as one that cannot be expressed.
fn describes(source: &Source, operation: &str) -> bool {
    let declined = || source.declined.iter().any(|it| it.operation == operation);
    source.operations.contains_key(operation) || declined()
}

/// Product and version, which specs and metadata agree on.
pub(crate) fn identity(
    existing: Option<&Product>,
    source: &Source,
) -> Result<(String, String), ImportError> {
    let stated = source.product.as_deref().zip(source.version.as_deref());
    let Some(existing) = existing else {
        let (product, version) = stated.ok_or(ImportError::ProductUnnamed)?;
        if !is_version(version) {
            return Err(ImportError::NotMetadata(format!(
                "`{version}` is not an API version; expected one such as `2014-05-26`"
            )));
        }
        return Ok((product.to_owned(), version.to_owned()));
    };
    if let Some((product, version)) = stated
        && !(product.eq_ignore_ascii_case(&existing.product) && version == existing.version)
    {
        return Err(ImportError::OtherProduct {
            specs: format!("{} {}", existing.product, existing.version),
            metadata: format!("{product} {version}"),
        });
    }
    Ok((existing.product.clone(), existing.version.clone()))
}

fn operation(
    name: &str,
    old: Option<&Operation>,
    theirs: &Sourced,
    (product, version): (&str, &str),
    options: Options,
    report: &mut Report,
) -> Operation {
    let mut spec = old.cloned().unwrap_or_else(|| Operation {
        schema: Some("../../schema/operation.schema.json".to_owned()),
        ..theirs.spec.clone()
    });
    let departures = old.map(|old| old.departures.clone()).unwrap_or_default();
    let mut merge = merge::operation(&mut spec, theirs, &departures, name, options.messages);
    derive::complete(&mut spec, &mut merge);
    if spec.docs.is_none() {
        spec.docs = web::documentation(product, version, name);
    }
    if spec.topic.is_none()
        && !theirs.topics.is_empty()
        && theirs.topics.iter().all(|t| t.is_ascii() && !t.is_empty())
    {
        spec.topic = Some(theirs.topics.join(" / "));
    }
    if options.descriptions {
        fill_words(&mut spec, &theirs.spec);
    }
    names::settle(&mut spec, old, &mut report.repairs);
    report.departures.extend(merge.notes());
    report.changes.append(&mut merge.changes);
    if old.is_some() {
        report.kept.append(merge.kept);
    }
    spec
}

/// The vendor's words where a spec has none.
fn fill_words(spec: &mut Operation, theirs: &Operation) {
    fn fill(mine: &mut crate::spec::Schema, theirs: &crate::spec::Schema) {
        if mine.description.is_none() {
            mine.description.clone_from(&theirs.description);
        }
        if let Some((mine, theirs)) = mine.items.as_deref_mut().zip(theirs.items.as_deref()) {
            fill(mine, theirs);
        }
        if let Some((mine, theirs)) = mine
            .additional_properties
            .as_deref_mut()
            .zip(theirs.additional_properties.as_deref())
        {
            fill(mine, theirs);
        }
        for (name, property) in &mut mine.properties {
            if let Some(theirs) = theirs.properties.get(name) {
                fill(property, theirs);
            }
        }
    }
    for text in [
        (&mut spec.summary, &theirs.summary),
        (&mut spec.description, &theirs.description),
    ] {
        if text.0.is_none() {
            text.0.clone_from(text.1);
        }
    }
    for parameter in &mut spec.parameters {
        if let Some(theirs) = theirs
            .parameters
            .iter()
            .find(|other| other.name == parameter.name)
        {
            fill(&mut parameter.schema, &theirs.schema);
        }
    }
    if let Some((mine, theirs)) = spec.response.as_mut().zip(theirs.response.as_ref()) {
        fill(mine, theirs);
    }
}
