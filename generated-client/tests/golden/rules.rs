//! What rules in the shapes that real operations have say where they are broken: the lines that a caller reads.

use alicloud::{dynamic::DynRecord, operation::Request as _, record::Record, validate::check};
use serde_json::json;

use crate::golden::cloud::{
    AuthorizeSecurityGroup, DescribePrice, JoinSecurityGroup, RunInstances,
    authorize_security_group::Permissions, describe_price::DataDisk,
};

fn said(request: &dyn Record) -> String {
    check(request).map_or_else(
        |violations| violations.to_string(),
        |()| "nothing".to_owned(),
    )
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_form_that_excludes_another_names_what_was_given_of_it() {
    let rule = Permissions {
        source_cidr_ip: text("10.0.0.0/8"),
        port_range: text("22/22"),
        ..Permissions::default()
    };
    let request = AuthorizeSecurityGroup {
        security_group_id: "sg-1".to_owned(),
        permissions: Some(vec![rule]),
        priority: text("1"),
        ..AuthorizeSecurityGroup::default()
    };
    assert_eq!(
        said(&request),
        "Permissions and Priority were given; at most one of them is allowed. \
         The operation's notes: the flat form is outdated and does not mix with `Permissions` \
         (`InvalidParam.Permissions`)."
    );
    let old = AuthorizeSecurityGroup {
        security_group_id: "sg-1".to_owned(),
        source_cidr_ip: text("10.0.0.0/8"),
        priority: text("1"),
        ..AuthorizeSecurityGroup::default()
    };
    assert_eq!(said(&old), "nothing");
}

#[test]
fn a_choice_of_what_is_needed_names_all_of_it() {
    let request = || RunInstances {
        image_id: text("i"),
        instance_type: text("ecs.g7.large"),
        security_group_id: text("sg-1"),
        instance_charge_type: text("PrePaid"),
        region_id: text("cn-hangzhou"),
        ..RunInstances::default()
    };
    assert_eq!(
        said(&request()),
        "InstanceChargeType = \"PrePaid\" was given; \
         it requires Period, LaunchTemplateId or LaunchTemplateName. \
         The note on `Period`: a subscription needs its length, unless a launch template supplies it."
    );
    let month = RunInstances {
        period: Some(1),
        ..request()
    };
    assert_eq!(said(&month), "nothing");
}

#[test]
fn of_several_demands_those_that_are_not_met_are_told() {
    let disk = DescribePrice {
        region_id: text("cn-hangzhou"),
        resource_type: text("disk"),
        data_disk: Some(vec![DataDisk::new().category("cloud_ssd")]),
        ..DescribePrice::default()
    };
    assert_eq!(
        said(&disk),
        "ResourceType = \"disk\" was given; it requires DataDisk.N.Size. \
         The note on `ResourceType`: the price of a disk depends on its category and size."
    );
}

#[test]
fn a_region_that_no_client_fills_in_is_asked_of_the_caller() {
    let request = JoinSecurityGroup::new("sg-1").network_interface_id("eni-1");
    assert_eq!(
        said(&request),
        "NetworkInterfaceId was given; it requires RegionId. The note on `RegionId`: only for instances may the region be left out. \
         It is for the caller to give: a client fills in its own region only where an operation \
         always requires one."
    );
    assert_eq!(said(&request.region_id("cn-hangzhou")), "nothing");
}

/// Some names have a dot in them, and are no way into an object.
#[test]
fn a_parameter_with_a_dot_in_its_name_is_not_looked_for_in_vain() {
    let request = json!({ "SystemDisk": { "Size": "40", "Sise": "40", "Encrypted": true } });
    let faults = DynRecord::from_json(RunInstances::OPERATION.request.get(), &request).unwrap_err();
    assert_eq!(
        faults.to_string().lines().take(3).collect::<Vec<_>>(),
        [
            "SystemDisk.Size: no such parameter; \
             give it under the name `SystemDisk.Size` beside `SystemDisk`, not within it",
            "SystemDisk.Sise: no such parameter; the spec has none like it",
            "SystemDisk.Encrypted: true was given; allowed: text",
        ]
    );
}
