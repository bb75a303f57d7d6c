//! An embedded fake of the services: a server on 127.0.0.1 that answers as the vendor's would, for
//! tests and examples without an account.
//!
//! It works from the same descriptors as the client ([`ProductInfo`]); only operations with state
//! have code of their own. A request goes through these steps, and the first one that finds a fault
//! answers it:
//!
//! 1. the envelope: action, version, signature (both kinds), access key, time, nonce;
//! 2. an answer that was queued for the operation ([`Endpoint::fail_next`],
//!    [`Endpoint::respond_next`], [`Endpoint::misbehave_next`]) takes the place of all that follows;
//! 3. the parameters: known, complete, within limits and rules;
//! 4. the idempotency token: a repetition gets the first answer again;
//! 5. the dry run;
//! 6. success: a body of the schema of the response, made to fit the request.
//!
//! Faults are answered in JSON, or in XML to an RPC request that does not ask for `Format=JSON`;
//! success is always JSON. Without a [`Scenario`], the endpoint answers each request from its
//! schema alone: an operation does not find what another has created. With one
//! ([`Builder::scenario`]), the operations that have state do.
//!
#![doc = include_str!("../docs/endpoint.md")]

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{Arc, mpsc::Receiver},
};

use tokio::sync::watch;

use crate::{credentials::Credentials, operation::ProductInfo};

pub(crate) mod answer;
mod body;
mod builder;
mod control;
mod ecs;
mod ending;
pub(crate) mod envelope;
pub(crate) mod fault;
mod form;
mod gzip;
mod misbehaviour;
mod orders;
mod parameters;
mod respond;
mod serve;
pub(crate) mod state;
mod sts;
mod waiters;

pub use self::{
    builder::Builder,
    ecs::{Scenario, ScenarioError},
    fault::Fault,
    misbehaviour::Misbehaviour,
    orders::Orders,
    state::Received,
};

use self::state::State;

/// A running endpoint. It stops when it is dropped: no new connection is accepted, and requests
/// that are being answered have a second to finish.
///
/// It runs in a thread of its own, so it also works for programs without an async runtime.
pub struct Endpoint {
    address: SocketAddr,
    state: Arc<State>,
    _running: watch::Sender<()>,
}

impl Endpoint {
    /// Starts an endpoint for these products, on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// No port or thread is available.
    // Async, so that it can come to wait for something without a change to those who call it.
    pub async fn start(products: &[&'static ProductInfo]) -> io::Result<Self> {
        Self::start_blocking(products)
    }

    /// Starts an endpoint from a program without an async runtime.
    ///
    /// # Errors
    ///
    /// No port or thread is available.
    pub fn start_blocking(products: &[&'static ProductInfo]) -> io::Result<Self> {
        Self::builder(products).start()
    }

    /// A builder of an endpoint with settings.
    pub fn builder(products: &[&'static ProductInfo]) -> Builder {
        Builder::new(products)
    }

    /// The URL that it listens on, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port, such as `127.0.0.1:40123`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The access key that is accepted from the start.
    pub fn credentials(&self) -> Credentials {
        Credentials::new("testid", "testsecret")
    }

    /// Accepts another access key; requests must carry its security token if it has one. It
    /// replaces a key of the same ID.
    pub fn accept(&self, credentials: Credentials) {
        self.state.accept(credentials);
    }

    /// Stops accepting an access key.
    pub fn revoke(&self, access_key_id: &str) {
        self.state.revoke(access_key_id);
    }

    /// Sets the endpoint's clock this many seconds ahead of the computer's, or behind if the number
    /// is negative. The endpoint judges the time of requests by it and states it in the header
    /// `Date`.
    pub fn set_clock(&self, seconds_ahead: i64) {
        self.state.set_clock(seconds_ahead);
    }

    /// The requests that arrived, including refused ones, in the order of their arrival.
    pub fn requests(&self) -> Vec<Received> {
        self.state.log()
    }

    /// Forgets the requests that arrived.
    pub fn forget_requests(&self) {
        self.state.forget_log();
    }

    /// A channel that receives each request from now on, once it has been answered.
    pub fn subscribe(&self) -> Receiver<Received> {
        self.state.subscribe()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
