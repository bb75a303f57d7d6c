//! The checks of a product.

use std::collections::HashMap;

use super::errors;
use super::findings::Findings;
use super::head;
use super::head::is_date;
use crate::diagnostic::Code;
use crate::spec::{Endpoint, Product};
use crate::tree::Node;
use crate::web;

/// Finds everything in a product file that makes no sense.
pub(super) fn check(product: &Product, tree: &Node<'_>, findings: &mut Findings) {
    if product.product.is_empty() {
        findings.push(
            findings
                .finding(
                    Code::EmptyText,
                    tree.span_of("product"),
                    "a product without a code",
                )
                .label("it needs the vendor's code, such as `Ecs`"),
        );
    }
    if !is_version(&product.version) {
        findings.push(
            findings
                .finding(
                    Code::InvalidVersion,
                    tree.span_of("version"),
                    format!("`{}` is not an API version", product.version),
                )
                .label("expected the form of a date, such as `2014-05-26`"),
        );
    }
    head::schema_path(
        product.schema.as_deref(),
        "../schema/product.schema.json",
        tree,
        findings,
    );
    sources(product, tree, findings);
    signatures(product, tree, findings);
    topics(product, tree, findings);
    endpoints(product, tree, findings);
    codes("successCodes", tree, findings);
    codes("inProgressCodes", tree, findings);
    errors::check(&product.errors, tree, findings);
}

/// A list of codes names each once.
fn codes(key: &str, tree: &Node<'_>, findings: &mut Findings) {
    let mut seen = HashMap::new();
    for node in tree.list(key) {
        let code = node.as_str().unwrap_or_default();
        if code.trim().is_empty() {
            let message = format!("an empty code in `{key}`");
            let finding = findings.finding(Code::EmptyText, node.span, message);
            findings.push(finding.label("it needs a code as it is on the wire"));
        } else if let Some(first) = seen.insert(code, node.span) {
            let message = format!("`{key}` has `{code}` twice");
            findings.push(
                findings
                    .finding(Code::DuplicateError, node.span, message)
                    .label("it is here again")
                    .also(findings.place(first), "first here"),
            );
        }
    }
}

fn sources(product: &Product, tree: &Node<'_>, findings: &mut Findings) {
    let mut seen = HashMap::new();
    for (source, node) in product.sources.iter().zip(tree.list("sources")) {
        if source.name.trim().is_empty() {
            let span = node.span_of("name");
            let finding = findings.finding(Code::EmptyText, span, "a source without a name");
            findings.push(finding.label("say in a few words what it is"));
        }
        if let Some(date) = &source.as_of
            && !is_date(date)
            && !is_date(&format!("{date}-01"))
        {
            let span = node.span_of("asOf");
            let finding =
                findings.finding(Code::InvalidDate, span, format!("`{date}` is not a date"));
            findings.push(finding.label("expected `YYYY-MM-DD` or `YYYY-MM`"));
        }
        for (facts, node) in source.facts.iter().zip(node.list("facts")) {
            if let Some(first) = seen.insert(*facts, node.span) {
                let kind = node.as_str().unwrap_or_default();
                let message = format!("the {kind} come from two sources");
                findings.push(
                    findings
                        .finding(Code::DuplicateFacts, node.span, message)
                        .label("they are here again")
                        .also(findings.place(first), "first here")
                        .help("keep them with the source that they were taken from last"),
                );
            }
        }
    }
}

/// Whether a text has the form of an API version, `YYYY-MM-DD`. It is the vendor's text, sent as it is:
/// there are versions that look like a date and are none, such as `2021-09-31`.
pub(crate) fn is_version(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn signatures(product: &Product, tree: &Node<'_>, findings: &mut Findings) {
    if product.signatures.is_empty() {
        findings.push(
            findings
                .finding(
                    Code::InvalidSignatures,
                    tree.span_of("signatures"),
                    "the product takes no signature",
                )
                .label("expected `acs3-hmac-sha256`, `hmac-sha1` or both, the preferred one first"),
        );
    }
    let places = tree.list("signatures");
    for (index, (signature, node)) in product.signatures.iter().zip(places).enumerate() {
        let first = product.signatures[..index]
            .iter()
            .position(|other| other == signature);
        if let Some(first) = first {
            findings.push(
                findings
                    .finding(
                        Code::InvalidSignatures,
                        node.span,
                        "a signature is listed twice",
                    )
                    .label("it is here again")
                    .also(findings.place(places[first].span), "first here"),
            );
        }
    }
}

fn topics(product: &Product, tree: &Node<'_>, findings: &mut Findings) {
    let places = tree.list("topics");
    for (index, (topic, node)) in product.topics.iter().zip(places).enumerate() {
        if topic.trim().is_empty() {
            findings.push(
                findings
                    .finding(Code::EmptyText, node.span, "a topic without a name")
                    .label("it is a heading of the documentation"),
            );
        }
        let first = product.topics[..index].iter().position(|it| it == topic);
        if let Some(first) = first {
            findings.push(
                findings
                    .finding(
                        Code::UnknownTopic,
                        node.span,
                        format!("the topic `{topic}` is listed twice"),
                    )
                    .label("it is here again")
                    .also(findings.place(places[first].span), "first here"),
            );
        }
    }
}

fn endpoints(product: &Product, tree: &Node<'_>, findings: &mut Findings) {
    for (rule, key) in [
        (&product.endpoint_rule, "endpointRule"),
        (&product.vpc_endpoint_rule, "vpcEndpointRule"),
    ] {
        let Some(rule) = rule else { continue };
        let node = tree.get(key).unwrap_or(tree);
        // Some products have one host for all regions; then it is among those listed.
        let listed = |endpoint: &Endpoint| {
            endpoint.host == *rule || endpoint.vpc_host.as_ref() == Some(rule)
        };
        if !rule.contains("{region}") && !product.endpoints.iter().any(listed) {
            findings.push(
                findings
                    .finding(
                        Code::EndpointRule,
                        node.span,
                        format!("`{key}` gives the same host for every region"),
                    )
                    .label("expected `{region}` in it"),
            );
        }
        host(&rule.replace("{region}", "region"), node, findings);
    }
    let mut seen = HashMap::new();
    for (endpoint, node) in product.endpoints.iter().zip(tree.list("endpoints")) {
        let span = node.span_of("region");
        if endpoint.region.is_empty() {
            findings.push(
                findings
                    .finding(Code::EmptyText, span, "an endpoint without a region")
                    .label("it needs the region, such as `cn-hangzhou`"),
            );
        }
        if let Some(first) = seen.insert(endpoint.region.as_str(), span) {
            findings.push(
                findings
                    .finding(
                        Code::DuplicateRegion,
                        span,
                        format!("duplicate region `{}`", endpoint.region),
                    )
                    .label("it is here again")
                    .also(findings.place(first), "first here"),
            );
        }
        host(&endpoint.host, node.get("host").unwrap_or(node), findings);
        if let (Some(vpc_host), Some(node)) = (&endpoint.vpc_host, node.get("vpcHost")) {
            host(vpc_host, node, findings);
        }
    }
}

fn host(text: &str, node: &Node<'_>, findings: &mut Findings) {
    if web::is_host(text) {
        return;
    }
    findings.push(
        findings
            .finding(
                Code::InvalidHost,
                node.span,
                format!("`{text}` is not a host name"),
            )
            .label("expected a name such as `ecs.aliyuncs.com`, without `https://`, port or path"),
    );
}
