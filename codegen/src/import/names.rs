//! Overrides for names that would be the same in Rust: the first keeps the name, the next get a number.

use std::collections::HashSet;

use super::path;
use super::report::{Repair, RepairKind};
use crate::names::{field_name, variant_name};
use crate::spec::{Operation, Schema};

/// Adds `rust` where names collide and no person has decided yet. What has an override keeps it.
pub(super) fn settle(spec: &mut Operation, repairs: &mut Vec<Repair>) {
    let mut names = Names { operation: spec.operation.clone(), repairs };
    let parameters = spec.parameters.iter_mut().map(|p| (path::join("/parameters", &p.name), p.name.as_str(), &mut p.schema));
    names.fields(parameters.collect());
    for parameter in &mut spec.parameters {
        let at = path::join("/parameters", &parameter.name);
        names.within(&mut parameter.schema, &at);
    }
    if let Some(response) = &mut spec.response {
        names.within(response, "/response");
    }
    names.variants(spec);
}

struct Names<'a> {
    operation: String,
    repairs: &'a mut Vec<Repair>,
}

impl Names<'_> {
    fn within(&mut self, schema: &mut Schema, at: &str) {
        if let Some(items) = &mut schema.items {
            self.within(items, &path::join(at, "items"));
        }
        if let Some(values) = &mut schema.additional_properties {
            self.within(values, &path::join(at, "additionalProperties"));
        }
        let fields = schema.properties.iter_mut().map(|(name, field)| (path::property(at, name), name.as_str(), field));
        self.fields(fields.collect());
        for (name, property) in &mut schema.properties {
            self.within(property, &path::property(at, name));
        }
    }

    fn fields(&mut self, fields: Vec<(String, &str, &mut Schema)>) {
        let mut taken: HashSet<String> = fields.iter().filter_map(|(_, _, field)| field.rust.clone()).collect();
        for (at, wire, field) in fields {
            if field.rust.is_some() {
                continue;
            }
            let name = field_name(wire);
            if taken.insert(name.clone()) {
                continue;
            }
            let plain = name.strip_prefix("r#").unwrap_or(&name);
            let free = free(&taken, |n| format!("{plain}_{n}"));
            self.note(&at, &name, &free);
            taken.insert(free.clone());
            field.rust = Some(free);
        }
    }

    fn variants(&mut self, spec: &mut Operation) {
        // Rows of one code share its variant, and so its override.
        let mut decided: Vec<(String, String)> = Vec::new();
        for row in &spec.errors {
            if let Some(rust) = &row.rust {
                decided.push((row.code.clone(), rust.clone()));
            }
        }
        let mut taken: HashSet<String> = decided.iter().map(|(_, rust)| rust.clone()).collect();
        for row in &mut spec.errors {
            if let Some((_, rust)) = decided.iter().find(|(code, _)| *code == row.code) {
                if row.rust.is_none() && variant_name(&row.code) != *rust {
                    row.rust = Some(rust.clone());
                }
                continue;
            }
            let name = variant_name(&row.code);
            let chosen = if taken.contains(&name) { free(&taken, |n| format!("{name}{n}")) } else { name.clone() };
            if chosen != name {
                self.note(&path::row(row.status, &row.code), &name, &chosen);
                row.rust = Some(chosen.clone());
            }
            taken.insert(chosen.clone());
            decided.push((row.code.clone(), chosen));
        }
    }

    fn note(&mut self, at: &str, name: &str, chosen: &str) {
        self.repairs.push(Repair {
            operation: self.operation.clone(),
            at: at.to_owned(),
            kind: RepairKind::NameCollision,
            found: format!("`{name}` is taken"),
            made: format!("called `{chosen}`"),
        });
    }
}

fn free(taken: &HashSet<String>, name: impl Fn(usize) -> String) -> String {
    (2..).map(name).find(|name| !taken.contains(name)).unwrap_or_default()
}
