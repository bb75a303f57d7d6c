//! Elastic network interfaces.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    Call, Fail, Handled, address,
    page::{filter, page},
    request::{elements, flag, text, texts},
    store::{Cloud, Kind, time},
    tag,
};

/// What an interface is made of.
pub(super) struct New<'a> {
    pub(super) v_switch_id: &'a str,
    pub(super) groups: Vec<&'a str>,
    pub(super) primary: bool,
}

/// Makes an interface with its primary address; the rest is for the caller.
pub(super) fn make(
    cloud: &mut Cloud,
    request: &Value,
    now: SystemTime,
    new: &New<'_>,
) -> Result<String, Fail> {
    let v_switch = cloud.find(Kind::VSwitch, new.v_switch_id, request)?.clone();
    for group in &new.groups {
        let group = cloud.find(Kind::Group, group, request)?;
        if group["VpcId"] != v_switch["VpcId"] {
            return Err(Fail::new(
                &[
                    "InvalidOperation.VpcMismatch",
                    "InvalidNetworkType.Mismatch",
                ],
                "The security group and the vSwitch are of different VPCs.",
            ));
        }
    }
    let random = cloud.random();
    let byte = |index: u32| random >> (8 * index) & 0xff;
    let eni = json!({
        "RegionId": v_switch["RegionId"],
        "ZoneId": v_switch["ZoneId"],
        "VpcId": v_switch["VpcId"],
        "VSwitchId": new.v_switch_id,
        "Type": if new.primary { "Primary" } else { "Secondary" },
        "MacAddress": format!("00:16:3e:{:02x}:{:02x}:{:02x}", byte(0), byte(1), byte(2)),
        "OwnerId": "123456789",
        "ServiceManaged": false,
        "NetworkInterfaceTrafficMode": "Standard",
        "SecurityGroupIds": { "SecurityGroupId": new.groups },
        "CreationTime": time(now),
        "Status": "Creating",
    });
    let id = cloud.insert(Kind::Eni, eni);
    let wanted = ["PrimaryIpAddress", "PrivateIpAddress"];
    let wanted = wanted.iter().find_map(|name| text(request, name));
    address::assign_primary(cloud, &id, wanted)?;
    Ok(id)
}

fn groups(request: &Value) -> Vec<&str> {
    let mut groups = texts(request, "SecurityGroupIds");
    groups.extend(text(request, "SecurityGroupId"));
    groups
}

pub(super) fn create(call: &mut Call<'_>) -> Handled {
    let (request, now) = (call.request, call.now);
    let tags = tag::given(request)?;
    let new = New {
        v_switch_id: text(request, "VSwitchId").unwrap_or_default(),
        groups: groups(request),
        primary: false,
    };
    let id = make(call.cloud, request, now, &new)?;
    let eni = call.cloud.find_mut(Kind::Eni, &id, &Value::Null)?;
    for name in [
        "NetworkInterfaceName",
        "Description",
        "ResourceGroupId",
        "DeleteOnRelease",
    ] {
        eni[name] = request[name].clone();
    }
    eni["Tags"] = tags;
    address::assign_secondary(call, &id)?;
    let states = ["Creating", "Available"];
    call.cloud.pass_through(Kind::Eni, &id, now, &states);
    Ok(call.cloud.find(Kind::Eni, &id, &Value::Null)?.clone())
}

/// The interface that a request means, in one of these states.
pub(super) fn in_state<'a>(
    cloud: &'a Cloud,
    request: &Value,
    states: &[&str],
) -> Result<&'a Value, Fail> {
    let id = text(request, "NetworkInterfaceId").unwrap_or_default();
    let eni = cloud.find(Kind::Eni, id, request)?;
    let state = text(eni, "Status").unwrap_or_default();
    if states.contains(&state) {
        return Ok(eni);
    }
    let message = format!("{id} is {state}; it must be {}.", states.join(" or "));
    let passing = ["Creating", "Attaching", "Detaching"].contains(&state);
    Err(if passing {
        let codes = &[
            "InvalidOperation.EniOperationConflict",
            "Operation.Conflict",
            "InvalidOperation.InvalidEniState",
        ];
        Fail::new(codes, message)
    } else {
        Fail::new(&["InvalidOperation.InvalidEniState"], message)
    })
}

pub(super) fn attach(call: &mut Call<'_>) -> Handled {
    let (request, now) = (call.request, call.now);
    let eni = in_state(call.cloud, request, &["Available"])?.clone();
    let eni_id = text(&eni, "NetworkInterfaceId").unwrap_or_default();
    let instance_id = text(request, "InstanceId").unwrap_or_default();
    let instance = call.cloud.find(Kind::Instance, instance_id, request)?;
    let state = text(instance, "Status").unwrap_or_default();
    if !["Running", "Stopped"].contains(&state) {
        let message = format!("{instance_id} is {state}; it must be Running or Stopped.");
        return Err(Fail::new(&["InvalidOperation.InvalidEcsState"], message));
    }
    if instance["VpcAttributes"]["VpcId"] != eni["VpcId"] {
        let codes = &["InvalidOperation.VpcMismatch", "InvalidEni.NotSameVpc"];
        let message = format!("{eni_id} and {instance_id} are of different VPCs.");
        return Err(Fail::new(codes, message));
    }
    if instance["ZoneId"] != eni["ZoneId"] {
        let message = format!("{eni_id} and {instance_id} are in different zones.");
        return Err(Fail::new(
            &["InvalidOperation.AvailabilityZoneMismatch"],
            message,
        ));
    }
    let limits = call
        .cloud
        .limits_of(text(instance, "InstanceType").unwrap_or_default());
    let attached = of_instance(call.cloud, instance_id).count();
    if attached >= limits.interfaces {
        let most = limits.interfaces;
        let message = format!("{instance_id} has {attached} network interfaces of {most}.");
        return Err(Fail::new(&["EniPerInstanceLimitExceeded"], message));
    }
    for (path, most, codes) in [
        (
            address::IPV4,
            limits.ipv4,
            &["InvalidOperation.Ipv4CountExceeded"],
        ),
        (
            address::IPV6,
            limits.ipv6,
            &["InvalidOperation.Ipv6CountExceeded"],
        ),
    ] {
        let count = elements(&eni, path.path).len();
        if count > most {
            let message = format!("{eni_id} has {count} addresses; {instance_id} allows {most}.");
            return Err(Fail::new(codes, message));
        }
    }
    let eni = call.cloud.find_mut(Kind::Eni, eni_id, request)?;
    eni["InstanceId"] = json!(instance_id);
    eni["Attachment"] = json!({ "InstanceId": instance_id, "DeviceIndex": attached });
    let states = ["Attaching", "InUse"];
    call.cloud.pass_through(Kind::Eni, eni_id, now, &states);
    Ok(json!({}))
}

pub(super) fn of_instance<'a>(
    cloud: &'a Cloud,
    instance_id: &'a str,
) -> impl Iterator<Item = &'a Value> {
    let enis = cloud.all(Kind::Eni).iter();
    enis.filter(move |eni| eni["InstanceId"] == instance_id)
}

pub(super) fn detach(call: &mut Call<'_>) -> Handled {
    let (request, now) = (call.request, call.now);
    let eni = in_state(call.cloud, request, &["InUse"])?.clone();
    let id = text(&eni, "NetworkInterfaceId").unwrap_or_default();
    let instance_id = text(request, "InstanceId").unwrap_or_default();
    call.cloud.find(Kind::Instance, instance_id, request)?;
    if eni["InstanceId"] != instance_id {
        let message = format!("{id} is not attached to {instance_id}.");
        return Err(Fail::new(&["InvalidParameter.EniNotBelongEcs"], message));
    }
    if eni["Type"] == "Primary" {
        let message = format!("{id} is the primary network interface of {instance_id}.");
        return Err(Fail::new(
            &["InvalidOperation.DetachPrimaryEniNotAllowed"],
            message,
        ));
    }
    let eni = call.cloud.find_mut(Kind::Eni, id, request)?;
    eni["InstanceId"] = Value::Null;
    eni["Attachment"] = Value::Null;
    let states = ["Detaching", "Available"];
    call.cloud.pass_through(Kind::Eni, id, now, &states);
    Ok(json!({}))
}

pub(super) fn delete(call: &mut Call<'_>) -> Handled {
    let eni = in_state(call.cloud, call.request, &["Available"])?;
    let id = text(eni, "NetworkInterfaceId")
        .unwrap_or_default()
        .to_owned();
    let now = call.now;
    call.cloud.pass_through(Kind::Eni, &id, now, &["Deleting"]);
    call.cloud.leave(Kind::Eni, &id, now);
    Ok(json!({}))
}

pub(super) fn modify(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let eni = in_state(call.cloud, request, &["Available", "InUse"])?.clone();
    let id = text(&eni, "NetworkInterfaceId").unwrap_or_default();
    let groups = texts(request, "SecurityGroupId");
    for group in &groups {
        call.cloud.find(Kind::Group, group, request)?;
    }
    let eni = call.cloud.find_mut(Kind::Eni, id, request)?;
    for name in ["NetworkInterfaceName", "Description", "DeleteOnRelease"] {
        if !request[name].is_null() {
            eni[name] = request[name].clone();
        }
    }
    if !groups.is_empty() {
        eni["SecurityGroupIds"] = json!({ "SecurityGroupId": groups });
    }
    Ok(json!({}))
}

pub(super) fn describe(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let pairs = [
        ("NetworkInterfaceId", "NetworkInterfaceId"),
        ("VSwitchId", "VSwitchId"),
        ("VpcId", "VpcId"),
        ("InstanceId", "InstanceId"),
        ("NetworkInterfaceName", "NetworkInterfaceName"),
        ("Type", "Type"),
        ("Status", "Status"),
        ("ResourceGroupId", "ResourceGroupId"),
    ];
    let mut enis = filter(request, call.cloud.all(Kind::Eni), &pairs);
    enis.retain(|eni| {
        let has = |path, name: &str, wanted: &str| {
            let mut elements = elements(eni, path).iter();
            elements.any(|it| it[name] == wanted || *it == wanted)
        };
        let any = |parameter, path, name: &str| {
            let wanted = texts(request, parameter);
            wanted.is_empty() || wanted.iter().any(|wanted| has(path, name, wanted))
        };
        let group = text(request, "SecurityGroupId");
        let primary = text(request, "PrimaryIpAddress");
        let groups = ["SecurityGroupIds", "SecurityGroupId"];
        any("PrivateIpAddress", address::IPV4.path, "PrivateIpAddress")
            && any("Ipv6Address", address::IPV6.path, "Ipv6Address")
            && group.is_none_or(|group| has(groups, "", group))
            && primary.is_none_or(|primary| eni["PrivateIpAddress"] == primary)
            && (!flag(request, "ServiceManaged") || flag(eni, "ServiceManaged"))
    });
    page(
        request,
        enis,
        ["NetworkInterfaceSets", "NetworkInterfaceSet"],
    )
}

pub(super) fn describe_one(call: &mut Call<'_>) -> Handled {
    let id = text(call.request, "NetworkInterfaceId").unwrap_or_default();
    Ok(call.cloud.find(Kind::Eni, id, call.request)?.clone())
}
