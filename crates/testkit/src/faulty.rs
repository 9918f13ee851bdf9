//! A forge and a witness of commits that fail where it is planned.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::PullSeen;
use fleetwright_forge::{
    CommitSeen, Done, Effect, Fetched, Forge, ForgeError, Found, Listed, Look, OrgTeams, Standing,
};
use fleetwright_store::Witness;

use crate::faults::{Faults, Place, die};

/// A forge whose effects fail where it is planned; everything else is passed on.
pub struct FaultyForge {
    inner: Arc<dyn Forge>,
    faults: Arc<Faults>,
}

impl FaultyForge {
    /// A forge with faults before it.
    pub fn new(inner: Arc<dyn Forge>, faults: Arc<Faults>) -> FaultyForge {
        FaultyForge { inner, faults }
    }
}

#[async_trait]
impl Forge for FaultyForge {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn repos(&self) -> Result<Vec<Listed>, ForgeError> {
        self.inner.repos().await
    }

    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError> {
        self.inner.head(repo).await
    }

    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError> {
        self.inner.fetch(repo, mirror).await
    }

    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        self.inner.bring(repo, mirror, commits).await
    }

    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        self.inner.tip(repo, branch).await
    }

    async fn commit(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError> {
        self.inner.commit(repo, commit).await
    }

    async fn look(&self, pulls: &[Look]) -> Vec<Result<Option<PullSeen>, ForgeError>> {
        self.inner.look(pulls).await
    }

    async fn find(&self, branches: &[(String, String)]) -> Vec<Result<Vec<Found>, ForgeError>> {
        self.inner.find(branches).await
    }

    async fn standing(&self, repos: &[String]) -> Vec<Result<Vec<Standing>, ForgeError>> {
        self.inner.standing(repos).await
    }

    async fn teams(&self) -> Vec<OrgTeams> {
        self.inner.teams().await
    }

    fn pace(&self, open: u64) -> Duration {
        self.inner.pace(open)
    }

    fn complaints(&self) -> Vec<String> {
        self.inner.complaints()
    }

    async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        let due = self.faults.reach(&format!("effect/{}", effect.kind().word()));
        if due == Some(Place::Before) {
            die();
        }
        let done = self.inner.perform(repo, effect).await;
        match due {
            Some(Place::After) => die(),
            Some(_) => Err(ForgeError::Unknown { why: "the answer was lost, as planned".to_owned() }),
            None => done,
        }
    }
}

/// A witness that fails where it is planned.
pub struct FaultyWitness {
    faults: Arc<Faults>,
    due: Mutex<Option<Place>>,
}

impl FaultyWitness {
    /// A witness with these faults.
    pub fn new(faults: Arc<Faults>) -> FaultyWitness {
        FaultyWitness { faults, due: Mutex::new(None) }
    }
}

impl Witness for FaultyWitness {
    fn commit(&self, place: fleetwright_store::Place, words: &[&'static str]) -> Result<(), String> {
        let mut due = self.due.lock().map_err(|error| error.to_string())?;
        match place {
            fleetwright_store::Place::Before => {
                let reached = words.iter().map(|word| self.faults.reach(&format!("commit/{word}")));
                *due = reached.fold(None, Option::or);
                if *due == Some(Place::Before) {
                    die();
                }
                Ok(())
            }
            fleetwright_store::Place::After => match due.take() {
                Some(Place::After) => die(),
                Some(_) => Err("as planned".to_owned()),
                None => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_lost_after_the_commit_not_before() {
        let faults = Faults::new(Some("commit/target:lost:2".parse().unwrap()), None).unwrap();
        let witness = FaultyWitness::new(Arc::new(faults));
        let mut told = Vec::new();
        for words in [["event", "target"], ["event", "intent"], ["event", "target"]] {
            told.push(witness.commit(fleetwright_store::Place::Before, &words).is_ok());
            told.push(witness.commit(fleetwright_store::Place::After, &words).is_ok());
        }
        assert_eq!(told, [true, true, true, true, true, false]);
    }
}
