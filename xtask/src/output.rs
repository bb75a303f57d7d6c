//! What goes to the standard output.

use std::fmt::Display;
use std::io::Write as _;

/// Writes it. A reader that has gone, as `head` does, has read enough: unlike with `print!`, that is no panic.
pub(crate) fn print(text: impl Display) {
    let mut stdout = std::io::stdout().lock();
    let _ = write!(stdout, "{text}").and_then(|()| stdout.flush());
}

/// The same, and a line break.
pub(crate) fn print_line(text: impl Display) {
    print(format_args!("{text}\n"));
}
