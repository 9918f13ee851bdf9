//! `gradle.lockfile` and its kin: one line per package, with the configurations that use it.

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
}

/// Reads a lockfile, and says what is wrong with it.
pub(crate) fn read<'a>(path: &str, text: &'a str) -> (Lockfile<'a>, Option<Finding>) {
    let mut wrong = None;
    let mut packages: Vec<Locked> = Vec::new();
    let mut configurations = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
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
    (Lockfile { lock, configurations, by_name }, wrong)
}

fn parse(line: &str) -> Option<(Package, &str, &str)> {
    let (name, used) = line.split_once('=').unwrap_or((line, ""));
    let (name, version) = name.rsplit_once(':')?;
    let package = Package::new(Ecosystem::Maven, name).ok()?;
    (!version.is_empty() && !version.contains(char::is_whitespace)).then_some((package, version, used))
}

impl Lockfile<'_> {
    /// The one package of this name that a configuration uses, or the only one there is.
    ///
    /// # Errors
    /// When there are several and it cannot be told which.
    pub(crate) fn find(&self, lock: u32, name: &str, wanted: &[&str]) -> Result<Option<LockedAt>, String> {
        let name_of =
            |position: &u32| self.lock.packages.get(*position as usize).map_or("", |one| one.package.name());
        let start = self.by_name.partition_point(|position| name_of(position) < name);
        let same: Vec<u32> = self
            .by_name
            .iter()
            .skip(start)
            .copied()
            .take_while(|position| name_of(position) == name)
            .collect();
        let found = |package| Ok(Some(LockedAt { lock, package }));
        match same[..] {
            [] => return Ok(None),
            [one] => return found(one),
            _ => {}
        }
        for configuration in wanted {
            let uses = |position: &&u32| {
                let used = self.configurations.get(**position as usize).copied().unwrap_or_default();
                used.split(',').any(|used| used.eq_ignore_ascii_case(configuration))
            };
            if let [one] = same.iter().filter(uses).collect::<Vec<_>>()[..] {
                return found(*one);
            }
        }
        Err(format!(
            "{} locks {name} in several versions, and none for a classpath that is known",
            self.lock.path
        ))
    }
}
