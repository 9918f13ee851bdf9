//! Shift files out of other tools' files: text in, text and remarks out.
//!
//! What has an equivalent is translated. What has none is said: as a `# TODO` in the shift, as a
//! remark with file, line and key, and so that nothing wrong happens before a person has answered
//! it: a search nobody can translate selects nothing, a value nobody can give fails its step.

mod batch;
mod batch_given;
mod batch_making;
mod batch_script;
mod batch_step;
mod batch_texts;
mod draft;
mod express;
mod go;
mod grep;
mod names;
mod outside;
mod pattern;
mod query;
mod search;
mod shell;
mod shepherd;
mod value;
mod words;
mod yaml;

use fleetwright_core::shift;
use fleetwright_core::source::{Source, SourceError};

pub use outside::{Beside, Pulls};

/// Which tool's file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A Sourcegraph batch spec, version 1 or 2.
    BatchSpec,
    /// A `shepherd.yml`.
    Shepherd,
}

impl Format {
    /// The format's name for people.
    pub fn word(self) -> &'static str {
        match self {
            Format::BatchSpec => "Sourcegraph batch spec",
            Format::Shepherd => "Shepherd migration",
        }
    }
}

/// A shift made out of another tool's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Which tool's file it was.
    pub format: Format,
    /// The shift's name.
    pub name: String,
    /// The shift file. [`fleetwright_core::shift::read`] takes it.
    pub text: String,
    /// What a person should look at, each with its place in the other tool's file.
    pub remarks: Vec<SourceError>,
    /// Files that must stand beside the shift file, by their names beside the other tool's file.
    pub files: Vec<String>,
    /// Pull requests to adopt.
    pub pulls: Vec<Pulls>,
}

/// Makes a shift out of another tool's file.
///
/// # Errors
/// What cannot be done at all, with its place and what to do instead.
pub fn import(source: &Source, beside: Beside<'_>) -> Result<Imported, SourceError> {
    let value = source.value();
    let has = |key: &str| value.get(key).is_some();
    let (format, draft) = if has("hooks") {
        (Format::Shepherd, shepherd::draft(source, beside)?)
    } else if has("steps") || has("on") || has("changesetTemplate") || has("importChangesets") {
        (Format::BatchSpec, batch::draft(source, beside)?)
    } else {
        let remedy = "a batch spec has `on`, `steps` and `changesetTemplate`, a shepherd.yml has `hooks`";
        return Err(source.error("", "this is neither a batch spec nor a shepherd.yml", remedy));
    };
    let text = draft.text(&format!("{} ({})", source.file(), format.word()));
    check(source, &text)?;
    let mut files: Vec<String> = draft.steps.iter().flat_map(|step| step.files.clone()).collect();
    files.sort();
    files.dedup();
    Ok(Imported { format, name: draft.name, text, remarks: draft.remarks, files, pulls: draft.pulls })
}

/// What we write, we can read: anything else is a defect of ours, found here and not by a person.
fn check(source: &Source, text: &str) -> Result<(), SourceError> {
    let read = Source::parse("the shift made of it", text).and_then(|made| shift::read(&made));
    read.map(|_| ()).map_err(|error| {
        source.error("", format!("it became no good shift: {error}"), "please report this file as a defect")
    })
}
