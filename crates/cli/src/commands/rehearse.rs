//! `rehearse`: plays a shift on a forge that only exists here, in virtual time.

use fleetwright_core::shift::Targets;
use fleetwright_engine::load::Loaded;
use serde_json::json;

use crate::args::RehearseArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::rehearsing::{Scene, play};
use crate::show::number;

pub(super) async fn run(context: &Context<'_>, args: &RehearseArgs) -> Ended {
    let mut loaded = Loaded::read(&args.file)?;
    // Names of the fleet's repositories mean nothing in a sample.
    if args.sample.is_some() {
        let select = loaded.shift.spec.targets.select.take();
        loaded.shift.spec.targets = Targets { select, ..Targets::default() };
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix("fleetwright-rehearsal-");
    // In memory where that is possible: nothing of it is kept.
    let folder = builder.tempdir_in("/dev/shm").or_else(|_| builder.tempdir());
    let folder = folder.map_err(|error| Failure::refused(error.to_string()))?;
    let fleet = match args.sample {
        Some(_) => None,
        None => Some(context.open().await?),
    };
    let (caller, bar) = context.caller();
    let played = play(Scene {
        args,
        loaded,
        folder: folder.path(),
        fleet: fleet.as_deref(),
        isolation: context.isolation(),
        progress: caller.progress,
        interrupt: caller.interrupt,
    })
    .await;
    bar.clear();
    let report = played?;
    if context.ui.json() {
        context.ui.document(&json!(report));
        return Ok(Code::Done);
    }
    let targets = report.targets.iter().map(|count| count.targets).sum();
    context.ui.line(format!(
        "{}: rehearsed on {} in {:.1} s; nothing has left this machine",
        report.shift,
        number(targets, "target", "targets"),
        report.seconds
    ));
    report.lines().into_iter().for_each(|line| context.ui.line(line));
    Ok(Code::Done)
}
