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

    /// Sends the request even where it breaks what the spec states: vendors loosen limits before
    /// specs follow.
    pub fn skip_validation(mut self) -> Self {
        self.options.skip_validation = true;
        self
    }

    /// Sends one more parameter, which the spec does not know; by its wire name.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.parameters.push((name.into(), value.into()));
        self
    }

    /// Sets the longest time that the call may take in all, with its retries and the waits between them;
    /// `None` for no limit.
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.options.deadline = Some(deadline.into());
        self
    }

    /// Sets the longest time that one attempt may take, from sending to the end of the answer.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.options.attempt_timeout = Some(timeout);
        self
    }

    /// The idempotency token to use instead of a new one: that of an earlier call with the same
    /// request, to make sure that both together have one effect.
    pub fn idempotency_token(mut self, token: impl Into<String>) -> Self {
        self.options.idempotency_token = Some(token.into());
        self
    }

    /// Sends it.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send(self) -> Result<R::Response, Error<R::ErrorCode>> {
        self.send_with_meta().await.map(|reply| reply.value)
    }

    /// Sends it, and gives the response along with request id, attempts and idempotency token.
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

    /// Sends it, and gives the body of a successful answer as it came.
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

    /// The pages of the result, from that which the request names, else the first. Options hold for
    /// each page.
    pub fn pages(self) -> Pages<R>
    where
        R: Paginated,
    {
        Pages::new(self)
    }

    /// The items of all pages, from that which the request names, else the first. Options hold for
    /// each page.
    pub fn items(self) -> Items<R>
    where
        R: Paginated,
    {
        Items::new(self)
    }

    /// A wait for a state, such as `ecs::waiters::NETWORK_INTERFACE_IN_USE`. Options hold for each
    /// attempt.
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
        let own = match self.options.deadline {
            Some(own) => own,
            None => self.core.deadline(),
        };
        self.options.deadline = Some(Some(own.map_or(remaining, |own| own.min(remaining))));
    }

    pub(crate) fn record_mut(&mut self) -> &mut dyn Record {
        &mut self.request
    }

    /// Shows the request that would be sent. Nothing is sent, and no credentials are needed.
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
    /// The parts of the response that are missing from [`value`](Self::value) because they cannot be
    /// what the spec says, such as a text for a number. With
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
    /// The body of the answer where the service answered with success, and not with the error that
    /// says that a dry run has passed. It may show what would be done, or that the service did it:
    /// some operations do not heed the parameter in every case.
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
