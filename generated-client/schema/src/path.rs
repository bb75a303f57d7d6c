//! A place in a record, without allocating: a chain of steps on the stack, written out only when
//! there is something to report.

use std::fmt::Write as _;

/// A place in a record.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

/// A step from a value inward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnedStep {
    /// To a field or an entry of a map.
    Name(String),
    /// To an element of a list, counted from 0.
    Index(usize),
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl Path<'_> {
    /// The record itself.
    pub(crate) const ROOT: Path<'static> = Path {
        parent: None,
        step: Step::Root,
    };

    /// A field or an entry of a map.
    pub(crate) fn name<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path {
            parent: Some(self),
            step: Step::Name(name),
        }
    }

    /// An element of a list, counted from 0.
    pub(crate) fn index(&self, index: usize) -> Path<'_> {
        Path {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// As parameters are called on the wire: `Tag.1.Key`.
    pub(crate) fn to_wire(self) -> String {
        let mut text = String::new();
        self.write(&mut text, true);
        text
    }

    /// As places in JSON are usually called: `Tag[0].Key`.
    pub(crate) fn to_json(self) -> String {
        let mut text = String::new();
        self.write(&mut text, false);
        text
    }

    /// The steps from the record inward.
    pub(crate) fn to_steps(self) -> Vec<OwnedStep> {
        let mut steps = self
            .parent
            .map_or_else(Vec::new, |parent| parent.to_steps());
        match self.step {
            Step::Root => {}
            Step::Name(name) => steps.push(OwnedStep::Name(name.to_owned())),
            Step::Index(index) => steps.push(OwnedStep::Index(index)),
        }
        steps
    }

    fn write(&self, text: &mut String, wire: bool) {
        if let Some(parent) = self.parent {
            parent.write(text, wire);
        }
        let dot = if text.is_empty() { "" } else { "." };
        // Writing into a String does not fail.
        let _ = match self.step {
            Step::Root => Ok(()),
            Step::Name(name) => write!(text, "{dot}{name}"),
            Step::Index(index) if wire => write!(text, "{dot}{}", index + 1),
            Step::Index(index) => write!(text, "[{index}]"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_both_notations() {
        let tag = Path::ROOT.name("Tag");
        let first = tag.index(0);
        let key = first.name("Key");
        assert_eq!(key.to_wire(), "Tag.1.Key");
        assert_eq!(key.to_json(), "Tag[0].Key");
        assert_eq!(Path::ROOT.to_wire(), "");
        assert_eq!(Path::ROOT.index(2).to_json(), "[2]");
    }
}
