//! Rate limits of the client itself: how often it sends an operation, for programs that know their
//! quota and would rather wait than be throttled.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A limit on how often an operation is sent.
///
/// ```
/// use alicloud::{client::ClientBuilder, client::DynClient, rate_limit::RateLimit};
///
/// fn within_our_quota(builder: ClientBuilder<DynClient>) -> ClientBuilder<DynClient> {
///     builder.rate_limit("DescribeInstances", RateLimit::per_second(5.0).burst(20))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    per_second: f64,
    burst: u32,
}

impl RateLimit {
    /// Allows this many attempts per second, evenly spread: at least one per day, at most a million
    /// per second.
    pub fn per_second(attempts: f64) -> Self {
        let least = 1.0 / 86_400.0;
        let per_second = if attempts.is_nan() {
            least
        } else {
            attempts.clamp(least, 1e6)
        };
        Self {
            per_second,
            burst: 1,
        }
    }

    /// Lets up to this many attempts go at once after a pause.
    #[must_use]
    pub fn burst(mut self, attempts: u32) -> Self {
        self.burst = attempts.max(1);
        self
    }
}

/// The limits of a client, by operation.
#[derive(Debug, Default)]
pub(crate) struct RateLimits(Vec<(&'static str, Bucket)>);

/// When attempts would go if all were evenly spread (the generic cell rate algorithm).
#[derive(Debug)]
struct Bucket {
    limit: RateLimit,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    /// The first that nobody had.
    next: Option<Instant>,
    /// Before it, those that were given back, in their order.
    free: Vec<Instant>,
}

/// A place in the order of attempts. It is given back where it is dropped unused, because the call
/// that waited for it was.
#[derive(Debug)]
#[must_use = "a place that is dropped is given back"]
pub(crate) struct Place<'a> {
    bucket: Option<&'a Bucket>,
    at: Instant,
    /// How long to wait for it.
    pub(crate) wait: Duration,
}

impl Place<'_> {
    /// The attempt goes now.
    pub(crate) fn used(mut self) {
        self.bucket = None;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(bucket) = self.bucket {
            bucket.give_back(self.at);
        }
    }
}

impl Bucket {
    fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.limit.per_second)
    }

    fn give_back(&self, at: Instant) {
        let mut places = self.lock();
        if places.next == Some(at + self.interval()) {
            places.next = Some(at);
        } else {
            let index = places.free.partition_point(|free| *free < at);
            places.free.insert(index, at);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Places> {
        // Every change of it is one of a single value.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RateLimits {
    pub(crate) fn insert(&mut self, operation: &'static str, limit: RateLimit) {
        let places = Mutex::default();
        self.0.retain(|(known, _)| *known != operation);
        self.0.push((operation, Bucket { limit, places }));
    }

    /// Takes the first place; `None`, and none is taken, where that is after the deadline.
    pub(crate) fn reserve(
        &self,
        operation: &str,
        now: Instant,
        deadline: Option<Instant>,
    ) -> Option<Place<'_>> {
        let limited = self.0.iter().find(|(known, _)| *known == operation);
        let Some((_, bucket)) = limited else {
            return Some(Place {
                bucket: None,
                at: now,
                wait: Duration::ZERO,
            });
        };
        let mut places = bucket.lock();
        // What went by unused is lost.
        places.free.retain(|free| *free >= now);
        let free = places.free.first().copied();
        let at = free.unwrap_or_else(|| places.next.unwrap_or(now).max(now));
        let wait = (at - now).saturating_sub(bucket.interval() * (bucket.limit.burst - 1));
        if deadline.is_some_and(|deadline| now + wait > deadline) {
            return None;
        }
        match free {
            Some(_) => {
                places.free.remove(0);
            }
            None => places.next = Some(at + bucket.interval()),
        }
        Some(Place {
            bucket: Some(bucket),
            at,
            wait,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(limit: RateLimit) -> RateLimits {
        let mut limits = RateLimits::default();
        limits.insert("Assign", limit);
        limits
    }

    /// Takes a place and uses it.
    fn wait(limits: &RateLimits, now: Instant, deadline: Option<Instant>) -> Option<Duration> {
        let place = limits.reserve("Assign", now, deadline)?;
        let wait = place.wait;
        place.used();
        Some(wait)
    }

    #[test]
    fn a_place_that_is_not_used_is_given_back() {
        let limits = limits(RateLimit::per_second(1.0));
        let now = Instant::now();
        let reserve = || limits.reserve("Assign", now, None).unwrap();
        reserve().used();
        let [one, two, three] = [reserve(), reserve(), reserve()];
        let seconds = |place: &Place<'_>| place.wait.as_secs();
        assert_eq!([&one, &two, &three].map(seconds), [1, 2, 3]);
        // In the middle: the next one takes it, and nobody shares a place.
        drop(two);
        let again = reserve();
        assert_eq!([&again, &reserve()].map(seconds), [2, 4]);
        // At the end: it is as if it had never been taken.
        assert_eq!(seconds(&reserve()), 4);
        drop((one, again, three));
        let rest: Vec<_> = (0..4).map(|_| reserve()).collect();
        assert_eq!(rest.iter().map(seconds).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[test]
    fn attempts_are_evenly_spread() {
        let limits = limits(RateLimit::per_second(4.0));
        let now = Instant::now();
        let waits: Vec<_> = (0..4)
            .map(|_| wait(&limits, now, None).unwrap().as_millis())
            .collect();
        assert_eq!(waits, [0, 250, 500, 750]);
        let later = now + Duration::from_secs(2);
        assert_eq!(wait(&limits, later, None), Some(Duration::ZERO));
    }

    #[test]
    fn a_burst_goes_at_once() {
        let limits = limits(RateLimit::per_second(4.0).burst(3));
        let now = Instant::now();
        let waits: Vec<_> = (0..5)
            .map(|_| wait(&limits, now, None).unwrap().as_millis())
            .collect();
        assert_eq!(waits, [0, 0, 0, 250, 500]);
    }

    #[test]
    fn no_place_is_taken_beyond_the_deadline() {
        let limits = limits(RateLimit::per_second(1.0));
        let now = Instant::now();
        let deadline = Some(now + Duration::from_millis(500));
        assert_eq!(wait(&limits, now, deadline), Some(Duration::ZERO));
        assert_eq!(wait(&limits, now, deadline), None);
        assert_eq!(wait(&limits, now, None), Some(Duration::from_secs(1)));
    }

    #[test]
    fn other_operations_do_not_wait() {
        let limits = limits(RateLimit::per_second(0.0));
        let now = Instant::now();
        for _ in 0..3 {
            let place = limits.reserve("Describe", now, None).unwrap();
            assert_eq!(place.wait, Duration::ZERO);
        }
    }

    #[test]
    fn any_number_is_a_rate() {
        for rate in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
            let limits = limits(RateLimit::per_second(rate).burst(u32::MAX));
            let now = Instant::now();
            assert_eq!(wait(&limits, now, None), Some(Duration::ZERO));
        }
    }
}
