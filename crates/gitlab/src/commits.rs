//! Commits and their trees. GitLab tells no tree's name; it follows from the entries of the root.

use fleetwright_core::Oid;
use fleetwright_forge::http::{About, encoded};
use fleetwright_forge::{CommitSeen, ForgeError};
use fleetwright_git::Kind;

use crate::Inner;
use crate::projects::project_path;
use crate::state::moment;
use crate::wire::{Commit, TreeEntry};

/// The most pages of a hundred entries that one directory is read.
const PAGES: usize = 200;

impl Inner {
    /// What a commit says.
    pub(crate) async fn commit_seen(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError> {
        let path = format!("{}/repository/commits/{commit}", project_path(repo));
        let what = format!("commit {}", commit.short());
        let said: Commit = self.rest.read(About { repo, what: &what }, &path).await?;
        let parents = said.parent_ids.iter().map(|oid| read_oid(repo, oid)).collect::<Result<_, _>>()?;
        let time = moment(&said.committed_date).unwrap_or_default() / 1_000;
        Ok(CommitSeen { time, tree: self.tree(repo, commit).await?, parents, message: said.message })
    }

    /// The name of a commit's tree.
    pub(crate) async fn tree(&self, repo: &str, commit: Oid) -> Result<Oid, ForgeError> {
        let path =
            format!("{}/repository/tree?ref={commit}&per_page=100&pagination=keyset", project_path(repo));
        let what = format!("the files of commit {}", commit.short());
        let entries: Vec<TreeEntry> = self.rest.pages(About { repo, what: &what }, &path, PAGES).await?;
        tree_name(repo, &entries)
    }

    /// The tip of a branch, as the API tells it.
    pub(crate) async fn branch_tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        let path = format!("{}/repository/branches/{}", project_path(repo), encoded(branch));
        let what = format!("branch {branch}");
        let found: Option<crate::wire::Branch> = self.rest.find(About { repo, what: &what }, &path).await?;
        found.map(|branch| read_oid(repo, &branch.commit.id)).transpose()
    }
}

/// Reads an object's name.
pub(crate) fn read_oid(repo: &str, text: &str) -> Result<Oid, ForgeError> {
    text.parse().map_err(|error| ForgeError::access(repo, error))
}

/// The name of the tree that has these entries: git sorts directories as if they ended in `/`.
fn tree_name(repo: &str, entries: &[TreeEntry]) -> Result<Oid, ForgeError> {
    let mut sorted: Vec<(Vec<u8>, &TreeEntry)> = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut key = entry.name.clone().into_bytes();
        if entry.mode.trim_start_matches('0') == "40000" {
            key.push(b'/');
        }
        sorted.push((key, entry));
    }
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let mut data = Vec::new();
    for (_, entry) in sorted {
        data.extend_from_slice(entry.mode.trim_start_matches('0').as_bytes());
        data.push(b' ');
        data.extend_from_slice(entry.name.as_bytes());
        data.push(0);
        data.extend_from_slice(read_oid(repo, &entry.id)?.as_bytes());
    }
    fleetwright_git::name(Kind::Tree, &data).map_err(|error| ForgeError::access(repo, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names by `git mktree`, given these entries in another order.
    #[test]
    fn a_tree_is_named_as_git_names_it() {
        let entry = |mode: &str, name: &str| TreeEntry {
            id: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391".to_owned(),
            name: name.to_owned(),
            mode: mode.to_owned(),
        };
        let mut entries = vec![entry("100644", "a.txt"), entry("100755", "a-b"), entry("100644", "a0")];
        entries.push(TreeEntry {
            id: "4b825dc642cb6eb9a060e54bf8d69288fbee4904".into(),
            ..entry("040000", "a")
        });
        assert_eq!(tree_name("x", &entries).unwrap().to_string(), "0fa0a591b27c329c2a93dd0443fab63cac5e806f");
    }
}
