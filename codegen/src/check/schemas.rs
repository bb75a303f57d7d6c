//! The checks of schemas: limits, formats, patterns, and the values that are given as examples.

use std::fmt;

use regex_lite::Regex;
use serde_json::Value;

use super::findings::Findings;
use super::path;
use super::values::{self, FaultKind, words};
use crate::diagnostic::Code;
use crate::names::is_common_parameter;
use crate::number;
use crate::spec::{DEEPEST, Format, Location, Operation, Parameter, Schema, Style, Type};
use crate::tables::Role;
use crate::tree::{Node, Span};

/// Checks the schemas of an operation: its parameters and its response.
pub(super) fn check(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    for (parameter, node) in operation.parameters.iter().zip(tree.list("parameters")) {
        let trail = Trail::Name(&parameter.name);
        parameter_name(parameter, node, findings);
        style(parameter, node, findings);
        let mut schemas = Schemas {
            in_body: parameter.location == Location::Body,
            in_response: false,
            findings,
        };
        schemas.check(&parameter.schema, node, trail, 0);
    }
    locations(operation, tree, findings);
    let (Some(response), Some(node)) = (&operation.response, tree.get("response")) else {
        return;
    };
    if response.kind != Type::Object {
        findings.push(
            findings
                .finding(
                    Code::ResponseNotObject,
                    node.span_of("type"),
                    "the response is not an object",
                )
                .label(format!("this is {}", words(response.kind)))
                .help("without `response`, any answer is accepted and given as it came"),
        );
    }
    let mut schemas = Schemas {
        in_body: false,
        in_response: true,
        findings,
    };
    schemas.check(response, node, Trail::Name("the response"), 0);
}

/// Visits a schema and all schemas in it, each with its place, but not those in types of their own files.
pub(super) fn walk(schema: &Schema, node: &Node<'_>, visit: &mut impl FnMut(&Schema, &Node<'_>)) {
    visit(schema, node);
    // What a type holds is looked at in its own file.
    if schema.reference.is_some() {
        return;
    }
    for (inner, key) in [
        (&schema.items, "items"),
        (&schema.additional_properties, "additionalProperties"),
    ] {
        if let (Some(inner), Some(node)) = (inner, node.get(key)) {
            walk(inner, node, visit);
        }
    }
    let entries = node.get("properties").map_or(&[][..], Node::entries);
    for (inner, entry) in schema.properties.values().zip(entries) {
        walk(inner, &entry.value, visit);
    }
}

/// Checks the schema of a type that operations share.
pub(super) fn check_shared(schema: &Schema, node: &Node<'_>, name: &str, findings: &mut Findings) {
    let mut schemas = Schemas {
        in_body: false,
        in_response: false,
        findings,
    };
    schemas.check(schema, node, Trail::Name(name), 0);
}

/// Whether the example of a response is what the response says.
pub(super) fn response_example(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    let (Some(response), Some(node), Some(example)) = (
        &operation.response,
        tree.get("response"),
        tree.get("responseExample"),
    ) else {
        return;
    };
    for fault in values::faults(response, Role::Response, node, example) {
        let mut finding = findings
            .finding(
                Code::ResponseExample,
                fault.span,
                "the example does not fit the response",
            )
            .label(fault.label);
        if let Some(limit) = fault.limit {
            finding = finding.also(findings.place(limit), "because of this");
        }
        findings.push(finding);
    }
}

/// Whether a request can carry a parameter of this name.
fn parameter_name(parameter: &Parameter, node: &Node<'_>, findings: &mut Findings) {
    let span = node.span_of("name");
    sendable(&parameter.name, span, findings);
    if is_common_parameter(&parameter.name, parameter.location) {
        let message = format!("`{}` is in every request already", parameter.name);
        findings.push(
            findings
                .finding(Code::ImpossibleName, span, message)
                .label("the client fills it in and signs it")
                .help("remove the parameter"),
        );
    }
}

/// Whether a name can be on the wire.
fn sendable(name: &str, span: Span, findings: &mut Findings) {
    let problem = if name.contains(char::is_control) {
        "it contains a control character"
    } else if name.trim() != name {
        "it begins or ends with white space"
    } else {
        return;
    };
    findings.push(
        findings
            .finding(Code::ImpossibleName, span, "this name cannot be sent")
            .label(problem),
    );
}

/// How a list or an object is written.
fn style(parameter: &Parameter, node: &Node<'_>, findings: &mut Findings) {
    let Some(style) = parameter.style else { return };
    let schema = &parameter.schema;
    let items = schema.items.as_ref().map(|items| items.kind);
    let problem = match (schema.kind, style) {
        (Type::Object, Style::Flat | Style::Json)
        | (Type::Array, Style::Flat | Style::RepeatList | Style::Json)
        | (Type::Any, Style::Json) => return,
        (Type::Array, _) => match items {
            Some(Type::Array | Type::Object) => "its elements have no single text",
            _ => return,
        },
        (Type::Object, _) => "an object is written `flat` or `json`",
        (Type::Any, _) => "a value of any type is written `json`",
        _ => "only arrays and objects have a style",
    };
    findings.push(
        findings
            .finding(
                Code::StyleOnWrongType,
                node.span_of("style"),
                format!("`{}` cannot be written in this style", parameter.name),
            )
            .label(problem)
            .also(findings.place(node.span_of("type")), "the type"),
    );
}

/// Whether the parameters can travel together.
fn locations(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    let pairs = || operation.parameters.iter().zip(tree.list("parameters"));
    let mut bodies = pairs().filter(|(parameter, _)| parameter.location == Location::Body);
    if let Some((first, first_node)) = bodies.next() {
        let forms = pairs().filter(|(parameter, _)| parameter.location == Location::FormData);
        for (other, node) in bodies.chain(forms) {
            findings.push(
                findings
                    .finding(
                        Code::ParameterTravel,
                        node.span_of("in"),
                        format!("`{}` and `{}` cannot both be sent", first.name, other.name),
                    )
                    .label("only one parameter can be the body, and no form beside it")
                    .also(findings.place(first_node.span_of("in")), "this is the body"),
            );
        }
    }
    for (parameter, node) in pairs() {
        if parameter.location == Location::Host && parameter.schema.kind != Type::String {
            findings.push(
                findings
                    .finding(
                        Code::ParameterTravel,
                        node.span_of("type"),
                        format!("`{}` cannot be part of a host name", parameter.name),
                    )
                    .label("only text can")
                    .also(
                        findings.place(node.span_of("in")),
                        "it travels in the host name",
                    ),
            );
        }
    }
}

/// The way to a schema, for messages.
#[derive(Clone, Copy)]
pub(super) enum Trail<'t> {
    Name(&'t str),
    Field(&'t Trail<'t>, &'t str),
    Element(&'t Trail<'t>),
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) | Self::Field(Self::Name("the response"), name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Element(parent) => write!(f, "{parent}.N"),
        }
    }
}

struct Schemas<'f> {
    in_body: bool,
    in_response: bool,
    findings: &'f mut Findings,
}

impl Schemas<'_> {
    fn check(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>, depth: usize) {
        if depth > DEEPEST {
            let message = "schemas nested too deeply";
            self.findings.push(
                self.findings
                    .finding(Code::TooDeep, node.opening(), message)
                    .label(format!("level {depth} of at most {DEEPEST}"))
                    .help("give a schema further out the type `any`"),
            );
            return;
        }
        if schema.reference.is_some() {
            return self.given(schema, node, trail);
        }
        self.limits(schema, node, trail);
        self.ranges(schema, node, trail);
        self.format(schema, node, trail);
        self.pattern(schema, node, trail);
        self.values(schema, node, trail);
        self.known_values(schema, node, trail);
        self.places(schema, node, trail);
        self.given(schema, node, trail);
        if let (Some(items), Some(node)) = (&schema.items, node.get("items")) {
            self.check(items, node, Trail::Element(&trail), depth + 1);
        }
        if let (Some(values), Some(node)) = (
            &schema.additional_properties,
            node.get("additionalProperties"),
        ) {
            self.check(values, node, Trail::Element(&trail), depth + 1);
        }
        if let Some(node) = node.get("properties") {
            // Equal keys have been refused, so the two are in the same order.
            for ((name, schema), entry) in schema.properties.iter().zip(node.entries()) {
                if !self.in_response {
                    sendable(name, entry.key_span, self.findings);
                }
                self.check(schema, &entry.value, Trail::Field(&trail, name), depth + 1);
            }
        }
    }

    /// Values that are given are such as the schema allows.
    fn given(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>) {
        for key in ["example", "default"] {
            if let Some(value) = node.get(key) {
                self.value(schema, node, trail, key, value);
            }
        }
    }

    /// A limit is on a type that it can limit.
    fn limits(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>) {
        const NUMBERS: &[Type] = &[Type::Integer, Type::Number];
        const TEXT: &[Type] = &[Type::String];
        const LISTS: &[Type] = &[Type::Array];
        const SCALARS: &[Type] = &[Type::String, Type::Integer, Type::Number, Type::Boolean];
        for (key, types, what) in [
            ("minimum", NUMBERS, "numbers"),
            ("maximum", NUMBERS, "numbers"),
            ("minLength", TEXT, "text"),
            ("maxLength", TEXT, "text"),
            ("pattern", TEXT, "text"),
            ("minItems", LISTS, "arrays"),
            ("maxItems", LISTS, "arrays"),
            ("enum", SCALARS, "text, numbers and booleans"),
        ] {
            let Some(entry) = node.entry(key) else {
                continue;
            };
            if !types.contains(&schema.kind) {
                self.findings.push(
                    self.findings
                        .finding(
                            Code::LimitOnWrongType,
                            entry.key_span,
                            format!("`{key}` does not apply to `{trail}`"),
                        )
                        .label(format!("it limits {what}"))
                        .also(
                            self.findings.place(node.span_of("type")),
                            format!("this is {}", words(schema.kind)),
                        ),
                );
            }
        }
        if schema.kind != Type::Integer {
            return;
        }
        let narrow = schema.format == Some(Format::Int32);
        for (key, limit) in [("minimum", &schema.minimum), ("maximum", &schema.maximum)] {
            let Some(limit) = limit else { continue };
            let (message, bits) = match limit.as_i64() {
                None => (format!("`{trail}` is a whole number, its {key} is not"), 64),
                Some(limit) if narrow && i32::try_from(limit).is_err() => {
                    (format!("`{trail}` can never reach its {key}"), 32)
                }
                Some(_) => continue,
            };
            self.findings.push(
                self.findings
                    .finding(Code::LimitOnWrongType, node.span_of(key), message)
                    .label(format!("expected a whole number of {bits} bits")),
            );
        }
    }

    /// A minimum is not above its maximum.
    fn ranges(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>) {
        let numbers = match (&schema.minimum, &schema.maximum) {
            (Some(least), Some(greatest)) => number::compare(least, greatest).is_gt(),
            _ => false,
        };
        let above = |least: Option<u32>, greatest: Option<u32>| match (least, greatest) {
            (Some(least), Some(greatest)) => least > greatest,
            _ => false,
        };
        for (wrong, least, greatest) in [
            (numbers, "minimum", "maximum"),
            (
                above(schema.min_length, schema.max_length),
                "minLength",
                "maxLength",
            ),
            (
                above(schema.min_items, schema.max_items),
                "minItems",
                "maxItems",
            ),
        ] {
            if wrong {
                self.findings.push(
                    self.findings
                        .finding(
                            Code::MinimumAboveMaximum,
                            node.span_of(least),
                            format!(
                                "`{trail}` can have no value: its `{least}` is above its `{greatest}`"
                            ),
                        )
                        .label(format!("`{least}`"))
                        .also(
                            self.findings.place(node.span_of(greatest)),
                            format!("`{greatest}`"),
                        ),
                );
            }
        }
    }

    fn format(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>) {
        let Some(format) = schema.format else { return };
        let (expected, fits) = match format {
            Format::Int32 | Format::Int64 => ("of whole numbers", schema.kind == Type::Integer),
            Format::Float | Format::Double => ("of numbers", schema.kind == Type::Number),
            Format::Binary => (
                "of a parameter that is the body",
                schema.kind == Type::String && self.in_body,
            ),
            _ => ("of text", schema.kind == Type::String),
        };
        if fits {
            return;
        }
        self.findings.push(
            self.findings
                .finding(
                    Code::FormatOnWrongType,
                    node.span_of("format"),
                    format!("`{trail}` cannot have this format"),
                )
                .label(format!("a format {expected}"))
                .also(
                    self.findings.place(node.span_of("type")),
                    format!("this is {}", words(schema.kind)),
                ),
        );
    }

    fn pattern(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>) {
        let Some(pattern) = &schema.pattern else {
            return;
        };
        if let Err(error) = Regex::new(pattern) {
            self.findings.push(
                self.findings
                    .finding(
                        Code::InvalidPattern,
                        node.span_of("pattern"),
                        format!("the pattern of `{trail}` is not a regular expression"),
                    )
                    .label(error.to_string())
                    .help("the syntax is that of the crate regex-lite: no look-around, no back-references"),
            );
        }
    }

    /// The list of values allowed.
    fn values(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>) {
        let Some(values) = node.get("enum") else {
            return;
        };
        if values.items().is_empty() {
            self.findings.push(
                self.findings
                    .finding(
                        Code::InvalidEnum,
                        values.span,
                        format!("`{trail}` can have no value: the list is empty"),
                    )
                    .label("no value is allowed")
                    .help("leave `enum` out where every value is allowed"),
            );
        }
        let nodes: Vec<&Node<'_>> = values.items().iter().collect();
        self.repeated(&schema.values, &nodes, trail);
        for value in nodes {
            if !matches!(schema.kind, Type::Array | Type::Object | Type::Any) {
                self.value(schema, node, trail, "enum", value);
            }
        }
    }

    /// A list names each value once.
    fn repeated(&mut self, values: &[Value], nodes: &[&Node<'_>], trail: Trail<'_>) {
        for (index, node) in nodes.iter().enumerate() {
            let mut before = values.iter().take(index).zip(nodes);
            let Some((_, first)) = before.find(|(known, _)| values::equal(known, node)) else {
                continue;
            };
            self.findings.push(
                self.findings
                    .finding(
                        Code::InvalidEnum,
                        node.span,
                        format!("`{trail}` lists a value twice"),
                    )
                    .label("it is here again")
                    .also(self.findings.place(first.span), "first here"),
            );
        }
    }

    /// The open list of documented values.
    fn known_values(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>) {
        let Some(entry) = node.entry("knownValues") else {
            return;
        };
        if !matches!(schema.kind, Type::String | Type::Integer) {
            let message = format!("`knownValues` has no meaning for `{trail}`");
            let kind = format!("this is {}", words(schema.kind));
            self.findings.push(
                self.findings
                    .finding(Code::MisplacedKey, entry.key_span, message)
                    .label("only text and whole numbers have documented values")
                    .also(self.findings.place(node.span_of("type")), kind),
            );
            return;
        }
        if let Some(closed) = node.entry("enum") {
            let message = format!("`{trail}` has an open and a closed list of values");
            self.findings.push(
                self.findings
                    .finding(Code::KnownValuesBesideEnum, entry.key_span, message)
                    .label("other values are sent")
                    .also(self.findings.place(closed.key_span), "other values are refused")
                    .help("keep `enum` where the vendor's data closes the list, `knownValues` elsewhere"),
            );
        }
        if entry.value.items().is_empty() {
            let message = format!("`{trail}` documents no value: the list is empty");
            self.findings.push(
                self.findings
                    .finding(Code::InvalidEnum, entry.value.span, message)
                    .label("no value is listed")
                    .help("leave `knownValues` out where no value is documented"),
            );
        }
        let items = entry.value.items().iter();
        let nodes: Vec<&Node<'_>> = items.clone().filter_map(|item| item.get("value")).collect();
        let values: Vec<Value> = schema
            .known_values
            .iter()
            .map(|it| it.value.clone())
            .collect();
        self.repeated(&values, &nodes, trail);
        for value in nodes {
            self.value(schema, node, trail, "knownValues", value);
        }
        for (known, item) in schema.known_values.iter().zip(items) {
            if known
                .description
                .as_ref()
                .is_some_and(|text| text.trim().is_empty())
            {
                let span = item.span_of("description");
                self.findings.push(
                    self.findings
                        .finding(Code::EmptyText, span, "a description without words")
                        .label("leave it out if the value speaks for itself"),
                );
            }
        }
    }

    /// Keys that mean something on one type only.
    fn places(&mut self, schema: &Schema, node: &Node<'_>, trail: Trail<'_>) {
        let array = schema.kind == Type::Array;
        let object = schema.kind == Type::Object;
        for (key, fits, why) in [
            ("items", array, "only arrays have elements"),
            ("properties", object, "only objects have fields"),
            ("additionalProperties", object, "only objects can be maps"),
            (
                "echo",
                array && self.in_response,
                "only arrays of a response are decided by parameters",
            ),
        ] {
            if let Some(entry) = node.entry(key)
                && !fits
            {
                self.findings.push(
                    self.findings
                        .finding(
                            Code::MisplacedKey,
                            entry.key_span,
                            format!("`{key}` has no meaning for `{trail}`"),
                        )
                        .label(why),
                );
            }
        }
        if let (Some(fields), Some(values)) =
            (node.entry("properties"), node.entry("additionalProperties"))
        {
            self.findings.push(
                self.findings
                    .finding(
                        Code::MisplacedKey,
                        values.key_span,
                        format!("`{trail}` is both an object with known fields and a map"),
                    )
                    .label("keys are not known beforehand")
                    .also(self.findings.place(fields.key_span), "fields are known"),
            );
        }
    }

    /// A value in the spec is one that the spec allows.
    fn value(
        &mut self,
        schema: &Schema,
        node: &Node<'_>,
        trail: Trail<'_>,
        key: &str,
        value: &Node<'_>,
    ) {
        let what = match key {
            "enum" => "a listed value",
            "knownValues" => "a documented value",
            key => &format!("the {key}"),
        };
        let role = if self.in_response {
            Role::Response
        } else {
            Role::Request
        };
        let faults = values::faults(schema, role, node, value);
        for fault in faults {
            let (code, message) = match fault.kind {
                FaultKind::Type => (
                    Code::ValueOfWrongType,
                    format!("{what} of `{trail}` does not fit its type"),
                ),
                FaultKind::Limit => (
                    Code::ValueBreaksLimits,
                    format!("{what} of `{trail}` breaks its own limits"),
                ),
            };
            let mut finding = self
                .findings
                .finding(code, fault.span, message)
                .label(fault.label);
            if let Some(limit) = fault.limit {
                finding = finding.also(self.findings.place(limit), "because of this");
            }
            self.findings.push(finding);
        }
    }
}

/// Finds parameters that are there twice.
pub(super) fn duplicates(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    let mut seen = std::collections::HashMap::new();
    for (parameter, node) in operation.parameters.iter().zip(tree.list("parameters")) {
        let span = node.span_of("name");
        if parameter.name.is_empty() {
            findings.push(
                findings
                    .finding(Code::EmptyText, span, "a parameter without a name")
                    .label("it needs its name on the wire"),
            );
        }
        if let Some(first) = seen.insert(parameter.name.as_str(), span) {
            findings.push(
                findings
                    .finding(
                        Code::DuplicateParameter,
                        span,
                        format!("duplicate parameter `{}`", parameter.name),
                    )
                    .label("it is here again")
                    .also(findings.place(first), "first here"),
            );
        }
        if let Some(list) = path::written_by(&operation.parameters, &parameter.name) {
            let name = &parameter.name;
            findings.push(
                findings
                    .finding(
                        Code::DuplicateParameter,
                        span,
                        format!("`{name}` is a part of `{}` already", list.name),
                    )
                    .label("both would be sent under this name")
                    .help("remove the parameter, or the field"),
            );
        }
    }
}
