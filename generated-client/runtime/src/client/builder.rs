//! Settings of a client, and the client that is made of them.

use std::{sync::Arc, time::Duration};

use reqwest::header::HeaderValue;

use super::{
    core::{Core, EndpointSettings},
    http::{Http, HttpSettings},
    sealed::Handle,
};
#[cfg(feature = "fake")]
use crate::{credentials::Credentials, stub::Stub};
use crate::{
    credentials::{Cached, Chain, Context, Environment, ProvideCredentials},
    endpoint::{self, Network},
    error::Error,
    observe::Observer,
    operation::{NoSuchOperation, Operation, ServiceInfo, SignatureKind},
    proxy::NoProxy,
    rate_limit::{RateLimit, RateLimits},
    retry::{Budget, RetrySettings},
};

// As the vendor's own clients have them.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// The server closes idle connections at about 10 s.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(8);

/// The settings of a client. A setting that is not set has the default that its setter names.
#[must_use = "nothing happens before `build`"]
#[allow(private_bounds)]
pub struct ClientBuilder<C: Handle> {
    settings: Settings,
    product: C::Product,
}

struct Settings {
    service: &'static ServiceInfo,
    region: Option<String>,
    default_region: bool,
    endpoint: Option<String>,
    network: Option<Network>,
    environment: Environment,
    credentials: Option<Arc<dyn ProvideCredentials>>,
    signature: Option<SignatureKind>,
    connect_timeout: Duration,
    read_timeout: Duration,
    deadline: Option<Duration>,
    pool_idle_timeout: Duration,
    user_agent: Option<String>,
    max_response_size: usize,
    success_codes: Vec<String>,
    strict_responses: bool,
    http: Option<reqwest::Client>,
    #[cfg(feature = "fake")]
    stub: Option<Stub>,
    retry: RetrySettings,
    limits: Vec<(Result<&'static Operation, NoSuchOperation>, RateLimit)>,
    validation: bool,
    observer: Option<Arc<dyn Observer>>,
}

#[allow(private_bounds)]
impl<C: Handle> ClientBuilder<C> {
    pub(crate) fn new(service: &'static ServiceInfo, product: C::Product) -> Self {
        Self {
            settings: Settings {
                service,
                region: None,
                default_region: false,
                endpoint: None,
                network: None,
                environment: Environment::process(),
                credentials: None,
                signature: None,
                connect_timeout: CONNECT_TIMEOUT,
                read_timeout: READ_TIMEOUT,
                deadline: Some(Duration::from_secs(60)),
                pool_idle_timeout: POOL_IDLE_TIMEOUT,
                user_agent: None,
                max_response_size: 32 * 1024 * 1024,
                success_codes: Vec::new(),
                strict_responses: false,
                http: None,
                #[cfg(feature = "fake")]
                stub: None,
                retry: RetrySettings::default(),
                limits: Vec::new(),
                validation: true,
                observer: None,
            },
            product,
        }
    }

    /// Sets the region, such as `cn-hangzhou`: it decides the endpoint, and is filled into requests
    /// that leave their region parameter open. It is required unless an endpoint is given.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.settings.region = Some(region.into());
        self.settings.default_region = false;
        self
    }

    /// Sets the region that the [environment](Self::environment) names: the first that is set of
    /// `ALIBABA_CLOUD_REGION_ID`, `ALIBABA_CLOUD_REGION`, `ALIBABACLOUD_REGION_ID`,
    /// `ALICLOUD_REGION_ID` and `ALICLOUD_REGION`, else `region_id` of the profile that
    /// [`ConfigFile`](crate::credentials::ConfigFile) would use. This and [`region`](Self::region)
    /// replace each other.
    ///
    /// ```
    /// use alicloud::{client::DynClient, credentials::Environment, ecs};
    ///
    /// # fn main() -> Result<(), alicloud::error::Error> {
    /// let client = DynClient::builder(&ecs::PRODUCT)
    ///     .environment(Environment::from_vars([("ALIBABA_CLOUD_REGION_ID", "eu-central-1")]))
    ///     .default_region()
    ///     .build()?;
    /// assert_eq!(client.region(), Some("eu-central-1"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn default_region(mut self) -> Self {
        self.settings.region = None;
        self.settings.default_region = true;
        self
    }

    /// Sets the endpoint: a host, `host:port`, or a URL such as `http://127.0.0.1:8080`. It takes
    /// precedence over every other source; see [`endpoint`](crate::endpoint) for the order. Proxies
    /// from the environment are not used for an endpoint on this machine (`localhost`,
    /// `127.0.0.0/8`, `[::1]`), nor for one that `NO_PROXY` names: a host with its subdomains
    /// (`x.com`, `.x.com`, `*.x.com`), with or without a port, an address, a network, or `*`.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.settings.endpoint = Some(endpoint.into());
        self
    }

    /// Sets the network that the client is in. The default is [`Network::of_environment`].
    pub fn network(mut self, network: Network) -> Self {
        self.settings.network = Some(network);
        self
    }

    /// Sets the environment in which endpoint and credentials are looked up. The default is that of
    /// the process.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.settings.environment = environment;
        self
    }

    /// Sets the source of access keys: an access key itself
    /// ([`Credentials`](crate::credentials::Credentials)) or any provider. The default is the
    /// standard chain, cached. Wrap a provider that reads a file or calls a server each time in a
    /// [`Cached`].
    pub fn credentials(mut self, credentials: impl ProvideCredentials + 'static) -> Self {
        self.settings.credentials = Some(Arc::new(credentials));
        self
    }

    /// Sets how requests are signed. The default is the signature that the product prefers.
    pub fn signature(mut self, kind: SignatureKind) -> Self {
        self.settings.signature = Some(kind);
        self
    }

    /// Sets how long to wait for a connection. The default is 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// Sets how long the server may be silent before an attempt fails. The default is 10 s.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.settings.read_timeout = timeout;
        self
    }

    /// Sets the longest time that a call may take in all, including its retries and the waits between
    /// them; `None` removes the limit. The default is 60 s.
    ///
    /// It holds for each call on its own, and so for each page of [`items`](super::Client::items) and
    /// each check of [`wait`](super::Client::wait). It does not bound a wait as a whole, which has a
    /// [deadline of its own](crate::waiter::Wait::deadline).
    ///
    /// It holds however much a server sends, also on a runtime with a single thread: the connections
    /// of such a runtime are driven by a thread of this crate. A thread that the program itself keeps
    /// busy notices the end of the time when it is free again.
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.settings.deadline = deadline.into();
        self
    }

    /// Sets how long an idle connection is kept. The default is 8 s, because the servers close
    /// connections after about 10 s.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.pool_idle_timeout = timeout;
        self
    }

    /// Appends a text to the `User-Agent` header, such as `my-program/1.2`.
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.settings.user_agent = Some(suffix.into());
        self
    }

    /// Sets how many bytes a response may have after decompression. The default is 32 MiB.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.settings.max_response_size = bytes;
        self
    }

    /// Adds values of `Code` in a response that mean success, besides those of the product
    /// ([`ServiceInfo::success_codes`]), in any case of letters. Some services answer every call
    /// with status 200 and report the outcome as a code; a code that the client does not know is an
    /// [ambiguous](Error::is_ambiguous) error.
    pub fn success_codes<S: Into<String>>(mut self, codes: impl IntoIterator<Item = S>) -> Self {
        let codes = codes.into_iter().map(Into::into);
        self.settings.success_codes.extend(codes);
        self
    }

    /// Sets whether a part of a response that contradicts the spec is an error
    /// ([`Error::Response`]). By default it is left out of the response and listed in
    /// [`Reply::skipped`](super::Reply::skipped), because the operation has been carried out.
    pub fn strict_responses(mut self, on: bool) -> Self {
        self.settings.strict_responses = on;
        self
    }

    /// Uses an HTTP client of your own, best made from [`http_client_builder`]. Connect, read and
    /// pool timeouts, proxies, redirects and TLS then come from that client. Its connections belong
    /// to the runtime on which they were opened: use a client with it from one tokio runtime only.
    ///
    /// Without one, the proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` name are used, except
    /// for addresses of this machine and for what `NO_PROXY` lists: hosts with all that is below them
    /// (`example.com`, `.example.com`, `*.example.com`), addresses, networks (`10.0.0.0/8`), `*`; each
    /// with or without a port. SOCKS proxies need the feature `socks` of `reqwest`.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.settings.http = Some(client);
        self
    }

    /// Lets a stub answer in place of HTTP, for unit tests. Nothing is sent, and no credentials are
    /// needed.
    #[cfg(feature = "fake")]
    pub fn stub(mut self, stub: &Stub) -> Self {
        self.settings.stub = Some(stub.clone());
        self
    }

    /// Sets how calls are retried; [`RetrySettings::off`] turns retries off.
    pub fn retry(mut self, settings: RetrySettings) -> Self {
        self.settings.retry = settings;
        self
    }

    /// Limits how often an operation is sent; each attempt counts. Calls wait for their turn within
    /// their deadline. By default there is no limit.
    pub fn rate_limit(mut self, operation: impl Into<String>, limit: RateLimit) -> Self {
        let operation = C::info(self.product).operation(&operation.into());
        self.settings.limits.push((operation, limit));
        self
    }

    /// Sets whether requests are validated before they are sent. By default they are. A single call
    /// can opt out with [`Call::skip_validation`](super::Call::skip_validation).
    pub fn validation(mut self, on: bool) -> Self {
        self.settings.validation = on;
        self
    }

    /// Sets an observer, for metrics.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`]: a region or endpoint that is none, no
    /// [default region](Self::default_region) where that is asked for, a signature that the product
    /// does not take, a rate limit for an unknown operation, or no TLS where it is needed.
    pub fn build(self) -> Result<C, Error> {
        C::of(Arc::new(self.settings.core()?), self.product)
    }
}

impl Settings {
    fn core(mut self) -> Result<Core, Error> {
        let service = self.service;
        if self.default_region {
            self.region = Some(endpoint::default_region(service, &self.environment)?);
        }
        let endpoint = EndpointSettings {
            network: self
                .network
                .unwrap_or_else(|| Network::of_environment(&self.environment)),
            explicit: self.endpoint,
            environment: self.environment.clone(),
        };
        let resolved = endpoint::resolve(
            service,
            self.region.as_deref(),
            endpoint.network,
            endpoint.explicit.as_deref(),
            &endpoint.environment,
        )?;
        #[cfg(feature = "fake")]
        let given = self.stub.take().map(|stub| {
            // What signs with it is not looked at by anyone.
            let key = || Arc::new(Credentials::new("testid", "testsecret")) as _;
            self.credentials.get_or_insert_with(key);
            Http::Stub(stub)
        });
        #[cfg(not(feature = "fake"))]
        let given = None;
        let given = given.or_else(|| self.http.take().map(Http::Given));
        if resolved.origin.starts_with("https:")
            && given.is_none()
            && !cfg!(any(feature = "rustls", feature = "native-tls"))
        {
            return Err(Error::configuration(
                "https needs a TLS back end: turn on the feature `rustls` or `native-tls`, \
                 or give an HTTP client of your own",
            ));
        }
        let signature = signature(service, self.signature)?;
        let user_agent = user_agent(self.user_agent.as_deref())?;
        let mut limits = RateLimits::default();
        for (operation, limit) in self.limits {
            limits.insert(operation?.name, limit);
        }
        let http = match given {
            Some(http) => http,
            None => Http::own(HttpSettings {
                connect_timeout: self.connect_timeout,
                read_timeout: self.read_timeout,
                pool_idle_timeout: self.pool_idle_timeout,
                // A proxy has another idea of what this machine is.
                no_proxy: endpoint::is_loopback(&resolved)
                    || NoProxy::of_process().excepts(&resolved.origin),
            })?,
        };
        let credentials = self.credentials.unwrap_or_else(|| {
            let context = Context::new().with_environment(self.environment);
            Arc::new(Cached::new(Chain::standard(&context)))
        });
        Ok(Core {
            product: service,
            region: self.region,
            endpoint,
            resolved,
            http,
            credentials,
            signature,
            user_agent,
            deadline: self.deadline,
            max_response_size: self.max_response_size,
            success_codes: self.success_codes,
            strict_responses: self.strict_responses,
            budget: Budget::new(self.retry.budget),
            retry: self.retry,
            limits,
            validation: self.validation,
            observer: self.observer,
            clock_offset_ms: 0.into(),
        })
    }
}

fn signature(service: &ServiceInfo, wanted: Option<SignatureKind>) -> Result<SignatureKind, Error> {
    match wanted {
        None => Ok(service
            .signatures
            .first()
            .copied()
            .unwrap_or(SignatureKind::Acs3)),
        Some(kind) if service.signatures.is_empty() || service.signatures.contains(&kind) => {
            Ok(kind)
        }
        Some(kind) => Err(Error::configuration(format!(
            "{} does not take the signature {kind:?}; it takes {:?}",
            service.code, service.signatures
        ))),
    }
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let own = concat!("alicloud-rust/", env!("CARGO_PKG_VERSION"));
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let text = match suffix {
        Some(suffix) => format!("{own} ({os}; {arch}) {suffix}"),
        None => format!("{own} ({os}; {arch})"),
    };
    HeaderValue::from_str(&text).map_err(|_| {
        Error::configuration(
            "the user agent holds a character that a header cannot; use printable ASCII",
        )
    })
}

/// A builder of an HTTP client for [`ClientBuilder::http_client`], for settings that this crate
/// does not have, such as a proxy or a certificate of your own. It follows no redirects, does not
/// retry, and has the timeouts that [`ClientBuilder`] names.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use alicloud::{client::http_client_builder, ecs};
///
/// let http = http_client_builder().no_proxy().http1_only().build()?;
/// let client = ecs::Client::builder()
///     .region("cn-hangzhou")
///     .http_client(http)
///     .max_response_size(1024 * 1024)
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub fn http_client_builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        // A redirect would carry a signed request to a host that nobody named.
        .redirect(reqwest::redirect::Policy::none())
        // Every repetition needs a nonce and a signature of its own.
        .retry(reqwest::retry::never())
}
