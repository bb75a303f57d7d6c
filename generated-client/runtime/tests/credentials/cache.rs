//! What is kept, when it is replaced, and who waits for whom. Time is told, never waited for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use alicloud_runtime::credentials::{
    BoxFuture, Cached, Clock, Credentials, CredentialsError, CredentialsUri, ProvideCredentials,
};
use tokio::sync::Semaphore;

use crate::{
    chain::Told,
    context, key,
    server::{Server, key_json},
};

/// A clock that is set by hand, in seconds since 1970.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.0);
        Clock::from_fn(move || at(seconds.load(Ordering::SeqCst)))
    }
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn until(id: &str, end: u64) -> Result<Credentials, CredentialsError> {
    let key = Credentials::new(id, "secret").with_security_token("token");
    Ok(key.with_expiration(at(end)))
}

/// Lets tasks that can go on do so. All of a test's tasks share its one thread.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Asks, and gives an attempt in the background the time to end.
async fn ask(cached: &Cached) -> String {
    let id = key(cached).await.0;
    settle().await;
    id
}

fn cached(answer: Result<Credentials, CredentialsError>) -> (Told, Hand, Cached) {
    let told = Told::new(answer);
    let hand = Hand::default();
    let cached = Cached::new(told.clone()).clock(hand.clock());
    (told, hand, cached)
}

#[tokio::test]
async fn fifty_callers_make_one_request() {
    let server = Server::always(200, key_json("uri")).await;
    let uri = CredentialsUri::new(&server.url).unwrap();
    let cached = Cached::new(uri.context(&context(&[])));
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { cached.provide().await.unwrap().access_key_id })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), "uri-id");
    }
    assert_eq!(server.requests().len(), 1);
}

/// Waits for a permit before it gives an access key.
#[derive(Debug)]
struct Gated {
    told: Told,
    gate: Arc<Semaphore>,
}

impl ProvideCredentials for Gated {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(async {
            let outcome = self.told.provide().await;
            self.gate.acquire().await.unwrap().forget();
            outcome
        })
    }
}

fn gated(answer: Result<Credentials, CredentialsError>) -> (Told, Arc<Semaphore>, Cached) {
    let told = Told::new(answer);
    let gate = Arc::new(Semaphore::new(0));
    let cached = Cached::new(Gated {
        told: told.clone(),
        gate: Arc::clone(&gate),
    });
    (told, gate, cached)
}

#[tokio::test]
async fn a_caller_that_gives_up_takes_nobody_along() {
    let (told, gate, cached) = gated(Ok(Credentials::new("id", "secret")));
    let spawn = || {
        let cached = cached.clone();
        tokio::spawn(async move { cached.provide().await.unwrap().access_key_id })
    };
    let first = spawn();
    settle().await;
    assert_eq!(told.asked(), 1, "the first caller has begun the attempt");
    let second = spawn();
    settle().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());

    gate.add_permits(1);
    assert_eq!(second.await.unwrap(), "id");
    assert_eq!(key(&cached).await.0, "id");
    assert_eq!(told.asked(), 1);
}

#[tokio::test]
async fn callers_share_a_failure_which_is_not_kept() {
    let (told, gate, cached) = gated(Err(CredentialsError::unavailable("down")));
    let callers: Vec<_> = (0..10)
        .map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { cached.provide().await.unwrap_err().to_string() })
        })
        .collect();
    settle().await;
    gate.add_permits(2);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), "down");
    }
    assert_eq!(told.asked(), 1);

    told.tell(Ok(Credentials::new("id", "secret")));
    assert_eq!(key(&cached).await.0, "id");
}

#[tokio::test]
async fn a_lasting_key_is_asked_for_once() {
    let (told, hand, cached) = cached(Ok(Credentials::new("id", "secret")));
    for time in [0, 1 << 20, 1 << 40] {
        hand.set(time);
        assert_eq!(ask(&cached).await, "id");
    }
    assert_eq!(told.asked(), 1);
}

#[tokio::test]
async fn a_temporary_key_is_replaced_ahead_of_its_end() {
    let (told, hand, cached) = cached(until("first", 3600));
    assert_eq!(ask(&cached).await, "first");
    told.tell(until("second", 7200));
    hand.set(3299);
    assert_eq!(ask(&cached).await, "first");
    assert_eq!(told.asked(), 1);
    hand.set(3300);
    assert_eq!(ask(&cached).await, "first", "nobody waits for the next one");
    assert_eq!(ask(&cached).await, "second");
    assert_eq!(told.asked(), 2);
}

#[tokio::test]
async fn how_far_ahead_can_be_said_and_is_never_more_than_half_a_life() {
    let (told, hand, cached) = cached(until("first", 1000));
    let cached = cached.refresh_ahead(Duration::from_secs(10_000));
    assert_eq!(ask(&cached).await, "first");
    hand.set(499);
    ask(&cached).await;
    assert_eq!(told.asked(), 1);
    hand.set(500);
    ask(&cached).await;
    assert_eq!(told.asked(), 2);
}

#[tokio::test]
async fn a_key_that_is_still_valid_outlives_failures() {
    let (told, hand, cached) = cached(until("first", 3600));
    assert_eq!(ask(&cached).await, "first");
    told.tell(Err(CredentialsError::unavailable("down")));
    // Attempts are 30 s apart, however often callers ask.
    for (time, asked) in [(3300, 2), (3301, 2), (3329, 2), (3330, 3), (3599, 4)] {
        hand.set(time);
        assert_eq!(ask(&cached).await, "first");
        assert_eq!(told.asked(), asked, "at {time}");
    }
    hand.set(3600);
    let error = cached.provide().await.unwrap_err();
    assert_eq!(error.to_string(), "down");
    told.tell(until("second", 7200));
    assert_eq!(ask(&cached).await, "second");
}

#[tokio::test]
async fn a_source_that_has_no_newer_key_yet_is_not_pressed() {
    let (told, hand, cached) = cached(until("first", 3600));
    for (time, asked) in [(0, 1), (3300, 2), (3329, 2), (3330, 3)] {
        hand.set(time);
        assert_eq!(ask(&cached).await, "first");
        assert_eq!(told.asked(), asked, "at {time}");
    }
}

#[tokio::test]
async fn a_temporary_key_of_unknown_end_is_asked_for_again() {
    let key = |id| Ok(Credentials::new(id, "secret").with_security_token("token"));
    let (told, hand, cached) = cached(key("first"));
    assert_eq!(ask(&cached).await, "first");
    hand.set(899);
    ask(&cached).await;
    assert_eq!(told.asked(), 1);
    told.tell(key("second"));
    hand.set(900);
    ask(&cached).await;
    assert_eq!(ask(&cached).await, "second");
    assert_eq!(told.asked(), 2);
}

#[derive(Debug)]
struct Panics;

impl ProvideCredentials for Panics {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(async { panic!("a provider of the user's own") })
    }
}

#[tokio::test]
async fn a_provider_that_panics_is_an_error() {
    let cached = Cached::new(Panics);
    let error = cached.provide().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the attempt to obtain an access key was broken off"
    );
}

#[test]
fn an_attempt_that_ended_with_its_runtime_is_begun_anew() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
    };
    let (told, gate, cached) = gated(Ok(Credentials::new("id", "secret")));
    let first = runtime();
    first.block_on(async {
        let cached = cached.clone();
        tokio::spawn(async move { cached.provide().await });
        settle().await;
    });
    assert_eq!(told.asked(), 1);
    drop(first);

    gate.add_permits(1);
    assert_eq!(runtime().block_on(key(&cached)).0, "id");
    assert_eq!(told.asked(), 2);
}

#[test]
fn an_attempt_on_a_runtime_that_stands_still_holds_up_no_other() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
    };
    let (told, gate, cached) = gated(Ok(Credentials::new("id", "secret")));
    let begin = || {
        let cached = cached.clone();
        tokio::spawn(async move { cached.provide().await.unwrap().access_key_id })
    };
    let (still, lively) = (runtime(), runtime());
    let entered = still.enter();
    let held_up = begin();
    drop(entered);
    still.block_on(settle());
    assert_eq!(told.asked(), 1);

    lively.block_on(async {
        let callers = [begin(), begin()];
        settle().await;
        assert_eq!(told.asked(), 2, "one attempt for the callers of a runtime");
        gate.add_permits(2);
        for caller in callers {
            assert_eq!(caller.await.unwrap(), "id");
        }
    });
    assert_eq!(still.block_on(held_up).unwrap(), "id");
    assert_eq!(told.asked(), 2);
}

#[test]
fn without_a_runtime_the_caller_asks_itself() {
    let (told, _, cached) = cached(Ok(Credentials::new("id", "secret")));
    let mut future = cached.provide();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(outcome) = future.as_mut().poll(&mut context) else {
        panic!("nothing to wait for");
    };
    assert_eq!(outcome.unwrap().access_key_id, "id");
    assert_eq!(told.asked(), 1);
}
