//! An embedded endpoint: a server on 127.0.0.1 that answers as the vendor's would, for tests and
//! examples without an account.
//!
//! It is driven by the same descriptors as the client ([`ProductInfo`]) and knows no operation by
//! name. A request goes through these steps; the first that finds fault answers:
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
//! success is always JSON. Nothing is kept but tokens, nonces and the log of requests: what one
//! operation makes, another does not find.
//!
//! ```no_run
//! # async fn example(products: &[&'static alicloud::operation::ProductInfo]) -> std::io::Result<()> {
//! use alicloud::fake::Endpoint;
//!
//! let endpoint = Endpoint::start(products).await?;
//! endpoint.fail_next("DescribeRegions", (400, "Throttling.User", "Too many requests."));
//! // … a client with endpoint.url() and endpoint.credentials() …
//! assert_eq!(endpoint.requests().len(), 2, "the client tried again");
//! # Ok(())
//! # }
//! ```

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread,
    time::Duration,
};

use serde_json::Value;
use tokio::sync::watch;

use crate::{credentials::Credentials, operation::ProductInfo};

mod body;
mod envelope;
mod fault;
mod parameters;
mod respond;
mod serve;
mod state;

pub use self::{fault::Fault, state::Received};

use self::state::{Next, State};

/// A running endpoint. It ends when it is dropped: no new connection is taken, requests that are
/// being answered get a second to end.
///
/// It runs in a thread of its own, so that it also serves programs without an async runtime.
pub struct Endpoint {
    address: SocketAddr,
    state: Arc<State>,
    _running: watch::Sender<()>,
}

/// How the next answer goes wrong below the level of error codes.
///
/// "What would have been answered" is meant without the queue: answers queued behind this one wait
/// for the next request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// A page of HTML with this status, as a gateway sends it.
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// A valid answer of which only the first half arrives before the connection ends.
    Truncated,
    /// Status 200 and a JSON text that goes on for this many bytes.
    Huge {
        /// The size of the body in bytes.
        bytes: u64,
    },
    /// An error body with status 200.
    ErrorWithStatus200(Fault),
    /// What would have been answered, this much later.
    Delay(Duration),
    /// The connection ends without an answer.
    Close,
    /// What would have been answered, with these headers in addition.
    Headers(Vec<(String, String)>),
}

impl Endpoint {
    /// Starts an endpoint for these products, on a port that is free.
    ///
    /// # Errors
    ///
    /// There is no port or no thread to be had.
    // Async, so that it can come to wait for something without a change to those who call it.
    pub async fn start(products: &[&'static ProductInfo]) -> io::Result<Self> {
        Self::start_blocking(products)
    }

    /// The same for programs without an async runtime.
    ///
    /// # Errors
    ///
    /// There is no port or no thread to be had.
    pub fn start_blocking(products: &[&'static ProductInfo]) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(products));
        state.accept(Credentials::new("testid", "testsecret"));
        let (running, ended) = watch::channel(());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let shared = Arc::clone(&state);
        thread::Builder::new()
            .name("alicloud-fake".to_owned())
            .spawn(move || runtime.block_on(serve::run(listener, shared, ended)))?;
        Ok(Self {
            address,
            state,
            _running: running,
        })
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
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

    /// Accepts another access key; its security token, where it has one, must come with it. A key
    /// of the same id is replaced.
    pub fn accept(&self, credentials: Credentials) {
        self.state.accept(credentials);
    }

    /// Accepts an access key no longer.
    pub fn revoke(&self, access_key_id: &str) {
        self.state.revoke(access_key_id);
    }

    /// Answers the next request of an operation that has no queued answer before it with an error:
    /// a row of an error table, or status, code and message.
    pub fn fail_next(&self, operation: &str, fault: impl Into<Fault>) {
        self.state.queue(operation, Next::Fail(fault.into()));
    }

    /// Answers the next request of an operation with this body and status 200.
    pub fn respond_next(&self, operation: &str, body: Value) {
        self.state.queue(operation, Next::Respond(body));
    }

    /// Lets the next answer to an operation go wrong.
    pub fn misbehave_next(&self, operation: &str, misbehaviour: Misbehaviour) {
        self.state.queue(operation, Next::Misbehave(misbehaviour));
    }

    /// Queued answers of an operation that have not been given yet.
    pub fn queued(&self, operation: &str) -> usize {
        self.state.queued(operation)
    }

    /// Sets the endpoint's clock this many seconds ahead of the computer's, or behind where it is
    /// negative. Requests are held against it, and the `Date` of answers tells it.
    pub fn set_clock(&self, seconds_ahead: i64) {
        self.state.set_clock(seconds_ahead);
    }

    /// The requests that arrived, refused ones included, in the order in which they did.
    pub fn requests(&self) -> Vec<Received> {
        self.state.log()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
