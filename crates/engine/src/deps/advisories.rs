//! What is affected by advisories, and the least change that mends it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use fleetwright_advisory::{Advisory, Affected, Library, Verdict, load, mend};
use fleetwright_package::{Ecosystem, Package};
use serde::Serialize;

use super::who::{Found, used_in};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// What is affected.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Exposure {
    /// Every place that is affected: the worst first.
    pub hits: Vec<Hit>,
    /// Places of which it cannot be told, since their version has no place in an advisory's range.
    pub untold: Vec<Found>,
    /// What the advisories that hit say.
    pub advisories: BTreeMap<String, Told>,
    /// How many advisories were read.
    pub read: usize,
    /// Files that are no advisories, and why.
    pub findings: Vec<(String, String)>,
}

/// One affected place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// Where, and what it is reached through.
    #[serde(flatten)]
    pub found: Found,
    /// The names of the advisories, the worst first.
    pub advisories: Vec<String>,
    /// The worst of their scores.
    pub score: Option<f64>,
    /// The worst of their ratings, such as `critical`.
    pub rating: &'static str,
    /// The least version that mends all of them; `None` where none is known.
    pub fix: Option<String>,
}

/// What an advisory says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// Its other names.
    pub aliases: Vec<String>,
    /// One sentence.
    pub summary: String,
    /// Its score.
    pub score: Option<f64>,
    /// Its rating.
    pub rating: &'static str,
}

impl Told {
    /// The name that people know it by: its CVE, if it has one; `id` is its own.
    pub fn known_as<'a>(&'a self, id: &'a str) -> &'a str {
        self.aliases.iter().find(|alias| alias.starts_with("CVE-")).map_or(id, String::as_str)
    }
}

/// A package in a version, as the database names it.
type Version = (i64, String);

/// Holds everything in use against the advisories of a folder or zip; with a name, only against those called so.
///
/// # Errors
/// When the advisories cannot be loaded, none is called so, or the database fails.
pub async fn advisories(fleet: &Fleet, path: &Path, called: Option<&str>) -> Result<Exposure, EngineError> {
    let known = fleet.store.packages().await?;
    let packages: HashSet<Package> = known.iter().filter_map(package).collect();
    let library = tokio::task::block_in_place(|| load(path, &|package| packages.contains(package)));
    let library = library.map_err(|error| EngineError::Usage(error.to_string()))?;
    let mut exposure =
        Exposure { read: library.read, findings: library.findings.clone(), ..Exposure::default() };
    let mut struck: BTreeMap<i64, Vec<(String, Strike)>> = BTreeMap::new();
    let mut unclear: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for package in library.packages() {
        let in_use = fleet.store.versions(package.ecosystem().word(), package.name()).await?;
        let Some((id, versions)) = in_use else { continue };
        for version in versions {
            match strike(&library, package, &version, called) {
                (Some(strike), _) => struck.entry(id).or_default().push((version, strike)),
                (None, true) => unclear.entry(id).or_default().push(version),
                (None, false) => {}
            }
        }
    }
    exposure.advisories = told(&library, &struck);
    exposure.hits = hits(fleet, struck).await?;
    let mut uses = Vec::new();
    for (package, versions) in unclear {
        let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
        uses.extend(fleet.store.uses(package, &versions).await?);
    }
    exposure.untold = used_in(fleet, uses).await?;
    Ok(exposure)
}

fn package((ecosystem, name): &(String, String)) -> Option<Package> {
    Package::new(Ecosystem::of_word(ecosystem)?, name).ok()
}

/// What advisories say against one version.
#[derive(Debug, Clone)]
struct Strike {
    advisories: Vec<String>,
    score: Option<f64>,
    rating: fleetwright_advisory::Rating,
    fix: Option<String>,
}

/// The worse one first; of equally bad ones by name.
fn worst_first(one: &Advisory, other: &Advisory) -> Ordering {
    let score = |advisory: &Advisory| advisory.severity.score.unwrap_or_default();
    let worse = other.severity.rating.cmp(&one.severity.rating);
    worse.then(score(other).total_cmp(&score(one))).then_with(|| one.id.cmp(&other.id))
}

/// Whether a version is affected; also whether that cannot be told.
fn strike(
    library: &Library,
    package: &Package,
    version: &str,
    called: Option<&str>,
) -> (Option<Strike>, bool) {
    let mut against: Vec<&Affected> = Vec::new();
    let mut hits: Vec<&Advisory> = Vec::new();
    let mut untold = false;
    for (advisory, affected) in library.about(package) {
        if called.is_some_and(|name| !advisory.is_called(name)) {
            continue;
        }
        against.push(affected);
        match affected.holds(version) {
            Verdict::Safe => {}
            Verdict::Untold => untold = true,
            Verdict::Affected if hits.iter().any(|hit| hit.id == advisory.id) => {}
            Verdict::Affected => hits.push(advisory),
        }
    }
    hits.sort_by(|one, other| worst_first(one, other));
    let Some(worst) = hits.first() else { return (None, untold) };
    let strike = Strike {
        rating: worst.severity.rating,
        score: hits.iter().filter_map(|hit| hit.severity.score).max_by(f64::total_cmp),
        fix: mend(version, &against).map(str::to_owned),
        advisories: hits.iter().map(|hit| hit.id.clone()).collect(),
    };
    (Some(strike), false)
}

fn told(library: &Library, struck: &BTreeMap<i64, Vec<(String, Strike)>>) -> BTreeMap<String, Told> {
    let names: HashSet<&String> =
        struck.values().flatten().flat_map(|(_, strike)| &strike.advisories).collect();
    let of = library.advisories().iter().filter(|advisory| names.contains(&advisory.id));
    of.map(|advisory| {
        let told = Told {
            aliases: advisory.aliases.clone(),
            summary: advisory.summary.clone(),
            score: advisory.severity.score,
            rating: advisory.severity.rating.word(),
        };
        (advisory.id.clone(), told)
    })
    .collect()
}

/// The places of what is affected: the worst first, then by repository.
async fn hits(fleet: &Fleet, struck: BTreeMap<i64, Vec<(String, Strike)>>) -> Result<Vec<Hit>, EngineError> {
    let mut uses = Vec::new();
    let mut strikes: HashMap<Version, Strike> = HashMap::new();
    let mut names: HashMap<String, i64> = HashMap::new();
    for (package, versions) in struck {
        let wanted: Vec<&str> = versions.iter().map(|(version, _)| version.as_str()).collect();
        let found = fleet.store.uses(package, &wanted).await?;
        names
            .extend(found.first().map(|each| (format!("{}:{}", each.row.ecosystem, each.row.name), package)));
        uses.extend(found);
        strikes.extend(versions.into_iter().map(|(version, strike)| ((package, version), strike)));
    }
    let found = used_in(fleet, uses).await?;
    let mut hits: Vec<(fleetwright_advisory::Rating, Hit)> = Vec::new();
    for found in found {
        let strike = names.get(&found.package).and_then(|id| strikes.get(&(*id, found.version.clone())));
        let Some(Strike { advisories, score, rating, fix }) = strike.cloned() else { continue };
        hits.push((rating, Hit { found, advisories, score, rating: rating.word(), fix }));
    }
    let score = |hit: &Hit| hit.score.unwrap_or_default();
    hits.sort_by(|(rating, hit), (other_rating, other)| {
        let worse = other_rating.cmp(rating).then(score(other).total_cmp(&score(hit)));
        let place = |hit: &Hit| (hit.found.repo.clone(), hit.found.package.clone(), hit.found.file.clone());
        worse.then_with(|| place(hit).cmp(&place(other)))
    });
    Ok(hits.into_iter().map(|(_, hit)| hit).collect())
}
