//! From what Gemfiles and gemspecs name to the versions that hold.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_package::{
    Declared, Ecosystem, Finding, LockedAt, Manifest, Package, Scope, Through, Version,
};

use super::lock::GemLock;
use super::statements::{Gem, Script, script};
use super::tokens::{Kind, Token};
use crate::agree::misfit;
use crate::edges::position;
use crate::limits::MAX_DECLARED;
use crate::paths::{file_name, folder, join, upwards, within};
use crate::source::{HASH, Source};

/// The lockfiles by their paths; `None` for one that could not be read.
pub(super) struct Locks<'a> {
    /// How many locks the inventory had before.
    pub(super) first: usize,
    pub(super) list: Vec<GemLock<'a>>,
    pub(super) by_path: BTreeMap<&'a str, Option<usize>>,
}

/// A Gemfile or gemspec.
pub(super) struct RubyFile<'a> {
    source: Source<'a>,
    script: Script<'a>,
}

/// Which lockfile holds for a file.
#[derive(Clone, Copy)]
enum Holds {
    Nothing,
    Unreadable,
    Lock(usize),
}

/// Which Gemfile reads a file that is named in it.
pub(super) fn includers(files: &[RubyFile<'_>], findings: &mut Vec<Finding>) -> BTreeMap<String, String> {
    let known: BTreeSet<&str> = files.iter().map(|file| file.source.path).collect();
    let mut all = BTreeMap::new();
    for file in files {
        let source = &file.source;
        for included in &file.script.included {
            let path = join(folder(source.path), included.text);
            let why = match &path {
                None => "lies outside of the repository",
                Some(path) if !known.contains(path.as_str()) => {
                    "is not there, or not named like a Gemfile; it is not read"
                }
                Some(_) => "",
            };
            if !why.is_empty() {
                let (line, message) =
                    (source.line(included.span.start), format!("`{}` {why}", included.text));
                findings.push(source.finding(
                    line,
                    message,
                    "include files called `*.gemfile` in the repository",
                ));
            }
            path.into_iter().for_each(|path| {
                all.entry(path).or_insert_with(|| source.path.to_owned());
            });
        }
    }
    all
}

impl<'a> RubyFile<'a> {
    pub(super) fn new(source: Source<'a>) -> RubyFile<'a> {
        RubyFile { script: script(source.text), source }
    }

    fn is_gemspec(&self) -> bool {
        self.source.path.ends_with(".gemspec")
    }

    pub(super) fn manifest(
        &self,
        locks: &Locks<'_>,
        includers: &BTreeMap<String, String>,
        findings: &mut Vec<Finding>,
    ) -> Manifest {
        let package = self.script.name.filter(|_| self.is_gemspec());
        let package = package.and_then(|name| Package::new(Ecosystem::RubyGems, name).ok());
        let holds = self.holds(locks, includers);
        if self.script.gems.len() > MAX_DECLARED {
            let message =
                format!("it names {} gems; the first {MAX_DECLARED} are read", self.script.gems.len());
            findings.push(self.source.finding(0, message, "look whether the file was made by accident"));
        }
        let gems = self.script.gems.iter().take(MAX_DECLARED);
        let declared = gems.filter_map(|gem| self.declared(gem, locks, holds, findings)).collect();
        if let Holds::Lock(lock) = holds {
            self.check_unnamed(locks.list.get(lock), findings);
        }
        Manifest {
            path: self.source.path.to_owned(),
            ecosystem: Ecosystem::RubyGems,
            version: package.is_some().then(|| match self.script.version {
                Some(version) => Version::Known(version.to_owned()),
                None => Version::Unknown("the gemspec computes its version".to_owned()),
            }),
            package,
            declared,
        }
    }

    /// Finds gems that the lockfile was made for and that the Gemfile does not name, because Ruby computes the
    /// name or because it was taken out.
    fn check_unnamed(&self, lock: Option<&GemLock<'_>>, findings: &mut Vec<Finding>) {
        let Some(lock) = lock else { return };
        // What a gemspec or another file names is not looked for here.
        if self.is_gemspec()
            || self.script.gemspec
            || !self.script.included.is_empty()
            || lock.lock.path != lock_path(self.source.path)
        {
            return;
        }
        let named: BTreeSet<&str> = self.script.gems.iter().map(|gem| gem.name.text).collect();
        let mut unnamed: Vec<&str> =
            lock.dependencies.keys().copied().filter(|name| !named.contains(name)).collect();
        unnamed.sort_unstable();
        for name in unnamed {
            let message = format!(
                "{} was made for `{name}`, which is not named here as a text",
                file_name(&lock.lock.path)
            );
            findings.push(self.source.finding(
                0,
                message,
                "run `bundle lock`; names that Ruby computes are not read",
            ));
        }
    }

    /// The lockfile: that of the Gemfile, or of the one that reads this file; for a gemspec the nearest above
    /// that has the gem as its own.
    fn holds(&self, locks: &Locks<'_>, includers: &BTreeMap<String, String>) -> Holds {
        let at = |path: &str| match locks.by_path.get(path) {
            None => Holds::Nothing,
            Some(None) => Holds::Unreadable,
            Some(Some(lock)) => Holds::Lock(*lock),
        };
        let path = self.source.path;
        if !self.is_gemspec() {
            let own = at(&lock_path(path));
            let includer = includers.get(path).map(|includer| at(&lock_path(includer)));
            return if matches!(own, Holds::Nothing) { includer.unwrap_or(own) } else { own };
        }
        let Some(name) = self.script.name else { return Holds::Nothing };
        let mut above = upwards(folder(path))
            .flat_map(|folder| ["Gemfile.lock", "gems.locked"].map(|name| within(folder, name)));
        let own = above.find_map(|path| {
            let position = (*locks.by_path.get(path.as_str())?)?;
            let lock = locks.list.get(position)?;
            let is_own = |at: &u32| lock.lock.packages.get(*at as usize).is_some_and(|locked| locked.own);
            lock.by_name.get(name)?.iter().any(is_own).then_some(position)
        });
        own.map_or(Holds::Nothing, Holds::Lock)
    }

    fn declared(
        &self,
        gem: &Gem<'a>,
        locks: &Locks<'_>,
        holds: Holds,
        findings: &mut Vec<Finding>,
    ) -> Option<Declared> {
        let source = &self.source;
        let line = source.line(gem.name.span.start);
        let package = match Package::new(Ecosystem::RubyGems, gem.name.text) {
            Ok(package) => package,
            Err(error) => {
                findings.push(source.finding(line, error.to_string(), "correct the name"));
                return None;
            }
        };
        if let Some(path) = &gem.path
            && join(folder(source.path), path.text).is_none()
        {
            let message = format!("the path `{}` lies outside of the repository", path.text);
            findings.push(source.finding(line, message, "use a version or a git repository"));
        }
        let (texts, through) = self.requirements(gem);
        let written: Vec<&str> = texts.iter().map(|text| text.text).collect();
        let requirement = written.join(", ");
        let (version, locked) = match holds {
            Holds::Lock(lock) => {
                let (found, misfit) = self.locked(gem, &written, &through, locks.list.get(lock)?);
                if let Some(message) = misfit {
                    findings.push(source.finding(line, message, "run `bundle lock` and commit the lockfile"));
                }
                let at = found.map(|package| LockedAt { lock: position(locks.first + lock), package });
                (locked_version(locks.list.get(lock)?, found), at)
            }
            Holds::Unreadable => (Version::Unknown("the lockfile could not be read".to_owned()), None),
            Holds::Nothing => (without_lock(gem, &written, &through), None),
        };
        let set = texts.first().zip(texts.last()).map(|(first, last)| first.span.start..last.span.end);
        let beside = set.clone().unwrap_or_else(|| gem.name.span.clone());
        Some(Declared {
            package,
            requirement,
            version,
            scope: scope(gem),
            place: source.place(gem.name.span.clone()),
            set: set.map(|span| source.place(span)),
            through,
            locked,
            comment: source.comment(&beside, HASH),
        })
    }

    /// The texts that say which versions are allowed, and how they came here: none where they are computed.
    fn requirements(&self, gem: &Gem<'a>) -> (Vec<Token<'a>>, Through) {
        let computed = (Vec::new(), Through::Unknown);
        match &gem.requirements[..] {
            [one] if one.kind == Kind::Word => match self.script.variables.get(one.text) {
                Some(Some(text)) => (vec![text.clone()], Through::Property(one.text.to_owned())),
                _ => computed,
            },
            all if all.iter().all(|one| one.kind == Kind::Text) => (all.to_vec(), Through::Inline),
            _ => computed,
        }
    }

    /// The entry of the lockfile, and what does not fit.
    fn locked(
        &self,
        gem: &Gem<'_>,
        written: &[&str],
        through: &Through,
        lock: &GemLock<'_>,
    ) -> (Option<u32>, Option<String>) {
        let found = lock.by_name.get(gem.name.text).map_or(&[][..], Vec::as_slice);
        let one = match found {
            [one] => Some(*one),
            _ => None,
        };
        let name = gem.name.text;
        let sure = !gem.conditional && *through != Through::Unknown && gem.method == "gem";
        let file = file_name(&lock.lock.path);
        let why = match lock.dependencies.get(name) {
            _ if !sure => None,
            None => Some(format!("`{name}` is not among its dependencies")),
            Some(made_for) if normal(made_for.split(',')) == normal(written.iter().copied()) => None,
            Some(made_for) => {
                Some(format!("it was made for `{name}` {made_for}, asked for is {}", written.join(", ")))
            }
        };
        let locked = one.and_then(|at| lock.lock.packages.get(at as usize));
        let outside = locked
            .filter(|_| !written.is_empty())
            .and_then(|locked| misfit(Ecosystem::RubyGems, name, &written.join(", "), &locked.version));
        let misfit = why.or(outside).map(|why| format!("{file} does not fit: {why}"));
        (one, misfit)
    }
}

fn locked_version(lock: &GemLock<'_>, at: Option<u32>) -> Version {
    let locked = at.and_then(|at| lock.lock.packages.get(at as usize));
    match locked {
        Some(locked) => Version::Known(locked.version.clone()),
        None => Version::Unknown("the lockfile has not exactly one version of it".to_owned()),
    }
}

/// Requirements in an order and a form that only depend on what they mean.
fn normal<'t>(requirements: impl Iterator<Item = &'t str>) -> Vec<String> {
    let one = |text: &str| {
        let text = text.trim();
        let text = if text.starts_with(|char: char| char.is_ascii_digit()) {
            format!("={text}")
        } else {
            text.to_owned()
        };
        text.replace(' ', "")
    };
    let mut all: Vec<String> =
        requirements.map(one).filter(|text| !matches!(text.as_str(), "" | ">=0")).collect();
    all.sort();
    all
}

fn lock_path(gemfile: &str) -> String {
    match gemfile.strip_suffix("gems.rb") {
        Some(folder) => format!("{folder}gems.locked"),
        None => format!("{gemfile}.lock"),
    }
}

/// Groups are names that people choose; only these four mean the same everywhere.
fn scope(gem: &Gem<'_>) -> Scope {
    let any = |names: &[&str]| gem.groups.iter().any(|group| names.contains(group));
    match gem.method {
        "add_development_dependency" => Scope::Development,
        _ if gem.groups.is_empty() || any(&["default", "production"]) => Scope::Runtime,
        _ if any(&["development", "test"]) => Scope::Development,
        _ => Scope::Optional,
    }
}

/// Only one exact version leaves no choice.
fn without_lock(gem: &Gem<'_>, written: &[&str], through: &Through) -> Version {
    let unknown = |why: String| Version::Unknown(why);
    if gem.path.is_some() || gem.git {
        return unknown(
            "it comes from a folder or a git repository, and no lockfile says in which version".to_owned(),
        );
    }
    if *through == Through::Unknown {
        return unknown("its requirement is computed, and no lockfile says which version".to_owned());
    }
    match written {
        [] => unknown("no version is written, and no lockfile says which".to_owned()),
        [one]
            if normal([*one].into_iter())
                .iter()
                .all(|one| one.strip_prefix('=').is_some_and(|one| !one.contains(','))) =>
        {
            Version::Known(one.trim().trim_start_matches('=').trim().to_owned())
        }
        _ => unknown(format!("`{}` and no lockfile says which", written.join(", "))),
    }
}
