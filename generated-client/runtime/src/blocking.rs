//! The client for programs without an async runtime (feature `blocking`): the same calls, options,
//! pages and waits, without `await`.
//!
//! Clones of a client share one thread, which runs the async client and ends with the last of them.
//! Calls may be made from any thread, also from one that runs an async runtime: they block it, as
//! every blocking call does, but do not panic.
//!
//! ```no_run
//! # fn example() -> Result<(), alicloud::error::Error> {
//! use alicloud::ecs::{self, AssignIpv6Addresses, DescribeInstances};
//!
//! let client = ecs::BlockingClient::from_env("cn-hangzhou")?;
//! let request = AssignIpv6Addresses::new("eni-bp1iqejowblx6h8j").ipv6_address_count(2);
//! println!("{:?}", client.send(request)?.ipv6_sets);
//!
//! for instance in client.items(DescribeInstances::new()) {
//!     println!("{:?}", instance?.instance_id);
//! }
//! # Ok(())
//! # }
//! ```

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;
use tracing::instrument::{Instrument, WithSubscriber};

use crate::{
    client::{self, ClientBuilder, DryRun, Preview, Reply, core::Core, sealed::Handle},
    credentials::BoxFuture,
    error::Error,
    operation::{Product, ProductInfo, Request, SupportsDryRun, WaiterFor},
    pagination::{self, Paginated},
    waiter,
};

/// A blocking client of one product; see [`Client`](client::Client).
pub struct Client<P: Product> {
    client: client::Client<P>,
    thread: Arc<Thread>,
}

impl<P: Product> Client<P> {
    /// See [`Client::from_env`](client::Client::from_env).
    ///
    /// # Errors
    ///
    /// As there, and where no thread can be started.
    pub fn from_env(region: impl Into<String>) -> Result<Self, Error> {
        Self::builder().region(region).build()
    }

    /// See [`Client::from_default_region`](client::Client::from_default_region).
    ///
    /// # Errors
    ///
    /// As there, and where no thread can be started.
    pub fn from_default_region() -> Result<Self, Error> {
        Self::builder().default_region().build()
    }

    /// Creates a client with settings of your own.
    pub fn builder() -> ClientBuilder<Self> {
        ClientBuilder::new(P::SERVICE, PhantomData)
    }

    /// See [`Client::send`](client::Client::send).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn send<R: Request<Product = P>>(
        &self,
        request: R,
    ) -> Result<R::Response, Error<R::ErrorCode>> {
        self.request(request).send()
    }

    /// Prepares a call with options of its own.
    pub fn request<R: Request<Product = P>>(&self, request: R) -> Call<R> {
        Call {
            call: self.client.request(request),
            thread: Arc::clone(&self.thread),
        }
    }

    /// The pages of a result.
    pub fn pages<R: Paginated<Product = P>>(&self, request: R) -> Pages<R> {
        self.request(request).pages()
    }

    /// The items of all pages of a result.
    pub fn items<R: Paginated<Product = P>>(&self, request: R) -> Items<R> {
        self.request(request).items()
    }

    /// See [`Client::wait`](client::Client::wait).
    ///
    /// # Errors
    ///
    /// See [`Wait::run`](waiter::Wait::run).
    pub fn wait<R: Request<Product = P>>(
        &self,
        request: R,
        waiter: impl WaiterFor<R>,
    ) -> Result<Option<R::Response>, Error<R::ErrorCode>> {
        self.request(request).wait(waiter).run()
    }

    /// The same client for calls by name, without the types of the operations.
    pub fn untyped(&self) -> DynClient {
        DynClient {
            client: self.client.untyped(),
            thread: Arc::clone(&self.thread),
        }
    }

    /// The client's region.
    pub fn region(&self) -> Option<&str> {
        self.client.region()
    }
}

impl<P: Product> Handle for Client<P> {
    type Product = PhantomData<fn() -> P>;

    fn of(core: Arc<Core>, product: Self::Product) -> Result<Self, Error> {
        Ok(Self {
            client: Handle::of(core, product)?,
            thread: Arc::new(Thread::start()?),
        })
    }

    fn info(_: Self::Product) -> &'static ProductInfo {
        P::INFO
    }
}

impl<P: Product> Clone for Client<P> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            thread: Arc::clone(&self.thread),
        }
    }
}

impl<P: Product> fmt::Debug for Client<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

/// A call that has not been sent; see [`Call`](client::Call).
#[must_use = "a call is not made before it is sent"]
pub struct Call<R: Request> {
    call: client::Call<R>,
    thread: Arc<Thread>,
}

impl<R: Request> Call<R> {
    fn with(mut self, option: impl FnOnce(client::Call<R>) -> client::Call<R>) -> Self {
        self.call = option(self.call);
        self
    }

    /// See [`Call::skip_validation`](client::Call::skip_validation).
    pub fn skip_validation(self) -> Self {
        self.with(client::Call::skip_validation)
    }

    /// See [`Call::parameter`](client::Call::parameter).
    pub fn parameter(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|call| call.parameter(name, value))
    }

    /// See [`Call::deadline`](client::Call::deadline).
    pub fn deadline(self, deadline: impl Into<Option<Duration>>) -> Self {
        self.with(|call| call.deadline(deadline))
    }

    /// See [`Call::attempt_timeout`](client::Call::attempt_timeout).
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.with(|call| call.attempt_timeout(timeout))
    }

    /// See [`Call::idempotency_token`](client::Call::idempotency_token).
    pub fn idempotency_token(self, token: impl Into<String>) -> Self {
        self.with(|call| call.idempotency_token(token))
    }

    /// See [`Call::send`](client::Call::send).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn send(self) -> Result<R::Response, Error<R::ErrorCode>> {
        self.send_with_meta().map(|reply| reply.value)
    }

    /// See [`Call::send_with_meta`](client::Call::send_with_meta).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn send_with_meta(self) -> Result<Reply<R::Response>, Error<R::ErrorCode>> {
        self.thread
            .run(self.call.send_with_meta())
            .map_err(Error::typed)?
    }

    /// See [`Call::send_raw`](client::Call::send_raw).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn send_raw(self) -> Result<Reply<Bytes>, Error<R::ErrorCode>> {
        self.thread
            .run(self.call.send_raw())
            .map_err(Error::typed)?
    }

    /// See [`Call::dry_run`](client::Call::dry_run).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn dry_run(self) -> Result<DryRun, Error<R::ErrorCode>>
    where
        R: SupportsDryRun,
    {
        self.thread.run(self.call.dry_run()).map_err(Error::typed)?
    }

    /// See [`Call::preview`](client::Call::preview).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn preview(self) -> Result<Preview, Error<R::ErrorCode>> {
        self.call.preview()
    }

    /// See [`Call::pages`](client::Call::pages).
    pub fn pages(self) -> Pages<R>
    where
        R: Paginated,
    {
        Pages {
            pages: Some(self.call.pages()),
            thread: self.thread,
        }
    }

    /// See [`Call::items`](client::Call::items).
    pub fn items(self) -> Items<R>
    where
        R: Paginated,
    {
        Items {
            items: Some(self.call.items()),
            thread: self.thread,
        }
    }

    /// See [`Call::wait`](client::Call::wait).
    pub fn wait(self, waiter: impl WaiterFor<R>) -> Wait<R> {
        Wait {
            wait: self.call.wait(waiter),
            thread: self.thread,
        }
    }
}

impl<R: Request + fmt::Debug> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

/// An iterator over pages; it ends after an error.
#[must_use = "an iterator does nothing before it is asked"]
#[derive(Debug)]
pub struct Pages<R: Paginated> {
    pages: Option<pagination::Pages<R>>,
    thread: Arc<Thread>,
}

impl<R: Paginated> Iterator for Pages<R> {
    type Item = Result<R::Response, Error<R::ErrorCode>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut pages = self.pages.take()?;
        let run = self.thread.run(async move {
            let page = pages.next().await;
            (page, pages)
        });
        match run {
            Ok((page, pages)) => {
                self.pages = page.is_some().then_some(pages);
                page
            }
            Err(error) => Some(Err(error.typed())),
        }
    }
}

/// An iterator over items; it ends after an error.
#[must_use = "an iterator does nothing before it is asked"]
#[derive(Debug)]
pub struct Items<R: Paginated> {
    items: Option<pagination::Items<R>>,
    thread: Arc<Thread>,
}

impl<R: Paginated> Iterator for Items<R> {
    type Item = Result<R::Item, Error<R::ErrorCode>>;

    fn next(&mut self) -> Option<Self::Item> {
        // Most items are there already: only a new page needs the thread.
        if let Some(item) = self.items.as_mut()?.next_ready() {
            return Some(Ok(item));
        }
        let mut items = self.items.take()?;
        let run = self.thread.run(async move {
            let item = items.next().await;
            (item, items)
        });
        match run {
            Ok((item, items)) => {
                self.items = item.is_some().then_some(items);
                item
            }
            Err(error) => Some(Err(error.typed())),
        }
    }
}

/// A wait that has not started; see [`Wait`](waiter::Wait).
#[must_use = "a wait does nothing until `run`"]
#[derive(Debug)]
pub struct Wait<R: Request> {
    wait: waiter::Wait<R>,
    thread: Arc<Thread>,
}

impl<R: Request> Wait<R> {
    /// See [`Wait::delay`](waiter::Wait::delay).
    pub fn delay(mut self, delay: Duration) -> Self {
        self.wait = self.wait.delay(delay);
        self
    }

    /// See [`Wait::deadline`](waiter::Wait::deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.wait = self.wait.deadline(deadline);
        self
    }

    /// See [`Wait::run`](waiter::Wait::run).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn run(self) -> Result<Option<R::Response>, Error<R::ErrorCode>> {
        self.thread.run(self.wait.run()).map_err(Error::typed)?
    }
}

/// A blocking client of a product that is known at run time only; see
/// [`DynClient`](client::DynClient).
#[derive(Clone)]
pub struct DynClient {
    client: client::DynClient,
    thread: Arc<Thread>,
}

impl DynClient {
    /// Creates a client for a product, with settings of your own.
    pub fn builder(product: &'static ProductInfo) -> ClientBuilder<Self> {
        ClientBuilder::new(product.service, product)
    }

    /// See [`DynClient::call`](client::DynClient::call).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn call(&self, operation: &str, request: Value) -> Result<Value, Error> {
        self.request(operation, request)?.send()
    }

    /// See [`DynClient::request`](client::DynClient::request).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn request(&self, operation: &str, request: Value) -> Result<DynCall, Error> {
        Ok(DynCall {
            call: self.client.request(operation, request)?,
            thread: Arc::clone(&self.thread),
        })
    }

    /// The descriptor of the product.
    pub fn product(&self) -> &'static ProductInfo {
        self.client.product()
    }

    /// The client's region.
    pub fn region(&self) -> Option<&str> {
        self.client.region()
    }
}

impl Handle for DynClient {
    type Product = &'static ProductInfo;

    fn of(core: Arc<Core>, product: Self::Product) -> Result<Self, Error> {
        Ok(Self {
            client: Handle::of(core, product)?,
            thread: Arc::new(Thread::start()?),
        })
    }

    fn info(product: Self::Product) -> &'static ProductInfo {
        product
    }
}

impl fmt::Debug for DynClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

/// A call by name that has not been sent; see [`DynCall`](client::DynCall).
#[must_use = "a call is not made before it is sent"]
pub struct DynCall {
    call: client::DynCall,
    thread: Arc<Thread>,
}

impl fmt::Debug for DynCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

impl DynCall {
    fn with(mut self, option: impl FnOnce(client::DynCall) -> client::DynCall) -> Self {
        self.call = option(self.call);
        self
    }

    /// See [`Call::skip_validation`](client::Call::skip_validation).
    pub fn skip_validation(self) -> Self {
        self.with(client::DynCall::skip_validation)
    }

    /// See [`Call::parameter`](client::Call::parameter).
    pub fn parameter(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|call| call.parameter(name, value))
    }

    /// See [`Call::deadline`](client::Call::deadline).
    pub fn deadline(self, deadline: impl Into<Option<Duration>>) -> Self {
        self.with(|call| call.deadline(deadline))
    }

    /// See [`Call::attempt_timeout`](client::Call::attempt_timeout).
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.with(|call| call.attempt_timeout(timeout))
    }

    /// See [`Call::idempotency_token`](client::Call::idempotency_token).
    pub fn idempotency_token(self, token: impl Into<String>) -> Self {
        self.with(|call| call.idempotency_token(token))
    }

    /// See [`DynCall::send`](client::DynCall::send).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn send(self) -> Result<Value, Error> {
        self.send_with_meta().map(|reply| reply.value)
    }

    /// See [`DynCall::send_with_meta`](client::DynCall::send_with_meta).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn send_with_meta(self) -> Result<Reply<Value>, Error> {
        self.thread.run(self.call.send_with_meta())?
    }

    /// See [`Call::dry_run`](client::Call::dry_run).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn dry_run(self) -> Result<DryRun, Error> {
        self.thread.run(self.call.dry_run())?
    }

    /// See [`Call::preview`](client::Call::preview).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn preview(self) -> Result<Preview, Error> {
        self.call.preview()
    }

    /// See [`DynCall::pages`](client::DynCall::pages).
    pub fn pages(self) -> DynPages {
        DynPages {
            pages: Some(self.call.pages()),
            thread: self.thread,
        }
    }

    /// See [`DynCall::wait`](client::DynCall::wait).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn wait(self, waiter: &str) -> Result<DynWait, Error> {
        Ok(DynWait {
            wait: self.call.wait(waiter)?,
            thread: self.thread,
        })
    }
}

/// An iterator over the pages of a call by name; it ends after an error.
#[must_use = "an iterator does nothing before it is asked"]
#[derive(Debug)]
pub struct DynPages {
    pages: Option<client::DynPages>,
    thread: Arc<Thread>,
}

impl Iterator for DynPages {
    type Item = Result<Value, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut pages = self.pages.take()?;
        let run = self.thread.run(async move {
            let page = pages.next().await;
            (page, pages)
        });
        match run {
            Ok((page, pages)) => {
                self.pages = page.is_some().then_some(pages);
                page
            }
            Err(error) => Some(Err(error)),
        }
    }
}

/// A wait of a call by name that has not started; see [`DynWait`](client::DynWait).
#[must_use = "a wait does nothing until `run`"]
#[derive(Debug)]
pub struct DynWait {
    wait: client::DynWait,
    thread: Arc<Thread>,
}

impl DynWait {
    /// See [`Wait::delay`](waiter::Wait::delay).
    pub fn delay(mut self, delay: Duration) -> Self {
        self.wait = self.wait.delay(delay);
        self
    }

    /// See [`Wait::deadline`](waiter::Wait::deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.wait = self.wait.deadline(deadline);
        self
    }

    /// See [`Wait::run`](waiter::Wait::run).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn run(self) -> Result<Option<Value>, Error> {
        self.thread.run(self.wait.run())?
    }
}

/// The threads that run the async client. They end when this is dropped.
#[derive(Debug)]
struct Thread {
    jobs: mpsc::UnboundedSender<BoxFuture<'static, ()>>,
}

impl Thread {
    fn start() -> Result<Self, Error> {
        let failed = |error: std::io::Error| {
            Error::configuration(format!("no thread for the client can be started: {error}"))
        };
        // While one is busy with what a server sends without a pause, the other sees to the deadlines.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("alicloud-io")
            .enable_all()
            .build()
            .map_err(failed)?;
        let (jobs, mut waiting) = mpsc::unbounded_channel::<BoxFuture<'static, ()>>();
        std::thread::Builder::new()
            .name("alicloud".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    while let Some(job) = waiting.recv().await {
                        tokio::spawn(job);
                    }
                });
            })
            .map_err(failed)?;
        Ok(Self { jobs })
    }

    /// Runs a future on the thread and waits for what it gives.
    fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let job = async move {
            // The receiver waits for it.
            let _ = sender.send(future.await);
        };
        // Spans of the caller surround those of the call, as they do without the thread.
        let job = job.in_current_span().with_current_subscriber();
        self.jobs
            .send(Box::pin(job))
            .map_err(|_| Error::configuration("the client's thread has ended"))?;
        // Where the job panics its sender is dropped, and this ends too.
        receiver
            .recv()
            .map_err(|_| Error::configuration("the call ended without a result: it panicked"))
    }
}
