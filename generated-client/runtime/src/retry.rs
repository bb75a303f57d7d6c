//! Retries: which failures are worth one, when, and how often.
//!
//! [`RetrySettings`] configures a client. [`decide`] is the whole policy as a pure function; the
//! [`FailureClass`] that it takes follows from the status and the error code of a response.

use std::{
    sync::Mutex,
    time::{Duration, SystemTime},
};

use reqwest::header::HeaderMap;

/// The code with which a dry run that passed is answered, as an error.
pub(crate) const DRY_RUN_PASSED: &str = "DryRunOperation";

/// The class of a failure, which decides whether it is worth a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureClass {
    /// A retry would fail in the same way.
    Final,
    /// Nothing was sent.
    NotSent,
    /// Throttled: refused because there were too many requests.
    Throttled,
    /// Refused because another operation on the resource is in progress.
    Busy,
    /// An earlier attempt with the same idempotency token is still being carried out.
    InProgress,
    /// The server failed; it may have carried out the operation.
    Server,
    /// No complete response arrived; the server may have carried out the operation.
    NoAnswer,
    /// Refused because the client's clock is wrong.
    Clock,
    /// Refused because the nonce was used before: something between client and server repeated the
    /// request, and the first of the two may have been carried out.
    Replay,
    /// Refused because the temporary access key has expired.
    StaleCredentials,
}

/// Codes that mean the same in every product, at any status: what a code of one product means stands in
/// its spec (`retryable`, `inProgressCodes`). A code also stands for those that begin with it and a dot.
const CODES: &[(&str, FailureClass)] = &[
    ("Throttling", FailureClass::Throttled),
    ("Rejected.Throttling", FailureClass::Throttled),
    ("InvalidTimeStamp.Expired", FailureClass::Clock),
    ("SignatureNonceUsed", FailureClass::Replay),
    (
        "InvalidSecurityToken.Expired",
        FailureClass::StaleCredentials,
    ),
    ("OperationConflict", FailureClass::Busy),
    ("Operation.Conflict", FailureClass::Busy),
    ("LastTokenProcessing", FailureClass::InProgress),
    ("IdempotentProcessing", FailureClass::InProgress),
    ("IdempotentParameterMismatch", FailureClass::Final),
    (DRY_RUN_PASSED, FailureClass::Final),
    ("InternalError", FailureClass::Server),
    ("ServiceUnavailable", FailureClass::Server),
    ("UnknownError", FailureClass::Server),
];

fn class_by_code(code: &str) -> Option<FailureClass> {
    let known = CODES.iter().find(|(known, _)| {
        code.strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    known.map(|(_, class)| *class)
}

/// The code means the same in every service.
pub(crate) fn is_known(code: &str) -> bool {
    class_by_code(code).is_some()
}

impl FailureClass {
    /// The class of an error response. `listed` says that the error table marks the error as
    /// retryable.
    pub fn of_answer(status: u16, code: &str, listed: bool) -> Self {
        if let Some(class) = class_by_code(code) {
            return class;
        }
        match status {
            429 => Self::Throttled,
            // The table says that a repetition may succeed, not that nothing was done.
            500.. if listed => Self::Server,
            _ if listed => Self::Busy,
            501 | 505 => Self::Final,
            500..=599 if blames_request(code) => Self::Final,
            408 | 500..=599 => Self::Server,
            _ => Self::Final,
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_temporary(self) -> bool {
        self != Self::Final
    }

    /// Whether the server may have carried out the operation.
    pub fn is_ambiguous(self) -> bool {
        matches!(
            self,
            Self::Server | Self::NoAnswer | Self::InProgress | Self::Replay
        )
    }

    /// Mended by a change to the next attempt, not by waiting; once in a call.
    fn is_mended(self) -> bool {
        matches!(self, Self::Clock | Self::Replay | Self::StaleCredentials)
    }

    /// What a repetition takes from the [`Budget`].
    fn cost(self) -> u32 {
        match self {
            _ if self.is_mended() => 0,
            Self::NoAnswer => 10,
            _ => 5,
        }
    }
}

/// An answer that refuses a request, as far as its [`FailureClass`] is concerned.
pub(crate) struct Refusal<'a> {
    pub(crate) status: u16,
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
    /// The error table calls the error retryable.
    pub(crate) listed: bool,
    /// The product says by the code that a request with the same token is being carried out.
    pub(crate) in_progress: bool,
    pub(crate) hint: Option<HintKind>,
    /// The request was signed with a temporary access key.
    pub(crate) temporary_key: bool,
}

/// Who says how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HintKind {
    /// The vendor's flow control, by a header of its own.
    FlowControl,
    /// Any server, by `Retry-After`.
    General,
}

impl Refusal<'_> {
    /// What the answer means for a repetition.
    pub(crate) fn class(&self) -> FailureClass {
        // Some products answer everything with status 200.
        let refuses = (200..300).contains(&self.status) || (400..500).contains(&self.status);
        if self.temporary_key && refuses && self.tells_ended_key() {
            return FailureClass::StaleCredentials;
        }
        if self.in_progress {
            return FailureClass::InProgress;
        }
        let class = FailureClass::of_answer(self.status, self.code, self.listed);
        if is_known(self.code) {
            return class;
        }
        match (class, self.hint) {
            // Who says when to come again refuses for now, whatever the reason is called.
            (FailureClass::Final, Some(_)) if self.status < 500 => FailureClass::Throttled,
            (FailureClass::Final | FailureClass::Server, Some(HintKind::FlowControl))
                if !self.listed =>
            {
                FailureClass::Throttled
            }
            _ => class,
        }
    }

    /// Some services tell an ended access key by the message only.
    fn tells_ended_key(&self) -> bool {
        /// Letters between the two words: "security token you provided has expired".
        const APART: usize = 24;

        let mut text = format!("{} {}", self.code, self.message);
        text.retain(|c| c.is_ascii_alphanumeric());
        text.make_ascii_lowercase();
        ["securitytoken", "ststoken"].iter().any(|token| {
            let mut behind = text
                .match_indices(token)
                .map(|(at, _)| &text[at + token.len()..]);
            behind.any(|rest| rest.find("expired").is_some_and(|at| at <= APART))
        })
    }
}

/// Some operations answer faults of the request with status 500, such as
/// `InvalidOperation.RegionNotSupportIpPrefix`.
pub(crate) fn blames_request(code: &str) -> bool {
    const BEGINNINGS: [&str; 6] = [
        "Forbidden",
        "IncorrectStatus",
        "Invalid",
        "Missing",
        "OperationDenied",
        "Unsupported",
    ];
    BEGINNINGS
        .iter()
        .any(|beginning| code.starts_with(beginning))
}

/// Settings for retries: how often and how long a client tries.
///
/// Start from [`RetrySettings::default`] or [`RetrySettings::off`] and use the setters. The fields can
/// be read; a struct literal is not possible, so that new settings can be added.
///
/// ```
/// use std::time::Duration;
/// use alicloud::retry::RetrySettings;
///
/// // For a batch job that would rather wait than fail:
/// let patient = RetrySettings::default()
///     .max_attempts(10)
///     .max_delay(Duration::from_secs(60))
///     .max_hint(Duration::from_secs(300));
/// // For a program that repeats by itself:
/// let once = RetrySettings::off();
/// assert_eq!((patient.max_attempts, once.max_attempts), (10, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetrySettings {
    /// The most attempts per call; 1 turns retries off. The default is 4.
    pub max_attempts: u32,
    /// The bound of the first wait, doubled for each further one. The actual wait is drawn at random
    /// from zero up to the bound. The default is 200 ms.
    pub base_delay: Duration,
    /// The bound of the first wait after throttling and where a resource is busy. The default is 1 s.
    pub slow_base_delay: Duration,
    /// The longest wait between attempts. The default is 20 s.
    pub max_delay: Duration,
    /// The longest wait that a server may ask for; if it asks for more, the call fails at once. The
    /// default is 60 s.
    pub max_hint: Duration,
    /// The size of the [`Budget`] that all calls of the client share. The default is 500.
    pub budget: u32,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_delay: Duration::from_millis(200),
            slow_base_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(20),
            max_hint: Duration::from_secs(60),
            budget: 500,
        }
    }
}

impl RetrySettings {
    /// Sends every request once.
    pub fn off() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }

    /// Sets how often a request is sent at most; 1 turns retries off.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the bound of the first wait, doubled for each further one.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the bound of the first wait after throttling and where a resource is busy.
    #[must_use]
    pub fn slow_base_delay(mut self, delay: Duration) -> Self {
        self.slow_base_delay = delay;
        self
    }

    /// Sets the longest wait between attempts.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the longest wait that a server may ask for; a call for which it asks for more fails at once.
    #[must_use]
    pub fn max_hint(mut self, hint: Duration) -> Self {
        self.max_hint = hint;
        self
    }

    /// Sets the size of the budget that all calls of the client share.
    #[must_use]
    pub fn budget(mut self, budget: u32) -> Self {
        self.budget = budget;
        self
    }
}

/// A failed attempt, as far as a retry is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class of the failure.
    pub class: FailureClass,
    /// The wait that the server asks for.
    pub hint: Option<Duration>,
}

/// The situation of a call in which an attempt has failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attempt {
    /// The number of attempts, including those that were given up before sending because no
    /// credentials were available.
    pub attempts: u32,
    /// Whether the request is safe to repeat: it is a read, a dry run, or carries an idempotency
    /// token.
    pub repeatable: bool,
    /// Whether this class of failure has occurred before in this call.
    pub met_before: bool,
    /// The time left until the deadline of the call.
    pub remaining: Option<Duration>,
    /// A number drawn from `[0, 1)`.
    pub random: f64,
}

/// The result of [`decide`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Send the request again after this time.
    Retry(Duration),
    /// Return the error to the caller.
    Stop(StopReason),
}

/// The reason for not retrying, or not again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// A retry would fail in the same way.
    Final,
    /// The operation might be carried out twice.
    NotRepeatable,
    /// All attempts are used.
    Attempts,
    /// The remedy, such as a corrected clock or new credentials, has been tried without success.
    NotMended,
    /// The server asks for a longer wait than the settings allow.
    Hint,
    /// The deadline would pass during the wait.
    Deadline,
    /// The client's [`Budget`] is empty.
    Budget,
}

/// Decides whether to retry. The [`Budget`] is applied afterwards.
pub fn decide(settings: &RetrySettings, situation: &Attempt, failure: &Failure) -> Decision {
    let class = failure.class;
    if !class.is_temporary() {
        return Decision::Stop(StopReason::Final);
    }
    if class.is_ambiguous() && !situation.repeatable {
        return Decision::Stop(StopReason::NotRepeatable);
    }
    if situation.attempts >= settings.max_attempts {
        return Decision::Stop(StopReason::Attempts);
    }
    if class.is_mended() {
        return if situation.met_before {
            Decision::Stop(StopReason::NotMended)
        } else {
            Decision::Retry(Duration::ZERO)
        };
    }
    if failure.hint.is_some_and(|hint| hint > settings.max_hint) {
        return Decision::Stop(StopReason::Hint);
    }
    let hint = failure.hint.unwrap_or_default();
    let wait = hint.saturating_add(backoff(settings, situation, class));
    if situation
        .remaining
        .is_some_and(|remaining| wait >= remaining)
    {
        return Decision::Stop(StopReason::Deadline);
    }
    Decision::Retry(wait)
}

/// Exponential with full jitter. After a hint it spreads the clients that all got the same one.
fn backoff(settings: &RetrySettings, situation: &Attempt, class: FailureClass) -> Duration {
    let base = match class {
        FailureClass::Throttled | FailureClass::Busy | FailureClass::InProgress => {
            settings.slow_base_delay
        }
        _ => settings.base_delay,
    };
    let doublings = situation.attempts.saturating_sub(1).min(31);
    let bound = base.saturating_mul(1 << doublings).min(settings.max_delay);
    scaled(bound, situation.random.clamp(0.0, 1.0))
}

/// A multiple of a time; the time itself where there is no such multiple.
pub(crate) fn scaled(time: Duration, by: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() * by).unwrap_or(time)
}

/// The wait that the server asks for: `x-acs-retry-after` in milliseconds, `TimeLeft` of the older
/// throttling headers, `Retry-After` in seconds or as a date.
pub fn hint(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    if let Some(wait) = flow_control_hint(headers) {
        return Some(wait);
    }
    let after = text(headers, "retry-after")?.trim();
    if let Some(wait) = span(after, 1.0) {
        return Some(wait);
    }
    let date = httpdate::parse_http_date(after).ok()?;
    // The date is the server's, so its own clock tells how long that is.
    let now = server_time(headers).unwrap_or(now);
    Some(date.duration_since(now).unwrap_or_default())
}

/// Whether there is a hint, and whose.
pub(crate) fn hint_kind(headers: &HeaderMap) -> Option<HintKind> {
    if flow_control_hint(headers).is_some() {
        return Some(HintKind::FlowControl);
    }
    hint(headers, SystemTime::UNIX_EPOCH).map(|_| HintKind::General)
}

/// The wait that the vendor's flow control asks for.
fn flow_control_hint(headers: &HeaderMap) -> Option<Duration> {
    if let Some(wait) = text(headers, "x-acs-retry-after").and_then(millis) {
        return Some(wait);
    }
    let time_left = |name: &str| {
        let parts = text(headers, name)?.split([',', ';']);
        let parts = parts.filter_map(|part| part.trim().split_once(':'));
        let named = |wanted: &str| {
            let mut parts = parts.clone();
            parts.find_map(|(name, value)| {
                let found = name.trim().eq_ignore_ascii_case(wanted);
                found.then(|| value.trim())
            })
        };
        // Who may still send is not asked to wait.
        if named("Remain").is_some_and(|left| left.parse().is_ok_and(|left: u64| left > 0)) {
            return None;
        }
        millis(named("TimeLeft")?)
    };
    let headers = ["x-ratelimit-user-api", "x-ratelimit-user"];
    headers.into_iter().filter_map(time_left).max()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn millis(text: &str) -> Option<Duration> {
    span(text.trim(), 0.001)
}

/// A number of units, whole or not, as a time. One too great for a time is the longest there is.
fn span(text: &str, unit: f64) -> Option<Duration> {
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    if !text.chars().all(digits) {
        return None;
    }
    let seconds = text.parse::<f64>().ok()? * unit;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// The server's clock.
pub(crate) fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get("date")?.to_str().ok()?).ok()
}

/// The budget that all retries of a client share, so that they do not make an outage worse.
///
/// It is full at first. A retry costs 5, or 10 after an attempt without a response. A call that
/// succeeds at the first attempt pays in 1; one that succeeds after retries pays back the cost of
/// the last one. If too little is left for a retry, the call fails with the error of its last
/// attempt.
#[derive(Debug)]
pub struct Budget {
    size: u32,
    left: Mutex<u32>,
}

impl Budget {
    /// A full budget.
    pub fn new(size: u32) -> Self {
        Self {
            size,
            left: Mutex::new(size),
        }
    }

    /// Withdraws the cost of a retry after a failure of this class; `None` if too little is left.
    pub fn withdraw(&self, class: FailureClass) -> Option<u32> {
        let mut left = self.lock();
        *left = left.checked_sub(class.cost())?;
        Some(class.cost())
    }

    /// Deposits for a success, given the cost of its last retry; 0 for a success at the first
    /// attempt.
    pub fn deposit(&self, cost: u32) {
        let mut left = self.lock();
        *left = left.saturating_add(cost.max(1)).min(self.size);
    }

    /// The amount left.
    pub fn left(&self) -> u32 {
        *self.lock()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, u32> {
        // A number is whole even where a thread ended while it held the lock.
        self.left
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A number drawn from `[0, 1)`.
pub(crate) fn random() -> f64 {
    // Without a source of chance all clients wait for the middle: worse spread, still correct.
    getrandom::u32().map_or(0.5, |number| {
        f64::from(number) / (f64::from(u32::MAX) + 1.0)
    })
}
