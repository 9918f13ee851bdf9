//! Tokens of a GitHub App's installation: minted for a set of repositories and for no more than is to
//! be done, kept until shortly before they end, never shown.

mod jwt;
mod sets;

use std::collections::{HashMap, VecDeque};

use async_trait::async_trait;
use fleetwright_forge::http::{Http, Need, Permission, Reply, Secret, Tokens};
use fleetwright_forge::{Cost, ForgeError};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

pub use jwt::AppKey;

use crate::api::{Api, Write};
use crate::fault::Deed;
use crate::value::{escape, number, seconds, text};
use sets::{Place, Sets};

/// A token is renewed so long before it ends, in milliseconds.
const MARGIN: i64 = 5 * 60_000;

/// The most tokens minted an hour: GitHub's limit is 2,000 for an app, and others may be at it.
const MINTS: usize = 1_900;

const HOUR: i64 = 3_600_000;

/// What tokens are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Read,
    Write,
    Workflows,
    Checks,
    /// For an installation that was not given the right to Actions: their jobs are checks too.
    ChecksAlone,
    Members,
}

impl Kind {
    fn of(permission: Permission) -> Kind {
        match permission {
            Permission::Read => Kind::Read,
            Permission::Contents | Permission::Pulls => Kind::Write,
            Permission::Workflows => Kind::Workflows,
            Permission::Checks => Kind::Checks,
            Permission::Members => Kind::Members,
        }
    }

    fn permissions(self) -> Value {
        match self {
            Kind::Read => json!({ "metadata": "read", "contents": "read", "pull_requests": "read",
                "checks": "read", "statuses": "read" }),
            Kind::Write => json!({ "contents": "write", "pull_requests": "write" }),
            Kind::Workflows => json!({ "contents": "write", "pull_requests": "write", "workflows": "write" }),
            Kind::Checks => json!({ "checks": "write", "actions": "write" }),
            Kind::ChecksAlone => json!({ "checks": "write" }),
            Kind::Members => json!({ "members": "read" }),
        }
    }

    /// What to ask for where this was refused for lack of a permission.
    fn less(self) -> Option<Kind> {
        (self == Kind::Checks).then_some(Kind::ChecksAlone)
    }
}

/// Whose token it is: readers share one for a whole installation, writers one for each set.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    owner: String,
    kind: Kind,
    set: u64,
}

struct Minted {
    secret: Secret,
    ends: i64,
    /// The first so many of its set are covered.
    covers: usize,
}

#[derive(Default)]
struct Kept {
    tokens: HashMap<Key, Minted>,
    installations: HashMap<String, u64>,
    sets: HashMap<String, Sets>,
    mints: VecDeque<i64>,
}

/// Tokens of a GitHub App's installations.
pub struct AppTokens {
    /// A client that signs as the app itself.
    api: Api,
    installation: Option<u64>,
    kept: Mutex<Kept>,
    /// Names of repositories and refused tokens, taken up before the next token is handed out.
    heard: std::sync::Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    repos: Vec<String>,
    refused: Vec<Secret>,
}

impl AppTokens {
    /// Tokens of one installation, or, where none is given, of each owner's. `http` is a client of the
    /// REST API whose tokens come from an [`AppKey`].
    pub fn new(http: &Http, installation: Option<u64>) -> AppTokens {
        AppTokens {
            api: Api::new(http.clone()),
            installation,
            kept: Mutex::default(),
            heard: std::sync::Mutex::default(),
        }
    }

    async fn get(&self, need: Need<'_>, kept: &mut Kept) -> Result<Secret, ForgeError> {
        let about = need.repo.unwrap_or("the app");
        let (owner, name) = about.split_once('/').unwrap_or(("", ""));
        let mut kind = Kind::of(need.permission);
        // A set that holds a repository that is gone is halved until that one is alone.
        for _ in 0..=sets::MOST.ilog2() + 1 {
            let place = match kind {
                Kind::Read | Kind::Members => Place { set: 0, at: 0, members: Vec::new() },
                _ if name.is_empty() => return Err(ForgeError::access(about, "a change needs a repository")),
                _ => kept.sets.entry(owner.to_owned()).or_default().place(name),
            };
            let key = Key { owner: owner.to_owned(), kind, set: place.set };
            let now = self.api.http.clock().now();
            let good = |minted: &&Minted| minted.ends - MARGIN > now && minted.covers > place.at;
            if let Some(minted) = kept.tokens.get(&key).filter(good) {
                return Ok(minted.secret.clone());
            }
            let installation = self.installation(about, owner, kept).await?;
            room(&mut kept.mints, now)?;
            let reply = self.mint(about, installation, (kind, &place.members)).await?;
            if reply.is_success() {
                let minted = read(about, &reply, place.members.len().max(1))?;
                let secret = minted.secret.clone();
                kept.tokens.insert(key, minted);
                return Ok(secret);
            }
            if let Some(less) = kind.less().filter(|_| reply.status == 422 && is_permission(&reply)) {
                kind = less;
                continue;
            }
            let halved = reply.status == 422
                && !is_permission(&reply)
                && kept.sets.get_mut(owner).is_some_and(|sets| sets.halve(place.set));
            if !halved {
                return Err(self.refusal(about, kind, &reply));
            }
        }
        Err(ForgeError::access(about, "no token can be had for it"))
    }

    async fn mint(
        &self,
        about: &str,
        installation: u64,
        what: (Kind, &[String]),
    ) -> Result<Reply, ForgeError> {
        let (kind, repositories) = what;
        let mut body = json!({ "permissions": kind.permissions() });
        if !repositories.is_empty() {
            body["repositories"] = json!(repositories);
        }
        let path = format!("/app/installations/{installation}/access_tokens");
        let deed = Deed { repo: about, what: "get a token" };
        let write = Write {
            deed,
            method: Method::POST,
            path: &path,
            body,
            cost: Cost::Write,
            permission: Permission::Read,
        };
        self.api.write(&write).await
    }

    fn refusal(&self, about: &str, kind: Kind, reply: &Reply) -> ForgeError {
        let said = reply.message();
        match reply.status {
            422 if is_permission(reply) => ForgeError::Refused {
                repo: about.to_owned(),
                why: format!(
                    "the app's installation lacks one of the permissions {}; grant it on the forge's pages ({said})",
                    kind.permissions()
                ),
            },
            404 | 422 => {
                ForgeError::access(about, format!("the app is not installed for it, or it is gone ({said})"))
            }
            _ => self.api.fault(reply, Deed { repo: about, what: "get a token" }),
        }
    }

    async fn installation(&self, about: &str, owner: &str, kept: &mut Kept) -> Result<u64, ForgeError> {
        if let Some(id) = self.installation.or(kept.installations.get(owner).copied()) {
            return Ok(id);
        }
        let deed = Deed { repo: about, what: "find the app's installation" };
        for kind in ["orgs", "users"] {
            let path = format!("/{kind}/{}/installation", escape(owner));
            if let Some(id) = self.api.look_for(deed, &path).await?.and_then(|said| number(&said, "/id")) {
                kept.installations.insert(owner.to_owned(), id);
                return Ok(id);
            }
        }
        Err(ForgeError::access(about, format!("the app is not installed at {owner}")))
    }
}

/// Counts a mint, unless there were too many within the last hour.
fn room(mints: &mut VecDeque<i64>, now: i64) -> Result<(), ForgeError> {
    while mints.front().is_some_and(|at| at + HOUR <= now) {
        mints.pop_front();
    }
    match mints.front() {
        Some(first) if mints.len() >= MINTS => {
            Err(ForgeError::Blocked { until: first + HOUR, why: format!("{MINTS} tokens an hour") })
        }
        _ => {
            mints.push_back(now);
            Ok(())
        }
    }
}

fn is_permission(reply: &Reply) -> bool {
    reply.message().to_lowercase().contains("permission")
}

fn read(about: &str, reply: &Reply, covers: usize) -> Result<Minted, ForgeError> {
    let said: Value = reply.json(about)?;
    let secret = text(&said, "/token").filter(|token| !token.is_empty()).map(Secret::new);
    let ends = seconds(&said, "/expires_at").map(|at| at.saturating_mul(1_000));
    match (secret, ends) {
        (Some(secret), Some(ends)) => Ok(Minted { secret, ends, covers }),
        _ => Err(ForgeError::access(about, "the forge's answer holds no token")),
    }
}

#[async_trait]
impl Tokens for AppTokens {
    async fn token(&self, need: Need<'_>) -> Result<Secret, ForgeError> {
        let mut kept = self.kept.lock().await;
        let heard =
            std::mem::take(&mut *self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        kept.tokens.retain(|_, minted| !heard.refused.contains(&minted.secret));
        for repo in heard.repos {
            if let Some((owner, name)) = repo.split_once('/') {
                kept.sets.entry(owner.to_owned()).or_default().add([name.to_owned()]);
            }
        }
        self.get(need, &mut kept).await
    }

    fn known(&self, repos: &[String]) {
        let mut heard = self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        heard.repos = repos.to_vec();
    }

    fn refused(&self, _: Need<'_>, token: &Secret) -> bool {
        let mut heard = self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        heard.refused.push(token.clone());
        true
    }
}
