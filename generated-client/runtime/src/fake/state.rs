//! The memory of the endpoint.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, SystemTime},
};

use serde_json::Value;

use super::{
    Fault, Misbehaviour,
    ecs::{self, Cloud, Scenario, ScenarioError},
    sts::{self, Granted, Role},
};
use crate::{
    credentials::Credentials,
    operation::{ErrorRow, Example, Operation, ProductInfo, ServiceInfo, SignatureKind, Waiter},
};

/// A request that arrived. Its `Debug` shows names of parameters and headers, no values.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The operation that it names; empty where it names none.
    pub operation: String,
    /// The API version that it names.
    pub version: String,
    /// The HTTP method.
    pub method: String,
    /// The kind of its signature; for a request without one, the kind that it should have had.
    pub signature: SignatureKind,
    /// The access key that it was signed with.
    pub access_key_id: Option<String>,
    /// Its nonce; empty where it has none.
    pub nonce: String,
    /// The parameters of the operation, from query and form, in the order in which they stood.
    /// Common parameters (those of the RPC signature) are in [`common`](Self::common).
    pub parameters: Vec<(String, String)>,
    /// The common parameters of an RPC request.
    pub common: Vec<(String, String)>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The HTTP status of the response; `None` where none was sent, or not yet.
    pub status: Option<u16>,
    /// The error code of the response, where it was an error.
    pub code: Option<String>,
    /// Whether the operation was carried out: the request was neither refused, nor answered with a
    /// queued response, nor a repetition with the same client token.
    pub carried_out: bool,
}

impl Received {
    /// The value of a parameter of the operation.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.parameters, name)
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// The value under a name.
pub(super) fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| -> Vec<String> {
            pairs.iter().map(|(name, _)| name.clone()).collect()
        };
        f.debug_struct("Received")
            .field("operation", &self.operation)
            .field("version", &self.version)
            .field("method", &self.method)
            .field("signature", &self.signature)
            .field("nonce", &self.nonce)
            .field("parameters", &names(&self.parameters))
            .field("headers", &names(&self.headers))
            .field("body_bytes", &self.body.len())
            .field("status", &self.status)
            .field("code", &self.code)
            .field("carried_out", &self.carried_out)
            .finish_non_exhaustive()
    }
}

/// A queued answer.
#[derive(Clone)]
pub(super) enum Next {
    Pass,
    Fail(Fault),
    Respond(Value),
    Misbehave(Misbehaviour),
}

/// An operation of one of the endpoint's products.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) product: &'static ServiceInfo,
    pub(crate) operation: &'static Operation,
}

/// Product code, version and operation.
pub(crate) type Key = (&'static str, &'static str, &'static str);

impl Target {
    pub(crate) fn key(&self) -> Key {
        (self.product.code, self.product.version, self.operation.name)
    }

    /// The row of an error table that lists the code: the operation's, or else the product's.
    pub(super) fn row(&self, code: &str) -> Option<ErrorRow> {
        let rows = self.operation.errors.iter().chain(self.product.errors);
        rows.copied().find(|row| row.code == code)
    }

    /// The error that an error table lists for the code.
    pub(crate) fn fault(&self, code: &str) -> Fault {
        self.row(code)
            .map_or_else(|| Fault::from((400, code, "")), Fault::from)
    }
}

/// The last time that can be written: the end of the year 9998.
const LAST: Duration = Duration::from_secs(253_370_764_799);

/// Shared by the handle and the connections.
pub(super) struct State {
    pub(super) settings: Settings,
    inner: Mutex<Inner>,
}

/// What is decided when the endpoint starts.
pub(super) struct Settings {
    pub(super) products: Vec<&'static ProductInfo>,
    /// Parameters that the operation does not list are ignored, not refused.
    pub(super) allow_unknown_parameters: bool,
}

#[derive(Default)]
struct Inner {
    keys: HashMap<String, Credentials>,
    /// Who acts with temporary access keys.
    roles: HashMap<String, Role>,
    queues: HashMap<Key, VecDeque<Next>>,
    waiters: HashMap<Key, &'static Waiter>,
    log: Vec<Received>,
    /// How many requests have been forgotten.
    forgotten: usize,
    subscribers: Vec<Sender<Received>>,
    nonces: HashSet<(String, String)>,
    answers: HashMap<Token, Answered>,
    made: u32,
    seconds_ahead: i64,
    scenario: Option<Scenario>,
    cloud: Option<Cloud>,
}

/// How a request was answered.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) status: Option<u16>,
    pub(super) code: Option<String>,
    pub(super) carried_out: bool,
}

/// What an idempotency token belongs to: access key, operation, token.
pub(super) type Token = (Option<String>, Key, String);

/// The first answer to a token, and the parameters that it was given for.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) parameters: Value,
    pub(super) body: Value,
}

impl State {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            inner: Mutex::default(),
        }
    }

    pub(super) fn example(&self, target: Target) -> Option<&'static Example> {
        let products = self.settings.products.iter();
        let product = products.filter(|product| std::ptr::eq(product.service, target.product));
        product
            .flat_map(|product| product.examples)
            .find(|example| example.operation == target.operation.name)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // No change leaves the state half made, so a panic elsewhere has not spoilt it.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn accept(&self, credentials: Credentials) {
        let id = credentials.access_key_id.clone();
        self.inner().keys.insert(id, credentials);
    }

    pub(super) fn revoke(&self, access_key_id: &str) {
        self.inner().keys.remove(access_key_id);
    }

    pub(super) fn key(&self, access_key_id: &str) -> Option<Credentials> {
        self.inner().keys.get(access_key_id).cloned()
    }

    pub(super) fn queue(&self, target: Target, next: Next) {
        let mut inner = self.inner();
        inner
            .queues
            .entry(target.key())
            .or_default()
            .push_back(next);
    }

    pub(super) fn queued(&self, target: Target) -> usize {
        let inner = self.inner();
        inner.queues.get(&target.key()).map_or(0, VecDeque::len)
    }

    /// The operations that have queued answers, and how many, by product.
    pub(super) fn all_queued(&self) -> BTreeMap<&'static str, BTreeMap<&'static str, usize>> {
        let inner = self.inner();
        let mut all: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for (&(product, _, operation), queue) in &inner.queues {
            if !queue.is_empty() {
                *all.entry(product)
                    .or_default()
                    .entry(operation)
                    .or_default() += queue.len();
            }
        }
        all
    }

    pub(super) fn next(&self, target: Target) -> Option<Next> {
        self.inner().queues.get_mut(&target.key())?.pop_front()
    }

    /// The next queued answer, if it is one of these.
    pub(super) fn next_if(&self, target: Target, wanted: impl Fn(&Next) -> bool) -> Option<Next> {
        let mut inner = self.inner();
        let queue = inner.queues.get_mut(&target.key())?;
        if !wanted(queue.front()?) {
            return None;
        }
        queue.pop_front()
    }

    /// Forgets the queued answers and the chosen waiters of all operations.
    pub(super) fn forget_orders(&self) {
        let mut inner = self.inner();
        inner.queues.clear();
        inner.waiters.clear();
    }

    pub(super) fn satisfy(&self, target: Target, waiter: &'static Waiter) {
        self.inner().waiters.insert(target.key(), waiter);
    }

    /// The waiter that responses of the operation satisfy, where one was chosen.
    pub(super) fn waiter(&self, target: Target) -> Option<&'static Waiter> {
        self.inner().waiters.get(&target.key()).copied()
    }

    /// Adds a request to the log; the number is for [`finish`](Self::finish).
    pub(super) fn record(&self, received: Received) -> usize {
        let mut inner = self.inner();
        inner.log.push(received);
        inner.forgotten + inner.log.len() - 1
    }

    /// Notes in the log how a request was answered.
    pub(super) fn finish(&self, number: usize, outcome: &Outcome) {
        let mut inner = self.inner();
        let Some(index) = number.checked_sub(inner.forgotten) else {
            return;
        };
        let Some(received) = inner.log.get_mut(index) else {
            return;
        };
        received.status = outcome.status;
        received.code.clone_from(&outcome.code);
        received.carried_out = outcome.carried_out;
        let received = received.clone();
        // Whoever listens no longer is forgotten.
        inner
            .subscribers
            .retain(|subscriber| subscriber.send(received.clone()).is_ok());
    }

    pub(super) fn subscribe(&self) -> Receiver<Received> {
        let (sender, receiver) = channel();
        self.inner().subscribers.push(sender);
        receiver
    }

    pub(super) fn log(&self) -> Vec<Received> {
        self.inner().log.clone()
    }

    pub(super) fn forget_log(&self) {
        let mut inner = self.inner();
        inner.forgotten += inner.log.len();
        inner.log.clear();
    }

    /// Notes a nonce; `false` where it was used before.
    pub(super) fn use_nonce(&self, access_key_id: &str, nonce: &str) -> bool {
        let nonce = (access_key_id.to_owned(), nonce.to_owned());
        self.inner().nonces.insert(nonce)
    }

    /// The first answer to a token.
    pub(super) fn answered(&self, token: &Token) -> Option<Answered> {
        self.inner().answers.get(token).cloned()
    }

    pub(super) fn remember(&self, token: Token, answered: Answered) {
        self.inner().answers.insert(token, answered);
    }

    /// Begins anew with what a scenario says.
    pub(super) fn set_scenario(&self, scenario: Scenario) -> Result<(), ScenarioError> {
        for product in &self.settings.products {
            scenario.check_members(product)?;
        }
        let cloud = scenario.build(self.now())?;
        let mut inner = self.inner();
        inner.cloud = Some(cloud);
        inner.scenario = Some(scenario);
        inner.answers.clear();
        Ok(())
    }

    /// The scenario that the state began with, where state is kept.
    pub(super) fn scenario(&self) -> Option<Scenario> {
        self.inner().scenario.clone()
    }

    /// What exists, where state is kept.
    pub(super) fn cloud_json(&self) -> Option<Value> {
        let now = self.now();
        let mut inner = self.inner();
        let cloud = inner.cloud.as_mut()?;
        cloud.advance(now);
        Some(cloud.to_json())
    }

    /// Carries an operation out that has state; `None` for any other, and where no state is kept.
    pub(super) fn carry_out(
        &self,
        target: Target,
        request: &Value,
        dry_run: bool,
    ) -> Option<Result<Value, Fault>> {
        let now = self.now();
        let mut inner = self.inner();
        let cloud = inner.cloud.as_mut()?;
        ecs::answer(cloud, target, request, dry_run, now)
    }

    /// Grants a role that is assumed, and tells a caller who they are, where state is kept.
    pub(super) fn act(
        &self,
        target: Target,
        parameters: &Value,
        request: &Received,
        body: &mut Value,
    ) {
        let now = self.now();
        let mut inner = self.inner();
        let inner = &mut *inner;
        let Some(cloud) = inner.cloud.as_mut() else {
            return;
        };
        if let Some(Granted { credentials, role }) =
            sts::grant(cloud, target, parameters, now, body)
        {
            let id = credentials.access_key_id.clone();
            inner.roles.insert(id.clone(), role);
            inner.keys.insert(id, credentials);
        }
        let caller = request.access_key_id.as_ref();
        let caller = caller.and_then(|id| inner.roles.get(id));
        sts::identify(target, caller, body);
    }

    /// A number that no other call gets.
    pub(super) fn make(&self) -> u32 {
        let mut inner = self.inner();
        inner.made = inner.made.wrapping_add(1);
        inner.made
    }

    pub(super) fn set_clock(&self, seconds_ahead: i64) {
        self.inner().seconds_ahead = seconds_ahead;
    }

    /// The time by the endpoint's clock.
    pub(super) fn now(&self) -> SystemTime {
        let ahead = self.inner().seconds_ahead;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let (now, by) = (
            now.unwrap_or_default(),
            Duration::from_secs(ahead.unsigned_abs()),
        );
        let moved = if ahead < 0 {
            now.saturating_sub(by)
        } else {
            now.saturating_add(by)
        };
        SystemTime::UNIX_EPOCH + moved.min(LAST)
    }
}
