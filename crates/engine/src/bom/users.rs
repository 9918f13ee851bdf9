//! Who uses packages of a bill of materials, and where they stand.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_bom::{Bom, Ruler, Standing, Used, User};

use crate::deps::Components;
use crate::error::EngineError;
use crate::fleet::Fleet;

/// A component that uses packages of a bill of materials, or what of a repository is no component's.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The repository's row.
    pub(super) repo: i64,
    /// The forge's name.
    pub(super) forge: String,
    /// The repository's name.
    pub(super) name: String,
    /// The component's reference; empty for none.
    pub(super) component: String,
    /// The packages by position, and their versions.
    pub(super) uses: BTreeSet<(usize, String)>,
    /// Where it stands.
    pub(super) standing: Standing,
}

impl Member {
    /// As the pure decision knows it.
    pub(super) fn user(&self) -> User<'_> {
        User { repo: &self.name, component: &self.component }
    }

    /// What it uses.
    pub(super) fn used(&self) -> impl Iterator<Item = Used<'_>> {
        self.uses.iter().map(|(package, version)| Used { package: *package, version })
    }
}

/// By component, what is used.
type ByComponent<'a> = BTreeMap<&'a str, BTreeSet<(usize, String)>>;

/// The users among these repositories, or all, by repository and component; `ruler` decides where they stand.
pub(super) async fn users(
    fleet: &Fleet,
    ruler: &mut Ruler<'_>,
    among: Option<&BTreeSet<i64>>,
) -> Result<Vec<Member>, EngineError> {
    let packages: Vec<(&str, &str)> =
        ruler.packages().iter().map(|package| (package.ecosystem().word(), package.name())).collect();
    let uses = fleet.store.bom_uses(&packages, among).await?;
    let repos: BTreeSet<i64> = uses.iter().map(|each| each.repo).collect();
    let shared = uses.iter().filter(|each| !each.members.is_empty()).map(|each| each.repo).collect();
    let components = Components::of(fleet, &repos, &shared).await?;
    let mut members: BTreeMap<i64, ByComponent<'_>> = BTreeMap::new();
    for each in uses {
        let own = members.entry(each.repo).or_default();
        let using = components.around(each.repo, &each.path, &each.members);
        let references = using.iter().map(|component| component.reference.as_str());
        let references: BTreeSet<&str> = if using.is_empty() { [""].into() } else { references.collect() };
        for reference in references {
            own.entry(reference).or_default().insert((each.package, each.version.clone()));
        }
    }
    let mut found = Vec::new();
    for (repo, own) in members {
        let (forge, name) = components.repo(repo);
        for (component, uses) in own {
            let (forge, name, component) = (forge.clone(), name.clone(), component.to_owned());
            let mut member = Member { repo, forge, name, component, uses, standing: Standing::Untold };
            let used: Vec<Used<'_>> = member.used().collect();
            member.standing = ruler.standing(member.user(), &used);
            found.push(member);
        }
    }
    found.sort_by(|left, right| {
        let key = |member: &Member| (member.name.clone(), member.forge.clone());
        key(left).cmp(&key(right)).then_with(|| left.component.cmp(&right.component))
    });
    Ok(found)
}

/// A standing as it is kept and told: a word, and the release.
pub(super) fn told(bom: &Bom, standing: Standing) -> (&'static str, String) {
    match standing {
        Standing::On(at) => {
            ("on", bom.releases.get(at).map(|release| release.version.clone()).unwrap_or_default())
        }
        Standing::Behind => ("behind", String::new()),
        Standing::Untold => ("untold", String::new()),
    }
}

/// The way back; a release that is no longer in the file is none.
pub(super) fn standing(bom: &Bom, word: &str, release: &str) -> Standing {
    match word {
        "on" => bom.release(release).map_or(Standing::Behind, Standing::On),
        "behind" => Standing::Behind,
        _ => Standing::Untold,
    }
}
