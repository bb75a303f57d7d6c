//! Typed orders to the endpoint, and waits against it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use alicloud::{
    ecs::waiters::{
        INSTANCE_DELETED, INSTANCE_RUNNING, INSTANCE_STOPPED, NETWORK_INTERFACE_AVAILABLE,
        NETWORK_INTERFACE_DELETED, NETWORK_INTERFACE_IN_USE,
    },
    ecs::{
        self, AssignIpv6Addresses, AssignIpv6AddressesErrorCode as Code,
        AssignIpv6AddressesResponse, DescribeInstances, DescribeNetworkInterfaces,
    },
    error::Error,
    fake::Endpoint,
    sts,
};

fn client(endpoint: &Endpoint) -> ecs::Client {
    ecs::Client::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()
        .unwrap()
}

/// What a panic says.
fn panics(act: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(act)).expect_err("a panic");
    *panic.downcast::<String>().expect("text")
}

#[tokio::test]
async fn the_second_call_fails_with_a_typed_code() {
    let endpoint = Endpoint::start(&[&ecs::PRODUCT]).await.unwrap();
    let orders = endpoint.on::<AssignIpv6Addresses>();
    let orders = orders
        .pass_next()
        .fail_next(Code::InvalidEniIdNotFound)
        .fail_next_with((403, "InvalidIp.IpAssigned", "taken"))
        .respond_next(&AssignIpv6AddressesResponse::default());
    assert_eq!(orders.queued(), 4);
    let client = client(&endpoint);
    let request = || AssignIpv6Addresses::new("eni-1").ipv6_address_count(2);
    assert_eq!(client.send(request()).await.unwrap().ipv6_sets.len(), 2);
    let Err(Error::Service(error)) = client.send(request()).await else {
        panic!("no error of the service");
    };
    assert_eq!(*error.code(), Code::InvalidEniIdNotFound);
    let Err(Error::Service(error)) = client.send(request()).await else {
        panic!("no error of the service");
    };
    assert_eq!(*error.code(), Code::InvalidIpIpAssigned);
    let empty = client.send(request()).await.unwrap();
    assert_eq!(empty, AssignIpv6AddressesResponse::default());
}

#[tokio::test]
async fn orders_that_can_do_nothing_are_refused() {
    let endpoint = Endpoint::start(&[&ecs::PRODUCT]).await.unwrap();
    let said = panics(|| _ = endpoint.on::<sts::GetCallerIdentity>());
    assert_eq!(
        said,
        "this endpoint serves Ecs 2014-05-26, not Sts 2015-04-01"
    );
    let orders = || endpoint.on::<AssignIpv6Addresses>();
    let said = panics(|| _ = orders().fail_next(Code::Unknown));
    assert!(said.ends_with("use `fail_next_with`"), "{said}");
    let said = panics(|| endpoint.fail_next("AssignIpv6Adresses", (400, "Throttling", "")));
    assert_eq!(
        said,
        "Ecs 2014-05-26 has no operation `AssignIpv6Adresses`; did you mean `AssignIpv6Addresses`?"
    );
}

#[tokio::test]
async fn every_wait_ends() {
    let endpoint = Endpoint::start(&[&ecs::PRODUCT]).await.unwrap();
    let client = client(&endpoint);
    let started = Instant::now();
    let request = || DescribeNetworkInterfaces::new().network_interface_id(["eni-1", "eni-2"]);
    let found = client.wait(request(), NETWORK_INTERFACE_AVAILABLE).await;
    assert!(found.unwrap().is_some());
    client
        .wait(request(), NETWORK_INTERFACE_IN_USE)
        .await
        .unwrap();
    client
        .wait(request(), NETWORK_INTERFACE_DELETED)
        .await
        .unwrap();
    let log = endpoint.requests();
    let waiters = log.iter().map(|request| {
        let user_agent = request.header("user-agent").unwrap();
        user_agent.split(' ').next_back().unwrap()
    });
    let waiters: Vec<_> = waiters.collect();
    assert_eq!(
        waiters,
        [
            "waiter/NetworkInterfaceAvailable",
            "waiter/NetworkInterfaceInUse",
            "waiter/NetworkInterfaceDeleted"
        ]
    );

    let request = || DescribeInstances::new().instance_ids(["i-1", "i-2"]);
    client.wait(request(), INSTANCE_RUNNING).await.unwrap();
    client.wait(request(), INSTANCE_STOPPED).await.unwrap();
    client.wait(request(), INSTANCE_DELETED).await.unwrap();

    // What was chosen goes before what is waited for.
    endpoint.satisfy("DescribeInstances", "InstanceStopped");
    let wait = client.request(request()).wait(INSTANCE_RUNNING);
    let short = Duration::from_millis(100);
    let error = wait.delay(short).deadline(short).run().await.unwrap_err();
    assert!(
        error.to_string().contains("Stopped"),
        "the state that was chosen: {error}"
    );
    endpoint.on::<DescribeInstances>().satisfy(INSTANCE_RUNNING);
    client.wait(request(), INSTANCE_RUNNING).await.unwrap();
    // The least of the waiters' deadlines is 300 seconds.
    assert!(started.elapsed() < Duration::from_secs(200));
}
