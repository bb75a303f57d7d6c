//! Validation: checks a request against everything that its schema states, which is required
//! parameters, limits of values, and rules between parameters.
//!
//! Nothing is allocated for a valid request. [`is_present`] defines when a value counts as given;
//! the encoder writes exactly those values.

use std::{
    cmp::Ordering,
    fmt::{self, Display},
};

use serde_json::Value;

use crate::{
    path::{OwnedStep, Path},
    record::{Bound, Field, Kind, Limits, List, Map, Record, RuleKind, Style, ValueRef},
};

mod rules;

/// The most characters of a given value that are shown.
const SHOWN: usize = 60;

/// Everything that is wrong with a request: one violation or more.
///
/// ```
/// # {
/// use alicloud::ecs::AssignIpv6Addresses;
///
/// let violations = AssignIpv6Addresses::new("eni-bp1iqejowblx6h8j").validate().unwrap_err();
/// for violation in &violations {
///     println!("{}: {violation}", violation.parameter);
/// }
/// assert_eq!(violations.len(), violations.iter().count());
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// An error with all that was found, where something was.
    ///
    /// # Errors
    ///
    /// The violations, unless there are none.
    #[doc(hidden)]
    pub fn unless_none(found: Vec<Violation>) -> Result<(), Self> {
        match found.is_empty() {
            true => Ok(()),
            false => Err(Self(found)),
        }
    }

    /// The number of violations: at least one.
    #[expect(clippy::len_without_is_empty, reason = "they are never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The violations, first those of parameters in the order of the spec, then those of rules.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// The parameter by its wire name, such as `Tag.1.Key`. For a rule, the parameters that it is
    /// about, joined with `, `; of alternatives, only those that were given, if any was.
    pub parameter: String,
    /// The kind of violation.
    pub kind: ViolationKind,
    /// The given value, in short; `None` if nothing was given or the value is a secret. For a rule,
    /// the parameters that break it, such as `Ipv6Address and Amount = 2`: with the value if the
    /// rule is about values and the value is not a secret.
    pub given: Option<String>,
    /// Of a rule: more than one parameter is in `given`.
    several: bool,
    /// The way from the request to the value; none where it is about a rule or a name on the wire.
    steps: Vec<OwnedStep>,
    /// The allowed values, in words. For a rule, `it` and `them` stand for the given parameters.
    pub allowed: String,
    /// The reason of a rule.
    pub reason: Option<&'static str>,
}

/// The kinds of violations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// A required parameter is missing, or its text is empty.
    Required,
    /// An empty list or map was given, or an element with nothing in it, which cannot be sent.
    Empty,
    /// A number is too small.
    Minimum,
    /// A number is too large.
    Maximum,
    /// A text is too short.
    MinLength,
    /// A text is too long.
    MaxLength,
    /// A list has too few elements.
    MinItems,
    /// A list has too many elements.
    MaxItems,
    /// A value is not among those allowed.
    Enum,
    /// A text does not have its format, or a number does not fit its type.
    Format,
    /// A text does not match its pattern.
    Pattern,
    /// A value is of another kind (only in requests that are not typed).
    Type,
    /// A parameter that the spec does not list (only in requests that are not typed).
    Unknown,
    /// A rule between parameters.
    Rule(RuleKind),
}

impl Violation {
    #[cold]
    pub(crate) fn new(
        parameter: String,
        kind: ViolationKind,
        given: Option<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self {
            parameter,
            kind,
            given,
            several: false,
            steps: Vec::new(),
            allowed: allowed.into(),
            reason: None,
        }
    }

    /// The same, about the value at this place.
    pub(crate) fn at(mut self, path: &Path<'_>) -> Self {
        self.steps = path.to_steps();
        self
    }

    /// The way from the request to the value, where it is known.
    #[doc(hidden)]
    pub fn steps(&self) -> &[OwnedStep] {
        &self.steps
    }

    /// The violation in words, without the name of the parameter. That of a rule keeps the names: they
    /// are part of its sentence.
    #[doc(hidden)]
    pub fn words(&self) -> String {
        if matches!(self.kind, ViolationKind::Rule(_)) {
            return self.to_string();
        }
        let nameless = Self {
            parameter: String::new(),
            ..self.clone()
        };
        nameless.to_string()
    }
}

impl Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.given.as_deref().unwrap_or("the value");
        let allowed = &self.allowed;
        let be = match allowed.ends_with('s') {
            true => "are",
            false => "is",
        };
        match (self.kind, &self.given) {
            (ViolationKind::Rule(_), Some(given)) => {
                let verb = if self.several { "were" } else { "was" };
                write!(f, "{given} {verb} given; ")?;
            }
            (ViolationKind::Rule(_), None) => {
                write!(f, "none of {} was given; ", self.parameter)?;
            }
            _ if self.parameter.is_empty() => {}
            (ViolationKind::Required, _) => write!(f, "{} ", self.parameter)?,
            _ => write!(f, "{}: ", self.parameter)?,
        }
        match self.kind {
            ViolationKind::Required if self.given.is_some() => {
                write!(f, "is required and must not be empty")
            }
            ViolationKind::Required => write!(f, "is required"),
            ViolationKind::Empty => write!(f, "{given} cannot be sent; {allowed}"),
            ViolationKind::Minimum => write!(f, "{given} is too small; {allowed} {be} required"),
            ViolationKind::Maximum => write!(f, "{given} is too large; {allowed} {be} allowed"),
            ViolationKind::MinLength => write!(f, "{given} is too short; {allowed} {be} required"),
            ViolationKind::MaxLength => write!(f, "{given} is too long; {allowed} {be} allowed"),
            ViolationKind::MinItems => write!(f, "{given} is too few; {allowed} {be} required"),
            ViolationKind::MaxItems => write!(f, "{given} is too many; {allowed} {be} allowed"),
            ViolationKind::Enum => write!(f, "{given} is not allowed; allowed: {allowed}"),
            ViolationKind::Format => write!(f, "{given} is not {allowed}"),
            ViolationKind::Pattern => write!(f, "{given} does not match; allowed: {allowed}"),
            ViolationKind::Type => write!(f, "{given} was given; allowed: {allowed}"),
            ViolationKind::Unknown => write!(f, "no such parameter; {allowed}"),
            ViolationKind::Rule(kind) => write!(f, "{allowed}{}", kind.ending()),
        }?;
        match self.reason {
            Some(reason) if !reason.is_empty() => write!(f, ". {reason}"),
            _ => Ok(()),
        }
    }
}

impl Display for Violations {
    /// One violation per line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

/// Whether the value will be written into the request.
///
/// Nothing is written for an absent value, JSON's `null`, an empty list or map and an object with
/// nothing in it — except within a parameter that is a JSON text, where `[]` and `{}` can be
/// written and are. The empty text is a value like any other.
#[must_use]
pub fn is_present(value: ValueRef<'_>, style: Style) -> bool {
    match value {
        ValueRef::Absent => false,
        ValueRef::String(_)
        | ValueRef::Integer(_)
        | ValueRef::Float(_)
        | ValueRef::Boolean(_)
        | ValueRef::Bytes(_) => true,
        ValueRef::Any(value) => is_any_present(value, style),
        ValueRef::Object(_) | ValueRef::List(_) | ValueRef::Map(_) if style == Style::Json => true,
        ValueRef::Object(record) => {
            let fields = record.schema().fields.iter().enumerate();
            fields
                .into_iter()
                .any(|(index, field)| is_present(record.get(index), style_within(style, field)))
        }
        ValueRef::List(list) if style == Style::Flat => {
            (0..list.len()).any(|index| is_present(list.get(index), style))
        }
        ValueRef::List(list) => !list.is_empty(),
        ValueRef::Map(map) => {
            let mut present = false;
            map.visit(&mut |_, value| present = present || is_present(value, style));
            present
        }
    }
}

/// The style of a field within an object of the given style: in a JSON text everything is JSON.
#[must_use]
pub fn style_within(outer: Style, field: &Field) -> Style {
    match outer {
        Style::Json => Style::Json,
        _ => field.style,
    }
}

fn is_any_present(value: &Value, style: Style) -> bool {
    match value {
        Value::Null => false,
        Value::Array(_) | Value::Object(_) if style == Style::Json => true,
        Value::Array(list) => list.iter().any(|value| is_any_present(value, style)),
        Value::Object(map) => map.values().any(|value| is_any_present(value, style)),
        _ => true,
    }
}

/// The value is an empty text, to which the spec gives no meaning: that of a field whose
/// `min_length` is 0, or which lists the empty text among its values.
fn is_empty_text(value: ValueRef<'_>, field: &Field) -> bool {
    let text = match value {
        ValueRef::String(text) => text,
        ValueRef::Any(Value::String(text)) => text,
        _ => return false,
    };
    let limits = field.limits;
    text.is_empty() && limits.min_length != Some(0) && !limits.values.contains(&"")
}

/// Checks everything that the schema of a record states.
///
/// # Errors
///
/// All violations at once.
pub fn check(record: &dyn Record) -> Result<(), Violations> {
    let mut check = Check { found: Vec::new() };
    check.record(record, Style::Flat, &Path::ROOT, false);
    Violations::unless_none(check.found)
}

/// What was found so far.
struct Check {
    found: Vec<Violation>,
}

/// What is being looked at.
#[derive(Clone, Copy)]
struct At<'a> {
    field: &'a Field,
    style: Style,
    path: &'a Path<'a>,
    sensitive: bool,
}

impl Check {
    fn record(&mut self, record: &dyn Record, style: Style, path: &Path<'_>, sensitive: bool) {
        let schema = record.schema();
        for (index, field) in schema.fields.iter().enumerate() {
            let at = At {
                field,
                style: style_within(style, field),
                path: &path.name(field.name),
                sensitive: sensitive || field.sensitive,
            };
            self.field(record.get(index), at);
        }
        for rule in schema.rules {
            rules::check(rule, record, style, path, sensitive, &mut self.found);
        }
    }

    fn field(&mut self, value: ValueRef<'_>, at: At<'_>) {
        if at.field.required && is_empty_text(value, at.field) {
            return self.empty_text(at);
        }
        if is_present(value, at.style) {
            return self.value(value, at);
        }
        if at.field.required && !at.field.region {
            return self.report(at, ViolationKind::Required, || None, A_VALUE);
        }
        let given = match value {
            ValueRef::List(list) if list.is_empty() => "an empty list",
            ValueRef::Map(map) if map.is_empty() => "an empty map",
            ValueRef::List(_) => "a list with nothing in its elements",
            ValueRef::Map(_) => "a map with nothing in its entries",
            _ => return,
        };
        self.report(
            at,
            ViolationKind::Empty,
            || Some(given.to_owned()),
            "leave it unset, or give it something to hold",
        );
    }

    /// An empty text where one is required says as little as none at all. One finding is enough:
    /// it breaks most other limits too.
    fn empty_text(&mut self, at: At<'_>) {
        let given = || Some("an empty text".to_owned());
        self.report(
            at,
            ViolationKind::Required,
            given,
            "a text that is not empty",
        );
    }

    fn value(&mut self, value: ValueRef<'_>, at: At<'_>) {
        match (at.field.kind, value) {
            (Kind::String, ValueRef::String(text)) => self.text(text, at),
            (Kind::Int32 | Kind::Int64, ValueRef::Integer(number)) => {
                self.integer(number.into(), at);
            }
            (Kind::Float, ValueRef::Float(number)) => self.float(number, at),
            (Kind::Boolean, ValueRef::Boolean(flag)) => {
                self.enumerated(at, || flag.to_string(), |value| value == as_text(flag));
            }
            (Kind::Bytes, ValueRef::Bytes(_)) => {}
            (Kind::Any, ValueRef::Any(value)) => self.any(value, at),
            (Kind::Object(_), ValueRef::Object(record)) => {
                self.record(record, at.style, at.path, at.sensitive);
            }
            (Kind::List(element), ValueRef::List(list)) => self.list(list, element, at),
            (Kind::Map(element), ValueRef::Map(map)) => self.map(map, element, at),
            (kind, value) => self.report(
                at,
                ViolationKind::Type,
                || Some(kind_of(value).to_owned()),
                kind_name(kind),
            ),
        }
    }

    fn text(&mut self, text: &str, at: At<'_>) {
        let limits = at.field.limits;
        self.length(text, at);
        self.enumerated(at, || quote(text), |value| value == text);
        if let Some(format) = limits.format.filter(|format| !format.accepts(text)) {
            self.report(
                at,
                ViolationKind::Format,
                || Some(quote(text)),
                format.words(),
            );
        }
        if let Some(pattern) = limits.pattern
            && !pattern.is_match(text)
        {
            self.report(
                at,
                ViolationKind::Pattern,
                || Some(quote(text)),
                format!("text that matches `{}`", pattern.as_str()),
            );
        }
    }

    fn length(&mut self, text: &str, at: At<'_>) {
        let Limits {
            min_length,
            max_length,
            ..
        } = *at.field.limits;
        if min_length.is_none() && max_length.is_none_or(|max| text.len() <= max as usize) {
            return;
        }
        let length = text.chars().count();
        let given = || Some(format!("{} ({})", quote(text), count(length, "character")));
        if let Some(min) = min_length.filter(|min| length < *min as usize) {
            let allowed = format!("at least {}", count(min as usize, "character"));
            self.report(at, ViolationKind::MinLength, given, allowed);
        }
        if let Some(max) = max_length.filter(|max| length > *max as usize) {
            let allowed = format!("at most {}", count(max as usize, "character"));
            self.report(at, ViolationKind::MaxLength, given, allowed);
        }
    }

    fn integer(&mut self, number: i128, at: At<'_>) {
        let given = || Some(number.to_string());
        if matches!(at.field.kind, Kind::Int32) && i32::try_from(number).is_err() {
            self.report(at, ViolationKind::Format, given, INT32);
        }
        self.bounds(at, given, |bound| bound.of_integer(number));
        self.enumerated(
            at,
            || number.to_string(),
            |value| value.parse() == Ok(number),
        );
    }

    // An allowed value is one that is written the same.
    #[allow(clippy::float_cmp)]
    fn float(&mut self, number: f64, at: At<'_>) {
        let given = || Some(number.to_string());
        if !number.is_finite() {
            return self.report(at, ViolationKind::Format, given, "a finite number");
        }
        self.bounds(at, given, |bound| bound.of_float(number));
        self.enumerated(
            at,
            || number.to_string(),
            |value| value.parse() == Ok(number),
        );
    }

    /// The limits of a number, given how it stands to one.
    fn bounds(
        &mut self,
        at: At<'_>,
        given: impl Fn() -> Option<String> + Copy,
        against: impl Fn(Bound) -> Ordering,
    ) {
        let Limits {
            minimum, maximum, ..
        } = *at.field.limits;
        if let Some(min) = minimum.filter(|min| against(*min).is_lt()) {
            self.report(at, ViolationKind::Minimum, given, format!("at least {min}"));
        }
        if let Some(max) = maximum.filter(|max| against(*max).is_gt()) {
            self.report(at, ViolationKind::Maximum, given, format!("at most {max}"));
        }
    }

    /// Limits of numbers and texts hold for any JSON that is one.
    fn any(&mut self, value: &Value, at: At<'_>) {
        match value {
            Value::String(text) => self.text(text, at),
            Value::Number(number) => match (number.as_i128(), number.as_f64()) {
                (Some(number), _) => self.integer(number, at),
                (None, Some(number)) => self.float(number, at),
                (None, None) => {}
            },
            Value::Array(list) => self.items(list.len(), at),
            _ => {}
        }
    }

    fn list(&mut self, list: &dyn List, element: &Field, at: At<'_>) {
        self.items(list.len(), at);
        let required = at.field.required;
        for index in 0..list.len() {
            let at = At {
                field: element,
                path: &at.path.index(index),
                sensitive: at.sensitive || element.sensitive,
                ..at
            };
            match list.get(index) {
                value if required && is_empty_text(value, element) => self.empty_text(at),
                value => self.element(value, at),
            }
        }
    }

    fn map(&mut self, map: &dyn Map, element: &Field, at: At<'_>) {
        self.items(map.len(), at);
        map.visit(&mut |key, value| {
            let at = At {
                field: element,
                path: &at.path.name(key),
                sensitive: at.sensitive || element.sensitive,
                ..at
            };
            self.element(value, at);
        });
    }

    /// An element that is not written would shift those that follow, or be lost in silence.
    fn element(&mut self, value: ValueRef<'_>, at: At<'_>) {
        if is_present(value, at.style) {
            return self.value(value, at);
        }
        self.report(
            at,
            ViolationKind::Empty,
            || Some("an element with nothing in it".to_owned()),
            "leave it out, or give it something to hold",
        );
    }

    /// How many elements a value that is sent has.
    fn items(&mut self, length: usize, at: At<'_>) {
        let limits = at.field.limits;
        let given = || Some(count(length, "element"));
        if let Some(min) = limits.min_items.filter(|min| length < *min as usize) {
            let allowed = format!("at least {}", count(min as usize, "element"));
            self.report(at, ViolationKind::MinItems, given, allowed);
        }
        if let Some(max) = limits.max_items.filter(|max| length > *max as usize) {
            let allowed = format!("at most {}", count(max as usize, "element"));
            self.report(at, ViolationKind::MaxItems, given, allowed);
        }
    }

    fn enumerated(
        &mut self,
        at: At<'_>,
        given: impl Fn() -> String,
        is: impl Fn(&'static str) -> bool,
    ) {
        let values = at.field.limits.values;
        if values.is_empty() || values.iter().any(|value| is(value)) {
            return;
        }
        self.report(at, ViolationKind::Enum, || Some(given()), listed(values));
    }

    fn report(
        &mut self,
        at: At<'_>,
        kind: ViolationKind,
        given: impl Fn() -> Option<String>,
        allowed: impl Into<String>,
    ) {
        self.note(at, kind, &given, allowed.into());
    }

    #[cold]
    fn note(
        &mut self,
        at: At<'_>,
        kind: ViolationKind,
        given: &dyn Fn() -> Option<String>,
        allowed: String,
    ) {
        let secret = at.sensitive
            && !matches!(
                kind,
                ViolationKind::Required
                    | ViolationKind::Empty
                    | ViolationKind::MinItems
                    | ViolationKind::MaxItems
            );
        let given = if secret { None } else { given() };
        let found = Violation::new(at.path.to_wire(), kind, given, allowed).at(at.path);
        self.found.push(found);
    }
}

/// What a required parameter takes, whatever its kind.
pub(crate) const A_VALUE: &str = "a value";

const INT32: &str = "a whole number of 32 bits (-2147483648 to 2147483647)";

/// What a field of this kind takes, in words.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "text",
        Kind::Int32 => "a whole number of 32 bits",
        Kind::Int64 => "a whole number",
        Kind::Float => "a number",
        Kind::Boolean => "true or false",
        Kind::Bytes => "bytes",
        Kind::Any => "any JSON",
        Kind::Object(_) => "an object",
        Kind::List(_) => "a list",
        Kind::Map(_) => "a map",
    }
}

fn kind_of(value: ValueRef<'_>) -> &'static str {
    match value {
        ValueRef::Absent => "nothing",
        ValueRef::String(_) => "text",
        ValueRef::Integer(_) => "a whole number",
        ValueRef::Float(_) => "a number",
        ValueRef::Boolean(_) => "true or false",
        ValueRef::Bytes(_) => "bytes",
        ValueRef::Any(_) => "any JSON",
        ValueRef::Object(_) => "an object",
        ValueRef::List(_) => "a list",
        ValueRef::Map(_) => "a map",
    }
}

/// A text as it is shown: in quotes, on one line, and not all of it where it is long.
pub(crate) fn quote(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}

fn listed(values: &[&str]) -> String {
    const MOST: usize = 20;
    let shown = values[..values.len().min(MOST)].join(", ");
    if values.len() <= MOST {
        return shown;
    }
    format!("{shown}, … ({} in all)", values.len())
}

fn count(number: usize, of: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {of}{plural}")
}

fn as_text(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}
