//! Which folders are members of a workspace.

use fleetwright_package::Finding;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::text::{finding, folder};

/// The most globs of one workspace.
const MAX_GLOBS: usize = 1_000;

/// The members of the workspace whose root is a folder.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: String,
    members: GlobSet,
    excluded: GlobSet,
}

impl Workspace {
    /// A workspace with these globs, and what is wrong with them.
    pub(crate) fn new(path: &str, globs: &[String]) -> (Workspace, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut sets = [GlobSetBuilder::new(), GlobSetBuilder::new()];
        if globs.len() > MAX_GLOBS {
            let message =
                format!("the workspace has {} globs; at most {MAX_GLOBS} are looked at", globs.len());
            findings.push(finding(path, 0, message, "write fewer, wider globs"));
        }
        for glob in globs.iter().take(MAX_GLOBS) {
            let (set, plain) = glob.strip_prefix('!').map_or((0, glob.as_str()), |plain| (1, plain));
            let plain = plain.trim_start_matches("./").trim_end_matches('/');
            if plain.starts_with('/') || plain.split('/').any(|part| part == "..") {
                let message = format!("the workspace's glob `{glob}` leads out of the folder");
                findings.push(finding(path, 0, message, "name folders below the workspace's root only"));
                continue;
            }
            match GlobBuilder::new(plain).literal_separator(true).build() {
                Ok(glob) => {
                    sets[set].add(glob);
                }
                Err(error) => {
                    findings.push(finding(path, 0, format!("`{glob}` is no glob: {error}"), "mend the glob"))
                }
            }
        }
        let [members, excluded] = sets.map(|set| set.build().unwrap_or_default());
        (Workspace { root: folder(path).to_owned(), members, excluded }, findings)
    }

    /// Whether the folder is the root or a member.
    pub(crate) fn holds(&self, place: &str) -> bool {
        let below = if self.root.is_empty() {
            Some(place)
        } else {
            place.strip_prefix(self.root.as_str()).and_then(|rest| rest.strip_prefix('/'))
        };
        place == self.root
            || below.is_some_and(|below| self.members.is_match(below) && !self.excluded.is_match(below))
    }
}
