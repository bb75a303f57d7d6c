//! Responses that go wrong below the level of error codes.

use std::time::Duration;

use super::Fault;

/// A way in which the next response goes wrong below the level of error codes.
///
/// "The usual response" is the response without the queue: answers queued behind this one wait for
/// the next request. Every variant says whether the operation is carried out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// A page of HTML with this status, as a gateway sends it. Nothing is carried out.
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// An XML document of a gateway's own with this status. Nothing is carried out.
    Xml {
        /// The HTTP status.
        status: u16,
    },
    /// A redirect to another address. Nothing is carried out.
    Redirect {
        /// The HTTP status, such as 302 or 307.
        status: u16,
        /// The header `Location`.
        location: String,
    },
    /// The usual response, of which only the first half arrives before the connection ends.
    Truncated,
    /// Status 200 and a JSON text that goes on for this many bytes. Nothing is carried out.
    Huge {
        /// The size of the body in bytes.
        bytes: u64,
    },
    /// Status 200 and a gzip stream that unpacks to a JSON text of about this many bytes, more than
    /// a hundred times its own size. Its end is missing. Nothing is carried out.
    GzipBomb {
        /// The unpacked size in bytes.
        bytes: u64,
    },
    /// Bytes that are no HTTP. Nothing is carried out.
    Garbage,
    /// A response whose headers go on until the client ends the connection. Nothing is carried out.
    EndlessHeaders,
    /// An error body with status 200. Nothing is carried out.
    ErrorWithStatus200(Fault),
    /// The usual response, this much later. The operation is carried out at the end of the delay.
    Delay(Duration),
    /// The usual response, whose body arrives in pieces of this many bytes.
    Drip {
        /// The size of a piece in bytes.
        bytes: usize,
        /// The time between two pieces.
        pause: Duration,
    },
    /// The connection ends without a response. Nothing is carried out.
    Close,
    /// The connection is reset once the head of the request has arrived, before its body is read.
    /// Nothing is carried out.
    ResetBeforeReading,
    /// The operation is carried out, then the connection is reset without a response.
    ResetAfterReading,
    /// The usual response, with these headers in addition.
    Headers(Vec<(String, String)>),
}
