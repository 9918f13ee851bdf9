//! The least change that mends.

use std::cmp::Ordering;

use fleetwright_package::{Key, is_prerelease};

use crate::affected::{Affected, Verdict};

/// The least version above this one that none of these says is affected, out of those that they say are fixed;
/// `None` where there is none. A release is not mended by a pre-release.
pub fn mend<'a>(version: &str, affected: &[&'a Affected]) -> Option<&'a str> {
    let ecosystem = affected.first()?.package.ecosystem();
    let now = Key::read(ecosystem, version)?;
    let released = !now.is_prerelease();
    let mut fixes: Vec<(Key, &'a str)> = affected
        .iter()
        .flat_map(|each| each.fixes())
        .filter(|fix| !(released && is_prerelease(ecosystem, fix).unwrap_or(true)))
        .filter_map(|fix| Some((Key::read(ecosystem, fix)?, fix)))
        .filter(|(key, _)| key.partial_cmp(&now) == Some(Ordering::Greater))
        .collect();
    fixes.sort_by(|one, other| one.0.partial_cmp(&other.0).unwrap_or(Ordering::Equal));
    let safe = |fix: &&str| affected.iter().all(|each| each.holds(fix) == Verdict::Safe);
    fixes.into_iter().map(|(_, fix)| fix).find(safe)
}
