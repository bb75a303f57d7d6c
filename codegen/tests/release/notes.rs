//! The changelog section.

use alicloud_codegen::drift::release::{self, Bump};
use std::collections::BTreeMap;

use crate::{CASES, Case, cases, notes, specs};

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

#[test]
fn nothing_is_told_where_nothing_changed() {
    let state = BTreeMap::from([("shop".to_owned(), specs(&cases::shop()))]);
    let release = release::compare(&state, &state);
    assert_eq!(
        release.to_markdown("0.1.0"),
        "Nothing changed: 0.1.0 stays.\n"
    );
}
