//! `run`: a script on many repositories, as a shift made on the spot.

use std::path::Path;

use fleetwright_api::shifts::{Apply, Plan, ShiftFile};
use fleetwright_engine::load::Loaded;
use serde_json::json;

use super::{shift_plan, shift_status, targets};
use crate::args::RunArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};

pub(super) async fn run(context: &Context<'_>, args: &RunArgs) -> Ended {
    let fleet = context.open().await?;
    let loaded = shift_of(args)?;
    let name = loaded.shift.metadata.name.clone();
    // The same script may say something new; a shift with a file of its own is never replaced.
    if let Some(other) = fleet.store.shift(&name).await?
        && other.source != loaded.path.display().to_string()
    {
        let message = format!("another shift is called `{name}`: {}", other.source);
        return Err(Failure::usage(format!("{message}\n  try: `--branch` with another name")));
    }
    let file = ShiftFile::of(&loaded);
    if args.dry_run {
        let planned = context.call(Plan { file, amend: true }).await?;
        let failed = shift_plan::show(context, &planned, None).await?;
        return Ok(if failed { Code::SomeFailed } else { Code::Done });
    }
    let applied = context.call(Apply { file, amend: true, wait: false }).await?;
    shift_status::ended(context, &name, applied.halted.is_some()).await
}

/// The shift of a script: its name comes from the branch or the script, so that the same words
/// mean the same shift.
fn shift_of(args: &RunArgs) -> Result<Loaded, Failure> {
    let program = &args.command[0];
    let path = Path::new(program);
    let stem = path.file_stem().map_or_else(|| program.clone(), |stem| stem.to_string_lossy().into_owned());
    let name = label(args.branch.as_deref().unwrap_or(&stem));
    let message = args.message.clone().unwrap_or_else(|| format!("Run {stem}"));
    let title = args.title.clone().unwrap_or_else(|| message.lines().next().unwrap_or_default().to_owned());
    let mut command = args.command.clone();
    if path.is_file() {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        command[0] = format!("./{file}");
    }
    let mut document = json!({
        "apiVersion": "fleetwright/v1",
        "kind": "Shift",
        "metadata": { "name": name, "title": title, "description": message },
        "spec": {
            "steps": [{ "run": { "command": command } }],
            "pullRequest": { "title": raw(&title), "commit": { "message": raw(&message) } },
        },
    });
    if let Some(branch) = &args.branch {
        document["spec"]["pullRequest"]["branch"] = json!(branch);
    }
    let folder = path.parent().filter(|_| path.is_file()).unwrap_or(Path::new("."));
    let mut loaded = Loaded::from_text(&folder.join(format!("run-{name}.yaml")), &document.to_string())?;
    targets::fold(&args.targets, &mut loaded.shift.spec.targets)?;
    loaded.check().map_err(|error| targets::blame(&args.targets, error))?;
    Ok(loaded)
}

/// A person's words are no template here.
fn raw(text: &str) -> String {
    match text.contains("{{") || text.contains("{%") || text.contains("{#") {
        true => format!("{{% raw %}}{text}{{% endraw %}}"),
        false => text.to_owned(),
    }
}

/// A DNS label made from any name.
fn label(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let label: String = text.chars().map(plain).take(60).collect();
    match label.trim_matches('-') {
        "" => "script".to_owned(),
        label => label.to_owned(),
    }
}
