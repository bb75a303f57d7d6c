//! Calls by name: JSON in, JSON out, with the same checks as typed requests.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    ClientBuilder, DryRun, Preview, Reply,
    core::{Core, Options},
    sealed::Handle,
};
use crate::{
    dynamic::DynRecord,
    error::Error,
    operation::{Operation, ProductInfo},
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
}

impl DynClient {
    /// Creates a client for a product, with settings of your own.
    pub fn builder(product: &'static ProductInfo) -> ClientBuilder<Self> {
        ClientBuilder::new(product)
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
        let operation = self.core.product().operation(operation)?;
        let record = DynRecord::from_json(operation.request, &request)?;
        Ok(DynCall {
            core: Arc::clone(&self.core),
            operation,
            request: record,
            options: Options::default(),
        })
    }

    /// The descriptor of the product.
    pub fn product(&self) -> &'static ProductInfo {
        self.core.product()
    }

    /// The client's region.
    pub fn region(&self) -> Option<&str> {
        self.core.region()
    }

    pub(super) fn of(core: Arc<Core>) -> Self {
        Self { core }
    }
}

impl Handle for DynClient {
    fn of(core: Arc<Core>) -> Result<Self, Error> {
        Ok(Self { core })
    }
}

impl fmt::Debug for DynClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}

/// A call by name that has not been sent, with the same options as [`Call`](super::Call).
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
}
