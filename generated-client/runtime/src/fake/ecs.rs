//! The state of ECS: what one call makes, the next one finds.
//!
//! Objects are kept as JSON with wire names, in the form in which the vendor describes them; a
//! response is cut to what its schema has. Operations that are not listed in [`handler`] are answered
//! from their schema.

mod address;
mod cidr;
mod disk;
mod eni;
mod group;
mod instance;
mod key_pair;
mod members;
mod page;
mod request;
mod scenario;
mod store;
mod tag;
mod vpc;

use std::time::SystemTime;

use serde_json::Value;

use super::{Fault, state::Target};
use crate::record::{Kind as FieldKind, Schema};

pub use self::scenario::{Scenario, ScenarioError};
pub(super) use self::store::Cloud;

/// One call of an operation.
struct Call<'a> {
    cloud: &'a mut Cloud,
    request: &'a Value,
    now: SystemTime,
}

/// Why a call fails: the codes that say so, of which the first one is told that the operation lists.
#[derive(Debug)]
struct Fail {
    codes: &'static [&'static str],
    message: String,
}

impl Call<'_> {
    /// Takes what the request says of these fields over to the object that it means.
    fn change(&mut self, kind: store::Kind, names: &[&str]) -> Result<&mut Value, Fail> {
        let request = self.request;
        let id = request::text(request, kind.id()).unwrap_or_default();
        let object = self.cloud.find_mut(kind, id, request)?;
        for &name in names {
            if !request[name].is_null() {
                object[name] = request[name].clone();
            }
        }
        Ok(object)
    }
}

type Handled = Result<Value, Fail>;

impl Fail {
    fn new(codes: &'static [&'static str], message: impl Into<String>) -> Self {
        let message = message.into();
        Self { codes, message }
    }
}

type Handler = fn(&mut Call<'_>) -> Handled;

fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "CreateVpc" => vpc::create,
        "DeleteVpc" => vpc::delete,
        "ModifyVpcAttribute" => vpc::modify,
        "DescribeVpcs" => vpc::describe,
        "CreateVSwitch" => vpc::create_v_switch,
        "DeleteVSwitch" => vpc::delete_v_switch,
        "ModifyVSwitchAttribute" => vpc::modify_v_switch,
        "DescribeVSwitches" => vpc::describe_v_switches,
        "CreateNetworkInterface" => eni::create,
        "AttachNetworkInterface" => eni::attach,
        "DetachNetworkInterface" => eni::detach,
        "DeleteNetworkInterface" => eni::delete,
        "ModifyNetworkInterfaceAttribute" => eni::modify,
        "DescribeNetworkInterfaces" => eni::describe,
        "DescribeNetworkInterfaceAttribute" => eni::describe_one,
        "AssignPrivateIpAddresses" => address::assign_ipv4,
        "UnassignPrivateIpAddresses" => address::unassign_ipv4,
        "AssignIpv6Addresses" => address::assign_ipv6,
        "UnassignIpv6Addresses" => address::unassign_ipv6,
        "RunInstances" => instance::run,
        "CreateInstance" => instance::create,
        "StartInstance" | "StartInstances" => instance::start,
        "StopInstance" | "StopInstances" => instance::stop,
        "RebootInstance" | "RebootInstances" => instance::reboot,
        "DeleteInstance" | "DeleteInstances" => instance::delete,
        "ModifyInstanceAttribute" => instance::modify,
        "DescribeInstanceAttribute" => instance::describe_one,
        "DescribeInstances" => instance::describe,
        "DescribeInstanceStatus" => instance::describe_status,
        "CreateDisk" => disk::create,
        "AttachDisk" => disk::attach,
        "DetachDisk" => disk::detach,
        "ResizeDisk" => disk::resize,
        "DeleteDisk" => disk::delete,
        "ModifyDiskAttribute" => disk::modify,
        "DescribeDisks" => disk::describe,
        "CreateSecurityGroup" => group::create,
        "DeleteSecurityGroup" => group::delete,
        "ModifySecurityGroupAttribute" => group::modify,
        "DescribeSecurityGroups" => group::describe,
        "DescribeSecurityGroupAttribute" => group::describe_one,
        "AuthorizeSecurityGroup" => group::authorize,
        "AuthorizeSecurityGroupEgress" => group::authorize_egress,
        "RevokeSecurityGroup" => group::revoke,
        "RevokeSecurityGroupEgress" => group::revoke_egress,
        "JoinSecurityGroup" => group::join,
        "LeaveSecurityGroup" => group::leave,
        "CreateKeyPair" => key_pair::create,
        "ImportKeyPair" => key_pair::import,
        "DeleteKeyPairs" => key_pair::delete,
        "DescribeKeyPairs" => key_pair::describe,
        "AttachKeyPair" => key_pair::attach,
        "DetachKeyPair" => key_pair::detach,
        "TagResources" => tag::tag,
        "UntagResources" => tag::untag,
        "ListTagResources" => tag::list,
        _ => return None,
    })
}

/// Carries an operation out; `None` for one that has no state. A call that fails changes nothing, nor
/// does a dry run.
pub(super) fn answer(
    cloud: &mut Cloud,
    target: Target,
    request: &Value,
    dry_run: bool,
    now: SystemTime,
) -> Option<Result<Value, Fault>> {
    if target.product.code != "Ecs" {
        return None;
    }
    let handler = handler(target.operation.name)?;
    cloud.advance(now);
    let mut tried = cloud.clone();
    let handled = handler(&mut Call {
        cloud: &mut tried,
        request,
        now,
    });
    Some(match handled {
        Ok(mut body) => {
            if !dry_run {
                *cloud = tried;
            }
            conform(target.operation.response.get(), &mut body);
            Ok(body)
        }
        Err(Fail { codes, message }) => {
            let listed = codes.iter().find(|code| target.row(code).is_some());
            let code = listed.or(codes.first()).copied().unwrap_or("InternalError");
            Err(Fault::of(target.operation, code, message))
        }
    })
}

/// Takes out what the schema does not have.
fn conform(schema: &Schema, value: &mut Value) {
    let Value::Object(fields) = value else { return };
    fields.retain(|name, value| {
        let Some(index) = schema.index_of(name) else {
            return false;
        };
        let field = &schema.fields[index];
        match (field.wrapper, value.as_object_mut()) {
            (Some(wrapper), Some(fields)) => {
                fields.retain(|name, _| name == wrapper);
                fields
                    .values_mut()
                    .for_each(|list| conform_field(field.kind, list));
            }
            _ => conform_field(field.kind, value),
        }
        !value.is_null()
    });
}

fn conform_field(kind: FieldKind, value: &mut Value) {
    match (kind, value) {
        (FieldKind::Object(schema), value) => conform(schema, value),
        (FieldKind::List(element), Value::Array(elements)) => {
            for value in elements {
                conform_field(element.kind, value);
            }
        }
        _ => {}
    }
}
