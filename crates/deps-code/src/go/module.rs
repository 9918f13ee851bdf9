//! go.mod: what it requires, replaces and excludes.

use std::collections::BTreeSet;

use fleetwright_package::Finding;

use super::lines::{Directive, Word, directives};
use crate::limits::{MAX_DECLARED, MAX_MANIFEST, MAX_REPLACES};
use crate::source::Source;

/// go.mod, or go.work with its folders.
#[derive(Debug)]
pub(super) struct Module<'a> {
    pub(super) source: Source<'a>,
    /// The module's own path.
    pub(super) path: Option<&'a str>,
    /// The language version, such as `1.22.5`.
    pub(super) go: &'a str,
    pub(super) requires: Vec<Require<'a>>,
    pub(super) replaces: Vec<Replace<'a>>,
    /// Path and version of what is excluded.
    pub(super) excludes: BTreeSet<(&'a str, &'a str)>,
    /// The folders that go.work uses.
    pub(super) uses: Vec<Word<'a>>,
}

/// A required module.
#[derive(Debug, Clone)]
pub(super) struct Require<'a> {
    pub(super) path: Word<'a>,
    pub(super) version: Word<'a>,
    /// Whether only other modules need it.
    pub(super) indirect: bool,
}

/// A replaced module.
#[derive(Debug, Clone)]
pub(super) struct Replace<'a> {
    pub(super) path: Word<'a>,
    /// The version that is replaced; every one where there is none.
    pub(super) version: Option<&'a str>,
    /// A module's path, or a folder.
    pub(super) by: Word<'a>,
    /// The version of the module; `None` for a folder.
    pub(super) by_version: Option<Word<'a>>,
}

/// Reads a file; what cannot be read is a finding.
pub(super) fn parse<'a>(path: &'a str, text: &'a str, findings: &mut Vec<Finding>) -> Option<Module<'a>> {
    let source = Source::open(path, text, MAX_MANIFEST, findings)?;
    let mut module = Module {
        path: None,
        go: "",
        requires: Vec::new(),
        replaces: Vec::new(),
        excludes: BTreeSet::new(),
        uses: Vec::new(),
        source,
    };
    let all = directives(&module.source, findings);
    if all.len() > MAX_DECLARED {
        let message = format!("it has {} lines; at most {MAX_DECLARED} are read", all.len());
        findings.push(module.source.finding(0, message, "look whether the file was made by accident"));
        return None;
    }
    for directive in all {
        if let Err(line) = module.take(&directive) {
            let message = format!("this is not how `{}` is written", directive.verb);
            findings.push(module.source.finding(line, message, "`go mod edit -fmt` says what is wrong"));
        }
    }
    if module.replaces.len() > MAX_REPLACES {
        let message =
            format!("it has {} replacements; the first {MAX_REPLACES} are read", module.replaces.len());
        findings.push(module.source.finding(0, message, "look whether the file was made by accident"));
        module.replaces.truncate(MAX_REPLACES);
    }
    Some(module)
}

impl<'a> Module<'a> {
    /// Takes a directive; the line of one that is written wrongly.
    fn take(&mut self, directive: &Directive<'a>) -> Result<(), u32> {
        let words = &directive.words[..];
        let wrong = || words.first().map_or(0, |word| self.source.line(word.span.start));
        match (directive.verb, words) {
            ("module", [path]) => self.path = Some(path.text),
            ("go", [version]) => self.go = version.text,
            ("use", [folder]) => self.uses.push(folder.clone()),
            ("require", [path, version]) => self.requires.push(Require {
                path: path.clone(),
                version: version.clone(),
                indirect: directive.comment == "indirect" || directive.comment.starts_with("indirect;"),
            }),
            ("exclude", [path, version]) => {
                self.excludes.insert((path.text, version.text));
            }
            ("replace", _) => {
                let replace = replace(words).ok_or_else(wrong)?;
                self.replaces.push(replace);
            }
            ("module" | "go" | "use" | "require" | "exclude", _) => return Err(wrong()),
            // `toolchain`, `retract`, `tool`, `godebug`, `ignore`: nothing is depended on by them. Words of
            // later Go versions are skipped too, as Go itself does in modules it depends on.
            _ => {}
        }
        Ok(())
    }

    /// Whether go.mod lists everything that a build needs: since Go 1.17, transitive modules too.
    pub(super) fn is_complete(&self) -> bool {
        let mut parts = self.go.split(['.', 'r', 'b']).map(|part| part.parse::<u32>().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (1, 17)
    }
}

fn replace<'a>(words: &[Word<'a>]) -> Option<Replace<'a>> {
    let arrow = words.iter().position(|word| word.text == "=>")?;
    let (old, new) = (words.get(..arrow)?, words.get(arrow + 1..)?);
    let (path, version) = match old {
        [path] => (path, None),
        [path, version] => (path, Some(version.text)),
        _ => return None,
    };
    let (by, by_version) = match new {
        [folder] if folder.text.starts_with(['.', '/', '\\']) || folder.text.contains(':') => (folder, None),
        [module, version] => (module, Some(version.clone())),
        _ => return None,
    };
    Some(Replace { path: path.clone(), version, by: by.clone(), by_version })
}

/// The replacement of a module in a version: one of exactly this version comes first.
pub(super) fn replaced<'r, 'a>(
    replaces: &'r [Replace<'a>],
    path: &str,
    version: &str,
) -> Option<&'r Replace<'a>> {
    let of = |wanted: Option<&str>| {
        replaces.iter().find(|replace| replace.path.text == path && replace.version == wanted)
    };
    of(Some(version)).or_else(|| of(None))
}
