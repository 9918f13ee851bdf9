//! What a repository holds: the files of its tree.

use std::ops::ControlFlow;

use fleetwright_core::Oid;

use crate::limits::MAX_PATH_BYTES;
use crate::varint;

/// What kind of entry a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A file (`100644`).
    File,
    /// An executable file (`100755`).
    Executable,
    /// A symbolic link (`120000`): listed, never searched.
    Link,
    /// A submodule (`160000`): listed, never searched.
    Submodule,
}

/// One entry of a tree, as the caller read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The path from the root of the tree: any bytes but NUL, `/` between names.
    pub path: &'a [u8],
    /// What it is.
    pub mode: Mode,
    /// The blob (for a submodule, its commit).
    pub oid: Oid,
    /// The blob's size in bytes, where it is cheap to know.
    pub size: Option<u64>,
}

/// One entry as the index keeps it: content is named by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept<'a> {
    pub(crate) path: &'a [u8],
    pub(crate) mode: Mode,
    /// The number of the blob; 0 for links and submodules.
    pub(crate) number: u32,
}

impl Mode {
    /// Whether it has content that is searched.
    pub(crate) fn is_file(self) -> bool {
        matches!(self, Mode::File | Mode::Executable)
    }

    fn code(self) -> u64 {
        match self {
            Mode::File => 0,
            Mode::Executable => 1,
            Mode::Link => 2,
            Mode::Submodule => 3,
        }
    }

    fn from_code(code: u64) -> Mode {
        match code & 3 {
            0 => Mode::File,
            1 => Mode::Executable,
            2 => Mode::Link,
            _ => Mode::Submodule,
        }
    }
}

/// Writes a listing, sorted by path: what a path shares with the one before is not repeated, and the
/// number is told as a distance, for neighbours were numbered one after the other.
pub(crate) fn write(entries: &[Kept<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    varint::put(&mut out, entries.len() as u64);
    let (mut before, mut number): (&[u8], u32) = (&[], 0);
    for entry in entries {
        let shared = before.iter().zip(entry.path).take_while(|(left, right)| left == right).count();
        varint::put(&mut out, shared as u64);
        varint::put_bytes(&mut out, &entry.path[shared..]);
        let step = if entry.mode.is_file() { i64::from(entry.number) - i64::from(number) } else { 0 };
        varint::put(&mut out, varint::zigzag(step) << 2 | entry.mode.code());
        if entry.mode.is_file() {
            number = entry.number;
        }
        before = entry.path;
    }
    out
}

/// Reads a listing entry by entry, for as long as `each` wants more; `None` if it is not one.
pub(crate) fn read(
    bytes: &[u8],
    each: &mut dyn FnMut(Kept<'_>) -> ControlFlow<()>,
) -> Option<ControlFlow<()>> {
    let mut rest = bytes;
    let count = varint::take(&mut rest)?;
    let (mut path, mut number) = (Vec::new(), 0_i64);
    for _ in 0..count {
        let shared = usize::try_from(varint::take(&mut rest)?).ok()?;
        let suffix = varint::take_bytes(&mut rest)?;
        if shared > path.len() || shared + suffix.len() > MAX_PATH_BYTES {
            return None;
        }
        path.truncate(shared);
        path.extend_from_slice(suffix);
        let code = varint::take(&mut rest)?;
        let mode = Mode::from_code(code);
        number = number.checked_add(varint::unzigzag(code >> 2))?;
        let own = if mode.is_file() { u32::try_from(number).ok()? } else { 0 };
        if each(Kept { path: &path, mode, number: own }).is_break() {
            return Some(ControlFlow::Break(()));
        }
    }
    rest.is_empty().then_some(ControlFlow::Continue(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            files in prop::collection::btree_map(prop::collection::vec(1..=255_u8, 1..40), (0..4_u64, any::<u32>()), 0..40)
        ) {
            let keep = |(path, (code, number)): (&'_ Vec<u8>, &(u64, u32))| {
                let mode = Mode::from_code(*code);
                (path.clone(), mode, if mode.is_file() { *number } else { 0 })
            };
            let files: Vec<_> = files.iter().map(keep).collect();
            let kept: Vec<Kept<'_>> =
                files.iter().map(|(path, mode, number)| Kept { path, mode: *mode, number: *number }).collect();
            let mut back = Vec::new();
            let end = read(&write(&kept), &mut |entry| {
                back.push((entry.path.to_vec(), entry.mode, entry.number));
                ControlFlow::Continue(())
            });
            prop_assert_eq!(end, Some(ControlFlow::Continue(())));
            prop_assert_eq!(back, files);
        }

        #[test]
        fn garbage(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, &mut |_| ControlFlow::Continue(()));
        }
    }
}
