//! What a browser keeps while its person is at the provider.

/// A sign-in that is under way. It is kept in a cookie of the browser that began it, and nowhere else: any server can
/// end it, and no other browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// How long the cookie lasts, in seconds: a person looks up a password and a second factor.
pub const SIGN_IN_SECONDS: u32 = 600;

/// Letters of 256 bits in base64.
const LETTERS: usize = 43;

impl Pending {
    /// The cookie's value.
    pub fn cookie(&self) -> String {
        [self.state.as_str(), &self.nonce, &self.verifier].join(".")
    }

    /// Reads a cookie's value; `None` where it is no such thing.
    pub fn read(cookie: &str) -> Option<Pending> {
        let mut parts = cookie.split('.').map(|part| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            (part.len() == LETTERS && part.bytes().all(letter)).then(|| part.to_owned())
        });
        let mut next = || parts.next().flatten();
        let pending = Pending { state: next()?, nonce: next()?, verifier: next()? };
        parts.next().is_none().then_some(pending)
    }
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_written_and_nothing_else_is_one() {
        let part = |letter: &str| letter.repeat(LETTERS);
        let pending = Pending { state: part("a"), nonce: part("-"), verifier: part("_") };
        let cookie = pending.cookie();
        assert_eq!(Pending::read(&cookie), Some(pending));
        for bad in
            ["", "..", &format!("{cookie}."), &format!("{cookie}a"), &cookie.replace('a', " "), &cookie[..87]]
        {
            assert_eq!(Pending::read(bad), None, "{bad}");
        }
    }
}
