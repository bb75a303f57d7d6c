//! Tables: those with cells, and those whose cells have become paragraphs.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::form::Block;
use super::model::{ErrorLine, Errors, Line, Permission, Permissions, Resource, Row};
use super::text::Text;
use super::words::{self, Column, Kind, Table};
use crate::tree::Span;

/// Rows of the largest table that is read.
const MOST_ROWS: usize = 5_000;

/// A paragraph that was a cell, or a part of one.
#[derive(Clone)]
struct Cell {
    text: Text,
    item: bool,
}

/// The columns of a row that is the head of a table.
fn head(table: Table, cells: &[Text]) -> Option<Vec<Option<Column>>> {
    let columns: Vec<Option<Column>> = cells
        .iter()
        .map(|cell| words::column(table, cell.as_str()))
        .collect();
    let known = columns.iter().flatten().count();
    (known >= 2 && known * 2 > cells.len()).then_some(columns)
}

/// The rows of tables with cells: of each its columns and cells.
fn rows(table: Table, blocks: &[Block]) -> Vec<(Vec<Option<Column>>, &[Text])> {
    let mut columns: Option<Vec<Option<Column>>> = None;
    let mut rows = Vec::new();
    for block in blocks {
        let Block::Row(cells) = block else { continue };
        if let Some(found) = head(table, cells) {
            columns = Some(found);
        } else if let Some(columns) = &columns
            && rows.len() < MOST_ROWS
            && cells.iter().any(|cell| !cell.is_empty())
        {
            rows.push((columns.clone(), cells.as_slice()));
        }
    }
    rows
}

/// The cells after the head of a table that has lost its borders, and the columns of that.
fn stream(table: Table, blocks: &[Block]) -> Option<(Vec<Column>, Vec<Cell>)> {
    let mut columns: Vec<Column> = Vec::new();
    let mut cells = Vec::new();
    for block in blocks {
        let (text, item) = match block {
            Block::Text(text) => (text, false),
            Block::Item(text) => (text, true),
            Block::Heading(text, _) | Block::Code(text) => (text, false),
            Block::Row(_) => continue,
        };
        let column = words::column(table, text.as_str()).filter(|_| !item);
        match column {
            Some(column) if cells.is_empty() && !columns.contains(&column) => columns.push(column),
            _ if columns.len() >= 2 => cells.push(Cell {
                text: text.clone(),
                item,
            }),
            // What came before was no head.
            _ => columns.clear(),
        }
    }
    (columns.len() >= 2).then_some((columns, cells))
}

/// The lines of a cell.
fn lines(cell: &Text) -> Vec<Line> {
    cell.lines()
        .into_iter()
        .map(|line| {
            let rest = line.as_str().strip_prefix("- ");
            let item = rest.is_some();
            let start = rest.map_or(0, |rest| line.as_str().len() - rest.len());
            Line {
                text: line.slice(start..line.as_str().len()).trim(),
                item,
            }
        })
        .collect()
}

/// Whether a text can be the name of a parameter.
fn is_name(text: &str) -> bool {
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^[A-Za-z_][A-Za-z0-9_-]*(?:\[\])?(?:\.[A-Za-z0-9_-]+(?:\[\])?)*$").ok()
    });
    text.len() <= 200 && NAME.as_ref().is_some_and(|name| name.is_match(text))
}

/// The rows of a table of parameters or fields.
pub(super) fn fields(
    blocks: &[Block],
    request: bool,
    unreadable: &mut Vec<(Span, String)>,
) -> Option<Vec<Row>> {
    let with_cells = rows(Table::Fields, blocks);
    if !with_cells.is_empty() {
        let made = with_cells
            .into_iter()
            .map(|(columns, cells)| field(&columns, cells, request, unreadable));
        return Some(made.collect());
    }
    let (columns, cells) = stream(Table::Fields, blocks)?;
    Some(field_stream(&columns, &cells, request, unreadable))
}

/// A row with cells.
fn field(
    columns: &[Option<Column>],
    cells: &[Text],
    request: bool,
    unreadable: &mut Vec<(Span, String)>,
) -> Row {
    let mut row = Row::default();
    for (index, cell) in cells.iter().enumerate() {
        if cell.is_empty() {
            continue;
        }
        match columns.get(index).copied().flatten() {
            Some(Column::Name) => {
                // Some templates draw the depth before the name.
                let text = cell.as_str();
                let drawn = text.len()
                    - text
                        .trim_start_matches(['└', '├', '─', '»', '>', ' ', '\u{3000}', '∟', '-'])
                        .len();
                let name = cell.slice(drawn..text.len()).trim();
                let end = name
                    .as_str()
                    .find(['\n', '（', '('])
                    .unwrap_or(name.as_str().len());
                let name = name.slice(0..end).trim();
                if is_name(name.as_str()) {
                    row.name = Some(name);
                } else if !words::nothing(name.as_str()) && !words::is_common(name.as_str()) {
                    let what = format!(
                        "`{}` cannot be the name of a parameter",
                        short(name.as_str())
                    );
                    unreadable.push((name.span(), what));
                }
            }
            Some(Column::Type) => match words::kind(cell.as_str()) {
                Some(kind) => row.kind = Some((kind, cell.clone())),
                None if words::nothing(cell.as_str()) => {}
                // The template of 2019 has pages of their own for types of responses.
                None if !request && words::is_type_name(cell.as_str()) => {
                    row.kind = Some((words::Kind::Any, cell.clone()));
                }
                None => {
                    let what = format!("`{}` is no known type", short(cell.as_str()));
                    unreadable.push((cell.span(), what));
                }
            },
            Some(Column::Required) if request => match words::required(cell.as_str()) {
                Some(required) => row.required = Some((required, cell.clone())),
                None if words::nothing(cell.as_str()) => {}
                None => {
                    let what = format!("`{}` says neither yes nor no", short(cell.as_str()));
                    unreadable.push((cell.span(), what));
                }
            },
            Some(Column::Example) if !words::nothing(cell.as_str()) => {
                row.example = Some(cell.clone());
            }
            Some(Column::Description) => row.description.extend(lines(cell)),
            _ => {}
        }
    }
    row
}

/// The first characters of a text that no one checked.
pub(super) fn short(text: &str) -> String {
    const ENOUGH: usize = 60;
    let plain: String = text
        .chars()
        .take(ENOUGH)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if plain.len() < text.len() {
        format!("{plain}…")
    } else {
        plain
    }
}

/// Where a row of a stream has its type, and where what follows the fixed cells begins.
struct Anchor {
    kind: Kind,
    at: usize,
    rest: usize,
}

/// Rows out of cells that follow each other: the types, and the marks after them, show where rows are.
fn field_stream(
    columns: &[Column],
    cells: &[Cell],
    request: bool,
    unreadable: &mut Vec<(Span, String)>,
) -> Vec<Row> {
    let marked = request && columns.contains(&Column::Required);
    let mut anchors: Vec<Anchor> = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        if cell.item || anchors.len() >= MOST_ROWS {
            continue;
        }
        let Some(kind) = words::kind(cell.text.as_str()) else {
            continue;
        };
        let mark = cells.get(at + 1).map(|cell| cell.text.as_str());
        let is_marked = mark.is_some_and(|mark| words::required(mark).is_some());
        if marked && !is_marked {
            continue;
        }
        // The type of a row is not the cell right after the type of another, unless that has no more.
        let named = at > 0 && !cells[at - 1].item && is_name(cells[at - 1].text.as_str());
        let after_container = anchors
            .last()
            .is_none_or(|last| matches!(last.kind, Kind::Array | Kind::Object));
        if named || after_container || marked {
            let rest = at + 1 + usize::from(marked);
            anchors.push(Anchor { kind, at, rest });
        }
    }
    if anchors.is_empty() && !cells.is_empty() {
        let text = &cells[0].text;
        unreadable.push((text.span(), "no row of this table could be told".to_owned()));
    }
    let mut rows: Vec<Row> = Vec::new();
    for (index, anchor) in anchors.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|index| anchors.get(index));
        let earliest = previous.map_or(0, |previous| previous.rest);
        let before = anchor
            .at
            .checked_sub(1)
            .filter(|before| *before >= earliest);
        let name = before
            .map(|before| &cells[before])
            .filter(|cell| !cell.item && is_name(cell.text.as_str()));
        // An element of a list has no name: then this is the example of the list.
        let doubtful = previous.is_some_and(|previous| previous.kind == Kind::Array)
            && before.is_some_and(|before| before > earliest);
        let start = anchor.at - usize::from(name.is_some());
        if let (Some(previous), Some(row)) = (previous, rows.last_mut()) {
            describe(row, columns, &cells[previous.rest..start]);
        }
        rows.push(Row {
            name: name.map(|cell| cell.text.clone()),
            doubtful: name.is_some() && doubtful,
            kind: Some((anchor.kind, cells[anchor.at].text.clone())),
            required: marked
                .then(|| &cells[anchor.at + 1].text)
                .and_then(|mark| Some((words::required(mark.as_str())?, mark.clone()))),
            ..Row::default()
        });
    }
    if let (Some(last), Some(row)) = (anchors.last(), rows.last_mut()) {
        describe(row, columns, &cells[last.rest..]);
    }
    rows
}

/// Tells description and example of a row apart.
fn describe(row: &mut Row, columns: &[Column], cells: &[Cell]) {
    let place = |column| columns.iter().position(|known| *known == column);
    let example_first = place(Column::Example) < place(Column::Description);
    let example = if place(Column::Example).is_none() || cells.is_empty() {
        None
    } else if example_first {
        (!is_prose(&cells[0], cells.len() > 1)).then_some(0)
    } else {
        let last = cells.len() - 1;
        (!is_prose(&cells[last], last > 0)).then_some(last)
    };
    for (index, cell) in cells.iter().enumerate() {
        if Some(index) == example {
            row.example = Some(cell.text.clone());
        } else {
            row.description.push(Line {
                text: cell.text.clone(),
                item: cell.item,
            });
        }
    }
}

/// Whether a cell is a description rather than an example. An example beside a description may be
/// any words; one alone may not.
fn is_prose(cell: &Cell, beside_others: bool) -> bool {
    let text = cell.text.as_str();
    let wide = text.chars().any(|c| c >= '\u{2e80}');
    let spaced = text.contains(' ');
    let sentence = text.ends_with(['.', '。', '；', ';', ':', '：', '！', '!']) && (spaced || wide);
    let alone = !beside_others && (spaced || wide);
    cell.item || sentence || alone || words::begins_prose(text)
}

static CODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[A-Za-z][A-Za-z0-9_.%\-]*$").ok());

fn status(text: &str) -> Option<u32> {
    let text = text.trim();
    (text.len() == 3)
        .then(|| text.parse().ok())?
        .filter(|status| (100..=599).contains(status))
}

/// The error table.
pub(super) fn errors(blocks: &[Block], title: Span) -> Option<Errors> {
    let with_cells = rows(Table::Errors, blocks);
    if !with_cells.is_empty() {
        let rows = with_cells
            .into_iter()
            .filter_map(|(columns, cells)| error(&columns, cells))
            .collect();
        return Some(Errors { title, rows });
    }
    let (_, cells) = stream(Table::Errors, blocks)?;
    let rows = error_stream(&cells);
    (!rows.is_empty()).then_some(Errors { title, rows })
}

fn error(columns: &[Option<Column>], cells: &[Text]) -> Option<ErrorLine> {
    let cell = |column| {
        let index = columns.iter().position(|known| *known == Some(column))?;
        cells
            .get(index)
            .filter(|cell| !words::nothing(cell.as_str()))
            .cloned()
    };
    let code = cell(Column::Code)?;
    let status_text = cell(Column::Status).unwrap_or_default();
    Some(ErrorLine {
        status: status_text.as_str().trim().parse().ok(),
        status_text,
        code,
        message: cell(Column::Message),
        description: cell(Column::Description),
        joined: None,
    })
}

/// Rows out of cells that follow each other, or of lines that hold a row each.
fn error_stream(cells: &[Cell]) -> Vec<ErrorLine> {
    static ROW: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(\d{3})\s+([A-Za-z][A-Za-z0-9_.%\-]*)(?:\s+(.+))?$").ok());
    let mut rows: Vec<ErrorLine> = Vec::new();
    let mut index = 0;
    while index < cells.len() && rows.len() < MOST_ROWS {
        let text = &cells[index].text;
        index += 1;
        if words::is_trailer(text.as_str()) {
            continue;
        }
        if let Some(found) = ROW.as_ref().and_then(|row| row.captures(text.as_str())) {
            let part = |group| found.get(group).map(|part| text.slice(part.range()));
            let (Some(status_text), Some(code)) = (part(1), part(2)) else {
                continue;
            };
            rows.push(ErrorLine {
                status: status(status_text.as_str()),
                status_text,
                code,
                message: None,
                description: None,
                joined: part(3),
            });
            continue;
        }
        let code = cells.get(index).map(|cell| &cell.text);
        let is_code = |text: &Text| {
            CODE.as_ref()
                .is_some_and(|code| code.is_match(text.as_str()))
        };
        let Some(code) = code.filter(|code| status(text.as_str()).is_some() && is_code(code))
        else {
            continue;
        };
        index += 1;
        let mut more = Vec::new();
        while let Some(cell) = cells.get(index) {
            let next = cells.get(index + 1).map(|cell| &cell.text);
            let begins_row = status(cell.text.as_str()).is_some() && next.is_some_and(is_code);
            if begins_row || words::is_trailer(cell.text.as_str()) {
                break;
            }
            more.push(cell.text.clone());
            index += 1;
        }
        let mut more = more.into_iter();
        let filled = |text: Option<Text>| text.filter(|text| !words::nothing(text.as_str()));
        rows.push(ErrorLine {
            status: status(text.as_str()),
            status_text: text.clone(),
            code: code.clone(),
            message: filled(more.next()),
            description: filled(more.next()),
            joined: None,
        });
    }
    rows
}

static ACTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[a-z][a-z0-9-]{0,40}:[A-Za-z*][A-Za-z0-9*_/]*$").ok());

fn is_action(text: &str) -> bool {
    text.len() <= 200 && ACTION.as_ref().is_some_and(|action| action.is_match(text))
}

/// The permission table.
///
/// A page about a product has other tables under further headings.
pub(super) fn permissions(blocks: &[Block], title: Span) -> Option<Permissions> {
    blocks
        .split(|block| matches!(block, Block::Heading(..)))
        .find_map(|blocks| permissions_of_section(blocks, title))
}

fn permissions_of_section(blocks: &[Block], title: Span) -> Option<Permissions> {
    let with_cells = rows(Table::Permissions, blocks);
    if !with_cells.is_empty() {
        let rows: Vec<Permission> = with_cells
            .into_iter()
            .filter_map(|(columns, cells)| permission(&columns, cells))
            .collect();
        return (!rows.is_empty()).then_some(Permissions { title, rows });
    }
    let (columns, cells) = stream(Table::Permissions, blocks)?;
    let rows = permission_stream(&columns, &cells);
    (!rows.is_empty()).then_some(Permissions { title, rows })
}

fn permission(columns: &[Option<Column>], cells: &[Text]) -> Option<Permission> {
    let cell = |column| {
        let index = columns.iter().position(|known| *known == Some(column))?;
        cells.get(index).filter(|cell| !cell.is_empty())
    };
    let action = cell(Column::Action)?.clone();
    if !is_action(action.as_str()) {
        return None;
    }
    let access = cell(Column::Access);
    let keys = |column| {
        let parts = cell(column).map(words_of).unwrap_or_default();
        parts
            .into_iter()
            .filter(|part| is_action(part.as_str()))
            .collect()
    };
    Some(Permission {
        action,
        api: cell(Column::Api).cloned(),
        access: access.and_then(|cell| Some((words::access(cell.as_str())?, cell.clone()))),
        resources: cell(Column::Resource)
            .map(|cell| resources(&words_of(cell)))
            .unwrap_or_default(),
        conditions: keys(Column::Condition),
        dependent: keys(Column::Dependent),
    })
}

/// The words of a cell; `All Resources` is one.
fn words_of(cell: &Text) -> Vec<Text> {
    let text = cell.as_str();
    let mut words: Vec<Text> = Vec::new();
    let mut start = None;
    for (index, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_whitespace() || matches!(c, ',' | '，' | '、') {
            if let Some(from) = start.take() {
                words.push(cell.slice(from..index));
            }
        } else if start.is_none() {
            start = Some(index);
        }
    }
    words
}

/// Resource types, each followed by its ARNs.
fn resources(words: &[Text]) -> Vec<Resource> {
    let mut resources: Vec<Resource> = Vec::new();
    let mut open = false;
    for word in words {
        let text = word.as_str();
        if words::nothing(text) {
            continue;
        }
        if text.starts_with("acs:") || text == "*" {
            if resources.is_empty() || (!open && text == "*") {
                resources.push(Resource {
                    kind: None,
                    required: false,
                    arns: Vec::new(),
                });
            }
            if let Some(last) = resources.last_mut() {
                last.arns.push(word.clone());
            }
            continue;
        }
        let required = text.starts_with('*');
        let kind = word.slice(usize::from(required)..text.len());
        // `All Resources` in two words.
        if let Some(last) = resources.last_mut()
            && last.arns.is_empty()
            && !required
            && let Some(before) = &last.kind
            && before.as_str().eq_ignore_ascii_case("all")
        {
            let mut both = before.clone();
            both.push(' ', before.span().end);
            both.append(&kind);
            last.kind = Some(both);
            continue;
        }
        open = true;
        resources.push(Resource {
            kind: Some(kind),
            required,
            arns: Vec::new(),
        });
    }
    resources
}

/// Rows out of cells that follow each other: each begins with its action and an access level.
fn permission_stream(columns: &[Column], cells: &[Cell]) -> Vec<Permission> {
    let with_api = columns.contains(&Column::Api);
    let is_arn = |word: &Text| word.as_str().starts_with("acs:") || word.as_str() == "*";
    let access_at = |start: usize| {
        let at = start + 1 + usize::from(with_api);
        let level = words::access(cells.get(at)?.text.as_str())?;
        // An empty column after a condition key is no access level: that has resources after it.
        let after = cells.get(at + 1..(at + 4).min(cells.len()))?;
        let mut words = after.iter().flat_map(|cell| words_of(&cell.text));
        (level != "none" || words.any(|word| is_arn(&word))).then_some((at, level))
    };
    let begins = |start: usize| {
        let api = with_api.then(|| cells.get(start + 1)).flatten();
        is_action(cells[start].text.as_str())
            && !cells[start].item
            && api.is_none_or(|api| is_name(api.text.as_str()))
            && access_at(start).is_some()
    };
    let starts: Vec<usize> = (0..cells.len())
        .filter(|start| begins(*start))
        .take(MOST_ROWS)
        .collect();
    let mut rows = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let next = starts.get(index + 1).copied().unwrap_or(cells.len());
        let Some((at, level)) = access_at(*start) else {
            continue;
        };
        // What follows the table is sentences, and other tables after those.
        let end = (at + 1..next)
            .find(|cell| is_sentence(&cells[*cell]))
            .unwrap_or(next);
        let words: Vec<Text> = cells[at + 1..end]
            .iter()
            .flat_map(|cell| words_of(&cell.text))
            .collect();
        // Resources go to the last ARN.
        let resources_end = words.iter().rposition(is_arn).map_or(0, |last| last + 1);
        let (conditions, dependent) = keys(&words[resources_end..]);
        rows.push(Permission {
            action: cells[*start].text.clone(),
            api: with_api.then(|| cells[start + 1].text.clone()),
            access: Some((level, cells[at].text.clone())),
            resources: resources(&words[..resources_end]),
            conditions,
            dependent,
        });
    }
    rows
}

/// Whether a cell is a sentence, or a line that introduces a list.
fn is_sentence(cell: &Cell) -> bool {
    let text = cell.text.as_str();
    let wide = text.chars().any(|c| c >= '\u{2e80}');
    text.ends_with(['.', '。', ':', '：']) && (text.contains(' ') || wide)
}

/// Condition keys, then dependent actions. A column that is empty says so; where neither does, names
/// of conditions are told from names of operations by the verb.
fn keys(words: &[Text]) -> (Vec<Text>, Vec<Text>) {
    let empty = |word: Option<&Text>| word.is_some_and(|word| words::nothing(word.as_str()));
    let all = words
        .iter()
        .filter(|word| is_action(word.as_str()))
        .cloned();
    if empty(words.first()) {
        return (Vec::new(), all.collect());
    }
    if empty(words.last()) {
        return (all.collect(), Vec::new());
    }
    all.partition(|word| !begins_with_verb(word.as_str()))
}

fn begins_with_verb(action: &str) -> bool {
    const VERBS: &[&str] = &[
        "Describe",
        "List",
        "Get",
        "Create",
        "Delete",
        "Modify",
        "Update",
        "Attach",
        "Detach",
        "Run",
        "Start",
        "Stop",
        "Pass",
        "Add",
        "Remove",
        "Associate",
        "Allocate",
        "Release",
        "Tag",
        "Untag",
        "Put",
        "Set",
        "Query",
        "Check",
        "Decrypt",
        "Encrypt",
        "Generate",
    ];
    let name = action.split(':').nth(1).unwrap_or_default();
    // `TagResources` is one, `Tag` is a condition.
    VERBS.iter().any(|verb| {
        let rest = name.strip_prefix(verb);
        rest.is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_uppercase()))
    })
}
