//! Open pull requests as a list shows them.

use std::sync::Arc;

use fleetwright_forge::http::About;
use fleetwright_forge::{ForgeError, Standing, bulk};

use crate::Inner;
use crate::repos::repo_path;
use crate::wire::Pull;

/// The most pages of fifty that are read of one repository.
const PAGES: usize = 40;

impl Inner {
    /// Every open pull request of each repository.
    pub(crate) async fn standing(
        self: &Arc<Self>,
        repos: &[String],
    ) -> Vec<Result<Vec<Standing>, ForgeError>> {
        bulk::each(repos.to_vec(), bulk::AT_ONCE, |repo| Arc::clone(self).standing_in(repo)).await
    }

    async fn standing_in(self: Arc<Self>, repo: String) -> Result<Vec<Standing>, ForgeError> {
        let path = format!("{}/pulls?state=open&limit=50", repo_path(&repo));
        let about = About { repo: &repo, what: "the open pull requests" };
        let pulls: Vec<Pull> = self.rest.pages(about, &path, PAGES).await?;
        let row = |pull: Pull| Standing {
            number: pull.number,
            branch: pull.head.branch,
            author: pull.user.login,
            labels: pull.labels.into_iter().map(|label| label.name).collect(),
        };
        Ok(pulls.into_iter().map(row).collect())
    }
}
