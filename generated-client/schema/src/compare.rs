//! Equality of records.

use crate::record::{Record, ValueRef};

/// Both records are of one schema and hold the same values, as a derived `PartialEq` would find.
///
/// An absent list is not equal to an empty one, `NaN` is not equal to itself.
#[must_use]
pub fn equal(left: &dyn Record, right: &dyn Record) -> bool {
    if !std::ptr::eq(left.schema(), right.schema()) {
        return false;
    }
    (0..left.schema().fields.len()).all(|index| equal_values(left.get(index), right.get(index)))
}

// Whether a number was changed is the question here, not whether it is near.
#[allow(clippy::float_cmp)]
fn equal_values(left: ValueRef<'_>, right: ValueRef<'_>) -> bool {
    match (left, right) {
        (ValueRef::Absent, ValueRef::Absent) => true,
        (ValueRef::String(left), ValueRef::String(right)) => left == right,
        (ValueRef::Integer(left), ValueRef::Integer(right)) => left == right,
        (ValueRef::Float(left), ValueRef::Float(right)) => left == right,
        (ValueRef::Boolean(left), ValueRef::Boolean(right)) => left == right,
        (ValueRef::Bytes(left), ValueRef::Bytes(right)) => left == right,
        (ValueRef::Any(left), ValueRef::Any(right)) => left == right,
        (ValueRef::Object(left), ValueRef::Object(right)) => equal(left, right),
        (ValueRef::List(left), ValueRef::List(right)) => {
            left.len() == right.len()
                && (0..left.len()).all(|index| equal_values(left.get(index), right.get(index)))
        }
        (ValueRef::Map(left), ValueRef::Map(right)) => {
            let mut entries = Vec::with_capacity(left.len());
            left.visit(&mut |key, value| entries.push((key, value)));
            let mut entries = entries.into_iter();
            let mut same = left.len() == right.len();
            right.visit(&mut |key, value| {
                same = same
                    && entries
                        .next()
                        .is_some_and(|entry| entry.0 == key && equal_values(entry.1, value));
            });
            same
        }
        _ => false,
    }
}
