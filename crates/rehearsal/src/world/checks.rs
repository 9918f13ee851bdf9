//! Checks: begun by pushes and pull requests, ended by the script.

use fleetwright_core::Oid;

use super::event::{CheckAction, Event};
use super::refusal::Refusal;
use super::state::{Happening, State};
use crate::history::Happened;
use crate::model::check::{Check, CheckKind, Conclusion, Progress};
use crate::script::{CiCheck, fits};

impl State {
    /// The script of a repository's checks.
    fn script_of(&self, repo: u64) -> Result<Vec<CiCheck>, Refusal> {
        let name = self.repo(repo)?.full_name();
        let script = self.settings.ci.iter().find(|script| fits(&script.repos, &name));
        Ok(script.map(|script| script.checks.clone()).unwrap_or_default())
    }

    /// Gives the tip of a new repository the checks it would have by now.
    pub(crate) fn check_base(&mut self, repo: u64) -> Result<(), Refusal> {
        let default = self.repo(repo)?.default_branch.clone();
        let Some(tip) = self.repo(repo)?.tip(&default) else { return Ok(()) };
        let now = self.now();
        let suite = self.next_id();
        for script in self.script_of(repo)? {
            let conclusion =
                if self.is_red_base(repo, &script) { Conclusion::Failure } else { script.otherwise };
            let (id, since) = (self.next_id(), now - script.runs);
            let progress = Progress::Done { since, at: now, conclusion };
            let check = Check {
                id,
                suite,
                name: script.name,
                kind: script.kind,
                progress,
                attempt: 1,
                queued_at: since,
            };
            self.repo_mut(repo)?.checks.entry(tip).or_default().push(check);
        }
        Ok(())
    }

    fn is_red_base(&self, repo: u64, script: &CiCheck) -> bool {
        self.settings.seed.chance(script.red_base, &["red", &repo.to_string(), &script.name])
    }

    /// Begins the checks of a commit, unless it has some.
    pub(crate) fn start_checks(&mut self, repo: u64, commit: Oid) -> Result<(), Refusal> {
        if self.repo(repo)?.checks.contains_key(&commit) {
            return Ok(());
        }
        let suite = self.next_id();
        for script in self.script_of(repo)? {
            let (id, now) = (self.next_id(), self.now());
            let check = Check {
                id,
                suite,
                name: script.name.clone(),
                kind: script.kind,
                progress: Progress::Queued,
                attempt: 1,
                queued_at: now,
            };
            self.repo_mut(repo)?.checks.entry(commit).or_default().push(check);
            self.plan(now + script.queue, Happening::CheckRuns { repo, commit, check: id, attempt: 1 });
            self.tell(&Event::Check { repo, commit, check: id, action: CheckAction::Created });
        }
        Ok(())
    }

    /// A check of a commit.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn check(&self, repo: u64, commit: Oid, check: u64) -> Result<&Check, Refusal> {
        let checks = self.repo(repo)?.checks.get(&commit);
        checks.into_iter().flatten().find(|known| known.id == check).ok_or(Refusal::NotFound)
    }

    /// The commit of a check, by the check's number.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn commit_of_check(&self, repo: u64, check: u64) -> Result<Oid, Refusal> {
        let mut all = self.repo(repo)?.checks.iter();
        let found = all.find(|(_, checks)| checks.iter().any(|known| known.id == check));
        found.map(|(commit, _)| *commit).ok_or(Refusal::NotFound)
    }

    fn check_mut(&mut self, repo: u64, commit: Oid, (check, attempt): (u64, u32)) -> Option<&mut Check> {
        let checks = self.repos.get_mut(&repo)?.checks.get_mut(&commit)?;
        checks.iter_mut().find(|known| known.id == check && known.attempt == attempt)
    }

    pub(crate) fn check_runs(&mut self, repo: u64, commit: Oid, check: (u64, u32)) {
        let now = self.now();
        let Some(known) = self.check_mut(repo, commit, check) else { return };
        known.progress = Progress::Running { since: now };
        let name = known.name.clone();
        let scripts = self.script_of(repo).unwrap_or_default();
        let Some(script) = scripts.iter().find(|script| script.name == name) else { return };
        let key = ["runs", &commit.to_string(), &name, &check.1.to_string()];
        let takes = script.runs + self.settings.seed.up_to(script.jitter, &key);
        let (check, attempt) = check;
        self.plan(now + takes, Happening::CheckEnds { repo, commit, check, attempt });
    }

    pub(crate) fn check_ends(&mut self, repo: u64, commit: Oid, check: (u64, u32)) {
        let Some(name) = self.check_mut(repo, commit, check).map(|known| known.name.clone()) else { return };
        let scripts = self.script_of(repo).unwrap_or_default();
        let Some(script) = scripts.iter().find(|script| script.name == name) else { return };
        let (seed, at, attempt) = (self.settings.seed, commit.to_string(), check.1.to_string());
        let fails = seed.chance(script.fails, &["fails", &at, &name])
            || seed.chance(script.flakes, &["flakes", &at, &name, &attempt])
            || self.is_red_base(repo, script);
        let conclusion = if fails { Conclusion::Failure } else { script.otherwise };
        self.end_check(repo, commit, check, conclusion);
    }

    /// Ends a check.
    pub(crate) fn end_check(&mut self, repo: u64, commit: Oid, check: (u64, u32), conclusion: Conclusion) {
        let now = self.now();
        let Some(known) = self.check_mut(repo, commit, check) else { return };
        let since = match known.progress {
            Progress::Running { since } => since,
            Progress::Queued | Progress::Done { .. } => now,
        };
        known.progress = Progress::Done { since, at: now, conclusion };
        let name = known.name.clone();
        self.note(Happened::Checked { repo, commit, name, conclusion, took: now - since });
        self.tell(&Event::Check { repo, commit, check: check.0, action: CheckAction::Completed });
        let all = self.repos.get(&repo).and_then(|repo| repo.checks.get(&commit));
        if all.is_some_and(|checks| checks.iter().all(|check| check.conclusion().is_some())) {
            self.tell(&Event::Suite { repo, commit });
        }
        let pulls = self.repos.get(&repo).map(|repo| repo.pulls.values());
        let open = pulls.into_iter().flatten().filter(|pull| pull.is_open() && pull.head_oid == commit);
        for number in open.map(|pull| pull.number).collect::<Vec<_>>() {
            self.try_auto_merge(repo, number);
        }
    }

    /// Begins a check again.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Malformed`] while it is not done.
    pub fn rerun(&mut self, repo: u64, check: u64) -> Result<(), Refusal> {
        let commit = self.commit_of_check(repo, check)?;
        let now = self.now();
        let found = self.check(repo, commit, check)?;
        if found.conclusion().is_none() {
            return Err(Refusal::Malformed("This check run is not rerequestable".to_owned()));
        }
        let (name, attempt) = (found.name.clone(), found.attempt);
        let script = self.script_of(repo)?.into_iter().find(|script| script.name == name);
        if let Some(known) = self.check_mut(repo, commit, (check, attempt)) {
            known.attempt += 1;
            known.progress = Progress::Queued;
            known.queued_at = now;
        }
        self.tell(&Event::Check { repo, commit, check, action: CheckAction::Created });
        let queue = script.map_or(0, |script| script.queue);
        self.plan(now + queue, Happening::CheckRuns { repo, commit, check, attempt: attempt + 1 });
        Ok(())
    }

    /// Reports a check from outside: one of that name is replaced.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn report(
        &mut self,
        repo: u64,
        commit: Oid,
        (name, kind): (&str, CheckKind),
        conclusion: Option<Conclusion>,
    ) -> Result<u64, Refusal> {
        let now = self.now();
        let (id, suite) = (self.next_id(), self.next_id());
        let checks = self.repo_mut(repo)?.checks.entry(commit).or_default();
        let suite = checks.first().map_or(suite, |check| check.suite);
        checks.retain(|check| check.name != name);
        let progress = Progress::Running { since: now };
        checks.push(Check { id, suite, name: name.to_owned(), kind, progress, attempt: 1, queued_at: now });
        match conclusion {
            Some(conclusion) => self.end_check(repo, commit, (id, 1), conclusion),
            None => self.tell(&Event::Check { repo, commit, check: id, action: CheckAction::Created }),
        }
        Ok(id)
    }
}
