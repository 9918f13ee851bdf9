//! `repo pull`: the hands of a person at a local forge.

use fleetwright_core::shift::MergeMethod;
use fleetwright_local::person::Act;
use serde_json::json;

use crate::args::{PullAct, PullArgs};
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};

pub(super) async fn run(context: &Context<'_>, args: &PullArgs) -> Ended {
    let fleet = context.open().await?;
    let repo = fleet.repo(&args.repo).await?;
    let local = fleet.local(&repo.forge)?;
    let pull = match args.act {
        Some(act) => local.act(&repo.name, args.number, &args.by, act_of(act, &args.text))?,
        None => {
            let missing = || Failure::usage(format!("{} has no pull request {}", repo.name, args.number));
            local
                .pulls(&repo.name)?
                .into_iter()
                .find(|pull| pull.number == args.number)
                .ok_or_else(missing)?
        }
    };
    if context.ui.json() {
        context.ui.document(&json!(pull));
        return Ok(Code::Done);
    }
    let ui = context.ui;
    let state = serde_json::to_value(&pull.state).unwrap_or_default();
    ui.line(format!("#{} {} ({})", pull.number, pull.title, state["state"].as_str().unwrap_or_default()));
    ui.line(format!("{} -> {}\n\n{}", pull.branch, pull.base, pull.body.trim_end()));
    for comment in &pull.comments {
        ui.line(format!("\n{}: {}", comment.by, comment.body));
    }
    Ok(Code::Done)
}

fn act_of(act: PullAct, text: &str) -> Act {
    let text = text.to_owned();
    match act {
        PullAct::Comment => Act::Comment(text),
        PullAct::Close => Act::Close((!text.is_empty()).then_some(text)),
        PullAct::Reopen => Act::Reopen,
        PullAct::Approve => Act::Approve,
        PullAct::RequestChanges => Act::RequestChanges(text),
        PullAct::Draft => Act::Draft(true),
        PullAct::Ready => Act::Draft(false),
        PullAct::Label => Act::Label(text),
        PullAct::Merge => Act::Merge(MergeMethod::Squash),
    }
}
