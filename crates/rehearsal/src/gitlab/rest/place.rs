//! The project and merge request a path names.

use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::world::Refusal;

/// The project of `{id}`, by number or encoded path, if the sender may do it.
pub(super) fn project(call: &Call<'_>, scope: Scope, level: Level) -> Result<u64, Refusal> {
    let id = call.param("id");
    let name = match id.parse::<u64>() {
        Ok(number) => call.state.repo(number)?.full_name(),
        Err(_) => id.to_owned(),
    };
    let access = call.access()?;
    // `read_api` reads everything.
    let scope = if level == Level::Read { Scope::Metadata } else { scope };
    let told = call.state.allowed(access, &name, scope, level);
    let may_write = access.credential.grant.scopes.values().any(|granted| *granted == Level::Write);
    match told {
        // A token that may write nothing at all has the scope `read_api`, and is told so.
        Err(Refusal::Forbidden(_)) if level == Level::Write && !may_write => {
            Err(Refusal::Forbidden(Scope::Metadata))
        }
        other => other,
    }
}

/// The project and the merge request of `{id}` and `{iid}`.
pub(super) fn request(call: &Call<'_>, level: Level) -> Result<(u64, u64), Refusal> {
    let repo = project(call, Scope::Pulls, level)?;
    let number = call.number("iid")?;
    match level {
        Level::Read => call.state.seen_pull(repo, number)?,
        Level::Write => call.state.pull(repo, number)?,
    };
    Ok((repo, number))
}
