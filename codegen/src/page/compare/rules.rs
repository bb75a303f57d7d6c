//! Rules between parameters: sentences such as *either A or B, but not both*.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use alicloud_schema::record;
use regex_lite::Regex;
use serde_json::Value;

use super::super::align::Alignment;
use super::super::facts::sentences;
use super::super::model::Fields;
use super::super::shift::Shift;
use super::super::tables::short;
use super::super::text::Text;
use super::{Compare, Edit, field_of, wire};
use crate::diagnostic::Code;
use crate::import::suggest::{self, Names, Smell};
use crate::spec::{Constraint, Fact, Member, RuleKind};
use crate::tree::Span;

/// A rule that a sentence of the page states.
struct Claim {
    kind: RuleKind,
    /// The parameters, as paths of the operation.
    members: BTreeSet<String>,
    /// The same, as the page writes them.
    written: Vec<String>,
    /// It holds only where these parameters are wanted at all.
    conditional: bool,
    span: Span,
    /// The parameter at whose description it stands.
    beside: String,
}

impl Claim {
    /// What the sentence says, as a departure records it.
    fn says(&self) -> Option<String> {
        let names = self.written.iter().map(|name| format!("`{name}`"));
        let names: Vec<String> = names.collect();
        let (last, rest) = names.split_last()?;
        let all = format!("{} and {last}", rest.join(", "));
        Some(match self.kind {
            RuleKind::AtMostOneOf => format!("not {all} together"),
            RuleKind::AtLeastOneOf => format!("at least one of {all} must be set"),
            _ if self.conditional => format!("only one of {all} may be set"),
            _ => format!("one of {all} must be set"),
        })
    }
}

impl Compare<'_> {
    pub(super) fn rules(
        &mut self,
        table: &Fields,
        alignment: &Alignment<'_>,
        shift: Option<&Shift>,
    ) {
        let paths = suggest::paths(&self.spec.operation);
        let names = Names::new(&paths);
        let mut claims = Vec::new();
        for aligned in &alignment.rows {
            let owner = shift.map_or(aligned.row, |shift| shift.owner[aligned.row]);
            let field = alignment.rows.get(owner).and_then(field_of);
            let beside = field.map(|field| wire(&field.at)).unwrap_or_default();
            let beside = beside.trim_end_matches(".N");
            for line in &table.rows[aligned.row].description {
                self.claims(&names, &line.text, beside, &mut claims);
            }
        }
        let page = self.page;
        for line in &page.description {
            self.claims(&names, &line.text, "", &mut claims);
        }
        for claim in &claims {
            self.claim(claim);
        }
        if self.reviewed {
            self.unstated(table, &claims);
        }
    }

    fn claims(&mut self, names: &Names<'_>, text: &Text, beside: &str, claims: &mut Vec<Claim>) {
        // What one sentence sets the case for, the next ones of the paragraph say of that case.
        let mut case = false;
        for range in sentences(text.as_str()) {
            let sentence = text.slice(range).trim();
            let earlier = case;
            case |= sets_case(sentence.as_str());
            if sentence.as_str().len() > 1000 {
                continue;
            }
            let text = sentence.as_str();
            if text.contains("arameter") || text.contains("参数") {
                self.unknown_names(names, &sentence, beside);
            }
            // Being ignored is no error.
            if earlier
                || speaks_of_groups(text)
                || !demands(sentence.as_str())
                || speaks_of_ignoring(sentence.as_str())
            {
                continue;
            }
            let Some((smell, mut parameters)) = suggest::claim(names, beside, sentence.as_str())
            else {
                continue;
            };
            let both = not_both(sentence.as_str());
            let some_only = or_both(text) || (!both && demands_some_only(text));
            let conditional = is_conditional(text);
            let kind = match smell {
                // What demands something in some case only, and forbids nothing, is no rule.
                Smell::EitherOr | Smell::AtLeastOne if some_only && conditional => continue,
                Smell::EitherOr if !some_only => RuleKind::ExactlyOneOf,
                Smell::EitherOr | Smell::AtLeastOne => RuleKind::AtLeastOneOf,
                Smell::NotBoth => RuleKind::AtMostOneOf,
                _ => continue,
            };
            // A sentence about two others only stands at this parameter.
            if parameters.len() > 2 && !is_written(&sentence, beside) {
                parameters.retain(|parameter| parameter != beside);
            }
            if parameters.len() < 2 {
                continue;
            }
            let written = written(&sentence, &parameters);
            claims.push(Claim {
                kind,
                members: parameters.into_iter().collect(),
                written,
                conditional,
                span: sentence.span(),
                beside: beside.to_owned(),
            });
        }
    }

    /// Names that a sentence calls parameters and that are none.
    fn unknown_names(&mut self, names: &Names<'_>, sentence: &Text, beside: &str) {
        static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r"([A-Z][A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*)\s*(?:parameters?\b|参数)|(?:parameters?|参数)\s*([A-Z][A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*)").ok()
        });
        let Some(regex) = NAMED.as_ref() else { return };
        for found in regex.captures_iter(sentence.as_str()) {
            let Some(name) = found.get(1).or_else(|| found.get(2)) else {
                continue;
            };
            // A parameter of something else, or of the response.
            let before =
                sentence.as_str()[..found.get(0).map_or(0, |found| found.start())].trim_end();
            let after = &sentence.as_str()[found.get(0).map_or(0, |found| found.end())..];
            let elsewhere = before.to_lowercase().ends_with("response")
                || before.ends_with("返回")
                || after.trim_start_matches(['`', '*']).starts_with(" of ");
            if elsewhere
                || self.knows(name.as_str(), beside)
                || self.is_of_another_operation(name.as_str())
            {
                continue;
            }
            let span = sentence.span_of(name.range());
            let at = Self::place_of(beside);
            let near = self.near(name.as_str());
            // The rule that the sentence states tells of it.
            let stated = suggest::claim(names, beside, sentence.as_str()).is_some_and(
                |(smell, parameters)| {
                    parameters.len() > 1
                        && matches!(smell, Smell::EitherOr | Smell::NotBoth | Smell::AtLeastOne)
                },
            );
            if stated && near.is_some() {
                continue;
            }
            let says = format!("names `{}`", short(name.as_str()));
            let message = format!(
                "the page names `{}`, which is no parameter of this operation",
                short(name.as_str())
            );
            let mut difference =
                self.difference(Code::PageUnknownName, span, &at, says.into(), message);
            if let Some(near) = near {
                difference.diagnostic = difference.diagnostic.label(format!("`{near}` is"));
            }
            self.push(difference);
        }
    }

    fn place_of(beside: &str) -> String {
        let first = beside.split('.').next().unwrap_or_default();
        if first.is_empty() {
            "/description".to_owned()
        } else {
            format!("/parameters/{first}/description")
        }
    }

    /// Whether a name is one of the request or the response, as the page may write it.
    fn knows(&self, name: &str, beside: &str) -> bool {
        let operation = &self.spec.operation;
        let plain = without_positions(name);
        let last = plain.rsplit('.').next().unwrap_or(&plain).to_owned();
        let mut found = false;
        names(operation, &mut |known| {
            found |= known == plain || known == last;
        });
        found || beside.split('.').any(|step| step == plain) || plain == operation.operation
    }

    /// Whether the page says that a parameter is set, or a value is found, with another operation.
    fn is_of_another_operation(&self, name: &str) -> bool {
        static CALLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(
                r"(?:\b(?:[Cc]all|[Cc]alling|[Ii]nvoke|[Ii]nvoking)\s+(?:the\s+)?|调用\s*)`?([A-Z][a-z0-9]+[A-Z][A-Za-z0-9]*)",
            )
            .ok()
        });
        let Some(called) = CALLED.as_ref() else {
            return false;
        };
        let own = self.spec.operation.operation.as_str();
        let rows = self.page.request.iter().flat_map(|table| &table.rows);
        let lines = rows.flat_map(|row| &row.description);
        self.page.description.iter().chain(lines).any(|line| {
            let text = line.text.as_str();
            text.contains(name)
                && sentences(text).into_iter().any(|range| {
                    let sentence = &text[range];
                    let mut others = called.captures_iter(sentence).map(|found| found[1] != *own);
                    sentence.contains(name) && others.any(|other| other)
                })
        })
    }

    fn near(&self, name: &str) -> Option<String> {
        let mut all = Vec::new();
        names(&self.spec.operation, &mut |known| {
            all.push(known.to_owned());
        });
        let plain = without_positions(name);
        crate::check::nearest(&plain, all.iter().map(String::as_str)).map(str::to_owned)
    }

    /// Whether the rules of the spec say what a sentence says.
    fn claim(&mut self, claim: &Claim) {
        let operation = &self.spec.operation;
        let rules: Vec<(usize, RuleKind, BTreeSet<String>)> = operation
            .constraints
            .iter()
            .enumerate()
            .map(|(index, rule)| {
                (
                    index,
                    rule.rule,
                    suggest::parameters(rule).into_iter().collect(),
                )
            })
            .collect();
        // A rule on a list or an object is one on all within.
        let covers = |rule: &BTreeSet<String>, member: &String| {
            rule.iter().any(|known| {
                let below = member.strip_prefix(known.as_str());
                below.is_some_and(|below| below.is_empty() || below.starts_with('.'))
            })
        };
        let all_in = |rule: &BTreeSet<String>| {
            let mut members = claim.members.iter();
            members.all(|member| covers(rule, member))
        };
        let at_most = rules.iter().find(|(_, kind, members)| {
            matches!(kind, RuleKind::AtMostOneOf | RuleKind::ExactlyOneOf) && all_in(members)
        });
        let required = claim.members.iter().any(|member| {
            operation
                .parameters
                .iter()
                .any(|parameter| parameter.name == *member && parameter.schema.required)
        });
        let at_least = required
            || rules.iter().any(|(_, kind, members)| {
                matches!(kind, RuleKind::AtLeastOneOf | RuleKind::ExactlyOneOf)
                    && members.is_subset(&claim.members)
            });
        let needs_most = claim.kind != RuleKind::AtLeastOneOf;
        let needs_least = claim.kind != RuleKind::AtMostOneOf && !claim.conditional;
        if (at_most.is_some() || !needs_most) && (at_least || !needs_least) {
            self.misnamed(claim, at_most.map(|(index, ..)| *index));
            return;
        }
        // A rule of another kind on all of them says it in its own way.
        let other = rules.iter().find(|(_, kind, members)| {
            matches!(kind, RuleKind::Requires | RuleKind::AllOrNone) && all_in(members)
        });
        if other.is_some() {
            return;
        }
        let Some(says) = claim.says() else { return };
        let unknown: Vec<&String> = claim
            .written
            .iter()
            .filter(|name| !self.knows(name, &claim.beside))
            .collect();
        let (at, message, place) = match at_most.filter(|_| needs_least) {
            Some((index, ..)) => {
                let at = rule_place(operation, *index);
                let message =
                    format!("the page says that {says}; the rule of the spec allows none of them");
                (at.clone(), message, self.place(&at))
            }
            None => {
                let message = format!("the page says that {says}; the spec has no such rule");
                (
                    "/constraints".to_owned(),
                    message,
                    self.place("/constraints"),
                )
            }
        };
        let adds = at == "/constraints";
        let duplicate = adds
            && self.found.iter().any(|found| {
                matches!(&found.edit, Some(Edit::Rule(rule))
                    if suggest::parameters(rule).into_iter().collect::<BTreeSet<_>>() == claim.members)
            });
        if duplicate {
            return;
        }
        let mut difference =
            self.difference(Code::PageRule, claim.span, &at, Value::from(says), message);
        if let [first, ..] = unknown.as_slice() {
            difference.diagnostic = difference.diagnostic.label(format!(
                "`{}` is no parameter of this operation",
                short(first)
            ));
        }
        difference.diagnostic = difference
            .diagnostic
            .also(place, if adds { "not among these" } else { "this rule" });
        if adds {
            difference.edit = self.rule(claim).map(Edit::Rule);
        }
        self.push(difference);
    }

    /// A sentence that the rules of the spec cover, with a name that is none.
    fn misnamed(&mut self, claim: &Claim, rule: Option<usize>) {
        let Some(unknown) = claim
            .written
            .iter()
            .find(|name| !self.knows(name, &claim.beside))
        else {
            return;
        };
        let at = rule.map_or_else(
            || Self::place_of(&claim.beside),
            |rule| rule_place(&self.spec.operation, rule),
        );
        let says = format!("names `{}`", short(unknown));
        let message = format!(
            "the page names `{}`, which is no parameter of this operation",
            short(unknown)
        );
        let mut difference =
            self.difference(Code::PageUnknownName, claim.span, &at, says.into(), message);
        if let Some(near) = self.near(unknown) {
            difference.diagnostic = difference.diagnostic.label(format!("`{near}` is"));
        }
        self.push(difference);
    }

    /// The rule that a sentence states; none about fields within lists, which take more than a name.
    fn rule(&self, claim: &Claim) -> Option<Constraint> {
        if claim.members.iter().any(|member| member.contains(".N.")) {
            return None;
        }
        let date = self
            .page
            .date
            .as_deref()
            .map_or(String::new(), |date| format!(" of {date}"));
        let beside = if claim.beside.is_empty() {
            String::new()
        } else {
            format!(", at `{}`", claim.beside)
        };
        let kind = if claim.conditional && claim.kind == RuleKind::ExactlyOneOf {
            RuleKind::AtMostOneOf
        } else {
            claim.kind
        };
        let order = |member: &String| {
            self.spec
                .operation
                .parameters
                .iter()
                .position(|parameter| parameter.name == *member)
        };
        let mut members: Vec<String> = claim.members.iter().cloned().collect();
        members.sort_by_key(order);
        Some(Constraint {
            rule: kind,
            name: None,
            each: None,
            parameters: members
                .into_iter()
                .map(|member| Member::One(Fact::Present(member)))
                .collect(),
            condition: None,
            then: None,
            reason: format!("Stated on the vendor's page{date}{beside}."),
        })
    }

    /// Rules of a reviewed spec that no sentence of the page states any more.
    fn unstated(&mut self, table: &Fields, claims: &[Claim]) {
        let operation = &self.spec.operation;
        for (index, rule) in operation.constraints.iter().enumerate() {
            let members: BTreeSet<String> = suggest::parameters(rule).into_iter().collect();
            let kind = record::RuleKind::from(rule.rule);
            let (most, least) = (kind.is_choice(), kind.needs_one());
            let stated = claims.iter().any(|claim| {
                let same = most && claim.kind != RuleKind::AtLeastOneOf
                    || least && claim.kind != RuleKind::AtMostOneOf;
                !most && !least || same && claim.members.is_subset(&members)
            });
            if stated {
                continue;
            }
            let at = rule_place(operation, index);
            // A departure that quotes the page about the rule tells of it.
            if operation
                .departures
                .iter()
                .any(|departure| departure.at == at && !departure.source.is_null())
            {
                continue;
            }
            let list: Vec<String> = members.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("the page does not state the rule on {}", list.join(", "));
            let place = self.place(&at);
            let span = operation
                .parameters
                .iter()
                .find(|parameter| members.contains(&parameter.name))
                .and_then(|parameter| table.rows.iter().find(|row| row.is_called(&parameter.name)))
                .map_or(table.title, super::super::model::Row::span);
            let mut difference = self.difference(Code::PageRule, span, &at, Value::Null, message);
            difference.diagnostic = difference
                .diagnostic
                .label("nothing of it here")
                .also(place, "this rule");
            self.push(difference);
        }
    }
}

fn rule_place(operation: &crate::spec::Operation, index: usize) -> String {
    let name = operation
        .constraints
        .get(index)
        .and_then(|rule| rule.name.clone());
    format!("/constraints/{}", name.unwrap_or_else(|| index.to_string()))
}

/// The parameters of a claim in the words of the sentence, and in its order: `Ipv6Addresses.N` for
/// `Ipv6Address`.
fn written(sentence: &Text, parameters: &[String]) -> Vec<String> {
    static WORD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*").ok());
    let Some(regex) = WORD.as_ref() else {
        return parameters.to_vec();
    };
    let words: Vec<&str> = regex
        .find_iter(sentence.as_str())
        .map(|word| word.as_str())
        .collect();
    let mut written: Vec<(usize, String)> = parameters
        .iter()
        .map(|parameter| {
            let last = parameter.rsplit('.').next().unwrap_or(parameter);
            let is_exact = |word: &&str| {
                let plain = without_positions(word);
                plain == last || plain == without_positions(parameter)
            };
            let is_near = |word: &&str| {
                let plain = without_positions(word);
                plain.strip_suffix('s') == Some(last)
                    || plain.strip_suffix("es") == Some(last)
                    || last.strip_suffix('s') == Some(plain.as_str())
            };
            let exact = words.iter().position(is_exact);
            let found = exact.or_else(|| words.iter().position(is_near));
            found.map_or((usize::MAX, parameter.clone()), |at| {
                (at, words[at].to_owned())
            })
        })
        .collect();
    written.sort();
    written.into_iter().map(|(_, word)| word).collect()
}

/// Whether a sentence names a parameter.
fn is_written(sentence: &Text, parameter: &str) -> bool {
    written(sentence, &[parameter.to_owned()])
        .first()
        .is_some_and(|word| sentence.as_str().contains(word.as_str()))
}

/// `Tag.N.Key` as `Tag.Key`, `Address.1` as `Address`.
fn without_positions(name: &str) -> String {
    let steps = name.split('.').filter(|step| {
        !matches!(*step, "N" | "n" | "M" | "m" | "X")
            && !step.bytes().all(|byte| byte.is_ascii_digit())
    });
    steps.collect::<Vec<_>>().join(".")
}

/// The names of parameters and fields, and of those within them by their last names and by paths.
fn names(operation: &crate::spec::Operation, each: &mut impl FnMut(&str)) {
    fn within(path: &str, schema: &crate::spec::Schema, each: &mut impl FnMut(&str)) {
        if let Some(items) = &schema.items {
            within(path, items, each);
        }
        for (name, property) in &schema.properties {
            each(name);
            let path = format!("{path}.{name}");
            each(&path);
            within(&path, property, each);
        }
    }
    for parameter in &operation.parameters {
        each(&parameter.name);
        within(&parameter.name, &parameter.schema, each);
    }
    if let Some(response) = &operation.response {
        within("", response, each);
    }
}

fn is(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

fn speaks_of_ignoring(sentence: &str) -> bool {
    static IGNORED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:ignored?|takes? precedence|prevails?|does not take effect|becomes? invalid|invalid)\b|忽略|失效|不生效|无效|优先|为准").ok()
    });
    is(&IGNORED, sentence)
}

/// Words that a rule between parameters is stated with. Looser ones are for people to judge, as
/// `import --suggest-rules` lists them.
fn demands(sentence: &str) -> bool {
    static DEMANDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\bnot both\b|\bonly one of\b|\bexactly one\b|\bat least one\b|mutually exclusive|\b(?:must|need to|have to|required to)\b.{0,60}\b(?:either|one of)\b|\b(?:must|need to|have to) (?:specify|set|configure|provide) (?:the )?[`*]*(?-i:[A-Z])[A-Za-z0-9_.]*[`*]*(?: parameter)? or (?:the )?[`*]*(?-i:[A-Z])|\beither\b.{1,120}\bor\b|(?:can ?not|can't|must not|may not|not allowed|not supported).{0,160}(?:at the same time|simultaneously|together|in the same request|both)|(?:不能|不可|不可以|不支持|无法|不允许|不得|禁止|请勿)(?:与.{1,60})?(?:同时|一起|一同)|互斥|(?:二|两|三|2|3)(?:者|个)?(?:必)?(?:选|择)(?:一|1|其一)|至少.{0,30}(?:一个|一项|其一|之一|1个)|(?:必须|需要?|只能|仅能).{0,80}(?:其中|之|中的?)(?:一个|一种|一项|之一|其一|一)|有且(?:只|仅)|(?:必须|需要?)(?:指定|设置|传入|填写|提供)\s*[`*]*[A-Z][A-Za-z0-9_.]*[`*]*\s*(?:参数)?\s*或者?\s*[`*]*[A-Z]").ok()
    });
    is(&DEMANDS, sentence)
}

/// *Either A or B, or both* demands one of them and allows all.
fn or_both(sentence: &str) -> bool {
    static BOTH: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\bor both\b|\band/or\b|或者?(?:两者)?(?:都|同时)").ok());
    is(&BOTH, sentence)
}

fn not_both(sentence: &str) -> bool {
    static BOTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)not both|only one|exactly one|不能同时|不可同时|二选一|二者选一|有且仅有|其中一个|其中之一").ok()
    });
    is(&BOTH, sentence)
}

/// `You must specify A or B` demands one of them, and may allow both.
fn demands_some_only(sentence: &str) -> bool {
    static SOME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)at least one|至少|\bone of\b").ok());
    is(&SOME, sentence)
}

/// A sentence that says when what follows holds.
fn sets_case(sentence: &str) -> bool {
    static CASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^[\s>•-]*(?:if|when) .*\b(?:is set to|is|=)\b|^[\s>•-]*(?:如果|若|当).*(?:为|是|=)").ok()
    });
    is(&CASE, sentence)
}

/// `The period (A and B) or the date (C)`: what excludes what are groups, which is for people to judge.
fn speaks_of_groups(sentence: &str) -> bool {
    static GROUPS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"[(（][^()（）]*[A-Z][^()（）]*(?: and |和|、)[^()（）]*[)）]").ok()
    });
    is(&GROUPS, sentence)
}

/// A sentence about a wish or a case: where it is not so, it demands nothing.
fn is_conditional(sentence: &str) -> bool {
    static CASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i)^[\s>•-]*(?:to |if |when |for |in )|^[\s>•-]*(?:如果|若|当|如需|要)|\bif you (?:want|need)",
        )
        .ok()
    });
    static ALWAYS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^\s*(?:when|to) (?:you )?(?:call|invoke|use) this|^\s*调用(?:该|本)接口时")
            .ok()
    });
    is(&CASE, sentence) && !is(&ALWAYS, sentence)
}
