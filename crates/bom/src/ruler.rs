//! Who is on which release: the decision, for one user after the other.

use std::cmp::Ordering;
use std::collections::HashMap;

use fleetwright_package::{Key, Package};

use crate::bom::{Bom, Channel, Override};

/// Somebody who uses packages of a bill of materials: a component, or what of a repository is no component's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User<'a> {
    /// The repository's name, such as `acme/shop`.
    pub repo: &'a str,
    /// The component's reference; empty for none.
    pub component: &'a str,
}

/// A package that somebody uses, in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Used<'a> {
    /// The position of the package among [`Ruler::packages`].
    pub package: usize,
    /// The version; empty where it cannot be told.
    pub version: &'a str,
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// On the release of this position: the newest that it keeps to.
    On(usize),
    /// On none: below the oldest.
    Behind,
    /// It cannot be told.
    Untold,
}

/// What a release says of a package in a version; what weighs more comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The release does not name the package.
    Silent,
    /// It is the release's version or a newer one, or an override allows it.
    Met,
    /// It cannot be told: the version is not known, or has no order with the release's.
    Unknown,
    /// It is below the release's version.
    Below,
}

/// A bill of materials at a time, which users are held against.
pub struct Ruler<'a> {
    bom: &'a Bom,
    now: i64,
    packages: Vec<Package>,
    /// By package and release: the version that is asked for.
    wanted: Vec<Vec<Option<&'a Key>>>,
    /// The positions of the overrides of each package.
    overrides: Vec<Vec<usize>>,
    /// By package and version: what each release says. A fleet has few versions of each.
    known: Vec<HashMap<String, Box<[Verdict]>>>,
}

impl<'a> Ruler<'a> {
    /// A bill of materials at a time in milliseconds since 1970 UTC.
    pub fn new(bom: &'a Bom, now: i64) -> Ruler<'a> {
        let packages = bom.packages();
        let wanted = |package: &Package| {
            bom.releases.iter().map(|release| release.pin(package).map(|pin| &pin.key)).collect()
        };
        let own = |package: &Package| {
            let all = bom.overrides.iter().enumerate();
            all.filter(|(_, over)| over.package == *package).map(|(at, _)| at).collect()
        };
        Ruler {
            bom,
            now,
            wanted: packages.iter().map(wanted).collect(),
            overrides: packages.iter().map(own).collect(),
            known: vec![HashMap::new(); packages.len()],
            packages,
        }
    }

    /// Every package that any release names, in order.
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Where somebody with these uses stands. A release holds when each of its packages that is used keeps to it,
    /// in every place; one that names none of them says nothing, and leaves a user where the one before it did.
    pub fn standing(&mut self, user: User<'_>, uses: &[Used<'_>]) -> Standing {
        let mut said = vec![Verdict::Silent; self.bom.releases.len()];
        for used in uses {
            let allowed = self.allowed(user, *used);
            for (said, verdict) in said.iter_mut().zip(self.verdicts(*used)) {
                *said = (*said).max(if allowed { (*verdict).min(Verdict::Met) } else { *verdict });
            }
        }
        let mut standing = Standing::Behind;
        for (at, said) in said.into_iter().enumerate() {
            standing = match said {
                Verdict::Met => Standing::On(at),
                Verdict::Unknown => Standing::Untold,
                Verdict::Silent if at > 0 && standing == Standing::On(at - 1) => Standing::On(at),
                Verdict::Silent | Verdict::Below => standing,
            };
        }
        standing
    }

    /// What the release of this position says of one use.
    pub fn verdict(&mut self, user: User<'_>, used: Used<'_>, release: usize) -> Verdict {
        let allowed = self.allowed(user, used);
        let verdict = self.bare(used, release);
        if allowed { verdict.min(Verdict::Met) } else { verdict }
    }

    /// What the release of this position says of one use, as if there were no overrides.
    pub fn bare(&mut self, used: Used<'_>, release: usize) -> Verdict {
        self.verdicts(used).get(release).copied().unwrap_or(Verdict::Silent)
    }

    /// The positions of the overrides that are about this package of this user, also of those that are over.
    pub fn overrides_of(&self, user: User<'_>, package: usize) -> Vec<usize> {
        let own = self.overrides.get(package).into_iter().flatten().copied();
        own.filter(|at| self.row(*at).is_some_and(|over| over.place.holds(user.repo, user.component)))
            .collect()
    }

    /// Pairs of overrides that say different things of the same package of this user, while both count.
    pub fn conflicts(&self, user: User<'_>, package: usize) -> Vec<(usize, usize)> {
        let mut own = self.overrides_of(user, package);
        own.retain(|at| self.row(*at).is_some_and(|over| over.counts(self.now)));
        let text = |at: &usize| self.row(*at).map(|over| over.version.as_str());
        let pairs = own.iter().enumerate().flat_map(|(at, left)| {
            own.iter()
                .skip(at + 1)
                .filter(move |right| text(left) != text(right))
                .map(move |right| (*left, *right))
        });
        pairs.collect()
    }

    fn row(&self, at: usize) -> Option<&'a Override> {
        self.bom.overrides.get(at)
    }

    /// Whether an override lets this user stay: there is one that counts, and all that count allow the version.
    fn allowed(&self, user: User<'_>, used: Used<'_>) -> bool {
        if used.version.is_empty() || self.overrides.get(used.package).is_none_or(Vec::is_empty) {
            return false;
        }
        let own = self.overrides_of(user, used.package).into_iter().filter_map(|at| self.row(at));
        let mut counting = own.filter(|over| over.counts(self.now)).peekable();
        counting.peek().is_some()
            && counting.all(|over| over.allowed.holds(&over.package, used.version) == Some(true))
    }

    fn verdicts(&mut self, used: Used<'_>) -> &[Verdict] {
        let (Some(package), Some(wanted), Some(known)) = (
            self.packages.get(used.package),
            self.wanted.get(used.package),
            self.known.get_mut(used.package),
        ) else {
            return &[];
        };
        if !known.contains_key(used.version) {
            let key = Key::read(package.ecosystem(), used.version);
            let said = wanted.iter().map(|wanted| said(key.as_ref(), *wanted)).collect();
            known.insert(used.version.to_owned(), said);
        }
        known.get(used.version).map_or(&[], |said| said)
    }
}

fn said(version: Option<&Key>, wanted: Option<&Key>) -> Verdict {
    let Some(wanted) = wanted else { return Verdict::Silent };
    match version.and_then(|version| version.partial_cmp(wanted)) {
        Some(Ordering::Less) => Verdict::Below,
        Some(Ordering::Equal | Ordering::Greater) => Verdict::Met,
        None => Verdict::Unknown,
    }
}

impl Standing {
    /// Whether it is the release of this position, or a newer one.
    pub fn is_at(self, release: usize) -> bool {
        matches!(self, Standing::On(at) if at >= release)
    }
}

impl Bom {
    /// The position of the release that users of the stable channel are to be on at a time in milliseconds since
    /// 1970 UTC: what it points to, where none is old enough yet.
    pub fn aim(&self, now: i64) -> usize {
        self.target(Channel::Stable, now).map_or(self.stable, |target| target.release)
    }
}
