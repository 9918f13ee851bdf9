//! An answer, whole.

use serde::de::DeserializeOwned;

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
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
    }
}
