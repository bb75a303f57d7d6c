//! Ranges, lengths, counts, patterns, defaults and documented values that metadata states in prose.
//!
//! Like the rules found beside this, what is found is a proposal: a person reads the sentence and
//! decides. What a spec has already is marked.

mod numbers;
mod state;
mod text;
mod values;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value};

use super::super::{Source, Specs, path};
use crate::format;
use crate::spec::{Operation, Schema, Type};
pub use state::State;
use text::Sentence;

/// A limit, a default or a list of values that a sentence states.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stated {
    /// The operation.
    pub operation: String,
    /// The schema that it is about, in the notation of departures.
    pub at: String,
    /// The vendor's sentence; of a list, its head.
    pub sentence: String,
    /// The kind of limit that is stated.
    pub kind: StatedKind,
    /// The keywords to add to the schema.
    pub add: Map<String, Value>,
    /// It holds under a condition only, or another sentence says otherwise.
    pub conditional: bool,
    /// The state of the spec.
    pub state: State,
}

/// The kinds of limits that sentences state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatedKind {
    /// A least or a greatest number.
    Range,
    /// A least or a greatest length of text.
    Length,
    /// A least or a greatest number of elements.
    Count,
    /// The pattern of a text.
    Pattern,
    /// The default: the value that the server uses if none is given.
    Default,
    /// Values that can be given.
    Values,
}

impl StatedKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Range,
        Self::Length,
        Self::Count,
        Self::Pattern,
        Self::Default,
        Self::Values,
    ];

    /// The plural name of the kind, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Range => "ranges",
            Self::Length => "lengths",
            Self::Count => "counts",
            Self::Pattern => "patterns",
            Self::Default => "defaults",
            Self::Values => "values",
        }
    }
}

/// The limits that sentences of a metadata document state beyond its data, operation by operation;
/// `existing` are the specs so far, which may have some of it. The source must have been read with
/// descriptions.
#[must_use]
pub fn limits(existing: &Specs, source: &Source) -> Vec<Stated> {
    of_source(&existing.operations, source)
}

/// The same, with the specs by name.
pub(crate) fn of_source(existing: &BTreeMap<String, Operation>, source: &Source) -> Vec<Stated> {
    let mut all = Vec::new();
    for (name, sourced) in &source.operations {
        let mut finder = Finder {
            operation: name,
            existing: existing.get(name),
            found: Vec::new(),
        };
        for parameter in &sourced.spec.parameters {
            let at = path::join("/parameters", &parameter.name);
            finder.schema(&at, &parameter.schema, None, true);
        }
        if let Some(response) = &sourced.spec.response {
            finder.schema("/response", response, None, false);
        }
        all.append(&mut finder.found);
    }
    all
}

struct Finder<'a> {
    operation: &'a str,
    existing: Option<&'a Operation>,
    found: Vec<Stated>,
}

impl Finder<'_> {
    /// Reads the texts of a schema and those within. `list` is the array around it, `N` in its text.
    fn schema(&mut self, at: &str, schema: &Schema, list: Option<&str>, request: bool) {
        if let Some(words) = &schema.description {
            self.text(at, schema, &text::sentences(words), list, request);
        }
        if let Some(items) = &schema.items {
            self.schema(&path::join(at, "items"), items, Some(at), request);
        }
        for (name, property) in &schema.properties {
            self.schema(&path::property(at, name), property, list, request);
        }
    }

    fn text(
        &mut self,
        at: &str,
        schema: &Schema,
        sentences: &[Sentence],
        list: Option<&str>,
        request: bool,
    ) {
        // A text beside an array of scalars is about its elements, too.
        let items = schema
            .items
            .as_deref()
            .filter(|items| items.properties.is_empty());
        let inner = path::join(at, "items");
        let (value_at, scalar) = match items {
            Some(items) => (inner.as_str(), items),
            None => (at, schema),
        };
        if matches!(scalar.kind, Type::String | Type::Integer)
            && let Some(list) = values::list(scalar.kind, sentences)
        {
            let known = list
                .values
                .iter()
                .map(|value| serde_json::json!({ "value": value }));
            let add = Map::from_iter([("knownValues".to_owned(), known.collect())]);
            self.push(
                value_at,
                StatedKind::Values,
                list.sentence,
                add,
                list.conditional,
            );
        }
        if !request {
            return;
        }
        let array_at = if schema.kind == Type::Array {
            Some(at)
        } else {
            list
        };
        if let Some(array_at) = array_at {
            let found = numbers::counts(sentences, schema.kind == Type::Array);
            self.numbers(array_at, StatedKind::Count, found, ["minItems", "maxItems"]);
        }
        match schema.kind {
            Type::Integer | Type::Number => {
                let found = numbers::ranges(sentences);
                self.numbers(at, StatedKind::Range, found, ["minimum", "maximum"]);
            }
            Type::String => {
                let found = numbers::lengths(sentences);
                self.numbers(at, StatedKind::Length, found, ["minLength", "maxLength"]);
                if let Some((sentence, pattern)) = text::pattern(sentences) {
                    let add = Map::from_iter([("pattern".to_owned(), pattern.into())]);
                    self.push(at, StatedKind::Pattern, sentence, add, false);
                }
            }
            _ => {}
        }
        if let Some((sentence, value, conditional)) = text::default(schema.kind, sentences) {
            let add = Map::from_iter([("default".to_owned(), value)]);
            self.push(at, StatedKind::Default, sentence, add, conditional);
        }
    }

    /// Where sentences differ, each holds under a condition.
    fn numbers(
        &mut self,
        at: &str,
        kind: StatedKind,
        mut found: Vec<numbers::Bounds>,
        keys: [&str; 2],
    ) {
        found.dedup_by(|b, a| (&a.least, &a.most) == (&b.least, &b.most));
        let several = found.len() > 1;
        for bounds in found {
            let ends = [bounds.least, bounds.most];
            let add = keys.into_iter().zip(ends);
            let add = add.filter_map(|(key, end)| Some((key.to_owned(), end?)));
            let add: Map<String, Value> = add.collect();
            self.push(
                at,
                kind,
                bounds.sentence,
                add,
                bounds.conditional || several,
            );
        }
    }

    fn push(
        &mut self,
        at: &str,
        kind: StatedKind,
        sentence: String,
        add: Map<String, Value>,
        conditional: bool,
    ) {
        let again = |known: &Stated| known.at == at && known.kind == kind && known.add == add;
        if add.is_empty() || self.found.iter().any(again) {
            return;
        }
        let state = state::of(self.existing, at, kind, &add);
        self.found.push(Stated {
            operation: self.operation.to_owned(),
            at: at.to_owned(),
            sentence,
            kind,
            add,
            conditional,
            state,
        });
    }
}

/// The stated limits as text for people.
#[must_use]
pub fn limits_to_text(stated: &[Stated]) -> String {
    let mut out = String::new();
    let mut operation = "";
    for found in stated {
        if found.operation != operation {
            operation = &found.operation;
            let _ = writeln!(out, "{operation}");
        }
        let _ = writeln!(out, "  {}: {}", found.at, found.sentence);
        let condition = if found.conditional {
            "(under a condition) "
        } else {
            ""
        };
        let state = match &found.state {
            State::New => String::new(),
            State::There => "(the spec has it) ".to_owned(),
            State::Differs { spec } => {
                format!("(the spec says {}) ", format::value_to_line(spec))
            }
            State::Nowhere => "(the spec has no such place) ".to_owned(),
        };
        let add = format::value_to_line(&Value::Object(found.add.clone()));
        let _ = writeln!(out, "    {condition}{state}{add}");
    }
    for kind in StatedKind::ALL {
        let of_kind = || stated.iter().filter(|found| found.kind == kind);
        let plain = || of_kind().filter(|found| !found.conditional);
        let there = plain().filter(|found| found.state == State::There).count();
        let conditional = of_kind().count() - plain().count();
        if of_kind().next().is_some() {
            let all = plain().count();
            let _ = write!(out, "{}: the specs have {there} of {all}", kind.words());
            let _ = match conditional {
                0 => writeln!(out),
                some => writeln!(out, "; {some} more under a condition"),
            };
        }
    }
    out
}
