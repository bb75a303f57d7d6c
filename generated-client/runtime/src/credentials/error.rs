//! The error of a provider. Its texts are written where it is created.

use std::{error::Error, fmt, sync::Arc, time::Duration};

/// The error of a provider that has no access key.
///
/// The text never holds a secret or a line of a credentials file. The error of a
/// [`Chain`](super::Chain) has one line for each of its providers.
#[derive(Clone, Debug)]
pub struct CredentialsError {
    kind: CredentialsErrorKind,
    message: String,
    // Shared, because all who waited for one attempt get its error.
    source: Option<Arc<dyn Error + Send + Sync>>,
    retry_after: Option<Duration>,
}

/// The kind of a [`CredentialsError`], which decides how a [`Chain`](super::Chain) goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialsErrorKind {
    /// Nothing is configured for this provider.
    Missing,
    /// The configuration is not valid.
    Invalid,
    /// A server refused the request.
    Refused,
    /// There was no usable response; the same attempt may succeed later.
    Unavailable,
}

impl CredentialsError {
    /// Nothing is configured for this provider.
    #[cold]
    pub fn missing(message: impl Into<String>) -> Self {
        Self::new(CredentialsErrorKind::Missing, message)
    }

    /// The configuration is not valid.
    #[cold]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(CredentialsErrorKind::Invalid, message)
    }

    /// A server refused the request.
    #[cold]
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(CredentialsErrorKind::Refused, message)
    }

    /// There was no usable response; the same attempt may succeed later.
    #[cold]
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(CredentialsErrorKind::Unavailable, message)
    }

    /// An error of this kind. The message must not hold a secret.
    #[cold]
    pub fn new(kind: CredentialsErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            retry_after: None,
        }
    }

    /// Adds the cause. Its texts must not hold a secret either.
    #[must_use]
    #[cold]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Marks the error as throttling: the server should not be called again for this long. Until
    /// then, a [`Cached`](super::Cached) provider returns the error to its callers without calling
    /// the server.
    #[must_use]
    pub fn with_retry_after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.retry_after = wait.into();
        self
    }

    /// The time for which the server should not be called again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The kind of failure.
    pub fn kind(&self) -> CredentialsErrorKind {
        self.kind
    }

    /// Whether the same attempt may succeed later.
    pub fn is_retryable(&self) -> bool {
        self.kind == CredentialsErrorKind::Unavailable
    }

    /// The message and all causes, on one line.
    pub(super) fn line(&self) -> String {
        let mut line = self.message.clone();
        let mut cause = self.source();
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line.replace(['\n', '\r'], " ")
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CredentialsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
