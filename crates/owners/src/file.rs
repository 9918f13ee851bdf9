//! A CODEOWNERS file: its sections, its rules, and what they say of a path.

use fleetwright_core::source::SourceError as Finding;

use crate::owner::Owner;
use crate::pattern::Pattern;

/// The largest file that is read, in bytes: what GitHub reads at most; the others are held to it too.
pub const MAX_BYTES: usize = 3 * 1024 * 1024;

/// The most rules of a file.
pub const MAX_RULES: usize = 100_000;

/// Whose rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// GitHub: patterns like `.gitignore`'s, the last match wins, a line with a mistake is passed over.
    GitHub,
    /// GitLab: sections, each with its own last match; patterns of whole paths; `!` excludes.
    GitLab,
    /// Gitea and Forgejo: regular expressions of whole paths, `!` turns one around, every match counts.
    Gitea,
}

/// A section of GitLab's; the other services' files are one section without a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// The name as written; empty for rules before any section.
    pub name: String,
    /// `^[name]`: nobody must approve.
    pub optional: bool,
    /// `[name][2]`: how many must approve.
    pub approvals: Option<u32>,
    /// Who owns what a rule without owners names.
    pub owners: Vec<Owner>,
    /// The line it begins at, from 1.
    pub line: usize,
}

/// One line that names owners.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) line: usize,
    pub(crate) pattern: Pattern,
    pub(crate) section: usize,
    /// Gitea: holds where the pattern does not. GitLab: takes the path out of the section.
    pub(crate) negative: bool,
    pub(crate) owners: Vec<Owner>,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Owners {
    flavour: Flavour,
    pub(crate) sections: Vec<Section>,
    pub(crate) rules: Vec<Rule>,
    /// Lines that say nothing, and why.
    pub findings: Vec<Finding>,
    file: String,
}

/// A rule that holds for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched<'a> {
    /// The rule's line, from 1.
    pub line: usize,
    /// Its section.
    pub section: &'a Section,
    /// Who owns the path; none when the rule says that nobody does.
    pub owners: &'a [Owner],
}

impl Owners {
    /// A file without rules, to be filled line by line.
    pub(crate) fn empty(flavour: Flavour, file: &str) -> Owners {
        Owners {
            flavour,
            sections: vec![Section::default()],
            rules: Vec::new(),
            findings: Vec::new(),
            file: file.to_owned(),
        }
    }

    /// The rules that hold for a path such as `src/main.rs`: GitHub's last; GitLab's last of each section;
    /// all of Gitea's.
    pub fn owners_of(&self, path: &str) -> Vec<Matched<'_>> {
        let path = path.trim_start_matches('/');
        match self.flavour {
            Flavour::GitHub => self.last_of(0, path).into_iter().collect(),
            Flavour::GitLab => {
                (0..self.sections.len()).filter_map(|section| self.last_of(section, path)).collect()
            }
            Flavour::Gitea => {
                let holds = |rule: &&Rule| rule.pattern.is_match(path) != rule.negative;
                self.rules.iter().filter(holds).filter_map(|rule| self.matched(rule)).collect()
            }
        }
    }

    /// Who owns the repository as a whole: the owners of a file at its root that no rule names.
    pub fn of_root(&self) -> Vec<&Owner> {
        // No pattern but one for everything names this.
        let found = self.owners_of("\u{1}root");
        found.into_iter().filter(|found| !found.section.optional).flat_map(|found| found.owners).collect()
    }

    /// The sections, the unnamed one first.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(crate) fn find(&mut self, line: usize, message: String, remedy: &str) {
        self.findings.push(Finding {
            file: self.file.clone(),
            line,
            column: usize::from(line > 0),
            key: String::new(),
            message,
            remedy: remedy.to_owned(),
        });
    }

    fn last_of(&self, section: usize, path: &str) -> Option<Matched<'_>> {
        let mut rules = self.rules.iter().filter(|rule| rule.section == section);
        if rules.clone().any(|rule| rule.negative && rule.pattern.is_match(path)) {
            return None;
        }
        let rule = rules.rfind(|rule| !rule.negative && rule.pattern.is_match(path))?;
        self.matched(rule)
    }

    fn matched<'a>(&'a self, rule: &'a Rule) -> Option<Matched<'a>> {
        let section = self.sections.get(rule.section)?;
        let default = self.flavour == Flavour::GitLab && rule.owners.is_empty();
        let owners = if default { &section.owners } else { &rule.owners };
        Some(Matched { line: rule.line, section, owners })
    }
}

/// Cuts a line into words at blanks that no `\` stands before, up to a `#` that begins a word.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut escaped = false;
    for c in line.chars() {
        match c {
            '#' if word.is_empty() && !escaped => break,
            ' ' | '\t' if !escaped => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
