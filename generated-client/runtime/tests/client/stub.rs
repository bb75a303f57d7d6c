//! Stubs in the place of HTTP: the rest of a call is what it always is.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::support::*;
use alicloud_runtime::{
    blocking,
    client::Client,
    credentials::{Credentials, Environment},
    error::{Error, TransportKind},
    operation::SignatureKind,
    stub::{Failure, Fault, Stub},
    validate::ViolationKind,
};
use serde_json::json;

fn client(stub: &Stub) -> Client<Net> {
    let builder = Client::<Net>::builder().region("cn-hangzhou").stub(stub);
    builder.retry(hasty()).build().unwrap()
}

fn assigned(addresses: &[&str]) -> AssignResponse {
    AssignResponse {
        request_id: Some("REQ-1".to_owned()),
        addresses: Some(addresses.iter().map(ToString::to_string).collect()),
    }
}

#[tokio::test]
async fn an_answer_sees_the_request_as_it_was_sent_and_gives_a_typed_response() {
    for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
        let stub = Stub::new();
        stub.on::<Assign>(|request| {
            let count = request.count.unwrap_or_default();
            let addresses = (1..=count).map(|number| format!("{}/{number}", request.eni));
            Ok(AssignResponse {
                request_id: None,
                addresses: Some(addresses.collect()),
            })
        });
        let builder = Client::<Net>::builder().region("cn-hangzhou");
        let client = builder.signature(kind).stub(&stub).build().unwrap();
        let reply = client.request(assign()).send_with_meta().await.unwrap();
        assert_eq!(
            reply.value.addresses.as_deref(),
            Some(&["eni-1/1".to_owned(), "eni-1/2".to_owned()][..])
        );
        assert_eq!((reply.status(), reply.attempts()), (Some(200), 1));
        assert!(reply.request_id().is_some());

        let [sent] = &stub.requests::<Assign>()[..] else {
            panic!("one request")
        };
        let expected = Assign {
            region_id: Some("cn-hangzhou".to_owned()),
            client_token: reply.idempotency_token().map(str::to_owned),
            ..assign()
        };
        assert_eq!(*sent, expected);
        let [received] = &stub.received()[..] else {
            panic!("one request")
        };
        assert_eq!((&*received.operation, received.signature), ("Assign", kind));
        assert_eq!(received.parameter("Count"), Some("2"));
        assert_eq!(
            (received.status, received.carried_out, &received.code),
            (Some(200), true, &None)
        );
    }
}

#[tokio::test]
async fn nothing_is_looked_for_outside() {
    // The standard chain would find no access key here, and no host has this name.
    let stub = Stub::new();
    stub.on::<Assign>(|_| Ok(assigned(&[])));
    let builder = Client::<Net>::builder()
        .environment(Environment::from_vars::<String, String>([]))
        .region("cn-nowhere");
    let client = builder.stub(&stub).build().unwrap();
    client.send(assign()).await.unwrap();

    // Where a provider is given, it is asked.
    let builder = Client::<Net>::builder().region("cn-hangzhou");
    let client = builder
        .credentials(Credentials::new("id", ""))
        .stub(&stub)
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert!(matches!(error, Error::Credentials(_)), "{error}");
    assert_eq!(stub.count::<Assign>(), 1);
}

#[tokio::test]
async fn a_request_is_checked_before_a_stub_sees_it() {
    let stub = Stub::new();
    stub.on::<Assign>(|_| Ok(assigned(&[])));
    let request = Assign {
        count: Some(11),
        ..assign()
    };
    let error = client(&stub).send(request.clone()).await.unwrap_err();
    let Error::Validation(violations) = error else {
        panic!("{error}")
    };
    assert_eq!(
        violations.iter().next().unwrap().kind,
        ViolationKind::Maximum
    );
    assert_eq!(stub.count::<Assign>(), 0);

    let call = client(&stub).request(request).skip_validation();
    call.parameter("Brand.New", "1").send().await.unwrap();
    assert_eq!(stub.requests::<Assign>()[0].count, Some(11));
    assert_eq!(stub.received()[0].parameter("Brand.New"), Some("1"));
}

#[tokio::test]
async fn an_error_code_comes_with_status_and_message_of_its_row() {
    let stub = Stub::new();
    stub.on::<Assign>(|_| Err(AssignErrorCode::InvalidEniIdNotFound.into()));
    let error = client(&stub).send(assign()).await.unwrap_err();
    let Error::Service(service) = &error else {
        panic!("{error}")
    };
    assert_eq!(service.code(), &AssignErrorCode::InvalidEniIdNotFound);
    assert_eq!((error.status(), error.attempts()), (Some(404), 1));
    let row = service.documented().unwrap();
    assert_eq!(row.description, "There is no such interface.");
    let received = &stub.received()[0];
    assert_eq!(
        (
            received.status,
            received.code.as_deref(),
            received.carried_out
        ),
        (Some(404), Some("InvalidEniId.NotFound"), false)
    );

    // `?` converts too.
    stub.on::<Assign>(|request| {
        let count = request.count.ok_or(AssignErrorCode::InvalidParameter)?;
        Err(Fault::new(409, "Taken", format!("{count} are taken.")).into())
    });
    let error = client(&stub).send(assign()).await.unwrap_err();
    assert_eq!(
        (error.status(), error.code_text()),
        (Some(409), Some("Taken"))
    );
    assert!(error.to_string().contains("2 are taken."), "{error}");
}

#[tokio::test]
async fn a_sequence_is_repeated_as_the_service_would_have_it() {
    let stub = Stub::new();
    stub.once::<Assign>(|_| Err(AssignErrorCode::ResourceMoving.into()))
        .once::<Assign>(|_| Err(TransportKind::Interrupted.into()))
        .once::<Assign>(|_| {
            let fault = Fault::new(429, "Throttling", "m").header("x-acs-retry-after", "0");
            Err(fault.into())
        })
        .once::<Assign>(|_| Ok(assigned(&["2001:db8::1"])));
    assert_eq!(stub.queued::<Assign>(), 4);
    let client = client(&stub);
    let reply = client.request(assign()).send_with_meta().await.unwrap();
    assert_eq!((reply.attempts(), reply.request_id()), (4, Some("REQ-1")));
    assert_eq!((stub.count::<Assign>(), stub.queued::<Assign>()), (4, 0));

    // One token for all attempts, a nonce for each.
    let requests = stub.requests::<Assign>();
    assert!(
        requests
            .iter()
            .all(|it| it.client_token == requests[0].client_token)
    );
    let received = stub.received();
    assert!(received[1..].iter().all(|it| it.nonce != received[0].nonce));
}

#[tokio::test]
async fn what_is_queued_comes_before_the_standing_answer() {
    let stub = Stub::new();
    stub.on::<Assign>(|_| Ok(assigned(&["standing"])))
        .once::<Assign>(|_| Ok(assigned(&["queued"])));
    let client = client(&stub);
    for expected in ["queued", "standing", "standing"] {
        let addresses = client.send(assign()).await.unwrap().addresses.unwrap();
        assert_eq!(addresses, [expected]);
    }
}

#[tokio::test]
async fn an_operation_without_an_answer_is_named() {
    let stub = Stub::new();
    stub.on::<Assign>(|_| Ok(assigned(&[])));
    let client = client(&stub);
    let error = client.send(Change::default()).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)));
    assert_eq!(
        error.to_string(),
        "Change: the stub has no answer for request 1 of it; \
         give one with `on::<Change>` or one more with `once::<Change>`"
    );
    assert_eq!(stub.count::<Change>(), 1);

    stub.once::<Change>(|_| Ok(ChangeResponse::default()));
    client.send(Change::default()).await.unwrap();
    let error = client.send(Change::default()).await.unwrap_err();
    assert!(error.to_string().contains("for request 3 of it"), "{error}");

    stub.on::<Assign>(|_| Err(Failure::Code(AssignErrorCode::Unknown)));
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Assign: the stub answers with `Unknown`, which stands for codes that are not listed; \
         give a `Fault`"
    );
}

#[tokio::test]
async fn no_answer_is_told_as_such() {
    let stub = Stub::new();
    stub.on::<Change>(|_| Err(TransportKind::Timeout.into()));
    let error = client(&stub).send(Change::default()).await.unwrap_err();
    let Error::Transport(transport) = &error else {
        panic!("{error}")
    };
    assert_eq!(transport.kind(), TransportKind::Timeout);
    assert!(error.is_ambiguous());
    assert_eq!(error.attempts(), 1, "nothing makes a repetition safe");

    stub.on::<Change>(|_| Err(TransportKind::Dns.into()));
    let error = client(&stub).send(Change::default()).await.unwrap_err();
    assert!(!error.is_ambiguous());
}

#[tokio::test]
async fn an_answer_may_ask_its_stub_and_is_asked_by_many() {
    let stub = Stub::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (own, counts) = (stub.clone(), Arc::clone(&seen));
    stub.on::<Change>(move |request| {
        counts.lock().unwrap().push(own.count::<Change>());
        Ok(ChangeResponse {
            secret: request.name,
            ..ChangeResponse::default()
        })
    });
    let client = client(&stub);
    let calls: Vec<_> = (0..64)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                let name = Some(number.to_string());
                let response = client.send(Change { name: name.clone() }).await.unwrap();
                assert_eq!(response.secret, name);
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(
        (stub.count::<Change>(), seen.lock().unwrap().len()),
        (64, 64)
    );
}

#[tokio::test]
async fn pages_waits_and_calls_by_name_are_answered_too() {
    let stub = Stub::new();
    stub.on::<List>(|request| {
        let page: u32 = request.next_token.map_or(1, |token| token.parse().unwrap());
        Ok(ListResponse {
            next_token: (page < 3).then(|| (page + 1).to_string()),
            names: Some(vec![format!("name-{page}")]),
        })
    });
    let states = |status: &str| {
        let status = Some(status.to_owned());
        move |_| {
            let name = Some("a".to_owned());
            Ok(DescribeResponse {
                items: vec![Item { name, status }],
                ..DescribeResponse::default()
            })
        }
    };
    stub.once::<Describe>(states("Starting"))
        .once::<Describe>(states("Ready"));
    let client = client(&stub);
    let mut items = client.items(List::default());
    let mut names = Vec::new();
    while let Some(name) = items.next().await {
        names.push(name.unwrap());
    }
    assert_eq!(names, ["name-1", "name-2", "name-3"]);

    let wait = client.request(Describe::default()).wait(ITEM_READY);
    wait.delay(Duration::ZERO).run().await.unwrap();
    assert_eq!(stub.count::<Describe>(), 2);

    let client = client.untyped();
    let list = client.call("List", json!({ "NextToken": "3" }));
    assert_eq!(list.await.unwrap(), json!({ "Names": ["name-3"] }));
}

#[test]
fn the_blocking_client_takes_a_stub() {
    let stub = Stub::new();
    stub.on::<Assign>(|_| Ok(assigned(&["2001:db8::1"])));
    let client = blocking::Client::<Net>::builder()
        .region("cn-hangzhou")
        .stub(&stub)
        .build()
        .unwrap();
    let addresses = client.send(assign()).unwrap().addresses.unwrap();
    assert_eq!(addresses, ["2001:db8::1"]);
    assert_eq!(stub.count::<Assign>(), 1);
}

#[tokio::test]
async fn debug_shows_no_value() {
    let stub = Stub::new();
    stub.on::<Assign>(|_| Ok(assigned(&[])));
    let request = Assign {
        password: Some("hunter2-marked".to_owned()),
        ..assign()
    };
    client(&stub).send(request).await.unwrap();
    let shown = format!(
        "{stub:?} {:?} {:?}",
        stub.received(),
        stub.requests::<Assign>()
    );
    assert!(!shown.contains("hunter2-marked"), "{shown}");
    let sent = &stub.requests::<Assign>()[0];
    assert_eq!(sent.password.as_deref(), Some("hunter2-marked"));
    assert!(
        shown.starts_with(r#"Stub { operations: ["Assign"], received: 1 }"#),
        "{shown}"
    );
}
