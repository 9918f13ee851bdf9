//! An answer, whole.

use serde::de::DeserializeOwned;

use super::secret::Secret;
use crate::error::ForgeError;

/// An answer, whole and within limits.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Header names in small letters, and their values.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`ForgeError::Access`] naming `repo` when the body is something else, such as a web page of
    /// a proxy or a login.
    pub fn json<T: DeserializeOwned>(&self, repo: &str) -> Result<T, ForgeError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let start = self.body.trim_ascii_start();
            let why = match start.first() {
                Some(b'<') => "the forge answered with a web page instead of JSON; is `url` that of its \
                    API, and is there a proxy or a login page in between?"
                    .to_owned(),
                None => format!("the forge answered {} with nothing", self.status),
                Some(_) => format!("the forge's answer cannot be read: {error}"),
            };
            ForgeError::access(repo, why)
        })
    }

    /// Takes a secret out of the body: some proxies answer with the request they refuse.
    pub(super) fn mask(&mut self, secret: &Secret) {
        let needle = secret.expose().as_bytes();
        if needle.is_empty() {
            return;
        }
        let mut from = 0;
        while let Some(at) = self.body[from..].windows(needle.len()).position(|window| window == needle) {
            self.body[from + at..from + at + needle.len()].fill(b'*');
            from += at + needle.len();
        }
    }

    /// What the forge says of an error, in one line of at most 300 characters.
    pub fn message(&self) -> String {
        let said = serde_json::from_slice::<serde_json::Value>(&self.body).ok();
        let text = said.as_ref().and_then(|value| {
            let message = ["message", "error_description", "error"].iter().find_map(|key| value.get(key))?;
            let mut text = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
            for error in value.get("errors").and_then(serde_json::Value::as_array).into_iter().flatten() {
                if let Some(more) =
                    error.get("message").and_then(serde_json::Value::as_str).or(error.as_str())
                {
                    text.push_str("; ");
                    text.push_str(more);
                }
            }
            Some(text)
        });
        let text = text.unwrap_or_else(|| format!("status {}", self.status));
        // What a terminal would obey is left out: the words come from outside.
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // Before it is cut: half a secret is not known again.
        fleetwright_core::secret::mask(&text).chars().take(300).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &str) -> Reply {
        Reply { status: 400, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_message_is_one_line_and_cannot_talk_to_a_terminal() {
        let said = reply("{\"message\":\"no\\u001b[2J\\nway\",\"errors\":[{\"message\":\"at all\"},\"x\"]}");
        assert_eq!(said.message(), "no [2J way; at all; x");
        assert_eq!(reply("<html>").message(), "status 400");
        assert_eq!(reply(&format!("{{\"message\":\"{}\"}}", "y".repeat(900))).message().len(), 300);
    }

    #[test]
    fn a_token_that_is_said_back_is_masked() {
        let mut said = reply("{\"message\":\"bad Bearer ghs_1 and ghs_1\"}");
        said.mask(&Secret::new("ghs_1"));
        assert_eq!(said.message(), "bad Bearer ***** and *****");
    }

    #[test]
    fn a_web_page_is_named_as_such() {
        let why = reply("\n<!DOCTYPE html>").json::<serde_json::Value>("acme/a").unwrap_err().to_string();
        assert!(why.contains("web page instead of JSON"), "{why}");
    }
}
