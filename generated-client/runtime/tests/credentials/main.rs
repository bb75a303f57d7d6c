//! Providers of access keys, each against real files, a real command or a real HTTP server.

mod cache;
mod chain;
mod field;
mod files;
mod http;
mod proxy;
mod secrecy;
mod server;

use std::error::Error;

use alicloud_runtime::credentials::{
    Context, Credentials, CredentialsError, Environment, ProvideCredentials,
};

/// A context with these variables, an empty home, and no way to reach the outside by accident.
fn context(vars: &[(&str, &str)]) -> Context {
    Context::new()
        .with_environment(Environment::from_vars(vars.iter().copied()))
        .with_sts_endpoint(server::NOBODY)
        .with_metadata_endpoint(server::NOBODY)
        .with_http_client(
            reqwest::Client::builder()
                .no_proxy()
                .pool_max_idle_per_host(0)
                .build()
                .unwrap(),
        )
}

/// ID, secret and token of what a provider gives.
async fn key(provider: &dyn ProvideCredentials) -> (String, String, Option<String>) {
    parts(&provider.provide().await.unwrap())
}

fn parts(credentials: &Credentials) -> (String, String, Option<String>) {
    let token = credentials.security_token.as_ref();
    (
        credentials.access_key_id.clone(),
        credentials.access_key_secret.expose().to_owned(),
        token.map(|token| token.expose().to_owned()),
    )
}

fn triple(id: &str, secret: &str, token: &str) -> (String, String, Option<String>) {
    (id.to_owned(), secret.to_owned(), Some(token.to_owned()))
}

/// Kind and message of why a provider gives nothing.
async fn why(provider: &dyn ProvideCredentials) -> String {
    let error = provider.provide().await.unwrap_err();
    format!("{:?}: {error}", error.kind())
}

/// Every text that an error can become.
fn all_texts(error: &CredentialsError) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text
}
