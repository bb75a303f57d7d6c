//! The permissions of an operation: the table that policies are made from, and what people read.
//!
//! ```text
//! &[Permission::new("ecs:AttachDisk", "update")
//!     .resources(&[ResourceType::required("Disk", &["acs:ecs:…:disk/{#diskId}"]), …])
//!     .condition_keys(&["ecs:tag"])]
//! ```

use alicloud_schema::operation;
use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    spec::{AccessLevel, Permission},
    tables,
};

use super::docs;

/// The permissions as data of the runtime.
pub(super) fn table(permissions: &[operation::Permission]) -> TokenStream {
    let permissions = permissions.iter().map(|permission| {
        let operation::Permission {
            action,
            access,
            resources,
            condition_keys,
            dependent_actions,
        } = permission;
        let types = resources.iter().map(|resource| {
            let (name, arns) = (resource.name, resource.arns);
            if resource.required {
                quote!(ResourceType::required(#name, &[#(#arns),*]))
            } else {
                quote!(ResourceType::optional(#name, &[#(#arns),*]))
            }
        });
        let types = (!resources.is_empty()).then(|| quote!(.resources(&[#(#types),*])));
        let lists = [
            (quote!(condition_keys), condition_keys),
            (quote!(dependent_actions), dependent_actions),
        ];
        let lists = lists.iter().filter(|(_, list)| !list.is_empty());
        let lists = lists.map(|(name, list)| quote!(.#name(&[#(#list),*])));
        quote!(Permission::new(#action, #access) #types #(#lists)*)
    });
    quote!(&[#(#permissions),*])
}

/// The permissions as Markdown.
pub(super) fn prose(permissions: &[Permission]) -> Option<String> {
    if permissions.is_empty() {
        return None;
    }
    let parts: Vec<String> = permissions.iter().map(describe).collect();
    Some(format!("# Permissions\n\n{}", parts.join("\n\n")))
}

fn describe(permission: &Permission) -> String {
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
