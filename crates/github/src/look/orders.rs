//! Who may give us orders.

use fleetwright_core::pull::PullSeen;
use fleetwright_forge::ForgeError;

use crate::hub::Hub;
use crate::repo::RepoName;

/// The answer to one look.
pub(super) type Seen = Result<Option<PullSeen>, ForgeError>;

/// Asks after the right to write of those who speak to us, and of nobody else: it is a call each.
pub(super) async fn authorise(hub: &Hub, repo: RepoName<'_>, seen: &mut PullSeen) {
    let mention = hub.settings.mention.to_lowercase();
    for said in &mut seen.comments {
        let speaks = !mention.is_empty() && said.body.to_lowercase().contains(&mention);
        if said.may_write.is_none() && speaks {
            said.may_write = hub.people.may_write(&hub.api, (repo.full, &repo.path()), &said.by).await;
        }
    }
}
