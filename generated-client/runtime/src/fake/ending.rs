//! Connections that end in another way than with a response.

use std::fmt;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// How a connection ends instead of with a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// In the usual way, with nothing sent.
    Close,
    /// By a reset.
    Reset,
    /// After bytes that are no HTTP.
    Garbage,
    /// After headers without end.
    EndlessHeaders,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection ends on purpose")
    }
}

impl std::error::Error for Ending {}

/// Ends the connection. That the client has ended it already is as good.
pub(super) async fn end(mut stream: TcpStream, ending: Ending) {
    match ending {
        Ending::Close => {}
        Ending::Reset => {
            let _ = stream.set_zero_linger();
        }
        Ending::Garbage => {
            let _ = stream.write_all(&[0x16, 0x03, 0xff, b'\n', 0, 0xfe]).await;
            let _ = stream.shutdown().await;
            drain(&mut stream).await;
        }
        Ending::EndlessHeaders => {
            let line = b"x-endless: abcdefghijklmnopqrstuvwxyz\r\n".repeat(64);
            if stream.write_all(b"HTTP/1.1 200 OK\r\n").await.is_ok() {
                while stream.write_all(&line).await.is_ok() {}
            }
        }
    }
}

/// Reads until the client ends the connection: what is unread would turn its end into a reset.
async fn drain(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}
