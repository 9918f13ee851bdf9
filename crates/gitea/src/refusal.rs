//! What Gitea's and Forgejo's refusals mean.
//!
//! Sources: routers/api/v1 and services/context of go-gitea/gitea: an error is `{"message", "url"}`, a
//! missing scope a 403 that names it, an archived repository a 423, a renamed one a redirect.

use fleetwright_forge::ForgeError;
use fleetwright_forge::http::{About, Reply};

/// What a status that is no success means.
pub(crate) fn explain(reply: &Reply, about: About<'_>) -> ForgeError {
    let said = reply.message();
    let name = if about.repo.is_empty() { "gitea" } else { about.repo };
    let refused = |why: String| ForgeError::Refused { repo: name.to_owned(), why };
    if let Some(to) = moved(reply) {
        return ForgeError::Moved { repo: name.to_owned(), name: to };
    }
    match reply.status {
        300..=399 => {
            let to = reply.header("location").map(|to| format!(" to {to}")).unwrap_or_default();
            let why = format!("it was renamed or moved{to}; `fleetwright repo sync` learns its new name");
            ForgeError::access(name, why)
        }
        401 => ForgeError::access(name, format!("the token is not accepted: {said}")),
        // "token does not have at least one of required scope(s), required=[write:repository], ..."
        403 if said.contains("required scope") => {
            refused(format!("the token lacks a scope for {}: {said}", about.what))
        }
        403 => refused(format!(
            "{} is forbidden: {said}; the token's user needs write access there, and a protected branch has to \
             let it in",
            about.what
        )),
        404 => ForgeError::NotFound { what: format!("{} of {name}", about.what) },
        423 => refused("the repository is archived: nothing in it can be changed".to_owned()),
        400 | 405 | 409 | 412 | 413 | 422 => refused(format!("{}: {said}", about.what)),
        status => ForgeError::unknown(format!("{status} to {}: {said}", about.what)),
    }
}

/// What a repository is called now, from where a redirect leads: only the name is taken from it.
fn moved(reply: &Reply) -> Option<String> {
    let address = reply.header("location").filter(|_| (300..400).contains(&reply.status))?;
    let path = address.split(['?', '#']).next()?;
    let mut parts = path.split_once("/api/v1/repos/")?.1.split('/');
    let is_plain = |part: &&str| !part.is_empty() && !part.contains('%');
    let (owner, name) = (parts.next().filter(is_plain)?, parts.next().filter(is_plain)?);
    Some(format!("{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bodies are those of services/context/api.go, routers/api/v1/api.go and permission.go.
    #[test]
    fn every_refusal_says_what_to_change() {
        let told = |status, body: &str| {
            let reply = Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
            explain(&reply, About { repo: "acme/app", what: "a new pull request" }).to_string()
        };
        let scope = r#"{"message":"token does not have at least one of required scope(s), required=[write:repository], token scope=read:repository","url":"https://git.example.com/api/swagger"}"#;
        assert!(told(403, scope).contains("required=[write:repository]"), "{}", told(403, scope));
        let archived = r#"{"message":"Repo is archived","url":"https://git.example.com/api/swagger"}"#;
        assert!(told(423, archived).contains("archived"));
        assert!(told(401, r#"{"message":"user does not exist [uid: 0, name: ]"}"#).contains("not accepted"));
        assert!(
            told(404, r#"{"errors":[],"message":"The target couldn't be found."}"#).contains("repo sync")
        );
        assert!(told(307, "").contains("renamed"));
        let place = "https://git.example.com/sub/api/v1/repos/acme/other/pulls?limit=50".to_owned();
        let headers = vec![("location".to_owned(), place)];
        let reply = Reply { status: 307, headers, body: Vec::new() };
        let error = explain(&reply, About { repo: "acme/app", what: "its pull requests" });
        assert_eq!(error, ForgeError::Moved { repo: "acme/app".to_owned(), name: "acme/other".to_owned() });
    }
}
