//! Which repositories share a token: few tokens for many repositories, none for more than it must.

use std::collections::HashMap;

/// The most repositories of one token (docs.github.com, "Create an installation access token for an app").
pub(super) const MOST: usize = 500;

/// One owner's repositories, in sets of at most [`MOST`].
#[derive(Debug, Default)]
pub(super) struct Sets {
    of: HashMap<String, u64>,
    members: HashMap<u64, Vec<String>>,
    filling: u64,
    next: u64,
}

impl Sets {
    /// Puts repositories that are new into sets. Their tokens' sets must not change under them, so what
    /// comes later goes into sets of its own; those of one call fill up the last.
    pub(super) fn add(&mut self, names: impl IntoIterator<Item = String>) {
        let fresh: Vec<String> = names.into_iter().filter(|name| !self.of.contains_key(name)).collect();
        for name in fresh {
            let full = self.members.get(&self.filling).is_none_or(|set| set.len() >= MOST);
            if full {
                self.filling = self.fresh();
            }
            self.of.insert(name.clone(), self.filling);
            self.members.entry(self.filling).or_default().push(name);
        }
    }

    /// The set of a repository, and who is in it.
    pub(super) fn set(&mut self, name: &str) -> (u64, Vec<String>) {
        if !self.of.contains_key(name) {
            self.add([name.to_owned()]);
        }
        let set = self.of.get(name).copied().unwrap_or_default();
        (set, self.members.get(&set).cloned().unwrap_or_default())
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
            self.of.extend(half.iter().map(|name| (name.clone(), fresh)));
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
        let (set, members) = sets.set("r7");
        assert!(members.contains(&"r7".to_owned()) && sets.set("r8").0 == set);
    }

    #[test]
    fn one_that_is_gone_is_alone_after_ten_halvings() {
        let mut sets = Sets::default();
        sets.add((0..500).map(|n| format!("r{n}")));
        let mut halvings = 0;
        while sets.halve(sets.of["r77"]) {
            halvings += 1;
        }
        assert!(halvings <= 9, "{halvings}");
        assert_eq!(sets.set("r77").1, ["r77"]);
        assert_eq!(sets.of.len(), 500);
        assert!(sets.of.keys().all(|name| sets.members[&sets.of[name]].contains(name)));
    }
}
