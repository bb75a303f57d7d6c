//! The environment of a provider: variables, time, HTTP clients, addresses of services.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use super::{CredentialsError, Environment, http};
use crate::proxy::NoProxy;

/// A clock: that of the system, or another for tests of expiry.
#[derive(Clone)]
pub struct Clock(Option<Arc<dyn Fn() -> SystemTime + Send + Sync>>);

impl Clock {
    /// The clock of the system.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that shows what a function returns.
    pub fn from_fn(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(now)))
    }

    /// The time now.
    pub fn now(&self) -> SystemTime {
        match &self.0 {
            Some(now) => now(),
            None => SystemTime::now(),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Clock(given)"
        } else {
            "Clock(system)"
        })
    }
}

/// The environment of a provider. The default suits programs; each part can be replaced, for
/// example in tests.
///
/// Clones share their HTTP clients.
///
/// ```no_run
/// use alicloud::credentials::{Chain, Context};
///
/// # fn main() -> Result<(), reqwest::Error> {
/// let http = reqwest::Client::builder().https_only(true).build()?;
/// let chain = Chain::standard(&Context::new().with_http_client(http));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Context(Arc<Parts>);

/// Behind a reference, because each provider holds it all.
#[derive(Clone, Default)]
struct Parts {
    environment: Environment,
    clock: Clock,
    http: Arc<OnceLock<reqwest::Client>>,
    direct_http: Arc<OnceLock<reqwest::Client>>,
    metadata_http: Arc<OnceLock<reqwest::Client>>,
    /// The HTTP client is the caller's, and so are its proxies.
    given_http: bool,
    sts_endpoint: Option<String>,
    metadata_endpoint: Option<String>,
}

impl Context {
    /// A context with the environment of the process, the system's clock, and HTTP clients of its
    /// own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the environment variables and the home directory.
    #[must_use]
    pub fn with_environment(mut self, environment: Environment) -> Self {
        self.parts().environment = environment;
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.parts().clock = clock;
        self
    }

    /// Sets the HTTP client for STS and credentials URIs, including its proxies. Without it, the
    /// proxies that the environment names are used, except for addresses of this machine
    /// (`localhost`, `127.0.0.0/8`, `::1`) and what `NO_PROXY` excepts. The metadata service is always called through a client
    /// without proxies.
    #[must_use]
    pub fn with_http_client(mut self, client: reqwest::Client) -> Self {
        let parts = self.parts();
        parts.given_http = true;
        parts.direct_http = Arc::new(OnceLock::from(client.clone()));
        parts.http = Arc::new(OnceLock::from(client));
        self
    }

    /// Sets the address of STS for all providers that have none of their own: a host, or a URL such
    /// as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn with_sts_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.parts().sts_endpoint = Some(endpoint.into());
        self
    }

    /// Sets the address of the metadata service instead of `http://100.100.100.200`.
    #[must_use]
    pub fn with_metadata_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.parts().metadata_endpoint = Some(endpoint.into());
        self
    }

    fn parts(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.0)
    }

    /// The environment variables and the home directory.
    pub fn environment(&self) -> &Environment {
        &self.0.environment
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(super) fn sts_endpoint(&self) -> Option<&str> {
        self.0.sts_endpoint.as_deref()
    }

    pub(super) fn metadata_endpoint(&self) -> &str {
        self.0
            .metadata_endpoint
            .as_deref()
            .unwrap_or("http://100.100.100.200")
    }

    /// The client for STS and credentials URIs.
    pub(super) fn http(&self, url: &reqwest::Url) -> Result<&reqwest::Client, CredentialsError> {
        fn builder() -> reqwest::ClientBuilder {
            reqwest::Client::builder()
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(Duration::from_secs(10))
        }

        if is_direct(url) {
            return built(&self.0.direct_http, || builder().no_proxy());
        }
        built(&self.0.http, builder)
    }

    /// The proxy of the environment through which STS or a credentials URI is reached.
    pub(super) fn proxy(&self, url: &reqwest::Url) -> Option<String> {
        if self.0.given_http || is_direct(url) {
            return None;
        }
        NoProxy::of_process().proxy(&http::origin(url))
    }

    /// The client for the metadata service: the address is link-local, so a proxy cannot reach it.
    pub(super) fn metadata_http(&self) -> Result<&reqwest::Client, CredentialsError> {
        built(&self.0.metadata_http, || {
            reqwest::Client::builder()
                .no_proxy()
                .connect_timeout(Duration::from_secs(1))
                .read_timeout(Duration::from_secs(5))
        })
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("environment", &self.0.environment)
            .field("clock", &self.0.clock)
            .field("given_http", &self.0.given_http)
            .field("sts_endpoint", &self.0.sts_endpoint)
            .field("metadata_endpoint", &self.0.metadata_endpoint)
            .finish_non_exhaustive()
    }
}

/// Is an address reached past every proxy? To a proxy, one of this machine would be one of its own.
fn is_direct(url: &reqwest::Url) -> bool {
    http::is_loopback(url) || NoProxy::of_process().excepts(&http::origin(url))
}

fn built(
    value_mut: &OnceLock<reqwest::Client>,
    builder: fn() -> reqwest::ClientBuilder,
) -> Result<&reqwest::Client, CredentialsError> {
    if let Some(client) = value_mut.get() {
        return Ok(client);
    }
    let client = builder()
        // A redirect would carry a token to where nobody meant to send it.
        .redirect(reqwest::redirect::Policy::none())
        // There is an hour between two calls: nothing to keep a connection for.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(|error| {
            CredentialsError::invalid("no HTTP client can be set up").with_source(error)
        })?;
    Ok(value_mut.get_or_init(|| client))
}
