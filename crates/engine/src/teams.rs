//! Asking the forges for their teams.

use fleetwright_core::team::Team;
use fleetwright_forge::{ForgeError, OrgTeams};
use fleetwright_store::{OrgRow, ToldTeams, Write};

use crate::config::ForgeConfig;
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::progress::Progress;

/// How old an answer may be for a shift, in milliseconds: whoever wants the newest calls `repo sync`.
pub const RECENT: i64 = 3_600_000;

/// The most people of all teams of an organisation together, each counted in each team.
const MAX_PEOPLE: usize = 500_000;

/// Asks every forge for its teams whose last answer is older than `age` milliseconds, once. Where one does
/// not tell them, what it told before stays, and a note says why.
///
/// # Errors
/// When the database fails.
pub async fn refresh(fleet: &Fleet, age: i64, progress: &dyn Progress) -> Result<(), EngineError> {
    let known = fleet.store.orgs().await?;
    let mut dropped: Vec<&str> = known.iter().map(|row| row.forge.as_str()).collect();
    dropped.dedup();
    for (name, orgs) in asked(fleet) {
        dropped.retain(|forge| *forge != name);
        let rows: Vec<&OrgRow> = known.iter().filter(|row| row.forge == name).collect();
        let recent = |org: &String| {
            rows.iter().any(|row| row.name == *org && fleet.now() < row.asked_at.saturating_add(age))
        };
        if rows.len() == orgs.len() && orgs.iter().all(recent) {
            continue;
        }
        let told = fleet.forge(name)?.teams().await;
        take_in(fleet, (name, told), &rows, progress).await?;
    }
    for forge in dropped {
        take_in(fleet, (forge, Vec::new()), &[], progress).await?;
    }
    Ok(())
}

/// The forges that are asked, each with its organisations.
fn asked(fleet: &Fleet) -> impl Iterator<Item = (&str, &[String])> {
    fleet.config.forges.iter().filter_map(|config| match config {
        ForgeConfig::Hosted(config) if config.teams => Some((config.name.as_str(), config.orgs.as_slice())),
        ForgeConfig::Hosted(_) | ForgeConfig::Local(_) => None,
    })
}

async fn take_in(
    fleet: &Fleet,
    (forge, told): (&str, Vec<OrgTeams>),
    before: &[&OrgRow],
    progress: &dyn Progress,
) -> Result<(), EngineError> {
    let mut orgs: Vec<(String, Result<Vec<Team>, String>)> = Vec::new();
    for (org, answer) in told {
        let answer = answer.map_err(why).and_then(bounded);
        if let Err(why) = &answer {
            let known = before.iter().any(|row| row.name == org && row.told_at > 0);
            let stays = if known { "; those it told before stay" } else { "" };
            progress.note(&format!("cannot read the teams of {org} at {forge}{stays}: {why}"));
        }
        orgs.push((org, answer));
    }
    let told = ToldTeams { forge: forge.to_owned(), at: fleet.now(), orgs };
    fleet.store.write(vec![Write::Teams(Box::new(told))], None).await?;
    Ok(())
}

fn why(error: ForgeError) -> String {
    match error {
        ForgeError::Refused { why, .. } | ForgeError::Access { why, .. } => why,
        other => other.to_string(),
    }
}

fn bounded(teams: Vec<Team>) -> Result<Vec<Team>, String> {
    let people: usize = teams.iter().map(|team| team.members.len()).sum();
    if people <= MAX_PEOPLE {
        return Ok(teams);
    }
    Err(format!(
        "they have {people} people together, more than {MAX_PEOPLE}; set `teams: false` for this forge"
    ))
}
