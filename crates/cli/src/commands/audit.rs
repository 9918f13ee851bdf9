//! `audit`: who asked for what, and what was done outside.

use fleetwright_api::audit::{List, Verify};
use serde_json::json;

use crate::args::AuditCommand;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

pub(super) async fn run(context: &Context<'_>, command: AuditCommand) -> Ended {
    match command {
        AuditCommand::Verify { head } => verify(context, head).await,
        AuditCommand::Export { after } => export(context, after).await,
    }
}

async fn verify(context: &Context<'_>, head: Option<String>) -> Ended {
    let told = context.call(Verify { head }).await?;
    if context.ui.json() {
        context.ui.document(&json!(told));
    }
    let rows = number(told.rows.unsigned_abs(), "row holds", "rows hold");
    match told.broken {
        None => {
            context.ui.say(format!("{rows}; the head is {}", told.head));
            context.ui.say("Note it elsewhere: `--head` asks for it next time.");
            Ok(Code::Done)
        }
        Some(why) => {
            let why = format!("the audit was changed: {rows}, and {why}");
            Err(Failure::refused(format!("{why}\n  try: compare with an export of before")))
        }
    }
}

async fn export(context: &Context<'_>, after: Option<i64>) -> Ended {
    let mut asked = List { after, ..List::default() };
    loop {
        let page = context.call(asked.clone()).await?;
        page.items.iter().for_each(|row| context.ui.record(json!(row)));
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => return Ok(Code::Done),
        }
    }
}
