//! What one POM of the repository declares.

use std::sync::Arc;

use fleetwright_package::{Declared, Ecosystem, Files, Manifest, Package, Place, Scope, Through, Version};

use super::managed::{key_of, nowhere};
use super::management::Found;
use super::model::{Model, package};
use super::pom::{Body, Dependency, Source};
use super::poms::Poms;
use super::requirement;
use super::value::Value;
use crate::text::Text;

/// The most profiles of one POM that are looked at.
const MAX_PROFILES: usize = 100;

/// Reads what the POM of a model declares.
pub(crate) fn read(poms: &mut Poms<'_>, files: &Files, model: &Model) -> Manifest {
    let Some(source) = model.lineage.first().cloned() else { return empty("") };
    let Some(path) = source.path().map(str::to_owned) else { return empty("") };
    let mut manifest = empty(&path);
    let about = [model.about("groupId"), model.about("artifactId")];
    if let [Ok(group), Ok(artifact)] = &about {
        manifest.package = package(group, artifact);
    }
    manifest.version = Some(model.about("version").map_or_else(Version::Unknown, Version::Known));
    let mut reader = Reader { poms, files, model, path: &path, declared: Vec::new() };
    reader.parent();
    reader.body(&source.pom.body, None);
    let mut declared = reader.declared;
    if source.pom.profiles.len() > MAX_PROFILES {
        let message = format!("the POM has more than {MAX_PROFILES} profiles; the rest is not looked at");
        poms.find(model, 0, &message, "take out those that nobody uses");
    }
    for profile in source.pom.profiles.iter().take(MAX_PROFILES) {
        if profile.body.dependencies.is_empty() && profile.body.managed.is_empty() {
            continue;
        }
        let message = format!(
            "profile `{}` is not active by default: what it declares is listed as optional and not resolved",
            profile.id
        );
        poms.find(model, profile.line, &message, "nothing, if that is right; else make it active by default");
        let with = with_profile(model, &source, &profile.body);
        let mut reader = Reader { poms, files, model: &with, path: &path, declared: Vec::new() };
        reader.body(&profile.body, Some(Scope::Optional));
        declared.extend(reader.declared);
    }
    declared.sort_by_key(|one| one.place.span.start);
    manifest.declared = declared;
    manifest
}

fn empty(path: &str) -> Manifest {
    Manifest {
        path: path.to_owned(),
        ecosystem: Ecosystem::Maven,
        package: None,
        version: None,
        declared: Vec::new(),
    }
}

/// The model as it is when a profile is active.
fn with_profile(model: &Model, source: &Arc<Source>, body: &Body) -> Model {
    let mut active = Source::clone(source);
    active.pom.body.put(body.clone());
    let mut lineage = model.lineage.clone();
    if let Some(first) = lineage.first_mut() {
        *first = Arc::new(active);
    }
    Model::new(lineage, model.broken.clone())
}

struct Reader<'r, 'a> {
    poms: &'r mut Poms<'a>,
    files: &'r Files,
    model: &'r Model,
    path: &'r str,
    declared: Vec<Declared>,
}

/// A version, and how it came.
struct Got {
    value: Value,
    through: Through,
}

impl Reader<'_, '_> {
    /// A parent that lies elsewhere sets versions, and can be raised.
    fn parent(&mut self) {
        let Some(parent) = self.model.lineage.first().and_then(|source| source.pom.parent.as_ref()) else {
            return;
        };
        if self.model.lineage.get(1).is_some_and(|above| above.is_here()) {
            return;
        }
        let as_written = Dependency {
            group: parent.group.value.clone(),
            artifact: parent.artifact.value.clone(),
            version: Some(parent.version.clone()),
            kind: "pom".to_owned(),
            classifier: String::new(),
            scope: None,
            optional: None,
            exclusions: Vec::new(),
            named: parent.artifact.clone(),
            comment: None,
        };
        let got = self.written(&parent.version);
        self.push(&as_written, got, Scope::Managed);
    }

    fn body(&mut self, body: &Body, scope: Option<Scope>) {
        for dependency in &body.managed {
            let got = match &dependency.version {
                Some(text) => self.written(text),
                None => unknown("its managed entry has no version".to_owned()),
            };
            self.push(dependency, got, Scope::Managed);
        }
        for dependency in &body.dependencies {
            let (got, managed_scope) = self.dependency(dependency);
            let own = dependency.scope.as_deref().map(|raw| self.model.string(raw).unwrap_or_default());
            let optional = dependency.optional.as_deref() == Some("true");
            let used = scope.unwrap_or_else(|| used(own.or(managed_scope).as_deref(), optional));
            self.push(dependency, got, used);
        }
        for plugin in &body.plugins {
            let got = self.plugin(plugin);
            self.push(plugin, got, Scope::Build);
        }
        for plugin in body.managed_plugins.iter().filter(|plugin| plugin.version.is_some()) {
            let got = self.plugin(plugin);
            self.push(plugin, got, Scope::Managed);
        }
        for tool in &body.tools {
            let (got, _) = self.dependency(tool);
            self.push(tool, got, Scope::Build);
        }
    }

    /// The version that is written at the dependency itself.
    fn written(&self, text: &Text) -> Got {
        let value = self.model.value(text, 0);
        let through = match (&value.text, &value.property, &value.set) {
            (Err(_), ..) => Through::Unknown,
            (_, None, _) => Through::Inline,
            (_, Some(name), Some(_)) => Through::Property(name.clone()),
            (_, Some(name), None) => match self.model.outer() {
                Some((package, version)) => Through::Parent(package, version),
                None => Through::Property(name.clone()),
            },
        };
        Got { value, through }
    }

    /// The version of a dependency, and the scope that is managed for it.
    fn dependency(&mut self, dependency: &Dependency) -> (Got, Option<String>) {
        let key = match key_of(self.model, dependency) {
            Ok(key) => key,
            Err(why) => return (unknown(why), None),
        };
        let managed = self.poms.managed(self.model);
        let found = managed.get(&key);
        let scope = found.as_ref().ok().and_then(Option::as_ref).and_then(|found| found.entry.scope.clone());
        let got = match (&dependency.version, found) {
            (Some(text), _) => self.written(text),
            (None, Ok(Some(found))) => self.managed(found),
            (None, Ok(None)) => unknown(nowhere(&dependency.group, &dependency.artifact)),
            (None, Err(why)) => unknown(why),
        };
        (got, scope)
    }

    fn managed(&self, found: Found<'_>) -> Got {
        let Some(value) = found.entry.version.clone() else {
            return unknown("its managed entry has no version".to_owned());
        };
        let here =
            !found.imported && self.model.lineage.get(found.entry.at).is_some_and(|source| source.is_here());
        let through = match (&value.text, &value.set, &value.property) {
            (Err(_), ..) => Through::Unknown,
            // The parent from elsewhere asks for a property that this repository sets.
            (_, Some(_), Some(name)) if !here && !found.imported => Through::Property(name.clone()),
            (_, Some(_), _) => Through::Managed,
            _ => self.outside(found.bom),
        };
        Got { value, through }
    }

    fn outside(&self, bom: Option<(Package, String)>) -> Through {
        match (bom, self.model.outer()) {
            (Some((package, version)), _) => Through::Bom(package, version),
            (None, Some((package, version))) => Through::Parent(package, version),
            (None, None) => Through::Unknown,
        }
    }

    fn plugin(&self, plugin: &Dependency) -> Got {
        if let Some(text) = &plugin.version {
            return self.written(text);
        }
        for (at, source) in self.model.lineage.iter().enumerate() {
            // A plugin that a parent uses is inherited with its version.
            let above = if at == 0 { &[][..] } else { &source.pom.body.plugins };
            let mut known = source.pom.body.managed_plugins.iter().chain(above);
            let same = |one: &&Dependency| one.group == plugin.group && one.artifact == plugin.artifact;
            if let Some(text) =
                known.find(|one| same(one) && one.version.is_some()).and_then(|one| one.version.as_ref())
            {
                let value = self.model.value(text, at);
                let through = match (&value.text, &value.set, &value.property) {
                    (Err(_), ..) => Through::Unknown,
                    (_, Some(_), Some(name)) if !source.is_here() => Through::Property(name.clone()),
                    (_, Some(_), _) => Through::Managed,
                    _ => self.outside(None),
                };
                return Got { value, through };
            }
        }
        let takes = "no POM says a version of this plugin; Maven takes the one that it brings, or the newest";
        unknown(self.model.broken.clone().unwrap_or_else(|| takes.to_owned()))
    }

    fn push(&mut self, dependency: &Dependency, got: Got, scope: Scope) {
        let names = [&dependency.group, &dependency.artifact].map(|raw| self.model.string(raw));
        let named = &dependency.named;
        let package = match &names {
            [Ok(group), Ok(artifact)] => package(group, artifact)
                .ok_or_else(|| format!("`{group}:{artifact}` is no name of a package")),
            [Err(why), _] | [_, Err(why)] => Err(why.clone()),
        };
        let package = match package {
            Ok(package) => package,
            Err(why) => {
                let message = format!("what is depended on cannot be told: {why}");
                self.poms.find(self.model, named.line, &message, "write group and artifact out");
                return;
            }
        };
        let comment = got.value.set.as_ref().and_then(|(_, text)| text.comment.clone());
        let beside = dependency.version.as_ref().and_then(|text| text.comment.clone());
        let comment = comment.or(beside).or_else(|| dependency.comment.clone());
        let (requirement, version, set) = match got.value.text {
            Ok(text) => {
                let (version, within) = requirement::version(&text);
                let set = got.value.set.and_then(|(path, written)| self.set(&path, &written, within));
                (text, version, set)
            }
            Err(why) => {
                let raw = dependency.version.as_ref().map(|text| text.value.clone()).unwrap_or_default();
                (raw, Version::Unknown(why), None)
            }
        };
        self.declared.push(Declared {
            package,
            requirement,
            version,
            scope,
            place: named.place(self.path),
            set,
            through: got.through,
            locked: None,
            comment: comment.map(|comment| comment.to_string()),
        });
    }

    /// The place of a version, if its bytes are written in one piece.
    fn set(&self, path: &str, written: &Text, within: std::ops::Range<usize>) -> Option<Place> {
        let text = self.files.text(path)?;
        if text.get(written.span.clone())? != written.value {
            return None;
        }
        let mut place = written.place(path);
        place.span = place.span.start + within.start..place.span.start + within.end;
        Some(place)
    }
}

fn unknown(why: String) -> Got {
    Got { value: Value { text: Err(why), set: None, property: None }, through: Through::Unknown }
}

fn used(scope: Option<&str>, optional: bool) -> Scope {
    match scope {
        Some("test") => Scope::Development,
        Some("provided" | "system") => Scope::Provided,
        Some("import") => Scope::Managed,
        _ if optional => Scope::Optional,
        _ => Scope::Runtime,
    }
}
