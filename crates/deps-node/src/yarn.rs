//! `yarn.lock`, in yarn's first format and in berry's.

use std::borrow::Cow;

use fleetwright_package::Finding;

use crate::indented::{lines, unquote};
use crate::lock::{Members, ReadLock, Rules};
use crate::text::{Source, finding, folder, join, name_and_rest};

/// Berry's versions of the format, the first and the last known.
const BERRY: std::ops::RangeInclusive<u32> = 4..=10;

#[derive(Default)]
struct Entry<'a> {
    descriptors: Cow<'a, str>,
    written: &'a str,
    version: Cow<'a, str>,
    resolution: Cow<'a, str>,
    needs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// Reads one. `rules` are those of the folder that it lies in.
pub(crate) fn read(source: &Source<'_>, members: &Members, rules: &Rules<'_>) -> Result<ReadLock, Finding> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut berry = None;
    lines(source.text, |keys, written, value| match keys {
        [top] if top == "__metadata" => {}
        [top] => entries.push(Entry { descriptors: top.clone(), written, ..Entry::default() }),
        [top, key] if top == "__metadata" && key == "version" => berry = Some(unquote(value).into_owned()),
        [top, ..] if top == "__metadata" => {}
        [_, key] => match (entries.last_mut(), &**key) {
            (Some(entry), "version") => entry.version = unquote(value),
            (Some(entry), "resolution") => entry.resolution = unquote(value),
            _ => {}
        },
        [_, list, name] if list == "dependencies" || list == "optionalDependencies" => {
            if let Some(entry) = entries.last_mut() {
                entry.needs.push((name.clone(), unquote(value)));
            }
        }
        _ => {}
    });
    let format = match &berry {
        Some(version) if version.parse().is_ok_and(|version: u32| BERRY.contains(&version)) => {
            format!("yarn berry {version}")
        }
        // Yarn takes an empty file for a lockfile without packages.
        None if source.text.trim().is_empty() || source.text.contains("# yarn lockfile v1") => {
            "yarn 1".to_owned()
        }
        _ => {
            let version = berry.unwrap_or_else(|| "(none)".to_owned());
            let message =
                format!("yarn.lock of version {version} is not known; known are v1 and berry's 4 to 10");
            return Err(finding(source.path, 1, message, "run `yarn install`"));
        }
    };
    Ok(link(source, format, &entries, members, rules))
}

fn link(
    source: &Source<'_>,
    format: String,
    entries: &[Entry<'_>],
    members: &Members,
    rules: &Rules<'_>,
) -> ReadLock {
    let mut read = ReadLock::new(source.path, format);
    let mut at = Vec::with_capacity(entries.len());
    for entry in entries {
        let position = add(&mut read, source, entry, members);
        if let Some(position) = position {
            for descriptor in entry.descriptors.split(", ") {
                let descriptor = unquote(descriptor);
                // A manifest writes `patch:` and `link:` without the place that they are seen from.
                if let Some((written, _)) = descriptor.split_once("::locator=") {
                    read.descriptors.entry(written.to_owned()).or_insert(position);
                }
                read.descriptors.insert(descriptor.into_owned(), position);
            }
        }
        at.push(position);
    }
    for (entry, position) in entries.iter().zip(at) {
        let needs =
            entry.needs.iter().filter_map(|(name, text)| read.by_descriptor(name, text, rules)).collect();
        if let Some(position) = position {
            read.needs(position, needs);
        }
    }
    read
}

fn add(read: &mut ReadLock, source: &Source<'_>, entry: &Entry<'_>, members: &Members) -> Option<u32> {
    let line = source.line_of(entry.written);
    let first = unquote(entry.descriptors.split(", ").next()?);
    let (key, asked) = name_and_rest(&first)?;
    let (name, resolved) = name_and_rest(&entry.resolution).unwrap_or_else(|| {
        asked.strip_prefix("npm:").and_then(name_and_rest).map_or((key, ""), |(name, _)| (name, ""))
    });
    let Some(place) = resolved.strip_prefix("workspace:") else {
        return read.add(
            name,
            &entry.version,
            line,
            resolved.starts_with("link:") || resolved.starts_with("portal:"),
        );
    };
    let Some(place) = join(folder(source.path), place) else {
        read.findings.push(finding(
            source.path,
            line,
            format!("the workspace `{place}` lies outside of the repository"),
            "move it into the repository",
        ));
        return None;
    };
    let version = members.get(&place).and_then(|(_, version)| version.known()).unwrap_or(&entry.version);
    read.importers.entry(place).or_default();
    read.add(name, version, line, true)
}
