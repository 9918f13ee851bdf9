//! Rules on the shape of one file: its first line, its length, and attributes that hide things.

use crate::Broken;
use crate::source::{SourceFile, skip_attributes};

/// The most lines of a file, inline tests not counted (DESIGN §3).
pub const MOST_LINES: usize = 400;

/// The files that may hold `unsafe`, each block with a `SAFETY:` comment above it.
const UNSAFE_FILES: [&str; 2] = ["crates/runner/src/inside.rs", "crates/runner/src/launch.rs"];

/// How many lines above an `unsafe` its `SAFETY:` comment may begin.
const SAFETY_LINES: usize = 6;

/// A file begins by saying what it is.
pub fn first_line(file: &SourceFile) -> Vec<Broken> {
    let told = file.text.lines().next().is_some_and(|line| line.trim_start_matches("//!").trim() != "");
    if file.text.starts_with("//!") && told {
        return Vec::new();
    }
    vec![Broken::new(&file.path, "the first line must be `//!` and say what the file is")]
}

/// A file has at most [`MOST_LINES`] production lines.
pub fn length(file: &SourceFile) -> Vec<Broken> {
    if file.production_lines <= MOST_LINES {
        return Vec::new();
    }
    let what = format!("{} lines; {MOST_LINES} are the most: cut it in two", file.production_lines);
    vec![Broken::new(&file.path, what)]
}

/// Every `allow` and `expect` of a lint says why.
pub fn reasons(file: &SourceFile) -> Vec<Broken> {
    let mut broken = Vec::new();
    for opening in ["#[allow(", "#![allow(", "#[expect(", "#![expect("] {
        for (at, _) in file.code.match_indices(opening) {
            let end = file.code[at..].find(")]").map_or(file.code.len(), |end| at + end);
            if !file.code[at..end].contains("reason") {
                broken.push(file.broken(at, "an allowed lint needs `reason = \"...\"`"));
            }
        }
    }
    broken
}

/// Production code does not know whether it is tested: `cfg(test)` gates `mod tests` only.
pub fn test_gates(file: &SourceFile) -> Vec<Broken> {
    if !file.is_production() {
        return Vec::new();
    }
    let mut broken = Vec::new();
    for (at, _) in file.production.match_indices("cfg") {
        let gate = file.production[at..].trim_start_matches("cfg").trim_start_matches(['_', '!']);
        let inside = gate.split(['\n', ']', '{']).next().unwrap_or_default();
        if !has_word(inside, "test") {
            continue;
        }
        let line_start = file.production[..at].rfind("#[").unwrap_or(at);
        let gated = skip_attributes(&file.production[line_start..]).unwrap_or_default();
        if !gated.starts_with("mod tests;") {
            broken.push(file.broken(at, "`cfg(test)` may gate `mod tests` only: wrap or inject instead"));
        }
    }
    broken
}

/// `unsafe` stays in the listed files, under a `SAFETY:` comment.
pub fn unsafe_blocks(file: &SourceFile) -> Vec<Broken> {
    let listed = UNSAFE_FILES.contains(&file.path.as_str());
    let mut broken = Vec::new();
    for at in words(&file.code, "unsafe") {
        let line = file.code[..at].matches('\n').count();
        let above = file.text.lines().take(line + 1).skip(line.saturating_sub(SAFETY_LINES));
        if !listed {
            broken.push(file.broken(at, "`unsafe` outside the listed files: find a safe wrapper"));
        } else if !above.into_iter().any(|line| line.contains("SAFETY:")) {
            broken.push(file.broken(at, "`unsafe` without a `SAFETY:` comment above it"));
        }
    }
    broken
}

/// Where a word stands, as a word of its own.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let bytes = code.as_bytes();
        !part(at.checked_sub(1).and_then(|before| bytes.get(before))) && !part(bytes.get(at + word.len()))
    })
}

fn has_word(code: &str, word: &str) -> bool {
    words(code, word).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile::new("crates/a/src/b.rs", text)
    }

    #[test]
    fn a_file_says_what_it_is() {
        assert!(first_line(&file("//! A.\n")).is_empty());
        for bad in ["//!\n", "\n//! A.\n", "// A.\n", "use a;\n", ""] {
            assert_eq!(first_line(&file(bad)).len(), 1, "{bad:?}");
        }
    }

    #[test]
    fn long_files_are_told_apart_from_long_tests() {
        let long = "x\n".repeat(401);
        assert_eq!(length(&file(&long)).len(), 1);
        assert!(length(&file(&format!("#[cfg(test)]\nmod tests {{\n{long}}}\n"))).is_empty());
    }

    #[test]
    fn an_allowed_lint_has_a_reason() {
        assert!(reasons(&file("#[allow(a, reason = \"b\")]")).is_empty());
        assert_eq!(reasons(&file("#[allow(a)]\n#![expect(\n b\n)]")).len(), 2);
    }

    #[test]
    fn production_does_not_know_of_tests() {
        for good in ["#[cfg(test)]\nmod tests {}", "#[cfg(test)]\nmod tests;", "#[cfg(unix)] fn a() {}"] {
            assert!(test_gates(&file(good)).is_empty(), "{good}");
        }
        for bad in
            ["#[cfg(test)]\nfn a() {}", "if cfg!(test) {}", "#[cfg_attr(test, b)]", "#[cfg(not(test))] c"]
        {
            assert_eq!(test_gates(&file(bad)).len(), 1, "{bad}");
        }
    }

    #[test]
    fn unsafe_is_listed_and_explained() {
        assert!(unsafe_blocks(&file("// unsafe\n#![allow(unsafe_code)]")).is_empty());
        assert_eq!(unsafe_blocks(&file("unsafe { a() }")).len(), 1);
        let listed = |text: &str| SourceFile::new(UNSAFE_FILES[0], text);
        assert!(unsafe_blocks(&listed("// SAFETY: b\nunsafe { a() }")).is_empty());
        assert_eq!(unsafe_blocks(&listed("unsafe { a() }")).len(), 1);
    }
}
