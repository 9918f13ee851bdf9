//! What a repository says it depends on: manifests with what they declare, and lockfiles with what came of it.

use std::ops::Range;

use crate::ecosystem::Ecosystem;
use crate::name::Package;

/// What was read out of one repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The manifests, in the order in which they were read.
    pub manifests: Vec<Manifest>,
    /// The lockfiles, and what was resolved without one.
    pub locks: Vec<Lock>,
    /// What could not be read, or contradicts itself.
    pub findings: Vec<Finding>,
    /// Packages with their versions that were asked for elsewhere ([`crate::Published`]), whether or not they
    /// were there: when one of them appears or changes, the repository is to be read again.
    pub asked: Vec<(Package, String)>,
}

/// A file that declares dependencies, such as `pom.xml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its path from the repository's root.
    pub path: String,
    /// Whose packages it declares.
    pub ecosystem: Ecosystem,
    /// What it is itself published as, where it says so.
    pub package: Option<Package>,
    /// The version it is itself published as.
    pub version: Option<Version>,
    /// What it declares, in the order of the file.
    pub declared: Vec<Declared>,
}

/// A dependency that a manifest declares, or a version that it sets for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// What is depended on.
    pub package: Package,
    /// The requirement that holds, as the ecosystem writes it, with properties put in; empty where none is
    /// written.
    pub requirement: String,
    /// The version that is used.
    pub version: Version,
    /// What it is used for.
    pub scope: Scope,
    /// Where the dependency is named.
    pub place: Place,
    /// Where its version is written, if that is in this repository and in one piece, so that another one can be put
    /// there. What the bytes are depends on the ecosystem:
    ///
    /// - Maven and Gradle: the version alone, be it of a property, of a catalog, of `group:artifact:version`, or
    ///   within `[1.2]`; of another range all of it with its brackets, and Gradle's `1.+` as it is.
    /// - Python and Terraform: what stands behind the operator of a single comparison, `1.2` of `>=1.2`, so that
    ///   [`Declared::requirement`] ends with it; of several comparisons all of them.
    /// - npm, Cargo, Composer, NuGet, Helm: the whole requirement with its operators; of npm's aliases what stands
    ///   behind the name, `^1` of `npm:a@^1`.
    /// - Ruby: the same, and of several texts from the beginning of the first to the end of the last, with the quotes
    ///   and commas between them.
    /// - Go: the version with its `v`.
    /// - Images: the tag, the digest, or `tag@digest`; in Helm's values the tag.
    /// - Actions, GitLab's includes, modules of Terraform from git: the ref.
    pub set: Option<Place>,
    /// How the version came from there to here.
    pub through: Through,
    /// The entry of a lockfile that it resolved to.
    pub locked: Option<LockedAt>,
    /// A comment beside the version, which may say why it must stay.
    pub comment: Option<String>,
}

/// A version that is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// It is exactly this one.
    Known(String),
    /// It cannot be told, for this reason; never a guess.
    Unknown(String),
}

impl Version {
    /// The version, where it is known.
    pub fn known(&self) -> Option<&str> {
        match self {
            Version::Known(version) => Some(version),
            Version::Unknown(_) => None,
        }
    }
}

/// What a dependency is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// It is there when the component runs.
    Runtime,
    /// It is there when the component runs, if somebody wants it: optional, peer, an extra.
    Optional,
    /// The place where the component runs brings it along: Maven's `provided`, npm's peers.
    Provided,
    /// Only for building: plugins, annotation processors, build scripts.
    Build,
    /// Only for tests and the work of developers.
    Development,
    /// Nothing is used by this entry: it only sets the version for whoever uses the package
    /// (`dependencyManagement`, a version catalog, `overrides`, a constraint).
    Managed,
}

impl Scope {
    /// Its word, such as `runtime`.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Runtime => "runtime",
            Scope::Optional => "optional",
            Scope::Provided => "provided",
            Scope::Build => "build",
            Scope::Development => "development",
            Scope::Managed => "managed",
        }
    }
}

impl std::fmt::Display for Through {
    /// In words, such as `property log4j.version`; nothing for what is written where it is named.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Through::Inline | Through::Unknown => Ok(()),
            Through::Property(name) => write!(f, "property {name}"),
            Through::Catalog(name) => write!(f, "version catalog {name}"),
            Through::Managed => f.write_str("managed here"),
            Through::Workspace => f.write_str("workspace"),
            Through::Bom(package, version) => write!(f, "BOM {}:{version}", package.name()),
            Through::Parent(package, version) => write!(f, "parent {}:{version}", package.name()),
        }
    }
}

/// Where a version came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Through {
    /// It is written where the dependency is named.
    Inline,
    /// A property or variable of this name.
    Property(String),
    /// An entry of this name in a version catalog.
    Catalog(String),
    /// An entry that manages versions in this repository: `dependencyManagement`, `overrides`, a constraint,
    /// `Directory.Packages.props`.
    Managed,
    /// The workspace that the manifest is a member of.
    Workspace,
    /// A bill of materials that is imported from elsewhere: this package in this version.
    Bom(Package, String),
    /// A parent that lies elsewhere: this package in this version.
    Parent(Package, String),
    /// Nothing that is known.
    Unknown,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file's path from the repository's root.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The bytes of it, from the file's beginning.
    pub span: Range<usize>,
}

/// A lockfile, or what was resolved where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Its path from the repository's root; the manifest's where it was resolved without a lockfile.
    pub path: String,
    /// Whose packages it locks.
    pub ecosystem: Ecosystem,
    /// Its format and version, such as `package-lock 3`.
    pub format: String,
    /// The packages.
    pub packages: Vec<Locked>,
}

/// A package in exactly one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The package.
    pub package: Package,
    /// Its version.
    pub version: String,
    /// The line in the lockfile, from 1; 0 where there is none.
    pub line: u32,
    /// Whether it is a part of this repository: a workspace's member, a path.
    pub own: bool,
    /// What it needs itself: positions in [`Lock::packages`].
    pub needs: Vec<u32>,
}

/// Which entry of which lockfile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockedAt {
    /// The position in [`Inventory::locks`].
    pub lock: u32,
    /// The position in [`Lock::packages`].
    pub package: u32,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file's path from the repository's root.
    pub path: String,
    /// The line, from 1; 0 for the whole file.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What to try.
    pub remedy: String,
}
