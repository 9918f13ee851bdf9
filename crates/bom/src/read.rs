//! Reading a file of `kind: Bom`: decode, then refuse what cannot work.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_core::shift::{fingerprint, is_label};
use fleetwright_core::source::{Source, SourceError};
use fleetwright_package::{Key, Package, Range};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use serde_json::Value;

use crate::bom::{Allowed, Bom, Override, Pin, Release};
use crate::place::Place;

/// The kind of the file.
pub const KIND: &str = "Bom";

/// The longest name: that of its shifts begins with `bom-`, may end in `-candidate`, and has at most 63 characters.
pub const MAX_NAME: usize = 49;

/// The longest text that is quoted in a message, in characters.
const TOLD: usize = 80;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BomFile {
    // What they say was looked at before; here they must only be there.
    #[serde(rename = "apiVersion")]
    _api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    metadata: Head,
    spec: Spec,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Spec {
    #[serde(default)]
    owner: String,
    channels: Channels,
    #[serde(default)]
    minimum_age: Option<String>,
    releases: Vec<ReleaseRow>,
    #[serde(default)]
    overrides: Vec<OverrideRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Channels {
    stable: String,
    #[serde(default)]
    candidate: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseRow {
    version: String,
    released: String,
    packages: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideRow {
    package: String,
    #[serde(rename = "in")]
    place: String,
    version: String,
    reason: String,
    until: String,
}

/// Reads a parsed file as a bill of materials.
///
/// # Errors
/// The first thing that is unknown, of the wrong type, or cannot work, with its place.
pub fn read(source: &Source) -> Result<Bom, SourceError> {
    check_kind(source)?;
    check_tables(source)?;
    let file: BomFile = source.decode()?;
    check_name(source, &file.metadata.name)?;
    let releases = releases(source, file.spec.releases)?;
    let channel = |word: &str, version: &str| position(source, &releases, word, version);
    let stable = channel("stable", &file.spec.channels.stable)?;
    let candidate = file.spec.channels.candidate.as_deref();
    let candidate = candidate.map(|version| channel("candidate", version)).transpose()?;
    let overrides = overrides(source, file.spec.overrides, &releases)?;
    Ok(Bom {
        file: source.file().to_owned(),
        digest: fingerprint(&source.value()),
        title: file.metadata.title.unwrap_or_else(|| file.metadata.name.clone()),
        name: file.metadata.name,
        description: file.metadata.description,
        owner: file.spec.owner,
        stable,
        candidate,
        minimum_age: file.spec.minimum_age.map_or(Ok(0), |text| age(source, &text))?,
        releases,
        overrides,
    })
}

/// What another kind of file is said to be first: its keys are none of ours.
fn check_kind(source: &Source) -> Result<(), SourceError> {
    let value = source.value();
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    match text("kind") {
        Some(kind) if kind != KIND => {
            let message = format!("this is a `{}`, not a Bom", cut(&kind));
            return Err(source.error("kind", message, "write `kind: Bom`"));
        }
        _ => {}
    }
    match text("apiVersion") {
        Some(version) if version != "fleetwright/v1" => {
            let message = format!("`{}` is not a version this program reads", cut(&version));
            Err(source.error("apiVersion", message, "write `apiVersion: fleetwright/v1`"))
        }
        _ => Ok(()),
    }
}

/// Where the format has mappings; serde would take a list of the right length for one, too.
fn check_tables(source: &Source) -> Result<(), SourceError> {
    let value = source.value();
    let at = |key: &str| value.pointer(&format!("/{}", key.replace('.', "/")));
    let mut tables: Vec<String> = ["metadata", "spec", "spec.channels"].map(str::to_owned).to_vec();
    for list in ["spec.releases", "spec.overrides"] {
        let rows = at(list).and_then(Value::as_array).map_or(0, Vec::len);
        tables.extend((0..rows).map(|row| format!("{list}[{row}]")));
    }
    let is_list = |key: &String| at(&key.replace('[', ".").replace(']', "")).is_some_and(Value::is_array);
    match tables.iter().find(|key| is_list(key)) {
        Some(key) => Err(source.error(key, "a mapping belongs here, not a list", "write `key: value` pairs")),
        None => Ok(()),
    }
}

fn check_name(source: &Source, name: &str) -> Result<(), SourceError> {
    if is_label(name) && name.len() <= MAX_NAME {
        return Ok(());
    }
    let message = format!("`{}` is not a DNS label of at most {MAX_NAME} characters", cut(name));
    let remedy = format!("use 1 to {MAX_NAME} of a-z, 0-9 and -, starting and ending with a letter or digit");
    Err(source.error("metadata.name", message, &remedy))
}

/// The releases, the oldest first; those of one time in the order of the file.
fn releases(source: &Source, rows: Vec<ReleaseRow>) -> Result<Vec<Release>, SourceError> {
    if rows.is_empty() {
        return Err(source.error("spec.releases", "there is no release", "add one"));
    }
    let (mut releases, mut seen) = (Vec::new(), BTreeSet::new());
    for (at, row) in rows.into_iter().enumerate() {
        let key = format!("spec.releases[{at}]");
        if row.version.trim().is_empty() || row.version.chars().any(char::is_control) {
            let message = "a release without a version cannot be named";
            return Err(source.error(&format!("{key}.version"), message, "write one, such as \"2026.10\""));
        }
        if !seen.insert(row.version.clone()) {
            let message = format!("another release is `{}`, too", cut(&row.version));
            return Err(source.error(
                &format!("{key}.version"),
                message,
                "give each release its own version",
            ));
        }
        let released =
            instant(&row.released).ok_or_else(|| no_time(source, &key, ("released", &row.released)))?;
        let packages = pins(source, &format!("{key}.packages"), row.packages)?;
        releases.push(Release { version: row.version, released, packages });
    }
    releases.sort_by_key(|release| release.released);
    Ok(releases)
}

fn pins(source: &Source, key: &str, rows: BTreeMap<String, String>) -> Result<Vec<Pin>, SourceError> {
    if rows.is_empty() {
        return Err(source.error(key, "a release without packages says nothing", "add a package"));
    }
    let mut pins: Vec<Pin> = Vec::new();
    for (name, version) in rows {
        let place = format!("{key}.{name}");
        let package = package(source, &place, &name)?;
        if pins.iter().any(|pin| pin.package == package) {
            let message = format!("{package} is there twice, written in two ways");
            return Err(source.error(&place, message, "keep one of them"));
        }
        let key = Key::read(package.ecosystem(), &version).ok_or_else(|| {
            let message =
                format!("`{}` is no version of {} with an order", cut(&version), package.ecosystem());
            source.error(&place, message, "write an exact version, such as \"2.17.1\"")
        })?;
        pins.push(Pin { package, version, key });
    }
    Ok(pins)
}

fn package(source: &Source, place: &str, name: &str) -> Result<Package, SourceError> {
    name.parse().map_err(|error: fleetwright_package::PackageError| {
        source.error(place, error.to_string(), "see \"Packages, versions, ranges\" in docs/dependencies.md")
    })
}

/// The release that a channel points to.
fn position(source: &Source, releases: &[Release], word: &str, version: &str) -> Result<usize, SourceError> {
    releases.iter().position(|release| release.version == version).ok_or_else(|| {
        let known: Vec<&str> = releases.iter().map(|release| release.version.as_str()).collect();
        let message = format!("no release is `{}`", cut(version));
        let remedy = match fleetwright_core::source::nearest(version, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the newest one is `{}`", known.last().unwrap_or(&"")),
        };
        source.error(&format!("spec.channels.{word}"), message, &remedy)
    })
}

fn overrides(
    source: &Source,
    rows: Vec<OverrideRow>,
    releases: &[Release],
) -> Result<Vec<Override>, SourceError> {
    let mut overrides: Vec<Override> = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let key = format!("spec.overrides[{at}]");
        let one = one_override(source, &key, row)?;
        if !releases.iter().any(|release| release.pin(&one.package).is_some()) {
            let message = format!("no release names {}", one.package);
            return Err(source.error(
                &format!("{key}.package"),
                message,
                "remove the override, or name the package",
            ));
        }
        let is_same =
            |other: &&Override| other.package == one.package && other.place.text() == one.place.text();
        if let Some(other) = overrides.iter().find(is_same) {
            let message = format!("line {} overrides {} there, too", other.line, one.package);
            return Err(source.error(&format!("{key}.in"), message, "keep one of them"));
        }
        overrides.push(one);
    }
    Ok(overrides)
}

fn one_override(source: &Source, key: &str, row: OverrideRow) -> Result<Override, SourceError> {
    let at = |name: &str| format!("{key}.{name}");
    let package = package(source, &at("package"), &row.package)?;
    let place = Place::read(&row.place).map_err(|why| {
        let message = format!("`{}` is no repository and no component: {why}", cut(&row.place));
        source.error(&at("in"), message, "write `acme/shop`, `acme/*` or `component:default/shop`")
    })?;
    if row.reason.trim().is_empty() {
        let message = "an override without a reason is never cleared up";
        return Err(source.error(&at("reason"), message, "write what it waits for"));
    }
    let allowed = match Key::read(package.ecosystem(), &row.version) {
        Some(key) => Allowed::From(key),
        None => Allowed::Within(Range::question(package.ecosystem(), &row.version).map_err(|error| {
            source.error(&at("version"), error.to_string(), "a version alone means that one or newer")
        })?),
    };
    let ends = end(&row.until).ok_or_else(|| no_time(source, key, ("until", &row.until)))?;
    let line = source.place(key).0;
    let OverrideRow { version, reason, until, .. } = row;
    Ok(Override { package, place, version, allowed, reason, until, ends, line })
}

/// A time in milliseconds since 1970 UTC: the beginning of a day, or an instant.
fn instant(text: &str) -> Option<i64> {
    match text.parse::<Date>() {
        Ok(day) if is_day(text) => Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond()),
        _ => Some(text.parse::<Timestamp>().ok()?.as_millisecond()),
    }
}

/// The end of a day, or an instant.
fn end(text: &str) -> Option<i64> {
    match text.parse::<Date>() {
        Ok(day) if is_day(text) => instant(&day.checked_add(1.day()).ok()?.to_string()),
        _ => instant(text),
    }
}

/// The parser takes the day of a longer text, too.
fn is_day(text: &str) -> bool {
    text.len() == "2026-10-02".len()
}

fn no_time(source: &Source, key: &str, (name, text): (&str, &str)) -> SourceError {
    let message = format!("`{}` is no day and no instant", cut(text));
    source.error(&format!("{key}.{name}"), message, "write `2026-10-02`, or `2026-10-02T09:00:00Z`")
}

/// A length of time in milliseconds: `7d`, `12h`.
fn age(source: &Source, text: &str) -> Result<i64, SourceError> {
    let units = [('d', 24 * 60 * 60 * 1000_i64), ('h', 60 * 60 * 1000)];
    let read = units.iter().find_map(|(unit, milliseconds)| {
        let number: u32 = text.strip_suffix(*unit)?.parse().ok()?;
        i64::from(number).checked_mul(*milliseconds).filter(|_| number <= 36_500)
    });
    read.ok_or_else(|| {
        let message = format!("`{}` is not a length of time", cut(text));
        source.error("spec.minimumAge", message, "write it like `7d` or `12h`, at most 36500")
    })
}

fn cut(text: &str) -> String {
    text.chars().take(TOLD).collect()
}
