//! `Debug` of every record. Values of sensitive fields and contents of bodies are not shown.

use std::fmt::{self, Debug, Formatter};

use crate::record::{Field, Kind, Record, ValueRef};

/// Prints a record as a derived `Debug` would: with the names of the fields in Rust, which are given
/// with commas between them, and with those on the wire where there are none. Absent fields are left
/// out, sensitive ones shown as `***`, bytes by their number only.
///
/// # Errors
///
/// Those of the formatter.
pub fn debug(record: &dyn Record, names: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let schema = record.schema();
    let mut printed = f.debug_struct(schema.name);
    let mut names = names_in(names);
    for (index, field) in schema.fields.iter().enumerate() {
        let value = record.get(index);
        let name = names.next().unwrap_or_default();
        let name = if name.is_empty() { field.name } else { name };
        if let (true, ValueRef::Map(rest), Kind::Map(field)) = (field.is_rest(), value, field.kind)
        {
            rest.visit(&mut |name, value| {
                printed.field(name, &Shown { value, field });
            });
        } else if !matches!(value, ValueRef::Absent) {
            printed.field(name, &Shown { value, field });
        }
    }
    printed.finish()
}

/// The name at a position of names in Rust with commas between them.
pub fn name_at(names: &str, position: usize) -> &str {
    names_in(names).nth(position).unwrap_or_default()
}

/// Names as a macro hands them over.
fn names_in(names: &str) -> impl Iterator<Item = &str> {
    let names = names.split(',').map(str::trim);
    names.map(|name| name.trim_start_matches("r#"))
}

/// A value of a field, to be printed.
struct Shown<'a> {
    value: ValueRef<'a>,
    field: &'a Field,
}

impl Debug for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.field.sensitive {
            return f.write_str("***");
        }
        match self.value {
            ValueRef::Absent => f.write_str("None"),
            ValueRef::String(text) => text.fmt(f),
            ValueRef::Integer(number) => number.fmt(f),
            ValueRef::Float(number) => number.fmt(f),
            ValueRef::Boolean(flag) => flag.fmt(f),
            ValueRef::Bytes(bytes) => write!(f, "<{} bytes>", bytes.len()),
            // As JSON: the variants of `Value` would only be in the way.
            ValueRef::Any(value) => fmt::Display::fmt(value, f),
            ValueRef::Object(record) => record.fmt(f),
            ValueRef::List(list) => {
                let field = self.element();
                let mut printed = f.debug_list();
                for index in 0..list.len() {
                    let value = list.get(index);
                    printed.entry(&Shown { value, field });
                }
                printed.finish()
            }
            ValueRef::Map(map) => {
                let field = self.element();
                let mut printed = f.debug_map();
                map.visit(&mut |key, value| {
                    printed.entry(&key, &Shown { value, field });
                });
                printed.finish()
            }
        }
    }
}

impl Shown<'_> {
    fn element(&self) -> &Field {
        match self.field.kind {
            Kind::List(element) | Kind::Map(element) => element,
            _ => self.field,
        }
    }
}
