//! Checks: read specs and find everything that is wrong with them.
//!
//! [`load`] reads a folder of specs, whose layout is that of [`crate::layout`]; anything else in it is a
//! finding. A file is checked in three steps, each of which finds all it can find: its syntax
//! ([`crate::tree`]), its structure (`structure`), its meaning (the other modules here). What has a wrong
//! structure is left out for the last step (`remains`). Only what has no finding becomes a [`Catalogue`].

mod catalogue;
mod collisions;
mod departures;
mod deprecations;
mod errors;
mod files;
mod findings;
mod form;
mod head;
mod near;
mod operation;
pub mod path;
pub(crate) mod permissions;
mod product;
mod references;
mod remains;
mod rules;
mod schemas;
mod shared;
mod solver;
mod stale;
mod structure;
mod together;
mod values;

pub use catalogue::{Catalogue, OperationSpec, ProductSpec, TypeSpec};
pub(crate) use departures::find;
pub use files::{above, load, load_from_memory};
pub use head::is_date;
pub use near::nearest;
pub(crate) use product::is_version;
pub use structure::json_schemas;

use serde::de::DeserializeOwned;
use serde_json::Value;

use self::findings::Findings;
use self::form::Forms;
use self::remains::Lost;
use self::shared::{Root, Trees};
use crate::diagnostic::Code;
use crate::tree::{self, Node, Span};

/// The text of a spec as far as its structure is right.
struct Read<'t, T> {
    model: T,
    tree: Node<'t>,
    /// What is left out, which explains some of what may seem wrong with the rest.
    lost: Lost,
    /// The rules that are left out because their structure is wrong.
    left_out: Vec<Node<'t>>,
}

/// Reads the text of a spec and checks its structure. Where that is wrong somewhere, what is given is
/// the rest of it, model and tree alike, with `missing` for keys that must not be missing.
fn read<'t, T: DeserializeOwned>(
    text: &'t str,
    forms: &Forms,
    missing: &Value,
    (root, types): (Root<'_>, &Trees<'t>),
    findings: &mut Findings,
) -> Option<Read<'t, T>> {
    let mut tree = match tree::parse(text) {
        Ok(tree) => tree,
        Err(error) => {
            if merge_conflicts(text, findings) {
                return None;
            }
            let mut finding = findings
                .finding(
                    Code::Malformed,
                    error.span,
                    format!("this file is not JSON: {}", error.reason),
                )
                .label(error.reason);
            finding.help = error.help.map(str::to_owned);
            findings.push(finding);
            return None;
        }
    };
    let expanded = shared::expand(&mut tree, root, types, findings);
    let faulty = structure::check(forms, &tree, findings);
    if !findings.is_empty() {
        let rest = remains::of(tree, faulty);
        let model = serde_json::from_str(&rest.text(missing)).ok()?;
        return Some(Read {
            model,
            tree: rest.tree,
            lost: rest.lost,
            left_out: rest.rules,
        });
    }
    let model = if expanded {
        serde_json::from_str(&remains::text_of(&tree))
    } else {
        serde_json::from_str(text)
    };
    match model {
        Ok(model) => Some(Read {
            model,
            tree,
            lost: Lost::default(),
            left_out: Vec::new(),
        }),
        Err(error) => {
            // The schema is made from the type, so this is a value that the schema cannot describe.
            findings.push(findings.finding(Code::WrongType, Span::default(), error.to_string()));
            None
        }
    }
}

/// Finds what a merge left behind for a person to decide, in a text that is not JSON.
fn merge_conflicts(text: &str, findings: &mut Findings) -> bool {
    const MARK: &str = "<<<<<<< ";
    let starts = text.match_indices(MARK).map(|(at, _)| at);
    let starts = starts.filter(|at| *at == 0 || text[..*at].ends_with('\n'));
    let mut found = false;
    for start in starts {
        let line = text[start..].lines().next().unwrap_or_default();
        let end = start + line.len();
        findings.push(
            findings
                .finding(
                    Code::Malformed,
                    Span { start, end },
                    "this file is not JSON: it has an unresolved merge conflict",
                )
                .label("the conflict begins here")
                .help("keep one side or join both, and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`"),
        );
        found = true;
    }
    found
}
