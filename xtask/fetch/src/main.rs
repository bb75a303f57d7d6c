//! Fetches a file, for `cargo xtask`: the address and the most bytes that it may have are the
//! arguments.
//!
//! The file goes to standard output, and the exit status is 0. Where there is none, the reason goes
//! there, and the status is 2. Standard error shows how far it is.
//!
//! This is a package of its own because TLS takes longer to build than the rest of `cargo xtask`,
//! which needs it for few of its commands.

#![warn(clippy::pedantic)]

use std::io::{Read as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Connecting and each read may take as long.
const PATIENCE: Duration = Duration::from_secs(30);
/// The whole file may take as long.
const DEADLINE: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let fetched = match arguments.as_slice() {
        [url, largest] => match largest.parse() {
            Ok(largest) => fetch(url, largest),
            Err(error) => Err(format!("{largest}: {error}")),
        },
        _ => Err("expected an address and the most bytes that the file may have".to_owned()),
    };
    let (bytes, status) = match fetched {
        Ok(bytes) => (bytes, ExitCode::SUCCESS),
        Err(why) => (why.into_bytes(), ExitCode::from(2)),
    };
    match std::io::stdout().write_all(&bytes) {
        Ok(()) => status,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Reads the file at an address, of at most `largest` bytes, and shows how far it is.
///
/// Only `https` is followed, but for `http` on this machine, where tests serve.
fn fetch(url: &str, largest: u64) -> Result<Vec<u8>, String> {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    if !url.starts_with("https://") && !local.iter().any(|l| at_host(url, l)) {
        return Err(format!("{url}: only https is fetched"));
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .timeout_global(Some(DEADLINE))
        .https_only(url.starts_with("https://"))
        .http_status_as_error(false)
        .user_agent(concat!("alicloud-xtask/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut response = agent
        .get(url)
        .call()
        .map_err(|error| format!("{url}: {error}"))?;
    let status = response.status();
    if !status.is_success() {
        return Err(match status.as_u16() {
            404 => format!(
                "{url}: not found; are product and version spelled as the vendor does (`Ecs`, `2014-05-26`)?"
            ),
            _ => format!("{url}: the server answered {status}"),
        });
    }
    let length = response.body().content_length();
    if length.is_some_and(|length| length > largest) {
        return Err(too_large(url, largest));
    }
    let bar = progress(length);
    // One byte more than allowed tells a full file from a cut one.
    let reader = response.body_mut().with_config().limit(u64::MAX).reader();
    let mut bytes = Vec::new();
    bar.wrap_read(reader)
        .take(largest.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| format!("{url}: {error}"))?;
    bar.finish_and_clear();
    if bytes.len() as u64 > largest {
        return Err(too_large(url, largest));
    }
    Ok(bytes)
}

/// The address begins with the host, and the host ends there.
fn at_host(url: &str, host: &str) -> bool {
    url.strip_prefix(host)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
}

fn too_large(url: &str, largest: u64) -> String {
    format!("{url}: more than {largest} bytes, which no metadata has")
}

/// A bar where the length is known, else a count; nothing where nobody watches.
fn progress(length: Option<u64>) -> ProgressBar {
    let (bar, template) = match length {
        Some(length) => (
            ProgressBar::new(length),
            "fetching {bar:30} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec}",
        ),
        None => (
            ProgressBar::new_spinner(),
            "fetching {spinner} {binary_bytes} {binary_bytes_per_sec}",
        ),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    use super::*;

    /// Answers one request with these bytes and returns the first line of the request.
    fn serve(answer: Vec<u8>) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            // The client may have heard enough before the end.
            let _ = stream.write_all(&answer);
            first
        });
        (base, server)
    }

    fn answer(status: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    #[test]
    fn a_file_is_fetched() {
        let (base, server) = serve(answer("200 OK", "{\"title\":\"云\"}".as_bytes()));
        let path = "/products/Ecs/versions/2014-05-26/api-docs.json";
        let fetched = fetch(&format!("{base}{path}"), 100);
        assert_eq!(fetched.as_deref(), Ok("{\"title\":\"云\"}".as_bytes()));
        assert_eq!(
            server.join().unwrap(),
            "GET /products/Ecs/versions/2014-05-26/api-docs.json HTTP/1.1"
        );
    }

    #[test]
    fn what_is_too_large_is_refused_whether_it_says_so_or_not() {
        let (base, server) = serve(answer("200 OK", &[b' '; 11]));
        assert_eq!(
            fetch(&base, 10),
            Err(format!("{base}: more than 10 bytes, which no metadata has"))
        );
        server.join().unwrap();

        let silent = [
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_slice(),
            &[b' '; 5000],
        ]
        .concat();
        let (base, server) = serve(silent.clone());
        assert_eq!(
            fetch(&base, 4999),
            Err(format!(
                "{base}: more than 4999 bytes, which no metadata has"
            ))
        );
        server.join().unwrap();

        let (base, server) = serve(silent);
        assert_eq!(fetch(&base, 5000).map(|text| text.len()), Ok(5000));
        server.join().unwrap();
    }

    #[test]
    fn failures_name_the_address_and_the_remedy() {
        let (base, server) = serve(answer("404 Not Found", b"gone"));
        assert_eq!(
            fetch(&base, 10),
            Err(format!(
                "{base}: not found; are product and version spelled as the vendor does (`Ecs`, `2014-05-26`)?"
            ))
        );
        server.join().unwrap();
        let (base, server) = serve(answer("500 Internal Server Error", b""));
        assert_eq!(
            fetch(&base, 10),
            Err(format!(
                "{base}: the server answered 500 Internal Server Error"
            ))
        );
        server.join().unwrap();
        let (base, server) = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec());
        let error = fetch(&base, 10).unwrap_err();
        assert!(error.starts_with(&format!("{base}: ")), "{error}");
        server.join().unwrap();
    }

    #[test]
    fn only_https_is_fetched_from_elsewhere() {
        for url in [
            "http://example.com/x",
            "ftp://127.0.0.1/x",
            "http://127.0.0.1.example.com/",
            "x",
        ] {
            assert_eq!(fetch(url, 10), Err(format!("{url}: only https is fetched")));
        }
    }
}
