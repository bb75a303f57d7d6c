//! Error tables as text: what is written is read back the same, and what is not of the form is refused.

use alicloud_schema::{
    errors::{Errors, read, write},
    operation::{ErrorCode as _, ErrorRow},
};
use proptest::prelude::*;

static ERRORS: Errors = Errors::text(
    r#"
    404 Invalid.NotFound message="%s" meaning="There is none."
    400 "Invalid%s.Busy" retryable
    403 Invalid.NotFound
    0 ""
    "#,
);

alicloud_schema::error_codes! {
    /// The codes of the table.
    Code of ERRORS {
        /// Stands in two rows.
        NotFound,
        /// With a placeholder.
        Busy,
        /// Without a text.
        Empty,
    }
}

#[test]
fn a_table_is_a_slice_of_rows() {
    let rows = [
        ErrorRow::new(404, "Invalid.NotFound", "%s", "There is none."),
        ErrorRow::new(400, "Invalid%s.Busy", "", "").retryable(),
        ErrorRow::new(403, "Invalid.NotFound", "", ""),
        ErrorRow::new(0, "", "", ""),
    ];
    assert_eq!(ERRORS[..], rows);
    assert!(Errors::NONE.is_empty());
}

#[test]
fn codes_are_those_of_the_table_each_once() {
    let codes = [
        ("Invalid.NotFound", Code::NotFound),
        ("InvalidDisk.Busy", Code::Busy),
        ("", Code::Empty),
        ("invalid.notfound", Code::Unknown),
    ];
    for (text, code) in codes {
        assert_eq!(Code::from_wire(text), code, "{text}");
    }
    let listed = [Code::NotFound, Code::Busy, Code::Empty, Code::Unknown].map(Code::as_listed);
    let texts = [
        Some("Invalid.NotFound"),
        Some("Invalid%s.Busy"),
        Some(""),
        None,
    ];
    assert_eq!(listed, texts);
}

#[test]
fn what_is_not_of_the_form_is_refused() {
    for (line, column, expected) in [
        ("Code", 1, "an HTTP status, or 0"),
        ("70000 Code", 6, "an HTTP status, or 0"),
        ("404", 4, "a blank and the code"),
        ("404 =", 5, "a name, or a text in quotes"),
        ("404 Code,", 9, "the end of the line"),
        ("404 Code often", 15, "what there is to say of an error"),
        ("404 Code meaning", 17, "`=` and a value"),
        (
            "404 Code message=\"%s",
            19,
            "a quote at the end of the text",
        ),
    ] {
        let error = read(line).unwrap_err();
        assert_eq!(
            error,
            format!("column {column} of `{line}`: expected {expected}")
        );
    }
}

fn text() -> impl Strategy<Value = &'static str> {
    let text = prop_oneof![
        "[A-Za-z0-9._-]{0,8}",
        any::<String>(),
        r#"["\\\n\r\t,=%s a]{0,6}"#
    ];
    text.prop_map(|text| &*text.leak())
}

fn row() -> impl Strategy<Value = ErrorRow> {
    let row = (any::<u16>(), text(), text(), text(), any::<bool>());
    row.prop_map(|(status, code, message, description, retryable)| ErrorRow {
        status,
        code,
        message,
        description,
        retryable,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(row(), 0..4)) {
        let lines: Vec<String> = rows.iter().map(write).collect();
        prop_assert_eq!(read(lines.join("\n").leak()).unwrap(), rows);
    }

    #[test]
    fn nothing_panics(line in r#"[0-9]{0,3} [A-Za-z0-9=.,"\\ -]{0,40}"#) {
        _ = read(line.leak());
    }
}
