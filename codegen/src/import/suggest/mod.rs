//! Sentences of the metadata that hint at a rule between parameters.
//!
//! The vendor states such rules in prose only, in English or Chinese, and often loosely. What is
//! found here is a proposal: a person reads the sentence, decides, and writes the rule and its
//! reason in own words. Nothing of it goes into a spec by itself.

mod detect;
pub(crate) mod limits;

use std::collections::HashSet;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

pub(crate) use detect::Names;
pub use limits::{State, Stated, StatedKind, limits, limits_to_text};

use super::{Source, Specs};
use crate::format;
use crate::spec::{Constraint, Member, Members, Operation, Schema};

/// A sentence that smells of a rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// The operation.
    pub operation: String,
    /// Whose description it is in; empty for the operation's own text or an error message.
    pub parameter: String,
    /// The vendor's sentence.
    pub sentence: String,
    /// The kind of hint.
    pub smell: Smell,
    /// The parameters that it names, as paths of the operation.
    pub parameters: Vec<String>,
    /// The rule that it probably means, where it names enough parameters for one.
    pub rule: Option<Constraint>,
    /// A rule in the spec ties all of these parameters already.
    pub covered: bool,
}

/// The kinds of rules that a sentence seems to state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Smell {
    /// One of them, and only one.
    EitherOr,
    /// Not together.
    NotBoth,
    /// At least one.
    AtLeastOne,
    /// Only together.
    Together,
    /// Required where something holds.
    RequiredWhen,
    /// Of use only where something holds.
    OnlyWhen,
}

/// The sentences of a metadata document that smell of rules, operation by operation; `existing` are the specs so
/// far, whose rules may cover some. The source must have been read with descriptions and messages.
#[must_use]
pub fn rules(existing: &Specs, source: &Source) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    for (name, sourced) in &source.operations {
        let constraints = existing
            .operations
            .get(name)
            .map_or(&[][..], |operation| &operation.constraints);
        let tied: Vec<HashSet<String>> = constraints.iter().map(parameters).collect();
        suggestions.append(&mut of_operation(&sourced.spec, &sourced.remarks, &tied));
    }
    suggestions
}

/// The parameters that a rule speaks of, as paths of the operation.
pub(crate) fn parameters(constraint: &Constraint) -> HashSet<String> {
    let both = [&constraint.condition, &constraint.then];
    let both = both.into_iter().flatten().flat_map(Members::as_slice);
    let facts = constraint
        .parameters
        .iter()
        .chain(both)
        .flat_map(Member::facts);
    facts
        .map(|fact| match &constraint.each {
            Some(list) => format!("{list}.N.{}", fact.path()),
            None => fact.path().to_owned(),
        })
        .collect()
}

/// One text of an operation.
struct Text<'a> {
    /// The path of the parameter it describes.
    parameter: String,
    text: &'a str,
}

/// The suggestions for one operation. `tied` are the parameters of each rule that there is.
fn of_operation(spec: &Operation, remarks: &[String], tied: &[HashSet<String>]) -> Vec<Suggestion> {
    let mut texts: Vec<Text<'_>> = Vec::new();
    let own = [&spec.summary, &spec.description];
    for text in own.into_iter().flatten().chain(remarks) {
        texts.push(Text {
            parameter: String::new(),
            text,
        });
    }
    let mut paths: Vec<(String, &Schema)> = Vec::new();
    for parameter in &spec.parameters {
        describe(&parameter.name, &parameter.schema, &mut texts, &mut paths);
    }
    for row in &spec.errors {
        if let Some(message) = &row.message {
            texts.push(Text {
                parameter: String::new(),
                text: message,
            });
        }
    }
    let names = detect::Names::new(&paths);
    let mut seen = HashSet::new();
    let mut suggestions = Vec::new();
    for text in texts {
        for sentence in detect::sentences(text.text) {
            let Some(found) = detect::smell(&sentence, &text.parameter, &names) else {
                continue;
            };
            // The same rule is often told at each of its parameters.
            let mut members = found.parameters.clone();
            members.sort();
            if !seen.insert((found.smell, members)) {
                continue;
            }
            let named = &found.parameters;
            let ties = |rule: &HashSet<String>| named.iter().all(|name| rule.contains(name));
            let covered = named.len() > 1 && tied.iter().any(ties);
            suggestions.push(Suggestion {
                operation: spec.operation.clone(),
                parameter: text.parameter.clone(),
                sentence,
                smell: found.smell,
                parameters: found.parameters,
                rule: found.rule,
                covered,
            });
        }
    }
    suggestions
}

/// The texts of a parameter and of the fields within, and the paths of all of them.
fn describe<'a>(
    path: &str,
    schema: &'a Schema,
    texts: &mut Vec<Text<'a>>,
    paths: &mut Vec<(String, &'a Schema)>,
) {
    if let Some(text) = &schema.description {
        texts.push(Text {
            parameter: path.to_owned(),
            text,
        });
    }
    paths.push((path.to_owned(), schema));
    let mut inner = schema;
    let mut here = path.to_owned();
    while let Some(items) = &inner.items {
        here.push_str(".N");
        inner = items;
    }
    for (name, property) in &inner.properties {
        describe(&format!("{here}.{name}"), property, texts, paths);
    }
}

/// The parameters of an operation and the fields within, by their paths.
pub(crate) fn paths(operation: &Operation) -> Vec<(String, &Schema)> {
    let mut paths = Vec::new();
    for parameter in &operation.parameters {
        describe(
            &parameter.name,
            &parameter.schema,
            &mut Vec::new(),
            &mut paths,
        );
    }
    paths
}

/// What one sentence beside the parameter `beside` seems to say, and the parameters that it names;
/// none where it is about values of them.
pub(crate) fn claim(
    names: &Names<'_>,
    beside: &str,
    sentence: &str,
) -> Option<(Smell, Vec<String>)> {
    let found = detect::smell(sentence, beside, names)?;
    let plain = |rule: &Constraint| {
        rule.parameters
            .iter()
            .all(|member| member.plain().is_some())
    };
    found
        .rule
        .is_none_or(|rule| plain(&rule))
        .then_some((found.smell, found.parameters))
}

/// The suggestions for people.
#[must_use]
pub fn to_text(suggestions: &[Suggestion]) -> String {
    let mut out = String::new();
    let mut operation = "";
    for suggestion in suggestions {
        if suggestion.operation != operation {
            operation = &suggestion.operation;
            let _ = writeln!(out, "{operation}");
        }
        let place = if suggestion.parameter.is_empty() {
            String::new()
        } else {
            format!("{}: ", suggestion.parameter)
        };
        let _ = writeln!(out, "  {place}{}", suggestion.sentence);
        let meant = match &suggestion.rule {
            Some(rule) => {
                let value = serde_json::to_value(rule).unwrap_or(Value::Null);
                format::value_to_line(&value)
            }
            None => format!(
                "{}: {}",
                smell_words(suggestion.smell),
                suggestion.parameters.join(", ")
            ),
        };
        let covered = if suggestion.covered {
            "(the spec has a rule on these) "
        } else {
            ""
        };
        let _ = writeln!(out, "    {covered}{meant}");
    }
    let operations: HashSet<&str> = suggestions.iter().map(|s| s.operation.as_str()).collect();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let (sentences, operations) = (suggestions.len(), operations.len());
    let covered = suggestions.iter().filter(|s| s.covered).count();
    let covered = match covered {
        0 => String::new(),
        some => format!("; the spec has rules on the parameters of {some}"),
    };
    let _ = writeln!(
        out,
        "{} in {}{covered}",
        count(sentences, "sentence"),
        count(operations, "operation")
    );
    out
}

const fn smell_words(smell: Smell) -> &'static str {
    match smell {
        Smell::EitherOr => "either or",
        Smell::NotBoth => "not both",
        Smell::AtLeastOne => "at least one",
        Smell::Together => "together",
        Smell::RequiredWhen => "required when",
        Smell::OnlyWhen => "only when",
    }
}
