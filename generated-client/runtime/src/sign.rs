//! Signatures of requests: HMAC-SHA1 (RPC, signature version 1.0) and ACS3-HMAC-SHA256.
//!
//! A [`Signed`] request is complete except for the scheme and the host: the signature decides which
//! parameters travel in the query, in headers and in the body.
//!
//! | | RPC | ACS3 |
//! |---|---|---|
//! | operation, version, time, nonce | query | headers |
//! | parameters of the query | query, signed | query, signed |
//! | parameters of a form | body, signed | body, signed by its hash |
//! | a body parameter | body, **not signed**: this signature has no place for it | body, signed by its hash |
//!
//! There is no form beside a body parameter, nor in a `GET`: there, the parameters of a form go to
//! the query. Nonce, time and signature must be new for every attempt.
//!
//! [`rpc`] and [`acs3`] hold the single steps, for servers that check signatures.

use std::{
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
    time::{Duration, SystemTime},
};

use crate::{
    credentials::Credentials,
    encode::Parameters,
    operation::{Method, SignatureKind},
    record::Location,
};
use percent::Once;
use rpc::Pair;

pub mod acs3;
mod percent;
pub mod rpc;

const FORM: &str = "application/x-www-form-urlencoded";
const BYTES: &str = "application/octet-stream";

/// A request to be signed.
pub struct Unsigned<'a> {
    /// The HTTP method.
    pub method: Method,
    /// The host header, with the port where it is not the default one.
    pub host: &'a str,
    /// The operation, `Action`.
    pub action: &'a str,
    /// The API version.
    pub version: &'a str,
    /// The operation's parameters. With the RPC signature, one that has the name of a common
    /// parameter takes its place; `Signature` is ignored.
    pub parameters: &'a Parameters,
    /// `None` for operations that take no signature.
    pub credentials: Option<&'a Credentials>,
    /// Unique for every attempt, as from [`nonce`].
    pub nonce: &'a str,
    /// The time of signing, by the server's clock. Fractions of a second are cut off.
    pub time: SystemTime,
}

/// A request as it goes out. Its `Debug` shows no secret, signature or parameter value.
#[derive(Clone)]
pub struct Signed {
    /// Path and query, beginning with `/`.
    pub path_and_query: String,
    /// Headers other than `host`, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = self.path_and_query.split_once('?').map_or("", |(_, q)| q);
        let parameters: Vec<_> = query
            .split('&')
            .filter_map(|pair| pair.split('=').next())
            .filter(|name| !name.is_empty())
            .collect();
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Signed")
            .field("parameters", &parameters)
            .field("headers", &headers)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Signs a request. Without credentials it gets everything but the parts of the signature.
pub fn sign(kind: SignatureKind, request: &Unsigned<'_>) -> Signed {
    match kind {
        SignatureKind::Rpc => sign_rpc(request),
        SignatureKind::Acs3 => sign_acs3(request),
    }
}

fn sign_rpc(request: &Unsigned<'_>) -> Signed {
    let time = timestamp(request.time);
    // In the order of the names.
    let mut common = Vec::with_capacity(9);
    let key = request.credentials;
    common.extend(key.map(|key| Pair::in_query("AccessKeyId", &key.access_key_id)));
    common.push(Pair::in_query("Action", request.action));
    common.push(Pair::in_query("Format", "JSON"));
    let token = key.and_then(|key| key.security_token.as_ref());
    common.extend(token.map(|token| Pair::in_query("SecurityToken", token.expose())));
    common.extend(key.map(|_| Pair::in_query("SignatureMethod", "HMAC-SHA1")));
    common.push(Pair::in_query("SignatureNonce", request.nonce));
    common.extend(key.map(|_| Pair::in_query("SignatureVersion", "1.0")));
    common.push(Pair::in_query("Timestamp", &time));
    common.push(Pair::in_query("Version", request.version));
    let mut pairs = Vec::with_capacity(request.parameters.len());
    pairs.extend(sent(request).map(|(in_form, name, value)| Pair {
        name,
        value,
        in_form,
    }));

    let method = method_name(request.method);
    let canonical = rpc::canonicalise(method, "/?", &common, &mut pairs);
    let mut path_and_query = canonical.query;
    if let Some(credentials) = request.credentials {
        let key = credentials.access_key_secret.rpc_key();
        let signature = rpc::signature_by(key, canonical.string_to_sign.as_bytes());
        path_and_query.raw("&Signature=");
        path_and_query.text(&signature);
    }

    let mut headers = vec![("accept", "application/json".to_owned())];
    let (content_type, body) = body(request, canonical.form.finish());
    headers.extend(content_type.map(|value| ("content-type", value.to_owned())));
    Signed {
        path_and_query: path_and_query.finish(),
        headers,
        body,
    }
}

fn sign_acs3(request: &Unsigned<'_>) -> Signed {
    let pairs = |wanted| {
        let mut pairs = Vec::with_capacity(request.parameters.len());
        let all = sent(request).filter(|(in_form, _, _)| *in_form == wanted);
        pairs.extend(all.map(|(_, name, value)| (name, value)));
        pairs
    };
    let path_and_query = canonical("/", "?", pairs(false));
    let form = canonical("", "", pairs(true));
    let (content_type, body) = body(request, form);
    let content_sha256 = acs3::sha256_hex(&body);
    let time = timestamp(request.time);

    // In the order of the names, as they are signed.
    let mut signed = Vec::with_capacity(9);
    signed.extend(content_type.map(|value| ("content-type", value)));
    signed.extend([
        ("host", request.host),
        ("x-acs-action", request.action),
        ("x-acs-content-sha256", &content_sha256),
        ("x-acs-date", &time),
    ]);
    let token = request
        .credentials
        .and_then(|credentials| credentials.security_token.as_ref());
    signed.extend(token.map(|token| ("x-acs-security-token", token.expose())));
    signed.extend([
        ("x-acs-signature-nonce", request.nonce),
        ("x-acs-version", request.version),
    ]);

    let authorization = request.credentials.map(|credentials| {
        let parts = acs3::Parts {
            method: method_name(request.method),
            path: "/",
            query: path_and_query.get(2..).unwrap_or_default(),
            headers: &signed,
            content_sha256: &content_sha256,
        };
        let key = credentials.access_key_secret.acs3_key();
        acs3::authorization_by(&credentials.access_key_id, key, &parts)
    });

    let mut headers = Vec::with_capacity(signed.len() + 1);
    headers.push(("accept", "application/json".to_owned()));
    headers.extend(authorization.map(|value| ("authorization", value)));
    headers.extend(
        signed
            .into_iter()
            .filter(|(name, _)| *name != "host")
            .map(|(name, value)| (name, value.to_owned())),
    );
    Signed {
        path_and_query,
        headers,
        body,
    }
}

/// Parameters as a canonical query: sorted by the bytes of the names, encoded, joined.
pub fn canonical_query(parameters: &[(&str, &str)]) -> String {
    canonical("", "", parameters.to_vec())
}

/// A canonical query behind a prefix, and behind a mark where there is any parameter.
fn canonical(
    prefix: &'static str,
    mark: &'static str,
    mut parameters: Vec<(&str, &str)>,
) -> String {
    // Stable: parameters of the same name stay in their order.
    parameters.sort_by_key(|(name, _)| *name);
    let length: usize = parameters
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2)
        .sum();
    let mut out = Once::new(prefix.len() + length);
    out.raw(prefix);
    for (index, (name, value)) in parameters.into_iter().enumerate() {
        out.raw(if index == 0 { mark } else { "&" });
        out.text(name);
        out.raw("=");
        out.text(value);
    }
    out.finish()
}

/// The parameters that are sent: whether in the form (else in the query), name, value.
fn sent<'a>(request: &Unsigned<'a>) -> impl Iterator<Item = (bool, &'a str, &'a str)> {
    let has_form = request.method == Method::Post && request.parameters.body().is_none();
    request
        .parameters
        .iter()
        .filter(|(location, _, _)| *location != Location::Host)
        .map(move |(location, name, value)| (has_form && location == Location::Form, name, value))
}

/// The body with its content type, where there is one.
fn body(request: &Unsigned<'_>, form: String) -> (Option<&'static str>, Vec<u8>) {
    match request.parameters.body() {
        Some(bytes) => (Some(BYTES), bytes.to_vec()),
        None if form.is_empty() => (None, Vec::new()),
        None => (Some(FORM), form.into_bytes()),
    }
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
    }
}

/// A text for [`Unsigned::nonce`]: 32 hex digits, random.
pub fn nonce() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // A nonce must be unique, not secret: without a source of randomness, the keys of the
        // standard library's hash tables differ from each other well enough.
        for half in bytes.chunks_mut(8) {
            let unique = RandomState::new().build_hasher().finish();
            half.copy_from_slice(&unique.to_ne_bytes());
        }
    }
    acs3::hex(&bytes)
}

/// A time in the form of the protocol: `YYYY-MM-DDThh:mm:ssZ`, UTC, whole seconds.
///
/// Times that cannot be written so (before 1970, after 9999) become the nearest that can.
pub fn timestamp(time: SystemTime) -> String {
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .min(LAST);
    humantime::format_rfc3339_seconds(SystemTime::UNIX_EPOCH + since).to_string()
}
