//! What a spec states of a field beside its description, in words: limits, default, example.
//!
//! A description may put a limit into its own words, such as "up to 20 IDs". What it states is not
//! repeated below it.

use serde_json::Number;

use crate::{
    spec::{Schema, Type},
    tables::wire_text,
};

use super::docs;

/// A sentence for each fact that the description does not state.
pub(super) fn words(schema: &Schema, description: &str) -> Vec<String> {
    let mut words = limits(schema, description);
    let default = schema.default.as_ref().map(wire_text);
    let default = default.filter(|default| !states_default(description, default));
    words.extend(
        default.map(|default| format!("The server's default is {}.", docs::value(&default))),
    );
    let example = schema.example.as_ref().map(wire_text);
    words.extend(example.map(|example| format!("Example: {}.", docs::value(&example))));
    words
}

/// Whether the description names all of these values.
pub(super) fn states_values<'v>(
    description: &str,
    values: impl IntoIterator<Item = &'v serde_json::Value>,
) -> bool {
    let mut values = values.into_iter();
    values.all(|value| states_value(description, &wire_text(value)))
}

fn limits(schema: &Schema, description: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut range = |least: Option<String>, most: Option<String>, what: &str| {
        if !states_range(description, least.as_deref(), most.as_deref(), what) {
            words.extend(range_in_words(least, most, what));
        }
    };
    let number = |number: &Option<Number>| number.as_ref().map(ToString::to_string);
    let count = |count: Option<u32>| count.map(|count| count.to_string());
    let length = schema.min_length.filter(|length| *length > 0);
    range(number(&schema.minimum), number(&schema.maximum), "");
    range(count(length), count(schema.max_length), " characters");
    range(
        count(schema.min_items),
        count(schema.max_items),
        " elements",
    );
    if schema.min_length == Some(0) && !description.contains("empty") {
        words.push("May be empty.".to_owned());
    }
    if !schema.values.is_empty() && !states_values(description, &schema.values) {
        let values = schema.values.iter();
        let values: Vec<_> = values.map(|value| docs::value(&wire_text(value))).collect();
        words.push(format!("One of {}.", values.join(", ")));
    }
    if let Some(pattern) = &schema.pattern {
        words.push(format!("Matches {}.", docs::code(pattern)));
    }
    if let (Type::Array, Some(items)) = (schema.kind, &schema.items)
        && items.properties.is_empty()
    {
        let each = limits(items, description);
        if !each.is_empty() {
            words.push(format!("Each element: {}", each.join(" ")));
        }
    }
    words
}

fn range_in_words(least: Option<String>, most: Option<String>, what: &str) -> Option<String> {
    let last = most.as_ref().or(least.as_ref());
    let what = match last.map(String::as_str) {
        Some("1") => what.trim_end_matches('s'),
        _ => what,
    };
    match (least, most) {
        (Some(least), Some(most)) if least == most => Some(format!("{least}{what}.")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}{what}.")),
        (Some(least), None) => Some(format!("At least {least}{what}.")),
        (None, Some(most)) => Some(format!("At most {most}{what}.")),
        (None, None) => None,
    }
}

fn states_range(text: &str, least: Option<&str>, most: Option<&str>, what: &str) -> bool {
    let upper = |most: &str| {
        let words = ["up to", "at most"];
        words.iter().any(|word| states(text, &[word, most]))
    };
    match (least, most) {
        (Some(least), Some(most)) if least == most => states(text, &[least, what.trim()]),
        (Some(least), Some(most)) => {
            // A least of none or one goes without saying.
            states(text, &[least, "to", most]) || matches!(least, "0" | "1") && upper(most)
        }
        (Some(least), None) => {
            let words = ["at least", "starting at"];
            words.iter().any(|word| states(text, &[word, least]))
        }
        (None, Some(most)) => upper(most) || states(text, &["1", "to", most]),
        (None, None) => true,
    }
}

/// "Default: `10`", "defaults to 10", "`10` (an explanation; default)".
fn states_default(text: &str, default: &str) -> bool {
    let code = docs::value(default);
    let forms = [code.as_str(), default];
    let before = ["Default:", "default:", "Defaults to", "defaults to"];
    let behind = |value: &str| {
        let mut explanations = text.match_indices(value).filter_map(|(at, _)| {
            let (explanation, _) = text[at + value.len()..]
                .strip_prefix(" (")?
                .split_once(')')?;
            Some(explanation)
        });
        explanations.any(|explanation| explanation.ends_with("default"))
    };
    forms
        .iter()
        .any(|value| behind(value) || before.iter().any(|word| states(text, &[word, value])))
}

/// Whether the value stands in the text: as code, or as a number, which may lie within "1 to 9".
fn states_value(text: &str, value: &str) -> bool {
    if states(text, &[&docs::value(value)]) {
        return true;
    }
    let Ok(number) = value.parse::<u32>() else {
        return false;
    };
    let end = |word: &str| word.trim_end_matches([',', '.', ';']).parse::<u32>().ok();
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut ranges = words.windows(3).filter_map(|words| match words {
        [least, "to", most] => Some(least.parse::<u32>().ok()?..=end(most)?),
        _ => None,
    });
    states(text, &[value]) || ranges.any(|range| range.contains(&number))
}

/// Whether these words follow each other in the text, as a whole and not as parts of longer words or numbers.
fn states(text: &str, words: &[&str]) -> bool {
    let phrase = words.join(" ");
    let phrase = phrase.trim();
    let part = |c: char| c.is_alphanumeric() || c == '`';
    let leads = |c: char| part(c) || matches!(c, '-' | '.' | ',');
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + phrase.len()..].chars();
        let (next, second) = (after.next(), after.next());
        let goes_on =
            |mark: char| matches!(mark, '.' | ',') && second.is_some_and(|c| c.is_ascii_digit());
        !before.is_some_and(leads) && !next.is_some_and(|c| part(c) || goes_on(c))
    })
}
