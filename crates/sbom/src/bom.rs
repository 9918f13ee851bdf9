//! What a bill of materials lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use fleetwright_package::{Ecosystem, Package};

/// A bill of materials: parts, the first of which is what it is about, and which needs which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bom {
    pub(crate) parts: Vec<Part>,
    /// From, to, what for.
    pub(crate) edges: BTreeSet<(usize, usize, Usage)>,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: Kind,
    /// Its version; empty where it is not known.
    pub version: String,
    /// Why the version is not known, or what is declared instead; empty where there is nothing to say.
    pub note: String,
    /// What it is used for: the weightiest use of all.
    pub usage: Usage,
    /// Where it was found.
    pub found: BTreeSet<Occurrence>,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Something of one's own, under a name that is unique in the document: a fleet, a repository, a component.
    Own(String),
    /// A package.
    Package(Package),
}

/// A line of a file where a part was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The file, from the root of its repository; in a fleet behind the repository's name.
    pub file: Arc<str>,
    /// The line, from 1; 0 where there is none.
    pub line: u32,
}

/// What a part is used for, the weightiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// It is there when the program runs.
    Runtime,
    /// The program needs it, and where it runs provides it.
    Provided,
    /// The program runs without it.
    Optional,
    /// It is there when the program is built.
    Build,
    /// Tests and developers use it.
    Development,
}

impl Usage {
    /// The use of an inventory's word; what is not known counts as needed when it runs.
    pub fn of_word(word: &str) -> Usage {
        match word {
            "provided" => Usage::Provided,
            "optional" => Usage::Optional,
            "build" => Usage::Build,
            "development" => Usage::Development,
            _ => Usage::Runtime,
        }
    }
}

impl Part {
    /// Something of one's own; an empty version is one that is not known.
    pub fn own(name: impl Into<String>, version: impl Into<String>) -> Part {
        Part::new(Kind::Own(name.into()), version.into())
    }

    /// A package; an empty version is one that is not known.
    pub fn package(package: Package, version: impl Into<String>) -> Part {
        Part::new(Kind::Package(package), version.into())
    }

    fn new(kind: Kind, version: String) -> Part {
        Part { kind, version, note: String::new(), usage: Usage::Runtime, found: BTreeSet::new() }
    }

    /// Its full name: `org.slf4j:slf4j-api`, `@babel/core`, `acme/shop`.
    pub(crate) fn name(&self) -> &str {
        match &self.kind {
            Kind::Own(name) => name,
            Kind::Package(package) => package.name(),
        }
    }

    /// The version, where it is known.
    pub(crate) fn known(&self) -> Option<&str> {
        Some(self.version.as_str()).filter(|version| !version.is_empty())
    }

    /// The purl of a package.
    pub(crate) fn purl(&self) -> Option<String> {
        match &self.kind {
            Kind::Own(_) => None,
            Kind::Package(package) => Some(package.purl(self.known())),
        }
    }

    /// Whether it is an image of a container.
    pub(crate) fn is_image(&self) -> bool {
        matches!(&self.kind, Kind::Package(package) if package.ecosystem() == Ecosystem::Image)
    }
}

impl Bom {
    /// A bill of materials about this part, which has the position 0.
    pub fn new(about: Part) -> Bom {
        Bom { parts: vec![about], edges: BTreeSet::new() }
    }

    /// Adds a part: its position.
    pub fn add(&mut self, part: Part) -> usize {
        self.parts.push(part);
        self.parts.len() - 1
    }

    /// The part of a position, to add to what is known of it.
    pub fn part(&mut self, at: usize) -> Option<&mut Part> {
        self.parts.get_mut(at)
    }

    /// The part `from` needs the part `to`. Said once however often it is told; what is no position, and a part
    /// that needs itself, is left out.
    pub fn needs(&mut self, from: usize, to: usize, usage: Usage) {
        if from != to && from.max(to) < self.parts.len() {
            self.edges.insert((from, to, usage));
        }
    }
}
