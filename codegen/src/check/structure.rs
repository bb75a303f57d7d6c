//! The check that a tree has the structure of a spec: its keys, the types of its values, its words.
//!
//! What the structure is, is known to [`crate::spec`] alone. Here its JSON Schema is made, which editors
//! complete from, and a tree is walked along that same schema, so that the two agree.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform};
use serde_json::{Value, json};

use super::findings::Findings;
use super::near::{list, nearest};
use crate::diagnostic::{Code, Diagnostic};
use crate::spec;
use crate::tree::{Entry, Kind, Node, Span};

/// The schema of an operation file.
pub(super) static OPERATION: LazyLock<Value> = LazyLock::new(schema_of::<spec::Operation>);
/// The schema of a product file.
pub(super) static PRODUCT: LazyLock<Value> = LazyLock::new(schema_of::<spec::Product>);
/// The schema of the file of a type that operations share.
pub(super) static TYPE: LazyLock<Value> = LazyLock::new(schema_of::<spec::SharedType>);
/// The schema of a glossary of error codes.
pub(super) static CODES: LazyLock<Value> = LazyLock::new(schema_of::<spec::Codes>);

/// The JSON Schemas of the spec files, by file name: what belongs into `schema/` beside the products.
///
/// # Panics
///
/// Never: a JSON value can always be written as text.
#[must_use]
pub fn json_schemas() -> BTreeMap<&'static str, String> {
    [
        ("codes.schema.json", &*CODES),
        ("operation.schema.json", &*OPERATION),
        ("product.schema.json", &*PRODUCT),
        ("type.schema.json", &*TYPE),
    ]
    .map(|(name, schema)| {
        let mut schema = schema.clone();
        allow_references(&mut schema);
        (name, format!("{schema:#}\n"))
    })
    .into()
}

/// Where a schema refers to a type, that says all that is required. Trees have the type in the place of the
/// reference when their structure is checked, so only editors need to be told.
fn allow_references(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let properties = object.get("properties");
            let refers = properties.is_some_and(|keys| keys.get("$ref").is_some());
            let required = object.get_mut("required").and_then(Value::as_array_mut);
            if let (true, Some(required)) = (refers, required) {
                required.retain(|key| key != "type");
                let either = json!([{ "required": ["type"] }, { "required": ["$ref"] }]);
                object.insert("anyOf".to_owned(), either);
            }
            object.values_mut().for_each(allow_references);
        }
        Value::Array(values) => values.iter_mut().for_each(allow_references),
        _ => {}
    }
}

fn schema_of<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .with_transform(transform::RecursiveTransform(refuse_null))
        .with_transform(transform::RecursiveTransform(close_objects))
        .into_generator();
    generator.into_root_schema_for::<T>().into()
}

/// What is optional may be left out; there is no second way to say so.
fn refuse_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.insert(key, value);
            }
        }
    }
}

/// No key is taken that the format does not know, flattened structs included.
fn close_objects(schema: &mut Schema) {
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// Every key that the format knows at any place.
pub(super) fn all_keys() -> impl Iterator<Item = &'static str> {
    let definitions = [&*OPERATION, &*PRODUCT].into_iter().flat_map(|root| {
        let inner = root["$defs"].as_object().into_iter();
        inner.flat_map(|all| all.values()).chain([root])
    });
    definitions
        .filter_map(|schema| schema["properties"].as_object())
        .flat_map(|properties| properties.keys().map(String::as_str))
}

/// Finds everything in the structure of a tree that its schema does not allow, and tells what must be
/// left out of the tree so that nothing wrong remains.
pub(super) fn check(root: &'static Value, tree: &Node<'_>, findings: &mut Findings) -> Faulty {
    let mut walker = Walker {
        root,
        findings,
        faulty: Faulty::default(),
        open: 0,
    };
    match &tree.kind {
        Kind::Object(_) => walker.file(tree),
        _ => walker.node(root, tree),
    }
    walker.faulty
}

/// The places of what must be left out of a tree: of keys, and of elements of lists.
#[derive(Debug, Default)]
pub(super) struct Faulty {
    places: HashSet<Span>,
    /// The keys of the file that are left out as a whole; of a misspelled one, what it was meant for.
    sections: HashSet<String>,
}

impl Faulty {
    /// Whether this key with its value, or this element of a list, must be left out.
    pub(super) fn contains(&self, span: Span) -> bool {
        self.places.contains(&span)
    }

    /// Whether this key of the file is left out.
    pub(super) fn section(&self, key: &str) -> bool {
        self.sections.contains(key)
    }
}

struct Walker<'f> {
    root: &'static Value,
    findings: &'f mut Findings,
    faulty: Faulty,
    /// How many findings there are in what is walked that no place has been left out for.
    open: usize,
}

impl Walker<'_> {
    fn push(&mut self, finding: Diagnostic) {
        self.open += 1;
        self.findings.push(finding);
    }

    /// Walks something that can be left out where there is something wrong in it.
    fn part(&mut self, span: Span, walk: impl FnOnce(&mut Self)) -> bool {
        let before = std::mem::take(&mut self.open);
        walk(self);
        let faulty = std::mem::replace(&mut self.open, before) > 0;
        if faulty {
            self.faulty.places.insert(span);
        }
        faulty
    }

    /// The file as a whole. Its keys can be left out one by one, and the elements of its lists.
    fn file(&mut self, tree: &Node<'_>) {
        self.object(self.root, tree);
        let properties = self.root["properties"].as_object();
        for (index, entry) in tree.entries().iter().enumerate() {
            let Some(schema) = properties.and_then(|known| known.get(entry.key.as_ref())) else {
                self.faulty.places.insert(entry.key_span);
                let keys = properties.into_iter().flat_map(serde_json::Map::keys);
                let meant = nearest(&entry.key, keys.map(String::as_str)).unwrap_or(&entry.key);
                self.faulty.sections.insert(meant.to_owned());
                continue;
            };
            let again = tree.entries()[..index].iter().any(|e| e.key == entry.key);
            let faulty = self.part(entry.key_span, |walker| match &entry.value.kind {
                Kind::Array(items) if schema["type"] == "array" => {
                    for item in items {
                        walker.part(item.span, |walker| walker.node(&schema["items"], item));
                    }
                }
                _ => walker.node(schema, &entry.value),
            });
            if again {
                self.faulty.places.insert(entry.key_span);
            } else if faulty {
                self.faulty.sections.insert(entry.key.to_string());
            }
        }
    }

    fn node(&mut self, schema: &'static Value, node: &Node<'_>) {
        let (name, schema) = self.resolve(schema);
        if let Some(choices) = schema.get("anyOf") {
            return self.choice(choices, node);
        }
        if let Some(words) = words(schema) {
            return self.word(name, &words, node);
        }
        match (schema["type"].as_str(), &node.kind) {
            (Some("object"), Kind::Object(_)) if schema.get("properties").is_some() => {
                self.object(schema, node);
            }
            (Some("object"), Kind::Object(entries)) => {
                self.duplicates(node);
                for entry in entries {
                    self.part(entry.key_span, |walker| {
                        walker.node(&schema["additionalProperties"], &entry.value);
                    });
                }
            }
            (Some("array"), Kind::Array(items)) => {
                for item in items {
                    self.node(&schema["items"], item);
                }
            }
            (Some("string"), Kind::String(_))
            | (Some("boolean"), Kind::Bool(_))
            | (Some("number"), Kind::Number(_)) => {}
            (Some("integer"), Kind::Number(text)) if text.parse::<u32>().is_ok() => {}
            (Some(kind), _) => {
                let label = quotes(kind, node);
                self.wrong_type(expected(schema, node), label, node);
            }
            (None, _) => self.free(node),
        }
    }

    /// Follows references, and gives the name of the last definition.
    fn resolve(&self, mut schema: &'static Value) -> (&'static str, &'static Value) {
        let mut name = "";
        while let Some(reference) = schema["$ref"].as_str() {
            name = reference.rsplit('/').next().unwrap_or_default();
            schema = &self.root["$defs"][name];
        }
        (name, schema)
    }

    /// Takes the alternative that the type of the value belongs to; of several objects, the first of
    /// those to which most of its keys belong, correctly written ones before misspelled ones.
    fn choice(&mut self, choices: &'static Value, node: &Node<'_>) {
        let alternatives = self.alternatives(choices);
        let fitting = alternatives
            .iter()
            .filter(|schema| schema["type"].as_str() == Some(type_of(node)))
            .rev()
            .max_by_key(|schema| keys_that_fit(schema, node));
        if let Some(schema) = fitting {
            self.node(schema, node);
            return;
        }
        let mut words: Vec<&str> = Vec::new();
        for schema in &alternatives {
            let word = expected(schema, node);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let kinds = alternatives.iter().filter_map(|it| it["type"].as_str());
        let label = kinds.into_iter().find_map(|kind| quotes(kind, node));
        self.wrong_type(&words.join(" or "), label, node);
    }

    fn alternatives(&self, choices: &'static Value) -> Vec<&'static Value> {
        let mut alternatives = Vec::new();
        for choice in choices.as_array().into_iter().flatten() {
            let (_, schema) = self.resolve(choice);
            match schema.get("anyOf") {
                Some(inner) => alternatives.extend(self.alternatives(inner)),
                None => alternatives.push(schema),
            }
        }
        alternatives
    }

    fn object(&mut self, schema: &'static Value, node: &Node<'_>) {
        let whole = schema;
        let Some(properties) = schema["properties"].as_object() else {
            return;
        };
        self.duplicates(node);
        // The keys that a misspelled one may have been meant for; most objects have none.
        let mut missing: Option<Vec<&str>> = None;
        for entry in node.entries() {
            if let Some(schema) = properties.get(entry.key.as_ref()) {
                // Those of the file are walked one by one.
                if !std::ptr::eq(whole, self.root) {
                    self.node(schema, &entry.value);
                }
            } else {
                let missing = missing.get_or_insert_with(|| {
                    let keys = properties.keys().map(String::as_str);
                    keys.filter(|key| node.get(key).is_none()).collect()
                });
                let finding = self.findings.finding(
                    Code::UnknownKey,
                    entry.key_span,
                    format!("unknown key `{}`", entry.key),
                );
                let finding = match nearest(&entry.key, missing.iter().copied()) {
                    Some(near) => finding.label(format!("did you mean `{near}`?")),
                    None => finding
                        .label("not a key of the format")
                        .help(format!("the keys here are {}", list(properties.keys()))),
                };
                self.push(finding);
            }
        }
        for key in schema["required"].as_array().into_iter().flatten() {
            let key = key.as_str().unwrap_or_default();
            if node.get(key).is_none() {
                let (name, property) = self.resolve(&properties[key]);
                let help = match words(property) {
                    Some(words) => {
                        let (_, what) = kind_of_word(name);
                        format!("the {what}s are {}", list(words))
                    }
                    None => {
                        let description = properties[key]["description"].as_str();
                        format!("`{key}`: {}", description.unwrap_or_default())
                    }
                };
                self.push(
                    self.findings
                        .finding(
                            Code::MissingKey,
                            node.opening(),
                            format!("missing key `{key}`"),
                        )
                        .label(format!("`{key}` is missing here"))
                        .help(help),
                );
            }
        }
    }

    /// A value that may be anything; but equal keys have no meaning anywhere.
    fn free(&mut self, node: &Node<'_>) {
        self.duplicates(node);
        for entry in node.entries() {
            self.free(&entry.value);
        }
        for item in node.items() {
            self.free(item);
        }
    }

    fn duplicates(&mut self, node: &Node<'_>) {
        let entries = node.entries();
        // Small objects are the rule, large ones must not cost the square of their size.
        if entries.len() < 16 {
            for (index, entry) in entries.iter().enumerate() {
                if let Some(first) = entries[..index].iter().find(|e| e.key == entry.key) {
                    self.duplicate(first, entry);
                }
            }
            return;
        }
        let mut seen: HashMap<&str, &Entry<'_>> = HashMap::with_capacity(entries.len());
        for entry in entries {
            match seen.get(entry.key.as_ref()).copied() {
                Some(first) => self.duplicate(first, entry),
                None => {
                    seen.insert(entry.key.as_ref(), entry);
                }
            }
        }
    }

    fn duplicate(&mut self, first: &Entry<'_>, second: &Entry<'_>) {
        self.push(
            self.findings
                .finding(
                    Code::DuplicateKey,
                    second.key_span,
                    format!("duplicate key `{}`", second.key),
                )
                .label("it is here again")
                .also(self.findings.place(first.key_span), "first here"),
        );
    }

    fn word(&mut self, name: &str, words: &[&'static str], node: &Node<'_>) {
        let Some(text) = node.as_str() else {
            return self.wrong_type("text", None, node);
        };
        if words.contains(&text) {
            return;
        }
        let (code, what) = kind_of_word(name);
        let finding = self
            .findings
            .finding(code, node.span, format!("unknown {what} `{text}`"));
        let finding = match nearest(text, words.iter().copied()) {
            Some(near) => finding.label(format!("did you mean `{near}`?")),
            None => finding.label(format!("not a {what} of the format")),
        };
        let known = format!("the {what}s are {}", list(words));
        self.push(finding.help(known));
    }

    fn wrong_type(&mut self, expected: &str, label: Option<&str>, node: &Node<'_>) {
        let found = describe(node);
        let finding = self.findings.finding(
            Code::WrongType,
            node.span,
            format!("expected {expected}, found {found}"),
        );
        self.push(match label {
            Some(label) => finding.label(label),
            None => finding.label(format!("expected {expected}")),
        });
    }
}

/// The code of an unknown word of an enumeration, and what such words are called.
fn kind_of_word(enumeration: &str) -> (Code, &'static str) {
    match enumeration {
        "Type" => (Code::UnknownType, "type"),
        "Format" => (Code::UnknownFormat, "format"),
        "Style" => (Code::UnknownStyle, "style"),
        "RuleKind" => (Code::UnknownRule, "rule"),
        _ => (Code::UnknownValue, "value"),
    }
}

/// The words of an enumeration, where the schema is one.
fn words(schema: &'static Value) -> Option<Vec<&'static str>> {
    if let Some(words) = schema["enum"].as_array() {
        return Some(words.iter().filter_map(Value::as_str).collect());
    }
    let choices = schema["oneOf"].as_array()?;
    // schemars puts the variants without a description into one list.
    let words = choices.iter().flat_map(|choice| {
        let several = choice["enum"].as_array().into_iter().flatten();
        choice.get("const").into_iter().chain(several)
    });
    Some(words.filter_map(Value::as_str).collect())
}

/// How many keys of an object are ones of the schema, and how many others are near to one.
fn keys_that_fit(schema: &'static Value, node: &Node<'_>) -> (usize, usize) {
    // Who has more keys than this mistook more than the alternative.
    const MOST: usize = 16;
    let Some(properties) = schema["properties"].as_object() else {
        return (0, 0);
    };
    let entries = || node.entries().iter().take(MOST);
    let is_known = |entry: &&Entry<'_>| properties.contains_key(entry.key.as_ref());
    let near = entries().filter(|entry| {
        let keys = properties.keys().map(String::as_str);
        !is_known(entry) && nearest(&entry.key, keys).is_some()
    });
    (entries().filter(is_known).count(), near.count())
}

/// What a schema takes, told to someone who wrote this instead.
fn expected(schema: &Value, node: &Node<'_>) -> &'static str {
    match (schema["type"].as_str(), &node.kind) {
        (Some("string"), _) => "text",
        (Some("boolean"), _) => "`true` or `false`",
        (Some("number"), _) => "a number",
        (Some("integer"), Kind::Number(_)) => "a whole number from 0 to 4294967295",
        (Some("integer"), _) => "a whole number",
        (Some("array"), _) => "an array",
        _ => "an object",
    }
}

/// What to do where the quotes around a value are all that is wrong.
fn quotes(kind: &str, node: &Node<'_>) -> Option<&'static str> {
    let text = node.as_str()?;
    let fits = match kind {
        "integer" => text.parse::<u32>().is_ok(),
        "number" => text.parse::<serde_json::Number>().is_ok(),
        "boolean" => matches!(text, "true" | "false"),
        _ => false,
    };
    fits.then_some("remove the quotes")
}

fn type_of(node: &Node<'_>) -> &'static str {
    match node.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "boolean",
        Kind::Number(_) => "number",
        Kind::String(_) => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
    }
}

/// A value in a few words.
pub(super) fn describe(node: &Node<'_>) -> String {
    match &node.kind {
        Kind::Null => "`null`".to_owned(),
        Kind::Bool(value) => format!("`{value}`"),
        Kind::Number(text) if text.len() <= 20 => format!("`{text}`"),
        Kind::Number(_) => "a long number".to_owned(),
        Kind::String(_) => "text".to_owned(),
        Kind::Array(_) => "an array".to_owned(),
        Kind::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
        if value.get("properties").is_some_and(Value::is_object) {
            found.push(value);
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
            Value::Object(fields) => fields.values().for_each(|field| objects(field, found)),
            _ => {}
        }
    }

    #[test]
    fn the_schemas_say_what_is_checked() {
        for schema in [&*OPERATION, &*PRODUCT] {
            assert!(!schema.to_string().contains("\"null\""));
            let mut found = Vec::new();
            objects(schema, &mut found);
            assert!(found.len() >= 3);
            for object in found {
                assert!(object.get("additionalProperties").is_some(), "{object:#}");
            }
        }
    }

    #[test]
    fn the_schemas_are_files_with_a_last_line() {
        let schemas = json_schemas();
        let names: Vec<_> = schemas.keys().copied().collect();
        assert_eq!(
            names,
            [
                "codes.schema.json",
                "operation.schema.json",
                "product.schema.json",
                "type.schema.json"
            ]
        );
        for text in schemas.values() {
            assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
            assert!(text.contains("\"$schema\": \"https://json-schema.org/draft/2020-12/schema\""));
        }
    }
}
