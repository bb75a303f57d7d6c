//! Documentation comments.

use proc_macro2::TokenStream;
use quote::quote;

/// Doc attributes, one for each line of the paragraphs, with an empty one between them.
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

/// Doc attributes, one a line.
pub(super) fn lines(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// Text of a spec as Markdown that rustdoc takes as it is meant: no HTML, no links but to the web.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut code = false;
    while let Some(character) = rest.chars().next() {
        if character == '`' {
            code = !code;
        } else if !code && rest.starts_with("http") && is_url(rest) && !out.ends_with(['(', '<']) {
            let end = rest
                .find(|c: char| c.is_whitespace() || "<>()[]\"'`|,;".contains(c) || !c.is_ascii())
                .unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ':', '!', '?']);
            out.push('<');
            out.push_str(url);
            out.push('>');
            rest = &rest[url.len()..];
            continue;
        } else if !code && (character == '<' || character == '[' && !is_web_link(rest)) {
            out.push('\\');
        }
        out.push(character);
        rest = &rest[character.len_utf8()..];
    }
    if code {
        out.push('`');
    }
    out
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// `[words](https://…)`
fn is_web_link(text: &str) -> bool {
    text.split_once("](")
        .is_some_and(|(words, target)| !words[1..].contains('[') && is_url(target))
}

/// A code span, whatever the text; nothing for an empty one.
pub(super) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// Text in the cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace('|', "\\|")
}

/// The same as [`lines`], for the module that it stands in.
pub(super) fn inner(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#![doc = #lines])*)
}
