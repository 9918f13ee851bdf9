//! What is written at a place, with what stands beside it.

use std::ops::Range;

use fleetwright_package::{Ecosystem, Files};

use crate::commit;
use crate::decide::Terms;
use crate::requirement::is_commit;
use crate::spot::Spot;

/// The changes that put a version at a place.
///
/// # Errors
/// Why it cannot be put there alone.
pub(crate) fn write(
    files: &Files,
    terms: &Terms<'_>,
    spot: &Spot<'_>,
    new: String,
) -> Result<Vec<(Range<usize>, String)>, String> {
    let span = spot.place.span.clone();
    let text = files.text(&spot.place.path).unwrap_or_default();
    let behind = text.get(span.end..).unwrap_or_default();
    if terms.ecosystem() == Ecosystem::PyPi && has_hash(behind) {
        return Err(
            "hashes of the old version stand behind it; have them written by a tool, or change them by hand"
                .into(),
        );
    }
    if let Some(path) = hint(files, terms, spot) {
        return Err(format!(
            "{path} names the folder of the old version; change both by hand, or with `nuget update`"
        ));
    }
    let new = match text.get(..span.start).is_some_and(|before| before.ends_with('"')) {
        // Ruby's second text is written in the quotes of the first.
        true if !spot.written.is_some_and(|old| old.contains('\'')) => new.replace('\'', "\""),
        _ => new,
    };
    let mut changes = vec![(span.clone(), new)];
    if matches!(terms.ecosystem(), Ecosystem::Actions | Ecosystem::GitLab)
        && spot.written.is_some_and(is_commit)
    {
        changes.extend(beside(terms, behind, span.end));
    }
    if let Some((_, new)) = changes.first_mut()
        && is_yaml(&spot.place.path)
        && is_plain(text, &span)
        && reads_as_number(new)
    {
        *new = format!("\"{new}\"");
    }
    Ok(changes)
}

/// The version in the comment behind a commit.
fn beside(terms: &Terms<'_>, behind: &str, at: usize) -> Option<(Range<usize>, String)> {
    let (tag, _) = terms.to.split_once('@')?;
    let line = behind.lines().next()?;
    let mark = line.find(" #")? + 2;
    let version = commit::version(line.get(mark..)?)?;
    let old = line.get(mark..)?.get(version.clone())?;
    let new = match (old.starts_with('v'), tag.strip_prefix('v')) {
        (false, Some(bare)) => bare.to_owned(),
        (true, None) => format!("v{tag}"),
        _ => tag.to_owned(),
    };
    Some((at + mark + version.start..at + mark + version.end, new))
}

/// The project beside a `packages.config` that names the folder into which NuGet unpacks the old version.
fn hint<'f>(files: &'f Files, terms: &Terms<'_>, spot: &Spot<'_>) -> Option<&'f str> {
    let place = spot.place.path.strip_suffix("packages.config")?;
    let folder = format!("{}.{}\\", terms.wish.package.name(), spot.written?).to_lowercase();
    let mut beside =
        files.iter().filter(|(path, _)| path.strip_prefix(place).is_some_and(|rest| !rest.contains('/')));
    beside.find(|(_, text)| text.to_lowercase().contains(&folder)).map(|(path, _)| path)
}

/// Whether a line of requirements goes on with hashes.
fn has_hash(behind: &str) -> bool {
    let mut lines = behind.lines();
    loop {
        let Some(line) = lines.next() else { return false };
        if line.contains("--hash") {
            return true;
        }
        if !line.trim_end().ends_with('\\') {
            return false;
        }
    }
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

/// Whether the bytes are the whole of a plain scalar of YAML.
fn is_plain(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    before.ends_with([' ', '\t']) && before.trim_end().ends_with([':', '-', ',', '[', '{'])
}

/// Whether YAML reads a plain text as a number: `1.20` would become 1.2.
fn reads_as_number(text: &str) -> bool {
    text.parse::<f64>().is_ok() || text.parse::<i64>().is_ok()
}
