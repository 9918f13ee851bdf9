//! People, robots and organisations.

use serde_json::{Value, json};

use super::node::{extend, node};
use super::time::time;
use crate::model::account::{Account, AccountKind};

/// An account as it stands inside other things.
pub(in crate::github) fn user(base: &str, account: &Account) -> Value {
    let login = &account.login;
    let named = login.replace('[', "%5B").replace(']', "%5D");
    let url = format!("{base}/users/{named}");
    json!({
        "login": login,
        "id": account.id,
        "node_id": node("U", &[&account.id.to_string()]),
        "avatar_url": format!("{base}/avatars/{}", account.id),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("{base}/{named}"),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": match account.kind {
            AccountKind::User => "User",
            AccountKind::Bot => "Bot",
            AccountKind::Organization => "Organization",
        },
        "site_admin": false,
    })
}

/// An organisation.
pub(in crate::github) fn organization(base: &str, account: &Account) -> Value {
    let url = format!("{base}/orgs/{}", account.login);
    json!({
        "login": account.login,
        "id": account.id,
        "node_id": node("O", &[&account.id.to_string()]),
        "url": url,
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events"),
        "hooks_url": format!("{url}/hooks"),
        "issues_url": format!("{url}/issues"),
        "members_url": format!("{url}/members{{/member}}"),
        "public_members_url": format!("{url}/public_members{{/member}}"),
        "avatar_url": format!("{base}/avatars/{}", account.id),
        "description": null,
    })
}

/// An account as it sees itself.
pub(in crate::github) fn own(base: &str, account: &Account, at: i64) -> Value {
    let mut shown = public(base, account, at);
    let more = json!({
        "private_gists": 0,
        "total_private_repos": 0,
        "owned_private_repos": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": true,
        "user_view_type": "private",
    });
    extend(&mut shown, more);
    shown
}

/// An account as everybody sees it.
pub(in crate::github) fn public(base: &str, account: &Account, at: i64) -> Value {
    let mut shown = user(base, account);
    let more = json!({
        "user_view_type": "public",
        "name": account.name,
        "company": null,
        "blog": "",
        "location": null,
        "email": account.email,
        "hireable": null,
        "bio": null,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": time(at),
        "updated_at": time(at),
    });
    extend(&mut shown, more);
    shown
}
