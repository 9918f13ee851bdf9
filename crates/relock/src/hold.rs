//! Texts that hold a package at exactly the wanted version while its tool runs.
//!
//! Most tools take the newest version that is allowed. So their manifest asks for exactly the wanted one during a first
//! run; then it is put back, and a second run leaves alone what is locked and allowed.

use fleetwright_edit::{DocumentEdit, EditSpec, Format};
use fleetwright_package::{Ecosystem, Range};
use serde_json::{Map, Value, json};

use crate::ask::Ask;
use crate::step::Step;

/// The most bytes of a text that is held: it is handed over as one argument, of which Linux takes 131,072.
const MAX_TEXT: usize = 120_000;

/// Files of the folder: what they hold for the first run, and what they are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Held(Vec<(&'static str, String, Option<String>)>);

impl Held {
    fn of(file: &'static str, held: String, real: Option<&str>) -> Option<Held> {
        Some(Held(vec![(file, held, real.map(str::to_owned))])).filter(Held::fits)
    }

    fn fits(&self) -> bool {
        let most = |text: &String| text.len() <= MAX_TEXT;
        self.0.iter().all(|(_, held, real)| most(held) && real.as_ref().is_none_or(most))
    }

    /// The first run between the texts that hold and those that were there, and the second.
    pub(crate) fn around(self, first: Step, second: Step) -> Vec<Step> {
        let (mut steps, mut back) = (Vec::new(), Vec::new());
        for (file, held, real) in self.0 {
            steps.push(Step::Write(file, Some(held)));
            back.push(Step::Write(file, real));
        }
        steps.push(first);
        steps.append(&mut back);
        steps.push(second);
        steps
    }
}

/// Whether a requirement of npm allows the wanted version.
pub(crate) fn allows(ask: &Ask<'_>, requirement: &str) -> bool {
    let range = Range::parse(Ecosystem::Npm, requirement);
    range.is_ok_and(|range| range.contains(ask.to) == Some(true))
}

/// npm: an entry for every requirement that allows the version, whoever has it, and what the root asks for itself,
/// which npm lets no entry contradict.
pub(crate) fn npm(ask: &Ask<'_>) -> Option<Held> {
    let real = ask.beside("package.json")?;
    let mut root = manifest(ask, real, "overrides")?;
    let name = ask.package.name();
    for list in ["dependencies", "devDependencies", "optionalDependencies"] {
        match root.get_mut(list).and_then(|list| list.get_mut(name)) {
            Some(Value::String(asked)) if allows(ask, asked) => ask.to.clone_into(asked),
            Some(_) => return None,
            None => {}
        }
    }
    let entries = root.entry("overrides").or_insert_with(|| json!({})).as_object_mut()?;
    entries.insert(ask.pinned("@"), ask.to.into());
    Held::of("package.json", Value::Object(root).to_string(), Some(real))
}

/// bun: an entry for the package whoever has it; only where one version of it is locked.
pub(crate) fn bun(ask: &Ask<'_>) -> Option<Held> {
    let real = ask.beside("package.json").filter(|_| ask.locked.len() < 2)?;
    let mut root = manifest(ask, real, "overrides")?;
    let entries = root.entry("overrides").or_insert_with(|| json!({})).as_object_mut()?;
    entries.insert(ask.package.name().to_owned(), ask.to.into());
    Held::of("package.json", Value::Object(root).to_string(), Some(real))
}

/// pnpm: an entry for every requirement that allows the version. Up to 10 it is read from `package.json`, since 10 from
/// `pnpm-workspace.yaml`; lockfiles before 9 are of those that know the first alone.
pub(crate) fn pnpm(ask: &Ask<'_>) -> Option<Held> {
    const YAML: &str = "pnpm-workspace.yaml";
    let real = ask.beside("package.json")?;
    manifest(ask, real, "pnpm")?;
    let entries = || json!({ "overrides": { ask.pinned("@"): ask.to } });
    let merge = |format, text: &str, patch| {
        let spec = EditSpec { merge: Some(patch), ..EditSpec::default() };
        DocumentEdit::compile(format, &spec).ok()?.apply(text).ok()?
    };
    let json = merge(Format::Json, real, json!({ "pnpm": entries() }))?;
    let mut held = vec![("package.json", json, Some(real.to_owned()))];
    let old = ["pnpm 5", "pnpm 6"].iter().any(|old| ask.format.starts_with(old));
    match ask.beside(YAML) {
        Some(yaml) if yaml.contains(ask.package.name()) && names(ask, yaml) => return None,
        Some(yaml) => held.push((YAML, merge(Format::Yaml, yaml, entries())?, Some(yaml.to_owned()))),
        None if old => {}
        None => {
            held.push((YAML, format!("packages: [\".\"]\noverrides: {}\n", entries()["overrides"]), None))
        }
    }
    Some(Held(held)).filter(Held::fits)
}

/// Poetry: a group that asks for exactly the version.
pub(crate) fn poetry(ask: &Ask<'_>) -> Option<Held> {
    let real = ask.beside("pyproject.toml").filter(|_| !ask.has_newer())?;
    let table = "[tool.poetry.group.fleetwright-hold.dependencies]";
    let held = format!("{real}\n{table}\n\"{}\" = \"=={}\"\n", ask.package.name(), ask.to);
    Held::of("pyproject.toml", held, Some(real))
}

/// PDM: a file that overrides.
pub(crate) fn pdm(ask: &Ask<'_>) -> Option<Held> {
    let real = ask.beside("pyproject.toml").filter(|_| !ask.has_newer())?;
    // What `update` writes into the manifest is put back, too.
    let manifest = ("pyproject.toml", real.to_owned(), Some(real.to_owned()));
    let file = ("fleetwright-hold.txt", format!("{}\n", ask.pinned("==")), None);
    Some(Held(vec![manifest, file])).filter(Held::fits)
}

/// A `package.json` that says nothing of the package in its entries for all.
fn manifest(ask: &Ask<'_>, text: &str, entries: &str) -> Option<Map<String, Value>> {
    let Value::Object(root) = serde_json::from_str(text).ok().filter(|_| !ask.has_newer())? else {
        return None;
    };
    match root.get(entries) {
        Some(said) if names(ask, &said.to_string()) => None,
        _ => Some(root),
    }
}

/// Whether a text has the package's name as a key, alone or with a version.
fn names(ask: &Ask<'_>, text: &str) -> bool {
    let name = ask.package.name();
    let around = |c: Option<char>| c.is_none_or(|c| !(c.is_alphanumeric() || "-_./".contains(c)));
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let behind = text.get(at + name.len()..).and_then(|text| text.chars().next());
        around(before) && around(behind)
    })
}
