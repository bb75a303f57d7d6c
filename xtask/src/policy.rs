//! `cargo xtask policy AssignIpv6Addresses DescribeNetworkInterfaces`: the permissions that the
//! specs list, as a RAM policy.
//!
//! It reads specs, not the client, so that it works while the client does not compile.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::ExitCode,
};

use alicloud_codegen::{
    check,
    diagnostic::{self, Colour},
    spec::Permission,
};
use serde_json::{Value, json};

use crate::{output, workspace};

/// For which operations.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Operations, such as `AssignIpv6Addresses`.
    #[arg(required = true)]
    operations: Vec<String>,
    /// The product's folder within the specs.
    #[arg(long, value_name = "NAME", default_value = "ecs")]
    folder: String,
    /// Only in this region.
    #[arg(long)]
    region: Option<String>,
    /// Only resources of this account.
    #[arg(long)]
    account: Option<String>,
    /// The folder of all specs.
    #[arg(long, value_name = "DIR", default_value = "api-spec")]
    spec: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let catalogue = match check::load(&workspace::rooted(&arguments.spec)) {
        Ok(catalogue) => catalogue,
        Err(found) => {
            eprint!("{}", diagnostic::render(&found, Colour::Never));
            return ExitCode::from(2);
        }
    };
    let mut products = catalogue.products.iter();
    let Some(product) = products.find(|product| product.dir_name == arguments.folder) else {
        let known = catalogue.products.iter().map(|it| it.dir_name.as_str());
        let near = did_you_mean(&arguments.folder, known);
        eprintln!(
            "error: there is no product `{}` in the specs{near}",
            arguments.folder
        );
        return ExitCode::from(2);
    };
    let mut permissions = Vec::new();
    let mut faults = Vec::new();
    for name in &arguments.operations {
        let mut operations = product.operations.iter().map(|spec| &spec.operation);
        match operations.find(|operation| operation.operation == *name) {
            None => {
                let known = product.operations.iter();
                let near = did_you_mean(name, known.map(|spec| spec.operation.operation.as_str()));
                faults.push(format!(
                    "`{}` has no operation `{name}`{near}",
                    product.dir_name
                ));
            }
            Some(operation) if operation.permissions.is_empty() => {
                faults.push(format!("the spec of `{name}` lists no permission"));
            }
            Some(operation) => permissions.extend(&operation.permissions),
        }
    }
    // A policy without a part of what was asked for is no policy for it.
    if !faults.is_empty() {
        for fault in &faults {
            eprintln!("error: {fault}");
        }
        return ExitCode::FAILURE;
    }
    output::print_line(format_args!("{:#}", policy(&permissions, arguments)));
    ExitCode::SUCCESS
}

fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    check::nearest(name, known)
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

/// Actions on the same resources share a statement.
fn policy(permissions: &[&Permission], arguments: &Arguments) -> Value {
    let mut statements: BTreeMap<BTreeSet<String>, BTreeSet<&str>> = BTreeMap::new();
    for permission in permissions {
        let resources = permission.resources.iter();
        let mut resources: BTreeSet<_> = resources.map(|arn| fill(arn, arguments)).collect();
        if resources.is_empty() {
            resources.insert("*".to_owned());
        }
        let actions = statements.entry(resources).or_default();
        actions.insert(&permission.action);
    }
    let statements: Vec<_> = statements
        .into_iter()
        .map(|(resources, actions)| {
            json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
        })
        .collect();
    json!({ "Version": "1", "Statement": statements })
}

/// The template with the region and the account in it, `*` for all else.
fn fill(arn: &str, arguments: &Arguments) -> String {
    let mut pieces = arn.split('{');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, after) = piece.split_once('}').unwrap_or((piece, ""));
        let value = match name {
            "#regionId" => arguments.region.as_deref(),
            "#accountId" => arguments.account.as_deref(),
            _ => None,
        };
        text.push_str(value.unwrap_or("*"));
        text.push_str(after);
    }
    text
}
