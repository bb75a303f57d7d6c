//! The departures that a spec records, compared with the findings.

use serde_json::{Value, json};

use super::super::model::Fields;
use super::super::text::Text;
use super::{Compare, Comparison, Difference, Held, shown};
use crate::diagnostic::{Code, Place};
use crate::import::merge::equal;
use crate::import::path;
use crate::spec::Origin;
use crate::tree::{self, Span};

impl Compare<'_> {
    /// Sets the recorded departures against what was found.
    pub(super) fn departures(mut self) -> Comparison {
        let spec = self.spec;
        let mut held = Vec::new();
        let departures: Vec<_> = spec
            .operation
            .departures
            .iter()
            .enumerate()
            .filter(|(_, departure)| departure.from == Origin::Page)
            .collect();
        for (index, departure) in departures {
            let recorded = self.place(&format!("/departures/{index}"));
            let collection = matches!(
                departure.at.as_str(),
                "/errors" | "/parameters" | "/constraints" | "/permissions"
            ) || departure.at.ends_with("/properties");
            let mut met = false;
            let mut first: Option<Place> = None;
            self.found.retain_mut(|found| {
                let below = collection
                    && departure.source.is_null()
                    && found.says.is_null()
                    && found.at.strip_prefix(&departure.at).is_some_and(|rest| {
                        rest.starts_with('/') && !rest[1..].contains("/properties")
                    });
                if found.at != departure.at && !below {
                    return true;
                }
                if below || equal(&departure.source, &found.says) {
                    met = true;
                    first.get_or_insert_with(|| found.diagnostic.place.clone());
                    return false;
                }
                if !collection {
                    met = true;
                    let label = format!("recorded: the page says {}", shown(&departure.source));
                    found.diagnostic.secondary.push((recorded.clone(), label));
                    found.diagnostic.help = Some(format!(
                        "the page says {} now; see whether the departure still stands, and correct its `source`",
                        shown(&found.says)
                    ));
                }
                true
            });
            if let Some(place) = first {
                held.push(Held {
                    at: departure.at.clone(),
                    says: departure.source.clone(),
                    place,
                });
                continue;
            }
            if met {
                continue;
            }
            match self.quoted(&departure.at, &departure.source) {
                Quoted::At(span) => held.push(Held {
                    at: departure.at.clone(),
                    says: departure.source.clone(),
                    place: self.page.place(span),
                }),
                Quoted::Silent => {}
                Quoted::No(span) => {
                    let message = format!(
                        "the page does not say what the departure at `{}` records: {}",
                        departure.at,
                        shown(&departure.source)
                    );
                    let mut difference = self.difference(
                        Code::PageDeparture,
                        span,
                        &departure.at,
                        Value::Null,
                        message,
                    );
                    difference.diagnostic = difference
                        .diagnostic
                        .also(recorded, "this departure")
                        .help("remove the departure, and what the spec says for its sake");
                    self.push(difference);
                }
            }
        }
        self.found.sort_by_key(|found| found.diagnostic.place.span);
        for found in &mut self.found {
            if found.diagnostic.help.is_none() && !found.at.is_empty() {
                found.diagnostic.help = Some(remedy(found));
            }
        }
        Comparison {
            differences: self.found,
            held,
        }
    }

    /// Whether the page has the words that a departure quotes, where it is about words; and the place
    /// on the page of what it is about.
    fn quoted(&self, at: &str, source: &Value) -> Quoted {
        let page = self.page;
        let (span, texts) = match at.split('/').nth(1) {
            Some("errors") => {
                let Some(table) = &page.errors else {
                    return Quoted::Silent;
                };
                let found = table.rows.iter().find(|row| {
                    let place = path::row(row.status, row.code.as_str());
                    at == place
                        || at
                            .strip_prefix(&place)
                            .is_some_and(|rest| rest.starts_with('/'))
                });
                match found {
                    Some(row) => {
                        let texts = [&row.message, &row.description, &row.joined];
                        (row.code.span(), texts.into_iter().flatten().collect())
                    }
                    None => (table.title, Vec::new()),
                }
            }
            Some("response") => {
                let Some(table) = &page.response else {
                    return Quoted::Silent;
                };
                row_at(table, at)
            }
            Some("responseExample") => match &page.example {
                Some(example) if tree::parse(example.as_str()).is_ok() => {
                    (example.slice(0..1).span(), Vec::new())
                }
                _ => return Quoted::Silent,
            },
            Some("permissions") => match &page.permissions {
                Some(table) => (table.title, Vec::new()),
                None => return Quoted::Silent,
            },
            Some("description" | "summary") => {
                let texts: Vec<_> = page.description.iter().map(|line| &line.text).collect();
                (
                    texts.first().map_or(Span::default(), |text| text.span()),
                    texts,
                )
            }
            _ => {
                let Some(table) = &page.request else {
                    return Quoted::Silent;
                };
                row_at(table, at)
            }
        };
        if at.ends_with("/description")
            && let Some(words) = source.as_str()
        {
            let found = texts.iter().find_map(|text| {
                let start = text.as_str().find(words)?;
                Some(text.span_of(start..start + words.len()))
            });
            if let Some(span) = found {
                return Quoted::At(span);
            }
        }
        Quoted::No(span)
    }
}

/// The row of a table that a place is about, and what its description says; else the title.
pub(super) fn row_at<'t>(table: &'t Fields, at: &str) -> (Span, Vec<&'t Text>) {
    let mut names: Vec<&str> = at.split('/').collect();
    names.reverse();
    let found = names
        .iter()
        .find_map(|name| table.rows.iter().find(|row| row.is_called(name)));
    found.map_or((table.title, Vec::new()), |row| {
        (
            row.span(),
            row.description.iter().map(|line| &line.text).collect(),
        )
    })
}

enum Quoted {
    At(Span),
    No(Span),
    /// The page has no such part.
    Silent,
}

/// What a person can do about a difference.
pub(super) fn remedy(found: &Difference) -> String {
    let departure = json!({ "at": found.at, "from": "page", "source": found.says, "reason": "…" });
    let line = crate::format::value_to_line(&departure);
    let keep = format!("to keep the spec as it is, record {line}");
    match &found.edit {
        Some(_) => format!("`--write` takes it over; {keep}"),
        None => keep,
    }
}
