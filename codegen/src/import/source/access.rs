//! The access of an operation: whether it reads or writes.
//!
//! The vendor says it in two tags, which do not always agree; the name says it too.

use serde_json::{Map, Value};

use crate::spec::Access;

/// What the tags and the name say; and whether the tags said anything.
pub(super) fn access(api: &Map<String, Value>, name: &str) -> (Access, bool) {
    let reads_by_name = reads_by_name(name);
    let tag = api
        .get("systemTags")
        .and_then(|tags| tags.get("operationType"))
        .and_then(Value::as_str);
    let kind = api.get("operationType").and_then(Value::as_str);
    let (reads, known) = match (tag, kind) {
        (Some("get" | "list"), Some("write" | "readAndWrite"))
        | (Some("create" | "update" | "delete"), Some("read")) => (reads_by_name, true),
        (Some("get" | "list"), _) => (true, true),
        (Some("create" | "update" | "delete"), _) | (_, Some("write")) => (false, true),
        (_, Some("read")) => (reads_by_name || !writes_by_name(name), true),
        _ => (reads_by_name, false),
    };
    (if reads { Access::Read } else { Access::Write }, known)
}

/// Its name says that it changes nothing.
fn reads_by_name(name: &str) -> bool {
    ["Describe", "List", "Get", "Query", "Check"]
        .iter()
        .any(|verb| starts_with_word(name, verb))
}

/// Its name says that it changes something.
fn writes_by_name(name: &str) -> bool {
    const VERBS: &[&str] = &[
        "Add",
        "Allocate",
        "Assign",
        "Associate",
        "Attach",
        "Authorize",
        "Bind",
        "Cancel",
        "Change",
        "Convert",
        "Copy",
        "Create",
        "Delete",
        "Detach",
        "Disable",
        "Disassociate",
        "Dissociate",
        "Enable",
        "Import",
        "Install",
        "Invoke",
        "Modify",
        "Move",
        "Open",
        "Put",
        "Reboot",
        "Register",
        "Release",
        "Remove",
        "Renew",
        "Replace",
        "Reset",
        "Resize",
        "Restart",
        "Restore",
        "Revoke",
        "Run",
        "Send",
        "Set",
        "Start",
        "Stop",
        "Submit",
        "Switch",
        "Tag",
        "Unassign",
        "Unassociate",
        "Unbind",
        "Untag",
        "Update",
        "Upgrade",
        "Upload",
    ];
    VERBS.iter().any(|verb| starts_with_word(name, verb)) || name.starts_with("Batch")
}

fn starts_with_word(name: &str, word: &str) -> bool {
    name.strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
}
