//! Equality of records.

use crate::record::{Record, Ref};

/// Both records are of one shape and hold the same values, as a derived `PartialEq` would find.
///
/// An absent list is not equal to an empty one, `NaN` is not equal to itself.
#[must_use]
pub fn equal(left: &dyn Record, right: &dyn Record) -> bool {
    if !std::ptr::eq(left.shape(), right.shape()) {
        return false;
    }
    (0..left.shape().fields.len()).all(|index| equal_values(left.get(index), right.get(index)))
}

// Whether a number was changed is the question here, not whether it is near.
#[allow(clippy::float_cmp)]
fn equal_values(left: Ref<'_>, right: Ref<'_>) -> bool {
    match (left, right) {
        (Ref::Absent, Ref::Absent) => true,
        (Ref::String(left), Ref::String(right)) => left == right,
        (Ref::Integer(left), Ref::Integer(right)) => left == right,
        (Ref::Float(left), Ref::Float(right)) => left == right,
        (Ref::Boolean(left), Ref::Boolean(right)) => left == right,
        (Ref::Bytes(left), Ref::Bytes(right)) => left == right,
        (Ref::Any(left), Ref::Any(right)) => left == right,
        (Ref::Object(left), Ref::Object(right)) => equal(left, right),
        (Ref::List(left), Ref::List(right)) => {
            left.len() == right.len()
                && (0..left.len()).all(|index| equal_values(left.get(index), right.get(index)))
        }
        (Ref::Map(left), Ref::Map(right)) => {
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
