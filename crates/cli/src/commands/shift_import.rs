//! `shift import`: another tool's file becomes a shift file.

use std::fs;
use std::path::{Path, PathBuf};

use fleetwright_core::source::{Source, SourceError};
use fleetwright_engine::config::read_text;
use fleetwright_engine::load::Loaded;
use fleetwright_import::{Imported, import};
use serde_json::{Value, json};

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

/// The most files a folder that is mounted may hold: what travels with a shift is small.
const MOST_FILES: usize = 1_000;

pub(super) fn run(context: &Context<'_>, file: &Path, out: Option<&Path>) -> Ended {
    let source = Source::parse(&file.display().to_string(), &read_text(file)?)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut imported = import(&source, &|name| beside(folder, name))?;
    let written = out.map_or(Ok(Vec::new()), |out| write(&imported, folder, out))?;
    let name = format!("{}.yaml", imported.name);
    let path = written.first().cloned().unwrap_or_else(|| folder.join(name));
    // What only the engine knows: expressions, templates, and the files that travel.
    if let Err(mut error) = Loaded::from_text(&path, &imported.text) {
        error.file = path.display().to_string();
        imported.remarks.push(error);
    }
    let ui = context.ui;
    for remark in &imported.remarks {
        ui.note(format!("look: {remark}"));
    }
    match (ui.json(), written.as_slice()) {
        (true, written) => ui.document(&document(&imported, written)),
        (false, []) => ui.line(imported.text.trim_end()),
        (false, written) => {
            for path in written {
                ui.say(format!("Wrote {}.", path.display()));
            }
        }
    }
    if !imported.remarks.is_empty() {
        ui.note(format!("{} to look at", number(imported.remarks.len() as u64, "thing", "things")));
    }
    if let Some(next) = adopt(&imported) {
        ui.note(format!("Once it is planned, its open pull requests join it: {next}"));
    }
    Ok(Code::Done)
}

/// The files a name stands for beside the imported file.
fn beside(folder: &Path, name: &str) -> Vec<String> {
    let mut files = Vec::new();
    let mut waiting = vec![PathBuf::from(name)];
    while let Some(path) = waiting.pop() {
        let full = folder.join(&path);
        if full.is_file() {
            files.extend(path.to_str().map(str::to_owned));
        } else if let Ok(entries) = fs::read_dir(&full)
            && !full.is_symlink()
        {
            waiting.extend(entries.flatten().map(|entry| path.join(entry.file_name())));
        }
        if files.len() > MOST_FILES {
            return Vec::new();
        }
    }
    files.sort();
    files
}

/// Writes the shift file and what travels with it; what is there already with other content stays.
fn write(imported: &Imported, folder: &Path, out: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut contents =
        vec![(out.join(format!("{}.yaml", imported.name)), imported.text.clone().into_bytes(), None)];
    for name in &imported.files {
        let from = folder.join(name);
        if let Ok(content) = fs::read(&from) {
            contents.push((
                out.join(name),
                content,
                fs::metadata(&from).ok().map(|found| found.permissions()),
            ));
        }
    }
    let other =
        |(path, content, _): &&(PathBuf, Vec<u8>, _)| fs::read(path).is_ok_and(|there| there != *content);
    if let Some((path, ..)) = contents.iter().find(other) {
        let message =
            format!("{} is there already, with other content\n  try: another folder", path.display());
        return Err(Failure::refused(message));
    }
    let mut written = Vec::new();
    for (path, content, mode) in contents {
        fs::create_dir_all(path.parent().unwrap_or(out))?;
        fs::write(&path, content)?;
        if let Some(mode) = mode {
            fs::set_permissions(&path, mode)?;
        }
        written.push(path);
    }
    Ok(written)
}

/// The command that takes the file's pull requests into the shift.
fn adopt(imported: &Imported) -> Option<String> {
    let pulls: Vec<String> = imported
        .pulls
        .iter()
        .flat_map(|pulls| {
            pulls.numbers.iter().map(move |number| format!(" --pull '{}#{number}'", pulls.repo))
        })
        .collect();
    (!pulls.is_empty()).then(|| format!("fleetwright shift adopt {}{}", imported.name, pulls.concat()))
}

fn document(imported: &Imported, written: &[PathBuf]) -> Value {
    let remark = |remark: &SourceError| {
        json!({
            "file": remark.file, "line": remark.line, "column": remark.column, "key": remark.key,
            "message": remark.message, "remedy": remark.remedy,
        })
    };
    json!({
        "format": imported.format.word(),
        "name": imported.name,
        "shift": imported.text,
        "written": written,
        "files": imported.files,
        "remarks": imported.remarks.iter().map(remark).collect::<Vec<_>>(),
        "pulls": imported.pulls.iter().map(|pulls| json!({ "repo": pulls.repo, "numbers": pulls.numbers })).collect::<Vec<_>>(),
    })
}
