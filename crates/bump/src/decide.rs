//! What is to become of one place.

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Inventory, Through, Version, compare};

use crate::commit;
use crate::locks::Locks;
use crate::pins::is_pin;
use crate::requirement::{Asked, Stand};
use crate::spot::{Spot, within};
use crate::told::Verdict;
use crate::wish::Wish;

/// What is to become of a place: the verdict, and where it is raised the bytes that are written there.
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) write: Option<String>,
}

impl From<Verdict> for Decision {
    fn from(verdict: Verdict) -> Decision {
        Decision { verdict, write: None }
    }
}

/// What a decision is made of.
pub(crate) struct Terms<'a> {
    pub(crate) wish: &'a Wish<'a>,
    /// The wanted version in the ecosystem's form.
    pub(crate) to: &'a str,
    pub(crate) inventory: &'a Inventory,
    pub(crate) locks: &'a Locks<'a>,
}

impl Terms<'_> {
    pub(crate) fn ecosystem(&self) -> Ecosystem {
        self.wish.package.ecosystem()
    }

    /// What is to become of a place.
    pub(crate) fn decide(&self, spot: &Spot<'_>) -> Decision {
        if let Some(why) = self.own(spot) {
            return Verdict::Unknown(why).into();
        }
        let Some((whole, before)) = spot.whole() else { return self.not_written(spot).into() };
        let asked = Asked { ecosystem: self.ecosystem(), text: whole, to: self.to };
        let comment = spot.first().and_then(|declared| declared.comment.as_deref());
        let stand = match commit::stand(&asked, comment, self.wish.pinned) {
            Some(stand) => stand,
            None => asked.stand(),
        };
        let spared = match stand {
            Stand::At => Some(Verdict::Already),
            Stand::Above => Some(Verdict::Newer),
            _ => self.spared(spot),
        };
        if let Some(verdict) = spared {
            return verdict.into();
        }
        let raise = match stand {
            Stand::At | Stand::Above => return Verdict::Already.into(),
            Stand::Unknown(why) => return Verdict::Unknown(why).into(),
            Stand::Allows => match self.locked(spot) {
                Some(verdict) => return verdict.into(),
                None => asked.raised().map_err(|_| Verdict::Allowed),
            },
            Stand::Below => asked.raised().map_err(Verdict::Unknown),
        };
        if !within(self.wish.dir, &spot.place.path) {
            return Verdict::Outside(spot.place.path.clone()).into();
        }
        if let Some(comment) = self.pin(spot) {
            return Verdict::Pinned(comment).into();
        }
        let new = match raise {
            Ok(new) => new,
            Err(verdict) => return verdict.into(),
        };
        match new.strip_prefix(before) {
            Some(new) => Decision { verdict: Verdict::Raised, write: Some(new.to_owned()) },
            None => {
                Verdict::Unknown(format!("`{whole}` would have to become `{new}`; write it by hand")).into()
            }
        }
    }

    /// Why a version is not one of a dependency but this repository's own.
    fn own(&self, spot: &Spot<'_>) -> Option<String> {
        let mine = |path: &str| format!("it is a part of this repository; its version is that of {path}");
        let manifest = self.inventory.manifests.iter();
        let mut same = manifest.filter(|manifest| manifest.package.as_ref() == Some(self.wish.package));
        if let Some(manifest) = same.next() {
            return Some(mine(&manifest.path));
        }
        let project = |through: &Through| match through {
            Through::Property(name) => matches!(
                name.as_str(),
                "project.version" | "pom.version" | "version" | "project.parent.version" | "parent.version"
            ),
            _ => false,
        };
        let maven = |path: &str| path.ends_with("pom.xml");
        let (_, declared) =
            spot.declared.iter().find(|(manifest, one)| maven(&manifest.path) && project(&one.through))?;
        Some(format!("its version is that of the project itself ({})", declared.through))
    }

    /// Where nothing is written that could be replaced.
    fn not_written(&self, spot: &Spot<'_>) -> Verdict {
        let Some(declared) = spot.first() else { return Verdict::Unknown(String::new()) };
        let from = match &declared.through {
            Through::Parent(package, version) | Through::Bom(package, version) => Some((package, version)),
            _ => None,
        };
        match (&declared.version, from) {
            (Version::Known(version), _) if self.reached(version).is_some() => {
                self.reached(version).unwrap_or(Verdict::Already)
            }
            (_, Some((package, version))) => Verdict::Inherited(package.clone(), version.clone()),
            (Version::Unknown(why), None) => Verdict::Unknown(why.clone()),
            (Version::Known(version), None) => match self.locked(spot) {
                Some(verdict) => verdict,
                None => {
                    let parts = match self.ecosystem() {
                        Ecosystem::Image => "has its digest or another part of it elsewhere",
                        _ => "is put together of several parts",
                    };
                    Verdict::Unknown(format!("{version} {parts}; change it by hand"))
                }
            },
        }
    }

    /// Why a place is none of those that are asked for.
    fn spared(&self, spot: &Spot<'_>) -> Option<Verdict> {
        let range = self.wish.from?;
        for (manifest, declared) in spot.users() {
            let locked = self.locks.of(manifest, declared).map(|(_, versions)| versions);
            let versions = match (&declared.version, locked) {
                (_, Some(versions)) => versions,
                (Version::Known(version), None) => vec![version.as_str()],
                (Version::Unknown(why), None) => return Some(Verdict::Unknown(why.clone())),
            };
            for version in versions {
                match range.contains(version) {
                    Some(true) => return None,
                    Some(false) => {}
                    None => return Some(Verdict::Unknown(format!("{version} has no place in that range"))),
                }
            }
        }
        Some(Verdict::Spared)
    }

    /// The verdict on a version that is the wanted one or newer.
    pub(crate) fn reached(&self, version: &str) -> Option<Verdict> {
        match compare(self.ecosystem(), version, self.to)? {
            Ordering::Less if self.wish.from.is_some_and(|range| range.contains(version) == Some(false)) => {
                Some(Verdict::Spared)
            }
            Ordering::Less => None,
            Ordering::Equal => Some(Verdict::Already),
            Ordering::Greater => Some(Verdict::Newer),
        }
    }

    /// What the lockfiles say of a place whose requirement allows the version; `None` where one of its users has no
    /// lockfile, so that only the requirement can make it at least the version.
    fn locked(&self, spot: &Spot<'_>) -> Option<Verdict> {
        let mut verdict = Verdict::Newer;
        for (manifest, declared) in spot.users() {
            let (_, versions) = self.locks.of(manifest, declared)?;
            for version in versions {
                match self.reached(version) {
                    None => return Some(Verdict::Allowed),
                    Some(Verdict::Already) => verdict = Verdict::Already,
                    Some(_) => {}
                }
            }
        }
        Some(verdict)
    }

    /// The comment that says why the version must stay.
    fn pin(&self, spot: &Spot<'_>) -> Option<String> {
        if self.wish.pinned {
            return None;
        }
        let mut comments = spot.declared.iter().filter_map(|(_, declared)| declared.comment.as_ref());
        comments.find(|comment| is_pin(comment)).cloned()
    }
}
