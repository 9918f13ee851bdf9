//! Pipelines, jobs and statuses from outside, as checks of exactly one head.

use std::collections::HashMap;

use fleetwright_core::Oid;
use fleetwright_core::pull::{Check, Verdict};
use fleetwright_forge::ForgeError;
use fleetwright_forge::http::About;

use crate::Inner;
use crate::projects::project_path;
use crate::wire::{Commit, MergeRequest, Pipeline, Status};

/// The most pages of a hundred jobs of one commit.
const PAGES: usize = 10;

/// What a check is called that stands for a pipeline as a whole.
const WHOLE: &str = "pipeline";

impl Inner {
    /// The checks of a request's head, without what the base says.
    pub(crate) async fn checks(&self, repo: &str, request: &MergeRequest) -> Result<Vec<Check>, ForgeError> {
        let head = request.head();
        let mut statuses = self.statuses(repo, &head.to_string()).await?;
        let mut pipeline = request.head_pipeline.clone();
        if let Some(other) = pipeline.take_if(|pipeline| !is_of(&pipeline.sha, head)) {
            // A pipeline of the result of the merge counts if that result was made of this very head.
            if self.is_merge_of(repo, &other, head).await? {
                statuses.extend(self.jobs(repo, &other).await?);
                pipeline = Some(other);
            }
        }
        let all = self.project(repo).await?.only_allow_merge_if_pipeline_succeeds;
        Ok(checks(&statuses, pipeline.as_ref(), all))
    }

    /// Adds to each red check whether it is red without the change too.
    pub(crate) async fn compare_with_base(
        &self,
        repo: &str,
        request: &MergeRequest,
        checks: &mut [Check],
    ) -> Result<(), ForgeError> {
        if checks.iter().all(|check| check.verdict != Verdict::Red) {
            return Ok(());
        }
        let left = request.diff_refs.as_ref().and_then(|refs| refs.base_sha.clone()).unwrap_or_default();
        let mut base = self.base(repo, &left).await?;
        if base.is_empty() {
            let tip = self.branch_tip(repo, &request.target_branch).await?;
            base = self.base(repo, &tip.map(|tip| tip.to_string()).unwrap_or_default()).await?;
        }
        for check in checks.iter_mut().filter(|check| check.verdict == Verdict::Red) {
            let same = base.iter().find(|other| other.name == check.name).map(|other| other.verdict);
            check.red_on_base = match same {
                Some(Verdict::Red) => Some(true),
                Some(Verdict::Green) => Some(false),
                _ => None,
            };
        }
        Ok(())
    }

    /// The checks of a commit of the base, remembered while none is under way.
    async fn base(&self, repo: &str, commit: &str) -> Result<Vec<Check>, ForgeError> {
        if commit.is_empty() {
            return Ok(Vec::new());
        }
        let key = (repo.to_owned(), commit.to_owned());
        let now = self.rest.now();
        if let Some(known) = self.base_checks.get(&key, now) {
            return Ok(known);
        }
        let checks = checks(&self.statuses(repo, commit).await?, None, true);
        self.base_checks.put(key, checks.clone(), now);
        Ok(checks)
    }

    /// Jobs of every pipeline on a commit, and what others said of it.
    async fn statuses(&self, repo: &str, commit: &str) -> Result<Vec<Status>, ForgeError> {
        let path = format!("{}/repository/commits/{commit}/statuses?per_page=100", project_path(repo));
        self.rest.pages(About { repo, what: "the statuses of a commit" }, &path, PAGES).await
    }

    async fn jobs(&self, repo: &str, pipeline: &Pipeline) -> Result<Vec<Status>, ForgeError> {
        let path = format!("{}/pipelines/{}/jobs?per_page=100", project_path(repo), pipeline.id);
        self.rest.pages(About { repo, what: "the jobs of a pipeline" }, &path, PAGES).await
    }

    async fn is_merge_of(&self, repo: &str, pipeline: &Pipeline, head: Oid) -> Result<bool, ForgeError> {
        let path = format!("{}/repository/commits/{}", project_path(repo), pipeline.sha);
        let about = About { repo, what: "the merge a pipeline ran on" };
        let commit: Option<Commit> = self.rest.find(about, &path).await?;
        Ok(commit.is_some_and(|commit| commit.parent_ids.iter().any(|parent| is_of(parent, head))))
    }
}

fn is_of(sha: &str, head: Oid) -> bool {
    sha.parse() == Ok(head)
}

/// One check per name: the pipeline's own job where two have a name, else the newest.
fn checks(statuses: &[Status], pipeline: Option<&Pipeline>, all_required: bool) -> Vec<Check> {
    let of_pipeline =
        |status: &Status| status.pipeline_id.or(status.pipeline.as_ref().map(|pipeline| pipeline.id));
    let ours = |status: &Status| pipeline.is_some_and(|own| of_pipeline(status) == Some(own.id));
    let mut chosen: HashMap<&str, &Status> = HashMap::new();
    for status in statuses {
        let place = chosen.entry(status.name.as_str()).or_insert(status);
        if (ours(status), status.id) > (ours(place), place.id) {
            *place = status;
        }
    }
    let mut checks: Vec<Check> = chosen.into_values().map(|status| check(status, all_required)).collect();
    checks.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(whole) = pipeline.and_then(|pipeline| whole(pipeline, &checks)) {
        checks.push(Check { required: Some(all_required), ..whole });
    }
    checks
}

fn check(status: &Status, all_required: bool) -> Check {
    let mut verdict = verdict(&status.status);
    if verdict == Verdict::Red && status.allow_failure {
        verdict = Verdict::Neutral;
    }
    // A status from outside has no job to start again. A job's address ends with its own number.
    let address = status.target_url.as_deref().unwrap_or_default();
    let is_job = status.pipeline.is_some()
        || ["/-/jobs/", "/builds/"].iter().any(|path| address.ends_with(&format!("{path}{}", status.id)));
    Check {
        name: status.name.clone(),
        verdict,
        red_on_base: None,
        required: Some(all_required && !status.allow_failure),
        run: is_job.then(|| status.id.to_string()),
    }
}

/// A pipeline that failed before it had jobs, or goes on when all known jobs ended, is a check by itself.
fn whole(pipeline: &Pipeline, checks: &[Check]) -> Option<Check> {
    let verdict = verdict(&pipeline.status);
    let told = checks.iter().any(|check| check.verdict == verdict);
    let needed = match verdict {
        Verdict::Pending | Verdict::Red => !told,
        _ => checks.is_empty(),
    };
    needed.then(|| Check { name: WHOLE.to_owned(), verdict, red_on_base: None, required: None, run: None })
}

/// Source: docs.gitlab.com/api/jobs and /api/commits "Commit status": the states of jobs and statuses.
fn verdict(status: &str) -> Verdict {
    match status {
        "success" => Verdict::Green,
        "failed" | "canceled" | "cancelled" => Verdict::Red,
        "skipped" => Verdict::Skipped,
        // Waits for a person, who may never come.
        "manual" => Verdict::Skipped,
        // created, waiting_for_resource, preparing, waiting_for_callback, pending, running, canceling,
        // scheduled: and whatever a later version brings, which is not known to be good.
        _ => Verdict::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(id: u64, name: &str, status: &str, pipeline: u64) -> Status {
        let (name, status) = (name.to_owned(), status.to_owned());
        Status { id, name, status, pipeline_id: Some(pipeline), ..Status::default() }
    }

    fn pipeline(status: &str) -> Pipeline {
        Pipeline { id: 1, sha: String::new(), status: status.to_owned() }
    }

    fn told(checks: &[Check]) -> Vec<(&str, Verdict)> {
        checks.iter().map(|check| (check.name.as_str(), check.verdict)).collect()
    }

    #[test]
    fn a_failure_that_is_allowed_is_none() {
        let lint = Status { allow_failure: true, ..status(2, "lint", "failed", 1) };
        let checks = checks(&[status(1, "build", "success", 1), lint], Some(&pipeline("success")), true);
        assert_eq!(told(&checks), [("build", Verdict::Green), ("lint", Verdict::Neutral)]);
        assert_eq!((checks[0].required, checks[1].required), (Some(true), Some(false)));
    }

    #[test]
    fn nothing_is_no_check_and_a_broken_pipeline_is_one() {
        assert_eq!(checks(&[], None, true), []);
        assert_eq!(told(&checks(&[], Some(&pipeline("failed")), true)), [("pipeline", Verdict::Red)]);
        let done = [status(1, "build", "success", 1)];
        let going_on = checks(&done, Some(&pipeline("running")), true);
        assert_eq!(told(&going_on), [("build", Verdict::Green), ("pipeline", Verdict::Pending)]);
        assert_eq!(told(&checks(&done, Some(&pipeline("success")), true)), [("build", Verdict::Green)]);
    }

    #[test]
    fn the_pipeline_of_the_request_wins_and_a_retry_too() {
        let all = [
            status(9, "build", "failed", 2),
            status(4, "build", "failed", 1),
            status(5, "build", "success", 1),
        ];
        assert_eq!(told(&checks(&all, Some(&pipeline("success")), true)), [("build", Verdict::Green)]);
    }

    /// The first is the example of docs.gitlab.com/api/commits "List the statuses of a commit", shortened.
    #[test]
    fn a_job_can_be_started_again_and_a_status_from_outside_cannot() {
        let job = r#"{"started_at":null,"status":"pending","created_at":"2016-01-19T08:40:25.934Z",
            "name":"bundler:audit","sha":"18f3e63d05582537db6d183d9d557be09e1f90c8","ref":"master",
            "target_url":"https://gitlab.example.com/janedoe/gitlab-foss/builds/91","description":null,"id":91,
            "allow_failure":true,"author":{"username":"janedoe","id":28}}"#;
        let outside = job.replace("/janedoe/gitlab-foss/builds/91", "/ci/builds/7");
        let run = |text: &str| check(&serde_json::from_str(text).unwrap(), true).run;
        assert_eq!((run(job), run(&outside)), (Some("91".to_owned()), None));
    }

    #[test]
    fn a_word_of_tomorrow_is_not_green() {
        for word in ["manual", "skipped", "running", "waiting_for_callback", "", "brilliant"] {
            assert_ne!(verdict(word), Verdict::Green, "{word}");
        }
    }
}
