//! Takes secrets out of texts that come from outside. A service that finds a signature wrong
//! answers with the text that it signed itself, and that holds parameters and the STS token; a
//! gateway may echo the address, and that holds a signature.

use crate::{
    credentials::Credentials,
    record::{Field, Record, ValueRef},
    sign::{Signed, percent_encoded},
};

/// Shorter texts are no secrets, and would be found everywhere.
const SHORTEST: usize = 4;

/// Texts to take out.
#[derive(Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// Those of a request and of what it was signed with.
    pub(super) fn of(request: &dyn Record, credentials: Option<&Credentials>) -> Self {
        let mut secrets = Self::default();
        secrets.add_sensitive(request);
        if let Some(credentials) = credentials {
            secrets.add_credentials(credentials);
        }
        secrets
    }

    fn add_credentials(&mut self, credentials: &Credentials) {
        self.add(credentials.access_key_secret.expose());
        if let Some(token) = &credentials.security_token {
            self.add(token.expose());
        }
    }

    pub(super) fn add_signature(&mut self, signed: &Signed) {
        let query = signed.path_and_query.split(['?', '&']);
        let in_query = query.filter_map(|pair| pair.strip_prefix("Signature="));
        let in_header = signed
            .headers
            .iter()
            .filter_map(|(_, value)| Some(value.split_once("Signature=")?.1));
        for signature in in_query.chain(in_header) {
            self.add(signature);
            self.add(&percent_decoded(signature));
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
            (ValueRef::Any(json), _) if sensitive => self.add(&json.to_string()),
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

    fn add(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        // As it is, as a parameter, and as a parameter within the text that is signed.
        let once = percent_encoded(secret);
        let twice = percent_encoded(&once);
        for form in [secret.to_owned(), once, twice] {
            if !self.0.contains(&form) {
                self.0.push(form);
            }
        }
        self.longest_first();
    }

    /// A secret may be a part of another's encoded form.
    fn longest_first(&mut self) {
        self.0.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    /// The text with `***` in the place of every secret.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), "***");
            }
        }
        text
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let hex = |byte: u8| char::from(byte).to_digit(16);
        let byte = match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    u8::try_from(high * 16 + low).unwrap_or(b'%')
                }
                _ => b'%',
            },
            _ => *first,
        };
        bytes.push(byte);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
