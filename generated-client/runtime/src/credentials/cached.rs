//! Keeps an access key until shortly before its end, and asks for the next one once for all callers.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::{
    runtime::{self, Handle},
    sync::watch,
};

use super::{BoxFuture, Clock, Credentials, CredentialsError, ProvideCredentials};
use crate::threads;

/// How long before the end the next access key is asked for, unless told otherwise.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// Pauses between refusals grow up to this. Whoever is refused may ask for longer ones.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Nobody is left alone for longer.
const FAR: Duration = Duration::from_secs(60 * 60);

/// A temporary access key whose end is not known is asked for again after this time: by then, whoever
/// writes it into a variable or file may have written a newer one.
const UNKNOWN_END: Duration = Duration::from_secs(15 * 60);

/// A provider that keeps the access key of another one until shortly before it expires.
///
/// - A permanent access key is fetched once.
/// - A temporary one is replaced five minutes before it expires, or after half its lifetime if that
///   is less. Callers meanwhile get the one that is still valid, and keep getting it if no new one
///   can be obtained; the next attempt is then made after a tenth of those five minutes.
/// - A temporary one without an expiration time is replaced every fifteen minutes, in the same way.
/// - A source that throttles ([`retry_after`](CredentialsError::retry_after)), as STS does, is not
///   asked again before the time that it names. Each further refusal doubles that time, up to a
///   minute.
/// - An access key that has already expired when it is obtained is an error.
/// - Concurrent callers on one tokio runtime wait for the same attempt and share its result. The
///   attempt goes on even if a caller gives up. Failures are not cached: the next call makes a new
///   attempt.
/// - An access key that a server has rejected as expired, unknown or disabled is not returned
///   again: the client reports it by [`forget`](ProvideCredentials::forget), and the next call
///   makes a new attempt.
///
/// An attempt runs as a task on the tokio runtime of the caller that started it. Callers on another
/// runtime start their own attempt, because a task makes no progress while nobody drives its
/// runtime; callers without a runtime each make their own.
///
/// ```no_run
/// use std::time::Duration;
/// use alicloud::credentials::{Cached, InstanceRole};
///
/// let provider = Cached::new(InstanceRole::new()).refresh_ahead(Duration::from_secs(600));
/// let for_another_client = provider.clone(); // shares what is kept
/// ```
#[derive(Clone)]
pub struct Cached {
    shared: Arc<Shared>,
    ahead: Duration,
    clock: Clock,
}

struct Shared {
    provider: Box<dyn ProvideCredentials>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// The attempts under way, at most one for each runtime. The sender of one that was broken off is
    /// gone.
    flights: Vec<(runtime::Id, Landing)>,
    /// No attempt ahead of time before this, because one has just failed.
    pause_until: Option<SystemTime>,
    /// No attempt at all before this, because the provider was refused for the number of its calls.
    left_alone: Option<(SystemTime, CredentialsError)>,
    /// How often in a row that was so.
    refusals: u32,
}

struct Kept {
    credentials: Credentials,
    obtained: SystemTime,
}

type Outcome = Result<Credentials, CredentialsError>;
type Landing = watch::Receiver<Option<Outcome>>;

/// Whether the next access key is needed.
enum Need {
    /// The kept one will do.
    Nothing(Credentials),
    /// The kept one will do, but the next one should be asked for.
    Soon(Credentials),
    /// There is none that is valid.
    Now,
}

/// What a caller does.
enum Step {
    Take(Credentials),
    Wait(Landing),
    Fail(CredentialsError),
    /// There is no runtime to begin an attempt for all.
    AskAlone,
}

impl Cached {
    /// Keeps the access keys of this provider.
    pub fn new(provider: impl ProvideCredentials + 'static) -> Self {
        Self {
            shared: Arc::new(Shared {
                provider: Box::new(provider),
                state: Mutex::default(),
            }),
            ahead: AHEAD,
            clock: Clock::system(),
        }
    }

    /// Sets how long before its expiry an access key is replaced.
    #[must_use]
    pub fn refresh_ahead(mut self, ahead: Duration) -> Self {
        self.ahead = ahead;
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    async fn get(&self) -> Outcome {
        // Twice, because an attempt that is found under way can be broken off with its runtime.
        for _ in 0..2 {
            let mut flight = match self.step() {
                Step::Take(credentials) => return Ok(credentials),
                Step::AskAlone => return self.attempt(None).await,
                Step::Fail(error) => return Err(error),
                Step::Wait(flight) => flight,
            };
            let landed = flight.wait_for(Option::is_some).await;
            if let Ok(outcome) = landed
                && let Some(outcome) = outcome.clone()
            {
                return outcome;
            }
        }
        Err(CredentialsError::unavailable(
            "the attempt to obtain an access key was broken off",
        ))
    }

    fn step(&self) -> Step {
        let mut state = self.shared.lock();
        let runtime = Handle::try_current();
        let need = self.need(&state);
        if let (Need::Now, Some((until, error))) = (&need, &state.left_alone)
            && self.clock.now() < *until
        {
            return Step::Fail(error.clone());
        }
        match (need, runtime) {
            (Need::Nothing(credentials), _) | (Need::Soon(credentials), Err(_)) => {
                Step::Take(credentials)
            }
            (Need::Soon(credentials), Ok(runtime)) => {
                self.join(&mut state, &runtime);
                Step::Take(credentials)
            }
            (Need::Now, Ok(runtime)) => Step::Wait(self.join(&mut state, &runtime)),
            (Need::Now, Err(_)) => Step::AskAlone,
        }
    }

    fn need(&self, state: &State) -> Need {
        let Some(kept) = &state.kept else {
            return Need::Now;
        };
        let now = self.clock.now();
        let credentials = &kept.credentials;
        let due = match credentials.expiration {
            Some(end) if end <= now => return Need::Now,
            Some(end) => {
                let life = end.duration_since(kept.obtained).unwrap_or_default();
                end.checked_sub(self.ahead.min(life / 2))
            }
            None if credentials.security_token.is_none() => None,
            None => kept.obtained.checked_add(UNKNOWN_END),
        };
        let left_alone = state.left_alone.as_ref().map(|(until, _)| *until);
        let pauses = state.pause_until.into_iter().chain(left_alone);
        let pausing = pauses.max().is_some_and(|until| now < until);
        if due.is_some_and(|due| due <= now) && !pausing {
            return Need::Soon(credentials.clone());
        }
        Need::Nothing(credentials.clone())
    }

    /// Joins the attempt under way on this runtime, or begins one.
    fn join(&self, state: &mut State, runtime: &Handle) -> Landing {
        state
            .flights
            .retain(|(_, flight)| flight.has_changed().is_ok());
        let id = runtime.id();
        if let Some((_, flight)) = state.flights.iter().find(|(known, _)| *known == id) {
            return flight.clone();
        }
        let (sender, receiver) = watch::channel(None);
        let this = self.clone();
        let attempt = async move {
            let outcome = this.attempt(Some(id)).await;
            // Nobody may be waiting any more.
            let _ = sender.send(Some(outcome));
        };
        threads::spawn(runtime, Box::pin(attempt));
        state.flights.push((id, receiver.clone()));
        receiver
    }

    /// Asks the provider, and keeps what it gives; for all callers on this runtime, or for one alone.
    async fn attempt(&self, runtime: Option<runtime::Id>) -> Outcome {
        let outcome = self.shared.provider.provide().await;
        let now = self.clock.now();
        let outcome = outcome.and_then(|credentials| credentials.usable(now));
        let mut state = self.shared.lock();
        let refusal = outcome.as_ref().err();
        let refusal = refusal.and_then(|error| Some((error.retry_after()?, error.clone())));
        state.refusals = match &refusal {
            Some(_) => state.refusals.saturating_add(1),
            None => 0,
        };
        state.left_alone = refusal.and_then(|(wait, error)| {
            let doublings = (state.refusals - 1).min(16);
            let grown = wait.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
            Some((now.checked_add(grown.max(wait.min(FAR)))?, error))
        });
        state.flights.retain(|(id, _)| Some(*id) != runtime);
        let earlier = state.kept.take();
        let unchanged = match (&earlier, &outcome) {
            (Some(earlier), Ok(new)) => earlier.credentials == *new,
            (_, Ok(_)) => false,
            (_, Err(_)) => true,
        };
        // What stays as it was is no reason to ask again at once.
        state.pause_until = now.checked_add(self.ahead / 10).filter(|_| unchanged);
        state.kept = match (earlier, &outcome) {
            // The same one again is no younger; only where the end is unknown does its time start anew.
            (Some(earlier), Ok(new)) if unchanged && new.expiration.is_some() => Some(earlier),
            (_, Ok(new)) => Some(Kept {
                credentials: new.clone(),
                obtained: now,
            }),
            (earlier, Err(_)) => earlier,
        };
        if let Err(error) = &outcome {
            tracing::warn!(error = %error.line(), "no new access key could be obtained");
        }
        outcome
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole at every moment: nothing panics between two changes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProvideCredentials for Cached {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(self.get())
    }

    fn forget(&self, refused: &Credentials) {
        self.shared.provider.forget(refused);
        let mut state = self.shared.lock();
        // Another caller may have obtained the next one meanwhile: that one stays.
        state.kept.take_if(|kept| kept.credentials == *refused);
    }
}

impl fmt::Debug for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cached")
            .field(&self.shared.provider)
            .finish()
    }
}
