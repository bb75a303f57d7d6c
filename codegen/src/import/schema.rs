//! From a schema of the metadata to one of ours, mending what is dirty and saying so.

use heck::ToLowerCamelCase as _;
use indexmap::IndexMap;
use serde_json::{Map, Number, Value};

use super::path;
use super::report::{Repair, RepairKind, Side};
use crate::spec::{Format, Schema, Type};

/// Schemas within schemas; what is deeper becomes `any`.
pub(super) const DEEPEST: usize = 60;
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
        schema.deprecated = self.flag(map, "deprecated", at);
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
        match kind {
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
                            format!("`{keyword}` on {}", article(kind)),
                            "ignored",
                        );
                    }
                }
            }
        }
        schema
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
            return any();
        };
        if references.contains(&name.as_str()) {
            self.repair(
                at,
                RepairKind::ReferenceBroken,
                format!("`{name}` contains itself"),
                "cut here, taken as any",
            );
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
        schema.deprecated |= self.flag(map, "deprecated", at);
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
        match map.get("properties") {
            None => {}
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
                object.additional_properties = Some(Box::new(any()))
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
        let kind = infer(map).unwrap_or_else(|| fallback(side));
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
                self.repair(
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
                self.repair(
                    &path::join(at, "format"),
                    RepairKind::FormatUnknown,
                    format!("format `{text}`"),
                    "dropped",
                );
                return None;
            }
        };
        if !fits {
            self.repair(
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

    fn limits(&mut self, map: &Map<String, Value>, schema: &mut Schema, at: &str) {
        let numeric = matches!(schema.kind, Type::Integer | Type::Number);
        if self.goes_with(
            map,
            at,
            numeric,
            schema.kind,
            &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
        ) {
            schema.minimum = self.bound(map, schema, at, "minimum", "exclusiveMinimum", 1);
            schema.maximum = self.bound(map, schema, at, "maximum", "exclusiveMaximum", -1);
            let contradict = match (&schema.minimum, &schema.maximum) {
                (Some(min), Some(max)) => min.as_f64() > max.as_f64(),
                _ => false,
            };
            if contradict {
                self.repair(
                    at,
                    RepairKind::LimitsContradict,
                    "minimum above maximum",
                    "both dropped",
                );
                (schema.minimum, schema.maximum) = (None, None);
            }
        }
        if self.goes_with(
            map,
            at,
            schema.kind == Type::String,
            schema.kind,
            &["minLength", "maxLength"],
        ) {
            (schema.min_length, schema.max_length) = self.sizes(map, at, "minLength", "maxLength");
        }
        if self.goes_with(
            map,
            at,
            schema.kind == Type::Array,
            schema.kind,
            &["minItems", "maxItems"],
        ) {
            (schema.min_items, schema.max_items) = self.sizes(map, at, "minItems", "maxItems");
        }
        if self.goes_with(
            map,
            at,
            schema.kind == Type::String,
            schema.kind,
            &["pattern"],
        ) {
            schema.pattern = self.pattern(map, at);
        }
    }

    /// Whether the keywords go with the type; those that do not are reported.
    fn goes_with(
        &mut self,
        map: &Map<String, Value>,
        at: &str,
        fits: bool,
        kind: Type,
        keywords: &[&str],
    ) -> bool {
        if !fits {
            for keyword in keywords {
                if map
                    .get(*keyword)
                    .is_some_and(|value| !value.is_null() && *value != Value::Bool(false))
                {
                    self.repair(
                        &path::join(at, keyword),
                        RepairKind::LimitMisplaced,
                        format!("`{keyword}` on {}", article(kind)),
                        "dropped",
                    );
                }
            }
        }
        fits
    }

    /// A limit of a number. `step` is the way from an exclusive limit to the nearest whole number within.
    fn bound(
        &mut self,
        map: &Map<String, Value>,
        schema: &Schema,
        at: &str,
        keyword: &str,
        exclusive: &str,
        step: i64,
    ) -> Option<Number> {
        let at = path::join(at, keyword);
        let (value, excluded) = match (map.get(keyword), map.get(exclusive)) {
            (value, Some(limit @ (Value::Number(_) | Value::String(_))))
                if value.is_none_or(Value::is_null) && !truthy(limit) =>
            {
                (limit, true)
            }
            (Some(value), flag) if !value.is_null() => (value, flag.is_some_and(truthy)),
            _ => return None,
        };
        let number = match value {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) => number(text),
            _ => None,
        };
        let number = number.and_then(|number| {
            if schema.kind == Type::Integer {
                whole(&number)
            } else {
                Some(number)
            }
        });
        let Some(mut number) = number else {
            self.repair(&at, RepairKind::LimitInvalid, shown(value), "dropped");
            return None;
        };
        if value.is_string() {
            self.repair(
                &at,
                RepairKind::TextForValue,
                shown(value),
                "taken as a number",
            );
        }
        if excluded {
            match number
                .as_i64()
                .and_then(|n| n.checked_add(step))
                .filter(|_| schema.kind == Type::Integer)
            {
                Some(next) => {
                    self.repair(
                        &at,
                        RepairKind::LimitExclusive,
                        format!("{number}, excluded"),
                        format!("{next}, included"),
                    );
                    number = next.into();
                }
                None => self.repair(
                    &at,
                    RepairKind::LimitExclusive,
                    format!("{number}, excluded"),
                    "taken as included",
                ),
            }
        }
        if schema.format == Some(Format::Int32)
            && number.as_i64().is_some_and(|n| i32::try_from(n).is_err())
        {
            self.repair(
                &at,
                RepairKind::LimitInvalid,
                format!("{number} on a number of 32 bits"),
                "dropped",
            );
            return None;
        }
        Some(number)
    }

    fn sizes(
        &mut self,
        map: &Map<String, Value>,
        at: &str,
        min: &str,
        max: &str,
    ) -> (Option<u32>, Option<u32>) {
        // At least none is no limit.
        let least = self.size(map, at, min).filter(|least| *least > 0);
        let sizes = (least, self.size(map, at, max));
        if let (Some(least), Some(most)) = sizes
            && least > most
        {
            self.repair(
                at,
                RepairKind::LimitsContradict,
                format!("{min} {least} above {max} {most}"),
                "both dropped",
            );
            return (None, None);
        }
        sizes
    }

    fn size(&mut self, map: &Map<String, Value>, at: &str, keyword: &str) -> Option<u32> {
        let value = map.get(keyword).filter(|value| !value.is_null())?;
        let at = path::join(at, keyword);
        let number = match value {
            Value::Number(number) => whole(number),
            Value::String(text) => number(text).and_then(|number| whole(&number)),
            _ => None,
        };
        let Some(size) = number
            .and_then(|n| n.as_i64())
            .and_then(|n| u32::try_from(n).ok())
        else {
            self.repair(&at, RepairKind::LimitInvalid, shown(value), "dropped");
            return None;
        };
        if value.is_string() {
            self.repair(
                &at,
                RepairKind::TextForValue,
                shown(value),
                "taken as a number",
            );
        }
        Some(size)
    }

    fn pattern(&mut self, map: &Map<String, Value>, at: &str) -> Option<String> {
        let at = path::join(at, "pattern");
        let written = match map.get("pattern")? {
            Value::String(text) if !text.is_empty() => text.as_str(),
            Value::Null | Value::String(_) => return None,
            other => {
                self.repair(&at, RepairKind::PatternInvalid, shown(other), "dropped");
                return None;
            }
        };
        let pattern = translate(written);
        if let Err(error) = regex_lite::Regex::new(&pattern) {
            self.repair(
                &at,
                RepairKind::PatternInvalid,
                format!("`{written}`: {error}"),
                "dropped",
            );
            return None;
        }
        if pattern != written {
            self.repair(
                &at,
                RepairKind::PatternTranslated,
                format!("`{written}`"),
                format!("`{pattern}`"),
            );
        }
        Some(pattern)
    }

    fn values(&mut self, map: &Map<String, Value>, schema: &mut Schema, at: &str) {
        let at = path::join(at, "enum");
        let values = match map.get("enum") {
            None | Some(Value::Null) => return,
            Some(Value::Array(values)) => values.as_slice(),
            Some(other) => {
                self.repair(
                    &at,
                    RepairKind::EnumInvalid,
                    format!("`enum` is {}", noun(other)),
                    "dropped",
                );
                return;
            }
        };
        if values.is_empty() {
            return;
        }
        if !matches!(schema.kind, Type::String | Type::Integer | Type::Number) {
            self.repair(
                &at,
                RepairKind::EnumInvalid,
                format!("`enum` on {}", article(schema.kind)),
                "dropped",
            );
            return;
        }
        let mut converted = false;
        for value in values {
            let Some(fitting) = scalar(value, schema) else {
                self.repair(
                    &at,
                    RepairKind::EnumInvalid,
                    format!("value {}", shown(value)),
                    "dropped",
                );
                continue;
            };
            converted |= fitting != *value;
            if schema.values.contains(&fitting) {
                self.repair(
                    &at,
                    RepairKind::EnumInvalid,
                    format!("value {} twice", shown(value)),
                    "merged",
                );
            } else {
                schema.values.push(fitting);
            }
        }
        if converted {
            self.repair(
                &at,
                RepairKind::TextForValue,
                "values of another type",
                format!("taken as {}s", word(schema.kind)),
            );
        }
        // Values that break a limit beside them show which of the two is meant.
        let broken: Vec<&str> = [
            (
                schema
                    .minimum
                    .take_if(|min| schema.values.iter().any(|v| v.as_f64() < min.as_f64()))
                    .is_some(),
                "minimum",
            ),
            (
                schema
                    .maximum
                    .take_if(|max| schema.values.iter().any(|v| v.as_f64() > max.as_f64()))
                    .is_some(),
                "maximum",
            ),
            (
                schema
                    .min_length
                    .take_if(|min| {
                        schema
                            .values
                            .iter()
                            .any(|v| length(v) < Some(*min as usize))
                    })
                    .is_some(),
                "minLength",
            ),
            (
                schema
                    .max_length
                    .take_if(|max| {
                        schema
                            .values
                            .iter()
                            .any(|v| length(v) > Some(*max as usize))
                    })
                    .is_some(),
                "maxLength",
            ),
        ]
        .into_iter()
        .filter_map(|(broken, keyword)| broken.then_some(keyword))
        .collect();
        for keyword in broken {
            self.repair(
                &at,
                RepairKind::LimitsContradict,
                format!("values beyond `{keyword}`"),
                format!("`{keyword}` dropped"),
            );
        }
        if matches!(schema.format, Some(Format::Ipv4 | Format::Ipv6)) {
            schema.format = None;
            self.repair(
                &at,
                RepairKind::LimitsContradict,
                "values and a format",
                "the format dropped",
            );
        }
        if let Some(pattern) = &schema.pattern
            && regex_lite::Regex::new(pattern).is_ok_and(|re| {
                schema
                    .values
                    .iter()
                    .any(|v| v.as_str().is_some_and(|v| !re.is_match(v)))
            })
        {
            schema.pattern = None;
            self.repair(
                &at,
                RepairKind::LimitsContradict,
                "values that the pattern forbids",
                "`pattern` dropped",
            );
        }
    }

    fn default(&mut self, map: &Map<String, Value>, schema: &mut Schema, at: &str) {
        let Some(value) = map
            .get("default")
            .filter(|value| !value.is_null() && **value != "")
        else {
            return;
        };
        let at = path::join(at, "default");
        if matches!(schema.kind, Type::Array | Type::Object | Type::Any) {
            self.repair(
                &at,
                RepairKind::DefaultInvalid,
                shown(value),
                format!("dropped: not written down for {}", article(schema.kind)),
            );
            return;
        }
        let Some(fitting) = scalar(value, schema) else {
            self.repair(
                &at,
                RepairKind::DefaultInvalid,
                shown(value),
                format!("dropped: no {}", word(schema.kind)),
            );
            return;
        };
        if fitting.as_str().is_some_and(|text| !text.is_ascii()) {
            self.repair(
                &at,
                RepairKind::DefaultInvalid,
                shown(value),
                "dropped: prose",
            );
            return;
        }
        if !allows(schema, &fitting) {
            self.repair(
                &at,
                RepairKind::DefaultInvalid,
                shown(value),
                "dropped: the schema forbids it",
            );
            return;
        }
        if fitting != *value {
            self.repair(
                &at,
                RepairKind::TextForValue,
                shown(value),
                format!("taken as {}", article(schema.kind)),
            );
        }
        schema.default = Some(fitting);
    }
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

/// A number from its text.
fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Ok(n) = text.parse::<i64>() {
        return Some(n.into());
    }
    text.parse().ok().and_then(Number::from_f64)
}

/// The same number, whole, if it is.
#[expect(
    clippy::cast_possible_truncation,
    reason = "only numbers that are whole and small enough"
)]
fn whole(number: &Number) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.is_i64() {
        return Some(number.clone());
    }
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() <= EXACT).then(|| (float as i64).into())
}

/// The value in the type of the schema, if it can be said in it.
fn scalar(value: &Value, schema: &Schema) -> Option<Value> {
    let fits32 = |n: &Number| {
        schema.format != Some(Format::Int32) || n.as_i64().is_some_and(|n| i32::try_from(n).is_ok())
    };
    match (schema.kind, value) {
        (Type::String, Value::String(_)) | (Type::Boolean, Value::Bool(_)) => Some(value.clone()),
        (Type::String, Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        (Type::Boolean, Value::String(text)) => text
            .trim()
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(Value::from),
        (Type::Integer, Value::Number(n)) => whole(n).filter(fits32).map(Value::Number),
        (Type::Integer, Value::String(text)) => number(text)
            .and_then(|n| whole(&n))
            .filter(fits32)
            .map(Value::Number),
        (Type::Number, Value::Number(_)) => Some(value.clone()),
        (Type::Number, Value::String(text)) => number(text).map(Value::Number),
        _ => None,
    }
}

fn length(value: &Value) -> Option<usize> {
    value.as_str().map(|text| text.chars().count())
}

/// The schema's limits allow the value (of its type).
pub(crate) fn allows(schema: &Schema, value: &Value) -> bool {
    if !schema.values.is_empty() && !schema.values.contains(value) {
        return false;
    }
    if let Some(number) = value.as_f64() {
        let below = schema
            .minimum
            .as_ref()
            .and_then(Number::as_f64)
            .is_some_and(|min| number < min);
        let above = schema
            .maximum
            .as_ref()
            .and_then(Number::as_f64)
            .is_some_and(|max| number > max);
        return !below && !above;
    }
    let Some(text) = value.as_str() else {
        return true;
    };
    let length = text.chars().count();
    let address = match schema.format {
        Some(Format::Ipv4) => text.parse::<std::net::Ipv4Addr>().is_ok(),
        Some(Format::Ipv6) => text.parse::<std::net::Ipv6Addr>().is_ok(),
        _ => true,
    };
    address
        && schema.min_length.is_none_or(|min| length >= min as usize)
        && schema.max_length.is_none_or(|max| length <= max as usize)
        && schema
            .pattern
            .as_deref()
            .is_none_or(|p| regex_lite::Regex::new(p).is_ok_and(|re| re.is_match(text)))
}

/// A pattern in the spelling of the `regex` crates: no slashes around it, `\x{…}` for `\u…`.
fn translate(pattern: &str) -> String {
    let inner = pattern.strip_prefix('/').and_then(|p| p.strip_suffix('/'));
    let pattern = inner
        .filter(|p| p.starts_with('^') && p.ends_with('$'))
        .unwrap_or(pattern);
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let hex = escape
            .strip_prefix("\\u")
            .and_then(|tail| tail.get(..4))
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        if let Some(hex) = hex {
            out.push_str("\\x{");
            out.push_str(hex);
            out.push('}');
            rest = &escape[6..];
            continue;
        }
        let taken = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
        // A slash needs no escape here.
        out.push_str(if &escape[..taken] == "\\/" {
            "/"
        } else {
            &escape[..taken]
        });
        rest = &escape[taken..];
    }
    out.push_str(rest);
    out
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
