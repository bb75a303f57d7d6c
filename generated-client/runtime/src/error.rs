//! Errors of calls, as data.
//!
//! One type for every operation: [`Error`], whose parameter is the type of the operation's error
//! codes. Which failures are worth a retry is decided in [`retry`].
//!
//! No error holds a secret: URLs, which carry signatures, are removed from the errors of the
//! transport, and the secrets of a call are removed from what a server echoes.

use std::{borrow::Cow, error::Error as StdError, fmt};

use serde_json::Value;

use crate::{
    credentials::CredentialsError,
    operation::{ErrorCode, ErrorRow, NoSuchOperation, Operation, ServiceInfo, matches_template},
    retry::{self, FailureClass},
    validate::Violations,
};

/// The error of a failed call. `C` is the type of the operation's error codes; where errors of
/// several operations mix it is [`AnyCode`], into which `?` converts.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<C = AnyCode> {
    /// The request is not valid. Nothing was sent.
    Validation(Violations),
    /// An error that the service answered with.
    Service(ServiceError<C>),
    /// No response, or only a part of one, arrived.
    Transport(TransportError),
    /// A response arrived that cannot be understood: the page of a gateway, or a body that
    /// contradicts the spec.
    Response(ResponseError),
    /// The response is larger than the client's limit. The service has carried out the operation.
    TooLarge(TooLargeError),
    /// No credentials are available to sign with. Nothing was sent.
    Credentials(CredentialsError),
    /// The settings of the client or of the call are not valid. Nothing was sent.
    Configuration(ConfigurationError),
    /// An inconsistency between the pages of a result.
    Pagination(PaginationError),
    /// A wait that ended without reaching the state.
    Wait(WaitError),
}

/// An error code as text, for errors of several operations.
///
/// ```
/// use alicloud::error::AnyCode;
///
/// let code = AnyCode::from("InvalidEniId.NotFound");
/// assert!(code.ends_with(".NotFound"));
/// assert_eq!(code, "InvalidEniId.NotFound");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AnyCode(Box<str>);

impl From<&str> for AnyCode {
    fn from(code: &str) -> Self {
        Self(code.into())
    }
}

impl std::ops::Deref for AnyCode {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for AnyCode {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for AnyCode {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl fmt::Display for AnyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AnyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<C> Error<C> {
    /// Whether the same call may succeed later: after throttling, a busy resource, or a failure of
    /// the server or of the network.
    ///
    /// If the error [is ambiguous](Self::is_ambiguous) too, repeat a call that changes something
    /// only with the same [`idempotency_token`](Self::idempotency_token).
    ///
    /// It is false for temporary errors that a retry would meet again: an access key that has
    /// expired while the provider has no other, a wrong clock while the server does not tell the
    /// time, a region that does not exist.
    pub fn is_retryable(&self) -> bool {
        self.class().is_temporary() && !self.meta().is_some_and(|meta| meta.exhausted)
    }

    /// Whether the service may have carried out the operation although the call failed. That
    /// includes an answer with a status of success and an unknown code.
    pub fn is_ambiguous(&self) -> bool {
        match self {
            Self::TooLarge(_) => true,
            Self::Service(error) => error.is_ambiguous(),
            Self::Response(error) => {
                (200..300).contains(&error.inner.meta.status.unwrap_or(0))
                    || self.class().is_ambiguous()
            }
            _ => self.class().is_ambiguous(),
        }
    }

    /// Whether the error reports a passed dry run.
    pub fn is_dry_run_passed(&self) -> bool {
        matches!(self, Self::Service(error) if error.code_text() == retry::DRY_RUN_PASSED)
    }

    /// The HTTP status of the last response.
    pub fn status(&self) -> Option<u16> {
        self.meta()?.status
    }

    /// The request ID of the last response, which the vendor's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.meta()?.request_id()
    }

    /// The number of times that the request was sent; 0 if it was not sent at all.
    pub fn attempts(&self) -> u32 {
        self.meta().map_or(0, Meta::attempts)
    }

    /// The idempotency token of the call, whether the caller gave it or the client made it.
    pub fn idempotency_token(&self) -> Option<&str> {
        self.meta()?.idempotency_token()
    }

    /// The error code of the service, as the operation's type of codes; `None` where the service gave
    /// none.
    ///
    /// ```
    /// use alicloud::{
    ///     ecs::{AssignIpv6Addresses, AssignIpv6AddressesErrorCode as Code, Client},
    ///     error::Error,
    /// };
    ///
    /// async fn assign(client: &Client) -> Result<(), Error> {
    ///     let request = AssignIpv6Addresses::new("eni-bp1iqejowblx6h8j").ipv6_address_count(1);
    ///     match client.send(request).await {
    ///         Err(error) if error.code() == Some(&Code::InvalidIpIpAssigned) => Ok(()),
    ///         other => other.map(drop).map_err(Error::from),
    ///     }
    /// }
    /// ```
    pub fn code(&self) -> Option<&C> {
        match self {
            Self::Service(error) => Some(error.code()),
            _ => None,
        }
    }

    /// The error code of the service as it was on the wire.
    pub fn code_text(&self) -> Option<&str> {
        match self {
            Self::Service(error) => Some(error.code_text()),
            _ => None,
        }
    }

    fn meta(&self) -> Option<&Meta> {
        match self {
            Self::Service(error) => Some(&error.details.meta),
            Self::Transport(error) => Some(&error.inner.meta),
            Self::Response(error) => Some(&error.inner.meta),
            Self::TooLarge(error) => Some(&error.meta),
            _ => None,
        }
    }

    pub(crate) fn meta_mut(&mut self) -> Option<&mut Meta> {
        match self {
            Self::Service(error) => Some(&mut error.details.meta),
            Self::Transport(error) => Some(&mut error.inner.meta),
            Self::Response(error) => Some(&mut error.inner.meta),
            Self::TooLarge(error) => Some(&mut error.meta),
            _ => None,
        }
    }

    pub(crate) fn class(&self) -> FailureClass {
        match self {
            Self::Service(error) => error.class(),
            Self::Transport(error) => error.inner.kind.class(),
            Self::Response(error) => error.inner.class,
            Self::Credentials(error) if error.is_retryable() => FailureClass::NotSent,
            _ => FailureClass::Final,
        }
    }

    fn map_code<D>(self, code: impl FnOnce(C, &str) -> D) -> Error<D> {
        match self {
            Self::Service(error) => Error::Service(ServiceError {
                code: code(error.code, &error.details.code),
                details: error.details,
            }),
            Self::Validation(error) => Error::Validation(error),
            Self::Transport(error) => Error::Transport(error),
            Self::Response(error) => Error::Response(error),
            Self::TooLarge(error) => Error::TooLarge(error),
            Self::Credentials(error) => Error::Credentials(error),
            Self::Configuration(error) => Error::Configuration(error),
            Self::Pagination(error) => Error::Pagination(error),
            Self::Wait(error) => Error::Wait(error),
        }
    }
}

impl Error {
    /// The same error with the codes of an operation.
    pub fn typed<C: ErrorCode>(self) -> Error<C> {
        self.map_code(|_, code| C::from_wire(code))
    }

    #[cold]
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        ConfigurationError::new(message).into()
    }
}

impl<C: ErrorCode> From<Error<C>> for Error {
    fn from(error: Error<C>) -> Self {
        error.map_code(|_, code| AnyCode::from(code))
    }
}

impl<C> From<NoSuchOperation> for Error<C> {
    fn from(error: NoSuchOperation) -> Self {
        Self::Configuration(ConfigurationError::new(error.to_string()))
    }
}

impl<C> From<Violations> for Error<C> {
    fn from(error: Violations) -> Self {
        Self::Validation(error)
    }
}

impl<C> From<CredentialsError> for Error<C> {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(error)
    }
}

impl<C> From<ConfigurationError> for Error<C> {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl<C> fmt::Display for Error<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Validation(error) => error.fmt(f),
            Self::Service(error) => error.details.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Response(error) => error.fmt(f),
            Self::TooLarge(error) => error.fmt(f),
            Self::Credentials(error) => error.fmt(f),
            Self::Configuration(error) => error.fmt(f),
            Self::Pagination(error) => error.fmt(f),
            Self::Wait(error) => error.fmt(f),
        }
    }
}

// What `Display` shows is the variant's own text, so the chain goes on with *its* source.
impl<C: fmt::Debug> StdError for Error<C> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Validation(error) => error.source(),
            Self::Transport(error) => error.source(),
            Self::Credentials(error) => error.source(),
            Self::Service(_)
            | Self::Response(_)
            | Self::TooLarge(_)
            | Self::Configuration(_)
            | Self::Pagination(_)
            | Self::Wait(_) => None,
        }
    }
}

/// The metadata of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    pub(crate) operation: &'static str,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) idempotency_token: Option<String>,
    /// What could have mended the failure was tried, or cannot be had.
    pub(crate) exhausted: bool,
}

impl Meta {
    /// The operation by its wire name.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The HTTP status of the last response.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The request ID, which the vendor's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The number of times that the request was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The idempotency token that was sent, the same at every attempt.
    pub fn idempotency_token(&self) -> Option<&str> {
        self.idempotency_token.as_deref()
    }

    /// `(request 0A1B, 3 attempts)`, or nothing.
    fn fmt_tail(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.request_id, self.attempts) {
            (None, 0 | 1) => Ok(()),
            (None, attempts) => write!(f, " ({attempts} attempts)"),
            (Some(id), 0 | 1) => write!(f, " (request {id})"),
            (Some(id), attempts) => write!(f, " (request {id}, {attempts} attempts)"),
        }
    }
}

/// An error that the service answered with.
#[derive(Clone, Debug)]
pub struct ServiceError<C = AnyCode> {
    code: C,
    details: Box<ServiceDetails>,
}

/// What a service says of an error, free of the operation's types.
#[derive(Clone)]
pub(crate) struct ServiceDetails {
    pub(crate) product: &'static ServiceInfo,
    pub(crate) operation: &'static Operation,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) host_id: Option<String>,
    pub(crate) recommend: Option<String>,
    pub(crate) access_denied_detail: Option<Value>,
    pub(crate) class: FailureClass,
    pub(crate) meta: Meta,
}

impl<C> ServiceError<C> {
    /// The error code, as the operation's type of codes.
    pub fn code(&self) -> &C {
        &self.code
    }

    /// The code as it was on the wire.
    pub fn code_text(&self) -> &str {
        &self.details.code
    }

    /// The message of the service.
    pub fn message(&self) -> &str {
        &self.details.message
    }

    /// The request ID, which the vendor's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.details.meta.request_id()
    }

    /// The HTTP status. Some products answer errors with 200.
    pub fn status(&self) -> u16 {
        self.details.meta.status.unwrap_or(0)
    }

    /// The host that answered, in the service's words.
    pub fn host_id(&self) -> Option<&str> {
        self.details.host_id.as_deref()
    }

    /// A page on which the vendor explains the error.
    pub fn recommend(&self) -> Option<&str> {
        self.details.recommend.as_deref()
    }

    /// The policy that denied access, as the service sent it.
    pub fn access_denied_detail(&self) -> Option<&Value> {
        self.details.access_denied_detail.as_ref()
    }

    /// The metadata of the call.
    pub fn meta(&self) -> &Meta {
        &self.details.meta
    }

    /// Whether the same call may succeed later; see [`Error::is_retryable`].
    pub fn is_retryable(&self) -> bool {
        self.class().is_temporary() && !self.details.meta.exhausted
    }

    /// Whether the service may have carried out the operation; see [`Error::is_ambiguous`].
    pub fn is_ambiguous(&self) -> bool {
        let class = self.class();
        let code = self.code_text();
        class.is_ambiguous()
            || class == FailureClass::Final
                && (200..300).contains(&self.status())
                && !retry::is_known(code)
                && !retry::blames_request(code)
                && self.documented().is_none()
    }

    /// The row of the error table for this status and code. If several rows share both, it is the
    /// one whose message fits best; rows of the operation take precedence over rows of the product.
    pub fn documented(&self) -> Option<&'static ErrorRow> {
        self.details.documented()
    }

    fn class(&self) -> FailureClass {
        self.details.class
    }
}

#[doc(hidden)]
impl From<ServiceDetails> for Error {
    fn from(details: ServiceDetails) -> Self {
        Self::Service(ServiceError {
            code: AnyCode::from(&*details.code),
            details: Box::new(details),
        })
    }
}

impl ServiceDetails {
    pub(crate) fn documented(&self) -> Option<&'static ErrorRow> {
        let status = self.meta.status.unwrap_or(0);
        find_row(self.operation.errors, status, &self.code, &self.message)
            .or_else(|| find_row(self.product.errors, status, &self.code, &self.message))
    }
}

impl fmt::Display for ServiceDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation.name)?;
        if let Some(status) = self.meta.status {
            write!(f, "{status} ")?;
        }
        match one_line(&self.code) {
            code if code.is_empty() => f.write_str("without a code")?,
            code => f.write_str(&code)?,
        }
        if !self.message.is_empty() {
            write!(f, ": {}", one_line(&self.message))?;
        }
        self.meta.fmt_tail(f)
    }
}

// The tables of the operation and the product would fill pages.
impl fmt::Debug for ServiceDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceDetails")
            .field("code", &self.code)
            .field("message", &self.message)
            .field("host_id", &self.host_id)
            .field("recommend", &self.recommend)
            .field("access_denied_detail", &self.access_denied_detail)
            .field("meta", &self.meta)
            .finish_non_exhaustive()
    }
}

impl<C> fmt::Display for ServiceError<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.details.fmt(f)
    }
}

impl<C: fmt::Debug> StdError for ServiceError<C> {}

/// A text of the server without characters that act on a terminal or turn the direction of writing:
/// they are escaped as in `\u{1b}`. Line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    let acts = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(acts) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// A text of the server as a part of a line.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\t']) {
        return text.split_whitespace().collect::<Vec<_>>().join(" ").into();
    }
    text.into()
}

/// The row for a status and a code, told from others by the message.
///
/// A code spelled in full beats one with a placeholder, a stated status beats none, and among the
/// rows left the message template with the most matching text beats the others.
fn find_row(
    rows: &'static [ErrorRow],
    status: u16,
    code: &str,
    message: &str,
) -> Option<&'static ErrorRow> {
    // Tables have stray spaces at the ends of messages.
    let (code, message) = (code.trim(), message.trim());
    let mut best: Option<(&ErrorRow, (bool, bool, usize))> = None;
    for row in rows {
        if row.status != status && row.status != 0 || !matches_template(row.code.trim(), code) {
            continue;
        }
        let literal = if matches_template(row.message.trim(), message) {
            1 + row.message.replace("%s", "").len()
        } else {
            0
        };
        let rank = (row.code == code, row.status == status, literal);
        if best.is_none_or(|(_, rank_of_best)| rank > rank_of_best) {
            best = Some((row, rank));
        }
    }
    best.map(|(row, _)| row)
}

/// No response, or only a part of one, arrived.
pub struct TransportError {
    inner: Box<TransportDetails>,
}

#[derive(Debug)]
struct TransportDetails {
    kind: TransportKind,
    host: String,
    /// The proxy through which the host should have been reached.
    proxy: Option<String>,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    meta: Meta,
}

/// The stage at which an attempt without a response failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportKind {
    /// The host name was not found. Nothing was sent.
    Dns,
    /// No connection could be made. Nothing was sent.
    Connect,
    /// The connection was made, but the response did not arrive in time.
    Timeout,
    /// The deadline of the whole call passed.
    Deadline,
    /// The client's own rate limit would have delayed the request past the deadline. Nothing was
    /// sent.
    RateLimit,
    /// The connection broke before the response was complete.
    Interrupted,
    /// The response is not compressed in the way that its headers say.
    Compression,
}

impl TransportKind {
    fn class(self) -> FailureClass {
        match self {
            Self::Dns | Self::Connect | Self::RateLimit => FailureClass::NotSent,
            Self::Timeout | Self::Deadline | Self::Interrupted | Self::Compression => {
                FailureClass::NoAnswer
            }
        }
    }
}

/// The decoder's error is the direct cause of the HTTP client's. One of the connection has another
/// layer between them, even where both are told as an end that came too early.
fn is_compression(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(outer) = cause.and_then(|cause| cause.downcast_ref::<reqwest::Error>()) {
        if !outer.is_decode() && !outer.is_body() {
            return false;
        }
        cause = outer.source();
    }
    cause.is_some_and(|cause| cause.is::<std::io::Error>())
}

impl TransportError {
    #[cold]
    pub(crate) fn new(kind: TransportKind, host: &str, meta: Meta) -> Self {
        Self {
            inner: Box::new(TransportDetails {
                kind,
                host: host.to_owned(),
                proxy: None,
                hint: None,
                source: None,
                meta,
            }),
        }
    }

    /// The text of a transport's error holds its URL, and that holds a signature: it is taken out.
    #[cold]
    pub(crate) fn from_http(error: reqwest::Error, host: &str, meta: Meta) -> Self {
        let kind = if error.is_dns() {
            TransportKind::Dns
        } else if error.is_connect() {
            TransportKind::Connect
        } else if error.is_timeout() {
            TransportKind::Timeout
        } else if is_compression(&error) {
            TransportKind::Compression
        } else {
            TransportKind::Interrupted
        };
        Self::new(kind, host, meta).with_source(error.without_url())
    }

    pub(crate) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.inner.hint = hint;
        self
    }

    pub(crate) fn through(mut self, proxy: String) -> Self {
        self.inner.proxy = Some(proxy);
        self
    }

    /// The same, of which the deadline is the reason.
    pub(crate) fn past_deadline(mut self) -> Self {
        self.inner.kind = TransportKind::Deadline;
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// The stage at which the last attempt failed.
    pub fn kind(&self) -> TransportKind {
        self.inner.kind
    }

    /// The host that was called, with the port unless it is the default one.
    pub fn host(&self) -> &str {
        &self.inner.host
    }

    /// The proxy from the environment through which the host was to be reached.
    pub fn proxy(&self) -> Option<&str> {
        self.inner.proxy.as_deref()
    }

    /// The metadata of the call.
    pub fn meta(&self) -> &Meta {
        &self.inner.meta
    }

    /// What the proxy, or the HTTP client on seeing it, has against the connection.
    fn refusal(&self) -> Refusal {
        let mut cause = StdError::source(self);
        while let Some(error) = cause {
            let text = error.to_string();
            if text.contains("proxy authorization required") {
                let why = "; it asks for a user and a password, which stand in its URL as \
                           `user:password@`";
                return Refusal::OfTunnel { why };
            }
            if text.contains("unsuccessful") {
                return Refusal::OfTunnel { why: "" };
            }
            if text.contains("unsupported scheme") {
                return Refusal::OfScheme;
            }
            cause = error.source();
        }
        Refusal::None
    }
}

/// Why there is no connection through a proxy.
enum Refusal {
    /// The proxy was reached, and refused to go on.
    OfTunnel {
        why: &'static str,
    },
    /// The HTTP client knows no such proxies.
    OfScheme,
    None,
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        let host = &inner.host;
        write!(f, "{}: ", inner.meta.operation)?;
        match (inner.kind, &inner.proxy) {
            (TransportKind::Dns, Some(proxy)) => {
                write!(
                    f,
                    "the proxy `{proxy}`, which the environment names, was not found"
                )?;
            }
            (TransportKind::Connect, Some(proxy)) => match self.refusal() {
                Refusal::OfTunnel { why } => write!(
                    f,
                    "the proxy `{proxy}`, which the environment names, makes no connection to `{host}`{why}"
                )?,
                Refusal::OfScheme => write!(
                    f,
                    "the proxy `{proxy}`, which the environment names, is of a kind that this HTTP client \
                     does not have; with the feature `socks` of `reqwest`, it has SOCKS proxies"
                )?,
                Refusal::None => {
                    write!(
                        f,
                        "no connection to the proxy `{proxy}`, which the environment names"
                    )?;
                }
            },
            (TransportKind::Dns, None) => write!(f, "the host `{host}` was not found")?,
            (TransportKind::Connect, None) => write!(f, "no connection to `{host}`")?,
            (TransportKind::Timeout, _) => write!(f, "`{host}` did not answer in time")?,
            (TransportKind::Deadline, _) => {
                write!(
                    f,
                    "the deadline of the call passed before `{host}` answered"
                )?;
            }
            (TransportKind::RateLimit, _) => {
                f.write_str("the client's rate limit would delay the call past its deadline")?;
            }
            (TransportKind::Interrupted, _) => {
                write!(
                    f,
                    "the connection to `{host}` broke before the answer was complete"
                )?;
            }
            (TransportKind::Compression, _) => {
                write!(f, "the answer of `{host}` cannot be decompressed")?;
            }
        }
        if let Some(proxy) = &inner.proxy
            && !matches!(inner.kind, TransportKind::Dns | TransportKind::Connect)
        {
            write!(
                f,
                ", through the proxy `{proxy}`, which the environment names"
            )?;
        }
        if let Some(status) = inner.meta.status {
            write!(f, ", status {status}")?;
        }
        if let Some(hint) = &inner.hint {
            write!(f, "; {hint}")?;
        }
        inner.meta.fmt_tail(f)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

impl<C> From<TransportError> for Error<C> {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

/// A response that cannot be understood.
pub struct ResponseError {
    inner: Box<ResponseDetails>,
}

#[derive(Debug)]
pub(crate) struct ResponseDetails {
    /// What is wrong with it, in words.
    pub(crate) reason: Cow<'static, str>,
    /// Where in the body, as a path of wire names.
    pub(crate) path: Option<String>,
    pub(crate) content_type: Option<String>,
    /// The beginning of the body.
    pub(crate) excerpt: String,
    pub(crate) class: FailureClass,
    pub(crate) meta: Meta,
}

impl ResponseError {
    /// The place in the body, as a path of wire names; `None` for the whole body.
    pub fn path(&self) -> Option<&str> {
        self.inner.path.as_deref()
    }

    /// The content type that the response states.
    pub fn content_type(&self) -> Option<&str> {
        self.inner.content_type.as_deref()
    }

    /// The beginning of the body, at most 1 KiB. Empty if the response may hold secrets.
    pub fn excerpt(&self) -> &str {
        &self.inner.excerpt
    }

    /// The metadata of the call.
    pub fn meta(&self) -> &Meta {
        &self.inner.meta
    }
}

#[doc(hidden)]
impl From<ResponseDetails> for Error {
    fn from(details: ResponseDetails) -> Self {
        Self::Response(ResponseError {
            inner: Box::new(details),
        })
    }
}

impl fmt::Debug for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        write!(f, "{}: ", inner.meta.operation)?;
        if let Some(status) = inner.meta.status {
            write!(f, "status {status}: ")?;
        }
        f.write_str(&inner.reason)?;
        if !inner.excerpt.is_empty() {
            write!(f, ": `{}`", inner.excerpt)?;
        }
        inner.meta.fmt_tail(f)
    }
}

// The reason is a part of the text.
impl StdError for ResponseError {}

/// A response that is larger than the client's limit.
#[derive(Debug)]
pub struct TooLargeError {
    pub(crate) limit: usize,
    pub(crate) meta: Meta,
}

impl TooLargeError {
    /// The limit, in bytes after decompression.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The metadata of the call.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl fmt::Display for TooLargeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: the answer is longer than the client's limit of {} bytes; \
             raise `max_response_size` or ask for less",
            self.meta.operation, self.limit
        )?;
        if let Some(status) = self.meta.status {
            write!(f, ", status {status}")?;
        }
        self.meta.fmt_tail(f)
    }
}

impl StdError for TooLargeError {}

/// An error in the settings of the client or of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationError {
    message: String,
}

impl ConfigurationError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for ConfigurationError {}

/// An inconsistency between the pages of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaginationError {
    pub(crate) operation: &'static str,
    pub(crate) page: u64,
    pub(crate) kind: PaginationErrorKind,
}

/// The ways in which pages of a result can be inconsistent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaginationErrorKind {
    /// The service returned a token for the next page that it has returned before.
    RepeatedToken,
    /// A page has the same items as the one before it.
    RepeatedPage,
    /// The number of all items became smaller while the pages were read, so that some may be missing.
    #[non_exhaustive]
    ShrunkTotal {
        /// The number that an earlier page stated.
        before: u64,
        /// The number that this page states.
        now: u64,
    },
    /// A page is empty although the service counts more items than it has returned.
    #[non_exhaustive]
    MissingItems {
        /// The number of items that were returned.
        given: u64,
        /// The number of items that the service counts.
        total: u64,
    },
}

impl PaginationError {
    /// The number of the inconsistent page, counted from 1 in the order in which pages were read.
    pub fn page(&self) -> u64 {
        self.page
    }

    /// The inconsistency.
    pub fn kind(&self) -> &PaginationErrorKind {
        &self.kind
    }
}

impl fmt::Display for PaginationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, page {}: ", self.operation, self.page)?;
        match &self.kind {
            PaginationErrorKind::RepeatedToken => {
                f.write_str("the service gave a token for the next page that it has given before")
            }
            PaginationErrorKind::RepeatedPage => {
                f.write_str("it has the same items as the page before")
            }
            PaginationErrorKind::ShrunkTotal { before, now } => write!(
                f,
                "the number of all items fell from {before} to {now} while the pages were read; \
                 read them again"
            ),
            PaginationErrorKind::MissingItems { given, total } => write!(
                f,
                "it is empty, although the service gave only {given} of {total} items; \
                 read them again"
            ),
        }
    }
}

impl StdError for PaginationError {}

impl<C> From<PaginationError> for Error<C> {
    fn from(error: PaginationError) -> Self {
        Self::Pagination(error)
    }
}

/// A wait that ended without reaching the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitError {
    pub(crate) waiter: String,
    pub(crate) kind: WaitErrorKind,
}

/// The ways in which a wait can end without reaching the state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitErrorKind {
    /// The resource reached a state from which the awaited state cannot be reached.
    Failed {
        /// The state that it reached.
        state: String,
    },
    /// The deadline of the wait passed.
    #[non_exhaustive]
    TimedOut {
        /// The states that were seen last; empty if none was.
        states: Vec<String>,
        /// The resources that the request names and the response does not list.
        missing: Vec<String>,
        /// The number of times that the state was checked.
        checks: u32,
        /// The error of the last check, if it failed.
        last_error: Option<String>,
    },
}

impl WaitError {
    /// The waiter by its name.
    pub fn waiter(&self) -> &str {
        &self.waiter
    }

    /// The way in which the wait ended.
    pub fn kind(&self) -> &WaitErrorKind {
        &self.kind
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.waiter)?;
        match &self.kind {
            WaitErrorKind::Failed { state } => {
                write!(
                    f,
                    "the state became `{state}`, from which it cannot be reached"
                )
            }
            WaitErrorKind::TimedOut {
                states,
                missing,
                checks,
                last_error,
            } => {
                let s = if *checks == 1 { "" } else { "s" };
                write!(
                    f,
                    "not reached before the deadline, after {checks} check{s}; "
                )?;
                match states.as_slice() {
                    [] => f.write_str("no state was seen")?,
                    states => write!(f, "the state was `{}`", states.join("`, `"))?,
                }
                if !missing.is_empty() {
                    write!(f, "; `{}` is not listed", missing.join("`, `"))?;
                }
                match last_error {
                    Some(error) => write!(f, "; the last check failed: {error}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl StdError for WaitError {}

impl<C> From<WaitError> for Error<C> {
    fn from(error: WaitError) -> Self {
        Self::Wait(error)
    }
}
