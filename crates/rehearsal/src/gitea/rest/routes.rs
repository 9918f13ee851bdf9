//! Which path is answered by whom.

use super::{commits, labels, merging, orgs, people, pulls, repos, statuses, talk};
use crate::http::route::Effect::{Comments, Creates, Free, Reads, Writes};
use crate::http::route::{Route, route};

/// Every operation; the more particular first.
pub(in crate::gitea) static ROUTES: [Route; 37] = [
    route("GET", "/version", Free, people::version),
    route("GET", "/user", Reads, people::me),
    route("GET", "/users/{username}", Reads, people::one),
    route("GET", "/orgs/{org}/repos", Reads, repos::of_org),
    route("GET", "/users/{username}/repos", Reads, repos::of_user),
    route("GET", "/orgs/{org}/labels", Reads, labels::of_org),
    route("GET", "/orgs/{org}/teams", Reads, orgs::teams),
    route("GET", "/orgs/{org}", Reads, orgs::one),
    route("GET", "/teams/{id}/members", Reads, orgs::members),
    route("GET", "/repos/issues/search", Reads, pulls::search),
    route("GET", "/repos/{owner}/{repo}", Reads, repos::one),
    route("GET", "/repos/{owner}/{repo}/topics", Reads, repos::topics),
    route("GET", "/repos/{owner}/{repo}/labels", Reads, labels::list),
    route("POST", "/repos/{owner}/{repo}/labels", Writes, labels::create),
    route("GET", "/repos/{owner}/{repo}/assignees", Reads, people::assignees),
    route("GET", "/repos/{owner}/{repo}/collaborators/{collaborator}/permission", Reads, people::permission),
    route("GET", "/repos/{owner}/{repo}/branches/{branch}", Reads, commits::branch),
    route("POST", "/repos/{owner}/{repo}/branches", Writes, commits::make_branch),
    route("GET", "/repos/{owner}/{repo}/contents/{+filepath}", Reads, commits::contents),
    route("POST", "/repos/{owner}/{repo}/contents", Writes, commits::change_files),
    route("GET", "/repos/{owner}/{repo}/git/commits/{sha}", Reads, commits::one),
    route("GET", "/repos/{owner}/{repo}/commits/{ref}/status", Reads, statuses::combined),
    route("POST", "/repos/{owner}/{repo}/statuses/{sha}", Writes, statuses::create),
    route("GET", "/repos/{owner}/{repo}/pulls", Reads, pulls::list),
    route("POST", "/repos/{owner}/{repo}/pulls", Creates, pulls::create),
    route("GET", "/repos/{owner}/{repo}/pulls/{index}", Reads, pulls::one),
    route("PATCH", "/repos/{owner}/{repo}/pulls/{index}", Writes, pulls::edit),
    route("GET", "/repos/{owner}/{repo}/pulls/{index}/reviews", Reads, talk::reviews),
    route("GET", "/repos/{owner}/{repo}/pulls/{index}/merge", Reads, merging::is_merged),
    route("POST", "/repos/{owner}/{repo}/pulls/{index}/merge", Writes, merging::merge),
    route("POST", "/repos/{owner}/{repo}/pulls/{index}/requested_reviewers", Creates, pulls::ask),
    route("GET", "/repos/{owner}/{repo}/pulls/{base}/{+head}", Reads, pulls::by_branches),
    route("GET", "/repos/{owner}/{repo}/issues/{index}/comments", Reads, talk::comments),
    route("POST", "/repos/{owner}/{repo}/issues/{index}/comments", Comments, talk::comment),
    route("PATCH", "/repos/{owner}/{repo}/issues/comments/{id}", Writes, talk::edit_comment),
    route("GET", "/repos/{owner}/{repo}/issues/{index}/timeline", Reads, talk::timeline),
    route("DELETE", "/repos/{owner}/{repo}/branches/{branch}", Writes, commits::remove_branch),
];
