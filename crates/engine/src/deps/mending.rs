//! The shift that mends what advisories are against.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_package::{Package, sort};
use fleetwright_selector::MAX_CHARS;
use serde::Serialize;
use serde_json::Value;

use super::advisories::{Exposure, Hit};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// Advisories that are named in a sentence.
const NAMED: usize = 5;

/// A package in versions that one other version mends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mend {
    /// The package.
    pub package: String,
    /// The versions that are affected, as a range that holds no other one in use.
    pub from: String,
    /// The least version that mends them.
    pub to: String,
    /// Whether it comes through others only somewhere, so that an entry has to set it there.
    pub overrides: bool,
}

/// The steps that mend everything that can be mended: of each package one for every run of versions in use that
/// the same version mends. Versions between them that are not affected are left alone.
///
/// # Errors
/// When the database fails.
pub async fn mending(fleet: &Fleet, exposure: &Exposure) -> Result<Vec<Mend>, EngineError> {
    let mut by_package: BTreeMap<&str, Vec<&Hit>> = BTreeMap::new();
    for hit in &exposure.hits {
        by_package.entry(&hit.found.package).or_default().push(hit);
    }
    let mut steps = Vec::new();
    for (name, hits) in by_package {
        let Ok(package) = name.parse::<Package>() else { continue };
        let in_use = fleet.store.versions(package.ecosystem().word(), package.name()).await?;
        let mut versions = in_use.map(|(_, versions)| versions).unwrap_or_default();
        sort(package.ecosystem(), &mut versions, |version| version);
        steps.extend(runs(name, &versions, &hits));
    }
    Ok(steps)
}

/// The steps for one package, whose versions in use are in order.
fn runs(package: &str, versions: &[String], hits: &[&Hit]) -> Vec<Mend> {
    let fixes: BTreeMap<&str, &str> =
        hits.iter().filter_map(|hit| Some((hit.found.version.as_str(), hit.fix.as_deref()?))).collect();
    let mut runs: Vec<(Vec<&str>, &str)> = Vec::new();
    let mut before = None;
    for version in versions {
        let fix = fixes.get(version.as_str()).copied();
        match (fix, runs.last_mut()) {
            (Some(fix), Some((run, _))) if before == Some(fix) => run.push(version),
            (Some(fix), _) => runs.push((vec![version], fix)),
            (None, _) => {}
        }
        before = fix;
    }
    let step = |(run, fix): (Vec<&str>, &str)| {
        let from = match run[..] {
            [one] => one.to_owned(),
            [first, .., last] => format!(">={first}, <={last}"),
            [] => return None,
        };
        let of_run = hits.iter().filter(|hit| run.contains(&hit.found.version.as_str()));
        let overrides = of_run.into_iter().any(|hit| !hit.found.direct);
        Some(Mend { package: package.to_owned(), from, to: fix.to_owned(), overrides })
    };
    runs.into_iter().filter_map(step).collect()
}

/// The shift as a file: selected are the repositories that are on one of these versions when it is planned.
pub fn shift_file(name: &str, steps: &[Mend], exposure: &Exposure) -> String {
    let advisories: Vec<String> = exposure
        .advisories
        .iter()
        .map(|(id, told)| format!("- {} ({}): {}", told.known_as(id), told.rating, told.summary))
        .collect();
    let raised: BTreeSet<String> =
        steps.iter().map(|step| format!("{} {}", short(&step.package), step.to)).collect();
    let raised: Vec<String> = raised.into_iter().collect();
    let more = raised.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let title = format!("Raise to {}{more}", raised[..raised.len().min(NAMED)].join(", "));
    let mut text = format!(
        "# Written by `fleetwright deps advisories --fix`.\napiVersion: fleetwright/v1\nkind: Shift\nmetadata:\n  name: {name}\n  \
         title: {}\n  description: |\n    Mends:\n",
        quoted(&title)
    );
    advisories.iter().for_each(|line| text += &format!("    {}\n", line.replace(char::is_control, " ")));
    text += &format!("spec:\n  targets:\n    {}\n  steps:\n", targets(steps, exposure));
    for step in steps {
        text += &format!(
            "    - dependency:\n        package: {}\n        from: {}\n        to: {}\n",
            quoted(&step.package),
            quoted(&step.from),
            quoted(&step.to)
        );
        if step.overrides {
            text += "        overrides: true\n";
        }
    }
    text
}

/// Whoever is on one of these versions when the shift is planned; where that is longer than a selector reads, the
/// repositories that are now.
fn targets(steps: &[Mend], exposure: &Exposure) -> String {
    let terms: Vec<String> = steps
        .iter()
        .map(|step| format!("repo.dependsOn({}, {})", quoted(&step.package), quoted(&step.from)))
        .collect();
    let select = format!("select: >-\n      {}", terms.join(" ||\n      "));
    if select.len() <= MAX_CHARS {
        return select;
    }
    let mended = exposure.hits.iter().filter(|hit| hit.fix.is_some());
    let repos: BTreeSet<&str> = mended.map(|hit| hit.found.repo.as_str()).collect();
    repos.into_iter().fold("repos:".to_owned(), |text, repo| format!("{text}\n      - {}", quoted(repo)))
}

/// A text as YAML and CEL have it: both take JSON's.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The last part of a package's name.
fn short(package: &str) -> &str {
    package.rsplit([':', '/']).next().unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use super::super::who::Found;
    use super::*;

    fn hit(version: &str, fix: Option<&str>) -> Hit {
        let found = Found { version: version.into(), direct: true, ..Found::default() };
        Hit { found, advisories: Vec::new(), score: None, rating: "high", fix: fix.map(str::to_owned) }
    }

    #[test]
    fn many_packages_are_those_of_named_repositories() {
        let step = |at: usize| Mend {
            package: format!("maven:org.example.group:artifact-{at}"),
            from: "1.0".into(),
            to: "1.1".into(),
            overrides: false,
        };
        let mut one = hit("1.0", Some("1.1"));
        one.found.repo = "acme/shop".into();
        let exposure = Exposure { hits: vec![one, hit("2.0", None)], ..Exposure::default() };
        let few: Vec<Mend> = (0..3).map(step).collect();
        assert!(targets(&few, &exposure).starts_with("select: >-\n      repo.dependsOn("));
        let many: Vec<Mend> = (0..100).map(step).collect();
        assert_eq!(targets(&many, &exposure), "repos:\n      - \"acme/shop\"");
    }

    #[test]
    fn what_is_safe_between_is_left_alone() {
        let versions =
            ["2.0", "2.3.1", "2.3.2", "2.11", "2.12.1", "2.14.1", "2.17.1", "2.99"].map(String::from);
        let hits = [
            hit("2.0", Some("2.3.2")),
            hit("2.3.1", Some("2.3.2")),
            hit("2.11", Some("2.12.4")),
            hit("2.12.1", Some("2.12.4")),
            hit("2.14.1", Some("2.17.1")),
            hit("2.99", None),
        ];
        let hits: Vec<&Hit> = hits.iter().collect();
        let steps = runs("maven:g:a", &versions, &hits);
        let told: Vec<_> = steps.iter().map(|step| (step.from.as_str(), step.to.as_str())).collect();
        let expected = [(">=2.0, <=2.3.1", "2.3.2"), (">=2.11, <=2.12.1", "2.12.4"), ("2.14.1", "2.17.1")];
        assert_eq!(told, expected);
        let apart = [hit("2.0", Some("2.17.1")), hit("2.14.1", Some("2.17.1"))];
        let split = runs("maven:g:a", &versions, &apart.iter().collect::<Vec<_>>());
        let told: Vec<_> = split.iter().map(|step| step.from.as_str()).collect();
        assert_eq!(told, ["2.0", "2.14.1"]);
    }
}
