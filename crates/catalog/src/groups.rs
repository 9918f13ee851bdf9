//! The tree of groups: who is above and below whom, who is a member, and what a department owns.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::entity::Entity;
use crate::reference::EntityRef;

/// Groups, users and what they own, by reference in small letters (`group:default/payments`).
#[derive(Debug, Clone, Default)]
pub struct Groups {
    parents: BTreeMap<String, BTreeSet<String>>,
    children: BTreeMap<String, BTreeSet<String>>,
    members: BTreeMap<String, BTreeSet<String>>,
    owned: BTreeMap<String, BTreeSet<String>>,
}

impl Groups {
    /// Reads the tree off the relations that were stitched.
    pub(crate) fn of(entities: &[Entity]) -> Groups {
        let mut groups = Groups::default();
        for entity in entities {
            let myself = entity.entity_ref().to_string();
            for relation in entity.relations() {
                let side = match relation.kind.as_str() {
                    "childOf" => &mut groups.parents,
                    "parentOf" => &mut groups.children,
                    "hasMember" => &mut groups.members,
                    "ownerOf" => &mut groups.owned,
                    _ => continue,
                };
                side.entry(myself.clone()).or_default().insert(relation.target.clone());
            }
        }
        groups
    }

    /// The groups above one, nearest first, each once; a circle ends the walk.
    pub fn ancestors(&self, group: &EntityRef) -> Vec<String> {
        walk(&self.parents, &group.to_string())
    }

    /// The groups below one, nearest first, each once.
    pub fn descendants(&self, group: &EntityRef) -> Vec<String> {
        walk(&self.children, &group.to_string())
    }

    /// The members of a group itself.
    pub fn members(&self, group: &EntityRef) -> impl Iterator<Item = &str> {
        self.members.get(&group.to_string()).into_iter().flatten().map(String::as_str)
    }

    /// What a group or user owns by itself.
    pub fn owned(&self, owner: &EntityRef) -> impl Iterator<Item = &str> {
        self.owned.get(&owner.to_string()).into_iter().flatten().map(String::as_str)
    }

    /// What a department owns: the group, all groups below it, and the members of these.
    pub fn department(&self, group: &EntityRef) -> BTreeSet<&str> {
        let mut groups = self.descendants(group);
        groups.push(group.to_string());
        let members = groups.iter().filter_map(|group| self.members.get(group)).flatten();
        let owners: BTreeSet<&String> = groups.iter().chain(members).collect();
        owners.into_iter().filter_map(|owner| self.owned.get(owner)).flatten().map(String::as_str).collect()
    }

    /// The groups that are their own ancestors, one sorted list a circle.
    pub(crate) fn circles(&self) -> BTreeSet<Vec<String>> {
        // Whatever has no parent left is in no circle; what remains is in one or below one.
        let mut open: BTreeMap<&str, usize> =
            self.parents.iter().map(|(group, parents)| (group.as_str(), parents.len())).collect();
        let named: BTreeSet<&String> = self.parents.values().flatten().collect();
        let mut free: Vec<&str> =
            named.into_iter().map(String::as_str).filter(|group| !open.contains_key(group)).collect();
        while let Some(group) = free.pop() {
            for child in self.children.get(group).into_iter().flatten() {
                if let Some(left) = open.get_mut(child.as_str()) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        open.remove(child.as_str());
                        free.push(child);
                    }
                }
            }
        }
        self.rings(open.into_keys().collect())
    }

    fn rings(&self, mut left: BTreeSet<&str>) -> BTreeSet<Vec<String>> {
        let mut rings = BTreeSet::new();
        while let Some(group) = left.pop_first() {
            let above: BTreeSet<String> = walk(&self.parents, group).into_iter().collect();
            let below: BTreeSet<String> = walk(&self.children, group).into_iter().collect();
            let myself = self.parents.get(group).is_some_and(|parents| parents.contains(group));
            let mut ring: Vec<String> = above.intersection(&below).cloned().collect();
            if ring.is_empty() && !myself {
                continue;
            }
            ring.push(group.to_owned());
            ring.sort();
            ring.dedup();
            left.retain(|other| !ring.iter().any(|member| member == other));
            rings.insert(ring);
        }
        rings
    }
}

/// All that can be reached, nearest first, without the start.
fn walk(edges: &BTreeMap<String, BTreeSet<String>>, start: &str) -> Vec<String> {
    let mut seen: BTreeSet<&str> = BTreeSet::from([start]);
    let mut queue = VecDeque::from([start]);
    let mut found = Vec::new();
    while let Some(at) = queue.pop_front() {
        for next in edges.get(at).into_iter().flatten() {
            if seen.insert(next) {
                found.push(next.clone());
                queue.push_back(next);
            }
        }
    }
    found
}
