//! Detection of sentences that hint at a rule: the kind of rule, and the parameters.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

use super::Smell;
use crate::spec::{Constraint, Fact, FactIs, Member, Members, RuleKind, Schema};

/// What was found in a sentence.
pub(super) struct Found {
    pub smell: Smell,
    pub parameters: Vec<String>,
    pub rule: Option<Constraint>,
}

/// The parameters of an operation by what sentences call them.
pub(crate) struct Names<'a> {
    by_path: HashMap<String, (usize, &'a Schema)>,
    /// Last names of nested fields, for sentences beside them.
    by_leaf: HashMap<&'a str, Vec<String>>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(paths: &'a [(String, &'a Schema)]) -> Self {
        let mut names = Self {
            by_path: HashMap::new(),
            by_leaf: HashMap::new(),
        };
        for (index, (path, schema)) in paths.iter().enumerate() {
            names.by_path.insert(path.clone(), (index, schema));
            if let Some((_, leaf)) = path.rsplit_once('.') {
                names.by_leaf.entry(leaf).or_default().push(path.clone());
            }
        }
        names
    }

    /// The parameter that a word means, in the description of `beside`. `near` says that short names
    /// mean the fields beside that one.
    fn find(&self, word: &str, beside: &str, near: bool) -> Option<String> {
        // `Ipv6Address.N`, `Tag.1.Key`, `DataDisk.n.Size`: the notation of positions varies.
        let mut steps: Vec<&str> = word
            .split('.')
            .map(|step| if is_position(step) { "N" } else { step })
            .collect();
        while steps
            .last()
            .is_some_and(|last| *last == "N" || last.is_empty())
        {
            steps.pop();
        }
        if steps.is_empty() {
            return None;
        }
        let path = steps.join(".");
        if near && let Some((above, _)) = beside.rsplit_once('.') {
            let sibling = format!("{above}.{path}");
            if self.by_path.contains_key(&sibling) {
                return Some(sibling);
            }
        }
        if self.by_path.contains_key(&path) {
            return Some(path);
        }
        // Plural for singular, and the other way round.
        for other in [path.strip_suffix("es"), path.strip_suffix('s')]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .chain([format!("{path}s"), format!("{path}es")])
        {
            if self.by_path.contains_key(&other) {
                return Some(other);
            }
        }
        // A field beside the one described, else the only one of its name.
        let leaves = self.by_leaf.get(path.as_str())?;
        let above = beside.rsplit_once('.').map_or("", |(above, _)| above);
        let near = leaves.iter().find(|leaf| {
            leaf.rsplit_once('.').is_some_and(|(parent, _)| {
                parent == above || parent == beside || parent == format!("{beside}.N")
            })
        });
        match (near, leaves.as_slice()) {
            (Some(near), _) => Some(near.clone()),
            (None, [only]) => Some(only.clone()),
            _ => None,
        }
    }

    fn order(&self, path: &str) -> usize {
        self.by_path
            .get(path)
            .map_or(usize::MAX, |(index, _)| *index)
    }
}

fn is_position(step: &str) -> bool {
    matches!(step, "N" | "n" | "M" | "m" | "X")
        || (!step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()))
}

/// The sentences of a text, without its markup.
pub(super) fn sentences(text: &str) -> Vec<String> {
    static LINK: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\[([^\]]*)\]\([^)]*\)").ok());
    static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"</?[a-zA-Z][^>]*>").ok());
    let replaced = |regex: &LazyLock<Option<Regex>>, text: &str, with: &str| match regex.as_ref() {
        Some(regex) => regex.replace_all(text, with).into_owned(),
        None => text.to_owned(),
    };
    let text = replaced(&TAG, &replaced(&LINK, text, "$1"), "\n")
        .replace("**", "")
        .replace("\\*", "*");
    let mut sentences = Vec::new();
    let mut current = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let ends = match c {
            '。' | '！' | '？' | '；' | '\n' | '|' => true,
            '.' | '!' | '?' | ';' => chars
                .peek()
                .is_none_or(|next| next.is_whitespace() || !next.is_ascii()),
            _ => false,
        };
        if !ends {
            current.push(c);
            continue;
        }
        if matches!(c, '。' | '！' | '？' | '.' | '!' | '?') {
            current.push(c);
        }
        push(&mut sentences, &current);
        current.clear();
    }
    push(&mut sentences, &current);
    sentences
}

fn push(sentences: &mut Vec<String>, sentence: &str) {
    let sentence = sentence
        .trim()
        .trim_start_matches(['>', '-', '*', '#', '•', ' ', '\t'])
        .trim();
    if sentence.chars().count() >= 6 {
        sentences.push(sentence.to_owned());
    }
}

/// What each smell smells like; the first that matches counts.
const PATTERNS: [(Smell, &[&str]); 7] = [
    (
        Smell::AtLeastOne,
        &[
            "(不能|不可|不可以|不允许|不得)(同时|都|全部?)为?(空|不填|缺)",
            "至少.{0,8}(指定|设置|传入|填写|选择|提供|配置|有|填|传|输入)?.{0,20}(一个|一项|其一|之一|1个|其中)",
            r"\bat least one\b",
            r"\b(empty|blank|null|unspecified)\b.{0,12}\bat the same time\b",
            r"not\b.{0,12}\bboth (be )?(empty|blank|null|unspecified)\b",
        ],
    ),
    (
        Smell::EitherOr,
        &[
            "(二|两|三|四|2|3|4)(者|个)?(必)?(选|择)(一|1|其一)",
            "(任|必)选(其)?(一|1)",
            "有且(只|仅)(能)?有一",
            "(必须|需要|需|请)(选择|指定|设置|传入|填写|使用|选填)?.{0,80}(其中|中的?|之)(任意)?(一个|一种|一项|之一|其一)",
            "同时.{0,8}(或|也不能|且不能)同时为空",
            r"\bexactly one\b",
            r"\beither\b.{1,80}\bor\b.{0,80}\b(must|required|need|specif)",
            r"\b(must|need to|have to)\b.{1,40}\beither\b",
            r"\b(must|need to|have to)\b.{0,30}\bone of\b",
            r"\bone of (the )?(two|three|following|these|them)\b.{0,60}\b(must|required)",
        ],
    ),
    (
        Smell::NotBoth,
        &[
            "(不|无法|禁止|请勿|勿|不要)(能|可|可以|支持|允许|得|会)?(与|和|跟|同).{1,60}(同时|一起|并存|共存|一同)",
            "(不能|不可|不可以|不支持|无法|不允许|不得|不要|禁止|请勿|勿|不)同时",
            "互斥|冲突",
            "(只能|仅能|只可|仅可|只允许|仅支持|可以?)(选择|指定|设置|传入|使用|填写)?.{0,60}(其中|中的?)(任意)?(一个|一种|一项|之一|其一)",
            "(不能|不可|无需|不需要|不允许|不支持)(再|另)?(指定|设置|传入|填写|使用|配置)",
            "(将|会|被|则)(自动)?(忽略|失效)|(参数|设置|字段|则)(将|会)?(不生效|无效)",
            "必须(为空|置空)",
            r"\bnot both\b|\bonly one of\b",
            r"\bmutually exclusive\b",
            r"\b(can ?not|can't|must not|may not|do not|don't|not allowed|not supported|unable to)\b.{0,120}\b(at the same time|simultaneously|together|both|in the same request|at once)\b",
            r"\b(both|at the same time|simultaneously|together)\b.{0,60}\b(not (be )?(allowed|supported|permitted)|can ?not)\b",
            r"\b(is|are|will be) (ignored|invalid)\b",
            r"\b(can ?not|must not|do not) (be )?(specif\w+|set|used?)\b.{0,40}\b(if|when|with)\b",
            r"\bmust be (empty|blank|null)\b",
            r#"\bconflicts? with (the )?(parameter )?[`"]?(?-i:[A-Z])"#,
        ],
    ),
    (
        Smell::RequiredWhen,
        &[
            "(当|如果|若|如|在|仅在|一旦|时).{1,120}(必填|必选|必须|为必|必需|不能为空|不可为空|需要?(同时)?(指定|设置|传入|填写|配置)|需(指定|设置|传入|填写|配置|同时))",
            "(必填|必选|必须指定|必须设置|必须传).{0,40}(当|如果|若).{1,60}",
            r"\b(required|mandatory|must be (specified|set|configured|provided)|cannot be (empty|left empty))\b.{0,20}\b(if|when|only if|only when)\b",
            r"\b(if|when)\b.{1,120}\b(required|mandatory|must (also )?(be )?(specif\w+|set|configure\w*|provide\w*)|you must|need to (specify|set))\b",
        ],
    ),
    (
        Smell::OnlyWhen,
        &[
            "(仅|只)(有|在|当|对|适用于|支持|能).{1,120}(时|后|才|场景|情况)",
            "(当|在|如果|若).{1,100}(才|方)(会|能|可|可以|需要|为)?(有效|生效|支持|起作用|指定|设置)",
            "(当|在|如果|若|仅).{1,100}时.{0,20}(有效|生效)",
            "与.{1,60}(配合|搭配|结合)使用",
            r"\b(valid|effective|available|applicable|takes? effect|works?|required|supported|used|specif\w+|set)\b.{0,40}\bonly (if|when|for|after|in)\b",
            r"\bonly (valid|effective|available|applicable|takes? effect|required|supported|used)\b.{0,20}\b(if|when)\b",
            r"\bonly (if|when)\b.{1,120}\b(valid|effective|available|takes? effect|specif\w+|supported|set)\b",
            r"\b(takes? effect|is valid|is available)\b.{0,10}\b(if|when)\b",
        ],
    ),
    (
        Smell::Together,
        &[
            "(必须|需要|需|应|要|须|请)(与|和|跟)?.{0,60}(同时|一起|成对|一并)",
            "成对(指定|设置|传入|填写|使用|存在|出现|配置)",
            "要么.{1,40}要么",
            r"\b(must|need to|should)\b.{0,80}\b(together|at the same time|in pairs?|both)\b",
            r"\bmust also (be )?(specif\w+|set)\b",
            r"\bboth\b.{0,60}\b(must|required)\b",
        ],
    ),
    // One or the other, and no word against both.
    (
        Smell::AtLeastOne,
        &[
            "(必须|需要?)(指定|设置|传入|填写|提供)\\s*[`*]*(?-i:[A-Z])[A-Za-z0-9_.]*[`*]*\\s*(参数)?\\s*或者?\\s*[`*]*(?-i:[A-Z])",
            r"\b(must|need to|have to) (specify|set|configure|provide) (the )?[`*]*(?-i:[A-Z])[A-Za-z0-9_.]*[`*]*( parameter)? or (the )?[`*]*(?-i:[A-Z])",
        ],
    ),
];

static SMELLS: LazyLock<Vec<(Smell, Regex)>> = LazyLock::new(|| {
    let each = PATTERNS
        .iter()
        .flat_map(|(smell, patterns)| patterns.iter().map(|pattern| (*smell, *pattern)));
    each.filter_map(|(smell, pattern)| Some((smell, Regex::new(&format!("(?i){pattern}")).ok()?)))
        .collect()
});

/// Words that look like those above and speak of values, not of presence.
static NOISE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        "非必(填|选|需|须)|有效(取值|值|期|范围)|(必须|需要?)(和|与).{0,30}(一致|相同|同一|匹配)|必须(从|包含|属于|大于|小于|等于|精确|保持|在|不)|(必须|需要?)为(?:[^空必]|$)|默认.{0,40}为准|优先级|优先生效",
    )
    .ok()
});

/// A condition that is about absence.
static ABSENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(不|未)(通过)?(指定|设置|传入|填写|配置)|不填|为空时|\b(is|are) (not (specified|set|configured)|left empty|empty)\b").ok()
});

/// What follows is a wish, not a demand: of two ways to do it.
static WISH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("^(如果|若|当)?(您)?(需要|希望|想要|要)(为|给|对)|(?i)^if you (want|need)").ok()
});

/// The parameter described is what the sentence sets a condition on, not what the condition demands.
static OWN_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("(指定|设置|传入|使用|填写)(了)?(该|此|本)参数(时|后)?.{0,8}(必须|需)|(该|此|本)参数(传入值|取值|值)?.{0,24}时.{0,6}(必须|需)").ok()
});

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// What the sentence smells of, if it names two parameters or more (that of the description included).
pub(super) fn smell(sentence: &str, own: &str, names: &Names<'_>) -> Option<Found> {
    let mentioned = mentioned(sentence, own, names);
    let mut parameters: Vec<String> = mentioned.iter().map(|it| it.path.clone()).collect();
    if !own.is_empty() && !parameters.iter().any(|path| path == own) {
        parameters.push(own.to_owned());
    }
    parameters.sort_by_key(|path| names.order(path));
    // A list or object and a field of it are one thing here.
    let all = parameters.clone();
    parameters.retain(|path| !all.iter().any(|other| inside(other, path)));
    if parameters.len() < 2 {
        return None;
    }
    let plain = NOISE
        .as_ref()
        .map_or_else(|| sentence.into(), |noise| noise.replace_all(sentence, ""));
    let &(mut smell, _) = SMELLS.iter().find(|(_, regex)| regex.is_match(&plain))?;
    if smell == Smell::EitherOr && matches(&WISH, sentence) {
        smell = Smell::NotBoth;
    }
    let absent = matches(&ABSENT, sentence);
    if smell == Smell::RequiredWhen && absent {
        smell = Smell::AtLeastOne;
    }
    if smell == Smell::OnlyWhen && absent {
        smell = Smell::NotBoth;
    }
    let rule = rule(
        smell,
        &parameters,
        &mentioned,
        own,
        matches(&OWN_FIRST, sentence),
    );
    Some(Found {
        smell,
        parameters,
        rule,
    })
}

/// `path` is a field within `of`.
fn inside(path: &str, of: &str) -> bool {
    path.strip_prefix(of)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// A parameter named in a sentence, with the value that the sentence gives it.
struct Named {
    path: String,
    values: Vec<Value>,
}

fn mentioned(sentence: &str, own: &str, names: &Names<'_>) -> Vec<Named> {
    static WORD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*").ok());
    static GIVEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new("^(?:\\.[Nn])?[`\"”*）) ]*(?:参数)?(?:的)?(?:被)?(?:取?值为|取?值是|取值|值为|==?|为|是|设置为|设为|置为|指定为|等于| is set to | is | to | set to | equals | = )[：:\"“`* ]*").ok()
    });
    static OWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new("^(?:当|如果|若)?(?:您)?(?:指定|将)?(?:该|此|本)?(?:参数)?(?:的)?(?:设置为|取值为|取值是|值为|为)[：:\"“`* ]*").ok()
    });
    let Some(word) = WORD.as_ref() else {
        return Vec::new();
    };
    let english = sentence.is_ascii();
    let leaf = own.rsplit('.').next().unwrap_or_default();
    let parent = own.split_once('.').map(|(parent, _)| format!("{parent}."));
    // Where fields are called by their whole path, and where the field itself is `this parameter`,
    // a short name means a parameter outside.
    let near = !parent.is_some_and(|parent| sentence.contains(&parent));
    let itself = [
        "该参数",
        "此参数",
        "本参数",
        "this parameter",
        "This parameter",
    ]
    .iter()
    .any(|this| sentence.contains(this));
    let mut out: Vec<Named> = Vec::new();
    if !own.is_empty()
        && let Some(start) = OWN.as_ref().and_then(|regex| regex.find(sentence))
    {
        let values = values_of(&sentence[start.end()..], own, names);
        if !values.is_empty() {
            out.push(Named {
                path: own.to_owned(),
                values,
            });
        }
    }
    for found in word.find_iter(sentence) {
        let text = found.as_str();
        let before = sentence[..found.start()].chars().next_back();
        let quoted = matches!(before, Some('`' | '"' | '“' | '*'));
        // In English prose `Type` may be a word; `VSwitchId` and `Ipv6Address.N` are names.
        let humps = text
            .chars()
            .skip(1)
            .any(|c| c.is_ascii_uppercase() || c == '.' || c.is_ascii_digit());
        if english && !quoted && !humps {
            continue;
        }
        // A value is not a name, even if it looks like one.
        if before == Some('=') {
            continue;
        }
        let near = near && !(text == leaf && itself);
        let Some(path) = names.find(text, own, near) else {
            continue;
        };
        let rest = &sentence[found.end()..];
        let start = GIVEN.as_ref().and_then(|regex| regex.find(rest));
        let values = start
            .map(|start| values_of(&rest[start.end()..], &path, names))
            .unwrap_or_default();
        match out.iter_mut().find(|named| named.path == path) {
            Some(known) if known.values.is_empty() => known.values = values,
            Some(_) => {}
            None => out.push(Named { path, values }),
        }
    }
    out
}

/// The values at the beginning of a text: `PrePaid`, `Upgrade或者Downgrade`.
fn values_of(text: &str, path: &str, names: &Names<'_>) -> Vec<Value> {
    static ONE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[A-Za-z0-9_][A-Za-z0-9_\-.]*").ok());
    static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new("^[`\"”* ]*(?:（[^）]*）)?(?:或者?|、| or |/)[：:`\"“* ]*").ok()
    });
    let (Some(one), Some(next)) = (ONE.as_ref(), NEXT.as_ref()) else {
        return Vec::new();
    };
    let mut values = Vec::new();
    let mut rest = text;
    while let Some(found) = one.find(rest) {
        let Some(value) = value_of(found.as_str().trim_end_matches('.'), path, names) else {
            break;
        };
        if !values.contains(&value) {
            values.push(value);
        }
        rest = &rest[found.end()..];
        match next.find(rest) {
            Some(found) => rest = &rest[found.end()..],
            None => break,
        }
    }
    values
}

/// The value in the type of the parameter, if it is one.
fn value_of(text: &str, path: &str, names: &Names<'_>) -> Option<Value> {
    use crate::spec::Type;
    const WORDS: &[&str] = &[
        "specified",
        "set",
        "required",
        "empty",
        "not",
        "valid",
        "invalid",
        "left",
        "a",
        "an",
        "the",
        "used",
        "configured",
        "null",
        "ignored",
        "only",
        "optional",
        "available",
        "provided",
        "one",
    ];
    let (_, schema) = names.by_path.get(path)?;
    if WORDS.contains(&text.to_ascii_lowercase().as_str())
        || (schema.values.is_empty() && names.by_path.contains_key(text))
    {
        return None;
    }
    match schema.kind {
        Type::Boolean => text
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(Value::from),
        Type::Integer => text.parse::<i64>().ok().map(Value::from),
        Type::String
            if schema.values.is_empty() || schema.values.iter().any(|value| value == text) =>
        {
            Some(text.into())
        }
        _ => None,
    }
}

/// The rule that is probably meant. Its reason is for a person to write.
fn rule(
    smell: Smell,
    parameters: &[String],
    mentioned: &[Named],
    own: &str,
    own_first: bool,
) -> Option<Constraint> {
    let (each, short) = common_list(parameters);
    let values = |path: &str| {
        mentioned
            .iter()
            .find(|it| it.path == path)
            .map_or(&[][..], |it| &it.values)
    };
    let member = |path: &String| match values(path) {
        [] => Member::One(Fact::Present(short(path))),
        values => Member::One(Fact::Is(FactIs {
            parameter: short(path),
            values: values.to_vec(),
        })),
    };
    let present = |path: &String| Member::One(Fact::Present(short(path)));
    let members = |members: Vec<Member>| match <[Member; 1]>::try_from(members) {
        Ok([one]) => Members::One(one),
        Err(all) => Members::All(all),
    };
    let plain = |rule: RuleKind, parameters: Vec<Member>| Constraint {
        rule,
        name: None,
        each: each.clone(),
        parameters,
        condition: None,
        then: None,
        reason: String::new(),
    };
    let requires = |condition: Vec<Member>, then: Vec<Member>| Constraint {
        condition: Some(members(condition)),
        then: Some(members(then)),
        ..plain(RuleKind::Requires, Vec::new())
    };
    let all = || parameters.iter().map(present).collect();
    let (conditions, demands): (Vec<&String>, Vec<&String>) =
        parameters.iter().partition(|path| !values(path).is_empty());
    let split = || {
        let to_members =
            |paths: &[&String]| paths.iter().map(|path| member(path)).collect::<Vec<_>>();
        (!conditions.is_empty() && !demands.is_empty())
            .then(|| (to_members(&conditions), to_members(&demands)))
    };
    match smell {
        Smell::EitherOr => Some(plain(RuleKind::ExactlyOneOf, all())),
        Smell::AtLeastOne => Some(plain(RuleKind::AtLeastOneOf, all())),
        Smell::NotBoth => Some(plain(
            RuleKind::AtMostOneOf,
            parameters.iter().map(member).collect(),
        )),
        Smell::Together => Some(match split() {
            Some((condition, then)) => requires(condition, then),
            None => plain(RuleKind::AllOrNone, all()),
        }),
        Smell::RequiredWhen | Smell::OnlyWhen => {
            if smell == Smell::RequiredWhen
                && let Some((condition, then)) = split()
            {
                return Some(requires(condition, then));
            }
            // What is said at a parameter is said about it; elsewhere the last one named is meant.
            let subject = match parameters.iter().find(|path| *path == own) {
                Some(own) => own,
                None => demands.last()?,
            };
            let others = parameters
                .iter()
                .filter(|path| *path != subject)
                .map(member)
                .collect();
            Some(if (smell == Smell::RequiredWhen) ^ own_first {
                requires(others, vec![present(subject)])
            } else {
                requires(vec![member(subject)], others)
            })
        }
    }
}

/// The list whose elements all members are fields of, and what members are called then.
fn common_list(parameters: &[String]) -> (Option<String>, impl Fn(&str) -> String + use<>) {
    let list = parameters
        .first()
        .and_then(|first| first.split_once(".N."))
        .map(|(list, _)| list.to_owned());
    let prefix = list.as_ref().map(|list| format!("{list}.N."));
    let all = prefix.as_ref().is_some_and(|prefix| {
        parameters
            .iter()
            .all(|path| path.starts_with(prefix.as_str()))
    });
    let prefix = prefix.filter(|_| all);
    let each = list.filter(|_| all);
    (each, move |path: &str| match &prefix {
        Some(prefix) => path
            .strip_prefix(prefix.as_str())
            .unwrap_or(path)
            .to_owned(),
        None => path.to_owned(),
    })
}
