//! What a refusal of GitHub's means, in words that say what to change.

use fleetwright_forge::ForgeError;
use fleetwright_forge::http::{Reply, limits};

/// What was asked, for the words of a fault.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deed<'a> {
    /// The repository, or the owner.
    pub(crate) repo: &'a str,
    /// What was to be done, such as `open a pull request`.
    pub(crate) what: &'a str,
}

/// The clock is called wrong when it differs by more than this, in seconds: GitHub's own slack.
const SKEW: i64 = 30;

/// What an answer that is no success means. `now` is this machine's time in milliseconds.
pub(crate) fn of(reply: &Reply, deed: Deed<'_>, now: i64) -> ForgeError {
    let Deed { repo, what } = deed;
    // An owner is asked for with the slash that tells it from a repository.
    let repo = repo.trim_end_matches('/');
    let said = reply.message();
    let access = |why: String| ForgeError::access(repo, why);
    let refused = |why: String| ForgeError::Refused { repo: repo.to_owned(), why };
    match reply.status {
        200..=299 => access(format!("the answer to `{what}` cannot be read")),
        301 | 302 | 307 | 308 => access("it moved; try: `fleetwright repo sync`".to_owned()),
        401 => access(unauthorised(reply, now)),
        403 if said.to_lowercase().contains("archived") => {
            refused("it is archived, so nothing in it can change".to_owned())
        }
        403 => refused(forbidden(reply, what)),
        404 | 410 => ForgeError::NotFound { what: repo.to_owned() },
        451 => access(format!("it is blocked for legal reasons: {said}")),
        413 => refused("what was sent is larger than the forge allows".to_owned()),
        400 | 405 | 409 | 422 => refused(format!("to {what}: {said}{}", web_page(reply))),
        status if status >= 500 => ForgeError::unknown(format!("it answered {status} to `{what}`: {said}")),
        status => access(format!("it answered {status} to `{what}`: {said}{}", web_page(reply))),
    }
}

/// A token that is not taken, and whether the clock is to blame.
pub(crate) fn unauthorised(reply: &Reply, now: i64) -> String {
    let said = reply.message();
    let lower = said.to_lowercase();
    let timed =
        ["exp", "iat", "json web token", "issued at", "expiration"].iter().any(|word| lower.contains(word));
    let skew = Some(limits::ahead(reply, now).div_euclid(1_000));
    match skew.filter(|skew| timed && skew.abs() > SKEW) {
        Some(skew) => {
            let way = if skew > 0 { "ahead of" } else { "behind" };
            format!("this machine's clock is {} s {way} the forge's; set it right ({said})", skew.abs())
        }
        None => format!("the token is wrong, expired or revoked ({said}); is the right one set in `auth`?"),
    }
}

/// A permission that is lacking: which one, as GitHub's headers tell.
fn forbidden(reply: &Reply, what: &str) -> String {
    let said = reply.message();
    if reply.header("x-github-sso").is_some() {
        return format!(
            "the token must be authorised for the organisation's single sign-on to {what} ({said})"
        );
    }
    if let Some(wanted) = reply.header("x-accepted-github-permissions").filter(|wanted| !wanted.is_empty()) {
        return format!("the token lacks the permission `{wanted}` to {what} ({said})");
    }
    let wanted = reply.header("x-accepted-oauth-scopes").filter(|wanted| !wanted.is_empty());
    if let Some(wanted) = wanted {
        let has = reply.header("x-oauth-scopes").filter(|has| !has.is_empty()).unwrap_or("none");
        if !has.split(',').any(|has| wanted.split(',').any(|wanted| wanted.trim() == has.trim())) {
            return format!("the token lacks the scope `{wanted}` to {what}; it has {has} ({said})");
        }
    }
    format!("the token may not {what} ({said}{})", web_page(reply))
}

fn web_page(reply: &Reply) -> &'static str {
    match reply.body.trim_ascii_start().first() {
        Some(b'<') => "; it answered with a web page: is `url` that of its API?",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(status: u16, headers: &[(&str, &str)], body: &str) -> String {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let reply = Reply { status, headers, body: body.as_bytes().to_vec() };
        of(&reply, Deed { repo: "acme/a", what: "open a pull request" }, 1_000_000_000_000).to_string()
    }

    #[test]
    fn a_lacking_permission_is_named() {
        let body = r#"{"message":"Resource not accessible by integration"}"#;
        let said = say(403, &[("x-accepted-github-permissions", "pull_requests=write")], body);
        assert!(said.contains("lacks the permission `pull_requests=write` to open a pull request"), "{said}");
        let scopes = [("x-accepted-oauth-scopes", "repo, public_repo"), ("x-oauth-scopes", "read:org")];
        assert!(say(403, &scopes, body).contains("lacks the scope `repo, public_repo`"));
        let enough = [("x-accepted-oauth-scopes", "repo"), ("x-oauth-scopes", "gist, repo")];
        assert!(say(403, &enough, body).contains("the token may not open a pull request"));
        assert!(say(403, &[("x-github-sso", "required; url=x")], body).contains("single sign-on"));
    }

    #[test]
    fn a_wrong_clock_is_told_from_a_wrong_token() {
        let body = r#"{"message":"'Expiration time' claim ('exp') is too far in the future"}"#;
        // 1_000_000_000 is 2001-09-09T01:46:40Z.
        let said = say(401, &[("date", "Sun, 09 Sep 2001 01:36:40 GMT")], body);
        assert!(said.contains("clock is 600 s ahead of the forge's"), "{said}");
        let said = say(401, &[("date", "Sun, 09 Sep 2001 01:56:40 GMT")], body);
        assert!(said.contains("clock is 600 s behind"), "{said}");
        let said = say(401, &[("date", "Sun, 09 Sep 2001 01:56:40 GMT")], r#"{"message":"Bad credentials"}"#);
        assert!(said.contains("the token is wrong, expired or revoked"), "{said}");
    }

    #[test]
    fn each_status_has_its_words() {
        let archived = r#"{"message":"Repository was archived so is read-only."}"#;
        assert!(say(403, &[], archived).contains("acme/a refuses: it is archived"));
        assert!(say(404, &[], "{}").contains("acme/a is not there"));
        assert!(say(502, &[], "<html>").contains("the forge did not answer: it answered 502"));
        assert!(say(405, &[], "<html>").contains("web page"));
        assert!(say(451, &[], "{}").contains("legal"));
    }
}
