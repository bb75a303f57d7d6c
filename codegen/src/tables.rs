//! The tables of the runtime, made from specs: the same that generated code has as statics.
//!
//! Whoever has a spec can do with it what programs do with generated code: read and check values
//! ([`DynRecord`](alicloud_schema::dynamic::DynRecord), [`validate`](alicloud_schema::validate)), make
//! calls by name, answer them. [`crate::model`] names what the tables describe, and
//! [`crate::emit`] writes them down.
//!
//! Tables refer to each other for as long as the program runs, so what is made here is never freed: make
//! the tables of a product once.

use std::{collections::BTreeMap, path::Path};

use alicloud_schema::{
    operation::{
        self, Echo, Endpoint, ErrorRow, Errors, Example, Operation, Pagination, Permission,
        ProductInfo, RequiredPermissions, ResourceType, SchemaRef, ServiceInfo, Waiter, WaiterIds,
    },
    pattern::Pattern,
    record::{Field, Fields, Kind, Limits, Location, Predicate, Rule, RuleKind, Schema, Style},
    rule::{Markup, sentence},
};
use serde_json::{Number, Value};

use crate::{
    Failure,
    check::{
        self, ProductSpec, TypeSpec,
        path::{self, Target},
    },
    spec::{self, AccessLevel, Format, Type},
};

/// The role of a value: a request or a response. Lists of responses are described without the
/// objects that the wire has around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The request, or within one: built by the caller.
    Request,
    /// The response, or within one: may grow.
    Response,
}

/// A path in a spec that leads nowhere. The checks of [`crate::check`] let none pass.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Unresolved {
    /// The operation.
    pub operation: String,
    /// The path, as the spec has it.
    pub path: String,
}

impl std::fmt::Display for Unresolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { operation, path } = self;
        write!(
            f,
            "`{path}` leads to nothing in the operation `{operation}`"
        )
    }
}

impl std::error::Error for Unresolved {}

/// The descriptors of the products in a folder of specs.
///
/// ```no_run
/// let products = alicloud_codegen::tables::load("api-spec".as_ref())?;
/// println!("{} products", products.len());
/// # Ok::<(), alicloud_codegen::Failure>(())
/// ```
///
/// # Errors
///
/// Everything that is wrong with the specs.
pub fn load(specs: &Path) -> Result<Vec<&'static ProductInfo>, Failure> {
    let catalogue = check::load(specs).map_err(Failure::Specs)?;
    let products = catalogue.products.iter().map(product);
    let products: Result<_, _> = products.collect();
    products.map_err(|error| Failure::Generator(error.to_string()))
}

/// The descriptor of a product with all of its operations.
///
/// # Errors
///
/// A path of an operation that leads nowhere, which a checked spec does not have.
pub fn product(spec: &ProductSpec) -> Result<&'static ProductInfo, Unresolved> {
    let shared = SharedTables::new(&spec.types);
    let specs = spec.operations.iter().map(|it| &it.operation);
    let operations = specs
        .clone()
        .map(|operation| self::operation(operation, &spec.product, &shared))
        .collect::<Result<_, _>>()?;
    let examples = specs.filter_map(example).collect();
    Ok(Box::leak(Box::new(ProductInfo {
        service: Box::leak(Box::new(service(&spec.product))),
        operations: list(operations),
        examples: list(examples),
    })))
}

/// The descriptor of a product's service.
#[must_use]
pub fn service(spec: &spec::Product) -> ServiceInfo {
    let success_codes = match spec.success_codes.as_slice() {
        [] => ServiceInfo::SUCCESS_CODES,
        more => {
            let common = ServiceInfo::SUCCESS_CODES.iter().copied();
            list(common.chain(more.iter().map(|code| text(code))).collect())
        }
    };
    let signatures = spec.signatures.iter().map(|kind| match kind {
        spec::SignatureKind::Acs3HmacSha256 => operation::SignatureKind::Acs3,
        spec::SignatureKind::HmacSha1 => operation::SignatureKind::Rpc,
    });
    let endpoints = spec.endpoints.iter().map(|endpoint| Endpoint {
        region: text(&endpoint.region),
        host: text(&endpoint.host),
        vpc_host: endpoint.vpc_host.as_deref().map(text),
    });
    ServiceInfo {
        code: text(&spec.product),
        version: text(&spec.version),
        signatures: list(signatures.collect()),
        success_codes,
        in_progress_codes: texts(&spec.in_progress_codes),
        endpoints: list(endpoints.collect()),
        endpoint_rule: spec.endpoint_rule.as_deref().map(text),
        vpc_endpoint_rule: spec.vpc_endpoint_rule.as_deref().map(text),
        errors: errors(&spec.errors),
    }
}

/// The tables of the types that operations of a product share.
#[derive(Debug, Default)]
pub struct SharedTables {
    made: BTreeMap<(String, Role), &'static Schema>,
}

impl SharedTables {
    /// The tables of these types.
    #[must_use]
    pub fn new(types: &[TypeSpec]) -> Self {
        let mut builder = Builder {
            types: types
                .iter()
                .map(|it| (it.name.as_str(), &it.schema))
                .collect(),
            made: BTreeMap::new(),
        };
        for it in types {
            for role in [Role::Request, Role::Response] {
                builder.shared(&it.name, &it.schema, role);
            }
        }
        Self { made: builder.made }
    }

    /// The table of the type of this name.
    #[must_use]
    pub fn get(&self, name: &str, role: Role) -> Option<&'static Schema> {
        self.made.get(&(name.to_owned(), role)).copied()
    }
}

/// The descriptor of an operation.
///
/// # Errors
///
/// A path in it that leads nowhere, which a checked spec does not have.
pub fn operation(
    spec: &spec::Operation,
    product: &spec::Product,
    shared: &SharedTables,
) -> Result<&'static Operation, Unresolved> {
    let paths = Paths { spec };
    let made = Operation {
        summary: spec.summary.as_deref().map_or("", text),
        docs: spec.docs.as_deref().map(text),
        deprecated: spec.deprecated.is_some(),
        method: match spec.method {
            spec::Method::Get => operation::Method::Get,
            spec::Method::Post => operation::Method::Post,
        },
        anonymous: spec.anonymous,
        errors: errors(&spec.errors),
        idempotency_token: spec.idempotency.as_ref().map(|it| text(&it.token)),
        dry_run: spec.dry_run.as_ref().map(|it| text(&it.parameter)),
        pagination: match &spec.pagination {
            Some(pagination) => paths.pagination(pagination)?,
            None => None,
        },
        waiters: list(
            spec.waiters
                .iter()
                .map(|waiter| paths.waiter(waiter))
                .collect::<Result<_, _>>()?,
        ),
        permissions: permissions(&spec.permissions),
        ..Operation::new(
            text(&spec.operation),
            match spec.access {
                spec::Access::Read => operation::Access::Read,
                spec::Access::Write => operation::Access::Write,
            },
            SchemaRef::of(request(spec, product, shared, paths.rules()?)),
            SchemaRef::of(response(spec.response.as_ref(), shared)),
        )
    };
    Ok(Box::leak(Box::new(made)))
}

/// The demands of an operation's rules, in their order: each a sentence without its full stop.
///
/// # Errors
///
/// A path in a rule that leads nowhere.
pub fn demands(spec: &spec::Operation, markup: Markup) -> Result<Vec<String>, Unresolved> {
    let rules = Paths { spec }.rules()?;
    let shared = SharedTables::default();
    let mut builder = Builder::from(&shared);
    let parameters = spec.parameters.iter();
    let fields = parameters.map(|it| builder.field(&it.name, &it.schema, Role::Request));
    let fields = fields.collect();
    let schema = schema(&spec.operation, fields, rules);
    let rules = schema.rules.iter();
    Ok(rules.map(|rule| sentence(rule, schema, markup)).collect())
}

fn request(
    spec: &spec::Operation,
    product: &spec::Product,
    shared: &SharedTables,
    rules: Vec<Rule>,
) -> &'static Schema {
    let mut builder = Builder::from(shared);
    let fields = spec.parameters.iter().map(|parameter| {
        let field = builder.field(&parameter.name, &parameter.schema, Role::Request);
        let region = field.required && product.region_parameter.as_deref() == Some(field.name);
        Field {
            region,
            required: field.required && !region,
            location: match parameter.location {
                spec::Location::Query => Location::Query,
                spec::Location::FormData => Location::Form,
                spec::Location::Body => Location::Body,
                spec::Location::Host => Location::Host,
            },
            style: match parameter.style {
                None | Some(spec::Style::RepeatList | spec::Style::Flat) => Style::Flat,
                Some(spec::Style::Json) => Style::Json,
                Some(spec::Style::Simple) => Style::Comma,
                Some(spec::Style::SpaceDelimited) => Style::Space,
                Some(spec::Style::PipeDelimited) => Style::Pipe,
            },
            ..field
        }
    });
    let fields = fields.collect();
    schema(&spec.operation, fields, rules)
}

/// Without fields in the spec, the response keeps whatever comes.
fn response(spec: Option<&spec::Schema>, shared: &SharedTables) -> &'static Schema {
    let fields = match spec {
        Some(schema) if !schema.properties.is_empty() => {
            Builder::from(shared).fields(schema, Role::Response)
        }
        _ => vec![Field::rest(&ANY)],
    };
    schema("Response", fields, Vec::new())
}

/// The table of a value by itself, its name empty: types that operations share are described in their place.
#[must_use]
pub fn value(schema: &spec::Schema, role: Role) -> Field {
    Builder::default().field("", schema, role)
}

static ANY: Field = Field::any("");

/// Makes the tables of values.
#[derive(Default)]
struct Builder<'s> {
    types: BTreeMap<&'s str, &'s spec::Schema>,
    made: BTreeMap<(String, Role), &'static Schema>,
}

impl From<&SharedTables> for Builder<'_> {
    fn from(shared: &SharedTables) -> Self {
        Self {
            types: BTreeMap::new(),
            made: shared.made.clone(),
        }
    }
}

impl Builder<'_> {
    fn field(&mut self, name: &str, schema: &spec::Schema, role: Role) -> Field {
        let wrapped = wrapped_list(schema).filter(|_| role == Role::Response);
        let (wrapper, inner) = match wrapped {
            Some((wrapper, list)) => (Some(text(wrapper)), list),
            None => (None, schema),
        };
        Field {
            required: role == Role::Request && schema.required,
            sensitive: schema.sensitive || inner.sensitive,
            limits: limits(inner),
            wrapper,
            ..Field::new(text(name), self.kind(inner, role))
        }
    }

    fn kind(&mut self, schema: &spec::Schema, role: Role) -> Kind {
        match schema.kind {
            Type::String if schema.format == Some(Format::Binary) => Kind::Bytes,
            Type::String => Kind::String,
            Type::Integer if schema.format == Some(Format::Int32) => Kind::Int32,
            Type::Integer => Kind::Int64,
            Type::Number => Kind::Float,
            Type::Boolean => Kind::Boolean,
            Type::Any => Kind::Any,
            Type::Array => Kind::List(self.element(schema.items.as_deref(), role)),
            Type::Object if !schema.properties.is_empty() => {
                Kind::Object(match schema.shared().filter(|name| self.is_shared(name)) {
                    Some(name) => self.shared(name, schema, role),
                    None => self.object("Object", schema, role),
                })
            }
            Type::Object => match schema.additional_properties.as_deref() {
                Some(values) => Kind::Map(self.element(Some(values), role)),
                None => Kind::Any,
            },
        }
    }

    fn element(&mut self, schema: Option<&spec::Schema>, role: Role) -> &'static Field {
        match schema {
            Some(schema) => {
                let element = Field {
                    sensitive: schema.sensitive,
                    limits: limits(schema),
                    ..Field::new("", self.kind(schema, role))
                };
                Box::leak(Box::new(element))
            }
            None => &ANY,
        }
    }

    fn fields(&mut self, schema: &spec::Schema, role: Role) -> Vec<Field> {
        let properties = schema.properties.iter();
        properties
            .map(|(name, schema)| self.field(name, schema, role))
            .collect()
    }

    fn object(&mut self, name: &str, schema: &spec::Schema, role: Role) -> &'static Schema {
        let fields = self.fields(schema, role);
        self::schema(name, fields, Vec::new())
    }

    fn is_shared(&self, name: &str) -> bool {
        self.types.contains_key(name) || self.made.contains_key(&(name.to_owned(), Role::Request))
    }

    /// The one table of a type that operations share.
    fn shared(&mut self, name: &str, schema: &spec::Schema, role: Role) -> &'static Schema {
        let key = (name.to_owned(), role);
        if let Some(made) = self.made.get(&key) {
            return made;
        }
        let schema = self.types.get(name).copied().unwrap_or(schema);
        let made = self.object(name, schema, role);
        self.made.insert(key, made);
        made
    }
}

fn schema(name: &str, fields: Vec<Field>, rules: Vec<Rule>) -> &'static Schema {
    Box::leak(Box::new(Schema {
        name: text(name),
        fields: Fields::of(list(fields)),
        rules: list(rules),
    }))
}

/// The object has nothing in it but a list: that list, and its name.
pub(crate) fn wrapped_list(schema: &spec::Schema) -> Option<(&str, &spec::Schema)> {
    let mut properties = schema.properties.iter();
    let (name, list) = properties.next().filter(|_| properties.next().is_none())?;
    (list.kind == Type::Array).then_some((name, list))
}

fn limits(schema: &spec::Schema) -> &'static Limits {
    let number = |limits: Limits, minimum: bool, bound: &Number| {
        match (schema.kind, bound.as_i64(), bound.as_f64(), minimum) {
            (Type::Number, _, Some(bound), true) => limits.float_minimum(bound),
            (Type::Number, _, Some(bound), false) => limits.float_maximum(bound),
            (_, Some(bound), _, true) => limits.minimum(bound),
            (_, Some(bound), _, false) => limits.maximum(bound),
            // The checker lets no other limit of whole numbers pass.
            (_, None, _, _) => limits,
        }
    };
    if !schema.is_limited() && schema.format.and_then(Format::of_text).is_none() {
        return &Limits::NONE;
    }
    let mut limits = Limits {
        min_length: schema.min_length,
        max_length: schema.max_length,
        min_items: schema.min_items,
        max_items: schema.max_items,
        values: texts(schema.values.iter().map(wire_text)),
        format: schema.format.and_then(Format::of_text),
        pattern: schema.pattern.as_deref().map(pattern),
        ..Limits::NONE
    };
    if let Some(bound) = &schema.minimum {
        limits = number(limits, true, bound);
    }
    if let Some(bound) = &schema.maximum {
        limits = number(limits, false, bound);
    }
    Box::leak(Box::new(limits))
}

fn pattern(source: &str) -> &'static Pattern {
    Box::leak(Box::new(Pattern::new(text(source))))
}

/// A value as it is written on the wire, for comparison.
#[must_use]
pub fn wire_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Paths of an operation, made steps.
struct Paths<'s> {
    spec: &'s spec::Operation,
}

impl<'s> Paths<'s> {
    fn steps(
        &self,
        target: Option<&Target<'_>>,
        path: &str,
    ) -> Result<&'static [&'static str], Unresolved> {
        match target {
            Some(target) => Ok(texts(target.names())),
            None => Err(Unresolved {
                operation: self.spec.operation.clone(),
                path: path.to_owned(),
            }),
        }
    }

    fn in_response(&self, path: &str) -> Result<&'static [&'static str], Unresolved> {
        let response = self.spec.response.as_ref();
        let target = response.and_then(|schema| path::resolve(path::fields(schema), path));
        self.steps(target.as_ref(), path)
    }

    fn pagination(&self, spec: &spec::Pagination) -> Result<Option<Pagination>, Unresolved> {
        let items = self.in_response(&spec.items)?;
        let size = spec.page_size.as_deref().map(text);
        if let (Some(number), Some(page_size), Some(total)) = (&spec.page_number, size, &spec.total)
        {
            return Ok(Some(Pagination::Numbered {
                page_number: text(number),
                page_size,
                total: self.in_response(total)?,
                items,
            }));
        }
        let (Some(token), Some(next)) = (&spec.token, &spec.next_token) else {
            return Ok(None);
        };
        Ok(Some(Pagination::Token {
            token: text(token),
            page_size: size,
            next_token: self.in_response(next)?,
            items,
        }))
    }

    fn waiter(&self, spec: &spec::Waiter) -> Result<Waiter, Unresolved> {
        let ids = match &spec.ids {
            Some(ids) => Some(WaiterIds {
                parameter: text(&ids.parameter),
                path: self.in_response(&ids.path)?,
            }),
            None => None,
        };
        Ok(Waiter {
            name: text(&spec.name),
            path: self.in_response(&spec.path)?,
            ids,
            parameters: {
                let set = spec.parameters.iter();
                list(set.map(|(name, value)| (text(name), text(value))).collect())
            },
            success: texts(&spec.success),
            failure: texts(&spec.failure),
            retry_errors: texts(&spec.retry_errors),
            success_errors: texts(&spec.success_errors),
            success_when_empty: spec.success_when_empty,
            delay: spec.delay,
            deadline: spec.deadline,
        })
    }

    fn rules(&self) -> Result<Vec<Rule>, Unresolved> {
        let rules = self.spec.constraints.iter();
        rules.map(|constraint| self.rule(constraint)).collect()
    }

    fn rule(&self, spec: &spec::Constraint) -> Result<Rule, Unresolved> {
        let parameters: Named<'s> = path::parameters(self.spec).collect();
        let (each, fields) = match &spec.each {
            None => (&[][..], parameters),
            Some(path) => {
                let target = path::resolve(parameters.iter().copied(), path);
                let each = self.steps(target.as_ref(), path)?;
                let list = target.and_then(|target| target.schema());
                (each, list.into_iter().flat_map(path::fields).collect())
            }
        };
        let predicates = |members: &[spec::Member]| self.predicates(members, &fields);
        let members = |members: Option<&spec::Members>| {
            predicates(members.map_or(&[], spec::Members::as_slice))
        };
        let reason = text(&spec.reason);
        let kind = RuleKind::from(spec.rule);
        let (members, then) = if kind.has_conditions() {
            let conditions = members(spec.condition.as_ref())?;
            (conditions, members(spec.then.as_ref())?)
        } else {
            (predicates(&spec.parameters)?, &[][..])
        };
        Ok(Rule {
            kind,
            each,
            members,
            then,
            reason,
        })
    }

    fn predicates(
        &self,
        members: &[spec::Member],
        fields: &Named<'_>,
    ) -> Result<&'static [Predicate], Unresolved> {
        let members = members.iter().map(|member| {
            let facts = member.facts().iter();
            let mut facts: Vec<Predicate> = facts
                .map(|fact| self.predicate(fact, fields))
                .collect::<Result<_, _>>()?;
            match (member, facts.pop()) {
                (spec::Member::One(_), Some(fact)) => Ok(fact),
                (_, last) => {
                    facts.extend(last);
                    Ok(Predicate::any(list(facts)))
                }
            }
        });
        members.collect::<Result<_, _>>().map(list)
    }

    fn predicate(&self, fact: &spec::Fact, fields: &Named<'_>) -> Result<Predicate, Unresolved> {
        let target = path::resolve(fields.iter().copied(), fact.path());
        let steps = self.steps(target.as_ref(), fact.path())?;
        let values = texts(fact.values().iter().map(wire_text));
        Ok(Predicate::is(steps, values))
    }
}

/// Parameters, or the fields of an object.
type Named<'s> = Vec<(&'s str, &'s spec::Schema)>;

fn errors(rows: &[spec::ErrorRow]) -> &'static Errors {
    let rows = rows.iter().map(|row| ErrorRow {
        // The checker lets no other status pass.
        status: row
            .status
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or(0),
        code: text(&row.code),
        message: row.message.as_deref().map_or("", text),
        description: row.description.as_deref().map_or("", text),
        retryable: row.retryable,
    });
    Box::leak(Box::new(Errors::of(list(rows.collect()))))
}

fn permissions(permissions: &[spec::Permission]) -> &'static RequiredPermissions {
    let permissions = permissions.iter().map(|spec| {
        let resources = spec.resources.iter().map(|spec| ResourceType {
            name: text(&spec.kind),
            required: spec.required,
            arns: texts(&spec.arns),
        });
        Permission::new(text(&spec.action), level(spec.access))
            .resources(list(resources.collect()))
            .condition_keys(texts(&spec.condition_keys))
            .dependent_actions(texts(&spec.dependent_actions))
    });
    Box::leak(Box::new(RequiredPermissions::of(list(
        permissions.collect(),
    ))))
}

/// An access level in the vendor's words.
#[must_use]
pub fn level(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::Create => "create",
        AccessLevel::List => "list",
        AccessLevel::Get => "get",
        AccessLevel::Update => "update",
        AccessLevel::Delete => "delete",
        AccessLevel::None => "none",
    }
}

/// The example of an operation for the embedded endpoint, beyond its schema; `None` if there is
/// none.
#[must_use]
pub fn example(spec: &spec::Operation) -> Option<Example> {
    let mut lists = Vec::new();
    if let Some(response) = &spec.response {
        echoes(response, &mut Vec::new(), &mut lists);
    }
    if spec.response_example.is_none() && lists.is_empty() {
        return None;
    }
    let example = spec.response_example.as_ref();
    Some(Example {
        operation: text(&spec.operation),
        response: example.map(|example| text(&example.to_string())),
        echoes: list(lists),
    })
}

/// The lists of the response that the request decides, wherever they are in it.
fn echoes<'s>(schema: &'s spec::Schema, path: &mut Vec<&'s str>, found: &mut Vec<Echo>) {
    if let Some(spec) = &schema.echo {
        found.push(Echo {
            list: texts(&*path),
            values: text(&spec.values),
            count: spec.count.as_deref().map(text),
        });
    }
    let within = schema.items.as_deref().into_iter();
    for schema in within.chain(schema.additional_properties.as_deref()) {
        echoes(schema, path, found);
    }
    for (name, schema) in &schema.properties {
        path.push(name);
        echoes(schema, path, found);
        path.pop();
    }
}

fn text(text: &str) -> &'static str {
    match text {
        "" => "",
        text => Box::leak(text.to_owned().into_boxed_str()),
    }
}

fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> &'static [&'static str] {
    let texts = texts.into_iter();
    list(texts.map(|it| text(it.as_ref())).collect())
}

fn list<T>(list: Vec<T>) -> &'static [T] {
    if list.is_empty() { &[] } else { list.leak() }
}
