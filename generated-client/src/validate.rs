//! Checks a request against everything that its shape states. (interface; body to come)

use std::fmt;

use crate::record::{Record, RuleKind};

/// Everything that is wrong with a request. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Violations(pub Vec<Violation>);

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// The parameter by its wire name, such as `Tag.1.Key`; of a rule, its members joined with `, `.
    pub parameter: String,
    /// What is violated.
    pub kind: ViolationKind,
    /// What was given, in short; `None` where nothing was or where the value is a secret.
    pub given: Option<String>,
    /// What is allowed, in words.
    pub allowed: String,
}

/// What a request can violate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// A required parameter is missing.
    Required,
    /// An empty list or map was given, which cannot be sent.
    Empty,
    /// A number is too small.
    Minimum,
    /// A number is too great.
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
    /// A text does not look as it must.
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

impl fmt::Display for Violations {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}

impl std::error::Error for Violations {}

/// Checks everything that the shape of a record states.
///
/// # Errors
///
/// All that is wrong with it.
pub fn check(_record: &dyn Record) -> Result<(), Violations> {
    todo!()
}
