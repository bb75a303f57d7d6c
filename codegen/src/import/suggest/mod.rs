//! Sentences of the metadata that smell of a rule between parameters.
//!
//! The vendor states such rules in prose only, in English or Chinese, and often loosely. What is
//! found here is a proposal: a person reads the sentence, decides, and writes the rule and its
//! reason in own words. Nothing of it goes into a spec by itself.

mod detect;

use std::collections::HashSet;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::{Hints, ImportError, source};
use crate::format;
use crate::spec::{Constraint, Operation, Schema};

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
    /// What in it smells.
    pub smell: Smell,
    /// The parameters that it names, as paths of the operation.
    pub parameters: Vec<String>,
    /// The rule that it probably means, where it names enough parameters for one.
    pub rule: Option<Constraint>,
}

/// What a sentence seems to say.
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

/// The sentences of a metadata document that smell of rules, operation by operation.
///
/// # Errors
///
/// The text is no metadata, or of a product in the ROA style.
pub fn rules(metadata: &str, hints: &Hints<'_>) -> Result<Vec<Suggestion>, ImportError> {
    let source = source::read(metadata, hints, true, true)?;
    let mut suggestions = Vec::new();
    for sourced in source.operations.values() {
        suggestions.append(&mut of_operation(&sourced.spec, &sourced.remarks));
    }
    Ok(suggestions)
}

/// One text of an operation.
struct Text<'a> {
    /// The path of the parameter it describes.
    parameter: String,
    text: &'a str,
}

fn of_operation(spec: &Operation, remarks: &[String]) -> Vec<Suggestion> {
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
            suggestions.push(Suggestion {
                operation: spec.operation.clone(),
                parameter: text.parameter.clone(),
                sentence,
                smell: found.smell,
                parameters: found.parameters,
                rule: found.rule,
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
        match &suggestion.rule {
            Some(rule) => {
                let value = serde_json::to_value(rule).unwrap_or(Value::Null);
                let _ = writeln!(out, "    {}", format::value_to_line(&value));
            }
            None => {
                let _ = writeln!(
                    out,
                    "    {}: {}",
                    smell_words(suggestion.smell),
                    suggestion.parameters.join(", ")
                );
            }
        }
    }
    let operations: HashSet<&str> = suggestions.iter().map(|s| s.operation.as_str()).collect();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let (sentences, operations) = (suggestions.len(), operations.len());
    let _ = writeln!(
        out,
        "{} in {}",
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
