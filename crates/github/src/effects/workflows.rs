//! Whether a push changes workflow files: those need a permission of their own, asked for only then.

use std::collections::HashMap;

use fleetwright_core::Oid;
use fleetwright_git::{Kind, Object};

/// Whether the commit's `.github/workflows` is among what is new.
pub(super) fn are_touched(objects: &[Object], head: Oid) -> bool {
    let new: HashMap<Oid, &Object> = objects.iter().map(|object| (object.oid, object)).collect();
    let touched = || {
        let commit = new.get(&head).filter(|object| object.kind == Kind::Commit)?;
        let line = commit.data.split(|byte| *byte == b'\n').next()?;
        let root: Oid = std::str::from_utf8(line.strip_prefix(b"tree ")?).ok()?.parse().ok()?;
        let github = entry(new.get(&root)?, b".github")?;
        let workflows = entry(new.get(&github)?, b"workflows")?;
        new.get(&workflows)
    };
    touched().is_some()
}

/// The entry of a tree with this name.
fn entry(tree: &Object, name: &[u8]) -> Option<Oid> {
    let mut rest = tree.data.as_slice();
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let end = space + rest.get(space..)?.iter().position(|byte| *byte == 0)?;
        let oid: [u8; 20] = rest.get(end + 1..end + 21)?.try_into().ok()?;
        if rest.get(space + 1..end)? == name {
            return Some(Oid::from_bytes(oid));
        }
        rest = rest.get(end + 21..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, &str, Oid)]) -> Object {
        let mut data = Vec::new();
        for (mode, name, oid) in entries {
            data.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            data.extend_from_slice(oid.as_bytes());
        }
        Object::new(Kind::Tree, data).unwrap()
    }

    #[test]
    fn only_new_workflow_files_count() {
        let old = Oid::from_bytes([7; 20]);
        let workflows = tree(&[("100644", "ci.yml", old)]);
        let github = tree(&[("100644", "CODEOWNERS", old), ("40000", "workflows", workflows.oid)]);
        let root = tree(&[("40000", ".github", github.oid), ("100644", "a", old)]);
        let commit =
            Object::new(Kind::Commit, format!("tree {}\nauthor x\n\nm", root.oid).into_bytes()).unwrap();
        let head = commit.oid;
        let all = [commit, root, github, workflows];
        assert!(are_touched(&all, head));
        assert!(!are_touched(&all[..3], head), "an old folder of workflows is no change");
        assert!(!are_touched(&all[..2], head));
        assert!(!are_touched(&all, old));
    }
}
