//! Typed stubs: clients that get their answers from a test, without HTTP and without a network.
//!
//! A [`Stub`] takes the place of the HTTP client only. Everything else about a call stays the same:
//! the request is completed, validated, encoded and signed, the response is a body that is judged
//! and decoded, and failures are retried. For tests of HTTP itself (connections, redirects,
//! compression), use the [embedded endpoint](crate::fake).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), alicloud::error::Error> {
//! use alicloud::{
//!     ecs::{self, AssignIpv6Addresses, AssignIpv6AddressesErrorCode as Code, AssignIpv6AddressesResponse},
//!     stub::Stub,
//! };
//!
//! let stub = Stub::new();
//! stub.on::<AssignIpv6Addresses>(|request| {
//!     if request.network_interface_id != "eni-1" {
//!         return Err(Code::InvalidEniIdNotFound.into());
//!     }
//!     let mut response = AssignIpv6AddressesResponse::default();
//!     response.ipv6_sets = vec!["2001:db8::1".to_owned()];
//!     Ok(response)
//! });
//! let client = ecs::Client::builder().region("cn-hangzhou").stub(&stub).build()?;
//!
//! let request = AssignIpv6Addresses::new("eni-1").ipv6_address_count(1);
//! assert_eq!(client.send(request).await?.ipv6_sets, ["2001:db8::1"]);
//!
//! let request = AssignIpv6Addresses::new("eni-2").ipv6_address_count(1);
//! let error = client.send(request).await.unwrap_err();
//! assert_eq!(error.code_text(), Some("InvalidEniId.NotFound"));
//!
//! // The requests as they were sent: with the region and the token that the client filled in.
//! let sent = stub.requests::<AssignIpv6Addresses>();
//! assert_eq!(sent.len(), 2);
//! assert_eq!(sent[0].region_id.as_deref(), Some("cn-hangzhou"));
//! assert!(sent[0].client_token.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! [`Stub::once`] queues an answer for one request. Queued answers come before the answer of
//! [`Stub::on`], so several calls of it make a sequence. A call of an operation that has neither
//! fails with [`Error::Configuration`](crate::error::Error::Configuration), which names it.
//!
//! The client waits between attempts as it does with the service. In a test of retries, pause
//! tokio's clock (`#[tokio::test(start_paused = true)]`, tokio's feature `test-util`), or set
//! [`RetrySettings`](crate::retry::RetrySettings) without delays.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hyper::{
    Response,
    header::{HeaderName, HeaderValue},
};
use serde_json::Value;

use crate::{
    dynamic::fill_from_wire,
    encode::Parameters,
    error::TransportKind,
    fake::{
        answer::request_id,
        envelope::{self, Raw},
        fault::Context,
        state::{Key, Target},
    },
    json::to_json,
    operation::{ErrorCode, Product as _, Request},
    record::{Location, ValueMut},
};

pub use crate::fake::{Fault, Received};

/// A stub that answers in place of HTTP; for
/// [`ClientBuilder::stub`](crate::client::ClientBuilder::stub).
///
/// Clones share answers and recorded requests, and one stub can serve clients of several products.
#[derive(Clone, Default)]
pub struct Stub {
    inner: Arc<Mutex<Inner>>,
}

/// The failure of a stubbed call: the error that an answer of [`Stub::on`] returns.
///
/// Error codes, [`Fault`]s and [`TransportKind`]s convert into it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure<C> {
    /// The service answers with an error that the operation lists, with the status and message of its
    /// row.
    Code(C),
    /// The service answers with this error.
    Fault(Fault),
    /// No response arrives.
    Transport(TransportKind),
}

impl<C: ErrorCode> From<C> for Failure<C> {
    fn from(code: C) -> Self {
        Self::Code(code)
    }
}

impl<C> From<Fault> for Failure<C> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<C> From<TransportKind> for Failure<C> {
    fn from(kind: TransportKind) -> Self {
        Self::Transport(kind)
    }
}

impl Stub {
    /// A stub without answers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers every request of an operation from now on, unless an answer is queued for it. The
    /// function gets the request as it was sent. A later call replaces an earlier one.
    pub fn on<R: Request>(
        &self,
        answer: impl Fn(R) -> Result<R::Response, Failure<R::ErrorCode>> + Send + Sync + 'static,
    ) -> &Self {
        let standing: Standing = Arc::new(move |sent| outcome::<R>(sent, answer(sent.request())));
        self.inner().of::<R>().standing = Some(standing);
        self
    }

    /// Queues an answer for one request of an operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), alicloud::error::Error> {
    /// use alicloud::{
    ///     ecs::{self, DescribeRegions, DescribeRegionsResponse},
    ///     error::TransportKind,
    ///     retry::RetrySettings,
    ///     stub::{Fault, Stub},
    /// };
    ///
    /// let stub = Stub::new();
    /// stub.once::<DescribeRegions>(|_| Err(Fault::new(503, "ServiceUnavailable", "Busy.").into()))
    ///     .once::<DescribeRegions>(|_| Err(TransportKind::Timeout.into()))
    ///     .on::<DescribeRegions>(|_| Ok(DescribeRegionsResponse::default()));
    /// let client = ecs::Client::builder()
    ///     .region("cn-hangzhou")
    ///     .stub(&stub)
    ///     .build()?;
    ///
    /// // Two attempts fail, and a read is repeated.
    /// client.send(DescribeRegions::new()).await?;
    /// assert_eq!(stub.count::<DescribeRegions>(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn once<R: Request>(
        &self,
        answer: impl FnOnce(R) -> Result<R::Response, Failure<R::ErrorCode>> + Send + 'static,
    ) -> &Self {
        let queued: Queued = Box::new(move |sent| outcome::<R>(sent, answer(sent.request())));
        self.inner().of::<R>().queued.push_back(queued);
        self
    }

    /// The number of requests of an operation that were sent, one for each attempt.
    #[must_use]
    pub fn count<R: Request>(&self) -> usize {
        self.inner().of::<R>().sent.len()
    }

    /// The answers that [`once`](Self::once) queued for an operation and that no request has taken.
    #[must_use]
    pub fn queued<R: Request>(&self) -> usize {
        self.inner().of::<R>().queued.len()
    }

    /// The requests of an operation in the order in which they were sent, one for each attempt.
    /// They are read back from the parameters: they have what the client filled in, and lack what
    /// is never sent, such as an empty list. Parameters that the type does not have are in
    /// [`received`](Self::received).
    #[must_use]
    pub fn requests<R: Request>(&self) -> Vec<R> {
        let sent = self.inner().of::<R>().sent.clone();
        sent.iter().map(|sent| sent.request()).collect()
    }

    /// The requests of all operations as they would have gone over the wire, in the order in which
    /// they were sent.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.inner().received.clone()
    }

    /// Answers a request.
    pub(crate) fn answer(
        &self,
        request: &reqwest::Request,
        target: Target,
        parameters: &Parameters,
    ) -> Result<reqwest::Response, Unanswered> {
        let sent = Arc::new(Sent {
            target,
            parameters: parameters.clone(),
        });
        let Begun {
            number,
            count,
            queued,
            standing,
        } = self.inner().begin(&sent, received(request));
        // Not under the lock: an answer may ask the stub.
        let said = match (queued, standing) {
            (Some(queued), _) => queued(&sent),
            (None, Some(standing)) => standing(&sent),
            (None, None) => {
                let name = target.operation.name;
                Err(Unanswered::Mistake(format!(
                    "{name}: the stub has no answer for request {count} of it; \
                     give one with `on::<{name}>` or one more with `once::<{name}>`"
                )))
            }
        }?;
        let response = response(&said, &sent, request.url().host_str().unwrap_or_default());
        let mut inner = self.inner();
        let received = &mut inner.received[number];
        received.status = Some(response.status().as_u16());
        match said {
            Said::Success(_) => received.carried_out = true,
            Said::Error(fault) => received.code = Some(fault.code),
        }
        Ok(response)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // No change leaves it half made.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.inner();
        let mut operations: Vec<_> = inner.operations.keys().map(|(.., name)| name).collect();
        operations.sort_unstable();
        f.debug_struct("Stub")
            .field("operations", &operations)
            .field("received", &inner.received.len())
            .finish()
    }
}

type Standing = Arc<dyn Fn(&Sent) -> Outcome + Send + Sync>;
type Queued = Box<dyn FnOnce(&Sent) -> Outcome + Send>;

#[derive(Default)]
struct Inner {
    operations: HashMap<Key, Answers>,
    received: Vec<Received>,
}

#[derive(Default)]
struct Answers {
    standing: Option<Standing>,
    queued: VecDeque<Queued>,
    sent: Vec<Arc<Sent>>,
}

impl Inner {
    fn of<R: Request>(&mut self) -> &mut Answers {
        let target = Target {
            product: R::Product::SERVICE,
            operation: R::OPERATION,
        };
        self.operations.entry(target.key()).or_default()
    }

    fn begin(&mut self, sent: &Arc<Sent>, received: Received) -> Begun {
        self.received.push(received);
        let answers = self.operations.entry(sent.target.key());
        let answers = answers.or_default();
        answers.sent.push(Arc::clone(sent));
        Begun {
            number: self.received.len() - 1,
            count: answers.sent.len(),
            queued: answers.queued.pop_front(),
            standing: answers.standing.clone(),
        }
    }
}

/// A request that has been recorded.
struct Begun {
    /// Where, among all.
    number: usize,
    /// Its number among those of the operation, from 1.
    count: usize,
    queued: Option<Queued>,
    standing: Option<Standing>,
}

/// A request that was sent.
struct Sent {
    target: Target,
    parameters: Parameters,
}

impl Sent {
    fn request<R: Request>(&self) -> R {
        let mut request = R::default();
        let fields = &self.target.operation.request.fields;
        let body = fields.iter().position(|it| it.location == Location::Body);
        let body = body.zip(self.parameters.body());
        let text = body.map(|(index, body)| (fields[index].name, String::from_utf8_lossy(body)));
        let parameters = self.parameters.iter();
        let mut pairs: Vec<_> = parameters.map(|(_, name, value)| (name, value)).collect();
        if let Some((name, text)) = &text {
            pairs.push((name, text));
        }
        // What the type does not have is no part of it.
        let _ = fill_from_wire(&mut request, &pairs);
        if let Some((index, body)) = body
            && let Some(ValueMut::Bytes(value)) = request.value_mut(index)
        {
            // Bytes take any.
            let _ = value.put(body.to_vec());
        }
        request
    }
}

/// Why a stub gives no response.
pub(crate) enum Unanswered {
    /// It says so.
    Transport(TransportKind),
    /// The stub is not set up in a way that could work.
    Mistake(String),
}

/// What the service says.
enum Said {
    Success(Value),
    Error(Fault),
}

type Outcome = Result<Said, Unanswered>;

/// What an answer means for a request.
fn outcome<R: Request>(sent: &Sent, answer: Result<R::Response, Failure<R::ErrorCode>>) -> Outcome {
    let failure = match answer {
        Ok(response) => return Ok(Said::Success(to_json(&response))),
        Err(failure) => failure,
    };
    match failure {
        Failure::Fault(fault) => Ok(Said::Error(fault)),
        Failure::Transport(kind) => Err(Unanswered::Transport(kind)),
        Failure::Code(code) => match code.as_listed() {
            Some(listed) => Ok(Said::Error(sent.target.fault(listed))),
            None => Err(Unanswered::Mistake(format!(
                "{}: the stub answers with `{code:?}`, which stands for codes that are not listed; \
                 give a `Fault`",
                sent.target.operation.name
            ))),
        },
    }
}

fn response(said: &Said, sent: &Sent, host: &str) -> reqwest::Response {
    let (status, mut headers, body) = match said {
        Said::Success(body) => (200, Vec::new(), body.clone()),
        Said::Error(fault) => {
            let context = Context {
                request_id: &request_id(),
                host,
                product: Some(sent.target.product),
            };
            (fault.status, fault.headers.clone(), fault.json(&context))
        }
    };
    let id = body["RequestId"].as_str();
    let id = id.map_or_else(request_id, str::to_owned);
    headers.push(("x-acs-request-id".to_owned(), id));
    headers.push(("content-type".to_owned(), JSON.to_owned()));
    let mut response = Response::new(body.to_string());
    // A fault has a status of a final answer.
    if let Ok(status) = status.try_into() {
        *response.status_mut() = status;
    }
    // A header that the test gives stands; what cannot be one is left out, as the endpoint does.
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().entry(name).or_insert(value);
        }
    }
    response.into()
}

const JSON: &str = "application/json;charset=utf-8";

/// The request as it would have gone over the wire.
fn received(request: &reqwest::Request) -> Received {
    let headers = request.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let body = request.body().and_then(reqwest::Body::as_bytes);
    let (received, _) = envelope::read(Raw {
        method: request.method().as_str().to_owned(),
        path: request.url().path().to_owned(),
        query: request.url().query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.unwrap_or_default().to_vec(),
    });
    received
}
