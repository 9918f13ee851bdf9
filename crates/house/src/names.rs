//! Rules on names: a name says what a thing is, not that it is one.

use crate::Broken;
use crate::source::SourceFile;

/// Names of files and modules that say nothing.
const FILES: [&str; 8] = ["utils", "util", "helpers", "helper", "common", "manager", "imp", "misc"];

/// Words no type carries (DESIGN §2), alone or as a part: `Commit` and not `CommitInfo`.
const TYPES: [&str; 8] = ["job", "task", "item", "data", "info", "manager", "helper", "service"];

/// One more of them; apart because its plural is not made with an s alone.
const UTIL: [&str; 2] = ["util", "utils"];

/// No file, folder or module is a drawer.
pub fn files(file: &SourceFile) -> Vec<Broken> {
    let stem = file.path.trim_end_matches(".rs");
    let mut broken = Vec::new();
    for part in stem.split('/').skip(2).filter(|part| FILES.contains(part)) {
        broken.push(Broken::new(&file.path, format!("`{part}` says nothing: name what it holds")));
    }
    for (at, name) in declared(&file.code, &["mod"]) {
        if FILES.contains(&name) {
            broken.push(file.broken(at, format!("`mod {name}` says nothing: name what it holds")));
        }
    }
    broken
}

/// No type is a job, task, item, data, info, manager, helper, service or util.
pub fn types(file: &SourceFile) -> Vec<Broken> {
    let found = declared(&file.production, &["struct", "enum", "trait", "type", "union"]);
    let empty = found.into_iter().filter(|(at, name)| !is_foreign(file, *at, name));
    let named = empty.filter_map(|(at, name)| {
        let word = camel_words(name).into_iter().find(|word| is_empty_word(word))?;
        Some(file.broken(at, format!("type `{name}` holds the empty word `{word}`: say what it is")))
    });
    named.collect()
}

/// `type Item = ...;` inside an `impl` names somebody else's associated type.
fn is_foreign(file: &SourceFile, at: usize, name: &str) -> bool {
    let line_start = file.production[..at].rfind('\n').map_or(0, |end| end + 1);
    let indented = file.production[line_start..].starts_with(' ');
    indented && file.production[at..].starts_with("type ") && matches!(name, "Item" | "Data" | "Service")
}

fn is_empty_word(word: &str) -> bool {
    TYPES.contains(&word)
        || UTIL.contains(&word)
        || word.strip_suffix('s').is_some_and(|one| TYPES.contains(&one))
}

/// The words of a CamelCase name, in small letters.
fn camel_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_uppercase() => word.push(letter),
            _ => words.push(letter.to_lowercase().collect()),
        }
    }
    words
}

/// Names that follow one of some keywords, with the keyword's place.
fn declared<'a>(code: &'a str, keywords: &[&str]) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for keyword in keywords {
        for (at, _) in code.match_indices(&format!("{keyword} ")) {
            let before = code[..at].chars().next_back();
            let name = code[at + keyword.len()..].trim_start();
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            if !before.is_some_and(|c| c.is_alphanumeric() || c == '_') && end > 0 {
                found.push((at, &name[..end]));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawers_are_found_by_file_folder_and_module() {
        for path in ["crates/a/src/utils.rs", "crates/a/src/common/mod.rs", "crates/a/tests/it/helpers.rs"] {
            assert_eq!(files(&SourceFile::new(path, "//! x")).len(), 1, "{path}");
        }
        assert_eq!(files(&SourceFile::new("crates/a/src/b.rs", "mod imp { }")).len(), 1);
        assert!(files(&SourceFile::new("crates/a/src/support.rs", "mod simple;")).is_empty());
    }

    #[test]
    fn empty_words_are_found_as_whole_words() {
        let broken = |text: &str| types(&SourceFile::new("crates/a/src/b.rs", text)).len();
        for bad in ["struct CommitInfo;", "pub enum Job {}", "trait Tasks {}", "type HttpService = u8;"] {
            assert_eq!(broken(bad), 1, "{bad}");
        }
        let iterator = "impl Iterator for A {\n    type Item = u8;\n}";
        for good in ["struct Metadata;", "struct Utility;", "fn info() {}", iterator, "// struct Data"] {
            assert_eq!(broken(good), 0, "{good}");
        }
    }
}
