//! Web addresses.

/// Whether a text is a web address, and nothing else.
pub(crate) fn is_address(text: &str) -> bool {
    url(text).is_some_and(|url| url.len() == text.len())
}

/// Where the vendor documents an operation; `None` where its names cannot be part of an address.
pub(crate) fn documentation(product: &str, version: &str, operation: &str) -> Option<String> {
    let address = format!("https://api.alibabacloud.com/document/{product}/{version}/{operation}");
    is_address(&address).then_some(address)
}

/// The address that a text begins with.
pub(crate) fn url(text: &str) -> Option<&str> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    host.starts_with(|c: char| c.is_ascii_alphanumeric())
        .then_some(())?;
    let ends = |c: char| !c.is_ascii() || c.is_whitespace() || "<>()[]{}\"'`|,;\\".contains(c);
    let end = text.find(ends).unwrap_or(text.len());
    Some(text[..end].trim_end_matches(['.', ':', '!', '?', '*', '_']))
}

/// Whether a text is the name of a host: labels of letters, digits, `-` and `_`, two of them or more.
pub(crate) fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.len() <= 253 && text.split('.').all(is_label)
}
