//! `token` and `whoami`: what people and their machines come in with.

use fleetwright_api::people::{MakeToken, RevokeToken, Tokens, WhoAmI};
use serde_json::json;

use crate::args::{TokenCommand, TokenCreateArgs};
use crate::context::{Context, Ended};
use crate::failure::Code;
use crate::show::{date, table};

pub(super) async fn run(context: &Context<'_>, command: TokenCommand) -> Ended {
    match command {
        TokenCommand::Create(args) => create(context, args).await,
        TokenCommand::List => list(context).await,
        TokenCommand::Revoke { id } => revoke(context, id).await,
    }
}

async fn create(context: &Context<'_>, args: TokenCreateArgs) -> Ended {
    let TokenCreateArgs { label, role, days, read_only, call } = args;
    let made = context.call(MakeToken { label, role, read_only, calls: call, days }).await?;
    context.ui.secret(&made.secret, &json!(made));
    context.ui.note(format!(
        "{} is {} until {}; this secret is not shown again\nNext: export FLEETWRIGHT_TOKEN=…, then any command with --server URL",
        made.token.id,
        made.token.role,
        date(made.token.expires_at)
    ));
    Ok(Code::Done)
}

async fn list(context: &Context<'_>) -> Ended {
    let tokens = context.call(Tokens {}).await?;
    if context.ui.json() {
        context.ui.document(&json!(tokens));
        return Ok(Code::Done);
    }
    if tokens.is_empty() {
        context.ui.line("No tokens yet. Next: fleetwright token create LABEL --role author");
        return Ok(Code::Done);
    }
    let rows = tokens.into_iter().map(|token| {
        let used = token.used_at.map_or_else(|| "never".to_owned(), date);
        let ends = match token.ended_at {
            Some(at) => format!("revoked {}", date(at)),
            None => date(token.expires_at),
        };
        vec![token.id, token.label, token.person, token.role, used, ends]
    });
    context.ui.line(table(&["id", "label", "acts as", "role", "last used", "ends"], rows.collect()));
    Ok(Code::Done)
}

async fn revoke(context: &Context<'_>, id: String) -> Ended {
    let revoked = context.call(RevokeToken { id }).await?;
    match context.ui.json() {
        true => context.ui.document(&json!(revoked)),
        false if revoked.revoked => context.ui.say(format!("{} is revoked", revoked.id)),
        false => context.ui.say(format!("{} had ended before", revoked.id)),
    }
    Ok(Code::Done)
}

pub(super) async fn whoami(context: &Context<'_>) -> Ended {
    let me = context.call(WhoAmI {}).await?;
    match context.ui.json() {
        true => context.ui.document(&json!(me)),
        false => context.ui.line(format!("{} is {}", me.name, me.role)),
    }
    Ok(Code::Done)
}
