//! What GitLab and Gitea have in common: JSON by REST, lists in pages, refusals as statuses.

use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::client::{Ask, Http};
use super::reply::Reply;
use super::tokens::{Need, Permission};
use crate::error::ForgeError;
use crate::meter::Cost;

/// What a request is about, for its token and its errors.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The repository; empty for a question about all of them.
    pub repo: &'a str,
    /// What is asked for, such as `merge request 12`.
    pub what: &'a str,
}

/// A request that changes something.
#[derive(Debug, Clone)]
pub struct Write<'a> {
    /// The method.
    pub method: Method,
    /// The path below the API's address, encoded.
    pub path: &'a str,
    /// The body.
    pub body: Value,
    /// What it costs.
    pub cost: Cost,
    /// What it needs to be allowed to do.
    pub permission: Permission,
}

/// A client that knows what its forge's refusals mean.
#[derive(Clone)]
pub struct Rest {
    http: Http,
    explain: fn(&Reply, About<'_>) -> ForgeError,
}

impl Rest {
    /// A client whose refusals are explained by `explain`.
    pub fn new(http: Http, explain: fn(&Reply, About<'_>) -> ForgeError) -> Rest {
        Rest { http, explain }
    }

    /// The client beneath.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Milliseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        self.http.clock().now()
    }

    /// The same by the forge's clock, see [`Http::forge_now`].
    pub fn forge_now(&self) -> i64 {
        self.http.forge_now()
    }

    /// What a refusal means.
    pub fn explain(&self, reply: &Reply, about: About<'_>) -> ForgeError {
        (self.explain)(reply, about)
    }

    /// Reads; any status is an answer.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn ask(&self, about: About<'_>, path: &str) -> Result<Reply, ForgeError> {
        let repo = Some(about.repo).filter(|repo| !repo.is_empty());
        let need = Need { repo, permission: Permission::Read };
        let ask = Ask { method: Method::GET, path, body: None, headers: json(), cost: Cost::Read, need };
        self.http.send(&ask).await
    }

    /// Reads a value.
    ///
    /// # Errors
    /// What the forge's refusal means, or an answer that cannot be read.
    pub async fn read<T: DeserializeOwned>(&self, about: About<'_>, path: &str) -> Result<T, ForgeError> {
        let reply = self.ask(about, path).await?;
        if !reply.is_success() {
            return Err(self.explain(&reply, about));
        }
        reply.json(about.repo)
    }

    /// Reads a value; `None` where there is none.
    ///
    /// # Errors
    /// As [`Rest::read`].
    pub async fn find<T: DeserializeOwned>(
        &self,
        about: About<'_>,
        path: &str,
    ) -> Result<Option<T>, ForgeError> {
        match self.ask(about, path).await? {
            reply if reply.status == 404 => Ok(None),
            reply if reply.is_success() => reply.json(about.repo).map(Some),
            reply => Err(self.explain(&reply, about)),
        }
    }

    /// Reads a list, page by page, and no more than `most` pages.
    ///
    /// # Errors
    /// As [`Rest::read`].
    pub async fn pages<T: DeserializeOwned>(
        &self,
        about: About<'_>,
        path: &str,
        most: usize,
    ) -> Result<Vec<T>, ForgeError> {
        let mut all = Vec::new();
        let mut next = Some(path.to_owned());
        for _ in 0..most {
            let Some(path) = next.take() else { break };
            let reply = self.ask(about, &path).await?;
            if !reply.is_success() {
                return Err(self.explain(&reply, about));
            }
            all.extend(reply.json::<Vec<T>>(about.repo)?);
            next = self.next(&reply);
        }
        Ok(all)
    }

    /// The path of the page after this one, as its `Link` header says. Only the path is taken: a token
    /// goes to no host but the one it was given for.
    pub fn next(&self, reply: &Reply) -> Option<String> {
        let link = reply.header("link")?;
        let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
        let address = next.split_once('<')?.1.split_once('>')?.0;
        let address = self.http.url().join(address).ok()?;
        below(self.http.url(), &address)
    }

    /// Where a redirect leads, as a path of the API. Only the path is taken, as by [`Rest::next`].
    pub fn location(&self, reply: &Reply) -> Option<String> {
        let address = reply.header("location").filter(|_| (300..400).contains(&reply.status))?;
        below(self.http.url(), &self.http.url().join(address).ok()?)
    }

    /// Changes something, once. Any status but that of a front end that failed is an answer.
    ///
    /// # Errors
    /// As [`Http::send`], and [`ForgeError::Unknown`] for a 5xx: it may have happened.
    pub async fn write(&self, about: About<'_>, write: Write<'_>) -> Result<Reply, ForgeError> {
        let need = Need { repo: Some(about.repo), permission: write.permission };
        let Write { method, path, body, cost, .. } = write;
        let body = Some(body).filter(|body| !body.is_null());
        let ask = Ask { method, path, body, headers: json(), cost, need };
        let reply = self.http.send(&ask).await?;
        if reply.status >= 500 {
            let why = format!("{} to {}: {}", reply.status, about.what, reply.message());
            return Err(ForgeError::Unknown { why });
        }
        Ok(reply)
    }
}

fn json() -> Vec<(&'static str, String)> {
    vec![("accept", "application/json".to_owned())]
}

fn below(base: &Url, address: &Url) -> Option<String> {
    let path = address.path().strip_prefix(base.path().trim_end_matches('/'))?;
    let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{path}{query}"))
}

/// Text as one part of a path or one value of a query.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_path_cannot_leave_it() {
        assert_eq!(encoded("acme/über app?x#y"), "acme%2F%C3%BCber%20app%3Fx%23y");
    }

    #[test]
    fn the_next_page_is_asked_of_the_same_host() {
        let base: Url = "https://git.example.com/gitlab/api/v4".parse().unwrap();
        let next: Url = "https://evil.example/gitlab/api/v4/groups/1/projects?page=2".parse().unwrap();
        assert_eq!(below(&base, &next).as_deref(), Some("/groups/1/projects?page=2"));
        assert_eq!(below(&base, &"https://git.example.com/login".parse().unwrap()), None);
    }
}
