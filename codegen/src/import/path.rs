//! The notation of places in a spec, as [`crate::spec::Departure::at`] writes them.
//!
//! Keys of the file from the top, elements of lists by their names:
//! `/parameters/Tag/items/properties/Key/maxLength`, `/errors/404 InvalidEniId.NotFound`.

/// The place of `name` below `at`.
pub(crate) fn join(at: &str, name: &str) -> String {
    format!("{at}/{name}")
}

/// Where the properties of the object at `at` are.
pub(crate) fn properties(at: &str) -> String {
    join(at, "properties")
}

/// The place of a property of the object at `at`.
pub(crate) fn property(at: &str, name: &str) -> String {
    join(&properties(at), name)
}

/// The place of a row of the error table.
pub(crate) fn row(status: Option<u32>, code: &str) -> String {
    match status {
        Some(status) => join("/errors", &format!("{status} {code}")),
        None => join("/errors", code),
    }
}
