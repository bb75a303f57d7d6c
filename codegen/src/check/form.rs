//! The structure of a spec file in the form in which a tree is held against it: made once of the file's
//! JSON Schema, references followed.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The structure of one kind of file.
pub(super) struct Forms {
    forms: Vec<Form>,
}

/// The place of a form in [`Forms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(usize);

/// What a value may be.
#[derive(Debug)]
pub(super) enum Form {
    /// An object with these keys and no others.
    Object(Object),
    /// An object with any keys, and values of one form.
    Map(Id),
    /// An array, and the form of its elements.
    Array(Id),
    /// One word of an enumeration.
    Word(Words),
    /// A value of one of several forms, none of which is a choice itself.
    Choice(Vec<Id>),
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A whole number of 32 bits without a sign.
    Integer,
    /// Anything.
    Any,
}

/// The keys of an object, in the order of the format.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) keys: Vec<Key>,
}

/// A key of an object.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) form: Id,
    pub(super) required: bool,
    pub(super) description: &'static str,
}

/// The words of an enumeration.
#[derive(Debug)]
pub(super) struct Words {
    /// The name of the enumeration; empty where it has none.
    pub(super) name: &'static str,
    pub(super) words: Vec<&'static str>,
}

impl Object {
    /// The key of this name. There are few, so that looking at each is faster than hashing the name.
    pub(super) fn get(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of the keys.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + Clone + '_ {
        self.keys.iter().map(|key| key.name)
    }
}

impl Form {
    /// The type that JSON has for such a value; none where it may have any.
    pub(super) fn json_type(&self) -> Option<&'static str> {
        match self {
            Self::Object(_) | Self::Map(_) => Some("object"),
            Self::Array(_) => Some("array"),
            Self::Word(_) | Self::Text => Some("string"),
            Self::Boolean => Some("boolean"),
            Self::Number => Some("number"),
            Self::Integer => Some("integer"),
            Self::Choice(_) | Self::Any => None,
        }
    }
}

impl Forms {
    /// The form of the whole file.
    pub(super) const ROOT: Id = Id(0);

    /// The forms that a JSON Schema describes.
    pub(super) fn of(schema: &'static Value) -> Self {
        let mut reader = Reader {
            definitions: schema["$defs"].as_object(),
            known: HashMap::new(),
            forms: vec![Form::Any],
        };
        reader.forms[Self::ROOT.0] = reader.form("", schema);
        Self {
            forms: reader.forms,
        }
    }

    pub(super) fn get(&self, id: Id) -> &Form {
        &self.forms[id.0]
    }

    /// The objects among the forms.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.forms.iter().filter_map(|form| match form {
            Form::Object(object) => Some(object),
            _ => None,
        })
    }
}

struct Reader {
    definitions: Option<&'static Map<String, Value>>,
    /// The definitions that have a place already: a schema may lead back to itself.
    known: HashMap<&'static str, Id>,
    forms: Vec<Form>,
}

impl Reader {
    fn id(&mut self, schema: &'static Value) -> Id {
        let Some(reference) = schema["$ref"].as_str() else {
            let form = self.form("", schema);
            return self.add(form);
        };
        let name = reference.rsplit('/').next().unwrap_or_default();
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let id = self.add(Form::Any);
        self.known.insert(name, id);
        if let Some(definition) = self.definitions.and_then(|all| all.get(name)) {
            self.forms[id.0] = self.form(name, definition);
        }
        id
    }

    fn add(&mut self, form: Form) -> Id {
        self.forms.push(form);
        Id(self.forms.len() - 1)
    }

    fn form(&mut self, name: &'static str, schema: &'static Value) -> Form {
        if let Some(choices) = schema["anyOf"].as_array() {
            let ids: Vec<Id> = choices.iter().map(|choice| self.id(choice)).collect();
            let alternatives = ids.into_iter().flat_map(|id| match &self.forms[id.0] {
                Form::Choice(inner) => inner.clone(),
                _ => vec![id],
            });
            return Form::Choice(alternatives.collect());
        }
        if let Some(words) = words(schema) {
            return Form::Word(Words { name, words });
        }
        match schema["type"].as_str() {
            Some("object") => match schema["properties"].as_object() {
                Some(properties) => Form::Object(self.object(properties, &schema["required"])),
                None => Form::Map(self.id(&schema["additionalProperties"])),
            },
            Some("array") => Form::Array(self.id(&schema["items"])),
            Some("string") => Form::Text,
            Some("boolean") => Form::Boolean,
            Some("number") => Form::Number,
            Some("integer") => Form::Integer,
            _ => Form::Any,
        }
    }

    fn object(
        &mut self,
        properties: &'static Map<String, Value>,
        required: &'static Value,
    ) -> Object {
        let required = required.as_array().map_or(&[][..], Vec::as_slice);
        let keys = properties.iter().map(|(name, schema)| Key {
            name,
            form: self.id(schema),
            required: required.iter().any(|key| key == name),
            description: schema["description"].as_str().unwrap_or_default(),
        });
        Object {
            keys: keys.collect(),
        }
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
