//! Reading trees: every name is checked, every count has a limit.

use std::collections::HashMap;
use std::rc::Rc;

use fleetwright_core::Oid;

use crate::error::{GitError, Result};
use crate::object::{Entry, Kind, Mode};
use crate::odb::MAX_META_BYTES;
use crate::path::{self, MAX_PATH_BYTES, RepoPath, hostile};
use crate::repository::Repository;

/// The mode of a directory within a tree.
pub(crate) const DIRECTORY: u32 = 0o40_000;

/// How much of a tree is listed before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files, links, submodules and directories together.
    pub entries: usize,
    /// Directories within directories.
    pub depth: usize,
    /// Bytes of one path.
    pub path_bytes: usize,
}

impl Default for Limits {
    /// 200,000 entries (the Linux kernel has 90,000), 128 levels, 4,096 bytes (Linux' `PATH_MAX`).
    fn default() -> Self {
        Limits { entries: 200_000, depth: 128, path_bytes: MAX_PATH_BYTES }
    }
}

/// One line of a tree object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) mode: u32,
    pub(crate) name: &'a [u8],
    pub(crate) oid: Oid,
}

impl Node<'_> {
    pub(crate) fn is_directory(&self) -> bool {
        self.mode == DIRECTORY
    }

    pub(crate) fn is_submodule(&self) -> bool {
        self.mode == Mode::Submodule.bits()
    }
}

/// The order of names in a tree: a directory counts as if its name ended in a slash.
pub(crate) fn order(left: (&[u8], bool), right: (&[u8], bool)) -> std::cmp::Ordering {
    let key = |(name, directory): (&'_ [u8], bool), at: usize| match name.get(at) {
        Some(byte) => Some(*byte),
        None => (directory && at == name.len()).then_some(b'/'),
    };
    let common = left.0.len().min(right.0.len());
    left.0[..common]
        .cmp(&right.0[..common])
        .then_with(|| key(left, common).cmp(&key(right, common)))
        .then_with(|| left.0.len().cmp(&right.0.len()))
}

/// Takes a tree object apart and checks names, modes, order and duplicates.
pub(crate) fn parse<'a>(oid: Oid, data: &'a [u8], directory: &[u8]) -> Result<Vec<Node<'a>>> {
    let mut nodes: Vec<Node<'a>> = Vec::with_capacity(data.len() / 40);
    let mut rest = data;
    while !rest.is_empty() {
        let (node, after) =
            parse_node(rest).ok_or_else(|| GitError::corrupt(oid, "a tree entry is malformed"))?;
        rest = after;
        check_node(oid, &node, directory)?;
        if let Some(last) = nodes.last() {
            check_order(oid, last, &node, directory)?;
        }
        if node.is_directory() && has_file(&nodes, node.name) {
            let path = path::join(directory, node.name);
            return Err(hostile(&path, "a file and a directory of the same name").into());
        }
        nodes.push(node);
    }
    Ok(nodes)
}

fn parse_node(data: &[u8]) -> Option<(Node<'_>, &[u8])> {
    let space = data.iter().take(8).position(|byte| *byte == b' ')?;
    let mode = u32::from_str_radix(std::str::from_utf8(&data[..space]).ok()?, 8).ok()?;
    let rest = &data[space + 1..];
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (oid, after) = rest[end + 1..].split_first_chunk::<20>()?;
    let node = Node { mode, name: &rest[..end], oid: Oid::from_bytes(*oid) };
    Some((node, after))
}

fn check_node(oid: Oid, node: &Node<'_>, directory: &[u8]) -> Result<()> {
    let mode = Mode::from_bits(node.mode);
    if mode.is_none() && !node.is_directory() {
        return Err(GitError::corrupt(
            oid,
            format!("a tree entry has mode {:o}, which git does not write", node.mode),
        ));
    }
    path::check_name(node.name, mode == Some(Mode::Symlink))
        .map_err(|why| hostile(&path::join(directory, node.name), why).into())
}

fn check_order(oid: Oid, last: &Node<'_>, node: &Node<'_>, directory: &[u8]) -> Result<()> {
    if last.name == node.name {
        return Err(hostile(&path::join(directory, node.name), "two entries of the same name").into());
    }
    let ordered = order((last.name, last.is_directory()), (node.name, node.is_directory()));
    if ordered.is_lt() {
        return Ok(());
    }
    Err(GitError::corrupt(oid, "its entries are not sorted"))
}

fn has_file(sorted: &[Node<'_>], name: &[u8]) -> bool {
    sorted.binary_search_by(|node| order((node.name, node.is_directory()), (name, false))).is_ok()
}

impl Repository {
    pub(crate) fn tree_data(&self, tree: Oid) -> Result<Vec<u8>> {
        self.read(tree, Kind::Tree, MAX_META_BYTES)
    }

    /// All files, links and submodules of a tree, sorted by path.
    ///
    /// # Errors
    /// [`GitError::HostileName`] for any name that could escape a working tree, [`GitError::Corrupt`] for modes and
    /// orders git does not write, [`GitError::Limit`].
    pub fn list(&self, tree: Oid, limits: Limits) -> Result<Vec<Entry>> {
        let mut listing =
            Listing { repository: self, limits, seen: 0, entries: Vec::new(), read: HashMap::new() };
        listing.directory(tree, &mut Vec::new(), 1)?;
        Ok(listing.entries)
    }

    /// The file, link or submodule at `path`; `None` where there is none or a directory.
    ///
    /// # Errors
    /// As [`Repository::list`], for the directories on the way.
    pub fn find(&self, tree: Oid, path: &RepoPath) -> Result<Option<Entry>> {
        let mut tree = tree;
        let mut directory = Vec::new();
        for name in path.components() {
            let data = self.tree_data(tree)?;
            let nodes = parse(tree, &data, &directory)?;
            let Some(node) = nodes.iter().find(|node| node.name == name) else {
                return Ok(None);
            };
            directory = path::join(&directory, name);
            if let Some(mode) = Mode::from_bits(node.mode) {
                let found = directory == path.as_bytes();
                return Ok(found.then(|| Entry { path: path.clone(), mode, oid: node.oid }));
            }
            tree = node.oid;
        }
        Ok(None)
    }
}

struct Listing<'a> {
    repository: &'a Repository,
    limits: Limits,
    seen: usize,
    entries: Vec<Entry>,
    /// Trees that were read: a hostile tree names the same one many thousand times.
    read: HashMap<Oid, Rc<[u8]>>,
}

impl Listing<'_> {
    fn data(&mut self, tree: Oid) -> Result<Rc<[u8]>> {
        if let Some(data) = self.read.get(&tree) {
            return Ok(Rc::clone(data));
        }
        let data: Rc<[u8]> = self.repository.tree_data(tree)?.into();
        self.read.insert(tree, Rc::clone(&data));
        Ok(data)
    }

    fn directory(&mut self, tree: Oid, path: &mut Vec<u8>, depth: usize) -> Result<()> {
        let limit = |what, limit: usize| GitError::Limit { what, limit: limit as u64 };
        if depth > self.limits.depth {
            return Err(limit("levels of directories", self.limits.depth));
        }
        let data = self.data(tree)?;
        for node in parse(tree, &data, path)? {
            self.seen += 1;
            if self.seen > self.limits.entries {
                return Err(limit("entries in the tree", self.limits.entries));
            }
            let length = path.len();
            if length + 1 + node.name.len() > self.limits.path_bytes {
                return Err(limit("bytes in a path", self.limits.path_bytes));
            }
            match Mode::from_bits(node.mode) {
                Some(mode) => {
                    self.entries.push(Entry { path: RepoPath::joined(path, node.name), mode, oid: node.oid })
                }
                None => {
                    if length > 0 {
                        path.push(b'/');
                    }
                    path.extend_from_slice(node.name);
                    self.directory(node.oid, path, depth + 1)?;
                    path.truncate(length);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut data = Vec::new();
        for (mode, name) in entries {
            data.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            data.extend_from_slice(&[7; 20]);
        }
        data
    }

    #[test]
    fn odd_trees_are_refused() {
        let bad: &[&[(&str, &str)]] = &[
            &[("100644", ".git")],
            &[("40000", ".GIT")],
            &[("100644", "a"), ("100644", "a")],
            &[("100644", "a"), ("100644", "a.b"), ("40000", "a")],
            &[("100644", "b"), ("100644", "a")],
            &[("40000", "a"), ("100644", "a.b")],
            &[("120000", ".gitmodules")],
            &[("100000", "a")],
            &[("140000", "a")],
            &[("100644", "a/b")],
            &[("104755", "a")],
        ];
        for entries in bad {
            assert!(parse(Oid::ZERO, &tree(entries), b"").is_err(), "{entries:?}");
        }
        assert!(parse(Oid::ZERO, b"100644 a\0short", b"").is_err());
        let good =
            tree(&[("100644", "a"), ("100755", "a.b"), ("40000", "ab"), ("120000", "b"), ("160000", "c")]);
        assert_eq!(parse(Oid::ZERO, &good, b"").unwrap().len(), 5);
    }

    #[test]
    fn a_directory_sorts_as_if_it_ended_in_a_slash() {
        assert!(order((b"a.b", false), (b"a", true)).is_lt());
        assert!(order((b"a", false), (b"a", true)).is_lt());
        assert!(order((b"a0", false), (b"a", true)).is_gt());
        assert!(order((b"a", true), (b"a", true)).is_eq());
    }
}
