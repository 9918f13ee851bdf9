//! An advisory as OSV writes it.

use std::collections::BTreeMap;

use fleetwright_package::{Ecosystem, Event, Package};
use serde::Deserialize;
use serde_json::Value;

use crate::affected::Affected;
use crate::severity::Severity;

/// An advisory, as far as it is about packages of ecosystems that are known here.
#[derive(Debug, Clone)]
pub struct Advisory {
    /// Its name, such as `GHSA-jfh8-c2jp-5v3q`.
    pub id: String,
    /// Its other names, such as `CVE-2021-44228`.
    pub aliases: Vec<String>,
    /// One sentence on it; empty where there is none.
    pub summary: String,
    /// How bad it is.
    pub severity: Severity,
    /// When it was withdrawn, if it was.
    pub withdrawn: Option<String>,
    /// What it says of each package.
    pub affected: Vec<Affected>,
}

/// Why a text is no advisory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no advisory of OSV: {0}")]
pub struct ReadError(String);

impl Advisory {
    /// Whether a name is its own or one of its others, in any case.
    pub fn is_called(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

#[derive(Deserialize)]
struct Record {
    id: String,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    withdrawn: Option<String>,
    #[serde(default)]
    severity: Option<Vec<Score>>,
    #[serde(default)]
    affected: Option<Vec<AffectedRecord>>,
    #[serde(default)]
    database_specific: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Score {
    #[serde(default)]
    score: String,
}

#[derive(Deserialize)]
struct AffectedRecord {
    #[serde(default)]
    package: Option<PackageRecord>,
    #[serde(default)]
    severity: Option<Vec<Score>>,
    #[serde(default)]
    ranges: Option<Vec<RangeRecord>>,
    #[serde(default)]
    versions: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct PackageRecord {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct RangeRecord {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<BTreeMap<String, String>>,
}

/// Reads one advisory. Packages of other ecosystems, and ranges of commits, are left out.
///
/// # Errors
/// When it is no JSON of that form.
pub fn read(text: &str) -> Result<Advisory, ReadError> {
    let record: Record = serde_json::from_str(text).map_err(|error| ReadError(error.to_string()))?;
    let affected = record.affected.unwrap_or_default();
    let word =
        record.database_specific.as_ref().and_then(|rows| rows.get("severity")).and_then(Value::as_str);
    let own = record.severity.iter().flatten();
    let of_packages = affected.iter().flat_map(|row| row.severity.iter().flatten());
    let vectors: Vec<&str> = own.chain(of_packages).map(|score| score.score.as_str()).collect();
    Ok(Advisory {
        severity: Severity::of(vectors.into_iter(), word),
        id: record.id,
        aliases: record.aliases.unwrap_or_default(),
        summary: record.summary.unwrap_or_default(),
        withdrawn: record.withdrawn,
        affected: affected.into_iter().filter_map(one).collect(),
    })
}

fn one(record: AffectedRecord) -> Option<Affected> {
    let package = record.package?;
    // What follows a colon (a release, a repository) does not matter here.
    let ecosystem = Ecosystem::of_osv(package.ecosystem.split(':').next()?)?;
    let package = Package::new(ecosystem, &package.name).ok()?;
    let ranges = record.ranges.unwrap_or_default().into_iter().filter_map(events).collect();
    Some(Affected::new(package, ranges, record.versions.unwrap_or_default()))
}

/// The events of a range; `None` for one of commits.
fn events(record: RangeRecord) -> Option<Vec<Event>> {
    if !["SEMVER", "ECOSYSTEM"].contains(&record.kind.as_str()) {
        return None;
    }
    let event = |(what, version): (String, String)| match what.as_str() {
        "introduced" => Some(Event::Introduced(version)),
        "fixed" => Some(Event::Fixed(version)),
        "last_affected" => Some(Event::LastAffected(version)),
        "limit" => Some(Event::Limit(version)),
        _ => None,
    };
    Some(record.events.into_iter().flatten().filter_map(event).collect())
}
