//! Where git comes in: who it is, what it may, and what it did.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use fleetwright_core::Oid;
use tokio::sync::Semaphore;

use super::asked::{Asked, What};
use super::process::{Run, run};
use super::push::{self, Push};
use super::wording::closed;
use crate::history::Happened;
use crate::http::answer::Answer;
use crate::http::call::Caller;
use crate::http::dialect::{Dialect, PushRefusal};
use crate::http::request::Request;
use crate::model::account::{Level, Scope};
use crate::world::{Access, Refusal, State, World};

/// The most git processes at once: more than a machine has cores only wait for each other.
const MOST_PROCESSES: usize = 16;

/// Who is at work on which repository.
pub(crate) struct GitDoor {
    places: Semaphore,
    pushing: Mutex<HashMap<u64, Arc<tokio::sync::Mutex<()>>>>,
}

impl Default for GitDoor {
    fn default() -> GitDoor {
        GitDoor { places: Semaphore::new(MOST_PROCESSES), pushing: Mutex::default() }
    }
}

/// The repository, and who came.
struct Admitted {
    repo: u64,
    folder: PathBuf,
    access: Option<Access>,
}

/// Answers git.
pub(crate) async fn answer(
    door: &GitDoor,
    (world, dialect): (&World, &dyn Dialect),
    request: &Request,
    asked: &Asked,
) -> Answer {
    let admitted = {
        let state = world.lock();
        match admit(&state, request, asked) {
            Ok(admitted) => admitted,
            Err(refusal) => return closed(&state, &refusal, asked, request),
        }
    };
    let Ok(_place) = door.places.acquire().await else { return Answer::empty(503) };
    let answered = match asked.what {
        What::Refs { push } => refs(&admitted, request, push).await,
        What::Fetch => fetch(&admitted, request).await,
        What::Push => pushed(door, (world, dialect), &admitted, request).await,
    };
    let answer = answered.unwrap_or_else(|error| {
        Answer::bytes(
            500,
            "text/plain; charset=utf-8",
            format!("git could not be run: {error}\n").into_bytes(),
        )
    });
    let what = match asked.what {
        What::Refs { .. } => "refs",
        What::Fetch => "fetch",
        What::Push => "push",
    };
    let (received, sent) = (request.body.len() as u64, answer.rendered().1.len() as u64);
    world.lock().note(Happened::Git { what, received, sent });
    answer.with("cache-control", "no-cache, max-age=0, must-revalidate")
}

fn admit(state: &State, request: &Request, asked: &Asked) -> Result<Admitted, Refusal> {
    let tokens = request.tokens();
    let access = tokens.iter().find_map(|token| state.access(token).ok());
    let pushes = matches!(asked.what, What::Push | What::Refs { push: true });
    let named = state.repo_named(&asked.repo);
    let public = matches!(named, Ok(id) if state.repo(id).is_ok_and(|repo| !repo.settings.private));
    let repo = match &access {
        Some(access) => {
            let level = if pushes { Level::Write } else { Level::Read };
            state.allowed(access, &asked.repo, Scope::Contents, level)?
        }
        None if public && !pushes && tokens.is_empty() => named?,
        None => return Err(Refusal::BadCredentials),
    };
    Ok(Admitted { repo, folder: state.repo(repo)?.folder.clone(), access })
}

async fn refs(admitted: &Admitted, request: &Request, push: bool) -> std::io::Result<Answer> {
    let service = if push { "receive-pack" } else { "upload-pack" };
    let protocol = request.header("git-protocol").filter(|_| !push);
    let arguments = [service, "--stateless-rpc", "--advertise-refs"];
    let what =
        Run { folder: &admitted.folder, arguments: &arguments, protocol, environment: &[], input: b"" };
    let told = run(what).await?;
    let newer = protocol.is_some_and(|protocol| protocol.contains("version=2"));
    let mut body = Vec::new();
    if !newer {
        body.extend(push::framed(format!("# service=git-{service}\n").as_bytes()));
        body.extend(b"0000");
    }
    body.extend(told);
    let media = match push {
        true => "application/x-git-receive-pack-advertisement",
        false => "application/x-git-upload-pack-advertisement",
    };
    Ok(Answer::bytes(200, media, body))
}

async fn fetch(admitted: &Admitted, request: &Request) -> std::io::Result<Answer> {
    let protocol = request.header("git-protocol");
    let (folder, input) = (admitted.folder.as_path(), request.body.as_slice());
    let media = "application/x-git-upload-pack-result";
    if request.header("content-encoding").is_none() {
        let arguments = ["upload-pack", "--stateless-rpc"];
        let told = run(Run { folder, arguments: &arguments, protocol, environment: &[], input }).await?;
        return Ok(Answer::bytes(200, media, told));
    }
    // A long request comes compressed: git's own CGI program can read that.
    let length = input.len().to_string();
    let root = folder.display().to_string();
    let environment = [
        ("GIT_PROJECT_ROOT", root.as_str()),
        ("GIT_HTTP_EXPORT_ALL", "1"),
        ("PATH_INFO", "/git-upload-pack"),
        ("REQUEST_METHOD", "POST"),
        ("CONTENT_TYPE", "application/x-git-upload-pack-request"),
        ("HTTP_CONTENT_ENCODING", request.header("content-encoding").unwrap_or("gzip")),
        ("CONTENT_LENGTH", length.as_str()),
    ];
    let arguments = ["http-backend"];
    let told = run(Run { folder, arguments: &arguments, protocol, environment: &environment, input }).await?;
    let body = told.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
    Ok(Answer::bytes(200, media, told[body..].to_vec()))
}

async fn pushed(
    door: &GitDoor,
    (world, dialect): (&World, &dyn Dialect),
    admitted: &Admitted,
    request: &Request,
) -> std::io::Result<Answer> {
    let turn = {
        let mut pushing = door.pushing.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(pushing.entry(admitted.repo).or_default())
    };
    let _turn = turn.lock().await;
    let push = push::read(&request.body);
    let media = "application/x-git-receive-pack-result";
    let caller = admitted.access.clone().map_or(Caller::Nobody, |access| Caller::Token(Box::new(access)));
    // The lock must be free again when the words are looked for.
    let forbidden = forbidden(&world.lock(), admitted.repo, &push);
    if let Some((at, refusal)) = forbidden {
        let words = dialect.push_refusal(&world.lock(), &refusal, &caller);
        return Ok(Answer::bytes(200, media, refused(&push, at, &words)));
    }
    let arguments = ["receive-pack", "--stateless-rpc"];
    let (folder, input) = (admitted.folder.as_path(), request.body.as_slice());
    let told = run(Run { folder, arguments: &arguments, protocol: None, environment: &[], input }).await?;
    let mut state = world.lock();
    let login = admitted.access.as_ref().map_or("", |access| access.credential.login.as_str());
    if let Some((at, refusal)) = unwanted(&state, admitted, &push) {
        put_back(&state, admitted.repo, &push);
        let words = dialect.push_refusal(&state, &refusal, &caller);
        return Ok(Answer::bytes(200, media, refused(&push, at, &words)));
    }
    // What cannot be noticed now is noticed at the next look.
    let _ = state.notice(admitted.repo, login);
    Ok(Answer::bytes(200, media, told))
}

fn refused(push: &Push, at: usize, words: &PushRefusal) -> Vec<u8> {
    let reason = |index: usize| {
        if index == at { words.reason.clone() } else { "pre-receive hook declined".to_owned() }
    };
    let reasons: Vec<String> = (0..push.commands.len()).map(reason).collect();
    push::report(push, &reasons, &words.remote)
}

/// What is refused before git sees it: pushes to a protected branch.
fn forbidden(state: &State, repo: u64, push: &Push) -> Option<(usize, Refusal)> {
    let known = state.repo(repo).ok()?;
    let branches = push.commands.iter().map(super::push::Command::branch);
    branches.enumerate().find_map(|(at, branch)| {
        let shut = known.settings.closed.as_deref();
        if let Some(branch) = branch.filter(|branch| shut.is_some_and(|shut| branch.starts_with(shut))) {
            return Some((at, Refusal::Protected(branch.to_owned())));
        }
        let rules = known.rules_of(branch?)?;
        let closed = rules.no_push || !rules.checks.is_empty() || rules.approvals > 0 || rules.queue;
        closed.then(|| (at, Refusal::Protected(branch.unwrap_or_default().to_owned())))
    })
}

/// What is refused once git has the objects: workflow files by a token that may not write them.
fn unwanted(state: &State, admitted: &Admitted, push: &Push) -> Option<(usize, Refusal)> {
    let grant = &admitted.access.as_ref()?.credential.grant;
    if grant.allows(Scope::Workflows, Level::Write) {
        return None;
    }
    push.commands.iter().enumerate().find_map(|(at, command)| {
        let to = command.to?;
        let from = command.from.or_else(|| fork(state, admitted.repo, to));
        let files = state.workflow_files(admitted.repo, from, to).ok()?;
        files.into_iter().next().map(|file| (at, Refusal::Workflow(file)))
    })
}

/// Where a new branch left the default branch.
fn fork(state: &State, repo: u64, to: Oid) -> Option<Oid> {
    let known = state.repo(repo).ok()?;
    state.open(repo).ok()?.merge_base(known.tip(&known.default_branch)?, to).ok()?
}

/// Undoes what git just did. What git refused by itself is where it was.
fn put_back(state: &State, repo: u64, push: &Push) {
    let Ok(repository) = state.open(repo) else { return };
    for command in &push.commands {
        if let Some(branch) = command.branch() {
            let _ = repository.update_branch(branch, command.to, command.from);
        }
    }
}
