//! Reads wire parameters back into a record: first all names are resolved against the schema into a
//! tree, then the tree is read in the order of the schema.
//!
//! The counterpart of `encode`. Names can be read in more than one way (`SystemDisk.Size` as one
//! name or as a field of `SystemDisk`; dots in the keys of maps): the longest field name that leads
//! anywhere wins.

use std::{borrow::Cow, collections::BTreeMap};

use serde::de::DeserializeSeed as _;
use serde_json::{Map, Value};

use crate::{
    decode::{Context, Mode, NO_NEAR_NAME, Scalar, Seed, Target},
    near::nearest,
    path::Path,
    record::{Field, Kind, Record, Schema, Style, ValueMut},
    validate::{Violation, ViolationKind, style_within},
};

/// Fills a record; gives what could not be read.
#[inline]
pub(super) fn fill(record: &mut dyn Record, parameters: &[(&str, &str)]) -> Vec<Violation> {
    let schema = record.schema();
    let mut context = Context::new(Mode::Strict, record.schema());
    let mut tree = Tree::default();
    for (name, value) in parameters {
        let mut search = Search::new(name);
        if !search.field_of(schema, Style::Flat, 0) {
            context.faults.push(search.fault());
            continue;
        }
        if let Err(fault) = tree.insert(&search.steps, name, value) {
            context.faults.push(fault);
        }
    }
    tree.read_record(record, Style::Flat, &Path::ROOT, false, &mut context);
    context.faults
}

/// One step from a record inward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step<'a> {
    Field(usize),
    Element(u32),
    Entry(&'a str),
}

/// The search for the field that a name means.
struct Search<'a> {
    name: &'a str,
    steps: Vec<Step<'a>>,
    /// The record furthest inward that does not have the next name, and where that begins.
    lost: Option<(usize, &'static Schema)>,
    /// A list, object or map that the name leads to, but to no value in it, and where its own ends.
    container: Option<(usize, Kind)>,
}

impl<'a> Search<'a> {
    #[inline]
    fn new(name: &'a str) -> Self {
        Self {
            name,
            steps: Vec::new(),
            lost: None,
            container: None,
        }
    }

    /// The name from `start` on is that of a field of the record, or of a value within one.
    #[inline]
    fn field_of(&mut self, schema: &'static Schema, style: Style, start: usize) -> bool {
        let rest = &self.name[start..];
        let mut candidates: Vec<usize> = (0..schema.fields.len())
            .filter(|index| {
                rest.strip_prefix(schema.fields[*index].name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
            .collect();
        candidates.sort_by_key(|index| std::cmp::Reverse(schema.fields[*index].name.len()));
        for index in candidates {
            let field = &schema.fields[index];
            let style = style_within(style, field);
            if self.step(Step::Field(index), field, style, start + field.name.len()) {
                return true;
            }
        }
        if self.lost.is_none_or(|(furthest, _)| furthest <= start) {
            self.lost = Some((start, schema));
        }
        false
    }

    #[inline]
    fn step(&mut self, step: Step<'a>, field: &'static Field, style: Style, end: usize) -> bool {
        self.steps.push(step);
        if self.value_of(field, style, end) {
            return true;
        }
        self.steps.pop();
        false
    }

    /// The name from `start` on (empty, or a dot and more) is that of a value in the field.
    #[inline]
    fn value_of(&mut self, field: &'static Field, style: Style, start: usize) -> bool {
        let name = self.name;
        let Some(rest) = name[start..].strip_prefix('.') else {
            let nested = matches!(field.kind, Kind::Object(_) | Kind::List(_) | Kind::Map(_));
            if nested && style == Style::Flat {
                self.container = Some((start, field.kind));
                return false;
            }
            return true;
        };
        let start = start + 1;
        if style != Style::Flat {
            return false;
        }
        match field.kind {
            Kind::Object(schema) => self.field_of(schema, style, start),
            Kind::List(element) => {
                let digits = rest.split('.').next().unwrap_or_default();
                let Some(number) = element_number(digits) else {
                    self.container = Some((start - 1, field.kind));
                    return false;
                };
                self.step(Step::Element(number), element, style, start + digits.len())
            }
            Kind::Map(element) => {
                // The longest key after which the rest means something.
                let dots = rest.match_indices('.').map(|(dot, _)| dot);
                let mut ends: Vec<usize> = dots.chain([rest.len()]).collect();
                ends.reverse();
                ends.into_iter()
                    .any(|end| self.step(Step::Entry(&rest[..end]), element, style, start + end))
            }
            Kind::Any => {
                self.steps.extend(rest.split('.').map(Step::Entry));
                true
            }
            _ => false,
        }
    }

    /// Why the name means nothing.
    #[inline]
    fn fault(&self) -> Violation {
        if let Some((end, kind)) = self.container {
            let (name, rest) = self.name.split_at(end);
            let allowed = match kind {
                Kind::List(_) => format!("one parameter for each element, from `{name}.1` on"),
                _ => format!("one parameter for each value in it, `{name}.…`"),
            };
            let (kind, given) = match rest {
                "" => (ViolationKind::Type, Some("one value".to_owned())),
                _ => (ViolationKind::Unknown, None),
            };
            return Violation::new(self.name.to_owned(), kind, given, allowed);
        }
        let near = self.lost.and_then(|(start, schema)| {
            let rest = &self.name[start..];
            let names = || schema.fields.iter().map(|field| field.name);
            // As a whole, or its first part with the others kept.
            let first = rest.split('.').next().unwrap_or_default();
            let (near, others) = match nearest(rest, names()) {
                Some(near) => (near, ""),
                // A name that is right is not what is wrong.
                None if names().any(|name| name == first) => return None,
                None => (nearest(first, names())?, &rest[first.len()..]),
            };
            Some(format!("{}{near}{others}", &self.name[..start]))
        });
        let allowed = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => NO_NEAR_NAME.to_owned(),
        };
        Violation::new(self.name.to_owned(), ViolationKind::Unknown, None, allowed)
    }
}

/// `1` and up, in the one way to write it.
#[inline]
fn element_number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}

/// What was given for a field and within it.
#[derive(Default)]
struct Tree<'a> {
    text: Option<&'a str>,
    within: BTreeMap<Step<'a>, Tree<'a>>,
}

impl<'a> Tree<'a> {
    #[inline]
    fn insert(&mut self, steps: &[Step<'a>], name: &str, value: &'a str) -> Result<(), Violation> {
        let mut tree = self;
        for step in steps {
            tree = tree.within.entry(*step).or_default();
        }
        match tree.text.replace(value) {
            None => Ok(()),
            Some(_) => Err(Violation::new(
                name.to_owned(),
                ViolationKind::Type,
                Some("more than one value".to_owned()),
                "one value",
            )),
        }
    }

    #[inline]
    fn read_record(
        &self,
        record: &mut dyn Record,
        style: Style,
        path: &Path<'_>,
        sensitive: bool,
        context: &mut Context,
    ) {
        let schema = record.schema();
        for (step, tree) in &self.within {
            let Step::Field(index) = *step else { continue };
            let Some(value_mut) = record.value_mut(index) else {
                continue;
            };
            let field = &schema.fields[index];
            let seed = Seed {
                target: Target::ValueMut(value_mut),
                field,
                path: &path.name(field.name),
                sensitive: sensitive || field.sensitive,
                context: &mut *context,
            };
            tree.read(seed, style_within(style, field));
        }
    }

    #[inline]
    fn read(&self, seed: Seed<'_>, style: Style) {
        if let Some(text) = self.text
            && self.within.is_empty()
        {
            return read_text(seed, text, style);
        }
        let Seed {
            target,
            field,
            path,
            sensitive,
            context,
        } = seed;
        match (field.kind, target.open()) {
            (Kind::Object(_), Some(ValueMut::Object(object))) => {
                self.read_record(object.object(), style, path, sensitive, context);
            }
            (Kind::List(element), Some(ValueMut::List(list))) => {
                self.report_gap(path, context);
                list.start();
                let trees = self.within.values().enumerate();
                for (index, tree) in trees {
                    let seed = Seed {
                        target: Target::Element(&mut *list),
                        field: element,
                        path: &path.index(index),
                        sensitive: sensitive || element.sensitive,
                        context: &mut *context,
                    };
                    tree.read(seed, style);
                }
            }
            (Kind::Map(element), Some(ValueMut::Map(map))) => {
                map.start();
                for (step, tree) in &self.within {
                    let Step::Entry(key) = *step else { continue };
                    let seed = Seed {
                        target: Target::Entry(&mut *map, key.to_owned()),
                        field: element,
                        path: &path.name(key),
                        sensitive: sensitive || element.sensitive,
                        context: &mut *context,
                    };
                    tree.read(seed, style);
                }
            }
            (Kind::Any, Some(ValueMut::Any(value_mut))) => {
                // JSON takes every value.
                let _ = value_mut.put(self.to_json());
            }
            _ => {}
        }
    }

    #[inline]
    fn report_gap(&self, path: &Path<'_>, context: &mut Context) {
        let numbers = self.within.keys().filter_map(|step| match step {
            Step::Element(number) => Some(*number),
            _ => None,
        });
        let mut wanted = 1..;
        let Some(found) = numbers
            .clone()
            .find(|number| Some(*number) != wanted.next())
        else {
            return;
        };
        let missing = wanted.start - 1;
        context.faults.push(Violation::new(
            path.to_wire(),
            ViolationKind::Type,
            Some(format!("element {found} without element {missing}")),
            "elements numbered from 1 on, none left out",
        ));
    }

    /// What was flattened without a schema: a list where the names are 1, 2, …, else an object.
    #[inline]
    fn to_json(&self) -> Value {
        if let Some(text) = self.text
            && self.within.is_empty()
        {
            return Value::from(text);
        }
        let mut fields = Map::new();
        for (step, tree) in &self.within {
            let Step::Entry(key) = *step else { continue };
            fields.insert(key.to_owned(), tree.to_json());
        }
        let numbers = (1..=fields.len()).map(|number| number.to_string());
        if !numbers.clone().all(|number| fields.contains_key(&number)) {
            return Value::Object(fields);
        }
        numbers
            .filter_map(|number| fields.remove(&number))
            .collect()
    }
}

/// Reads the value of one parameter.
#[inline]
fn read_text(seed: Seed<'_>, text: &str, style: Style) {
    let nested = matches!(
        seed.field.kind,
        Kind::Object(_) | Kind::List(_) | Kind::Map(_) | Kind::Any
    );
    match (style, seed.field.kind) {
        (Style::Json, _) if nested => read_json(seed, text),
        (Style::Comma, Kind::List(element)) => read_delimited(seed, text, element, ','),
        (Style::Space, Kind::List(element)) => read_delimited(seed, text, element, ' '),
        (Style::Pipe, Kind::List(element)) => read_delimited(seed, text, element, '|'),
        _ => read_scalar(seed, text),
    }
}

#[inline]
fn read_json(seed: Seed<'_>, text: &str) {
    let any = matches!(seed.field.kind, Kind::Any);
    // As bytes: a reader of texts would be compiled beside that of answers.
    let text_bytes = text.as_bytes();
    let valid = serde_json::from_slice::<serde::de::IgnoredAny>(text_bytes);
    match valid {
        // Read twice, so that nothing has been put in place when it turns out to be no JSON.
        Ok(_) => {
            let mut deserializer = serde_json::Deserializer::from_slice(text_bytes);
            // In strict mode what does not fit is noted, and nothing ends the reading.
            let _ = seed.deserialize(&mut deserializer);
        }
        Err(_) if any => read_scalar(seed, text),
        Err(error) => {
            let found = format!("text that is not JSON ({error})");
            let _ = seed.incompatible(&found);
        }
    }
}

#[inline]
fn read_delimited(seed: Seed<'_>, text: &str, element: &Field, delimiter: char) {
    let Some(ValueMut::List(list)) = seed.target.open() else {
        return;
    };
    list.start();
    for (index, part) in text.split(delimiter).enumerate() {
        let seed = Seed {
            target: Target::Element(&mut *list),
            field: element,
            path: &seed.path.index(index),
            sensitive: seed.sensitive || element.sensitive,
            context: &mut *seed.context,
        };
        read_scalar(seed, part);
    }
}

/// Reads a text as what its field holds.
#[inline]
fn read_scalar(seed: Seed<'_>, text: &str) {
    let read = match seed.field.kind {
        Kind::Int32 | Kind::Int64 => text.parse().ok().map(Scalar::Signed),
        Kind::Float => text.parse().ok().map(Scalar::Float),
        // `True`, as some clients write it, is taken too.
        Kind::Boolean => text.to_ascii_lowercase().parse().ok().map(Scalar::Boolean),
        _ => None,
    };
    if let (Kind::Bytes, None) = (seed.field.kind, &read) {
        if let Some(ValueMut::Bytes(value_mut)) = seed.target.open() {
            // Bytes take every text.
            let _ = value_mut.put(text.as_bytes().to_vec());
        }
        return;
    }
    // In strict mode what does not fit is noted, and nothing ends the reading.
    let _ = seed.put(read.unwrap_or(Scalar::Text(Cow::Borrowed(text))));
}
