//! The git binary as the judge, and one sample fleet for all tests that only read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use fleetwright_demo::{SampleRepo, write_fleet};
use tempfile::TempDir;

pub(crate) struct Fleet {
    folder: TempDir,
    pub(crate) repos: Vec<SampleRepo>,
}

impl Fleet {
    pub(crate) fn write() -> Fleet {
        let folder = tempfile::tempdir().unwrap();
        let repos = write_fleet(folder.path()).unwrap();
        Fleet { folder, repos }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, repo: &str) -> PathBuf {
        self.root().join(format!("{repo}.git"))
    }
}

/// Written once; no test may change it.
pub(crate) static FLEET: LazyLock<Fleet> = LazyLock::new(Fleet::write);

/// Neither of them has a tree: the one has no commit, the other no usable `HEAD`.
pub(crate) const TREELESS: [&str; 2] = ["platform/corrupt-head", "platform/empty"];

pub(crate) fn try_git(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_DIR", folder).args(args).output().unwrap()
}

pub(crate) fn git_bytes(folder: &Path, args: &[&str]) -> Vec<u8> {
    let output = try_git(folder, args);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?} in {}: {words}", folder.display());
    output.stdout
}

pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    String::from_utf8(git_bytes(folder, args)).unwrap().trim_end().to_owned()
}

/// Every file below a folder, by path.
pub(crate) fn bytes_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(bytes_below(&path)),
            false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
        }
    }
    found
}

/// The same, by path relative to the folder.
pub(crate) fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let relative = |(path, bytes): (PathBuf, Vec<u8>)| (path.strip_prefix(folder).unwrap().to_owned(), bytes);
    bytes_below(folder).into_iter().map(relative).collect()
}

/// A plain copy of a repository's tip.
pub(crate) fn checkout(repository: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let tar = folder.path().join("tree.tar");
    git(repository, &["archive", "--output", tar.to_str().unwrap(), "HEAD"]);
    let unpacked = Command::new("tar").arg("-xf").arg(&tar).arg("-C").arg(folder.path()).status().unwrap();
    assert!(unpacked.success());
    fs::remove_file(tar).unwrap();
    folder
}
