//! Chance that repeats: a number drawn for a name, always the same for the same seed.
//!
//! Draws are keyed by what they are about ("does check `build` of this commit fail?") and not by
//! their order, so that a run repeats even where requests race.

/// The one number a run repeats from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// A number for a key, evenly spread: FNV-1a over the parts, then one step of splitmix64
    /// (Steele, Lea, Flood 2014).
    pub fn draw(self, key: &[&str]) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ self.0;
        for part in key {
            for byte in part.bytes().chain([0xff]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        let mut z = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Whether something that happens with a chance of `rate` (0 to 1) happens.
    pub fn chance(self, rate: f64, key: &[&str]) -> bool {
        // 53 bits are what an f64 holds exactly.
        #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
        let drawn = (self.draw(key) >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < rate
    }

    /// A number from 0 to `most`, both included.
    pub fn up_to(self, most: i64, key: &[&str]) -> i64 {
        let span = most.max(0).unsigned_abs() + 1;
        i64::try_from(self.draw(key) % span).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_draws_the_same_and_another_another() {
        assert_eq!(Seed(1).draw(&["a", "b"]), Seed(1).draw(&["a", "b"]));
        assert_ne!(Seed(1).draw(&["a", "b"]), Seed(2).draw(&["a", "b"]));
        assert_ne!(Seed(1).draw(&["a", "b"]), Seed(1).draw(&["ab"]));
    }

    #[test]
    fn a_chance_is_met_about_as_often_as_it_says() {
        let met = (0..10_000).filter(|n| Seed(7).chance(0.2, &["x", &n.to_string()])).count();
        assert!((1_850..2_150).contains(&met), "{met}");
    }
}
