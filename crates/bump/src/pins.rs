//! Comments that say why a version must stay.
//!
//! Not every comment does: `# the web framework` stands beside a version too. A comment is a pin when it has one
//! of the words of [`WORDS`], or [`NOT`] before one of [`CHANGES`], and none of [`HARMLESS`]. When in doubt it is one:
//! what is left is told with its comment, and `pinned` raises it.

/// What says that a version must stay; each stands alone, not within a word.
const WORDS: [&str; 24] = [
    "pin",
    "pinned",
    "pinning",
    "pins",
    "keep",
    "kept",
    "stay",
    "stays",
    "stick",
    "hold",
    "held",
    "freeze",
    "frozen",
    "locked to",
    "until",
    "because",
    "breaks",
    "broken",
    "breaking",
    "incompatible",
    "not compatible",
    "last version",
    "renovate ignore",
    "dependabot ignore",
];
/// What forbids.
const NOT: [&str; 6] = ["do not", "don t", "dont", "never", "must not", "cannot"];
/// What is forbidden then.
const CHANGES: [&str; 9] =
    ["upgrade", "update", "bump", "raise", "change", "touch", "move", "go above", "go beyond"];
/// What has one of those words and says nothing of the version.
const HARMLESS: [&str; 6] = [
    "keep sorted",
    "keep alphabetical",
    "keep alphabetically",
    "keep in alphabetical",
    "keep ordered",
    "keep this list",
];

/// Whether a comment says that the version beside it must stay.
pub(crate) fn is_pin(comment: &str) -> bool {
    let mut words = String::from(" ");
    let letters = comment.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in letters {
        words.push_str(&word.to_lowercase());
        words.push(' ');
    }
    let has = |phrase: &str| words.contains(&format!(" {phrase} "));
    let forbids =
        || NOT.into_iter().any(|not| CHANGES.into_iter().any(|change| has(&format!("{not} {change}"))));
    !HARMLESS.into_iter().any(has) && (WORDS.into_iter().any(has) || forbids())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_hold_a_version() {
        let pins = [
            "pinned",
            "Pin: see OPS-12",
            "keep at 1.2",
            "do not upgrade: the client breaks",
            "don't bump",
            "DO NOT UPDATE",
            "stay on 1.x until the migration is done",
            "because of Java 8",
            "2.0 is incompatible with our driver",
            "hold",
            "renovate: ignore",
            "last version for Python 3.8",
        ];
        for comment in pins {
            assert!(is_pin(comment), "{comment}");
        }
    }

    #[test]
    fn other_comments_hold_nothing() {
        let others = [
            "",
            "the web framework",
            "v3.1.0",
            "indirect",
            "keep sorted",
            "Keep alphabetically sorted, please",
            "spinning", // `pin` is within a word
            "household",
            "updated 2024-01-01",
            "only if '$(X)' == '1'",
        ];
        for comment in others {
            assert!(!is_pin(comment), "{comment}");
        }
    }
}
