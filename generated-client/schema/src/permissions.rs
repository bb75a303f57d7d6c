//! Permissions: the actions that a caller of an operation must be allowed, and the resources that they are
//! about.
//!
//! Generated code has them as text, for the reason that [`fields`](crate::fields) gives:
//!
//! ```
//! use alicloud_schema::permissions::RequiredPermissions;
//!
//! static PERMISSIONS: RequiredPermissions = RequiredPermissions::text(
//!     r#"
//!     update shop:BuyGoods keys=shop:tag needs=shop:DescribeGoods,ram:PassRole
//!         required Goods "acs:shop:{#regionId}:{#accountId}:goods/{#goodsId}"
//!         optional Shop "acs:shop:{#regionId}:{#accountId}:shop/{#shopId}"
//!     "#,
//! );
//!
//! assert_eq!(PERMISSIONS[0].action, "shop:BuyGoods");
//! assert!(PERMISSIONS[0].resources[0].required);
//! ```
//!
//! The line of a permission has the access level and the action; then, in any order,
//! [`Permission::condition_keys`] as `keys` and [`Permission::dependent_actions`] as `needs`. The lines of
//! its resource types follow: `required` or `optional`, the name and the ARNs. [`read`] and [`write`] are
//! the two directions.

use std::fmt::Write as _;

use crate::{
    line::{self, Line, write_name, write_names},
    rows::{Row, Rows},
};

/// A permission that a caller needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The action, such as `ecs:AssignIpv6Addresses`.
    pub action: &'static str,
    /// The access level in the vendor's words: `create`, `get`, `list`, `update`, `delete`, `none`.
    pub access: &'static str,
    /// The types of resources that the action is about; empty for all resources.
    pub resources: &'static [ResourceType],
    /// The product's condition keys that a policy can narrow the action by, such as `ecs:tag`.
    pub condition_keys: &'static [&'static str],
    /// Other actions that the caller must be allowed too.
    pub dependent_actions: &'static [&'static str],
}

impl Permission {
    /// A permission for an action on all resources.
    pub const fn new(action: &'static str, access: &'static str) -> Self {
        Self {
            action,
            access,
            resources: &[],
            condition_keys: &[],
            dependent_actions: &[],
        }
    }

    /// The same action, on resources of these types.
    pub const fn resources(mut self, resources: &'static [ResourceType]) -> Self {
        self.resources = resources;
        self
    }

    /// The same permission, with the condition keys that it can be narrowed by.
    pub const fn condition_keys(mut self, keys: &'static [&'static str]) -> Self {
        self.condition_keys = keys;
        self
    }

    /// The same permission, with the actions that it depends on.
    pub const fn dependent_actions(mut self, actions: &'static [&'static str]) -> Self {
        self.dependent_actions = actions;
        self
    }
}

/// A type of resources that an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// The type in the vendor's words, such as `Instance`.
    pub name: &'static str,
    /// Every call is checked against a resource of this type. Others are only where a request names
    /// one.
    pub required: bool,
    /// The resources, as ARN templates.
    pub arns: &'static [&'static str],
}

impl ResourceType {
    /// A type that every call is checked against.
    pub const fn required(name: &'static str, arns: &'static [&'static str]) -> Self {
        Self {
            name,
            required: true,
            arns,
        }
    }

    /// A type that is checked where a request names a resource of it.
    pub const fn optional(name: &'static str, arns: &'static [&'static str]) -> Self {
        Self {
            name,
            required: false,
            arns,
        }
    }
}

/// The permissions of an operation: a slice of [`Permission`].
pub type RequiredPermissions = Rows<Permission>;

impl Row for Permission {
    type Context = ();

    fn read(text: &'static str, (): ()) -> Result<Vec<Self>, String> {
        read(text)
    }
}

static NO_PERMISSIONS: RequiredPermissions = RequiredPermissions::of(&[]);

impl RequiredPermissions {
    /// No permission at all, or none that the vendor tells.
    pub const NONE: &'static RequiredPermissions = &NO_PERMISSIONS;

    /// The permissions of a text. It is read when they are first needed.
    pub const fn text(text: &'static str) -> Self {
        Self::of_text(text, ())
    }
}

/// The line of a permission, and below it those of its resource types.
pub fn write(permission: &Permission) -> String {
    let mut text = String::new();
    write_name(&mut text, permission.access);
    text.push(' ');
    write_name(&mut text, permission.action);
    for (word, names) in [
        ("keys", permission.condition_keys),
        ("needs", permission.dependent_actions),
    ] {
        if !names.is_empty() {
            _ = write!(text, " {word}=");
            write_names(&mut text, names);
        }
    }
    for resource in permission.resources {
        text.push_str(if resource.required {
            "\n    required "
        } else {
            "\n    optional "
        });
        write_name(&mut text, resource.name);
        if !resource.arns.is_empty() {
            text.push(' ');
            write_names(&mut text, resource.arns);
        }
    }
    text
}

/// The permissions of a text.
///
/// # Errors
///
/// The first line that is not of the form, and what was expected in it.
pub fn read(text: &'static str) -> Result<Vec<Permission>, String> {
    let mut permissions: Vec<(Permission, Vec<ResourceType>)> = Vec::new();
    line::rows(text, |line| {
        let first = line.text()?;
        let required = match first {
            "required" => true,
            "optional" => false,
            access => {
                permissions.push((permission(line, access)?, Vec::new()));
                return Ok(());
            }
        };
        let (_, resources) = permissions.last_mut().ok_or(ACTION)?;
        resources.push(resource(line, required)?);
        Ok(())
    })?;
    let permissions = permissions.into_iter();
    let permissions =
        permissions.map(|(permission, resources)| permission.resources(resources.leak()));
    Ok(permissions.collect())
}

const ACTION: &str = "a permission before its resource types";

fn permission(line: &mut Line, access: &'static str) -> Result<Permission, &'static str> {
    if !line.take(" ") {
        return Err("a blank and the action");
    }
    let mut permission = Permission::new(line.text()?, access);
    while line.take(" ") {
        match line.word() {
            "keys" => permission.condition_keys = line.value().and_then(|()| line.texts())?,
            "needs" => permission.dependent_actions = line.value().and_then(|()| line.texts())?,
            _ => return Err("what there is to say of a permission"),
        }
    }
    Ok(permission)
}

fn resource(line: &mut Line, required: bool) -> Result<ResourceType, &'static str> {
    if !line.take(" ") {
        return Err("a blank and the type of resources");
    }
    let name = line.text()?;
    let arns = if line.take(" ") { line.texts()? } else { &[] };
    Ok(ResourceType {
        name,
        required,
        arns,
    })
}
