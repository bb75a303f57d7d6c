//! The facts that the sentences of a description state: ranges, lengths, counts, values, defaults.
//!
//! Only an unconditional statement is a fact: a range that holds for one category of disks is not a
//! limit of the parameter.

use std::ops::Range;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use super::model::Line;
use super::text::Text;
use super::words;
use crate::tree::Span;

/// A stated fact and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    pub what: What,
    pub span: Span,
}

/// What is stated.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// The least and the greatest number, length or count.
    Limit {
        of: Of,
        minimum: Option<i64>,
        maximum: Option<i64>,
    },
    /// The values, each with its place.
    Values(Vec<(String, Span)>),
    /// The value that is taken where none is sent.
    Default(String),
    /// Only ASCII characters are allowed.
    Ascii,
    /// New uses are advised against.
    Deprecated,
}

/// What a limit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A number.
    Value,
    /// The elements of a list, by the letter that numbers them.
    Number,
    /// The elements of a list, by what they are called.
    Count,
    /// The characters of a text.
    Length,
}

/// A way to state a limit. Its groups are the least and the greatest number, either may be missing.
struct Pattern {
    regex: Regex,
    of: Of,
    least: bool,
    most: bool,
}

const NUMBER: &str = r"(-?\d[\d,]{0,15})";
const TO: &str = r"\s*(?:to|and|or|-|–|—|~|～|〜|至|到|,|，)\s*";

#[expect(clippy::too_many_lines, reason = "a table")]
fn patterns() -> &'static [Pattern] {
    static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
        let n = NUMBER;
        let both = format!(r"[\[(（]?\s*{n}{TO}{n}");
        let of = |of, least, most, text: String| {
            Some(Pattern {
                regex: Regex::new(&format!("(?i){text}")).ok()?,
                of,
                least,
                most,
            })
        };
        let characters = r"\s*(?:ASCII |English |Unicode |valid )?(?:characters|character|letters|个?(?:英文|中文|ASCII|英文或中文|Unicode)?\s*字符|个字母)";
        let all = [
            // N counts the elements of a list.
            of(
                Of::Number,
                true,
                true,
                format!(r"(?:^|[^A-Za-z.])N\b[^.。\d]{{0,30}}?{both}"),
            ),
            of(
                Of::Number,
                false,
                true,
                format!(
                    r"(?:^|[^A-Za-z.])N\b[^.。\d]{{0,20}}?(?:maximum|最大)[^.。\d]{{0,12}}?{n}"
                ),
            ),
            of(
                Of::Number,
                true,
                true,
                format!(r"(?:(?:array|list) length|数组长度)[^.。\d]{{0,16}}?{both}"),
            ),
            // Lengths.
            of(
                Of::Length,
                true,
                true,
                format!(r"{both}\s*[\])）]?{characters}"),
            ),
            of(
                Of::Length,
                true,
                true,
                format!(r"(?:length|长度)[^.。\d]{{0,16}}?{both}"),
            ),
            of(
                Of::Length,
                false,
                true,
                format!(
                    r"(?:exceed|up to|at most|no more than|maximum of|longer than|limited to|within|不能?超过|不可超过|不得超过|最多|最长|最大)[^.。\d]{{0,12}}?{n}{characters}"
                ),
            ),
            of(
                Of::Length,
                false,
                true,
                format!(r"maximum length[^.。\d]{{0,12}}?{n}"),
            ),
            of(
                Of::Length,
                true,
                false,
                format!(
                    r"(?:at least|no fewer than|minimum of|不少于|至少|最短)[^.。\d]{{0,6}}?{n}{characters}"
                ),
            ),
            // Numbers.
            of(
                Of::Value,
                true,
                true,
                format!(
                    r"(?:valid values?|value range|valid range|values?|range|取值范围|取值|范围)\s*(?:[:：]|is|are|为|是)?\s*(?:an? |the |any )?(?:integers? |integral numbers? |整数)?(?:from |between |in the range of |within the range of |ranging from |that ranges? from )?{both}"
                ),
            ),
            of(
                Of::Value,
                true,
                true,
                format!(
                    r"(?:must be|ranges?|value)[^.。\d:]{{0,30}}?(?:from|between|in the range of|within)\s+{both}"
                ),
            ),
            of(
                Of::Value,
                false,
                true,
                format!(
                    r"(?:maximum value|max(?:imum)?\.?|最大值|最大)\s*(?:[:：]|is|为|是)\s*{n}"
                ),
            ),
            of(
                Of::Value,
                true,
                false,
                format!(
                    r"(?:minimum value|min(?:imum)?\.?|最小值|最小)\s*(?:[:：]|is|为|是)\s*{n}"
                ),
            ),
            // Counts by what is counted.
            of(
                Of::Count,
                false,
                true,
                format!(
                    r"(?:up to|at most|no more than|a maximum of|not exceed|cannot exceed|maximum number[^.\d]{{0,40}}? is|最多(?:支持|可以?|能|可)?[^.。\d]{{0,8}}?|不超过|不能超过)\s*{n}"
                ),
            ),
        ];
        all.into_iter().flatten().collect()
    });
    &PATTERNS
}

/// Words that make a sentence speak of a case.
fn is_conditional(sentence: &str) -> bool {
    static CASES: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:if|when|unless|otherwise|for (?:the |an? )?[a-z-]+ (?:disks?|instances?|type))\b|如果|若|否则|当[^前].{0,40}(?:时|，|,)|(?:时|情况下)[，,]").ok()
    });
    static ALWAYS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)^when you (?:call|invoke) this").ok());
    let is = |regex: &LazyLock<Option<Regex>>| {
        regex.as_ref().is_some_and(|regex| regex.is_match(sentence))
    };
    is(&CASES) && !is(&ALWAYS)
}

/// The sentences of a line, by their places in it.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((index, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '。' | '！' | '？' | '；' | '\n' => true,
            '.' | '!' | '?' | ';' => {
                next.is_none_or(|next| next.is_whitespace() || !next.is_ascii())
            }
            _ => false,
        };
        if ends {
            let end = index + c.len_utf8();
            sentences.push(start..end);
            start = end;
        }
    }
    if start < text.len() {
        sentences.push(start..text.len());
    }
    sentences
}

/// Longer sentences are no statements of limits, and their search takes long.
const LONGEST: usize = 2000;

/// The facts of a description.
pub(super) fn facts(lines: &[Line]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for range in sentences(line.text.as_str()) {
            if range.len() <= LONGEST {
                of_sentence(&line.text.slice(range), line.item, &mut facts);
            }
        }
        values(lines, index, &mut facts);
    }
    let in_items: Vec<Span> = lines
        .iter()
        .filter(|line| line.item)
        .map(|line| line.text.span())
        .collect();
    let of_item = |fact: &Fact| {
        in_items
            .iter()
            .any(|item| item.start <= fact.span.start && fact.span.end <= item.end)
    };
    // Items that state different limits state them for different cases; so do two defaults.
    let is_case = |fact: &Fact| {
        match &fact.what {
        What::Limit { of, .. } if of_item(fact) => facts.iter().any(|other| {
            matches!(&other.what, What::Limit { of: theirs, .. } if theirs == of)
                && other.what != fact.what
                && of_item(other)
        }),
        What::Default(value) => facts.iter().any(|other| {
            matches!(&other.what, What::Default(theirs) if !theirs.eq_ignore_ascii_case(value))
        }),
        _ => false,
    }
    };
    let cases: Vec<bool> = facts.iter().map(is_case).collect();
    let mut cases = cases.into_iter();
    facts.retain(|_| !cases.next().unwrap_or(false));
    facts
}

fn of_sentence(sentence: &Text, item: bool, facts: &mut Vec<Fact>) {
    static ASCII: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\bonly ASCII characters|(?:只|仅)(?:支持|能包含|允许)\s*ASCII\s*字符").ok()
    });
    static DEPRECATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^\W*(?:this parameter|the parameter) (?:is|has been|will be|was) (?:deprecated|discontinued|removed|unavailable soon|no longer used)|该参数(?:已|即将)(?:废弃|弃用|下线|停止使用)|^\W*\(?deprecated\b|已废弃|已弃用").ok()
    });
    let text = sentence.as_str();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // Looking for words is quick, patterns are not.
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let defaults = !item && has(&["efault", "默认"]);
    if (digits || defaults) && !is_conditional(text) {
        if digits {
            limits(sentence, facts);
        }
        if defaults {
            default(sentence, facts);
        }
    }
    let mut mark = |regex: &LazyLock<Option<Regex>>, what: What| {
        if let Some(found) = regex.as_ref().and_then(|regex| regex.find(text)) {
            let span = sentence.span_of(found.range());
            facts.push(Fact { what, span });
        }
    };
    if has(&["ASCII"]) {
        mark(&ASCII, What::Ascii);
    }
    if has(&[
        "eprecated",
        "is",
        "has been",
        "will be",
        "was",
        "已",
        "即将",
    ]) {
        mark(&DEPRECATED, What::Deprecated);
    }
}

fn limits(sentence: &Text, facts: &mut Vec<Fact>) {
    let text = sentence.as_str();
    let mut taken: Vec<Range<usize>> = Vec::new();
    for pattern in patterns() {
        for found in pattern.regex.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            let numbers = numbers(&found);
            // `1, 2, 3, and 6`, `12 and 36`: values, not the ends of a range.
            if pattern.of == Of::Value
                && let [(first, _), (second, _)] = numbers.as_slice()
                && lists_numbers(text, first, second)
            {
                continue;
            }
            // A surer pattern has had these numbers.
            if numbers.iter().any(|(range, _)| {
                taken
                    .iter()
                    .any(|had| had.start < range.end && range.start < had.end)
            }) {
                continue;
            }
            let (minimum, maximum) = match (numbers.as_slice(), pattern.least, pattern.most) {
                ([(_, least), (_, most)], true, true) => (Some(*least), Some(*most)),
                ([(_, one)], false, true) => (None, Some(*one)),
                ([(_, one)], true, false) => (Some(*one), None),
                _ => continue,
            };
            let last = numbers.last().map_or(whole.end(), |(range, _)| range.end);
            let unit = &text[last..];
            // Kilobytes are not characters, and a date or an address is no range.
            if is_other_unit(unit)
                || minimum
                    .zip(maximum)
                    .is_some_and(|(least, most)| least > most)
            {
                continue;
            }
            let first = numbers
                .first()
                .map_or(whole.start(), |(range, _)| range.start);
            let of = if pattern.of == Of::Value && begins_with_characters(unit) {
                Of::Length
            } else {
                pattern.of
            };
            taken.extend(numbers.iter().map(|(range, _)| range.clone()));
            facts.push(Fact {
                what: What::Limit {
                    of,
                    minimum,
                    maximum,
                },
                span: sentence.span_of(first..last),
            });
        }
    }
}

/// Whether two numbers that follow each other are elements of an enumeration.
fn lists_numbers(text: &str, first: &Range<usize>, second: &Range<usize>) -> bool {
    let before = text[..first.start].trim_end();
    let joint = text[first.end..second.start].trim().to_lowercase();
    let rest = text[second.end..].trim_start();
    let goes_on = rest
        .strip_prefix([',', '，', '、'])
        .map(str::trim_start)
        .is_some_and(|rest| {
            let rest = rest.strip_prefix("and ").or(rest.strip_prefix("or "));
            rest.unwrap_or_default()
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit())
                || text[second.end..]
                    .trim_start_matches([',', '，', '、', ' '])
                    .starts_with(|c: char| c.is_ascii_digit())
        });
    match joint.as_str() {
        "," | "，" => goes_on || !before.ends_with(['[', '(', '（']),
        "and" => goes_on || !before.to_lowercase().ends_with("between"),
        "or" => true,
        _ => false,
    }
}

/// Where a line says that the operation is deprecated.
pub(super) fn retires(line: &Line) -> Option<Span> {
    static RETIRES: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^\W*(?:(?:important|note|notice|warning)\W+)?(?:this|the) (?:api )?(?:operation|interface|api) (?:is|has been) (?:deprecated|discontinued)\b|^\W*(?:该|本|此)(?:接口|API)\s*(?:已经?)(?:废弃|弃用|下线|停止维护)").ok()
    });
    let text = line.text.as_str();
    let sentences = sentences(text).into_iter();
    let mut sentences = sentences.filter(|range| range.len() <= LONGEST);
    sentences.find_map(|range| {
        let found = RETIRES.as_ref()?.find(&text[range.clone()])?;
        let start = range.start + found.start();
        Some(line.text.span_of(start..range.start + found.end()))
    })
}

/// Numbers that a text gives as limits, in whatever case they hold.
pub(super) fn spoken(lines: &[Line]) -> Vec<(String, Span)> {
    static LIMIT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:\b(?:up to|at most|no more than|a maximum of|cannot exceed|maximum of|at least|limited to)\b|不能?超过|不得超过|最多|至少|上限为)[^\d.。]{0,16}?(\d+)").ok()
    });
    let mut spoken = Vec::new();
    let Some(regex) = LIMIT.as_ref() else {
        return spoken;
    };
    for line in lines {
        let text = line.text.as_str();
        if text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        for found in regex.captures_iter(text).filter_map(|found| found.get(1)) {
            let span = line.text.span_of(found.range());
            spoken.push((found.as_str().to_owned(), span));
        }
    }
    spoken
}

fn numbers(found: &Captures<'_>) -> Vec<(Range<usize>, i64)> {
    let groups = (1..found.len()).filter_map(|group| found.get(group));
    groups
        .filter_map(|group| {
            let digits = group.as_str().trim_end_matches(',');
            let range = group.start()..group.start() + digits.len();
            Some((range, digits.replace(',', "").parse().ok()?))
        })
        .collect()
}

fn is_other_unit(rest: &str) -> bool {
    static UNITS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^\s*(?:[KMGT]i?B\b|bytes?\b|字节|%|\.\d|[:/]\d|-\d)").ok()
    });
    UNITS.as_ref().is_some_and(|units| units.is_match(rest))
}

fn begins_with_characters(rest: &str) -> bool {
    static CHARACTERS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)^\s*[\])）]?\s*(?:characters?|个?字符)").ok());
    CHARACTERS
        .as_ref()
        .is_some_and(|regex| regex.is_match(rest))
}

fn default(sentence: &Text, facts: &mut Vec<Fact>) {
    static DEFAULT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:default value|default|默认值|默认)\s*(?:is|[:：]|为|是)\s*[`\x22]?([A-Za-z0-9_.:/*-]+)").ok()
    });
    let text = sentence.as_str();
    let Some(found) = DEFAULT.as_ref().and_then(|regex| regex.captures(text)) else {
        return;
    };
    let Some(value) = found.get(1) else { return };
    let trimmed = value.as_str().trim_end_matches(['.', ':', '-']);
    let rest = &text[value.end()..];
    // A word of a sentence is no value: `the default is the current time`.
    let goes_on = rest.trim_start_matches(['`', '"']).starts_with(' ')
        && rest
            .trim_start()
            .starts_with(|c: char| c.is_ascii_alphanumeric());
    // `max{40, the size of the image}` is computed.
    let computed = rest.starts_with(['{', '(']);
    if trimmed.is_empty()
        || goes_on
        || computed
        || words::nothing(trimmed)
        || matches!(trimmed, "null" | "empty")
    {
        return;
    }
    facts.push(Fact {
        what: What::Default(trimmed.to_owned()),
        span: sentence.span_of(value.start()..value.start() + trimmed.len()),
    });
}

static MARKER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:valid values?|possible values?|valid value range|取值范围|可选值|取值|有效值|枚举值)(?:\s*(?:include|are|is))?\s*[:：]\s*").ok()
});

/// A value at the beginning of a text.
fn token(text: &str) -> Option<Range<usize>> {
    static TOKEN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[`\x22“]?([A-Za-z0-9_][A-Za-z0-9_.\-]*)[`\x22”]?").ok());
    let found = TOKEN.as_ref()?.captures(text)?.get(1)?;
    let trimmed = found.as_str().trim_end_matches(['.', '-']);
    (!trimmed.is_empty() && trimmed.len() <= 64)
        .then(|| found.start()..found.start() + trimmed.len())
}

/// The values that a line lists after words such as *Valid values:*, in it or in the items below it.
fn values(lines: &[Line], index: usize, facts: &mut Vec<Fact>) {
    let line = &lines[index];
    let text = line.text.as_str();
    let marked = ["alue", "取值", "可选值", "有效值", "枚举值"];
    if text.len() > LONGEST * 4 || !marked.iter().any(|word| text.contains(word)) {
        return;
    }
    let Some(marker) = MARKER.as_ref() else {
        return;
    };
    // Each list has its words; the last may be about numbers.
    for found in marker.find_iter(text).collect::<Vec<_>>().into_iter().rev() {
        if let Some(fact) = values_after(lines, index, found.range()) {
            facts.push(fact);
            return;
        }
    }
}

fn values_after(lines: &[Line], index: usize, marker: Range<usize>) -> Option<Fact> {
    let line = &lines[index];
    let text = line.text.as_str();
    let before = sentences(&text[..marker.start])
        .last()
        .map_or(0, |range| range.start);
    if is_conditional(&text[before..marker.start]) || text[..marker.start].ends_with("N ") {
        return None;
    }
    let rest = marker.end..text.len();
    let mut values = Vec::new();
    if text[rest.clone()].trim().is_empty() {
        for line in lines[index + 1..].iter().take_while(|line| line.item) {
            let range = item_value(line.text.as_str())?;
            let value = line.text.as_str()[range.clone()].to_owned();
            values.push((value, line.text.span_of(range)));
        }
    } else if text[rest.clone()].starts_with("- ") {
        inline_items(&line.text, rest.start, &mut values);
    } else {
        listed(&line.text, rest.start, &mut values);
    }
    (!values.is_empty()).then(|| Fact {
        what: What::Values(values),
        span: line.text.span_of(marker),
    })
}

/// The value of an item such as `Accept: opens the port` or `black`.
fn item_value(text: &str) -> Option<Range<usize>> {
    let range = token(text)?;
    let rest = text[range.end..]
        .trim_start_matches(['`', '"', '”', '.', '。', ';', '；'])
        .trim_start();
    let ends =
        rest.is_empty() || rest.starts_with([':', '：', '(', '（', ',', '，', '-', '–', '—']);
    ends.then_some(range)
}

/// ` - Accept: … - Drop: …` or ` - vpc - classic` in one line, as items in cells of tables become.
fn inline_items(text: &Text, from: usize, values: &mut Vec<(String, Span)>) {
    let all = text.as_str();
    let mut starts: Vec<usize> = vec![from];
    starts.extend(
        all[from..]
            .match_indices(" - ")
            .map(|(at, _)| from + at + 1),
    );
    starts.dedup();
    let mut bare = true;
    for (index, start) in starts.iter().enumerate() {
        let next = starts.get(index + 1);
        let end = next.map_or(all.len(), |next| *next);
        let piece = &all[*start..end];
        let body = piece.trim_start_matches('-').trim_start();
        let begin = end - body.len();
        let value = match item_value(body.trim_end()) {
            Some(value) => {
                bare &= value.len() == body.trim_end().len();
                Some(value)
            }
            // A sentence ends with it; or it is the last of mere values, and what follows has no mark.
            None => token(body).filter(|value| {
                body[value.end..].starts_with(['.', '。']) || (next.is_none() && index > 0 && bare)
            }),
        };
        if let Some(value) = value {
            let range = begin + value.start..begin + value.end;
            values.push((all[range.clone()].to_owned(), text.span_of(range)));
        }
    }
}

/// `ipv4 and ipv6`, `A, B, and C`, `A（…）、B`.
fn listed(text: &Text, from: usize, values: &mut Vec<(String, Span)>) {
    static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^\s*(?:[(（][^)）]{0,200}[)）])?\s*(?:,\s*(?:and|or)\s+|，|,\s*|、|\|\s*|/\s*|\s(?:and|or)\s+|\s*(?:和|或者?)\s*)").ok()
    });
    let all = text.as_str();
    let mut at = from;
    let mut found = Vec::new();
    while let Some(range) = token(&all[at..]) {
        let range = at + range.start..at + range.end;
        found.push((all[range.clone()].to_owned(), text.span_of(range.clone())));
        let rest = &all[range.end..];
        let rest = rest.trim_start_matches(['`', '"', '”']);
        let after = all.len() - rest.len();
        match NEXT.as_ref().and_then(|regex| regex.find(rest)) {
            Some(next) => at = after + next.end(),
            None => {
                // Words that go on are a sentence, not a list.
                let ends = rest.trim_start().is_empty()
                    || rest.starts_with(['.', '。', ';', '；', ':', '：', '(', '（', '\n']);
                if ends && found.len() > 1 {
                    values.append(&mut found);
                }
                return;
            }
        }
    }
}
