//! The alignment of the rows of a page with the fields of a spec.
//!
//! A page lists an object, then its fields, then what comes after it; how deep a row is has been lost.
//! The rows are walked with the containers that are open at each: a name belongs to the innermost that
//! has it and has not had it. Where that leaves more than one place, the row is uncertain.

use std::collections::HashSet;

use super::model::Row;
use super::text::Text;
use super::words::{self, Kind};
use crate::import::path;
use crate::spec::{Operation, Schema, Type};
use crate::tree::{Kind as NodeKind, Node};

/// What a row of the page is about.
#[derive(Clone, Debug)]
pub(super) struct Aligned<'s> {
    /// The index of the row.
    pub row: usize,
    pub target: Target<'s>,
    /// The name that turned out to be the example of the row before.
    pub example_before: Option<Text>,
}

#[derive(Clone, Debug)]
pub(super) enum Target<'s> {
    /// A field of the spec.
    Known(Place<'s>),
    /// The elements of the list of the row before.
    Items(Place<'s>),
    /// A field that an earlier row is about.
    Again { place: Place<'s>, first: usize },
    /// A field that the spec has not, in this collection.
    New { collection: String, name: String },
    /// A field that the spec has not, in one of these collections, or a known name in several.
    Uncertain { collections: Vec<String> },
    /// Nothing that a spec holds.
    Ignored,
}

/// A field of the spec and its place there.
#[derive(Clone, Debug)]
pub(super) struct Place<'s> {
    pub at: String,
    pub schema: &'s Schema,
    /// The page writes the elements where the spec writes the list.
    pub as_items: bool,
}

/// The rows beside the fields, and the fields that no row is about.
#[derive(Debug, Default)]
pub(super) struct Alignment<'s> {
    pub rows: Vec<Aligned<'s>>,
    /// The places of fields that the page has not, although it has the fields beside them.
    pub missing: Vec<String>,
}

/// An object whose fields may come next.
struct Open<'s> {
    collection: String,
    fields: Vec<(&'s str, &'s Schema)>,
    /// The names had so far, with their rows.
    seen: Vec<(&'s str, usize)>,
    /// The next row is about a field of it.
    awaits: bool,
    /// The page calls it by the list that is all it holds.
    wraps: bool,
    /// Rows before the one that opened it.
    opened: usize,
    /// A field of this container wraps a list: the container is inside the one below.
    inner: bool,
}

/// The parameters of an operation beside the rows of its request.
pub(super) fn request<'s>(rows: &[Row], operation: &'s Operation) -> Alignment<'s> {
    let fields = operation
        .parameters
        .iter()
        .map(|parameter| (parameter.name.as_str(), &parameter.schema))
        .collect();
    Walk::new("/parameters".to_owned(), fields, rows, true).run()
}

/// The fields of a response beside its rows.
pub(super) fn response<'s>(
    rows: &[Row],
    response: &'s Schema,
    example: Option<&Node<'_>>,
) -> Alignment<'s> {
    let fields = response
        .properties
        .iter()
        .map(|(name, schema)| (name.as_str(), schema))
        .collect();
    let walk = Walk::new("/response/properties".to_owned(), fields, rows, false);
    Walk { example, ..walk }.run()
}

struct Walk<'s, 'r> {
    rows: &'r [Row],
    request: bool,
    /// A success response.
    example: Option<&'r Node<'r>>,
    open: Vec<Open<'s>>,
    done: Alignment<'s>,
}

impl<'s, 'r> Walk<'s, 'r> {
    fn new(
        collection: String,
        fields: Vec<(&'s str, &'s Schema)>,
        rows: &'r [Row],
        request: bool,
    ) -> Self {
        let root = Open {
            collection,
            fields,
            awaits: false,
            wraps: false,
            seen: Vec::new(),
            opened: 0,
            inner: false,
        };
        Self {
            rows,
            request,
            example: None,
            open: vec![root],
            done: Alignment::default(),
        }
    }

    fn run(mut self) -> Alignment<'s> {
        for index in 0..self.rows.len() {
            let (target, example_before) = self.row(index);
            self.done.rows.push(Aligned {
                row: index,
                target,
                example_before,
            });
        }
        while !self.open.is_empty() {
            self.close();
        }
        self.done
    }

    /// Takes the innermost container away; what it has and the page has not is missing.
    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        // A page may leave out all fields of an object; that says nothing about them.
        if open.seen.is_empty() && !self.open.is_empty() {
            return;
        }
        let seen: HashSet<&str> = open.seen.iter().map(|(name, _)| *name).collect();
        for (name, _) in &open.fields {
            if !seen.contains(name) {
                self.done.missing.push(path::join(&open.collection, name));
            }
        }
    }

    fn row(&mut self, index: usize) -> (Target<'s>, Option<Text>) {
        let row = &self.rows[index];
        let Some(name) = &row.name else {
            return (self.nameless(index), None);
        };
        let text = name.as_str();
        if words::is_common(text) && !self.has(text) {
            return (Target::Ignored, None);
        }
        let element = row.doubtful && !self.knows(text);
        if element && (self.request || self.list_before(index).is_some()) {
            return (self.nameless(index), Some(name.clone()));
        }
        (self.named(index, text), None)
    }

    fn has(&self, name: &str) -> bool {
        self.open.iter().any(|open| open.has(name))
    }

    /// Whether a name is one of the spec, as it stands or as the page writes it.
    fn knows(&self, name: &str) -> bool {
        self.has(name) || self.dotted(name).is_some()
    }

    /// The list of scalars that the row before is about.
    fn list_before(&self, index: usize) -> Option<&Place<'s>> {
        let before = self.done.rows.get(index.checked_sub(1)?)?;
        match &before.target {
            Target::Known(place) | Target::Again { place, .. } => {
                place.schema.items.as_ref().map(|_| place)
            }
            _ => None,
        }
    }

    fn nameless(&mut self, index: usize) -> Target<'s> {
        let Some(before) = index
            .checked_sub(1)
            .and_then(|before| self.done.rows.get(before))
        else {
            // The response itself.
            return Target::Ignored;
        };
        match &before.target {
            Target::Known(place) | Target::Again { place, .. } | Target::Items(place) => {
                match element(place) {
                    Some(place) => {
                        // Its fields are open since the row of the list.
                        Target::Items(place)
                    }
                    None => Target::Ignored,
                }
            }
            Target::New { .. } => Target::Ignored,
            Target::Uncertain { .. } | Target::Ignored => Target::Ignored,
        }
    }

    fn named(&mut self, index: usize, name: &str) -> Target<'s> {
        let unseen: Vec<usize> = (0..self.open.len())
            .rev()
            .filter(|level| self.open[*level].has(name) && !self.open[*level].saw(name))
            .collect();
        match unseen.as_slice() {
            [] => {}
            [level] => return self.take(index, *level, name),
            [inner, rest @ ..] => {
                return match self.choose(index, name, *inner, rest) {
                    Some(level) => self.take(index, level, name),
                    None => Target::Uncertain {
                        collections: unseen
                            .iter()
                            .map(|level| self.open[*level].collection.clone())
                            .collect(),
                    },
                };
            }
        }
        if let Some(target) = self.dotted(name) {
            return self.take_dotted(index, &target);
        }
        let again = self.open.iter().rev().find_map(|open| {
            let (_, first) = open.seen.iter().find(|(seen, _)| *seen == name)?;
            let (name, schema) = open.field(name)?;
            Some((path::join(&open.collection, name), schema, *first))
        });
        if let Some((at, schema, first)) = again {
            let place = Place {
                at,
                schema,
                as_items: false,
            };
            return Target::Again { place, first };
        }
        self.new_field(index, name)
    }

    /// Of several open containers with a field of this name, the one that is meant.
    fn choose(&self, index: usize, name: &str, inner: usize, outer: &[usize]) -> Option<usize> {
        let rows = &self.rows[index..];
        let left = rows.iter().filter(|row| row.is_called(name)).count();
        if left > outer.len() {
            return Some(inner);
        }
        // What comes next is in the same container or in one further out.
        let next = rows.get(1).and_then(|row| row.name.as_ref());
        if let Some(next) = next {
            let next = next.as_str();
            if self.open[inner].has(next) && !self.open[inner].saw(next) {
                return Some(inner);
            }
        }
        // The fields of an object come right after it.
        if self.open[inner].seen.is_empty() {
            return Some(inner);
        }
        let kind = rows[0].kind.as_ref().map(|(kind, _)| *kind)?;
        let fits: Vec<usize> = std::iter::once(&inner)
            .chain(outer)
            .copied()
            .filter(|level| {
                self.open[*level]
                    .field(name)
                    .is_some_and(|(_, schema)| super::compare::same_type(kind, schema))
            })
            .collect();
        match fits.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The row is about a field of this container: what is open further in ends here.
    fn take(&mut self, index: usize, level: usize, name: &str) -> Target<'s> {
        while self.open.len() > level + 1 {
            self.close();
        }
        let Some((name, schema)) = self.open[level].field(name) else {
            return Target::Ignored;
        };
        self.open[level].seen.push((name, index));
        self.open[level].awaits = false;
        let at = path::join(&self.open[level].collection, name);
        self.enter(index, &at, schema);
        let kind = self.rows[index].kind.as_ref().map(|(kind, _)| *kind);
        // `Ids` with `Id` in it: the page calls the wrapper a list, and then its list by the element.
        let as_items = self.open[level].inner || self.wrapped_before(index, level);
        let as_items =
            as_items && schema.kind == Type::Array && kind.is_some_and(|kind| kind != Kind::Array);
        Target::Known(Place {
            at,
            schema,
            as_items,
        })
    }

    /// The container belongs to an object that the page calls a list.
    fn wrapped_before(&self, index: usize, level: usize) -> bool {
        let open = &self.open[level];
        let Some(owner) = open.opened.checked_sub(1).filter(|owner| *owner < index) else {
            return false;
        };
        let kind = self.rows.get(owner).and_then(|row| row.kind.as_ref());
        kind.is_some_and(|(kind, _)| *kind == Kind::Array)
    }

    /// Opens what the fields of this one are in.
    fn enter(&mut self, index: usize, at: &str, schema: &'s Schema) {
        let mut schema = schema;
        let mut at = at.to_owned();
        let mut inner = false;
        loop {
            if let Some(items) = schema.items.as_deref() {
                at = path::join(&at, "items");
                schema = items;
                continue;
            }
            if schema.properties.is_empty() {
                self.enter_unknown(index, &at, schema);
                return;
            }
            let collection = path::properties(&at);
            self.open.push(Open {
                collection: collection.clone(),
                fields: fields(schema),
                awaits: true,
                wraps: wraps_list(&self.rows[index], schema),
                seen: Vec::new(),
                opened: index + 1,
                inner,
            });
            // The page may leave out the list within an object of nothing else.
            let Some((name, only)) = schema
                .properties
                .first()
                .filter(|_| schema.properties.len() == 1)
            else {
                return;
            };
            let goes_on = only
                .items
                .as_deref()
                .is_some_and(|items| self.goes_on_in(index, schema, items));
            if only.kind != Type::Array || !(self.rows[index].is_of(Kind::Array) || goes_on) {
                return;
            }
            at = path::join(&collection, name);
            schema = only;
            inner = true;
        }
    }

    /// Whether the row after this one is about a field of the elements, not of the object around them.
    fn goes_on_in(&self, index: usize, wrapper: &Schema, items: &Schema) -> bool {
        let next = self.rows.get(index + 1).and_then(|row| row.name.as_ref());
        next.is_some_and(|next| {
            let next = next.as_str();
            !wrapper.properties.contains_key(next) && items.properties.contains_key(next)
        })
    }

    /// Opens an object of which the spec has no fields, where the page may list some.
    fn enter_unknown(&mut self, index: usize, at: &str, schema: &Schema) {
        let free = schema.kind == Type::Object && schema.additional_properties.is_none();
        let element = self.rows.get(index + 1);
        let of_objects =
            element.is_some_and(|next| next.name.is_none() && next.is_of(Kind::Object));
        let row = &self.rows[index];
        if free && (row.is_of(Kind::Object) || (row.is_of(Kind::Array) && of_objects)) {
            self.open.push(Open {
                collection: path::properties(at),
                fields: Vec::new(),
                seen: Vec::new(),
                awaits: row.is_of(Kind::Array),
                wraps: false,
                opened: index + 1,
                inner: false,
            });
        }
    }

    /// What a name with dots leads to: `Tag.N.Key`, `Address.N`.
    fn dotted(&self, name: &str) -> Option<Vec<(String, &'s Schema)>> {
        let root = self.open.first()?;
        let mut steps: Vec<&str> = name.split('.').collect();
        while steps.len() > 1 && steps.last().is_some_and(|last| is_position(last)) {
            steps.pop();
        }
        let first = (1..=steps.len()).rev().find_map(|count| {
            let (name, schema) = root.field(&steps[..count].join("."))?;
            Some((count, path::join(&root.collection, name), schema))
        });
        let (mut done, mut at, mut schema) = first?;
        let mut way = vec![(at.clone(), schema)];
        while done < steps.len() {
            while let Some(items) = schema.items.as_deref() {
                if steps.get(done).is_some_and(|step| is_position(step)) {
                    done += 1;
                }
                at = path::join(&at, "items");
                schema = items;
            }
            let rest = steps.get(done..).filter(|rest| !rest.is_empty())?;
            let (count, (name, inner)) = (1..=rest.len()).rev().find_map(|count| {
                Some((
                    count,
                    schema.properties.get_key_value(&rest[..count].join("."))?,
                ))
            })?;
            at = path::property(&at, name);
            schema = inner;
            way.push((at.clone(), schema));
            done += count;
        }
        Some(way)
    }

    fn take_dotted(&mut self, index: usize, way: &[(String, &'s Schema)]) -> Target<'s> {
        while self.open.len() > 1 {
            self.close();
        }
        let Some(root) = self.open.first_mut() else {
            return Target::Ignored;
        };
        let Some((first, _)) = way.first() else {
            return Target::Ignored;
        };
        let name = first
            .strip_prefix(&root.collection)
            .and_then(|rest| rest.strip_prefix('/'));
        let found = name.and_then(|name| root.field(name)).map(|(name, _)| name);
        let before = found
            .and_then(|name| root.seen.iter().find(|(seen, _)| *seen == name))
            .map(|(_, row)| *row);
        if let (Some(name), None) = (found, before) {
            root.seen.push((name, index));
        }
        let Some((at, schema)) = way.last().cloned() else {
            return Target::Ignored;
        };
        // `Disk.1.Size` and `Disk.2.Size` are two rows about one field.
        let rows = self.rows;
        let same = |row: &Aligned<'s>| {
            let names = rows[row.row].name.as_ref().zip(rows[index].name.as_ref());
            names.is_some_and(|(one, other)| one.as_str() == other.as_str())
        };
        let earlier =
            self.done.rows.iter().find(
                |row| matches!(&row.target, Target::Known(place) if place.at == at && same(row)),
            );
        let first = earlier.map(|row| row.row);
        let kind = self.rows[index].kind.as_ref().map(|(kind, _)| *kind);
        let place = Place {
            as_items: schema.kind == Type::Array && kind.is_some_and(|kind| kind != Kind::Array),
            at,
            schema,
        };
        match first {
            Some(first) => Target::Again { place, first },
            None => Target::Known(place),
        }
    }

    /// A name that the spec has nowhere: in which container it belongs, where that is certain.
    fn new_field(&mut self, index: usize, name: &str) -> Target<'s> {
        if let Some(collection) = self.list_by_another_name(index, name) {
            return Target::New {
                collection,
                name: name.to_owned(),
            };
        }
        // An object that the page calls a list has no fields beside the list.
        let open = self.open.iter().rposition(|open| !open.wraps);
        let top = open.unwrap_or_default();
        let next = self.rows[index + 1..].iter().find_map(|row| {
            let name = row.name.as_ref().filter(|_| !row.doubtful)?.as_str();
            (0..self.open.len())
                .rev()
                .find(|level| self.open[*level].has(name) && !self.open[*level].saw(name))
        });
        let outermost = if top > 0 && self.open[top].awaits {
            top
        } else {
            next.unwrap_or(0)
        };
        let shown: Vec<usize> = (outermost..=top)
            .filter(|level| self.shows(&self.open[*level].collection, name))
            .collect();
        let level = match shown.as_slice() {
            [only] => *only,
            _ if outermost == top => top,
            _ => {
                return Target::Uncertain {
                    collections: (outermost..=top)
                        .rev()
                        .map(|level| self.open[level].collection.clone())
                        .collect(),
                };
            }
        };
        while self.open.len() > level + 1 {
            self.close();
        }
        self.open[level].awaits = false;
        let collection = self.open[level].collection.clone();
        let at = path::join(&collection, name);
        let example = self.example.and_then(|example| example_at(example, &at));
        let row = &self.rows[index];
        let of_objects = self
            .rows
            .get(index + 1)
            .is_some_and(|next| next.name.is_none() && next.is_of(Kind::Object));
        let is_list = row.is_of(Kind::Array);
        let wraps = is_list && example.is_some_and(|node| matches!(node.kind, NodeKind::Object(_)));
        if row.is_of(Kind::Object) || wraps || (is_list && of_objects) {
            // Its fields come next; how many of the rows they are, nobody can tell.
            let owner = if is_list && !wraps {
                path::join(&at, "items")
            } else {
                at
            };
            self.open.push(Open {
                collection: path::properties(&owner),
                fields: Vec::new(),
                seen: Vec::new(),
                awaits: is_list && !wraps,
                wraps: false,
                opened: index + 1,
                inner: false,
            });
        }
        Target::New {
            collection,
            name: name.to_owned(),
        }
    }

    /// The object that the row before is about, where it holds nothing but a list: the row can only be
    /// about that list, which the spec calls by another name, if the success example or the next row
    /// bears that out. The fields after it are those of the list.
    fn list_by_another_name(&mut self, index: usize, name: &str) -> Option<String> {
        let row = &self.rows[index];
        if row.is_of(Kind::Array) {
            return None;
        }
        let level = self.open.iter().rposition(|open| open.wraps)?;
        let open = &self.open[level];
        if open.opened != index || !open.awaits || !open.seen.is_empty() {
            return None;
        }
        let next = self.rows.get(index + 1).and_then(|row| row.name.as_ref());
        let goes_on = next.is_some_and(|next| {
            let inner = &self.open[level + 1..];
            inner.iter().any(|open| open.has(next.as_str()))
        });
        if !goes_on && !self.shows(&open.collection, name) {
            return None;
        }
        for open in &mut self.open[level..] {
            open.awaits = false;
        }
        Some(self.open[level].collection.clone())
    }

    /// Whether the success example has a field of this name in this collection.
    fn shows(&self, collection: &str, name: &str) -> bool {
        let example = self.example;
        example.is_some_and(|example| example_at(example, &path::join(collection, name)).is_some())
    }
}

/// What the success example has at a place of the response.
pub(super) fn example_at<'e, 't>(example: &'e Node<'t>, at: &str) -> Option<&'e Node<'t>> {
    let mut node = example;
    for step in at.strip_prefix("/response/")?.split('/') {
        match step {
            "properties" => {}
            "items" => node = node.items().first()?,
            name => node = node.get(name)?,
        }
    }
    Some(node)
}

impl<'s> Open<'s> {
    fn field(&self, name: &str) -> Option<(&'s str, &'s Schema)> {
        self.fields
            .iter()
            .find(|(known, _)| *known == name)
            .copied()
    }

    fn has(&self, name: &str) -> bool {
        self.field(name).is_some()
    }

    fn saw(&self, name: &str) -> bool {
        self.seen.iter().any(|(seen, _)| *seen == name)
    }
}

fn fields(schema: &Schema) -> Vec<(&str, &Schema)> {
    schema
        .properties
        .iter()
        .map(|(name, schema)| (name.as_str(), schema))
        .collect()
}

/// The elements of a list; of an object of nothing but a list, those of that.
fn element<'s>(place: &Place<'s>) -> Option<Place<'s>> {
    let (at, list) = match place.schema.properties.first() {
        Some((name, only)) if place.schema.properties.len() == 1 && only.kind == Type::Array => {
            (path::property(&place.at, name), only)
        }
        _ => (place.at.clone(), place.schema),
    };
    let schema = list.items.as_deref()?;
    Some(Place {
        at: path::join(&at, "items"),
        schema,
        as_items: false,
    })
}

/// The page calls an object a list that holds nothing but the list.
fn wraps_list(row: &Row, schema: &Schema) -> bool {
    let kind = row.kind.as_ref().map(|(kind, _)| *kind);
    kind.is_some_and(|kind| super::compare::wraps_list(kind, schema))
}

fn is_position(step: &str) -> bool {
    matches!(step, "N" | "n" | "M" | "m" | "X")
        || (!step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()))
}

impl Row {
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name.as_ref().is_some_and(|text| text.as_str() == name)
    }

    pub(super) fn is_of(&self, kind: Kind) -> bool {
        self.kind.as_ref().is_some_and(|(own, _)| *own == kind)
    }
}
