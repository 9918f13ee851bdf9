//! `shift pause`, `resume`, `stop`, `retry`, `close` and `merge`: a person's word.

use fleetwright_api::shifts::{Approve, Close, Control, Merge, Retry, SetControl};
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
    let set = context.call(SetControl { shift: shift.to_owned(), control }).await?;
    match context.ui.json() {
        true => context.ui.document(&json!(set)),
        false => context.ui.say(format!("{shift} is {}: {told}", set.control)),
    }
    Ok(Code::Done)
}

pub(super) async fn retry(context: &Context<'_>, shift: &str, failed: bool, target: Option<String>) -> Ended {
    if !failed && target.is_none() {
        return Err(Failure::usage("which targets?\n  try: `--failed`, or `--target REPO`"));
    }
    let count = context.call(Retry { shift: shift.to_owned(), target }).await?.targets;
    told(context, shift, "queued", count);
    if count == 0 {
        context.ui.say("Nothing there failed. What is open, merged or under way stays as it is.");
        return Ok(Code::Done);
    }
    context.ui.say(format!("Next: fleetwright shift status {shift}"));
    Ok(Code::Done)
}

pub(super) async fn close(context: &Context<'_>, shift: &str, target: Option<String>) -> Ended {
    let closed = context.call(Close { shift: shift.to_owned(), target }).await?;
    told(context, shift, "closed", closed.targets);
    Ok(Code::Done)
}

pub(super) async fn merge(context: &Context<'_>, shift: &str, target: Option<String>) -> Ended {
    let looked = context.call(Merge { shift: shift.to_owned(), target }).await?;
    context.ui.say(format!("{shift}: {} looked at", number(looked.targets as u64, "target", "targets")));
    super::shift_status::show(context, shift).await
}

pub(super) async fn approve(context: &Context<'_>, shift: &str, digest: Option<String>) -> Ended {
    let approved = context.call(Approve { shift: shift.to_owned(), digest }).await?;
    match context.ui.json() {
        true => context.ui.document(&json!(approved)),
        false => context.ui.say(format!("{shift} is approved as it is now ({})", approved.digest)),
    }
    Ok(Code::Done)
}

fn told(context: &Context<'_>, shift: &str, what: &str, count: usize) {
    match context.ui.json() {
        true => context.ui.document(&json!({ "shift": shift, what: count })),
        false => context.ui.say(format!("{shift}: {} {what}", number(count as u64, "target", "targets"))),
    }
}
