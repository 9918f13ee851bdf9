//! `shift pause`, `resume`, `stop`, `retry`, `close` and `merge`: a person's word.

use fleetwright_core::next::Control;
use fleetwright_engine::command::{Close, Merge, Retry, SetControl, Which};
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

pub(super) async fn pause(context: &Context<'_>, shift: &str) -> Ended {
    let told = "nothing new leaves this machine; what runs now may end";
    set(context, shift, Control::Paused, told).await
}

pub(super) async fn stop(context: &Context<'_>, shift: &str) -> Ended {
    let told = "what ran is killed; open pull requests stay, `shift close` closes them";
    set(context, shift, Control::Stopped, told).await
}

pub(super) async fn resume(context: &Context<'_>, shift: &str) -> Ended {
    let told = "`shift status` moves it on, `shift apply FILE --wait` follows it to the end";
    set(context, shift, Control::Running, told).await
}

async fn set(context: &Context<'_>, shift: &str, control: Control, told: &str) -> Ended {
    let fleet = context.open().await?;
    let (caller, bar) = context.caller();
    bar.clear();
    SetControl { shift: shift.to_owned(), control }.apply(&fleet, &caller).await?;
    match context.ui.json() {
        true => context.ui.document(&json!({ "shift": shift, "control": control.word() })),
        false => context.ui.say(format!("{shift} is {}: {told}", control.word())),
    }
    Ok(Code::Done)
}

pub(super) async fn retry(context: &Context<'_>, shift: &str, failed: bool, target: Option<String>) -> Ended {
    let which = match (failed, target) {
        (_, Some(target)) => Which::Target(target),
        (true, None) => Which::Failed,
        (false, None) => {
            return Err(Failure::usage("which targets?\n  try: `--failed`, or `--target REPO`"));
        }
    };
    let fleet = context.open().await?;
    let (caller, bar) = context.caller();
    bar.clear();
    let count = Retry { shift: shift.to_owned(), which }.apply(&fleet, &caller).await?;
    told(context, shift, "queued", count);
    if count == 0 {
        context.ui.say("Nothing there failed. What is open, merged or under way stays as it is.");
        return Ok(Code::Done);
    }
    context.ui.say(format!("Next: fleetwright shift status {shift}"));
    Ok(Code::Done)
}

pub(super) async fn close(context: &Context<'_>, shift: &str, target: Option<String>) -> Ended {
    let fleet = context.open().await?;
    let (caller, bar) = context.caller();
    let which = target.map_or(Which::All, Which::Target);
    let closed = Close { shift: shift.to_owned(), which }.apply(&fleet, &caller).await;
    bar.clear();
    told(context, shift, "closed", closed?);
    Ok(Code::Done)
}

pub(super) async fn merge(context: &Context<'_>, shift: &str, target: Option<String>) -> Ended {
    let fleet = context.open().await?;
    let (caller, bar) = context.caller();
    let which = target.map_or(Which::All, Which::Target);
    let looked = Merge { shift: shift.to_owned(), which }.apply(&fleet, &caller).await;
    bar.clear();
    let looked = number(looked? as u64, "target", "targets");
    context.ui.say(format!("{shift}: {looked} looked at"));
    super::shift_status::show(context, &fleet, shift).await
}

fn told(context: &Context<'_>, shift: &str, what: &str, count: usize) {
    match context.ui.json() {
        true => context.ui.document(&json!({ "shift": shift, what: count })),
        false => context.ui.say(format!("{shift}: {} {what}", number(count as u64, "target", "targets"))),
    }
}
