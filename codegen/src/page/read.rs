//! Reading: from the text of a file to a [`Page`].

use std::sync::{Arc, LazyLock};

use regex_lite::Regex;

use super::form::{self, Block, Form};
use super::model::{Fields, Line, Page};
use super::tables;
use super::text::Text;
use super::words::{self, Language, Section};
use crate::diagnostic::Source;
use crate::tree::Span;

/// Bytes of the largest page that is read; the vendor's largest have a tenth of it.
pub const LARGEST: usize = 8 << 20;

/// A section with its title.
struct Part {
    section: Section,
    title: Span,
    blocks: Vec<Block>,
}

/// Reads a page.
///
/// # Errors
///
/// Why it is no page that could be read.
pub fn page(source: &Arc<Source>) -> Result<Page, String> {
    let text = source.text.as_deref().unwrap_or_default();
    if text.len() > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    let form = form::of(text);
    let blocks = form::blocks(text, form);
    let date = date(&blocks, text);
    let (parts, language) = parts(blocks, form);
    let mut page = Page {
        source: Arc::clone(source),
        form,
        language,
        product: None,
        operation: None,
        date,
        description: Vec::new(),
        request: None,
        response: None,
        example: None,
        errors: None,
        permissions: None,
        unreadable: Vec::new(),
    };
    let mut title = None;
    for part in &parts {
        match part.section {
            Section::Description => {
                if title.is_none() {
                    title = part.blocks.iter().find_map(heading_of_operation);
                }
                page.description.extend(part.blocks.iter().filter_map(line));
            }
            Section::Request => {
                let rows = tables::fields(&part.blocks, true, &mut page.unreadable);
                merge(&mut page.request, part.title, rows);
            }
            Section::Response => {
                let rows = tables::fields(&part.blocks, false, &mut page.unreadable);
                merge(&mut page.response, part.title, rows);
            }
            Section::Examples if page.example.is_none() => page.example = example(&part.blocks),
            Section::Errors if page.errors.is_none() => {
                page.errors = tables::errors(&part.blocks, part.title);
            }
            Section::Authorization if page.permissions.is_none() => {
                page.permissions = tables::permissions(&part.blocks, part.title);
            }
            _ => {}
        }
    }
    if page.request.is_none() && page.permissions.is_none() {
        // The page of a whole product has its table under a heading of another kind.
        page.permissions = parts
            .iter()
            .find_map(|part| tables::permissions(&part.blocks, part.title));
    }
    if page.request.is_none()
        && page.response.is_none()
        && page.errors.is_none()
        && page.permissions.is_none()
    {
        return Err(
            "none of the tables of the vendor's pages is there: request, response, errors, authorization"
                .to_owned(),
        );
    }
    let linked = linked(text);
    page.operation = named(&page, title, linked.as_ref().map(|linked| linked.2.clone()));
    page.product = linked.and_then(|(product, version, _)| Some((product, version?)));
    Ok(page)
}

/// A section that comes in several pieces is one table.
fn merge(fields: &mut Option<Fields>, title: Span, rows: Option<Vec<super::model::Row>>) {
    let Some(rows) = rows else { return };
    match fields {
        Some(fields) => fields.rows.extend(rows),
        None => *fields = Some(Fields { title, rows }),
    }
}

/// Cuts a page at the titles of its sections.
fn parts(blocks: Vec<Block>, form: Form) -> (Vec<Part>, Language) {
    let mut parts = vec![Part {
        section: Section::Description,
        title: Span::default(),
        blocks: Vec::new(),
    }];
    let mut chinese = 0_i32;
    let mut level_of_sections = 7;
    let heads: Vec<bool> = (0..blocks.len())
        .map(|index| begins_table(&blocks[index..], form))
        .collect();
    for (block, has_head) in blocks.into_iter().zip(heads) {
        let current = parts
            .last()
            .map_or(Section::Description, |part| part.section);
        let found = match &block {
            Block::Heading(text, level) => {
                let section = words::section(text.as_str(), form);
                if section.is_some() {
                    level_of_sections = level_of_sections.min(*level);
                }
                let other = (*level <= level_of_sections && level_of_sections < 7)
                    .then_some((Section::Other, Language::English));
                section.map(|it| (it, true)).or(other.map(|it| (it, false)))
            }
            // Titles without a mark are believed in the order of the templates, before the head of
            // their table, or where they can be nothing else.
            Block::Text(text) if form == Form::Text => words::section(text.as_str(), form)
                .filter(|(section, _)| {
                    *section > current || has_head || *section == Section::Authorization
                })
                .map(|it| (it, true)),
            _ => None,
        };
        let span = match &block {
            Block::Heading(text, _) | Block::Text(text) => text.span(),
            _ => Span::default(),
        };
        match found {
            Some(((section, language), known)) => {
                if known {
                    chinese += if language == Language::Chinese { 1 } else { -1 };
                }
                // The heading of the page itself says which operation it is about.
                let keep = !known && section == Section::Other;
                parts.push(Part {
                    section,
                    title: span,
                    blocks: if keep { vec![block] } else { Vec::new() },
                });
            }
            None => {
                if let Some(part) = parts.last_mut() {
                    part.blocks.push(block);
                }
            }
        }
    }
    let language = if chinese > 0 {
        Language::Chinese
    } else {
        Language::English
    };
    (parts, language)
}

/// Whether the head of the table of a section comes right after its title, the first of these blocks.
fn begins_table(blocks: &[Block], form: Form) -> bool {
    let [Block::Text(title), rest @ ..] = blocks else {
        return false;
    };
    let table = match words::section(title.as_str(), form) {
        Some((Section::Request | Section::Response, _)) => words::Table::Fields,
        Some((Section::Errors, _)) => words::Table::Errors,
        _ => return false,
    };
    let cells = match rest {
        [Block::Row(cells), ..] => cells.iter().collect(),
        rest => rest.iter().map_while(cell).take(2).collect::<Vec<_>>(),
    };
    cells.len() >= 2
        && cells
            .iter()
            .take(2)
            .all(|cell| words::column(table, cell.as_str()).is_some())
}

fn cell(block: &Block) -> Option<&Text> {
    match block {
        Block::Text(text) => Some(text),
        _ => None,
    }
}

fn line(block: &Block) -> Option<Line> {
    match block {
        Block::Text(text) => Some(Line {
            text: text.clone(),
            item: false,
        }),
        Block::Item(text) => Some(Line {
            text: text.clone(),
            item: true,
        }),
        _ => None,
    }
}

static OPERATION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:.*[:：]\s*)?([A-Z][A-Za-z0-9]{2,})(?:\s+-\s.*)?$").ok());

/// The operation that a title names: `Service:Operation`, `Operation`, `Operation - what it does`.
fn heading_of_operation(block: &Block) -> Option<Text> {
    let (Block::Heading(text, _) | Block::Text(text)) = block else {
        return None;
    };
    if text.as_str().len() > 200 {
        return None;
    }
    let found = OPERATION.as_ref()?.captures(text.as_str())?.get(1)?;
    // A word alone in a text is hardly a name: names have humps.
    let humps = found
        .as_str()
        .chars()
        .filter(char::is_ascii_uppercase)
        .count();
    (humps > 1).then(|| text.slice(found.range()))
}

/// Product, version and operation of the links into the vendor's API explorer.
fn linked(text: &str) -> Option<(String, Option<String>, String)> {
    static NEW: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"api\.(?:alibabacloud|aliyun)\.com/(?:api|document)/([A-Za-z0-9_-]{1,40})/(\d{4}-\d{2}-\d{2})/([A-Za-z][A-Za-z0-9]{2,100})")
            .ok()
    });
    static OLD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"api\.(?:alibabacloud|aliyun)\.com/#/?\??product=([A-Za-z0-9_-]{1,40})(?:&|&amp;)api=([A-Za-z][A-Za-z0-9]{2,100})(?:(?:&|&amp;)type=[A-Z]+(?:&|&amp;)version=(\d{4}-\d{2}-\d{2}))?")
            .ok()
    });
    let whole = |found: &regex_lite::Captures<'_>, index: usize| {
        found.get(index).map(|part| part.as_str().to_owned())
    };
    if let Some(found) = NEW
        .as_ref()?
        .captures_iter(text)
        .find(|found| &found[3] != "errorCode")
    {
        return Some((whole(&found, 1)?, whole(&found, 2), whole(&found, 3)?));
    }
    let found = OLD.as_ref()?.captures(text)?;
    Some((whole(&found, 1)?, whole(&found, 3), whole(&found, 2)?))
}

/// The operation that the page is about, by what is surest.
fn named(page: &Page, title: Option<Text>, linked: Option<String>) -> Option<Text> {
    let text = page.source.text.as_deref().unwrap_or_default();
    let rows = page.permissions.as_ref().map(|table| table.rows.as_slice());
    let action = match rows {
        Some([row]) => row
            .action
            .as_str()
            .find(':')
            .map(|colon| row.action.slice(colon + 1..row.action.as_str().len())),
        _ => None,
    };
    if let Some(linked) = linked {
        if let Some(title) = title.filter(|title| title.as_str() == linked) {
            return Some(title);
        }
        let mut name = Text::default();
        name.push_str(&linked, text.find(&linked).unwrap_or_default());
        // A page about a whole product links to many operations.
        return (page.request.is_some() || page.errors.is_some()).then_some(name);
    }
    if page.request.is_none() && page.response.is_none() && page.errors.is_none() {
        return None;
    }
    title.or(action)
}

/// The date on which the page says it was last changed.
fn date(blocks: &[Block], text: &str) -> Option<String> {
    static STATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:last updated|updated at|update time|更新时间|最近更新时间)\W{0,6}([A-Z][a-z]{2})[a-z]*\.? (\d{1,2}), (\d{4})").ok()
    });
    static NUMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:last updated|updated at|update time|更新时间|最近更新时间)\W{0,6}(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})").ok()
    });
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let made = |year: &str, month: usize, day: &str| {
        let date = format!("{year}-{month:02}-{:02}", day.parse::<usize>().ok()?);
        crate::check::is_date(&date).then_some(date)
    };
    if let Some(found) = STATED.as_ref()?.captures(text) {
        let month = found[1].to_lowercase();
        let month = MONTHS.iter().position(|known| *known == month)?;
        return made(&found[3], month + 1, &found[2]);
    }
    if let Some(found) = NUMBERS.as_ref()?.captures(text) {
        return made(&found[1], found[2].parse().ok()?, &found[3]);
    }
    // Else the newest entry of the history of changes.
    let history = blocks.iter().rev().take_while(|block| {
        let title = match block {
            Block::Heading(text, _) | Block::Text(text) => {
                words::section(text.as_str(), Form::Text)
            }
            _ => None,
        };
        !matches!(title, Some((section, _)) if section != Section::History)
    });
    let dates = history.filter_map(|block| {
        let text = match block {
            Block::Text(text) => text.as_str(),
            Block::Row(cells) => cells.first()?.as_str(),
            _ => return None,
        };
        crate::check::is_date(text).then(|| text.to_owned())
    });
    dates.max()
}

/// The first JSON object of the examples, which is the success response.
fn example(blocks: &[Block]) -> Option<Text> {
    let mut lines = Text::default();
    for block in blocks {
        match block {
            Block::Code(code) => {
                if let Some(json) = object(code) {
                    return Some(json);
                }
            }
            Block::Text(text) | Block::Item(text) | Block::Heading(text, _) => {
                lines.append(text);
                lines.push('\n', text.span().end);
            }
            Block::Row(cells) => {
                for cell in cells {
                    lines.append(cell);
                    lines.push('\n', cell.span().end);
                }
            }
        }
    }
    object(&lines)
}

/// From the first brace at the beginning of a line to the one that closes it.
fn object(text: &Text) -> Option<Text> {
    let all = text.as_str();
    let start = if all.trim_start().starts_with('{') {
        all.find('{')?
    } else {
        all.find("\n{")? + 1
    };
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (index, c) in all[start..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(text.slice(start..start + index + 1));
                }
            }
            _ => {}
        }
    }
    None
}
