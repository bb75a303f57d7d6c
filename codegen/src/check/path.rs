//! Paths to parameters and fields, as rules, waiters and pagination write them.
//!
//! A path is a wire name; `Object.Field` leads into an object, `List.N.Field` into the elements of an
//! array. A wire name may itself contain dots, and wins over a path that reads the same.

use crate::spec::{Operation, Parameter, Schema, Style, Type};

/// The target of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Target<'s> {
    /// The fields on the way, from the outermost to the one meant.
    pub steps: Vec<Step<'s>>,
}

/// One field on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<'s> {
    /// The wire name.
    pub name: &'s str,
    /// The schema of the value.
    pub schema: &'s Schema,
    /// It is in the elements of an array.
    pub through_list: bool,
}

impl<'s> Target<'s> {
    /// The wire names on the way.
    #[must_use]
    pub fn names(&self) -> Vec<&'s str> {
        self.steps.iter().map(|step| step.name).collect()
    }

    /// The schema of the value; `None` for a path without steps, which is never made here.
    #[must_use]
    pub fn schema(&self) -> Option<&'s Schema> {
        self.steps.last().map(|step| step.schema)
    }

    /// It is in the elements of an array, on any level.
    #[must_use]
    pub fn through_list(&self) -> bool {
        self.steps.iter().any(|step| step.through_list)
    }
}

/// The parameters of an operation with what they hold.
pub fn parameters(operation: &Operation) -> impl Iterator<Item = (&str, &Schema)> + Clone {
    let parameters = operation.parameters.iter();
    parameters.map(|parameter| (parameter.name.as_str(), &parameter.schema))
}

/// The fields of an object with what they hold; of an array, those of its elements.
pub fn fields(schema: &Schema) -> impl Iterator<Item = (&str, &Schema)> + Clone {
    let mut schema = schema;
    while let Some(items) = &schema.items {
        schema = items;
    }
    let properties = schema.properties.iter();
    properties.map(|(name, schema)| (name.as_str(), schema))
}

/// Follows a path from the given fields inward.
pub fn resolve<'s>(
    fields: impl Iterator<Item = (&'s str, &'s Schema)> + Clone,
    path: &str,
) -> Option<Target<'s>> {
    let mut steps = Vec::new();
    follow(fields, path, false, &mut steps).then_some(Target { steps })
}

fn follow<'s>(
    fields: impl Iterator<Item = (&'s str, &'s Schema)> + Clone,
    path: &str,
    through_list: bool,
    steps: &mut Vec<Step<'s>>,
) -> bool {
    if let Some((name, schema)) = fields.clone().find(|(name, _)| *name == path) {
        steps.push(Step {
            name,
            schema,
            through_list,
        });
        return true;
    }
    for (name, schema) in fields {
        let Some(rest) = below(path, name) else {
            continue;
        };
        steps.push(Step {
            name,
            schema,
            through_list,
        });
        if enter(schema, rest, steps) {
            return true;
        }
        steps.pop();
    }
    false
}

/// What follows the name in a path that leads on from it.
fn below<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    path.strip_prefix(name)?.strip_prefix('.')
}

fn enter<'s>(schema: &'s Schema, rest: &str, steps: &mut Vec<Step<'s>>) -> bool {
    let mut schema = schema;
    let mut rest = rest;
    let mut through_list = false;
    while let Some(items) = &schema.items {
        let Some(inner) = rest.strip_prefix("N.") else {
            return false;
        };
        schema = items;
        rest = inner;
        through_list = true;
    }
    let properties = schema.properties.iter();
    let fields = properties.map(|(name, schema)| (name.as_str(), schema));
    // The closure type would grow without end through the recursion.
    let fields: Vec<(&str, &Schema)> = fields.collect();
    follow(fields.iter().copied(), rest, through_list, steps)
}

/// The list or object among the parameters that is written into this parameter's name too: `Disk` for
/// `Disk.1.Size`, where the elements of `Disk` have a `Size`.
pub(crate) fn written_by<'p>(parameters: &'p [Parameter], name: &str) -> Option<&'p Parameter> {
    parameters.iter().find(|parameter| {
        let flat = matches!(
            parameter.style,
            None | Some(Style::Flat | Style::RepeatList)
        );
        let rest = below(name, &parameter.name);
        flat && parameter.location.is_named()
            && rest.is_some_and(|rest| holds(&parameter.schema, rest))
    })
}

/// Whether a flat list or object writes something under this name below its own.
fn holds(schema: &Schema, name: &str) -> bool {
    let (first, rest) = match name.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (name, None),
    };
    if schema.kind == Type::Array {
        let is_index = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
        let items = schema.items.as_deref();
        return is_index && items.is_some_and(|items| rest.is_none_or(|rest| holds(items, rest)));
    }
    schema.properties.iter().any(|(field, schema)| {
        field == name || below(name, field).is_some_and(|rest| holds(schema, rest))
    })
}

/// So many paths are enough to choose a suggestion from.
pub(super) const ENOUGH: usize = 2000;

/// Paths that a person may have meant: every one there is, as long as they are not too many.
pub(super) fn all<'s>(fields: impl Iterator<Item = (&'s str, &'s Schema)>) -> Vec<String> {
    let mut paths = Vec::new();
    let mut open: Vec<(String, &Schema)> = fields
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    open.reverse();
    while let Some((path, schema)) = open.pop() {
        if paths.len() == ENOUGH {
            break;
        }
        let mut inner = schema;
        let mut prefix = path.clone();
        while let Some(items) = &inner.items {
            prefix.push_str(".N");
            inner = items;
        }
        for (name, schema) in inner.properties.iter().rev() {
            open.push((format!("{prefix}.{name}"), schema));
        }
        paths.push(path);
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation() -> Operation {
        serde_json::from_str(
            r#"{ "operation": "X", "parameters": [
                { "name": "A", "type": "string" },
                { "name": "Disk.Size", "type": "integer" },
                { "name": "Disk", "type": "object", "properties": {
                    "Size": { "type": "string" }, "Kind": { "type": "string" } } },
                { "name": "Eni", "type": "array", "items": { "type": "object", "properties": {
                    "Ip": { "type": "array", "items": { "type": "object", "properties": {
                        "V.6": { "type": "string" } } } } } } }
            ] }"#,
        )
        .unwrap()
    }

    #[test]
    fn paths_lead_into_objects_and_arrays() {
        let operation = operation();
        let find = |path| resolve(parameters(&operation), path).map(|target| target.names());
        assert_eq!(find("A"), Some(vec!["A"]));
        assert_eq!(find("Disk.Size"), Some(vec!["Disk.Size"]));
        assert_eq!(find("Disk.Kind"), Some(vec!["Disk", "Kind"]));
        assert_eq!(find("Eni.N.Ip"), Some(vec!["Eni", "Ip"]));
        assert_eq!(find("Eni.N.Ip.N.V.6"), Some(vec!["Eni", "Ip", "V.6"]));
        for wrong in [
            "",
            "B",
            "A.B",
            "Eni.Ip",
            "Eni.N",
            "Eni.N.",
            "Disk.",
            "Disk.N.Kind",
        ] {
            assert_eq!(find(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_list_is_written_into_names_that_a_parameter_may_have_too() {
        let operation = operation();
        let by = |name| written_by(&operation.parameters, name).map(|list| list.name.as_str());
        assert_eq!(by("Disk.Size"), Some("Disk"));
        assert_eq!(by("Eni.1.Ip"), Some("Eni"));
        assert_eq!(by("Eni.12.Ip.3"), Some("Eni"));
        assert_eq!(by("Eni.12.Ip.3.V.6"), Some("Eni"));
        for other in [
            "A",
            "A.1",
            "Disk",
            "Disk.Weight",
            "Eni.N.Ip",
            "Eni.Ip",
            "Eni.1.Mac",
            "Eni.1.Ip.V.6",
            "Enigma.1.Ip",
        ] {
            assert_eq!(by(other), None, "{other}");
        }
    }

    #[test]
    fn every_path_is_listed_and_can_be_followed() {
        let operation = operation();
        let paths = all(parameters(&operation));
        let expected = [
            "A",
            "Disk.Size",
            "Disk",
            "Disk.Size",
            "Disk.Kind",
            "Eni",
            "Eni.N.Ip",
            "Eni.N.Ip.N.V.6",
        ];
        assert_eq!(paths, expected);
        for path in paths {
            assert!(resolve(parameters(&operation), &path).is_some(), "{path}");
        }
    }
}
