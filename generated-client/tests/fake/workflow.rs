//! From a VPC to an IPv6 address and back, with the async and the blocking client.

// ECS has the operations of VPCs in an outdated form; they are what makes a workflow whole.
#![allow(deprecated)]

use std::time::Duration;

use alicloud::{
    ecs::{
        self, AssignIpv6Addresses, CreateNetworkInterface, CreateSecurityGroup, CreateVSwitch,
        CreateVpc, DeleteNetworkInterface, DeleteSecurityGroup, DeleteVSwitch, DeleteVpc,
        DescribeNetworkInterfaces, UnassignIpv6Addresses,
        waiters::{NETWORK_INTERFACE_AVAILABLE, NETWORK_INTERFACE_DELETED},
    },
    fake::{Endpoint, Scenario},
    operation::{Request, WaiterFor},
};
use tokio::runtime::Runtime;

/// What a workflow needs of a client.
trait Sends {
    fn send<R: Request<Product = ecs::Ecs>>(&self, request: R) -> R::Response;
    fn wait<W: WaiterFor<DescribeNetworkInterfaces>>(
        &self,
        request: DescribeNetworkInterfaces,
        waiter: W,
    );
}

struct Async(ecs::Client, Runtime);

impl Sends for Async {
    fn send<R: Request<Product = ecs::Ecs>>(&self, request: R) -> R::Response {
        self.1.block_on(self.0.send(request)).unwrap()
    }
    fn wait<W: WaiterFor<DescribeNetworkInterfaces>>(
        &self,
        request: DescribeNetworkInterfaces,
        waiter: W,
    ) {
        let wait = self.0.request(request).wait(waiter);
        let wait = wait.delay(Duration::ZERO);
        self.1.block_on(wait.run()).unwrap();
    }
}

impl Sends for ecs::BlockingClient {
    fn send<R: Request<Product = ecs::Ecs>>(&self, request: R) -> R::Response {
        self.send(request).unwrap()
    }
    fn wait<W: WaiterFor<DescribeNetworkInterfaces>>(
        &self,
        request: DescribeNetworkInterfaces,
        waiter: W,
    ) {
        let wait = self.request(request).wait(waiter);
        wait.delay(Duration::ZERO).run().unwrap();
    }
}

/// Goes the way; gives the addresses that were assigned.
fn workflow(client: &impl Sends) -> Vec<String> {
    let vpc = CreateVpc::new().cidr_block("172.16.0.0/12");
    let vpc = client.send(vpc).vpc_id.unwrap();
    let v_switch = CreateVSwitch::new("cn-hangzhou-h", "172.16.1.0/24", &vpc);
    let v_switch = client.send(v_switch).v_switch_id.unwrap();
    let group = CreateSecurityGroup::new().vpc_id(&vpc);
    let group = client.send(group).security_group_id.unwrap();
    let eni = CreateNetworkInterface::new(&v_switch).security_group_id(&group);
    let eni = client.send(eni).network_interface_id.unwrap();
    let described = || DescribeNetworkInterfaces::new().network_interface_id([&eni]);
    client.wait(described(), NETWORK_INTERFACE_AVAILABLE);

    let assign = AssignIpv6Addresses::new(&eni).ipv6_address_count(2);
    let assigned = client.send(assign).ipv6_sets;
    assert_eq!(assigned.len(), 2);
    assert_eq!(addresses(client, described()), assigned);
    let unassign = UnassignIpv6Addresses::new(&eni).ipv6_address(&assigned[..1]);
    client.send(unassign);
    assert_eq!(addresses(client, described()), assigned[1..]);

    client.send(DeleteNetworkInterface::new(&eni));
    client.wait(described(), NETWORK_INTERFACE_DELETED);
    client.send(DeleteSecurityGroup::new(&group));
    client.send(DeleteVSwitch::new(&v_switch));
    client.send(DeleteVpc::new(&vpc));
    assigned
}

fn addresses(client: &impl Sends, request: DescribeNetworkInterfaces) -> Vec<String> {
    let described = client.send(request);
    let eni = &described.network_interface_sets[0];
    let addresses = eni.ipv6_sets.iter();
    addresses.filter_map(|it| it.ipv6_address.clone()).collect()
}

fn endpoint() -> Endpoint {
    let scenario = Scenario::default().seed(7);
    let scenario = scenario.settle_after(Duration::from_millis(20));
    let endpoint = Endpoint::builder(&[&ecs::PRODUCT]).scenario(scenario);
    endpoint.start().unwrap()
}

#[test]
fn from_a_vpc_to_an_ipv6_address_and_back() {
    let (here, there) = (endpoint(), endpoint());
    let client = ecs::Client::builder()
        .region("cn-hangzhou")
        .endpoint(here.url())
        .credentials(here.credentials())
        .build()
        .unwrap();
    let client = Async(client, Runtime::new().unwrap());
    let blocking = ecs::BlockingClient::builder()
        .region("cn-hangzhou")
        .endpoint(there.url())
        .credentials(there.credentials())
        .build()
        .unwrap();
    let assigned = workflow(&client);
    assert_eq!(
        workflow(&blocking),
        assigned,
        "the same seed makes the same"
    );
}
