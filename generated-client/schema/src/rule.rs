//! The rules between fields of one record: what they are, what they demand, and how they are said.
//!
//! What a kind of rule means stands here once: requests are checked by it, the generator asks by it
//! whether any request can keep the rules of a spec, and documentation says it.

use std::fmt::Display;

use crate::record::{Kind, Schema};

/// A rule between fields of one record.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The kind of the rule.
    pub kind: RuleKind,
    /// The list whose every element the rule is about; members are then fields of the element.
    pub each: &'static [&'static str],
    /// The members; of [`RuleKind::Requires`], the conditions, which must all hold.
    pub members: &'static [Predicate],
    /// For [`RuleKind::Requires`], the predicates that must all hold then.
    pub then: &'static [Predicate],
    /// The reason, in words.
    pub reason: &'static str,
}

impl Rule {
    /// A rule of a kind that has one set of members.
    pub const fn new(kind: RuleKind, members: &'static [Predicate], reason: &'static str) -> Self {
        Self {
            kind,
            each: &[],
            members,
            then: &[],
            reason,
        }
    }

    /// If all of `members` hold, all of `then` must hold.
    pub const fn requires(
        members: &'static [Predicate],
        then: &'static [Predicate],
        reason: &'static str,
    ) -> Self {
        Self {
            kind: RuleKind::Requires,
            each: &[],
            members,
            then,
            reason,
        }
    }

    /// The rule is about every element of this list.
    pub const fn each(mut self, list: &'static [&'static str]) -> Self {
        self.each = list;
        self
    }
}

/// The kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleKind {
    /// One member holds, no other does.
    ExactlyOneOf,
    /// No two members hold.
    AtMostOneOf,
    /// Some member holds.
    AtLeastOneOf,
    /// All members hold, or none does.
    AllOrNone,
    /// If all of `members` hold, all of `then` must hold.
    Requires,
}

/// A count of the members of a rule that hold. Of some it may not be known yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number that hold.
    pub holding: usize,
    /// The number that do not.
    pub failing: usize,
    /// The number of members.
    pub all: usize,
}

impl Tally {
    /// Counts members: whether each holds, where that is known.
    pub fn new(members: impl IntoIterator<Item = Option<bool>>) -> Self {
        let mut tally = Self::default();
        for holds in members {
            tally.all += 1;
            tally.holding += usize::from(holds == Some(true));
            tally.failing += usize::from(holds == Some(false));
        }
        tally
    }
}

impl RuleKind {
    /// The rule is broken, however those members turn out of which nothing is known yet. `then` counts
    /// what a rule with conditions demands.
    pub fn is_broken(self, members: Tally, then: impl FnOnce() -> Tally) -> bool {
        let Tally {
            holding,
            failing,
            all,
        } = members;
        match self {
            Self::ExactlyOneOf => holding > 1 || failing == all,
            Self::AtMostOneOf => holding > 1,
            Self::AtLeastOneOf => failing == all,
            Self::AllOrNone => holding > 0 && failing > 0,
            Self::Requires => holding == all && then().failing > 0,
        }
    }

    /// The members are conditions of others, which the rule demands.
    pub const fn has_conditions(self) -> bool {
        matches!(self, Self::Requires)
    }

    /// Two members that hold break the rule: it is a choice between them.
    pub const fn is_choice(self) -> bool {
        matches!(self, Self::ExactlyOneOf | Self::AtMostOneOf)
    }

    /// The rule is broken where no member holds.
    pub fn needs_one(self) -> bool {
        self.is_broken(Tally::new([Some(false)]), Tally::default)
    }

    /// The demand of the rule in words, given those for its members. Where it has conditions,
    /// `members` ends with the verb (`A requires`).
    pub fn words(self, members: impl Display, then: impl Display) -> String {
        match self {
            Self::ExactlyOneOf => format!("exactly one of {members}"),
            Self::AtMostOneOf => format!("at most one of {members}"),
            Self::AtLeastOneOf => format!("at least one of {members}"),
            Self::AllOrNone => format!("all or none of {members}"),
            Self::Requires => format!("{members} {then}"),
        }
    }

    /// What makes a sentence of these words.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::AtMostOneOf => " is allowed",
            Self::ExactlyOneOf | Self::AtLeastOneOf => " is required",
            Self::AllOrNone => " must be given",
            Self::Requires => "",
        }
    }
}

/// A member of a rule: a parameter is present, or is present with one of given values, or any of
/// several such members holds.
///
/// *Present* means: it would be written into the request. An absent value, an empty list and an
/// object with nothing in it are not.
#[derive(Clone, Copy, Debug)]
pub enum Predicate {
    /// A field is present, with one of some values.
    Field {
        /// Field names from the record of the rule inward. A step through a list means: some
        /// element.
        path: &'static [&'static str],
        /// The values of which it has one; empty for any value.
        values: &'static [&'static str],
    },
    /// A group: some of these holds. To the rule it is one member, however many hold.
    Any(&'static [Predicate]),
}

impl Predicate {
    /// The field is present.
    pub const fn given(path: &'static [&'static str]) -> Self {
        Self::is(path, &[])
    }

    /// The field has one of the values.
    pub const fn is(path: &'static [&'static str], values: &'static [&'static str]) -> Self {
        Self::Field { path, values }
    }

    /// Any of the members holds.
    pub const fn any(members: &'static [Predicate]) -> Self {
        Self::Any(members)
    }
}

/// Members of a group, of which one is enough, in words: `A, B or C`. Where some have an "or" of their
/// own (`A = 1 or 2`), the one between them needs a comma. Among others, a group is in parentheses.
pub fn group_in_words(members: &[String], has_or: bool, among_others: bool) -> String {
    let text = match members {
        [members @ .., last] if !members.is_empty() && !has_or => {
            format!("{} or {last}", members.join(", "))
        }
        members => members.join(", or "),
    };
    match among_others && members.len() > 1 {
        true => format!("({text})"),
        false => text,
    }
}

/// The markup of the names of fields and their values in a sentence.
#[derive(Clone, Copy)]
pub struct Markup {
    /// Marks a name.
    pub name: fn(&str) -> String,
    /// Marks a value.
    pub value: fn(&str) -> String,
}

/// A rule of this schema as a sentence without its full stop, for documentation.
#[inline]
pub fn sentence(rule: &Rule, schema: &Schema, markup: Markup) -> String {
    let (within, each) = match rule.each {
        [] => (Some(schema), String::new()),
        each => {
            let list = (markup.name)(&name(each, Some(schema), String::new()));
            let within = each.iter().try_fold(schema, |schema, step| {
                object_in(schema.fields[schema.index_of(step)?].kind)
            });
            (within, format!(" in each element of {list}"))
        }
    };
    let say = |members: &[Predicate], separator: &str| {
        let among_others = members.len() > 1;
        let members: Vec<_> = members
            .iter()
            .map(|member| predicate_in_words(member, within, among_others, markup))
            .collect();
        members.join(separator)
    };
    let words = match rule.kind.has_conditions() {
        true => {
            let conditions = say(rule.members, " together with ");
            let subject = format!("{conditions} requires");
            rule.kind.words(subject, say(rule.then, " and "))
        }
        false => rule.kind.words(say(rule.members, ", "), ""),
    };
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let first = first.filter(|_| !rule.kind.has_conditions());
    match first {
        Some(first) => format!("{first}{}{each}", letters.as_str()),
        None => format!("{words}{each}"),
    }
}

#[inline]
fn predicate_in_words(
    predicate: &Predicate,
    schema: Option<&Schema>,
    among_others: bool,
    markup: Markup,
) -> String {
    match *predicate {
        Predicate::Field { path, values } => {
            let name = (markup.name)(&name(path, schema, String::new()));
            let values: Vec<_> = values.iter().map(|value| (markup.value)(value)).collect();
            match values.as_slice() {
                [] => name,
                values => format!("{name} = {}", values.join(" or ")),
            }
        }
        Predicate::Any(group) => {
            let has_or = group.iter().any(|member| match member {
                Predicate::Field { values, .. } => values.len() > 1,
                Predicate::Any(_) => true,
            });
            let words = group.iter();
            let words: Vec<_> = words
                .map(|member| predicate_in_words(member, schema, true, markup))
                .collect();
            group_in_words(&words, has_or, among_others)
        }
    }
}

/// The name of a field on the wire behind that of the record, `N` standing for the number of some
/// element.
pub(crate) fn name(steps: &[&str], mut schema: Option<&Schema>, mut name: String) -> String {
    for (index, step) in steps.iter().enumerate() {
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(step);
        let Some(field) = schema.and_then(|schema| Some(&schema.fields[schema.index_of(step)?]))
        else {
            continue;
        };
        let mut kind = field.kind;
        while let Kind::List(element) = kind {
            if index + 1 < steps.len() {
                name.push_str(".N");
            }
            kind = element.kind;
        }
        schema = object_in(kind);
    }
    name
}

/// The schema of an object, or of those in a list.
fn object_in(mut kind: Kind) -> Option<&'static Schema> {
    while let Kind::List(element) = kind {
        kind = element.kind;
    }
    match kind {
        Kind::Object(schema) => Some(schema),
        _ => None,
    }
}
