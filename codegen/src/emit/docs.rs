//! Documentation comments: the texts of a spec as Markdown that rustdoc accepts without warnings.
//!
//! Descriptions may be Markdown, and may be anything that a vendor wrote. Lists, emphasis, code and
//! links to the web stay what they are; HTML, links to items, and whatever would become a program
//! that `cargo test` runs lose their meaning and stay as text.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::raw;
use crate::web::{self, url};

/// A doc comment of paragraphs, with an empty line between them.
pub(super) fn paragraphs(paragraphs: &[String]) -> TokenStream {
    let mut lines = Vec::new();
    for paragraph in paragraphs.iter().filter(|text| !text.trim().is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(paragraph.lines().map(|line| line.trim_end().to_owned()));
    }
    self::lines(&lines)
}

/// A doc comment of lines.
pub(super) fn lines(lines: &[String]) -> TokenStream {
    let Some(text) = attribute(lines) else {
        return TokenStream::new();
    };
    quote!(#[doc = #text])
}

/// The same as [`lines`], for the module that it stands in.
pub(super) fn inner(lines: &[String]) -> TokenStream {
    let Some(text) = attribute(lines) else {
        return TokenStream::new();
    };
    quote!(#![doc = #text])
}

/// What stands between the lines of a doc comment in its attribute. All of them are one attribute until
/// the text of the file is there, since documentation is most of it, and one an attribute would be most of
/// the tokens. No description has this character: they have no control characters.
const NEXT_LINE: char = '\u{1}';

/// The text of the attribute, which is a raw literal: what would have to be escaped here would have to be
/// unescaped wherever the attribute is read. None where there are no lines.
fn attribute(lines: &[String]) -> Option<Literal> {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            text.push(NEXT_LINE);
        }
        if !line.is_empty() {
            text.push(' ');
            text.push_str(line);
        }
    }
    (!lines.is_empty()).then(|| raw(&text))
}

/// Puts the lines of doc comments below each other, in the text of a file, and links operations that they
/// name: `link` gives the type in the module above.
pub(super) fn in_lines<'l>(file: &str, link: impl Fn(&str) -> Option<&'l str>) -> String {
    let mut out = String::with_capacity(file.len() + file.len() / 8);
    for line in file.split_inclusive('\n') {
        let first = line.trim_start();
        if !first.starts_with("///") && !first.starts_with("//!") {
            out.push_str(line);
            continue;
        }
        // Up to and including `///` or `//!`.
        let (opening, text) = line.split_at(line.len() - first.len() + "///".len());
        let mut in_code = false;
        for (index, part) in text.split(NEXT_LINE).enumerate() {
            if index > 0 {
                out.push('\n');
            }
            out.push_str(opening);
            let is_fence = part.trim_start().starts_with("```");
            in_code ^= is_fence;
            // The rows of a table would become too wide to be read as text.
            if in_code || is_fence || part.trim_start().starts_with('|') {
                out.push_str(part);
            } else {
                linked(part, &link, &mut out);
            }
        }
    }
    out
}

/// Writes a line with links to the operations in it.
fn linked<'l>(line: &str, link: &impl Fn(&str) -> Option<&'l str>, out: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, span) = rest.split_at(at);
        out.push_str(before);
        let length = span.len() - span.trim_start_matches('`').len();
        let end = code_span(span, length).unwrap_or(length);
        let (span, after) = span.split_at(end);
        let name = span.trim_matches('`');
        match link(name) {
            Some(ty) if length == 1 && !before.ends_with('[') => {
                out.push_str(&format!("[{span}](super::{ty})"));
            }
            _ => out.push_str(span),
        }
        rest = after;
    }
    out.push_str(rest);
}

/// A code span, whatever the text; nothing for an empty one.
pub(super) fn code(text: &str) -> String {
    let text = flat(text);
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    match (text.is_empty(), longest) {
        (true, _) => String::new(),
        (false, 0) => format!("`{text}`"),
        (false, _) => {
            let fence = "`".repeat(longest + 1);
            format!("{fence} {text} {fence}")
        }
    }
}

/// A code span in the column of a table: a long code may break behind its periods, or it would leave the
/// other columns no room. Markdown has no sign for that, HTML has.
pub(super) fn breakable_code(text: &str) -> String {
    const LONG: usize = 32;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.';
    if text.len() <= LONG || !text.contains('.') || !text.chars().all(is_word) {
        return code(text);
    }
    format!("<code>{}</code>", text.replace('.', ".<wbr>"))
}

/// A value as a code span; words where there is nothing to show.
pub(super) fn value(value: &str) -> String {
    let code = code(value);
    if code.is_empty() {
        return "the empty text".to_owned();
    }
    code
}

/// Text in the cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

/// A page to go to.
pub(super) fn page(address: &str) -> String {
    let address = flat(address);
    if web::is_address(&address) {
        format!("<{address}>")
    } else {
        code(&address)
    }
}

/// Text of a spec in one line.
pub(super) fn line(text: &str) -> String {
    inline(&flat(text))
}

/// Text of a spec in as many lines as it has.
pub(super) fn prose(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    // Where the text of the items that are open begins, from the outermost inward.
    let mut items: Vec<usize> = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    for raw in text.lines() {
        let line = clean(raw).trim_end().to_owned();
        let text = line.trim_start();
        if let Some((mark, length)) = fence {
            let closes = text.chars().all(|c| c == mark) && text.len() >= length;
            out.push(if closes { closing(mark, length) } else { line });
            if closes {
                fence = None;
            }
            continue;
        }
        if let Some((mark, length)) = fence_opening(text) {
            // Named, or rustdoc takes it for Rust.
            out.push(format!("{}text", closing(mark, length)));
            fence = Some((mark, length));
            items.clear();
            continue;
        }
        if text.is_empty() {
            out.push(String::new());
            continue;
        }
        let indent = line.len() - text.len();
        items.retain(|begin| *begin <= indent);
        // Four more than where the text begins would make it code.
        let indent = indent.min(items.last().unwrap_or(&0) + 3);
        if let Some(marker) = item_marker(text) {
            items.push(indent + marker.len() + 1);
        }
        let line = format!("{}{}", " ".repeat(indent), inline(text));
        out.push(line.trim_end().to_owned());
    }
    if let Some((mark, length)) = fence {
        out.push(closing(mark, length));
    }
    out.join("\n")
}

fn closing(mark: char, length: usize) -> String {
    mark.to_string().repeat(length)
}

/// Three backticks or more, or tildes, and nothing but a word behind them.
fn fence_opening(line: &str) -> Option<(char, usize)> {
    let mark = line
        .chars()
        .next()
        .filter(|mark| ['`', '~'].contains(mark))?;
    let rest = line.trim_start_matches(mark);
    let length = line.len() - rest.len();
    (length >= 3 && !rest.contains(['`', '~'])).then_some((mark, length))
}

/// The mark of `- …`, `* …`, `+ …`, `1. …`, `1) …`: what begins an item wherever it stands.
fn item_marker(line: &str) -> Option<&str> {
    let (marker, text) = line.split_once(' ')?;
    // `* * *` is a line across the page, `- | -` is the line below the head of a table.
    let is_line = text
        .chars()
        .all(|c| " |:-".contains(c) || marker.starts_with(c));
    let begins = ["-", "*", "+", "1.", "1)"].contains(&marker) && !is_line;
    begins.then_some(marker)
}

/// Without characters that are not for reading, or that turn the direction of what follows them.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .map(|c| match c {
            '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

/// All in one line, with single spaces.
fn flat(text: &str) -> String {
    // Most texts are so already.
    let is_flat =
        |text: &str| !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ");
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) && is_flat(text) {
        return text.to_owned();
    }
    let text = clean(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// One line, from its first word on.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    if text.starts_with('>') {
        out.push('\\');
    }
    while let Some(character) = rest.chars().next() {
        let taken = piece(character, rest, &mut out);
        rest = &rest[taken..];
    }
    out
}

/// Writes what the line begins with, and tells its length.
fn piece(character: char, rest: &str, out: &mut String) -> usize {
    let run = |mark: char| rest.len() - rest.trim_start_matches(mark).len();
    match character {
        '\\' => {
            let escaped = rest.chars().nth(1).filter(char::is_ascii_punctuation);
            out.push('\\');
            match escaped {
                Some(escaped) => {
                    out.push(escaped);
                    2
                }
                // At the end of the line it would escape what comes behind.
                None => {
                    out.push('\\');
                    1
                }
            }
        }
        '`' => {
            let length = run('`');
            let span = code_span(rest, length).filter(|_| length < 3);
            if let Some(span) = span {
                out.push_str(&rest[..span]);
                return span;
            }
            out.push_str(&"\\`".repeat(length));
            length
        }
        '~' if run('~') >= 3 => {
            let length = run('~');
            out.push_str(&"\\~".repeat(length));
            length
        }
        ' ' => {
            // More of them behind the mark of a list would make code.
            out.push(' ');
            run(' ')
        }
        '<' => {
            let link = url(&rest[1..]).filter(|url| rest[1 + url.len()..].starts_with('>'));
            if let Some(url) = link {
                let length = url.len() + 2;
                out.push_str(&rest[..length]);
                return length;
            }
            out.push_str("\\<");
            1
        }
        '[' => {
            if let Some(length) = web_link(rest) {
                out.push_str(&rest[..length]);
                return length;
            }
            out.push_str("\\[");
            1
        }
        // A picture is shown as the link to it.
        '!' if rest[1..].starts_with('[') && web_link(&rest[1..]).is_some() => {
            out.push_str("\\!");
            1
        }
        'h' => {
            if let Some(url) = url(rest) {
                out.push_str(&format!("<{url}>"));
                return url.len();
            }
            out.push('h');
            1
        }
        other => {
            out.push(other);
            other.len_utf8()
        }
    }
}

/// The length of a code span that begins with a run of so many backticks.
fn code_span(text: &str, length: usize) -> Option<usize> {
    let mut at = length;
    while let Some(found) = text[at..].find('`') {
        let from = at + found;
        let run = text[from..].len() - text[from..].trim_start_matches('`').len();
        at = from + run;
        if run == length {
            return Some(at);
        }
    }
    None
}

/// The length of `[words](https://…)`.
fn web_link(text: &str) -> Option<usize> {
    let (words, target) = text[1..].split_once("](")?;
    let plain = !words.trim().is_empty() && !words.contains(['[', ']', '<', '`', '\\']);
    let url = url(target).filter(|_| plain && !words.contains("http"))?;
    let length = 1 + words.len() + 2 + url.len() + 1;
    target[url.len()..].starts_with(')').then_some(length)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag};

    use super::*;

    /// What rustdoc would complain about, or run.
    fn complaints(markdown: &str) -> Vec<String> {
        let broken = |link: BrokenLink<'_>| Some((link.reference.to_string().into(), "".into()));
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_SMART_PUNCTUATION;
        let mut links = 0;
        let mut found = Vec::new();
        let mut code = false;
        for event in Parser::new_with_broken_link_callback(markdown, options, Some(broken)) {
            match &event {
                Event::Html(_) | Event::InlineHtml(_) => found.push(format!("{event:?}")),
                Event::Start(Tag::CodeBlock(kind)) => {
                    code = true;
                    match kind {
                        CodeBlockKind::Fenced(name) if &**name == "text" => {}
                        _ => found.push(format!("{event:?}")),
                    }
                }
                Event::End(pulldown_cmark::TagEnd::CodeBlock) => code = false,
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }) => {
                    links += 1;
                    let known = matches!(link_type, LinkType::Inline | LinkType::Autolink);
                    if !known || !dest_url.starts_with("http") {
                        found.push(format!("{event:?}"));
                    }
                }
                Event::Start(Tag::Image { .. } | Tag::FootnoteDefinition(_))
                | Event::FootnoteReference(_) => found.push(format!("{event:?}")),
                Event::End(pulldown_cmark::TagEnd::Link) => links -= 1,
                Event::Text(text) if links == 0 && !code => {
                    let bare = text.split("http").skip(1).find(|rest| {
                        let rest = rest.strip_prefix('s').unwrap_or(rest);
                        rest.strip_prefix("://").is_some_and(|host| {
                            host.starts_with(|c: char| c.is_ascii_alphanumeric())
                        })
                    });
                    found.extend(bare.map(|text| format!("bare: {text}")));
                }
                _ => {}
            }
        }
        found
    }

    #[test]
    fn markdown_stays() {
        for text in [
            "Plain words, *emphasis*, **strength**, `code`, ``co`de``.",
            "- one\n- two\n  - three\n    - four\n\n1. five",
            "1. one\n\n   - two\n\n     more of two\n\nnothing of either",
            "See [the page](https://example.com/a?b=c#d) or <https://example.com>.",
            "A | B\n--|--\n1 | 2",
            "```text\nfn main() {}\n    [x]\n```",
        ] {
            assert_eq!(prose(text), text);
            assert_eq!(complaints(text), Vec::<String>::new());
        }
    }

    #[test]
    fn what_would_be_taken_amiss_becomes_text() {
        for (text, expected) in [
            ("a <b>c</b> [d] e", "a \\<b>c\\</b> \\[d] e"),
            (
                "见https://help.aliyun.com/a.html。",
                "见<https://help.aliyun.com/a.html>。",
            ),
            ("(http://a.bc)", "(<http://a.bc>)"),
            ("    let a = 1;", "   let a = 1;"),
            ("-     code", "- code"),
            (">     code", "\\> code"),
            ("```\nlet a;", "```text\nlet a;\n```"),
            ("~~~rust\nlet a;\n~~~", "~~~text\nlet a;\n~~~"),
            ("a ` b", "a \\` b"),
            ("a\u{202e}b\u{0}c\td", "ab c d"),
            ("ends with \\", "ends with \\\\"),
            ("[a](b) ![c](d)", "\\[a](b) !\\[c](d)"),
            ("![a](http://b.cd)", "\\![a](http://b.cd)"),
            ("[^1]: note", "\\[^1]: note"),
            ("~\n    1. `\n\n     - `", "~\n   1. \\`\n\n   - \\`"),
            ("* * *\n     - a", "* * *\n   - a"),
            ("~|\n- |\n\n     `", "~|\n- |\n\n   \\`"),
        ] {
            assert_eq!(prose(text), expected, "{text}");
        }
    }

    #[test]
    fn operations_are_linked_where_prose_names_them() {
        let link = |name: &str| match name {
            "RunIt" => Some("RunIt"),
            "GetID" => Some("GetId"),
            _ => None,
        };
        let next = NEXT_LINE;
        let file = format!(
            "    /// `RunIt`, [`RunIt`](super::RunIt), ``RunIt`` and `GetID`: `Run`.{next}{next} ```no_run{next} `RunIt`{next} ```{next} | `RunIt` |{next} `RunIt\n\
             const A: &str = \"`RunIt`\";\n"
        );
        assert_eq!(
            in_lines(&file, link),
            "    /// [`RunIt`](super::RunIt), [`RunIt`](super::RunIt), ``RunIt`` and [`GetID`](super::GetId): `Run`.\n    \
             ///\n    /// ```no_run\n    /// `RunIt`\n    /// ```\n    /// | `RunIt` |\n    /// `RunIt\n\
             const A: &str = \"`RunIt`\";\n"
        );
    }

    #[test]
    fn lines_of_a_module_stand_below_each_other() {
        let file = format!("//! One{NEXT_LINE}{NEXT_LINE} two\n");
        assert_eq!(in_lines(&file, |_| None), "//! One\n//!\n//! two\n");
    }

    #[test]
    fn spans_of_code() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(code(" \n\t"), "");
        assert_eq!(code("a\r\nb"), "`a b`");
        assert_eq!(value(""), "the empty text");
        assert_eq!(page("https://example.com/a"), "<https://example.com/a>");
        assert_eq!(page("see https://example.com"), "`see https://example.com`");
        assert_eq!(line("a\n<b>"), "a \\<b>");
        assert_eq!(
            breakable_code("InvalidDisk.NotBootable"),
            "`InvalidDisk.NotBootable`"
        );
        assert_eq!(
            breakable_code("InvalidParameter.Force.RegionNotSupported"),
            "<code>InvalidParameter.<wbr>Force.<wbr>RegionNotSupported</code>"
        );
        assert_eq!(
            breakable_code("<InvalidParameter.Force.RegionNotSupported>"),
            "`<InvalidParameter.Force.RegionNotSupported>`"
        );
    }

    /// Pieces of Markdown and HTML, so that what they make together is found.
    fn markdown() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "word",
            " ",
            "  ",
            "    ",
            "\n",
            "\n\n",
            "\n    ",
            "\t",
            "`",
            "``",
            "```",
            "~~~",
            "~",
            "<",
            ">",
            "<b>",
            "</b>",
            "<br/>",
            "<!--",
            "-->",
            "[",
            "]",
            "(",
            ")",
            "](",
            "![",
            "[^1]",
            "]: ",
            "http://a.bc",
            "https://example.com/x_y",
            "https://",
            "\\",
            "\\\\",
            "|",
            "- ",
            "* ",
            "+ ",
            "1. ",
            "1) ",
            "> ",
            "# ",
            "---",
            "===",
            "&lt;",
            "&",
            "*",
            "_",
            "**",
            "*/",
            "/*",
            "\"",
            "'",
            "{",
            "}",
            "\r",
            "\r\n",
            "\u{202e}",
            "\u{0}",
            "\u{2028}",
            "描述",
            "。",
            "é",
            "\n- ",
            "\n  - ",
            "\n> ",
            "\n```\n",
            "\n\n     ",
            "\n1.",
            "\n-",
            "rust",
            "[x] ",
            "text",
        ]);
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn nothing_to_complain_about(text in markdown()) {
            let prose = prose(&text);
            prop_assert_eq!(complaints(&prose), Vec::<String>::new(), "{:?}", prose);
            let line = line(&text);
            prop_assert!(!line.contains(['\n', '\r']));
            let in_list = format!("- {line}\n- <https://example.com> – {line}");
            prop_assert_eq!(complaints(&in_list), Vec::<String>::new(), "{:?}", in_list);
            let in_table = format!("| A | B |\n|---|---|\n| {} | {} |", cell(&code(&text)), cell(&line));
            prop_assert_eq!(complaints(&in_table), Vec::<String>::new(), "{:?}", in_table);
        }

        #[test]
        fn text_without_marks_stays(text in "[a-zA-Z0-9 ,.é描]{0,40}") {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&prose(&text)), words(&text));
        }

        #[test]
        fn paragraphs_give_lines_without_breaks(text: String) {
            let tokens = paragraphs(&[prose(&text), code(&text)]);
            let names: BTreeSet<String> = tokens.into_iter().map(|token| token.to_string()).collect();
            prop_assert!(names.iter().all(|name| !name.contains("\\n") || text.contains('\\')));
        }
    }
}
