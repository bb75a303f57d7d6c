//! One call with options of its own. The generic part is kept to what needs the types.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use bytes::Bytes;

use super::{
    core::{Core, Options, Preview},
    pagination::{Items, Pages, Paginated},
    waiter::Wait,
};
use crate::{
    decode::Skipped,
    error::{Error, Meta},
    operation::{Request, SupportsDryRun, WaiterFor},
    record::Record,
};

/// A call that has not been sent; from [`Client::request`](super::Client::request).
///
/// The settings of the client hold where it has none of its own.
#[must_use = "a call is not made before it is sent"]
pub struct Call<R: Request> {
    core: Arc<Core>,
    request: R,
    options: Options,
}

impl<R: Request> Call<R> {
    pub(crate) fn new(core: Arc<Core>, request: R) -> Self {
        Self {
            core,
            request,
            options: Options::default(),
        }
    }

    /// Sends the request without validating it: a vendor may loosen a limit before the spec catches
    /// up.
    pub fn skip_validation(mut self) -> Self {
        self.options.skip_validation = true;
        self
    }

    /// Adds a parameter that the spec does not know, by its wire name.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.parameters.push((name.into(), value.into()));
        self
    }

    /// Sets how long the call may take in all, including retries and the waits between them; `None`
    /// removes the limit.
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.options.deadline = Some(deadline.into());
        self
    }

    /// Sets how long one attempt may take, from sending to the end of the response.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.options.attempt_timeout = Some(timeout);
        self
    }

    /// Sets the idempotency token to use instead of a new one: that of an earlier call with the
    /// same request, so that both together have one effect.
    pub fn idempotency_token(mut self, token: impl Into<String>) -> Self {
        self.options.idempotency_token = Some(token.into());
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send(mut self) -> Result<R::Response, Error<R::ErrorCode>> {
        // Not by `send_with_meta`: each future is compiled for every operation.
        let mut value = R::Response::default();
        self.core
            .exchange(R::OPERATION, &mut self.request, &self.options, &mut value)
            .await
            .map_err(Error::typed)?;
        Ok(value)
    }

    /// Sends the request, and returns the response with the metadata of the call: request ID,
    /// attempts, idempotency token.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_with_meta(mut self) -> Result<Reply<R::Response>, Error<R::ErrorCode>> {
        let mut value = R::Response::default();
        let (meta, skipped) = self
            .core
            .exchange(R::OPERATION, &mut self.request, &self.options, &mut value)
            .await
            .map_err(Error::typed)?;
        Ok(Reply {
            value,
            skipped,
            meta,
        })
    }

    /// Sends the request, and returns the body of a successful response as it came.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send_raw(mut self) -> Result<Reply<Bytes>, Error<R::ErrorCode>> {
        self.core
            .exchange_raw(R::OPERATION, &mut self.request, &self.options)
            .await
            .map_err(Error::typed)
    }

    /// Lets the service check the request without carrying it out. What it finds wrong is an error,
    /// as when the request is sent.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), alicloud::error::Error> {
    /// use alicloud::ecs::{self, StopInstance};
    ///
    /// let client = ecs::Client::from_env("cn-hangzhou")?;
    /// let request = StopInstance::new("i-bp67acfmxazb4ph");
    /// match client.request(request).dry_run().await {
    ///     Ok(passed) => println!("would be carried out (request {:?})", passed.request_id()),
    ///     Err(error) => println!("would fail: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn dry_run(mut self) -> Result<DryRun, Error<R::ErrorCode>>
    where
        R: SupportsDryRun,
    {
        self.options.dry_run = true;
        self.core
            .dry_run(R::OPERATION, &mut self.request, &self.options)
            .await
            .map_err(Error::typed)
    }

    /// The pages of the result, starting with the page that the request names or else the first.
    /// The options apply to the call of each page.
    pub fn pages(self) -> Pages<R>
    where
        R: Paginated,
    {
        Pages::new(self)
    }

    /// The items of all pages, starting with the page that the request names or else the first. The
    /// options apply to the call of each page.
    pub fn items(self) -> Items<R>
    where
        R: Paginated,
    {
        Items::new(self)
    }

    /// A wait for a state, such as `ecs::waiters::NETWORK_INTERFACE_IN_USE`. The options apply to
    /// each call that checks the state.
    pub fn wait<W: WaiterFor<R>>(self, _waiter: W) -> Wait<R> {
        Wait::new(self, W::WAITER)
    }

    /// Sends it, and leaves it to be sent again.
    pub(crate) async fn look(&mut self) -> Result<R::Response, Error<R::ErrorCode>> {
        let mut value = R::Response::default();
        self.core
            .exchange(R::OPERATION, &mut self.request, &self.options, &mut value)
            .await
            .map_err(Error::typed)?;
        Ok(value)
    }

    /// Ends the next look at this time at the latest.
    pub(crate) fn limit_deadline(&mut self, remaining: Duration) {
        self.options.limit_deadline(remaining, self.core.deadline());
    }

    /// Names the waiter that the looks are for.
    pub(crate) fn tell_waiter(&mut self, waiter: &'static str) {
        self.options.waiter = Some(waiter);
    }

    pub(crate) fn record_mut(&mut self) -> &mut dyn Record {
        &mut self.request
    }

    /// A preview of the request as it would be sent. Nothing is sent, and no credentials are
    /// needed.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn preview(mut self) -> Result<Preview, Error<R::ErrorCode>> {
        self.core
            .preview(R::OPERATION, &mut self.request, &self.options)
            .map_err(Error::typed)
    }
}

impl<R: Request> Clone for Call<R> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            request: self.request.clone(),
            options: self.options.clone(),
        }
    }
}

impl<R: Request + fmt::Debug> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}

/// A response with the metadata of its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<T> {
    /// The response.
    pub value: T,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) meta: Meta,
}

impl<T> Reply<T> {
    /// The parts of the response that are missing from [`value`](Self::value) because they
    /// contradict the spec, such as a text in place of a number. With
    /// [`strict_responses`](super::ClientBuilder::strict_responses) they are an error.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }
}

/// The success of a dry run: the service would have carried out the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    pub(crate) meta: Meta,
    pub(crate) answer: Option<Bytes>,
}

impl DryRun {
    /// The body of the response, if the service answered with success instead of the error that
    /// reports a passed dry run. It may show what would be done, or that the service did it: some
    /// operations ignore the dry run parameter in some cases.
    pub fn answer(&self) -> Option<&Bytes> {
        self.answer.as_ref()
    }
}

impl<T> Deref for Reply<T> {
    type Target = Meta;

    fn deref(&self) -> &Meta {
        &self.meta
    }
}

impl Deref for DryRun {
    type Target = Meta;

    fn deref(&self) -> &Meta {
        &self.meta
    }
}
