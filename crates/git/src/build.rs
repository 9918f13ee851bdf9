//! New trees and commits in memory.

use std::collections::{BTreeMap, HashSet};

use fleetwright_core::Oid;

use crate::error::{GitError, Result};
use crate::object::{Kind, Mode, Object};
use crate::path::{self, RepoPath, hostile};
use crate::repository::Repository;
use crate::tree::{self, DIRECTORY, Node};

/// One file changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Which file.
    pub path: RepoPath,
    /// How.
    pub change: Change,
}

/// What happens to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Create or replace it.
    Put {
        /// File, executable or symbolic link.
        mode: Mode,
        /// Its bytes, or the link's target.
        content: Vec<u8>,
    },
    /// Create or replace it with an object that is there: a rename, a new mode, a submodule's commit.
    PutOid {
        /// What it is.
        mode: Mode,
        /// The blob, or the submodule's commit.
        oid: Oid,
    },
    /// Remove it; folders that become empty go with it.
    Delete,
}

/// A tree that edits made of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The new tree.
    pub tree: Oid,
    /// What the base has not, children before parents, each once. Nothing was written.
    pub objects: Vec<Object>,
}

/// A name and an address for a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// Everything a commit is made of; equal specs make equal commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitSpec {
    /// The tree.
    pub tree: Oid,
    /// The parents, in order.
    pub parents: Vec<Oid>,
    /// Who wrote the change.
    pub author: Person,
    /// Who made the commit.
    pub committer: Person,
    /// Seconds since 1970 UTC, for both; the zone is `+0000`.
    pub time: i64,
    /// The message; a final newline is added where missing.
    pub message: String,
}

/// Makes a commit object.
///
/// # Errors
/// [`GitError::Edit`] for a name or address with `<`, `>`, a newline or NUL, an empty name, or a message with NUL.
pub fn commit_object(spec: &CommitSpec) -> Result<Object> {
    let (headers, message) = commit_parts(spec)?;
    Object::new(Kind::Commit, format!("{headers}\n{message}").into_bytes())
}

/// The headers of a commit, each with its newline, and the message.
pub(crate) fn commit_parts(spec: &CommitSpec) -> Result<(String, String)> {
    let mut text = format!("tree {}\n", spec.tree);
    for parent in &spec.parents {
        text.push_str(&format!("parent {parent}\n"));
    }
    for (role, person) in [("author", &spec.author), ("committer", &spec.committer)] {
        check_person(person)?;
        text.push_str(&format!("{role} {} <{}> {} +0000\n", person.name, person.email, spec.time));
    }
    if spec.message.contains('\0') {
        return Err(cannot_commit("its message has a NUL byte"));
    }
    let mut message = spec.message.clone();
    // An empty message needs none: the headers' last newline ends the commit.
    if !message.is_empty() && !message.ends_with('\n') {
        message.push('\n');
    }
    Ok((text, message))
}

fn check_person(person: &Person) -> Result<()> {
    let odd = |text: &str| text.contains(['<', '>', '\n', '\0']) || text.trim() != text;
    if person.name.is_empty() || odd(&person.name) || odd(&person.email) {
        return Err(cannot_commit(
            "a name or address is empty, is padded, or has one of `<`, `>`, newline, NUL",
        ));
    }
    Ok(())
}

fn cannot_commit(why: &'static str) -> GitError {
    GitError::Edit { path: "the commit".to_owned(), why }
}

impl Repository {
    /// Applies edits to a tree, all at once: their order does not matter. Only directories on the edited paths are read.
    ///
    /// # Errors
    /// [`GitError::Edit`] where two edits name one path, a deleted file is not there, or a path is a file and a folder
    /// at once; [`GitError::HostileName`]; [`GitError::MissingObject`] for a `PutOid` of a blob that is not there.
    pub fn build(&self, base_tree: Option<Oid>, edits: &[Edit]) -> Result<Built> {
        let mut sorted: Vec<(&[u8], &Edit)> = edits.iter().map(|edit| (edit.path.as_bytes(), edit)).collect();
        sorted.sort_unstable_by_key(|(path, _)| *path);
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(cannot(twice[0].0, "two edits name it"));
        }
        let mut builder = Builder { repository: self, objects: Vec::new(), named: HashSet::new() };
        let tree = match builder.directory(base_tree, b"", &sorted)? {
            Some(tree) => tree,
            None => builder.keep(Object::new(Kind::Tree, Vec::new())?),
        };
        Ok(Built { tree, objects: builder.objects })
    }
}

fn cannot(path: &[u8], why: &'static str) -> GitError {
    GitError::Edit { path: String::from_utf8_lossy(path).into_owned(), why }
}

struct Builder<'a> {
    repository: &'a Repository,
    objects: Vec<Object>,
    named: HashSet<Oid>,
}

/// The edits of one name within a directory: of the name itself, and of what is below it.
#[derive(Default)]
struct Touched<'a> {
    itself: Option<&'a Edit>,
    below: Vec<(&'a [u8], &'a Edit)>,
}

impl<'a> Builder<'a> {
    fn keep(&mut self, object: Object) -> Oid {
        let oid = object.oid;
        if self.named.insert(oid) {
            self.objects.push(object);
        }
        oid
    }

    /// The tree of a directory after its edits; `None` where nothing is left in it.
    fn directory(
        &mut self,
        base: Option<Oid>,
        directory: &[u8],
        edits: &[(&'a [u8], &'a Edit)],
    ) -> Result<Option<Oid>> {
        if edits.is_empty() {
            return Ok(base);
        }
        let data = match base {
            Some(oid) => self.repository.tree_data(oid)?,
            None => Vec::new(),
        };
        let old = tree::parse(base.unwrap_or(Oid::ZERO), &data, directory)?;
        let mut nodes: BTreeMap<&[u8], (u32, Oid)> =
            old.iter().map(|Node { mode, name, oid }| (*name, (*mode, *oid))).collect();
        for (name, touched) in group(edits) {
            let path = path::join(directory, name);
            let before = nodes.get(name).copied();
            match self.apply(&path, before, &touched)? {
                Some(after) => nodes.insert(name, after),
                None => nodes.remove(name),
            };
        }
        self.write(base, &data, nodes)
    }

    fn write(
        &mut self,
        base: Option<Oid>,
        old: &[u8],
        nodes: BTreeMap<&[u8], (u32, Oid)>,
    ) -> Result<Option<Oid>> {
        let mut sorted: Vec<_> = nodes.into_iter().collect();
        sorted.sort_unstable_by(|(left, (left_mode, _)), (right, (right_mode, _))| {
            tree::order((left, *left_mode == DIRECTORY), (right, *right_mode == DIRECTORY))
        });
        let mut data = Vec::with_capacity(old.len() + 64);
        for (name, (mode, oid)) in sorted {
            data.extend_from_slice(format!("{mode:o} ").as_bytes());
            data.extend_from_slice(name);
            data.push(0);
            data.extend_from_slice(oid.as_bytes());
        }
        if data.is_empty() {
            return Ok(None);
        }
        match base {
            Some(oid) if data == old => Ok(Some(oid)),
            _ => Ok(Some(self.keep(Object::new(Kind::Tree, data)?))),
        }
    }

    /// Mode and object of one name after its edits; `None` where it is gone.
    fn apply(
        &mut self,
        path: &[u8],
        before: Option<(u32, Oid)>,
        touched: &Touched<'a>,
    ) -> Result<Option<(u32, Oid)>> {
        let folder = before.filter(|(mode, _)| *mode == DIRECTORY).map(|(_, oid)| oid);
        let file = before.filter(|(mode, _)| *mode != DIRECTORY);
        let deleted = touched.itself.is_some_and(|edit| edit.change == Change::Delete);
        if deleted && file.is_none() {
            return Err(cannot(path, "it is not in the tree, so it cannot be deleted"));
        }
        if file.is_some() && !deleted && !touched.below.is_empty() {
            return Err(cannot(path, "it is a file, and another edit needs it as a folder"));
        }
        let below = self.directory(folder, path, &touched.below)?;
        let itself = match touched.itself.filter(|_| !deleted) {
            Some(edit) => self.put(path, file, edit)?,
            None => return Ok(below.map(|tree| (DIRECTORY, tree))),
        };
        match below {
            Some(_) => Err(cannot(path, "it is a folder with files in it; delete them in the same edits")),
            None => Ok(Some(itself)),
        }
    }

    fn put(&mut self, path: &[u8], before: Option<(u32, Oid)>, edit: &Edit) -> Result<(u32, Oid)> {
        let (mode, oid) = match &edit.change {
            Change::Put { mode: Mode::Submodule, .. } => {
                return Err(cannot(path, "a submodule has no content"));
            }
            Change::Put { mode, content } => {
                let object = Object::new(Kind::Blob, content.clone())?;
                let oid = object.oid;
                if before.is_none_or(|(_, old)| old != oid) {
                    self.keep(object);
                }
                (*mode, oid)
            }
            Change::PutOid { mode, oid } => {
                let known = *mode == Mode::Submodule || before.is_some_and(|(_, old)| old == *oid);
                if !known && !self.repository.has(*oid)? {
                    return Err(GitError::MissingObject { oid: *oid, path: self.repository.path.clone() });
                }
                (*mode, *oid)
            }
            Change::Delete => return Err(cannot(path, "it is deleted")),
        };
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        path::check_name(name, mode == Mode::Symlink).map_err(|why| hostile(path, why))?;
        Ok((mode.bits(), oid))
    }
}

fn group<'a>(edits: &[(&'a [u8], &'a Edit)]) -> BTreeMap<&'a [u8], Touched<'a>> {
    let mut names: BTreeMap<&[u8], Touched<'a>> = BTreeMap::new();
    for (path, edit) in edits {
        match path.iter().position(|byte| *byte == b'/') {
            Some(slash) => names.entry(&path[..slash]).or_default().below.push((&path[slash + 1..], edit)),
            None => names.entry(path).or_default().itself = Some(edit),
        }
    }
    names
}
