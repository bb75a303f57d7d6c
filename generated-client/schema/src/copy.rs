//! Copies a record into another of its shape: `Clone`, written once.

use crate::record::{Record, Ref, Slot};

/// Copies every value that is there. `to` is as it was made, by `Default`.
pub fn copy(from: &dyn Record, to: &mut dyn Record) {
    for index in 0..from.shape().fields.len() {
        if let Some(slot) = to.slot(index) {
            put(from.get(index), slot);
        }
    }
}

/// A slot of another kind keeps what it has: records of one shape have none.
fn put(value: Ref<'_>, slot: Slot<'_>) {
    let kept = match (value, slot) {
        (Ref::String(value), Slot::String(slot)) => slot.put(value.to_owned()),
        (Ref::Integer(value), Slot::Integer(slot)) => slot.put(value),
        (Ref::Float(value), Slot::Float(slot)) => slot.put(value),
        (Ref::Boolean(value), Slot::Boolean(slot)) => slot.put(value),
        (Ref::Bytes(value), Slot::Bytes(slot)) => slot.put(value.to_vec()),
        (Ref::Any(value), Slot::Any(slot)) => slot.put(value.clone()),
        (Ref::Object(value), Slot::Object(slot)) => {
            copy(value, slot.object());
            true
        }
        (Ref::List(value), Slot::List(slot)) => {
            slot.start();
            for index in 0..value.len() {
                put(value.get(index), slot.push());
            }
            true
        }
        (Ref::Map(value), Slot::Map(slot)) => {
            slot.start();
            value.visit(&mut |key, value| put(value, slot.insert(key.to_owned())));
            true
        }
        (Ref::Absent, _) => true,
        _ => false,
    };
    debug_assert!(kept, "records of one shape take each other's values");
}
