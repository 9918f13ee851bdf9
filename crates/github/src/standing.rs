//! Open pull requests as a list shows them: one request of REST for each repository, free while nothing
//! changes.

use fleetwright_forge::{ForgeError, Standing};
use serde_json::Value;

use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::value::{list, number, string};

/// The most pages of a hundred that are read of one repository.
const PAGES: usize = 20;

/// Every open pull request of each repository.
pub(crate) async fn standing(hub: &Hub, repos: &[String]) -> Vec<Result<Vec<Standing>, ForgeError>> {
    let mut all = Vec::with_capacity(repos.len());
    for repo in repos {
        all.push(one(hub, repo).await);
    }
    all
}

async fn one(hub: &Hub, repo: &str) -> Result<Vec<Standing>, ForgeError> {
    let name = RepoName::new(repo)?;
    let deed = Deed { repo, what: "list pull requests" };
    let pulls = hub.api.list(deed, &format!("{}/pulls?state=open", name.path()), "", PAGES).await?;
    let row = |pull: &Value| Standing {
        number: number(pull, "/number").unwrap_or_default(),
        branch: string(pull, "/head/ref"),
        author: string(pull, "/user/login"),
        labels: list(pull, "/labels").map(|label| string(label, "/name")).collect(),
    };
    Ok(pulls.iter().map(row).collect())
}
