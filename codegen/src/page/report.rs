//! The report of a comparison, for people, for pull requests and for tools.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::compare::{Comparison, Difference, Held};
use crate::diagnostic::{Colour, Diagnostic, Place, render};

/// Differences that are shown one by one.
pub const FEW: usize = 50;

/// The result of comparing one page.
#[derive(Clone, Debug)]
pub struct Report {
    /// The operation.
    pub operation: String,
    /// The file of the page.
    pub page: String,
    /// The date of the page.
    pub date: Option<String>,
    /// The file of the spec.
    pub spec: String,
    /// The day as of which the spec was last compared with its page.
    pub reviewed: Option<String>,
    /// There was no spec before.
    pub is_new: bool,
    /// The differences, and the questions that are left to decide.
    pub comparison: Comparison,
    /// The differences that were taken over, if that was requested.
    pub taken: Option<Vec<Difference>>,
    /// The items without a description, if a spec was written.
    pub undescribed: Vec<String>,
    /// Descriptions that say otherwise than the spec that was written.
    pub stale: Vec<String>,
}

impl Report {
    /// For people. At most `most` differences are shown one by one.
    #[must_use]
    pub fn to_text(&self, most: usize, colour: Colour) -> String {
        let mut text = self.head();
        let shown: Vec<Diagnostic> = self
            .comparison
            .differences
            .iter()
            .take(most)
            .map(|difference| difference.diagnostic.clone())
            .collect();
        if let Some(taken) = &self.taken {
            for difference in taken.iter().take(most) {
                let _ = writeln!(
                    text,
                    "  took over: {} ({})",
                    difference.diagnostic.message, difference.diagnostic.place
                );
            }
            more(&mut text, "  ", taken.len(), most);
        }
        if !shown.is_empty() {
            text.push('\n');
            text.push_str(&render(&shown, colour));
            more(&mut text, "", self.comparison.differences.len(), most);
            text.push('\n');
        }
        for held in &self.comparison.held {
            let _ = writeln!(
                text,
                "  recorded: {}: {} ({})",
                held.at,
                plain(&held.says),
                held.place
            );
        }
        let _ = writeln!(text, "  {}", self.sum());
        for stale in self.stale.iter().take(most) {
            let _ = writeln!(text, "  for a person to correct: {stale}");
        }
        more(&mut text, "  ", self.stale.len(), most);
        if !self.undescribed.is_empty() {
            let _ = writeln!(text, "  without a description, for a person to write:");
            for at in self.undescribed.iter().take(most) {
                let _ = writeln!(text, "    {at}");
            }
            more(&mut text, "    ", self.undescribed.len(), most);
        }
        text
    }

    /// For a pull request.
    #[must_use]
    pub fn to_markdown(&self, most: usize) -> String {
        let mut text = format!("## {}\n\n{}.\n\n", self.operation, self.sum());
        if let Some(age) = self.age() {
            let _ = writeln!(
                text,
                "Of {}: {age}.\n",
                self.date.as_deref().unwrap_or_default()
            );
        }
        let mut list = |title: &str, differences: &[Difference]| {
            if differences.is_empty() {
                return;
            }
            let _ = writeln!(text, "{title}:\n");
            for difference in differences.iter().take(most) {
                let diagnostic = &difference.diagnostic;
                let _ = writeln!(
                    text,
                    "- {} ({}, {})",
                    diagnostic.message, diagnostic.code, diagnostic.place
                );
            }
            more(&mut text, "- ", differences.len(), most);
            text.push('\n');
        };
        if let Some(taken) = &self.taken {
            list("Taken over", taken);
        }
        list("Different", &self.comparison.differences);
        if !self.comparison.held.is_empty() {
            text.push_str("Recorded departures:\n\n");
            for held in &self.comparison.held {
                let _ = writeln!(
                    text,
                    "- `{}`: {} ({})",
                    held.at,
                    plain(&held.says),
                    held.place
                );
            }
            text.push('\n');
        }
        if !self.stale.is_empty() {
            text.push_str("Descriptions to correct:\n\n");
            for stale in self.stale.iter().take(most) {
                let _ = writeln!(text, "- {stale}");
            }
            more(&mut text, "- ", self.stale.len(), most);
            text.push('\n');
        }
        if !self.undescribed.is_empty() {
            text.push_str("Without a description:\n\n");
            for at in self.undescribed.iter().take(most) {
                let _ = writeln!(text, "- `{at}`");
            }
            more(&mut text, "- ", self.undescribed.len(), most);
            text.push('\n');
        }
        text
    }

    /// For tools.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let json = Json {
            operation: &self.operation,
            page: &self.page,
            date: self.date.as_deref(),
            spec: &self.spec,
            reviewed: self.reviewed.as_deref(),
            is_new: self.is_new,
            differences: self.comparison.differences.iter().map(entry).collect(),
            taken: self
                .taken
                .as_ref()
                .map(|taken| taken.iter().map(entry).collect()),
            recorded: self.comparison.held.iter().map(recorded).collect(),
            undescribed: &self.undescribed,
            stale: &self.stale,
        };
        serde_json::to_value(json).unwrap_or_default()
    }

    fn head(&self) -> String {
        let date = self
            .date
            .as_ref()
            .map_or(String::new(), |date| format!(", {date}"));
        let spec = if self.is_new { "new spec" } else { "spec" };
        let reviewed = match &self.reviewed {
            Some(reviewed) if self.date.as_ref() != Some(reviewed) => {
                format!(", reviewed {reviewed}")
            }
            _ => String::new(),
        };
        let age = self.age();
        let age = age.map_or(String::new(), |age| format!("  {age}\n"));
        format!(
            "{}: page {}{date}; {spec} {}{reviewed}\n{age}",
            self.operation, self.page, self.spec
        )
    }

    /// How the page stands to the one that the spec was reviewed with. Its date alone is no
    /// difference: a page is often published again with the same facts.
    fn age(&self) -> Option<String> {
        let (date, reviewed) = (self.date.as_ref()?, self.reviewed.as_ref()?);
        match date.cmp(reviewed) {
            Ordering::Less => Some(format!("the page is older than the review of {reviewed}")),
            Ordering::Equal => None,
            Ordering::Greater if self.taken.is_some() => None,
            Ordering::Greater => Some(format!(
                "the page is newer than the review of {reviewed}; `--write` records its date"
            )),
        }
    }

    fn sum(&self) -> String {
        let count = |n: usize, what: &str| match n {
            0 => format!("no {what}s"),
            1 => format!("1 {what}"),
            n => format!("{n} {what}s"),
        };
        let differences = count(self.comparison.differences.len(), "difference");
        let held = match self.comparison.held.len() {
            0 => String::new(),
            n => format!("; {} recorded", count(n, "departure")),
        };
        match &self.taken {
            Some(taken) => {
                let taken = count(taken.len(), "difference");
                format!(
                    "{taken} taken over, {} left{held}",
                    self.comparison.differences.len()
                )
            }
            None => format!("{differences}{held}"),
        }
    }
}

fn more(text: &mut String, indent: &str, all: usize, most: usize) {
    if let Some(more) = all.checked_sub(most).filter(|more| *more > 0) {
        let _ = writeln!(text, "{indent}… and {more} more; `--verbose` shows all");
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => crate::format::value_to_line(value),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'r> {
    operation: &'r str,
    page: &'r str,
    date: Option<&'r str>,
    spec: &'r str,
    reviewed: Option<&'r str>,
    is_new: bool,
    differences: Vec<Entry<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<Vec<Entry<'r>>>,
    recorded: Vec<Recorded<'r>>,
    undescribed: &'r [String],
    stale: &'r [String],
}

#[derive(Serialize)]
struct Entry<'r> {
    code: &'static str,
    at: &'r str,
    says: &'r Value,
    message: &'r str,
    place: Spot,
    others: Vec<Spot>,
}

#[derive(Serialize)]
struct Recorded<'r> {
    at: &'r str,
    says: &'r Value,
    place: Spot,
}

#[derive(Serialize)]
struct Spot {
    file: String,
    line: usize,
    column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

fn entry(difference: &Difference) -> Entry<'_> {
    let diagnostic = &difference.diagnostic;
    Entry {
        code: diagnostic.code.id(),
        at: &difference.at,
        says: &difference.says,
        message: &diagnostic.message,
        place: spot(&diagnostic.place, diagnostic.label.clone()),
        others: diagnostic
            .secondary
            .iter()
            .map(|(place, label)| spot(place, Some(label.clone())))
            .collect(),
    }
}

fn recorded(held: &Held) -> Recorded<'_> {
    Recorded {
        at: &held.at,
        says: &held.says,
        place: spot(&held.place, None),
    }
}

fn spot(place: &Place, label: Option<String>) -> Spot {
    let (line, column) = place.line_and_column();
    Spot {
        file: place.source.path.display().to_string(),
        line,
        column,
        label,
    }
}
