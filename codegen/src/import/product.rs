//! The product's own file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::path;
use super::report::{Change, Fact, Side};
use super::source::Source;
use crate::spec::{Endpoint, Operation, Product, SignatureKind, Type};

/// What the vendor calls the region in all products.
const REGION: &str = "RegionId";

/// Some operation has the parameter, and wherever it is it is text.
fn takes_region(name: &str, operations: &BTreeMap<String, Operation>) -> bool {
    let parameters = operations.values().flat_map(|o| &o.parameters);
    let mut regions = parameters.filter(|p| p.name == name).peekable();
    regions.peek().is_some() && regions.all(|p| p.schema.kind == Type::String)
}

/// The file with the facts of the metadata: a new one, or the existing one brought up to date.
pub(crate) fn merge(
    existing: Option<&Product>,
    source: &Source,
    product: &str,
    version: &str,
    operations: &BTreeMap<String, Operation>,
    changes: &mut Vec<Change>,
) -> Product {
    let Some(existing) = existing else {
        return Product {
            schema: Some("../schema/product.schema.json".to_owned()),
            product: product.to_owned(),
            version: version.to_owned(),
            title: None,
            sources: Vec::new(),
            signatures: source.signatures.clone(),
            success_codes: Vec::new(),
            in_progress_codes: Vec::new(),
            topics: topics(&[], operations),
            region_parameter: Some(REGION.to_owned()).filter(|name| takes_region(name, operations)),
            endpoint_rule: public_rule(&source.endpoints),
            vpc_endpoint_rule: vpc_rule(&source.endpoints),
            endpoints: source.endpoints.clone(),
            errors: Vec::new(),
        };
    };
    let mut merged = existing.clone();
    merged.topics = topics(&existing.topics, operations);
    let region = merged.region_parameter.take();
    merged.region_parameter = region.filter(|name| takes_region(name, operations));
    if merged.region_parameter != existing.region_parameter {
        changes.push(Change {
            operation: String::new(),
            at: "/regionParameter".to_owned(),
            side: Side::Product,
            fact: Fact::Item,
            old: Value::from(existing.region_parameter.clone()),
            new: Value::Null,
        });
    }
    // The file of one operation knows nothing about the product.
    if source.single {
        return merged;
    }
    endpoints(&mut merged.endpoints, &source.endpoints, changes);
    // A rule that follows from the hosts listed goes on following; one that a person wrote stays.
    for (at, rule, derive) in [
        (
            "/endpointRule",
            &mut merged.endpoint_rule,
            public_rule as fn(&[Endpoint]) -> Option<String>,
        ),
        ("/vpcEndpointRule", &mut merged.vpc_endpoint_rule, vpc_rule),
    ] {
        let new = derive(&merged.endpoints);
        if *rule != new && *rule == derive(&existing.endpoints) {
            changes.push(Change {
                operation: String::new(),
                at: at.to_owned(),
                side: Side::Product,
                fact: Fact::Endpoint,
                old: rule.clone().into(),
                new: new.clone().into(),
            });
            *rule = new;
        }
    }
    if !source.signatures.contains(&SignatureKind::HmacSha1)
        && merged.signatures.contains(&SignatureKind::HmacSha1)
    {
        let value =
            |signatures: &[SignatureKind]| serde_json::to_value(signatures).unwrap_or_default();
        changes.push(Change {
            operation: String::new(),
            at: "/signatures".to_owned(),
            side: Side::Product,
            fact: Fact::Signatures,
            old: value(&merged.signatures),
            new: value(&source.signatures),
        });
        merged.signatures.clone_from(&source.signatures);
    }
    merged
}

/// The topics, and behind them those of operations that have another.
fn topics(existing: &[String], operations: &BTreeMap<String, Operation>) -> Vec<String> {
    let named = operations.values().filter_map(|it| it.topic.as_ref());
    let new: BTreeSet<&String> = named.filter(|topic| !existing.contains(topic)).collect();
    existing.iter().chain(new).cloned().collect()
}

/// What differs between two states of the file, of all that clients go by.
pub(crate) fn changes(old: &Product, new: &Product) -> Vec<Change> {
    let change = |at: &str, fact: Fact, old: Value, new: Value| Change {
        operation: String::new(),
        at: at.to_owned(),
        side: Side::Product,
        fact,
        old,
        new,
    };
    let listed = |endpoints: &[Endpoint], region: &str| {
        let endpoint = endpoints.iter().find(|it| it.region == region);
        endpoint.map_or(Value::Null, hosts)
    };
    let regions: BTreeSet<&str> = old
        .endpoints
        .iter()
        .chain(&new.endpoints)
        .map(|it| it.region.as_str())
        .collect();
    let regions = regions.into_iter().map(|region| {
        let at = path::join("/endpoints", region);
        let hosts = [&old.endpoints, &new.endpoints].map(|it| listed(it, region));
        let [old, new] = hosts;
        change(&at, Fact::Endpoint, old, new)
    });
    let value = |it: &[SignatureKind]| serde_json::to_value(it).unwrap_or_default();
    let others = [
        change(
            "/endpointRule",
            Fact::Endpoint,
            old.endpoint_rule.clone().into(),
            new.endpoint_rule.clone().into(),
        ),
        change(
            "/vpcEndpointRule",
            Fact::Endpoint,
            old.vpc_endpoint_rule.clone().into(),
            new.vpc_endpoint_rule.clone().into(),
        ),
        change(
            "/regionParameter",
            Fact::Item,
            old.region_parameter.clone().into(),
            new.region_parameter.clone().into(),
        ),
        change(
            "/signatures",
            Fact::Signatures,
            value(&old.signatures),
            value(&new.signatures),
        ),
    ];
    let all = regions.chain(others);
    all.filter(|change| change.old != change.new).collect()
}

/// The hosts of a region in words.
fn hosts(endpoint: &Endpoint) -> Value {
    match &endpoint.vpc_host {
        Some(vpc) => Value::from(format!("{}, in a VPC {vpc}", endpoint.host)),
        None => Value::from(endpoint.host.clone()),
    }
}

/// Regions and hosts are the metadata's; VPC hosts are kept where it names none.
fn endpoints(mine: &mut Vec<Endpoint>, theirs: &[Endpoint], changes: &mut Vec<Change>) {
    if theirs.is_empty() {
        return;
    }
    let mut change = |region: &str, old: Value, new: Value| {
        changes.push(Change {
            operation: String::new(),
            at: path::join("/endpoints", region),
            side: Side::Product,
            fact: Fact::Endpoint,
            old,
            new,
        });
    };
    mine.retain(|endpoint| {
        let kept = theirs.iter().any(|other| other.region == endpoint.region);
        if !kept {
            change(&endpoint.region, hosts(endpoint), Value::Null);
        }
        kept
    });
    for other in theirs {
        let Some(endpoint) = mine
            .iter_mut()
            .find(|endpoint| endpoint.region == other.region)
        else {
            change(&other.region, Value::Null, hosts(other));
            let place = mine
                .iter()
                .position(|e| e.region > other.region)
                .unwrap_or(mine.len());
            mine.insert(place, other.clone());
            continue;
        };
        let new = Endpoint {
            vpc_host: other.vpc_host.clone().or_else(|| endpoint.vpc_host.clone()),
            ..other.clone()
        };
        if *endpoint != new {
            change(&other.region, hosts(endpoint), hosts(&new));
            *endpoint = new;
        }
    }
}

fn public_rule(endpoints: &[Endpoint]) -> Option<String> {
    rule(
        endpoints
            .iter()
            .map(|e| (e.region.as_str(), e.host.as_str())),
    )
}

fn vpc_rule(endpoints: &[Endpoint]) -> Option<String> {
    rule(
        endpoints
            .iter()
            .filter_map(|e| Some((e.region.as_str(), e.vpc_host.as_deref()?))),
    )
}

/// What most hosts look like, with `{region}` in the place of the region. The vendor lists the one
/// host of a product that has no regions under the region `public`.
fn rule<'a>(hosts: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let mut looks: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = 0;
    let mut public = None;
    for (region, host) in hosts {
        if region == "public" {
            public = Some(host.to_owned());
            continue;
        }
        all += 1;
        *looks.entry(host.replace(region, "{region}")).or_default() += 1;
    }
    let most = looks.into_iter().max_by_key(|(_, count)| *count);
    let rule =
        most.filter(|(look, count)| count * 2 > all && (all > 1 || look.contains("{region}")));
    rule.map(|(look, _)| look).or(public)
}
