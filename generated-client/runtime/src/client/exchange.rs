//! The loop over the attempts of a call, and one attempt. Nothing in here is generic over requests.

use std::{
    fmt,
    pin::{Pin, pin},
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;
use tracing::{Instrument, field::Empty};

use super::{
    DryRun, Reply,
    answer::{Answer, ERROR_BODY, safe_id},
    core::{Core, Options, Prepared},
    http::{FOREVER, Unanswered},
    redact::Secrets,
};
#[cfg(feature = "fake")]
use crate::stub;
use crate::{
    credentials::{BoxFuture, Credentials, CredentialsError, refuses_key},
    decode::Skipped,
    error::{Error, Meta, TooLargeError, TransportError, TransportKind},
    observe::{AttemptEvent, CallEvent, Next, Outcome, TARGET, millis},
    operation::{Method, Operation},
    rate_limit::Place,
    record::Record,
    retry::{self, Attempt, Decision, Failure, FailureClass, StopReason},
    sign::{self, Unsigned},
    threads::within,
};

impl Core {
    /// Sends a request and reads the answer into a response. Boxed, so that the callers' futures,
    /// which are compiled for every operation, stay small.
    pub(crate) fn exchange<'a>(
        &'a self,
        operation: &'static Operation,
        request: &'a mut dyn Record,
        options: &'a Options,
        response: &'a mut dyn Record,
    ) -> BoxFuture<'a, Result<(Meta, Vec<Skipped>), Error>> {
        Box::pin(async move {
            let mut skipped = Vec::new();
            let parts = &mut skipped;
            let meta = self
                .observed(
                    operation,
                    pin!(async move {
                        let (answer, credentials) =
                            self.perform(operation, request, options).await?;
                        let secrets =
                            || Secrets::of(request, &options.parameters, credentials.as_ref());
                        let meta;
                        (meta, *parts) = answer.decode(response, self.strict_responses, secrets)?;
                        for part in &*parts {
                            tracing::debug!(%part, "not read");
                        }
                        Ok(meta)
                    }),
                )
                .await?;
            Ok((meta, skipped))
        })
    }

    /// Sends a request and gives the body as it came.
    #[inline]
    pub(crate) fn exchange_raw<'a>(
        &'a self,
        operation: &'static Operation,
        request: &'a mut dyn Record,
        options: &'a Options,
    ) -> BoxFuture<'a, Result<Reply<Bytes>, Error>> {
        Box::pin(async move {
            let mut value = Bytes::new();
            let body = &mut value;
            let meta = self
                .observed(
                    operation,
                    pin!(async move {
                        let (answer, _) = self.perform(operation, request, options).await?;
                        *body = answer.body;
                        Ok(answer.meta)
                    }),
                )
                .await?;
            Ok(Reply {
                value,
                skipped: Vec::new(),
                meta,
            })
        })
    }

    /// Sends a request and gives the answer as JSON.
    #[inline]
    pub(crate) fn exchange_json<'a>(
        &'a self,
        operation: &'static Operation,
        request: &'a mut dyn Record,
        options: &'a Options,
    ) -> BoxFuture<'a, Result<Reply<Value>, Error>> {
        Box::pin(async move {
            let mut value = Value::Null;
            let mut skipped = Vec::new();
            let (json, parts) = (&mut value, &mut skipped);
            let meta = self
                .observed(
                    operation,
                    pin!(async move {
                        let (answer, credentials) =
                            self.perform(operation, request, options).await?;
                        let secrets =
                            || Secrets::of(request, &options.parameters, credentials.as_ref());
                        let meta;
                        (*json, meta, *parts) = answer.json(self.strict_responses, secrets)?;
                        Ok(meta)
                    }),
                )
                .await?;
            Ok(Reply {
                value,
                skipped,
                meta,
            })
        })
    }

    /// Sends a request that asks for a dry run. That it has passed is told by an error of its own. Some
    /// services answer with success instead, and what they say is kept.
    #[inline]
    pub(crate) fn dry_run<'a>(
        &'a self,
        operation: &'static Operation,
        request: &'a mut dyn Record,
        options: &'a Options,
    ) -> BoxFuture<'a, Result<DryRun, Error>> {
        Box::pin(async move {
            let mut answered = None;
            let body = &mut answered;
            let meta = self
                .observed(
                    operation,
                    pin!(async move {
                        match self.perform(operation, request, options).await {
                            Ok((answer, _)) => {
                                *body = Some(answer.body);
                                Ok(answer.meta)
                            }
                            Err(Error::Service(error))
                                if error.code_text() == retry::DRY_RUN_PASSED =>
                            {
                                Ok(error.meta().clone())
                            }
                            Err(error) => Err(error),
                        }
                    }),
                )
                .await?;
            Ok(DryRun {
                meta,
                answer: answered,
            })
        })
    }

    /// Runs a call within its span, and reports its end. Takes it by reference: a future holds what it
    /// was given beside what it makes of that, and each level would double the size.
    async fn observed(
        &self,
        operation: &'static Operation,
        call: Pin<&mut (dyn Future<Output = Result<Meta, Error>> + Send)>,
    ) -> Result<Meta, Error> {
        let span = tracing::info_span!(
            target: TARGET,
            "alicloud.call",
            product = self.product.code,
            operation = operation.name,
            region = self.region(),
            attempts = Empty,
            status = Empty,
            code = Empty,
            request_id = Empty,
            duration_ms = Empty,
        );
        let started = Instant::now();
        let result = call.instrument(span.clone()).await;
        let duration = started.elapsed();
        let (outcome, attempts) = match &result {
            Ok(meta) => (
                Outcome::success(meta.status(), meta.request_id()),
                meta.attempts(),
            ),
            Err(error) => (Outcome::of_error(error), error.attempts()),
        };
        span.record("attempts", attempts);
        outcome.record(&span, duration);
        // Not within the span, whose fields would be shown again.
        tracing::info!(
            target: TARGET,
            product = self.product.code,
            operation = operation.name,
            region = self.region(),
            attempts,
            status = outcome.status,
            code = outcome.code,
            request_id = outcome.request_id,
            duration_ms = millis(duration),
            "call {}",
            if outcome.failure.is_none() { "succeeded" } else { "failed" },
        );
        if let Some(observer) = &self.observer {
            observer.call(&CallEvent {
                product: self.product.code,
                operation: operation.name,
                region: self.region(),
                attempts,
                duration,
                outcome,
            });
        }
        result
    }

    /// Completes a request and sends it until it succeeds or a repetition is not worth it. Gives the
    /// answer, and the access key of which nothing may be left in texts made from it.
    async fn perform(
        &self,
        operation: &'static Operation,
        request: &mut dyn Record,
        options: &Options,
    ) -> Result<(Answer, Option<Credentials>), Error> {
        let prepared = self.prepare(operation, request, options)?;
        let request = &*request;
        let mut progress = Progress::new(&prepared);
        loop {
            progress.tries += 1;
            let turn = match self.wait_for_turn(&prepared, &progress).await {
                Ok(turn) => turn,
                Err(error) => return Err(progress.give_up(error)),
            };
            let credentials = match self.credentials_for(&prepared, &progress).await {
                Ok(credentials) => credentials,
                Err(error) => {
                    drop(turn);
                    let failed = Failed::without_answer(error.into());
                    match self.decide(&prepared, &mut progress, &failed) {
                        Decision::Stop(_) => return Err(progress.give_up(failed.error)),
                        Decision::Retry(wait) => tokio::time::sleep(wait).await,
                    }
                    continue;
                }
            };
            // The same access key that was refused would be refused again.
            if let Some((_, FailureClass::StaleCredentials)) = &progress.last
                && progress.credentials == credentials
            {
                let error = progress.give_up(Error::configuration("no fresh access key"));
                return Err(error.exhausted());
            }
            progress.credentials = credentials;
            turn.used();
            progress.attempts += 1;
            let secrets =
                || Secrets::of(request, &options.parameters, progress.credentials.as_ref());
            let (failed, duration) =
                match self.observed_attempt(&prepared, &progress, secrets).await {
                    (Ok(answer), _) => {
                        self.budget.deposit(progress.last_cost);
                        return Ok((answer, progress.credentials));
                    }
                    (Err(failed), duration) => (failed, duration),
                };
            if let Some(credentials) = &progress.credentials
                && (failed.failure.class == FailureClass::StaleCredentials
                    || failed.error.code_text().is_some_and(refuses_key))
            {
                self.credentials.forget(credentials);
            }
            if failed.error.is_dry_run_passed() {
                // An error only in form.
                self.budget.deposit(progress.last_cost);
                let outcome = Outcome::of_error(&failed.error);
                self.report_attempt(operation, progress.attempts, duration, outcome, None);
                return Err(progress.close(failed.error));
            }
            let decision = self.decide(&prepared, &mut progress, &failed);
            self.report_attempt(
                operation,
                progress.attempts,
                duration,
                Outcome::of_error(&failed.error),
                Some(match decision {
                    Decision::Retry(wait) => Next::Retry(wait),
                    Decision::Stop(stop) => Next::Stop(stop),
                }),
            );
            match decision {
                Decision::Stop(stop) => {
                    tracing::debug!(attempt = progress.attempts, ?stop, "not repeated");
                    let exhausted = stop == StopReason::NotMended
                        || stop == StopReason::Final
                        || failed.clock_is_unknown()
                        || self.has_no_other_key(&prepared, &progress, &failed).await;
                    let error = progress.close(failed.error);
                    return Err(if exhausted { error.exhausted() } else { error });
                }
                Decision::Retry(wait) => {
                    let class = failed.failure.class;
                    tracing::debug!(attempt = progress.attempts, ?class, ?wait, "repeated");
                    progress.last = Some((failed.error, class));
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// Asks the policy, then pays for the repetition.
    fn decide(&self, call: &Prepared, progress: &mut Progress, failed: &Failed) -> Decision {
        let class = failed.failure.class;
        // Even where this call does not go on, the next one shall have the right time.
        if let (FailureClass::Clock, Some(time)) = (class, failed.server_time) {
            self.set_clock(time);
        }
        let situation = Attempt {
            attempts: progress.tries,
            repeatable: call.repeatable,
            met_before: failed.clock_is_unknown() || progress.met.contains(&class),
            remaining: progress.remaining(),
            random: retry::random(),
        };
        // A mistaken region does not come into being by waiting.
        let decision =
            if class == FailureClass::NotSent && call.region_hint.is_some() && failed.dns() {
                Decision::Stop(StopReason::Final)
            } else {
                retry::decide(&self.retry, &situation, &failed.failure)
            };
        progress.met.push(class);
        let Decision::Retry(wait) = decision else {
            return decision;
        };
        let Some(cost) = self.budget.withdraw(class) else {
            return Decision::Stop(StopReason::Budget);
        };
        progress.last_cost = cost;
        Decision::Retry(wait)
    }

    /// The access key has ended, and the provider still gives the same one.
    async fn has_no_other_key(
        &self,
        call: &Prepared,
        progress: &Progress,
        failed: &Failed,
    ) -> bool {
        if failed.failure.class != FailureClass::StaleCredentials {
            return false;
        }
        let next = self.credentials_for(call, progress).await;
        next.is_ok_and(|next| next == progress.credentials)
    }

    /// Waits until the client's own rate limit lets an attempt go.
    async fn wait_for_turn(
        &self,
        call: &Prepared,
        progress: &Progress,
    ) -> Result<Place<'_>, Error> {
        let now = Instant::now();
        let place = self
            .limits
            .reserve(call.operation.name, now, progress.deadline);
        let Some(place) = place else {
            let host = &call.endpoint.host;
            let kind = TransportKind::RateLimit;
            return Err(TransportError::new(kind, host, progress.meta()).into());
        };
        if !place.wait.is_zero() {
            tokio::time::sleep(place.wait).await;
        }
        Ok(place)
    }

    async fn credentials_for(
        &self,
        call: &Prepared,
        progress: &Progress,
    ) -> Result<Option<Credentials>, CredentialsError> {
        if call.operation.anonymous {
            return Ok(None);
        }
        match within(progress.deadline, self.credentials.provide()).await {
            Some(credentials) => credentials?.usable(self.now()).map(Some),
            None => Err(CredentialsError::unavailable(
                "the deadline of the call passed before an access key was there",
            )),
        }
    }

    /// Makes an attempt within its span.
    async fn observed_attempt(
        &self,
        call: &Prepared,
        progress: &Progress,
        secrets: impl Fn() -> Secrets,
    ) -> (Result<Answer, Failed>, Duration) {
        let span = tracing::debug_span!(
            target: TARGET,
            "alicloud.attempt",
            product = self.product.code,
            operation = call.operation.name,
            region = self.region(),
            attempt = progress.attempts,
            status = Empty,
            code = Empty,
            request_id = Empty,
            duration_ms = Empty,
        );
        let started = Instant::now();
        let attempt = pin!(self.attempt(call, progress, secrets));
        let attempt = attempt.instrument(span.clone());
        let result = match within(progress.deadline, attempt).await {
            Some(Err(failed)) if progress.remaining() == Some(Duration::ZERO) => {
                Err(self.late(call, progress, failed))
            }
            Some(result) => result,
            None => Err(self.out_of_time(call, progress)),
        };
        let duration = started.elapsed();
        match &result {
            Ok(answer) => {
                let outcome = Outcome::success(answer.meta.status(), answer.meta.request_id());
                outcome.record(&span, duration);
                let attempt = progress.attempts;
                self.report_attempt(call.operation, attempt, duration, outcome, None);
            }
            Err(failed) => Outcome::of_error(&failed.error).record(&span, duration),
        }
        (result, duration)
    }

    fn report_attempt(
        &self,
        operation: &'static Operation,
        attempt: u32,
        duration: Duration,
        outcome: Outcome<'_>,
        next: Option<Next>,
    ) {
        if let Some(observer) = &self.observer {
            observer.attempt(&AttemptEvent {
                product: self.product.code,
                operation: operation.name,
                region: self.region(),
                attempt,
                duration,
                outcome,
                next,
            });
        }
    }

    /// A thread that is busy notices late what has happened: that a connection broke after the deadline is
    /// no reason of its own.
    fn late(&self, call: &Prepared, progress: &Progress, failed: Failed) -> Failed {
        match failed.error {
            Error::Transport(error) if error.kind() == TransportKind::Interrupted => {
                if progress.last.is_some() {
                    return self.out_of_time(call, progress);
                }
                Failed::without_answer(error.past_deadline().into())
            }
            error => Failed { error, ..failed },
        }
    }

    /// The deadline passed while an attempt was under way: the server may have carried it out, so
    /// an earlier error would say too little. It is told as the cause.
    fn out_of_time(&self, call: &Prepared, progress: &Progress) -> Failed {
        let error = TransportError::new(
            TransportKind::Deadline,
            &call.endpoint.host,
            progress.meta(),
        );
        let error = self.by_way(call, error);
        let error = match &progress.last {
            Some((before, _)) => error.with_source(Before(before.to_string())),
            None => error,
        };
        Failed::without_answer(error.into())
    }

    /// Names the proxy of the environment, if that is the way to the host.
    fn by_way(&self, call: &Prepared, error: TransportError) -> TransportError {
        match self.http.proxy(&call.endpoint.origin) {
            Some(proxy) => error.through(proxy),
            None => error,
        }
    }

    /// One attempt: sign, send, read.
    async fn attempt(
        &self,
        call: &Prepared,
        progress: &Progress,
        secrets: impl Fn() -> Secrets,
    ) -> Result<Answer, Failed> {
        let host = &call.endpoint.host;
        let sender = self.http.sender().map_err(Failed::without_answer)?;
        let nonce = sign::nonce();
        let signed_at = self.now();
        let mut signed = sign::sign(
            self.signature,
            &Unsigned {
                method: call.operation.method,
                host,
                action: call.operation.name,
                version: self.product.version,
                parameters: &call.parameters,
                credentials: progress.credentials.as_ref(),
                nonce: &nonce,
                time: signed_at,
            },
        );
        let length = call.endpoint.origin.len() + signed.path_and_query.len();
        if length > LONGEST_URL {
            return Err(Failed::without_answer(too_long(call, length)));
        }
        let method = match call.operation.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let headers = self
            .headers(call, std::mem::take(&mut signed.headers))
            .map_err(Failed::without_answer)?;
        let authorization = headers.get("authorization").cloned();
        let mut url = call.endpoint.url.clone();
        url.set_query(signed.path_and_query.strip_prefix("/?"));
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = headers;
        if call.operation.method == Method::Post {
            *request.body_mut() = Some(std::mem::take(&mut signed.body).into());
        }
        let attempt_ends = call
            .attempt_timeout
            .and_then(|timeout| Instant::now().checked_add(timeout));
        if let (Some(timeout), Some(_)) = (call.attempt_timeout, attempt_ends) {
            *request.timeout_mut() = Some(timeout.min(FOREVER));
        }
        let secrets = || {
            let mut all = secrets();
            all.add_signature(&signed.path_and_query, authorization.as_ref());
            all
        };
        let broken = |error: TransportError| {
            let error = self.by_way(call, error);
            let unreached = matches!(error.kind(), TransportKind::Dns | TransportKind::Connect);
            // Where there is a proxy, that is what was or was not reached.
            let hint = call.region_hint.clone();
            let hint = hint.filter(|_| unreached && error.proxy().is_none());
            Failed::without_answer(error.with_hint(hint).into())
        };
        let ends = progress.deadline.into_iter().chain(attempt_ends).min();
        let largest = self.max_response_size;
        let read = move |response| receive(response, largest, ends);
        let sent = sender.send(request, self.product, call, read).await;
        let received = sent.map_err(|unanswered| match unanswered {
            Unanswered::Http(error) if error.is_builder() => {
                let text = format!("no request can be made of it: {}", error.without_url());
                Failed::without_answer(Error::configuration(text))
            }
            Unanswered::Http(error) => {
                broken(TransportError::from_http(error, host, progress.meta()))
            }
            #[cfg(feature = "fake")]
            Unanswered::Stub(stub::Unanswered::Transport(kind)) => {
                broken(TransportError::new(kind, host, progress.meta()))
            }
            #[cfg(feature = "fake")]
            Unanswered::Stub(stub::Unanswered::Mistake(text)) => {
                Failed::without_answer(Error::configuration(text))
            }
        })?;
        let Received {
            status,
            headers,
            body,
        } = received;
        let mut meta = progress.meta();
        meta.status = Some(status.as_u16());
        let request_id = headers.get("x-acs-request-id");
        meta.request_id = request_id
            .and_then(|id| id.to_str().ok())
            .map(|id| safe_id(id.to_owned(), secrets));
        let body = match body {
            Ok((body, false)) => body,
            // The beginning of an error tells enough.
            Ok((body, true)) if !status.is_success() => body,
            Ok((_, true)) => {
                return Err(Failed::without_answer(Error::TooLarge(TooLargeError {
                    limit: largest,
                    meta,
                })));
            }
            Err(Unread::Http(error)) => {
                return Err(broken(TransportError::from_http(error, host, meta)));
            }
            Err(Unread::Late) if progress.remaining() == Some(Duration::ZERO) => {
                return Err(self.out_of_time(call, progress));
            }
            Err(Unread::Late) => {
                let error = TransportError::new(TransportKind::Timeout, host, meta);
                return Err(broken(error));
            }
            Err(Unread::Compressed(why)) => {
                let error = TransportError::new(TransportKind::Compression, host, meta);
                let why = secrets().redact(&why);
                return Err(Failed::without_answer(error.with_source(why).into()));
            }
        };
        let mut answer = Answer {
            product: self.product,
            operation: call.operation,
            status: status.as_u16(),
            headers,
            body,
            temporary_key: progress
                .credentials
                .as_ref()
                .is_some_and(|key| key.security_token.is_some()),
            meta,
        };
        match answer.judge(&self.success_codes, secrets) {
            Ok(()) => Ok(answer),
            Err(error) => Err(Failed {
                failure: Failure {
                    class: error.class(),
                    hint: retry::hint(&answer.headers, SystemTime::now()),
                },
                server_time: retry::server_time(&answer.headers),
                signed_at,
                error,
            }),
        }
    }

    fn headers(
        &self,
        call: &Prepared,
        signed: Vec<(&'static str, String)>,
    ) -> Result<HeaderMap, Error> {
        // With room for what the HTTP client adds.
        let mut headers = HeaderMap::with_capacity(signed.len() + 4);
        let user_agent = match call.waiter {
            Some(waiter) => with_waiter(&self.user_agent, waiter),
            None => self.user_agent.clone(),
        };
        headers.insert("user-agent", user_agent);
        for (name, value) in signed {
            let mut value = HeaderValue::try_from(value).map_err(|_| {
                Error::configuration(format!(
                    "the header `{name}` would hold a character that a header cannot; \
                     is there a line break in the access key?"
                ))
            })?;
            value.set_sensitive(matches!(name, "authorization" | "x-acs-security-token"));
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }
}

/// The `User-Agent` of a call that checks a state: tells whoever reads the logs of the service, and
/// lets the embedded endpoint show the state that is waited for.
fn with_waiter(user_agent: &HeaderValue, waiter: &str) -> HeaderValue {
    let text = user_agent
        .to_str()
        .map(|it| format!("{it} waiter/{waiter}"));
    let value = text.ok().and_then(|text| HeaderValue::try_from(text).ok());
    value.unwrap_or_else(|| user_agent.clone())
}

/// The longest URL that the HTTP client can hold.
const LONGEST_URL: usize = 65_534;

fn too_long(call: &Prepared, length: usize) -> Error {
    let mut lengths: Vec<(&str, usize, usize)> = Vec::new();
    for (_, name, value) in call.parameters.iter() {
        let name = list_of(name);
        match lengths.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, bytes, values)) => {
                *bytes += value.len();
                *values += 1;
            }
            None => lengths.push((name, value.len(), 1)),
        }
    }
    let longest = lengths
        .iter()
        .max_by_key(|(name, bytes, _)| (*bytes, *name));
    let which = longest.map_or_else(String::new, |(name, bytes, values)| {
        let values = match values {
            1 => String::new(),
            values => format!(" in {values} values"),
        };
        format!("; the longest parameter is `{name}` with {bytes} bytes{values}")
    });
    Error::configuration(format!(
        "{}: the URL would have {length} bytes, at most {LONGEST_URL} can be sent{which}: \
         send less in one request, such as fewer or shorter values",
        call.operation.name
    ))
}

/// The name of a list, of that of one of its elements: `Tag` of `Tag.12.Key`.
fn list_of(name: &str) -> &str {
    let mut dots = name.match_indices('.').map(|(at, _)| at);
    let element = |at: &usize| {
        let rest = name[at + 1..].split('.').next().unwrap_or_default();
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())
    };
    dots.find(element).map_or(name, |at| &name[..at])
}

/// Why a body could not be read.
enum Unread {
    Http(reqwest::Error),
    /// The time was over.
    Late,
    /// It is compressed, and not as it says or not as it was asked for.
    Compressed(String),
}

/// A response that has been read.
struct Received {
    status: StatusCode,
    headers: HeaderMap,
    /// And whether there was more.
    body: Result<(Bytes, bool), Unread>,
}

/// Reads a response up to a time, of success up to this size.
async fn receive(
    mut response: reqwest::Response,
    largest: usize,
    ends: Option<Instant>,
) -> Received {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let limit = if status.is_success() {
        largest
    } else {
        ERROR_BODY
    };
    let compression = headers.get("content-encoding");
    let body = read_body(&mut response, compression, limit, ends).await;
    Received {
        status,
        headers,
        body,
    }
}

/// Reads a body up to a limit and a time; says whether there was more.
///
/// What has arrived is decompressed without a pause, so that no timer would end it. The response is given by
/// reference, so that it is not held twice.
async fn read_body(
    response: &mut reqwest::Response,
    compression: Option<&HeaderValue>,
    limit: usize,
    ends: Option<Instant>,
) -> Result<(Bytes, bool), Unread> {
    let is_late = || ends.is_some_and(|ends| Instant::now() >= ends);
    let mut body: Vec<u8> = Vec::new();
    let mut cut = false;
    while let Some(chunk) = response.chunk().await.map_err(Unread::Http)? {
        if is_late() {
            return Err(Unread::Late);
        }
        let room = limit - body.len();
        if chunk.len() > room {
            body.extend_from_slice(&chunk[..room]);
            cut = true;
            break;
        }
        body.extend_from_slice(&chunk);
        // Others on the same thread go on meanwhile.
        tokio::task::coop::consume_budget().await;
    }
    // The HTTP client takes the header away from what it has decompressed itself.
    match compression {
        Some(name) if !name.as_bytes().eq_ignore_ascii_case(b"identity") => {
            let name = name.to_str().unwrap_or_default();
            let (body, more) = decompressed(name, &body, limit, is_late)?;
            Ok((body.into(), more || cut))
        }
        _ => Ok((body.into(), cut)),
    }
}

/// The HTTP client knows `gzip`, not `GZIP` nor `x-gzip`.
#[cfg(feature = "gzip")]
fn decompressed(
    name: &str,
    body: &[u8],
    limit: usize,
    is_late: impl Fn() -> bool,
) -> Result<(Vec<u8>, bool), Unread> {
    use std::io::Read as _;

    if !name.eq_ignore_ascii_case("gzip") && !name.eq_ignore_ascii_case("x-gzip") {
        return Err(unknown_compression(name));
    }
    let mut reader = flate2::read::MultiGzDecoder::new(body);
    let mut out = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        if is_late() {
            return Err(Unread::Late);
        }
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((out, false)),
            Ok(length) if out.len() + length > limit => {
                let room = limit - out.len();
                out.extend_from_slice(&buffer[..room]);
                return Ok((out, true));
            }
            Ok(length) => out.extend_from_slice(&buffer[..length]),
            Err(error) => return Err(Unread::Compressed(error.to_string())),
        }
    }
}

#[cfg(not(feature = "gzip"))]
fn decompressed(
    name: &str,
    _: &[u8],
    _: usize,
    _: impl Fn() -> bool,
) -> Result<(Vec<u8>, bool), Unread> {
    Err(unknown_compression(name))
}

fn unknown_compression(name: &str) -> Unread {
    let name = name.escape_debug();
    Unread::Compressed(format!(
        "it is compressed as `{name}`, which was not asked for"
    ))
}

/// What happened so far in a call.
struct Progress {
    operation: &'static str,
    token: Option<String>,
    deadline: Option<Instant>,
    /// How often the request was sent.
    attempts: u32,
    /// The same, with the times when there was no access key to send it with.
    tries: u32,
    /// The error before, and what it meant.
    last: Option<(Error, FailureClass)>,
    last_cost: u32,
    met: Vec<FailureClass>,
    credentials: Option<Credentials>,
}

impl Progress {
    fn new(call: &Prepared) -> Self {
        Self {
            operation: call.operation.name,
            token: call.idempotency_token.clone(),
            deadline: call
                .deadline
                .and_then(|span| Instant::now().checked_add(span)),
            attempts: 0,
            tries: 0,
            last: None,
            last_cost: 0,
            met: Vec::new(),
            credentials: None,
        }
    }

    fn meta(&self) -> Meta {
        Meta {
            operation: self.operation,
            status: None,
            request_id: None,
            attempts: self.attempts,
            idempotency_token: self.token.clone(),
            exhausted: false,
        }
    }

    fn remaining(&self) -> Option<Duration> {
        Some(self.deadline?.saturating_duration_since(Instant::now()))
    }

    /// The error to end with where no further attempt can be made: the last one of the service or
    /// the network, which says more; `error` where there is none.
    fn give_up(self, error: Error) -> Error {
        match self.last {
            Some((last, _)) => {
                tracing::debug!(%error, "no further attempt");
                last.after(self.attempts)
            }
            None => error,
        }
    }

    fn close(&self, error: Error) -> Error {
        error.after(self.attempts)
    }
}

impl Error {
    /// Marks that a repetition would fail the same way.
    fn exhausted(mut self) -> Self {
        if let Some(meta) = self.meta_mut() {
            meta.exhausted = true;
        }
        self
    }

    fn after(mut self, attempts: u32) -> Self {
        if let Some(meta) = self.meta_mut() {
            meta.attempts = attempts;
        }
        self
    }
}

/// A failed attempt.
struct Failed {
    error: Error,
    failure: Failure,
    server_time: Option<SystemTime>,
    /// When it was, as the request says.
    signed_at: SystemTime,
}

/// The server accepts a clock that is wrong by a quarter of an hour.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

impl Failed {
    #[cold]
    fn without_answer(error: Error) -> Self {
        Self {
            failure: Failure {
                class: error.class(),
                hint: None,
            },
            server_time: None,
            signed_at: SystemTime::UNIX_EPOCH,
            error,
        }
    }

    /// The server refuses the time of the request, and does not tell a better one.
    fn clock_is_unknown(&self) -> bool {
        let is_off = |server: SystemTime| {
            let difference = server.duration_since(self.signed_at);
            difference.unwrap_or_else(|behind| behind.duration()) > CLOCK_TOLERANCE
        };
        self.failure.class == FailureClass::Clock && !self.server_time.is_some_and(is_off)
    }

    fn dns(&self) -> bool {
        matches!(&self.error, Error::Transport(error) if error.kind() == TransportKind::Dns)
    }
}

/// The error of the attempt before the one that the deadline cut off.
#[derive(Debug)]
struct Before(String);

impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the attempt before failed: {}", self.0)
    }
}

impl std::error::Error for Before {}

#[cfg(test)]
mod tests {
    use std::future::Ready;

    use super::*;

    /// The size of the future that a function gives for its parameters.
    fn size<P, F>(_: impl Fn(P) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn no_level_of_a_call_holds_twice_what_it_waits_for() {
        type Performed<'a> = (
            &'a Core,
            &'static Operation,
            &'a mut dyn Record,
            &'a Options,
        );
        type Observed<'a> = (
            &'a Core,
            &'static Operation,
            Pin<&'a mut Ready<Result<Meta, Error>>>,
        );
        type Attempted<'a> = (&'a Core, &'a Prepared, &'a Progress);
        let attempt = size(|(core, call, progress): Attempted<'static>| {
            core.attempt(call, progress, Secrets::default)
        });
        let perform = size(|(core, operation, request, options): Performed<'static>| {
            core.perform(operation, request, options)
        });
        let observed =
            size(|(core, operation, call): Observed<'static>| core.observed(operation, call));
        assert!(perform < 2 * attempt, "{perform} bytes around {attempt}");
        assert!(observed < 1024, "{observed} bytes around a reference");
    }
}
