//! Settings of an endpoint, and its start.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread,
};

use tokio::sync::watch;

use super::{
    Endpoint, Scenario, serve,
    state::{Settings, State},
};
use crate::{credentials::Credentials, operation::ProductInfo};

/// The settings of an endpoint that has not started.
#[derive(Clone, Debug)]
#[must_use = "nothing runs before `start`"]
pub struct Builder {
    products: Vec<&'static ProductInfo>,
    port: u16,
    allow_unknown_parameters: bool,
    scenario: Option<Scenario>,
}

impl Builder {
    pub(super) fn new(products: &[&'static ProductInfo]) -> Self {
        Self {
            products: products.to_vec(),
            port: 0,
            allow_unknown_parameters: false,
            scenario: None,
        }
    }

    /// Sets the port to listen on. The default is 0, which takes a free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Ignores parameters that an operation does not list, instead of refusing the request with
    /// `UnsupportedParameter`: for clients that are newer than the specs.
    pub fn allow_unknown_parameters(mut self) -> Self {
        self.allow_unknown_parameters = true;
        self
    }

    /// Keeps state between calls: a call finds what earlier ones have created. The scenario is the
    /// state at the start; `Scenario::default()` is an empty account. ECS has state for its networks,
    /// interfaces, addresses, instances, disks, security groups, key pairs and tags, and STS for the
    /// roles that are assumed; other operations are answered from their schema.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self
    }

    /// Starts the endpoint.
    ///
    /// # Errors
    ///
    /// The port is taken, or no port or thread is available; or
    /// ([`InvalidInput`](io::ErrorKind::InvalidInput)) an object of the scenario has a member under which
    /// no product describes it.
    pub fn start(self) -> io::Result<Endpoint> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(Settings {
            products: self.products,
            allow_unknown_parameters: self.allow_unknown_parameters,
        }));
        if let Some(scenario) = self.scenario {
            let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
            state.set_scenario(scenario).map_err(invalid)?;
        }
        state.accept(Credentials::new("testid", "testsecret"));
        let (running, ended) = watch::channel(());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let shared = Arc::clone(&state);
        thread::Builder::new()
            .name("alicloud-fake".to_owned())
            .spawn(move || runtime.block_on(serve::run(listener, shared, ended)))?;
        Ok(Endpoint {
            address,
            state,
            _running: running,
        })
    }
}
