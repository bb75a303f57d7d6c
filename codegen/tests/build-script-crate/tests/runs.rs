//! The program does what it is to show.

use std::process::Command;

#[test]
fn the_program_matches_on_errors() {
    let output = Command::new(env!("CARGO_BIN_EXE_build-script-crate"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let expected = [
        "borrowed: yes",
        "there is no such book",
        "it is on loan",
        "the library says Closed",
        "Isbn: \"12\" does not match; allowed: text that matches `^[0-9]{13}$`",
        "Weeks: 9 is too large; at most 4 is allowed",
        "Isbn and Title were given; exactly one of them is required. A book is named once.",
        "SeatCount: 8 is too large; at most 6 is allowed",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}
