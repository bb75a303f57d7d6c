//! Texts as sentences and items of lists, and what a sentence says by itself.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

use crate::spec::Type;

/// A sentence, or an item of a list.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub text: String,
    /// The indentation of an item; `None` if the sentence is not an item.
    pub item: Option<usize>,
}

impl Sentence {
    /// What it says holds under a condition.
    pub(super) fn is_conditional(&self) -> bool {
        static CONDITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(
                r"(?i)\b(if|when|where|for|unless|only|depends?|vary|varies|whichever)\b|如果|当|若|时[,，:：]|时为|仅|不同|取决于|对于",
            )
            .ok()
        });
        self.item.is_some() || is_match(&CONDITION, &self.text)
    }
}

pub(super) fn is_match(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// The sentences and items of a text, without its markup.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    static LINK: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"!?\[([^\]]*)\]\([^)\s]*\)").ok());
    static ITEM_TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<li[^>]*>").ok());
    static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"</?[a-zA-Z][^>]*>").ok());
    static ITEM: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^([ \t]*)(?:[-*+•·]|\d{1,2}[.)])\s+(.*)$").ok());
    let replaced = |regex: &LazyLock<Option<Regex>>, text: &str, with: &str| match regex.as_ref() {
        Some(regex) => regex.replace_all(text, with).into_owned(),
        None => text.to_owned(),
    };
    let text = replaced(&LINK, text, "$1");
    let text = replaced(&TAG, &replaced(&ITEM_TAG, &text, "\n- "), "\n");
    let text = text
        .replace("**", "")
        .replace("\\*", "*")
        .replace('\u{a0}', " ");
    let mut out = Vec::new();
    for line in text.lines() {
        let item = ITEM.as_ref().and_then(|item| item.captures(line));
        if let Some(item) = item {
            let indent = item.get(1).map_or(0, |indent| indent.as_str().len());
            let text = item.get(2).map_or("", |text| text.as_str()).trim();
            out.push(Sentence {
                text: text.to_owned(),
                item: Some(indent),
            });
            continue;
        }
        let line = line.trim().trim_start_matches(['>', '#', ' ']).trim();
        divide(line, &mut out);
    }
    out.retain(|sentence| !sentence.text.is_empty());
    out
}

/// The sentences of a line.
fn divide(line: &str, out: &mut Vec<Sentence>) {
    let mut push = |text: &str| {
        out.push(Sentence {
            text: text.trim().to_owned(),
            item: None,
        });
    };
    let mut from = 0;
    for (at, c) in line.char_indices() {
        let next = line[at + c.len_utf8()..].chars().next();
        let ends = match c {
            '。' | '；' | '！' | '？' => true,
            '.' | ';' | '!' | '?' => {
                next.is_some_and(|next| next.is_whitespace() || !next.is_ascii())
            }
            _ => false,
        };
        if ends {
            push(&line[from..at + c.len_utf8()]);
            from = at + c.len_utf8();
        }
    }
    push(&line[from..]);
}

/// The pattern that a sentence demands: a format of times, or the characters that may be in it.
pub(super) fn pattern(sentences: &[Sentence]) -> Option<(String, String)> {
    static ONLY: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:can|may|must)(?: only)? (?:contain|include|consist of)s?(?: only)? ([a-z ,()_.:/-]+?)(?:\.$|\.\s|$| and (?:must|cannot|can not|cannot))").ok()
    });
    for sentence in sentences {
        let text = &sentence.text;
        if let Some(pattern) = time(text) {
            return Some((text.clone(), pattern));
        }
        let only = text.contains("only") && !sentence.is_conditional_beyond_only();
        let found = ONLY
            .as_ref()
            .filter(|_| only)
            .and_then(|only| only.captures(text));
        let class = found.and_then(|found| class(found.get(1)?.as_str()));
        if let Some(class) = class {
            return Some((text.clone(), format!("^[{class}]*$")));
        }
    }
    None
}

impl Sentence {
    /// `only` is a condition elsewhere, here it is what is demanded.
    fn is_conditional_beyond_only(&self) -> bool {
        let plain = Sentence {
            text: self.text.replace("only", ""),
            item: self.item,
        };
        plain.is_conditional()
    }
}

/// The format of a time, as a pattern.
fn time(text: &str) -> Option<String> {
    let formats = [
        (
            "yyyy-MM-ddTHH:mm:ssZ",
            r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
        ),
        ("yyyy-MM-ddTHH:mmZ", r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$"),
        ("yyyy-MM-ddTHHZ", r"^\d{4}-\d{2}-\d{2}T\d{2}Z$"),
        ("yyyy-MM-dd", r"^\d{4}-\d{2}-\d{2}$"),
        ("HH:mm:ss", r"^\d{2}:\d{2}:\d{2}$"),
        ("HH:mm", r"^\d{2}:\d{2}$"),
    ];
    let plain = text.replace(['*', '`', ' '], "");
    let lower = plain.to_ascii_lowercase();
    let mut found = formats
        .iter()
        .filter(|(name, _)| lower.contains(&name.to_ascii_lowercase()));
    found.next().map(|(_, pattern)| (*pattern).to_owned())
}

/// `letters, digits, and hyphens (-)` as what stands between brackets in a pattern.
fn class(words: &str) -> Option<String> {
    let mut class = String::new();
    let mut hyphen = false;
    let words = words.replace(" and ", ", ").replace(" or ", ", ");
    for word in words.split(',') {
        let word = word.split('(').next().unwrap_or_default().trim();
        match word {
            "" => {}
            "letters" | "English letters" => class.push_str("A-Za-z"),
            "lowercase letters" => class.push_str("a-z"),
            "uppercase letters" => class.push_str("A-Z"),
            "digits" | "numbers" => class.push_str("0-9"),
            "underscores" => class.push('_'),
            "periods" => class.push('.'),
            "colons" => class.push(':'),
            "commas" => class.push(','),
            "forward slashes" | "slashes" => class.push('/'),
            "hyphens" => hyphen = true,
            _ => return None,
        }
    }
    if hyphen {
        class.push('-');
    }
    (class.len() > 1).then_some(class)
}

/// The default that a sentence states, and whether it holds under a condition.
pub(super) fn default(kind: Type, sentences: &[Sentence]) -> Option<(String, Value, bool)> {
    static STATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:\bdefault(?: value)?(?: is)?\s*[:：]|\bdefault value is|默认值?(?:为|是)?\s*[:：]?|缺省值?(?:为|是)?\s*[:：]?)\s*[`“”]?([A-Za-z0-9_.-]+)[`“”]?").ok()
    });
    let mut found: Vec<(String, Value, bool)> = Vec::new();
    for sentence in sentences {
        let Some(captures) = STATED
            .as_ref()
            .and_then(|stated| stated.captures(&sentence.text))
        else {
            continue;
        };
        let word = captures.get(1).map_or("", |word| word.as_str());
        let rest = captures
            .get(0)
            .map_or("", |all| &sentence.text[all.end()..]);
        let word = word.trim_end_matches('.');
        let ends = rest
            .trim_start_matches([' ', '.', '。', ')', '）'])
            .is_empty()
            || rest.starts_with(['.', '。', ',', '，', ')', '）', '(', '（', '\n']);
        let Some(value) = typed(kind, word).filter(|_| ends) else {
            continue;
        };
        found.push((sentence.text.clone(), value, sentence.is_conditional()));
    }
    let first = found.first()?.clone();
    let differs = found.iter().any(|(_, value, _)| *value != first.1);
    Some((first.0, first.1, first.2 || differs))
}

fn typed(kind: Type, word: &str) -> Option<Value> {
    match kind {
        Type::Boolean => match word.to_ascii_lowercase().as_str() {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        },
        Type::Integer => word.parse::<i64>().ok().map(Value::from),
        Type::Number => word.parse::<f64>().ok().map(Value::from),
        Type::String => {
            let nothing = [
                "empty", "null", "none", "null.", "the", "a", "an", "if", "no", "is",
            ];
            (!word.is_empty() && !nothing.contains(&word.to_ascii_lowercase().as_str()))
                .then(|| word.into())
        }
        _ => None,
    }
}
