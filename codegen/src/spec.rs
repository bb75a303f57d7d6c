//! The format of the files in `api-spec/`, as plain data.
//!
//! These types say what a spec may contain; the JSON Schemas beside the specs are made from them,
//! and so are the structural checks of [`crate::check`]. What the contents *mean* for each other is
//! checked there too, on these types; nothing here knows about Rust code.

use std::collections::BTreeMap;

use alicloud_schema::record;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Schemas within schemas. The types of generated code nest as they do, and the compiler follows types within
/// types no further than 128.
pub const DEEPEST: usize = 40;

/// The error codes of a product with their meanings. A row of an operation that has no description of
/// its own takes the meaning of its code from here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Codes {
    /// The JSON Schema of this file, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The meaning of each code, in our own words: what is wrong, and what to do.
    pub codes: IndexMap<String, String>,
}

/// A type that several operations of a product share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedType {
    /// The JSON Schema of this file, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub json_schema: Option<String>,
    /// The type of the value, and its limits.
    #[serde(flatten)]
    pub schema: Schema,
}

/// One operation of a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operation {
    /// The JSON Schema of this file, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The name on the wire. The file is called the same.
    pub operation: String,
    /// The name of its type in Rust, where another operation or some file systems leave no room for the one made
    /// from the name on the wire. The file is called the same then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rust: Option<String>,
    /// The purpose of the operation, in one sentence of our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The details that a caller should know, in our own words; Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The vendor's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The date on which a person last compared this file with the vendor's page, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<String>,
    /// The topic under which the documentation lists it: one of the product's `topics`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The vendor advises against new uses: `true`, a text that says what to do instead, or
    /// `{ "use": "OtherOperation" }`.
    #[serde(default, skip_serializing_if = "Deprecation::is_none")]
    pub deprecated: Deprecation,
    /// Whether it changes anything. A read may be repeated at will. `write` unless stated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub access: Access,
    /// The HTTP method to use; `POST` unless stated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub method: Method,
    /// It takes no signature.
    #[serde(default, skip_serializing_if = "is_false")]
    pub anonymous: bool,
    /// The parameters, in the order of the documentation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// Rules between parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
    /// The idempotency token, which makes a retry safe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency: Option<Idempotency>,
    /// The dry run: a check without effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<DryRun>,
    /// The pagination of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination: Option<Pagination>,
    /// States to wait for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiters: Vec<Waiter>,
    /// The response. Without it any answer is accepted and given as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Schema>,
    /// A response, for documentation and tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_example: Option<Value>,
    /// The error table, every row of it, spelled as on the wire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorRow>,
    /// The permissions that a caller needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<Permission>,
    /// The facts in which this file differs from its source, with reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departures: Vec<Departure>,
}

impl Operation {
    /// An operation of which nothing but the name is known.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            schema: Some("../../schema/operation.schema.json".to_owned()),
            operation: name.to_owned(),
            rust: None,
            summary: None,
            description: None,
            docs: None,
            reviewed: None,
            topic: None,
            deprecated: Deprecation::default(),
            access: Access::default(),
            method: Method::default(),
            anonymous: false,
            parameters: Vec::new(),
            constraints: Vec::new(),
            idempotency: None,
            dry_run: None,
            pagination: None,
            waiters: Vec::new(),
            response: None,
            response_example: None,
            errors: Vec::new(),
            permissions: Vec::new(),
            departures: Vec::new(),
        }
    }

    /// The name from which those of its type, of its module and of its file are made.
    #[must_use]
    pub fn rust_name(&self) -> &str {
        self.rust.as_deref().unwrap_or(&self.operation)
    }
}

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// The name on the wire. It may contain dots.
    pub name: String,
    /// The part of the HTTP request that carries it; the query by default.
    #[serde(rename = "in", default, skip_serializing_if = "is_default")]
    pub location: Location,
    /// The style in which a list or an object is written; `repeatList` for lists and `flat` for
    /// objects by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<Style>,
    /// The type of the value, and its limits.
    #[serde(flatten)]
    pub schema: Schema,
}

/// The deprecation of something: whether the vendor advises against new uses, and what it advises instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Deprecation {
    /// `true`: nothing is said about what to use instead.
    Flag(bool),
    /// The advice on what to do instead, in our own words.
    Note(String),
    /// Something else takes its place.
    Replaced(Replacement),
}

/// The replacement of something deprecated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// The operation, or the path of the parameter or response field, to use instead.
    #[serde(rename = "use")]
    pub instead: String,
}

impl Default for Deprecation {
    fn default() -> Self {
        Self::Flag(false)
    }
}

impl From<bool> for Deprecation {
    fn from(deprecated: bool) -> Self {
        Self::Flag(deprecated)
    }
}

impl Deprecation {
    /// Not deprecated.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::Flag(false)
    }

    /// Deprecated, with or without a replacement.
    #[must_use]
    pub fn is_some(&self) -> bool {
        !self.is_none()
    }

    /// The name of what to use instead, where the spec gives one.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        match self {
            Self::Replaced(replacement) => Some(&replacement.instead),
            Self::Flag(_) | Self::Note(_) => None,
        }
    }
}

/// The type and the limits of a value. The keywords are those of JSON Schema where it has one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schema {
    /// The file of a type that operations share, in the place of everything that the type says:
    /// `../types/Tag.json`, or from another type `Tag.json`.
    #[serde(rename = "$ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The type of the value.
    #[serde(rename = "type")]
    pub kind: Type,
    /// The format of a number or a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// Every valid request carries it (within its object). Of no meaning in a response.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// The vendor advises against new uses: `true`, a text that says what to do instead, or
    /// `{ "use": "Other" }` with the path of another parameter (in a response: of another field).
    #[serde(default, skip_serializing_if = "Deprecation::is_none")]
    pub deprecated: Deprecation,
    /// A secret: never printed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// The name in Rust, where the one made from the wire name collides with another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rust: Option<String>,
    /// The meaning of the value, in our own words; Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A value, for documentation and tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// The value that the server uses if none is sent. It is only documentation, and never sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The least number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<serde_json::Number>,
    /// The greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<serde_json::Number>,
    /// The least length of a text, in characters. `0` says that the empty text means something;
    /// without it, an empty text for a required parameter is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// The greatest length of a text, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// The least number of elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_items: Option<u32>,
    /// The greatest number of elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u32>,
    /// The pattern that a text must match: a regular expression, searched for anywhere in the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The values allowed: the list is closed, another value is refused.
    #[serde(rename = "enum", default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
    /// The values that the vendor documents, of text and whole numbers. The list is open: another value is
    /// sent as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_values: Vec<KnownValue>,
    /// The element of an array.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Schema>>,
    /// The fields of an object.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub properties: IndexMap<String, Schema>,
    /// The values of a map: an object whose keys are not known beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_properties: Option<Box<Schema>>,
    /// In a response: the request parameters that decide this array. The embedded endpoint answers with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echo: Option<Echo>,
}

/// A value that the vendor documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KnownValue {
    /// The value, spelled as on the wire.
    pub value: Value,
    /// The meaning of the value, in a few words of our own; left out if the value says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Schema {
    /// Whether it limits what a value may be.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        let numbers = self.minimum.is_some() || self.maximum.is_some();
        let lengths = self.min_length.is_some() || self.max_length.is_some();
        let items = self.min_items.is_some() || self.max_items.is_some();
        numbers || lengths || items || self.pattern.is_some() || !self.values.is_empty()
    }

    /// The schemas directly within: elements, fields, values of a map.
    pub fn inner(&self) -> impl Iterator<Item = &Schema> {
        let items = self.items.as_deref().into_iter();
        let values = self.additional_properties.as_deref();
        items.chain(values).chain(self.properties.values())
    }

    /// Whether something is so of this schema or of one within.
    pub fn any(&self, is: &impl Fn(&Schema) -> bool) -> bool {
        is(self) || self.inner().any(|schema| schema.any(is))
    }
}

/// The request parameters that decide an array of the response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Echo {
    /// The array parameter whose values come back.
    pub values: String,
    /// The integer parameter that tells how many values are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
}

/// The types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Type {
    /// Text.
    #[default]
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An array.
    Array,
    /// An object with known fields (`properties`), a map (`additionalProperties`), or any object.
    Object,
    /// Any JSON.
    Any,
}

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits (as is an integer without a format).
    Int64,
    /// A number of single precision.
    Float,
    /// A number of double precision (as is a number without a format).
    Double,
    /// Text of ASCII characters only.
    Ascii,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// An IPv4 prefix in CIDR notation.
    Ipv4Cidr,
    /// An IPv6 prefix in CIDR notation.
    Ipv6Cidr,
    /// Bytes; of a parameter that is the body.
    Binary,
}

impl Format {
    /// The format of text, where it is one.
    #[must_use]
    pub const fn of_text(self) -> Option<record::Format> {
        match self {
            Self::Ascii => Some(record::Format::Ascii),
            Self::Ipv4 => Some(record::Format::Ipv4),
            Self::Ipv6 => Some(record::Format::Ipv6),
            Self::Ipv4Cidr => Some(record::Format::Ipv4Cidr),
            Self::Ipv6Cidr => Some(record::Format::Ipv6Cidr),
            Self::Int32 | Self::Int64 | Self::Float | Self::Double | Self::Binary => None,
        }
    }
}

/// The part of the HTTP request that carries a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Location {
    /// In the query string.
    #[default]
    Query,
    /// In the body, as a form.
    FormData,
    /// It is the body.
    Body,
    /// In the host name.
    Host,
}

impl Location {
    /// Whether it is sent under its name, in the query string or a form.
    pub(crate) fn is_named(self) -> bool {
        matches!(self, Self::Query | Self::FormData)
    }
}

/// The style in which an array or an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Style {
    /// `Name.1=a&Name.2=b`.
    RepeatList,
    /// `Name.Field=a`; for arrays the same as `repeatList`.
    Flat,
    /// One parameter holding a JSON text.
    Json,
    /// `a,b`.
    Simple,
    /// `a b`.
    SpaceDelimited,
    /// `a|b`.
    PipeDelimited,
}

/// The access of an operation: whether it changes anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// It changes nothing.
    Read,
    /// It may change something.
    #[default]
    Write,
}

/// The HTTP method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    #[default]
    Post,
}

/// A rule between parameters.
///
/// *Present* means: written into the request. An empty array and an object with nothing in it are not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Constraint {
    /// The kind of the rule.
    pub rule: RuleKind,
    /// A name for the choice between the members; `exactly-one-of` and `at-most-one-of` rules over
    /// parameters get an enum and a setter of this name in Rust. `snake_case`. Members are then plain
    /// names: a variant holds the value of one parameter, so values and groups make none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The array parameter whose every element the rule is about; members are then fields of the element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// The members (all rules but `requires`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Member>,
    /// The condition of a `requires` rule; of several, all must hold.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Members>,
    /// The members that must hold then; of several, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Members>,
    /// The source of the rule, in our own words.
    pub reason: String,
}

/// The kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// One member holds, no other does.
    ExactlyOneOf,
    /// No two members hold.
    AtMostOneOf,
    /// Some member holds.
    AtLeastOneOf,
    /// All members hold, or none does.
    AllOrNone,
    /// If `if` holds, `then` must hold.
    Requires,
}

impl From<RuleKind> for record::RuleKind {
    fn from(kind: RuleKind) -> Self {
        match kind {
            RuleKind::ExactlyOneOf => Self::ExactlyOneOf,
            RuleKind::AtMostOneOf => Self::AtMostOneOf,
            RuleKind::AtLeastOneOf => Self::AtLeastOneOf,
            RuleKind::AllOrNone => Self::AllOrNone,
            RuleKind::Requires => Self::Requires,
        }
    }
}

/// One member or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Members {
    /// One.
    One(Member),
    /// Several.
    All(Vec<Member>),
}

impl Members {
    /// The members.
    #[must_use]
    pub fn as_slice(&self) -> &[Member] {
        match self {
            Self::One(member) => std::slice::from_ref(member),
            Self::All(members) => members,
        }
    }
}

/// A member of a rule: a fact, or a group of facts of which one is enough.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Member {
    /// It holds where this does.
    One(Fact),
    /// It holds where any of these does.
    AnyOf(AnyOf),
}

/// A group of facts that holds where any of them does. To a rule it is one member: in an
/// `at-most-one-of`, two of its facts may hold together. A group contains no other group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnyOf {
    /// The facts, at least two.
    pub any_of: Vec<Fact>,
}

/// Something that is so or not about a parameter.
///
/// A parameter by its wire name; a field within by a path: `SystemDisk.Size`, and through an array
/// `NetworkInterface.N.PrimaryIpAddress`, which means some element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Fact {
    /// The parameter is present.
    Present(String),
    /// The parameter has one of the values.
    Is(FactIs),
}

/// A parameter that has one of some values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactIs {
    /// The parameter, or the path of a field within.
    pub parameter: String,
    /// The values.
    #[serde(rename = "is")]
    pub values: Vec<Value>,
}

impl Member {
    /// The facts of which one is enough; one alone where it is no group.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        match self {
            Self::One(fact) => std::slice::from_ref(fact),
            Self::AnyOf(group) => &group.any_of,
        }
    }

    /// The parameter whose mere presence it is, where it is that: no value, no group.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::One(Fact::Present(path)) => Some(path),
            Self::One(Fact::Is(_)) | Self::AnyOf(_) => None,
        }
    }
}

impl Fact {
    /// The parameter, or the path of a field within.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Present(path) => path,
            Self::Is(is) => &is.parameter,
        }
    }

    /// The values of which it has one; empty for any.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        match self {
            Self::Present(_) => &[],
            Self::Is(is) => &is.values,
        }
    }
}

/// The idempotency token, which makes a retry safe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Idempotency {
    /// The parameter that takes a token of the client's.
    pub token: String,
}

/// The dry run: a check without effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DryRun {
    /// The boolean parameter.
    pub parameter: String,
}

/// What numbers and sizes of pages and totals may be: some services write them as text.
pub(crate) const PAGE_NUMBERS: &[Type] = &[Type::Integer, Type::String];

/// The pagination of a result: `pageNumber` with `total`, or `token` with `nextToken`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pagination {
    /// The parameter with the page number, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_number: Option<String>,
    /// The parameter that takes the token of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The parameter with the size of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<String>,
    /// Path in the response: how many items there are in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// Path in the response: the token of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// Path in the response: the items.
    pub items: String,
}

/// A state to wait for, told from the response of this (read) operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiter {
    /// The name, `UpperCamelCase`.
    pub name: String,
    /// Path in the response: the state. Through an array, every element must be there.
    pub path: String,
    /// The resources that a request names: the wait ends only when all of them have reached the
    /// state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<WaiterIds>,
    /// Parameters that a check has unless the request sets them, by name, as texts: such as a
    /// filter without which the operation leaves out resources in other states.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// States that end the wait with success. Without any, the resource is to be gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success: Vec<String>,
    /// States that end the wait with failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failure: Vec<String>,
    /// Error codes that mean "not yet".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retry_errors: Vec<String>,
    /// Error codes that end the wait with success.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success_errors: Vec<String>,
    /// An answer without any element ends the wait with success, as it does for a deletion.
    #[serde(default, skip_serializing_if = "is_false")]
    pub success_when_empty: bool,
    /// Seconds between two looks, at first.
    pub delay: u32,
    /// Seconds to wait in all.
    pub deadline: u32,
}

/// The way in which a waiter recognizes the resources that were requested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WaiterIds {
    /// The parameter that names them: a list, a JSON text of one, or one text, with commas or without.
    pub parameter: String,
    /// Path in the response: the name of the resource, beside its state.
    pub path: String,
}

/// One row of an error table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ErrorRow {
    /// The HTTP status, 100 to 599. Left out where the vendor states none that could be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u32>,
    /// The code, spelled as on the wire. `%s` stands for any text.
    pub code: String,
    /// The name of the variant in Rust, where the one made from the code collides with another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rust: Option<String>,
    /// The message; `%s` stands for any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The meaning of the error, in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The same call may succeed later.
    #[serde(default, skip_serializing_if = "is_false")]
    pub retryable: bool,
}

/// A permission that a caller needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permission {
    /// The action, `product:Operation`.
    pub action: String,
    /// The access level in the vendor's words.
    pub access: AccessLevel,
    /// The types of resources that the action is about; all resources (`*`) unless stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceType>,
    /// The condition keys of the product that a policy can narrow the action by, such as `ecs:tag`.
    /// Those of all products (`acs:SourceIp`) go without saying.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub condition_keys: Vec<String>,
    /// Other actions that the caller must be allowed too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependent_actions: Vec<String>,
}

/// A type of resources that an action is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceType {
    /// The type in the vendor's words, such as `Instance`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Every call is checked against a resource of this type. Others are only where a request names one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// The resources, as ARN templates: `acs:ecs:{#regionId}:{#accountId}:disk/{#diskId}`.
    pub arns: Vec<String>,
}

/// The vendor's access levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AccessLevel {
    /// Makes something.
    Create,
    /// Shows many.
    List,
    /// Shows one.
    Get,
    /// Changes something.
    Update,
    /// Removes something.
    Delete,
    /// No level is documented.
    None,
}

impl AccessLevel {
    /// The vendor's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Get => "get",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::None => "none",
        }
    }
}

/// A place where a spec says something else than its source.
///
/// An import keeps what the spec says as long as the source still says `source`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Departure {
    /// The fact, by names from the top: `/parameters/Tag/items/properties/Key/maxLength`,
    /// `/errors/404 InvalidEniId.NotFound`. A whole parameter, property or row by its place; all
    /// that the source has not of a list by the place of the list (`/errors`).
    pub at: String,
    /// The source. An import only considers the metadata.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from: Origin,
    /// The statement of the source; `null` if it says nothing, `true` if it has a whole parameter,
    /// property or row that the spec leaves out.
    #[serde(default)]
    pub source: Value,
    /// The reason why the spec departs from it.
    pub reason: String,
}

/// The vendor's two sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// The machine-readable metadata.
    #[default]
    Metadata,
    /// The page for people.
    Page,
}

/// A product: one API version of one service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Product {
    /// The JSON Schema of this file, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The vendor's code, such as `Ecs`.
    pub product: String,
    /// The API version, such as `2014-05-26`.
    pub version: String,
    /// The full name of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The sources of the facts in the specs, with their dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// The signatures that the product takes, the preferred one first.
    pub signatures: Vec<SignatureKind>,
    /// Values of `Code` with which the product answers a success, beside `OK`, `Success` and `200`, in
    /// any case of letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success_codes: Vec<String>,
    /// Error codes that mean: a request with the same idempotency token is still being carried out. The client
    /// waits and repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_progress_codes: Vec<String>,
    /// The parameter that the client fills with its region where a request requires one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_parameter: Option<String>,
    /// The topics of the operations, in the order of the documentation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// The regions that the vendor lists, with their hosts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<Endpoint>,
    /// The host in a region that is not listed; `{region}` stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_rule: Option<String>,
    /// The same inside a VPC network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_endpoint_rule: Option<String>,
    /// Errors that every operation can answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorRow>,
}

/// A source of facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    /// The name of the source, in a few words.
    pub name: String,
    /// As of when, `YYYY-MM-DD` or `YYYY-MM`; left out where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The kinds of facts that were taken from it. Each kind comes from one source.
    pub facts: Vec<Facts>,
}

/// Kinds of facts, as sources state them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Facts {
    /// The list of operations.
    Operations,
    /// Parameters: names, types, what is required.
    Parameters,
    /// The limits of parameters, where they are stated as data.
    Limits,
    /// Limits, documented values and rules that the vendor states in prose.
    Prose,
    /// The shapes of responses.
    Responses,
    /// Error tables.
    Errors,
    /// Permissions.
    Permissions,
    /// Regions and their hosts.
    Endpoints,
}

impl Facts {
    /// The name of the facts in messages.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Parameters => "parameters",
            Self::Limits => "limits",
            Self::Prose => "limits, values and rules in prose",
            Self::Responses => "responses",
            Self::Errors => "errors",
            Self::Permissions => "permissions",
            Self::Endpoints => "endpoints",
        }
    }
}

/// The two ways to sign a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// `ACS3-HMAC-SHA256`, in headers.
    Acs3HmacSha256,
    /// `HMAC-SHA1`, signature version 1.0, in parameters.
    HmacSha1,
}

/// The host names of a product in one region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endpoint {
    /// The region, such as `cn-hangzhou`.
    pub region: String,
    /// The public host.
    pub host: String,
    /// The host inside a VPC network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_host: Option<String>,
}

impl Schema {
    /// The name of the type that it refers to.
    #[must_use]
    pub fn shared(&self) -> Option<&str> {
        self.reference.as_deref().and_then(crate::types::name_of)
    }
}

// serde's `skip_serializing_if` hands over references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
