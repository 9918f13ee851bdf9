//! What answers say about limits: GitHub's and GitLab's headers, and the words of refusals.
//!
//! Sources: docs.github.com "Rate limits for the REST API" (`x-ratelimit-*`, `retry-after`, 403 or
//! 429, at least a minute where nothing is said); docs.gitlab.com "Rate limits"
//! (`ratelimit-*`, `retry-after`); RFC 9110, 10.2.3: `retry-after` may be a date, too.
//!
//! A time of day is one of the forge's clock. Ours may be another one: what an answer tells is held
//! against its own `date`, so that nothing is sent too early, and nobody waits an hour too long.

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
    let longest = now.saturating_add(LONGEST);
    let ours = |at: i64| at.saturating_add(ahead(reply, now)).min(longest);
    let reset = number(["x-ratelimit-reset", "ratelimit-reset"]).map(|at| ours(at.saturating_mul(1_000)));
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
        let date = reply.header("retry-after").and_then(date);
        let date = date.map(|at| ours(at).max(now.saturating_add(1_000)));
        let window = reset.filter(|at| remaining == Some(0) && *at > now);
        let until = after.or(date).or(window).unwrap_or(now.saturating_add(UNTOLD));
        answer.blocked_until = Some(until.min(longest));
    }
    answer
}

/// How far our clock, which says `now`, is ahead of that of an answer's sender, in milliseconds: negative
/// where it is behind, 0 where the answer has no `date`. Up to a second and the answer's way too much,
/// so what is computed with it is never too early.
pub fn ahead(reply: &Reply, now: i64) -> i64 {
    reply.header("date").and_then(date).map_or(0, |at| now.saturating_sub(at))
}

/// A date as HTTP writes it, in milliseconds since 1970 UTC.
fn date(header: &str) -> Option<i64> {
    Some(jiff::fmt::rfc2822::parse(header.trim()).ok()?.timestamp().as_millisecond())
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

    /// Our clock is right, an hour ahead, an hour behind: what is waited is the same.
    #[test]
    fn the_forges_times_are_those_of_its_clock() {
        const HOUR: i64 = 3_600_000;
        // 2026-01-05T09:00:00Z.
        let theirs = 1_767_603_600_000;
        let date = ("date", "Mon, 05 Jan 2026 09:00:00 GMT");
        let reset = ((theirs + 600_000) / 1_000).to_string();
        let spent = [date, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset.as_str())];
        let day = [date, ("retry-after", "Mon, 05 Jan 2026 09:10:00 GMT")];
        for ahead in [-HOUR, 0, HOUR] {
            let ours = theirs + ahead;
            for headers in [spent.as_slice(), &day] {
                let told = read(&reply(403, headers, "{}"), ours);
                assert_eq!(told.blocked_until, Some(ours + 600_000), "{ahead} {headers:?}");
            }
            assert_eq!(read(&reply(200, &spent, "{}"), ours).reset, Some(ours + 600_000), "{ahead}");
        }
        let past = [date, ("retry-after", "Mon, 05 Jan 2026 08:00:00 GMT")];
        assert_eq!(read(&reply(429, &past, ""), theirs).blocked_until, Some(theirs + 1_000));
        // Whatever a proxy makes of it: a day at most.
        let absurd = [("date", "Thu, 01 Jan 1970 00:00:00 GMT"), spent[1], spent[2]];
        assert_eq!(read(&reply(403, &absurd, "{}"), theirs).reset, Some(theirs + LONGEST));
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
