//! The files that make up a project, read in MSBuild's order: all properties first, then all items.

use std::collections::BTreeMap;

use fleetwright_package::Finding;

use super::condition::holds;
use super::files::is_msbuild;
use super::properties::{At, Here, Properties, Property, resolve};
use crate::limits::{MAX_COMMENT, MAX_EVALUATED, MAX_IMPORTS, MAX_NAMED, MAX_PROPERTIES, MAX_REFERENCES};
use crate::paths::{folder, upwards, within};
use crate::source::{Source, cut};
use crate::xml::{Element, Written};

/// A file's text and its root element.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) source: Source<'a>,
    pub(super) root: Element<'a>,
}

/// Every file of MSBuild by its path.
pub(super) type Parsed<'a> = BTreeMap<&'a str, File<'a>>;

/// An item such as `PackageReference`.
#[derive(Debug, Clone)]
pub(super) struct Found<'p, 'a> {
    pub(super) element: &'p Element<'a>,
    pub(super) file: &'p File<'a>,
    /// One of the packages that it names.
    pub(super) name: String,
    /// The condition that it depends on and that is not known here.
    pub(super) doubt: Option<String>,
}

/// A project as it is evaluated.
pub(super) struct Evaluated<'p, 'a> {
    pub(super) properties: Properties,
    /// The items of packages, in order, with those whose condition does not hold left out.
    pub(super) items: Vec<Found<'p, 'a>>,
    parsed: &'p Parsed<'a>,
    known: &'p BTreeMap<&'p str, &'p str>,
    project: &'p str,
    /// The groups of items, to be looked at when all properties are known.
    groups: Vec<(&'p Element<'a>, &'p File<'a>, Vec<String>)>,
    open: Vec<&'p str>,
    imported: usize,
}

/// What is found on the way, and how much may still be looked at.
pub(super) struct Report<'f> {
    pub(super) findings: &'f mut Vec<Finding>,
    /// Elements, over all projects of the repository.
    pub(super) left: usize,
    /// References, over all projects of the repository.
    pub(super) references_left: usize,
}

impl Report<'_> {
    /// Counts references; the number of them that may still be kept.
    pub(super) fn take(&mut self, wanted: usize, path: &str) -> usize {
        let kept = wanted.min(self.references_left);
        self.references_left -= kept;
        if kept < wanted {
            self.findings.push(Finding {
                path: path.to_owned(),
                line: 0,
                message: format!(
                    "the projects have over {MAX_REFERENCES} references together; the rest is left out"
                ),
                remedy: "import smaller files".to_owned(),
            });
        }
        kept
    }

    /// Counts an element; `false` when there were too many.
    fn goes_on(&mut self, file: &File<'_>) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        if left == 0 {
            let message = format!(
                "its projects have over {MAX_EVALUATED} elements with all imports; the rest is left out"
            );
            self.findings.push(file.source.finding(0, message, "import smaller files"));
        }
        left > 0
    }
}

/// The most conditions that are told of one item or property.
const MAX_DOUBTS: usize = 4;

/// The kinds of items that say something of packages.
const KINDS: [&str; 3] = ["PackageReference", "PackageVersion", "GlobalPackageReference"];

/// Evaluates a project, or Directory.Packages.props as if it were one.
pub(super) fn evaluate<'p, 'a>(
    project: &'p str,
    parsed: &'p Parsed<'a>,
    known: &'p BTreeMap<&'p str, &'p str>,
    report: &mut Report<'_>,
) -> Evaluated<'p, 'a> {
    let mut evaluated = Evaluated {
        properties: Properties::default(),
        items: Vec::new(),
        parsed,
        known,
        project,
        groups: Vec::new(),
        open: Vec::new(),
        imported: 0,
    };
    let above = |name: &str| {
        let found = upwards(folder(project))
            .map(|folder| within(folder, name))
            .find_map(|path| parsed.get_key_value(path.as_str()));
        found.map(|(path, _)| *path)
    };
    let around = ["Directory.Build.props", "Directory.Packages.props"].map(above);
    let files = around
        .into_iter()
        .flatten()
        .filter(|path| *path != project)
        .chain([project])
        .chain(above("Directory.Build.targets"));
    for path in files.collect::<Vec<_>>() {
        evaluated.file(path, &[], report);
    }
    evaluated.read_items(report);
    evaluated
}

impl<'p, 'a> Evaluated<'p, 'a> {
    pub(super) fn here(&self, file: &'p File<'a>) -> Here<'p> {
        Here { folder: folder(file.source.path), project: self.project, files: self.known }
    }

    fn file(&mut self, path: &str, doubts: &[String], report: &mut Report<'_>) {
        let Some((path, file)) = self.parsed.get_key_value(path) else { return };
        self.open.push(path);
        self.children(&file.root, file, doubts, report);
        self.open.pop();
    }

    /// The conditions that an element depends on besides `doubts`; `None` when it does not hold.
    fn doubts(&self, element: &Element<'a>, file: &'p File<'a>, doubts: &[String]) -> Option<Vec<String>> {
        let mut doubts = doubts.to_vec();
        if let Some(condition) = element.attribute("Condition") {
            match holds(&condition.text, &self.properties, self.here(file)) {
                Some(true) => {}
                Some(false) => return None,
                None if doubts.len() < MAX_DOUBTS => {
                    doubts.push(cut(condition.text.trim(), MAX_COMMENT).to_owned())
                }
                // The others are enough to say that it is not certain.
                None => {}
            }
        }
        Some(doubts)
    }

    fn children(
        &mut self,
        of: &'p Element<'a>,
        file: &'p File<'a>,
        doubts: &[String],
        report: &mut Report<'_>,
    ) {
        for element in &of.children {
            if !report.goes_on(file) {
                return;
            }
            if element.name == "ItemGroup" {
                self.groups.push((element, file, doubts.to_vec()));
                continue;
            }
            let Some(doubts) = self.doubts(element, file, doubts) else { continue };
            match element.name.as_str() {
                "PropertyGroup" => self.set_properties(element, file, &doubts, report),
                "Import" => self.import(element, file, &doubts, report),
                "ImportGroup" => self.children(element, file, &doubts, report),
                "Choose" => self.choose(element, file, &doubts, report),
                _ => {}
            }
        }
    }

    fn choose(
        &mut self,
        of: &'p Element<'a>,
        file: &'p File<'a>,
        doubts: &[String],
        report: &mut Report<'_>,
    ) {
        let mut doubts = doubts.to_vec();
        for branch in &of.children {
            let Some(inside) = self.doubts(branch, file, &doubts) else { continue };
            self.children(branch, file, &inside, report);
            if inside.len() == doubts.len() && doubts.len() < MAX_DOUBTS {
                return;
            }
            // What follows holds only if this does not.
            if doubts.len() < MAX_DOUBTS {
                doubts.push(format!("not {}", inside.last().map_or("", String::as_str)));
            }
        }
    }

    /// Takes in a group of properties.
    fn set_properties(
        &mut self,
        group: &'p Element<'a>,
        file: &'p File<'a>,
        doubts: &[String],
        report: &mut Report<'_>,
    ) {
        for element in &group.children {
            if !report.goes_on(file) {
                return;
            }
            let Some(doubts) = self.doubts(element, file, doubts) else { continue };
            let empty = Written { text: "".into(), span: element.tag.end..element.tag.end };
            let value = element.text.as_ref().unwrap_or(&empty);
            let (mut only_if, mut doubt, mut text) = (doubts, None, String::new());
            match self.properties.expand(&value.text, self.here(file)) {
                Ok(expanded) => {
                    text = expanded.text;
                    only_if.extend(expanded.only_if);
                }
                Err(unclear) => doubt = Some(unclear.words()),
            }
            let only_if = (!only_if.is_empty()).then(|| only_if.join(" and "));
            let plain = !value.text.contains("$(");
            let written = plain.then(|| At { path: file.source.path.to_owned(), span: value.span.clone() });
            if self.properties.is_full() {
                let message =
                    format!("{} has over {MAX_PROPERTIES} properties; new ones are left out", self.project);
                report.findings.push(file.source.finding(0, message, "import smaller files"));
                return;
            }
            self.properties.set(&element.name, Property { text, written, only_if, doubt });
        }
    }

    fn import(
        &mut self,
        element: &'p Element<'a>,
        file: &'p File<'a>,
        doubts: &[String],
        report: &mut Report<'_>,
    ) {
        let Some(project) = element.attribute("Project").filter(|_| element.attribute("Sdk").is_none())
        else {
            return;
        };
        let line = file.source.line(element.tag.start);
        // What depends on properties of the SDK lies outside of the repository.
        let Ok(written) = self.properties.expand(&project.text, self.here(file)) else { return };
        let mut find =
            |message: String, remedy: &str| report.findings.push(file.source.finding(line, message, remedy));
        let Some(path) = resolve(folder(file.source.path), &written.text) else {
            find(
                format!("it imports `{}` from outside of the repository", project.text),
                "import files of the repository",
            );
            return;
        };
        if path.is_empty() || path.contains('*') {
            return;
        }
        if self.open.contains(&path.as_str()) {
            find(format!("it imports `{path}`, which imports it"), "break the circle of imports");
        } else if self.imported >= MAX_IMPORTS {
            find(format!("over {MAX_IMPORTS} imports follow from {}", self.project), "import fewer files");
        } else if self.parsed.contains_key(path.as_str()) {
            self.imported += 1;
            self.file(&path, doubts, report);
        } else if doubts.is_empty() && is_msbuild(&path) && !self.known.contains_key(path.as_str()) {
            find(
                format!("it imports `{path}`, which is not there"),
                "add the file, or a condition that it exists",
            );
        }
    }

    /// Takes in the items; by now all properties are known.
    fn read_items(&mut self, report: &mut Report<'_>) {
        for (group, file, doubts) in std::mem::take(&mut self.groups) {
            let Some(doubts) = self.doubts(group, file, &doubts) else { continue };
            for element in group.children.iter().filter(|element| KINDS.contains(&element.name.as_str())) {
                if !report.goes_on(file) {
                    return;
                }
                let Some(doubts) = self.doubts(element, file, &doubts) else { continue };
                let doubt = (!doubts.is_empty()).then(|| doubts.join(" and "));
                let names = self.names(element, file, report);
                let new = names.into_iter().map(|name| Found { element, file, name, doubt: doubt.clone() });
                self.items.extend(new.take(MAX_NAMED + 1 - self.items.len()));
                if self.items.len() > MAX_NAMED {
                    let message =
                        format!("{} names over {MAX_NAMED} packages; the rest is left out", self.project);
                    let remedy = "look whether the file was made by accident";
                    report.findings.push(file.source.finding(0, message, remedy));
                    return;
                }
            }
        }
    }

    /// The packages that an item names: none where that is computed.
    fn names(&self, element: &Element<'a>, file: &'p File<'a>, report: &mut Report<'_>) -> Vec<String> {
        let named = ["Include", "Update", "Remove"].iter().find_map(|name| element.attribute(name));
        let Some(named) = named else { return Vec::new() };
        let expanded = match self.properties.expand(&named.text, self.here(file)) {
            Ok(expanded) => expanded,
            Err(unclear) => {
                let message = format!("which packages it names is not known: {}", unclear.words());
                let line = file.source.line(element.tag.start);
                report.findings.push(file.source.finding(
                    line,
                    message,
                    "write their names, or set the property here",
                ));
                return Vec::new();
            }
        };
        let names = expanded.text.split(';').map(str::trim).filter(|name| !name.is_empty());
        names.take(MAX_NAMED + 1).map(str::to_owned).collect()
    }
}
