//! How Yarn names what is asked for: `left@npm:^1.0.0`.

use std::collections::BTreeSet;

use fleetwright_package::compare;

use crate::ask::Ask;
use crate::hold::allows;

/// The most requirements that one package is told of.
const MAX: usize = 100;

/// What Yarn's lockfile and the manifests ask of the package that allows the wanted version, less what is on a newer one
/// already.
pub(crate) fn berry(ask: &Ask<'_>) -> Vec<String> {
    let mut asked = BTreeSet::new();
    let text = ask.files.text(ask.path).unwrap_or_default();
    let mut newer = BTreeSet::new();
    let mut heads: Vec<&str> = Vec::new();
    for line in text.lines() {
        if let Some(version) = line.strip_prefix("  version: ") {
            let version = version.trim_matches('"');
            let above = compare(ask.ecosystem, version, ask.to).is_some_and(std::cmp::Ordering::is_gt);
            (if above { &mut newer } else { &mut asked }).extend(heads.drain(..));
        } else if !line.starts_with([' ', '#']) {
            let head = line.trim_end_matches(':').trim_matches('"');
            heads = head.split(", ").filter_map(|head| requirement(ask, head)).collect();
        }
    }
    let fresh = manifests(ask);
    asked.extend(fresh.iter().map(String::as_str));
    let kept = asked.into_iter().filter(|asked| !newer.contains(asked) && allows(ask, asked));
    kept.take(MAX).map(|asked| format!("{}@npm:{asked}", ask.package.name())).collect()
}

/// The requirement of `left@npm:^1.0.0`, or of `left@^1.0.0`, if it is one of the package.
fn requirement<'a>(ask: &Ask<'_>, head: &'a str) -> Option<&'a str> {
    let asked = head.strip_prefix(ask.package.name())?.strip_prefix('@')?;
    Some(asked.strip_prefix("npm:").unwrap_or(asked))
}

/// What the manifests ask of the package; all of it, for what is not in the lockfile does nothing there.
fn manifests(ask: &Ask<'_>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (_, text) in ask.files.named("package.json") {
        let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { continue };
        for list in ["dependencies", "devDependencies", "optionalDependencies"] {
            let asked = json.get(list).and_then(|list| list.get(ask.package.name()));
            let asked = asked.and_then(serde_json::Value::as_str);
            all.extend(asked.map(|asked| asked.strip_prefix("npm:").unwrap_or(asked).to_owned()));
        }
    }
    all
}
