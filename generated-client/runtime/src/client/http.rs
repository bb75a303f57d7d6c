//! The HTTP clients beneath a client, one for each tokio runtime that drives connections, or a stub in
//! their place.
//!
//! A connection is driven by a task of the runtime on which it was opened. Where that runtime stands still,
//! because nobody runs it at the moment, whoever takes the connection from the pool waits for an
//! answer that nobody reads. So connections are not shared between runtimes.

use std::{sync::Mutex, time::Duration};

use tokio::runtime::{self, Handle};

use super::{core::Prepared, http_client_builder};
use crate::{
    error::Error,
    operation::ServiceInfo,
    proxy::NoProxy,
    threads::{driven, driver, lock},
};
#[cfg(feature = "fake")]
use crate::{
    fake::state::Target,
    stub::{self, Stub},
};

/// How many runtimes are remembered. Of more than these, those that were not used for longest open
/// their connections anew.
const RUNTIMES: usize = 16;

/// A time-out as long as this is none. Longer ones overflow where they are added to a time.
pub(super) const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Where HTTP clients come from.
pub(super) enum Http {
    /// The caller; what it does on several runtimes is up to it.
    Given(reqwest::Client),
    /// They are made here.
    Own(Own),
    /// There is none: a test answers.
    #[cfg(feature = "fake")]
    Stub(Stub),
}

/// What sends the requests of one attempt.
pub(super) enum Sender {
    /// With the runtime that drives its connections.
    Http(reqwest::Client, Handle),
    #[cfg(feature = "fake")]
    Stub(Stub),
}

/// Why there is no response.
pub(super) enum Unanswered {
    Http(reqwest::Error),
    #[cfg(feature = "fake")]
    Stub(stub::Unanswered),
}

impl Sender {
    /// Sends a request, and reads the response once its head has arrived. A stub reads the call that
    /// the request was made of for what is in no part of it.
    #[cfg_attr(not(feature = "fake"), allow(unused_variables))]
    pub(super) async fn send<R>(
        &self,
        request: reqwest::Request,
        product: &'static ServiceInfo,
        call: &Prepared,
        read: impl FnOnce(reqwest::Response) -> R + Send + 'static,
    ) -> Result<R::Output, Unanswered>
    where
        R: Future<Output: Send + 'static> + Send + 'static,
    {
        match self {
            Self::Http(client, runtime) => {
                let client = client.clone();
                let exchange = async move { Ok(read(client.execute(request).await?).await) };
                let answer = driven(runtime, Box::pin(exchange)).await;
                answer.map_err(Unanswered::Http)
            }
            #[cfg(feature = "fake")]
            Self::Stub(stub) => {
                let operation = call.operation;
                let target = Target { product, operation };
                let answer = stub.answer(&request, target, &call.parameters);
                Ok(read(answer.map_err(Unanswered::Stub)?).await)
            }
        }
    }
}

pub(super) struct Own {
    settings: HttpSettings,
    /// Made at first to see whether one can be made; for the first runtime.
    spare: Mutex<Option<reqwest::Client>>,
    /// The one that was used last stands last.
    clients: Mutex<Vec<(runtime::Id, reqwest::Client)>>,
}

/// How HTTP clients are made.
pub(super) struct HttpSettings {
    pub(super) connect_timeout: Duration,
    pub(super) read_timeout: Duration,
    pub(super) pool_idle_timeout: Duration,
    /// No proxy of the environment is used.
    pub(super) no_proxy: bool,
}

impl HttpSettings {
    fn client(&self) -> Result<reqwest::Client, Error> {
        let builder = http_client_builder()
            .connect_timeout(self.connect_timeout.min(FOREVER))
            .read_timeout(self.read_timeout.min(FOREVER))
            .pool_idle_timeout(self.pool_idle_timeout.min(FOREVER));
        let builder = if self.no_proxy {
            builder.no_proxy()
        } else {
            builder
        };
        builder.build().map_err(|error| {
            let error = error.without_url();
            Error::configuration(format!("no HTTP client can be made: {error}"))
        })
    }
}

impl Http {
    pub(super) fn own(settings: HttpSettings) -> Result<Self, Error> {
        let spare = Mutex::new(Some(settings.client()?));
        Ok(Self::Own(Own {
            settings,
            spare,
            clients: Mutex::default(),
        }))
    }

    /// What sends requests from the runtime that this is called on.
    pub(super) fn sender(&self) -> Result<Sender, Error> {
        let Ok(runtime) = Handle::try_current().map(driver) else {
            return Err(Error::configuration(
                "there is no tokio runtime here, without which nothing can be sent; \
                 use the blocking client (feature `blocking`), or call within a runtime",
            ));
        };
        match self {
            Self::Given(client) => Ok(Sender::Http(client.clone(), runtime)),
            Self::Own(own) => Ok(Sender::Http(own.client(runtime.id())?, runtime)),
            #[cfg(feature = "fake")]
            Self::Stub(stub) => Ok(Sender::Stub(stub.clone())),
        }
    }

    /// The proxy of the environment through which a URL is reached.
    pub(super) fn proxy(&self, origin: &str) -> Option<String> {
        match self {
            Self::Own(own) if !own.settings.no_proxy => NoProxy::of_process().proxy(origin),
            _ => None,
        }
    }
}

impl Own {
    fn client(&self, id: runtime::Id) -> Result<reqwest::Client, Error> {
        let mut clients = lock(&self.clients);
        let known = clients.iter().position(|(known, _)| *known == id);
        let client = match known {
            Some(last) if last + 1 == clients.len() => return Ok(clients[last].1.clone()),
            Some(index) => clients.remove(index).1,
            None => match lock(&self.spare).take() {
                Some(spare) => spare,
                None => self.settings.client()?,
            },
        };
        if clients.len() == RUNTIMES {
            clients.remove(0);
        }
        clients.push((id, client.clone()));
        Ok(client)
    }
}
