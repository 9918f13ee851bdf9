//! Everything there is at one moment, and how it is looked up.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use fleetwright_core::Oid;
use fleetwright_git::Repository;

use super::event::{Delivery, Event, Payload};
use super::refusal::Refusal;
use super::settings::Settings;
use crate::clock::Clock;
use crate::history::{Happened, History};
use crate::limits::Ledger;
use crate::model::account::{Account, AccountKind, Credential, Level, Scope};
use crate::model::app::App;
use crate::model::pull::Pull;
use crate::model::repo::Repo;
use crate::model::team::Team;

/// How a dialect tells of events.
pub trait Voice: Send + Sync {
    /// What is posted for an event: nothing, one or several.
    fn payloads(&self, state: &State, event: &Event) -> Vec<Payload>;

    /// The headers of one delivery, its signature among them.
    fn headers(&self, secret: &str, event: &str, delivery: &str, body: &[u8]) -> Vec<(String, String)>;
}

/// Something that will happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// A machine takes a check.
    CheckRuns {
        /// The repository's number.
        repo: u64,
        /// The commit.
        commit: Oid,
        /// The check's number.
        check: u64,
        /// Which attempt.
        attempt: u32,
    },
    /// A check ends.
    CheckEnds {
        /// The repository's number.
        repo: u64,
        /// The commit.
        commit: Oid,
        /// The check's number.
        check: u64,
        /// Which attempt.
        attempt: u32,
    },
    /// A person acts.
    Person {
        /// Which script.
        script: usize,
        /// The repository's number.
        repo: u64,
        /// The pull request's.
        number: u64,
    },
    /// A merge queue is done with an entry.
    Queue {
        /// The repository's number.
        repo: u64,
        /// The pull request's.
        number: u64,
        /// The entry's.
        entry: u64,
    },
    /// A webhook goes out.
    Deliver(Box<Delivery>),
}

/// A token that was looked at, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The token's rights.
    pub credential: Credential,
}

/// Everything there is.
pub struct State {
    pub(crate) settings: Settings,
    pub(crate) clock: Arc<Clock>,
    pub(crate) last_id: u64,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) credentials: HashMap<String, Credential>,
    pub(crate) apps: Vec<App>,
    pub(crate) teams: Vec<Team>,
    pub(crate) repos: BTreeMap<u64, Repo>,
    /// Names in small letters, old ones too.
    pub(crate) names: HashMap<String, u64>,
    pub(crate) happenings: BTreeMap<(i64, u64), Happening>,
    pub(crate) history: History,
    pub(crate) ledger: Ledger,
    pub(crate) outbox: VecDeque<Delivery>,
    pub(crate) voice: Option<Arc<dyn Voice>>,
    /// Where the forge is, without a slash at the end.
    pub(crate) url: String,
    /// How often each kind of request came, for keyed chance.
    pub(crate) seen: HashMap<String, u64>,
    /// Whether two commits join, by (base, head).
    pub(crate) joins: HashMap<(Oid, Oid), bool>,
}

impl State {
    /// The time, in milliseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// A new number, unique over everything.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Where the forge is, without a slash at the end; empty while it is not served.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How it was set up.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Everything that happened.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Every repository, by number; removed ones too.
    pub fn repos(&self) -> impl Iterator<Item = &Repo> {
        self.repos.values()
    }

    /// A repository by its number.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn repo(&self, id: u64) -> Result<&Repo, Refusal> {
        self.repos.get(&id).filter(|repo| !repo.gone).ok_or(Refusal::NotFound)
    }

    pub(crate) fn repo_mut(&mut self, id: u64) -> Result<&mut Repo, Refusal> {
        self.repos.get_mut(&id).filter(|repo| !repo.gone).ok_or(Refusal::NotFound)
    }

    /// A repository's number by its full name.
    ///
    /// # Errors
    /// [`Refusal::Moved`] for an old name, [`Refusal::NotFound`].
    pub fn repo_named(&self, full: &str) -> Result<u64, Refusal> {
        let full = full.to_lowercase();
        let id = *self.names.get(&full).ok_or(Refusal::NotFound)?;
        let repo = self.repo(id)?;
        if repo.full_name().to_lowercase() == full { Ok(id) } else { Err(Refusal::Moved(id)) }
    }

    /// A repository for a token: as far as it is within reach, and the token may do it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where the token cannot see it, [`Refusal::Forbidden`] where it may see
    /// but not do it, [`Refusal::Archived`] for changes, [`Refusal::Moved`].
    pub fn allowed(&self, access: &Access, full: &str, scope: Scope, level: Level) -> Result<u64, Refusal> {
        let moved = self.repo_named(full);
        let id = match moved {
            Ok(id) | Err(Refusal::Moved(id)) => id,
            Err(other) => return Err(other),
        };
        let repo = self.repo(id)?;
        let grant = &access.credential.grant;
        if repo.settings.private && !grant.reaches(&repo.owner, id) {
            return Err(Refusal::NotFound);
        }
        if moved.is_err() {
            return Err(Refusal::Moved(id));
        }
        if !grant.reaches(&repo.owner, id) && level == Level::Write || !grant.allows(scope, level) {
            return Err(Refusal::Forbidden(scope));
        }
        if level == Level::Write && repo.settings.archived {
            return Err(Refusal::Archived);
        }
        Ok(id)
    }

    /// A pull request as it is.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn pull(&self, repo: u64, number: u64) -> Result<&Pull, Refusal> {
        self.repo(repo)?.pulls.get(&number).ok_or(Refusal::NotFound)
    }

    pub(crate) fn pull_mut(&mut self, repo: u64, number: u64) -> Result<&mut Pull, Refusal> {
        self.repo_mut(repo)?.pulls.get_mut(&number).ok_or(Refusal::NotFound)
    }

    /// A pull request as readers see it just now.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], also while it cannot be seen yet.
    pub fn seen_pull(&self, repo: u64, number: u64) -> Result<&Pull, Refusal> {
        shown(self.pull(repo, number)?, self.now()).ok_or(Refusal::NotFound)
    }

    /// A repository's pull requests as readers see them just now, newest first.
    pub fn seen_pulls(&self, repo: u64) -> Vec<&Pull> {
        let now = self.now();
        let pulls = self.repo(repo).map(|repo| repo.pulls.values().rev());
        pulls.into_iter().flatten().filter_map(|pull| shown(pull, now)).collect()
    }

    /// An account by its name; one of nobody we know is made up.
    pub fn account(&self, login: &str) -> Account {
        let made_up = || Account::new(1, login, AccountKind::User);
        self.accounts.get(&login.to_lowercase()).cloned().unwrap_or_else(made_up)
    }

    /// Opens a repository's folder.
    ///
    /// # Errors
    /// [`Refusal::Git`] for what git says.
    pub fn open(&self, repo: u64) -> Result<Repository, Refusal> {
        Ok(Repository::open(&self.repo(repo)?.folder)?)
    }

    /// Writes down what happened.
    pub(crate) fn note(&mut self, what: Happened) {
        self.history.add(self.clock.now(), what);
    }

    /// Plans something.
    pub(crate) fn plan(&mut self, at: i64, happening: Happening) {
        self.last_id += 1;
        self.happenings.insert((at, self.last_id), happening);
    }
}

fn shown(pull: &Pull, now: i64) -> Option<&Pull> {
    match &pull.shadow {
        Some(shadow) if now < shadow.until => shadow.pull.as_deref(),
        _ => Some(pull),
    }
}
