//! The smallest call that an operation accepts, for its documentation.

use alicloud_schema::{
    dynamic::DynRecord,
    record::{Predicate, Schema},
    validate::{self, ViolationKind},
};
use serde_json::{Map, Value};

use crate::spec::{self, Operation, Type};

/// How many optional parameters an example may need.
const MOST: usize = 3;

/// A value to show for a parameter of this name: its example, else its default or a value that the
/// spec lists, else a placeholder. `None` where only a person could write one.
#[must_use]
pub(crate) fn value(name: &str, schema: &spec::Schema) -> Option<Value> {
    let listed = schema.values.first();
    let known = schema.known_values.first().map(|known| &known.value);
    let stated = schema.example.as_ref().or(schema.default.as_ref());
    if let Some(value) = stated.or(listed).or(known) {
        return Some(value.clone());
    }
    match schema.kind {
        Type::String => Some(format!("<{name}>").into()),
        Type::Integer => Some(schema.minimum.clone().unwrap_or_else(|| 1.into()).into()),
        Type::Boolean => Some(true.into()),
        Type::Array => Some(vec![value(name, schema.items.as_deref()?)?].into()),
        Type::Object => {
            let required = schema.properties.iter().filter(|(_, it)| it.required);
            let fields: Map<String, Value> = required
                .map(|(name, schema)| Some((name.clone(), value(name, schema)?)))
                .collect::<Option<_>>()?;
            (!fields.is_empty()).then(|| fields.into())
        }
        Type::Number | Type::Any => None,
    }
}

/// The wire names of the parameters that make up the smallest call that keeps the rules: the
/// required ones, and as few others as will do, the earliest first, those with examples before the
/// rest and deprecated ones last.
#[must_use]
pub(crate) fn parameters<'s>(
    spec: &'s Operation,
    request: &'static Schema,
) -> Option<Vec<&'s str>> {
    let call = Call { spec, request };
    let (required, optional): (Vec<_>, Vec<_>) = spec
        .parameters
        .iter()
        .partition(|parameter| parameter.schema.required);
    let required: Vec<&str> = required.iter().map(|it| it.name.as_str()).collect();
    let optional = optional.iter().filter(|it| call.is_in_rules(&it.name));
    let (with_example, mut rest): (Vec<&&spec::Parameter>, Vec<&&spec::Parameter>) = optional
        .filter(|it| value(&it.name, &it.schema).is_some())
        .partition(|it| it.schema.example.is_some() && it.schema.deprecated.is_none());
    rest.sort_by_key(|it| it.schema.deprecated.is_some());
    let names = |parameters: &[&&'s spec::Parameter]| -> Vec<&'s str> {
        parameters.iter().map(|it| it.name.as_str()).collect()
    };
    let first = names(&with_example);
    let all = [first.clone(), names(&rest)].concat();
    [first, all].iter().find_map(|optional| {
        (0..=MOST.min(optional.len())).find_map(|size| {
            let mut chosen = required.clone();
            call.choose(optional, size, &mut chosen).then_some(chosen)
        })
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

    /// Whether a rule is about the parameter: no other one can make rules hold.
    fn is_in_rules(&self, name: &str) -> bool {
        self.request.rules.iter().any(|rule| {
            let members = || rule.members.iter().chain(rule.then);
            rule.each.first() == Some(&name) || members().any(|member| is_about(member, name))
        })
    }

    /// The values of the chosen parameters keep the rules together.
    fn keeps_rules(&self, chosen: &[&str]) -> bool {
        if self.request.rules.is_empty() {
            return true;
        }
        let parameters = self.spec.parameters.iter();
        let values: Map<String, Value> = parameters
            .filter(|parameter| chosen.contains(&parameter.name.as_str()))
            .filter_map(|it| Some((it.name.clone(), value(&it.name, &it.schema)?)))
            .collect();
        let found = DynRecord::from_json(self.request, &Value::Object(values))
            .and_then(|record| validate::check(&record));
        let is_rule = |kind| matches!(kind, ViolationKind::Rule(_));
        found.map_or_else(
            |found| !found.iter().any(|violation| is_rule(violation.kind)),
            |()| true,
        )
    }
}

fn is_about(member: &Predicate, name: &str) -> bool {
    match *member {
        Predicate::Field { path, .. } => path.first() == Some(&name),
        Predicate::Any(members) => members.iter().any(|member| is_about(member, name)),
    }
}
