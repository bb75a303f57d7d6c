//! The check that a description which repeats limits agrees with those of the schema.

use std::fmt;

use serde_json::Number;

use super::findings::Findings;
use super::schemas;
use crate::diagnostic::Code;
use crate::number;
use crate::spec::{Operation, Schema};
use crate::tree::{Node, Span};

/// Checks the descriptions of an operation's parameters and of its response.
pub(super) fn check(operation: &Operation, tree: &Node<'_>, findings: &mut Findings) {
    let parameters = operation.parameters.iter().map(|it| &it.schema);
    let parameters = parameters.zip(tree.list("parameters"));
    let response = operation.response.iter().zip(tree.get("response"));
    for (schema, node) in parameters.chain(response) {
        schemas::walk(schema, node, &mut |schema, node| {
            description(schema, node, findings);
        });
    }
}

/// Checks the descriptions in a type that operations share.
pub(super) fn check_shared(schema: &Schema, node: &Node<'_>, findings: &mut Findings) {
    schemas::walk(schema, node, &mut |schema, node| {
        description(schema, node, findings);
    });
}

/// One range in the words must be one that is checked: others may be about special cases.
fn description(schema: &Schema, node: &Node<'_>, findings: &mut Findings) {
    let (Some(text), Some(place)) = (&schema.description, node.get("description")) else {
        return;
    };
    let mut limits = Vec::new();
    collect(schema, node, &mut limits);
    if limits.is_empty() {
        return;
    }
    let ranges: Vec<Range<'_>> = ranges(text).collect();
    let [first, ..] = ranges.as_slice() else {
        return;
    };
    if ranges
        .iter()
        .any(|range| limits.iter().any(|limit| limit.allows(range)))
    {
        return;
    }
    let limit = &limits[0];
    let written = findings.text(place.span);
    let at = written.find(first.text).map_or(place.span, |at| Span {
        start: place.span.start + at,
        end: place.span.start + at + first.text.len(),
    });
    findings.push(
        findings
            .finding(
                Code::StaleRange,
                at,
                format!("the description says {}, the limits say {limit}", first.text),
            )
            .label("the description says this")
            .also(findings.place(limit.place), "this is checked")
            .help("correct either, or leave the range out of the description: the documentation states the limits"),
    );
}

/// A lower and an upper limit of the same kind, of which there is at least one.
struct Limit {
    least: Option<Number>,
    most: Option<Number>,
    place: Span,
}

impl Limit {
    fn allows(&self, range: &Range<'_>) -> bool {
        let same = |limit: &Option<Number>, stated: &Number| {
            let limit = limit.as_ref();
            limit.is_none_or(|limit| number::compare(limit, stated).is_eq())
        };
        same(&self.least, &range.least) && same(&self.most, &range.most)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.least, &self.most) {
            (Some(least), Some(most)) => write!(f, "{least} to {most}"),
            (Some(least), None) => write!(f, "at least {least}"),
            (None, Some(most)) => write!(f, "at most {most}"),
            (None, None) => Ok(()),
        }
    }
}

/// The limits of a value, and of the elements of an array: its description may be about either.
fn collect(schema: &Schema, node: &Node<'_>, limits: &mut Vec<Limit>) {
    for (least, most, keys) in [
        (
            schema.minimum.clone(),
            schema.maximum.clone(),
            ["maximum", "minimum"],
        ),
        (
            schema.min_length.map(Number::from),
            schema.max_length.map(Number::from),
            ["maxLength", "minLength"],
        ),
        (
            schema.min_items.map(Number::from),
            schema.max_items.map(Number::from),
            ["maxItems", "minItems"],
        ),
    ] {
        if least.is_some() || most.is_some() {
            let place = keys
                .iter()
                .find_map(|key| node.get(key))
                .unwrap_or(node)
                .span;
            limits.push(Limit { least, most, place });
        }
    }
    if let (Some(items), Some(node)) = (&schema.items, node.get("items")) {
        collect(items, node, limits);
    }
}

/// A range in words.
struct Range<'t> {
    text: &'t str,
    least: Number,
    most: Number,
}

/// `1 to 10` and `1 through 10`, wherever they stand.
fn ranges(text: &str) -> impl Iterator<Item = Range<'_>> {
    let words = [" to ", " through "];
    let all = words
        .into_iter()
        .flat_map(move |word| text.match_indices(word));
    all.filter_map(move |(at, word)| {
        let before = &text[..at];
        let after = &text[at + word.len()..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-.,_:/%".contains(c);
        let start = before.trim_end_matches(is_part).len();
        let length = after.find(|c: char| !is_part(c)).unwrap_or(after.len());
        let end = after[..length].trim_end_matches(['.', ',', ':']).len();
        let least = number(&before[start..])?;
        let most = number(&after[..end])?;
        number::compare(&least, &most).is_le().then_some(Range {
            text: &text[start..at + word.len() + end],
            least,
            most,
        })
    })
}

/// A number as people write it: `1,000`.
fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.contains(['e', 'E']) {
        return None;
    }
    number::from_text(&text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::ranges;

    fn found(text: &str) -> Vec<String> {
        ranges(text)
            .map(|range| format!("{}..{} {}", range.least, range.most, range.text))
            .collect()
    }

    #[test]
    fn ranges_are_numbers_that_stand_alone() {
        assert_eq!(found("1 to 10."), ["1..10 1 to 10"]);
        assert_eq!(
            found("1 to 9,223,372,036,854,775,806"),
            ["1..9223372036854775806 1 to 9,223,372,036,854,775,806"]
        );
        assert_eq!(found("(-1 to 1,600)"), ["-1..1600 -1 to 1,600"]);
        assert_eq!(
            found("From 2 through 128 letters, or 0.5 to 1.5"),
            ["0.5..1.5 0.5 to 1.5", "2..128 2 through 128"]
        );
        for text in [
            "",
            " to ",
            "10:00 to 11:00",
            "v1 to v2",
            "1600 to 100",
            "1 to",
            "2020-01-01 to 2021-01-01",
            "a 1 to b",
            "1e3 to 2e3",
            "5% to 10%",
            "ab1 to 10",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
