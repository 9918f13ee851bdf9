//! The fleet, opened: database, forges, mirrors, sandbox.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use fleetwright_core::budget::Caps;
use fleetwright_core::secret::Keyring;
use fleetwright_forge::{Clock, Forge, SystemClock};
use fleetwright_local::LocalForge;
use fleetwright_runner::Sandbox;
use fleetwright_store::{Account, RepoRow, Silent, Store, Witness};

use crate::config::{Config, ForgeConfig, LocalConfig};
use crate::error::EngineError;
use crate::hosted;
use crate::marker::MarkerKey;
use crate::scratch::Scratch;
use crate::shelf::{MadeOf, Shelf};

/// Where tests put their hands on: what sees commits, and what stands before the forges.
#[derive(Clone)]
pub struct Seams {
    /// Sees every durable commit.
    pub witness: Arc<dyn Witness>,
    /// Stands before every forge.
    pub forge: fn(Arc<dyn Forge>) -> Arc<dyn Forge>,
    /// What time it is, for everything that waits.
    pub clock: Arc<dyn Clock>,
    /// Learns every secret that is in use, so that whoever shows or stores a text can mask it.
    pub keyring: Keyring,
}

impl Default for Seams {
    fn default() -> Self {
        let (witness, clock) = (Arc::new(Silent), Arc::new(SystemClock));
        Seams { witness, forge: |forge| forge, clock, keyring: Keyring::default() }
    }
}

/// How commands are kept from the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// In the sandbox; without one nothing runs.
    Sandboxed,
    /// Not at all, as a person asked for.
    Unsandboxed,
}

/// The fleet, opened.
pub struct Fleet {
    /// The database.
    pub store: Store,
    /// The configuration.
    pub config: Config,
    pub(crate) key: MarkerKey,
    forges: BTreeMap<String, Arc<dyn Forge>>,
    locals: BTreeMap<String, LocalForge>,
    /// Whose word requests to a service carry, and what it may create.
    accounts: BTreeMap<String, (Account, Caps)>,
    sandbox: Arc<Shelter>,
    scratch: Scratch,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    /// The catalog that was last put together.
    pub(crate) shelf: tokio::sync::Mutex<Option<(MadeOf, Arc<Shelf>)>>,
}

/// The sandbox, looked for when the first command needs it.
struct Shelter {
    isolation: Isolation,
    readonly: Vec<PathBuf>,
    keyring: Keyring,
    found: OnceLock<Result<Sandbox, String>>,
}

impl Shelter {
    fn get(&self) -> Result<&Sandbox, String> {
        let find = || {
            let sandbox = shelter(self.isolation, &self.readonly)?;
            Ok(sandbox.with_keyring(self.keyring.clone()))
        };
        self.found.get_or_init(find).as_ref().map_err(Clone::clone)
    }
}

impl Fleet {
    /// Opens everything a configuration names.
    ///
    /// # Errors
    /// When the database or a folder cannot be used.
    pub async fn open(config: Config, isolation: Isolation, seams: Seams) -> Result<Fleet, EngineError> {
        let keyring = seams.keyring;
        let database = config.entered(&keyring).map_err(EngineError::Refused)?;
        let store = Store::open(database, seams.witness).await?.with_keyring(keyring.clone());
        let scratch = Scratch::make()?;
        let key = MarkerKey::open(config.beside_database())?;
        let readonly = config.readonly.clone();
        let sandbox =
            Arc::new(Shelter { isolation, readonly, keyring: keyring.clone(), found: OnceLock::new() });
        let mut locals = BTreeMap::new();
        for forge in &config.forges {
            if let ForgeConfig::Local(forge) = forge {
                locals.insert(forge.name.clone(), local(forge, &sandbox, scratch.path()));
            }
        }
        let mut forges: BTreeMap<String, Arc<dyn Forge>> =
            locals.iter().map(|(name, forge)| (name.clone(), Arc::new(forge.clone()) as _)).collect();
        let budgets = store.budgets().await?;
        let mut accounts = BTreeMap::new();
        for forge in &config.forges {
            if let ForgeConfig::Hosted(forge) = forge {
                let opened = hosted::open(forge, (&seams.clock, &config.mention, &keyring), &budgets)?;
                accounts.insert(forge.name.clone(), (opened.account, opened.caps));
                forges.insert(forge.name.clone(), opened.forge);
            }
        }
        let forges = forges.into_iter().map(|(name, forge)| (name, (seams.forge)(forge))).collect();
        let clock = seams.clock;
        Ok(Fleet {
            store,
            config,
            key,
            forges,
            locals,
            accounts,
            sandbox,
            scratch,
            clock,
            keyring,
            shelf: Default::default(),
        })
    }

    /// The sandbox.
    ///
    /// # Errors
    /// When there is none; the error says how to get one.
    pub fn sandbox(&self) -> Result<&Sandbox, EngineError> {
        self.sandbox.get().map_err(EngineError::Refused)
    }

    /// The secrets that are in use.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// What time it is, and how to wait.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Milliseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// A forge by its name.
    ///
    /// # Errors
    /// When the configuration has no such forge.
    pub fn forge(&self, name: &str) -> Result<&Arc<dyn Forge>, EngineError> {
        self.forges.get(name).ok_or_else(|| EngineError::Usage(format!("no forge is called `{name}`")))
    }

    /// Every forge.
    pub fn forges(&self) -> impl Iterator<Item = &Arc<dyn Forge>> {
        self.forges.values()
    }

    /// The budget that creations at a forge are taken from; `None` for a local one, which has none.
    pub fn account(&self, forge: &str) -> Option<&(Account, Caps)> {
        self.accounts.get(forge)
    }

    /// A local forge by its name, for what a person does there.
    ///
    /// # Errors
    /// When there is no such local forge.
    pub fn local(&self, name: &str) -> Result<&LocalForge, EngineError> {
        let missing = || EngineError::Usage(format!("`{name}` is not a local forge"));
        self.locals.get(name).ok_or_else(missing)
    }

    /// A repository by its name.
    ///
    /// # Errors
    /// When it is not known; the error offers the nearest name.
    pub async fn repo(&self, name: &str) -> Result<RepoRow, EngineError> {
        if let Some(row) = self.store.repo(name).await? {
            return Ok(row);
        }
        let names: Vec<String> = self.store.repos().await?.into_iter().map(|row| row.name).collect();
        Err(EngineError::Missing(unknown_repo(name, &names)))
    }

    /// Where a repository's mirror is.
    pub fn mirror(&self, forge: &str, repo: &str) -> PathBuf {
        self.config.cache.join("mirrors").join(forge).join(format!("{repo}.git"))
    }

    /// Where the search index is.
    pub fn search(&self) -> PathBuf {
        self.config.cache.join("search")
    }

    /// Where frozen copies of what is known are.
    pub fn snapshots(&self) -> PathBuf {
        self.config.cache.join("snapshots")
    }

    /// A folder for trees that commands run in; it goes with the process.
    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }
}

/// Finds the sandbox, or says how to get one.
pub(crate) fn shelter(isolation: Isolation, readonly: &[PathBuf]) -> Result<Sandbox, String> {
    let sandbox = match isolation {
        Isolation::Sandboxed => Sandbox::bubblewrap()
            .map_err(|why| format!("{why}\n  or: `--unsandboxed` runs commands with your own rights"))?,
        Isolation::Unsandboxed => Sandbox::unsandboxed(),
    };
    sandbox.with_readonly(readonly.iter().cloned()).map_err(|error| error.to_string())
}

/// Words for a repository nobody knows.
pub(crate) fn unknown_repo(name: &str, names: &[String]) -> String {
    let hint = match fleetwright_core::source::nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`fleetwright repo list` shows the known ones, `fleetwright repo sync` looks for new ones"
            .to_owned(),
    };
    format!("no repository is called `{name}`\n  try: {hint}")
}

fn local(config: &LocalConfig, sandbox: &Arc<Shelter>, scratch: &Path) -> LocalForge {
    let found = Arc::clone(sandbox);
    let shelter = Arc::new(move || found.get().ok().cloned());
    LocalForge::new(&config.name, &config.root, config.checks.clone(), shelter, scratch)
}
