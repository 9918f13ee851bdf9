//! Steps that are data: no checkout, no process.

use std::borrow::Cow;

use fleetwright_core::shift::{DocumentStep, FileStep, ReplaceStep};
use fleetwright_core::stage::{Fault, FaultClass};
use fleetwright_edit::{DocumentEdit, Format, Replace};
use fleetwright_git::{Change, Mode, RepoPath};
use fleetwright_index::limits::BINARY_PROBE_BYTES;
use globset::GlobSet;
use serde_json::Value;

use super::recipe::{Action, compile_document};
use super::text::Texts;
use super::{Stop, WorkTree, fault};

/// Applies a declarative step to the tree.
pub(super) fn apply(
    label: &str,
    action: &Action,
    tree: &mut WorkTree<'_>,
    texts: &Texts,
) -> Result<(), Stop> {
    let failed = |message: String| Stop::Failed(Fault::in_step(FaultClass::Script, label, message));
    match action {
        Action::Document { format, files, step, edit } => {
            let edit = document((*format, step), edit.as_ref(), texts).map_err(failed)?;
            let apply = |text: &str| edit.apply(text).map_err(|error| error.to_string());
            each_text(label, (tree, files), |_| true, apply)
        }
        Action::Replace { files, step, edit } => {
            let edit = replace(step, edit.as_ref(), texts).map_err(failed)?;
            each_text(label, (tree, files), |bytes| edit.matches(bytes), |text| Ok(edit.apply(text)))
        }
        Action::Rewrite { files, edit } => {
            let apply = |text: &str| edit.apply(text).map_err(|error| error.to_string());
            each_text(label, (tree, files), |bytes| holds(bytes, edit.literal().as_bytes()), apply)
        }
        Action::File { files, step } => file(label, tree, (files.as_ref(), step), texts),
        Action::Dependency { .. } | Action::Run(_) => Ok(()),
    }
}

/// The edit of a document for one target: its own where values are templates.
pub(super) fn document<'a>(
    (format, step): (Format, &DocumentStep),
    edit: Option<&'a DocumentEdit>,
    texts: &Texts,
) -> Result<Cow<'a, DocumentEdit>, String> {
    match edit {
        Some(edit) => Ok(Cow::Borrowed(edit)),
        None => compile_document(format, &rendered(step, texts)?).map(Cow::Owned),
    }
}

/// The replacement for one target: its own where `with` is a template.
pub(super) fn replace<'a>(
    step: &ReplaceStep,
    edit: Option<&'a Replace>,
    texts: &Texts,
) -> Result<Cow<'a, Replace>, String> {
    match edit {
        Some(edit) => Ok(Cow::Borrowed(edit)),
        None => {
            let own = Replace::compile(&step.pattern, &texts.render(&step.with)?, step.literal);
            own.map(Cow::Owned).map_err(|error| error.to_string())
        }
    }
}

/// Edits the text of every matching file. Links and binary files are passed over, and so is what is no
/// text and nothing is looked for in.
fn each_text(
    label: &str,
    (tree, files): (&mut WorkTree<'_>, &GlobSet),
    concerns: impl Fn(&[u8]) -> bool,
    edit: impl Fn(&str) -> Result<Option<String>, String>,
) -> Result<(), Stop> {
    let failed = |message: String| Stop::Failed(Fault::in_step(FaultClass::Script, label, message));
    for (shown, path, mode) in tree.matching(files) {
        if !matches!(mode, Mode::File | Mode::Executable) {
            continue;
        }
        let read = tree.read(&path).map_err(|error| Stop::Failed(in_step(label, fault(&error))))?;
        let Some(bytes) = read else { continue };
        if bytes.iter().take(BINARY_PROBE_BYTES).any(|byte| *byte == 0) {
            continue;
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if !concerns(error.as_bytes()) => continue,
            Err(_) => return Err(failed(format!("{shown} is not UTF-8: leave it out of `files`"))),
        };
        if let Some(new) = edit(&text).map_err(|why| failed(format!("{shown}: {why}")))? {
            tree.put(path, Change::Put { mode, content: new.into_bytes() });
        }
    }
    Ok(())
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

fn file(
    label: &str,
    tree: &mut WorkTree<'_>,
    (files, step): (Option<&GlobSet>, &FileStep),
    texts: &Texts,
) -> Result<(), Stop> {
    let failed = |message: String| Stop::Failed(Fault::in_step(FaultClass::Script, label, message));
    let path = |tree: &WorkTree<'_>, name: &str| {
        let path = RepoPath::new(format!("{}{name}", tree.prefix()));
        path.map_err(|error| Stop::Failed(Fault::in_step(FaultClass::Policy, label, error.to_string())))
    };
    let mode = step.mode.as_deref().map(|mode| if mode == "755" { Mode::Executable } else { Mode::File });
    if let Some(files) = files {
        for (_, path, old) in tree.matching(files) {
            match (mode, old) {
                _ if step.delete => tree.put(path, Change::Delete),
                (Some(mode), Mode::File | Mode::Executable) => set_mode(tree, label, path, mode)?,
                _ => {}
            }
        }
        return Ok(());
    }
    let from = path(tree, &texts.render(&step.path).map_err(&failed)?)?;
    if let Some(template) = &step.content {
        let content = texts.render(template).map_err(&failed)?.into_bytes();
        let kept = tree.mode(&from).filter(|mode| *mode == Mode::Executable).unwrap_or(Mode::File);
        tree.put(from, Change::Put { mode: mode.unwrap_or(kept), content });
    } else if let Some(template) = &step.rename {
        let to = path(tree, &texts.render(template).map_err(&failed)?)?;
        // A file that is not there was renamed already, or never was: nothing to do.
        if tree.mode(&from).is_some() {
            if tree.mode(&to).is_some() {
                return Err(failed(format!("{to} exists already: {} is not renamed onto it", step.path)));
            }
            tree.rename(&from, to);
        }
    }
    Ok(())
}

fn set_mode(tree: &mut WorkTree<'_>, label: &str, path: RepoPath, mode: Mode) -> Result<(), Stop> {
    let read = tree.read(&path).map_err(|error| Stop::Failed(in_step(label, fault(&error))))?;
    if let Some(content) = read {
        tree.put(path, Change::Put { mode, content });
    }
    Ok(())
}

fn rendered(step: &DocumentStep, texts: &Texts) -> Result<DocumentStep, String> {
    let mut step = step.clone();
    let values = step.set.values_mut().chain(step.append.values_mut()).chain(step.merge.as_mut());
    for value in values.chain(step.pick.values_mut()) {
        render_value(value, texts)?;
    }
    Ok(step)
}

fn render_value(value: &mut Value, texts: &Texts) -> Result<(), String> {
    match value {
        Value::String(text) => {
            *text = texts.render(text)?;
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| render_value(item, texts)),
        Value::Object(rows) => rows.values_mut().try_for_each(|row| render_value(row, texts)),
        _ => Ok(()),
    }
}

/// Names the step in a fault that was found below it.
pub(super) fn in_step(label: &str, fault: Fault) -> Fault {
    Fault { step: Some(label.to_owned()), ..fault }
}
