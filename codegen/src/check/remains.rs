//! The rest of a spec without the parts whose structure is wrong, so that its meaning can still be
//! checked; and the findings about it that would only follow from what is missing.

use std::{borrow::Cow, collections::HashSet};

use serde_json::Value;

use super::near::nearest;
use super::path;
use super::structure::{self, Faulty};
use crate::diagnostic::{Among, Code, Diagnostic, Wanted};
use crate::tree::{Kind, Node};

/// A tree without what was wrong.
pub(super) struct Remains<'t> {
    pub(super) tree: Node<'t>,
    pub(super) lost: Lost,
    /// The rules that are not in the tree any more.
    pub(super) rules: Vec<Node<'t>>,
}

/// What is not in the tree any more.
#[derive(Debug, Default)]
pub(super) struct Lost {
    faulty: Faulty,
    /// Every text in it, and every key that is not one of the format: what may be referred to.
    words: HashSet<String>,
    /// The paths to all parameters, with what is not in the tree any more.
    parameters: Vec<String>,
    /// The same of the fields of the response.
    fields: Vec<String>,
}

/// Leaves out what is wrong.
pub(super) fn of(mut tree: Node<'_>, faulty: Faulty) -> Remains<'_> {
    // First, because rules refer to names, but nothing refers to a rule: its words are not lost.
    let rules = take_rules(&mut tree, &faulty);
    let parameters = tree.list("parameters").iter();
    let parameters =
        parameters.filter_map(|node| Some((node.get("name")?.as_str()?.to_owned(), node)));
    let parameters = paths(parameters);
    let fields = tree.get("response").map(|response| {
        let (_, properties) = within(String::new(), response);
        paths(properties)
    });
    let fields = fields.unwrap_or_default();
    let mut words = HashSet::new();
    leave_out(&mut tree, &faulty, &mut words);
    for key in structure::all_keys() {
        words.remove(key);
    }
    Remains {
        tree,
        lost: Lost {
            faulty,
            words,
            parameters,
            fields,
        },
        rules,
    }
}

/// The paths to fields and to all within them, as references write them; the first of very many.
fn paths<'n, 't: 'n>(fields: impl Iterator<Item = (String, &'n Node<'t>)>) -> Vec<String> {
    let mut paths = Vec::new();
    let mut open: Vec<(String, &Node<'_>)> = fields.collect();
    open.reverse();
    while let Some((path, schema)) = open.pop() {
        if paths.len() == path::ENOUGH {
            break;
        }
        let (prefix, properties) = within(path.clone(), schema);
        let properties = properties.map(|(name, schema)| (format!("{prefix}.{name}"), schema));
        let from = open.len();
        open.extend(properties);
        open[from..].reverse();
        paths.push(path);
    }
    paths
}

/// The fields of an object, or of the elements of an array, and what leads to them.
fn within<'n, 't>(
    mut path: String,
    mut schema: &'n Node<'t>,
) -> (String, impl Iterator<Item = (String, &'n Node<'t>)>) {
    while let Some(items) = schema.get("items") {
        path.push_str(".N");
        schema = items;
    }
    let properties = schema.get("properties").into_iter();
    let properties = properties.flat_map(Node::entries);
    (
        path,
        properties.map(|entry| (entry.key.to_string(), &entry.value)),
    )
}

fn take_rules<'t>(tree: &mut Node<'t>, faulty: &Faulty) -> Vec<Node<'t>> {
    let Kind::Object(entries) = &mut tree.kind else {
        return Vec::new();
    };
    let lists = entries
        .iter_mut()
        .filter(|entry| entry.key == "constraints");
    let rules = lists.filter_map(|entry| match &mut entry.value.kind {
        Kind::Array(rules) => Some(rules),
        _ => None,
    });
    rules
        .flat_map(|rules| rules.extract_if(.., |rule| faulty.contains(rule.span)))
        .collect()
}

fn leave_out(node: &mut Node<'_>, faulty: &Faulty, words: &mut HashSet<String>) {
    match &mut node.kind {
        Kind::Object(entries) => {
            entries.retain_mut(|entry| {
                let stays = !faulty.contains(entry.key_span);
                if stays {
                    leave_out(&mut entry.value, faulty, words);
                } else {
                    words.insert(entry.key.to_string());
                    collect(&entry.value, words);
                }
                stays
            });
        }
        Kind::Array(items) => {
            items.retain_mut(|item| {
                let stays = !faulty.contains(item.span);
                if stays {
                    leave_out(item, faulty, words);
                } else {
                    collect(item, words);
                }
                stays
            });
        }
        _ => {}
    }
}

fn collect(node: &Node<'_>, words: &mut HashSet<String>) {
    words.extend(node.as_str().map(str::to_owned));
    for entry in node.entries() {
        words.insert(entry.key.to_string());
        collect(&entry.value, words);
    }
    for item in node.items() {
        collect(item, words);
    }
}

impl Remains<'_> {
    /// The tree as JSON. Keys of the object `missing` are added where the tree has none.
    pub(super) fn text(&self, missing: &Value) -> String {
        let mut text = text_of(&self.tree);
        let keys = missing.as_object().into_iter().flatten();
        for (key, value) in keys.filter(|(key, _)| self.tree.get(key).is_none()) {
            // Only objects have keys; anything else does not become a model either way.
            if text.pop() == Some('}') {
                let comma = if text.ends_with('{') { "" } else { "," };
                text += &format!("{comma}{}:{value}}}", Value::from(key.as_str()));
            }
        }
        text
    }
}

/// A tree as JSON.
pub(super) fn text_of(tree: &Node<'_>) -> String {
    let mut text = String::new();
    write(tree, &mut text);
    text
}

/// Writes a tree as JSON, in its order.
fn write(node: &Node<'_>, text: &mut String) {
    match &node.kind {
        Kind::Null => text.push_str("null"),
        Kind::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) => text.push_str(number),
        Kind::String(value) => write_string(value, text),
        Kind::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write(item, text);
            }
            text.push(']');
        }
        Kind::Object(entries) => {
            text.push('{');
            for (index, entry) in entries.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write_string(&entry.key, text);
                text.push(':');
                write(&entry.value, text);
            }
            text.push('}');
        }
    }
}

// It matters whether the text is borrowed.
#[allow(clippy::ptr_arg)]
fn write_string(string: &Cow<'_, str>, text: &mut String) {
    match string {
        // A part of a JSON text, which needs no escapes there.
        Cow::Borrowed(string) => {
            text.push('"');
            text.push_str(string);
            text.push('"');
        }
        Cow::Owned(string) => text.push_str(&Value::from(string.as_str()).to_string()),
    }
}

impl Lost {
    /// Whether a finding may be there only because something was left out. All of these are about a
    /// text in the spec that refers to something.
    pub(super) fn explains(&self, finding: &Diagnostic) -> bool {
        let all = match finding.code {
            Code::UnknownParameter => self.faulty.section("parameters"),
            Code::UnknownResponseField => self.faulty.section("response"),
            Code::EndpointRule => self.faulty.section("endpoints"),
            Code::EndlessWaiter | Code::PagesOfAWrite => return self.faulty.section("access"),
            Code::UnknownDeparture | Code::ValueOfWrongType | Code::ResponseExample => false,
            _ => return false,
        };
        all || self.is_named_in(finding)
    }

    /// Parameters and fields that are not there because of their own mistakes may be meant all the same.
    pub(super) fn suggest(&self, finding: &mut Diagnostic) {
        let Some(Wanted { name, among }) = &finding.wanted else {
            return;
        };
        let parameters = self.parameters.iter().map(String::as_str);
        let fields = self.fields.iter().map(String::as_str);
        let candidates: Vec<&str> = match among {
            Among::Parameters => parameters.collect(),
            Among::ElementsOf(list) => {
                let from = format!("{list}.N.");
                parameters
                    .filter_map(|path| path.strip_prefix(&from))
                    .collect()
            }
            Among::Fields => fields.collect(),
            Among::Names => parameters
                .chain(fields)
                .map(|path| path.rsplit_once(".N.").map_or(path, |(_, name)| name))
                .collect(),
        };
        if let Some(near) = nearest(name, candidates) {
            finding.label = Some(format!("did you mean `{near}`?"));
            finding.help = None;
        }
    }

    fn is_named_in(&self, finding: &Diagnostic) -> bool {
        let Some(reference) = reference(finding) else {
            return false;
        };
        // Positions in a list are not what they were.
        let position = |name: &str| name.parse::<usize>().is_ok();
        if finding.code == Code::UnknownDeparture && reference.split('/').any(position) {
            return true;
        }
        // A word of the reference, or several in a row.
        let mut ends = reference.char_indices().filter(|(_, c)| divides(*c));
        let ends: Vec<usize> = ends
            .by_ref()
            .take(MOST_WORDS)
            .map(|(end, _)| end)
            .chain([reference.len()])
            .collect();
        let begins = [0].into_iter().chain(ends.iter().map(|end| end + 1));
        let mut begins = begins.filter(|begin| *begin < reference.len());
        begins.any(|begin| {
            let ends = ends.iter().filter(|end| **end > begin);
            ends.map(|end| &reference[begin..*end])
                .any(|words| self.words.contains(words))
        })
    }
}

/// The text that a finding points at.
fn reference(finding: &Diagnostic) -> Option<String> {
    let span = finding.place.span;
    let text = finding.place.source.text.as_deref()?;
    serde_json::from_str(text.get(span.start..span.end)?).ok()
}

/// More words than the path of anything has.
const MOST_WORDS: usize = 100;

/// What stands between the words of a path.
fn divides(character: char) -> bool {
    matches!(character, '.' | '/' | ' ')
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::{Place, Source};
    use crate::tree::Span;

    fn names(path: &str, name: &str) -> bool {
        let text = Value::from(path).to_string();
        let span = Span {
            start: 0,
            end: text.len(),
        };
        let source = Arc::new(Source {
            path: "x".into(),
            text: Some(text),
        });
        let lost = Lost {
            words: HashSet::from([name.to_owned()]),
            ..Lost::default()
        };
        let finding = Diagnostic::new(Code::UnknownParameter, Place { source, span }, "");
        lost.is_named_in(&finding)
    }

    #[test]
    fn a_name_is_whole_within_a_path() {
        for path in [
            "Disk",
            "Disk.N.Size",
            "A.N.Disk",
            "/parameters/Disk/type",
            "404 Disk",
        ] {
            assert!(names(path, "Disk"), "{path}");
        }
        assert!(names("A.B.C", "A.B"));
        for path in ["", "Disks", "SystemDisk", "disk", "Disk_"] {
            assert!(!names(path, "Disk"), "{path}");
        }
        assert!(!names("Disk", ""));
        assert!(!names(&"é.".repeat(500), "Disk"));
    }
}
