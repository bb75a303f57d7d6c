//! What rules of real operations say where they are broken: the lines that a caller reads.

// The outdated form of a request is among what is tested.
#![allow(deprecated)]

use alicloud::{
    dynamic::DynRecord,
    ecs::{
        self, AuthorizeSecurityGroup, DescribePrice, DescribeRenewalPrice, JoinSecurityGroup,
        ModifyImageSharePermission, RunInstances, authorize_security_group::Permissions,
        describe_price::DataDisk,
    },
    operation::Request as _,
    record::Record,
    validate::check,
};
use serde_json::json;

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
    let faults = DynRecord::from_json(RunInstances::OPERATION.request, &request).unwrap_err();
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

/// What the vendor's texts say of values alone is checked too, and what they only ignore is not.
#[test]
fn limits_from_prose_are_checked() {
    let price = || DescribeRenewalPrice::new("i-1").region_id("cn-hangzhou");
    assert_eq!(said(&price().expected_renew_day(28)), "nothing");
    assert_eq!(
        said(&price().expected_renew_day(29)),
        "ExpectedRenewDay: 29 is too great; allowed: at most 28"
    );
    assert_eq!(
        said(&price().expected_renew_day(5).price_unit("Month")),
        "PriceUnit and ExpectedRenewDay were given; at most one of them is allowed. \
         The notes on these parameters: a renewal is for a time or until a common day, \
         and the unit belongs to the time."
    );
    // Beyond the tenth they are ignored.
    let accounts = (0..11).map(|account| account.to_string());
    let share = ModifyImageSharePermission::new("m-1")
        .region_id("cn-hangzhou")
        .add_account(accounts);
    assert_eq!(said(&share), "nothing");
}

#[test]
fn a_busy_resource_is_worth_a_repetition_and_a_locked_one_is_not() {
    let retryable = |code: &str| {
        let rows = ecs::DeleteInstance::OPERATION.errors.iter();
        let mut rows = rows.filter(|row| row.code == code);
        rows.next().map(|row| row.retryable)
    };
    assert_eq!(
        retryable("IncorrectInstanceStatus.Initializing"),
        Some(true)
    );
    assert_eq!(retryable("IncorrectInstanceStatus"), Some(false));
}
