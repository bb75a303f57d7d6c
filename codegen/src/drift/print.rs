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
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut rest: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let documented = documented(entries);
    let many_documented = documented.len() >= SHARED;
    for entry in entries.iter().copied() {
        if let Some((old, new)) = renamed(entry) {
            names.entry(new).or_default().push(old);
        } else if of_whole(entry) {
            whole.entry(&entry.text).or_default().push(&entry.operation);
        } else if entry.side != Side::Product && !(many_documented && of_values(entry)) {
            let lines = rest.entry(&entry.operation).or_default();
            lines.push(entry.text.clone());
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
            title: count(names.len(), "type") + " renamed",
            lines: names.iter().map(line).collect(),
        });
    }
    let of_product = entries.iter().filter(|entry| entry.side == Side::Product);
    let (hosts, other): (Vec<&Entry>, Vec<&Entry>) = of_product
        .copied()
        .partition(|entry| entry.fact == Fact::Endpoint);
    let other: Vec<String> = other.iter().map(|entry| entry.text.clone()).collect();
    for (title, lines) in [
        ("Endpoints", endpoints(hosts.into_iter())),
        ("All operations", folded(&other)),
    ] {
        if !lines.is_empty() {
            let title = title.to_owned();
            notes.push(Note { title, lines });
        }
    }
    for lines in rest.values_mut() {
        *lines = limits(lines);
    }
    let mut shared: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, lines) in &rest {
        for line in lines {
            shared.entry(line).or_default().insert(name);
        }
    }
    shared.retain(|_, names| names.len() >= SHARED);
    let mut common: BTreeMap<&BTreeSet<&str>, Vec<String>> = BTreeMap::new();
    for (line, names) in &shared {
        common.entry(names).or_default().push((*line).to_owned());
    }
    let mut common: Vec<(String, &BTreeSet<&str>)> = common
        .iter()
        .flat_map(|(names, lines)| folded(lines).into_iter().map(|line| (line, *names)))
        .collect();
    common.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    for (line, names) in &common {
        notes.push(Note {
            title: format!("{} ({} operations)", capital(line), names.len()),
            lines: vec![some(names.iter().copied())],
        });
    }
    if many_documented {
        notes.push(Note {
            title: format!("Documented values ({} operations)", documented.len()),
            lines: vec![some(documented.iter().map(String::as_str))],
        });
    }
    for (name, lines) in &rest {
        let lines = lines.iter().filter(|it| !shared.contains_key(it.as_str()));
        let lines: Vec<String> = lines.cloned().collect();
        if !lines.is_empty() {
            notes.push(Note {
                title: (*name).to_owned(),
                lines: folded(&lines),
            });
        }
    }
    notes
}

/// The names, or the first of them.
fn some<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let named: Vec<&str> = names.take(NAMED).collect();
    match more {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Values that come to be documented: where many do, it is enough to know of what.
fn of_values(entry: &Entry) -> bool {
    entry.fact == Fact::KnownValue && entry.old.is_null()
}

/// The operations in which values come to be documented, each with the names of what has them.
fn documented(entries: &[&Entry]) -> Vec<String> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| of_values(entry)) {
        let name = entry.text.split('`').nth(1).unwrap_or_default();
        found.entry(&entry.operation).or_default().push(name);
    }
    let found = found.into_iter();
    found
        .map(|(operation, names)| format!("{operation} (`{}`)", names.join("`, `")))
        .collect()
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

/// A sentence about one thing, such as ``parameter `A` is gone``: what is said of several is told once.
struct Sentence<'l> {
    /// What comes before the names: `parameter`, `new optional field`.
    noun: &'l str,
    name: &'l str,
    /// What differs from thing to thing beside the name: its type, the status of an error.
    detail: &'l str,
    /// What is said of it.
    predicate: &'l str,
    /// What to write instead.
    advice: &'l str,
}

impl<'l> Sentence<'l> {
    fn of(line: &'l str) -> Option<Self> {
        const NOUNS: [&str; 5] = ["parameter", "field", "error", "waiter", "choice"];
        let (noun, rest) = line.split_once(" `")?;
        let (name, rest) = rest.split_once('`')?;
        if !NOUNS.iter().any(|it| noun.ends_with(it)) {
            return None;
        }
        let (said, advice) = rest.split_at(rest.find("; ").unwrap_or(rest.len()));
        let (detail, predicate) = if noun.starts_with("new ") {
            (said, "")
        } else {
            ("", said)
        };
        Some(Self {
            noun,
            name,
            detail,
            predicate,
            advice,
        })
    }

    /// As it is said of several.
    fn plural(&self) -> Option<String> {
        const VERBS: [(&str, &str); 9] = [
            ("", ""),
            (" is ", " are "),
            (" has ", " have "),
            (" takes ", " take "),
            (" also takes ", " also take "),
            (" counts ", " count "),
            (" no longer counts ", " no longer count "),
            (" also comes ", " also come "),
            (" no longer comes ", " no longer come "),
        ];
        VERBS.iter().find_map(|(one, many)| {
            let rest = self.predicate.strip_prefix(one)?;
            let rest = rest.replace("(was ", "(were ");
            (!one.is_empty() || rest.is_empty()).then(|| format!("{many}{rest}"))
        })
    }
}

/// The limits of one subject in one sentence: ``parameter `A` has the minimum 1 and the maximum 9``.
fn limits(lines: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        let merged = out.last().and_then(|last| {
            let (one, other) = (Sentence::of(last)?, Sentence::of(line)?);
            let limit = other.predicate.strip_prefix(" has ")?;
            let limits = one.predicate.starts_with(" has ")
                && (one.noun, one.name) == (other.noun, other.name)
                && (one.advice, other.advice) == ("", "");
            limits.then(|| format!("{last} and {limit}"))
        });
        match merged {
            Some(merged) => {
                out.pop();
                out.push(merged);
            }
            None => out.push(line.clone()),
        }
    }
    out
}

/// Sentences that differ in their subject only become one: ``new optional parameters `A` (string), `B` (string)``.
fn folded(lines: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let sentences: Vec<Option<Sentence<'_>>> = lines.iter().map(|it| Sentence::of(it)).collect();
    let mut taken = vec![false; lines.len()];
    for (index, line) in lines.iter().enumerate() {
        if taken[index] {
            continue;
        }
        let said = sentences[index].as_ref();
        let Some((said, plural)) = said.and_then(|it| Some((it, it.plural()?))) else {
            out.push(line.clone());
            continue;
        };
        let mut names = Vec::new();
        for (other, sentence) in sentences.iter().enumerate().skip(index) {
            if let Some(it) = sentence
                && (it.noun, it.predicate, it.advice) == (said.noun, said.predicate, said.advice)
            {
                taken[other] = true;
                names.push(format!("`{}`{}", it.name, it.detail));
            }
        }
        out.push(match names.len() {
            1 => line.clone(),
            _ => format!("{}s {}{plural}{}", said.noun, names.join(", "), said.advice),
        });
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
