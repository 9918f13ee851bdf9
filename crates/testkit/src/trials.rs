//! Trials of an adapter before a rehearsal forge: answers that are lost, heads that move, many at once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a trial fails by a panic")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fleetwright_core::pull::PullSeen;
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::meter::Answer;
use fleetwright_forge::{Cost, Done, Effect, Forge, ForgeError, Found, Look, Meter, bulk};
use fleetwright_rehearsal::faults::Faults;

use crate::rehearsed::{PERSON, Rehearsed};

/// The branch of trials with one pull request for each repository.
pub const BRANCH: &str = "fleet/x";

/// An adapter and the forge behind it.
#[derive(Clone)]
pub struct Trial {
    /// The adapter.
    pub forge: Arc<dyn Forge>,
    /// The forge.
    pub place: Arc<Rehearsed>,
}

/// A meter that lets everything through and keeps what it is told.
#[derive(Debug, Default)]
pub struct Ears(Mutex<Vec<Answer>>);

impl Ears {
    /// What was told since the last time.
    pub fn take(&self) -> Vec<Answer> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Meter for Ears {
    fn ask(&self, _: Cost, _: i64) -> Result<(), i64> {
        Ok(())
    }

    fn told(&self, _: Cost, answer: &Answer) {
        self.0.lock().unwrap().push(answer.clone());
    }
}

/// What came of creates whose answers were lost.
#[derive(Debug)]
pub struct LostAnswers {
    /// How many were lost.
    pub lost: u64,
    /// How many look-ups there were.
    pub lookups: usize,
}

/// The effect that opens a pull request from a branch.
pub fn opening(branch: &str) -> Effect {
    Effect::OpenPull {
        branch: branch.to_owned(),
        title: "Change".to_owned(),
        body: format!("Why.\n\n<!-- {branch} -->"),
        labels: Vec::new(),
        reviewers: Vec::new(),
        draft: false,
    }
}

impl Trial {
    /// Looks at one pull request.
    ///
    /// # Errors
    /// What the adapter says.
    pub async fn look(
        &self,
        repo: &str,
        number: u64,
        mark: Option<&str>,
    ) -> Result<Option<PullSeen>, ForgeError> {
        let look = Look { repo: repo.to_owned(), number, mark: mark.map(str::to_owned) };
        self.forge.look(&[look]).await.remove(0)
    }

    /// Finds the pull requests of one branch.
    ///
    /// # Errors
    /// What the adapter says.
    pub async fn find(&self, repo: &str, branch: &str) -> Result<Vec<Found>, ForgeError> {
        self.forge.find(&[(repo.to_owned(), branch.to_owned())]).await.remove(0)
    }

    /// Opens a pull request from a branch with one changed file; its number and head.
    ///
    /// # Panics
    /// Where it cannot be opened.
    pub async fn open(&self, repo: &str, branch: &str) -> (u64, fleetwright_core::Oid) {
        let head = self.place.write(repo, branch, ("app.txt", "changed\n"), PERSON);
        match self.forge.perform(repo, &opening(branch)).await {
            Ok(Done::Opened(pull)) => (pull.number, head),
            other => panic!("{other:?}"),
        }
    }

    /// Opens one pull request from each of so many branches of so many repositories, while one in five
    /// answers to it is lost and one request in twenty fails. Whoever hears nothing looks, and asks
    /// again only where nothing is there.
    ///
    /// # Panics
    /// Where one is doubled or missing.
    pub async fn lose_answers(&self, repos: usize, each: usize) -> LostAnswers {
        let mut branches = Vec::new();
        for n in 0..repos {
            let repo = self.place.make(&format!("lost-{n}"));
            for m in 0..each {
                let branch = format!("fleet/{m}");
                self.place.write(&repo, &branch, ("app.txt", "changed\n"), PERSON);
                branches.push((repo.clone(), branch));
            }
        }
        let before = self.place.world().counts();
        let faults = Faults { lost_answers: 0.2, errors: 0.05, ..Faults::default() };
        self.place.world().lock().set_faults(faults);
        let all = branches.len();
        let one = |(repo, branch)| self.clone().open_somehow(repo, branch);
        let answers = bulk::each(branches, 8, one).await;
        self.place.world().lock().set_faults(Faults::default());
        let mut numbers = HashMap::new();
        let mut lookups = 0;
        for answer in answers {
            let (repo, number, looked) = answer.unwrap();
            *numbers.entry((repo, number)).or_insert(0) += 1;
            lookups += looked;
        }
        let counts = self.place.world().counts();
        assert_eq!((numbers.len(), counts.opened - before.opened), (all, all as u64), "one each");
        assert_eq!(counts.doubled, 0);
        LostAnswers { lost: counts.answers_lost - before.answers_lost, lookups }
    }

    /// Opens one pull request whatever it takes; where it is, and how often it was looked for.
    async fn open_somehow(self, repo: String, branch: String) -> Result<(String, u64, usize), ForgeError> {
        let mut lookups = 0;
        loop {
            match self.forge.perform(&repo, &opening(&branch)).await {
                Ok(Done::Opened(pull)) => return Ok((repo, pull.number, lookups)),
                Err(ForgeError::AlreadyOpen { number }) => return Ok((repo, number, lookups)),
                // It may have happened: so it is looked for, until the answer comes.
                Err(ForgeError::Unknown { .. }) => {}
                other => panic!("{other:?}"),
            }
            lookups += 1;
            let found = loop {
                match self.find(&repo, &branch).await {
                    Ok(found) => break found,
                    Err(ForgeError::Unknown { .. }) => {}
                    Err(other) => panic!("{other:?}"),
                }
            };
            assert!(found.len() < 2, "{found:?}");
            if let Some(only) = found.first() {
                return Ok((repo, only.seen.pull.number, lookups));
            }
        }
    }

    /// Merges so many, while a person pushes at any moment around it; how many were merged, and how
    /// many had moved.
    ///
    /// # Panics
    /// Where a head was merged that was not the checked one.
    pub async fn move_heads(&self, times: u64) -> (usize, usize) {
        let (mut merged, mut moved) = (0, 0);
        let mut heads = HashMap::new();
        for n in 0..times {
            let repo = self.place.make(&format!("race-{n}"));
            let (number, head) = self.open(&repo, BRANCH).await;
            heads.insert(self.place.id(&repo), head);
            let (us, of) = (self.clone(), repo.clone());
            let pushing = tokio::task::spawn_blocking(move || {
                std::thread::sleep(Duration::from_micros(n % 40 * 150));
                us.place.write(&of, BRANCH, ("app.txt", "by hand\n"), PERSON)
            });
            // Some of the pushes are there before: on a busy machine no race may end that way.
            let pushing = if n % 10 == 9 { pushing.await.map(|_| None).unwrap() } else { Some(pushing) };
            let merge = Effect::Merge { number, head, method: MergeMethod::Squash };
            match self.forge.perform(&repo, &merge).await {
                Ok(Done::Merged { .. }) => merged += 1,
                Err(ForgeError::HeadMoved) => moved += 1,
                other => panic!("{other:?}"),
            }
            if let Some(pushing) = pushing {
                pushing.await.unwrap();
            }
        }
        let merges = self.place.world().lock().history().merges();
        let checked = merges.iter().filter(|(repo, _, head, _)| heads.get(repo) == Some(head)).count();
        assert_eq!((checked, merges.len()), (merged, merged), "each merged head is the one that was checked");
        (merged, moved)
    }

    /// Opens one pull request in each of so many repositories, all with a check that is green, and looks
    /// at all of them; their looks with marks, and how many requests that took.
    ///
    /// # Panics
    /// Where one cannot be opened or looked at.
    pub async fn open_many(&self, many: usize) -> (Vec<Look>, u64) {
        let repos: Vec<String> = (0..many).map(|n| self.place.make(&format!("many-{n}"))).collect();
        let opened = bulk::each(repos, 8, |repo| {
            let us = self.clone();
            async move {
                let (number, _) = us.open(&repo, BRANCH).await;
                Ok(Look { repo, number, mark: None })
            }
        })
        .await;
        let mut looks: Vec<Look> = opened.into_iter().collect::<Result<_, _>>().unwrap();
        self.place.pass(120_000);
        let before = self.place.world().counts().requests;
        let answers = self.forge.look(&looks).await;
        for (look, seen) in looks.iter_mut().zip(answers) {
            look.mark = Some(seen.unwrap().expect("it is told").mark);
        }
        (looks, self.place.world().counts().requests - before)
    }

    /// Looks at many that were looked at before; which were told, and how many requests that took.
    ///
    /// # Panics
    /// Where one cannot be looked at.
    pub async fn look_again(&self, looks: &[Look]) -> (Vec<Look>, u64) {
        let before = self.place.world().counts().requests;
        let answers = self.forge.look(looks).await;
        let told = looks.iter().zip(answers).filter_map(|(look, seen)| seen.unwrap().map(|_| look.clone()));
        let told = told.collect();
        (told, self.place.world().counts().requests - before)
    }
}
