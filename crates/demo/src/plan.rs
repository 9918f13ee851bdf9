//! What one sample repository shall be, before it is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fleetwright_git::{Change, Edit, Mode, Person, RepoPath};

use crate::bare::{self, Revision};
use crate::error::DemoError;
use crate::template::{COMMON, DEPLOYMENT, Ecosystem, SERVICE};

/// 2026-01-05 09:00 UTC, when the fleet's first repository begins.
const EPOCH: i64 = 1_767_603_600;
/// Seconds between the beginnings of two repositories: seven hours.
const APART: i64 = 7 * 3600;
/// Seconds between two commits of one: nine days.
const STEP: i64 = 9 * 86_400;

/// The messages of the commits; a file belongs to the one [`age`] names.
const MESSAGES: [&str; 3] = ["Begin @NAME@", "Test every push", "Deploy @NAME@"];

const PEOPLE: [(&str, &str); 5] = [
    ("Ada Ortiz", "ada@acme.example"),
    ("Bo Lindqvist", "bo@acme.example"),
    ("Chidi Eze", "chidi@acme.example"),
    ("Dana Novak", "dana@acme.example"),
    ("Emi Sato", "emi@acme.example"),
];

/// What one repository shall be.
pub(crate) struct Plan {
    /// Owner and name.
    pub(crate) name: String,
    /// What it is there for.
    pub(crate) about: &'static str,
    /// Its place in the fleet, from 0: dates and numbers follow from it.
    pub(crate) index: usize,
    pub(crate) manifest: &'static str,
    pub(crate) branch: &'static str,
    pub(crate) files: BTreeMap<String, Change>,
    /// The forge's `repo.json`, where there is something to say.
    pub(crate) repo_json: Option<&'static str>,
    /// What stands in `HEAD` instead of the branch.
    pub(crate) head: Option<&'static str>,
}

impl Plan {
    /// A library: sources, tests and a workflow.
    pub(crate) fn library(name: &str, index: usize, ecosystem: &'static Ecosystem) -> Plan {
        let mut plan = Plan {
            name: name.to_owned(),
            about: ecosystem.library,
            index,
            manifest: ecosystem.manifest,
            branch: "main",
            files: BTreeMap::new(),
            repo_json: None,
            head: None,
        };
        for (path, content) in COMMON.iter().chain(ecosystem.sources) {
            plan.put(path, content);
        }
        plan
    }

    /// A service: a library with an image and a deployment.
    pub(crate) fn service(name: &str, index: usize, ecosystem: &'static Ecosystem) -> Plan {
        let mut plan = Plan { about: ecosystem.service, ..Plan::library(name, index, ecosystem) };
        plan.put("README.md", COMMON[0].1);
        plan.put("Dockerfile", ecosystem.dockerfile);
        plan.put(DEPLOYMENT.0, DEPLOYMENT.1);
        plan.put(SERVICE.0, SERVICE.1);
        plan
    }

    /// Writes a file from a template. Scripts can be run.
    pub(crate) fn put(&mut self, path: &str, template: &str) {
        let content = self.fill(template).into_bytes();
        let mode = if path.ends_with(".sh") { Mode::Executable } else { Mode::File };
        self.files.insert(self.fill(path), Change::Put { mode, content });
    }

    /// Writes a file as it is.
    pub(crate) fn put_bytes(&mut self, path: &str, content: Vec<u8>) {
        self.files.insert(path.to_owned(), Change::Put { mode: Mode::File, content });
    }

    /// Writes a symbolic link.
    pub(crate) fn link(&mut self, path: &str, target: &str) {
        let content = target.as_bytes().to_vec();
        self.files.insert(path.to_owned(), Change::Put { mode: Mode::Symlink, content });
    }

    /// Exchanges the bytes of files that are there.
    pub(crate) fn map(&mut self, paths: impl Fn(&str) -> bool, edit: impl Fn(&[u8]) -> Vec<u8>) {
        for (path, change) in &mut self.files {
            if let Change::Put { content, .. } = change
                && paths(path)
            {
                *content = edit(content);
            }
        }
    }

    /// Writes text before the first place where a file says something.
    pub(crate) fn before(&mut self, file: &str, says: &str, text: &str) {
        self.map(
            |path| path == file,
            |content| {
                let content = String::from_utf8_lossy(content);
                content.replacen(says, &format!("{text}{says}"), 1).into_bytes()
            },
        );
    }

    /// Owner and name.
    fn parts(&self) -> (&str, &str) {
        self.name.split_once('/').unwrap_or(("", &self.name))
    }

    fn fill(&self, template: &str) -> String {
        let (owner, name) = self.parts();
        let words = [
            ("@ABOUT@", capital(self.about)),
            ("@NAME@", name.to_owned()),
            ("@OWNER@", owner.to_owned()),
            ("@PACKAGE@", name.replace('-', "_")),
            ("@MANIFEST@", self.manifest.to_owned()),
            ("@BRANCH@", self.branch.to_owned()),
            ("@VERSION@", format!("{}.{}.{}", 1 + self.index % 3, self.index % 7, self.index % 11)),
            ("@PORT@", (8080 + self.index % 10).to_string()),
            ("@REPLICAS@", (2 + self.index % 3).to_string()),
        ];
        words.iter().fold(template.to_owned(), |text, (word, value)| text.replace(word, value))
    }

    /// Writes the repository below the forge's folder.
    pub(crate) fn write(&self, root: &Path) -> Result<(), DemoError> {
        let path = root.join(format!("{}.git", self.name));
        let revisions = self.revisions()?;
        bare::write(&path, self.branch, &revisions).map_err(DemoError::repository(&self.name))?;
        if let Some(head) = self.head {
            let file = path.join("HEAD");
            fs::write(&file, head).map_err(DemoError::files(&file))?;
        }
        if let Some(json) = self.repo_json {
            let folder = root.join(format!("{}.forge", self.name));
            fs::create_dir_all(&folder).map_err(DemoError::files(&folder))?;
            let file = folder.join("repo.json");
            fs::write(&file, json).map_err(DemoError::files(&file))?;
        }
        Ok(())
    }

    /// One revision for every age that brings files.
    fn revisions(&self) -> Result<Vec<Revision>, DemoError> {
        let mut revisions: Vec<Revision> = Vec::new();
        for (at, message) in MESSAGES.iter().enumerate() {
            if !self.files.keys().any(|path| age(path) == at) {
                continue;
            }
            let files = self.files.iter().filter(|(path, _)| age(path) <= at);
            let files = files
                .map(|(path, change)| Ok(Edit { path: RepoPath::new(path)?, change: change.clone() }))
                .collect::<Result<_, _>>()
                .map_err(DemoError::path(&self.name))?;
            let (name, email) = PEOPLE[(self.index + at) % PEOPLE.len()];
            let time = EPOCH + APART * signed(self.index) + STEP * signed(at);
            let author = Person { name: name.to_owned(), email: email.to_owned() };
            revisions.push(Revision { files, message: self.fill(message), author, time });
        }
        Ok(revisions)
    }
}

/// Which commit brings a file, from 0.
fn age(path: &str) -> usize {
    match path {
        "test.sh" => 1,
        "Dockerfile" => 2,
        _ if path.starts_with(".github/") => 1,
        _ if path.starts_with("deploy/") || path.starts_with("services/") => 2,
        _ => 0,
    }
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::GO;

    #[test]
    fn a_service_begins_is_tested_and_is_deployed() {
        let plan = Plan::service("data/stream-router", 8, &GO);
        let sizes: Vec<usize> =
            plan.revisions().unwrap().iter().map(|revision| revision.files.len()).collect();
        assert_eq!(sizes, [6, 9, 12]);
        assert_eq!(plan.revisions().unwrap()[2].message, "Deploy stream-router");
    }

    #[test]
    fn a_library_is_never_deployed() {
        assert_eq!(Plan::library("platform/retry-go", 40, &GO).revisions().unwrap().len(), 2);
    }
}
