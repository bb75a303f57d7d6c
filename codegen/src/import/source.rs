//! The facts of a metadata document, as specs: one [`Sourced`] for each operation.

mod access;
mod errors;
mod operation;
pub(crate) mod permissions;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::known::{Known, Statements};
use super::report::{Declined, Repair, RepairKind};
use super::schema::{Lower, noun, shown};
use super::{Hints, ImportError, document, path};
use crate::spec::{Endpoint, Operation, SignatureKind};
use crate::web;
use operation::Reader;

/// The facts of a metadata document.
#[derive(Clone, Debug)]
pub struct Source {
    /// The vendor's code of the product, where stated.
    pub product: Option<String>,
    /// The API version, where stated.
    pub version: Option<String>,
    /// The signatures that the style of the product takes, the preferred one first.
    pub signatures: Vec<SignatureKind>,
    /// The hosts by region, in the order of the regions.
    pub endpoints: Vec<Endpoint>,
    /// As of when it is, where the caller knows.
    pub as_of: Option<String>,
    /// A description of the document, if the caller has one.
    pub name: Option<String>,
    /// The document is one operation's, not the product's.
    pub single: bool,
    /// The facts about each operation.
    pub operations: BTreeMap<String, Sourced>,
    /// Operations that the format cannot express.
    pub declined: Vec<Declined>,
    /// The repairs.
    pub repairs: Vec<Repair>,
}

/// The facts of a metadata document about one operation.
#[derive(Clone, Debug)]
pub struct Sourced {
    /// The facts, as a spec of nothing else.
    pub spec: Operation,
    /// The kinds of facts that the document states, including those that it states by leaving them
    /// out.
    pub known: Known,
    /// Other remarks of the vendor, which are not for specs.
    pub remarks: Vec<String>,
    /// The topics under which the document lists it, the outermost first.
    pub topics: Vec<String>,
}

/// Reads a metadata document. `descriptions` and `messages` ask for the vendor's sentences too.
///
/// # Errors
///
/// The text is no metadata, is of a product that is not addressed in the RPC style, or is of one
/// operation that neither it nor `hints` names.
pub fn read(
    text: &str,
    hints: &Hints<'_>,
    descriptions: bool,
    messages: bool,
) -> Result<Source, ImportError> {
    let (document, repeated) = document::parse(text).map_err(ImportError::NotMetadata)?;
    let root = document.as_object().ok_or_else(|| {
        ImportError::NotMetadata(format!("the file is {}, not an object", noun(&document)))
    })?;
    let stated = |key: &str| {
        let text = root
            .get("info")
            .and_then(|info| info.get(key))
            .and_then(Value::as_str);
        text.map(str::trim).filter(|text| !text.is_empty())
    };
    let mut lower = Lower::new("", None, descriptions);
    for key in repeated {
        lower.duplicate(&key.at, key.identical);
    }
    let single = !root.contains_key("apis");
    let alone;
    let apis = if single {
        alone = only_operation(root, hints)?;
        &alone
    } else {
        operations(root)?
    };
    let mut source = Source {
        product: stated("product").or(hints.product).map(str::to_owned),
        version: stated("version").or(hints.version).map(str::to_owned),
        as_of: hints.as_of.map(str::to_owned),
        name: hints.source.map(str::to_owned),
        signatures: Vec::new(),
        endpoints: endpoints(root.get("endpoints"), &mut lower),
        single,
        operations: BTreeMap::new(),
        declined: Vec::new(),
        repairs: Vec::new(),
    };
    let title = source.product.clone().zip(source.version.clone());
    let title = title.map_or_else(
        || "this product".to_owned(),
        |(product, version)| format!("{product} {version}"),
    );
    source.signatures = signatures(stated("style"), apis, &mut lower, &title)?;
    source.repairs.append(&mut lower.repairs);
    each(&mut source, root, apis, (descriptions, messages));
    source.repairs.sort_by(|a, b| a.operation.cmp(&b.operation));
    Ok(source)
}

/// The operations of a product's document.
fn operations(root: &Map<String, Value>) -> Result<&Map<String, Value>, ImportError> {
    match root.get("apis") {
        Some(Value::Object(apis)) => Ok(apis),
        other => {
            let found = noun(other.unwrap_or(&Value::Null));
            Err(ImportError::NotMetadata(format!(
                "`apis` is {found}, not an object"
            )))
        }
    }
}

/// The operation of a document that has only one.
fn only_operation(
    root: &Map<String, Value>,
    hints: &Hints<'_>,
) -> Result<Map<String, Value>, ImportError> {
    if !root.contains_key("parameters") && !root.contains_key("responses") {
        return Err(ImportError::NotMetadata(
            "neither `apis` nor `parameters` is there".to_owned(),
        ));
    }
    let named = ["name", "apiName", "api", "operationId"]
        .iter()
        .find_map(|key| root.get(*key)?.as_str());
    let name = named
        .or(hints.operation)
        .ok_or(ImportError::OperationUnnamed)?;
    Ok(Map::from_iter([(
        name.to_owned(),
        Value::Object(root.clone()),
    )]))
}

/// Reads each operation.
fn each(
    source: &mut Source,
    root: &Map<String, Value>,
    apis: &Map<String, Value>,
    (descriptions, messages): (bool, bool),
) {
    let components = root
        .get("components")
        .and_then(|components| components.get("schemas"))
        .or(root.get("definitions"));
    let components = components.and_then(Value::as_object);
    let statements = Statements::of(apis, components);
    let mut topics = BTreeMap::new();
    collect_topics(root.get("directories"), &mut Vec::new(), &mut topics);
    let v3_only = !source.signatures.contains(&SignatureKind::HmacSha1);
    for (written, api) in apis {
        let name = written.trim();
        let refused = if !is_operation_name(name) {
            Some("its name cannot be the name of a file and of a type".to_owned())
        } else if source.operations.contains_key(name) {
            Some("it is listed twice".to_owned())
        } else if !api.is_object() {
            Some(format!("it is {}, not an object", noun(api)))
        } else {
            None
        };
        if let Some(why) = refused {
            source.declined.push(Declined {
                operation: written.clone(),
                why,
            });
            continue;
        }
        let Some(api) = api.as_object() else { continue };
        let mut reader = Reader {
            lower: Lower::new(name, components, descriptions),
            name,
            api,
            messages,
            known: statements.about(api),
        };
        match reader.operation(v3_only) {
            Ok(spec) => {
                let sourced = Sourced {
                    spec,
                    remarks: if descriptions {
                        remarks(api)
                    } else {
                        Vec::new()
                    },
                    known: reader.known(),
                    topics: topics.remove(name).unwrap_or_default(),
                };
                source.operations.insert(name.to_owned(), sourced);
            }
            Err(why) => source.declined.push(Declined {
                operation: written.clone(),
                why,
            }),
        }
        source.repairs.append(&mut reader.lower.repairs);
    }
}

/// The longest name of an operation, in bytes: file systems hold 255, of which `.json` takes some.
const LONGEST_NAME: usize = 250;

/// Fits a file name, a module and a type.
fn is_operation_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= LONGEST_NAME
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The signatures that the style of the product takes: RPC both, V3 the newer one. Products of other
/// styles, which are addressed by paths, are not for us.
fn signatures(
    style: Option<&str>,
    apis: &Map<String, Value>,
    lower: &mut Lower<'_>,
    title: &str,
) -> Result<Vec<SignatureKind>, ImportError> {
    let both = vec![SignatureKind::Acs3HmacSha256, SignatureKind::HmacSha1];
    let by_path = !apis.is_empty() && apis.values().all(is_rest);
    match style.map(str::to_ascii_uppercase).as_deref() {
        Some("RPC") => return Ok(both),
        Some("V3") if !by_path => return Ok(vec![SignatureKind::Acs3HmacSha256]),
        Some("ROA" | "REST" | "RESTFUL" | "V3") => return Err(ImportError::Roa(title.to_owned())),
        Some(_) => {
            return Err(ImportError::OtherStyle {
                product: title.to_owned(),
                style: style.unwrap_or_default().to_owned(),
            });
        }
        None if by_path => return Err(ImportError::Roa(title.to_owned())),
        // The document of one operation never says it.
        None if apis.len() > 1 => {
            lower.repair(
                "/signatures",
                RepairKind::ProductStyle,
                "no style stated",
                "taken as RPC",
            );
        }
        None => {}
    }
    Ok(both)
}

/// Addressed by a path of its own.
fn is_rest(api: &Value) -> bool {
    is_rest_path(api.get("path"))
}

fn is_rest_path(path: Option<&Value>) -> bool {
    path.and_then(Value::as_str)
        .is_some_and(|path| !path.trim_matches('/').is_empty())
}

fn endpoints(value: Option<&Value>, lower: &mut Lower<'_>) -> Vec<Endpoint> {
    let mut by_region = BTreeMap::new();
    for entry in value.and_then(Value::as_array).into_iter().flatten() {
        let host = |key: &str| {
            entry
                .get(key)
                .and_then(Value::as_str)
                .map(|host| {
                    host.trim()
                        .trim_start_matches("https://")
                        .trim_start_matches("http://")
                        .trim_end_matches('/')
                        .to_owned()
                })
                .filter(|host| web::is_host(host))
        };
        let region = entry
            .get("regionId")
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|region| !region.is_empty());
        let (Some(region), Some(public)) = (region, host("endpoint").or_else(|| host("public")))
        else {
            // Regions with a VPC host alone are listed too; they are of no use to others.
            if entry.get("vpc").is_none() {
                lower.repair("/endpoints", RepairKind::Malformed, shown(entry), "dropped");
            }
            continue;
        };
        let vpc_host = host("vpc").or_else(|| host("vpcEndpoint"));
        let endpoint = Endpoint {
            region: region.to_owned(),
            host: public,
            vpc_host,
        };
        if let Some(first) = by_region.get(region) {
            lower.duplicate(&path::join("/endpoints", region), *first == endpoint);
            continue;
        }
        by_region.insert(region.to_owned(), endpoint);
    }
    by_region.into_values().collect()
}

fn collect_topics(
    directories: Option<&Value>,
    above: &mut Vec<String>,
    topics: &mut BTreeMap<String, Vec<String>>,
) {
    for entry in directories
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(10_000)
    {
        match entry {
            Value::String(operation) => {
                topics
                    .entry(operation.clone())
                    .or_insert_with(|| above.clone());
            }
            Value::Object(directory) if above.len() < 16 => {
                above.push(
                    directory
                        .get("title")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .trim()
                        .to_owned(),
                );
                collect_topics(directory.get("children"), above, topics);
                above.pop();
            }
            _ => {}
        }
    }
}

/// The vendor's further texts on an operation.
fn remarks(api: &Map<String, Value>) -> Vec<String> {
    let texts = ["title", "requestParamsDescription", "extraInfo"]
        .into_iter()
        .filter_map(|key| api.get(key)?.as_str());
    texts
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}
