//! Credentials: access keys, and the providers that they come from.
//!
//! A client takes its access keys from a [`ProvideCredentials`]. These are included:
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
//! Only [`Cached`] keeps an access key: every other provider reads the file, calls the server or
//! runs the command each time. The environment of a provider (variables, home directory, HTTP
//! client, clock) is a [`Context`].
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
//! No error, `Debug` text or log line of this module holds a secret or a value from a credentials
//! file; errors name the file, the profile if the caller chose it, and the missing key.

mod assume_role;
mod cached;
mod chain;
mod command;
pub(crate) mod config_file;
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

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::sign::{acs3, rpc, timestamp};

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

/// A text that `Debug` does not show, and whose memory is overwritten when its last clone is dropped.
///
/// Copies made from it are not overwritten: those of the text that [`expose`](Self::expose)
/// returns, the buffers of the HTTP client (which hold security tokens and signatures), a parser's
/// copy of a credentials file, the process's environment, and memory that the operating system has
/// swapped out.
#[derive(Clone)]
pub struct Secret(Arc<Contents>);

/// One for all clones, as access keys are passed on for every call.
struct Contents {
    text: Zeroizing<String>,
    // Two blocks of each signature's hash depend on the secret alone.
    rpc_key: OnceLock<rpc::Key>,
    acs3_key: OnceLock<acs3::Key>,
}

impl Secret {
    /// Wraps a text. A `String` is taken over without a copy.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Contents {
            text: Zeroizing::new(text.into()),
            rpc_key: OnceLock::new(),
            acs3_key: OnceLock::new(),
        }))
    }

    /// The text without white space around it; no copy of it is left.
    fn trimmed(text: String) -> Self {
        let whole = Self::new(text);
        match whole.expose().trim() {
            short if short.len() < whole.expose().len() => Self::new(short),
            _ => whole,
        }
    }

    /// The text itself, to sign with.
    pub fn expose(&self) -> &str {
        &self.0.text
    }

    pub(crate) fn rpc_key(&self) -> &rpc::Key {
        let make = || rpc::key(self.expose());
        self.0.rpc_key.get_or_init(make)
    }

    pub(crate) fn acs3_key(&self) -> &acs3::Key {
        let make = || acs3::key(self.expose());
        self.0.acs3_key.get_or_init(make)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

/// By the last of its clones, which share one text.
impl ZeroizeOnDrop for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// An access key, with a security token if it is temporary.
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
    /// The expiration time of a temporary access key.
    pub expiration: Option<SystemTime>,
}

impl Credentials {
    /// A permanent access key. White space around its parts, such as the line break at the end of a
    /// file, is removed; a key that is not valid even so is refused when it is used.
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<String>) -> Self {
        Self {
            access_key_id: trimmed(access_key_id.into()),
            access_key_secret: Secret::trimmed(access_key_secret.into()),
            security_token: None,
            expiration: None,
        }
    }

    /// Makes this a temporary access key, with the token that STS returned with it. A token of
    /// white space only counts as none.
    #[must_use]
    pub fn with_security_token(mut self, token: impl Into<String>) -> Self {
        let token = Secret::trimmed(token.into());
        self.security_token = (!token.expose().is_empty()).then_some(token);
        self
    }

    /// Sets when a temporary access key expires.
    #[must_use]
    pub fn with_expiration(mut self, expiration: SystemTime) -> Self {
        self.expiration = Some(expiration);
        self
    }
}

impl Credentials {
    /// The access key, or why it can be none.
    fn well_formed(self) -> Result<Self, CredentialsError> {
        let token = self.security_token.as_ref().map(Secret::expose);
        let parts = [
            ("AccessKey ID", Some(&*self.access_key_id)),
            ("AccessKey secret", Some(self.access_key_secret.expose())),
            ("security token", token),
        ];
        for (part, text) in parts {
            let Some(text) = text else { continue };
            if text.is_empty() {
                return Err(CredentialsError::invalid(format!("the {part} is empty")));
            }
            if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(CredentialsError::invalid(format!(
                    "the {part} has a character that none can have: a space, a line break or one \
                     beyond ASCII"
                )));
            }
        }
        Ok(self)
    }

    /// The access key, or why nothing can be signed with it at this time.
    pub(crate) fn usable(self, now: SystemTime) -> Result<Self, CredentialsError> {
        match self.expiration {
            Some(end) if end <= now => Err(CredentialsError::invalid(format!(
                "the access key ended at {}; obtain a new one, or set the clock of this machine \
                 right if it has not ended",
                timestamp(end)
            ))),
            _ => self.well_formed(),
        }
    }
}

fn trimmed(text: String) -> String {
    match text.trim() {
        short if short.len() < text.len() => short.to_owned(),
        _ => text,
    }
}

/// Does this error code say that the access key itself is no good: ended, unknown or switched off?
pub(crate) fn refuses_key(code: &str) -> bool {
    code.starts_with("InvalidSecurityToken.") || code.starts_with("InvalidAccessKeyId.")
}

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A source of access keys. Implement it to take keys from a place of your own.
///
/// An implementation need not cache keys or merge concurrent calls: [`Cached`] does both. It should
/// end by itself within a reasonable time.
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
    /// Returns an access key that is valid now.
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>>;

    /// Called when a server has rejected this key as expired, unknown or disabled. A caching provider
    /// must then fetch a new one, and a provider that wraps another must pass the call on. The default
    /// does nothing.
    fn forget(&self, refused: &Credentials) {
        let _ = refused;
    }
}

impl ProvideCredentials for Credentials {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(async { self.clone().well_formed() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_overwritten_when_it_is_dropped() {
        fn overwritten<T: ZeroizeOnDrop>() {}
        overwritten::<Secret>();
        // What HMAC keeps of a key: the states of two hashes, by a feature of these crates.
        overwritten::<sha1::Sha1>();
        overwritten::<sha2::Sha256>();
        // The field that does it.
        let text: &Zeroizing<String> = &Secret::trimmed(" text\n".to_owned()).0.text;
        assert_eq!(**text, *"text");
    }
}
