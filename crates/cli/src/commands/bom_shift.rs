//! `bom shift`: writes the Shift that moves users of a bill of materials.

use std::fs;
use std::path::{Path, PathBuf};

use fleetwright_bom::{Channel, Selection};
use fleetwright_engine::bom::{ShiftFile, find, shift};
use serde_json::json;

use crate::args::{BomShiftArgs, ChannelWord};
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

pub(super) async fn run(context: &Context<'_>, args: &BomShiftArgs) -> Ended {
    let fleet = context.open().await?;
    let bom = find(&fleet, &args.name)?;
    let channel = match args.channel {
        ChannelWord::Stable => Channel::Stable,
        ChannelWord::Candidate => Channel::Candidate,
    };
    let file = shift(&fleet, &bom, channel).await?;
    let written = args.out.as_deref().map(|folder| write(folder, &file)).transpose()?;
    let ui = context.ui;
    if ui.json() {
        ui.document(&json!({
            "name": file.written.name,
            "release": file.release,
            "waitsFor": file.waits.as_ref().map(|(release, at)| json!({ "release": release, "until": at })),
            "behind": file.behind,
            "list": file.written.selection == Selection::List,
            "shift": file.written.text,
            "written": written,
        }));
        return Ok(Code::Done);
    }
    match &written {
        Some(path) => ui.say(format!("Wrote {}.", path.display())),
        None => ui.line(file.written.text.trim_end()),
    }
    let behind = number(file.behind.len() as u64, "repository is", "repositories are");
    ui.note(format!("{behind} below release {}", file.release));
    if let Some((release, at)) = &file.waits {
        ui.note(format!("release {release} is not old enough before {at}"));
    }
    if file.written.selection == Selection::List {
        ui.note("it names the repositories that are below it now: the expression would be too long");
    }
    if let Some(path) = &written {
        ui.note(format!("next: fleetwright shift apply {} --amend", path.display()));
    }
    Ok(Code::Done)
}

/// What stands at the top of every file that this command writes.
const OURS: &str = "# Written by `fleetwright bom shift ";

/// Writes the file, also over one that this command wrote before.
fn write(folder: &Path, file: &ShiftFile) -> Result<PathBuf, Failure> {
    let path = folder.join(format!("{}.yaml", file.written.name));
    match fs::read(&path) {
        Ok(there) if !there.starts_with(OURS.as_bytes()) => {
            let message = format!(
                "{} is there already, and not from `bom shift`\n  try: another folder",
                path.display()
            );
            return Err(Failure::refused(message));
        }
        _ => {}
    }
    fs::create_dir_all(folder)?;
    fs::write(&path, &file.written.text)?;
    Ok(path)
}
