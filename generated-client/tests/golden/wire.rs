//! Generated requests against the vendor's wire rules, spelled out by hand: lists, nested lists and
//! objects, JSON in one parameter, names with dots.

use alicloud::{
    encode::{Parameters, encode},
    operation::Request,
    record::Location,
};
use serde_json::json;

use crate::golden::cloud::{
    AssignIpv6Addresses, AuthorizeSecurityGroup, InvokeCommand, RunInstances,
    authorize_security_group, invoke_command, run_instances,
};

/// What the request puts on the wire, sorted by name.
fn wire<R: Request>(request: &R) -> Vec<(String, String)> {
    let mut parameters = Parameters::default();
    encode(request, &mut parameters);
    let mut pairs: Vec<_> = parameters
        .iter()
        .map(|(location, name, value)| {
            assert_eq!(location, Location::Query, "{name}");
            (name.to_owned(), value.to_owned())
        })
        .collect();
    pairs.sort();
    pairs
}

fn expect<R: Request>(request: &R, expected: &[(&str, &str)]) {
    let mut expected: Vec<_> = expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    expected.sort();
    assert_eq!(wire(request), expected);
    if let Err(violations) = request.validate() {
        panic!("{violations}");
    }
}

#[test]
fn lists_are_numbered_from_one() {
    expect(
        &AssignIpv6Addresses::new("eni-1").ipv6_address(["2001:db8::1", "2001:db8::2"]),
        &[
            ("NetworkInterfaceId", "eni-1"),
            ("Ipv6Address.1", "2001:db8::1"),
            ("Ipv6Address.2", "2001:db8::2"),
        ],
    );
}

/// The vendor has both `SystemDisk.Size`, a name with a dot, and `SystemDisk`, an object.
#[test]
fn objects_and_lists_nest() {
    let interface = run_instances::NetworkInterface::new()
        .v_switch_id("vsw-1")
        .security_group_ids(["sg-1", "sg-2"])
        .instance_type("Primary");
    let request = RunInstances::new()
        .image_id("img-1")
        .instance_type("ecs.g7.large")
        .amount(2)
        .system_disk_size("40")
        .system_disk_category("cloud_essd")
        .system_disk(run_instances::SystemDisk::new().encrypted("true"))
        .network_interface([interface])
        .tag([run_instances::Tag::new().key("team").value("")]);
    expect(
        &request,
        &[
            ("ImageId", "img-1"),
            ("InstanceType", "ecs.g7.large"),
            ("Amount", "2"),
            ("SystemDisk.Size", "40"),
            ("SystemDisk.Category", "cloud_essd"),
            ("SystemDisk.Encrypted", "true"),
            ("NetworkInterface.1.VSwitchId", "vsw-1"),
            ("NetworkInterface.1.SecurityGroupIds.1", "sg-1"),
            ("NetworkInterface.1.SecurityGroupIds.2", "sg-2"),
            ("NetworkInterface.1.InstanceType", "Primary"),
            ("Tag.1.Key", "team"),
            ("Tag.1.Value", ""),
        ],
    );
}

#[test]
fn json_is_one_parameter() {
    let request = InvokeCommand::new("c-1")
        .parameters(json!({ "name": "a b", "list": [1, true] }))
        .instance_id(["i-1"])
        .tag([invoke_command::Tag::new().key("k")]);
    let pairs = wire(&request);
    let (_, sent) = pairs.iter().find(|(name, _)| name == "Parameters").unwrap();
    let sent: serde_json::Value = serde_json::from_str(sent).unwrap();
    assert_eq!(sent, json!({ "name": "a b", "list": [1, true] }));
    assert!(pairs.contains(&("InstanceId.1".to_owned(), "i-1".to_owned())));
    assert!(pairs.contains(&("Tag.1.Key".to_owned(), "k".to_owned())));
    assert_eq!(pairs.len(), 4, "{pairs:?}");
}

#[test]
fn rules_reach_into_lists() {
    let permission = authorize_security_group::Permissions::new()
        .ip_protocol("TCP")
        .port_range("22/22")
        .source_cidr_ip("10.0.0.0/8");
    let request = AuthorizeSecurityGroup::new("sg-1").permissions([permission.clone()]);
    expect(
        &request,
        &[
            ("SecurityGroupId", "sg-1"),
            ("Permissions.1.IpProtocol", "TCP"),
            ("Permissions.1.PortRange", "22/22"),
            ("Permissions.1.SourceCidrIp", "10.0.0.0/8"),
        ],
    );
    let both = permission.ipv6_source_cidr_ip("2001:db8::/32");
    let violations = AuthorizeSecurityGroup::new("sg-1")
        .permissions([both])
        .validate()
        .unwrap_err();
    let said = violations.to_string();
    assert!(
        said.starts_with(
            "Permissions.1.SourceCidrIp and Permissions.1.Ipv6SourceCidrIp were given; "
        ),
        "{said}"
    );
    assert_eq!(violations.len(), 1, "{said}");
}
