//! The headers of a webhook.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The headers of one delivery (services/webhook/deliver.go). `event` is the precise type, such as
/// `pull_request_sync`; `X-Gitea-Event` has the group it belongs to.
pub(super) fn delivery(
    forgejo: bool,
    secret: &str,
    (event, id): (&str, &str),
    body: &[u8],
) -> Vec<(String, String)> {
    let signature = signed(secret, body);
    let group = match event {
        "pull_request_sync"
        | "pull_request_label"
        | "pull_request_assign"
        | "pull_request_review_request" => "pull_request",
        "pull_request_review_approved" => "pull_request_approved",
        "pull_request_review_rejected" => "pull_request_rejected",
        "pull_request_review_comment" => "pull_request_comment",
        other => other,
    };
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let mut own = |name: &str| {
        headers.push((format!("x-{name}-delivery"), id.to_owned()));
        headers.push((format!("x-{name}-event"), group.to_owned()));
        headers.push((format!("x-{name}-event-type"), event.to_owned()));
        headers.push((format!("x-{name}-signature"), signature.clone()));
    };
    if forgejo {
        own("forgejo");
    }
    own("gitea");
    own("gogs");
    headers.push(("x-hub-signature-256".to_owned(), format!("sha256={signature}")));
    headers.push(("x-github-delivery".to_owned(), id.to_owned()));
    headers.push(("x-github-event".to_owned(), group.to_owned()));
    headers
}

fn signed(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body);
    mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
