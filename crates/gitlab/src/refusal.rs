//! What GitLab's refusals mean.
//!
//! Source: docs.gitlab.com/api/rest/troubleshooting "Status codes" and docs.gitlab.com/api/rest/authentication.

use fleetwright_forge::ForgeError;
use fleetwright_forge::http::{About, Reply};

/// How the error of a project that has another name begins.
pub(crate) const MOVED: &str = "it was renamed or moved";

/// What a status that is no success means.
pub(crate) fn explain(reply: &Reply, about: About<'_>) -> ForgeError {
    let said = said(reply);
    let name = if about.repo.is_empty() { "gitlab" } else { about.repo };
    match reply.status {
        300..=399 => moved(reply, name),
        // A request that changes something is not redirected: "Non GET methods are not allowed for moved projects".
        405 if said.contains("moved projects") => moved(reply, name),
        401 => ForgeError::access(name, format!("the token is not accepted: {said}{}", scope(reply))),
        403 => ForgeError::Refused { repo: name.to_owned(), why: forbidden(reply, about, &said) },
        404 => ForgeError::NotFound { what: format!("{} of {name}", about.what) },
        400 | 405 | 406 | 409 | 412 | 413 | 415 | 422 => {
            let why = format!("{}: {said}", about.what);
            ForgeError::Refused { repo: name.to_owned(), why }
        }
        status => ForgeError::unknown(format!("{status} to {}: {said}", about.what)),
    }
}

fn moved(reply: &Reply, name: &str) -> ForgeError {
    let to = reply.header("location").map(|to| format!(" to {to}")).unwrap_or_default();
    ForgeError::access(name, format!("{MOVED}{to}; `fleetwright repo sync` learns its new name"))
}

/// GitLab says by a code of its own what a token lacks.
fn scope(reply: &Reply) -> &'static str {
    match code(reply).as_deref() {
        Some("insufficient_scope") => "; it needs the scope `api`",
        Some("invalid_token") => "; make a new one with the scope `api`",
        _ => "",
    }
}

fn forbidden(reply: &Reply, about: About<'_>, said: &str) -> String {
    match code(reply).as_deref() {
        Some("insufficient_scope") => format!("the token needs the scope `api` for {}: {said}", about.what),
        _ => format!(
            "{} is forbidden: {said}; the token's user needs the role Developer there, or Maintainer where the \
             branch is protected",
            about.what
        ),
    }
}

fn code(reply: &Reply) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(&reply.body).ok()?;
    Some(value.get("error")?.as_str()?.to_owned())
}

/// What GitLab says, in one line. `message` may be a text, a list, or lists by field.
pub(crate) fn said(reply: &Reply) -> String {
    let value = serde_json::from_slice::<serde_json::Value>(&reply.body).ok();
    let message = value.as_ref().and_then(|value| value.get("message"));
    let text = match message {
        Some(serde_json::Value::Array(lines)) => {
            lines.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join("; ")
        }
        Some(serde_json::Value::Object(fields)) => {
            let line = |(name, lines): (&String, &serde_json::Value)| match lines {
                serde_json::Value::Array(lines) => {
                    let lines: Vec<_> = lines.iter().filter_map(serde_json::Value::as_str).collect();
                    format!("{name} {}", lines.join(", "))
                }
                other => format!("{name} {other}"),
            };
            fields.iter().map(line).collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    };
    if text.is_empty() { reply.message() } else { text.chars().take(300).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    const ABOUT: About<'static> = About { repo: "acme/app", what: "a new merge request" };

    /// The bodies are those of docs.gitlab.com/api/rest/troubleshooting and lib/api/helpers.rb.
    #[test]
    fn every_refusal_says_what_to_change() {
        let told = |status, body| explain(&reply(status, body), ABOUT).to_string();
        let scope = r#"{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api"}"#;
        assert!(told(403, scope).contains("the scope `api`"), "{}", told(403, scope));
        let revoked = r#"{"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}"#;
        assert!(told(401, revoked).contains("Token was revoked"));
        assert!(told(401, r#"{"message":"401 Unauthorized"}"#).contains("the token is not accepted"));
        assert!(told(403, r#"{"message":"403 Forbidden"}"#).contains("Developer"));
        assert!(told(404, r#"{"message":"404 Project Not Found"}"#).contains("repo sync"));
        let moved = r#"{"message":"Non GET methods are not allowed for moved projects"}"#;
        assert!(told(405, moved).contains("renamed"));
        let fields = r#"{"message":{"bio":["is too long (maximum is 255 characters)"]}}"#;
        assert!(told(400, fields).contains("bio is too long"));
        let missing = r#"{"error":"title is missing"}"#;
        assert!(told(400, missing).contains("title is missing"));
    }
}
