//! Beginning a round of a shift: who is in, and who must be looked at again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use fleetwright_core::event::Event;
use fleetwright_core::next::{Control, again};
use fleetwright_core::stage::{MergedRef, Stage};
use fleetwright_store::{
    Lease, NewTarget, RepoRow, ShiftRow, SignRow, TargetFilter, TargetRow, TargetState, Write,
};

use crate::caller::Caller;
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::know::{self, Elsewhere, Known};
use crate::load::{Loaded, rewritten};
use crate::make::{Reach, Recipe};
use crate::select::Rules;
use crate::sync::{Synced, sync};
use crate::teams;
use crate::workshop::Subject;

/// How many targets are read and written together.
const PAGE: u32 = 512;

/// What a round began with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Begun {
    /// What the look at the forges found.
    pub synced: Synced,
    /// Repositories that are in.
    pub selected: usize,
    /// Repositories whose mirror had to be opened to decide who is in.
    pub opened: usize,
    /// Repositories in scope.
    pub scope: usize,
    /// Targets that must be looked at again, new ones included.
    pub queued: usize,
    /// Repositories of which something had to be found out anew: what the steps make of them.
    pub due: usize,
    /// Those of them that were never opened, neither to select them nor to make a change: the search index
    /// proves that the steps leave them as they are.
    pub spared: usize,
    /// Whether another file of the shift was stored before.
    pub replaced: bool,
    /// Targets with something outside that are selected no longer, by their rows.
    pub unselected: BTreeSet<i64>,
}

/// Stores the shift, selects anew, and queues what must be looked at again.
///
/// # Errors
/// When the shift's name is taken by another one, a named repository is missing, or the world fails.
pub async fn begin(
    fleet: &Fleet,
    loaded: &Loaded,
    (amend, lease): (bool, &Lease),
    caller: &Caller,
) -> Result<Begun, EngineError> {
    let progress = caller.progress.as_ref();
    let name = &loaded.shift.metadata.name;
    let rules = Rules::compile(&loaded.shift.spec.targets, &loaded.source)?;
    let recipe = Recipe::compile(&loaded.shift, &loaded.source)?;
    if recipe.runs_commands() {
        fleet.sandbox()?;
    }
    let old = fleet.store.shift(name).await?;
    let row = stored(fleet, loaded, old.as_ref(), amend).await?;
    let synced = sync(fleet, |repo| rules.names(repo), progress).await?;
    teams::refresh(fleet, teams::RECENT, progress).await?;
    know::know(fleet, progress).await?;
    let repos = fleet.store.repos().await?;
    check_names(fleet, (&rules, loaded), &repos).await?;
    let asked = rules.asks().into_iter().chain(recipe.asks()).collect();
    let known = Arc::new(Known::load(fleet, rules.asks_catalog() || recipe.asks_catalog(), &asked).await?);
    let selection = tokio::task::block_in_place(|| rules.select((fleet, &known), name, &repos));
    let selected = selection.rows.iter().filter(|row| row.selected).count();
    let replaced = old.as_ref().is_some_and(|old| old.digest != row.digest);
    let event = Event {
        shift: name.clone(),
        target: None,
        actor: "fleetwright".to_owned(),
        what: "shift.selected".to_owned(),
        detail: serde_json::json!({
            "digest": row.digest, "selected": selected, "scope": repos.len(), "at": fleet.now(),
        }),
    };
    let mut writes = vec![Write::Shift(Box::new(row.clone())), Write::Event(event)];
    writes.push(Write::Selection { shift: name.clone(), rows: selection.rows });
    writes.push(Write::Targets { shift: name.clone(), targets: selection.targets.clone() });
    writes.extend(authored(fleet, &row, old.as_ref(), &caller.by).await?);
    if old.is_some_and(|old| old.steps_digest != row.steps_digest) {
        writes.extend(reopened(fleet, name, &selection.targets).await?);
    }
    fleet.store.write(writes, Some(lease)).await?;
    let reach = Reach::of(&recipe, known.index());
    let round = Round { fleet, recipe: &recipe, known: &known, reach, row: &row, lease };
    let tally = round.queue(&repos, &selection.targets).await?;
    let is_opened = |row: &&RepoRow| selection.opened.contains(&know::search_name(&row.forge, &row.name));
    let opened: HashSet<i64> = repos.iter().filter(is_opened).map(|row| row.id).collect();
    Ok(Begun {
        synced,
        selected,
        opened: selection.opened.len(),
        scope: repos.len(),
        queued: tally.queued,
        due: tally.due.len(),
        spared: tally.due.iter().filter(|id| !tally.made.contains(id) && !opened.contains(id)).count(),
        replaced,
        unselected: tally.unselected,
    })
}

/// Who gives a shift another content is its author; so is who stores one of which no author is known.
async fn authored(
    fleet: &Fleet,
    row: &ShiftRow,
    old: Option<&ShiftRow>,
    by: &str,
) -> Result<Option<Write>, EngineError> {
    let (shift, digest) = (row.shift.metadata.name.clone(), row.digest.clone());
    let is_new = old.is_none_or(|old| old.digest != digest);
    if !is_new && !fleet.store.authors(&shift, &digest).await?.is_empty() {
        return Ok(None);
    }
    Ok(Some(Write::Author(SignRow { shift, digest, person: by.to_owned() })))
}

/// Merged targets begin anew when the steps are others: what was merged says nothing of these. Written together with
/// the shift, so that a crash between the two cannot leave them at rest.
async fn reopened(fleet: &Fleet, name: &str, targets: &[NewTarget]) -> Result<Vec<Write>, EngineError> {
    let wanted: HashSet<(i64, &str)> = targets.iter().map(|t| (t.repo, t.dir.as_str())).collect();
    let (mut after, mut writes) = (0, Vec::new());
    loop {
        let filter = TargetFilter { after, limit: PAGE, ..TargetFilter::default() };
        let page = fleet.store.targets(name, filter).await?;
        let Some(last) = page.last() else { return Ok(writes) };
        after = last.id;
        for target in &page {
            let is_wanted = wanted.contains(&(target.repo_id, target.name.dir.as_str()));
            match &target.stage {
                Stage::Merged { merged, cleaned: true, .. } if is_wanted && target.intent.is_none() => {
                    let queued = Stage::Queued { merged: Some(merged.clone()) };
                    writes.push(Write::Target(Box::new(state(target, queued))));
                }
                _ => {}
            }
        }
    }
}

/// Refuses names that no repository has. The nearest one may be out of scope, and so not among `repos`.
async fn check_names(
    fleet: &Fleet,
    (rules, loaded): (&Rules, &Loaded),
    repos: &[RepoRow],
) -> Result<(), EngineError> {
    let mut names: Vec<String> = repos.iter().map(|row| row.name.clone()).collect();
    if rules.check_names(&loaded.source, &names).is_err() {
        for forge in fleet.forges() {
            names.extend(forge.repos().await?.into_iter().map(|listed| listed.name));
        }
        rules.check_names(&loaded.source, &names)?;
    }
    Ok(())
}

/// The row to store; refuses another shift of the same name.
async fn stored(
    fleet: &Fleet,
    loaded: &Loaded,
    old: Option<&ShiftRow>,
    amend: bool,
) -> Result<ShiftRow, EngineError> {
    let name = &loaded.shift.metadata.name;
    let digest = loaded.shift.digest(&loaded.scripts);
    let path = loaded.path.display().to_string();
    if let Some(old) = old {
        let other_file = old.source != path;
        let other_text = old.digest != digest || (other_file && old.shift != loaded.shift);
        let proposed = if other_text { fleet.store.proposed(name).await? } else { 0 };
        if other_text && !amend && (other_file || proposed > 0) {
            let message = format!("another shift is called `{name}`, with other content: {}", old.source);
            let remedy = match other_file {
                true => "give this one another name, or `--amend` to put it in the other's place".to_owned(),
                false => {
                    format!("{proposed} pull requests came from it; `--amend` changes the open ones, too")
                }
            };
            return Err(loaded.source.error("metadata.name", message, &remedy).into());
        }
    }
    Ok(ShiftRow {
        shift: loaded.shift.clone(),
        scripts: loaded.scripts.clone(),
        digest,
        steps_digest: loaded.shift.steps_digest(&loaded.scripts),
        source: path,
        control: old.map_or(Control::Planned, |old| old.control),
        created_at: old.map_or(0, |old| old.created_at),
    })
}

/// What queueing came to.
#[derive(Default)]
struct Tally {
    /// Targets that are not at rest.
    queued: usize,
    /// Repositories of which something had to be found out.
    due: HashSet<i64>,
    /// Those of them that a change is made for.
    made: HashSet<i64>,
    /// Targets with an open pull request that are selected no longer.
    unselected: BTreeSet<i64>,
}

struct Round<'a> {
    fleet: &'a Fleet,
    recipe: &'a Recipe,
    known: &'a Known,
    reach: Option<Reach<'a>>,
    row: &'a ShiftRow,
    lease: &'a Lease,
}

impl Round<'_> {
    /// Queues every target whose inputs are not those of its last result, unless the steps leave it as it
    /// is for certain, and drops those that are no longer selected and have nothing outside.
    async fn queue(&self, repos: &[RepoRow], targets: &[NewTarget]) -> Result<Tally, EngineError> {
        let name = &self.row.shift.metadata.name;
        let repos: HashMap<i64, &RepoRow> = repos.iter().map(|row| (row.id, row)).collect();
        let wanted: HashSet<(i64, &str)> = targets.iter().map(|t| (t.repo, t.dir.as_str())).collect();
        // Looking for the sandbox starts processes: only where there are commands to run.
        let sandbox = if self.recipe.may_need_sandbox() { self.fleet.sandbox().ok().cloned() } else { None };
        let elsewhere = match self.recipe.reads_elsewhere() {
            true => Elsewhere::of(self.fleet).await?,
            false => Elsewhere::default(),
        };
        let (mut after, mut tally) = (0, Tally::default());
        loop {
            let filter = TargetFilter { after, limit: PAGE, ..TargetFilter::default() };
            let page = self.fleet.store.targets(name, filter).await?;
            let Some(last) = page.last() else { return Ok(tally) };
            after = last.id;
            let mut writes = Vec::new();
            for target in page {
                let repo = repos.get(&target.repo_id).copied();
                let is_wanted = wanted.contains(&(target.repo_id, target.name.dir.as_str()));
                match (is_wanted, repo) {
                    (true, Some(repo)) => {
                        let anew = self.anew(&target, repo, (sandbox.as_ref(), &elsewhere));
                        tally.count(&target, anew.as_ref());
                        writes.extend(anew.map(|state| Write::Target(Box::new(state))));
                    }
                    _ => {
                        if matches!(target.stage, Stage::Open { .. }) {
                            tally.unselected.insert(target.id);
                        }
                        writes.extend(dropped(&target));
                    }
                }
            }
            if !writes.is_empty() {
                self.fleet.store.write(writes, Some(self.lease)).await?;
            }
        }
    }

    /// Where a target begins this round; `None` where it stays.
    fn anew(
        &self,
        target: &TargetRow,
        repo: &RepoRow,
        (sandbox, elsewhere): (Option<&fleetwright_runner::Sandbox>, &Elsewhere),
    ) -> Option<TargetState> {
        let mirror = self.fleet.mirror(&repo.forge, &repo.name);
        let subject = Subject::of(&self.row.shift.metadata.name, &target.name, repo, &mirror)?;
        let subject = subject
            .with_known(self.recipe.asks_anything().then_some(self.known), repo.id)
            .with_elsewhere(elsewhere, repo.id);
        // What is still to be done outside comes first: a merged target whose branch stands is one too.
        if target.intent.is_some() || matches!(target.stage, Stage::Merged { cleaned: false, .. }) {
            return None;
        }
        let key = self.recipe.key(&self.row.steps_digest, &subject, (sandbox, &self.fleet.config.tools));
        let is_queued = matches!(target.stage, Stage::Queued { .. });
        if !is_queued
            && !again(&target.stage, (target.key.as_deref(), &key), subject.base_tree, self.fleet.now())
        {
            return None;
        }
        let queued = match &target.stage {
            Stage::Queued { .. } => target.stage.clone(),
            Stage::Merged { merged, .. } => Stage::Queued { merged: Some(merged.clone()) },
            _ => Stage::NEW,
        };
        if self.reach.as_ref().is_some_and(|reach| reach.spares(&subject)) {
            let unchanged = state(target, queued.unchanged(subject.base_tree));
            return Some(TargetState { key: Some(key), ..unchanged });
        }
        (!is_queued).then(|| state(target, queued))
    }
}

impl Tally {
    fn count(&mut self, target: &TargetRow, anew: Option<&TargetState>) {
        let stage = anew.map_or(&target.stage, |anew| &anew.stage);
        let is_made = matches!(stage, Stage::Queued { .. });
        self.queued += usize::from(!state(target, stage.clone()).is_final());
        if is_made || anew.is_some() {
            self.due.insert(target.repo_id);
        }
        if is_made {
            self.made.insert(target.repo_id);
        }
    }
}

/// A target as it is, at another stage.
pub(crate) fn state(target: &TargetRow, stage: Stage) -> TargetState {
    let key = target.key.clone();
    TargetState { id: target.id, stage, key, waiting: None, intent: None, pushed: target.pushed }
}

/// A target that fell out of the selection goes, unless something of it stands outside.
fn dropped(target: &TargetRow) -> Option<Write> {
    let gone = matches!(target.stage, Stage::Queued { .. } | Stage::Made { .. }) && target.intent.is_none();
    let stage = match &target.stage {
        // A merge of an earlier round stays what it is.
        Stage::Queued { merged: Some(MergedRef { .. }) } => return None,
        _ => Stage::Dropped { why: "no longer selected".to_owned() },
    };
    gone.then(|| Write::Target(Box::new(state(target, stage))))
}

/// The recipe of a stored shift.
pub(crate) fn recipe_of(row: &ShiftRow) -> Result<Recipe, EngineError> {
    Ok(Recipe::compile(&row.shift, &rewritten(row)?.0)?)
}
