//! Open merge requests as a list shows them.

use std::sync::Arc;

use fleetwright_forge::http::About;
use fleetwright_forge::{ForgeError, Standing, bulk};

use crate::Inner;
use crate::projects::project_path;
use crate::wire::MergeRequest;

/// The most pages of a hundred that are read of one project.
const PAGES: usize = 20;

impl Inner {
    /// Every open request of each project.
    pub(crate) async fn standing(
        self: &Arc<Self>,
        repos: &[String],
    ) -> Vec<Result<Vec<Standing>, ForgeError>> {
        bulk::each(repos.to_vec(), bulk::AT_ONCE, |repo| Arc::clone(self).standing_in(repo)).await
    }

    async fn standing_in(self: Arc<Self>, repo: String) -> Result<Vec<Standing>, ForgeError> {
        let path = format!("{}/merge_requests?state=opened&scope=all&per_page=100", project_path(&repo));
        let about = About { repo: &repo, what: "the open merge requests" };
        let requests: Vec<MergeRequest> = self.rest.pages(about, &path, PAGES).await?;
        let row = |request: MergeRequest| Standing {
            number: request.iid,
            branch: request.source_branch,
            author: request.author.username,
            labels: request.labels,
        };
        Ok(requests.into_iter().map(row).collect())
    }
}
