//! Permissions: the least-privilege RAM policy for a set of operations.

use serde_json::{Value, json};

use crate::operation::{Operation, Permission};

/// The policy that allows these operations and nothing else, as far as the specs know their
/// permissions; [`build`] tells which they do not know, and narrows the policy further.
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
/// let policy = policy::for_operations(&operations);
/// assert_eq!(policy["Version"], "1");
/// assert_eq!(policy["Statement"][0]["Effect"], "Allow");
/// assert!(policy.to_string().contains("ecs:AssignIpv6Addresses"));
/// # }
/// ```
#[inline]
pub fn for_operations(operations: &[&Operation]) -> Value {
    let needs: Vec<_> = operations.iter().map(|it| Need::of(it)).collect();
    build(&needs, &Scope::default()).document
}

/// A policy, and what there is to know about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The policy, as RAM takes it.
    pub document: Value,
    /// The operations that the policy says nothing about, because the specs do not know what
    /// permission they need.
    pub undocumented: Vec<String>,
    /// The conditions that do not narrow an action, because the action does not know the key:
    /// condition key and action.
    pub unconditional: Vec<(String, String)>,
}

/// The scope that a policy is narrowed to, besides its operations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// The region; any unless given. Resources of services without regions are in all of them.
    pub region: Option<&'a str>,
    /// The account that owns the resources; any unless given.
    pub account: Option<&'a str>,
    /// Conditions, each on the actions that know its key.
    pub conditions: &'a [Condition],
}

/// A condition on requests: the key has one of the values, as the operator compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The comparison of key and value, such as `StringEquals`.
    pub operator: String,
    /// The key, such as `ecs:tag/team` or `acs:SourceIp`.
    pub key: String,
    /// The value.
    pub value: String,
}

/// The operators that RAM compares with.
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "IpAddress",
    "NotIpAddress",
];

/// `KEY=VALUE`, or `OPERATOR:KEY=VALUE`. Without an operator, `true` and `false` are compared as
/// `Bool`, an `acs:SourceIp` as `IpAddress`, all else as `StringEquals`.
///
/// ```
/// # {
/// use alicloud::policy::Condition;
///
/// let condition: Condition = "ecs:tag/team=core".parse()?;
/// assert_eq!(condition.operator, "StringEquals");
/// let condition: Condition = "DateLessThan:acs:CurrentTime=2027-01-01T00:00:00Z".parse()?;
/// assert_eq!(condition.key, "acs:CurrentTime");
/// # }
/// # Ok::<(), alicloud::policy::InvalidCondition>(())
/// ```
impl std::str::FromStr for Condition {
    type Err = InvalidCondition;

    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidCondition> {
        let invalid = || InvalidCondition(text.to_owned());
        let (left, value) = text.split_once('=').ok_or_else(invalid)?;
        let (operator, key) = match left.split_once(':') {
            Some((first, key)) if OPERATORS.contains(&first) => (first, key),
            _ if matches!(value, "true" | "false") => ("Bool", left),
            _ if left == "acs:SourceIp" => ("IpAddress", left),
            _ => ("StringEquals", left),
        };
        let named = key.split_once(':');
        if value.is_empty()
            || named.is_none_or(|(product, name)| product.is_empty() || name.is_empty())
        {
            return Err(invalid());
        }
        Ok(Self {
            operator: operator.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// The error of a text that is not a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidCondition(String);

impl std::fmt::Display for InvalidCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0.escape_debug();
        write!(
            f,
            "`{text}` is not a condition; expected `KEY=VALUE` or `OPERATOR:KEY=VALUE`, \
             such as `ecs:tag/team=core` or `StringLike:ecs:tag/team=core-*`"
        )
    }
}

impl std::error::Error for InvalidCondition {}

/// The permissions that an operation needs, as plain data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need<'a> {
    /// The operation.
    pub operation: &'a str,
    /// Whether the operation takes no signature, and so needs no permission.
    pub anonymous: bool,
    /// The actions that the caller must be allowed; none where the spec does not know them.
    pub grants: Vec<Grant<'a>>,
}

/// An action that a caller must be allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant<'a> {
    /// The action.
    pub action: &'a str,
    /// The resources, as ARN templates; none for all resources.
    pub resources: Vec<&'a str>,
    /// The product's condition keys that the action knows.
    pub condition_keys: Vec<&'a str>,
    /// Other actions that must be allowed too.
    pub dependent_actions: Vec<&'a str>,
}

impl Need<'static> {
    /// The permissions that an operation needs, from its descriptor.
    #[inline]
    pub fn of(operation: &Operation) -> Self {
        let grant = |permission: &Permission| Grant {
            action: permission.action,
            resources: permission
                .resources
                .iter()
                .flat_map(|resource| resource.arns)
                .copied()
                .collect(),
            condition_keys: permission.condition_keys.to_vec(),
            dependent_actions: permission.dependent_actions.to_vec(),
        };
        Self {
            operation: operation.name,
            anonymous: operation.anonymous,
            grants: operation.permissions.iter().map(grant).collect(),
        }
    }
}

/// What an action is allowed on, and when: the resources, and the operator, key and value of each condition;
/// both in order.
type On<'a> = (Vec<String>, Vec<[&'a str; 3]>);

/// The policy for what some operations need, narrowed to a scope.
///
/// Actions on the same resources under the same conditions share a statement. An action that another
/// one depends on is allowed on all resources, unless an operation says on which.
///
/// ```
/// # {
/// use alicloud::{ecs::RunInstances, operation::Request as _, policy};
///
/// let conditions = ["ecs:InstanceTypeFamily=ecs.g8i".parse()?];
/// let scope = policy::Scope {
///     region: Some("cn-hangzhou"),
///     conditions: &conditions,
///     ..policy::Scope::default()
/// };
/// let policy = policy::build(&[policy::Need::of(RunInstances::OPERATION)], &scope);
/// assert_eq!(
///     policy.document["Statement"][0]["Condition"],
///     serde_json::json!({ "StringEquals": { "ecs:InstanceTypeFamily": ["ecs.g8i"] } }),
/// );
/// assert!(policy.undocumented.is_empty() && policy.unconditional.is_empty());
/// # }
/// # Ok::<(), alicloud::policy::InvalidCondition>(())
/// ```
#[inline]
pub fn build(needs: &[Need<'_>], scope: &Scope<'_>) -> Policy {
    let grants = || needs.iter().flat_map(|need| &need.grants);
    let is_granted = |action: &str| grants().any(|grant| grant.action == action);
    let dependent = grants().flat_map(|grant| &grant.dependent_actions);
    let dependent = dependent.filter(|action| !is_granted(action));
    let dependent: Vec<Grant<'_>> = dependent
        .map(|action| Grant {
            action,
            ..Grant::default()
        })
        .collect();

    let mut allowed: Vec<(On<'_>, &str)> = Vec::new();
    let mut unconditional = Vec::new();
    for grant in grants().chain(&dependent) {
        let arns = grant.resources.iter().map(|arn| resource(arn, scope));
        let mut resources: Vec<String> = in_order(arns);
        if resources.is_empty() || resources.iter().any(|arn| arn == "*") {
            resources = vec!["*".to_owned()];
        }
        let mut conditions = Vec::new();
        for condition in scope.conditions {
            if knows(grant, &condition.key) {
                conditions.push([&*condition.operator, &condition.key, &condition.value]);
            } else {
                unconditional.push((condition.key.clone(), grant.action.to_owned()));
            }
        }
        allowed.push(((resources, in_order(conditions)), grant.action));
    }
    let allowed = in_order(allowed);
    let statements = allowed.chunk_by(|(one, _), (next, _)| one == next);
    let statements = statements.map(|alike| {
        let (resources, conditions) = &alike[0].0;
        let actions: Vec<&str> = alike.iter().map(|(_, action)| *action).collect();
        let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
        for [operator, key, value] in conditions {
            match &mut statement["Condition"][operator][key] {
                Value::Array(values) => values.push(json!(value)),
                none => *none = json!([value]),
            }
        }
        statement
    });
    let statements: Vec<Value> = statements.collect();

    let unknown = needs
        .iter()
        .filter(|need| need.grants.is_empty() && !need.anonymous);
    Policy {
        document: json!({ "Version": "1", "Statement": statements }),
        undocumented: in_order(unknown.map(|need| need.operation.to_owned())),
        unconditional: in_order(unconditional),
    }
}

/// In order, each once. Not by sets, of which each other type takes long to compile.
fn in_order<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// Whether an action knows a condition key. Keys of all products begin with `acs:`; a key such as
/// `ecs:tag` has the key of a tag behind it.
#[inline]
fn knows(grant: &Grant<'_>, key: &str) -> bool {
    let is = |known: &&str| {
        key == *known
            || key
                .strip_prefix(known)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    key.starts_with("acs:") || grant.condition_keys.iter().any(is)
}

/// `acs:ecs:{#regionId}:{#accountId}:eni/{#eniId}` with the scope in the first two places, and `*`
/// in all others.
#[inline]
fn resource(template: &str, scope: &Scope<'_>) -> String {
    // Users and roles belong to no region.
    let global = template.starts_with("acs:ram:");
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else {
            break;
        };
        text.push_str(before);
        let value = match name.trim_start_matches('#').to_ascii_lowercase().as_str() {
            "regionid" if !global => scope.region,
            "accountid" => scope.account,
            _ => None,
        };
        text.push_str(value.unwrap_or("*"));
        rest = after;
    }
    text.push_str(rest);
    text
}
