//! References of container images: `registry/path:tag@digest`.

use std::ops::Range;

use fleetwright_package::{Ecosystem, Scope, Through, Version};

use crate::source::{Named, Source, shown};
use crate::variable::{Filled, Variables, fill};

/// Declares the image that a text names, at the bytes where it is written.
pub(crate) fn declare(source: &mut Source<'_>, span: Range<usize>, scope: Scope, variables: &Variables) {
    let text = source.slice(&span);
    match fill(text, span.start, variables) {
        Ok(filled) => filled_in(source, span, scope, &filled),
        Err(name) => unknown(source, span, scope, &name),
    }
}

/// Declares an image whose variables are put in.
pub(crate) fn filled_in(source: &mut Source<'_>, at: Range<usize>, scope: Scope, filled: &Filled) {
    let text = filled.text.as_str();
    let Some(parts) = parts(text) else { return };
    let requirement = parts.set.as_ref().and_then(|set| text.get(set.clone())).unwrap_or_default();
    let set = parts.set.as_ref().and_then(|set| filled.place(set));
    let variable = filled.variable(parts.set.as_ref().unwrap_or(&(0..text.len())));
    let through = variable.map_or(Through::Inline, |name| Through::Property(name.to_owned()));
    let version = version(parts.tag, parts.digest);
    let name = text.get(..parts.name).unwrap_or_default();
    source.declare(Named {
        ecosystem: Ecosystem::Image,
        name,
        requirement,
        version,
        scope,
        at,
        set,
        through,
    });
}

/// An image with a variable that is told elsewhere: its name may still be known.
fn unknown(source: &mut Source<'_>, at: Range<usize>, scope: Scope, variable: &str) {
    let text = source.slice(&at);
    let why = Version::Unknown(format!("`{}` is told when it runs, not in this file", shown(variable)));
    let Some(parts) = parts(text).filter(|parts| !text.get(..parts.name).unwrap_or("$").contains('$')) else {
        return;
    };
    let name = text.get(..parts.name).unwrap_or_default();
    let requirement = parts.set.and_then(|set| text.get(set)).unwrap_or_default();
    let through = Through::Property(variable.to_owned());
    source.declare(Named {
        ecosystem: Ecosystem::Image,
        name,
        requirement,
        version: why,
        scope,
        at,
        set: None,
        through,
    });
}

struct Parts<'t> {
    /// Where the name ends.
    name: usize,
    tag: Option<&'t str>,
    digest: Option<&'t str>,
    /// The tag, the digest, or both with what is between them.
    set: Option<Range<usize>>,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let (tagged, digest) = match text.split_once('@') {
        Some((tagged, digest)) => (tagged, Some(digest)),
        None => (text, None),
    };
    let last = tagged.rfind('/').map_or(0, |at| at + 1);
    let colon = tagged.get(last..)?.find(':').map(|at| last + at);
    let name = colon.unwrap_or(tagged.len());
    let start = name + 1;
    let valid = name > 0 && !text.contains(char::is_whitespace) && start <= text.len() + 1;
    let set = (start < text.len()).then_some(start..text.len());
    let tag = colon.and_then(|at| tagged.get(at + 1..));
    valid.then_some(Parts { name, tag, digest, set })
}

/// The version that a tag and a digest tell.
pub(crate) fn version(tag: Option<&str>, digest: Option<&str>) -> Version {
    match (tag, digest) {
        (Some(tag), Some(_)) if !tag.is_empty() => Version::Known(tag.to_owned()),
        (_, Some(digest)) => Version::Known(digest.to_owned()),
        (None | Some(""), None) => {
            Version::Unknown("no tag is written, which means `latest`, and that moves".into())
        }
        (Some("latest"), None) => Version::Unknown("`latest` moves".into()),
        (Some(tag), None) => Version::Known(tag.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_tag() {
        let found = parts("host:5000/a/b:1.2@sha256:00").unwrap();
        assert_eq!((found.name, found.tag, found.digest), (13, Some("1.2"), Some("sha256:00")));
        assert_eq!(found.set, Some(14..27));
        assert_eq!(parts("host:5000/a").unwrap().tag, None);
    }
}
