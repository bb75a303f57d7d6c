//! The check that names which differ on the wire also differ in Rust.

use std::collections::HashMap;

use super::findings::Findings;
use crate::diagnostic::Code;
use crate::names;
use crate::spec::{Operation, Schema};
use crate::tree::{Node, Span};

/// Checks the names of an operation: of its fields, on every level, of its named rules and waiters.
pub(super) fn check(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    let mut setters = Taken::default();
    let parameters = operation.parameters.iter().zip(tree.list("parameters"));
    for (parameter, node) in parameters {
        let span = node.span_of("name");
        setters.field(&parameter.name, &parameter.schema, node, span, findings);
    }
    for (constraint, node) in operation.constraints.iter().zip(tree.list("constraints")) {
        if let Some(name) = &constraint.name {
            let what = format!("the rule `{name}`");
            setters.name(name.clone(), &what, "name", node.span_of("name"), findings);
        }
    }
    let parameters = operation.parameters.iter().zip(tree.list("parameters"));
    for (parameter, node) in parameters {
        inner(&parameter.schema, node, findings);
    }
    if let (Some(response), Some(node)) = (&operation.response, tree.get("response")) {
        inner(response, node, findings);
    }
    let mut waiters = Taken::default();
    for (waiter, node) in operation.waiters.iter().zip(tree.list("waiters")) {
        let what = format!("the waiter `{}`", waiter.name);
        let name = names::type_name(&waiter.name);
        waiters.name(name, &what, "name", node.span_of("name"), findings);
    }
}

/// Checks the names of the fields in a schema, but not those in types of their own files.
pub(super) fn inner(schema: &Schema, node: &Node<'_>, findings: &mut Findings) {
    if schema.reference.is_some() {
        return;
    }
    if let Some(node) = node.get("properties") {
        let mut taken = Taken::default();
        for ((name, schema), entry) in schema.properties.iter().zip(node.entries()) {
            taken.field(name, schema, &entry.value, entry.key_span, findings);
            inner(schema, &entry.value, findings);
        }
    }
    for (schema, key) in [
        (&schema.items, "items"),
        (&schema.additional_properties, "additionalProperties"),
    ] {
        if let (Some(schema), Some(node)) = (schema, node.get(key)) {
            inner(schema, node, findings);
        }
    }
}

/// The names that are taken, by what, and where that is.
#[derive(Default)]
struct Taken(HashMap<String, (String, Span)>);

impl Taken {
    fn field(
        &mut self,
        wire: &str,
        schema: &Schema,
        node: &Node<'_>,
        span: Span,
        findings: &mut Findings,
    ) {
        let name = match &schema.rust {
            Some(rust) if names::is_field_name(rust) => rust.clone(),
            Some(rust) => {
                findings.push(
                    findings
                        .finding(
                            Code::InvalidRustName,
                            node.span_of("rust"),
                            format!("`{rust}` cannot be the name of a field"),
                        )
                        .label("expected a name in `snake_case`"),
                );
                return;
            }
            None => names::field_name(wire),
        };
        // `type` is written `r#type`.
        let name = name.strip_prefix("r#").unwrap_or(&name).to_owned();
        self.name(name, &format!("`{wire}`"), "rust", span, findings);
    }

    fn name(&mut self, name: String, what: &str, key: &str, span: Span, findings: &mut Findings) {
        match self.0.get(&name) {
            // A duplicate, which is reported as such.
            Some((other, _)) if other == what && key == "rust" => {}
            Some((other, first)) => findings.push(
                findings
                    .finding(
                        Code::NameCollision,
                        span,
                        format!("{other} and {what} are both `{name}` in Rust"),
                    )
                    .label("the same name again")
                    .also(findings.place(*first), "first here")
                    .help(format!("give one of them another name with `{key}`")),
            ),
            None => {
                self.0.insert(name, (what.to_owned(), span));
            }
        }
    }
}
