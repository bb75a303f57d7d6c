//! Changes between two states of specs that no metadata states: rules, waiters, documented values, marks.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::classify::{plain, subject_at};
use super::{Effect, Entry};
use crate::emit::MARKUP;
use crate::import::{Fact, Side, path};
use crate::spec::{Constraint, Operation, Product, Schema};
use crate::tables;

/// The changes of an operation that is in both states.
pub(super) fn operation(old: &Operation, new: &Operation) -> Vec<Entry> {
    let mut found = Found {
        operation: &old.operation,
        entries: Vec::new(),
        words: 0,
    };
    found.rules(old, new);
    found.conduct(old, new);
    found.waiters(old, new);
    found.errors(old, new);
    for parameter in &old.parameters {
        let other = new.parameters.iter().find(|it| it.name == parameter.name);
        if let Some(other) = other {
            let at = path::join("/parameters", &parameter.name);
            found.schema(&at, Side::Request, &parameter.schema, &other.schema);
        }
    }
    if let (Some(old), Some(new)) = (&old.response, &new.response) {
        found.schema("/response", Side::Response, old, new);
    }
    let words = |it: &Operation| (it.summary.clone(), it.description.clone(), it.docs.clone());
    found.words += usize::from(words(old) != words(new));
    found.words += usize::from(old.response_example != new.response_example);
    if found.words > 0 {
        let text = match found.words {
            1 => "one description or example has other words".to_owned(),
            many => format!("{many} descriptions and examples have other words"),
        };
        found.add(
            "",
            Side::Operation,
            Fact::Words,
            Effect::Documentation,
            text,
            (&(), &()),
        );
    }
    found.entries
}

/// The changes of the product's file.
pub(super) fn product(old: &Product, new: &Product) -> Vec<Entry> {
    let mut found = Found {
        operation: "",
        entries: Vec::new(),
        words: 0,
    };
    if old.success_codes != new.success_codes {
        found.add(
            "/successCodes",
            Side::Product,
            Fact::Derived,
            Effect::Behaviour,
            "other values of `Code` mean success".to_owned(),
            (&old.success_codes, &new.success_codes),
        );
    }
    let codes = |product: &Product| {
        let rows = product.errors.iter();
        rows.map(|row| (row.code.clone(), row.retryable))
            .collect::<BTreeMap<_, _>>()
    };
    let (was, now) = (codes(old), codes(new));
    for (code, retryable) in &now {
        let at = path::row(None, code);
        match was.get(code) {
            None => found.add(
                &at,
                Side::Product,
                Fact::Error,
                Effect::Documentation,
                format!("every operation can answer with the error `{code}`"),
                (&(), code),
            ),
            Some(before) if before != retryable => {
                found.retryable(&at, Side::Product, code, *retryable);
            }
            Some(_) => {}
        }
    }
    found.entries
}

struct Found<'f> {
    operation: &'f str,
    entries: Vec<Entry>,
    words: usize,
}

impl Found<'_> {
    fn add(
        &mut self,
        at: &str,
        side: Side,
        fact: Fact,
        effect: Effect,
        text: String,
        (old, new): (&impl Serialize, &impl Serialize),
    ) {
        self.entries.push(Entry {
            effect,
            operation: self.operation.to_owned(),
            at: at.to_owned(),
            side,
            fact,
            text,
            instead: None,
            old: serde_json::to_value(old).unwrap_or_default(),
            new: serde_json::to_value(new).unwrap_or_default(),
        });
    }

    fn rules(&mut self, old: &Operation, new: &Operation) {
        // Why there is a rule, and what its choice is called, changes nothing about it.
        let demand = |rule: &Constraint| Constraint {
            name: None,
            reason: String::new(),
            ..rule.clone()
        };
        let missing = |from: &[Constraint], rule: &Constraint| {
            !from.iter().any(|it| demand(it) == demand(rule))
        };
        // Rules that lead nowhere do not pass the checks, and demand nothing.
        let demands = |of: &Operation| tables::demands(of, MARKUP).unwrap_or_default();
        let gone = old.constraints.iter().zip(demands(old));
        for (rule, demand) in gone.filter(|(it, _)| missing(&new.constraints, it)) {
            let text = format!("no longer a rule: {}", lower(&demand));
            self.add(
                "/constraints",
                Side::Request,
                Fact::Rule,
                Effect::Loosened,
                text,
                (rule, &()),
            );
        }
        let added = new.constraints.iter().zip(demands(new));
        for (rule, demand) in added.filter(|(it, _)| missing(&old.constraints, it)) {
            let text = format!("new rule: {}", lower(&demand));
            self.add(
                "/constraints",
                Side::Request,
                Fact::Rule,
                Effect::Tightened,
                text,
                (&(), rule),
            );
        }
        for rule in &new.constraints {
            let choice = |it: &&Constraint| it.name == rule.name;
            if let Some(name) = &rule.name
                && !old.constraints.iter().any(|it| choice(&it))
            {
                let text = format!("new choice `{name}`");
                self.add(
                    "/constraints",
                    Side::Request,
                    Fact::Rule,
                    Effect::Additive,
                    text,
                    (&(), name),
                );
            }
        }
    }

    /// Tokens, dry runs and pages.
    fn conduct(&mut self, old: &Operation, new: &Operation) {
        if old.idempotency != new.idempotency {
            let text = match &new.idempotency {
                Some(it) => format!(
                    "the client fills `{}` in, so it may be repeated after an unclear failure",
                    it.token
                ),
                None => {
                    "the client fills no token in, so it is not repeated after an unclear failure"
                        .to_owned()
                }
            };
            let values = (&old.idempotency, &new.idempotency);
            self.add(
                "/idempotency",
                Side::Operation,
                Fact::Derived,
                Effect::Behaviour,
                text,
                values,
            );
        }
        if old.dry_run != new.dry_run {
            let (effect, text) = match (&old.dry_run, &new.dry_run) {
                (None, _) => (
                    Effect::Additive,
                    "it can be checked without effect (`dry_run`)",
                ),
                (_, None) => (
                    Effect::Behaviour,
                    "it cannot be checked without effect any more",
                ),
                _ => (
                    Effect::Behaviour,
                    "another parameter asks for a check without effect",
                ),
            };
            let values = (&old.dry_run, &new.dry_run);
            self.add(
                "/dryRun",
                Side::Operation,
                Fact::Derived,
                effect,
                text.to_owned(),
                values,
            );
        }
        if old.pagination != new.pagination {
            let (effect, text) = match (&old.pagination, &new.pagination) {
                (None, _) => (
                    Effect::Additive,
                    "answered in pages: `Client::items` and `Client::pages`",
                ),
                (_, None) => (Effect::Breaking, "it is not answered in pages any more"),
                _ => (Effect::Behaviour, "its pages are asked for in another way"),
            };
            let values = (&old.pagination, &new.pagination);
            self.add(
                "/pagination",
                Side::Operation,
                Fact::Derived,
                effect,
                text.to_owned(),
                values,
            );
        }
    }

    fn waiters(&mut self, old: &Operation, new: &Operation) {
        for waiter in &new.waiters {
            let at = path::join("/waiters", &waiter.name);
            let constant = crate::names::constant(&waiter.name);
            match old.waiters.iter().find(|it| it.name == waiter.name) {
                None => {
                    let text = format!("new waiter `{constant}`");
                    self.add(
                        &at,
                        Side::Operation,
                        Fact::Waiter,
                        Effect::Additive,
                        text,
                        (&(), waiter),
                    );
                }
                Some(before) if before != waiter => {
                    let text =
                        format!("the waiter `{constant}` polls, ends or gives up differently");
                    let values = (before, waiter);
                    self.add(
                        &at,
                        Side::Operation,
                        Fact::Waiter,
                        Effect::Behaviour,
                        text,
                        values,
                    );
                }
                Some(_) => {}
            }
        }
    }

    fn errors(&mut self, old: &Operation, new: &Operation) {
        for row in &new.errors {
            let same = |it: &&crate::spec::ErrorRow| it.status == row.status && it.code == row.code;
            let Some(before) = old.errors.iter().find(same) else {
                continue;
            };
            if before.retryable != row.retryable {
                let at = path::row(row.status, &row.code);
                self.retryable(&at, Side::Errors, &row.code, row.retryable);
            }
            self.words += usize::from(before.description != row.description);
        }
    }

    fn retryable(&mut self, at: &str, side: Side, code: &str, now: bool) {
        let text = if now {
            format!("error `{code}` counts as temporary: the call may be repeated")
        } else {
            format!("error `{code}` no longer counts as temporary: the call is not repeated")
        };
        self.add(at, side, Fact::Mark, Effect::Behaviour, text, (&!now, &now));
    }

    fn schema(&mut self, at: &str, side: Side, old: &Schema, new: &Schema) {
        let subject = subject_at(at, side);
        if old.sensitive != new.sensitive {
            let text = if new.sensitive {
                format!("{subject} is secret, and no longer printed")
            } else {
                format!("{subject} is no longer secret, and printed")
            };
            let at = path::join(at, "sensitive");
            let values = (&old.sensitive, &new.sensitive);
            self.add(&at, side, Fact::Mark, Effect::Behaviour, text, values);
        }
        self.known_values(at, side, old, new, &subject);
        let words = |it: &Schema| (it.description.clone(), it.example.clone());
        self.words += usize::from(words(old) != words(new));
        for (one, other, key) in [
            (&old.items, &new.items, "items"),
            (
                &old.additional_properties,
                &new.additional_properties,
                "additionalProperties",
            ),
        ] {
            if let (Some(one), Some(other)) = (one, other) {
                self.schema(&path::join(at, key), side, one, other);
            }
        }
        for (name, one) in &old.properties {
            if let Some(other) = new.properties.get(name) {
                self.schema(&path::property(at, name), side, one, other);
            }
        }
    }

    fn known_values(&mut self, at: &str, side: Side, old: &Schema, new: &Schema, subject: &str) {
        let values = |schema: &Schema| -> Vec<Value> {
            schema
                .known_values
                .iter()
                .map(|it| it.value.clone())
                .collect()
        };
        // What an enumeration lists is told with it.
        let missing = |from: &Schema, value: &Value| {
            !values(from).contains(value) && !from.values.contains(value)
        };
        let list = |values: &[Value]| values.iter().map(plain).collect::<Vec<_>>().join(", ");
        let here = path::join(at, "knownValues");
        let come: Vec<Value> = values(new)
            .into_iter()
            .filter(|it| missing(old, it))
            .collect();
        let gone: Vec<Value> = values(old)
            .into_iter()
            .filter(|it| missing(new, it))
            .collect();
        if !come.is_empty() {
            let effect = match side {
                Side::Request => Effect::Additive,
                _ => Effect::Documentation,
            };
            let text = format!("documented values of {subject}: {}", list(&come));
            self.add(&here, side, Fact::KnownValue, effect, text, (&(), &come));
        }
        if !gone.is_empty() {
            let text = format!("no longer documented values of {subject}: {}", list(&gone));
            let values = (&gone, &());
            self.add(
                &here,
                side,
                Fact::KnownValue,
                Effect::Documentation,
                text,
                values,
            );
        }
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_lowercase);
    first.chain(chars).collect()
}
