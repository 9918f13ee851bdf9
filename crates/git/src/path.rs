//! Paths inside a repository, and the names that are refused wherever they come from.

use std::fmt;

use gix::validate::path::component;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest path inside a repository, in bytes: Linux' `PATH_MAX`.
pub const MAX_PATH_BYTES: usize = 4096;

/// Starts the written form of a path that is not UTF-8; no real path begins with a slash.
const HEX_PREFIX: &str = "/hex/";

/// The path of a file inside a repository: bytes, `/` between components, never absolute, never hostile.
///
/// Serialised as a string; a path that is not UTF-8 becomes `/hex/` and its bytes in hex, which is reversible.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Box<[u8]>);

/// A name that must not get into a working tree or out of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("hostile path {path:?}: {why}; the repository is refused, remove that path from its history's tip")]
pub struct HostileName {
    /// The path, with what is not UTF-8 replaced.
    pub path: String,
    /// The rule it breaks.
    pub why: &'static str,
}

impl RepoPath {
    /// Checks every component of `path`.
    ///
    /// # Errors
    /// [`HostileName`] for an empty, absolute or overlong path and for any component that git, or a file system of
    /// Windows or macOS, could take for `.git`, `.` or `..`.
    pub fn new(path: impl AsRef<[u8]>) -> Result<Self, HostileName> {
        let path = path.as_ref();
        if path.len() > MAX_PATH_BYTES {
            return Err(hostile(path, "longer than 4096 bytes"));
        }
        for name in path.split(|byte| *byte == b'/') {
            check_name(name, false).map_err(|why| hostile(path, why))?;
        }
        Ok(RepoPath(path.into()))
    }

    /// Joins a checked directory and a checked name; both come out of a tree that was parsed.
    pub(crate) fn joined(directory: &[u8], name: &[u8]) -> Self {
        RepoPath(join(directory, name).into_boxed_slice())
    }

    /// The bytes of the path.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The components, first to last.
    pub fn components(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'/')
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

impl Serialize for RepoPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_str() {
            Some(text) => serializer.serialize_str(text),
            None => {
                let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
                serializer.serialize_str(&format!("{HEX_PREFIX}{hex}"))
            }
        }
    }
}

impl<'de> Deserialize<'de> for RepoPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = match text.strip_prefix(HEX_PREFIX) {
            Some(hex) => {
                from_hex(hex).ok_or_else(|| serde::de::Error::custom("a path after /hex/ is hex digits"))?
            }
            None => text.into_bytes(),
        };
        RepoPath::new(bytes).map_err(serde::de::Error::custom)
    }
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = digits.chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

pub(crate) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(directory.len() + 1 + name.len());
    if !directory.is_empty() {
        path.extend_from_slice(directory);
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

pub(crate) fn hostile(path: &[u8], why: &'static str) -> HostileName {
    HostileName { path: String::from_utf8_lossy(path).into_owned(), why }
}

/// The rules for one name; `symlink` adds the one for `.gitmodules`.
///
/// gix-validate knows the HFS+ and NTFS spellings; NUL and the backslash are ours. Windows' device names (`aux`, `con`)
/// are allowed: they are ordinary files in many repositories and harmless on the Linux hosts this runs on.
pub(crate) fn check_name(name: &[u8], symlink: bool) -> Result<(), &'static str> {
    if name.contains(&0) {
        return Err("a NUL byte");
    }
    if name.contains(&b'\\') {
        return Err("a backslash, which Windows takes for a separator");
    }
    let rules = component::Options { protect_windows: false, protect_hfs: true, protect_ntfs: true };
    let mode = symlink.then_some(component::Mode::Symlink);
    match gix::validate::path::component(name.into(), mode, rules) {
        Ok(_) => Ok(()),
        Err(component::Error::Empty) => Err("an empty component"),
        Err(component::Error::PathSeparator) => Err("a slash inside a name"),
        Err(component::Error::Relative) => Err("a `.` or `..` component"),
        Err(component::Error::DotGitDir) => Err("a spelling of `.git`"),
        Err(component::Error::SymlinkedGitModules) => Err("`.gitmodules` as a symbolic link"),
        Err(_) => Err("a name that git refuses"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_refused() {
        let hostile: &[&[u8]] = &[
            b"",
            b"/",
            b"/etc/passwd",
            b"a//b",
            b"a/",
            b".",
            b"..",
            b"a/../b",
            b"./a",
            b".git",
            b".GIT",
            b"a/.gIt/config",
            b"git~1",
            b"GIT~1",
            b".git.",
            b".git ",
            b".git . .",
            b".git::$INDEX_ALLOCATION",
            b".git:x",
            b"a\\b",
            b"a\0b",
            ".g\u{200c}it".as_bytes(),
            ".\u{feff}git".as_bytes(),
            ".git\u{200d}".as_bytes(),
        ];
        for path in hostile {
            assert!(RepoPath::new(path).is_err(), "{:?}", String::from_utf8_lossy(path));
        }
        assert!(RepoPath::new(vec![b'a'; MAX_PATH_BYTES + 1]).is_err());
    }

    #[test]
    fn ordinary_names_are_kept() {
        for path in [
            ".gitignore",
            ".github/x.yml",
            "aux.c",
            "a b/c",
            "git",
            ".gitmodules",
            "ünï/ç",
            "a:b",
            "...",
            "con",
        ] {
            assert_eq!(RepoPath::new(path).unwrap().as_str(), Some(path));
        }
        assert!(check_name(b".gitmodules", true).is_err());
        assert!(check_name(b".GitModules", true).is_err());
    }

    #[test]
    fn hex_is_reversible() {
        assert_eq!(from_hex("ff61").unwrap(), b"\xffa");
        assert!(from_hex("f").is_none() && from_hex("zz").is_none());
        for bytes in [b"a/\xc3\xbc".as_slice(), b"a/\xff\n"] {
            let path = RepoPath::new(bytes).unwrap();
            let written = serde_json::to_string(&path).unwrap();
            assert_eq!(serde_json::from_str::<RepoPath>(&written).unwrap(), path);
        }
        assert!(serde_json::from_str::<RepoPath>("\"/hex/2e2e\"").is_err(), "`..` in hex is still `..`");
    }
}
