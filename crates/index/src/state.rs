//! A state of the index that is open: its segments, and the listing that holds for each repository.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use fleetwright_core::Oid;

use crate::error::{Damage, IndexError};
use crate::listing::{self, Kept};
use crate::manifest::{self, Manifest};
use crate::marks::Marks;
use crate::segment::{Listing, Segment};

/// How often opening is tried again when a writer removed what a reader was about to open.
const TRIES: u32 = 4;

/// An open state.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) manifest: Manifest,
    pub(crate) segments: Vec<Arc<Segment>>,
    /// Repository → the segment and the place in its directory of the listing that holds.
    repos: BTreeMap<String, (usize, usize)>,
    pub(crate) damage: Vec<Damage>,
    forgotten: Vec<String>,
}

impl State {
    /// Opens the newest whole state, or a named one.
    pub(crate) fn open(folder: &Path, named: Option<u64>) -> Result<State, IndexError> {
        let mut state = State::default();
        for _ in 0..TRIES {
            let generations = manifest::generations(folder)?;
            if let Some(id) = named.filter(|id| !generations.contains(id)) {
                let newest = generations.first().copied().unwrap_or(0).to_string();
                return Err(IndexError::NoSnapshot { id: id.to_string(), newest });
            }
            let wanted = generations.into_iter().filter(|number| named.is_none_or(|named| named == *number));
            state = State::first_whole(folder, wanted);
            // A state that is still listed was not removed while it was opened.
            if state.damage.is_empty() || manifest::path(folder, state.manifest.generation).exists() {
                break;
            }
        }
        Ok(state)
    }

    fn first_whole(folder: &Path, generations: impl Iterator<Item = u64>) -> State {
        let mut damage = Vec::new();
        for generation in generations {
            match manifest::read(folder, generation) {
                Ok(manifest) => return State::load(folder, manifest, damage),
                Err(bad) => damage.push(bad),
            }
        }
        State { damage, ..State::default() }
    }

    fn load(folder: &Path, manifest: Manifest, mut damage: Vec<Damage>) -> State {
        let mut segments = Vec::new();
        for (name, _) in &manifest.segments {
            match Segment::open(&folder.join(name)) {
                Ok(segment) => segments.push(Arc::new(segment)),
                Err(bad) => damage.push(bad),
            }
        }
        let mut state = State { damage, ..State::of(manifest, segments) };
        if !state.damage.is_empty() {
            state.forget_incomplete();
        }
        state
    }

    /// The state of these segments, all of them whole.
    fn of(manifest: Manifest, segments: Vec<Arc<Segment>>) -> State {
        let mut state = State { manifest, segments, ..State::default() };
        state.index_listings();
        state
    }

    /// Takes in one more segment. What a commit changes is little beside all repositories: only that is looked at.
    pub(crate) fn push(&mut self, segment: Arc<Segment>) {
        let at = self.segments.len();
        for (row, listing) in segment.listings.iter().enumerate() {
            if self.listing(&listing.repo).is_none_or(|known| listing.generation > known.generation) {
                self.repos.insert(listing.repo.clone(), (at, row));
            }
        }
        self.segments.push(segment);
    }

    /// Puts one segment with all that `group` (places in `segments`) says that counts, or nothing, in its place.
    pub(crate) fn replace(&mut self, group: &[usize], merged: Option<Arc<Segment>>) {
        let mut places = 0..;
        let moved: Vec<Option<usize>> = (0..self.segments.len())
            .map(|at| if group.contains(&at) { None } else { places.next() })
            .collect();
        let mut at = 0..;
        self.segments.retain(|_| at.next().is_some_and(|at: usize| moved[at].is_some()));
        self.repos.retain(|_, place| moved[place.0].map(|at| place.0 = at).is_some());
        merged.into_iter().for_each(|merged| self.push(merged));
    }

    /// Forgets what was damaged, after everything that was in it is said anew.
    pub(crate) fn mended(&mut self) {
        self.damage.clear();
        self.forgotten.clear();
    }

    /// The bytes of the listings of each segment that hold.
    pub(crate) fn held(&self) -> Vec<u64> {
        let mut held = vec![0; self.segments.len()];
        for (segment, row) in self.repos.values() {
            held[*segment] += self.at((*segment, *row)).map_or(0, |listing| listing.length as u64);
        }
        held
    }

    /// Repositories whose listings are still there, but not all that they hold.
    pub(crate) fn forgotten(&self) -> Vec<String> {
        self.forgotten.clone()
    }

    /// Reads all pages, and does without the segments that have a bad one.
    pub(crate) fn checked(mut self) -> State {
        let (mut whole, mut bad) = (Vec::new(), Vec::new());
        for segment in std::mem::take(&mut self.segments) {
            match segment.check() {
                Ok(()) => whole.push(segment),
                Err(damage) => bad.push(damage),
            }
        }
        self.segments = whole;
        if !bad.is_empty() {
            self.damage.extend(bad);
            self.index_listings();
            self.forget_incomplete();
        }
        self
    }

    fn index_listings(&mut self) {
        let mut newest: BTreeMap<&str, (usize, usize, u64)> = BTreeMap::new();
        for (at, segment) in self.segments.iter().enumerate() {
            for (row, listing) in segment.listings.iter().enumerate() {
                let known = newest.entry(&listing.repo).or_insert((at, row, listing.generation));
                if listing.generation > known.2 {
                    *known = (at, row, listing.generation);
                }
            }
        }
        let kept = newest.into_iter();
        let repos = kept.map(|(repo, (at, row, _))| (repo.to_owned(), (at, row))).collect();
        self.repos = repos;
    }

    /// Forgets repositories that hold a blob which was lost with a damaged segment.
    fn forget_incomplete(&mut self) {
        let mut known = Marks::new();
        for segment in &self.segments {
            match segment.rows() {
                Ok(rows) => rows.iter().for_each(|(_, number)| known.set(*number)),
                Err(damage) => self.damage.push(damage),
            }
        }
        let names: Vec<String> = self.repos.keys().cloned().collect();
        for repo in names {
            let mut whole = true;
            let read = self.each(&repo, &mut |entry| {
                whole = !entry.mode.is_file() || known.has(entry.number);
                if whole { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            if !whole || read.is_err() {
                self.repos.remove(&repo);
                self.forgotten.push(repo);
            }
        }
    }

    /// The repositories there are, sorted by name.
    pub(crate) fn repositories(&self) -> impl Iterator<Item = (&str, Oid)> {
        self.repos.iter().filter_map(|(repo, place)| Some((repo.as_str(), self.at(*place)?.tree?)))
    }

    fn at(&self, (segment, row): (usize, usize)) -> Option<&Listing> {
        self.segments.get(segment)?.listings.get(row)
    }

    /// The listing that holds for a repository, a removal being one too.
    pub(crate) fn listing(&self, repo: &str) -> Option<&Listing> {
        self.at(*self.repos.get(repo)?)
    }

    /// Whether a listing of a segment is the one that holds.
    pub(crate) fn holds(&self, listing: &Listing) -> bool {
        self.listing(&listing.repo).is_some_and(|known| known.generation == listing.generation)
    }

    /// The tree a repository was read at.
    pub(crate) fn tree(&self, repo: &str) -> Option<Oid> {
        self.listing(repo)?.tree
    }

    /// Tells the entries of a repository; `None` if it is not known.
    pub(crate) fn each(
        &self,
        repo: &str,
        each: &mut dyn FnMut(Kept<'_>) -> ControlFlow<()>,
    ) -> Result<Option<ControlFlow<()>>, Damage> {
        let Some(place) = self.repos.get(repo) else { return Ok(None) };
        let (Some(listing), Some(segment)) = (self.at(*place), self.segments.get(place.0)) else {
            return Ok(None);
        };
        if listing.tree.is_none() {
            return Ok(None);
        }
        let bytes = segment.listing(listing)?;
        let read = listing::read(&bytes, each);
        read.map(Some).ok_or_else(|| segment.damaged(format!("the listing of {repo} cannot be read")))
    }

    /// The number of a blob.
    pub(crate) fn number_of(&self, oid: Oid) -> Result<Option<u32>, Damage> {
        for segment in self.segments.iter().rev() {
            if let Some(number) = segment.number_of(oid)? {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }
}
