//! Where a repository is, and who we are there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

use crate::error::ForgeError;
use crate::http::Secret;

/// A repository's git address, with a user and secret for it.
#[derive(Debug, Clone)]
pub struct Remote {
    repo: String,
    url: Url,
    user: String,
    secret: Secret,
    /// The pair as HTTP sends it: it must not be shown either.
    sent: Secret,
}

impl Remote {
    /// A repository called `repo` in errors, at `url` (with or without `.git`), as `user` with `secret`. With both empty
    /// nothing is sent of either.
    ///
    /// # Errors
    /// [`ForgeError::Access`] for an address that is not plain HTTP or HTTPS, holds a user, query, fragment or control
    /// character, and for a user or secret that HTTP cannot carry. The secret is in no text.
    pub fn new(repo: &str, url: &Url, user: &str, secret: Secret) -> Result<Remote, ForgeError> {
        let refuse = |why: &str| Err(ForgeError::access(repo, why));
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
            return refuse("its git address is not one of HTTPS");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "its git address holds a user or password; name them in the forge's configuration",
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("its git address holds a query or a fragment");
        }
        if has_control(url.path()) {
            return refuse("its git address holds a control character");
        }
        let odd = |text: &str| text.chars().any(char::is_control);
        if odd(user) || user.contains(':') || odd(secret.expose()) {
            return refuse("the user or token holds a character that HTTP cannot carry");
        }
        let sent = Secret::new(STANDARD.encode(format!("{user}:{}", secret.expose())));
        Ok(Remote { repo: repo.to_owned(), url: url.clone(), user: user.to_owned(), secret, sent })
    }

    /// The repository's name.
    pub fn repo(&self) -> &str {
        &self.repo
    }

    /// What a repository at another address of the same server is called, if that can be told.
    pub(super) fn renamed(&self, address: &str) -> Option<String> {
        let bare = |url: &str| url.trim_end_matches('/').trim_end_matches(".git").to_owned();
        let base = bare(self.url.as_str()).strip_suffix(&self.repo)?.to_owned();
        let name = bare(address).strip_prefix(&base)?.to_owned();
        (name.contains('/') && !name.contains('%')).then_some(name)
    }

    /// The address of something beneath the repository.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.url.as_str().trim_end_matches('/'))
    }

    /// User and secret, where there are any.
    pub(super) fn credentials(&self) -> Option<(&str, &str)> {
        let (user, secret) = (self.user.as_str(), self.secret.expose());
        (!user.is_empty() || !secret.is_empty()).then_some((user, secret))
    }

    /// A text from outside without the secret, which a server may say back to us.
    pub(super) fn redacted(&self, text: impl ToString) -> String {
        let mut text = text.to_string();
        for secret in [&self.sent, &self.secret] {
            if !secret.expose().is_empty() {
                text = text.replace(secret.expose(), "(a secret)");
            }
        }
        text
    }
}

/// Whether a path holds a control character, plain or encoded.
fn has_control(path: &str) -> bool {
    let encoded = path.split('%').skip(1).any(|rest| {
        let digits = rest.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        digits.is_none_or(|byte| byte.is_ascii_control())
    });
    encoded || path.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(url: &str, user: &str, secret: &str) -> Result<Remote, ForgeError> {
        Remote::new("acme/a", &Url::parse(url).unwrap(), user, Secret::new(secret))
    }

    #[test]
    fn addresses_that_could_mislead_are_refused() {
        for url in [
            "ssh://git@h/a",
            "file:///etc",
            "https://u@h/a",
            "https://u:p@h/a",
            "https://h/a?b",
            "https://h/a#b",
            "https://h/a%0d%0ahost",
            "https://h/a%00",
            "https://h/a%1Bb",
            "https://h/a%zz",
        ] {
            let error = remote(url, "x", "canary-1").unwrap_err();
            assert!(matches!(&error, ForgeError::Access { .. }) && !error.to_string().contains("canary"));
        }
        for (user, secret) in [("a:b", "c"), ("a\n", "c"), ("a", "canary\r\nx: y")] {
            let error = remote("https://h/a", user, secret).unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        assert_eq!(remote("https://h/a%20b.git/", "", "").unwrap().at("x"), "https://h/a%20b.git/x");
    }

    #[test]
    fn a_secret_said_back_is_taken_out() {
        let remote = remote("https://h/a", "bot", "canary-1").unwrap();
        let said = remote.redacted("no canary-1, no Ym90OmNhbmFyeS0x");
        assert_eq!(said, "no (a secret), no (a secret)");
        assert!(!format!("{remote:?}").contains("canary") && !format!("{remote:?}").contains("Ym90"));
    }
}
