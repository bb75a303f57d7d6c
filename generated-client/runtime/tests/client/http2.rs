//! Which version of HTTP is spoken, with a real TLS server that offers versions by ALPN.

#[allow(unused)]
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use crate::support::{Net, assign};
use alicloud_runtime::{
    client::{Client, http_client_builder},
    credentials::Credentials,
    error::{Error, TransportKind},
    retry::RetrySettings,
};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request, Response, Version,
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// A server with a certificate that nobody but its tests knows.
struct Server {
    port: u16,
    certificate: reqwest::Certificate,
    /// The version of each request.
    versions: Arc<Mutex<Vec<Version>>>,
    /// How many connections were made.
    connections: Arc<Mutex<usize>>,
}

impl Server {
    async fn offering(protocols: &[&str]) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().into())
            .collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            certificate: reqwest::Certificate::from_der(cert.der()).unwrap(),
            versions: Arc::default(),
            connections: Arc::default(),
        };
        let versions = Arc::clone(&server.versions);
        let connections = Arc::clone(&server.connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                tokio::spawn(serve(stream, acceptor.clone(), Arc::clone(&versions)));
            }
        });
        server
    }

    fn client(&self, http: reqwest::ClientBuilder) -> Client<Net> {
        Client::<Net>::builder()
            .endpoint(format!("https://localhost:{}", self.port))
            .credentials(Credentials::new("key-id", "key-secret"))
            .http_client(http.no_proxy().build().unwrap())
            .retry(RetrySettings::off())
            .build()
            .unwrap()
    }

    fn trusting_client(&self) -> Client<Net> {
        self.client(http_client_builder().tls_certs_only([self.certificate.clone()]))
    }

    fn versions(&self) -> Vec<Version> {
        self.versions.lock().unwrap().clone()
    }

    fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

/// Speaks what was agreed upon, and nothing else.
async fn serve(stream: TcpStream, acceptor: TlsAcceptor, versions: Arc<Mutex<Vec<Version>>>) {
    // A client that does not know the certificate goes away.
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let service = service_fn(|request: Request<Incoming>| {
        versions.lock().unwrap().push(request.version());
        let body = Full::new(Bytes::from_static(br#"{"RequestId":"OVER-TLS"}"#));
        async { Ok::<_, Infallible>(Response::new(body)) }
    });
    let stream = TokioIo::new(stream);
    // The client ends the connection when the test ends, in its own way.
    let _ = if http2 {
        http2::Builder::new(TokioExecutor::new())
            .serve_connection(stream, service)
            .await
    } else {
        http1::Builder::new()
            .serve_connection(stream, service)
            .await
    };
}

#[tokio::test]
async fn http2_is_spoken_where_it_is_offered() {
    let server = Server::offering(&["h2", "http/1.1"]).await;
    let client = server.trusting_client();
    for _ in 0..2 {
        let response = client.send(assign()).await.unwrap();
        assert_eq!(response.request_id.as_deref(), Some("OVER-TLS"));
    }
    assert_eq!(server.versions(), [Version::HTTP_2; 2]);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn http1_is_spoken_where_nothing_else_is_offered() {
    for protocols in [&["http/1.1"][..], &[]] {
        let server = Server::offering(protocols).await;
        let response = server.trusting_client().send(assign()).await.unwrap();
        assert_eq!(response.request_id.as_deref(), Some("OVER-TLS"));
        assert_eq!(server.versions(), [Version::HTTP_11], "{protocols:?}");
    }
}

/// Nothing in this crate loosens the check of certificates.
#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = Server::offering(&["h2"]).await;
    let client = server.client(http_client_builder());
    let error = client.send(assign()).await.unwrap_err();
    let Error::Transport(error) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(error.kind(), TransportKind::Connect);
    assert_eq!(server.connections(), 1);
    assert_eq!(server.versions(), []);
}
