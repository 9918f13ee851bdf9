//! How often somebody may ask: a token bucket for each, in bounded memory. Pure: the time is given.

use std::collections::HashMap;
use std::hash::Hash;

use crate::refusal::Refusal;

/// How many requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// At once, after a pause.
    pub burst: u32,
    /// In the long run, per second.
    pub per_second: f64,
}

/// A bucket: how full it was, and when.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: i64,
}

/// A bucket for each of many, by token, person or address.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    most: usize,
    buckets: HashMap<K, Bucket>,
}

impl<K: Eq + Hash> Buckets<K> {
    /// Buckets of one rate, `most` at a time: some 100 bytes each.
    pub fn new(rate: Rate, most: usize) -> Buckets<K> {
        Buckets { rate, most: most.max(1), buckets: HashMap::new() }
    }

    /// Takes one request at `now`, in milliseconds of a clock that may jump: backwards it gives nothing.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] with how long to wait, also where there are more askers than can be told apart: those
    /// who are known go on.
    pub fn take(&mut self, key: K, now: i64) -> Result<(), Refusal> {
        let Rate { burst, per_second } = self.rate;
        let full = |bucket: &Bucket| filled(bucket, now, self.rate) >= f64::from(burst);
        if !self.buckets.contains_key(&key) && self.buckets.len() >= self.most {
            // A full bucket is as good as none.
            self.buckets.retain(|_, bucket| !full(bucket));
            if self.buckets.len() >= self.most {
                return Err(Refusal::TooMany { seconds: wait(f64::from(burst), per_second) });
            }
        }
        let bucket = self.buckets.entry(key).or_insert(Bucket { left: f64::from(burst), at: now });
        let left = filled(bucket, now, self.rate);
        // Back in time the clock starts anew, with what is left.
        *bucket = Bucket { left, at: now };
        if left < 1.0 {
            return Err(Refusal::TooMany { seconds: wait(1.0 - left, per_second) });
        }
        bucket.left = left - 1.0;
        Ok(())
    }
}

/// How full a bucket is at a time.
fn filled(bucket: &Bucket, now: i64, rate: Rate) -> f64 {
    // A gap of days is exact in a float to far below a millisecond.
    let seconds = now.saturating_sub(bucket.at).max(0) as f64 / 1_000.0;
    (bucket.left + seconds * rate.per_second).min(f64::from(rate.burst))
}

/// Whole seconds until so much has flowed in, at least one and at most an hour.
fn wait(missing: f64, per_second: f64) -> u64 {
    (missing / per_second).ceil().clamp(1.0, 3_600.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 5, per_second: 2.0 };

    fn many(buckets: &mut Buckets<&'static str>, key: &'static str, now: i64) -> usize {
        (0..100).take_while(|_| buckets.take(key, now).is_ok()).count()
    }

    #[test]
    fn a_burst_then_the_rate_and_each_for_itself() {
        let mut buckets = Buckets::new(RATE, 10);
        assert_eq!(many(&mut buckets, "a", 0), 5);
        assert_eq!(buckets.take("a", 0), Err(Refusal::TooMany { seconds: 1 }));
        assert_eq!(many(&mut buckets, "b", 0), 5);
        assert_eq!(many(&mut buckets, "a", 499), 0);
        assert_eq!(many(&mut buckets, "a", 500), 1);
        assert_eq!(many(&mut buckets, "a", 1_500), 2);
        assert_eq!(many(&mut buckets, "a", i64::MAX), 5, "never more than the burst");
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_and_takes_nothing() {
        let mut buckets = Buckets::new(RATE, 10);
        assert_eq!(many(&mut buckets, "a", 3_600_000), 5);
        assert_eq!(many(&mut buckets, "a", 0), 0);
        assert_eq!(many(&mut buckets, "a", 1_000), 2);
        assert_eq!(many(&mut buckets, "a", i64::MIN), 0);
    }

    #[test]
    fn memory_is_bounded_and_who_is_known_goes_on() {
        let mut buckets = Buckets::new(RATE, 3);
        for key in ["a", "b", "c"] {
            assert!(buckets.take(key, 0).is_ok());
        }
        assert_eq!(buckets.take("d", 0), Err(Refusal::TooMany { seconds: 3 }));
        assert!(buckets.take("a", 0).is_ok());
        // Once the others are full again their places are free.
        assert!(buckets.take("d", 1_000).is_ok());
        assert!(buckets.buckets.len() <= 3);
    }
}
