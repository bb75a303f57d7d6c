//! An HTTP address that answers with an access key.

use std::fmt;

use super::{
    BoxFuture, Context, Credentials, CredentialsError, ProvideCredentials, http,
    section::{Keys, Section, parse_object},
};

/// A provider that gets the access key with a `GET` request to an address that answers with JSON:
/// `AccessKeyId`, `AccessKeySecret`, `SecurityToken`, `Expiration`, and `Code`, which must be
/// `Success` if it is present.
///
/// The address itself can be a secret, so errors and `Debug` show its origin only.
///
/// ```no_run
/// use alicloud::credentials::{Cached, Context, CredentialsUri};
///
/// # fn example() -> Result<(), alicloud::credentials::CredentialsError> {
/// let sidecar = Cached::new(CredentialsUri::new("http://localhost:6666/key")?);
/// let configured = CredentialsUri::from_environment(&Context::new())?;
/// # Ok(())
/// # }
/// ```
pub struct CredentialsUri {
    uri: reqwest::Url,
    context: Context,
}

impl CredentialsUri {
    /// Uses this `http` or `https` address.
    ///
    /// # Errors
    ///
    /// The text is not such an address.
    pub fn new(uri: &str) -> Result<Self, CredentialsError> {
        let uri = reqwest::Url::parse(uri).map_err(|error| {
            CredentialsError::invalid("the credentials URI is not a URI").with_source(error)
        })?;
        if !matches!(uri.scheme(), "http" | "https") {
            return Err(CredentialsError::invalid(
                "the credentials URI is neither http nor https",
            ));
        }
        Ok(Self {
            uri,
            context: Context::new(),
        })
    }

    /// Uses the address in `ALIBABA_CLOUD_CREDENTIALS_URI`.
    ///
    /// # Errors
    ///
    /// The variable is not set, or does not hold an address.
    pub fn from_environment(context: &Context) -> Result<Self, CredentialsError> {
        let [uri] = context
            .environment()
            .require(["ALIBABA_CLOUD_CREDENTIALS_URI"])?;
        Ok(Self::new(&uri)?.context(context))
    }

    /// Sets the context, whose HTTP client is used.
    #[must_use]
    pub fn context(mut self, context: &Context) -> Self {
        self.context = context.clone();
        self
    }

    async fn get(&self) -> Result<Credentials, CredentialsError> {
        let server = format!("the credentials URI at {}", http::origin(&self.uri));
        let proxy = self.context.proxy(&self.uri);
        let request = http::Request {
            client: self.context.http(&self.uri)?,
            method: reqwest::Method::GET,
            url: self.uri.as_str(),
            headers: &[],
            body: Vec::new(),
            to: &server,
            proxy: proxy.as_deref(),
        };
        let answer = request.send().await?;
        if !answer.is_success() {
            return Err(answer.rejection(&server));
        }
        from_answer(&server, &answer.body)
    }
}

/// The access key in an answer of a credentials URI or the metadata service.
pub(super) fn from_answer(server: &str, body: &[u8]) -> Result<Credentials, CredentialsError> {
    let place = format!("the answer of {server}");
    let section = Section::from_json(&place, &parse_object(&place, body)?);
    if section.text("Code").is_some_and(|code| code != "Success") {
        return Err(CredentialsError::refused(format!(
            "{place} has a `Code` other than `Success`"
        )));
    }
    section.credentials(&Keys::ANSWER)
}

impl ProvideCredentials for CredentialsUri {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(self.get())
    }
}

impl fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsUri")
            .field("origin", &http::origin(&self.uri))
            .finish_non_exhaustive()
    }
}
