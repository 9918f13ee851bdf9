//! What forges publish of their limits: the numbers everything learnt stays below.
//!
//! Sources: docs.github.com "Rate limits for the REST API" and "Rate limits and query limits for
//! the GraphQL API"; docs.gitlab.com "Rate limits on GitLab.com". Gitea and Forgejo have none by
//! themselves; a proxy before them may, and then it is learnt.

use serde::{Deserialize, Serialize};

/// How often something may be done in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    /// Where learning starts: below the published cap, since forges refuse earlier than they say.
    pub first: u32,
    /// The published cap, or a lower one that a person set; nothing learnt goes above it.
    pub most: u32,
}

/// How fast one identity may create content: pull requests, comments, review requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caps {
    /// In any sixty minutes; `None` where nothing is known before a refusal.
    pub hour: Option<Rate>,
    /// In any minute; `None` where nothing is known before a refusal.
    pub minute: Option<Rate>,
}

impl Caps {
    /// GitHub: 80 a minute and 500 an hour are published, some endpoints take less.
    pub const GITHUB: Caps =
        Caps { hour: Some(Rate { first: 400, most: 500 }), minute: Some(Rate { first: 60, most: 80 }) };

    /// GitLab: 60 notes a minute are published, nothing for an hour.
    pub const GITLAB: Caps = Caps { hour: None, minute: Some(Rate { first: 45, most: 60 }) };

    /// Gitea and Forgejo: nothing until a refusal tells.
    pub const UNTOLD: Caps = Caps { hour: None, minute: None };

    /// The same caps, lowered by what a person allows. It cannot raise a published cap.
    pub fn lowered(self, per_hour: Option<u32>, per_minute: Option<u32>) -> Caps {
        Caps { hour: lower(self.hour, per_hour), minute: lower(self.minute, per_minute) }
    }
}

fn lower(rate: Option<Rate>, most: Option<u32>) -> Option<Rate> {
    // A cap of nothing would be a shift that never ends without saying so.
    let Some(most) = most.map(|most| most.max(1)) else { return rate };
    Some(match rate {
        Some(rate) => Rate { first: rate.first.min(most), most: rate.most.min(most) },
        None => Rate { first: most, most },
    })
}

/// How fast one identity may send requests of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requests {
    /// Points a minute by REST: reading is one, changing is five.
    pub rest: Option<u32>,
    /// Points a minute by GraphQL: a query is one, a mutation is five.
    pub graphql: Option<u32>,
    /// Requests an hour of one resource while no header told.
    pub hour: Option<u32>,
    /// Requests at once.
    pub at_once: u32,
    /// What changing something costs, in points.
    pub change: u32,
}

impl Requests {
    /// GitHub: 900 and 2,000 points a minute, 5,000 an hour per resource, 100 at once.
    pub const GITHUB: Requests =
        Requests { rest: Some(900), graphql: Some(2_000), hour: Some(5_000), at_once: 100, change: 5 };

    /// GitLab: 2,000 requests a minute, whatever they do.
    pub const GITLAB: Requests =
        Requests { rest: Some(2_000), graphql: Some(2_000), hour: None, at_once: 100, change: 1 };

    /// Gitea and Forgejo: no limits of their own.
    pub const UNTOLD: Requests = Requests { rest: None, graphql: None, hour: None, at_once: 100, change: 1 };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_lowers_caps_and_never_raises_them() {
        let lower = Caps::GITHUB.lowered(Some(100), None);
        assert_eq!(lower.hour, Some(Rate { first: 100, most: 100 }));
        assert_eq!(lower.minute, Caps::GITHUB.minute);
        assert_eq!(Caps::GITHUB.lowered(Some(9_000), Some(9_000)), Caps::GITHUB);
        assert_eq!(Caps::UNTOLD.lowered(None, Some(0)).minute, Some(Rate { first: 1, most: 1 }));
    }
}
