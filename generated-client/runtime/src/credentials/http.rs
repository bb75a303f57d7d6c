//! Sends a request and reads a bounded answer, with errors that hold neither address nor body: both
//! can be secret.

use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;

use super::{BoxFuture, CredentialsError};
use crate::{
    retry::{self, HintKind},
    threads::{driven, driver},
};

/// Bytes that an answer may have. Access keys with a token take about two thousand.
const LIMIT: usize = 64 * 1024;

/// The whole exchange may take this long.
const DEADLINE: Duration = Duration::from_secs(20);

/// An answer, of whatever status.
pub(super) struct Answer {
    pub(super) status: u16,
    /// The time on the server.
    pub(super) server_time: Option<SystemTime>,
    /// How long the server asks to wait, and whose word that is.
    pub(super) hint: Option<(HintKind, Duration)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The error for an answer that is no success; `from` names the server.
    pub(super) fn rejection(&self, from: &str) -> CredentialsError {
        let message = format!("{from} answered HTTP {}", self.status);
        if is_transient(self.status) {
            return CredentialsError::unavailable(message);
        }
        CredentialsError::refused(message)
    }
}

/// Does this status tell of a state that passes?
pub(super) fn is_transient(status: u16) -> bool {
    status >= 500 || status == 429 || status == 408
}

/// Why there is no answer.
pub(super) struct NoAnswer {
    /// Not even a connection.
    pub(super) unreachable: bool,
    pub(super) error: CredentialsError,
}

impl From<CredentialsError> for NoAnswer {
    fn from(error: CredentialsError) -> Self {
        Self {
            unreachable: false,
            error,
        }
    }
}

impl From<NoAnswer> for CredentialsError {
    fn from(no_answer: NoAnswer) -> Self {
        no_answer.error
    }
}

/// A request that has not been sent.
pub(super) struct Request<'a> {
    pub(super) client: &'a reqwest::Client,
    pub(super) method: reqwest::Method,
    pub(super) url: &'a str,
    pub(super) headers: &'a [(&'static str, String)],
    pub(super) body: Vec<u8>,
    /// What errors call the server.
    pub(super) to: &'a str,
    /// Through which it goes, if there is one.
    pub(super) proxy: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Sends it. Boxed, so that what the HTTP client waits for is not compiled for each provider.
    pub(super) fn send(self) -> BoxFuture<'a, Result<Answer, NoAnswer>> {
        let mut request = self.client.request(self.method, self.url);
        for (name, value) in self.headers {
            request = request.header(*name, value);
        }
        if !self.body.is_empty() {
            request = request.body(self.body);
        }
        Box::pin(exchange(request, self.to, self.proxy))
    }
}

async fn exchange(
    request: reqwest::RequestBuilder,
    to: &str,
    proxy: Option<&str>,
) -> Result<Answer, NoAnswer> {
    let failed = |error: reqwest::Error| NoAnswer {
        unreachable: error.is_connect(),
        error: transport_error(error, to, proxy),
    };
    let Ok(runtime) = Handle::try_current().map(driver) else {
        return Err(NoAnswer {
            unreachable: true,
            error: CredentialsError::unavailable(format!(
                "{to} cannot be asked: there is no tokio runtime here"
            )),
        });
    };
    let sent = driven(&runtime, Box::pin(request.timeout(DEADLINE).send()));
    let mut response = sent.await.map_err(failed)?;
    let status = response.status().as_u16();
    let headers = response.headers();
    let server_time = retry::server_time(headers);
    let hint = retry::hint_kind(headers).zip(retry::hint(headers, SystemTime::now()));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > LIMIT {
            return Err(NoAnswer {
                unreachable: false,
                error: CredentialsError::invalid(format!(
                    "the answer of {to} is longer than {LIMIT} bytes"
                )),
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status,
        server_time,
        hint,
        body,
    })
}

fn transport_error(error: reqwest::Error, to: &str, proxy: Option<&str>) -> CredentialsError {
    let error = error.without_url();
    if error.is_builder() {
        return CredentialsError::invalid(format!("no valid request to {to} can be made"))
            .with_source(error);
    }
    let way = proxy.map_or_else(String::new, |proxy| {
        format!(", through the proxy `{proxy}`, which the environment names")
    });
    CredentialsError::unavailable(format!("no answer from {to}{way}")).with_source(error)
}

/// Scheme, host and port of an address; the rest of it can be secret.
pub(super) fn origin(url: &reqwest::Url) -> String {
    url.origin().ascii_serialization()
}

/// Is this an address of this machine: `localhost`, 127.0.0.0/8 or ::1?
pub(super) fn is_loopback(url: &reqwest::Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #[test]
    fn addresses_of_this_machine_are_known() {
        let cases = [
            ("http://localhost:8080/key", true),
            ("https://LOCALHOST", true),
            ("http://127.0.0.1", true),
            ("http://127.9.9.9:1", true),
            ("http://[::1]:80", true),
            ("http://localhost.example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://10.0.0.1", false),
            ("http://[::2]", false),
            ("http://sts.aliyuncs.com", false),
        ];
        for (url, expected) in cases {
            let parsed = reqwest::Url::parse(url).unwrap();
            assert_eq!(super::is_loopback(&parsed), expected, "{url}");
        }
    }
}
