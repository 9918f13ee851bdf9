//! Following a repository that was renamed under way.

use fleetwright_core::stage::FaultClass;
use fleetwright_core::why::Why;
use fleetwright_store::{TargetRow, Write};
use serde_json::json;

use super::Driver;
use super::room::owner_of;
use crate::error::EngineError;
use crate::sync::move_mirror;

impl Driver {
    /// Takes over what a target's repository is called now. Its pull request, branch and mirror are
    /// where they were: only the name is another one. A new owner is another matter: one that is not in
    /// scope is nobody whose repositories are to be changed.
    pub(super) async fn follow(
        &self,
        target: &mut TargetRow,
        (from, to): (&str, &str),
    ) -> Result<(), EngineError> {
        let in_scope = || self.fleet.config.is_in_scope(&target.forge, owner_of(to));
        if !is_name(to) || (owner_of(from) != owner_of(to) && !in_scope()) {
            let message = format!(
                "{from} is called {to} now, and its owner is not in scope: add it to `orgs` of the forge, or let the \
                 repository go"
            );
            return self.fail(target, FaultClass::Access, &message).await;
        }
        if target.name.repo == from && self.repo(target.repo_id)?.name == from {
            let write =
                Write::Renamed { forge: target.forge.clone(), from: from.to_owned(), to: to.to_owned() };
            let event = Write::Event(self.event(target, "repo.renamed", json!({ "from": from, "to": to })));
            self.write(vec![write, event]).await?;
            let rows = self.fleet.store.repos().await?;
            let Some(row) = rows.into_iter().find(|row| row.id == target.repo_id && row.name == to) else {
                let message = format!("{from} is called {to} now, which is another repository here");
                return self.fail(target, FaultClass::Conflict, &message).await;
            };
            self.progress.note(&format!("{from} is called {to} now"));
            move_mirror(&self.fleet.mirror(&target.forge, from), &self.fleet.mirror(&target.forge, to));
            self.remember(row);
        }
        target.name.repo = self.repo(target.repo_id)?.name.clone();
        self.wait(target, Why::NotSeen).await
    }
}

/// Whether a name can be one of a repository: it becomes part of a path.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    let part = |part: &str| !matches!(part, "" | "." | "..") && part.chars().all(plain);
    name.contains('/') && name.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        assert!(is_name("acme/b") && is_name("acme/tools/deep.app_1~2"));
        for bad in ["b", "acme/../b", "/b", "acme/", "acme/b/./c", "acme/b\0", "acme/b c", "acme\\b/c"] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
