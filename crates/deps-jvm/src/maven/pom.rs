//! One POM as it is written, with the profiles that are active by default put in.

use std::collections::HashMap;
use std::sync::Arc;

use fleetwright_package::Package;

use crate::text::Text;
use crate::xml::{Broken, Element, read};

/// A POM and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) pom: Pom,
    pub(crate) origin: Origin,
}

/// Where a POM lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// In this repository, at this path.
    Here(Arc<str>),
    /// Elsewhere: this package in this version.
    There(Package, String),
}

/// What a POM says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pom {
    pub(crate) parent: Option<Parent>,
    pub(crate) group: Option<Text>,
    pub(crate) artifact: Option<Text>,
    pub(crate) version: Option<Text>,
    pub(crate) body: Body,
    /// The profiles that are not active by default.
    pub(crate) profiles: Vec<Profile>,
    pub(crate) modules: Vec<Text>,
    /// Where it moved to: group, artifact and version as far as they are other ones.
    pub(crate) relocation: Option<[Option<Text>; 3]>,
}

#[derive(Debug, Clone)]
pub(crate) struct Parent {
    pub(crate) group: Text,
    pub(crate) artifact: Text,
    pub(crate) version: Text,
    /// The path that is written; `None` where none is, and an empty one says that it lies elsewhere.
    pub(crate) relative: Option<Text>,
}

#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) id: String,
    pub(crate) line: u32,
    pub(crate) body: Body,
}

/// What a profile may say as well as the POM itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) properties: HashMap<String, Text>,
    pub(crate) managed: Vec<Dependency>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) plugins: Vec<Dependency>,
    pub(crate) managed_plugins: Vec<Dependency>,
    /// Extensions of the build, and what plugins depend on.
    pub(crate) tools: Vec<Dependency>,
}

/// A dependency, a managed one, an imported BOM or a plugin, as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    pub(crate) group: String,
    pub(crate) artifact: String,
    pub(crate) version: Option<Text>,
    pub(crate) kind: String,
    pub(crate) classifier: String,
    pub(crate) scope: Option<String>,
    pub(crate) optional: Option<String>,
    pub(crate) exclusions: Vec<(String, String)>,
    /// Where its artifact is named.
    pub(crate) named: Text,
    /// The comment at the element itself.
    pub(crate) comment: Option<Arc<str>>,
}

impl Dependency {
    /// What tells it from others, as it is written.
    fn key(&self) -> [String; 4] {
        [&self.group, &self.artifact, &self.kind, &self.classifier].map(String::clone)
    }

    pub(crate) fn is_import(&self) -> bool {
        self.scope.as_deref() == Some("import") && self.kind == "pom"
    }
}

/// Reads a POM.
pub(crate) fn parse(text: &str) -> Result<Pom, Broken> {
    let root = read(text)?;
    if root.name != "project" {
        let reason = format!("<{}> is no POM, whose root is <project>", root.name);
        return Err(Broken { line: root.line, reason });
    }
    let mut pom = Pom {
        parent: root.child("parent").and_then(parent),
        group: root.value("groupId"),
        artifact: root.value("artifactId"),
        version: root.value("version"),
        body: body(&root),
        modules: texts(root.list("modules")),
        relocation: root.child("distributionManagement").and_then(relocation),
        ..Pom::default()
    };
    for element in root.list("profiles") {
        pom.modules.extend(texts(element.list("modules")));
        let body = body(element);
        let active = element.child("activation").and_then(|activation| activation.string("activeByDefault"));
        if active.as_deref() == Some("true") {
            pom.body.put(body);
        } else {
            let id = element.string("id").unwrap_or_else(|| "default".to_owned());
            pom.profiles.push(Profile { id, line: element.line, body });
        }
    }
    Ok(pom)
}

impl Body {
    /// Puts an active profile in: what it says counts more.
    pub(crate) fn put(&mut self, profile: Body) {
        self.properties.extend(profile.properties);
        self.tools.extend(profile.tools);
        put(&mut self.managed, profile.managed);
        put(&mut self.dependencies, profile.dependencies);
        put(&mut self.plugins, profile.plugins);
        put(&mut self.managed_plugins, profile.managed_plugins);
    }
}

fn put(into: &mut Vec<Dependency>, from: Vec<Dependency>) {
    let mut known: HashMap<_, _> = into.iter().enumerate().map(|(at, one)| (one.key(), at)).collect();
    for dependency in from {
        match known.get(&dependency.key()).and_then(|at| into.get_mut(*at)) {
            Some(same) => *same = dependency,
            None => {
                known.insert(dependency.key(), into.len());
                into.push(dependency);
            }
        }
    }
}

fn parent(element: &Element<'_>) -> Option<Parent> {
    Some(Parent {
        group: element.value("groupId")?,
        artifact: element.value("artifactId")?,
        version: element.value("version")?,
        relative: element.child("relativePath").map(|path| path.text()),
    })
}

fn relocation(element: &Element<'_>) -> Option<[Option<Text>; 3]> {
    let to = element.child("relocation")?;
    Some(["groupId", "artifactId", "version"].map(|name| to.value(name)))
}

fn texts(elements: &[Element<'_>]) -> Vec<Text> {
    elements.iter().map(|element| element.text()).collect()
}

fn body(element: &Element<'_>) -> Body {
    let properties = element.list("properties").iter();
    let build = element.child("build");
    let plugins = build.map_or(&[][..], |build| build.list("plugins"));
    let managed = build.and_then(|build| build.child("pluginManagement"));
    let managed = managed.map_or(&[][..], |managed| managed.list("plugins"));
    let reporting = element.child("reporting").map_or(&[][..], |reporting| reporting.list("plugins"));
    let extensions = build.map_or(&[][..], |build| build.list("extensions"));
    let mut tools = dependencies(extensions);
    for plugin in plugins.iter().chain(managed) {
        tools.extend(dependencies(plugin.list("dependencies")));
    }
    let mut used = self::plugins(plugins);
    used.extend(self::plugins(reporting));
    let management = element.child("dependencyManagement");
    Body {
        properties: properties.map(|one| (one.name.to_owned(), one.text())).collect(),
        managed: management
            .map(|management| dependencies(management.list("dependencies")))
            .unwrap_or_default(),
        dependencies: once(dependencies(element.list("dependencies"))),
        plugins: used,
        managed_plugins: self::plugins(managed),
        tools,
    }
}

/// Of a dependency that is written twice the later counts.
fn once(all: Vec<Dependency>) -> Vec<Dependency> {
    let mut kept = Vec::new();
    put(&mut kept, all);
    kept
}

fn dependencies(elements: &[Element<'_>]) -> Vec<Dependency> {
    elements.iter().filter_map(|element| dependency(element, None)).collect()
}

fn plugins(elements: &[Element<'_>]) -> Vec<Dependency> {
    elements.iter().filter_map(|element| dependency(element, Some("org.apache.maven.plugins"))).collect()
}

fn dependency(element: &Element<'_>, group: Option<&str>) -> Option<Dependency> {
    let named = element.value("artifactId")?;
    let exclusions = element.list("exclusions").iter();
    let any = |one: &Element<'_>, name| one.string(name).unwrap_or_else(|| "*".to_owned());
    Some(Dependency {
        group: element.string("groupId").or_else(|| group.map(str::to_owned))?,
        artifact: named.value.clone(),
        version: element.value("version"),
        kind: element.string("type").unwrap_or_else(|| "jar".to_owned()),
        classifier: element.string("classifier").unwrap_or_default(),
        scope: element.string("scope"),
        optional: element.string("optional"),
        exclusions: exclusions.map(|one| (any(one, "groupId"), any(one, "artifactId"))).collect(),
        named,
        comment: element.comment.clone(),
    })
}
