//! Descriptions that are one row too low or too high.
//!
//! The vendor's tables are put together from two lists, and where one of them has a row too many, each
//! description stands beside the name of another parameter. What a description says about ranges,
//! lengths and lists fits some types only, and it uses the words of the name that it is about: from
//! that it can be told which rows are shifted.

use super::facts::{Fact, Of, What};
use super::model::Row;
use super::words::Kind;

/// Rows whose descriptions belong to other rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// The first and the last row whose description belongs elsewhere.
    pub first: usize,
    pub last: usize,
    /// The descriptions belong to the row below (else above).
    pub down: bool,
    /// Of each row, that which its description is about.
    pub owner: Vec<usize>,
}

/// What must be gained by moving descriptions, and from how many of them that contradict their rows.
const ENOUGH: f64 = 4.0;
const CONTRADICTIONS: usize = 2;

/// Whether the descriptions of a run of rows fit the rows beside theirs better, by far.
pub(super) fn find(rows: &[Row], stated: &[Vec<Fact>]) -> Option<Shift> {
    let named: Vec<usize> = (0..rows.len())
        .filter(|row| rows[*row].name.is_some())
        .collect();
    if named.len() > 2000 {
        return None;
    }
    let down = run(rows, stated, &named, true);
    let up = run(rows, stated, &named, false);
    let best = match (down, up) {
        (Some(down), Some(up)) if up.0 > down.0 => Some((up, false)),
        (Some(down), _) => Some((down, true)),
        (None, up) => up.map(|up| (up, false)),
    };
    let ((_, first, last), down) = best?;
    let mut owner: Vec<usize> = (0..rows.len()).collect();
    let nameless: Vec<usize> = (0..rows.len())
        .filter(|row| rows[*row].name.is_none())
        .collect();
    let inside = |row: usize| row >= named[first] && row <= named[last];
    let step = |list: &[usize], place: usize| {
        let next = if down {
            place + 1
        } else {
            place.checked_sub(1)?
        };
        list.get(next).copied()
    };
    for place in first..=last {
        if let Some(next) = step(&named, place) {
            owner[named[place]] = next;
        }
    }
    for (place, row) in nameless.iter().enumerate() {
        if inside(*row)
            && let Some(next) = step(&nameless, place)
        {
            owner[*row] = next;
        }
    }
    Some(Shift {
        first: named[first],
        last: named[last],
        down,
        owner,
    })
}

/// The run of rows that gains most, and what it gains.
fn run(
    rows: &[Row],
    stated: &[Vec<Fact>],
    named: &[usize],
    down: bool,
) -> Option<(f64, usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    let (mut sum, mut start, mut contradictions) = (0.0, 0, 0);
    for place in 0..named.len() {
        let beside = if down {
            Some(place + 1)
        } else {
            place.checked_sub(1)
        };
        let Some(beside) = beside.and_then(|beside| named.get(beside)) else {
            (sum, start, contradictions) = (0.0, place + 1, 0);
            continue;
        };
        let row = &rows[named[place]];
        let facts = &stated[named[place]];
        let here = fit(row, facts, row);
        let gain = fit(row, facts, &rows[*beside]).0 - here.0;
        if sum + gain <= 0.0 {
            (sum, start, contradictions) = (0.0, place + 1, 0);
            continue;
        }
        sum += gain;
        contradictions += usize::from(here.1);
        if sum >= ENOUGH && contradictions >= CONTRADICTIONS && best.is_none_or(|best| sum > best.0)
        {
            best = Some((sum, start, place));
        }
    }
    best
}

/// How well the description of one row fits another, and whether it contradicts it.
fn fit(described: &Row, stated: &[Fact], row: &Row) -> (f64, bool) {
    if described.description.is_empty() {
        return (0.0, false);
    }
    let Some((kind, _)) = row.kind else {
        return (0.0, false);
    };
    let (mut score, mut contradicts) = (0.0, false);
    for fact in stated {
        let fits = match fact.what {
            What::Limit { of: Of::Number, .. } => kind == Kind::Array,
            What::Limit { of: Of::Value, .. } => {
                matches!(kind, Kind::Integer | Kind::Long | Kind::Number)
            }
            What::Limit { of: Of::Length, .. } | What::Ascii => kind == Kind::String,
            _ => continue,
        };
        score += if fits { 1.0 } else { -2.0 };
        contradicts |= !fits;
    }
    (score + likeness(described, row), contradicts)
}

/// How many of the words of a name the description uses.
fn likeness(described: &Row, row: &Row) -> f64 {
    let Some(name) = &row.name else { return 0.0 };
    let text: String = described
        .description
        .iter()
        .map(|line| line.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(600)
        .collect();
    let lower = text.to_lowercase();
    let words = humps(name.as_str());
    let used = words.iter().filter(|word| {
        lower.contains(word.as_str())
            || (*word == "count" && (lower.contains("number") || lower.contains("数量")))
    });
    let share = f64::from(u32::try_from(used.count()).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(words.len().max(1)).unwrap_or(1));
    share
        + if words.len() > 1 && text.contains(name.as_str()) {
            1.0
        } else {
            0.0
        }
}

/// `NetworkInterfaceId` as `network`, `interface`, `id`.
fn humps(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| word.len() > 1);
    words
}
