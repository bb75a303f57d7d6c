//! What a server said: the body of a success, or an error.
//!
//! An answer is an error where its status is none of success, or where its body says so: some
//! products answer everything with status 200 and tell the outcome in a field `Code`. That field
//! counts as the outcome unless it is `OK`, `Success` or `200`, or `Success` beside it is true, or
//! the operation has a field `Code` of its own meaning: one listed in the response without a
//! `Message` or `Success` beside it, in a body that has no `Message` either.
//!
//! Error bodies are read as JSON with `Code`, `Message`, `RequestId` (in any case of letters), then
//! as XML with the same names. What is neither, such as a gateway's page, becomes
//! [`Error::Response`] with an excerpt.

use reqwest::header::HeaderMap;
use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::Value;

use super::redact::Secrets;
use crate::{
    decode::DecodeError,
    error::{Error, Meta, ResponseDetails, ServiceDetails},
    operation::{Operation, ProductInfo},
    record::{Field, Kind, Record, Schema},
};

/// How much of a body an error shows, in bytes.
const EXCERPT: usize = 1024;

/// How much of an error's body is read, in bytes.
pub(super) const ERROR_BODY: usize = 64 * 1024;

/// An answer as it came.
pub(super) struct Answer {
    pub(super) product: &'static ProductInfo,
    pub(super) operation: &'static Operation,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: bytes::Bytes,
    /// Attempts and token of the call; status and request id are filled in from the answer.
    pub(super) meta: Meta,
}

impl Answer {
    /// Tells success from error.
    pub(super) fn judge(mut self, secrets: impl FnOnce() -> Secrets) -> Result<Answer, Error> {
        self.meta.status = Some(self.status);
        self.meta.request_id = header(&self.headers, "x-acs-request-id");
        let success = (200..300).contains(&self.status);
        if success && !mentions_code(&self.body) {
            self.meta.request_id = self.meta.request_id.take().or_else(|| salvage(&self.body));
            return Ok(self);
        }
        let fields = Fields::read(&self.body);
        if self.meta.request_id.is_none() {
            self.meta.request_id = match &fields {
                Some(fields) => fields.request_id.clone(),
                None => salvage(&self.body),
            };
        }
        match fields {
            _ if !success => {}
            Some(fields) if fields.tell_failure(self.operation.response) => {
                return Err(self.service_error(fields, &secrets()));
            }
            _ => return Ok(self),
        }
        match fields {
            Some(fields) if !fields.code.is_empty() => Err(self.service_error(fields, &secrets())),
            _ => {
                let reason = match self.status {
                    300..=399 => "a redirection, which is not followed",
                    _ => "an error that is not the service's, probably of a gateway",
                };
                Err(self.unreadable(reason.into(), None, None, &secrets()))
            }
        }
    }

    /// Reads a successful answer into a response.
    pub(super) fn decode(
        self,
        response: &mut dyn Record,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<Meta, Error> {
        // An operation without a documented response may answer whatever it likes.
        if response.schema().fields.is_empty() {
            return Ok(self.meta);
        }
        match crate::decode::decode(&self.body, response) {
            Ok(()) => Ok(self.meta),
            Err(error) => Err(self.undecodable(error, &secrets())),
        }
    }

    /// Reads a successful answer as JSON.
    pub(super) fn json(self, secrets: impl FnOnce() -> Secrets) -> Result<(Value, Meta), Error> {
        if self.body.is_empty() && self.operation.response.fields.is_empty() {
            return Ok((Value::Null, self.meta));
        }
        match serde_json::from_slice(&self.body) {
            Ok(value) => Ok((value, self.meta)),
            Err(error) => {
                let message = error.to_string();
                Err(self.undecodable(DecodeError::Syntax { message }, &secrets()))
            }
        }
    }

    fn undecodable(self, error: DecodeError, secrets: &Secrets) -> Error {
        let path = match &error {
            DecodeError::Incompatible { path, .. } if !path.is_empty() => Some(path.clone()),
            _ => None,
        };
        let reason = if self.body.is_empty() {
            "the answer is empty".to_owned()
        } else {
            error.to_string()
        };
        self.unreadable(reason.into(), path, Some(error), secrets)
    }

    fn unreadable(
        self,
        reason: std::borrow::Cow<'static, str>,
        path: Option<String>,
        source: Option<DecodeError>,
        secrets: &Secrets,
    ) -> Error {
        // What STS answers is a secret as a whole.
        let success = (200..300).contains(&self.status);
        let excerpt = if success && has_sensitive(self.operation.response, &mut 10_000) {
            String::new()
        } else {
            excerpt(&self.body, secrets)
        };
        ResponseDetails {
            reason,
            path,
            content_type: header(&self.headers, "content-type"),
            excerpt,
            source: source.map(Into::into),
            meta: self.meta,
        }
        .into()
    }

    fn service_error(self, fields: Fields, secrets: &Secrets) -> Error {
        let redact = |text: String| secrets.redact(&text);
        ServiceDetails {
            product: self.product,
            operation: self.operation,
            code: redact(fields.code),
            message: redact(fields.message),
            host_id: fields.host_id.map(redact),
            recommend: fields.recommend.map(redact),
            access_denied_detail: fields.access_denied_detail,
            meta: self.meta,
        }
        .into()
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A body without this name has no field `Code`; looking for it is cheaper than reading the body.
fn mentions_code(body: &[u8]) -> bool {
    body.windows(6)
        .any(|window| matches!(window, b"\"Code\"" | b"\"code\""))
}

/// What an error's body says.
#[derive(Default)]
struct Fields {
    code: String,
    message: String,
    request_id: Option<String>,
    host_id: Option<String>,
    recommend: Option<String>,
    access_denied_detail: Option<Value>,
    success: Option<bool>,
}

impl Fields {
    fn read(body: &[u8]) -> Option<Self> {
        Self::from_json(body).or_else(|| Self::from_xml(&String::from_utf8_lossy(body)))
    }

    fn from_json(body: &[u8]) -> Option<Self> {
        let mut reader = serde_json::Deserializer::from_slice(body);
        let fields = reader.deserialize_map(FieldsVisitor).ok()?;
        reader.end().ok()?;
        Some(fields)
    }

    /// Errors in XML are flat, so looking for the tags is enough.
    fn from_xml(text: &str) -> Option<Self> {
        let code = tag(text, "Code")?;
        Some(Self {
            code,
            message: tag(text, "Message").unwrap_or_default(),
            request_id: tag(text, "RequestId"),
            host_id: tag(text, "HostId"),
            recommend: tag(text, "Recommend"),
            ..Self::default()
        })
    }

    fn set(&mut self, name: &str, value: Value) {
        let text = match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            other => {
                if name == "accessdenieddetail" && !other.is_null() {
                    self.access_denied_detail = Some(other);
                }
                return;
            }
        };
        match name {
            "code" => self.code = text.unwrap_or_default(),
            "message" => self.message = text.unwrap_or_default(),
            "requestid" => self.request_id = text.filter(|id| !id.is_empty()),
            "hostid" => self.host_id = text,
            "recommend" => self.recommend = text,
            "accessdenieddetail" => self.access_denied_detail = text.map(Value::String),
            "success" => {
                self.success = match text.as_deref() {
                    Some("true" | "True" | "1") => Some(true),
                    Some("false" | "False" | "0") => Some(false),
                    _ => None,
                }
            }
            _ => {}
        }
    }

    /// The body of an answer with a status of success tells a failure all the same.
    fn tell_failure(&self, schema: &Schema) -> bool {
        let good = ["OK", "200", "Success"];
        if self.code.is_empty()
            || good.iter().any(|good| self.code.eq_ignore_ascii_case(good))
            || self.success == Some(true)
        {
            return false;
        }
        let lists = |name: &str| {
            schema
                .fields
                .iter()
                .any(|field| field.name.eq_ignore_ascii_case(name))
        };
        let code_is_data = lists("Code") && !lists("Message") && !lists("Success");
        !code_is_data || !self.message.is_empty() || self.success == Some(false)
    }
}

/// Reads the known names at the top of an object, and skips the rest without keeping it.
struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        const KNOWN: [&str; 7] = [
            "code",
            "message",
            "requestid",
            "hostid",
            "recommend",
            "accessdenieddetail",
            "success",
        ];
        let mut fields = Fields::default();
        while let Some(name) = map.next_key::<String>()? {
            let name = name.replace('_', "").to_ascii_lowercase();
            if KNOWN.contains(&name.as_str()) {
                fields.set(&name, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(fields)
    }
}

/// The text between `<name>` and `</name>`.
fn tag(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = text.trim();
    let text = text
        .strip_prefix("<![CDATA[")
        .and_then(|text| text.strip_suffix("]]>"))
        .map_or_else(|| unescape(text), str::to_owned);
    (!text.is_empty()).then_some(text)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// The request id out of a body that is not looked at otherwise, or is cut off.
fn salvage(body: &[u8]) -> Option<String> {
    for name in ["\"RequestId\"", "\"requestId\"", "\"request_id\""] {
        let found = body
            .windows(name.len())
            .position(|window| window == name.as_bytes());
        let Some(at) = found else { continue };
        let rest = &body[at + name.len()..];
        let rest = String::from_utf8_lossy(&rest[..rest.len().min(200)]).into_owned();
        let id = rest.trim_start().strip_prefix(':')?.trim_start();
        let (id, _) = id.strip_prefix('"')?.split_once('"')?;
        return (!id.is_empty()).then(|| id.to_owned());
    }
    None
}

/// The beginning of a body, on one line.
fn excerpt(body: &[u8], secrets: &Secrets) -> String {
    let head = &body[..body.len().min(ERROR_BODY)];
    let text = secrets.redact(&String::from_utf8_lossy(head));
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > EXCERPT {
            let end = (0..=EXCERPT).rev().find(|end| line.is_char_boundary(*end));
            line.truncate(end.unwrap_or(0));
            line.push('…');
            break;
        }
    }
    line
}

/// Looks at so many schemas at most: a schema may contain itself.
fn has_sensitive(schema: &Schema, left: &mut u32) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return true;
    };
    *left = rest;
    schema.fields.iter().any(|field| is_sensitive(field, left))
}

fn is_sensitive(field: &Field, left: &mut u32) -> bool {
    field.sensitive
        || match field.kind {
            Kind::Object(schema) => has_sensitive(schema, left),
            Kind::List(element) | Kind::Map(element) => is_sensitive(element, left),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        operation::{Access, SignatureKind},
        record::Location,
    };

    static PRODUCT: ProductInfo = ProductInfo {
        code: "Net",
        version: "1",
        signatures: &[SignatureKind::Acs3],
        endpoints: &[],
        endpoint_rule: None,
        vpc_endpoint_rule: None,
        errors: &[],
        operations: &[],
    };
    static SHAPE: Schema = Schema {
        name: "Response",
        fields: &[
            Field::string("RequestId"),
            Field::string("Code").location(Location::Query),
        ],
        rules: &[],
    };
    static OPERATION: Operation = Operation::new("Look", Access::Read, &SHAPE, &SHAPE);

    fn judge(status: u16, body: Vec<u8>) -> Result<Answer, Error> {
        let answer = Answer {
            product: &PRODUCT,
            operation: &OPERATION,
            status,
            headers: HeaderMap::new(),
            body: body.into(),
            meta: Meta {
                operation: "Look",
                status: None,
                request_id: None,
                attempts: 1,
                idempotency_token: None,
            },
        };
        answer.judge(Secrets::default)
    }

    /// Bodies that look like answers, cut and spoiled.
    fn bodies() -> impl Strategy<Value = Vec<u8>> {
        let whole = prop_oneof![
            Just(r#"{"Code":"A","Message":"é","RequestId":"R","Success":true}"#),
            Just("<Error><Code>A</Code><Message><![CDATA[x]]></Message></Error>"),
            Just("{\"requestId\" : \"R\", \"code\": 7, \"AccessDeniedDetail\": {}}"),
        ];
        let spoiled = (whole, any::<usize>(), any::<usize>(), any::<u8>()).prop_map(
            |(whole, cut, at, byte)| {
                let mut body = whole.as_bytes()[..cut % (whole.len() + 1)].to_vec();
                if !body.is_empty() {
                    let at = at % body.len();
                    body[at] = byte;
                }
                body
            },
        );
        prop_oneof![spoiled, proptest::collection::vec(any::<u8>(), 0..3000)]
    }

    proptest! {
        #[test]
        fn any_answer_is_a_body_or_an_error_that_keeps_the_status(
            status in 100u16..600,
            body in bodies(),
        ) {
            match judge(status, body.clone()) {
                Ok(answer) => prop_assert_eq!(answer.body.as_ref(), body.as_slice()),
                Err(error) => {
                    prop_assert_eq!(error.status(), Some(status));
                    if let Error::Response(answer) = &error {
                        prop_assert!(answer.excerpt().len() <= EXCERPT + '…'.len_utf8());
                        prop_assert!(!answer.excerpt().contains('\n'));
                    }
                }
            }
        }

        #[test]
        fn successes_are_read_or_refused(body in bodies()) {
            if let Ok(answer) = judge(200, body) {
                let _ = answer.json(Secrets::default);
            }
        }
    }
}
