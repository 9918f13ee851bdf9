//! Pull requests by plain REST, one by one: free while they stay as they are, slow all the same.

use fleetwright_core::Oid;
use fleetwright_core::pull::{Check, MergeDoor, PullRef, PullSeen, PullState, Said};
use fleetwright_forge::{ForgeError, Look};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::orders::{Seen, authorise};
use super::{checks, seen};
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::value::{escape_path, is, list, number, oid, seconds, string, text};

/// The most pages of comments and reviews of one pull request that are read.
const TALK_PAGES: usize = 20;

/// How many of the newest comments are told.
const NEWEST: usize = 20;

/// The words that say what is read.
const WHAT: &str = "read pull requests";

pub(super) async fn look(hub: &Hub, pulls: &[Look]) -> Vec<Seen> {
    let mut answers = Vec::with_capacity(pulls.len());
    for look in pulls {
        answers.push(one(hub, look).await);
    }
    answers
}

async fn one(hub: &Hub, look: &Look) -> Seen {
    let repo = RepoName::new(&look.repo)?;
    let mut seen = whole(hub, repo, look.number).await?;
    let told = serde_json::to_vec(&seen).map_err(ForgeError::unknown)?;
    seen.mark = Sha256::digest(&told).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Ok((look.mark.as_ref() != Some(&seen.mark)).then_some(seen))
}

async fn whole(hub: &Hub, repo: RepoName<'_>, number: u64) -> Result<PullSeen, ForgeError> {
    let deed = Deed { repo: repo.full, what: WHAT };
    let path = format!("{}/pulls/{number}", repo.path());
    let pull = hub.api.look_for(deed, &path).await?;
    let pull =
        pull.ok_or_else(|| ForgeError::NotFound { what: format!("pull request {number} of {}", repo.full) })?;
    if let Some(name) =
        text(&pull, "/base/repo/full_name").filter(|name| !name.eq_ignore_ascii_case(repo.full))
    {
        return Err(crate::api::renamed(repo.full, name));
    }
    let mut seen = state_of(hub, repo, &pull).await?;
    seen.labels = list(&pull, "/labels").map(|label| string(label, "/name")).collect();
    if matches!(seen.state, PullState::Merged { .. }) {
        return Ok(seen);
    }
    seen.comments = comments(hub, repo, number).await?;
    authorise(hub, repo, &mut seen).await;
    if let PullState::Closed { by, reason } = &mut seen.state {
        *reason = seen::reason(&seen.labels, &seen.comments, by, seconds(&pull, "/closed_at"));
        return Ok(seen);
    }
    reviews(hub, repo, &mut seen).await?;
    checked(hub, repo, &pull, &mut seen).await?;
    Ok(seen)
}

/// A pull request without its checks, reviews and comments. What a list says of one that is no
/// longer open is not enough: it is read by itself then.
pub(crate) async fn state_of(hub: &Hub, repo: RepoName<'_>, pull: &Value) -> Result<PullSeen, ForgeError> {
    let unread = || ForgeError::unknown(format!("a pull request of {} cannot be read", repo.full));
    let number = number(pull, "/number").ok_or_else(unread)?;
    let head = oid(pull, "/head/sha").ok_or_else(unread)?;
    let reference = PullRef { number, url: string(pull, "/html_url") };
    let state = match (text(pull, "/state"), text(pull, "/merged_at").is_some() || is(pull, "/merged")) {
        (Some("open"), _) => PullState::Open,
        (_, true) => merged(hub, repo, number, pull).await?,
        _ => closed(hub, repo, number).await?,
    };
    let status = text(pull, "/mergeable_state").unwrap_or_default();
    Ok(PullSeen {
        draft: is(pull, "/draft"),
        mergeable: pull.get("mergeable").and_then(Value::as_bool),
        behind: status == "behind",
        blocked: (status == "blocked").then(|| "the base's protection is not satisfied".to_owned()),
        queued: pull.get("auto_merge").is_some_and(|auto| !auto.is_null()),
        ..PullSeen::bare(reference, state, head)
    })
}

async fn merged(hub: &Hub, repo: RepoName<'_>, number: u64, pull: &Value) -> Result<PullState, ForgeError> {
    let deed = Deed { repo: repo.full, what: WHAT };
    let mut by = string(pull, "/merged_by/login");
    if by.is_empty() {
        let whole = hub.api.read(deed, &format!("{}/pulls/{number}", repo.path())).await?;
        by = string(&whole, "/merged_by/login");
    }
    let commit = oid(pull, "/merge_commit_sha");
    let commit = commit.ok_or_else(|| ForgeError::unknown("the merge's commit is not told"))?;
    let tree = tree_of(hub, repo, commit).await?;
    Ok(PullState::Merged { commit, tree, by })
}

/// A commit's tree.
async fn tree_of(hub: &Hub, repo: RepoName<'_>, commit: Oid) -> Result<Oid, ForgeError> {
    let deed = Deed { repo: repo.full, what: "read a commit" };
    let said = hub.api.read(deed, &format!("{}/git/commits/{commit}", repo.path())).await?;
    oid(&said, "/tree/sha").ok_or_else(|| ForgeError::unknown(format!("the tree of {commit} is not told")))
}

async fn closed(hub: &Hub, repo: RepoName<'_>, number: u64) -> Result<PullState, ForgeError> {
    let deed = Deed { repo: repo.full, what: WHAT };
    let issue = hub.api.look_for(deed, &format!("{}/issues/{number}", repo.path())).await?;
    let by = issue.map(|issue| string(&issue, "/closed_by/login")).unwrap_or_default();
    Ok(PullState::Closed { by, reason: None })
}

async fn comments(hub: &Hub, repo: RepoName<'_>, number: u64) -> Result<Vec<Said>, ForgeError> {
    let deed = Deed { repo: repo.full, what: "read comments" };
    let path = format!("{}/issues/{number}/comments", repo.path());
    let all = hub.api.list(deed, &path, "", TALK_PAGES).await?;
    let own = if all.is_empty() { None } else { hub.own().await };
    let theirs = all.iter().filter(|comment| own.as_deref() != text(comment, "/user/login"));
    let said = |comment: &Value| Said {
        id: text(comment, "/node_id").map_or_else(|| string(comment, "/id"), str::to_owned),
        by: string(comment, "/user/login"),
        may_write: seen::may_write(text(comment, "/author_association").unwrap_or_default()),
        at: seconds(comment, "/created_at").unwrap_or_default(),
        body: string(comment, "/body"),
    };
    let theirs: Vec<Said> = theirs.map(said).collect();
    Ok(theirs[theirs.len().saturating_sub(NEWEST)..].to_vec())
}

/// The latest word of each reviewer. Whether somebody's approval counts is asked for: what a list
/// tells of people is not enough.
async fn reviews(hub: &Hub, repo: RepoName<'_>, seen: &mut PullSeen) -> Result<(), ForgeError> {
    let deed = Deed { repo: repo.full, what: "read reviews" };
    let path = format!("{}/pulls/{}/reviews", repo.path(), seen.pull.number);
    let mut latest: Vec<(String, Value)> = Vec::new();
    for review in hub.api.list(deed, &path, "", TALK_PAGES).await? {
        if matches!(text(&review, "/state"), Some("APPROVED" | "CHANGES_REQUESTED" | "DISMISSED")) {
            let by = string(&review, "/user/login");
            latest.retain(|(other, _)| *other != by);
            latest.push((by, review));
        }
    }
    for (by, review) in latest {
        match text(&review, "/state") {
            Some("CHANGES_REQUESTED") => seen.changes_requested = true,
            Some("APPROVED") if oid(&review, "/commit_id") == Some(seen.head) => {
                let may = hub.people.may_write(&hub.api, (repo.full, &repo.path()), &by).await;
                seen.approvals += u32::from(may == Some(true));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn checked(hub: &Hub, repo: RepoName<'_>, pull: &Value, seen: &mut PullSeen) -> Result<(), ForgeError> {
    seen.checks = checks_at(hub, repo, &seen.head.to_string()).await?;
    let base = string(pull, "/base/ref");
    let rules = rules(hub, repo, &base).await;
    if rules.queue {
        seen.door = MergeDoor::Queue;
    }
    if let Some(required) = rules.required {
        for check in &mut seen.checks {
            check.required = Some(required.contains(&check.name));
        }
    }
    if checks::any_red(&seen.checks)
        && let Ok(on_base) = checks_at(hub, repo, &escape_path(&base)).await
    {
        checks::compare(&mut seen.checks, &on_base);
    }
    Ok(())
}

/// Check runs and statuses of a commit or a branch. A server without statuses has none.
async fn checks_at(hub: &Hub, repo: RepoName<'_>, at: &str) -> Result<Vec<Check>, ForgeError> {
    let deed = Deed { repo: repo.full, what: "read checks" };
    let path = format!("{}/commits/{at}", repo.path());
    let runs =
        hub.api.list(deed, &format!("{path}/check-runs?filter=latest"), "/check_runs", TALK_PAGES).await?;
    let mut all: Vec<Check> = runs.iter().map(checks::check).collect();
    match hub.api.list(deed, &format!("{path}/status"), "/statuses", TALK_PAGES).await {
        Ok(statuses) => all.extend(statuses.iter().map(checks::check)),
        Err(ForgeError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(all)
}

/// What the base's protection asks for, as far as it is told.
struct Rules {
    required: Option<Vec<String>>,
    queue: bool,
}

/// Reads a branch's own protection and the rules of rulesets. Either may be out of sight: then nothing
/// is told, which is no yes.
async fn rules(hub: &Hub, repo: RepoName<'_>, base: &str) -> Rules {
    let deed = Deed { repo: repo.full, what: "read the base's protection" };
    let branch = format!("{}/branches/{}", repo.path(), escape_path(base));
    let branch = hub.api.look_for(deed, &branch).await.ok().flatten();
    let rules = format!("{}/rules/branches/{}", repo.path(), escape_path(base));
    let rules = hub.api.look_for(deed, &rules).await.ok().flatten();
    let kind = |wanted: &'static str| {
        let rules = rules.iter().flat_map(|rules| list(rules, ""));
        rules.filter(move |rule| text(rule, "/type") == Some(wanted))
    };
    let told = branch.iter().flat_map(|branch| list(branch, "/protection/required_status_checks/contexts"));
    let mut required: Vec<String> = told.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    for rule in kind("required_status_checks") {
        required
            .extend(list(rule, "/parameters/required_status_checks").map(|check| string(check, "/context")));
    }
    let known = branch.as_ref().is_some_and(|branch| branch.get("protected").is_some());
    Rules { required: known.then_some(required), queue: kind("merge_queue").next().is_some() }
}
