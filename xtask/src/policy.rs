//! `cargo xtask policy AssignIpv6Addresses DescribeNetworkInterfaces`: the permissions that the
//! specs list, as a RAM policy.
//!
//! It reads specs, not the generated operations, so that it works while those do not compile.

use std::{path::PathBuf, process::ExitCode};

use alicloud_codegen::{
    check,
    diagnostic::{self, Colour},
    spec::{Operation, Permission},
};
use alicloud_schema::policy::{self, Condition, Grant, Need, Scope};

use crate::output;

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

/// Prints the policy. The exit status is 0, 1 where something could not be said in it, 2 where there
/// is none.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let catalogue = match check::load(&crate::codegen::rooted(&arguments.spec)) {
        Ok(catalogue) => catalogue,
        Err(found) => {
            eprint!("{}", diagnostic::render(&found, Colour::Never));
            return ExitCode::from(2);
        }
    };
    let mut products = catalogue.products.iter();
    let Some(product) = products.find(|product| product.dir_name == arguments.folder) else {
        eprintln!("there is no product `{}` in the specs", arguments.folder);
        return ExitCode::from(2);
    };
    let mut needs = Vec::new();
    let mut faults = Vec::new();
    for name in &arguments.operations {
        let mut operations = product.operations.iter().map(|spec| &spec.operation);
        match operations.find(|operation| operation.operation == *name) {
            None => faults.push(format!(
                "left out: `{}` has no operation `{name}`",
                product.dir_name
            )),
            Some(operation) => needs.push(need(operation)),
        }
    }
    let scope = Scope {
        region: arguments.region.as_deref(),
        account: arguments.account.as_deref(),
        conditions: &arguments.conditions,
    };
    let policy = policy::build(&needs, &scope);
    output::print_line(format_args!("{:#}", policy.document));
    let unknown = policy.undocumented.iter();
    faults
        .extend(unknown.map(|name| format!("left out: the spec of `{name}` lists no permission")));
    let wide = policy.unconditional.iter();
    faults.extend(wide.map(|(key, action)| {
        let keys: Vec<String> = needs
            .iter()
            .flat_map(|need| &need.grants)
            .filter(|grant| grant.action == action)
            .flat_map(|grant| &grant.condition_keys)
            .map(|key| format!("`{key}`"))
            .collect();
        let knows = match keys.as_slice() {
            [] => "no key of its own".to_owned(),
            keys => keys.join(", "),
        };
        format!("not narrowed: `{action}` does not know `{key}`; it knows {knows}")
    }));
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
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
