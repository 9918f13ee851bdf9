//! Secrets by their looks: nothing that leaves this machine may carry one.

/// Prefixes of tokens and keys that forges and clouds hand out, as their documentation shows them.
/// GitHub's installation tokens have no fixed length since 2026, so only the prefix counts.
const PREFIXES: [&str; 14] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "glptt-",
    "AKIA",
    "ASIA",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "npm_",
];

/// How many letters and digits must follow a prefix before it is more than a word in a text.
const TAIL: usize = 16;

/// The looks of the first secret in a text: its prefix, or `private key`.
pub fn find(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("private key");
    }
    PREFIXES.into_iter().find(|prefix| {
        text.match_indices(prefix).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let tail =
                text[at + prefix.len()..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_');
            !before.is_some_and(|c| c.is_ascii_alphanumeric()) && tail.count() >= TAIL
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_keys_are_found_and_words_are_not() {
        assert_eq!(find("token = ghs_1234_eyJhbGciOiJIUzI1NiJ9"), Some("ghs_"));
        assert_eq!(find("-----BEGIN RSA PRIVATE KEY-----\nMIIE"), Some("private key"));
        for innocent in ["the ghp_ prefix", "MAKIABCDEFGHIJKLMNOPQRSTUV", "npm_config_cache", ""] {
            assert_eq!(find(innocent), None, "{innocent}");
        }
    }
}
