//! Properties of MSBuild, and putting them into texts.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::limits::{MAX_EXPANDED, MAX_PROPERTIES};
use crate::paths::{file_name, folder, join, upwards, within};

/// Stands for the repository's root in a path: no file can hold it.
const ROOT: &str = "\0";

/// Bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At {
    pub(super) path: String,
    pub(super) span: Range<usize>,
}

/// A property.
#[derive(Debug, Clone)]
pub(super) struct Property {
    pub(super) text: String,
    /// Where its value is written, when it is a text without properties in it.
    pub(super) written: Option<At>,
    /// The condition that it depends on and that is not known here: without it there is no value.
    pub(super) only_if: Option<String>,
    /// Why its value is not known.
    pub(super) doubt: Option<String>,
}

/// A text with all properties put in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) text: String,
    /// The conditions that its properties depend on.
    pub(super) only_if: Vec<String>,
}

/// The properties by their names in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Properties {
    all: HashMap<String, Property>,
}

/// The place of the file that a text is written in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'p> {
    /// The folder of the file.
    pub(super) folder: &'p str,
    /// The project's file.
    pub(super) project: &'p str,
    /// Every file that there is.
    pub(super) files: &'p BTreeMap<&'p str, &'p str>,
}

/// Why a text cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unclear {
    /// A property that nothing here sets.
    Undefined(String),
    /// Anything else, in words.
    Because(String),
}

impl Unclear {
    pub(super) fn words(&self) -> String {
        match self {
            Unclear::Undefined(name) => format!("nothing in this repository sets `$({name})`"),
            Unclear::Because(why) => why.clone(),
        }
    }
}

impl Properties {
    pub(super) fn get(&self, name: &str) -> Option<&Property> {
        self.all.get(&name.to_lowercase())
    }

    /// Whether no other property may be set.
    pub(super) fn is_full(&self) -> bool {
        self.all.len() >= MAX_PROPERTIES
    }

    /// Sets a property. Under a condition that is not known, another value than the one that was there makes
    /// both uncertain.
    pub(super) fn set(&mut self, name: &str, property: Property) {
        let full = self.is_full();
        match (self.all.get_mut(&name.to_lowercase()), &property.only_if) {
            (Some(known), Some(condition)) if known.text != property.text => {
                let why =
                    format!("it is `{}` or `{}`, depending on `{condition}`", known.text, property.text);
                known.doubt = Some(why);
            }
            (Some(_), Some(_)) => {}
            (None, _) if full => {}
            _ => {
                self.all.insert(name.to_lowercase(), property);
            }
        }
    }

    /// The text with all properties put in.
    pub(super) fn expand(&self, text: &str, here: Here<'_>) -> Result<Expanded, Unclear> {
        let mut whole = Expanded::default();
        let mut rest = text;
        while let Some(at) = rest.find("$(") {
            whole.text.push_str(&rest[..at]);
            let inner = &rest[at + 2..];
            let end = closing(inner)
                .ok_or_else(|| Unclear::Because(format!("`{text}` has a bracket that stays open")))?;
            self.put(&inner[..end], here, &mut whole)?;
            if whole.text.len() > MAX_EXPANDED {
                return Err(Unclear::Because(format!("its properties grow over {MAX_EXPANDED} bytes")));
            }
            rest = &inner[end + 1..];
        }
        if text.contains("@(") || text.contains("%(") {
            return Err(Unclear::Because(format!("`{text}` depends on other items")));
        }
        if whole.text.len() + rest.len() > MAX_EXPANDED {
            return Err(Unclear::Because(format!("it has over {MAX_EXPANDED} bytes")));
        }
        whole.text.push_str(rest);
        Ok(whole)
    }

    /// Puts the value of a property behind what is there.
    fn put(&self, name: &str, here: Here<'_>, whole: &mut Expanded) -> Result<(), Unclear> {
        if let Some(arguments) = name.strip_prefix("[MSBuild]::GetPathOfFileAbove(") {
            whole.text.push_str(&self.file_above(arguments.trim_end_matches(')'), here)?);
            return Ok(());
        }
        if name.is_empty() || !name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-')) {
            return Err(Unclear::Because(format!("`$({name})` is computed")));
        }
        if let Some(value) = of_msbuild(name, here) {
            whole.text.push_str(&value);
            return Ok(());
        }
        match self.get(name) {
            None => Err(Unclear::Undefined(name.to_owned())),
            Some(Property { doubt: Some(doubt), .. }) => {
                Err(Unclear::Because(format!("`$({name})`: {doubt}")))
            }
            Some(property) => {
                whole.text.push_str(&property.text);
                whole.only_if.extend(property.only_if.clone());
                Ok(())
            }
        }
    }

    /// `GetPathOfFileAbove('name', 'folder')`; an empty text when there is none.
    fn file_above(&self, arguments: &str, here: Here<'_>) -> Result<String, Unclear> {
        let bare = |text: &str| text.trim().trim_matches(['\'', '"']).to_owned();
        let (name, start) = arguments.split_once(',').unwrap_or((arguments, "$(MSBuildThisFileDirectory)"));
        if start.contains("GetPathOfFileAbove") {
            return Err(Unclear::Because("it looks for a file above a file that it looks for".to_owned()));
        }
        let start = self.expand(&bare(start), here)?.text;
        let outside = || Unclear::Because("it looks outside of the repository".to_owned());
        let start = resolve(here.folder, &start).ok_or_else(outside)?;
        let name = bare(name);
        let found = upwards(&start)
            .map(|folder| within(folder, &name))
            .find(|path| here.files.contains_key(path.as_str()));
        Ok(found.map_or_else(String::new, |path| format!("{ROOT}/{path}")))
    }
}

/// What MSBuild itself says of the file and the project.
fn of_msbuild(name: &str, here: Here<'_>) -> Option<String> {
    let file = file_name(here.project);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    Some(match name.to_lowercase().as_str() {
        "msbuildthisfiledirectory" => rooted(here.folder),
        "msbuildprojectdirectory" => rooted(folder(here.project)).trim_end_matches('/').to_owned(),
        "msbuildprojectname" => stem.to_owned(),
        "msbuildprojectfile" => file.to_owned(),
        "msbuildprojectextension" => file[stem.len()..].to_owned(),
        _ => return None,
    })
}

fn rooted(folder: &str) -> String {
    if folder.is_empty() { format!("{ROOT}/") } else { format!("{ROOT}/{folder}/") }
}

/// A path that is written in a file of `folder`, from the root; `None` when it leads out.
pub(super) fn resolve(folder: &str, written: &str) -> Option<String> {
    let written = written.replace('\\', "/");
    match written.strip_prefix(ROOT) {
        Some(rooted) => join("", rooted.trim_start_matches('/')),
        None => join(folder, &written),
    }
}

/// Where the bracket closes that was opened before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, char) in text.char_indices() {
        match char {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}
