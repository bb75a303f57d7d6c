//! What newer metadata changes, and what that does to users of the generated crate.
//!
//! The comparison is the import's own: what an import would change is the drift. Departures that
//! a spec documents are no drift as long as the metadata stands where they say. What the metadata is
//! silent about ([`crate::import::Known`]) is not compared.
//!
//! # Effects
//!
//! Every change is classed by what it does to code that uses the generated crate, once regenerated:
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
//! A new optional parameter is additive because requests are made with `new` and setters, or with
//! `..` over a made one; who writes out every field of a request has to name the new one. Responses
//! and error codes are `#[non_exhaustive]`.

mod classify;
mod print;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::import::{self, DepartureNote, Fact, ImportError, Kept, Options, Side, Source, Specs};
use crate::spec::Operation;
use crate::types;

/// What a change does to users of the generated crate; the gravest first.
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
    /// What it does to users.
    pub effect: Effect,
    /// The operation; empty for the product.
    pub operation: String,
    /// The place, in the notation of [`crate::spec::Departure::at`].
    pub at: String,
    /// Where in the generated API that is.
    pub side: Side,
    /// Which fact changed.
    pub fact: Fact,
    /// The change in words, without the operation.
    pub text: String,
    /// What was; `null` for nothing.
    pub old: Value,
    /// What is now; `null` for nothing.
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
    /// Only requests could be compared.
    pub requests_only: bool,
    /// The changes, the gravest first.
    pub entries: Vec<Entry>,
    /// Departures that the metadata no longer needs, or that it moved away from.
    pub departures: Vec<DepartureNote>,
    /// What could not be compared, because the newer metadata is silent about it.
    pub kept: Kept,
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

/// What newer metadata changes for older.
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

/// What newer metadata changes for specs.
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
    let mut merged: BTreeMap<&String, Operation> = BTreeMap::new();
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
                merged.insert(name, new);
            }
            (None, Some(theirs)) => {
                let note = if theirs.spec.deprecated.is_some() {
                    "new, deprecated from the start"
                } else {
                    "new"
                };
                drift.entries.push(whole(
                    name,
                    Effect::Additive,
                    note.to_owned(),
                    (false, true),
                ));
            }
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
        merged.entry(name).or_insert_with(|| old.clone());
    }
    let settled = types::settle(merged.values(), &specs.types);
    for (operation, places) in &settled.written_out {
        let places = places.iter();
        drift.entries.extend(places.map(|place| {
            let side = match place.at.starts_with("/parameters") {
                true => Side::Request,
                false => Side::Response,
            };
            let subject = classify::subject_at(&place.at, side);
            Entry {
                effect: Effect::Breaking,
                operation: operation.clone(),
                at: place.at.clone(),
                side,
                fact: Fact::Type,
                text: format!(
                    "{subject} is not of the shared type `{}` any more",
                    place.name
                ),
                old: Value::from(place.name.as_str()),
                new: Value::Null,
            }
        }));
    }
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
    }
    drift
        .entries
        .sort_by(|a, b| (a.effect, &a.operation).cmp(&(b.effect, &b.operation)));
    Ok(drift)
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
        old: value(old),
        new: value(new),
    }
}
