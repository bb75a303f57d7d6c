//! The check that a tree has the structure of a spec: its keys, the types of its values, its words.
//!
//! What the structure is, is known to [`crate::spec`] alone. Here its JSON Schema is made, which editors
//! complete from, and a tree is walked along that same schema, so that the two agree.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform};
use serde_json::{Value, json};

use super::findings::Findings;
use super::form::{Form, Forms, Id, Object, Words};
use super::near::{list, nearest};
use crate::diagnostic::{Code, Diagnostic};
use crate::spec;
use crate::tree::{Entry, Kind, Node, Span};

static OPERATION_SCHEMA: LazyLock<Value> = LazyLock::new(schema_of::<spec::Operation>);
static PRODUCT_SCHEMA: LazyLock<Value> = LazyLock::new(schema_of::<spec::Product>);
static TYPE_SCHEMA: LazyLock<Value> = LazyLock::new(schema_of::<spec::SharedType>);
static CODES_SCHEMA: LazyLock<Value> = LazyLock::new(schema_of::<spec::Codes>);

/// The structure of an operation file.
pub(super) static OPERATION: LazyLock<Forms> = LazyLock::new(|| Forms::of(&OPERATION_SCHEMA));
/// The structure of a product file.
pub(super) static PRODUCT: LazyLock<Forms> = LazyLock::new(|| Forms::of(&PRODUCT_SCHEMA));
/// The structure of the file of a type that operations share.
pub(super) static TYPE: LazyLock<Forms> = LazyLock::new(|| Forms::of(&TYPE_SCHEMA));
/// The structure of a glossary of error codes.
pub(super) static CODES: LazyLock<Forms> = LazyLock::new(|| Forms::of(&CODES_SCHEMA));

/// The JSON Schemas of the spec files, by file name: what belongs into `schema/` beside the products.
///
/// # Panics
///
/// Never: a JSON value can always be written as text.
#[must_use]
pub fn json_schemas() -> BTreeMap<&'static str, String> {
    [
        ("codes.schema.json", &*CODES_SCHEMA),
        ("operation.schema.json", &*OPERATION_SCHEMA),
        ("product.schema.json", &*PRODUCT_SCHEMA),
        ("type.schema.json", &*TYPE_SCHEMA),
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
    let objects = [&*OPERATION, &*PRODUCT]
        .into_iter()
        .flat_map(Forms::objects);
    objects.flat_map(Object::names)
}

/// Finds everything in the structure of a tree that the format does not allow, and tells what must be
/// left out of the tree so that nothing wrong remains.
pub(super) fn check(forms: &Forms, tree: &Node<'_>, findings: &mut Findings) -> Faulty {
    let mut walker = Walker {
        forms,
        findings,
        faulty: Faulty::default(),
        open: 0,
    };
    match (forms.get(Forms::ROOT), &tree.kind) {
        (Form::Object(keys), Kind::Object(_)) => walker.file(keys, tree),
        _ => walker.node(Forms::ROOT, tree),
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
    forms: &'f Forms,
    findings: &'f mut Findings,
    faulty: Faulty,
    /// How many findings there are in what is walked that no place has been left out for.
    open: usize,
}

impl<'f> Walker<'f> {
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
    fn file(&mut self, object: &'f Object, tree: &Node<'_>) {
        self.keys(object, tree);
        for (index, entry) in tree.entries().iter().enumerate() {
            let Some(key) = object.get(&entry.key) else {
                self.faulty.places.insert(entry.key_span);
                let meant = nearest(&entry.key, object.names()).unwrap_or(&entry.key);
                self.faulty.sections.insert(meant.to_owned());
                continue;
            };
            let again = tree.entries()[..index].iter().any(|e| e.key == entry.key);
            let faulty = self.part(entry.key_span, |walker| {
                match (walker.forms.get(key.form), &entry.value.kind) {
                    (Form::Array(element), Kind::Array(items)) => {
                        for item in items {
                            walker.part(item.span, |walker| walker.node(*element, item));
                        }
                    }
                    _ => walker.node(key.form, &entry.value),
                }
            });
            if again {
                self.faulty.places.insert(entry.key_span);
            } else if faulty {
                self.faulty.sections.insert(entry.key.to_string());
            }
        }
    }

    fn node(&mut self, id: Id, node: &Node<'_>) {
        let form = self.forms.get(id);
        match (form, &node.kind) {
            (Form::Any, _) => self.free(node),
            (Form::Choice(alternatives), _) => self.choice(alternatives, node),
            (Form::Word(words), _) => self.word(words, node),
            (Form::Object(object), Kind::Object(_)) => self.object(object, node),
            (Form::Map(value), Kind::Object(entries)) => {
                self.duplicates(node);
                for entry in entries {
                    self.part(entry.key_span, |walker| walker.node(*value, &entry.value));
                }
            }
            (Form::Array(element), Kind::Array(items)) => {
                for item in items {
                    self.node(*element, item);
                }
            }
            (Form::Text, Kind::String(_))
            | (Form::Boolean, Kind::Bool(_))
            | (Form::Number, Kind::Number(_)) => {}
            (Form::Integer, Kind::Number(text)) if text.parse::<u32>().is_ok() => {}
            _ => self.wrong_type(expected(form, node), quotes(form, node), node),
        }
    }

    /// Takes the alternative that the type of the value belongs to; of several objects, the first of
    /// those to which most of its keys belong, correctly written ones before misspelled ones.
    fn choice(&mut self, alternatives: &[Id], node: &Node<'_>) {
        let forms = self.forms;
        let fitting = alternatives
            .iter()
            .filter(|id| forms.get(**id).json_type() == Some(type_of(node)))
            .rev()
            .max_by_key(|id| keys_that_fit(forms.get(**id), node));
        if let Some(id) = fitting {
            self.node(*id, node);
            return;
        }
        let mut words: Vec<&str> = Vec::new();
        for id in alternatives {
            let word = expected(forms.get(*id), node);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let label = alternatives
            .iter()
            .find_map(|id| quotes(forms.get(*id), node));
        self.wrong_type(&words.join(" or "), label, node);
    }

    fn object(&mut self, object: &Object, node: &Node<'_>) {
        self.keys(object, node);
        for entry in node.entries() {
            if let Some(key) = object.get(&entry.key) {
                self.node(key.form, &entry.value);
            }
        }
    }

    /// The keys of an object, without their values.
    fn keys(&mut self, object: &Object, node: &Node<'_>) {
        self.duplicates(node);
        // The keys that a misspelled one may have been meant for; most objects have none.
        let mut missing: Option<Vec<&str>> = None;
        for entry in node.entries() {
            if object.get(&entry.key).is_some() {
                continue;
            }
            let missing = missing.get_or_insert_with(|| {
                let keys = object.names();
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
                    .label("no such key")
                    .help(format!("the keys here are {}", list(object.names()))),
            };
            self.push(finding);
        }
        for key in object.keys.iter().filter(|key| key.required) {
            if node.get(key.name).is_some() {
                continue;
            }
            let help = match self.forms.get(key.form) {
                Form::Word(words) => {
                    let (_, what) = kind_of_word(words.name);
                    format!("the {what}s are {}", list(&words.words))
                }
                _ => format!("`{}`: {}", key.name, key.description),
            };
            self.push(
                self.findings
                    .finding(
                        Code::MissingKey,
                        node.opening(),
                        format!("missing key `{}`", key.name),
                    )
                    .label(format!("`{}` is missing here", key.name))
                    .help(help),
            );
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

    fn word(&mut self, Words { name, words }: &Words, node: &Node<'_>) {
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
            None => finding.label(format!("no such {what}")),
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

/// How many keys of an object are ones of the form, and how many others are near to one.
fn keys_that_fit(form: &Form, node: &Node<'_>) -> (usize, usize) {
    // Who has more keys than this mistook more than the alternative.
    const MOST: usize = 16;
    let Form::Object(object) = form else {
        return (0, 0);
    };
    let entries = || node.entries().iter().take(MOST);
    let is_known = |entry: &&Entry<'_>| object.get(&entry.key).is_some();
    let near =
        entries().filter(|entry| !is_known(entry) && nearest(&entry.key, object.names()).is_some());
    (entries().filter(is_known).count(), near.count())
}

/// What a form takes, told to someone who wrote this instead.
fn expected(form: &Form, node: &Node<'_>) -> &'static str {
    match (form, &node.kind) {
        (Form::Text | Form::Word(_), _) => "text",
        (Form::Boolean, _) => "`true` or `false`",
        (Form::Number, _) => "a number",
        (Form::Integer, Kind::Number(_)) => "a whole number from 0 to 4294967295",
        (Form::Integer, _) => "a whole number",
        (Form::Array(_), _) => "an array",
        _ => "an object",
    }
}

/// What to do where the quotes around a value are all that is wrong.
fn quotes(form: &Form, node: &Node<'_>) -> Option<&'static str> {
    let text = node.as_str()?;
    let fits = match form {
        Form::Integer => text.parse::<u32>().is_ok(),
        Form::Number => text.parse::<serde_json::Number>().is_ok(),
        Form::Boolean => matches!(text, "true" | "false"),
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
        for schema in [&*OPERATION_SCHEMA, &*PRODUCT_SCHEMA] {
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
