//! Rule: inside a crate, imports go one way.
//!
//! A module is a file. Module A uses module B when A's production code names a path that leads
//! into B, by `use` or written out. A name that a module passes on with `pub use` counts as a use
//! of the module it comes from, so `use crate::Error` in `a.rs` is a use of `error.rs`, not of
//! `lib.rs`. Passing on a name of a child is not a use: that is what a parent's file is for.
//! Everything else counts, also between parent and child: a parent that calls its children holds
//! nothing they need, and what they share lies in a module of its own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::Broken;
use crate::paths::{Named, all};
use crate::source::SourceFile;

/// The modules of one crate by path (`a::b`; the root is empty), each with the paths it names.
type Modules = BTreeMap<String, Vec<Named>>;

/// Who uses whom.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// How many times a passed-on name is followed before it is left alone.
const MOST_HOPS: usize = 8;

/// Looks for circles in every crate.
pub fn check(files: &[SourceFile]) -> Vec<Broken> {
    let mut crates: BTreeMap<&str, Modules> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_production()) {
        if let Some((name, module)) = module_of(&file.path) {
            crates.entry(name).or_default().insert(module, all(&file.production));
        }
    }
    let told = crates.iter().flat_map(|(name, modules)| {
        circles(&graph(modules)).into_iter().map(move |circle| {
            let what = format!("imports go in a circle: {}", circle.join(" -> "));
            Broken::new(format!("crates/{name}/src"), what)
        })
    });
    told.collect()
}

/// The crate and module of `crates/NAME/src/...`; a `main.rs` is a crate of its own.
fn module_of(path: &str) -> Option<(&str, String)> {
    let (name, file) = path.strip_prefix("crates/")?.split_once("/src/")?;
    let stem = file.strip_suffix(".rs")?;
    let module = match stem {
        "lib" => String::new(),
        "main" => return None,
        other => other.strip_suffix("/mod").unwrap_or(other).replace('/', "::"),
    };
    Some((name, module))
}

fn graph(modules: &Modules) -> Graph {
    let uses = modules.iter().map(|(module, named)| {
        let counted = named.iter().filter_map(|named| {
            let used = resolve(modules, module, &named.segments, 0)?;
            let own_child = named.passed_on && is_child(module, &used);
            (used != *module && !own_child).then_some(used)
        });
        (module.clone(), counted.collect())
    });
    uses.collect()
}

fn is_child(parent: &str, module: &str) -> bool {
    parent.is_empty() || module.strip_prefix(parent).is_some_and(|rest| rest.starts_with("::"))
}

/// The module a path leads into, seen from a module; `None` when it leads out of the crate.
fn resolve(modules: &Modules, from: &str, segments: &[String], hops: usize) -> Option<String> {
    let (mut at, mut rest) = start(modules, from, segments)?;
    while let Some((first, deeper)) = rest.split_first() {
        let child = join(&at, first);
        if !modules.contains_key(&child) {
            break;
        }
        (at, rest) = (child, deeper);
    }
    let Some(name) = rest.first() else { return Some(at) };
    let passed = modules.get(&at)?.iter().find(|named| named.passed_on && named.local == *name);
    match passed {
        Some(passed) if hops < MOST_HOPS => resolve(modules, &at, &passed.segments, hops + 1).or(Some(at)),
        _ => Some(at),
    }
}

/// Where a path starts, and what of it is still to walk.
fn start<'a>(modules: &Modules, from: &str, segments: &'a [String]) -> Option<(String, &'a [String])> {
    let (first, rest) = segments.split_first()?;
    match first.as_str() {
        "crate" => Some((String::new(), rest)),
        "self" => Some((from.to_owned(), rest)),
        "super" => {
            let (mut at, mut rest) = (parent(from), rest);
            while let Some((first, deeper)) = rest.split_first().filter(|(first, _)| *first == "super") {
                debug_assert_eq!(first, "super");
                (at, rest) = (parent(&at), deeper);
            }
            Some((at, rest))
        }
        name => modules.contains_key(&join(from, name)).then(|| (from.to_owned(), segments)),
    }
}

fn parent(module: &str) -> String {
    module.rsplit_once("::").map_or_else(String::new, |(parent, _)| parent.to_owned())
}

fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// The shortest circle through each module, each told once, from its first module on.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let shortest = graph.keys().filter_map(|start| shortest_circle(graph, start));
    let first = shortest.filter(|circle| circle.iter().min() == circle.first());
    first.map(|circle| circle.into_iter().map(shown).collect()).collect()
}

fn shown(module: String) -> String {
    if module.is_empty() { "lib.rs".to_owned() } else { module }
}

fn shortest_circle(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut queue = VecDeque::from([vec![start.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = queue.pop_front() {
        for next in way.last().and_then(|last| graph.get(last)).into_iter().flatten() {
            let longer = || way.iter().cloned().chain([next.clone()]).collect();
            if next == start {
                return Some(longer());
            }
            if seen.insert(next.clone()) {
                queue.push_back(longer());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<SourceFile> =
            files.iter().map(|(path, text)| SourceFile::new(format!("crates/x/src/{path}"), *text)).collect();
        check(&files).iter().map(|broken| broken.what.clone()).collect()
    }

    #[test]
    fn two_modules_that_use_each_other_are_a_circle() {
        let files = [
            ("lib.rs", "mod a;\nmod b;"),
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "fn f() { super::a::g() }"),
        ];
        assert_eq!(told(&files), ["imports go in a circle: a -> b -> a"]);
    }

    #[test]
    fn passed_on_names_lead_to_their_home() {
        let lib = ("lib.rs", "pub use error::Error;\npub use a::A;");
        assert!(told(&[lib, ("a.rs", "use crate::Error;"), ("error.rs", "pub struct Error;")]).is_empty());
        let bad = [lib, ("a.rs", "use crate::Error;"), ("error.rs", "use crate::A;")];
        assert_eq!(told(&bad), ["imports go in a circle: a -> error -> a"]);
    }

    #[test]
    fn a_parent_that_uses_a_child_that_uses_it_is_a_circle() {
        let parent = ("a/mod.rs", "mod b;\nuse b::f;\npub struct A;");
        assert_eq!(told(&[parent, ("a/b.rs", "use super::A;")]), ["imports go in a circle: a -> a::b -> a"]);
        let passing = ("a/mod.rs", "mod b;\npub use b::f;\npub struct A;");
        assert!(told(&[passing, ("a/b.rs", "use super::A;")]).is_empty());
    }

    #[test]
    fn tests_may_use_what_they_like() {
        let a = ("a.rs", "use crate::b::B;\n#[cfg(test)]\nmod tests { use super::*; }");
        let b = ("b.rs", "#[cfg(test)]\nmod tests { use crate::a::A; }");
        assert!(told(&[a, b]).is_empty());
    }
}
