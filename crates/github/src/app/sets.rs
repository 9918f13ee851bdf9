//! Which repositories share a token: few tokens for many repositories, none for more than it must.

use std::collections::HashMap;

/// The most repositories of one token (docs.github.com, "Create an installation access token for an app").
pub(super) const MOST: usize = 500;

/// One owner's repositories, in sets of at most [`MOST`]. A set only ever grows at its end, so a token
/// covers the first so many of it.
#[derive(Debug, Default)]
pub(super) struct Sets {
    /// Each repository's set, and its place in it.
    of: HashMap<String, (u64, usize)>,
    members: HashMap<u64, Vec<String>>,
    filling: u64,
    next: u64,
}

/// Where a repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) set: u64,
    /// Its place in the set, from 0.
    pub(super) at: usize,
    /// Everybody in the set.
    pub(super) members: Vec<String>,
}

impl Sets {
    /// Puts repositories that are new into the set that is being filled.
    pub(super) fn add(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            if self.of.contains_key(&name) {
                continue;
            }
            if self.members.get(&self.filling).is_none_or(|set| set.len() >= MOST) {
                self.filling = self.fresh();
            }
            let set = self.members.entry(self.filling).or_default();
            self.of.insert(name.clone(), (self.filling, set.len()));
            set.push(name);
        }
    }

    /// Where a repository is; one that is new is put somewhere.
    pub(super) fn place(&mut self, name: &str) -> Place {
        if !self.of.contains_key(name) {
            self.add([name.to_owned()]);
        }
        let (set, at) = self.of.get(name).copied().unwrap_or_default();
        Place { set, at, members: self.members.get(&set).cloned().unwrap_or_default() }
    }

    /// Halves a set that the forge does not take, because one of them is gone or out of reach. Whether
    /// it could be halved.
    pub(super) fn halve(&mut self, set: u64) -> bool {
        let Some(members) = self.members.remove(&set) else { return true };
        if members.len() < 2 {
            self.members.insert(set, members);
            return false;
        }
        let (left, right) = members.split_at(members.len() / 2);
        for half in [left, right] {
            let fresh = self.fresh();
            let places = half.iter().enumerate().map(|(at, name)| (name.clone(), (fresh, at)));
            self.of.extend(places);
            self.members.insert(fresh, half.to_vec());
        }
        self.filling = self.fresh();
        true
    }

    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_are_twenty_sets() {
        let mut sets = Sets::default();
        sets.add((0..10_000).map(|n| format!("r{n}")));
        assert_eq!(sets.members.len(), 20);
        assert!(sets.members.values().all(|set| set.len() == MOST));
        let place = sets.place("r7");
        assert_eq!((place.at, place.members[7].as_str()), (7, "r7"));
        assert_eq!(sets.place("r8").set, place.set);
        assert_eq!(sets.place("new").at, 0, "a set of its own");
    }

    #[test]
    fn one_that_is_gone_is_alone_after_ten_halvings() {
        let mut sets = Sets::default();
        sets.add((0..500).map(|n| format!("r{n}")));
        let mut halvings = 0;
        while sets.halve(sets.of["r77"].0) {
            halvings += 1;
        }
        assert!(halvings <= 9, "{halvings}");
        assert_eq!(sets.place("r77").members, ["r77"]);
        assert_eq!(sets.of.len(), 500);
        assert!(sets.of.keys().all(|name| {
            let (set, at) = sets.of[name];
            sets.members[&set][at] == *name
        }));
    }
}
