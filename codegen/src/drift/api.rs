//! The effect of a change on code that uses the generated crate, derived from the names and types
//! that the emitters write.
//!
//! Facts alone do not show it: a second field in an object that wraps a list turns the list into a
//! struct, a shared type renames the one that it replaces, and required parameters that change
//! places become arguments in another order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::Value;

use super::classify::subject_at;
use crate::check::{OperationSpec, ProductSpec, TypeSpec};
use crate::import::{Side, Specs, operation_file, path};
use crate::model::{
    self, Field, Operation, Presence, Product, Record, Response, Role, RustType, Scope,
};
use crate::names;
use crate::spec;
use crate::tables::{self, SharedTables, Unresolved};

/// Code that used this may not compile, or means something else.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Break {
    /// The operation; empty for the product.
    pub(super) operation: String,
    /// The place, in the notation of [`crate::spec::Departure::at`].
    pub(super) at: String,
    /// Where in the generated API that is.
    pub(super) side: Side,
    /// The change in words.
    pub(super) text: String,
    /// What to write in its place.
    pub(super) instead: Option<String>,
    /// It is about a name or an order, which no fact tells.
    pub(super) naming: bool,
    /// A type that is called otherwise: what it was and is called.
    pub(super) renamed: Option<[String; 2]>,
}

/// What two states of a product mean for code.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// What breaks.
    pub(super) breaks: Vec<Break>,
    /// What to use in place of what is newly deprecated, by operation and place.
    pub(super) advice: BTreeMap<(String, String), String>,
    /// The operations of which no code can be made, and so not told what breaks.
    pub(super) unresolved: Vec<Unresolved>,
}

/// The specs as the checker would give them, in the order of their files.
fn product_spec(specs: &Specs) -> Option<ProductSpec> {
    let types = specs.types.iter().map(|(name, schema)| TypeSpec {
        path: PathBuf::new(),
        name: name.clone(),
        schema: serde_json::from_value(schema.clone()).unwrap_or_default(),
    });
    let mut operations: Vec<&spec::Operation> = specs.operations.values().collect();
    operations.sort_by_key(|operation| operation_file(operation.rust_name()));
    let operations = operations.into_iter().map(|operation| OperationSpec {
        path: PathBuf::new(),
        operation: operation.clone(),
    });
    let product = specs.product.clone()?;
    Some(ProductSpec {
        dir_name: product.product.to_lowercase(),
        path: PathBuf::new(),
        product,
        types: types.collect(),
        operations: operations.collect(),
    })
}

/// Compares what is generated from two states of a product; `module` is that of the product.
pub(super) fn compare(old: &Specs, new: &Specs, module: Option<&str>) -> Difference {
    let (Some(mut old), Some(mut new)) = (product_spec(old), product_spec(new)) else {
        return Difference::default();
    };
    let source = |_: &Path| String::new();
    // A rule may be about a parameter that is gone by now. What else is generated can be compared.
    let unresolved = unresolved(&old, &new);
    for spec in [&mut old, &mut new] {
        spec.operations
            .retain(|it| !unresolved.contains_key(&it.operation.operation));
    }
    let unresolved = unresolved.into_values().collect();
    let (Ok(old), Ok(new)) = (model::product(&old, source), model::product(&new, source)) else {
        return Difference {
            unresolved,
            ..Difference::default()
        };
    };
    let mut comparison = Comparison {
        module: module.unwrap_or(&new.module),
        old: &old,
        new: &new,
        operation: String::new(),
        renamed: BTreeSet::new(),
        found: Difference {
            unresolved,
            ..Difference::default()
        },
    };
    let operations: BTreeMap<&str, &Operation<'_>> = new
        .operations
        .iter()
        .map(|operation| (operation.spec.operation.as_str(), operation))
        .collect();
    for old in &old.operations {
        comparison.operation.clone_from(&old.spec.operation);
        match operations.get(old.spec.operation.as_str()) {
            Some(new) => comparison.operation(old, new),
            None => comparison.gone(old),
        }
    }
    comparison.operation.clear();
    comparison.states(&old, &new);
    comparison.found
}

/// The operations in which a path leads nowhere, in either state, by name.
fn unresolved(old: &ProductSpec, new: &ProductSpec) -> BTreeMap<String, Unresolved> {
    let states = [new, old].into_par_iter().flat_map(|spec| {
        let shared = SharedTables::new(&spec.types);
        let operations = spec.operations.par_iter();
        operations
            .filter_map(move |it| tables::operation(&it.operation, &spec.product, &shared).err())
    });
    let found: Vec<Unresolved> = states.collect();
    let found = found.into_iter().map(|it| (it.operation.clone(), it));
    found.collect()
}

struct Comparison<'c, 'm> {
    module: &'c str,
    old: &'c Product<'m>,
    new: &'c Product<'m>,
    operation: String,
    renamed: BTreeSet<(String, String)>,
    found: Difference,
}

/// A struct of an operation, or one that operations share.
#[derive(Clone, Copy)]
struct Struct<'c, 'm> {
    record: &'c Record<'m>,
    scope: Scope<'c, 'm>,
    /// The module of the operation; none for a shared type.
    module: Option<&'c str>,
}

impl<'c, 'm> Comparison<'c, 'm> {
    fn breaks(&mut self, at: &str, side: Side, text: String, instead: Option<String>) {
        self.found.breaks.push(Break {
            operation: self.operation.clone(),
            at: at.to_owned(),
            side,
            text,
            instead,
            naming: false,
            renamed: None,
        });
    }

    fn renames(&mut self, at: &str, side: Side, text: String, instead: String) {
        self.breaks(at, side, text, Some(instead));
        if let Some(found) = self.found.breaks.last_mut() {
            found.naming = true;
        }
    }

    fn gone(&mut self, old: &Operation<'_>) {
        let instead = match &old.spec.deprecated {
            spec::Deprecation::Replaced(replacement) => {
                let name = names::type_name(&replacement.instead);
                Some(format!("use `{}::{name}`", self.module))
            }
            _ => None,
        };
        self.breaks("", Side::Operation, "is gone".to_owned(), instead);
    }

    fn operation(&mut self, old: &'c Operation<'m>, new: &'c Operation<'m>) {
        let names = [
            (old.request.ident.as_str(), new.request.ident.as_str()),
            (old.response.ident(), new.response.ident()),
            (&old.error_code, &new.error_code),
        ];
        for (old, new) in names {
            self.name(
                &format!("{}::{old}", self.module),
                &format!("{}::{new}", self.module),
            );
        }
        if old.spec.deprecated.is_none()
            && let Some(note) = new.deprecation()
        {
            self.advise("/deprecated", note);
        }
        let structs = |record, operation: &'c Operation<'m>| Struct {
            record,
            scope: operation.scope(),
            module: Some(operation.module.as_str()),
        };
        self.record(
            structs(&old.request, old),
            structs(&new.request, new),
            "/parameters",
        );
        match (&old.response, &new.response) {
            (Response::Own(one), Response::Own(other)) => {
                self.record(structs(one, old), structs(other, new), "/response");
            }
            (Response::RequestId(ident), Response::Own(_)) => self.breaks(
                "/response",
                Side::Response,
                format!("`{ident}` is a struct of its own (was `RequestIdResponse`)"),
                Some(format!("name it `{ident}`")),
            ),
            (Response::Own(record), Response::RequestId(_)) => {
                for field in record
                    .fields
                    .iter()
                    .filter(|field| field.wire != "RequestId")
                {
                    self.field_gone(
                        &path::property("/response", field.wire),
                        Side::Response,
                        field,
                        None,
                    );
                }
                if record.open {
                    self.opened("/response", true);
                }
            }
            (Response::RequestId(_), Response::RequestId(_)) => {}
        }
        self.codes(old, new);
        self.choices(old, new);
        self.values(old, new);
        self.pages(old, new);
        self.waiters(old, new);
    }

    /// A type is called otherwise.
    fn name(&mut self, old: &str, new: &str) {
        if old == new || !self.renamed.insert((old.to_owned(), new.to_owned())) {
            return;
        }
        let text = format!("`{old}` is called `{new}`");
        self.renames("", Side::Operation, text, format!("write `{new}`"));
        if let Some(found) = self.found.breaks.last_mut() {
            found.renamed = Some([old.to_owned(), new.to_owned()]);
        }
    }

    fn advise(&mut self, at: &str, note: String) {
        let place = (self.operation.clone(), at.to_owned());
        self.found.advice.insert(place, note);
    }

    fn record(&mut self, old: Struct<'c, 'm>, new: Struct<'c, 'm>, at: &str) {
        let role = old.record.role;
        let side = match role {
            Role::Request => Side::Request,
            Role::Response => Side::Response,
        };
        if old.record.open != new.record.open {
            return self.opened(at, old.record.open);
        }
        if (role, new.record.role) == (Role::Request, Role::Response) {
            let name = self.path(old);
            self.breaks(
                at,
                side,
                format!("`{name}` cannot be made by callers any more"),
                None,
            );
        }
        for field in &old.record.fields {
            let here = match at {
                "/parameters" => path::join(at, field.wire),
                at => path::property(at, field.wire),
            };
            let new_field = new.record.fields.iter().find(|it| it.wire == field.wire);
            match new_field {
                Some(other) => self.field(old, new, field, other, &here, side),
                None => {
                    let owner = (role == Role::Request).then_some((old, new));
                    self.field_gone(&here, side, field, owner);
                }
            }
        }
        if role == Role::Request {
            self.constructor(old, new, at);
        }
    }

    fn opened(&mut self, at: &str, was: bool) {
        let (text, instead) = if was {
            (
                "the response is described; it was any answer",
                "read its fields in place of `.other`",
            )
        } else {
            ("the response is not described any more", "read `.other`")
        };
        self.breaks(
            at,
            Side::Response,
            text.to_owned(),
            Some(instead.to_owned()),
        );
    }

    fn field_gone(
        &mut self,
        at: &str,
        side: Side,
        field: &Field<'_>,
        owner: Option<(Struct<'c, 'm>, Struct<'c, 'm>)>,
    ) {
        let instead = match owner {
            Some((_, new)) if field.presence == Presence::Required => {
                format!("call `{}`", constructor_text(new.record))
            }
            Some(_) => format!("drop `.{}(…)`", field.setter),
            None => format!("drop `.{}`", field.ident),
        };
        let text = format!("{} is gone", subject_at(at, side));
        self.breaks(at, side, text, Some(instead));
    }

    fn field(
        &mut self,
        old: Struct<'c, 'm>,
        new: Struct<'c, 'm>,
        one: &'c Field<'m>,
        other: &'c Field<'m>,
        at: &str,
        side: Side,
    ) {
        let role = old.record.role;
        let subject = subject_at(at, side);
        if one.ident != other.ident {
            self.renames(
                at,
                side,
                format!(
                    "{subject} is called `{}` (was `{}`)",
                    other.ident, one.ident
                ),
                format!("write `.{}` for `.{}`", other.ident, one.ident),
            );
        } else if one.setter != other.setter && role == Role::Request {
            self.renames(
                at,
                side,
                format!(
                    "{subject} is set by `.{}(…)` (was `.{}(…)`)",
                    other.setter, one.setter
                ),
                format!("write `.{}(…)`", other.setter),
            );
        }
        let before = old.scope.field_deprecation(one, role);
        if before.is_none()
            && let Some(note) = new.scope.field_deprecation(other, role)
        {
            self.advise(at, note);
        }
        // A list that is wrapped stands one step further in.
        let inner = match (&one.wrapper, &other.wrapper) {
            (Some((_, list)), Some((_, now))) if list == now => path::property(at, list),
            (None, None) => at.to_owned(),
            (was, now) => {
                let lists =
                    matches!(one.ty, RustType::List(_)) == matches!(other.ty, RustType::List(_));
                if was.is_some() == now.is_some() || lists {
                    at.to_owned()
                } else {
                    let (was, now) = (field_type(old, one), field_type(new, other));
                    self.breaks(
                        at,
                        side,
                        format!("{subject} is `{now}` (was `{was}`)"),
                        Some(format!("take `.{}` as `{now}`", other.ident)),
                    );
                    return;
                }
            }
        };
        let presence = one.presence != other.presence;
        if self.types((old, &one.ty), (new, &other.ty), &inner) {
            if presence && role == Role::Request {
                self.presence(new, other, at, &subject);
            }
            return;
        }
        let (was, now) = (field_type(old, one), field_type(new, other));
        let instead = match role {
            Role::Request if other.presence == Presence::Required => {
                format!("hand `{}` over as `{now}`", other.ident)
            }
            Role::Request => format!("give `.{}(…)` such a value", other.setter),
            Role::Response => format!("take `.{}` as `{now}`", other.ident),
        };
        self.breaks(
            &inner,
            side,
            format!("{} is `{now}` (was `{was}`)", subject_at(&inner, side)),
            Some(instead),
        );
    }

    fn presence(&mut self, new: Struct<'c, 'm>, other: &Field<'_>, at: &str, subject: &str) {
        let (text, instead) = if other.presence == Presence::Required {
            (
                format!("{subject} is required (was optional)"),
                format!(
                    "write `{}` in place of a setter",
                    constructor_text(new.record)
                ),
            )
        } else {
            (
                format!("{subject} is optional (was required)"),
                format!(
                    "call `{}`, then `.{}(…)`; the field is an `Option`",
                    constructor_text(new.record),
                    other.setter
                ),
            )
        };
        self.breaks(at, Side::Request, text, Some(instead));
    }

    /// New required fields, and those that change places.
    fn constructor(&mut self, old: Struct<'c, 'm>, new: Struct<'c, 'm>, at: &str) {
        for field in &new.record.fields {
            let known = old.record.fields.iter().any(|it| it.wire == field.wire);
            if field.presence == Presence::Required && !known {
                let here = match at {
                    "/parameters" => path::join(at, field.wire),
                    at => path::property(at, field.wire),
                };
                let text = format!("new required {}", subject_at(&here, Side::Request));
                let instead = format!("call `{}`", constructor_text(new.record));
                self.breaks(&here, Side::Request, text, Some(instead));
            }
        }
        let (was, now) = (required(old.record), required(new.record));
        let same = was.iter().filter(|it| now.contains(it));
        let order = now.iter().filter(|it| was.contains(it));
        if same.ne(order) {
            let text = format!(
                "`{}::new` takes its arguments in another order",
                new.record.ident
            );
            let instead = format!("call `{}`", constructor_text(new.record));
            self.renames(at, Side::Request, text, instead);
        }
    }

    /// Whether a value of the one type is one of the other; what is within is compared on the way.
    fn types(
        &mut self,
        (old, one): (Struct<'c, 'm>, &'c RustType),
        (new, other): (Struct<'c, 'm>, &'c RustType),
        at: &str,
    ) -> bool {
        match (one, other) {
            (RustType::List(one), RustType::List(other)) => {
                self.types((old, one), (new, other), &path::join(at, "items"))
            }
            (RustType::Map(one), RustType::Map(other)) => {
                let at = path::join(at, "additionalProperties");
                self.types((old, one), (new, other), &at)
            }
            _ => {
                let structs = (
                    Self::named(self.old, old, one),
                    Self::named(self.new, new, other),
                );
                let (Some(was), Some(now)) = structs else {
                    return one == other;
                };
                self.name(&self.path(was), &self.path(now));
                self.record(was, now, at);
                true
            }
        }
    }

    /// The struct that a type is.
    fn named(
        product: &'c Product<'m>,
        within: Struct<'c, 'm>,
        ty: &RustType,
    ) -> Option<Struct<'c, 'm>> {
        match ty {
            RustType::Part(index) => Some(Struct {
                record: within.scope.parts.get(*index)?,
                ..within
            }),
            RustType::Shared(shared) => Some(Struct {
                record: product.types.get(shared)?,
                scope: product.types.scope(),
                module: None,
            }),
            _ => None,
        }
    }

    /// How users name a struct.
    fn path(&self, it: Struct<'_, '_>) -> String {
        let name = &it.record.ident;
        let part = it.scope.parts.iter().any(|part| part.ident == *name);
        match it.module {
            Some(module) if part => format!("{}::{module}::{name}", self.module),
            None if part => format!("{}::types::{name}", self.module),
            _ => format!("{}::{name}", self.module),
        }
    }

    fn codes(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        for variant in &old.variants {
            let code = &variant.code;
            let at = path::row(None, code);
            match new.variants.iter().find(|it| it.code == *code) {
                None => self.breaks(
                    &at,
                    Side::Errors,
                    format!("error `{code}` is gone"),
                    Some(format!(
                        "match `error.code_text()` with {code:?} for `{}::{}`",
                        new.error_code, variant.ident
                    )),
                ),
                Some(now) if now.ident != variant.ident => self.breaks(
                    &at,
                    Side::Errors,
                    format!(
                        "error `{code}` is called `{}` (was `{}`)",
                        now.ident, variant.ident
                    ),
                    Some(format!("write `{}::{}`", new.error_code, now.ident)),
                ),
                Some(_) => {}
            }
        }
    }

    fn choices(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        for choice in &old.choices {
            let Some(now) = new.choices.iter().find(|it| it.setter == choice.setter) else {
                self.breaks(
                    "/constraints",
                    Side::Request,
                    format!("the choice `{}` is gone", choice.ident),
                    Some(format!(
                        "set the parameter by its own setter in place of `.{}(…)`",
                        choice.setter
                    )),
                );
                continue;
            };
            if now.ident != choice.ident {
                let of = |module: &str, name: &str| format!("{}::{module}::{name}", self.module);
                let (was, is) = (of(&old.module, &choice.ident), of(&new.module, &now.ident));
                self.name(&was, &is);
            }
            for (_, variant) in &choice.members {
                if !now.members.iter().any(|(_, it)| it == variant) {
                    self.breaks(
                        "/constraints",
                        Side::Request,
                        format!("the choice `{}` has no `{variant}` any more", choice.ident),
                        None,
                    );
                }
            }
        }
    }

    fn values(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        for list in &old.values {
            let within = |name: &str| {
                let rest = list.path.strip_prefix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            // With a parameter, its constants are gone; that is told once.
            let parameters = &mut new.spec.parameters.iter();
            let Some(parameter) = parameters.find(|it| within(&it.name)) else {
                continue;
            };
            let now = new.values.iter().find(|it| it.module == list.module);
            for constant in &list.constants {
                let kept = now
                    .is_some_and(|now| now.constants.iter().any(|it| it.ident == constant.ident));
                if kept {
                    continue;
                }
                let text = format!(
                    "the constant `values::{}::{}` is gone",
                    list.module, constant.ident
                );
                let instead = format!("write {:?}", constant.value);
                let at = path::join("/parameters", &parameter.name);
                self.renames(&at, Side::Request, text, instead);
            }
        }
    }

    fn pages(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        let items = |operation: &Operation<'_>| {
            operation
                .spec
                .pagination
                .as_ref()
                .map(|it| it.items.clone())
        };
        match (items(old), items(new)) {
            (Some(_), None) => self.breaks(
                "/pagination",
                Side::Operation,
                "it is not answered in pages any more".to_owned(),
                Some("send it in place of `Client::items` and `Client::pages`".to_owned()),
            ),
            (Some(was), Some(now)) if was != now => self.breaks(
                "/pagination",
                Side::Operation,
                format!("the items of its pages are `{now}` (were `{was}`)"),
                None,
            ),
            _ => {}
        }
    }

    fn waiters(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        for waiter in &old.waiters {
            if !new.waiters.iter().any(|it| it.ident == waiter.ident) {
                let constant = names::constant(&waiter.ident);
                let text = format!("it cannot be waited for with `waiters::{constant}` any more");
                self.breaks("/waiters", Side::Operation, text, None);
            }
        }
    }

    /// Shared types whose every use is gone are gone too, and nobody tells it on the way.
    fn states(&mut self, old: &Product<'_>, new: &Product<'_>) {
        let told: BTreeSet<String> = self.renamed.iter().map(|(was, _)| was.clone()).collect();
        for (record, _) in &old.types.records {
            let name = format!("{}::{}", self.module, record.ident);
            if new.types.get(&record.ident).is_none() && !told.contains(&name) {
                self.breaks(
                    "",
                    Side::Product,
                    format!("the type `{name}` is gone"),
                    None,
                );
            }
        }
    }
}

fn required<'r>(record: &'r Record<'_>) -> Vec<&'r str> {
    let required = record
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Required);
    required.map(|field| field.wire).collect()
}

/// `BuyGoods::new(id, amount)`
fn constructor_text(record: &Record<'_>) -> String {
    let required = record
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Required);
    let names: Vec<&str> = required.map(|field| field.ident.as_str()).collect();
    format!("{}::new({})", record.ident, names.join(", "))
}

fn field_type(within: Struct<'_, '_>, field: &Field<'_>) -> String {
    let ty = type_text(within.scope, &field.ty);
    match field.presence {
        Presence::Optional => format!("Option<{ty}>"),
        Presence::Required | Presence::Empty => ty,
    }
}

fn type_text(scope: Scope<'_, '_>, ty: &RustType) -> String {
    match ty {
        RustType::String => "String".to_owned(),
        RustType::I32 => "i32".to_owned(),
        RustType::I64 => "i64".to_owned(),
        RustType::F64 => "f64".to_owned(),
        RustType::Bool => "bool".to_owned(),
        RustType::Bytes => "Bytes".to_owned(),
        RustType::Any => "Value".to_owned(),
        RustType::Part(index) => scope.parts[*index].ident.clone(),
        RustType::Shared(shared) => shared.clone(),
        RustType::List(inner) => format!("Vec<{}>", type_text(scope, inner)),
        RustType::Map(inner) => format!("BTreeMap<String, {}>", type_text(scope, inner)),
    }
}

/// The item that a place is about: the place without the keyword of a fact.
pub(super) fn item_of(at: &str, fact: crate::import::Fact) -> &str {
    use crate::import::Fact;
    match fact {
        Fact::Item | Fact::Operation | Fact::Derived | Fact::Rust | Fact::Rule => at,
        Fact::Error => "/errors",
        _ => at.rsplit_once('/').map_or("", |(item, _)| item),
    }
}

/// The code of a row of an error table.
pub(super) fn code_of(old: &Value, new: &Value) -> String {
    let row = if new.is_null() { old } else { new };
    row["code"].as_str().unwrap_or_default().to_owned()
}
