//! Regular expressions in static tables, compiled at first use.

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::OnceLock,
};

use regex_lite::Regex;

/// A regular expression that a text must match somewhere.
pub struct Pattern {
    source: &'static str,
    /// Referred to from here alone, so that only a program that makes a pattern has regular expressions in
    /// it: 80 kB.
    compile: fn(&str) -> Option<Matcher>,
    compiled: OnceLock<Option<Matcher>>,
}

type Matcher = Box<dyn Fn(&str) -> bool + Send + Sync + UnwindSafe + RefUnwindSafe>;

impl Pattern {
    /// A pattern that has been found valid by the generator.
    pub const fn new(source: &'static str) -> Self {
        Self {
            source,
            compile,
            compiled: OnceLock::new(),
        }
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &'static str {
        self.source
    }

    /// The text matches. A pattern that is none allows everything: the generator refuses those.
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| (self.compile)(self.source))
            .as_ref()
            .is_none_or(|matches| matches(text))
    }
}

fn compile(source: &str) -> Option<Matcher> {
    let regex = Regex::new(source).ok()?;
    Some(Box::new(move |text| regex.is_match(text)))
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.source).finish()
    }
}
