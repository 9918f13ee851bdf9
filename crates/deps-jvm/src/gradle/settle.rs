//! From what scripts ask for to what is used: constraints, platforms and lockfiles put in.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fleetwright_package::{
    Declared, Ecosystem, Finding, Inventory, LockedAt, Manifest, Package, Place, Scope, Through, Version,
};

use super::build::{Build, folder, is_settings};
use super::catalog::{Catalog, Library};
use super::lockfile::{Lockfile, classpaths};
use super::piece::Piece;
use super::platforms::{spring_rules, springs, text_of, with_boot};
use super::requirement::{is_older, version};
use super::script::{Asked, Kind, read};
use super::source::Script;
use super::value::Context;
use crate::maven::{Managed, Poms};
use crate::text::{finding, number};

/// Reads all scripts and catalogs into manifests. The lockfiles are those that come behind the inventory's locks.
pub(crate) fn all(build: &Build<'_>, locks: &[Lockfile<'_>], inventory: &mut Inventory, poms: &mut Poms<'_>) {
    let mut findings = Vec::new();
    let mut asked: HashMap<Arc<str>, Arc<Vec<Asked>>> = HashMap::new();
    for (path, script) in build.scripts.iter().filter(|(path, _)| !path.ends_with(".kt")) {
        let context = Context { build, script: script.clone(), seen: build.seen(script) };
        asked.insert(path.clone(), Arc::new(read(&context, &mut findings)));
    }
    let first = number(inventory.locks.len());
    let own_plugins = build.scripts.keys().filter_map(|path| {
        let name = path.rsplit('/').next()?;
        name.strip_suffix(".gradle").or_else(|| name.strip_suffix(".gradle.kts")).map(str::to_owned)
    });
    let own_plugins = own_plugins.collect();
    let mut settler = Settler { build, locks, first, asked, poms, own_plugins, findings };
    for (path, script) in &build.scripts {
        if let Some(manifest) = settler.manifest(path, script) {
            inventory.manifests.push(manifest);
        }
    }
    for (path, catalog) in &build.catalogs {
        inventory.manifests.push(settler.catalog(path, catalog));
    }
    inventory.findings.extend(settler.findings);
}

struct Settler<'s, 'a, 'p> {
    build: &'s Build<'a>,
    locks: &'s [Lockfile<'a>],
    /// Where the lockfiles begin in the inventory.
    first: u32,
    asked: HashMap<Arc<str>, Arc<Vec<Asked>>>,
    poms: &'s mut Poms<'p>,
    /// The plugins that are scripts of this repository, by their ids.
    own_plugins: HashSet<String>,
    findings: Vec<Finding>,
}

/// The most platforms that one script sees.
const MAX_PLATFORMS: usize = 200;

/// What a script sees beside its own entries.
struct View<'s, 'a> {
    context: Context<'s, 'a>,
    /// All entries that it sees, its own first.
    entries: Vec<Asked>,
    /// The first plugin or constraint with a version, by its names and by what it is for.
    versions: HashMap<(Kind, bool, String, String), Piece>,
    platforms: Vec<(Asked, Result<Managed, String>)>,
    /// Whether something may take an older version than is asked for.
    forced: bool,
}

/// A version with where it came from.
struct Got {
    requirement: String,
    version: Version,
    set: Option<Place>,
    through: Through,
    comment: Option<Arc<str>>,
}

impl<'s, 'a> Settler<'s, 'a, '_> {
    fn manifest(&mut self, path: &Arc<str>, script: &Arc<Script>) -> Option<Manifest> {
        let own = self.asked.get(path)?.clone();
        if own.is_empty() {
            return None;
        }
        let view = self.view(script);
        let mut declared = Vec::new();
        for one in own.iter() {
            if one.kind == Kind::Plugin && one.version.is_none() && self.own_plugins.contains(&one.group) {
                continue;
            }
            match Package::new(Ecosystem::Maven, &format!("{}:{}", one.group, one.artifact)) {
                Ok(package) => declared.push(self.declared(path, one, package, &view)),
                Err(error) => {
                    let message = format!("what is depended on cannot be told: {error}");
                    let remedy = "write `group:artifact:version`";
                    self.findings.push(finding(path, one.named.line, &message, remedy));
                }
            }
        }
        let (package, version) = self.about(path, &view);
        Some(Manifest { path: path.to_string(), ecosystem: Ecosystem::Maven, package, version, declared })
    }

    fn view(&mut self, script: &Arc<Script>) -> View<'s, 'a> {
        let seen = self.build.seen(script);
        let entries: Vec<Asked> = seen
            .iter()
            .filter_map(|one| self.asked.get(&one.path))
            .flat_map(|asked| asked.iter().cloned())
            .collect();
        let context = Context { build: self.build, script: script.clone(), seen };
        let mut platforms: Vec<Asked> = entries
            .iter()
            .filter(|one| one.kind == Kind::Platform)
            .map(|one| with_boot(one, &entries))
            .collect();
        platforms.extend(springs(&entries));
        let mut known = HashSet::new();
        platforms.retain(|one| known.insert((one.group.clone(), one.artifact.clone(), text_of(one))));
        if platforms.len() > MAX_PLATFORMS {
            let message =
                format!("more than {MAX_PLATFORMS} platforms are seen here; the rest is not looked at");
            self.findings.push(finding(&script.path, 0, &message, "join platforms"));
            platforms.truncate(MAX_PLATFORMS);
        }
        let mut versions = HashMap::new();
        for one in entries.iter().filter(|one| matches!(one.kind, Kind::Plugin | Kind::Constraint)) {
            if let Some(piece) = &one.version {
                let key = (one.kind, one.buildscript, one.group.clone(), one.artifact.clone());
                versions.entry(key).or_insert_with(|| piece.clone());
            }
        }
        let platforms = platforms.into_iter().map(|one| {
            let managed = match text_of(&one) {
                Ok(version) => self.poms.bom(&one.group, &one.artifact, &version),
                Err(why) => Err(why),
            };
            (one, managed)
        });
        let platforms = platforms.collect();
        let text = |script: &Arc<Script>| self.build.files.text(&script.path).unwrap_or_default();
        let forces = |script| {
            ["force", "resolutionStrategy", "strictly"].iter().any(|word| text(script).contains(word))
        };
        let forced = spring_rules(&entries) || context.seen.iter().any(forces);
        View { context, entries, versions, platforms, forced }
    }

    /// What the project is itself published as, where its script says a group.
    fn about(&self, path: &str, view: &View<'_, '_>) -> (Option<Package>, Option<Version>) {
        let variable = |name: &str| view.context.variable(name).map(|piece| piece.text);
        let project = matches!(path.rsplit('/').next(), Some("build.gradle" | "build.gradle.kts"));
        let Some(Ok(group)) = variable("group").filter(|_| project) else { return (None, None) };
        let here = folder(path).trim_end_matches('/');
        let artifact = match here.rsplit('/').next().filter(|name| !name.is_empty()) {
            Some(name) => Some(name.to_owned()),
            None => variable("name").and_then(Result::ok),
        };
        let package =
            artifact.and_then(|name| Package::new(Ecosystem::Maven, &format!("{group}:{name}")).ok());
        let version = variable("version").map(|text| text.map_or_else(Version::Unknown, Version::Known));
        (package, version)
    }

    fn declared(&mut self, path: &Arc<str>, one: &Asked, package: Package, view: &View<'_, '_>) -> Declared {
        let mut got = match &one.version {
            Some(piece) => self.written(piece),
            None => self.elsewhere(one, view),
        };
        let mut locked = None;
        if one.scope != Scope::Managed {
            match self.locked(path, one, &package) {
                Ok(Some((at, version))) => {
                    if !view.forced {
                        self.contradiction(path, one, &got, (at, &version));
                    }
                    got.version = Version::Known(version);
                    locked = Some(at);
                }
                Ok(None) => {}
                Err(why) => got.version = Version::Unknown(why),
            }
        }
        let comment = got.comment.or_else(|| one.named.comment.clone());
        Declared {
            package,
            requirement: got.requirement,
            version: got.version,
            scope: one.scope,
            place: one.named.place(path),
            set: got.set,
            through: got.through,
            locked,
            comment: comment.map(|comment| comment.to_string()),
        }
    }

    fn written(&self, piece: &Piece) -> Got {
        let text = match &piece.text {
            Ok(text) => text.clone(),
            Err(why) => return unknown(why.clone()),
        };
        let (version, within) = version(&text);
        let at = piece.at.as_ref().filter(|(path, written)| {
            self.build.files.text(path).and_then(|text| text.get(written.span.clone())) == Some(text.as_str())
        });
        let set = at.map(|(path, written)| {
            let mut place = written.place(path);
            place.span = place.span.start + within.start..place.span.start + within.end;
            place
        });
        let comment = at.and_then(|(_, written)| written.comment.clone());
        Got { requirement: text, version, set, through: piece.through.clone(), comment }
    }

    /// The version of what is named without one.
    fn elsewhere(&self, one: &Asked, view: &View<'_, '_>) -> Got {
        let known = |kind| {
            let key = (kind, one.buildscript, one.group.clone(), one.artifact.clone());
            view.versions.get(&key).map(|piece| Got { through: Through::Managed, ..self.written(piece) })
        };
        if one.kind == Kind::Plugin {
            let nowhere = "no script here says a version of this plugin; it may come with another one";
            return known(Kind::Plugin).unwrap_or_else(|| unknown(nowhere.to_owned()));
        }
        if let Some(constraint) = known(Kind::Constraint) {
            return constraint;
        }
        if one.kind == Kind::Platform {
            let with = with_boot(one, &view.entries);
            if let Some(piece) = &with.version {
                return Got { through: Through::Managed, ..self.written(piece) };
            }
        }
        self.platforms_version(one, view)
    }

    fn platforms_version(&self, one: &Asked, view: &View<'_, '_>) -> Got {
        let mut found: Vec<Got> = Vec::new();
        for (platform, managed) in
            view.platforms.iter().filter(|(other, _)| other.buildscript == one.buildscript)
        {
            let set = match managed.as_ref().map(|managed| managed.get(&one.group, &one.artifact)) {
                Ok(Ok(Some(set))) => set,
                Ok(Ok(None)) => continue,
                Ok(Err(why)) => return unknown(why),
                Err(why) => return unknown(why.clone()),
            };
            // Spring's plugin lets a property of the build go before the BOM's.
            let over = set.property.as_deref().filter(|_| spring_rules(&view.entries));
            if let Some(piece) = over.and_then(|name| view.context.variable(name)) {
                return self.written(&piece);
            }
            let through = match (
                Package::new(Ecosystem::Maven, &format!("{}:{}", platform.group, platform.artifact)),
                text_of(platform),
            ) {
                (Ok(package), Ok(version)) => Through::Bom(package, version),
                _ => Through::Unknown,
            };
            let (version, _) = version(&set.version);
            found.push(Got { requirement: set.version, version, set: None, through, comment: None });
        }
        if found.windows(2).any(|pair| pair[0].version != pair[1].version) {
            return unknown("several platforms set its version, and not the same".to_owned());
        }
        let nowhere =
            "no version is written here, and no constraint, platform or lockfile that can be read sets one";
        found.into_iter().next().unwrap_or_else(|| unknown(nowhere.to_owned()))
    }

    /// What the lockfile of the script's project says.
    fn locked(
        &self,
        path: &str,
        one: &Asked,
        package: &Package,
    ) -> Result<Option<(LockedAt, String)>, String> {
        let here = folder(path);
        let name = match (is_settings(path), one.buildscript) {
            (true, _) => "settings-gradle.lockfile",
            (_, true) => "buildscript-gradle.lockfile",
            _ => "gradle.lockfile",
        };
        let file = format!("{here}{name}");
        let Some(at) = self.locks.iter().position(|lock| lock.lock.path == file) else { return Ok(None) };
        let wanted = match one.kind {
            Kind::Plugin => vec!["classpath".to_owned()],
            _ => classpaths(&one.configuration),
        };
        let lock = &self.locks[at];
        let found = lock.find(self.first.saturating_add(number(at)), package.name(), &wanted)?;
        Ok(found
            .and_then(|found| Some((found, lock.lock.packages.get(found.package as usize)?.version.clone()))))
    }

    /// A lockfile that is older than what is asked for does not fit.
    fn contradiction(&mut self, path: &str, one: &Asked, got: &Got, (at, locked): (LockedAt, &str)) {
        let Version::Known(asked) = &got.version else { return };
        if !is_older(locked, asked) || got.through == Through::Unknown {
            return;
        }
        let lock =
            self.locks.get(at.lock.saturating_sub(self.first) as usize).map_or("", |lock| &lock.lock.path);
        let message = format!(
            "{lock} does not fit {path}: {}:{} is asked for in {asked} and locked in {locked}",
            one.group, one.artifact
        );
        let remedy = "run `gradle dependencies --write-locks`";
        self.findings.push(finding(path, one.named.line, &message, remedy));
    }

    fn catalog(&self, path: &str, catalog: &Catalog) -> Manifest {
        let mut libraries: Vec<&Library> =
            catalog.libraries.values().chain(catalog.plugins.values()).collect();
        libraries.sort_by_key(|library| library.named.span.start);
        let declared = libraries.into_iter().filter_map(|library| {
            let got = match &library.version {
                Some(piece) => self.written(piece),
                None => {
                    unknown("the catalog gives no version; whoever uses it or a platform does".to_owned())
                }
            };
            let name = format!("{}:{}", library.group, library.artifact);
            Some(Declared {
                package: Package::new(Ecosystem::Maven, &name).ok()?,
                requirement: got.requirement,
                version: got.version,
                scope: Scope::Managed,
                place: library.named.place(path),
                set: got.set,
                through: got.through,
                locked: None,
                comment: got
                    .comment
                    .or_else(|| library.named.comment.clone())
                    .map(|comment| comment.to_string()),
            })
        });
        let declared = declared.collect();
        Manifest {
            path: path.to_owned(),
            ecosystem: Ecosystem::Maven,
            package: None,
            version: None,
            declared,
        }
    }
}

fn unknown(why: String) -> Got {
    let through = Through::Unknown;
    Got { requirement: String::new(), version: Version::Unknown(why), set: None, through, comment: None }
}
