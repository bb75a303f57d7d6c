//! The check that RAM could grant the permissions of an operation.

use std::collections::HashMap;

use super::findings::Findings;
use crate::diagnostic::Code;
use crate::spec::{Permission, ResourceType};
use crate::tree::{Node, Span};

/// Checks the permissions that a caller needs.
pub(super) fn check(permissions: &[Permission], tree: &Node<'_>, findings: &mut Findings) {
    let places = tree.list("permissions");
    let mut seen = HashMap::new();
    for (permission, node) in permissions.iter().zip(places) {
        let span = node.span_of("action");
        action(&permission.action, span, findings);
        if let Some(first) = seen.insert(permission.action.as_str(), span) {
            let message = format!("the action `{}` is listed twice", permission.action);
            duplicate(message, span, first, findings);
        }
        resources(permission, node, findings);
        texts(
            &permission.condition_keys,
            node.list("conditionKeys"),
            "condition key",
            condition_key,
            findings,
        );
        texts(
            &permission.dependent_actions,
            node.list("dependentActions"),
            "dependent action",
            action,
            findings,
        );
    }
}

fn resources(permission: &Permission, node: &Node<'_>, findings: &mut Findings) {
    let mut types = HashMap::new();
    for (resource, node) in permission.resources.iter().zip(node.list("resources")) {
        let ResourceType { kind, .. } = resource;
        let span = node.span_of("type");
        if kind.trim().is_empty() {
            let finding =
                findings.finding(Code::EmptyText, span, "a type of resources without a name");
            findings.push(finding.label("it needs the vendor's name, such as `Instance`"));
        }
        if let Some(first) = types.insert(kind.as_str(), span) {
            let message = format!("the type `{kind}` is listed twice");
            duplicate(message, span, first, findings);
        }
        if resource.arns.is_empty() {
            let message = format!("the type `{kind}` has no resource");
            let finding = findings.finding(Code::InvalidResource, node.span_of("arns"), message);
            findings.push(
                finding
                    .label("no ARN is listed")
                    .help("leave `resources` out where the action is about all resources"),
            );
        }
        let mut arns = HashMap::new();
        for (arn, node) in resource.arns.iter().zip(node.list("arns")) {
            if let Some(problem) = arn_problem(arn) {
                let message = format!("`{arn}` is not an ARN");
                let finding = findings.finding(Code::InvalidResource, node.span, message);
                findings.push(finding.label(problem).help(
                    "an ARN is `*`, or looks like `acs:ecs:{#regionId}:{#accountId}:instance/{#instanceId}`",
                ));
            }
            if let Some(first) = arns.insert(arn.as_str(), node.span) {
                duplicate(
                    format!("`{arn}` is listed twice"),
                    node.span,
                    first,
                    findings,
                );
            }
        }
    }
}

/// Checks each of some texts, and that none is there twice.
fn texts(
    texts: &[String],
    nodes: &[Node<'_>],
    what: &str,
    check: fn(&str, Span, &mut Findings),
    findings: &mut Findings,
) {
    let mut seen = HashMap::new();
    for (text, node) in texts.iter().zip(nodes) {
        check(text, node.span, findings);
        if let Some(first) = seen.insert(text.as_str(), node.span) {
            let message = format!("the {what} `{text}` is listed twice");
            duplicate(message, node.span, first, findings);
        }
    }
}

fn duplicate(message: String, span: Span, first: Span, findings: &mut Findings) {
    findings.push(
        findings
            .finding(Code::DuplicatePermission, span, message)
            .label("it is here again")
            .also(findings.place(first), "first here"),
    );
}

fn action(text: &str, span: Span, findings: &mut Findings) {
    if !is_action(text) {
        unnamed(text, "an action", "`ecs:StartInstance`", span, findings);
    }
}

fn condition_key(text: &str, span: Span, findings: &mut Findings) {
    if !is_condition_key(text) {
        unnamed(text, "a condition key", "`ecs:tag`", span, findings);
    }
}

fn unnamed(text: &str, what: &str, example: &str, span: Span, findings: &mut Findings) {
    let finding = findings.finding(Code::InvalidAction, span, format!("`{text}` is not {what}"));
    findings.push(finding.label(format!("expected a product and a name, such as {example}")));
}

/// Whether a text is an action: `product:Name`, with `*` for any part of the name.
pub(crate) fn is_action(text: &str) -> bool {
    named(text, |c| c.is_ascii_alphanumeric() || "-_*".contains(c))
}

/// Whether a text is a condition key: `product:name`, with whatever a tag may be called behind it.
pub(crate) fn is_condition_key(text: &str) -> bool {
    named(text, |c| c.is_ascii_graphic())
}

fn named(text: &str, takes: impl Fn(char) -> bool) -> bool {
    let is_product = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    text.split_once(':').is_some_and(|(product, name)| {
        let parts = !product.is_empty() && !name.is_empty();
        parts && product.chars().all(is_product) && name.chars().all(takes)
    })
}

/// What keeps a text from being an ARN.
pub(crate) fn arn_problem(arn: &str) -> Option<&'static str> {
    if arn == "*" {
        return None;
    }
    if arn.chars().any(char::is_whitespace) {
        return Some("white space in it");
    }
    let mut open = false;
    for c in arn.chars() {
        match c {
            '{' if open => return Some("a `{` within braces"),
            '{' => open = true,
            '}' if !open => return Some("a `}` without its `{`"),
            '}' => open = false,
            _ => {}
        }
    }
    if open {
        return Some("a `{` without its `}`");
    }
    let parts: Vec<&str> = arn.splitn(5, ':').collect();
    match parts.as_slice() {
        ["acs", product, _, _, resource] if !product.is_empty() && !resource.is_empty() => None,
        ["acs", ..] => Some("expected product, region, account and resource after `acs:`"),
        _ => Some("it does not begin with `acs:`"),
    }
}
