//! The smallest call that an operation accepts, for its documentation.

use alicloud_schema::{
    dynamic::DynRecord,
    record::Schema,
    validate::{self, ViolationKind},
};
use serde_json::{Map, Value};

use crate::spec::Operation;

/// How many optional parameters an example may need.
const MOST: usize = 3;

/// The wire names of the parameters, with examples, that make up the smallest call that keeps the
/// rules: the required ones, and as few others as will do, the earliest first.
#[must_use]
pub(crate) fn parameters<'s>(
    spec: &'s Operation,
    request: &'static Schema,
) -> Option<Vec<&'s str>> {
    let call = Call { spec, request };
    let (required, optional): (Vec<_>, Vec<_>) = spec
        .parameters
        .iter()
        .filter(|parameter| parameter.schema.required || parameter.schema.example.is_some())
        .map(|parameter| parameter.name.as_str())
        .partition(|name| {
            let mut parameters = spec.parameters.iter();
            parameters.any(|parameter| parameter.name == **name && parameter.schema.required)
        });
    (0..=MOST.min(optional.len())).find_map(|size| {
        let mut chosen = required.clone();
        call.choose(&optional, size, &mut chosen).then_some(chosen)
    })
}

/// A call in the making.
struct Call<'s> {
    spec: &'s Operation,
    request: &'static Schema,
}

impl<'s> Call<'s> {
    /// Adds `size` of the candidates so that the rules hold.
    fn choose(&self, from: &[&'s str], size: usize, chosen: &mut Vec<&'s str>) -> bool {
        if size == 0 {
            return self.keeps_rules(chosen);
        }
        from.iter().enumerate().any(|(at, name)| {
            chosen.push(name);
            let found = self.choose(&from[at + 1..], size - 1, chosen);
            if !found {
                chosen.pop();
            }
            found
        })
    }

    /// The examples of the chosen parameters keep the rules together.
    fn keeps_rules(&self, chosen: &[&str]) -> bool {
        if self.request.rules.is_empty() {
            return true;
        }
        let parameters = self.spec.parameters.iter();
        let examples: Map<String, Value> = parameters
            .filter(|parameter| chosen.contains(&parameter.name.as_str()))
            .filter_map(|it| Some((it.name.clone(), it.schema.example.clone()?)))
            .collect();
        let found = DynRecord::from_json(self.request, &Value::Object(examples))
            .and_then(|record| validate::check(&record));
        let is_rule = |kind| matches!(kind, ViolationKind::Rule(_));
        found.map_or_else(
            |found| !found.iter().any(|violation| is_rule(violation.kind)),
            |()| true,
        )
    }
}
