//! A saved HTML page.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

use super::form::Block;
use super::text::{self, Text};
use crate::tree::floor_char_boundary;

/// What is not shown.
const HIDDEN: &[&[u8]] = &[
    b"script",
    b"style",
    b"noscript",
    b"svg",
    b"head",
    b"template",
];
/// What begins a new paragraph.
const BREAKING: &[&[u8]] = &[
    b"p",
    b"div",
    b"br",
    b"ul",
    b"ol",
    b"section",
    b"article",
    b"header",
    b"footer",
    b"dl",
    b"dt",
    b"dd",
    b"blockquote",
    b"tbody",
    b"thead",
    b"hr",
    b"main",
    b"aside",
    b"nav",
    b"button",
];

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    /// What is being read: a paragraph, an item, a heading, a cell.
    text: Text,
    item: bool,
    heading: Option<usize>,
    /// Tables within tables.
    tables: usize,
    row: Option<Vec<Text>>,
    in_cell: bool,
    code: Option<Text>,
    /// The hidden element that has not ended.
    hidden: Option<Vec<u8>>,
}

pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        match token {
            Token::StartTag(tag) => reader.open(&tag.name, tag.span.start, tag.self_closing),
            Token::EndTag(tag) => reader.close(&tag.name),
            Token::String(string) => {
                let span = string.span.start..string.span.end;
                let shown = String::from_utf8_lossy(&string.value);
                reader.string(text, span, &shown);
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reader.end_row();
    reader.flush();
    reader.blocks
}

impl Reader {
    fn open(&mut self, name: &[u8], at: usize, self_closing: bool) {
        if self.hidden.is_some() {
            return;
        }
        if HIDDEN.contains(&name) {
            if !self_closing {
                self.hidden = Some(name.to_vec());
            }
            return;
        }
        match name {
            b"table" => {
                self.tables += 1;
                self.line_break(at);
            }
            b"tr" if self.tables == 1 => {
                self.end_row();
                self.flush();
                self.row = Some(Vec::new());
            }
            b"td" | b"th" if self.tables == 1 => {
                self.end_cell();
                self.in_cell = self.row.is_some();
            }
            b"pre" => {
                if self.in_cell {
                    self.line_break(at);
                } else {
                    self.flush();
                    self.code = Some(Text::default());
                }
            }
            b"li" => {
                self.line_break(at);
                if self.in_cell {
                    self.text.push('-', at);
                    self.text.push(' ', at);
                } else {
                    self.item = true;
                }
            }
            [b'h', level @ b'1'..=b'6'] if !self.in_cell => {
                self.flush();
                self.heading = Some(usize::from(level - b'0'));
            }
            _ if BREAKING.contains(&name) || name == b"tr" || name == b"td" => self.line_break(at),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some(hidden) = &self.hidden {
            if hidden == name {
                self.hidden = None;
            }
            return;
        }
        let at = self.text.span().end;
        match name {
            b"table" => {
                if self.tables == 1 {
                    self.end_row();
                }
                self.tables = self.tables.saturating_sub(1);
                self.line_break(at);
            }
            b"tr" if self.tables == 1 => self.end_row(),
            b"td" | b"th" if self.tables == 1 => self.end_cell(),
            b"pre" => {
                if let Some(code) = self.code.take() {
                    self.blocks.push(Block::Code(code));
                }
            }
            [b'h', b'1'..=b'6'] if !self.in_cell => self.flush(),
            b"li" => self.line_break(at),
            _ if BREAKING.contains(&name) => self.line_break(at),
            _ => {}
        }
    }

    fn string(&mut self, source: &str, span: std::ops::Range<usize>, shown: &str) {
        if self.hidden.is_some() {
            return;
        }
        let start = floor_char_boundary(source, span.start);
        let end = floor_char_boundary(source, span.end).max(start);
        let written = &source[start..end];
        // What is shown is what is written but for entities, which are longer.
        let mut at = 0;
        for c in shown.chars() {
            let here = start + floor_char_boundary(written, at);
            let rest = &source[here..end];
            at += if rest.starts_with(c) {
                c.len_utf8()
            } else if rest.starts_with('&') {
                rest.find(';').map_or(1, |semicolon| semicolon + 1)
            } else {
                0
            };
            self.character(c, here);
        }
    }

    fn character(&mut self, c: char, at: usize) {
        if let Some(code) = &mut self.code {
            code.push(c, at);
            return;
        }
        match c {
            '\u{200b}' | '\u{feff}' => {}
            c if c.is_whitespace() => {
                let text = self.text.as_str();
                if !text.is_empty() && !text.ends_with(char::is_whitespace) {
                    self.text.push(' ', at);
                }
            }
            c => self.text.push(text::plain(c), at),
        }
    }

    /// The end of a paragraph; within a cell, of a line.
    fn line_break(&mut self, at: usize) {
        if self.code.is_some() {
            if let Some(code) = &mut self.code {
                code.push('\n', at);
            }
        } else if self.in_cell {
            self.text.push('\n', at);
        } else if self.heading.is_none() {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text).trim();
        let heading = self.heading.take();
        let item = std::mem::take(&mut self.item);
        if text.is_empty() {
            self.item = item;
            return;
        }
        self.blocks.push(match heading {
            Some(level) => Block::Heading(text, level),
            None if item => Block::Item(text),
            None => Block::Text(text),
        });
    }

    fn end_cell(&mut self) {
        if !self.in_cell {
            return;
        }
        self.in_cell = false;
        let text = std::mem::take(&mut self.text).trim();
        if let Some(row) = &mut self.row {
            row.push(text);
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(row) = self.row.take()
            && !row.is_empty()
        {
            self.blocks.push(Block::Row(row));
        }
    }
}
