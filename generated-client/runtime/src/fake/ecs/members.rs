//! The names that members of a scenario's objects may have: those under which objects are described.

use std::collections::BTreeSet;

use alicloud_schema::near::nearest;
use serde_json::{Map, Value};

use super::store::Kind;
use crate::{
    operation::ProductInfo,
    record::{Field, Kind as FieldKind, Schema},
};

/// The operations that describe objects of a kind, and where in their responses these are.
fn described(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Vpc => &[("DescribeVpcs", "Vpcs")],
        Kind::VSwitch => &[("DescribeVSwitches", "VSwitches")],
        Kind::Group => &[
            ("DescribeSecurityGroups", "SecurityGroups"),
            ("DescribeSecurityGroupAttribute", ""),
        ],
        Kind::KeyPair => &[("DescribeKeyPairs", "KeyPairs")],
        Kind::Eni => &[
            ("DescribeNetworkInterfaces", "NetworkInterfaceSets"),
            ("DescribeNetworkInterfaceAttribute", ""),
        ],
        Kind::Instance => &[
            ("DescribeInstances", "Instances"),
            ("DescribeInstanceAttribute", ""),
        ],
        Kind::Disk => &[("DescribeDisks", "Disks")],
    }
}

/// The schemas by which a product describes objects of a kind; none where it describes none.
pub(super) fn schemas(product: &ProductInfo, kind: Kind) -> Vec<&'static Schema> {
    let operations = described(kind).iter().filter_map(|(name, list)| {
        let mut operations = product.operations.iter();
        let response = operations.find(|known| known.name == *name)?.response.get();
        if list.is_empty() {
            return Some(response);
        }
        element(response.fields[response.index_of(list)?].kind)
    });
    operations.collect()
}

/// The schema of an object, or of the elements of a list.
fn element(kind: FieldKind) -> Option<&'static Schema> {
    match kind {
        FieldKind::Object(schema) => Some(schema),
        FieldKind::List(field) | FieldKind::Map(field) => element(field.kind),
        _ => None,
    }
}

/// The members of objects that nothing describes, and that are kept all the same.
pub(super) fn extra(kind: Kind) -> &'static [&'static str] {
    match kind {
        // ECS describes vSwitches as they were before IPv6.
        Kind::VSwitch => &["RegionId", "Ipv6CidrBlock"],
        Kind::KeyPair => &["RegionId", "KeyPairId"],
        _ => &["RegionId"],
    }
}

/// Checks the names of members, those within included; `at` is what leads to them.
pub(super) fn check(
    schemas: &[&'static Schema],
    members: &Map<String, Value>,
    at: &str,
    extra: &[&str],
) -> Result<(), String> {
    for (name, value) in members
        .iter()
        .filter(|(name, _)| !extra.contains(&name.as_str()))
    {
        let fields: Vec<&Field> = schemas
            .iter()
            .filter_map(|schema| Some(&schema.fields[schema.index_of(name)?]))
            .collect();
        if fields.is_empty() {
            let fields = schemas.iter().flat_map(|schema| schema.fields.as_slice());
            let names: BTreeSet<&str> = fields.map(|field| field.name).collect();
            return Err(unknown(at, name, &names));
        }
        let mut at = format!("{at}{name}.");
        let wrappers: BTreeSet<&str> = fields.iter().filter_map(|field| field.wrapper).collect();
        let value = match value {
            Value::Object(wrapped) if !wrappers.is_empty() => {
                let mut names = wrapped.keys();
                if let Some(name) = names.find(|name| !wrappers.contains(name.as_str())) {
                    return Err(unknown(&at, name, &wrappers));
                }
                let Some((wrapper, value)) = wrapped.iter().next() else {
                    continue;
                };
                at = format!("{at}{wrapper}.");
                value
            }
            value => value,
        };
        // Where a field is of any kind or a map, its members have any names.
        let is_map = |field: &&Field| matches!(field.kind, FieldKind::Map(_));
        let inner: Vec<_> = fields
            .iter()
            .filter_map(|field| element(field.kind))
            .collect();
        if inner.is_empty() || fields.iter().any(is_map) {
            continue;
        }
        let elements = match value {
            Value::Array(elements) => elements.as_slice(),
            value => std::slice::from_ref(value),
        };
        for object in elements.iter().filter_map(Value::as_object) {
            check(&inner, object, &at, &[])?;
        }
    }
    Ok(())
}

/// The message about a name that is none of these.
fn unknown(at: &str, name: &str, names: &BTreeSet<&str>) -> String {
    /// More than these are not listed.
    const MOST: usize = 8;

    let near = nearest(name, names.iter().copied());
    let name = name.escape_debug();
    let beginning = format!("there is no member `{at}{name}`");
    match near {
        Some(near) => format!("{beginning}; did you mean `{at}{near}`?"),
        None if names.len() > MOST => beginning,
        None => {
            let names: Vec<String> = names.iter().map(|name| format!("`{at}{name}`")).collect();
            format!("{beginning}; known: {}", names.join(", "))
        }
    }
}
