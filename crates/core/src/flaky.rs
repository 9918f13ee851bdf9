//! Checks that say now this, now that.

use crate::pull::Verdict;

/// How many of a check's last runs are looked at.
pub const RUNS: usize = 20;

/// So many changes of mind make a check flaky (issue: two flips in twenty runs).
const FLIPS: usize = 2;

/// Whether a check is flaky: its verdicts on distinct runs, the oldest first. Only the last
/// [`RUNS`] that say green or red count. A check that broke and was repaired flipped twice too: it
/// is retried once more than needed, and never merged for it.
pub fn is_flaky(verdicts: &[Verdict]) -> bool {
    let told = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Green | Verdict::Red));
    let mut last: Vec<_> = told.rev().take(RUNS).collect();
    last.dedup();
    last.len() > FLIPS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaky(text: &str) -> bool {
        let verdict = |letter| match letter {
            'g' => Verdict::Green,
            'r' => Verdict::Red,
            's' => Verdict::Skipped,
            _ => Verdict::Pending,
        };
        is_flaky(&text.chars().map(verdict).collect::<Vec<_>>())
    }

    #[test]
    fn two_flips_in_the_last_twenty_runs_are_flaky() {
        for (runs, is) in [
            ("", false),
            ("ggggg", false),
            ("gggrrrr", false),
            ("ggrg", true),
            ("rgr", true),
            ("gs.gs", false),
            ("gsr.g", true),
            ("grgggggggggggggggggggg", false),
            ("rgggggggggggggggggggr", false),
            ("rggggggggggggggggggr", true),
        ] {
            assert_eq!(flaky(runs), is, "{runs}");
        }
    }
}
