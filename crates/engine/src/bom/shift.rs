//! The Shift that moves users of a bill of materials.

use std::collections::BTreeSet;

use fleetwright_bom::{Bom, Channel, LeftOut, Ruler, Target, Verdict, Written};

use super::time;
use super::users::{Member, users};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// A Shift file, and what it moves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftFile {
    /// The file.
    pub written: Written,
    /// The release it moves to.
    pub release: String,
    /// The release that the channel points to, where that is too young yet, and from when on it is not, RFC 3339.
    pub waits: Option<(String, String)>,
    /// Repositories that are below it now, without those that an override leaves out.
    pub behind: Vec<String>,
}

/// Writes the Shift that moves users of a channel to its release, or to the newest before it that is old enough.
///
/// # Errors
/// When the channel points to nothing, no release is old enough, or the database fails.
pub async fn shift(fleet: &Fleet, bom: &Bom, channel: Channel) -> Result<ShiftFile, EngineError> {
    let now = fleet.now();
    let target = bom.target(channel, now).map_err(|first| refused(bom, channel, first))?;
    let mut ruler = Ruler::new(bom, now);
    let members = users(fleet, &mut ruler, None).await?;
    let counting = bom.overrides.iter().filter(|over| over.counts(now));
    let release = bom.releases.get(target.release);
    let named = counting.filter(|over| release.is_some_and(|release| release.pin(&over.package).is_some()));
    let overrides: Vec<_> = named.map(|over| (over, held(over, &members))).collect();
    let left: Vec<LeftOut<'_>> = overrides.iter().map(|(over, repos)| LeftOut { over, repos }).collect();
    let behind = behind((&mut ruler, &members), target, &left);
    let written = fleetwright_bom::shift(bom, (channel, target), &left, &behind);
    let written = written.ok_or_else(|| refused(bom, channel, None))?;
    let name = |at: usize| bom.releases.get(at).map(|release| release.version.clone()).unwrap_or_default();
    Ok(ShiftFile {
        written,
        release: name(target.release),
        waits: target.waits.map(|(at, until)| (name(at), time(until))),
        behind,
    })
}

/// The repositories that hold the components of an override.
fn held(over: &fleetwright_bom::Override, members: &[Member]) -> Vec<String> {
    let own = members.iter().filter(|member| over.place.holds(&member.name, &member.component));
    let names: BTreeSet<&String> = own.map(|member| &member.name).collect();
    names.into_iter().filter(|_| over.place.is_component()).cloned().collect()
}

/// The repositories with a place below the target that no override leaves out.
fn behind(
    (ruler, members): (&mut Ruler<'_>, &[Member]),
    target: Target,
    left: &[LeftOut<'_>],
) -> Vec<String> {
    let mut names = BTreeSet::new();
    for member in members {
        for used in member.used() {
            let package = ruler.packages().get(used.package).cloned();
            let is_left = left.iter().any(|left| {
                let is_there = left.repos.contains(&member.name) || left.over.place.holds(&member.name, "");
                is_there && Some(&left.over.package) == package.as_ref()
            });
            if !is_left && ruler.bare(used, target.release) == Verdict::Below {
                names.insert(member.name.clone());
            }
        }
    }
    names.into_iter().collect()
}

fn refused(bom: &Bom, channel: Channel, first: Option<i64>) -> EngineError {
    let (name, word) = (&bom.name, channel.word());
    match first {
        None => EngineError::Usage(format!(
            "{}: the channel `{word}` of `{name}` points to no release\n  try: set `spec.channels.{word}`",
            bom.file
        )),
        Some(at) => EngineError::Refused(format!(
            "no release of `{name}` is old enough for the channel `{word}`: the first will be at {}\n  try: wait, or \
             shorten `spec.minimumAge` in {}",
            time(at),
            bom.file
        )),
    }
}
