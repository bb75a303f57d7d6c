//! The effect of a change, and the change in words.

use serde_json::Value;

use super::{Effect, Entry};
use crate::import::{Change, Fact, Side, shown};
use crate::number;
use crate::spec::{Operation, Product};

/// The entries for one change of an operation; a change of an enumeration can be two.
pub(super) fn change(change: Change, old: &Operation, new: &Operation) -> Vec<Entry> {
    let (effect, text) = match change.fact {
        Fact::Enum => return enumeration(&change),
        Fact::Item => item(&change),
        Fact::Type => (Effect::Breaking, was(&change, "is", "")),
        Fact::Format => format(&change),
        Fact::Required => (Effect::Breaking, required(&change)),
        Fact::Deprecated => (Effect::Documentation, deprecated(&change)),
        Fact::Default => (Effect::Documentation, limit(&change, "default")),
        Fact::Minimum => bound(&change, "minimum", false),
        Fact::MinLength => bound(&change, "minimum length", false),
        Fact::MinItems => bound(&change, "minimum number of elements", false),
        Fact::Maximum => bound(&change, "maximum", true),
        Fact::MaxLength => bound(&change, "maximum length", true),
        Fact::MaxItems => bound(&change, "maximum number of elements", true),
        Fact::Pattern if change.new.is_null() => (Effect::Loosened, limit(&change, "pattern")),
        Fact::Pattern => (Effect::Tightened, limit(&change, "pattern")),
        Fact::In => (Effect::Behaviour, sent(&change, "query", "travels in")),
        Fact::Style => (
            Effect::Behaviour,
            sent(&change, "flat", "is written in the style"),
        ),
        Fact::Method => (Effect::Behaviour, sent(&change, "POST", "is sent with")),
        Fact::Access => (Effect::Behaviour, access(&change).to_owned()),
        Fact::Anonymous => (Effect::Behaviour, anonymous(&change).to_owned()),
        Fact::Error => error(&change, old, new),
        Fact::Message => (
            Effect::Documentation,
            format!("message of {}: {}", subject(&change), shown(&change.new)),
        ),
        Fact::Permissions => (Effect::Documentation, permissions(&change)),
        Fact::Operation
        | Fact::Endpoint
        | Fact::Signatures
        | Fact::Derived
        | Fact::Rule
        | Fact::KnownValue
        | Fact::Waiter
        | Fact::Mark
        | Fact::Words
        | Fact::Rust => (
            Effect::Documentation,
            format!(
                "{}: {} (was {})",
                change.at,
                shown(&change.new),
                shown(&change.old)
            ),
        ),
    };
    vec![entry(change, effect, text)]
}

/// The entry for a change of the product.
pub(super) fn product(change: Change, product: &Product) -> Entry {
    let region = change.at.rsplit('/').next().unwrap_or_default();
    let (effect, text) = match (change.fact, &change.old, &change.new) {
        (Fact::Endpoint, old, new) if change.at.ends_with("Rule") => (
            Effect::Behaviour,
            format!(
                "hosts in regions that are not listed: {} (was {})",
                plain(new),
                plain(old)
            ),
        ),
        (Fact::Endpoint, Value::Null, new) => (
            Effect::Additive,
            format!("region {region} is listed: {}", plain(new)),
        ),
        (Fact::Endpoint, old, Value::Null) => {
            // A region that is not listed goes by the rule, which may say the same.
            let ruled = product
                .endpoint_rule
                .as_ref()
                .map(|rule| rule.replace("{region}", region));
            let same = ruled.as_deref() == old.as_str();
            (
                if same {
                    Effect::Documentation
                } else {
                    Effect::Behaviour
                },
                format!(
                    "region {region} is not listed any more (was {})",
                    plain(old)
                ),
            )
        }
        (Fact::Endpoint, old, new) => (
            Effect::Behaviour,
            format!("region {region}: {} (was {})", plain(new), plain(old)),
        ),
        (Fact::Item, old, new) => (
            Effect::Behaviour,
            format!(
                "the parameter that the client fills with its region: {} (was {})",
                plain(new),
                plain(old)
            ),
        ),
        (_, old, new) => (
            Effect::Behaviour,
            format!("signatures: {} (were {})", plain(new), plain(old)),
        ),
    };
    entry(change, effect, text)
}

fn entry(change: Change, effect: Effect, text: String) -> Entry {
    let Change {
        operation,
        at,
        side,
        fact,
        old,
        new,
    } = change;
    Entry {
        effect,
        operation,
        at,
        side,
        fact,
        text,
        instead: None,
        old,
        new,
    }
}

/// A parameter, a field, or the response as a whole.
fn item(change: &Change) -> (Effect, String) {
    if change.at == "/response" {
        return match change.new {
            Value::Null => (
                Effect::Breaking,
                "the response is not described any more".to_owned(),
            ),
            _ => (
                Effect::Breaking,
                "the response is described; it was any answer".to_owned(),
            ),
        };
    }
    if let Some(map) = change.at.strip_suffix("/additionalProperties") {
        let subject = subject_at(map, change.side);
        return if change.new.is_null() {
            (
                Effect::Breaking,
                format!("{subject} has no fields of any name any more"),
            )
        } else {
            let kind = kind(&change.new);
            (
                Effect::Additive,
                format!("{subject} has fields of any name ({kind})"),
            )
        };
    }
    let subject = subject(change);
    if change.new.is_null() {
        return (Effect::Breaking, format!("{subject} is gone"));
    }
    let kind = kind(&change.new);
    match (change.side, change.new["required"] == true) {
        (Side::Request, true) => (Effect::Breaking, format!("new required {subject} ({kind})")),
        (Side::Request, false) => (Effect::Additive, format!("new optional {subject} ({kind})")),
        _ => (Effect::Additive, format!("new {subject} ({kind})")),
    }
}

/// The type of a schema in words: `string`, `list of objects`.
fn kind(schema: &Value) -> String {
    match (schema["type"].as_str().unwrap_or("any"), &schema["items"]) {
        ("array", Value::Null) => "list".to_owned(),
        ("array", items) => match kind(items).as_str() {
            "any" => "list of anything".to_owned(),
            inner => match inner.strip_prefix("list of ") {
                Some(rest) => format!("list of lists of {rest}"),
                None => format!("list of {inner}s"),
            },
        },
        ("any", _) => "any".to_owned(),
        (word, _) => word.to_owned(),
    }
}

fn format(change: &Change) -> (Effect, String) {
    let text = limit(change, "format");
    let wide = |format: &Value| !matches!(format.as_str(), Some("int32"));
    let numeric = |format: &Value| {
        matches!(
            format.as_str(),
            None | Some("int32" | "int64" | "float" | "double")
        )
    };
    if numeric(&change.old) && numeric(&change.new) {
        // Whole numbers are `i32` or `i64`; all others are `f64`.
        return (
            if wide(&change.old) == wide(&change.new) {
                Effect::Documentation
            } else {
                Effect::Breaking
            },
            text,
        );
    }
    if [&change.old, &change.new]
        .iter()
        .any(|format| **format == "binary")
    {
        return (Effect::Breaking, text);
    }
    let effect = match change.side {
        // What comes back is not checked.
        Side::Response => Effect::Documentation,
        _ if change.new.is_null() => Effect::Loosened,
        _ => Effect::Tightened,
    };
    (effect, text)
}

/// A limit, and whether more values pass than before.
fn bound(change: &Change, name: &str, upper: bool) -> (Effect, String) {
    let effect = match (&change.old, &change.new) {
        (Value::Number(old), Value::Number(new)) if number::compare(new, old).is_gt() == upper => {
            Effect::Loosened
        }
        (_, Value::Number(_)) => Effect::Tightened,
        _ => Effect::Loosened,
    };
    (effect, limit(change, name))
}

fn limit(change: &Change, name: &str) -> String {
    let subject = subject(change);
    match (&change.old, &change.new) {
        (Value::Null, new) => format!("{subject} has the {name} {}", plain(new)),
        (old, Value::Null) => format!("{subject} has no {name} any more (was {})", plain(old)),
        (old, new) => format!(
            "{subject} has the {name} {} (was {})",
            plain(new),
            plain(old)
        ),
    }
}

fn enumeration(change: &Change) -> Vec<Entry> {
    let values = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (old, new) = (values(&change.old), values(&change.new));
    let list = |values: &[Value]| values.iter().map(plain).collect::<Vec<_>>().join(", ");
    let subject = subject(change);
    let effect = |effect: Effect| {
        if change.side == Side::Request {
            effect
        } else {
            Effect::Documentation
        }
    };
    let takes = if change.side == Side::Request {
        "takes"
    } else {
        "lists"
    };
    if old.is_empty() {
        let text = format!("{subject} {takes} only {}", list(&new));
        return vec![entry(change.clone(), effect(Effect::Tightened), text)];
    }
    if new.is_empty() {
        let text = format!("{subject} {takes} any value (was {})", list(&old));
        return vec![entry(change.clone(), effect(Effect::Loosened), text)];
    }
    let only = |these: &[Value], those: &[Value]| -> Vec<Value> {
        these
            .iter()
            .filter(|v| !those.contains(v))
            .cloned()
            .collect()
    };
    let (gone, come) = (only(&old, &new), only(&new, &old));
    let mut entries = Vec::new();
    if !gone.is_empty() {
        let text = format!("{subject} {takes} no more {}", list(&gone));
        entries.push(entry(change.clone(), effect(Effect::Tightened), text));
    }
    if !come.is_empty() {
        let text = format!("{subject} also {takes} {}", list(&come));
        entries.push(entry(change.clone(), effect(Effect::Loosened), text));
    }
    entries
}

/// A row of the error table: a variant comes or goes with the last row of its code.
fn error(change: &Change, old: &Operation, new: &Operation) -> (Effect, String) {
    let row = if change.new.is_null() {
        &change.old
    } else {
        &change.new
    };
    let code = row["code"].as_str().unwrap_or_default();
    let named = |operation: &Operation| operation.errors.iter().any(|row| row.code == code);
    let status = match row["status"].as_u64() {
        Some(status) => format!(" with status {status}"),
        None => " without a status".to_owned(),
    };
    match (change.new.is_null(), named(old), named(new)) {
        (false, false, _) => (Effect::Additive, format!("new error `{code}`{status}")),
        (false, true, _) => (
            Effect::Documentation,
            format!("error `{code}` also comes{status}"),
        ),
        (true, _, false) => (Effect::Breaking, format!("error `{code}` is gone")),
        (true, _, true) => (
            Effect::Documentation,
            format!("error `{code}` no longer comes{status}"),
        ),
    }
}

fn required(change: &Change) -> String {
    let state = if change.new == true {
        "required (was optional)"
    } else {
        "optional (was required)"
    };
    format!("{} is {state}", subject(change))
}

fn deprecated(change: &Change) -> String {
    let subject = if change.side == Side::Operation {
        "it".to_owned()
    } else {
        subject(change)
    };
    let state = if change.new == true {
        "deprecated"
    } else {
        "no longer deprecated"
    };
    format!("{subject} is {state}")
}

fn access(change: &Change) -> &'static str {
    if change.new == "read" {
        "it only reads (was: may write), so it may be repeated at will"
    } else {
        "it may write (was: only reads), so it is not repeated after an unclear failure"
    }
}

fn anonymous(change: &Change) -> &'static str {
    if change.new == true {
        "it takes no signature (was signed)"
    } else {
        "it takes a signature (was unsigned)"
    }
}

fn was(change: &Change, verb: &str, unit: &str) -> String {
    let word = |value: &Value| value.as_str().unwrap_or("string").to_owned();
    format!(
        "{} {verb} {}{unit} (was {})",
        subject(change),
        word(&change.new),
        word(&change.old)
    )
}

fn sent(change: &Change, usual: &str, how: &str) -> String {
    let word = |value: &Value| value.as_str().unwrap_or(usual).to_owned();
    let subject = if change.side == Side::Operation {
        "it".to_owned()
    } else {
        subject(change)
    };
    format!(
        "{subject} {how} {} (was {})",
        word(&change.new),
        word(&change.old)
    )
}

/// Other actions, or what is new about the same ones.
fn permissions(change: &Change) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (new, old) = (list(&change.new), list(&change.old));
    let actions = |permissions: &[Value]| {
        let names: Vec<&str> = permissions
            .iter()
            .filter_map(|p| p["action"].as_str())
            .collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    if actions(&new) != actions(&old) {
        return format!("permissions: {} (were {})", actions(&new), actions(&old));
    }
    let pairs = new.iter().zip(&old).filter(|(new, old)| new != old);
    let changed: Vec<String> = pairs.map(|(new, old)| permission(new, old)).collect();
    format!("permissions: {}", changed.join("; "))
}

fn permission(new: &Value, old: &Value) -> String {
    fn types(resources: &Value) -> String {
        let types = resources.as_array().into_iter().flatten();
        let types: Vec<&str> = types.filter_map(|it| it["type"].as_str()).collect();
        if types.is_empty() {
            "all".to_owned()
        } else {
            types.join(", ")
        }
    }
    fn level(level: &Value) -> String {
        level.as_str().unwrap_or("none").to_owned()
    }
    type Shown = fn(&Value) -> String;
    let parts: [(&str, &str, Shown); 4] = [
        ("access", "the access level", level),
        ("resources", "the resources", types),
        ("conditionKeys", "the condition keys", plain),
        ("dependentActions", "the dependent actions", plain),
    ];
    let parts = parts.into_iter().filter(|(key, ..)| new[*key] != old[*key]);
    let parts: Vec<String> = parts
        .map(|(key, what, shown)| {
            let (new, old) = (shown(&new[key]), shown(&old[key]));
            if new == old {
                format!("other ARNs of {what} {new}")
            } else {
                format!("{what} {new} (was {old})")
            }
        })
        .collect();
    format!("{} has {}", plain(&new["action"]), parts.join(", "))
}

/// A value in a sentence.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Null => "none".to_owned(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => shown(other),
    }
}

/// What changed, as people call it: ``parameter `Tag.N.Key` ``.
fn subject(change: &Change) -> String {
    match change.fact {
        Fact::Item | Fact::Error => subject_at(&change.at, change.side),
        // The last step is the keyword.
        _ => {
            let at = change.at.rsplit_once('/').map_or("", |(at, _)| at);
            subject_at(at, change.side)
        }
    }
}

/// What is at a place, as people call it.
pub(super) fn subject_at(at: &str, side: Side) -> String {
    let steps: Vec<&str> = at.split('/').skip(1).collect();
    let mut steps = steps.into_iter();
    let mut names: Vec<&str> = Vec::new();
    match steps.next() {
        Some("errors") => return format!("error `{}`", steps.collect::<Vec<_>>().join("/")),
        Some("parameters") => names.extend(steps.next()),
        _ => {}
    }
    while let Some(step) = steps.next() {
        match step {
            "items" => names.push("N"),
            "additionalProperties" => names.push("*"),
            // The next step is a name, whatever it looks like.
            "properties" => names.extend(steps.next()),
            // The rest of a name with a slash in it.
            other => names.push(other),
        }
    }
    let nested = names.len() > 1;
    let path = names.join(".");
    match (side, nested) {
        (Side::Response, _) if path.is_empty() => "the response".to_owned(),
        (Side::Response, _) => format!("response field `{path}`"),
        (_, true) => format!("field `{path}`"),
        (_, false) => format!("parameter `{path}`"),
    }
}
