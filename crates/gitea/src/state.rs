//! From Gitea's words of a pull request to the facts decisions are made from.

use fleetwright_core::Oid;
use fleetwright_core::pull::{PullRef, PullSeen, PullState};
use fleetwright_forge::{ForgeError, Mark};

use crate::wire::{Hit, Label, Pull};

/// What marks a pull request as not ready, in small letters (app.ini, WORK_IN_PROGRESS_PREFIXES).
const DRAFTS: [&str; 2] = ["wip:", "[wip]"];

impl Pull {
    /// Where it is.
    pub(crate) fn place(&self) -> PullRef {
        PullRef { number: self.number, url: self.html_url.clone() }
    }

    /// The head.
    pub(crate) fn head(&self) -> Oid {
        self.head.sha.parse().unwrap_or(Oid::ZERO)
    }

    /// Whether it still stands.
    pub(crate) fn is_open(&self) -> bool {
        self.state == "open" && !self.merged
    }

    /// The commit it left on the base branch, if it was merged.
    pub(crate) fn merged_as(&self) -> Option<Oid> {
        self.merge_commit_sha.as_deref().filter(|_| self.merged)?.parse().ok()
    }

    /// Whether it is marked as not ready.
    pub(crate) fn is_draft(&self) -> bool {
        self.draft || draft_mark(&self.title).is_some()
    }

    /// Whether the branch lies in the same repository: a fork may have one of the same name.
    pub(crate) fn is_own_branch(&self) -> bool {
        self.head.repo_id == self.base.repo_id
    }

    /// What the pull request alone tells, with its state and mergeability as given.
    pub(crate) fn seen(&self, state: PullState, mergeable: Option<bool>) -> PullSeen {
        PullSeen {
            draft: self.is_draft(),
            mergeable,
            labels: self.labels.iter().map(|label| label.name.clone()).collect(),
            ..PullSeen::bare(self.place(), state, self.head())
        }
    }

    /// What a search shows of it, in short.
    pub(crate) fn line(&self) -> String {
        let state = if self.is_open() { "open" } else { "closed" };
        line(state, &self.updated_at, self.comments, (&self.title, &self.labels))
    }

    /// The mark of what was read of it at `now`.
    pub(crate) fn mark(&self, seen: &PullSeen, now: i64) -> Mark {
        Mark::new(&self.line(), seen, moment(&self.updated_at).unwrap_or(now), now)
    }
}

impl Hit {
    /// What a search shows, in short.
    pub(crate) fn line(&self) -> String {
        line(&self.state, &self.updated_at, self.comments, (&self.title, &self.labels))
    }
}

fn line(state: &str, updated: &str, comments: u64, (title, labels): (&str, &[Label])) -> String {
    let names: Vec<&str> = labels.iter().map(|label| label.name.as_str()).collect();
    let draft = if draft_mark(title).is_some() { "draft" } else { "" };
    // Two answers may write one moment in two zones.
    let at = moment(updated).unwrap_or_default();
    format!("{state} {at} {comments} {draft} {}", names.join(","))
}

/// The mark of not being ready that a title begins with, as it is written there.
pub(crate) fn draft_mark(title: &str) -> Option<&str> {
    let begins = |mark: &&str| title.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    DRAFTS.iter().find(|mark| begins(mark)).and_then(|mark| title.get(..mark.len()))
}

/// A time as Gitea writes it, in milliseconds since 1970 UTC.
pub(crate) fn moment(text: &str) -> Option<i64> {
    Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

/// Reads an object's name.
pub(crate) fn read_oid(repo: &str, text: &str) -> Result<Oid, ForgeError> {
    text.parse().map_err(|error| ForgeError::access(repo, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_tells_whether_it_is_ready() {
        assert_eq!(draft_mark("WIP: x"), Some("WIP:"));
        assert_eq!(draft_mark("[wip] x"), Some("[wip]"));
        assert_eq!((draft_mark("wipe the disk"), draft_mark("ü"), draft_mark("")), (None, None, None));
    }

    #[test]
    fn a_search_and_a_question_show_the_same_line() {
        let pull = r#"{"number":3,"state":"open","title":"WIP: x","comments":2,"labels":[{"id":1,"name":"bot"}],
            "updated_at":"2026-11-25T10:00:00+01:00"}"#;
        let hit = r#"{"number":3,"state":"open","title":"WIP: x","comments":2,"labels":[{"id":1,"name":"bot"}],
            "updated_at":"2026-11-25T09:00:00Z","repository":{"full_name":"acme/app"}}"#;
        let pull: Pull = serde_json::from_str(pull).unwrap();
        assert_eq!(pull.line(), serde_json::from_str::<Hit>(hit).unwrap().line());
    }
}
