//! Security groups, their rules and members.

use serde_json::{Value, json};

use super::{
    Call, Fail, Handled,
    page::{filter, page},
    request::{elements, elements_mut, text, texts},
    store::{Kind, time},
    tag,
};

const RULES: [&str; 2] = ["Permissions", "Permission"];
const MEMBERS: [&str; 2] = ["SecurityGroupIds", "SecurityGroupId"];

/// What makes two rules the same.
const IDENTITY: [&str; 13] = [
    "IpProtocol",
    "PortRange",
    "SourcePortRange",
    "SourceCidrIp",
    "Ipv6SourceCidrIp",
    "SourceGroupId",
    "SourcePrefixListId",
    "DestCidrIp",
    "Ipv6DestCidrIp",
    "DestGroupId",
    "DestPrefixListId",
    "Policy",
    "Priority",
];

pub(super) fn create(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    if let Some(vpc) = text(request, "VpcId") {
        call.cloud.find(Kind::Vpc, vpc, request)?;
    }
    let group = json!({
        "RegionId": request["RegionId"],
        "VpcId": request["VpcId"],
        "SecurityGroupName": request["SecurityGroupName"],
        "Description": request["Description"],
        "SecurityGroupType": text(request, "SecurityGroupType").unwrap_or("normal"),
        "ResourceGroupId": request["ResourceGroupId"],
        "ServiceManaged": false,
        "Tags": tag::given(request)?,
        "CreationTime": time(call.now),
    });
    let id = call.cloud.insert(Kind::Group, group);
    Ok(json!({ "SecurityGroupId": id }))
}

fn group_id(request: &Value) -> &str {
    text(request, "SecurityGroupId").unwrap_or_default()
}

/// The object is in the group.
fn is_member(object: &Value, group: &str) -> bool {
    elements(object, MEMBERS).iter().any(|it| it == group)
}

pub(super) fn delete(call: &mut Call<'_>) -> Handled {
    let id = group_id(call.request);
    call.cloud.find(Kind::Group, id, call.request)?;
    for kind in [Kind::Eni, Kind::Instance] {
        if call.cloud.all(kind).iter().any(|it| is_member(it, id)) {
            let message = format!("{id} has members.");
            return Err(Fail::new(&["DependencyViolation"], message));
        }
    }
    call.cloud.remove(Kind::Group, id);
    Ok(json!({}))
}

pub(super) fn describe(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let wanted = texts(request, "SecurityGroupIds");
    let pairs = [
        ("VpcId", "VpcId"),
        ("SecurityGroupId", "SecurityGroupId"),
        ("SecurityGroupName", "SecurityGroupName"),
        ("SecurityGroupType", "SecurityGroupType"),
        ("ResourceGroupId", "ResourceGroupId"),
    ];
    let mut groups = filter(request, call.cloud.all(Kind::Group), &pairs);
    groups.retain(|group| {
        let id = group_id(group);
        wanted.is_empty() || wanted.contains(&id)
    });
    for group in &mut groups {
        let id = group_id(group);
        let instances = call.cloud.all(Kind::Instance).iter();
        let count = instances.filter(|it| is_member(it, id)).count();
        group["EcsCount"] = json!(count);
    }
    page(request, groups, ["SecurityGroups", "SecurityGroup"])
}

pub(super) fn modify(call: &mut Call<'_>) -> Handled {
    call.change(Kind::Group, &["SecurityGroupName", "Description"])?;
    Ok(json!({}))
}

pub(super) fn describe_one(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let mut group = call
        .cloud
        .find(Kind::Group, group_id(request), request)?
        .clone();
    let direction = text(request, "Direction").filter(|it| !it.eq_ignore_ascii_case("all"));
    elements_mut(&mut group, RULES)
        .retain(|rule| direction.is_none_or(|direction| rule["Direction"] == direction));
    group["InnerAccessPolicy"] = json!("Accept");
    Ok(group)
}

/// The rules of a request: those of `Permissions`, or else the one at the top.
fn rules(request: &Value) -> Vec<&Value> {
    match request["Permissions"].as_array() {
        Some(rules) => rules.iter().collect(),
        None => vec![request],
    }
}

fn is_same(rule: &Value, wanted: &Value) -> bool {
    IDENTITY.iter().all(|name| {
        let (has, wanted) = (text(rule, name), text(wanted, name));
        match (*name, has, wanted) {
            ("IpProtocol" | "Policy", Some(has), Some(wanted)) => has.eq_ignore_ascii_case(wanted),
            ("Policy", _, None) => rule["Policy"] == "Accept",
            ("Priority", _, None) => rule["Priority"] == "1",
            (_, has, wanted) => has == wanted,
        }
    })
}

pub(super) fn authorize(call: &mut Call<'_>) -> Handled {
    add_rules(call, "ingress")
}

pub(super) fn authorize_egress(call: &mut Call<'_>) -> Handled {
    add_rules(call, "egress")
}

fn add_rules(call: &mut Call<'_>, direction: &str) -> Handled {
    let (request, now) = (call.request, call.now);
    call.cloud.find(Kind::Group, group_id(request), request)?;
    for wanted in rules(request) {
        let id = call.cloud.make_id("sgr");
        let mut rule = json!({
            "SecurityGroupRuleId": id,
            "Direction": direction,
            "NicType": text(wanted, "NicType").unwrap_or("intranet"),
            "Description": wanted["Description"],
            "CreateTime": time(now),
        });
        for name in IDENTITY {
            rule[name] = wanted[name].clone();
        }
        for (name, default) in [("Policy", "Accept"), ("Priority", "1")] {
            rule[name] = json!(text(wanted, name).unwrap_or(default));
        }
        let group = call
            .cloud
            .find_mut(Kind::Group, group_id(request), request)?;
        let list = elements_mut(group, RULES);
        // A rule that is there already is no error, and is not there twice.
        let there = |it: &Value| it["Direction"] == direction && is_same(it, wanted);
        if !list.iter().any(there) {
            list.push(rule);
        }
    }
    Ok(json!({}))
}

pub(super) fn revoke(call: &mut Call<'_>) -> Handled {
    remove_rules(call, "ingress")
}

pub(super) fn revoke_egress(call: &mut Call<'_>) -> Handled {
    remove_rules(call, "egress")
}

fn remove_rules(call: &mut Call<'_>, direction: &str) -> Handled {
    let request = call.request;
    let group = call
        .cloud
        .find_mut(Kind::Group, group_id(request), request)?;
    let list = elements_mut(group, RULES);
    let ids = texts(request, "SecurityGroupRuleId");
    for id in &ids {
        let before = list.len();
        list.retain(|rule| rule["SecurityGroupRuleId"] != *id || rule["Direction"] != direction);
        if list.len() == before {
            let codes = &[
                "InvalidSecurityGroupRuleId.NotFound",
                "InvalidSecurityGroupRule.RuleNotExist",
            ];
            return Err(Fail::new(codes, format!("There is no rule {id}.")));
        }
    }
    if ids.is_empty() {
        for wanted in rules(request) {
            // That there is no such rule is no error.
            list.retain(|rule| rule["Direction"] != direction || !is_same(rule, wanted));
        }
    }
    Ok(json!({}))
}

/// The instance or interface that is to join or leave.
fn member(request: &Value) -> (Kind, &str) {
    match text(request, "NetworkInterfaceId") {
        Some(id) => (Kind::Eni, id),
        None => (
            Kind::Instance,
            text(request, "InstanceId").unwrap_or_default(),
        ),
    }
}

pub(super) fn join(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let group = group_id(request);
    call.cloud.find(Kind::Group, group, request)?;
    let (kind, id) = member(request);
    let object = call.cloud.find_mut(kind, id, request)?;
    if is_member(object, group) {
        let message = format!("{id} is in {group} already.");
        return Err(Fail::new(&["InvalidInstanceId.AlreadyExists"], message));
    }
    elements_mut(object, MEMBERS).push(json!(group));
    Ok(json!({}))
}

pub(super) fn leave(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let group = group_id(request);
    call.cloud.find(Kind::Group, group, request)?;
    let (kind, id) = member(request);
    let object = call.cloud.find_mut(kind, id, request)?;
    if !is_member(object, group) {
        let message = format!("{id} is not in {group}.");
        return Err(Fail::new(
            &["InvalidSecurityGroupAssociation.NotFound"],
            message,
        ));
    }
    let groups = elements_mut(object, MEMBERS);
    if groups.len() == 1 {
        let message = format!("{group} is the last security group of {id}.");
        return Err(Fail::new(&["InvalidOperation.AtLeastInOneGroup"], message));
    }
    groups.retain(|it| it != group);
    Ok(json!({}))
}
