//! What answers say about limits: GitHub's and GitLab's headers, and the words of refusals.
//!
//! Sources: docs.github.com "Rate limits for the REST API" (`x-ratelimit-*`, `retry-after`, 403 or
//! 429, at least a minute where nothing is said); docs.gitlab.com "Rate limits"
//! (`ratelimit-*`, `retry-after`).

use super::reply::Reply;
use crate::meter::Answer;

/// How long nothing is sent after a refusal that names no time, in milliseconds.
const UNTOLD: i64 = 60_000;

/// The longest time that is believed, in milliseconds: GitHub's longest window is an hour, GitLab's
/// and its bans a day. Whatever is further away is an error of a clock or a proxy.
const LONGEST: i64 = 24 * 60 * 60_000;

/// Words of a refusal because of a limit that comes as a plain 403.
const REFUSALS: [&str; 4] =
    ["secondary rate limit", "rate limit exceeded", "was submitted too quickly", "abuse detection"];

/// Reads an answer that came at `now` (milliseconds since 1970 UTC).
pub fn read(reply: &Reply, now: i64) -> Answer {
    let number = |names: [&str; 2]| {
        let value = names.iter().find_map(|name| reply.header(name))?;
        value.trim().parse::<i64>().ok()
    };
    let remaining = number(["x-ratelimit-remaining", "ratelimit-remaining"]);
    let reset = number(["x-ratelimit-reset", "ratelimit-reset"]).map(|at| at.saturating_mul(1_000));
    let mut answer = Answer {
        status: reply.status,
        at: now,
        remaining: remaining.map(|left| left.max(0).unsigned_abs()),
        limit: number(["x-ratelimit-limit", "ratelimit-limit"]).map(|limit| limit.max(0).unsigned_abs()),
        reset,
        blocked_until: None,
        resource: reply.header("x-ratelimit-resource").map(str::to_owned),
    };
    if is_refusal(reply, remaining) {
        let after = number(["retry-after", "retry-after"]);
        let after = after.map(|seconds| now.saturating_add(seconds.max(1).saturating_mul(1_000)));
        let window = reset.filter(|at| remaining == Some(0) && *at > now);
        let until = after.or(window).unwrap_or(now.saturating_add(UNTOLD));
        answer.blocked_until = Some(until.min(now.saturating_add(LONGEST)));
    }
    answer
}

fn is_refusal(reply: &Reply, remaining: Option<i64>) -> bool {
    if reply.status == 429 {
        return true;
    }
    if reply.status != 403 {
        return false;
    }
    let said = reply.message().to_lowercase();
    remaining == Some(0)
        || reply.header("retry-after").is_some()
        || REFUSALS.iter().any(|words| said.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Reply { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn every_documented_refusal_blocks_until_its_time() {
        let until =
            |status, headers: &[(&str, &str)], body| read(&reply(status, headers, body), 1_000).blocked_until;
        assert_eq!(until(429, &[("retry-after", "7")], ""), Some(8_000));
        assert_eq!(until(403, &[("retry-after", "60")], "{}"), Some(61_000));
        let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "100")];
        assert_eq!(until(403, &spent, "{}"), Some(100_000));
        let second = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(until(403, &[], second), Some(61_000));
        assert_eq!(until(403, &[], r#"{"message":"Resource not accessible by integration"}"#), None);
        let never = [("retry-after", "9223372036854775807")];
        assert_eq!(until(429, &never, ""), Some(1_000 + LONGEST), "a day is the longest that is believed");
        assert_eq!(until(200, &spent, "{}"), None, "the last one that was allowed is no refusal");
    }
}
