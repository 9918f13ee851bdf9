//! Who is where, and what keeps them from a release: which package, in which version, at which place.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_bom::{Bom, Ruler, Standing, Used, Verdict};
use serde::Serialize;

use super::users::{Member, told, users};
use crate::deps::{Found, used_in};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// Whom is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Those on the release of this position, and what keeps them from the next one.
    On(usize),
    /// Those who are not where the stable channel moves users to, nor beyond.
    NotThere,
}

/// A user, and what keeps it from a release.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Straggler {
    /// The forge's name.
    pub forge: String,
    /// The repository.
    pub repo: String,
    /// The component's reference; empty for what of the repository is no component's.
    pub component: String,
    /// `on`, `behind` or `untold`.
    pub standing: &'static str,
    /// The release it is on; empty for none.
    pub release: String,
    /// The release it lacks something for; empty where there is no newer one.
    pub wanted: String,
    /// What keeps it from that.
    pub lacks: Vec<Lack>,
}

/// A place that keeps a user from a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lack {
    /// The package.
    pub package: String,
    /// The version that is used; empty where it cannot be told.
    pub version: String,
    /// The requirement as it is declared.
    pub requirement: String,
    /// The version that is wanted.
    pub wanted: String,
    /// Why it cannot be told; empty where it is below for certain.
    pub why: String,
    /// The file.
    pub file: String,
    /// The line; 0 where there is none.
    pub line: u32,
    /// Where the version comes from, such as `parent acme:parent:1.0`.
    pub through: String,
}

/// Lists users, by repository and component.
///
/// # Errors
/// When the database fails.
pub async fn stragglers(fleet: &Fleet, bom: &Bom, whom: Whom) -> Result<Vec<Straggler>, EngineError> {
    let now = fleet.now();
    let mut ruler = Ruler::new(bom, now);
    let aim = bom.aim(now);
    let (wanted, is_meant): (usize, &dyn Fn(Standing) -> bool) = match whom {
        Whom::On(at) => (at + 1, &move |standing| standing == Standing::On(at)),
        Whom::NotThere => (aim, &move |standing| !standing.is_at(aim)),
    };
    let mut members = users(fleet, &mut ruler, None).await?;
    members.retain(|member| is_meant(member.standing));
    let mut lacking: Vec<Vec<Used<'_>>> = Vec::new();
    for member in &members {
        let keeps = |used: &Used<'_>| ruler.verdict(member.user(), *used, wanted) >= Verdict::Unknown;
        lacking.push(member.used().filter(keeps).collect());
    }
    let places = places(fleet, &ruler, (&members, &lacking)).await?;
    let rows = members.iter().zip(&lacking).map(|(member, lacking)| {
        let (standing, release) = told(bom, member.standing);
        let release_wanted = bom.releases.get(wanted);
        let lacks = lacking.iter().flat_map(|used| {
            let package = ruler.packages().get(used.package);
            let pin =
                package.and_then(|package| release_wanted?.pin(package)).map(|pin| pin.version.as_str());
            let found = places.get(&(used.package, used.version)).into_iter().flatten();
            found.filter(|found| is_of(member, found)).map(move |found| lack(found, pin.unwrap_or_default()))
        });
        Straggler {
            forge: member.forge.clone(),
            repo: member.name.clone(),
            component: member.component.clone(),
            standing,
            release,
            wanted: release_wanted.map(|release| release.version.clone()).unwrap_or_default(),
            lacks: lacks.collect(),
        }
    });
    Ok(rows.collect())
}

fn is_of(member: &Member, found: &Found) -> bool {
    let whose = match member.component.as_str() {
        "" => found.components.is_empty(),
        component => found.components.iter().any(|each| each == component),
    };
    whose && found.repo == member.name && found.forge == member.forge
}

/// By package and version, the places where they are declared.
type Places<'a> = BTreeMap<(usize, &'a str), Vec<Found>>;

/// The places of everything that is lacking, in the repositories of these members.
async fn places<'a>(
    fleet: &Fleet,
    ruler: &Ruler<'_>,
    (members, lacking): (&[Member], &[Vec<Used<'a>>]),
) -> Result<Places<'a>, EngineError> {
    let repos: BTreeSet<i64> = members.iter().map(|member| member.repo).collect();
    let mut versions: BTreeMap<usize, BTreeSet<&'a str>> = BTreeMap::new();
    for used in lacking.iter().flatten() {
        versions.entry(used.package).or_default().insert(used.version);
    }
    let mut places = Places::new();
    for (at, versions) in versions {
        let Some(package) = ruler.packages().get(at) else { continue };
        let known = fleet.store.versions(package.ecosystem().word(), package.name()).await?;
        let Some((id, _)) = known else { continue };
        let wanted: Vec<&str> = versions.iter().copied().collect();
        let mut uses = fleet.store.uses(id, &wanted).await?;
        uses.retain(|each| each.row.direct && repos.contains(&each.repo));
        for found in used_in(fleet, uses).await? {
            let version = versions.get(found.version.as_str()).copied();
            if let Some(version) = version {
                places.entry((at, version)).or_default().push(found);
            }
        }
    }
    Ok(places)
}

fn lack(found: &Found, wanted: &str) -> Lack {
    let why = match (found.version.is_empty(), found.why.is_empty()) {
        (true, false) => found.why.clone(),
        (true, true) => "its version cannot be told".to_owned(),
        (false, _) => String::new(),
    };
    Lack {
        package: found.package.clone(),
        version: found.version.clone(),
        requirement: found.requirement.clone(),
        wanted: wanted.to_owned(),
        why,
        file: found.file.clone(),
        line: found.line,
        through: found.through.clone(),
    }
}
