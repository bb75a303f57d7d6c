//! VPCs and vSwitches, as far as ECS has them.

use serde_json::{Value, json};

use super::{
    Call, Fail, Handled,
    cidr::Cidr,
    page::{filter, page},
    request::{elements, elements_mut, text},
    store::{Cloud, Kind, time},
};

const PATH: [&str; 2] = ["VSwitchIds", "VSwitchId"];

pub(super) fn create(call: &mut Call<'_>) -> Handled {
    let block = text(call.request, "CidrBlock").unwrap_or("172.16.0.0/12");
    if Cidr::parse(block).is_none() {
        return Err(Fail::new(
            &["InvalidParameter"],
            format!("CidrBlock: {} is no CIDR block", block.escape_debug()),
        ));
    }
    let router = call.cloud.make_id("vrt");
    let id = call.cloud.insert(
        Kind::Vpc,
        json!({
            "RegionId": call.request["RegionId"],
            "CidrBlock": block,
            "VpcName": call.request["VpcName"],
            "Description": call.request["Description"],
            "VRouterId": router,
            "IsDefault": false,
            // It has no waiter, so nobody is made to wait.
            "Status": "Available",
            "CreationTime": time(call.now),
            "VSwitchIds": { "VSwitchId": [] },
        }),
    );
    let table = call.cloud.make_id("vtb");
    Ok(json!({ "VpcId": id, "VRouterId": router, "RouteTableId": table }))
}

pub(super) fn delete(call: &mut Call<'_>) -> Handled {
    let id = text(call.request, "VpcId").unwrap_or_default();
    let vpc = call.cloud.find(Kind::Vpc, id, call.request)?;
    if !elements(vpc, PATH).is_empty() {
        return Err(Fail::new(
            &["DependencyViolation.VSwitch"],
            format!("{id} has vSwitches."),
        ));
    }
    let groups = call.cloud.all(Kind::Group);
    if groups.iter().any(|group| group["VpcId"] == id) {
        return Err(Fail::new(
            &["DependencyViolation.SecurityGroup"],
            format!("{id} has security groups."),
        ));
    }
    call.cloud.remove(Kind::Vpc, id);
    Ok(json!({}))
}

pub(super) fn modify(call: &mut Call<'_>) -> Handled {
    call.change(Kind::Vpc, &["VpcName", "Description"])?;
    Ok(json!({}))
}

pub(super) fn describe(call: &mut Call<'_>) -> Handled {
    // A list of IDs is separated by commas.
    let mut request = call.request.clone();
    if let Some(ids) = text(call.request, "VpcId") {
        request["VpcId"] = ids.split(',').map(Value::from).collect();
    }
    let pairs = [("VpcId", "VpcId"), ("IsDefault", "IsDefault")];
    let vpcs = filter(&request, call.cloud.all(Kind::Vpc), &pairs);
    page(call.request, vpcs, ["Vpcs", "Vpc"])
}

pub(super) fn create_v_switch(call: &mut Call<'_>) -> Handled {
    let vpc_id = text(call.request, "VpcId").unwrap_or_default();
    let vpc = call.cloud.find(Kind::Vpc, vpc_id, call.request)?.clone();
    if vpc["Status"] != "Available" {
        let message = format!("{vpc_id} is {}.", vpc["Status"]);
        return Err(Fail::new(&["IncorrectVpcStatus"], message));
    }
    let text_of_block = text(call.request, "CidrBlock").unwrap_or_default();
    let whole = text(&vpc, "CidrBlock").and_then(Cidr::parse);
    let block =
        Cidr::parse(text_of_block).filter(|block| whole.is_none_or(|whole| whole.contains(*block)));
    let Some(block) = block else {
        let shown = text_of_block.escape_debug();
        return Err(Fail::new(
            &["InvalidCidrBlock.Malformed", "InvalidParameter"],
            format!(
                "CidrBlock: {shown} is no CIDR block within {}",
                vpc["CidrBlock"]
            ),
        ));
    };
    let others = call.cloud.all(Kind::VSwitch).iter();
    let taken = others
        .filter(|other| other["VpcId"] == vpc_id)
        .filter_map(|other| Cidr::parse(text(other, "CidrBlock")?))
        .any(|other| other.overlaps(block));
    if taken {
        return Err(Fail::new(
            &["InvalidCidrBlock.Overlapped"],
            format!("{} overlaps that of another vSwitch.", block.text()),
        ));
    }
    let v_switch = json!({
        "RegionId": vpc["RegionId"],
        "VpcId": vpc_id,
        "CidrBlock": block.text(),
        "ZoneId": call.request["ZoneId"],
        "VSwitchName": call.request["VSwitchName"],
        "Description": call.request["Description"],
        "IsDefault": false,
        "Status": "Available",
        "CreationTime": time(call.now),
        "Ipv6CidrBlock": ipv6_block(call.cloud),
    });
    let id = call.cloud.insert(Kind::VSwitch, v_switch);
    let vpc = call.cloud.find_mut(Kind::Vpc, vpc_id, call.request)?;
    elements_mut(vpc, PATH).push(json!(id));
    Ok(json!({ "VSwitchId": id }))
}

/// A block of the range for documentation. The operation does not say whether IPv6 is wanted: it is
/// on, and off only where a scenario says so.
pub(super) fn ipv6_block(cloud: &mut Cloud) -> String {
    let random = cloud.random();
    format!(
        "2001:db8:{:x}:{:x}::/64",
        random >> 16 & 0xffff,
        random & 0xffff
    )
}

pub(super) fn delete_v_switch(call: &mut Call<'_>) -> Handled {
    let id = text(call.request, "VSwitchId").unwrap_or_default();
    let v_switch = call.cloud.find(Kind::VSwitch, id, call.request)?.clone();
    let used = call.cloud.all(Kind::Eni);
    if used.iter().any(|eni| eni["VSwitchId"] == id) {
        let message = format!("{id} has network interfaces.");
        return Err(Fail::new(&["DependencyViolation"], message));
    }
    call.cloud.remove(Kind::VSwitch, id);
    let vpc = text(&v_switch, "VpcId").unwrap_or_default();
    if let Ok(vpc) = call.cloud.find_mut(Kind::Vpc, vpc, &Value::Null) {
        elements_mut(vpc, PATH).retain(|other| other != id);
    }
    Ok(json!({}))
}

pub(super) fn modify_v_switch(call: &mut Call<'_>) -> Handled {
    call.change(Kind::VSwitch, &["VSwitchName", "Description"])?;
    Ok(json!({}))
}

pub(super) fn describe_v_switches(call: &mut Call<'_>) -> Handled {
    let pairs = [
        ("VpcId", "VpcId"),
        ("VSwitchId", "VSwitchId"),
        ("ZoneId", "ZoneId"),
        ("IsDefault", "IsDefault"),
    ];
    let v_switches = filter(call.request, call.cloud.all(Kind::VSwitch), &pairs);
    page(call.request, v_switches, ["VSwitches", "VSwitch"])
}
