//! The sources of the facts of a product, with their dates.

use super::source::Source as Metadata;
use crate::spec::{Facts, Schema, Source};

/// What metadata is called unless the caller knows better.
const METADATA: &str = "API metadata";

/// Notes what was taken from metadata of a whole product. Without a date it replaces nothing that
/// stands there: what is known to be as of some day would be of nobody knows when.
pub(super) fn record(sources: &mut Vec<Source>, metadata: &Metadata) {
    if metadata.single {
        return;
    }
    let mut facts = stated(metadata);
    if metadata.as_of.is_none() {
        facts.retain(|kind| !sources.iter().any(|source| source.facts.contains(kind)));
    }
    if facts.is_empty() {
        return;
    }
    for source in sources.iter_mut() {
        source.facts.retain(|kind| !facts.contains(kind));
    }
    let name = metadata.name.as_deref().unwrap_or(METADATA);
    let as_of = metadata.as_of.clone();
    match sources
        .iter_mut()
        .find(|source| source.name == name && source.as_of == as_of)
    {
        Some(source) => {
            source.facts.extend(facts);
            source.facts.sort_unstable();
        }
        None => sources.push(Source {
            name: name.to_owned(),
            as_of,
            facts,
        }),
    }
    sources.retain(|source| !source.facts.is_empty());
    sources.sort_by(|a, b| a.facts.cmp(&b.facts));
}

/// The kinds of facts that the metadata states anywhere.
fn stated(metadata: &Metadata) -> Vec<Facts> {
    let operations = || metadata.operations.values();
    let limits = |operation: &crate::spec::Operation| {
        let mut parameters = operation.parameters.iter();
        parameters.any(|parameter| parameter.schema.any(&Schema::is_limited))
    };
    let kinds = [
        (Facts::Operations, true),
        (Facts::Parameters, true),
        (Facts::Limits, operations().any(|it| limits(&it.spec))),
        (
            Facts::Responses,
            operations().any(|it| it.spec.response.is_some()),
        ),
        (
            Facts::Errors,
            operations().any(|it| !it.spec.errors.is_empty()),
        ),
        (
            Facts::Permissions,
            operations().any(|it| !it.spec.permissions.is_empty()),
        ),
        (Facts::Endpoints, !metadata.endpoints.is_empty()),
    ];
    let stated = kinds.into_iter().filter(|(_, stated)| *stated);
    stated.map(|(kind, _)| kind).collect()
}
