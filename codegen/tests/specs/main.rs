//! From specs to findings, tables and files.

mod build_script;
mod diagnostics;
mod golden;
mod maintenance;
mod robustness;
mod tables;
mod write;
