//! Which path is answered by whom.

use super::{checks, merging, pulls, repos, user};
use crate::github::graph;
use crate::http::route::Effect::{Creates, Free, Reads, Writes};
use crate::http::route::{Route, route};

/// Every operation; the more particular first.
pub(in crate::github) static ROUTES: [Route; 18] = [
    route("POST", "/graphql", Reads, graph::answer),
    route("GET", "/rate_limit", Free, user::rate_limit),
    route("GET", "/user", Reads, user::user),
    route("GET", "/orgs/{org}/repos", Reads, repos::of_org),
    route("GET", "/users/{username}/repos", Reads, repos::of_user),
    route("GET", "/installation/repositories", Reads, repos::of_installation),
    route("GET", "/repos/{owner}/{repo}", Reads, repos::one),
    route("GET", "/repositories/{repository_id}", Reads, repos::by_id),
    route("GET", "/repos/{owner}/{repo}/pulls", Reads, pulls::list),
    route("POST", "/repos/{owner}/{repo}/pulls", Creates, pulls::create),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", Reads, pulls::one),
    route("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}", Writes, pulls::edit),
    route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", Writes, merging::merge),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", Reads, merging::is_merged),
    route("GET", "/repos/{owner}/{repo}/commits/{+ref}/status", Reads, checks::combined),
    route("GET", "/repos/{owner}/{repo}/commits/{+ref}/statuses", Reads, checks::statuses),
    route("GET", "/repos/{owner}/{repo}/commits/{+ref}/check-runs", Reads, checks::runs),
    route("POST", "/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest", Writes, checks::rerequest),
];
