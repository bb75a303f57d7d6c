//! What the endpoint remembers.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use serde_json::Value;

use super::{Fault, Misbehaviour};
use crate::{
    credentials::Credentials,
    operation::{ProductInfo, SignatureKind},
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
    /// How it was signed, or would have been.
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
            .finish_non_exhaustive()
    }
}

/// A queued answer.
pub(super) enum Next {
    Fail(Fault),
    Respond(Value),
    Misbehave(Misbehaviour),
}

/// Shared by the handle and the connections.
pub(super) struct State {
    pub(super) products: Vec<&'static ProductInfo>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    keys: HashMap<String, Credentials>,
    queues: HashMap<String, VecDeque<Next>>,
    log: Vec<Received>,
    nonces: HashSet<(String, String)>,
    answers: HashMap<Token, Answered>,
    made: u32,
    seconds_ahead: i64,
}

/// What an idempotency token belongs to: access key, operation, token.
pub(super) type Token = (Option<String>, &'static str, String);

/// The first answer to a token, and the parameters that it was given for.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) parameters: Vec<(String, String)>,
    pub(super) body: Value,
}

impl State {
    pub(super) fn new(products: &[&'static ProductInfo]) -> Self {
        Self {
            products: products.to_vec(),
            inner: Mutex::default(),
        }
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

    pub(super) fn queue(&self, operation: &str, next: Next) {
        let mut inner = self.inner();
        inner
            .queues
            .entry(operation.to_owned())
            .or_default()
            .push_back(next);
    }

    pub(super) fn queued(&self, operation: &str) -> usize {
        self.inner().queues.get(operation).map_or(0, VecDeque::len)
    }

    pub(super) fn next(&self, operation: &str) -> Option<Next> {
        self.inner().queues.get_mut(operation)?.pop_front()
    }

    pub(super) fn record(&self, received: Received) {
        self.inner().log.push(received);
    }

    pub(super) fn log(&self) -> Vec<Received> {
        self.inner().log.clone()
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
        let (now, by) = (SystemTime::now(), Duration::from_secs(ahead.unsigned_abs()));
        let moved = if ahead < 0 {
            now.checked_sub(by)
        } else {
            now.checked_add(by)
        };
        moved.unwrap_or(now)
    }
}
