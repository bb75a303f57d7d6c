//! Signs requests: HMAC-SHA1 (RPC, signature version 1.0) and ACS3-HMAC-SHA256. (interface; body to come)

use std::time::SystemTime;

use crate::{
    credentials::Credentials,
    encode::Parameters,
    operation::{Method, SignatureKind},
};

/// What is signed.
pub struct Unsigned<'a> {
    /// The HTTP method.
    pub method: Method,
    /// The host header, with the port where it is not the default one.
    pub host: &'a str,
    /// The operation, `Action`.
    pub action: &'a str,
    /// The API version.
    pub version: &'a str,
    /// The operation's parameters.
    pub parameters: &'a Parameters,
    /// `None` for operations that take no signature.
    pub credentials: Option<&'a Credentials>,
    /// Unique for every attempt.
    pub nonce: &'a str,
    /// The time, as the server should see it.
    pub time: SystemTime,
}

/// A request as it goes out. Its `Debug` shows no secret, signature or parameter value.
pub struct Signed {
    /// Path and query, beginning with `/`.
    pub path_and_query: String,
    /// Headers other than `host`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Signs a request.
pub fn sign(_kind: SignatureKind, _request: &Unsigned<'_>) -> Signed {
    todo!()
}
