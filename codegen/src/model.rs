//! The model of the Rust code to generate, as plain data: every name, type and order is decided
//! here, once.
//!
//! Built from specs that [`crate::check`] has passed; the emitters only write down what stands here.
//! There are no tokens in it. What values are and what is demanded of them is in the tables of
//! [`crate::tables`], which the structs here name.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use alicloud_schema::{
    operation::{Operation as Descriptor, Pagination, ServiceInfo},
    record::{self, Kind},
};
use rayon::prelude::*;

use crate::{
    check::{ProductSpec, TypeSpec, path},
    names,
    spec::{self, Deprecation, Replacement, Schema, Type},
    tables::{self, SharedTables, Unresolved, wrapped_list},
};

pub use tables::Role;
pub use values::{Constant, ValueList};

/// A product module.
#[derive(Debug)]
pub struct Product<'a> {
    /// The module, and the folder in `api-spec/`.
    pub module: String,
    /// The marker type.
    pub marker: String,
    /// The spec, for what needs no decision.
    pub spec: &'a spec::Product,
    /// The descriptor of the service.
    pub service: ServiceInfo,
    /// The path of the spec, for the header of the generated file.
    pub source: String,
    /// The types that operations share, and the structs within them.
    pub types: SharedTypes<'a>,
    /// The operations, by module name.
    pub operations: Vec<Operation<'a>>,
}

/// The module of the types that operations share.
#[derive(Debug, Default)]
pub struct SharedTypes<'a> {
    /// The types, each with the words about it.
    pub records: Vec<(Record<'a>, Option<&'a str>)>,
    /// The structs within them.
    pub parts: Vec<Record<'a>>,
}

/// An operation module.
#[derive(Debug)]
pub struct Operation<'a> {
    /// The module.
    pub module: String,
    /// The request.
    pub request: Record<'a>,
    /// The response.
    pub response: Response<'a>,
    /// The structs within the two.
    pub parts: Vec<Record<'a>>,
    /// The error enum.
    pub error_code: String,
    /// The spec, for what needs no decision.
    pub spec: &'a spec::Operation,
    /// The descriptor.
    pub descriptor: &'static Descriptor,
    /// The path of the spec.
    pub source: String,
    /// An enum for each choice between parameters that has a name.
    pub choices: Vec<Choice>,
    /// The variants of the error enum, a variant a distinct code.
    pub variants: Vec<Variant>,
    /// The states to wait for.
    pub waiters: Vec<Waiter<'a>>,
    /// The way to the items of a page, where the result comes in pages.
    pub pages: Option<Pages>,
    /// The example response of the embedded endpoint, beyond what follows from the schemas.
    pub example: Option<alicloud_schema::operation::Example>,
    /// The constants for values of parameters, a list a parameter.
    pub values: Vec<ValueList<'a>>,
}

/// The response type of an operation.
#[derive(Debug)]
pub enum Response<'a> {
    /// A struct of its own.
    Own(Record<'a>),
    /// An alias of this name for the response that tells nothing but the ID of the request.
    RequestId(String),
}

impl Response<'_> {
    /// The type.
    #[must_use]
    pub fn ident(&self) -> &str {
        match self {
            Self::Own(record) => &record.ident,
            Self::RequestId(ident) => ident,
        }
    }
}

/// A state to wait for.
#[derive(Debug)]
pub struct Waiter<'a> {
    /// The type in the product's module `waiters`.
    pub ident: String,
    /// The constant of that type beside it.
    pub value: String,
    /// The constant that describes it.
    pub constant: String,
    /// The spec, for what needs no decision.
    pub spec: &'a spec::Waiter,
    /// The descriptor.
    pub descriptor: &'static alicloud_schema::operation::Waiter,
}

/// The way from a response to the items of its page.
#[derive(Debug)]
pub struct Pages {
    /// The fields on the way; the last one is the list of the items.
    pub fields: Vec<String>,
    /// The type of an item.
    pub item: RustType,
}

/// A struct.
#[derive(Debug)]
pub struct Record<'a> {
    /// The type.
    pub ident: String,
    /// The schema that describes it.
    pub schema: &'static record::Schema,
    /// The role of the struct.
    pub role: Role,
    /// The fields, in the order of the spec.
    pub fields: Vec<Field<'a>>,
    /// Fields that the spec does not know are kept in a map behind the others.
    pub open: bool,
    /// The path of the value, for the documentation of nested types.
    pub path: String,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field<'a> {
    /// The field.
    pub ident: String,
    /// The name on the wire.
    pub wire: &'a str,
    /// Of a list that the wire wraps in an object with nothing else in it: the object, and the name
    /// of the list within.
    pub wrapper: Option<(&'a Schema, &'a str)>,
    /// The type of a value that is there.
    pub ty: RustType,
    /// The representation of absence.
    pub presence: Presence,
    /// The value's schema in the spec, for everything that needs no decision.
    pub schema: &'a Schema,
    /// The field of the schema.
    pub table: record::Field,
    /// The setter (of a request).
    pub setter: String,
}

/// The representation of a field's absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is always there: `T`.
    Required,
    /// `Option<T>`.
    Optional,
    /// An empty list or map.
    Empty,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RustType {
    /// `String`
    String,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f64`
    F64,
    /// `bool`
    Bool,
    /// `Bytes`
    Bytes,
    /// `Value`
    Any,
    /// A struct: its index in [`Operation::parts`], or in [`SharedTypes::parts`].
    Part(usize),
    /// A type that operations share.
    Shared(String),
    /// `Vec<T>`
    List(Box<RustType>),
    /// `BTreeMap<String, T>`
    Map(Box<RustType>),
}

/// An enum that says one of several parameters.
#[derive(Debug)]
pub struct Choice {
    /// The type.
    pub ident: String,
    /// The setter.
    pub setter: String,
    /// The reason why only one of them is possible.
    pub reason: String,
    /// Positions of the members in the fields of the request, with the variants' names.
    pub members: Vec<(usize, String)>,
}

/// A variant of an error enum.
#[derive(Debug)]
pub struct Variant {
    /// The variant.
    pub ident: String,
    /// The code on the wire.
    pub code: String,
    /// The statuses under which it is listed.
    pub statuses: Vec<u32>,
    /// The description of the first row that has one.
    pub description: Option<String>,
}

/// The names of an operation that others see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exports {
    /// The module.
    pub module: String,
    /// The request type.
    pub request: String,
    /// The response type.
    pub response: String,
    /// The error enum.
    pub error_code: String,
}

/// Names that the module of a product uses for something else.
const RESERVED_IN_PRODUCT: &[&str] = &[
    "BlockingClient",
    "Client",
    "Endpoint",
    "Example",
    "ProductInfo",
    "ServiceInfo",
    "SignatureKind",
];

/// Modules of a product that are no operation's.
const RESERVED_MODULES: &[&str] = &["examples", "types", "waiters"];

/// Names that the module of an operation uses for something else.
const RESERVED: &[&str] = &[
    "Access",
    "BTreeMap",
    "Bytes",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Err",
    "ErrorCode",
    "Errors",
    "From",
    "Hash",
    "Into",
    "IntoIterator",
    "IntoStrings",
    "Iterator",
    "Method",
    "None",
    "Ok",
    "Operation",
    "Option",
    "Ord",
    "Paginated",
    "Pagination",
    "PartialEq",
    "PartialOrd",
    "Predicate",
    "Request",
    "RequestIdResponse",
    "RequiredPermissions",
    "Result",
    "Rule",
    "RuleKind",
    "Schemas",
    "Self",
    "Some",
    "String",
    "SupportsDryRun",
    "ToOwned",
    "UnlistedErrorCode",
    "Value",
    "Vec",
    "Waiter",
    "WaiterFor",
    "WaiterIds",
];

/// The suffix of the field that keeps what the spec does not know.
pub const OPEN_FIELD: &str = "other";

/// Decides the names that stand beside each other in the module of a product: that of the marker, and
/// those of the operations in their order. An operation whose name is taken gets `Request` behind it:
/// rare, and the same as long as the operations before it are.
#[must_use]
pub fn exports<'a>(
    product: &spec::Product,
    operations: impl Iterator<Item = &'a spec::Operation>,
) -> (String, Vec<Exports>) {
    let mut taken: BTreeSet<String> = RESERVED
        .iter()
        .chain(RESERVED_IN_PRODUCT)
        .map(|name| (*name).to_owned())
        .collect();
    let name = names::type_name(&product.product);
    let marker = free(&taken, [name.clone(), format!("{name}Product")], &name);
    taken.insert(marker.clone());
    let mut modules: BTreeSet<String> = RESERVED_MODULES.iter().map(ToString::to_string).collect();
    let exports = operations.map(|operation| {
        let name = names::type_name(operation.rust_name());
        let others = |request: &str| {
            ["Response", "ErrorCode"].map(|part| names::joined_type(&format!("{request}{part}")))
        };
        let plain = name.trim_end_matches('_');
        let request = [name.clone(), format!("{plain}Request")]
            .into_iter()
            .chain((2..).map(|number| format!("{plain}Request{number}")))
            .find(|request| {
                let others = others(request);
                !others
                    .iter()
                    .chain([request])
                    .any(|name| taken.contains(name))
            })
            .unwrap_or(name);
        let [response, error_code] = others(&request);
        taken.extend([&request, &response, &error_code].map(Clone::clone));
        let module = names::module_name(operation.rust_name());
        let module = free(&modules, [module.clone()], &module);
        modules.insert(module.clone());
        Exports {
            module,
            request,
            response,
            error_code,
        }
    });
    let exports = exports.collect();
    (marker, exports)
}

/// The first of the names that is not taken, or the last word with a number behind it.
fn free<const N: usize>(taken: &BTreeSet<String>, names: [String; N], numbered: &str) -> String {
    let numbered = numbered.trim_end_matches('_');
    names
        .into_iter()
        .chain((2..).map(|number| format!("{numbered}{number}")))
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}

/// Decides everything about a product. `source` is where a spec stands, given its path.
///
/// # Errors
///
/// A path in a spec that leads nowhere, which a checked spec does not have.
pub fn product(
    spec: &ProductSpec,
    source: impl Fn(&std::path::Path) -> String + Sync,
) -> Result<Product<'_>, Unresolved> {
    let operations = spec.operations.iter().map(|it| &it.operation);
    let (marker, exports) = exports(&spec.product, operations);
    let shared = spec.types.iter().map(|it| it.name.as_str()).collect();
    let tables = SharedTables::new(&spec.types);
    let operations = spec
        .operations
        .par_iter()
        .zip(exports)
        .map(|(it, exports)| {
            let descriptor = tables::operation(&it.operation, &spec.product, &tables)?;
            let source = source(&it.path);
            Ok(operation(
                &it.operation,
                descriptor,
                &shared,
                source,
                exports,
            ))
        });
    let mut operations: Vec<_> = operations.collect::<Result<_, _>>()?;
    let types = shared_types(&spec.types, &shared, &tables, &operations);
    for operation in &mut operations {
        operation.pages = pages(operation, &types);
    }
    Ok(Product {
        module: names::module_name(&spec.dir_name),
        marker,
        spec: &spec.product,
        service: tables::service(&spec.product),
        source: source(&spec.path),
        types,
        operations,
    })
}

/// Decides every name and type of an operation.
fn operation<'a>(
    spec: &'a spec::Operation,
    descriptor: &'static Descriptor,
    shared: &BTreeSet<&str>,
    source: String,
    exports: Exports,
) -> Operation<'a> {
    let Exports {
        module,
        request,
        response,
        error_code,
    } = exports;
    let mut types = Types {
        taken: RESERVED
            .iter()
            .map(|name| (*name).to_owned())
            .chain([request.clone(), response.clone(), error_code.clone()])
            .chain(shared.iter().map(|name| (*name).to_owned()))
            .collect(),
        parts: Vec::new(),
        shared,
        prefix: true,
    };

    let whole = String::new;
    let mut request = empty(request, descriptor.request.get(), Role::Request, whole());
    let mut response = match &spec.response {
        Some(schema) if is_request_id(schema) => Response::RequestId(response),
        _ => Response::Own(empty(
            response,
            descriptor.response.get(),
            Role::Response,
            whole(),
        )),
    };
    let parameters = spec.parameters.iter().zip(&descriptor.request.fields);
    request.fields = parameters
        .map(|(parameter, table)| {
            let path = [parameter.name.as_str()];
            types.field(&parameter.schema, table, &path, Role::Request)
        })
        .collect();
    if let (Response::Own(record), Some(schema)) = (&mut response, &spec.response) {
        record.fields = types.fields(schema, descriptor.response.get(), &[], Role::Response);
    }
    let choices = choices(spec, &request, &mut types);
    let mut constants: BTreeSet<String> =
        ["ERRORS", "OPERATION", "SCHEMAS"].map(str::to_owned).into();
    let waiters = spec.waiters.iter().zip(descriptor.waiters);
    let waiters = waiters.map(|(spec, descriptor)| {
        let ident = names::type_name(&spec.name);
        Waiter {
            value: names::constant(&ident),
            ident,
            constant: claim_constant(&mut constants, &spec.name),
            spec,
            descriptor,
        }
    });
    let waiters = waiters.collect();
    Operation {
        module,
        values: values::of(&spec.parameters),
        request,
        response,
        parts: types.parts,
        error_code,
        spec,
        descriptor,
        source,
        choices,
        variants: variants(&spec.errors),
        waiters,
        pages: None,
        example: tables::example(spec),
    }
}

/// The way from a response to the items of its page, through structs of the operation and shared ones.
fn pages(operation: &Operation<'_>, types: &SharedTypes<'_>) -> Option<Pages> {
    let (Pagination::Numbered { items, .. } | Pagination::Token { items, .. }) =
        operation.descriptor.pagination?;
    let Response::Own(response) = &operation.response else {
        return None;
    };
    let mut record = response;
    let mut steps = items.iter();
    let mut names = Vec::new();
    loop {
        let step = steps.next()?;
        let field = record.fields.iter().find(|field| field.wire == *step)?;
        names.push(field.ident.clone());
        record = match &field.ty {
            RustType::Part(index) => operation.parts.get(*index)?,
            RustType::Shared(shared) => types.get(shared)?,
            RustType::List(item) => {
                return Some(Pages {
                    fields: names,
                    item: (**item).clone(),
                });
            }
            _ => return None,
        };
    }
}

/// The scope in which a struct is generated.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'s, 'a> {
    /// The structs that fields name by their position.
    pub parts: &'s [Record<'a>],
    /// The operation; none of types that operations share.
    pub operation: Option<&'a spec::Operation>,
}

impl Scope<'_, '_> {
    /// The compiler's message for uses of a deprecated field; `None` if it is not deprecated.
    #[must_use]
    pub fn field_deprecation(&self, field: &Field<'_>, role: Role) -> Option<String> {
        let path = |path: &str| {
            let operation = self.operation?;
            let target = match role {
                Role::Request => path::resolve(path::parameters(operation), path),
                Role::Response => {
                    path::resolve(operation.response.iter().flat_map(path::fields), path)
                }
            };
            target.map(|target| field_path(&target, role))
        };
        deprecation(field.deprecation(), path)
    }
}

impl<'a> SharedTypes<'a> {
    /// The struct of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Record<'a>> {
        let mut records = self.records.iter().map(|(record, _)| record);
        records.find(|record| record.ident == name)
    }

    /// The scope of the structs.
    #[must_use]
    pub fn scope(&self) -> Scope<'_, 'a> {
        Scope {
            parts: &self.parts,
            operation: None,
        }
    }

    /// Something in the module is deprecated.
    #[must_use]
    pub fn uses_deprecated(&self) -> bool {
        let records = self.records.iter().map(|(record, _)| record);
        let mut fields = records.chain(&self.parts).flat_map(|record| &record.fields);
        fields.any(|field| field.deprecation().is_some())
    }
}

impl<'a> Operation<'a> {
    /// The scope of the structs.
    #[must_use]
    pub fn scope(&self) -> Scope<'_, 'a> {
        Scope {
            parts: &self.parts,
            operation: Some(self.spec),
        }
    }

    /// The shared types that the structs name.
    #[must_use]
    pub fn shared(&self) -> BTreeSet<&str> {
        let fields = self.records().flat_map(|record| &record.fields);
        fields.filter_map(|field| shared_in(&field.ty)).collect()
    }

    /// Something in the module is deprecated.
    #[must_use]
    pub fn uses_deprecated(&self) -> bool {
        let mut fields = self.records().flat_map(|record| &record.fields);
        self.spec.deprecated.is_some() || fields.any(|field| field.deprecation().is_some())
    }

    /// The compiler's message for uses of a deprecated operation; `None` if it is not deprecated.
    #[must_use]
    pub fn deprecation(&self) -> Option<String> {
        deprecation(&self.spec.deprecated, |name| Some(names::type_name(name)))
    }

    /// All structs of its own, in the order of their schemas.
    pub fn records(&self) -> impl Iterator<Item = &Record<'a>> {
        let response = match &self.response {
            Response::Own(record) => Some(record),
            Response::RequestId(_) => None,
        };
        [Some(&self.request), response]
            .into_iter()
            .flatten()
            .chain(&self.parts)
    }
}

/// The note of `#[deprecated]`; `rust` gives the name in Rust of what to use instead.
fn deprecation(deprecation: &Deprecation, rust: impl Fn(&str) -> Option<String>) -> Option<String> {
    match deprecation {
        Deprecation::Flag(false) => None,
        Deprecation::Flag(true) => Some("the vendor advises against new uses".to_owned()),
        Deprecation::Note(note) => {
            let words: Vec<&str> = note.split_whitespace().collect();
            Some(words.join(" ").trim_end_matches('.').to_owned())
        }
        Deprecation::Replaced(Replacement { instead }) => {
            let name = rust(instead).unwrap_or_else(|| instead.clone());
            Some(format!("use `{name}` instead"))
        }
    }
}

impl Field<'_> {
    /// The name on the wire, that of the list in its object included.
    #[must_use]
    pub fn full_wire(&self) -> String {
        match self.wrapper {
            Some((_, list)) => format!("{}.{list}", self.wire),
            None => self.wire.to_owned(),
        }
    }

    /// The name in Rust does not tell that on the wire.
    #[must_use]
    pub fn hides_wire_name(&self) -> bool {
        let wire = self.full_wire();
        names::type_name(&wire) != wire
    }

    /// What the vendor advises of new uses.
    fn deprecation(&self) -> &Deprecation {
        let wrapper = self.wrapper.map(|(object, _)| &object.deprecated);
        let wrapper = wrapper.filter(|deprecation| deprecation.is_some());
        wrapper.unwrap_or(&self.schema.deprecated)
    }
}

/// The names in Rust of a way through the fields. A list that a response wraps is one step.
fn field_path(target: &path::Target<'_>, role: Role) -> String {
    let mut names = Vec::new();
    let mut steps = target.steps.iter();
    while let Some(step) = steps.next() {
        let ident = field_ident(step.schema, step.name);
        match role {
            Role::Request => names.push(names::setter_name(&ident)),
            Role::Response => {
                names.push(ident);
                if wrapped_list(step.schema).is_some() {
                    steps.next();
                }
            }
        }
    }
    names.join(".")
}

/// The response tells nothing but the ID of the request.
fn is_request_id(schema: &Schema) -> bool {
    let mut properties = schema.properties.iter();
    let only = properties.next().filter(|_| properties.next().is_none());
    only.is_some_and(|(name, property)| {
        name == "RequestId"
            && property.kind == Type::String
            && property.format.is_none()
            && property.rust.is_none()
            && !property.deprecated.is_some()
            && !property.sensitive
    })
}

/// Decides the types that operations share: of `types`, those that a generated struct refers to.
fn shared_types<'a>(
    types: &'a [TypeSpec],
    shared: &BTreeSet<&str>,
    tables: &SharedTables,
    operations: &[Operation<'_>],
) -> SharedTypes<'a> {
    let mut roles: BTreeMap<String, Role> = BTreeMap::new();
    for record in operations.iter().flat_map(Operation::records) {
        for field in &record.fields {
            roles.extend(shared_in(&field.ty).map(|shared| (shared.to_owned(), record.role)));
        }
    }
    let mut builder = Types {
        taken: RESERVED
            .iter()
            .map(|name| (*name).to_owned())
            .chain(shared.iter().map(|name| (*name).to_owned()))
            .collect(),
        parts: Vec::new(),
        shared,
        prefix: false,
    };
    let mut made: BTreeMap<&str, (Record<'a>, Option<&'a str>)> = BTreeMap::new();
    // A type may need others, which may need more.
    while let Some((name, schema, role)) = types.iter().find_map(|it| {
        let name = it.name.as_str();
        let role = roles.get(name).filter(|_| !made.contains_key(name))?;
        Some((name, &it.schema, *role))
    }) {
        let Some(table) = tables.get(name, role) else {
            break;
        };
        let from = builder.parts.len();
        let fields = builder.fields(schema, table, &[name], role);
        let record = Record {
            ident: name.to_owned(),
            schema: table,
            role,
            fields,
            open: false,
            path: name.to_owned(),
        };
        let records = builder.parts[from..].iter().chain([&record]);
        let needed: Vec<String> = records
            .flat_map(|record| &record.fields)
            .filter_map(|field| shared_in(&field.ty).map(str::to_owned))
            .collect();
        for ident in needed {
            roles.entry(ident).or_insert(role);
        }
        made.insert(name, (record, schema.description.as_deref()));
    }
    SharedTypes {
        records: made.into_values().collect(),
        parts: builder.parts,
    }
}

/// The shared type that a field holds, be it in lists or maps.
pub(crate) fn shared_in(ty: &RustType) -> Option<&str> {
    match ty {
        RustType::Shared(shared) => Some(shared),
        RustType::List(inner) | RustType::Map(inner) => shared_in(inner),
        _ => None,
    }
}

/// The name of a constant after a waiter. Waiters that differ only where words end (`AB`, `Ab`) would
/// have the same.
fn claim_constant(taken: &mut BTreeSet<String>, waiter: &str) -> String {
    let name = names::constant(waiter);
    let name = free(taken, [name.clone()], &format!("{name}_"));
    taken.insert(name.clone());
    name
}

/// A struct without fields.
fn empty<'a>(
    ident: String,
    schema: &'static record::Schema,
    role: Role,
    path: String,
) -> Record<'a> {
    Record {
        ident,
        schema,
        role,
        fields: Vec::new(),
        open: schema.rest().is_some(),
        path,
    }
}

/// The structs of an operation, while they are being found.
struct Types<'a, 's> {
    taken: BTreeSet<String>,
    parts: Vec<Record<'a>>,
    shared: &'s BTreeSet<&'s str>,
    /// Types of the response are called so, because those of the request may have the same names.
    prefix: bool,
}

impl<'a> Types<'a, '_> {
    fn of(&mut self, schema: &'a Schema, kind: Kind, path: &[&'a str], role: Role) -> RustType {
        let mut inner = |schema: Option<&'a Schema>, element: &record::Field| {
            Box::new(match schema {
                Some(schema) => self.of(schema, element.kind, path, role),
                None => RustType::Any,
            })
        };
        match kind {
            Kind::String => RustType::String,
            Kind::Int32 => RustType::I32,
            Kind::Int64 => RustType::I64,
            Kind::Float => RustType::F64,
            Kind::Boolean => RustType::Bool,
            Kind::Bytes => RustType::Bytes,
            Kind::Any => RustType::Any,
            Kind::List(element) => RustType::List(inner(schema.items.as_deref(), element)),
            Kind::Map(element) => {
                RustType::Map(inner(schema.additional_properties.as_deref(), element))
            }
            Kind::Object(table) => {
                match schema.shared().filter(|name| self.shared.contains(name)) {
                    Some(shared) => RustType::Shared(shared.to_owned()),
                    None => self.part(schema, table, path, role),
                }
            }
        }
    }

    fn part(
        &mut self,
        schema: &'a Schema,
        table: &'static record::Schema,
        path: &[&'a str],
        role: Role,
    ) -> RustType {
        let ident = self.claim(path, role);
        let index = self.parts.len();
        let part = empty(ident, table, role, path.join("."));
        self.parts.push(part);
        let fields = self.fields(schema, table, path, role);
        self.parts[index].fields = fields;
        RustType::Part(index)
    }

    fn fields(
        &mut self,
        schema: &'a Schema,
        table: &'static record::Schema,
        path: &[&'a str],
        role: Role,
    ) -> Vec<Field<'a>> {
        let properties = schema.properties.iter().zip(&table.fields);
        properties
            .map(|((wire, property), table)| {
                let path: Vec<&str> = path.iter().copied().chain([wire.as_str()]).collect();
                self.field(property, table, &path, role)
            })
            .collect()
    }

    /// The field at a path. A list that a response wraps in an object stands for the object.
    fn field(
        &mut self,
        property: &'a Schema,
        table: &record::Field,
        path: &[&'a str],
        role: Role,
    ) -> Field<'a> {
        let wire = path.last().copied().unwrap_or_default();
        let wrapped = wrapped_list(property).filter(|_| table.wrapper.is_some());
        let (schema, ty) = match wrapped {
            Some((name, list)) => {
                let path: Vec<&str> = path.iter().copied().chain([name]).collect();
                (list, self.of(list, table.kind, &path, role))
            }
            None => (property, self.of(property, table.kind, path, role)),
        };
        let ident = field_ident(property, wire);
        Field {
            setter: names::setter_name(&ident),
            ident,
            wire,
            wrapper: wrapped.map(|(name, _)| (property, name)),
            presence: presence(table, role),
            ty,
            schema,
            table: *table,
        }
    }

    /// A type name from the path to a value. The vendor wraps lists as `Instances.Instance`; a step
    /// that the next one repeats is left out. Where that name is taken the full path is used, then
    /// a number: rare, and as stable as the path.
    fn claim(&mut self, path: &[&str], role: Role) -> String {
        let prefix = match role {
            Role::Response if self.prefix => "Response",
            Role::Request | Role::Response => "",
        };
        let steps: Vec<String> = path.iter().map(|step| names::type_name(step)).collect();
        let short: String = steps
            .iter()
            .enumerate()
            .filter(|(at, step)| !steps.get(at + 1).is_some_and(|next| repeats(step, next)))
            .map(|(_, step)| step.as_str())
            .collect();
        let short = names::joined_type(&format!("{prefix}{short}"));
        let full = names::joined_type(&format!("{prefix}{}", steps.concat()));
        let plain = full.trim_end_matches('_');
        let valued = format!("{plain}Value");
        let name = free(&self.taken, [short, full.clone(), valued], plain);
        self.taken.insert(name.clone());
        name
    }
}

/// `Instances` before `Instance`, `Tags` before `Tag`, `Ipv6Sets` before `Ipv6Set`.
fn repeats(step: &str, next: &str) -> bool {
    step.strip_prefix(next)
        .is_some_and(|rest| matches!(rest, "" | "s" | "es" | "Set" | "Sets" | "List"))
}

fn field_ident(schema: &Schema, wire: &str) -> String {
    schema
        .rust
        .clone()
        .unwrap_or_else(|| names::field_name(wire))
}

fn presence(table: &record::Field, role: Role) -> Presence {
    let collection = matches!(table.kind, Kind::List(_) | Kind::Map(_));
    match role {
        Role::Request if table.required => Presence::Required,
        Role::Response if collection => Presence::Empty,
        _ => Presence::Optional,
    }
}

fn choices(spec: &spec::Operation, request: &Record<'_>, types: &mut Types<'_, '_>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for constraint in &spec.constraints {
        let exclusive = record::RuleKind::from(constraint.rule).is_choice();
        let Some(name) = constraint.name.as_deref().filter(|_| exclusive) else {
            continue;
        };
        let mut variants = BTreeSet::new();
        let members: Option<Vec<_>> = constraint
            .parameters
            .iter()
            .map(|member| {
                let name = member.plain()?;
                let index = request.fields.iter().position(|field| field.wire == name)?;
                let variant = names::type_name(name);
                let variant = free(&variants, [variant.clone()], &variant);
                variants.insert(variant.clone());
                Some((index, variant))
            })
            .collect();
        let Some(members) = members else { continue };
        let ident = types.claim(&[name], Role::Request);
        choices.push(Choice {
            ident,
            setter: names::setter_name(&names::field_name(name)),
            reason: constraint.reason.clone(),
            members,
        });
    }
    choices
}

fn variants(rows: &[spec::ErrorRow]) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    let mut by_code: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        let index = *by_code.entry(&row.code).or_insert(variants.len());
        if index == variants.len() {
            variants.push(Variant {
                ident: row
                    .rust
                    .clone()
                    .unwrap_or_else(|| names::variant_name(&row.code)),
                code: row.code.clone(),
                statuses: Vec::new(),
                description: None,
            });
        }
        let variant = &mut variants[index];
        variant.statuses.extend(row.status);
        variant.statuses.sort_unstable();
        variant.statuses.dedup();
        if variant.description.is_none() {
            variant.description.clone_from(&row.description);
        }
    }
    variants
}
