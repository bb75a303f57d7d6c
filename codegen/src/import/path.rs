//! The notation of places in a spec, as [`crate::spec::Departure::at`] writes them.
//!
//! Keys of the file from the top, elements of lists by their names:
//! `/parameters/Tag/items/properties/Key/maxLength`, `/errors/404 InvalidEniId.NotFound`.

use super::report::{Fact, Side};

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

/// The kind of fact that is at a place; none for what no source states, such as `/pagination`.
pub(crate) fn fact(at: &str) -> Option<(Side, Fact)> {
    let mut steps = at.split('/').skip(1);
    let side = match steps.next()? {
        "deprecated" => return Some((Side::Operation, Fact::Deprecated)),
        "access" => return Some((Side::Operation, Fact::Access)),
        "method" => return Some((Side::Operation, Fact::Method)),
        "anonymous" => return Some((Side::Operation, Fact::Anonymous)),
        "permissions" => return Some((Side::Operation, Fact::Permissions)),
        "errors" => return Some((Side::Errors, Fact::Error)),
        "parameters" => {
            steps.next();
            Side::Request
        }
        "response" => Side::Response,
        _ => return None,
    };
    let mut fact = Fact::Item;
    while let Some(step) = steps.next() {
        fact = match step {
            "type" => Fact::Type,
            "format" => Fact::Format,
            "required" => Fact::Required,
            "deprecated" => Fact::Deprecated,
            "default" => Fact::Default,
            "minimum" => Fact::Minimum,
            "maximum" => Fact::Maximum,
            "minLength" => Fact::MinLength,
            "maxLength" => Fact::MaxLength,
            "minItems" => Fact::MinItems,
            "maxItems" => Fact::MaxItems,
            "pattern" => Fact::Pattern,
            "enum" => Fact::Enum,
            "in" => Fact::In,
            "style" => Fact::Style,
            "properties" => {
                // The next step is a name, whatever it looks like.
                steps.next();
                Fact::Item
            }
            _ => Fact::Item,
        };
    }
    Some((side, fact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fact_at_a_place() {
        for (at, expected) in [
            ("/deprecated", Some((Side::Operation, Fact::Deprecated))),
            ("/errors", Some((Side::Errors, Fact::Error))),
            ("/errors/404 deprecated", Some((Side::Errors, Fact::Error))),
            ("/parameters", Some((Side::Request, Fact::Item))),
            ("/parameters/default", Some((Side::Request, Fact::Item))),
            (
                "/parameters/default/default",
                Some((Side::Request, Fact::Default)),
            ),
            (
                "/parameters/A/items/properties",
                Some((Side::Request, Fact::Item)),
            ),
            (
                "/parameters/A/items/properties/enum",
                Some((Side::Request, Fact::Item)),
            ),
            (
                "/parameters/A/items/properties/enum/enum",
                Some((Side::Request, Fact::Enum)),
            ),
            (
                "/response/properties/A/format",
                Some((Side::Response, Fact::Format)),
            ),
            ("/response", Some((Side::Response, Fact::Item))),
            ("/pagination", None),
        ] {
            assert_eq!(fact(at), expected, "{at}");
        }
    }
}
