//! Waiting for a state, told from the response of a read.
//!
//! What to look at and what it means is data of the operation
//! ([`Operation::waiters`](crate::operation::Operation::waiters)); here is what happens with it. Each
//! product has a module `waiters` with a constant for each state.
//! [`Client::wait`](crate::client::Client::wait) waits, and
//! [`Call::wait`](crate::client::Call::wait) makes a [`Wait`] with options.
//!
//! ```no_run
//! # async fn example() -> Result<(), alicloud::error::Error> {
//! use std::time::Duration;
//! use alicloud::ecs::{self, DescribeNetworkInterfaces, waiters};
//!
//! let client = ecs::Client::from_env("cn-hangzhou")?;
//! let eni = DescribeNetworkInterfaces::new().network_interface_id(["eni-bp1iqejowblx6h8j"]);
//! let attached = client
//!     .request(eni)
//!     .wait(waiters::NETWORK_INTERFACE_IN_USE)
//!     .deadline(Duration::from_secs(120))
//!     .run()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! The documentation of a request names its waiters. A waiter of another operation does not compile:
//!
//! ```compile_fail,E0277
//! # fn example(client: alicloud::ecs::Client) {
//! use alicloud::ecs::{DescribeInstances, waiters};
//!
//! client.wait(DescribeInstances::new(), waiters::NETWORK_INTERFACE_IN_USE);
//! # }
//! ```

use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::{
    client::Call,
    error::{Error, WaitError, WaitErrorKind},
    operation::{Request, Waiter},
    pagination::Cursor,
    record::{ValueRef, step},
    retry,
};

/// Nobody gains by looking more often.
const SHORTEST_DELAY: Duration = Duration::from_millis(10);

/// A wait that has not begun.
#[must_use = "nothing is looked at before `run`"]
pub struct Wait<R: Request> {
    call: Call<R>,
    waiter: &'static Waiter,
    delay: Duration,
    deadline: Duration,
}

impl<R: Request> Wait<R> {
    pub(crate) fn new(call: Call<R>, waiter: &'static Waiter) -> Self {
        Self {
            call,
            waiter,
            delay: Duration::from_secs(waiter.delay.into()).max(SHORTEST_DELAY),
            deadline: Duration::from_secs(waiter.deadline.into()),
        }
    }

    /// The time between two looks at first, instead of the waiter's own. It grows by half with each
    /// look, up to eight times as much. At least 10 ms.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay.max(SHORTEST_DELAY);
        self
    }

    /// How long to wait in all, instead of the waiter's own.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Looks until the state is there. Gives the response that showed it; `None` where an error did,
    /// such as "not found" after a deletion. A look that fails in a way that may pass counts as "not
    /// yet".
    ///
    /// Where the result comes in pages, each is looked at before the state counts as there, and the
    /// response is that with the first page. Pages are as large as the spec allows, up to 100 items,
    /// unless the request says otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::Wait`] where a state came from which the one waited for is not reached, or where the
    /// deadline passed; and any error of a look that does not pass.
    pub async fn run(mut self) -> Result<Option<R::Response>, Error<R::ErrorCode>> {
        let started = Instant::now();
        let mut states = Vec::new();
        for look in 1.. {
            let mut last_error = None;
            match self.look(started).await {
                Ok((Verdict::Success, response)) => return Ok(response),
                Ok((Verdict::Failed(state), _)) => {
                    return Err(self.error(WaitErrorKind::Failed { state }));
                }
                Ok((Verdict::NotYet(seen), _)) => states = seen,
                Err(error) => match judge_error(self.waiter, error)? {
                    None => return Ok(None),
                    Some(error) => last_error = Some(error.to_string()),
                },
            }
            let pause = pause(self.delay, look, retry::random());
            let left = self.deadline.saturating_sub(started.elapsed());
            if pause >= left {
                return Err(self.error(WaitErrorKind::TimedOut {
                    states,
                    looks: look,
                    last_error,
                }));
            }
            tokio::time::sleep(pause).await;
        }
        Ok(None)
    }

    /// Reads pages until one says that the state is not there, or all that it is.
    async fn look(
        &mut self,
        started: Instant,
    ) -> Result<(Verdict, Option<R::Response>), Error<R::ErrorCode>> {
        let mut call = self.call.clone();
        let mut cursor = Cursor::hurried(R::OPERATION, call.record_mut());
        let mut states = Vec::new();
        let mut first = None;
        loop {
            call.limit_deadline(self.deadline.saturating_sub(started.elapsed()));
            let response = call.look().await?;
            collect(ValueRef::Object(&response), self.waiter.path, &mut states);
            let verdict = judge(self.waiter, &states);
            let more = verdict == Verdict::Success
                && cursor
                    .advance(call.record_mut(), &response)
                    .map_err(Error::typed)?;
            let response = first.get_or_insert(response);
            if !more {
                return Ok((verdict, Some(std::mem::take(response))));
            }
        }
    }

    fn error(&self, kind: WaitErrorKind) -> Error<R::ErrorCode> {
        let waiter = self.waiter.name.to_owned();
        WaitError { waiter, kind }.into()
    }
}

impl<R: Request> fmt::Debug for Wait<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("waiter", &self.waiter.name)
            .field("delay", &self.delay)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// What a look says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Success,
    Failed(String),
    /// The states that were seen.
    NotYet(Vec<String>),
}

fn judge(waiter: &Waiter, states: &[String]) -> Verdict {
    let within = |list: &[&str], state: &String| list.contains(&state.as_str());
    if let Some(failed) = states.iter().find(|state| within(waiter.failure, state)) {
        return Verdict::Failed(failed.clone());
    }
    let success = match states {
        [] => waiter.success_when_empty,
        states => states.iter().all(|state| within(waiter.success, state)),
    };
    if success {
        return Verdict::Success;
    }
    let mut states = states.to_vec();
    states.dedup();
    Verdict::NotYet(states)
}

/// `None`: the error shows that the state is there. `Some`: it means "not yet". Any other is given
/// back.
fn judge_error<C>(waiter: &Waiter, error: Error<C>) -> Result<Option<Error<C>>, Error<C>> {
    let code = error.code_text().unwrap_or_default();
    if waiter.success_errors.contains(&code) {
        return Ok(None);
    }
    // Pages that do not fit together were changed while they were read.
    let changed = matches!(error, Error::Pagination(_));
    if changed || waiter.retry_errors.contains(&code) || error.is_retryable() {
        return Ok(Some(error));
    }
    Err(error)
}

/// The texts at the end of a path; a step through a list takes every element.
fn collect(value: ValueRef<'_>, path: &[&str], states: &mut Vec<String>) {
    match (value, path) {
        (ValueRef::List(list), _) => {
            for index in 0..list.len() {
                collect(list.get(index), path, states);
            }
        }
        (ValueRef::Object(record), [_, ..]) => {
            if let Some((value, rest)) = step(record, path) {
                collect(value, rest, states);
            }
        }
        (ValueRef::String(text), []) => states.push(text.to_owned()),
        (ValueRef::Integer(number), []) => states.push(number.to_string()),
        (ValueRef::Boolean(flag), []) => states.push(flag.to_string()),
        _ => {}
    }
}

/// The time until the next look: half again as much each time up to eight times the first, of which
/// a fourth is left to chance so that many waits do not go in step.
fn pause(delay: Duration, look: u32, random: f64) -> Duration {
    let grown = 1.5_f64
        .powi(i32::try_from(look - 1).unwrap_or(i32::MAX))
        .min(8.0);
    retry::scaled(delay, grown * (1.0 - 0.25 * random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let second = Duration::from_secs(1);
        let pauses = [1, 2, 3, 6, 100, u32::MAX].map(|look| pause(second, look, 0.0).as_millis());
        assert_eq!(pauses, [1000, 1500, 2250, 7593, 8000, 8000]);
        assert_eq!(pause(second, 1, 1.0), Duration::from_millis(750));
        assert_eq!(pause(Duration::MAX, 9, 0.0), Duration::MAX);
    }
}
