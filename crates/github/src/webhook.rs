//! Webhooks in: verified over the raw bytes before anything is read, then hints where to look.

use fleetwright_core::Oid;
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Hint, MAX_DELIVERY, Refusal};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::value::{list, number, oid, text};

/// The most hints of one delivery: a push or a check suite names few pull requests.
const MOST: usize = 100;

/// The name of a delivery, the same when it is delivered again: what is seen twice is the same.
pub fn delivery_id<'a>(delivery: &'a Delivery<'_>) -> Option<&'a str> {
    delivery.header("x-github-delivery").filter(|id| !id.is_empty() && id.len() <= 100)
}

/// Verifies a delivery against any of the secrets (there are two while one is replaced) and says where
/// to look. Events that say nothing of pull requests or repositories give no hint.
///
/// # Errors
/// [`Refusal`]; nothing is parsed before the signature is right.
pub fn read(delivery: &Delivery<'_>, secrets: &[Secret]) -> Result<Vec<Hint>, Refusal> {
    if delivery.body.len() > MAX_DELIVERY {
        return Err(Refusal::TooLarge);
    }
    let signature = delivery.header("x-hub-signature-256").and_then(|header| header.strip_prefix("sha256="));
    let signature = signature.and_then(unhex).ok_or(Refusal::Forged)?;
    if !secrets.iter().any(|secret| is_signed(delivery.body, &signature, secret)) {
        return Err(Refusal::Forged);
    }
    let body = json_of(delivery)?;
    let event: Value =
        serde_json::from_slice(&body).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    Ok(hints(delivery.header("x-github-event").unwrap_or_default(), &event))
}

/// Whether the body was signed with this secret; compared in constant time.
fn is_signed(body: &[u8], signature: &[u8; 32], secret: &Secret) -> bool {
    // An empty secret signs nothing: everybody knows it.
    if secret.expose().is_empty() {
        return false;
    }
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return false };
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// The JSON of a body, which a webhook may also be set to send as a form.
fn json_of<'a>(delivery: &Delivery<'a>) -> Result<std::borrow::Cow<'a, [u8]>, Refusal> {
    let form = delivery.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form"));
    if !form {
        return Ok(delivery.body.into());
    }
    let wrong = || Refusal::Unreadable("the form has no `payload`".to_owned());
    let payload = delivery.body.split(|byte| *byte == b'&').find_map(|field| field.strip_prefix(b"payload="));
    Ok(unescape(payload.ok_or_else(wrong)?).into())
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let code = rest.get(1..3).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'%');
        bytes.push(match (code, first) {
            (Some(code), _) => code,
            (None, b'+') => b' ',
            (None, first) => *first,
        });
        rest = if code.is_some() { rest.get(3..).unwrap_or_default() } else { after };
    }
    bytes
}

fn hints(event: &str, body: &Value) -> Vec<Hint> {
    let Some(repo) = text(body, "/repository/full_name").filter(|name| name.len() <= 200) else {
        return moved(event, body);
    };
    let pull = |at: &str| number(body, at).map(|number| Hint::Pull { repo: repo.to_owned(), number });
    let head = |at: &str| oid(body, at).map(|head| Hint::Head { repo: repo.to_owned(), head });
    let whole = || Hint::Repo { repo: repo.to_owned() };
    let mut hints: Vec<Hint> = match event {
        "pull_request"
        | "pull_request_review"
        | "pull_request_review_comment"
        | "pull_request_review_thread" => pull("/pull_request/number").into_iter().collect(),
        // Comments below issues come the same way; they are of no interest.
        "issue_comment" if body.pointer("/issue/pull_request").is_some() => {
            pull("/issue/number").into_iter().collect()
        }
        "check_run" => named(body, "/check_run", repo).chain(head("/check_run/head_sha")).collect(),
        "check_suite" => named(body, "/check_suite", repo).chain(head("/check_suite/head_sha")).collect(),
        "workflow_run" => named(body, "/workflow_run", repo).chain(head("/workflow_run/head_sha")).collect(),
        "status" => head("/sha").into_iter().collect(),
        "push" => pushed(body, repo),
        "merge_group" => {
            let queued = text(body, "/merge_group/head_ref").and_then(queued_pull);
            let queued = queued.map(|number| Hint::Pull { repo: repo.to_owned(), number });
            queued.into_iter().collect()
        }
        "repository" => {
            // Its old name is the one that is known.
            let old = text(body, "/changes/repository/name/from").and_then(|old| {
                let owner = repo.split_once('/')?.0;
                Some(Hint::Repo { repo: format!("{owner}/{old}") })
            });
            old.into_iter().chain([whole()]).collect()
        }
        "branch_protection_rule" | "repository_ruleset" | "public" => vec![whole()],
        _ => Vec::new(),
    };
    hints.truncate(MOST);
    hints
}

/// Pull requests that an event of checks names; those from forks are not named, so its head counts too.
fn named<'a>(body: &'a Value, at: &str, repo: &'a str) -> impl Iterator<Item = Hint> + 'a {
    let event = body.pointer(at).unwrap_or(&Value::Null);
    list(event, "/pull_requests")
        .filter_map(|pull| number(pull, "/number"))
        .map(|number| Hint::Pull { repo: repo.to_owned(), number })
        .take(MOST - 1)
}

/// A push to the default branch moves it, one to another branch moves the head that was there before.
fn pushed(body: &Value, repo: &str) -> Vec<Hint> {
    let branch = text(body, "/ref").and_then(|name| name.strip_prefix("refs/heads/"));
    if branch.is_some() && branch == text(body, "/repository/default_branch") {
        return vec![Hint::Repo { repo: repo.to_owned() }];
    }
    let heads =
        ["/before", "/after"].into_iter().filter_map(|at| oid(body, at)).filter(|head| *head != Oid::ZERO);
    heads.map(|head| Hint::Head { repo: repo.to_owned(), head }).collect()
}

/// The pull request of a merge queue's branch: `gh-readonly-queue/main/pr-12-abc…`.
fn queued_pull(branch: &str) -> Option<u64> {
    let (_, rest) = branch.rsplit_once("/pr-")?;
    rest.split('-').next()?.parse().ok()
}

/// An app's installation says which repositories came or went.
fn moved(event: &str, body: &Value) -> Vec<Hint> {
    if event != "installation_repositories" && event != "installation" {
        return Vec::new();
    }
    let lists = ["/repositories", "/repositories_added", "/repositories_removed"];
    let names = lists.into_iter().flat_map(|at| list(body, at)).filter_map(|repo| text(repo, "/full_name"));
    names.take(MOST).map(|repo| Hint::Repo { repo: repo.to_owned() }).collect()
}
