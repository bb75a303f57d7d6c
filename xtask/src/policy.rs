//! `cargo xtask policy AssignIpv6Addresses DescribeNetworkInterfaces`: the permissions that the
//! specs list, as a RAM policy.
//!
//! It reads specs, not the generated operations, so that it works while those do not compile.

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode};

use alicloud_codegen::{
    check,
    diagnostic::{self, Colour},
    spec::{Operation, Permission},
};
use alicloud_schema::policy::{self, Condition, Grant, Need, Scope};

use crate::{output, output::did_you_mean, workspace};

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
    /// Only under this condition, on the actions that know its key: `ecs:tag/team=core`,
    /// `StringLike:ecs:tag/team=core-*`. May be repeated.
    #[arg(long = "condition", value_name = "[OPERATOR:]KEY=VALUE")]
    conditions: Vec<Condition>,
    /// The folder of all specs.
    #[arg(long, value_name = "DIR", default_value = "api-spec")]
    spec: PathBuf,
}

/// Prints the policy. The exit status is 0, 1 where some of what was asked for cannot be said in it,
/// 2 where the specs cannot be read.
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
    let mut needs = Vec::new();
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
            Some(operation) => needs.push(need(operation)),
        }
    }
    let scope = Scope {
        region: arguments.region.as_deref(),
        account: arguments.account.as_deref(),
        conditions: &arguments.conditions,
    };
    let policy = policy::build(&needs, &scope);
    let unknown = policy.undocumented.iter();
    faults.extend(unknown.map(|name| format!("the spec of `{name}` lists no permission")));
    faults.extend(unused_conditions(&policy, &needs, &arguments.conditions));
    // A policy without a part of what was asked for is no policy for it.
    if !faults.is_empty() {
        for fault in &faults {
            eprintln!("error: {fault}");
        }
        return ExitCode::FAILURE;
    }
    for (key, action) in &policy.unconditional {
        eprintln!("note: `{action}` is allowed without `{key}`: it does not know this key");
    }
    output::print_line(format_args!("{:#}", policy.document));
    ExitCode::SUCCESS
}

/// The conditions that narrow nothing, because no action knows the key.
fn unused_conditions(
    policy: &policy::Policy,
    needs: &[Need<'_>],
    conditions: &[Condition],
) -> Vec<String> {
    let grants = || needs.iter().flat_map(|need| &need.grants);
    let known: BTreeSet<&str> = grants()
        .flat_map(|grant| grant.condition_keys.iter().copied())
        .collect();
    let known: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
    let known = match known.as_slice() {
        [] => "they know no key of their own".to_owned(),
        keys => format!("they know {}", keys.join(", ")),
    };
    let narrowed = |key: &str| {
        let wide = |action: &str| {
            let mut wide = policy.unconditional.iter();
            wide.any(|(wide, of)| wide == key && of == action)
        };
        grants().any(|grant| !wide(grant.action))
    };
    let unused = conditions
        .iter()
        .filter(|condition| !narrowed(&condition.key));
    unused
        .map(|condition| format!("none of the actions knows `{}`; {known}", condition.key))
        .collect()
}

/// What an operation needs, as plain data.
fn need(operation: &Operation) -> Need<'_> {
    fn texts(texts: &[String]) -> Vec<&str> {
        texts.iter().map(String::as_str).collect()
    }
    fn grant(permission: &Permission) -> Grant<'_> {
        let arns = permission.resources.iter().flat_map(|it| &it.arns);
        Grant {
            action: &permission.action,
            resources: arns.map(String::as_str).collect(),
            condition_keys: texts(&permission.condition_keys),
            dependent_actions: texts(&permission.dependent_actions),
        }
    }
    Need {
        operation: &operation.operation,
        anonymous: operation.anonymous,
        grants: operation.permissions.iter().map(grant).collect(),
    }
}
