//! What git declares against what runs: an export of a cluster as `kubectl get -o json` writes it.

mod compare;
mod difference;
mod quantity;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use crate::declared::Declared;
use crate::drift::difference::named;
use crate::formats::kubernetes::group;

pub use difference::{Drift, DriftKind};
pub use state::{Live, MAX_STATE_BYTES, State};

/// Compares the objects among `declared` with what runs. Only fields that git declares are compared,
/// so what the server fills in is no difference; what is not declared is looked for only in kinds
/// and namespaces of which git declares something.
pub fn drift(declared: &[Declared], state: &State) -> Vec<Drift> {
    let index = Index::of(state);
    let mut found = Vec::new();
    let mut settled: BTreeSet<usize> = BTreeSet::new();
    let mut managed: BTreeSet<(&str, &str, Option<&str>)> = BTreeSet::new();
    for each in declared.iter().filter(|each| each.kind.is_cluster_object()) {
        // With `generateName` the server makes the rest of the name up.
        if each.object.at(&["metadata", "name"]).is_none() || is_local(each) {
            continue;
        }
        let (group, kind) = (group(&each.api_version), each.type_name.as_str());
        let namespace = each.namespace.as_deref();
        match index.find(each, state) {
            Found::One(at, live) => {
                settled.insert(at);
                managed.insert((group, kind, live.namespace()));
                found.extend(compare::compare(each, live));
            }
            Found::None => {
                managed.insert((group, kind, namespace));
                found.push(Drift::of(DriftKind::Missing, each, namespace));
            }
            Found::Unclear(reason) => {
                // One of them is meant, so none of them is extra.
                settled.extend(index.named(each));
                found.push(Drift { reason, ..Drift::of(DriftKind::Unclear, each, namespace) });
            }
        }
    }
    for (_, live) in state.objects().iter().enumerate().filter(|(at, _)| !settled.contains(at)) {
        let place = (live.group(), live.kind(), live.namespace());
        if managed.contains(&place) && !live.is_made_by_the_cluster() {
            found.push(extra(live));
        }
    }
    found
}

/// An object that tools of configuration read and nobody applies (kpt's and kustomize's annotation).
fn is_local(declared: &Declared) -> bool {
    declared.object.text_at(&["metadata", "annotations", "config.kubernetes.io/local-config"]) == Some("true")
}

fn extra(live: &Live) -> Drift {
    Drift {
        kind: DriftKind::Extra,
        object: named(live.kind(), live.namespace(), live.name()),
        file: String::new(),
        line: 0,
        column: 0,
        key: String::new(),
        declared: None,
        live: None,
        reason: String::new(),
    }
}

enum Found<'s> {
    One(usize, &'s Live),
    None,
    Unclear(String),
}

/// What runs, by group, kind and name.
struct Index<'s>(BTreeMap<(&'s str, &'s str), BTreeMap<&'s str, Vec<usize>>>);

impl<'s> Index<'s> {
    fn of(state: &'s State) -> Index<'s> {
        let mut index: BTreeMap<_, BTreeMap<_, Vec<usize>>> = BTreeMap::new();
        for (at, live) in state.objects().iter().enumerate() {
            let names = index.entry((live.group(), live.kind())).or_default();
            names.entry(live.name()).or_default().push(at);
        }
        Index(index)
    }

    fn named<'d>(&'d self, declared: &'d Declared) -> &'d [usize] {
        let kind = self.0.get(&(group(&declared.api_version), declared.type_name.as_str()));
        kind.and_then(|names| names.get(declared.name.as_str())).map_or(&[], Vec::as_slice)
    }

    fn find(&self, declared: &Declared, state: &'s State) -> Found<'s> {
        if !self.0.contains_key(&(group(&declared.api_version), declared.type_name.as_str())) {
            let reason = "the export holds nothing of this kind: it does not run, or was not exported";
            return Found::Unclear(reason.to_owned());
        }
        let named = self.named(declared).iter().map(|at| (*at, &state.objects()[*at]));
        let named: Vec<(usize, &Live)> = named.collect();
        if let Some(namespace) = &declared.namespace {
            let here = named.iter().find(|(_, live)| live.namespace() == Some(namespace));
            return here.map_or(Found::None, |(at, live)| Found::One(*at, live));
        }
        match named.as_slice() {
            [] => Found::None,
            [(at, live)] => Found::One(*at, live),
            many => {
                let spaces: Vec<_> = many.iter().filter_map(|(_, live)| live.namespace()).take(5).collect();
                Found::Unclear(format!("it names no namespace and runs in several: {}", spaces.join(", ")))
            }
        }
    }
}
