//! When a call is repeated, and when not: the policy as a table, then over real connections.

use std::{
    collections::HashSet,
    error::Error as _,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use crate::support::*;
use alicloud_runtime::{
    client::{Client, http_client_builder},
    credentials::Credentials,
    error::{Error, TransportKind},
    observe::{AttemptEvent, CallEvent, Next, Observer},
    operation::SignatureKind,
    rate_limit::RateLimit,
    retry::{
        Attempt, Budget, Decision, Failure, FailureClass, RetrySettings, StopReason, decide, hint,
    },
};
use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

const OK: &str = r#"{"RequestId":"REQ-OK"}"#;

#[test]
fn answers_are_classed_by_code_first_then_table_then_status() {
    let cases = [
        (400, "Throttling", false, FailureClass::Throttled),
        (400, "Throttling.User", false, FailureClass::Throttled),
        (503, "Throttling.Api", false, FailureClass::Throttled),
        (403, "Rejected.Throttling", false, FailureClass::Throttled),
        (400, "ThrottlingNot", false, FailureClass::Final),
        (429, "", false, FailureClass::Throttled),
        (503, "", false, FailureClass::Server),
        (500, "InternalError", false, FailureClass::Server),
        (400, "ServiceUnavailable", false, FailureClass::Server),
        (400, "UnknownError", true, FailureClass::Server),
        (500, "Anything", true, FailureClass::Server),
        (501, "", false, FailureClass::Final),
        (
            500,
            "InvalidOperation.RegionNotSupportIpPrefix",
            false,
            FailureClass::Final,
        ),
        (
            500,
            "InvalidOperation.RegionNotSupportIpPrefix",
            true,
            FailureClass::Server,
        ),
        (408, "", false, FailureClass::Server),
        (400, "InvalidTimeStamp.Expired", false, FailureClass::Clock),
        (400, "InvalidTimeStamp.Format", false, FailureClass::Final),
        (400, "SignatureNonceUsed", false, FailureClass::Replay),
        (
            400,
            "InvalidSecurityToken.Expired",
            false,
            FailureClass::StaleCredentials,
        ),
        (
            400,
            "InvalidOperation.EniOperationConflict",
            false,
            FailureClass::Final,
        ),
        (
            400,
            "InvalidOperation.EniOperationConflict",
            true,
            FailureClass::Busy,
        ),
        (409, "OperationConflict", false, FailureClass::Busy),
        (400, "Resource.Moving", true, FailureClass::Busy),
        (400, "Resource.Moving", false, FailureClass::Final),
        (400, "LastTokenProcessing", false, FailureClass::InProgress),
        (400, "IdempotentProcessing", false, FailureClass::InProgress),
        (
            400,
            "IdempotentParameterMismatch",
            true,
            FailureClass::Final,
        ),
        (400, "DryRunOperation", true, FailureClass::Final),
        (400, "SignatureDoesNotMatch", false, FailureClass::Final),
        (403, "Forbidden.RAM", false, FailureClass::Final),
        (302, "", false, FailureClass::Final),
    ];
    for (status, code, listed, class) in cases {
        assert_eq!(
            FailureClass::of_answer(status, code, listed),
            class,
            "{status} {code} {listed}"
        );
    }
}

fn situation() -> Attempt {
    Attempt {
        attempts: 1,
        repeatable: true,
        met_before: false,
        remaining: None,
        random: 0.5,
    }
}

fn failure(class: FailureClass) -> Failure {
    Failure { class, hint: None }
}

#[test]
fn decisions_follow_from_class_and_situation() {
    let unsafe_ = Attempt {
        repeatable: false,
        ..situation()
    };
    let again = Attempt {
        met_before: true,
        ..situation()
    };
    let last = Attempt {
        attempts: 4,
        ..situation()
    };
    let third = Attempt {
        attempts: 3,
        ..situation()
    };
    let late = Attempt {
        remaining: Some(Duration::from_millis(100)),
        ..situation()
    };
    let retry = |millis| Decision::Retry(Duration::from_millis(millis));
    let cases = [
        (
            FailureClass::Final,
            situation(),
            Decision::Stop(StopReason::Final),
        ),
        // What was surely not carried out may always be repeated.
        (FailureClass::NotSent, unsafe_, retry(100)),
        (FailureClass::Throttled, unsafe_, retry(500)),
        (FailureClass::Busy, unsafe_, retry(500)),
        (FailureClass::Clock, unsafe_, retry(0)),
        (FailureClass::StaleCredentials, unsafe_, retry(0)),
        // What may have been, only where that does no harm.
        (FailureClass::Server, situation(), retry(100)),
        (FailureClass::NoAnswer, situation(), retry(100)),
        (FailureClass::InProgress, situation(), retry(500)),
        (FailureClass::Replay, situation(), retry(0)),
        (
            FailureClass::Server,
            unsafe_,
            Decision::Stop(StopReason::NotRepeatable),
        ),
        (
            FailureClass::NoAnswer,
            unsafe_,
            Decision::Stop(StopReason::NotRepeatable),
        ),
        (
            FailureClass::InProgress,
            unsafe_,
            Decision::Stop(StopReason::NotRepeatable),
        ),
        (
            FailureClass::Replay,
            unsafe_,
            Decision::Stop(StopReason::NotRepeatable),
        ),
        // What is mended is mended once.
        (
            FailureClass::Clock,
            again,
            Decision::Stop(StopReason::NotMended),
        ),
        (
            FailureClass::Replay,
            again,
            Decision::Stop(StopReason::NotMended),
        ),
        (
            FailureClass::StaleCredentials,
            again,
            Decision::Stop(StopReason::NotMended),
        ),
        (FailureClass::Throttled, again, retry(500)),
        // Bounds double.
        (FailureClass::Server, third, retry(400)),
        (FailureClass::Throttled, third, retry(2000)),
        (
            FailureClass::Throttled,
            last,
            Decision::Stop(StopReason::Attempts),
        ),
        (
            FailureClass::Clock,
            last,
            Decision::Stop(StopReason::Attempts),
        ),
        (
            FailureClass::Server,
            late,
            Decision::Stop(StopReason::Deadline),
        ),
        (FailureClass::Clock, late, retry(0)),
    ];
    for (class, situation, decision) in cases {
        let found = decide(&RetrySettings::default(), &situation, &failure(class));
        assert_eq!(found, decision, "{class:?} {situation:?}");
    }
}

#[test]
fn hints_are_waited_for_and_spread() {
    let hinted = |seconds| Failure {
        class: FailureClass::Throttled,
        hint: Some(Duration::from_secs(seconds)),
    };
    let settings = RetrySettings::default();
    let wait = |failure: &Failure, situation: &Attempt| decide(&settings, situation, failure);
    assert_eq!(
        wait(&hinted(3), &situation()),
        Decision::Retry(Duration::from_millis(3500))
    );
    assert_eq!(
        wait(&hinted(61), &situation()),
        Decision::Stop(StopReason::Hint)
    );
    let remaining = |millis| Attempt {
        remaining: Some(Duration::from_millis(millis)),
        ..situation()
    };
    assert_eq!(
        wait(&hinted(3), &remaining(3500)),
        Decision::Stop(StopReason::Deadline)
    );
    assert_eq!(
        wait(&hinted(3), &remaining(3501)),
        Decision::Retry(Duration::from_millis(3500))
    );
}

proptest! {
    #[test]
    fn waits_are_bounded(
        attempts in 1u32..1000,
        random in 0.0f64..1.0,
        hint in proptest::option::of(0u64..1_000_000),
    ) {
        let settings = RetrySettings::default().max_attempts(u32::MAX);
        let situation = Attempt { attempts, random, ..situation() };
        let failure = Failure { class: FailureClass::Throttled, hint: hint.map(Duration::from_millis) };
        match decide(&settings, &situation, &failure) {
            Decision::Retry(wait) => {
                let hint = failure.hint.unwrap_or_default();
                prop_assert!(wait >= hint && wait <= hint + settings.max_delay);
                prop_assert!(hint <= settings.max_hint);
            }
            Decision::Stop(stop) => {
                prop_assert_eq!(stop, StopReason::Hint);
                prop_assert!(failure.hint.unwrap() > settings.max_hint);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn a_budget_stays_within_its_size(size in 0u32..200, steps in proptest::collection::vec(0u8..3, 0..200)) {
        let budget = Budget::new(size);
        let mut left = size;
        for step in steps {
            match step {
                0 => {
                    let paid = budget.withdraw(FailureClass::Server);
                    prop_assert_eq!(paid.is_some(), left >= 5);
                    left -= paid.unwrap_or(0);
                }
                1 => {
                    let paid = budget.withdraw(FailureClass::NoAnswer);
                    prop_assert_eq!(paid.is_some(), left >= 10);
                    left -= paid.unwrap_or(0);
                }
                _ => {
                    budget.deposit(0);
                    left = (left + 1).min(size);
                }
            }
            prop_assert_eq!(budget.left(), left);
        }
    }

    #[test]
    fn no_header_makes_hints_panic(name in 0usize..4, value in "[ -~]{0,40}") {
        let names = ["x-acs-retry-after", "x-ratelimit-user", "x-ratelimit-user-api", "retry-after"];
        let mut headers = HeaderMap::new();
        headers.insert(names[name], HeaderValue::from_str(&value).unwrap());
        let _ = hint(&headers, SystemTime::now());
    }
}

type Headers = &'static [(&'static str, &'static str)];

#[test]
fn hints_are_read_from_every_header() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let cases: [(Headers, Option<u64>); 20] = [
        (&[], None),
        (&[("x-acs-retry-after", "1500.0")], Some(1500)),
        (&[("x-acs-retry-after", ".0")], Some(0)),
        (&[("retry-after", "1.5")], Some(1500)),
        (&[("retry-after", " .25 ")], Some(250)),
        (&[("retry-after", "-1")], None),
        (&[("retry-after", "inf")], None),
        (&[("retry-after", "1e3")], None),
        (
            &[("x-ratelimit-user", "Limit:9,Remain:3,TimeLeft:700")],
            None,
        ),
        (
            &[("x-ratelimit-user", "remain: 0; timeleft: 700.0")],
            Some(700),
        ),
        (&[("x-acs-retry-after", "1500")], Some(1500)),
        (
            &[("x-acs-retry-after", "1500"), ("retry-after", "9")],
            Some(1500),
        ),
        (
            &[("x-acs-retry-after", "soon"), ("retry-after", "9")],
            Some(9000),
        ),
        (
            &[("x-ratelimit-user", "Limit:1,Remain:0,TimeLeft:700,Reset:1")],
            Some(700),
        ),
        (
            &[
                ("x-ratelimit-user", "Limit:1,Remain:0,TimeLeft:700"),
                ("x-ratelimit-user-api", "TimeLeft: 900 ,Limit:1"),
            ],
            Some(900),
        ),
        (&[("x-ratelimit-user", "Limit:1")], None),
        (&[("retry-after", "2")], Some(2000)),
        (
            &[("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT")],
            Some(3000),
        ),
        // The server's own clock counts.
        (
            &[
                ("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"),
                ("date", "Sun, 06 Nov 1994 08:49:39 GMT"),
            ],
            Some(1000),
        ),
        (&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], Some(0)),
    ];
    for (headers, wait) in cases {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        assert_eq!(
            hint(&headers, now),
            wait.map(Duration::from_millis),
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn a_product_says_which_codes_mean_that_the_token_is_in_use() {
    let busy = || error(400, "IdempotentTokenBusy", "m");
    let server = Server::start([busy(), ok(OK)]).await;
    let client = server.builder().build().unwrap();
    let reply = client.request(assign()).send_with_meta().await.unwrap();
    assert_eq!(reply.attempts(), 2);

    let server = Server::start([busy(), busy()]).await;
    let client = server
        .builder()
        .retry(RetrySettings::off())
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert!(error.is_retryable() && error.is_ambiguous());
}

#[tokio::test]
async fn every_attempt_is_signed_anew_with_the_same_token() {
    for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
        let server = Server::start([
            error(503, "ServiceUnavailable", "m"),
            error(400, "Throttling.User", "m"),
            Answer::Close,
            ok(OK),
        ])
        .await;
        let client = server.builder().signature(kind).build().unwrap();
        let reply = client.request(assign()).send_with_meta().await.unwrap();
        assert_eq!(reply.attempts(), 4);
        let received = server.received();
        assert_eq!(received.len(), 4);
        let distinct =
            |part: fn(&Received) -> String| received.iter().map(part).collect::<HashSet<_>>().len();
        assert_eq!(distinct(|r| r.parameter("ClientToken").unwrap()), 1);
        assert_eq!(
            received[0].parameter("ClientToken").as_deref(),
            reply.idempotency_token()
        );
        let nonces = distinct(|r| match r.parameter("SignatureNonce") {
            Some(nonce) => nonce,
            None => r.header("x-acs-signature-nonce").to_owned(),
        });
        let signatures = distinct(|r| match r.parameter("Signature") {
            Some(signature) => signature,
            None => r.header("authorization").to_owned(),
        });
        assert_eq!((nonces, signatures), (4, 4));
    }
}

/// The first answer, the request, and how often it reaches the server.
#[tokio::test]
async fn only_what_is_safe_is_repeated() {
    let silent = || Answer::Http(500, vec![], String::new());
    let cases = [
        (silent(), 1, 2, 2),
        (Answer::Close, 1, 2, 2),
        (Answer::Cut(200, "{".to_owned()), 1, 2, 2),
        (error(500, "InternalError", "m"), 1, 2, 2),
        (error(400, "SignatureNonceUsed", "m"), 1, 2, 2),
        (error(400, "Throttling", "m"), 2, 2, 2),
        (error(409, "OperationConflict", "m"), 2, 2, 2),
        (error(400, "IdempotentParameterMismatch", "m"), 1, 1, 1),
        (error(400, "InvalidParameter", "m"), 1, 1, 1),
        // A row of one operation, which the others do not have.
        (error(400, "Resource.Moving", "m"), 1, 2, 1),
    ];
    for (answer, change, assigned, described) in cases {
        let answers = || [answer.clone(), ok("{}")];
        let server = Server::start(answers()).await;
        let _ = server.client().send(Change::default()).await;
        assert_eq!(server.received().len(), change, "a write");
        let server = Server::start(answers()).await;
        let _ = server.client().send(assign()).await;
        assert_eq!(server.received().len(), assigned, "a write with a token");
        let server = Server::start(answers()).await;
        let _ = server.client().send(Describe::default()).await;
        assert_eq!(server.received().len(), described, "a read");
    }
}

#[tokio::test]
async fn the_last_real_error_comes_with_the_number_of_attempts() {
    let server = Server::start([
        error(400, "Throttling", "first"),
        error(503, "ServiceUnavailable", "second"),
        error(400, "Throttling.User", "third"),
    ])
    .await;
    let client = server
        .builder()
        .retry(hasty().max_attempts(3))
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Assign: 400 Throttling.User: third (request REQ-1, 3 attempts)"
    );
    assert_eq!(error.attempts(), 3);
    assert!(error.is_retryable());
    let token = server.received()[0].parameter("ClientToken");
    assert_eq!(error.idempotency_token(), token.as_deref());
}

/// Notes what follows failures.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Observer for Notes {
    fn attempt(&self, event: &AttemptEvent<'_>) {
        let outcome = event.outcome;
        let next = match event.next {
            Some(Next::Retry(_)) => "retry".to_owned(),
            Some(Next::Stop(stop)) => format!("{stop:?}"),
            None => "done".to_owned(),
            Some(other) => panic!("{other:?}"),
        };
        self.0.lock().unwrap().push(format!(
            "{} {} {:?} #{} {:?} {:?} {:?} {next}",
            event.product,
            event.operation,
            event.region,
            event.attempt,
            outcome.status,
            outcome.code,
            outcome.request_id,
        ));
    }
    fn call(&self, event: &CallEvent<'_>) {
        self.0
            .lock()
            .unwrap()
            .push(format!("{} {:?}", event.attempts, event.outcome.failure));
    }
}

#[tokio::test]
async fn observers_see_attempts_and_calls() {
    let notes = Notes::default();
    let server = Server::start([
        error(400, "Throttling", "m"),
        ok(OK),
        error(404, "InvalidEniId.NotFound", "m"),
    ])
    .await;
    let client = server.builder().observer(notes.clone()).build().unwrap();
    client.send(assign()).await.unwrap();
    client.send(assign()).await.unwrap_err();
    let wrong = Assign {
        count: Some(99),
        ..assign()
    };
    client.send(wrong).await.unwrap_err();
    let notes = notes.0.lock().unwrap().join("\n");
    insta::assert_snapshot!(notes, @r#"
    Net Assign Some("cn-hangzhou") #1 Some(400) Some("Throttling") Some("REQ-1") retry
    Net Assign Some("cn-hangzhou") #2 Some(200) None Some("REQ-OK") done
    2 None
    Net Assign Some("cn-hangzhou") #1 Some(404) Some("InvalidEniId.NotFound") Some("REQ-1") Final
    1 Some(Final)
    0 Some(Final)
    "#);
}

#[tokio::test]
async fn an_outage_is_not_made_worse() {
    let server = Server::start([error(503, "ServiceUnavailable", "m")]).await;
    let client = server.builder().retry(hasty().budget(20)).build().unwrap();
    for _ in 0..10 {
        client.clone().send(Describe::default()).await.unwrap_err();
    }
    // Ten calls, and the four repetitions that the budget pays for.
    assert_eq!(server.received().len(), 14);
}

#[tokio::test]
async fn a_hint_beyond_the_deadline_ends_the_call() {
    let hinting = error(400, "Throttling", "m").header("x-acs-retry-after", "30000");
    let server = Server::start([hinting]).await;
    let client = server
        .builder()
        .deadline(Duration::from_secs(20))
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(error.code_text(), Some("Throttling"));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn the_deadline_during_an_attempt_tells_of_the_one_before() {
    let server = Server::start([error(400, "Throttling", "m"), Answer::Silence]).await;
    let client = server
        .builder()
        .deadline(Duration::from_millis(1500))
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    let Error::Transport(transport) = &error else {
        panic!("{error}")
    };
    assert_eq!(transport.kind(), TransportKind::Deadline);
    assert!(error.is_ambiguous());
    assert_eq!(
        error.to_string(),
        format!(
            "Assign: the deadline of the call passed before `{}` answered (2 attempts)",
            server.address
        )
    );
    assert_eq!(
        error.source().unwrap().to_string(),
        "the attempt before failed: Assign: 400 Throttling: m (request REQ-1)"
    );
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_from_the_servers() {
    let server_time = "Sun, 06 Nov 2033 08:49:37 GMT";
    let expired = || error(400, "InvalidTimeStamp.Expired", "m").header("date", server_time);
    let server = Server::start([expired(), ok(OK)]).await;
    let client = server.client();
    client.send(Change::default()).await.unwrap();
    let dates: Vec<_> = server
        .received()
        .iter()
        .map(|request| request.header("x-acs-date")[..10].to_owned())
        .collect();
    assert_ne!(dates[0], "2033-11-06");
    assert_eq!(dates[1], "2033-11-06");
    // Later calls of the client have the right time at once.
    client.send(Change::default()).await.unwrap();
    assert!(
        server.received()[2]
            .header("x-acs-date")
            .starts_with("2033-11-06")
    );

    let server = Server::start([expired()]).await;
    let error = server.client().send(assign()).await.unwrap_err();
    assert_eq!((error.attempts(), server.received().len()), (2, 2));

    let dateless = crate::support::error(400, "InvalidTimeStamp.Expired", "m");
    let server = Server::start([dateless]).await;
    server.client().send(assign()).await.unwrap_err();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn an_ended_access_key_is_replaced_where_there_is_another() {
    let stale = error(403, "InvalidSecurityToken.Expired", "m");
    let server = Server::start([stale.clone(), ok(OK)]).await;
    let client = server
        .builder()
        .credentials(Rotating::default())
        .build()
        .unwrap();
    client.send(assign()).await.unwrap();
    let authorization = server.received()[1].header("authorization").to_owned();
    assert!(
        authorization.contains("Credential=key-1,"),
        "{authorization}"
    );

    let server = Server::start([stale]).await;
    let error = server.client().send(assign()).await.unwrap_err();
    assert_eq!(error.code_text(), Some("InvalidSecurityToken.Expired"));
    assert_eq!((error.attempts(), server.received().len()), (1, 1));
}

#[tokio::test]
async fn a_dropped_call_gives_up_its_connection() {
    let server = Server::start([Answer::Silence]).await;
    let client = server.client();
    let call = tokio::spawn(async move { client.send(assign()).await });
    while server.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(server.closed(), 0);
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    // Ends when the server sees the end of the connection.
    while server.closed() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn the_clients_own_rate_limit_fails_fast_beyond_the_deadline() {
    let server = Server::start([ok(OK)]).await;
    let client = server
        .builder()
        .rate_limit("Assign", RateLimit::per_second(0.01))
        .build()
        .unwrap();
    client.send(assign()).await.unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Assign: the client's rate limit would delay the call past its deadline"
    );
    assert!(error.is_retryable() && !error.is_ambiguous());
    client.send(Change::default()).await.unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn an_unknown_region_that_has_no_host_names_near_ones() {
    let client = Client::<Net>::builder()
        .region("cn-hangzou")
        .credentials(Credentials::new("key-id", "key-secret"))
        .http_client(http_client_builder().no_proxy().build().unwrap())
        .retry(hasty())
        .build()
        .unwrap();
    let error = client.send(assign()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Assign: the host `net.cn-hangzou.invalid` was not found; `cn-hangzou` is not among the 2 \
         regions listed for Net; near ones are `cn-hangzhou`"
    );
    assert_eq!(error.attempts(), 1);
}

/// Has no access key at the first so many times.
#[derive(Debug)]
struct Slow(std::sync::atomic::AtomicU32);

impl alicloud_runtime::credentials::ProvideCredentials for Slow {
    fn provide(
        &self,
    ) -> alicloud_runtime::credentials::BoxFuture<
        '_,
        Result<
            alicloud_runtime::credentials::Credentials,
            alicloud_runtime::credentials::CredentialsError,
        >,
    > {
        use std::sync::atomic::Ordering::SeqCst;
        let left = self
            .0
            .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        Box::pin(async move {
            match left {
                Ok(_) => Err(alicloud_runtime::credentials::CredentialsError::unavailable("later")),
                Err(_) => Ok(alicloud_runtime::credentials::Credentials::new(
                    "id", "secret",
                )),
            }
        })
    }
}

#[tokio::test]
async fn an_access_key_that_is_late_is_asked_for_again() {
    let server = Server::start([error(400, "Throttling", "m"), ok("{}")]).await;
    let client = |times: u32| {
        let provider = Slow(times.into());
        server.builder().credentials(provider).build().unwrap()
    };
    // The request without any effect that may be sent twice is no condition: nothing was sent.
    let call = client(2).request(Change::default());
    let reply = call.send_with_meta().await.unwrap();
    assert_eq!(reply.attempts(), 2);

    let error = client(4).send(Change::default()).await.unwrap_err();
    assert!(matches!(error, Error::Credentials(_)), "{error}");
    assert_eq!((error.to_string().as_str(), error.attempts()), ("later", 0));
    assert_eq!(server.received().len(), 2);
}
