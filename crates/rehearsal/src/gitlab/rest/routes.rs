//! Which path is answered by whom.

use super::{commits, groups, merging, notes, people, pipelines, projects, requests};
use crate::http::route::Effect::{Comments, Creates, Reads, Writes};
use crate::http::route::{Route, route};

/// Every operation; the more particular first.
pub(in crate::gitlab) static ROUTES: [Route; 31] = [
    route("GET", "/user", Reads, people::me),
    route("GET", "/users", Reads, people::users),
    route("GET", "/groups/{id}/projects", Reads, projects::of_group),
    route("GET", "/groups/{id}/descendant_groups", Reads, groups::descendants),
    route("GET", "/groups/{id}/members", Reads, groups::members),
    route("GET", "/merge_requests", Reads, requests::ours),
    route("GET", "/projects/{id}", Reads, projects::one),
    route("GET", "/projects/{id}/languages", Reads, projects::languages),
    route("GET", "/projects/{id}/members/all/{user_id}", Reads, people::member),
    route("GET", "/projects/{id}/merge_requests", Reads, requests::list),
    route("POST", "/projects/{id}/merge_requests", Creates, requests::create),
    route("GET", "/projects/{id}/merge_requests/{iid}", Reads, requests::one),
    route("PUT", "/projects/{id}/merge_requests/{iid}", Writes, requests::edit),
    route("PUT", "/projects/{id}/merge_requests/{iid}/merge", Writes, merging::merge),
    route("POST", "/projects/{id}/merge_trains/merge_requests/{iid}", Writes, merging::train),
    route("GET", "/projects/{id}/merge_requests/{iid}/approvals", Reads, people::approvals),
    route("GET", "/projects/{id}/merge_requests/{iid}/reviewers", Reads, people::reviewers),
    route("GET", "/projects/{id}/merge_requests/{iid}/versions", Reads, requests::versions),
    route("GET", "/projects/{id}/merge_requests/{iid}/pipelines", Reads, pipelines::of_request),
    route("GET", "/projects/{id}/merge_requests/{iid}/notes", Reads, notes::list),
    route("POST", "/projects/{id}/merge_requests/{iid}/notes", Comments, notes::create),
    route("PUT", "/projects/{id}/merge_requests/{iid}/notes/{note_id}", Writes, notes::edit),
    route("GET", "/projects/{id}/pipelines/{pipeline_id}/jobs", Reads, pipelines::jobs),
    route("POST", "/projects/{id}/jobs/{job_id}/retry", Writes, pipelines::retry),
    route("GET", "/projects/{id}/repository/tree", Reads, commits::tree),
    route("GET", "/projects/{id}/repository/branches/{branch}", Reads, commits::branch),
    route("GET", "/projects/{id}/repository/files/{file_path}", Reads, commits::file),
    route("POST", "/projects/{id}/repository/commits", Writes, commits::create),
    route("GET", "/projects/{id}/repository/commits/{sha}", Reads, commits::one),
    route("GET", "/projects/{id}/repository/commits/{sha}/statuses", Reads, pipelines::statuses),
    route("POST", "/projects/{id}/statuses/{sha}", Writes, pipelines::report),
];
