//! Disks.

use serde_json::{Value, json};

use super::{
    Call, Fail, Handled,
    page::{filter, is_in_time, page},
    request::{flag, number, text, texts},
    store::{Kind, time},
    tag,
};

fn disk(call: &Call<'_>, size: i64, category: &Value, kind: &str) -> Value {
    let request = call.request;
    json!({
        "RegionId": request["RegionId"],
        "Type": kind,
        "Category": category,
        "MultiAttach": "Disabled",
        "PerformanceLevel": if *category == "cloud_essd" { json!("PL1") } else { Value::Null },
        "Size": size,
        "Portable": true,
        "DiskChargeType": "PostPaid",
        "CreationTime": time(call.now),
    })
}

pub(super) fn create(call: &mut Call<'_>) -> Handled {
    let (request, now) = (call.request, call.now);
    let size = number(request, "Size").unwrap_or(20);
    let mut new = disk(call, size, &request["DiskCategory"], "data");
    for name in ["ZoneId", "DiskName", "Description", "ResourceGroupId"] {
        new[name] = request[name].clone();
    }
    for name in ["PerformanceLevel", "MultiAttach", "KMSKeyId"] {
        if !request[name].is_null() {
            new[name] = request[name].clone();
        }
    }
    if !request["SnapshotId"].is_null() {
        new["SourceSnapshotId"] = request["SnapshotId"].clone();
    }
    new["Encrypted"] = json!(flag(request, "Encrypted"));
    new["Tags"] = tag::given(request)?;
    let instance = text(request, "InstanceId");
    if let Some(instance) = instance {
        let found = call.cloud.find(Kind::Instance, instance, request)?;
        new["ZoneId"] = found["ZoneId"].clone();
        new["InstanceId"] = json!(instance);
    }
    let id = call.cloud.insert(Kind::Disk, new);
    let rests = if instance.is_some() {
        "In_use"
    } else {
        "Available"
    };
    call.cloud
        .pass_through(Kind::Disk, &id, now, &["Creating", rests]);
    Ok(json!({ "DiskId": id }))
}

/// The system disk and the data disks of a new instance.
pub(super) fn make_for_instance(call: &mut Call<'_>, instance_id: &str) -> Result<(), Fail> {
    let request = call.request;
    let size = number(request, "SystemDisk.Size").unwrap_or(40);
    let mut disks = vec![disk(call, size, &request["SystemDisk.Category"], "system")];
    for data in request["DataDisk"].as_array().into_iter().flatten() {
        let size = number(data, "Size").unwrap_or(20);
        let mut new = disk(call, size, &data["Category"], "data");
        for name in ["DiskName", "Description", "DeleteWithInstance", "Device"] {
            new[name] = data[name].clone();
        }
        disks.push(new);
    }
    let zone = call.cloud.find(Kind::Instance, instance_id, request)?["ZoneId"].clone();
    for mut disk in disks {
        disk["ZoneId"] = zone.clone();
        disk["InstanceId"] = json!(instance_id);
        disk["Status"] = json!("In_use");
        if disk["DeleteWithInstance"].is_null() {
            disk["DeleteWithInstance"] = json!(true);
        }
        call.cloud.insert(Kind::Disk, disk);
    }
    Ok(())
}

/// The disk that a request means, in one of these states.
fn in_state<'a>(call: &'a Call<'_>, states: &[&str]) -> Result<(&'a Value, String), Fail> {
    let id = text(call.request, "DiskId").unwrap_or_default();
    let disk = call.cloud.find(Kind::Disk, id, call.request)?;
    let state = text(disk, "Status").unwrap_or_default();
    if states.contains(&state) {
        return Ok((disk, id.to_owned()));
    }
    let codes: &[_] = match state {
        "Creating" => &["IncorrectDiskStatus.Initializing", "IncorrectDiskStatus"],
        _ => &["IncorrectDiskStatus"],
    };
    let message = format!("{id} is {state}; it must be {}.", states.join(" or "));
    Err(Fail::new(codes, message))
}

pub(super) fn modify(call: &mut Call<'_>) -> Handled {
    call.change(
        Kind::Disk,
        &["DiskName", "Description", "DeleteWithInstance"],
    )?;
    Ok(json!({}))
}

pub(super) fn attach(call: &mut Call<'_>) -> Handled {
    let (request, now) = (call.request, call.now);
    let (disk, id) = in_state(call, &["Available"])?;
    let zone = disk["ZoneId"].clone();
    let instance_id = text(request, "InstanceId").unwrap_or_default();
    let instance = call.cloud.find(Kind::Instance, instance_id, request)?;
    if !zone.is_null() && zone != instance["ZoneId"] {
        let message = format!("{id} and {instance_id} are in different zones.");
        return Err(Fail::new(&["InvalidInstance.ZoneConflict"], message));
    }
    let disk = call.cloud.find_mut(Kind::Disk, &id, request)?;
    disk["InstanceId"] = json!(instance_id);
    disk["Device"] = json!(text(request, "Device").unwrap_or("/dev/xvdb"));
    disk["DeleteWithInstance"] = json!(flag(request, "DeleteWithInstance"));
    disk["AttachedTime"] = json!(time(now));
    call.cloud
        .pass_through(Kind::Disk, &id, now, &["Attaching", "In_use"]);
    Ok(json!({}))
}

pub(super) fn detach(call: &mut Call<'_>) -> Handled {
    let (request, now) = (call.request, call.now);
    let (disk, id) = in_state(call, &["In_use"])?;
    let (at, kind) = (disk["InstanceId"].clone(), disk["Type"].clone());
    let instance_id = text(request, "InstanceId").unwrap_or_default();
    call.cloud.find(Kind::Instance, instance_id, request)?;
    if at != instance_id {
        let codes = &["InvalidParameter", "DependencyViolation"];
        let message = format!("{id} is not attached to {instance_id}.");
        return Err(Fail::new(codes, message));
    }
    if kind == "system" {
        let message = format!("{id} is the system disk of {instance_id}.");
        return Err(Fail::new(&["InvalidDiskId.OperationNotSupported"], message));
    }
    let disk = call.cloud.find_mut(Kind::Disk, &id, request)?;
    disk["InstanceId"] = Value::Null;
    disk["Device"] = Value::Null;
    disk["DetachedTime"] = json!(time(now));
    call.cloud
        .pass_through(Kind::Disk, &id, now, &["Detaching", "Available"]);
    Ok(json!({}))
}

pub(super) fn resize(call: &mut Call<'_>) -> Handled {
    let (disk, id) = in_state(call, &["Available", "In_use"])?;
    let (old, new) = (number(disk, "Size"), number(call.request, "NewSize"));
    if new <= old {
        let size = old.unwrap_or_default();
        let message = format!("{id} has {size} GiB already.");
        return Err(Fail::new(&["InvalidDiskSize.TooSmall"], message));
    }
    let disk = call.cloud.find_mut(Kind::Disk, &id, call.request)?;
    disk["Size"] = json!(new);
    Ok(json!({}))
}

pub(super) fn delete(call: &mut Call<'_>) -> Handled {
    let (_, id) = in_state(call, &["Available"])?;
    let now = call.now;
    call.cloud.leave(Kind::Disk, &id, now);
    Ok(json!({}))
}

pub(super) fn describe(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let wanted = texts(request, "DiskIds");
    let pairs = [
        ("ZoneId", "ZoneId"),
        ("InstanceId", "InstanceId"),
        ("Category", "Category"),
        ("DiskName", "DiskName"),
        ("Portable", "Portable"),
        ("Encrypted", "Encrypted"),
        ("DeleteWithInstance", "DeleteWithInstance"),
        ("DiskChargeType", "DiskChargeType"),
        ("PerformanceLevel", "PerformanceLevel"),
        ("SnapshotId", "SourceSnapshotId"),
        ("KMSKeyId", "KMSKeyId"),
        ("MultiAttach", "MultiAttach"),
        ("LockReason", "LockReason"),
        ("AutoSnapshotPolicyId", "AutoSnapshotPolicyId"),
    ];
    let mut disks = filter(request, call.cloud.all(Kind::Disk), &pairs);
    disks.retain(|disk| {
        let id = text(disk, "DiskId").unwrap_or_default();
        // `all` and `All` are values of these two.
        let same = |parameter, field: &str| {
            let wanted = text(request, parameter);
            wanted.is_none_or(|it| it.eq_ignore_ascii_case("all") || disk[field] == it)
        };
        let listed = wanted.is_empty() || wanted.contains(&id);
        listed && same("DiskType", "Type") && same("Status", "Status") && is_in_time(request, disk)
    });
    page(request, disks, ["Disks", "Disk"])
}
