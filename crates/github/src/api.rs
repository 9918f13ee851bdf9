//! The REST API: conditional reads, pages, and writes that are sent once.

use std::sync::{Mutex, PoisonError};

use fleetwright_forge::http::{Ask, Etags, Http, Need, Permission, Reply};
use fleetwright_forge::{Cost, ForgeError};
use reqwest::Method;
use serde_json::Value;

use crate::fault::{self, Deed};
use crate::value::text;

/// How many entries of a list are asked for at once: GitHub's most.
pub(crate) const PAGE: usize = 100;

/// The version of the REST API that is asked for (docs.github.com, "API Versions").
const VERSION: &str = "2022-11-28";

/// The REST API of one forge.
pub(crate) struct Api {
    pub(crate) http: Http,
    etags: Mutex<Etags>,
}

/// A change to be sent.
pub(crate) struct Write<'a> {
    pub(crate) deed: Deed<'a>,
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) body: Value,
    pub(crate) cost: Cost,
    pub(crate) permission: Permission,
}

impl Api {
    pub(crate) fn new(http: Http) -> Api {
        Api { http, etags: Mutex::default() }
    }

    /// What an answer that is no success means.
    pub(crate) fn fault(&self, reply: &Reply, deed: Deed<'_>) -> ForgeError {
        fault::of(reply, deed, self.http.clock().now())
    }

    /// Reads one thing; free while it stays as it was.
    pub(crate) async fn read(&self, deed: Deed<'_>, path: &str) -> Result<Value, ForgeError> {
        self.ask(deed, path).await?.json(deed.repo)
    }

    /// Reads one thing that may not be there.
    pub(crate) async fn look_for(&self, deed: Deed<'_>, path: &str) -> Result<Option<Value>, ForgeError> {
        match self.ask(deed, path).await {
            Ok(reply) => reply.json(deed.repo).map(Some),
            Err(ForgeError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a list, page by page, at most `pages` of them. `at` is where in an answer the list is.
    pub(crate) async fn list(
        &self,
        deed: Deed<'_>,
        path: &str,
        at: &str,
        pages: usize,
    ) -> Result<Vec<Value>, ForgeError> {
        self.list_as((deed, Permission::Read), path, at, pages).await
    }

    /// [`Api::list`] with another permission than that to read repositories.
    pub(crate) async fn list_as(
        &self,
        (deed, permission): (Deed<'_>, Permission),
        path: &str,
        at: &str,
        pages: usize,
    ) -> Result<Vec<Value>, ForgeError> {
        let mut all = Vec::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        for page in 1..=pages {
            let reply =
                self.ask_as(deed, permission, &format!("{path}{joint}per_page={PAGE}&page={page}")).await?;
            let mut answer: Value = reply.json(deed.repo)?;
            let Some(Value::Array(listed)) = answer.pointer_mut(at).map(Value::take) else {
                return Err(ForgeError::access(
                    deed.repo,
                    format!("there is no list in the answer to `{}`", deed.what),
                ));
            };
            let full = listed.len() >= PAGE;
            all.extend(listed);
            // A full page that was the last one is the same when another follows; its kept link is not.
            let next = full || reply.header("link").is_some_and(|link| link.contains("rel=\"next\""));
            if !next {
                return Ok(all);
            }
        }
        let why = format!("to {}: there are more than {} of them", deed.what, pages * PAGE);
        Err(ForgeError::access(deed.repo, why))
    }

    async fn ask(&self, deed: Deed<'_>, path: &str) -> Result<Reply, ForgeError> {
        self.ask_as(deed, Permission::Read, path).await
    }

    async fn ask_as(&self, deed: Deed<'_>, permission: Permission, path: &str) -> Result<Reply, ForgeError> {
        let mut headers = standard();
        let tag = self.kept().tag(path);
        headers.extend(tag.map(|tag| ("if-none-match", tag)));
        let need = Need { repo: Some(deed.repo), permission };
        let ask = Ask { method: Method::GET, path, body: None, headers, cost: Cost::Read, need };
        let reply = self.http.send(&ask).await?;
        match reply.status {
            304 => {
                self.kept().kept(path).ok_or_else(|| ForgeError::unknown("an answer that was kept is gone"))
            }
            301 | 302 | 307 | 308 => Err(self.moved(&reply, deed).await),
            200..=299 => {
                self.kept().keep(path, &reply);
                Ok(reply)
            }
            _ => Err(self.fault(&reply, deed)),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Etags> {
        self.etags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a change, once. Whatever was understood is an answer; a front end that fails leaves open
    /// whether it happened.
    pub(crate) async fn write(&self, write: &Write<'_>) -> Result<Reply, ForgeError> {
        let need = Need { repo: Some(write.deed.repo), permission: write.permission };
        let ask = Ask {
            method: write.method.clone(),
            path: write.path,
            body: (!write.body.is_null()).then(|| write.body.clone()),
            headers: standard(),
            cost: write.cost,
            need,
        };
        let reply = self.http.send(&ask).await?;
        match reply.status {
            500.. => Err(self.fault(&reply, write.deed)),
            301 | 302 | 307 | 308 => Err(self.moved(&reply, write.deed).await),
            _ => Ok(reply),
        }
    }

    /// Sends a change that has only one good answer.
    pub(crate) async fn change(&self, write: &Write<'_>) -> Result<Value, ForgeError> {
        let reply = self.write(write).await?;
        match reply.status {
            200..=299 if reply.body.trim_ascii().is_empty() => Ok(Value::Null),
            200..=299 => reply.json(write.deed.repo),
            _ => Err(self.fault(&reply, write.deed)),
        }
    }

    /// What a repository that moved is called now. GitHub answers with an address by number; only the
    /// number is taken from it.
    async fn moved(&self, reply: &Reply, deed: Deed<'_>) -> ForgeError {
        let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let address = reply.header("location").or(text(&said, "/url")).unwrap_or_default();
        let digits = address.split("/repositories/").nth(1).and_then(|rest| rest.split('/').next());
        let Some(id) = digits.and_then(|digits| digits.parse::<u64>().ok()) else {
            return self.fault(reply, deed);
        };
        let path = format!("/repositories/{id}");
        let need = Need { repo: Some(deed.repo), permission: Permission::Read };
        let ask =
            Ask { method: Method::GET, path: &path, body: None, headers: standard(), cost: Cost::Read, need };
        match self.http.send(&ask).await {
            Ok(reply) if reply.is_success() => {
                let named: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
                match text(&named, "/full_name") {
                    Some(name) => renamed(deed.repo, name),
                    None => self.fault(&reply, deed),
                }
            }
            _ => self.fault(reply, deed),
        }
    }
}

/// A repository that has another name now.
pub(crate) fn renamed(repo: &str, name: &str) -> ForgeError {
    ForgeError::Moved { repo: repo.to_owned(), name: name.to_owned() }
}

/// Headers of every request.
pub(crate) fn standard() -> Vec<(&'static str, String)> {
    vec![("accept", "application/vnd.github+json".to_owned()), ("x-github-api-version", VERSION.to_owned())]
}
