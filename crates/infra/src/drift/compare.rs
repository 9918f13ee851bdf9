//! The fields of one object: what git declares against what runs.

use serde_json::Value;

use crate::declared::Declared;
use crate::drift::difference::{Drift, DriftKind};
use crate::drift::quantity::same_quantity;
use crate::drift::state::Live;
use crate::tree::{Node, Tree, escape};

/// The most differences of one object that are listed.
const MAX_DIFFERENCES: usize = 50;

/// Keys of a list's elements that tell them apart, as Kubernetes merges them: the first that all
/// elements of both sides have, alone or with `protocol`.
const LIST_KEYS: [&str; 7] = ["name", "containerPort", "port", "mountPath", "devicePath", "key", "ip"];

/// Keys at the top that are no wish.
const NOT_COMPARED: [&str; 5] = ["apiVersion", "kind", "status", "metadata", "stringData"];

/// Annotations that the server and its controllers keep, beside those that begin with [`KEPT_BELOW`]: an export that
/// was committed has them, and they move by themselves.
const KEPT: [&str; 5] = [
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
    "kubectl.kubernetes.io/last-applied-configuration",
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
];

/// Beginnings of such annotations.
const KEPT_BELOW: [&str; 3] =
    ["autoscaling.alpha.kubernetes.io/", "control-plane.alpha.kubernetes.io/", "pv.kubernetes.io/"];

/// The differences between a declaration and its object.
pub(crate) fn compare(declared: &Declared, live: &Live) -> Vec<Drift> {
    let mut comparison = Comparison { declared, live, found: Vec::new() };
    for (key, wanted) in declared.object.rows() {
        if !NOT_COMPARED.contains(&key.text.as_str()) {
            comparison.field(&format!("/{}", escape(&key.text)), wanted, live.value().get(&key.text));
        }
    }
    for table in ["labels", "annotations"] {
        let wanted = declared.object.at(&["metadata", table]).map(Tree::rows).unwrap_or_default();
        for (key, wanted) in wanted.iter().filter(|(key, _)| !is_kept_by_the_server(&key.text)) {
            let place = format!("/metadata/{table}/{}", escape(&key.text));
            comparison.field(&place, wanted, live.value().pointer(&place));
        }
    }
    comparison.found.truncate(MAX_DIFFERENCES);
    of_another_version(declared, live, comparison.found)
}

/// Of an object that the export has in another version of its API, what is not there may be called otherwise: the
/// server writes `autoscaling/v1` out as `autoscaling/v2`. That is unclear, once.
fn of_another_version(declared: &Declared, live: &Live, found: Vec<Drift>) -> Vec<Drift> {
    let is = live.value().get("apiVersion").and_then(Value::as_str).unwrap_or_default();
    if is == declared.api_version {
        return found;
    }
    let is_gone = |drift: &Drift| drift.declared.is_some() && drift.live.is_none();
    let (gone, mut found): (Vec<_>, Vec<_>) = found.into_iter().partition(is_gone);
    if let Some(mut first) = gone.into_iter().next() {
        let declared = &declared.api_version;
        first.reason =
            format!("`{}` is not there, and {is} may call it otherwise than {declared}", first.key);
        (first.kind, first.declared) = (DriftKind::Unclear, None);
        found.push(first);
    }
    found
}

fn is_kept_by_the_server(annotation: &str) -> bool {
    KEPT.contains(&annotation) || KEPT_BELOW.iter().any(|beginning| annotation.starts_with(beginning))
}

struct Comparison<'c> {
    declared: &'c Declared,
    live: &'c Live,
    found: Vec<Drift>,
}

impl Comparison<'_> {
    fn field(&mut self, place: &str, wanted: &Tree, is: Option<&Value>) {
        if self.found.len() >= MAX_DIFFERENCES || wanted.is_null() {
            return;
        }
        let Some(is) = is.filter(|is| !is.is_null()) else {
            // The server leaves out what is empty.
            if !is_empty(wanted) {
                self.different(place, Some(wanted), None, "");
            }
            return;
        };
        match (&wanted.node, is) {
            (Node::Table(rows), Value::Object(map)) => {
                for (key, wanted) in rows {
                    self.field(&format!("{place}/{}", escape(&key.text)), wanted, map.get(&key.text));
                }
            }
            (Node::List(wanted), Value::Array(is)) => self.list(place, wanted, is),
            (Node::Leaf(value), _) if same(place, value, is) => {}
            _ => self.different(place, Some(wanted), Some(is), ""),
        }
    }

    fn list(&mut self, place: &str, wanted: &[Tree], is: &[Value]) {
        let Some(key) = list_key(wanted, is) else {
            if wanted.len() != is.len() {
                let reason = format!("git says {} elements, there are {}", wanted.len(), is.len());
                return self.different(place, None, None, &reason);
            }
            for (at, (wanted, is)) in wanted.iter().zip(is).enumerate() {
                self.field(&format!("{place}/{at}"), wanted, Some(is));
            }
            return;
        };
        let mut seen = Vec::new();
        for (at, element) in wanted.iter().enumerate() {
            let name = identity(&element.value(), key);
            let live = is.iter().position(|live| identity(live, key) == name);
            self.field(&format!("{place}/{at}"), element, live.map(|at| &is[at]));
            seen.extend(live);
        }
        // What admission adds goes into pods; what is added elsewhere was added by hand.
        if self.live.kind() == "Pod" {
            return;
        }
        for (_, element) in is.iter().enumerate().filter(|(at, _)| !seen.contains(at)) {
            let name = element.get(key).cloned().unwrap_or_default();
            self.different(place, None, Some(&name), "an element runs that git does not declare");
        }
    }

    fn different(&mut self, place: &str, wanted: Option<&Tree>, is: Option<&Value>, reason: &str) {
        let mut drift = Drift::of(DriftKind::Different, self.declared, self.live.namespace());
        (drift.line, drift.column) = self.declared.object.place(place);
        drift.key = place.to_owned();
        drift.reason = reason.to_owned();
        // A difference is printed and stored: no secret goes there.
        if self.live.kind() == "Secret" {
            drift.reason = "a value differs (not shown)".to_owned();
        } else {
            drift.declared = wanted.map(Tree::value);
            drift.live = is.cloned();
        }
        self.found.push(drift);
    }
}

fn is_empty(tree: &Tree) -> bool {
    match &tree.node {
        Node::Leaf(Value::String(text)) => text.is_empty(),
        Node::Leaf(Value::Bool(flag)) => !flag,
        Node::Leaf(Value::Number(number)) => number.as_f64() == Some(0.0),
        Node::Leaf(_) => true,
        Node::List(list) => list.iter().all(is_empty),
        Node::Table(rows) => rows.iter().all(|(_, tree)| is_empty(tree)),
    }
}

fn same(place: &str, wanted: &Value, is: &Value) -> bool {
    if wanted == is {
        return true;
    }
    if let (Some(wanted), Some(is)) = (wanted.as_f64(), is.as_f64()) {
        return wanted == is;
    }
    is_quantity(place) && same_quantity(wanted, is)
}

/// Whether Kubernetes reads a quantity there: `1000m` and `1` are the same, and it writes its own form.
fn is_quantity(place: &str) -> bool {
    let parts: Vec<&str> = place.rsplit('/').take(2).collect();
    let within = [
        "limits",
        "requests",
        "capacity",
        "hard",
        "default",
        "defaultRequest",
        "max",
        "min",
        "overhead",
        "used",
    ];
    let own = ["sizeLimit", "divisor", "averageValue", "value", "storage", "cpu", "memory"];
    parts.get(1).is_some_and(|parent| within.contains(parent))
        || parts.first().is_some_and(|key| own.contains(key))
}

/// The key that tells the elements of both lists apart.
fn list_key(wanted: &[Tree], is: &[Value]) -> Option<&'static str> {
    LIST_KEYS.into_iter().find(|key| {
        let wanted: Vec<_> =
            wanted.iter().map(|each| each.get(key).map(|_| identity(&each.value(), key))).collect();
        let is: Vec<_> = is.iter().map(|each| each.get(*key).map(|_| identity(each, key))).collect();
        let unique = |all: &[Option<(Value, Value)>]| {
            let mut known = std::collections::BTreeSet::new();
            all.iter()
                .all(|each| each.as_ref().is_some_and(|(key, more)| known.insert(format!("{key} {more}"))))
        };
        !wanted.is_empty() && unique(&wanted) && unique(&is)
    })
}

/// What tells an element apart; ports are told apart by their protocol too, which is TCP by default.
fn identity(element: &Value, key: &str) -> (Value, Value) {
    let protocol = match key {
        "containerPort" | "port" => element.get("protocol").cloned().unwrap_or_else(|| "TCP".into()),
        _ => Value::Null,
    };
    (element.get(key).cloned().unwrap_or_default(), protocol)
}
