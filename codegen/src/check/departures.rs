//! The check that departures from the source are about facts that exist.
//!
//! `at` names a fact by names from the top: a key of an object; in a list the `name` of a parameter or
//! waiter, the `region` of an endpoint, the `action` of a permission, the `type` of a resource, the status and the code
//! of an error (or the code alone), or a position from 0. The last name may be missing from the spec where the source has it: that is
//! how a spec says that it leaves something out.

use super::findings::Findings;
use super::near::nearest;
use super::structure;
use crate::diagnostic::{Among, Code};
use crate::spec::Operation;
use crate::tree::{Kind, Node};

/// Checks the departures of an operation.
pub(super) fn check(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    for (departure, node) in operation.departures.iter().zip(tree.list("departures")) {
        if departure.reason.trim().is_empty() {
            let span = node.span_of("reason");
            findings.push(
                findings
                    .finding(Code::EmptyText, span, "a departure without a reason")
                    .label("say why the spec departs from its source"),
            );
        }
        let span = node.span_of("at");
        let finding = |label: String| {
            findings
                .finding(
                    Code::UnknownDeparture,
                    span,
                    format!("`{}` does not exist in this spec", departure.at),
                )
                .label(label)
        };
        let Some(path) = departure.at.strip_prefix('/') else {
            let finding = finding("a path begins with `/`".to_owned());
            findings.push(finding);
            continue;
        };
        let outcome = follow(tree, path);
        let finding = match outcome {
            Outcome::Found => continue,
            Outcome::Missing {
                last: true,
                parent,
                name,
            } if !departure.source.is_null() => {
                if !is_format(parent) || structure::all_keys().any(|key| key == name) {
                    continue;
                }
                finding(match nearest(&name, structure::all_keys()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the format has no `{name}`"),
                })
            }
            Outcome::Missing { last, parent, name } => {
                let names: Vec<String> = names(parent);
                match nearest(&name, names.iter().map(String::as_str)) {
                    Some(near) => finding(format!("did you mean `{near}`?")),
                    None => {
                        let finding = finding(format!("there is no `{name}`"));
                        let finding = finding.wanted(&name, Among::Names);
                        if last {
                            finding.help(
                                "to leave out what the source says, state in `source` what it says",
                            )
                        } else {
                            finding
                        }
                    }
                }
            }
        };
        findings.push(finding);
    }
}

/// What is at a place, in the notation of departures.
pub(crate) fn find<'n, 't>(tree: &'n Node<'t>, at: &str) -> Option<&'n Node<'t>> {
    let mut node = tree;
    let mut rest = at.strip_prefix('/')?;
    while !rest.is_empty() {
        let mut ends =
            std::iter::once(rest.len()).chain(rest.rmatch_indices('/').map(|(end, _)| end));
        let (end, inner) = ends.find_map(|end| Some((end, child(node, &rest[..end])?)))?;
        node = inner;
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    Some(node)
}

enum Outcome<'n, 't> {
    Found,
    Missing {
        /// Nothing more comes after the name.
        last: bool,
        parent: &'n Node<'t>,
        name: String,
    },
}

/// Follows names. A name may itself hold slashes, so the longest that is known wins.
fn follow<'n, 't>(node: &'n Node<'t>, path: &str) -> Outcome<'n, 't> {
    if path.is_empty() {
        return Outcome::Found;
    }
    let ends = std::iter::once(path.len()).chain(path.rmatch_indices('/').map(|(at, _)| at));
    for end in ends {
        if let Some(child) = child(node, &path[..end]) {
            return follow(child, path.get(end + 1..).unwrap_or_default());
        }
    }
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    // What follows a slash within a name is hardly a key of the format.
    let next = rest.split('/').next().unwrap_or_default();
    let last = rest.is_empty() || !structure::all_keys().any(|key| key == next);
    Outcome::Missing {
        last,
        parent: node,
        name: name.to_owned(),
    }
}

fn child<'n, 't>(node: &'n Node<'t>, name: &str) -> Option<&'n Node<'t>> {
    match &node.kind {
        Kind::Object(_) => node.get(name),
        Kind::Array(items) => items
            .iter()
            .find(|item| item_names(item).iter().any(|known| known == name))
            .or_else(|| items.get(name.parse::<usize>().ok()?)),
        _ => None,
    }
}

/// What an element of a list is called.
fn item_names(item: &Node<'_>) -> Vec<String> {
    let text = |key| item.get(key).and_then(Node::as_str).map(str::to_owned);
    let mut names: Vec<String> = ["name", "code", "region", "action"]
        .into_iter()
        .filter_map(text)
        .collect();
    if item.get("arns").is_some() {
        names.extend(text("type"));
    }
    if let (
        Some(Node {
            kind: Kind::Number(status),
            ..
        }),
        Some(code),
    ) = (item.get("status"), text("code"))
    {
        names.push(format!("{status} {code}"));
    }
    names
}

fn names(node: &Node<'_>) -> Vec<String> {
    let keys = node.entries().iter().map(|entry| entry.key.to_string());
    keys.chain(node.items().iter().flat_map(item_names))
        .collect()
}

/// Whether the keys of an object are those of the format, rather than names of fields.
fn is_format(node: &Node<'_>) -> bool {
    let Kind::Object(entries) = &node.kind else {
        return false;
    };
    // A schema, a parameter, an error or an operation: each has one of these with a text in it.
    let marks = ["type", "name", "code", "operation", "rule", "items"];
    entries
        .iter()
        .any(|entry| marks.contains(&entry.key.as_ref()) && entry.value.as_str().is_some())
}
