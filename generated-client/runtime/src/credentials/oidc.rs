//! A role, assumed with an OIDC token in a file (RRSA in Kubernetes).

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    BoxFuture, Context, Credentials, CredentialsError, ProvideCredentials,
    section::read_file,
    sts::{self, RoleOptions},
};
use crate::encode::Parameters;

/// A provider that assumes a role with an OIDC token (STS `AssumeRoleWithOIDC`, which takes no
/// signature).
///
/// The token file is read at every call of [`provide`](ProvideCredentials::provide), because it is
/// rotated; wrap the provider in a [`Cached`](super::Cached).
///
/// ```no_run
/// use alicloud::credentials::{Cached, Context, Oidc};
///
/// # fn example() -> Result<(), alicloud::credentials::CredentialsError> {
/// // In a pod whose service account is bound to a role:
/// let bound = Cached::new(Oidc::from_environment(&Context::new())?);
/// // Or said outright:
/// let given = Oidc::new(
///     "acs:ram::123456789012:role/app",
///     "acs:ram::123456789012:oidc-provider/ack-rrsa",
///     "/var/run/secrets/tokens/oidc",
/// );
/// # Ok(())
/// # }
/// ```
pub struct Oidc {
    role_arn: String,
    provider_arn: String,
    token_file: PathBuf,
    options: RoleOptions,
    context: Context,
}

impl Oidc {
    /// Assumes this role of this identity provider (both by their ARNs), with the token in this
    /// file.
    pub fn new(
        role_arn: impl Into<String>,
        provider_arn: impl Into<String>,
        token_file: impl Into<PathBuf>,
    ) -> Self {
        Self {
            role_arn: role_arn.into(),
            provider_arn: provider_arn.into(),
            token_file: token_file.into(),
            options: RoleOptions::default(),
            context: Context::new(),
        }
    }

    /// Uses the role, the identity provider and the token file that `ALIBABA_CLOUD_ROLE_ARN`,
    /// `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and `ALIBABA_CLOUD_OIDC_TOKEN_FILE` name.
    ///
    /// # Errors
    ///
    /// Names the variables that are not set.
    pub fn from_environment(context: &Context) -> Result<Self, CredentialsError> {
        let [role_arn, provider_arn, token_file] = context.environment().require([
            "ALIBABA_CLOUD_ROLE_ARN",
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
            "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
        ])?;
        Ok(Self::new(role_arn, provider_arn, token_file).context(context))
    }

    pub(super) fn options(mut self, options: RoleOptions) -> Self {
        self.options = options;
        self
    }

    /// The name of the session, as audit logs show it: 2 to 64 letters, digits and `.@-_`. Without it,
    /// `ALIBABA_CLOUD_ROLE_SESSION_NAME` or `alicloud-rust`.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.options.session_name = Some(name.into());
        self
    }

    /// Sets the duration of the session, in whole seconds: at least 900, at most what the role
    /// allows. Without it, STS decides (one hour).
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.options.duration = Some(duration);
        self
    }

    /// A policy, as JSON text, that narrows what the session may do.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.options.policy = Some(policy.into());
        self
    }

    /// The region whose STS is called. Without it, `ALIBABA_CLOUD_STS_REGION` or the central
    /// `sts.aliyuncs.com`.
    #[must_use]
    pub fn sts_region(mut self, region: impl Into<String>) -> Self {
        self.options.region = Some(region.into());
        self
    }

    /// The address of STS: a host, or a URL without a path. It wins over the region.
    #[must_use]
    pub fn sts_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.options.endpoint = Some(endpoint.into());
        self
    }

    /// Sets the context: variables, clock and HTTP client.
    #[must_use]
    pub fn context(mut self, context: &Context) -> Self {
        self.context = context.clone();
        self
    }

    async fn assume(&self) -> Result<Credentials, CredentialsError> {
        let token_file = self.context.environment().expanded(&self.token_file);
        let token = read_token(&token_file).await?;
        let mut parameters = Parameters::default();
        self.options
            .push(&self.role_arn, &self.context, &mut parameters)?;
        sts::push(&mut parameters, "OIDCProviderArn", &self.provider_arn);
        sts::push(&mut parameters, "OIDCToken", &token);
        let call = sts::Call {
            action: "AssumeRoleWithOIDC",
            parameters: &parameters,
            signer: None,
        };
        sts::call(&self.context, &self.options, &call)
            .await
            .map_err(|failure| failure.error)
    }
}

async fn read_token(path: &Path) -> Result<String, CredentialsError> {
    let unusable = |what: &str| {
        CredentialsError::invalid(format!("the OIDC token file {} {what}", path.display()))
    };
    let content = read_file(path)
        .await
        .map_err(|error| unusable("cannot be used").with_source(error))?;
    let Ok(text) = std::str::from_utf8(&content) else {
        return Err(unusable("is not UTF-8"));
    };
    let token = text.trim();
    if token.is_empty() {
        return Err(unusable("is empty"));
    }
    Ok(token.to_owned())
}

impl ProvideCredentials for Oidc {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(self.assume())
    }
}

// The policy is left out: see `AssumeRole`.
impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc")
            .field("role_arn", &self.role_arn)
            .field("provider_arn", &self.provider_arn)
            .field("token_file", &self.token_file)
            .finish_non_exhaustive()
    }
}
