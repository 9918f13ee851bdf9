//! Objects, entries of trees, and their names.

use fleetwright_core::Oid;

use crate::error::{GitError, Result};
use crate::path::RepoPath;

/// The kinds of git objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The content of a file.
    Blob,
    /// One directory.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// The word git uses in an object's header.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Blob => "blob",
            Kind::Tree => "tree",
            Kind::Commit => "commit",
            Kind::Tag => "tag",
        }
    }

    pub(crate) fn from_word(word: &[u8]) -> Option<Kind> {
        [Kind::Blob, Kind::Tree, Kind::Commit, Kind::Tag]
            .into_iter()
            .find(|kind| kind.word().as_bytes() == word)
    }
}

/// A new object in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its kind.
    pub kind: Kind,
    /// The SHA-1 of header and data.
    pub oid: Oid,
    /// The data without header, not compressed.
    pub data: Vec<u8>,
}

impl Object {
    /// Names `data`.
    ///
    /// # Errors
    /// [`GitError::Collision`] for data made to collide with another object's name.
    pub fn new(kind: Kind, data: Vec<u8>) -> Result<Self> {
        let oid = name(kind, &data)?;
        Ok(Object { kind, oid, data })
    }
}

/// What an entry of a tree is. Git knows one bit of permissions: executable or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// `100644`.
    File,
    /// `100755`.
    Executable,
    /// `120000`; the blob is the target.
    Symlink,
    /// `160000`; the object is a commit of another repository.
    Submodule,
}

impl Mode {
    /// Git's number, printed in octal.
    pub const fn bits(self) -> u32 {
        match self {
            Mode::File => 0o100_644,
            Mode::Executable => 0o100_755,
            Mode::Symlink => 0o120_000,
            Mode::Submodule => 0o160_000,
        }
    }

    /// `None` for a directory or anything git does not write. `100664`, which old gits wrote, is a file.
    pub(crate) const fn from_bits(bits: u32) -> Option<Mode> {
        match bits {
            0o100_644 | 0o100_664 => Some(Mode::File),
            0o100_755 => Some(Mode::Executable),
            0o120_000 => Some(Mode::Symlink),
            0o160_000 => Some(Mode::Submodule),
            _ => None,
        }
    }
}

/// One file, link or submodule of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub path: RepoPath,
    /// What.
    pub mode: Mode,
    /// The blob, or the submodule's commit.
    pub oid: Oid,
}

/// The name of an object: SHA-1 over `kind size NUL data`.
///
/// # Errors
/// [`GitError::Collision`] for data made to collide (detected as git does it, by sha1dc).
pub fn name(kind: Kind, data: &[u8]) -> Result<Oid> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(format!("{} {}\0", kind.word(), data.len()).as_bytes());
    hasher.update(data);
    finish(hasher).ok_or(GitError::Collision { kind: kind.word() })
}

/// The digest, or `None` when the data is a forged SHA-1 collision.
pub(crate) fn finish(hasher: gix::hash::Hasher) -> Option<Oid> {
    from_gix(&hasher.try_finalize().ok()?)
}

pub(crate) fn from_gix(oid: &gix::oid) -> Option<Oid> {
    Some(Oid::from_bytes(oid.as_bytes().try_into().ok()?))
}

pub(crate) fn to_gix(oid: Oid) -> gix::ObjectId {
    gix::ObjectId::Sha1(*oid.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_gits() {
        // `git hash-object --stdin` of nothing, and of "hello\n".
        assert_eq!(name(Kind::Blob, b"").unwrap().to_string(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(
            name(Kind::Blob, b"hello\n").unwrap().to_string(),
            "ce013625030ba8dba906f756967f9e9ca394464a"
        );
        assert_eq!(name(Kind::Tree, b"").unwrap().to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    }
}
