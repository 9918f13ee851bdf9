//! Who one is, and how much one may still ask.

use serde_json::{Map, Value, json};

use super::pages::Page;
use crate::github::shape::user::{organization, own, public};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::limits::{Limits, Unit};
use crate::model::account::{Account, AccountKind, TokenKind};
use crate::world::Refusal;

/// `GET /user`.
pub(super) fn user(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let access = call.access()?;
    if let TokenKind::Installation { .. } = access.credential.kind {
        return Err(Refusal::Forbidden(crate::model::account::Scope::Metadata));
    }
    let account = call.state.account(&access.credential.login);
    Ok(Answer::ok(own(call.base, &account, 0)).with("x-oauth-scopes", "repo, workflow, read:org"))
}

/// `GET /rate_limit`, which counts nowhere.
pub(super) fn rate_limit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    if call.state.settings().limits == Limits::off() {
        // As GitHub Enterprise Server answers where limits are off.
        return Err(Refusal::NotFound);
    }
    let standing = call.state.standing(&call.caller.budget());
    let now = call.state.now() / 1_000;
    let of = |unit: Unit| {
        let found = standing.iter().find(|standing| standing.unit == unit);
        let (limit, used, reset) = found.map_or((60, 0, now), |s| (s.limit, s.used, s.reset / 1_000));
        json!({ "limit": limit, "used": used, "remaining": limit - used, "reset": reset })
    };
    let mut resources = Map::new();
    resources.insert("core".to_owned(), of(Unit::Rest));
    resources.insert("graphql".to_owned(), of(Unit::Graphql));
    let search = json!({ "limit": 30, "used": 0, "remaining": 30, "reset": now + 60 });
    resources.insert("search".to_owned(), search);
    Ok(Answer::ok(json!({ "resources": Value::Object(resources), "rate": of(Unit::Rest) })))
}

/// `GET /users/{username}`.
pub(super) fn named(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let known = call.state.accounts.get(&call.param("username").to_lowercase()).cloned();
    Ok(Answer::ok(public(call.base, &known.ok_or(Refusal::NotFound)?, 0)))
}

/// `GET /user/orgs`.
pub(super) fn orgs(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.access()?;
    let all = call.state.accounts.values().filter(|account| account.kind == AccountKind::Organization);
    let all: Vec<Account> = all.cloned().collect();
    Ok(Page::of(call).list(call, all, |account| organization(call.base, &account)))
}
