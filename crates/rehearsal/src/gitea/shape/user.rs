//! Users and organisations.

use serde_json::{Value, json};

use crate::model::account::Account;

/// A user, as everywhere one is named.
pub(in crate::gitea) fn user(base: &str, account: &Account) -> Value {
    let login = &account.login;
    json!({
        "id": account.id,
        "login": login,
        "login_name": "",
        "source_id": 0,
        "full_name": account.name,
        "email": account.email.clone().unwrap_or_else(|| format!("{login}@noreply.git.example")),
        "avatar_url": format!("{base}/avatars/{}", account.id),
        "html_url": format!("{base}/{login}"),
        "language": "",
        "is_admin": false,
        "active": true,
        "username": login,
    })
}
