//! The forms in which pages are saved, each turned into the same [`Block`]s.

use super::text::Text;
use super::{html, markdown};

/// A piece of a page, in the order of the page.
#[derive(Clone, Debug)]
pub(super) enum Block {
    /// A heading and its level.
    Heading(Text, usize),
    /// A paragraph, or a cell of a table that has lost its borders.
    Text(Text),
    /// An item of a list.
    Item(Text),
    /// A row of a table. Lines of a cell that begin with `- ` are items of a list.
    Row(Vec<Text>),
    /// Preformatted text.
    Code(Text),
}

/// The file formats of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Copied from a browser: no markup, every cell a paragraph.
    Text,
    /// Markdown, with tables or with cells as paragraphs.
    Markdown,
    /// The saved page.
    Html,
}

/// Which form a text has.
pub(super) fn of(text: &str) -> Form {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let lower = text.to_ascii_lowercase();
    let has = |tag: &str| lower.contains(tag);
    if start.starts_with('<') && (has("</p>") || has("<table") || has("</div>") || has("</h")) {
        return Form::Html;
    }
    let markup = |line: &str| {
        let rest = line.trim_start_matches('#');
        let heading =
            rest.len() < line.len() && line.len() - rest.len() <= 6 && rest.starts_with(' ');
        heading || line.trim_start().starts_with("|--") || line.trim_start().starts_with("| --")
    };
    if text.lines().any(markup) {
        Form::Markdown
    } else {
        Form::Text
    }
}

/// The page as blocks.
pub(super) fn blocks(text: &str, form: Form) -> Vec<Block> {
    match form {
        Form::Html => html::blocks(text),
        Form::Markdown | Form::Text => markdown::blocks(text, form == Form::Markdown),
    }
}
