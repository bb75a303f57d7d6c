//! Markdown, and text without markup, which is read as its simplest kind.

use super::form::Block;
use super::text::{self, Text};

/// Lines within one row of a table; a row that does not end by then was none.
const LONGEST_ROW: usize = 400;

struct Line<'t> {
    text: &'t str,
    at: usize,
}

/// Every paragraph is one line on the vendor's pages, so every line is a block.
pub(super) fn blocks(text: &str, markup: bool) -> Vec<Block> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        lines.push(Line {
            text: line.trim_end_matches(['\n', '\r']),
            at,
        });
        at += line.len();
    }
    let mut blocks = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let line = &lines[index];
        let trimmed = line.text.trim_start_matches('\u{feff}').trim();
        if trimmed.is_empty() {
            index += 1;
        } else if markup && trimmed.starts_with("```") {
            index = fence(&lines, index, &mut blocks);
        } else if markup && trimmed.starts_with('|') {
            index = row(&lines, index, &mut blocks);
        } else {
            single(line, markup, &mut blocks);
            index += 1;
        }
    }
    blocks
}

/// Preformatted text between fences, or to the end.
fn fence(lines: &[Line<'_>], first: usize, blocks: &mut Vec<Block>) -> usize {
    let mut code = Text::default();
    let mut index = first + 1;
    while let Some(line) = lines.get(index) {
        index += 1;
        if line.text.trim().starts_with("```") {
            break;
        }
        code.push_str(line.text, line.at);
        code.push('\n', line.at + line.text.len());
    }
    blocks.push(Block::Code(code));
    index
}

/// A row, which may go over several lines: it ends with the line that ends with a bar.
fn row(lines: &[Line<'_>], first: usize, blocks: &mut Vec<Block>) -> usize {
    let mut last = first;
    while !ends_row(lines[last].text) || (last == first && lines[first].text.trim() == "|") {
        let next = last + 1;
        let Some(line) = lines.get(next) else { break };
        if next - first > LONGEST_ROW || line.text.starts_with('|') || line.text.starts_with('#') {
            break;
        }
        last = next;
    }
    if !ends_row(lines[last].text) {
        // No row after all.
        single(&lines[first], true, blocks);
        return first + 1;
    }
    let mut raw = Text::default();
    for line in &lines[first..=last] {
        raw.push_str(line.text, line.at);
        raw.push('\n', line.at + line.text.len());
    }
    let cells = cells(&raw.trim());
    let separator = |cell: &Text| {
        let text = cell.as_str();
        text.contains('-') && text.chars().all(|c| matches!(c, '-' | ':' | ' '))
    };
    if !cells.iter().all(|cell| cell.is_empty() || separator(cell))
        || cells.iter().all(Text::is_empty)
    {
        blocks.push(Block::Row(cells.iter().map(inline).collect()));
    }
    last + 1
}

fn ends_row(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with('|') && !line.ends_with("\\|")
}

/// The cells between bars, as they are written.
fn cells(row: &Text) -> Vec<Text> {
    let text = row.as_str();
    let mut cells = Vec::new();
    let mut start = None;
    let mut escaped = false;
    for (index, c) in text.char_indices() {
        if c == '|' && !escaped {
            if let Some(start) = start {
                cells.push(row.slice(start..index).trim());
            }
            start = Some(index + 1);
        }
        escaped = c == '\\' && !escaped;
    }
    cells
}

fn single(line: &Line<'_>, markup: bool, blocks: &mut Vec<Block>) {
    let mut raw = Text::default();
    raw.push_str(line.text, line.at);
    let raw = raw.trim();
    if let Some(start) = item(raw.as_str()) {
        let rest = raw.slice(start..raw.as_str().len());
        let text = if markup { inline(&rest) } else { plain(&rest) };
        if !text.is_empty() {
            blocks.push(Block::Item(text));
        }
        return;
    }
    if !markup {
        // Some browsers put a tab between cells.
        let mut start = 0;
        for part in raw.as_str().split('\t') {
            let text = plain(&raw.slice(start..start + part.len()));
            start += part.len() + 1;
            if !text.is_empty() {
                blocks.push(Block::Text(text));
            }
        }
        return;
    }
    let rest = raw.as_str().trim_start_matches('#');
    let level = raw.as_str().len() - rest.len();
    if (1..=6).contains(&level) && rest.starts_with(' ') {
        let mut end = raw.as_str().len();
        if let Some(attributes) = raw.as_str().rfind("{#").filter(|_| rest.ends_with('}')) {
            end = attributes;
        }
        blocks.push(Block::Heading(inline(&raw.slice(level..end)), level));
        return;
    }
    let text = inline(&raw);
    if !text.is_empty() {
        blocks.push(Block::Text(text));
    }
}

/// Where the text of a list item begins.
fn item(line: &str) -> Option<usize> {
    let mut chars = line.char_indices();
    let (_, first) = chars.next()?;
    let (at, second) = chars.next()?;
    let bullet = matches!(first, '-' | '*' | '+' | '•' | '◦' | '▪' | '·' | '●');
    (bullet && second.is_whitespace()).then_some(at)
}

/// Text without markup: only its spaces are made plain.
fn plain(raw: &Text) -> Text {
    let mut out = Text::default();
    for (index, c) in raw.as_str().char_indices() {
        let at = raw.span_of(index..index + c.len_utf8()).start;
        if c == '\u{200b}' || c == '\u{feff}' {
            continue;
        }
        out.push(text::plain(c), at);
    }
    out.trim()
}

/// Tags that vendors' Markdown contains. Others may be text: `array<object>`.
const BREAKING: &[&str] = &[
    "br",
    "p",
    "div",
    "ul",
    "ol",
    "tr",
    "note",
    "dl",
    "dt",
    "dd",
    "blockquote",
];
const QUIET: &[&str] = &[
    "span",
    "b",
    "i",
    "strong",
    "em",
    "code",
    "a",
    "sup",
    "sub",
    "u",
    "props",
    "font",
    "td",
    "th",
    "table",
    "tbody",
    "thead",
    "section",
    "var",
    "ph",
    "uicontrol",
    "notice",
    "warning",
    "details",
    "summary",
    "h1",
    "h2",
    "h3",
    "h4",
    "img",
];

/// Text without the markup of Markdown.
pub(super) fn inline(raw: &Text) -> Text {
    let text = raw.as_str();
    let at = |index: usize| raw.span_of(index..index + 1).start;
    let mut out = Text::default();
    let mut index = 0;
    // A bracket that never closes must not be searched for again at the next one.
    let mut no_link_before = 0;
    while let Some(c) = text[index..].chars().next() {
        let rest = &text[index..];
        let here = index;
        index += c.len_utf8();
        match c {
            '\\' => {
                let escaped = rest.trim_start_matches('\\');
                let run = rest.len() - escaped.len();
                match escaped.chars().next() {
                    Some(next) if next.is_ascii_punctuation() => {
                        out.push(next, at(here + run));
                        index = here + run + 1;
                    }
                    _ => {
                        for backslash in 0..run {
                            out.push('\\', at(here + backslash));
                        }
                        index = here + run;
                    }
                }
            }
            '*' => {
                let run = rest.len() - rest.trim_start_matches('*').len();
                // Two are emphasis; more mask a part of an example.
                if run != 2 {
                    for star in 0..run {
                        out.push('*', at(here + star));
                    }
                }
                index = here + run;
            }
            '`' => {}
            '!' if rest.starts_with("![") => {}
            '[' if here >= no_link_before => match link(rest) {
                Some((label, whole)) => {
                    let image = text[..here].ends_with('!');
                    if !image {
                        let label = inline_label(&raw.slice(here + 1..here + 1 + label));
                        out.append(&label);
                    }
                    index = here + whole;
                }
                None => {
                    no_link_before = here + rest.len().min(200);
                    out.push(c, at(here));
                }
            },
            '<' => match tag(rest) {
                Some((name, closing, length)) => {
                    if name == "li" {
                        if !closing {
                            out.push('\n', at(here));
                            out.push('-', at(here));
                            out.push(' ', at(here));
                        }
                    } else if BREAKING.contains(&name.as_str()) {
                        out.push('\n', at(here));
                    }
                    index = here + length;
                }
                None => out.push(c, at(here)),
            },
            '&' => {
                let (c, length) = entity(rest).unwrap_or(('&', 1));
                out.push(c, at(here));
                index = here + length;
            }
            '\u{200b}' | '\u{feff}' => {}
            c => out.push(text::plain(c), at(here)),
        }
    }
    out.trim()
}

/// The label of a link: text without links in it.
fn inline_label(raw: &Text) -> Text {
    let mut out = Text::default();
    let text = raw.as_str();
    let mut chars = text.char_indices().peekable();
    while let Some((index, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '\\' if next.is_some_and(|next| next.is_ascii_punctuation()) => {}
            '`' => {}
            '*' if next == Some('*') => {
                chars.next();
            }
            c => out.push(c, raw.span_of(index..index + 1).start),
        }
    }
    out
}

/// `[label](target)`: the lengths of the label and of the whole. The label may hold an image.
fn link(text: &str) -> Option<(usize, usize)> {
    const FAR: usize = 2000;
    let mut depth = 0_usize;
    for (index, c) in text.char_indices().take(FAR) {
        match c {
            '[' => depth += 1,
            ']' => {
                depth -= 1;
                if depth == 0 {
                    let target = text[index + 1..].strip_prefix('(')?;
                    let end = target.char_indices().take(FAR).find(|(_, c)| *c == ')')?.0;
                    return Some((index - 1, index + 1 + 1 + end + 1));
                }
            }
            _ => {}
        }
    }
    None
}

/// A known tag: its name, whether it closes, its length.
fn tag(text: &str) -> Option<(String, bool, usize)> {
    let end = text.bytes().take(500).position(|byte| byte == b'>')?;
    let inner = &text[1..end];
    let closing = inner.starts_with('/');
    let name: String = inner
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let known = name == "li" || BREAKING.contains(&name.as_str()) || QUIET.contains(&name.as_str());
    let after = inner.trim_start_matches('/').as_bytes().get(name.len());
    (known && after.is_none_or(|byte| matches!(byte, b' ' | b'/' | b'\n'))).then_some((
        name,
        closing,
        end + 1,
    ))
}

/// A character written by its name or number, and the length of that.
pub(super) fn entity(text: &str) -> Option<(char, usize)> {
    const NAMED: &[(&str, char)] = &[
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
        ("&nbsp;", ' '),
        ("&#39;", '\''),
        ("&apos;", '\''),
        ("&#42;", '*'),
        ("&#124;", '|'),
    ];
    NAMED
        .iter()
        .find(|(name, _)| text.starts_with(name))
        .map(|(name, c)| (*c, name.len()))
}
