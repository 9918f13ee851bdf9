//! Users.

use serde_json::{Value, json};

use crate::model::account::Account;

/// A user, as everywhere one is named.
pub(in crate::gitlab) fn user(base: &str, account: &Account) -> Value {
    json!({
        "id": account.id,
        "username": account.login,
        "public_email": account.email.clone().unwrap_or_default(),
        "name": account.name,
        "state": "active",
        "locked": false,
        "avatar_url": null,
        "web_url": format!("{base}/{}", account.login),
    })
}
