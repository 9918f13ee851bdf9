//! Mutations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetwright_core::Oid;
use fleetwright_git::{Change, Edit, Mode, RepoPath};
use serde_json::Value;

use super::record::{actor, comment};
use super::root::by_id;
use super::thing::{Answered, Held, Thing, fault, held, record};
use crate::graphql::run::{Fault, Given, Got};
use crate::model::account::{Level, Scope};
use crate::model::method::Method;
use crate::model::pull::ReviewState;
use crate::world::{Access, ApiCommit, MergeOrder, NewPull, PullEdit, Refusal, State};

/// The input of a mutation.
struct Input(Value);

impl Input {
    fn text(&self, name: &str) -> Option<String> {
        self.0[name].as_str().map(str::to_owned)
    }

    fn oid(&self, name: &str) -> Option<Oid> {
        self.0[name].as_str()?.parse().ok()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let list = self.0[name].as_array();
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

fn refuse(text: impl Into<String>) -> Fault {
    Fault::Refused { kind: "UNPROCESSABLE", message: text.into() }
}

/// The pull request an input names, if the token may change it.
fn pull_of(state: &State, access: &Access, id: Option<String>) -> Result<(u64, u64), Fault> {
    let id = id.unwrap_or_default();
    match by_id(state, access, &id) {
        Some(Thing::Pull(repo, number)) => {
            may(state, access, repo, Scope::Pulls)?;
            Ok((repo, number))
        }
        _ => {
            let message = format!("Could not resolve to a node with the global id of '{id}'");
            Err(Fault::Refused { kind: "NOT_FOUND", message })
        }
    }
}

fn may(state: &State, access: &Access, repo: u64, scope: Scope) -> Result<(), Fault> {
    let name = state.repo(repo).map_err(|refusal| fault(&refusal))?.full_name();
    state.allowed(access, &name, scope, Level::Write).map(drop).map_err(|refusal| fault(&refusal))
}

/// What most mutations answer.
fn done(input: &Input, mut fields: Vec<(&'static str, Held)>) -> Answered {
    fields.push(("clientMutationId", held(input.0["clientMutationId"].clone())));
    Ok(Got::One(record("Payload", &[], fields)))
}

/// Changes something.
pub(super) fn mutation(state: &mut State, access: &Access, name: &str, given: &Given<'_>) -> Answered {
    let input = Input(given.get("input"));
    let by = access.credential.login.clone();
    match name {
        "createCommitOnBranch" => return commit(state, access, &input),
        "createPullRequest" => return open(state, access, &input),
        "addComment" => return talk(state, access, &input),
        _ => {}
    }
    let id = ["pullRequestId", "labelableId", "id"].iter().find_map(|field| input.text(field));
    let known = [
        "updatePullRequest",
        "closePullRequest",
        "reopenPullRequest",
        "markPullRequestReadyForReview",
        "convertPullRequestToDraft",
        "mergePullRequest",
        "enablePullRequestAutoMerge",
        "disablePullRequestAutoMerge",
        "enqueuePullRequest",
        "dequeuePullRequest",
        "requestReviews",
        "addPullRequestReview",
    ];
    if !known.contains(&name) {
        return Err(Fault::Unknown);
    }
    let (repo, number) = pull_of(state, access, id)?;
    act(state, (repo, number), (name, &input), &by).map_err(|refusal| fault(&refusal))?;
    let pull = Thing::Pull(repo, number);
    let entry = state.pull(repo, number).ok().cloned();
    let entry = entry.and_then(|pull| super::record::queue_entry(state, (repo, number), &pull));
    let mut fields = vec![("pullRequest", Held::One(pull)), ("actor", Held::One(actor(state, &by)))];
    fields.extend(entry.map(|entry| ("mergeQueueEntry", Held::One(entry))));
    done(&input, fields)
}

/// Mutations of one pull request.
fn act(
    state: &mut State,
    (repo, number): (u64, u64),
    (name, input): (&str, &Input),
    by: &str,
) -> Result<(), Refusal> {
    let mut edit = PullEdit::default();
    let method =
        || input.text("mergeMethod").and_then(|word| Method::from_word(&word)).unwrap_or(Method::Merge);
    let head = input.oid("expectedHeadOid");
    match name {
        "mergePullRequest" => {
            let order = MergeOrder {
                head,
                title: input.text("commitHeadline"),
                message: input.text("commitBody"),
                ..MergeOrder::new(method(), by)
            };
            return state.merge_pull(repo, number, &order).map(drop);
        }
        "enablePullRequestAutoMerge" => return state.auto_merge(repo, number, (method(), head), by),
        "disablePullRequestAutoMerge" => return state.no_auto_merge(repo, number, by),
        "enqueuePullRequest" => return state.enqueue(repo, number, head, by).map(drop),
        "dequeuePullRequest" => return state.dequeue(repo, number, by),
        "requestReviews" => return ask(state, (repo, number), input, by),
        "addPullRequestReview" => {
            let word = input.text("event").unwrap_or_default();
            let body = input.text("body").unwrap_or_default();
            let verdict = match word.as_str() {
                "APPROVE" => ReviewState::Approved,
                "REQUEST_CHANGES" => ReviewState::ChangesRequested,
                _ => ReviewState::Commented,
            };
            return state.review(repo, number, (verdict, &body), by).map(drop);
        }
        "closePullRequest" => edit.open = Some(false),
        "reopenPullRequest" => edit.open = Some(true),
        "markPullRequestReadyForReview" => edit.draft = Some(false),
        "convertPullRequestToDraft" => edit.draft = Some(true),
        _ => {
            let open = input.text("state").map(|word| word == "OPEN");
            let (title, body, base) = (input.text("title"), input.text("body"), input.text("baseRefName"));
            edit = PullEdit { title, body, base, open, draft: None };
        }
    }
    state.edit_pull(repo, number, &edit, by)
}

fn ask(state: &mut State, (repo, number): (u64, u64), input: &Input, by: &str) -> Result<(), Refusal> {
    let wanted = input.texts("userIds");
    let id = |account: &crate::model::account::Account| {
        crate::github::shape::node::node("U", &[&account.id.to_string()])
    };
    let accounts = state.accounts.values().filter(|account| wanted.contains(&id(account)));
    let logins: Vec<String> = accounts.map(|account| account.login.clone()).collect();
    state.ask(repo, number, &logins, by)
}

fn open(state: &mut State, access: &Access, input: &Input) -> Answered {
    let id = input.text("repositoryId").unwrap_or_default();
    let Some(Thing::Repository(repo)) = by_id(state, access, &id) else {
        let message = format!("Could not resolve to a node with the global id of '{id}'");
        return Err(Fault::Refused { kind: "NOT_FOUND", message });
    };
    may(state, access, repo, Scope::Pulls)?;
    let owner = state.repo(repo).map(|repo| repo.owner.clone()).unwrap_or_default();
    let text = |name| input.text(name).unwrap_or_default();
    let head = text("headRefName");
    let new = NewPull {
        head: head.strip_prefix(&format!("{owner}:")).unwrap_or(&head).to_owned(),
        base: text("baseRefName"),
        title: text("title"),
        body: text("body"),
        draft: input.0["draft"].as_bool().unwrap_or(false),
        by: access.credential.login.clone(),
    };
    let number = state.open_pull(repo, &new).map_err(|refusal| match refusal {
        Refusal::AlreadyOpen { branch, .. } => {
            refuse(format!("A pull request already exists for {owner}:{branch}."))
        }
        Refusal::NoCommits { base, head } => refuse(format!("No commits between {base} and {head}")),
        Refusal::Invalid { field: "head", .. } => {
            refuse("Head sha can't be blank, Head ref must be a branch")
        }
        other => fault(&other),
    })?;
    done(input, vec![("pullRequest", Held::One(Thing::Pull(repo, number)))])
}

fn talk(state: &mut State, access: &Access, input: &Input) -> Answered {
    let (repo, number) = pull_of(state, access, input.text("subjectId"))?;
    let (by, body) = (access.credential.login.clone(), input.text("body").unwrap_or_default());
    state.comment(repo, number, &body, &by).map_err(|refusal| fault(&refusal))?;
    let known = state.repo(repo).map_err(|refusal| fault(&refusal))?;
    let pull = state.pull(repo, number).map_err(|refusal| fault(&refusal))?;
    let Some(last) = pull.comments.last() else { return Err(refuse("the comment is gone")) };
    let node = comment(state, (known, number), last, &by);
    let edge = record("IssueCommentEdge", &[], vec![("node", Held::One(node))]);
    done(input, vec![("commentEdge", Held::One(edge)), ("subject", Held::One(Thing::Pull(repo, number)))])
}

/// `createCommitOnBranch`.
fn commit(state: &mut State, access: &Access, input: &Input) -> Answered {
    let place = &input.0["branch"];
    let full = place["repositoryNameWithOwner"].as_str().unwrap_or_default().to_owned();
    let branch = place["branchName"].as_str().unwrap_or_default();
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch).to_owned();
    let allowed = state.allowed(access, &full, Scope::Contents, Level::Write);
    let repo = allowed.map_err(|refusal| match refusal {
        Refusal::NotFound => {
            let message = format!("Could not resolve to a Repository with the name '{full}'.");
            Fault::Refused { kind: "NOT_FOUND", message }
        }
        other => fault(&other),
    })?;
    let parent = input.oid("expectedHeadOid").ok_or_else(|| refuse("expectedHeadOid is not a valid oid"))?;
    let edits = edits(&input.0["fileChanges"])?;
    let workflow =
        edits.iter().map(|edit| edit.path.to_string()).find(|path| path.starts_with(".github/workflows/"));
    if workflow.is_some() && !access.credential.grant.allows(Scope::Workflows, Level::Write) {
        return Err(fault(&Refusal::Forbidden(Scope::Workflows)));
    }
    let said = &input.0["message"];
    let (headline, body) =
        (said["headline"].as_str().unwrap_or_default(), said["body"].as_str().unwrap_or_default());
    let message = if body.is_empty() { headline.to_owned() } else { format!("{headline}\n\n{body}") };
    let order =
        ApiCommit { branch: branch.clone(), parent, edits, message, by: access.credential.login.clone() };
    let oid = state.commit(repo, &order).map_err(|refusal| match refusal {
        Refusal::HeadMoved(_) => {
            let message =
                format!("Expected branch to point to \"{parent}\" but it did not. Pull and try again.");
            Fault::Refused { kind: "STALE_DATA", message }
        }
        Refusal::NoReference => refuse(format!("No such branch: {branch}")),
        other => fault(&other),
    })?;
    let fields = vec![
        ("commit", Held::One(Thing::Commit(repo, oid))),
        ("ref", Held::One(Thing::Branch(repo, branch))),
    ];
    done(input, fields)
}

fn edits(changes: &Value) -> Result<Vec<Edit>, Fault> {
    let mut edits = Vec::new();
    let path = |one: &Value| {
        RepoPath::new(one["path"].as_str().unwrap_or_default()).map_err(|error| refuse(error.to_string()))
    };
    for one in changes["additions"].as_array().into_iter().flatten() {
        let text: String = one["contents"].as_str().unwrap_or_default().split_whitespace().collect();
        let content = STANDARD.decode(text).map_err(|_| refuse("contents is not valid Base64"))?;
        edits.push(Edit { path: path(one)?, change: Change::Put { mode: Mode::File, content } });
    }
    for one in changes["deletions"].as_array().into_iter().flatten() {
        edits.push(Edit { path: path(one)?, change: Change::Delete });
    }
    Ok(edits)
}
