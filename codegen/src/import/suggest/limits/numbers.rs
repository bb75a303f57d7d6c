//! Ranges of numbers, lengths of texts, numbers of elements.

use std::sync::LazyLock;

use regex_lite::{Captures, Regex};
use serde_json::Value;

use super::text::Sentence;
use crate::number;

/// A least and a greatest number, and the sentence that says so.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub sentence: String,
    pub least: Option<Value>,
    pub most: Option<Value>,
    pub conditional: bool,
}

/// Expressions in which `#` is a number and `~` what stands between two.
fn expressions(patterns: &[&str]) -> Vec<Regex> {
    let number = r"(-?\d{1,3}(?:,\d{3})+|-?\d+(?:\.\d+)?)";
    let between = r"\s*(?:to|through|~|～|-|–|－|到|至)\s*";
    let built = patterns
        .iter()
        .map(|pattern| pattern.replace('#', number).replace('~', between));
    built
        .filter_map(|pattern| Regex::new(&pattern).ok())
        .collect()
}

fn number(captures: &Captures<'_>, group: usize) -> Option<Value> {
    let text = captures.get(group)?.as_str().replace(',', "");
    number::from_text(&text).map(Value::from)
}

/// Reads sentences by expressions with two ends, with the greatest only, with the least only.
fn read(sentences: &[Sentence], both: &[Regex], most: &[Regex], least: &[Regex]) -> Vec<Bounds> {
    let mut found = Vec::new();
    for sentence in sentences {
        let first = |expressions: &[Regex]| {
            expressions
                .iter()
                .find_map(|expression| expression.captures(&sentence.text))
                .map(|captures| (number(&captures, 1), number(&captures, 2)))
        };
        let ends = match first(both) {
            Some(ends) => ends,
            None => {
                let most = first(most).and_then(|(end, _)| end);
                (first(least).and_then(|(end, _)| end), most)
            }
        };
        let contradict = match (&ends.0, &ends.1) {
            (Some(Value::Number(least)), Some(Value::Number(most))) => {
                number::compare(least, most).is_gt()
            }
            _ => false,
        };
        if contradict || (ends.0.is_none() && ends.1.is_none()) {
            continue;
        }
        found.push(Bounds {
            sentence: sentence.text.clone(),
            least: ends.0,
            most: ends.1,
            conditional: sentence.is_conditional(),
        });
    }
    found
}

/// The ranges of a number.
pub(super) fn ranges(sentences: &[Sentence]) -> Vec<Bounds> {
    static BOTH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        expressions(&[
            r"(?i)(?:valid values?|value range|valid range|values?|range)\s*(?:is|are)?\s*[:：]\s*[\[(]?#~#[\])]?",
            r"(?i)(?:between|ranges? from|from)\s+#\s+and\s+#\b",
            r"(?i)(?:between|ranges? from|range of|from|must be|can be)\s+#~#\b",
            r"(?:取值范围|取值|范围|有效值|可选值)[^:：。0-9]{0,12}[:：]?\s*[\[(（]?#\s*[\])）]?(?:~|[,，]\s*)[\[(（]?#",
            r"[\[【]#\s*[,，]\s*#[\]】]",
        ])
    });
    static MOST: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        expressions(&[
            r"(?i)(?:maximum value|max value|upper limit)(?: is)?\s*[:：]?\s*#",
            r"(?i)(?:cannot exceed|can not exceed|must not exceed|at most|up to|less than or equal to|no more than)\s+#\b(?:\s*(?:characters|bytes))?",
            r"(?:最大值|最大为|最大|不能超过|不超过|不得超过|小于等于)(?:为|是)?\s*[:：]?\s*#",
        ])
    });
    static LEAST: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        expressions(&[
            r"(?i)(?:minimum value|min value|lower limit)(?: is)?\s*[:：]?\s*#",
            r"(?i)(?:at least|greater than or equal to|no less than)\s+#\b",
            r"(?:最小值|最小为|最小|不能小于|大于等于|不低于)(?:为|是)?\s*[:：]?\s*#",
        ])
    });
    // An item is a case: `PL0: 1 to 2048`.
    static CASE: LazyLock<Vec<Regex>> = LazyLock::new(|| expressions(&[r"^[^:：。]+[:：]\s*#~#"]));
    let is_ours = |sentence: &&Sentence| {
        let text = sentence.text.to_lowercase();
        let elements = ["values of n", "value of n", "n的取值", "n 的取值", "`n`"];
        // What is reckoned from several parameters is none of them.
        let reckoned = [
            "difference between",
            "difference of",
            "之差",
            "差值",
            ")/",
            ") /",
        ];
        !elements
            .iter()
            .chain(&reckoned)
            .any(|other| text.contains(other))
    };
    let ours = sentences.iter().filter(is_ours).cloned();
    let (items, sentences): (Vec<Sentence>, Vec<Sentence>) = ours.partition(|it| it.item.is_some());
    let mut found = read(&sentences, &BOTH, &MOST, &LEAST);
    found.append(&mut read(&items, &CASE, &[], &[]));
    found
}

/// The lengths of a text.
pub(super) fn lengths(sentences: &[Sentence]) -> Vec<Bounds> {
    static BOTH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        expressions(&[
            r"(?i)#~#\s*(?:[a-z-]+ ){0,3}characters?\b",
            r"(?i)length[^.]{0,30}?#~#\b",
            r"长度[^。0-9]{0,12}#\s*(?:个)?(?:英文|中文|英文或中文|汉字)*(?:字符)?(?:~)#\s*(?:个|位)?[^。,，]{0,8}(?:字符|位)?",
            r"#~#\s*个?(?:英文|中文|英文或中文|Unicode)*字符",
        ])
    });
    static MOST: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        expressions(&[
            r"(?i)(?:up to|at most|cannot exceed|can not exceed|must not exceed|no more than|maximum of|maximum length(?: is|:)?|not exceed)\s+#\s*(?:[a-z0-9-]+ ){0,3}characters?\b",
            r"(?:不超过|不能超过|不得超过|最多|最长|最大长度|最大)[^。0-9]{0,8}#\s*(?:个|位)?(?:英文|中文|ASCII)*字符",
            r"长度(?:不能?超过|不得超过|最大为|上限为)[^。0-9]{0,4}#",
        ])
    });
    static LEAST: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        expressions(&[
            r"(?i)at least\s+#\s*(?:[a-z-]+ ){0,2}characters?\b",
            r"(?:至少|不少于)[^。0-9]{0,4}#\s*个?字符",
        ])
    });
    read(sentences, &BOTH, &MOST, &LEAST)
}

/// The numbers of elements; `N` of a field is that of the list around it.
pub(super) fn counts(sentences: &[Sentence], of_list: bool) -> Vec<Bounds> {
    static OF_N: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        expressions(&[
            r"(?i)values? of `?N`?\s*(?:is|:|：|can be|ranges? from)\s*#~#",
            r"`?[Nn]`?\s*的?\s*(?:取值范围|取值|值)(?:为|是)?\s*[:：]?\s*#~#",
        ])
    });
    static MOST: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        expressions(&[
            r"(?i)(?:up to|at most|a maximum of|maximum of|no more than|cannot exceed)\s+#\s+(?:[a-z-]+ ){0,4}(?:IDs?|tags?|instances?|disks?|images?|snapshots?|addresses|blocks?|rules?|values?|entries|items?|elements?|groups?|parameters?|types?|policies|names?|files?|resources?|commands?|tasks?|ENIs?|interfaces?|templates?|hosts?|pairs?|lists?|zones?|versions?)",
            r"(?:最多|至多|最大)(?:支持|可以|可|允许|能)?(?:同时|批量)?(?:指定|设置|输入|传入|查询|填写|添加|绑定|包含|删除)?[^。0-9]{0,6}#\s*(?:个|条|块|台|组|项)",
        ])
    });
    let none = Vec::new();
    let most: &[Regex] = if of_list { &MOST } else { &none };
    let mut found = read(sentences, &OF_N, most, &[]);
    for bounds in &mut found {
        // One is the least that there is of anything.
        bounds.least = None;
    }
    found.retain(|bounds| bounds.most.as_ref().is_some_and(Value::is_u64));
    found
}
