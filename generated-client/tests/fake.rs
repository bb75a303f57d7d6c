//! The embedded endpoint, over real sockets.
