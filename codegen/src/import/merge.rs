//! What the metadata says into what people wrote: facts from there, words from here.
//!
//! Every fact passes through [`Merge::fact`], which knows the departures. What it changes is noted
//! as [`Change`]s; the drift report is made from the same notes.

use indexmap::IndexMap;
use serde_json::Value;

use super::path;
use super::report::{Change, DepartureNote, DepartureState, Fact, Side};
use super::source::Sourced;
use crate::spec::{
    Departure, ErrorRow, Format, Operation, Origin, Parameter, Permission, Schema, Style,
};

/// The merging of one operation.
pub(crate) struct Merge<'a> {
    operation: &'a str,
    departures: Vec<(&'a Departure, Seen)>,
    /// Messages of errors are facts too.
    messages: bool,
    /// What changed.
    pub(crate) changes: Vec<Change>,
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
    theirs: &Sourced,
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
        messages,
        changes: Vec::new(),
    };
    let spec = &theirs.spec;
    merge.fact(
        "/deprecated",
        Side::Operation,
        Fact::Deprecated,
        &mut mine.deprecated,
        &spec.deprecated,
    );
    if theirs.known.access {
        merge.fact(
            "/access",
            Side::Operation,
            Fact::Access,
            &mut mine.access,
            &spec.access,
        );
    }
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
    if !spec.permissions.is_empty() {
        let permissions = merge.stated_permissions(&mine.permissions, theirs);
        merge.fact(
            "/permissions",
            Side::Operation,
            Fact::Permissions,
            &mut mine.permissions,
            &permissions,
        );
    }
    merge.parameters(
        &mut mine.parameters,
        &spec.parameters,
        theirs.known.defaults,
    );
    if theirs.known.responses {
        merge.response(&mut mine.response, spec.response.as_ref());
    }
    if theirs.known.errors {
        merge.errors(&mut mine.errors, &spec.errors);
    }
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

    /// The permissions of the metadata, with the spec's word where the metadata has none or a departure
    /// holds it.
    fn stated_permissions(&mut self, mine: &[Permission], theirs: &Sourced) -> Vec<Permission> {
        let mut permissions = theirs.spec.permissions.clone();
        for permission in &mut permissions {
            let mut own = mine.iter();
            let Some(own) = own.find(|own| own.action == permission.action) else {
                continue;
            };
            let at = path::join("/permissions", &permission.action);
            let silent = &theirs.silent;
            let Permission {
                access,
                resources,
                condition_keys,
                dependent_actions,
                ..
            } = permission;
            self.part(&path::join(&at, "access"), silent, &own.access, access);
            self.part(
                &path::join(&at, "resources"),
                silent,
                &own.resources,
                resources,
            );
            let keys = path::join(&at, "conditionKeys");
            self.part(&keys, silent, &own.condition_keys, condition_keys);
            let actions = path::join(&at, "dependentActions");
            self.part(&actions, silent, &own.dependent_actions, dependent_actions);
        }
        permissions
    }

    /// A part of a fact: the spec's where the metadata is silent or a departure holds it.
    fn part<T: PartialEq + Clone + serde::Serialize>(
        &mut self,
        at: &str,
        silent: &[String],
        mine: &T,
        theirs: &mut T,
    ) {
        let keep = if silent.iter().any(|place| place == at) {
            self.departs(at);
            true
        } else {
            self.judge(at, mine == theirs, item(theirs))
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

    /// The departures that need attention. `known` tells whether the metadata speaks of a side at all.
    pub(crate) fn notes(&self, known: impl Fn(&str) -> bool) -> Vec<DepartureNote> {
        let note = |(departure, seen): &(&Departure, Seen)| {
            let (state, now) = match seen {
                Seen::Holds => return None,
                Seen::Not if !known(&departure.at) => return None,
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

    /// One fact: the metadata's, unless a departure holds it.
    fn fact<T: PartialEq + Clone + serde::Serialize + Default>(
        &mut self,
        at: &str,
        side: Side,
        fact: Fact,
        mine: &mut T,
        theirs: &T,
    ) {
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

    fn parameters(&mut self, mine: &mut Vec<Parameter>, theirs: &[Parameter], defaults: bool) {
        mine.retain(|parameter| {
            let at = path::join("/parameters", &parameter.name);
            if theirs.iter().any(|other| other.name == parameter.name)
                || self.keeps(&at, "/parameters")
            {
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
                self.schema(
                    &at,
                    &mut parameter.schema,
                    &other.schema,
                    Side::Request,
                    defaults,
                );
            } else if !self.leaves_out(&at) {
                self.change(&at, Side::Request, Fact::Item, Value::Null, item(other));
                mine.push(other.clone());
            }
        }
    }

    fn response(&mut self, mine: &mut Option<Schema>, theirs: Option<&Schema>) {
        match (mine.as_mut(), theirs) {
            (Some(mine), Some(theirs)) => {
                self.schema("/response", mine, theirs, Side::Response, false);
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

    fn schema(&mut self, at: &str, mine: &mut Schema, theirs: &Schema, side: Side, defaults: bool) {
        let before = mine.kind;
        self.fact(
            &path::join(at, "type"),
            side,
            Fact::Type,
            &mut mine.kind,
            &theirs.kind,
        );
        if mine.kind != before {
            // Limits, format and fields of the old type mean nothing for the new one.
            *mine = Schema {
                rust: mine.rust.take(),
                description: mine.description.take(),
                sensitive: mine.sensitive,
                ..theirs.clone()
            };
            return;
        }
        if mine.kind != theirs.kind {
            // A departure keeps the type; then the rest of what the metadata says is about another one.
            return;
        }
        // The metadata has no word for these formats; they are from people and stay.
        let own = matches!(
            mine.format,
            Some(Format::Ascii | Format::Ipv4 | Format::Ipv6 | Format::Ipv4Cidr | Format::Ipv6Cidr)
        );
        if own && theirs.format.is_none() {
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
        self.fact(
            &path::join(at, "deprecated"),
            side,
            Fact::Deprecated,
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
            self.limits(at, mine, theirs, defaults);
        }
        match (mine.items.as_deref_mut(), theirs.items.as_deref()) {
            (Some(mine), Some(theirs)) => {
                self.schema(&path::join(at, "items"), mine, theirs, side, defaults);
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
        self.properties(at, &mut mine.properties, &theirs.properties, side, defaults);
        let here = path::join(at, "additionalProperties");
        match (
            mine.additional_properties.as_deref_mut(),
            theirs.additional_properties.as_deref(),
        ) {
            (Some(mine), Some(theirs)) => self.schema(&here, mine, theirs, side, defaults),
            (None, Some(values)) if !self.leaves_out(&here) => {
                self.change(&here, side, Fact::Item, Value::Null, item(values));
                mine.additional_properties = Some(Box::new(values.clone()));
            }
            (Some(values), None) => {
                let old = item(values);
                if !self.keeps(&here, &here) {
                    self.change(&here, side, Fact::Item, old, Value::Null);
                    mine.additional_properties = None;
                }
            }
            _ => {}
        }
    }

    fn limits(&mut self, at: &str, mine: &mut Schema, theirs: &Schema, defaults: bool) {
        let side = Side::Request;
        self.fact(
            &path::join(at, "required"),
            side,
            Fact::Required,
            &mut mine.required,
            &theirs.required,
        );
        if defaults {
            self.fact(
                &path::join(at, "default"),
                side,
                Fact::Default,
                &mut mine.default,
                &theirs.default,
            );
        }
        for (keyword, fact, mine, theirs) in [
            ("minimum", Fact::Minimum, &mut mine.minimum, &theirs.minimum),
            ("maximum", Fact::Maximum, &mut mine.maximum, &theirs.maximum),
        ] {
            // 1 and 1.0 are one number.
            let same = mine.as_ref().and_then(serde_json::Number::as_f64)
                == theirs.as_ref().and_then(serde_json::Number::as_f64);
            let theirs = if same { mine.clone() } else { theirs.clone() };
            self.fact(&path::join(at, keyword), side, fact, mine, &theirs);
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
            self.fact(&path::join(at, keyword), side, fact, mine, &theirs);
        }
        self.fact(
            &path::join(at, "pattern"),
            side,
            Fact::Pattern,
            &mut mine.pattern,
            &theirs.pattern,
        );
    }

    fn properties(
        &mut self,
        at: &str,
        mine: &mut IndexMap<String, Schema>,
        theirs: &IndexMap<String, Schema>,
        side: Side,
        defaults: bool,
    ) {
        let collection = path::properties(at);
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
                self.schema(&here, property, other, side, defaults);
            } else if !self.leaves_out(&here) {
                self.change(&here, side, Fact::Item, Value::Null, item(other));
                mine.insert(name.clone(), other.clone());
            }
        }
    }

    fn errors(&mut self, mine: &mut Vec<ErrorRow>, theirs: &[ErrorRow]) {
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
fn equal(a: &Value, b: &Value) -> bool {
    let empty = |it: &Value| {
        it.is_null() || *it == Value::Bool(false) || it.as_array().is_some_and(Vec::is_empty)
    };
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.total_cmp(&b).is_eq(),
        _ => a == b || (empty(a) && empty(b)),
    }
}
