//! Circles among names that include each other.

use std::collections::{BTreeMap, BTreeSet};

/// The includes that close a circle, as pairs of who includes and what; each include is looked at once.
pub(crate) fn closing<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<(&'a str, &'a str)> {
    let (mut found, mut done, mut open) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for root in edges.keys() {
        let mut path = vec![(*root, 0)];
        if !done.insert(*root) {
            continue;
        }
        open.insert(*root);
        while let Some((from, at)) = path.pop() {
            let Some(to) = edges.get(from).and_then(|targets| targets.get(at)) else {
                open.remove(from);
                continue;
            };
            path.push((from, at + 1));
            if open.contains(to) {
                found.insert((from, *to));
            } else if done.insert(to) {
                open.insert(to);
                path.push((to, 0));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_closes_a_circle_is_found() {
        let edges = [("a", vec!["b", "c"]), ("b", vec!["c"]), ("c", vec!["d", "b"]), ("e", vec!["e"])];
        let found: Vec<_> = closing(&edges.into_iter().collect()).into_iter().collect();
        assert_eq!(found, [("c", "b"), ("e", "e")]);
    }
}
