//! The kinds of facts that a metadata document states.
//!
//! Snapshots come from different places, and each leaves out other kinds of facts: some have no
//! responses, some no error codes, some no limits. An absent key then means nothing, so only what a
//! document *states* may change a spec:
//!
//! | kind | stated |
//! |---|---|
//! | parameters, response, error codes, permissions, method, signature and deprecation of the operation | where the operation has the key; empty is a statement |
//! | whether it reads or writes | where its tags say it |
//! | enumerations, formats, styles, deprecations of values | by every value of the document, as soon as one value has such a keyword |
//! | limits, patterns, defaults | where the value has the keyword: the vendor states most of them in prose only |
//! | types, and whether a parameter is required | always |
//! | the owner parameters, which clients fill in | as soon as one operation has one |
//! | fields | where the schema has `properties` or `additionalProperties` |
//!
//! A value that cannot be used (a limit that is not a number, a broken reference) states nothing
//! either.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::path;
use super::report::{Fact, Side};
use crate::spec::DEEPEST;

/// Parameters that say on whose behalf a call is made. Every operation takes them, and whole
/// snapshots leave them out.
const OWNERS: &[&str] = &[
    "OwnerAccount",
    "OwnerId",
    "ResourceOwnerAccount",
    "ResourceOwnerId",
];

/// The facts that a document states about one operation. What it never mentions, it does not deny.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The kinds of facts that it states.
    kinds: BTreeSet<(Side, Fact)>,
    /// The places at which it states nothing, although it states the kind elsewhere.
    silent: BTreeSet<String>,
    /// A limit, pattern or default that it leaves out is gone: so it is between two documents, of
    /// which neither has limits from prose.
    denies_limits: bool,
}

impl Known {
    /// Everything is stated: what is left out is not so.
    pub(crate) fn everything() -> Self {
        let sides = [Side::Operation, Side::Request, Side::Response];
        let kinds = sides
            .into_iter()
            .flat_map(|side| Fact::MERGED.map(|fact| (side, kind(fact))));
        Self {
            kinds: kinds.chain([(Side::Errors, Fact::Error)]).collect(),
            silent: BTreeSet::new(),
            denies_limits: true,
        }
    }

    /// The document states this fact, be it by leaving it out.
    #[must_use]
    pub fn states(&self, side: Side, fact: Fact, at: &str) -> bool {
        self.kinds.contains(&(side, kind(fact))) && !self.silent.contains(at)
    }

    /// The same, for a place in the notation of [`crate::spec::Departure::at`].
    #[must_use]
    pub fn speaks_of(&self, at: &str) -> bool {
        path::fact(at).is_none_or(|(side, fact)| self.states(side, fact, at))
    }

    /// Responses are described.
    #[must_use]
    pub fn responses(&self) -> bool {
        self.kinds.contains(&(Side::Response, Fact::Item))
    }

    /// A limit, pattern or default that is absent is denied.
    #[must_use]
    pub fn denies_limits(&self) -> bool {
        self.denies_limits
    }

    /// Takes an absent limit, pattern or default for a statement.
    pub(crate) fn deny_limits(&mut self) {
        self.denies_limits = true;
    }

    /// Leaves the kinds that `older`, a document about the same product, states too: what it never
    /// mentions is not new. That something is deprecated, sent or signed in another way is.
    pub(crate) fn limit_to(&mut self, older: &BTreeSet<(Side, Fact)>) {
        self.kinds.retain(|kind| {
            let news = matches!(kind.1, Fact::Deprecated | Fact::Method | Fact::Anonymous);
            news || older.contains(kind)
        });
    }

    /// The kinds of facts that are stated.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (Side, Fact)> {
        self.kinds.iter().copied()
    }

    pub(super) fn add(&mut self, side: Side, fact: Fact) {
        self.kinds.insert((side, fact));
    }

    /// What is there cannot be used.
    pub(super) fn forget(&mut self, side: Side, fact: Fact) {
        self.kinds.remove(&(side, fact));
    }

    pub(super) fn is_silent_at(&mut self, places: impl IntoIterator<Item = String>) {
        self.silent.extend(places);
    }
}

/// Kinds that come and go together: a document that has some limits has all that there are.
const fn kind(fact: Fact) -> Fact {
    match fact {
        Fact::Minimum
        | Fact::Maximum
        | Fact::MinLength
        | Fact::MaxLength
        | Fact::MinItems
        | Fact::MaxItems => Fact::Maximum,
        Fact::Message => Fact::Error,
        other => other,
    }
}

/// What the operations of a document state together, and each of them alone.
pub(super) struct Statements {
    everywhere: Known,
}

impl Statements {
    pub(super) fn of(apis: &Map<String, Value>, components: Option<&Map<String, Value>>) -> Self {
        let mut everywhere = Known::default();
        for (side, fact) in [
            (Side::Request, Fact::Type),
            (Side::Request, Fact::In),
            (Side::Request, Fact::Required),
            (Side::Response, Fact::Type),
        ] {
            everywhere.add(side, fact);
        }
        let mut owners = false;
        for api in apis.values() {
            for parameter in parameters(api) {
                owners |= parameter["name"]
                    .as_str()
                    .is_some_and(|name| OWNERS.contains(&name.trim()));
                if has(parameter, "style") {
                    everywhere.add(Side::Request, Fact::Style);
                }
                let schema = parameter.get("schema").unwrap_or(parameter);
                keywords(schema, Side::Request, &mut everywhere, 0);
            }
            for response in api
                .get("responses")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(Map::values)
            {
                if let Some(schema) = response.get("schema") {
                    keywords(schema, Side::Response, &mut everywhere, 0);
                }
            }
        }
        for schema in components.into_iter().flat_map(Map::values) {
            keywords(schema, Side::Request, &mut everywhere, 0);
            keywords(schema, Side::Response, &mut everywhere, 0);
        }
        if !owners {
            everywhere.is_silent_at(OWNERS.iter().map(|name| path::join("/parameters", name)));
        }
        Self { everywhere }
    }

    /// What the document states about one operation, but for what its tags say.
    pub(super) fn about(&self, api: &Map<String, Value>) -> Known {
        let mut known = self.everywhere.clone();
        for (key, side, fact) in [
            ("deprecated", Side::Operation, Fact::Deprecated),
            ("methods", Side::Operation, Fact::Method),
            ("security", Side::Operation, Fact::Anonymous),
            ("ramActions", Side::Operation, Fact::Permissions),
            ("parameters", Side::Request, Fact::Item),
            ("responses", Side::Response, Fact::Item),
            ("errorCodes", Side::Errors, Fact::Error),
        ] {
            if api.get(key).is_some_and(|value| !value.is_null()) {
                known.add(side, fact);
            }
        }
        known
    }
}

fn parameters(api: &Value) -> impl Iterator<Item = &Value> {
    let parameters = api.get("parameters").and_then(Value::as_array);
    parameters.into_iter().flatten()
}

fn has(value: &Value, keyword: &str) -> bool {
    value.get(keyword).is_some_and(|value| !value.is_null())
}

/// Notes the keywords of a schema and of those within.
fn keywords(schema: &Value, side: Side, known: &mut Known, depth: usize) {
    // Beyond, it is cut.
    if depth > DEEPEST {
        return;
    }
    for (keyword, fact) in [
        ("format", Fact::Format),
        ("deprecated", Fact::Deprecated),
        ("enum", Fact::Enum),
        ("default", Fact::Default),
        ("pattern", Fact::Pattern),
        ("minimum", Fact::Maximum),
        ("maximum", Fact::Maximum),
        ("exclusiveMinimum", Fact::Maximum),
        ("exclusiveMaximum", Fact::Maximum),
        ("minLength", Fact::Maximum),
        ("maxLength", Fact::Maximum),
        ("minItems", Fact::Maximum),
        ("maxItems", Fact::Maximum),
    ] {
        if has(schema, keyword) {
            known.add(side, fact);
        }
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let inner = properties.into_iter().flat_map(Map::values);
    let others = ["items", "additionalProperties"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword));
    for schema in inner.chain(others) {
        keywords(schema, side, known, depth + 1);
    }
}
