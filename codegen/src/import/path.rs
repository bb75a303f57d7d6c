//! The notation of places in a spec: names from the top, as in `/parameters/Tag/items/Key/maxLength`.
//!
//! A parameter, property or error row goes by its name, not its position. Properties follow their
//! object directly; one that is called like a keyword (`type`, `items` …) is written
//! `properties/type`, so that it is not taken for the keyword. As in JSON Pointer, `/` in a name is
//! written `~1` and `~` is written `~0`.

/// Keywords of a schema; [`property`] keeps names apart from them.
const KEYWORDS: &[&str] = &[
    "type",
    "format",
    "required",
    "deprecated",
    "sensitive",
    "rust",
    "description",
    "example",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "enum",
    "items",
    "properties",
    "additionalProperties",
    "echo",
    "in",
    "style",
    "name",
];

/// The place of `name` below `at`.
pub(crate) fn join(at: &str, name: &str) -> String {
    if name.contains(['~', '/']) {
        format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
    } else {
        format!("{at}/{name}")
    }
}

/// The place of a property of the object at `at`.
pub(crate) fn property(at: &str, name: &str) -> String {
    if KEYWORDS.contains(&name) {
        join(&join(at, "properties"), name)
    } else {
        join(at, name)
    }
}

/// The place of a row of the error table.
pub(crate) fn row(status: Option<u32>, code: &str) -> String {
    match status {
        Some(status) => join("/errors", &format!("{status} {code}")),
        None => join("/errors", code),
    }
}
