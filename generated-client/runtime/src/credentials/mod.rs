//! Where access keys come from.
//!
//! Whoever needs an access key asks a [`ProvideCredentials`]. The ready-made ones:
//!
//! | provider | where the access key comes from |
//! |---|---|
//! | [`Credentials`] | given in the program |
//! | [`Credentials::from_environment`] | `ALIBABA_CLOUD_ACCESS_KEY_ID` and its companions |
//! | [`ConfigFile`] | a profile of `~/.aliyun/config.json` |
//! | [`CredentialsFile`] | a section of `~/.alibabacloud/credentials` |
//! | [`AssumeRole`] | a role, assumed with the access key of any other provider |
//! | [`Oidc`] | a role, assumed with a token file (RRSA in Kubernetes) |
//! | [`InstanceRole`] | the role of the ECS instance, from its metadata service |
//! | [`CredentialsUri`] | an HTTP address that answers with JSON |
//! | [`ExternalCommand`] | a command that prints JSON |
//! | [`Chain`] | the first of several that has one; [`Chain::standard`] is the vendor's order |
//! | [`Cached`] | another provider, asked again only when its access key is about to end |
//!
//! Nothing but [`Cached`] keeps what it obtained: every call of another provider reads the file, asks
//! the server, runs the command. What surrounds a provider (variables, home directory, HTTP client,
//! time) is a [`Context`].
//!
//! ```no_run
//! use alicloud::credentials::{Cached, Chain, Context, ProvideCredentials};
//!
//! # async fn example() -> Result<(), alicloud::credentials::CredentialsError> {
//! let provider = Cached::new(Chain::standard(&Context::new()));
//! let credentials = provider.provide().await?;
//! println!("calls are made as {}", credentials.access_key_id);
//! # Ok(())
//! # }
//! ```
//!
//! No error, `Debug` text or log line of this module holds a secret or a value out of a credentials
//! file; errors name the file, the profile where the caller chose it, and the key that is lacking.

mod assume_role;
mod cached;
mod chain;
mod command;
mod config_file;
mod context;
mod credentials_file;
mod environment;
mod error;
mod http;
mod instance_role;
mod oidc;
mod section;
mod sts;
mod uri;

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::SystemTime};

pub use self::{
    assume_role::AssumeRole,
    cached::Cached,
    chain::Chain,
    command::ExternalCommand,
    config_file::ConfigFile,
    context::{Clock, Context},
    credentials_file::CredentialsFile,
    environment::Environment,
    error::{CredentialsError, CredentialsErrorKind},
    instance_role::InstanceRole,
    oidc::Oidc,
    uri::CredentialsUri,
};

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one who signs with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// An access key, with a token where it is a temporary one.
///
/// It is a provider too: the one that always gives this access key.
///
/// ```
/// use alicloud::credentials::Credentials;
///
/// let lasting = Credentials::new("LTAI-example", "secret");
/// let temporary = Credentials::new("STS.example", "hunter2").with_security_token("token");
/// assert!(lasting.security_token.is_none() && temporary.security_token.is_some());
/// assert!(!format!("{temporary:?}").contains("hunter2"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The AccessKey ID.
    pub access_key_id: String,
    /// The AccessKey secret.
    pub access_key_secret: Secret,
    /// The STS token of a temporary access key.
    pub security_token: Option<Secret>,
    /// When a temporary access key ends.
    pub expiration: Option<SystemTime>,
}

impl Credentials {
    /// A lasting access key.
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<String>) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            access_key_secret: Secret::new(access_key_secret),
            security_token: None,
            expiration: None,
        }
    }

    /// Makes it a temporary access key, with the token that STS gave along with it.
    #[must_use]
    pub fn with_security_token(mut self, token: impl Into<String>) -> Self {
        self.security_token = Some(Secret::new(token));
        self
    }

    /// States when a temporary access key ends.
    #[must_use]
    pub fn with_expiration(mut self, expiration: SystemTime) -> Self {
        self.expiration = Some(expiration);
        self
    }
}

/// Does this error code say that the access key itself is no good: ended, unknown or switched off?
pub(crate) fn refuses_key(code: &str) -> bool {
    code == "InvalidSecurityToken.Expired" || code.starts_with("InvalidAccessKeyId.")
}

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Gives access keys. Implement it to bring keys from a place of your own.
///
/// An implementation need not keep what it obtained, nor care about concurrent calls: [`Cached`] does
/// both. It should end by itself within a reasonable time.
///
/// ```
/// use alicloud::credentials::{BoxFuture, Credentials, CredentialsError, ProvideCredentials};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl ProvideCredentials for Vault {
///     fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
///         Box::pin(async {
///             let (id, secret) = read_from_vault()
///                 .await
///                 .map_err(|error| CredentialsError::unavailable("the vault is sealed").with_source(error))?;
///             Ok(Credentials::new(id, secret))
///         })
///     }
/// }
/// # async fn read_from_vault() -> std::io::Result<(String, String)> { Ok(Default::default()) }
/// ```
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// Gives an access key that is valid now.
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>>;

    /// A server has refused this access key as ended, unknown or switched off. Who keeps it must not
    /// give it again without asking anew; who wraps another provider passes the news on. Without an
    /// implementation nothing happens.
    fn forget(&self, refused: &Credentials) {
        let _ = refused;
    }
}

impl ProvideCredentials for Credentials {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(async { Ok(self.clone()) })
    }
}

impl<P: ProvideCredentials + ?Sized> ProvideCredentials for Arc<P> {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        (**self).provide()
    }

    fn forget(&self, refused: &Credentials) {
        (**self).forget(refused);
    }
}

impl<P: ProvideCredentials + ?Sized> ProvideCredentials for Box<P> {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        (**self).provide()
    }

    fn forget(&self, refused: &Credentials) {
        (**self).forget(refused);
    }
}
