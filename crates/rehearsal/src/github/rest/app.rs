//! GitHub Apps: their installations, and tokens minted for them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::github::shape::time::time;
use crate::github::shape::user::user;
use crate::http::answer::Answer;
use crate::http::call::{Call, Caller};
use crate::model::account::{Grant, Level, Reach, Scope};
use crate::model::app::{App, Installation};
use crate::world::Refusal;

/// The App that asks.
fn own(call: &Call<'_>) -> Result<App, Refusal> {
    let Caller::App(id) = call.caller else { return Err(Refusal::NeedsJwt) };
    call.state.app(id).cloned().ok_or(Refusal::BadCredentials)
}

fn permissions(scopes: &BTreeMap<Scope, Level>) -> Value {
    let mut shown = Map::new();
    for (scope, level) in scopes {
        let word = if *level == Level::Write { "write" } else { "read" };
        shown.insert(scope.word().to_owned(), json!(word));
    }
    Value::Object(shown)
}

fn shown(call: &Call<'_>, app: &App, installation: &Installation) -> Value {
    let account = call.state.account(&installation.account);
    let base = call.base;
    json!({
        "id": installation.id,
        "account": user(base, &account),
        "access_tokens_url": format!("{base}/app/installations/{}/access_tokens", installation.id),
        "repositories_url": format!("{base}/installation/repositories"),
        "html_url": format!("{base}/organizations/{}/settings/installations/{}", account.login, installation.id),
        "app_id": app.id,
        "app_slug": app.slug,
        "client_id": format!("Iv1.{}", app.slug),
        "target_id": account.id,
        "target_type": "Organization",
        "permissions": permissions(&installation.scopes),
        "events": ["pull_request", "push"],
        "single_file_name": null,
        "repository_selection": if matches!(installation.reach, Reach::Repos(_)) { "selected" } else { "all" },
        "created_at": time(0),
        "updated_at": time(0),
        "suspended_by": null,
        "suspended_at": null,
    })
}

/// `GET /app`.
pub(super) fn app(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let app = own(call)?;
    let mut scopes = BTreeMap::new();
    for installation in &app.installations {
        scopes.extend(installation.scopes.clone());
    }
    Ok(Answer::ok(json!({
        "id": app.id,
        "slug": app.slug,
        "node_id": crate::github::shape::node::node("A", &[&app.id.to_string()]),
        "client_id": format!("Iv1.{}", app.slug),
        "owner": user(call.base, &call.state.account("fleetwright")),
        "name": app.slug,
        "description": null,
        "external_url": call.base,
        "html_url": format!("{}/apps/{}", call.base, app.slug),
        "created_at": time(0),
        "updated_at": time(0),
        "permissions": permissions(&scopes),
        "events": ["pull_request", "push"],
        "installations_count": app.installations.len(),
    })))
}

/// `GET /app/installations`.
pub(super) fn installations(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let app = own(call)?;
    let all: Vec<&Installation> = app.installations.iter().collect();
    Ok(super::pages::Page::of(call).list(call, all, |one| shown(call, &app, one)))
}

/// `GET /orgs/{org}/installation` and `GET /repos/{owner}/{repo}/installation`.
pub(super) fn of_owner(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let app = own(call)?;
    let names = [call.param("org"), call.param("owner"), call.param("username")];
    let owner = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let found = app.installations.iter().find(|one| one.account.eq_ignore_ascii_case(owner));
    Ok(Answer::ok(shown(call, &app, found.ok_or(Refusal::NotFound)?)))
}

/// `POST /app/installations/{installation_id}/access_tokens`.
pub(super) fn mint(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let app = own(call)?;
    let id = call.number("installation_id")?;
    let installation = call.state.installation(app.id, id)?.clone();
    let scopes = narrowed(call, &installation)?;
    let reach = within(call, &installation)?;
    let selected = matches!(reach, Reach::Repos(_));
    let (token, expires) = call.state.mint(app.id, id, Grant { reach, scopes: scopes.clone() })?;
    Ok(Answer::json(
        201,
        json!({
            "token": token,
            "expires_at": time(expires),
            "permissions": permissions(&scopes),
            "repository_selection": if selected { "selected" } else { "all" },
        }),
    ))
}

/// The permissions that are asked for: none the installation has not.
fn narrowed(call: &Call<'_>, installation: &Installation) -> Result<BTreeMap<Scope, Level>, Refusal> {
    let Some(asked) = call.body.get("permissions").and_then(Value::as_object) else {
        return Ok(installation.scopes.clone());
    };
    let more = || {
        let text = "The permissions requested are not granted to this installation.";
        Refusal::Malformed(text.to_owned())
    };
    let mut scopes = BTreeMap::new();
    for (word, level) in asked {
        let scope = Scope::from_word(word).ok_or_else(more)?;
        let level = if level == "write" { Level::Write } else { Level::Read };
        let granted = *installation.scopes.get(&scope).ok_or_else(more)?;
        if granted < level {
            return Err(more());
        }
        scopes.insert(scope, level);
    }
    Ok(scopes)
}

/// The repositories that are asked for: none the installation does not reach.
fn within(call: &Call<'_>, installation: &Installation) -> Result<Reach, Refusal> {
    let names = call.texts("repositories");
    let ids = call.body.get("repository_ids").and_then(Value::as_array).cloned().unwrap_or_default();
    if names.is_empty() && ids.is_empty() {
        return Ok(match &installation.reach {
            Reach::All => Reach::Owner(installation.account.clone()),
            other => other.clone(),
        });
    }
    let missing = || {
        let text = "There is at least one repository that does not exist or is not accessible to the \
            parent installation.";
        Refusal::Malformed(text.to_owned())
    };
    let mut found: BTreeSet<u64> = ids.iter().filter_map(Value::as_u64).collect();
    for name in names {
        let full = format!("{}/{name}", installation.account);
        found.insert(call.state.repo_named(&full).map_err(|_| missing())?);
    }
    let whole = Grant { reach: installation.reach.clone(), scopes: BTreeMap::new() };
    let reached = |id: &u64| {
        call.state.repo(*id).is_ok_and(|repo| {
            repo.owner.eq_ignore_ascii_case(&installation.account) && whole.reaches(&repo.owner, *id)
        })
    };
    if found.len() > 500 || !found.iter().all(reached) { Err(missing()) } else { Ok(Reach::Repos(found)) }
}
