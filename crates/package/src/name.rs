//! What packages are called.

use std::fmt;

use crate::ecosystem::Ecosystem;

/// The longest name of a package, in bytes.
const MAX_NAME: usize = 1024;

/// A package: an ecosystem and the name it has there, in the ecosystem's normal form, so that equal packages
/// are equal. Written `maven:org.slf4j:slf4j-api`, `npm:@babel/core`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Package {
    ecosystem: Ecosystem,
    name: String,
}

/// Why a text names no package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// No ecosystem stands before it.
    #[error("`{0}` names no ecosystem: write it like `maven:org.slf4j:slf4j-api` or `npm:react`")]
    NoEcosystem(String),
    /// The ecosystem is not known.
    #[error("`{word}` is no ecosystem known here; there are: {known}")]
    Ecosystem {
        /// The word that was written.
        word: String,
        /// The words that are known.
        known: String,
    },
    /// The name cannot be one of that ecosystem.
    #[error("`{name}` is no name of a package of {ecosystem}: {why}")]
    Name {
        /// The ecosystem.
        ecosystem: Ecosystem,
        /// The name that was written, cut at 100 characters.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The text is no purl, or none of a package known here.
    #[error(
        "`{purl}` is no purl of a package: {why}; it is written like `pkg:maven/org.slf4j/slf4j-api@2.0.13`"
    )]
    Purl {
        /// The text, cut at 100 characters.
        purl: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl Package {
    /// The package of this name, normalised: PyPI's as PEP 503 says, NuGet's, Composer's and
    /// the owner and repository of an action in lower case.
    ///
    /// # Errors
    /// When the name is empty, over 1,024 bytes, holds a space or a control character, or is no
    /// `group:artifact` where it must be one.
    pub fn new(ecosystem: Ecosystem, name: &str) -> Result<Package, PackageError> {
        let refused = |why| {
            let name = name.chars().take(100).collect();
            Err(PackageError::Name { ecosystem, name, why })
        };
        if name.is_empty() || name.len() > MAX_NAME {
            return refused("a name has 1 to 1024 bytes");
        }
        if name.chars().any(|char| char.is_control() || char.is_whitespace()) {
            return refused("a name has no space and no control character");
        }
        if ecosystem == Ecosystem::Maven && !is_group_and_artifact(name) {
            return refused("it is written `group:artifact`");
        }
        Ok(Package { ecosystem, name: normal(ecosystem, name) })
    }

    /// The ecosystem.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// The name in the ecosystem's normal form.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn is_group_and_artifact(name: &str) -> bool {
    matches!(name.split(':').collect::<Vec<_>>()[..], [group, artifact] if !group.is_empty() && !artifact.is_empty())
}

fn normal(ecosystem: Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::PyPi => {
            let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join("-").to_lowercase()
        }
        Ecosystem::NuGet | Ecosystem::Composer => name.to_lowercase(),
        Ecosystem::Actions => {
            let slashes = name.match_indices('/').map(|(at, _)| at);
            let (repository, path) = name.split_at(slashes.take(2).nth(1).unwrap_or(name.len()));
            format!("{}{path}", repository.to_lowercase())
        }
        _ => name.to_owned(),
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.ecosystem, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_normal_form() {
        let shown = |text: &str| text.parse::<Package>().unwrap().to_string();
        assert_eq!(shown("pypi:Zope.Interface"), "pypi:zope-interface");
        assert_eq!(shown("pypi:a__b--c"), "pypi:a-b-c");
        assert_eq!(shown("nuget:Newtonsoft.Json"), "nuget:newtonsoft.json");
        assert_eq!(shown("npm:@Scope/Name"), "npm:@Scope/Name");
        assert_eq!(shown("actions:Azure/Login"), "actions:azure/login");
        assert_eq!(shown("actions:GitHub/CodeQL-action/Init"), "actions:github/codeql-action/Init");
        assert_eq!(shown("maven:org.slf4j:slf4j-api"), "maven:org.slf4j:slf4j-api");
    }

    #[test]
    fn what_is_no_package_says_why() {
        let why = |text: &str| text.parse::<Package>().unwrap_err().to_string();
        assert!(why("log4j").contains("names no ecosystem"));
        assert!(why("cpan:Moose").contains("`cpan` is no ecosystem known here; there are: maven, npm"));
        assert!(why("maven:log4j").contains("written `group:artifact`"));
        assert!(why("npm:").contains("1 to 1024 bytes"));
        assert!(why("npm:a b").contains("no space"));
    }
}
