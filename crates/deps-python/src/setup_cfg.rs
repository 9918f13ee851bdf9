//! `setup.cfg`: the requirements that setuptools reads there.

use std::ops::Range;

use fleetwright_package::{Ecosystem, Package, Scope, Version};

use crate::declare::Read;
use crate::source::Source;

/// A value of a section: its lines with their bytes, without comments.
struct Entry<'a> {
    section: &'a str,
    key: &'a str,
    lines: Vec<Range<usize>>,
}

/// Reads a `setup.cfg`; `None` where it says nothing of a package.
pub(crate) fn read(source: &mut Source<'_>) -> Option<Read> {
    let mut read = Read::new(source.path);
    let mut version = None;
    for entry in entries(source.text) {
        let first = entry.lines.first().map(|line| source.slice(line));
        let scope = match (entry.section, entry.key) {
            ("metadata", "name") => {
                read.manifest.package = first.and_then(|name| Package::new(Ecosystem::PyPi, name).ok());
                continue;
            }
            ("metadata", "version") => {
                version = first.filter(|text| !text.starts_with("attr:") && !text.starts_with("file:"));
                continue;
            }
            ("options", "install_requires") => Scope::Runtime,
            ("options", "setup_requires") => Scope::Build,
            ("options", "tests_require") => Scope::Development,
            ("options.extras_require", _) => Scope::Optional,
            _ => continue,
        };
        for line in entry.lines {
            one_line(&mut read, source, line, scope);
        }
    }
    if read.manifest.package.is_some() {
        let elsewhere = || Version::Unknown("its version is made when it is built".to_owned());
        read.manifest.version = Some(version.map_or_else(elsewhere, |text| Version::Known(text.to_owned())));
    }
    (read.manifest.package.is_some() || !read.manifest.declared.is_empty()).then_some(read)
}

/// A line holds requirements with semicolons between them, as setuptools reads lists, or one with a marker.
fn one_line(read: &mut Read, source: &mut Source<'_>, line: Range<usize>, scope: Scope) {
    let text = source.slice(&line);
    if text.starts_with("file:") {
        let message = "it takes its requirements from other files, which this does not follow";
        return source.finding(source.line(line.start), message, "name the requirements here");
    }
    read.add_text(source, line, scope);
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let (mut found, mut section, mut at): (Vec<Entry<'_>>, _, _) = (Vec::new(), "", 0);
    let mut continues = false;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim();
        let span = trimmed(line, start);
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some(entry) = found.last_mut().filter(|_| continues) {
                entry.lines.push(span);
            }
        } else if let Some(name) = body.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (section, continues) = (name.trim(), false);
        } else if let Some(end) = body.find(['=', ':']) {
            let value = trimmed(body.get(end + 1..).unwrap_or_default(), span.start + end + 1);
            let lines = if value.is_empty() { Vec::new() } else { vec![value] };
            found.push(Entry { section, key: body.get(..end).unwrap_or_default().trim(), lines });
            continues = true;
        }
    }
    found
}

/// The bytes of a piece that begins at `start`, without the space around it and a comment behind it.
fn trimmed(text: &str, start: usize) -> Range<usize> {
    let end = text.find(" #").unwrap_or(text.len());
    let text = text.get(..end).unwrap_or(text);
    let from = start + text.len() - text.trim_start().len();
    from..from + text.trim().len()
}
