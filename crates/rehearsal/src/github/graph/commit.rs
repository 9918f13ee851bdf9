//! Branches, commits, and all their checks as one.

use std::rc::Rc;

use fleetwright_core::Oid;
use fleetwright_git::CommitFacts;
use serde_json::Value;

use super::connection::{cut, page};
use super::record::{check, counts, suite};
use super::thing::{Answered, Held, Thing, fault, held, leaf, maybe, record};
use crate::github::shape::check::{progress, status_word};
use crate::github::shape::node::node;
use crate::github::shape::time::time;
use crate::graphql::run::{Fault, Given, Got};
use crate::model::check::{Check, CheckKind};
use crate::world::{Refusal, State};

/// A field of a branch.
pub(super) fn branch(state: &State, (repo, name): (u64, &str), field: &str, given: &Given<'_>) -> Answered {
    let known = state.repo(repo).map_err(|refusal| fault(&refusal))?;
    match field {
        "id" => leaf(node("REF", &[&repo.to_string(), name])),
        "name" => leaf(name),
        "prefix" => leaf("refs/heads/"),
        "target" => maybe(known.tip(name).map(|oid| Thing::Commit(repo, oid))),
        "repository" => Ok(Got::One(Thing::Repository(repo))),
        "associatedPullRequests" => {
            let pulls = state.seen_pulls(repo).into_iter().filter(|pull| pull.head == name);
            page("PullRequestConnection", pulls.map(|pull| Thing::Pull(repo, pull.number)).collect(), given)
        }
        "branchProtectionRule" => {
            let rule = known.rules_of(name).map(|rules| {
                let fields = vec![
                    ("id", held(node("BPR", &[&repo.to_string()]))),
                    ("pattern", held(name)),
                    ("requiresStatusChecks", held(!rules.checks.is_empty())),
                    ("requiredStatusCheckContexts", held(rules.checks.clone())),
                    ("requiresApprovingReviews", held(rules.approvals > 0)),
                    ("requiredApprovingReviewCount", held(rules.approvals)),
                    ("requiresStrictStatusChecks", held(rules.strict)),
                ];
                record("BranchProtectionRule", &["Node"], fields)
            });
            maybe(rule)
        }
        _ => Err(Fault::Unknown),
    }
}

/// A field of a commit.
pub(super) fn commit(state: &State, (repo, oid): (u64, Oid), field: &str, given: &Given<'_>) -> Answered {
    let known = state.repo(repo).map_err(|refusal| fault(&refusal))?;
    let checks = known.checks.get(&oid).map(Vec::as_slice).unwrap_or_default();
    match field {
        "id" => leaf(node("C", &[&repo.to_string(), &oid.to_string()])),
        "oid" => leaf(oid.to_string()),
        "abbreviatedOid" => leaf(oid.to_string().chars().take(7).collect::<String>()),
        "url" | "commitUrl" => leaf(format!("{}/{}/commit/{oid}", state.url(), known.full_name())),
        "repository" => Ok(Got::One(Thing::Repository(repo))),
        "statusCheckRollup" => maybe((!checks.is_empty()).then_some(Thing::Rollup(repo, oid))),
        "status" => maybe(status(state, repo, (oid, checks))),
        "checkSuites" => {
            let runs: Vec<Check> =
                checks.iter().filter(|check| check.kind == CheckKind::Run).cloned().collect();
            let suites = if runs.is_empty() { Vec::new() } else { vec![suite(state, known, &runs)] };
            page("CheckSuiteConnection", suites, given)
        }
        "associatedPullRequests" => {
            let pulls = state.seen_pulls(repo).into_iter().filter(|pull| pull.head_oid == oid);
            page("PullRequestConnection", pulls.map(|pull| Thing::Pull(repo, pull.number)).collect(), given)
        }
        _ => written(state, (repo, oid), field, given),
    }
}

/// A field that is in the commit itself.
fn written(state: &State, (repo, oid): (u64, Oid), field: &str, given: &Given<'_>) -> Answered {
    let facts = || -> Result<CommitFacts, Refusal> { Ok(state.open(repo)?.commit_info(oid)?) };
    let facts = || facts().map_err(|refusal| fault(&refusal));
    let (headline, rest) = {
        let message = if field.starts_with("message") { facts()?.message } else { String::new() };
        let (first, rest) = message.split_once('\n').unwrap_or((&message, ""));
        (first.to_owned(), rest.trim_start_matches('\n').to_owned())
    };
    match field {
        "message" => leaf(facts()?.message),
        "messageHeadline" => leaf(headline),
        "messageBody" => leaf(rest),
        "committedDate" | "authoredDate" | "pushedDate" => leaf(time(facts()?.time * 1_000)),
        "tree" => {
            let tree = facts()?.tree.to_string();
            Ok(Got::One(record(
                "Tree",
                &["Node", "GitObject"],
                vec![("oid", held(tree.clone())), ("id", held(tree))],
            )))
        }
        "parents" => {
            let parents = facts()?.parents.into_iter().map(|parent| Thing::Commit(repo, parent));
            page("CommitConnection", parents.collect(), given)
        }
        "author" | "committer" => {
            let facts = facts()?;
            let fields = vec![
                ("name", held(facts.author)),
                ("email", held(facts.author_email)),
                ("date", held(time(facts.time * 1_000))),
                ("user", held(Value::Null)),
            ];
            Ok(Got::One(record("GitActor", &[], fields)))
        }
        "signature" => leaf(Value::Null),
        _ => Err(Fault::Unknown),
    }
}

/// The older view of a commit's statuses.
fn status(state: &State, repo: u64, (oid, checks): (Oid, &[Check])) -> Option<Thing> {
    let known = state.repo(repo).ok()?;
    let statuses: Vec<&Check> = checks.iter().filter(|check| check.kind == CheckKind::Status).collect();
    let owned: Vec<Check> = statuses.iter().map(|check| (*check).clone()).collect();
    let contexts = owned.iter().map(|one| check(state, known, one)).collect();
    let fields = vec![
        ("id", held(node("ST", &[&repo.to_string(), &oid.to_string()]))),
        ("state", held(rolled(&owned))),
        ("contexts", Held::Many(contexts)),
    ];
    (!owned.is_empty()).then(|| record("Status", &["Node"], fields))
}

/// All checks in one word: failed before pending before good.
fn rolled(checks: &[Check]) -> &'static str {
    let words: Vec<&str> = checks.iter().map(status_word).collect();
    match () {
        () if words.contains(&"failure") => "FAILURE",
        () if words.contains(&"pending") => "PENDING",
        () => "SUCCESS",
    }
}

/// A field of all checks as one.
pub(super) fn rollup(state: &State, (repo, oid): (u64, Oid), field: &str, given: &Given<'_>) -> Answered {
    let known = state.repo(repo).map_err(|refusal| fault(&refusal))?;
    let checks = known.checks.get(&oid).map(Vec::as_slice).unwrap_or_default();
    match field {
        "id" => leaf(node("SCR", &[&repo.to_string(), &oid.to_string()])),
        "state" => leaf(rolled(checks)),
        "commit" => Ok(Got::One(Thing::Commit(repo, oid))),
        "contexts" => {
            let all = checks.iter().map(|one| check(state, known, one)).collect();
            let mut list = cut("StatusCheckRollupContextConnection", all, given)?;
            let of = |kind: CheckKind| checks.iter().filter(move |check| check.kind == kind);
            let runs: Vec<String> = of(CheckKind::Run).map(run_word).collect();
            let states: Vec<String> =
                of(CheckKind::Status).map(|check| status_word(check).to_uppercase()).collect();
            list.more = vec![
                ("checkRunCount", Value::from(runs.len())),
                ("checkRunCountsByState", counts(&runs)),
                ("statusContextCount", Value::from(states.len())),
                ("statusContextCountsByState", counts(&states)),
            ];
            Ok(Got::One(Thing::Connection(Rc::new(list))))
        }
        _ => Err(Fault::Unknown),
    }
}

/// `CheckRunState`: what it says, or how far it is.
fn run_word(check: &Check) -> String {
    let (status, _, _, conclusion) = progress(check);
    conclusion.map_or(status, crate::model::check::Conclusion::word).to_uppercase()
}
