//! Secrets, which are recognized by their names.

use crate::spec::{Parameter, Schema, Type};

/// Ends of names of texts that nobody should see printed.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "secret",
    "secretkey",
    "accesskeysecret",
    "privatekey",
    "privatekeybody",
    "securitytoken",
    "samlassertion",
    "oidctoken",
    "plaintext",
    "secretdata",
    "sslpri",
    "psk",
    "authkey",
    "clientkey",
    "base32stringseed",
    "authenticationcode1",
    "authenticationcode2",
    "credentials",
    "cak",
    "activationcode",
    "consoleoutput",
    "vncurl",
    "websocketurl",
];

/// Marks the parameters, and fields within, that carry secrets.
pub(crate) fn mark_request(parameters: &mut [Parameter]) {
    for parameter in parameters {
        mark(&parameter.name, &mut parameter.schema);
    }
}

/// Marks the fields that carry secrets.
pub(super) fn mark_response(response: &mut Schema) {
    mark("", response);
}

fn mark(name: &str, schema: &mut Schema) {
    let last = name.rsplit('.').next().unwrap_or(name);
    let plain: String = last
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    // `AllowCredentials` says whether there may be some.
    let secret =
        SECRETS.iter().any(|secret| plain.ends_with(secret)) && !plain.starts_with("allow");
    if schema.kind == Type::String && secret {
        schema.sensitive = true;
    }
    if let Some(items) = &mut schema.items {
        mark(name, items);
    }
    if let Some(values) = &mut schema.additional_properties {
        mark(name, values);
    }
    for (name, property) in &mut schema.properties {
        mark(name, property);
    }
}
