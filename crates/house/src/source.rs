//! The source files of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

use crate::mask::mask;
use crate::{Broken, HouseError};

/// One Rust source file, in the three forms the rules look at.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path from the workspace's root, with `/`.
    pub path: String,
    /// The text as it is.
    pub text: String,
    /// The text with comments and literals blanked: see [`mask`].
    pub code: String,
    /// `code` with the inline `#[cfg(test)] mod tests` blanked as well.
    pub production: String,
    /// Lines outside the inline tests, blank ones and comments included.
    pub production_lines: usize,
}

impl SourceFile {
    /// Looks at a text as if it lay at a path.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> SourceFile {
        let text = text.into();
        let code = mask(&text);
        let mut production = code.clone().into_bytes();
        let mut production_lines = code.lines().count();
        for tests in inline_tests(&code) {
            production_lines -= code[tests.clone()].lines().count();
            production[tests].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        let production = String::from_utf8_lossy(&production).into_owned();
        SourceFile { path: path.into(), text, code, production, production_lines }
    }

    /// Whether this file is part of a crate, and not of its tests, examples or benchmarks.
    pub fn is_production(&self) -> bool {
        self.path.starts_with("crates/") && self.path.split('/').nth(2) == Some("src")
    }

    /// A broken rule at a byte of this file.
    pub fn broken(&self, at: usize, what: impl Into<String>) -> Broken {
        let line = self.code[..at].matches('\n').count() + 1;
        Broken::new(format!("{}:{line}", self.path), what)
    }
}

/// The inline test modules: an attribute `#[cfg(test)]`, perhaps others, then `mod tests {...}`.
fn inline_tests(code: &str) -> Vec<std::ops::Range<usize>> {
    const GATE: &str = "#[cfg(test)]";
    let ends = code.match_indices(GATE).filter_map(|(at, _)| {
        let body = skip_attributes(&code[at..])?;
        let body = body.strip_prefix("mod tests")?.trim_start();
        let start = code.len() - body.len();
        body.starts_with('{').then(|| at..start + brace_length(body))
    });
    ends.collect()
}

/// What follows the attributes a text begins with.
pub(crate) fn skip_attributes(mut text: &str) -> Option<&str> {
    while text.starts_with("#[") {
        text = text[text.find(']')? + 1..].trim_start();
    }
    Some(text)
}

/// The bytes from an opening brace to the one that closes it.
fn brace_length(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

/// The root of the workspace this crate was built in.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads every Rust file under `crates/` and `benches/`.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn read_all(root: &Path) -> Result<Vec<SourceFile>, HouseError> {
    let mut files = Vec::new();
    for top in ["crates", "benches"] {
        if root.join(top).is_dir() {
            walk(root, top, &mut files)?;
        }
    }
    Ok(files)
}

fn walk(root: &Path, folder: &str, files: &mut Vec<SourceFile>) -> Result<(), HouseError> {
    for name in list(&root.join(folder))? {
        let path = format!("{folder}/{name}");
        let full = root.join(&path);
        if full.is_dir() {
            // Folders called `target` hold what cargo built.
            if name != "target" {
                walk(root, &path, files)?;
            }
        } else if name.ends_with(".rs") {
            files.push(SourceFile::new(path, read(&full)?));
        }
    }
    Ok(())
}

/// The names in a folder, sorted.
pub(crate) fn list(folder: &Path) -> Result<Vec<String>, HouseError> {
    let wrong = |source| HouseError::Read { path: folder.to_owned(), source };
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(wrong)?.collect();
    let mut names: Vec<String> = entries
        .map_err(wrong)?
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// A file's text.
pub(crate) fn read(path: &Path) -> Result<String, HouseError> {
    fs::read_to_string(path).map_err(|source| HouseError::Read { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_tests_are_no_production() {
        let text = "//! x\nfn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n  fn b() { '}'; }\n}\n";
        let file = SourceFile::new("crates/a/src/b.rs", text);
        assert_eq!(file.production_lines, 2);
        assert!(!file.production.contains("fn b") && file.code.contains("fn b"));
        assert!(file.is_production());
        assert!(!SourceFile::new("crates/a/tests/it/b.rs", "").is_production());
    }
}
