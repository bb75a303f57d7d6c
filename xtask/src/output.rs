//! Standard output.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};
use std::path::{Component, Path};

use alicloud_codegen::check::nearest;

/// Writes it. A reader that has gone, as `head` does, has read enough: unlike with `print!`, that is no panic.
/// Where it is lost for another reason, the program ends with status 1.
pub(crate) fn print(text: impl Display) {
    let mut stdout = std::io::stdout().lock();
    let written = write!(stdout, "{text}").and_then(|()| stdout.flush());
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("error: the output cannot be written: {error}");
        std::process::exit(1);
    }
}

/// The same, and a line break.
pub(crate) fn print_line(text: impl Display) {
    print(format_args!("{text}\n"));
}

/// A suggestion for a misspelled name, to be put at the end of a message.
pub(crate) fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(name, known)
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

/// A word of a command, so that it can be pasted into a shell.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The command that generates from this folder of specs.
pub(crate) fn codegen(spec: &Path) -> String {
    // It is looked for upwards, so where it is makes no difference.
    let up = |part: &Component<'_>| matches!(part, Component::ParentDir | Component::CurDir);
    if spec
        .components()
        .skip_while(up)
        .eq(Path::new("api-spec").components())
    {
        return "cargo xtask codegen".to_owned();
    }
    format!(
        "cargo xtask codegen --spec {}",
        quoted(&spec.to_string_lossy())
    )
}
