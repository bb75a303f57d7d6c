//! Instances, whose states take their time.

use serde_json::{Value, json};

use super::{
    Call, Fail, Handled, address, disk,
    eni::{self, New},
    page::{filter, fits, is_in_time, page},
    request::{elements, flag, number, text, texts},
    store::{Cloud, Kind, time},
    tag,
};

/// The most that one call runs.
const MOST: i64 = 100;

pub(super) fn run(call: &mut Call<'_>) -> Handled {
    let amount = number(call.request, "Amount").unwrap_or(1).clamp(1, MOST);
    let mut ids = Vec::new();
    for _ in 0..amount {
        ids.push(make(call, &["Pending", "Starting", "Running"])?);
    }
    Ok(json!({ "InstanceIdSets": { "InstanceIdSet": ids } }))
}

pub(super) fn create(call: &mut Call<'_>) -> Handled {
    let id = make(call, &["Pending", "Stopped"])?;
    Ok(json!({ "InstanceId": id }))
}

fn make(call: &mut Call<'_>, states: &[&'static str]) -> Result<String, Fail> {
    let (request, now) = (call.request, call.now);
    let tags = tag::given(request)?;
    let mut groups = texts(request, "SecurityGroupIds");
    groups.extend(text(request, "SecurityGroupId"));
    if let Some(name) = text(request, "KeyPairName") {
        call.cloud.find(Kind::KeyPair, name, request)?;
    }
    // Without a vSwitch it comes into the first there is.
    let mut default = filter(request, call.cloud.all(Kind::VSwitch), &[]).into_iter();
    let default = default.next().unwrap_or_default();
    let v_switch_id = text(request, "VSwitchId").or_else(|| text(&default, "VSwitchId"));
    let mut instance = json!({
        "RegionId": request["RegionId"],
        "InstanceName": request["InstanceName"],
        "HostName": request["HostName"],
        "Description": request["Description"],
        "ImageId": request["ImageId"],
        "InstanceType": request["InstanceType"],
        "KeyPairName": request["KeyPairName"],
        "DeletionProtection": flag(request, "DeletionProtection"),
        "InstanceChargeType": text(request, "InstanceChargeType").unwrap_or("PostPaid"),
        "InternetChargeType": text(request, "InternetChargeType").unwrap_or("PayByTraffic"),
        "ResourceGroupId": request["ResourceGroupId"],
        "InstanceNetworkType": "vpc",
        "IoOptimized": true,
        "SecurityGroupIds": { "SecurityGroupId": groups },
        "Tags": tags,
        "CreationTime": time(now),
        "ZoneId": request["ZoneId"],
    });
    let family = text(request, "InstanceType").and_then(|it| it.rsplit_once('.'));
    instance["InstanceTypeFamily"] = json!(family.map(|(family, _)| family));
    let id = call.cloud.insert(Kind::Instance, instance);
    if text(request, "InstanceName").is_none() {
        call.cloud.find_mut(Kind::Instance, &id, request)?["InstanceName"] = json!(id);
    }
    if let Some(v_switch_id) = v_switch_id {
        let new = New {
            v_switch_id,
            groups,
            primary: true,
        };
        let eni_id = eni::make(call.cloud, request, now, &new)?;
        let eni = call.cloud.find_mut(Kind::Eni, &eni_id, request)?;
        eni["InstanceId"] = json!(id);
        eni["Status"] = json!("InUse");
        eni["DeleteOnRelease"] = json!(true);
        eni["Attachment"] = json!({ "InstanceId": id, "DeviceIndex": 0 });
        let eni = eni.clone();
        let instance = call.cloud.find_mut(Kind::Instance, &id, request)?;
        instance["ZoneId"] = eni["ZoneId"].clone();
        instance["VpcAttributes"] = json!({
            "VpcId": eni["VpcId"],
            "VSwitchId": eni["VSwitchId"],
            "NatIpAddress": "",
            "PrivateIpAddress": { "IpAddress": [eni["PrivateIpAddress"]] },
        });
    }
    disk::make_for_instance(call, &id)?;
    call.cloud.pass_through(Kind::Instance, &id, now, states);
    Ok(id)
}

/// Takes the instances of a request from one of these states through others.
fn change(call: &mut Call<'_>, from: &[&str], states: &[&'static str]) -> Handled {
    let (request, now) = (call.request, call.now);
    let mut responses = Vec::new();
    for id in ids(request) {
        let instance = call.cloud.find(Kind::Instance, id, request)?;
        let state = text(instance, "Status").unwrap_or_default().to_owned();
        check_state(id, &state, from)?;
        call.cloud.pass_through(Kind::Instance, id, now, states);
        responses.push(json!({
            "Code": "200",
            "Message": "success",
            "InstanceId": id,
            "PreviousStatus": state,
            "CurrentStatus": states[0],
        }));
    }
    Ok(json!({ "InstanceResponses": { "InstanceResponse": responses } }))
}

fn ids(request: &Value) -> Vec<&str> {
    match text(request, "InstanceId") {
        Some(id) => vec![id],
        None => texts(request, "InstanceId"),
    }
}

fn check_state(id: &str, state: &str, allowed: &[&str]) -> Result<(), Fail> {
    if allowed.contains(&state) {
        return Ok(());
    }
    let codes: &[_] = match state {
        "Pending" => &[
            "IncorrectInstanceStatus.Initializing",
            "IncorrectInstanceStatus",
        ],
        _ => &["IncorrectInstanceStatus"],
    };
    let message = format!("{id} is {state}; it must be {}.", allowed.join(" or "));
    Err(Fail::new(codes, message))
}

pub(super) fn start(call: &mut Call<'_>) -> Handled {
    change(call, &["Stopped"], &["Starting", "Running"])
}

pub(super) fn stop(call: &mut Call<'_>) -> Handled {
    change(call, &["Running"], &["Stopping", "Stopped"])
}

pub(super) fn reboot(call: &mut Call<'_>) -> Handled {
    let states = ["Stopping", "Starting", "Running"];
    change(call, &["Running"], &states)
}

pub(super) fn delete(call: &mut Call<'_>) -> Handled {
    let (request, now) = (call.request, call.now);
    for id in ids(request) {
        let instance = call.cloud.find(Kind::Instance, id, request)?;
        if flag(instance, "DeletionProtection") {
            let message = format!("{id} is protected from being deleted.");
            return Err(Fail::new(&["InvalidOperation.DeletionProtection"], message));
        }
        let state = text(instance, "Status").unwrap_or_default();
        let force = flag(request, "Force") || flag(request, "ForceStop");
        let allowed: &[_] = if force {
            &["Stopped", "Running"]
        } else {
            &["Stopped"]
        };
        check_state(id, state, allowed)?;
        release(call.cloud, id);
        call.cloud.leave(Kind::Instance, id, now);
    }
    Ok(json!({}))
}

/// What belongs to an instance goes with it, the rest stays.
fn release(cloud: &mut Cloud, id: &str) {
    for kind in [Kind::Eni, Kind::Disk] {
        let goes = |object: &Value| {
            object["InstanceId"] == id
                && (flag(object, "DeleteOnRelease") || flag(object, "DeleteWithInstance"))
        };
        let objects = cloud.all_mut(kind);
        objects.retain(|object| !goes(object));
        for object in objects
            .iter_mut()
            .filter(|object| object["InstanceId"] == id)
        {
            object["InstanceId"] = Value::Null;
            object["Attachment"] = Value::Null;
            object["Status"] = json!("Available");
        }
    }
}

pub(super) fn describe(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let wanted = texts(request, "InstanceIds");
    let pairs = [
        ("InstanceType", "InstanceType"),
        ("InstanceTypeFamily", "InstanceTypeFamily"),
        ("ImageId", "ImageId"),
        ("Status", "Status"),
        ("ZoneId", "ZoneId"),
        ("KeyPairName", "KeyPairName"),
        ("InstanceChargeType", "InstanceChargeType"),
        ("InstanceNetworkType", "InstanceNetworkType"),
        ("InternetChargeType", "InternetChargeType"),
        ("ResourceGroupId", "ResourceGroupId"),
        ("HpcClusterId", "HpcClusterId"),
        ("LockReason", "LockReason"),
        ("IoOptimized", "IoOptimized"),
    ];
    let mut instances = filter(request, call.cloud.all(Kind::Instance), &pairs);
    instances.retain(|instance| {
        let id = text(instance, "InstanceId").unwrap_or_default();
        let vpc = &instance["VpcAttributes"];
        let same = |name| text(request, name).is_none_or(|wanted| vpc[name] == wanted);
        let groups = &instance["SecurityGroupIds"];
        let group = text(request, "SecurityGroupId")
            .is_none_or(|group| texts(groups, "SecurityGroupId").contains(&group));
        let listed = wanted.is_empty() || wanted.contains(&id);
        let name = text(instance, "InstanceName").unwrap_or_default();
        let named = text(request, "InstanceName").is_none_or(|pattern| fits(pattern, name));
        listed
            && named
            && same("VpcId")
            && same("VSwitchId")
            && group
            && has_addresses(call.cloud, request, instance)
            && is_in_time(request, instance)
    });
    for instance in &mut instances {
        let id = text(instance, "InstanceId").unwrap_or_default();
        let enis: Vec<_> = eni::of_instance(call.cloud, id).cloned().collect();
        let enis: Vec<_> = enis.into_iter().map(as_in_instance).collect();
        instance["NetworkInterfaces"] = json!({ "NetworkInterface": enis });
    }
    page(request, instances, ["Instances", "Instance"])
}

/// The instance has one of the addresses of each kind that the request lists.
fn has_addresses(cloud: &Cloud, request: &Value, instance: &Value) -> bool {
    let id = text(instance, "InstanceId").unwrap_or_default();
    let of_interfaces = |path, name: &'static str| {
        let enis = eni::of_instance(cloud, id);
        let addresses = enis.flat_map(move |eni| elements(eni, path));
        addresses.filter_map(move |it| it[name].as_str()).collect()
    };
    let own = |field| texts(&instance[field], "IpAddress");
    let has = |parameter, addresses: Vec<&str>| {
        let wanted = texts(request, parameter);
        wanted.is_empty() || wanted.iter().any(|wanted| addresses.contains(wanted))
    };
    let eip = text(&instance["EipAddress"], "IpAddress");
    has(
        "PrivateIpAddresses",
        of_interfaces(address::IPV4.path, "PrivateIpAddress"),
    ) && has(
        "Ipv6Address",
        of_interfaces(address::IPV6.path, "Ipv6Address"),
    ) && has("PublicIpAddresses", own("PublicIpAddress"))
        && has("InnerIpAddresses", own("InnerIpAddress"))
        && has("RdmaIpAddresses", own("RdmaIpAddress"))
        && has("EipAddresses", eip.into_iter().collect())
}

pub(super) fn describe_one(call: &mut Call<'_>) -> Handled {
    let id = text(call.request, "InstanceId").unwrap_or_default();
    Ok(call.cloud.find(Kind::Instance, id, call.request)?.clone())
}

pub(super) fn modify(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let groups = texts(request, "SecurityGroupIds");
    for group in &groups {
        call.cloud.find(Kind::Group, group, request)?;
    }
    let names = [
        "InstanceName",
        "HostName",
        "Description",
        "DeletionProtection",
    ];
    let instance = call.change(Kind::Instance, &names)?;
    if !groups.is_empty() {
        instance["SecurityGroupIds"] = json!({ "SecurityGroupId": groups });
    }
    Ok(json!({}))
}

/// An interface as the description of its instance has it.
fn as_in_instance(mut eni: Value) -> Value {
    eni["PrimaryIpAddress"] = eni["PrivateIpAddress"].take();
    eni
}

pub(super) fn describe_status(call: &mut Call<'_>) -> Handled {
    let pairs = [("InstanceId", "InstanceId"), ("ZoneId", "ZoneId")];
    let instances = filter(call.request, call.cloud.all(Kind::Instance), &pairs);
    page(
        call.request,
        instances,
        ["InstanceStatuses", "InstanceStatus"],
    )
}
