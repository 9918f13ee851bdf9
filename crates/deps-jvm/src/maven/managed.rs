//! What `dependencyManagement` sets, with imported BOMs, and what a POM needs with that put in.

use std::collections::HashMap;
use std::sync::Arc;

use super::management::{Entry, Import, Managed, Need, key};
use super::model::{Model, package};
use super::pom::Dependency;
use super::poms::Poms;

/// The deepest nesting of BOMs that import BOMs.
const MAX_IMPORTS: usize = 32;

impl Poms<'_> {
    /// What the model's `dependencyManagement` sets.
    pub(crate) fn managed(&mut self, model: &Model) -> Arc<Managed> {
        if let Some(known) = model.managed.get() {
            return known.clone();
        }
        let mut managed =
            Managed { entries: HashMap::new(), imports: Vec::new(), broken: model.broken.clone() };
        let mut imported = HashMap::new();
        for (at, source) in model.lineage.iter().enumerate() {
            for dependency in &source.pom.body.managed {
                let Ok(key) = key_of(model, dependency) else { continue };
                if dependency.is_import() {
                    if imported.insert(key, ()).is_none() {
                        managed.imports.push(self.import(model, dependency, at));
                    }
                } else {
                    managed.entries.entry(key).or_insert_with(|| entry(model, dependency, at));
                }
            }
        }
        let managed = Arc::new(managed);
        model.managed.get_or_init(|| managed).clone()
    }

    fn import(&mut self, model: &Model, dependency: &Dependency, at: usize) -> Import {
        let here = model.lineage.get(at).is_some_and(|source| source.is_here());
        let coordinates = import_coordinates(model, dependency, at);
        let named = coordinates.as_ref().ok().filter(|_| here);
        let named =
            named.and_then(|[group, artifact, version]| Some((package(group, artifact)?, version.clone())));
        let bom = coordinates.and_then(|[group, artifact, version]| {
            let source = self.source("BOM", &group, &artifact, &version)?;
            let what = format!("{group}:{artifact}:{version}");
            if self.importing.contains(&what) || self.importing.len() >= MAX_IMPORTS {
                let why = format!("the BOM {what} imports itself, or lies deeper than {MAX_IMPORTS} imports");
                self.find(model, dependency.named.line, &why, "take the import out of one of them");
                return Err(why);
            }
            self.importing.push(what);
            let bom = self.model(&source);
            let managed = self.managed(&bom);
            self.importing.pop();
            Ok(managed)
        });
        Import { bom, named }
    }

    /// What the model needs itself, with management put in.
    pub(crate) fn needs(&mut self, model: &Model) -> Arc<Vec<Need>> {
        if let Some(known) = model.needs.get() {
            return known.clone();
        }
        let mut needs: Vec<Need> = Vec::new();
        let mut known = HashMap::new();
        for (at, source) in model.lineage.iter().enumerate() {
            for dependency in &source.pom.body.dependencies {
                let key = key_of(model, dependency).unwrap_or_else(|_| dependency.named.value.clone());
                if known.insert(key, ()).is_none() {
                    needs.push(self.need(model, dependency, at));
                }
            }
        }
        let needs = Arc::new(needs);
        model.needs.get_or_init(|| needs).clone()
    }

    fn need(&mut self, model: &Model, dependency: &Dependency, at: usize) -> Need {
        let string = |raw: &str| model.string(raw).unwrap_or_else(|_| raw.to_owned());
        let [group, artifact, kind, classifier] =
            [&dependency.group, &dependency.artifact, &dependency.kind, &dependency.classifier]
                .map(|raw| string(raw));
        let written = dependency.version.as_ref().map(|text| model.value(text, at).text);
        let managed = self.managed(model);
        let found = managed.get(&key(&group, &artifact, &kind, &classifier));
        let entry = found.as_ref().ok().and_then(Option::as_ref).map(|found| found.entry);
        let version = written.unwrap_or_else(|| match &found {
            Ok(Some(found)) => version(found.entry),
            Ok(None) => Err(nowhere(&group, &artifact)),
            Err(why) => Err(why.clone()),
        });
        let scope =
            dependency.scope.as_deref().map(string).or_else(|| entry.and_then(|one| one.scope.clone()));
        let mut exclusions = exclusions(model, dependency);
        if exclusions.is_empty() {
            exclusions = entry.map(|one| one.exclusions.clone()).unwrap_or_default();
        }
        let optional = dependency.optional.as_deref().map(string);
        Need {
            group,
            artifact,
            kind,
            classifier,
            version,
            scope: scope.unwrap_or_else(|| "compile".to_owned()),
            optional: optional.as_deref() == Some("true"),
            exclusions,
        }
    }
}

pub(crate) fn nowhere(group: &str, artifact: &str) -> String {
    format!("no version of {group}:{artifact} is written here, and no dependencyManagement sets one")
}

fn version(entry: &Entry) -> Result<String, String> {
    entry
        .version
        .as_ref()
        .map_or_else(|| Err("its managed entry has no version".to_owned()), |one| one.text.clone())
}

pub(crate) fn key_of(model: &Model, dependency: &Dependency) -> Result<String, String> {
    let [group, artifact, kind, classifier] =
        [&dependency.group, &dependency.artifact, &dependency.kind, &dependency.classifier]
            .map(|raw| model.string(raw));
    Ok(key(&group?, &artifact?, &kind?, &classifier?))
}

fn exclusions(model: &Model, dependency: &Dependency) -> Vec<(String, String)> {
    let string = |raw: &String| model.string(raw).unwrap_or_else(|_| raw.clone());
    dependency.exclusions.iter().map(|(group, artifact)| (string(group), string(artifact))).collect()
}

fn entry(model: &Model, dependency: &Dependency, at: usize) -> Entry {
    let string = |raw: &String| model.string(raw).ok();
    Entry {
        version: dependency.version.as_ref().map(|text| model.value(text, at)),
        scope: dependency.scope.as_ref().and_then(string),
        exclusions: exclusions(model, dependency),
        at,
    }
}

fn import_coordinates(model: &Model, dependency: &Dependency, at: usize) -> Result<[String; 3], String> {
    let version = dependency.version.as_ref();
    let version =
        version.ok_or_else(|| format!("the BOM {} is imported without a version", dependency.artifact))?;
    Ok([
        model.string(&dependency.group)?,
        model.string(&dependency.artifact)?,
        model.value(version, at).text?,
    ])
}
