//! The changelog section.

use alicloud_codegen::drift::release::{self, Bump};
use serde_json::json;
use std::collections::BTreeMap;

use super::{CASES, Case, cases, notes, specs};

fn bump(name: &str) -> Bump {
    notes(CASES.iter().find(|case| case.name == name).unwrap()).bump
}

#[test]
fn the_version_that_a_change_demands() {
    assert_eq!(bump("removed_parameter"), Bump::Major);
    assert_eq!(bump("order_of_required_parameters"), Bump::Major);
    assert_eq!(bump("new_optional_parameter"), Bump::Minor);
    assert_eq!(bump("tightened_limit"), Bump::Minor);
    assert_eq!(bump("deprecated_operation"), Bump::Minor);
    assert_eq!(bump("other_words"), Bump::Patch);
    assert_eq!(bump("response_field_required"), Bump::None);
    for (bump, before, after) in [
        (Bump::Major, "1.2.3", Some("2.0.0")),
        (Bump::Minor, "1.2.3", Some("1.3.0")),
        (Bump::Patch, "1.2.3", Some("1.2.4")),
        (Bump::None, "1.2.3", Some("1.2.3")),
        (Bump::Major, "0.2.3", Some("0.3.0")),
        (Bump::Minor, "0.2.3", Some("0.2.4")),
        (Bump::Patch, "0.2.3", Some("0.2.4")),
        (Bump::Major, "1.2", None),
        (Bump::Major, "1.2.x", None),
    ] {
        assert_eq!(bump.next(before).as_deref(), after, "{bump:?} {before}");
    }
}

/// All changes that do not exclude each other, in one release.
#[test]
fn it_reads_like_notes_that_one_would_want() {
    let mut files = cases::shop();
    for Case { name, change, .. } in CASES {
        if !matches!(
            *name,
            "removed_operation"
                | "removed_required_parameter"
                | "new_required_parameter"
                | "renamed_on_the_wire"
                | "removed_parameter"
                | "type_of_a_parameter"
                | "loosened_limit"
                | "new_value"
                | "new_documented_value"
                | "nested_field_removed"
                | "removed_response_field"
                | "rule_with_a_choice_removed"
                | "error_code_with_one_status_less"
                | "waiter_removed"
                | "optional_parameter_required"
        ) {
            change(&mut files);
        }
    }
    let old = BTreeMap::from([
        ("shop".to_owned(), specs(&cases::shop())),
        ("old-shop".to_owned(), specs(&cases::shop())),
    ]);
    let new = BTreeMap::from([
        ("shop".to_owned(), specs(&files)),
        ("post".to_owned(), specs(&cases::shop())),
    ]);
    insta::assert_snapshot!(release::compare(&old, &new).to_markdown("0.1.0"));
}

/// What is said of several things is said once, and what many operations share is told of all of them.
#[test]
fn much_of_a_kind_is_told_in_few_lines() {
    let rows = |retryable: bool| {
        json!([{ "status": 400, "code": "Busy", "retryable": retryable },
            { "status": 409, "code": "Pending", "retryable": retryable }])
    };
    let operation = |name: &str, new: bool| {
        let mut name_of = json!({ "name": "Name", "type": "string", "required": new });
        let mut kind = json!({ "name": "Kind", "type": "string", "required": new });
        let mut key = json!({ "name": "Key", "type": "string" });
        let mut colour = json!({ "name": "Colour", "type": "string" });
        if new {
            for limited in [&mut name_of, &mut kind] {
                limited["minLength"] = json!(2);
                limited["maxLength"] = json!(9);
            }
            for secret in [&mut key, &mut colour] {
                secret["sensitive"] = json!(true);
            }
            colour["knownValues"] = json!([{ "value": "red" }, { "value": "green" }]);
        }
        json!({ "operation": name, "parameters": [name_of, kind, key, colour], "errors": rows(new) })
    };
    let state = |new: bool| {
        let mut files = cases::shop();
        files.get_mut("product.json").unwrap()["errors"] = rows(new);
        for (index, name) in ["One", "Two", "Three", "Four"].into_iter().enumerate() {
            let mut changed = operation(name, new);
            // Otherwise all of them would share everything.
            changed["parameters"][2]["name"] = json!(format!("Key{index}"));
            files.insert(format!("operations/{name}.json"), changed);
        }
        BTreeMap::from([("shop".to_owned(), specs(&files))])
    };
    insta::assert_snapshot!(release::compare(&state(false), &state(true)).to_markdown("0.1.0"));
}

#[test]
fn nothing_is_told_where_nothing_changed() {
    let state = BTreeMap::from([("shop".to_owned(), specs(&cases::shop()))]);
    let release = release::compare(&state, &state);
    assert_eq!(
        release.to_markdown("0.1.0"),
        "Nothing changed: 0.1.0 stays.\n"
    );
}
