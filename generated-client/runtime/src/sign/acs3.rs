//! The signature in headers: ACS3-HMAC-SHA256.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The name of the algorithm, as the texts and headers have it.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// SHA-256 of nothing, which most requests have as their body.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The parts of a request that are signed.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The path, `/` for RPC-style operations.
    pub path: &'a str,
    /// The canonical query: sorted, encoded, without `?`.
    pub query: &'a str,
    /// The signed headers, names in lower case and sorted.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body's SHA-256 in lower-case hex.
    pub content_sha256: &'a str,
}

impl Parts<'_> {
    /// The names of the signed headers, joined with `;`.
    pub fn signed_headers(&self) -> String {
        let mut out = String::with_capacity(128);
        for (index, (name, _)) in self.headers.iter().enumerate() {
            if index > 0 {
                out.push(';');
            }
            out.push_str(name);
        }
        out
    }

    /// The text of which a hash is signed.
    pub fn canonical_request(&self) -> String {
        self.canonical_request_of(&self.signed_headers())
    }

    fn canonical_request_of(&self, signed_headers: &str) -> String {
        let mut out = String::with_capacity(self.query.len() + 640);
        out.push_str(self.method);
        out.push('\n');
        out.push_str(self.path);
        out.push('\n');
        out.push_str(self.query);
        out.push('\n');
        for (name, value) in self.headers {
            out.push_str(name);
            out.push(':');
            out.push_str(value.trim());
            out.push('\n');
        }
        out.push('\n');
        out.push_str(signed_headers);
        out.push('\n');
        out.push_str(self.content_sha256);
        out
    }
}

/// The text that is signed for a canonical request.
pub fn string_to_sign(canonical_request: &str) -> String {
    let hash = sha256_hex(canonical_request.as_bytes());
    [ALGORITHM, "\n", &hash].concat()
}

/// The signature of a text: lower-case hex of HMAC-SHA256, the key being the secret alone.
pub fn signature(access_key_secret: &str, string_to_sign: &str) -> String {
    signature_by(&key(access_key_secret), string_to_sign)
}

/// The value of the `Authorization` header.
pub fn authorization(access_key_id: &str, access_key_secret: &str, parts: &Parts<'_>) -> String {
    authorization_by(access_key_id, &key(access_key_secret), parts)
}

/// HMAC with the key put in.
pub(crate) type Key = Hmac<Sha256>;

pub(crate) fn key(access_key_secret: &str) -> Key {
    Key::new_from_slice(access_key_secret.as_bytes()).expect("HMAC takes a key of any length")
}

fn signature_by(key: &Key, string_to_sign: &str) -> String {
    let mut mac = key.clone();
    mac.update(string_to_sign.as_bytes());
    hex(&mac.finalize().into_bytes())
}

pub(super) fn authorization_by(access_key_id: &str, key: &Key, parts: &Parts<'_>) -> String {
    let signed_headers = parts.signed_headers();
    let signed = string_to_sign(&parts.canonical_request_of(&signed_headers));
    [
        ALGORITHM,
        " Credential=",
        access_key_id,
        ",SignedHeaders=",
        &signed_headers,
        ",Signature=",
        &signature_by(key, &signed),
    ]
    .concat()
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return EMPTY_SHA256.to_owned();
    }
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = vec![0; 2 * bytes.len()];
    for (byte, digits) in bytes.iter().zip(out.chunks_exact_mut(2)) {
        digits[0] = DIGITS[usize::from(byte >> 4)];
        digits[1] = DIGITS[usize::from(byte & 15)];
    }
    String::from_utf8(out).expect("hex digits are ASCII")
}
