//! The checks of rules between parameters: whether they are well-formed, and whether requests can
//! satisfy them.

use std::collections::BTreeMap;

use alicloud_schema::record;
use serde_json::Value;

use super::findings::Findings;
use super::near::{list, nearest};
use super::path::{self, Target};
use super::solver::{self, Budget, Predicate, Problem, Rule, State};
use super::values::{self, words};
use crate::diagnostic::{Among, Code, Diagnostic};
use crate::names;
use crate::spec::{Constraint, Fact, Member, Members, Operation, Schema, Type};
use crate::tables::Role;
use crate::tree::{Kind, Node, Span};

/// A member as the facts of which one is enough, each with the parameter that it is about.
type KnownMember<'s> = Vec<(Target<'s>, &'s Fact)>;

/// A rule whose members are all known.
struct Checked<'s, 't> {
    constraint: &'s Constraint,
    node: &'t Node<'t>,
    /// The array whose elements it is about, by its path.
    each: Option<&'s str>,
    members: Vec<KnownMember<'s>>,
    then: Vec<KnownMember<'s>>,
}

impl<'s> Checked<'s, '_> {
    /// The parameters that it is about, as often as it names them.
    fn targets(&self) -> impl Iterator<Item = &Target<'s>> {
        let members = self.members.iter().chain(&self.then);
        members.flatten().map(|(target, _)| target)
    }
}

/// Checks the rules of an operation.
pub(super) fn check<'t>(operation: &Operation, tree: &'t Node<'t>, findings: &mut Findings) {
    let mut scopes: BTreeMap<Option<&str>, Vec<Checked<'_, '_>>> = BTreeMap::new();
    for (constraint, node) in operation.constraints.iter().zip(tree.list("constraints")) {
        if let Some(checked) = rule(operation, constraint, node, findings) {
            scopes.entry(checked.each).or_default().push(checked);
        }
    }
    let mut budget = Budget::OF_AN_OPERATION;
    for (each, rules) in &scopes {
        let scope = match each {
            None => Scope {
                list: tree.get("parameters"),
                array: None,
                rules,
            },
            Some(each) => {
                let Some(target) = path::resolve(path::parameters(operation), each) else {
                    continue;
                };
                let array = node_of(tree, &target);
                Scope {
                    list: array.and_then(element_fields),
                    array,
                    rules,
                }
            }
        };
        // None when the search takes too long: then nothing is said.
        let _ = satisfy(&scope, &mut budget, findings);
    }
}

/// Checks what rules refer to that are left out of the operation because their structure is wrong.
pub(super) fn check_left_out(operation: &Operation, rules: &[Node<'_>], findings: &mut Findings) {
    for node in rules {
        let each = node.get("each").and_then(Node::as_str);
        let fields = match each {
            None => path::parameters(operation).collect(),
            Some(each) => match elements(operation, each, node, findings) {
                Some(fields) => fields,
                None => continue,
            },
        };
        for key in ["parameters", "if", "then"] {
            for place in node.get(key).into_iter().flat_map(references) {
                let path = place.as_str().unwrap_or_default();
                if path::resolve(fields.iter().copied(), path).is_none() {
                    findings.push(unknown_member(findings, path, place.span, each, &fields));
                }
            }
        }
    }
}

/// The names of parameters in a member, in a group, or in a list of them.
fn references<'n, 't>(node: &'n Node<'t>) -> Vec<&'n Node<'t>> {
    match &node.kind {
        Kind::String(_) => vec![node],
        Kind::Array(items) => items.iter().flat_map(references).collect(),
        Kind::Object(_) => ["parameter", "anyOf"]
            .iter()
            .filter_map(|key| node.get(key))
            .flat_map(references)
            .collect(),
        _ => Vec::new(),
    }
}

/// The rules over the parameters, or over the fields of the elements of one array.
struct Scope<'a, 's, 't> {
    /// The fields in the tree: the list of parameters, or the object `properties`.
    list: Option<&'t Node<'t>>,
    /// The schema of the array in the tree.
    array: Option<&'t Node<'t>>,
    rules: &'a [Checked<'s, 't>],
}

/// Checks a rule by itself. It is given back where its members are all known.
fn rule<'s, 't>(
    operation: &'s Operation,
    constraint: &'s Constraint,
    node: &'t Node<'t>,
    findings: &mut Findings,
) -> Option<Checked<'s, 't>> {
    if constraint.reason.trim().is_empty() {
        findings.push(
            findings
                .finding(
                    Code::EmptyText,
                    node.span_of("reason"),
                    "a rule without a reason",
                )
                .label("say where the rule comes from"),
        );
    }
    name(constraint, node, findings);
    let mut fine = keys(constraint, node, findings);
    let fields: Vec<(&str, &Schema)> = match &constraint.each {
        None => path::parameters(operation).collect(),
        Some(each) => elements(operation, each, node, findings)?,
    };
    let lists = [
        ("parameters", Some(constraint.parameters.as_slice())),
        ("if", constraint.condition.as_ref().map(Members::as_slice)),
        ("then", constraint.then.as_ref().map(Members::as_slice)),
    ];
    let mut members = Vec::new();
    let mut then = Vec::new();
    let mut seen: Vec<(&Fact, Span)> = Vec::new();
    for (key, written) in lists {
        let Some(place) = node.get(key) else { continue };
        // One member may be written without a list.
        let places = match place.kind {
            Kind::Array(_) => place.items(),
            _ => std::slice::from_ref(place),
        };
        for (member, place) in written.into_iter().flatten().zip(places) {
            fine &= group(member, place, findings);
            let known = facts(&fields, constraint, member, place, &mut seen, findings);
            let Some(known) = known else {
                fine = false;
                continue;
            };
            let members = if key == "then" {
                &mut then
            } else {
                &mut members
            };
            members.push(known);
        }
    }
    fine.then_some(Checked {
        constraint,
        node,
        each: constraint.each.as_deref(),
        members,
        then,
    })
}

/// Whether a member that is a group has a choice in it.
fn group(member: &Member, place: &Node<'_>, findings: &mut Findings) -> bool {
    let (Member::AnyOf(group), Some(list)) = (member, place.get("anyOf")) else {
        return true;
    };
    if group.any_of.len() >= 2 {
        return true;
    }
    findings.push(
        findings
            .finding(
                Code::TooFewMembers,
                list.span,
                "a group needs at least two members in `anyOf`",
            )
            .label(match group.any_of.len() {
                0 => "there is none",
                _ => "there is only one, which needs no group",
            }),
    );
    false
}

/// The facts of a member, with what they are about. None where something is wrong with one of them.
fn facts<'s>(
    fields: &[(&'s str, &'s Schema)],
    constraint: &Constraint,
    member: &'s Member,
    place: &Node<'_>,
    seen: &mut Vec<(&'s Fact, Span)>,
    findings: &mut Findings,
) -> Option<KnownMember<'s>> {
    let places = match place.get("anyOf") {
        Some(list) => list.items(),
        None => std::slice::from_ref(place),
    };
    let mut fine = true;
    let mut known = Vec::new();
    for (fact, place) in member.facts().iter().zip(places) {
        if let Some((_, first)) = seen.iter().find(|(other, _)| same(other, fact)) {
            fine = false;
            findings.push(
                findings
                    .finding(
                        Code::RepeatedMember,
                        place.span,
                        format!("`{}` is a member of this rule twice", fact.path()),
                    )
                    .label("it is here again")
                    .also(findings.place(*first), "first here"),
            );
        }
        seen.push((fact, place.span));
        let Some(target) = fact_target(fields, constraint, fact, place, findings) else {
            fine = false;
            continue;
        };
        fine &= fact_values(&target, fact, place, findings);
        known.push((target, fact));
    }
    fine.then_some(known)
}

/// Whether the rule has the keys that its kind has, and enough members.
fn keys(constraint: &Constraint, node: &Node<'_>, findings: &mut Findings) -> bool {
    let requires = record::RuleKind::from(constraint.rule).has_conditions();
    let (wanted, unwanted, instead) = if requires {
        (&["if", "then"][..], &["parameters"][..], "`if` and `then`")
    } else {
        (&["parameters"][..], &["if", "then"][..], "`parameters`")
    };
    let rule = node.get("rule").and_then(Node::as_str).unwrap_or_default();
    let mut fine = true;
    for key in unwanted {
        if let Some(entry) = node.entry(key) {
            fine = false;
            findings.push(
                findings
                    .finding(
                        Code::WrongRuleKeys,
                        entry.key_span,
                        format!("the rule `{rule}` has no `{key}`"),
                    )
                    .label(format!("its members are in {instead}")),
            );
        }
    }
    for key in wanted {
        let Some(value) = node.get(key) else {
            if !std::mem::replace(&mut fine, false) {
                // The keys of the other rule have been reported, which is the same mistake.
                continue;
            }
            findings.push(
                findings
                    .finding(
                        Code::WrongRuleKeys,
                        node.span_of("rule"),
                        format!("the rule `{rule}` needs `{key}`"),
                    )
                    .label(format!("its members are in {instead}")),
            );
            continue;
        };
        let least = if requires { 1 } else { 2 };
        if matches!(value.kind, Kind::Array(_)) && value.items().len() < least {
            fine = false;
            let needed = if requires { "a member" } else { "two members" };
            findings.push(
                findings
                    .finding(
                        Code::TooFewMembers,
                        value.span,
                        format!("the rule `{rule}` needs at least {needed} in `{key}`"),
                    )
                    .label(match value.items().len() {
                        0 => "there is none",
                        _ => "there is only one",
                    }),
            );
        }
    }
    fine
}

/// A name is for a choice between parameters, of which an enum can be made.
fn name(constraint: &Constraint, node: &Node<'_>, findings: &mut Findings) {
    let Some(name) = &constraint.name else { return };
    let span = node.span_of("name");
    if !names::is_field_name(name) || names::field_name(name) != *name {
        findings.push(
            findings
                .finding(
                    Code::InvalidRustName,
                    span,
                    format!("`{name}` cannot be the name of a setter"),
                )
                .label("expected a name in `snake_case`, no keyword"),
        );
    }
    let choice = record::RuleKind::from(constraint.rule).is_choice();
    let plain = constraint
        .parameters
        .iter()
        .all(|member| member.plain().is_some());
    let why = if !choice {
        "only `exactly-one-of` and `at-most-one-of` are choices"
    } else if constraint.each.is_some() {
        "only rules over the parameters have a name, this one is about elements"
    } else if !plain {
        "only rules over whole parameters have a name, not over values or groups"
    } else {
        return;
    };
    findings.push(
        findings
            .finding(
                Code::NamedRuleWithoutChoice,
                span,
                "no enum can be made of this rule, so it needs no name",
            )
            .label(why),
    );
}

/// The fields of the elements that an `each` is about.
fn elements<'s>(
    operation: &'s Operation,
    each: &str,
    node: &Node<'_>,
    findings: &mut Findings,
) -> Option<Vec<(&'s str, &'s Schema)>> {
    let span = node.span_of("each");
    let fields: Vec<_> = path::parameters(operation).collect();
    let Some(target) = path::resolve(fields.iter().copied(), each) else {
        findings.push(unknown(findings, each, span, &fields));
        return None;
    };
    let schema = target.schema()?;
    let element = schema.items.as_ref()?;
    if schema.kind != Type::Array || element.kind != Type::Object {
        findings.push(wrong_kind(
            findings,
            each,
            span,
            ("`each` is about", "an array of objects"),
            schema,
        ));
        return None;
    }
    Some(path::fields(schema).collect())
}

fn fact_target<'s>(
    fields: &[(&'s str, &'s Schema)],
    constraint: &Constraint,
    fact: &Fact,
    place: &Node<'_>,
    findings: &mut Findings,
) -> Option<Target<'s>> {
    let target = path::resolve(fields.iter().copied(), fact.path());
    if target.is_none() {
        let span = place.span_of("parameter");
        let each = constraint.each.as_deref();
        findings.push(unknown_member(findings, fact.path(), span, each, fields));
    }
    target
}

/// Whether the values of a fact are ones that the parameter can have.
fn fact_values(
    target: &Target<'_>,
    fact: &Fact,
    place: &Node<'_>,
    findings: &mut Findings,
) -> bool {
    let (Some(list), Some(schema)) = (place.get("is"), target.schema()) else {
        return true;
    };
    let path = fact.path();
    if list.items().is_empty() {
        findings.push(
            findings
                .finding(
                    Code::ImpossibleMember,
                    list.span,
                    format!("`{path}` is compared with an empty list of values"),
                )
                .label("there is no value")
                .help(format!("write `\"{path}\"` where any value counts")),
        );
        return false;
    }
    if matches!(schema.kind, Type::Array | Type::Object | Type::Any) {
        findings.push(
            findings
                .finding(
                    Code::ImpossibleMember,
                    list.span,
                    format!("`{path}` has no single value to compare"),
                )
                .label(format!("it is {}", words(schema.kind))),
        );
        return false;
    }
    let mut fine = true;
    for (index, (value, known)) in list.items().iter().zip(fact.values()).enumerate() {
        let mut faults = values::faults(schema, Role::Request, place, value);
        if let Some(first) = fact.values()[..index]
            .iter()
            .position(|other| other == known)
        {
            fine = false;
            findings.push(
                findings
                    .finding(
                        Code::RepeatedMember,
                        value.span,
                        format!("`{path}` has this value twice"),
                    )
                    .label("it is here again")
                    .also(findings.place(list.items()[first].span), "first here"),
            );
        }
        if let Some(fault) = faults.pop() {
            fine = false;
            findings.push(
                findings
                    .finding(
                        Code::ImpossibleMember,
                        value.span,
                        format!("`{path}` never has this value"),
                    )
                    .label(fault.label),
            );
        }
    }
    fine
}

/// A member of a rule that is not there.
fn unknown_member(
    findings: &Findings,
    path: &str,
    span: Span,
    each: Option<&str>,
    fields: &[(&str, &Schema)],
) -> Diagnostic {
    match each {
        Some(each) => {
            let message = format!("`{path}` is not a field of `{each}`");
            let finding = missing(findings, (path, span), message, "field", fields);
            finding.wanted(path, Among::ElementsOf(each.to_owned()))
        }
        None => unknown(findings, path, span, fields),
    }
}

/// A reference to a parameter that is not there.
pub(super) fn unknown(
    findings: &Findings,
    path: &str,
    span: Span,
    fields: &[(&str, &Schema)],
) -> Diagnostic {
    let message = format!("`{path}` is not a parameter of this operation");
    missing(findings, (path, span), message, "parameter", fields).wanted(path, Among::Parameters)
}

fn missing(
    findings: &Findings,
    (path, span): (&str, Span),
    message: String,
    noun: &str,
    fields: &[(&str, &Schema)],
) -> Diagnostic {
    let finding = findings.finding(Code::UnknownParameter, span, message);
    let paths = path::all(fields.iter().copied());
    match nearest(path, paths.iter().map(String::as_str)) {
        Some(near) => finding.label(format!("did you mean `{near}`?")),
        None if fields.is_empty() => finding.label(format!("there are no {noun}s")),
        None => {
            let names = fields.iter().map(|(name, _)| name);
            let known = format!("the {noun}s are {}", list(names));
            finding.label(format!("no such {noun}")).help(known)
        }
    }
}

/// A reference to a parameter that is not what it is used as.
pub(super) fn wrong_kind(
    findings: &Findings,
    path: &str,
    span: Span,
    (role, expected): (&str, &str),
    schema: &Schema,
) -> Diagnostic {
    let found = match (&schema.kind, &schema.items) {
        (Type::Array, Some(items)) => format!("an array whose elements are {}", words(items.kind)),
        (kind, _) => words(*kind).to_owned(),
    };
    findings
        .finding(
            Code::WrongParameterType,
            span,
            format!("`{path}` is {found}; {role} {expected}"),
        )
        .label(format!("expected {expected}"))
}

fn same(a: &Fact, b: &Fact) -> bool {
    a.path() == b.path()
        && a.values().len() == b.values().len()
        && a.values().iter().all(|value| b.values().contains(value))
}

/// The fields in the tree below a schema; of an array, those of its elements.
fn element_fields<'t>(mut schema: &'t Node<'t>) -> Option<&'t Node<'t>> {
    while let Some(items) = schema.get("items") {
        schema = items;
    }
    schema.get("properties")
}

/// The schema in the tree that a path from the parameters leads to.
fn node_of<'t>(tree: &'t Node<'t>, target: &Target<'_>) -> Option<&'t Node<'t>> {
    find(tree.get("parameters")?, &target.names())
}

/// The schema in the tree that names lead to, from a list of parameters or an object `properties`.
fn find<'t>(list: &'t Node<'t>, names: &[&str]) -> Option<&'t Node<'t>> {
    let (first, rest) = names.split_first()?;
    let node = match &list.kind {
        Kind::Array(parameters) => parameters
            .iter()
            .find(|parameter| parameter.get("name").and_then(Node::as_str) == Some(first))?,
        _ => list.get(first)?,
    };
    if rest.is_empty() {
        return Some(node);
    }
    find(element_fields(node)?, rest)
}

/// What is to be solved, with what it was made from.
struct Model<'s> {
    problem: Problem,
    /// What the variables stand for.
    targets: Vec<Target<'s>>,
    /// The values that the bits of the states stand for.
    mentioned: Vec<Vec<&'s Value>>,
}

/// Finds what no request can do, and what every one must. Gives none when it took too long.
fn satisfy(scope: &Scope<'_, '_, '_>, budget: &mut Budget, findings: &mut Findings) -> Option<()> {
    let model = model(scope)?;
    let problem = &model.problem;
    for component in problem.components() {
        let Some(&first) = component.first() else {
            continue;
        };
        if !problem.satisfiable(first, |_, _| true, |_| true, budget)? {
            let core = problem.core(&component, |_, _| true, budget)?;
            findings.push(unsatisfiable(scope, &core, findings)?);
            continue;
        }
        for &variable in &component {
            extremes(scope, &model, &component, variable, budget, findings)?;
        }
        examples(scope, &model, &component, budget, findings)?;
    }
    if scope.array.is_some() {
        example_elements(scope, &model, findings);
    }
    Some(())
}

/// Whether a variable can be present at all, and whether it can be absent.
fn extremes(
    scope: &Scope<'_, '_, '_>,
    model: &Model<'_>,
    component: &[usize],
    variable: usize,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Option<()> {
    let target = &model.targets[variable];
    if target.schema()?.required {
        return Some(());
    }
    let Some(place) = scope.list.and_then(|list| find(list, &target.names())) else {
        return Some(());
    };
    let span = name_of(scope.list, &target.names()).unwrap_or(place.opening());
    let path = target.names().join(".");
    let present = |at: usize, state: State| at != variable || state.present;
    if !model
        .problem
        .satisfiable(variable, present, |_| true, budget)?
    {
        let core = model.problem.core(component, present, budget)?;
        let mut finding = findings
            .finding(
                Code::ForbiddenParameter,
                span,
                format!("no valid request can carry `{path}`"),
            )
            .label("it is forbidden by the rules");
        for (span, label) in because(scope, &core) {
            finding = finding.also(findings.place(span), label);
        }
        findings.push(finding);
        return Some(());
    }
    // A field must be carried where its object is.
    let parents = &target.names()[..target.steps.len() - 1];
    let parent = model
        .targets
        .iter()
        .position(|other| other.names() == parents);
    let absent = |at: usize, state: State| {
        (at != variable || !state.present) && (Some(at) != parent || state.present)
    };
    if model
        .problem
        .satisfiable(variable, absent, |_| true, budget)?
    {
        return Some(());
    }
    let core = model.problem.core(component, absent, budget)?;
    let carrier = match parents {
        [] => "every valid request".to_owned(),
        parents => format!("every valid `{}`", parents.join(".")),
    };
    let mut finding = findings
        .finding(
            Code::ImpliedParameter,
            span,
            format!("{carrier} must carry `{path}`, which is called optional"),
        )
        .label("say `\"required\": true` here, and simplify the rules");
    for (span, label) in because(scope, &core) {
        finding = finding.also(findings.place(span), label);
    }
    findings.push(finding);
    Some(())
}

/// The name of a parameter or the key of a field in the tree.
fn name_of<'t>(list: Option<&'t Node<'t>>, names: &[&str]) -> Option<Span> {
    let (name, outer) = names.split_last()?;
    let fields = match outer {
        [] => list?,
        outer => element_fields(find(list?, outer)?)?,
    };
    match fields.kind {
        Kind::Array(_) => find(fields, &[name]).map(|parameter| parameter.span_of("name")),
        _ => fields.entry(name).map(|entry| entry.key_span),
    }
}

fn unsatisfiable(
    scope: &Scope<'_, '_, '_>,
    core: &[usize],
    findings: &Findings,
) -> Option<Diagnostic> {
    let (last, others) = core.split_last()?;
    let rule = &scope.rules[*last];
    let message = match (rule.each, others) {
        (None, []) => "no request can satisfy this rule".to_owned(),
        (None, _) => "no request can satisfy these rules together".to_owned(),
        (Some(each), []) => format!("no element of `{each}` can satisfy this rule"),
        (Some(each), _) => format!("no element of `{each}` can satisfy these rules together"),
    };
    let finding = findings.finding(Code::Unsatisfiable, rule.node.span_of("rule"), message);
    let mut finding = finding.label(match others {
        [] => "nothing satisfies it",
        _ => "nothing satisfies it together with the others",
    });
    for (span, label) in because(scope, core) {
        if span != rule.node.span_of("rule") {
            finding = finding.also(findings.place(span), label);
        }
    }
    Some(finding)
}

/// The places that a conclusion rests on: rules, and parameters among their members that are required.
fn because(scope: &Scope<'_, '_, '_>, core: &[usize]) -> Vec<(Span, String)> {
    let mut places = Vec::new();
    for &index in core {
        let rule = &scope.rules[index];
        places.push((rule.node.span_of("rule"), "because of this rule".to_owned()));
        for target in rule.targets() {
            let required = target.schema().is_some_and(|schema| schema.required);
            let place = scope.list.and_then(|list| find(list, &target.names()));
            if let (true, Some(node)) = (required, place) {
                let name = target.names().join(".");
                places.push((node.span_of("required"), format!("`{name}` is required")));
            }
        }
    }
    places.sort();
    places.dedup();
    places
}

/// Makes variables of the members and of what encloses them, and rules of the constraints.
fn model<'s>(scope: &Scope<'_, 's, '_>) -> Option<Model<'s>> {
    let mut targets: Vec<Target<'s>> = Vec::new();
    let mut index: BTreeMap<Vec<&'s str>, usize> = BTreeMap::new();
    let mut mentioned: Vec<Vec<&'s Value>> = Vec::new();
    let mut rules = Vec::new();
    for (origin, rule) in scope.rules.iter().enumerate() {
        let mut predicates = |facts: &KnownMember<'s>| {
            let mut made = Vec::new();
            for (target, fact) in facts {
                // What encloses it becomes a variable too.
                let mut variable = 0;
                for length in 1..=target.steps.len() {
                    let part = Target {
                        steps: target.steps[..length].to_vec(),
                    };
                    variable = *index.entry(part.names()).or_insert_with(|| {
                        targets.push(part);
                        mentioned.push(Vec::new());
                        targets.len() - 1
                    });
                }
                let mut bits = 0_u64;
                for value in fact.values() {
                    let known = &mut mentioned[variable];
                    let bit = known.iter().position(|other| *other == value);
                    let bit = bit.unwrap_or_else(|| {
                        known.push(value);
                        known.len() - 1
                    });
                    bits |= 1_u64.checked_shl(u32::try_from(bit).ok()?)?;
                }
                made.push(Predicate {
                    variable,
                    values: (!fact.values().is_empty()).then_some(bits),
                });
            }
            Some(solver::Member(made))
        };
        let members: Option<_> = rule.members.iter().map(&mut predicates).collect();
        let then: Option<_> = rule.then.iter().map(&mut predicates).collect();
        rules.push(Rule {
            kind: rule.constraint.rule.into(),
            members: members?,
            then: then?,
            origin: Some(origin),
        });
    }
    let present = |variable| {
        solver::Member(vec![Predicate {
            variable,
            values: None,
        }])
    };
    let implies = |a, b| Rule {
        kind: record::RuleKind::Requires,
        members: vec![present(a)],
        then: vec![present(b)],
        origin: None,
    };
    for (variable, target) in targets.iter().enumerate() {
        let names = target.names();
        let required = target.schema()?.required;
        match index.get(&names[..names.len() - 1]) {
            Some(&parent) => {
                rules.push(implies(variable, parent));
                if required {
                    rules.push(implies(parent, variable));
                }
            }
            None if required => rules.push(Rule {
                kind: record::RuleKind::AtLeastOneOf,
                members: vec![present(variable)],
                then: Vec::new(),
                origin: None,
            }),
            None => {}
        }
    }
    let variables = targets
        .iter()
        .zip(&mentioned)
        .map(|(target, mentioned)| states(target, mentioned))
        .collect::<Option<_>>()?;
    Some(Model {
        problem: Problem { variables, rules },
        targets,
        mentioned,
    })
}

/// The states that a parameter can be in. None where there are too many to go through.
fn states(target: &Target<'_>, mentioned: &[&Value]) -> Option<Vec<State>> {
    const MOST_IN_LISTS: usize = 6;
    let schema = target.schema()?;
    let another = match schema.kind {
        Type::Boolean => mentioned.len() < 2,
        _ if schema.values.is_empty() => true,
        _ => schema
            .values
            .iter()
            .any(|value| !mentioned.contains(&value)),
    };
    let mut states = vec![State::ABSENT];
    if another {
        states.push(State::with(0));
    }
    if target.through_list() {
        if mentioned.len() > MOST_IN_LISTS {
            return None;
        }
        // Different elements have different values.
        states.extend((1..1_u64 << mentioned.len()).map(State::with));
    } else {
        for bit in 0..u32::try_from(mentioned.len()).ok()? {
            states.push(State::with(1_u64.checked_shl(bit)?));
        }
    }
    Some(states)
}

/// Whether some valid request can be made where every parameter that has an example takes it or is left out.
fn examples(
    scope: &Scope<'_, '_, '_>,
    model: &Model<'_>,
    component: &[usize],
    budget: &mut Budget,
    findings: &mut Findings,
) -> Option<()> {
    let examples: Vec<Option<(State, Span)>> = (0..model.targets.len())
        .map(|variable| example(scope, model, variable))
        .collect();
    let as_shown = |variable: usize, state: State| match examples[variable] {
        Some((example, _)) => !state.present || state == example,
        None => true,
    };
    let first = *component.first()?;
    if model
        .problem
        .satisfiable(first, as_shown, |_| true, budget)?
    {
        return Some(());
    }
    let core = model.problem.core(component, as_shown, budget)?;
    let (last, others) = core.split_last()?;
    let mut finding = findings
        .finding(
            Code::ExamplesBreakRules,
            scope.rules[*last].node.span_of("rule"),
            "no valid request can be made of the examples",
        )
        .label("the examples break this rule");
    for &other in others {
        let span = scope.rules[other].node.span_of("rule");
        finding = finding.also(findings.place(span), "together with this rule");
    }
    let targets = core.iter().flat_map(|&rule| scope.rules[rule].targets());
    let mut shown: Vec<Span> = Vec::new();
    for target in targets {
        let names = target.names();
        let variable = model
            .targets
            .iter()
            .position(|known| known.names() == names)?;
        if let Some((_, span)) = examples[variable]
            && !shown.contains(&span)
        {
            shown.push(span);
            finding = finding.also(findings.place(span), "an example");
        }
    }
    findings.push(finding);
    Some(())
}

/// The state in which the example of a parameter puts it, and where that example is.
fn example(scope: &Scope<'_, '_, '_>, model: &Model<'_>, variable: usize) -> Option<(State, Span)> {
    let target = &model.targets[variable];
    let names = target.names();
    for length in 1..=names.len() {
        let (outer, inner) = names.split_at(length);
        let Some(example) = find(scope.list?, outer)?.get("example") else {
            continue;
        };
        let state = state_in(example, inner, &model.mentioned[variable]);
        return Some((state, example.span));
    }
    None
}

/// The state of a field that names lead to within a value.
fn state_in(value: &Node<'_>, names: &[&str], mentioned: &[&Value]) -> State {
    if let Kind::Array(items) = &value.kind {
        // Some element.
        let states = items.iter().map(|item| state_in(item, names, mentioned));
        return states.fold(State::ABSENT, |all, one| State {
            present: all.present || one.present,
            values: all.values | one.values,
        });
    }
    let Some((first, rest)) = names.split_first() else {
        if matches!(&value.kind, Kind::Object(entries) if entries.is_empty()) {
            return State::ABSENT;
        }
        let bit = mentioned
            .iter()
            .position(|known| values::equal(known, value));
        let bits = bit.and_then(|bit| 1_u64.checked_shl(u32::try_from(bit).ok()?));
        return State::with(bits.unwrap_or(0));
    };
    value
        .get(first)
        .map_or(State::ABSENT, |value| state_in(value, rest, mentioned))
}

/// Whether the elements in the example of an array satisfy the rules about its elements.
fn example_elements(scope: &Scope<'_, '_, '_>, model: &Model<'_>, findings: &mut Findings) {
    for element in scope.array.map_or(&[][..], |array| array.list("example")) {
        let states: Vec<State> = model
            .targets
            .iter()
            .zip(&model.mentioned)
            .map(|(target, mentioned)| state_in(element, &target.names(), mentioned))
            .collect();
        for rule in &model.problem.rules {
            let Some(origin) = rule.origin.filter(|_| rule.broken_by(&states)) else {
                continue;
            };
            let span = scope.rules[origin].node.span_of("rule");
            findings.push(
                findings
                    .finding(
                        Code::ExamplesBreakRules,
                        element.span,
                        "this example breaks a rule",
                    )
                    .label("no valid request carries it")
                    .also(findings.place(span), "this rule"),
            );
        }
    }
}
