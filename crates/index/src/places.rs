//! Where candidates lie.

use std::collections::HashMap;
use std::ops::ControlFlow;

use fleetwright_core::Oid;

use crate::error::Damage;
use crate::evaluate::Candidates;
use crate::globs::Globs;
use crate::limits::MAX_PLACES;
use crate::listing::{Kept, Mode};
use crate::query::{Place, RepoFilter};
use crate::state::State;

/// One place, 16 bytes and its path in the common store.
struct Spot {
    number: u32,
    repo: u32,
    path_at: u32,
    path_length: u16,
    executable: bool,
}

/// All places of candidates, blob by blob.
#[derive(Default)]
pub(crate) struct Places {
    repos: Vec<String>,
    paths: Vec<u8>,
    /// Sorted so that a blob's places lie together, and blobs come by their first place.
    spots: Vec<Spot>,
    /// Where each blob's places begin.
    starts: Vec<usize>,
    names: HashMap<u32, Oid>,
    /// Files that fit and are too large.
    pub(crate) too_large: u64,
    /// Files that fit and are binary.
    pub(crate) binary: u64,
    /// Whether there were more than can be looked at.
    pub(crate) full: bool,
    pub(crate) damage: Vec<Damage>,
}

impl Places {
    /// Finds the places of candidates in repositories and under paths that are meant.
    pub(crate) fn find(
        state: &State,
        candidates: &Candidates,
        filter: (Option<RepoFilter<'_>>, &Globs),
        large: bool,
    ) -> Places {
        let mut places = Places::default();
        for (repo, _) in state.repositories().filter(|(repo, _)| filter.0.is_none_or(|fits| fits(repo))) {
            let before = places.spots.len();
            let mut add = |entry: Kept<'_>| places.add(candidates, &entry, filter.1, large);
            let read = state.each(repo, &mut add);
            if places.spots.len() > before {
                places.repos.push(repo.to_owned());
            }
            places.damage.extend(read.err());
            if places.full {
                break;
            }
        }
        places.group();
        places.name(state);
        places
    }

    fn add(&mut self, found: &Candidates, entry: &Kept<'_>, paths: &Globs, large: bool) -> ControlFlow<()> {
        let number = entry.number;
        if !entry.mode.is_file() {
            return ControlFlow::Continue(());
        }
        let (text, too_large) = (found.text.has(number), found.large.has(number));
        let binary = found.binary.has(number);
        if !(text || too_large || binary) || !paths.is_match(entry.path) {
            return ControlFlow::Continue(());
        }
        if binary {
            self.binary += 1;
            return ControlFlow::Continue(());
        }
        if too_large && !(large || paths.is_named()) {
            self.too_large += 1;
            return ControlFlow::Continue(());
        }
        let (Ok(path_at), Ok(path_length)) =
            (u32::try_from(self.paths.len()), u16::try_from(entry.path.len()))
        else {
            self.full = true;
            return ControlFlow::Break(());
        };
        if self.spots.len() == MAX_PLACES {
            self.full = true;
            return ControlFlow::Break(());
        }
        self.paths.extend_from_slice(entry.path);
        let executable = entry.mode == Mode::Executable;
        let repo = u32::try_from(self.repos.len()).unwrap_or(u32::MAX);
        self.spots.push(Spot { number, repo, path_at, path_length, executable });
        ControlFlow::Continue(())
    }

    /// Brings a blob's places together, blobs in the order of their first places.
    fn group(&mut self) {
        let mut first: HashMap<u32, usize> = HashMap::new();
        for (at, spot) in self.spots.iter().enumerate() {
            first.entry(spot.number).or_insert(at);
        }
        // Stable: the places of a blob keep their order.
        self.spots.sort_by_key(|spot| first.get(&spot.number).copied());
        let mut last = None;
        for (at, spot) in self.spots.iter().enumerate() {
            if last != Some(spot.number) {
                self.starts.push(at);
                last = Some(spot.number);
            }
        }
    }

    fn name(&mut self, state: &State) {
        let mut wanted = crate::marks::Marks::new();
        self.spots.iter().for_each(|spot| wanted.set(spot.number));
        for segment in &state.segments {
            match segment.rows() {
                Ok(rows) => {
                    let known = rows.into_iter().filter(|(_, number)| wanted.has(*number));
                    self.names.extend(known.map(|(oid, number)| (number, oid)));
                }
                Err(damage) => self.damage.push(damage),
            }
        }
    }

    /// How many distinct blobs there are.
    pub(crate) fn blobs(&self) -> usize {
        self.starts.len()
    }

    fn of(&self, blob: usize) -> &[Spot] {
        let Some(start) = self.starts.get(blob) else { return &[] };
        let end = self.starts.get(blob + 1).copied().unwrap_or(self.spots.len());
        &self.spots[*start..end]
    }

    /// The name of a blob; `None` if the segment that knew it is damaged.
    pub(crate) fn oid(&self, blob: usize) -> Option<Oid> {
        self.names.get(&self.of(blob).first()?.number).copied()
    }

    /// The repositories where a blob lies, each once.
    pub(crate) fn repos_of(&self, blob: usize) -> impl Iterator<Item = &str> {
        let mut last = None;
        let own = self.of(blob).iter().filter(move |spot| last.replace(spot.repo) != Some(spot.repo));
        own.filter_map(|spot| self.repos.get(spot.repo as usize).map(String::as_str))
    }

    /// All places of a blob.
    pub(crate) fn places(&self, blob: usize) -> Vec<Place> {
        let place = |spot: &Spot| {
            let at = spot.path_at as usize;
            Some(Place {
                repo: self.repos.get(spot.repo as usize)?.clone(),
                path: self.paths.get(at..at + usize::from(spot.path_length))?.to_vec(),
                executable: spot.executable,
            })
        };
        self.of(blob).iter().filter_map(place).collect()
    }
}
