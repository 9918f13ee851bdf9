//! What a POM needs in turn, as Maven 3 resolves it: the nearest version wins, of equally near ones the first.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use fleetwright_package::{Ecosystem, Lock, Locked, Package, Version};

use super::management::{Need, key};
use super::model::{Model, package};
use super::pom::Source;
use super::poms::Poms;
use super::requirement;
use crate::text::number;

/// The most packages that one POM may need in turn.
const MAX_PACKAGES: usize = 20_000;
/// The most needs that are looked at for one repository.
const MAX_NEEDS: usize = 20_000_000;
/// The longest path from the root to a package.
const MAX_DEPTH: u32 = 500;
/// The most times that one package may have moved.
const MAX_MOVES: usize = 8;

/// The format of a [`Lock`] that was resolved here.
pub(crate) const FORMAT: &str = "maven resolution";

/// What is not to be known, each once.
pub(crate) type Gaps = BTreeSet<String>;

/// Exclusions of a node, with those of the nodes above.
struct Excluded {
    here: Vec<(String, String)>,
    above: Option<Arc<Excluded>>,
}

/// A package that won.
struct Node {
    position: u32,
    model: Arc<Model>,
    excluded: Option<Arc<Excluded>>,
    /// How far from the root.
    depth: u32,
}

/// A need whose package is about to win.
struct Won {
    need: Need,
    key: String,
    version: String,
}

/// What is resolved for one POM.
struct Resolution<'p, 'a> {
    poms: &'p mut Poms<'a>,
    root: Arc<Model>,
    packages: Vec<Locked>,
    positions: HashMap<(Package, String), u32>,
    winners: HashMap<String, u32>,
    queue: VecDeque<Node>,
    gaps: Gaps,
}

impl Poms<'_> {
    /// Resolves what a POM needs; its own package comes first.
    ///
    /// # Errors
    /// When something on the way is not known: what it is.
    pub(crate) fn resolve(&mut self, path: &str, root: Arc<Model>) -> Result<Lock, Gaps> {
        let mut resolution = Resolution {
            poms: self,
            root: root.clone(),
            packages: Vec::new(),
            positions: HashMap::new(),
            winners: HashMap::new(),
            queue: VecDeque::new(),
            gaps: Gaps::new(),
        };
        resolution.gaps.extend(root.broken.clone());
        let line =
            root.lineage.first().and_then(|source| source.pom.artifact.as_ref()).map_or(0, |text| text.line);
        let named = root.coordinates().and_then(|[group, artifact, version]| {
            let package = package(&group, &artifact);
            Ok((package.ok_or_else(|| format!("`{group}:{artifact}` is no name of a package"))?, version))
        });
        match named {
            Ok((package, version)) => {
                resolution.positions.insert((package.clone(), version.clone()), 0);
                resolution.packages.push(Locked { package, version, line, own: true, needs: Vec::new() });
                resolution.queue.push_back(Node { position: 0, model: root, excluded: None, depth: 0 });
                resolution.run();
            }
            Err(why) => _ = resolution.gaps.insert(why),
        }
        let Resolution { packages, gaps, .. } = resolution;
        if !gaps.is_empty() {
            return Err(gaps);
        }
        let format = FORMAT.to_owned();
        Ok(Lock { path: path.to_owned(), ecosystem: Ecosystem::Maven, format, packages })
    }
}

impl Resolution<'_, '_> {
    fn run(&mut self) {
        while let Some(node) = self.queue.pop_front() {
            for need in self.poms.needs(&node.model).iter() {
                self.poms.looked += 1;
                if self.poms.looked > MAX_NEEDS || self.packages.len() > MAX_PACKAGES {
                    let why = format!(
                        "it needs more than {MAX_PACKAGES} packages, or its repository more than {MAX_NEEDS} in all"
                    );
                    self.gaps.insert(why);
                    return;
                }
                let transitive = node.depth > 0;
                if transitive && (need.optional || matches!(need.scope.as_str(), "test" | "provided")) {
                    continue;
                }
                if node.excluded.as_ref().is_some_and(|excluded| excluded.covers(&need.group, &need.artifact))
                {
                    continue;
                }
                if let Err(why) = self.follow(&node, need) {
                    self.gaps.insert(why);
                }
            }
        }
    }

    /// Follows one need from a winner, through its moves, to its package.
    fn follow(&mut self, node: &Node, need: &Need) -> Result<(), String> {
        let mut next = Cow::Borrowed(need);
        for _ in 0..MAX_MOVES {
            let key = key(&next.group, &next.artifact, extension(&next.kind), classifier(&next));
            if let Some(known) = self.winners.get(&key) {
                self.edge(node.position, *known);
                return Ok(());
            }
            let mut need = next.into_owned();
            self.manage(node, &mut need);
            let version = exact(&need)?;
            let leaf = need.scope == "system" || matches!(need.kind.as_str(), "war" | "ear" | "rar" | "par");
            if leaf {
                return self.win(node, Won { need, key, version }, None);
            }
            let source = self.poms.source("POM", &need.group, &need.artifact, &version)?;
            let model = self.poms.model(&source);
            match moved(&model, &source, &version)? {
                Some([group, artifact, version]) => {
                    need.version = Ok(version);
                    (need.group, need.artifact) = (group, artifact);
                    if node.excluded.as_ref().is_some_and(|it| it.covers(&need.group, &need.artifact)) {
                        return Ok(());
                    }
                    next = Cow::Owned(need);
                }
                None => return self.win(node, Won { need, key, version }, Some((source, model))),
            }
        }
        Err(format!("{}:{} moved more than {MAX_MOVES} times", next.group, next.artifact))
    }

    /// The root's management rules over what is needed in turn; its exclusions over everything.
    fn manage(&mut self, node: &Node, need: &mut Need) {
        let managed = self.poms.managed(&self.root);
        match managed.get(&key(&need.group, &need.artifact, &need.kind, &need.classifier)) {
            Ok(Some(found)) => {
                need.exclusions.extend(found.entry.exclusions.iter().cloned());
                if node.depth > 0 {
                    if let Some(version) = &found.entry.version {
                        need.version = version.text.clone();
                    }
                    if let Some(scope) = &found.entry.scope {
                        need.scope.clone_from(scope);
                    }
                }
            }
            Ok(None) => {}
            Err(why) => _ = self.gaps.insert(why),
        }
    }

    fn win(&mut self, node: &Node, won: Won, pom: Option<(Arc<Source>, Arc<Model>)>) -> Result<(), String> {
        let Won { need, key, version } = won;
        let package = package(&need.group, &need.artifact)
            .ok_or_else(|| format!("`{}:{}` is no name of a package", need.group, need.artifact))?;
        let own = pom.as_ref().is_some_and(|(source, _)| source.is_here());
        // The same package under another classifier is no other package.
        let next = number(self.packages.len());
        let position = *self.positions.entry((package.clone(), version.clone())).or_insert(next);
        if position == next {
            self.packages.push(Locked { package, version, line: 0, own, needs: Vec::new() });
        }
        self.winners.insert(key, position);
        self.edge(node.position, position);
        if let Some((_, model)) = pom {
            if node.depth >= MAX_DEPTH {
                return Err(format!("a package lies more than {MAX_DEPTH} steps away"));
            }
            let above = node.excluded.clone();
            let excluded = match need.exclusions.is_empty() {
                true => above,
                false => Some(Arc::new(Excluded { here: need.exclusions.clone(), above })),
            };
            self.gaps.extend(model.broken.clone());
            self.queue.push_back(Node { position, model, excluded, depth: node.depth + 1 });
        }
        Ok(())
    }

    fn edge(&mut self, from: u32, to: u32) {
        if let Some(locked) = self.packages.get_mut(from as usize)
            && !locked.needs.contains(&to)
        {
            locked.needs.push(to);
        }
    }
}

impl Excluded {
    fn covers(&self, group: &str, artifact: &str) -> bool {
        let matches = |(a, b): &(String, String)| (a == "*" || a == group) && (b == "*" || b == artifact);
        let mut nodes = std::iter::successors(Some(self), |node| node.above.as_deref());
        nodes.any(|node| node.here.iter().any(matches))
    }
}

/// Where a POM says that its package moved to.
fn moved(model: &Model, source: &Source, version: &str) -> Result<Option<[String; 3]>, String> {
    let Some([group, artifact, to]) = &source.pom.relocation else { return Ok(None) };
    let or = |text: &Option<crate::text::Text>, same: &str| match text {
        Some(text) => model.value(text, 0).text,
        None => model.about(same),
    };
    let version = match to {
        Some(text) => model.value(text, 0).text?,
        None => version.to_owned(),
    };
    Ok(Some([or(group, "groupId")?, or(artifact, "artifactId")?, version]))
}

fn exact(need: &Need) -> Result<String, String> {
    match requirement::version(need.version.as_ref()?).0 {
        Version::Known(version) => Ok(version),
        Version::Unknown(why) => Err(format!("{}:{}: {why}", need.group, need.artifact)),
    }
}

/// The file's extension, by which Maven tells files of one package apart.
fn extension(kind: &str) -> &str {
    match kind {
        "test-jar" | "maven-plugin" | "ejb" | "ejb-client" | "java-source" | "javadoc" | "bundle" => "jar",
        kind => kind,
    }
}

fn classifier(need: &Need) -> &str {
    match (need.kind.as_str(), need.classifier.is_empty()) {
        ("test-jar", true) => "tests",
        ("ejb-client", true) => "client",
        ("java-source", true) => "sources",
        ("javadoc", true) => "javadoc",
        _ => &need.classifier,
    }
}
