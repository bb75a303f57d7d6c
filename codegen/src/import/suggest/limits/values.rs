//! Lists of documented values: items behind a head, or words in a sentence.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

use super::text::Sentence;
use crate::spec::Type;

/// Values, and the sentence that leads them in.
pub(super) struct List {
    pub sentence: String,
    pub values: Vec<Value>,
    /// Whether it depends on something which of them can be given.
    pub conditional: bool,
}

/// What leads a list in; what follows it on the line is its first group.
static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:\b(?:valid|possible|supported|allowed|available|optional|enumeration|enumerated|enum) values?(?: of `?[A-Za-z]{2,}`?)?(?: (?:are|include|is))?(?: (?:as follows|the following(?: values)?))?\s*[:：]|(?:^|[.,] )values\s*[:：]|\bfollowing (?:valid |optional )?(?:values?|types?|options|states|statuses)[^:：]{0,40}[:：]|(?:取值范围|取值|可能值|可选值|有效值|枚举值|取值列表|参数值|状态值|值有|包括|包含|可取值)(?:为|有|如下|包括|说明)?\s*[:：])\s*(.*)$",
    )
    .ok()
});

/// The list of values that the sentences give; none where they give none clearly.
pub(super) fn list(kind: Type, sentences: &[Sentence]) -> Option<List> {
    let mut whole: Option<List> = None;
    for (index, sentence) in sentences.iter().enumerate() {
        if sentence.item.is_some() {
            continue;
        }
        let Some(head) = HEAD.as_ref().and_then(|head| head.captures(&sentence.text)) else {
            continue;
        };
        let rest = head.get(1).map_or("", |rest| rest.as_str()).trim();
        let found = if rest.is_empty() {
            items(kind, &sentences[index + 1..])
        } else {
            inline(kind, rest).map(|values| (values, false))
        };
        let Some((values, conditional)) = found else {
            continue;
        };
        match &mut whole {
            None => {
                whole = Some(List {
                    sentence: sentence.text.clone(),
                    values,
                    conditional: conditional || sentence.is_conditional_list(),
                });
            }
            // The same list again, or that of another case.
            Some(list) => {
                for value in values {
                    if !list.values.contains(&value) {
                        list.values.push(value);
                        list.conditional = true;
                    }
                }
            }
        }
    }
    whole
}

impl Sentence {
    /// Which values a list has depends on something. That the parameter itself does is no matter.
    fn is_conditional_list(&self) -> bool {
        static CONDITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"(?i)\b(if|when)\b[^.]*\bvalid values|时[,，](?:该参数)?取值").ok()
        });
        super::text::is_match(&CONDITION, &self.text)
    }
}

/// The values of the items that follow.
fn items(kind: Type, sentences: &[Sentence]) -> Option<(Vec<Value>, bool)> {
    // A note may stand between the head and the first item.
    const NOTES: usize = 3;
    let start = sentences
        .iter()
        .take(NOTES + 1)
        .position(|it| it.item.is_some())?;
    let sentences = &sentences[start..];
    let first = sentences.first()?.item?;
    let mut values: Vec<Value> = Vec::new();
    let mut conditional = false;
    let mut unclear = 0;
    for sentence in sentences {
        let Some(indent) = sentence.item else { break };
        // What is deeper is about the item above it.
        if indent > first + 1 {
            continue;
        }
        let lower = sentence.text.to_lowercase();
        if lower.starts_with("default") || lower.starts_with("默认") {
            continue;
        }
        let found = item(kind, &sentence.text);
        if found.is_empty() {
            unclear += 1;
        }
        conditional |= found.len() > 1;
        for value in found {
            if !values.contains(&value) {
                values.push(value);
            }
        }
    }
    (!values.is_empty() && unclear * 3 <= values.len()).then_some((values, conditional))
}

/// The value of an item: `cloud_essd: ESSD`, `PL1 (default)`, `RAW.` Those of a case: `If … : 1, 2, and 3`.
fn item(kind: Type, text: &str) -> Vec<Value> {
    let colon = text.char_indices().find(|(at, c)| match c {
        '：' => true,
        ':' => text[at + 1..]
            .chars()
            .next()
            .is_none_or(|next| !next.is_ascii_digit()),
        _ => false,
    });
    let (head, rest) = match colon {
        Some((at, c)) => (&text[..at], &text[at + c.len_utf8()..]),
        None => (text, ""),
    };
    let end = head
        .find(['(', '（', '，', '。', '；'])
        .unwrap_or(head.len());
    let plain = head[..end].trim();
    let plain = plain.split(" - ").next().unwrap_or(plain);
    if let Some(value) =
        value(kind, plain).or_else(|| name(kind, plain).filter(|_| colon.is_some()))
    {
        return vec![value];
    }
    if let Some(values) = inline(kind, head).filter(|values| values.len() > 1) {
        return values;
    }
    inline(kind, rest.trim())
        .filter(|_| kind == Type::Integer)
        .unwrap_or_default()
}

/// The comma within a number.
static THOUSANDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\d),(\d{3})\b").ok());

/// `a, b, and c.`; none where something else is in it.
fn inline(kind: Type, text: &str) -> Option<Vec<Value>> {
    let end = text.find(['。', '；', ';']).unwrap_or(text.len());
    let text = text[..end].trim().trim_end_matches('.');
    // Two numbers in brackets are the ends of a range.
    let bracketed = text.starts_with('[') && kind == Type::Integer;
    let text = text.trim_matches(['{', '}', '[', ']']);
    let text = THOUSANDS.as_ref().map_or_else(
        || text.into(),
        |thousands| thousands.replace_all(text, "$1$2"),
    );
    let text = text.replace(" and ", ", ").replace(" or ", ", ");
    let mut values = Vec::new();
    for word in text.split([',', '、', '，', '|', '和', '或']) {
        let word = word.trim().trim_start_matches('者');
        let word = word
            .strip_prefix("and ")
            .or(word.strip_prefix("or "))
            .unwrap_or(word);
        let plain = word.split(['(', '（']).next().unwrap_or(word).trim();
        if plain.is_empty() {
            continue;
        }
        let value = value(kind, plain)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if bracketed && values.len() == 2 {
        return None;
    }
    // One word behind a colon may be any word.
    let clear = values.len() > 1 || text.contains('`') || kind == Type::Integer;
    (!values.is_empty() && (clear || !text.contains(' '))).then_some(values)
}

/// How sentences begin, and names do not.
static SENTENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(if|when|the|for|only|any|you|in|a|an|this|note|valid|see|other|by|each|specify|otherwise|basic|standard|default)\b",
    )
    .ok()
});

/// A name of several words as a value: `Big data`. What begins as a sentence does is none.
fn name(kind: Type, words: &str) -> Option<Value> {
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[A-Z][A-Za-z0-9-]*( [A-Za-z0-9-]+){1,3}$").ok());
    let is_name = super::text::is_match(&NAME, words) && !super::text::is_match(&SENTENCE, words);
    (kind == Type::String && is_name).then(|| words.into())
}

/// A word as a value of the type.
fn value(kind: Type, word: &str) -> Option<Value> {
    static WORD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[A-Za-z0-9][A-Za-z0-9_./+*%-]*$").ok());
    static WORDS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[A-Z][A-Za-z0-9]*( [A-Z0-9][A-Za-z0-9.]*){1,3}$").ok());
    let quotes = ['`', '"', '“', '”', '\'', '*', ' ', '‘', '’'];
    let word = word
        .trim_matches(quotes)
        .trim_end_matches('.')
        .trim_matches(quotes);
    match kind {
        Type::Integer => word.replace(',', "").parse::<i64>().ok().map(Value::from),
        Type::String => {
            let several =
                super::text::is_match(&WORDS, word) && !super::text::is_match(&SENTENCE, word);
            let fits = several || super::text::is_match(&WORD, word);
            fits.then(|| word.into())
        }
        _ => None,
    }
}
