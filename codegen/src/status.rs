//! The status of a product's specs: how much of them is described, checked and reviewed, how many
//! have permissions, and how much of what the vendor states they have.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::import;
use crate::import::suggest::{self, State, StatedKind};
use crate::spec::{Operation, Product, Schema, Source};

/// The status of a product's specs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The vendor's code of the product.
    pub product: String,
    /// The API version.
    pub version: String,
    /// The sources of the facts, with their dates.
    pub sources: Vec<Source>,
    /// The operations.
    pub operations: Operations,
    /// Operations with a summary.
    pub summaries: Count,
    /// Parameters, fields within and fields of responses with a description.
    pub fields: Count,
    /// Rows of error tables with a description.
    pub errors: Count,
    /// Operations whose permissions are known.
    pub permissions: Count,
    /// Operations that a person compared with the vendor's page.
    pub pages: Pages,
    /// Rules between parameters, and the operations that have some.
    pub rules: Rules,
    /// States to wait for.
    pub waiters: usize,
    /// Limits, documented values and defaults in the specs, by how many schemas have them.
    pub limits: Limits,
    /// The limits that the metadata states in prose without a condition, and how many of them the
    /// specs have, by kind.
    pub stated: BTreeMap<StatedKind, Count>,
    #[serde(skip)]
    found: BTreeMap<(StatedKind, String, String), bool>,
}

/// A part of a total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The number that there are.
    pub have: usize,
    /// Of how many.
    pub of: usize,
}

impl Count {
    fn add(&mut self, have: bool) {
        self.have += usize::from(have);
        self.of += 1;
    }
}

/// Operations of specs and of metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operations {
    /// The number in the specs.
    pub specs: usize,
    /// The number in the newest metadata, if metadata was given.
    pub metadata: Option<usize>,
    /// Those that only the metadata has.
    pub missing: Vec<String>,
    /// Those that only the specs have.
    pub gone: Vec<String>,
    /// The number that the vendor advises against.
    pub deprecated: usize,
}

/// Pages that a person compared with a spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pages {
    /// The number, out of all operations.
    #[serde(flatten)]
    pub count: Count,
    /// The date of the oldest review.
    pub oldest: Option<String>,
    /// The date of the newest review.
    pub newest: Option<String>,
}

/// Rules between parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// The number of rules.
    pub rules: usize,
    /// In how many operations.
    pub operations: usize,
}

/// The limits of request schemas: the number of schemas with each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// A least or a greatest number.
    pub ranges: usize,
    /// A least or a greatest length of text.
    pub lengths: usize,
    /// A least or a greatest number of elements.
    pub counts: usize,
    /// A pattern.
    pub patterns: usize,
    /// A closed list of values.
    pub enumerations: usize,
    /// An open list of documented values.
    pub values: usize,
    /// A default.
    pub defaults: usize,
}

/// Takes stock of the specs of a product.
pub fn of<'a>(product: &Product, operations: impl Iterator<Item = &'a Operation>) -> Status {
    let mut status = Status {
        product: product.product.clone(),
        version: product.version.clone(),
        sources: product.sources.clone(),
        operations: Operations::default(),
        summaries: Count::default(),
        fields: Count::default(),
        errors: Count::default(),
        permissions: Count::default(),
        pages: Pages::default(),
        rules: Rules::default(),
        waiters: 0,
        limits: Limits::default(),
        stated: BTreeMap::new(),
        found: BTreeMap::new(),
    };
    let told = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    for operation in operations {
        status.operations.specs += 1;
        status.operations.deprecated += usize::from(operation.deprecated.is_some());
        status.summaries.add(told(&operation.summary));
        if !operation.anonymous {
            status.permissions.add(!operation.permissions.is_empty());
        }
        status.pages.count.add(operation.reviewed.is_some());
        if let Some(date) = &operation.reviewed {
            let Pages { oldest, newest, .. } = &mut status.pages;
            if oldest.as_ref().is_none_or(|known| date < known) {
                *oldest = Some(date.clone());
            }
            if newest.as_ref().is_none_or(|known| date > known) {
                *newest = Some(date.clone());
            }
        }
        status.rules.rules += operation.constraints.len();
        status.rules.operations += usize::from(!operation.constraints.is_empty());
        status.waiters += operation.waiters.len();
        for row in &operation.errors {
            status.errors.add(told(&row.description));
        }
        for parameter in &operation.parameters {
            field(&parameter.schema, &mut status.fields);
            limits(&parameter.schema, &mut status.limits);
        }
        for schema in operation.response.iter().flat_map(Schema::inner) {
            field(schema, &mut status.fields);
        }
    }
    status
}

/// A field, and the fields within.
fn field(schema: &Schema, fields: &mut Count) {
    let text = schema.description.as_ref();
    fields.add(text.is_some_and(|text| !text.trim().is_empty()));
    within(schema, fields);
}

fn within(schema: &Schema, fields: &mut Count) {
    for property in schema.properties.values() {
        field(property, fields);
    }
    let elements = schema.items.as_deref().into_iter();
    for element in elements.chain(schema.additional_properties.as_deref()) {
        within(element, fields);
    }
}

fn limits(schema: &Schema, limits: &mut Limits) {
    let Limits {
        ranges,
        lengths,
        counts,
        patterns,
        enumerations,
        values,
        defaults,
    } = limits;
    for (count, there) in [
        (ranges, schema.minimum.is_some() || schema.maximum.is_some()),
        (
            lengths,
            schema.min_length.is_some() || schema.max_length.is_some(),
        ),
        (
            counts,
            schema.min_items.is_some() || schema.max_items.is_some(),
        ),
        (patterns, schema.pattern.is_some()),
        (enumerations, !schema.values.is_empty()),
        (values, !schema.known_values.is_empty()),
        (defaults, schema.default.is_some()),
    ] {
        *count += usize::from(there);
    }
    for inner in schema.inner() {
        self::limits(inner, limits);
    }
}

impl Status {
    /// Compares with metadata of the product, the newest first, which has been read with its
    /// descriptions. What several state is one.
    pub fn compare(&mut self, operations: &BTreeMap<String, Operation>, metadata: &import::Source) {
        if self.operations.metadata.is_none() {
            let declined = metadata.declined.iter().map(|declined| &declined.operation);
            let theirs: BTreeSet<&String> = metadata.operations.keys().chain(declined).collect();
            let mine: BTreeSet<&String> = operations.keys().collect();
            self.operations.missing = theirs.difference(&mine).copied().cloned().collect();
            self.operations.gone = mine.difference(&theirs).copied().cloned().collect();
            self.operations.metadata = Some(theirs.len());
        }
        for stated in suggest::limits::of_source(operations, metadata) {
            if stated.conditional || stated.state == State::Nowhere {
                continue;
            }
            let key = (stated.kind, stated.operation, stated.at);
            *self.found.entry(key).or_default() |= stated.state == State::There;
        }
        self.stated.clear();
        for ((kind, ..), there) in &self.found {
            self.stated.entry(*kind).or_default().add(*there);
        }
    }
}
