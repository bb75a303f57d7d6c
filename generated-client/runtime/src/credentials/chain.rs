//! The first of several providers that has an access key.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    BoxFuture, ConfigFile, Context, Credentials, CredentialsError, CredentialsErrorKind,
    CredentialsFile, CredentialsUri, InstanceRole, Oidc, ProvideCredentials,
};

/// Stands for "none has succeeded yet".
const NONE: usize = usize::MAX;

/// A chain of providers: they are asked in order until one has an access key.
///
/// From then on, only that provider is asked. What follows from a failure depends on its kind:
///
/// - Nothing configured, an invalid configuration, or a refusal by a server: the next provider is
///   asked, as in the vendor's own chains. If it happens to the provider that has succeeded before,
///   the whole chain is tried again.
/// - [`Unavailable`](CredentialsErrorKind::Unavailable), such as an STS that does not answer: the
///   chain fails with that error, because a temporary fault must not make a program act under
///   another identity.
///
/// The error has one line for each provider that was asked.
///
/// ```
/// use alicloud::credentials::{Chain, Context, Credentials, Environment, ProvideCredentials};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), alicloud::credentials::CredentialsError> {
/// let context = Context::new().with_environment(Environment::from_vars([("HOME", "/nowhere")]));
/// let chain = Chain::new()
///     .or("environment", Credentials::from_environment(context.environment()))
///     .or("built in", Credentials::new("LTAI-example", "secret"));
/// assert_eq!(chain.provide().await?.access_key_id, "LTAI-example");
/// # Ok(())
/// # }
/// ```
pub struct Chain {
    links: Vec<(String, Box<dyn ProvideCredentials>)>,
    /// The position of the one that succeeded last.
    succeeded: AtomicUsize,
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl Chain {
    /// An empty chain.
    pub fn new() -> Self {
        Self {
            links: Vec::new(),
            succeeded: AtomicUsize::new(NONE),
        }
    }

    /// The vendor's order: environment, OIDC, `~/.aliyun/config.json`, `~/.alibabacloud/credentials`,
    /// role of the instance, credentials URI.
    pub fn standard(context: &Context) -> Self {
        Self::new()
            .or(
                "environment",
                Credentials::from_environment(context.environment()),
            )
            .or("OIDC", Oidc::from_environment(context))
            .or("config file", ConfigFile::new(context))
            .or("credentials file", CredentialsFile::new(context))
            .or("instance role", InstanceRole::from_environment(context))
            .or("credentials URI", CredentialsUri::from_environment(context))
    }

    /// Adds a provider at the end, under a name for errors.
    #[must_use]
    pub fn or(
        mut self,
        name: impl Into<String>,
        provider: impl ProvideCredentials + 'static,
    ) -> Self {
        self.links.push((name.into(), Box::new(provider)));
        self
    }

    async fn first(&self) -> Result<Credentials, CredentialsError> {
        let mut already_failed = None;
        let succeeded = self.succeeded.load(Ordering::Relaxed);
        if let Some((name, provider)) = self.links.get(succeeded) {
            match provider.provide().await {
                Ok(credentials) => return Ok(credentials),
                Err(error) if error.is_retryable() => return Err(failure(&[(name, error)])),
                Err(error) => already_failed = Some((succeeded, error)),
            }
        }

        let mut failures = Vec::new();
        for (index, (name, provider)) in self.links.iter().enumerate() {
            let result = match already_failed.take_if(|(failed, _)| *failed == index) {
                Some((_, error)) => Err(error),
                None => provider.provide().await,
            };
            match result {
                Ok(credentials) => {
                    tracing::debug!(provider = %name, "access key obtained");
                    self.succeeded.store(index, Ordering::Relaxed);
                    return Ok(credentials);
                }
                Err(error) => {
                    let over = error.is_retryable();
                    failures.push((name, error));
                    if over {
                        break;
                    }
                }
            }
        }
        Err(failure(&failures))
    }
}

/// The error of the chain, from those of the providers that were asked.
fn failure(failures: &[(&String, CredentialsError)]) -> CredentialsError {
    let decisive =
        |(_, error): &&(&String, CredentialsError)| error.kind() != CredentialsErrorKind::Missing;
    // Only the last one can be a passing fault: it ended the chain.
    let kind = match failures.last() {
        Some((_, last)) if last.is_retryable() => last.kind(),
        _ => failures
            .iter()
            .find(decisive)
            .map_or(CredentialsErrorKind::Missing, |(_, error)| error.kind()),
    };
    let mut message = "no access key".to_owned();
    for (name, error) in failures {
        message.push_str(&format!("\n  {name}: {}", error.line()));
    }
    let retry_after = failures.last().and_then(|(_, error)| error.retry_after());
    CredentialsError::new(kind, message).with_retry_after(retry_after)
}

impl ProvideCredentials for Chain {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(self.first())
    }

    fn forget(&self, refused: &Credentials) {
        for (_, provider) in &self.links {
            provider.forget(refused);
        }
    }
}

/// A provider that could not be set up gives the reason instead of an access key.
impl<P: ProvideCredentials> ProvideCredentials for Result<P, CredentialsError> {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        match self {
            Ok(provider) => provider.provide(),
            Err(error) => Box::pin(async { Err(error.clone()) }),
        }
    }

    fn forget(&self, refused: &Credentials) {
        if let Ok(provider) = self {
            provider.forget(refused);
        }
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let links = self.links.iter().map(|(name, provider)| (name, provider));
        f.debug_map().entries(links).finish()
    }
}
