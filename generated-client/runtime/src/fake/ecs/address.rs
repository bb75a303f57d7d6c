//! Private addresses and prefixes of network interfaces, of both families.

use serde_json::{Value, json};

use super::{
    Call, Fail, Handled,
    cidr::{Cidr, Family},
    eni::in_state,
    request::{elements, elements_mut, number, text, texts},
    store::{Cloud, Kind},
};

/// How many addresses an interface may have that is attached to no instance.
const MOST_OF_AVAILABLE: usize = 10;

/// One kind of what an interface can be assigned.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// Where an interface has them.
    pub(super) path: [&'static str; 2],
    /// The field of an element.
    name: &'static str,
    family: Family,
    length: u32,
    /// The field of the vSwitch with the block that they are of.
    block: &'static str,
    /// They would be too many.
    exceeded: &'static [&'static str],
    /// One is taken already.
    assigned: &'static [&'static str],
    /// One is no address, or not of the block.
    invalid: &'static [&'static str],
}

pub(super) const IPV4: Part = Part {
    path: ["PrivateIpSets", "PrivateIpSet"],
    name: "PrivateIpAddress",
    family: Family::V4,
    length: 32,
    block: "CidrBlock",
    exceeded: &[
        "MaxEniPrivateIpsCountExceeded",
        "InvalidOperation.Ipv4CountExceeded",
    ],
    assigned: &[
        "InvalidIp.IpAssigned",
        "InvalidOperation.AddressAlreadyAllocated",
    ],
    invalid: &["InvalidVSwitchId.IpInvalid", "InvalidIp.Address"],
};

pub(super) const IPV6: Part = Part {
    path: ["Ipv6Sets", "Ipv6Set"],
    name: "Ipv6Address",
    family: Family::V6,
    length: 128,
    block: "Ipv6CidrBlock",
    exceeded: &[
        "MaxEniIpv6IpsCountExceeded",
        "InvalidOperation.MaxEniIpv6IpsCountExceeded",
        "InvalidOperation.Ipv6CountExceeded",
    ],
    assigned: &[
        "InvalidIp.IpAssigned",
        "InvalidOperation.AddressAlreadyAllocated",
    ],
    invalid: &[
        "InvalidVSwitchId.IpInvalid",
        "InvalidOperation.AddressNotInVSwitchCidr",
    ],
};

const IPV4_PREFIX: Part = Part {
    path: ["Ipv4PrefixSets", "Ipv4PrefixSet"],
    name: "Ipv4Prefix",
    length: 28,
    assigned: &["InvalidIp.IpPrefixNotAvailable"],
    invalid: &["InvalidIp.IpPrefixMustInReserveSegment"],
    ..IPV4
};

const IPV6_PREFIX: Part = Part {
    path: ["Ipv6PrefixSets", "Ipv6PrefixSet"],
    name: "Ipv6Prefix",
    length: 80,
    assigned: &["InvalidIp.IpPrefixNotAvailable"],
    invalid: &["InvalidIp.IpPrefixMustInReserveSegment"],
    ..IPV6
};

const ALL: [Part; 4] = [IPV4, IPV6, IPV4_PREFIX, IPV6_PREFIX];

impl Part {
    fn is_prefix(self) -> bool {
        self.length < 32 || self.family == Family::V6 && self.length < 128
    }
}

/// The block of the interface's vSwitch.
fn block(cloud: &Cloud, eni: &Value, part: Part) -> Result<Cidr, Fail> {
    let v_switch = text(eni, "VSwitchId").unwrap_or_default();
    let v_switch = cloud.find(Kind::VSwitch, v_switch, &Value::Null)?;
    let block = text(v_switch, part.block).and_then(Cidr::parse);
    block.ok_or_else(|| {
        Fail::new(
            &[
                "InvalidVSwitch.Ipv6NotTurnOn",
                "InvalidOperation.VSwitchIpv6Disabled",
            ],
            format!("{} has no {}.", v_switch["VSwitchId"], part.block),
        )
    })
}

/// All that is assigned in a vSwitch.
fn taken(cloud: &Cloud, v_switch: &Value) -> Vec<Cidr> {
    let enis = cloud.all(Kind::Eni).iter();
    let enis = enis.filter(|eni| eni["VSwitchId"] == *v_switch);
    enis.flat_map(|eni| {
        ALL.into_iter().flat_map(|part| {
            let assigned = elements(eni, part.path).iter();
            assigned.filter_map(move |it| Cidr::parse(text(it, part.name)?))
        })
    })
    .collect()
}

/// Assigns what is named, or as many as are counted; gives what was assigned.
fn assign(
    cloud: &mut Cloud,
    id: &str,
    part: Part,
    named: &[&str],
    count: usize,
) -> Result<Vec<String>, Fail> {
    if named.is_empty() && count == 0 {
        return Ok(Vec::new());
    }
    let eni = cloud.find(Kind::Eni, id, &Value::Null)?.clone();
    let block = block(cloud, &eni, part)?;
    check_count(cloud, &eni, part, named.len() + count)?;
    let mut taken = taken(cloud, &eni["VSwitchId"]);
    let mut assigned = Vec::new();
    for name in named {
        let shown = name.escape_debug();
        let wanted = Cidr::parse(name).filter(|it| it.family() == part.family);
        let Some(wanted) = wanted else {
            let codes: &[_] = match part.is_prefix() {
                true => &["InvalidIp.IpPrefixIllegal"],
                false => &["InvalidIp.Address", "InvalidPrivateIpAddress.Malformed"],
            };
            return Err(Fail::new(codes, format!("{shown} is malformed.")));
        };
        if wanted.length() != part.length {
            let codes = &["InvalidIp.IpPrefixMaskInvalid"];
            let message = format!("{shown} must have a mask of {} bits.", part.length);
            return Err(Fail::new(codes, message));
        }
        if part.is_prefix()
            && wanted.text() != **name
            && name.split('/').next().is_some_and(|address| {
                Cidr::parse(address).is_some_and(|address| {
                    !wanted.text().starts_with(&format!("{}/", address.text()))
                })
            })
        {
            let message = format!("{shown} has bits behind its mask.");
            return Err(Fail::new(&["InvalidIp.IpPrefixNotStrict"], message));
        }
        if !block.contains(wanted) || block.is_reserved(wanted) {
            let message = format!("{shown} is not to be had from {}.", block.text());
            return Err(Fail::new(part.invalid, message));
        }
        if assigned.contains(&wanted) {
            let codes = &["InvalidIp.IpRepeated", "InvalidPrivateIpAddress.Duplicated"];
            return Err(Fail::new(codes, format!("{shown} is there twice.")));
        }
        if taken.iter().any(|it| it.overlaps(wanted)) {
            let message = format!("{shown} has been assigned already.");
            return Err(Fail::new(part.assigned, message));
        }
        taken.push(wanted);
        assigned.push(wanted);
    }
    for _ in 0..count {
        let random = cloud.random();
        let Some(chosen) = block.choose(part.length, &taken, random) else {
            let codes: &[_] = match part.is_prefix() {
                true => &["InvalidVSwitchId.IpPrefixNotEnough"],
                false => &["InvalidVSwitchId.IpNotEnough"],
            };
            let message = format!("{} has not as many left.", block.text());
            return Err(Fail::new(codes, message));
        };
        taken.push(chosen);
        assigned.push(chosen);
    }
    let texts: Vec<_> = assigned.into_iter().map(Cidr::text).collect();
    let eni = cloud.find_mut(Kind::Eni, id, &Value::Null)?;
    let list = elements_mut(eni, part.path);
    for text in &texts {
        list.push(json!({ part.name: text }));
    }
    Ok(texts)
}

/// Prefixes count as one address each.
fn check_count(cloud: &Cloud, eni: &Value, part: Part, more: usize) -> Result<(), Fail> {
    let same = ALL.into_iter().filter(|other| other.family == part.family);
    let has: usize = same.map(|other| elements(eni, other.path).len()).sum();
    let instance = text(eni, "InstanceId");
    let instance = instance.and_then(|id| cloud.by_id(Kind::Instance, id));
    let most = match instance {
        None => MOST_OF_AVAILABLE,
        Some(instance) => {
            let limits = cloud.limits_of(text(instance, "InstanceType").unwrap_or_default());
            match part.family {
                Family::V4 => limits.ipv4,
                Family::V6 => limits.ipv6,
            }
        }
    };
    if has + more <= most {
        return Ok(());
    }
    let id = text(eni, "NetworkInterfaceId").unwrap_or_default();
    let message = format!(
        "{id} would have {} addresses; it can have {most}.",
        has + more
    );
    Err(Fail::new(part.exceeded, message))
}

fn count(request: &Value, name: &str) -> usize {
    let count = number(request, name).unwrap_or_default();
    usize::try_from(count).unwrap_or_default()
}

/// The address that an interface has from the beginning.
pub(super) fn assign_primary(
    cloud: &mut Cloud,
    id: &str,
    wanted: Option<&str>,
) -> Result<(), Fail> {
    let named: Vec<_> = wanted.into_iter().collect();
    let count = usize::from(named.is_empty());
    let assigned = assign(cloud, id, IPV4, &named, count)?;
    let eni = cloud.find_mut(Kind::Eni, id, &Value::Null)?;
    elements_mut(eni, IPV4.path)[0]["Primary"] = json!(true);
    eni["PrivateIpAddress"] = json!(assigned[0]);
    Ok(())
}

/// What `CreateNetworkInterface` asks for beside the primary address.
pub(super) fn assign_secondary(call: &mut Call<'_>, id: &str) -> Result<(), Fail> {
    let request = call.request;
    for (part, names, counted) in [
        (IPV4, "PrivateIpAddress", "SecondaryPrivateIpAddressCount"),
        (IPV4_PREFIX, "Ipv4Prefix", "Ipv4PrefixCount"),
        (IPV6, "Ipv6Address", "Ipv6AddressCount"),
        (IPV6_PREFIX, "Ipv6Prefix", "Ipv6PrefixCount"),
    ] {
        let (named, count) = (texts(request, names), count(request, counted));
        assign(call.cloud, id, part, &named, count)?;
    }
    secondary(call, id)
}

/// Marks the addresses that are not the primary one.
fn secondary(call: &mut Call<'_>, id: &str) -> Result<(), Fail> {
    let eni = call.cloud.find_mut(Kind::Eni, id, &Value::Null)?;
    for address in elements_mut(eni, IPV4.path) {
        if address["Primary"].is_null() {
            address["Primary"] = json!(false);
        }
    }
    Ok(())
}

/// The ID of the interface that is to be changed.
fn changing(call: &Call<'_>) -> Result<String, Fail> {
    let eni = in_state(call.cloud, call.request, &["Available", "InUse"])?;
    Ok(text(eni, "NetworkInterfaceId")
        .unwrap_or_default()
        .to_owned())
}

pub(super) fn assign_ipv4(call: &mut Call<'_>) -> Handled {
    let (id, request) = (changing(call)?, call.request);
    let named = texts(request, "PrivateIpAddress");
    let more = count(request, "SecondaryPrivateIpAddressCount");
    let addresses = assign(call.cloud, &id, IPV4, &named, more)?;
    let named = texts(request, "Ipv4Prefix");
    let more = count(request, "Ipv4PrefixCount");
    let prefixes = assign(call.cloud, &id, IPV4_PREFIX, &named, more)?;
    secondary(call, &id)?;
    Ok(json!({
        "AssignedPrivateIpAddressesSet": {
            "NetworkInterfaceId": id,
            "PrivateIpSet": { "PrivateIpAddress": addresses },
            "Ipv4PrefixSet": { "Ipv4Prefixes": prefixes },
        },
    }))
}

pub(super) fn assign_ipv6(call: &mut Call<'_>) -> Handled {
    let (id, request) = (changing(call)?, call.request);
    let named = texts(request, "Ipv6Address");
    let more = count(request, "Ipv6AddressCount");
    let addresses = assign(call.cloud, &id, IPV6, &named, more)?;
    let named = texts(request, "Ipv6Prefix");
    let more = count(request, "Ipv6PrefixCount");
    let prefixes = assign(call.cloud, &id, IPV6_PREFIX, &named, more)?;
    Ok(json!({
        "NetworkInterfaceId": id,
        "Ipv6Sets": { "Ipv6Address": addresses },
        "Ipv6PrefixSets": { "Ipv6Prefix": prefixes },
    }))
}

pub(super) fn unassign_ipv4(call: &mut Call<'_>) -> Handled {
    unassign(call, IPV4, IPV4_PREFIX)
}

pub(super) fn unassign_ipv6(call: &mut Call<'_>) -> Handled {
    unassign(call, IPV6, IPV6_PREFIX)
}

fn unassign(call: &mut Call<'_>, addresses: Part, prefixes: Part) -> Handled {
    let (id, request) = (changing(call)?, call.request);
    for part in [addresses, prefixes] {
        for name in texts(request, part.name) {
            let wanted = Cidr::parse(name);
            let eni = call.cloud.find_mut(Kind::Eni, &id, request)?;
            let list = elements_mut(eni, part.path);
            let place = list.iter().position(|it| {
                wanted.is_some() && text(it, part.name).and_then(Cidr::parse) == wanted
            });
            let Some(place) = place else {
                let shown = name.escape_debug();
                let message = format!("{shown} is not assigned to {id}.");
                return Err(Fail::new(&["InvalidIp.IpUnassigned"], message));
            };
            if list[place]["Primary"] == true {
                let message = format!("{name} is the primary address of {id}.");
                return Err(Fail::new(&["InvalidVSwitchId.IpInvalid"], message));
            }
            list.remove(place);
        }
    }
    Ok(json!({}))
}
