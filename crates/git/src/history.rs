//! Commits: what they say and how they are related.

use std::collections::{HashMap, HashSet, VecDeque};

use fleetwright_core::Oid;

use crate::error::{GitError, Result};
use crate::object::{Kind, from_gix};
use crate::odb::MAX_META_BYTES;
use crate::repository::{MAX_SMALL_FILE, Repository};

/// The most commits walked for one question.
const MAX_COMMITS: usize = 1_000_000;
/// How far a straight line of commits is followed before whole histories are compared.
const STRAIGHT: usize = 1_000;

/// What a commit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFacts {
    /// Its tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// The author's name; what is not UTF-8 is replaced.
    pub author: String,
    /// The author's address.
    pub author_email: String,
    /// The whole message; what is not UTF-8 is replaced.
    pub message: String,
    /// When it was committed, in seconds since 1970 UTC; 0 where the commit's date is malformed.
    pub time: i64,
}

impl CommitFacts {
    /// Reads a commit's data.
    pub(crate) fn parse(commit: Oid, data: &[u8]) -> Result<CommitFacts> {
        let corrupt = |error: gix::Error| GitError::corrupt(commit, error.to_string());
        let parsed = gix::objs::CommitRef::from_bytes(data, gix::hash::Kind::Sha1).map_err(corrupt)?;
        let author = parsed.author().map_err(corrupt)?;
        Ok(CommitFacts {
            tree: from_gix(&parsed.tree()).unwrap_or(Oid::ZERO),
            parents: parsed.parents().filter_map(|parent| from_gix(&parent)).collect(),
            author: author.name.to_string(),
            author_email: author.email.to_string(),
            message: parsed.message.to_string(),
            time: parsed.time().map_or(0, |time| time.seconds),
        })
    }
}

impl Repository {
    /// What the commit says.
    ///
    /// # Errors
    /// [`GitError::WrongKind`] for something else than a commit, [`GitError::Corrupt`] for one git cannot read.
    pub fn commit_info(&self, commit: Oid) -> Result<CommitFacts> {
        CommitFacts::parse(commit, &self.read(commit, Kind::Commit, MAX_META_BYTES)?)
    }

    /// The tree of a commit.
    ///
    /// # Errors
    /// As [`Repository::commit_info`].
    pub fn tree_of(&self, commit: Oid) -> Result<Oid> {
        Ok(self.commit_info(commit)?.tree)
    }

    /// The commits that `head` has and `base` has not, newest first (parents after children).
    ///
    /// # Errors
    /// [`GitError::Limit`] beyond a million commits; [`GitError::MissingObject`] where history ends without being
    /// marked shallow.
    pub fn commits_between(&self, base: Oid, head: Oid) -> Result<Vec<Oid>> {
        let shallow = self.shallow()?;
        if let Some(line) = self.straight_line(base, head, &shallow)? {
            return Ok(line);
        }
        let known = self.ancestors(base, &shallow)?;
        let mut walk = Walk::new(self, &shallow);
        walk.reach(head, |commit| known.contains(&commit))?;
        Ok(walk.newest_first(head))
    }

    /// The best common ancestor: of several, the youngest. `None` for unrelated histories.
    ///
    /// # Errors
    /// As [`Repository::commits_between`].
    pub fn merge_base(&self, left: Oid, right: Oid) -> Result<Option<Oid>> {
        let shallow = self.shallow()?;
        if left == right || self.straight_line(left, right, &shallow)?.is_some() {
            return Ok(Some(left));
        }
        let known = self.ancestors(left, &shallow)?;
        let mut walk = Walk::new(self, &shallow);
        walk.reach(right, |commit| known.contains(&commit))?;
        let mut candidates: Vec<Oid> = walk.stopped_at.iter().copied().collect();
        if candidates.len() > 1 {
            let mut covered = HashSet::new();
            for candidate in &candidates {
                let mut below = self.ancestors(*candidate, &shallow)?;
                below.remove(candidate);
                covered.extend(below);
            }
            candidates.retain(|candidate| !covered.contains(candidate));
        }
        let mut dated = Vec::new();
        for candidate in candidates {
            dated.push((self.commit_info(candidate)?.time, candidate));
        }
        Ok(dated.into_iter().max().map(|(_, oid)| oid))
    }

    /// Commits whose parents are deliberately not here.
    pub(crate) fn shallow(&self) -> Result<HashSet<Oid>> {
        let content = self.root.read(b"shallow", MAX_SMALL_FILE).map_err(self.io("read shallow of"))?;
        let content = content.unwrap_or_default();
        let text = String::from_utf8_lossy(&content);
        let bad = |_| self.bad_ref("shallow", "a line is not an object name");
        text.split_ascii_whitespace().map(|line| line.parse().map_err(bad)).collect()
    }

    fn parents(&self, commit: Oid, shallow: &HashSet<Oid>) -> Result<Vec<Oid>> {
        if shallow.contains(&commit) {
            return Ok(Vec::new());
        }
        Ok(self.commit_info(commit)?.parents)
    }

    /// The usual case, without walking whole histories: `base` is some single-parent steps below `head`.
    fn straight_line(&self, base: Oid, head: Oid, shallow: &HashSet<Oid>) -> Result<Option<Vec<Oid>>> {
        let mut line = Vec::new();
        let mut at = head;
        while at != base {
            if line.len() == STRAIGHT {
                return Ok(None);
            }
            line.push(at);
            match self.parents(at, shallow)?.as_slice() {
                [parent] => at = *parent,
                _ => return Ok(None),
            }
        }
        Ok(Some(line))
    }

    fn ancestors(&self, commit: Oid, shallow: &HashSet<Oid>) -> Result<HashSet<Oid>> {
        let mut walk = Walk::new(self, shallow);
        walk.reach(commit, |_| false)?;
        Ok(walk.parents.into_keys().collect())
    }
}

/// A walk from a commit to its ancestors.
struct Walk<'a> {
    repository: &'a Repository,
    shallow: &'a HashSet<Oid>,
    parents: HashMap<Oid, Vec<Oid>>,
    stopped_at: HashSet<Oid>,
}

impl<'a> Walk<'a> {
    fn new(repository: &'a Repository, shallow: &'a HashSet<Oid>) -> Self {
        Walk { repository, shallow, parents: HashMap::new(), stopped_at: HashSet::new() }
    }

    /// Visits every ancestor once, not going past those where `stop` says so.
    fn reach(&mut self, from: Oid, stop: impl Fn(Oid) -> bool) -> Result<()> {
        let mut queue = VecDeque::from([from]);
        while let Some(commit) = queue.pop_front() {
            if self.parents.contains_key(&commit) {
                continue;
            }
            if stop(commit) {
                self.stopped_at.insert(commit);
                continue;
            }
            if self.parents.len() == MAX_COMMITS {
                return Err(GitError::Limit { what: "commits in the history", limit: MAX_COMMITS as u64 });
            }
            let parents = self.repository.parents(commit, self.shallow)?;
            queue.extend(&parents);
            self.parents.insert(commit, parents);
        }
        Ok(())
    }

    /// What was visited, children before parents.
    fn newest_first(&self, head: Oid) -> Vec<Oid> {
        let mut children: HashMap<Oid, usize> = HashMap::new();
        for parent in self.parents.values().flatten() {
            *children.entry(*parent).or_default() += 1;
        }
        let mut ready = vec![head];
        let mut sorted = Vec::with_capacity(self.parents.len());
        while let Some(commit) = ready.pop() {
            let Some(parents) = self.parents.get(&commit) else {
                continue;
            };
            sorted.push(commit);
            for parent in parents.iter().rev() {
                if let Some(waiting) = children.get_mut(parent) {
                    *waiting -= 1;
                    if *waiting == 0 {
                        ready.push(*parent);
                    }
                }
            }
        }
        sorted
    }
}
