//! Paths with names in them, and who answers.

use super::answer::Answer;
use super::call::Call;
use super::request::decoded;
use crate::world::Refusal;

/// Answers a request.
pub type Handler = fn(&mut Call<'_>) -> Result<Answer, Refusal>;

/// What a request does, for limits and faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Reads,
    /// Changes something.
    Writes,
    /// Makes content: what limits on content count.
    Creates,
    /// Writes a comment, which some forges limit apart.
    Comments,
    /// Costs nothing.
    Free,
}

/// One operation of an API.
pub struct Route {
    /// In capitals.
    pub method: &'static str,
    /// Such as `/repos/{owner}/{repo}`; `{+path}` takes the rest, slashes and all.
    pub path: &'static str,
    /// What it does.
    pub effect: Effect,
    /// Who answers.
    pub handle: Handler,
}

/// Makes a route.
pub const fn route(method: &'static str, path: &'static str, effect: Effect, handle: Handler) -> Route {
    Route { method, path, effect, handle }
}

impl Route {
    /// Method and path, as the API's documentation writes them.
    pub fn kind(&self) -> String {
        format!("{} {}", self.method, self.path.replace("{+", "{"))
    }

    /// What the names stand for, where the path fits.
    pub fn fits(&self, method: &str, path: &str) -> Option<Vec<(&'static str, String)>> {
        if self.method != method {
            return None;
        }
        let mut parts = path.trim_matches('/').split('/');
        let mut wanted = self.path.trim_matches('/').split('/').peekable();
        let mut found = Vec::new();
        while let Some(part) = wanted.next() {
            if let Some(name) = part.strip_prefix("{+").and_then(|rest| rest.strip_suffix('}')) {
                let after: Vec<&str> = wanted.collect();
                let rest: Vec<&str> = parts.collect();
                let (value, tail) = rest.split_at_checked(rest.len().checked_sub(after.len())?)?;
                if tail != after {
                    return None;
                }
                found.push((name, decoded(&value.join("/"), false)));
                return Some(found);
            }
            let given = parts.next()?;
            match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(_) if given.is_empty() => return None,
                Some(name) => found.push((name, decoded(given, false))),
                None if part == given => {}
                None => return None,
            }
        }
        parts.next().is_none().then_some(found)
    }
}

/// The first route that fits.
pub fn find<'a>(
    routes: &'a [Route],
    method: &str,
    path: &str,
) -> Option<(&'a Route, Vec<(&'static str, String)>)> {
    routes.iter().find_map(|route| route.fits(method, path).map(|params| (route, params)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &mut Call<'_>) -> Result<Answer, Refusal> {
        Ok(Answer::empty(204))
    }

    #[test]
    fn names_take_a_part_and_plus_takes_the_rest() {
        let fits = |template, path: &str| route("GET", template, Effect::Reads, none).fits("GET", path);
        assert_eq!(fits("/repos/{owner}/x", "/repos/a%2Fb/x"), Some(vec![("owner", "a/b".to_owned())]));
        assert_eq!(fits("/c/{+path}", "/c/a/b%20c"), Some(vec![("path", "a/b c".to_owned())]));
        assert_eq!(fits("/c/{+ref}/status", "/c/a/b/status"), Some(vec![("ref", "a/b".to_owned())]));
        assert_eq!(fits("/c/{+ref}/status", "/c/a/b"), None);
        assert_eq!(fits("/repos/{owner}", "/repos/a/b"), None);
        assert_eq!(fits("/repos/{owner}", "/repos"), None);
    }
}
