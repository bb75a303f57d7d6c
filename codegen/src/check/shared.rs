//! Types that operations share: their schemas put in place of references, in trees; and the check
//! that each is used.

use std::collections::{BTreeMap, HashMap};

use super::catalogue::OperationSpec;
use super::findings::Findings;
use super::near::nearest;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::names;
use crate::spec::{Schema, Type};
use crate::tables::wrapped_list;
use crate::tree::{Entry, Kind, Node, Span, parse};
use crate::types::{PLACE, REFERENCE, name_of};

/// The types of a product by name, as they stand in their files.
#[derive(Default)]
pub(super) struct Trees<'t>(BTreeMap<String, Node<'t>>);

impl<'t> Trees<'t> {
    /// Those of the texts that are JSON; the others are told of where they are checked.
    pub(super) fn of(texts: &'t BTreeMap<String, String>) -> Self {
        let trees = texts.iter().filter_map(|(name, text)| {
            let mut tree = parse(text).ok()?;
            if let Kind::Object(entries) = &mut tree.kind {
                entries.retain(|entry| entry.key != "$schema");
            }
            Some((name.clone(), tree))
        });
        Self(trees.collect())
    }
}

/// What a tree is of.
#[derive(Clone, Copy)]
pub(super) enum Root<'n> {
    /// An operation.
    Operation,
    /// The type of this name.
    Type(&'n str),
    /// Something without schemas.
    Other,
}

/// Puts the schemas of types in the place of references. What is there then is at the place of the reference.
/// Says whether there was any.
pub(super) fn expand<'t>(
    tree: &mut Node<'t>,
    root: Root<'_>,
    types: &Trees<'t>,
    findings: &mut Findings,
) -> bool {
    let mut expansion = Expansion {
        types,
        findings,
        around: Vec::new(),
        any: false,
    };
    match root {
        Root::Operation => {
            let Kind::Object(entries) = &mut tree.kind else {
                return false;
            };
            for entry in entries {
                match (entry.key.as_ref(), &mut entry.value.kind) {
                    ("parameters", Kind::Array(parameters)) => {
                        for parameter in parameters {
                            expansion.schema(parameter, None);
                        }
                    }
                    ("response", _) => expansion.schema(&mut entry.value, None),
                    _ => {}
                }
            }
        }
        Root::Type(name) => {
            expansion.around.push(name.to_owned());
            expansion.within(tree, None);
        }
        Root::Other => {}
    }
    expansion.any
}

struct Expansion<'e, 't> {
    types: &'e Trees<'t>,
    findings: &'e mut Findings,
    /// The types that the schema is in.
    around: Vec<String>,
    any: bool,
}

impl<'t> Expansion<'_, 't> {
    /// A schema; within one that has been put in the place of a reference, that is where it is.
    fn schema(&mut self, node: &mut Node<'t>, place: Option<Span>) {
        let depth = self.around.len();
        let mut inner = place;
        if let Some(reference) = node.get(REFERENCE)
            && let Some(path) = reference.as_str().map(str::to_owned)
        {
            self.any = true;
            let span = place.unwrap_or(reference.span);
            inner = Some(span);
            if place.is_none() {
                self.beside(node);
            }
            self.put(node, &path, span, place.is_none());
        }
        self.within(node, inner);
        self.around.truncate(depth);
    }

    fn within(&mut self, node: &mut Node<'t>, place: Option<Span>) {
        let Kind::Object(entries) = &mut node.kind else {
            return;
        };
        for entry in entries {
            match (entry.key.as_ref(), &mut entry.value.kind) {
                ("items" | "additionalProperties", _) => self.schema(&mut entry.value, place),
                ("properties", Kind::Object(properties)) => {
                    for property in properties {
                        self.schema(&mut property.value, place);
                    }
                }
                _ => {}
            }
        }
    }

    /// What stands beside a reference is about the place, not about the type.
    fn beside(&mut self, node: &Node<'t>) {
        for entry in node.entries() {
            if !PLACE.contains(&entry.key.as_ref()) {
                self.findings.push(
                    self.findings
                        .finding(
                            Code::MisplacedKey,
                            entry.key_span,
                            format!("`{}` has no meaning beside `$ref`", entry.key),
                        )
                        .label("the type says this")
                        .also(self.findings.place(node.span_of(REFERENCE)), "this type"),
                );
            }
        }
    }

    fn put(&mut self, node: &mut Node<'t>, path: &str, span: Span, tell: bool) {
        let name = name_of(path).unwrap_or(path).to_owned();
        let shared = self.types.0.get(&name);
        let endless = self.around.contains(&name);
        let entries = match shared {
            Some(shared) if !endless => {
                self.around.push(name);
                shared.entries().to_vec()
            }
            // Anything, so that nothing follows from it.
            _ => parse(r#"{ "type": "any" }"#)
                .map_or_else(|_| Vec::new(), |any| any.entries().to_vec()),
        };
        if tell && (endless || shared.is_none()) {
            let finding = self.not_found(path, span, endless);
            self.findings.push(finding);
        }
        let Kind::Object(own) = &mut node.kind else {
            return;
        };
        for entry in entries {
            if !own.iter().any(|own| own.key == entry.key) {
                own.push(at(entry, span));
            }
        }
    }

    fn not_found(&self, path: &str, span: Span, endless: bool) -> Diagnostic {
        if endless {
            return self
                .findings
                .finding(
                    Code::EndlessType,
                    span,
                    format!("`{path}` leads back to the type that it is in"),
                )
                .label("a value would have no end")
                .help("give one of the schemas on the way the type `any`");
        }
        let finding = self.findings.finding(
            Code::UnknownSharedType,
            span,
            format!("`{path}` is not a type of the product"),
        );
        let name = name_of(path).unwrap_or(path);
        match nearest(name, self.types.0.keys().map(String::as_str)) {
            Some(near) => finding.label(format!("did you mean `{near}`?")),
            None => finding.label("there is no such file").help(
                "an operation refers to `../types/<Name>.json`, a type to `<Name>.json` beside it",
            ),
        }
    }
}

/// An entry with everything in it, at another place.
fn at(mut entry: Entry<'_>, span: Span) -> Entry<'_> {
    relocate_entry(&mut entry, span);
    entry
}

fn relocate_entry(entry: &mut Entry<'_>, span: Span) {
    entry.key_span = span;
    relocate(&mut entry.value, span);
}

fn relocate(node: &mut Node<'_>, span: Span) {
    node.span = span;
    match &mut node.kind {
        Kind::Array(items) => items.iter_mut().for_each(|item| relocate(item, span)),
        Kind::Object(entries) => entries
            .iter_mut()
            .for_each(|entry| relocate_entry(entry, span)),
        _ => {}
    }
}

/// Whether a type can be one, by itself.
pub(super) fn check(name: &str, schema: &Schema, tree: &Node<'_>, findings: &mut Findings) {
    if !names::is_type_name(name) {
        findings.push(
            findings
                .finding(
                    Code::InvalidRustName,
                    tree.opening(),
                    format!("`{name}` cannot be the name of a type"),
                )
                .label("expected a file name in `UpperCamelCase`"),
        );
    }
    if schema.kind != Type::Object || schema.properties.is_empty() {
        findings.push(
            findings
                .finding(
                    Code::SharedNotObject,
                    tree.span_of("type"),
                    format!("`{name}` is not an object with `properties`"),
                )
                .label("only such objects are shared")
                .help("write the schema out where it is used"),
        );
    }
}

/// Whether the types of a product are used, and by requests or responses alone; and whether their names
/// are free.
pub(super) fn uses(types: &[(String, Place)], operations: &[OperationSpec]) -> Vec<Diagnostic> {
    let mut requests: HashMap<&str, &str> = HashMap::new();
    let mut responses: HashMap<&str, &str> = HashMap::new();
    for spec in operations {
        let operation = &spec.operation;
        for parameter in &operation.parameters {
            collect(
                &parameter.schema,
                false,
                &operation.operation,
                &mut requests,
            );
        }
        if let Some(response) = &operation.response {
            collect(response, true, &operation.operation, &mut responses);
        }
    }
    let mut taken: HashMap<String, &str> = HashMap::new();
    for spec in operations.iter().filter(|_| !types.is_empty()) {
        let operation = spec.operation.operation.as_str();
        let plain = names::type_name(operation);
        for part in ["Response", "ErrorCode", ""] {
            taken.entry(format!("{plain}{part}")).or_insert(operation);
        }
    }
    let mut findings = Vec::new();
    for (name, place) in types {
        match (requests.get(name.as_str()), responses.get(name.as_str())) {
            (Some(request), Some(response)) => findings.push(
                Diagnostic::new(
                    Code::TypeOfBoth,
                    place.clone(),
                    format!("requests and responses share the type `{name}`"),
                )
                .label(format!(
                    "in the request of `{request}` and in the response of `{response}`"
                ))
                .help("give each a type of its own: responses may grow, requests are built by callers"),
            ),
            (None, None) => findings.push(
                Diagnostic::new(
                    Code::UnusedType,
                    place.clone(),
                    format!("no operation refers to the type `{name}`"),
                )
                .label("not used")
                .help("remove the file"),
            ),
            _ => {}
        }
        if let Some(operation) = taken.get(name) {
            findings.push(
                Diagnostic::new(
                    Code::NameCollision,
                    place.clone(),
                    format!("the type `{name}` and one of the operation `{operation}` have the same name in Rust"),
                )
                .label("the same name")
                .help("rename the file"),
            );
        }
    }
    findings
}

fn collect<'s>(
    schema: &'s Schema,
    in_response: bool,
    operation: &'s str,
    uses: &mut HashMap<&'s str, &'s str>,
) {
    // A list that a response wraps in an object stands for the object.
    let is_type = !(in_response && wrapped_list(schema).is_some());
    if let Some(name) = schema.shared().filter(|_| is_type) {
        uses.entry(name).or_insert(operation);
    }
    let inner = schema.items.as_deref().into_iter();
    for schema in inner
        .chain(schema.additional_properties.as_deref())
        .chain(schema.properties.values())
    {
        collect(schema, in_response, operation, uses);
    }
}
