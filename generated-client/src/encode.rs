//! Writes a record into wire parameters. (interface; body to come)

use crate::record::{Location, Record};

/// Wire parameters: names and values as they are before percent-encoding, in one buffer.
#[derive(Clone, Default)]
pub struct Parameters {
    // to be chosen: one String and ranges into it
}

impl Parameters {
    /// Appends a parameter.
    pub fn push(&mut self, _location: Location, _name: &str, _value: &str) {
        todo!()
    }
    /// Is there a parameter of this name?
    pub fn contains(&self, _name: &str) -> bool {
        todo!()
    }
    /// The parameters in the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = (Location, &str, &str)> {
        std::iter::empty()
    }
    /// The bytes of the body parameter, if there is one.
    pub fn body(&self) -> Option<&[u8]> {
        todo!()
    }
}

/// Appends what a request carries on the wire.
pub fn encode(_request: &dyn Record, _parameters: &mut Parameters) {
    todo!()
}
