//! A role, assumed with the access key of another provider.

use std::{fmt, time::Duration};

use super::{
    BoxFuture, Context, Credentials, CredentialsError, ProvideCredentials,
    sts::{self, RoleOptions},
};
use crate::encode::Parameters;

/// A provider that assumes a role (STS `AssumeRole`) with the access key of any other provider.
///
/// Every call of [`provide`](ProvideCredentials::provide) asks the source and calls STS; wrap it in
/// a [`Cached`](super::Cached).
///
/// ```no_run
/// use std::time::Duration;
/// use alicloud::credentials::{AssumeRole, Cached, Context, Credentials};
///
/// # fn example() -> Result<(), alicloud::credentials::CredentialsError> {
/// let context = Context::new();
/// let own = Credentials::from_environment(context.environment())?;
/// let role = AssumeRole::new(own, "acs:ram::123456789012:role/deploy")
///     .session_name("nightly")
///     .duration(Duration::from_secs(3600))
///     .sts_region("cn-hangzhou");
/// // A role of another account, assumed with the first one.
/// let other = Cached::new(AssumeRole::new(role, "acs:ram::210987654321:role/guest").external_id("agreed"));
/// # Ok(())
/// # }
/// ```
pub struct AssumeRole {
    source: Box<dyn ProvideCredentials>,
    role_arn: String,
    external_id: Option<String>,
    options: RoleOptions,
    context: Context,
}

impl AssumeRole {
    /// Assumes the role with this ARN, such as `acs:ram::<account>:role/<name>`.
    pub fn new(source: impl ProvideCredentials + 'static, role_arn: impl Into<String>) -> Self {
        Self::from_parts(
            Box::new(source),
            role_arn.into(),
            RoleOptions::default(),
            &Context::new(),
        )
    }

    pub(super) fn from_parts(
        source: Box<dyn ProvideCredentials>,
        role_arn: String,
        options: RoleOptions,
        context: &Context,
    ) -> Self {
        Self {
            source,
            role_arn,
            external_id: None,
            options,
            context: context.clone(),
        }
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

    /// Sets the external ID that the owner of the role asks for.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
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
        let mut parameters = Parameters::default();
        self.options
            .push(&self.role_arn, &self.context, &mut parameters)?;
        if let Some(id) = &self.external_id {
            sts::push(&mut parameters, "ExternalId", id);
        }
        let source = self.source.provide().await.map_err(|error| {
            CredentialsError::new(error.kind(), "no access key to assume the role with")
                .with_retry_after(error.retry_after())
                .with_source(error)
        })?;
        let call = sts::Call {
            action: "AssumeRole",
            parameters: &parameters,
            signer: Some(&source),
        };
        sts::call(&self.context, &self.options, &call)
            .await
            .map_err(|failure| {
                if failure.key_refused {
                    self.source.forget(&source);
                }
                failure.error
            })
    }
}

impl ProvideCredentials for AssumeRole {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(self.assume())
    }

    fn forget(&self, refused: &Credentials) {
        self.source.forget(refused);
    }
}

// Policy and external ID are agreed between people who may want to keep them to themselves.
impl fmt::Debug for AssumeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssumeRole")
            .field("role_arn", &self.role_arn)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
