//! `shift adopt`: pull requests that others made come into a shift.

use fleetwright_engine::adopt::{Adopt, AdoptEnded, Wanted};
use fleetwright_engine::sought::Sought;
use serde_json::json;

use crate::args::AdoptArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

pub(super) async fn run(context: &Context<'_>, args: AdoptArgs) -> Ended {
    let which = match (args.branch, args.search) {
        (Some(branch), _) => Wanted::Branch { branch, repos: args.repo },
        (None, Some(words)) => {
            let sought = Sought::read(&words).map_err(|why| Failure::usage(format!("--search: {why}")))?;
            Wanted::Search { sought, repos: args.repo }
        }
        (None, None) => Wanted::Pulls(args.pull.iter().map(|text| pull(text)).collect::<Result<_, _>>()?),
    };
    let fleet = context.open().await?;
    let (caller, bar) = context.caller();
    let ended = Adopt { shift: args.name.clone(), which }.apply(&fleet, &caller).await;
    bar.clear();
    show(context, &args.name, &ended?)
}

fn show(context: &Context<'_>, shift: &str, ended: &AdoptEnded) -> Ended {
    let ui = context.ui;
    let AdoptEnded { taken, left } = ended;
    if ui.json() {
        let taken = taken.iter().map(
            |(target, pull)| json!({ "target": target.to_string(), "number": pull.number, "url": pull.url }),
        );
        let left_out = left.iter().map(|(pull, why)| json!({ "pull": pull, "why": why }));
        let (taken, left_out) = (taken.collect::<Vec<_>>(), left_out.collect::<Vec<_>>());
        ui.document(&json!({ "shift": shift, "adopted": taken, "left": left_out }));
    }
    for (target, pull) in taken {
        ui.say(format!("{target}: pull request {} is looked after ({})", pull.number, pull.url));
    }
    for (pull, why) in left {
        ui.note(format!("{pull}: not adopted: {why}"));
    }
    ui.say(format!("{shift}: {} adopted", number(taken.len() as u64, "pull request", "pull requests")));
    if !taken.is_empty() {
        ui.say(format!("Next: fleetwright shift status {shift}"));
    }
    Ok(if left.is_empty() { Code::Done } else { Code::SomeFailed })
}

/// Reads `acme/app#12`.
fn pull(text: &str) -> Result<(String, u64), Failure> {
    let parts = text.rsplit_once('#').and_then(|(repo, number)| Some((repo, number.parse().ok()?)));
    match parts {
        Some((repo, number)) if !repo.is_empty() => Ok((repo.to_owned(), number)),
        _ => {
            let message = format!("`{text}` is no pull request\n  try: `--pull 'acme/app#12'`, with quotes");
            Err(Failure::usage(message))
        }
    }
}
