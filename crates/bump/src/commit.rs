//! Refs that are pinned by a commit, with a comment that says which version it is: `@8f4b7f8... # v4.1.0`.

use std::ops::Range;

use crate::requirement::{Asked, Stand, is_commit};

/// How such a ref stands to the wanted one, by the comment beside it; `None` where it is no commit. `pinned` says that
/// it is wanted whatever stood there.
pub(crate) fn stand(asked: &Asked<'_>, comment: Option<&str>, pinned: bool) -> Option<Stand> {
    if !is_commit(asked.text) {
        return None;
    }
    let (tag, pin) = asked.to.split_once('@').unwrap_or((asked.to, ""));
    if pin == asked.text || tag == asked.text {
        return Some(Stand::At);
    }
    let Some(version) = comment.and_then(|comment| comment.get(version(comment)?)) else {
        let why = "it is pinned by a commit, and no comment beside it says which version that is; \
                   with `pinned` it is changed all the same";
        return Some(if pinned { Stand::Below } else { Stand::Unknown(why.to_owned()) });
    };
    Some(match (Asked { text: version, to: tag, ..*asked }).stand() {
        // The version is right, and the commit is another one than was given.
        Stand::At if !pin.is_empty() => Stand::Below,
        Stand::Allows if pinned => Stand::Below,
        Stand::Allows => Stand::Unknown(format!("`{version}` may be {tag} or newer already")),
        stand => stand,
    })
}

/// The bytes of a version within a comment: `3.1.0` of `tag=v3.1.0` has its `v`.
pub(crate) fn version(comment: &str) -> Option<Range<usize>> {
    for word in comment.split(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '.' | '-' | '+'))
    {
        let bare = word.strip_prefix('v').unwrap_or(word);
        let numbers = bare.split(['.', '-', '+']).next().unwrap_or_default();
        let number = !numbers.is_empty() && numbers.bytes().all(|byte| byte.is_ascii_digit());
        if number && (word.len() > bare.len() || bare.contains('.')) {
            let at = word.as_ptr() as usize - comment.as_ptr() as usize;
            return Some(at..at + word.trim_end_matches(['.', '-']).len());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_comment() {
        let found = |text: &'static str| version(text).map(|span| &text[span]);
        assert_eq!(found("v3.1.0"), Some("v3.1.0"));
        assert_eq!(found("tag=v3"), Some("v3"));
        assert_eq!(found("pin@3.1.0: stable"), Some("3.1.0"));
        assert_eq!(found("3 of them"), None);
        assert_eq!(found("ratchet:actions/checkout@v4."), Some("v4"));
        assert_eq!(found("über v1"), Some("v1"));
    }
}
