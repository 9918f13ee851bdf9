//! How many pull requests may stand open: machines never starve people of reviews and CI.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most pull requests of ours that stand open in one repository when nothing is said
/// (`limits-and-trust` 4.2).
const IN_REPO: u32 = 3;

/// The most there may be; `None` is no cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Open in one repository, of all shifts.
    pub in_repo: Option<u32>,
    /// Open in the repositories of one owner, of all shifts.
    pub of_owner: Option<u32>,
    /// Open of one shift.
    pub of_shift: Option<u32>,
    /// Opened by one shift within an hour.
    pub per_hour: Option<u32>,
    /// Checks that run for pull requests of ours, of all shifts and repositories.
    pub pending_checks: Option<u32>,
}

impl Default for Caps {
    fn default() -> Caps {
        Caps { in_repo: Some(IN_REPO), of_owner: None, of_shift: None, per_hour: None, pending_checks: None }
    }
}

/// How many there are now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open in the target's repository, of all shifts.
    pub in_repo: u32,
    /// Open in the repositories of the target's owner, of all shifts.
    pub of_owner: u32,
    /// Open of the target's shift.
    pub of_shift: u32,
    /// Opened by the target's shift within the last hour.
    pub last_hour: u32,
    /// Checks that run for pull requests of ours.
    pub pending_checks: u32,
}

/// Which cap is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Capped {
    /// [`Caps::in_repo`].
    Repo,
    /// [`Caps::of_owner`].
    Owner,
    /// [`Caps::of_shift`].
    Shift,
    /// [`Caps::per_hour`].
    Hour,
    /// [`Caps::pending_checks`].
    Checks,
}

/// Why no pull request may be opened now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// Which cap is reached.
    pub capped: Capped,
    /// How many there are.
    pub have: u32,
    /// How many there may be.
    pub most: u32,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (have, most) = (self.have, self.most);
        match self.capped {
            Capped::Repo => write!(f, "{have} of at most {most} pull requests are open in this repository"),
            Capped::Owner => {
                write!(f, "{have} of at most {most} pull requests are open in this owner's repositories")
            }
            Capped::Shift => write!(f, "{have} of at most {most} pull requests of this shift are open"),
            Capped::Hour => write!(f, "{have} of at most {most} pull requests were opened within the hour"),
            Capped::Checks => write!(f, "{have} checks are running, and {most} at most may"),
        }
    }
}

/// Whether one more pull request may be opened.
///
/// # Errors
/// The first cap that is reached.
pub fn may_open(counts: &Counts, caps: &Caps) -> Result<(), Why> {
    let table = [
        (Capped::Repo, counts.in_repo, caps.in_repo),
        (Capped::Owner, counts.of_owner, caps.of_owner),
        (Capped::Shift, counts.of_shift, caps.of_shift),
        (Capped::Hour, counts.last_hour, caps.per_hour),
        (Capped::Checks, counts.pending_checks, caps.pending_checks),
    ];
    let reached = table.into_iter().find_map(|(capped, have, most)| {
        let most = most.filter(|most| have >= *most)?;
        Some(Why { capped, have, most })
    });
    reached.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cap_holds_by_itself() {
        let caps = Caps {
            in_repo: Some(3),
            of_owner: Some(5),
            of_shift: Some(100),
            per_hour: Some(200),
            pending_checks: Some(30),
        };
        let below = Counts { in_repo: 2, of_owner: 4, of_shift: 99, last_hour: 199, pending_checks: 29 };
        assert_eq!(may_open(&below, &caps), Ok(()));
        let reached = [
            (Counts { in_repo: 3, ..below }, "3 of at most 3 pull requests are open in this repository"),
            (
                Counts { of_owner: 6, ..below },
                "6 of at most 5 pull requests are open in this owner's repositories",
            ),
            (Counts { of_shift: 100, ..below }, "100 of at most 100 pull requests of this shift are open"),
            (
                Counts { last_hour: 200, ..below },
                "200 of at most 200 pull requests were opened within the hour",
            ),
            (Counts { pending_checks: 30, ..below }, "30 checks are running, and 30 at most may"),
        ];
        for (counts, words) in reached {
            assert_eq!(may_open(&counts, &caps).unwrap_err().to_string(), words);
        }
    }

    #[test]
    fn a_repository_has_three_when_nothing_is_said_and_nothing_else_is_capped() {
        let many = Counts { in_repo: 2, of_owner: 900, of_shift: 900, last_hour: 900, pending_checks: 900 };
        assert_eq!(may_open(&many, &Caps::default()), Ok(()));
        assert!(may_open(&Counts { in_repo: 3, ..many }, &Caps::default()).is_err());
    }
}
