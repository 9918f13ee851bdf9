//! Ranges of versions: as each ecosystem writes them, and as anybody asks.

mod cargo;
mod composer;
mod form;
mod gem;
mod go;
mod helm;
mod maven;
mod npm;
mod nuget;
mod osv;
mod partial;
mod pep440;
mod poetry;
mod question;
mod terraform;

pub use osv::Event;

use crate::ecosystem::Ecosystem;
use crate::order::Key;

/// The longest range that is read, in bytes.
const MAX_RANGE: usize = 4096;

/// A range of versions, read once so as to be asked often.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    ecosystem: Ecosystem,
    rule: Rule,
    soft: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Rule {
    AnyOf(Vec<form::Clause>),
    Cargo(semver::VersionReq),
}

/// Why a text is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no range of versions of {ecosystem}: {why}; a question is written like `<2.17.1` or `>=1, <2`"
)]
pub struct RangeError {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// The text, cut at 100 characters.
    pub text: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Range {
    /// Reads a range in the ecosystem's own syntax, as its manifests have it: `[1,2)` of Maven, `^1.2` of npm and
    /// Cargo, `~=1.2` of Python, also Poetry's `^1.2`. Images, actions and includes have no ranges but exact tags.
    ///
    /// # Errors
    /// When it is no range of the ecosystem, or has over 4,096 bytes.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Range, RangeError> {
        let refused = |why| RangeError { ecosystem, text: text.chars().take(100).collect(), why };
        if text.len() > MAX_RANGE {
            return Err(refused("it has over 4096 bytes"));
        }
        let (rule, soft) = own(ecosystem, text).map_err(refused)?;
        Ok(Range { ecosystem, rule, soft })
    }

    /// Reads a range as anybody asks, whatever the ecosystem: comparisons with commas or spaces between them
    /// (`>=1, <2`, `!=1.5`), alternatives with `||`, or a version alone, which means exactly that one. They
    /// compare by the ecosystem's order alone, so pre-releases count where it puts them. What is none of this is
    /// read in the ecosystem's own syntax.
    ///
    /// # Errors
    /// When it is neither, or has over 4,096 bytes.
    pub fn question(ecosystem: Ecosystem, text: &str) -> Result<Range, RangeError> {
        let short = text.len() <= MAX_RANGE;
        match short.then(|| question::read(ecosystem, text)).flatten() {
            Some(clauses) => Ok(Range { ecosystem, rule: Rule::AnyOf(clauses), soft: false }),
            None => Range::parse(ecosystem, text),
        }
    }

    /// The versions that an advisory affects by its events in OSV's form, of a range of type `SEMVER` or `ECOSYSTEM`.
    ///
    /// # Errors
    /// When no event introduces anything, one takes place at what is no version, or there are over 1,000.
    pub fn affected(ecosystem: Ecosystem, events: &[Event]) -> Result<Range, RangeError> {
        let text = || format!("{:?}", events.iter().take(3).collect::<Vec<_>>()).chars().take(100).collect();
        let clauses =
            osv::read(ecosystem, events).map_err(|why| RangeError { ecosystem, text: text(), why })?;
        Ok(Range { ecosystem, rule: Rule::AnyOf(clauses), soft: false })
    }

    /// Whether a version is in the range; `None` when that cannot be told, because it is no version of the
    /// ecosystem or has no order with the ends of the range.
    pub fn contains(&self, version: &str) -> Option<bool> {
        match &self.rule {
            Rule::Cargo(requirement) => cargo::holds(requirement, version),
            Rule::AnyOf(clauses) => form::holds(clauses, &Key::read(self.ecosystem, version)?, version),
        }
    }

    /// The ecosystem whose versions it is about.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// Whether it allows every version and only recommends the one that is written, as Maven's `1.2` does.
    pub fn is_soft(&self) -> bool {
        self.soft
    }
}

fn own(ecosystem: Ecosystem, text: &str) -> Result<(Rule, bool), &'static str> {
    let clauses = match ecosystem {
        Ecosystem::Maven => {
            let (clauses, soft) = maven::read(text)?;
            return Ok((Rule::AnyOf(clauses), soft));
        }
        Ecosystem::Cargo => {
            let requirement = cargo::read(text).ok_or("it is no requirement of Cargo")?;
            return Ok((Rule::Cargo(requirement), false));
        }
        Ecosystem::Npm => npm::read(text),
        Ecosystem::PyPi => pep440::read(text).or_else(|| poetry::read(text)),
        Ecosystem::Go => go::read(text),
        Ecosystem::RubyGems => gem::read(text),
        Ecosystem::Composer => composer::read(text),
        Ecosystem::NuGet => nuget::read(text),
        Ecosystem::Helm => helm::read(text),
        Ecosystem::Terraform => terraform::read(text),
        Ecosystem::Image | Ecosystem::Actions | Ecosystem::GitLab => exact(ecosystem, text),
    };
    clauses
        .map(|clauses| (Rule::AnyOf(clauses), false))
        .ok_or("it is not written as the ecosystem writes ranges")
}

/// A tag, and nothing else.
fn exact(ecosystem: Ecosystem, text: &str) -> Option<Vec<form::Clause>> {
    let key = Key::read(ecosystem, text.trim())?;
    Some(vec![vec![form::Test::compare(form::Op::Equal, key)]])
}
