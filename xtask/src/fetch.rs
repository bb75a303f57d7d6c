//! Metadata over HTTPS, from the vendor's public metadata service.

use std::fmt::Write as _;
use std::process::Stdio;

use crate::workspace;

/// Where the vendor publishes it.
pub(crate) const BASE_URL: &str = "https://api.aliyun.com/meta/v1";

/// The largest known file has 4 MB; what passes this is not metadata. In bytes.
pub(crate) const LARGEST: u64 = 64 << 20;

/// The address of the metadata of a product version, or of one of its operations.
pub(crate) fn url(base: &str, product: &str, version: &str, operation: Option<&str>) -> String {
    let base = base.trim_end_matches('/');
    let (product, version) = (escaped(product), escaped(version));
    match operation {
        Some(operation) => format!(
            "{base}/products/{product}/versions/{version}/apis/{}/api.json",
            escaped(operation)
        ),
        None => format!("{base}/products/{product}/versions/{version}/api-docs.json"),
    }
}

/// Reads the text at an address, of at most `largest` bytes, and shows how far it is.
///
/// The package `alicloud-fetch` does it: TLS takes long to build.
pub(crate) fn text(url: &str, largest: u64) -> Result<String, String> {
    let output = workspace::run("alicloud-fetch")
        .args([url, &largest.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{url}: cargo cannot be run: {error}"))?;
    match output.status.code() {
        Some(0) => decoded(output.stdout).map_err(|why| format!("{url}: {why}")),
        Some(2) => Err(String::from_utf8_lossy(&output.stdout).into_owned()),
        _ => Err(format!(
            "{url}: the package `alicloud-fetch`, which fetches, cannot be built or run ({})",
            output.status
        )),
    }
}

/// Metadata, or a page, as text; where it is none, what it is instead, and the remedy.
pub(crate) fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let packed =
        |what: &str, command: &str| Err(format!("this is {what}; unpack it first (`{command}`)"));
    let encoded = |as_what: &str, from: &str| {
        Err(format!(
            "this is {as_what}; save it as UTF-8 first (`iconv -f {from} -t UTF-8`)"
        ))
    };
    match bytes.as_slice() {
        [0x1f, 0x8b, ..] => packed("compressed with gzip", "gzip -dc"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => packed("compressed with zstd", "zstd -dc"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => packed("compressed with xz", "xz -dc"),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => packed("compressed with bzip2", "bzip2 -dc"),
        [b'P', b'K', 3, 4, ..] => packed("a zip archive", "unzip"),
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => encoded("UTF-32", "UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => encoded("UTF-16", "UTF-16"),
        // JSON begins with two characters of ASCII, so a zero among them is part of a character.
        [_, 0, 0, 0, ..] => encoded("UTF-32", "UTF-32LE"),
        [0, 0, 0, _, ..] => encoded("UTF-32", "UTF-32BE"),
        [_, 0, ..] => encoded("UTF-16", "UTF-16LE"),
        [0, _, ..] => encoded("UTF-16", "UTF-16BE"),
        _ => String::from_utf8(bytes).map_err(|_| "this is not UTF-8 text".to_owned()),
    }
}

/// A part of a path: whatever is not plain is percent-encoded, so that it stays one part.
fn escaped(part: &str) -> String {
    let plain = |b: u8| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'-' | b'_' | b'~')
            || (b == b'.' && !part.trim_matches('.').is_empty())
    };
    part.bytes().fold(String::new(), |mut out, b| {
        if plain(b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(
            url(BASE_URL, "Ecs", "2014-05-26", None),
            "https://api.aliyun.com/meta/v1/products/Ecs/versions/2014-05-26/api-docs.json"
        );
        assert_eq!(
            url("https://x/", "a/../b", "..", Some("O P")),
            "https://x/products/a%2F..%2Fb/versions/%2E%2E/apis/O%20P/api.json"
        );
    }
}
