//! Waiters: waiting until a resource reaches a state.
//!
//! A waiter repeats a read, such as `DescribeInstances`, until the response shows the state. Each
//! product has a module `waiters` with a constant for each state; the documentation of a request
//! lists its waiters. [`Client::wait`](crate::client::Client::wait) waits, and
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
//! The calls name the waiter in their `User-Agent`, as `waiter/NetworkInterfaceInUse`. In a test, the
//! [embedded endpoint](crate::fake) shows the state that is waited for, unless it has a scenario or is
//! told by `Orders::satisfy` which waiter to satisfy.
//!
//! A waiter of another operation does not compile:
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

use serde_json::Value;

use super::{
    Call,
    pagination::{Cursor, put},
};
use crate::{
    error::{Error, WaitError, WaitErrorKind, printable},
    json,
    operation::{Operation, Request, Waiter},
    record::{Record, ValueRef, step},
    retry,
};

/// More frequent checks gain nothing.
const SHORTEST_DELAY: Duration = Duration::from_millis(10);

/// A wait that has not started.
#[must_use = "a wait does nothing until `run`"]
pub struct Wait<R: Request> {
    call: Call<R>,
    plan: Plan,
}

/// What to wait for, how often to look and how long.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    waiter: &'static Waiter,
    delay: Duration,
    deadline: Duration,
}

/// A call that is made again and again.
pub(super) trait Look: Clone + Send {
    type Response: Send;
    type Code: Send;

    fn operation(&self) -> &'static Operation;
    fn record_mut(&mut self) -> &mut dyn Record;
    fn limit_deadline(&mut self, remaining: Duration);
    /// Names the waiter that the looks are for.
    fn tell_waiter(&mut self, waiter: &'static str);
    fn look(
        &mut self,
    ) -> impl Future<Output = Result<Self::Response, Error<Self::Code>>> + Send + '_;
    fn record(response: &Self::Response) -> &dyn Record;
    /// An error of the pages as one of the call.
    fn error(error: Error) -> Error<Self::Code>;
}

impl<R: Request> Look for Call<R> {
    type Response = R::Response;
    type Code = R::ErrorCode;

    fn operation(&self) -> &'static Operation {
        R::OPERATION
    }

    fn record_mut(&mut self) -> &mut dyn Record {
        self.record_mut()
    }

    fn limit_deadline(&mut self, remaining: Duration) {
        self.limit_deadline(remaining);
    }

    fn tell_waiter(&mut self, waiter: &'static str) {
        self.tell_waiter(waiter);
    }

    fn look(
        &mut self,
    ) -> impl Future<Output = Result<R::Response, Error<R::ErrorCode>>> + Send + '_ {
        self.look()
    }

    fn record(response: &R::Response) -> &dyn Record {
        response
    }

    fn error(error: Error) -> Error<R::ErrorCode> {
        error.typed()
    }
}

impl<R: Request> Wait<R> {
    pub(crate) fn new(call: Call<R>, waiter: &'static Waiter) -> Self {
        Self {
            call,
            plan: Plan::of(waiter),
        }
    }

    /// Sets the time between the first two checks, instead of the waiter's own. It grows by half
    /// with each check, up to eight times as much. It is at least 10 ms.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.plan = self.plan.delay(delay);
        self
    }

    /// Sets how long to wait in all, instead of the waiter's own deadline. The deadline of the
    /// client holds for each call only.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.plan = self.plan.deadline(deadline);
        self
    }

    /// Checks the state until it is reached, and returns the response that showed it; `None` if an
    /// error showed it, such as "not found" after a deletion. A check that fails with a temporary
    /// error counts as "not yet".
    ///
    /// If the request names several resources, all of them must reach the state (or be gone). A
    /// resource that is not found counts as "not yet", as just after its creation, or as the state
    /// itself, as after a deletion.
    ///
    /// Parameters that a check needs, such as a filter that includes resources in every state, are
    /// set unless the request sets them.
    ///
    /// If the result comes in pages, a check reads all of them, and the response is that of the
    /// first page. Pages are as large as the spec allows, up to 100 items, unless the request sets
    /// their size.
    ///
    /// # Errors
    ///
    /// [`Error::Wait`] if the resource reached a state from which the awaited state cannot be
    /// reached, or if the deadline passed; and any error of a check that is not temporary.
    pub async fn run(self) -> Result<Option<R::Response>, Error<R::ErrorCode>> {
        self.plan.run(self.call).await
    }
}

impl<R: Request> fmt::Debug for Wait<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan.show(f.debug_struct("Wait"))
    }
}

impl Plan {
    pub(super) fn of(waiter: &'static Waiter) -> Self {
        Self {
            waiter,
            delay: Duration::from_secs(waiter.delay.into()).max(SHORTEST_DELAY),
            deadline: Duration::from_secs(waiter.deadline.into()),
        }
    }

    pub(super) fn delay(self, delay: Duration) -> Self {
        Self {
            delay: delay.max(SHORTEST_DELAY),
            ..self
        }
    }

    pub(super) fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    pub(super) fn show(&self, mut of: fmt::DebugStruct<'_, '_>) -> fmt::Result {
        of.field("waiter", &self.waiter.name)
            .field("delay", &self.delay)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }

    pub(super) async fn run<L: Look>(self, call: L) -> Result<Option<L::Response>, Error<L::Code>> {
        let started = Instant::now();
        let mut seen = Seen::default();
        for look in 1.. {
            let mut last_error = None;
            match self.look(&call, started).await {
                Ok((Verdict::Success, response)) => return Ok(response),
                Ok((Verdict::Failed(state), _)) => {
                    return Err(self.error(WaitErrorKind::Failed { state }));
                }
                Ok((Verdict::NotYet(now), _)) => seen = now,
                Err(error) => match judge_error(self.waiter, error)? {
                    None => return Ok(None),
                    Some(error) => last_error = Some(error.to_string()),
                },
            }
            let pause = pause(self.delay, look, retry::random());
            let left = self.deadline.saturating_sub(started.elapsed());
            if pause >= left {
                return Err(self.error(WaitErrorKind::TimedOut {
                    states: seen.states,
                    missing: seen.missing,
                    checks: look,
                    last_error,
                }));
            }
            tokio::time::sleep(pause).await;
        }
        Ok(None)
    }

    /// Reads pages until one says that the state is not there, or all that it is.
    async fn look<L: Look>(
        &self,
        call: &L,
        started: Instant,
    ) -> Result<(Verdict, Option<L::Response>), Error<L::Code>> {
        let mut call = call.clone();
        call.tell_waiter(self.waiter.name);
        complete(self.waiter, call.record_mut());
        let asked = asked(self.waiter, call.record_mut());
        let mut cursor = Cursor::hurried(call.operation(), call.record_mut());
        let mut rows = Vec::new();
        let mut first = None;
        loop {
            call.limit_deadline(self.deadline.saturating_sub(started.elapsed()));
            let response = call.look().await?;
            let record = L::record(&response);
            collect_rows(ValueRef::Object(record), self.waiter, &asked, &mut rows);
            // What is not on this page may be on the next.
            let verdict = judge(self.waiter, &[], &rows);
            let more = verdict == Verdict::Success
                && cursor
                    .advance(call.record_mut(), record)
                    .map_err(L::error)?;
            if first.is_none() {
                first = Some(response);
            }
            if !more {
                let verdict = judge(self.waiter, &asked, &rows);
                return Ok((verdict, first));
            }
        }
    }

    fn error<C>(&self, kind: WaitErrorKind) -> Error<C> {
        let waiter = self.waiter.name.to_owned();
        WaitError { waiter, kind }.into()
    }
}

/// What a look says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Success,
    Failed(String),
    NotYet(Seen),
}

/// What a look has shown of a state that is not there yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    states: Vec<String>,
    /// What was asked for and is not listed.
    missing: Vec<String>,
}

/// A resource in a response.
#[derive(Debug)]
struct Row {
    id: Option<String>,
    states: Vec<String>,
}

/// What the rows say; all of `asked` must be among them, unless it is to be gone.
fn judge(waiter: &Waiter, asked: &[String], rows: &[Row]) -> Verdict {
    let within = |list: &[&str], state: &String| list.contains(&state.as_str());
    let mut states = rows.iter().flat_map(|row| &row.states);
    if let Some(failed) = states.find(|state| within(waiter.failure, state)) {
        return Verdict::Failed(printable(failed));
    }
    let reached = |row: &Row| {
        let mut states = row.states.iter();
        !row.states.is_empty() && states.all(|state| within(waiter.success, state))
    };
    let listed = |id: &String| rows.iter().any(|row| row.id.as_ref() == Some(id));
    let missing: Vec<_> = match is_to_be_gone(waiter) {
        true => Vec::new(),
        false => asked.iter().filter(|id| !listed(id)).cloned().collect(),
    };
    let success = match rows {
        [] => waiter.success_when_empty,
        rows => rows.iter().all(reached) && missing.is_empty(),
    };
    if success {
        return Verdict::Success;
    }
    let states = rows.iter().flat_map(|row| &row.states);
    let mut states: Vec<_> = states.map(|state| printable(state)).collect();
    states.dedup();
    Verdict::NotYet(Seen { states, missing })
}

/// Sets the parameters of the waiter that the request leaves open.
fn complete(waiter: &Waiter, request: &mut dyn Record) {
    for (name, value) in waiter.parameters {
        let Some(index) = request.schema().index_of(name) else {
            continue;
        };
        if matches!(request.get(index), ValueRef::Absent) {
            // The checker of specs has seen to it that the value fits.
            let _ = put(request.value_mut(index), value);
        }
    }
}

/// The message about a waiter that an operation does not have, with those it has.
pub(crate) fn unknown(operation: &Operation, name: &str) -> String {
    let known: Vec<_> = operation.waiters.iter().map(|waiter| waiter.name).collect();
    let (operation, name) = (operation.name, name.escape_debug());
    match known.as_slice() {
        [] => format!("{operation} has no waiter `{name}`; it has none"),
        known => format!(
            "{operation} has no waiter `{name}`; it has `{}`",
            known.join("`, `")
        ),
    }
}

fn is_to_be_gone(waiter: &Waiter) -> bool {
    waiter.success.is_empty()
}

/// The names of what is waited for; none where the request does not say.
pub(crate) fn asked(waiter: &Waiter, request: &dyn Record) -> Vec<String> {
    let mut asked = Vec::new();
    if let Some(ids) = waiter.ids {
        collect(ValueRef::Object(request), &[ids.parameter], &mut asked);
    }
    let lists = asked.into_iter().flat_map(|text| {
        // A list in one parameter.
        texts(&text).unwrap_or_else(|| text.split(',').map(|id| id.trim().to_owned()).collect())
    });
    lists.filter(|id| !id.is_empty()).collect()
}

/// The texts of a JSON list that has nothing else in it.
fn texts(json: &str) -> Option<Vec<String>> {
    let list = json::parse(json.as_bytes()).ok()?;
    let texts = list.as_array()?.iter().map(Value::as_str);
    texts.map(|text| text.map(str::to_owned)).collect()
}

/// An error says that the resource is not there: its code is `Invalid…NotFound` with the name that the
/// waiter or the parameter has for it, such as `InvalidDiskId.NotFound` for `DiskAvailable`.
fn says_absent(waiter: &Waiter, code: &str) -> bool {
    let stem = code.strip_prefix("Invalid").and_then(|rest| {
        let endings = ["NotFound", "NotExist", "NotExists"];
        let stem = endings
            .iter()
            .find_map(|ending| rest.strip_suffix(ending))?;
        let stem = stem.trim_end_matches('.');
        let endings = ["Ids", "Id", "Name"];
        let short = endings.iter().find_map(|ending| stem.strip_suffix(ending));
        Some(short.unwrap_or(stem))
    });
    let parameter = waiter.ids.map_or("", |ids| ids.parameter);
    stem.is_some_and(|stem| {
        !stem.is_empty() && (waiter.name.starts_with(stem) || parameter.starts_with(stem))
    })
}

/// `None`: the error shows that the state is there. `Some`: it means "not yet". Any other is given
/// back.
fn judge_error<C>(waiter: &Waiter, error: Error<C>) -> Result<Option<Error<C>>, Error<C>> {
    let code = error.code_text().unwrap_or_default();
    let absent = says_absent(waiter, code);
    if waiter.success_errors.contains(&code) || absent && is_to_be_gone(waiter) {
        return Ok(None);
    }
    // Pages that do not fit together were changed while they were read.
    let changed = matches!(error, Error::Pagination(_));
    if changed || absent || waiter.retry_errors.contains(&code) || error.is_retryable() {
        return Ok(Some(error));
    }
    Err(error)
}

/// The resources in a response, those that were not asked for left out.
fn collect_rows(value: ValueRef<'_>, waiter: &Waiter, asked: &[String], rows: &mut Vec<Row>) {
    match waiter.ids {
        Some(ids) => {
            let known = rows.len();
            collect_beside(value, waiter.path, ids.path, rows);
            let mut index = 0;
            rows.retain(|row| {
                index += 1;
                let other = |id: &String| !asked.is_empty() && !asked.contains(id);
                index <= known || !row.id.as_ref().is_some_and(other)
            });
        }
        None => {
            let mut states = Vec::new();
            collect(value, waiter.path, &mut states);
            let states = states.into_iter();
            rows.extend(states.map(|state| Row {
                id: None,
                states: vec![state],
            }));
        }
    }
}

/// A row for each place where the two paths part.
fn collect_beside(value: ValueRef<'_>, state: &[&str], id: &[&str], rows: &mut Vec<Row>) {
    match (value, state, id) {
        (ValueRef::List(list), ..) => {
            for index in 0..list.len() {
                collect_beside(list.get(index), state, id, rows);
            }
        }
        (ValueRef::Object(record), [name, _, ..], [other, _, ..]) if name == other => {
            if let (Some((value, state)), Some((_, id))) = (step(record, state), step(record, id)) {
                collect_beside(value, state, id, rows);
            }
        }
        (ValueRef::Object(_), ..) => {
            let (mut ids, mut states) = (Vec::new(), Vec::new());
            collect(value, id, &mut ids);
            collect(value, state, &mut states);
            let id = ids.into_iter().next();
            rows.push(Row { id, states });
        }
        _ => {}
    }
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
