//! The state of the endpoint: what one call makes, the next one finds, and what cannot be is refused
//! with the operation's own code.

use std::time::Duration;

use alicloud::{
    client::DynClient,
    ecs,
    error::Error,
    fake::{Endpoint, Scenario},
    retry::RetrySettings,
};
use serde_json::{Value, json};

/// An endpoint with a VPC, vSwitches with and without IPv6, and an instance of a small type.
const SCENARIO: &str = r#"{
    "vpcs": [{ "VpcId": "vpc-1" }],
    "vSwitches": [
        { "VSwitchId": "vsw-1", "VpcId": "vpc-1", "CidrBlock": "172.16.1.0/24", "Ipv6CidrBlock": "2001:db8:1:2::/64" },
        { "VSwitchId": "vsw-4", "VpcId": "vpc-1", "CidrBlock": "172.16.2.0/28", "Ipv6CidrBlock": null }
    ],
    "securityGroups": [{ "SecurityGroupId": "sg-1", "VpcId": "vpc-1" }],
    "instances": [
        { "InstanceId": "i-1", "InstanceType": "ecs.tiny", "ZoneId": "cn-hangzhou-h", "VpcAttributes": { "VpcId": "vpc-1" } }
    ],
    "networkInterfaces": [
        { "NetworkInterfaceId": "eni-1", "VSwitchId": "vsw-1" },
        { "NetworkInterfaceId": "eni-4", "VSwitchId": "vsw-4" }
    ],
    "instanceTypes": { "ecs.tiny": { "interfaces": 1, "ipv4": 2, "ipv6": 3 } }
}"#;

struct Cloud {
    endpoint: Endpoint,
    client: DynClient,
}

impl Cloud {
    fn new(scenario: &str) -> Self {
        Self::settling(scenario, Duration::ZERO)
    }

    fn settling(scenario: &str, time: Duration) -> Self {
        let scenario = Scenario::from_json(scenario).unwrap().settle_after(time);
        let endpoint = Endpoint::builder(&[&ecs::PRODUCT]).scenario(scenario);
        let endpoint = endpoint.start().unwrap();
        let client = DynClient::builder(&ecs::PRODUCT)
            .region("cn-hangzhou")
            .endpoint(endpoint.url())
            .credentials(endpoint.credentials())
            .build()
            .unwrap();
        Self { endpoint, client }
    }

    async fn call(&self, operation: &str, request: Value) -> Value {
        let sent = self.client.call(operation, request).await;
        sent.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// The error code, and that nothing was carried out.
    async fn code(&self, operation: &str, request: Value) -> String {
        let error = match self.client.call(operation, request).await {
            Ok(body) => panic!("{operation} succeeded: {body}"),
            Err(Error::Service(error)) => error,
            Err(error) => panic!("{operation}: {error}"),
        };
        let last = self.endpoint.requests().pop().unwrap();
        assert!(!last.carried_out);
        error.code_text().to_owned()
    }

    async fn eni(&self, id: &str) -> Value {
        let request = json!({ "NetworkInterfaceId": [id] });
        let body = self.call("DescribeNetworkInterfaces", request).await;
        body["NetworkInterfaceSets"]["NetworkInterfaceSet"][0].clone()
    }
}

fn texts(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

#[tokio::test]
async fn addresses_are_chosen_named_and_given_back() {
    let cloud = Cloud::new(SCENARIO);
    let eni = |more: Value| {
        let mut request = json!({ "NetworkInterfaceId": "eni-1" });
        let more = more.as_object().unwrap().clone();
        request.as_object_mut().unwrap().extend(more);
        request
    };
    let request = eni(json!({ "Ipv6AddressCount": 3, "Ipv6PrefixCount": 1 }));
    let body = cloud.call("AssignIpv6Addresses", request).await;
    let chosen = texts(&body["Ipv6Sets"]["Ipv6Address"]);
    let prefixes = texts(&body["Ipv6PrefixSets"]["Ipv6Prefix"]);
    assert_eq!((chosen.len(), prefixes.len()), (3, 1));
    for text in chosen.iter().chain(&prefixes) {
        assert!(text.starts_with("2001:db8:1:2:"), "{text}");
    }
    let named = json!({ "Ipv6Address": ["2001:db8:1:2::a", "2001:db8:1:2::b"] });
    cloud.call("AssignIpv6Addresses", eni(named.clone())).await;
    assert_eq!(
        cloud.code("AssignIpv6Addresses", eni(named.clone())).await,
        "InvalidIp.IpAssigned"
    );
    let many = eni(json!({ "Ipv6AddressCount": 5 }));
    assert_eq!(
        cloud.code("AssignIpv6Addresses", many).await,
        "MaxEniIpv6IpsCountExceeded",
        "ten of an interface that is attached to nothing"
    );
    cloud
        .call("UnassignIpv6Addresses", eni(named.clone()))
        .await;
    assert_eq!(
        cloud.code("UnassignIpv6Addresses", eni(named)).await,
        "InvalidIp.IpUnassigned"
    );
    for (request, code) in [
        (
            json!({ "Ipv6Address": ["2001:db8:9::1"] }),
            "InvalidVSwitchId.IpInvalid",
        ),
        (
            json!({ "Ipv6Address": ["2001:db8:1:2::5", "2001:db8:1:2::0:5"] }),
            "InvalidIp.IpRepeated",
        ),
        (
            json!({ "Ipv6Prefix": ["2001:db8:1:2::/64"] }),
            "InvalidIp.IpPrefixMaskInvalid",
        ),
        (
            json!({ "Ipv6Prefix": ["2001:db8:1:2::1/80"] }),
            "InvalidIp.IpPrefixNotStrict",
        ),
        (
            json!({ "Ipv6Prefix": ["2001:db8:9::/80"] }),
            "InvalidIp.IpPrefixMustInReserveSegment",
        ),
    ] {
        assert_eq!(cloud.code("AssignIpv6Addresses", eni(request)).await, code);
    }
    let nowhere = json!({ "NetworkInterfaceId": "eni-0", "Ipv6AddressCount": 1 });
    assert_eq!(
        cloud.code("AssignIpv6Addresses", nowhere).await,
        "InvalidEniId.NotFound"
    );
    let without = json!({ "NetworkInterfaceId": "eni-4", "Ipv6AddressCount": 1 });
    assert_eq!(
        cloud.code("AssignIpv6Addresses", without).await,
        "InvalidVSwitch.Ipv6NotTurnOn"
    );
}

#[tokio::test]
async fn private_addresses_end_with_the_v_switch() {
    let cloud = Cloud::new(SCENARIO);
    // Of sixteen, four are the network's own and one is the primary address.
    let request = json!({ "NetworkInterfaceId": "eni-4", "SecondaryPrivateIpAddressCount": 9 });
    let body = cloud.call("AssignPrivateIpAddresses", request).await;
    let set = &body["AssignedPrivateIpAddressesSet"];
    let assigned = texts(&set["PrivateIpSet"]["PrivateIpAddress"]);
    assert_eq!(assigned.len(), 9);
    let full = json!({ "NetworkInterfaceId": "eni-4", "SecondaryPrivateIpAddressCount": 1 });
    assert_eq!(
        cloud.code("AssignPrivateIpAddresses", full).await,
        "MaxEniPrivateIpsCountExceeded"
    );
    let new = json!({ "VSwitchId": "vsw-4", "SecurityGroupId": "sg-1", "SecondaryPrivateIpAddressCount": 2 });
    assert_eq!(
        cloud.code("CreateNetworkInterface", new).await,
        "InvalidVSwitchId.IpNotEnough"
    );
    let enis = cloud.call("DescribeNetworkInterfaces", json!({})).await;
    assert_eq!(enis["TotalCount"], 2, "a call that fails changes nothing");
    let primary = cloud.eni("eni-4").await["PrivateIpAddress"].clone();
    let request = json!({ "NetworkInterfaceId": "eni-4", "PrivateIpAddress": [primary] });
    assert_eq!(
        cloud.code("UnassignPrivateIpAddresses", request).await,
        "InvalidVSwitchId.IpInvalid"
    );
    let request = json!({ "NetworkInterfaceId": "eni-4", "PrivateIpAddress": assigned });
    cloud.call("UnassignPrivateIpAddresses", request).await;
    let sets = cloud.eni("eni-4").await["PrivateIpSets"]["PrivateIpSet"].clone();
    assert_eq!(
        sets,
        json!([{ "PrivateIpAddress": primary, "Primary": true }])
    );
}

#[tokio::test]
async fn an_attached_interface_has_the_limits_of_the_instance_type() {
    let cloud = Cloud::new(SCENARIO);
    let both = json!({ "NetworkInterfaceId": "eni-1", "InstanceId": "i-1" });
    cloud.call("AttachNetworkInterface", both.clone()).await;
    let eni = cloud.eni("eni-1").await;
    assert_eq!(
        (&eni["Status"], &eni["InstanceId"]),
        (&json!("InUse"), &json!("i-1"))
    );
    let assign = |count| json!({ "NetworkInterfaceId": "eni-1", "Ipv6AddressCount": count });
    assert_eq!(
        cloud.code("AssignIpv6Addresses", assign(4)).await,
        "MaxEniIpv6IpsCountExceeded"
    );
    cloud.call("AssignIpv6Addresses", assign(3)).await;
    let other = json!({ "NetworkInterfaceId": "eni-4", "InstanceId": "i-1" });
    assert_eq!(
        cloud.code("AttachNetworkInterface", other).await,
        "EniPerInstanceLimitExceeded"
    );
    let delete = json!({ "NetworkInterfaceId": "eni-1" });
    assert_eq!(
        cloud.code("DeleteNetworkInterface", delete.clone()).await,
        "InvalidOperation.InvalidEniState"
    );
    cloud.call("DetachNetworkInterface", both).await;
    cloud.call("DeleteNetworkInterface", delete.clone()).await;
    assert_eq!(
        cloud.code("DeleteNetworkInterface", delete).await,
        "InvalidEniId.NotFound"
    );
}

#[tokio::test]
async fn states_last_their_time_by_the_endpoints_clock() {
    let cloud = Cloud::settling(SCENARIO, Duration::from_secs(60));
    let run = json!({ "ImageId": "m-1", "InstanceType": "ecs.g7.large", "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1", "Amount": 1 });
    let run = cloud.call("RunInstances", run).await;
    let id = run["InstanceIdSets"]["InstanceIdSet"][0].clone();
    let status = async || {
        let request = json!({ "InstanceId": [id] });
        let body = cloud.call("DescribeInstanceStatus", request).await;
        body["InstanceStatuses"]["InstanceStatus"][0]["Status"].clone()
    };
    assert_eq!(status().await, "Pending");
    let stop = json!({ "InstanceId": id });
    assert_eq!(
        cloud.code("StopInstance", stop.clone()).await,
        "IncorrectInstanceStatus"
    );
    cloud.endpoint.set_clock(61);
    assert_eq!(status().await, "Starting");
    cloud.endpoint.set_clock(122);
    assert_eq!(status().await, "Running");
    let stopped = cloud
        .call("StopInstances", json!({ "InstanceId": [id] }))
        .await;
    let response = &stopped["InstanceResponses"]["InstanceResponse"][0];
    assert_eq!(response["PreviousStatus"], "Running");
    assert_eq!(response["CurrentStatus"], "Stopping");
    assert_eq!(
        cloud.code("DeleteInstance", stop.clone()).await,
        "IncorrectInstanceStatus"
    );
    cloud.endpoint.set_clock(183);
    cloud.call("DeleteInstance", stop.clone()).await;
    assert_eq!(status().await, "Stopped", "it is still described");
    assert_eq!(
        cloud.code("StartInstance", stop).await,
        "InvalidInstanceId.NotFound",
        "but nothing can be done with it"
    );
    cloud.endpoint.set_clock(244);
    assert_eq!(status().await, Value::Null);

    let request = json!({ "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1" });
    let eni = cloud.call("CreateNetworkInterface", request).await;
    assert_eq!(eni["Status"], "Creating");
    let assign = json!({ "NetworkInterfaceId": eni["NetworkInterfaceId"], "Ipv6AddressCount": 1 });
    // It says that the call may be tried again.
    let client = DynClient::builder(&ecs::PRODUCT)
        .region("cn-hangzhou")
        .endpoint(cloud.endpoint.url())
        .credentials(cloud.endpoint.credentials())
        .retry(RetrySettings::off())
        .build()
        .unwrap();
    let error = client
        .call("AssignIpv6Addresses", assign)
        .await
        .unwrap_err();
    assert_eq!(
        error.code_text(),
        Some("InvalidOperation.EniOperationConflict")
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn disks_are_attached_resized_and_deleted() {
    let cloud = Cloud::new(SCENARIO);
    let new = json!({ "ZoneId": "cn-hangzhou-h", "Size": 20, "DiskCategory": "cloud_essd" });
    let disk = cloud.call("CreateDisk", new).await["DiskId"].clone();
    let both = json!({ "DiskId": disk, "InstanceId": "i-1" });
    cloud.call("AttachDisk", both.clone()).await;
    let one = json!({ "DiskId": disk });
    assert_eq!(
        cloud.code("DeleteDisk", one.clone()).await,
        "IncorrectDiskStatus"
    );
    let smaller = json!({ "DiskId": disk, "NewSize": 10 });
    assert_eq!(
        cloud.code("ResizeDisk", smaller).await,
        "InvalidDiskSize.TooSmall"
    );
    cloud
        .call("ResizeDisk", json!({ "DiskId": disk, "NewSize": 30 }))
        .await;
    let request = json!({ "DiskIds": [disk] });
    let described = cloud.call("DescribeDisks", request).await;
    let found = &described["Disks"]["Disk"][0];
    assert_eq!(
        (&found["Status"], &found["Size"]),
        (&json!("In_use"), &json!(30))
    );
    cloud.call("DetachDisk", both).await;
    cloud.call("DeleteDisk", one.clone()).await;
    assert_eq!(
        cloud.code("DeleteDisk", one).await,
        "InvalidDiskId.NotFound"
    );
}

#[tokio::test]
async fn rules_of_a_security_group_are_kept() {
    let cloud = Cloud::new(SCENARIO);
    let rule = json!({ "IpProtocol": "TCP", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8" });
    let add = json!({ "SecurityGroupId": "sg-1", "Permissions": [rule] });
    cloud.call("AuthorizeSecurityGroup", add.clone()).await;
    cloud.call("AuthorizeSecurityGroup", add.clone()).await;
    let rules = async || {
        let request = json!({ "SecurityGroupId": "sg-1", "Direction": "ingress" });
        let body = cloud.call("DescribeSecurityGroupAttribute", request).await;
        body["Permissions"]["Permission"]
            .as_array()
            .unwrap()
            .clone()
    };
    let found = rules().await;
    assert_eq!(found.len(), 1, "not twice");
    assert_eq!(found[0]["Policy"], "Accept");
    cloud.call("RevokeSecurityGroup", add.clone()).await;
    assert_eq!(rules().await, Vec::<Value>::new());
    let new = json!({ "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1" });
    cloud.call("CreateNetworkInterface", new).await;
    let delete = json!({ "SecurityGroupId": "sg-1" });
    assert_eq!(
        cloud.code("DeleteSecurityGroup", delete).await,
        "DependencyViolation"
    );
}

#[tokio::test]
async fn key_pairs_are_attached_and_cannot_be_made_twice() {
    let cloud = Cloud::new(SCENARIO);
    cloud
        .call("CreateKeyPair", json!({ "KeyPairName": "k-1" }))
        .await;
    let again = cloud
        .code("CreateKeyPair", json!({ "KeyPairName": "k-1" }))
        .await;
    assert!(again.contains("AlreadyExist"), "{again}");
    let both = json!({ "KeyPairName": "k-1", "InstanceIds": ["i-1", "i-0"] });
    let body = cloud.call("AttachKeyPair", both).await;
    assert_eq!(
        (&body["TotalCount"], &body["FailCount"]),
        (&json!("2"), &json!("1"))
    );
    let names = json!({ "KeyPairNames": ["k-1"] });
    assert_eq!(
        cloud.code("DeleteKeyPairs", names.clone()).await,
        "InvalidParameter.KeypairAlreadyAttachedInstance"
    );
    let one = json!({ "KeyPairName": "k-1", "InstanceIds": ["i-1"] });
    cloud.call("DetachKeyPair", one).await;
    cloud.call("DeleteKeyPairs", names).await;
    let pairs = cloud.call("DescribeKeyPairs", json!({})).await;
    assert_eq!(pairs["TotalCount"], 0);
}

#[tokio::test]
async fn tags_are_found_again() {
    let cloud = Cloud::new(SCENARIO);
    let tag = json!({ "ResourceType": "eni", "ResourceId": ["eni-1"], "Tag": [{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }] });
    cloud.call("TagResources", tag).await;
    let find = async |tag: Value| {
        let body = cloud
            .call("DescribeNetworkInterfaces", json!({ "Tag": [tag] }))
            .await;
        body["TotalCount"].clone()
    };
    assert_eq!(find(json!({ "Key": "a", "Value": "1" })).await, 1);
    assert_eq!(find(json!({ "Key": "a" })).await, 1);
    assert_eq!(find(json!({ "Key": "a", "Value": "2" })).await, 0);
    let untag = json!({ "ResourceType": "eni", "ResourceId": ["eni-1"], "TagKey": ["a"] });
    cloud.call("UntagResources", untag).await;
    let list = json!({ "ResourceType": "eni", "ResourceId": ["eni-1"] });
    let listed = cloud.call("ListTagResources", list).await;
    assert_eq!(
        listed["TagResources"]["TagResource"],
        json!([{ "TagValue": "2", "ResourceType": "eni", "ResourceId": "eni-1", "TagKey": "b" }])
    );
    let nothing = json!({ "ResourceType": "eni", "ResourceId": ["eni-0"], "Tag": [{ "Key": "a", "Value": "1" }] });
    assert_eq!(
        cloud.code("TagResources", nothing).await,
        "InvalidResourceId.NotFound"
    );
}

#[tokio::test]
async fn pages_come_in_both_forms() {
    let cloud = Cloud::new(SCENARIO);
    for _ in 0..23 {
        let new = json!({ "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1", "NetworkInterfaceName": "many" });
        cloud.call("CreateNetworkInterface", new).await;
    }
    let page = async |mut request: Value| {
        request["NetworkInterfaceName"] = json!("many");
        let body = cloud.call("DescribeNetworkInterfaces", request).await;
        let count = body["NetworkInterfaceSets"]["NetworkInterfaceSet"]
            .as_array()
            .unwrap()
            .len();
        let token = body["NextToken"].as_str().unwrap_or_default().to_owned();
        assert_eq!(body["TotalCount"], 23);
        (count, token)
    };
    let mut counts = Vec::new();
    let mut token = String::new();
    loop {
        let (count, next) = page(json!({ "MaxResults": 10, "NextToken": token })).await;
        counts.push(count);
        token = next;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(counts, [10, 10, 3]);
    for (number, count) in [(1, 10), (3, 3), (4, 0)] {
        let (found, _) = page(json!({ "PageNumber": number, "PageSize": 10 })).await;
        assert_eq!(found, count);
    }
    let (count, token) = page(json!({})).await;
    assert_eq!(
        (count, token.is_empty()),
        (10, false),
        "nothing said is the first page"
    );
    let code = cloud
        .code("DescribeNetworkInterfaces", json!({ "NextToken": "x" }))
        .await;
    assert_eq!(code, "InvalidParameter");
}

#[tokio::test]
async fn a_token_makes_once_and_a_dry_run_never() {
    let cloud = Cloud::new(SCENARIO);
    let new = json!({ "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1", "ClientToken": "t-1" });
    let one = cloud.call("CreateNetworkInterface", new.clone()).await;
    let two = cloud.call("CreateNetworkInterface", new.clone()).await;
    assert_eq!(one, two);
    let mut other = new;
    other["VSwitchId"] = json!("vsw-4");
    assert_eq!(
        cloud.code("CreateNetworkInterface", other).await,
        "IdempotentParameterMismatch"
    );
    let run = |v_switch: &str| json!({ "ImageId": "m-1", "InstanceType": "ecs.g7.large", "VSwitchId": v_switch, "SecurityGroupId": "sg-1", "DryRun": true });
    assert_eq!(
        cloud.code("RunInstances", run("vsw-1")).await,
        "DryRunOperation"
    );
    assert_eq!(
        cloud.code("RunInstances", run("vsw-0")).await,
        "InvalidVSwitchId.NotFound"
    );
    let instances = cloud.call("DescribeInstances", json!({})).await;
    assert_eq!(instances["TotalCount"], 1);
}

#[test]
fn what_is_wrong_with_a_scenario_is_said() {
    for (scenario, said) in [
        (
            r#"{ "vpcs": [{ "VpcId": "v" }, { "VpcId": "v" }] }"#,
            "vpcs[1]: v is there twice",
        ),
        (
            r#"{ "networkInterfaces": [{ "VSwitchId": "vsw-0" }] }"#,
            "networkInterfaces[0]: VSwitchId vsw-0 is not in vSwitches",
        ),
        (
            r#"{ "networkInterfaces": [{}] }"#,
            "networkInterfaces[0]: VSwitchId is missing",
        ),
        (
            r#"{ "vSwitches": [{}] }"#,
            "vSwitches[0]: CidrBlock is missing",
        ),
    ] {
        let error = Scenario::from_json(scenario).unwrap_err();
        assert_eq!(error.to_string(), said);
    }
    let error = Scenario::from_json(r#"{ "vpc": [] }"#).unwrap_err();
    assert!(
        error.to_string().starts_with("unknown field `vpc`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_misspelled_member_of_a_scenario_is_refused() {
    let cases = [
        (
            r#"{ "vpcs": [{}, { "CidrBlok": "10.0.0.0/8" }] }"#,
            "vpcs[1]: there is no member `CidrBlok`; did you mean `CidrBlock`?",
        ),
        (
            r#"{ "instances": [{ "vpcAttributes": {} }] }"#,
            "instances[0]: there is no member `vpcAttributes`; did you mean `VpcAttributes`?",
        ),
        (
            r#"{ "instances": [{ "VpcAttributes": { "VpcID": "v" } }] }"#,
            "instances[0]: there is no member `VpcAttributes.VpcID`; did you mean `VpcAttributes.VpcId`?",
        ),
        (
            r#"{ "disks": [{ "Tags": { "Tag": [{ "TagKey": "k" }, { "Key": "k", "TagValu": "v" }] } }] }"#,
            "disks[0]: there is no member `Tags.Tag.Key`; known: `Tags.Tag.TagKey`, `Tags.Tag.TagValue`",
        ),
        (
            r#"{ "disks": [{ "Tags": { "Tags": [] } }] }"#,
            "disks[0]: there is no member `Tags.Tags`; did you mean `Tags.Tag`?",
        ),
        (
            r#"{ "keyPairs": [{ "KeyPairName": "k", "Quite": "other" }] }"#,
            "keyPairs[0]: there is no member `Quite`; known: `CreationTime`, `KeyPairFingerPrint`, `KeyPairName`, \
             `PublicKey`, `ResourceGroupId`, `Tags`",
        ),
    ];
    let cloud = Cloud::new("{}");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/_control/state", cloud.endpoint.url());
    for (text, said) in cases {
        let scenario = Scenario::from_json(text).unwrap();
        let endpoint = Endpoint::builder(&[&ecs::PRODUCT]).scenario(scenario);
        let error = endpoint.start().err().unwrap();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), said);
        let put = client.put(&url).body(text).send().await.unwrap();
        assert_eq!(put.status(), 400);
        assert!(
            put.text()
                .await
                .unwrap()
                .contains(&said.escape_default().to_string()),
            "{said}"
        );
    }
}

/// What was in a state that passes when it was saved goes on from there.
#[tokio::test]
async fn states_that_pass_pass_in_a_scenario_too() {
    let scenario = r#"{
        "vpcs": [{ "VpcId": "vpc-1", "Status": "Pending" }],
        "vSwitches": [{ "VSwitchId": "vsw-1", "VpcId": "vpc-1", "CidrBlock": "172.16.1.0/24", "Status": "Pending" }],
        "instances": [
            { "InstanceId": "i-1", "Status": "Pending" },
            { "InstanceId": "i-2", "Status": "Starting" },
            { "InstanceId": "i-3", "Status": "Stopping" },
            { "InstanceId": "i-4", "Status": "Stopped" }
        ],
        "networkInterfaces": [
            { "NetworkInterfaceId": "eni-1", "VSwitchId": "vsw-1", "Status": "Attaching", "InstanceId": "i-4" },
            { "NetworkInterfaceId": "eni-2", "VSwitchId": "vsw-1", "Status": "Detaching" }
        ],
        "disks": [
            { "DiskId": "d-1", "Status": "Creating" },
            { "DiskId": "d-2", "Status": "Creating", "InstanceId": "i-4" },
            { "DiskId": "d-3", "Status": "Detaching" }
        ]
    }"#;
    let states = async |cloud: &Cloud| {
        let mut states = Vec::new();
        for (operation, lists, list) in [
            ("DescribeVpcs", "Vpcs", "Vpc"),
            ("DescribeVSwitches", "VSwitches", "VSwitch"),
            ("DescribeInstances", "Instances", "Instance"),
            (
                "DescribeNetworkInterfaces",
                "NetworkInterfaceSets",
                "NetworkInterfaceSet",
            ),
            ("DescribeDisks", "Disks", "Disk"),
        ] {
            let found = cloud.call(operation, json!({})).await;
            let objects = found[lists][list].as_array().unwrap().clone();
            states.extend(
                objects
                    .iter()
                    .map(|it| it["Status"].as_str().unwrap().to_owned()),
            );
        }
        states.join(" ")
    };
    let hour = Duration::from_secs(3600);
    let mut cloud = Cloud::settling(scenario, hour);
    let begin = "Pending Pending Pending Starting Stopping Stopped Attaching Detaching Creating Creating Detaching";
    assert_eq!(states(&cloud).await, begin);
    cloud.endpoint.set_clock(3600);
    let middle = "Available Available Starting Running Stopped Stopped InUse Available Available In_use Available";
    assert_eq!(states(&cloud).await, middle);
    cloud.endpoint.set_clock(7200);
    assert_eq!(states(&cloud).await, middle.replace("Starting", "Running"));
    cloud = Cloud::new(scenario);
    assert_eq!(states(&cloud).await, middle.replace("Starting", "Running"));
}

#[tokio::test]
async fn resources_are_found_by_fuzzy_tags() {
    let cloud = Cloud::new(
        r#"{ "disks": [
            { "DiskId": "d-1", "Tags": { "Tag": [{ "TagKey": "env", "TagValue": "production" }, { "TagKey": "team", "TagValue": "a" }] } },
            { "DiskId": "d-2", "Tags": { "Tag": [{ "TagKey": "environment", "TagValue": "process" }] } },
            { "DiskId": "d-3", "Tags": { "Tag": [{ "TagKey": "env", "TagValue": "test" }] } }
        ] }"#,
    );
    for (filters, found) in [
        (json!([{ "TagKey": "env" }]), vec!["d-1", "d-3"]),
        (json!([{ "TagKey": "env*" }]), vec!["d-1", "d-2", "d-3"]),
        (json!([{ "TagKey": "*iron*" }]), vec!["d-2"]),
        (
            json!([{ "TagKey": "env*" }, { "TagKey": "team" }]),
            vec!["d-1"],
        ),
        (
            json!([{ "TagKey": "env", "TagValues": ["pro*", "x"] }]),
            vec!["d-1"],
        ),
        (
            json!([{ "TagKey": "env", "TagValues": ["*s*"] }]),
            vec!["d-3"],
        ),
        (json!([{ "TagKey": "env*", "TagValues": ["test"] }]), vec![]),
        (json!([{ "TagKey": "none" }]), vec![]),
    ] {
        let request = json!({ "ResourceType": "disk", "TagFilter": filters });
        let listed = cloud.call("ListTagResources", request).await;
        let listed = listed["TagResources"]["TagResource"].as_array().unwrap();
        let mut ids: Vec<&str> = listed
            .iter()
            .map(|tag| tag["ResourceId"].as_str().unwrap())
            .collect();
        ids.dedup();
        assert_eq!(ids, found, "{filters}");
    }
}

/// A filter that was ignored would find what is not there.
#[tokio::test]
async fn instances_are_found_by_every_filter() {
    let cloud = Cloud::new(SCENARIO);
    let run = |name: &str| json!({ "ImageId": "m-1", "InstanceType": "ecs.g7.large", "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1", "InstanceName": name, "ResourceGroupId": "rg-1" });
    cloud.call("RunInstances", run("web-1")).await;
    cloud.call("RunInstances", run("web-2")).await;
    let enis = cloud
        .call("DescribeNetworkInterfaces", json!({ "Type": "Primary" }))
        .await;
    let eni = &enis["NetworkInterfaceSets"]["NetworkInterfaceSet"][0];
    let private = eni["PrivateIpAddress"].clone();
    let assign = json!({ "NetworkInterfaceId": eni["NetworkInterfaceId"], "Ipv6Address": ["2001:db8:1:2::a"] });
    cloud.call("AssignIpv6Addresses", assign).await;
    for (filter, count) in [
        (json!({}), 3),
        (json!({ "InstanceName": "web-1" }), 1),
        (json!({ "InstanceName": "web*" }), 2),
        (json!({ "InstanceName": "*1" }), 1),
        (json!({ "InstanceName": "web" }), 0),
        (json!({ "PrivateIpAddresses": [private] }), 1),
        (json!({ "PrivateIpAddresses": ["10.0.0.1"] }), 0),
        (
            json!({ "Ipv6Address": ["2001:db8:1:2::a", "2001:db8:1:2::b"] }),
            1,
        ),
        (json!({ "Ipv6Address": ["2001:db8:1:2::b"] }), 0),
        (json!({ "PublicIpAddresses": ["203.0.113.1"] }), 0),
        (json!({ "EipAddresses": ["203.0.113.1"] }), 0),
        (json!({ "ResourceGroupId": "rg-1" }), 2),
        (json!({ "LockReason": "financial" }), 0),
        (json!({ "InternetChargeType": "PayByTraffic" }), 2),
        (
            json!({ "Filter.2.Key": "CreationStartTime", "Filter.2.Value": "2020-01-01T00:00Z" }),
            2,
        ),
        (
            json!({ "Filter.1.Key": "CreationEndTime", "Filter.1.Value": "2020-01-01T00:00Z" }),
            0,
        ),
        (
            json!({ "Filter.3.Key": "ExpiredStartTime", "Filter.3.Value": "2020-01-01T00:00Z" }),
            0,
        ),
    ] {
        let found = cloud.call("DescribeInstances", filter.clone()).await;
        assert_eq!(found["TotalCount"], count, "{filter}");
    }
    for (filter, count) in [
        (json!({ "PerformanceLevel": "PL1" }), 1),
        (json!({ "PerformanceLevel": "PL3" }), 0),
        (json!({ "MultiAttach": "Enabled" }), 0),
        (json!({ "KMSKeyId": "k-1" }), 0),
        (json!({ "SnapshotId": "s-1" }), 1),
        (
            json!({ "Filter.1.Key": "CreationStartTime", "Filter.1.Value": "2099-01-01T00:00Z" }),
            0,
        ),
    ] {
        if count == 1 && cloud.call("DescribeDisks", json!({})).await["TotalCount"] == 2 {
            let new = json!({ "ZoneId": "cn-hangzhou-h", "SnapshotId": "s-1", "DiskCategory": "cloud_essd" });
            cloud.call("CreateDisk", new).await;
        }
        let found = cloud.call("DescribeDisks", filter.clone()).await;
        assert_eq!(found["TotalCount"], count, "{filter}");
    }
}

#[tokio::test]
async fn what_is_modified_is_described_so() {
    let cloud = Cloud::new(SCENARIO);
    let new = json!({ "ZoneId": "cn-hangzhou-h", "Size": 20, "DiskCategory": "cloud_essd" });
    let disk = cloud.call("CreateDisk", new).await["DiskId"].clone();
    for (modify, object, field, describe, path) in [
        (
            "ModifyVpcAttribute",
            json!({ "VpcId": "vpc-1" }),
            "VpcName",
            "DescribeVpcs",
            "/Vpcs/Vpc/0",
        ),
        (
            "ModifyVSwitchAttribute",
            json!({ "VSwitchId": "vsw-1" }),
            "VSwitchName",
            "DescribeVSwitches",
            "/VSwitches/VSwitch/0",
        ),
        (
            "ModifySecurityGroupAttribute",
            json!({ "SecurityGroupId": "sg-1" }),
            "SecurityGroupName",
            "DescribeSecurityGroups",
            "/SecurityGroups/SecurityGroup/0",
        ),
        (
            "ModifyInstanceAttribute",
            json!({ "InstanceId": "i-1" }),
            "InstanceName",
            "DescribeInstanceAttribute",
            "",
        ),
        (
            "ModifyDiskAttribute",
            json!({ "DiskId": disk }),
            "DiskName",
            "DescribeDisks",
            "/Disks/Disk/0",
        ),
    ] {
        let mut change = object.clone();
        change[field] = json!("renamed");
        cloud.call(modify, change).await;
        let describe_one = match describe {
            "DescribeDisks" => json!({ "DiskIds": [disk] }),
            _ => object.clone(),
        };
        let described = cloud.call(describe, describe_one).await;
        let described = described.pointer(path).unwrap();
        assert_eq!(described[field], "renamed", "{modify}");
        let mut nothing = object;
        for (_, id) in nothing.as_object_mut().unwrap() {
            *id = json!("none");
        }
        let code = cloud.code(modify, nothing).await;
        assert!(code.ends_with(".NotFound"), "{modify}: {code}");
    }
}

/// What one endpoint says of its state, another begins with.
#[tokio::test]
async fn a_state_that_was_read_is_a_scenario() {
    let state = async |cloud: &Cloud| -> Value {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/_control/state", cloud.endpoint.url());
        let text = client.get(url).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let first = Cloud::new(SCENARIO);
    let run = json!({ "ImageId": "m-1", "InstanceType": "ecs.g7.large", "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1" });
    first.call("RunInstances", run).await;
    // An object of each kind, with all that the calls that make and change it leave in it.
    let tag = json!([{ "Key": "k", "Value": "v" }]);
    let vpc = first
        .call("CreateVpc", json!({ "VpcName": "n", "Description": "d" }))
        .await;
    let block =
        json!({ "VpcId": vpc["VpcId"], "CidrBlock": "172.16.3.0/24", "ZoneId": "cn-hangzhou-h" });
    first.call("CreateVSwitch", block).await;
    let group = json!({ "VpcId": "vpc-1", "SecurityGroupName": "name", "Tag": tag });
    let group = first.call("CreateSecurityGroup", group).await["SecurityGroupId"].clone();
    let rule = json!({ "IpProtocol": "TCP", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8", "Policy": "accept", "Priority": "1" });
    let rules = json!({ "SecurityGroupId": group, "Permissions": [rule] });
    first.call("AuthorizeSecurityGroup", rules).await;
    first
        .call(
            "CreateKeyPair",
            json!({ "KeyPairName": "pair", "Tag": tag }),
        )
        .await;
    let eni = json!({ "VSwitchId": "vsw-1", "SecurityGroupId": group, "Tag": tag, "NetworkInterfaceName": "name" });
    first.call("CreateNetworkInterface", eni).await;
    let addresses = json!({ "NetworkInterfaceId": "eni-1", "Ipv6AddressCount": 1 });
    first.call("AssignIpv6Addresses", addresses).await;
    let prefixes = json!({ "NetworkInterfaceId": "eni-1", "Ipv4PrefixCount": 1 });
    first.call("AssignPrivateIpAddresses", prefixes).await;
    let disk =
        json!({ "ZoneId": "cn-hangzhou-h", "Size": 20, "DiskCategory": "cloud_essd", "Tag": tag });
    let disk = first.call("CreateDisk", disk).await["DiskId"].clone();
    let attach = json!({ "DiskId": disk, "InstanceId": "i-1" });
    first.call("AttachDisk", attach).await;
    let read = state(&first).await;
    assert_eq!(
        read["instanceTypes"],
        json!({ "ecs.tiny": { "interfaces": 1, "ipv4": 2, "ipv6": 3 } })
    );
    let second = Cloud::new(&read.to_string());
    assert_eq!(state(&second).await, read);
}
