//! Small things: people, labels, comments, reviews, checks.

use serde_json::{Value, json};

use super::thing::{Held, Thing, held, record};
use crate::github::shape::check::{progress, status_word};
use crate::github::shape::node::node;
use crate::github::shape::talk::association;
use crate::github::shape::time::{maybe, time};
use crate::model::account::AccountKind;
use crate::model::check::{Check, CheckKind, Conclusion};
use crate::model::pull::{Comment, Pull, Review};
use crate::model::repo::{Label, Repo};
use crate::world::State;

/// Somebody who acts.
pub(super) fn actor(state: &State, login: &str) -> Thing {
    let account = state.account(login);
    let (kind, also): (_, &[&str]) = match account.kind {
        AccountKind::User => ("User", &["Actor", "Node", "RequestedReviewer", "Assignee", "RepositoryOwner"]),
        AccountKind::Bot => ("Bot", &["Actor", "Node", "RequestedReviewer", "Assignee"]),
        AccountKind::Organization => ("Organization", &["Actor", "Node", "RepositoryOwner"]),
    };
    // GraphQL leaves `[bot]` out of a robot's name.
    let shown = login.strip_suffix("[bot]").unwrap_or(login);
    let fields = vec![
        ("id", held(node("U", &[&account.id.to_string()]))),
        ("databaseId", held(account.id)),
        ("login", held(shown)),
        ("name", held(if account.name == login { shown } else { &account.name })),
        ("email", held(account.email.unwrap_or_default())),
        ("url", held(format!("{}/{shown}", state.url()))),
        ("avatarUrl", held(format!("{}/avatars/{}", state.url(), account.id))),
        ("resourcePath", held(format!("/{shown}"))),
    ];
    record(kind, also, fields)
}

/// A label.
pub(super) fn label(state: &State, repo: &Repo, label: &Label) -> Thing {
    let fields = vec![
        ("id", held(node("LA", &[&label.id.to_string()]))),
        ("name", held(label.name.clone())),
        ("color", held(label.color.clone())),
        ("description", held(label.description.clone())),
        ("isDefault", held(false)),
        ("url", held(format!("{}/{}/labels/{}", state.url(), repo.full_name(), label.name))),
    ];
    record("Label", &["Node"], fields)
}

/// What comments and reviews have alike.
fn words(
    state: &State,
    repo: u64,
    (by, body, at): (&str, &str, i64),
    viewer: &str,
) -> Vec<(&'static str, Held)> {
    vec![
        ("author", Held::One(actor(state, by))),
        ("authorAssociation", held(association(state, repo, by))),
        ("body", held(body)),
        ("bodyText", held(body)),
        ("createdAt", held(time(at))),
        ("publishedAt", held(time(at))),
        ("viewerDidAuthor", held(by == viewer)),
        ("viewerCanUpdate", held(by == viewer)),
        ("isMinimized", held(false)),
    ]
}

/// A comment.
pub(super) fn comment(state: &State, (repo, number): (&Repo, u64), comment: &Comment, viewer: &str) -> Thing {
    let mut fields = words(state, repo.id, (&comment.by, &comment.body, comment.at), viewer);
    let id = comment.id.to_string();
    fields.extend([
        ("id", held(node("IC", &[&repo.id.to_string(), &number.to_string(), &id]))),
        ("databaseId", held(comment.id)),
        ("fullDatabaseId", held(id.clone())),
        ("updatedAt", held(time(comment.updated_at))),
        ("url", held(format!("{}/{}/pull/{number}#issuecomment-{id}", state.url(), repo.full_name()))),
    ]);
    record("IssueComment", &["Node", "Comment"], fields)
}

/// A review.
pub(super) fn review(state: &State, (repo, number): (&Repo, u64), review: &Review, viewer: &str) -> Thing {
    let mut fields = words(state, repo.id, (&review.by, &review.body, review.at), viewer);
    let id = review.id.to_string();
    fields.extend([
        ("id", held(node("PRR", &[&repo.id.to_string(), &number.to_string(), &id]))),
        ("databaseId", held(review.id)),
        ("fullDatabaseId", held(id.clone())),
        ("state", held(review.state.word())),
        ("submittedAt", held(time(review.at))),
        ("updatedAt", held(time(review.at))),
        ("authorCanPushToRepository", held(state.may_write(repo.id, &review.by))),
        ("commit", Held::One(Thing::Commit(repo.id, review.head))),
        ("url", held(format!("{}/{}/pull/{number}#pullrequestreview-{id}", state.url(), repo.full_name()))),
    ]);
    record("PullRequestReview", &["Node", "Comment"], fields)
}

/// That somebody is asked for a review.
pub(super) fn asked(state: &State, login: &str) -> Thing {
    let fields = vec![
        ("id", held(node("RR", &[login]))),
        ("asCodeOwner", held(false)),
        ("requestedReviewer", Held::One(actor(state, login))),
    ];
    record("ReviewRequest", &["Node"], fields)
}

/// A check run or a status, as it stands among the contexts of a commit.
pub(super) fn check(state: &State, repo: &Repo, check: &Check) -> Thing {
    let rules = repo.settings.rules.as_ref();
    let required = rules.is_some_and(|rules| rules.checks.contains(&check.name));
    let place = format!("{}/{}/runs/{}", state.url(), repo.full_name(), check.id);
    let (status, begun, ended, conclusion) = progress(check);
    let (repo_id, id) = (repo.id.to_string(), check.id.to_string());
    match check.kind {
        CheckKind::Run => {
            let fields = vec![
                ("id", held(node("CR", &[&repo_id, &id]))),
                ("databaseId", held(check.id)),
                ("name", held(check.name.clone())),
                ("status", held(status.to_uppercase())),
                ("conclusion", held(conclusion.map(|conclusion| conclusion.word().to_uppercase()))),
                ("isRequired", held(required)),
                ("startedAt", held(maybe(begun))),
                ("completedAt", held(maybe(ended))),
                ("detailsUrl", held(place.clone())),
                ("url", held(place.clone())),
                ("permalink", held(place)),
                ("title", held(Value::Null)),
                ("summary", held(Value::Null)),
                ("text", held(Value::Null)),
                ("externalId", held(Value::Null)),
                ("checkSuite", Held::One(suite(state, repo, std::slice::from_ref(check)))),
                ("repository", Held::One(Thing::Repository(repo.id))),
            ];
            record("CheckRun", &["Node", "StatusCheckRollupContext", "RequirableByPullRequest"], fields)
        }
        CheckKind::Status => {
            let fields = vec![
                ("id", held(node("SC", &[&repo_id, &id]))),
                ("context", held(check.name.clone())),
                ("state", held(status_word(check).to_uppercase())),
                ("isRequired", held(required)),
                ("description", held(Value::Null)),
                ("targetUrl", held(Value::Null)),
                ("createdAt", held(time(check.queued_at))),
                ("creator", Held::One(actor(state, "ci"))),
            ];
            record("StatusContext", &["Node", "StatusCheckRollupContext", "RequirableByPullRequest"], fields)
        }
    }
}

/// The suite some checks belong to.
pub(super) fn suite(state: &State, repo: &Repo, checks: &[Check]) -> Thing {
    let first = checks.first().map_or(0, |check| check.suite);
    let done = checks.iter().all(|check| check.conclusion().is_some());
    let good = checks.iter().all(|check| check.conclusion().is_some_and(Conclusion::satisfies));
    let conclusion = if good { "SUCCESS" } else { "FAILURE" };
    let app = vec![
        ("id", held(node("A", &["15368"]))),
        ("databaseId", held(15_368)),
        ("slug", held("github-actions")),
        ("name", held("GitHub Actions")),
    ];
    let fields = vec![
        ("id", held(node("CS", &[&repo.id.to_string(), &first.to_string()]))),
        ("databaseId", held(first)),
        ("status", held(if done { "COMPLETED" } else { "IN_PROGRESS" })),
        ("conclusion", held(done.then_some(conclusion))),
        ("app", Held::One(record("App", &["Node"], app))),
        ("workflowRun", held(Value::Null)),
        ("url", held(format!("{}/{}/commits/checks", state.url(), repo.full_name()))),
    ];
    record("CheckSuite", &["Node"], fields)
}

/// That the forge was asked to merge.
pub(super) fn auto_merge(state: &State, pull: &Pull) -> Option<Thing> {
    let asked = pull.auto_merge.as_ref()?;
    let fields = vec![
        ("enabledAt", held(time(asked.at))),
        ("enabledBy", Held::One(actor(state, &asked.by))),
        ("mergeMethod", held(asked.method.word().to_uppercase())),
        ("commitHeadline", held(Value::Null)),
        ("commitBody", held(Value::Null)),
        ("authorEmail", held(Value::Null)),
    ];
    Some(record("AutoMergeRequest", &[], fields))
}

/// A place in the merge queue.
pub(super) fn queue_entry(state: &State, (repo, number): (u64, u64), pull: &Pull) -> Option<Thing> {
    let queued = pull.queued.as_ref()?;
    let fields = vec![
        ("id", held(node("MQE", &[&queued.entry.to_string()]))),
        ("enqueuedAt", held(time(queued.at))),
        ("enqueuer", Held::One(actor(state, &queued.by))),
        ("position", held(1)),
        ("state", held("AWAITING_CHECKS")),
        ("estimatedTimeToMerge", held(state.settings().queue_time / 1_000)),
        ("pullRequest", Held::One(Thing::Pull(repo, number))),
    ];
    Some(record("MergeQueueEntry", &["Node"], fields))
}

/// How many checks of a kind are in which state, as the `more` of a list.
pub(super) fn counts(words: &[String]) -> Value {
    let mut found: Vec<(String, u64)> = Vec::new();
    for word in words {
        match found.iter_mut().find(|(known, _)| known == word) {
            Some((_, count)) => *count += 1,
            None => found.push((word.clone(), 1)),
        }
    }
    found.into_iter().map(|(state, count)| json!({ "state": state, "count": count })).collect()
}
