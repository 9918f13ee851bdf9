//! What the answers of git servers mean.

use fleetwright_core::secret::mask;
use fleetwright_git::GitError;
use reqwest::Url;

use super::remote::Remote;
use crate::error::ForgeError;
use crate::http::{Reply, limits};

/// How much of a refusal is read, in bytes.
pub(super) const MAX_WORDS: usize = 8 << 10;

/// What a status that is none of success means.
pub(super) fn refused(remote: &Remote, writes: bool, reply: &Reply, now: i64) -> ForgeError {
    let said = remote.redacted(words(reply));
    if let Some(until) = limits::read(reply, now).blocked_until {
        return ForgeError::Blocked { until, why: format!("git answers {}{said}", reply.status) };
    }
    let access = |why: String| ForgeError::access(remote.repo(), why);
    let right = if writes { "write" } else { "read" };
    if let Some(name) = target(reply).and_then(|place| remote.renamed(&place)) {
        return ForgeError::Moved { repo: remote.repo().to_owned(), name };
    }
    match reply.status {
        301..=303 | 307 | 308 => access(format!(
            "it has moved{}; credentials do not follow: `fleetwright repo sync`, or correct its address",
            target(reply).map_or_else(String::new, |place| format!(" to {}", remote.redacted(place)))
        )),
        401 => access(format!("its git server refuses the token{said}; has it ended or been revoked?")),
        403 => access(format!(
            "its git server forbids it{said}; may the token {right} the contents of this repository, is it archived, \
             and does an organisation's single sign-on know the token?"
        )),
        404 => ForgeError::NotFound { what: format!("the git repository of {}", remote.repo()) },
        413 => ForgeError::Refused {
            repo: remote.repo().to_owned(),
            why: format!("the push is larger than the forge takes{said}; make the change smaller"),
        },
        status @ (408 | 500..=599) => ForgeError::unknown(format!("git answers {status}{said}")),
        status => access(format!("its git server answers {status}{said}")),
    }
}

/// A refusal's own words, behind a colon: of a plain text, not of a web page.
fn words(reply: &Reply) -> String {
    let text = String::from_utf8_lossy(&reply.body);
    let kind = reply.header("content-type").unwrap_or("text/plain");
    if kind.starts_with("application/json") {
        return format!(": {}", reply.message());
    }
    if !kind.starts_with("text/plain") || text.trim_start().starts_with('<') {
        return String::new();
    }
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    // Before it is cut: half a secret is not known again.
    let plain: String = mask(&plain).chars().take(300).collect();
    let plain = plain.trim_end_matches('.');
    if plain.is_empty() { String::new() } else { format!(": {plain}") }
}

/// Where a redirect leads: scheme, host and repository, nothing else of it.
fn target(reply: &Reply) -> Option<String> {
    let url = Url::parse(reply.header("location").filter(|_| (300..400).contains(&reply.status))?).ok()?;
    let path = ["/info/refs", "/git-upload-pack", "/git-receive-pack"]
        .iter()
        .find_map(|ending| url.path().strip_suffix(ending))
        .unwrap_or(url.path());
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let place = format!("{}://{}{port}{path}", url.scheme(), url.host_str()?);
    Some(place.chars().take(300).collect())
}

/// An answer that cannot be used.
pub(super) fn broken(remote: &Remote, error: &GitError) -> ForgeError {
    let why = remote.redacted(error);
    match error {
        // A server's trouble, or a disk of ours: nothing is known of the repository.
        GitError::Remote { .. } | GitError::Io { .. } | GitError::Locked { .. } => ForgeError::unknown(why),
        _ => ForgeError::access(remote.repo(), why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Secret;

    fn error(status: u16, headers: &[(&str, &str)], body: &str) -> ForgeError {
        let url = Url::parse("https://h/acme/a").unwrap();
        let remote = Remote::new("acme/a", &url, "bot", Secret::new("canary-1")).unwrap();
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        refused(&remote, true, &Reply { status, headers, body: body.as_bytes().to_vec() }, 1_000)
    }

    #[test]
    fn a_redirect_names_the_place_and_no_more() {
        let place = "https://u:canary-1@other.example:444/acme/b.git/git-receive-pack?token=canary-1";
        let moved = error(301, &[("location", place)], "").to_string();
        assert!(moved.contains("to https://other.example:444/acme/b.git;"), "{moved}");
        assert!(!moved.contains("canary") && !moved.contains('?'), "{moved}");
    }

    #[test]
    fn a_redirect_within_the_host_is_another_name() {
        let to = |place: &str| error(301, &[("location", place)], "");
        let moved = ForgeError::Moved { repo: "acme/a".to_owned(), name: "acme/b".to_owned() };
        assert_eq!(to("https://h/acme/b.git/info/refs?service=git-upload-pack"), moved);
        for other in
            ["http://h/acme/b.git", "https://h:444/acme/b", "https://h.example/acme/b", "https://h/login?x"]
        {
            assert!(matches!(to(other), ForgeError::Access { .. }), "{other}");
        }
    }

    #[test]
    fn words_are_plain_and_without_the_secret() {
        let said = error(403, &[], "Permission for canary-1\x1b[0m denied\n").to_string();
        assert!(said.contains("Permission for (a secret) [0m denied"), "{said}");
        let page = error(403, &[("content-type", "text/html")], "<html>no</html>").to_string();
        assert!(!page.contains("html"), "{page}");
        let blocked = error(429, &[("retry-after", "7")], "");
        assert!(matches!(blocked, ForgeError::Blocked { until: 8_000, .. }), "{blocked}");
    }
}
