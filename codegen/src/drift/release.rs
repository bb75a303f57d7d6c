//! Release notes: the changes of a release for users, as a section of a changelog, and the version
//! number that they require.
//!
//! | the gravest change | from 1.0 on | before |
//! |---|---|---|
//! | breaking | major | minor |
//! | behaviour, tightened, loosened, additive, a deprecation | minor | patch |
//! | documentation | patch | patch |
//!
//! A tightened check is not a breaking change, although the client may refuse a request that it
//! sent before: if the source of the limit is right, the service refuses it too, and
//! `skip_validation` still sends it. Such changes have a list of their own.
//!
//! The notes cover changes of specs. Changes of the runtime or of the generator have to be added by
//! hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::print::{self, count, notes};
use super::{Drift, Effect, Entry, between};
use crate::import::{Fact, Side, Specs};
use crate::names;

/// The part of a version that a release raises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// Nothing changed.
    #[default]
    None,
    /// The same API.
    Patch,
    /// More API, or other behaviour.
    Minor,
    /// Code may have to change.
    Major,
}

impl Bump {
    /// The part of the version number that an effect requires to be raised.
    #[must_use]
    pub const fn of(effect: Effect) -> Self {
        match effect {
            Effect::Breaking => Self::Major,
            Effect::Behaviour | Effect::Tightened | Effect::Loosened | Effect::Additive => {
                Self::Minor
            }
            Effect::Documentation => Self::Patch,
        }
    }

    /// The next version; before 1.0 everything counts one place further right. None for what is no version.
    #[must_use]
    pub fn next(self, version: &str) -> Option<String> {
        let numbers: Vec<u64> = version
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        let [major, minor, patch] = numbers[..] else {
            return None;
        };
        let next = match (self, major) {
            (Self::None, _) => (major, minor, patch),
            (Self::Major, 1..) => (major + 1, 0, 0),
            (Self::Minor, 1..) | (Self::Major, 0) => (major, minor + 1, 0),
            (Self::Patch, _) | (Self::Minor, 0) => (major, minor, patch + 1),
        };
        Some(format!("{}.{}.{}", next.0, next.1, next.2))
    }
}

/// The notes of a release.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Release {
    /// The part of the version that it raises.
    pub bump: Bump,
    /// The products that come, by module, with the number of their operations.
    pub added: BTreeMap<String, usize>,
    /// The products that go.
    pub removed: Vec<String>,
    /// The products that are in both states and differ, by module.
    pub changed: BTreeMap<String, Drift>,
}

/// Compares two states of all products, by the names of their folders.
#[must_use]
pub fn compare(old: &BTreeMap<String, Specs>, new: &BTreeMap<String, Specs>) -> Release {
    let mut release = Release {
        bump: Bump::None,
        added: BTreeMap::new(),
        removed: Vec::new(),
        changed: BTreeMap::new(),
    };
    for (folder, specs) in new {
        let module = names::module_name(folder);
        let Some(before) = old.get(folder) else {
            release.added.insert(module, specs.operations.len());
            release.bump = release.bump.max(Bump::Minor);
            continue;
        };
        let drift = between(before, specs, &module);
        if !drift.entries.is_empty() {
            release.bump = release.bump.max(drift.bump);
            release.changed.insert(module, drift);
        }
    }
    for folder in old.keys().filter(|folder| !new.contains_key(*folder)) {
        release.removed.push(names::module_name(folder));
        release.bump = Bump::Major;
    }
    release
}

/// The part of the version that the gravest change raises.
pub(super) fn demanded(entries: &[Entry]) -> Bump {
    // The compiler tells users of a deprecation.
    let bumps = entries.iter().map(|entry| {
        if is_deprecation(entry) {
            Bump::Minor
        } else {
            Bump::of(entry.effect)
        }
    });
    bumps.max().unwrap_or_default()
}

fn is_deprecation(entry: &Entry) -> bool {
    entry.fact == Fact::Deprecated && entry.new == true
}

/// The lists of a section.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Breaking,
    Added,
    Changed,
    Refused,
    Accepted,
    Deprecated,
}

impl List {
    const ALL: [Self; 6] = [
        Self::Breaking,
        Self::Added,
        Self::Changed,
        Self::Refused,
        Self::Accepted,
        Self::Deprecated,
    ];

    const fn heading(self) -> &'static str {
        match self {
            Self::Breaking => "Breaking",
            Self::Added => "Added",
            Self::Changed => "Changed: behaviour",
            Self::Refused => "Changed: stricter checks",
            Self::Accepted => "Changed: looser checks",
            Self::Deprecated => "Deprecated",
        }
    }

    /// What the heading does not say.
    const fn explanation(self) -> Option<&'static str> {
        match self {
            Self::Breaking | Self::Added | Self::Deprecated => None,
            Self::Changed => Some("The same code is sent, repeated, read or printed differently."),
            Self::Refused => Some(
                "Such requests are refused before they are sent, as the vendor documents it; `skip_validation` sends them anyway.",
            ),
            Self::Accepted => Some("Such requests are no longer refused before they are sent."),
        }
    }

    fn of(entry: &Entry) -> Option<Self> {
        Some(match entry.effect {
            Effect::Breaking => Self::Breaking,
            Effect::Additive => Self::Added,
            Effect::Behaviour => Self::Changed,
            Effect::Tightened => Self::Refused,
            Effect::Loosened => Self::Accepted,
            Effect::Documentation if is_deprecation(entry) => Self::Deprecated,
            Effect::Documentation => return None,
        })
    }
}

impl Release {
    /// As a section of a changelog; `version` is the one before.
    #[must_use]
    pub fn to_markdown(&self, version: &str) -> String {
        let next = self
            .bump
            .next(version)
            .unwrap_or_else(|| version.to_owned());
        if self.bump == Bump::None {
            return format!("Nothing changed: {version} stays.\n");
        }
        let mut out = format!("## [{next}]\n\n{}\n", self.verdict(version, &next));
        for list in List::ALL {
            let mut body = String::new();
            let products = self.products(list);
            if !products.is_empty() {
                let _ = writeln!(body, "\n{}", products.join("\n"));
            }
            for (module, drift) in &self.changed {
                let entries = drift.entries.iter();
                let entries: Vec<Entry> = entries
                    .filter(|entry| List::of(entry) == Some(list))
                    .map(advised)
                    .collect();
                let notes = notes(&entries.iter().collect::<Vec<_>>());
                if !notes.is_empty() {
                    let _ = writeln!(body, "\n#### `{module}`\n");
                    for note in notes {
                        note.markdown(&mut body);
                    }
                }
            }
            if !body.is_empty() {
                let _ = writeln!(out, "\n### {}", list.heading());
                if let Some(explanation) = list.explanation() {
                    let _ = writeln!(out, "\n*{explanation}*");
                }
                out.push_str(&body);
            }
        }
        out.push_str(&self.documentation());
        out
    }

    /// The answer to the question that people have.
    fn verdict(&self, version: &str, next: &str) -> String {
        let breaking = |drift: &Drift| drift.of(Effect::Breaking).count();
        let products = self.changed.iter();
        let products: Vec<(&String, usize)> = products
            .map(|(module, drift)| (module, breaking(drift)))
            .filter(|(_, breaking)| *breaking > 0)
            .collect();
        let total = products.iter().map(|(_, n)| n).sum::<usize>() + self.removed.len();
        let each: Vec<String> = products
            .iter()
            .map(|(module, n)| format!("{n} in `{module}`"))
            .collect();
        let of = match each.as_slice() {
            [] | [_] => String::new(),
            each => format!(" ({})", each.join(", ")),
        };
        let mut entries = self.changed.values().flat_map(|drift| &drift.entries);
        let advised =
            entries.all(|entry| entry.effect != Effect::Breaking || entry.instead.is_some());
        let advised = if advised && !products.is_empty() {
            ", each with what to write instead"
        } else {
            ""
        };
        let unresolved = self.changed.values().flat_map(|drift| &drift.unresolved);
        let unresolved = print::unresolved(unresolved);
        let unresolved = unresolved.map_or_else(String::new, |line| format!(" {line}"));
        let verdict = match self.bump {
            Bump::Major => format!(
                "From {version} to {next}: {}{of}{advised}.",
                count(total, "breaking change")
            ),
            Bump::Minor => {
                format!("From {version} to {next}: code that compiled before still compiles.")
            }
            Bump::Patch | Bump::None => {
                format!("From {version} to {next}: the same API; only the documentation changed.")
            }
        };
        verdict + &unresolved
    }

    /// The products that come or go, as items of a list.
    fn products(&self, list: List) -> Vec<String> {
        match list {
            List::Breaking => {
                let gone = self.removed.iter();
                gone.map(|module| {
                    format!("- The product `{module}` is gone, and its feature with it.")
                })
                .collect()
            }
            List::Added => {
                let come = self.added.iter();
                come.map(|(module, operations)| {
                    let operations = count(*operations, "operation");
                    format!("- The product `{module}`, with {operations} (feature `{module}`).")
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }

    /// What needs nobody's attention, in numbers.
    fn documentation(&self) -> String {
        let mut out = String::new();
        for (module, drift) in &self.changed {
            let rest = drift
                .entries
                .iter()
                .filter(|entry| List::of(entry).is_none());
            let rest: Vec<&Entry> = rest.collect();
            let operations: std::collections::BTreeSet<&str> =
                rest.iter().map(|entry| entry.operation.as_str()).collect();
            let kinds = [
                ("permissions", Fact::Permissions),
                ("descriptions and examples", Fact::Words),
            ];
            let kinds: Vec<String> = kinds
                .into_iter()
                .filter_map(|(what, fact)| {
                    let of = rest.iter().filter(|entry| entry.fact == fact).count();
                    (of > 0).then(|| format!("{what} of {of}"))
                })
                .collect();
            if rest.is_empty() {
                continue;
            }
            let what = match kinds.as_slice() {
                [] => String::new(),
                kinds => format!(": {}", kinds.join(", ")),
            };
            let _ = write!(
                out,
                "\n- **`{module}`**, {}{what}",
                count(operations.len(), "operation")
            );
        }
        if out.is_empty() {
            return out;
        }
        format!("\n### Documentation\n{out}\n")
    }
}

/// The entry with what to write instead in its text.
fn advised(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    if let Some(instead) = &entry.instead {
        let sep = if entry.fact == Fact::Deprecated {
            ':'
        } else {
            ';'
        };
        entry.text = format!("{}{sep} {instead}", entry.text);
        // What is told by the name of an operation alone would lose the advice.
        if entry.side == Side::Operation && entry.fact != Fact::Rust {
            entry.fact = Fact::Rust;
        }
    }
    entry
}
