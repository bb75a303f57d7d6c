//! From a metadata document to what it says, as specs: one [`Sourced`] for each operation.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::report::{Declined, Repair, RepairKind, Side};
use super::schema::{Lower, article, noun, shown, truthy};
use super::{Hints, ImportError, derive, document, path};
use crate::names::module_name;
use crate::spec::{
    Access, AccessLevel, Endpoint, ErrorRow, Location, Method, Operation, Parameter, Permission,
    Schema, SignatureKind, Style, Type,
};

/// What a metadata document says.
#[derive(Clone, Debug)]
pub struct Source {
    /// The vendor's code of the product, where stated.
    pub product: Option<String>,
    /// The API version, where stated.
    pub version: Option<String>,
    /// The signatures that the style of the product takes, the preferred one first.
    pub signatures: Vec<SignatureKind>,
    /// The hosts by region, in the order of the regions.
    pub endpoints: Vec<Endpoint>,
    /// The document is one operation's, not the product's.
    pub single: bool,
    /// What it says of each operation.
    pub operations: BTreeMap<String, Sourced>,
    /// Operations that the format cannot express.
    pub declined: Vec<Declined>,
    /// What was mended.
    pub repairs: Vec<Repair>,
}

/// What a metadata document says of one operation.
#[derive(Clone, Debug)]
pub struct Sourced {
    /// The facts, as a spec of nothing else.
    pub spec: Operation,
    /// Which facts the document carries at all.
    pub known: Known,
    /// The topics under which the document lists it, the outermost first.
    pub topics: Vec<String>,
}

/// Which facts a document carries: what it never mentions, it does not deny.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts")]
pub struct Known {
    /// Responses.
    pub responses: bool,
    /// Error codes.
    pub errors: bool,
    /// Defaults of parameters.
    pub defaults: bool,
    /// Whether the operation reads or writes.
    pub access: bool,
}

/// Reads a metadata document.
pub fn read(
    text: &str,
    hints: &Hints<'_>,
    descriptions: bool,
    messages: bool,
) -> Result<Source, ImportError> {
    let (document, repeated) = document::parse(text).map_err(ImportError::NotMetadata)?;
    let root = document.as_object().ok_or_else(|| {
        ImportError::NotMetadata(format!("the file is {}, not an object", noun(&document)))
    })?;
    let empty = Map::new();
    let info = root
        .get("info")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let text_of = |key: &str| {
        info.get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let product = text_of("product").or(hints.product).map(str::to_owned);
    let version = text_of("version").or(hints.version).map(str::to_owned);
    let mut lower = Lower::new("", None, descriptions);
    for key in repeated {
        lower.duplicate(&key.at, key.identical);
    }
    let components = root
        .get("components")
        .and_then(|c| c.get("schemas"))
        .and_then(Value::as_object)
        .or_else(|| root.get("definitions").and_then(Value::as_object));

    let single = !root.contains_key("apis");
    let holder;
    let apis = match root.get("apis") {
        Some(Value::Object(apis)) => apis,
        Some(other) => {
            return Err(ImportError::NotMetadata(format!(
                "`apis` is {}, not an object",
                noun(other)
            )));
        }
        None if root.contains_key("parameters") || root.contains_key("responses") => {
            let name = ["name", "apiName", "api", "operationId"]
                .iter()
                .find_map(|key| root.get(*key).and_then(Value::as_str))
                .or(hints.operation);
            let name = name.ok_or(ImportError::OperationUnnamed)?;
            holder = Map::from_iter([(name.to_owned(), document.clone())]);
            &holder
        }
        None => {
            return Err(ImportError::NotMetadata(
                "neither `apis` nor `parameters` is there".to_owned(),
            ));
        }
    };
    let signatures = signatures(text_of("style"), apis, &mut lower, || {
        match (&product, &version) {
            (Some(product), Some(version)) => format!("{product} {version}"),
            _ => "this product".to_owned(),
        }
    })?;

    let carries = |key: &str| {
        apis.values()
            .any(|api| api.get(key).is_some_and(|value| !value.is_null()))
    };
    let responses = carries("responses");
    let known = Known {
        responses,
        errors: responses || carries("errorCodes"),
        defaults: responses || text.contains("\"default\""),
        access: false,
    };
    let mut topics = BTreeMap::new();
    collect_topics(root.get("directories"), &mut Vec::new(), &mut topics);

    let mut source = Source {
        product,
        version,
        signatures,
        endpoints: endpoints(root.get("endpoints"), &mut lower),
        single,
        operations: BTreeMap::new(),
        declined: Vec::new(),
        repairs: Vec::new(),
    };
    let v3_only = !source.signatures.contains(&SignatureKind::HmacSha1);
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for (written, api) in apis {
        let name = written.trim();
        let refuse = |why: String| Declined {
            operation: written.clone(),
            why,
        };
        if !is_operation_name(name) {
            source.declined.push(refuse(
                "its name cannot be the name of a file and of a type".to_owned(),
            ));
            continue;
        }
        let Some(api) = api.as_object() else {
            source
                .declined
                .push(refuse(format!("it is {}, not an object", noun(api))));
            continue;
        };
        if let Some(first) = modules.get(&module_name(name)) {
            source.declined.push(refuse(format!(
                "in Rust it would have the same name as {first}"
            )));
            continue;
        }
        let mut one = Reader {
            lower: Lower::new(name, components, descriptions),
            name,
            api,
            messages,
        };
        match one.operation(v3_only) {
            Ok((spec, access)) => {
                modules.insert(module_name(name), name.to_owned());
                let sourced = Sourced {
                    spec,
                    known: Known { access, ..known },
                    topics: topics.remove(name).unwrap_or_default(),
                };
                source.operations.insert(name.to_owned(), sourced);
            }
            Err(why) => source.declined.push(refuse(why)),
        }
        source.repairs.append(&mut one.lower.repairs);
    }
    source.repairs.append(&mut lower.repairs);
    source.repairs.sort_by(|a, b| a.operation.cmp(&b.operation));
    Ok(source)
}

/// Fits a file name, a module and a type.
fn is_operation_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 128
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// RPC takes both signatures, V3 the newer one; REST is not for us.
fn signatures(
    style: Option<&str>,
    apis: &Map<String, Value>,
    lower: &mut Lower<'_>,
    product: impl Fn() -> String,
) -> Result<Vec<SignatureKind>, ImportError> {
    let both = vec![SignatureKind::Acs3HmacSha256, SignatureKind::HmacSha1];
    let by_path = || !apis.is_empty() && apis.values().all(is_rest);
    match style.map(str::to_ascii_uppercase).as_deref() {
        Some("RPC") => Ok(both),
        Some("V3") if !by_path() => Ok(vec![SignatureKind::Acs3HmacSha256]),
        Some("ROA" | "REST" | "RESTFUL" | "V3") => Err(ImportError::Roa(product())),
        _ if by_path() => Err(ImportError::Roa(product())),
        other => {
            if lower.operation.is_empty() && other.is_some() {
                lower.repair(
                    "/signatures",
                    RepairKind::ProductStyle,
                    format!("style {:?}", style.unwrap_or_default()),
                    "taken as RPC",
                );
            } else if apis.len() > 1 {
                lower.repair(
                    "/signatures",
                    RepairKind::ProductStyle,
                    "no style stated",
                    "taken as RPC",
                );
            }
            Ok(both)
        }
    }
}

/// Addressed by a path of its own.
fn is_rest(api: &Value) -> bool {
    api.get("path")
        .and_then(Value::as_str)
        .is_some_and(|path| path.trim_matches('/') != "")
}

fn endpoints(value: Option<&Value>, lower: &mut Lower<'_>) -> Vec<Endpoint> {
    let mut by_region = BTreeMap::new();
    for entry in value.and_then(Value::as_array).into_iter().flatten() {
        let host = |key: &str| {
            entry
                .get(key)
                .and_then(Value::as_str)
                .map(|host| {
                    host.trim()
                        .trim_start_matches("https://")
                        .trim_start_matches("http://")
                        .trim_end_matches('/')
                        .to_owned()
                })
                .filter(|host| is_host(host))
        };
        let region = entry
            .get("regionId")
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|region| !region.is_empty());
        let (Some(region), Some(public)) = (region, host("endpoint").or_else(|| host("public")))
        else {
            // Regions with a VPC host alone are listed too; they are of no use to others.
            if entry.get("vpc").is_none() {
                lower.repair("/endpoints", RepairKind::Malformed, shown(entry), "dropped");
            }
            continue;
        };
        let vpc_host = host("vpc").or_else(|| host("vpcEndpoint"));
        let endpoint = Endpoint {
            region: region.to_owned(),
            host: public,
            vpc_host,
        };
        if let Some(first) = by_region.get(region) {
            lower.duplicate(&path::join("/endpoints", region), *first == endpoint);
            continue;
        }
        by_region.insert(region.to_owned(), endpoint);
    }
    by_region.into_values().collect()
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.contains('.') && host.len() <= 253 && host.split('.').all(is_label)
}

fn collect_topics(
    directories: Option<&Value>,
    above: &mut Vec<String>,
    topics: &mut BTreeMap<String, Vec<String>>,
) {
    for entry in directories
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(10_000)
    {
        match entry {
            Value::String(operation) => {
                topics
                    .entry(operation.clone())
                    .or_insert_with(|| above.clone());
            }
            Value::Object(directory) if above.len() < 16 => {
                above.push(
                    directory
                        .get("title")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .trim()
                        .to_owned(),
                );
                collect_topics(directory.get("children"), above, topics);
                above.pop();
            }
            _ => {}
        }
    }
}

/// Reads one operation.
struct Reader<'a> {
    lower: Lower<'a>,
    name: &'a str,
    api: &'a Map<String, Value>,
    messages: bool,
}

impl Reader<'_> {
    /// The operation, and whether the document says if it reads or writes.
    fn operation(&mut self, v3_only: bool) -> Result<(Operation, bool), String> {
        if v3_only && is_rest(&Value::Object(self.api.clone())) {
            return Err("it is addressed by a REST path".to_owned());
        }
        let (access, access_known) = self.access();
        let mut parameters = self.parameters()?;
        derive::mark_secrets_of_request(&mut parameters);
        let mut response = self.response();
        if let Some(response) = &mut response {
            derive::mark_secrets_of_response(response);
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
            summary: summary.filter(|_| descriptions),
            description: description.filter(|_| descriptions),
            docs: None,
            reviewed: None,
            topic: None,
            deprecated: self.api.get("deprecated").is_some_and(truthy),
            access,
            method: self.method(&parameters),
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
        Ok((operation, access_known))
    }

    /// The vendor tags operations twice, and not always alike: see the module's page.
    fn access(&self) -> (Access, bool) {
        let reads_by_name = reads_by_name(self.name);
        let tag = self
            .api
            .get("systemTags")
            .and_then(|tags| tags.get("operationType"))
            .and_then(Value::as_str);
        let kind = self.api.get("operationType").and_then(Value::as_str);
        let (reads, known) = match (tag, kind) {
            (Some("get" | "list"), Some("write" | "readAndWrite")) => (reads_by_name, true),
            (Some("get" | "list"), _) => (true, true),
            (Some("create" | "update" | "delete"), Some("read")) => (reads_by_name, true),
            (Some("create" | "update" | "delete"), _) => (false, true),
            (_, Some("read")) => (reads_by_name || !writes_by_name(self.name), true),
            (_, Some("write")) => (false, true),
            _ => (reads_by_name, false),
        };
        (if reads { Access::Read } else { Access::Write }, known)
    }

    fn method(&mut self, parameters: &[Parameter]) -> Method {
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
            return Method::Post;
        }
        let body = parameters
            .iter()
            .any(|p| matches!(p.location, Location::FormData | Location::Body));
        if has("get") && !body {
            return Method::Get;
        }
        let found = match methods.as_slice() {
            [] => "no methods".to_owned(),
            _ if body && has("get") => "only GET, but parameters in the body".to_owned(),
            methods => format!("only {}", methods.join(", ").to_ascii_uppercase()),
        };
        if !self.api.contains_key("methods") && self.api.len() <= 1 {
            return Method::Post;
        }
        self.lower
            .repair("/method", RepairKind::MethodInvalid, found, "taken as POST");
        Method::Post
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
        self.check_body(&parameters)?;
        Ok(parameters)
    }

    /// A request has one body: either a form or one parameter.
    fn check_body(&self, parameters: &[Parameter]) -> Result<(), String> {
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

    /// Where the parameter travels; `None` drops it.
    fn location(&mut self, map: &Map<String, Value>, at: &str) -> Result<Option<Location>, String> {
        let Some(written) = map.get("in").and_then(Value::as_str) else {
            self.lower
                .repair(at, RepairKind::LocationInvalid, "no `in`", "taken as query");
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
                    self.lower.repair(
                        &at,
                        RepairKind::StyleInvalid,
                        format!("style `{text}`"),
                        "dropped",
                    );
                    return None;
                }
            },
            Some(other) => {
                self.lower.repair(
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
            deprecated: false,
            ..response
        })
    }

    fn errors(&mut self) -> Vec<ErrorRow> {
        let mut written: Vec<(Option<&str>, &Value)> = Vec::new();
        match self.api.get("errorCodes") {
            None | Some(Value::Null) => {}
            Some(Value::Object(by_status)) => {
                for (status, rows) in by_status {
                    match rows {
                        Value::Array(rows) => {
                            written.extend(rows.iter().map(|row| (Some(status.as_str()), row)))
                        }
                        Value::Object(_) => written.push((Some(status.as_str()), rows)),
                        other => self.lower.repair(
                            &path::join("/errors", status),
                            RepairKind::Malformed,
                            format!("the rows are {}", noun(other)),
                            "dropped",
                        ),
                    }
                }
            }
            Some(Value::Array(rows)) => written.extend(rows.iter().map(|row| {
                (
                    ["status", "httpCode", "statusCode"]
                        .iter()
                        .find_map(|key| row.get(*key))
                        .and_then(Value::as_str),
                    row,
                )
            })),
            Some(other) => self.lower.repair(
                "/errors",
                RepairKind::Malformed,
                format!("`errorCodes` is {}", noun(other)),
                "taken as none",
            ),
        }
        let mut rows: Vec<ErrorRow> = Vec::new();
        let mut messages: Vec<Option<String>> = Vec::new();
        for (status, entry) in written {
            let code = match entry.get("errorCode").or_else(|| entry.get("code")) {
                Some(Value::String(code)) => code.trim().to_owned(),
                Some(Value::Number(code)) => code.to_string(),
                _ => String::new(),
            };
            if code.is_empty() {
                self.lower
                    .repair("/errors", RepairKind::CodeEmpty, shown(entry), "dropped");
                continue;
            }
            let known = status
                .and_then(|status| status.trim().parse().ok())
                .filter(|status| (100..=599).contains(status));
            let at = path::row(known, &code);
            if known.is_none() {
                self.lower.repair(
                    &at,
                    RepairKind::StatusInvalid,
                    format!("status {:?}", status.unwrap_or_default()),
                    "row kept without a status",
                );
            }
            let message = ["errorMessage", "message"]
                .iter()
                .find_map(|key| entry.get(*key))
                .and_then(Value::as_str)
                .map(|message| message.trim().to_owned())
                .filter(|message| !message.is_empty());
            if let Some(first) = rows
                .iter()
                .position(|row| row.status == known && row.code == code)
            {
                let same = messages.get(first) == Some(&message);
                self.lower.repair(
                    &at,
                    RepairKind::RowDuplicate,
                    if same {
                        "listed twice"
                    } else {
                        "listed twice, with two messages"
                    },
                    if same {
                        "merged"
                    } else {
                        "merged, the first message kept"
                    },
                );
                continue;
            }
            rows.push(ErrorRow {
                status: known,
                code,
                rust: None,
                message: message.clone().filter(|_| self.messages),
                description: None,
                retryable: false,
            });
            messages.push(message);
        }
        rows
    }

    fn permissions(&self) -> Vec<Permission> {
        let entries = self.api.get("ramActions").and_then(Value::as_array);
        let mut permissions: Vec<Permission> = Vec::new();
        for entry in entries.into_iter().flatten() {
            let action = entry.get("ramAction").unwrap_or(entry);
            let Some(name) = action
                .get("action")
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|name| name.contains(':'))
            else {
                continue;
            };
            let level = entry
                .get("operationType")
                .or_else(|| action.get("operationType"))
                .and_then(Value::as_str);
            let access = match level {
                Some("create") => AccessLevel::Create,
                Some("list") => AccessLevel::List,
                Some("get" | "read") => AccessLevel::Get,
                Some("update" | "write") => AccessLevel::Update,
                Some("delete") => AccessLevel::Delete,
                _ => AccessLevel::None,
            };
            let mut resources: Vec<String> = Vec::new();
            for resource in action
                .get("resources")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                let arn = resource
                    .get("arn")
                    .unwrap_or(resource)
                    .as_str()
                    .map(str::trim)
                    .unwrap_or_default();
                if !arn.is_empty() && arn != "*" && !resources.iter().any(|known| known == arn) {
                    resources.push(arn.to_owned());
                }
            }
            let permission = Permission {
                action: name.to_owned(),
                access,
                resources,
            };
            if !permissions.contains(&permission) {
                permissions.push(permission);
            }
        }
        permissions
    }
}

/// Its name says that it changes nothing.
fn reads_by_name(name: &str) -> bool {
    ["Describe", "List", "Get", "Query", "Check"]
        .iter()
        .any(|verb| starts_with_word(name, verb))
}

/// Its name says that it changes something.
fn writes_by_name(name: &str) -> bool {
    const VERBS: &[&str] = &[
        "Add",
        "Allocate",
        "Assign",
        "Associate",
        "Attach",
        "Authorize",
        "Bind",
        "Cancel",
        "Change",
        "Convert",
        "Copy",
        "Create",
        "Delete",
        "Detach",
        "Disable",
        "Disassociate",
        "Dissociate",
        "Enable",
        "Import",
        "Install",
        "Invoke",
        "Modify",
        "Move",
        "Open",
        "Put",
        "Reboot",
        "Register",
        "Release",
        "Remove",
        "Renew",
        "Replace",
        "Reset",
        "Resize",
        "Restart",
        "Restore",
        "Revoke",
        "Run",
        "Send",
        "Set",
        "Start",
        "Stop",
        "Submit",
        "Switch",
        "Tag",
        "Unassign",
        "Unassociate",
        "Unbind",
        "Untag",
        "Update",
        "Upgrade",
        "Upload",
    ];
    VERBS.iter().any(|verb| starts_with_word(name, verb)) || name.starts_with("Batch")
}

fn starts_with_word(name: &str, word: &str) -> bool {
    name.strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
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
