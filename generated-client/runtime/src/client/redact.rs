//! Takes secrets out of texts that come from outside. A service that finds a signature wrong
//! answers with the text that it signed itself, and that holds parameters and the STS token; a
//! gateway may echo the address, and that holds a signature.

use std::ops::Range;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use reqwest::header::HeaderValue;
use serde_json::Value;
use zeroize::Zeroizing;

use super::answer::character;
use crate::{
    credentials::Credentials,
    record::{Field, Record, ValueRef},
};

/// Shorter texts are no secrets, and would be found everywhere.
const SHORTEST: usize = 4;

/// How often an echo may have been escaped: a JSON text within a parameter, that within the text that
/// is signed, and that within a page.
const MOST_ESCAPES: usize = 5;

/// Texts to take out.
#[derive(Default)]
pub(crate) struct Secrets(Vec<Zeroizing<Vec<u8>>>);

impl Secrets {
    /// Those of a request, of parameters beside it and of what it was signed with.
    pub(super) fn of(
        request: &dyn Record,
        parameters: &[(String, String)],
        credentials: Option<&Credentials>,
    ) -> Self {
        let mut secrets = Self::default();
        secrets.add_sensitive(request);
        for (name, value) in parameters {
            let known = request.schema().index_of(name);
            let sensitive = known.is_some_and(|index| request.schema().fields[index].sensitive);
            if sensitive || sounds_secret(name) {
                secrets.add(value);
            }
        }
        if let Some(credentials) = credentials {
            secrets.add_credentials(credentials);
        }
        secrets
    }

    pub(crate) fn add_credentials(&mut self, credentials: &Credentials) {
        self.add(credentials.access_key_secret.expose());
        if let Some(token) = &credentials.security_token {
            self.add(token.expose());
        }
    }

    pub(super) fn add_signature(
        &mut self,
        path_and_query: &str,
        authorization: Option<&HeaderValue>,
    ) {
        let query = path_and_query.split(['?', '&']);
        let in_query = query.filter_map(|pair| pair.strip_prefix("Signature="));
        let in_header = authorization
            .and_then(|value| value.to_str().ok())
            .and_then(|value| Some(value.split_once("Signature=")?.1));
        for signature in in_query.chain(in_header) {
            // In the query it is escaped.
            let plain = Level::of(signature).unescaped();
            let plain = plain.map_or_else(|| signature.as_bytes().to_vec(), |level| level.bytes);
            self.0.push(Zeroizing::new(plain));
        }
    }

    /// The values of sensitive parameters.
    fn add_sensitive(&mut self, request: &dyn Record) {
        for (index, field) in request.schema().fields.iter().enumerate() {
            self.add_value(field, request.get(index), field.sensitive);
        }
    }

    fn add_value(&mut self, field: &Field, value: ValueRef<'_>, sensitive: bool) {
        use crate::record::Kind;
        let sensitive = sensitive || field.sensitive;
        match (value, field.kind) {
            (ValueRef::String(text), _) if sensitive => self.add(text),
            (ValueRef::Any(json), _) if sensitive => self.add_texts(json),
            (ValueRef::Bytes(bytes), _) if sensitive => {
                self.add(&STANDARD.encode(bytes));
                self.add(&String::from_utf8_lossy(bytes));
            }
            (ValueRef::Object(record), _) => {
                for (index, field) in record.schema().fields.iter().enumerate() {
                    self.add_value(field, record.get(index), sensitive);
                }
            }
            (ValueRef::List(list), Kind::List(element)) => {
                for index in 0..list.len() {
                    self.add_value(element, list.get(index), sensitive);
                }
            }
            (ValueRef::Map(map), Kind::Map(element)) => {
                for index in 0..map.len() {
                    if let Some((_, value)) = map.entry(index) {
                        self.add_value(element, value, sensitive);
                    }
                }
            }
            _ => {}
        }
    }

    /// The texts and numbers within any JSON.
    fn add_texts(&mut self, json: &Value) {
        match json {
            Value::String(text) => self.add(text),
            Value::Array(values) => values.iter().for_each(|value| self.add_texts(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.add_texts(value)),
            Value::Number(number) => self.add(&number.to_string()),
            Value::Null | Value::Bool(_) => {}
        }
    }

    pub(crate) fn add(&mut self, secret: &str) {
        if secret.len() >= SHORTEST {
            for encoded in [
                STANDARD_NO_PAD.encode(secret),
                URL_SAFE_NO_PAD.encode(secret),
            ] {
                self.add_plain(Zeroizing::new(encoded.into_bytes()));
            }
        }
        // Where a secret itself looks escaped, that is undone along with what the echo added.
        let mut level = Level::of(secret);
        for _ in 0..MOST_ESCAPES {
            self.add_plain(Zeroizing::new(level.bytes.clone()));
            self.add_plain(Zeroizing::new(level.squeezed().bytes));
            match level.unescaped() {
                Some(next) => level = next,
                None => break,
            }
        }
    }

    fn add_plain(&mut self, plain: Zeroizing<Vec<u8>>) {
        if plain.len() >= SHORTEST && !self.0.contains(&plain) {
            self.0.push(plain);
        }
    }

    /// The text with `***` in the place of every secret, however it is escaped: for a URL, a form,
    /// JSON, HTML or XML, or several of them in turn, as a parameter is within a text that is signed;
    /// divided into lines; or in Base64.
    /// A secret that is cut off by the end of the text counts too.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut level = Level::of(text);
        for _ in 0..MOST_ESCAPES {
            level.find(&self.0, &mut found);
            // Whoever divides a text into lines puts blanks in, or takes some away.
            if level.bytes.iter().any(|byte| b"\r\n".contains(byte)) {
                level.squeezed().find(&self.0, &mut found);
            }
            match level.unescaped() {
                Some(next) => level = next,
                None => break,
            }
        }
        // Where the longest that begins at each byte ends.
        let mut ends = vec![0; text.len()];
        for range in found {
            ends[range.start] = range.end.max(ends[range.start]);
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end) in ends.into_iter().enumerate().filter(|(_, end)| *end > 0) {
            if start >= at {
                out.push_str(&text[at..start]);
                out.push_str("***");
            }
            at = at.max(end);
        }
        out.push_str(&text[at..]);
        out
    }
}

/// A text with some of its escapes undone.
struct Level {
    bytes: Vec<u8>,
    /// Which part of the original text each byte stands for.
    origins: Vec<Range<usize>>,
}

impl Level {
    /// A character of the original text is never divided.
    fn of(text: &str) -> Self {
        let origins = text.char_indices().flat_map(|(at, c)| {
            let end = at + c.len_utf8();
            std::iter::repeat_n(at..end, c.len_utf8())
        });
        Self {
            bytes: text.as_bytes().to_vec(),
            origins: origins.collect(),
        }
    }

    /// Notes where secrets stand in the original text.
    fn find(&self, secrets: &[Zeroizing<Vec<u8>>], found: &mut Vec<Range<usize>>) {
        let ends = ends(&self.bytes);
        for secret in secrets {
            let mut at = 0;
            while at < self.bytes.len() {
                let Some(length) = self.starts_with(secret, at, &ends) else {
                    at += 1;
                    continue;
                };
                let end = self.origins[at + length - 1].end;
                found.push(self.origins[at].start..end);
                at += length;
            }
        }
    }

    /// So much of a secret as there is at a place: all of it, or what is left before a cut.
    fn starts_with(&self, secret: &[u8], at: usize, ends: &[usize]) -> Option<usize> {
        // In a form, `+` is a space.
        let same = |(wanted, byte): (&u8, &u8)| wanted == byte || *wanted == b' ' && *byte == b'+';
        // Nearly everywhere this is all there is to look at.
        if !same((&secret[0], &self.bytes[at])) {
            return None;
        }
        let both = secret.iter().zip(&self.bytes[at..]);
        let common = both.take_while(|pair| same(*pair)).count();
        if common == secret.len() {
            return Some(common);
        }
        if common < 2 * SHORTEST {
            return None;
        }
        let last = ends.partition_point(|end| *end <= at + common);
        let length = ends[..last].last()?.saturating_sub(at);
        (length >= 2 * SHORTEST).then_some(length)
    }

    /// The text without blanks and line breaks.
    fn squeezed(&self) -> Self {
        let kept = self.bytes.iter().zip(&self.origins);
        let kept = kept.filter(|(byte, _)| !byte.is_ascii_whitespace());
        let (bytes, origins) = kept.map(|(byte, origin)| (*byte, origin.clone())).unzip();
        Self { bytes, origins }
    }

    /// The text with one layer of escapes undone; `None` where there are none.
    fn unescaped(&self) -> Option<Self> {
        let mut next = Self {
            bytes: Vec::with_capacity(self.bytes.len()),
            origins: Vec::with_capacity(self.bytes.len()),
        };
        let mut at = 0;
        while let Some(byte) = self.bytes.get(at) {
            let (value, length) = match unescape(&self.bytes[at..]) {
                Some((value, length)) => (value, length),
                None => (Unescaped::Byte(*byte), 1),
            };
            let origin = self.origins[at].start..self.origins[at + length - 1].end;
            let mut buffer = [0; 4];
            let bytes = match value {
                Unescaped::Byte(byte) => {
                    buffer[0] = byte;
                    &buffer[..1]
                }
                Unescaped::Char(c) => c.encode_utf8(&mut buffer).as_bytes(),
            };
            next.bytes.extend_from_slice(bytes);
            next.origins
                .extend(std::iter::repeat_n(origin, bytes.len()));
            at += length;
        }
        (next.bytes.len() < self.bytes.len()).then_some(next)
    }
}

enum Unescaped {
    Byte(u8),
    Char(char),
}

/// Where a text may end, in order: where it does or was cut, or before an escape that it is cut through.
fn ends(text: &[u8]) -> Vec<usize> {
    /// The longest that can be cut: all but the end of `\ud83d\udd11`.
    const LONGEST: usize = 11;
    /// What stands behind a text that was cut, with or without a quotation mark before it.
    const CUT: &[u8] = "…".as_bytes();

    let cuts = (0..text.len()).filter(|at| text[*at..].starts_with(CUT));
    let mut is_end = vec![false; text.len() + 1];
    for end in cuts.chain([text.len()]) {
        let quoted = text[..end].ends_with(b"\"");
        for end in [Some(end), end.checked_sub(1).filter(|_| quoted)] {
            let Some(end) = end else { continue };
            is_end[end] = true;
            for at in end.saturating_sub(LONGEST)..end {
                is_end[at] |= b"\\%&".contains(&text[at]);
            }
        }
    }
    (0..is_end.len()).filter(|at| is_end[*at]).collect()
}

/// The escape with which a text begins: what it stands for, and how long it is.
fn unescape(text: &[u8]) -> Option<(Unescaped, usize)> {
    let hex = |from: usize, digits: usize| {
        let digits = std::str::from_utf8(text.get(from..from + digits)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let byte = |value: u32| Some(Unescaped::Byte(u8::try_from(value).ok()?));
    let char = |value: u32| Some(Unescaped::Char(char::from_u32(value)?));
    match text {
        [b'%', b'u' | b'U', ..] => units(text),
        [b'%', ..] => Some((byte(hex(1, 2)?)?, 3)),
        [b'\\', b'x', ..] => Some((byte(hex(2, 2)?)?, 4)),
        [b'\\', b'u', b'{', rest @ ..] => {
            let digits = rest.iter().take(7).position(|byte| *byte == b'}')?;
            Some((char(hex(3, digits)?)?, digits + 4))
        }
        [b'\\', b'U', ..] => Some((char(hex(2, 8)?)?, 10)),
        [b'\\', b'0'..=b'3', ..] => {
            let digits = std::str::from_utf8(text.get(1..4)?).ok()?;
            Some((byte(u32::from_str_radix(digits, 8).ok()?)?, 4))
        }
        [b'\\', b'u', ..] => units(text),
        [b'\\', escaped, ..] => {
            let plain = match escaped {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 8,
                b'f' => 12,
                b'"' | b'\\' | b'/' | b'\'' => *escaped,
                _ => return None,
            };
            Some((Unescaped::Byte(plain), 2))
        }
        [b'&', rest @ ..] => {
            let end = rest.iter().take(16).position(|byte| *byte == b';')?;
            let entity = std::str::from_utf8(&rest[..end]).ok()?;
            Some((Unescaped::Char(character(entity)?), end + 2))
        }
        _ => None,
    }
}

/// A unit of UTF-16, such as `\u0026` or `%u0026`, or two that make a pair.
fn units(text: &[u8]) -> Option<(Unescaped, usize)> {
    let mark = 2;
    let unit = |from: usize| {
        let digits = std::str::from_utf8(text.get(from..from + 4)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(mark)?;
    let length = mark + 4;
    let pair = (first >> 10 == 0x36 && text.get(length..length + mark) == Some(&text[..mark]))
        .then(|| unit(length + mark).filter(|low| low >> 10 == 0x37))
        .flatten();
    let (code, length) = match pair {
        Some(low) => (
            0x10000 + ((first & 0x3ff) << 10) + (low & 0x3ff),
            2 * length,
        ),
        None => (first, length),
    };
    Some((Unescaped::Char(char::from_u32(code)?), length))
}

/// Does a parameter that the spec does not know look like one that holds a secret?
pub(super) fn sounds_secret(name: &str) -> bool {
    const SECRET: [&str; 13] = [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "authkey",
        "apikey",
        "activationcode",
        "secret",
        "token",
        "privatekey",
        "credential",
        "accesskey",
    ];
    // Idempotency tokens and those of pages are in every log of those who look for an error.
    const OPEN: [&str; 4] = ["clienttoken", "nexttoken", "pagetoken", "requesttoken"];
    let plain = name.replace(['_', '-', '.'], "").to_ascii_lowercase();
    let holds = |names: &[&str]| names.iter().any(|known| plain.contains(known));
    (holds(&SECRET) || plain.ends_with("psk")) && !holds(&OPEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_every_escape() {
        let secret = "a\"b/c d&é=+";
        let mut secrets = Secrets::default();
        secrets.add(secret);
        let cases = [
            r#"a"b/c d&é=+"#,
            r#"a\"b\/c d&é=+"#,
            r#"a\u0022b\u002Fc d\u0026\u00e9\u003d\u002b"#,
            "a%22b%2Fc%20d%26%C3%A9%3D%2B",
            "a%22b%2fc%20d%26%c3%a9%3d%2b",
            "a%2522b%252Fc%2520d%2526%25C3%25A9%253D%252B",
            "a%22b%2Fc+d%26%C3%A9%3D%2B",
            "a&quot;b/c d&amp;é=+",
            "a&#34;b&#x2F;c d&amp;&#xE9;&#61;&#43;",
            "a%5C%22b%2Fc%20d%26%C3%A9%3D%2B",
            "a%255C%2522b%252Fc%2520d%2526%25C3%25A9%253D%252B",
            "a&quot;b%2Fc d&amp;amp;é=+",
            "a&#0034;b&#x000002F;c d&amp;é=+",
            "a%u0022b%u002fc%20d%26%u00E9%3D%2B",
            r#"a\u{22}b\u{00002f}c d\u{26}\u{e9}=+"#,
            r#"a\U00000022b/c d\U00000026\U000000E9=+"#,
            r"a\042b\057c d\046\303\251\075\053",
            "a\"b/c d\r\n\t&é=\n+",
            "a%22b%2Fc%20\nd%26%C3%A9\n%3D%2B",
        ];
        for case in cases {
            assert_eq!(secrets.redact(&format!("x {case} y")), "x *** y", "{case}");
        }
        assert_eq!(secrets.redact("x a%22b%2Fc%20d%26%C3"), "x ***", "cut off");
        for cut in [
            "x a\"b/c d&é…: y",
            "x a\\\"b/c d&\\u00\"… y",
            "x a%22b%2Fc%20d%26%",
            "x a%22b%2Fc%20d%26%C",
            "x a\\\"b/c d&\\",
            "x a\"b/c d&\\u00",
            "x a&quot;b/c d&amp;&#x",
        ] {
            let shown = secrets.redact(cut);
            assert!(
                shown.starts_with("x ***") && !shown.contains('b'),
                "{cut}: {shown}"
            );
        }
        assert_eq!(secrets.redact("a\"b/c is 100% &c;"), "a\"b/c is 100% &c;");
        assert_eq!(secrets.redact(&format!("{secret}{secret}é")), "******é");
    }

    #[test]
    fn secrets_that_look_escaped_are_found_too() {
        let mut secrets = Secrets::default();
        secrets.add("a%41\\'b&amp;c");
        for case in [
            "a%41\\'b&amp;c",
            "a%41\\\\'b&amp;c",
            "a%2541%5C%27b%26amp%3Bc",
            "a&#37;41\\&#39;b&amp;amp;c",
        ] {
            assert_eq!(secrets.redact(&format!("x {case} y")), "x *** y", "{case}");
        }
    }

    #[test]
    fn secrets_are_found_in_base64_and_over_several_lines() {
        let mut secrets = Secrets::default();
        secrets.add("first?>~line & more\n  second\nthird");
        for case in [
            STANDARD.encode("first?>~line & more\n  second\nthird"),
            URL_SAFE_NO_PAD.encode("first?>~line & more\n  second\nthird"),
            "first?>~line & more\n  second\nthird".to_owned(),
            "first?>~line &amp; more\r\n  second\r\nthird".to_owned(),
            r"first?>~line \u0026 more\n  second\nthird".to_owned(),
            "first?>~\nline &\n more\n  sec\nond\nthird".to_owned(),
        ] {
            let shown = secrets.redact(&format!("x {case} y")).replace('=', "");
            assert_eq!(shown, "x *** y", "{case}");
        }
    }

    #[test]
    fn names_tell_secrets_from_tokens_of_the_protocol() {
        for name in [
            "Password",
            "LoginPasswd",
            "Ecs.SecretKey",
            "x_private_key",
            "AuthToken",
            "RootPwd",
            "IkeConfig.Psk",
            "ActivationCode",
        ] {
            assert!(sounds_secret(name), "{name}");
        }
        for name in ["ClientToken", "NextToken", "InstanceId", "KeyPairName"] {
            assert!(!sounds_secret(name), "{name}");
        }
    }
}
