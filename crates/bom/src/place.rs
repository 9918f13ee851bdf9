//! Whose an override is: repositories or components, by name or pattern.

use regex::Regex;

/// Repositories or components. In a pattern `*` stands for any characters but `/`, and `**` for any at all; nothing
/// else has a meaning of its own, so that a selection in CEL can say the same.
#[derive(Debug, Clone)]
pub struct Place {
    text: String,
    pattern: Option<Regex>,
    component: bool,
}

/// What stands before the name of a component.
const COMPONENT: &str = "component:";

impl Place {
    /// Reads `acme/shop`, `acme/*`, `component:default/shop`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Place, &'static str> {
        let component = text.starts_with(COMPONENT);
        // References of the catalog are in small letters.
        let text = if component { text.to_lowercase() } else { text.to_owned() };
        let name = text.strip_prefix(COMPONENT).unwrap_or(&text);
        if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("it names nothing");
        }
        if name.contains(['[', ']', '{', '}', '?', '!', '\\', ':']) {
            return Err("only `*` and `**` have a meaning here");
        }
        if component && name.matches('/').count() != 1 {
            return Err("a component is written `component:NAMESPACE/NAME`");
        }
        let pattern = match name.contains('*') {
            false => None,
            true => Some(Regex::new(&expression(name)).map_err(|_| "it is too long")?),
        };
        Ok(Place { text, pattern, component })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it names components.
    pub fn is_component(&self) -> bool {
        self.component
    }

    /// Whether it holds a repository (`acme/shop`) or a component of it (`component:default/shop`, or nothing).
    pub fn holds(&self, repo: &str, component: &str) -> bool {
        let name = match self.component {
            false => repo,
            true => match component.strip_prefix(COMPONENT) {
                Some(name) => name,
                None => return false,
            },
        };
        match &self.pattern {
            Some(pattern) => pattern.is_match(name),
            None => self.text.strip_prefix(COMPONENT).unwrap_or(&self.text) == name,
        }
    }

    /// The same as CEL, where it names repositories.
    pub(crate) fn cel(&self) -> Option<String> {
        if self.component {
            return None;
        }
        Some(match self.pattern {
            None => format!("repo.name == {}", quoted(&self.text)),
            Some(_) => format!("repo.name.matches({})", quoted(&expression(&self.text))),
        })
    }
}

/// A text of CEL.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The pattern of a component is about what stands after `component:`.
fn expression(name: &str) -> String {
    let mut written = String::from("^");
    for (at, part) in name.split("**").enumerate() {
        if at > 0 {
            written.push_str(".*");
        }
        for (at, part) in part.split('*').enumerate() {
            if at > 0 {
                written.push_str("[^/]*");
            }
            written.push_str(&regex::escape(part));
        }
    }
    written.push('$');
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_hold_what_they_name() {
        let table = [
            ("acme/shop", "acme/shop", "", true),
            ("acme/shop", "acme/shop2", "", false),
            ("acme/*", "acme/a.b", "", true),
            ("acme/*", "acme/sub/a", "", false),
            ("acme/**", "acme/sub/a", "", true),
            ("acme/a.b*", "acme/aXb", "", false),
            ("component:default/shop", "acme/x", "component:default/shop", true),
            ("component:Default/Shop", "acme/x", "component:default/shop", true),
            ("component:default/*", "acme/x", "component:other/shop", false),
            ("component:default/*", "default/x", "", false),
        ];
        for (place, repo, component, held) in table {
            assert_eq!(
                Place::read(place).unwrap().holds(repo, component),
                held,
                "{place} {repo} {component}"
            );
        }
    }

    #[test]
    fn what_is_no_place_says_why() {
        for text in ["", "a b", "acme/[ab]", "component:shop", "component:a/b/c", "component:", "group:a/b"] {
            assert!(Place::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_selection_says_the_same() {
        let cel = |text: &str| Place::read(text).unwrap().cel();
        assert_eq!(cel("acme/shop").unwrap(), r#"repo.name == "acme/shop""#);
        assert_eq!(cel("acme/a.b-*").unwrap(), r#"repo.name.matches("^acme/a\\.b\\-[^/]*$")"#);
        assert_eq!(cel("component:default/shop"), None);
    }
}
