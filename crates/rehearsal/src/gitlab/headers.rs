//! Headers about limits, and those of a webhook.

use crate::limits::Standing;

/// The headers of one delivery (docs.gitlab.com/user/project/integrations/webhooks "Delivery headers").
pub(super) fn delivery(secret: &str, event: &str, delivery: &str) -> Vec<(String, String)> {
    let headers = [
        ("content-type", "application/json"),
        ("user-agent", "GitLab/18.5.0"),
        ("x-gitlab-event", event),
        ("x-gitlab-event-uuid", delivery),
        ("idempotency-key", delivery),
        ("x-gitlab-webhook-uuid", "f5e9a1c4-0000-4000-8000-000000000001"),
        ("x-gitlab-token", secret),
    ];
    headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// The headers that tell of limits (docs.gitlab.com/administration/settings/user_and_ip_rate_limits).
pub(super) fn limits(standing: &[Standing]) -> Vec<(String, String)> {
    let Some(told) = standing.first() else { return Vec::new() };
    let left = told.limit.saturating_sub(told.used);
    let values = [
        ("ratelimit-name", "throttle_authenticated_api".to_owned()),
        ("ratelimit-limit", told.limit.to_string()),
        ("ratelimit-observed", told.used.to_string()),
        ("ratelimit-remaining", left.to_string()),
        ("ratelimit-reset", (told.reset / 1_000).to_string()),
    ];
    values.map(|(name, value)| (name.to_owned(), value)).to_vec()
}
