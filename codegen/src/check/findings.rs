//! Where the checks of one file put what they find.

use std::sync::Arc;

use super::remains::Lost;
use crate::diagnostic::{Code, Diagnostic, Place, Source};
use crate::tree::Span;

/// The findings about one file.
pub(super) struct Findings {
    source: Arc<Source>,
    found: Vec<Diagnostic>,
    /// What is not there for the checks to see.
    lost: Option<Lost>,
}

impl Findings {
    pub(super) fn about(source: Arc<Source>) -> Self {
        Self {
            source,
            found: Vec::new(),
            lost: None,
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

    /// From here on, findings are not kept that may be there only because something was left out.
    pub(super) fn expect(&mut self, lost: Lost) {
        self.lost = Some(lost);
    }

    /// Keeps a finding.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        if self
            .lost
            .as_ref()
            .is_some_and(|lost| lost.explains(&finding))
        {
            return;
        }
        self.found.push(finding);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Diagnostic> {
        self.found
    }
}
