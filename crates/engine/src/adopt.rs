//! Taking pull requests that others made into a shift: docs/design/adopt.md.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fleetwright_core::event::{Event, TargetName};
use fleetwright_core::pull::{PullRef, PullSeen, PullState};
use fleetwright_core::stage::Stage;
use fleetwright_forge::{ForgeError, Look};
use fleetwright_store::{RepoRow, Write};
use serde_json::json;

use crate::command::{Caller, known};
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::globs;
use crate::held::Held;
use crate::sought::Sought;
use crate::sync::sync;

/// How many branches a forge is asked for at once.
const BULK: usize = 200;

/// Takes pull requests that others made into a shift.
pub struct Adopt {
    /// The shift's name.
    pub shift: String,
    /// Which pull requests.
    pub which: Wanted,
}

/// Which pull requests are wanted.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// The open ones from a branch of this name.
    Branch {
        /// The branch.
        branch: String,
        /// Names and globs of repositories; empty for those that the shift selected.
        repos: Vec<String>,
    },
    /// The open ones that a search finds.
    Search {
        /// What is searched for.
        sought: Sought,
        /// Names and globs of repositories; empty for those that the shift selected.
        repos: Vec<String>,
    },
    /// These ones, as repository and number.
    Pulls(Vec<(String, u64)>),
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdoptEnded {
    /// Those that are looked after now.
    pub taken: Vec<(TargetName, PullRef)>,
    /// Those that are not, and why.
    pub left: Vec<(String, String)>,
}

/// A pull request that was found, or why it could not be.
struct Candidate {
    repo: RepoRow,
    number: Option<u64>,
    seen: Result<PullSeen, String>,
}

impl Adopt {
    /// # Errors
    /// When there is no such shift or repository, somebody else is at it, or the world fails. What is wrong
    /// with one pull request is in the answer.
    pub async fn apply(self, fleet: &Arc<Fleet>, caller: &Caller) -> Result<AdoptEnded, EngineError> {
        known(fleet, &self.shift).await?;
        let held = Held::take(fleet, &self.shift).await?;
        let done = self.adopt(fleet, caller, &held).await;
        let released = held.release().await;
        let done = done?;
        released.map(|()| done)
    }

    async fn adopt(
        &self,
        fleet: &Arc<Fleet>,
        caller: &Caller,
        held: &Held,
    ) -> Result<AdoptEnded, EngineError> {
        let candidates = match &self.which {
            Wanted::Branch { branch, repos } => self.by_branch(fleet, branch, repos).await?,
            Wanted::Search { sought, repos } => self.by_search(fleet, sought, repos).await?,
            Wanted::Pulls(pulls) => by_number(fleet, pulls, caller).await?,
        };
        let mut ended = AdoptEnded::default();
        for Candidate { repo, number, seen } in candidates {
            let name = match number {
                Some(number) => format!("{}#{number}", repo.name),
                None => repo.name.clone(),
            };
            let seen = match seen {
                Ok(seen) => seen,
                Err(why) => {
                    ended.left.push((name, why));
                    continue;
                }
            };
            if let Some(why) = self.objection(fleet, &repo, &seen).await? {
                ended.left.push((name, why));
                continue;
            }
            let target = TargetName { repo: repo.name.clone(), dir: String::new() };
            let stage =
                Box::new(Stage::Adopted { pull: seen.pull.clone(), head: seen.head, told: Box::default() });
            let event = Event {
                shift: self.shift.clone(),
                target: Some(target.clone()),
                actor: caller.by.clone(),
                what: "pull.adopted".to_owned(),
                detail: json!({ "number": seen.pull.number, "url": seen.pull.url, "head": seen.head }),
            };
            let adopt = Write::Adopt { shift: self.shift.clone(), repo: repo.id, stage };
            fleet.store.write(vec![adopt, Write::Event(event)], Some(held.lease())).await?;
            ended.taken.push((target, seen.pull));
        }
        Ok(ended)
    }

    /// Why a pull request is not taken, if it is not.
    async fn objection(
        &self,
        fleet: &Fleet,
        repo: &RepoRow,
        seen: &PullSeen,
    ) -> Result<Option<String>, EngineError> {
        match &seen.state {
            PullState::Open => {}
            PullState::Merged { .. } => return Ok(Some("it is merged".to_owned())),
            PullState::Closed { .. } => return Ok(Some("it is closed".to_owned())),
        }
        if let Some(other) = fleet.store.looked_after(repo.id, seen.pull.number).await? {
            return Ok(Some(format!("the shift `{other}` looks after it")));
        }
        let own = fleet.store.targets_of_repo(&self.shift, repo.id).await?;
        let outside = own.iter().find(|target| {
            let stands =
                matches!(target.stage, Stage::Open { .. } | Stage::Adopted { .. } | Stage::Merged { .. });
            stands || target.intent.is_some() || !target.name.dir.is_empty()
        });
        Ok(outside.map(|target| match (&target.stage, target.name.dir.as_str()) {
            (_, dir) if !dir.is_empty() => {
                format!("the shift divides {} into directories", repo.name)
            }
            (stage, _) => match stage.pull() {
                Some(pull) => format!("the shift has pull request {} there already", pull.number),
                None => "an effect of the shift is in doubt there: `shift status` finds out".to_owned(),
            },
        }))
    }

    async fn by_branch(
        &self,
        fleet: &Fleet,
        branch: &str,
        globs: &[String],
    ) -> Result<Vec<Candidate>, EngineError> {
        let scope = self.scope(fleet, globs).await?;
        let mut candidates = Vec::new();
        for (forge, repos) in by_forge(scope, |repo| repo.forge.clone()) {
            let forge = fleet.forge(&forge)?;
            for part in repos.chunks(BULK) {
                let asked: Vec<_> = part.iter().map(|repo| (repo.name.clone(), branch.to_owned())).collect();
                for (repo, found) in part.iter().zip(forge.find(&asked).await) {
                    let repo = repo.clone();
                    match found {
                        Err(error) => {
                            candidates.push(Candidate { repo, number: None, seen: Err(error.to_string()) });
                        }
                        Ok(found) => {
                            // What is merged or closed already has had its day: of those nothing is said.
                            let open = found.into_iter().find(|found| found.seen.state == PullState::Open);
                            candidates.extend(open.map(|found| Candidate {
                                repo,
                                number: Some(found.seen.pull.number),
                                seen: Ok(found.seen),
                            }));
                        }
                    }
                }
            }
        }
        Ok(candidates)
    }

    async fn by_search(
        &self,
        fleet: &Fleet,
        sought: &Sought,
        globs: &[String],
    ) -> Result<Vec<Candidate>, EngineError> {
        let mut candidates = Vec::new();
        for (forge, repos) in by_forge(self.scope(fleet, globs).await?, |repo| repo.forge.clone()) {
            let names: Vec<String> = repos.iter().map(|repo| repo.name.clone()).collect();
            let told = fleet.forge(&forge)?.standing(&names).await;
            let mut wanted = Vec::new();
            for (repo, standing) in repos.into_iter().zip(told) {
                match standing {
                    Err(error) => {
                        candidates.push(Candidate { repo, number: None, seen: Err(error.to_string()) });
                    }
                    Ok(standing) => {
                        let fit = standing.iter().filter(|pull| sought.fits(pull));
                        wanted.extend(fit.map(|pull| (repo.clone(), pull.number)));
                    }
                }
            }
            candidates.extend(looked_at(fleet, &forge, wanted).await?);
        }
        Ok(candidates)
    }

    /// The repositories named, or those that the shift selected.
    async fn scope(&self, fleet: &Fleet, globs: &[String]) -> Result<Vec<RepoRow>, EngineError> {
        let mut repos = fleet.store.repos().await?;
        if !globs.is_empty() {
            let set = globs::compile(globs).map_err(|(index, why)| {
                EngineError::Usage(format!(
                    "--repo {}: {why}\n  try: a name or a glob such as 'acme/*'",
                    globs[index]
                ))
            })?;
            repos.retain(|repo| set.is_match(&repo.name));
            return Ok(repos);
        }
        let mut selected = Vec::new();
        for repo in repos {
            let row = fleet.store.selection(&self.shift, repo.id).await?;
            if row.is_some_and(|row| row.selected) {
                selected.push(repo);
            }
        }
        Ok(selected)
    }
}

async fn by_number(
    fleet: &Fleet,
    pulls: &[(String, u64)],
    caller: &Caller,
) -> Result<Vec<Candidate>, EngineError> {
    let mut unknown = BTreeSet::new();
    for (repo, _) in pulls {
        if fleet.store.repo(repo).await?.is_none() {
            unknown.insert(repo.as_str());
        }
    }
    if !unknown.is_empty() {
        sync(fleet, |name| unknown.contains(name), caller.progress.as_ref()).await?;
    }
    let mut asked = Vec::with_capacity(pulls.len());
    for (name, number) in pulls {
        asked.push((fleet.repo(name).await?, *number));
    }
    let mut candidates = Vec::new();
    for (forge, asked) in by_forge(asked, |(repo, _)| repo.forge.clone()) {
        candidates.extend(looked_at(fleet, &forge, asked).await?);
    }
    Ok(candidates)
}

/// Looks at pull requests of one forge.
async fn looked_at(
    fleet: &Fleet,
    forge: &str,
    asked: Vec<(RepoRow, u64)>,
) -> Result<Vec<Candidate>, EngineError> {
    let look =
        |(repo, number): &(RepoRow, u64)| Look { repo: repo.name.clone(), number: *number, mark: None };
    let looks: Vec<Look> = asked.iter().map(look).collect();
    let told = fleet.forge(forge)?.look(&looks).await;
    let candidate = |((repo, number), seen)| {
        let seen = match seen {
            Ok(Some(seen)) => Ok(seen),
            Ok(None) | Err(ForgeError::NotFound { .. }) => Err("there is no such pull request".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        Candidate { repo, number: Some(number), seen }
    };
    Ok(asked.into_iter().zip(told).map(candidate).collect())
}

fn by_forge<T>(all: Vec<T>, forge: impl Fn(&T) -> String) -> BTreeMap<String, Vec<T>> {
    let mut forges: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for one in all {
        forges.entry(forge(&one)).or_default().push(one);
    }
    forges
}
