//! What checks and statuses say, in GraphQL's words and in those of REST, which differ in case only.

use std::collections::HashMap;

use fleetwright_core::pull::{Check, Verdict};
use serde_json::Value;

use crate::value::{number, string, text};

/// What a check run came to. A word that is not known is no verdict: unknown is never yes.
fn of_run(run: &Value) -> Verdict {
    if !text(run, "/status").is_some_and(|status| status.eq_ignore_ascii_case("completed")) {
        return Verdict::Pending;
    }
    match string(run, "/conclusion").to_ascii_lowercase().as_str() {
        "success" => Verdict::Green,
        "neutral" => Verdict::Neutral,
        "skipped" => Verdict::Skipped,
        "failure" | "cancelled" | "timed_out" | "action_required" | "startup_failure" => Verdict::Red,
        // `stale`: the forge gave up waiting, nothing was proved.
        _ => Verdict::Pending,
    }
}

/// What a commit status came to.
fn of_status(status: &Value) -> Verdict {
    match string(status, "/state").to_ascii_lowercase().as_str() {
        "success" => Verdict::Green,
        "failure" | "error" => Verdict::Red,
        _ => Verdict::Pending,
    }
}

/// One entry of a rollup's contexts, or of a list of check runs or of statuses by REST.
pub(super) fn check(context: &Value) -> Check {
    let required = context.get("isRequired").and_then(Value::as_bool);
    let name = string(context, "/name");
    if !name.is_empty() {
        return Check { name, verdict: of_run(context), red_on_base: None, required, run: run(context) };
    }
    let name = string(context, "/context");
    Check { name, verdict: of_status(context), red_on_base: None, required, run: None }
}

/// What a run is called when it is asked for again: the jobs of GitHub Actions have a way of their own.
fn run(context: &Value) -> Option<String> {
    let id = number(context, "/databaseId").or(number(context, "/id"))?;
    let app = text(context, "/checkSuite/app/slug").or(text(context, "/app/slug")).unwrap_or_default();
    Some(match app {
        "github-actions" => format!("actions/{id}"),
        _ => format!("check/{id}"),
    })
}

/// Notes on red checks whether the base is red in the same one.
pub(super) fn compare(checks: &mut [Check], base: &[Check]) {
    let mut on_base: HashMap<&str, bool> = HashMap::new();
    for check in base {
        *on_base.entry(&check.name).or_default() |= check.verdict == Verdict::Red;
    }
    for check in checks.iter_mut().filter(|check| check.verdict == Verdict::Red) {
        check.red_on_base = Some(on_base.get(check.name.as_str()).copied().unwrap_or(false));
    }
}

/// Whether any check failed.
pub(super) fn any_red(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.verdict == Verdict::Red)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_success_is_green() {
        let verdict = |conclusion: &str| {
            let rest = check(&json!({"id":7,"name":"b","status":"completed","conclusion":conclusion}));
            let upper = conclusion.to_uppercase();
            let graph = check(&json!({"name":"b","status":"COMPLETED","conclusion":upper}));
            assert_eq!(rest.verdict, graph.verdict, "{conclusion}");
            rest.verdict
        };
        assert_eq!(verdict("success"), Verdict::Green);
        for red in ["failure", "cancelled", "timed_out", "action_required", "startup_failure"] {
            assert_eq!(verdict(red), Verdict::Red);
        }
        assert_eq!((verdict("neutral"), verdict("skipped")), (Verdict::Neutral, Verdict::Skipped));
        assert_eq!((verdict("stale"), verdict("brand_new")), (Verdict::Pending, Verdict::Pending));
        let running = json!({"name":"b","status":"IN_PROGRESS","conclusion":"SUCCESS"});
        assert_eq!(check(&running).verdict, Verdict::Pending);
        let status = |state: &str| check(&json!({"context":"ci","state":state})).verdict;
        assert_eq!((status("SUCCESS"), status("error")), (Verdict::Green, Verdict::Red));
        assert_eq!((status("EXPECTED"), status("pending")), (Verdict::Pending, Verdict::Pending));
    }

    #[test]
    fn a_check_that_is_red_on_the_base_too_is_told() {
        let red = |name: &str| json!({"name":name,"status":"completed","conclusion":"failure"});
        let mut checks =
            [check(&red("a")), check(&red("b")), check(&json!({"context":"c","state":"success"}))];
        compare(&mut checks, &[check(&red("a")), check(&json!({"context":"c","state":"failure"}))]);
        let told: Vec<_> = checks.iter().map(|check| check.red_on_base).collect();
        assert_eq!(told, [Some(true), Some(false), None]);
    }
}
