//! Headers about limits, and those of a webhook.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::http::request::Request;
use crate::limits::{Price, Standing, Unit};

/// Mutations that make content.
const CONTENT: [&str; 7] = [
    "createPullRequest",
    "addComment",
    "addPullRequestReview",
    "requestReviews",
    "addLabelsToLabelable",
    "submitPullRequestReview",
    "createIssue",
];

/// What a GraphQL request takes before it is run: 5 points to change something and 1 to ask, and
/// one of the hour's until its cost is known.
pub(super) fn graphql_price(request: &Request) -> Price {
    let body = request.json().unwrap_or_default();
    let query = body["query"].as_str().unwrap_or_default();
    let changes = query.trim_start().starts_with("mutation");
    let content: usize = CONTENT.iter().filter(|_| changes).map(|name| calls(query, name)).sum();
    vec![
        (Unit::Graphql, 1),
        (Unit::GraphqlPoints, if changes { 5 } else { 1 }),
        (Unit::Content, content as u64),
    ]
}

/// How often a field is asked for: its name with arguments behind it.
fn calls(query: &str, name: &str) -> usize {
    query.matches(&format!("{name}(")).count() + query.matches(&format!("{name} (")).count()
}

/// `x-ratelimit-*`, of the resource that counts for the request.
pub(super) fn limits(request: &Request, standing: &[Standing]) -> Vec<(String, String)> {
    let graphql = request.path.ends_with("/graphql");
    let unit = if graphql { Unit::Graphql } else { Unit::Rest };
    let Some(standing) = standing.iter().find(|standing| standing.unit == unit) else { return Vec::new() };
    let resource = if graphql { "graphql" } else { "core" };
    let header = |name: &str, value: String| (format!("x-ratelimit-{name}"), value);
    vec![
        header("limit", standing.limit.to_string()),
        header("remaining", (standing.limit - standing.used).to_string()),
        header("used", standing.used.to_string()),
        header("reset", (standing.reset / 1_000).to_string()),
        header("resource", resource.to_owned()),
    ]
}

/// Headers of a webhook (GitHub docs, "Webhook events and payloads", delivery headers).
pub(super) fn delivery(secret: &str, event: &str, delivery: &str, body: &[u8]) -> Vec<(String, String)> {
    let header = |name: &str, value: String| (name.to_owned(), value);
    vec![
        header("content-type", "application/json".to_owned()),
        header("user-agent", "GitHub-Hookshot/rehearsal".to_owned()),
        header("x-github-delivery", delivery.to_owned()),
        header("x-github-event", event.to_owned()),
        header("x-github-hook-id", "1".to_owned()),
        header("x-hub-signature-256", format!("sha256={}", signature(secret, body))),
    ]
}

fn signature(secret: &str, body: &[u8]) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body);
    let mut text = String::with_capacity(64);
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_githubs_documentation() {
        let made = signature("It's a Secret to Everybody", b"Hello, World!");
        assert_eq!(made, "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }
}
