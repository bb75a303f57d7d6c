//! Regular expressions in static tables, compiled at first use.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression that a text must match somewhere.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern that has been found valid by the generator.
    pub const fn new(source: &'static str) -> Self {
        Self {
            source,
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
            .get_or_init(|| Regex::new(self.source).ok())
            .as_ref()
            .is_none_or(|regex| regex.is_match(text))
    }
}
