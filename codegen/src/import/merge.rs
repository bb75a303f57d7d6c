//! The merge of metadata into existing specs: facts come from the metadata, texts from the specs.
//!
//! Every fact passes through [`Merge::fact`], which knows what the metadata states at all and the
//! departures. What it changes is noted as [`Change`]s; the drift report is made from the same notes.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::known::Known;
use super::path;
use super::report::{Change, DepartureNote, DepartureState, Fact, Kept, Side};
use super::schema::{allows, has_word};
use super::source::Sourced;
use crate::number;
use crate::spec::{
    Departure, Deprecation, ErrorRow, Operation, Origin, Parameter, Permission, Schema, Style, Type,
};

/// The merging of one operation.
pub(crate) struct Merge<'a> {
    operation: &'a str,
    departures: Vec<(&'a Departure, Seen)>,
    known: &'a Known,
    /// The parameters of the spec as it was and of the metadata.
    parameters: BTreeSet<String>,
    /// Messages of errors are facts too.
    messages: bool,
    /// What changed.
    pub(crate) changes: Vec<Change>,
    /// What the spec says and the metadata is silent about.
    pub(crate) kept: Kept,
}

/// What the merge saw of a departure.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Not,
    /// The source still says what the departure says it does.
    Holds,
    Needless(Value),
    Moved(Value),
}

/// The facts of `theirs` in `mine`.
pub(crate) fn operation<'a>(
    mine: &mut Operation,
    theirs: &'a Sourced,
    departures: &'a [Departure],
    name: &'a str,
    messages: bool,
) -> Merge<'a> {
    let mut merge = Merge {
        operation: name,
        departures: departures
            .iter()
            .filter(|departure| departure.from == Origin::Metadata)
            .map(|departure| (departure, Seen::Not))
            .collect(),
        known: &theirs.known,
        parameters: mine
            .parameters
            .iter()
            .chain(&theirs.spec.parameters)
            .map(|parameter| parameter.name.clone())
            .collect(),
        messages,
        changes: Vec::new(),
        kept: Kept::default(),
    };
    let spec = &theirs.spec;
    merge.deprecation(
        "/deprecated",
        Side::Operation,
        &mut mine.deprecated,
        &spec.deprecated,
    );
    merge.fact(
        "/access",
        Side::Operation,
        Fact::Access,
        &mut mine.access,
        &spec.access,
    );
    merge.fact(
        "/method",
        Side::Operation,
        Fact::Method,
        &mut mine.method,
        &spec.method,
    );
    merge.fact(
        "/anonymous",
        Side::Operation,
        Fact::Anonymous,
        &mut mine.anonymous,
        &spec.anonymous,
    );
    let permissions = merge.stated_permissions(&mine.permissions, &spec.permissions);
    merge.fact(
        "/permissions",
        Side::Operation,
        Fact::Permissions,
        &mut mine.permissions,
        &permissions,
    );
    merge.parameters(&mut mine.parameters, &spec.parameters);
    merge.response(&mut mine.response, spec.response.as_ref());
    merge.errors(&mut mine.errors, &spec.errors);
    merge
}

impl Merge<'_> {
    pub(crate) fn change(&mut self, at: &str, side: Side, fact: Fact, old: Value, new: Value) {
        self.changes.push(Change {
            operation: self.operation.to_owned(),
            at: at.to_owned(),
            side,
            fact,
            old,
            new,
        });
    }

    /// The metadata states this fact, be it by leaving it out.
    fn states(&self, side: Side, fact: Fact, at: &str) -> bool {
        self.known.states(side, fact, at)
    }

    /// The metadata speaks of this place, or there is none such.
    fn speaks_of(&self, at: &str) -> bool {
        let parameter = at.strip_prefix("/parameters/").unwrap_or_default();
        let parameter = parameter.split('/').next().unwrap_or_default();
        self.known.speaks_of(at) || (!parameter.is_empty() && !self.parameters.contains(parameter))
    }

    /// The permissions of the metadata, with the spec's word where the metadata has none or a departure
    /// holds it.
    fn stated_permissions(
        &mut self,
        mine: &[Permission],
        theirs: &[Permission],
    ) -> Vec<Permission> {
        let mut permissions = theirs.to_vec();
        for permission in &mut permissions {
            let mut own = mine.iter();
            let Some(own) = own.find(|own| own.action == permission.action) else {
                continue;
            };
            let at = path::join("/permissions", &permission.action);
            let Permission {
                access,
                resources,
                condition_keys,
                dependent_actions,
                ..
            } = permission;
            self.part(&path::join(&at, "access"), &own.access, access);
            self.part(&path::join(&at, "resources"), &own.resources, resources);
            let keys = path::join(&at, "conditionKeys");
            self.part(&keys, &own.condition_keys, condition_keys);
            let actions = path::join(&at, "dependentActions");
            self.part(&actions, &own.dependent_actions, dependent_actions);
        }
        permissions
    }

    /// A part of a fact: the spec's where the metadata is silent or a departure holds it.
    fn part<T: PartialEq + Clone + serde::Serialize>(
        &mut self,
        at: &str,
        mine: &T,
        theirs: &mut T,
    ) {
        let keep = if self.states(Side::Operation, Fact::Permissions, at) {
            self.judge(at, mine == theirs, item(theirs))
        } else {
            self.departs(at);
            true
        };
        if keep {
            theirs.clone_from(mine);
        }
    }

    /// Some departure is about this place.
    pub(super) fn departs(&mut self, at: &str) -> bool {
        let found = self
            .departures
            .iter_mut()
            .find(|(departure, _)| departure.at == at);
        found.map(|(_, seen)| *seen = Seen::Holds).is_some()
    }

    /// The departures that need attention, of the places that the metadata speaks of.
    pub(crate) fn notes(&self) -> Vec<DepartureNote> {
        let note = |(departure, seen): &(&Departure, Seen)| {
            let (state, now) = match seen {
                Seen::Holds => return None,
                Seen::Not if !self.speaks_of(&departure.at) => return None,
                // What was left out is not there any more, or nothing had to be kept.
                Seen::Not if departure.source == true || is_collection(&departure.at) => {
                    (DepartureState::NoLongerNeeded, Value::Null)
                }
                Seen::Not => (DepartureState::NamesNothing, Value::Null),
                Seen::Needless(now) => (DepartureState::NoLongerNeeded, now.clone()),
                Seen::Moved(now) => (DepartureState::SourceMoved, now.clone()),
            };
            Some(DepartureNote {
                operation: self.operation.to_owned(),
                at: departure.at.clone(),
                state,
                now,
            })
        };
        self.departures.iter().filter_map(note).collect()
    }

    /// One fact: the metadata's where it states it, unless a departure holds the spec's.
    fn fact<T: PartialEq + Clone + serde::Serialize + Default>(
        &mut self,
        at: &str,
        side: Side,
        fact: Fact,
        mine: &mut T,
        theirs: &T,
    ) {
        if !self.states(side, fact, at) {
            if *mine != T::default() {
                self.kept.add(fact, 1);
            }
            return;
        }
        if mine == theirs && self.departures.is_empty() {
            return;
        }
        // A fact at its default value is not written down, in specs and in departures alike.
        let value = |it: &T| {
            if *it == T::default() {
                Value::Null
            } else {
                serde_json::to_value(it).unwrap_or_default()
            }
        };
        if self.judge(at, mine == theirs, value(theirs)) || mine == theirs {
            return;
        }
        self.change(at, side, fact, value(mine), value(theirs));
        mine.clone_from(theirs);
    }

    /// Whether something is deprecated. What to use instead is from people, and stays while it is.
    fn deprecation(&mut self, at: &str, side: Side, mine: &mut Deprecation, theirs: &Deprecation) {
        let mut deprecated = mine.is_some();
        self.fact(
            at,
            side,
            Fact::Deprecated,
            &mut deprecated,
            &theirs.is_some(),
        );
        if deprecated != mine.is_some() {
            *mine = deprecated.into();
        }
    }

    /// Whether a departure is about this place; notes what has become of it.
    fn judge(&mut self, at: &str, same: bool, theirs: Value) -> bool {
        let Some((departure, seen)) = self
            .departures
            .iter_mut()
            .find(|(departure, _)| departure.at == at)
        else {
            return false;
        };
        *seen = if same {
            Seen::Needless(theirs)
        } else if equal(&departure.source, &theirs) {
            Seen::Holds
        } else {
            Seen::Moved(theirs)
        };
        true
    }

    /// Whether to keep an item that the metadata has not: itself or the collection it is in is a departure.
    fn keeps(&mut self, at: &str, collection: &str) -> bool {
        if self.judge(at, false, Value::Null) {
            return true;
        }
        let found = self
            .departures
            .iter_mut()
            .find(|(departure, _)| departure.at == collection && departure.source.is_null());
        found.map(|(_, seen)| *seen = Seen::Holds).is_some()
    }

    /// Whether to leave out an item that the metadata has.
    fn leaves_out(&mut self, at: &str) -> bool {
        self.judge(at, false, Value::Bool(true))
    }

    /// An item is in both; a departure about its being there is needless.
    fn in_both(&mut self, at: &str) {
        if let Some((_, seen)) = self
            .departures
            .iter_mut()
            .find(|(departure, _)| departure.at == at)
        {
            *seen = Seen::Needless(Value::Bool(true));
        }
    }

    fn parameters(&mut self, mine: &mut Vec<Parameter>, theirs: &[Parameter]) {
        mine.retain(|parameter| {
            let at = path::join("/parameters", &parameter.name);
            if theirs.iter().any(|other| other.name == parameter.name) {
                return true;
            }
            if !self.states(Side::Request, Fact::Item, &at) {
                self.kept.add(Fact::Item, 1);
                return true;
            }
            if self.keeps(&at, "/parameters") {
                return true;
            }
            self.change(&at, Side::Request, Fact::Item, item(parameter), Value::Null);
            false
        });
        for other in theirs {
            let at = path::join("/parameters", &other.name);
            if let Some(parameter) = mine
                .iter_mut()
                .find(|parameter| parameter.name == other.name)
            {
                self.in_both(&at);
                self.fact(
                    &path::join(&at, "in"),
                    Side::Request,
                    Fact::In,
                    &mut parameter.location,
                    &other.location,
                );
                let mut style = effective(parameter.style);
                self.fact(
                    &path::join(&at, "style"),
                    Side::Request,
                    Fact::Style,
                    &mut style,
                    &effective(other.style),
                );
                if style != effective(parameter.style) {
                    parameter.style = style;
                }
                self.schema(&at, &mut parameter.schema, &other.schema, Side::Request);
            } else if !self.leaves_out(&at) {
                self.change(&at, Side::Request, Fact::Item, Value::Null, item(other));
                mine.push(other.clone());
            }
        }
    }

    fn response(&mut self, mine: &mut Option<Schema>, theirs: Option<&Schema>) {
        if !self.states(Side::Response, Fact::Item, "/response") {
            self.kept.responses += usize::from(mine.is_some());
            return;
        }
        match (mine.as_mut(), theirs) {
            (Some(mine), Some(theirs)) => {
                self.schema("/response", mine, theirs, Side::Response);
            }
            (None, Some(theirs)) if !self.leaves_out("/response") => {
                self.change(
                    "/response",
                    Side::Response,
                    Fact::Item,
                    Value::Null,
                    item(theirs),
                );
                *mine = Some(theirs.clone());
            }
            (Some(old), None) if !self.keeps("/response", "/response") => {
                let old = item(old);
                self.change("/response", Side::Response, Fact::Item, old, Value::Null);
                *mine = None;
            }
            _ => {}
        }
    }

    fn schema(&mut self, at: &str, mine: &mut Schema, theirs: &Schema, side: Side) {
        let before = mine.kind;
        self.fact(
            &path::join(at, "type"),
            side,
            Fact::Type,
            &mut mine.kind,
            &theirs.kind,
        );
        if mine.kind != before {
            self.retyped(at, mine, theirs, side, before);
            return;
        }
        if mine.kind != theirs.kind {
            // A departure or silence keeps the type; the rest of what the metadata says is about another one.
            return;
        }
        // What metadata has no word for is from people and stays.
        let own = mine.format.is_some_and(|format| !has_word(format));
        if own && theirs.format.is_none() && !self.known.denies_limits() {
            self.departs(&path::join(at, "format"));
        } else {
            self.fact(
                &path::join(at, "format"),
                side,
                Fact::Format,
                &mut mine.format,
                &theirs.format,
            );
        }
        self.deprecation(
            &path::join(at, "deprecated"),
            side,
            &mut mine.deprecated,
            &theirs.deprecated,
        );
        if !same_values(&mine.values, &theirs.values) || !self.departures.is_empty() {
            let mut values = if same_values(&mine.values, &theirs.values) {
                theirs.values.clone()
            } else {
                mine.values.clone()
            };
            self.fact(
                &path::join(at, "enum"),
                side,
                Fact::Enum,
                &mut values,
                &theirs.values,
            );
            if !same_values(&mine.values, &values) {
                mine.values = values;
            }
            // What the metadata closes is open no more.
            if !mine.values.is_empty() {
                mine.known_values.clear();
            }
        }
        if side == Side::Request {
            self.limits(at, mine, theirs);
            self.settle(at, mine, theirs);
        }
        match (mine.items.as_deref_mut(), theirs.items.as_deref()) {
            (Some(mine), Some(theirs)) => {
                self.schema(&path::join(at, "items"), mine, theirs, side);
            }
            (None, Some(items)) => {
                self.change(
                    &path::join(at, "items"),
                    side,
                    Fact::Item,
                    Value::Null,
                    item(items),
                );
                mine.items = Some(Box::new(items.clone()));
            }
            // An array always has elements in the metadata, after repair.
            (_, None) => {}
        }
        self.properties(at, &mut mine.properties, &theirs.properties, side);
        let here = path::join(at, "additionalProperties");
        let stated = self.states(side, Fact::Item, &here);
        match (
            mine.additional_properties.as_deref_mut(),
            theirs.additional_properties.as_deref(),
        ) {
            (Some(mine), Some(theirs)) => self.schema(&here, mine, theirs, side),
            (None, Some(values)) if !self.leaves_out(&here) => {
                self.change(&here, side, Fact::Item, Value::Null, item(values));
                mine.additional_properties = Some(Box::new(values.clone()));
            }
            (Some(values), None) if stated => {
                let old = item(values);
                if !self.keeps(&here, &here) {
                    self.change(&here, side, Fact::Item, old, Value::Null);
                    mine.additional_properties = None;
                }
            }
            _ => {}
        }
    }

    /// Limits, format and fields of another type mean nothing for this one; only what limits a whole
    /// number limits a number too.
    fn retyped(&mut self, at: &str, mine: &mut Schema, theirs: &Schema, side: Side, before: Type) {
        let old = std::mem::take(mine);
        *mine = Schema {
            rust: old.rust,
            description: old.description,
            sensitive: old.sensitive,
            ..theirs.clone()
        };
        if side != Side::Request || (before, mine.kind) != (Type::Integer, Type::Number) {
            return;
        }
        let silent = |fact, keyword| !self.states(side, fact, &path::join(at, keyword));
        if silent(Fact::Minimum, "minimum") {
            mine.minimum = old.minimum;
        }
        if silent(Fact::Maximum, "maximum") {
            mine.maximum = old.maximum;
        }
        if silent(Fact::Enum, "enum") {
            mine.values = old.values;
        }
        if silent(Fact::Default, "default") {
            mine.default = old.default;
        }
        self.settle(at, mine, theirs);
    }

    /// What was kept because the metadata is silent about it gives way to what it states.
    fn settle(&mut self, at: &str, mine: &mut Schema, theirs: &Schema) {
        const NARROWING: [(Fact, &str); 9] = [
            (Fact::Enum, "enum"),
            (Fact::Minimum, "minimum"),
            (Fact::Maximum, "maximum"),
            (Fact::MinLength, "minLength"),
            (Fact::MaxLength, "maxLength"),
            (Fact::MinItems, "minItems"),
            (Fact::MaxItems, "maxItems"),
            (Fact::Pattern, "pattern"),
            (Fact::Format, "format"),
        ];
        let gives_way: Vec<Fact> = NARROWING
            .iter()
            .chain(&[(Fact::Default, "default")])
            .filter(|(fact, keyword)| {
                let here = path::join(at, keyword);
                let stated = match fact {
                    Fact::Enum | Fact::Format => self.states(Side::Request, *fact, &here),
                    fact => has(*fact, theirs),
                };
                !stated && !self.departures.iter().any(|(it, _)| it.at == here)
            })
            .map(|(fact, _)| *fact)
            .collect();
        if gives_way.is_empty() {
            return;
        }
        let mut stated: Vec<Value> = Vec::new();
        if !gives_way.contains(&Fact::Enum) {
            stated.extend(mine.values.iter().cloned());
        }
        if !gives_way.contains(&Fact::Default) {
            stated.extend(mine.default.iter().cloned());
        }
        for (fact, keyword) in NARROWING {
            if !gives_way.contains(&fact) {
                continue;
            }
            let alone = only(fact, mine);
            if crossed(fact, mine) || stated.iter().any(|value| !allows(&alone, value)) {
                self.drops(&path::join(at, keyword), fact, mine);
            }
        }
        if gives_way.contains(&Fact::Enum) {
            let limits = Schema {
                values: Vec::new(),
                ..mine.clone()
            };
            if !mine.values.iter().all(|value| allows(&limits, value)) {
                self.drops(&path::join(at, "enum"), Fact::Enum, mine);
            }
        }
        if gives_way.contains(&Fact::Default)
            && mine
                .default
                .as_ref()
                .is_some_and(|value| !allows(mine, value))
        {
            self.drops(&path::join(at, "default"), Fact::Default, mine);
        }
    }

    fn drops(&mut self, at: &str, fact: Fact, mine: &mut Schema) {
        let old = match fact {
            Fact::Enum => Value::from(std::mem::take(&mut mine.values)),
            Fact::Minimum => mine.minimum.take().map_or(Value::Null, Value::Number),
            Fact::Maximum => mine.maximum.take().map_or(Value::Null, Value::Number),
            Fact::MinLength => mine.min_length.take().into(),
            Fact::MaxLength => mine.max_length.take().into(),
            Fact::MinItems => mine.min_items.take().into(),
            Fact::MaxItems => mine.max_items.take().into(),
            Fact::Pattern => mine.pattern.take().into(),
            Fact::Format => mine.format.take().map_or(Value::Null, |it| item(&it)),
            _ => mine.default.take().unwrap_or_default(),
        };
        self.change(at, Side::Request, fact, old, Value::Null);
    }

    fn limits(&mut self, at: &str, mine: &mut Schema, theirs: &Schema) {
        self.fact(
            &path::join(at, "required"),
            Side::Request,
            Fact::Required,
            &mut mine.required,
            &theirs.required,
        );
        self.limit(
            &path::join(at, "default"),
            Fact::Default,
            &mut mine.default,
            &theirs.default,
        );
        for (keyword, fact, mine, theirs) in [
            ("minimum", Fact::Minimum, &mut mine.minimum, &theirs.minimum),
            ("maximum", Fact::Maximum, &mut mine.maximum, &theirs.maximum),
        ] {
            // 1 and 1.0 are one number.
            let same = match (&*mine, theirs) {
                (Some(mine), Some(theirs)) => number::compare(mine, theirs).is_eq(),
                (mine, theirs) => mine == theirs,
            };
            let theirs = if same { mine.clone() } else { theirs.clone() };
            self.limit(&path::join(at, keyword), fact, mine, &theirs);
        }
        for (keyword, fact, mine, theirs) in [
            (
                "minLength",
                Fact::MinLength,
                &mut mine.min_length,
                theirs.min_length,
            ),
            (
                "maxLength",
                Fact::MaxLength,
                &mut mine.max_length,
                theirs.max_length,
            ),
            (
                "minItems",
                Fact::MinItems,
                &mut mine.min_items,
                theirs.min_items,
            ),
            (
                "maxItems",
                Fact::MaxItems,
                &mut mine.max_items,
                theirs.max_items,
            ),
        ] {
            self.limit(&path::join(at, keyword), fact, mine, &theirs);
        }
        self.limit(
            &path::join(at, "pattern"),
            Fact::Pattern,
            &mut mine.pattern,
            &theirs.pattern,
        );
    }

    /// A limit, pattern or default: one that the metadata leaves out stands, unless it denies it.
    #[expect(clippy::ref_option, reason = "facts are compared and taken over whole")]
    fn limit<T: PartialEq + Clone + serde::Serialize>(
        &mut self,
        at: &str,
        fact: Fact,
        mine: &mut Option<T>,
        theirs: &Option<T>,
    ) {
        if theirs.is_some() || self.known.denies_limits() {
            self.fact(at, Side::Request, fact, mine, theirs);
            return;
        }
        self.departs(at);
        if mine.is_some() {
            self.kept.add(fact, 1);
        }
    }

    fn properties(
        &mut self,
        at: &str,
        mine: &mut IndexMap<String, Schema>,
        theirs: &IndexMap<String, Schema>,
        side: Side,
    ) {
        let collection = path::properties(at);
        if !self.states(side, Fact::Item, &collection) {
            return;
        }
        mine.retain(|name, property| {
            let here = path::property(at, name);
            if theirs.contains_key(name) || self.keeps(&here, &collection) {
                return true;
            }
            self.change(&here, side, Fact::Item, item(property), Value::Null);
            false
        });
        for (name, other) in theirs {
            let here = path::property(at, name);
            if let Some(property) = mine.get_mut(name) {
                self.in_both(&here);
                self.schema(&here, property, other, side);
            } else if !self.leaves_out(&here) {
                self.change(&here, side, Fact::Item, Value::Null, item(other));
                mine.insert(name.clone(), other.clone());
            }
        }
    }

    fn errors(&mut self, mine: &mut Vec<ErrorRow>, theirs: &[ErrorRow]) {
        if !self.states(Side::Errors, Fact::Error, "/errors") {
            self.kept.add(Fact::Error, mine.len());
            return;
        }
        let same = |a: &ErrorRow, b: &ErrorRow| a.status == b.status && a.code == b.code;
        mine.retain(|row| {
            let at = path::row(row.status, &row.code);
            if theirs.iter().any(|other| same(row, other))
                || self.keeps(&at, &path::row(None, &row.code))
                || self.keeps("", "/errors")
            {
                return true;
            }
            self.change(&at, Side::Errors, Fact::Error, item(row), Value::Null);
            false
        });
        for other in theirs {
            let at = path::row(other.status, &other.code);
            if let Some(row) = mine.iter_mut().find(|row| same(row, other)) {
                self.in_both(&at);
                if self.messages && other.message.is_some() {
                    self.fact(
                        &path::join(&at, "message"),
                        Side::Errors,
                        Fact::Message,
                        &mut row.message,
                        &other.message,
                    );
                }
            } else if !self.leaves_out(&at) && !self.leaves_out(&path::row(None, &other.code)) {
                self.change(&at, Side::Errors, Fact::Error, Value::Null, item(other));
                // Beside the rows of its status.
                let place = mine
                    .iter()
                    .rposition(|row| row.status == other.status)
                    .map_or(mine.len(), |last| last + 1);
                mine.insert(place, other.clone());
            }
        }
    }
}

/// The schema with nothing but its type and this fact.
fn only(fact: Fact, schema: &Schema) -> Schema {
    let mut alone = Schema {
        kind: schema.kind,
        ..Schema::default()
    };
    match fact {
        Fact::Enum => alone.values.clone_from(&schema.values),
        Fact::Minimum => alone.minimum.clone_from(&schema.minimum),
        Fact::Maximum => alone.maximum.clone_from(&schema.maximum),
        Fact::MinLength => alone.min_length = schema.min_length,
        Fact::MaxLength => alone.max_length = schema.max_length,
        Fact::Pattern => alone.pattern.clone_from(&schema.pattern),
        Fact::Format => alone.format = schema.format,
        _ => {}
    }
    alone
}

/// The schema has this limit, pattern or default.
fn has(fact: Fact, schema: &Schema) -> bool {
    match fact {
        Fact::Minimum => schema.minimum.is_some(),
        Fact::Maximum => schema.maximum.is_some(),
        Fact::MinLength => schema.min_length.is_some(),
        Fact::MaxLength => schema.max_length.is_some(),
        Fact::MinItems => schema.min_items.is_some(),
        Fact::MaxItems => schema.max_items.is_some(),
        Fact::Pattern => schema.pattern.is_some(),
        Fact::Default => schema.default.is_some(),
        _ => false,
    }
}

/// The limit leaves no value together with the opposite one.
fn crossed(fact: Fact, schema: &Schema) -> bool {
    let above = |least: Option<u32>, most: Option<u32>| {
        least.zip(most).is_some_and(|(least, most)| least > most)
    };
    match fact {
        Fact::Minimum | Fact::Maximum => match (&schema.minimum, &schema.maximum) {
            (Some(least), Some(most)) => number::compare(least, most).is_gt(),
            _ => false,
        },
        Fact::MinLength | Fact::MaxLength => above(schema.min_length, schema.max_length),
        Fact::MinItems | Fact::MaxItems => above(schema.min_items, schema.max_items),
        _ => false,
    }
}

/// The place of a list of items, not of an item.
fn is_collection(at: &str) -> bool {
    matches!(at, "/errors" | "/parameters") || at.ends_with("/properties")
}

/// The whole item, for the report.
fn item(it: &impl serde::Serialize) -> Value {
    serde_json::to_value(it).unwrap_or_default()
}

/// `repeatList` and `flat` are what is done without a style.
fn effective(style: Option<Style>) -> Option<Style> {
    style.filter(|style| !matches!(style, Style::RepeatList | Style::Flat))
}

/// The same values, in whatever order.
fn same_values(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().all(|value| b.contains(value))
}

/// The same value; numbers by what they are worth, absence also as `false` and `[]`.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    let empty = |it: &Value| {
        it.is_null() || *it == Value::Bool(false) || it.as_array().is_some_and(Vec::is_empty)
    };
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => number::compare(a, b).is_eq(),
        _ => a == b || (empty(a) && empty(b)),
    }
}
