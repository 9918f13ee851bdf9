//! `gradle.lockfile` and its kin: one line per package, with the configurations that use it.

use std::collections::HashSet;

use fleetwright_package::{Ecosystem, Finding, Lock, Locked, LockedAt, Package};

use crate::text::{finding, number};

/// The most packages of one lockfile.
const MAX_PACKAGES: usize = 2_000_000;

/// A lockfile with what its packages are used for.
pub(crate) struct Lockfile<'a> {
    pub(crate) lock: Lock,
    /// Beside each package: its configurations, with commas.
    configurations: Vec<&'a str>,
    /// Positions in the order of names.
    by_name: Vec<u32>,
    /// Every configuration that is locked, also those without packages.
    known: HashSet<&'a str>,
}

/// Reads a lockfile, and says what is wrong with it.
pub(crate) fn read<'a>(path: &str, text: &'a str) -> (Lockfile<'a>, Option<Finding>) {
    let mut wrong = None;
    let mut packages: Vec<Locked> = Vec::new();
    let mut configurations = Vec::new();
    let (mut known, mut last) = (HashSet::new(), "");
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(empty) = line.strip_prefix("empty=") {
            known.extend(empty.split(','));
            continue;
        }
        let message = match parse(line) {
            _ if packages.len() >= MAX_PACKAGES => format!("it locks more than {MAX_PACKAGES} packages"),
            Some((package, version, used)) => {
                let version = version.to_owned();
                packages.push(Locked {
                    package,
                    version,
                    line: number(at + 1),
                    own: false,
                    needs: Vec::new(),
                });
                configurations.push(used);
                // Neighbours mostly have the same.
                if used != last {
                    known.extend(used.split(','));
                    last = used;
                }
                continue;
            }
            None => {
                "this is no line of a Gradle lockfile, `group:artifact:version=configurations`".to_owned()
            }
        };
        let remedy = "run `gradle dependencies --write-locks`";
        wrong.get_or_insert_with(|| finding(path, number(at + 1), &message, remedy));
        if packages.len() >= MAX_PACKAGES {
            break;
        }
    }
    let mut by_name: Vec<u32> = (0..number(packages.len())).collect();
    by_name.sort_by_key(|position| packages.get(*position as usize).map(|one| one.package.name()));
    // Before Gradle 6.8 each configuration had a file of its own.
    let format = if path.contains("dependency-locks/") { "gradle lockfile 0" } else { "gradle lockfile 1" };
    let format = format.to_owned();
    let lock = Lock { path: path.to_owned(), ecosystem: Ecosystem::Maven, format, packages };
    (Lockfile { lock, configurations, by_name, known }, wrong)
}

fn parse(line: &str) -> Option<(Package, &str, &str)> {
    let (name, used) = line.split_once('=').unwrap_or((line, ""));
    let (name, version) = name.rsplit_once(':')?;
    let package = Package::new(Ecosystem::Maven, name).ok()?;
    (!version.is_empty() && !version.contains(char::is_whitespace)).then_some((package, version, used))
}

impl Lockfile<'_> {
    /// The package of this name in the first of these classpaths that is locked; where none of them is, the only
    /// one of this name.
    ///
    /// # Errors
    /// When there are several and it cannot be told which.
    pub(crate) fn find(
        &self,
        lock: u32,
        name: &str,
        classpaths: &[String],
    ) -> Result<Option<LockedAt>, String> {
        let name_of =
            |position: &u32| self.lock.packages.get(*position as usize).map_or("", |one| one.package.name());
        let start = self.by_name.partition_point(|position| name_of(position) < name);
        let same = self.by_name.iter().skip(start).copied();
        let same: Vec<u32> = same.take_while(|position| name_of(position) == name).collect();
        let several = || {
            format!(
                "{} locks {name} in several versions, and it cannot be told which is used here",
                self.lock.path
            )
        };
        for classpath in classpaths {
            let uses = |position: &&u32| {
                let used = self.configurations.get(**position as usize).copied().unwrap_or_default();
                used.split(',').any(|used| used == classpath)
            };
            match same.iter().filter(uses).collect::<Vec<_>>()[..] {
                [] => {}
                [one] => return Ok(Some(LockedAt { lock, package: *one })),
                _ => return Err(several()),
            }
        }
        match same[..] {
            _ if classpaths.iter().any(|classpath| self.known.contains(classpath.as_str())) => Ok(None),
            [] => Ok(None),
            [one] => Ok(Some(LockedAt { lock, package: one })),
            _ => Err(several()),
        }
    }
}

/// The classpaths that a configuration adds to, the one of run time first.
pub(crate) fn classpaths(configuration: &str) -> Vec<String> {
    const RUNTIME: [&str; 5] = ["implementation", "runtimeOnly", "api", "compile", "runtime"];
    const COMPILE: [&str; 5] = ["implementation", "compileOnly", "api", "compile", "compileOnlyApi"];
    let ends = |words: &[&str]| {
        let mut words = words.iter().filter_map(|word| {
            let own = configuration == *word;
            let upper = format!("{}{}", word[..1].to_uppercase(), &word[1..]);
            if own { Some(String::new()) } else { configuration.strip_suffix(&upper).map(str::to_owned) }
        });
        words.next()
    };
    let name = |set: String, path: &str| match set.is_empty() {
        true => format!("{}{}", path[..1].to_lowercase(), &path[1..]),
        false => set + path,
    };
    let mut classpaths: Vec<String> =
        ends(&RUNTIME).map(|set| name(set, "RuntimeClasspath")).into_iter().collect();
    classpaths.extend(ends(&COMPILE).map(|set| name(set, "CompileClasspath")));
    classpaths.push(configuration.to_owned());
    classpaths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_add_to_their_classpaths() {
        let first = |configuration: &str| classpaths(configuration).join(" ");
        assert_eq!(first("implementation"), "runtimeClasspath compileClasspath implementation");
        assert_eq!(first("testCompileOnly"), "testCompileClasspath testCompileOnly");
        assert_eq!(first("itTestRuntimeOnly"), "itTestRuntimeClasspath itTestRuntimeOnly");
        assert_eq!(first("annotationProcessor"), "annotationProcessor");
    }
}
