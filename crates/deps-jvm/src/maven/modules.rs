//! Modules that are listed and are not there, or list each other.

use std::collections::HashSet;
use std::sync::Arc;

use super::pom::Source;
use super::poms::Poms;
use crate::text::{beside, finding};

/// Looks at the lists of modules of all POMs.
pub(crate) fn look(poms: &mut Poms<'_>) {
    let mut found = Vec::new();
    let mut safe = HashSet::new();
    for (path, source) in &poms.here {
        for module in &source.pom.modules {
            let remedy = "correct the path in <modules>, or take it out";
            let raw = &module.value;
            if raw.contains("${") || raw.is_empty() {
                continue;
            }
            let message = match (beside(path, raw), module_of(poms, path, raw)) {
                (None, _) => format!("module `{raw}` leaves the repository and is not followed"),
                (Some(_), None) => format!("module `{raw}` is not there"),
                (Some(_), Some(_)) => continue,
            };
            found.push(finding(path, module.line, &message, remedy));
        }
        if let Some(around) = circle(poms, path, &mut safe) {
            let message = format!("the modules lead in a circle, over {around}");
            found.push(finding(
                path,
                0,
                &message,
                "take one of the modules out of the list that closes the circle",
            ));
        }
    }
    poms.findings.extend(found);
}

fn module_of<'p>(poms: &'p Poms<'_>, path: &str, raw: &str) -> Option<(&'p Arc<str>, &'p Arc<Source>)> {
    let joined = beside(path, raw)?;
    let below = if joined.is_empty() { "pom.xml".to_owned() } else { format!("{joined}/pom.xml") };
    poms.here.get_key_value(joined.as_str()).or_else(|| poms.here.get_key_value(below.as_str()))
}

/// A POM on the way from `start` that leads back onto the way; what leads nowhere bad is remembered in `safe`.
fn circle(poms: &Poms<'_>, start: &Arc<str>, safe: &mut HashSet<Arc<str>>) -> Option<Arc<str>> {
    if safe.contains(start) {
        return None;
    }
    let mut way: Vec<(Arc<str>, usize)> = vec![(start.clone(), 0)];
    while let Some((path, next)) = way.last_mut() {
        let modules = poms.here.get(path).map_or(&[][..], |source| &source.pom.modules);
        let Some(module) = modules.get(*next) else {
            safe.insert(path.clone());
            way.pop();
            continue;
        };
        *next += 1;
        let Some((below, _)) = module_of(poms, path, &module.value) else { continue };
        let below = below.clone();
        if way.iter().any(|(known, _)| *known == below) {
            // Once is enough for all that lie on the circle.
            safe.extend(way.into_iter().map(|(path, _)| path));
            return Some(below);
        }
        if !safe.contains(&below) {
            way.push((below, 0));
        }
    }
    None
}
