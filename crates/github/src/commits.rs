//! What commits say: by git where it can tell, else by the API.

use fleetwright_core::Oid;
use fleetwright_forge::{CommitSeen, ForgeError};

use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::value::{list, oid, seconds, string};

/// Reads a commit.
pub(crate) async fn commit(hub: &Hub, repo: RepoName<'_>, commit: Oid) -> Result<CommitSeen, ForgeError> {
    if let Some(seen) = hub.git.commit(repo.full, commit).await? {
        return Ok(seen);
    }
    let deed = Deed { repo: repo.full, what: "read a commit" };
    let said = hub.api.look_for(deed, &format!("{}/git/commits/{commit}", repo.path())).await?;
    let missing = || ForgeError::NotFound { what: format!("commit {commit} of {}", repo.full) };
    let said = said.ok_or_else(missing)?;
    let unread = || ForgeError::unknown(format!("commit {commit} of {} cannot be read", repo.full));
    Ok(CommitSeen {
        time: seconds(&said, "/committer/date").ok_or_else(unread)?,
        tree: oid(&said, "/tree/sha").ok_or_else(unread)?,
        parents: list(&said, "/parents").filter_map(|parent| oid(parent, "/sha")).collect(),
        message: string(&said, "/message"),
    })
}
