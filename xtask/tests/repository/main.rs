//! What the repository promises: its README, its workflows, its manifests, and that a change of a spec is an edit.

#[path = "../support/mod.rs"]
mod support;

#[cfg(unix)]
mod github;
mod maintenance;
mod readme;
mod workspace;
