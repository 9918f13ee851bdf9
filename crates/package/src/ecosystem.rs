//! The ecosystems.

/// A world of packages with one way of naming them and one order of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// Java's: `group:artifact`, used by Maven and Gradle.
    Maven,
    /// JavaScript's: `name` or `@scope/name`.
    Npm,
    /// Rust's crates.
    Cargo,
    /// Python's distributions, named as PEP 503 normalises them.
    PyPi,
    /// Go's modules, named by their path.
    Go,
    /// Ruby's gems.
    RubyGems,
    /// PHP's: `vendor/name`.
    Composer,
    /// .NET's, compared without case.
    NuGet,
    /// Container images: `registry/path`; the registry is absent where the manifest names none.
    Image,
    /// GitHub's actions and reusable workflows: `owner/repo` or `owner/repo/path`.
    Actions,
    /// What GitLab CI includes: the project's or component's path.
    GitLab,
    /// Helm charts: `name`, with the repository's address before it where one is told.
    Helm,
    /// Terraform's providers (`namespace/name`) and modules (`namespace/name/provider`, or an address).
    Terraform,
}

/// Every ecosystem with the word it is written by.
const WORDS: [(Ecosystem, &str); 13] = [
    (Ecosystem::Maven, "maven"),
    (Ecosystem::Npm, "npm"),
    (Ecosystem::Cargo, "cargo"),
    (Ecosystem::PyPi, "pypi"),
    (Ecosystem::Go, "go"),
    (Ecosystem::RubyGems, "gem"),
    (Ecosystem::Composer, "composer"),
    (Ecosystem::NuGet, "nuget"),
    (Ecosystem::Image, "image"),
    (Ecosystem::Actions, "actions"),
    (Ecosystem::GitLab, "gitlab"),
    (Ecosystem::Helm, "helm"),
    (Ecosystem::Terraform, "terraform"),
];

/// The ecosystems that OSV knows, by the names it has for them (ossf.github.io/osv-schema, "Defined Ecosystems").
const OSV: [(Ecosystem, &str); 9] = [
    (Ecosystem::Maven, "Maven"),
    (Ecosystem::Npm, "npm"),
    (Ecosystem::Cargo, "crates.io"),
    (Ecosystem::PyPi, "PyPI"),
    (Ecosystem::Go, "Go"),
    (Ecosystem::RubyGems, "RubyGems"),
    (Ecosystem::Composer, "Packagist"),
    (Ecosystem::NuGet, "NuGet"),
    (Ecosystem::Actions, "GitHub Actions"),
];

impl Ecosystem {
    /// All of them, in the order of declaration.
    pub fn all() -> impl Iterator<Item = Ecosystem> {
        WORDS.into_iter().map(|(ecosystem, _)| ecosystem)
    }

    /// The word by which it is written: `maven` in `maven:g:a`.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(known, _)| *known == self).map_or("", |(_, word)| word)
    }

    /// The ecosystem of a word; `None` for an unknown one.
    pub fn of_word(word: &str) -> Option<Ecosystem> {
        WORDS.into_iter().find(|(_, known)| *known == word).map(|(ecosystem, _)| ecosystem)
    }

    /// The name that advisories in OSV's form have for it; `None` where OSV knows none.
    pub fn osv(self) -> Option<&'static str> {
        OSV.iter().find(|(known, _)| *known == self).map(|(_, name)| *name)
    }

    /// The ecosystem of OSV's name, of which what stands after a colon (`Maven:https://...`) does not count.
    pub fn of_osv(name: &str) -> Option<Ecosystem> {
        let name = name.split_once(':').map_or(name, |(before, _)| before);
        OSV.into_iter().find(|(_, known)| *known == name).map(|(ecosystem, _)| ecosystem)
    }
}

impl std::fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_way_back() {
        for ecosystem in Ecosystem::all() {
            assert_eq!(Ecosystem::of_word(ecosystem.word()), Some(ecosystem));
        }
        assert_eq!(Ecosystem::of_word("cpan"), None);
    }
}
