//! The core that all clients of a product share, and the preparation of a request before it is
//! sent: filling in what the caller left to the client, checking, encoding. Nothing in here is
//! generic.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use reqwest::header::HeaderValue;

use super::{http::Http, redact::sounds_secret};
use crate::{
    credentials::{Environment, ProvideCredentials},
    encode::{self, Parameters},
    endpoint::{self, Network, Resolved},
    error::Error,
    observe::Observer,
    operation::{Access, Method, Operation, ServiceInfo, SignatureKind, common_parameter},
    rate_limit::RateLimits,
    record::{Location, Record, ValueMut, ValueRef},
    retry::{Budget, RetrySettings},
    sign, validate,
};

/// The state that all clones of a client share.
pub struct Core {
    pub(super) product: &'static ServiceInfo,
    pub(super) region: Option<String>,
    pub(super) endpoint: EndpointSettings,
    /// The host for `region`.
    pub(super) resolved: Arc<Resolved>,
    pub(super) http: Http,
    pub(super) credentials: Arc<dyn ProvideCredentials>,
    pub(super) signature: SignatureKind,
    pub(super) user_agent: HeaderValue,
    pub(super) deadline: Option<Duration>,
    pub(super) max_response_size: usize,
    /// Codes of success beside those of the product.
    pub(super) success_codes: Vec<String>,
    /// A part of a response that cannot be read is an error.
    pub(super) strict_responses: bool,
    pub(super) retry: RetrySettings,
    pub(super) budget: Budget,
    pub(super) limits: RateLimits,
    pub(super) validation: bool,
    pub(super) observer: Option<Arc<dyn Observer>>,
    /// How far the server's clock is ahead of ours, once we were told.
    pub(super) clock_offset_ms: AtomicI64,
}

/// What decides the host beside the region.
pub(super) struct EndpointSettings {
    pub(super) network: Network,
    pub(super) explicit: Option<String>,
    pub(super) environment: Environment,
}

/// What one call has of its own.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) skip_validation: bool,
    pub(crate) parameters: Vec<(String, String)>,
    /// `Some(None)`: no deadline.
    pub(crate) deadline: Option<Option<Duration>>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) idempotency_token: Option<String>,
    pub(crate) dry_run: bool,
    /// The waiter that the call checks the state for.
    pub(crate) waiter: Option<&'static str>,
}

impl Options {
    /// Ends the next call after so long at the latest; `general` is the client's own deadline.
    pub(crate) fn limit_deadline(&mut self, remaining: Duration, general: Option<Duration>) {
        let own = self.deadline.unwrap_or(general);
        self.deadline = Some(Some(own.map_or(remaining, |own| own.min(remaining))));
    }
}

/// A request that is ready to be signed.
pub(super) struct Prepared {
    pub(super) operation: &'static Operation,
    pub(super) parameters: Parameters,
    pub(super) endpoint: Arc<Resolved>,
    /// What to say where the host cannot be reached: the region may be mistaken.
    pub(super) region_hint: Option<String>,
    pub(super) idempotency_token: Option<String>,
    /// Two of it have no more effect than one.
    pub(super) repeatable: bool,
    pub(super) deadline: Option<Duration>,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) waiter: Option<&'static str>,
}

impl Core {
    pub(crate) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Completes, checks and encodes a request.
    pub(super) fn prepare(
        &self,
        operation: &'static Operation,
        request: &mut dyn Record,
        options: &Options,
    ) -> Result<Prepared, Error> {
        self.fill_region(operation, request);
        let token = token(operation, request, options)?;
        let dry_run = fill_dry_run(operation, request, options)?;
        if self.validation && !options.skip_validation {
            validate::check(request)?;
        }
        let mut parameters = Parameters::default();
        encode::encode(request, &mut parameters);
        add_parameters(operation, &mut parameters, &options.parameters)?;
        // What is signed would not be what is sent.
        if operation.method == Method::Get && parameters.body().is_some() {
            return Err(Error::configuration(format!(
                "{} is sent with GET, which has no body, but the request has one",
                operation.name
            )));
        }
        let (endpoint, region_hint) = self.endpoint_for(&parameters)?;
        Ok(Prepared {
            operation,
            parameters,
            endpoint,
            region_hint,
            repeatable: operation.access == Access::Read || dry_run || token.is_some(),
            idempotency_token: token,
            deadline: options.deadline.unwrap_or(self.deadline),
            attempt_timeout: options.attempt_timeout,
            waiter: options.waiter,
        })
    }

    /// The request that would be sent, without its signature.
    #[inline]
    pub(crate) fn preview(
        &self,
        operation: &'static Operation,
        request: &mut dyn Record,
        options: &Options,
    ) -> Result<Preview, Error> {
        let prepared = self.prepare(operation, request, options)?;
        let parameters = prepared
            .parameters
            .masked()
            .filter(|(location, ..)| *location != Location::Host)
            .map(|(_, name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(Preview {
            method: operation.method,
            origin: prepared.endpoint.origin.clone(),
            action: operation.name,
            version: self.product.version,
            signature: (!operation.anonymous).then_some(self.signature),
            parameters,
            body_length: prepared.parameters.body().map_or(0, <[u8]>::len),
        })
    }

    fn fill_region(&self, operation: &Operation, request: &mut dyn Record) {
        let Some(region) = &self.region else { return };
        for (index, field) in operation.request.fields.iter().enumerate() {
            if field.region && matches!(request.get(index), ValueRef::Absent) {
                put_text(request, index, region);
            }
        }
    }

    /// The host for the region in the request where that is a part of the host name, else for the
    /// client's.
    fn endpoint_for(
        &self,
        parameters: &Parameters,
    ) -> Result<(Arc<Resolved>, Option<String>), Error> {
        let in_host = parameters
            .iter()
            .find(|(location, ..)| *location == Location::Host)
            .map(|(_, _, value)| value);
        let region = in_host.or(self.region.as_deref());
        let resolved = if region == self.region.as_deref() {
            Arc::clone(&self.resolved)
        } else {
            let settings = &self.endpoint;
            Arc::new(endpoint::resolve(
                self.product,
                region,
                settings.network,
                settings.explicit.as_deref(),
                &settings.environment,
            )?)
        };
        let hint = match (resolved.source, region) {
            (endpoint::Source::Rule, Some(region)) => endpoint::mistaken(self.product, region),
            _ => None,
        };
        Ok((resolved, hint))
    }

    /// The time as the server should see it.
    pub(super) fn now(&self) -> SystemTime {
        let offset = self.clock_offset_ms.load(Ordering::Relaxed);
        let span = Duration::from_millis(offset.unsigned_abs());
        let now = SystemTime::now();
        let shifted = if offset < 0 {
            now.checked_sub(span)
        } else {
            now.checked_add(span)
        };
        shifted.unwrap_or(now)
    }

    /// Takes over the server's clock.
    pub(super) fn set_clock(&self, server: SystemTime) {
        let now = SystemTime::now();
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let offset = match server.duration_since(now) {
            Ok(ahead) => millis(ahead),
            Err(behind) => -millis(behind.duration()),
        };
        self.clock_offset_ms.store(offset, Ordering::Relaxed);
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("product", &self.product.code)
            .field("region", &self.region)
            .field("endpoint", &self.resolved.origin)
            .field("signature", &self.signature)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

/// A request as it would be sent, without the signature and the parameters that belong to it.
/// `Display` shows it line by line; values of sensitive parameters are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The HTTP method.
    pub method: Method,
    /// Scheme and host.
    pub origin: String,
    /// The operation.
    pub action: &'static str,
    /// The API version.
    pub version: &'static str,
    /// The kind of signature; `None` for operations that take none.
    pub signature: Option<SignatureKind>,
    /// The parameters of the query and of the form, before percent-encoding; `***` in place of
    /// sensitive values.
    pub parameters: Vec<(String, String)>,
    /// The size of the body in bytes, without the form.
    pub body_length: usize,
}

impl fmt::Display for Preview {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = match self.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        writeln!(f, "{method} {}/", self.origin)?;
        writeln!(f, "operation: {} of {}", self.action, self.version)?;
        match self.signature {
            Some(SignatureKind::Acs3) => writeln!(f, "signature: ACS3-HMAC-SHA256")?,
            Some(SignatureKind::Rpc) => writeln!(f, "signature: HMAC-SHA1")?,
            None => writeln!(f, "signature: none")?,
        }
        for (name, value) in &self.parameters {
            writeln!(f, "{name} = {value}")?;
        }
        if self.body_length > 0 {
            writeln!(f, "body: {} bytes", self.body_length)?;
        }
        Ok(())
    }
}

/// The idempotency token that the request is sent with: the call's, be it an option or a parameter,
/// else the request's own, else a new one, which the request is given.
fn token(
    operation: &Operation,
    request: &mut dyn Record,
    options: &Options,
) -> Result<Option<String>, Error> {
    let wanted = options.idempotency_token.as_deref();
    let Some(name) = operation.idempotency_token else {
        return match wanted {
            Some(_) => Err(Error::configuration(format!(
                "{} takes no idempotency token",
                operation.name
            ))),
            None => Ok(None),
        };
    };
    let parameter = options.parameters.iter().find(|(n, _)| n == name);
    let parameter = parameter.map(|(_, token)| token.as_str());
    // An empty token is sent but makes nothing safe.
    if wanted == Some("") || parameter == Some("") {
        return Err(Error::configuration(format!(
            "{}: an empty idempotency token makes no repetition safe; \
             leave it out, and the client makes one",
            operation.name
        )));
    }
    match (parameter, wanted) {
        (Some(parameter), Some(wanted)) if parameter != wanted => Err(Error::configuration(
            format!("the parameter `{name}` is another than the call's idempotency token"),
        )),
        (Some(parameter), _) => Ok(Some(parameter.to_owned())),
        (None, wanted) => fill_token(operation, name, request, wanted),
    }
}

fn fill_token(
    operation: &Operation,
    name: &str,
    request: &mut dyn Record,
    wanted: Option<&str>,
) -> Result<Option<String>, Error> {
    let index = operation.request.index_of(name);
    let own = match index.map(|index| request.get(index)) {
        Some(ValueRef::String(token)) if !token.is_empty() => Some(token.to_owned()),
        _ => None,
    };
    let token = match (wanted, own) {
        (Some(wanted), Some(own)) if wanted != own => {
            return Err(Error::configuration(format!(
                "the request has another `{name}` than the call's idempotency token"
            )));
        }
        (_, Some(own)) => return Ok(Some(own)),
        (Some(wanted), None) => wanted.to_owned(),
        (None, None) => sign::nonce(),
    };
    if index.is_some_and(|index| put_text(request, index, &token)) {
        return Ok(Some(token));
    }
    // One that the client made is not missed; the caller's must not be lost.
    match wanted {
        Some(_) => Err(Error::configuration(format!(
            "the request of {} has no text parameter `{name}` for the idempotency token",
            operation.name
        ))),
        None => Ok(None),
    }
}

/// Asks for a dry run where the call wants one. Says whether the request asks for one.
fn fill_dry_run(
    operation: &Operation,
    request: &mut dyn Record,
    options: &Options,
) -> Result<bool, Error> {
    let index = operation
        .dry_run
        .and_then(|name| operation.request.index_of(name));
    let Some(index) = index else {
        if options.dry_run {
            return Err(Error::configuration(format!(
                "{} has no dry run",
                operation.name
            )));
        }
        return Ok(false);
    };
    if options.dry_run {
        let asked = match request.value_mut(index) {
            Some(ValueMut::Boolean(value_mut)) => value_mut.put(true),
            Some(ValueMut::String(value_mut)) => value_mut.put("true".to_owned()),
            _ => false,
        };
        if !asked {
            return Err(Error::configuration(format!(
                "the dry run parameter of {} is neither a boolean nor a text",
                operation.name
            )));
        }
    }
    Ok(matches!(
        request.get(index),
        ValueRef::Boolean(true) | ValueRef::String("true")
    ))
}

/// Adds parameters that the request type does not have.
fn add_parameters(
    operation: &Operation,
    parameters: &mut Parameters,
    more: &[(String, String)],
) -> Result<(), Error> {
    let fields = &operation.request.fields;
    // Operations that take a form take all of it there.
    let location = if fields.iter().any(|field| field.location == Location::Form) {
        Location::Form
    } else {
        Location::Query
    };
    for (name, value) in more {
        if common_parameter(name).is_some_and(|common| !common.call_may_set) {
            return Err(Error::configuration(format!(
                "the parameter `{name}` is the client's own"
            )));
        }
        if parameters.contains(name) {
            return Err(Error::configuration(format!(
                "the request already carries the parameter `{name}`"
            )));
        }
        let known = operation.request.index_of(name);
        let sensitive = known.is_some_and(|index| fields[index].sensitive) || sounds_secret(name);
        parameters.push_as(location, sensitive, name, value);
    }
    Ok(())
}

fn put_text(record: &mut dyn Record, index: usize, text: &str) -> bool {
    match record.value_mut(index) {
        Some(ValueMut::String(value_mut)) => value_mut.put(text.to_owned()),
        _ => false,
    }
}
