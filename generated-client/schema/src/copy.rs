//! Copies a record into another of its schema: `Clone`, written once.

use crate::record::{Record, ValueMut, ValueRef};

/// A record of the same type with the same values.
pub fn clone<T: Record + Default>(record: &T) -> T {
    let mut copy = T::default();
    self::copy(record, &mut copy);
    copy
}

/// Copies every value that is there. `to` is as it was made, by `Default`.
pub fn copy(from: &dyn Record, to: &mut dyn Record) {
    for index in 0..from.schema().fields.len() {
        if let Some(value_mut) = to.value_mut(index) {
            put(from.get(index), value_mut);
        }
    }
}

/// A value_mut of another kind keeps what it has: records of one schema have none.
fn put(value: ValueRef<'_>, value_mut: ValueMut<'_>) {
    let kept = match (value, value_mut) {
        (ValueRef::String(value), ValueMut::String(value_mut)) => value_mut.put(value.to_owned()),
        (ValueRef::Integer(value), ValueMut::Integer(value_mut)) => value_mut.put(value),
        (ValueRef::Float(value), ValueMut::Float(value_mut)) => value_mut.put(value),
        (ValueRef::Boolean(value), ValueMut::Boolean(value_mut)) => value_mut.put(value),
        (ValueRef::Bytes(value), ValueMut::Bytes(value_mut)) => value_mut.put(value.to_vec()),
        (ValueRef::Any(value), ValueMut::Any(value_mut)) => value_mut.put(value.clone()),
        (ValueRef::Object(value), ValueMut::Object(value_mut)) => {
            copy(value, value_mut.object());
            true
        }
        (ValueRef::List(value), ValueMut::List(value_mut)) => {
            value_mut.start();
            for index in 0..value.len() {
                put(value.get(index), value_mut.push());
            }
            true
        }
        (ValueRef::Map(value), ValueMut::Map(value_mut)) => {
            value_mut.start();
            value.visit(&mut |key, value| put(value, value_mut.insert(key.to_owned())));
            true
        }
        (ValueRef::Absent, _) => true,
        _ => false,
    };
    debug_assert!(kept, "records of one schema take each other's values");
}
