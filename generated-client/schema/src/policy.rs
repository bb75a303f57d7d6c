//! Permissions: the least-privilege RAM policy for a set of operations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::operation::Operation;

/// To what a policy is narrowed beyond the operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The region; any unless given.
    pub region: Option<&'a str>,
    /// The account that owns the resources; any unless given.
    pub account: Option<&'a str>,
}

/// The policy that allows these operations and nothing else, as far as the specs know their
/// permissions; see [`undocumented`] for the rest.
///
/// The parts of a resource that the spec leaves open are `*`: narrow them to the resources at hand.
///
/// ```
/// # {
/// use alicloud::{
///     ecs::{AssignIpv6Addresses, DescribeNetworkInterfaces},
///     operation::Request as _,
///     policy,
/// };
///
/// let operations = [AssignIpv6Addresses::OPERATION, DescribeNetworkInterfaces::OPERATION];
/// assert_eq!(
///     policy::for_operations(&operations),
///     serde_json::json!({
///         "Version": "1",
///         "Statement": [
///             {
///                 "Effect": "Allow",
///                 "Action": ["ecs:DescribeNetworkInterfaces"],
///                 "Resource": ["*"],
///             },
///             {
///                 "Effect": "Allow",
///                 "Action": ["ecs:AssignIpv6Addresses"],
///                 "Resource": ["acs:ecs:*:*:eni/*"],
///             },
///         ],
///     }),
/// );
/// # }
/// ```
pub fn for_operations(operations: &[&Operation]) -> Value {
    for_operations_in(operations, Scope::default())
}

/// The same, narrowed to a region and an account.
pub fn for_operations_in(operations: &[&Operation], scope: Scope<'_>) -> Value {
    // Actions on the same resources share a statement.
    let mut statements: BTreeMap<BTreeSet<String>, BTreeSet<&str>> = BTreeMap::new();
    for permission in operations
        .iter()
        .flat_map(|operation| operation.permissions)
    {
        let mut resources: BTreeSet<_> = permission
            .resources
            .iter()
            .map(|template| resource(template, scope))
            .collect();
        if resources.is_empty() || resources.contains("*") {
            resources = BTreeSet::from(["*".to_owned()]);
        }
        statements
            .entry(resources)
            .or_default()
            .insert(permission.action);
    }
    let statements: Vec<_> = statements
        .into_iter()
        .map(|(resources, actions)| {
            json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
        })
        .collect();
    json!({ "Version": "1", "Statement": statements })
}

/// The operations of which the specs do not know what permission they need, by name.
pub fn undocumented(operations: &[&Operation]) -> Vec<&'static str> {
    let mut names: Vec<_> = operations
        .iter()
        .filter(|operation| operation.permissions.is_empty() && !operation.anonymous)
        .map(|operation| operation.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// `acs:ecs:{#regionId}:{#accountId}:eni/{#eniId}` with the scope in the first two places, and `*`
/// in all others.
fn resource(template: &str, scope: Scope<'_>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else {
            break;
        };
        text.push_str(before);
        let value = match name.trim_start_matches('#').to_ascii_lowercase().as_str() {
            "regionid" => scope.region,
            "accountid" => scope.account,
            _ => None,
        };
        text.push_str(value.unwrap_or("*"));
        rest = after;
    }
    text.push_str(rest);
    text
}
