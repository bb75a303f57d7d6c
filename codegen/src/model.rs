//! The Rust code to be, as plain data: every name, type and order is decided here, once.
//!
//! Built from specs that [`crate::check`] has passed; the emitters only write down what stands here.
//! There are no tokens in it.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use heck::ToShoutySnakeCase as _;
use serde_json::Value;

use crate::{
    names,
    spec::{self, Format, Schema, Type},
};

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
    /// Where the spec stands, for the header of the generated file.
    pub source: String,
    /// The operations, by module name.
    pub operations: Vec<Operation<'a>>,
}

/// An operation module.
#[derive(Debug)]
pub struct Operation<'a> {
    /// The module.
    pub module: String,
    /// The request type.
    pub request: String,
    /// The response type.
    pub response: String,
    /// The error enum.
    pub error_code: String,
    /// The spec, for what needs no decision.
    pub spec: &'a spec::Operation,
    /// Where the spec stands.
    pub source: String,
    /// All structs; the request is the first, the response the second.
    pub records: Vec<Record<'a>>,
    /// An enum for each choice between parameters that has a name.
    pub choices: Vec<Choice>,
    /// The variants of the error enum, a variant a distinct code.
    pub variants: Vec<Variant>,
    /// The constants for values of parameters, a list a parameter.
    pub values: Vec<ValueList<'a>>,
}

/// A struct.
#[derive(Debug)]
pub struct Record<'a> {
    /// The type.
    pub ident: String,
    /// The static that describes it.
    pub shape: String,
    /// What it is for.
    pub role: Role,
    /// The fields, in the order of the spec.
    pub fields: Vec<Field<'a>>,
    /// Fields that the spec does not know are kept in a map behind the others.
    pub open: bool,
    /// What the value is, for the documentation of nested types.
    pub path: String,
}

/// What a struct is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The request, or within one: built by the caller.
    Request,
    /// The response, or within one: may grow.
    Response,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field<'a> {
    /// The field.
    pub ident: String,
    /// The name on the wire.
    pub wire: &'a str,
    /// The type of a value that is there.
    pub ty: RustType,
    /// How absence is told.
    pub presence: Presence,
    /// What the spec says of the value.
    pub schema: &'a Schema,
    /// Where it travels.
    pub location: spec::Location,
    /// How it is written.
    pub style: Option<spec::Style>,
    /// The client fills it with its region.
    pub region: bool,
}

/// How the absence of a field is told.
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
    /// A struct: its index in [`Operation::records`].
    Record(usize),
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
    /// Why only one of them.
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
    /// What the first row that says something says.
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
    "ErrorRow",
    "ProductInfo",
    "SignatureKind",
];

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
    "ErrorRow",
    "Field",
    "Format",
    "From",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "Limits",
    "Location",
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
    "Pattern",
    "Permission",
    "Predicate",
    "Request",
    "ResourceType",
    "Result",
    "Rule",
    "RuleKind",
    "Schema",
    "Self",
    "Some",
    "String",
    "Style",
    "ToOwned",
    "Value",
    "Vec",
    "Waiter",
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
    let mut modules = BTreeSet::new();
    let exports = operations.map(|operation| {
        let name = names::type_name(&operation.operation);
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
        let module = names::module_name(&operation.operation);
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

/// Decides every name and type of an operation.
#[must_use]
pub fn operation<'a>(
    spec: &'a spec::Operation,
    product: &'a spec::Product,
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
            .collect(),
        shapes: BTreeSet::from(["OPERATION".to_owned()]),
        records: Vec::new(),
    };

    for (ident, role) in [(&request, Role::Request), (&response, Role::Response)] {
        let record = types.empty(ident.clone(), role, String::new());
        types.records.push(record);
    }
    let fields = spec
        .parameters
        .iter()
        .map(|parameter| {
            let ty = types.of(&parameter.schema, &[&parameter.name], Role::Request);
            let region = parameter.schema.required
                && product.region_parameter.as_deref() == Some(&parameter.name);
            Field {
                ident: field_ident(&parameter.schema, &parameter.name),
                wire: &parameter.name,
                presence: presence(&parameter.schema, &ty, Role::Request, region),
                ty,
                schema: &parameter.schema,
                location: parameter.location,
                style: parameter.style,
                region,
            }
        })
        .collect();
    types.records[0].fields = fields;
    match &spec.response {
        Some(schema) if !schema.properties.is_empty() => {
            let fields = types.fields(schema, &[], Role::Response);
            types.records[1].fields = fields;
        }
        _ => types.records[1].open = true,
    }

    let choices = choices(spec, &mut types);
    Operation {
        module,
        variants: variants(&spec.errors),
        values: values::of(&spec.parameters),
        records: types.records,
        request,
        response,
        error_code,
        spec,
        source,
        choices,
    }
}

impl Operation<'_> {
    /// Something in the module is deprecated.
    #[must_use]
    pub fn uses_deprecated(&self) -> bool {
        let mut fields = self.records.iter().flat_map(|record| &record.fields);
        self.spec.deprecated || fields.any(|field| field.schema.deprecated)
    }
}

/// The structs of an operation, while they are being found.
struct Types<'a> {
    taken: BTreeSet<String>,
    shapes: BTreeSet<String>,
    records: Vec<Record<'a>>,
}

impl<'a> Types<'a> {
    fn of(&mut self, schema: &'a Schema, path: &[&'a str], role: Role) -> RustType {
        match schema.kind {
            Type::String if schema.format == Some(Format::Binary) => RustType::Bytes,
            Type::String => RustType::String,
            Type::Integer if schema.format == Some(Format::Int32) => RustType::I32,
            Type::Integer => RustType::I64,
            Type::Number => RustType::F64,
            Type::Boolean => RustType::Bool,
            Type::Any => RustType::Any,
            Type::Array => RustType::List(Box::new(
                schema
                    .items
                    .as_deref()
                    .map_or(RustType::Any, |items| self.of(items, path, role)),
            )),
            Type::Object if !schema.properties.is_empty() => self.record(schema, path, role),
            Type::Object => schema
                .additional_properties
                .as_deref()
                .map_or(RustType::Any, |values| {
                    RustType::Map(Box::new(self.of(values, path, role)))
                }),
        }
    }

    /// A struct without fields. Its static is named after it; types that differ only where words end
    /// (`AB`, `Ab`) would have the same.
    fn empty(&mut self, ident: String, role: Role, path: String) -> Record<'a> {
        let name = ident.to_shouty_snake_case();
        let name = if name.starts_with("PATTERN_") {
            format!("SHAPE_{name}")
        } else {
            name
        };
        let shape = free(&self.shapes, [name.clone()], &format!("{name}_"));
        self.shapes.insert(shape.clone());
        Record {
            ident,
            shape,
            role,
            fields: Vec::new(),
            open: false,
            path,
        }
    }

    fn record(&mut self, schema: &'a Schema, path: &[&'a str], role: Role) -> RustType {
        let ident = self.claim(path, role);
        let index = self.records.len();
        let record = self.empty(ident, role, path.join("."));
        self.records.push(record);
        let fields = self.fields(schema, path, role);
        self.records[index].fields = fields;
        RustType::Record(index)
    }

    fn fields(&mut self, schema: &'a Schema, path: &[&'a str], role: Role) -> Vec<Field<'a>> {
        schema
            .properties
            .iter()
            .map(|(wire, property)| {
                let path: Vec<&str> = path.iter().copied().chain([wire.as_str()]).collect();
                let ty = self.of(property, &path, role);
                Field {
                    ident: field_ident(property, wire),
                    wire,
                    presence: presence(property, &ty, role, false),
                    ty,
                    schema: property,
                    location: spec::Location::Query,
                    style: None,
                    region: false,
                }
            })
            .collect()
    }

    /// A type name from the path to a value. The vendor wraps lists as `Instances.Instance`; a step
    /// that the next one repeats is left out. Where that name is taken the full path is used, then
    /// a number: rare, and as stable as the path.
    fn claim(&mut self, path: &[&str], role: Role) -> String {
        let prefix = match role {
            Role::Request => "",
            Role::Response => "Response",
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

fn presence(schema: &Schema, ty: &RustType, role: Role, region: bool) -> Presence {
    let collection = matches!(ty, RustType::List(_) | RustType::Map(_));
    match role {
        Role::Request if schema.required && !region => Presence::Required,
        Role::Response if collection => Presence::Empty,
        _ => Presence::Optional,
    }
}

fn choices<'a>(spec: &'a spec::Operation, types: &mut Types<'a>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for constraint in &spec.constraints {
        let exclusive = matches!(
            constraint.rule,
            spec::RuleKind::ExactlyOneOf | spec::RuleKind::AtMostOneOf
        );
        let Some(name) = constraint.name.as_deref().filter(|_| exclusive) else {
            continue;
        };
        let mut variants = BTreeSet::new();
        let members: Option<Vec<_>> = constraint
            .parameters
            .iter()
            .map(|member| {
                let fields = &types.records[0].fields;
                let name = member.plain()?;
                let index = fields.iter().position(|field| field.wire == name)?;
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

/// The path of a rule's member or of a fact in the response, as steps from the fields inward.
///
/// Wire names may contain dots, so the longest name that fits is taken at each step; `N` stands for
/// an element of a list and is no step of its own. `None` where the path leads nowhere.
#[must_use]
pub fn resolve_path<'a>(schema: PathRoot<'a>, path: &'a str) -> Option<(Vec<&'a str>, &'a Schema)> {
    let (name, schema, rest) = schema.longest(path)?;
    if rest.is_empty() {
        return Some((vec![name], schema));
    }
    let (inner, rest) = descend(schema, rest);
    if rest.is_empty() {
        return Some((vec![name], inner));
    }
    let (mut steps, found) = resolve_path(PathRoot::Schema(inner), rest)?;
    steps.insert(0, name);
    Some((steps, found))
}

/// Through lists, with or without the `N` that names their elements.
fn descend<'a, 'p>(mut schema: &'a Schema, mut rest: &'p str) -> (&'a Schema, &'p str) {
    while let (Type::Array, Some(items)) = (schema.kind, schema.items.as_deref()) {
        schema = items;
        rest = match rest.strip_prefix('N') {
            Some("") => "",
            Some(after) => after.strip_prefix('.').unwrap_or(rest),
            None => rest,
        };
    }
    (schema, rest)
}

/// Where a path begins.
#[derive(Clone, Copy)]
pub enum PathRoot<'a> {
    /// At the parameters of an operation.
    Parameters(&'a [spec::Parameter]),
    /// At the properties of an object.
    Schema(&'a Schema),
}

impl<'a> PathRoot<'a> {
    fn longest<'p>(self, path: &'p str) -> Option<(&'p str, &'a Schema, &'p str)> {
        let ends = path
            .match_indices('.')
            .map(|(at, _)| at)
            .chain([path.len()])
            .collect::<Vec<_>>();
        ends.into_iter().rev().find_map(|end| {
            let name = &path[..end];
            let schema = match self {
                Self::Parameters(parameters) => &parameters.iter().find(|p| p.name == name)?.schema,
                Self::Schema(schema) => schema.properties.get(name)?,
            };
            Some((name, schema, path.get(end + 1..).unwrap_or_default()))
        })
    }
}

/// A value as it is written on the wire, for comparison.
#[must_use]
pub fn wire_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
