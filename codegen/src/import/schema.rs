//! Schemas: from those of the metadata to ours, with repairs of dirty ones, each of which is
//! reported.

mod limits;

pub(super) use limits::allows;

use std::collections::BTreeSet;

use heck::ToLowerCamelCase as _;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::path;
use super::report::{Repair, RepairKind, Side};
use crate::spec::{DEEPEST, Format, Schema, Type};

/// Schemas in one operation, references inlined; the rest becomes `any`.
pub(super) const MOST: usize = 20_000;

/// Keywords that change what a value may be and that the format has no place for.
const UNSUPPORTED: &[&str] = &[
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "patternProperties",
    "const",
];

/// Lowers the schemas of one operation.
pub(super) struct Lower<'a> {
    pub operation: &'a str,
    /// `components.schemas` of the document.
    pub components: Option<&'a Map<String, Value>>,
    pub repairs: Vec<Repair>,
    /// The vendor's sentences are wanted.
    pub descriptions: bool,
    /// The place of the parameter that is the body.
    pub body: Option<String>,
    /// The places at which the document states nothing that can be used.
    pub silent: BTreeSet<String>,
    seen: usize,
}

impl<'a> Lower<'a> {
    pub(super) fn new(
        operation: &'a str,
        components: Option<&'a Map<String, Value>>,
        descriptions: bool,
    ) -> Self {
        Self {
            operation,
            components,
            repairs: Vec::new(),
            descriptions,
            body: None,
            silent: BTreeSet::new(),
            seen: 0,
        }
    }

    pub(super) fn repair(
        &mut self,
        at: &str,
        kind: RepairKind,
        found: impl Into<String>,
        made: impl Into<String>,
    ) {
        self.repairs.push(Repair {
            operation: self.operation.to_owned(),
            at: at.to_owned(),
            kind,
            found: found.into(),
            made: made.into(),
        });
    }

    /// A repair that leaves nothing of what was found at the place.
    pub(super) fn unusable(
        &mut self,
        at: &str,
        kind: RepairKind,
        found: impl Into<String>,
        made: impl Into<String>,
    ) {
        self.repair(at, kind, found, made);
        self.silent.insert(at.to_owned());
    }

    /// The schema at `at` says nothing under these keywords.
    pub(super) fn unstated(&mut self, at: &str, keywords: &[&str]) {
        let places = keywords.iter().map(|keyword| path::join(at, keyword));
        self.silent.extend(places);
    }

    /// The schema at `at`.
    pub(super) fn schema(&mut self, value: &Value, at: &str, side: Side) -> Schema {
        self.nested(value, at, side, 0, &mut Vec::new())
    }

    fn nested(
        &mut self,
        value: &Value,
        at: &str,
        side: Side,
        depth: usize,
        references: &mut Vec<&'a str>,
    ) -> Schema {
        self.seen += 1;
        if depth >= DEEPEST || self.seen > MOST {
            let what = if depth >= DEEPEST {
                format!("more than {DEEPEST} levels")
            } else {
                format!("more than {MOST} schemas")
            };
            self.repair(at, RepairKind::TooDeep, what, "cut here, taken as any");
            self.unstated(at, &["type"]);
            return any();
        }
        let Some(map) = value.as_object() else {
            let kind = fallback(side);
            self.repair(
                at,
                RepairKind::Malformed,
                format!("the schema is {}", noun(value)),
                format!("taken as {}", word(kind)),
            );
            self.unstated(at, &["type"]);
            return Schema {
                kind,
                ..Schema::default()
            };
        };
        if let Some(reference) = map.get("$ref") {
            return self.reference(map, reference, at, side, depth, references);
        }
        for keyword in UNSUPPORTED
            .iter()
            .filter(|keyword| map.contains_key(**keyword))
        {
            self.repair(
                at,
                RepairKind::KeywordUnsupported,
                format!("`{keyword}`"),
                "ignored",
            );
        }
        let kind = self.kind(map, at, side);
        let mut schema = Schema {
            kind,
            format: self.format(map, kind, at),
            ..Schema::default()
        };
        schema.required = side == Side::Request && self.flag(map, "required", at);
        schema.deprecated = self.flag(map, "deprecated", at).into();
        if self.descriptions {
            schema.description = map
                .get("description")
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|d| !d.is_empty())
                .map(str::to_owned);
        }
        if map.get("isFileTransferUrl").is_some_and(truthy) {
            self.repair(
                at,
                RepairKind::FileTransfer,
                "takes a file through a URL",
                "taken as a plain value: the URL",
            );
        }
        if side == Side::Request {
            self.limits(map, &mut schema, at);
        }
        self.values(map, &mut schema, at);
        if side == Side::Request {
            self.default(map, &mut schema, at);
        }
        self.children(map, &mut schema, at, side, (depth, references));
        schema
    }

    /// What is within an array or an object.
    fn children(
        &mut self,
        map: &Map<String, Value>,
        schema: &mut Schema,
        at: &str,
        side: Side,
        (depth, references): (usize, &mut Vec<&'a str>),
    ) {
        match schema.kind {
            Type::Array => {
                let at = path::join(at, "items");
                let items = match map.get("items") {
                    Some(Value::Object(items)) if items.is_empty() => {
                        self.repair(
                            &at,
                            RepairKind::ItemsMissing,
                            "elements without a schema",
                            "taken as any",
                        );
                        self.unstated(&at, &["type"]);
                        any()
                    }
                    Some(items) if !items.is_null() => {
                        self.nested(items, &at, side, depth + 1, references)
                    }
                    _ if has_entries(map, "properties") => {
                        self.repair(
                            &at,
                            RepairKind::TypeContradicted,
                            "an array with properties",
                            "taken as the properties of its elements",
                        );
                        self.object(map, &at, side, depth + 1, references)
                    }
                    _ => {
                        self.repair(&at, RepairKind::ItemsMissing, "no `items`", "taken as any");
                        self.unstated(&at, &["type"]);
                        any()
                    }
                };
                // An element is not required or optional: it is there or it is not.
                schema.items = Some(Box::new(Schema {
                    required: false,
                    ..items
                }));
            }
            Type::Object => {
                let object = self.object(map, at, side, depth, references);
                schema.properties = object.properties;
                schema.additional_properties = object.additional_properties;
            }
            _ => {
                for keyword in ["properties", "items"] {
                    if has_entries(map, keyword) {
                        self.repair(
                            at,
                            RepairKind::TypeContradicted,
                            format!("`{keyword}` on {}", article(schema.kind)),
                            "ignored",
                        );
                    }
                }
            }
        }
    }

    fn reference(
        &mut self,
        map: &Map<String, Value>,
        reference: &Value,
        at: &str,
        side: Side,
        depth: usize,
        references: &mut Vec<&'a str>,
    ) -> Schema {
        let text = reference.as_str().unwrap_or_default();
        let name = text
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .replace("~1", "/")
            .replace("~0", "~");
        let Some((name, target)) = self
            .components
            .and_then(|components| components.get_key_value(&name))
        else {
            self.repair(
                at,
                RepairKind::ReferenceBroken,
                format!("reference to `{text}`, which is not there"),
                "taken as any",
            );
            self.unstated(at, &["type"]);
            return any();
        };
        if references.contains(&name.as_str()) {
            self.repair(
                at,
                RepairKind::ReferenceBroken,
                format!("`{name}` contains itself"),
                "cut here, taken as any",
            );
            self.unstated(at, &["type"]);
            return any();
        }
        self.repair(
            at,
            RepairKind::ReferenceInlined,
            format!("reference to `{name}`"),
            "replaced by what it refers to",
        );
        references.push(name);
        let mut schema = self.nested(target, at, side, depth, references);
        references.pop();
        schema.required = side == Side::Request && self.flag(map, "required", at);
        if self.flag(map, "deprecated", at) {
            schema.deprecated = true.into();
        }
        schema
    }

    /// The properties, or the values of the map.
    fn object(
        &mut self,
        map: &Map<String, Value>,
        at: &str,
        side: Side,
        depth: usize,
        references: &mut Vec<&'a str>,
    ) -> Schema {
        let mut object = Schema {
            kind: Type::Object,
            ..Schema::default()
        };
        // As in JSON Schema proper: the names of the required properties, at the object.
        let required: Vec<&str> = match map.get("required") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let fields = ["properties", "additionalProperties"];
        if fields
            .iter()
            .all(|keyword| map.get(*keyword).is_none_or(Value::is_null))
        {
            self.unstated(at, &fields);
        }
        match map.get("properties") {
            None | Some(Value::Null) => {}
            Some(Value::Object(properties)) => {
                let mut taken: IndexMap<String, Schema> = IndexMap::new();
                for (written, value) in properties {
                    let Some(name) = self.name(written, at) else {
                        continue;
                    };
                    let here = path::property(at, &name);
                    let mut property = self.nested(value, &here, side, depth + 1, references);
                    property.required |=
                        side == Side::Request && required.contains(&written.as_str());
                    if let Some(first) = taken.get(&name) {
                        self.duplicate(&here, *first == property);
                        continue;
                    }
                    taken.insert(name, property);
                }
                object.properties = taken;
            }
            Some(other) => self.repair(
                at,
                RepairKind::Malformed,
                format!("`properties` is {}", noun(other)),
                "taken as an object without known fields",
            ),
        }
        match map.get("additionalProperties") {
            None | Some(Value::Null | Value::Bool(_)) => {}
            Some(_) if !object.properties.is_empty() => {
                self.repair(
                    at,
                    RepairKind::TypeContradicted,
                    "both `properties` and `additionalProperties`",
                    "the latter ignored",
                );
            }
            Some(Value::Object(values)) if values.is_empty() => {
                object.additional_properties = Some(Box::new(any()));
            }
            Some(values) => {
                let at = path::join(at, "additionalProperties");
                let values = self.nested(values, &at, side, depth + 1, references);
                object.additional_properties = Some(Box::new(Schema {
                    required: false,
                    ..values
                }));
            }
        }
        object
    }

    /// A usable name, without spaces around it.
    pub(super) fn name(&mut self, written: &str, at: &str) -> Option<String> {
        let name = written.trim();
        if name.is_empty() || name.chars().any(char::is_control) {
            self.repair(
                at,
                RepairKind::Nameless,
                format!("named {written:?}"),
                "dropped",
            );
            return None;
        }
        if name != written {
            self.repair(
                &path::join(at, name),
                RepairKind::NameTrimmed,
                format!("named {written:?}"),
                "spaces removed",
            );
        }
        Some(name.to_owned())
    }

    pub(super) fn duplicate(&mut self, at: &str, identical: bool) {
        if identical {
            self.repair(
                at,
                RepairKind::DuplicateIdentical,
                "listed twice, the same",
                "merged",
            );
        } else {
            self.repair(
                at,
                RepairKind::DuplicateDifferent,
                "listed twice, not the same",
                "the first kept",
            );
        }
    }

    fn kind(&mut self, map: &Map<String, Value>, at: &str, side: Side) -> Type {
        let stated = match map.get("type") {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.as_str()),
            // JSON Schema proper: one of several types, of which `null` says nothing here.
            Some(Value::Array(types)) => types
                .iter()
                .filter_map(Value::as_str)
                .find(|text| *text != "null"),
            _ => None,
        };
        if let Some(stated) = stated {
            if let Some(kind) = exact(stated) {
                if map.get("type").is_some_and(Value::is_array) {
                    self.repair(
                        at,
                        RepairKind::TypeUnknown,
                        "several types",
                        format!("taken as {}", word(kind)),
                    );
                }
                return kind;
            }
            if let Some(kind) = synonym(stated) {
                self.repair(
                    at,
                    RepairKind::TypeUnknown,
                    format!("type `{stated}`"),
                    format!("taken as {}", word(kind)),
                );
                return kind;
            }
        }
        let kind = infer(map).unwrap_or_else(|| {
            self.unstated(at, &["type"]);
            fallback(side)
        });
        match stated {
            Some(stated) => self.repair(
                at,
                RepairKind::TypeUnknown,
                format!("type `{stated}`"),
                format!("taken as {}", word(kind)),
            ),
            None => self.repair(
                at,
                RepairKind::TypeMissing,
                "no type",
                format!("taken as {}", word(kind)),
            ),
        }
        kind
    }

    fn format(&mut self, map: &Map<String, Value>, kind: Type, at: &str) -> Option<Format> {
        let text = match map.get("format")? {
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim(),
            Value::Null => return None,
            other => {
                self.unusable(
                    &path::join(at, "format"),
                    RepairKind::FormatUnknown,
                    format!("format {other}"),
                    "dropped",
                );
                return None;
            }
        };
        let (format, fits) = match text.to_ascii_lowercase().as_str() {
            "int32" => (Format::Int32, kind == Type::Integer),
            "int64" | "long" => (Format::Int64, kind == Type::Integer),
            "float" => (Format::Float, kind == Type::Number),
            "double" => (Format::Double, kind == Type::Number),
            "binary" => (
                Format::Binary,
                kind == Type::String && self.body.as_deref() == Some(at),
            ),
            "ipv4" => (Format::Ipv4, kind == Type::String),
            "ipv6" => (Format::Ipv6, kind == Type::String),
            _ => {
                self.unusable(
                    &path::join(at, "format"),
                    RepairKind::FormatUnknown,
                    format!("format `{text}`"),
                    "dropped",
                );
                return None;
            }
        };
        if !fits {
            self.unusable(
                &path::join(at, "format"),
                RepairKind::FormatMisplaced,
                format!("format `{text}` on {}", article(kind)),
                "dropped",
            );
            return None;
        }
        Some(format)
    }

    fn flag(&mut self, map: &Map<String, Value>, keyword: &str, at: &str) -> bool {
        match map.get(keyword) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) if matches!(text.trim(), "true" | "false") => {
                self.repair(
                    &path::join(at, keyword),
                    RepairKind::TextForValue,
                    format!("{text:?}"),
                    "taken as a truth value",
                );
                text.trim() == "true"
            }
            // The names of required properties are read where the properties are.
            None | Some(Value::Null | Value::Array(_)) => false,
            Some(other) => {
                self.repair(
                    &path::join(at, keyword),
                    RepairKind::Malformed,
                    shown(other),
                    "taken as false",
                );
                false
            }
        }
    }
}

/// Whether metadata has a word for the format. What it has no word for comes from people.
pub(super) const fn has_word(format: Format) -> bool {
    format.of_text().is_none()
}

fn any() -> Schema {
    Schema {
        kind: Type::Any,
        ..Schema::default()
    }
}

/// What a value without any hint is: text goes into a request, anything may come back.
fn fallback(side: Side) -> Type {
    if side == Side::Request {
        Type::String
    } else {
        Type::Any
    }
}

fn exact(text: &str) -> Option<Type> {
    Some(match text {
        "string" => Type::String,
        "integer" => Type::Integer,
        "number" => Type::Number,
        "boolean" => Type::Boolean,
        "array" => Type::Array,
        "object" => Type::Object,
        "any" => Type::Any,
        _ => return None,
    })
}

fn synonym(text: &str) -> Option<Type> {
    let text = text.trim().to_ascii_lowercase();
    exact(&text).or_else(|| {
        Some(match text.as_str() {
            "str" | "text" | "char" | "date" | "datetime" | "date-time" | "time" | "timestamp"
            | "file" | "binary" | "byte" => Type::String,
            "int" | "int32" | "int64" | "long" | "short" => Type::Integer,
            "float" | "double" | "decimal" | "bigdecimal" => Type::Number,
            "bool" => Type::Boolean,
            "list" | "set" | "repeatlist" => Type::Array,
            "map" | "struct" | "json" | "dict" => Type::Object,
            _ => return None,
        })
    })
}

fn infer(map: &Map<String, Value>) -> Option<Type> {
    let has = |keywords: &[&str]| {
        keywords
            .iter()
            .any(|keyword| map.get(*keyword).is_some_and(|v| !v.is_null()))
    };
    if has_entries(map, "properties") || has(&["additionalProperties"]) {
        Some(Type::Object)
    } else if has(&["items", "minItems", "maxItems"]) {
        Some(Type::Array)
    } else if has(&["minLength", "maxLength", "pattern"]) {
        Some(Type::String)
    } else {
        match map.get("format").and_then(Value::as_str) {
            Some("int32" | "int64") => Some(Type::Integer),
            Some("float" | "double") => Some(Type::Number),
            _ if has(&["enum"]) => Some(Type::String),
            _ => None,
        }
    }
}

fn has_entries(map: &Map<String, Value>, keyword: &str) -> bool {
    map.get(keyword)
        .and_then(Value::as_object)
        .is_some_and(|map| !map.is_empty())
}

pub(super) fn truthy(value: &Value) -> bool {
    *value == Value::Bool(true) || value.as_str().is_some_and(|text| text.trim() == "true")
}

fn word(kind: Type) -> String {
    format!("{kind:?}").to_lower_camel_case()
}

pub(super) fn article(kind: Type) -> String {
    let word = word(kind);
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    if kind == Type::Any {
        "a value of any type".to_owned()
    } else {
        format!("{article} {word}")
    }
}

/// What JSON calls the value.
pub(super) fn noun(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

pub(super) fn shown(value: &Value) -> String {
    super::report::shown(value)
}
