//! Pull requests by their branch.

use fleetwright_core::pull::PullState;
use fleetwright_forge::{ForgeError, Found, Look};
use serde_json::Value;

use crate::fault::Deed;
use crate::graph::{Fields, quote};
use crate::hub::Hub;
use crate::look;
use crate::repo::RepoName;
use crate::sweep::Sweep;
use crate::value::{escape, is, list, string, text};

type Answer = Result<Vec<Found>, ForgeError>;

/// The most pull requests from one branch that are told: the newest.
const NEWEST: usize = 10;

/// Every pull request from a branch of the repository itself; a fork's branch of the same name is
/// somebody else's.
pub(crate) async fn find(hub: &Hub, branches: &[(String, String)]) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::with_capacity(branches.len());
    let mut asked = Vec::new();
    for (index, (repo, branch)) in branches.iter().enumerate() {
        match RepoName::new(repo) {
            Ok(repo) if hub.rest_only() => answers.push(by_rest(hub, repo, branch).await),
            Ok(repo) => {
                asked.push((index, repo, branch));
                answers.push(Ok(Vec::new()));
            }
            Err(error) => answers.push(Err(error)),
        }
    }
    let select = |_: &Fields, at: usize| select(asked[at].2);
    let sweep = Sweep { graph: &hub.graph, batch: &hub.finds, what: "find pull requests", select: &select };
    let repos: Vec<RepoName<'_>> = asked.iter().map(|(_, repo, _)| *repo).collect();
    for ((index, name, _), answer) in asked.iter().zip(sweep.ask(&repos).await) {
        // Whoever looks for a pull request may open one next, and that goes to the default branch.
        if let Some(default) = answer.as_ref().ok().and_then(|repo| text(repo, "/defaultBranchRef/name")) {
            hub.keep_defaults(std::iter::once((name.full, default)));
        }
        answers[*index] = answer.and_then(|repo| {
            let own = list(&repo, "/pullRequests/nodes").filter(|pull| !is(pull, "/isCrossRepository"));
            own.map(read).collect()
        });
    }
    who_closed(hub, branches, &mut answers).await;
    answers
}

/// One connection a branch: a hundred are a point.
fn select(branch: &str) -> String {
    format!(
        "defaultBranchRef {{ name }} pullRequests(headRefName: {}, first: {NEWEST}, states: [OPEN, CLOSED, MERGED], \
         orderBy: {{ field: CREATED_AT, direction: DESC }}) {{ nodes {{ number url state isDraft headRefOid \
         isCrossRepository mergeable body mergeCommit {{ oid tree {{ oid }} }} mergedBy {{ login }} }} }}",
        quote(branch)
    )
}

/// A mark is not given: the first look has more to tell.
fn read(pull: &Value) -> Result<Found, ForgeError> {
    let mut seen = look::graph_pull(pull, 0)
        .ok_or_else(|| ForgeError::unknown(format!("{} cannot be read", string(pull, "/url"))))?;
    seen.mark.clear();
    Ok(Found { seen, body: string(pull, "/body") })
}

/// Who closed one, and why, is a question of its own, asked of closed ones only.
async fn who_closed(hub: &Hub, branches: &[(String, String)], answers: &mut [Answer]) {
    let mut looks = Vec::new();
    let mut places = Vec::new();
    for (index, answer) in answers.iter().enumerate() {
        for (at, found) in answer.iter().flatten().enumerate() {
            if matches!(&found.seen.state, PullState::Closed { by, .. } if by.is_empty()) {
                let repo = branches[index].0.clone();
                looks.push(Look { repo, number: found.seen.pull.number, mark: None });
                places.push((index, at));
            }
        }
    }
    if looks.is_empty() || hub.rest_only() {
        return;
    }
    for ((index, at), seen) in places.into_iter().zip(look::look(hub, &looks).await) {
        match (seen, &mut answers[index]) {
            (Ok(Some(seen)), Ok(found)) => found[at].seen = seen,
            (Err(error), answer) => *answer = Err(error),
            _ => {}
        }
    }
}

async fn by_rest(hub: &Hub, repo: RepoName<'_>, branch: &str) -> Answer {
    let deed = Deed { repo: repo.full, what: "find pull requests" };
    let path = format!(
        "{}/pulls?state=all&sort=created&direction=desc&per_page={NEWEST}&head={}:{}",
        repo.path(),
        escape(repo.owner),
        escape(branch)
    );
    let pulls = hub.api.read(deed, &path).await?;
    let mut found = Vec::new();
    for pull in list(&pulls, "") {
        let own = text(pull, "/head/repo/full_name").is_none_or(|head| head.eq_ignore_ascii_case(repo.full));
        if own && text(pull, "/head/ref") == Some(branch) {
            let seen = look::rest_state_of(hub, repo, pull).await?;
            found.push(Found { seen, body: string(pull, "/body") });
        }
    }
    Ok(found)
}
