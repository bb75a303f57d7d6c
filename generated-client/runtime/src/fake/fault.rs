//! Errors as the endpoint answers them, and their bodies.

use serde_json::{Value, json};

use crate::operation::{ErrorRow, Operation, ServiceInfo};

/// An error answer.
///
/// Made from a row of an error table, where `%s` is replaced by a word, or from status, code and
/// message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Fault {
    /// An error with this HTTP status, code and message. A status that is not one of a final
    /// response (200 to 599) becomes 400.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status: if (200..600).contains(&status) {
                status
            } else {
                400
            },
            code: code.into(),
            message: message.into(),
            headers: Vec::new(),
        }
    }

    /// Adds a header to the answer, such as `x-acs-retry-after`.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// An error of the operation: with the status that the error table has for the code, else 400.
    pub(super) fn of(operation: &Operation, code: &str, message: impl Into<String>) -> Self {
        let listed = operation
            .errors
            .iter()
            .find(|row| row.code == code && row.status != 0);
        Self::new(listed.map_or(400, |row| row.status), code, message)
    }

    /// The body in JSON.
    pub(crate) fn json(&self, context: &Context<'_>) -> Value {
        json!({
            "RequestId": context.request_id,
            "HostId": context.host,
            "Code": self.code,
            "Message": self.message,
            "Recommend": self.recommend(context),
        })
    }

    /// The body in XML.
    pub(super) fn xml(&self, context: &Context<'_>) -> String {
        let element = |name: &str, text: &str| format!("<{name}>{}</{name}>", xml_text(text));
        [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>",
            &element("RequestId", context.request_id),
            &element("HostId", context.host),
            &element("Code", &self.code),
            &element("Message", &self.message),
            &element("Recommend", &self.recommend(context)),
            "</Error>",
        ]
        .concat()
    }

    fn recommend(&self, context: &Context<'_>) -> String {
        let (code, product) = (&self.code, context.product.map_or("", |info| info.code));
        format!("https://api.aliyun.com/troubleshoot?q={code}&product={product}")
    }
}

/// What an error body tells beside the error.
pub(crate) struct Context<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) host: &'a str,
    pub(crate) product: Option<&'static ServiceInfo>,
}

impl From<ErrorRow> for Fault {
    fn from(row: ErrorRow) -> Self {
        let message = match row.message {
            "" => "The request failed.".to_owned(),
            message => message.replace("%s", "Sample"),
        };
        Self::new(row.status, row.code.replace("%s", "Sample"), message)
    }
}

impl From<&ErrorRow> for Fault {
    fn from(row: &ErrorRow) -> Self {
        Self::from(*row)
    }
}

impl From<(u16, &str, &str)> for Fault {
    fn from((status, code, message): (u16, &str, &str)) -> Self {
        Self::new(status, code, message)
    }
}

fn xml_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out
}
