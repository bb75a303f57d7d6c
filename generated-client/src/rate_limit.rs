//! The client's own limit on how often it sends an operation, for those who know their quota and
//! would rather wait than be throttled.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How often an operation may be sent.
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
    /// So many attempts a second, evenly spread. At least one in a day, at most a million a second.
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

    /// So many attempts may go at once after a pause.
    #[must_use]
    pub fn burst(mut self, attempts: u32) -> Self {
        self.burst = attempts.max(1);
        self
    }
}

/// The limits of a client, by operation.
#[derive(Debug, Default)]
pub(crate) struct RateLimits(BTreeMap<&'static str, Bucket>);

/// When the next attempt would be due if all were evenly spread (the generic cell rate algorithm).
#[derive(Debug)]
struct Bucket {
    limit: RateLimit,
    due: Mutex<Option<Instant>>,
}

impl RateLimits {
    pub(crate) fn insert(&mut self, operation: &'static str, limit: RateLimit) {
        let due = Mutex::new(None);
        self.0.insert(operation, Bucket { limit, due });
    }

    /// Takes a place and says how long to wait for it; `None`, and no place is taken, where that is
    /// after the deadline.
    pub(crate) fn reserve(
        &self,
        operation: &str,
        now: Instant,
        deadline: Option<Instant>,
    ) -> Option<Duration> {
        let Some(bucket) = self.0.get(operation) else {
            return Some(Duration::ZERO);
        };
        let mut due = bucket.due.lock().unwrap_or_else(PoisonError::into_inner);
        let interval = Duration::from_secs_f64(1.0 / bucket.limit.per_second);
        let next = due.unwrap_or(now).max(now);
        let wait = (next - now).saturating_sub(interval * (bucket.limit.burst - 1));
        if deadline.is_some_and(|deadline| now + wait > deadline) {
            return None;
        }
        *due = Some(next + interval);
        Some(wait)
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

    #[test]
    fn attempts_are_evenly_spread() {
        let limits = limits(RateLimit::per_second(4.0));
        let now = Instant::now();
        let waits: Vec<_> = (0..4)
            .map(|_| limits.reserve("Assign", now, None).unwrap().as_millis())
            .collect();
        assert_eq!(waits, [0, 250, 500, 750]);
        let later = now + Duration::from_secs(2);
        assert_eq!(limits.reserve("Assign", later, None), Some(Duration::ZERO));
    }

    #[test]
    fn a_burst_goes_at_once() {
        let limits = limits(RateLimit::per_second(4.0).burst(3));
        let now = Instant::now();
        let waits: Vec<_> = (0..5)
            .map(|_| limits.reserve("Assign", now, None).unwrap().as_millis())
            .collect();
        assert_eq!(waits, [0, 0, 0, 250, 500]);
    }

    #[test]
    fn no_place_is_taken_beyond_the_deadline() {
        let limits = limits(RateLimit::per_second(1.0));
        let now = Instant::now();
        let deadline = Some(now + Duration::from_millis(500));
        assert_eq!(
            limits.reserve("Assign", now, deadline),
            Some(Duration::ZERO)
        );
        assert_eq!(limits.reserve("Assign", now, deadline), None);
        assert_eq!(
            limits.reserve("Assign", now, None),
            Some(Duration::from_secs(1))
        );
    }

    #[test]
    fn other_operations_do_not_wait() {
        let limits = limits(RateLimit::per_second(0.0));
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(limits.reserve("Describe", now, None), Some(Duration::ZERO));
        }
    }

    #[test]
    fn any_number_is_a_rate() {
        for rate in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
            let limits = limits(RateLimit::per_second(rate).burst(u32::MAX));
            let now = Instant::now();
            assert_eq!(limits.reserve("Assign", now, None), Some(Duration::ZERO));
        }
    }
}
