//! The permissions of an operation: the table that policies are made from, and what people read.
//!
//! ```text
//! /// The permissions that a caller needs.
//! static PERMISSIONS: RequiredPermissions = RequiredPermissions::text(r#"
//!     update ecs:AttachDisk keys=ecs:tag
//!         required Disk "acs:ecs:…:disk/{#diskId}"
//! "#);
//! ```

use alicloud_schema::permissions::{self, Permission};
use proc_macro2::TokenStream;

use crate::{
    spec::{self, AccessLevel},
    tables,
};

use super::{docs, rows};

/// The static `PERMISSIONS`; nothing where there are none.
pub(super) fn table(permissions: &[Permission]) -> Option<TokenStream> {
    let texts = permissions.iter().map(permissions::write);
    rows(
        "The permissions that a caller needs.",
        "PERMISSIONS",
        "RequiredPermissions",
        texts,
    )
}

/// The permissions as Markdown.
pub(super) fn prose(permissions: &[spec::Permission]) -> Option<String> {
    if permissions.is_empty() {
        return None;
    }
    let parts: Vec<String> = permissions.iter().map(describe).collect();
    Some(format!("# Permissions\n\n{}", parts.join("\n\n")))
}

fn describe(permission: &spec::Permission) -> String {
    let action = docs::code(&permission.action);
    let level = match permission.access {
        AccessLevel::None => String::new(),
        level => format!(" (access level `{}`)", tables::level(level)),
    };
    let mut text = if permission.resources.is_empty() {
        format!("{action}{level} on all resources.")
    } else {
        let mut text =
            format!("{action}{level} on:\n\n| Resource type | Required | ARN |\n|---|---|---|");
        for resource in &permission.resources {
            let kind = docs::cell(&docs::line(&resource.kind));
            let required = if resource.required { "yes" } else { "no" };
            let arns = codes(&resource.arns);
            text += &format!("\n| {kind} | {required} | {} |", docs::cell(&arns));
        }
        text
    };
    if !permission.condition_keys.is_empty() {
        let keys = codes(&permission.condition_keys);
        text += &format!("\n\nCondition keys: {keys}.");
    }
    if !permission.dependent_actions.is_empty() {
        let actions = codes(&permission.dependent_actions);
        text += &format!("\n\nThe caller also needs {actions}.");
    }
    text
}

fn codes(texts: &[String]) -> String {
    let codes: Vec<String> = texts.iter().map(|text| docs::code(text)).collect();
    codes.join(", ")
}
