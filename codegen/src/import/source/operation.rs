//! One operation of a metadata document.

use serde_json::{Map, Value};

use super::super::known::Known;
use super::super::report::{Fact, RepairKind, Side};
use super::super::schema::{Lower, article, noun, shown, truthy};
use super::super::{path, secrets};
use super::access::access;
use super::is_rest_path;
use crate::check::path::written_by;
use crate::names::is_common_parameter;
use crate::spec::{Deprecation, Location, Method, Operation, Parameter, Schema, Style, Type};

/// Reads one operation.
pub(super) struct Reader<'a> {
    pub(super) lower: Lower<'a>,
    pub(super) name: &'a str,
    pub(super) api: &'a Map<String, Value>,
    pub(super) messages: bool,
    /// What the document states about the operation.
    pub(super) known: Known,
}

impl Reader<'_> {
    /// The facts that the document states, once the operation has been read.
    pub(super) fn known(&mut self) -> Known {
        self.known
            .is_silent_at(std::mem::take(&mut self.lower.silent));
        std::mem::take(&mut self.known)
    }

    /// The operation.
    pub(super) fn operation(&mut self, v3_only: bool) -> Result<Operation, String> {
        if v3_only && is_rest_path(self.api.get("path")) {
            return Err("it is addressed by a REST path".to_owned());
        }
        let (access, stated) = access(self.api, self.name);
        if stated {
            self.known.add(Side::Operation, Fact::Access);
        }
        let mut parameters = self.parameters()?;
        secrets::mark_request(&mut parameters);
        let mut response = self.response();
        if let Some(response) = &mut response {
            secrets::mark_response(response);
        }
        let text = |key: &str| {
            self.api
                .get(key)
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let descriptions = self.lower.descriptions;
        let (summary, description) = (
            text("summary").or_else(|| text("title")),
            text("description"),
        );
        let operation = Operation {
            schema: None,
            operation: self.name.to_owned(),
            rust: None,
            summary: summary.filter(|_| descriptions),
            description: description.filter(|_| descriptions),
            docs: None,
            reviewed: None,
            topic: None,
            deprecated: self.api.get("deprecated").is_some_and(truthy).into(),
            access,
            method: self.method(&parameters)?,
            anonymous: self.anonymous(),
            parameters,
            constraints: Vec::new(),
            idempotency: None,
            dry_run: None,
            pagination: None,
            waiters: Vec::new(),
            response,
            response_example: None,
            errors: self.errors(),
            permissions: self.permissions(),
            departures: Vec::new(),
        };
        Ok(operation)
    }

    fn method(&mut self, parameters: &[Parameter]) -> Result<Method, String> {
        let methods: Vec<String> = match self.api.get("methods") {
            Some(Value::Array(methods)) => methods
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_ascii_lowercase)
                .collect(),
            Some(Value::String(methods)) => methods
                .split(['|', ','])
                .map(|m| m.trim().to_ascii_lowercase())
                .collect(),
            _ => Vec::new(),
        };
        let has = |method: &str| methods.iter().any(|m| m == method);
        if has("post") {
            return Ok(Method::Post);
        }
        let body = parameters
            .iter()
            .any(|p| matches!(p.location, Location::FormData | Location::Body));
        if has("get") && !body {
            return Ok(Method::Get);
        }
        let is_other =
            |method: &String| matches!(&**method, "delete" | "head" | "options" | "patch" | "put");
        if !has("get") && methods.iter().any(is_other) {
            let methods = methods.join(", ").to_ascii_uppercase();
            return Err(format!(
                "it is sent with {methods}, and an operation in the RPC style with GET or POST"
            ));
        }
        let found = match methods.as_slice() {
            [] => "no methods".to_owned(),
            _ if body && has("get") => "only GET, but parameters in the body".to_owned(),
            methods => format!("only {}", methods.join(", ").to_ascii_uppercase()),
        };
        if !self.api.contains_key("methods") && self.api.len() <= 1 {
            return Ok(Method::Post);
        }
        self.lower
            .repair("/method", RepairKind::MethodInvalid, found, "taken as POST");
        Ok(Method::Post)
    }

    fn anonymous(&mut self) -> bool {
        let schemes: Vec<&str> = match self.api.get("security") {
            Some(Value::Array(schemes)) => schemes
                .iter()
                .filter_map(Value::as_object)
                .flat_map(Map::keys)
                .map(String::as_str)
                .collect(),
            _ => Vec::new(),
        };
        if schemes.is_empty() || schemes.contains(&"AK") {
            return false;
        }
        // Calls that prove who is calling by a token among the parameters carry no signature.
        if schemes.iter().any(|scheme| {
            *scheme == "Anonymous" || scheme.contains("OIDC") || scheme.contains("SAML")
        }) {
            return true;
        }
        self.lower.repair(
            "/anonymous",
            RepairKind::SecurityUnknown,
            schemes.join(", "),
            "taken as signed",
        );
        false
    }

    fn parameters(&mut self) -> Result<Vec<Parameter>, String> {
        let written = match self.api.get("parameters") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(parameters)) => parameters,
            Some(other) => {
                self.known.forget(Side::Request, Fact::Item);
                self.lower.repair(
                    "/parameters",
                    RepairKind::Malformed,
                    format!("`parameters` is {}", noun(other)),
                    "taken as none",
                );
                return Ok(Vec::new());
            }
        };
        let mut parameters: Vec<Parameter> = Vec::new();
        for entry in written {
            let Some(map) = entry.as_object() else {
                self.lower.repair(
                    "/parameters",
                    RepairKind::Malformed,
                    shown(entry),
                    "dropped",
                );
                continue;
            };
            let Some(written) = map.get("name").and_then(Value::as_str) else {
                self.lower
                    .repair("/parameters", RepairKind::Nameless, shown(entry), "dropped");
                continue;
            };
            let Some(name) = self.lower.name(written, "/parameters") else {
                continue;
            };
            let at = path::join("/parameters", &name);
            let Some(location) = self.location(map, &at)? else {
                continue;
            };
            if is_common_parameter(&name, location) {
                self.lower.repair(
                    &at,
                    RepairKind::ParameterDropped,
                    "the client fills it in and signs it",
                    "dropped",
                );
                continue;
            }
            self.lower.body = (location == Location::Body).then(|| at.clone());
            // Some documents put the keywords beside the name instead of into `schema`.
            let mut schema = match map.get("schema") {
                Some(schema) => self.lower.schema(schema, &at, Side::Request),
                None => self.lower.schema(entry, &at, Side::Request),
            };
            if location == Location::Host && schema.kind != Type::String {
                self.lower.repair(
                    &at,
                    RepairKind::LocationInvalid,
                    "in the host name, but no text",
                    "taken as text",
                );
                schema = Schema {
                    kind: Type::String,
                    required: schema.required,
                    ..Schema::default()
                };
            }
            let style = self.style(map, &schema, location, &at);
            let mut parameter = Parameter {
                name,
                location,
                style,
                schema,
            };
            parameter.schema.required |= map.get("required").is_some_and(truthy);
            if let Some(first) = parameters.iter().find(|first| first.name == parameter.name) {
                let identical = Parameter {
                    schema: without_words(&first.schema),
                    ..first.clone()
                } == Parameter {
                    schema: without_words(&parameter.schema),
                    ..parameter.clone()
                };
                self.lower.duplicate(&at, identical);
                continue;
            }
            parameters.push(parameter);
        }
        self.drop_parts(&mut parameters);
        check_body(&parameters)?;
        Ok(parameters)
    }

    /// Drops parameters that are parts of others: `Disk.1.Size` beside the list `Disk` with its `Size`.
    fn drop_parts(&mut self, parameters: &mut Vec<Parameter>) {
        let part_of = |part: &Parameter| {
            let list = written_by(parameters, &part.name)?;
            Some((part.name.clone(), list.name.clone()))
        };
        let parts: Vec<(String, String)> = parameters.iter().filter_map(part_of).collect();
        for (part, list) in &parts {
            self.lower.repair(
                &path::join("/parameters", part),
                RepairKind::DuplicateDifferent,
                format!("a part of `{list}` too"),
                "dropped",
            );
        }
        parameters.retain(|parameter| parts.iter().all(|(part, _)| *part != parameter.name));
    }

    /// Where the parameter travels; `None` drops it.
    fn location(&mut self, map: &Map<String, Value>, at: &str) -> Result<Option<Location>, String> {
        let Some(written) = map.get("in").and_then(Value::as_str) else {
            self.lower
                .repair(at, RepairKind::LocationInvalid, "no `in`", "taken as query");
            self.lower.unstated(at, &["in"]);
            return Ok(Some(Location::Query));
        };
        let exact = match written {
            "query" => Some(Location::Query),
            "formData" => Some(Location::FormData),
            "body" => Some(Location::Body),
            "host" => Some(Location::Host),
            _ => None,
        };
        if exact.is_some() {
            return Ok(exact);
        }
        let synonym = match written.trim().to_ascii_lowercase().as_str() {
            "query" => Some(Location::Query),
            "formdata" | "form" => Some(Location::FormData),
            "body" => Some(Location::Body),
            "host" => Some(Location::Host),
            _ => None,
        };
        if synonym.is_some() {
            self.lower.repair(
                at,
                RepairKind::LocationInvalid,
                format!("in `{written}`"),
                "taken without regard to case",
            );
            return Ok(synonym);
        }
        let name = map.get("name").and_then(Value::as_str).unwrap_or_default();
        let required = map.get("required").is_some_and(truthy)
            || map
                .get("schema")
                .and_then(|s| s.get("required"))
                .is_some_and(truthy);
        if required || written.trim().eq_ignore_ascii_case("path") {
            return Err(format!(
                "its parameter `{name}` travels in `{written}`, which the RPC style has not"
            ));
        }
        self.lower.repair(
            at,
            RepairKind::ParameterDropped,
            format!("optional, in `{written}`, which the RPC style has not"),
            "dropped",
        );
        Ok(None)
    }

    fn style(
        &mut self,
        map: &Map<String, Value>,
        schema: &Schema,
        location: Location,
        at: &str,
    ) -> Option<Style> {
        let at = path::join(at, "style");
        let compound = matches!(schema.kind, Type::Array | Type::Object);
        let style = match map
            .get("style")
            .filter(|style| !style.is_null() && **style != "")
        {
            None => return (compound && location == Location::Body).then_some(Style::Json),
            Some(Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "repeatlist" => Style::RepeatList,
                "flat" => Style::Flat,
                "json" => Style::Json,
                "simple" => Style::Simple,
                "spacedelimited" => Style::SpaceDelimited,
                "pipedelimited" => Style::PipeDelimited,
                _ => {
                    self.lower.unusable(
                        &at,
                        RepairKind::StyleInvalid,
                        format!("style `{text}`"),
                        "dropped",
                    );
                    return None;
                }
            },
            Some(other) => {
                self.lower.unusable(
                    &at,
                    RepairKind::StyleInvalid,
                    format!("style {}", shown(other)),
                    "dropped",
                );
                return None;
            }
        };
        if schema.kind == Type::Any && style == Style::Json {
            return Some(Style::Json);
        }
        if !compound {
            self.lower.repair(
                &at,
                RepairKind::StyleInvalid,
                "style on a single value",
                "dropped",
            );
            return None;
        }
        let joined = matches!(
            style,
            Style::Simple | Style::SpaceDelimited | Style::PipeDelimited
        );
        let of_scalars = schema
            .items
            .as_ref()
            .is_some_and(|items| !matches!(items.kind, Type::Array | Type::Object));
        if joined && !of_scalars {
            self.lower.repair(
                &at,
                RepairKind::StyleInvalid,
                "values joined by a character, but they are no single values",
                "taken as json",
            );
            return Some(Style::Json);
        }
        (!matches!(style, Style::RepeatList | Style::Flat)).then_some(style)
    }

    fn response(&mut self) -> Option<Schema> {
        let responses = match self.api.get("responses")? {
            Value::Object(responses) => responses,
            Value::Null => return None,
            other => {
                self.known.forget(Side::Response, Fact::Item);
                self.lower.repair(
                    "/response",
                    RepairKind::Malformed,
                    format!("`responses` is {}", noun(other)),
                    "taken as none",
                );
                return None;
            }
        };
        let described: Vec<(&String, &Value)> = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2') || *status == "default")
            .filter_map(|(status, response)| {
                Some((
                    status,
                    response.get("schema").filter(|schema| !schema.is_null())?,
                ))
            })
            .collect();
        let (status, schema) = described
            .iter()
            .find(|(status, _)| *status == "200")
            .or_else(|| described.first())?;
        if described.len() > 1 {
            let all: Vec<&str> = described
                .iter()
                .map(|(status, _)| status.as_str())
                .collect();
            self.lower.repair(
                "/response",
                RepairKind::ResponseChosen,
                format!("responses for {}", all.join(", ")),
                format!("that for {status} taken"),
            );
        }
        let response = self.lower.schema(schema, "/response", Side::Response);
        if response.kind != Type::Object {
            self.lower.repair(
                "/response",
                RepairKind::ResponseNotObject,
                format!("the response is {}", article(response.kind)),
                "taken as any answer",
            );
            return None;
        }
        Some(Schema {
            description: None,
            deprecated: Deprecation::default(),
            ..response
        })
    }
}

/// A request has one body: either a form or one parameter.
fn check_body(parameters: &[Parameter]) -> Result<(), String> {
    let bodies: Vec<&str> = parameters
        .iter()
        .filter(|p| p.location == Location::Body)
        .map(|p| p.name.as_str())
        .collect();
    if bodies.len() > 1 {
        return Err(format!(
            "several parameters want to be the body: {}",
            bodies.join(", ")
        ));
    }
    match parameters.iter().find(|p| p.location == Location::FormData) {
        Some(form) if !bodies.is_empty() => Err(format!(
            "`{}` wants to be the body, `{}` wants to be in it",
            bodies.join(""),
            form.name
        )),
        _ => Ok(()),
    }
}

/// The schema without sentences, of which no two need to be alike.
fn without_words(schema: &Schema) -> Schema {
    Schema {
        description: None,
        items: schema
            .items
            .as_ref()
            .map(|items| Box::new(without_words(items))),
        properties: schema
            .properties
            .iter()
            .map(|(name, property)| (name.clone(), without_words(property)))
            .collect(),
        additional_properties: schema
            .additional_properties
            .as_ref()
            .map(|values| Box::new(without_words(values))),
        ..schema.clone()
    }
}
