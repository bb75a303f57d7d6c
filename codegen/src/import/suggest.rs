//! Sentences that smell of rules between parameters.

use serde::Serialize;

use super::{Hints, ImportError};

/// A sentence that smells of a rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The operation.
    pub operation: String,
}

/// x
pub fn rules(_: &str, _: &Hints<'_>) -> Result<Vec<Suggestion>, ImportError> {
    Ok(Vec::new())
}

/// x
#[must_use]
pub fn to_text(_: &[Suggestion]) -> String {
    String::new()
}
