//! The findings of the checks of one file.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::tree::Span;

/// The findings about one file.
pub(super) struct Findings {
    source: Arc<Source>,
    found: Vec<Diagnostic>,
}

impl Findings {
    pub(super) fn about(source: Arc<Source>) -> Self {
        Self {
            source,
            found: Vec::new(),
        }
    }

    /// A place in the file.
    pub(super) fn place(&self, span: Span) -> Place {
        Place {
            source: Arc::clone(&self.source),
            span,
        }
    }

    /// What the file has at a place.
    pub(super) fn text(&self, span: Span) -> &str {
        let text = self.source.text.as_deref().unwrap_or_default();
        text.get(span.start..span.end).unwrap_or_default()
    }

    /// Makes a finding, which is not kept yet.
    pub(super) fn finding(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.place(span), message)
    }

    /// Keeps a finding.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        self.found.push(finding);
    }

    /// Leaves those of the findings that hold.
    pub(super) fn retain(&mut self, holds: impl FnMut(&Diagnostic) -> bool) {
        self.found.retain(holds);
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.found.iter_mut()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Diagnostic> {
        self.found
    }
}
