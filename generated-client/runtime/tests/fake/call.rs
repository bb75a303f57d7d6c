//! Calls over real sockets, made of the library's own encoder parts and signatures.

use std::time::SystemTime;

use alicloud_runtime::{
    credentials::Credentials,
    encode::Parameters,
    fake::Endpoint,
    operation::{Method, SignatureKind},
    record::Location,
    sign::{Signed, Unsigned, nonce, sign},
};
use serde_json::Value;

use crate::product::PRODUCT;

pub(crate) const KINDS: [SignatureKind; 2] = [SignatureKind::Acs3, SignatureKind::Rpc];

pub(crate) async fn start() -> Endpoint {
    Endpoint::start(&[&PRODUCT]).await.expect("a port")
}

/// A call of an operation; what tests need to be wrong can be changed.
pub(crate) struct Call {
    pub(crate) kind: SignatureKind,
    pub(crate) method: Method,
    pub(crate) host: String,
    pub(crate) action: String,
    pub(crate) version: String,
    pub(crate) parameters: Parameters,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) nonce: String,
    pub(crate) time: SystemTime,
}

/// An answer that arrived whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Call {
    pub(crate) fn new(endpoint: &Endpoint, action: &str, parameters: &[(&str, &str)]) -> Self {
        let mut all = Parameters::default();
        for (name, value) in parameters {
            all.push(Location::Query, name, value);
        }
        Self {
            kind: SignatureKind::Acs3,
            method: Method::Post,
            host: endpoint.host(),
            action: action.to_owned(),
            version: PRODUCT.version.to_owned(),
            parameters: all,
            credentials: Some(endpoint.credentials()),
            nonce: nonce(),
            time: SystemTime::now(),
        }
    }

    pub(crate) fn signed_by(self, kind: SignatureKind) -> Self {
        Self { kind, ..self }
    }

    pub(crate) fn signed(&self) -> Signed {
        sign(
            self.kind,
            &Unsigned {
                method: self.method,
                host: &self.host,
                action: &self.action,
                version: &self.version,
                parameters: &self.parameters,
                credentials: self.credentials.as_ref(),
                nonce: &self.nonce,
                time: self.time,
            },
        )
    }

    pub(crate) async fn send(&self) -> Answer {
        self.try_send().await.expect("an answer")
    }

    pub(crate) async fn try_send(&self) -> reqwest::Result<Answer> {
        send(self.method, &self.host, &self.signed()).await
    }
}

pub(crate) async fn send(method: Method, host: &str, signed: &Signed) -> reqwest::Result<Answer> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let url = format!("http://{host}{}", signed.path_and_query);
    let mut request = match method {
        Method::Get => client.get(url),
        Method::Post => client.post(url),
    };
    for (name, value) in &signed.headers {
        request = request.header(*name, value);
    }
    let response = request.body(signed.body.clone()).send().await?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await?,
    })
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("text")
    }

    /// Status, code and message of an error.
    pub(crate) fn error(&self) -> (u16, String, String) {
        let body = self.json();
        let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (self.status, field("Code"), field("Message"))
    }

    /// Status and code of an error.
    pub(crate) fn code(&self) -> (u16, String) {
        let (status, code, _) = self.error();
        (status, code)
    }
}
