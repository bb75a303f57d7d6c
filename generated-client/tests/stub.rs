//! Stubs with a real operation.

#![cfg(feature = "ecs")]

use alicloud::{
    ecs::{
        self, AssignIpv6Addresses, AssignIpv6AddressesErrorCode as Code,
        AssignIpv6AddressesResponse,
    },
    error::Error,
    stub::Stub,
};

fn client(stub: &Stub) -> ecs::Client {
    let builder = ecs::Client::builder().region("cn-hangzhou");
    builder.stub(stub).build().unwrap()
}

#[tokio::test]
async fn a_stub_answers_assign_ipv6_addresses() {
    let stub = Stub::new();
    stub.on::<AssignIpv6Addresses>(|request| {
        let mut response = AssignIpv6AddressesResponse::default();
        response.network_interface_id = Some(request.network_interface_id);
        response.ipv6_sets = request.ipv6_address.unwrap_or_default();
        Ok(response)
    });
    let addresses = ["2001:db8::1", "2001:db8::2"];
    let request = AssignIpv6Addresses::new("eni-1").ipv6_address(addresses);
    let response = client(&stub).send(request.clone()).await.unwrap();
    // Through the body: on the wire, an object is around the list.
    assert_eq!(response.ipv6_sets, addresses);
    assert_eq!(response.network_interface_id.as_deref(), Some("eni-1"));

    let mut sent = stub.requests::<AssignIpv6Addresses>();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].client_token.take().is_some());
    assert_eq!(sent[0], request.region_id("cn-hangzhou"));
}

#[tokio::test]
async fn it_fails_with_codes_of_the_operation() {
    let stub = Stub::new();
    stub.on::<AssignIpv6Addresses>(|_| Err(Code::InvalidVSwitchIpv6NotTurnOn.into()));
    let request = AssignIpv6Addresses::new("eni-1").ipv6_address_count(1);
    let error = client(&stub).send(request).await.unwrap_err();
    let Error::Service(service) = &error else {
        panic!("{error}")
    };
    assert_eq!(service.code(), &Code::InvalidVSwitchIpv6NotTurnOn);
    assert_eq!((error.status(), error.attempts()), (Some(403), 1));
}
