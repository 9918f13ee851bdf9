//! Who may write to a repository, and who we are.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::api::Api;
use crate::fault::Deed;
use crate::value::{escape, text};

/// How long an answer is believed, in milliseconds: a permission that is taken away is gone soon.
const BELIEVED: i64 = 5 * 60_000;

/// How many answers are kept.
const KEPT: usize = 10_000;

/// Permissions that were asked for, and our own name.
pub(crate) struct People {
    /// By repository and name: whether they may write, and when that was said.
    known: Mutex<HashMap<(String, String), (bool, i64)>>,
    own: OnceCell<Option<String>>,
}

impl People {
    pub(crate) fn new(login: Option<String>) -> People {
        let own = OnceCell::new();
        if login.is_some() {
            // Only an empty cell is set, and this one is.
            let _ = own.set(login);
        }
        People { known: Mutex::default(), own }
    }

    /// Whether somebody may write to a repository; `None` when the forge does not tell.
    pub(crate) async fn may_write(&self, api: &Api, repo: (&str, &str), login: &str) -> Option<bool> {
        let (full, path) = repo;
        let key = (full.to_owned(), login.to_owned());
        let now = api.http.clock().now();
        if let Some((may, at)) = self.lock().get(&key)
            && now - at < BELIEVED
        {
            return Some(*may);
        }
        let path = format!("{path}/collaborators/{}/permission", escape(login));
        let deed = Deed { repo: full, what: "ask who may write" };
        let said = api.look_for(deed, &path).await.ok()?;
        let may = match said {
            // `role_name` is the finer one, but may be an organisation's own word.
            Some(said) => ["/permission", "/role_name"]
                .iter()
                .any(|at| matches!(text(&said, at), Some("admin" | "maintain" | "write"))),
            None => false,
        };
        let mut known = self.lock();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, (may, now));
        Some(may)
    }

    /// Our own name at the forge, where it can be found out.
    pub(crate) async fn own(&self, ask: impl Future<Output = Option<String>>) -> Option<String> {
        self.own.get_or_init(|| ask).await.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), (bool, i64)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
