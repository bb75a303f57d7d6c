//! Drift: the changes that newer metadata would make, and their effect on users of the generated
//! crate.
//!
//! The comparison is that of the import: the drift is what an import would change. Departures that
//! a spec documents are not drift as long as the metadata says what they record. Facts that the
//! metadata does not state ([`crate::import::Known`]) are not compared.
//!
//! # Effects
//!
//! Every change is classified by its effect on code that uses the regenerated crate:
//!
//! | effect | means | such as |
//! |---|---|---|
//! | breaking | code that compiled may not compile | an operation, parameter, response field or error code is gone; a type changed; a parameter became required (it is an argument of `new`) or optional (the field becomes an `Option`) |
//! | behaviour | the code compiles, the call is sent or repeated differently | another place or style of a parameter, another method, read became write, a region is reached under another host |
//! | tightened | requests that passed validation may not | a lower maximum, a value struck from an enumeration |
//! | loosened | requests that failed validation pass | a higher maximum, a new value |
//! | additive | there is more to use | a new operation, optional parameter, response field, error code |
//! | documentation | the same to the compiler and on the wire | deprecations, defaults, another status for a code |
//!
//! Facts alone do not show what breaks, so that is derived from the names and types of the code
//! that would be generated from both states. A change of a fact that breaks nothing is reported
//! with its real effect, and a break that follows from no single fact (a renamed type, required
//! parameters in another order, a constant whose value was removed) has an entry of its own.
//!
//! A new optional parameter is additive because requests are made with `new` and setters, or with
//! `..` and another request; code that writes out every field of a request has to add the new one.
//! Responses and error codes are `#[non_exhaustive]`.
//!
//! # As JSON
//!
//! A [`Drift`] serializes to an object. The names of its keys are stable within a major version;
//! new ones may be added:
//!
//! | key | what |
//! |---|---|
//! | `product`, `version` | the vendor's code of the product, and the version of its API |
//! | `before`, `after` | how many operations there were and are |
//! | `bump` | the part of the version that a release with these changes raises: `none`, `patch`, `minor` or `major`; see [`release`] for versions before 1.0 |
//! | `requestsOnly` | `true` where the newer metadata has no responses and errors |
//! | `entries` | the changes, the gravest first; see below |
//! | `departures` | documented departures that need attention: `operation`, `at`, `state`, `now` |
//! | `kept` | how much could not be compared, by kind |
//! | `unresolved` | the operations of which it cannot be told what breaks, because a path in them leads nowhere: `operation`, `path` |
//!
//! | key of an entry | what |
//! |---|---|
//! | `effect` | one of `breaking`, `behaviour`, `tightened`, `loosened`, `additive`, `documentation` |
//! | `operation` | its name on the wire; empty for the product |
//! | `at` | the place in the spec: keys from the top, elements of lists by name, `/parameters/Tag/items/maxLength` |
//! | `side` | `product`, `operation`, `request`, `response` or `errors` |
//! | `fact` | what changed: a keyword of the spec, or `operation`, `item`, `error`, `endpoint`, `signatures`, `derived`, `rule`, `waiter`, `mark`, `words`, `rust` |
//! | `text` | the change in words, without the operation |
//! | `instead` | what to write instead, of what breaks or is deprecated; left out where there is no such thing |
//! | `old`, `new` | the values; `null` for what is not there |

mod api;
mod classify;
mod own;
mod print;
pub mod release;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::import::{
    self, DepartureNote, Fact, ImportError, Kept, Known, Options, Side, Source, Sourced, Specs,
};
use crate::spec::Operation;
use crate::tables::Unresolved;
use crate::types;

/// The effect of a change on users of the generated crate, most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Code that compiled may not compile.
    Breaking,
    /// The call is sent or repeated differently.
    Behaviour,
    /// Requests that passed validation may not.
    Tightened,
    /// Requests that failed validation pass.
    Loosened,
    /// There is more to use.
    Additive,
    /// The same to the compiler and on the wire.
    Documentation,
}

impl Effect {
    /// All, the gravest first.
    pub const ALL: [Self; 6] = [
        Self::Breaking,
        Self::Behaviour,
        Self::Tightened,
        Self::Loosened,
        Self::Additive,
        Self::Documentation,
    ];
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The effect on users.
    pub effect: Effect,
    /// The operation; empty for the product.
    pub operation: String,
    /// The place, in the notation of [`crate::spec::Departure::at`].
    pub at: String,
    /// The part of the generated API.
    pub side: Side,
    /// The fact that changed.
    pub fact: Fact,
    /// The change in words, without the operation.
    pub text: String,
    /// The replacement for what breaks or is deprecated, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// The value before; `null` if there was none.
    pub old: Value,
    /// The value now; `null` if there is none.
    pub new: Value,
}

/// All changes from specs, or older metadata, to newer metadata.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// The vendor's code of the product.
    pub product: String,
    /// The API version.
    pub version: String,
    /// Operations before.
    pub before: usize,
    /// Operations now.
    pub after: usize,
    /// The part of the version that a release with these changes raises.
    pub bump: release::Bump,
    /// Only requests could be compared.
    pub requests_only: bool,
    /// The changes, the gravest first.
    pub entries: Vec<Entry>,
    /// Departures that the metadata no longer needs, or that it moved away from.
    pub departures: Vec<DepartureNote>,
    /// The facts that could not be compared, because the newer metadata does not state them.
    pub kept: Kept,
    /// The operations of which it cannot be told what else breaks: in one of the states a path leads nowhere,
    /// such as that of a rule about a parameter that is gone. What facts say of them counts as it is.
    pub unresolved: Vec<Unresolved>,
}

impl Drift {
    /// Nothing changed, and no departure needs attention.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.departures.is_empty()
    }

    /// The changes with this effect.
    pub fn of(&self, effect: Effect) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.effect == effect)
    }

    /// As a release note for people.
    #[must_use]
    pub fn to_text(&self) -> String {
        print::text(self)
    }

    /// As a release note in Markdown, for a pull request.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        print::markdown(self)
    }
}

/// Compares newer metadata with older.
///
/// # Errors
///
/// As of [`import::import`].
pub fn compare_metadata(older: &Source, newer: &Source) -> Result<Drift, ImportError> {
    let mut newer = newer.clone();
    // What the older metadata never mentions is not new.
    let mentioned: BTreeSet<_> = older
        .operations
        .values()
        .flat_map(|operation| operation.known.kinds())
        .collect();
    for (name, operation) in &mut newer.operations {
        let mut mentioned = mentioned.clone();
        // What tags say, they say of one operation.
        let access = (Side::Operation, Fact::Access);
        if let Some(older) = older.operations.get(name)
            && !older.known.kinds().any(|kind| kind == access)
        {
            mentioned.remove(&access);
        }
        operation.known.limit_to(&mentioned);
        operation.known.deny_limits();
    }
    let mut specs = import::import(&Specs::default(), older, &Options::default())?.specs;
    // Which types operations share is decided for specs, not by metadata.
    specs.types.clear();
    compare(&specs, &newer)
}

/// Compares newer metadata with specs.
///
/// # Errors
///
/// As of [`import::import`].
pub fn compare(specs: &Specs, newer: &Source) -> Result<Drift, ImportError> {
    let (product, version) = import::identity(specs.product.as_ref(), newer)?;
    let mut drift = Drift {
        product,
        version,
        before: specs.operations.len(),
        after: newer.operations.len(),
        requests_only: !newer.operations.is_empty()
            && !newer
                .operations
                .values()
                .any(|operation| operation.known.responses()),
        ..Drift::default()
    };
    let names: BTreeSet<&String> = specs
        .operations
        .keys()
        .chain(newer.operations.keys())
        .collect();
    let declined: BTreeMap<&str, &str> = newer
        .declined
        .iter()
        .map(|d| (d.operation.as_str(), d.why.as_str()))
        .collect();
    let mut merged: BTreeMap<String, Operation> = BTreeMap::new();
    for name in names {
        match (specs.operations.get(name), newer.operations.get(name)) {
            (Some(old), Some(theirs)) => {
                let mut new = old.clone();
                let merge =
                    import::merge::operation(&mut new, theirs, &old.departures, name, false);
                drift.departures.extend(merge.notes());
                drift.kept.append(merge.kept);
                for change in merge.changes {
                    drift
                        .entries
                        .append(&mut classify::change(change, old, &new));
                }
                merged.insert(name.clone(), new);
            }
            (None, Some(theirs)) => drift.entries.push(arrival(name, &theirs.spec)),
            (Some(_), None) if !newer.single => {
                let text = match declined.get(name.as_str()) {
                    Some(why) => format!("cannot be expressed any more: {why}"),
                    None => "is gone".to_owned(),
                };
                drift
                    .entries
                    .push(whole(name, Effect::Breaking, text, (true, false)));
            }
            _ => {}
        }
    }
    // What the metadata does not have stays as it is.
    for (name, old) in &specs.operations {
        merged.entry(name.clone()).or_insert_with(|| old.clone());
    }
    let settled = types::settle(merged.values(), &specs.types);
    drift.entries.extend(written_out(&settled.written_out));
    for (name, places) in &settled.written_out {
        if let Some(operation) = merged.get_mut(name) {
            types::forget(operation, places);
        }
    }
    merged.retain(|name, _| newer.single || newer.operations.contains_key(name));
    for (name, theirs) in &newer.operations {
        merged
            .entry(name.clone())
            .or_insert_with(|| theirs.spec.clone());
    }
    let mut after = Specs {
        product: None,
        operations: merged,
        types: settled.types,
    };
    if let Some(product) = &specs.product {
        let mut changes = Vec::new();
        let product = import::product::merge(
            Some(product),
            newer,
            &drift.product,
            &drift.version,
            &specs.operations,
            &mut changes,
        );
        drift.entries.extend(
            changes
                .into_iter()
                .map(|change| classify::product(change, &product)),
        );
        after.product = Some(product);
    }
    hold_to_code(&mut drift, specs, &after, None);
    Ok(drift)
}

/// The entries for places that do not refer to a shared type any more, by operation.
fn written_out(
    places: &BTreeMap<String, Vec<types::WrittenOut>>,
) -> impl Iterator<Item = Entry> + '_ {
    let places = places
        .iter()
        .flat_map(|(name, places)| places.iter().map(move |place| (name, place)));
    places.map(|(operation, place)| {
        let side = if place.at.starts_with("/parameters") {
            Side::Request
        } else {
            Side::Response
        };
        let subject = classify::subject_at(&place.at, side);
        Entry {
            effect: Effect::Breaking,
            operation: operation.clone(),
            at: place.at.clone(),
            side,
            fact: Fact::Rust,
            text: format!(
                "{subject} is not of the shared type `{}` any more",
                place.name
            ),
            instead: None,
            old: Value::from(place.name.as_str()),
            new: Value::Null,
        }
    })
}

/// Compares two states of the specs of a product; `module` is the product's in the generated crate.
///
/// Nothing is kept, and departures count for nothing: the newer state says all that is so.
#[must_use]
pub fn between(old: &Specs, new: &Specs, module: &str) -> Drift {
    let named = new.product.as_ref().or(old.product.as_ref());
    let mut drift = Drift {
        product: named.map(|it| it.product.clone()).unwrap_or_default(),
        version: named.map(|it| it.version.clone()).unwrap_or_default(),
        before: old.operations.len(),
        after: new.operations.len(),
        ..Drift::default()
    };
    let names: BTreeSet<&String> = old.operations.keys().chain(new.operations.keys()).collect();
    for name in names {
        match (old.operations.get(name), new.operations.get(name)) {
            (Some(old), Some(new)) => {
                let theirs = Sourced {
                    spec: new.clone(),
                    known: Known::everything(),
                    remarks: Vec::new(),
                    topics: Vec::new(),
                };
                let mut merged = old.clone();
                let merge = import::merge::operation(&mut merged, &theirs, &[], name, false);
                let changes = merge.changes.into_iter();
                drift
                    .entries
                    .extend(changes.flat_map(|change| classify::change(change, old, new)));
                drift.entries.append(&mut own::operation(old, new));
            }
            (None, Some(new)) => drift.entries.push(arrival(name, new)),
            (Some(_), None) => {
                let text = "is gone".to_owned();
                drift
                    .entries
                    .push(whole(name, Effect::Breaking, text, (true, false)));
            }
            (None, None) => {}
        }
    }
    if let (Some(old), Some(new)) = (&old.product, &new.product) {
        let changes = import::product::changes(old, new).into_iter();
        drift
            .entries
            .extend(changes.map(|change| classify::product(change, new)));
        drift.entries.append(&mut own::product(old, new));
    }
    hold_to_code(&mut drift, old, new, Some(module));
    drift
}

/// Brings what facts say of an effect in line with what becomes of the code: a fact that breaks nothing is
/// told for what it is, and what breaks without a fact that says so is told.
fn hold_to_code(drift: &mut Drift, old: &Specs, new: &Specs, module: Option<&str>) {
    let api::Difference {
        breaks,
        advice,
        unresolved,
    } = api::compare(old, new, module);
    let unknown: BTreeSet<&str> = unresolved.iter().map(|it| it.operation.as_str()).collect();
    for entry in &mut drift.entries {
        if entry.effect == Effect::Breaking
            && !unknown.contains(entry.operation.as_str())
            && !breaks.iter().any(|it| concerns(it, entry))
        {
            entry.effect = match entry.side {
                Side::Request => Effect::Behaviour,
                _ => Effect::Documentation,
            };
        }
        if entry.fact == Fact::Deprecated && entry.new == true {
            let place = match entry.side {
                Side::Operation => entry.at.clone(),
                _ => api::item_of(&entry.at, entry.fact).to_owned(),
            };
            entry.instead = advice.get(&(entry.operation.clone(), place)).cloned();
        }
    }
    for found in breaks {
        let told = drift
            .entries
            .iter_mut()
            .filter(|entry| entry.effect == Effect::Breaking && entry.instead.is_none())
            .find(|entry| tells(entry, &found));
        match told {
            Some(entry) => entry.instead = found.instead,
            None => drift.entries.push(Entry {
                old: found
                    .renamed
                    .as_ref()
                    .map_or(Value::Null, |[old, _]| old.as_str().into()),
                new: found.renamed.map_or(Value::Null, |[_, new]| new.into()),
                effect: Effect::Breaking,
                operation: found.operation,
                at: found.at,
                side: found.side,
                fact: Fact::Rust,
                text: found.text,
                instead: found.instead,
            }),
        }
    }
    drift
        .entries
        .sort_by(|a, b| (a.effect, &a.operation).cmp(&(b.effect, &b.operation)));
    drift.unresolved = unresolved;
    drift.bump = release::demanded(&drift.entries);
}

/// The fact is about the place of the break, or about one around or within it.
fn concerns(found: &api::Break, entry: &Entry) -> bool {
    let item = api::item_of(&entry.at, entry.fact);
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    found.operation == entry.operation
        && match entry.fact {
            Fact::Error => tells(entry, found),
            _ => found.side == entry.side && (within(&found.at, item) || within(item, &found.at)),
        }
}

/// The entry says what the break says.
fn tells(entry: &Entry, found: &api::Break) -> bool {
    if entry.operation != found.operation || entry.side != found.side {
        return false;
    }
    match entry.fact {
        Fact::Error => {
            found.at == import::path::row(None, &api::code_of(&entry.old, &entry.new))
                && found.text == entry.text
        }
        Fact::Operation | Fact::Derived => entry.at == found.at,
        Fact::Item if entry.new.is_null() && entry.at != "/response" => entry.text == found.text,
        _ => api::item_of(&entry.at, entry.fact) == found.at && !found.naming,
    }
}

/// An operation that comes.
fn arrival(name: &str, operation: &Operation) -> Entry {
    let note = if operation.deprecated.is_some() {
        "new, deprecated from the start"
    } else {
        "new"
    };
    whole(name, Effect::Additive, note.to_owned(), (false, true))
}

/// An operation that comes or goes.
fn whole(name: &str, effect: Effect, text: String, (old, new): (bool, bool)) -> Entry {
    let value = |there: bool| {
        if there {
            Value::from(name)
        } else {
            Value::Null
        }
    };
    Entry {
        effect,
        operation: name.to_owned(),
        at: String::new(),
        side: Side::Operation,
        fact: Fact::Operation,
        text,
        instead: None,
        old: value(old),
        new: value(new),
    }
}
