//! Tables of products, made from specs at run time: for programs that work on tables alone, such as the
//! embedded endpoint, and have no generated code of a product.
//!
//! They are the tables that the generator writes for the same specs; a test compares the two. Tables
//! are `'static`, so those made here are never freed: make them once.
//!
//! ```no_run
//! let products = alicloud_tables::load("api-spec".as_ref())?;
//! let endpoint = alicloud::fake::Endpoint::start_blocking(&products)?;
//! println!("{}", endpoint.url());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{collections::BTreeMap, path::Path};

use alicloud_codegen::{
    Failure,
    check::{
        self, Catalogue,
        path::{self, Target},
    },
    model, spec,
};
use alicloud_schema::{
    operation::{
        Access, Echo, Endpoint, ErrorRow, Example, Method, Operation, Pagination, Permission,
        ProductInfo, REQUEST_ID_RESPONSE, ResourceType, SignatureKind, Waiter, WaiterIds,
    },
    pattern::Pattern,
    record::{Bound, Field, Format, Limits, Location, Predicate, Rule, RuleKind, Schema, Style},
};

/// The tables of the products in a folder of specs.
///
/// # Errors
///
/// Everything that is wrong with the specs.
pub fn load(specs: &Path) -> Result<Vec<&'static ProductInfo>, Failure> {
    let catalogue = check::load(specs).map_err(Failure::Specs)?;
    Ok(of(catalogue))
}

/// The tables of specs that have been checked.
#[must_use]
pub fn of(catalogue: Catalogue) -> Vec<&'static ProductInfo> {
    let products = alicloud_codegen::resolve(leak(catalogue), "".as_ref());
    products.iter().map(product).collect()
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn list<T>(values: impl IntoIterator<Item = T>) -> &'static [T] {
    Vec::leak(values.into_iter().collect())
}

fn texts(values: &'static [String]) -> &'static [&'static str] {
    list(values.iter().map(String::as_str))
}

fn text(text: &'static Option<String>) -> &'static str {
    text.as_deref().unwrap_or_default()
}

fn product(product: &model::Product<'static>) -> &'static ProductInfo {
    let spec = product.spec;
    let mut schemas = Schemas {
        types: &product.types,
        shared: BTreeMap::new(),
    };
    let examples = product.operations.iter().filter_map(example);
    let operations = product.operations.iter();
    leak(ProductInfo {
        code: &spec.product,
        version: &spec.version,
        signatures: list(spec.signatures.iter().map(|kind| match kind {
            spec::SignatureKind::Acs3HmacSha256 => SignatureKind::Acs3,
            spec::SignatureKind::HmacSha1 => SignatureKind::Rpc,
        })),
        success_codes: match spec.success_codes.as_slice() {
            [] => ProductInfo::SUCCESS_CODES,
            more => {
                let usual = ProductInfo::SUCCESS_CODES.iter().copied();
                list(usual.chain(more.iter().map(String::as_str)))
            }
        },
        endpoints: list(spec.endpoints.iter().map(|endpoint| Endpoint {
            region: &endpoint.region,
            host: &endpoint.host,
            vpc_host: endpoint.vpc_host.as_deref(),
        })),
        endpoint_rule: spec.endpoint_rule.as_deref(),
        vpc_endpoint_rule: spec.vpc_endpoint_rule.as_deref(),
        errors: errors(&spec.errors),
        examples: list(examples),
        operations: list(operations.map(|operation| schemas.operation(operation))),
    })
}

fn errors(rows: &'static [spec::ErrorRow]) -> &'static [ErrorRow] {
    list(rows.iter().map(|row| {
        ErrorRow {
            // The checker lets no other status pass.
            status: row
                .status
                .and_then(|it| u16::try_from(it).ok())
                .unwrap_or(0),
            code: &row.code,
            message: text(&row.message),
            description: text(&row.description),
            retryable: row.retryable,
        }
    }))
}

fn example(operation: &model::Operation<'static>) -> Option<Example> {
    let response = operation.spec.response_example.as_ref();
    if response.is_none() && operation.echoes.is_empty() {
        return None;
    }
    Some(Example {
        operation: &operation.spec.operation,
        response: response.map(|example| &*example.to_string().leak()),
        echoes: list(operation.echoes.iter().map(|echo| Echo {
            list: list(echo.list.iter().copied()),
            values: &echo.spec.values,
            count: echo.spec.count.as_deref(),
        })),
    })
}

/// The tables of structs, each made when it is first needed.
struct Schemas<'s> {
    types: &'s model::SharedTypes<'static>,
    /// Those of the types that operations share, by name.
    shared: BTreeMap<&'s str, &'static Schema>,
}

/// The structs that fields name by their position, and the tables of them that there are.
struct Parts<'s> {
    records: &'s [model::Record<'static>],
    tables: BTreeMap<usize, &'static Schema>,
}

impl<'s> Parts<'s> {
    fn of(records: &'s [model::Record<'static>]) -> Self {
        Self {
            records,
            tables: BTreeMap::new(),
        }
    }
}

impl<'s> Schemas<'s> {
    fn operation(&mut self, operation: &'s model::Operation<'static>) -> &'static Operation {
        let spec = operation.spec;
        let mut parts = Parts::of(&operation.parts);
        let request = self.record(&operation.request, rules(spec), &mut parts);
        let response = match &operation.response {
            model::Response::Own(record) => self.record(record, &[], &mut parts),
            model::Response::RequestId(_) => &REQUEST_ID_RESPONSE,
        };
        leak(Operation {
            name: &spec.operation,
            summary: text(&spec.summary),
            docs: spec.docs.as_deref(),
            deprecated: spec.deprecated.is_some(),
            access: match spec.access {
                spec::Access::Read => Access::Read,
                spec::Access::Write => Access::Write,
            },
            method: match spec.method {
                spec::Method::Get => Method::Get,
                spec::Method::Post => Method::Post,
            },
            anonymous: spec.anonymous,
            request,
            response,
            errors: errors(&spec.errors),
            idempotency_token: spec.idempotency.as_ref().map(|it| &*it.token),
            dry_run: spec.dry_run.as_ref().map(|it| &*it.parameter),
            pagination: spec.pagination.as_ref().and_then(|it| pagination(spec, it)),
            waiters: list(spec.waiters.iter().map(|it| waiter(spec, it))),
            permissions: permissions(&spec.permissions),
        })
    }

    fn record(
        &mut self,
        record: &'s model::Record<'static>,
        rules: &'static [Rule],
        parts: &mut Parts<'s>,
    ) -> &'static Schema {
        let fields = record.fields.iter();
        let mut fields: Vec<Field> = fields.map(|it| self.described(it, parts)).collect();
        if record.open {
            fields.push(Field::rest(leak(Field::any(""))));
        }
        leak(Schema {
            name: record.ident.clone().leak(),
            fields: fields.leak(),
            rules,
        })
    }

    fn part(&mut self, index: usize, parts: &mut Parts<'s>) -> &'static Schema {
        if let Some(table) = parts.tables.get(&index) {
            return table;
        }
        let records = parts.records;
        let table = self.record(&records[index], &[], parts);
        parts.tables.insert(index, table);
        table
    }

    fn shared(&mut self, shared: &'s model::SharedType) -> &'static Schema {
        if let Some(table) = self.shared.get(&*shared.ident) {
            return table;
        }
        let types = self.types;
        // The model has every type that a field names.
        let table = types
            .get(&shared.ident)
            .map_or(&REQUEST_ID_RESPONSE, |record| {
                self.record(record, &[], &mut Parts::of(&types.parts))
            });
        self.shared.insert(&shared.ident, table);
        table
    }

    fn described(&mut self, field: &'s model::Field<'static>, parts: &mut Parts<'s>) -> Field {
        let mut described = self.value(field, &field.ty, field.wire, field.schema, parts);
        described.wrapper = field.wrapper.map(|(_, list)| list);
        described.region = field.region;
        described.required =
            !field.region && field.schema.required && field.presence == model::Presence::Required;
        described.location = match field.location {
            spec::Location::Query => Location::Query,
            spec::Location::FormData => Location::Form,
            spec::Location::Body => Location::Body,
            spec::Location::Host => Location::Host,
        };
        described.style = match field.style {
            None | Some(spec::Style::RepeatList | spec::Style::Flat) => Style::Flat,
            Some(spec::Style::Json) => Style::Json,
            Some(spec::Style::Simple) => Style::Comma,
            Some(spec::Style::SpaceDelimited) => Style::Space,
            Some(spec::Style::PipeDelimited) => Style::Pipe,
        };
        described
    }

    /// The value of a field, or an element of one.
    fn value(
        &mut self,
        field: &'s model::Field<'static>,
        ty: &'s model::RustType,
        wire: &'static str,
        schema: &'static spec::Schema,
        parts: &mut Parts<'s>,
    ) -> Field {
        use model::RustType;

        let mut element = |ty, schema: Option<&'static spec::Schema>| {
            leak(match schema {
                Some(schema) => self.value(field, ty, "", schema, parts),
                None => Field::any(""),
            })
        };
        let mut value = match ty {
            RustType::String => Field::string(wire),
            RustType::I32 => Field::int32(wire),
            RustType::I64 => Field::int64(wire),
            RustType::F64 => Field::float(wire),
            RustType::Bool => Field::boolean(wire),
            RustType::Bytes => Field::bytes(wire),
            RustType::Any => Field::any(wire),
            RustType::Part(index) => Field::object(wire, self.part(*index, parts)),
            RustType::Shared(shared) => Field::object(wire, self.shared(shared)),
            RustType::List(inner) => Field::list(wire, element(inner, schema.items.as_deref())),
            RustType::Map(inner) => Field::map(
                wire,
                element(inner, schema.additional_properties.as_deref()),
            ),
        };
        value.limits = leak(limits(field, schema));
        // What is around a list on the wire is not there to say so itself.
        let wrapper = field.wrapper.filter(|_| !wire.is_empty());
        value.sensitive = schema.sensitive || wrapper.is_some_and(|(object, _)| object.sensitive);
        value
    }
}

fn limits(field: &model::Field<'static>, schema: &'static spec::Schema) -> Limits {
    let mut limits = Limits {
        min_length: schema.min_length,
        max_length: schema.max_length,
        min_items: schema.min_items,
        max_items: schema.max_items,
        values: list(schema.values.iter().map(|it| &*model::wire_text(it).leak())),
        format: schema.format.and_then(format),
        ..Limits::NONE
    };
    let bound = |bound: &serde_json::Number| match schema.kind {
        spec::Type::Number => bound.as_f64().map(Bound::Float),
        // The checker lets no other limit of whole numbers pass.
        _ => bound.as_i64().map(Bound::Integer),
    };
    limits.minimum = schema.minimum.as_ref().and_then(bound);
    limits.maximum = schema.maximum.as_ref().and_then(bound);
    if schema.pattern.is_some() && field.pattern.is_some() {
        let pattern = model::pattern(field.schema);
        limits.pattern = pattern.map(|pattern| &*leak(Pattern::new(pattern)));
    }
    limits
}

fn format(format: spec::Format) -> Option<Format> {
    use spec::Format as Spec;

    Some(match format {
        Spec::Ascii => Format::Ascii,
        Spec::Ipv4 => Format::Ipv4,
        Spec::Ipv6 => Format::Ipv6,
        Spec::Ipv4Cidr => Format::Ipv4Cidr,
        Spec::Ipv6Cidr => Format::Ipv6Cidr,
        Spec::Int32 | Spec::Int64 | Spec::Float | Spec::Double | Spec::Binary => return None,
    })
}

fn rules(operation: &'static spec::Operation) -> &'static [Rule] {
    list(operation.constraints.iter().filter_map(|constraint| {
        let Some(each) = &constraint.each else {
            return Some(rule(&path::parameters(operation), constraint));
        };
        // The checker has resolved every path before.
        let target = path::resolve(path::parameters(operation), each)?;
        let mut rule = rule(&path::fields(target.schema()?), constraint);
        rule.each = list(target.names());
        Some(rule)
    }))
}

/// A rule over the given fields.
fn rule(
    fields: &(impl Iterator<Item = (&'static str, &'static spec::Schema)> + Clone),
    constraint: &'static spec::Constraint,
) -> Rule {
    let resolve = |path: &str| path::resolve(fields.clone(), path);
    let members = |members: &'static [spec::Member]| {
        list(members.iter().map(|member| {
            let facts = member.facts().iter().map(|fact| predicate(&resolve, fact));
            match member {
                spec::Member::One(_) => facts.collect::<Vec<_>>()[0],
                spec::Member::AnyOf(_) => Predicate::any(list(facts)),
            }
        }))
    };
    let slice = |some: &'static Option<spec::Members>| match some {
        Some(some) => some.as_slice(),
        None => &[],
    };
    let kind = match constraint.rule {
        spec::RuleKind::Requires => {
            let when = members(slice(&constraint.condition));
            let then = members(slice(&constraint.then));
            return Rule::requires(when, then, &constraint.reason);
        }
        spec::RuleKind::ExactlyOneOf => RuleKind::ExactlyOneOf,
        spec::RuleKind::AtMostOneOf => RuleKind::AtMostOneOf,
        spec::RuleKind::AtLeastOneOf => RuleKind::AtLeastOneOf,
        spec::RuleKind::AllOrNone => RuleKind::AllOrNone,
    };
    Rule::new(kind, members(&constraint.parameters), &constraint.reason)
}

fn predicate(
    resolve: &impl Fn(&str) -> Option<Target<'static>>,
    fact: &'static spec::Fact,
) -> Predicate {
    let path = resolve(fact.path()).map_or_else(Vec::new, |target| target.names());
    let values = fact.values().iter();
    Predicate::is(
        list(path),
        list(values.map(|value| &*model::wire_text(value).leak())),
    )
}

/// A path in the response, as steps.
fn steps(operation: &'static spec::Operation, path: &str) -> &'static [&'static str] {
    let target = operation
        .response
        .as_ref()
        .and_then(|response| path::resolve(path::fields(response), path));
    list(target.map_or_else(Vec::new, |target| target.names()))
}

fn pagination(
    operation: &'static spec::Operation,
    pagination: &'static spec::Pagination,
) -> Option<Pagination> {
    let items = steps(operation, &pagination.items);
    if let (Some(page_number), Some(page_size), Some(total)) = (
        &pagination.page_number,
        &pagination.page_size,
        &pagination.total,
    ) {
        return Some(Pagination::Numbered {
            page_number,
            page_size,
            total: steps(operation, total),
            items,
        });
    }
    Some(Pagination::Token {
        token: pagination.token.as_deref()?,
        page_size: pagination.page_size.as_deref(),
        next_token: steps(operation, pagination.next_token.as_deref()?),
        items,
    })
}

fn waiter(operation: &'static spec::Operation, waiter: &'static spec::Waiter) -> Waiter {
    Waiter {
        name: &waiter.name,
        path: steps(operation, &waiter.path),
        ids: waiter.ids.as_ref().map(|ids| WaiterIds {
            parameter: &ids.parameter,
            path: steps(operation, &ids.path),
        }),
        success: texts(&waiter.success),
        failure: texts(&waiter.failure),
        retry_errors: texts(&waiter.retry_errors),
        success_errors: texts(&waiter.success_errors),
        success_when_empty: waiter.success_when_empty,
        delay: waiter.delay,
        deadline: waiter.deadline,
    }
}

fn permissions(permissions: &'static [spec::Permission]) -> &'static [Permission] {
    list(permissions.iter().map(|permission| Permission {
        action: &permission.action,
        access: permission.access.word(),
        resources: list(permission.resources.iter().map(|resource| ResourceType {
            name: &resource.kind,
            required: resource.required,
            arns: texts(&resource.arns),
        })),
        condition_keys: texts(&permission.condition_keys),
        dependent_actions: texts(&permission.dependent_actions),
    }))
}
