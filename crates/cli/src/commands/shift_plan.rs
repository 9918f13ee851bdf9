//! `shift plan`: every change made and stored, nothing pushed; identical ones shown once.

use std::path::Path;

use fleetwright_api::shifts::{Cluster, Diff, LeftOut, Plan, Planned, Round, ShiftFile};
use fleetwright_engine::load::Loaded;
use serde_json::json;

use super::shift_inspect;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{coloured, counts_table, names, number};

/// How many lines of an example diff are shown.
const EXAMPLE_LINES: usize = 40;

/// How many small clusters are listed one by one.
const MOST_OUTLIERS: usize = 20;

pub(super) async fn run(context: &Context<'_>, loaded: &Loaded, out: Option<&Path>, amend: bool) -> Ended {
    let planned = context.call(Plan { file: ShiftFile::of(loaded), amend }).await?;
    if let Some(folder) = out {
        write_patches(context, &planned.shift, folder).await?;
    }
    let failed = show(context, &planned, out).await?;
    if let Some(control) = planned.halted {
        context.ui.note(format!("halted: the shift is {control}"));
        return Ok(Code::Halted);
    }
    match planned.round.selected {
        0 => context.ui.say("\nNext: widen `spec.targets`, or add repositories, and plan again."),
        _ => context.ui.say(format!("\nNext: fleetwright shift apply {}", shorter(&loaded.path))),
    }
    Ok(if failed { Code::SomeFailed } else { Code::Done })
}

/// Shows a plan; says whether some targets failed.
pub(super) async fn show(
    context: &Context<'_>,
    planned: &Planned,
    out: Option<&Path>,
) -> Result<bool, Failure> {
    let ui = context.ui;
    let Planned { shift, title, round, left_out, counts, clusters, .. } = planned;
    let failed = counts.iter().any(|count| count.stage == "failed");
    if ui.json() {
        let mut document = json!(planned);
        document["targets"] = json!(shift_inspect::all(context, shift, None).await?);
        ui.document(&document);
        return Ok(failed);
    }
    let missing: u64 = left_out.iter().map(|out| out.repositories).sum();
    ui.say(format!("Plan of {shift}: {title}"));
    if round.replaced {
        ui.say("The file changed since the last plan: this plan takes its place.");
    }
    ui.say(format!(
        "{} of {} selected, {} of them never opened to decide that; {} moved since the last look",
        number(round.selected as u64, "repository", "repositories"),
        round.selected as u64 + missing,
        round.never_opened,
        round.moved
    ));
    if let Some(spared) = spared(round) {
        ui.say(spared);
    }
    show_clusters(context, clusters);
    let others: Vec<_> = counts.iter().filter(|count| count.stage != "made").cloned().collect();
    if !others.is_empty() {
        ui.say(format!("\nOther targets:\n{}", counts_table(&others)));
    }
    if !left_out.is_empty() {
        ui.say("\nLeft out:");
        let line = |out: &LeftOut| ui.say(format!("{:>6}  {}", out.repositories, out.reason));
        left_out.iter().for_each(line);
    }
    if let Some(folder) = out {
        ui.say(format!("\nOne patch per target is in {}", folder.display()));
    }
    Ok(failed)
}

/// How much the search index saved, where something had to be found out.
pub(super) fn spared(round: &Round) -> Option<String> {
    let due = number(round.due as u64, "repository", "repositories");
    let told = "were never opened: the search index proves that the steps change nothing there";
    (round.cannot_change > 0).then(|| format!("{} of {due} to look at {told}", round.cannot_change))
}

fn show_clusters(context: &Context<'_>, clusters: &[Cluster]) {
    let ui = context.ui;
    let targets: usize = clusters.iter().map(|cluster| cluster.targets.len()).sum();
    if targets == 0 {
        ui.say("\nNothing changes.");
        return;
    }
    ui.say(format!(
        "\n{} in {}. Two changes are one where they remove and add the same lines. File names, line numbers,\n\
         the space around a line, repetition, the repository's own name, and numbers that a changed line\n\
         keeps do not count.",
        number(targets as u64, "change", "changes"),
        number(clusters.len() as u64, "cluster", "clusters"),
    ));
    let many = clusters.iter().any(|cluster| cluster.targets.len() > 1);
    let is_outlier = |cluster: &&Cluster| many && cluster.targets.len() == 1;
    for (index, cluster) in
        clusters.iter().filter(|cluster| !is_outlier(cluster)).enumerate().take(MOST_OUTLIERS)
    {
        ui.say(format!("\nCluster {}: {}", index + 1, names(&cluster.targets)));
        ui.say(example(&cluster.example));
    }
    let outliers: Vec<_> = clusters.iter().filter(is_outlier).collect();
    for cluster in outliers.iter().take(MOST_OUTLIERS) {
        ui.say(format!("\nOutlier: {}", names(&cluster.targets)));
        ui.say(example(&cluster.example));
    }
    if outliers.len() > MOST_OUTLIERS {
        ui.say(format!(
            "\n... and {} outliers more; `--json` or `--out DIR` has all",
            outliers.len() - MOST_OUTLIERS
        ));
    }
}

fn example(patch: &str) -> String {
    let lines: Vec<&str> = patch.lines().collect();
    let shown = lines.iter().take(EXAMPLE_LINES).map(|line| format!("    {line}"));
    let mut text = coloured(&shown.collect::<Vec<_>>().join("\n"));
    if lines.len() > EXAMPLE_LINES {
        text.push_str(&format!("\n    ... {} lines more", lines.len() - EXAMPLE_LINES));
    }
    text
}

async fn write_patches(context: &Context<'_>, shift: &str, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    for target in shift_inspect::all(context, shift, Some("made")).await? {
        let plain = |text: &str| text.replace('/', "__");
        let dir = match target.dir.as_str() {
            "" => String::new(),
            dir => format!("__{}", plain(dir)),
        };
        let asked = Diff { shift: shift.to_owned(), repo: format!("{}:{}", target.repo, target.dir) };
        for patch in context.call(asked).await? {
            std::fs::write(folder.join(format!("{}{dir}.patch", plain(&target.repo))), patch.bytes())?;
        }
    }
    Ok(())
}

/// A path as a person would type it from here.
pub(super) fn shorter(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
