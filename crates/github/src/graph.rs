//! GraphQL: many questions in one request, and what an answer's list of errors means.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use fleetwright_forge::http::{Ask, Http, Need, Permission, Reply, limits};
use fleetwright_forge::{Cost, ForgeError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::standard;
use crate::fault::{self, Deed};
use crate::value::{list, string, text};

/// Why a query brought nothing.
pub(crate) enum Trouble {
    /// It took too long or read too much: ask for less.
    TooMuch(String),
    /// This server has not got a field that was asked for; it is left out from now on.
    Lacks,
    /// Anything else.
    Fault(ForgeError),
}

/// One entry of an answer's list of errors.
#[derive(Debug, Clone)]
pub(crate) struct GraphFault {
    /// GitHub's word for it, such as `NOT_FOUND`.
    pub(crate) kind: String,
    pub(crate) message: String,
    /// The way to what could not be answered, joined by dots.
    pub(crate) path: String,
}

/// An answer: what is there, and what went wrong with parts of it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) data: Value,
    pub(crate) faults: Vec<GraphFault>,
}

/// Fields that older servers have not got.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(BTreeSet<String>);

/// What may be missing from a query without harm to safety, and so is left out where it is unknown.
const OPTIONAL: [&str; 5] = [
    "isMergeQueueEnabled",
    "isInMergeQueue",
    "autoMergeRequest",
    "checkRunCountsByState",
    "statusContextCountsByState",
];

impl Fields {
    /// The selection, unless the server has not got the field.
    pub(crate) fn optional(&self, field: &str, selection: &'static str) -> &'static str {
        if self.0.contains(field) { "" } else { selection }
    }
}

/// The GraphQL API of one forge.
pub(crate) struct Graph {
    http: Http,
    lacking: Mutex<Fields>,
}

impl Graph {
    /// `http` is a client at the address of GraphQL itself.
    pub(crate) fn new(http: Http) -> Graph {
        Graph { http, lacking: Mutex::default() }
    }

    /// What this server has not got, as far as known.
    pub(crate) fn fields(&self) -> Fields {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks once. Half an answer is an answer: its list of errors says which half.
    pub(crate) async fn query(&self, deed: Deed<'_>, query: &str) -> Result<Answered, Trouble> {
        self.query_as(deed, Permission::Read, query).await
    }

    /// [`Graph::query`] with another permission than that to read repositories.
    pub(crate) async fn query_as(
        &self,
        deed: Deed<'_>,
        permission: Permission,
        query: &str,
    ) -> Result<Answered, Trouble> {
        let need = Need { repo: Some(deed.repo), permission };
        let answered = self.send(deed, need, Cost::Query, json!({ "query": query })).await?;
        if answered.faults.iter().any(is_too_much) {
            let why =
                answered.faults.iter().find(|fault| is_too_much(fault)).map(|fault| fault.message.clone());
            return Err(Trouble::TooMuch(why.unwrap_or_default()));
        }
        if self.forget_fields(&answered.faults) {
            return Err(Trouble::Lacks);
        }
        match answered.faults.iter().find(|fault| fault.path.is_empty()) {
            Some(fault) => Err(Trouble::Fault(ForgeError::access(
                deed.repo,
                format!("to {}: {}", deed.what, fault.message),
            ))),
            None => Ok(answered),
        }
    }

    /// Changes something; variables are given apart from the text.
    pub(crate) async fn mutate(
        &self,
        deed: Deed<'_>,
        permission: Permission,
        text: &str,
        variables: Value,
    ) -> Result<Answered, ForgeError> {
        let need = Need { repo: Some(deed.repo), permission };
        let body = json!({ "query": text, "variables": variables });
        self.send(deed, need, Cost::Mutation, body).await.map_err(|trouble| match trouble {
            Trouble::Fault(error) => error,
            Trouble::TooMuch(why) => ForgeError::unknown(why),
            Trouble::Lacks => ForgeError::unknown("the server does not know a field"),
        })
    }

    async fn send(
        &self,
        deed: Deed<'_>,
        need: Need<'_>,
        cost: Cost,
        body: Value,
    ) -> Result<Answered, Trouble> {
        let ask = Ask { method: Method::POST, path: "", body: Some(body), headers: standard(), cost, need };
        let reply = self.http.send_once(&ask).await.map_err(Trouble::Fault)?;
        match reply.status {
            200 => {}
            502..=504 => {
                return Err(Trouble::TooMuch(format!("it answered {} to `{}`", reply.status, deed.what)));
            }
            404 => {
                let why = "there is no GraphQL at this forge; set `mode: rest`";
                return Err(Trouble::Fault(ForgeError::access(deed.repo, why)));
            }
            _ => return Err(Trouble::Fault(fault::of(&reply, deed, self.http.clock().now()))),
        }
        let mut answer: Value = reply.json(deed.repo).map_err(Trouble::Fault)?;
        let faults: Vec<GraphFault> = list(&answer, "/errors").map(read_fault).collect();
        if let Some(fault) = faults.iter().find(|fault| is_limit(fault)) {
            return Err(Trouble::Fault(self.limited(&reply, cost, &fault.message)));
        }
        let data = answer.get_mut("data").map(Value::take).unwrap_or_default();
        Ok(Answered { data, faults })
    }

    /// A limit comes with status 200 here; the meter hears of it as of any other.
    fn limited(&self, reply: &Reply, cost: Cost, said: &str) -> ForgeError {
        let body = json!({ "message": format!("rate limit exceeded: {said}") }).to_string().into_bytes();
        let refusal = Reply { status: 403, headers: reply.headers.clone(), body };
        let now = self.http.clock().now();
        let answer = limits::read(&refusal, now);
        self.http.meter().told(cost, &answer);
        ForgeError::Blocked { until: answer.blocked_until.unwrap_or(now + 60_000), why: refusal.message() }
    }

    /// Notes fields the server has not got. Whether there were new ones that may be left out.
    fn forget_fields(&self, faults: &[GraphFault]) -> bool {
        let unknown =
            faults.iter().filter_map(|fault| fault.message.split("Field '").nth(1)?.split('\'').next());
        let mut lacking = self.lacking.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh: Vec<String> = unknown
            .filter(|field| OPTIONAL.contains(field) && !lacking.0.contains(*field))
            .map(str::to_owned)
            .collect();
        let any = !fresh.is_empty();
        lacking.0.extend(fresh);
        any
    }
}

fn read_fault(error: &Value) -> GraphFault {
    let part = |part: &Value| part.as_str().map_or_else(|| part.to_string(), str::to_owned);
    let kind = text(error, "/type").or(text(error, "/extensions/code")).unwrap_or_default().to_owned();
    GraphFault {
        kind,
        message: string(error, "/message").chars().filter(|c| !c.is_control()).take(300).collect(),
        path: list(error, "/path").map(part).collect::<Vec<_>>().join("."),
    }
}

fn is_limit(fault: &GraphFault) -> bool {
    let said = fault.message.to_lowercase();
    matches!(fault.kind.as_str(), "RATE_LIMITED" | "RATE_LIMIT")
        || said.contains("rate limit")
        || said.contains("was submitted too quickly")
}

/// Sources: docs.github.com "Rate limits and query limits for the GraphQL API": after ten seconds a
/// query is given up; partial answers say that resource limits were exceeded.
fn is_too_much(fault: &GraphFault) -> bool {
    let said = fault.message.to_lowercase();
    matches!(
        fault.kind.as_str(),
        "RESOURCE_LIMITS_EXCEEDED" | "MAX_NODE_LIMIT_EXCEEDED" | "SERVICE_UNAVAILABLE" | "TIMEOUT"
    ) || ["something went wrong while executing", "timeout", "timed out", "resource limits"]
        .iter()
        .any(|words| said.contains(words))
}

/// A text as GraphQL writes it; JSON's escapes are GraphQL's.
pub(crate) fn quote(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(quote("a\"}) { x }\n"), "\"a\\\"}) { x }\\n\"");
    }

    #[test]
    fn an_error_knows_what_it_is_about() {
        let error =
            json!({"type":"NOT_FOUND","path":["r1","pullRequest",2],"message":"Could not\u{7} resolve"});
        let fault = read_fault(&error);
        assert_eq!((fault.kind.as_str(), fault.path.as_str()), ("NOT_FOUND", "r1.pullRequest.2"));
        assert_eq!(fault.message, "Could not resolve");
    }
}
