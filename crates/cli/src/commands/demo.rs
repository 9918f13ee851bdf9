//! `demo`: the whole story on a sample fleet, from nothing to merged pull requests.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use fleetwright_demo::{SHIFTS, write_definitions, write_fleet};
use fleetwright_engine::command::{Apply, Follow, Plan};
use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation};
use fleetwright_engine::know::know;
use fleetwright_engine::load::Loaded;
use fleetwright_engine::sync::sync;
use fleetwright_runner::Sandbox;
use serde_json::json;

use super::demo_told::{affected, farewell};
use super::shift_status;
use crate::args::DemoArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

pub(super) async fn run(context: &Context<'_>, args: &DemoArgs) -> Ended {
    let ui = context.ui;
    let folder = &args.dir;
    prepare(context, folder, args.fresh)?;
    let config = Config::read(&folder.join("fleetwright.yaml"))?;
    let fleet = Arc::new(Fleet::open(config, isolation(context), context.seams.clone()).await?);
    look(context, &fleet).await?;
    ui.say("\n== An advisory is out: who is affected?");
    affected(context, &fleet).await?;
    let mut documents = Vec::new();
    for (index, file) in SHIFTS.iter().enumerate() {
        let path = folder.join("shifts").join(file);
        let loaded = Loaded::read(&path)?;
        let name = loaded.shift.metadata.name.clone();
        ui.say(format!(
            "\n== Shift {} of {}: {} ({})",
            index + 1,
            SHIFTS.len(),
            loaded.shift.title(),
            path.display()
        ));
        play(context, &fleet, &path, loaded).await?;
        let status = fleet.status(&name).await?;
        match ui.json() {
            true => documents.push(json!(status)),
            false => ui.say(shift_status::stands(context, &status.into())),
        }
        // Questions about the fleet are answered as the merges left it.
        look(context, &fleet).await?;
        if index == 0 {
            ui.say("\n== Who is affected still?");
            affected(context, &fleet).await?;
        }
    }
    if ui.json() {
        ui.document(&json!(documents));
        return Ok(Code::Done);
    }
    farewell(context, folder);
    Ok(Code::Done)
}

/// Reads what moved in the fleet.
async fn look(context: &Context<'_>, fleet: &Arc<Fleet>) -> Result<(), Failure> {
    let (caller, bar) = context.caller();
    let looked = async {
        sync(fleet, |_| true, caller.progress.as_ref()).await?;
        know(fleet, caller.progress.as_ref()).await
    };
    let looked = looked.await;
    bar.clear();
    looked?;
    Ok(())
}

/// Writes the fleet, unless an earlier demo left one to go on with.
fn prepare(context: &Context<'_>, folder: &Path, fresh: bool) -> Result<(), Failure> {
    let ui = context.ui;
    let (begun, done) = (folder.join(".demo-begun"), folder.join(".demo-complete"));
    if folder.exists() && (fresh || !done.exists()) {
        // Only what a demo wrote is ever removed; a configuration alone may be a person's fleet.
        if !begun.exists() && std::fs::read_dir(folder)?.next().is_some() {
            let message =
                format!("{} is not a demo's folder\n  try: `--dir` with another one", folder.display());
            return Err(Failure::refused(message));
        }
        std::fs::remove_dir_all(folder)?;
    }
    if done.exists() {
        ui.say(format!("Going on with the fleet in {} (`--fresh` begins anew).", folder.display()));
        return Ok(());
    }
    let start = Instant::now();
    std::fs::create_dir_all(folder)?;
    std::fs::write(&begun, "A demo wrote everything in this folder, and may remove it.\n")?;
    write_definitions(folder).map_err(Failure::internal)?;
    let repos = write_fleet(&folder.join("repos")).map_err(Failure::internal)?;
    std::fs::write(&done, "The sample fleet below is whole.\n")?;
    let count = number(repos.len() as u64, "repository", "repositories");
    ui.say(format!(
        "Wrote a sample fleet of {count} into {} ({:.1} s):",
        folder.display(),
        start.elapsed().as_secs_f64()
    ));
    ui.say(format!("  {:<28} bare git repositories, the local forge's pull requests beside them", "repos/"));
    ui.say(format!("  {:<28} advisories on Log4j, as OSV publishes them, and one of our own", "advisories/"));
    ui.say(format!("  {:<28} the shifts; three of them are played now", "shifts/"));
    ui.say(format!(
        "  {:<28} the configuration; the database and the mirrors are in .fleetwright/",
        "fleetwright.yaml"
    ));
    Ok(())
}

/// The demo's scripts are this program's own, so that a machine without the sandbox can show it too.
/// Anybody else's are refused there.
fn isolation(context: &Context<'_>) -> Isolation {
    match (context.isolation(), Sandbox::bubblewrap()) {
        (Isolation::Sandboxed, Err(why)) => {
            context.ui.note(format!(
                "\nnote: no sandbox here: {why}\n\
                 The demo runs its own scripts without one; a shift of yours would be refused."
            ));
            Isolation::Unsandboxed
        }
        (asked, _) => asked,
    }
}

async fn play(context: &Context<'_>, fleet: &Arc<Fleet>, path: &Path, loaded: Loaded) -> Result<(), Failure> {
    let ui = context.ui;
    let name = loaded.shift.metadata.name.clone();
    let (caller, bar) = context.caller();
    let start = Instant::now();
    let planned = Plan { loaded, amend: false }.apply(fleet, &caller).await;
    let (begun, _) = planned.inspect_err(|_| bar.clear())?;
    let clusters = fleet.clusters(&name).await?;
    let changes: usize = clusters.iter().map(|cluster| cluster.targets.len()).sum();
    bar.clear();
    ui.say(format!(
        "planned in {:.1} s: {} selected, {} in {} of identical ones; nothing is pushed yet",
        start.elapsed().as_secs_f64(),
        number(begun.selected as u64, "repository", "repositories"),
        number(changes as u64, "change", "changes"),
        number(clusters.len() as u64, "cluster", "clusters"),
    ));
    let start = Instant::now();
    let (caller, bar) = context.caller();
    let applied =
        Apply { loaded: Loaded::read(path)?, amend: false, follow: Follow::Rest }.apply(fleet, &caller).await;
    bar.clear();
    applied?;
    ui.say(format!(
        "applied in {:.1} s: pushed, opened, checked, merged where all is green\n",
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}
