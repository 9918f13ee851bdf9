//! `infra drift`: what git declares against what a cluster holds.

use fleetwright_engine::infra::{Compared, Drifted, Source, Which, drift};
use fleetwright_infra::DriftKind;
use serde_json::{Value, json};

use super::infra_validate::{told, whose};
use crate::args::DriftArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{number, plain};
use crate::ui::Ui;

pub(super) async fn run(context: &Context<'_>, args: &DriftArgs) -> Ended {
    let compared = if args.paths.is_empty() {
        let fleet = context.open().await?;
        if fleet.store.readings().await?.is_empty() {
            return Err(Failure::usage("no repository was read yet\n  try: `fleetwright repo sync`"));
        }
        let which = Which::new(&args.repo)?;
        drift(&Source::Fleet(&fleet, &which), &args.state).await?
    } else {
        drift(&Source::Files(&args.paths, whose(&args.repo)?), &args.state).await?
    };
    match context.ui.json() {
        true => context.ui.document(&document(&compared)),
        false => show(context.ui, &compared, args.paths.is_empty()),
    }
    Ok(if compared.drifted.is_empty() { Code::Done } else { Code::SomeFailed })
}

fn show(ui: &Ui, compared: &Compared, is_fleet: bool) {
    let mut last = None;
    for Drifted { repo, drift } in &compared.drifted {
        let extra = drift.kind == DriftKind::Extra;
        let head = if extra { "not declared" } else { repo };
        if (is_fleet || extra) && last != Some(head) {
            ui.line(head);
        }
        last = Some(head);
        let indent = if is_fleet || extra { "  " } else { "" };
        let text = match extra {
            true => format!("warning: {}\n  try: {}", plain(&drift.to_string()), drift.finding().remedy),
            false => told(&drift.finding()),
        };
        ui.line(format!("{indent}{}", text.replace('\n', &format!("\n{indent}"))));
    }
    if !compared.unclear.is_empty() {
        let objects: usize = compared.unclear.values().sum();
        ui.say(format!("Not compared: {}", number(objects as u64, "object", "objects")));
        for ((reason, kind), count) in &compared.unclear {
            ui.say(plain(&format!("  {kind}: {count}: {reason}")));
        }
    }
    let count = |kind| compared.drifted.iter().filter(|each| each.drift.kind == kind).count();
    ui.say(format!(
        "{} declared, {} in the export: {}, {} missing, {} not declared",
        number(compared.declared as u64, "object", "objects"),
        compared.live,
        number(count(DriftKind::Different) as u64, "difference", "differences"),
        count(DriftKind::Missing),
        count(DriftKind::Extra),
    ));
}

fn document(compared: &Compared) -> Value {
    let drifted = compared.drifted.iter().map(|each| {
        let mut value = serde_json::to_value(&each.drift).unwrap_or_default();
        if let Value::Object(map) = &mut value {
            let finding = each.drift.finding();
            map.insert("repo".to_owned(), each.repo.clone().into());
            map.insert("message".to_owned(), finding.message.into());
            map.insert("remedy".to_owned(), finding.remedy.into());
        }
        value
    });
    let unclear = compared.unclear.iter();
    let unclear = unclear
        .map(|((reason, kind), objects)| json!({ "kind": kind, "objects": objects, "reason": reason }));
    json!({
        "declared": compared.declared, "live": compared.live,
        "drift": drifted.collect::<Vec<_>>(), "notCompared": unclear.collect::<Vec<_>>(),
    })
}
