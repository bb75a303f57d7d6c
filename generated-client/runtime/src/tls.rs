//! The TLS back end's process-wide setup. Nothing else about TLS lives here: which back end is
//! compiled in is a matter of the crate's features.

/// Makes sure that rustls has a crypto provider, without which `reqwest` cannot build a client.
///
/// This crate calls it for the clients that it builds. Call it at the beginning of `main` where the
/// program builds a `reqwest::Client` itself, even one without TLS features: Cargo builds one `reqwest`
/// with the features of all who use it. A provider that the program installs is left alone.
/// Without the feature `rustls` there is nothing to do.
pub fn ensure_provider() {
    #[cfg(feature = "rustls")]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread was faster, with the same effect.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
