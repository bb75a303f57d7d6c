//! A program's own HTTP client beside this crate. Alone in its program: nothing may come before it.

/// Cargo builds one `reqwest` with the features of all who use it: those that this crate turns on must
/// not keep a program from making a client.
#[test]
fn a_client_of_ones_own_needs_no_preparation() {
    let client = reqwest::Client::new();
    assert!(client.get("https://localhost").build().is_ok());
    assert!(reqwest::Client::builder().http1_only().build().is_ok());
}
