//! From a wish to new texts.

use std::collections::BTreeMap;

use fleetwright_package::{Files, Inventory, Package};

use crate::decide::Terms;
use crate::edits::Edits;
use crate::guard::Guard;
use crate::locks::Locks;
use crate::overrides::Overrides;
use crate::spot::{Spot, along, spots};
use crate::stale::stale;
use crate::told::{Stale, Told, Verdict};
use crate::transitive::{Below, transitive};
use crate::version::{check, wanted};
use crate::wish::{BumpError, Wish};
use crate::writing::write;

/// What came of a wish.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bumped {
    /// The files that changed, by path from the repository's root, with their whole new texts.
    pub files: BTreeMap<String, String>,
    /// Every place that names the package, in the order of files and lines.
    pub told: Vec<Told>,
    /// The lockfiles that are behind now.
    pub stale: Vec<Stale>,
}

/// Brings a package to a version, in texts. `read` is how an inventory is made of texts; it is asked again with what
/// was written, and the answer must be the wanted version in every place that was raised, and the same as before
/// everywhere else.
///
/// A requirement that allows the wanted version and lower ones stays as it is where a lockfile says which version is
/// used: then the lockfile is behind. Where there is none, the requirement is raised, because nothing else makes it at
/// least the wanted version.
///
/// # Errors
/// [`BumpError`]; then nothing is changed.
pub fn bump(
    files: &Files,
    inventory: &Inventory,
    wish: &Wish<'_>,
    read: &dyn Fn(&Files) -> Inventory,
) -> Result<Bumped, BumpError> {
    check(wish.package, wish.to)?;
    let (to, locks) = (wanted(wish.package, wish.to), Locks::new(inventory));
    let terms = Terms { wish, to: &to, inventory, locks: &locks };
    let mut edits = Edits::default();
    let mut decided = Vec::new();
    for spot in spots(files, inventory, &locks, wish) {
        let decision = terms.decide(&spot);
        let verdict = match decision.write.map(|new| write(files, &terms, &spot, new)) {
            Some(Ok(changes)) => {
                changes.into_iter().for_each(|(span, with)| edits.add(&spot.place.path, span, with));
                decision.verdict
            }
            Some(Err(why)) => Verdict::Unknown(why),
            None => decision.verdict,
        };
        decided.push((spot, verdict));
    }
    let (mut texts, new) = written(files, &terms, &edits, &decided, read)?;
    let spots: Vec<&Spot<'_>> = decided.iter().map(|(spot, _)| spot).collect();
    let (mut below, mut told) = transitive(&terms, &spots);
    // What was raised may be what they have it from.
    below.retain(|one| new.as_ref().is_none_or(|new| is_still(new, wish.package, &one.told)));
    if wish.overrides {
        let mut overrides = Overrides::new(&terms, (files, &texts), new.as_ref(), read);
        override_all(&mut overrides, &mut decided, &mut below);
        texts.extend(overrides.texts);
    }
    let stale = stale(&terms, new.as_ref(), &decided, &below);
    told.extend(below.into_iter().map(|one| one.told));
    told.extend(decided.into_iter().map(|(spot, verdict)| tell((inventory, new.as_ref()), &spot, verdict)));
    told.sort_by(|one, other| {
        let key = |told: &Told| (told.place.path.clone(), told.place.line, told.place.span.start);
        key(one).cmp(&key(other))
    });
    told.dedup();
    Ok(Bumped { files: texts, told, stale })
}

/// Whether a lock has a package in the version that was told, now that places were raised.
fn is_still(new: &Inventory, package: &Package, told: &Told) -> bool {
    let same = new.locks.iter().filter(|lock| lock.path == told.place.path);
    let mut packages = same.flat_map(|lock| &lock.packages);
    packages.any(|locked| &locked.package == package && locked.version == told.was)
}

/// Adds entries for what comes through others or from elsewhere, and tells where they stand.
fn override_all(overrides: &mut Overrides<'_>, decided: &mut [(Spot<'_>, Verdict)], below: &mut [Below]) {
    for (spot, verdict) in decided.iter_mut().filter(|(_, verdict)| matches!(verdict, Verdict::Inherited(..)))
    {
        *verdict = match overrides.of_inherited(spot) {
            Ok(_) => Verdict::Overridden,
            Err(why) => Verdict::Unknown(why),
        };
    }
    for one in below.iter_mut().filter(|one| !one.by_lock_alone) {
        one.told.verdict = match overrides.of_lock(one.lock) {
            Ok(place) => {
                one.told.place = place;
                Verdict::Overridden
            }
            Err(why) => Verdict::Unknown(why),
        };
    }
}

/// What is told of a place.
fn tell((old, new): (&Inventory, Option<&Inventory>), spot: &Spot<'_>, verdict: Verdict) -> Told {
    let new = new.filter(|_| verdict == Verdict::Raised);
    let along = new.map_or_else(Vec::new, |new| along(old, new, spot));
    let was = spot.whole().map_or_else(
        || spot.first().map(|declared| declared.requirement.clone()).unwrap_or_default(),
        |(whole, _)| whole.to_owned(),
    );
    Told { place: spot.place.clone(), was, verdict, along }
}

/// The new texts and what was read of them; nothing was where nothing changed.
fn written(
    files: &Files,
    terms: &Terms<'_>,
    edits: &Edits,
    decided: &[(Spot<'_>, Verdict)],
    read: &dyn Fn(&Files) -> Inventory,
) -> Result<(BTreeMap<String, String>, Option<Inventory>), BumpError> {
    let overlap = || BumpError::Guard(String::new(), "two places overlap; nothing was changed".to_owned());
    let texts = edits.apply(files).ok_or_else(overlap)?;
    if texts.is_empty() {
        return Ok((texts, None));
    }
    let mut after = files.clone();
    texts.iter().for_each(|(path, text)| after.add(path.as_str(), text.as_str()));
    let new = read(&after);
    let raised = decided.iter().filter(|(_, verdict)| *verdict == Verdict::Raised);
    let raised: Vec<&Spot<'_>> = raised.map(|(spot, _)| spot).collect();
    let guard = Guard {
        old: terms.inventory,
        new: &new,
        edits,
        raised: &raised,
        package: terms.wish.package,
        to: terms.to,
    };
    guard.check()?;
    Ok((texts, Some(new)))
}
