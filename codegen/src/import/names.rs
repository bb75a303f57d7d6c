//! Overrides for names that would be the same in Rust: the first keeps the name, the next get a number.

use std::collections::{HashMap, HashSet};

use super::path;
use super::report::{Repair, RepairKind};
use crate::names::{field_name, is_file_name, module_name, type_name, variant_name};
use crate::spec::{ErrorRow, Operation, Schema};

/// So much of a name leaves room for a number.
const LONGEST: usize = 240;

/// The names of modules and files that operations have.
pub(super) struct Files(HashSet<String>);

impl Files {
    pub(super) fn of<'a>(operations: impl Iterator<Item = &'a Operation>) -> Self {
        Self(operations.flat_map(|it| files(it.rust_name())).collect())
    }

    /// Adds `rust` to a new operation where its name is taken, be it in another case, or where not every
    /// system can hold a file of that name.
    pub(super) fn give(&mut self, spec: &mut Operation, repairs: &mut Vec<Repair>) {
        let name = spec.operation.as_str();
        let is_free = |name: &str| files(name).iter().all(|file| !self.0.contains(file));
        if !is_file_name(name) || !is_free(name) {
            let plain = type_name(name);
            // With a number behind it, it still has to be the name of a file.
            let plain = plain.trim_end_matches('_');
            let plain = plain.get(..LONGEST).unwrap_or(plain);
            let chosen = (2..=self.0.len() + 2)
                .map(|n| format!("{plain}{n}"))
                .find(|chosen| is_free(chosen) && is_file_name(chosen));
            repairs.push(Repair {
                operation: name.to_owned(),
                at: "/rust".to_owned(),
                kind: RepairKind::NameCollision,
                found: if is_file_name(name) {
                    format!("`{}` is taken", module_name(name))
                } else {
                    format!("not every system can hold a file `{name}`")
                },
                made: format!("called `{}`", chosen.as_deref().unwrap_or_default()),
            });
            spec.rust = chosen;
        }
        self.0.extend(files(spec.rust_name()));
    }
}

/// The names of the module and of the spec's file, in lower case: some systems make no difference.
fn files(name: &str) -> [String; 2] {
    [
        format!("{}.rs", module_name(name)),
        format!("{}.json", name.to_lowercase()),
    ]
}

/// Adds `rust` where names collide and no person has decided yet. What has an override keeps it, and
/// so does the plain name what had it in `old`. Of new names, the one that the vendor still advises
/// and writes as usual (`Key`, not `key`) gets the plain one.
pub(crate) fn settle(spec: &mut Operation, old: Option<&Operation>, repairs: &mut Vec<Repair>) {
    let mut names = Names {
        operation: spec.operation.clone(),
        repairs,
    };
    let before = |name: &str| {
        old.and_then(|old| old.parameters.iter().find(|p| p.name == name))
            .map(|p| &p.schema)
    };
    let parameters = spec.parameters.iter_mut().map(|p| {
        (
            path::join("/parameters", &p.name),
            p.name.as_str(),
            before(&p.name).is_some(),
            &mut p.schema,
        )
    });
    names.fields(parameters.collect());
    for parameter in &mut spec.parameters {
        let at = path::join("/parameters", &parameter.name);
        names.within(&mut parameter.schema, before(&parameter.name), &at);
    }
    if let Some(response) = &mut spec.response {
        names.within(
            response,
            old.and_then(|old| old.response.as_ref()),
            "/response",
        );
    }
    names.variants(spec, old);
}

/// A field where names may collide: its place, its wire name, whether it was there before, its schema.
type Candidate<'a> = (String, &'a str, bool, &'a mut Schema);

struct Names<'a> {
    operation: String,
    repairs: &'a mut Vec<Repair>,
}

impl Names<'_> {
    fn within(&mut self, schema: &mut Schema, old: Option<&Schema>, at: &str) {
        if let Some(items) = &mut schema.items {
            self.within(
                items,
                old.and_then(|old| old.items.as_deref()),
                &path::join(at, "items"),
            );
        }
        if let Some(values) = &mut schema.additional_properties {
            let old = old.and_then(|old| old.additional_properties.as_deref());
            self.within(values, old, &path::join(at, "additionalProperties"));
        }
        let before = |name: &str| old.and_then(|old| old.properties.get(name));
        let fields = schema.properties.iter_mut().map(|(name, field)| {
            (
                path::property(at, name),
                name.as_str(),
                before(name).is_some(),
                field,
            )
        });
        self.fields(fields.collect());
        for (name, property) in &mut schema.properties {
            self.within(property, before(name), &path::property(at, name));
        }
    }

    fn fields(&mut self, mut fields: Vec<Candidate<'_>>) {
        let mut taken: HashSet<String> = fields
            .iter()
            .filter_map(|(.., field)| field.rust.clone())
            .collect();
        fields.retain(|(.., field)| field.rust.is_none());
        fields.sort_by_key(|(_, wire, before, field)| {
            (
                !before,
                field.deprecated.is_some(),
                wire.starts_with(|c: char| c.is_ascii_lowercase()),
            )
        });
        for (at, wire, _, field) in fields {
            let name = field_name(wire);
            if taken.insert(name.clone()) {
                continue;
            }
            let plain = name.strip_prefix("r#").unwrap_or(&name);
            // An override begins with a letter.
            let plain = if plain.starts_with('_') {
                format!("n{plain}")
            } else {
                plain.to_owned()
            };
            let free = free(&taken, |n| format!("{plain}_{n}"));
            self.note(&at, &name, &free);
            taken.insert(free.clone());
            field.rust = Some(free);
        }
    }

    fn variants(&mut self, spec: &mut Operation, old: Option<&Operation>) {
        // Rows of one code share its variant, and so its override.
        let mut decided: HashMap<String, String> = HashMap::new();
        for row in &spec.errors {
            if let Some(rust) = &row.rust {
                decided.insert(row.code.clone(), rust.clone());
            }
        }
        let mut taken: HashSet<String> = decided.values().cloned().collect();
        let before: HashSet<&str> = old
            .map(|old| old.errors.iter().map(|row| row.code.as_str()).collect())
            .unwrap_or_default();
        let mut rows: Vec<&mut ErrorRow> = spec.errors.iter_mut().collect();
        rows.sort_by_key(|row| !before.contains(row.code.as_str()));
        for row in rows {
            let name = variant_name(&row.code);
            if let Some(chosen) = decided.get(&row.code) {
                if row.rust.is_none() && name != *chosen {
                    row.rust = Some(chosen.clone());
                }
                continue;
            }
            let chosen = if taken.contains(&name) {
                {
                    let plain = if name.starts_with('_') {
                        format!("Code{}", name.trim_start_matches('_'))
                    } else {
                        name.replace('_', "")
                    };
                    free(&taken, |n| format!("{plain}{n}"))
                }
            } else {
                name.clone()
            };
            if chosen != name {
                self.note(&path::row(row.status, &row.code), &name, &chosen);
                row.rust = Some(chosen.clone());
            }
            taken.insert(chosen.clone());
            decided.insert(row.code.clone(), chosen);
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
    (2..=taken.len() + 2)
        .map(name)
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}
