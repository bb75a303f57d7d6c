//! Records and their schemas: every request and response is a [`Record`] described by a [`Schema`].
//!
//! Generated types hold data and give access to it by position; everything that is done *with*
//! them (encoding, decoding, checking, printing, comparing) is written once, over this module.
//! What a schema means on the wire is in `encode` and `decode`, what it demands in `validate`.

use std::{cmp::Ordering, collections::BTreeMap, fmt};

pub use serde_json::Value;

use crate::pattern::Pattern;
pub use crate::{
    fields::Fields,
    format::Format,
    rule::{Predicate, Rule, RuleKind},
};

/// A struct whose fields can be read and filled by position.
///
/// Implemented by [`record!`](crate::record!) for generated types, by hand for
/// [`DynRecord`](crate::dynamic::DynRecord).
pub trait Record: fmt::Debug + Send + Sync {
    /// The schema that describes the fields.
    fn schema(&self) -> &'static Schema;
    /// The value of the field at `index` of [`Schema::fields`].
    fn get(&self, index: usize) -> ValueRef<'_>;
    /// The place to put a value for the field at `index`; `None` beyond the last field.
    fn value_mut(&mut self, index: usize) -> Option<ValueMut<'_>>;
}

/// The first value on a path of wire names, and the rest of the path. A list takes the step of the
/// object that is around it on the wire with it.
#[doc(hidden)]
pub fn step<'r, 'p>(
    record: &'r dyn Record,
    path: &'p [&'p str],
) -> Option<(ValueRef<'r>, &'p [&'p str])> {
    let (name, rest) = path.split_first()?;
    let index = record.schema().index_of(name)?;
    let wrapper = record.schema().fields[index].wrapper;
    let rest = match rest {
        [first, rest @ ..] if wrapper == Some(*first) => rest,
        rest => rest,
    };
    Some((record.get(index), rest))
}

/// The description of a record: its fields in the order of the spec, and the rules between them.
#[derive(Debug)]
pub struct Schema {
    /// The Rust name of the type, for `Debug`.
    pub name: &'static str,
    /// The fields, in the order of the spec.
    pub fields: Fields,
    /// Rules that tie fields to each other.
    pub rules: &'static [Rule],
}

impl Schema {
    /// The position of the field that keeps what the schema does not list, where there is one.
    pub fn rest(&self) -> Option<usize> {
        let last = self.fields.last()?;
        last.is_rest().then(|| self.fields.len() - 1)
    }

    /// The position of the field with this wire name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.is_named(name))
    }
}

/// One field of a [`Schema`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name on the wire; empty for the element of a list or map.
    pub name: &'static str,
    /// The kind of value that the field holds.
    pub kind: Kind,
    /// Whether every valid request carries the field.
    pub required: bool,
    /// Whether the field is the region, which the client fills in if the caller gave none.
    pub region: bool,
    /// The part of the HTTP request that carries a parameter.
    pub location: Location,
    /// The style in which a list or an object is written.
    pub style: Style,
    /// Whether the value must not be printed.
    pub sensitive: bool,
    /// The allowed values.
    pub limits: &'static Limits,
    /// Of a list in a response: the name of the object's only field, where the wire has an object
    /// around the list (`"Tags": {"Tag": […]}`) that the record does not.
    pub wrapper: Option<&'static str>,
}

/// The kind of value that a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    String,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// Bytes, sent as the body of the request.
    Bytes,
    /// Any JSON.
    Any,
    /// A nested record.
    Object(&'static Schema),
    /// A list; the element is described without a name.
    List(&'static Field),
    /// A map from text to elements.
    Map(&'static Field),
}

/// The part of the HTTP request that carries a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the query string.
    Query,
    /// In the body, as `application/x-www-form-urlencoded`.
    Form,
    /// It is the body.
    Body,
    /// In the host name: the client resolves the endpoint with it.
    Host,
}

/// The styles in which a list or an object is written into parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `Name.1=a&Name.2=b`, `Name.Key=v`: one parameter for each leaf.
    Flat,
    /// One parameter holding a JSON text.
    Json,
    /// `a,b`.
    Comma,
    /// `a b`.
    Space,
    /// `a|b`.
    Pipe,
}

/// The limits of a field; [`Limits::NONE`] allows all values.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The smallest number.
    pub minimum: Option<Bound>,
    /// The largest number.
    pub maximum: Option<Bound>,
    /// The smallest length of a text, in characters.
    pub min_length: Option<u32>,
    /// The largest length of a text, in characters.
    pub max_length: Option<u32>,
    /// The smallest number of elements.
    pub min_items: Option<u32>,
    /// The largest number of elements.
    pub max_items: Option<u32>,
    /// The texts allowed; empty for all. Numbers are compared as written in decimal.
    pub values: &'static [&'static str],
    /// The format of a text.
    pub format: Option<Format>,
    /// The pattern that a text must match.
    pub pattern: Option<&'static Pattern>,
}

/// A limit of a number: of a whole number a whole one, so that all 64 bits of it count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// A limit of whole numbers.
    Integer(i64),
    /// A limit of other numbers.
    Float(f64),
}

impl Bound {
    /// Compares a whole number with the limit, exactly. A limit that is no number is as any other.
    pub fn of_integer(self, number: i128) -> Ordering {
        match self {
            Self::Integer(bound) => number.cmp(&i128::from(bound)),
            Self::Float(bound) => compare(number, bound),
        }
    }

    /// Compares a number with the limit, exactly. What is no number is as any other.
    pub fn of_float(self, number: f64) -> Ordering {
        match self {
            Self::Integer(bound) => compare(bound.into(), number).reverse(),
            Self::Float(bound) => number.partial_cmp(&bound).unwrap_or(Ordering::Equal),
        }
    }
}

/// Compares a whole number of at most 65 bits with a float.
// Casting to an integer stops at the ends of its range, which are far from such numbers.
#[allow(clippy::cast_possible_truncation)]
fn compare(whole: i128, float: f64) -> Ordering {
    let fraction = float - float.floor();
    whole
        .cmp(&(float.floor() as i128))
        .then(0.0_f64.partial_cmp(&fraction).unwrap_or(Ordering::Equal))
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(bound) => bound.fmt(f),
            Self::Float(bound) => bound.fmt(f),
        }
    }
}

impl Limits {
    /// Everything is allowed.
    pub const NONE: Limits = Limits {
        minimum: None,
        maximum: None,
        min_length: None,
        max_length: None,
        min_items: None,
        max_items: None,
        values: &[],
        format: None,
        pattern: None,
    };
}

/// The same limits, narrowed; they chain.
impl Limits {
    /// Limits whole numbers to at least this.
    pub const fn minimum(mut self, minimum: i64) -> Self {
        self.minimum = Some(Bound::Integer(minimum));
        self
    }

    /// Limits whole numbers to at most this.
    pub const fn maximum(mut self, maximum: i64) -> Self {
        self.maximum = Some(Bound::Integer(maximum));
        self
    }

    /// Limits numbers to at least this.
    pub const fn float_minimum(mut self, minimum: f64) -> Self {
        self.minimum = Some(Bound::Float(minimum));
        self
    }

    /// Limits numbers to at most this.
    pub const fn float_maximum(mut self, maximum: f64) -> Self {
        self.maximum = Some(Bound::Float(maximum));
        self
    }

    /// Limits texts to at least this many characters.
    pub const fn min_length(mut self, characters: u32) -> Self {
        self.min_length = Some(characters);
        self
    }

    /// Limits texts to at most this many characters.
    pub const fn max_length(mut self, characters: u32) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Limits lists to at least this many elements.
    pub const fn min_items(mut self, elements: u32) -> Self {
        self.min_items = Some(elements);
        self
    }

    /// Limits lists to at most this many elements.
    pub const fn max_items(mut self, elements: u32) -> Self {
        self.max_items = Some(elements);
        self
    }

    /// Allows only these values.
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    /// Allows only texts of this format.
    pub const fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Allows only texts that match.
    pub const fn pattern(mut self, pattern: &'static Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }
}

/// A value of a field, borrowed.
#[derive(Clone, Copy)]
pub enum ValueRef<'a> {
    /// Nothing was given.
    Absent,
    /// Text.
    String(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Any JSON.
    Any(&'a Value),
    /// A nested record.
    Object(&'a dyn Record),
    /// A list.
    List(&'a dyn List),
    /// A map.
    Map(&'a dyn Map),
}

/// The elements of a list field.
pub trait List {
    /// The number of elements.
    fn len(&self) -> usize;
    /// The element at `index`; [`ValueRef::Absent`] beyond the last.
    fn get(&self, index: usize) -> ValueRef<'_>;
    /// Whether it is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The entries of a map field.
pub trait Map {
    /// The number of entries.
    fn len(&self) -> usize;
    /// The entry at `index` in the order of the keys.
    fn entry(&self, index: usize) -> Option<(&str, ValueRef<'_>)>;
    /// Shows every entry in the order of the keys, in one pass.
    fn visit<'a>(&'a self, show: &mut dyn FnMut(&'a str, ValueRef<'a>)) {
        for index in 0..self.len() {
            if let Some((key, value)) = self.entry(index) {
                show(key, value);
            }
        }
    }
    /// Whether it is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The place to put a value of a field.
pub enum ValueMut<'a> {
    /// Takes text.
    String(&'a mut dyn Put<String>),
    /// Takes a whole number.
    Integer(&'a mut dyn Put<i64>),
    /// Takes a number.
    Float(&'a mut dyn Put<f64>),
    /// Takes `true` or `false`.
    Boolean(&'a mut dyn Put<bool>),
    /// Takes bytes.
    Bytes(&'a mut dyn Put<Vec<u8>>),
    /// Takes any JSON.
    Any(&'a mut dyn Put<Value>),
    /// Makes the nested record, which is then filled field by field.
    Object(&'a mut dyn ObjectMut),
    /// Makes the list, which is then filled element by element.
    List(&'a mut dyn ListMut),
    /// Makes the map, which is then filled entry by entry.
    Map(&'a mut dyn MapMut),
}

/// Takes one value.
pub trait Put<T> {
    /// Keeps the value; `false` where the field is too narrow for it.
    #[must_use]
    fn put(&mut self, value: T) -> bool;
}

/// Makes a nested record.
pub trait ObjectMut {
    /// The record to fill.
    fn object(&mut self) -> &mut dyn Record;
}

/// Makes a list.
pub trait ListMut {
    /// Empties the list, so that it counts as given.
    fn start(&mut self);
    /// Appends an element, and returns the place to put its value.
    fn push(&mut self) -> ValueMut<'_>;
}

/// Makes a map.
pub trait MapMut {
    /// Empties the map, so that it counts as given.
    fn start(&mut self);
    /// Adds an entry, and returns the place to put its value.
    fn insert(&mut self, key: String) -> ValueMut<'_>;
}

/// A type that a field can have.
pub trait FieldType {
    /// The value.
    fn get(&self) -> ValueRef<'_>;
    /// The place to put a value.
    fn value_mut(&mut self) -> ValueMut<'_>;
}

macro_rules! scalar {
    ($($type:ty => $variant:ident($wide:ty): |$self:ident| $get:expr, |$value:ident| $put:expr;)*) => {$(
        impl FieldType for $type {
            fn get(&self) -> ValueRef<'_> {
                let $self = self;
                ValueRef::$variant($get)
            }
            fn value_mut(&mut self) -> ValueMut<'_> {
                ValueMut::$variant(self)
            }
        }
        impl Put<$wide> for $type {
            fn put(&mut self, $value: $wide) -> bool {
                let value: Option<$type> = $put;
                value.map(|value| *self = value).is_some()
            }
        }
        impl FieldType for Option<$type> {
            fn get(&self) -> ValueRef<'_> {
                match self {
                    Some($self) => ValueRef::$variant($get),
                    None => ValueRef::Absent,
                }
            }
            fn value_mut(&mut self) -> ValueMut<'_> {
                ValueMut::$variant(self)
            }
        }
        impl Put<$wide> for Option<$type> {
            fn put(&mut self, $value: $wide) -> bool {
                *self = $put;
                self.is_some()
            }
        }
    )*};
}

scalar! {
    String => String(String): |this| this, |value| Some(value);
    i32 => Integer(i64): |this| i64::from(*this), |value| i32::try_from(value).ok();
    i64 => Integer(i64): |this| *this, |value| Some(value);
    f64 => Float(f64): |this| *this, |value| Some(value);
    bool => Boolean(bool): |this| *this, |value| Some(value);
    Value => Any(Value): |this| this, |value| Some(value);
    Bytes => Bytes(Vec<u8>): |this| &this.0, |value| Some(Bytes(value));
}

/// The bytes of a body parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl<T: Into<Vec<u8>>> From<T> for Bytes {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl<T: Record> FieldType for T {
    fn get(&self) -> ValueRef<'_> {
        ValueRef::Object(self)
    }
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Object(self)
    }
}

impl<T: Record> ObjectMut for T {
    fn object(&mut self) -> &mut dyn Record {
        self
    }
}

impl<T: Record + Default> FieldType for Option<T> {
    fn get(&self) -> ValueRef<'_> {
        match self {
            Some(record) => ValueRef::Object(record),
            None => ValueRef::Absent,
        }
    }
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Object(self)
    }
}

impl<T: Record + Default> ObjectMut for Option<T> {
    fn object(&mut self) -> &mut dyn Record {
        self.get_or_insert_default()
    }
}

impl<T: FieldType + Default> FieldType for Vec<T> {
    fn get(&self) -> ValueRef<'_> {
        ValueRef::List(self)
    }
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::List(self)
    }
}

impl<T: FieldType> List for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.as_slice().get(index).map_or(ValueRef::Absent, T::get)
    }
}

impl<T: FieldType + Default> ListMut for Vec<T> {
    fn start(&mut self) {
        self.clear();
    }
    fn push(&mut self) -> ValueMut<'_> {
        let last = self.len();
        self.push(T::default());
        self[last].value_mut()
    }
}

impl<T: FieldType + Default> FieldType for Option<Vec<T>> {
    fn get(&self) -> ValueRef<'_> {
        match self {
            Some(list) => ValueRef::List(list),
            None => ValueRef::Absent,
        }
    }
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::List(self)
    }
}

impl<T: FieldType + Default> ListMut for Option<Vec<T>> {
    fn start(&mut self) {
        *self = Some(Vec::new());
    }
    fn push(&mut self) -> ValueMut<'_> {
        ListMut::push(self.get_or_insert_default())
    }
}

impl<T: FieldType + Default> FieldType for BTreeMap<String, T> {
    fn get(&self) -> ValueRef<'_> {
        ValueRef::Map(self)
    }
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Map(self)
    }
}

impl<T: FieldType> Map for BTreeMap<String, T> {
    fn len(&self) -> usize {
        self.len()
    }
    fn entry(&self, index: usize) -> Option<(&str, ValueRef<'_>)> {
        self.iter()
            .nth(index)
            .map(|(key, value)| (key.as_str(), value.get()))
    }
    fn visit<'a>(&'a self, show: &mut dyn FnMut(&'a str, ValueRef<'a>)) {
        for (key, value) in self {
            show(key, value.get());
        }
    }
}

impl<T: FieldType + Default> MapMut for BTreeMap<String, T> {
    fn start(&mut self) {
        self.clear();
    }
    fn insert(&mut self, key: String) -> ValueMut<'_> {
        self.entry(key).or_default().value_mut()
    }
}

impl<T: FieldType + Default> FieldType for Option<BTreeMap<String, T>> {
    fn get(&self) -> ValueRef<'_> {
        match self {
            Some(map) => ValueRef::Map(map),
            None => ValueRef::Absent,
        }
    }
    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Map(self)
    }
}

impl<T: FieldType + Default> MapMut for Option<BTreeMap<String, T>> {
    fn start(&mut self) {
        *self = Some(BTreeMap::new());
    }
    fn insert(&mut self, key: String) -> ValueMut<'_> {
        MapMut::insert(self.get_or_insert_default(), key)
    }
}

/// A list of texts as setters take it: an array, a `Vec` or any other iterator over what becomes a
/// `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of texts",
    label = "expected a list of texts, such as `[\"a\", \"b\"]`",
    note = "put brackets around a single text"
)]
pub trait IntoStrings {
    /// The texts.
    fn into_strings(self) -> Vec<String>;
}

// What is missing is told by the trait itself, not by the bounds here.
#[diagnostic::do_not_recommend]
impl<I: IntoIterator<Item: Into<String>>> IntoStrings for I {
    #[inline]
    fn into_strings(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

/// Fields of a record by position, borrowed: a tuple of references.
#[doc(hidden)]
pub trait FieldsRef<'a> {
    /// The value of the field at a position.
    fn at(self, position: usize) -> ValueRef<'a>;
}

/// Fields of a record by position, borrowed to be filled.
#[doc(hidden)]
pub trait FieldsMut<'a> {
    /// The place to put a value for the field at a position.
    fn at_mut(self, position: usize) -> Option<ValueMut<'a>>;
}

macro_rules! tuples {
    ($($type:ident $at:tt)*) => {
        tuples!(@each [] $($type $at)*);
    };
    (@each [$($type:ident $at:tt)*]) => { tuples!(@one $($type $at)*); };
    (@each [$($type:ident $at:tt)*] $next:ident $last:tt $($rest:tt)*) => {
        tuples!(@one $($type $at)*);
        tuples!(@each [$($type $at)* $next $last] $($rest)*);
    };
    (@one $($type:ident $at:tt)*) => {
        impl<'a, $($type: FieldType),*> FieldsRef<'a> for ($(&'a $type,)*) {
            #[inline]
            fn at(self, position: usize) -> ValueRef<'a> {
                match position {
                    $($at => self.$at.get(),)*
                    _ => ValueRef::Absent,
                }
            }
        }

        impl<'a, $($type: FieldType),*> FieldsMut<'a> for ($(&'a mut $type,)*) {
            #[inline]
            fn at_mut(self, position: usize) -> Option<ValueMut<'a>> {
                match position {
                    $($at => Some(self.$at.value_mut()),)*
                    _ => None,
                }
            }
        }
    };
}

tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15);

impl Field {
    /// A field of the given name and kind: optional, in the query, flattened, without limits.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            required: false,
            region: false,
            location: Location::Query,
            style: Style::Flat,
            sensitive: false,
            limits: &Limits::NONE,
            wrapper: None,
        }
    }

    /// Text.
    pub const fn string(name: &'static str) -> Self {
        Self::new(name, Kind::String)
    }

    /// A whole number of 64 bits.
    pub const fn int64(name: &'static str) -> Self {
        Self::new(name, Kind::Int64)
    }

    /// A whole number of 32 bits.
    pub const fn int32(name: &'static str) -> Self {
        Self::new(name, Kind::Int32)
    }

    /// A number.
    pub const fn float(name: &'static str) -> Self {
        Self::new(name, Kind::Float)
    }

    /// `true` or `false`.
    pub const fn boolean(name: &'static str) -> Self {
        Self::new(name, Kind::Boolean)
    }

    /// Bytes.
    pub const fn bytes(name: &'static str) -> Self {
        Self::new(name, Kind::Bytes)
    }

    /// Any JSON.
    pub const fn any(name: &'static str) -> Self {
        Self::new(name, Kind::Any)
    }

    /// A nested record.
    pub const fn object(name: &'static str, schema: &'static Schema) -> Self {
        Self::new(name, Kind::Object(schema))
    }

    /// A list.
    pub const fn list(name: &'static str, element: &'static Field) -> Self {
        Self::new(name, Kind::List(element))
    }

    /// A map.
    pub const fn map(name: &'static str, element: &'static Field) -> Self {
        Self::new(name, Kind::Map(element))
    }

    /// The field for values that the schema does not list: a map after all other fields, without a
    /// name of its own.
    pub const fn rest(element: &'static Field) -> Self {
        Self::new("", Kind::Map(element))
    }

    /// Whether the field has this wire name. That of the rest has none, not the empty one.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name == name && !self.is_rest()
    }

    /// The field keeps what the schema does not list.
    pub fn is_rest(&self) -> bool {
        self.name.is_empty() && matches!(self.kind, Kind::Map(_))
    }

    /// Marks the field as required.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Marks the field as the region, which the client fills in if the caller gave none.
    pub const fn region(mut self) -> Self {
        self.region = true;
        self
    }

    /// Sets the location.
    pub const fn location(mut self, location: Location) -> Self {
        self.location = location;
        self
    }

    /// Sets the style.
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// Marks the field as sensitive: it must not be printed.
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Sets the allowed values.
    pub const fn limits(mut self, limits: &'static Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the name of the list on the wire, where an object is around it.
    pub const fn wrapped(mut self, wrapper: &'static str) -> Self {
        self.wrapper = Some(wrapper);
        self
    }
}

/// Implements [`Record`], `Clone`, `Debug` and `PartialEq` (and serde's traits, feature `serde`) for
/// a struct that has `Default`, with its fields in the order of the schema:
///
/// ```text
/// record! {
///     request Name = SCHEMA {
///         first_field,
///         second_field,
///     }
/// }
/// ```
///
/// `SCHEMA` is a static, or `0 of SCHEMAS` the first of a text.
///
/// All of them go through the schema: deriving them for each struct would be most of the compiler's
/// work. After `response`, serde's `Deserialize` is as tolerant as
/// [`decode`](crate::decode::decode); after `request`, names and kinds must be right.
#[doc(hidden)]
#[macro_export]
macro_rules! record {
    ($role:ident $type:ident = $schema:ident { $($field:ident),* $(,)? }) => {
        $crate::record!(@$role $type, &$schema, $($field)*);
    };
    ($role:ident $type:ident = $position:literal of $schemas:ident { $($field:ident),* $(,)? }) => {
        $crate::record!(@$role $type, $schemas.get($position), $($field)*);
    };
    (@request $type:ident, $schema:expr, $($field:ident)*) => {
        $crate::record!(@record $type, $schema, $($field)*);
        $crate::record_serde!($type, strict);

        impl $type {
            /// Checks everything that the spec states: required parameters, limits and rules.
            ///
            /// # Errors
            ///
            /// All violations at once.
            #[inline]
            pub fn validate(&self) -> Result<(), $crate::validate::Violations> {
                $crate::validate::check(self)
            }
        }
    };
    (@response $type:ident, $schema:expr, $($field:ident)*) => {
        $crate::record!(@record $type, $schema, $($field)*);
        $crate::record_serde!($type, tolerant);
    };
    // Everything is `#[inline]`, so that it is compiled where it is used, if it is.
    (@record $type:ident, $schema:expr, $($field:ident)*) => {
        impl $crate::record::Record for $type {
            #[inline]
            fn schema(&self) -> &'static $crate::record::Schema {
                $schema
            }
            #[inline]
            fn get(&self, index: usize) -> $crate::record::ValueRef<'_> {
                $crate::record!(@get self, index, $($field)*)
            }
            #[inline]
            fn value_mut(&mut self, index: usize) -> Option<$crate::record::ValueMut<'_>> {
                $crate::record!(@value_mut self, index, $($field)*)
            }
        }

        impl Clone for $type {
            #[inline]
            fn clone(&self) -> Self {
                $crate::copy::clone(self)
            }
        }

        impl ::std::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::print::debug(self, stringify!($($field),*), f)
            }
        }

        impl PartialEq for $type {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::compare::equal(self, other)
            }
        }
    };
    // The field at a position. A macro cannot count, and there are tuples of sixteen, so that is how
    // many are taken at a time.
    (@get $self:ident, $at:expr,
        $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident $i:ident $j:ident $k:ident $l:ident $m:ident $n:ident $o:ident $p:ident $($rest:ident)+
    ) => {
        match $at {
            0..16 => $crate::record!(@get $self, $at, $a $b $c $d $e $f $g $h $i $j $k $l $m $n $o $p),
            at => $crate::record!(@get $self, at - 16, $($rest)+),
        }
    };
    (@get $self:ident, $at:expr, $($field:ident)*) => {
        $crate::record::FieldsRef::at(($(&$self.$field,)*), $at)
    };
    (@value_mut $self:ident, $at:expr,
        $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident $i:ident $j:ident $k:ident $l:ident $m:ident $n:ident $o:ident $p:ident $($rest:ident)+
    ) => {
        match $at {
            0..16 => $crate::record!(@value_mut $self, $at, $a $b $c $d $e $f $g $h $i $j $k $l $m $n $o $p),
            at => $crate::record!(@value_mut $self, at - 16, $($rest)+),
        }
    };
    (@value_mut $self:ident, $at:expr, $($field:ident)*) => {
        $crate::record::FieldsMut::at_mut(($(&mut $self.$field,)*), $at)
    };
}
