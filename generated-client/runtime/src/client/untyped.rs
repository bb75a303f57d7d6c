//! Calls by name: JSON in, JSON out, with the same checks as typed requests.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    ClientBuilder, DryRun, Preview, Reply,
    core::{Core, Options},
    pagination::Cursor,
    sealed::Handle,
    waiter::{Look, Plan, unknown},
};
use crate::{
    decode::decode,
    dynamic::DynRecord,
    error::{AnyCode, Error},
    operation::{Operation, ProductInfo},
    record::Record,
};

/// A client of a product that is known at run time only. Cheap to clone, as
/// [`Client`](super::Client) is.
///
/// ```no_run
/// use alicloud::{client::DynClient, error::Error, operation::ProductInfo};
///
/// async fn regions(product: &'static ProductInfo) -> Result<(), Error> {
///     let client = DynClient::builder(product).region("cn-hangzhou").build()?;
///     let regions = client.call("DescribeRegions", serde_json::json!({})).await?;
///     println!("{regions:#}");
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct DynClient {
    core: Arc<Core>,
    product: &'static ProductInfo,
}

impl DynClient {
    /// Creates a client for a product, with settings of your own.
    pub fn builder(product: &'static ProductInfo) -> ClientBuilder<Self> {
        ClientBuilder::new(product.service, product)
    }

    /// Calls an operation by its wire name. The request is an object of parameters by their wire
    /// names, lists and objects nested as in the spec; the answer is the service's JSON as it came.
    ///
    /// # Errors
    ///
    /// See [`Error`]; unknown parameters and values of a wrong kind are [`Error::Validation`].
    pub async fn call(&self, operation: &str, request: Value) -> Result<Value, Error> {
        self.request(operation, request)?.send().await
    }

    /// Prepares a call by name with options of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for an unknown operation, [`Error::Validation`] for parameters that
    /// the operation does not have or that are of a wrong kind.
    pub fn request(&self, operation: &str, request: Value) -> Result<DynCall, Error> {
        let operation = self.product.operation(operation)?;
        let record = DynRecord::from_json(operation.request.get(), &request)?;
        Ok(DynCall {
            core: Arc::clone(&self.core),
            operation,
            request: record,
            options: Options::default(),
        })
    }

    /// The descriptor of the product.
    pub fn product(&self) -> &'static ProductInfo {
        self.product
    }

    /// The client's region.
    pub fn region(&self) -> Option<&str> {
        self.core.region()
    }

    pub(super) fn of(core: Arc<Core>, product: &'static ProductInfo) -> Self {
        Self { core, product }
    }
}

impl Handle for DynClient {
    type Product = &'static ProductInfo;

    fn of(core: Arc<Core>, product: Self::Product) -> Result<Self, Error> {
        Ok(Self { core, product })
    }

    fn info(product: Self::Product) -> &'static ProductInfo {
        product
    }
}

impl fmt::Debug for DynClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}

/// A call by name that has not been sent, with the same options as [`Call`](super::Call).
#[derive(Clone)]
#[must_use = "a call is not made before it is sent"]
pub struct DynCall {
    core: Arc<Core>,
    operation: &'static Operation,
    request: DynRecord,
    options: Options,
}

impl fmt::Debug for DynCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynCall").field(&self.request).finish()
    }
}

impl DynCall {
    /// See [`Call::skip_validation`](super::Call::skip_validation).
    pub fn skip_validation(mut self) -> Self {
        self.options.skip_validation = true;
        self
    }

    /// See [`Call::parameter`](super::Call::parameter).
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.parameters.push((name.into(), value.into()));
        self
    }

    /// See [`Call::deadline`](super::Call::deadline).
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.options.deadline = Some(deadline.into());
        self
    }

    /// See [`Call::attempt_timeout`](super::Call::attempt_timeout).
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.options.attempt_timeout = Some(timeout);
        self
    }

    /// See [`Call::idempotency_token`](super::Call::idempotency_token).
    pub fn idempotency_token(mut self, token: impl Into<String>) -> Self {
        self.options.idempotency_token = Some(token.into());
        self
    }

    /// Sends the request, and returns the JSON of the service as it came.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send(self) -> Result<Value, Error> {
        self.send_with_meta().await.map(|reply| reply.value)
    }

    /// Sends the request, and returns the JSON of the service with the metadata of the call:
    /// request ID, attempts, idempotency token.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_with_meta(mut self) -> Result<Reply<Value>, Error> {
        self.core
            .exchange_json(self.operation, &mut self.request, &self.options)
            .await
    }

    /// See [`Call::dry_run`](super::Call::dry_run).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn dry_run(mut self) -> Result<DryRun, Error> {
        self.options.dry_run = true;
        self.core
            .dry_run(self.operation, &mut self.request, &self.options)
            .await
    }

    /// See [`Call::preview`](super::Call::preview).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn preview(mut self) -> Result<Preview, Error> {
        self.core
            .preview(self.operation, &mut self.request, &self.options)
    }

    /// The pages of the result, starting with the page that the request names or else the first.
    /// The options apply to the call of each page. A result without pages is one page.
    ///
    /// ```no_run
    /// # async fn example(client: alicloud::client::DynClient) -> Result<(), alicloud::error::Error> {
    /// let call = client.request("DescribeInstances", serde_json::json!({}))?;
    /// let mut pages = call.pages();
    /// while let Some(page) = pages.next().await {
    ///     println!("{:#}", page?["Instances"]["Instance"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(mut self) -> DynPages {
        let cursor = Cursor::new(self.operation, &mut self.request);
        DynPages {
            call: self,
            cursor: Some(cursor),
        }
    }

    /// A wait for a state by the name of its waiter, such as `InstanceStopped` or
    /// `INSTANCE_STOPPED`. The options apply to each call that checks the state.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if the operation has no waiter of this name.
    pub fn wait(self, waiter: &str) -> Result<DynWait, Error> {
        let waiters = self.operation.waiters;
        let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
        let known = waiters.iter().find(|it| plain(it.name) == plain(waiter));
        let Some(known) = known else {
            return Err(Error::configuration(unknown(self.operation, waiter)));
        };
        Ok(DynWait {
            call: self,
            plan: Plan::of(known),
        })
    }
}

impl Look for DynCall {
    /// The JSON as it came, and what the schema knows of it.
    type Response = (Value, DynRecord);
    type Code = AnyCode;

    fn operation(&self) -> &'static Operation {
        self.operation
    }

    fn record_mut(&mut self) -> &mut dyn Record {
        &mut self.request
    }

    fn limit_deadline(&mut self, remaining: Duration) {
        self.options.limit_deadline(remaining, self.core.deadline());
    }

    fn tell_waiter(&mut self, waiter: &'static str) {
        self.options.waiter = Some(waiter);
    }

    async fn look(&mut self) -> Result<Self::Response, Error> {
        let reply = self
            .core
            .exchange_json(self.operation, &mut self.request, &self.options)
            .await?;
        let mut record = DynRecord::new(self.operation.response.get());
        // What does not fit is left out, as in a typed response.
        let _ = decode(reply.value.to_string().as_bytes(), &mut record);
        Ok((reply.value, record))
    }

    fn record((_, record): &Self::Response) -> &dyn Record {
        record
    }

    fn error(error: Error) -> Error {
        error
    }
}

/// The pages of a call by name: `while let Some(page) = pages.next().await { … }` reads them. See
/// [`pagination`](super::pagination).
#[derive(Debug)]
#[must_use = "no page is read before it is asked for"]
pub struct DynPages {
    call: DynCall,
    /// `None` after the last page and after an error.
    cursor: Option<Cursor>,
}

impl DynPages {
    /// The next page, `None` after the last one and after an error.
    pub async fn next(&mut self) -> Option<Result<Value, Error>> {
        self.cursor.as_ref()?;
        let page = self.call.look().await;
        // Not before the page is there: who stops waiting for it can ask again.
        let mut cursor = self.cursor.take()?;
        let (value, record) = match page {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        Some(match cursor.advance(&mut self.call.request, &record) {
            Ok(more) => {
                self.cursor = more.then_some(cursor);
                Ok(value)
            }
            Err(error) => Err(error),
        })
    }
}

/// A wait of a call by name that has not started; see [`Wait`](super::waiter::Wait).
#[must_use = "a wait does nothing until `run`"]
pub struct DynWait {
    call: DynCall,
    plan: Plan,
}

impl DynWait {
    /// See [`Wait::delay`](super::waiter::Wait::delay).
    pub fn delay(mut self, delay: Duration) -> Self {
        self.plan = self.plan.delay(delay);
        self
    }

    /// See [`Wait::deadline`](super::waiter::Wait::deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.plan = self.plan.deadline(deadline);
        self
    }

    /// See [`Wait::run`](super::waiter::Wait::run).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn run(self) -> Result<Option<Value>, Error> {
        let shown = self.plan.run(self.call).await?;
        Ok(shown.map(|(value, _)| value))
    }
}

impl fmt::Debug for DynWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan.show(f.debug_struct("DynWait"))
    }
}
