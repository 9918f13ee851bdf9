//! Which repositories there are.

use fleetwright_core::repo::RepoFacts;
use fleetwright_forge::{ForgeError, Listed, Tip};
use serde_json::Value;

use crate::fault::Deed;
use crate::graph::{Trouble, quote};
use crate::hub::Hub;
use crate::value::{escape, is, list, number, oid, string, text, there};

/// The most pages of one owner's repositories: 100,000 of them.
const PAGES: usize = 1_000;

/// Every repository of the owners in scope.
pub(crate) async fn repos(hub: &Hub) -> Result<Vec<Listed>, ForgeError> {
    let settings = &hub.settings;
    if settings.orgs.is_empty() && settings.users.is_empty() {
        let why = "neither `orgs` nor `users` is set, so no repository is in scope";
        return Err(ForgeError::access(&settings.name, why));
    }
    let mut all = Vec::new();
    for (owner, is_org) in owners(hub) {
        let about = format!("{owner}/");
        let deed = Deed { repo: &about, what: "list repositories" };
        all.extend(match hub.rest_only() {
            true => by_rest(hub, deed, (owner, is_org)).await?,
            false => by_graph(hub, deed, owner).await?,
        });
    }
    let names: Vec<String> = all.iter().map(|listed| listed.name.clone()).collect();
    hub.api.http.known(&names);
    hub.keep_defaults(all.iter().map(|listed| (listed.name.as_str(), listed.facts.default_branch.as_str())));
    Ok(all)
}

fn owners(hub: &Hub) -> impl Iterator<Item = (&str, bool)> {
    let orgs = hub.settings.orgs.iter().map(|owner| (owner.as_str(), true));
    orgs.chain(hub.settings.users.iter().map(|owner| (owner.as_str(), false)))
}

/// A point a page: the page itself and a list of topics for each of its hundred.
async fn by_graph(hub: &Hub, deed: Deed<'_>, owner: &str) -> Result<Vec<Listed>, ForgeError> {
    let (mut all, mut after, mut refusals) = (Vec::new(), String::from("null"), 0);
    loop {
        let size = hub.pages.size();
        let query = format!(
            "query {{ repositoryOwner(login: {}) {{ repositories(first: {size}, after: {after}, \
             ownerAffiliations: [OWNER]) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ databaseId nameWithOwner \
             isArchived isDisabled isLocked diskUsage pushedAt primaryLanguage {{ name }} \
             repositoryTopics(first: 20) {{ nodes {{ topic {{ name }} }} }} \
             defaultBranchRef {{ name target {{ oid }} }} }} }} }} }}",
            quote(owner)
        );
        let answer = match hub.graph.query(deed, &query).await {
            Ok(answer) => answer.data,
            Err(Trouble::TooMuch(_)) if refusals < 8 => {
                refusals += 1;
                hub.pages.refused(size);
                continue;
            }
            Err(Trouble::TooMuch(why)) => return Err(ForgeError::unknown(why)),
            Err(Trouble::Lacks) => continue,
            Err(Trouble::Fault(error)) => return Err(error),
        };
        hub.pages.answered();
        if !there(&answer, "/repositoryOwner") {
            return Err(ForgeError::NotFound { what: format!("the owner {owner}") });
        }
        all.extend(list(&answer, "/repositoryOwner/repositories/nodes").map(graph_repo));
        if !is(&answer, "/repositoryOwner/repositories/pageInfo/hasNextPage") || all.len() >= PAGES * 100 {
            return Ok(all);
        }
        after = quote(&string(&answer, "/repositoryOwner/repositories/pageInfo/endCursor"));
        refusals = 0;
    }
}

fn graph_repo(node: &Value) -> Listed {
    let name = string(node, "/nameWithOwner");
    let tip = match there(node, "/defaultBranchRef") {
        true => oid(node, "/defaultBranchRef/target/oid").map_or(Tip::NotTold, Tip::At),
        false => Tip::Unborn,
    };
    let fault = match node {
        node if is(node, "/isDisabled") => Some("the forge disabled it".to_owned()),
        node if is(node, "/isLocked") => Some("it is locked while it is moved".to_owned()),
        _ => None,
    };
    let facts = RepoFacts {
        forge_id: number(node, "/databaseId").map(|id| id.to_string()).unwrap_or_default(),
        owner: name.split('/').next().unwrap_or_default().to_owned(),
        language: string(node, "/primaryLanguage/name").to_lowercase(),
        topics: list(node, "/repositoryTopics/nodes").map(|topic| string(topic, "/topic/name")).collect(),
        archived: is(node, "/isArchived"),
        default_branch: string(node, "/defaultBranchRef/name"),
        // Told in kilobytes.
        size: number(node, "/diskUsage").unwrap_or(0).saturating_mul(1_024),
        pushed_at: string(node, "/pushedAt"),
        ..RepoFacts::default()
    };
    Listed { name, facts, tip, fault }
}

async fn by_rest(hub: &Hub, deed: Deed<'_>, owner: (&str, bool)) -> Result<Vec<Listed>, ForgeError> {
    let (owner, is_org) = owner;
    let path = match is_org {
        true => format!("/orgs/{}/repos?type=all", escape(owner)),
        false => format!("/users/{}/repos?type=owner", escape(owner)),
    };
    let nodes = hub.api.list(deed, &path, "", PAGES).await?;
    Ok(nodes.iter().map(rest_repo).collect())
}

fn rest_repo(node: &Value) -> Listed {
    let facts = RepoFacts {
        forge_id: number(node, "/id").map(|id| id.to_string()).unwrap_or_default(),
        owner: string(node, "/owner/login"),
        language: string(node, "/language").to_lowercase(),
        topics: list(node, "/topics").filter_map(|topic| topic.as_str().map(str::to_owned)).collect(),
        archived: is(node, "/archived"),
        default_branch: string(node, "/default_branch"),
        size: number(node, "/size").unwrap_or(0).saturating_mul(1_024),
        pushed_at: string(node, "/pushed_at"),
        ..RepoFacts::default()
    };
    let fault = is(node, "/disabled").then(|| "the forge disabled it".to_owned());
    Listed { name: text(node, "/full_name").unwrap_or_default().to_owned(), facts, tip: Tip::NotTold, fault }
}
