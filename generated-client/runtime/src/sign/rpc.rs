//! The RPC signature: HMAC-SHA1 over all parameters, signature version 1.0.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::{
    method_name,
    percent::{self, Once, Twice},
};
use crate::operation::Method;

/// Parameters in canonical order and encoding, divided by where they travel.
pub(super) struct Canonical {
    /// What goes behind the `?`, after the text that was there before.
    pub(super) query: Once,
    /// What goes into the body.
    pub(super) form: Once,
    /// Both together, as they are signed.
    pub(super) string_to_sign: Twice,
}

/// A parameter on its way into the signature.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    pub(super) in_form: bool,
}

impl<'a> Pair<'a> {
    pub(super) fn in_query(name: &'a str, value: &'a str) -> Self {
        Self {
            name,
            value,
            in_form: false,
        }
    }
}

/// Sorts by the bytes of the names and encodes, once for the wire and twice for the signature. Common parameters, which
/// are sorted and travel in the query, give way to others of the same name.
pub(super) fn canonicalise(
    method: &'static str,
    query_prefix: &'static str,
    common: &[Pair<'_>],
    pairs: &mut [Pair<'_>],
) -> Canonical {
    // Stable: parameters of the same name stay in their order.
    pairs.sort_by(|one, other| one.name.cmp(other.name));
    let mut all = Vec::with_capacity(common.len() + pairs.len());
    let mut common = common.iter().peekable();
    for pair in &*pairs {
        while let Some(before) = common.next_if(|common| common.name < pair.name) {
            all.push(before);
        }
        common.next_if(|common| common.name == pair.name);
        if pair.name != "Signature" {
            all.push(pair);
        }
    }
    all.extend(common);

    let length = |in_form| {
        let pairs = all.iter().filter(|pair| pair.in_form == in_form);
        pairs
            .map(|pair| pair.name.len() + pair.value.len() + 2)
            .sum::<usize>()
    };
    let (query_length, form_length) = (length(false), length(true));
    // With room for the signature.
    let mut query = Once::new(query_length + query_prefix.len() + 64);
    let mut form = Once::new(form_length);
    let mut string_to_sign = Twice::new(query_length + form_length + 64);
    query.raw(query_prefix);
    string_to_sign.raw(method);
    string_to_sign.raw("&%2F&");
    let start = string_to_sign.len();

    for pair in all {
        let (wire, wire_start) = if pair.in_form {
            (&mut form, 0)
        } else {
            (&mut query, query_prefix.len())
        };
        if wire.len() > wire_start {
            wire.raw("&");
        }
        if string_to_sign.len() > start {
            string_to_sign.raw("%26");
        }
        percent::text(pair.name, wire, &mut string_to_sign);
        wire.raw("=");
        string_to_sign.raw("%3D");
        percent::text(pair.value, wire, &mut string_to_sign);
    }
    Canonical {
        query,
        form,
        string_to_sign,
    }
}

/// The text that is signed for these query and form parameters, in any order; a parameter
/// `Signature` is left out.
///
/// For servers that check a signature; [`sign`](super::sign) makes its text in the same way.
pub fn string_to_sign(method: Method, parameters: &[(&str, &str)]) -> String {
    let pair = |&(name, value)| Pair::in_query(name, value);
    let mut pairs: Vec<_> = parameters.iter().map(pair).collect();
    canonicalise(method_name(method), "", &[], &mut pairs)
        .string_to_sign
        .finish()
}

/// The signature of a text: Base64 of HMAC-SHA1, the key being the secret and `&`.
pub fn signature(access_key_secret: &str, string_to_sign: &str) -> String {
    signature_by(&key(access_key_secret), string_to_sign.as_bytes())
}

/// HMAC with the key put in.
pub(crate) type Key = Hmac<Sha1>;

pub(crate) fn key(access_key_secret: &str) -> Key {
    let mut key = Zeroizing::new(String::with_capacity(access_key_secret.len() + 1));
    key.push_str(access_key_secret);
    key.push('&');
    Key::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length")
}

pub(super) fn signature_by(key: &Key, string_to_sign: &[u8]) -> String {
    let mut mac = key.clone();
    mac.update(string_to_sign);
    STANDARD.encode(mac.finalize().into_bytes())
}
