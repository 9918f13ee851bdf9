//! Whether a browser sent a request from our own pages: what makes requests with a cookie safe from other sites.

use crate::refusal::Refusal;

/// What a browser says of where a request comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent<'a> {
    /// `Sec-Fetch-Site`.
    pub site: Option<&'a str>,
    /// `Origin`.
    pub origin: Option<&'a str>,
    /// Our own origin as people write it, such as `https://fleet.example.com`.
    pub ours: &'a str,
}

/// Decides whether a request that changes something, and came with a cookie or begins a session, is from our own
/// pages. Requests with a bearer token need not be asked: no browser sends one by itself.
///
/// Every browser since 2023 sends `Sec-Fetch-Site`, and older ones send `Origin` with what changes things. What sends
/// neither is no browser, and has no business with a cookie.
///
/// # Errors
/// [`Refusal::OtherSite`].
pub fn same_origin(sent: Sent<'_>) -> Result<(), Refusal> {
    let origin_is_ours = sent.origin.map(|origin| origin.eq_ignore_ascii_case(sent.ours));
    let good = match (sent.site, origin_is_ours) {
        // Both must agree where both are there.
        (Some("same-origin"), ours) => ours != Some(false),
        (Some(_), _) => false,
        (None, ours) => ours == Some(true),
    };
    if good {
        return Ok(());
    }
    let shown = |origin: &str| origin.chars().filter(|letter| !letter.is_control()).take(100).collect();
    Err(Refusal::OtherSite { from: sent.origin.map(shown) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_change_things() {
        let ours = "https://fleet.example.com";
        let table = [
            (Some("same-origin"), Some(ours), true),
            (Some("same-origin"), None, true),
            (None, Some(ours), true),
            (None, Some("HTTPS://Fleet.example.com"), true),
            (Some("same-origin"), Some("https://evil.example"), false),
            (Some("same-site"), Some(ours), false),
            (Some("cross-site"), Some(ours), false),
            (Some("none"), None, false),
            (Some(""), Some(ours), false),
            (None, Some("null"), false),
            (None, Some("https://fleet.example.com.evil.example"), false),
            (None, Some("http://fleet.example.com"), false),
            (None, Some("https://fleet.example.com:8443"), false),
            (None, None, false),
        ];
        for (site, origin, good) in table {
            let said = same_origin(Sent { site, origin, ours });
            assert_eq!(said.is_ok(), good, "{site:?} {origin:?}");
        }
    }
}
