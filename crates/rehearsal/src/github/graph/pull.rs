//! Pull requests.

use serde_json::{Value, json};

use super::connection::page;
use super::record::{actor, asked, auto_merge, comment, label, queue_entry, review};
use super::repository::state_word;
use super::thing::{Answered, Held, Thing, fault, held, leaf, maybe, record};
use crate::github::shape::node;
use crate::github::shape::pull::detail;
use crate::github::shape::time::{self, time};
use crate::graphql::run::{Fault, Given, Got};
use crate::model::pull::{Pull, PullState, ReviewState};
use crate::world::State;

/// A field of a pull request.
pub(super) fn pull(
    state: &mut State,
    viewer: &str,
    ((repo, number), field): ((u64, u64), &str),
    given: &Given<'_>,
) -> Answered {
    // Joined only where it is asked for: it costs a merge in memory.
    if matches!(field, "mergeable" | "mergeStateStatus" | "additions" | "deletions" | "changedFiles") {
        return joined(state, repo, number, field);
    }
    let known = state.repo(repo).map_err(|refusal| fault(&refusal))?;
    let pull = state.seen_pull(repo, number).map_err(|refusal| fault(&refusal))?;
    let head = Thing::Branch(repo, pull.head.clone());
    match field {
        "repository" | "baseRepository" | "headRepository" => Ok(Got::One(Thing::Repository(repo))),
        "headRepositoryOwner" => Ok(Got::One(Thing::Owner(known.owner.clone()))),
        // Gone with its branch, also for one that was merged.
        "headRef" => maybe(known.tip(&pull.head).map(|_| head)),
        "baseRef" => maybe(known.tip(&pull.base).map(|_| Thing::Branch(repo, pull.base.clone()))),
        "author" => Ok(Got::One(actor(state, &pull.author))),
        "mergedBy" => maybe(match &pull.state {
            PullState::Merged { by, .. } => Some(actor(state, by)),
            PullState::Open | PullState::Closed { .. } => None,
        }),
        "mergeCommit" => maybe(match pull.state {
            PullState::Merged { commit, .. } => Some(Thing::Commit(repo, commit)),
            PullState::Open | PullState::Closed { .. } => None,
        }),
        "autoMergeRequest" => maybe(auto_merge(state, pull)),
        "mergeQueueEntry" => maybe(queue_entry(state, (repo, number), pull)),
        "statusCheckRollup" => {
            let some = known.checks.get(&pull.head_oid).is_some_and(|checks| !checks.is_empty());
            maybe(some.then_some(Thing::Rollup(repo, pull.head_oid)))
        }
        "milestone" | "potentialMergeCommit" => leaf(Value::Null),
        "labels"
        | "comments"
        | "reviews"
        | "latestReviews"
        | "latestOpinionatedReviews"
        | "reviewRequests"
        | "assignees"
        | "commits"
        | "timelineItems"
        | "participants" => lists(state, viewer, (repo, pull, field), given),
        _ => plain(state, repo, (pull, viewer), field),
    }
}

/// What needs a look at git.
fn joined(state: &mut State, repo: u64, number: u64, field: &str) -> Answered {
    state.seen_pull(repo, number).map_err(|refusal| fault(&refusal))?;
    if field == "mergeable" {
        let open = state.pull(repo, number).is_ok_and(Pull::is_open);
        let joins = if open { state.joins(repo, number).ok() } else { None };
        return leaf(match joins {
            Some(true) => "MERGEABLE",
            Some(false) => "CONFLICTING",
            None => "UNKNOWN",
        });
    }
    let detail = detail(state, repo, number);
    match field {
        "mergeStateStatus" => leaf(detail.state().to_uppercase()),
        _ => leaf(detail.files),
    }
}

fn lists(
    state: &State,
    viewer: &str,
    (repo, pull, field): (u64, &Pull, &str),
    given: &Given<'_>,
) -> Answered {
    let known = state.repo(repo).map_err(|refusal| fault(&refusal))?;
    let place = (known, pull.number);
    match field {
        "labels" => {
            let labels = pull.labels.iter().filter_map(|name| known.labels.get(name));
            page("LabelConnection", labels.map(|one| label(state, known, one)).collect(), given)
        }
        "comments" => {
            let all = pull.comments.iter().map(|one| comment(state, place, one, viewer));
            page("IssueCommentConnection", all.collect(), given)
        }
        "reviews" => {
            let states = given.texts("states");
            let fits = |state: ReviewState| {
                states.as_ref().is_none_or(|all| all.iter().any(|one| one == state.word()))
            };
            let all = pull.reviews.iter().filter(|one| fits(one.state));
            page(
                "PullRequestReviewConnection",
                all.map(|one| review(state, place, one, viewer)).collect(),
                given,
            )
        }
        "latestReviews" | "latestOpinionatedReviews" => {
            let all = pull.verdicts().into_iter().map(|one| review(state, place, one, viewer));
            page("PullRequestReviewConnection", all.collect(), given)
        }
        "reviewRequests" => page(
            "ReviewRequestConnection",
            pull.asked.iter().map(|login| asked(state, login)).collect(),
            given,
        ),
        "assignees" => {
            page("UserConnection", pull.assignees.iter().map(|login| actor(state, login)).collect(), given)
        }
        "participants" => page("UserConnection", vec![actor(state, &pull.author)], given),
        "commits" => commits(state, repo, pull, given),
        _ => page("PullRequestTimelineItemsConnection", timeline(state, pull, given), given),
    }
}

fn commits(state: &State, repo: u64, pull: &Pull, given: &Given<'_>) -> Answered {
    // The newest one is nearly always all that is asked for, and needs no look at git.
    let oids = if given.number("last") == Some(1) {
        vec![pull.head_oid]
    } else {
        let git = state.open(repo).map_err(|refusal| fault(&refusal))?;
        let mut all =
            git.commits_between(pull.base_oid, pull.head_oid).unwrap_or_else(|_| vec![pull.head_oid]);
        all.reverse();
        all
    };
    let commits = oids.into_iter().map(|oid| {
        let id = node::node("PRC", &[&repo.to_string(), &pull.number.to_string(), &oid.to_string()]);
        record(
            "PullRequestCommit",
            &["Node"],
            vec![("id", held(id)), ("commit", Held::One(Thing::Commit(repo, oid)))],
        )
    });
    page("PullRequestCommitConnection", commits.collect(), given)
}

/// Who closed or merged it.
fn timeline(state: &State, pull: &Pull, given: &Given<'_>) -> Vec<Thing> {
    let wanted = given.texts("itemTypes");
    let wants = |name: &str| wanted.as_ref().is_none_or(|all| all.iter().any(|one| one == name));
    let event = |kind: &'static str, by: &str, at: i64| {
        let id = node::node("EV", &[&pull.id.to_string(), kind]);
        let fields =
            vec![("id", held(id)), ("actor", Held::One(actor(state, by))), ("createdAt", held(time(at)))];
        record(kind, &["Node"], fields)
    };
    let mut found = Vec::new();
    match &pull.state {
        PullState::Open => {}
        PullState::Closed { at, by } => {
            found.extend(wants("CLOSED_EVENT").then(|| event("ClosedEvent", by, *at)));
        }
        PullState::Merged { at, by, .. } => {
            found.extend(wants("MERGED_EVENT").then(|| event("MergedEvent", by, *at)));
            found.extend(wants("CLOSED_EVENT").then(|| event("ClosedEvent", by, *at)));
        }
    }
    found
}

/// Fields that are values.
fn plain(state: &State, repo: u64, (pull, viewer): (&Pull, &str), field: &str) -> Answered {
    let known = state.repo(repo).map_err(|refusal| fault(&refusal))?;
    let url = format!("{}/{}/pull/{}", state.url(), known.full_name(), pull.number);
    let rules = known.rules_of(&pull.base);
    let ended = match pull.state {
        PullState::Open => None,
        PullState::Closed { at, .. } | PullState::Merged { at, .. } => Some(at),
    };
    let merged = matches!(pull.state, PullState::Merged { .. });
    leaf(match field {
        "id" => json!(node::pull(repo, pull.number)),
        "databaseId" => json!(pull.id),
        "fullDatabaseId" => json!(pull.id.to_string()),
        "number" => json!(pull.number),
        "title" | "titleHTML" => json!(pull.title),
        "body" | "bodyText" => json!(pull.body),
        "url" | "permalink" => json!(url),
        "state" => json!(state_word(pull)),
        "isDraft" => json!(pull.draft),
        "merged" => json!(merged),
        "closed" => json!(!pull.is_open()),
        "mergedAt" => time::maybe(ended.filter(|_| merged)),
        "closedAt" => time::maybe(ended),
        "createdAt" | "publishedAt" => json!(time(pull.created_at)),
        "updatedAt" => json!(time(pull.updated_at)),
        "headRefName" => json!(pull.head),
        "headRefOid" => json!(pull.head_oid),
        "baseRefName" => json!(pull.base),
        "baseRefOid" => json!(known.tip(&pull.base).unwrap_or(pull.base_oid)),
        "authorAssociation" => json!("MEMBER"),
        "isCrossRepository" | "locked" | "maintainerCanModify" | "viewerCanMergeAsAdmin" => json!(false),
        "viewerCanUpdate" => json!(true),
        "viewerDidAuthor" => json!(pull.author == viewer),
        "viewerCanEnableAutoMerge" => json!(pull.is_open() && known.settings.auto_merge),
        "isInMergeQueue" => json!(pull.queued.is_some()),
        "isMergeQueueEnabled" => json!(rules.is_some_and(|rules| rules.queue)),
        "totalCommentsCount" => json!(pull.comments.len()),
        "reviewDecision" => json!(decision(pull, rules.map_or(0, |rules| rules.approvals))),
        _ => return Err(Fault::Unknown),
    })
}

/// What the reviews come to; null where none is asked for and none was given.
fn decision(pull: &Pull, wanted: usize) -> Option<&'static str> {
    match () {
        () if pull.changes_requested() => Some("CHANGES_REQUESTED"),
        () if pull.approvals() > 0 && pull.approvals() >= wanted => Some("APPROVED"),
        () if wanted > 0 => Some("REVIEW_REQUIRED"),
        () => None,
    }
}
