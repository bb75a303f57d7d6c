//! Observing calls: `tracing` events and spans, and an [`Observer`].
//!
//! Each call emits one event at level INFO when it ends, with the target `alicloud`. With a subscriber
//! such as that of the crate `tracing-subscriber`,
//!
//! ```text
//! tracing_subscriber::fmt().init();
//! ```
//!
//! a program prints a line for each call:
//!
//! ```text
//! INFO alicloud: call succeeded product="Ecs" operation="AssignIpv6Addresses" region="cn-hangzhou" attempts=1 status=200 request_id="0A1B2C3D" duration_ms=82
//! ```
//!
//! There are also spans with the same fields: `alicloud.call` for each call (level INFO), and within it
//! `alicloud.attempt` for each attempt (level DEBUG). Events at level DEBUG say why a call is retried
//! or not. No event and no span holds the value of a parameter.

use std::{sync::Arc, time::Duration};

use crate::{
    error::{Error, TransportKind},
    retry::{FailureClass, StopReason},
};

/// The target of spans and of the event of a call, whichever module makes them.
pub(crate) const TARGET: &str = "alicloud";

/// A duration in whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Hooks for metrics. Both are called on the task of the call, so they should be quick and must not
/// block.
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
/// use alicloud::{client::{ClientBuilder, DynClient}, observe::{CallEvent, Observer}};
///
/// #[derive(Debug, Default)]
/// struct Failures(AtomicU64);
///
/// impl Observer for Failures {
///     fn call(&self, event: &CallEvent<'_>) {
///         if event.outcome.failure.is_some() {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// fn observed(builder: ClientBuilder<DynClient>) -> (ClientBuilder<DynClient>, Arc<Failures>) {
///     let failures = Arc::new(Failures::default());
///     (builder.observer(Arc::clone(&failures)), failures)
/// }
/// ```
pub trait Observer: Send + Sync {
    /// Called when an attempt has ended.
    fn attempt(&self, event: &AttemptEvent<'_>) {
        let _ = event;
    }
    /// Called when a call has ended. Calls that fail before anything is sent are reported too;
    /// calls whose future is dropped are not.
    fn call(&self, event: &CallEvent<'_>) {
        let _ = event;
    }
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn attempt(&self, event: &AttemptEvent<'_>) {
        (**self).attempt(event);
    }

    fn call(&self, event: &CallEvent<'_>) {
        (**self).call(event);
    }
}

/// The end of an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct AttemptEvent<'a> {
    /// The product, such as `Ecs`.
    pub product: &'static str,
    /// The operation by its wire name.
    pub operation: &'static str,
    /// The client's region.
    pub region: Option<&'a str>,
    /// The number of the attempt within the call, from 1.
    pub attempt: u32,
    /// The time from sending to the end of the response.
    pub duration: Duration,
    /// The outcome.
    pub outcome: Outcome<'a>,
    /// The step after a failed attempt.
    pub next: Option<Next>,
}

/// The step after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// Another attempt, after this time.
    Retry(Duration),
    /// The error is returned to the caller.
    Stop(StopReason),
}

/// The end of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CallEvent<'a> {
    /// The product, such as `Ecs`.
    pub product: &'static str,
    /// The operation by its wire name.
    pub operation: &'static str,
    /// The client's region.
    pub region: Option<&'a str>,
    /// The number of times that the request was sent.
    pub attempts: u32,
    /// The time from the beginning of the call, including waits between attempts.
    pub duration: Duration,
    /// The outcome.
    pub outcome: Outcome<'a>,
}

/// The outcome of an attempt or a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome<'a> {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The vendor's error code.
    pub code: Option<&'a str>,
    /// The request ID, which the vendor's support asks for.
    pub request_id: Option<&'a str>,
    /// The stage at which an attempt without a response failed.
    pub transport: Option<TransportKind>,
    /// The class of the failure; `None` for a success, such as a passed dry run.
    pub failure: Option<FailureClass>,
}

impl<'a> Outcome<'a> {
    pub(crate) fn success(status: Option<u16>, request_id: Option<&'a str>) -> Self {
        Self {
            status,
            code: None,
            request_id,
            transport: None,
            failure: None,
        }
    }

    /// That a dry run has passed is told by an error too.
    pub(crate) fn of_error(error: &'a Error) -> Self {
        Self {
            status: error.status(),
            code: error.code_text(),
            request_id: error.request_id(),
            transport: match error {
                Error::Transport(error) => Some(error.kind()),
                _ => None,
            },
            failure: (!error.is_dry_run_passed()).then(|| error.class()),
        }
    }

    /// Fills the fields of a span.
    pub(crate) fn record(&self, span: &tracing::Span, duration: Duration) {
        if let Some(status) = self.status {
            span.record("status", status);
        }
        if let Some(code) = self.code {
            span.record("code", code);
        }
        if let Some(id) = self.request_id {
            span.record("request_id", id);
        }
        span.record("duration_ms", millis(duration));
    }
}
