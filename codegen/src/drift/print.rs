//! Drift as a release note.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Drift, Effect, Entry};
use crate::import::{DepartureState, Fact, Side, shown};
use crate::tables::Unresolved;

/// A change that so many operations share is told once.
const SHARED: usize = 3;
/// Of those, so many are named.
const NAMED: usize = 24;
/// Columns of the text.
const WIDTH: usize = 110;

impl Effect {
    const fn heading(self) -> &'static str {
        match self {
            Self::Breaking => "Breaking",
            Self::Behaviour => "Behaviour",
            Self::Tightened => "Validation tightened",
            Self::Loosened => "Validation loosened",
            Self::Additive => "New",
            Self::Documentation => "Documentation",
        }
    }

    const fn explanation(self) -> &'static str {
        match self {
            Self::Breaking => "code that compiled may not compile",
            Self::Behaviour => "the same code, sent or repeated differently",
            Self::Tightened => "requests that passed may be refused before they are sent",
            Self::Loosened => "requests that were refused may pass",
            Self::Additive => "existing code is not affected",
            Self::Documentation => "nothing to do",
        }
    }
}

/// One paragraph of a section: whom it concerns, and what.
pub(super) struct Note {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
}

impl Note {
    /// As an item of a list in Markdown.
    pub(super) fn markdown(&self, out: &mut String) {
        match self.lines.as_slice() {
            [line] => {
                let _ = writeln!(out, "- **{}**: {line}", self.title);
            }
            lines => {
                let _ = writeln!(out, "- **{}**", self.title);
                for line in lines {
                    let _ = writeln!(out, "  - {line}");
                }
            }
        }
    }
}

pub(super) fn text(drift: &Drift) -> String {
    let mut out = format!("{} {}\n", drift.product, drift.version);
    wrap(&mut out, &verdict(drift), "", "");
    for effect in Effect::ALL {
        let notes = notes(&drift.of(effect).collect::<Vec<_>>());
        if notes.is_empty() {
            continue;
        }
        let count = drift.of(effect).count();
        let _ = writeln!(
            out,
            "\n{} ({count}) - {}",
            effect.heading(),
            effect.explanation()
        );
        for note in notes {
            match note.lines.as_slice() {
                [line] => wrap(&mut out, &format!("{}: {line}", note.title), "  ", "      "),
                lines => {
                    let _ = writeln!(out, "  {}:", note.title);
                    for line in lines {
                        wrap(&mut out, line, "    - ", "      ");
                    }
                }
            }
        }
    }
    if !drift.departures.is_empty() {
        let _ = writeln!(out, "\nDepartures to look at ({})", drift.departures.len());
        for line in departures(drift) {
            wrap(&mut out, &line, "  ", "      ");
        }
    }
    out
}

pub(super) fn markdown(drift: &Drift) -> String {
    let mut out = format!(
        "## {} {}\n\n{}\n",
        drift.product,
        drift.version,
        verdict(drift)
    );
    for effect in Effect::ALL {
        let notes = notes(&drift.of(effect).collect::<Vec<_>>());
        if notes.is_empty() {
            continue;
        }
        let count = drift.of(effect).count();
        let _ = writeln!(
            out,
            "\n### {} ({count})\n\n*{}*\n",
            effect.heading(),
            effect.explanation()
        );
        for note in notes {
            note.markdown(&mut out);
        }
    }
    if !drift.departures.is_empty() {
        let _ = writeln!(
            out,
            "\n### Departures to look at ({})\n",
            drift.departures.len()
        );
        for line in departures(drift) {
            let _ = writeln!(out, "- {line}");
        }
    }
    out
}

/// The answer to the question that people have.
fn verdict(drift: &Drift) -> String {
    let scope = match drift.kept.to_text() {
        Some(kept) => format!(" Not compared, because this metadata is silent about them: {kept}."),
        None if drift.requests_only => {
            " Only requests were compared: this metadata has no responses and errors.".to_owned()
        }
        None => String::new(),
    };
    let unknown = unresolved(drift.unresolved.iter());
    let scope = unknown.map_or_else(|| scope.clone(), |unknown| format!("{scope} {unknown}"));
    if drift.entries.is_empty() {
        return format!("No drift in {}.{scope}", count(drift.after, "operation"));
    }
    let breaking = drift.of(Effect::Breaking).count();
    let concerned = operations(drift.of(Effect::Breaking)).len();
    let verdict = match (breaking, concerned) {
        (0, _) => "Nothing breaks users.".to_owned(),
        (n, 0) => format!("{} for users.", count(n, "breaking change")),
        (n, m) => format!(
            "{} for users, in {}.",
            count(n, "breaking change"),
            count(m, "operation")
        ),
    };
    let of = |effect: Effect| {
        drift
            .of(effect)
            .filter(|entry| entry.fact == Fact::Operation)
            .count()
    };
    let (added, gone) = (of(Effect::Additive), of(Effect::Breaking));
    let whole = |entry: &&Entry| entry.fact != Fact::Operation;
    let changed = operations(drift.entries.iter().filter(whole)).len();
    format!(
        "{verdict} {} before, {} now: {added} new, {gone} gone, {changed} changed.{scope}",
        count(drift.before, "operation"),
        drift.after
    )
}

/// Of which operations it cannot be told what breaks, as a sentence.
pub(super) fn unresolved<'u>(all: impl Iterator<Item = &'u Unresolved>) -> Option<String> {
    let all: Vec<String> = all
        .map(|it| format!("`{}` (`{}`)", it.operation, it.path))
        .collect();
    let named = all[..all.len().min(NAMED)].join(", ");
    let more = all.len().checked_sub(NAMED).filter(|more| *more > 0);
    let more = more.map_or(String::new(), |more| format!(" and {more} more"));
    let whose = if all.len() == 1 {
        "its spec refers"
    } else {
        "their specs refer"
    };
    (!all.is_empty()).then(|| {
        format!(
            "What else breaks in {} cannot be told, because {whose} to what is not there: {named}{more}.",
            count(all.len(), "operation")
        )
    })
}

fn operations<'a>(entries: impl Iterator<Item = &'a Entry>) -> BTreeSet<&'a str> {
    entries
        .map(|entry| entry.operation.as_str())
        .filter(|name| !name.is_empty())
        .collect()
}

/// The paragraphs of one section: whole operations first, then what many share, then one by one.
pub(super) fn notes(entries: &[&Entry]) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut whole: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut shared: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in entries.iter().copied() {
        if let Some((old, new)) = renamed(entry) {
            names.entry(new).or_default().push(old);
        } else if of_whole(entry) {
            whole.entry(&entry.text).or_default().push(&entry.operation);
        } else if entry.side != Side::Product {
            let list = shared.entry(&entry.text).or_default();
            if list.last() != Some(&entry.operation.as_str()) {
                list.push(&entry.operation);
            }
        }
    }
    for (text, names) in whole {
        let title = match text {
            "is gone" => format!("{} gone", count(names.len(), "operation")),
            "new" => count(names.len(), "new operation"),
            "it is deprecated" => format!("{} deprecated", count(names.len(), "operation")),
            "it is no longer deprecated" => {
                format!("{} no longer deprecated", count(names.len(), "operation"))
            }
            other => format!("{}, {other}", count(names.len(), "operation")),
        };
        notes.push(Note {
            title,
            lines: vec![names.join(", ")],
        });
    }
    if !names.is_empty() {
        let line =
            |(new, old): (&&str, &Vec<&str>)| format!("`{new}` (was `{}`)", old.join("`, `"));
        notes.push(Note {
            title: count(names.len(), "type") + " called otherwise",
            lines: names.iter().map(line).collect(),
        });
    }
    let of_product = entries.iter().copied();
    let hosts = endpoints(of_product.filter(|entry| entry.side == Side::Product));
    if !hosts.is_empty() {
        notes.push(Note {
            title: "Endpoints".to_owned(),
            lines: hosts,
        });
    }
    let mut common: Vec<(&str, Vec<&str>)> = shared
        .iter()
        .filter(|(_, names)| names.len() >= SHARED)
        .map(|(text, names)| (*text, names.clone()))
        .collect();
    common.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    for (text, names) in &common {
        notes.push(Note {
            title: format!("{} in {} operations", capital(text), names.len()),
            lines: vec![some(names)],
        });
    }
    let mut single: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for entry in entries.iter().copied() {
        let told = of_whole(entry)
            || renamed(entry).is_some()
            || entry.side == Side::Product
            || common.iter().any(|(text, _)| *text == entry.text);
        if !told {
            single
                .entry(&entry.operation)
                .or_default()
                .push(entry.text.clone());
        }
    }
    notes.extend(single.into_iter().map(|(name, lines)| Note {
        title: name.to_owned(),
        lines: folded(&lines),
    }));
    notes
}

/// The names, or the first of them.
fn some(names: &[&str]) -> String {
    match names.len().checked_sub(NAMED) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..NAMED].join(", ")),
    }
}

/// The change concerns an operation as a whole, and is told by its name alone.
fn of_whole(entry: &Entry) -> bool {
    entry.fact == Fact::Operation
        || (entry.fact == Fact::Deprecated && entry.side == Side::Operation)
}

/// A type of the generated code that is called otherwise: what it was and is called.
fn renamed(entry: &Entry) -> Option<(&str, &str)> {
    let named = entry.fact == Fact::Rust && entry.side == Side::Operation;
    named
        .then(|| Some((entry.old.as_str()?, entry.new.as_str()?)))
        .flatten()
}

/// Regions that come or go are told by their names; hosts that change one by one.
fn endpoints<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    let (mut come, mut gone, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        let region = entry.at.rsplit('/').next().unwrap_or_default();
        match (entry.old.is_null(), entry.new.is_null()) {
            _ if entry.at.ends_with("Rule") => other.push(entry.text.clone()),
            (true, false) => come.push(region),
            (false, true) => gone.push(region),
            _ => other.push(entry.text.clone()),
        }
    }
    let mut lines = Vec::new();
    if !come.is_empty() {
        lines.push(format!(
            "{} listed: {}",
            count(come.len(), "more region"),
            come.join(", ")
        ));
    }
    if !gone.is_empty() {
        lines.push(format!(
            "{} not listed any more: {}",
            count(gone.len(), "region"),
            gone.join(", ")
        ));
    }
    lines.extend(other);
    lines
}

/// Sentences that differ in their subject only become one: "new optional parameters `A` (string), `B` (string)".
fn folded(lines: &[String]) -> Vec<String> {
    const FOLDS: &[(&str, &str, &str)] = &[
        ("new optional parameter ", "", "new optional parameters "),
        ("new optional field ", "", "new optional fields "),
        ("new response field ", "", "new response fields "),
        ("new error ", "", "new errors "),
        ("parameter ", " is gone", "gone are the parameters "),
        ("field ", " is gone", "gone are the fields "),
        (
            "response field ",
            " is gone",
            "gone are the response fields ",
        ),
        ("error ", " is gone", "gone are the errors "),
    ];
    let mut out: Vec<String> = Vec::new();
    let mut taken = vec![false; lines.len()];
    for index in 0..lines.len() {
        if taken[index] {
            continue;
        }
        let fold = FOLDS.iter().find(|(before, after, _)| {
            lines[index].starts_with(before) && lines[index].ends_with(after)
        });
        let Some((before, after, many)) = fold else {
            out.push(lines[index].clone());
            continue;
        };
        let mut rests = Vec::new();
        for (other, line) in lines.iter().enumerate().skip(index) {
            if let Some(rest) = line
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
            {
                taken[other] = true;
                rests.push(rest);
            }
        }
        match rests.as_slice() {
            [_] => out.push(lines[index].clone()),
            rests => out.push(format!("{many}{}", rests.join(", "))),
        }
    }
    out
}

fn departures(drift: &Drift) -> Vec<String> {
    let line = |note: &crate::import::DepartureNote| {
        let what = match note.state {
            DepartureState::NoLongerNeeded => {
                "the metadata says the same now, the departure can go".to_owned()
            }
            DepartureState::SourceMoved => {
                format!("the metadata moved, it says {} now", shown(&note.now))
            }
            DepartureState::NamesNothing => "names nothing".to_owned(),
        };
        format!("{} {}: {what}", note.operation, note.at)
    };
    drift.departures.iter().map(line).collect()
}

pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Writes words in lines of the width.
fn wrap(out: &mut String, text: &str, first: &str, next: &str) {
    let mut column = first.chars().count();
    out.push_str(first);
    let mut begun = false;
    for word in text.split(' ') {
        let width = word.chars().count();
        if begun && column + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(next);
            column = next.chars().count();
            begun = false;
        }
        if begun {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
        begun = true;
    }
    out.push('\n');
}
