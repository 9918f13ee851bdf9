//! Pull requests as they stand: first whether anything changed, then the rest of those only.

mod checks;
mod orders;
mod query;
mod rest;
mod seen;

use fleetwright_core::pull::{Check, PullSeen, PullState};
use fleetwright_forge::{ForgeError, Look};
use serde_json::Value;

pub(crate) use rest::state_of as rest_state_of;
pub(crate) use seen::pull as graph_pull;

use orders::{Seen, authorise};

use crate::batch::Batch;
use crate::graph::Fields;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::sweep::Sweep;
use crate::value::{list, oid};

/// The most further pages of one head's checks.
const CHECK_PAGES: usize = 20;

/// A pull request to be read whole.
struct Due<'a> {
    /// Which of the questions it answers.
    index: usize,
    repo: RepoName<'a>,
    number: u64,
}

/// Looks at pull requests in bulk.
pub(crate) async fn look(hub: &Hub, pulls: &[Look]) -> Vec<Seen> {
    if hub.rest_only() {
        return rest::look(hub, pulls).await;
    }
    let mut answers: Vec<Seen> = Vec::with_capacity(pulls.len());
    let mut asked = Vec::new();
    for (index, look) in pulls.iter().enumerate() {
        match RepoName::new(&look.repo) {
            Ok(repo) => {
                asked.push(Due { index, repo, number: look.number });
                answers.push(Ok(None));
            }
            Err(error) => answers.push(Err(error)),
        }
    }
    // Where nothing is known yet there is nothing that could be the same; and a few are read whole by
    // one request, where asking first would make it two.
    let few = asked.len() <= hub.details.size();
    let (known, mut open): (Vec<Due<'_>>, Vec<Due<'_>>) =
        asked.into_iter().partition(|due| !few && pulls[due.index].mark.is_some());
    let mut closed = Vec::new();
    let shorts = ask(hub, &hub.shorts, &known, query::short).await;
    for (due, short) in known.into_iter().zip(shorts) {
        match short.and_then(|pull| read(hub, &pull, &due)) {
            Err(error) => answers[due.index] = Err(error),
            Ok(seen) if seen::proves(pulls[due.index].mark.as_deref(), &seen.mark) => {}
            Ok(seen) => match seen.state {
                PullState::Open => open.push(due),
                PullState::Closed { .. } => closed.push(due),
                PullState::Merged { .. } => answers[due.index] = Ok(Some(seen)),
            },
        }
    }
    look_at_open(hub, (pulls, open), &mut closed, &mut answers).await;
    look_at_closed(hub, closed, &mut answers).await;
    answers
}

/// Asks one depth of each pull request; the answer is the pull request itself.
async fn ask(
    hub: &Hub,
    batch: &Batch,
    due: &[Due<'_>],
    depth: fn(&Fields, u64) -> String,
) -> Vec<Result<Value, ForgeError>> {
    let numbers: Vec<u64> = due.iter().map(|due| due.number).collect();
    let select = |fields: &Fields, index: usize| depth(fields, numbers[index]);
    let sweep = Sweep { graph: &hub.graph, batch, what: "read pull requests", select: &select };
    let repos: Vec<RepoName<'_>> = due.iter().map(|due| due.repo).collect();
    let answers = sweep.ask(&repos).await;
    let pull = |(answer, due): (Result<Value, ForgeError>, &Due<'_>)| {
        let pull = answer?.get_mut("pullRequest").map(Value::take).filter(|pull| !pull.is_null());
        pull.ok_or_else(|| missing(due))
    };
    answers.into_iter().zip(due).map(pull).collect()
}

fn missing(due: &Due<'_>) -> ForgeError {
    ForgeError::NotFound { what: format!("pull request {} of {}", due.number, due.repo.full) }
}

fn read(hub: &Hub, pull: &Value, due: &Due<'_>) -> Result<PullSeen, ForgeError> {
    let unread = || ForgeError::unknown(format!("{}#{} cannot be read", due.repo.full, due.number));
    seen::pull(pull, hub.now()).ok_or_else(unread)
}

async fn look_at_closed(hub: &Hub, due: Vec<Due<'_>>, answers: &mut [Seen]) {
    let found = ask(hub, &hub.details, &due, query::closed).await;
    for (due, pull) in due.into_iter().zip(found) {
        answers[due.index] = match pull.and_then(|pull| ended(hub, &pull, &due)) {
            Ok(mut seen) => {
                authorise(hub, due.repo, &mut seen).await;
                Ok(Some(seen))
            }
            Err(error) => Err(error),
        };
    }
}

/// A pull request that stands no more.
fn ended(hub: &Hub, pull: &Value, due: &Due<'_>) -> Result<PullSeen, ForgeError> {
    let mut seen = read(hub, pull, due)?;
    match seen.state {
        PullState::Closed { .. } => seen::fill_closed(&mut seen, pull),
        PullState::Merged { .. } => {}
        PullState::Open => return Err(ForgeError::unknown("it was opened again while it was read")),
    }
    Ok(seen)
}

/// Reads open ones whole; those that were closed meanwhile are noted in `closed`.
async fn look_at_open<'a>(
    hub: &Hub,
    (pulls, due): (&[Look], Vec<Due<'a>>),
    closed: &mut Vec<Due<'a>>,
    answers: &mut [Seen],
) {
    let found = ask(hub, &hub.details, &due, query::open).await;
    let mut red = Vec::new();
    for (due, pull) in due.into_iter().zip(found) {
        let mark = pulls[due.index].mark.as_deref();
        let whole = match pull {
            Ok(pull) if read(hub, &pull, &due).is_ok_and(|seen| seen::proves(mark, &seen.mark)) => continue,
            Ok(pull) => whole(hub, &due, &pull).await,
            Err(error) => Err(error),
        };
        match &whole {
            Ok(PullSeen { state: PullState::Closed { .. }, .. }) => {
                closed.push(due);
                continue;
            }
            Ok(seen) if checks::any_red(&seen.checks) => {
                answers[due.index] = whole.map(Some);
                red.push(due);
            }
            _ => answers[due.index] = whole.map(Some),
        }
    }
    compare_with_base(hub, red, answers).await;
}

/// All of an open pull request: further pages of checks, and who may give orders.
async fn whole(hub: &Hub, due: &Due<'_>, pull: &Value) -> Result<PullSeen, ForgeError> {
    let mut seen = read(hub, pull, due)?;
    seen::fill_open(&mut seen, pull);
    let mut next = seen::next_checks(pull).filter(|_| !seen.checks.is_empty());
    for _ in 0..CHECK_PAGES {
        let Some(after) = next else { break };
        let page = more(hub, due, &after).await?;
        if oid(&page, "/headRef/target/oid") != Some(seen.head) {
            return Err(ForgeError::unknown("the head moved while its checks were read"));
        }
        seen.checks.extend(seen::checks_of(&page));
        next = seen::next_checks(&page);
    }
    if next.is_some() {
        return Err(ForgeError::access(due.repo.full, "one commit has more than 2,000 checks"));
    }
    authorise(hub, due.repo, &mut seen).await;
    Ok(seen)
}

async fn more(hub: &Hub, due: &Due<'_>, after: &str) -> Result<Value, ForgeError> {
    let select = |_: &Fields, _: usize| query::more_checks(due.number, after);
    let sweep = Sweep { graph: &hub.graph, batch: &hub.details, what: "read checks", select: &select };
    let mut answers = sweep.ask(&[due.repo]).await;
    let answer = answers.pop().unwrap_or_else(|| Err(missing(due)))?;
    answer.get("pullRequest").cloned().ok_or_else(|| missing(due))
}

/// Whether the same checks are red without the change. Where that cannot be told it stays untold.
async fn compare_with_base(hub: &Hub, due: Vec<Due<'_>>, answers: &mut [Seen]) {
    let bases = ask(hub, &hub.details, &due, |_, number| query::base(number)).await;
    for (due, base) in due.iter().zip(bases) {
        if let (Ok(base), Some(Ok(Some(seen)))) = (base, answers.get_mut(due.index)) {
            let contexts = list(&base, "/baseRef/target/statusCheckRollup/contexts/nodes");
            let on_base: Vec<Check> = contexts.map(checks::check).collect();
            checks::compare(&mut seen.checks, &on_base);
        }
    }
}
