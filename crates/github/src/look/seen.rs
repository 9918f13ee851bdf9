//! From GraphQL's answers to a pull request as it stands.

use fleetwright_core::Oid;
use fleetwright_core::pull::{Check, MergeDoor, PullRef, PullSeen, PullState, Said};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::checks;
use crate::value::{is, list, number, oid, seconds, string, text, there};

/// Labels that give the reason of a closing begin so.
const REASON: &str = "fleetwright:";

/// How long after its author's last comment a closing still belongs to it, in seconds.
const TOGETHER: i64 = 600;

/// Where the checks of a head are in an answer.
const CONTEXTS: &str = "/headRef/target/statusCheckRollup/contexts";

/// A change less than so many seconds ago may be followed by another that bears the same time: GitHub
/// tells whole seconds, and its clock is not ours.
const FRESH: i64 = 5;

/// The end of a mark that proves nothing.
const UNSURE: char = '-';

/// Whether a mark that was given proves that nothing changed.
pub(super) fn proves(given: Option<&str>, seen: &str) -> bool {
    given.is_some_and(|given| given == seen && !given.ends_with(UNSURE))
}

/// The mark of a pull request looked at `now` (milliseconds since 1970 UTC). Right after a change it
/// ends in [`UNSURE`], so that the next look reads everything once more.
fn mark_at(pull: &Value, now: i64) -> String {
    let seconds_now = now.div_euclid(1_000);
    let standing = text(pull, "/state") != Some("MERGED");
    match standing && seconds(pull, "/updatedAt").is_some_and(|at| seconds_now - at < FRESH) {
        true => format!("{}{UNSURE}", mark(pull)),
        false => mark(pull),
    }
}

/// The forge's state in short. The base is part of it only while something is red: it says whether
/// the same is red there, and moves far more often than pull requests do.
fn mark(pull: &Value) -> String {
    let at = |at: &str| pull.pointer(at).cloned().unwrap_or_default();
    let red = matches!(text(pull, "/headRef/target/statusCheckRollup/state"), Some("FAILURE" | "ERROR"));
    let base = if red { at("/baseRefOid") } else { Value::Null };
    let told = ["/state", "/isDraft", "/headRefOid", "/mergeable", "/mergeStateStatus", "/reviewDecision"]
        .into_iter()
        .chain(["/updatedAt", "/isMergeQueueEnabled", "/isInMergeQueue", "/autoMergeRequest", "/mergeCommit"])
        .chain(["/headRef/target/oid", "/headRef/target/statusCheckRollup/state"])
        .map(at);
    let counts = ["totalCount", "checkRunCountsByState", "statusContextCountsByState"]
        .map(|count| at(&format!("{CONTEXTS}/{count}")));
    let all = json!([told.collect::<Vec<_>>(), counts, base]);
    let digest = Sha256::digest(all.to_string().as_bytes());
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// What every depth tells. `None` where the answer has no number, address or head.
pub(crate) fn pull(pull: &Value, now: i64) -> Option<PullSeen> {
    let reference = PullRef { number: number(pull, "/number")?, url: string(pull, "/url") };
    let head = oid(pull, "/headRefOid")?;
    let state = state(pull)?;
    let door = if is(pull, "/isMergeQueueEnabled") { MergeDoor::Queue } else { MergeDoor::Direct };
    Some(PullSeen {
        tree: current(pull, head).and_then(|()| oid(pull, "/headRef/target/tree/oid")),
        draft: is(pull, "/isDraft"),
        mergeable: match text(pull, "/mergeable") {
            Some("MERGEABLE") => Some(true),
            Some("CONFLICTING") => Some(false),
            _ => None,
        },
        behind: text(pull, "/mergeStateStatus") == Some("BEHIND"),
        blocked: blocked(pull),
        door,
        queued: is(pull, "/isInMergeQueue") || there(pull, "/autoMergeRequest"),
        mark: mark_at(pull, now),
        ..PullSeen::bare(reference, state, head)
    })
}

fn state(pull: &Value) -> Option<PullState> {
    Some(match text(pull, "/state")? {
        "OPEN" => PullState::Open,
        "CLOSED" => PullState::Closed { by: String::new(), reason: None },
        "MERGED" => PullState::Merged {
            commit: oid(pull, "/mergeCommit/oid")?,
            tree: oid(pull, "/mergeCommit/tree/oid")?,
            by: string(pull, "/mergedBy/login"),
        },
        _ => return None,
    })
}

/// Nothing, when the branch is where the pull request says it is: checks of another commit than the
/// head count for nothing.
fn current(pull: &Value, head: Oid) -> Option<()> {
    (oid(pull, "/headRef/target/oid") == Some(head)).then_some(())
}

fn blocked(pull: &Value) -> Option<String> {
    let what = match text(pull, "/mergeStateStatus")? {
        "BLOCKED" => match text(pull, "/reviewDecision") {
            Some("REVIEW_REQUIRED") => "a review is required",
            Some("CHANGES_REQUESTED") => "changes are requested",
            _ => "the base's protection is not satisfied",
        },
        _ => return None,
    };
    Some(what.to_owned())
}

/// Fills in what only the full question tells of an open pull request.
pub(super) fn fill_open(seen: &mut PullSeen, pull: &Value) {
    fill_talk(seen, pull);
    if current(pull, seen.head).is_some() {
        seen.checks = checks_of(pull);
    }
    let mut asked = text(pull, "/reviewDecision") == Some("CHANGES_REQUESTED");
    let mut approvals = 0;
    for review in list(pull, "/latestOpinionatedReviews/nodes") {
        match text(review, "/state") {
            Some("CHANGES_REQUESTED") => asked = true,
            Some("APPROVED")
                if is(review, "/authorCanPushToRepository")
                    && oid(review, "/commit/oid") == Some(seen.head) =>
            {
                approvals += 1;
            }
            _ => {}
        }
    }
    seen.approvals = approvals;
    seen.changes_requested = asked;
}

/// The checks on this page of a head's.
pub(super) fn checks_of(pull: &Value) -> Vec<Check> {
    list(pull, &format!("{CONTEXTS}/nodes")).map(checks::check).collect()
}

/// The place where the next page of a head's checks begins, and the head.
pub(super) fn next_checks(pull: &Value) -> Option<String> {
    is(pull, &format!("{CONTEXTS}/pageInfo/hasNextPage"))
        .then(|| string(pull, &format!("{CONTEXTS}/pageInfo/endCursor")))
}

/// Fills in who closed a pull request and why.
pub(super) fn fill_closed(seen: &mut PullSeen, pull: &Value) {
    fill_talk(seen, pull);
    let by = list(pull, "/timelineItems/nodes").next_back();
    let by = by.map(|event| string(event, "/actor/login")).unwrap_or_default();
    let reason = reason(&seen.labels, &seen.comments, &by, seconds(pull, "/closedAt"));
    seen.state = PullState::Closed { by, reason };
}

/// Why somebody closed: a label, else what they wrote right before or after.
pub(super) fn reason(labels: &[String], comments: &[Said], by: &str, at: Option<i64>) -> Option<String> {
    let label = labels.iter().find_map(|label| label.strip_prefix(REASON));
    let said = || {
        let last = comments.iter().rev().find(|said| said.by == by)?;
        (at?.abs_diff(last.at) <= TOGETHER.unsigned_abs()).then(|| last.body.chars().take(500).collect())
    };
    label.map(|label| label.trim().to_owned()).or_else(said)
}

fn fill_talk(seen: &mut PullSeen, pull: &Value) {
    seen.labels = list(pull, "/labels/nodes").map(|label| string(label, "/name")).collect();
    let theirs = list(pull, "/comments/nodes").filter(|comment| !is(comment, "/viewerDidAuthor"));
    let said = |comment: &Value| Said {
        id: string(comment, "/id"),
        by: string(comment, "/author/login"),
        may_write: may_write(&string(comment, "/authorAssociation")),
        at: seconds(comment, "/createdAt").unwrap_or_default(),
        body: string(comment, "/body"),
    };
    seen.comments = theirs.map(said).collect();
}

/// What an association alone tells of the right to write: members and collaborators may be readers
/// only, so they are asked after where it matters.
pub(super) fn may_write(association: &str) -> Option<bool> {
    match association {
        "OWNER" => Some(true),
        "MEMBER" | "COLLABORATOR" => None,
        _ => Some(false),
    }
}
