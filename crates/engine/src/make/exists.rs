//! Whether a version is there at all, where no lockfile's tool had to find it.

use fleetwright_bump::Bumped;
use fleetwright_git::plain;
use fleetwright_package::path::{file_name, folder};
use fleetwright_package::{Ecosystem, Package};
use fleetwright_relock::{Plan, Step};
use fleetwright_runner::{Network, Outcome};

use super::relock::{Bench, Relock};
use super::{Stop, WorkTree};

/// What could be found out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Exists {
    /// It is there, says this.
    There(String),
    /// It is not: why.
    Missing(String),
    /// Nobody was asked, or nobody knew: why.
    Unchecked(String),
}

/// How Maven says that there is no such artifact where it looked.
const MISSING: [&str; 2] = ["Could not find artifact", "was not found in"];
/// What a shell says when there is no such program.
const NOT_FOUND: i32 = 127;
/// Asks for the POM alone; every artifact has one. It looks where the project that it runs in looks.
const MAVEN: &str = "mvn -B -q -ntp org.apache.maven.plugins:maven-dependency-plugin:get -Dtransitive=false";

/// Whether the wanted version is there.
/// `Err(None)` means that the run was cancelled.
pub(super) fn exists(
    tree: &WorkTree<'_>,
    bumped: &Bumped,
    want: &Relock<'_>,
    log: &mut Vec<u8>,
) -> Result<Exists, Option<Stop>> {
    let (package, to, workshop) = (want.package, want.to, want.workshop);
    let Some((group, artifact)) = name(package) else {
        return Ok(Exists::Unchecked("no lockfile holds it".to_owned()));
    };
    if fleetwright_package::Published::pom(&*workshop.poms, group, artifact, to).is_some() {
        return Ok(Exists::There("the fleet, or the folder of `dependencies.maven`".to_owned()));
    }
    let known = format!("{package} {to}");
    if workshop.there.lock().is_ok_and(|there| there.contains(&known)) {
        return Ok(Exists::There("mvn, asked before".to_owned()));
    }
    if workshop.tools.hosts.is_empty() {
        return Ok(Exists::Unchecked("no `dependencies.hosts` may be asked".to_owned()));
    }
    let Some(pom) = bumped.files.keys().find(|path| file_name(path) == "pom.xml") else {
        return Ok(Exists::Unchecked("no POM was written, and Gradle is not asked".to_owned()));
    };
    let answer = asked(tree, (folder(pom), &format!("{group}:{artifact}:{to}:pom")), want, log)?;
    if let (Exists::There(_), Ok(mut there)) = (&answer, workshop.there.lock()) {
        there.insert(known);
    }
    Ok(answer)
}

fn name(package: &Package) -> Option<(&str, &str)> {
    package.name().split_once(':').filter(|_| package.ecosystem() == Ecosystem::Maven)
}

/// What Maven says in this folder of the changed tree.
fn asked(
    tree: &WorkTree<'_>,
    (folder, coordinates): (&str, &str),
    want: &Relock<'_>,
    log: &mut Vec<u8>,
) -> Result<Exists, Option<Stop>> {
    let Some(sandbox) = &want.workshop.sandbox else {
        return Ok(Exists::Unchecked(format!("Maven needs the sandbox: {}", want.workshop.closed)));
    };
    let (_kept, checkout) = want.checkout(tree, plain::Limits::default())?;
    let words = MAVEN.split(' ').map(str::to_owned).chain([format!("-Dartifact={coordinates}")]);
    let command: Vec<String> = words.collect();
    let plan = Plan {
        folder: folder.to_owned(),
        steps: vec![Step::Run(command.clone())],
        env: vec![],
        offline: vec![],
        version: vec!["mvn".to_owned(), "--version".to_owned()],
        files: vec![],
    };
    let bench = Bench { want, sandbox, checkout: &checkout, plan: &plan };
    let ended = bench.ended(&command, Network::Hosts(want.workshop.tools.hosts.clone()))?;
    log.extend_from_slice(
        format!("{} ; network: hosts {}\n", command.join(" "), want.workshop.tools.named.join(", "))
            .as_bytes(),
    );
    let said = String::from_utf8_lossy(&ended.log);
    Ok(match &ended.outcome {
        _ if ended.success() => Exists::There("mvn".to_owned()),
        Outcome::Cancelled => return Err(None),
        Outcome::Exited(NOT_FOUND) => Exists::Unchecked("`mvn` is not in the sandbox".to_owned()),
        _ if said.lines().any(|line| {
            line.contains(coordinates_of(coordinates)) && MISSING.iter().any(|words| line.contains(words))
        }) =>
        {
            Exists::Missing("mvn looked where the project looks".to_owned())
        }
        other => {
            log.extend_from_slice(&ended.log);
            Exists::Unchecked(format!("mvn failed ({other:?})"))
        }
    })
}

/// `group:artifact` of the coordinates, as Maven's messages begin with them.
fn coordinates_of(coordinates: &str) -> &str {
    let end = coordinates.match_indices(':').nth(1).map_or(coordinates.len(), |(at, _)| at);
    coordinates.get(..end).unwrap_or(coordinates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_maven_have_two_parts() {
        let of = |package: &str| {
            name(&package.parse().unwrap()).map(|(group, artifact)| format!("{group} {artifact}"))
        };
        assert_eq!(of("maven:g.h:a").as_deref(), Some("g.h a"));
        assert_eq!(of("npm:a"), None);
        assert_eq!(coordinates_of("g.h:a:1.0:pom"), "g.h:a");
    }
}
