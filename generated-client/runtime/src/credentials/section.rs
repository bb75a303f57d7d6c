//! Named values out of a file or an answer, and the access key among them. Errors name the place and
//! the key, never a value.

use std::{
    io::{self, Read},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use super::{Credentials, CredentialsError, environment::enumerate};
use crate::json;

/// Named values. It has no `Debug`, and overwrites them when it is dropped: they can be secrets.
pub(super) struct Section {
    /// Where the values stand, for errors.
    place: String,
    /// Of two values for one key, the last counts.
    values: Vec<(String, String)>,
}

/// The keys under which an access key stands.
pub(super) struct Keys {
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
    pub(super) token: &'static str,
    /// A time such as `2026-01-01T00:00:00Z`.
    pub(super) expiration: &'static str,
}

impl Keys {
    /// In the answers of STS, the metadata service and credentials URIs.
    pub(super) const ANSWER: Self = Self {
        id: "AccessKeyId",
        secret: "AccessKeySecret",
        token: "SecurityToken",
        expiration: "Expiration",
    };

    /// In `~/.aliyun/config.json`, and in what a command prints.
    pub(super) const PROFILE: Self = Self {
        id: "access_key_id",
        secret: "access_key_secret",
        token: "sts_token",
        expiration: "expiration",
    };

    /// In `~/.alibabacloud/credentials`.
    pub(super) const INI: Self = Self {
        token: "security_token",
        ..Self::PROFILE
    };
}

impl Drop for Section {
    fn drop(&mut self) {
        for (_, value) in &mut self.values {
            value.zeroize();
        }
    }
}

impl Section {
    pub(super) fn new(place: impl Into<String>, values: Vec<(String, String)>) -> Self {
        Self {
            place: place.into(),
            values,
        }
    }

    /// The texts, numbers and booleans of a JSON object; anything else counts as not there.
    pub(super) fn from_json(place: impl Into<String>, object: &Map<String, Value>) -> Self {
        let scalar = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        let values = object
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), scalar(value)?)))
            .collect();
        Self::new(place, values)
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// A value without the white space around it; an empty one counts as not there.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let (_, value) = self.values.iter().rev().find(|(known, _)| known == key)?;
        let value = value.trim();
        (!value.is_empty()).then_some(value)
    }

    /// Several values, or an error that names all that are lacking.
    pub(super) fn require<const N: usize>(
        &self,
        keys: [&str; N],
    ) -> Result<[&str; N], CredentialsError> {
        self.has_all(&keys)?;
        Ok(keys.map(|key| self.text(key).unwrap_or_default()))
    }

    fn has_all(&self, keys: &[&str]) -> Result<(), CredentialsError> {
        let lacking = keys.iter().filter(|key| self.text(key).is_none());
        let lacking: Vec<String> = lacking.map(|key| format!("`{key}`")).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let lacking: Vec<&str> = lacking.iter().map(String::as_str).collect();
        Err(CredentialsError::invalid(format!(
            "{} lacks {}",
            self.place,
            enumerate(&lacking)
        )))
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.text(key)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    pub(super) fn is_false(&self, key: &str) -> bool {
        let value = self.text(key).map(str::to_ascii_lowercase);
        value.is_some_and(|value| matches!(value.as_str(), "false" | "0" | "no" | "off"))
    }

    /// A length of time in whole seconds. The command line tool writes 0 for "not given".
    pub(super) fn seconds(&self, key: &str) -> Result<Option<Duration>, CredentialsError> {
        let Some(text) = self.text(key) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(0) => Ok(None),
            Ok(seconds) => Ok(Some(Duration::from_secs(seconds))),
            Err(_) => Err(self.malformed(key, "a whole number of seconds")),
        }
    }

    /// A time. One that cannot be read is not known, which is no reason to do without the access key.
    pub(super) fn time(&self, key: &str) -> Option<SystemTime> {
        let text = self.text(key)?;
        let time = time_of(text);
        if time.is_none() && text != "0" {
            tracing::warn!(place = self.place, key, "not a time");
        }
        time
    }

    fn malformed(&self, key: &str, expected: &str) -> CredentialsError {
        CredentialsError::invalid(format!("{}: `{key}` is not {expected}", self.place))
    }

    /// The lasting access key that stands under these keys. What else stands beside it was left there
    /// by another mode.
    pub(super) fn lasting(&self, keys: &Keys) -> Result<Credentials, CredentialsError> {
        let [id, secret] = self.require([keys.id, keys.secret])?;
        Ok(Credentials::new(id, secret))
    }

    /// The access key to assume a role with. A token belongs to a temporary one only, whose ID begins
    /// with `STS.`; beside a lasting one it was left there by another mode. The vendor's command line
    /// tool reads the token here, its libraries do not: both get what works.
    pub(super) fn source_key(&self, keys: &Keys) -> Result<Credentials, CredentialsError> {
        let key = self.lasting(keys)?;
        Ok(match self.text(keys.token) {
            Some(token) if key.access_key_id.starts_with("STS.") => key.with_security_token(token),
            _ => key,
        })
    }

    /// The access key that stands under these keys; token and end only where they are there.
    pub(super) fn credentials(&self, keys: &Keys) -> Result<Credentials, CredentialsError> {
        let mut credentials = self.lasting(keys)?;
        if let Some(token) = self.text(keys.token) {
            credentials = credentials.with_security_token(token);
        }
        credentials.expiration = self.time(keys.expiration);
        Ok(credentials)
    }
}

/// A time as services and tools write it: `2026-01-01T00:00:00Z`, with a space for the `T`, with an
/// offset such as `+08:00`, `+0800` or `+08`, or as seconds or milliseconds since 1970; 0 for none.
fn time_of(text: &str) -> Option<SystemTime> {
    /// Seconds since 1970 that are later than any end of an access key.
    const FAR: u64 = 100_000_000_000;

    if let Ok(number) = text.parse::<u64>() {
        let since = match number {
            0 => return None,
            FAR.. => Duration::from_millis(number),
            _ => Duration::from_secs(number),
        };
        return UNIX_EPOCH.checked_add(since);
    }
    let upper = text.to_ascii_uppercase();
    let (local, offset) = match upper.get(10..)?.find(['+', '-']) {
        Some(at) => upper.split_at(at + 10),
        None => (upper.as_str(), ""),
    };
    let time = humantime::parse_rfc3339_weak(local.trim_end()).ok()?;
    let Some(digits) = offset.get(1..) else {
        return Some(time);
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None => digits.split_at_checked(2)?,
    };
    let number = |text: &str| match text.len() {
        0 => Some(0),
        2 => text.parse::<u64>().ok(),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours > 23 || minutes > 59 || local.ends_with('Z') {
        return None;
    }
    let offset_time = Duration::from_secs((hours * 60 + minutes) * 60);
    if offset.starts_with('+') {
        time.checked_sub(offset_time)
    } else {
        time.checked_add(offset_time)
    }
}

/// Parses a JSON object. The error has the position only: serde_json's own text quotes what it met.
pub(super) fn parse_object(
    place: &str,
    text: &[u8],
) -> Result<Map<String, Value>, CredentialsError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    match json::parse(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(CredentialsError::invalid(format!(
            "{place} is not a JSON object"
        ))),
        Err(error) => {
            let trouble = if error.is_eof() {
                "it ends too early"
            } else {
                "syntax error"
            };
            Err(CredentialsError::invalid(format!(
                "{place} is not JSON: {trouble} at line {}, column {}",
                error.line(),
                error.column()
            )))
        }
    }
}

/// Reads a small text file that an access key or token stands in, beside the threads of the tokio
/// runtime where there is one: the file may lie on a slow network.
pub(super) async fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, CredentialsError> {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return read_file_now(path);
    };
    let owned = path.to_owned();
    let read = runtime.spawn_blocking(move || read_file_now(&owned));
    read.await.unwrap_or_else(|error| {
        let place = path.display();
        Err(
            CredentialsError::unavailable(format!("reading {place} was broken off"))
                .with_source(error),
        )
    })
}

/// Reads so many bytes, and one more where there are more.
pub(super) fn read_up_to(limit: u64, from: &mut dyn Read, into: &mut Vec<u8>) -> io::Result<usize> {
    from.take(limit + 1).read_to_end(into)
}

/// The same on this thread.
pub(super) fn read_file_now(path: &Path) -> Result<Zeroizing<Vec<u8>>, CredentialsError> {
    use std::io::ErrorKind;

    /// Bytes that such a file may have.
    const LIMIT: u64 = 1024 * 1024;

    let place = path.display();
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => CredentialsError::missing(format!("{place} does not exist")),
        _ => CredentialsError::invalid(format!("{place} cannot be read")).with_source(error),
    };
    // Before it is opened: a pipe that nobody writes to would not even open.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(CredentialsError::invalid(format!(
            "{place} is not a regular file"
        )));
    }
    let mut file = std::fs::File::open(path).map_err(failed)?;
    // All of it from the start: a buffer that grows leaves copies behind.
    let capacity = metadata.len().min(LIMIT) + 1;
    let mut content = Zeroizing::new(Vec::with_capacity(
        usize::try_from(capacity).unwrap_or_default(),
    ));
    read_up_to(LIMIT, &mut file, &mut content).map_err(failed)?;
    if content.len() as u64 > LIMIT {
        return Err(CredentialsError::invalid(format!(
            "{place} is longer than {LIMIT} bytes"
        )));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_form() {
        let new_year = UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        for text in [
            "2026-01-01T00:00:00Z",
            "2026-01-01t00:00:00z",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01 00:00:00",
            "2026-01-01T08:00:00+08:00",
            "2026-01-01T08:00:00+0800",
            "2026-01-01T08:00:00.000+08",
            "2026-01-01 08:00:00 +08:00",
            "2025-12-31T19:30:00-04:30",
            "2026-01-01T00:00:00+00:00",
            "1767225600",
            "1767225600000",
        ] {
            assert_eq!(time_of(text), Some(new_year), "{text}");
        }
        for text in [
            "soon",
            "",
            "0",
            "-1",
            "2026-01-01",
            "2026-01-01T00:00:00+8",
            "2026-01-01T00:00:00+99:00",
            "2026-01-01T00:00:00+08:00:00",
            "2026-01-01T00:00:00Z+08:00",
            "2026-13-01T00:00:00Z",
            "18446744073709551615",
            "2026-01-01T00:00:00é",
        ] {
            let known =
                time_of(text).filter(|time| time < &(new_year + Duration::from_secs(1 << 40)));
            assert_eq!(known, None, "{text}");
        }
    }
}
