//! Calls `AssumeRole` and `AssumeRoleWithOIDC` of STS (version 2015-04-01). The two requests are fixed,
//! so they are written here by hand: credentials must not depend on a feature that generates STS.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::{
    BoxFuture, Context, Credentials, CredentialsError, CredentialsErrorKind, http, refuses_key,
    section::{Keys, Section, parse_object},
};
use crate::{
    client::redact::Secrets,
    encode::Parameters,
    error::{one_line, printable},
    operation::{Method, SignatureKind},
    record::Location,
    retry::{FailureClass, Refusal},
    sign::{Unsigned, nonce, sign},
};

/// The settings for the session of an assumed role, and for the STS endpoint.
#[derive(Clone, Default)]
pub(super) struct RoleOptions {
    pub(super) session_name: Option<String>,
    pub(super) duration: Option<Duration>,
    pub(super) policy: Option<String>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) vpc: bool,
}

impl RoleOptions {
    /// Appends what the two operations have in common.
    pub(super) fn push(
        &self,
        role_arn: &str,
        context: &Context,
        parameters: &mut Parameters,
    ) -> Result<(), CredentialsError> {
        /// The shortest session that STS grants.
        const SHORTEST: Duration = Duration::from_secs(900);

        push(parameters, "RoleArn", role_arn);
        let session_name = self.session_name.clone();
        let session_name = session_name
            .or_else(|| context.environment().var("ALIBABA_CLOUD_ROLE_SESSION_NAME"))
            .unwrap_or_else(|| "alicloud-rust".to_owned());
        push(parameters, "RoleSessionName", &session_name);
        if let Some(duration) = self.duration {
            if duration < SHORTEST {
                return Err(CredentialsError::invalid(format!(
                    "a session of {} s is asked for; the shortest is {} s",
                    duration.as_secs(),
                    SHORTEST.as_secs()
                )));
            }
            push(
                parameters,
                "DurationSeconds",
                &duration.as_secs().to_string(),
            );
        }
        if let Some(policy) = &self.policy {
            push(parameters, "Policy", policy);
        }
        Ok(())
    }

    /// The URL of the endpoint, without a path.
    fn endpoint(&self, context: &Context) -> Result<reqwest::Url, CredentialsError> {
        let given = self.endpoint.as_deref().or(context.sts_endpoint());
        let endpoint = match given {
            Some(endpoint) if endpoint.contains("://") => endpoint.to_owned(),
            Some(host) => format!("https://{host}"),
            None => format!("https://{}", self.host(context)?),
        };
        let url = reqwest::Url::parse(&endpoint).map_err(|error| {
            CredentialsError::invalid("the STS endpoint is neither a host nor a URL")
                .with_source(error)
        })?;
        let is_http = matches!(url.scheme(), "http" | "https") && url.has_host();
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
        let has_user = !url.username().is_empty() || url.password().is_some();
        if !is_http || !is_bare || has_user {
            return Err(CredentialsError::invalid(
                "the STS endpoint must be a host, or an http(s) URL without user, path and query",
            ));
        }
        Ok(url)
    }

    fn host(&self, context: &Context) -> Result<String, CredentialsError> {
        let environment = context.environment();
        let region = self.region.clone();
        let Some(region) = region.or_else(|| environment.var("ALIBABA_CLOUD_STS_REGION")) else {
            return Ok("sts.aliyuncs.com".to_owned());
        };
        let is_region =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !region.bytes().all(is_region) {
            return Err(CredentialsError::invalid(
                "the region for STS is not one: lower-case letters, digits and `-` are expected",
            ));
        }
        let in_vpc = self.vpc || environment.is_true("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED");
        let prefix = if in_vpc { "sts-vpc" } else { "sts" };
        Ok(format!("{prefix}.{region}.aliyuncs.com"))
    }
}

/// Appends a parameter. All travel in the body: policies and tokens are too long for a URL, and URLs
/// are logged by proxies.
pub(super) fn push(parameters: &mut Parameters, name: &str, value: &str) {
    parameters.push(Location::Form, name, value);
}

/// What a call of STS says.
pub(super) struct Call<'a> {
    pub(super) action: &'a str,
    pub(super) parameters: &'a Parameters,
    /// Whose access key signs. Without it the request goes unsigned.
    pub(super) signer: Option<&'a Credentials>,
}

/// Why a call gave no access key.
pub(super) struct Failure {
    /// STS refused the access key of the signer as ended, unknown or switched off.
    pub(super) key_refused: bool,
    pub(super) error: CredentialsError,
}

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        Self {
            key_refused: false,
            error,
        }
    }
}

/// Calls an operation that answers with an access key. Where STS takes the time of the call for wrong,
/// it is called once more with the time that it tells. Boxed, so that it is not compiled for each provider.
pub(super) fn call<'a>(
    context: &'a Context,
    options: &'a RoleOptions,
    call: &'a Call<'_>,
) -> BoxFuture<'a, Result<Credentials, Failure>> {
    Box::pin(answered(context, options, call))
}

async fn answered(
    context: &Context,
    options: &RoleOptions,
    call: &Call<'_>,
) -> Result<Credentials, Failure> {
    let url = options.endpoint(context)?;
    let server = format!("STS at {}", url.authority());

    let mut answer = send(context, &url, &server, call, context.clock().now()).await?;
    if !answer.is_success()
        && class(&answer, call) == FailureClass::Clock
        && let Some(time) = answer.server_time
    {
        tracing::warn!("STS takes the time of this machine for wrong: using its own");
        answer = send(context, &url, &server, call, time).await?;
    }
    if !answer.is_success() {
        return Err(rejection(&server, &answer, call));
    }
    let place = format!("the answer of {server}");
    match parse_object(&place, &answer.body)?.get("Credentials") {
        Some(Value::Object(credentials)) => {
            let section = Section::from_json(format!("`Credentials` in {place}"), credentials);
            Ok(section.credentials(&Keys::ANSWER)?)
        }
        _ => Err(CredentialsError::invalid(format!("{place} lacks `Credentials`")).into()),
    }
}

/// Sends a call once, as of this time.
async fn send(
    context: &Context,
    url: &reqwest::Url,
    server: &str,
    call: &Call<'_>,
    time: SystemTime,
) -> Result<http::Answer, CredentialsError> {
    let authority = url.authority();
    let signed = sign(
        SignatureKind::Acs3,
        &Unsigned {
            method: Method::Post,
            host: authority,
            action: call.action,
            version: "2015-04-01",
            parameters: call.parameters,
            credentials: call.signer,
            nonce: &nonce(),
            time,
        },
    );
    let target = format!("{}://{authority}{}", url.scheme(), signed.path_and_query);
    let proxy = context.proxy(url);
    let request = http::Request {
        client: context.http(url)?,
        method: reqwest::Method::POST,
        url: &target,
        headers: &signed.headers,
        body: signed.body,
        to: server,
        proxy: proxy.as_deref(),
    };
    Ok(request.send().await?)
}

/// What an answer that is no success means, by the rules for every other service.
fn class(answer: &http::Answer, call: &Call<'_>) -> FailureClass {
    let body = parse_object("", &answer.body).unwrap_or_default();
    let refusal = Refusal {
        status: answer.status,
        code: code(&body).unwrap_or_default(),
        message: said(&body, &["Message", "message"]).unwrap_or_default(),
        listed: false,
        in_progress: false,
        hint: answer.hint.map(|(kind, _)| kind),
        temporary_key: call.signer.is_some_and(|key| key.security_token.is_some()),
    };
    refusal.class()
}

/// How long STS wants to be left alone, where it refuses for the number of calls.
fn retry_after(answer: &http::Answer, class: FailureClass) -> Option<Duration> {
    let asked = answer.hint.map(|(_, wait)| wait);
    (class == FailureClass::Throttled).then(|| asked.unwrap_or(Duration::from_secs(1)))
}

fn code(body: &Map<String, Value>) -> Option<&str> {
    said(body, &["Code", "code"])
}

/// The error for an answer that is no success, with what the server says about it.
fn rejection(server: &str, answer: &http::Answer, call: &Call<'_>) -> Failure {
    let class = class(answer, call);
    let retry_after = retry_after(answer, class);
    let Ok(body) = parse_object(server, &answer.body) else {
        let error = answer.rejection(server);
        return error.with_retry_after(retry_after).into();
    };
    let code = code(&body);
    let passes = matches!(class, FailureClass::Throttled | FailureClass::Server);
    let kind = if passes || http::is_transient(answer.status) {
        CredentialsErrorKind::Unavailable
    } else {
        CredentialsErrorKind::Refused
    };

    let mut message = format!(
        "{server} answered {} with HTTP {}",
        call.action, answer.status
    );
    let parts = [
        (", ", code, 64),
        (": ", said(&body, &["Message", "message"]), 300),
        (" (request ", said(&body, &["RequestId", "requestId"]), 64),
    ];
    let secrets = secrets(call);
    for (lead, text, longest) in parts {
        let Some(text) = text else { continue };
        message.push_str(lead);
        // Before it is shortened: of what is cut through, nothing would be found.
        let text = printable(&secrets.redact(text));
        message.extend(one_line(&text).chars().take(longest));
        if lead.contains('(') {
            message.push(')');
        }
    }
    Failure {
        key_refused: class == FailureClass::StaleCredentials || code.is_some_and(refuses_key),
        error: CredentialsError::new(kind, message).with_retry_after(retry_after),
    }
}

fn said<'a>(body: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| body.get(*name)?.as_str())
}

/// What of a call must not be shown, although the server may quote it: the message for a wrong
/// signature has the whole text that is signed.
fn secrets(call: &Call<'_>) -> Secrets {
    let mut secrets = Secrets::default();
    if let Some(signer) = call.signer {
        secrets.add_credentials(signer);
    }
    for (_, name, value) in call.parameters.iter() {
        if matches!(name, "OIDCToken" | "ExternalId" | "Policy") {
            secrets.add(value);
        }
    }
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Environment;

    fn endpoint(options: &RoleOptions, vars: &[(&str, &str)]) -> Result<String, String> {
        let environment = Environment::from_vars(vars.iter().copied());
        options
            .endpoint(&Context::new().with_environment(environment))
            .map(|url| url.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_endpoint_follows_region_and_network() {
        let mut options = RoleOptions::default();
        assert_eq!(
            endpoint(&options, &[]).unwrap(),
            "https://sts.aliyuncs.com/"
        );
        assert_eq!(
            endpoint(&options, &[("ALIBABA_CLOUD_STS_REGION", "cn-beijing")]).unwrap(),
            "https://sts.cn-beijing.aliyuncs.com/"
        );
        options.region = Some("cn-hangzhou".to_owned());
        assert_eq!(
            endpoint(&options, &[("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "True")]).unwrap(),
            "https://sts-vpc.cn-hangzhou.aliyuncs.com/"
        );
        options.region = Some("evil.example/".to_owned());
        assert_eq!(
            endpoint(&options, &[]).unwrap_err(),
            "the region for STS is not one: lower-case letters, digits and `-` are expected"
        );
        options.endpoint = Some("sts.example.com:8443".to_owned());
        assert_eq!(
            endpoint(&options, &[]).unwrap(),
            "https://sts.example.com:8443/"
        );
        for wrong in [
            "ftp://sts.example.com",
            "https://me:hidden@sts.example.com",
            "sts.example.com/path",
        ] {
            options.endpoint = Some(wrong.to_owned());
            assert_eq!(
                endpoint(&options, &[]).unwrap_err(),
                "the STS endpoint must be a host, or an http(s) URL without user, path and query"
            );
        }
    }
}
