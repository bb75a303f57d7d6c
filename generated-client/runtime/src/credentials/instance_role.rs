//! The role of the ECS instance, from its metadata service.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    BoxFuture, Context, Credentials, CredentialsError, ProvideCredentials,
    http::{self, NoAnswer},
    uri::from_answer,
};

const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";

const ROLES: &str = "/latest/meta-data/ram/security-credentials/";

/// A provider of the access key of the role that is attached to this ECS instance.
///
/// It asks the metadata service in the hardened mode (IMDSv2, with a token). If the service does
/// not support that (it answers 403, 404 or 405, or the response with the token does not arrive),
/// it is asked without a token (IMDSv1), unless that is disabled. Any other failure is an error. A
/// host whose metadata service does not answer at all is taken not to be an ECS instance.
///
/// ```no_run
/// use alicloud::credentials::{Cached, InstanceRole};
///
/// let provider = Cached::new(InstanceRole::new().role_name("app").v1_fallback(false));
/// ```
#[derive(Debug)]
pub struct InstanceRole {
    role_name: Option<String>,
    v1_fallback: bool,
    /// The service has answered before: where it does not answer now, it is a passing fault.
    answered: AtomicBool,
    context: Context,
}

impl Default for InstanceRole {
    fn default() -> Self {
        Self::new()
    }
}

impl InstanceRole {
    /// Uses the role of the instance, whatever its name.
    pub fn new() -> Self {
        Self {
            role_name: None,
            v1_fallback: true,
            answered: AtomicBool::new(false),
            context: Context::new(),
        }
    }

    /// Uses the settings in the environment: `ALIBABA_CLOUD_ECS_METADATA` is the name of the role,
    /// `ALIBABA_CLOUD_IMDSV1_DISABLED` disables requests without a token (IMDSv1).
    ///
    /// # Errors
    ///
    /// `ALIBABA_CLOUD_ECS_METADATA_DISABLED` is `true`.
    pub fn from_environment(context: &Context) -> Result<Self, CredentialsError> {
        let environment = context.environment();
        if environment.is_true(DISABLED) {
            return Err(CredentialsError::missing(format!(
                "switched off by {DISABLED}"
            )));
        }
        let mut provider = Self::new().context(context);
        provider.role_name = environment.var("ALIBABA_CLOUD_ECS_METADATA");
        Ok(provider)
    }

    /// Sets the name of the role, which saves a request.
    #[must_use]
    pub fn role_name(mut self, name: impl Into<String>) -> Self {
        self.role_name = Some(name.into());
        self
    }

    /// Sets whether requests without a token (IMDSv1) are allowed if the service issues no tokens.
    /// They are, unless disabled here or with `ALIBABA_CLOUD_IMDSV1_DISABLED`.
    #[must_use]
    pub fn v1_fallback(mut self, allowed: bool) -> Self {
        self.v1_fallback = allowed;
        self
    }

    /// Sets the context: variables and the address of the metadata service.
    #[must_use]
    pub fn context(mut self, context: &Context) -> Self {
        self.v1_fallback &= !context
            .environment()
            .is_true("ALIBABA_CLOUD_IMDSV1_DISABLED");
        self.context = context.clone();
        self
    }

    async fn get(&self) -> Result<Credentials, CredentialsError> {
        // Whoever asks for the role, a profile or the program: the variable is there to switch it off.
        let environment = self.context.environment();
        if environment.is_true(DISABLED) {
            return Err(CredentialsError::invalid(format!(
                "the role of the instance is asked for, but {DISABLED} switches the metadata service off"
            )));
        }
        let token = self.token().await?;
        let role = match &self.role_name {
            Some(name) => name.clone(),
            None => self.discover(token.as_deref()).await?,
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if role.is_empty() || !role.bytes().all(is_name) {
            return Err(CredentialsError::invalid(
                "the name of the instance role may have letters, digits and `-_.` only",
            ));
        }
        let answer = self
            .fetch(&format!("{ROLES}{role}"), token.as_deref())
            .await?;
        if answer.status == 404 {
            return Err(CredentialsError::invalid(
                "the instance has no role of the given name",
            ));
        }
        if !answer.is_success() {
            return Err(answer.rejection(&self.server()));
        }
        from_answer(&self.server(), &answer.body)
    }

    /// A token of the hardened form; `None` where the plain form is to be used.
    async fn token(&self) -> Result<Option<String>, CredentialsError> {
        let headers = [(
            "x-aliyun-ecs-metadata-token-ttl-seconds",
            "21600".to_owned(),
        )];
        let answer = self.send(reqwest::Method::PUT, "/latest/api/token", &headers);
        let refused = match answer.await {
            Ok(answer) if answer.is_success() => {
                self.answered.store(true, Ordering::Relaxed);
                let token = String::from_utf8_lossy(&answer.body).trim().to_owned();
                return Ok(Some(token));
            }
            Ok(answer) if matches!(answer.status, 403..=405) => answer.rejection(&self.server()),
            // A fault that passes must not weaken how the service is asked.
            Ok(answer) => return Err(answer.rejection(&self.server())),
            Err(no_answer) if no_answer.unreachable => return Err(self.unreachable(no_answer)),
            // In a container behind one hop more than the service allows, the token gets lost.
            Err(no_answer) if no_answer.error.is_retryable() => no_answer.error,
            Err(no_answer) => return Err(no_answer.error),
        };
        if self.v1_fallback {
            tracing::debug!("the metadata service gives no token: asking it without one");
            return Ok(None);
        }
        let message =
            "no token from the metadata service, and asking without one (IMDSv1) is switched off";
        Err(CredentialsError::new(refused.kind(), message).with_source(refused))
    }

    /// The name of the role that the instance has.
    async fn discover(&self, token: Option<&str>) -> Result<String, CredentialsError> {
        let answer = self.fetch(ROLES, token).await?;
        if !answer.is_success() && answer.status != 404 {
            return Err(answer.rejection(&self.server()));
        }
        let list = String::from_utf8_lossy(&answer.body);
        match list.lines().next().map(str::trim) {
            Some(name) if answer.is_success() && !name.is_empty() => Ok(name.to_owned()),
            _ => Err(CredentialsError::missing("the instance has no role")),
        }
    }

    async fn fetch(
        &self,
        path: &str,
        token: Option<&str>,
    ) -> Result<http::Answer, CredentialsError> {
        let token = token.map(|token| ("x-aliyun-ecs-metadata-token", token.to_owned()));
        let answer = self
            .send(reqwest::Method::GET, path, token.as_slice())
            .await;
        answer.map_err(|no_answer| self.unreachable(no_answer))
    }

    async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&'static str, String)],
    ) -> Result<http::Answer, NoAnswer> {
        let request = http::Request {
            client: self.context.metadata_http()?,
            method,
            url: &self.url(path),
            headers,
            body: Vec::new(),
            to: &self.server(),
            proxy: None,
        };
        request.send().await
    }

    /// No answer means no ECS instance, unless there is reason to think otherwise.
    fn unreachable(&self, no_answer: NoAnswer) -> CredentialsError {
        let expected = self.role_name.is_some() || self.answered.load(Ordering::Relaxed);
        if expected || !no_answer.unreachable {
            return no_answer.error;
        }
        let message = "no metadata service here, so this is no ECS instance";
        CredentialsError::missing(message).with_source(no_answer.error)
    }

    fn url(&self, path: &str) -> String {
        format!(
            "{}{path}",
            self.context.metadata_endpoint().trim_end_matches('/')
        )
    }

    fn server(&self) -> String {
        format!(
            "the metadata service at {}",
            self.context.metadata_endpoint()
        )
    }
}

impl ProvideCredentials for InstanceRole {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(self.get())
    }
}
