//! The response of a server: the body of a success, or an error.
//!
//! An answer is an error where its status is none of success, or where its body says so: some
//! products answer everything with status 200 and tell the outcome in fields at the top of the body.
//! `Success` decides where it is `false` or `true`. Without it a `Code` or `ErrorCode` counts as the
//! outcome, unless it is one of the product's
//! [codes of success](crate::operation::ServiceInfo::success_codes) or the operation has a field of
//! that name with a meaning of its own: one listed in the response without a message or `Success`
//! beside it, in a body that has no message either.
//!
//! Error bodies are read as JSON with `Code`, `Message`, `RequestId` (in any case of letters, also as
//! `ErrorCode` and the like, also within an object `Error`), damaged or cut off as it may be; then as XML with the same names. What
//! is neither, such as a gateway's page, becomes [`Error::Response`] with an excerpt.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::redact::Secrets;
use crate::{
    decode::{self, DecodeError, Skipped},
    error::{Error, Meta, ResponseDetails, ServiceDetails, printable},
    json,
    operation::{Operation, RequestIdResponse, ServiceInfo},
    record::{Field, Kind, Record, Schema},
    repair::repair,
    retry::{self, Refusal},
};

/// How much of a body an error shows, in bytes.
const EXCERPT: usize = 1024;

/// How much of a message an error keeps, in bytes: a wrong signature is answered with the whole text
/// that was signed.
const MESSAGE: usize = 16 * 1024;

/// How much of an error's body is read, in bytes. The code may stand behind a message that quotes the
/// whole request, encoded twice.
pub(super) const ERROR_BODY: usize = 8 * 1024 * 1024;

/// An answer as it came.
pub(super) struct Answer {
    pub(super) product: &'static ServiceInfo,
    pub(super) operation: &'static Operation,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: bytes::Bytes,
    /// The request was signed with a temporary access key.
    pub(super) temporary_key: bool,
    /// Attempts and token of the call; status and request id are filled in from the answer.
    pub(super) meta: Meta,
}

impl Answer {
    /// Tells success from error. `more_codes` are codes of success beside the product's.
    pub(super) fn judge(
        &mut self,
        more_codes: &[String],
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<(), Error> {
        self.meta.status = Some(self.status);
        let in_header = header(&self.headers, "x-acs-request-id");
        let success = (200..300).contains(&self.status);
        if success && !mentions_outcome(&self.body) {
            let id = in_header.or_else(|| salvage(&self.body));
            self.meta.request_id = id.map(|id| safe_id(id, secrets));
            return Ok(());
        }
        let fields = Fields::read(&self.body);
        // In the answer to an operation that was carried out, an object of that name may be data.
        let fields = fields.map(|fields| if success { fields } else { fields.opened() });
        let id = in_header.or_else(|| match &fields {
            Some(fields) => fields.request_id.clone(),
            None => salvage(&self.body),
        });
        let is_success_code = |code: &str| {
            let listed = self.product.success_codes.iter().copied();
            let mut all = listed.chain(more_codes.iter().map(String::as_str));
            all.any(|good| code.eq_ignore_ascii_case(good))
        };
        match fields {
            Some(fields)
                if success
                    && !fields.tell_failure(self.operation.response.get(), is_success_code) =>
            {
                self.meta.request_id = id.map(|id| safe_id(id, secrets));
                Ok(())
            }
            None if success => {
                self.meta.request_id = id.map(|id| safe_id(id, secrets));
                Ok(())
            }
            Some(fields) if success || fields.has_code() => {
                let secrets = secrets();
                self.meta.request_id = id.map(|id| told(&id, &secrets));
                Err(self.service_error(fields, is_success_code, &secrets))
            }
            _ => {
                let secrets = secrets();
                self.meta.request_id = id.map(|id| told(&id, &secrets));
                let reason = match self.status {
                    300..=399 => "a redirection, which is not followed",
                    407 => {
                        "the proxy asks for a user and a password, which stand in its URL as \
                         `user:password@`"
                    }
                    414 => {
                        "the URL is longer than the server takes; send less in one request, such as \
                         fewer or shorter values"
                    }
                    _ => "an error that is not the service's, probably of a gateway",
                };
                Err(self.unreadable(reason.into(), None, &secrets))
            }
        }
    }

    /// Reads a successful answer into a response. Gives what could not be read of it, which is an
    /// error in a strict client.
    pub(super) fn decode(
        self,
        response: &mut dyn Record,
        strict: bool,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<(Meta, Vec<Skipped>), Error> {
        // An operation without a documented response may answer whatever it likes.
        if response.schema().fields.is_empty() {
            return Ok((self.meta, Vec::new()));
        }
        match decode::decode(&self.body, response) {
            Ok(skipped) if strict && !skipped.is_empty() => Err(self.unread(&skipped, &secrets())),
            Ok(skipped) => Ok((self.meta, redacted(skipped, secrets))),
            Err(error) => Err(self.undecodable(&error, &secrets())),
        }
    }

    /// Reads a successful answer as JSON, as [`decode`](Self::decode) reads it into a response.
    pub(super) fn json(
        self,
        strict: bool,
        secrets: impl FnOnce() -> Secrets,
    ) -> Result<(Value, Meta, Vec<Skipped>), Error> {
        if self.body.is_empty() && self.operation.response.fields.is_empty() {
            return Ok((Value::Null, self.meta, Vec::new()));
        }
        match decode::decode_any(&self.body) {
            Ok((_, skipped)) if strict && !skipped.is_empty() => {
                Err(self.unread(&skipped, &secrets()))
            }
            // What is no response to the typed client is none by name.
            Ok((value, _)) if !value.is_object() && !self.operation.response.fields.is_empty() => {
                let mut any = RequestIdResponse::default();
                match decode::decode(&self.body, &mut any) {
                    Ok(skipped) => Ok((value, self.meta, skipped)),
                    Err(error) => Err(self.undecodable(&error, &secrets())),
                }
            }
            Ok((value, skipped)) => Ok((value, self.meta, skipped)),
            Err(error) => Err(self.undecodable(&error, &secrets())),
        }
    }

    fn unread(&self, skipped: &[Skipped], secrets: &Secrets) -> Error {
        let lines: Vec<_> = skipped.iter().map(ToString::to_string).collect();
        let path = skipped.first().map(|first| first.path.clone());
        let path = path.filter(|path| !path.is_empty());
        self.unreadable(secrets.redact(&lines.join("; ")).into(), path, secrets)
    }

    fn undecodable(&self, error: &DecodeError, secrets: &Secrets) -> Error {
        let reason = if self.body.is_empty() {
            "the answer is empty".to_owned()
        } else {
            secrets.redact(&error.to_string())
        };
        self.unreadable(reason.into(), None, secrets)
    }

    fn unreadable(
        &self,
        reason: std::borrow::Cow<'static, str>,
        path: Option<String>,
        secrets: &Secrets,
    ) -> Error {
        // What STS answers is a secret as a whole.
        let success = (200..300).contains(&self.status);
        let excerpt = if success && has_sensitive(self.operation.response.get(), &mut 10_000) {
            String::new()
        } else {
            excerpt(&self.body, secrets)
        };
        let content_type = header(&self.headers, "content-type");
        ResponseDetails {
            reason,
            path,
            content_type: content_type.map(|text| told(&text, secrets)),
            excerpt,
            class: self.refusal("", "", false).class(),
            meta: self.meta.clone(),
        }
        .into()
    }

    fn service_error(
        &self,
        fields: Fields,
        is_success_code: impl Fn(&str) -> bool,
        secrets: &Secrets,
    ) -> Error {
        let code = fields.failure_code(is_success_code).unwrap_or_default();
        let message = fields.message.as_deref().unwrap_or_default();
        let told = |text: &str| told(text, secrets);
        let mut details = ServiceDetails {
            product: self.product,
            operation: self.operation,
            code: told(code),
            message: shortened(told(head(message, 4 * MESSAGE)), MESSAGE),
            host_id: fields.host_id.as_deref().map(told),
            recommend: fields.recommend.as_deref().map(told),
            access_denied_detail: fields.access_denied_detail.as_ref().map(|detail| {
                let mut detail = detail.clone();
                clean(&mut detail, secrets);
                detail
            }),
            class: retry::FailureClass::Final,
            meta: self.meta.clone(),
        };
        let listed = details.documented().is_some_and(|row| row.retryable);
        // By what was said, not by what is shown of it.
        details.class = self
            .refusal(code, head(message, 4 * MESSAGE), listed)
            .class();
        details.into()
    }

    fn refusal<'a>(&self, code: &'a str, message: &'a str, listed: bool) -> Refusal<'a> {
        Refusal {
            status: self.status,
            code,
            message,
            listed,
            in_progress: self.product.in_progress_codes.contains(&code),
            hint: retry::hint_kind(&self.headers),
            temporary_key: self.temporary_key,
        }
    }
}

/// Would a client take the body of an answer with a status of success for a failure?
#[cfg(feature = "fake")]
pub(crate) fn tells_failure(product: &ServiceInfo, operation: &Operation, body: &[u8]) -> bool {
    let is_success_code = |code: &str| {
        let mut codes = product.success_codes.iter();
        codes.any(|good| code.eq_ignore_ascii_case(good))
    };
    Fields::read(body)
        .is_some_and(|fields| fields.tell_failure(operation.response.get(), is_success_code))
}

/// Tells success from error by status and body, as an attempt does: for fuzzing.
///
/// # Errors
///
/// The body is one of an error.
#[cfg(feature = "fake")]
#[doc(hidden)]
pub fn judged(
    product: &'static ServiceInfo,
    operation: &'static Operation,
    status: u16,
    body: &[u8],
) -> Result<(), Error> {
    let mut answer = Answer {
        product,
        operation,
        status,
        headers: HeaderMap::new(),
        body: bytes::Bytes::copy_from_slice(body),
        temporary_key: false,
        meta: Meta {
            operation: operation.name,
            status: None,
            request_id: None,
            attempts: 1,
            idempotency_token: None,
            exhausted: false,
        },
    };
    answer.judge(&[], Secrets::default)
}

/// A text of the server, without secrets and without characters that act on a terminal.
fn told(text: &str, secrets: &Secrets) -> String {
    printable(&secrets.redact(text))
}

/// A request id. Those that look like one of the vendor's can hold nothing else.
pub(super) fn safe_id(id: String, secrets: impl FnOnce() -> Secrets) -> String {
    let groups = id.split('-').map(str::len);
    let is_hex = |c: char| c.is_ascii_hexdigit() || c == '-';
    if groups.eq([8, 4, 4, 4, 12]) && id.chars().all(is_hex) {
        return id;
    }
    told(&id, &secrets())
}

fn redacted(mut skipped: Vec<Skipped>, secrets: impl FnOnce() -> Secrets) -> Vec<Skipped> {
    if skipped.is_empty() {
        return skipped;
    }
    let secrets = secrets();
    for part in &mut skipped {
        part.path = secrets.redact(&part.path);
        part.found = secrets.redact(&part.found);
    }
    skipped
}

/// Takes secrets and control characters out of every text in a value.
fn clean(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => *text = told(text, secrets),
        Value::Array(values) => {
            for value in values {
                clean(value, secrets);
            }
        }
        Value::Object(fields) => {
            *fields = std::mem::take(fields)
                .into_iter()
                .map(|(name, mut value)| {
                    clean(&mut value, secrets);
                    (told(&name, secrets), value)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The beginning of a text, at most this many bytes.
fn head(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// A text with a mark where it was longer than this many bytes.
fn shortened(text: String, most: usize) -> String {
    match head(&text, most) {
        short if short.len() < text.len() => format!("{short}…"),
        _ => text,
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(headers.get(name)?.as_bytes());
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A body may have a field `Code`, `ErrorCode` or `Success`, or is XML; looking for it is cheaper than
/// reading the body.
fn mentions_outcome(body: &[u8]) -> bool {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'<') {
        return true;
    }
    body.iter().enumerate().any(|(at, byte)| {
        let ends =
            |name: &[u8]| at >= name.len() && body[at - name.len()..at].eq_ignore_ascii_case(name);
        *byte == b'"' && (ends(b"code") || ends(b"success"))
    })
}

/// What the body of an error says.
#[derive(Default)]
struct Fields {
    code: Option<String>,
    /// `ErrorCode` and the like; the code where there is no other, or where that is one of success.
    error_code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    host_id: Option<String>,
    recommend: Option<String>,
    access_denied_detail: Option<Value>,
    success: Option<bool>,
    /// What stands in an object `Error`.
    inner: Option<Box<Fields>>,
}

/// The names of a code, a message and the rest, in lower case and without `_` and `-`.
const CODE: [&str; 1] = ["code"];
const ERROR_CODE: [&str; 3] = ["errorcode", "errcode", "errorcodes"];
const MESSAGE_NAMES: [&str; 6] = [
    "message",
    "errormessage",
    "errmessage",
    "errormsg",
    "errmsg",
    "msg",
];

fn plain_name(name: &str) -> String {
    name.replace(['_', '-'], "").to_ascii_lowercase()
}

impl Fields {
    fn read(body: &[u8]) -> Option<Self> {
        if let Some(fields) = Self::from_json(body) {
            return Some(fields);
        }
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'{') || body.starts_with(b"\xef\xbb\xbf{") {
            return Self::from_json(&repair(body)?.json);
        }
        Self::from_xml(&String::from_utf8_lossy(body))
    }

    fn from_json(body: &[u8]) -> Option<Self> {
        let known = |name: &str| Some(plain_name(name)).filter(|name| Self::is_known(name));
        let mut fields = Self::default();
        json::members(body, &known, &mut |name, value| fields.set(name, value)).ok()?;
        Some(fields)
    }

    /// Errors in XML are flat, so looking for the tags is enough.
    fn from_xml(text: &str) -> Option<Self> {
        let any = |names: &[&str]| names.iter().find_map(|name| tag(text, name));
        let code = any(&["Code"]);
        let error_code = any(&["ErrorCode", "errCode"]);
        if code.is_none() && error_code.is_none() {
            return None;
        }
        Some(Self {
            code,
            error_code,
            message: any(&["Message", "ErrorMessage", "errMsg", "Msg"]),
            request_id: any(&["RequestId", "Request_Id"]),
            host_id: any(&["HostId"]),
            recommend: any(&["Recommend"]),
            success: any(&["Success"]).and_then(|text| flag(&text)),
            ..Self::default()
        })
    }

    /// Takes a field. An empty text says nothing.
    fn set(&mut self, name: &str, value: Value) {
        let text = match value {
            Value::String(text) if text.trim().is_empty() => return,
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null => return,
            other => {
                match (name, other) {
                    ("accessdenieddetail", other) => self.access_denied_detail = Some(other),
                    ("error", Value::Object(inner)) => {
                        let mut fields = Self::default();
                        for (name, value) in inner {
                            fields.set(&plain_name(&name), value);
                        }
                        self.inner = Some(Box::new(fields));
                    }
                    _ => {}
                }
                return;
            }
        };
        match name {
            "requestid" => self.request_id = Some(text),
            "hostid" => self.host_id = Some(text),
            "recommend" => self.recommend = Some(text),
            "accessdenieddetail" => self.access_denied_detail = Some(Value::String(text)),
            "success" => self.success = flag(&text),
            "message" => self.message = Some(text),
            _ if CODE.contains(&name) => self.code = Some(text),
            _ if ERROR_CODE.contains(&name) => self.error_code = Some(text),
            // The plain name counts where both are there.
            _ if MESSAGE_NAMES.contains(&name) => {
                self.message.get_or_insert(text);
            }
            _ => {}
        }
    }

    fn is_known(name: &str) -> bool {
        matches!(
            name,
            "requestid" | "hostid" | "recommend" | "accessdenieddetail" | "success" | "error"
        ) || CODE.contains(&name)
            || ERROR_CODE.contains(&name)
            || MESSAGE_NAMES.contains(&name)
    }

    fn has_code(&self) -> bool {
        self.code.is_some() || self.error_code.is_some()
    }

    /// Where there is no code, that of an object `Error`, with the message beside it.
    fn opened(mut self) -> Self {
        let Some(inner) = self.inner.take().filter(|_| !self.has_code()) else {
            return self;
        };
        Self {
            code: inner.code,
            error_code: inner.error_code,
            message: inner.message.or(self.message),
            request_id: self.request_id.or(inner.request_id),
            ..self
        }
    }

    /// The code that tells what went wrong.
    fn failure_code(&self, is_success_code: impl Fn(&str) -> bool) -> Option<&str> {
        let code = self.code.as_deref();
        match (code, self.error_code.as_deref()) {
            (Some(code), Some(error_code)) if is_success_code(code) => Some(error_code),
            (None, error_code) => error_code,
            (code, _) => code,
        }
    }

    /// The body of an answer with a status of success tells a failure all the same.
    fn tell_failure(&self, schema: &Schema, is_success_code: impl Fn(&str) -> bool) -> bool {
        let lists = |names: &[&str]| {
            let mut fields = schema.fields.iter();
            fields.any(|field| names.contains(&plain_name(field.name).as_str()))
        };
        let has_message = self.message.is_some();
        let lists_success = lists(&["success"]);
        let lists_message = lists(&MESSAGE_NAMES);
        match self.success {
            Some(true) => return false,
            // It is data where the operation lists it and nothing that would tell a reason.
            Some(false) => {
                let lists_reason = lists(&CODE) || lists(&ERROR_CODE) || lists_message;
                let has_reason = self.has_code() || has_message;
                return !lists_success || lists_reason || has_reason;
            }
            None => {}
        }
        let tells = |code: Option<&str>, names: &[&str]| {
            code.is_some_and(|code| {
                let is_data = lists(names) && !lists_message && !lists_success;
                !is_success_code(code) && (!is_data || has_message)
            })
        };
        if self.code.is_some() {
            return tells(self.code.as_deref(), &CODE);
        }
        // 0 is what programs return that went well.
        let error_code = self.error_code.as_deref().filter(|code| *code != "0");
        tells(error_code, &ERROR_CODE)
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The text of the first element of a name, in any case, whatever its attributes and its namespace.
fn tag(xml: &str, name: &str) -> Option<String> {
    let mut rest = xml;
    loop {
        let (_, after) = rest.split_once('<')?;
        rest = after;
        let (head, content) = after.split_once('>')?;
        let end = head.find(|c: char| c.is_whitespace() || c == '/');
        let (qualified, attributes) = head.split_at(end.unwrap_or(head.len()));
        if !local_name(qualified).eq_ignore_ascii_case(name) || attributes.ends_with('/') {
            continue;
        }
        // A text cut off has no end.
        let text = match content.split_once("<![CDATA[") {
            Some((before, data)) if before.trim().is_empty() => {
                let (text, _) = data.split_once("]]>").unwrap_or((data, ""));
                text.trim().to_owned()
            }
            _ => {
                let (text, _) = content.split_once('<').unwrap_or((content, ""));
                unescape(text.trim())
            }
        };
        return (!text.is_empty()).then_some(text);
    }
}

fn local_name(qualified: &str) -> &str {
    qualified
        .rsplit_once(':')
        .map_or(qualified, |(_, local)| local)
}

/// Replaces the entities of XML.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';');
        match entity.and_then(|(entity, behind)| Some((character(entity)?, behind))) {
            Some((c, behind)) => {
                out.push(c);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

/// The character that an entity of XML or HTML stands for, by its name without `&` and `;`.
pub(super) fn character(entity: &str) -> Option<char> {
    let number = match entity {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "amp" => return Some('&'),
        _ => entity.strip_prefix('#')?,
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

/// The request id out of a body that is not looked at otherwise, or is cut off.
fn salvage(body: &[u8]) -> Option<String> {
    for name in ["\"RequestId\"", "\"requestId\"", "\"request_id\""] {
        let found = body
            .windows(name.len())
            .position(|window| window == name.as_bytes());
        let Some(at) = found else { continue };
        let rest = &body[at + name.len()..];
        let rest = String::from_utf8_lossy(&rest[..rest.len().min(200)]);
        let id = rest.trim_start().strip_prefix(':')?.trim_start();
        let (id, _) = id.strip_prefix('"')?.split_once('"')?;
        return (!id.is_empty()).then(|| id.to_owned());
    }
    None
}

/// The beginning of a body, on one line.
fn excerpt(body: &[u8], secrets: &Secrets) -> String {
    // So much more that a secret that begins in what is shown is whole.
    let head = &body[..body.len().min(64 * 1024)];
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
            break;
        }
    }
    shortened(printable(&line), EXCERPT)
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
        operation::{Access, Errors, SchemaRef, SignatureKind},
        record::Location,
    };

    static PRODUCT: ServiceInfo = ServiceInfo {
        code: "Net",
        version: "1",
        signatures: &[SignatureKind::Acs3],
        success_codes: ServiceInfo::SUCCESS_CODES,
        in_progress_codes: &[],
        endpoints: &[],
        endpoint_rule: None,
        vpc_endpoint_rule: None,
        errors: Errors::NONE,
    };
    static SHAPE: Schema = Schema {
        name: "Response",
        fields: alicloud_schema::record::Fields::of(&[
            Field::string("RequestId"),
            Field::string("Code").location(Location::Query),
        ]),
        rules: &[],
    };
    static OPERATION: Operation = Operation::new(
        "Look",
        Access::Read,
        SchemaRef::of(&SHAPE),
        SchemaRef::of(&SHAPE),
    );

    fn judge(status: u16, body: Vec<u8>) -> Result<Answer, Error> {
        let mut answer = Answer {
            product: &PRODUCT,
            operation: &OPERATION,
            status,
            headers: HeaderMap::new(),
            body: body.into(),
            temporary_key: false,
            meta: Meta {
                operation: "Look",
                status: None,
                request_id: None,
                attempts: 1,
                idempotency_token: None,
                exhausted: false,
            },
        };
        answer.judge(&[], Secrets::default)?;
        Ok(answer)
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
                let _ = answer.json(false, Secrets::default);
            }
        }
    }
}
