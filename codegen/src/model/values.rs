//! Constants for the values that parameters are documented to take.

use std::collections::BTreeSet;

use heck::ToShoutySnakeCase as _;

use super::free;
use crate::{
    names,
    spec::{Parameter, Schema},
};

/// The constants for one parameter, or one field within.
#[derive(Debug)]
pub struct ValueList<'a> {
    /// The module that they are in.
    pub module: String,
    /// The parameter, or the path of a field within.
    pub path: String,
    /// The constants, in the order of the spec.
    pub constants: Vec<Constant<'a>>,
}

/// A constant.
#[derive(Debug)]
pub struct Constant<'a> {
    /// Its name.
    pub ident: String,
    /// The value on the wire.
    pub value: &'a str,
}

/// The constants for the parameters of an operation. Numbers need none.
pub(super) fn of(parameters: &[Parameter]) -> Vec<ValueList<'_>> {
    let mut lists = Vec::new();
    let mut modules = BTreeSet::new();
    for parameter in parameters {
        collect(&parameter.name, &parameter.schema, &mut modules, &mut lists);
    }
    lists
}

fn collect<'a>(
    path: &str,
    schema: &'a Schema,
    modules: &mut BTreeSet<String>,
    lists: &mut Vec<ValueList<'a>>,
) {
    let known = schema.known_values.iter().map(|known| &known.value);
    let texts = schema
        .values
        .iter()
        .chain(known)
        .filter_map(|value| value.as_str());
    let constants = constants(texts);
    if !constants.is_empty() {
        let name = names::module_name(&path.replace('.', "_"));
        let module = free(modules, [name.clone()], &name);
        modules.insert(module.clone());
        lists.push(ValueList {
            module,
            path: path.to_owned(),
            constants,
        });
    }
    if let Some(items) = &schema.items {
        collect(path, items, modules, lists);
    }
    for (name, property) in &schema.properties {
        collect(&format!("{path}.{name}"), property, modules, lists);
    }
    if let Some(values) = &schema.additional_properties {
        collect(path, values, modules, lists);
    }
}

/// A constant for each text; none for one without a letter or digit, which has no name.
fn constants<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Constant<'a>> {
    let mut taken = BTreeSet::new();
    let mut constants = Vec::new();
    for value in values {
        let name: String = value
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let mut name = name.to_shouty_snake_case();
        if name.is_empty() {
            continue;
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert_str(0, "V_");
        }
        let ident = free(&taken, [name.clone()], &format!("{name}_"));
        taken.insert(ident.clone());
        constants.push(Constant { ident, value });
    }
    constants
}
