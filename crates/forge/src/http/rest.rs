//! What GitLab and Gitea have in common: JSON by REST, lists in pages, refusals as statuses.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::{Method, Url};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::client::{Ask, Http};
use super::etags::Etags;
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

/// The smallest page that is asked for; every other one is a multiple.
const PAGE: usize = 50;

/// A client that knows what its forge's refusals mean.
#[derive(Clone)]
pub struct Rest {
    http: Http,
    explain: fn(&Reply, About<'_>) -> ForgeError,
    kept: Arc<Mutex<Etags>>,
}

impl Rest {
    /// A client whose refusals are explained by `explain`.
    pub fn new(http: Http, explain: fn(&Reply, About<'_>) -> ForgeError) -> Rest {
        Rest { http, explain, kept: Arc::default() }
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
        self.get(about, path, json()).await
    }

    /// Reads a page of a list; any status is an answer. Where the forge tells by its tag that a page is the
    /// same as the last time, nothing of it is sent again, and the answer is the one that was kept.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn ask_page(&self, about: About<'_>, path: &str) -> Result<Reply, ForgeError> {
        let mut headers = json();
        headers.extend(self.kept().tag(path).map(|tag| ("if-none-match", tag)));
        let reply = self.get(about, path, headers).await?;
        if reply.status == 304 {
            let kept = self.kept().kept(path);
            return match kept {
                Some(kept) => Ok(renewed(kept, reply)),
                // It had to make room meanwhile.
                None => self.ask(about, path).await,
            };
        }
        if reply.is_success() {
            match self.may_grow(&reply) {
                true => self.kept().forget(path),
                false => self.kept().keep(path, &reply),
            }
        }
        Ok(reply)
    }

    /// Whether a page is the last one and full: its entries stay the same when another page follows.
    fn may_grow(&self, reply: &Reply) -> bool {
        let entries = serde_json::from_slice::<Vec<IgnoredAny>>(&reply.body).map_or(0, |all| all.len());
        self.next(reply).is_none() && entries > 0 && entries.is_multiple_of(PAGE)
    }

    fn kept(&self) -> MutexGuard<'_, Etags> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn get(
        &self,
        about: About<'_>,
        path: &str,
        headers: Vec<(&'static str, String)>,
    ) -> Result<Reply, ForgeError> {
        let repo = Some(about.repo).filter(|repo| !repo.is_empty());
        let need = Need { repo, permission: Permission::Read };
        let ask = Ask { method: Method::GET, path, body: None, headers, cost: Cost::Read, need };
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
            let reply = self.ask_page(about, &path).await?;
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

/// What was kept, with what the answer that it is still the same says of it: links to other pages, totals.
fn renewed(kept: Reply, same: Reply) -> Reply {
    let mut headers = same.headers;
    let told: Vec<(String, String)> =
        kept.headers.into_iter().filter(|(name, _)| !headers.iter().any(|(new, _)| new == name)).collect();
    headers.extend(told);
    Reply { headers, ..kept }
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
    fn a_page_that_is_the_same_leads_where_it_leads_now() {
        let reply = |status, headers: &[(&str, &str)], body: &str| {
            let headers =
                headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Reply { status, headers, body: body.as_bytes().to_vec() }
        };
        let kept = reply(200, &[("etag", "1"), ("x-total-pages", "1")], "[1]");
        let now = renewed(kept, reply(304, &[("x-total-pages", "2"), ("link", "<x>")], ""));
        assert_eq!((now.status, now.body.as_slice()), (200, b"[1]".as_slice()));
        let header = |name| now.header(name);
        assert_eq!(
            (header("x-total-pages"), header("link"), header("etag")),
            (Some("2"), Some("<x>"), Some("1"))
        );
    }

    #[test]
    fn the_next_page_is_asked_of_the_same_host() {
        let base: Url = "https://git.example.com/gitlab/api/v4".parse().unwrap();
        let next: Url = "https://evil.example/gitlab/api/v4/groups/1/projects?page=2".parse().unwrap();
        assert_eq!(below(&base, &next).as_deref(), Some("/groups/1/projects?page=2"));
        assert_eq!(below(&base, &"https://git.example.com/login".parse().unwrap()), None);
    }
}
