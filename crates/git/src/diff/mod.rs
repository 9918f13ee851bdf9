//! Patches: what a change looks like, for people, for `git apply` and for clustering.

mod binary;
mod lines;

use fleetwright_core::Oid;

use crate::build::{Change, Edit};
use crate::error::{GitError, Result};
use crate::merge::is_binary;
use crate::object::{Kind, Mode, name};
use crate::path::RepoPath;
use crate::repository::Repository;

/// The largest file shown, in bytes: 64 MiB. A larger one appears as `Binary files ... differ`, which cannot be applied.
const MAX_SHOWN_BYTES: u64 = 64 << 20;

/// A change as a patch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patch {
    /// A unified diff with git's headers, which `git apply` turns into exactly the new tree.
    pub text: Vec<u8>,
    /// One per changed file, sorted by path.
    pub files: Vec<FileChange>,
    /// The changed lines, without context.
    pub hunks: Vec<Hunk>,
}

/// How much of a file changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Which file.
    pub path: RepoPath,
    /// Lines added; 0 for binary files.
    pub added: usize,
    /// Lines removed; 0 for binary files.
    pub removed: usize,
    /// Whether it is binary (a NUL among the first 8,000 bytes, as git has it) or larger than 64 MiB.
    pub binary: bool,
}

/// A run of changed lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// In which file.
    pub path: RepoPath,
    /// The lines before, without line end; what is not UTF-8 is replaced.
    pub removed: Vec<String>,
    /// The lines after.
    pub added: Vec<String>,
}

/// One side of a changed file; `content` is `None` where it is too large.
struct Side {
    mode: Mode,
    oid: Oid,
    content: Option<Vec<u8>>,
}

/// The patch of `edits` on `base_tree`. Edits that change nothing leave no trace.
///
/// # Errors
/// Those of [`Repository::find`] and [`Repository::blob`].
pub fn patch(repository: &Repository, base_tree: Option<Oid>, edits: &[Edit]) -> Result<Patch> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_unstable_by(|left, right| left.path.cmp(&right.path));
    let mut patch = Patch::default();
    for edit in sorted {
        let old = match base_tree {
            Some(tree) => repository.find(tree, &edit.path)?,
            None => None,
        };
        let old = old.map(|entry| by_oid(repository, entry.mode, entry.oid)).transpose()?;
        let new = match &edit.change {
            Change::Delete => None,
            Change::PutOid { mode, oid } => Some(by_oid(repository, *mode, *oid)?),
            Change::Put { mode, content } => Some(Side {
                mode: *mode,
                oid: name(Kind::Blob, content)?,
                content: (content.len() as u64 <= MAX_SHOWN_BYTES).then(|| content.clone()),
            }),
        };
        patch.file(&edit.path, old.as_ref(), new.as_ref())?;
    }
    Ok(patch)
}

fn by_oid(repository: &Repository, mode: Mode, oid: Oid) -> Result<Side> {
    let content = match mode {
        Mode::Submodule => Some(format!("Subproject commit {oid}\n").into_bytes()),
        _ => match repository.blob(oid, MAX_SHOWN_BYTES) {
            Ok(content) => Some(content),
            Err(GitError::TooLarge { .. }) => None,
            Err(other) => return Err(other),
        },
    };
    Ok(Side { mode, oid, content })
}

impl Patch {
    fn file(&mut self, path: &RepoPath, old: Option<&Side>, new: Option<&Side>) -> Result<()> {
        let kind = |side: &Side| match side.mode {
            Mode::File | Mode::Executable => Mode::File,
            other => other,
        };
        match (old, new) {
            (Some(before), Some(after)) if before.mode == after.mode && before.oid == after.oid => Ok(()),
            // `git apply` takes a file that becomes a link as a deletion and a creation.
            (Some(before), Some(after)) if kind(before) != kind(after) => {
                self.change(path, old, None)?;
                self.change(path, None, new)
            }
            (None, None) => Ok(()),
            _ => self.change(path, old, new),
        }
    }

    fn change(&mut self, path: &RepoPath, old: Option<&Side>, new: Option<&Side>) -> Result<()> {
        self.header(path, old, new);
        let mut counts = FileChange { path: path.clone(), added: 0, removed: 0, binary: false };
        let content = |side: Option<&Side>| side.map_or(Some(Vec::new()), |side| side.content.clone());
        let same = matches!((old, new), (Some(old), Some(new)) if old.oid == new.oid);
        match (content(old), content(new)) {
            _ if same => {}
            (Some(before), Some(after)) if is_binary(&before) || is_binary(&after) => {
                counts.binary = true;
                let written = binary::write(&mut self.text, &before, &after);
                written.map_err(|source| GitError::io("compress", path.to_string(), source))?;
            }
            (Some(before), Some(after)) => {
                let labels = (label("a/", path, old.is_some()), label("b/", path, new.is_some()));
                let found = lines::write(&mut self.text, labels, &before, &after);
                for (removed, added) in found {
                    counts.removed += removed.len();
                    counts.added += added.len();
                    self.hunks.push(Hunk { path: path.clone(), removed, added });
                }
            }
            _ => {
                counts.binary = true;
                let (from, to) = (label("a/", path, old.is_some()), label("b/", path, new.is_some()));
                for part in [b"Binary files ".as_slice(), &from, b" and ", &to, b" differ\n"] {
                    self.text.extend_from_slice(part);
                }
            }
        }
        self.files.push(counts);
        Ok(())
    }

    fn header(&mut self, path: &RepoPath, old: Option<&Side>, new: Option<&Side>) {
        self.text.extend_from_slice(b"diff --git ");
        self.text.extend_from_slice(&quote("a/", path));
        self.text.push(b' ');
        self.text.extend_from_slice(&quote("b/", path));
        self.text.push(b'\n');
        let oid = |side: Option<&Side>| side.map_or(Oid::ZERO, |side| side.oid);
        let (from, to) = (oid(old), oid(new));
        let mut lines = match (old, new) {
            (None, Some(new)) => format!("new file mode {:06o}\n", new.mode.bits()),
            (Some(old), None) => format!("deleted file mode {:06o}\n", old.mode.bits()),
            (Some(old), Some(new)) if old.mode != new.mode => {
                format!("old mode {:06o}\nnew mode {:06o}\n", old.mode.bits(), new.mode.bits())
            }
            _ => String::new(),
        };
        if from != to {
            lines.push_str(&format!("index {from}..{to}"));
            if let (Some(old), Some(new)) = (old, new)
                && old.mode == new.mode
            {
                lines.push_str(&format!(" {:06o}", old.mode.bits()));
            }
            lines.push('\n');
        }
        self.text.extend_from_slice(lines.as_bytes());
    }
}

fn label(side: &str, path: &RepoPath, present: bool) -> Vec<u8> {
    if present { quote(side, path) } else { b"/dev/null".to_vec() }
}

/// A path as git writes it in a patch: in C quotes where it has quotes, backslashes or control characters.
fn quote(side: &str, path: &RepoPath) -> Vec<u8> {
    let mut plain = side.as_bytes().to_vec();
    plain.extend_from_slice(path.as_bytes());
    if !plain.iter().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20 | 0x7f)) {
        return plain;
    }
    let mut quoted = vec![b'"'];
    for byte in plain {
        match byte {
            b'"' | b'\\' => quoted.extend_from_slice(&[b'\\', byte]),
            0..0x20 | 0x7f => quoted.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'"');
    quoted
}
