//! Clients, calls and their options.
//!
//! [`Client`] sends the typed requests of one product, [`DynClient`] those of any product by name.
//! [`Client::send`] makes a call; [`Client::request`] returns a [`Call`], which has options, dry runs,
//! pages and waits. Options of a client are set with [`ClientBuilder`]. Clones of a client share
//! connections, credentials and limits.
//!
//! ```no_run
//! use alicloud::{client::Client, error::Error, operation::{Product, Request}};
//!
//! async fn repeat_myself<P: Product, R: Request<Product = P>>(request: R) -> Result<(), Error> {
//!     let client = Client::<P>::from_env("cn-hangzhou")?;
//!     match client.send(request.clone()).await {
//!         Ok(_) => Ok(()),
//!         // The service may have carried it out: with the same token that does no harm.
//!         Err(error) if error.is_retryable() => {
//!             let mut call = client.request(request);
//!             if let Some(token) = error.idempotency_token() {
//!                 call = call.idempotency_token(token);
//!             }
//!             call.send().await?;
//!             Ok(())
//!         }
//!         Err(error) => Err(error.into()),
//!     }
//! }
//! ```

pub(crate) mod answer;
mod builder;
mod call;
pub(crate) mod core;
mod exchange;
mod http;
#[doc(hidden)]
pub mod pagination;
pub(crate) mod redact;
mod untyped;
#[doc(hidden)]
pub mod waiter;

use std::{fmt, marker::PhantomData, sync::Arc};

#[cfg(feature = "fake")]
#[doc(hidden)]
pub use self::answer::judged;
use self::core::Core;
use self::pagination::{Items, Pages, Paginated};
pub use self::{
    builder::{ClientBuilder, http_client_builder},
    call::{Call, DryRun, Reply},
    core::Preview,
    untyped::{DynCall, DynClient, DynPages, DynWait},
};
use crate::{
    error::Error,
    operation::{Product, ProductInfo, Request, WaiterFor},
};

/// A client of one product. It is cheap to clone; clones share connections, credentials, the retry
/// budget and rate limits, so make one and keep it.
pub struct Client<P: Product> {
    core: Arc<Core>,
    product: PhantomData<fn() -> P>,
}

impl<P: Product> Client<P> {
    /// Creates a client for a region, with credentials from the standard chain (see
    /// [`Chain::standard`](crate::credentials::Chain::standard)). The environment variable
    /// `ALIBABA_CLOUD_<PRODUCT>_ENDPOINT` may override the endpoint.
    ///
    /// Credentials are resolved at the first call.
    ///
    /// # Errors
    ///
    /// The region, or the endpoint in the environment, is not valid.
    pub fn from_env(region: impl Into<String>) -> Result<Self, Error> {
        Self::builder().region(region).build()
    }

    /// Creates a client as [`from_env`](Self::from_env) does, for the region that the environment
    /// or the profile of the vendor's command line tool names; see
    /// [`ClientBuilder::default_region`] for the order.
    ///
    /// # Errors
    ///
    /// No region is configured; or the region, or the endpoint in the environment, is not valid.
    pub fn from_default_region() -> Result<Self, Error> {
        Self::builder().default_region().build()
    }

    /// Creates a client with settings of your own.
    pub fn builder() -> ClientBuilder<Self> {
        ClientBuilder::new(P::SERVICE, PhantomData)
    }

    /// Validates the request, sends it, and retries it where that is safe and may help.
    ///
    /// Dropping the future cancels the call; whether the service carried out the operation is then
    /// unknown.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn send<R: Request<Product = P>>(
        &self,
        request: R,
    ) -> impl Future<Output = Result<R::Response, Error<R::ErrorCode>>> {
        // No `async fn`, which would be one more future to compile for every operation.
        self.request(request).send()
    }

    /// Prepares a call with options of its own.
    pub fn request<R: Request<Product = P>>(&self, request: R) -> Call<R> {
        Call::new(Arc::clone(&self.core), request)
    }

    /// A stream of the pages of a result.
    pub fn pages<R: Paginated<Product = P>>(&self, request: R) -> Pages<R> {
        self.request(request).pages()
    }

    /// A stream of the items of all pages of a result.
    pub fn items<R: Paginated<Product = P>>(&self, request: R) -> Items<R> {
        self.request(request).items()
    }

    /// Waits for a state, such as `ecs::waiters::NETWORK_INTERFACE_IN_USE`, and returns the
    /// response that showed it. [`Call::wait`] has options.
    ///
    /// # Errors
    ///
    /// See [`Wait::run`](crate::waiter::Wait::run).
    pub async fn wait<R: Request<Product = P>>(
        &self,
        request: R,
        waiter: impl WaiterFor<R>,
    ) -> Result<Option<R::Response>, Error<R::ErrorCode>> {
        self.request(request).wait(waiter).run().await
    }

    /// The same client for calls by name, without the types of the operations.
    pub fn untyped(&self) -> DynClient {
        DynClient::of(Arc::clone(&self.core), P::INFO)
    }

    /// The client's region.
    pub fn region(&self) -> Option<&str> {
        self.core.region()
    }
}

impl<P: Product> Clone for Client<P> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            product: PhantomData,
        }
    }
}

impl<P: Product> fmt::Debug for Client<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}

/// The clients that a [`ClientBuilder`] can build.
pub(crate) mod sealed {
    use std::sync::Arc;

    use super::core::Core;
    use crate::{error::Error, operation::ProductInfo};

    pub trait Handle: Sized {
        /// What names the product: its type, or a descriptor that is known at run time only.
        type Product: Copy;

        fn of(core: Arc<Core>, product: Self::Product) -> Result<Self, Error>;

        /// The product with all of its operations, which are linked for that.
        fn info(product: Self::Product) -> &'static ProductInfo;
    }
}

impl<P: Product> sealed::Handle for Client<P> {
    type Product = PhantomData<fn() -> P>;

    fn of(core: Arc<Core>, product: Self::Product) -> Result<Self, Error> {
        Ok(Self { core, product })
    }

    fn info(_: Self::Product) -> &'static ProductInfo {
        P::INFO
    }
}
