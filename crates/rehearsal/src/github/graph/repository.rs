//! Owners and repositories.

use serde_json::{Value, json};

use super::connection::page;
use super::record::{actor, label};
use super::team;
use super::thing::{Answered, Thing, fault, held, leaf, maybe, record};
use crate::github::shape::node::node;
use crate::github::shape::time::time;
use crate::graphql::run::{Fault, Given, Got};
use crate::model::account::{AccountKind, Level, Scope};
use crate::model::method::Method;
use crate::model::pull::{Pull, PullState};
use crate::model::repo::Repo;
use crate::world::{Access, Refusal, State};

/// A repository by its name, as far as the token sees it; an old name leads to it.
pub(super) fn named(state: &State, access: &Access, full: &str) -> Result<Thing, Fault> {
    match state.allowed(access, full, Scope::Metadata, Level::Read) {
        Ok(id) | Err(Refusal::Moved(id)) => Ok(Thing::Repository(id)),
        Err(_) => {
            let message = format!("Could not resolve to a Repository with the name '{full}'.");
            Err(Fault::Refused { kind: "NOT_FOUND", message })
        }
    }
}

/// A field of an owner.
pub(super) fn owner(
    state: &State,
    access: &Access,
    (login, field): (&str, &str),
    given: &Given<'_>,
) -> Answered {
    match field {
        "repositories" => {
            let archived = given.get("isArchived").as_bool();
            let grant = &access.credential.grant;
            let mine = state.repos().filter(|repo| !repo.gone && repo.owner.eq_ignore_ascii_case(login));
            let seen = mine.filter(|repo| !repo.settings.private || grant.reaches(&repo.owner, repo.id));
            let kept = seen.filter(|repo| archived.is_none_or(|archived| repo.settings.archived == archived));
            page("RepositoryConnection", kept.map(|repo| Thing::Repository(repo.id)).collect(), given)
        }
        "repository" => {
            let name = given.text("name").unwrap_or_default();
            named(state, access, &format!("{login}/{name}")).map(Got::One)
        }
        "teams" | "team" if owner_kind(state, login) == "Organization" => {
            team::of_org(state, access, (login, field), given)
        }
        "description" | "email" | "location" => leaf(Value::Null),
        _ => match actor(state, login) {
            Thing::Record(record) => {
                let found = record.fields.iter().find(|(known, _)| *known == field);
                match found {
                    Some((_, super::thing::Held::Leaf(value))) => leaf(value.clone()),
                    _ => Err(Fault::Unknown),
                }
            }
            _ => Err(Fault::Unknown),
        },
    }
}

/// Whether an owner is a person or an organisation.
pub(super) fn owner_kind(state: &State, login: &str) -> &'static str {
    match state.account(login).kind {
        AccountKind::Organization => "Organization",
        AccountKind::User | AccountKind::Bot => "User",
    }
}

/// A field of a repository.
pub(super) fn repository(
    state: &State,
    access: &Access,
    (id, field): (u64, &str),
    given: &Given<'_>,
) -> Answered {
    let repo = state.repo(id).map_err(|refusal| fault(&refusal))?;
    match field {
        "pullRequest" | "pullRequests" => {
            let allowed = state.allowed(access, &repo.full_name(), Scope::Pulls, Level::Read);
            allowed.map_err(|refusal| fault(&refusal))?;
            if field == "pullRequest" { one_pull(state, id, given) } else { pulls(state, repo, given) }
        }
        "owner" => Ok(Got::One(Thing::Owner(repo.owner.clone()))),
        "defaultBranchRef" => {
            maybe(repo.tip(&repo.default_branch).map(|_| Thing::Branch(id, repo.default_branch.clone())))
        }
        "ref" => {
            let name = given.text("qualifiedName").unwrap_or_default();
            let name = name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
            maybe(repo.tip(&name).map(|_| Thing::Branch(id, name)))
        }
        "refs" => {
            let below = given.text("refPrefix").unwrap_or_default();
            let below = below.strip_prefix("refs/heads/").unwrap_or(&below).to_owned();
            let names = repo.branches.keys().filter(|name| name.starts_with(&below));
            page("RefConnection", names.map(|name| Thing::Branch(id, name.clone())).collect(), given)
        }
        "object" => object(state, repo, given),
        "primaryLanguage" => maybe(repo.settings.language.as_ref().map(|name| language(name))),
        "languages" => page(
            "LanguageConnection",
            repo.settings.language.iter().map(|name| language(name)).collect(),
            given,
        ),
        "repositoryTopics" => {
            let topics = repo.settings.topics.iter().map(|name| topic(state, name));
            page("RepositoryTopicConnection", topics.collect(), given)
        }
        "labels" => {
            let labels = repo.labels.values().map(|known| label(state, repo, known));
            page("LabelConnection", labels.collect(), given)
        }
        "label" => {
            let name = given.text("name").unwrap_or_default();
            maybe(repo.labels.get(&name).map(|known| label(state, repo, known)))
        }
        "mergeQueue" => {
            let queue = repo.settings.rules.as_ref().is_some_and(|rules| rules.queue);
            let fields = vec![("id", held(node("MQ", &[&id.to_string()])))];
            maybe(queue.then(|| record("MergeQueue", &["Node"], fields)))
        }
        _ => plain(state, repo, field),
    }
}

/// Fields that are values.
fn plain(state: &State, repo: &Repo, field: &str) -> Answered {
    let full = repo.full_name();
    let allows = |method| repo.settings.methods.contains(&method);
    leaf(match field {
        "id" => json!(crate::github::shape::node::repo(repo.id)),
        "databaseId" => json!(repo.id),
        "name" => json!(repo.name),
        "nameWithOwner" => json!(full),
        "description" => json!(repo.settings.description),
        "url" => json!(format!("{}/{full}", state.url())),
        "resourcePath" => json!(format!("/{full}")),
        "sshUrl" => json!(format!("ssh://git@127.0.0.1/{full}.git")),
        "isArchived" => json!(repo.settings.archived),
        "isPrivate" => json!(repo.settings.private),
        "visibility" => json!(if repo.settings.private { "PRIVATE" } else { "PUBLIC" }),
        "isEmpty" => json!(repo.branches.is_empty()),
        "isDisabled" | "isLocked" | "isFork" | "isTemplate" | "isMirror" => json!(false),
        "isInOrganization" | "hasIssuesEnabled" => json!(true),
        "diskUsage" => json!(repo.bytes / 1_024),
        "pushedAt" | "updatedAt" => json!(time(repo.pushed_at)),
        "createdAt" => json!(time(repo.created_at)),
        "stargazerCount" | "forkCount" => json!(0),
        "homepageUrl" | "licenseInfo" | "parent" => Value::Null,
        "mergeCommitAllowed" => json!(allows(Method::Merge)),
        "squashMergeAllowed" => json!(allows(Method::Squash)),
        "rebaseMergeAllowed" => json!(allows(Method::Rebase)),
        "autoMergeAllowed" => json!(repo.settings.auto_merge),
        "deleteBranchOnMerge" => json!(repo.settings.delete_branch_on_merge),
        "viewerPermission" => json!("WRITE"),
        "viewerDefaultMergeMethod" => json!("MERGE"),
        _ => return Err(Fault::Unknown),
    })
}

fn language(name: &str) -> Thing {
    record(
        "Language",
        &["Node"],
        vec![("id", held(node("LN", &[name]))), ("name", held(name)), ("color", held(Value::Null))],
    )
}

fn topic(state: &State, name: &str) -> Thing {
    let inner = record("Topic", &["Node"], vec![("id", held(node("T", &[name]))), ("name", held(name))]);
    let url = format!("{}/topics/{name}", state.url());
    let fields = vec![
        ("id", held(node("RT", &[name]))),
        ("topic", super::thing::Held::One(inner)),
        ("url", held(url)),
    ];
    record("RepositoryTopic", &["Node"], fields)
}

/// `object(oid:)` or `object(expression:)`, commits only.
fn object(state: &State, repo: &Repo, given: &Given<'_>) -> Answered {
    let expression = given.text("oid").or_else(|| given.text("expression")).unwrap_or_default();
    let found = expression
        .parse()
        .ok()
        .or_else(|| repo.tip(expression.strip_prefix("refs/heads/").unwrap_or(&expression)));
    let there =
        |oid: &fleetwright_core::Oid| state.open(repo.id).is_ok_and(|git| git.commit_info(*oid).is_ok());
    maybe(found.filter(there).map(|oid| Thing::Commit(repo.id, oid)))
}

fn one_pull(state: &State, repo: u64, given: &Given<'_>) -> Answered {
    let number = given.number("number").unwrap_or_default();
    match state.seen_pull(repo, number) {
        Ok(_) => Ok(Got::One(Thing::Pull(repo, number))),
        Err(_) => {
            let message = format!("Could not resolve to a PullRequest with the number of {number}.");
            Err(Fault::Refused { kind: "NOT_FOUND", message })
        }
    }
}

/// `OPEN`, `CLOSED` or `MERGED`.
pub(super) fn state_word(pull: &Pull) -> &'static str {
    match pull.state {
        PullState::Open => "OPEN",
        PullState::Closed { .. } => "CLOSED",
        PullState::Merged { .. } => "MERGED",
    }
}

fn pulls(state: &State, repo: &Repo, given: &Given<'_>) -> Answered {
    let (head, base) = (given.text("headRefName"), given.text("baseRefName"));
    let (states, labels) = (given.texts("states"), given.texts("labels"));
    let fits = |pull: &&Pull| {
        head.as_ref().is_none_or(|head| *head == pull.head)
            && base.as_ref().is_none_or(|base| *base == pull.base)
            && states.as_ref().is_none_or(|states| states.iter().any(|one| one == state_word(pull)))
            && labels.as_ref().is_none_or(|labels| labels.iter().any(|one| pull.labels.contains(one)))
    };
    let mut found: Vec<&Pull> = state.seen_pulls(repo.id).into_iter().filter(fits).collect();
    let order = given.get("orderBy");
    let key = |pull: &Pull| match order["field"].as_str() {
        Some("UPDATED_AT") => (pull.updated_at, pull.number),
        _ => (pull.created_at, pull.number),
    };
    found.sort_by_key(|pull| key(pull));
    if order["direction"].as_str() == Some("DESC") {
        found.reverse();
    }
    let all = found.into_iter().map(|pull| Thing::Pull(repo.id, pull.number)).collect();
    page("PullRequestConnection", all, given)
}
